/* chat-store-files.c: the files of messages, and what of them is on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

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

GPtrArray *
chat_store_read_files (ChatStoreDb *self,
                       gint64       room_id,
                       int          kind,
                       gint64       before,
                       guint        limit)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);
  gboolean ok = TRUE;

  bind_id (self, SQL_LIST_FILES, 1, room_id);
  bind_id (self, SQL_LIST_FILES, 2, kind);
  bind_id (self, SQL_LIST_FILES, 3, before);
  bind_id (self, SQL_LIST_FILES, 4, limit);
  while (chat_store_db_step (self, SQL_LIST_FILES, &ok))
    g_ptr_array_add (rows, chat_store_db_read_message (self, SQL_LIST_FILES, 0));
  return ok ? g_steal_pointer (&rows) : NULL;
}
