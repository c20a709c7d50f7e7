/* chat-media-manager.c: the files of an account: which are here, which are on their way, in which order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-media-manager-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "chat-media-folder.h"
#include "chat-session-media.h"

static void
on_attachment_gone (gpointer  data,
                    GObject  *where_it_was)
{
  ChatMediaFile *file = data;

  g_ptr_array_remove_fast (file->attachments, where_it_was);
  chat_media_file_settle (file);
}

static void
file_free (gpointer data)
{
  ChatMediaFile *file = data;

  for (guint i = 0; i < file->attachments->len; i++)
    g_object_weak_unref (file->attachments->pdata[i], on_attachment_gone, file);
  g_ptr_array_unref (file->attachments);
  if (file->job != NULL)
    {
      file->job->file = NULL;
      chat_media_job_drop (file->job);
    }
  g_free (file->sha256);
  g_free (file->address);
  g_free (file->failure);
  g_free (file);
}

static void
upload_free (gpointer data)
{
  chat_media_job_drop (data);
}

ChatMediaManager *
chat_media_manager_new (ChatSession *session)
{
  ChatMediaManager *self = g_new0 (ChatMediaManager, 1);

  self->session = session;
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, file_free);
  self->uploads = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, upload_free);
  self->holds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->auto_images = CHAT_SESSION_AUTO_IMAGES;
  self->auto_files = CHAT_SESSION_AUTO_FILES;
  g_queue_init (&self->queue);
  g_queue_init (&self->running);
  return self;
}

void
chat_media_manager_free (ChatMediaManager *self)
{
  chat_media_manager_close (self);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->uploads);
  g_hash_table_unref (self->holds);
  g_free (self);
}

void
chat_media_manager_close (ChatMediaManager *self)
{
  self->generation++;
  self->ready = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
  chat_media_manager_stop_tidying (self);
  g_hash_table_remove_all (self->files);
  g_hash_table_remove_all (self->uploads);
  g_hash_table_remove_all (self->holds);
  g_clear_pointer (&self->endpoint, chat_media_endpoint_unref);
  g_clear_pointer (&self->folder, g_free);
}

const char *
chat_media_manager_get_folder (ChatMediaManager *self)
{
  return self->folder;
}

gboolean
chat_media_manager_is_ready (ChatMediaManager *self)
{
  return self->ready;
}

char *
chat_media_manager_dup_path (ChatMediaManager *self,
                             const char       *sha256)
{
  return g_build_filename (self->folder, sha256, NULL);
}

/* One file */

static gpointer
hold_attachment (gconstpointer attachment,
                 gpointer      user_data)
{
  return g_object_ref ((gpointer) attachment);
}

void
chat_media_file_show (ChatMediaFile *file)
{
  g_autofree char *path = file->state == CHAT_STORE_DOWNLOAD_KEPT ? chat_media_manager_dup_path (file->manager, file->sha256) : NULL;
  /* Who is notified may let them go */
  g_autoptr (GPtrArray) shown = g_ptr_array_copy (file->attachments, hold_attachment, NULL);
  ChatMediaJob *job = file->job != NULL && !file->job->stopping ? file->job : NULL;
  ChatAttachmentState state;
  goffset done = job != NULL ? job->done : 0;
  g_autofree char *failure = g_strdup (file->failure);

  g_ptr_array_set_free_func (shown, g_object_unref);
  switch (file->state)
    {
    case CHAT_STORE_DOWNLOAD_KEPT:
      state = CHAT_ATTACHMENT_LOCAL;
      break;
    case CHAT_STORE_DOWNLOAD_PAUSED:
      state = CHAT_ATTACHMENT_PAUSED;
      break;
    case CHAT_STORE_DOWNLOAD_WANTED:
      state = job != NULL && job->cancellable != NULL ? CHAT_ATTACHMENT_TRANSFERRING : CHAT_ATTACHMENT_QUEUED;
      break;
    case CHAT_STORE_DOWNLOAD_NONE:
    default:
      state = failure != NULL ? CHAT_ATTACHMENT_FAILED : CHAT_ATTACHMENT_REMOTE;
      break;
    }
  for (guint i = 0; i < shown->len; i++)
    {
      if (path != NULL)
        chat_attachment_set_path (shown->pdata[i], path);
      if (state != CHAT_ATTACHMENT_PAUSED)
        chat_attachment_set_done (shown->pdata[i], done);
      chat_attachment_set_state (shown->pdata[i], state, state == CHAT_ATTACHMENT_FAILED ? failure : NULL);
      if (path == NULL)
        chat_attachment_set_path (shown->pdata[i], NULL);
    }
}

static void
put_file (ChatStoreBatch *batch,
          const char     *sha256,
          gint64          size,
          const char     *address,
          ChatStoreDownloadState state)
{
  ChatStoreDownload row = { (char *) sha256, size, (char *) address, state };

  chat_store_batch_set_download (batch, &row);
}

void
chat_media_file_set_state (ChatMediaFile          *file,
                           ChatStoreDownloadState  state)
{
  ChatStore *store = file->manager->session->store;

  if (file->state == state)
    return;
  file->state = state;
  if (store != NULL)
    {
      g_autoptr (ChatStoreBatch) batch = chat_store_batch_new ();

      put_file (batch, file->sha256, file->size, file->address, state);
      if (!chat_store_batch_is_empty (batch))
        chat_store_apply_async (store, g_steal_pointer (&batch), NULL, NULL, NULL);
    }
}

void
chat_media_file_settle (ChatMediaFile *file)
{
  if (file->attachments->len == 0 && file->job == NULL && file->state == CHAT_STORE_DOWNLOAD_NONE)
    g_hash_table_remove (file->manager->files, file->sha256);
}

static ChatMediaFile *
add_file (ChatMediaManager *self,
          const char       *sha256,
          gint64            size,
          const char       *address)
{
  ChatMediaFile *file = g_hash_table_lookup (self->files, sha256);

  if (file != NULL)
    return file;
  file = g_new0 (ChatMediaFile, 1);
  file->manager = self;
  file->sha256 = g_strdup (sha256);
  file->size = size;
  file->address = g_strdup (address != NULL ? address : "");
  file->attachments = g_ptr_array_new ();
  g_hash_table_insert (self->files, file->sha256, file);
  return file;
}

/* The file that @attachment shows */
static ChatMediaFile *
find_file (ChatMediaManager *self,
           ChatAttachment   *attachment)
{
  const char *sha256 = chat_attachment_get_sha256 (attachment);
  ChatMediaFile *file = sha256 != NULL ? g_hash_table_lookup (self->files, sha256) : NULL;

  return file != NULL && g_ptr_array_find (file->attachments, attachment, NULL) ? file : NULL;
}

static void
want (ChatMediaFile *file,
      gboolean       first)
{
  ChatMediaManager *self = file->manager;

  g_clear_pointer (&file->failure, g_free);
  chat_media_file_set_state (file, CHAT_STORE_DOWNLOAD_WANTED);
  if (file->job == NULL)
    {
      ChatMediaJob *job = g_new0 (ChatMediaJob, 1);

      job->refs = 1;
      job->manager = self;
      job->file = file;
      file->job = job;
      chat_media_job_enqueue (job, first);
    }
  else if (!file->job->stopping && file->job->cancellable == NULL)
    {
      /* The person asks for it now */
      file->job->not_before = 0;
      chat_media_job_enqueue (file->job, first);
    }
  chat_media_file_show (file);
  chat_media_manager_pump (self);
}

/* Opening */

static void
on_swept (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) session = chat_session_call_get (call);
  g_autoptr (GPtrArray) missing = chat_media_sweep_finish (result);
  ChatMediaManager *self = session != NULL ? session->media : NULL;

  if (self == NULL || self->generation != call->value)
    return;
  self->ready = TRUE;
  /* Somebody has tidied up */
  for (guint i = 0; i < missing->len; i++)
    {
      ChatMediaFile *file = g_hash_table_lookup (self->files, missing->pdata[i]);

      if (file == NULL || file->state != CHAT_STORE_DOWNLOAD_KEPT)
        continue;
      chat_media_file_set_state (file, CHAT_STORE_DOWNLOAD_NONE);
      chat_media_file_show (file);
      chat_media_file_settle (file);
    }
  chat_media_manager_pump (self);
  /* Messages that have gone just before the program ended, or while it did not run */
  chat_media_manager_tidy_soon (self);
}

static void
keep_outbox (ChatMediaManager *self,
             GHashTable       *keep)
{
  g_autoptr (GPtrArray) files = chat_outbox_list_files (self->session->outbox);

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (ChatClientFile) file = chat_client_file_parse (files->pdata[i]);

      if (file != NULL)
        g_hash_table_add (keep, g_strdup (file->sha256));
    }
}

void
chat_media_manager_open (ChatMediaManager *self,
                         const char       *folder,
                         GPtrArray        *downloads)
{
  g_autoptr (GHashTable) keep = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) whole = g_ptr_array_new_with_free_func (g_free);

  self->folder = g_strdup (folder);
  for (guint i = 0; downloads != NULL && i < downloads->len; i++)
    {
      const ChatStoreDownload *row = downloads->pdata[i];
      ChatMediaFile *file;

      /* (Nothing else was ever written; but it becomes the name of a file) */
      if (strlen (row->sha256) != 64 || strspn (row->sha256, "0123456789abcdef") != 64 || row->state == CHAT_STORE_DOWNLOAD_NONE)
        continue;
      file = add_file (self, row->sha256, row->size, row->address);
      file->state = row->state;
      g_hash_table_add (keep, row->state == CHAT_STORE_DOWNLOAD_KEPT ? g_strdup (row->sha256) : g_strconcat (row->sha256, ".part", NULL));
      if (row->state == CHAT_STORE_DOWNLOAD_KEPT)
        g_ptr_array_add (whole, g_strdup (row->sha256));
      else if (row->state == CHAT_STORE_DOWNLOAD_WANTED)
        want (file, FALSE);
    }
  keep_outbox (self, keep);
  /* Without a store nobody can tell what is wanted: it may be another program's */
  chat_media_sweep_async (folder, downloads != NULL ? keep : NULL, whole, on_swept, chat_session_call_new (self->session, NULL, 0, self->generation));
}

static void
refuse_uploads (ChatMediaManager *self)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_media_job_unref);
  GHashTableIter iter;
  gpointer job;

  /* Each goes out of the table by it */
  g_hash_table_iter_init (&iter, self->uploads);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    {
      ((ChatMediaJob *) job)->refs++;
      g_ptr_array_add (jobs, job);
    }
  for (guint i = 0; i < jobs->len; i++)
    chat_media_job_refuse (jobs->pdata[i]);
}

void
chat_media_manager_set_endpoint (ChatMediaManager  *self,
                                 ChatMediaEndpoint *endpoint)
{
  g_clear_pointer (&self->endpoint, chat_media_endpoint_unref);
  if (endpoint == NULL)
    {
      refuse_uploads (self);
      return;
    }
  self->endpoint = chat_media_endpoint_ref (endpoint);
  for (GList *l = self->queue.head; l != NULL; l = l->next)
    ((ChatMediaJob *) l->data)->not_before = 0;
  chat_media_manager_pump (self);
}

static gboolean
on_time (gpointer user_data)
{
  ChatMediaManager *self = user_data;

  self->timer = 0;
  chat_media_manager_pump (self);
  return G_SOURCE_REMOVE;
}

void
chat_media_manager_pump (ChatMediaManager *self)
{
  gint64 now = g_get_monotonic_time (), next = G_MAXINT64;
  GList *l = self->queue.head;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (!self->ready || self->endpoint == NULL || self->session->client == NULL)
    return;
  while (l != NULL && self->running.length < CHAT_MEDIA_MAX_RUNNING)
    {
      ChatMediaJob *job = l->data;

      l = l->next;
      if (!chat_media_job_can_run (job))
        continue;
      if (job->not_before > now)
        {
          next = MIN (next, job->not_before);
          continue;
        }
      chat_media_job_run (job);
      /* What is shown by it may have changed the queue */
      l = self->queue.head;
    }
  if (next < G_MAXINT64)
    self->timer = g_timeout_add (MIN ((next - now) / 1000 + 1, G_MAXINT32), on_time, self);
}

/* What messages carry */

static gboolean
comes_by_itself (ChatMediaManager *self,
                 ChatMediaFile    *file,
                 gboolean          image)
{
  gint64 limit = image ? self->auto_images : self->auto_files;

  return file->state == CHAT_STORE_DOWNLOAD_NONE && file->job == NULL && file->failure == NULL && *file->address != '\0'
         && (limit < 0 || file->size <= limit) && self->queue.length < CHAT_MEDIA_MAX_QUEUED;
}

gboolean
chat_media_manager_set_auto (ChatMediaManager *self,
                             gint64            images,
                             gint64            files)
{
  if (self->auto_images == images && self->auto_files == files)
    return FALSE;
  self->auto_images = images;
  self->auto_files = files;
  return TRUE;
}

void
chat_media_manager_meet (ChatMediaManager *self,
                         ChatAttachment   *attachment,
                         gboolean          image,
                         gboolean          looked_at)
{
  const char *sha256 = chat_attachment_get_sha256 (attachment), *address = chat_attachment_get_address (attachment);
  ChatMediaFile *file;

  if (self->folder == NULL || sha256 == NULL)
    return;
  file = add_file (self, sha256, chat_attachment_get_size (attachment), address);
  file->met = self->n_tidied;
  if (file->size != chat_attachment_get_size (attachment))
    {
      /* A content has one size: of two that are told at most one is true, and of one that is here it is known */
      if (file->job != NULL || file->state == CHAT_STORE_DOWNLOAD_KEPT)
        {
          chat_attachment_set_state (attachment, CHAT_ATTACHMENT_FAILED, _("The file is not what it was said to be"));
          return;
        }
      file->size = chat_attachment_get_size (attachment);
    }
  if (address != NULL && g_strcmp0 (file->address, address) != 0)
    {
      g_free (file->address);
      file->address = g_strdup (address);
    }
  if (!g_ptr_array_find (file->attachments, attachment, NULL))
    {
      g_object_weak_ref (G_OBJECT (attachment), on_attachment_gone, file);
      g_ptr_array_add (file->attachments, attachment);
      chat_media_file_show (file);
    }
  if (looked_at && comes_by_itself (self, file, image))
    want (file, FALSE);
}

void
chat_media_manager_start (ChatMediaManager *self,
                          ChatAttachment   *attachment)
{
  ChatMediaFile *file = find_file (self, attachment);

  if (file == NULL)
    return;
  if (file->state == CHAT_STORE_DOWNLOAD_KEPT)
    {
      g_autofree char *path = chat_media_manager_dup_path (self, file->sha256);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return;
    }
  want (file, TRUE);
}

static void
stop (ChatMediaFile          *file,
      ChatStoreDownloadState  state)
{
  ChatMediaJob *job = file->job;

  chat_media_file_set_state (file, state);
  g_clear_pointer (&file->failure, g_free);
  if (job != NULL && job->cancellable != NULL)
    {
      /* It ends before another one begins on the same file */
      job->stopping = TRUE;
      g_cancellable_cancel (job->cancellable);
    }
  else if (job != NULL)
    {
      file->job = NULL;
      job->file = NULL;
      chat_media_job_drop (job);
    }
  chat_media_file_show (file);
}

void
chat_media_manager_pause (ChatMediaManager *self,
                          ChatAttachment   *attachment)
{
  ChatMediaFile *file = find_file (self, attachment);

  if (file != NULL && file->state == CHAT_STORE_DOWNLOAD_WANTED)
    stop (file, CHAT_STORE_DOWNLOAD_PAUSED);
}

void
chat_media_manager_cancel (ChatMediaManager *self,
                           ChatAttachment   *attachment)
{
  ChatMediaFile *file = find_file (self, attachment);

  if (file == NULL || file->state == CHAT_STORE_DOWNLOAD_KEPT)
    return;
  stop (file, CHAT_STORE_DOWNLOAD_NONE);
  /* (What still runs is deleted when it has ended) */
  if (file->job == NULL)
    {
      g_autofree char *path = chat_media_manager_dup_path (self, file->sha256), *part = g_strconcat (path, ".part", NULL);

      chat_media_remove (part);
    }
}

/* What is sent */

void
chat_media_manager_hold (ChatMediaManager *self,
                         const char       *sha256)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->holds, sha256));

  g_hash_table_replace (self->holds, g_strdup (sha256), GUINT_TO_POINTER (n + 1));
}

gboolean
chat_media_manager_is_wanted (ChatMediaManager *self,
                              const char       *sha256)
{
  g_autoptr (GHashTable) keep = NULL;

  if (g_hash_table_contains (self->holds, sha256))
    return TRUE;
  keep = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  keep_outbox (self, keep);
  return g_hash_table_contains (keep, sha256);
}

void
chat_media_file_forget (ChatMediaFile *file)
{
  g_autofree char *path = chat_media_manager_dup_path (file->manager, file->sha256), *part = g_strconcat (path, ".part", NULL);

  stop (file, CHAT_STORE_DOWNLOAD_NONE);
  chat_media_remove (path);
  /* (What still runs is deleted when it has ended) */
  if (file->job == NULL)
    chat_media_remove (part);
  chat_media_file_settle (file);
}

/* The copy of something that was not sent goes, where nothing else has the same content */
static void
tidy (ChatMediaManager *self,
      const char       *sha256)
{
  ChatMediaFile *file = g_hash_table_lookup (self->files, sha256);
  g_autofree char *path = NULL;

  if (self->folder == NULL || (file != NULL && file->state == CHAT_STORE_DOWNLOAD_KEPT) || chat_media_manager_is_wanted (self, sha256))
    return;
  path = chat_media_manager_dup_path (self, sha256);
  chat_media_remove (path);
}

void
chat_media_manager_release (ChatMediaManager *self,
                            const char       *sha256)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->holds, sha256));

  if (n > 1)
    g_hash_table_replace (self->holds, g_strdup (sha256), GUINT_TO_POINTER (n - 1));
  else if (n == 1)
    {
      g_hash_table_remove (self->holds, sha256);
      tidy (self, sha256);
    }
}

void
chat_media_manager_upload (ChatMediaManager *self,
                           ChatMessage      *message,
                           const char       *file,
                           const char       *address,
                           gboolean          paused)
{
  const char *ref = chat_message_get_client_ref (message);
  ChatMediaJob *job;

  if (g_hash_table_contains (self->uploads, ref))
    return;
  job = g_new0 (ChatMediaJob, 1);
  job->refs = 1;
  job->manager = self;
  job->message = g_object_ref (message);
  job->what = chat_client_file_parse (file);
  job->ref = g_strdup (ref);
  job->address = g_strdup (address);
  job->paused = paused;
  g_hash_table_insert (self->uploads, job->ref, job);
  if (job->what == NULL)
    {
      g_hash_table_remove (self->uploads, ref);
      chat_outbox_upload_failed (self->session->outbox, ref, _("The copy of the file on this computer can not be read"));
      return;
    }
  if (self->endpoint == NULL && self->session->client != NULL)
    {
      chat_media_job_refuse (job);
      return;
    }
  chat_media_job_enqueue (job, FALSE);
  chat_media_job_show (job);
  chat_media_manager_pump (self);
}

gboolean
chat_media_manager_start_upload (ChatMediaManager *self,
                                 const char       *client_ref)
{
  ChatMediaJob *job = client_ref != NULL ? g_hash_table_lookup (self->uploads, client_ref) : NULL;

  if (job == NULL)
    return FALSE;
  job->paused = FALSE;
  job->not_before = 0;
  chat_outbox_hold_upload (self->session->outbox, client_ref, FALSE);
  chat_media_job_show (job);
  chat_media_manager_pump (self);
  return TRUE;
}

gboolean
chat_media_manager_pause_upload (ChatMediaManager *self,
                                 const char       *client_ref)
{
  ChatMediaJob *job = client_ref != NULL ? g_hash_table_lookup (self->uploads, client_ref) : NULL;

  if (job == NULL)
    return FALSE;
  if (job->paused)
    return TRUE;
  job->paused = TRUE;
  if (job->cancellable != NULL)
    {
      job->stopping = TRUE;
      g_cancellable_cancel (job->cancellable);
    }
  chat_media_job_show (job);
  chat_outbox_hold_upload (self->session->outbox, client_ref, TRUE);
  return TRUE;
}

void
chat_media_manager_dropped (ChatMediaManager *self,
                            const char       *client_ref,
                            const char       *file)
{
  g_autoptr (ChatClientFile) what = chat_client_file_parse (file);

  g_hash_table_remove (self->uploads, client_ref);
  if (what != NULL)
    tidy (self, what->sha256);
}

void
chat_media_manager_put_sent (ChatMediaManager *self,
                             ChatStoreBatch   *batch,
                             const char       *file,
                             const char       *address)
{
  g_autoptr (ChatClientFile) what = chat_client_file_parse (file);

  if (what != NULL)
    put_file (batch, what->sha256, what->size, address, CHAT_STORE_DOWNLOAD_KEPT);
}

void
chat_media_manager_sent (ChatMediaManager *self,
                         ChatAttachment   *attachment)
{
  const char *sha256 = chat_attachment_get_sha256 (attachment);
  ChatMediaFile *file;

  if (self->folder == NULL || sha256 == NULL)
    return;
  file = add_file (self, sha256, chat_attachment_get_size (attachment), chat_attachment_get_address (attachment));
  if (file->job != NULL)
    stop (file, CHAT_STORE_DOWNLOAD_KEPT);
  file->size = chat_attachment_get_size (attachment);
  file->state = CHAT_STORE_DOWNLOAD_KEPT;
  chat_media_manager_meet (self, attachment, FALSE, FALSE);
  chat_media_file_show (file);
}

ChatAttachment *
chat_media_attachment_new (const char *file,
                           gboolean    outgoing)
{
  g_autoptr (ChatClientFile) what = chat_client_file_parse (file);
  ChatAttachmentInfo info;

  if (what == NULL)
    return NULL;
  info = (ChatAttachmentInfo) {
    .name = what->name, .size = what->size, .media_type = what->media_type, .sha256 = what->sha256,
    .width = (int) what->width, .height = (int) what->height, .preview = what->preview,
  };
  return chat_attachment_new (&info, outgoing);
}
