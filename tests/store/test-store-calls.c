/* test-store-calls.c: the order of calls and their ends, cancelling, closing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sqlite3.h>

#include "test-store-common.h"

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_ptr_array_add (user_data, g_object_ref (result));
}

static void
test_order (void)
{
  Place *place = place_new ();
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (g_object_unref);
  ChatStoreStatistics before, after;

  /* Many calls at once: their ends in their order, each read with all that was submitted before it and nothing of what came after;
   * and far fewer commits than calls */
  chat_store_get_statistics (place->store, &before);
  for (gint64 id = 1; id <= 300; id++)
    {
      ChatStoreBatch *batch = chat_store_batch_new ();

      if (id == 1)
        put_room (batch, 1, 0);
      put (batch, 1, id, "x", TRUE);
      chat_store_apply_async (place->store, batch, NULL, on_ended, ended);
      if (id % 100 == 0)
        chat_store_load_page_async (place->store, 1, CHAT_STORE_NEWEST, 0, 1, CHAT_STORE_PAGE_DEFAULT, NULL, on_ended, ended);
    }
  chat_test_wait_until (ended->len == 303);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ChatStorePage) page = chat_store_load_page_finish (place->store, ended->pdata[i * 101 + 100], &error);
      g_autofree char *ids = NULL, *wanted = g_strdup_printf ("+%u]", (i + 1) * 100);

      g_assert_no_error (error);
      ids = page_ids (page);
      g_assert_cmpstr (ids, ==, wanted);
    }
  chat_store_get_statistics (place->store, &after);
  g_assert_cmpuint (after.n_commits - before.n_commits, <=, 100);
  g_assert_cmpuint (after.n_waiting, ==, 0);
  g_assert_cmpuint (after.n_waiting_bytes, ==, 0);
  g_clear_pointer (&ended, g_ptr_array_unref);
  place_free (place);
}

static void
add_out (Place     *place,
         guint      number,
         GPtrArray *ended)
{
  g_autofree char *ref = g_strdup_printf ("ref-%u", number);
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, ref, "x");

  chat_store_outbox_add_async (place->store, row, NULL, on_ended, ended);
}

/* What belongs together is in one commit, whatever the thread does meanwhile */
static void
test_together (void)
{
  Place *place = place_new ();
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (g_object_unref);
  ChatStoreStatistics before, after;
  ChatStoreBatch *batch = chat_store_batch_new ();

  put_room (batch, 1, 0);
  chat_store_apply_async (place->store, batch, NULL, on_ended, ended);
  chat_test_wait_until (ended->len == 1);
  for (guint i = 0; i < 40; i++)
    {
      g_ptr_array_set_size (ended, 0);
      chat_store_get_statistics (place->store, &before);
      chat_store_hold (place->store);
      add_out (place, 2 * i, ended);
      /* Without that the thread would have begun */
      g_usleep (500);
      add_out (place, 2 * i + 1, ended);
      chat_store_release (place->store);
      chat_test_wait_until (ended->len == 2);
      chat_store_get_statistics (place->store, &after);
      g_assert_cmpuint (after.n_commits - before.n_commits, ==, 1);
    }
  g_clear_pointer (&ended, g_ptr_array_unref);
  place_free (place);
}

/* However much one call changes, it needs little memory */
static void
test_large_changes (void)
{
  Place *place = place_new ();
  g_autofree char *text = g_strnfill (65536, 'x');
  ChatStoreBatch *batch;

  for (gint64 id = 1; id <= 1000; id += 50)
    {
      batch = chat_store_batch_new ();
      if (id == 1)
        put_room (batch, 1, 0);
      for (guint i = 0; i < 50; i++)
        {
          g_autoptr (ChatStoreMessage) row = message (1, id + i, text);

          row->seq = row->id;
          g_assert_true (chat_store_batch_put_message (batch, row, TRUE));
        }
      store_apply_quietly (place->store, batch);
    }
  sqlite3_memory_highwater (TRUE);
  /* The server counts from an earlier point again */
  batch = chat_store_batch_new ();
  chat_store_batch_set_seq (batch, 1000);
  store_apply_quietly (place->store, batch);
  batch = chat_store_batch_new ();
  chat_store_batch_reset (batch, 1);
  store_apply_quietly (place->store, batch);
  batch = chat_store_batch_new ();
  chat_store_batch_remove_room (batch, 1, 0);
  store_apply_quietly (place->store, batch);
  g_test_message ("%" G_GINT64_FORMAT " bytes", (gint64) sqlite3_memory_highwater (FALSE));
  g_assert_cmpint (sqlite3_memory_highwater (FALSE), <, 24 * 1024 * 1024);
  place_free (place);
}

static void
test_cancel (void)
{
  Place *place = place_new ();
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GCancellable) before = g_cancellable_new (), later = g_cancellable_new ();
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, "ref", "text"), other = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (before);
  /* A read ends so; a change that is not submitted does nothing; one that is ends with what became of it */
  chat_store_load_rooms_async (place->store, later, on_ended, ended);
  other = chat_store_out_row_new (1, CHAT_STORE_SEND, "other", "text");
  chat_store_outbox_add_async (place->store, other, before, on_ended, ended);
  chat_store_outbox_add_async (place->store, row, later, on_ended, ended);
  g_cancellable_cancel (later);
  chat_test_wait_until (ended->len == 3);
  for (guint i = 0; i < 3; i++)
    {
      GAsyncResult *result = ended->pdata[i];

      if (g_task_get_source_tag (G_TASK (result)) == chat_store_load_rooms_async)
        {
          g_assert_null (chat_store_load_rooms_finish (place->store, result, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        }
      else if (chat_store_outbox_add_finish (place->store, result, &error) == 0)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_no_error (error);
      g_clear_error (&error);
    }
  assert_outbox (place->store, "1:ref");

  /* A batch that is lost so keeps what follows it from passing over it, until the state is asked for */
  {
    ChatStoreBatch *batch = chat_store_batch_new ();

    put (batch, 1, 1, "lost", TRUE);
    chat_store_batch_set_seq (batch, 1);
    chat_store_apply_async (place->store, batch, before, on_ended, ended);
    batch = chat_store_batch_new ();
    chat_store_batch_set_seq (batch, 2);
    g_assert_null (store_try_apply (place->store, batch, &error));
    g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_BEHIND);
    /* What the person does is kept all the same */
    batch = chat_store_batch_new ();
    chat_store_batch_set_draft (batch, 1, "draft", 1);
    store_apply_quietly (place->store, batch);
    g_assert_cmpint (store_state (place->store).seq, ==, 0);
    batch = chat_store_batch_new ();
    chat_store_batch_set_seq (batch, 3);
    store_apply_quietly (place->store, batch);
    g_assert_cmpint (store_state (place->store).seq, ==, 3);
  }
  g_clear_pointer (&ended, g_ptr_array_unref);
  place_free (place);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_end (void)
{
  Place *place = place_new ();
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ChatStoreBatch *batch;

  /* Closing carries out what was submitted, and what comes after it is told */
  for (gint64 id = 1; id <= 100; id++)
    {
      batch = chat_store_batch_new ();
      chat_store_batch_set_seq (batch, id);
      chat_store_apply_async (place->store, batch, NULL, NULL, NULL);
    }
  chat_store_close_async (place->store, NULL, on_ended, ended);
  chat_store_load_rooms_async (place->store, NULL, on_ended, ended);
  batch = chat_store_batch_new ();
  chat_store_batch_set_seq (batch, 200);
  chat_store_apply_async (place->store, batch, NULL, on_ended, ended);
  chat_test_wait_until (ended->len == 3);
  for (guint i = 0; i < 3; i++)
    {
      GTask *task = ended->pdata[i];
      gboolean closes = g_task_get_source_tag (task) == chat_store_close_async;

      if (closes)
        g_assert_true (chat_store_close_finish (place->store, G_ASYNC_RESULT (task), &error));
      else
        {
          g_assert_null (g_task_propagate_pointer (task, &error));
          g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_CLOSED);
        }
      g_clear_error (&error);
    }
  g_clear_pointer (&ended, g_ptr_array_unref);
  chat_test_assert_finalize_object (g_steal_pointer (&place->store));

  /* Dropped without being closed: nothing is lost, and the file is free for the next one */
  place_open (place);
  g_assert_cmpint (store_state (place->store).seq, ==, 100);
  batch = chat_store_batch_new ();
  chat_store_batch_set_seq (batch, 101);
  chat_store_apply_async (place->store, batch, NULL, NULL, NULL);
  g_clear_object (&place->store);
  chat_test_assert_finalized ();
  place_open (place);
  g_assert_cmpint (store_state (place->store).seq, ==, 101);

  /* Nobody else may have it meanwhile */
  g_assert_null (place_try_open (place, &error));
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_IN_USE);
  g_clear_error (&error);
  place_close (place);

  /* Opening may be given up: nothing stays open */
  chat_store_open_async (place->path, cancellable, on_opened, &opened);
  g_cancellable_cancel (cancellable);
  chat_test_wait_until (opened != NULL);
  g_assert_null (chat_store_open_finish (opened, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&opened);
  place_open (place);
  place_free (place);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-calls/order", test_order);
  g_test_add_func ("/store-calls/together", test_together);
  g_test_add_func ("/store-calls/large-changes", test_large_changes);
  g_test_add_func ("/store-calls/cancel", test_cancel);
  g_test_add_func ("/store-calls/end", test_end);
  return g_test_run ();
}
