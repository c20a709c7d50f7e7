/* test-storage-faults.c: files that can not be served from, disks that are full, and a server that is killed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chat-server-sqlite-schema.h"

#define KILL_ROUNDS 20

static char *program;

static char *
database_path (const char *directory)
{
  return g_build_filename (directory, CHAT_SQLITE_FILE_NAME, NULL);
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* Tells why the folder is refused, and proves that its database was left as it was, byte by byte */
static void
assert_refused (const char *directory, int code)
{
  g_autofree char *path = database_path (directory), *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_before, n_after;

  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  g_assert_null (chat_server_sqlite_new (directory, &error));
  g_assert_error (error, CHAT_SERVER_SQLITE_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void
test_new (void)
{
  char *parent = chat_test_temp_dir_new ();
  g_autofree char *directory = g_build_filename (parent, "deep", "er", NULL);
  g_autofree char *path = database_path (directory), *wal = g_strconcat (path, "-wal", NULL);
  g_autoptr (GError) error = NULL;
  ChatServerStorage *storage = chat_server_sqlite_new (directory, &error);
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (directory, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (wal, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  /* Two servers never share a folder, not even in one process; and a closed one leaves it free */
  g_assert_null (chat_server_sqlite_new (directory, &error));
  g_assert_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_IN_USE);
  g_clear_error (&error);
  chat_server_storage_close (storage);
  chat_test_assert_finalize_object (storage);
  storage = chat_server_sqlite_new (directory, &error);
  g_assert_no_error (error);
  chat_test_assert_finalize_object (storage);

  g_assert_null (chat_server_sqlite_new ("/proc/nowhere/chat", &error));
  g_assert_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_FAILED);
  chat_test_temp_dir_remove (parent);
}

static void
test_versions (void)
{
  Store store = { chat_test_temp_dir_new (), NULL };
  g_autofree char *path = database_path (store.directory), *schema = NULL, *sql = NULL;

  /* Version 0 is an empty file: it gets the present schema */
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  store_reopen (&store);
  store_add_user (&store, "ada");
  chat_test_assert_finalize_object (g_steal_pointer (&store.storage));

  /* A later one is left to the later program */
  execute (path, "PRAGMA user_version = 99");
  assert_refused (store.directory, CHAT_SERVER_SQLITE_ERROR_TOO_NEW);

  /* Version 1, as the first server wrote it */
  g_assert_cmpint (g_remove (path), ==, 0);
  schema = g_test_build_filename (G_TEST_DIST, "fixtures", "schema-1.sql", NULL);
  g_assert_true (g_file_get_contents (schema, &sql, NULL, NULL));
  execute (path, sql);
  store_reopen (&store);
  {
    g_autoptr (ChatStorageJob) find = job_new (CHAT_STORAGE_FIND_USER, 0, 0, 0);
    g_autoptr (ChatStorageJob) list = NULL, again = NULL, changes = NULL, edit = NULL;
    ChatStorageRoom *room;
    ChatStorageChange *change;

    find->name = g_strdup ("Ada");
    find = store_ask (&store, g_steal_pointer (&find));
    g_assert_cmpint (find->status, ==, CHAT_STATUS_SUCCESS);
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, find->user_id, 0, 0));
    g_assert_cmpuint (list->rooms->len, ==, 1);
    room = list->rooms->pdata[0];
    g_assert_cmpstr (room->last_message->text, ==, "Привіт 👋");
    g_assert_true (room->pinned);
    g_assert_cmpuint (room->unread, ==, 1);
    again = store_ask (&store, message_new (find->user_id, room->id, "again", "deleted-ref"));
    g_assert_false (again->created);
    g_assert_cmpint (store_add_message (&store, find->user_id, room->id, "new"), >=, 500);

    /* Version 2 knows of no change before it, and of all after it */
    g_assert_cmpint (list->seq, >=, 500);
    g_assert_cmpuint (find->prefs, ==, 0);
    g_assert_cmpint (room->members_read[0], ==, 5);
    g_assert_cmpint (room->members_delivered[1], ==, 6);
    changes = job_new (CHAT_STORAGE_LIST_CHANGES, find->user_id, 0, 0);
    changes->limit = 100;
    changes = store_ask (&store, g_steal_pointer (&changes));
    g_assert_cmpint (changes->status, ==, CHAT_STATUS_RESET);
    edit = job_new (CHAT_STORAGE_EDIT_MESSAGE, find->user_id, 0, 5);
    edit->text = g_strdup ("Hello again");
    edit = store_ask (&store, g_steal_pointer (&edit));
    g_assert_cmpint (edit->status, ==, CHAT_STATUS_SUCCESS);
    answer_free (g_steal_pointer (&changes));
    changes = job_new (CHAT_STORAGE_LIST_CHANGES, find->user_id, 0, list->seq);
    changes->since = list->seq;
    changes->limit = 100;
    changes = store_ask (&store, g_steal_pointer (&changes));
    g_assert_cmpint (changes->status, ==, CHAT_STATUS_SUCCESS);
    g_assert_cmpuint (changes->changes->len, ==, 2);
    change = changes->changes->pdata[1];
    g_assert_cmpint (change->seq, ==, edit->seq);
    g_assert_cmpstr (change->message->text, ==, "Hello again");
  }
  chat_test_assert_finalize_object (g_steal_pointer (&store.storage));

  /* Version 2: an address that was sent then is a text and no more */
  g_clear_pointer (&schema, g_free);
  g_clear_pointer (&sql, g_free);
  g_assert_cmpint (g_remove (path), ==, 0);
  schema = g_test_build_filename (G_TEST_DIST, "fixtures", "schema-2.sql", NULL);
  g_assert_true (g_file_get_contents (schema, &sql, NULL, NULL));
  execute (path, sql);
  store_reopen (&store);
  {
    g_autoptr (ChatStorageJob) page = job_new (CHAT_STORAGE_READ, 1, 4, 0), changes = NULL, remove = NULL;
    ChatStorageMessage *message;

    page->page = CHAT_STORAGE_NEWEST;
    page->limit = 10;
    page = store_ask (&store, g_steal_pointer (&page));
    assert_status (page, SUCCESS);
    g_assert_cmpuint (page->messages->len, ==, 3);
    message = page->messages->pdata[2];
    g_assert_cmpint (message->kind, ==, CHAT_MESSAGE_KIND_FILE);
    g_assert_null (message->file);
    changes = job_new (CHAT_STORAGE_LIST_CHANGES, 1, 0, 502);
    changes->since = 502;
    changes->limit = 10;
    changes = store_ask (&store, g_steal_pointer (&changes));
    assert_status (changes, SUCCESS);
    g_assert_cmpuint (changes->changes->len, ==, 1);
    remove = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_MESSAGE, 2, 0, 502));
    assert_status (remove, SUCCESS);
    g_assert_cmpint (store_add_message (&store, 1, 4, "new"), >=, 600);
  }
  chat_test_assert_finalize_object (g_steal_pointer (&store.storage));
  chat_test_temp_dir_remove (store.directory);
}

static void
test_bad_files (void)
{
  Store store;
  g_autofree char *path = NULL, *text = g_strnfill (5000, 'x'), *contents = NULL;
  gsize length;
  gint64 ada, room;

  store_open (&store);
  path = database_path (store.directory);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < 50; i++)
    store_add_message (&store, ada, room, text);
  chat_test_assert_finalize_object (g_steal_pointer (&store.storage));

  /* Damaged in its midst; cut off; overwritten at its front */
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  for (gsize i = 4096; i < MIN (length, 20 * 4096); i++)
    contents[i] = (char) (i * 31);
  g_assert_true (g_file_set_contents (path, contents, length, NULL));
  assert_refused (store.directory, CHAT_SERVER_SQLITE_ERROR_DAMAGED);
  g_assert_true (g_file_set_contents (path, contents, length / 2, NULL));
  assert_refused (store.directory, CHAT_SERVER_SQLITE_ERROR_DAMAGED);
  g_assert_true (g_file_set_contents (path, text, 5000, NULL));
  assert_refused (store.directory, CHAT_SERVER_SQLITE_ERROR_NOT_OURS);

  /* Another program's */
  g_assert_cmpint (g_remove (path), ==, 0);
  execute (path, "CREATE TABLE users (id INTEGER)");
  assert_refused (store.directory, CHAT_SERVER_SQLITE_ERROR_NOT_OURS);
  execute (path, "PRAGMA application_id = 77; PRAGMA user_version = 1");
  assert_refused (store.directory, CHAT_SERVER_SQLITE_ERROR_NOT_OURS);

  /* Ours by its number, and yet without the tables */
  execute (path, "PRAGMA application_id = 1130914164; PRAGMA user_version = 1");
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (chat_server_sqlite_new (store.directory, &error));
    g_assert_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_DAMAGED);
  }
  chat_test_temp_dir_remove (store.directory);
}

static guint n_warnings;

static void
count_warning (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  g_atomic_int_inc (&n_warnings);
}

/* No file may grow past what the log has now: every commit fails, as on a full disk */
static void
test_full_disk (void)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  g_autofree char *path = NULL, *wal = NULL, *text = g_strnfill (20000, 'x');
  GLogLevelFlags fatal;
  struct rlimit old, full;
  GStatBuf info;
  guint handler;
  Store store;
  gint64 ada, room, first;

  store_open (&store);
  path = database_path (store.directory);
  wal = g_strconcat (path, "-wal", NULL);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  store_add_user (&store, "linus");
  room = store_add_room (&store, ada, "grace");
  first = store_add_message (&store, ada, room, "before");

  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  handler = g_log_set_handler ("Chat-Server", G_LOG_LEVEL_WARNING, count_warning, NULL);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (g_stat (wal, &info), ==, 0);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  full = old;
  full.rlim_cur = info.st_size + 8192;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &full), ==, 0);
  {
    ChatStorageJob *new_room = job_new (CHAT_STORAGE_ADD_ROOM, ada, 0, 0);

    /* In one batch: what could be done, what could not, and a room that the cache must not remember */
    store_gather (&store, message_new (ada, room, "small", "ref"), answers);
    new_room->name = g_strdup ("linus");
    store_gather (&store, new_room, answers);
    for (guint i = 0; i < 20; i++)
      store_gather (&store, message_new (ada, room, text, NULL), answers);
  }
  chat_test_wait_until (answers->len == 22);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  {
    guint n_failed = 0;

    for (guint i = 0; i < answers->len; i++)
      {
        ChatStorageJob *job = answers->pdata[i];

        n_failed += job->status == CHAT_STATUS_ERROR;
        if (job->status == CHAT_STATUS_ERROR)
          {
            g_assert_false (job->created);
            g_assert_null (job->members);
          }
      }
    g_assert_cmpuint (n_failed, >, 0);
    g_assert_cmpint (g_atomic_int_get (&n_warnings), >, 0);
  }
  g_log_remove_handler ("Chat-Server", handler);
  g_log_set_always_fatal (fatal);

  /* There is room again: it works, before and after a restart, and holds exactly what was answered with success */
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (ChatStorageJob) read = job_new (CHAT_STORAGE_READ, ada, room, first);
      g_autoptr (GHashTable) there = g_hash_table_new (g_int64_hash, g_int64_equal);
      guint n_expected = 0;

      read->page = CHAT_STORAGE_AFTER;
      read->limit = 200;
      read = store_ask (&store, g_steal_pointer (&read));
      g_assert_cmpint (read->status, ==, CHAT_STATUS_SUCCESS);
      for (guint i = 0; i < read->messages->len; i++)
        g_hash_table_add (there, &((ChatStorageMessage *) read->messages->pdata[i])->id);
      for (guint i = 0; i < answers->len; i++)
        {
          ChatStorageJob *job = answers->pdata[i];

          if (job->op != CHAT_STORAGE_ADD_MESSAGE || job->status != CHAT_STATUS_SUCCESS)
            continue;
          n_expected++;
          g_assert_true (g_hash_table_contains (there, &job->message_id));
        }
      g_assert_cmpuint (g_hash_table_size (there), ==, n_expected + round);
      g_assert_cmpint (store_add_message (&store, ada, room, "after"), >, first);
      store_add_room (&store, ada, "linus");
      store_reopen (&store);
    }
  store_close (&store);
}

/* The other program of the test: sends without end, and tells on its standard output what was answered */
typedef struct
{
  Store  store;
  gint64 user;
  gint64 room;
  guint  n;
} Child;

static void child_send (Child *child);

static void
child_done (ChatStorageJob *job, gpointer user_data)
{
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT " %s\n", job->message_id, job->text);

  if (job->status != CHAT_STATUS_SUCCESS || write (STDOUT_FILENO, line, strlen (line)) < 0)
    exit (1);
  child_send (user_data);
}

static void
child_send (Child *child)
{
  g_autofree char *text = g_strdup_printf ("text-%u", child->n++);
  ChatStorageJob *job = message_new (child->user, child->room, text, text);

  g_free (job->client_ref);
  job->client_ref = g_uuid_string_random ();
  job->done = child_done;
  job->user_data = child;
  chat_server_storage_submit (child->store.storage, job);
}

static int
run_child (char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Child child = { { argv[2], NULL }, g_ascii_strtoll (argv[3], NULL, 10), g_ascii_strtoll (argv[4], NULL, 10), 0 };

  store_reopen (&child.store);
  for (guint i = 0; i < 40; i++)
    child_send (&child);
  g_main_loop_run (loop);
  return 0;
}

static void
kill_once (Store *store, gint64 ada, gint64 room)
{
  g_autofree char *user_text = g_strdup_printf ("%" G_GINT64_FORMAT, ada), *room_text = g_strdup_printf ("%" G_GINT64_FORMAT, room);
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint kill_at = g_test_rand_int_range (1, 3000), n_found = 0;
  gint64 anchor = 0, newest = 0;
  gboolean more = TRUE;
  char *line;

  chat_test_assert_finalize_object (g_steal_pointer (&store->storage));
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--child", store->directory, user_text, room_text, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      gint64 id = g_ascii_strtoll (line, NULL, 10);
      const char *text = strchr (line, ' ');

      /* A line that was cut off is no answer */
      if (id > 0 && text != NULL && g_str_has_prefix (text, " text-"))
        g_hash_table_insert (texts, g_memdup2 (&id, sizeof id), g_strdup (text + 1));
      newest = MAX (newest, id);
      g_free (line);
      if (--kill_at == 0)
        g_subprocess_force_exit (child);
    }
  g_subprocess_wait (child, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpuint (g_hash_table_size (texts), >, 0);

  store_reopen (store);
  while (more)
    {
      g_autoptr (ChatStorageJob) read = job_new (CHAT_STORAGE_READ, ada, room, anchor);

      read->page = CHAT_STORAGE_AFTER;
      read->limit = 200;
      read = store_ask (store, g_steal_pointer (&read));
      g_assert_cmpint (read->status, ==, CHAT_STATUS_SUCCESS);
      for (guint i = 0; i < read->messages->len; i++)
        {
          ChatStorageMessage *message = read->messages->pdata[i];
          const char *text = g_hash_table_lookup (texts, &message->id);

          anchor = message->id;
          if (text == NULL)
            continue;
          n_found += g_str_has_prefix (message->text, text);
        }
      more = read->more;
    }
  g_assert_cmpuint (n_found, ==, g_hash_table_size (texts));
  /* Neither those that were answered nor those that were not have their ids given out again */
  g_assert_cmpint (store_add_message (store, ada, room, "after"), >, MAX (newest, anchor));
}

static void
test_kill (void)
{
  Store store;
  gint64 ada, room;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < KILL_ROUNDS; i++)
    kill_once (&store, ada, room);
  store_close (&store);
}

int
main (int argc, char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "--child"))
    return run_child (argv);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storage-faults/new", test_new);
  g_test_add_func ("/storage-faults/versions", test_versions);
  g_test_add_func ("/storage-faults/bad-files", test_bad_files);
  g_test_add_func ("/storage-faults/full-disk", test_full_disk);
  g_test_add_func ("/storage-faults/kill", test_kill);
  return g_test_run ();
}
