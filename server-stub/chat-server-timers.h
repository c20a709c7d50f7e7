/* chat-server-timers.h: a timer wheel: any number of deadlines at a constant price
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ChatServerTimer ChatServerTimer;
typedef struct _ChatServerTimers ChatServerTimers;
typedef void (*ChatServerTimerFunc) (ChatServerTimer *timer);

/**
 * ChatServerTimer: one deadline, to be embedded in what it belongs to. All zero is a timer that is not set.
 */
struct _ChatServerTimer
{
  ChatServerTimer     *next;
  ChatServerTimer    **link;      /* what points here; NULL: not set */
  guint64              tick;
  ChatServerTimerFunc  func;
};

/** chat_server_timers_new: @now: µs, monotonic; the wheel has no clock of its own */
ChatServerTimers *chat_server_timers_new       (gint64               now);
/** chat_server_timers_free: timers that are still set are forgotten, not run */
void              chat_server_timers_free      (ChatServerTimers    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatServerTimers, chat_server_timers_free)

/** chat_server_timers_set: sets @timer, also one that is set already, to run not before @deadline (µs) and at most 17 ms after
 * it, as far as chat_server_timers_advance() is called. A deadline more than 38 hours off comes after 38 hours. */
void              chat_server_timers_set       (ChatServerTimers    *self,
                                                ChatServerTimer     *timer,
                                                gint64               deadline);
/** chat_server_timer_unset: also one that is not set. Needs no wheel. */
void              chat_server_timer_unset      (ChatServerTimer     *timer);
gboolean          chat_server_timer_is_set     (const ChatServerTimer *timer);

/** chat_server_timers_advance: runs what is due at @now (µs). Functions may set and unset any timer. */
void              chat_server_timers_advance   (ChatServerTimers    *self,
                                                gint64               now);
/** chat_server_timers_get_next: Returns: when to call advance again (µs); never later than the first deadline, but maybe
 * earlier; -1: no timer is set */
gint64            chat_server_timers_get_next  (ChatServerTimers    *self);

G_END_DECLS
