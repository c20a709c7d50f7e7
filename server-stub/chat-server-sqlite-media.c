/* chat-server-sqlite-media.c: files, their contents and uploads, as changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <unistd.h>

#include "chat-server-media-files.h"
#include "chat-server-sqlite-changes.h"
#include "chat-server-sqlite-file.h"

/* A damaged database may hold anything; what leaves here is UTF-8 */
static char *
dup_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return g_utf8_make_valid (text != NULL ? text : "", -1);
}

ChatStorageFile *
chat_sqlite_read_file (sqlite3_stmt *statement)
{
  ChatStorageFile *file = g_new0 (ChatStorageFile, 1);

  file->address = dup_text (statement, 1);
  file->name = dup_text (statement, 2);
  file->media_type = dup_text (statement, 3);
  file->sha256 = dup_text (statement, 4);
  file->size = sqlite3_column_int64 (statement, 5);
  file->width = (guint) sqlite3_column_int (statement, 6);
  file->height = (guint) sqlite3_column_int (statement, 7);
  if (sqlite3_column_type (statement, 8) != SQLITE_NULL)
    file->preview = dup_text (statement, 8);
  file->expires = sqlite3_column_int64 (statement, 9);
  return file;
}

static void
set_file (ChatStorageJob *job, ChatStorageFile *file)
{
  chat_storage_file_free (job->file);
  job->file = file;
}

gboolean
chat_sqlite_find_file (ChatSqliteWriter *self, ChatStorageJob *job, gint64 kind, gint64 *file_id)
{
  gboolean failed = FALSE;

  *file_id = 0;
  if (kind == CHAT_MESSAGE_KIND_TEXT || job->address == NULL)
    return TRUE;
  bind_text (self, SQL_FIND_FILE, 1, job->address);
  if (chat_sqlite_writer_step_row (self, SQL_FIND_FILE, &failed))
    {
      *file_id = get_id (self, SQL_FIND_FILE, 0);
      set_file (job, chat_sqlite_read_file (self->statements[SQL_FIND_FILE]));
      sqlite3_reset (self->statements[SQL_FIND_FILE]);
    }
  else if (job->needs_file)
    job->status = CHAT_STATUS_BAD_REQUEST;
  return !failed;
}

void
chat_sqlite_bind_file (ChatSqliteWriter *self, int statement, int place, gint64 file_id)
{
  if (file_id != 0)
    bind_id (self, statement, place, file_id);
  else
    sqlite3_bind_null (self->statements[statement], place);
}

gboolean
chat_sqlite_use_file (ChatSqliteWriter *self, gint64 file_id)
{
  if (file_id == 0)
    return TRUE;
  bind_id (self, SQL_USE_FILE, 1, file_id);
  return chat_sqlite_writer_run_statement (self, SQL_USE_FILE);
}

static gboolean
remove_file (ChatSqliteWriter *self, gint64 file_id)
{
  gboolean failed = FALSE;
  gint64 content_id;

  bind_id (self, SQL_REMOVE_FILE, 1, file_id);
  if (!chat_sqlite_writer_step_row (self, SQL_REMOVE_FILE, &failed))
    return !failed;
  content_id = get_id (self, SQL_REMOVE_FILE, 0);
  sqlite3_reset (self->statements[SQL_REMOVE_FILE]);
  bind_id (self, SQL_BURY_CONTENT, 1, content_id);
  if (!chat_sqlite_writer_run_statement (self, SQL_BURY_CONTENT))
    return FALSE;
  self->has_dead_contents |= sqlite3_changes (self->db) > 0;
  return TRUE;
}

gboolean
chat_sqlite_release_file (ChatSqliteWriter *self, gint64 file_id)
{
  gboolean failed = FALSE, used;

  if (file_id == 0)
    return TRUE;
  bind_id (self, SQL_IS_FILE_USED, 1, file_id);
  used = chat_sqlite_writer_step_row (self, SQL_IS_FILE_USED, &failed);
  sqlite3_reset (self->statements[SQL_IS_FILE_USED]);
  if (failed)
    return FALSE;
  return used || remove_file (self, file_id);
}

gboolean
chat_sqlite_drop_messages (ChatSqliteWriter *self, int statement, guint *n)
{
  g_autoptr (GArray) file_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean failed = FALSE;

  *n = 0;
  while (chat_sqlite_writer_step_row (self, statement, &failed))
    {
      gint64 file_id = get_id (self, statement, 0);

      (*n)++;
      if (file_id != 0)
        g_array_append_val (file_ids, file_id);
    }
  for (guint i = 0; i < file_ids->len && !failed; i++)
    failed = !chat_sqlite_release_file (self, g_array_index (file_ids, gint64, i));
  return !failed;
}

/* Uploads */

static gboolean
sum_used (ChatSqliteWriter *self, ChatStorageJob *job, gint64 *n_uploads)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_COUNT_UPLOADS, 1, job->user_id);
  if (!chat_sqlite_writer_step_row (self, SQL_COUNT_UPLOADS, &failed))
    return FALSE;
  *n_uploads = get_id (self, SQL_COUNT_UPLOADS, 0);
  job->used = get_id (self, SQL_COUNT_UPLOADS, 1);
  sqlite3_reset (self->statements[SQL_COUNT_UPLOADS]);
  bind_id (self, SQL_SUM_FILES, 1, job->user_id);
  if (!chat_sqlite_writer_step_row (self, SQL_SUM_FILES, &failed))
    return FALSE;
  job->used += get_id (self, SQL_SUM_FILES, 0);
  sqlite3_reset (self->statements[SQL_SUM_FILES]);
  return TRUE;
}

static gboolean
answer (ChatStorageJob *job, ChatStatus status)
{
  job->status = status;
  return TRUE;
}

gboolean
chat_sqlite_add_upload (ChatSqliteWriter *self, ChatStorageJob *job)
{
  const ChatStorageFile *file = job->file;
  gboolean failed = FALSE, exists;
  gint64 n_uploads;

  if (file == NULL || file->address == NULL || file->size < 1)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  bind_id (self, SQL_HAS_USER, 1, job->user_id);
  exists = chat_sqlite_writer_step_row (self, SQL_HAS_USER, &failed);
  sqlite3_reset (self->statements[SQL_HAS_USER]);
  if (failed)
    return FALSE;
  if (!exists)
    return answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);
  if (!sum_used (self, job, &n_uploads))
    return FALSE;
  if (file->size > job->quota - job->used)
    return answer (job, CHAT_STATUS_TOO_LARGE);
  if (n_uploads >= CHAT_STORAGE_MAX_UPLOADS)
    return answer (job, CHAT_STATUS_RATE_LIMITED);

  job->file->expires = get_date (job) + CHAT_STORAGE_UNUSED_TIME;
  bind_text (self, SQL_ADD_UPLOAD, 1, file->address);
  bind_id (self, SQL_ADD_UPLOAD, 2, job->user_id);
  bind_text (self, SQL_ADD_UPLOAD, 3, file->name);
  bind_text (self, SQL_ADD_UPLOAD, 4, file->media_type);
  bind_id (self, SQL_ADD_UPLOAD, 5, file->size);
  bind_text (self, SQL_ADD_UPLOAD, 6, file->sha256);
  bind_id (self, SQL_ADD_UPLOAD, 7, file->width);
  bind_id (self, SQL_ADD_UPLOAD, 8, file->height);
  bind_text (self, SQL_ADD_UPLOAD, 9, file->preview);
  bind_id (self, SQL_ADD_UPLOAD, 10, file->expires);
  return chat_sqlite_writer_run_statement (self, SQL_ADD_UPLOAD);
}

/* The content of @sha256, put in its place where it is not there. Its file and this transaction are one: what is unlinked by a sweep is
 * unlinked by this same thread. */
static gboolean
ensure_content (ChatSqliteWriter *self, const ChatStorageFile *upload, gint64 *content_id)
{
  g_autofree char *path = chat_server_media_files_get_content (self->media_folder, upload->sha256);
  g_autoptr (GError) error = NULL;
  gboolean failed = FALSE, found;

  bind_text (self, SQL_FIND_CONTENT, 1, upload->sha256);
  found = chat_sqlite_writer_step_row (self, SQL_FIND_CONTENT, &failed);
  if (found)
    *content_id = get_id (self, SQL_FIND_CONTENT, 0);
  sqlite3_reset (self->statements[SQL_FIND_CONTENT]);
  if (failed)
    return FALSE;

  if ((!found || access (path, F_OK) != 0)
      && !chat_server_media_files_place (self->media_folder, upload->address, upload->sha256, !found, &error))
    {
      g_warning ("%s", error->message);
      return FALSE;
    }
  if (found)
    {
      bind_id (self, SQL_REVIVE_CONTENT, 1, *content_id);
      return chat_sqlite_writer_run_statement (self, SQL_REVIVE_CONTENT);
    }
  bind_text (self, SQL_ADD_CONTENT, 1, upload->sha256);
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_CONTENT))
    return FALSE;
  *content_id = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

static gboolean
get_file (ChatSqliteWriter *self, ChatStorageJob *job, gint64 file_id)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_GET_FILE, 1, file_id);
  if (!chat_sqlite_writer_step_row (self, SQL_GET_FILE, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  set_file (job, chat_sqlite_read_file (self->statements[SQL_GET_FILE]));
  sqlite3_reset (self->statements[SQL_GET_FILE]);
  return TRUE;
}

gboolean
chat_sqlite_finish_upload (ChatSqliteWriter *self, ChatStorageJob *job)
{
  g_autoptr (ChatStorageFile) upload = NULL;
  gint64 upload_id, user_id, file_id, content_id;
  gboolean failed = FALSE;

  if (job->address == NULL || job->name == NULL)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  bind_text (self, SQL_FIND_UPLOAD, 1, job->address);
  if (!chat_sqlite_writer_step_row (self, SQL_FIND_UPLOAD, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  upload = chat_sqlite_read_file (self->statements[SQL_FIND_UPLOAD]);
  upload_id = get_id (self, SQL_FIND_UPLOAD, 0);
  user_id = get_id (self, SQL_FIND_UPLOAD, CHAT_SQLITE_N_FILE_COLUMNS);
  file_id = get_id (self, SQL_FIND_UPLOAD, CHAT_SQLITE_N_FILE_COLUMNS + 1);
  sqlite3_reset (self->statements[SQL_FIND_UPLOAD]);
  if (upload->expires <= get_date (job))
    return answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  if (file_id != 0)
    return get_file (self, job, file_id);

  if (!ensure_content (self, upload, &content_id))
    return FALSE;
  bind_text (self, SQL_ADD_FILE, 1, job->name);
  bind_id (self, SQL_ADD_FILE, 2, content_id);
  bind_id (self, SQL_ADD_FILE, 3, user_id);
  bind_text (self, SQL_ADD_FILE, 4, upload->name);
  bind_text (self, SQL_ADD_FILE, 5, upload->media_type);
  bind_id (self, SQL_ADD_FILE, 6, upload->size);
  bind_id (self, SQL_ADD_FILE, 7, upload->width);
  bind_id (self, SQL_ADD_FILE, 8, upload->height);
  bind_text (self, SQL_ADD_FILE, 9, upload->preview);
  bind_id (self, SQL_ADD_FILE, 10, get_date (job));
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_FILE))
    return FALSE;
  file_id = sqlite3_last_insert_rowid (self->db);
  bind_id (self, SQL_FINISH_UPLOAD, 1, upload_id);
  bind_id (self, SQL_FINISH_UPLOAD, 2, file_id);
  return chat_sqlite_writer_run_statement (self, SQL_FINISH_UPLOAD) && get_file (self, job, file_id);
}

/* Keeping for a time only */

typedef struct
{
  gint64 id;
  char   address[CHAT_SERVER_ADDRESS_SIZE + 1];
  char   sha256[65];
} OldUpload;

static gboolean
has_content (ChatSqliteWriter *self, const char *sha256, gboolean *found)
{
  gboolean failed = FALSE;

  bind_text (self, SQL_FIND_CONTENT, 1, sha256);
  *found = chat_sqlite_writer_step_row (self, SQL_FIND_CONTENT, &failed);
  sqlite3_reset (self->statements[SQL_FIND_CONTENT]);
  return !failed;
}

static gboolean
remove_upload (ChatSqliteWriter *self, const OldUpload *old)
{
  gboolean found;

  bind_id (self, SQL_REMOVE_UPLOAD, 1, old->id);
  if (!chat_sqlite_writer_run_statement (self, SQL_REMOVE_UPLOAD) || !has_content (self, old->sha256, &found))
    return FALSE;
  chat_server_media_files_remove_unfinished (self->media_folder, old->address);
  /* It was put in its place, and then its rows were not committed */
  if (!found)
    chat_server_media_files_remove_content (self->media_folder, old->sha256);
  return TRUE;
}

static gboolean
expire_uploads (ChatSqliteWriter *self, gint64 now, guint *n)
{
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (OldUpload));
  gboolean failed = FALSE;

  bind_id (self, SQL_LIST_OLD_UPLOADS, 1, now);
  bind_id (self, SQL_LIST_OLD_UPLOADS, 2, CHAT_SQLITE_SWEEP_SIZE);
  while (chat_sqlite_writer_step_row (self, SQL_LIST_OLD_UPLOADS, &failed))
    {
      g_autoptr (ChatStorageFile) file = chat_sqlite_read_file (self->statements[SQL_LIST_OLD_UPLOADS]);
      OldUpload old = { get_id (self, SQL_LIST_OLD_UPLOADS, 0) };

      g_strlcpy (old.address, file->address, sizeof old.address);
      g_strlcpy (old.sha256, file->sha256, sizeof old.sha256);
      g_array_append_val (list, old);
    }
  for (guint i = 0; i < list->len && !failed; i++)
    failed = !remove_upload (self, &g_array_index (list, OldUpload, i));
  *n = list->len;
  return !failed;
}

static gboolean
expire_files (ChatSqliteWriter *self, gint64 now, guint *n)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean failed = FALSE;

  bind_id (self, SQL_LIST_UNUSED_FILES, 1, now - CHAT_STORAGE_UNUSED_TIME);
  bind_id (self, SQL_LIST_UNUSED_FILES, 2, CHAT_SQLITE_SWEEP_SIZE);
  while (chat_sqlite_writer_step_row (self, SQL_LIST_UNUSED_FILES, &failed))
    {
      gint64 id = get_id (self, SQL_LIST_UNUSED_FILES, 0);

      g_array_append_val (ids, id);
    }
  for (guint i = 0; i < ids->len && !failed; i++)
    failed = !remove_file (self, g_array_index (ids, gint64, i));
  *n = ids->len;
  return !failed;
}

gboolean
chat_sqlite_expire_media (ChatSqliteWriter *self, ChatStorageJob *job)
{
  guint n_uploads, n_files;

  job->more = FALSE;
  if (!expire_uploads (self, get_date (job), &n_uploads) || !expire_files (self, get_date (job), &n_files))
    return FALSE;
  job->more = MAX (n_uploads, n_files) == CHAT_SQLITE_SWEEP_SIZE;
  return TRUE;
}

GArray *
chat_sqlite_list_dead_contents (ChatSqliteWriter *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean failed = FALSE;

  /* Unlinked first: one whose row stays is only unlinked again */
  bind_id (self, SQL_LIST_DEAD_CONTENTS, 1, CHAT_SQLITE_SWEEP_SIZE);
  while (chat_sqlite_writer_step_row (self, SQL_LIST_DEAD_CONTENTS, &failed))
    {
      gint64 id = get_id (self, SQL_LIST_DEAD_CONTENTS, 0);

      chat_server_media_files_remove_content (self->media_folder,
                                              (const char *) sqlite3_column_text (self->statements[SQL_LIST_DEAD_CONTENTS], 1));
      g_array_append_val (ids, id);
    }
  return ids;
}

gboolean
chat_sqlite_remove_contents (ChatSqliteWriter *self, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    {
      bind_id (self, SQL_REMOVE_CONTENT, 1, g_array_index (ids, gint64, i));
      if (!chat_sqlite_writer_run_statement (self, SQL_REMOVE_CONTENT))
        return FALSE;
    }
  return TRUE;
}

gboolean
chat_sqlite_clean_unfinished (ChatSqliteWriter *self)
{
  g_autofree char *path = chat_server_media_files_get_unfinished (self->media_folder, "");
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  gboolean failed = FALSE;
  const char *name;

  while (dir != NULL && !failed && (name = g_dir_read_name (dir)) != NULL)
    {
      gboolean wanted = FALSE;

      bind_text (self, SQL_FIND_UPLOAD, 1, name);
      if (chat_sqlite_writer_step_row (self, SQL_FIND_UPLOAD, &failed))
        wanted = get_id (self, SQL_FIND_UPLOAD, CHAT_SQLITE_N_FILE_COLUMNS + 1) == 0;
      sqlite3_reset (self->statements[SQL_FIND_UPLOAD]);
      if (!wanted && !failed && chat_server_media_address_is_valid (name))
        chat_server_media_files_remove_unfinished (self->media_folder, name);
    }
  return !failed;
}
