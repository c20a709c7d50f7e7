/* chat-password-row.h: a row of a form that takes a password, with its error below
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAT_TYPE_PASSWORD_ROW (chat_password_row_get_type ())
/**
 * ChatPasswordRow: no assistive technology can read what is typed, as it could from a GtkPasswordEntry or an AdwPasswordEntryRow
 *
 * Properties:
 * title   string  with an underline before the letter for the keyboard
 * hint    string  nullable: shown below where there is no error
 *
 * Signals:
 * changed          the text
 * entry-activated  Enter was pressed
 */
G_DECLARE_FINAL_TYPE (ChatPasswordRow, chat_password_row, CHAT, PASSWORD_ROW, GtkListBoxRow)

const char *chat_password_row_get_text  (ChatPasswordRow *self);
/** chat_password_row_set_text: what stood there is forgotten in memory, too; and nobody sees it any more */
void        chat_password_row_set_text  (ChatPasswordRow *self,
                                         const char      *text);
/** chat_password_row_get_error: Returns: (nullable): what is shown */
const char *chat_password_row_get_error (ChatPasswordRow *self);
/** chat_password_row_set_error: @error: (nullable): shown until the text changes */
void        chat_password_row_set_error (ChatPasswordRow *self,
                                         const char      *error);
/** chat_password_row_focus: with all that is written there chosen */
void        chat_password_row_focus     (ChatPasswordRow *self);

G_END_DECLS
