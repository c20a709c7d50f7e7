/* chat-fake-pushes.c: what comes by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-session-private.h"

static guint received;
static guint deleted;
static guint caught_up;

void
chat_fake_session_add_signals (GType type)
{
  received = g_signal_new ("message-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, CHAT_TYPE_ROOM,
                           CHAT_TYPE_MESSAGE);
  deleted = g_signal_new ("message-deleted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  caught_up = g_signal_new ("caught-up", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

ChatMessage *
chat_fake_session_say (ChatSession *self,
                       ChatRoom    *room,
                       const char  *sender,
                       const char  *text,
                       gboolean     live)
{
  g_autoptr (ChatMessage) message = chat_message_new (chat_room_get_id (room), sender, FALSE, CHAT_MESSAGE_TEXT, NULL);

  chat_message_set_id (message, ++self->next_id);
  chat_message_set_text (message, text);
  chat_message_set_date (message, g_get_real_time (), NULL);
  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
  chat_fake_session_push (self, room, message, live);
  return chat_room_get_last_message (room);
}

void
chat_fake_session_push (ChatSession *self,
                        ChatRoom    *room,
                        ChatMessage *message,
                        gboolean     live)
{
  if (chat_message_get_id (message) == 0)
    chat_message_set_id (message, ++self->next_id);
  chat_room_set_last_message (room, message);
  chat_room_set_activity (room, chat_message_get_date (message));
  chat_room_set_unread_count (room, chat_room_get_unread_count (room) + 1);
  if (live)
    g_signal_emit (self, received, 0, room, message);
}

void
chat_fake_session_delete_message (ChatSession *self,
                                  ChatRoom    *room,
                                  gint64       message_id)
{
  if (chat_room_get_unread_count (room) > 0)
    chat_room_set_unread_count (room, chat_room_get_unread_count (room) - 1);
  g_signal_emit (self, deleted, 0, chat_room_get_id (room), message_id);
}

void
chat_fake_session_catch_up (ChatSession *self)
{
  g_signal_emit (self, caught_up, 0);
}
