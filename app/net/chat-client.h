/* chat-client.h: one connection to a server: log-in, requests with their answers, pushes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client-error.h"
#include "chat-client-rows.h"

G_BEGIN_DECLS

/* The limits of this layer */
#define CHAT_CLIENT_ANSWER_TIMEOUT_MS 30000   /* without an answer to the oldest request the connection is dead */
#define CHAT_CLIENT_MAX_TEXT_SIZE     65536   /* bytes of a message: CHAT_MAX_TEXT_SIZE */
#define CHAT_CLIENT_MAX_PAGE          200     /* messages: CHAT_MAX_PAGE_SIZE */
#define CHAT_CLIENT_RESENT_PAGE       50      /* messages that our own server sends for RESENT: CHAT_PAGE_SIZE */
#define CHAT_CLIENT_MAX_ROOMS         10000   /* one object of OLD_DIALOGS holds hardly more */
#define CHAT_CLIENT_MAX_DEVICES       1000    /* of one person: more are not told on */
#define CHAT_CLIENT_MAX_ROWS          20000   /* messages kept of one answer: the newest ones */
#define CHAT_CLIENT_MAX_ROW_BYTES     (16 * 1024 * 1024)
#define CHAT_CLIENT_MAX_ALL_ROW_BYTES (32 * 1024 * 1024)  /* of all answers that are on their way: more and it is given up */
#define CHAT_CLIENT_MAX_NAME_SIZE     256     /* bytes of a person's or a room's name: the rest is cut off */
#define CHAT_CLIENT_MAX_PENDING       4096    /* requests that wait for their answers */
#define CHAT_CLIENT_MAX_HOLD_S        15      /* what somebody looks at is held back so long, where the server asks for it */
#define CHAT_CLIENT_MAX_PAUSE_S       3600    /* and what nobody looks at */
#define CHAT_CLIENT_MAX_PROBLEMS      100     /* malformed objects of one connection before it is given up */
#define CHAT_CLIENT_MAX_UNEXPECTED    2000    /* objects at once that answer nothing and tell nothing */
#define CHAT_CLIENT_UNEXPECTED_RATE   100     /* as many more may come in a second before it is given up */

/** ChatClientFeatures: what the server named at log-in (PROTOCOL.md, "Extensions") */
typedef enum
{
  CHAT_CLIENT_REQUEST_ID = 1 << 0,
  CHAT_CLIENT_CLIENT_REF = 1 << 1,
  CHAT_CLIENT_PAGING     = 1 << 2,
  CHAT_CLIENT_ROOM_INFO  = 1 << 3,
  CHAT_CLIENT_TOKEN      = 1 << 4,
  CHAT_CLIENT_SYNC       = 1 << 5,
  CHAT_CLIENT_RECEIPTS   = 1 << 6,
  CHAT_CLIENT_TYPING     = 1 << 7,
  CHAT_CLIENT_PRESENCE   = 1 << 8,
  CHAT_CLIENT_MEDIA      = 1 << 9
} ChatClientFeatures;

typedef enum
{
  CHAT_CLIENT_READ_NEWEST,    /* RESENT, or with `paging` the newest @limit */
  CHAT_CLIENT_READ_ALL,       /* ALL */
  CHAT_CLIENT_READ_BEFORE,    /* paging alone */
  CHAT_CLIENT_READ_AFTER,
  CHAT_CLIENT_READ_AROUND
} ChatClientRead;

#define CHAT_TYPE_CLIENT (chat_client_get_type ())
G_DECLARE_FINAL_TYPE (ChatClient, chat_client, CHAT, CLIENT, GObject)

/** ChatClientChange: what a server with `sync` tells of a change besides the change itself */
typedef struct
{
  gint64   seq;       /* 0: not told */
  gboolean replayed;  /* by an answer to SYNC; else it came by itself, or answers a request of one's own */
  gint64   room_id;   /* of the message that was edited or deleted; 0: not told */
  gint64   date;      /* µs: when it was edited; 0: not told */
  const char *file;   /* nullable: of the message that was edited, as in #ChatClientMessage */
} ChatClientChange;

/**
 * ChatClientEvents:
 * @message: a message that is part of no page: a new one, or the newer state of one
 * @edited, @deleted, @room_created, @room_deleted, @marked_read, @room_set, @account_set: somebody did it; also oneself: then it is
 *   called before the request ends. @unread, @muted and @pinned are -1 where they were not told
 * @marked: how far another member has got: @delivered, @read: message ids; 0: not told by this
 * @account_set: what others are told of oneself
 * @typing: another member types
 * @presence: somebody is on line, or not: @last_seen: µs since 1970; 0: not told
 * @closed: the connection has ended. Called once, after all requests failed; not after chat_client_close()
 *
 * They may drop the last reference to the client.
 */
typedef struct
{
  void (*message)      (ChatClient *client, const ChatClientMessage *message, const ChatClientChange *change, gpointer user_data);
  void (*edited)       (ChatClient *client, gint64 message_id, const char *text, const ChatClientChange *change, gpointer user_data);
  void (*deleted)      (ChatClient *client, gint64 message_id, const ChatClientChange *change, gpointer user_data);
  void (*room_created) (ChatClient *client, gint64 room_id, const char *name, const ChatClientChange *change, gpointer user_data);
  void (*room_deleted) (ChatClient *client, gint64 room_id, const ChatClientChange *change, gpointer user_data);
  void (*marked_read)  (ChatClient *client, gint64 room_id, gint64 message_id, int unread, const ChatClientChange *change,
                        gpointer user_data);
  void (*room_set)     (ChatClient *client, gint64 room_id, int muted, int pinned, const ChatClientChange *change,
                        gpointer user_data);
  void (*marked)       (ChatClient *client, gint64 room_id, const char *name, gint64 delivered, gint64 read,
                        const ChatClientChange *change, gpointer user_data);
  void (*account_set)  (ChatClient *client, gboolean receipts, gboolean typing, gboolean presence, const ChatClientChange *change,
                        gpointer user_data);
  void (*typing)       (ChatClient *client, gint64 room_id, const char *name, gpointer user_data);
  void (*presence)     (ChatClient *client, const char *name, gboolean online, gint64 last_seen, gpointer user_data);
  void (*closed)       (ChatClient *client, const GError *reason, gpointer user_data);
} ChatClientEvents;

/** chat_client_new: @events: must outlive the client; not called before chat_client_log_in_async() */
ChatClient        *chat_client_new                 (const ChatClientEvents  *events,
                                                    gpointer                 user_data);
/** chat_client_set_timeouts: milliseconds; for tests */
void               chat_client_set_timeouts        (ChatClient              *self,
                                                    guint                    connect_ms,
                                                    guint                    answer_ms);
/** chat_client_close: ends it; every request fails with %CHAT_CLIENT_ERROR_CLOSED; no event follows */
void               chat_client_close               (ChatClient              *self);
/** chat_client_probe: asks the server for a sign of life; a connection that brings none within @limit_ms is ended, as timed out */
void               chat_client_probe               (ChatClient              *self,
                                                    guint                    limit_ms);
gboolean           chat_client_is_open             (ChatClient              *self);
/** chat_client_set_paused: while %TRUE nothing more is read from the server: it has to wait (back-pressure). Up to a chunk that was
 * read already waits inside. The server is not taken for dead meanwhile, nor is an answer late. May be called before there is a
 * connection, and from within an event. */
void               chat_client_set_paused          (ChatClient              *self,
                                                    gboolean                 paused);
ChatClientFeatures chat_client_get_features        (ChatClient              *self);
/** chat_client_get_media_url: Returns: (nullable): with what the addresses of files begin, with %CHAT_CLIENT_MEDIA: as it was told */
const char        *chat_client_get_media_url       (ChatClient              *self);
/** chat_client_get_media_limit: Returns: bytes that one file may have; 0: not told */
gint64             chat_client_get_media_limit     (ChatClient              *self);
/** chat_client_get_login: Returns: one's own name as the server writes it, else as it was given */
const char        *chat_client_get_login           (ChatClient              *self);
/** chat_client_get_unexpected: Returns: how many objects came that were malformed or answered nothing */
guint              chat_client_get_unexpected      (ChatClient              *self);

/* Every *_async of these may be cancelled: it then ends at once, while what was sent stays sent. A failing answer is an
 * error of %CHAT_CLIENT_ERROR. RATE_LIMITED is not, where it asks for no longer wait than above: the request is repeated by itself
 * when the time is over, and what is asked of the same kind meanwhile comes after it. Only log-in, sign-up, passwords, and what is
 * sent, edited and deleted in a room fail with it at once. */

/** chat_client_open_async: connects (see chat_connector_open_async()) */
void               chat_client_open_async          (ChatClient              *self,
                                                    const char              *server,
                                                    gboolean                 insecure,
                                                    const char              *pinned,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
gboolean           chat_client_open_finish         (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    GError                 **error);
void               chat_client_sign_up_async       (ChatClient              *self,
                                                    const char              *login,
                                                    const char              *password,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_log_in_async: @password or @token; @device: (nullable): asks for a token under this name */
void               chat_client_log_in_async        (ChatClient              *self,
                                                    const char              *login,
                                                    const char              *password,
                                                    const char              *token,
                                                    const char              *device,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_log_in_finish: @token: (out) (transfer full) (nullable): a new one */
gboolean           chat_client_log_in_finish       (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    char                   **token,
                                                    GError                 **error);

/* The devices of the person, and the password: UNSUPPORTED where the server has no tokens */
void               chat_client_list_devices_async  (ChatClient              *self,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_list_devices_finish: Returns: (transfer full) (element-type ChatClientDevice): in the order in which they were told:
 * the newest first */
GPtrArray         *chat_client_list_devices_finish (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    GError                 **error);
/** chat_client_revoke_token_async: makes the token of device @id worthless, and ends its connections; 0: of this connection. FORBIDDEN
 * where it is none of the person's, or is gone already */
void               chat_client_revoke_token_async  (ChatClient              *self,
                                                    gint64                   id,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_revoke_others_async: of all but this connection */
void               chat_client_revoke_others_async (ChatClient              *self,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_change_password_async: does what chat_client_revoke_others_async() does as well. WRONG_PASSWORD where @password is not
 * the one in force, UNACCEPTABLE_PASSWORD for a new one that the server does not take, RATE_LIMITED after too many attempts */
void               chat_client_change_password_async (ChatClient            *self,
                                                    const char              *password,
                                                    const char              *new_password,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);

void               chat_client_list_rooms_async    (ChatClient              *self,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_list_rooms_finish: @seq: (out): of the last change that it knows of, with `sync` (0: nothing has ever
 * changed); -1: not told.
 * Returns: (transfer full) (element-type ChatClientRoom) */
GPtrArray         *chat_client_list_rooms_finish   (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    gint64                  *seq,
                                                    GError                 **error);
/** chat_client_read_async: @limit: 1 to %CHAT_CLIENT_MAX_PAGE; without `paging` the server chooses */
void               chat_client_read_async          (ChatClient              *self,
                                                    ChatClientRead           kind,
                                                    gint64                   room_id,
                                                    gint64                   anchor,
                                                    guint                    limit,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_read_finish: @more: (out): with `paging` what its END told; else whether older ones had to be dropped
 * Returns: (transfer full) (element-type ChatClientMessage): in ascending order of id, each once */
GPtrArray         *chat_client_read_finish         (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    gboolean                *more,
                                                    GError                 **error);
void               chat_client_search_async        (ChatClient              *self,
                                                    const char              *text,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
GStrv              chat_client_search_finish       (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    GError                 **error);
void               chat_client_create_room_async   (ChatClient              *self,
                                                    const char              *login,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_create_room_finish: Returns: the room's id, 0 on failure */
gint64             chat_client_create_room_finish  (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    GError                 **error);
/** chat_client_send_async: @text: of a FILE or an IMAGE its address */
void               chat_client_send_async          (ChatClient              *self,
                                                    gint64                   room_id,
                                                    ChatClientContent        content,
                                                    const char              *text,
                                                    const char              *client_ref,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_send_finish: @date, @date_text, @seq: as in #ChatClientMessage. Returns: the message's id, 0 on failure */
gint64             chat_client_send_finish         (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    gint64                  *date,
                                                    char                   **date_text,
                                                    gint64                  *seq,
                                                    GError                 **error);
void               chat_client_delete_room_async   (ChatClient              *self,
                                                    gint64                   room_id,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
void               chat_client_edit_async          (ChatClient              *self,
                                                    gint64                   message_id,
                                                    const char              *text,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
void               chat_client_delete_async        (ChatClient              *self,
                                                    gint64                   message_id,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
void               chat_client_mark_read_async     (ChatClient              *self,
                                                    gint64                   room_id,
                                                    gint64                   message_id,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_set_room_async: @muted, @pinned: -1 leaves it */
void               chat_client_set_room_async      (ChatClient              *self,
                                                    gint64                   room_id,
                                                    int                      muted,
                                                    int                      pinned,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_sync_async: `sync`: all that has changed after @since comes as events, in order, then it ends */
void               chat_client_sync_async          (ChatClient              *self,
                                                    gint64                   since,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_sync_finish: @reset: (out): the changes can not be told: some may have come as events nevertheless; @seq: (out): up to
 * which all is known now. Returns: %FALSE where the server could not say */
gboolean           chat_client_sync_finish         (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    gboolean                *reset,
                                                    gint64                  *seq,
                                                    GError                 **error);
void               chat_client_mark_delivered_async (ChatClient             *self,
                                                    gint64                   room_id,
                                                    gint64                   message_id,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_set_account_async: what others are told: -1 leaves it; the answer comes as an event too */
void               chat_client_set_account_async   (ChatClient              *self,
                                                    int                      receipts,
                                                    int                      typing,
                                                    int                      presence,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_tell_typing: nothing answers */
void               chat_client_tell_typing         (ChatClient              *self,
                                                    gint64                   room_id);
/** chat_client_request_upload_async: asks for an address to which @file, which must be valid (see chat_client_file_is_valid()), can be
 * uploaded. TOO_LARGE: see chat_client_error_get_limit() */
void               chat_client_request_upload_async (ChatClient             *self,
                                                    const ChatClientFile    *file,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
/** chat_client_request_upload_finish: Returns: (transfer full) (nullable): the address, as it was told */
char              *chat_client_request_upload_finish (ChatClient            *self,
                                                    GAsyncResult            *result,
                                                    GError                 **error);
/** chat_client_finish: of those above without a result of their own (sign-up, revoke, password, delete, edit, mark, set) */
gboolean           chat_client_finish              (ChatClient              *self,
                                                    GAsyncResult            *result,
                                                    GError                 **error);

G_END_DECLS
