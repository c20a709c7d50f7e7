/* chat-media-stage.c: how a file that is to be sent gets into the folder of those that are kept
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-media-stage.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chat-image-strip.h"
#include "chat-media-folder.h"
#include "chat-session.h"

#define CHUNK (64 * 1024)
/* What is looked at to know what it is (bytes) */
#define HEAD_SIZE 4096
/* PROTOCOL.md, "Limits" */
#define MAX_NAME_SIZE 255
#define MAX_ENDING 16

void
chat_media_staged_free (ChatMediaStaged *staged)
{
  if (staged->path != NULL)
    chat_media_remove (staged->path);
  g_free (staged->path);
  g_free (staged->name);
  g_free (staged->media_type);
  g_free (staged->sha256);
  g_free (staged);
}

typedef struct
{
  char     *folder;
  GFile    *file;
  GBytes   *bytes;
  char     *name;
  gint64    limit;
  gboolean  strip;

  /* For the thread */
  int        fd;
  char      *path;
  GChecksum *sum;
  gint64     size;
  guint8     head[HEAD_SIZE];
  gsize      head_size;
} Stage;

static void
stage_free (gpointer data)
{
  Stage *self = data;

  if (self->fd >= 0)
    close (self->fd);
  if (self->path != NULL)
    g_unlink (self->path);
  g_free (self->path);
  g_free (self->folder);
  g_clear_object (&self->file);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->name);
  g_checksum_free (self->sum);
  g_free (self);
}

static gboolean
fail (GError           **error,
      ChatSessionError   code,
      const char        *words)
{
  g_set_error_literal (error, CHAT_SESSION_ERROR, code, words);
  return FALSE;
}

static gboolean
fail_errno (GError **error,
            int      code)
{
  return fail (error, code == ENOSPC || code == EDQUOT ? CHAT_SESSION_ERROR_NO_SPACE : CHAT_SESSION_ERROR_FAILED, g_strerror (code));
}

static gboolean
fail_io (GError       **error,
         const GError  *why)
{
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  return fail (error, g_error_matches (why, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? CHAT_SESSION_ERROR_NO_SPACE : CHAT_SESSION_ERROR_FAILED,
               why->message);
}

static gboolean
check_size (Stage   *self,
            gint64   size,
            GError **error)
{
  g_autofree char *limit = NULL, *words = NULL;

  if (self->limit <= 0 || size <= self->limit)
    return TRUE;
  limit = g_format_size (self->limit);
  words = g_strdup_printf (_("This server takes files of up to %s"), limit);
  return fail (error, CHAT_SESSION_ERROR_TOO_LARGE, words);
}

/* The name as the protocol takes it: on one line, no path, not longer than it may be; its ending stays */
static char *
clean_name (const char *given)
{
  g_autofree char *valid = g_utf8_make_valid (given, -1);
  GString *name = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (name, c == '/' || g_unichar_iscntrl (c) ? '_' : c);
    }
  if (name->len > MAX_NAME_SIZE)
    {
      const char *dot = strrchr (name->str, '.');
      g_autofree char *ending = dot != NULL && strlen (dot) <= MAX_ENDING ? g_strdup (dot) : g_strdup ("");
      gsize keep = MAX_NAME_SIZE - strlen (ending);

      g_string_truncate (name, g_utf8_find_prev_char (name->str, name->str + keep + 1) - name->str);
      g_string_append (name, ending);
    }
  if (name->len == 0 || g_str_equal (name->str, ".") || g_str_equal (name->str, ".."))
    g_string_assign (name, "_");
  return g_string_free (name, FALSE);
}

/* What it is, where the name and the first bytes say so */
static char *
guess_type (Stage *self)
{
  g_autofree char *type = g_content_type_guess (self->name, self->head, self->head_size, NULL);
  g_autofree char *mime = g_content_type_get_mime_type (type);

  if (mime == NULL || strlen (mime) > 127 || strspn (mime, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&^_.+-/") != strlen (mime)
      || strchr (mime, '/') == NULL || strchr (mime, '/') != strrchr (mime, '/'))
    return g_strdup ("application/octet-stream");
  return g_steal_pointer (&mime);
}

static gboolean
write_all (Stage         *self,
           const guint8  *data,
           gsize          size,
           GError       **error)
{
  g_checksum_update (self->sum, data, size);
  self->size += size;
  while (size > 0)
    {
      gssize n = write (self->fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_errno (error, errno);
      data += n;
      size -= n;
    }
  return TRUE;
}

static gboolean
has_space (Stage   *self,
           gint64   size,
           GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_path (self->folder);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
      || g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) >= (guint64) size + CHAT_MEDIA_SPARE_DISK)
    return TRUE;
  return fail (error, CHAT_SESSION_ERROR_NO_SPACE, "not enough space on this computer");
}

/* Returns: (nullable): with the size that it says it has */
static GInputStream *
open_input (Stage         *self,
            gint64        *size,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) why = NULL;
  GFileInputStream *stream;

  if (self->bytes != NULL)
    {
      *size = g_bytes_get_size (self->bytes);
      return g_memory_input_stream_new_from_bytes (self->bytes);
    }
  /* Asked before it is opened: a pipe would block */
  info = g_file_query_info (self->file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE ","
                                        G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME,
                            G_FILE_QUERY_INFO_NONE, cancellable, &why);
  if (info == NULL)
    {
      fail_io (error, why);
      return NULL;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      fail (error, CHAT_SESSION_ERROR_UNSUPPORTED, "no regular file");
      return NULL;
    }
  *size = g_file_info_get_size (info);
  if (self->name == NULL)
    self->name = g_strdup (g_file_info_get_display_name (info));
  stream = g_file_read (self->file, cancellable, &why);
  if (stream == NULL)
    fail_io (error, why);
  return G_INPUT_STREAM (stream);
}

/* The whole of a small image, without what it tells about its maker */
static gboolean
copy_stripped (Stage         *self,
               GInputStream  *input,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (GByteArray) whole = g_byte_array_new (), stripped = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  g_autoptr (GError) why = NULL;
  gssize n;

  g_byte_array_append (whole, self->head, self->head_size);
  while ((n = g_input_stream_read (input, chunk, CHUNK, cancellable, &why)) > 0 && whole->len + n <= CHAT_MEDIA_MAX_STRIP)
    g_byte_array_append (whole, chunk, n);
  if (n < 0)
    return fail_io (error, why);
  if (n > 0 || chat_image_strip (whole->data, whole->len, stripped) != CHAT_IMAGE_STRIP_DONE)
    return fail (error, CHAT_SESSION_ERROR_FAILED, _("What this image tells about where it was made can not be removed"));
  return check_size (self, stripped->len, error) && write_all (self, stripped->data, stripped->len, error);
}

static gboolean
copy_as_it_is (Stage         *self,
               GInputStream  *input,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  g_autoptr (GError) why = NULL;
  gssize n;

  if (!write_all (self, self->head, self->head_size, error))
    return FALSE;
  while ((n = g_input_stream_read (input, chunk, CHUNK, cancellable, &why)) > 0)
    /* It may grow while it is read */
    if (!check_size (self, self->size + n, error) || !write_all (self, chunk, n, error))
      return FALSE;
  return n == 0 || fail_io (error, why);
}

static ChatMediaStaged *
stage (Stage         *self,
       GCancellable  *cancellable,
       GError       **error)
{
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (ChatMediaStaged) staged = g_new0 (ChatMediaStaged, 1);
  g_autoptr (GError) why = NULL;
  gboolean done;
  gint64 size = 0;

  input = open_input (self, &size, cancellable, error);
  if (input == NULL || !check_size (self, size, error))
    return NULL;
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      fail_errno (error, errno);
      return NULL;
    }
  if (!has_space (self, size, error))
    return NULL;
  if (!g_input_stream_read_all (input, self->head, HEAD_SIZE, &self->head_size, cancellable, &why))
    {
      fail_io (error, why);
      return NULL;
    }
  if (self->head_size == 0)
    {
      fail (error, CHAT_SESSION_ERROR_EMPTY, "the file is empty");
      return NULL;
    }
  self->path = g_build_filename (self->folder, "staged-XXXXXX", NULL);
  self->fd = g_mkstemp_full (self->path, O_WRONLY | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      fail_errno (error, errno);
      g_clear_pointer (&self->path, g_free);
      return NULL;
    }
  staged->media_type = guess_type (self);
  /* (A drawing, which is a text) */
  staged->image = g_str_has_prefix (staged->media_type, "image/") && !g_str_has_prefix (staged->media_type, "image/svg");
  if (self->name == NULL)
    {
      const char *kind = strchr (staged->media_type, '/') + 1;

      self->name = staged->image ? g_strconcat ("image.", kind, NULL) : g_strdup ("file");
    }
  staged->name = clean_name (self->name);
  done = staged->image && self->strip ? copy_stripped (self, input, cancellable, error) : copy_as_it_is (self, input, cancellable, error);
  if (!done)
    return NULL;
  if (fsync (self->fd) != 0)
    {
      fail_errno (error, errno);
      return NULL;
    }
  staged->sha256 = g_strdup (g_checksum_get_string (self->sum));
  staged->size = self->size;
  staged->path = g_steal_pointer (&self->path);
  return g_steal_pointer (&staged);
}

static void
stage_thread (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  GError *error = NULL;
  ChatMediaStaged *staged = stage (task_data, cancellable, &error);

  if (staged != NULL)
    g_task_return_pointer (task, staged, (GDestroyNotify) chat_media_staged_free);
  else
    g_task_return_error (task, error);
}

void
chat_media_stage_async (const char          *folder,
                        GFile               *file,
                        GBytes              *bytes,
                        const char          *name,
                        gint64               limit,
                        gboolean             strip,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Stage *self = g_new0 (Stage, 1);

  self->folder = g_strdup (folder);
  self->file = file != NULL ? g_object_ref (file) : NULL;
  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  self->name = g_strdup (name);
  self->limit = limit;
  self->strip = strip;
  self->fd = -1;
  self->sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_task_set_source_tag (task, chat_media_stage_async);
  g_task_set_task_data (task, self, stage_free);
  g_task_run_in_thread (task, stage_thread);
}

ChatMediaStaged *
chat_media_stage_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
