/* chat-session-feed-pushes.c: what is told unasked, on its way to the store and into the model
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

#include <string.h>

ChatSessionEvent *
chat_session_event_of (ChatSession            *self,
                       const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_new ();

  event->live = !self->syncs || self->in_step;
  if (change == NULL)
    return event;
  event->seq = change->seq;
  event->replayed = change->replayed;
  event->live = event->live || event->replayed;
  chat_session_sync_move (self, event, change->seq);
  return event;
}

static void
build_message (ChatSession      *self,
               ChatSessionEvent *event,
               ChatStoreBatch   *batch)
{
  chat_session_put_row (self, batch, event->row, event->live);
  chat_session_put_implied_mark (self, batch, event->row);
}

static void
apply_message (ChatSession      *self,
               ChatSessionEvent *event,
               GPtrArray        *events)
{
  chat_session_message_came (self, event, events);
}

void
chat_session_feed_message (ChatSession             *self,
                           const ChatClientMessage *row,
                           const ChatClientChange  *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  event->build = build_message;
  event->apply = apply_message;
  event->row = chat_client_message_copy (row);
  chat_session_feed (self, event);
}

static void
build_edit (ChatSession      *self,
            ChatSessionEvent *event,
            ChatStoreBatch   *batch)
{
  chat_store_batch_edit_file (batch, event->id, event->text, event->data, event->from, event->seq);
}

static void
apply_edit (ChatSession      *self,
            ChatSessionEvent *event,
            GPtrArray        *events)
{
  chat_session_message_edited (self, event->id, event->text, event->data);
}

void
chat_session_feed_edit (ChatSession            *self,
                        gint64                  message_id,
                        const char             *text,
                        const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  event->from = change != NULL ? change->date : 0;
  event->build = build_edit;
  event->apply = apply_edit;
  event->id = message_id;
  event->text = g_strdup (text);
  event->data = g_strdup (change != NULL ? change->file : NULL);
  event->free_data = g_free;
  event->size += change != NULL && change->file != NULL ? strlen (change->file) : 0;
  chat_session_feed (self, event);
}

static void
build_deletion (ChatSession      *self,
                ChatSessionEvent *event,
                ChatStoreBatch   *batch)
{
  chat_store_batch_delete_message (batch, event->id, event->seq);
}

static void
apply_deletion (ChatSession      *self,
                ChatSessionEvent *event,
                GPtrArray        *events)
{
  chat_session_message_deleted (self, event->id, event->from, chat_session_event_counts (self, event));
}

void
chat_session_feed_deletion (ChatSession            *self,
                            gint64                  message_id,
                            const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  event->from = change != NULL ? change->room_id : 0;
  event->build = build_deletion;
  event->apply = apply_deletion;
  event->id = message_id;
  chat_session_feed (self, event);
}

/* The number of a room never becomes that of another one: the server has lost its data and begun anew */
static gboolean
is_another_room (ChatSession            *self,
                 const ChatSessionEvent *event)
{
  ChatRoomInfo *info = chat_session_get_info (self, event->id);

  return info != NULL && g_ascii_strcasecmp (chat_room_get_name (info->room), event->text) != 0;
}

static void
build_room (ChatSession      *self,
            ChatSessionEvent *event,
            ChatStoreBatch   *batch)
{
  g_autoptr (ChatStoreRoom) room = NULL;

  if (is_another_room (self, event))
    {
      /* Should the program end before the server has told its rooms, the next one asks for them */
      chat_session_sync_lost (self);
      return;
    }
  room = chat_store_room_new (event->id, event->text);
  room->activity = event->from;
  room->seq = event->seq;
  chat_store_batch_put_room (batch, room);
}

static void apply_room (ChatSession *self, ChatSessionEvent *event, GPtrArray *events);

static void
feed_room (ChatSession      *self,
           ChatSessionEvent *event,
           gint64            room_id,
           const char       *name,
           gint64            activity)
{
  event->build = build_room;
  event->apply = apply_room;
  event->id = room_id;
  event->from = activity;
  /* By the time that it is applied the rooms may have been asked for again, and over another connection */
  event->to = (gint64) self->n_refreshes;
  event->text = g_strdup (name);
  chat_session_feed (self, event);
}

static void
apply_room (ChatSession      *self,
            ChatSessionEvent *event,
            GPtrArray        *events)
{
  ChatRoomInfo *info = chat_session_get_info (self, event->id);

  if (info == NULL)
    chat_session_room_created (self, event->id, event->text, (guint64) event->to);
  else if (!is_another_room (self, event))
    chat_room_set_name (info->room, event->text);
  else
    {
      /* Until it has told its rooms what is kept is what is shown, also where one batch told both */
      feed_room (self, chat_session_event_new (), event->id, chat_room_get_name (info->room), chat_room_get_activity (info->room));
      chat_session_sync_anew (self);
    }
}

void
chat_session_feed_room (ChatSession            *self,
                        gint64                  room_id,
                        const char             *name,
                        const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  feed_room (self, event, room_id, name, g_get_real_time ());
}

static void
build_room_end (ChatSession      *self,
                ChatSessionEvent *event,
                ChatStoreBatch   *batch)
{
  chat_store_batch_remove_room (batch, event->id, event->seq);
}

static void
apply_room_end (ChatSession      *self,
                ChatSessionEvent *event,
                GPtrArray        *events)
{
  chat_session_room_deleted (self, event->id);
}

void
chat_session_feed_room_end (ChatSession            *self,
                            gint64                  room_id,
                            const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  event->build = build_room_end;
  event->apply = apply_room_end;
  event->id = room_id;
  chat_session_feed (self, event);
}

static void
build_mark (ChatSession      *self,
            ChatSessionEvent *event,
            ChatStoreBatch   *batch)
{
  if (chat_session_event_counts (self, event))
    chat_store_batch_set_read (batch, event->id, event->from, event->numbers[0] < 0 ? CHAT_STORE_UNTOLD : event->numbers[0]);
}

static void
apply_mark (ChatSession      *self,
            ChatSessionEvent *event,
            GPtrArray        *events)
{
  if (!chat_session_event_counts (self, event))
    return;
  chat_session_room_marked (self, event->id, event->from, event->numbers[0]);
  if (event->replayed)
    chat_session_sync_marked (self, event->id);
}

void
chat_session_feed_mark (ChatSession            *self,
                        gint64                  room_id,
                        gint64                  message_id,
                        int                     unread,
                        const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  event->build = build_mark;
  event->apply = apply_mark;
  event->id = room_id;
  event->from = message_id;
  /* A replay counts what is there now: the messages that come after this in it would be counted twice */
  event->numbers[0] = event->replayed ? -1 : unread;
  chat_session_feed (self, event);
}

static void
build_flags (ChatSession      *self,
             ChatSessionEvent *event,
             ChatStoreBatch   *batch)
{
  chat_store_batch_set_flags (batch, event->id, event->numbers[1] < 0 ? CHAT_STORE_UNTOLD : event->numbers[1],
                              event->numbers[0] < 0 ? CHAT_STORE_UNTOLD : event->numbers[0], CHAT_STORE_UNTOLD);
}

static void
apply_flags (ChatSession      *self,
             ChatSessionEvent *event,
             GPtrArray        *events)
{
  chat_session_room_set (self, event->id, event->numbers[0], event->numbers[1]);
}

void
chat_session_feed_flags (ChatSession            *self,
                         gint64                  room_id,
                         int                     muted,
                         int                     pinned,
                         const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  event->build = build_flags;
  event->apply = apply_flags;
  event->id = room_id;
  event->numbers[0] = muted;
  event->numbers[1] = pinned;
  chat_session_feed (self, event);
}
