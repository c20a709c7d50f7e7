/* chat-outbox.c: what one wrote, changed and deleted, and the server does not know of yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-outbox-private.h"

#include <glib/gi18n-lib.h>

#include "chat-session.h"

void
chat_outbox_entry_unref (gpointer data)
{
  ChatOutboxEntry *entry = data;

  if (--entry->refs > 0)
    return;
  g_clear_object (&entry->message);
  g_clear_object (&entry->task);
  g_free (entry->told);
  chat_store_out_row_free (entry->row);
  g_free (entry);
}

static void
room_free (gpointer data)
{
  ChatOutboxRoom *room = data;

  g_queue_clear_full (&room->entries, chat_outbox_entry_unref);
  g_free (room);
}

void
chat_outbox_unref (ChatOutbox *self)
{
  if (--self->refs > 0)
    return;
  g_hash_table_unref (self->by_ref);
  g_hash_table_unref (self->changes);
  g_hash_table_unref (self->rooms);
  g_free (self);
}

ChatOutbox *
chat_outbox_new (const ChatOutboxEvents *events,
                 gpointer                user_data)
{
  ChatOutbox *self = g_new0 (ChatOutbox, 1);

  self->refs = 1;
  self->events = events;
  self->user_data = user_data;
  self->rooms = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, room_free);
  self->by_ref = g_hash_table_new (g_str_hash, g_str_equal);
  self->changes = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->patience = CHAT_OUTBOX_PATIENCE_MS;
  return self;
}

void
chat_outbox_free (ChatOutbox *self)
{
  self->events = NULL;
  g_clear_handle_id (&self->pause, g_source_remove);
  g_clear_handle_id (&self->patience_timer, g_source_remove);
  g_clear_object (&self->client);
  g_clear_object (&self->store);
  chat_outbox_drop_room (self, 0);
  chat_outbox_unref (self);
}

guint
chat_outbox_get_length (ChatOutbox *self)
{
  return self->n_messages;
}

void
chat_outbox_set_store (ChatOutbox *self,
                       ChatStore  *store)
{
  g_set_object (&self->store, store);
}

ChatOutboxEntry *
chat_outbox_find_entry (ChatOutbox *self,
                        const char *client_ref)
{
  return client_ref != NULL ? g_hash_table_lookup (self->by_ref, client_ref) : NULL;
}

ChatOutboxEntry *
chat_outbox_find_message (ChatOutbox  *self,
                          ChatMessage *message)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, chat_message_get_client_ref (message));

  return entry != NULL && entry->row->action == CHAT_STORE_SEND && entry->message == message ? entry : NULL;
}

ChatOutboxRoom *
chat_outbox_get_room (ChatOutbox *self,
                      gint64      room_id)
{
  return g_hash_table_lookup (self->rooms, &room_id);
}

void
chat_outbox_remove_entry (ChatOutbox      *self,
                          ChatOutboxEntry *entry)
{
  ChatOutboxRoom *room = chat_outbox_get_room (self, entry->row->room_id);

  g_hash_table_remove (self->by_ref, entry->row->client_ref);
  if (entry->row->action == CHAT_STORE_SEND)
    self->n_messages--;
  else if (g_hash_table_lookup (self->changes, &entry->row->target_id) == entry)
    g_hash_table_remove (self->changes, &entry->row->target_id);
  entry->gone = TRUE;
  if (room != NULL)
    {
      g_queue_remove (&room->entries, entry);
      if (g_queue_is_empty (&room->entries))
        g_hash_table_remove (self->rooms, &room->room_id);
    }
  chat_outbox_entry_unref (entry);
}

static void
remove_row (ChatOutbox *self,
            gint64      row_id)
{
  if (self->store != NULL && row_id > 0)
    chat_store_outbox_remove_async (self->store, row_id, NULL, NULL, NULL);
}

static void
enqueue (ChatOutbox      *self,
         ChatOutboxEntry *entry)
{
  ChatOutboxRoom *room = chat_outbox_get_room (self, entry->row->room_id);

  if (room == NULL)
    {
      room = g_new0 (ChatOutboxRoom, 1);
      room->room_id = entry->row->room_id;
      g_hash_table_insert (self->rooms, &room->room_id, room);
    }
  g_queue_push_tail (&room->entries, entry);
}

void
chat_outbox_insert (ChatOutbox      *self,
                    ChatOutboxEntry *entry)
{
  g_hash_table_insert (self->by_ref, entry->row->client_ref, entry);
  if (entry->row->action == CHAT_STORE_SEND)
    self->n_messages++;
  else if (entry->row->target_id > 0)
    /* The key stands in the entry */
    g_hash_table_replace (self->changes, &entry->row->target_id, entry);
  enqueue (self, entry);
}

ChatOutboxEntry *
chat_outbox_entry_new (ChatStoreOutRow *row,
                       ChatMessage     *message)
{
  ChatOutboxEntry *entry = g_new0 (ChatOutboxEntry, 1);

  entry->refs = 1;
  entry->row = row;
  entry->message = message != NULL ? g_object_ref (message) : NULL;
  return entry;
}

/* Into the store */

typedef struct
{
  ChatOutbox      *outbox;
  ChatOutboxEntry *entry;
} Adding;

static void
entry_kept (ChatOutbox      *self,
            ChatOutboxEntry *entry)
{
  ChatOutboxRoom *room;
  gint64 room_id = entry->row->room_id;

  entry->kept = TRUE;
  entry->refs++;
  if (entry->row->action == CHAT_STORE_SEND)
    {
      if (self->events != NULL)
        self->events->kept (entry->message, self->user_data);
    }
  else
    {
      chat_outbox_show_change (entry);
      /* Without a connection it is done for now, and so it is where its message is to go first: what comes of it is told otherwise */
      if (entry->task != NULL && (self->client == NULL || entry->row->target_id == 0))
        {
          g_autoptr (GTask) task = g_steal_pointer (&entry->task);

          g_task_return_boolean (task, TRUE);
        }
    }
  room = chat_outbox_get_room (self, room_id);
  if (room != NULL)
    chat_outbox_pump (self, room);
  if (!entry->gone && !entry->in_flight && entry->row->state == CHAT_STORE_OUT_SENDING)
    {
      /* It was written as being sent, but the connection has ended meanwhile */
      entry->row->state = CHAT_STORE_OUT_WAITING;
      chat_outbox_write (self, entry, FALSE);
    }
  chat_outbox_entry_unref (entry);
}

static void
not_kept (ChatOutbox      *self,
          ChatOutboxEntry *entry,
          const GError    *error)
{
  if (self->events != NULL && self->events->failed != NULL)
    self->events->failed (error, self->user_data);
  if (entry->row->action != CHAT_STORE_SEND)
    {
      g_autofree char *ref = g_strdup (entry->row->client_ref);

      g_autoptr (GError) told = g_error_new_literal (CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, error->message);

      chat_outbox_end (self, ref, told);
      return;
    }
  /* What was written is not lost: it stands there, and the person may try again */
  entry->changed = FALSE;
  chat_message_set_text (entry->message, entry->row->text);
  chat_outbox_fail (self, entry, _("It could not be saved on this computer, so it was not sent"));
  entry_kept (self, entry);
}

static void
on_added (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autofree Adding *adding = user_data;
  ChatOutbox *self = adding->outbox;
  ChatOutboxEntry *entry = adding->entry;
  g_autoptr (GError) error = NULL;
  gint64 id = chat_store_outbox_add_finish (CHAT_STORE (source), result, &error);

  entry->adding = FALSE;
  entry->row->id = id;
  if (entry->gone)
    /* Given up meanwhile */
    {
      if (G_OBJECT (self->store) == source)
        remove_row (self, id);
    }
  else if (id > 0)
    {
      if (entry->changed)
        chat_outbox_rewrite (self, entry);
      /* The person wanted it sent again meanwhile */
      else if (entry->stored_state == CHAT_STORE_OUT_FAILED && entry->row->state == CHAT_STORE_OUT_WAITING)
        chat_outbox_write (self, entry, FALSE);
      entry_kept (self, entry);
    }
  else
    not_kept (self, entry, error);
  chat_outbox_entry_unref (entry);
  chat_outbox_unref (self);
}

static void
add_row (ChatOutbox      *self,
         ChatOutboxEntry *entry)
{
  Adding *adding = g_new0 (Adding, 1);

  entry->stored_state = entry->row->state;
  entry->adding = TRUE;
  entry->refs++;
  self->refs++;
  adding->outbox = self;
  adding->entry = entry;
  chat_store_outbox_add_async (self->store, entry->row, NULL, on_added, adding);
}

void
chat_outbox_keep (ChatOutbox      *self,
                  ChatOutboxEntry *entry)
{
  ChatOutboxRoom *room = chat_outbox_get_room (self, entry->row->room_id);

  if (self->store == NULL)
    {
      entry_kept (self, entry);
      return;
    }
  /* Where it goes out at once it is written as what it will be, which saves the second wait for the disk */
  entry->row->state = room->entries.head->data == entry && chat_outbox_can_send (self) && !chat_outbox_lacks_file (entry)
                              && !chat_outbox_is_bound (entry)
                          ? CHAT_STORE_OUT_SENDING : CHAT_STORE_OUT_WAITING;
  add_row (self, entry);
}

void
chat_outbox_keep_again (ChatOutbox *self)
{
  g_autoptr (GArray) ids = chat_outbox_get_rooms (self);

  for (guint i = 0; self->store != NULL && i < ids->len; i++)
    {
      ChatOutboxRoom *room = chat_outbox_get_room (self, g_array_index (ids, gint64, i));

      for (GList *l = room->entries.head; l != NULL; l = l->next)
        {
          ChatOutboxEntry *entry = l->data;

          if (entry->row->id == 0 && !entry->adding && entry->row->state == CHAT_STORE_OUT_FAILED)
            add_row (self, entry);
        }
    }
}

gboolean
chat_outbox_add (ChatOutbox  *self,
                 ChatMessage *message,
                 const char  *file,
                 const char  *caption_of)
{
  ChatOutboxEntry *target = chat_outbox_find_entry (self, caption_of);
  ChatStoreOutRow *row;
  ChatOutboxEntry *entry;

  if (g_hash_table_size (self->by_ref) >= CHAT_OUTBOX_MAX)
    return FALSE;
  row = chat_store_out_row_new (chat_message_get_room_id (message), CHAT_STORE_SEND, chat_message_get_client_ref (message),
                                chat_message_get_text (message));
  row->created = chat_message_get_date (message);
  row->file = g_strdup (file);
  /* (One that was sent meanwhile it follows anyway) */
  if (target != NULL && target->row->action == CHAT_STORE_SEND && target->row->room_id == row->room_id)
    row->target_ref = g_strdup (caption_of);
  row->kind = chat_message_get_content (message) == CHAT_MESSAGE_FILE    ? CHAT_CLIENT_FILE
              : chat_message_get_content (message) == CHAT_MESSAGE_IMAGE ? CHAT_CLIENT_IMAGE
                                                                         : CHAT_CLIENT_TEXT;
  entry = chat_outbox_entry_new (row, message);
  chat_outbox_insert (self, entry);
  chat_message_set_state (message, CHAT_MESSAGE_WAITING, NULL);
  chat_outbox_keep (self, entry);
  return TRUE;
}

gboolean
chat_outbox_add_file (ChatOutbox  *self,
                      ChatMessage *message,
                      const char  *file,
                      ChatMessage *caption)
{
  g_autoptr (ChatStore) store = self->store != NULL ? g_object_ref (self->store) : NULL;

  if (g_hash_table_size (self->by_ref) + (caption != NULL) >= CHAT_OUTBOX_MAX)
    return FALSE;
  if (store != NULL)
    chat_store_hold (store);
  chat_outbox_add (self, message, file, NULL);
  if (caption != NULL)
    chat_outbox_add (self, caption, NULL, chat_message_get_client_ref (message));
  if (store != NULL)
    chat_store_release (store);
  return TRUE;
}

void
chat_outbox_load (ChatOutbox *self,
                  GPtrArray  *rows,
                  const char *login)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const ChatStoreOutRow *row = rows->pdata[i];
      g_autoptr (ChatMessage) message = NULL;
      ChatOutboxEntry *entry;

      if (g_hash_table_contains (self->by_ref, row->client_ref)
          || (row->action != CHAT_STORE_SEND && row->target_id == 0 && row->target_ref == NULL))
        continue;
      if (row->action == CHAT_STORE_SEND)
        {
          message = chat_message_new (row->room_id, login, TRUE,
                                      row->kind == CHAT_CLIENT_FILE    ? CHAT_MESSAGE_FILE
                                      : row->kind == CHAT_CLIENT_IMAGE ? CHAT_MESSAGE_IMAGE
                                                                       : CHAT_MESSAGE_TEXT,
                                      row->client_ref);
          chat_message_set_text (message, row->text);
          chat_message_set_date (message, row->created, NULL);
          chat_message_set_state (message, row->state == CHAT_STORE_OUT_FAILED ? CHAT_MESSAGE_FAILED : CHAT_MESSAGE_WAITING,
                                  row->failure_text);
        }
      entry = chat_outbox_entry_new (chat_store_out_row_copy (row), message);
      entry->kept = TRUE;
      entry->stored_state = row->state;
      if (row->state == CHAT_STORE_OUT_SENDING)
        {
          entry->row->maybe_sent = TRUE;
          entry->row->state = CHAT_STORE_OUT_WAITING;
        }
      entry->held = chat_outbox_lacks_file (entry) && row->failure == CHAT_OUTBOX_HELD;
      chat_outbox_insert (self, entry);
    }
  chat_outbox_attach_changes (self);
}

/* By hand */

gboolean
chat_outbox_retry (ChatOutbox  *self,
                   ChatMessage *message)
{
  ChatOutboxEntry *entry = chat_outbox_find_message (self, message);

  if (entry == NULL || chat_message_get_state (message) != CHAT_MESSAGE_FAILED)
    return FALSE;
  /* The person has decided: a server without references may now have it twice */
  if (!chat_outbox_can_resend (self))
    entry->row->maybe_sent = FALSE;
  g_queue_remove (&chat_outbox_get_room (self, entry->row->room_id)->entries, entry);
  enqueue (self, entry);
  chat_message_set_state (message, CHAT_MESSAGE_WAITING, NULL);
  entry->n_lost = 0;
  entry->slow = FALSE;
  entry->row->state = CHAT_STORE_OUT_WAITING;
  g_clear_pointer (&entry->row->failure_text, g_free);
  if (self->store != NULL && entry->row->id == 0)
    {
      /* It never got into the store, or is on its way there */
      entry->kept = FALSE;
      if (!entry->adding)
        chat_outbox_keep (self, entry);
      return TRUE;
    }
  chat_outbox_write (self, entry, TRUE);
  chat_outbox_pump (self, chat_outbox_get_room (self, entry->row->room_id));
  return TRUE;
}

gboolean
chat_outbox_may_have_left (ChatOutbox  *self,
                           ChatMessage *message)
{
  ChatOutboxEntry *entry = chat_outbox_find_message (self, message);

  return entry != NULL && (entry->in_flight || entry->row->maybe_sent);
}

/* Its file is of no use any more */
static void
tell_dropped (ChatOutbox  *self,
              ChatMessage *message,
              const char  *file)
{
  if (file != NULL && message != NULL && self->events != NULL && self->events->dropped != NULL)
    self->events->dropped (message, file, self->user_data);
}

void
chat_outbox_forget (ChatOutbox      *self,
                    ChatOutboxEntry *entry)
{
  g_autofree char *file = entry->row->action == CHAT_STORE_SEND ? g_strdup (entry->row->file) : NULL;
  g_autoptr (ChatMessage) message = entry->message != NULL ? g_object_ref (entry->message) : NULL;

  remove_row (self, entry->row->id);
  chat_outbox_remove_entry (self, entry);
  tell_dropped (self, message, file);
}

gboolean
chat_outbox_discard (ChatOutbox  *self,
                     ChatMessage *message)
{
  ChatOutboxEntry *entry = chat_outbox_find_message (self, message);
  g_autofree char *ref = NULL;
  gint64 room_id = chat_message_get_room_id (message);
  ChatOutboxRoom *room;

  if (entry == NULL || entry->in_flight)
    return FALSE;
  ref = g_strdup (entry->row->client_ref);
  chat_outbox_forget (self, entry);
  chat_outbox_drop_changes (self, room_id, ref);
  chat_outbox_free_captions (self, room_id, ref, 0);
  /* Others may have waited for its file */
  room = chat_outbox_get_room (self, room_id);
  if (room != NULL)
    chat_outbox_pump (self, room);
  return TRUE;
}

/* Looking */

ChatMessage *
chat_outbox_find (ChatOutbox *self,
                  const char *client_ref)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, client_ref);

  return entry != NULL && entry->row->action == CHAT_STORE_SEND ? entry->message : NULL;
}

gint64
chat_outbox_get_row_id (ChatOutbox *self,
                        const char *client_ref)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, client_ref);

  return entry != NULL ? entry->row->id : 0;
}

gboolean
chat_outbox_is_kept (ChatOutbox  *self,
                     ChatMessage *message)
{
  ChatOutboxEntry *entry = chat_outbox_find_message (self, message);

  return entry == NULL || entry->kept;
}

GPtrArray *
chat_outbox_list (ChatOutbox *self,
                  gint64      room_id)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);
  ChatOutboxRoom *room = chat_outbox_get_room (self, room_id);

  for (GList *l = room != NULL ? room->entries.head : NULL; l != NULL; l = l->next)
    {
      ChatOutboxEntry *entry = l->data;

      if (entry->row->action == CHAT_STORE_SEND && entry->kept)
        g_ptr_array_add (messages, g_object_ref (entry->message));
    }
  return messages;
}

GArray *
chat_outbox_get_rooms (ChatOutbox *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_array_append_val (ids, ((ChatOutboxRoom *) value)->room_id);
  return ids;
}

/* The end of it */

void
chat_outbox_settle (ChatOutbox  *self,
                    ChatMessage *message,
                    gint64       id)
{
  ChatOutboxEntry *entry = chat_outbox_find_message (self, message);
  gint64 room_id = chat_message_get_room_id (message);
  ChatOutboxRoom *room;

  if (entry == NULL)
    return;
  chat_outbox_target_sent (self, room_id, entry->row->client_ref, id);
  chat_outbox_remove_entry (self, entry);
  room = chat_outbox_get_room (self, room_id);
  if (room != NULL)
    chat_outbox_pump (self, room);
}

void
chat_outbox_end (ChatOutbox   *self,
                 const char   *client_ref,
                 const GError *error)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, client_ref);
  ChatOutboxRoom *room;
  gint64 room_id;

  if (entry == NULL)
    return;
  room_id = entry->row->room_id;
  if (entry->row->action == CHAT_STORE_SEND)
    {
      gint64 id = chat_message_get_id (entry->message);

      if (id > 0)
        chat_outbox_target_sent (self, room_id, client_ref, id);
      chat_outbox_remove_entry (self, entry);
    }
  else
    chat_outbox_change_done (self, entry, error);
  room = chat_outbox_get_room (self, room_id);
  if (room != NULL)
    chat_outbox_pump (self, room);
}

guint
chat_outbox_drop_room (ChatOutbox *self,
                       gint64      room_id)
{
  g_autoptr (GArray) ids = chat_outbox_get_rooms (self);
  guint n = 0;

  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);
      ChatOutboxRoom *room;

      if (room_id != 0 && id != room_id)
        continue;
      while ((room = chat_outbox_get_room (self, id)) != NULL)
        {
          ChatOutboxEntry *entry = room->entries.head->data;
          g_autoptr (GTask) task = g_steal_pointer (&entry->task);
          g_autofree char *file = room_id != 0 && entry->row->action == CHAT_STORE_SEND ? g_strdup (entry->row->file) : NULL;
          g_autoptr (ChatMessage) message = file != NULL ? g_object_ref (entry->message) : NULL;

          if (room_id != 0)
            remove_row (self, entry->row->id);
          if (entry->row->action == CHAT_STORE_SEND)
            n++;
          else if (entry->message != NULL)
            {
              chat_message_set_busy (entry->message, FALSE);
              chat_message_set_deleting (entry->message, FALSE);
            }
          chat_outbox_remove_entry (self, entry);
          tell_dropped (self, message, file);
          if (task != NULL)
            g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_ROOM, "the conversation is gone");
        }
    }
  return n;
}
