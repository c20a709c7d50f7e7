/* test-seen.c: how far the others have got, who types, who is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"
#include "chat-test-server.h"

typedef struct
{
  ChatTestServer *server;
  ChatPerson     *anna;
  ChatPerson     *boris;
  ChatRoom       *room;     /* as anna sees it */
  ChatRoom       *theirs;   /* as boris sees it */
} Scene;

static void
scene_init (Scene *scene)
{
  const ChatServerOptions options = { .insecure = TRUE, .presence_ms = 50 };

  chat_test_keyring_empty ();
  scene->server = chat_test_server_new (&options);
  scene->anna = chat_person_new ();
  scene->boris = chat_person_new ();
  chat_session_get_times (scene->anna->session)->typing = 300;
  chat_person_sign_up (scene->anna, chat_test_server_get_address (scene->server), "anna");
  chat_person_sign_up (scene->boris, chat_test_server_get_address (scene->server), "boris");
  scene->room = chat_person_create_room (scene->anna, "boris");
  scene->theirs = chat_person_get_room (scene->boris, "anna");
}

static void
scene_clear (Scene *scene)
{
  chat_person_free (scene->anna);
  chat_person_free (scene->boris);
  chat_test_server_free (scene->server);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

static ChatMessage *
send (ChatPerson *person,
      ChatRoom   *room,
      const char *text)
{
  ChatMessage *message = chat_person_send (person, room, text);

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  return message;
}

static gboolean
types (ChatRoom   *room,
       const char *name)
{
  const char *const *names = chat_room_get_typing (room);

  return name == NULL ? names[0] == NULL : names[0] != NULL && g_str_equal (names[0], name) && names[1] == NULL;
}

static gboolean
all_have (ChatMessageList    *list,
          ChatMessageReceipt  receipt)
{
  for (guint i = 0; i < chat_list_length (list); i++)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), i);

      if (chat_message_get_receipt (message) != receipt)
        return FALSE;
    }
  return TRUE;
}

static void
count (gpointer object,
       gpointer pspec,
       guint   *n)
{
  (*n)++;
}

/* Sent, delivered, read: on the same object, told once each, and there again without a server */
static void
test_receipts (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (ChatMessage) first = NULL;
  g_autoptr (ChatMessage) second = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  guint n_first = 0, n_second = 0;

  scene_init (&scene);
  list = chat_session_get_messages (scene.anna->session, scene.room);
  first = send (scene.anna, scene.room, "one");
  g_signal_connect (first, "notify::receipt", G_CALLBACK (count), &n_first);
  chat_test_wait_until (chat_message_get_receipt (first) == CHAT_MESSAGE_DELIVERED);
  second = send (scene.anna, scene.room, "two");
  g_signal_connect (second, "notify::receipt", G_CALLBACK (count), &n_second);
  chat_test_wait_until (chat_message_get_receipt (second) == CHAT_MESSAGE_DELIVERED);

  chat_session_mark_read (scene.boris->session, scene.theirs, chat_message_get_id (first));
  chat_test_wait_until (chat_message_get_receipt (first) == CHAT_MESSAGE_READ);
  g_assert_cmpint (chat_message_get_receipt (second), ==, CHAT_MESSAGE_DELIVERED);
  /* What nobody has seen can not be marked, whoever asks for it */
  chat_session_mark_read (scene.boris->session, scene.theirs, G_MAXINT64);
  g_assert_cmpint (chat_room_get_read_mark (scene.theirs), ==, chat_message_get_id (second));
  chat_test_wait_until (chat_message_get_receipt (second) == CHAT_MESSAGE_READ);
  g_assert_true (all_have (list, CHAT_MESSAGE_READ));
  g_assert_cmpuint (n_first, <=, 2);
  g_assert_cmpuint (n_second, <=, 2);
  /* Who wrote has read, on the other side too */
  g_assert_cmpint (chat_room_get_seen_mark (scene.theirs), ==, chat_message_get_id (second));

  g_clear_object (&list);
  chat_test_wait_until (chat_session_is_written (scene.anna->session));
  chat_test_server_stop (scene.server);
  chat_person_restart (scene.anna);
  restore (scene.anna);
  scene.room = chat_person_get_room (scene.anna, "boris");
  g_assert_cmpint (chat_message_get_receipt (chat_room_get_last_message (scene.room)), ==, CHAT_MESSAGE_READ);
  list = chat_session_get_messages (scene.anna->session, scene.room);
  chat_test_wait_until (chat_list_length (list) == 2);
  g_assert_true (all_have (list, CHAT_MESSAGE_READ));
  chat_test_server_start (scene.server);
}

/* While one was away: by the replay, and by the list of rooms */
static void
test_receipts_missed (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatPerson) phone = NULL;

  scene_init (&scene);
  message = send (scene.anna, scene.room, "one");
  chat_test_wait_until (chat_room_get_delivered_mark (scene.room) == chat_message_get_id (message));
  chat_test_wait_until (chat_session_is_written (scene.anna->session));
  chat_person_restart (scene.anna);
  chat_test_wait_until (chat_room_get_last_message (scene.theirs) != NULL);
  chat_session_mark_read (scene.boris->session, scene.theirs, chat_message_get_id (message));
  chat_test_wait_until (chat_session_is_written (scene.boris->session));
  restore (scene.anna);
  scene.room = chat_person_get_room (scene.anna, "boris");
  chat_test_wait_until (chat_message_get_receipt (chat_room_get_last_message (scene.room)) == CHAT_MESSAGE_READ);

  phone = chat_person_new ();
  chat_person_sign_in (phone, chat_test_server_get_address (scene.server), TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  list = chat_session_get_messages (phone->session, chat_person_get_room (phone, "boris"));
  chat_test_wait_until (chat_list_length (list) == 1);
  chat_test_wait_until (all_have (list, CHAT_MESSAGE_READ));
}

/* No push says that one who answers has read */
static void
test_answer_implies (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (ChatMessage) answer = NULL;

  scene_init (&scene);
  message = send (scene.anna, scene.room, "one");
  answer = send (scene.boris, scene.theirs, "two");
  chat_test_wait_until (chat_message_get_receipt (message) == CHAT_MESSAGE_READ);
  g_assert_cmpint (chat_room_get_seen_mark (scene.room), ==, chat_message_get_id (answer));
  g_assert_cmpint (chat_message_get_receipt (answer), ==, CHAT_MESSAGE_NO_RECEIPT);
}

static void
test_typing (void)
{
  g_auto (Scene) scene = { NULL };

  scene_init (&scene);
  chat_session_tell_typing (scene.boris->session, scene.theirs);
  chat_test_wait_until (types (scene.room, "boris"));
  g_assert_true (types (scene.theirs, NULL));
  /* It ends by itself */
  chat_test_wait_until (types (scene.room, NULL));
}

static void
test_typing_ends_with_link (void)
{
  g_auto (Scene) scene = { NULL };

  scene_init (&scene);
  chat_session_get_times (scene.anna->session)->typing = 60000;
  chat_session_tell_typing (scene.boris->session, scene.theirs);
  chat_test_wait_until (types (scene.room, "boris"));
  chat_test_server_stop (scene.server);
  chat_test_wait_until (types (scene.room, NULL));
  chat_test_server_start (scene.server);
}

static void
test_presence (void)
{
  g_auto (Scene) scene = { NULL };
  gint64 before;

  scene_init (&scene);
  chat_test_wait_until (chat_room_get_presence (scene.room) == CHAT_PRESENCE_ONLINE);
  chat_test_wait_until (chat_room_get_presence (scene.theirs) == CHAT_PRESENCE_ONLINE);

  before = g_get_real_time ();
  chat_person_restart (scene.boris);
  chat_test_wait_until (chat_room_get_presence (scene.room) == CHAT_PRESENCE_AWAY);
  g_assert_cmpint (ABS (chat_room_get_last_seen (scene.room) - before), <, 60 * G_USEC_PER_SEC);

  /* Offline nobody is known to be there, or not */
  chat_test_server_stop (scene.server);
  chat_test_wait_until (chat_room_get_presence (scene.room) == CHAT_PRESENCE_UNKNOWN);
  chat_test_server_start (scene.server);
  chat_test_wait_until (chat_room_get_presence (scene.room) == CHAT_PRESENCE_AWAY);
  restore (scene.boris);
  chat_test_wait_until (chat_room_get_presence (scene.room) == CHAT_PRESENCE_ONLINE);

  /* A new start is told before it knows the rooms */
  chat_person_restart (scene.anna);
  restore (scene.anna);
  chat_test_wait_until (chat_room_get_presence (chat_person_get_room (scene.anna, "boris")) == CHAT_PRESENCE_ONLINE);
}

/* A server that says what a test wants */

typedef struct
{
  const char *features;
  const char *early;        /* (nullable): said at once after log-in */
  guint       newest;       /* message of boris, who has written all from 11 to it; 0: none */
  guint       n_typing;
  gboolean    hides_typing;
} Script;

static void
say (ChatRawPeer *peer,
     guint        id,
     const char  *sender,
     const char  *number)
{
  chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%u,\"msg_type\":\"TEXT\","
                      "\"message\":\"hi\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"%s\"%s}", id, sender, number);
}

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Script *script = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"features\":[%s]}%s", script->features,
                  script->early != NULL ? script->early : "");
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[0]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    {
      /* All that it has said */
      say (peer, 10, "anna", number);
      for (guint i = 11; i <= script->newest; i++)
        say (peer, i, "boris", number);
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":false%s}", number);
    }
  else if (g_str_equal (type, "TYPING"))
    {
      g_assert_cmpint (json_object_get_int_member (request, "room_id"), ==, 7);
      script->n_typing++;
    }
  else if (g_str_equal (type, "SET_ACCOUNT"))
    {
      if (json_object_has_member (request, "typing"))
        script->hides_typing = !json_object_get_boolean_member (request, "typing");
      chat_raw_say (peer, "{\"type\":\"SET_ACCOUNT\",\"receipts\":true,\"typing\":%s,\"presence\":true%s}",
                    script->hides_typing ? "false" : "true", number);
    }
  else if (g_str_equal (type, "PING"))
    chat_raw_say (peer, "{\"type\":\"PONG\"}");
  else if (g_str_equal (type, "SEARCH_USER"))
    chat_raw_say (peer, "{\"type\":\"SEARCH_USER\",\"user\":[\"boris\"]%s}", number);
}

#define FEATURES "\"request-id\",\"client-ref\",\"paging\",\"receipts\",\"typing\",\"presence\""

static ChatRoom *
start (ChatPerson    *anna,
       ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_test_keyring_empty ();
  chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  return chat_person_get_room (anna, "boris");
}

/* All that was said on the connection so far has been taken, in both directions */
static void
ask (ChatPerson *anna)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_auto (GStrv) found = NULL;

  chat_session_search_users_async (anna->session, "boris", NULL, chat_answer_take, &answer);
  found = chat_session_search_users_finish (anna->session, chat_answer_wait (&answer), NULL);
  g_assert_nonnull (found);
}

static void
test_telling (void)
{
  Script script = { .features = FEATURES };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;
  gint64 since;

  room = start (anna, server);
  for (guint i = 0; i < 20; i++)
    chat_session_tell_typing (anna->session, room);
  ask (anna);
  g_assert_cmpuint (script.n_typing, ==, 1);

  /* Not sooner than it should, but then again */
  chat_session_get_times (anna->session)->tell_typing = 100;
  since = g_get_monotonic_time ();
  while (script.n_typing < 3)
    {
      chat_session_tell_typing (anna->session, room);
      chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
      ask (anna);
    }
  g_assert_cmpint (g_get_monotonic_time () - since, >=, 90 * 1000);

  /* Who does not want it told tells nothing, at once */
  chat_session_get_times (anna->session)->tell_typing = 0;
  chat_session_set_sends_typing (anna->session, FALSE);
  chat_session_tell_typing (anna->session, room);
  ask (anna);
  g_assert_true (script.hides_typing);
  g_assert_cmpuint (script.n_typing, ==, 3);
  chat_session_set_sends_typing (anna->session, TRUE);
  chat_session_tell_typing (anna->session, room);
  ask (anna);
  g_assert_cmpuint (script.n_typing, ==, 4);

  chat_raw_server_set_accepting (server, FALSE);
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_WAITING);
  chat_session_tell_typing (anna->session, room);
  g_assert_cmpuint (script.n_typing, ==, 4);
}

static void
test_without (void)
{
  Script script = { .features = "\"request-id\",\"client-ref\",\"paging\"" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  ChatRoom *room;

  room = start (anna, server);
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_list_length (list) == 1);
  chat_session_tell_typing (anna->session, room);
  script.newest = 11;
  say (chat_raw_server_get_peer (server), 11, "boris", "");
  chat_test_wait_until (chat_list_length (list) == 2);
  ask (anna);
  g_assert_cmpuint (script.n_typing, ==, 0);
  g_assert_true (all_have (list, CHAT_MESSAGE_NO_RECEIPT));
  g_assert_cmpint (chat_room_get_presence (room), ==, CHAT_PRESENCE_UNKNOWN);
  g_assert_cmpuint (chat_session_get_abilities (anna->session)
                      & (CHAT_SESSION_CAN_TELL_RECEIPTS | CHAT_SESSION_CAN_TELL_TYPING | CHAT_SESSION_CAN_TELL_PRESENCE), ==, 0);
}

#define BORIS_TYPES "{\"type\":\"TYPING\",\"room_id\":7,\"user\":\"boris\"}"

/* What is typed ends with its message, not with one that was typed before */
static void
test_typing_order (void)
{
  Script script = { .features = FEATURES };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  ChatRoom *room;

  chat_session_get_times (anna->session)->typing = 60000;
  room = start (anna, server);
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_list_length (list) == 1);
  for (guint i = 0; i < 2; i++)
    {
      chat_raw_say (chat_raw_server_get_peer (server), BORIS_TYPES);
      chat_test_wait_until (types (room, "boris"));
      script.newest = 11 + i;
      say (chat_raw_server_get_peer (server), 11 + i, "boris", "");
      if (i == 0)
        chat_raw_say (chat_raw_server_get_peer (server), BORIS_TYPES);
      chat_test_wait_until (chat_list_length (list) == 2 + i);
      chat_test_wait_until (types (room, i == 0 ? "boris" : NULL));
    }
}

/* Strangers, rooms that are not there, names without end, and more people than there can be */
static void
test_hostile (void)
{
  Script script = { .features = FEATURES,
                    .early = "{\"type\":\"PRESENCE\",\"user\":\"Boris\",\"online\":true}" BORIS_TYPES
                             "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":10,\"user\":\"eve\"}" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (GString) flood = g_string_new (NULL);
  g_autofree char *long_name = g_strnfill (100000, 'x');
  ChatRoom *room;

  room = start (anna, server);
  /* Told before the room was known */
  chat_test_wait_until (chat_room_get_presence (room) == CHAT_PRESENCE_ONLINE);
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_list_length (list) == 1);

  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (flood, "{\"type\":\"PRESENCE\",\"user\":\"n%u\",\"online\":true}", i);
  g_string_append_printf (flood, "{\"type\":\"PRESENCE\",\"user\":\"%s\",\"online\":true}", long_name);
  g_string_append_printf (flood, "{\"type\":\"TYPING\",\"room_id\":7,\"user\":\"%s\"}", long_name);
  g_string_append (flood, "{\"type\":\"TYPING\",\"room_id\":7,\"user\":\"eve\"}{\"type\":\"TYPING\",\"room_id\":8,\"user\":\"boris\"}"
                          "{\"type\":\"TYPING\",\"room_id\":7,\"user\":\"anna\"}"
                          "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":10,\"user\":\"eve\"}"
                          "{\"type\":\"MARK_READ\",\"room_id\":8,\"message_id\":10,\"user\":\"boris\"}"
                          "{\"type\":\"PRESENCE\",\"user\":\"anna\",\"online\":false}");
  chat_raw_say_bytes (chat_raw_server_get_peer (server), flood->str, flood->len);
  ask (anna);
  chat_test_wait_until (chat_session_is_written (anna->session));
  g_assert_true (types (room, NULL));
  g_assert_true (all_have (list, CHAT_MESSAGE_NO_RECEIPT));
  g_assert_cmpint (chat_room_get_presence (room), ==, CHAT_PRESENCE_ONLINE);

  /* One who hides is told of as gone, without a date */
  chat_raw_say (chat_raw_server_get_peer (server), "{\"type\":\"PRESENCE\",\"user\":\"boris\",\"online\":false}"
                                                   "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":10,\"user\":\"boris\"}");
  chat_test_wait_until (chat_room_get_presence (room) == CHAT_PRESENCE_UNKNOWN);
  chat_test_wait_until (all_have (list, CHAT_MESSAGE_READ));
}

int
main (int   argc,
      char *argv[])
{
  chat_session_test_init (&argc, &argv);
  g_test_add_func ("/session/seen/receipts", test_receipts);
  g_test_add_func ("/session/seen/receipts-missed", test_receipts_missed);
  g_test_add_func ("/session/seen/answer-implies", test_answer_implies);
  g_test_add_func ("/session/seen/typing", test_typing);
  g_test_add_func ("/session/seen/typing-ends-with-link", test_typing_ends_with_link);
  g_test_add_func ("/session/seen/typing-order", test_typing_order);
  g_test_add_func ("/session/seen/telling", test_telling);
  g_test_add_func ("/session/seen/presence", test_presence);
  g_test_add_func ("/session/seen/without", test_without);
  g_test_add_func ("/session/seen/hostile", test_hostile);
  return chat_session_test_run ();
}
