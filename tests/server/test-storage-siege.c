/* test-storage-siege.c: one who asks for much, programs that hold the database, and clocks that jump
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "chat-server-sqlite-schema.h"

#define DAY G_TIME_SPAN_DAY

/* Questions */

typedef struct
{
  guint  n_heavy;       /* answered before */
  guint  n_answers;
  guint  light_after;
  guint  page_after;
  gint64 heavy;
  gint64 page_reader;
} Order;

static void
on_answer (ChatStorageJob *job, gpointer user_data)
{
  Order *order = user_data;

  g_assert_cmpint (job->status, ==, CHAT_STATUS_SUCCESS);
  order->n_answers++;
  if (job->op == CHAT_STORAGE_READ)
    order->page_after = order->n_heavy;
  else if (job->user_id == order->heavy)
    order->n_heavy++;
  else
    order->light_after = order->n_heavy;
}

static void
submit (Store *store, ChatStorageOp op, gint64 user_id, gint64 room_id, Order *order)
{
  ChatStorageJob *job = chat_storage_job_new (op, on_answer, order);

  job->user_id = user_id;
  job->room_id = room_id;
  job->limit = op == CHAT_STORAGE_READ ? 10 : 0;
  chat_server_storage_submit (store->storage, job);
}

/* Somebody with very many rooms who asks for them again and again keeps others waiting for one such list at most */
static void
test_fair (void)
{
  const guint n_lists = 40, n_rooms = 1500;
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  Order order = { 0 };
  gint64 light, room;
  Store store;

  store_open (&store);
  order.heavy = store_add_user (&store, "heavy");
  light = store_add_user (&store, "light");
  for (guint i = 0; i < n_rooms; i++)
    {
      g_autofree char *name = g_strdup_printf ("p%u", i);

      store_gather (&store, job_new_named (CHAT_STORAGE_ADD_USER, 0, name, "hash"), answers);
      store_gather (&store, job_new_named (CHAT_STORAGE_ADD_ROOM, order.heavy, name, NULL), answers);
    }
  room = store_add_room (&store, light, "p1");
  store_add_message (&store, light, room, "hello");
  chat_test_wait_until (answers->len == 2 * n_rooms);

  for (guint i = 0; i < n_lists; i++)
    submit (&store, CHAT_STORAGE_LIST_ROOMS, order.heavy, 0, &order);
  submit (&store, CHAT_STORAGE_LIST_ROOMS, light, 0, &order);
  submit (&store, CHAT_STORAGE_READ, light, room, &order);
  chat_test_wait_until (order.n_answers == n_lists + 2);
  g_test_message ("the list came after %u of %u long ones, the page after %u", order.light_after, n_lists, order.page_after);
  /* One that had begun, and what was done while we submitted */
  g_assert_cmpuint (order.light_after, <, n_lists / 2);
  g_assert_cmpuint (order.page_after, <, n_lists / 2);
  store_close (&store);
}

/* The names alone */
static void
test_brief (void)
{
  g_autoptr (ChatStorageJob) list = NULL;
  ChatStorageRoom *room;
  gint64 ada, id, first;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "Grace");
  id = store_add_room (&store, ada, "grace");
  first = store_add_message (&store, ada, id, "hello");
  list = job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0);
  list->brief = TRUE;
  list = store_ask (&store, g_steal_pointer (&list));
  g_assert_cmpuint (list->rooms->len, ==, 1);
  room = list->rooms->pdata[0];
  g_assert_cmpint (room->id, ==, id);
  g_assert_cmpstr (room->name, ==, "Grace");
  g_assert_cmpint (room->first_message_id, ==, first);
  g_assert_null (room->last_message);
  g_assert_null (room->members);
  store_close (&store);
}

/* Other programs at the database */

static guint n_warnings;

static void
count_warning (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if (level & G_LOG_LEVEL_WARNING)
    g_atomic_int_inc (&n_warnings);
}

typedef struct
{
  GLogLevelFlags fatal;
  guint          handler;
} Quiet;

static void
quiet_begin (Quiet *quiet)
{
  g_atomic_int_set (&n_warnings, 0);
  quiet->fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  quiet->handler = g_log_set_handler ("Chat-Server", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE, count_warning, NULL);
}

static void
quiet_end (Quiet *quiet)
{
  g_log_remove_handler ("Chat-Server", quiet->handler);
  g_log_set_always_fatal (quiet->fatal);
}

static sqlite3 *
open_other (Store *store, const char *sql)
{
  g_autofree char *path = g_build_filename (store->directory, CHAT_SQLITE_FILE_NAME, NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  return db;
}

static gint64
wal_size (Store *store)
{
  g_autofree char *path = g_build_filename (store->directory, CHAT_SQLITE_FILE_NAME "-wal", NULL);
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_size : 0;
}

/* A program that reads and does not end: the log can not begin anew. Writing goes on without a wait for each commit, up to a bound;
 * when that program has gone all is as before, without help */
static void
test_log (void)
{
  const int max_pages = 20000;
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  g_autofree char *text = g_strnfill (60000, 'x');
  gint64 ada, room, begin, longest = 0, largest;
  guint n_sent = 0, n_kept = 0;
  sqlite3 *other;
  Quiet quiet;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  chat_server_sqlite_set_max_log (CHAT_SERVER_SQLITE (store.storage), max_pages);
  quiet_begin (&quiet);
  other = open_other (&store, "BEGIN; SELECT count(*) FROM messages");
  do
    {
      g_autoptr (ChatStorageJob) job = NULL;

      begin = g_get_monotonic_time ();
      for (guint i = 0; i < 20; i++)
        store_gather (&store, message_new (ada, room, text, NULL), answers);
      n_sent += 20;
      chat_test_wait_until (answers->len == n_sent);
      longest = MAX (longest, g_get_monotonic_time () - begin);
      job = message_new (ada, room, "probe", NULL);
      job = store_ask (&store, g_steal_pointer (&job));
      if (job->status != CHAT_STATUS_SUCCESS)
        break;
    }
  while (n_sent < 4000);
  for (guint i = 0; i < n_sent; i++)
    n_kept += ((ChatStorageJob *) answers->pdata[i])->status == CHAT_STATUS_SUCCESS;
  largest = wal_size (&store);
  g_test_message ("%u of %u kept, log of %" G_GINT64_FORMAT " MiB, longest wait %.0f ms", n_kept, n_sent, largest >> 20,
                  (double) longest / 1000);
  g_assert_cmpuint (n_sent, <, 4000);
  g_assert_cmpuint (n_kept, >, 1000);
  g_assert_cmpint (largest, <, (max_pages + 2000) * G_GINT64_CONSTANT (4200));
  /* It was five seconds for each */
  g_assert_cmpint (longest, <, 4 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (g_atomic_int_get (&n_warnings), ==, 1);

  sqlite3_close (other);
  store_add_message (&store, ada, room, "after");
  quiet_end (&quiet);
  for (guint i = 0; i < 50; i++)
    store_add_message (&store, ada, room, text);
  g_assert_cmpint (wal_size (&store), <=, CHAT_SQLITE_JOURNAL_LIMIT);
  store_close (&store);
}

/* A program that holds the database for writing: nothing is kept, which is said, and not for every batch; reading goes on, also for those who
 * come with a token */
static void
test_locked (void)
{
  g_autoptr (ChatStorageJob) token = NULL, list = NULL, job = NULL;
  gint64 ada, room;
  sqlite3 *other;
  Quiet quiet;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  token = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_TOKEN, ada, "phone", "token-hash"));
  assert_status (token, SUCCESS);
  other = open_other (&store, "BEGIN IMMEDIATE");
  quiet_begin (&quiet);
  {
    g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);

    store_gather (&store, message_new (ada, room, "lost?", "ref"), answers);
    store_gather (&store, job_new_named (CHAT_STORAGE_USE_TOKEN, 0, NULL, "token-hash"), answers);
    store_gather (&store, job_new_named (CHAT_STORAGE_USE_TOKEN, 0, NULL, "no-such-hash"), answers);
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));
    assert_status (list, SUCCESS);
    g_assert_cmpuint (answers->len, ==, 0);
    chat_test_wait_until_for (20, answers->len == 3);
    assert_status ((ChatStorageJob *) answers->pdata[0], ERROR);
    assert_status ((ChatStorageJob *) answers->pdata[1], SUCCESS);
    g_assert_cmpint (((ChatStorageJob *) answers->pdata[1])->user_id, ==, ada);
    g_assert_cmpint (((ChatStorageJob *) answers->pdata[1])->token_id, ==, token->token_id);
    assert_status ((ChatStorageJob *) answers->pdata[2], LOGIN_WRONG_PASS);
  }
  /* It is known now, and nobody waits so long again */
  {
    gint64 begin = g_get_monotonic_time ();
    g_autoptr (ChatStorageJob) soon = message_new (ada, room, "lost?", "ref");

    soon = store_ask (&store, g_steal_pointer (&soon));
    assert_status (soon, ERROR);
    g_assert_cmpint (g_get_monotonic_time () - begin, <, CHAT_SQLITE_BUSY_TIMEOUT * 1000 / 2);
  }
  g_assert_cmpint (g_atomic_int_get (&n_warnings), ==, 1);
  sqlite3_close (other);
  job = message_new (ada, room, "lost?", "ref");
  job = store_ask (&store, g_steal_pointer (&job));
  quiet_end (&quiet);
  assert_status (job, SUCCESS);
  g_assert_true (job->created);
  store_close (&store);
}

/* Clocks */

static guint
count_messages (Store *store, gint64 user_id, gint64 room_id)
{
  g_autoptr (ChatStorageJob) read = job_new (CHAT_STORAGE_READ, user_id, room_id, 0);

  read->page = CHAT_STORAGE_AFTER;
  read->limit = 200;
  read = store_ask (store, g_steal_pointer (&read));
  assert_status (read, SUCCESS);
  return read->messages->len;
}

/* One whole look, as the server makes it at its start and every hour. Returns: how many messages are left */
static guint
look (Store *store, gint64 date, gint64 keep, gint64 user_id, gint64 room_id)
{
  gint64 until = 0;
  gboolean more = TRUE;

  while (more)
    {
      g_autoptr (ChatStorageJob) job = job_new (CHAT_STORAGE_EXPIRE, 0, 0, 0);

      job->date = date;
      job->keep = keep;
      job->until = until;
      job = store_ask (store, g_steal_pointer (&job));
      assert_status (job, SUCCESS);
      until = job->until;
      more = job->more;
    }
  return count_messages (store, user_id, room_id);
}

static void
send_at (Store *store, gint64 user_id, gint64 room_id, gint64 date)
{
  g_autoptr (ChatStorageJob) job = message_new (user_id, room_id, "text", NULL);

  job->date = date;
  job = store_ask (store, g_steal_pointer (&job));
  assert_status (job, SUCCESS);
}

static void
test_clock (void)
{
  gint64 now = g_get_real_time (), ada, room;
  Quiet quiet;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  /* Forty days of talk, one message a day, all younger than the last deletion */
  for (gint64 i = 40; i > 0; i--)
    send_at (&store, ada, room, now - i * DAY + DAY / 2);
  g_assert_cmpuint (look (&store, now, 30 * DAY, ada, room), ==, 30);

  quiet_begin (&quiet);
  /* The clock jumps by ten years. Each look takes a day, and when it comes back nothing more is lost */
  g_assert_cmpuint (look (&store, now + 3650 * DAY, 30 * DAY, ada, room), ==, 29);
  g_assert_cmpuint (look (&store, now + 3650 * DAY, 30 * DAY, ada, room), ==, 28);
  g_assert_cmpuint (look (&store, now, 30 * DAY, ada, room), ==, 28);
  /* A server that is started again and again meanwhile deletes nothing by that */
  for (guint i = 0; i < 3; i++)
    {
      store_reopen (&store);
      g_assert_cmpuint (look (&store, now + 3650 * DAY, 30 * DAY, ada, room), ==, 28);
    }
  /* Set back by years: nothing is old then, and later all is as it was */
  g_assert_cmpuint (look (&store, now - 3650 * DAY, 30 * DAY, ada, room), ==, 28);
  g_assert_cmpuint (look (&store, now, 30 * DAY, ada, room), ==, 28);
  g_assert_cmpuint (look (&store, now + 3 * DAY, 30 * DAY, ada, room), ==, 27);
  quiet_end (&quiet);
  store_close (&store);

  /* A server that was away catches up, a day at a time after the first look */
  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (gint64 i = 10; i > 0; i--)
    send_at (&store, ada, room, now - i * DAY);
  g_assert_cmpuint (look (&store, now, 30 * DAY, ada, room), ==, 10);
  store_reopen (&store);
  quiet_begin (&quiet);
  g_assert_cmpuint (look (&store, now + 60 * DAY, 30 * DAY, ada, room), ==, 10);
  for (guint i = 0; i < 60; i++)
    look (&store, now + 60 * DAY, 30 * DAY, ada, room);
  g_assert_cmpuint (count_messages (&store, ada, room), ==, 0);
  quiet_end (&quiet);
  store_close (&store);
}

/* A message that was sent while the clock was set back is as young as its neighbours: it goes with them */
static void
test_set_back (void)
{
  gint64 now = g_get_real_time (), ada, room;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  send_at (&store, ada, room, now - 40 * DAY);
  send_at (&store, ada, room, now - 5 * DAY);
  g_assert_cmpuint (look (&store, now - 4 * DAY, 30 * DAY, ada, room), ==, 1);
  send_at (&store, ada, room, 1);
  send_at (&store, ada, room, 2);
  send_at (&store, ada, room, now);
  /* The one before them goes, they stay; when the one after them goes they go too */
  for (gint64 day = -3; day < 27; day++)
    look (&store, now + day * DAY, 30 * DAY, ada, room);
  g_assert_cmpuint (count_messages (&store, ada, room), ==, 3);
  for (gint64 day = 27; day < 30; day++)
    look (&store, now + day * DAY, 30 * DAY, ada, room);
  g_assert_cmpuint (count_messages (&store, ada, room), ==, 3);
  look (&store, now + 31 * DAY, 30 * DAY, ada, room);
  g_assert_cmpuint (look (&store, now + 31 * DAY, 30 * DAY, ada, room), ==, 0);

  /* Ids and numbers of changes rise whatever the dates are */
  {
    gint64 last = 0;

    for (gint64 i = 0; i < 5; i++)
      {
        g_autoptr (ChatStorageJob) job = message_new (ada, room, "text", NULL);

        job->date = now - i * 365 * DAY;
        job = store_ask (&store, g_steal_pointer (&job));
        g_assert_cmpint (job->message_id, >, last);
        g_assert_cmpint (job->seq, ==, job->message_id);
        last = job->message_id;
      }
  }
  store_close (&store);
}

/* What README.md tells to do with a database that was restored from a backup: no id comes twice, and clients begin anew */
static void
test_restored (void)
{
  g_autoptr (ChatStorageJob) changes = NULL;
  gint64 ada, room, last;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  last = store_add_message (&store, ada, room, "in the backup");
  chat_test_assert_finalize_object (g_steal_pointer (&store.storage));
  sqlite3_close (open_other (&store, "UPDATE meta SET value = 10000000 + (SELECT max (value) FROM meta WHERE key IN ('ids-end', 'log-start'))"
                                     " WHERE key IN ('ids-end', 'log-start')"));
  store_reopen (&store);
  changes = job_new (CHAT_STORAGE_LIST_CHANGES, ada, 0, last);
  changes->since = last;
  changes->limit = 10;
  changes = store_ask (&store, g_steal_pointer (&changes));
  assert_status (changes, RESET);
  /* One who was ahead of the backup, too, and also when more has happened */
  g_assert_cmpint (store_add_message (&store, ada, room, "new"), >, last + 1000000);
  answer_free (g_steal_pointer (&changes));
  changes = job_new (CHAT_STORAGE_LIST_CHANGES, ada, 0, last + 1000);
  changes->since = last + 1000;
  changes->limit = 10;
  changes = store_ask (&store, g_steal_pointer (&changes));
  assert_status (changes, RESET);
  g_assert_cmpuint (count_messages (&store, ada, room), ==, 2);
  store_close (&store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storage-siege/fair", test_fair);
  g_test_add_func ("/storage-siege/brief", test_brief);
  g_test_add_func ("/storage-siege/log", test_log);
  g_test_add_func ("/storage-siege/locked", test_locked);
  g_test_add_func ("/storage-siege/clock", test_clock);
  g_test_add_func ("/storage-siege/set-back", test_set_back);
  g_test_add_func ("/storage-siege/restored", test_restored);
  return g_test_run ();
}
