/* chat-server-poller.h: the readiness of all connections behind one epoll descriptor in one GSource
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "chat-server-timers.h"

G_BEGIN_DECLS

/**
 * ChatServerPoller: (free-func chat_server_poller_free)
 *
 * GLib's main loop pays for each of its sources and descriptors in every turn; here thousands of idle connections cost nothing.
 *
 * One turn: timers that are due; a batch of ready descriptors, each once; those that had more to do in the turn before.
 * Whoever was touched in the turn, also by other sources of the main context, is flushed once, before the loop sleeps.
 */
typedef struct _ChatServerPoller ChatServerPoller;

typedef struct _ChatServerWatch ChatServerWatch;

/**
 * ChatServerWatch:
 * @ready: the descriptor is ready. Returns: %TRUE to be called again in the next turn without waiting for readiness
 * @flush: the end of a turn in which chat_server_watch_touch() was called
 *
 * One descriptor, to be embedded in what owns it. Each function may remove any watch, its own too.
 */
struct _ChatServerWatch
{
  ChatServerPoller *poller;       /* NULL: not added */
  gboolean        (*ready) (ChatServerWatch *watch,
                            GIOCondition     condition);
  void            (*flush) (ChatServerWatch *watch);
  int               fd;
  guint             interest : 8;
  guint             has_more : 1;
  guint             is_touched : 1;
};

/** chat_server_poller_new: attached to the thread-default main context of the caller */
ChatServerPoller *chat_server_poller_new         (GError           **error);
/** chat_server_poller_free: all watches must have been removed */
void              chat_server_poller_free        (ChatServerPoller  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatServerPoller, chat_server_poller_free)

/** chat_server_poller_add: @watch: with its functions and its descriptor set. Returns: %FALSE if the kernel refused */
gboolean          chat_server_poller_add         (ChatServerPoller  *self,
                                                  ChatServerWatch   *watch,
                                                  GIOCondition       interest);
/** chat_server_watch_set_interest: %G_IO_IN, %G_IO_OUT, both, or none. Costs nothing if nothing changes. */
void              chat_server_watch_set_interest (ChatServerWatch   *watch,
                                                  GIOCondition       interest);
/** chat_server_watch_remove: before the descriptor is closed. Also one that was never added. */
void              chat_server_watch_remove       (ChatServerWatch   *watch);
/** chat_server_watch_touch: @watch->flush is called once at the end of this turn */
void              chat_server_watch_touch        (ChatServerWatch   *watch);
/** chat_server_watch_come_back: @watch->ready is called in the next turn, whether the descriptor is ready or not */
void              chat_server_watch_come_back    (ChatServerWatch   *watch);

ChatServerTimers *chat_server_poller_get_timers  (ChatServerPoller  *self);
/** chat_server_poller_get_now: Returns: g_get_monotonic_time() as it was when this turn began (µs) */
gint64            chat_server_poller_get_now     (ChatServerPoller  *self);

G_END_DECLS
