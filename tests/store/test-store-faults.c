/* test-store-faults.c: files that can not be used, disks that fail, a program that is killed, and what a long history costs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-store-common.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KILL_ROUNDS 12
#define LONG_ROOM   100000

static char *program;

static void
execute (const char *path,
         const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
add_out (ChatStore  *store,
         const char *ref)
{
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, ref, "unsent");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (store_add_out (store, row, &error), >, 0);
  g_assert_no_error (error);
}

static void
fill (Place *place)
{
  ChatStoreBatch *batch = chat_store_batch_new ();
  g_autofree char *text = g_strnfill (3000, 'x');

  put_room (batch, 1, 0);
  for (gint64 id = 1; id <= 60; id++)
    put (batch, 1, id, text, TRUE);
  chat_store_batch_set_draft (batch, 1, "draft", 1);
  chat_store_batch_set_seq (batch, 60);
  store_apply_quietly (place->store, batch);
  add_out (place->store, "kept");
}

static void
assert_mode (const char *path,
             guint       mode)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, mode);
}

/* Opens it: what was there lies aside, byte by byte, and a new store is there that works */
static void
assert_set_aside (Place           *place,
                  ChatStoreOrigin  origin,
                  const char      *word,
                  guint            n_salvaged)
{
  g_autofree char *before = NULL, *after = NULL, *part = g_strconcat ("chat.db.", word, "-", NULL);
  gsize n_before, n_after;

  g_assert_true (g_file_get_contents (place->path, &before, &n_before, NULL));
  place_open (place);
  g_assert_cmpint (chat_store_get_origin (place->store), ==, origin);
  g_assert_nonnull (chat_store_get_set_aside (place->store));
  g_assert_nonnull (strstr (chat_store_get_set_aside (place->store), part));
  g_assert_true (g_file_get_contents (chat_store_get_set_aside (place->store), &after, &n_after, NULL));
  g_assert_cmpuint (n_after, ==, n_before);
  g_assert_cmpuint (chat_store_get_n_salvaged (place->store), ==, n_salvaged);
  g_assert_cmpint (store_state (place->store).seq, ==, 0);
  assert_mode (place->path, 0600);
  place_close (place);
  place_open (place);
  g_assert_cmpint (chat_store_get_origin (place->store), ==, CHAT_STORE_WAS_THERE);
  g_assert_null (chat_store_get_set_aside (place->store));
}

static void
test_files (void)
{
  Place *place = place_new ();
  g_autofree char *folder = g_path_get_dirname (place->path), *wal = g_strconcat (place->path, "-wal", NULL), *contents = NULL;
  g_autofree char *junk = g_strnfill (5000, 'x');
  gsize length;

  g_assert_cmpint (chat_store_get_origin (place->store), ==, CHAT_STORE_WAS_NEW);
  fill (place);
  assert_mode (folder, 0700);
  assert_mode (place->path, 0600);
  assert_mode (wal, 0600);
  place_close (place);
  g_assert_true (g_file_get_contents (place->path, &contents, &length, NULL));

  /* Written by a later version: what only the person knew is taken along */
  execute (place->path, "PRAGMA user_version = 99");
  assert_set_aside (place, CHAT_STORE_WAS_NEWER, "newer", 2);
  {
    g_autoptr (GPtrArray) rows = store_outbox (place->store);

    g_assert_cmpuint (rows->len, ==, 1);
    g_assert_cmpstr (((ChatStoreOutRow *) rows->pdata[0])->client_ref, ==, "kept");
  }
  place_close (place);

  /* Damaged in its midst, where the messages are; cut off; a table gone; no database; another program's; twice on one day */
  {
    g_autofree char *damaged = g_memdup2 (contents, length);

    for (gsize at = 30 * 4096; at < length; at++)
      damaged[at] = (char) (at * 31);
    g_assert_true (g_file_set_contents (place->path, damaged, length, NULL));
    place_open (place);
    g_assert_cmpint (chat_store_get_origin (place->store), ==, CHAT_STORE_WAS_DAMAGED);
    place_close (place);
  }
  g_assert_true (g_file_set_contents (place->path, contents, length / 2, NULL));
  place_open (place);
  g_assert_cmpint (chat_store_get_origin (place->store), ==, CHAT_STORE_WAS_DAMAGED);
  g_assert_true (g_str_has_suffix (chat_store_get_set_aside (place->store), "-2"));
  place_close (place);
  g_assert_true (g_file_set_contents (place->path, contents, length, NULL));
  execute (place->path, "DROP TABLE messages");
  assert_set_aside (place, CHAT_STORE_WAS_DAMAGED, "damaged", 2);
  place_close (place);
  g_assert_true (g_file_set_contents (place->path, junk, 5000, NULL));
  assert_set_aside (place, CHAT_STORE_WAS_FOREIGN, "foreign", 0);
  place_close (place);
  g_assert_cmpint (g_remove (place->path), ==, 0);
  execute (place->path, "CREATE TABLE outbox (id INTEGER)");
  assert_set_aside (place, CHAT_STORE_WAS_FOREIGN, "foreign", 0);
  place_close (place);

  /* An empty one is a new one */
  g_assert_true (g_file_set_contents (place->path, "", 0, NULL));
  place_open (place);
  g_assert_cmpint (chat_store_get_origin (place->store), ==, CHAT_STORE_WAS_NEW);
  place_free (place);
}

/* A file as each version wrote it */
static void
test_versions (gconstpointer data)
{
  guint version = GPOINTER_TO_UINT (data);
  Place *place = place_new ();
  g_autofree char *name = g_strdup_printf ("schema-%u.sql", version);
  g_autofree char *fixture = g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL), *sql = NULL;
  g_autoptr (GPtrArray) rooms = NULL, rows = NULL, downloads = NULL;

  place_close (place);
  g_assert_cmpint (g_remove (place->path), ==, 0);
  g_assert_true (g_file_get_contents (fixture, &sql, NULL, NULL));
  execute (place->path, sql);
  place_open (place);
  g_assert_cmpint (chat_store_get_origin (place->store), ==, CHAT_STORE_WAS_THERE);
  rooms = store_rooms (place->store);
  g_assert_cmpuint (rooms->len, ==, 1);
  g_assert_cmpstr (((ChatStoreRoom *) rooms->pdata[0])->draft, ==, "чернетка");
  g_assert_cmpint (((ChatStoreRoom *) rooms->pdata[0])->wished_pinned, ==, CHAT_STORE_UNTOLD);
  g_assert_cmpint (((ChatStoreRoom *) rooms->pdata[0])->wished_muted, ==, version < 2 ? CHAT_STORE_UNTOLD : 1);
  rows = store_outbox (place->store);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (((ChatStoreOutRow *) rows->pdata[0])->file, ==, version < 3 ? NULL : "what it is");
  g_assert_cmpstr (((ChatStoreOutRow *) rows->pdata[0])->upload, ==, version < 3 ? NULL : "to here");
  downloads = store_downloads (place->store);
  g_assert_cmpuint (downloads->len, ==, version < 3 ? 0 : 1);
  g_assert_cmpint (store_state (place->store).seq, ==, 77);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 10, "[10 11]");
  assert_text (place->store, 1, 11, "*Привіт 👋");
  place_free (place);
}

static void
test_unreachable (void)
{
  Place place = { NULL, (char *) "/proc/nowhere/chat.db", NULL };
  g_autoptr (GError) error = NULL;
  char *folder = chat_test_temp_dir_new ();
  g_autofree char *path = g_build_filename (folder, "chat.db", NULL);

  g_assert_null (place_try_open (&place, &error));
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_FAILED);
  g_clear_error (&error);
  /* A folder in its place */
  place.path = path;
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_null (place_try_open (&place, &error));
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  /* A folder that may not be written; the superuser may */
  g_assert_cmpint (g_chmod (folder, 0500), ==, 0);
  if (geteuid () != 0)
    {
      g_assert_null (place_try_open (&place, &error));
      g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_READ_ONLY);
    }
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
  chat_test_temp_dir_remove (folder);
}

/* A disk that fails at the n-th write: SQLite's own way to the file, with our count in between */
static sqlite3_vfs shim;
static struct
{
  const sqlite3_io_methods *real;
  sqlite3_io_methods        failing;
} methods[4];                   /* files that are locked and such that are not have their own */
static int (*real_write) (sqlite3_file *, const void *, int, sqlite3_int64);
static int (*real_open) (sqlite3_vfs *, const char *, sqlite3_file *, int, int *);
static int writes_left = -1;    /* -1: no end */
static int write_error = SQLITE_FULL;

static int
shim_write (sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
  int left = g_atomic_int_get (&writes_left);

  if (left == 0)
    return write_error;
  if (left > 0)
    g_atomic_int_add (&writes_left, -1);
  return real_write (file, data, n, offset);
}

static int
shim_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
  int code = real_open (vfs, name, file, flags, out);

  for (guint i = 0; file->pMethods != NULL && i < G_N_ELEMENTS (methods); i++)
    {
      if (methods[i].real == NULL)
        {
          methods[i].real = file->pMethods;
          methods[i].failing = *file->pMethods;
          g_assert_true (real_write == NULL || real_write == file->pMethods->xWrite);
          real_write = file->pMethods->xWrite;
          methods[i].failing.xWrite = shim_write;
        }
      if (methods[i].real == file->pMethods)
        {
          file->pMethods = &methods[i].failing;
          break;
        }
    }
  return code;
}

static void
test_failing_disk (void)
{
  shim = *sqlite3_vfs_find (NULL);
  real_open = shim.xOpen;
  shim.zName = "shim";
  shim.pNext = NULL;
  shim.xOpen = shim_open;
  g_assert_cmpint (sqlite3_vfs_register (&shim, 1), ==, SQLITE_OK);

  for (guint kind = 0; kind < 2; kind++)
    {
      Place *place = place_new ();
      gboolean done = FALSE;
      guint n_failed = 0;
      int wanted_error = kind == 0 ? CHAT_STORE_ERROR_NO_SPACE : CHAT_STORE_ERROR_FAILED;

      write_error = kind == 0 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
      fill (place);
      for (int n = 0; !done; n++)
        {
          ChatStoreBatch *batch = chat_store_batch_new ();
          g_autoptr (GError) error = NULL;
          g_autoptr (GPtrArray) events = NULL;
          g_autofree char *text = g_strnfill (20000, 'y');
          const char *wanted_page;

          for (gint64 id = 101; id <= 105; id++)
            put (batch, 1, id, text, TRUE);
          chat_store_batch_delete_message (batch, 60, 0);
          chat_store_batch_set_seq (batch, 105);
          g_atomic_int_set (&writes_left, n);
          events = store_try_apply (place->store, batch, &error);
          g_atomic_int_set (&writes_left, -1);
          done = events != NULL;
          if (!done)
            {
              n_failed++;
              g_assert_error (error, CHAT_STORE_ERROR, wanted_error);
              g_clear_error (&error);
              /* What follows does not pass over it */
              batch = chat_store_batch_new ();
              chat_store_batch_set_seq (batch, 999);
              g_assert_null (store_try_apply (place->store, batch, &error));
              g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_BEHIND);
            }
          if (n % 3 == 0)
            place_reopen (place);
          {
            gint64 wanted = done ? 105 : 60;

            g_assert_cmpint (store_state (place->store).seq, ==, wanted);
          }
          wanted_page = done ? "+59 101 102 103 104 105]" : "+59 60]";
          assert_page (place->store, 1, CHAT_STORE_AFTER, 58, 9, wanted_page);
        }
      g_assert_cmpuint (n_failed, >, 5);

      /* A row that is not kept is told so, and there is none */
      {
        g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, "lost", "unsent");
        g_autoptr (GError) error = NULL;
        g_autoptr (GPtrArray) rows = NULL;

        g_atomic_int_set (&writes_left, 0);
        g_assert_cmpint (store_add_out (place->store, row, &error), ==, 0);
        g_assert_nonnull (error);
        g_atomic_int_set (&writes_left, -1);
        rows = store_outbox (place->store);
        g_assert_cmpuint (rows->len, ==, 1);
        add_out (place->store, "lost");
      }
      place_free (place);
    }
  g_assert_cmpint (sqlite3_vfs_unregister (&shim), ==, SQLITE_OK);
}

/* The other program of the test: adds rows and messages without end, and tells on its standard output what ended well */
typedef struct
{
  ChatStore *store;
  gint64     next_id;
} Child;

static void child_add (Child *child);

static void
child_added (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Child *child = user_data;
  gint64 id = chat_store_outbox_add_finish (child->store, result, NULL);
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT "\n", id);

  if (id == 0 || write (STDOUT_FILENO, line, strlen (line)) < 0)
    exit (1);
  child_add (child);
}

static void
child_add (Child *child)
{
  g_autofree char *ref = g_uuid_string_random ();
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, ref, "text");
  ChatStoreBatch *batch = chat_store_batch_new ();

  put (batch, 1, child->next_id, "message", TRUE);
  chat_store_batch_set_seq (batch, child->next_id++);
  chat_store_apply_async (child->store, batch, NULL, NULL, NULL);
  chat_store_outbox_add_async (child->store, row, NULL, child_added, child);
}

static int
run_child (char *path)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Place place = { NULL, path, NULL };
  Child child = { NULL, g_get_real_time () };      /* ids that rise from run to run */

  place_open (&place);
  child.store = place.store;
  for (guint i = 0; i < 8; i++)
    child_add (&child);
  g_main_loop_run (loop);
  return 0;
}

static void
kill_once (Place *place)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint kill_at = g_test_rand_int_range (1, 100), n_found = 0;
  char *line;

  place_close (place);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--child", place->path, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      gint64 id = g_ascii_strtoll (line, NULL, 10);

      if (kill_at > 0)
        g_hash_table_add (told, g_memdup2 (&id, sizeof id));
      if (kill_at > 0 && --kill_at == 0)
        g_subprocess_force_exit (child);
      g_free (line);
    }
  g_subprocess_wait (child, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpuint (g_hash_table_size (told), >, 0);

  place_open (place);
  g_assert_cmpint (chat_store_get_origin (place->store), ==, CHAT_STORE_WAS_THERE);
  rows = store_outbox (place->store);
  for (guint i = 0; i < rows->len; i++)
    {
      ChatStoreOutRow *row = rows->pdata[i];

      n_found += g_hash_table_contains (told, &row->id);
      g_assert_true (store_remove_out (place->store, row->id, NULL));
    }
  g_assert_cmpuint (n_found, ==, g_hash_table_size (told));
}

static void
test_kill (void)
{
  Place *place = place_new ();

  for (guint i = 0; i < KILL_ROUNDS; i++)
    kill_once (place);
  place_free (place);
}

static void
read_all (ChatStore           *store,
          ChatStoreStatistics *cost)
{
  ChatStoreStatistics before;

  chat_store_get_statistics (store, &before);
  g_clear_pointer (&(ChatStorePage *){ store_page (store, 1, CHAT_STORE_NEWEST, 0, 50, 0) }, chat_store_page_free);
  g_clear_pointer (&(ChatStorePage *){ store_page (store, 1, CHAT_STORE_BEFORE, 900, 50, 0) }, chat_store_page_free);
  g_clear_pointer (&(ChatStorePage *){ store_page (store, 1, CHAT_STORE_AFTER, 100, 50, 0) }, chat_store_page_free);
  g_clear_pointer (&(ChatStorePage *){ store_page (store, 1, CHAT_STORE_AROUND, 500, 50, 0) }, chat_store_page_free);
  g_clear_pointer (&(GPtrArray *){ store_rooms (store) }, g_ptr_array_unref);
  chat_store_get_statistics (store, cost);
  cost->n_rows_stepped -= before.n_rows_stepped;
  cost->n_steps -= before.n_steps;
}

/* A page costs what it holds, not what the room holds; and so does memory */
static void
test_long_room (void)
{
  Place *place = place_new ();
  ChatStoreStatistics few, many;
  sqlite3_int64 used;

  for (gint64 id = 1; id <= LONG_ROOM;)
    {
      ChatStoreBatch *batch = chat_store_batch_new ();

      if (id == 1)
        put_room (batch, 1, 0);
      for (guint i = 0; i < 1000; i++, id++)
        put (batch, 1, id, "a message of about the usual length, as people write them", TRUE);
      store_apply_quietly (place->store, batch);
      if (id == 1001)
        read_all (place->store, &few);
    }
  place_reopen (place);
  read_all (place->store, &many);
  used = sqlite3_memory_used ();
  g_test_message ("rows %u and %u, steps %u and %u, %u KiB of SQLite", (guint) few.n_rows_stepped, (guint) many.n_rows_stepped,
                  (guint) few.n_steps, (guint) many.n_steps, (guint) (used / 1024));
  g_assert_cmpuint (many.n_rows_stepped, ==, few.n_rows_stepped);
  g_assert_cmpuint (many.n_steps, <=, few.n_steps + few.n_steps / 10);
  g_assert_cmpint (used, <, 8 * 1024 * 1024);
  place_free (place);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-faults/files", test_files);
  g_test_add_data_func ("/store-faults/versions/1", GUINT_TO_POINTER (1), test_versions);
  g_test_add_data_func ("/store-faults/versions/2", GUINT_TO_POINTER (2), test_versions);
  g_test_add_data_func ("/store-faults/versions/3", GUINT_TO_POINTER (3), test_versions);
  g_test_add_func ("/store-faults/unreachable", test_unreachable);
  g_test_add_func ("/store-faults/failing-disk", test_failing_disk);
  g_test_add_func ("/store-faults/kill", test_kill);
  g_test_add_func ("/store-faults/long-room", test_long_room);
  return g_test_run ();
}
