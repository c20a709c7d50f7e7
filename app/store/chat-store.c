/* chat-store.c: the calls, as the main context sees them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store.h"

#include "chat-store-worker.h"

struct _ChatStore
{
  GObject          parent_instance;

  ChatStoreWorker *worker;
  ChatStoreOrigin  origin;
  char            *set_aside;
  guint            n_salvaged;
  gboolean         closed;
};

G_DEFINE_FINAL_TYPE (ChatStore, chat_store, G_TYPE_OBJECT)

static void
finish_open (ChatStoreWorker *worker,
             ChatStoreCall   *call)
{
  ChatStore *self;

  if (call->error != NULL)
    {
      g_task_return_error (call->task, g_steal_pointer (&call->error));
      chat_store_worker_release (worker);
      return;
    }
  self = g_object_new (CHAT_TYPE_STORE, NULL);
  self->worker = worker;
  self->origin = call->opened.origin;
  self->set_aside = g_steal_pointer (&call->opened.set_aside);
  self->n_salvaged = call->opened.n_salvaged;
  g_task_return_pointer (call->task, self, g_object_unref);
}

static void
on_done (ChatStoreWorker *worker,
         ChatStoreCall   *call)
{
  if (call->kind == CHAT_STORE_CALL_OPEN)
    finish_open (worker, call);
  else if (call->error != NULL)
    g_task_return_error (call->task, g_steal_pointer (&call->error));
  else
    switch (call->kind)
      {
      case CHAT_STORE_CALL_APPLY:
      case CHAT_STORE_CALL_ROOMS:
      case CHAT_STORE_CALL_OUTBOX:
      case CHAT_STORE_CALL_DOWNLOADS:
      case CHAT_STORE_CALL_UNUSED:
        g_task_return_pointer (call->task, g_steal_pointer (&call->rows), (GDestroyNotify) g_ptr_array_unref);
        break;
      case CHAT_STORE_CALL_PAGE:
        g_task_return_pointer (call->task, g_steal_pointer (&call->page), (GDestroyNotify) chat_store_page_free);
        break;
      case CHAT_STORE_CALL_FILES:
        g_task_return_pointer (call->task, g_steal_pointer (&call->files), (GDestroyNotify) chat_store_files_free);
        break;
      case CHAT_STORE_CALL_SEARCH:
        g_task_return_pointer (call->task, g_steal_pointer (&call->found), (GDestroyNotify) chat_store_found_free);
        break;
      case CHAT_STORE_CALL_STATE:
        g_task_return_pointer (call->task, g_memdup2 (&call->state, sizeof call->state), g_free);
        break;
      case CHAT_STORE_CALL_ADD_OUT:
        g_task_return_pointer (call->task, g_memdup2 (&call->row->id, sizeof (gint64)), g_free);
        break;
      case CHAT_STORE_CALL_CLOSE:
        chat_store_worker_join (worker);
        g_task_return_boolean (call->task, TRUE);
        break;
      case CHAT_STORE_CALL_OPEN:
      case CHAT_STORE_CALL_UPDATE_OUT:
      case CHAT_STORE_CALL_REMOVE_OUT:
      default:
        g_task_return_boolean (call->task, TRUE);
        break;
      }
  chat_store_call_free (call);
}

/* Returns: (nullable): %NULL if it has ended already */
static ChatStoreCall *
begin (ChatStore           *self,
       ChatStoreCallKind    kind,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data,
       gpointer             tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  ChatStoreCall *call;

  g_task_set_source_tag (task, tag);
  if (self->closed)
    {
      g_task_return_new_error (task, CHAT_STORE_ERROR, CHAT_STORE_ERROR_CLOSED, "the store is closed");
      g_object_unref (task);
      return NULL;
    }
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return NULL;
    }
  call = chat_store_call_new (kind, task);
  /* A change that is on its way is carried out, and says so */
  if (chat_store_call_is_write (call) || kind == CHAT_STORE_CALL_CLOSE)
    g_task_set_check_cancellable (task, FALSE);
  return call;
}

void
chat_store_open_async (const char          *path,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (path != NULL && *path != '\0');

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_store_open_async);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  chat_store_worker_submit (chat_store_worker_new (path, on_done), chat_store_call_new (CHAT_STORE_CALL_OPEN, task));
}

ChatStore *
chat_store_open_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

ChatStoreOrigin
chat_store_get_origin (ChatStore *self)
{
  g_return_val_if_fail (CHAT_IS_STORE (self), CHAT_STORE_WAS_NEW);

  return self->origin;
}

const char *
chat_store_get_set_aside (ChatStore *self)
{
  g_return_val_if_fail (CHAT_IS_STORE (self), NULL);

  return self->set_aside;
}

guint
chat_store_get_n_salvaged (ChatStore *self)
{
  g_return_val_if_fail (CHAT_IS_STORE (self), 0);

  return self->n_salvaged;
}

void
chat_store_close_async (ChatStore           *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_CLOSE, cancellable, callback, user_data, chat_store_close_async);
  if (call == NULL)
    return;
  self->closed = TRUE;
  chat_store_worker_submit (self->worker, call);
}

gboolean
chat_store_close_finish (ChatStore     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
chat_store_close_and_wait (ChatStore *self,
                           guint      timeout_ms)
{
  g_return_val_if_fail (CHAT_IS_STORE (self), FALSE);

  chat_store_close_async (self, NULL, NULL, NULL);
  return chat_store_worker_wait (self->worker, timeout_ms);
}

void
chat_store_apply_async (ChatStore           *self,
                        ChatStoreBatch      *batch,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));
  g_return_if_fail (batch != NULL);

  call = begin (self, CHAT_STORE_CALL_APPLY, cancellable, callback, user_data, chat_store_apply_async);
  if (call == NULL)
    {
      /* It is lost: what follows must not pass over it */
      if (batch->told && !self->closed)
        chat_store_worker_break (self->worker);
      chat_store_batch_free (batch);
      return;
    }
  call->batch = batch;
  call->n_bytes += batch->n_bytes;
  chat_store_worker_submit (self->worker, call);
}

GPtrArray *
chat_store_apply_finish (ChatStore     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_store_load_state_async (ChatStore           *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_STATE, cancellable, callback, user_data, chat_store_load_state_async);
  if (call != NULL)
    chat_store_worker_submit (self->worker, call);
}

gboolean
chat_store_load_state_finish (ChatStore       *self,
                              GAsyncResult    *result,
                              ChatStoreState  *state,
                              GError         **error)
{
  g_autofree ChatStoreState *told = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  told = g_task_propagate_pointer (G_TASK (result), error);
  if (told == NULL)
    return FALSE;
  *state = *told;
  return TRUE;
}

void
chat_store_load_rooms_async (ChatStore           *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_ROOMS, cancellable, callback, user_data, chat_store_load_rooms_async);
  if (call != NULL)
    chat_store_worker_submit (self->worker, call);
}

GPtrArray *
chat_store_load_rooms_finish (ChatStore     *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_store_load_page_async (ChatStore           *self,
                            gint64               room_id,
                            ChatStorePageKind    kind,
                            gint64               anchor,
                            guint                limit,
                            ChatStorePageFlags   flags,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_PAGE, cancellable, callback, user_data, chat_store_load_page_async);
  if (call == NULL)
    return;
  call->id = room_id;
  call->number = kind;
  call->anchor = CLAMP (anchor, 0, CHAT_STORE_MAX_ID + 1);
  call->limit = CLAMP (limit, 1, CHAT_STORE_MAX_PAGE);
  call->flags = flags;
  chat_store_worker_submit (self->worker, call);
}

ChatStorePage *
chat_store_load_page_finish (ChatStore     *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_store_load_outbox_async (ChatStore           *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_OUTBOX, cancellable, callback, user_data, chat_store_load_outbox_async);
  if (call != NULL)
    chat_store_worker_submit (self->worker, call);
}

GPtrArray *
chat_store_load_outbox_finish (ChatStore     *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_store_load_downloads_async (ChatStore           *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_DOWNLOADS, cancellable, callback, user_data, chat_store_load_downloads_async);
  if (call != NULL)
    chat_store_worker_submit (self->worker, call);
}

GPtrArray *
chat_store_load_downloads_finish (ChatStore     *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_store_load_files_async (ChatStore           *self,
                             gint64               room_id,
                             int                  kind,
                             gint64               before,
                             guint                limit,
                             gint64               sure,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_FILES, cancellable, callback, user_data, chat_store_load_files_async);
  if (call == NULL)
    return;
  call->id = room_id;
  call->number = kind;
  call->anchor = CLAMP (before, 0, CHAT_STORE_MAX_ID + 1);
  call->sure = MAX (sure, 0);
  call->limit = MIN (limit, CHAT_STORE_MAX_PAGE);
  chat_store_worker_submit (self->worker, call);
}

ChatStoreFiles *
chat_store_load_files_finish (ChatStore     *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_store_search_async (ChatStore           *self,
                         const char *const   *terms,
                         int                  kind,
                         gint64               before,
                         guint                limit,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));
  g_return_if_fail (terms != NULL);

  call = begin (self, CHAT_STORE_CALL_SEARCH, cancellable, callback, user_data, chat_store_search_async);
  if (call == NULL)
    return;
  call->terms = g_strdupv ((char **) terms);
  call->number = kind;
  call->anchor = CLAMP (before, 0, CHAT_STORE_MAX_ID + 1);
  call->limit = CLAMP (limit, 1, CHAT_STORE_MAX_PAGE);
  chat_store_worker_submit (self->worker, call);
}

ChatStoreFound *
chat_store_search_finish (ChatStore     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_store_list_unused_async (ChatStore           *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_UNUSED, cancellable, callback, user_data, chat_store_list_unused_async);
  if (call != NULL)
    chat_store_worker_submit (self->worker, call);
}

GPtrArray *
chat_store_list_unused_finish (ChatStore     *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_row (const ChatStoreOutRow *row)
{
  return chat_store_is_id (row->room_id) && chat_store_is_text (row->client_ref, CHAT_STORE_MAX_NAME)
         && *row->client_ref != '\0' && row->action <= CHAT_STORE_DELETE && row->state <= CHAT_STORE_OUT_FAILED
         && (row->text == NULL ? row->action == CHAT_STORE_DELETE : chat_store_is_text (row->text, CHAT_STORE_MAX_TEXT))
         && row->target_id >= 0 && row->target_id <= CHAT_STORE_MAX_ID
         && (row->target_ref == NULL || chat_store_is_text (row->target_ref, CHAT_STORE_MAX_NAME))
         && (row->file == NULL || chat_store_is_text (row->file, CHAT_STORE_MAX_FILE))
         && (row->upload == NULL || chat_store_is_text (row->upload, CHAT_STORE_MAX_NAME))
         && (row->failure_text == NULL || chat_store_is_text (row->failure_text, CHAT_STORE_MAX_NAME));
}

static void
submit_row (ChatStore             *self,
            ChatStoreCall         *call,
            const ChatStoreOutRow *row)
{
  if (call == NULL)
    return;
  if (!is_row (row))
    {
      g_task_return_new_error (call->task, CHAT_STORE_ERROR, CHAT_STORE_ERROR_INVALID, "this can not be kept");
      chat_store_call_free (call);
      return;
    }
  call->row = chat_store_out_row_copy (row);
  call->n_bytes += sizeof *row + (row->text != NULL ? strlen (row->text) : 0) + (row->file != NULL ? strlen (row->file) : 0);
  chat_store_worker_submit (self->worker, call);
}

void
chat_store_hold (ChatStore *self)
{
  g_return_if_fail (CHAT_IS_STORE (self));

  if (self->worker != NULL)
    chat_store_worker_hold (self->worker, TRUE);
}

void
chat_store_release (ChatStore *self)
{
  g_return_if_fail (CHAT_IS_STORE (self));

  if (self->worker != NULL)
    chat_store_worker_hold (self->worker, FALSE);
}

void
chat_store_outbox_add_async (ChatStore             *self,
                             const ChatStoreOutRow *row,
                             GCancellable          *cancellable,
                             GAsyncReadyCallback    callback,
                             gpointer               user_data)
{
  g_return_if_fail (CHAT_IS_STORE (self));
  g_return_if_fail (row != NULL);

  submit_row (self, begin (self, CHAT_STORE_CALL_ADD_OUT, cancellable, callback, user_data, chat_store_outbox_add_async), row);
}

gint64
chat_store_outbox_add_finish (ChatStore     *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_autofree gint64 *id = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  id = g_task_propagate_pointer (G_TASK (result), error);
  return id != NULL ? *id : 0;
}

void
chat_store_outbox_update_async (ChatStore             *self,
                                const ChatStoreOutRow *row,
                                gboolean               to_end,
                                GCancellable          *cancellable,
                                GAsyncReadyCallback    callback,
                                gpointer               user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));
  g_return_if_fail (row != NULL);

  call = begin (self, CHAT_STORE_CALL_UPDATE_OUT, cancellable, callback, user_data, chat_store_outbox_update_async);
  if (call != NULL)
    call->number = to_end;
  submit_row (self, call, row);
}

gboolean
chat_store_outbox_update_finish (ChatStore     *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_store_outbox_remove_async (ChatStore           *self,
                                gint64               row_id,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  ChatStoreCall *call;

  g_return_if_fail (CHAT_IS_STORE (self));

  call = begin (self, CHAT_STORE_CALL_REMOVE_OUT, cancellable, callback, user_data, chat_store_outbox_remove_async);
  if (call == NULL)
    return;
  call->id = row_id;
  chat_store_worker_submit (self->worker, call);
}

gboolean
chat_store_outbox_remove_finish (ChatStore     *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_store_get_statistics (ChatStore           *self,
                           ChatStoreStatistics *statistics)
{
  g_return_if_fail (CHAT_IS_STORE (self));

  chat_store_worker_get_statistics (self->worker, statistics);
}

static void
chat_store_finalize (GObject *object)
{
  ChatStore *self = CHAT_STORE (object);

  /* Every call holds the store: nothing is on its way any more */
  chat_store_worker_release (self->worker);
  g_free (self->set_aside);

  G_OBJECT_CLASS (chat_store_parent_class)->finalize (object);
}

static void
chat_store_class_init (ChatStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_store_finalize;
}

static void
chat_store_init (ChatStore *self)
{
}
