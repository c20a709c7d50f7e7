/* chat-server-sqlite.c: the threads of the SQLite engine and the way of a job through them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "chat-server-media-files.h"
#include "chat-server-sqlite-reader.h"
#include "chat-server-sqlite-schema.h"
#include "chat-server-sqlite-writer.h"
#include "chat-server-switches.h"

/* What may wait, in jobs and in bytes of their texts; more is answered with RATE_LIMITED */
#define MAX_WAITING_JOBS  65536
#define MAX_WAITING_BYTES (256 * 1024 * 1024)
/* The loop's thread wakes the writer once a turn, or after so many jobs of a long turn, that both work at the same time */
#define WAKE_AFTER        64
/* Questions answered from one snapshot: an old snapshot holds up the write-ahead log */
#define MAX_QUESTIONS     32
/* Pages and names are read by one thread, what may take long by another, so that nobody's thousands of rooms hold them up */
#define N_READERS         2
/* Pages of write-ahead log after which it is copied into the database, beside the writer (8 MiB); and after which
 * the writer waits for that, so that the log can start anew even under unbroken load (64 MiB) */
#define CHECKPOINT_PAGES  2000
#define RESTART_PAGES     16000
/* How long the writer waits for that where another program reads (ms); then the log grows, and it tries again when it is longer */
#define RESTART_TIMEOUT   100
/* Where it never can, changes are refused from this length of the log on (1 GiB), rather than filling the disk */
#define MAX_LOG_PAGES     262144

typedef struct
{
  ChatStorageJob *head;
  ChatStorageJob *tail;
  guint           n;
} Queue;

/* Questions that may take long, of one person; the next of them comes when others had their turn */
typedef struct
{
  gint64 user_id;
  Queue  questions;
} Asker;

/* One thread that answers questions, on a connection of its own */
typedef struct
{
  ChatServerSqlite *storage;
  sqlite3          *db;
  ChatSqliteReader *reader;
  GThread          *thread;
  GCond             cond;               /* these three with the storage's mutex */
  gboolean          waits;
  gboolean          takes_long;         /* its questions are in `askers`, else in `questions` */
} Reader;

typedef struct
{
  GSource           parent;
  ChatServerSqlite *storage;    /* unowned: the storage destroys the source */
} DoneSource;

struct _ChatServerSqlite
{
  GObject            parent;

  GMainContext      *context;
  GSource           *source;
  int                lock_fd;

  /* Each belongs to its thread while that runs */
  sqlite3           *write_db;
  sqlite3           *checkpoint_db;
  ChatSqliteRooms   *rooms;
  ChatSqliteWriter  *writer;
  Reader             readers[N_READERS];
  GThread           *write_thread;
  GThread           *checkpoint_thread;
  int                wal_pages;         /* the writer's */
  int                copied_pages;      /* the writer's: at which length of the log the last copy was asked for */
  int                tried_pages;       /* and was last tried to be begun anew */
  int                max_log_pages;     /* atomic */

  gboolean           wake_later;        /* the context's thread alone: changes were queued, their thread not yet woken */

  GMutex             mutex;             /* all below */
  GCond              changes_cond;
  GCond              checkpoint_cond;
  GCond              done_cond;
  Queue              changes;
  Queue              questions;         /* those that are answered in no time */
  GHashTable        *askers;            /* gint64 -> Asker, of the others */
  GQueue             asker_line;        /* the next one first */
  guint              n_long;
  Queue              done;
  gsize              n_bytes;           /* of the texts in changes */
  guint              n_outstanding;     /* jobs that were submitted and not yet handed back */
  guint              n_foreign;         /* those of them that go to an inbox */
  guint64            n_commits;
  gboolean           writer_waits;
  gboolean           checkpoint_wanted;
  gboolean           draining;          /* chat_server_storage_close() waits for done_cond */
  gboolean           stopping;
  gboolean           closed;
};

static void chat_server_sqlite_storage_init (ChatServerStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatServerSqlite, chat_server_sqlite, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_SERVER_STORAGE, chat_server_sqlite_storage_init))

static void
queue_push (Queue *queue, ChatStorageJob *head, ChatStorageJob *tail, guint n)
{
  if (queue->tail != NULL)
    queue->tail->next = head;
  else
    queue->head = head;
  queue->tail = tail;
  queue->n += n;
}

/* Takes up to @max from the front, as a list of its own */
static ChatStorageJob *
queue_take (Queue *queue, guint max, ChatStorageJob **tail, guint *n)
{
  ChatStorageJob *head = queue->head;

  *n = queue->n;
  *tail = queue->tail;
  if (queue->n <= max)
    {
      *queue = (Queue){ NULL, NULL, 0 };
      return head;
    }
  *n = max;
  *tail = head;
  for (guint i = 1; i < max; i++)
    *tail = (*tail)->next;
  queue->head = (*tail)->next;
  queue->n -= max;
  (*tail)->next = NULL;
  return head;
}

/* What reads as much as a person has, or as there are people */
static gboolean
takes_long (ChatStorageOp op)
{
  return op == CHAT_STORAGE_LIST_ROOMS || op == CHAT_STORAGE_LIST_CHANGES || op == CHAT_STORAGE_LIST_CONTACTS ||
         op == CHAT_STORAGE_SEARCH_USERS;
}

static void
push_long (ChatServerSqlite *self, ChatStorageJob *job)
{
  Asker *asker = g_hash_table_lookup (self->askers, &job->user_id);

  if (asker == NULL)
    {
      asker = g_new0 (Asker, 1);
      asker->user_id = job->user_id;
      g_hash_table_insert (self->askers, &asker->user_id, asker);
      g_queue_push_tail (&self->asker_line, asker);
    }
  queue_push (&asker->questions, job, job, 1);
  self->n_long++;
}

/* One of the next person's, who then goes to the end of the line */
static ChatStorageJob *
take_long (ChatServerSqlite *self)
{
  Asker *asker = g_queue_pop_head (&self->asker_line);
  ChatStorageJob *job, *tail;
  guint n;

  if (asker == NULL)
    return NULL;
  job = queue_take (&asker->questions, 1, &tail, &n);
  job->next = NULL;
  self->n_long--;
  if (asker->questions.head != NULL)
    g_queue_push_tail (&self->asker_line, asker);
  else
    g_hash_table_remove (self->askers, &asker->user_id);
  return job;
}

/* With the mutex held. Takes those that go elsewhere out of the list, which is without any nearly always */
static void
hand_to_inboxes (ChatServerSqlite *self, ChatStorageJob **head, ChatStorageJob **tail, guint *n)
{
  ChatStorageJob **place = head, *last = NULL;

  while (*place != NULL)
    {
      ChatStorageJob *job = *place;

      if (job->inbox == NULL)
        {
          last = job;
          place = &job->next;
          continue;
        }
      *place = job->next;
      job->next = NULL;
      (*n)--;
      self->n_foreign--;
      self->n_outstanding--;
      chat_storage_inbox_push (job->inbox, job);
    }
  *tail = last;
}

/* With the mutex held. One wake-up of the main context a batch, however long it is */
static void
hand_back (ChatServerSqlite *self, ChatStorageJob *head, ChatStorageJob *tail, guint n)
{
  gboolean first = self->done.head == NULL;

  if (self->n_foreign > 0)
    hand_to_inboxes (self, &head, &tail, &n);
  if (head == NULL)
    {
      if (self->draining)
        g_cond_signal (&self->done_cond);
      return;
    }
  queue_push (&self->done, head, tail, n);
  if (first)
    g_source_set_ready_time (self->source, 0);
  if (self->draining)
    g_cond_signal (&self->done_cond);
}

static void
deliver (ChatServerSqlite *self)
{
  ChatStorageJob *job, *tail;
  guint n;

  g_mutex_lock (&self->mutex);
  /* Under the mutex, so that what comes after this is not overlooked */
  g_source_set_ready_time (self->source, -1);
  job = queue_take (&self->done, G_MAXUINT, &tail, &n);
  self->n_outstanding -= n;
  g_mutex_unlock (&self->mutex);

  while (job != NULL)
    {
      ChatStorageJob *next = job->next;

      job->next = NULL;
      job->done (job, job->user_data);
      chat_storage_job_free (job);
      job = next;
    }
}

/* The writer */

static int
note_wal_pages (void *data, sqlite3 *db, const char *name, int n_pages)
{
  ChatServerSqlite *self = data;

  self->wal_pages = n_pages;
  return SQLITE_OK;
}

static gboolean
log_is_full (ChatServerSqlite *self)
{
  return self->wal_pages >= g_atomic_int_get (&self->max_log_pages);
}

/* After the answers have left: nobody waits for it but who comes next */
static void
tend_log (ChatServerSqlite *self)
{
  if (self->wal_pages < self->copied_pages)
    self->copied_pages = self->tried_pages = 0;         /* it has started anew */
  if (self->wal_pages >= MIN (RESTART_PAGES, g_atomic_int_get (&self->max_log_pages))
      && (self->wal_pages - self->tried_pages >= CHECKPOINT_PAGES || log_is_full (self)))
    {
      int n_pages = self->wal_pages, n_copied = 0;

      /* The checkpointer follows the writer and never quite reaches it under unbroken load: stop, let it be finished (little is
       * left), and have the next transaction begin at the front. May fail, where another program reads, or for want of room */
      sqlite3_busy_timeout (self->write_db, RESTART_TIMEOUT);
      if (sqlite3_wal_checkpoint_v2 (self->write_db, NULL, SQLITE_CHECKPOINT_RESTART, &n_pages, &n_copied) == SQLITE_OK)
        self->wal_pages = self->copied_pages = self->tried_pages = 0;
      else
        self->tried_pages = self->wal_pages;
      chat_sqlite_writer_set_patience (self->writer);
    }
  else if (self->wal_pages - self->copied_pages >= CHECKPOINT_PAGES)
    {
      self->copied_pages = self->wal_pages;
      g_mutex_lock (&self->mutex);
      self->checkpoint_wanted = TRUE;
      g_cond_signal (&self->checkpoint_cond);
      g_mutex_unlock (&self->mutex);
    }
}

static gpointer
write_in_thread (gpointer data)
{
  ChatServerSqlite *self = data;
  gboolean sweep = TRUE;                /* what the last run may have left */
  gboolean sweep_later = FALSE;         /* and what could not be removed */
  gboolean was_full = FALSE;

  for (;;)
    {
      ChatStorageJob *jobs, *tail;
      guint n;

      g_mutex_lock (&self->mutex);
      while (self->changes.head == NULL && !self->stopping && !sweep)
        {
          self->writer_waits = TRUE;
          g_cond_wait (&self->changes_cond, &self->mutex);
          self->writer_waits = FALSE;
        }
      if (self->changes.head == NULL && self->stopping)
        {
          g_mutex_unlock (&self->mutex);
          return NULL;
        }
      jobs = queue_take (&self->changes, G_MAXUINT, &tail, &n);
      self->n_bytes = 0;
      g_mutex_unlock (&self->mutex);

      if (jobs != NULL)
        {
          gboolean committed = FALSE;

          if (log_is_full (self))
            tend_log (self);
          if (!log_is_full (self))
            committed = chat_sqlite_writer_run (self->writer, jobs);
          else
            chat_sqlite_writer_refuse (self->writer, jobs);
          if (committed && sweep_later)
            {
              sweep = TRUE;
              sweep_later = FALSE;
            }
          for (ChatStorageJob *job = jobs; job != NULL && !sweep; job = job->next)
            sweep = job->op == CHAT_STORAGE_REMOVE_ROOM && job->status == CHAT_STATUS_SUCCESS;
          sweep = sweep || chat_sqlite_writer_has_dead_contents (self->writer);
          g_mutex_lock (&self->mutex);
          self->n_commits += committed;
          hand_back (self, jobs, tail, n);
          g_mutex_unlock (&self->mutex);
#ifdef CHAT_TEST_SWITCHES
          chat_sqlite_writer_commit_late (self->writer);
#endif
        }
      else
        {
          sweep = chat_sqlite_writer_sweep (self->writer, &sweep_later);
        }
      tend_log (self);
      if (was_full != log_is_full (self))
        {
          was_full = !was_full;
          if (was_full)
            g_warning ("The write-ahead log has grown to %d pages, for it can not be copied into the database (%s): no change is accepted "
                       "until it can", self->wal_pages, sqlite3_errmsg (self->write_db));
          else
            g_message ("The write-ahead log begins anew: changes are accepted again");
        }
    }
}

static gpointer
read_in_thread (gpointer data)
{
  Reader *reader = data;
  ChatServerSqlite *self = reader->storage;

  for (;;)
    {
      ChatStorageJob *jobs, *tail;
      guint n = 1;

      g_mutex_lock (&self->mutex);
      while ((reader->takes_long ? self->n_long : self->questions.n) == 0 && !self->stopping)
        {
          reader->waits = TRUE;
          g_cond_wait (&reader->cond, &self->mutex);
          reader->waits = FALSE;
        }
      if (reader->takes_long)
        jobs = tail = take_long (self);
      else
        jobs = queue_take (&self->questions, MAX_QUESTIONS, &tail, &n);
      g_mutex_unlock (&self->mutex);
      if (jobs == NULL)
        return NULL;

      chat_sqlite_reader_run (reader->reader, jobs);
      g_mutex_lock (&self->mutex);
      hand_back (self, jobs, tail, n);
      g_mutex_unlock (&self->mutex);
    }
}

static gpointer
checkpoint_in_thread (gpointer data)
{
  ChatServerSqlite *self = data;
  gboolean stopping;

  for (;;)
    {
      g_mutex_lock (&self->mutex);
      while (!self->checkpoint_wanted && !self->stopping)
        g_cond_wait (&self->checkpoint_cond, &self->mutex);
      self->checkpoint_wanted = FALSE;
      stopping = self->stopping;
      g_mutex_unlock (&self->mutex);
      if (stopping)
        return NULL;
      /* One that fails (a full disk) leaves the log as it is, and nothing is lost */
      sqlite3_wal_checkpoint_v2 (self->checkpoint_db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
}

/* The main context's side */

static void
wake_writer (ChatServerSqlite *self)
{
  if (!self->wake_later)
    return;
  self->wake_later = FALSE;
  g_mutex_lock (&self->mutex);
  if (self->writer_waits)
    g_cond_signal (&self->changes_cond);
  g_mutex_unlock (&self->mutex);
}

static gboolean
done_source_prepare (GSource *source, gint *timeout)
{
  /* The turn that queued jobs is over: now the writer gets all of them for one commit */
  wake_writer (((DoneSource *) source)->storage);
  *timeout = -1;
  return FALSE;
}

static gboolean
done_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (ChatServerSqlite) self = g_object_ref (((DoneSource *) source)->storage);

  deliver (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs done_source_funcs = { done_source_prepare, NULL, done_source_dispatch, NULL, NULL, NULL };

static void
chat_server_sqlite_submit (ChatServerStorage *storage, ChatStorageJob *job)
{
  ChatServerSqlite *self = CHAT_SERVER_SQLITE (storage);
  gboolean is_change = job->op <= CHAT_STORAGE_LAST_CHANGE;
  gboolean is_long = takes_long (job->op);
  Reader *reader = &self->readers[is_long];
  gsize n_bytes = is_change && job->text != NULL ? strlen (job->text) : 0;
  gboolean later;
  guint n_waiting;

  job->next = NULL;
  /* Within a turn of our loop the writer's wake-up can wait for the turn's end, in done_source_prepare () */
  later = is_change && g_main_depth () > 0 && g_main_context_is_owner (self->context);

  g_mutex_lock (&self->mutex);
  self->n_outstanding++;
  self->n_foreign += job->inbox != NULL;
  n_waiting = is_change ? self->changes.n : is_long ? self->n_long : self->questions.n;
  if (self->closed || n_waiting >= MAX_WAITING_JOBS || self->n_bytes + n_bytes > MAX_WAITING_BYTES)
    {
      job->status = self->closed ? CHAT_STATUS_ERROR : CHAT_STATUS_RATE_LIMITED;
      hand_back (self, job, job, 1);
      g_mutex_unlock (&self->mutex);
      return;
    }
  if (is_change)
    queue_push (&self->changes, job, job, 1);
  else if (is_long)
    push_long (self, job);
  else
    queue_push (&self->questions, job, job, 1);
  if (is_change)
    self->n_bytes += n_bytes;
  if (later && (n_waiting + 1) % WAKE_AFTER != 0)
    self->wake_later = TRUE;
  else if (is_change ? self->writer_waits : reader->waits)
    g_cond_signal (is_change ? &self->changes_cond : &reader->cond);
  g_mutex_unlock (&self->mutex);
}

static void
stop_threads (ChatServerSqlite *self)
{
  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_broadcast (&self->changes_cond);
  for (guint i = 0; i < N_READERS; i++)
    g_cond_broadcast (&self->readers[i].cond);
  g_cond_broadcast (&self->checkpoint_cond);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->write_thread, g_thread_join);
  for (guint i = 0; i < N_READERS; i++)
    g_clear_pointer (&self->readers[i].thread, g_thread_join);
  g_clear_pointer (&self->checkpoint_thread, g_thread_join);
}

static void
close_database (ChatServerSqlite *self)
{
  if (self->writer != NULL)
    chat_sqlite_writer_close (self->writer);
  g_clear_pointer (&self->writer, chat_sqlite_writer_free);
  for (guint i = 0; i < N_READERS; i++)
    {
      g_clear_pointer (&self->readers[i].reader, chat_sqlite_reader_free);
      g_clear_pointer (&self->readers[i].db, sqlite3_close);
    }
  g_clear_pointer (&self->rooms, chat_sqlite_rooms_free);
  g_clear_pointer (&self->checkpoint_db, sqlite3_close);
  g_clear_pointer (&self->write_db, sqlite3_close);     /* the last one: copies the log and removes it */
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

static void
chat_server_sqlite_close (ChatServerStorage *storage)
{
  g_autoptr (ChatServerSqlite) self = g_object_ref (CHAT_SERVER_SQLITE (storage));
  gboolean idle;

  if (self->closed)
    return;
  /* What a `done` submits meanwhile is finished too */
  do
    {
      wake_writer (self);
      g_mutex_lock (&self->mutex);
      self->draining = TRUE;
      while (self->n_outstanding > 0 && self->done.head == NULL)
        g_cond_wait (&self->done_cond, &self->mutex);
      idle = self->n_outstanding == 0;
      self->draining = FALSE;
      self->closed = idle;
      g_mutex_unlock (&self->mutex);
      deliver (self);
    }
  while (!idle);

  stop_threads (self);
  close_database (self);
}

static void
chat_server_sqlite_storage_init (ChatServerStorageInterface *iface)
{
  iface->submit = chat_server_sqlite_submit;
  iface->close = chat_server_sqlite_close;
}

guint64
chat_server_sqlite_get_n_commits (ChatServerSqlite *self)
{
  guint64 n;

  g_return_val_if_fail (CHAT_IS_SERVER_SQLITE (self), 0);

  g_mutex_lock (&self->mutex);
  n = self->n_commits;
  g_mutex_unlock (&self->mutex);
  return n;
}

void
chat_server_sqlite_set_max_log (ChatServerSqlite *self, int n_pages)
{
  g_return_if_fail (CHAT_IS_SERVER_SQLITE (self));

  g_atomic_int_set (&self->max_log_pages, n_pages);
}

static void
chat_server_sqlite_dispose (GObject *object)
{
  ChatServerSqlite *self = CHAT_SERVER_SQLITE (object);

  if (self->write_thread != NULL)
    chat_server_sqlite_close (CHAT_SERVER_STORAGE (self));

  G_OBJECT_CLASS (chat_server_sqlite_parent_class)->dispose (object);
}

static void
chat_server_sqlite_finalize (GObject *object)
{
  ChatServerSqlite *self = CHAT_SERVER_SQLITE (object);

  close_database (self);
  /* Those that came after it was closed: their askers may wait for them */
  deliver (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changes_cond);
  for (guint i = 0; i < N_READERS; i++)
    g_cond_clear (&self->readers[i].cond);
  g_hash_table_unref (self->askers);
  g_cond_clear (&self->checkpoint_cond);
  g_cond_clear (&self->done_cond);

  G_OBJECT_CLASS (chat_server_sqlite_parent_class)->finalize (object);
}

static void
chat_server_sqlite_class_init (ChatServerSqliteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = chat_server_sqlite_dispose;
  object_class->finalize = chat_server_sqlite_finalize;
}

static void
chat_server_sqlite_init (ChatServerSqlite *self)
{
  self->lock_fd = -1;
  self->max_log_pages = MAX_LOG_PAGES;
  self->context = g_main_context_ref_thread_default ();
  self->source = g_source_new (&done_source_funcs, sizeof (DoneSource));
  ((DoneSource *) self->source)->storage = self;
  g_source_set_static_name (self->source, "ChatServerSqlite");
  g_source_attach (self->source, self->context);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changes_cond);
  for (guint i = 0; i < N_READERS; i++)
    {
      self->readers[i].storage = self;
      self->readers[i].takes_long = i > 0;
      g_cond_init (&self->readers[i].cond);
    }
  self->askers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_queue_init (&self->asker_line);
  g_cond_init (&self->checkpoint_cond);
  g_cond_init (&self->done_cond);
}

/* A lock on a file of its own, since SQLite's locks are for transactions only; it ends with the process, however that ends */
static gboolean
lock_directory (ChatServerSqlite *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, CHAT_SQLITE_LOCK_NAME, NULL);
  int code;

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd >= 0 && flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  code = errno;
  if (self->lock_fd >= 0 && code == EWOULDBLOCK)
    g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_IN_USE,
                 "Another server is using the folder “%s”", directory);
  else
    g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_FAILED, "“%s” can not be locked: %s", path,
                 g_strerror (code));
  return FALSE;
}

static gboolean
open_database (ChatServerSqlite *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, CHAT_SQLITE_FILE_NAME, NULL);
  g_autofree char *media_folder = NULL;
  g_autoptr (GError) local_error = NULL;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_FAILED, "The folder “%s” can not be made: %s",
                   directory, g_strerror (code));
      return FALSE;
    }
  if (!lock_directory (self, directory, error))
    return FALSE;
  media_folder = chat_server_media_files_get_folder (directory);
  if (!chat_server_media_files_prepare (media_folder, &local_error))
    {
      g_set_error_literal (error, CHAT_SERVER_SQLITE_ERROR, CHAT_SERVER_SQLITE_ERROR_FAILED, local_error->message);
      return FALSE;
    }
  self->write_db = chat_sqlite_schema_open (path, error);
  if (self->write_db == NULL)
    return FALSE;
  sqlite3_wal_hook (self->write_db, note_wal_pages, self);
  self->rooms = chat_sqlite_rooms_new (CHAT_SQLITE_MAX_CACHED_ROOMS, CHAT_SQLITE_MAX_CACHED_MEMBERS);
  self->writer = chat_sqlite_writer_new (self->write_db, self->rooms, directory, error);
  if (self->writer == NULL)
    return FALSE;
  for (guint i = 0; i < N_READERS; i++)
    {
      Reader *reader = &self->readers[i];

      reader->db = chat_sqlite_schema_open_again (path, TRUE, error);
      if (reader->db == NULL)
        return FALSE;
      reader->reader = chat_sqlite_reader_new (reader->db, error);
      if (reader->reader == NULL)
        return FALSE;
    }
  self->checkpoint_db = chat_sqlite_schema_open_again (path, FALSE, error);
  return self->checkpoint_db != NULL;
}

ChatServerStorage *
chat_server_sqlite_new (const char *directory, GError **error)
{
  static gsize configured = 0;
  g_autoptr (ChatServerSqlite) self = NULL;

  g_return_val_if_fail (directory != NULL, NULL);

  if (g_once_init_enter (&configured))
    {
      /* Counting its memory takes a lock that both threads share. Refused where somebody uses SQLite already: no harm */
      sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
      g_once_init_leave (&configured, 1);
    }
  self = g_object_new (CHAT_TYPE_SERVER_SQLITE, NULL);
  if (!open_database (self, directory, error))
    return NULL;
  self->write_thread = g_thread_new ("chat-writer", write_in_thread, self);
  for (guint i = 0; i < N_READERS; i++)
    self->readers[i].thread = g_thread_new (i == 0 ? "chat-reader" : "chat-lister", read_in_thread, &self->readers[i]);
  self->checkpoint_thread = g_thread_new ("chat-log", checkpoint_in_thread, self);
  return CHAT_SERVER_STORAGE (g_steal_pointer (&self));
}
