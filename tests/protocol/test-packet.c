/* test-packet.c: every object of the protocol, both ways
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-framer.h"
#include "chat-limits.h"
#include "chat-packet.h"

#define TO_SERVER CHAT_PACKET_TO_SERVER
#define TO_CLIENT CHAT_PACKET_TO_CLIENT
#define SHA256 "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define FILE_OBJECT "{\"name\":\"a.png\",\"size\":1,\"media_type\":\"image/png\",\"sha256\":\"" SHA256 "\",\"width\":2,\"height\":3,\"preview\":\"AAAA\"}"
#define UPLOAD "{\"type\":\"MEDIA_UPLOAD\",\"name\":\"a\",\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\""

/* Whatever is parsed went through the framer before. */
static ChatPacket *
parse (const char          *json,
       ChatPacketDirection  direction)
{
  const char *p = json, *object;
  gsize length = strlen (json), size;
  ChatFramer framer;

  chat_framer_init (&framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  if (chat_framer_feed (&framer, &p, &length, &object, &size, NULL) != CHAT_FRAMER_OBJECT || length != 0)
    g_error ("no object: %s", json);

  /* In a block of its size, so that a sanitizer sees a read past it */
  g_autofree char *copy = g_memdup2 (object, size);
  ChatPacket *packet = chat_packet_parse (copy, size, direction);

  chat_framer_clear (&framer);
  return packet;
}

static char *
write_line (ChatPacket *packet)
{
  g_autoptr (GString) line = g_string_new (NULL);

  chat_packet_write (packet, line);
  g_assert_cmpint (line->str[line->len - 1], ==, '\n');
  g_string_truncate (line, line->len - 1);
  g_assert_null (strchr (line->str, '\n'));

  return g_strdup (line->str);
}

/* Objects that come out as they went in */
static const struct
{
  ChatPacketDirection direction;
  ChatPacketType      type;
  const char         *json;
} objects[] = {
  { TO_SERVER, CHAT_PACKET_REQUEST_LOGIN, "{\"type\":\"REQUEST_LOGIN\",\"login\":\"anna\",\"pass\":\"correct horse\"}" },
  { TO_SERVER, CHAT_PACKET_REQUEST_LOGIN, "{\"type\":\"REQUEST_LOGIN\",\"login\":\"anna\",\"pass\":\"p\",\"device\":\"laptop\",\"features\":[\"ping\",\"x\"],\"request_id\":1}" },
  { TO_SERVER, CHAT_PACKET_REQUEST_LOGIN, "{\"type\":\"REQUEST_LOGIN\",\"login\":\"anna\",\"token\":\"AbC\"}" },
  { TO_SERVER, CHAT_PACKET_REQUEST_LOGIN, "{\"type\":\"REQUEST_LOGIN\",\"login\":\"\",\"pass\":\"\"}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_LOGIN, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\"}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_LOGIN, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"login\":\"Anna\",\"token\":\"t\",\"features\":[],\"request_id\":-7}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_LOGIN, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_WRONG_USER\"}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_LOGIN, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"RATE_LIMITED\",\"error\":\"e\",\"retry_after\":30}" },
  { TO_SERVER, CHAT_PACKET_REQUEST_SIGNUP, "{\"type\":\"REQUEST_SIGNUP\",\"login\":\"anna\",\"pass\":\"x\"}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_SIGNUP, "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SINGUP_OK\"}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_SIGNUP, "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SIGNUP_USER_EXIST\",\"error\":\"e\"}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_SIGNUP, "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SINGUP_FAIL\",\"error\":\"e\",\"reason\":\"NAME\"}" },
  { TO_SERVER, CHAT_PACKET_CREATE_ROOM, "{\"type\":\"CREATE_ROOM\",\"username\":\"anna\",\"customer\":\"bob\",\"request_id\":9007199254740991}" },
  { TO_CLIENT, CHAT_PACKET_CREATE_ROOM, "{\"type\":\"CREATE_ROOM\",\"id\":9007199254740991,\"customer\":\"bob\"}" },
  { TO_CLIENT, CHAT_PACKET_CREATE_ROOM, "{\"type\":\"CREATE_ROOM\",\"status\":\"USER_DOES_NOT_EXIST\",\"error\":\"e\",\"request_id\":0}" },
  { TO_SERVER, CHAT_PACKET_SND_MSG, "{\"type\":\"SND_MSG\",\"username\":\"anna\",\"room_id\":1,\"message\":\"Привіт 😀\",\"msg_type\":\"TEXT\"}" },
  { TO_SERVER, CHAT_PACKET_SND_MSG, "{\"type\":\"SND_MSG\",\"username\":\"anna\",\"room_id\":1,\"message\":\"m\",\"msg_type\":\"FILE\",\"client_ref\":\"r-1\",\"request_id\":2}" },
  { TO_CLIENT, CHAT_PACKET_SND_MSG, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":1,\"message_id\":2,\"date\":\"2026-01-31T12:34:56.789Z\"}" },
  { TO_CLIENT, CHAT_PACKET_SND_MSG, "{\"type\":\"SND_MSG\",\"room_id\":1,\"message_id\":2,\"date\":\"yesterday\"}" },
  { TO_CLIENT, CHAT_PACKET_SND_MSG, "{\"type\":\"SND_MSG\",\"status\":\"delivered\",\"room_id\":1,\"message_id\":2,\"date\":\"d\"}" },
  { TO_CLIENT, CHAT_PACKET_SND_MSG, "{\"type\":\"SND_MSG\",\"status\":\"delivered\"}" },
  { TO_SERVER, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"read\":\"ALL\",\"room_id\":1}" },
  { TO_SERVER, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"read\":\"RESENT\",\"room_id\":1,\"limit\":200}" },
  { TO_SERVER, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"room_id\":1,\"before\":5,\"limit\":1,\"request_id\":3}" },
  { TO_SERVER, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"room_id\":1,\"after\":0}" },
  { TO_SERVER, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"read\":\"ALL\",\"room_id\":1,\"around\":5}" },
  { TO_CLIENT, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":1,\"message_id\":2,\"msg_type\":\"IMAGE\",\"message\":\"m\",\"date\":\"d\",\"sender\":\"bob\"}" },
  { TO_CLIENT, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"room_id\":1,\"message_id\":2,\"msg_type\":\"TEXT\",\"message\":\"\",\"date\":\"d\",\"sender\":\"bob\",\"client_ref\":\"r\",\"edited\":\"d\"}" },
  { TO_CLIENT, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":1,\"more\":true,\"request_id\":3}" },
  { TO_CLIENT, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"status\":\"MESSAGE_DOES_NOT_EXIST\",\"error\":\"e\",\"room_id\":1}" },
  { TO_CLIENT, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"status\":\"FORBIDDEN\",\"error\":\"e\"}" },
  { TO_SERVER, CHAT_PACKET_SEARCH_USER, "{\"type\":\"SEARCH_USER\",\"user\":\"\"}" },
  { TO_CLIENT, CHAT_PACKET_SEARCH_USER, "{\"type\":\"SEARCH_USER\",\"user\":[\"anna\",\"bob\"]}" },
  { TO_CLIENT, CHAT_PACKET_SEARCH_USER, "{\"type\":\"SEARCH_USER\",\"user\":[]}" },
  { TO_SERVER, CHAT_PACKET_DELETE_ROOM, "{\"type\":\"DELETE_ROOM\",\"id\":1}" },
  { TO_CLIENT, CHAT_PACKET_DELETE_ROOM, "{\"type\":\"DELETE_ROOM\",\"id\":1}" },
  { TO_SERVER, CHAT_PACKET_DELETE_MSG, "{\"type\":\"DELETE_MSG\",\"id\":1}" },
  { TO_CLIENT, CHAT_PACKET_DELETE_MSG, "{\"type\":\"DELETE_MSG\",\"id\":1,\"request_id\":4}" },
  { TO_SERVER, CHAT_PACKET_EDIT_MSG, "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"n\"}" },
  { TO_CLIENT, CHAT_PACKET_EDIT_MSG, "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"n\"}" },
  { TO_SERVER, CHAT_PACKET_OLD_DIALOGS, "{\"type\":\"OLD_DIALOGS\",\"username\":\"anna\"}" },
  { TO_CLIENT, CHAT_PACKET_OLD_DIALOGS, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[],\"id\":[],\"first_massage_id\":[]}" },
  { TO_CLIENT, CHAT_PACKET_OLD_DIALOGS, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"bob\",\"eve\"],\"id\":[2,1],\"first_massage_id\":[0,7]}" },
  { TO_CLIENT, CHAT_PACKET_OLD_DIALOGS, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"bob\"],\"id\":[2],\"first_massage_id\":[3],\"kinds\":[\"direct\"],\"members\":[[\"anna\",\"bob\"]],"
                                        "\"last_messages\":[{\"type\":\"READ_MSG\",\"room_id\":2}],\"unread\":[0],\"read_marks\":[0],\"muted\":[true],\"pinned\":[false],\"request_id\":5}" },
  { TO_CLIENT, CHAT_PACKET_ERROR, "{\"type\":\"ERROR\",\"status\":\"BAD_REQUEST\",\"error\":\"e\"}" },
  { TO_SERVER, CHAT_PACKET_PING, "{\"type\":\"PING\"}" },
  { TO_CLIENT, CHAT_PACKET_PING, "{\"type\":\"PING\",\"request_id\":1}" },
  { TO_SERVER, CHAT_PACKET_PONG, "{\"type\":\"PONG\",\"request_id\":1}" },
  { TO_CLIENT, CHAT_PACKET_PONG, "{\"type\":\"PONG\"}" },
  { TO_SERVER, CHAT_PACKET_TOKENS, "{\"type\":\"TOKENS\"}" },
  { TO_CLIENT, CHAT_PACKET_TOKENS, "{\"type\":\"TOKENS\",\"id\":[4],\"devices\":[\"laptop\"],\"created\":[\"c\"],\"last_used\":[\"l\"],\"current\":0}" },
  { TO_SERVER, CHAT_PACKET_REVOKE_TOKEN, "{\"type\":\"REVOKE_TOKEN\",\"id\":4}" },
  { TO_CLIENT, CHAT_PACKET_REVOKE_TOKEN, "{\"type\":\"REVOKE_TOKEN\",\"id\":4}" },
  { TO_SERVER, CHAT_PACKET_MARK_READ, "{\"type\":\"MARK_READ\",\"room_id\":1,\"message_id\":2}" },
  { TO_CLIENT, CHAT_PACKET_MARK_READ, "{\"type\":\"MARK_READ\",\"room_id\":1,\"message_id\":0,\"unread\":1000}" },
  { TO_SERVER, CHAT_PACKET_SET_ROOM, "{\"type\":\"SET_ROOM\",\"room_id\":1,\"muted\":true}" },
  { TO_SERVER, CHAT_PACKET_SET_ROOM, "{\"type\":\"SET_ROOM\",\"room_id\":1,\"pinned\":false}" },
  { TO_CLIENT, CHAT_PACKET_SET_ROOM, "{\"type\":\"SET_ROOM\",\"room_id\":1,\"muted\":true,\"pinned\":false}" },
  { TO_SERVER, CHAT_PACKET_REVOKE_OTHERS, "{\"type\":\"REVOKE_OTHERS\"}" },
  { TO_CLIENT, CHAT_PACKET_REVOKE_OTHERS, "{\"type\":\"REVOKE_OTHERS\",\"request_id\":2}" },
  { TO_SERVER, CHAT_PACKET_CHANGE_PASSWORD, "{\"type\":\"CHANGE_PASSWORD\",\"pass\":\"\",\"new_pass\":\"n\"}" },
  { TO_CLIENT, CHAT_PACKET_CHANGE_PASSWORD, "{\"type\":\"CHANGE_PASSWORD\"}" },
  { TO_CLIENT, CHAT_PACKET_CHANGE_PASSWORD, "{\"type\":\"CHANGE_PASSWORD\",\"status\":\"BAD_REQUEST\",\"error\":\"e\",\"reason\":\"PASSWORD\"}" },
  { TO_SERVER, CHAT_PACKET_MEDIA_UPLOAD, "{\"type\":\"MEDIA_UPLOAD\",\"name\":\"a.txt\",\"size\":1,\"media_type\":\"text/plain\",\"sha256\":\"" SHA256 "\"}" },
  { TO_SERVER, CHAT_PACKET_MEDIA_UPLOAD, "{\"type\":\"MEDIA_UPLOAD\",\"name\":\"a.png\",\"size\":9007199254740991,\"media_type\":\"image/png\",\"sha256\":\"" SHA256 "\",\"width\":1,\"height\":65535,\"preview\":\"AAAA\",\"request_id\":1}" },
  { TO_CLIENT, CHAT_PACKET_MEDIA_UPLOAD, "{\"type\":\"MEDIA_UPLOAD\",\"url\":\"u\",\"expires\":\"d\"}" },
  { TO_CLIENT, CHAT_PACKET_MEDIA_UPLOAD, "{\"type\":\"MEDIA_UPLOAD\",\"status\":\"TOO_LARGE\",\"error\":\"e\",\"limit\":5}" },
  { TO_CLIENT, CHAT_PACKET_MEDIA_UPLOAD, "{\"type\":\"MEDIA_UPLOAD\",\"status\":\"TOO_LARGE\",\"error\":\"e\",\"quota\":5,\"used\":4}" },
  { TO_CLIENT, CHAT_PACKET_RESPONSE_LOGIN, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"login\":\"a\",\"features\":[\"media\"],\"media_url\":\"https://a:1/\",\"media_limit\":7}" },
  { TO_CLIENT, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"room_id\":1,\"message_id\":2,\"msg_type\":\"FILE\",\"message\":\"m\",\"date\":\"d\",\"sender\":\"b\",\"file\":" FILE_OBJECT "}" },
  { TO_CLIENT, CHAT_PACKET_EDIT_MSG, "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"n\",\"file\":" FILE_OBJECT "}" },
  { TO_SERVER, CHAT_PACKET_SYNC, "{\"type\":\"SYNC\",\"since\":0}" },
  { TO_CLIENT, CHAT_PACKET_SYNC, "{\"type\":\"SYNC\",\"status\":\"SUCCESS\",\"seq\":9007199254740991}" },
  { TO_CLIENT, CHAT_PACKET_SYNC, "{\"type\":\"SYNC\",\"status\":\"RESET\",\"seq\":0,\"request_id\":3}" },
  { TO_CLIENT, CHAT_PACKET_READ_MSG, "{\"type\":\"READ_MSG\",\"room_id\":1,\"message_id\":2,\"msg_type\":\"TEXT\",\"message\":\"m\",\"date\":\"d\",\"sender\":\"b\",\"seq\":2}" },
  { TO_CLIENT, CHAT_PACKET_SND_MSG, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":1,\"message_id\":2,\"date\":\"d\",\"seq\":2}" },
  { TO_CLIENT, CHAT_PACKET_EDIT_MSG, "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"n\",\"edited\":\"d\",\"room_id\":3,\"seq\":9}" },
  { TO_CLIENT, CHAT_PACKET_DELETE_MSG, "{\"type\":\"DELETE_MSG\",\"id\":1,\"room_id\":3,\"seq\":9}" },
  { TO_CLIENT, CHAT_PACKET_DELETE_ROOM, "{\"type\":\"DELETE_ROOM\",\"id\":1,\"seq\":9}" },
  { TO_CLIENT, CHAT_PACKET_CREATE_ROOM, "{\"type\":\"CREATE_ROOM\",\"id\":1,\"customer\":\"b\",\"seq\":9}" },
  { TO_CLIENT, CHAT_PACKET_OLD_DIALOGS, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"bob\"],\"id\":[2],\"first_massage_id\":[3],\"members\":[[\"anna\",\"bob\"]],"
                                        "\"members_read\":[[5,0]],\"members_delivered\":[[5,4]],\"seq\":7}" },
  { TO_CLIENT, CHAT_PACKET_MARK_READ, "{\"type\":\"MARK_READ\",\"room_id\":1,\"message_id\":2,\"user\":\"bob\",\"seq\":9}" },
  { TO_SERVER, CHAT_PACKET_MARK_DELIVERED, "{\"type\":\"MARK_DELIVERED\",\"room_id\":1,\"message_id\":0}" },
  { TO_CLIENT, CHAT_PACKET_MARK_DELIVERED, "{\"type\":\"MARK_DELIVERED\",\"room_id\":1,\"message_id\":2,\"user\":\"bob\",\"seq\":9}" },
  { TO_SERVER, CHAT_PACKET_SET_ACCOUNT, "{\"type\":\"SET_ACCOUNT\"}" },
  { TO_SERVER, CHAT_PACKET_SET_ACCOUNT, "{\"type\":\"SET_ACCOUNT\",\"typing\":false}" },
  { TO_CLIENT, CHAT_PACKET_SET_ACCOUNT, "{\"type\":\"SET_ACCOUNT\",\"receipts\":true,\"typing\":false,\"presence\":true,\"seq\":9}" },
  { TO_SERVER, CHAT_PACKET_TYPING, "{\"type\":\"TYPING\",\"room_id\":1}" },
  { TO_CLIENT, CHAT_PACKET_TYPING, "{\"type\":\"TYPING\",\"room_id\":1,\"user\":\"bob\"}" },
  { TO_CLIENT, CHAT_PACKET_PRESENCE, "{\"type\":\"PRESENCE\",\"user\":\"bob\",\"online\":false,\"last_seen\":\"d\"}" },
};

static void
test_round_trip (void)
{
  gboolean seen[CHAT_N_PACKET_TYPES] = { FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      g_autoptr (ChatPacket) packet = parse (objects[i].json, objects[i].direction);
      g_autofree char *line = write_line (packet);
      g_autoptr (GBytes) bytes = chat_packet_to_bytes (packet);
      g_autoptr (JsonNode) node = chat_packet_to_node (packet);
      g_autoptr (ChatPacket) again = chat_packet_new_from_node (node, objects[i].direction);
      g_autofree char *line_again = write_line (again);

      if (chat_packet_get_problem (packet) != NULL)
        g_error ("%s: %s", objects[i].json, chat_packet_get_problem (packet)->message);
      g_assert_cmpint (chat_packet_get_kind (packet), ==, objects[i].type);
      g_assert_cmpstr (line, ==, objects[i].json);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, strlen (line) + 1);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), strlen (line), line, strlen (line));
      g_assert_cmpstr (line_again, ==, objects[i].json);
      seen[objects[i].type] = TRUE;
    }

  for (guint i = CHAT_PACKET_ERROR; i < CHAT_N_PACKET_TYPES; i++)
    g_assert_true (seen[i]);
}

/* The same object in other words */
static const struct
{
  ChatPacketDirection direction;
  const char         *json;
  const char         *same;
} spellings[] = {
  { TO_CLIENT, "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SIGNUP_OK\"}", "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SINGUP_OK\"}" },
  { TO_CLIENT, "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SIGNUP_FAIL\"}", "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SINGUP_FAIL\"}" },
  { TO_SERVER, "{\"type\":\"READ_MSG\",\"read\":\"RECENT\",\"room_id\":1}", "{\"type\":\"READ_MSG\",\"read\":\"RESENT\",\"room_id\":1}" },
  { TO_CLIENT, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"b\"],\"id\":[1],\"first_message_id\":[2]}",
    "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"b\"],\"id\":[1],\"first_massage_id\":[2]}" },
  { TO_SERVER, " { \"id\" : 7 ,\r\n\t\"type\" : \"DELETE_MSG\" } ", "{\"type\":\"DELETE_MSG\",\"id\":7}" },
  { TO_SERVER, "{\"\\u0069d\":7,\"t\\u0079pe\":\"DELETE\\u005fMSG\"}", "{\"type\":\"DELETE_MSG\",\"id\":7}" },
  { TO_SERVER, "{\"a\":{\"type\":\"PING\",\"id\":[1,{\"}\":\"\\\"]}\"}]},\"type\":\"DELETE_MSG\",\"b\":[\"\\\\\"],\"id\":7,\"c\":null,\"d\":-1.5e3}",
    "{\"type\":\"DELETE_MSG\",\"id\":7}" },
  { TO_SERVER, "{\"type\":\"DELETE_MSG\",\"id\":7,\"id\":8}", "{\"type\":\"DELETE_MSG\",\"id\":7}" },
  { TO_SERVER, "{\"type\":\"DELETE_MSG\",\"id\":7,\"type\":\"DELETE_ROOM\"}", "{\"type\":\"DELETE_MSG\",\"id\":7}" },
  { TO_SERVER, "{\"type\":\"DELETE_MSG\",\"id\":7,\"\":1,\"i\":2,\"idd\":3,\"ID\":4,\"status\":5,\"error\":6}", "{\"type\":\"DELETE_MSG\",\"id\":7}" },
  { TO_SERVER, "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\\/\\\\\\\"\\b\\f\\n\\r\\t\\u0001\\u007f\\u2028\"}",
    "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"Aé€😀/\\\\\\\"\\b\\f\\n\\r\\t\\u0001\x7f\xe2\x80\xa8\"}" },
  /* what does not fit of an extension is as if it were not there */
  { TO_CLIENT, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"b\"],\"id\":[1],\"first_massage_id\":[2],\"kinds\":[],\"members\":[[1]],\"last_messages\":[3],"
               "\"unread\":[1,2],\"read_marks\":[],\"muted\":[1],\"pinned\":[]}",
    "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"b\"],\"id\":[1],\"first_massage_id\":[2]}" },
  { TO_CLIENT, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"b\"],\"id\":[1],\"first_massage_id\":[2],\"members_read\":[[-1]],\"members_delivered\":[1]}",
    "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"b\"],\"id\":[1],\"first_massage_id\":[2]}" },
  { TO_CLIENT, "{\"type\":\"MEDIA_UPLOAD\",\"status\":\"TOO_LARGE\",\"url\":\"u\",\"expires\":\"d\",\"limit\":5}", "{\"type\":\"MEDIA_UPLOAD\",\"status\":\"TOO_LARGE\",\"limit\":5}" },
  { TO_CLIENT, "{\"type\":\"SYNC\",\"status\":\"ERROR\",\"error\":\"e\",\"since\":1}", "{\"type\":\"SYNC\",\"status\":\"ERROR\",\"error\":\"e\"}" },
  /* of a failure nothing is taken for a success */
  { TO_CLIENT, "{\"type\":\"CREATE_ROOM\",\"id\":1,\"status\":\"FORBIDDEN\",\"customer\":[],\"error\":\"e\",\"request_id\":2}",
    "{\"type\":\"CREATE_ROOM\",\"status\":\"FORBIDDEN\",\"error\":\"e\",\"request_id\":2}" },
  { TO_CLIENT, "{\"type\":\"RESPONSE_LOGIN\",\"token\":\"t\",\"features\":[\"ping\"],\"status\":\"what\"}", "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"what\"}" },
  { TO_CLIENT, "{\"type\":\"SND_MSG\",\"status\":\"what\",\"room_id\":1,\"date\":\"d\"}", "{\"type\":\"SND_MSG\",\"status\":\"what\"}" },
  { TO_CLIENT, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":1,\"message_id\":2,\"more\":false}", "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":1,\"more\":false}" },
};

static void
test_spellings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_autofree char *object = g_strstrip (g_strdup (spellings[i].json));
      g_autoptr (ChatPacket) packet = parse (object, spellings[i].direction);
      g_autofree char *line = write_line (packet);

      if (spellings[i].direction == TO_CLIENT && strstr (object, "\"members\":[[1]]") != NULL)
        {
          g_assert_false (chat_packet_has (packet, CHAT_FIELD_MEMBERS));
          g_assert_null (chat_packet_get_node (packet, CHAT_FIELD_MEMBERS));
        }
      if (chat_packet_get_problem (packet) != NULL)
        g_error ("%s: %s", object, chat_packet_get_problem (packet)->message);
      g_assert_cmpstr (line, ==, spellings[i].same);
    }
}

#define LOGIN "{\"type\":\"REQUEST_LOGIN\",\"login\":\"a\""
#define SEND "{\"type\":\"SND_MSG\",\"username\":\"a\",\"room_id\":1,\"msg_type\":\"TEXT\""
#define TURN "{\"type\":\"READ_MSG\",\"room_id\":1"
#define MESSAGE "{\"type\":\"READ_MSG\",\"room_id\":1,\"message_id\":2,\"message\":\"m\",\"date\":\"d\",\"sender\":\"s\""
#define DIALOGS "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"a\",\"b\"]"

static const struct
{
  ChatPacketDirection direction;
  ChatError           code;
  const char         *field;      /* named in the sentence; NULL: none */
  const char         *json;
} problems[] = {
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "type", "{}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "type", "{\"type\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "type", "{\"type\":null,\"request_id\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "type", "{\"type\":[\"PING\"]}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "type", "{\"a\":{\"type\":\"PING\"}}" },
  { TO_SERVER, CHAT_ERROR_UNSUPPORTED, "type", "{\"type\":\"DANCE\"}" },
  { TO_SERVER, CHAT_ERROR_UNSUPPORTED, "type", "{\"type\":\"\"}" },
  { TO_SERVER, CHAT_ERROR_UNSUPPORTED, "type", "{\"type\":\"ping\"}" },
  { TO_SERVER, CHAT_ERROR_UNSUPPORTED, "type", "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\"}" },
  { TO_SERVER, CHAT_ERROR_UNSUPPORTED, "type", "{\"type\":\"ERROR\"}" },
  { TO_CLIENT, CHAT_ERROR_UNSUPPORTED, "type", "{\"type\":\"REQUEST_LOGIN\",\"login\":\"a\",\"pass\":\"b\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "size", UPLOAD "}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "size", UPLOAD ",\"size\":0}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "size", UPLOAD ",\"size\":9007199254740992}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "width", UPLOAD ",\"size\":1,\"width\":0}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "height", UPLOAD ",\"size\":1,\"height\":65536}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "preview", UPLOAD ",\"size\":1,\"preview\":\"\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "sha256", "{\"type\":\"MEDIA_UPLOAD\",\"name\":\"a\",\"size\":1,\"media_type\":\"a/b\",\"sha256\":\"9f\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "url", "{\"type\":\"MEDIA_UPLOAD\",\"expires\":\"d\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "file", MESSAGE ",\"msg_type\":\"FILE\",\"file\":[]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "file", MESSAGE ",\"msg_type\":\"FILE\",\"file\":\"name\"}" },
  /* missing */
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "login", "{\"type\":\"REQUEST_LOGIN\",\"pass\":\"p\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "pass", LOGIN "}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "pass", "{\"type\":\"REQUEST_SIGNUP\",\"login\":\"a\",\"token\":\"t\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "customer", "{\"type\":\"CREATE_ROOM\",\"username\":\"a\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "message", SEND "}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "read", TURN "}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "read", TURN ",\"limit\":5}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "room_id", "{\"type\":\"READ_MSG\",\"read\":\"ALL\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "user", "{\"type\":\"SEARCH_USER\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_ROOM\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"room_id\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "new_msg", "{\"type\":\"EDIT_MSG\",\"id\":1,\"message\":\"m\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "username", "{\"type\":\"OLD_DIALOGS\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"REVOKE_TOKEN\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "message_id", "{\"type\":\"MARK_READ\",\"room_id\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "muted", "{\"type\":\"SET_ROOM\",\"room_id\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "since", "{\"type\":\"SYNC\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "since", "{\"type\":\"SYNC\",\"since\":-1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "new_pass", "{\"type\":\"CHANGE_PASSWORD\",\"pass\":\"p\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "typing", "{\"type\":\"SET_ACCOUNT\",\"typing\":1}" },
  { TO_SERVER, CHAT_ERROR_UNSUPPORTED, "type", "{\"type\":\"PRESENCE\",\"user\":\"a\",\"online\":true}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "seq", "{\"type\":\"SYNC\",\"status\":\"SUCCESS\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "user", "{\"type\":\"TYPING\",\"room_id\":1}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "online", "{\"type\":\"PRESENCE\",\"user\":\"b\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "status", "{\"type\":\"RESPONSE_LOGIN\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "status", "{\"type\":\"RESPONSE_SIGNUP\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"CREATE_ROOM\",\"customer\":\"b\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "message_id", "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":1,\"date\":\"d\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "msg_type", MESSAGE "}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "user", "{\"type\":\"SEARCH_USER\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "first_massage_id", DIALOGS ",\"id\":[1,2]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "pinned", "{\"type\":\"SET_ROOM\",\"room_id\":1,\"muted\":true}" },
  /* of the wrong kind */
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "login", "{\"type\":\"REQUEST_LOGIN\",\"login\":1,\"pass\":\"p\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "pass", LOGIN ",\"pass\":null}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "token", LOGIN ",\"token\":7}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "token", LOGIN ",\"pass\":\"p\",\"token\":{}}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "device", LOGIN ",\"pass\":\"p\",\"device\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "device", LOGIN ",\"pass\":\"p\",\"device\":\"\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "features", LOGIN ",\"pass\":\"p\",\"features\":\"ping\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "features", LOGIN ",\"pass\":\"p\",\"features\":[\"ping\",1]}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "features", LOGIN ",\"pass\":\"p\",\"features\":{\"a\":\"b\"}}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "request_id", "{\"type\":\"TOKENS\",\"request_id\":\"1\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "request_id", "{\"type\":\"TOKENS\",\"request_id\":1.5}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "request_id", "{\"type\":\"TOKENS\",\"request_id\":9007199254740992}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "request_id", "{\"type\":\"TOKENS\",\"request_id\":-9007199254740992}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "request_id", "{\"type\":\"TOKENS\",\"request_id\":18446744073709551617}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":\"1\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":0}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":-1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":1.0}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":1e2}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":9007199254740992}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":18446744073709551617}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":true}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":[1]}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":null}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "id", "{\"type\":\"DELETE_MSG\",\"id\":\"x\",\"id\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "message", SEND ",\"message\":\"\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "message", SEND ",\"message\":5}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "client_ref", SEND ",\"message\":\"m\",\"client_ref\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "client_ref", SEND ",\"message\":\"m\",\"client_ref\":\"\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "msg_type", "{\"type\":\"SND_MSG\",\"username\":\"a\",\"room_id\":1,\"message\":\"m\",\"msg_type\":\"text\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "new_msg", "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "read", TURN ",\"read\":\"SOME\"}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "read", TURN ",\"read\":1,\"before\":3}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "limit", TURN ",\"read\":\"ALL\",\"limit\":0}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "limit", TURN ",\"read\":\"ALL\",\"limit\":201}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "before", TURN ",\"before\":0}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "after", TURN ",\"after\":-1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "before", TURN ",\"before\":1,\"after\":2}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "after", TURN ",\"around\":1,\"after\":2}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "muted", "{\"type\":\"SET_ROOM\",\"room_id\":1,\"muted\":1}" },
  { TO_SERVER, CHAT_ERROR_BAD_REQUEST, "message_id", "{\"type\":\"MARK_READ\",\"room_id\":1,\"message_id\":-1}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "status", "{\"type\":\"RESPONSE_LOGIN\",\"status\":1}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "error", "{\"type\":\"DELETE_MSG\",\"status\":\"FORBIDDEN\",\"error\":1}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "retry_after", "{\"type\":\"SND_MSG\",\"status\":\"RATE_LIMITED\",\"retry_after\":-1}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "date", "{\"type\":\"SND_MSG\",\"room_id\":1,\"message_id\":2,\"date\":5}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "msg_type", MESSAGE ",\"msg_type\":\"VIDEO\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "edited", MESSAGE ",\"msg_type\":\"TEXT\",\"edited\":true}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "user", "{\"type\":\"SEARCH_USER\",\"user\":\"anna\"}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "user", "{\"type\":\"SEARCH_USER\",\"user\":[\"anna\",null]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "id", DIALOGS ",\"id\":[1,0],\"first_massage_id\":[0,0]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "id", DIALOGS ",\"id\":[1,2.5],\"first_massage_id\":[0,0]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "id", DIALOGS ",\"id\":[1,18446744073709551617],\"first_massage_id\":[0,0]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "first_massage_id", DIALOGS ",\"id\":[1,2],\"first_massage_id\":[0]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "dialogs", DIALOGS ",\"id\":[1,2,3],\"first_massage_id\":[0,0,0]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "muted", DIALOGS ",\"id\":[1,2],\"first_massage_id\":[0,0],\"muted\":true}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "last_messages", DIALOGS ",\"id\":[1,2],\"first_massage_id\":[0,0],\"last_messages\":[{\"message_id\":18446744073709551617},null]}" },
  { TO_CLIENT, CHAT_ERROR_BAD_REQUEST, "devices", "{\"type\":\"TOKENS\",\"id\":[1],\"devices\":[],\"created\":[\"c\"],\"last_used\":[\"l\"]}" },
};

static void
test_problems (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    {
      g_autoptr (ChatPacket) packet = parse (problems[i].json, problems[i].direction);
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", problems[i].field);
      const GError *problem = chat_packet_get_problem (packet);

      if (problem == NULL)
        g_error ("accepted: %s", problems[i].json);
      if (strstr (problem->message, quoted) == NULL)
        g_error ("%s: %s", problems[i].json, problem->message);
      g_assert_error (problem, CHAT_ERROR, (int) problems[i].code);
    }
}

static ChatPacket *
parse_sized (const char *before,
             gsize       size,
             const char *after)
{
  g_autofree char *fill = g_strnfill (size, 'x');
  g_autofree char *json = g_strconcat (before, fill, after, NULL);

  return parse (json, TO_SERVER);
}

static void
check_sized (const char *before,
             const char *after,
             gsize       most,
             int         code)
{
  g_autoptr (ChatPacket) fits = parse_sized (before, most, after);
  g_autoptr (ChatPacket) one_more = parse_sized (before, most + 1, after);

  g_assert_no_error (chat_packet_get_problem (fits));
  g_assert_error (chat_packet_get_problem (one_more), CHAT_ERROR, code);
}

/* Limits count bytes of UTF-8, not what escapes make of them. */
static void
test_sizes (void)
{
  check_sized (SEND ",\"message\":\"", "\"}", CHAT_MAX_TEXT_SIZE, CHAT_ERROR_TOO_LARGE);
  check_sized ("{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"", "\"}", CHAT_MAX_TEXT_SIZE, CHAT_ERROR_TOO_LARGE);
  check_sized (SEND ",\"message\":\"\\u00e9\\ud83d\\ude00", "\"}", CHAT_MAX_TEXT_SIZE - 6, CHAT_ERROR_TOO_LARGE);
  check_sized (SEND ",\"message\":\"m\",\"client_ref\":\"", "\"}", CHAT_MAX_CLIENT_REF_SIZE, CHAT_ERROR_BAD_REQUEST);
  check_sized (LOGIN ",\"pass\":\"p\",\"device\":\"", "\"}", CHAT_MAX_DEVICE_SIZE, CHAT_ERROR_BAD_REQUEST);

  /* What is badly spelt gets an answer of its own. */
  g_autoptr (ChatPacket) name = parse_sized ("{\"type\":\"REQUEST_SIGNUP\",\"pass\":\"p\",\"login\":\"", 100000, "\"}");
  g_autoptr (ChatPacket) pass = parse_sized ("{\"type\":\"REQUEST_SIGNUP\",\"login\":\"a\",\"pass\":\"", 100000, "\"}");
  g_assert_no_error (chat_packet_get_problem (name));
  g_assert_no_error (chat_packet_get_problem (pass));
  g_assert_cmpuint (strlen (chat_packet_get_string (pass, CHAT_FIELD_PASS)), ==, 100000);

  for (gsize n = CHAT_MAX_FEATURES; n <= CHAT_MAX_FEATURES + 1; n++)
    {
      g_autoptr (GString) json = g_string_new (LOGIN ",\"pass\":\"p\",\"features\":[\"f\"");

      for (gsize i = 1; i < n; i++)
        g_string_append (json, ",\"f\"");
      g_string_append (json, "]}");
      g_autoptr (ChatPacket) packet = parse (json->str, TO_SERVER);
      g_assert_cmpint (chat_packet_get_problem (packet) == NULL, ==, n == CHAT_MAX_FEATURES);
    }
}

/* What could be read of a bad request is there for the answer. */
static void
test_answers (void)
{
  static const struct
  {
    const char *request;
    const char *answer;
    const char *failure;
  } cases[] = {
    { "{\"type\":\"PING\",\"request_id\":3}", "{\"type\":\"PONG\",\"request_id\":3}", NULL },
    { "{\"type\":\"PING\"}", "{\"type\":\"PONG\"}", NULL },
    { LOGIN ",\"pass\":5,\"request_id\":-3}", "{\"type\":\"RESPONSE_LOGIN\",\"request_id\":-3}",
      "{\"type\":\"RESPONSE_LOGIN\",\"request_id\":-3,\"status\":\"BAD_REQUEST\",\"error\":\"why\"}" },
    { "{\"type\":\"REQUEST_SIGNUP\"}", "{\"type\":\"RESPONSE_SIGNUP\"}", NULL },
    { "{\"request_id\":9,\"type\":\"DANCE \\\"\\u0001\"}", "{\"type\":\"DANCE \\\"\\u0001\",\"request_id\":9}",
      "{\"type\":\"DANCE \\\"\\u0001\",\"request_id\":9,\"status\":\"BAD_REQUEST\",\"error\":\"why\"}" },
    { "{\"type\":5,\"request_id\":9}", "{\"type\":\"ERROR\",\"request_id\":9}", NULL },
    { "{\"type\":\"SND_MSG\",\"request_id\":9}", "{\"type\":\"SND_MSG\",\"request_id\":9}", NULL },
    { "{\"type\":\"SND_MSG\",\"request_id\":\"9\"}", "{\"type\":\"SND_MSG\"}", NULL },
    { "{\"type\":\"READ_MSG\",\"room_id\":4,\"read\":\"ALL\"}", "{\"type\":\"READ_MSG\"}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ChatPacket) request = parse (cases[i].request, TO_SERVER);
      g_autoptr (ChatPacket) answer = chat_packet_new_answer (request);
      g_autoptr (ChatPacket) failure = chat_packet_new_failure (request, CHAT_STATUS_BAD_REQUEST, "why");
      g_autofree char *answer_line = write_line (answer);
      g_autofree char *failure_line = write_line (failure);

      g_assert_cmpstr (answer_line, ==, cases[i].answer);
      if (cases[i].failure != NULL)
        g_assert_cmpstr (failure_line, ==, cases[i].failure);
      g_assert_cmpint (chat_packet_get_status (failure), ==, CHAT_STATUS_BAD_REQUEST);
    }
}

static void
test_fields (void)
{
  static const char *const names[] = { "anna", "b\"o\"b", "", "\xff" };
  static const gint64 ids[] = { 1, CHAT_MAX_ID, G_MININT64 };
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_OLD_DIALOGS);
  g_autofree char *long_text = g_strnfill (1000, 'y');
  g_autofree char *line = NULL;
  gsize length;

  /* nothing there */
  g_assert_false (chat_packet_has (packet, CHAT_FIELD_ERROR));
  g_assert_null (chat_packet_get_string (packet, CHAT_FIELD_ERROR));
  g_assert_cmpint (chat_packet_get_integer (packet, CHAT_FIELD_REQUEST_ID, 42), ==, 42);
  g_assert_true (chat_packet_get_boolean (packet, CHAT_FIELD_MORE, TRUE));
  g_assert_null (chat_packet_get_strings (packet, CHAT_FIELD_DIALOGS, &length)[0]);
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (chat_packet_get_integers (packet, CHAT_FIELD_IDS, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (chat_packet_get_node (packet, CHAT_FIELD_MEMBERS));
  g_assert_cmpint (chat_packet_get_status (packet), ==, CHAT_STATUS_NONE);
  g_assert_cmpint (chat_packet_get_features (packet), ==, CHAT_FEATURE_NONE);
  g_assert_cmpint (chat_packet_get_message_kind (packet), ==, CHAT_MESSAGE_KIND_TEXT);
  chat_packet_clear (packet, CHAT_FIELD_ERROR);

  /* each kind, and again in the place of the first */
  for (guint i = 0; i < 2; i++)
    {
      chat_packet_set_string (packet, CHAT_FIELD_ERROR, long_text);
      chat_packet_set_string (packet, CHAT_FIELD_REASON, "short");
      chat_packet_set_integer (packet, CHAT_FIELD_REQUEST_ID, G_MININT64);
      chat_packet_set_boolean (packet, CHAT_FIELD_MORE, TRUE);
      chat_packet_set_strings (packet, CHAT_FIELD_DIALOGS, names, G_N_ELEMENTS (names));
      chat_packet_set_integers (packet, CHAT_FIELD_IDS, ids, G_N_ELEMENTS (ids));
      chat_packet_set_integers (packet, CHAT_FIELD_FIRST_IDS, NULL, 0);
      chat_packet_take_node (packet, CHAT_FIELD_MUTED_ROOMS, json_from_string ("[true]", NULL));
      chat_packet_set_status (packet, CHAT_STATUS_SIGNUP_FAIL);
    }
  g_assert_cmpuint (g_strv_length ((GStrv) chat_packet_get_strings (packet, CHAT_FIELD_DIALOGS, &length)), ==, 4);
  g_assert_cmpuint (length, ==, 4);
  g_assert_cmpint (chat_packet_get_integers (packet, CHAT_FIELD_IDS, &length)[2], ==, G_MININT64);
  g_assert_cmpuint (length, ==, 3);
  g_assert_cmpstr (chat_packet_get_string (packet, CHAT_FIELD_STATUS), ==, "SINGUP_FAIL");
  chat_packet_clear (packet, CHAT_FIELD_ERROR);
  chat_packet_set_string (packet, CHAT_FIELD_REASON, NULL);
  g_assert_false (chat_packet_has (packet, CHAT_FIELD_REASON));

  line = write_line (packet);
  g_assert_cmpstr (line, ==,
                   "{\"type\":\"OLD_DIALOGS\",\"request_id\":-9223372036854775808,\"more\":true,"
                   "\"dialogs\":[\"anna\",\"b\\\"o\\\"b\",\"\",\"\xef\xbf\xbd\"],"
                   "\"id\":[1,9007199254740991,-9223372036854775808],\"first_massage_id\":[],\"muted\":[true],"
                   "\"status\":\"SINGUP_FAIL\"}");

  chat_packet_set_status (packet, CHAT_STATUS_NONE);
  g_assert_false (chat_packet_has (packet, CHAT_FIELD_STATUS));
  chat_packet_set_string (packet, CHAT_FIELD_STATUS, "FORBIDDEN");
  g_assert_cmpint (chat_packet_get_status (packet), ==, CHAT_STATUS_FORBIDDEN);
  chat_packet_clear (packet, CHAT_FIELD_STATUS);
  g_assert_cmpint (chat_packet_get_status (packet), ==, CHAT_STATUS_NONE);
}

/* Strings within the packet and beside it, taken out in every order */
static void
test_clear (void)
{
  static const ChatField fields[] = { CHAT_FIELD_LOGIN, CHAT_FIELD_PASS, CHAT_FIELD_TOKEN, CHAT_FIELD_DEVICE };
  g_autofree char *long_text = g_strnfill (500, 'z');

  for (guint order = 0; order < 256; order++)
    {
      g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_REQUEST_LOGIN);
      gboolean there[G_N_ELEMENTS (fields)] = { TRUE, TRUE, TRUE, TRUE };

      for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
        chat_packet_set_string (packet, fields[i], i % 2 == 0 ? long_text : "short");
      for (guint i = 0; i < 4; i++)
        {
          guint which = (order >> (2 * i)) & 3;

          chat_packet_clear (packet, fields[which]);
          there[which] = FALSE;
          for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
            g_assert_cmpstr (chat_packet_get_string (packet, fields[j]), ==,
                             !there[j] ? NULL : j % 2 == 0 ? long_text : "short");
        }
    }
}

static void
test_names (void)
{
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_REQUEST_LOGIN);
  g_autoptr (ChatPacket) message = chat_packet_new (CHAT_PACKET_SND_MSG);

  chat_packet_set_features (packet, CHAT_FEATURES_ALL);
  g_assert_cmpint (chat_packet_get_features (packet), ==, CHAT_FEATURES_ALL);
  chat_packet_set_features (packet, CHAT_FEATURE_PAGING | CHAT_FEATURE_PING);
  g_assert_cmpint (chat_packet_get_features (packet), ==, CHAT_FEATURE_PAGING | CHAT_FEATURE_PING);
  g_assert_cmpstr (chat_packet_get_strings (packet, CHAT_FIELD_FEATURES, NULL)[0], ==, "ping");

  for (ChatMessageKind kind = CHAT_MESSAGE_KIND_TEXT; kind <= CHAT_MESSAGE_KIND_IMAGE; kind++)
    {
      chat_packet_set_message_kind (message, kind);
      g_assert_cmpint (chat_packet_get_message_kind (message), ==, kind);
    }
  g_assert_cmpstr (chat_packet_get_string (message, CHAT_FIELD_MSG_TYPE), ==, "IMAGE");
}

/* Each example of the specification is what it says. */
static void
test_specification (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean seen[CHAT_N_PACKET_TYPES][2] = { { FALSE } };

  g_file_get_contents (CHAT_TEST_SPECIFICATION, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean to_server = g_str_has_prefix (lines[i], "    → {");
      gboolean to_client = g_str_has_prefix (lines[i], "    ← {");

      if (to_server || to_client)
        {
          g_autoptr (ChatPacket) packet = parse (strchr (lines[i], '{'), to_server ? TO_SERVER : TO_CLIENT);

          if (chat_packet_get_problem (packet) != NULL)
            g_error ("%s: %s", lines[i], chat_packet_get_problem (packet)->message);
          seen[chat_packet_get_kind (packet)][to_client] = TRUE;
        }
      else if (g_str_has_prefix (lines[i], "    {"))
        {
          g_autoptr (ChatPacket) failure = parse (lines[i] + 4, TO_CLIENT);

          g_assert_no_error (chat_packet_get_problem (failure));
          g_assert_false (chat_status_is_success (chat_packet_get_status (failure)));
        }
    }

  for (guint i = CHAT_PACKET_CREATE_ROOM; i < CHAT_N_PACKET_TYPES; i++)
    g_assert_true ((seen[i][0] || i == CHAT_PACKET_PONG || i == CHAT_PACKET_PRESENCE) && (seen[i][1] || i == CHAT_PACKET_PING));
  g_assert_true (seen[CHAT_PACKET_ERROR][1] && seen[CHAT_PACKET_REQUEST_LOGIN][0] && seen[CHAT_PACKET_RESPONSE_LOGIN][1]);
  g_assert_true (seen[CHAT_PACKET_REQUEST_SIGNUP][0] && seen[CHAT_PACKET_RESPONSE_SIGNUP][1]);
}

/* No trace shows what a stranger must not read. */
static void
test_trace (void)
{
  g_autofree char *text = g_strnfill (5000, 'q');
  g_autofree char *json = g_strdup_printf (LOGIN ",\"pass\":\"s3cret\",\"token\":\"t0ken\",\"device\":\"d\"}");
  g_autofree char *bad_json = g_strdup_printf (LOGIN ",\"pass\":\"s3cret\",\"token\":5,\"device\":\"d\"}");
  g_autofree char *unknown_json = g_strdup ("{\"type\":\"DANCE\",\"pass\":\"s3cret\"}");
  g_autofree char *long_json = g_strconcat (SEND ",\"message\":\"\xd1\x8f\xd1\x8f", text, "\"}", NULL);
  g_autoptr (ChatPacket) packet = parse (json, TO_SERVER);
  g_autoptr (ChatPacket) bad = parse (bad_json, TO_SERVER);
  g_autoptr (ChatPacket) unknown = parse (unknown_json, TO_SERVER);
  g_autoptr (ChatPacket) long_packet = parse (long_json, TO_SERVER);
  g_autofree char *trace = chat_packet_to_trace (packet);
  g_autofree char *bad_trace = chat_packet_to_trace (bad);
  g_autofree char *unknown_trace = chat_packet_to_trace (unknown);
  g_autofree char *long_trace = chat_packet_to_trace (long_packet);

  g_assert_cmpstr (trace, ==, LOGIN ",\"pass\":\"***\",\"token\":\"***\",\"device\":\"d\"}");
  g_assert_null (strstr (bad_trace, "s3cret"));
  g_assert_nonnull (strstr (bad_trace, "\"token\""));
  g_assert_cmpstr (unknown_trace, ==, "{\"type\":\"DANCE\"} (unknown \"type\")");
  g_assert_cmpuint (strlen (long_trace), <, 400);
  g_assert_true (g_utf8_validate (long_trace, -1, NULL));
  g_assert_nonnull (strstr (long_trace, "qqq"));
}

static void
test_nested (void)
{
  const char *json = DIALOGS ",\"id\":[1,2],\"first_massage_id\":[0,5],\"last_messages\":[null," MESSAGE ",\"msg_type\":\"TEXT\"}]}";
  g_autoptr (ChatPacket) packet = parse (json, TO_CLIENT);
  JsonNode *node = chat_packet_get_node (packet, CHAT_FIELD_LAST_MESSAGES);
  JsonArray *array = json_node_get_array (node);
  g_autoptr (ChatPacket) last = chat_packet_new_from_node (json_array_get_element (array, 1), TO_CLIENT);

  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  g_assert_null (chat_packet_new_from_node (json_array_get_element (array, 0), TO_CLIENT));
  g_assert_no_error (chat_packet_get_problem (last));
  g_assert_cmpint (chat_packet_get_integer (last, CHAT_FIELD_MESSAGE_ID, 0), ==, 2);
}

/* What a peer pads an object with is counted too */
static void
test_size (void)
{
  g_autofree char *padding = g_strnfill (100000, ' ');
  g_autofree char *json = g_strconcat ("{\"type\":\"DELETE_MSG\",", padding, "\"id\":1}", NULL);
  g_autoptr (ChatPacket) packet = parse (json, TO_SERVER);

  g_assert_no_error (chat_packet_get_problem (packet));
  g_assert_cmpuint (chat_packet_get_size (packet), >=, strlen (json));
  g_assert_cmpuint (chat_packet_get_size (packet), <, strlen (json) + 1024);
}

/* Every byte that needs an escape, and some that do not, at every place of short and longer texts */
static void
test_escapes (void)
{
  static const char *const pieces[][2] = {
    { "\"", "\\\"" }, { "\\", "\\\\" }, { "\n", "\\n" }, { "\x01", "\\u0001" }, { "\x1f", "\\u001f" },
    { " ", " " }, { "!", "!" }, { "#", "#" }, { "[", "[" }, { "]", "]" }, { "\x7f", "\x7f" }, { "é", "é" }, { "😀", "😀" },
  };

  for (guint before = 0; before <= 17; before++)
    for (guint after = 0; after <= 17; after++)
      for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
        for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
          {
            g_autofree char *head = g_strnfill (before, '!'), *tail = g_strnfill (after, '#');
            g_autofree char *text = g_strconcat (head, pieces[i][0], pieces[j][0], tail, NULL);
            g_autofree char *expected = g_strconcat ("{\"type\":\"SEARCH_USER\",\"user\":\"", head, pieces[i][1],
                                                     pieces[j][1], tail, "\"}\n", NULL);
            g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_SEARCH_USER);
            g_autoptr (GString) line = g_string_new (NULL);

            chat_packet_set_string (packet, CHAT_FIELD_USER, text);
            chat_packet_write (packet, line);
            g_assert_cmpstr (line->str, ==, expected);
          }
}

/* Whatever a peer sends: no crash, and what is written of it is again an object */
static void
test_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (711);
  static const char alphabet[] = "{}[]\",:\\u0019-.truefalsnid _\xd0\xb6";
  guint passed = 0;

  for (guint round = 0; round < 30000; round++)
    {
      guint which = (guint) g_rand_int_range (random, 0, G_N_ELEMENTS (objects));
      g_autoptr (GString) json = g_string_new (objects[which].json);
      const char *p, *object;
      gsize length, size;
      ChatFramer framer;

      for (int i = g_rand_int_range (random, 1, 4); i > 0; i--)
        {
          gsize place = (gsize) g_rand_int_range (random, 0, (gint32) json->len);
          char c = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];

          if (g_rand_boolean (random))
            json->str[place] = c;
          else if (g_rand_boolean (random))
            g_string_insert_c (json, (gssize) place, c);
          else
            g_string_erase (json, (gssize) place, 1);
        }

      p = json->str;
      length = json->len;
      chat_framer_init (&framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
      if (chat_framer_feed (&framer, &p, &length, &object, &size, NULL) == CHAT_FRAMER_OBJECT)
        {
          g_autofree char *copy = g_memdup2 (object, size);
          g_autoptr (ChatPacket) packet = chat_packet_parse (copy, size, objects[which].direction);
          g_autoptr (GBytes) line = chat_packet_to_bytes (packet);
          g_autofree char *trace = chat_packet_to_trace (packet);
          ChatFramer again;

          passed++;
          g_assert_true (g_utf8_validate (trace, -1, NULL));
          p = g_bytes_get_data (line, &length);
          chat_framer_init (&again, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
          g_assert_cmpint (chat_framer_feed (&again, &p, &length, &object, &size, NULL), ==, CHAT_FRAMER_OBJECT);
          if (chat_packet_get_problem (packet) == NULL)
            {
              g_autoptr (ChatPacket) reread = chat_packet_parse (object, size, objects[which].direction);
              g_autofree char *line_again = write_line (reread);

              g_assert_no_error (chat_packet_get_problem (reread));
              g_assert_cmpmem (line_again, strlen (line_again), object, size);
            }
        }
      chat_framer_clear (&framer);
    }

  g_assert_cmpuint (passed, >, 1000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/packet/round-trip", test_round_trip);
  g_test_add_func ("/packet/spellings", test_spellings);
  g_test_add_func ("/packet/problems", test_problems);
  g_test_add_func ("/packet/sizes", test_sizes);
  g_test_add_func ("/packet/answers", test_answers);
  g_test_add_func ("/packet/fields", test_fields);
  g_test_add_func ("/packet/clear", test_clear);
  g_test_add_func ("/packet/names", test_names);
  g_test_add_func ("/packet/specification", test_specification);
  g_test_add_func ("/packet/trace", test_trace);
  g_test_add_func ("/packet/nested", test_nested);
  g_test_add_func ("/packet/escapes", test_escapes);
  g_test_add_func ("/packet/size", test_size);
  g_test_add_func ("/packet/mutations", test_mutations);

  return g_test_run ();
}
