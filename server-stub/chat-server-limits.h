/* chat-server-limits.h: every limit of the server that is not the wire's, and the buckets that meter them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Listening */
#define CHAT_SERVER_BACKLOG                1024
#define CHAT_SERVER_MAX_ACCEPTS_PER_TURN   64
#define CHAT_SERVER_ACCEPT_PAUSE_MS        500     /* after the process ran out of descriptors */
#define CHAT_SERVER_ACCEPT_SAY_MS          60000   /* and how often that is said */
#define CHAT_SERVER_MAX_FILES              (1024 * 1024)

/* Connections that are not logged in: in all, and from one address (IPv6: one /64) */
#define CHAT_SERVER_MAX_ANONYMOUS          4096
#define CHAT_SERVER_MAX_ANONYMOUS_ADDRESS  512
/* Of those that are not logged in so many may hold the beginning of an object larger than that (bytes): a log-in is smaller */
#define CHAT_SERVER_SMALL_OBJECT           (16 * 1024)
#define CHAT_SERVER_MAX_LARGE_ANONYMOUS    64
/* Connections of one person: one more ends the one that was silent longest */
#define CHAT_SERVER_MAX_USER_CONNECTIONS   64

/* Deadlines (ms) */
#define CHAT_SERVER_SILENCE_MS             30000   /* after connecting, for the first complete object */
#define CHAT_SERVER_ANONYMOUS_MS           600000  /* after the last object, for a log-in */
#define CHAT_SERVER_STOP_MS                5000    /* for peers to take what is queued when the server stops */
#define CHAT_SERVER_STOP_DRAIN_MS          250     /* and then for those that do not end their side */
#define CHAT_SERVER_TCP_TIMEOUT_MS         120000  /* for a peer's kernel to acknowledge what it was sent */

/* Requests of one connection that wait for their turn: past either it is not read from */
#define CHAT_SERVER_MAX_REQUESTS           256
#define CHAT_SERVER_MAX_REQUEST_BYTES      (512 * 1024)

/* A history that is being read: how many messages at a time, and how much may wait for the peer before the next are asked
 * for (bytes) */
#define CHAT_SERVER_READ_CHUNK             128
#define CHAT_SERVER_READ_LOW_WATER         (64 * 1024)
#define CHAT_SERVER_READ_HIGH_WATER        (256 * 1024)
/* The preview that OLD_DIALOGS carries of a last message, and what one such answer may hold in all (bytes) */
#define CHAT_SERVER_MAX_PREVIEW_SIZE       256
#define CHAT_SERVER_MAX_DIALOGS_SIZE       (900 * 1024)
#define CHAT_SERVER_MAX_DIALOGS            (CHAT_SERVER_MAX_DIALOGS_SIZE / 40)   /* more can not fit, */
#define CHAT_SERVER_MAX_INFO_DIALOGS       (CHAT_SERVER_MAX_DIALOGS_SIZE / 300)  /* or with all that "room-info" tells */
/* So many rooms that are listed cost as much as one request, besides what the request costs */
#define CHAT_SERVER_ROOMS_PER_REQUEST      100

/* Keeping for a time only: how often the oldest messages are looked at (ms) */
#define CHAT_SERVER_EXPIRE_MS              3600000

/* Passwords: how many are with the hasher, the others wait their turn: for one account, and at one address */
#define CHAT_SERVER_HASHING                4
#define CHAT_SERVER_HASHING_ACCOUNT        8
#define CHAT_SERVER_HASHING_ADDRESS        128
#define CHAT_SERVER_HASHING_PAUSE_S        2       /* what one more is told to wait */

/* Files: the sizes where no option says otherwise (bytes), what of the disk is never used up by them, and how often that is looked at while
 * one comes in */
#define CHAT_SERVER_MEDIA_LIMIT            (G_GINT64_CONSTANT (2) << 30)
#define CHAT_SERVER_MEDIA_QUOTA            (G_GINT64_CONSTANT (10) << 30)
#define CHAT_SERVER_MEDIA_RESERVE          (G_GINT64_CONSTANT (64) << 20)
#define CHAT_SERVER_MEDIA_CHECK_SIZE       (1024 * 1024)
/* HTTP connections in all, and from one address; each is one request. What is sent of a file at a time, and what one upload may bring
 * in one turn of the loop (bytes) */
#define CHAT_SERVER_MEDIA_CONNECTIONS      512
#define CHAT_SERVER_MEDIA_CONNECTIONS_ADDRESS 128
#define CHAT_SERVER_MEDIA_CHUNK            (128 * 1024)
#define CHAT_SERVER_MEDIA_TURN             (256 * 1024)
/* An upload is written to the disk after so many bytes, beside; and no more is read while so many are not there (bytes): else the writes
 * of messages would wait behind it */
#define CHAT_SERVER_MEDIA_SYNC_SIZE        (8 * 1024 * 1024)
#define CHAT_SERVER_MEDIA_SYNC_MAX         (32 * 1024 * 1024)
/* A request must be there in time, and then at least so many bytes go to and fro in each window (ms, bytes) */
#define CHAT_SERVER_MEDIA_SILENCE_MS       20000
#define CHAT_SERVER_MEDIA_WINDOW_MS        30000
#define CHAT_SERVER_MEDIA_WINDOW_BYTES     (32 * 1024)
/* A body that is refused: what is still read of it before the answer is given, and after (bytes, ms) */
#define CHAT_SERVER_MEDIA_REFUSED_SIZE     (256 * 1024)
#define CHAT_SERVER_MEDIA_DRAIN_SIZE       (4 * 1024 * 1024)
#define CHAT_SERVER_MEDIA_DRAIN_MS         2000
/* Uploads whose state stays in memory while nobody sends: of others the hash is computed anew at the end */
#define CHAT_SERVER_MEDIA_IDLE_UPLOADS     256
/* How often what is too old is removed (ms) */
#define CHAT_SERVER_MEDIA_EXPIRE_MS        600000
/* After how long somebody with too many uploads under way may ask for another one (s) */
#define CHAT_SERVER_MEDIA_RETRY            60

/* Buckets: so many at once, then so many a second. A request costs what the table of commands says, most of them 1. No
 * person meets these, nor a script of 100 messages in a burst or 20 sign-ups a minute. */
#define CHAT_SERVER_REQUEST_BURST          400
#define CHAT_SERVER_REQUEST_RATE           40.0
#define CHAT_SERVER_LOGIN_ACCOUNT_BURST    10      /* failed log-ins with a password */
#define CHAT_SERVER_LOGIN_ACCOUNT_RATE     0.2
#define CHAT_SERVER_LOGIN_ADDRESS_BURST    60      /* failed log-ins */
#define CHAT_SERVER_LOGIN_ADDRESS_RATE     1.0
#define CHAT_SERVER_SIGNUP_BURST           60
#define CHAT_SERVER_SIGNUP_RATE            0.5

/** ChatServerBucket: what is left of an allowance. All zero is a full one. */
typedef struct
{
  gint64 when;        /* µs; 0: never used */
  double used;
} ChatServerBucket;

/** chat_server_bucket_take: takes @cost at @now (µs), or, if that is more than is left of @burst, nothing.
 * Returns: 0, or after how many seconds (1 at least) there will be enough */
guint chat_server_bucket_take (ChatServerBucket *bucket,
                               double            burst,
                               double            rate,
                               double            cost,
                               gint64            now);

/** chat_server_bucket_charge: takes @cost, even if less is left: what is asked for next waits for it */
void  chat_server_bucket_charge (ChatServerBucket *bucket,
                                 double            cost);

/**
 * ChatServerMeter: a bucket for each of many names (accounts, addresses). Full buckets are forgotten; past 65,536 in use,
 * the ones that were used longest ago are.
 */
typedef struct _ChatServerMeter ChatServerMeter;

ChatServerMeter *chat_server_meter_new    (double           burst,
                                           double           rate);
void             chat_server_meter_free   (ChatServerMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatServerMeter, chat_server_meter_free)
/** chat_server_meter_take: as chat_server_bucket_take(), from the bucket of @name */
guint            chat_server_meter_take   (ChatServerMeter *self,
                                           const char      *name,
                                           double           cost,
                                           gint64           now);
/** chat_server_meter_refund: gives @cost back: it was no such attempt after all */
void             chat_server_meter_refund (ChatServerMeter *self,
                                           const char      *name,
                                           double           cost);
guint            chat_server_meter_get_n_names (ChatServerMeter *self);

G_END_DECLS
