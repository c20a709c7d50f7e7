/* fuzz-store-worker.c: the store's worker without its thread: what it would do is done in turns of the main context
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>

/* It takes the place of the object of the same name in the library of the store: the code is the same, but for its thread, so that the same
 * input always does the same, and does not wait for the scheduler a hundred times */
static GThread *start_turns (const char *name,
                             GThreadFunc func,
                             gpointer    data);
static gboolean take_last_turn (GCond *end,
                                gint64 until);

#define g_thread_new start_turns
#define g_cond_wait_until(cond, mutex, until) take_last_turn (cond, until)
#include "chat-store-worker.c"
#undef g_thread_new
#undef g_cond_wait_until

typedef struct
{
  GSource          parent;
  ChatStoreWorker *worker;
} TurnSource;

/* The body of thread_main(), as long as there is anything to do */
static void
take_turn (ChatStoreWorker *self)
{
  ChatStoreCall *head, *tail;
  gboolean closing = FALSE;

  while (!closing && self->calls.head != NULL)
    {
      gboolean internal;

      head = take (self, &tail);
      internal = head->kind == CHAT_STORE_CALL_BREAK;
      closing = head->kind == CHAT_STORE_CALL_CLOSE;
      run (self, head);
      if (self->db != NULL)
        {
          self->n_commits = self->db->n_commits;
          self->n_rows = self->db->n_rows;
          self->n_steps = self->db->n_steps;
        }
      if (internal)
        chat_store_call_free (head);
      else
        hand_back (self, head, tail);
    }
  if (closing || self->released)
    {
      g_clear_pointer (&self->db, chat_store_db_close);
      self->ended = TRUE;
    }
}

static gboolean
turn_prepare (GSource *source,
              int     *timeout)
{
  ChatStoreWorker *self = ((TurnSource *) source)->worker;

  *timeout = -1;
  return self->calls.head != NULL || self->released || self->ended;
}

static gboolean
turn_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  ChatStoreWorker *self = ((TurnSource *) source)->worker;

  if (!self->ended)
    take_turn (self);
  if (!self->ended)
    return G_SOURCE_CONTINUE;
  worker_unref (self);
  return G_SOURCE_REMOVE;
}

static GSourceFuncs turn_funcs = { .prepare = turn_prepare, .dispatch = turn_dispatch };

static GThread *
start_turns (const char *name,
             GThreadFunc func,
             gpointer    data)
{
  ChatStoreWorker *self = data;
  g_autoptr (GSource) source = g_source_new (&turn_funcs, sizeof (TurnSource));

  ((TurnSource *) source)->worker = self;
  g_source_attach (source, self->context);
  return NULL;
}

/* chat_store_worker_wait(), which holds the mutex */
static gboolean
take_last_turn (GCond *end,
                gint64 until)
{
  ChatStoreWorker *self = (ChatStoreWorker *) ((char *) end - G_STRUCT_OFFSET (ChatStoreWorker, end));

  g_mutex_unlock (&self->mutex);
  take_turn (self);
  g_mutex_lock (&self->mutex);
  return !self->ended;
}
