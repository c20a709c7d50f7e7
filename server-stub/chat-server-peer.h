/* chat-server-peer.h: one connection: its requests in order, its answers in the same order, its pushes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-connection.h"
#include "chat-server-commands.h"
#include "chat-server-hub.h"

G_BEGIN_DECLS

typedef enum
{
  CHAT_SERVER_REQUEST_WAITING,
  CHAT_SERVER_REQUEST_RUNNING,
  CHAT_SERVER_REQUEST_DONE
} ChatServerRequestState;

/**
 * ChatServerRequest: one object that came, from its arrival until its answer is queued
 */
struct _ChatServerRequest
{
  ChatServerRequest        *next;
  ChatServerPeer           *peer;       /* kept alive by it */
  ChatPacket               *packet;     /* NULL: the end of the stream; see `fatal` */
  const ChatServerCommand  *command;    /* NULL: a type without one */
  GError                   *fatal;      /* what broke the stream */
  ChatPacket               *answer;     /* DONE: NULL if the command sent all there is by itself */
  gpointer                  data;       /* the command's own */
  ChatServerHash            hash;       /* what it does with its turn to hash a password, */
  ChatServerTicket         *ticket;     /* and that turn */
  GDestroyNotify            free_data;
  gint64                    due;        /* --delay: not answered before (µs) */
  gsize                     size;       /* what it takes, about (bytes) */
  ChatServerRequestState    state;
};

/**
 * ChatServerPeer: (ref-func chat_server_peer_ref) (unref-func chat_server_peer_unref)
 *
 * The requests of a connection form a queue. Changes are handed to the storage at once, one after the other, so that they can
 * share a commit; a question (and a log-in) begins when all before it have been answered, and what comes after it waits. Answers
 * leave in the order of the requests, immediate failures too.
 */
struct _ChatServerPeer
{
  ChatServerWatch     watch;
  gatomicrefcount     refs;
  ChatServerHub      *hub;
  ChatServerPeer     *next;             /* in the hub */
  ChatServerPeer     *previous;
  ChatServerPeer     *user_next;        /* in the user */
  ChatServerPeer     *user_previous;
  ChatConnection     *connection;       /* NULL: it has ended */
  ChatServerUser     *user;             /* NULL: not logged in, or not any more */
  gint64              user_id;          /* these two stay when the connection has ended, for what it began */
  char               *name;
  gint64              token_id;         /* by which it logged in or which it was given; 0: none */
  ChatFeatures        features;
  char               *address;          /* of the other end, for limits: IPv6 its /64 */

  ChatServerRequest  *first;
  ChatServerRequest  *last;
  ChatServerRequest  *waiting;          /* the first that was not started */
  guint               n_requests;
  gsize               request_bytes;
  guint               n_objects;        /* that came in all */

  ChatServerRequest  *reading;          /* the READ_MSG that waits for room in the queue, and what it is told by, below the */
  void              (*drained) (ChatServerPeer *peer);  /* low water or at the end of the connection; NULL: none waits */
  GQueue              held;             /* pushes that wait for the end of a READ_MSG or the like */
  gsize               held_bytes;
  gint64              synced;           /* changes up to this number were replayed: they are not pushed any more */

  ChatServerBucket    requests;         /* before the log-in */
  ChatServerTimer     timer;            /* silence, log-in, ping, drain: what is next */
  ChatServerTimer     delay_timer;
  gint64              finish_until;     /* when the last word must have been taken (µs) */
  guint               is_holding : 1;
  guint               is_barred : 1;    /* a question runs */
  guint               is_running : 1;   /* chat_server_peer_run() is at work */
  guint               is_paused : 1;
  guint               is_idle : 1;      /* nothing waits to be answered */
  guint               is_finishing : 1; /* the last word is said */
  guint               is_dropped : 1;   /* --drop-after */
  guint               is_anonymous : 1; /* counted as such */
  guint               is_large : 1;     /* and holds the beginning of a large object */
  guint               is_overfull : 1;  /* what was held back is too much: it is about to be closed */
  guint               was_present : 1;  /* that it came was told */
  guint               is_stopping : 1;  /* reads no more, and goes when all is answered */
};

/** chat_server_peer_accept: @stream: just accepted; not yet counted as anonymous */
void            chat_server_peer_accept        (ChatServerHub       *hub,
                                                GIOStream           *stream,
                                                GSocket             *socket,
                                                const char          *address);
ChatServerPeer *chat_server_peer_ref           (ChatServerPeer      *self);
void            chat_server_peer_unref         (ChatServerPeer      *self);

/** chat_server_peer_push: a line that nobody asked for, now or after the READ_MSG that is under way (one that is fleeting: now or never)
 * @seq: the number of the change that it tells of; 0: of none */
void            chat_server_peer_push          (ChatServerPeer      *self,
                                                GBytes              *line,
                                                gint64               seq,
                                                gboolean             is_fleeting);
/** chat_server_peer_hold: pushes wait from now on (@hold), or go out (not) */
void            chat_server_peer_hold          (ChatServerPeer      *self,
                                                gboolean             hold);
/** chat_server_peer_close: at once */
void            chat_server_peer_close         (ChatServerPeer      *self,
                                                const GError        *reason);
/** chat_server_peer_stop: reads no more, answers what came, then says goodbye */
void            chat_server_peer_stop          (ChatServerPeer      *self);
/** chat_server_peer_log_in: it is that user's from now on. Also for a second log-in of the same user. */
void            chat_server_peer_log_in        (ChatServerPeer      *self,
                                                gint64               user_id,
                                                const char          *name,
                                                guint                prefs,
                                                ChatFeatures         features,
                                                gint64               token_id);
gboolean        chat_server_peer_has_feature   (ChatServerPeer      *self,
                                                ChatFeatures         feature);

/* For commands */
/** chat_server_request_new_answer: an empty answer, with what this connection may have of "request_id" */
ChatPacket     *chat_server_request_new_answer (ChatServerRequest   *self);
/** chat_server_request_answer: @answer: (transfer full) (nullable): it leaves when its turn comes. @self may be gone after it. */
void            chat_server_request_answer     (ChatServerRequest   *self,
                                                ChatPacket          *answer);
/** chat_server_request_answer_held: the same for a question whose answer holds pushes up, by chat_server_peer_hold(): they go out
 * behind it */
void            chat_server_request_answer_held (ChatServerRequest  *self,
                                                ChatPacket          *answer);
/** chat_server_request_echoes_id: Returns: whether what answers it carries its "request_id" */
gboolean        chat_server_request_echoes_id  (ChatServerRequest   *self);
/** chat_server_request_set_seq: tells a connection that named "sync" the number of its change; @seq: 0: nothing changed */
void            chat_server_request_set_seq    (ChatServerRequest   *self,
                                                ChatPacket          *answer,
                                                gint64               seq);
/** chat_server_request_fail: @text: an English sentence for a log */
void            chat_server_request_fail       (ChatServerRequest   *self,
                                                ChatStatus           status,
                                                const char          *text);
void            chat_server_request_limit      (ChatServerRequest   *self,
                                                guint                retry_after,
                                                const char          *text);
/** chat_server_request_fail_by_job: what the storage said (in chat-server-commands.c) */
void            chat_server_request_fail_by_job (ChatServerRequest  *self,
                                                const ChatStorageJob *job);
/** chat_server_request_fail_by_status: with the sentence that goes with @status (in chat-server-commands.c) */
void            chat_server_request_fail_by_status (ChatServerRequest *self,
                                                ChatStatus           status);
/** chat_server_request_is_gone: for each step of a long answer: if the connection has ended meanwhile, the request
 * is done with, and %TRUE returned (in chat-server-commands.c) */
gboolean        chat_server_request_is_gone    (ChatServerRequest   *self);
/** chat_server_request_submit: @job: (transfer full), with @self as its user_data */
void            chat_server_request_submit     (ChatServerRequest   *self,
                                                ChatStorageJob      *job);

G_END_DECLS
