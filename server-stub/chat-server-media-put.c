/* chat-server-media-put.c: uploads: streamed to the disk, gone on with where they broke off, checked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-media-private.h"

#include "chat-limits.h"
#include "chat-server-media-files.h"
#include "chat-server-media-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_SIZE (256 * 1024)

/* The state of an upload is the size of its file. What is kept in memory beside that (the hash of what came) only saves work: after a
 * restart, or where too many others came between, it is computed anew when all is there. */

/* What the disk may take its time for: done by a worker, which knows nothing but this */
typedef enum
{
  TASK_SYNC,            /* what was written is on the disk */
  TASK_FINISH           /* the same, and the hash of the whole */
} TaskKind;

struct _MediaTask
{
  TaskKind         kind;
  ChatServerMedia *media;
  MediaUpload     *upload;
  int              fd;                  /* a copy */
  gint64           size;
  gnutls_hash_hd_t hash;                /* FINISH: NULL: the file is read */
  int              error;               /* an errno; 0: it went well */
  char             sha256[CHAT_SHA256_SIZE + 1];
};

static void finish (MediaUpload *self);

/* Uploads in memory */

void
media_upload_free (MediaUpload *self)
{
  g_assert (self->n_tasks == 0);
  if (self->fd >= 0)
    close (self->fd);
  if (self->hash != NULL)
    gnutls_hash_deinit (self->hash, NULL);
  chat_storage_file_free (self->file);
  g_free (self);
}

/* The disk may still be being asked for a piece of it */
static void
forget (MediaUpload *self)
{
  self->is_over = TRUE;
  g_hash_table_steal (self->media->uploads, self->file->address);
  if (self->n_tasks == 0)
    media_upload_free (self);
}

/* Nobody sends, and nothing is being done */
static void
rest (MediaUpload *self)
{
  GQueue *idle = &self->media->idle_uploads;

  if (self->request != NULL || self->n_tasks > 0 || self->is_finishing || self->idle.data != NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  self->idle.data = self;
  g_queue_push_tail_link (idle, &self->idle);
  if (idle->length > CHAT_SERVER_MEDIA_IDLE_UPLOADS)
    {
      MediaUpload *oldest = idle->head->data;

      g_queue_unlink (idle, &oldest->idle);
      forget (oldest);
    }
}

static void
wake (MediaUpload *self)
{
  if (self->idle.data == NULL)
    return;
  g_queue_unlink (&self->media->idle_uploads, &self->idle);
  self->idle.data = NULL;
}

static gnutls_hash_hd_t
new_hash (void)
{
  gnutls_hash_hd_t hash = NULL;

  gnutls_hash_init (&hash, GNUTLS_DIG_SHA256);
  return hash;
}

static void
begin_anew (MediaUpload *self)
{
  if (self->fd >= 0 && ftruncate (self->fd, 0) != 0)
    g_warning ("An upload can not be cut: %s", g_strerror (errno));
  self->offset = self->synced = self->checked = 0;
  if (self->hash != NULL)
    gnutls_hash_deinit (self->hash, NULL);
  self->hash = new_hash ();
}

/* @file: what the storage says of it; taken over */
static MediaUpload *
get_upload (ChatServerMedia *media,
            ChatStorageFile *file)
{
  MediaUpload *self = g_hash_table_lookup (media->uploads, file->address);
  g_autofree char *path = NULL;
  struct stat info;

  if (self != NULL)
    {
      chat_storage_file_free (file);
      return self;
    }
  path = chat_server_media_files_get_unfinished (media->folder, file->address);
  self = g_new0 (MediaUpload, 1);
  self->media = media;
  self->file = file;
  self->fd = -1;
  if (stat (path, &info) == 0)
    self->offset = info.st_size;
  if (self->offset == 0)
    self->hash = new_hash ();
  self->synced = self->checked = self->offset;
  g_hash_table_insert (media->uploads, file->address, self);
  rest (self);
  return self;
}

static gboolean
open_file (MediaUpload *self)
{
  g_autofree char *path = chat_server_media_files_get_unfinished (self->media->folder, self->file->address);

  if (self->fd < 0)
    self->fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd >= 0)
    return TRUE;
  g_warning ("“%s” can not be opened: %s", path, g_strerror (errno));
  return FALSE;
}

/* Workers */

static void
hash_file (MediaTask *task)
{
  g_autofree char *buffer = g_malloc (READ_SIZE);
  gint64 offset = 0;

  task->hash = new_hash ();
  while (offset < task->size && task->error == 0)
    {
      gssize n = pread (task->fd, buffer, READ_SIZE, offset);

      if (n > 0)
        {
          gnutls_hash (task->hash, buffer, (gsize) n);
          offset += n;
        }
      else if (n == 0 || errno != EINTR)
        task->error = n < 0 ? errno : EIO;
    }
}

static void
take_digest (MediaTask *task)
{
  guint8 digest[CHAT_SHA256_SIZE / 2];

  gnutls_hash_output (task->hash, digest);
  for (guint i = 0; i < sizeof digest; i++)
    g_snprintf (task->sha256 + 2 * i, 3, "%02x", digest[i]);
}

static gboolean on_task_done (gpointer user_data);

void
media_task_run (gpointer data,
                gpointer user_data)
{
  MediaTask *task = data;
  GSource *source;

  if (task->kind == TASK_FINISH)
    {
      if (task->hash == NULL)
        hash_file (task);
      if (task->error == 0)
        take_digest (task);
    }
  if (task->error == 0 && fdatasync (task->fd) != 0)
    task->error = errno;

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_task_done, task, NULL);
  g_source_attach (source, task->media->context);
  g_source_unref (source);
}

/* Returns: FALSE where there are no descriptors */
static gboolean
start_task (MediaUpload *self,
            TaskKind     kind)
{
  int fd = fcntl (self->fd, F_DUPFD_CLOEXEC, 0);
  MediaTask *task;

  if (fd < 0)
    return FALSE;
  task = g_new0 (MediaTask, 1);
  task->kind = kind;
  task->media = self->media;
  task->upload = self;
  task->fd = fd;
  task->size = self->offset;
  if (kind == TASK_FINISH)
    task->hash = g_steal_pointer (&self->hash);
  self->n_tasks++;
  self->media->n_jobs++;
  g_thread_pool_push (self->media->workers, task, NULL);
  return TRUE;
}

/* Answers */

static void
tell_offset (MediaRequest *self,
             gint64        offset,
             gint64        length)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, offset);
  g_autofree char *all = g_strdup_printf ("%" G_GINT64_FORMAT, length);

  media_request_set_header (self, "Upload-Offset", text);
  media_request_set_header (self, "Upload-Length", all);
  media_request_set_header (self, "Cache-Control", "no-store");
}

/* @file: (nullable): the finished one */
static void
set_location (MediaRequest          *self,
              const ChatStorageFile *file)
{
  g_autofree char *url = NULL;

  if (self->connection == NULL)
    return;
  url = chat_server_media_dup_url (self->media, g_socket_get_fd (self->connection->socket));
  self->location = chat_server_media_dup_file_url (url, file);
}

static guint
status_from_errno (int code)
{
  return code == ENOSPC || code == EDQUOT || code == EFBIG ? SOUP_STATUS_INSUFFICIENT_STORAGE : SOUP_STATUS_INTERNAL_SERVER_ERROR;
}

/* What can not be taken any more: the upload is free for the next one */
static void
give_up (MediaRequest *self,
         guint         status)
{
  MediaUpload *upload = g_steal_pointer (&self->upload);

  if (upload != NULL)
    {
      tell_offset (self, upload->offset, upload->file->size);
      upload->request = NULL;
      rest (upload);
    }
  media_request_refuse (self, status);
}

/* Bytes */

static gboolean
has_room (MediaUpload *self,
          gint64       n)
{
  if (self->offset + n < self->checked)
    return TRUE;
  if (chat_server_count_free (self->media->folder) - n < CHAT_SERVER_MEDIA_RESERVE)
    return FALSE;
  self->checked = self->offset + n + CHAT_SERVER_MEDIA_CHECK_SIZE;
  return TRUE;
}

static int
write_all (MediaUpload *self,
           const char  *data,
           gsize        size)
{
  gint64 offset = self->offset;

  while (size > 0)
    {
      gssize n = pwrite (self->fd, data, size, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 ? errno : EIO;
      data += n;
      offset += n;
      size -= (gsize) n;
    }
  return 0;
}

static gboolean
on_turn_over (gpointer user_data)
{
  MediaRequest *self = user_data;

  if (!media_request_leave (self))
    return G_SOURCE_REMOVE;
  self->n_turn = 0;
  /* It may have to wait for the disk by now */
  if (self->upload == NULL || self->upload->offset - self->upload->synced < CHAT_SERVER_MEDIA_SYNC_MAX)
    media_request_resume (self);
  return G_SOURCE_REMOVE;
}

/* libsoup reads on as long as there is something to read: others have their turn too */
static void
end_turn (MediaRequest *self)
{
  GSource *source;

  media_request_pause (self);
  media_request_enter (self);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_turn_over, self, NULL);
  g_source_attach (source, self->media->context);
  g_source_unref (source);
}

void
media_put_chunk (MediaRequest *self,
                 GBytes       *chunk)
{
  MediaUpload *upload = self->upload;
  gsize size;
  const char *data = g_bytes_get_data (chunk, &size);
  int code;

  if ((gint64) size > upload->file->size - upload->offset)
    {
      give_up (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE);
      return;
    }
  if (!has_room (upload, (gint64) size))
    {
      give_up (self, SOUP_STATUS_INSUFFICIENT_STORAGE);
      return;
    }
  code = write_all (upload, data, size);
  if (code != 0)
    {
      /* A part of it may have been written */
      if (ftruncate (upload->fd, upload->offset) != 0)
        g_warning ("An upload can not be cut: %s", g_strerror (errno));
      g_message ("An upload can not be written: %s", g_strerror (code));
      give_up (self, status_from_errno (code));
      return;
    }
  if (upload->hash != NULL)
    gnutls_hash (upload->hash, data, size);
  upload->offset += (gint64) size;

  if (!upload->is_syncing && upload->offset - upload->synced >= CHAT_SERVER_MEDIA_SYNC_SIZE)
    upload->is_syncing = start_task (upload, TASK_SYNC);
  self->n_turn += (gint64) size;
  if (upload->is_syncing && upload->offset - upload->synced >= CHAT_SERVER_MEDIA_SYNC_MAX)
    media_request_pause (self);
  else if (self->n_turn >= CHAT_SERVER_MEDIA_TURN)
    end_turn (self);
}

/* The end of the body */
void
media_put_body (MediaRequest *self)
{
  MediaUpload *upload = self->upload;

  if (upload->offset == upload->file->size)
    {
      media_request_pause (self);
      finish (upload);
    }
  else if (self->has_range)
    give_up (self, SOUP_STATUS_ACCEPTED);
  else
    {
      begin_anew (upload);
      give_up (self, SOUP_STATUS_UNPROCESSABLE_ENTITY);
    }
}

/* Finishing: the bytes are on the disk, then their hash is compared, then the storage knows the file */

static void
finish (MediaUpload *self)
{
  MediaRequest *request = self->request;

  self->is_finishing = TRUE;
  if (start_task (self, TASK_FINISH))
    return;
  self->is_finishing = FALSE;
  if (request != NULL)
    give_up (request, SOUP_STATUS_SERVICE_UNAVAILABLE);
}

static void
on_file_added (ChatStorageJob *job,
               gpointer        user_data)
{
  MediaUpload *self = user_data;
  MediaRequest *request = self->request;
  ChatServerMedia *media = self->media;

  media->n_jobs--;
  self->n_tasks--;
  self->is_finishing = FALSE;
  if (job->status == CHAT_STATUS_SUCCESS)
    {
      chat_server_media_files_remove_unfinished (media->folder, self->file->address);
      if (request != NULL)
        {
          request->upload = NULL;
          self->request = NULL;
          set_location (request, job->file);
          tell_offset (request, self->offset, self->file->size);
        }
      wake (self);
      forget (self);
      if (request != NULL)
        media_request_answer (request, request->is_head ? SOUP_STATUS_OK : SOUP_STATUS_CREATED);
      return;
    }
  /* The bytes are there: the next request tries it again, with a hash computed anew */
  if (request == NULL)
    rest (self);
  else if (job->status == CHAT_STATUS_MESSAGE_DOES_NOT_EXIST)
    give_up (request, SOUP_STATUS_NOT_FOUND);
  else if (chat_server_count_free (media->folder) < CHAT_SERVER_MEDIA_RESERVE)
    give_up (request, SOUP_STATUS_INSUFFICIENT_STORAGE);
  else
    give_up (request, SOUP_STATUS_SERVICE_UNAVAILABLE);
}

static void
add_file (MediaUpload *self)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_FINISH_UPLOAD, on_file_added, self);

  job->inbox = self->media->inbox;
  job->address = g_strdup (self->file->address);
  job->name = chat_server_media_address_new ();
  self->n_tasks++;
  self->media->n_jobs++;
  chat_server_storage_submit (self->media->storage, job);
}

static void
on_finished (MediaUpload *self,
             MediaTask   *task)
{
  MediaRequest *request = self->request;
  guint status = SOUP_STATUS_UNPROCESSABLE_ENTITY;

  if (task->error == 0 && strcmp (task->sha256, self->file->sha256) == 0)
    {
      add_file (self);
      return;
    }
  self->is_finishing = FALSE;
  if (task->error == 0)
    begin_anew (self);
  else
    {
      /* What could not be written once is not trusted to be there: EIO may be told only once */
      g_warning ("An upload can not be kept: %s", g_strerror (task->error));
      status = status_from_errno (task->error);
      begin_anew (self);
    }
  if (request != NULL)
    give_up (request, status);
  else
    rest (self);
}

static gboolean
on_task_done (gpointer user_data)
{
  MediaTask *task = user_data;
  MediaUpload *self = task->upload;

  self->n_tasks--;
  self->media->n_jobs--;
  close (task->fd);
  if (task->hash != NULL)
    gnutls_hash_deinit (task->hash, NULL);
  if (self->is_over)
    {
      if (self->n_tasks == 0)
        media_upload_free (self);
    }
  else if (task->kind == TASK_FINISH)
    on_finished (self, task);
  else
    {
      MediaRequest *request = self->request;

      self->is_syncing = FALSE;
      if (task->error == 0)
        self->synced = MAX (self->synced, MIN (task->size, self->offset));
      if (task->error != 0 && request != NULL && !self->is_finishing)
        {
          begin_anew (self);
          give_up (request, status_from_errno (task->error));
        }
      else if (request != NULL && !self->is_finishing)
        {
          if (self->offset - self->synced >= CHAT_SERVER_MEDIA_SYNC_SIZE)
            self->is_syncing = start_task (self, TASK_SYNC);
          media_request_resume (request);
        }
      else
        rest (self);
    }
  g_free (task);
  return G_SOURCE_REMOVE;
}

/* The beginning */

/* Content-Range of a request: "bytes A-B/T". Returns: FALSE where it is not that */
static gboolean
parse_content_range (MediaRequest *self,
                     const char   *text)
{
  guint64 first, last, total;
  g_auto (GStrv) parts = NULL;
  char *slash, *dash;

  if (g_ascii_strncasecmp (text, "bytes ", 6) != 0)
    return FALSE;
  parts = g_strsplit (text + 6, "/", 2);
  if (parts[0] == NULL || parts[1] == NULL || (dash = strchr (parts[0], '-')) == NULL)
    return FALSE;
  *dash = '\0';
  slash = parts[1];
  if (!g_ascii_string_to_unsigned (parts[0], 10, 0, CHAT_MAX_ID, &first, NULL)
      || !g_ascii_string_to_unsigned (dash + 1, 10, 0, CHAT_MAX_ID, &last, NULL)
      || !g_ascii_string_to_unsigned (slash, 10, 1, CHAT_MAX_ID, &total, NULL)
      || first > last || last >= total)
    return FALSE;
  self->has_range = TRUE;
  self->range_first = (gint64) first;
  self->range_last = (gint64) last;
  self->range_total = (gint64) total;
  return TRUE;
}

/* Another one sends it still, or seems to: half a connection may look like that for long. Whoever comes last has it */
static void
take_over (MediaUpload *self)
{
  MediaRequest *old = g_steal_pointer (&self->request);

  if (old == NULL)
    return;
  old->upload = NULL;
  if (old->connection != NULL)
    media_connection_close (old->connection);
  media_request_refuse (old, SOUP_STATUS_CONFLICT);
}

static guint
begin (MediaRequest *self,
       MediaUpload  *upload)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  gboolean has_length = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH;
  gint64 length = has_length ? soup_message_headers_get_content_length (headers) : -1;
  gint64 first = self->has_range ? self->range_first : 0;

  if (self->has_range && (self->range_total != upload->file->size
                          || (has_length && length != self->range_last - first + 1)))
    return SOUP_STATUS_BAD_REQUEST;
  if (has_length && length > upload->file->size - first)
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  if (upload->is_finishing)
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  take_over (upload);
  if (!open_file (upload))
    return status_from_errno (errno);
  if (!self->has_range)
    begin_anew (upload);
  if (first != upload->offset)
    return SOUP_STATUS_CONFLICT;
  if (has_length && chat_server_count_free (self->media->folder) - length < CHAT_SERVER_MEDIA_RESERVE)
    return SOUP_STATUS_INSUFFICIENT_STORAGE;
  return 0;
}

/* Somebody asks how far it is. All may be there without having been finished: the server was stopped, or the disk full, at its end.
 * Returns: 0: it is to be finished now */
static guint
look (MediaUpload *self)
{
  if (self->offset < self->file->size || self->request != NULL || self->is_finishing)
    return SOUP_STATUS_OK;
  return open_file (self) ? 0 : status_from_errno (errno);
}

static void
on_found (ChatStorageJob *job,
          gpointer        user_data)
{
  MediaRequest *self = user_data;
  MediaUpload *upload;
  guint status;

  if (!media_request_leave (self))
    return;
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      media_request_refuse (self, job->status == CHAT_STATUS_MESSAGE_DOES_NOT_EXIST ? SOUP_STATUS_NOT_FOUND
                                                                                     : SOUP_STATUS_SERVICE_UNAVAILABLE);
      return;
    }
  if (job->name != NULL)
    {
      ChatStorageFile finished = { .address = job->name, .name = job->file->name };

      tell_offset (self, job->file->size, job->file->size);
      set_location (self, &finished);
      media_request_refuse (self, self->is_head ? SOUP_STATUS_OK : SOUP_STATUS_CREATED);
      return;
    }

  upload = get_upload (self->media, g_steal_pointer (&job->file));
  wake (upload);
  status = self->is_head ? look (upload) : begin (self, upload);
  if (status != 0)
    {
      tell_offset (self, upload->offset, upload->file->size);
      rest (upload);
      media_request_refuse (self, status);
      return;
    }
  upload->request = self;
  self->upload = upload;
  if (self->is_head)
    finish (upload);
  else
    media_request_resume (self);
}

void
media_put_start (MediaRequest *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  const char *range = soup_message_headers_get_one (headers, "Content-Range");
  ChatStorageJob *job;

  if (!self->is_head && range != NULL && !parse_content_range (self, range))
    {
      media_request_refuse (self, SOUP_STATUS_BAD_REQUEST);
      return;
    }
  job = chat_storage_job_new (CHAT_STORAGE_FIND_UPLOAD, on_found, self);
  job->address = g_strdup (self->address);
  media_request_pause (self);
  media_request_submit (self, job);
}

void
media_put_end (MediaRequest *self)
{
  MediaUpload *upload = g_steal_pointer (&self->upload);

  if (upload == NULL)
    return;
  upload->request = NULL;
  rest (upload);
}
