/* chat-store-files.c: the files of messages, and what of them is on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

#include <string.h>

GPtrArray *
chat_store_read_downloads (ChatStoreDb *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_download_free);
  gboolean ok = TRUE;

  while (chat_store_db_step (self, SQL_LIST_DOWNLOADS, &ok))
    {
      ChatStoreDownload *row = g_new0 (ChatStoreDownload, 1);

      row->sha256 = dup_text (self, SQL_LIST_DOWNLOADS, 0);
      row->size = get_id (self, SQL_LIST_DOWNLOADS, 1);
      row->address = dup_text (self, SQL_LIST_DOWNLOADS, 2);
      row->state = CLAMP (get_id (self, SQL_LIST_DOWNLOADS, 3), CHAT_STORE_DOWNLOAD_NONE, CHAT_STORE_DOWNLOAD_KEPT);
      g_ptr_array_add (rows, row);
    }
  return ok ? g_steal_pointer (&rows) : NULL;
}

gboolean
chat_store_set_download (ChatStoreDb           *self,
                         const ChatStoreChange *change)
{
  if (change->numbers[0] == CHAT_STORE_DOWNLOAD_NONE)
    {
      bind_text (self, SQL_REMOVE_DOWNLOAD, 1, change->text);
      return chat_store_db_run (self, SQL_REMOVE_DOWNLOAD);
    }
  bind_text (self, SQL_SET_DOWNLOAD, 1, change->text);
  bind_id (self, SQL_SET_DOWNLOAD, 2, change->a);
  bind_text (self, SQL_SET_DOWNLOAD, 3, change->file);
  bind_id (self, SQL_SET_DOWNLOAD, 4, change->numbers[0]);
  bind_id (self, SQL_SET_DOWNLOAD, 5, CHAT_STORE_MAX_DOWNLOADS);
  return chat_store_db_run (self, SQL_SET_DOWNLOAD);
}

#define SHA256_DIGITS 64

/* What is told of files is the caller's own words: whatever in them may be a content counts as one */
static void
drop_named (GHashTable *contents,
            const char *words)
{
  const char *from = words;

  while (*from != '\0')
    {
      gsize n = strspn (from, "0123456789abcdef");

      if (n == SHA256_DIGITS)
        {
          g_autofree char *content = g_strndup (from, n);

          g_hash_table_remove (contents, content);
        }
      from += MAX (n, 1);
    }
}

GPtrArray *
chat_store_read_unused (ChatStoreDb *self)
{
  g_autoptr (GHashTable) contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *unused;
  GHashTableIter iter;
  gpointer content;
  gboolean ok = TRUE;

  while (chat_store_db_step (self, SQL_LIST_DOWNLOADS, &ok))
    g_hash_table_add (contents, dup_text (self, SQL_LIST_DOWNLOADS, 0));
  if (g_hash_table_size (contents) > 0)
    while (chat_store_db_step (self, SQL_LIST_FILE_WORDS, &ok))
      drop_named (contents, (const char *) sqlite3_column_text (self->statements[SQL_LIST_FILE_WORDS], 0));
  if (!ok)
    return NULL;
  unused = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, contents);
  while (g_hash_table_iter_next (&iter, &content, NULL))
    {
      g_hash_table_iter_steal (&iter);
      g_ptr_array_add (unused, content);
    }
  return unused;
}

/* Down to where nothing is missing or out of date, from below @sure on */
static gint64
find_sure (ChatStoreDb *self,
           gint64       room_id,
           gint64       sure,
           gboolean    *ok)
{
  ChatStoreSpan span, head;

  if (sure <= CHAT_STORE_MAX_ID)
    return chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_FRESH, sure - 1, &span, ok) ? span.from : sure;
  /* That there is nothing newer is known only where the server has said so */
  if (!chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_HEAD, 0, &head, ok))
    return sure;
  if (!chat_store_spans_get_last (self, room_id, CHAT_STORE_SPAN_FRESH, &span, ok))
    return sure;
  return span.to >= chat_store_get_newest (self, room_id, ok) ? span.from : sure;
}

ChatStoreFiles *
chat_store_read_files (ChatStoreDb *self,
                       gint64       room_id,
                       int          kind,
                       gint64       before,
                       guint        limit,
                       gint64       sure)
{
  g_autoptr (ChatStoreFiles) files = g_new0 (ChatStoreFiles, 1);
  gboolean ok = TRUE;

  files->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);
  bind_id (self, SQL_LIST_FILES, 1, room_id);
  bind_id (self, SQL_LIST_FILES, 2, kind);
  bind_id (self, SQL_LIST_FILES, 3, before);
  bind_id (self, SQL_LIST_FILES, 4, limit);
  while (chat_store_db_step (self, SQL_LIST_FILES, &ok))
    g_ptr_array_add (files->messages, chat_store_db_read_message (self, SQL_LIST_FILES, 0));
  files->sure = sure > 0 ? find_sure (self, room_id, sure, &ok) : 0;
  return ok ? g_steal_pointer (&files) : NULL;
}
