/* test-storage-common.c: a storage in a folder of its own, asked one question after another
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

void
store_reopen (Store *store)
{
  g_autoptr (GError) error = NULL;

  if (store->storage != NULL)
    chat_test_assert_finalize_object (store->storage);
  store->storage = chat_server_sqlite_new (store->directory, &error);
  g_assert_no_error (error);
}

void
store_open (Store *store)
{
  store->directory = chat_test_temp_dir_new ();
  store->storage = NULL;
  store_reopen (store);
}

void
store_close (Store *store)
{
  chat_test_assert_finalize_object (store->storage);
  chat_test_temp_dir_remove (store->directory);
}

/* The engine frees a job after its `done`: what it holds moves to a copy that the test keeps */
static void
gather_done (ChatStorageJob *job, gpointer user_data)
{
  ChatStorageJob *copy = g_memdup2 (job, sizeof *job);
  ChatStorageOp op = job->op;

  memset (job, 0, sizeof *job);
  job->op = op;
  g_ptr_array_add (user_data, copy);
}

void
store_gather (Store *store, ChatStorageJob *job, GPtrArray *answers)
{
  job->done = gather_done;
  job->user_data = answers;
  chat_server_storage_submit (store->storage, job);
}

ChatStorageJob *
store_ask (Store *store, ChatStorageJob *job)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new ();

  store_gather (store, job, answers);
  g_assert_cmpuint (answers->len, ==, 0);       /* never from within */
  chat_test_wait_until (answers->len == 1);
  return answers->pdata[0];
}

void
answer_free (ChatStorageJob *job)
{
  chat_storage_job_free (job);
}

ChatStorageJob *
job_new (ChatStorageOp op, gint64 user_id, gint64 room_id, gint64 message_id)
{
  ChatStorageJob *job = chat_storage_job_new (op, gather_done, NULL);

  job->user_id = user_id;
  job->room_id = room_id;
  job->message_id = message_id;
  return job;
}

ChatStorageJob *
message_new (gint64 user_id, gint64 room_id, const char *text, const char *client_ref)
{
  ChatStorageJob *job = job_new (CHAT_STORAGE_ADD_MESSAGE, user_id, room_id, 0);

  job->text = g_strdup (text);
  job->client_ref = g_strdup (client_ref);
  return job;
}

gint64
store_add_user (Store *store, const char *name)
{
  g_autoptr (ChatStorageJob) job = job_new (CHAT_STORAGE_ADD_USER, 0, 0, 0);

  job->name = g_strdup (name);
  job->secret = g_strdup_printf ("hash of %s", name);
  job = store_ask (store, g_steal_pointer (&job));
  g_assert_cmpint (job->status, ==, CHAT_STATUS_SUCCESS);
  g_assert_cmpint (job->user_id, >, 0);
  return job->user_id;
}

gint64
store_add_room (Store *store, gint64 user_id, const char *other)
{
  g_autoptr (ChatStorageJob) job = job_new (CHAT_STORAGE_ADD_ROOM, user_id, 0, 0);

  job->name = g_strdup (other);
  job = store_ask (store, g_steal_pointer (&job));
  g_assert_cmpint (job->status, ==, CHAT_STATUS_SUCCESS);
  return job->room_id;
}

gint64
store_add_message (Store *store, gint64 user_id, gint64 room_id, const char *text)
{
  g_autoptr (ChatStorageJob) job = store_ask (store, message_new (user_id, room_id, text, NULL));

  g_assert_cmpint (job->status, ==, CHAT_STATUS_SUCCESS);
  g_assert_true (job->created);
  return job->message_id;
}

ChatStorageJob *
job_new_named (ChatStorageOp op, gint64 user_id, const char *name, const char *secret)
{
  ChatStorageJob *job = job_new (op, user_id, 0, 0);

  job->name = g_strdup (name);
  job->secret = g_strdup (secret);
  return job;
}
