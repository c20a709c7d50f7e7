/* chat-session-wake.c: the computer was asleep: what was connected may be gone, and no timer has noticed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

#include <time.h>

/* A look at two clocks now and then needs nobody's leave, neither logind's nor that of a sandbox, and misses no way of sleeping */

/* Less is a hiccup (µs) */
#define LEAST_SLEEP (2 * G_USEC_PER_SEC)

static gint64
read_clock (clockid_t clock)
{
  struct timespec now;

  return clock_gettime (clock, &now) == 0 ? (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 : 0;
}

/* The one clock goes on while the computer sleeps, the other, which is that of all timers, does not */
static gint64
get_asleep (void)
{
  return read_clock (CLOCK_BOOTTIME) - read_clock (CLOCK_MONOTONIC);
}

static gboolean
on_tick (gpointer user_data)
{
  ChatSession *self = user_data;
  gint64 slept = self->get_asleep () - self->asleep;

  if (slept < LEAST_SLEEP)
    return G_SOURCE_CONTINUE;
  self->asleep += slept;
  g_debug ("The computer was asleep for %" G_GINT64_FORMAT " s", slept / G_USEC_PER_SEC);
  chat_session_link_woke (self, slept);
  return G_SOURCE_CONTINUE;
}

void
chat_session_wake_start (ChatSession *self)
{
  if (self->tick != 0 || self->closed)
    return;
  if (self->get_asleep == NULL)
    self->get_asleep = get_asleep;
  self->asleep = self->get_asleep ();
  /* Whole seconds wake the processor together with others */
  self->tick = self->times.tick >= 1000 ? g_timeout_add_seconds (self->times.tick / 1000, on_tick, self)
                                        : g_timeout_add (self->times.tick, on_tick, self);
}

void
chat_session_wake_stop (ChatSession *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
}

void
chat_session_set_clock (ChatSession *self,
                        gint64     (*asleep) (void))
{
  self->get_asleep = asleep;
}
