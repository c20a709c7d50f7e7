/* fuzz-server-storage.c: the server's storage without its threads: the same SQL, a turn of the loop at a time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz-server-storage.h"

#include "chat-server-sqlite-reader.h"
#include "chat-server-sqlite-schema.h"
#include "chat-server-sqlite-writer.h"

/* After so many inputs the log is copied into the database: it would grow for ever */
#define INPUTS_PER_CHECKPOINT 256
#define MAX_REPLAY 10000

typedef struct
{
  GSource      parent;
  FuzzStorage *storage;
} TurnSource;

struct _FuzzStorage
{
  GObject           parent_instance;

  sqlite3          *write_db;
  sqlite3          *read_db;
  ChatSqliteRooms  *rooms;
  ChatSqliteWriter *writer;
  ChatSqliteReader *reader;
  GSource          *source;
  GQueue            changes;      /* of ChatStorageJob */
  GQueue            questions;
  GPtrArray        *resets;       /* of sqlite3_stmt */
  GHashTable       *statements;   /* SQL, static -> sqlite3_stmt */
  gint64            clean;        /* sqlite3_total_changes64() after the last reset */
  gint64            base;
  gboolean          fail_next;
  guint             n_inputs;
};

static void storage_iface_init (ChatServerStorageInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzStorage, fuzz_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_SERVER_STORAGE, storage_iface_init))

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static void
execute (FuzzStorage *self,
         const char  *sql)
{
  if (sqlite3_exec (self->write_db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (self->write_db));
}

/* @sql: static; has at most one parameter, which is @id */
static gint64
ask (FuzzStorage *self,
     const char  *sql,
     gint64       id)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  gint64 value = 0;

  if (statement == NULL)
    {
      if (sqlite3_prepare_v2 (self->write_db, sql, -1, &statement, NULL) != SQLITE_OK)
        g_error ("%s: %s", sql, sqlite3_errmsg (self->write_db));
      g_hash_table_insert (self->statements, (gpointer) sql, statement);
    }
  if (sqlite3_bind_parameter_count (statement) > 0)
    sqlite3_bind_int64 (statement, 1, id);
  if (sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return value;
}

/* Jobs */

static void
hand_back (ChatStorageJob *job)
{
  while (job != NULL)
    {
      ChatStorageJob *next = g_steal_pointer (&job->next);

      job->done (job, job->user_data);
      chat_storage_job_free (job);
      job = next;
    }
}

/* Returns: all that waits, linked */
static ChatStorageJob *
take_all (GQueue *queue)
{
  ChatStorageJob *head = NULL, **link = &head, *job;

  while ((job = g_queue_pop_head (queue)) != NULL)
    {
      *link = job;
      link = &job->next;
    }
  *link = NULL;
  return head;
}

static void
take_turn (FuzzStorage *self)
{
  ChatStorageJob *jobs = take_all (&self->changes);
  gboolean failed;

  if (jobs != NULL && self->fail_next)
    {
      self->fail_next = FALSE;
      for (ChatStorageJob *job = jobs; job != NULL; job = job->next)
        job->status = CHAT_STATUS_ERROR;
    }
  else if (jobs != NULL)
    {
      chat_sqlite_writer_run (self->writer, jobs);
      while (chat_sqlite_writer_sweep (self->writer, &failed))
        continue;
    }
  hand_back (jobs);

  jobs = take_all (&self->questions);
  if (jobs != NULL)
    chat_sqlite_reader_run (self->reader, jobs);
  hand_back (jobs);
}

gboolean
fuzz_storage_is_busy (FuzzStorage *self)
{
  return !g_queue_is_empty (&self->changes) || !g_queue_is_empty (&self->questions);
}

static gboolean
turn_prepare (GSource *source,
              int     *timeout)
{
  *timeout = -1;
  return fuzz_storage_is_busy (((TurnSource *) source)->storage);
}

static gboolean
turn_dispatch (GSource    *source,
               GSourceFunc callback,
               gpointer    user_data)
{
  take_turn (((TurnSource *) source)->storage);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = { .prepare = turn_prepare, .dispatch = turn_dispatch };

static void
fuzz_storage_submit (ChatServerStorage *storage,
                     ChatStorageJob    *job)
{
  FuzzStorage *self = FUZZ_STORAGE (storage);

  job->next = NULL;
  g_queue_push_tail (job->op <= CHAT_STORAGE_LAST_CHANGE ? &self->changes : &self->questions, job);
}

static void
fuzz_storage_close (ChatServerStorage *storage)
{
}

static void
storage_iface_init (ChatServerStorageInterface *iface)
{
  iface->submit = fuzz_storage_submit;
  iface->close = fuzz_storage_close;
}

void
fuzz_storage_fail_next (FuzzStorage *self)
{
  self->fail_next = TRUE;
}

/* What is there at first */

static void
ignore_done (ChatStorageJob *job,
             gpointer        user_data)
{
}

static ChatStorageJob *
job_new (ChatStorageOp op,
         gint64        user_id)
{
  ChatStorageJob *job = chat_storage_job_new (op, ignore_done, NULL);

  job->user_id = user_id;
  return job;
}

static void
do_now (FuzzStorage    *self,
        ChatStorageJob *job,
        glong           offset,
        gint64          wanted)
{
  chat_sqlite_writer_run (self->writer, job);
  if (job->status != CHAT_STATUS_SUCCESS)
    g_error ("operation %d failed", job->op);
  if (G_STRUCT_MEMBER (gint64, job, offset) != wanted)
    g_error ("operation %d gave another number than %" G_GINT64_FORMAT, job->op, wanted);
  chat_storage_job_free (job);
}
#define DO_NOW(self, job, field, wanted) do_now (self, job, G_STRUCT_OFFSET (ChatStorageJob, field), wanted)

static void
on_hashed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(char **) user_data = chat_server_hasher_hash_finish (CHAT_SERVER_HASHER (source), result, NULL);
}

static void
fill (FuzzStorage      *self,
      ChatServerHasher *hasher)
{
  static const char *const names[] = { "a", "b", "c" };
  g_autofree char *secret = NULL;
  ChatStorageJob *job;

  chat_server_hasher_hash_async (hasher, "password", NULL, on_hashed, &secret);
  while (secret == NULL)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      job = job_new (CHAT_STORAGE_ADD_USER, 0);
      job->name = g_strdup (names[i]);
      job->secret = g_strdup (secret);
      DO_NOW (self, job, user_id, i + 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *token = g_strdup_printf ("token-of-%s", names[i]);

      job = job_new (CHAT_STORAGE_ADD_TOKEN, i + 1);
      job->name = g_strdup ("device");
      job->secret = chat_server_token_hash (token);
      DO_NOW (self, job, token_id, i + 4);
    }
  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    {
      job = job_new (CHAT_STORAGE_ADD_ROOM, 1);
      job->name = g_strdup (names[i]);
      DO_NOW (self, job, room_id, i + 6);
    }
  for (guint i = 0; i < 5; i++)
    {
      job = job_new (CHAT_STORAGE_ADD_MESSAGE, 1 + i % 2);
      job->room_id = 7;
      job->kind = CHAT_MESSAGE_KIND_TEXT;
      job->text = g_strdup_printf ("message %u", i);
      DO_NOW (self, job, message_id, i + 9);
    }
}

/* What is there is noted, table by table, to be put back */
static void
note (FuzzStorage *self)
{
  /* Whoever is referred to comes first */
  static const char *const tables[] = { "users", "tokens", "rooms", "members", "direct_rooms", "messages", "refs", "dead_rooms", "changes" };

  execute (self, "ATTACH ':memory:' AS base");
  self->resets = g_ptr_array_new_with_free_func (finalize_statement);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (tables); i++)
    {
      guint at = i % G_N_ELEMENTS (tables);
      g_autofree char *sql = NULL;
      sqlite3_stmt *statement;

      if (i < G_N_ELEMENTS (tables))
        {
          const char *table = tables[G_N_ELEMENTS (tables) - 1 - at];
          g_autofree char *copy = g_strdup_printf ("CREATE TABLE base.%s AS SELECT * FROM main.%s", table, table);

          execute (self, copy);
          sql = g_strdup_printf ("DELETE FROM main.%s", table);
        }
      else
        sql = g_strdup_printf ("INSERT INTO main.%s SELECT * FROM base.%s", tables[at], tables[at]);
      if (sqlite3_prepare_v2 (self->write_db, sql, -1, &statement, NULL) != SQLITE_OK)
        g_error ("%s: %s", sql, sqlite3_errmsg (self->write_db));
      g_ptr_array_add (self->resets, statement);
    }
}

void
fuzz_storage_reset (FuzzStorage *self)
{
  ChatStorageJob *probe;

  g_assert (!fuzz_storage_is_busy (self));
  self->fail_next = FALSE;
  if (sqlite3_total_changes64 (self->write_db) == self->clean)
    return;

  /* The writer keeps its counter: what it gives next is found by taking one */
  probe = job_new (CHAT_STORAGE_ADD_USER, 0);
  probe->name = g_strdup_printf ("probe-%" G_GINT64_FORMAT, self->base);
  probe->secret = g_strdup ("none");
  chat_sqlite_writer_run (self->writer, probe);
  g_assert (probe->status == CHAT_STATUS_SUCCESS);
  self->base = probe->user_id + 1;
  chat_storage_job_free (probe);

  chat_sqlite_rooms_clear (self->rooms);
  execute (self, "BEGIN");
  for (guint i = 0; i < self->resets->len; i++)
    {
      sqlite3_step (self->resets->pdata[i]);
      if (sqlite3_reset (self->resets->pdata[i]) != SQLITE_OK)
        g_error ("reset %u: %s", i, sqlite3_errmsg (self->write_db));
    }
  execute (self, "COMMIT");
  if (++self->n_inputs % INPUTS_PER_CHECKPOINT == 0)
    sqlite3_wal_checkpoint_v2 (self->write_db, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL);
  self->clean = sqlite3_total_changes64 (self->write_db);
}

gint64
fuzz_storage_get_base (FuzzStorage *self)
{
  return self->base;
}

/* What must hold */

static void
check_replay (FuzzStorage *self,
              gint64       user_id)
{
  ChatStorageJob *job = job_new (CHAT_STORAGE_LIST_CHANGES, user_id);
  gint64 last = 0, n_messages = 0, n_rooms = 0;

  job->limit = MAX_REPLAY;
  chat_sqlite_reader_run (self->reader, job);
  fuzz_check (job->status == CHAT_STATUS_SUCCESS, "a replay from the beginning: status %d", job->status);
  for (guint i = 0; i < job->changes->len; i++)
    {
      const ChatStorageChange *change = job->changes->pdata[i];

      fuzz_check (change->seq > last, "change %" G_GINT64_FORMAT " comes after %" G_GINT64_FORMAT, change->seq, last);
      last = change->seq;
      n_messages += change->kind == CHAT_STORAGE_CHANGE_SENT;
      n_rooms += change->kind == CHAT_STORAGE_CHANGE_ROOM && change->name != NULL;
    }
  fuzz_check (last <= job->seq, "the end, %" G_GINT64_FORMAT ", is before the last change", job->seq);
  chat_storage_job_free (job);

  fuzz_check (n_messages == ask (self, "SELECT count(*) FROM messages m JOIN members u ON u.room_id = m.room_id WHERE u.user_id = ?1",
                                 user_id), "the replay tells of %" G_GINT64_FORMAT " messages", n_messages);
  fuzz_check (n_rooms == ask (self, "SELECT count(*) FROM members WHERE user_id = ?1", user_id),
              "the replay tells of %" G_GINT64_FORMAT " rooms", n_rooms);
}

void
fuzz_storage_check (FuzzStorage *self)
{
  static const struct
  {
    const char *sql;
    const char *what;
  } none[] = {
    { "SELECT count(*) FROM messages WHERE room_id NOT IN (SELECT id FROM rooms)", "messages without a room" },
    { "SELECT count(*) FROM messages WHERE sender_id NOT IN (SELECT id FROM users)", "messages of nobody" },
    { "SELECT count(*) FROM messages m WHERE NOT EXISTS (SELECT 1 FROM members u WHERE u.room_id = m.room_id AND u.user_id = m.sender_id)",
      "messages of who is no member" },
    { "SELECT count(*) FROM rooms r WHERE (SELECT count(*) FROM members WHERE room_id = r.id) <> 2", "rooms of others than two" },
    { "SELECT count(*) FROM rooms WHERE id NOT IN (SELECT room_id FROM direct_rooms)", "rooms that nobody finds" },
    { "SELECT count(*) FROM pragma_foreign_key_check", "references to nothing" },
    { "SELECT count(*) FROM messages m WHERE m.client_ref IS NOT NULL AND NOT EXISTS"
      " (SELECT 1 FROM refs r WHERE r.sender_id = m.sender_id AND r.client_ref = m.client_ref AND r.message_id = m.id)",
      "messages whose reference is not known" },
    { "SELECT count(*) FROM members u WHERE u.read_mark > max(ifnull((SELECT max(id) FROM messages m WHERE m.room_id = u.room_id), 0),"
      " (SELECT value FROM meta WHERE key = 'ids-end'))", "marks past all that there is" },
    { "SELECT count(*) FROM messages WHERE length(CAST(text AS BLOB)) NOT BETWEEN 1 AND 65536", "texts of a wrong size" },
    { "SELECT count(*) FROM dead_rooms", "rooms that were not swept" },
    { "SELECT count(*) FROM (SELECT seq FROM changes GROUP BY audience, seq HAVING count(*) > 1)", "changes of one number" },
    { "SELECT count(*) FROM tokens GROUP BY user_id HAVING count(*) > 100", "tokens too many" },
  };

  if (sqlite3_total_changes64 (self->write_db) == self->clean)
    return;
  fuzz_check (sqlite3_get_autocommit (self->write_db) && sqlite3_get_autocommit (self->read_db), "a transaction is open");
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      gint64 n = ask (self, none[i].sql, 0);

      fuzz_check (n == 0, "%" G_GINT64_FORMAT " %s", n, none[i].what);
    }
  for (gint64 user_id = 1; user_id <= 3; user_id++)
    check_replay (self, user_id);
}

/* The object */

static void
fuzz_storage_class_init (FuzzStorageClass *klass)
{
}

static void
fuzz_storage_init (FuzzStorage *self)
{
  g_queue_init (&self->changes);
  g_queue_init (&self->questions);
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, finalize_statement);
}

FuzzStorage *
fuzz_storage_new (ChatServerHasher *hasher)
{
  FuzzStorage *self = g_object_new (FUZZ_TYPE_STORAGE, NULL);
  g_autofree char *path = g_build_filename (fuzz_temp_dir (), CHAT_SQLITE_FILE_NAME, NULL);
  g_autoptr (GError) error = NULL;

  self->write_db = chat_sqlite_schema_open (path, &error);
  self->read_db = self->write_db != NULL ? chat_sqlite_schema_open_again (path, TRUE, &error) : NULL;
  self->rooms = chat_sqlite_rooms_new (CHAT_SQLITE_MAX_CACHED_ROOMS, CHAT_SQLITE_MAX_CACHED_MEMBERS);
  self->writer = self->read_db != NULL ? chat_sqlite_writer_new (self->write_db, self->rooms, fuzz_temp_dir (), &error) : NULL;
  self->reader = self->writer != NULL ? chat_sqlite_reader_new (self->read_db, &error) : NULL;
  if (self->reader == NULL)
    g_error ("%s", error->message);
  self->source = g_source_new (&turn_funcs, sizeof (TurnSource));
  ((TurnSource *) self->source)->storage = self;
  g_source_attach (self->source, NULL);
  fill (self, hasher);
  note (self);
  self->clean = -1;
  return self;
}
