/* chat-packet-schema.c: which fields there are, and which object has which
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-limits.h"
#include "chat-packet-private.h"

#define ANY_SIZE G_MAXINT64

/* PROTOCOL.md, "Fields". Of names, passwords and tokens the kind alone is checked here: one that is badly spelt gets an answer
 * of its own (LOGIN_WRONG_USER, SINGUP_FAIL, USER_DOES_NOT_EXIST), not BAD_REQUEST. */
#define STRING(n) { .name = n, .kind = 's', .max = ANY_SIZE }
#define SECRET(n) { .name = n, .kind = 's', .max = ANY_SIZE, .is_secret = TRUE }
#define SIZED(n, least, most) { .name = n, .kind = 's', .min = least, .max = most }
#define TEXT(n) { .name = n, .kind = 's', .min = 1, .max = CHAT_MAX_TEXT_SIZE, .is_text = TRUE }
#define INTEGER(n, least, most) { .name = n, .kind = 'i', .min = least, .max = most }
#define ID(n) INTEGER (n, 1, CHAT_MAX_ID)
#define BOOLEAN(n) { .name = n, .kind = 'b' }
#define STRINGS(n, most) { .name = n, .kind = 'S', .max = most }
#define INTEGERS(n, least) { .name = n, .kind = 'I', .min = least, .max = CHAT_MAX_ID }
#define NODE(n) { .name = n, .kind = 'n' }

const ChatFieldInfo chat_field_infos[CHAT_N_FIELDS] = {
  [CHAT_FIELD_STATUS] = STRING ("status"),
  [CHAT_FIELD_ERROR] = STRING ("error"),
  [CHAT_FIELD_REASON] = STRING ("reason"),
  [CHAT_FIELD_RETRY_AFTER] = INTEGER ("retry_after", 0, G_MAXINT32),
  [CHAT_FIELD_REQUEST_ID] = INTEGER ("request_id", -CHAT_MAX_ID, CHAT_MAX_ID),
  [CHAT_FIELD_LOGIN] = STRING ("login"),
  [CHAT_FIELD_PASS] = SECRET ("pass"),
  [CHAT_FIELD_TOKEN] = SECRET ("token"),
  [CHAT_FIELD_DEVICE] = SIZED ("device", 1, CHAT_MAX_DEVICE_SIZE),
  [CHAT_FIELD_FEATURES] = STRINGS ("features", CHAT_MAX_FEATURES),
  [CHAT_FIELD_USERNAME] = STRING ("username"),
  [CHAT_FIELD_CUSTOMER] = STRING ("customer"),
  [CHAT_FIELD_ID] = ID ("id"),
  [CHAT_FIELD_ROOM_ID] = ID ("room_id"),
  [CHAT_FIELD_MESSAGE_ID] = ID ("message_id"),
  [CHAT_FIELD_MESSAGE] = TEXT ("message"),
  [CHAT_FIELD_MSG_TYPE] = STRING ("msg_type"),
  [CHAT_FIELD_READ] = STRING ("read"),
  [CHAT_FIELD_DATE] = STRING ("date"),
  [CHAT_FIELD_SENDER] = STRING ("sender"),
  [CHAT_FIELD_USER] = STRING ("user"),
  [CHAT_FIELD_USERS] = STRINGS ("user", ANY_SIZE),
  [CHAT_FIELD_NEW_MSG] = TEXT ("new_msg"),
  [CHAT_FIELD_DIALOGS] = STRINGS ("dialogs", ANY_SIZE),
  [CHAT_FIELD_IDS] = INTEGERS ("id", 1),
  [CHAT_FIELD_FIRST_IDS] = { .name = "first_massage_id", .twin = "first_message_id", .kind = 'I', .max = CHAT_MAX_ID },
  [CHAT_FIELD_CLIENT_REF] = SIZED ("client_ref", 1, CHAT_MAX_CLIENT_REF_SIZE),
  [CHAT_FIELD_EDITED] = STRING ("edited"),
  [CHAT_FIELD_BEFORE] = ID ("before"),
  [CHAT_FIELD_AFTER] = INTEGER ("after", 0, CHAT_MAX_ID),
  [CHAT_FIELD_AROUND] = ID ("around"),
  [CHAT_FIELD_LIMIT] = INTEGER ("limit", 1, CHAT_MAX_PAGE_SIZE),
  [CHAT_FIELD_MORE] = BOOLEAN ("more"),
  [CHAT_FIELD_DEVICES] = STRINGS ("devices", ANY_SIZE),
  [CHAT_FIELD_CREATED] = STRINGS ("created", ANY_SIZE),
  [CHAT_FIELD_LAST_USED] = STRINGS ("last_used", ANY_SIZE),
  [CHAT_FIELD_CURRENT] = INTEGER ("current", 0, CHAT_MAX_ID),
  [CHAT_FIELD_KINDS] = STRINGS ("kinds", ANY_SIZE),
  [CHAT_FIELD_MEMBERS] = NODE ("members"),
  [CHAT_FIELD_LAST_MESSAGES] = NODE ("last_messages"),
  [CHAT_FIELD_UNREAD] = INTEGERS ("unread", 0),
  [CHAT_FIELD_READ_MARKS] = INTEGERS ("read_marks", 0),
  [CHAT_FIELD_MUTED_ROOMS] = NODE ("muted"),
  [CHAT_FIELD_PINNED_ROOMS] = NODE ("pinned"),
  [CHAT_FIELD_MUTED] = BOOLEAN ("muted"),
  [CHAT_FIELD_PINNED] = BOOLEAN ("pinned"),
  [CHAT_FIELD_UNREAD_COUNT] = INTEGER ("unread", 0, CHAT_MAX_ID),
  [CHAT_FIELD_NEW_PASS] = SECRET ("new_pass"),
  [CHAT_FIELD_SEQ] = INTEGER ("seq", 0, CHAT_MAX_ID),
  [CHAT_FIELD_SINCE] = INTEGER ("since", 0, CHAT_MAX_ID),
  [CHAT_FIELD_MEMBERS_READ] = NODE ("members_read"),
  [CHAT_FIELD_MEMBERS_DELIVERED] = NODE ("members_delivered"),
  [CHAT_FIELD_SEND_RECEIPTS] = BOOLEAN ("receipts"),
  [CHAT_FIELD_SEND_TYPING] = BOOLEAN ("typing"),
  [CHAT_FIELD_SEND_PRESENCE] = BOOLEAN ("presence"),
  [CHAT_FIELD_ONLINE] = BOOLEAN ("online"),
  [CHAT_FIELD_LAST_SEEN] = STRING ("last_seen"),
  [CHAT_FIELD_MEDIA_URL] = STRING ("media_url"),
  [CHAT_FIELD_MEDIA_LIMIT] = INTEGER ("media_limit", 1, CHAT_MAX_ID),
  [CHAT_FIELD_NAME] = SIZED ("name", 1, CHAT_MAX_FILE_NAME_SIZE),
  [CHAT_FIELD_SIZE] = INTEGER ("size", 1, CHAT_MAX_ID),
  [CHAT_FIELD_MEDIA_TYPE] = SIZED ("media_type", 3, CHAT_MAX_MEDIA_TYPE_SIZE),
  [CHAT_FIELD_SHA256] = SIZED ("sha256", CHAT_SHA256_SIZE, CHAT_SHA256_SIZE),
  [CHAT_FIELD_WIDTH] = INTEGER ("width", 1, CHAT_MAX_IMAGE_SIDE),
  [CHAT_FIELD_HEIGHT] = INTEGER ("height", 1, CHAT_MAX_IMAGE_SIDE),
  [CHAT_FIELD_PREVIEW] = SIZED ("preview", 4, CHAT_MAX_PREVIEW_SIZE),
  [CHAT_FIELD_URL] = SECRET ("url"),
  [CHAT_FIELD_EXPIRES] = STRING ("expires"),
  [CHAT_FIELD_FILE_LIMIT] = INTEGER ("limit", 1, CHAT_MAX_ID),
  [CHAT_FIELD_QUOTA] = INTEGER ("quota", 0, CHAT_MAX_ID),
  [CHAT_FIELD_USED] = INTEGER ("used", 0, CHAT_MAX_ID),
  [CHAT_FIELD_FILE] = NODE ("file"),
};

/* The types, and in which direction each may go */
#define TO_SERVER (1 << CHAT_PACKET_TO_SERVER)
#define TO_CLIENT (1 << CHAT_PACKET_TO_CLIENT)
static const struct
{
  const char *name;
  guint8      length;
  guint8      directions;
} types[CHAT_N_PACKET_TYPES] = {
#define TYPE(t, d) [CHAT_PACKET_##t] = { #t, sizeof #t - 1, d }
  TYPE (ERROR, TO_CLIENT),
  TYPE (REQUEST_LOGIN, TO_SERVER),
  TYPE (RESPONSE_LOGIN, TO_CLIENT),
  TYPE (REQUEST_SIGNUP, TO_SERVER),
  TYPE (RESPONSE_SIGNUP, TO_CLIENT),
  TYPE (CREATE_ROOM, TO_SERVER | TO_CLIENT),
  TYPE (SND_MSG, TO_SERVER | TO_CLIENT),
  TYPE (READ_MSG, TO_SERVER | TO_CLIENT),
  TYPE (SEARCH_USER, TO_SERVER | TO_CLIENT),
  TYPE (DELETE_ROOM, TO_SERVER | TO_CLIENT),
  TYPE (DELETE_MSG, TO_SERVER | TO_CLIENT),
  TYPE (EDIT_MSG, TO_SERVER | TO_CLIENT),
  TYPE (OLD_DIALOGS, TO_SERVER | TO_CLIENT),
  TYPE (PING, TO_SERVER | TO_CLIENT),
  TYPE (PONG, TO_SERVER | TO_CLIENT),
  TYPE (TOKENS, TO_SERVER | TO_CLIENT),
  TYPE (REVOKE_TOKEN, TO_SERVER | TO_CLIENT),
  TYPE (REVOKE_OTHERS, TO_SERVER | TO_CLIENT),
  TYPE (CHANGE_PASSWORD, TO_SERVER | TO_CLIENT),
  TYPE (MARK_READ, TO_SERVER | TO_CLIENT),
  TYPE (SET_ROOM, TO_SERVER | TO_CLIENT),
  TYPE (SYNC, TO_SERVER | TO_CLIENT),
  TYPE (MARK_DELIVERED, TO_SERVER | TO_CLIENT),
  TYPE (SET_ACCOUNT, TO_SERVER | TO_CLIENT),
  TYPE (TYPING, TO_SERVER | TO_CLIENT),
  TYPE (PRESENCE, TO_CLIENT),
  TYPE (MEDIA_UPLOAD, TO_SERVER | TO_CLIENT),
#undef TYPE
};

/* PROTOCOL.md, "Objects": first those that are required, as many as the number says. Any request may have "request_id" too, and any
 * answer what a failure has. What is not a matter of one field alone is in chat-packet-parse.c. */
#define F(f) CHAT_FIELD_##f
#define SHAPE(required, ...) { .n_required = required, .n_fields = sizeof (guint8[]) { __VA_ARGS__ }, .fields = { __VA_ARGS__ } }
#define FAILURE_FIELDS F (REQUEST_ID), F (ERROR), F (REASON), F (RETRY_AFTER)
#define REQUEST(required, ...) SHAPE (required, __VA_ARGS__, F (REQUEST_ID))
#define BARE_REQUEST SHAPE (0, F (REQUEST_ID))
#define ANSWER(required, ...) SHAPE (required, __VA_ARGS__, F (STATUS), FAILURE_FIELDS)
#define BARE_ANSWER SHAPE (0, F (STATUS), FAILURE_FIELDS)
#define STATUS_ANSWER(required, ...) SHAPE (required, F (STATUS), __VA_ARGS__, FAILURE_FIELDS)
#define BARE_STATUS_ANSWER SHAPE (1, F (STATUS), FAILURE_FIELDS)
static const ChatPacketShape shapes[CHAT_N_PACKET_TYPES][2] = {
  [CHAT_PACKET_INVALID] = { BARE_REQUEST, BARE_ANSWER },
  [CHAT_PACKET_UNKNOWN] = { BARE_REQUEST, BARE_ANSWER },
  [CHAT_PACKET_ERROR] = { BARE_REQUEST, BARE_ANSWER },
  [CHAT_PACKET_REQUEST_LOGIN] = { REQUEST (1, F (LOGIN), F (PASS), F (TOKEN), F (DEVICE), F (FEATURES)), BARE_ANSWER },
  [CHAT_PACKET_RESPONSE_LOGIN] = { BARE_REQUEST, STATUS_ANSWER (1, F (LOGIN), F (TOKEN), F (FEATURES), F (MEDIA_URL),
                                                                 F (MEDIA_LIMIT)) },
  [CHAT_PACKET_REQUEST_SIGNUP] = { REQUEST (2, F (LOGIN), F (PASS)), BARE_ANSWER },
  [CHAT_PACKET_RESPONSE_SIGNUP] = { BARE_REQUEST, BARE_STATUS_ANSWER },
  [CHAT_PACKET_CREATE_ROOM] = { REQUEST (2, F (USERNAME), F (CUSTOMER)), ANSWER (2, F (ID), F (CUSTOMER), F (SEQ)) },
  [CHAT_PACKET_SND_MSG] = { REQUEST (4, F (USERNAME), F (ROOM_ID), F (MESSAGE), F (MSG_TYPE), F (CLIENT_REF)),
                            ANSWER (3, F (ROOM_ID), F (MESSAGE_ID), F (DATE), F (SEQ)) },
  [CHAT_PACKET_READ_MSG] = { REQUEST (1, F (ROOM_ID), F (READ), F (BEFORE), F (AFTER), F (AROUND), F (LIMIT)),
                             ANSWER (6, F (ROOM_ID), F (MESSAGE_ID), F (MSG_TYPE), F (MESSAGE), F (DATE), F (SENDER),
                                     F (CLIENT_REF), F (EDITED), F (MORE), F (SEQ), F (FILE)) },
  [CHAT_PACKET_SEARCH_USER] = { REQUEST (1, F (USER)), ANSWER (1, F (USERS)) },
  [CHAT_PACKET_DELETE_ROOM] = { REQUEST (1, F (ID)), ANSWER (1, F (ID), F (SEQ)) },
  [CHAT_PACKET_DELETE_MSG] = { REQUEST (1, F (ID)), ANSWER (1, F (ID), F (ROOM_ID), F (SEQ)) },
  [CHAT_PACKET_EDIT_MSG] = { REQUEST (2, F (ID), F (NEW_MSG)),
                             ANSWER (2, F (ID), F (NEW_MSG), F (EDITED), F (ROOM_ID), F (SEQ), F (FILE)) },
  [CHAT_PACKET_OLD_DIALOGS] = { REQUEST (1, F (USERNAME)),
                                ANSWER (3, F (DIALOGS), F (IDS), F (FIRST_IDS), F (KINDS), F (MEMBERS), F (LAST_MESSAGES),
                                        F (UNREAD), F (READ_MARKS), F (MUTED_ROOMS), F (PINNED_ROOMS), F (SEQ),
                                        F (MEMBERS_READ), F (MEMBERS_DELIVERED)) },
  [CHAT_PACKET_PING] = { BARE_REQUEST, BARE_ANSWER },
  [CHAT_PACKET_PONG] = { BARE_REQUEST, BARE_ANSWER },
  [CHAT_PACKET_TOKENS] = { BARE_REQUEST, ANSWER (4, F (IDS), F (DEVICES), F (CREATED), F (LAST_USED), F (CURRENT)) },
  [CHAT_PACKET_REVOKE_TOKEN] = { REQUEST (1, F (ID)), ANSWER (1, F (ID)) },
  [CHAT_PACKET_REVOKE_OTHERS] = { BARE_REQUEST, BARE_ANSWER },
  [CHAT_PACKET_CHANGE_PASSWORD] = { REQUEST (2, F (PASS), F (NEW_PASS)), BARE_ANSWER },
  [CHAT_PACKET_MARK_READ] = { REQUEST (2, F (ROOM_ID), F (MESSAGE_ID)),
                              ANSWER (2, F (ROOM_ID), F (MESSAGE_ID), F (UNREAD_COUNT), F (USER), F (SEQ)) },
  [CHAT_PACKET_SET_ROOM] = { REQUEST (1, F (ROOM_ID), F (MUTED), F (PINNED)),
                             ANSWER (3, F (ROOM_ID), F (MUTED), F (PINNED), F (SEQ)) },
  [CHAT_PACKET_SYNC] = { REQUEST (1, F (SINCE)), STATUS_ANSWER (2, F (SEQ)) },
  [CHAT_PACKET_MARK_DELIVERED] = { REQUEST (2, F (ROOM_ID), F (MESSAGE_ID)),
                                   ANSWER (2, F (ROOM_ID), F (MESSAGE_ID), F (USER), F (SEQ)) },
  [CHAT_PACKET_SET_ACCOUNT] = { REQUEST (0, F (SEND_RECEIPTS), F (SEND_TYPING), F (SEND_PRESENCE)),
                                ANSWER (3, F (SEND_RECEIPTS), F (SEND_TYPING), F (SEND_PRESENCE), F (SEQ)) },
  [CHAT_PACKET_TYPING] = { REQUEST (1, F (ROOM_ID)), ANSWER (2, F (ROOM_ID), F (USER)) },
  [CHAT_PACKET_PRESENCE] = { BARE_REQUEST, ANSWER (2, F (USER), F (ONLINE), F (LAST_SEEN)) },
  [CHAT_PACKET_MEDIA_UPLOAD] = { REQUEST (4, F (NAME), F (SIZE), F (MEDIA_TYPE), F (SHA256), F (WIDTH), F (HEIGHT), F (PREVIEW)),
                                 ANSWER (2, F (URL), F (EXPIRES), F (FILE_LIMIT), F (QUOTA), F (USED)) },
};

const char *
chat_packet_type_to_string (ChatPacketType type)
{
  return types[type].name;
}

ChatPacketType
chat_packet_type_from_string (const char          *name,
                              gsize                length,
                              ChatPacketDirection  direction)
{
  for (guint i = CHAT_PACKET_ERROR; i < CHAT_N_PACKET_TYPES; i++)
    {
      if (types[i].length == length && memcmp (types[i].name, name, length) == 0)
        return (types[i].directions >> direction) & 1 ? i : CHAT_PACKET_UNKNOWN;
    }

  return CHAT_PACKET_UNKNOWN;
}

const ChatPacketShape *
chat_packet_shape (ChatPacketType      type,
                   ChatPacketDirection direction)
{
  return &shapes[type][direction];
}

gboolean
chat_packet_is_failure_field (ChatPacketType type,
                              ChatField      field)
{
  switch (field)
    {
    case CHAT_FIELD_STATUS:
    case CHAT_FIELD_ERROR:
    case CHAT_FIELD_REASON:
    case CHAT_FIELD_RETRY_AFTER:
    case CHAT_FIELD_REQUEST_ID:
      return TRUE;

    /* A READ_MSG that closes a page or tells of an empty room names the room */
    case CHAT_FIELD_ROOM_ID:
    case CHAT_FIELD_MORE:
      return type == CHAT_PACKET_READ_MSG;

    /* A replay that is not to be had tells where to begin */
    case CHAT_FIELD_SEQ:
      return type == CHAT_PACKET_SYNC;

    /* What is too large is told how large it might be */
    case CHAT_FIELD_FILE_LIMIT:
    case CHAT_FIELD_QUOTA:
    case CHAT_FIELD_USED:
      return type == CHAT_PACKET_MEDIA_UPLOAD;

    default:
      return FALSE;
    }
}
