/* test-odd.c: servers that are hostile, broken, or know nothing but the user's API
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"

#include <string.h>

/* What the scripted server does this time */
typedef struct
{
  const char *features;       /* of RESPONSE_LOGIN; NULL: none are named */
  const char *login_answer;   /* in place of the usual one; "" for none */
  const char *rooms;          /* OLD_DIALOGS: what stands in the object; NULL: one room, 7, with boris */
  gboolean    silent;         /* answers nothing but log-in and OLD_DIALOGS */
  guint       n_old_dialogs;
  guint       n_sends;
  guint       n_reads;
  guint       n_silent;       /* requests that were not answered */
  char       *last_ref;
  GString    *types;          /* what came, in order */
} Script;

static void
script_clear (Script *script)
{
  g_free (script->last_ref);
  if (script->types != NULL)
    g_string_free (script->types, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Script, script_clear)

#define ALL_FEATURES "\"request-id\",\"client-ref\",\"paging\",\"room-info\""

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Script *script = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  if (script->types != NULL && request != NULL)
    g_string_append_printf (script->types, "%s ", type);
  if (g_str_equal (type, "REQUEST_LOGIN"))
    {
      if (script->login_answer != NULL)
        chat_raw_say (peer, "%s", script->login_answer);
      else if (script->features != NULL)
        chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"features\":[%s]}", script->features);
      else
        chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\"}");
    }
  else if (g_str_equal (type, "OLD_DIALOGS"))
    {
      script->n_old_dialogs++;
      chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",%s%s}\n",
                    script->rooms != NULL ? script->rooms : "\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[0]", number);
    }
  else if (script->silent)
    script->n_silent++;
  else if (g_str_equal (type, "SEARCH_USER"))
    chat_raw_say (peer, "{\"type\":\"SEARCH_USER\",\"user\":[\"anna\",\"boris\"]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    script->n_reads++;
  else if (g_str_equal (type, "SND_MSG"))
    {
      script->n_sends++;
      g_free (script->last_ref);
      script->last_ref = g_strdup (json_object_get_string_member_with_default (request, "client_ref", ""));
      chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%u,\"date\":\"noon\"%s}",
                    100 + script->n_sends, number);
    }
}

static void
sign_in (ChatPerson    *person,
         ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_person_sign_in (person, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (person->session)));
}

static void
assert_sign_in_fails (const char *answer,
                      int         code)
{
  g_auto (Script) script = { .login_answer = answer };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GError) error = NULL;

  chat_session_get_times (anna->session)->answer = 300;
  g_assert_false (chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, code);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_SIGNED_OUT);
  if (code == CHAT_SESSION_ERROR_RATE_LIMITED)
    g_assert_cmpint (chat_session_get_retry_at (anna->session), >, g_get_monotonic_time () + 5 * G_USEC_PER_SEC);
}

static void
test_log_in (void)
{
  assert_sign_in_fails ("", CHAT_SESSION_ERROR_TIMED_OUT);
  assert_sign_in_fails ("HTTP/1.1 400 Bad Request\r\n\r\n<html>", CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER);
  assert_sign_in_fails ("{\"type\":\"RESPONSE_LOGIN\",\"sta", CHAT_SESSION_ERROR_TIMED_OUT);
  assert_sign_in_fails ("{\"type\":\"RESPONSE_LOGIN\"}", CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER);
  assert_sign_in_fails ("{\"type\":\"RESPONSE_LOGIN\",\"status\":42}", CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER);
  assert_sign_in_fails ("[]", CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER);
  assert_sign_in_fails ("{\"a\":\"\\u0000\"}", CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER);
  assert_sign_in_fails ("{\"type\":\"RESPONSE_LOGIN\",\"status\":\"ERROR\"}", CHAT_SESSION_ERROR_FAILED);
  assert_sign_in_fails ("{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_PERHAPS\"}", CHAT_SESSION_ERROR_FAILED);
  assert_sign_in_fails ("{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_WRONG_PASS\"}", CHAT_SESSION_ERROR_WRONG_PASSWORD);
  assert_sign_in_fails ("{\"type\":\"RESPONSE_LOGIN\",\"status\":\"RATE_LIMITED\",\"retry_after\":9}",
                        CHAT_SESSION_ERROR_RATE_LIMITED);
}

static void
hang_up_at_login (ChatRawPeer *peer,
                  const char  *type,
                  JsonObject  *request,
                  gpointer     user_data)
{
  if (g_str_equal (type, "REQUEST_LOGIN"))
    {
      chat_raw_say (peer, "{\"type\":\"RESPONSE_");
      chat_raw_hang_up (peer);
    }
}

static void
test_hang_up (void)
{
  g_autoptr (ChatRawServer) server = chat_raw_server_new (hang_up_at_login, NULL);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "x", FALSE, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);
}

/* TLS is begun and never goes on */
static void
test_silent_tls (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  address = g_strdup_printf ("127.0.0.1:%u", port);
  chat_session_get_times (anna->session)->connect = 200;
  g_assert_false (chat_person_sign_in (anna, address, FALSE, "anna", "x", FALSE, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_TIMED_OUT);
}

static const char *page =
  "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%d,\"msg_type\":\"TEXT\","
  "\"message\":\"%s\",\"date\":\"31.12.2025 23:59\",\"sender\":\"%s\"}";

/* Nothing but the user's API: histories without an end, no status, no numbers, dates of another kind */
static void
serve_api_only (ChatRawPeer *peer,
                const char  *type,
                JsonObject  *request,
                gpointer     user_data)
{
  Script *script = user_data;

  if (g_str_equal (type, "READ_MSG"))
    {
      gboolean all = g_str_equal (json_object_get_string_member (request, "read"), "ALL");

      script->n_reads++;
      g_assert_false (json_object_has_member (request, "request_id"));
      g_assert_false (json_object_has_member (request, "limit"));
      for (int i = all ? 1 : 21; i <= 40; i++)
        {
          g_autofree char *text = g_strdup_printf ("m%d", i);
          g_autofree char *line = NULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
          line = g_strdup_printf (page, i, text, i % 2 == 0 ? "anna" : "boris");
#pragma GCC diagnostic pop
          chat_raw_say (peer, "%s", line);
        }
    }
  else
    serve (peer, type, request, user_data);
}

static guint n_received;

static void
on_received (ChatSession *session,
             ChatRoom    *room,
             ChatMessage *message,
             gpointer     user_data)
{
  n_received++;
}

static void
test_api_only (void)
{
  g_auto (Script) script = { .rooms = "\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[1]" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve_api_only, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room;

  n_received = 0;
  sign_in (anna, server);
  g_assert_cmpuint (chat_session_get_abilities (anna->session), ==, 0);
  g_signal_connect (anna->session, "message-received", G_CALLBACK (on_received), NULL);
  room = chat_person_get_room (anna, "boris");

  /* The preview comes without anybody asking, and nothing of it is news */
  chat_test_wait_until (chat_room_get_last_message (room) != NULL);
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, "m40");
  g_assert_cmpstr (chat_message_get_date_text (chat_room_get_last_message (room)), ==, "31.12.2025 23:59");
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 0);
  g_assert_cmpuint (n_received, ==, 0);

  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  g_assert_cmpuint (chat_list_length (list), ==, 20);
  g_assert_true (chat_message_list_get_has_older (list));
  chat_message_list_load_older (list);
  chat_test_wait_until (!chat_message_list_get_loading_older (list));
  g_assert_cmpuint (chat_list_length (list), ==, 40);
  g_assert_false (chat_message_list_get_has_older (list));
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("m%u", i + 1);

      g_assert_cmpstr (chat_list_text (list, i), ==, text);
    }

  /* Pushes */
  chat_raw_say (chat_raw_server_get_peer (server),
                "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":50,\"msg_type\":\"IMAGE\","
                "\"message\":\"https://x.test/a.png\",\"date\":\"today\",\"sender\":\"boris\"}"
                "{\"type\":\"EDIT_MSG\",\"id\":3,\"new_msg\":\"edited\"} {\"type\":\"DELETE_MSG\",\"id\":5}");
  chat_test_wait_until (chat_list_length (list) == 40 && n_received == 1 && g_str_equal (chat_list_text (list, 2), "edited"));
  g_assert_cmpstr (chat_list_text (list, -1), ==, "https://x.test/a.png");
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 1);
  chat_session_mark_read (anna->session, room, 50);
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 0);

  /* Pinning is kept here, since nobody else would */
  chat_session_set_room_pinned (anna->session, room, TRUE);
  g_assert_true (chat_room_get_pinned (room));
  message = chat_person_send (anna, room, "hello");
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_cmpstr (script.last_ref, ==, "");
  g_assert_cmpstr (chat_message_get_date_text (message), ==, "noon");
}

/* What such a server can not do it does not answer. Nobody waits for that until the connection counts as dead. */
static void
test_unanswered (void)
{
  g_auto (Script) script = { .types = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatRoom) none = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };

  sign_in (anna, server);
  chat_session_create_room_async (anna->session, "nobody", NULL, chat_answer_take, &answer);
  none = chat_session_create_room_finish (anna->session, chat_answer_wait (&answer), &error);
  g_assert_null (none);
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);
}

/* The connection that does not answer any more is dead, and another one is made */
static void
test_no_answer (void)
{
  g_auto (Script) script = { .features = ALL_FEATURES, .silent = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_auto (GStrv) none = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_get_times (anna->session)->answer = 200;
  sign_in (anna, server);
  chat_session_search_users_async (anna->session, "b", NULL, chat_answer_take, &answer);
  none = chat_session_search_users_finish (anna->session, chat_answer_wait (&answer), &error);
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_TIMED_OUT);
  chat_test_wait_until (chat_raw_server_get_n_accepted (server) >= 2
                        && chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
}

/* A message of a room that nobody told of: the rooms are asked for again, once for many, and it is there */
static void
test_unknown_room (void)
{
  g_auto (Script) script = { .features = ALL_FEATURES };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  n_received = 0;
  sign_in (anna, server);
  g_signal_connect (anna->session, "message-received", G_CALLBACK (on_received), NULL);
  script.rooms = "\"dialogs\":[\"boris\",\"carol\"],\"id\":[7,8],\"first_massage_id\":[0,500]";
  for (int i = 0; i < 500; i++)
    chat_raw_say (chat_raw_server_get_peer (server),
                  "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":%d,\"message_id\":%d,\"msg_type\":\"TEXT\","
                  "\"message\":\"x\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"carol\"}",
                  i == 0 ? 8 : 9, 500 + i);
  room = chat_person_get_room (anna, "carol");
  chat_test_wait_until (n_received == 1);
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 1);
  g_assert_cmpuint (script.n_old_dialogs, <=, 5);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (anna->session))), ==, 2);
}

/* Objects that nobody asked for, that make no sense, or that are too many */
static void
test_flood (void)
{
  static const char *const nonsense[] = {
    "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":1,\"date\":\"x\"}",
    "{\"type\":\"SEARCH_USER\",\"user\":[]}",
    "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[],\"id\":[],\"first_massage_id\":[]}",
    "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\"}",
    "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":true,\"request_id\":4}",
    "{\"type\":\"READ_MSG\",\"status\":\"MESSAGE_DOES_NOT_EXIST\",\"room_id\":7}",
    "{\"type\":\"DELETE_ROOM\",\"id\":12345}",
    "{\"type\":\"DELETE_MSG\",\"id\":12345}",
    "{\"type\":\"EDIT_MSG\",\"id\":12345,\"new_msg\":\"x\"}",
    "{\"type\":\"MARK_READ\",\"room_id\":12345,\"message_id\":1}",
    "{\"type\":\"SET_ROOM\",\"room_id\":12345,\"muted\":true,\"pinned\":true}",
    "{\"type\":\"ERROR\",\"status\":\"BAD_REQUEST\",\"error\":\"you\"}",
    "{\"type\":\"WHATEVER\",\"status\":\"SUCCESS\"}",
    "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":9007199254740991,\"unread\":0}",
  };
  g_auto (Script) script = { .features = ALL_FEATURES };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoomList *rooms;
  GString *flood = g_string_new (NULL);

  sign_in (anna, server);
  rooms = chat_session_get_rooms (anna->session);
  for (guint i = 0; i < 40 * G_N_ELEMENTS (nonsense); i++)
    g_string_append (flood, nonsense[i % G_N_ELEMENTS (nonsense)]);
  g_string_append (flood, "{\"type\":\"CREATE_ROOM\",\"id\":8,\"customer\":\"carol\"}");
  chat_raw_say_bytes (chat_raw_server_get_peer (server), flood->str, flood->len);
  chat_test_wait_until (chat_room_list_lookup (rooms, 8) != NULL);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);
  g_assert_cmpuint (chat_raw_server_get_n_accepted (server), ==, 1);

  /* More rooms than anybody has */
  g_string_truncate (flood, 0);
  for (int i = 0; i < 12000; i++)
    g_string_append_printf (flood, "{\"type\":\"CREATE_ROOM\",\"id\":%d,\"customer\":\"c\"}", 30000 - i);
  g_string_append (flood, "{\"type\":\"DELETE_ROOM\",\"id\":8}");
  chat_raw_say_bytes (chat_raw_server_get_peer (server), flood->str, flood->len);
  chat_test_wait_until_for (60, chat_room_list_lookup (rooms, 8) == NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rooms)), ==, 10000 - 1);

  /* More unread than can be */
  chat_raw_say (chat_raw_server_get_peer (server),
                "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":9007199254740991,\"unread\":9007199254740991}");
  chat_test_wait_until (chat_room_get_unread_count (chat_room_list_lookup (rooms, 7)) == 1000);

  /* One that goes on sending what is malformed is given up */
  g_string_truncate (flood, 0);
  for (int i = 0; i < 200; i++)
    g_string_append (flood, "{\"type\":\"DELETE_MSG\",\"id\":-1}");
  chat_raw_say_bytes (chat_raw_server_get_peer (server), flood->str, flood->len);
  chat_test_wait_until (chat_raw_server_get_n_accepted (server) >= 2);
  g_string_free (flood, TRUE);
}

/* The newest, from one who sends without an end what was asked for once */
static void
serve_backwards (ChatRawPeer *peer,
                 const char  *type,
                 JsonObject  *request,
                 gpointer     user_data)
{
  if (g_str_equal (type, "READ_MSG"))
    {
      g_autofree char *number = chat_raw_request_id (request);

      /* The wrong order, one twice, a wrong room, and one that is deleted before its end is told */
      for (int i = 5; i > 0; i--)
        chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":%d,\"message_id\":%d,\"msg_type\":\"TEXT\","
                      "\"message\":\"b%d\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"boris\"%s}",
                      i == 2 ? 99 : 7, i == 1 ? 3 : i * 3, i, number);
      chat_raw_say (peer, "{\"type\":\"DELETE_MSG\",\"id\":12}{\"type\":\"EDIT_MSG\",\"id\":9,\"new_msg\":\"newer\"}");
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":15,\"msg_type\":\"TEXT\","
                    "\"message\":\"again\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"boris\"%s}", number);
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":false%s}", number);
    }
  else
    serve (peer, type, request, user_data);
}

static void
test_odd_page (void)
{
  g_auto (Script) script = { .features = ALL_FEATURES };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve_backwards, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;

  sign_in (anna, server);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (chat_message_list_get_loaded (list));
  g_assert_cmpuint (chat_list_length (list), ==, 3);
  g_assert_cmpstr (chat_list_text (list, 0), ==, "b1");
  g_assert_cmpstr (chat_list_text (list, 1), ==, "newer");
  g_assert_cmpstr (chat_list_text (list, 2), ==, "again");
}

/* Nothing in a name is hidden, turns what is beside it around, towers over it, or is without end */
static void
test_names (void)
{
  g_autofree char *endless = g_strnfill (100000, 'n');
  g_autofree char *rooms = g_strdup_printf ("\"dialogs\":[\"bo\\u200bri\\u202es\\ufeff\",\"\\u2067\\u3164\",\"  \",\"a\\u0301\\u0301\\u0301\\u0301\\u0301"
                                            "\\u0301b\",\"\\u0414\\u0456\\u0434 7\",\"%s\"],\"id\":[1,2,3,4,5,6],\"first_massage_id\":[0,0,0,0,0,0]",
                                            endless);
  g_auto (Script) script = { .features = ALL_FEATURES, .rooms = rooms };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoomList *list;

  sign_in (anna, server);
  list = chat_session_get_rooms (anna->session);
  g_assert_cmpstr (chat_room_get_name (chat_room_list_lookup (list, 1)), ==, "boris");
  g_assert_cmpstr (chat_room_get_name (chat_room_list_lookup (list, 2)), ==, "\xef\xbf\xbd");
  g_assert_cmpstr (chat_room_get_name (chat_room_list_lookup (list, 3)), ==, "  \xef\xbf\xbd");
  g_assert_cmpstr (chat_room_get_name (chat_room_list_lookup (list, 4)), ==, "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81" "b");
  g_assert_cmpstr (chat_room_get_name (chat_room_list_lookup (list, 5)), ==, "\xd0\x94\xd1\x96\xd0\xb4 7");
  g_assert_cmpuint (strlen (chat_room_get_name (chat_room_list_lookup (list, 6))), ==, 256);
}

/* Lists of rooms that contradict themselves */
static void
test_odd_rooms (void)
{
  static const char *const odd[] = {
    "\"dialogs\":[\"a\",\"b\",\"c\"],\"id\":[1],\"first_massage_id\":[]",
    "\"dialogs\":[\"a\",\"b\"],\"id\":[1,1],\"first_massage_id\":[0,0]",
    "\"dialogs\":[\"a\"],\"id\":[1],\"first_massage_id\":[0],\"unread\":[],\"read_marks\":[5],\"last_messages\":[7],"
    "\"muted\":\"yes\",\"pinned\":[null],\"members\":{},\"kinds\":[\"direct\"]",
    "\"dialogs\":[\"a\"],\"id\":[1],\"first_massage_id\":[0],\"unread\":[2],\"read_marks\":[0],\"muted\":[true],\"pinned\":[1],"
    "\"members\":[[]],\"kinds\":[\"direct\"],\"last_messages\":[{\"type\":\"READ_MSG\",\"room_id\":2,\"message_id\":-5}]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_auto (Script) script = { .features = ALL_FEATURES, .rooms = odd[i] };
      g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
      g_autoptr (ChatPerson) anna = chat_person_new ();
      g_autoptr (GError) error = NULL;

      chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
      g_assert_no_error (error);
      /* Either it is refused as malformed, or what can be understood of it is shown: once */
      chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (anna->session)) || script.n_old_dialogs >= 2);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (anna->session))), <=, 1);
    }
}

#define ROOM_OF_BORIS "\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[1],\"unread\":[0]," \
                      "\"read_marks\":[0],\"last_messages\":[null],\"muted\":[false],\"pinned\":[false]"

static void
say_many (ChatRawServer *server,
          int            n)
{
  g_autoptr (GString) flood = g_string_new (NULL);

  /* It is the second request: OLD_DIALOGS was the first */
  for (int i = 1; i <= n; i++)
    g_string_append_printf (flood, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%d,"
                            "\"msg_type\":\"TEXT\","
                            "\"message\":\"x\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"boris\",\"request_id\":2}", i);
  chat_raw_say_bytes (chat_raw_server_get_peer (server), flood->str, flood->len);
}

/* A history as long as it may be: it is bounded, and the rest of the program goes on */
static void
test_long_history (void)
{
  /* The previews are told, so that nobody else reads; there are no pages */
  g_auto (Script) script = { .features = "\"request-id\",\"room-info\"", .rooms = ROOM_OF_BORIS, .silent = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  const int n = 30000;

  sign_in (anna, server);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (script.n_silent == 2);
  say_many (server, n);
  chat_raw_say (chat_raw_server_get_peer (server), "{\"type\":\"SEARCH_USER\",\"user\":[],\"request_id\":3}");
  chat_test_wait_until_for (60, chat_message_list_get_loaded (list));
  g_assert_cmpuint (chat_list_length (list), <=, 20000);
  g_assert_cmpint (chat_message_get_id (chat_room_get_last_message (chat_person_get_room (anna, "boris"))), ==, n);
}

/* A page that is longer than any may be: it is not taken, and who does not stop is left */
static void
test_endless_page (void)
{
  g_auto (Script) script = { .features = ALL_FEATURES, .rooms = ROOM_OF_BORIS };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;

  sign_in (anna, server);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (script.n_reads == 1);
  say_many (server, 300);
  chat_test_wait_until (chat_message_list_get_error (list) != NULL);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);
  g_assert_cmpuint (chat_raw_server_get_n_accepted (server), ==, 1);
  say_many (server, 30000);
  chat_test_wait_until_for (60, chat_raw_server_get_n_accepted (server) == 2);
  g_assert_cmpuint (chat_list_length (list), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/odd/log-in", test_log_in);
  g_test_add_func ("/odd/hang-up", test_hang_up);
  g_test_add_func ("/odd/silent-tls", test_silent_tls);
  g_test_add_func ("/odd/api-only", test_api_only);
  g_test_add_func ("/odd/unanswered", test_unanswered);
  g_test_add_func ("/odd/no-answer", test_no_answer);
  g_test_add_func ("/odd/unknown-room", test_unknown_room);
  g_test_add_func ("/odd/flood", test_flood);
  g_test_add_func ("/odd/page", test_odd_page);
  g_test_add_func ("/odd/names", test_names);
  g_test_add_func ("/odd/rooms", test_odd_rooms);
  g_test_add_func ("/odd/long-history", test_long_history);
  g_test_add_func ("/odd/endless-page", test_endless_page);

  return chat_session_test_run ();
}
