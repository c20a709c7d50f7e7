/* chat-session-save.c: the file of a message goes where the person wants it, and to other programs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-session-media.h"

#include <glib/gi18n-lib.h>

#include "chat-media-folder.h"
#include "chat-session-private.h"

/* Waits for the file to be here, then for its copy */
typedef struct
{
  ChatAttachment *attachment;
  GFile          *destination;
  gulong          handler;      /* on its state; 0: not waiting */
  gulong          cancelled;    /* on the cancellable */
  guint           idle;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->attachment);
  g_object_unref (save->destination);
  g_free (save);
}

/* What was there stays as it was where this fails, and nothing half is left */
static gboolean
copy (GFile         *source,
      GFile         *destination,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr (GFileInputStream) in = g_file_read (source, cancellable, error);
  g_autoptr (GFileOutputStream) out = NULL;
  gboolean existed, done;

  if (in == NULL)
    return FALSE;
  existed = g_file_query_exists (destination, cancellable);
  out = g_file_replace (destination, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, error);
  if (out == NULL)
    return FALSE;
  done = g_output_stream_splice (G_OUTPUT_STREAM (out), G_INPUT_STREAM (in), G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE, cancellable, error) >= 0;
  if (done)
    done = g_output_stream_close (G_OUTPUT_STREAM (out), cancellable, error);
  else
    {
      g_autoptr (GCancellable) never = g_cancellable_new ();

      /* A stream that is closed like this does not take the place of what is there */
      g_cancellable_cancel (never);
      g_output_stream_close (G_OUTPUT_STREAM (out), never, NULL);
    }
  if (!done && !existed)
    g_file_delete (destination, NULL, NULL);
  return done;
}

static void
copy_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;

  if (copy (source, task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_copied (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_SPACE, "%s", _("There is not enough space for the file there"));
  else
    g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "%s", error->message);
}

static void
start_copy (GTask      *task,
            const char *path)
{
  Save *save = g_task_get_task_data (task);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GTask) thread = g_task_new (file, g_task_get_cancellable (task), on_copied, g_object_ref (task));

  g_task_set_source_tag (thread, start_copy);
  g_task_set_task_data (thread, g_object_ref (save->destination), g_object_unref);
  g_task_run_in_thread (thread, copy_in_thread);
}

/* Returns: (transfer full): it does not wait any more */
static GTask *
stop_waiting (GTask *task)
{
  ChatSession *self = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (task);
  GTask *kept = g_object_ref (task);

  g_clear_signal_handler (&save->handler, save->attachment);
  g_clear_handle_id (&save->idle, g_source_remove);
  if (save->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), save->cancelled);
  save->cancelled = 0;
  g_ptr_array_remove_fast (self->saving, task);
  return kept;
}

static void
look (GTask *waiting)
{
  Save *save = g_task_get_task_data (waiting);
  ChatAttachment *attachment = save->attachment;
  g_autoptr (GTask) task = NULL;

  switch (chat_attachment_get_state (attachment))
    {
    case CHAT_ATTACHMENT_LOCAL:
      if (chat_attachment_get_path (attachment) == NULL)
        return;
      task = stop_waiting (waiting);
      start_copy (task, chat_attachment_get_path (attachment));
      break;
    case CHAT_ATTACHMENT_FAILED:
      task = stop_waiting (waiting);
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "%s", chat_attachment_get_failure (attachment));
      break;
    case CHAT_ATTACHMENT_REMOTE:
      task = stop_waiting (waiting);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the download was cancelled");
      break;
    case CHAT_ATTACHMENT_QUEUED:
    case CHAT_ATTACHMENT_TRANSFERRING:
    case CHAT_ATTACHMENT_PAUSED:
    default:
      break;
    }
}

static gboolean
on_idle (gpointer user_data)
{
  GTask *task = user_data;

  ((Save *) g_task_get_task_data (task))->idle = 0;
  look (task);
  return G_SOURCE_REMOVE;
}

/* Its path and its failure are told after its state */
static void
on_state (ChatAttachment *attachment,
          GParamSpec     *pspec,
          GTask          *task)
{
  Save *save = g_task_get_task_data (task);

  if (save->idle == 0)
    save->idle = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, task, NULL);
}

static gboolean
end_cancelled (gpointer user_data)
{
  GTask *waiting = user_data;
  g_autoptr (GTask) task = NULL;

  ((Save *) g_task_get_task_data (waiting))->idle = 0;
  task = stop_waiting (waiting);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "nobody waits for it any more");
  return G_SOURCE_REMOVE;
}

/* (A handler of a cancellable can not be taken away from within) */
static void
on_cancelled (GCancellable *cancellable,
              GTask        *task)
{
  Save *save = g_task_get_task_data (task);

  g_clear_handle_id (&save->idle, g_source_remove);
  save->idle = g_idle_add_full (G_PRIORITY_DEFAULT, end_cancelled, task, NULL);
}

void
chat_session_save_attachment_async (ChatSession         *self,
                                    ChatMessage         *message,
                                    GFile               *destination,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  ChatAttachment *attachment;
  Save *save;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));
  g_return_if_fail (G_IS_FILE (destination));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_save_attachment_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  attachment = chat_message_get_attachment (message);
  if (attachment == NULL || self->closed || self->saving->len >= CHAT_SESSION_MAX_SAVING)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "there is no file to be saved");
      return;
    }
  save = g_new0 (Save, 1);
  save->attachment = g_object_ref (attachment);
  save->destination = g_object_ref (destination);
  g_task_set_task_data (task, save, save_free);
  if (chat_attachment_get_path (attachment) != NULL && g_file_test (chat_attachment_get_path (attachment), G_FILE_TEST_IS_REGULAR))
    {
      start_copy (task, chat_attachment_get_path (attachment));
      return;
    }
  if (chat_message_get_id (message) == 0)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "%s",
                               _("The copy of the file on this computer can not be read"));
      return;
    }
  chat_session_start_transfer (self, message);
  if (chat_attachment_get_state (attachment) == CHAT_ATTACHMENT_REMOTE)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "%s", _("The server did not give the file"));
      return;
    }
  g_ptr_array_add (self->saving, g_object_ref (task));
  save->handler = g_signal_connect (attachment, "notify::state", G_CALLBACK (on_state), task);
  if (cancellable != NULL)
    save->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
  on_state (attachment, NULL, task);
}

gboolean
chat_session_save_attachment_finish (ChatSession   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_end_saving (ChatSession *self)
{
  while (self->saving->len > 0)
    {
      g_autoptr (GTask) task = stop_waiting (self->saving->pdata[self->saving->len - 1]);

      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session ended");
    }
}

/* Names */

static void
on_named (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  char *path = chat_media_name_finish (result, &error);

  if (path == NULL)
    {
      g_message ("A file has no name: %s", error->message);
      path = g_strdup (g_task_get_task_data (task));
    }
  g_task_return_pointer (task, path, g_free);
}

void
chat_session_name_attachment_async (ChatSession         *self,
                                    ChatMessage         *message,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  ChatAttachment *attachment;
  const char *path;
  g_autofree char *folder = NULL, *name = NULL;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_name_attachment_async);
  attachment = chat_message_get_attachment (message);
  path = attachment != NULL ? chat_attachment_get_path (attachment) : NULL;
  if (path == NULL)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "the file is not here");
      return;
    }
  folder = g_path_get_dirname (path);
  if (!chat_media_manager_is_ready (self->media) || g_strcmp0 (folder, chat_media_manager_get_folder (self->media)) != 0)
    {
      g_task_return_pointer (task, g_strdup (path), g_free);
      return;
    }
  g_task_set_task_data (task, g_strdup (path), g_free);
  name = chat_attachment_dup_safe_name (attachment);
  chat_media_name_async (path, name, cancellable, on_named, g_object_ref (task));
}

char *
chat_session_name_attachment_finish (ChatSession   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
