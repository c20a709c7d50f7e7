/* chat-store-schema.c: the tables, the steps from version to version, and what becomes of a file that can not be used
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* One step a version; step i leads from version i to i + 1. A step that was released is never changed: a new one follows it.
 *
 * Version 1. messages: rows lie in the order of their ids; the index on room_id holds (room_id, id), since the id is the rowid.
 * spans: see ChatStoreSpanKind. tombstones, edits and dead_rooms outlive what they are about: they are
 * what keeps late words about it from bringing it back. Nothing refers to rooms: a message may come before its room is told, and
 * the outbox outlives it.
 * Version 2. wishes: settings of rooms that the server does not know of yet; -1: nothing to tell it. */
static const char *const steps[] = {
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"

  "CREATE TABLE rooms ("
  "  id INTEGER PRIMARY KEY,"
  "  name TEXT NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  first_id INTEGER NOT NULL,"
  "  newest_id INTEGER NOT NULL,"
  "  read_mark INTEGER NOT NULL,"
  "  unread INTEGER NOT NULL,"
  "  pinned INTEGER NOT NULL,"
  "  muted INTEGER NOT NULL,"
  "  marked_unread INTEGER NOT NULL,"
  "  activity INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL"
  ");"
  "CREATE TABLE dead_rooms (room_id INTEGER PRIMARY KEY, seq INTEGER NOT NULL);"

  "CREATE TABLE members ("
  "  room_id INTEGER NOT NULL,"
  "  place INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  PRIMARY KEY (room_id, place)"
  ") WITHOUT ROWID;"
  "CREATE TABLE marks ("
  "  room_id INTEGER NOT NULL,"
  "  name TEXT NOT NULL COLLATE NOCASE,"
  "  delivered INTEGER NOT NULL,"
  "  read INTEGER NOT NULL,"
  "  PRIMARY KEY (room_id, name)"
  ") WITHOUT ROWID;"

  "CREATE TABLE messages ("
  "  id INTEGER PRIMARY KEY,"
  "  room_id INTEGER NOT NULL,"
  "  sender TEXT NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  text TEXT NOT NULL,"
  "  date INTEGER NOT NULL,"
  "  date_text TEXT,"
  "  edited INTEGER NOT NULL,"
  "  edited_date INTEGER NOT NULL,"
  "  client_ref TEXT,"
  "  seq INTEGER NOT NULL"
  ");"
  "CREATE INDEX messages_by_room ON messages (room_id);"
  "CREATE TABLE spans ("
  "  room_id INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  from_id INTEGER NOT NULL,"
  "  to_id INTEGER NOT NULL,"
  "  PRIMARY KEY (room_id, kind, from_id),"
  "  CHECK (from_id <= to_id)"
  ") WITHOUT ROWID;"
  "CREATE TABLE tombstones (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL);"
  "CREATE TABLE edits (id INTEGER PRIMARY KEY, text TEXT NOT NULL, date INTEGER NOT NULL, seq INTEGER NOT NULL);"

  "CREATE TABLE drafts (room_id INTEGER PRIMARY KEY, text TEXT NOT NULL, date INTEGER NOT NULL);"
  "CREATE TABLE positions ("
  "  room_id INTEGER PRIMARY KEY,"
  "  message_id INTEGER NOT NULL,"
  "  offset INTEGER NOT NULL,"
  "  at_bottom INTEGER NOT NULL"
  ");"
  "CREATE TABLE outbox ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  room_id INTEGER NOT NULL,"
  "  place INTEGER NOT NULL,"
  "  action INTEGER NOT NULL,"
  "  client_ref TEXT NOT NULL UNIQUE,"
  "  text TEXT,"
  "  kind INTEGER NOT NULL,"
  "  target_id INTEGER NOT NULL,"
  "  target_ref TEXT,"
  "  state INTEGER NOT NULL,"
  "  maybe_sent INTEGER NOT NULL,"
  "  failure INTEGER NOT NULL,"
  "  failure_text TEXT,"
  "  created INTEGER NOT NULL"
  ");"
  "CREATE INDEX outbox_by_room ON outbox (room_id, place);",

  "CREATE TABLE wishes (room_id INTEGER PRIMARY KEY, pinned INTEGER NOT NULL, muted INTEGER NOT NULL);",

  "ALTER TABLE messages ADD COLUMN file TEXT;"
  "ALTER TABLE edits ADD COLUMN file TEXT;"
  "ALTER TABLE outbox ADD COLUMN file TEXT;"
  "ALTER TABLE outbox ADD COLUMN upload TEXT;"
  "CREATE INDEX messages_with_file ON messages (room_id, kind, id) WHERE file IS NOT NULL;"
  "CREATE TABLE downloads ("
  "  sha256 TEXT PRIMARY KEY,"
  "  size INTEGER NOT NULL,"
  "  address TEXT NOT NULL,"
  "  state INTEGER NOT NULL"
  ") WITHOUT ROWID;"
};

/* What the file turned out to be */
typedef enum
{
  USABLE,
  DAMAGED,
  NEWER,
  FOREIGN,
  UNREACHABLE       /* the system's fault: the file stays where it is */
} Verdict;

static const char *const words[] = { [DAMAGED] = "damaged", [NEWER] = "newer", [FOREIGN] = "foreign" };

static Verdict
judge (ChatStoreDb  *self,
       GError      **error)
{
  switch (sqlite3_errcode (self->db) & 0xff)
    {
    case SQLITE_NOTADB:
      return FOREIGN;
    case SQLITE_CORRUPT:
      return DAMAGED;
    default:
      chat_store_db_set_error (self, error);
      return UNREACHABLE;
    }
}

static gboolean
execute (ChatStoreDb *self,
         const char  *sql)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
get_integer (ChatStoreDb *self,
             const char  *sql,
             gint64      *value)
{
  sqlite3_stmt *statement = NULL;
  gboolean found = FALSE;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) == SQLITE_OK)
    {
      found = sqlite3_step (statement) == SQLITE_ROW;
      if (found)
        *value = sqlite3_column_int64 (statement, 0);
    }
  sqlite3_finalize (statement);
  return found;
}

static gboolean
open_file (ChatStoreDb *self,
           const char  *path)
{
  if (sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return FALSE;
  sqlite3_extended_result_codes (self->db, 0);
  /* A file made by someone else may hold triggers and views that call functions, or lie about itself */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  return TRUE;
}

/* Damage that was met while it was used is looked for again at the next opening, however large the file is */
static char *
suspicion_path (ChatStoreDb *self)
{
  return g_strconcat (self->path, ".suspect", NULL);
}

void
chat_store_db_suspect (ChatStoreDb *self)
{
  g_autofree char *path = suspicion_path (self);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0)
    close (fd);
}

static Verdict
check_integrity (ChatStoreDb  *self,
                 GError      **error)
{
  g_autofree char *suspicion = suspicion_path (self);
  gboolean suspect = g_file_test (suspicion, G_FILE_TEST_EXISTS);
  sqlite3_stmt *statement = NULL;
  Verdict verdict = DAMAGED;
  struct stat info;

  if (!suspect && (stat (self->path, &info) != 0 || info.st_size > CHAT_STORE_CHECK_SIZE))
    return USABLE;
  /* quick_check does not compare the index with its table, which is where most of what can go wrong shows: integrity_check does */
  if (sqlite3_prepare_v2 (self->db, suspect ? "PRAGMA integrity_check (1)" : "PRAGMA quick_check (1)", -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    {
      if (g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0)
        verdict = USABLE;
    }
  else
    verdict = judge (self, error);
  sqlite3_finalize (statement);
  if (verdict != UNREACHABLE)
    g_unlink (suspicion);
  return verdict;
}

static Verdict
examine (ChatStoreDb  *self,
         gint64       *version,
         GError      **error)
{
  gint64 application_id, n_objects;

  if (!get_integer (self, "PRAGMA application_id", &application_id) || !get_integer (self, "PRAGMA user_version", version)
      || !get_integer (self, "SELECT count(*) FROM sqlite_schema", &n_objects))
    return judge (self, error);
  if (application_id == 0 && *version == 0 && n_objects == 0)
    return USABLE;                      /* new, or made by a start that was cut off */
  if (application_id != CHAT_STORE_APPLICATION_ID || *version <= 0)
    return FOREIGN;
  if (*version > chat_store_schema_get_version ())
    return NEWER;
  return check_integrity (self, error);
}

static gboolean
set_up (ChatStoreDb *self)
{
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("PRAGMA journal_mode = WAL;"
                         "PRAGMA synchronous = NORMAL;"
                         "PRAGMA temp_store = MEMORY;"
                         "PRAGMA cache_size = -%d;"
                         "PRAGMA journal_size_limit = %d;",
                         CHAT_STORE_CACHE_KIB, CHAT_STORE_JOURNAL_LIMIT);
  return execute (self, sql);
}

static gboolean
migrate (ChatStoreDb *self,
         gint64       version)
{
  for (; version < chat_store_schema_get_version (); version++)
    {
      g_autofree char *sql = NULL;

      /* A step and its number are one transaction: a start that is cut off leaves the version before */
      sql = g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;", steps[version],
                             CHAT_STORE_APPLICATION_ID, (int) version + 1);
      if (!execute (self, sql))
        return FALSE;
    }
  return TRUE;
}

/* What grows without an end otherwise */
static gboolean
trim (ChatStoreDb *self)
{
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("DELETE FROM tombstones WHERE id <= (SELECT id FROM tombstones ORDER BY id DESC LIMIT 1 OFFSET %d);"
                         "DELETE FROM edits WHERE id <= (SELECT id FROM edits ORDER BY id DESC LIMIT 1 OFFSET %d);"
                         "DELETE FROM dead_rooms WHERE room_id <= (SELECT room_id FROM dead_rooms ORDER BY room_id DESC LIMIT 1"
                         " OFFSET %d);",
                         CHAT_STORE_MAX_TOMBSTONES, CHAT_STORE_MAX_EARLY_EDITS, CHAT_STORE_MAX_DEAD_ROOMS);
  return execute (self, sql);
}

static void
close_file (ChatStoreDb *self)
{
  chat_store_db_finalize (self);
  g_clear_pointer (&self->db, sqlite3_close);
}

/* SQLite makes its files with the mode of the database: so that one is made here, readable to its owner alone.
 * @was_new: (out): there was none, or an empty one */
static gboolean
create_file (ChatStoreDb  *self,
             gboolean     *was_new,
             GError      **error)
{
  int fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat info;
  int code = errno;

  if (fd < 0)
    {
      g_set_error (error, CHAT_STORE_ERROR,
                   code == EACCES || code == EROFS ? CHAT_STORE_ERROR_READ_ONLY
                   : code == ENOSPC                ? CHAT_STORE_ERROR_NO_SPACE
                                                   : CHAT_STORE_ERROR_FAILED,
                   "“%s” can not be opened: %s", self->path, g_strerror (code));
      return FALSE;
    }
  *was_new = fstat (fd, &info) == 0 && info.st_size == 0;
  if (fchmod (fd, 0600) != 0)
    g_debug ("“%s”: its mode can not be set", self->path);
  close (fd);
  return TRUE;
}

/* Opens what is there. @error is set where the verdict is UNREACHABLE */
static Verdict
try_file (ChatStoreDb  *self,
          gboolean     *was_new,
          GError      **error)
{
  gint64 version = 0;
  Verdict verdict;

  if (!create_file (self, was_new, error))
    return UNREACHABLE;
  if (!open_file (self, self->path))
    verdict = judge (self, error);
  else
    verdict = examine (self, &version, error);
  if (verdict == USABLE && (!set_up (self) || !migrate (self, version) || !trim (self)))
    verdict = judge (self, error);
  if (verdict == USABLE)
    {
      g_autoptr (GError) problem = NULL;

      if (!chat_store_db_prepare (self, &problem))
        verdict = g_error_matches (problem, CHAT_STORE_ERROR, CHAT_STORE_ERROR_DAMAGED) ? DAMAGED : UNREACHABLE;
      if (verdict == UNREACHABLE)
        g_propagate_error (error, g_steal_pointer (&problem));
    }
  /* A whole number of our tables, and a step that fails on them: the number lies */
  if (verdict == UNREACHABLE && error != NULL && version > 0 && sqlite3_errcode (self->db) == SQLITE_ERROR)
    {
      g_clear_error (error);
      verdict = DAMAGED;
    }
  if (verdict != USABLE)
    close_file (self);
  return verdict;
}

/* Moves the file away with its companions: a log that stayed would be played into the new one.
 * Returns: (transfer full) (nullable): its new path */
static char *
set_aside (ChatStoreDb  *self,
           Verdict       verdict,
           GError      **error)
{
  static const char *const companions[] = { "-wal", "-shm", "-journal" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d"), *base = NULL, *path = NULL;
  int code;

  base = g_strdup_printf ("%s.%s-%s", self->path, words[verdict], date);
  path = g_strdup (base);
  for (guint i = 2; i <= CHAT_STORE_MAX_SET_ASIDE && g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK); i++)
    {
      g_free (path);
      path = g_strdup_printf ("%s-%u", base, i);
    }
  /* First the log: a file without its log is old, a log without its file would be played into the new one */
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *from = g_strconcat (self->path, companions[i], NULL), *to = g_strconcat (path, companions[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        goto failed;
    }
  if (g_rename (self->path, path) == 0)
    return g_steal_pointer (&path);

failed:
  code = errno;
  g_set_error (error, CHAT_STORE_ERROR, code == EACCES || code == EROFS ? CHAT_STORE_ERROR_READ_ONLY : CHAT_STORE_ERROR_FAILED,
               "“%s” can not be set aside: %s", self->path, g_strerror (code));
  return NULL;
}

/* A lock on a file of its own, since SQLite's locks are for transactions only; it ends with the process, however that ends. The last
 * one of this program may be just closing it */
static gboolean
lock_file (ChatStoreDb  *self,
           GError      **error)
{
  g_autofree char *path = g_strconcat (self->path, ".lock", NULL);
  gint64 deadline = g_get_monotonic_time () + CHAT_STORE_LOCK_WAIT_MS * 1000;
  int code = 0;

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    code = errno;
  while (code == 0)
    {
      if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
      if (errno != EWOULDBLOCK || g_get_monotonic_time () > deadline)
        code = errno;
      else
        g_usleep (10000);
    }
  if (code == EWOULDBLOCK)
    g_set_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_IN_USE, "Another program is using “%s”", self->path);
  else
    g_set_error (error, CHAT_STORE_ERROR,
                 code == EACCES || code == EROFS ? CHAT_STORE_ERROR_READ_ONLY
                 : code == ENOSPC                ? CHAT_STORE_ERROR_NO_SPACE
                                                 : CHAT_STORE_ERROR_FAILED,
                 "“%s” can not be locked: %s", path, g_strerror (code));
  return FALSE;
}

static gboolean
open_store (ChatStoreDb      *self,
            ChatStoreOpened  *opened,
            GError          **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GError) problem = NULL;
  gboolean was_new = FALSE;
  Verdict verdict;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, CHAT_STORE_ERROR, code == EACCES || code == EROFS ? CHAT_STORE_ERROR_READ_ONLY : CHAT_STORE_ERROR_FAILED,
                   "The folder “%s” can not be made: %s", folder, g_strerror (code));
      return FALSE;
    }
  if (!lock_file (self, error))
    return FALSE;
  verdict = try_file (self, &was_new, &problem);
  opened->origin = was_new ? CHAT_STORE_WAS_NEW : CHAT_STORE_WAS_THERE;
  if (verdict != USABLE && verdict != UNREACHABLE)
    {
      opened->origin = verdict == DAMAGED ? CHAT_STORE_WAS_DAMAGED : verdict == NEWER ? CHAT_STORE_WAS_NEWER : CHAT_STORE_WAS_FOREIGN;
      opened->set_aside = set_aside (self, verdict, error);
      if (opened->set_aside == NULL)
        return FALSE;
      verdict = try_file (self, &was_new, &problem);
      if (verdict == USABLE && opened->origin != CHAT_STORE_WAS_FOREIGN)
        opened->n_salvaged = chat_store_db_salvage (self, opened->set_aside);
    }
  if (verdict == USABLE)
    return TRUE;
  if (problem == NULL)
    g_set_error (&problem, CHAT_STORE_ERROR, CHAT_STORE_ERROR_DAMAGED, "“%s” can not be used", self->path);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

int
chat_store_schema_get_version (void)
{
  return G_N_ELEMENTS (steps);
}

ChatStoreDb *
chat_store_db_open (const char       *path,
                    ChatStoreOpened  *opened,
                    GError          **error)
{
  ChatStoreDb *self = g_new0 (ChatStoreDb, 1);

  self->path = g_strdup (path);
  self->lock_fd = -1;
  if (open_store (self, opened, error))
    return self;
  chat_store_db_close (self);
  return NULL;
}

void
chat_store_db_close (ChatStoreDb *self)
{
  close_file (self);            /* copies the log and removes it */
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->path);
  g_free (self);
}
