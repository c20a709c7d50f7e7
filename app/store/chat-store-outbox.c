/* chat-store-outbox.c: what the server does not have yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

GPtrArray *
chat_store_read_outbox (ChatStoreDb *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_out_row_free);
  gboolean ok = TRUE;

  while (chat_store_db_step (self, SQL_LIST_OUT, &ok))
    {
      ChatStoreOutRow *row = g_new0 (ChatStoreOutRow, 1);

      row->id = get_id (self, SQL_LIST_OUT, 0);
      row->room_id = get_id (self, SQL_LIST_OUT, 1);
      row->action = get_id (self, SQL_LIST_OUT, 2);
      row->client_ref = dup_text (self, SQL_LIST_OUT, 3);
      row->text = dup_text (self, SQL_LIST_OUT, 4);
      row->kind = get_id (self, SQL_LIST_OUT, 5);
      row->target_id = get_id (self, SQL_LIST_OUT, 6);
      row->target_ref = dup_text (self, SQL_LIST_OUT, 7);
      row->state = get_id (self, SQL_LIST_OUT, 8);
      row->maybe_sent = get_id (self, SQL_LIST_OUT, 9) != 0;
      row->failure = get_id (self, SQL_LIST_OUT, 10);
      row->failure_text = dup_text (self, SQL_LIST_OUT, 11);
      row->created = get_id (self, SQL_LIST_OUT, 12);
      row->file = dup_text (self, SQL_LIST_OUT, 13);
      row->upload = dup_text (self, SQL_LIST_OUT, 14);
      g_ptr_array_add (rows, row);
    }
  return ok ? g_steal_pointer (&rows) : NULL;
}

static void
bind_row (ChatStoreDb           *self,
          ChatStoreSql           statement,
          const ChatStoreOutRow *row)
{
  bind_text (self, statement, 5, row->text);
  bind_id (self, statement, 6, row->kind);
  bind_id (self, statement, 7, row->target_id);
  bind_text (self, statement, 8, row->target_ref);
  bind_id (self, statement, 9, row->state);
  bind_id (self, statement, 10, row->maybe_sent);
  bind_id (self, statement, 11, row->failure);
  bind_text (self, statement, 12, row->failure_text);
  bind_text (self, statement, 14, row->file);
  bind_text (self, statement, 15, row->upload);
}

gboolean
chat_store_add_out (ChatStoreDb     *self,
                    ChatStoreOutRow *row,
                    gboolean        *full)
{
  gboolean ok = TRUE;

  *full = FALSE;
  if (chat_store_db_step (self, SQL_COUNT_OUT, &ok))
    {
      *full = get_id (self, SQL_COUNT_OUT, 0) >= CHAT_STORE_MAX_OUTBOX;
      chat_store_db_reset (self, SQL_COUNT_OUT);
    }
  if (!ok || *full)
    return ok;
  bind_id (self, SQL_ADD_OUT, 2, row->room_id);
  bind_id (self, SQL_ADD_OUT, 3, row->action);
  bind_text (self, SQL_ADD_OUT, 4, row->client_ref);
  bind_row (self, SQL_ADD_OUT, row);
  bind_id (self, SQL_ADD_OUT, 13, row->created);
  if (!chat_store_db_run (self, SQL_ADD_OUT))
    return FALSE;
  row->id = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

gboolean
chat_store_update_out (ChatStoreDb           *self,
                       const ChatStoreOutRow *row,
                       gboolean               to_end,
                       gboolean              *found)
{
  bind_id (self, SQL_UPDATE_OUT, 1, row->id);
  bind_id (self, SQL_UPDATE_OUT, 3, row->action);
  bind_row (self, SQL_UPDATE_OUT, row);
  if (!chat_store_db_run (self, SQL_UPDATE_OUT))
    return FALSE;
  *found = sqlite3_changes (self->db) > 0;
  if (!to_end)
    return TRUE;
  bind_id (self, SQL_RETRY_OUT, 1, row->id);
  return chat_store_db_run (self, SQL_RETRY_OUT);
}

gboolean
chat_store_remove_out (ChatStoreDb *self,
                       gint64       id,
                       gboolean    *found)
{
  bind_id (self, SQL_REMOVE_OUT, 1, id);
  if (!chat_store_db_run (self, SQL_REMOVE_OUT))
    return FALSE;
  *found = sqlite3_changes (self->db) > 0;
  return TRUE;
}

gboolean
chat_store_settle_out (ChatStoreDb *self,
                       gint64       id,
                       gint64       message_id)
{
  g_autofree char *client_ref = NULL;
  gboolean ok = TRUE;

  bind_id (self, SQL_GET_OUT_REF, 1, id);
  if (chat_store_db_step (self, SQL_GET_OUT_REF, &ok))
    {
      client_ref = dup_text (self, SQL_GET_OUT_REF, 0);
      chat_store_db_reset (self, SQL_GET_OUT_REF);
    }
  /* One that is gone was given up by the person: no error */
  if (client_ref == NULL)
    return ok;
  bind_id (self, SQL_REMOVE_OUT, 1, id);
  if (!chat_store_db_run (self, SQL_REMOVE_OUT))
    return FALSE;
  if (message_id == 0)
    return TRUE;
  bind_text (self, SQL_SET_TARGET, 1, client_ref);
  bind_id (self, SQL_SET_TARGET, 2, message_id);
  return chat_store_db_run (self, SQL_SET_TARGET);
}
