/* chat-session-rooms.c: the rooms: told, made, deleted, read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-room-files.h"
#include "chat-room-history.h"
#include "chat-session-private.h"

#include <glib/gi18n-lib.h>

void
chat_session_info_free (gpointer data)
{
  ChatRoomInfo *info = data;

  if (info->list != NULL)
    g_object_remove_weak_pointer (G_OBJECT (info->list), (gpointer *) &info->list);
  g_clear_weak_pointer (&info->history);
  g_clear_signal_handler (&info->notify_id, info->room);
  chat_room_files_room_gone (info->session, chat_room_get_id (info->room));
  g_object_unref (info->room);
  g_free (info);
}

ChatRoomInfo *
chat_session_get_info (ChatSession *self,
                       gint64       room_id)
{
  return g_hash_table_lookup (self->infos, &room_id);
}

ChatRoomInfo *
chat_session_add_info (ChatSession *self,
                       gint64       room_id,
                       const char  *name)
{
  ChatRoomInfo *info = g_new0 (ChatRoomInfo, 1);
  gint64 *key = g_new (gint64, 1);

  *key = room_id;
  info->session = self;
  info->room = chat_room_new (room_id, name);
  info->met = self->n_refreshes;
  info->muted_wanted = info->pinned_wanted = -1;
  g_hash_table_insert (self->infos, key, info);
  chat_session_keep_watch (self, info);
  chat_session_presence_met (self, info);
  return info;
}

/* Read marks */

/* Returns: whether it could be counted */
static gboolean
count_unread (ChatSession  *self,
              ChatRoomInfo *info)
{
  gint64 mark = chat_room_get_read_mark (info->room);
  guint count = 0;

  if (mark < info->newest_id)
    {
      GListModel *model = G_LIST_MODEL (info->list);

      /* Only a window that reaches the newest shows all that is unread */
      if (info->list == NULL || !chat_message_list_get_loaded (info->list) || chat_message_list_get_has_newer (info->list))
        return FALSE;
      for (guint i = g_list_model_get_n_items (model); i > 0 && count < CHAT_SESSION_MAX_UNREAD; i--)
        {
          g_autoptr (ChatMessage) message = g_list_model_get_item (model, i - 1);
          gint64 id = chat_message_get_id (message);

          if (id != 0 && id <= mark)
            break;
          if (id != 0 && !chat_message_get_outgoing (message))
            count++;
        }
    }
  chat_room_set_unread_count (info->room, count);
  return TRUE;
}

static void tell_mark (ChatSession *self, ChatRoomInfo *info);

static gboolean
on_tell_due (gpointer user_data)
{
  ChatSession *self = user_data;
  GHashTableIter iter;
  gpointer value;

  self->tell_timer = 0;
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    tell_mark (self, value);
  return G_SOURCE_REMOVE;
}

/* It has been told too much in a short time, and says when to come again: that is no refusal */
static void
tell_later (ChatSession  *self,
            const GError *error)
{
  guint seconds = CLAMP (chat_client_error_get_retry_after (error), 1, CHAT_SESSION_MAX_PAUSE_S);

  if (self->tell_timer == 0)
    self->tell_timer = g_timeout_add_seconds (seconds, on_tell_due, self);
}

static void
on_mark_told (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GError) error = NULL;
  gboolean done = chat_client_finish (CHAT_CLIENT (source), result, &error);
  ChatRoomInfo *info;

  if (!done)
    g_debug ("Read mark of room %" G_GINT64_FORMAT ": %s", call->id, error->message);
  if (self == NULL || !chat_session_call_is_current (call, self))
    return;
  info = chat_session_get_info (self, call->id);
  if (info == NULL)
    return;
  info->mark_in_flight = FALSE;
  if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_RATE_LIMITED))
    {
      tell_later (self, error);
      return;
    }
  if (self->unsure)
    chat_session_keep_soon (self);
  if (info->mark_wanted <= call->value)
    info->mark_wanted = 0;
  else
    tell_mark (self, info);
}

/* One at a time: while somebody scrolls, the marks between are never sent */
static void
tell_mark (ChatSession  *self,
           ChatRoomInfo *info)
{
  gint64 room_id = chat_room_get_id (info->room);

  if (self->client == NULL || (self->abilities & CHAT_SESSION_CAN_TELL_ROOMS) == 0 || info->mark_in_flight
      || info->mark_wanted == 0 || self->tell_timer != 0)
    return;
  info->mark_in_flight = TRUE;
  chat_client_mark_read_async (self->client, room_id, info->mark_wanted, NULL, on_mark_told,
                               chat_session_call_new (self, self->client, room_id, info->mark_wanted));
}

void
chat_session_raise_mark (ChatSession  *self,
                         ChatRoomInfo *info,
                         gint64        message_id,
                         gboolean      tell)
{
  if (message_id <= chat_room_get_read_mark (info->room))
    return;
  chat_room_set_read_mark (info->room, message_id);
  if (!count_unread (self, info) && !tell)
    chat_session_count_wanted (self);
  /* (Who is told answers with the count) */
  if (tell)
    {
      info->mark_wanted = message_id;
      tell_mark (self, info);
    }
}

void
chat_session_wrote (ChatSession  *self,
                    ChatRoomInfo *info,
                    gint64        message_id)
{
  if (!self->syncs)
    chat_session_raise_mark (self, info, message_id, FALSE);
  else if (message_id >= chat_room_get_read_mark (info->room))
    {
      /* Told in order: what comes after it is counted when it comes */
      chat_room_set_read_mark (info->room, message_id);
      chat_room_set_unread_count (info->room, 0);
    }
}

void
chat_session_mark_read (ChatSession *self,
                        ChatRoom    *room,
                        gint64       message_id)
{
  ChatRoomInfo *info;
  g_autoptr (ChatMessage) message = NULL;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  info = chat_session_get_info (self, chat_room_get_id (room));
  if (info == NULL || message_id <= 0)
    return;
  /* What is not there yet, and was marked, would never count as new */
  message = chat_memory_lookup (self->memory, message_id);
  if (message == NULL)
    message_id = MIN (message_id, info->newest_id);
  chat_session_raise_mark (self, info, message_id, TRUE);
}

void
chat_session_room_marked (ChatSession *self,
                          gint64       room_id,
                          gint64       message_id,
                          int          unread)
{
  ChatRoomInfo *info = chat_session_get_info (self, room_id);

  if (info == NULL || message_id < chat_room_get_read_mark (info->room))
    return;
  chat_room_set_read_mark (info->room, message_id);
  if (unread >= 0)
    chat_room_set_unread_count (info->room, MIN (unread, CHAT_SESSION_MAX_UNREAD));
  else
    count_unread (self, info);
}

/* Rooms come and go */

void
chat_session_room_created (ChatSession *self,
                           gint64       room_id,
                           const char  *name,
                           guint64      met)
{
  ChatRoomInfo *info = chat_session_get_info (self, room_id);

  if (info != NULL)
    return;
  if (g_hash_table_size (self->infos) >= CHAT_CLIENT_MAX_ROOMS)
    return;
  info = chat_session_add_info (self, room_id, name);
  info->met = met;
  chat_room_set_activity (info->room, g_get_real_time ());
  chat_room_list_add (self->rooms, info->room);
}

/* All but the place in the list. Returns: (transfer full) (nullable) */
static ChatRoom *
forget_room (ChatSession *self,
             gint64       room_id)
{
  ChatRoomInfo *info = chat_session_get_info (self, room_id);
  ChatRoom *room;

  if (self->refreshing && g_hash_table_size (self->gone) < CHAT_CLIENT_MAX_ROOMS)
    {
      gint64 *key = g_new (gint64, 1);

      *key = room_id;
      g_hash_table_add (self->gone, key);
    }
  if (info == NULL)
    return NULL;
  room = g_object_ref (info->room);
  chat_outbox_drop_room (self->outbox, room_id);
  chat_memory_drop_histories (self->memory, room_id);
  g_hash_table_remove (self->infos, &room_id);
  return room;
}

void
chat_session_room_deleted (ChatSession *self,
                           gint64       room_id)
{
  g_autoptr (ChatRoom) room = forget_room (self, room_id);

  if (room == NULL)
    return;
  chat_room_list_remove (self->rooms, room_id);
  chat_session_emit_removed (self, room);
}

/* The list of rooms */

/* @before: the activity of the room that the server named before it: it names the newest first */
static gint64
apply_told (ChatSession          *self,
            ChatRoomInfo         *info,
            const ChatClientRoom *told,
            gboolean              is_new,
            gint64                before)
{
  gint64 mark;

  chat_room_set_name (info->room, told->name);
  info->first_id = told->first_id;
  if (!told->told)
    {
      if (is_new)
        chat_room_set_activity (info->room, before - 1);
      return chat_room_get_activity (info->room);
    }

  mark = chat_room_get_read_mark (info->room);
  if (told->last_message != NULL)
    {
      g_autoptr (ChatMessage) message = chat_session_take_preview (self, told->last_message);
      ChatMessage *shown = chat_room_get_last_message (info->room);

      info->newest_id = MAX (info->newest_id, told->last_message->id);
      /* One that is still unsent, or came while the answer was on its way, is newer than what is told */
      if (shown == NULL || (chat_message_get_id (shown) != 0 && chat_message_get_id (shown) <= told->last_message->id))
        chat_session_show_newest (self, info, message);
      else if (is_new)
        chat_room_set_activity (info->room, before - 1);
    }
  else
    {
      ChatMessage *shown = chat_room_get_last_message (info->room);

      if (shown != NULL && chat_message_get_id (shown) != 0 && self->refreshed_at == 0)
        chat_room_set_last_message (info->room, NULL);
      if (is_new)
        chat_room_set_activity (info->room, before - 1);
    }

  if (mark > told->read_mark)
    {
      /* It was raised while there was no connection */
      if (!info->mark_in_flight)
        {
          info->mark_wanted = mark;
          tell_mark (self, info);
        }
      if (mark >= info->newest_id)
        chat_room_set_unread_count (info->room, 0);
    }
  else
    {
      chat_room_set_read_mark (info->room, told->read_mark);
      chat_room_set_unread_count (info->room, told->unread);
      if (info->mark_wanted <= told->read_mark && !info->mark_in_flight)
        info->mark_wanted = 0;
    }
  if (info->muted_wanted < 0)
    chat_room_set_muted (info->room, told->muted);
  if (info->pinned_wanted < 0)
    chat_room_set_pinned (info->room, told->pinned);
  chat_session_tell_wish (self, info);
  return chat_room_get_activity (info->room);
}

/* Returns: (transfer full): the rooms; they are in the list still: there may be many of them */
static GPtrArray *
forget_missing (ChatSession *self,
                GHashTable  *told,
                guint64      refresh)
{
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (gint64));
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, &key, &value))
    /* One that was made while the answer was on its way may not be in it yet */
    if (!g_hash_table_contains (told, key) && ((ChatRoomInfo *) value)->met < refresh)
      g_array_append_vals (missing, key, 1);
  for (guint i = 0; i < missing->len; i++)
    g_ptr_array_add (rooms, forget_room (self, g_array_index (missing, gint64, i)));
  return rooms;
}

static void
reload_lists (ChatSession *self)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) histories = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;

      if (info->list == NULL)
        continue;
      g_ptr_array_add (lists, g_object_ref (info->list));
      if (info->history != NULL)
        g_ptr_array_add (histories, g_object_ref (info->history));
    }
  for (guint i = 0; i < lists->len; i++)
    chat_message_list_reload (lists->pdata[i]);
  for (guint i = 0; i < histories->len; i++)
    chat_room_history_fill (histories->pdata[i]);
  chat_room_files_fill (self);
}

void
chat_session_doubt_lists (ChatSession *self,
                          gboolean     gap)
{
  /* Where there are no pages the only question is for everything there is: nobody should ask that at each connection */
  gboolean renew = gap && (self->abilities & CHAT_SESSION_CAN_PAGE) != 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;

      if (info->list == NULL)
        continue;
      chat_message_list_doubt (info->list, gap);
      if (renew && info->history != NULL)
        chat_room_history_doubt (info->history);
    }
  if (renew)
    chat_room_files_doubt (self);
}

static void
deliver_orphans (ChatSession *self)
{
  g_autoptr (GPtrArray) orphans = self->orphans;

  self->orphans = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_client_message_free);
  for (guint i = 0; i < orphans->len; i++)
    {
      ChatClientMessage *row = orphans->pdata[i];

      /* Whose room was not told even now is dropped: it is none of ours */
      if (chat_session_get_info (self, row->room_id) != NULL)
        chat_session_feed_message (self, row, NULL);
    }
}

static void
take_rooms (ChatSession *self,
            GPtrArray   *told,
            guint64      refresh)
{
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) missing = NULL;
  gboolean first = self->refreshed_at == 0;
  gint64 before = g_get_real_time ();
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < told->len; i++)
    {
      ChatClientRoom *row = told->pdata[i];
      ChatRoomInfo *info = chat_session_get_info (self, row->id);
      gboolean is_new = info == NULL;

      if (g_hash_table_contains (self->gone, &row->id))
        continue;
      if (info == NULL)
        {
          if (g_hash_table_size (self->infos) >= 2 * CHAT_CLIENT_MAX_ROOMS)
            break;
          info = chat_session_add_info (self, row->id, row->name);
        }
      g_hash_table_add (ids, &row->id);
      before = apply_told (self, info, row, is_new, before);
      chat_session_take_marks (self, info, row);
      if (first && (row->told ? self->syncs && row->last_message != NULL && i < CHAT_SESSION_MAX_PAGES
                              : i < CHAT_SESSION_MAX_PREVIEWS))
        {
          gint64 *id = g_new (gint64, 1);

          *id = row->id;
          g_queue_push_tail (&self->previews, id);
        }
    }
  missing = forget_missing (self, ids, refresh);
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (rooms, g_object_ref (((ChatRoomInfo *) value)->room));
  chat_room_list_replace (self->rooms, rooms);
  chat_room_list_set_loaded (self->rooms, TRUE);
  for (guint i = 0; i < missing->len && !self->closed; i++)
    chat_session_emit_removed (self, missing->pdata[i]);

  self->refreshed_at = g_get_monotonic_time ();
  deliver_orphans (self);
  if (first && self->client != NULL)
    {
      reload_lists (self);
      chat_session_ask_previews (self);
    }
}

/* The number of a room never becomes that of another one: the server has lost its data and begun anew */
static gboolean
is_another_server (ChatSession *self,
                   GPtrArray   *told)
{
  for (guint i = 0; i < told->len; i++)
    {
      const ChatClientRoom *row = told->pdata[i];
      ChatRoomInfo *info = chat_session_get_info (self, row->id);

      if (info != NULL && g_ascii_strcasecmp (chat_room_get_name (info->room), row->name) != 0)
        return TRUE;
    }
  return FALSE;
}

static void
build_rooms (ChatSession      *self,
             ChatSessionEvent *event,
             ChatStoreBatch   *batch)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer key, value;

  if (is_another_server (self, event->rows))
    return;
  for (guint i = 0; i < event->rows->len; i++)
    {
      const ChatClientRoom *row = event->rows->pdata[i];
      ChatRoomInfo *info = chat_session_get_info (self, row->id);
      g_autoptr (ChatStoreRoom) room = NULL;

      if (g_hash_table_contains (self->gone, &row->id))
        continue;
      room = chat_store_room_new (row->id, row->name);
      /* That there is no message at all is believed only where the server says it twice */
      room->first_id = row->first_id > 0 || (row->told && row->last_message == NULL) ? row->first_id : CHAT_STORE_UNTOLD;
      if (row->told)
        {
          room->newest_id = row->last_message != NULL ? row->last_message->id : 0;
          room->read_mark = row->read_mark;
          /* Where more is read here than the server knows of, it has counted too many */
          if (info == NULL || chat_room_get_read_mark (info->room) <= row->read_mark)
            room->unread = row->unread;
          room->muted = info != NULL && info->muted_wanted >= 0 ? info->muted_wanted : row->muted;
          room->pinned = info != NULL && info->pinned_wanted >= 0 ? info->pinned_wanted : row->pinned;
        }
      chat_store_batch_put_room (batch, room);
      chat_session_put_marks (self, batch, row->id, row->marks);
      if (row->told && row->last_message != NULL && row->last_message->room_id == row->id)
        chat_session_put_preview (self, batch, row->last_message);
      g_array_append_val (ids, row->id);
    }
  /* One that was made while the answer was on its way may not be in it yet */
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((ChatRoomInfo *) value)->met >= (guint64) event->from)
      g_array_append_vals (ids, key, 1);
  chat_store_batch_set_counted (batch, event->seq);
  chat_store_batch_retain_rooms (batch, (const gint64 *) (gpointer) ids->data, ids->len, 0);
}

/* What waits for rooms that the server does not have any more goes nowhere, and must not go elsewhere */
static void
drop_homeless (ChatSession *self)
{
  g_autoptr (GArray) rooms = chat_outbox_get_rooms (self->outbox);
  guint n = 0;

  for (guint i = 0; i < rooms->len; i++)
    if (chat_session_get_info (self, g_array_index (rooms, gint64, i)) == NULL)
      n += chat_outbox_drop_room (self->outbox, g_array_index (rooms, gint64, i));
  if (n > 0)
    chat_session_emit_notice (self, _("Unsent messages were dropped: their conversation no longer exists"));
}

static void
on_begun_anew (GTask *task)
{
  chat_session_refresh_rooms (g_task_get_source_object (task));
}

static void
begin_anew (ChatSession *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
  guint unsent = chat_outbox_get_length (self->outbox);

  g_message ("The rooms of the server are others than those that are kept: begun anew");
  self->begun_anew = self->verify_rooms = TRUE;
  chat_outbox_set_client (self->outbox, NULL);
  chat_session_forget_told (self);
  chat_session_keep_open (self, TRUE, task, on_begun_anew);
  chat_session_emit_notice (self, unsent > 0 ? _("The server has lost what it had. What was kept here was dropped, with the unsent messages")
                                             : _("The server has lost what it had. What was kept here was dropped"));
}

/* Where a room begins later than it did, what was before that is gone, and a window may show it */
static void
take_gone (ChatSession *self,
           GPtrArray   *events)
{
  for (guint from = 0, to; events != NULL && from < events->len; from = to)
    {
      const ChatStoreEvent *first = events->pdata[from];
      g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));

      for (to = from; to < events->len && ((ChatStoreEvent *) events->pdata[to])->room_id == first->room_id; to++)
        if (((ChatStoreEvent *) events->pdata[to])->kind == CHAT_STORE_REMOVED)
          g_array_append_val (gone, ((ChatStoreEvent *) events->pdata[to])->id);
      if (gone->len > 0)
        chat_session_messages_gone (self, first->room_id, gone);
    }
}

static void
apply_rooms (ChatSession      *self,
             ChatSessionEvent *event,
             GPtrArray        *events)
{
  g_autoptr (ChatClient) client = g_weak_ref_get (event->data);

  /* Another connection may have taken its place. What is kept is what was told, what is shown is not: over the next one it is asked for again */
  if (client == NULL || client != self->client)
    {
      self->check_rooms = TRUE;
      return;
    }
  if (is_another_server (self, event->rows))
    {
      self->refreshing = FALSE;
      /* It can not lose what it had twice within a moment */
      if (self->begun_anew)
        chat_session_link_give_up (self, "the rooms are others each time");
      else
        begin_anew (self);
      return;
    }
  take_gone (self, events);
  self->counted_seq = event->seq;
  take_rooms (self, event->rows, event->from);
  self->refreshing = FALSE;
  self->check_rooms = self->check_rooms && self->refresh_again;
  g_hash_table_remove_all (self->gone);
  chat_session_keep_rooms_told (self);
  if (self->verify_rooms && self->client == client)
    {
      self->verify_rooms = FALSE;
      drop_homeless (self);
      chat_outbox_set_client (self->outbox, client);
    }
  if (self->refresh_again && self->client != NULL)
    {
      self->refresh_again = FALSE;
      chat_session_refresh_rooms_soon (self);
    }
  chat_session_look_caught_up (self);
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
on_rooms (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GPtrArray) told = NULL;
  g_autoptr (GError) error = NULL;
  ChatSessionEvent *event;
  GWeakRef *client;
  gint64 seq;

  told = chat_client_list_rooms_finish (CHAT_CLIENT (source), result, &seq, &error);
  if (self == NULL || !chat_session_call_is_current (call, self))
    return;
  if (told == NULL)
    {
      g_message ("The rooms were not told: %s", error->message);
      self->refreshing = FALSE;
      g_hash_table_remove_all (self->gone);
      self->refresh_again = FALSE;
      chat_session_refresh_rooms_soon (self);
      return;
    }
  client = g_new0 (GWeakRef, 1);
  g_weak_ref_init (client, source);
  event = chat_session_event_new ();
  event->build = build_rooms;
  event->apply = apply_rooms;
  event->alone = TRUE;
  event->from = call->value;
  event->rows = g_steal_pointer (&told);
  event->data = client;
  event->free_data = weak_free;
  event->seq = MAX (seq, 0);
  chat_session_sync_snapshot (self, event, seq);
  chat_session_feed (self, event);
}

void
chat_session_refresh_rooms (ChatSession *self)
{
  if (self->client == NULL)
    return;
  g_clear_handle_id (&self->refresh_timer, g_source_remove);
  if (self->refreshing)
    {
      self->refresh_again = TRUE;
      return;
    }
  self->refreshing = TRUE;
  self->n_refreshes++;
  chat_client_list_rooms_async (self->client, NULL, on_rooms,
                                chat_session_call_new (self, self->client, 0, (gint64) self->n_refreshes));
}

static gboolean
on_refresh_due (gpointer user_data)
{
  ChatSession *self = user_data;

  self->refresh_timer = 0;
  chat_session_refresh_rooms (self);
  return G_SOURCE_REMOVE;
}

void
chat_session_refresh_rooms_soon (ChatSession *self)
{
  if (self->refreshing)
    {
      self->refresh_again = TRUE;
      return;
    }
  if (self->refresh_timer == 0 && self->client != NULL)
    self->refresh_timer = g_timeout_add (self->times.refresh, on_refresh_due, self);
}

void
chat_session_rooms_in_step (ChatSession *self)
{
  GHashTableIter iter;
  gpointer value;

  self->refreshed_at = g_get_monotonic_time ();
  chat_room_list_set_loaded (self->rooms, TRUE);
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;

      tell_mark (self, info);
      chat_session_tell_wish (self, info);
      chat_session_delivered (self, info, info->delivered);
      if (info->list != NULL)
        chat_message_list_trust (info->list);
    }
  reload_lists (self);
}

void
chat_session_rooms_stop (ChatSession *self)
{
  GHashTableIter iter;
  gpointer value;

  g_clear_handle_id (&self->refresh_timer, g_source_remove);
  g_clear_handle_id (&self->tell_timer, g_source_remove);
  chat_session_delivery_stop (self);
  self->refreshing = self->refresh_again = FALSE;
  self->refreshed_at = 0;
  self->previewing = FALSE;
  g_queue_clear_full (&self->previews, g_free);
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;

      info->mark_in_flight = info->set_in_flight = info->delivered_in_flight = FALSE;
    }
}
