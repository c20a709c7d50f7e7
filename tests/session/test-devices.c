/* test-devices.c: where one is signed in, signing out there, and the change of the password
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-test.h"
#include "chat-test-server.h"

#define NEW_PASSWORD "battery staple"
#define DATE "\"2026-01-31T12:00:00.000Z\""

static GPtrArray *
list (ChatPerson  *person,
      GError     **error)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_list_devices_async (person->session, NULL, chat_answer_take, &answer);
  return chat_session_list_devices_finish (person->session, chat_answer_wait (&answer), error);
}

static guint
count (ChatPerson *person)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = list (person, &error);

  g_assert_no_error (error);
  return devices->len;
}

static gboolean
change_password (ChatPerson  *person,
                 const char  *password,
                 const char  *new_password,
                 GError     **error)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_change_password_async (person->session, password, new_password, NULL, chat_answer_take, &answer);
  return chat_session_change_password_finish (person->session, chat_answer_wait (&answer), error);
}

static gboolean
revoke_one (ChatPerson  *person,
            gint64       id,
            GError     **error)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_revoke_device_async (person->session, id, NULL, chat_answer_take, &answer);
  return chat_session_revoke_device_finish (person->session, chat_answer_wait (&answer), error);
}

static gboolean
revoke_others (ChatPerson  *person,
               GError     **error)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_revoke_others_async (person->session, NULL, chat_answer_take, &answer);
  return chat_session_revoke_others_finish (person->session, chat_answer_wait (&answer), error);
}

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

static void
wait_signed_out (ChatPerson *person)
{
  chat_test_wait_until (chat_session_get_state (person->session) == CHAT_SESSION_REFUSED);
  g_assert_error (chat_session_get_error (person->session), CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_SIGNED_OUT);
}

typedef struct
{
  ChatTestServer *server;
  const char     *address;
  ChatPerson     *anna;
  ChatPerson     *phone;    /* of anna too */
  ChatPerson     *boris;
} Scene;

static void
scene_init (Scene *scene)
{
  g_autoptr (GError) error = NULL;

  chat_test_keyring_empty ();
  scene->server = chat_test_server_new (NULL);
  scene->address = chat_test_server_get_address (scene->server);
  scene->anna = chat_person_new ();
  scene->phone = chat_person_new ();
  scene->boris = chat_person_new ();
  chat_person_sign_up (scene->anna, scene->address, "anna");
  chat_person_sign_up (scene->boris, scene->address, "boris");
  chat_person_sign_in (scene->phone, scene->address, TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (scene->phone->session)));
}

static void
scene_clear (Scene *scene)
{
  chat_person_free (scene->anna);
  chat_person_free (scene->phone);
  chat_person_free (scene->boris);
  chat_test_server_free (scene->server);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
test_devices (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (ChatMessage) waiting = NULL;
  g_autoptr (GError) error = NULL;
  const ChatSessionDevice *phone, *own;
  ChatRoom *room;

  scene_init (&scene);
  room = chat_person_create_room (scene.phone, "boris");
  devices = list (scene.anna, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, ==, 2);
  phone = devices->pdata[0];
  own = devices->pdata[1];
  g_assert_true (own->current);
  g_assert_false (phone->current);
  g_assert_cmpint (phone->id, >, own->id);
  g_assert_cmpstr (phone->name, ==, g_get_host_name ());
  g_assert_cmpint (phone->created, >, g_get_real_time () - G_TIME_SPAN_HOUR);
  g_assert_cmpint (phone->last_used, >=, phone->created);

  /* Another's is not there for oneself: that is as good as gone */
  g_assert_true (revoke_one (scene.boris, phone->id, &error));
  g_assert_cmpuint (count (scene.anna), ==, 2);

  /* Signed out from elsewhere: told, and what waits is still there when one has signed in again */
  g_assert_true (revoke_one (scene.anna, phone->id, &error));
  g_assert_no_error (error);
  wait_signed_out (scene.phone);
  waiting = chat_person_send (scene.phone, room, "unsent");
  g_assert_cmpuint (chat_session_count_unsent (scene.phone->session), ==, 1);
  g_assert_cmpuint (count (scene.anna), ==, 1);
  g_assert_true (revoke_one (scene.anna, phone->id, &error));
  chat_person_restart (scene.phone);
  g_clear_object (&waiting);
  g_assert_cmpstr (chat_session_get_login (scene.phone->session), ==, "anna");
  chat_person_sign_in (scene.phone, scene.address, TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_session_count_unsent (scene.phone->session) == 0);
  room = chat_person_get_room (scene.boris, "anna");
  chat_test_wait_until (chat_room_get_last_message (room) != NULL);
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, "unsent");

  /* All others */
  g_assert_cmpuint (count (scene.anna), ==, 2);
  g_assert_true (revoke_others (scene.anna, &error));
  g_assert_no_error (error);
  wait_signed_out (scene.phone);
  g_assert_cmpuint (count (scene.anna), ==, 1);
  g_assert_cmpint (chat_session_get_state (scene.anna->session), ==, CHAT_SESSION_ONLINE);
  g_assert_cmpint (chat_session_get_state (scene.boris->session), ==, CHAT_SESSION_ONLINE);
}

static void
test_password (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  g_assert_false (change_password (scene.anna, "not the right one", NEW_PASSWORD, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_PASSWORD);
  g_clear_error (&error);
  g_assert_false (change_password (scene.anna, CHAT_TEST_PASSWORD, "short", &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD);
  g_clear_error (&error);
  g_assert_cmpuint (count (scene.anna), ==, 2);

  g_assert_true (change_password (scene.anna, CHAT_TEST_PASSWORD, NEW_PASSWORD, &error));
  g_assert_no_error (error);
  wait_signed_out (scene.phone);
  g_assert_cmpuint (count (scene.anna), ==, 1);
  /* This device stays, also over the end of the connection and of the program */
  chat_test_server_stop (scene.server);
  chat_test_wait_until (chat_session_get_state (scene.anna->session) == CHAT_SESSION_WAITING);
  chat_test_server_start (scene.server);
  chat_test_wait_until (chat_session_get_state (scene.anna->session) == CHAT_SESSION_ONLINE);
  chat_person_restart (scene.anna);
  restore (scene.anna);
  chat_test_wait_until (chat_session_get_state (scene.anna->session) == CHAT_SESSION_ONLINE);
  g_assert_false (chat_test_keyring_holds (NEW_PASSWORD));

  g_assert_false (chat_person_sign_in (scene.phone, scene.address, TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_PASSWORD);
  g_clear_error (&error);
  g_assert_true (chat_person_sign_in (scene.phone, scene.address, TRUE, "anna", NEW_PASSWORD, FALSE, &error));
  g_assert_no_error (error);
}

/* Attempts with a password are counted; what the server says of the time comes along */
static void
test_too_many (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  for (guint i = 0; i < 100 && !g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_RATE_LIMITED); i++)
    {
      if (error != NULL)
        g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_PASSWORD);
      g_clear_error (&error);
      g_assert_false (change_password (scene.anna, "not the right one", NEW_PASSWORD, &error));
    }
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_RATE_LIMITED);
  g_assert_cmpuint (chat_session_error_get_retry_after (error), >, 0);
}

static void
test_without (void)
{
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_auto (Scene) scene = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (list (anna, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);
  g_clear_error (&error);

  scene_init (&scene);
  chat_session_list_devices_async (scene.anna->session, cancellable, chat_answer_take, &answer);
  g_cancellable_cancel (cancellable);
  g_assert_null (chat_session_list_devices_finish (scene.anna->session, chat_answer_wait (&answer), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  chat_test_server_stop (scene.server);
  chat_test_wait_until (chat_session_get_state (scene.anna->session) == CHAT_SESSION_WAITING);
  g_assert_false (change_password (scene.anna, CHAT_TEST_PASSWORD, NEW_PASSWORD, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_false (revoke_others (scene.anna, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);
  chat_test_server_start (scene.server);
}

/* Servers that do as the test wants */

typedef struct
{
  const char *features;
  char       *tokens;       /* of TOKENS */
  guint       n_asked;
} Script;

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Script *script = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : NULL;

  if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"abcdefgh\",\"features\":[%s]}\n",
                  script->features);
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[],\"id\":[],\"first_massage_id\":[]%s}\n", number);
  else if (g_str_equal (type, "CONNECTED") || g_str_equal (type, "SEARCH_USER"))
    return;
  else
    {
      script->n_asked++;
      if (g_str_equal (type, "TOKENS"))
        chat_raw_say (peer, "{\"type\":\"TOKENS\",%s%s}\n", script->tokens, number);
      else if (g_str_equal (type, "CHANGE_PASSWORD"))
        chat_raw_hang_up (peer);
    }
}

static void
sign_in (ChatPerson    *person,
         ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_person_sign_in (person, chat_raw_server_get_address (server), TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (person->session)));
}

static void
test_unsupported (void)
{
  Script script = { .features = "\"request-id\"" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GError) error = NULL;

  sign_in (anna, server);
  g_assert_null (list (anna, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (revoke_one (anna, 7, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (revoke_others (anna, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (change_password (anna, CHAT_TEST_PASSWORD, NEW_PASSWORD, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED);
  g_assert_cmpuint (script.n_asked, ==, 0);
}

static void
test_odd (void)
{
  Script script = { .features = "\"request-id\",\"token\"" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *umlauts = NULL;
  g_autoptr (GError) error = NULL;
  const ChatSessionDevice *device;

  sign_in (anna, server);
  /* Arrays of unlike lengths say nothing */
  script.tokens = g_strdup ("\"id\":[5,6],\"devices\":[\"a\"],\"created\":[],\"last_used\":[],\"current\":9");
  g_assert_null (list (anna, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER);
  g_clear_error (&error);
  g_clear_pointer (&script.tokens, g_free);

  /* An id twice, a name over many lines and one that is too long */
  for (guint i = 0; i < 100; i++)
    g_string_append (text, "ü");
  umlauts = g_strdup_printf ("x%s", text->str);
  script.tokens = g_strdup_printf ("\"id\":[5,5,9,7],\"devices\":[\"a\\nb\\u0007\",\"again\",\"%s\",\"\"],"
                                   "\"created\":[" DATE "," DATE "," DATE "," DATE "],"
                                   "\"last_used\":[" DATE "," DATE "," DATE "," DATE "],\"current\":9", umlauts);
  devices = list (anna, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, ==, 3);
  device = devices->pdata[0];
  g_assert_cmpstr (device->name, ==, "a b ");
  g_assert_cmpint (device->created, ==, G_GINT64_CONSTANT (1769860800000000));
  g_assert_cmpint (device->last_used, ==, device->created);
  device = devices->pdata[1];
  g_assert_true (device->current);
  g_assert_cmpuint (strlen (device->name), ==, 127);
  g_assert_true (g_utf8_validate (device->name, -1, NULL));
  device = devices->pdata[2];
  g_assert_cmpstr (device->name, ==, "");
  g_clear_pointer (&script.tokens, g_free);
  g_clear_error (&error);

  /* The connection ends in the place of an answer: nobody knows */
  g_assert_false (change_password (anna, CHAT_TEST_PASSWORD, NEW_PASSWORD, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNCERTAIN);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);
  g_test_add_func ("/devices/list", test_devices);
  g_test_add_func ("/devices/password", test_password);
  g_test_add_func ("/devices/too-many", test_too_many);
  g_test_add_func ("/devices/without", test_without);
  g_test_add_func ("/devices/unsupported", test_unsupported);
  g_test_add_func ("/devices/odd", test_odd);
  return chat_session_test_run ();
}
