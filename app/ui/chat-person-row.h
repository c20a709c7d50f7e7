/* chat-person-row.h: one person found on the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAT_TYPE_PERSON_ROW (chat_person_row_get_type ())
/** ChatPersonRow: avatar and login name. Action: row.open, which is what activating the row does (assistive technology) */
G_DECLARE_FINAL_TYPE (ChatPersonRow, chat_person_row, CHAT, PERSON_ROW, AdwActionRow)

GtkWidget  *chat_person_row_new       (const char    *login);
const char *chat_person_row_get_login (ChatPersonRow *self);

G_END_DECLS
