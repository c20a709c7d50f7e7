/* chat-file-row.h: a file of a room as a row of a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-file-item.h"

G_BEGIN_DECLS

#define CHAT_TYPE_FILE_ROW (chat_file_row_get_type ())
/** ChatFileRow: a button for its transfer, or a sign for its kind; its name; its size or state, who sent it and when */
G_DECLARE_FINAL_TYPE (ChatFileRow, chat_file_row, CHAT, FILE_ROW, ChatFileItem)

GtkWidget *chat_file_row_new (void);

G_END_DECLS
