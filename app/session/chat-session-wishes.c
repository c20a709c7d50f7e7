/* chat-session-wishes.c: pinned and muted: what was chosen is a wish until the server knows it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

static void
on_set_told (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GError) error = NULL;
  gboolean done = chat_client_finish (CHAT_CLIENT (source), result, &error);
  int muted = (int) (call->value & 3) - 1, pinned = (int) (call->value >> 2) - 1;
  ChatRoomInfo *info;

  if (!done)
    g_debug ("Setting of room %" G_GINT64_FORMAT ": %s", call->id, error->message);
  if (self == NULL || !chat_session_call_is_current (call, self))
    return;
  info = chat_session_get_info (self, call->id);
  if (info == NULL)
    return;
  info->set_in_flight = FALSE;
  if (self->unsure)
    chat_session_keep_soon (self);
  if (info->muted_wanted == muted)
    info->muted_wanted = -1;
  if (info->pinned_wanted == pinned)
    info->pinned_wanted = -1;
  chat_session_keep_wish (self, info);
  chat_session_tell_wish (self, info);
}

void
chat_session_tell_wish (ChatSession  *self,
                        ChatRoomInfo *info)
{
  gint64 room_id = chat_room_get_id (info->room);

  if (self->client == NULL || (self->abilities & CHAT_SESSION_CAN_TELL_ROOMS) == 0 || info->set_in_flight
      || (info->muted_wanted < 0 && info->pinned_wanted < 0))
    return;
  info->set_in_flight = TRUE;
  chat_client_set_room_async (self->client, room_id, info->muted_wanted, info->pinned_wanted, NULL, on_set_told,
                              chat_session_call_new (self, self->client, room_id,
                                                     (info->muted_wanted + 1) | ((info->pinned_wanted + 1) << 2)));
}

void
chat_session_set_room_pinned (ChatSession *self,
                              ChatRoom    *room,
                              gboolean     pinned)
{
  ChatRoomInfo *info;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  info = chat_session_get_info (self, chat_room_get_id (room));
  if (info == NULL || chat_room_get_pinned (room) == pinned)
    return;
  chat_room_set_pinned (room, pinned);
  info->pinned_wanted = pinned;
  chat_session_keep_wish (self, info);
  chat_session_tell_wish (self, info);
}

void
chat_session_set_room_muted (ChatSession *self,
                             ChatRoom    *room,
                             gboolean     muted)
{
  ChatRoomInfo *info;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  info = chat_session_get_info (self, chat_room_get_id (room));
  if (info == NULL || chat_room_get_muted (room) == muted)
    return;
  chat_room_set_muted (room, muted);
  info->muted_wanted = muted;
  chat_session_keep_wish (self, info);
  chat_session_tell_wish (self, info);
}

void
chat_session_room_set (ChatSession *self,
                       gint64       room_id,
                       int          muted,
                       int          pinned)
{
  ChatRoomInfo *info = chat_session_get_info (self, room_id);

  if (info == NULL)
    return;
  /* What was chosen here and is still on its way there is newer */
  if (muted >= 0 && info->muted_wanted < 0)
    chat_room_set_muted (info->room, muted);
  if (pinned >= 0 && info->pinned_wanted < 0)
    chat_room_set_pinned (info->room, pinned);
}
