/* test-storage-engine.c: how the engine works: commits shared by many, threads, a writer that stands still, what goes later
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

#include <sqlite3.h>

#include "chat-limits.h"
#include "chat-server-sqlite-rooms.h"

/* Many changes that come together share commits, keep their order, and come back together */
static guint order_next;

static void
order_done (ChatStorageJob *job, gpointer user_data)
{
  assert_status (job, SUCCESS);
  g_assert_cmpuint (GPOINTER_TO_UINT (user_data), ==, order_next);
  order_next++;
}

static void
test_group_commit (void)
{
  Store store;
  guint64 before, commits;
  gint64 ada, room;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  before = chat_server_sqlite_get_n_commits (CHAT_SERVER_SQLITE (store.storage));
  order_next = 0;
  for (guint i = 0; i < 5000; i++)
    {
      ChatStorageJob *job = message_new (ada, room, "text", NULL);

      job->done = order_done;
      job->user_data = GUINT_TO_POINTER (i);
      chat_server_storage_submit (store.storage, job);
    }
  chat_test_wait_until (order_next == 5000);
  commits = chat_server_sqlite_get_n_commits (CHAT_SERVER_SQLITE (store.storage)) - before;
  g_test_message ("5000 messages in %" G_GUINT64_FORMAT " commits", commits);
  g_assert_cmpuint (commits, >=, 1);
  g_assert_cmpuint (commits, <, 500);

  /* What changes nothing commits nothing */
  before = chat_server_sqlite_get_n_commits (CHAT_SERVER_SQLITE (store.storage));
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, message_new (ada, 9999, "text", NULL));

    assert_status (job, ROOM_DOES_NOT_EXIST);
  }
  g_assert_cmpuint (chat_server_sqlite_get_n_commits (CHAT_SERVER_SQLITE (store.storage)), ==, before);
  store_close (&store);
}

static gpointer
submit_in_thread (gpointer data)
{
  gpointer *all = data;

  for (guint i = 0; i < 500; i++)
    store_gather (all[0], message_new (*(gint64 *) all[1], *(gint64 *) all[2], "text", NULL), all[3]);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  Store store;
  gint64 ada, room;
  gpointer all[4] = { &store, &ada, &room, answers };
  GThread *threads[4];

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("submitter", submit_in_thread, all);
  chat_test_wait_until (answers->len == 2000);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < 2000; i++)
    {
      ChatStorageJob *job = answers->pdata[i];

      assert_status (job, SUCCESS);
      g_assert_true (g_hash_table_add (seen, &job->message_id));
    }
  store_close (&store);
}

/* Closing finishes what was submitted, and what is submitted by an answer; later ones are refused */
static void
chain_done (ChatStorageJob *job, gpointer user_data)
{
  gpointer *all = user_data;

  assert_status (job, SUCCESS);
  store_gather (all[0], message_new (job->user_id, job->room_id, "second", NULL), all[1]);
}

static void
test_close (void)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  Store store;
  gpointer all[2] = { &store, answers };
  ChatStorageJob *job;
  gint64 ada, room, last;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  job = message_new (ada, room, "first", NULL);
  job->done = chain_done;
  job->user_data = all;
  chat_server_storage_submit (store.storage, job);
  chat_server_storage_close (store.storage);
  g_assert_cmpuint (answers->len, ==, 1);
  assert_status ((ChatStorageJob *) answers->pdata[0], SUCCESS);
  last = ((ChatStorageJob *) answers->pdata[0])->message_id;
  {
    g_autoptr (ChatStorageJob) refused = store_ask (&store, message_new (ada, room, "third", NULL));

    assert_status (refused, ERROR);
  }
  chat_server_storage_close (store.storage);

  /* Ids never come back: not after a restart, not where the newest was deleted */
  store_reopen (&store);
  {
    g_autoptr (ChatStorageJob) removed = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_MESSAGE, ada, 0, last));

    assert_status (removed, SUCCESS);
  }
  store_reopen (&store);
  g_assert_cmpint (store_add_message (&store, ada, room, "fourth"), ==, last + 3);   /* the removal, and the mark that it told, took numbers too */
  store_close (&store);
}

static sqlite3 *
open_beside (Store *store)
{
  g_autofree char *path = g_build_filename (store->directory, "chat.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  return db;
}

static guint n_added, n_limited;

static void
count_done (ChatStorageJob *job, gpointer user_data)
{
  if (job->status == CHAT_STATUS_SUCCESS)
    n_added++;
  else
    {
      assert_status (job, RATE_LIMITED);
      n_limited++;
    }
}

/* While the writer can not write, questions are answered all the same, and what waits for it is bounded */
static void
test_stalled_writer (void)
{
  Store store;
  sqlite3 *beside;
  gint64 ada, room;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  beside = open_beside (&store);
  g_assert_cmpint (sqlite3_exec (beside, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  n_added = n_limited = 0;
  /* Those that the writer took before it stalled do not wait any more: twice the bound is more than both together */
  for (guint i = 0; i < 2 * 65536 + 1; i++)
    {
      ChatStorageJob *job = message_new (ada, room, "text", NULL);

      job->done = count_done;
      chat_server_storage_submit (store.storage, job);
    }
  {
    g_autoptr (ChatStorageJob) find = store_ask (&store, job_new_named (CHAT_STORAGE_FIND_USER, 0, "grace", NULL));

    assert_status (find, SUCCESS);
  }
  g_assert_cmpuint (n_added, ==, 0);
  g_assert_cmpuint (n_limited, >, 0);
  g_assert_cmpint (sqlite3_exec (beside, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (beside);
  chat_test_wait_until (n_added + n_limited == 2 * 65536 + 1);
  g_assert_cmpuint (n_added, >=, 65536);
  store_close (&store);
}

static gint64
count_rows (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;
  gint64 n;

  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM dead_rooms)", -1,
                                       &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return n;
}

/* A removed room of many messages: what it held goes in portions, and is not seen meanwhile */
static void
test_sweep (void)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  Store store;
  gint64 ada, room, last;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < 1700; i++)
    store_gather (&store, message_new (ada, room, "text", NULL), answers);
  chat_test_wait_until (answers->len == 1700);
  last = ((ChatStorageJob *) answers->pdata[1699])->message_id;
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_ROOM, ada, room, 0));
    g_autoptr (ChatStorageJob) edit = job_new (CHAT_STORAGE_EDIT_MESSAGE, ada, 0, last);

    assert_status (job, SUCCESS);
    edit->text = g_strdup ("x");
    edit = store_ask (&store, g_steal_pointer (&edit));
    assert_status (edit, MESSAGE_DOES_NOT_EXIST);
  }
  g_assert_cmpint (store_add_room (&store, ada, "grace"), >, last);
  {
    sqlite3 *beside = open_beside (&store);

    chat_test_wait_until (count_rows (beside) == 0);
    sqlite3_close (beside);
  }
  store_close (&store);
}

static void
test_cache (void)
{
  ChatSqliteRooms *rooms = chat_sqlite_rooms_new (100, 1000);
  gint64 ids[400];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = i * 2;
  for (gint64 id = 1; id <= 1000; id++)
    {
      chat_sqlite_rooms_insert (rooms, id, chat_storage_members_new (ids, 2));
      g_assert_nonnull (chat_sqlite_rooms_lookup (rooms, 1));   /* used all the time: stays */
      chat_sqlite_rooms_trim (rooms);
      g_assert_cmpuint (chat_sqlite_rooms_get_n (rooms), <=, 100);
    }
  g_assert_nonnull (chat_sqlite_rooms_lookup (rooms, 1));
  g_assert_nonnull (chat_sqlite_rooms_lookup (rooms, 1000));
  g_assert_null (chat_sqlite_rooms_lookup (rooms, 900));
  /* A few large rooms are too much as well */
  for (gint64 id = 2000; id < 2010; id++)
    chat_sqlite_rooms_insert (rooms, id, chat_storage_members_new (ids, G_N_ELEMENTS (ids)));
  chat_sqlite_rooms_trim (rooms);
  g_assert_cmpuint (chat_sqlite_rooms_get_n (rooms), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_assert_cmpint (chat_sqlite_room_find (chat_sqlite_rooms_lookup (rooms, 2009), i * 2), ==, i);
      g_assert_cmpint (chat_sqlite_room_find (chat_sqlite_rooms_lookup (rooms, 2009), i * 2 + 1), ==, -1);
    }
  chat_sqlite_rooms_remove (rooms, 2009);
  g_assert_null (chat_sqlite_rooms_lookup (rooms, 2009));
  chat_sqlite_rooms_clear (rooms);
  g_assert_cmpuint (chat_sqlite_rooms_get_n (rooms), ==, 0);
  chat_sqlite_rooms_free (rooms);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storage-engine/group-commit", test_group_commit);
  g_test_add_func ("/storage-engine/threads", test_threads);
  g_test_add_func ("/storage-engine/stalled-writer", test_stalled_writer);
  g_test_add_func ("/storage-engine/close", test_close);
  g_test_add_func ("/storage-engine/sweep", test_sweep);
  g_test_add_func ("/storage-engine/cache", test_cache);
  return g_test_run ();
}
