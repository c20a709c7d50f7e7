/* chat-store-db.c: the statements, prepared once, and how they are stepped
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

#define MESSAGE_COLUMNS "id, room_id, sender, kind, text, date, date_text, edited, edited_date, client_ref, seq, file"
#define OUT_COLUMNS "id, room_id, action, client_ref, text, kind, target_id, target_ref, state, maybe_sent, failure, failure_text," \
                    " created, file, upload"

static const char *const sql[SQL_N_STATEMENTS] = {
  [SQL_BEGIN] = "BEGIN IMMEDIATE",
  [SQL_COMMIT] = "COMMIT",
  [SQL_ROLLBACK] = "ROLLBACK",
  [SQL_SAVEPOINT] = "SAVEPOINT call",
  [SQL_RELEASE] = "RELEASE call",
  [SQL_ROLLBACK_TO] = "ROLLBACK TO call",

  [SQL_GET_META] = "SELECT value FROM meta WHERE key = ?1",
  [SQL_SET_META] = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
  [SQL_RAISE_META] = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = max(value, ?2)",
  [SQL_FORGET_ROOM_SEQS] = "UPDATE rooms SET seq = 0 WHERE seq > 0",
  [SQL_FORGET_MESSAGE_SEQS] = "UPDATE messages SET seq = 0 WHERE id > ?1 AND id <= ?2 AND seq > 0",
  [SQL_STEP_MESSAGES] = "SELECT id FROM messages WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2",
  [SQL_FORGET_EDIT_SEQS] = "UPDATE edits SET seq = 0 WHERE id > ?1 AND id <= ?2 AND seq > 0",
  [SQL_STEP_EDITS] = "SELECT id FROM edits WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2",
  [SQL_FORGET_DEAD_SEQS] = "UPDATE dead_rooms SET seq = 0 WHERE seq > 0",

  [SQL_FIND_ROOM] = "SELECT seq FROM rooms WHERE id = ?1",
  [SQL_PUT_ROOM] = "INSERT INTO rooms (id, name, kind, first_id, newest_id, read_mark, unread, pinned, muted, marked_unread, activity,"
                   " seq) VALUES (?1, ?2, max(?3, 0), max(?4, 0), ?5, ?6, max(?7, 0), max(?8, 0), max(?9, 0), max(?10, 0), ?11, ?12)"
                   " ON CONFLICT (id) DO UPDATE SET name = ?2, kind = iif(?3 < 0, kind, ?3), first_id = iif(?4 < 0, first_id, ?4),"
                   " newest_id = max(newest_id, ?5), unread = iif(?7 < 0 OR ?6 < read_mark, unread, ?7),"
                   " read_mark = max(read_mark, ?6), pinned = iif(?8 < 0, pinned, ?8), muted = iif(?9 < 0, muted, ?9),"
                   " marked_unread = iif(?10 < 0, marked_unread, ?10), activity = max(activity, ?11), seq = max(seq, ?12)",
  [SQL_LIST_ROOMS] = "SELECT r.id, r.name, r.kind, r.first_id, r.newest_id, r.read_mark, r.unread, r.pinned, r.muted, r.marked_unread,"
                     " r.activity, r.seq, d.text, d.date, p.message_id, p.offset, p.at_bottom,"
                     " ifnull(w.pinned, -1), ifnull(w.muted, -1), m.*"
                     " FROM rooms r LEFT JOIN drafts d ON d.room_id = r.id LEFT JOIN positions p ON p.room_id = r.id"
                     " LEFT JOIN wishes w ON w.room_id = r.id"
                     " LEFT JOIN messages m ON m.id = (SELECT id FROM messages WHERE room_id = r.id ORDER BY id DESC LIMIT 1)"
                     " ORDER BY max(r.activity, ifnull(m.date, 0)) DESC, r.id DESC",
  [SQL_LIST_OTHER_ROOMS] = "SELECT id FROM rooms WHERE ?1 = 0 OR seq <= ?1 ORDER BY id",
  [SQL_REMOVE_ROOM] = "DELETE FROM rooms WHERE id = ?1",
  [SQL_REMOVE_MEMBERS] = "DELETE FROM members WHERE room_id = ?1",
  [SQL_REMOVE_MARKS] = "DELETE FROM marks WHERE room_id = ?1",
  [SQL_REMOVE_SPANS] = "DELETE FROM spans WHERE room_id = ?1",
  [SQL_REMOVE_DRAFT] = "DELETE FROM drafts WHERE room_id = ?1",
  [SQL_REMOVE_POSITION] = "DELETE FROM positions WHERE room_id = ?1",
  [SQL_REMOVE_MESSAGES] = "DELETE FROM messages WHERE room_id = ?1",
  [SQL_FIND_DEAD_ROOM] = "SELECT seq FROM dead_rooms WHERE room_id = ?1",
  [SQL_ADD_DEAD_ROOM] = "INSERT INTO dead_rooms (room_id, seq) VALUES (?1, ?2)"
                        " ON CONFLICT (room_id) DO UPDATE SET seq = max(seq, ?2)",
  [SQL_REMOVE_DEAD_ROOM] = "DELETE FROM dead_rooms WHERE room_id = ?1",
  [SQL_ADD_MEMBER] = "INSERT INTO members (room_id, place, name) VALUES (?1, ?2, ?3)",
  [SQL_LIST_MEMBERS] = "SELECT name FROM members WHERE room_id = ?1 ORDER BY place",
  [SQL_SET_READ] = "UPDATE rooms SET unread = iif(?3 < 0 OR ?2 < read_mark, unread, ?3), read_mark = max(read_mark, ?2) WHERE id = ?1",
  [SQL_SET_FLAGS] = "UPDATE rooms SET pinned = iif(?2 < 0, pinned, ?2), muted = iif(?3 < 0, muted, ?3),"
                    " marked_unread = iif(?4 < 0, marked_unread, ?4) WHERE id = ?1",
  [SQL_RAISE_MARK] = "INSERT INTO marks (room_id, name, delivered, read) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (room_id, name)"
                     " DO UPDATE SET delivered = max(delivered, ?3), read = max(read, ?4)",
  [SQL_LIST_MARKS] = "SELECT name, delivered, read FROM marks WHERE room_id = ?1 ORDER BY name",
  [SQL_GET_NEWEST] = "SELECT max(ifnull((SELECT newest_id FROM rooms WHERE id = ?1), 0),"
                     " ifnull((SELECT id FROM messages WHERE room_id = ?1 ORDER BY id DESC LIMIT 1), 0))",
  [SQL_RAISE_NEWEST] = "UPDATE rooms SET newest_id = ?2 WHERE id = ?1 AND newest_id < ?2",

  [SQL_FIND_MESSAGE] = "SELECT " MESSAGE_COLUMNS " FROM messages WHERE id = ?1",
  [SQL_ADD_MESSAGE] = "INSERT INTO messages (" MESSAGE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
  [SQL_UPDATE_MESSAGE] = "UPDATE messages SET room_id = ?2, sender = ?3, kind = ?4, text = ?5, date = ?6, date_text = ?7, edited = ?8,"
                         " edited_date = ?9, client_ref = ?10, seq = ?11, file = ?12 WHERE id = ?1",
  [SQL_REMOVE_MESSAGE] = "DELETE FROM messages WHERE id = ?1",
  [SQL_LIST_IDS] = "SELECT id, seq FROM messages WHERE room_id = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id",
  [SQL_FIND_TOMBSTONE] = "SELECT 1 FROM tombstones WHERE id = ?1",
  [SQL_ADD_TOMBSTONE] = "INSERT INTO tombstones (id, seq) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET seq = max(seq, ?2)",
  [SQL_FIND_EDIT] = "SELECT text, date, seq, file FROM edits WHERE id = ?1",
  [SQL_SET_EDIT] = "INSERT OR REPLACE INTO edits (id, text, date, seq, file) VALUES (?1, ?2, ?3, ?4, ?5)",
  [SQL_REMOVE_EDIT] = "DELETE FROM edits WHERE id = ?1",

  [SQL_SPAN_AT] = "SELECT from_id, to_id FROM spans WHERE room_id = ?1 AND kind = ?2 AND from_id <= ?3 ORDER BY from_id DESC LIMIT 1",
  [SQL_DROP_SPANS] = "DELETE FROM spans WHERE room_id = ?1 AND kind = ?2 AND from_id BETWEEN ?3 AND ?4",
  [SQL_ADD_SPAN] = "INSERT INTO spans (room_id, kind, from_id, to_id) VALUES (?1, ?2, ?3, ?4)",
  [SQL_GROW_SPAN] = "UPDATE spans SET to_id = ?4 WHERE room_id = ?1 AND kind = ?2 AND from_id = ?3",
  [SQL_DROP_FRESH] = "DELETE FROM spans WHERE kind > 0",
  [SQL_READ_UP] = "SELECT " MESSAGE_COLUMNS " FROM messages WHERE room_id = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id LIMIT ?4",
  [SQL_READ_DOWN] = "SELECT " MESSAGE_COLUMNS " FROM messages WHERE room_id = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id DESC LIMIT ?4",

  [SQL_SET_DRAFT] = "INSERT OR REPLACE INTO drafts (room_id, text, date) VALUES (?1, ?2, ?3)",
  [SQL_SET_POSITION] = "INSERT OR REPLACE INTO positions (room_id, message_id, offset, at_bottom) VALUES (?1, ?2, ?3, ?4)",
  [SQL_SET_WISH] = "INSERT INTO wishes (room_id, pinned, muted) VALUES (?1, ?2, ?3) ON CONFLICT (room_id) DO UPDATE SET pinned = ?2,"
                   " muted = ?3",
  [SQL_REMOVE_WISH] = "DELETE FROM wishes WHERE room_id = ?1",

  [SQL_LIST_OUT] = "SELECT " OUT_COLUMNS " FROM outbox ORDER BY room_id, place, id",
  [SQL_COUNT_OUT] = "SELECT count(*) FROM outbox",
  [SQL_ADD_OUT] = "INSERT INTO outbox (room_id, action, client_ref, text, kind, target_id, target_ref, state, maybe_sent, failure,"
                  " failure_text, created, file, upload, place)"
                  " VALUES (?2, ?3, ?4, ?5, ?6, iif(?7 = 0 AND ?8 IS NOT NULL, ifnull((SELECT id FROM messages"
                  " WHERE room_id = ?2 AND client_ref = ?8), 0), ?7), ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
                  " (SELECT ifnull(max(place), 0) + 1 FROM outbox WHERE room_id = ?2))",
  [SQL_UPDATE_OUT] = "UPDATE outbox SET action = ?3, text = ?5, kind = ?6, target_id = ?7, target_ref = ?8, state = ?9, maybe_sent = ?10,"
                     " failure = ?11, failure_text = ?12, file = ?14, upload = ?15 WHERE id = ?1",
  [SQL_RETRY_OUT] = "UPDATE outbox SET place = (SELECT max(place) + 1 FROM outbox o WHERE o.room_id = outbox.room_id) WHERE id = ?1",
  [SQL_REMOVE_OUT] = "DELETE FROM outbox WHERE id = ?1",
  [SQL_GET_OUT_REF] = "SELECT client_ref FROM outbox WHERE id = ?1",
  [SQL_LIST_DOWNLOADS] = "SELECT sha256, size, address, state FROM downloads",
  [SQL_SET_DOWNLOAD] = "INSERT OR REPLACE INTO downloads (sha256, size, address, state) SELECT ?1, ?2, ?3, ?4"
                       " WHERE (SELECT count(*) FROM downloads) < ?5 OR ?1 IN (SELECT sha256 FROM downloads)",
  [SQL_REMOVE_DOWNLOAD] = "DELETE FROM downloads WHERE sha256 = ?1",
  [SQL_LIST_FILES] = "SELECT " MESSAGE_COLUMNS " FROM messages WHERE room_id = ?1 AND kind = ?2 AND file IS NOT NULL AND id < ?3"
                     " ORDER BY id DESC LIMIT ?4",
  [SQL_SEARCH] = "SELECT id, text FROM messages WHERE id < ?1 AND kind = ?2 ORDER BY id DESC",
  [SQL_LIST_FILE_WORDS] = "SELECT file FROM messages WHERE file IS NOT NULL UNION ALL SELECT file FROM outbox WHERE file IS NOT NULL",
  [SQL_SET_TARGET] = "UPDATE outbox SET target_id = ?2 WHERE target_ref = ?1 AND target_id = 0",
};

G_DEFINE_QUARK (chat-store-error-quark, chat_store_error)

gboolean
chat_store_db_prepare (ChatStoreDb  *self,
                       GError      **error)
{
  for (guint i = 0; i < SQL_N_STATEMENTS; i++)
    if (sqlite3_prepare_v3 (self->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i], NULL) != SQLITE_OK)
      {
        int code = sqlite3_errcode (self->db);

        /* The number says that it is our schema; its tables say that it is not */
        if (code == SQLITE_ERROR)
          g_set_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_DAMAGED, "“%s” is damaged: %s", self->path,
                       sqlite3_errmsg (self->db));
        else
          chat_store_db_set_error (self, error);
        return FALSE;
      }
  return TRUE;
}

void
chat_store_db_finalize (ChatStoreDb *self)
{
  for (guint i = 0; i < SQL_N_STATEMENTS; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
}

void
chat_store_db_set_error (ChatStoreDb  *self,
                         GError      **error)
{
  int code = self->db != NULL ? sqlite3_errcode (self->db) : SQLITE_NOMEM;
  const char *message = self->db != NULL ? sqlite3_errmsg (self->db) : sqlite3_errstr (code);
  ChatStoreError kind;

  switch (code & 0xff)
    {
    case SQLITE_FULL:
      kind = CHAT_STORE_ERROR_NO_SPACE;
      break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      kind = CHAT_STORE_ERROR_READ_ONLY;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      kind = CHAT_STORE_ERROR_DAMAGED;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      kind = CHAT_STORE_ERROR_IN_USE;
      break;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
      kind = CHAT_STORE_ERROR_INVALID;
      break;
    default:
      kind = CHAT_STORE_ERROR_FAILED;
    }
  g_set_error (error, CHAT_STORE_ERROR, kind, "“%s”: %s", self->path, message);
}

/* Bound, stepped, reset. A statement that is stepped holds its text only until it is reset. */

gboolean
chat_store_db_run (ChatStoreDb  *self,
                   ChatStoreSql  statement)
{
  int code = sqlite3_step (self->statements[statement]);

  sqlite3_reset (self->statements[statement]);
  return code == SQLITE_DONE || code == SQLITE_ROW;
}

gboolean
chat_store_db_step (ChatStoreDb  *self,
                    ChatStoreSql  statement,
                    gboolean     *ok)
{
  int code;

  if (!*ok)
    return FALSE;
  code = sqlite3_step (self->statements[statement]);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    *ok = FALSE;
  sqlite3_reset (self->statements[statement]);
  return FALSE;
}

void
chat_store_db_reset (ChatStoreDb  *self,
                     ChatStoreSql  statement)
{
  sqlite3_reset (self->statements[statement]);
}

ChatStoreMessage *
chat_store_db_read_message (ChatStoreDb  *self,
                            ChatStoreSql  statement,
                            int           first_column)
{
  ChatStoreMessage *message = g_new0 (ChatStoreMessage, 1);
  int at = first_column;

  message->id = get_id (self, statement, at);
  message->room_id = get_id (self, statement, at + 1);
  message->sender = dup_text (self, statement, at + 2);
  message->kind = get_id (self, statement, at + 3);
  message->text = dup_text (self, statement, at + 4);
  message->date = get_id (self, statement, at + 5);
  message->date_text = dup_text (self, statement, at + 6);
  message->edited = get_id (self, statement, at + 7) != 0;
  message->edited_date = get_id (self, statement, at + 8);
  message->client_ref = dup_text (self, statement, at + 9);
  message->seq = get_id (self, statement, at + 10);
  message->file = dup_text (self, statement, at + 11);
  return message;
}

gint64
chat_store_db_get_meta (ChatStoreDb *self,
                        const char  *key,
                        gboolean    *ok)
{
  gint64 value = 0;

  bind_text (self, SQL_GET_META, 1, key);
  if (chat_store_db_step (self, SQL_GET_META, ok))
    {
      value = get_id (self, SQL_GET_META, 0);
      chat_store_db_reset (self, SQL_GET_META);
    }
  return value;
}
