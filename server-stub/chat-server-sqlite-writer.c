/* chat-server-sqlite-writer.c: every change that the storage knows, on one connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite-writer.h"

#include "chat-limits.h"
#include "chat-server-media-files.h"
#include "chat-server-sqlite-changes.h"
#include "chat-server-sqlite-file.h"
#include "chat-server-sqlite-schema.h"
#include "chat-server-switches.h"

static const char *const sql[SQL_N_STATEMENTS] = {
  [SQL_BEGIN] = "BEGIN IMMEDIATE",
  [SQL_COMMIT] = "COMMIT",
  [SQL_ROLLBACK] = "ROLLBACK",
  [SQL_SAVEPOINT] = "SAVEPOINT job",
  [SQL_RELEASE] = "RELEASE job",
  [SQL_ROLLBACK_TO] = "ROLLBACK TO job",
  [SQL_GET_IDS_END] = "SELECT max((SELECT value FROM meta WHERE key = 'ids-end'),"
                  " 1 + ifnull((SELECT max(id) FROM users), 0), 1 + ifnull((SELECT max(id) FROM tokens), 0),"
                  " 1 + ifnull((SELECT max(id) FROM rooms), 0), 1 + ifnull((SELECT max(id) FROM messages), 0),"
                  " 1 + ifnull((SELECT max(seq) FROM changes), 0), (SELECT 1 + value FROM meta WHERE key = 'log-start'))",
  [SQL_SET_IDS_END] = "UPDATE meta SET value = ?1 WHERE key = 'ids-end'",
  [SQL_HAS_USER] = "SELECT 1 FROM users WHERE id = ?1",
  [SQL_ADD_USER] = "INSERT INTO users (id, login, folded, hash, created) VALUES (?1, ?2, ?3, ?4, ?5)"
               " ON CONFLICT (folded) DO NOTHING",
  [SQL_SET_SECRET] = "UPDATE users SET hash = ?2 WHERE id = ?1",
  [SQL_GET_SECRET] = "SELECT hash FROM users WHERE id = ?1",
  [SQL_GET_PREFS] = "SELECT prefs FROM users WHERE id = ?1",
  [SQL_SET_PREFS] = "UPDATE users SET prefs = ?2 WHERE id = ?1",
  [SQL_SET_LAST_SEEN] = "UPDATE users SET last_seen = max(last_seen, ?2) WHERE id = ?1",
  [SQL_FIND_USER] = "SELECT id, login FROM users WHERE folded = ?1",
  [SQL_ADD_TOKEN] = "INSERT INTO tokens (id, user_id, hash, device, created, last_used) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
  [SQL_TRIM_TOKENS] = "DELETE FROM tokens WHERE id IN (SELECT id FROM tokens WHERE user_id = ?1 AND id <> ?2"
                  " ORDER BY last_used DESC, id DESC LIMIT -1 OFFSET ?3)",
  [SQL_REMOVE_TOKEN] = "DELETE FROM tokens WHERE id = ?1 AND user_id = ?2",
  [SQL_REMOVE_TOKENS] = "DELETE FROM tokens WHERE user_id = ?1 AND id <> ?2",
  [SQL_FIND_TOKEN] = "SELECT t.id, u.id, u.login, u.prefs FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = ?1",
  [SQL_TOUCH_TOKEN] = "UPDATE tokens SET last_used = max(last_used, ?2) WHERE id = ?1",
  [SQL_FIND_DIRECT] = "SELECT room_id FROM direct_rooms WHERE low_user_id = ?1 AND high_user_id = ?2",
  [SQL_ADD_ROOM] = "INSERT INTO rooms (id, created) VALUES (?1, ?2)",
  [SQL_ADD_MEMBER] = "INSERT INTO members (room_id, user_id) VALUES (?1, ?2)",
  [SQL_ADD_DIRECT] = "INSERT INTO direct_rooms (low_user_id, high_user_id, room_id) VALUES (?1, ?2, ?3)",
  [SQL_HAS_ROOM] = "SELECT 1 FROM rooms WHERE id = ?1",
  [SQL_GET_MEMBERS] = "SELECT user_id FROM members WHERE room_id = ?1 ORDER BY user_id",
  [SQL_REMOVE_ROOM] = "DELETE FROM rooms WHERE id = ?1",
  [SQL_ADD_DEAD_ROOM] = "INSERT OR IGNORE INTO dead_rooms (room_id) VALUES (?1)",
  [SQL_FIND_REF] = "SELECT message_id, date FROM refs WHERE sender_id = ?1 AND client_ref = ?2",
  [SQL_ADD_REF] = "INSERT INTO refs (sender_id, client_ref, message_id, date) VALUES (?1, ?2, ?3, ?4)",
  [SQL_ADD_MESSAGE] = "INSERT INTO messages (id, room_id, sender_id, kind, date, client_ref, text, file_id)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
  [SQL_FIND_MESSAGE] = "SELECT room_id, sender_id, kind, file_id FROM messages WHERE id = ?1",
  [SQL_EDIT_MESSAGE] = "UPDATE messages SET text = ?2, edited = ?3, file_id = ?4 WHERE id = ?1",
  [SQL_REMOVE_MESSAGE] = "DELETE FROM messages WHERE id = ?1 RETURNING file_id",
  [SQL_RAISE_MARK] = "UPDATE members SET read_mark = ?3 WHERE room_id = ?1 AND user_id = ?2 AND read_mark < ?3",
  [SQL_RAISE_DELIVERED] = "UPDATE members SET delivered_mark = ?3 WHERE room_id = ?1 AND user_id = ?2",
  [SQL_NOTE_CHANGE] = "INSERT INTO changes (audience, kind, ref, seq) VALUES (?1, ?2, ?3, ?4)"
                  " ON CONFLICT (audience, kind, ref) DO UPDATE SET seq = excluded.seq",
  [SQL_FORGET_ROOM] = "DELETE FROM changes WHERE audience = ?1 AND kind IN (?2, ?3) AND ref = ?4",
  [SQL_SWEEP_CHANGES] = "DELETE FROM changes WHERE (audience, kind, ref) IN"
                  " (SELECT audience, kind, ref FROM changes WHERE audience = ?1 LIMIT ?2)",
  /* Where nothing was deleted yet, the newest message tells which time it was at least */
  [SQL_GET_EXPIRED] = "SELECT ifnull((SELECT value FROM meta WHERE key = 'expire-clock'), date),"
                  " ifnull((SELECT value FROM meta WHERE key = 'expired'), 0)"
                  " FROM (SELECT (SELECT date FROM messages ORDER BY id DESC LIMIT 1) AS date)"
                  " WHERE date IS NOT NULL OR EXISTS (SELECT 1 FROM meta WHERE key = 'expire-clock')",
  [SQL_SET_EXPIRE_CLOCK] = "INSERT INTO meta (key, value) VALUES ('expire-clock', ?1)"
                  " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  [SQL_SET_EXPIRED] = "INSERT INTO meta (key, value) VALUES ('expired', ?1) ON CONFLICT (key) DO UPDATE SET value = max (value, excluded.value)",
  [SQL_REMOVE_OLDEST] = "DELETE FROM messages WHERE id IN"
                  " (SELECT id FROM messages WHERE id <= ?1 AND date < ?2 ORDER BY id LIMIT ?3)"
                  " RETURNING file_id",
  [SQL_LIST_OLDEST] = "SELECT id, date FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2",
  [SQL_RAISE_LOG_START] = "UPDATE meta SET value = max(value, ?1) WHERE key = 'log-start'",
  [SQL_TRIM_LOG] = "DELETE FROM changes WHERE seq <= ?1",
  [SQL_GET_MARK] = "SELECT read_mark, delivered_mark FROM members WHERE room_id = ?1 AND user_id = ?2",
  [SQL_GET_NEWEST] = "SELECT id FROM messages WHERE room_id = ?1 ORDER BY id DESC LIMIT 1",
  [SQL_COUNT_UNREAD] = "SELECT count(*) FROM (SELECT 1 FROM messages WHERE room_id = ?1 AND id > ?2 LIMIT ?3)",
  [SQL_SET_ROOM] = "UPDATE members SET muted = iif(?3 < 0, muted, ?3 > 0), pinned = iif(?4 < 0, pinned, ?4 > 0)"
               " WHERE room_id = ?1 AND user_id = ?2 RETURNING muted, pinned",
  [SQL_FIND_DEAD_ROOM] = "SELECT room_id FROM dead_rooms LIMIT 1",
  [SQL_SWEEP_DEAD_ROOM] = "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE room_id = ?1 ORDER BY id LIMIT ?2)"
                  " RETURNING file_id",
  [SQL_REMOVE_DEAD_ROOM] = "DELETE FROM dead_rooms WHERE room_id = ?1",
  [SQL_FIND_FILE] = "SELECT " CHAT_SQLITE_FILE_COLUMNS " FROM " CHAT_SQLITE_FILE_TABLES " WHERE f.address = ?1",
  [SQL_GET_FILE] = "SELECT " CHAT_SQLITE_FILE_COLUMNS " FROM " CHAT_SQLITE_FILE_TABLES " WHERE f.id = ?1",
  [SQL_ADD_FILE] = "INSERT INTO files (address, content_id, owner_id, name, media_type, size, width, height, preview, created)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
  [SQL_USE_FILE] = "UPDATE files SET used = 1 WHERE id = ?1 AND used = 0",
  [SQL_IS_FILE_USED] = "SELECT 1 FROM messages WHERE file_id = ?1 LIMIT 1",
  [SQL_REMOVE_FILE] = "DELETE FROM files WHERE id = ?1 RETURNING content_id",
  [SQL_LIST_UNUSED_FILES] = "SELECT id FROM files WHERE used = 0 AND created <= ?1 LIMIT ?2",
  [SQL_FIND_CONTENT] = "SELECT id FROM contents WHERE sha256 = ?1",
  [SQL_ADD_CONTENT] = "INSERT INTO contents (sha256) VALUES (?1)",
  [SQL_REVIVE_CONTENT] = "UPDATE contents SET dead = 0 WHERE id = ?1 AND dead = 1",
  [SQL_BURY_CONTENT] = "UPDATE contents SET dead = 1 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM files WHERE content_id = ?1)",
  [SQL_LIST_DEAD_CONTENTS] = "SELECT id, sha256 FROM contents WHERE dead = 1 LIMIT ?1",
  [SQL_REMOVE_CONTENT] = "DELETE FROM contents WHERE id = ?1",
  [SQL_COUNT_UPLOADS] = "SELECT count(*), ifnull(sum(size), 0) FROM uploads WHERE user_id = ?1 AND file_id IS NULL",
  [SQL_SUM_FILES] = "SELECT ifnull(sum(size), 0) FROM files WHERE owner_id = ?1",
  [SQL_ADD_UPLOAD] = "INSERT INTO uploads (address, user_id, name, media_type, size, sha256, width, height, preview, expires)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
  [SQL_FIND_UPLOAD] = "SELECT " CHAT_SQLITE_UPLOAD_COLUMNS ", user_id, file_id FROM uploads WHERE address = ?1",
  [SQL_FINISH_UPLOAD] = "UPDATE uploads SET file_id = ?2 WHERE id = ?1",
  [SQL_LIST_OLD_UPLOADS] = "SELECT " CHAT_SQLITE_UPLOAD_COLUMNS " FROM uploads WHERE expires <= ?1 LIMIT ?2",
  [SQL_REMOVE_UPLOAD] = "DELETE FROM uploads WHERE id = ?1",
};

/* Statements: bound, stepped, reset. A statement that is stepped holds its text only until it is reset. */

gboolean
chat_sqlite_writer_run_statement (ChatSqliteWriter *self, int statement)
{
  int code = sqlite3_step (self->statements[statement]);

  sqlite3_reset (self->statements[statement]);
  return code == SQLITE_DONE || code == SQLITE_ROW;
}

/* Returns whether there was a row; whoever gets TRUE resets the statement. @failed is set, never cleared. */
gboolean
chat_sqlite_writer_step_row (ChatSqliteWriter *self, int statement, gboolean *failed)
{
  int code = sqlite3_step (self->statements[statement]);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    *failed = TRUE;
  sqlite3_reset (self->statements[statement]);
  return FALSE;
}

gboolean
chat_sqlite_writer_take_id (ChatSqliteWriter *self, gint64 *id)
{
  if (self->next_id > CHAT_MAX_ID)
    return FALSE;
  *id = self->next_id++;
  return TRUE;
}

gboolean
chat_sqlite_writer_note (ChatSqliteWriter *self, gint64 audience, ChatStorageChangeKind kind, gint64 ref, gint64 seq)
{
  bind_id (self, SQL_NOTE_CHANGE, 1, audience);
  bind_id (self, SQL_NOTE_CHANGE, 2, kind);
  bind_id (self, SQL_NOTE_CHANGE, 3, ref);
  bind_id (self, SQL_NOTE_CHANGE, 4, seq);
  return chat_sqlite_writer_run_statement (self, SQL_NOTE_CHANGE);
}

gboolean
chat_sqlite_writer_flush_marks (ChatSqliteWriter *self)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < self->dirty->len; i++)
    {
      DirtyMark *dirty = &g_array_index (self->dirty, DirtyMark, i);

      if (ok)
        {
          bind_id (self, SQL_RAISE_MARK, 1, dirty->room->id);
          bind_id (self, SQL_RAISE_MARK, 2, dirty->room->members->ids[dirty->place]);
          bind_id (self, SQL_RAISE_MARK, 3, dirty->room->marks[dirty->place]);
          ok = chat_sqlite_writer_run_statement (self, SQL_RAISE_MARK);
        }
      dirty->room->marks[dirty->place] = 0;
    }
  g_array_set_size (self->dirty, 0);
  return ok;
}

static void
fail (ChatStorageJob *job)
{
  job->status = CHAT_STATUS_ERROR;
  job->created = FALSE;
  job->seq = 0;
  g_clear_pointer (&job->members, chat_storage_members_unref);
}

static gboolean
run_job (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gboolean ok;

  job->status = CHAT_STATUS_SUCCESS;
  job->created = FALSE;
  job->seq = 0;
  if (!chat_sqlite_changes[job->op].savepoint)
    return chat_sqlite_changes[job->op].run (self, job);

  /* Read marks that wait are other jobs' business; and they point into the cache, which may forget a room now */
  if (!chat_sqlite_writer_flush_marks (self) || !chat_sqlite_writer_run_statement (self, SQL_SAVEPOINT))
    return FALSE;
  ok = chat_sqlite_changes[job->op].run (self, job);
  if (ok)
    return chat_sqlite_writer_run_statement (self, SQL_RELEASE);
  /* A full disk ends the whole transaction, and with it the savepoint */
  if (sqlite3_get_autocommit (self->db) || !chat_sqlite_writer_run_statement (self, SQL_ROLLBACK_TO)
      || !chat_sqlite_writer_run_statement (self, SQL_RELEASE))
    return FALSE;
  fail (job);
  return TRUE;
}

static gboolean
commit (ChatSqliteWriter *self)
{
  gint64 ids_end = self->ids_end;

  if (!chat_sqlite_writer_flush_marks (self))
    return FALSE;
  if (self->next_id > self->ids_end)
    {
      ids_end = self->next_id + CHAT_SQLITE_ID_BLOCK;
      bind_id (self, SQL_SET_IDS_END, 1, ids_end);
      if (!chat_sqlite_writer_run_statement (self, SQL_SET_IDS_END))
        return FALSE;
    }
  if (!chat_sqlite_writer_run_statement (self, SQL_COMMIT))
    return FALSE;
  self->ids_end = ids_end;
  return TRUE;
}

/* Under load there are hundreds of batches a second: a disk that stays full must not fill the journal too */
static void
say_failure (ChatSqliteWriter *self, const char *what)
{
  gint64 now = g_get_monotonic_time ();

  self->n_failed++;
  if (self->is_failing && now - self->said_at < CHAT_SQLITE_SAY_AGAIN)
    return;
  if (self->n_failed > 1)
    g_warning ("%s failed, %u times since that was last said: %s", what, self->n_failed, sqlite3_errmsg (self->db));
  else
    g_warning ("%s failed: %s", what, sqlite3_errmsg (self->db));
  self->is_failing = TRUE;
  self->said_at = now;
  self->n_failed = 0;
}

void
chat_sqlite_writer_set_patience (ChatSqliteWriter *self)
{
  sqlite3_busy_timeout (self->db, self->is_busy ? CHAT_SQLITE_BUSY_AGAIN : CHAT_SQLITE_BUSY_TIMEOUT);
}

static void
note_busy (ChatSqliteWriter *self, gboolean is_busy)
{
  if (self->is_busy == is_busy)
    return;
  self->is_busy = is_busy;
  chat_sqlite_writer_set_patience (self);
}

static void
say_recovery (ChatSqliteWriter *self)
{
  note_busy (self, FALSE);
  if (!self->is_failing)
    return;
  g_message ("Changes are kept again");
  self->is_failing = FALSE;
  self->n_failed = 0;
}

static void
roll_back (ChatSqliteWriter *self, const char *what)
{
  note_busy (self, sqlite3_errcode (self->db) == SQLITE_BUSY);
  say_failure (self, what);
  if (!sqlite3_get_autocommit (self->db))
    chat_sqlite_writer_run_statement (self, SQL_ROLLBACK);
  /* The cache may know of rooms that never were. Ids that were taken stay taken: nobody saw them */
  g_array_set_size (self->dirty, 0);
  chat_sqlite_rooms_clear (self->rooms);
}

/* What is asked among the changes for its place there alone does not need the disk: whoever has a token can log in and read */
static void
run_without_writing (ChatSqliteWriter *self, ChatStorageJob *jobs)
{
  self->only_reads = TRUE;
  for (ChatStorageJob *job = jobs; job != NULL; job = job->next)
    {
      fail (job);
      if (job->op != CHAT_STORAGE_USE_TOKEN && job->op != CHAT_STORAGE_GET_MEMBERS)
        continue;
      job->status = CHAT_STATUS_SUCCESS;
      if (!chat_sqlite_changes[job->op].run (self, job))
        fail (job);
    }
  self->only_reads = FALSE;
}

void
chat_sqlite_writer_refuse (ChatSqliteWriter *self, ChatStorageJob *jobs)
{
  run_without_writing (self, jobs);
}

gboolean
chat_sqlite_writer_run (ChatSqliteWriter *self, ChatStorageJob *jobs)
{
  gint64 before = sqlite3_total_changes64 (self->db);
  gboolean ok;

  self->has_dead_contents = FALSE;
  ok = chat_sqlite_writer_run_statement (self, SQL_BEGIN);
  for (ChatStorageJob *job = jobs; ok && job != NULL; job = job->next)
    ok = run_job (self, job);
  ok = ok && (chat_server_switch_is_on (CHAT_SERVER_SWITCH_COMMIT) || commit (self));
  if (ok)
    {
      chat_sqlite_rooms_trim (self->rooms);
      if (sqlite3_total_changes64 (self->db) == before)
        return FALSE;
      say_recovery (self);
      return TRUE;
    }
  roll_back (self, "A batch of changes");
  run_without_writing (self, jobs);
  return FALSE;
}

#ifdef CHAT_TEST_SWITCHES
void
chat_sqlite_writer_commit_late (ChatSqliteWriter *self)
{
  if (sqlite3_get_autocommit (self->db))
    return;
  g_usleep (CHAT_SERVER_SWITCH_DELAY_MS * 1000);
  if (!commit (self))
    roll_back (self, "A late commit");
}
#endif

gboolean
chat_sqlite_writer_has_dead_contents (ChatSqliteWriter *self)
{
  return self->has_dead_contents;
}

static gboolean
sweep_contents (ChatSqliteWriter *self, gboolean *failed)
{
  g_autoptr (GArray) ids = chat_sqlite_list_dead_contents (self);

  if (ids->len == 0)
    return FALSE;
  if (chat_sqlite_writer_run_statement (self, SQL_BEGIN) && chat_sqlite_remove_contents (self, ids) && commit (self))
    return ids->len == CHAT_SQLITE_SWEEP_SIZE;
  roll_back (self, "Sweeping contents of files");
  *failed = TRUE;
  return FALSE;
}

gboolean
chat_sqlite_writer_sweep (ChatSqliteWriter *self, gboolean *failed)
{
  gboolean ok;
  guint n_swept = 0;
  gint64 room_id;

  if (!chat_sqlite_writer_step_row (self, SQL_FIND_DEAD_ROOM, failed))
    return sweep_contents (self, failed);
  room_id = get_id (self, SQL_FIND_DEAD_ROOM, 0);
  sqlite3_reset (self->statements[SQL_FIND_DEAD_ROOM]);

  ok = chat_sqlite_writer_run_statement (self, SQL_BEGIN);
  if (ok)
    {
      bind_id (self, SQL_SWEEP_DEAD_ROOM, 1, room_id);
      bind_id (self, SQL_SWEEP_DEAD_ROOM, 2, CHAT_SQLITE_SWEEP_SIZE);
      ok = chat_sqlite_drop_messages (self, SQL_SWEEP_DEAD_ROOM, &n_swept);
    }
  if (ok && n_swept < CHAT_SQLITE_SWEEP_SIZE)
    {
      bind_id (self, SQL_SWEEP_CHANGES, 1, room_id);
      bind_id (self, SQL_SWEEP_CHANGES, 2, CHAT_SQLITE_SWEEP_SIZE);
      ok = chat_sqlite_writer_run_statement (self, SQL_SWEEP_CHANGES);
      n_swept = ok ? sqlite3_changes (self->db) : 0;
    }
  if (ok && n_swept < CHAT_SQLITE_SWEEP_SIZE)
    {
      bind_id (self, SQL_REMOVE_DEAD_ROOM, 1, room_id);
      ok = chat_sqlite_writer_run_statement (self, SQL_REMOVE_DEAD_ROOM);
    }
  if (ok && commit (self))
    return TRUE;
  roll_back (self, "Sweeping a removed room");
  *failed = TRUE;
  return FALSE;
}

void
chat_sqlite_writer_close (ChatSqliteWriter *self)
{
  if (self->ids_end == self->next_id)
    return;
  bind_id (self, SQL_SET_IDS_END, 1, self->next_id);
  if (chat_sqlite_writer_run_statement (self, SQL_SET_IDS_END))
    self->ids_end = self->next_id;
}

ChatSqliteWriter *
chat_sqlite_writer_new (sqlite3 *db, ChatSqliteRooms *rooms, const char *directory, GError **error)
{
  ChatSqliteWriter *self = g_new0 (ChatSqliteWriter, 1);
  gboolean failed = FALSE;

  self->db = db;
  self->rooms = rooms;
  self->dirty = g_array_new (FALSE, FALSE, sizeof (DirtyMark));
  self->media_folder = chat_server_media_files_get_folder (directory);
  if (!chat_sqlite_prepare (db, sql, SQL_N_STATEMENTS, self->statements, error))
    {
      chat_sqlite_writer_free (self);
      return NULL;
    }
  if (chat_sqlite_writer_step_row (self, SQL_GET_IDS_END, &failed))
    {
      self->next_id = get_id (self, SQL_GET_IDS_END, 0);
      sqlite3_reset (self->statements[SQL_GET_IDS_END]);
    }
  if (self->next_id < 1)
    {
      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_DAMAGED, "The database is damaged: %s",
                   failed ? sqlite3_errmsg (db) : "it does not know its next id");
      chat_sqlite_writer_free (self);
      return NULL;
    }
  self->ids_end = self->next_id;
  if (!chat_sqlite_clean_unfinished (self))
    g_warning ("The unfinished uploads could not be looked through: %s", sqlite3_errmsg (db));
  return self;
}

void
chat_sqlite_writer_free (ChatSqliteWriter *self)
{
  chat_sqlite_finalize (self->statements, SQL_N_STATEMENTS);
  g_array_unref (self->dirty);
  g_free (self->media_folder);
  g_free (self);
}
