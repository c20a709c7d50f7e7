/* chat-store-calls.c: what the thread does for each call, and which of them share a commit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-worker.h"

/* Rows of the outbox are on the disk before anybody is told so. The pragma works between transactions only */
static gboolean
set_durable (ChatStoreDb *db,
             gboolean     durable)
{
  if (db->durable == durable)
    return TRUE;
  if (sqlite3_exec (db->db, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", NULL, NULL, NULL) != SQLITE_OK)
    return FALSE;
  db->durable = durable;
  return TRUE;
}

static void
forget_result (ChatStoreCall *call)
{
  g_clear_pointer (&call->rows, g_ptr_array_unref);
  if (call->kind == CHAT_STORE_CALL_ADD_OUT)
    call->row->id = 0;
}

static gboolean
run_write (ChatStoreDb   *db,
           ChatStoreCall *call)
{
  gboolean found = TRUE, full = FALSE, ok;

  switch (call->kind)
    {
    case CHAT_STORE_CALL_APPLY:
      call->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_event_free);
      return chat_store_run_batch (db, call->batch, call->rows);
    case CHAT_STORE_CALL_ADD_OUT:
      ok = chat_store_add_out (db, call->row, &full);
      break;
    case CHAT_STORE_CALL_UPDATE_OUT:
      ok = chat_store_update_out (db, call->row, call->number, &found);
      break;
    case CHAT_STORE_CALL_REMOVE_OUT:
    default:
      ok = chat_store_remove_out (db, call->id, &found);
      break;
    }
  if (full)
    g_set_error_literal (&call->error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_FULL, "there are too many rows in the outbox");
  else if (ok && !found)
    g_set_error_literal (&call->error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_NOT_FOUND, "there is no such row");
  return ok;
}

/* One call within the transaction. Returns: whether the transaction still stands */
static gboolean
run_call (ChatStoreDb   *db,
          ChatStoreCall *call)
{
  /* Where it fails, all is taken back. And SQLite would hold in memory each page that was changed in a savepoint, however many: a room
   * with all its messages may go by one call */
  if (call->kind == CHAT_STORE_CALL_APPLY)
    {
      if (run_write (db, call))
        return TRUE;
      chat_store_db_set_error (db, &call->error);
      forget_result (call);
      return FALSE;
    }
  if (!chat_store_db_run (db, SQL_SAVEPOINT))
    return FALSE;
  if (run_write (db, call))
    return chat_store_db_run (db, SQL_RELEASE);
  chat_store_db_set_error (db, &call->error);
  forget_result (call);
  /* A full disk may have ended the whole transaction, and with it the savepoint */
  return !sqlite3_get_autocommit (db->db) && chat_store_db_run (db, SQL_ROLLBACK_TO) && chat_store_db_run (db, SQL_RELEASE);
}

/* Returns: whether it is committed; else nothing of it is there, and @error says why */
static gboolean
run_transaction (ChatStoreDb    *db,
                 ChatStoreCall  *calls,
                 ChatStoreCall  *end,
                 GError        **error)
{
  gint64 before = sqlite3_total_changes64 (db->db);
  gboolean durable = FALSE, ok;

  for (ChatStoreCall *call = calls; call != end; call = call->next)
    durable = durable || call->kind != CHAT_STORE_CALL_APPLY;
  ok = set_durable (db, durable) && chat_store_db_run (db, SQL_BEGIN);
  for (ChatStoreCall *call = calls; ok && call != end; call = call->next)
    {
      /* An error of one call leaves the others alone; but what the server told must not be passed over by what it told later */
      ok = run_call (db, call);
    }
  if (ok && chat_store_db_run (db, SQL_COMMIT))
    {
      db->n_commits += sqlite3_total_changes64 (db->db) != before;
      return TRUE;
    }
  chat_store_db_set_error (db, error);
  if (!sqlite3_get_autocommit (db->db))
    chat_store_db_run (db, SQL_ROLLBACK);
  return FALSE;
}

static void
fail (ChatStoreCall *call,
      const GError  *error)
{
  forget_result (call);
  if (call->error == NULL)
    call->error = g_error_copy (error);
}

void
chat_store_calls_write (ChatStoreDb   *db,
                        ChatStoreCall *calls)
{
  g_autoptr (GError) error = NULL;
  gboolean behind = FALSE;

  if (run_transaction (db, calls, NULL, &error))
    return;
  if (calls->next == NULL)
    {
      fail (calls, error);
      return;
    }
  /* Each by itself: a long page that does not fit any more must not take a short message along */
  for (ChatStoreCall *call = calls; call != NULL; call = call->next)
    {
      g_autoptr (GError) why = NULL;

      g_clear_error (&call->error);
      forget_result (call);
      if (behind && call->kind == CHAT_STORE_CALL_APPLY && call->batch->told)
        {
          g_set_error_literal (&call->error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_BEHIND, "an earlier batch was not kept");
          continue;
        }
      if (!run_transaction (db, call, call->next, &why))
        {
          fail (call, why);
          behind = behind || (call->kind == CHAT_STORE_CALL_APPLY && call->batch->told);
        }
    }
}

void
chat_store_calls_read (ChatStoreDb   *db,
                       ChatStoreCall *call)
{
  gboolean ok = FALSE;

  switch (call->kind)
    {
    case CHAT_STORE_CALL_STATE:
      ok = chat_store_read_state (db, &call->state);
      break;
    case CHAT_STORE_CALL_ROOMS:
      call->rows = chat_store_read_rooms (db);
      ok = call->rows != NULL;
      break;
    case CHAT_STORE_CALL_PAGE:
      call->page = chat_store_read_page (db, call->id, call->number, call->anchor, call->limit, call->flags);
      ok = call->page != NULL;
      break;
    case CHAT_STORE_CALL_DOWNLOADS:
      call->rows = chat_store_read_downloads (db);
      ok = call->rows != NULL;
      break;
    case CHAT_STORE_CALL_UNUSED:
      call->rows = chat_store_read_unused (db);
      ok = call->rows != NULL;
      break;
    case CHAT_STORE_CALL_FILES:
      call->files = chat_store_read_files (db, call->id, call->number, call->anchor, call->limit, call->sure);
      ok = call->files != NULL;
      break;
    case CHAT_STORE_CALL_SEARCH:
      call->found = chat_store_read_matching (db, (const char *const *) call->terms, call->number, call->anchor, call->limit);
      ok = call->found != NULL;
      break;
    case CHAT_STORE_CALL_OUTBOX:
    default:
      call->rows = chat_store_read_outbox (db);
      ok = call->rows != NULL;
      break;
    }
  if (!ok)
    chat_store_db_set_error (db, &call->error);
}
