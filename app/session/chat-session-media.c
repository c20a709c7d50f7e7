/* chat-session-media.c: files, to the server and from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-session-media.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "chat-image.h"
#include "chat-media-stage.h"
#include "chat-room-files.h"
#include "chat-session-private.h"

/* A preview that is larger than the protocol takes is left out (bytes) */
#define MAX_PREVIEW 3072
#define MAX_SIDE    65535

/* What messages carry */

static gboolean
is_same (ChatAttachment *a,
         ChatAttachment *b)
{
  return chat_attachment_get_size (a) == chat_attachment_get_size (b)
         && g_strcmp0 (chat_attachment_get_sha256 (a), chat_attachment_get_sha256 (b)) == 0
         && g_strcmp0 (chat_attachment_get_name (a), chat_attachment_get_name (b)) == 0
         && (chat_attachment_get_preview (a) != NULL || chat_attachment_get_preview (b) == NULL);
}

void
chat_session_dress_file (ChatSession *self,
                         ChatMessage *message,
                         const char  *file,
                         const char  *address,
                         gboolean     looked_at)
{
  gboolean image = chat_message_get_content (message) == CHAT_MESSAGE_IMAGE;
  ChatAttachment *shown = chat_message_get_attachment (message);
  g_autoptr (ChatAttachment) told = NULL;

  if (chat_message_get_content (message) == CHAT_MESSAGE_TEXT)
    return;
  told = file != NULL ? chat_media_attachment_new (file, FALSE) : NULL;
  if (told == NULL)
    {
      chat_message_set_attachment (message, NULL);
      chat_room_files_met (self, message);
      return;
    }
  /* The one that is there knows more: a transfer, its preview */
  if (shown != NULL && is_same (shown, told))
    g_set_object (&told, shown);
  chat_attachment_set_address (told, address);
  chat_media_manager_meet (self->media, told, image, looked_at);
  chat_message_set_attachment (message, told);
  chat_room_files_met (self, message);
}

void
chat_session_adopt_unsent (ChatSession *self)
{
  g_autoptr (GArray) ids = chat_outbox_get_rooms (self->outbox);

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (GPtrArray) unsent = chat_outbox_list (self->outbox, g_array_index (ids, gint64, i));

      for (guint j = 0; j < unsent->len; j++)
        {
          ChatMessage *message = unsent->pdata[j];
          const char *file = chat_outbox_get_file (self->outbox, chat_message_get_client_ref (message));
          g_autoptr (ChatAttachment) attachment = NULL;
          g_autofree char *path = NULL;

          if (file == NULL || chat_message_get_attachment (message) != NULL)
            continue;
          attachment = chat_media_attachment_new (file, TRUE);
          if (attachment == NULL)
            continue;
          path = g_build_filename (chat_media_manager_get_folder (self->media), chat_attachment_get_sha256 (attachment), NULL);
          chat_attachment_set_path (attachment, path);
          if (*chat_message_get_text (message) != '\0')
            chat_attachment_set_state (attachment, CHAT_ATTACHMENT_LOCAL, NULL);
          else if (chat_message_get_state (message) == CHAT_MESSAGE_FAILED)
            chat_attachment_set_state (attachment, CHAT_ATTACHMENT_FAILED, chat_message_get_failure (message));
          else
            chat_attachment_set_state (attachment, chat_outbox_is_held (self->outbox, chat_message_get_client_ref (message))
                                                       ? CHAT_ATTACHMENT_PAUSED : CHAT_ATTACHMENT_QUEUED, NULL);
          chat_message_set_attachment (message, attachment);
        }
    }
}

void
chat_session_file_sent (ChatSession *self,
                        ChatMessage *message,
                        const char  *address)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);

  if (attachment == NULL)
    return;
  if (address != NULL)
    chat_attachment_set_address (attachment, address);
  chat_media_manager_sent (self->media, attachment);
  chat_room_files_met (self, message);
}

/* Sending */

typedef struct
{
  gint64           room_id;
  gboolean         as_image;
  char            *folder;
  ChatMediaStaged *staged;
  gboolean         held;
  int              width, height;
  GBytes          *preview;
  char            *caption;
} Send;

static void
send_free (gpointer data)
{
  Send *send = data;

  g_free (send->folder);
  g_clear_pointer (&send->staged, chat_media_staged_free);
  g_clear_pointer (&send->preview, g_bytes_unref);
  g_free (send->caption);
  g_free (send);
}

static void
let_go (ChatSession *self,
        Send        *send)
{
  if (send->held)
    chat_media_manager_release (self->media, send->staged->sha256);
  send->held = FALSE;
}

static void
send_failed (GTask      *task,
             int         code,
             const char *words)
{
  let_go (g_task_get_source_object (task), g_task_get_task_data (task));
  g_task_return_new_error (task, CHAT_SESSION_ERROR, code, "%s", words);
}

/* Returns: (transfer full) (nullable): who waits until @message is kept */
static GTask *
steal_sender (ChatSession *self,
              ChatMessage *message)
{
  const char *ref = chat_message_get_client_ref (message);
  gpointer key, task;

  if (ref == NULL || !g_hash_table_steal_extended (self->sending_files, ref, &key, &task))
    return NULL;
  g_free (key);
  return task;
}

void
chat_session_file_kept (ChatSession *self,
                        ChatMessage *message)
{
  g_autoptr (GTask) task = steal_sender (self, message);

  if (task == NULL)
    return;
  let_go (self, g_task_get_task_data (task));
  g_task_return_pointer (task, g_object_ref (message), g_object_unref);
}

void
chat_session_file_dropped (ChatSession *self,
                           ChatMessage *message)
{
  g_autoptr (GTask) task = steal_sender (self, message);

  if (task != NULL)
    send_failed (task, CHAT_SESSION_ERROR_NO_MESSAGE, "the message was given up");
}

void
chat_session_end_sending (ChatSession *self)
{
  GHashTableIter iter;
  gpointer task;

  g_hash_table_iter_init (&iter, self->sending_files);
  while (g_hash_table_iter_next (&iter, NULL, &task))
    g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session ended");
  g_hash_table_remove_all (self->sending_files);
}

/* The copy is where it stays: into the outbox */
static void
put_into_outbox (GTask *given)
{
  g_autoptr (GTask) task = given;
  ChatSession *self = g_task_get_source_object (task);
  Send *send = g_task_get_task_data (task);
  ChatMediaStaged *staged = send->staged;
  gboolean image = send->as_image && send->width > 0;
  ChatClientFile what = {
    .name = staged->name, .size = staged->size, .media_type = staged->media_type, .sha256 = staged->sha256,
    .width = send->width, .height = send->height, .preview = send->preview,
  };
  g_autofree char *file = NULL, *ref = g_uuid_string_random (), *path = NULL;
  g_autoptr (ChatMessage) message = NULL, caption = NULL;
  g_autoptr (ChatAttachment) attachment = NULL;

  if (chat_session_get_info (self, send->room_id) == NULL)
    {
      send_failed (task, CHAT_SESSION_ERROR_NO_ROOM, "the room is gone");
      return;
    }
  if (!chat_client_file_is_valid (&what))
    {
      send_failed (task, CHAT_SESSION_ERROR_FAILED, "this can not be told to a server");
      return;
    }
  file = chat_client_file_to_text (&what);
  message = chat_message_new (send->room_id, self->login != NULL ? self->login : "", TRUE,
                              image ? CHAT_MESSAGE_IMAGE : CHAT_MESSAGE_FILE, ref);
  chat_message_set_text (message, "");
  chat_message_set_date (message, g_get_real_time (), NULL);
  attachment = chat_media_attachment_new (file, TRUE);
  path = g_build_filename (send->folder, staged->sha256, NULL);
  chat_attachment_set_path (attachment, path);
  chat_attachment_set_state (attachment, CHAT_ATTACHMENT_QUEUED, NULL);
  chat_message_set_attachment (message, attachment);
  g_hash_table_insert (self->sending_files, g_strdup (ref), g_object_ref (task));
  if (send->caption != NULL)
    caption = chat_session_new_text (self, send->room_id, send->caption);
  if (!chat_outbox_add_file (self->outbox, message, file, caption))
    {
      g_hash_table_remove (self->sending_files, ref);
      send_failed (task, CHAT_SESSION_ERROR_FAILED, "too many unsent messages");
    }
}

static void
on_preview (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  Send *send = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  /* What can not be shown here is sent as a file */
  send->preview = chat_image_preview_finish (result, &send->width, &send->height, &error);
  if (send->preview == NULL || send->width <= 0 || send->height <= 0 || send->width > MAX_SIDE || send->height > MAX_SIDE)
    {
      send->width = send->height = 0;
      g_clear_pointer (&send->preview, g_bytes_unref);
    }
  else if (g_bytes_get_size (send->preview) > MAX_PREVIEW)
    g_clear_pointer (&send->preview, g_bytes_unref);
  if (self->closed || g_cancellable_is_cancelled (g_task_get_cancellable (task))
      || g_strcmp0 (chat_media_manager_get_folder (self->media), send->folder) != 0)
    {
      let_go (self, send);
      if (!g_task_return_error_if_cancelled (task))
        g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session ended");
      return;
    }
  put_into_outbox (g_steal_pointer (&task));
}

static void
on_staged (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  Send *send = g_task_get_task_data (task);
  g_autofree char *path = NULL;
  GError *error = NULL;

  send->staged = chat_media_stage_finish (result, &error);
  if (send->staged == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->closed || g_strcmp0 (chat_media_manager_get_folder (self->media), send->folder) != 0)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session ended");
      return;
    }
  /* Where the same content is there already, it is taken in its place */
  path = g_build_filename (send->folder, send->staged->sha256, NULL);
  if (g_rename (send->staged->path, path) != 0)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "%s", g_strerror (errno));
      return;
    }
  g_clear_pointer (&send->staged->path, g_free);
  chat_media_manager_hold (self->media, send->staged->sha256);
  send->held = TRUE;
  if (send->as_image && send->staged->image)
    chat_image_preview_async (path, g_task_get_cancellable (task), on_preview, g_object_ref (task));
  else
    put_into_outbox (g_steal_pointer (&task));
}

static void
send_file (ChatSession                  *self,
           ChatRoom                     *room,
           GFile                        *file,
           GBytes                       *bytes,
           const ChatSessionFileOptions *options,
           GTask                        *given)
{
  static const ChatSessionFileOptions usual = { 0 };
  g_autoptr (GTask) task = given;
  const char *folder = chat_media_manager_get_folder (self->media);
  GError *error = NULL;
  Send *send;

  if (options == NULL)
    options = &usual;
  if (self->closed || chat_session_get_info (self, chat_room_get_id (room)) == NULL)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_ROOM, "the room is gone");
      return;
    }
  if ((self->abilities & CHAT_SESSION_CAN_ATTACH) == 0 || folder == NULL)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED, "%s", _("This server does not take files"));
      return;
    }
  if (options->caption != NULL && !chat_session_check_text (options->caption, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  send = g_new0 (Send, 1);
  send->room_id = chat_room_get_id (room);
  send->caption = g_strdup (options->caption);
  send->as_image = options->as_image;
  send->folder = g_strdup (folder);
  g_task_set_task_data (task, send, send_free);
  /* What is in the outbox is sent, whether somebody still waits or not */
  g_task_set_check_cancellable (task, FALSE);
  chat_media_stage_async (folder, file, bytes, options->name, chat_session_get_media_limit (self), !options->keep_metadata,
                          g_task_get_cancellable (task), on_staged, g_object_ref (task));
}

void
chat_session_send_file_async (ChatSession                  *self,
                              ChatRoom                     *room,
                              GFile                        *file,
                              const ChatSessionFileOptions *options,
                              GCancellable                 *cancellable,
                              GAsyncReadyCallback           callback,
                              gpointer                      user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_ROOM (room));
  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_send_file_async);
  send_file (self, room, file, NULL, options, task);
}

void
chat_session_send_bytes_async (ChatSession                  *self,
                               ChatRoom                     *room,
                               GBytes                       *bytes,
                               const ChatSessionFileOptions *options,
                               GCancellable                 *cancellable,
                               GAsyncReadyCallback           callback,
                               gpointer                      user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_ROOM (room));
  g_return_if_fail (bytes != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_send_bytes_async);
  send_file (self, room, NULL, bytes, options, task);
}

ChatMessage *
chat_session_send_file_finish (ChatSession   *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gint64
chat_session_get_media_limit (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), 0);

  return self->media_limit;
}

/* Transfers */

void
chat_session_start_transfer (ChatSession *self,
                             ChatMessage *message)
{
  ChatAttachment *attachment;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  attachment = chat_message_get_attachment (message);
  if (attachment == NULL)
    return;
  if (chat_message_get_id (message) > 0)
    chat_media_manager_start (self->media, attachment);
  else if (chat_media_manager_start_upload (self->media, chat_message_get_client_ref (message)))
    return;
  else if (chat_message_get_state (message) == CHAT_MESSAGE_FAILED)
    chat_session_retry_message (self, message);
  /* Without a connection nothing has begun yet */
  else if (chat_outbox_hold_upload (self->outbox, chat_message_get_client_ref (message), FALSE))
    chat_attachment_set_state (attachment, CHAT_ATTACHMENT_QUEUED, NULL);
}

void
chat_session_pause_transfer (ChatSession *self,
                             ChatMessage *message)
{
  ChatAttachment *attachment;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  attachment = chat_message_get_attachment (message);
  if (attachment == NULL)
    return;
  if (chat_message_get_id (message) > 0)
    chat_media_manager_pause (self->media, attachment);
  else if (!chat_media_manager_pause_upload (self->media, chat_message_get_client_ref (message))
           && chat_outbox_hold_upload (self->outbox, chat_message_get_client_ref (message), TRUE))
    chat_attachment_set_state (attachment, CHAT_ATTACHMENT_PAUSED, NULL);
}

void
chat_session_cancel_transfer (ChatSession *self,
                              ChatMessage *message)
{
  ChatAttachment *attachment;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  attachment = chat_message_get_attachment (message);
  if (attachment != NULL && chat_message_get_id (message) > 0)
    chat_media_manager_cancel (self->media, attachment);
}

void
chat_session_look_at (ChatSession *self,
                      ChatMessage *message)
{
  ChatAttachment *attachment;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  attachment = chat_message_get_attachment (message);
  if (attachment != NULL && chat_message_get_id (message) > 0)
    chat_media_manager_meet (self->media, attachment, chat_message_get_content (message) == CHAT_MESSAGE_IMAGE, TRUE);
}

void
chat_session_set_auto_download (ChatSession *self,
                                gint64       images,
                                gint64       files)
{
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (CHAT_IS_SESSION (self));

  if (!chat_media_manager_set_auto (self->media, images, files))
    return;
  /* What is in a window by now may come by itself from now on */
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;

      for (guint i = info->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (info->list)) : 0; i > 0; i--)
        g_ptr_array_add (shown, g_list_model_get_item (G_LIST_MODEL (info->list), i - 1));
    }
  for (guint i = 0; i < shown->len; i++)
    chat_session_look_at (self, shown->pdata[i]);
}

ChatFileList *
chat_session_get_room_files (ChatSession *self,
                             ChatRoom    *room,
                             gboolean     images)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);
  g_return_val_if_fail (CHAT_IS_ROOM (room), NULL);

  return chat_room_files_new (self, chat_room_get_id (room), images ? CHAT_CLIENT_IMAGE : CHAT_CLIENT_FILE);
}
