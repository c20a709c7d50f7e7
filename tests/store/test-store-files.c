/* test-store-files.c: what is kept of files: those of messages, those on their way, and what of them is on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-store-common.h"

#define KIND_FILE  1
#define KIND_IMAGE 2

static void
put_file (ChatStoreBatch *batch,
          gint64          id,
          int             kind,
          const char     *text,
          const char     *file,
          gint64          seq)
{
  g_autoptr (ChatStoreMessage) row = message (1, id, text);

  row->kind = kind;
  row->seq = seq;
  row->file = g_strdup (file);
  g_assert_true (chat_store_batch_put_message (batch, row, TRUE));
}

/* The ids of a page of files with what is told of each, as in "9=b 7=a" */
static char *
files_text (ChatStore *store,
            int        kind,
            gint64     before,
            guint      limit)
{
  g_autoptr (ChatStoreFiles) files = store_files (store, 1, kind, before > 0 ? before : CHAT_STORE_TO_NEWEST, limit, 0);
  GPtrArray *rows = files->messages;
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      ChatStoreMessage *row = rows->pdata[i];

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT "=%s", i > 0 ? " " : "", row->id, row->file);
    }
  return g_string_free (text, FALSE);
}

#define assert_files(store, kind, before, limit, wanted)                         \
  G_STMT_START                                                                   \
  {                                                                              \
    g_autofree char *text_ = files_text ((store), (kind), (before), (limit));    \
    g_assert_cmpstr (text_, ==, (wanted));                                       \
  }                                                                              \
  G_STMT_END

static void
test_messages (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();
  g_autoptr (GPtrArray) events = NULL;
  g_autofree char *long_text = g_strnfill (CHAT_STORE_MAX_FILE + 1, 'x');
  g_autoptr (ChatStoreMessage) bad = message (1, 99, "address");

  put_room (batch, 1, 5);
  put_file (batch, 5, KIND_FILE, "a", "first", 1);
  put (batch, 1, 6, "text", TRUE);
  put_file (batch, 7, KIND_IMAGE, "b", "picture", 2);
  put_file (batch, 8, KIND_FILE, "c", "second", 3);
  put_file (batch, 9, KIND_FILE, "of a stranger", NULL, 4);
  bad->file = g_steal_pointer (&long_text);
  g_assert_false (chat_store_batch_put_message (batch, bad, TRUE));
  store_apply_quietly (place->store, batch);
  place_reopen (place);
  assert_files (place->store, KIND_FILE, 0, 10, "8=second 5=first");
  assert_files (place->store, KIND_FILE, 0, 1, "8=second");
  assert_files (place->store, KIND_FILE, 8, 10, "5=first");
  assert_files (place->store, KIND_IMAGE, 0, 10, "7=picture");

  /* It comes with the rooms, too: the newest message */
  {
    g_autoptr (GPtrArray) rooms = store_rooms (place->store);

    g_assert_null (((ChatStoreRoom *) rooms->pdata[0])->last_message->file);
  }

  /* An edit says what the message carries then, also before it was met; what is older says nothing */
  batch = chat_store_batch_new ();
  g_assert_true (chat_store_batch_edit_file (batch, 8, "d", "third", 0, 10));
  g_assert_true (chat_store_batch_edit_file (batch, 5, "e", NULL, 0, 11));
  g_assert_true (chat_store_batch_edit_file (batch, 20, "f", "early", 0, 12));
  put_file (batch, 8, KIND_FILE, "c", "second", 3);
  events = store_apply (place->store, batch);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpstr (((ChatStoreEvent *) events->pdata[0])->message->file, ==, "third");
  batch = chat_store_batch_new ();
  put_file (batch, 20, KIND_IMAGE, "g", "late", 9);
  store_apply_quietly (place->store, batch);
  assert_files (place->store, KIND_FILE, 0, 10, "8=third");
  assert_files (place->store, KIND_IMAGE, 0, 10, "20=early 7=picture");

  /* It goes with its message */
  batch = chat_store_batch_new ();
  chat_store_batch_delete_message (batch, 7, 13);
  store_apply_quietly (place->store, batch);
  assert_files (place->store, KIND_IMAGE, 0, 10, "20=early");
  place_free (place);
}

static gint64
get_sure (Place  *place,
          gint64  below)
{
  g_autoptr (ChatStoreFiles) files = store_files (place->store, 1, KIND_FILE, CHAT_STORE_TO_NEWEST, 0, below);

  g_assert_cmpuint (files->messages->len, ==, 0);
  return files->sure;
}

static void
put_page (Place  *place,
          gint64  from,
          gint64  to,
          gint64  id)
{
  ChatStoreBatch *batch = chat_store_batch_new ();
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);

  g_ptr_array_add (rows, message (1, id, "x"));
  g_assert_true (chat_store_batch_put_page (batch, 1, from, to, rows, 0));
  store_apply_quietly (place->store, batch);
}

/* How far down nothing is missing or out of date */
static void
test_sure (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();

  g_assert_cmpint (get_sure (place, CHAT_STORE_TO_NEWEST), ==, CHAT_STORE_TO_NEWEST);
  put_page (place, 50, CHAT_STORE_TO_NEWEST, 60);
  g_assert_cmpint (get_sure (place, CHAT_STORE_TO_NEWEST), ==, 50);
  g_assert_cmpint (get_sure (place, 50), ==, 50);
  put_page (place, 20, 30, 25);
  g_assert_cmpint (get_sure (place, CHAT_STORE_TO_NEWEST), ==, 50);
  g_assert_cmpint (get_sure (place, 31), ==, 20);
  put_page (place, 31, 49, 40);
  g_assert_cmpint (get_sure (place, CHAT_STORE_TO_NEWEST), ==, 20);
  put_page (place, CHAT_STORE_BEGINNING, 19, 10);
  g_assert_cmpint (get_sure (place, CHAT_STORE_TO_NEWEST), ==, 0);
  /* After a reset all of it is still there, and nothing is sure */
  chat_store_batch_reset (batch, 0);
  store_apply_quietly (place->store, batch);
  g_assert_cmpint (get_sure (place, CHAT_STORE_TO_NEWEST), ==, CHAT_STORE_TO_NEWEST);
  g_assert_cmpint (get_sure (place, 50), ==, 50);
  place_free (place);
}

static char *
downloads_text (ChatStore *store)
{
  g_autoptr (GPtrArray) rows = store_downloads (store);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      ChatStoreDownload *row = rows->pdata[i];

      g_string_append_printf (text, "%s%s:%" G_GINT64_FORMAT ":%s:%d", i > 0 ? " " : "", row->sha256, row->size, row->address, row->state);
    }
  return g_string_free (text, FALSE);
}

#define assert_downloads(store, wanted)                        \
  G_STMT_START                                                 \
  {                                                            \
    g_autofree char *text_ = downloads_text ((store));         \
    g_assert_cmpstr (text_, ==, (wanted));                     \
  }                                                            \
  G_STMT_END

static void
set_download (Place                  *place,
              const char             *sha256,
              gint64                  size,
              const char             *address,
              ChatStoreDownloadState  state)
{
  ChatStoreDownload row = { (char *) sha256, size, (char *) address, state };
  ChatStoreBatch *batch = chat_store_batch_new ();

  g_assert_true (chat_store_batch_set_download (batch, &row));
  store_apply_quietly (place->store, batch);
}

static void
test_downloads (void)
{
  Place *place = place_new ();
  g_autoptr (ChatStoreBatch) batch = chat_store_batch_new ();
  ChatStoreDownload bad = { (char *) "aa", -1, (char *) "x", CHAT_STORE_DOWNLOAD_WANTED };

  set_download (place, "aa", 5, "x", CHAT_STORE_DOWNLOAD_WANTED);
  set_download (place, "bb", 6, "y", CHAT_STORE_DOWNLOAD_PAUSED);
  place_reopen (place);
  assert_downloads (place->store, "aa:5:x:1 bb:6:y:2");
  set_download (place, "aa", 5, "z", CHAT_STORE_DOWNLOAD_KEPT);
  set_download (place, "bb", 6, "y", CHAT_STORE_DOWNLOAD_NONE);
  place_reopen (place);
  assert_downloads (place->store, "aa:5:z:3");
  g_assert_false (chat_store_batch_set_download (batch, &bad));
  bad.size = 1;
  bad.address = (char *) "\xff";
  g_assert_false (chat_store_batch_set_download (batch, &bad));
  place_free (place);
}

/* Contents that no message names, sent or not */
static void
test_unused (void)
{
  Place *place = place_new ();
  g_autofree char *sent = g_strnfill (64, 'a'), *waits = g_strnfill (64, 'b'), *gone = g_strnfill (64, 'c'), *longer = g_strnfill (65, 'c');
  g_autofree char *words = g_strdup_printf ("{\"x\":\"%s\"}", sent), *other = g_strdup_printf ("%s-%s", longer, "c");
  ChatStoreBatch *batch = chat_store_batch_new ();
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, "ref", "");
  g_autoptr (GPtrArray) unused = NULL;

  unused = store_unused (place->store);
  g_assert_cmpuint (unused->len, ==, 0);
  g_clear_pointer (&unused, g_ptr_array_unref);
  set_download (place, sent, 5, "x", CHAT_STORE_DOWNLOAD_KEPT);
  set_download (place, waits, 5, "x", CHAT_STORE_DOWNLOAD_KEPT);
  set_download (place, gone, 5, "x", CHAT_STORE_DOWNLOAD_PAUSED);
  put_file (batch, 7, KIND_IMAGE, "a", words, 7);
  put_file (batch, 8, KIND_FILE, "b", other, 8);
  store_apply_quietly (place->store, batch);
  row->file = g_strdup (waits);
  store_add_out (place->store, row, NULL);
  unused = store_unused (place->store);
  g_assert_cmpuint (unused->len, ==, 1);
  g_assert_cmpstr (unused->pdata[0], ==, gone);
  place_free (place);
}

static void
test_outbox (void)
{
  Place *place = place_new ();
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, "ref", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  row->kind = KIND_IMAGE;
  row->file = g_strdup ("what it is");
  row->id = store_add_out (place->store, row, &error);
  g_assert_no_error (error);
  row->upload = g_strdup ("to here");
  g_assert_true (store_update_out (place->store, row, FALSE, &error));
  place_reopen (place);
  rows = store_outbox (place->store);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpint (((ChatStoreOutRow *) rows->pdata[0])->kind, ==, KIND_IMAGE);
  g_assert_cmpstr (((ChatStoreOutRow *) rows->pdata[0])->file, ==, "what it is");
  g_assert_cmpstr (((ChatStoreOutRow *) rows->pdata[0])->upload, ==, "to here");
  place_free (place);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-files/messages", test_messages);
  g_test_add_func ("/store-files/sure", test_sure);
  g_test_add_func ("/store-files/downloads", test_downloads);
  g_test_add_func ("/store-files/unused", test_unused);
  g_test_add_func ("/store-files/outbox", test_outbox);
  return g_test_run ();
}
