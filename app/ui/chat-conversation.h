/* chat-conversation.h: one room: its messages, and where one writes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_CONVERSATION (chat_conversation_get_type ())
/**
 * ChatConversation: timeline, find bar and composer of a room.
 *
 * Action: file.tell (s)   a toast
 *
 * Properties: session  ChatSession  nullable
 *             room     ChatRoom     nullable: nothing is shown
 */
G_DECLARE_FINAL_TYPE (ChatConversation, chat_conversation, CHAT, CONVERSATION, GtkWidget)

GtkWidget *chat_conversation_new            (void);
/** chat_conversation_set_session: @session: (nullable) */
void       chat_conversation_set_session    (ChatConversation *self,
                                             ChatSession      *session);
/** chat_conversation_set_room: @room: (nullable) */
void       chat_conversation_set_room       (ChatConversation *self,
                                             ChatRoom         *room);
ChatRoom  *chat_conversation_get_room       (ChatConversation *self);
/** chat_conversation_get_follows: whether the newest message is on screen, and those that come will be */
gboolean   chat_conversation_get_follows    (ChatConversation *self);
/** chat_conversation_focus_composer, _focus_timeline: Returns: whether it could */
gboolean   chat_conversation_focus_composer (ChatConversation *self);
gboolean   chat_conversation_focus_timeline (ChatConversation *self);
/** chat_conversation_start_search: opens the find bar; the keyboard goes to it */
void       chat_conversation_start_search   (ChatConversation *self);
/** chat_conversation_show_message: @message: of this room; loads what is around it if it is far away */
void       chat_conversation_show_message   (ChatConversation *self,
                                             ChatMessage      *message);
/** chat_conversation_show_files: a window with all images and files of the room */
void       chat_conversation_show_files     (ChatConversation *self);

G_END_DECLS
