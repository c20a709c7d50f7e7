/* chat-media-jobs.c: one transfer: tried, tried again, given up
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-media-manager-private.h"

#include <glib/gi18n-lib.h>

#include "chat-media-folder.h"

void
chat_media_job_unref (ChatMediaJob *job)
{
  if (--job->refs > 0)
    return;
  g_clear_object (&job->message);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->what, chat_client_file_free);
  g_free (job->ref);
  g_free (job->address);
  g_free (job);
}

void
chat_media_job_drop (ChatMediaJob *job)
{
  ChatMediaManager *self = job->manager;

  job->manager = NULL;
  job->file = NULL;
  if (self != NULL)
    {
      g_queue_remove (&self->queue, job);
      g_queue_remove (&self->running, job);
    }
  if (job->cancellable != NULL)
    g_cancellable_cancel (job->cancellable);
  chat_media_job_unref (job);
}

void
chat_media_job_enqueue (ChatMediaJob *job,
                        gboolean      first)
{
  ChatMediaManager *self = job->manager;

  GList *l;

  g_queue_remove (&self->queue, job);
  l = self->queue.head;
  /* What the person sends goes before what comes, in its order */
  while (!first && job->file == NULL && l != NULL && ((ChatMediaJob *) l->data)->file == NULL)
    l = l->next;
  if (first)
    g_queue_push_head (&self->queue, job);
  else if (job->file == NULL && l != NULL)
    g_queue_insert_before (&self->queue, l, job);
  else
    g_queue_push_tail (&self->queue, job);
}

gboolean
chat_media_job_can_run (ChatMediaJob *job)
{
  return !job->paused;
}

void
chat_media_job_show (ChatMediaJob *job)
{
  ChatAttachment *attachment;

  if (job->file != NULL)
    {
      chat_media_file_show (job->file);
      return;
    }
  attachment = chat_message_get_attachment (job->message);
  if (attachment == NULL)
    return;
  chat_attachment_set_done (attachment, job->done);
  chat_attachment_set_state (attachment,
                             job->paused                ? CHAT_ATTACHMENT_PAUSED
                             : job->cancellable != NULL ? CHAT_ATTACHMENT_TRANSFERRING
                                                        : CHAT_ATTACHMENT_QUEUED,
                             NULL);
}

static void
on_progress (goffset  done,
             gpointer user_data)
{
  ChatMediaJob *job = user_data;

  if (job->manager == NULL || job->stopping)
    return;
  job->done = done;
  if (job->file != NULL)
    chat_media_file_show (job->file);
  else if (chat_message_get_attachment (job->message) != NULL)
    chat_attachment_set_done (chat_message_get_attachment (job->message), done);
}

/* Why, for the person */

static const char *
words_for (const GError *error,
           gboolean      upload)
{
  switch (error->domain == CHAT_MEDIA_ERROR ? error->code : CHAT_MEDIA_ERROR_FAILED)
    {
    case CHAT_MEDIA_ERROR_ADDRESS:
      return _("The file is not at an address of your server");
    case CHAT_MEDIA_ERROR_BROKEN_OFF:
      return _("The connection broke off again and again");
    case CHAT_MEDIA_ERROR_CERTIFICATE:
      return _("The server that keeps the files can not be trusted");
    case CHAT_MEDIA_ERROR_GONE:
      return upload ? _("The server did not take the file") : _("The file is no longer on the server");
    case CHAT_MEDIA_ERROR_WRONG_CONTENT:
      return upload ? _("The file was damaged on its way") : _("The file is not what it was said to be");
    case CHAT_MEDIA_ERROR_SERVER_FULL:
      return _("The disk of the server is full");
    case CHAT_MEDIA_ERROR_NO_SPACE:
      return _("There is not enough space on this computer");
    case CHAT_MEDIA_ERROR_LOCAL:
      return upload ? _("The copy of the file on this computer can not be read") : _("The file can not be written on this computer");
    default:
      return upload ? _("The server did not take the file") : _("The server did not give the file");
    }
}

/* Returns: (transfer full) */
static char *
words_for_request (const GError *error)
{
  gboolean quota = FALSE;
  gint64 limit = chat_client_error_get_limit (error, &quota);
  g_autofree char *size = g_format_size (MAX (limit, 0));

  switch (error->domain == CHAT_CLIENT_ERROR ? error->code : CHAT_CLIENT_ERROR_FAILED)
    {
    case CHAT_CLIENT_ERROR_TOO_LARGE:
      if (quota)
        return g_strdup_printf (_("Your files on this server may take up to %s: there is no room for this one"), size);
      return limit > 0 ? g_strdup_printf (_("This server takes files of up to %s"), size) : g_strdup (_("The file is too large for this server"));
    case CHAT_CLIENT_ERROR_UNSUPPORTED:
      return g_strdup (_("This server does not take files"));
    default:
      return g_strdup (_("The server did not take the file"));
    }
}

/* Trying again */

static void
again_later (ChatMediaJob *job)
{
  const ChatSessionTimes *times = &job->manager->session->times;
  guint64 pause = (guint64) times->backoff_base << MIN (job->n_failed, 16);

  job->not_before = g_get_monotonic_time () + (gint64) MIN (pause, times->backoff_max) * 1000;
  chat_media_job_enqueue (job, FALSE);
  chat_media_job_show (job);
}

/* Returns: whether it is tried once more */
static gboolean
broke_off (ChatMediaJob *job)
{
  if (job->done > job->done_before)
    job->n_failed = 0;
  job->done_before = job->done;
  /* Without a connection nobody is to blame */
  if (job->manager->session->client != NULL && ++job->n_failed >= CHAT_MEDIA_MAX_FAILED)
    return FALSE;
  again_later (job);
  return TRUE;
}

/* Takes it out of those that run. Returns: whether anybody still wants it */
static gboolean
ended (ChatMediaJob *job)
{
  g_clear_object (&job->cancellable);
  if (job->manager == NULL)
    return FALSE;
  g_queue_remove (&job->manager->running, job);
  return TRUE;
}

/* Downloads */

static void
remove_part (ChatMediaManager *self,
             ChatMediaFile    *file)
{
  g_autofree char *path = chat_media_manager_dup_path (self, file->sha256), *part = g_strconcat (path, ".part", NULL);

  chat_media_remove (part);
}

static void
on_downloaded (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  ChatMediaJob *job = user_data;
  ChatMediaManager *self = job->manager;
  ChatMediaFile *file = job->file;
  g_autoptr (GError) error = NULL;
  gboolean done = chat_media_download_finish (result, &error), stopping = job->stopping;

  if (!ended (job) || file == NULL)
    {
      chat_media_job_unref (job);
      return;
    }
  job->stopping = FALSE;
  if (done)
    {
      chat_media_file_set_state (file, CHAT_STORE_DOWNLOAD_KEPT);
      /* Its message may have gone in the last moment */
      if (stopping)
        chat_media_manager_tidy_soon (self);
    }
  else if (file->state == CHAT_STORE_DOWNLOAD_WANTED
           && (stopping || (g_error_matches (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_BROKEN_OFF))))
    {
      /* It was stopped and is wanted again, or broke off */
      if (stopping)
        chat_media_job_enqueue (job, TRUE);
      if (stopping || broke_off (job))
        {
          chat_media_file_show (file);
          chat_media_job_unref (job);
          chat_media_manager_pump (self);
          return;
        }
    }
  if (!done && !stopping)
    {
      g_message ("A file did not come: %s", error->message);
      file->failure = g_strdup (words_for (error, FALSE));
      /* (Where there was no room for it, it does not go on taking what there is) */
      if (g_error_matches (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_GONE)
          || g_error_matches (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_NO_SPACE))
        remove_part (self, file);
      chat_media_file_set_state (file, CHAT_STORE_DOWNLOAD_NONE);
    }
  if (!done && file->state == CHAT_STORE_DOWNLOAD_NONE && stopping)
    remove_part (self, file);
  file->job = NULL;
  chat_media_job_drop (job);
  chat_media_file_show (file);
  chat_media_file_settle (file);
  chat_media_job_unref (job);
  chat_media_manager_pump (self);
}

/* Uploads */

static void
upload_ended (ChatMediaJob *job)
{
  ChatMediaManager *self = job->manager;

  g_hash_table_remove (self->uploads, job->ref);
  chat_media_manager_pump (self);
}

static void
upload_failed (ChatMediaJob *job,
               const char   *words)
{
  ChatMediaManager *self = job->manager;
  ChatAttachment *attachment = chat_message_get_attachment (job->message);
  g_autofree char *ref = g_strdup (job->ref);

  if (attachment != NULL)
    chat_attachment_set_state (attachment, CHAT_ATTACHMENT_FAILED, words);
  upload_ended (job);
  chat_outbox_upload_failed (self->session->outbox, ref, words);
}

void
chat_media_job_refuse (ChatMediaJob *job)
{
  if (job->manager != NULL)
    upload_failed (job, _("This server does not take files"));
}

static void
begin_anew (ChatMediaJob *job,
            const GError *error)
{
  g_clear_pointer (&job->address, g_free);
  chat_outbox_set_upload (job->manager->session->outbox, job->ref, NULL);
  job->done = job->done_before = 0;
  if (++job->n_anew > CHAT_MEDIA_MAX_ANEW)
    {
      upload_failed (job, words_for (error, TRUE));
      return;
    }
  chat_media_job_enqueue (job, TRUE);
  chat_media_job_show (job);
  chat_media_manager_pump (job->manager);
}

static void
on_uploaded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  ChatMediaJob *job = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = chat_media_upload_finish (result, &error);
  ChatMediaManager *self = job->manager;

  if (!ended (job))
    goto out;
  job->stopping = FALSE;
  if (address != NULL)
    {
      ChatAttachment *attachment = chat_message_get_attachment (job->message);
      g_autofree char *ref = g_strdup (job->ref);

      if (attachment != NULL)
        {
          chat_attachment_set_done (attachment, job->what->size);
          chat_attachment_set_address (attachment, address);
          chat_attachment_set_state (attachment, CHAT_ATTACHMENT_LOCAL, NULL);
        }
      upload_ended (job);
      chat_outbox_uploaded (self->session->outbox, ref, address);
    }
  else if (job->paused || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      chat_media_job_enqueue (job, TRUE);
      chat_media_job_show (job);
      chat_media_manager_pump (self);
    }
  else if (g_error_matches (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_GONE)
           || g_error_matches (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_ADDRESS)
           || g_error_matches (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_WRONG_CONTENT))
    begin_anew (job, error);
  else if (g_error_matches (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_BROKEN_OFF) && broke_off (job))
    chat_media_manager_pump (self);
  else
    {
      g_message ("A file was not uploaded: %s", error->message);
      upload_failed (job, words_for (error, TRUE));
    }

out:
  chat_media_job_unref (job);
}

static void
on_address (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  ChatMediaJob *job = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = chat_client_request_upload_finish (CHAT_CLIENT (source), result, &error);
  ChatMediaManager *self = job->manager;

  if (!ended (job))
    goto out;
  job->stopping = FALSE;
  if (address != NULL)
    {
      job->address = g_steal_pointer (&address);
      chat_outbox_set_upload (self->session->outbox, job->ref, job->address);
      chat_media_job_enqueue (job, TRUE);
      chat_media_job_show (job);
      chat_media_manager_pump (self);
    }
  else if (job->paused || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      chat_media_job_enqueue (job, TRUE);
      chat_media_job_show (job);
      chat_media_manager_pump (self);
    }
  else if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED)
           || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_TIMED_OUT)
           || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_RATE_LIMITED))
    {
      gint64 pause = MIN (chat_client_error_get_retry_after (error), CHAT_OUTBOX_MAX_PAUSE_S);

      /* With the next connection, or when the server allows it */
      again_later (job);
      if (pause > 0)
        job->not_before = g_get_monotonic_time () + pause * G_USEC_PER_SEC;
      chat_media_manager_pump (self);
    }
  else
    {
      g_autofree char *words = words_for_request (error);

      upload_failed (job, words);
    }

out:
  chat_media_job_unref (job);
}

void
chat_media_job_run (ChatMediaJob *job)
{
  ChatMediaManager *self = job->manager;
  g_autofree char *path = NULL;

  g_queue_remove (&self->queue, job);
  g_queue_push_tail (&self->running, job);
  job->cancellable = g_cancellable_new ();
  job->refs++;
  if (job->file != NULL)
    {
      path = chat_media_manager_dup_path (self, job->file->sha256);
      chat_media_download_async (self->endpoint, job->file->address, path, job->file->size, job->file->sha256, on_progress, job,
                                 job->cancellable, on_downloaded, job);
    }
  else if (job->address == NULL)
    chat_client_request_upload_async (self->session->client, job->what, job->cancellable, on_address, job);
  else
    {
      path = chat_media_manager_dup_path (self, job->what->sha256);
      chat_media_upload_async (self->endpoint, job->address, path, job->what->size, on_progress, job, job->cancellable, on_uploaded, job);
    }
  chat_media_job_show (job);
}
