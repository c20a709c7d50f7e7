/* chat-message-row.h: one message in the timeline
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message-bubble.h"

G_BEGIN_DECLS

#define CHAT_TYPE_MESSAGE_ROW (chat_message_row_get_type ())
/**
 * ChatMessageRow: draws a message, with the day, the "new messages" line and the sender above it, and names itself in words.
 *
 * It follows its message. The timeline, which holds the gestures for all rows, asks it what is where.
 *
 * Actions (for assistive technology, which can not point; and of its menu): message.menu, .copy, .copy-link, .open-link,
 * .edit, .delete, .retry, .discard, .details; of an attachment: .view, .open, .save-as, .show-in-folder, .copy-image, .start-transfer, .pause-transfer,
 * .cancel-transfer
 *
 * Signal: requested (const char *action): one of these actions, without its prefix
 */
G_DECLARE_FINAL_TYPE (ChatMessageRow, chat_message_row, CHAT, MESSAGE_ROW, GtkWidget)

GtkWidget   *chat_message_row_new         (void);
/** chat_message_row_set_item: the list item that it is the child of; it does not hold it */
void         chat_message_row_set_item    (ChatMessageRow *self,
                                           GtkListItem    *item);
GtkListItem *chat_message_row_get_item    (ChatMessageRow *self);
ChatMessage *chat_message_row_get_message (ChatMessageRow *self);
/** chat_message_row_set_message: @message: (nullable) */
void         chat_message_row_set_message (ChatMessageRow *self,
                                           ChatMessage    *message,
                                           gboolean        starts_unread,
                                           gboolean        shows_sender);
void         chat_message_row_set_context (ChatMessageRow *self,
                                           gboolean        starts_unread,
                                           gboolean        shows_sender);
ChatBubble  *chat_message_row_get_bubble  (ChatMessageRow *self);
/** chat_message_row_refresh: the day has changed */
void         chat_message_row_refresh     (ChatMessageRow *self);
/** chat_message_row_update_actions: enables what can be done with the message now */
void         chat_message_row_update_actions (ChatMessageRow *self);
/** chat_message_row_can_discard: whether the message has not left yet, and can be forgotten */
gboolean     chat_message_row_can_discard (ChatMessageRow *self);
/** chat_message_row_describe: Returns: (transfer full): the message in words: sender, text, time, state */
char        *chat_message_row_describe    (ChatMessage    *message);
/** chat_message_row_state_in_words: Returns: (transfer none) */
const char  *chat_message_row_state_in_words (ChatMessage *message);

G_END_DECLS
