/* chat-server-hub.h: what all connections of a server share, and who is on line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-packet.h"
#include "chat-server-hasher.h"
#include "chat-server-limits.h"
#include "chat-server-poller.h"
#include "chat-server-storage.h"

G_BEGIN_DECLS

typedef struct _ChatServerHub  ChatServerHub;
typedef struct _ChatServerPeer ChatServerPeer;
typedef struct _ChatServerUser ChatServerUser;
typedef struct _ChatServerRequest ChatServerRequest;
/** ChatServerTurn: the request has its turn; ends, now or later, with chat_server_hub_leave_hashing() */
typedef void (*ChatServerTurn) (ChatServerRequest *request);

/**
 * ChatServerUser: a person with at least one connection that is logged in
 */
struct _ChatServerUser
{
  gint64            id;
  char             *name;         /* as written at the sign-up */
  ChatServerPeer   *peers;        /* a list through user_next */
  ChatServerBucket  requests;
};

/**
 * ChatServerHub:
 * @changed: a connection ended or came to rest: whoever waits for that may look again
 *
 * Owned by the #ChatServer; belongs to one main context.
 */
struct _ChatServerHub
{
  ChatServerPoller  *poller;
  ChatServerStorage *storage;
  ChatServerHasher  *hasher;

  GHashTable        *users;             /* gint64 -> ChatServerUser */
  ChatServerPeer    *peers;             /* all connections, a list through next */
  guint              n_peers;
  guint              n_anonymous;
  GHashTable        *anonymous;         /* address -> how many connections from there are not logged in */
  void             (*changed) (gpointer user_data);
  gpointer           user_data;

  guint              n_hashing;         /* passwords that are being hashed */
  GQueue             waiting;           /* requests that wait for that */

  ChatServerMeter   *login_accounts;
  ChatServerMeter   *login_addresses;
  ChatServerMeter   *signups;

  /* from the options; the times in µs */
  gint64             silence;
  gint64             anonymous_time;
  gint64             delay;
  guint              drop_after;
  guint              fail_sends;
  gboolean           trace;
  gboolean           no_rate_limit;
  gboolean           is_stopping;
};

void            chat_server_hub_init         (ChatServerHub            *self);
/** chat_server_hub_clear: all connections must have ended */
void            chat_server_hub_clear        (ChatServerHub            *self);

/** chat_server_hub_count_anonymous: Returns: %FALSE if one more from @address would be too many; it is then not counted */
gboolean        chat_server_hub_count_anonymous   (ChatServerHub       *self,
                                                   const char          *address);
void            chat_server_hub_uncount_anonymous (ChatServerHub       *self,
                                                   const char          *address);
/** chat_server_hub_bind: @peer is one of that user's from now on; @name as written */
void            chat_server_hub_bind         (ChatServerHub            *self,
                                              ChatServerPeer           *peer,
                                              gint64                    user_id,
                                              const char               *name);
void            chat_server_hub_unbind       (ChatServerHub            *self,
                                              ChatServerPeer           *peer);

/**
 * ChatServerLine: writes a line that is pushed: the plain one, or, where @is_own, the one for the devices of the one who caused
 * it. Returns: (transfer full) (nullable): %NULL: these get none
 */
typedef GBytes *(*ChatServerLine) (gconstpointer data,
                                   gboolean      is_own);

/**
 * chat_server_hub_push:
 * @user_ids: who gets it, on every connection
 * @except: (nullable): but not this one
 * @own_id: whose connections get the other line, 0: nobody's
 * @own_feature: and only those of them that named this
 * @needed: connections that did not name this get nothing
 *
 * Each line is written once, when the first one needs it, and shared by all.
 */
void            chat_server_hub_push         (ChatServerHub            *self,
                                              const gint64             *user_ids,
                                              guint                     n_user_ids,
                                              ChatServerPeer           *except,
                                              gint64                    own_id,
                                              ChatFeatures              own_feature,
                                              ChatFeatures              needed,
                                              ChatServerLine            line,
                                              gconstpointer             data);

/** chat_server_hub_enter_hashing: calls @turn, now or when fewer passwords are being hashed */
void            chat_server_hub_enter_hashing (ChatServerHub           *self,
                                               ChatServerRequest       *request,
                                               ChatServerTurn           turn);
void            chat_server_hub_leave_hashing (ChatServerHub           *self);

G_END_DECLS
