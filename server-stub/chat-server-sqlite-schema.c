/* chat-server-sqlite-schema.c: the tables, and the steps that lead from each version to the next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* One step a version; step i leads from version i to i + 1. A step that was released is never changed: a new one follows it.
 *
 * Version 1. Ids of users, tokens, rooms and messages all come from the one counter of `meta`: what was handed out is never
 * handed out again, whatever is deleted. `meta` holds the end of the block of ids that may be in use.
 *
 * messages: rows lie in the order of their ids, so that new ones are always appended; the index on room_id holds
 * (room_id, id), since the id is the rowid. Measured against a table clustered by room: half the cost for a message to
 * one of 1,000 rooms, and a page of 50 is still read in under 0.1 ms. There is no foreign key to rooms: a room goes at once and
 * its messages in small portions (dead_rooms), so that a large one delays nobody.
 *
 * refs outlives the message, and the room: a repeated client_ref is known for ever.
 *
 * Version 2. changes: what has happened, for those who were away. The numbers of changes come from the same counter as the ids, so that a
 * new message needs no row here: its id is its number. All else has one row, which moves on when the same thing changes again: it
 * says that something changed, the tables say to what. audience is who may know: a user, or a room, which is all its
 * members (their ids never meet, being of one counter); ref is the room, the message or the person, by the kind. What lies at or
 * before `log-start` is not known any more.
 *
 * Version 3. files: one row for each address under which a file may be fetched; contents: the bytes, once for however many files have
 * them (they lie beside the database: chat-server-media-files). Which messages use a file is told by their file_id, and counted nowhere: with the
 * last of them the file goes, with the last file the content is `dead`, and a sweep unlinks it. A file whose `used` is 0 has not been
 * sent yet. uploads: what may be uploaded until `expires`; its file_id is the file that it became. */
static const char *const steps[] = {
  "CREATE TABLE meta ("
  "  key TEXT PRIMARY KEY,"
  "  value INTEGER NOT NULL"
  ") WITHOUT ROWID;"
  "INSERT INTO meta (key, value) VALUES ('ids-end', 1);"

  "CREATE TABLE users ("
  "  id INTEGER PRIMARY KEY,"
  "  login TEXT NOT NULL,"
  "  folded TEXT NOT NULL UNIQUE,"
  "  hash TEXT NOT NULL,"
  "  created INTEGER NOT NULL"
  ");"

  "CREATE TABLE tokens ("
  "  id INTEGER PRIMARY KEY,"
  "  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  "  hash TEXT NOT NULL UNIQUE,"
  "  device TEXT NOT NULL,"
  "  created INTEGER NOT NULL,"
  "  last_used INTEGER NOT NULL"
  ");"
  "CREATE INDEX tokens_by_user ON tokens (user_id, last_used);"

  "CREATE TABLE rooms ("
  "  id INTEGER PRIMARY KEY,"
  "  created INTEGER NOT NULL"
  ");"

  "CREATE TABLE members ("
  "  room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
  "  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  "  read_mark INTEGER NOT NULL DEFAULT 0,"
  "  muted INTEGER NOT NULL DEFAULT 0,"
  "  pinned INTEGER NOT NULL DEFAULT 0,"
  "  PRIMARY KEY (room_id, user_id)"
  ") WITHOUT ROWID;"
  "CREATE INDEX members_by_user ON members (user_id);"

  "CREATE TABLE direct_rooms ("
  "  low_user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  "  high_user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
  "  room_id INTEGER NOT NULL UNIQUE REFERENCES rooms (id) ON DELETE CASCADE,"
  "  PRIMARY KEY (low_user_id, high_user_id),"
  "  CHECK (low_user_id < high_user_id)"
  ") WITHOUT ROWID;"
  "CREATE INDEX direct_rooms_by_high ON direct_rooms (high_user_id);"

  "CREATE TABLE messages ("
  "  id INTEGER PRIMARY KEY,"
  "  room_id INTEGER NOT NULL,"
  "  sender_id INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  date INTEGER NOT NULL,"
  "  edited INTEGER NOT NULL DEFAULT 0,"
  "  client_ref TEXT,"
  "  text TEXT NOT NULL"
  ");"
  "CREATE INDEX messages_by_room ON messages (room_id);"

  "CREATE TABLE refs ("
  "  sender_id INTEGER NOT NULL,"
  "  client_ref TEXT NOT NULL,"
  "  message_id INTEGER NOT NULL,"
  "  date INTEGER NOT NULL,"
  "  PRIMARY KEY (sender_id, client_ref)"
  ") WITHOUT ROWID;"

  "CREATE TABLE dead_rooms ("
  "  room_id INTEGER PRIMARY KEY"
  ");",

  "ALTER TABLE members ADD COLUMN delivered_mark INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE users ADD COLUMN prefs INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE users ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0;"

  "CREATE TABLE changes ("
  "  audience INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  ref INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  PRIMARY KEY (audience, kind, ref)"
  ") WITHOUT ROWID;"
  "CREATE INDEX changes_by_audience ON changes (audience, seq);"
  "CREATE INDEX changes_by_seq ON changes (seq);"
  /* What was changed before is not known; a database that is new begins with the first change of all */
  "INSERT INTO meta (key, value) SELECT 'log-start', iif (value > 1, value, 0) FROM meta WHERE key = 'ids-end';"
  "UPDATE meta SET value = value + 1 WHERE key = 'ids-end' AND value > 1;",

  "CREATE TABLE contents ("
  "  id INTEGER PRIMARY KEY,"
  "  sha256 TEXT NOT NULL UNIQUE,"
  "  dead INTEGER NOT NULL DEFAULT 0"
  ");"
  "CREATE INDEX contents_dead ON contents (id) WHERE dead = 1;"

  "CREATE TABLE files ("
  "  id INTEGER PRIMARY KEY,"
  "  address TEXT NOT NULL UNIQUE,"
  "  content_id INTEGER NOT NULL REFERENCES contents (id),"
  "  owner_id INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  media_type TEXT NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  width INTEGER NOT NULL,"
  "  height INTEGER NOT NULL,"
  "  preview TEXT,"
  "  created INTEGER NOT NULL,"
  "  used INTEGER NOT NULL DEFAULT 0"
  ");"
  "CREATE INDEX files_by_content ON files (content_id);"
  "CREATE INDEX files_by_owner ON files (owner_id, size);"
  "CREATE INDEX files_unused ON files (created) WHERE used = 0;"

  "CREATE TABLE uploads ("
  "  id INTEGER PRIMARY KEY,"
  "  address TEXT NOT NULL UNIQUE,"
  "  user_id INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  media_type TEXT NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  sha256 TEXT NOT NULL,"
  "  width INTEGER NOT NULL,"
  "  height INTEGER NOT NULL,"
  "  preview TEXT,"
  "  expires INTEGER NOT NULL,"
  "  file_id INTEGER REFERENCES files (id) ON DELETE CASCADE"
  ");"
  "CREATE INDEX uploads_by_user ON uploads (user_id, size) WHERE file_id IS NULL;"
  "CREATE INDEX uploads_by_file ON uploads (file_id) WHERE file_id IS NOT NULL;"
  "CREATE INDEX uploads_by_expiry ON uploads (expires);"

  "ALTER TABLE messages ADD COLUMN file_id INTEGER;"
  "CREATE INDEX messages_by_file ON messages (file_id) WHERE file_id IS NOT NULL;"
};

G_DEFINE_QUARK (chat-server-sqlite-error-quark, chat_server_sqlite_error)

int
chat_sqlite_schema_get_version (void)
{
  return G_N_ELEMENTS (steps);
}

static void
set_error (GError **error, sqlite3 *db, const char *path)
{
  int code = db != NULL ? sqlite3_errcode (db) : SQLITE_NOMEM;
  const char *message = db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code);

  switch (code)
    {
    case SQLITE_NOTADB:
      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_NOT_OURS, "“%s” is no database", path);
      break;
    case SQLITE_CORRUPT:
      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_DAMAGED, "The database “%s” is damaged: %s", path,
                   message);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_IN_USE,
                   "Another program has the database “%s” open", path);
      break;
    default:
      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_FAILED, "The database “%s”: %s", path, message);
    }
}

static gboolean
execute (sqlite3 *db, const char *path, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (error, db, path);
  return FALSE;
}

static gboolean
get_integer (sqlite3 *db, const char *path, const char *sql, gint64 *value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean found = FALSE;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK)
    {
      found = sqlite3_step (statement) == SQLITE_ROW;
      if (found)
        *value = sqlite3_column_int64 (statement, 0);
    }
  if (!found)
    set_error (error, db, path);
  sqlite3_finalize (statement);
  return found;
}

static sqlite3 *
open_file (const char *path, GError **error)
{
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      set_error (error, db, path);
      sqlite3_close (db);
      return NULL;
    }
  sqlite3_busy_timeout (db, CHAT_SQLITE_BUSY_TIMEOUT);
  /* A file made by someone else may hold triggers and views that call functions, or lie about itself */
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  return db;
}

static gboolean
set_up (sqlite3 *db, const char *path, GError **error)
{
  g_autofree char *sql = NULL;

  /* Checkpoints are the engine's business: an automatic one would run within a commit, while answers wait for it */
  sql = g_strdup_printf ("PRAGMA synchronous = FULL;"
                         "PRAGMA foreign_keys = ON;"
                         "PRAGMA temp_store = MEMORY;"
                         "PRAGMA cache_size = -%d;"
                         "PRAGMA journal_size_limit = %d;"
                         "PRAGMA wal_autocheckpoint = 0;",
                         CHAT_SQLITE_CACHE_SIZE, CHAT_SQLITE_JOURNAL_LIMIT);
  return execute (db, path, sql, error);
}

static gboolean
check_integrity (sqlite3 *db, const char *path, GError **error)
{
  sqlite3_stmt *statement = NULL;
  const char *found = NULL;
  struct stat info;
  gboolean ok = FALSE;

  if (stat (path, &info) != 0 || info.st_size > CHAT_SQLITE_CHECK_SIZE)
    return TRUE;
  if (sqlite3_prepare_v2 (db, "PRAGMA quick_check (1)", -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    {
      found = (const char *) sqlite3_column_text (statement, 0);
      ok = g_strcmp0 (found, "ok") == 0;
      /* Its first line names the database, which is always the same */
      if (found != NULL && strchr (found, '\n') != NULL)
        found = strchr (found, '\n') + 1;
      if (!ok)
        g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_DAMAGED, "The database “%s” is damaged: %s",
                     path, found != NULL ? found : "unreadable");
    }
  else
    set_error (error, db, path);
  sqlite3_finalize (statement);
  return ok;
}

/* Reads only: whatever is refused here was not touched */
static gboolean
check_ours (sqlite3 *db, const char *path, gint64 *version, GError **error)
{
  gint64 application_id, n_objects;

  if (!get_integer (db, path, "PRAGMA application_id", &application_id, error)
      || !get_integer (db, path, "PRAGMA user_version", version, error)
      || !get_integer (db, path, "SELECT count(*) FROM sqlite_schema", &n_objects, error))
    return FALSE;
  if (application_id == 0 && *version == 0 && n_objects == 0)
    return TRUE;                        /* new, or made by a start that was cut off */
  if (application_id != CHAT_SQLITE_APPLICATION_ID || *version < 0)
    {
      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_NOT_OURS,
                   "“%s” is the database of another program", path);
      return FALSE;
    }
  if (*version > chat_sqlite_schema_get_version ())
    {
      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_TOO_NEW,
                   "The database “%s” was written by a later version of the server (schema %d; this one knows up to %d)", path,
                   (int) *version, chat_sqlite_schema_get_version ());
      return FALSE;
    }
  return check_integrity (db, path, error);
}

static gboolean
migrate (sqlite3 *db, const char *path, gint64 version, GError **error)
{
  for (; version < chat_sqlite_schema_get_version (); version++)
    {
      g_autofree char *sql = NULL;

      /* A step and its number are one transaction: a start that is cut off leaves the version before */
      sql = g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
                             steps[version], CHAT_SQLITE_APPLICATION_ID, (int) version + 1);
      if (!execute (db, path, sql, error))
        {
          /* The number says that it is our schema, its tables say that it is not */
          if (sqlite3_errcode (db) == SQLITE_ERROR && error != NULL)
            (*error)->code = CHAT_SERVER_SQLITE_ERROR_DAMAGED;
          sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

/* SQLite makes its files with the mode of the database: so that one is made here, readable to its owner alone */
static gboolean
create_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      int code = errno;

      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_FAILED, "“%s” can not be opened: %s", path,
                   g_strerror (code));
      return FALSE;
    }
  close (fd);
  return TRUE;
}

sqlite3 *
chat_sqlite_schema_open (const char *path, GError **error)
{
  sqlite3 *db;
  gint64 version = 0;

  if (!create_file (path, error))
    return NULL;
  db = open_file (path, error);
  if (db == NULL)
    return NULL;
  if (!check_ours (db, path, &version, error)
      || !execute (db, path, "PRAGMA journal_mode = WAL", error)
      || !set_up (db, path, error)
      || !migrate (db, path, version, error))
    {
      sqlite3_close (db);
      return NULL;
    }
  return db;
}

sqlite3 *
chat_sqlite_schema_open_again (const char *path, gboolean read_only, GError **error)
{
  sqlite3 *db = open_file (path, error);

  if (db == NULL)
    return NULL;
  if (!set_up (db, path, error) || (read_only && !execute (db, path, "PRAGMA query_only = ON", error)))
    {
      sqlite3_close (db);
      return NULL;
    }
  return db;
}

gboolean
chat_sqlite_prepare (sqlite3 *db, const char *const *sql, guint n, sqlite3_stmt **statements, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (sqlite3_prepare_v3 (db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &statements[i], NULL) != SQLITE_OK)
      {
        /* The number says that it is our schema, its tables say that it is not */
        g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_DAMAGED, "The database is damaged: %s",
                     sqlite3_errmsg (db));
        chat_sqlite_finalize (statements, n);
        return FALSE;
      }
  return TRUE;
}

void
chat_sqlite_finalize (sqlite3_stmt **statements, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&statements[i], sqlite3_finalize);
}
