/* test-storage-media.c: uploads, files, their contents, and the messages that keep them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "chat-server-media-files.h"

#define QUOTA (1000 * 1000)

typedef struct
{
  Store   store;
  char   *folder;               /* of the contents */
  gint64  ada;
  gint64  grace;
  gint64  room;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  store_open (&fixture->store);
  fixture->folder = chat_server_media_files_get_folder (fixture->store.directory);
  fixture->ada = store_add_user (&fixture->store, "ada");
  fixture->grace = store_add_user (&fixture->store, "grace");
  fixture->room = store_add_room (&fixture->store, fixture->ada, "grace");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->folder);
  store_close (&fixture->store);
}

static ChatStorageJob *
upload_new (gint64 user_id, const char *bytes)
{
  ChatStorageJob *job = job_new (CHAT_STORAGE_ADD_UPLOAD, user_id, 0, 0);

  job->quota = QUOTA;
  job->file = g_new0 (ChatStorageFile, 1);
  job->file->address = chat_server_media_address_new ();
  job->file->name = g_strdup ("фото.jpg");
  job->file->media_type = g_strdup ("image/jpeg");
  job->file->sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, bytes, -1);
  job->file->preview = g_strdup ("AAAA");
  job->file->size = (gint64) strlen (bytes);
  job->file->width = 640;
  job->file->height = 480;
  return job;
}

/* Returns: (transfer full): the address of the upload, whose bytes have come */
static char *
add_upload (Fixture *fixture, gint64 user_id, const char *bytes)
{
  g_autoptr (ChatStorageJob) job = store_ask (&fixture->store, upload_new (user_id, bytes));
  g_autofree char *path = NULL;

  assert_status (job, SUCCESS);
  path = chat_server_media_files_get_unfinished (fixture->folder, job->file->address);
  g_assert_true (g_file_set_contents (path, bytes, -1, NULL));
  return g_strdup (job->file->address);
}

static ChatStorageJob *
finish_new (const char *address)
{
  ChatStorageJob *job = job_new (CHAT_STORAGE_FINISH_UPLOAD, 0, 0, 0);

  job->address = g_strdup (address);
  job->name = chat_server_media_address_new ();
  return job;
}

/* Returns: (transfer full): the address of the file */
static char *
add_file (Fixture *fixture, gint64 user_id, const char *bytes)
{
  g_autofree char *address = add_upload (fixture, user_id, bytes);
  g_autoptr (ChatStorageJob) job = store_ask (&fixture->store, finish_new (address));

  assert_status (job, SUCCESS);
  return g_strdup (job->file->address);
}

static ChatStorageJob *
find (Fixture *fixture, ChatStorageOp op, const char *address)
{
  ChatStorageJob *job = job_new (op, 0, 0, 0);

  job->address = g_strdup (address);
  return store_ask (&fixture->store, job);
}

static gboolean
has_file (Fixture *fixture, const char *address)
{
  g_autoptr (ChatStorageJob) job = find (fixture, CHAT_STORAGE_FIND_FILE, address);

  if (job->status == CHAT_STATUS_SUCCESS)
    return TRUE;
  assert_status (job, MESSAGE_DOES_NOT_EXIST);
  return FALSE;
}

static gboolean
has_content (Fixture *fixture, const char *bytes)
{
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, bytes, -1);
  g_autofree char *path = chat_server_media_files_get_content (fixture->folder, sha256);
  g_autofree char *found = NULL;

  if (!g_file_get_contents (path, &found, NULL, NULL))
    return FALSE;
  g_assert_cmpstr (found, ==, bytes);
  return TRUE;
}

static ChatStorageJob *
file_message_new (gint64 user_id, gint64 room_id, const char *address)
{
  ChatStorageJob *job = message_new (user_id, room_id, "https://example.com/m/…", NULL);

  job->kind = CHAT_MESSAGE_KIND_IMAGE;
  job->address = g_strdup (address);
  job->needs_file = TRUE;
  return job;
}

static gint64
send_file (Fixture *fixture, gint64 user_id, gint64 room_id, const char *address)
{
  g_autoptr (ChatStorageJob) job = store_ask (&fixture->store, file_message_new (user_id, room_id, address));

  assert_status (job, SUCCESS);
  g_assert_cmpstr (job->file->address, ==, address);
  return job->message_id;
}

static void
expect_status (Fixture *fixture, ChatStorageJob *job, ChatStatus status)
{
  g_autoptr (ChatStorageJob) answer = store_ask (&fixture->store, job);

  g_assert_cmpint (answer->status, ==, status);
}

static void
test_upload (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = add_upload (fixture, fixture->ada, "hello");
  g_autoptr (ChatStorageJob) found = find (fixture, CHAT_STORAGE_FIND_UPLOAD, address), done = NULL, again = NULL, file = NULL;
  g_autoptr (ChatStorageJob) after = NULL, late = NULL, job = NULL;

  assert_status (found, SUCCESS);
  g_assert_cmpstr (found->file->name, ==, "фото.jpg");
  g_assert_cmpstr (found->file->media_type, ==, "image/jpeg");
  g_assert_cmpstr (found->file->preview, ==, "AAAA");
  g_assert_cmpint (found->file->size, ==, 5);
  g_assert_cmpuint (found->file->width, ==, 640);
  g_assert_cmpuint (found->file->height, ==, 480);
  g_assert_cmpint (found->file->expires, >, g_get_real_time () + 23 * G_TIME_SPAN_HOUR);
  g_assert_null (found->name);
  g_assert_false (has_file (fixture, address));

  /* Finished twice: the same file */
  done = store_ask (&fixture->store, finish_new (address));
  assert_status (done, SUCCESS);
  again = store_ask (&fixture->store, finish_new (address));
  assert_status (again, SUCCESS);
  g_assert_cmpstr (again->file->address, ==, done->file->address);
  g_assert_cmpstr (done->file->address, !=, address);
  file = find (fixture, CHAT_STORAGE_FIND_FILE, done->file->address);
  assert_status (file, SUCCESS);
  g_assert_cmpstr (file->file->sha256, ==, found->file->sha256);
  g_assert_cmpstr (file->file->name, ==, "фото.jpg");
  after = find (fixture, CHAT_STORAGE_FIND_UPLOAD, address);
  g_assert_cmpstr (after->name, ==, done->file->address);
  g_assert_true (has_content (fixture, "hello"));

  /* Nobody's, and too late */
  expect_status (fixture, finish_new ("00000000000000000000000000000000"), CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  late = job_new (CHAT_STORAGE_FIND_UPLOAD, 0, 0, 0);
  late->address = g_strdup (address);
  late->date = found->file->expires;
  late = store_ask (&fixture->store, g_steal_pointer (&late));
  assert_status (late, MESSAGE_DOES_NOT_EXIST);
  job = finish_new (address);
  job->date = found->file->expires;
  expect_status (fixture, g_steal_pointer (&job), CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  expect_status (fixture, upload_new (4711, "nobody"), CHAT_STATUS_USER_DOES_NOT_EXIST);
}

/* Files, and uploads that have begun, count; what is gone does not */
static void
test_quota (Fixture *fixture, gconstpointer data)
{
  g_autofree char *half = g_strnfill (QUOTA / 2, 'x'), *more = g_strnfill (QUOTA / 2 + 1, 'y'), *file = NULL, *rest = NULL;
  g_autoptr (ChatStorageJob) full = NULL;
  gint64 message_id;

  file = add_file (fixture, fixture->ada, half);
  message_id = send_file (fixture, fixture->ada, fixture->room, file);
  full = store_ask (&fixture->store, upload_new (fixture->ada, more));
  assert_status (full, TOO_LARGE);
  g_assert_cmpint (full->used, ==, QUOTA / 2);
  rest = add_upload (fixture, fixture->ada, half);
  answer_free (g_steal_pointer (&full));
  full = store_ask (&fixture->store, upload_new (fixture->ada, "1"));
  assert_status (full, TOO_LARGE);
  g_assert_cmpint (full->used, ==, QUOTA);
  expect_status (fixture, upload_new (fixture->grace, more), CHAT_STATUS_SUCCESS);

  expect_status (fixture, job_new (CHAT_STORAGE_REMOVE_MESSAGE, fixture->ada, 0, message_id), CHAT_STATUS_SUCCESS);
  expect_status (fixture, upload_new (fixture->ada, half), CHAT_STATUS_SUCCESS);
  expect_status (fixture, upload_new (fixture->ada, "1"), CHAT_STATUS_TOO_LARGE);
}

static void
test_many_uploads (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = add_upload (fixture, fixture->ada, "first");

  for (guint i = 1; i < CHAT_STORAGE_MAX_UPLOADS; i++)
    expect_status (fixture, upload_new (fixture->ada, "x"), CHAT_STATUS_SUCCESS);
  expect_status (fixture, upload_new (fixture->ada, "x"), CHAT_STATUS_RATE_LIMITED);
  expect_status (fixture, finish_new (address), CHAT_STATUS_SUCCESS);
  expect_status (fixture, upload_new (fixture->ada, "x"), CHAT_STATUS_SUCCESS);
}

/* Two who upload the same bytes share them, and nothing else */
static void
test_same_content (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hers = add_file (fixture, fixture->ada, "same");
  g_autofree char *theirs = add_file (fixture, fixture->grace, "same");
  gint64 first, second;

  g_assert_cmpstr (hers, !=, theirs);
  first = send_file (fixture, fixture->ada, fixture->room, hers);
  second = send_file (fixture, fixture->grace, fixture->room, theirs);
  expect_status (fixture, job_new (CHAT_STORAGE_REMOVE_MESSAGE, fixture->ada, 0, first), CHAT_STATUS_SUCCESS);
  g_assert_false (has_file (fixture, hers));
  g_assert_true (has_file (fixture, theirs));
  g_assert_true (has_content (fixture, "same"));
  expect_status (fixture, job_new (CHAT_STORAGE_REMOVE_MESSAGE, fixture->grace, 0, second), CHAT_STATUS_SUCCESS);
  g_assert_false (has_file (fixture, theirs));
  chat_test_wait_until (!has_content (fixture, "same"));

  /* It comes again while, or after, the old one is swept */
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *again = add_file (fixture, fixture->ada, "same");
      gint64 id = send_file (fixture, fixture->ada, fixture->room, again);

      g_assert_true (has_content (fixture, "same"));
      expect_status (fixture, job_new (CHAT_STORAGE_REMOVE_MESSAGE, fixture->ada, 0, id), CHAT_STATUS_SUCCESS);
    }
  chat_test_wait_until (!has_content (fixture, "same"));
}

/* What the reader tells of each message, page and replay alike */
static ChatStorageMessage *
read_message (Fixture *fixture, gint64 message_id, ChatStorageJob **job)
{
  *job = job_new (CHAT_STORAGE_READ, fixture->grace, fixture->room, message_id);
  (*job)->page = CHAT_STORAGE_AROUND;
  (*job)->limit = 1;
  *job = store_ask (&fixture->store, *job);
  g_assert_cmpuint ((*job)->messages->len, ==, 1);
  return (*job)->messages->pdata[0];
}

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = add_file (fixture, fixture->ada, "one"), *other = add_file (fixture, fixture->ada, "other");
  g_autoptr (ChatStorageJob) page = NULL, list = NULL, changes = NULL, edit = NULL, text = NULL;
  ChatStorageRoom *room;
  gint64 id, text_id;

  id = send_file (fixture, fixture->ada, fixture->room, file);
  g_assert_cmpstr (read_message (fixture, id, &page)->file->address, ==, file);
  list = store_ask (&fixture->store, job_new (CHAT_STORAGE_LIST_ROOMS, fixture->grace, 0, 0));
  room = list->rooms->pdata[0];
  g_assert_cmpstr (room->last_message->file->name, ==, "фото.jpg");
  changes = job_new (CHAT_STORAGE_LIST_CHANGES, fixture->grace, 0, id - 1);
  changes->since = id - 1;
  changes->limit = 10;
  changes = store_ask (&fixture->store, g_steal_pointer (&changes));
  g_assert_cmpstr (((ChatStorageChange *) changes->changes->pdata[0])->message->file->address, ==, file);

  /* One that is gone, where one is needed and where not; a text has none */
  expect_status (fixture, file_message_new (fixture->ada, fixture->room, "0123456789abcdef0123456789abcdef"), CHAT_STATUS_BAD_REQUEST);
  text = file_message_new (fixture->ada, fixture->room, "0123456789abcdef0123456789abcdef");
  text->needs_file = FALSE;
  text = store_ask (&fixture->store, g_steal_pointer (&text));
  assert_status (text, SUCCESS);
  g_assert_null (text->file);
  answer_free (g_steal_pointer (&text));
  text = file_message_new (fixture->ada, fixture->room, file);
  text->kind = CHAT_MESSAGE_KIND_TEXT;
  text = store_ask (&fixture->store, g_steal_pointer (&text));
  assert_status (text, SUCCESS);
  g_assert_null (text->file);
  text_id = text->message_id;

  /* An edit that keeps it, one that names another, one that names none that there is, one that names none */
  edit = file_message_new (fixture->ada, 0, file);
  edit->op = CHAT_STORAGE_EDIT_MESSAGE;
  edit->message_id = id;
  expect_status (fixture, g_steal_pointer (&edit), CHAT_STATUS_SUCCESS);
  g_assert_true (has_file (fixture, file));
  edit = file_message_new (fixture->ada, 0, "0123456789abcdef0123456789abcdef");
  edit->op = CHAT_STORAGE_EDIT_MESSAGE;
  edit->message_id = id;
  expect_status (fixture, g_steal_pointer (&edit), CHAT_STATUS_BAD_REQUEST);
  g_assert_true (has_file (fixture, file));
  edit = file_message_new (fixture->ada, 0, other);
  edit->op = CHAT_STORAGE_EDIT_MESSAGE;
  edit->message_id = id;
  expect_status (fixture, g_steal_pointer (&edit), CHAT_STATUS_SUCCESS);
  g_assert_false (has_file (fixture, file));
  answer_free (g_steal_pointer (&page));
  g_assert_cmpstr (read_message (fixture, id, &page)->file->address, ==, other);
  edit = file_message_new (fixture->ada, 0, other);
  edit->op = CHAT_STORAGE_EDIT_MESSAGE;
  edit->message_id = text_id;
  expect_status (fixture, g_steal_pointer (&edit), CHAT_STATUS_SUCCESS);
  answer_free (g_steal_pointer (&page));
  g_assert_null (read_message (fixture, text_id, &page)->file);
  edit = file_message_new (fixture->ada, 0, NULL);
  edit->op = CHAT_STORAGE_EDIT_MESSAGE;
  edit->message_id = id;
  expect_status (fixture, g_steal_pointer (&edit), CHAT_STATUS_SUCCESS);
  g_assert_false (has_file (fixture, other));
  answer_free (g_steal_pointer (&page));
  g_assert_null (read_message (fixture, id, &page)->file);
  chat_test_wait_until (!has_content (fixture, "one") && !has_content (fixture, "other"));
}

/* The last use counts, wherever it is, and whatever ends it */
static void
test_last_use (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = add_file (fixture, fixture->ada, "forwarded"), *expired = add_file (fixture, fixture->ada, "expired");
  g_autoptr (ChatStorageJob) job = NULL;
  gint64 first, second, third_room;

  store_add_user (&fixture->store, "eve");
  third_room = store_add_room (&fixture->store, fixture->ada, "eve");
  first = send_file (fixture, fixture->ada, fixture->room, file);
  second = send_file (fixture, fixture->grace, fixture->room, file);
  send_file (fixture, fixture->ada, third_room, file);

  expect_status (fixture, job_new (CHAT_STORAGE_REMOVE_MESSAGE, fixture->ada, 0, first), CHAT_STATUS_SUCCESS);
  expect_status (fixture, job_new (CHAT_STORAGE_REMOVE_MESSAGE, fixture->grace, 0, second), CHAT_STATUS_SUCCESS);
  g_assert_true (has_file (fixture, file));
  expect_status (fixture, job_new (CHAT_STORAGE_REMOVE_ROOM, fixture->ada, third_room, 0), CHAT_STATUS_SUCCESS);
  chat_test_wait_until (!has_file (fixture, file));
  chat_test_wait_until (!has_content (fixture, "forwarded"));

  /* --keep */
  send_file (fixture, fixture->ada, fixture->room, expired);
  job = job_new (CHAT_STORAGE_EXPIRE, 0, 0, 0);
  job->date = g_get_real_time () + G_TIME_SPAN_SECOND;
  expect_status (fixture, g_steal_pointer (&job), CHAT_STATUS_SUCCESS);
  g_assert_false (has_file (fixture, expired));
  chat_test_wait_until (!has_content (fixture, "expired"));
}

/* What was begun and not finished, and what was finished and not sent, goes after a day; what was sent does not */
static void
test_expire (Fixture *fixture, gconstpointer data)
{
  g_autofree char *begun = add_upload (fixture, fixture->ada, "begun"), *unsent = add_file (fixture, fixture->ada, "unsent");
  g_autofree char *sent = add_file (fixture, fixture->ada, "sent");
  g_autofree char *path = chat_server_media_files_get_unfinished (fixture->folder, begun);
  g_autoptr (ChatStorageJob) job = NULL, found = NULL;

  send_file (fixture, fixture->ada, fixture->room, sent);
  job = job_new (CHAT_STORAGE_EXPIRE_MEDIA, 0, 0, 0);
  job = store_ask (&fixture->store, g_steal_pointer (&job));
  assert_status (job, SUCCESS);
  g_assert_true (has_file (fixture, unsent));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  answer_free (g_steal_pointer (&job));

  job = job_new (CHAT_STORAGE_EXPIRE_MEDIA, 0, 0, 0);
  job->date = g_get_real_time () + G_TIME_SPAN_DAY;
  job = store_ask (&fixture->store, g_steal_pointer (&job));
  assert_status (job, SUCCESS);
  g_assert_false (job->more);
  g_assert_false (has_file (fixture, unsent));
  g_assert_true (has_file (fixture, sent));
  g_assert_true (has_content (fixture, "sent"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  found = find (fixture, CHAT_STORAGE_FIND_UPLOAD, begun);
  assert_status (found, MESSAGE_DOES_NOT_EXIST);
  chat_test_wait_until (!has_content (fixture, "unsent"));
}

/* The bytes can not be put in their place, or are put there and the rows are not: the upload is as it was, and nothing is left over */
static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = add_upload (fixture, fixture->ada, "cut off"), *lost = add_upload (fixture, fixture->ada, "lost");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "cut off", -1);
  g_autofree char *path = chat_server_media_files_get_content (fixture->folder, sha256);
  g_autofree char *parent = g_path_get_dirname (path), *unfinished = chat_server_media_files_get_unfinished (fixture->folder, address);
  g_autofree char *stray = chat_server_media_files_get_unfinished (fixture->folder, "ffffffffffffffffffffffffffffffff");
  g_autoptr (ChatStorageJob) found = NULL;
  g_autoptr (GError) error = NULL;

  /* A file where the folder belongs */
  g_assert_true (g_file_set_contents (parent, "", 0, NULL));
  g_test_expect_message ("Chat-Server", G_LOG_LEVEL_WARNING, "*put in its place*");
  expect_status (fixture, finish_new (address), CHAT_STATUS_ERROR);
  g_test_assert_expected_messages ();
  g_assert_cmpint (g_unlink (parent), ==, 0);
  found = find (fixture, CHAT_STORAGE_FIND_UPLOAD, address);
  assert_status (found, SUCCESS);
  g_assert_null (found->name);

  /* As a crash between the two leaves it: the place is taken by what nobody vouches for */
  g_assert_cmpint (g_mkdir (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "rubbish", -1, NULL));
  expect_status (fixture, finish_new (address), CHAT_STATUS_SUCCESS);
  g_assert_true (has_content (fixture, "cut off"));

  /* Its place is there, its rows never came: it goes with the upload. What belongs to no upload goes at the start */
  g_assert_true (chat_server_media_files_place (fixture->folder, lost,
                                                "2eb2fa2ce0b6a1d2a5a2b3a9cdfd1bbf1c44e4b7e10b8d1a35b4b0b6e9a4b3f4", FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (stray, "stray", -1, NULL));
  store_reopen (&fixture->store);
  g_assert_false (g_file_test (stray, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (unfinished, G_FILE_TEST_EXISTS));
  answer_free (g_steal_pointer (&found));
  found = find (fixture, CHAT_STORAGE_FIND_UPLOAD, lost);
  assert_status (found, SUCCESS);
}

/* Answers come to the thread that asked */
typedef struct
{
  ChatServerStorage *storage;
  const char        *address;
  ChatStorageInbox  *inbox;
  GThread           *thread;
  guint              n_done;
} Asker;

static void
on_found (ChatStorageJob *job, gpointer user_data)
{
  Asker *asker = user_data;

  g_assert_true (g_thread_self () == asker->thread);
  assert_status (job, SUCCESS);
  asker->n_done++;
}

static gpointer
ask_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Asker *asker = data;

  g_main_context_push_thread_default (context);
  asker->thread = g_thread_self ();
  asker->inbox = chat_storage_inbox_new ();
  for (guint i = 0; i < 1000; i++)
    {
      ChatStorageJob *job = chat_storage_job_new (i % 2 == 0 ? CHAT_STORAGE_FIND_FILE : CHAT_STORAGE_EXPIRE_MEDIA, on_found, asker);

      job->inbox = asker->inbox;
      job->address = g_strdup (asker->address);
      chat_server_storage_submit (asker->storage, job);
    }
  chat_test_wait_until (asker->n_done == 1000);
  chat_storage_inbox_free (asker->inbox);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_inbox (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = add_file (fixture, fixture->ada, "file");
  Asker asker = { fixture->store.storage, file };
  GThread *thread = g_thread_new ("asker", ask_in_thread, &asker);

  for (guint i = 0; i < 200; i++)
    store_add_message (&fixture->store, fixture->ada, fixture->room, "meanwhile");
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add ("/storage-media/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("upload", test_upload);
  ADD ("quota", test_quota);
  ADD ("many-uploads", test_many_uploads);
  ADD ("same-content", test_same_content);
  ADD ("messages", test_messages);
  ADD ("last-use", test_last_use);
  ADD ("expire", test_expire);
  ADD ("cut-off", test_cut_off);
  ADD ("inbox", test_inbox);
#undef ADD

  return g_test_run ();
}
