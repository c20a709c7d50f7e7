/* chat-server-media-get.c: downloads, a piece at a time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-media-private.h"

#include "chat-limits.h"
#include "chat-server-media-files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a browser can show and can not be made to run. Of text a browser makes up its own mind, and SVG and HTML are programs. */
static const char *const harmless[] = {
  "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "image/heic", "image/heif", "image/jxl", "image/tiff",
  "audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/opus", "audio/wav", "audio/webm", "audio/x-wav",
  "video/mp4", "video/mpeg", "video/ogg", "video/quicktime", "video/webm", "video/x-matroska",
};

static const char *
get_content_type (const char *media_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (g_ascii_strcasecmp (media_type, harmless[i]) == 0)
      return harmless[i];
  return "application/octet-stream";
}

/* RFC 6266: the name for everybody (RFC 8187), and one of ASCII alone before it. Nothing of what a person wrote stands there as it is. */
static char *
get_disposition (const char *name)
{
  g_autofree char *encoded = g_uri_escape_string (name, NULL, FALSE);
  g_autoptr (GString) ascii = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_c (ascii, g_ascii_isalnum (*p) || strchr (".-_ ", *p) != NULL ? *p : '_');
  return g_strdup_printf ("attachment; filename=\"%s\"; filename*=UTF-8''%s", ascii->str, encoded);
}

/* Ranges (RFC 9110, section 14) */

static gboolean
parse_number (const char **p,
              gint64      *number)
{
  const char *start = *p;

  *number = 0;
  for (; g_ascii_isdigit (**p); (*p)++)
    {
      if (*number > CHAT_MAX_ID)
        return FALSE;
      *number = *number * 10 + (**p - '0');
    }
  return *p > start;
}

/* Returns: 200 (the whole), 206 or 416. What is no single range of bytes is not looked at */
static guint
parse_range (const char *range,
             gint64      size,
             gint64     *first,
             gint64     *end)
{
  gint64 a = 0, b = size - 1;
  gboolean has_first, has_last;

  if (range == NULL || g_ascii_strncasecmp (range, "bytes=", 6) != 0)
    return SOUP_STATUS_OK;
  range += 6;
  has_first = parse_number (&range, &a);
  if (*range++ != '-')
    return SOUP_STATUS_OK;
  has_last = parse_number (&range, &b);
  if (*range != '\0' || (!has_first && !has_last) || (has_first && has_last && b < a))
    return SOUP_STATUS_OK;
  if (!has_first)
    {
      if (b == 0)
        return SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE;
      a = MAX (0, size - b);
      b = size - 1;
    }
  else if (!has_last)
    b = size - 1;
  if (a >= size)
    return SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE;
  *first = a;
  *end = MIN (b, size - 1) + 1;
  return SOUP_STATUS_PARTIAL_CONTENT;
}

static gboolean
matches_any (const char *list,
             const char *tag)
{
  g_auto (GStrv) parts = g_strsplit (list, ",", 64);

  for (char **part = parts; *part != NULL; part++)
    {
      const char *found = g_strstrip (*part);

      /* For this question a weak one is as good */
      if (g_str_has_prefix (found, "W/"))
        found += 2;
      if (g_str_equal (found, "*") || g_str_equal (found, tag))
        return TRUE;
    }
  return FALSE;
}

/* Pieces. Each is read when the one before it has left, and when those of other downloads have had their turn. */

static gboolean
send_piece (MediaRequest *self)
{
  gsize wanted = (gsize) MIN (CHAT_SERVER_MEDIA_CHUNK, self->end - self->offset);
  g_autofree char *buffer = g_malloc (wanted);
  g_autoptr (GBytes) piece = NULL;
  gssize n;

  do
    n = pread (self->fd, buffer, wanted, self->offset);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    {
      /* The length is told already: all that is left is to break off */
      g_warning ("A file that is being sent can not be read: %s", n < 0 ? g_strerror (errno) : "it has become shorter");
      return FALSE;
    }
  self->offset += n;
  piece = g_bytes_new_take (g_steal_pointer (&buffer), (gsize) n);
  soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), piece);
  return TRUE;
}

static gboolean
send_source_dispatch (GSource     *source,
                      GSourceFunc  callback,
                      gpointer     user_data)
{
  ChatServerMedia *media = user_data;
  guint n = media->sending.length;

  g_source_set_ready_time (source, -1);
  for (; n > 0; n--)
    {
      MediaRequest *self = g_queue_pop_head (&media->sending);

      if (self == NULL)
        break;
      if (send_piece (self))
        soup_server_message_unpause (self->message);
      else if (self->connection != NULL)
        {
          media_connection_close (self->connection);
          soup_server_message_unpause (self->message);
        }
    }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs send_source_funcs = { NULL, NULL, send_source_dispatch, NULL, NULL, NULL };

/* libsoup finds no further piece and pauses the message itself, when this has returned */
static void
on_wrote_chunk (SoupServerMessage *message,
                MediaRequest      *self)
{
  if (self->offset == self->end)
    return;
  g_queue_push_tail (&self->media->sending, self);
  g_source_set_ready_time (self->media->send_source, 0);
}

void
media_get_init (ChatServerMedia *media)
{
  g_queue_init (&media->sending);
  media->send_source = g_source_new (&send_source_funcs, sizeof (GSource));
  g_source_set_static_name (media->send_source, "ChatServerMedia");
  g_source_set_callback (media->send_source, NULL, media, NULL);
  g_source_attach (media->send_source, media->context);
}

void
media_get_clear (ChatServerMedia *media)
{
  g_source_destroy (media->send_source);
  g_clear_pointer (&media->send_source, g_source_unref);
}

void
media_get_end (MediaRequest *self)
{
  g_queue_remove (&self->media->sending, self);
}

/* The beginning */

static gboolean
open_content (MediaRequest          *self,
              const ChatStorageFile *file)
{
  g_autofree char *path = chat_server_media_files_get_content (self->media->folder, file->sha256);
  struct stat info;

  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (self->fd >= 0 && fstat (self->fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_size == file->size)
    return TRUE;
  /* The last message that used it may have gone a moment ago */
  if (self->fd >= 0 || errno != ENOENT)
    g_warning ("“%s” is not what it should be", path);
  return FALSE;
}

static void
begin (MediaRequest          *self,
       const ChatStorageFile *file)
{
  SoupMessageHeaders *asked = soup_server_message_get_request_headers (self->message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  g_autofree char *tag = g_strdup_printf ("\"%s\"", file->sha256);
  g_autofree char *disposition = get_disposition (file->name);
  const char *if_range = soup_message_headers_get_one (asked, "If-Range");
  const char *if_none_match = soup_message_headers_get_list (asked, "If-None-Match");
  const char *range = soup_message_headers_get_one (asked, "Range");
  guint status;

  media_request_set_header (self, "ETag", tag);
  media_request_set_header (self, "Accept-Ranges", "bytes");
  media_request_set_header (self, "Cache-Control", "private, max-age=31536000, immutable");
  if (if_none_match != NULL && matches_any (if_none_match, tag))
    {
      media_request_answer (self, SOUP_STATUS_NOT_MODIFIED);
      return;
    }

  self->end = file->size;
  /* A range of another content, or one that a date vouches for, is the whole */
  if (if_range != NULL && !g_str_equal (if_range, tag))
    range = NULL;
  status = parse_range (range, file->size, &self->offset, &self->end);
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    {
      g_autofree char *all = g_strdup_printf ("bytes */%" G_GINT64_FORMAT, file->size);

      media_request_set_header (self, "Content-Range", all);
      media_request_answer (self, status);
      return;
    }
  if (status == SOUP_STATUS_PARTIAL_CONTENT)
    soup_message_headers_set_content_range (headers, self->offset, self->end - 1, file->size);
  media_request_set_header (self, "Content-Type", get_content_type (file->media_type));
  media_request_set_header (self, "Content-Disposition", disposition);
  soup_message_headers_set_content_length (headers, self->end - self->offset);
  if (!self->is_head)
    {
      posix_fadvise (self->fd, self->offset, self->end - self->offset, POSIX_FADV_SEQUENTIAL);
      soup_message_body_set_accumulate (soup_server_message_get_response_body (self->message), FALSE);
      g_signal_connect (self->message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), self);
      if (!send_piece (self))
        {
          soup_message_headers_clear (headers);
          media_request_answer (self, SOUP_STATUS_NOT_FOUND);
          return;
        }
    }
  media_request_answer (self, status);
}

static void
on_found (ChatStorageJob *job,
          gpointer        user_data)
{
  MediaRequest *self = user_data;

  if (!media_request_leave (self))
    return;
  if (job->status == CHAT_STATUS_SUCCESS && open_content (self, job->file))
    begin (self, job->file);
  else if (job->status == CHAT_STATUS_SUCCESS || job->status == CHAT_STATUS_MESSAGE_DOES_NOT_EXIST)
    media_request_refuse (self, SOUP_STATUS_NOT_FOUND);
  else
    media_request_refuse (self, SOUP_STATUS_SERVICE_UNAVAILABLE);
}

void
media_get_start (MediaRequest *self)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_FIND_FILE, on_found, self);

  job->address = g_strdup (self->address);
  media_request_pause (self);
  media_request_submit (self, job);
}
