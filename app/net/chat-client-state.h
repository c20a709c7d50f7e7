/* chat-client-state.h: what the files that make up the client's core share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client-private.h"

G_BEGIN_DECLS

/** ChatClientRequest: one that waits for its answer */
typedef struct _ChatClientRequest ChatClientRequest;
struct _ChatClientRequest
{
  GList           link;         /* in `pending`, in the order of sending: that of the answers too; or in `held` */
  ChatPacket     *packet;       /* (nullable): what was asked, where it may be asked again */
  ChatPacketType  type;         /* of the answer */
  gint64          number;       /* its request_id, where the server knows that */
  gint64          subject;
  char           *name;         /* folded */
  GTask          *task;         /* NULL once nobody waits any more; its place in the order stays */
  GSource        *cancelled;
  ChatClientRows *rows;         /* READ_MSG */
  gsize           row_bytes;    /* of these, as they are in the sum of the client */
  ChatClientRequest *fences;    /* the request that is over when this has its answer */
  ChatClientRequest *fence;     /* the other way round */
  guint64         max_rows;     /* READ_MSG */
  guint           n_replayed;   /* SYNC: the changes that came */
  gint64          sent;         /* µs, as get_time() tells */
};

struct _ChatClient
{
  GObject                 parent_instance;

  const ChatClientEvents *events;
  gpointer                user_data;
  ChatConnection         *connection;
  GCancellable           *opening;
  char                   *login;
  ChatClientFeatures      features;
  GQueue                  pending;
  GQueue                  held;         /* asked again when `held_until` is over: the server asked us to wait */
  gint64                  held_until;   /* µs, monotonic */
  guint                   held_timer;
  GHashTable             *by_number;    /* request_id -> ChatClientRequest */
  gint64                  last_number;
  gint64                  last_progress; /* µs, as get_time() tells: the last object that answered something */
  gint64                  paused_at;    /* µs, monotonic; 0: it is not */
  gint64                  paused_for;   /* µs, all earlier pauses together */
  guint                   timer;
  guint                   probe_timer;
  gint64                  probed_at;    /* µs, monotonic */
  gboolean                pings;        /* the server answers PING */
  guint                   connect_ms;
  guint                   answer_ms;
  guint                   n_problems;
  guint                   n_unexpected;
  gint64                  unexpected_until; /* µs, monotonic: by then those that came are forgiven */
  gsize                   row_bytes;    /* of all answers that are on their way */
  gboolean                logged_in;
  char                   *media_url;    /* nullable */
  gint64                  media_limit;  /* bytes; 0: not told */
};

/** chat_client_match: Returns: (nullable) (transfer none): the request that @packet answers */
ChatClientRequest *chat_client_match (ChatClient *self,
                                      ChatPacket *packet);

/* chat-client.c */
void               chat_client_request_free   (ChatClientRequest *request);
/** chat_client_unlink_request: takes it out of the order; the caller frees it */
void               chat_client_unlink_request (ChatClient        *self,
                                               ChatClientRequest *request);
/** chat_client_send_request: its packet goes out, and it waits for its answer */
void               chat_client_send_request   (ChatClient        *self,
                                               ChatClientRequest *request);

/* chat-client-media.c */
/** chat_client_take_media: what @answer, to the log-in, tells of files */
void               chat_client_take_media     (ChatClient        *self,
                                               ChatPacket        *answer);

/* chat-client-hold.c: what the server puts off */
/** chat_client_is_repeatable: whether requests with answers of @type are held back where the server asks for it */
gboolean           chat_client_is_repeatable  (ChatPacketType     type);
/** chat_client_hold: Returns: whether @request, which failed with @error, is asked again by itself */
gboolean           chat_client_hold           (ChatClient        *self,
                                               ChatClientRequest *request,
                                               const GError      *error);
/** chat_client_hold_new: Returns: whether @request, which was not sent yet, comes after others of its kind that are held */
gboolean           chat_client_hold_new       (ChatClient        *self,
                                               ChatClientRequest *request);
/** chat_client_drop_held: the connection has ended */
void               chat_client_drop_held      (ChatClient        *self,
                                               const GError      *error);

G_END_DECLS
