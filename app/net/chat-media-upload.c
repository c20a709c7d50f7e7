/* chat-media-upload.c: a file to the server (PROTOCOL.md, "media")
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-media-transfer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>

/* The address that the server gave to download from. Returns: whether it gave one; an error where it is none of its own */
static gboolean
take_result (ChatMediaTransfer  *self,
             SoupMessage        *message,
             GError            **error)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr (GUri) uri = NULL;

  if (location == NULL)
    return FALSE;
  uri = chat_media_endpoint_parse (self->endpoint, CHAT_MEDIA_DOWNLOAD_ADDRESS, location);
  if (uri == NULL)
    {
      g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_ADDRESS, "the server names an address that is none of its own: %s", location);
      return FALSE;
    }
  self->result = g_strdup (location);
  return TRUE;
}

/* How far the server is. Returns: whether that is known; self->result where it has all */
static gboolean
ask_offset (ChatMediaTransfer  *self,
            goffset            *offset,
            GCancellable       *cancellable,
            GError            **error)
{
  g_autoptr (SoupMessage) message = chat_media_transfer_new_message (self, SOUP_METHOD_HEAD);
  g_autoptr (GInputStream) body = chat_media_transfer_send (self, message, cancellable, error);
  g_autoptr (GError) wrong = NULL;

  if (body == NULL)
    return FALSE;
  if (soup_message_get_status (message) != SOUP_STATUS_OK)
    return chat_media_transfer_refuse (message, error);
  if (take_result (self, message, &wrong))
    return TRUE;
  if (wrong != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&wrong));
      return FALSE;
    }
  *offset = chat_media_header_number (message, "Upload-Offset");
  if (*offset >= 0 && *offset <= self->size)
    return TRUE;
  g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_FAILED, "the server does not tell how far it is");
  return FALSE;
}

static void
on_wrote (SoupMessage *message,
          guint        size,
          gpointer     user_data)
{
  ChatMediaTransfer *self = user_data;

  chat_media_transfer_moved (self, MIN (self->done + size, self->size));
}

/* Returns: %FALSE without an error: the server is at another place than we thought */
static gboolean
put (ChatMediaTransfer  *self,
     int                 fd,
     goffset             offset,
     GCancellable       *cancellable,
     GError            **error)
{
  g_autoptr (SoupMessage) message = chat_media_transfer_new_message (self, SOUP_METHOD_PUT);
  g_autoptr (GInputStream) file = NULL;
  g_autoptr (GInputStream) body = NULL;

  if (lseek (fd, offset, SEEK_SET) != offset)
    return chat_media_transfer_fail (error, errno, self->path);
  file = g_unix_input_stream_new (fd, FALSE);
  soup_message_set_request_body (message, "application/octet-stream", file, self->size - offset);
  soup_message_headers_set_content_range (soup_message_get_request_headers (message), offset, self->size - 1, self->size);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_wrote), self);
  self->done = offset;
  body = chat_media_transfer_send (self, message, cancellable, error);
  if (body == NULL)
    return FALSE;
  switch (soup_message_get_status (message))
    {
    case SOUP_STATUS_OK:
    case SOUP_STATUS_CREATED:
      if (!take_result (self, message, error) && *error == NULL)
        g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_FAILED, "the server does not tell where the file is");
      return self->result != NULL;
    case SOUP_STATUS_CONFLICT:
      return FALSE;
    default:
      return chat_media_transfer_refuse (message, error);
    }
}

static gboolean
upload (ChatMediaTransfer  *self,
        int                 fd,
        GCancellable       *cancellable,
        GError            **error)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return chat_media_transfer_fail (error, errno, self->path);
  if (!S_ISREG (info.st_mode) || info.st_size != self->size)
    {
      g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_LOCAL, "%s is not what it was", self->path);
      return FALSE;
    }
  for (guint i = 0; i < CHAT_MEDIA_MAX_TRIES; i++)
    {
      g_autoptr (GError) wrong = NULL;
      goffset offset = 0;

      if (!ask_offset (self, &offset, cancellable, error))
        return FALSE;
      if (self->result != NULL || put (self, fd, offset, cancellable, &wrong))
        return TRUE;
      if (wrong != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&wrong));
          return FALSE;
        }
    }
  g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_BROKEN_OFF, "the server does not take what it asks for");
  return FALSE;
}

static gboolean
run_upload (ChatMediaTransfer  *self,
            GCancellable       *cancellable,
            GError            **error)
{
  int fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gboolean done;

  if (fd < 0)
    return chat_media_transfer_fail (error, errno, self->path);
  done = upload (self, fd, cancellable, error);
  close (fd);
  return done;
}

void
chat_media_upload_async (ChatMediaEndpoint   *endpoint,
                         const char          *address,
                         const char          *path,
                         goffset              size,
                         ChatMediaProgress    progress,
                         gpointer             progress_data,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  ChatMediaTransfer *self = chat_media_transfer_new (endpoint, run_upload, CHAT_MEDIA_UPLOAD_ADDRESS, address, path, size,
                                                     progress, progress_data);

  chat_media_transfer_start (self, chat_media_upload_async, cancellable, callback, user_data);
}

char *
chat_media_upload_finish (GAsyncResult  *result,
                          GError       **error)
{
  ChatMediaTransfer *self = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_async_result_is_tagged (result, chat_media_upload_async), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&self->result);
}
