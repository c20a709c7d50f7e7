/* chat-session-internal.h: what tests may turn about a session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-session.h"

G_BEGIN_DECLS

/**
 * ChatSessionTimes: every time that a session waits for something (milliseconds)
 */
typedef struct
{
  guint backoff_base;     /* the most before the first new try; doubled with each one that fails */
  guint backoff_max;
  guint steady;           /* a connection that lived so long was a good one: the next try is a first one again */
  guint connect;          /* for each of reaching the server and its TLS handshake */
  guint answer;           /* for an answer, before the connection counts as dead */
  guint refresh;          /* the rooms are not asked for again sooner than this after the last time */
  guint secret;           /* for the keyring */
  guint typing;           /* until somebody who has typed is no longer shown as typing */
  guint tell_typing;      /* between two words to the server that the person types */
  guint farewell;         /* for the server to take note of signing out */
  guint tick;             /* between looks at whether the computer was asleep */
  guint probe;            /* for a sign of life after that */
} ChatSessionTimes;

/** chat_session_error_new: Returns: (transfer full): @retry_after: seconds; 0: not told */
GError           *chat_session_error_new         (ChatSessionError  code,
                                                  guint             retry_after,
                                                  const char       *message);
/** chat_session_get_times: Returns: (transfer none): those in force; to be changed before the session connects */
ChatSessionTimes *chat_session_get_times         (ChatSession *self);
/** chat_session_set_patience: milliseconds that a text waits for a file before it */
void              chat_session_set_patience      (ChatSession *self,
                                                  guint        ms);
/** chat_session_get_backoff_limit: Returns: the most that the @attempt-th try in a row (from 1) waits; the wait is drawn evenly
 * from zero to it ("full jitter") */
guint             chat_session_get_backoff_limit (ChatSession *self,
                                                  guint        attempt);
/** chat_session_set_clock: @asleep: Returns: for how long (µs) the computer has slept since it was started; before the session connects */
void              chat_session_set_clock         (ChatSession *self,
                                                  gint64     (*asleep) (void));
/** chat_session_set_monitor: in place of the system's; before the session connects */
void              chat_session_set_monitor       (ChatSession     *self,
                                                  GNetworkMonitor *monitor);
/** chat_session_is_kept: whether @message of ours, unsent or not, is on the disk */
gboolean          chat_session_is_kept           (ChatSession *self,
                                                  ChatMessage *message);
/** chat_session_get_n_commits: Returns: transactions of the store since it was opened */
guint64           chat_session_get_n_commits     (ChatSession *self);
/** chat_session_dup_store_path: Returns: (transfer full) (nullable): the file of the account that is signed in */
char             *chat_session_dup_store_path    (ChatSession *self);
/** chat_session_is_written: whether the numbers of the rooms are on the disk, and the server knows what it is to be told of them */
gboolean          chat_session_is_written        (ChatSession *self);
/** chat_session_get_position: Returns: the sync position, of what is kept and what waits for it; 0: none */
gint64            chat_session_get_position      (ChatSession *self);
/** chat_session_get_waiting: Returns: how much of what was told waits for the store (see CHAT_SESSION_MAX_WAITING); @bytes: (out) */
guint             chat_session_get_waiting       (ChatSession *self,
                                                  gsize       *bytes);
/** chat_session_get_n_refreshes: Returns: how often the list of rooms was asked for */
guint64           chat_session_get_n_refreshes   (ChatSession *self);

G_END_DECLS
