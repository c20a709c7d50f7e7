/* chat-outbox-files.c: messages that carry a file: it has to be at the server before they go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-outbox-private.h"

#include <glib/gi18n-lib.h>

gboolean
chat_outbox_lacks_file (ChatOutboxEntry *entry)
{
  const ChatStoreOutRow *row = entry->row;

  return row->action == CHAT_STORE_SEND && row->file != NULL && (row->text == NULL || *row->text == '\0');
}

/* Captions */

gboolean
chat_outbox_is_bound (ChatOutboxEntry *entry)
{
  const ChatStoreOutRow *row = entry->row;

  return row->action == CHAT_STORE_SEND && row->target_ref != NULL && row->target_id == 0;
}

static ChatOutboxEntry *
find_caption (ChatOutbox *self,
              gint64      room_id,
              const char *client_ref)
{
  ChatOutboxRoom *room = chat_outbox_get_room (self, room_id);

  for (GList *l = room != NULL ? room->entries.head : NULL; l != NULL; l = l->next)
    if (chat_outbox_is_bound (l->data) && g_strcmp0 (((ChatOutboxEntry *) l->data)->row->target_ref, client_ref) == 0)
      return l->data;
  return NULL;
}

void
chat_outbox_free_captions (ChatOutbox *self,
                           gint64      room_id,
                           const char *client_ref,
                           gint64      id)
{
  ChatOutboxEntry *entry;

  while ((entry = find_caption (self, room_id, client_ref)) != NULL)
    {
      if (id > 0)
        {
          entry->row->target_id = id;
          chat_outbox_write (self, entry, FALSE);
          continue;
        }
      /* It may say nothing without its file, or too much: the person decides. Then it is a text as any other */
      g_clear_pointer (&entry->row->target_ref, g_free);
      chat_outbox_fail (self, entry, _("The file that it belongs to was not sent"));
    }
}

/* Texts wait for files, but not for ever */

static gboolean
on_patience_over (gpointer user_data)
{
  ChatOutbox *self = user_data;

  self->patience_timer = 0;
  chat_outbox_pump_all (self);
  return G_SOURCE_REMOVE;
}

gboolean
chat_outbox_block_texts (ChatOutbox      *self,
                         ChatOutboxRoom  *room,
                         ChatOutboxEntry *text)
{
  gint64 now = g_get_monotonic_time (), wait = (gint64) self->patience * 1000;
  gint64 until = G_MAXINT64;

  for (GList *l = room->entries.head; l != NULL && l->data != text; l = l->next)
    {
      ChatOutboxEntry *entry = l->data;

      if (!chat_outbox_lacks_file (entry) || entry->held || entry->slow || entry->row->state == CHAT_STORE_OUT_FAILED)
        continue;
      if (entry->blocks_since == 0)
        entry->blocks_since = now;
      entry->slow = now - entry->blocks_since >= wait;
      if (!entry->slow)
        until = MIN (until, entry->blocks_since + wait);
    }
  if (until == G_MAXINT64)
    return FALSE;
  /* The first that is due; the others are looked at again then */
  if (self->patience_timer == 0 || until < self->patience_until)
    {
      g_clear_handle_id (&self->patience_timer, g_source_remove);
      self->patience_timer = g_timeout_add ((until - now) / 1000 + 1, on_patience_over, self);
      self->patience_until = until;
    }
  return TRUE;
}

void
chat_outbox_end_patience (ChatOutbox *self)
{
  GHashTableIter iter;
  gpointer value;

  g_clear_handle_id (&self->patience_timer, g_source_remove);
  g_hash_table_iter_init (&iter, self->by_ref);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((ChatOutboxEntry *) value)->blocks_since = 0;
}

void
chat_outbox_set_patience (ChatOutbox *self,
                          guint       ms)
{
  self->patience = ms;
  chat_outbox_end_patience (self);
}

/* Uploads */

void
chat_outbox_ask_uploads (ChatOutbox *self,
                         gint64      room_id)
{
  ChatOutboxRoom *room = chat_outbox_get_room (self, room_id);
  g_autoptr (GPtrArray) wanted = NULL;

  /* Who is asked may change what is here */
  for (GList *l = room != NULL ? room->entries.head : NULL; l != NULL; l = l->next)
    {
      ChatOutboxEntry *entry = l->data;

      if (!chat_outbox_lacks_file (entry) || entry->uploading || !entry->kept || entry->row->state == CHAT_STORE_OUT_FAILED)
        continue;
      if (wanted == NULL)
        wanted = g_ptr_array_new_with_free_func (chat_outbox_entry_unref);
      entry->refs++;
      g_ptr_array_add (wanted, entry);
    }
  if (wanted == NULL || self->asking)
    return;
  self->asking = TRUE;
  self->refs++;
  for (guint i = 0; i < wanted->len; i++)
    {
      ChatOutboxEntry *entry = wanted->pdata[i];

      if (entry->gone || entry->uploading || entry->row->state == CHAT_STORE_OUT_FAILED || self->events == NULL
          || self->events->upload == NULL)
        continue;
      entry->uploading = TRUE;
      self->events->upload (entry->message, entry->row->file, entry->row->upload, entry->held, self->user_data);
    }
  self->asking = FALSE;
  chat_outbox_unref (self);
}

gboolean
chat_outbox_lost_file (ChatOutboxEntry *entry)
{
  if (entry->row->file == NULL || ++entry->n_lost > CHAT_OUTBOX_MAX_LOST)
    return FALSE;
  g_free (entry->row->text);
  entry->row->text = g_strdup ("");
  g_clear_pointer (&entry->row->upload, g_free);
  return TRUE;
}

/* Returns: (nullable): the message under that reference whose file is on its way */
static ChatOutboxEntry *
find_uploading (ChatOutbox *self,
                const char *client_ref)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, client_ref);

  return entry != NULL && entry->uploading ? entry : NULL;
}

void
chat_outbox_set_upload (ChatOutbox *self,
                        const char *client_ref,
                        const char *address)
{
  ChatOutboxEntry *entry = find_uploading (self, client_ref);

  if (entry == NULL)
    return;
  g_free (entry->row->upload);
  entry->row->upload = g_strdup (address);
  /* (Where it is lost, the file is uploaded once more) */
  chat_outbox_write (self, entry, FALSE);
}

void
chat_outbox_uploaded (ChatOutbox *self,
                      const char *client_ref,
                      const char *address)
{
  ChatOutboxEntry *entry = find_uploading (self, client_ref);

  if (entry == NULL)
    return;
  entry->uploading = entry->held = FALSE;
  entry->row->failure = 0;
  g_free (entry->row->text);
  entry->row->text = g_strdup (address);
  g_clear_pointer (&entry->row->upload, g_free);
  if (self->store != NULL && entry->row->id > 0)
    chat_outbox_rewrite (self, entry);
  else
    chat_outbox_pump (self, chat_outbox_get_room (self, entry->row->room_id));
}

void
chat_outbox_upload_failed (ChatOutbox *self,
                           const char *client_ref,
                           const char *words)
{
  ChatOutboxEntry *entry = find_uploading (self, client_ref);
  ChatOutboxRoom *room;
  gint64 room_id;

  if (entry == NULL)
    return;
  room_id = entry->row->room_id;
  entry->uploading = entry->held = FALSE;
  entry->row->failure = 0;
  chat_outbox_fail (self, entry, words);
  /* Others have waited for it */
  room = chat_outbox_get_room (self, room_id);
  if (room != NULL && !self->asking)
    chat_outbox_pump (self, room);
}

gboolean
chat_outbox_hold_upload (ChatOutbox *self,
                         const char *client_ref,
                         gboolean    hold)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, client_ref);

  if (entry == NULL || !chat_outbox_lacks_file (entry) || entry->row->state == CHAT_STORE_OUT_FAILED)
    return FALSE;
  if (entry->held == hold)
    return TRUE;
  entry->held = hold;
  entry->row->failure = hold ? CHAT_OUTBOX_HELD : 0;
  entry->slow = FALSE;
  entry->blocks_since = 0;
  chat_outbox_write (self, entry, FALSE);
  if (hold)
    chat_outbox_pump (self, chat_outbox_get_room (self, entry->row->room_id));
  return TRUE;
}

gboolean
chat_outbox_is_held (ChatOutbox *self,
                     const char *client_ref)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, client_ref);

  return entry != NULL && entry->held;
}

const char *
chat_outbox_get_file (ChatOutbox *self,
                      const char *client_ref)
{
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, client_ref);

  return entry != NULL && entry->row->action == CHAT_STORE_SEND ? entry->row->file : NULL;
}

GPtrArray *
chat_outbox_list_files (ChatOutbox *self)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_ref);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const ChatStoreOutRow *row = ((ChatOutboxEntry *) value)->row;

      if (row->file != NULL)
        g_ptr_array_add (files, g_strdup (row->file));
    }
  return files;
}
