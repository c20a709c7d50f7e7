/* chat-server-sqlite-replay.c: what has changed since, on a connection that only reads
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite-reader-private.h"

#include "chat-limits.h"
#include "chat-server-switches.h"
#include "chat-server-sqlite-writer.h"

/* Fills in what the tables say now. @told: whether there is something to tell. Returns: FALSE where the database failed */
static gboolean
fill_change (ChatSqliteReader *self, ChatStorageJob *job, ChatStorageChange *change, gint64 ref, gboolean *told)
{
  gboolean is_receipt = change->kind == CHAT_STORAGE_CHANGE_RECEIPT, failed = FALSE, is_member;

  if (change->kind == CHAT_STORAGE_CHANGE_SENT || change->kind == CHAT_STORAGE_CHANGE_MESSAGE)
    {
      change->message_id = ref;
      bind_id (self, SQL_GET_MESSAGE, 1, ref);
      if (chat_sqlite_reader_step_row (self, SQL_GET_MESSAGE, &failed))
        {
          change->message = chat_sqlite_reader_get_message (self, SQL_GET_MESSAGE, &failed);
          sqlite3_reset (self->statements[SQL_GET_MESSAGE]);
        }
      /* What is sent since then comes as it is, edits included */
      *told = change->kind == CHAT_STORAGE_CHANGE_SENT ? change->message != NULL
                                                       : change->message == NULL || ref <= job->since;
      return !failed;
    }

  bind_id (self, SQL_GET_MEMBER, 1, change->room_id);
  bind_id (self, SQL_GET_MEMBER, 2, is_receipt ? ref : job->user_id);
  is_member = change->kind != CHAT_STORAGE_CHANGE_ACCOUNT && chat_sqlite_reader_step_row (self, SQL_GET_MEMBER, &failed);
  if (is_member)
    {
      change->read_mark = get_id (self, SQL_GET_MEMBER, 0);
      change->delivered_mark = MAX (change->read_mark, get_id (self, SQL_GET_MEMBER, 1));
      change->muted = get_id (self, SQL_GET_MEMBER, 2) != 0;
      change->pinned = get_id (self, SQL_GET_MEMBER, 3) != 0;
      change->prefs = get_id (self, SQL_GET_MEMBER, 4);
      if (is_receipt)
        change->name = chat_sqlite_reader_get_text (self, SQL_GET_MEMBER, 5);
    }
  sqlite3_reset (self->statements[SQL_GET_MEMBER]);
  *told = is_member;
  switch (change->kind)
    {
    case CHAT_STORAGE_CHANGE_ROOM:
      *told = TRUE;
      if (!is_member)
        break;
      failed = !chat_sqlite_reader_get_other (self, job, change->room_id, &change->name) || failed;
      break;
    case CHAT_STORAGE_CHANGE_READ:
      bind_id (self, SQL_COUNT_UNREAD, 1, change->room_id);
      bind_id (self, SQL_COUNT_UNREAD, 2, change->read_mark);
      bind_id (self, SQL_COUNT_UNREAD, 3, CHAT_SQLITE_MAX_UNREAD);
      if (chat_sqlite_reader_step_row (self, SQL_COUNT_UNREAD, &failed))
        change->unread = get_id (self, SQL_COUNT_UNREAD, 0);
      sqlite3_reset (self->statements[SQL_COUNT_UNREAD]);
      break;
    case CHAT_STORAGE_CHANGE_RECEIPT:
      *told = is_member && (change->prefs & CHAT_STORAGE_HIDE_RECEIPTS) == 0;
      break;
    case CHAT_STORAGE_CHANGE_ACCOUNT:
      bind_id (self, SQL_GET_PREFS, 1, job->user_id);
      *told = chat_sqlite_reader_step_row (self, SQL_GET_PREFS, &failed);
      if (*told)
        change->prefs = get_id (self, SQL_GET_PREFS, 0) & CHAT_STORAGE_ALL_PREFS;
      sqlite3_reset (self->statements[SQL_GET_PREFS]);
      break;
    default:
      break;
    }
  return !failed;
}

static gboolean
count_changes (ChatSqliteReader *self, ChatStorageJob *job, gint64 *n)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_COUNT_CHANGES, 1, job->user_id);
  bind_id (self, SQL_COUNT_CHANGES, 2, job->since);
  bind_id (self, SQL_COUNT_CHANGES, 3, CHAT_MAX_SYNC + 1);
  bind_id (self, SQL_COUNT_CHANGES, 4, CHAT_STORAGE_CHANGE_RECEIPT);
  if (!chat_sqlite_reader_step_row (self, SQL_COUNT_CHANGES, &failed))
    return FALSE;
  *n = get_id (self, SQL_COUNT_CHANGES, 0);
  sqlite3_reset (self->statements[SQL_COUNT_CHANGES]);
  return TRUE;
}

gboolean
chat_sqlite_reader_list_changes (ChatSqliteReader *self, ChatStorageJob *job)
{
  guint limit = CLAMP (job->limit, 1, CHAT_MAX_PAGE_SIZE), n = 0;
  gint64 newest, log_start, n_changes = 0;
  gboolean failed = FALSE, full = FALSE;
  gsize n_bytes = 0;

  if (!chat_sqlite_reader_get_seq (self, &newest, &log_start) || (job->until == 0 && !count_changes (self, job, &n_changes)))
    return FALSE;
#ifdef CHAT_TEST_SWITCHES
  if (chat_server_switch_is_on (CHAT_SERVER_SWITCH_SHORT_LOG) && n_changes > CHAT_SERVER_SWITCH_LOG)
    n_changes = CHAT_MAX_SYNC + 1;
#endif
  if (job->message_id < log_start || job->message_id > newest || n_changes > CHAT_MAX_SYNC)
    {
      job->seq = newest;
      return answer (job, CHAT_STATUS_RESET);
    }
  if (job->until == 0)
    job->until = newest;
  job->seq = job->message_id;
  job->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_storage_change_free);
  bind_id (self, SQL_LIST_CHANGES, 1, job->user_id);
  bind_id (self, SQL_LIST_CHANGES, 2, job->message_id);
  bind_id (self, SQL_LIST_CHANGES, 3, job->until);
  bind_id (self, SQL_LIST_CHANGES, 4, limit);
  bind_id (self, SQL_LIST_CHANGES, 5, CHAT_STORAGE_CHANGE_RECEIPT);
  bind_id (self, SQL_LIST_CHANGES, 6, CHAT_STORAGE_CHANGE_SENT);
  while (!failed && !full && chat_sqlite_reader_step_row (self, SQL_LIST_CHANGES, &failed))
    {
      ChatStorageChange *change = g_new0 (ChatStorageChange, 1);
      gboolean told = FALSE;

      n++;
      change->seq = job->seq = get_id (self, SQL_LIST_CHANGES, 0);
      change->kind = (ChatStorageChangeKind) get_id (self, SQL_LIST_CHANGES, 1);
      change->room_id = get_id (self, SQL_LIST_CHANGES, 2);
      failed = !fill_change (self, job, change, get_id (self, SQL_LIST_CHANGES, 3), &told);
      if (change->message != NULL)
        n_bytes += chat_sqlite_reader_get_size (change->message);
      full = n_bytes >= CHAT_STORAGE_READ_BYTES;
      if (told && !failed)
        g_ptr_array_add (job->changes, change);
      else
        chat_storage_change_free (change);
    }
  sqlite3_reset (self->statements[SQL_LIST_CHANGES]);
  job->more = (n == limit || full) && job->seq < job->until;
  if (!job->more)
    job->seq = job->until;
  return !failed;
}
