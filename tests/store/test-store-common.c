/* test-store-common.c: a store in a folder of its own, asked and waited for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-store-common.h"

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

#define WAIT_FOR(result) chat_test_wait_until_for (60, (result) != NULL)

ChatStore *
place_try_open (Place   *place,
                GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  chat_store_open_async (place->path, NULL, on_result, &result);
  WAIT_FOR (result);
  return chat_store_open_finish (result, error);
}

void
place_open (Place *place)
{
  g_autoptr (GError) error = NULL;

  place->store = place_try_open (place, &error);
  g_assert_no_error (error);
  chat_test_watch_object (place->store);
}

void
place_close (Place *place)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  chat_store_close_async (place->store, NULL, on_result, &result);
  WAIT_FOR (result);
  g_assert_true (chat_store_close_finish (place->store, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  g_clear_object (&place->store);
  chat_test_assert_finalized ();
}

Place *
place_new (void)
{
  Place *place = g_new0 (Place, 1);

  place->folder = chat_test_temp_dir_new ();
  place->path = g_build_filename (place->folder, "account", "chat.db", NULL);
  place_open (place);
  return place;
}

void
place_free (Place *place)
{
  if (place->store != NULL)
    place_close (place);
  chat_test_temp_dir_remove (place->folder);
  g_free (place->path);
  g_free (place);
}

GPtrArray *
store_try_apply (ChatStore       *store,
                 ChatStoreBatch  *batch,
                 GError         **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  chat_store_apply_async (store, batch, NULL, on_result, &result);
  WAIT_FOR (result);
  return chat_store_apply_finish (store, result, error);
}

GPtrArray *
store_apply (ChatStore      *store,
             ChatStoreBatch *batch)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *events = store_try_apply (store, batch, &error);

  g_assert_no_error (error);
  g_assert_nonnull (events);
  return events;
}

void
store_apply_quietly (ChatStore      *store,
                     ChatStoreBatch *batch)
{
  g_ptr_array_unref (store_apply (store, batch));
}

ChatStorePage *
store_page (ChatStore          *store,
            gint64              room_id,
            ChatStorePageKind   kind,
            gint64              anchor,
            guint               limit,
            ChatStorePageFlags  flags)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ChatStorePage *page;

  chat_store_load_page_async (store, room_id, kind, anchor, limit, flags, NULL, on_result, &result);
  WAIT_FOR (result);
  page = chat_store_load_page_finish (store, result, &error);
  g_assert_no_error (error);
  return page;
}

GPtrArray *
store_rooms (ChatStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rooms;

  chat_store_load_rooms_async (store, NULL, on_result, &result);
  WAIT_FOR (result);
  rooms = chat_store_load_rooms_finish (store, result, &error);
  g_assert_no_error (error);
  return rooms;
}

GPtrArray *
store_outbox (ChatStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  chat_store_load_outbox_async (store, NULL, on_result, &result);
  WAIT_FOR (result);
  rows = chat_store_load_outbox_finish (store, result, &error);
  g_assert_no_error (error);
  return rows;
}

GPtrArray *
store_downloads (ChatStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  chat_store_load_downloads_async (store, NULL, on_result, &result);
  WAIT_FOR (result);
  rows = chat_store_load_downloads_finish (store, result, &error);
  g_assert_no_error (error);
  return rows;
}

ChatStoreFiles *
store_files (ChatStore *store,
             gint64     room_id,
             int        kind,
             gint64     before,
             guint      limit,
             gint64     sure)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ChatStoreFiles *files;

  chat_store_load_files_async (store, room_id, kind, before, limit, sure, NULL, on_result, &result);
  WAIT_FOR (result);
  files = chat_store_load_files_finish (store, result, &error);
  g_assert_no_error (error);
  return files;
}

GPtrArray *
store_unused (ChatStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *unused;

  chat_store_list_unused_async (store, NULL, on_result, &result);
  WAIT_FOR (result);
  unused = chat_store_list_unused_finish (store, result, &error);
  g_assert_no_error (error);
  return unused;
}

ChatStoreState
store_state (ChatStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ChatStoreState state = { -1, 0 };

  chat_store_load_state_async (store, NULL, on_result, &result);
  WAIT_FOR (result);
  g_assert_true (chat_store_load_state_finish (store, result, &state, &error));
  g_assert_no_error (error);
  return state;
}

gint64
store_add_out (ChatStore              *store,
               const ChatStoreOutRow  *row,
               GError                **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  chat_store_outbox_add_async (store, row, NULL, on_result, &result);
  WAIT_FOR (result);
  return chat_store_outbox_add_finish (store, result, error);
}

gboolean
store_update_out (ChatStore              *store,
                  const ChatStoreOutRow  *row,
                  gboolean                to_end,
                  GError                **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  chat_store_outbox_update_async (store, row, to_end, NULL, on_result, &result);
  WAIT_FOR (result);
  return chat_store_outbox_update_finish (store, result, error);
}

gboolean
store_remove_out (ChatStore  *store,
                  gint64      id,
                  GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  chat_store_outbox_remove_async (store, id, NULL, on_result, &result);
  WAIT_FOR (result);
  return chat_store_outbox_remove_finish (store, result, error);
}

ChatStoreMessage *
message (gint64      room_id,
         gint64      id,
         const char *text)
{
  ChatStoreMessage *one = chat_store_message_new (id, room_id, "ada", text);

  one->date = 1700000000000000 + id % 1000000 * 1000000;
  return one;
}

void
put (ChatStoreBatch *batch,
     gint64          room_id,
     gint64          id,
     const char     *text,
     gboolean        live)
{
  g_autoptr (ChatStoreMessage) one = message (room_id, id, text);

  g_assert_true (chat_store_batch_put_message (batch, one, live));
}

void
put_room (ChatStoreBatch *batch,
          gint64          room_id,
          gint64          first_id)
{
  g_autofree char *name = g_strdup_printf ("room %" G_GINT64_FORMAT, room_id);
  g_autoptr (ChatStoreRoom) room = chat_store_room_new (room_id, name);

  room->first_id = first_id;
  g_assert_true (chat_store_batch_put_room (batch, room));
}

void
put_ids (ChatStoreBatch *batch,
         gint64          room_id,
         gint64          from,
         gint64          to,
         ...)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);
  va_list ids;
  int id;

  va_start (ids, to);
  while ((id = va_arg (ids, int)) != 0)
    {
      g_autofree char *text = g_strdup_printf ("%d", id);

      g_ptr_array_add (messages, message (room_id, id, text));
    }
  va_end (ids);
  g_assert_true (chat_store_batch_put_page (batch, room_id, from, to, messages, 0));
}

char *
page_ids (ChatStorePage *page)
{
  GString *text = g_string_new (NULL);

  g_assert_true (!page->gap_before || page->more_before);
  g_assert_true (!page->gap_after || page->more_after);
  g_string_append (text, page->gap_before ? "~" : page->more_before ? "+" : "[");
  for (guint i = 0; i < page->messages->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", ((ChatStoreMessage *) page->messages->pdata[i])->id);
  g_string_append (text, page->gap_after ? "~" : page->more_after ? "+" : "]");
  if (!page->fresh)
    g_string_append (text, " stale");
  return g_string_free (text, FALSE);
}

char *
store_text (ChatStore *store,
            gint64     room_id,
            gint64     id)
{
  g_autoptr (ChatStorePage) page = store_page (store, room_id, CHAT_STORE_AROUND, id, 1, CHAT_STORE_ACROSS_GAPS);
  ChatStoreMessage *one = page->messages->len > 0 ? page->messages->pdata[0] : NULL;

  if (one == NULL || one->id != id)
    return NULL;
  return g_strconcat (one->edited ? "*" : "", one->text, NULL);
}

char *
events_text (GPtrArray *events)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < events->len; i++)
    {
      ChatStoreEvent *event = events->pdata[i];

      g_assert_true ((event->message != NULL) == (event->kind == CHAT_STORE_ADDED || event->kind == CHAT_STORE_CHANGED));
      if (i > 0)
        g_string_append_c (text, ' ');
      if (event->kind == CHAT_STORE_ROOM_REMOVED)
        g_string_append_printf (text, "-room %" G_GINT64_FORMAT, event->room_id);
      else
        g_string_append_printf (text, "%c%" G_GINT64_FORMAT, "+~-"[event->kind], event->id);
    }
  return g_string_free (text, FALSE);
}

void
assert_outbox (ChatStore  *store,
               const char *wanted)
{
  g_autoptr (GPtrArray) rows = store_outbox (store);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      ChatStoreOutRow *row = rows->pdata[i];

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT ":%s", i > 0 ? " " : "", row->room_id, row->client_ref);
    }
  g_assert_cmpstr (text->str, ==, wanted);
}
