/* chat-packet.h: one request, answer or push
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "chat-error.h"

G_BEGIN_DECLS

typedef enum
{
  CHAT_PACKET_INVALID,            /* an object without a string "type" */
  CHAT_PACKET_UNKNOWN,            /* a type that we do not know: see chat_packet_get_name() */
  CHAT_PACKET_ERROR,
  CHAT_PACKET_REQUEST_LOGIN,
  CHAT_PACKET_RESPONSE_LOGIN,
  CHAT_PACKET_REQUEST_SIGNUP,
  CHAT_PACKET_RESPONSE_SIGNUP,
  CHAT_PACKET_CREATE_ROOM,
  CHAT_PACKET_SND_MSG,
  CHAT_PACKET_READ_MSG,
  CHAT_PACKET_SEARCH_USER,
  CHAT_PACKET_DELETE_ROOM,
  CHAT_PACKET_DELETE_MSG,
  CHAT_PACKET_EDIT_MSG,
  CHAT_PACKET_OLD_DIALOGS,
  /* extensions */
  CHAT_PACKET_PING,               /* ping */
  CHAT_PACKET_PONG,               /* ping */
  CHAT_PACKET_TOKENS,             /* token: lists them */
  CHAT_PACKET_REVOKE_TOKEN,       /* token */
  CHAT_PACKET_REVOKE_OTHERS,      /* token: all but that of this connection */
  CHAT_PACKET_CHANGE_PASSWORD,    /* token */
  CHAT_PACKET_MARK_READ,          /* room-info: the person's own read mark; receipts: another's too */
  CHAT_PACKET_SET_ROOM,           /* room-info: the person's own "muted" and "pinned" */
  CHAT_PACKET_SYNC,               /* sync: what has changed since */
  CHAT_PACKET_MARK_DELIVERED,     /* receipts */
  CHAT_PACKET_SET_ACCOUNT,        /* receipts, typing, presence: what others are told of the person */
  CHAT_PACKET_TYPING,             /* typing */
  CHAT_PACKET_PRESENCE,           /* presence */
  CHAT_PACKET_MEDIA_UPLOAD,       /* media: a one-time address to upload to */
  CHAT_N_PACKET_TYPES
} ChatPacketType;

/**
 * ChatPacketDirection: who speaks. The same "type" has other fields in each direction.
 */
typedef enum
{
  CHAT_PACKET_TO_SERVER,
  CHAT_PACKET_TO_CLIENT
} ChatPacketDirection;

/**
 * ChatField: every field of the protocol, with its name on the wire and its kind:
 * s string, i integer, b boolean, S array of strings, I array of integers, n any JSON value
 */
typedef enum
{
  CHAT_FIELD_STATUS,              /* "status"            s; see chat_packet_get_status() */
  CHAT_FIELD_ERROR,               /* "error"             s */
  CHAT_FIELD_REASON,              /* "reason"            s  NAME, PASSWORD or FILE */
  CHAT_FIELD_RETRY_AFTER,         /* "retry_after"       i  seconds */
  CHAT_FIELD_REQUEST_ID,          /* "request_id"        i  any integer within +-(2^53 - 1) */
  CHAT_FIELD_LOGIN,               /* "login"             s */
  CHAT_FIELD_PASS,                /* "pass"              s */
  CHAT_FIELD_TOKEN,               /* "token"             s */
  CHAT_FIELD_DEVICE,              /* "device"            s  a name that a person will know it by */
  CHAT_FIELD_FEATURES,            /* "features"          S */
  CHAT_FIELD_USERNAME,            /* "username"          s */
  CHAT_FIELD_CUSTOMER,            /* "customer"          s */
  CHAT_FIELD_ID,                  /* "id"                i  room or message, by the type */
  CHAT_FIELD_ROOM_ID,             /* "room_id"           i */
  CHAT_FIELD_MESSAGE_ID,          /* "message_id"        i */
  CHAT_FIELD_MESSAGE,             /* "message"           s */
  CHAT_FIELD_MSG_TYPE,            /* "msg_type"          s  see chat_packet_get_message_kind() */
  CHAT_FIELD_READ,                /* "read"              s  ALL, RESENT (RECENT is read too) */
  CHAT_FIELD_DATE,                /* "date"              s  RFC 3339 */
  CHAT_FIELD_SENDER,              /* "sender"            s */
  CHAT_FIELD_USER,                /* "user"              s  to the server; to the client: whose mark, typing or presence it is */
  CHAT_FIELD_USERS,               /* "user"              S  to the client */
  CHAT_FIELD_NEW_MSG,             /* "new_msg"           s */
  CHAT_FIELD_DIALOGS,             /* "dialogs"           S */
  CHAT_FIELD_IDS,                 /* "id"                I  OLD_DIALOGS, TOKENS */
  CHAT_FIELD_FIRST_IDS,           /* "first_massage_id"  I  (first_message_id is read too); 0: none */
  /* client-ref */
  CHAT_FIELD_CLIENT_REF,          /* "client_ref"        s */
  CHAT_FIELD_EDITED,              /* "edited"            s  RFC 3339 */
  /* paging */
  CHAT_FIELD_BEFORE,              /* "before"            i  message id */
  CHAT_FIELD_AFTER,               /* "after"             i  message id */
  CHAT_FIELD_AROUND,              /* "around"            i  message id */
  CHAT_FIELD_LIMIT,               /* "limit"             i  1 to CHAT_MAX_PAGE_SIZE */
  CHAT_FIELD_MORE,                /* "more"              b */
  /* token */
  CHAT_FIELD_DEVICES,             /* "devices"           S */
  CHAT_FIELD_CREATED,             /* "created"           S  RFC 3339 */
  CHAT_FIELD_LAST_USED,           /* "last_used"         S  RFC 3339 */
  CHAT_FIELD_CURRENT,             /* "current"           i  the token of this connection; 0: none */
  /* room-info: arrays of the length of "dialogs" */
  CHAT_FIELD_KINDS,               /* "kinds"             S  direct, group */
  CHAT_FIELD_MEMBERS,             /* "members"           n  array of arrays of login names */
  CHAT_FIELD_LAST_MESSAGES,       /* "last_messages"     n  array of READ_MSG objects or null */
  CHAT_FIELD_UNREAD,              /* "unread"            I  how many, at most 1,000 */
  CHAT_FIELD_READ_MARKS,          /* "read_marks"        I  message id up to which the asker has read; 0: none */
  CHAT_FIELD_MUTED_ROOMS,         /* "muted"             n  array of booleans */
  CHAT_FIELD_PINNED_ROOMS,        /* "pinned"            n  array of booleans */
  CHAT_FIELD_MUTED,               /* "muted"             b  SET_ROOM */
  CHAT_FIELD_PINNED,              /* "pinned"            b  SET_ROOM */
  CHAT_FIELD_UNREAD_COUNT,        /* "unread"            i  MARK_READ: how many are left, at most 1,000 */
  /* token */
  CHAT_FIELD_NEW_PASS,            /* "new_pass"          s  CHANGE_PASSWORD */
  /* sync */
  CHAT_FIELD_SEQ,                 /* "seq"               i  0: nothing has ever changed */
  CHAT_FIELD_SINCE,               /* "since"             i  SYNC: the seq up to which the client knows all; 0: nothing */
  /* receipts: arrays of the length of "dialogs", each of an array of the length of the room's "members" */
  CHAT_FIELD_MEMBERS_READ,        /* "members_read"      n  message ids; 0: none, or not told */
  CHAT_FIELD_MEMBERS_DELIVERED,   /* "members_delivered" n  the same */
  CHAT_FIELD_SEND_RECEIPTS,       /* "receipts"          b  SET_ACCOUNT */
  CHAT_FIELD_SEND_TYPING,         /* "typing"            b  SET_ACCOUNT */
  CHAT_FIELD_SEND_PRESENCE,       /* "presence"          b  SET_ACCOUNT */
  /* presence */
  CHAT_FIELD_ONLINE,              /* "online"            b */
  CHAT_FIELD_LAST_SEEN,           /* "last_seen"         s  RFC 3339 */
  /* media */
  CHAT_FIELD_MEDIA_URL,           /* "media_url"         s  RESPONSE_LOGIN: where all addresses of files begin */
  CHAT_FIELD_MEDIA_LIMIT,         /* "media_limit"       i  RESPONSE_LOGIN: bytes of one file */
  CHAT_FIELD_NAME,                /* "name"              s  of a file */
  CHAT_FIELD_SIZE,                /* "size"              i  bytes */
  CHAT_FIELD_MEDIA_TYPE,          /* "media_type"        s  type/subtype */
  CHAT_FIELD_SHA256,              /* "sha256"            s  64 hexadecimal digits */
  CHAT_FIELD_WIDTH,               /* "width"             i  pixels */
  CHAT_FIELD_HEIGHT,              /* "height"            i */
  CHAT_FIELD_PREVIEW,             /* "preview"           s  base64 */
  CHAT_FIELD_URL,                 /* "url"               s */
  CHAT_FIELD_EXPIRES,             /* "expires"           s  RFC 3339 */
  CHAT_FIELD_FILE_LIMIT,          /* "limit"             i  TOO_LARGE: bytes of one file */
  CHAT_FIELD_QUOTA,               /* "quota"             i  TOO_LARGE: bytes of all of a person's files */
  CHAT_FIELD_USED,                /* "used"              i  TOO_LARGE: how many of them there are */
  CHAT_FIELD_FILE,                /* "file"              n  an object: see chat_packet_get_file() */
  CHAT_N_FIELDS
} ChatField;

typedef enum
{
  CHAT_MESSAGE_KIND_TEXT,
  CHAT_MESSAGE_KIND_FILE,
  CHAT_MESSAGE_KIND_IMAGE
} ChatMessageKind;

/**
 * ChatFeatures: the extensions of PROTOCOL.md that log-in negotiates
 */
typedef enum
{
  CHAT_FEATURE_NONE       = 0,
  CHAT_FEATURE_PING       = 1 << 0,
  CHAT_FEATURE_REQUEST_ID = 1 << 1,
  CHAT_FEATURE_CLIENT_REF = 1 << 2,
  CHAT_FEATURE_PAGING     = 1 << 3,
  CHAT_FEATURE_ROOM_INFO  = 1 << 4,
  CHAT_FEATURE_TOKEN      = 1 << 5,
  CHAT_FEATURE_SYNC       = 1 << 6,
  CHAT_FEATURE_RECEIPTS   = 1 << 7,
  CHAT_FEATURE_TYPING     = 1 << 8,
  CHAT_FEATURE_PRESENCE   = 1 << 9,
  CHAT_FEATURE_MEDIA      = 1 << 10,
} ChatFeatures;
#define CHAT_FEATURES_ALL (CHAT_FEATURE_PING | CHAT_FEATURE_REQUEST_ID | CHAT_FEATURE_CLIENT_REF | \
                           CHAT_FEATURE_PAGING | CHAT_FEATURE_ROOM_INFO | CHAT_FEATURE_TOKEN | \
                           CHAT_FEATURE_SYNC | CHAT_FEATURE_RECEIPTS | CHAT_FEATURE_TYPING | CHAT_FEATURE_PRESENCE | \
                           CHAT_FEATURE_MEDIA)

/**
 * ChatPacket: (ref-func chat_packet_ref) (unref-func chat_packet_unref)
 *
 * One object of the protocol: a type and typed fields. Counted, not thread-safe while it is changed; one that
 * nobody changes any more may be read from any thread.
 */
typedef struct _ChatPacket ChatPacket;

#define CHAT_TYPE_PACKET (chat_packet_get_type ())
GType             chat_packet_get_type          (void);
ChatPacket       *chat_packet_new               (ChatPacketType       type);
ChatPacket       *chat_packet_ref               (ChatPacket          *packet);
void              chat_packet_unref             (ChatPacket          *packet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatPacket, chat_packet_unref)

/** chat_packet_new_answer: an empty answer to @request: the answering type, and its "request_id" if it had one. To
 * an INVALID one the answer is ERROR; to an UNKNOWN one it is of the same name. */
ChatPacket       *chat_packet_new_answer        (ChatPacket          *request);
/** chat_packet_new_failure: the same with @status and @error, an English sentence for a log (PROTOCOL.md, "Statuses") */
ChatPacket       *chat_packet_new_failure       (ChatPacket          *request,
                                                 ChatStatus           status,
                                                 const char          *error);

/**
 * chat_packet_parse:
 * @json: one object that a #ChatFramer let pass; need not end with a NUL
 *
 * Never fails: what is wrong with the object is told by chat_packet_get_problem(), and what could be read of it
 * (its name, its request_id) is there for the answer. Unknown fields are ignored.
 */
ChatPacket       *chat_packet_parse             (const char          *json,
                                                 gsize                length,
                                                 ChatPacketDirection  direction);
/** chat_packet_get_problem: Returns: (nullable): why a receiver must refuse it: a field missing, of the wrong kind or out
 * of range (%CHAT_ERROR_BAD_REQUEST), a text too long (%CHAT_ERROR_TOO_LARGE), an unknown type (%CHAT_ERROR_UNSUPPORTED). A
 * failing answer is asked for none of the fields of a success. */
const GError     *chat_packet_get_problem       (ChatPacket          *packet);

/** chat_packet_write: appends @packet as one line of JSON, "\n" included */
void              chat_packet_write             (ChatPacket          *packet,
                                                 GString             *out);
GBytes           *chat_packet_to_bytes          (ChatPacket          *packet);
/** chat_packet_to_trace: Returns: (transfer full): the line without its "\n", passwords and tokens blotted out, texts cut */
char             *chat_packet_to_trace          (ChatPacket          *packet);

ChatPacketType    chat_packet_get_kind          (ChatPacket          *packet);
/** chat_packet_get_size: Returns: about how much memory it takes (bytes): of one that was parsed, not less than the object did */
gsize             chat_packet_get_size          (ChatPacket          *packet);
/** chat_packet_get_name: Returns: (nullable): "type" as it is on the wire */
const char       *chat_packet_get_name          (ChatPacket          *packet);

gboolean          chat_packet_has               (ChatPacket          *packet,
                                                 ChatField            field);
/* Getters of a field that is not there return NULL, @fallback, or an empty array. What they return belongs to
 * the packet. Setters copy; they take only fields of their kind (a programmer's error else). */
const char       *chat_packet_get_string        (ChatPacket          *packet,
                                                 ChatField            field);
gint64            chat_packet_get_integer       (ChatPacket          *packet,
                                                 ChatField            field,
                                                 gint64               fallback);
gboolean          chat_packet_get_boolean       (ChatPacket          *packet,
                                                 ChatField            field,
                                                 gboolean             fallback);
/** chat_packet_get_strings: Returns: (array zero-terminated=1) (transfer none) (not nullable) */
const char *const *chat_packet_get_strings      (ChatPacket          *packet,
                                                 ChatField            field,
                                                 gsize               *length);
/** chat_packet_get_integers: Returns: (array length=length) (transfer none) (nullable): %NULL where @length is 0 */
const gint64     *chat_packet_get_integers      (ChatPacket          *packet,
                                                 ChatField            field,
                                                 gsize               *length);
JsonNode         *chat_packet_get_node          (ChatPacket          *packet,
                                                 ChatField            field);
ChatStatus        chat_packet_get_status        (ChatPacket          *packet);
ChatMessageKind   chat_packet_get_message_kind  (ChatPacket          *packet);
ChatFeatures      chat_packet_get_features      (ChatPacket          *packet);

/** chat_packet_set_string: @value: (nullable): %NULL takes the field out; what is no UTF-8 is made so */
void              chat_packet_set_string        (ChatPacket          *packet,
                                                 ChatField            field,
                                                 const char          *value);
void              chat_packet_set_integer       (ChatPacket          *packet,
                                                 ChatField            field,
                                                 gint64               value);
void              chat_packet_set_boolean       (ChatPacket          *packet,
                                                 ChatField            field,
                                                 gboolean             value);
void              chat_packet_set_strings       (ChatPacket          *packet,
                                                 ChatField            field,
                                                 const char *const   *values,
                                                 gsize                length);
void              chat_packet_set_integers      (ChatPacket          *packet,
                                                 ChatField            field,
                                                 const gint64        *values,
                                                 gsize                length);
/** chat_packet_take_node: @value: (transfer full) */
void              chat_packet_take_node         (ChatPacket          *packet,
                                                 ChatField            field,
                                                 JsonNode            *value);
void              chat_packet_set_status        (ChatPacket          *packet,
                                                 ChatStatus           status);
void              chat_packet_set_message_kind  (ChatPacket          *packet,
                                                 ChatMessageKind      kind);
void              chat_packet_set_features      (ChatPacket          *packet,
                                                 ChatFeatures         features);
/** chat_packet_clear: takes @field out, if it is there */
void              chat_packet_clear             (ChatPacket          *packet,
                                                 ChatField            field);

/* A packet within another: the elements of CHAT_FIELD_LAST_MESSAGES */
/** chat_packet_to_node: Returns: (transfer full): the object that chat_packet_write() writes */
JsonNode         *chat_packet_to_node           (ChatPacket          *packet);
/** chat_packet_new_from_node: Returns: (transfer full) (nullable): @node read like chat_packet_parse(); %NULL if it is no object
 * (a null in an array) */
ChatPacket       *chat_packet_new_from_node     (JsonNode            *node,
                                                 ChatPacketDirection  direction);

/* The rules of PROTOCOL.md, "Values", for those who check before they send */
/** chat_login_is_valid: 1 to 64 ASCII letters, digits, ".", "_", "-" */
gboolean          chat_login_is_valid           (const char          *login);
/** chat_login_fold: Returns: (transfer full): the form in which names are compared */
char             *chat_login_fold               (const char          *login);
/** chat_password_is_valid: 8 to 1,024 bytes of UTF-8 */
gboolean          chat_password_is_valid        (const char          *password);
/** chat_date_format: Returns: (transfer full): @usec (microseconds since 1970, UTC) as 2026-01-31T12:34:56.789Z */
char             *chat_date_format              (gint64               usec);
/** chat_date_parse: reads any RFC 3339 date; Returns: %FALSE if it is none (it is then shown as it is) */
gboolean          chat_date_parse               (const char          *date,
                                                 gint64              *usec);

G_END_DECLS
