/* chat-session.h: one person signed in to one server; the only door of the user interface
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-room-list.h"
#include "chat-message-list.h"

G_BEGIN_DECLS

/**
 * CHAT_SESSION_ERROR: what the session tells the user interface, which words it. It never sees the wire's own errors.
 */
#define CHAT_SESSION_ERROR (chat_session_error_quark ())
GQuark chat_session_error_quark (void);
typedef enum
{
  CHAT_SESSION_ERROR_FAILED,                /* the server said no, without a reason that we know */
  CHAT_SESSION_ERROR_ADDRESS,               /* what was typed is no host or host:port */
  CHAT_SESSION_ERROR_UNREACHABLE,           /* no such host, refused, no route, no network */
  CHAT_SESSION_ERROR_TIMED_OUT,
  CHAT_SESSION_ERROR_NO_TLS,                /* the server there does not speak TLS */
  CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN,   /* see chat_session_get_certificate_fingerprint() */
  CHAT_SESSION_ERROR_CERTIFICATE_CHANGED,
  CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER,     /* something answered that does not speak our protocol */
  CHAT_SESSION_ERROR_WRONG_USER,
  CHAT_SESSION_ERROR_WRONG_PASSWORD,
  CHAT_SESSION_ERROR_USER_EXISTS,
  CHAT_SESSION_ERROR_UNACCEPTABLE_NAME,
  CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD,
  CHAT_SESSION_ERROR_SIGNUP_FAILED,
  CHAT_SESSION_ERROR_RATE_LIMITED,          /* see chat_session_get_retry_at(), chat_session_error_get_retry_after() */
  CHAT_SESSION_ERROR_OFFLINE,               /* needs a connection, and there is none */
  CHAT_SESSION_ERROR_FORBIDDEN,
  CHAT_SESSION_ERROR_NO_ROOM,
  CHAT_SESSION_ERROR_NO_MESSAGE,
  CHAT_SESSION_ERROR_NO_USER,
  CHAT_SESSION_ERROR_TOO_LARGE,
  CHAT_SESSION_ERROR_EMPTY,
  CHAT_SESSION_ERROR_UNSUPPORTED,           /* this server can not do that */
  CHAT_SESSION_ERROR_SIGNED_OUT,            /* the token is dead: the person must sign in again */
  CHAT_SESSION_ERROR_NO_SUCH_HOST,          /* the name is not known to the network (else UNREACHABLE) */
  CHAT_SESSION_ERROR_UNCERTAIN,             /* it was asked, but the connection ended before the answer: it may have been done */
  CHAT_SESSION_ERROR_NO_SPACE               /* not enough space on this computer's disk */
} ChatSessionError;
/** chat_session_error_get_retry_after: Returns: seconds for which it is in vain to try again, as the server told; 0 if it did not */
guint  chat_session_error_get_retry_after (const GError *error);

typedef enum
{
  CHAT_SESSION_SIGNED_OUT,    /* no account */
  CHAT_SESSION_CONNECTING,    /* an account; the connection or the log-in is on its way */
  CHAT_SESSION_ONLINE,
  CHAT_SESSION_WAITING,       /* no connection; the next try is at "retry-at" */
  CHAT_SESSION_REFUSED        /* no connection and no further try without the person: see "error" (a changed or unknown certificate,
                                 a dead token) */
} ChatSessionState;
#define CHAT_TYPE_SESSION_STATE (chat_session_state_get_type ())
GType chat_session_state_get_type (void);

/**
 * ChatSessionAbility: what this server can do beyond the user's API; what is missing is hidden or explained
 */
typedef enum
{
  CHAT_SESSION_CAN_RESEND     = 1 << 0,   /* client-ref: a message of unknown fate may be repeated without doubling it */
  CHAT_SESSION_CAN_PAGE       = 1 << 1,
  CHAT_SESSION_CAN_TELL_ROOMS = 1 << 2,   /* previews, unread counts, pin, mute */
  CHAT_SESSION_CAN_REMEMBER   = 1 << 3,   /* tokens: the next start needs no password; devices are listed and signed out, and the password
                                             can be changed */
  CHAT_SESSION_CAN_TELL_RECEIPTS = 1 << 4,  /* how far others have got */
  CHAT_SESSION_CAN_TELL_TYPING   = 1 << 5,
  CHAT_SESSION_CAN_TELL_PRESENCE = 1 << 6,
  CHAT_SESSION_CAN_ATTACH     = 1 << 7,   /* files: see chat-session-media.h */
} ChatSessionAbility;

#define CHAT_TYPE_SESSION (chat_session_get_type ())
/**
 * ChatSession properties (read-only, notified on change):
 * state      ChatSessionState
 * server     string   as the person typed it; nullable
 * login      string   nullable
 * insecure   boolean  the person chose an unencrypted connection
 * error      GError   nullable: why there is no connection (%CHAT_SESSION_ERROR)
 * retry-at   gint64   µs, g_get_monotonic_time(): when WAITING tries again; 0 else
 * abilities  uint     ChatSessionAbility, while ONLINE what the server named, else what it named last (of what others are told, and of
 *                     tokens, also before the program started)
 * rooms      ChatRoomList  always the same object
 * sends-receipts, sends-typing, sends-presence  boolean  what others are told of the person: %TRUE where nothing else was set
 * settings-waiting  boolean  some of these the server does not know yet
 *
 * Signals:
 * message-received (ChatRoom, ChatMessage)   a message of another person came live (not while catching up)
 * message-deleted (gint64 room id, gint64 message id)   it is gone, whoever holds it; room id is 0 where that is not known
 * caught-up                                  with this connection: what came before it is in the rooms now, and what comes from here on
 *                                            is told by message-received
 * room-removed (ChatRoom)                    by anybody; the room is no longer in the list
 * notice (const char *words)                 something happened to what is kept on this computer, in words for the person
 */
G_DECLARE_FINAL_TYPE (ChatSession, chat_session, CHAT, SESSION, GObject)

/** chat_session_new: @profile_dir: where it keeps its account file and, in the folder "stores", a file for each account with all that
 * was told (created, 0700); @profile: the name of the profile, by which
 * its secret is found; "default" for none */
ChatSession      *chat_session_new                 (const char           *profile_dir,
                                                    const char           *profile);

ChatSessionState  chat_session_get_state           (ChatSession          *self);
const char       *chat_session_get_server          (ChatSession          *self);
const char       *chat_session_get_login           (ChatSession          *self);
gboolean          chat_session_get_insecure        (ChatSession          *self);
const GError     *chat_session_get_error           (ChatSession          *self);
gint64            chat_session_get_retry_at        (ChatSession          *self);
guint             chat_session_get_abilities       (ChatSession          *self);
ChatRoomList     *chat_session_get_rooms           (ChatSession          *self);

/* Signing in and out */
/** chat_session_restore_async: connects with the account and the token of the last time. Ends with %FALSE and no error if
 * there is none (or no keyring answered in time); %TRUE as soon as the state is CONNECTING, with the rooms that are kept already in
 * the list: the rest shows in "state". */
void              chat_session_restore_async       (ChatSession          *self,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_restore_finish      (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_sign_in_async: @server: host or host:port; @sign_up: makes the account first. Ends when signed in. On failure
 * the state is as it was before. */
void              chat_session_sign_in_async       (ChatSession          *self,
                                                    const char           *server,
                                                    gboolean              insecure,
                                                    const char           *login,
                                                    const char           *password,
                                                    gboolean              sign_up,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_sign_in_finish      (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_sign_out_async: revokes the token (if the server can be reached within a few seconds), forgets the account,
 * everything that was told and what was not sent, and deletes all that is kept of it on this computer. Always succeeds. */
void              chat_session_sign_out_async      (ChatSession          *self,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_sign_out_finish     (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_get_certificate_fingerprint: Returns: (nullable): SHA-256, as AB:CD:..., of the certificate that the last try
 * met and refused; @accepted_fingerprint (out) (nullable): the one that was accepted before, when it changed */
const char       *chat_session_get_certificate_fingerprint (ChatSession *self,
                                                    const char          **accepted_fingerprint);
/** chat_session_accept_certificate: pins @fingerprint for @server; the caller then tries again */
void              chat_session_accept_certificate  (ChatSession          *self,
                                                    const char           *server,
                                                    const char           *fingerprint);
/** chat_session_connect: tries now, if the state is WAITING or REFUSED */
void              chat_session_connect             (ChatSession          *self);
/** chat_session_close: ends the connection and all timers, keeping the account (the program quits). Waits until all that was told
 * and done is on the disk: milliseconds as a rule, never more than three seconds */
void              chat_session_close               (ChatSession          *self);

/* Where the person is signed in, and the password (PROTOCOL.md, "token"): OFFLINE without a connection, UNSUPPORTED where the server can
 * not do it */
/** ChatSessionDevice: a device that needs no password */
typedef struct
{
  gint64    id;
  char     *name;       /* as it was called when it was signed in: one line; may be empty */
  gint64    created;    /* µs since 1970, UTC; 0: not told */
  gint64    last_used;
  gboolean  current;    /* this one */
} ChatSessionDevice;
void              chat_session_device_free         (ChatSessionDevice    *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatSessionDevice, chat_session_device_free)
/** chat_session_list_devices_finish: Returns: (transfer full) (element-type ChatSessionDevice): the newest first */
void              chat_session_list_devices_async  (ChatSession          *self,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
GPtrArray        *chat_session_list_devices_finish (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_revoke_device_async: signs another device out. "Is signed out already" counts as done. (This one:
 * chat_session_sign_out_async()) */
void              chat_session_revoke_device_async (ChatSession          *self,
                                                    gint64                device_id,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_revoke_device_finish (ChatSession         *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_revoke_others_async: signs all other devices out, those too that have only the password */
void              chat_session_revoke_others_async (ChatSession          *self,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_revoke_others_finish (ChatSession         *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_change_password_async: and signs all other devices out; this one stays. WRONG_PASSWORD where @password is not the one in
 * force; UNACCEPTABLE_PASSWORD for @new_password; RATE_LIMITED after too many attempts; UNCERTAIN. Cancelling ends the wait alone: it
 * may be done nevertheless. */
void              chat_session_change_password_async (ChatSession        *self,
                                                    const char           *password,
                                                    const char           *new_password,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_change_password_finish (ChatSession       *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);

/* What others are told of the person (PROTOCOL.md, "receipts") */
gboolean          chat_session_get_sends_receipts  (ChatSession          *self);
gboolean          chat_session_get_sends_typing    (ChatSession          *self);
gboolean          chat_session_get_sends_presence  (ChatSession          *self);
/** chat_session_set_sends_receipts, _typing, _presence: for all devices of the person; nothing, where the server can not do it. Shown
 * and kept at once; told to the server now, or with the next connection, also after an end of the program. Where the server refuses, it is
 * as before, and "notice" says so. */
void              chat_session_set_sends_receipts  (ChatSession          *self,
                                                    gboolean              sends);
void              chat_session_set_sends_typing    (ChatSession          *self,
                                                    gboolean              sends);
void              chat_session_set_sends_presence  (ChatSession          *self,
                                                    gboolean              sends);
gboolean          chat_session_get_settings_waiting (ChatSession         *self);

/* People and rooms */
/** chat_session_search_users_finish: Returns: (transfer full): login names; one's own is not among them */
void              chat_session_search_users_async  (ChatSession          *self,
                                                    const char           *text,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
GStrv             chat_session_search_users_finish (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_create_room_finish: Returns: (transfer full): the room with @login, new or not */
void              chat_session_create_room_async   (ChatSession          *self,
                                                    const char           *login,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
ChatRoom         *chat_session_create_room_finish  (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
void              chat_session_delete_room_async   (ChatSession          *self,
                                                    ChatRoom             *room,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_delete_room_finish  (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_mark_read: the person has seen everything in @room up to @message_id, or up to the newest that is known, if that is older */
void              chat_session_mark_read           (ChatSession          *self,
                                                    ChatRoom             *room,
                                                    gint64                message_id);
/** chat_session_tell_typing: the person types a message to @room: the others are told, where the server can do that; to be called with
 * each letter */
void              chat_session_tell_typing         (ChatSession          *self,
                                                    ChatRoom             *room);
/** chat_session_set_room_pinned, _muted: shown and kept at once, and told to the server where it can keep it: with the next
 * connection if there is none, also after an end of the program. Of two devices that chose differently the one wins whose choice
 * reaches the server last. */
void              chat_session_set_room_pinned     (ChatSession          *self,
                                                    ChatRoom             *room,
                                                    gboolean              pinned);
void              chat_session_set_room_muted      (ChatSession          *self,
                                                    ChatRoom             *room,
                                                    gboolean              muted);

/* Messages */
/** chat_session_get_messages: Returns: (transfer full): the window on @room; the same one while anybody holds it. The first page
 * has been asked for. */
ChatMessageList  *chat_session_get_messages        (ChatSession          *self,
                                                    ChatRoom             *room);
/** chat_session_send_text: the message is written to the outbox on the disk first, and is in the room's list as soon as that is
 * done: WAITING or SENDING, or FAILED where it could not be written; it stays there with its state, also over an end of the program,
 * until the server has it or the person discards it.
 * Returns: (transfer full) (nullable): %NULL with EMPTY or TOO_LARGE if @text can not be sent: nothing was changed */
ChatMessage      *chat_session_send_text           (ChatSession          *self,
                                                    ChatRoom             *room,
                                                    const char           *text,
                                                    GError              **error);
/** chat_session_count_unsent: Returns: messages that the server does not have yet, those that failed included: signing out loses them */
guint             chat_session_count_unsent        (ChatSession          *self);
/** chat_session_retry_message: for one that FAILED */
void              chat_session_retry_message       (ChatSession          *self,
                                                    ChatMessage          *message);
/** chat_session_discard_message: forgets one that FAILED or is WAITING. (One that waits, but may be on the server already, is deleted
 * there too) */
void              chat_session_discard_message     (ChatSession          *self,
                                                    ChatMessage          *message);
/** chat_session_edit_message_async: one's own, in any state, also while an edit of it is under way: the newest words win. It is busy
 * until the server has answered, and shows the new text as soon as that is in the outbox on the disk; where the server refuses, the
 * old text comes back. One that has not left yet is changed where it waits, and goes out with the new words. Ends when the server has agreed; without a
 * connection, when it is kept: it then goes out with the next one, also after an end of the program, and "notice" tells if it is
 * refused. Cancelling ends the wait alone. */
void              chat_session_edit_message_async  (ChatSession          *self,
                                                    ChatMessage          *message,
                                                    const char           *text,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_edit_message_finish (ChatSession          *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/** chat_session_delete_message_async: one's own, in any state. One that can not have left yet is forgotten at once. "Is gone already"
 * counts as done. Goes the same way as an edit; the message is
 * shown, busy, until the server has agreed. */
void              chat_session_delete_message_async (ChatSession         *self,
                                                    ChatMessage          *message,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean          chat_session_delete_message_finish (ChatSession        *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);

G_END_DECLS
