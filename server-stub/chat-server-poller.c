/* chat-server-poller.c: the readiness of all connections behind one epoll descriptor in one GSource
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-poller.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 256

typedef struct
{
  GSource           source;
  ChatServerPoller *poller;
} PollerSource;

struct _ChatServerPoller
{
  GSource            *source;
  int                 fd;
  gpointer            tag;
  gint64              now;
  ChatServerTimers   *timers;
  GPtrArray          *more;         /* of ChatServerWatch: those with has_more; NULL where one was removed */
  GPtrArray          *touched;      /* the same for is_touched */
  GPtrArray          *spare;        /* an empty array that takes the place of one that is being worked off */
  GPtrArray          *waiting;      /* what is left of the turn before, while newly ready ones are served */
  GPtrArray          *working;      /* the one that is being worked off */
  struct epoll_event *batch;        /* what is being worked off */
  guint               n_batch;
};

/* Forgets @watch in @list. Removing is rare (a connection ends) and lists are short: one turn's worth. */
static void
forget (GPtrArray       *list,
        ChatServerWatch *watch)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (list->pdata[i] == watch)
      list->pdata[i] = NULL;
}

static void
flush_touched (ChatServerPoller *self)
{
  GPtrArray *touched = self->touched;

  if (touched->len == 0)
    return;
  self->touched = g_steal_pointer (&self->spare);
  self->working = touched;
  for (guint i = 0; i < touched->len; i++)
    {
      ChatServerWatch *watch = touched->pdata[i];

      if (watch == NULL)
        continue;
      touched->pdata[i] = NULL;
      watch->is_touched = FALSE;
      watch->flush (watch);
    }
  self->working = NULL;
  g_ptr_array_set_size (touched, 0);
  self->spare = touched;
}

static gboolean
poller_prepare (GSource *source,
                int     *timeout)
{
  ChatServerPoller *self = ((PollerSource *) source)->poller;
  gint64 next;
  gint64 now;

  /* Every source of the last turn has run by now, and the loop is about to sleep: the moment to write */
  flush_touched (self);
  if (self->more->len > 0 || self->touched->len > 0)
    {
      *timeout = 0;
      return TRUE;
    }
  next = chat_server_timers_get_next (self->timers);
  if (next < 0)
    {
      *timeout = -1;
      return FALSE;
    }
  now = g_get_monotonic_time ();
  if (next <= now)
    {
      *timeout = 0;
      return TRUE;
    }
  *timeout = (int) MIN ((next - now) / 1000 + 1, G_MAXINT);
  return FALSE;
}

static gboolean
poller_check (GSource *source)
{
  ChatServerPoller *self = ((PollerSource *) source)->poller;
  gint64 next;

  if (self->more->len > 0 || self->touched->len > 0 || g_source_query_unix_fd (source, self->tag) != 0)
    return TRUE;
  next = chat_server_timers_get_next (self->timers);
  return next >= 0 && next <= g_get_monotonic_time ();
}

static GIOCondition
to_condition (guint32 events)
{
  GIOCondition condition = 0;

  if (events & EPOLLIN)
    condition |= G_IO_IN;
  if (events & EPOLLOUT)
    condition |= G_IO_OUT;
  if (events & EPOLLERR)
    condition |= G_IO_ERR;
  if (events & EPOLLHUP)
    condition |= G_IO_HUP;
  return condition;
}

static guint32
to_events (GIOCondition interest)
{
  return ((interest & G_IO_IN) ? EPOLLIN : 0) | ((interest & G_IO_OUT) ? EPOLLOUT : 0);
}

static void
run_ready (ChatServerPoller *self,
           ChatServerWatch  *watch,
           GIOCondition      condition)
{
  /* After ready() the watch may be gone, so that it says itself, through come_back(), that it wants more */
  if (watch->ready (watch, condition))
    chat_server_watch_come_back (watch);
}

static void
run_more (ChatServerPoller *self,
          GPtrArray        *more)
{
  self->working = more;
  for (guint i = 0; i < more->len; i++)
    {
      ChatServerWatch *watch = more->pdata[i];

      if (watch == NULL)
        continue;
      more->pdata[i] = NULL;
      watch->has_more = FALSE;
      run_ready (self, watch, G_IO_IN);
    }
  self->working = NULL;
  g_ptr_array_set_size (more, 0);
}

static gboolean
poller_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     user_data)
{
  ChatServerPoller *self = ((PollerSource *) source)->poller;
  struct epoll_event batch[BATCH];
  GPtrArray *more = NULL;
  int n;

  self->now = g_get_monotonic_time ();
  chat_server_timers_advance (self->timers, self->now);

  /* Those that had more in the turn before come after those that are newly ready, and only once: taken aside first */
  if (self->more->len > 0)
    {
      more = self->more;
      self->more = g_steal_pointer (&self->spare);
      self->waiting = more;
    }

  n = epoll_wait (self->fd, batch, BATCH, 0);
  if (n < 0 && errno != EINTR)
    g_critical ("epoll_wait: %s", g_strerror (errno));
  self->batch = batch;
  self->n_batch = MAX (n, 0);
  for (guint i = 0; i < self->n_batch; i++)
    {
      ChatServerWatch *watch = batch[i].data.ptr;
      GIOCondition condition = to_condition (batch[i].events);

      batch[i].data.ptr = NULL;
      if (watch != NULL && watch->has_more)
        condition &= ~G_IO_IN;    /* its turn to read comes below */
      if (watch != NULL && condition != 0)
        run_ready (self, watch, condition);
    }
  self->batch = NULL;
  self->n_batch = 0;

  if (more != NULL)
    {
      self->waiting = NULL;
      run_more (self, more);
      self->spare = more;
    }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poller_funcs = { poller_prepare, poller_check, poller_dispatch, NULL };

ChatServerPoller *
chat_server_poller_new (GError **error)
{
  g_autofree ChatServerPoller *self = g_new0 (ChatServerPoller, 1);

  self->fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "epoll_create1: %s", g_strerror (errno));
      return NULL;
    }
  self->now = g_get_monotonic_time ();
  self->timers = chat_server_timers_new (self->now);
  self->more = g_ptr_array_new ();
  self->touched = g_ptr_array_new ();
  self->spare = g_ptr_array_new ();
  self->source = g_source_new (&poller_funcs, sizeof (PollerSource));
  ((PollerSource *) self->source)->poller = self;
  g_source_set_static_name (self->source, "ChatServerPoller");
  self->tag = g_source_add_unix_fd (self->source, self->fd, G_IO_IN);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return g_steal_pointer (&self);
}

void
chat_server_poller_free (ChatServerPoller *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  chat_server_timers_free (self->timers);
  g_ptr_array_unref (self->more);
  g_ptr_array_unref (self->touched);
  g_ptr_array_unref (self->spare);
  close (self->fd);
  g_free (self);
}

gboolean
chat_server_poller_add (ChatServerPoller *self,
                        ChatServerWatch  *watch,
                        GIOCondition      interest)
{
  struct epoll_event event = { .events = to_events (interest), .data.ptr = watch };

  g_return_val_if_fail (watch->poller == NULL, FALSE);

  if (epoll_ctl (self->fd, EPOLL_CTL_ADD, watch->fd, &event) != 0)
    return FALSE;
  watch->poller = self;
  watch->interest = interest;
  watch->has_more = FALSE;
  watch->is_touched = FALSE;
  return TRUE;
}

void
chat_server_watch_set_interest (ChatServerWatch *watch,
                                GIOCondition     interest)
{
  struct epoll_event event = { .events = to_events (interest), .data.ptr = watch };

  if (watch->poller == NULL || watch->interest == interest)
    return;
  if (epoll_ctl (watch->poller->fd, EPOLL_CTL_MOD, watch->fd, &event) != 0)
    g_critical ("epoll_ctl: %s", g_strerror (errno));
  watch->interest = interest;
}

void
chat_server_watch_remove (ChatServerWatch *watch)
{
  ChatServerPoller *self = watch->poller;

  if (self == NULL)
    return;
  watch->poller = NULL;
  if (epoll_ctl (self->fd, EPOLL_CTL_DEL, watch->fd, NULL) != 0)
    g_critical ("epoll_ctl: %s", g_strerror (errno));
  for (guint i = 0; i < self->n_batch; i++)
    if (self->batch[i].data.ptr == watch)
      self->batch[i].data.ptr = NULL;
  forget (self->working, watch);
  forget (self->waiting, watch);
  if (watch->has_more)
    forget (self->more, watch);
  if (watch->is_touched)
    forget (self->touched, watch);
  watch->has_more = FALSE;
  watch->is_touched = FALSE;
}

void
chat_server_watch_touch (ChatServerWatch *watch)
{
  if (watch->poller == NULL || watch->is_touched)
    return;
  watch->is_touched = TRUE;
  g_ptr_array_add (watch->poller->touched, watch);
}

void
chat_server_watch_come_back (ChatServerWatch *watch)
{
  if (watch->poller == NULL || watch->has_more)
    return;
  watch->has_more = TRUE;
  g_ptr_array_add (watch->poller->more, watch);
}

ChatServerTimers *
chat_server_poller_get_timers (ChatServerPoller *self)
{
  return self->timers;
}

gint64
chat_server_poller_get_now (ChatServerPoller *self)
{
  return self->now;
}
