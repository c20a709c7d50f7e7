/* chat-media-download.c: a file from the server (PROTOCOL.md, "media")
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-media-transfer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef struct
{
  int        fd;
  char      *path;        /* of what has come so far */
  GChecksum *checksum;    /* of it */
} Part;

static void
part_clear (Part *part)
{
  if (part->fd >= 0)
    close (part->fd);
  g_free (part->path);
  g_clear_pointer (&part->checksum, g_checksum_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

static gboolean
begin_anew (ChatMediaTransfer  *self,
            Part               *part,
            GError            **error)
{
  if (ftruncate (part->fd, 0) != 0 || lseek (part->fd, 0, SEEK_SET) != 0)
    return chat_media_transfer_fail (error, errno, part->path);
  g_checksum_reset (part->checksum);
  chat_media_transfer_moved (self, 0);
  return TRUE;
}

/* Goes through what has come earlier, which ends at the place where the next byte belongs */
static gboolean
read_earlier (ChatMediaTransfer  *self,
              Part               *part,
              GCancellable       *cancellable,
              GError            **error)
{
  g_autofree guint8 *buffer = g_malloc (CHAT_MEDIA_CHUNK);
  goffset have = 0;
  gssize n;

  while ((n = read (part->fd, buffer, CHAT_MEDIA_CHUNK)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return chat_media_transfer_fail (error, errno, part->path);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      have += n;
      if (have > self->size)
        return begin_anew (self, part, error);
      g_checksum_update (part->checksum, buffer, n);
    }
  self->done = have;
  return TRUE;
}

static gboolean
check_space (ChatMediaTransfer  *self,
             Part               *part,
             GError            **error)
{
  struct statvfs info;

  if (fstatvfs (part->fd, &info) != 0)
    return TRUE;
  if ((guint64) info.f_bavail * info.f_frsize >= (guint64) (self->size - self->done) + CHAT_MEDIA_SPARE_SPACE)
    return TRUE;
  return chat_media_transfer_fail (error, ENOSPC, part->path);
}

static gboolean
write_all (int           fd,
           const guint8 *bytes,
           gsize         n)
{
  while (n > 0)
    {
      gssize written = write (fd, bytes, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      bytes += written;
      n -= written;
    }
  return TRUE;
}

/* Not one byte more than there should be */
static gboolean
take_body (ChatMediaTransfer  *self,
           Part               *part,
           GInputStream       *body,
           GCancellable       *cancellable,
           GError            **error)
{
  g_autofree guint8 *buffer = g_malloc (CHAT_MEDIA_CHUNK);

  while (TRUE)
    {
      g_autoptr (GError) given = NULL;
      gssize n = g_input_stream_read (body, buffer, CHAT_MEDIA_CHUNK, cancellable, &given);

      if (n < 0 && g_error_matches (given, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&given));
          return FALSE;
        }
      if (n < 0 || (n == 0 && self->done < self->size))
        {
          g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_BROKEN_OFF, "%s",
                       given != NULL ? given->message : "the server ended before the file did");
          return FALSE;
        }
      if (n == 0)
        return TRUE;
      if (n > self->size - self->done)
        {
          unlink (part->path);
          g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_WRONG_CONTENT, "more comes than the file has");
          return FALSE;
        }
      if (!write_all (part->fd, buffer, n))
        return chat_media_transfer_fail (error, errno, part->path);
      g_checksum_update (part->checksum, buffer, n);
      chat_media_transfer_moved (self, self->done + n);
    }
}

/* Whether the answer goes on with what is there */
static gboolean
goes_on (ChatMediaTransfer *self,
         SoupMessage       *message)
{
  goffset start, end, total;

  return soup_message_headers_get_content_range (soup_message_get_response_headers (message), &start, &end, &total)
         && start == self->done && (total < 0 || total == self->size);
}

/* Returns: %FALSE without an error: it has to be begun anew */
static gboolean
get (ChatMediaTransfer  *self,
     Part               *part,
     GCancellable       *cancellable,
     GError            **error)
{
  g_autoptr (SoupMessage) message = chat_media_transfer_new_message (self, SOUP_METHOD_GET);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GInputStream) body = NULL;

  if (self->done > 0)
    {
      g_autofree char *tag = g_strdup_printf ("\"%s\"", self->sha256);

      soup_message_headers_set_range (headers, self->done, -1);
      soup_message_headers_append (headers, "If-Range", tag);
    }
  body = chat_media_transfer_send (self, message, cancellable, error);
  if (body == NULL)
    return FALSE;
  switch (soup_message_get_status (message))
    {
    case SOUP_STATUS_PARTIAL_CONTENT:
      if (!goes_on (self, message))
        return FALSE;
      break;
    case SOUP_STATUS_OK:
      /* All of it, from its beginning */
      if (self->done > 0 && !begin_anew (self, part, error))
        return FALSE;
      break;
    case SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE:
      return FALSE;
    default:
      return chat_media_transfer_refuse (message, error);
    }
  return take_body (self, part, body, cancellable, error);
}

static gboolean
finish (ChatMediaTransfer  *self,
        Part               *part,
        GError            **error)
{
  if (g_ascii_strcasecmp (g_checksum_get_string (part->checksum), self->sha256) != 0)
    {
      unlink (part->path);
      g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_WRONG_CONTENT, "the SHA-256 is another one");
      return FALSE;
    }
  /* On the disk before it bears its name: what has the name is whole, also after a power cut */
  if (fdatasync (part->fd) != 0 || rename (part->path, self->path) != 0)
    return chat_media_transfer_fail (error, errno, self->path);
  return TRUE;
}

static gboolean
run_download (ChatMediaTransfer  *self,
              GCancellable       *cancellable,
              GError            **error)
{
  g_auto (Part) part = { -1, NULL, NULL };

  part.path = g_strconcat (self->path, ".part", NULL);
  part.checksum = g_checksum_new (G_CHECKSUM_SHA256);
  part.fd = open (part.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (part.fd < 0)
    return chat_media_transfer_fail (error, errno, part.path);
  if (!read_earlier (self, &part, cancellable, error) || !check_space (self, &part, error))
    return FALSE;
  for (guint i = 0; self->done < self->size || self->size == 0; i++)
    {
      g_autoptr (GError) wrong = NULL;

      if (get (self, &part, cancellable, &wrong))
        break;
      if (wrong != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&wrong));
          return FALSE;
        }
      if (i + 1 == CHAT_MEDIA_MAX_TRIES)
        {
          g_set_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_FAILED, "the server does not send what it is asked for");
          return FALSE;
        }
      if (!begin_anew (self, &part, error))
        return FALSE;
    }
  return finish (self, &part, error);
}

void
chat_media_download_async (ChatMediaEndpoint   *endpoint,
                           const char          *address,
                           const char          *path,
                           goffset              size,
                           const char          *sha256,
                           ChatMediaProgress    progress,
                           gpointer             progress_data,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  ChatMediaTransfer *self = chat_media_transfer_new (endpoint, run_download, CHAT_MEDIA_DOWNLOAD_ADDRESS, address, path, size,
                                                     progress, progress_data);

  self->sha256 = g_strdup (sha256);
  chat_media_transfer_start (self, chat_media_download_async, cancellable, callback, user_data);
}

gboolean
chat_media_download_finish (GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, chat_media_download_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
