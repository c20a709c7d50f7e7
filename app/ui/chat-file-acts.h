/* chat-file-acts.h: what a person does with the file of a message, wherever it is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-session.h"

G_BEGIN_DECLS

/**
 * chat_file_acts_add_items: what the menu of @message, which has an attachment, offers for its file: @first gets what is done with it,
 * @second where it goes. The actions are "message.NAME", with the names of chat_file_acts_do() and "view", which whoever has a window for
 * it does.
 */
void     chat_file_acts_add_items (ChatMessage *message,
                                   GMenu       *first,
                                   GMenu       *second);
/**
 * chat_file_acts_can:
 * @action: start-transfer, pause-transfer, cancel-transfer, open, save-as, show-in-folder, copy-image or view
 *
 * Returns: whether that can be done with the file of @message now
 */
gboolean chat_file_acts_can       (ChatMessage *message,
                                   const char  *action);
/**
 * chat_file_acts_do:
 * @from: where the person asked for it: its window is the parent of what asks, and its action "file.tell" (s) says what came of it
 *
 * Does @action, other than view, if it can be done.
 */
void     chat_file_acts_do        (ChatSession *session,
                                   GtkWidget   *from,
                                   ChatMessage *message,
                                   const char  *action);

G_END_DECLS
