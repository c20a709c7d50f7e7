/* chat-session-sync.c: in step with the server: what has changed since the last connection, and where one stands
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

gboolean
chat_session_has_untold (ChatRoomInfo *info)
{
  return info->mark_wanted != 0 || info->muted_wanted >= 0 || info->pinned_wanted >= 0;
}

void
chat_session_sync_lost (ChatSession *self)
{
  self->position = 0;
  self->astray = TRUE;
}

static void
build_anew (ChatSession      *self,
            ChatSessionEvent *event,
            ChatStoreBatch   *batch)
{
  chat_store_batch_reset (batch, 0);
}

static void
apply_anew (ChatSession      *self,
            ChatSessionEvent *event,
            GPtrArray        *events)
{
  chat_session_doubt_lists (self, TRUE);
}

void
chat_session_sync_anew (ChatSession *self)
{
  ChatSessionEvent *event = chat_session_event_new ();

  self->position = self->counted_seq = 0;
  self->in_step = FALSE;
  self->check_rooms = FALSE;
  /* At once, not with the first thing that is told: a page may be read before that. And in its place: what the last connection told, and is not
   * written or shown yet, must not count as fresh after it */
  event->build = build_anew;
  event->apply = apply_anew;
  chat_session_feed (self, event);
  chat_session_settings_ask (self);
  chat_session_refresh_rooms (self);
}

void
chat_session_sync_move (ChatSession      *self,
                        ChatSessionEvent *event,
                        gint64            seq)
{
  /* Before the end of the replay there may be a gap below what is pushed */
  if (!self->syncs || !(self->in_step || event->replayed) || seq <= self->position)
    return;
  event->position = self->position = seq;
}

void
chat_session_sync_snapshot (ChatSession      *self,
                            ChatSessionEvent *event,
                            gint64            seq)
{
  if (!self->syncs || seq < 0 || (self->in_step && !self->astray))
    return;
  event->snapshot = TRUE;
  self->in_step = TRUE;
  event->position = self->position = seq;
}

void
chat_session_sync_marked (ChatSession *self,
                          gint64       room_id)
{
  ChatRoomInfo *info = chat_session_get_info (self, room_id);

  /* How many are left after it only the server knows */
  if (info != NULL && chat_room_get_read_mark (info->room) < info->newest_id)
    self->check_rooms = TRUE;
}

gboolean
chat_session_event_counts (ChatSession            *self,
                           const ChatSessionEvent *event)
{
  return !self->syncs || (event->live && (event->seq == 0 || event->seq > self->counted_seq));
}

void
chat_session_count_wanted (ChatSession *self)
{
  /* Until the rooms were told, whatever ends the connection or the program before */
  self->check_rooms = TRUE;
  if (self->refreshed_at != 0)
    chat_session_refresh_rooms_soon (self);
}

static void
apply_end (ChatSession      *self,
           ChatSessionEvent *event,
           GPtrArray        *events)
{
  if (!chat_session_call_is_current (event->data, self))
    return;
  chat_session_rooms_in_step (self);
  if (self->check_rooms)
    chat_session_refresh_rooms (self);
  chat_session_look_caught_up (self);
}

static void
on_synced (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GError) error = NULL;
  ChatSessionEvent *event;
  gboolean reset, done;
  gint64 seq;

  done = chat_client_sync_finish (CHAT_CLIENT (source), result, &reset, &seq, &error);
  if (self == NULL || !chat_session_call_is_current (call, self))
    return;
  if (!done || reset || self->position == 0)
    {
      g_message ("No replay: %s", done ? "too much has changed" : error->message);
      if (done || chat_client_is_open (CHAT_CLIENT (source)))
        chat_session_sync_anew (self);
      return;
    }
  self->in_step = TRUE;
  event = chat_session_event_new ();
  event->apply = apply_end;
  event->data = g_steal_pointer (&call);
  event->free_data = (GDestroyNotify) chat_session_call_free;
  chat_session_sync_move (self, event, seq);
  chat_session_feed (self, event);
}

void
chat_session_sync_start (ChatSession *self)
{
  self->in_step = FALSE;
  self->catching_up = TRUE;
  self->syncs = self->store != NULL && (chat_client_get_features (self->client) & CHAT_CLIENT_SYNC) != 0;
  if (!self->syncs || self->position == 0 || self->astray || self->verify_rooms)
    chat_session_sync_anew (self);
  else
    chat_client_sync_async (self->client, self->position, NULL, on_synced, chat_session_call_new (self, self->client, 0, 0));
}

void
chat_session_look_caught_up (ChatSession *self)
{
  if (!self->catching_up || self->client == NULL || self->closed || self->refreshed_at == 0 || self->refreshing || self->check_rooms)
    return;
  /* Where the server does not tell what is unread, the newest page of each room does */
  if ((self->abilities & CHAT_SESSION_CAN_TELL_ROOMS) == 0 && (self->previewing || !g_queue_is_empty (&self->previews)))
    return;
  self->catching_up = FALSE;
  chat_session_emit_caught_up (self);
}

gint64
chat_session_get_position (ChatSession *self)
{
  return self->position;
}

guint64
chat_session_get_n_refreshes (ChatSession *self)
{
  return self->n_refreshes;
}

gboolean
chat_session_is_written (ChatSession *self)
{
  return !self->unsure && !self->committing && self->keep_timer == 0 && g_queue_is_empty (&self->feed);
}
