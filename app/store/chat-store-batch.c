/* chat-store-batch.c: changes that are made together or not at all
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-batch-private.h"

#include "chat-store-rows-private.h"

static void
change_free (gpointer data)
{
  ChatStoreChange *change = data;

  g_free (change->text);
  g_free (change->file);
  g_clear_pointer (&change->room, chat_store_room_free);
  g_clear_pointer (&change->message, chat_store_message_free);
  g_clear_pointer (&change->messages, g_ptr_array_unref);
  g_clear_pointer (&change->ids, g_array_unref);
  g_free (change);
}

ChatStoreBatch *
chat_store_batch_new (void)
{
  ChatStoreBatch *self = g_new0 (ChatStoreBatch, 1);

  self->changes = g_ptr_array_new_with_free_func (change_free);
  return self;
}

void
chat_store_batch_free (ChatStoreBatch *self)
{
  g_ptr_array_unref (self->changes);
  g_free (self);
}

gboolean
chat_store_batch_is_empty (ChatStoreBatch *self)
{
  return self->changes->len == 0;
}

static ChatStoreChange *
add (ChatStoreBatch      *self,
     ChatStoreChangeKind  kind,
     gint64               id,
     gint64               seq)
{
  ChatStoreChange *change = g_new0 (ChatStoreChange, 1);

  change->kind = kind;
  change->id = id;
  change->seq = MAX (seq, 0);
  g_ptr_array_add (self->changes, change);
  self->n_bytes += sizeof *change;
  if (kind != CHAT_STORE_SET_DRAFT && kind != CHAT_STORE_SET_POSITION && kind != CHAT_STORE_SET_WISH
      && kind != CHAT_STORE_SET_ACCOUNT && kind != CHAT_STORE_SET_DOWNLOAD)
    self->told = TRUE;
  return change;
}

static gsize
length (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

static gboolean
is_message (const ChatStoreMessage *message)
{
  return chat_store_is_id (message->id) && chat_store_is_id (message->room_id)
         && chat_store_is_text (message->sender, CHAT_STORE_MAX_NAME)
         && chat_store_is_text (message->text, CHAT_STORE_MAX_TEXT)
         && (message->date_text == NULL || chat_store_is_text (message->date_text, CHAT_STORE_MAX_NAME))
         && (message->client_ref == NULL || chat_store_is_text (message->client_ref, CHAT_STORE_MAX_NAME))
         && (message->file == NULL || chat_store_is_text (message->file, CHAT_STORE_MAX_FILE))
         && message->seq >= 0 && message->edited_date >= 0;
}

static gsize
message_size (const ChatStoreMessage *message)
{
  return sizeof *message + length (message->sender) + length (message->text) + length (message->date_text)
         + length (message->client_ref) + length (message->file);
}

gboolean
chat_store_batch_put_room (ChatStoreBatch      *self,
                           const ChatStoreRoom *room)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (room->id) || !chat_store_is_text (room->name, CHAT_STORE_MAX_NAME)
      || room->first_id < CHAT_STORE_UNTOLD || room->first_id > CHAT_STORE_MAX_ID
      || (room->newest_id != 0 && !chat_store_is_id (room->newest_id))
      || (room->read_mark != 0 && !chat_store_is_id (room->read_mark)))
    return FALSE;
  if (room->members != NULL)
    {
      gsize n = 0;

      for (; room->members[n] != NULL && n <= CHAT_STORE_MAX_MEMBERS; n++)
        if (!chat_store_is_text (room->members[n], CHAT_STORE_MAX_NAME))
          return FALSE;
      if (n > CHAT_STORE_MAX_MEMBERS)
        return FALSE;
      self->n_bytes += n * 64;
    }
  change = add (self, CHAT_STORE_PUT_ROOM, room->id, room->seq);
  change->room = chat_store_room_copy (room);
  self->n_bytes += sizeof *room + length (room->name);
  return TRUE;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

void
chat_store_batch_retain_rooms (ChatStoreBatch *self,
                               const gint64   *ids,
                               gsize           n_ids,
                               gint64          seq)
{
  ChatStoreChange *change = add (self, CHAT_STORE_RETAIN_ROOMS, 0, seq);

  change->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_ids);
  if (n_ids > 0)
    g_array_append_vals (change->ids, ids, n_ids);
  g_array_sort (change->ids, compare_ids);
  self->n_bytes += n_ids * sizeof (gint64);
}

gboolean
chat_store_batch_remove_room (ChatStoreBatch *self,
                              gint64          room_id,
                              gint64          seq)
{
  if (!chat_store_is_id (room_id))
    return FALSE;
  add (self, CHAT_STORE_REMOVE_ROOM, room_id, seq);
  return TRUE;
}

gboolean
chat_store_batch_set_read (ChatStoreBatch *self,
                           gint64          room_id,
                           gint64          read_mark,
                           int             unread)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (room_id) || read_mark < 0 || read_mark > CHAT_STORE_MAX_ID)
    return FALSE;
  change = add (self, CHAT_STORE_SET_READ, room_id, 0);
  change->a = read_mark;
  change->numbers[0] = unread;
  return TRUE;
}

gboolean
chat_store_batch_set_flags (ChatStoreBatch *self,
                            gint64          room_id,
                            int             pinned,
                            int             muted,
                            int             marked_unread)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (room_id))
    return FALSE;
  change = add (self, CHAT_STORE_SET_FLAGS, room_id, 0);
  change->numbers[0] = pinned;
  change->numbers[1] = muted;
  change->numbers[2] = marked_unread;
  return TRUE;
}

gboolean
chat_store_batch_set_mark (ChatStoreBatch *self,
                           gint64          room_id,
                           const char     *name,
                           gint64          delivered,
                           gint64          read)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (room_id) || !chat_store_is_text (name, CHAT_STORE_MAX_NAME) || delivered < 0 || read < 0
      || delivered > CHAT_STORE_MAX_ID || read > CHAT_STORE_MAX_ID)
    return FALSE;
  change = add (self, CHAT_STORE_SET_MARK, room_id, 0);
  change->text = g_strdup (name);
  change->a = MAX (delivered, read);
  change->b = read;
  self->n_bytes += length (name);
  return TRUE;
}

static gboolean
put_message (ChatStoreBatch         *self,
             ChatStoreChangeKind     kind,
             const ChatStoreMessage *message,
             gboolean                live)
{
  ChatStoreChange *change;

  if (!is_message (message))
    return FALSE;
  change = add (self, kind, message->id, message->seq);
  change->message = chat_store_message_copy (message);
  change->numbers[0] = live;
  self->n_bytes += message_size (message);
  return TRUE;
}

gboolean
chat_store_batch_put_message (ChatStoreBatch         *self,
                              const ChatStoreMessage *message,
                              gboolean                live)
{
  return put_message (self, CHAT_STORE_PUT_MESSAGE, message, live);
}

gboolean
chat_store_batch_put_preview (ChatStoreBatch         *self,
                              const ChatStoreMessage *message)
{
  return put_message (self, CHAT_STORE_PUT_PREVIEW, message, FALSE);
}

static int
compare_messages (gconstpointer a,
                  gconstpointer b)
{
  const ChatStoreMessage *x = *(ChatStoreMessage *const *) a, *y = *(ChatStoreMessage *const *) b;

  return x->id < y->id ? -1 : x->id > y->id;
}

gboolean
chat_store_batch_put_page (ChatStoreBatch *self,
                           gint64          room_id,
                           gint64          from_id,
                           gint64          to_id,
                           GPtrArray      *messages,
                           gint64          seq)
{
  ChatStoreChange *change;
  gboolean whole = TRUE;

  if (!chat_store_is_id (room_id) || from_id < 0 || from_id > CHAT_STORE_MAX_ID || to_id < from_id
      || (to_id > CHAT_STORE_MAX_ID && to_id != CHAT_STORE_TO_NEWEST))
    return FALSE;
  change = add (self, CHAT_STORE_PUT_PAGE, room_id, seq);
  change->a = from_id;
  change->b = to_id;
  change->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);
  for (guint i = 0; messages != NULL && i < messages->len; i++)
    {
      const ChatStoreMessage *message = messages->pdata[i];

      /* What can not be kept must not count as removed at the server either: then nothing is said about the range */
      if (!is_message (message) || message->room_id != room_id || message->id < from_id || message->id > to_id)
        {
          whole = FALSE;
          continue;
        }
      g_ptr_array_add (change->messages, chat_store_message_copy (message));
      self->n_bytes += message_size (message);
    }
  g_ptr_array_sort (change->messages, compare_messages);
  for (guint i = change->messages->len; i > 1; i--)
    if (compare_messages (&change->messages->pdata[i - 1], &change->messages->pdata[i - 2]) == 0)
      g_ptr_array_remove_index (change->messages, i - 2);
  change->numbers[0] = whole;
  return whole;
}

gboolean
chat_store_batch_edit_file (ChatStoreBatch *self,
                            gint64          id,
                            const char     *text,
                            const char     *file,
                            gint64          date,
                            gint64          seq)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (id) || !chat_store_is_text (text, CHAT_STORE_MAX_TEXT)
      || (file != NULL && !chat_store_is_text (file, CHAT_STORE_MAX_FILE)))
    return FALSE;
  change = add (self, CHAT_STORE_EDIT_MESSAGE, id, seq);
  change->text = g_strdup (text);
  change->file = g_strdup (file);
  change->a = MAX (date, 0);
  self->n_bytes += length (text) + length (file);
  return TRUE;
}

gboolean
chat_store_batch_edit_message (ChatStoreBatch *self,
                               gint64          id,
                               const char     *text,
                               gint64          date,
                               gint64          seq)
{
  return chat_store_batch_edit_file (self, id, text, NULL, date, seq);
}

gboolean
chat_store_batch_set_download (ChatStoreBatch          *self,
                               const ChatStoreDownload *download)
{
  ChatStoreChange *change;

  if (!chat_store_is_text (download->sha256, CHAT_STORE_MAX_NAME) || download->size < 0
      || !chat_store_is_text (download->address, CHAT_STORE_MAX_TEXT) || download->state > CHAT_STORE_DOWNLOAD_KEPT)
    return FALSE;
  change = add (self, CHAT_STORE_SET_DOWNLOAD, 0, 0);
  change->text = g_strdup (download->sha256);
  change->file = g_strdup (download->address);
  change->a = download->size;
  change->numbers[0] = download->state;
  self->n_bytes += length (download->address);
  return TRUE;
}

gboolean
chat_store_batch_delete_message (ChatStoreBatch *self,
                                 gint64          id,
                                 gint64          seq)
{
  if (!chat_store_is_id (id))
    return FALSE;
  add (self, CHAT_STORE_DELETE_MESSAGE, id, seq);
  return TRUE;
}

gboolean
chat_store_batch_set_seq (ChatStoreBatch *self,
                          gint64          seq)
{
  if (seq < 0)
    return FALSE;
  add (self, CHAT_STORE_SET_SEQ, 0, seq);
  return TRUE;
}

gboolean
chat_store_batch_reset (ChatStoreBatch *self,
                        gint64          seq)
{
  if (seq < 0)
    return FALSE;
  add (self, CHAT_STORE_RESET, 0, seq);
  return TRUE;
}

void
chat_store_batch_set_abilities (ChatStoreBatch *self,
                                guint           abilities)
{
  add (self, CHAT_STORE_SET_ABILITIES, 0, 0)->a = abilities;
}

gboolean
chat_store_batch_settle (ChatStoreBatch *self,
                         gint64          row_id,
                         gint64          message_id)
{
  if (row_id <= 0 || message_id < 0 || message_id > CHAT_STORE_MAX_ID)
    return FALSE;
  add (self, CHAT_STORE_SETTLE, row_id, 0)->a = message_id;
  return TRUE;
}

gboolean
chat_store_batch_set_draft (ChatStoreBatch *self,
                            gint64          room_id,
                            const char     *text,
                            gint64          date)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (room_id) || (text != NULL && !chat_store_is_text (text, CHAT_STORE_MAX_TEXT)))
    return FALSE;
  change = add (self, CHAT_STORE_SET_DRAFT, room_id, 0);
  change->text = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  change->a = date;
  self->n_bytes += length (text);
  return TRUE;
}

gboolean
chat_store_batch_set_position (ChatStoreBatch          *self,
                               gint64                   room_id,
                               const ChatStorePosition *position)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (room_id) || position->message_id < 0 || position->message_id > CHAT_STORE_MAX_ID)
    return FALSE;
  change = add (self, CHAT_STORE_SET_POSITION, room_id, 0);
  change->a = position->message_id;
  change->numbers[0] = position->offset;
  change->numbers[1] = position->at_bottom;
  return TRUE;
}

gboolean
chat_store_batch_set_wish (ChatStoreBatch *self,
                           gint64          room_id,
                           int             pinned,
                           int             muted)
{
  ChatStoreChange *change;

  if (!chat_store_is_id (room_id))
    return FALSE;
  change = add (self, CHAT_STORE_SET_WISH, room_id, 0);
  change->numbers[0] = pinned;
  change->numbers[1] = muted;
  return TRUE;
}

void
chat_store_batch_set_counted (ChatStoreBatch *self,
                              gint64          seq)
{
  add (self, CHAT_STORE_SET_COUNTED, 0, 0)->a = MAX (seq, 0);
}

void
chat_store_batch_set_account (ChatStoreBatch *self,
                              guint           account)
{
  add (self, CHAT_STORE_SET_ACCOUNT, 0, 0)->a = account;
}
