/* chat-server-hub.h: what all connections of a server share, and who is on line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-packet.h"
#include "chat-server-hasher.h"
#include "chat-server-limits.h"
#include "chat-server-media.h"
#include "chat-server-poller.h"
#include "chat-server-storage.h"
#include "chat-server-turns.h"

G_BEGIN_DECLS

typedef struct _ChatServerHub  ChatServerHub;
typedef struct _ChatServerPeer ChatServerPeer;
typedef struct _ChatServerUser ChatServerUser;
typedef struct _ChatServerRequest ChatServerRequest;
/** ChatServerHash: the request, which has its `ticket`, has its turn; ends, now or later, with chat_server_hub_leave_hashing() */
typedef void (*ChatServerHash) (ChatServerRequest *request);

/**
 * ChatServerUser: a person with at least one connection that is logged in
 */
struct _ChatServerUser
{
  gint64            id;
  char             *name;         /* as written at the sign-up */
  ChatServerPeer   *peers;        /* a list through user_next */
  guint             n_peers;
  ChatServerBucket  requests;
  guint             prefs;        /* of ChatStoragePrefs */
  GHashTable       *typing;       /* (nullable): room -> when it was last told (µs); both gint64 */
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
  ChatServerMedia   *media;             /* nullable: --no-media */

  GHashTable        *users;             /* gint64 -> ChatServerUser */
  ChatServerPeer    *peers;             /* all connections, a list through next */
  guint              n_peers;
  guint              n_anonymous;
  guint              n_large;           /* of them with the beginning of a large object */
  GHashTable        *anonymous;         /* address -> how many connections from there are not logged in */
  void             (*changed) (gpointer user_data);
  gpointer           user_data;

  guint              n_hashing;         /* passwords that are being hashed */
  ChatServerTurns   *turns;             /* of those who wait for that */

  ChatServerMeter   *login_accounts;
  ChatServerMeter   *login_addresses;
  ChatServerMeter   *signups;

  GHashTable        *revoked;           /* gint64, a user -> the number of the last revocation of all log-ins of that user */
  gint64             n_revocations;
  GHashTable        *lingering;         /* gint64, a user -> who went, and is told of if nobody comes back */

  /* from the options; the times in µs */
  gint64             silence;
  gint64             anonymous_time;
  gint64             delay;
  gint64             presence_delay;
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
/** chat_server_hub_count_large: @peer, which is not logged in, holds the beginning of a large object, or not any more.
 * Returns: %FALSE if it is one too many */
gboolean        chat_server_hub_count_large  (ChatServerHub            *self,
                                              ChatServerPeer           *peer,
                                              gboolean                  is_large);
/** chat_server_hub_bind: @peer is one of that user's from now on; @name as written. Where that is one more than a person may have,
 * the one of them ends of which nothing came for the longest time */
void            chat_server_hub_bind         (ChatServerHub            *self,
                                              ChatServerPeer           *peer,
                                              gint64                    user_id,
                                              const char               *name,
                                              guint                     prefs);
void            chat_server_hub_unbind       (ChatServerHub            *self,
                                              ChatServerPeer           *peer);

/** chat_server_hub_revoke: log-ins of that user that are under way must not succeed */
void            chat_server_hub_revoke       (ChatServerHub            *self,
                                              gint64                    user_id);
/** chat_server_hub_is_revoked: @since: hub->n_revocations when the log-in began */
gboolean        chat_server_hub_is_revoked   (ChatServerHub            *self,
                                              gint64                    user_id,
                                              gint64                    since);

/**
 * ChatServerVariants: a push is not the same for all
 * @CHAT_SERVER_VARIANT_OWN: the devices of the one who caused it
 * @CHAT_SERVER_VARIANT_SYNC: connections that named "sync"
 * @CHAT_SERVER_VARIANT_MEDIA: connections that named "media", where there is a file to tell of
 */
typedef enum
{
  CHAT_SERVER_VARIANT_OWN  = 1 << 0,
  CHAT_SERVER_VARIANT_SYNC = 1 << 1,
  CHAT_SERVER_VARIANT_MEDIA = 1 << 2,
  CHAT_SERVER_N_VARIANTS   = 1 << 3
} ChatServerVariants;

/** ChatServerLine: writes the line that is pushed. Returns: (transfer full) (nullable): %NULL: these get none */
typedef GBytes *(*ChatServerLine) (gconstpointer      data,
                                   ChatServerVariants variant);

/**
 * ChatServerPush:
 * @user_ids: who gets it, on every connection
 * @except: (nullable): but not this one
 * @except_id: and none of this user's; 0: nobody
 * @own_id: whose connections get the OWN line; 0: nobody's
 * @own_feature: and only those of them that named this
 * @any_of: only connections that named one of these; 0: all
 * @seq: the number of the change; 0: it is none
 * @has_file: the MEDIA line is another one
 * @is_fleeting: it may be lost, and is told at once or not at all
 */
typedef struct
{
  const gint64   *user_ids;
  guint           n_user_ids;
  ChatServerPeer *except;
  gint64          except_id;
  gint64          own_id;
  ChatFeatures    own_feature;
  ChatFeatures    any_of;
  gint64          seq;
  gboolean        has_file;
  gboolean        is_fleeting;
  ChatServerLine  line;
  gconstpointer   data;
} ChatServerPush;

/** chat_server_hub_push: each line is written once, when the first one needs it, and shared by all */
void            chat_server_hub_push         (ChatServerHub            *self,
                                              const ChatServerPush     *push);

/** chat_server_hub_enter_hashing: calls @hash, now or when its turn has come
 * @account: folded
 *
 * Returns: %FALSE if too many wait for that account, or at that address, already: @hash is not called then */
gboolean        chat_server_hub_enter_hashing (ChatServerHub           *self,
                                               ChatServerRequest       *request,
                                               const char              *account,
                                               ChatServerHash           hash);
/** chat_server_hub_leave_hashing: @ticket: (transfer full) (nullable): the request's; %NULL: it had no turn */
void            chat_server_hub_leave_hashing (ChatServerHub           *self,
                                               ChatServerTicket        *ticket);

G_END_DECLS
