/* chat-store-worker.c: the thread, and the calls on their way to it and back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-worker.h"

typedef struct
{
  ChatStoreCall *head;
  ChatStoreCall *tail;
} Queue;

typedef struct
{
  GSource          parent;
  ChatStoreWorker *worker;      /* unowned: whoever releases the worker destroys the source */
} DoneSource;

struct _ChatStoreWorker
{
  gatomicrefcount  refs;
  char            *path;
  GMainContext    *context;
  GSource         *source;
  ChatStoreDone    done;
  GThread         *thread;      /* the submitter's */

  /* The thread's */
  ChatStoreDb     *db;
  gboolean         behind;      /* a batch was lost: no other one is carried out before the state was asked for */

  GMutex           mutex;       /* all below */
  GCond            cond;
  Queue            calls;
  Queue            results;
  guint            n_calls;     /* in calls */
  gsize            n_bytes;     /* in calls */
  guint            n_waiting;   /* submitted and not handed back */
  gsize            n_waiting_bytes;
  gboolean         held;        /* what is submitted belongs together: nothing is taken before all of it is there */
  gboolean         joining;     /* the first of it is there */
  gboolean         released;
  gboolean         ended;       /* the file is closed */
  GCond            end;
  guint64          n_commits;
  guint64          n_rows;
  guint64          n_steps;
};

ChatStoreCall *
chat_store_call_new (ChatStoreCallKind  kind,
                     GTask             *task)
{
  ChatStoreCall *call = g_new0 (ChatStoreCall, 1);

  call->kind = kind;
  call->task = task;
  call->n_bytes = sizeof *call;
  return call;
}

void
chat_store_call_free (ChatStoreCall *call)
{
  g_clear_object (&call->task);
  g_clear_pointer (&call->batch, chat_store_batch_free);
  g_clear_pointer (&call->row, chat_store_out_row_free);
  g_clear_error (&call->error);
  g_clear_pointer (&call->rows, g_ptr_array_unref);
  g_clear_pointer (&call->page, chat_store_page_free);
  g_clear_pointer (&call->files, chat_store_files_free);
  g_clear_pointer (&call->found, chat_store_found_free);
  g_strfreev (call->terms);
  g_free (call->opened.set_aside);
  g_free (call);
}

static void
queue_push (Queue         *queue,
            ChatStoreCall *head,
            ChatStoreCall *tail)
{
  if (queue->tail != NULL)
    queue->tail->next = head;
  else
    queue->head = head;
  queue->tail = tail;
}

static void
worker_unref (ChatStoreWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_source_unref (self->source);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_cond_clear (&self->end);
  g_free (self->path);
  g_free (self);
}

/* With the mutex held. One wake-up of the main context for all that come before it looks */
static void
hand_back (ChatStoreWorker *self,
           ChatStoreCall   *head,
           ChatStoreCall   *tail)
{
  gboolean first = self->results.head == NULL;

  queue_push (&self->results, head, tail);
  if (first)
    g_source_set_ready_time (self->source, 0);
}

static gboolean
on_results (GSource     *source,
            GSourceFunc  callback,
            gpointer     user_data)
{
  ChatStoreWorker *self = ((DoneSource *) source)->worker;
  ChatStoreCall *call;

  g_mutex_lock (&self->mutex);
  /* Under the mutex, so that what comes after this is not overlooked */
  g_source_set_ready_time (source, -1);
  call = self->results.head;
  self->results = (Queue){ NULL, NULL };
  for (ChatStoreCall *one = call; one != NULL; one = one->next)
    {
      self->n_waiting--;
      self->n_waiting_bytes -= one->n_bytes;
    }
  g_mutex_unlock (&self->mutex);

  /* A callback may drop the last one that is held elsewhere */
  g_atomic_ref_count_inc (&self->refs);
  while (call != NULL)
    {
      ChatStoreCall *next = call->next;

      call->next = NULL;
      self->done (self, call);
      call = next;
    }
  worker_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { NULL, NULL, on_results, NULL, NULL, NULL };

/* The thread */

/* Takes what is to be done next: one read, or the changes up to the next read. Returns: %NULL when there will be nothing more */
static ChatStoreCall *
take (ChatStoreWorker  *self,
      ChatStoreCall   **tail)
{
  ChatStoreCall *head;
  guint n = 1;

  g_mutex_lock (&self->mutex);
  while ((self->calls.head == NULL || self->held) && !self->released)
    g_cond_wait (&self->cond, &self->mutex);
  head = *tail = self->calls.head;
  if (head != NULL)
    {
      self->n_bytes -= head->n_bytes;
      if (chat_store_call_is_write (head))
        for (; (*tail)->next != NULL && chat_store_call_is_write ((*tail)->next) && (n < CHAT_STORE_MAX_GROUP || (*tail)->next->joined); n++)
          {
            *tail = (*tail)->next;
            self->n_bytes -= (*tail)->n_bytes;
          }
      self->n_calls -= n;
      self->calls.head = (*tail)->next;
      if (self->calls.head == NULL)
        self->calls.tail = NULL;
      (*tail)->next = NULL;
    }
  g_mutex_unlock (&self->mutex);
  return head;
}

static gboolean
is_told (const ChatStoreCall *call)
{
  return call->kind == CHAT_STORE_CALL_APPLY && call->batch->told;
}

/* The sync position must not pass over a batch that was lost: those that follow it are told so and left out */
static void
run_writes (ChatStoreWorker *self,
            ChatStoreCall   *head)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  ChatStoreCall *first = NULL, *last = NULL;

  for (ChatStoreCall *call = head; call != NULL; call = call->next)
    g_ptr_array_add (all, call);
  for (guint i = 0; i < all->len; i++)
    {
      ChatStoreCall *call = all->pdata[i];

      call->next = NULL;
      if (self->behind && is_told (call))
        {
          g_set_error_literal (&call->error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_BEHIND, "an earlier batch was not kept");
          continue;
        }
      if (last != NULL)
        last->next = call;
      else
        first = call;
      last = call;
    }
  if (first != NULL)
    chat_store_calls_write (self->db, first);
  for (guint i = 0; i < all->len; i++)
    {
      ChatStoreCall *call = all->pdata[i];

      call->next = i + 1 < all->len ? all->pdata[i + 1] : NULL;
      if (call->error != NULL && is_told (call))
        self->behind = TRUE;
    }
}

static void
run (ChatStoreWorker *self,
     ChatStoreCall   *call)
{
  if (call->kind == CHAT_STORE_CALL_OPEN)
    {
      self->db = chat_store_db_open (self->path, &call->opened, &call->error);
      return;
    }
  if (call->kind == CHAT_STORE_CALL_CLOSE)
    {
      g_clear_pointer (&self->db, chat_store_db_close);
      return;
    }
  if (call->kind == CHAT_STORE_CALL_BREAK)
    {
      self->behind = TRUE;
      return;
    }
  if (self->db == NULL)
    {
      for (; call != NULL; call = call->next)
        g_set_error_literal (&call->error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_CLOSED, "the store is closed");
      return;
    }
  if (chat_store_call_is_write (call))
    run_writes (self, call);
  else
    chat_store_calls_read (self->db, call);
  if (call->kind == CHAT_STORE_CALL_STATE && call->error == NULL)
    self->behind = FALSE;
  for (; call != NULL; call = call->next)
    if (g_error_matches (call->error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_DAMAGED))
      chat_store_db_suspect (self->db);
}

static gpointer
thread_main (gpointer data)
{
  ChatStoreWorker *self = data;
  ChatStoreCall *head, *tail;
  gboolean closing = FALSE;

  while (!closing && (head = take (self, &tail)) != NULL)
    {
      gboolean internal = head->kind == CHAT_STORE_CALL_BREAK;

      closing = head->kind == CHAT_STORE_CALL_CLOSE;
      run (self, head);
      g_mutex_lock (&self->mutex);
      if (self->db != NULL)
        {
          self->n_commits = self->db->n_commits;
          self->n_rows = self->db->n_rows;
          self->n_steps = self->db->n_steps;
        }
      /* Whoever gets it frees it, maybe at once */
      if (!internal)
        hand_back (self, head, tail);
      g_mutex_unlock (&self->mutex);
      if (internal)
        chat_store_call_free (head);
    }
  g_clear_pointer (&self->db, chat_store_db_close);
  g_mutex_lock (&self->mutex);
  self->ended = TRUE;
  g_cond_broadcast (&self->end);
  g_mutex_unlock (&self->mutex);
  worker_unref (self);
  return NULL;
}

/* The submitter's side */

ChatStoreWorker *
chat_store_worker_new (const char    *path,
                       ChatStoreDone  done)
{
  ChatStoreWorker *self = g_new0 (ChatStoreWorker, 1);

  g_atomic_ref_count_init (&self->refs);
  g_atomic_ref_count_inc (&self->refs);
  self->path = g_strdup (path);
  self->done = done;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_cond_init (&self->end);
  self->context = g_main_context_ref_thread_default ();
  self->source = g_source_new (&source_funcs, sizeof (DoneSource));
  ((DoneSource *) self->source)->worker = self;
  g_source_set_static_name (self->source, "ChatStore");
  g_source_attach (self->source, self->context);
  self->thread = g_thread_new ("chat-store", thread_main, self);
  return self;
}

void
chat_store_worker_release (ChatStoreWorker *self)
{
  g_source_destroy (self->source);
  g_mutex_lock (&self->mutex);
  self->released = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->thread, g_thread_unref);
  worker_unref (self);
}

gboolean
chat_store_worker_wait (ChatStoreWorker *self,
                        guint            timeout_ms)
{
  gint64 until = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean ended;

  g_mutex_lock (&self->mutex);
  while (!self->ended && g_cond_wait_until (&self->end, &self->mutex, until))
    ;
  ended = self->ended;
  g_mutex_unlock (&self->mutex);
  return ended;
}

void
chat_store_worker_join (ChatStoreWorker *self)
{
  g_clear_pointer (&self->thread, g_thread_join);
}

/* With the mutex held */
static void
enqueue (ChatStoreWorker *self,
         ChatStoreCall   *call)
{
  call->joined = self->joining;
  self->joining = self->held;
  queue_push (&self->calls, call, call);
  self->n_calls++;
  self->n_bytes += call->n_bytes;
  g_cond_signal (&self->cond);
}

/* With the mutex held. In the queue, since what was submitted before is still good */
static void
enqueue_break (ChatStoreWorker *self)
{
  if (self->calls.tail == NULL || self->calls.tail->kind != CHAT_STORE_CALL_BREAK)
    enqueue (self, chat_store_call_new (CHAT_STORE_CALL_BREAK, NULL));
}

void
chat_store_worker_submit (ChatStoreWorker *self,
                          ChatStoreCall   *call)
{
  g_mutex_lock (&self->mutex);
  self->n_waiting++;
  self->n_waiting_bytes += call->n_bytes;
  if (call->kind != CHAT_STORE_CALL_CLOSE && self->n_calls > 0
      && (self->n_calls >= CHAT_STORE_MAX_QUEUE_CALLS || self->n_bytes + call->n_bytes > CHAT_STORE_MAX_QUEUE_BYTES))
    {
      g_set_error_literal (&call->error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_BUSY, "too much is waiting for the store");
      if (is_told (call))
        enqueue_break (self);
      hand_back (self, call, call);
    }
  else
    enqueue (self, call);
  g_mutex_unlock (&self->mutex);
}

void
chat_store_worker_hold (ChatStoreWorker *self,
                        gboolean         hold)
{
  g_mutex_lock (&self->mutex);
  self->held = hold;
  self->joining = FALSE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
chat_store_worker_break (ChatStoreWorker *self)
{
  g_mutex_lock (&self->mutex);
  enqueue_break (self);
  g_mutex_unlock (&self->mutex);
}

void
chat_store_worker_get_statistics (ChatStoreWorker     *self,
                                  ChatStoreStatistics *statistics)
{
  g_mutex_lock (&self->mutex);
  statistics->n_commits = self->n_commits;
  statistics->n_rows_stepped = self->n_rows;
  statistics->n_steps = self->n_steps;
  statistics->n_waiting = self->n_waiting;
  statistics->n_waiting_bytes = self->n_waiting_bytes;
  g_mutex_unlock (&self->mutex);
}
