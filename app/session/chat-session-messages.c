/* chat-session-messages.c: messages come, change and go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

#include <string.h>

#include "chat-room-files.h"
#include "chat-room-history.h"

static gint64
moment_of (ChatMessage *message)
{
  gint64 date = chat_message_get_date (message);

  return date != 0 ? date : g_get_real_time ();
}

void
chat_session_place_newest (ChatSession  *self,
                           ChatRoomInfo *info,
                           ChatMessage  *message)
{
  ChatMessage *last = chat_room_get_last_message (info->room);
  gint64 id = chat_message_get_id (message);

  /* What is still unsent is newer than all that the server has; but others may have been faster than this one */
  if (id < info->newest_id)
    {
      if (last == message)
        chat_session_find_newest (self, info);
    }
  else if (last == NULL || last == message || (chat_message_get_id (last) != 0 && chat_message_get_id (last) < id))
    chat_session_show_newest (self, info, message);
}

/* Where @message got its id just now: it may have come by another way before */
void
chat_session_take_id (ChatSession *self,
         ChatMessage *message,
         gint64       id)
{
  g_autoptr (ChatMessage) other = chat_memory_lookup (self->memory, id);
  ChatRoomInfo *info = chat_session_get_info (self, chat_message_get_room_id (message));

  if (other == message)
    return;
  if (other != NULL && info != NULL && info->list != NULL)
    chat_message_list_remove (info->list, other);
  chat_message_set_id (message, id);
  chat_session_dress (self, message);
  chat_memory_add (self->memory, message);
  if (other != NULL && info != NULL && chat_room_get_last_message (info->room) == other)
    chat_room_set_last_message (info->room, message);
}

/* An unsent message of ours is known to have arrived */
static void
settle (ChatSession             *self,
        ChatMessage             *message,
        const ChatClientMessage *row)
{
  ChatRoomInfo *info = chat_session_get_info (self, row->room_id);

  g_object_ref (message);
  chat_outbox_settle (self->outbox, message, row->id);
  chat_session_take_id (self, message, row->id);
  chat_message_set_date (message, row->date, row->date_text);
  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
  chat_session_file_sent (self, message, row->text);
  if (info != NULL && info->list != NULL)
    chat_message_list_resort (info->list, message);
  if (info != NULL && row->id < info->newest_id)
    chat_session_place_newest (self, info, message);
  g_object_unref (message);
}

/* A page brings the whole text again: the server cuts it in the list of rooms, too */
static void
cut_preview (ChatSession *self,
             ChatMessage *message)
{
  ChatRoomInfo *info = chat_session_get_info (self, chat_message_get_room_id (message));
  const char *text = chat_message_get_text (message);
  g_autofree char *cut = NULL;

  if (info == NULL || info->list != NULL || chat_message_get_state (message) != CHAT_MESSAGE_SENT
      || strlen (text) <= CHAT_SESSION_MAX_PREVIEW)
    return;
  cut = g_strndup (text, g_utf8_find_prev_char (text, text + CHAT_SESSION_MAX_PREVIEW + 1) - text);
  chat_message_set_text (message, cut);
}

void
chat_session_show_text (ChatSession *self,
                        ChatMessage *message,
                        const char  *text)
{
  if (chat_outbox_cover (self->outbox, chat_message_get_id (message), text))
    return;
  chat_message_set_text (message, text);
  cut_preview (self, message);
}

/* @is_cut: the text may be the beginning of it alone; @quietly: nobody looks at it */
static ChatMessage *
take (ChatSession             *self,
      const ChatClientMessage *row,
      gboolean                 is_cut,
      gboolean                 quietly)
{
  ChatMessage *message = chat_memory_lookup (self->memory, row->id);

  if (message == NULL && row->client_ref != NULL && chat_session_is_own (self, row->sender))
    {
      ChatMessage *unsent = chat_outbox_find (self->outbox, row->client_ref);

      if (unsent != NULL && chat_message_get_room_id (unsent) == row->room_id)
        {
          message = g_object_ref (unsent);
          settle (self, message, row);
        }
    }
  if (message == NULL)
    {
      message = chat_message_new (row->room_id, row->sender, chat_session_is_own (self, row->sender),
                                  row->content == CHAT_CLIENT_FILE    ? CHAT_MESSAGE_FILE
                                  : row->content == CHAT_CLIENT_IMAGE ? CHAT_MESSAGE_IMAGE
                                                                      : CHAT_MESSAGE_TEXT,
                                  row->client_ref);
      chat_message_set_id (message, row->id);
      chat_message_set_date (message, row->date, row->date_text);
      chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
      chat_memory_add (self->memory, message);
      chat_message_set_text (message, row->text);
      chat_outbox_dress (self->outbox, message);
    }
  else if (!is_cut || !g_str_has_prefix (chat_message_get_text (message), row->text))
    chat_session_show_text (self, message, row->text);
  /* (The list of rooms leaves out of a file what makes it long) */
  if (!is_cut || chat_message_get_attachment (message) == NULL)
    {
      ChatRoomInfo *info = chat_session_get_info (self, row->room_id);

      chat_session_dress_file (self, message, row->file, row->text, !is_cut && !quietly && info != NULL && info->list != NULL);
    }
  /* Marks reach what is in a window; this is new, or may have been out of it */
  chat_session_dress (self, message);
  /* A server that knows only the user's API does not say it again */
  if (row->edited)
    chat_message_set_edited (message, TRUE);
  return message;
}

ChatMessage *
chat_session_take_message (ChatSession             *self,
                           const ChatClientMessage *row)
{
  return take (self, row, FALSE, FALSE);
}

ChatMessage *
chat_session_take_quietly (ChatSession             *self,
                           const ChatClientMessage *row)
{
  return take (self, row, FALSE, TRUE);
}

ChatMessage *
chat_session_take_preview (ChatSession             *self,
                           const ChatClientMessage *row)
{
  return take (self, row, TRUE, TRUE);
}

void
chat_session_show_newest (ChatSession  *self,
                          ChatRoomInfo *info,
                          ChatMessage  *message)
{
  cut_preview (self, message);
  chat_room_set_last_message (info->room, message);
  chat_room_set_activity (info->room, moment_of (message));
}

/* What changes in a room by a message that was not there before */
static void
count_in (ChatSession  *self,
          ChatRoomInfo *info,
          ChatMessage  *message)
{
  gint64 id = chat_message_get_id (message);

  if (chat_message_get_outgoing (message))
    chat_session_wrote (self, info, id);
  else if (id > chat_room_get_read_mark (info->room)
           && chat_room_get_unread_count (info->room) < CHAT_SESSION_MAX_UNREAD)
    chat_room_set_unread_count (info->room, chat_room_get_unread_count (info->room) + 1);
}

static gboolean
was_added (GPtrArray *events,
           gint64     id)
{
  for (guint i = 0; i < events->len; i++)
    {
      const ChatStoreEvent *event = events->pdata[i];

      if (event->kind == CHAT_STORE_ADDED && event->message != NULL && event->message->id == id)
        return TRUE;
    }
  return FALSE;
}

gboolean
chat_session_was_gone (GPtrArray *events,
                       gint64     id)
{
  gboolean gone = FALSE;

  for (guint i = 0; events != NULL && i < events->len; i++)
    {
      const ChatStoreEvent *event = events->pdata[i];

      if (event->kind == CHAT_STORE_REMOVED && event->id == id)
        gone = TRUE;
    }
  return gone && !was_added (events, id);
}

void
chat_session_message_came (ChatSession             *self,
                           const ChatSessionEvent  *event,
                           GPtrArray               *events)
{
  const ChatClientMessage *row = event->row;
  ChatRoomInfo *info = chat_session_get_info (self, row->room_id);
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (ChatRoom) room = NULL;
  gboolean is_newest;

  if (info == NULL)
    {
      /* A room that we have not met: the server may push no CREATE_ROOM */
      if (self->orphans->len < CHAT_SESSION_MAX_ORPHANS)
        g_ptr_array_add (self->orphans, chat_client_message_copy (row));
      chat_session_refresh_rooms_soon (self);
      return;
    }
  if (chat_session_was_gone (events, row->id))
    return;
  room = g_object_ref (info->room);
  is_newest = row->id > info->newest_id;
  chat_memory_message_came (self->memory, row);
  message = chat_session_take_message (self, row);
  if (info->list != NULL)
    chat_message_list_add (info->list, message);
  chat_session_typing_shown (self, row->room_id, row->sender);
  chat_session_show_implied_mark (self, info, row);
  if (is_newest)
    {
      info->newest_id = row->id;
      chat_session_show_newest (self, info, message);
    }
  /* Each once, whatever is known of it already by a page or the list of rooms: where all is told in order, by its place there */
  if (self->syncs && event->seq > 0 ? chat_session_event_counts (self, event) : is_newest)
    count_in (self, info, message);
  if (chat_message_get_outgoing (message))
    return;
  chat_session_delivered (self, info, row->id);
  if (is_newest && !event->replayed)
    chat_session_emit_received (self, room, message);
}

void
chat_session_newest_page_came (ChatSession *self,
                               gint64       room_id,
                               GPtrArray   *rows,
                               gboolean     catching_up)
{
  ChatRoomInfo *info = chat_session_get_info (self, room_id);
  gint64 known = info != NULL ? info->newest_id : 0;
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (ChatRoom) room = NULL;
  ChatClientMessage *last;

  if (info == NULL || rows->len == 0)
    return;
  last = rows->pdata[rows->len - 1];
  if (last->room_id != room_id || last->id <= known)
    return;
  room = g_object_ref (info->room);
  for (guint i = 0; i < rows->len; i++)
    if (((ChatClientMessage *) rows->pdata[i])->id > known)
      g_ptr_array_add (fresh, chat_session_take_message (self, rows->pdata[i]));
  info->newest_id = last->id;
  chat_session_show_newest (self, info, fresh->pdata[fresh->len - 1]);

  /* Where the server counts, it has told. Else what is newer than anything we had met is unread; of a room that is met for the
   * first time nobody knows: it counts as read */
  if ((self->abilities & CHAT_SESSION_CAN_TELL_ROOMS) != 0)
    return;
  if (known == 0)
    {
      chat_session_raise_mark (self, info, last->id, FALSE);
      return;
    }
  for (guint i = 0; i < fresh->len && chat_session_get_info (self, room_id) == info; i++)
    {
      count_in (self, info, fresh->pdata[i]);
      if (!catching_up && !chat_message_get_outgoing (fresh->pdata[i]))
        chat_session_emit_received (self, room, fresh->pdata[i]);
    }
}

void
chat_session_message_edited (ChatSession *self,
                             gint64       message_id,
                             const char  *text,
                             const char  *file)
{
  g_autoptr (ChatMessage) message = chat_memory_lookup (self->memory, message_id);

  chat_memory_message_changed (self->memory, message_id, text);
  if (message == NULL)
    return;
  chat_session_show_text (self, message, text);
  chat_session_dress_file (self, message, file, text, FALSE);
  chat_message_set_edited (message, TRUE);
}

/* Whether it may be one of those that are counted as unread */
static gboolean
may_be_unread (ChatSession *self,
               gint64       message_id,
               gint64       room_id)
{
  ChatRoomInfo *info = room_id > 0 ? chat_session_get_info (self, room_id) : NULL;

  if ((self->abilities & CHAT_SESSION_CAN_TELL_ROOMS) == 0)
    return FALSE;
  if (room_id <= 0)
    return chat_room_list_get_unread (self->rooms) > 0;
  return info != NULL && chat_room_get_unread_count (info->room) > 0 && message_id > chat_room_get_read_mark (info->room);
}

static void
delete_message (ChatSession *self,
                gint64       message_id,
                gint64       room_id,
                gboolean     counts)
{
  g_autoptr (ChatMessage) message = chat_memory_lookup (self->memory, message_id);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  ChatRoomInfo *info;

  chat_memory_message_changed (self->memory, message_id, NULL);
  g_array_append_val (ids, message_id);
  chat_room_files_gone (self, room_id, ids);
  if (message == NULL)
    {
      /* Nobody holds it, but it may be one of those that are counted as unread */
      if (counts && may_be_unread (self, message_id, room_id))
        chat_session_count_wanted (self);
      return;
    }
  chat_memory_remove (self->memory, message_id);
  info = chat_session_get_info (self, chat_message_get_room_id (message));
  if (info == NULL)
    return;
  if (info->list != NULL)
    chat_message_list_remove (info->list, message);
  if (counts && !chat_message_get_outgoing (message) && message_id > chat_room_get_read_mark (info->room)
      && chat_room_get_unread_count (info->room) > 0)
    chat_room_set_unread_count (info->room, chat_room_get_unread_count (info->room) - 1);
  if (chat_room_get_last_message (info->room) == message)
    chat_session_find_newest (self, info);
}

void
chat_session_message_deleted (ChatSession *self,
                              gint64       message_id,
                              gint64       room_id,
                              gboolean     counts)
{
  delete_message (self, message_id, room_id, counts);
  chat_session_emit_deleted (self, room_id, message_id);
}

void
chat_session_messages_gone (ChatSession *self,
                            gint64       room_id,
                            GArray      *ids)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);
  ChatRoomInfo *info = chat_session_get_info (self, room_id);

  chat_room_files_gone (self, room_id, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);
      ChatMessage *message = chat_memory_lookup (self->memory, id);

      chat_memory_message_changed (self->memory, id, NULL);
      chat_memory_remove (self->memory, id);
      if (message != NULL)
        g_ptr_array_add (gone, message);
    }
  if (info != NULL && gone->len > 0)
    {
      /* There may be many: the window is told of them in few words */
      if (info->list != NULL)
        chat_message_list_remove_all (info->list, gone);
      if (g_ptr_array_find (gone, chat_room_get_last_message (info->room), NULL))
        chat_session_find_newest (self, info);
    }
  for (guint i = 0; i < ids->len; i++)
    chat_session_emit_deleted (self, room_id, g_array_index (ids, gint64, i));
}

void
chat_session_message_gone (ChatSession *self,
                           ChatMessage *message)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id = chat_message_get_id (message);

  g_array_append_val (ids, id);
  chat_session_messages_gone (self, chat_message_get_room_id (message), ids);
}

/* The newest one of a room */

static void
on_newest_kept (ChatSession *self,
                GPtrArray   *rows,
                gpointer     user_data)
{
  g_autofree gint64 *room_id = user_data;
  ChatRoomInfo *info = self != NULL ? chat_session_get_info (self, *room_id) : NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatMessage *shown;
  ChatClientMessage *last;

  if (info == NULL || rows->len == 0)
    return;
  last = rows->pdata[rows->len - 1];
  shown = chat_room_get_last_message (info->room);
  /* Something newer may have come meanwhile */
  if (last->room_id != *room_id
      || (shown != NULL && (chat_message_get_id (shown) == 0 || chat_message_get_id (shown) >= last->id)))
    return;
  message = chat_session_take_message (self, last);
  chat_session_show_newest (self, info, message);
}

static void
on_newest (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GPtrArray) rows = NULL;
  gint64 *room_id;
  gint64 from = CHAT_STORE_BEGINNING;
  gboolean more;

  rows = chat_client_read_finish (CHAT_CLIENT (source), result, &more, NULL);
  if (self == NULL || rows == NULL || !chat_session_call_is_current (call, self))
    return;
  /* Without pages the server has sent as many as it likes, and does not say whether that was all */
  if (rows->len > 0 && (more || (self->abilities & CHAT_SESSION_CAN_PAGE) == 0))
    from = ((ChatClientMessage *) rows->pdata[0])->id;
  room_id = g_memdup2 (&call->id, sizeof call->id);
  chat_session_feed_page (self, call->id, from, CHAT_STORE_TO_NEWEST, rows, FALSE, on_newest_kept, room_id);
}

void
chat_session_find_newest (ChatSession  *self,
                          ChatRoomInfo *info)
{
  gint64 room_id = chat_room_get_id (info->room);
  g_autoptr (GPtrArray) unsent = chat_outbox_list (self->outbox, room_id);

  /* One whose answer has just come is in the outbox still, and may be older than what others wrote */
  while (unsent->len > 0 && chat_message_get_id (unsent->pdata[unsent->len - 1]) != 0)
    g_ptr_array_set_size (unsent, unsent->len - 1);
  if (unsent->len > 0)
    {
      chat_room_set_last_message (info->room, unsent->pdata[unsent->len - 1]);
      return;
    }
  if (info->list != NULL && chat_message_list_get_loaded (info->list) && !chat_message_list_get_has_newer (info->list))
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (info->list));
      g_autoptr (ChatMessage) last = n > 0 ? g_list_model_get_item (G_LIST_MODEL (info->list), n - 1) : NULL;

      if (last != NULL)
        chat_session_show_newest (self, info, last);
      else
        chat_room_set_last_message (info->room, NULL);
      /* Until the newest page has come a window may lack just that */
      if (!chat_message_list_is_doubted (info->list) && (last != NULL || !chat_message_list_get_has_older (info->list)))
        return;
    }
  else
    chat_room_set_last_message (info->room, NULL);
  if (self->client != NULL)
    chat_client_read_async (self->client, CHAT_CLIENT_READ_NEWEST, room_id, 0, 1, NULL, on_newest,
                            chat_session_call_new (self, self->client, room_id, 0));
}

/* The window on a room */

ChatMessageList *
chat_session_get_messages (ChatSession *self,
                           ChatRoom    *room)
{
  g_autoptr (ChatRoomHistory) history = NULL;
  g_autoptr (GPtrArray) unsent = NULL;
  ChatRoomInfo *info;
  ChatMessageList *list;

  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);
  g_return_val_if_fail (CHAT_IS_ROOM (room), NULL);

  info = chat_session_get_info (self, chat_room_get_id (room));
  if (info != NULL && info->list != NULL)
    return g_object_ref (info->list);

  history = chat_room_history_new (self, chat_room_get_id (room));
  list = chat_message_list_new (CHAT_MESSAGE_SOURCE (history));
  if (info != NULL)
    {
      g_set_weak_pointer (&info->history, G_OBJECT (history));
      info->list = list;
      g_object_add_weak_pointer (G_OBJECT (list), (gpointer *) &info->list);
      unsent = chat_outbox_list (self->outbox, chat_room_get_id (room));
      for (guint i = 0; i < unsent->len; i++)
        chat_message_list_add (list, unsent->pdata[i]);
    }
  chat_message_list_load (list);
  return list;
}
