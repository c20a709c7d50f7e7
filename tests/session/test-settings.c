/* test-settings.c: what others are told of the person: on all devices, offline, over restarts, and where the server will not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-test.h"
#include "chat-test-server.h"

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

/* As "rtp": small where others are not told */
static const char *
settings (ChatPerson *person)
{
  static char text[4];

  text[0] = chat_session_get_sends_receipts (person->session) ? 'R' : 'r';
  text[1] = chat_session_get_sends_typing (person->session) ? 'T' : 't';
  text[2] = chat_session_get_sends_presence (person->session) ? 'P' : 'p';
  return text;
}

#define wait_for_settings(person, expected) \
  chat_test_wait_until (g_str_equal (settings (person), expected) && !chat_session_get_settings_waiting ((person)->session))

static void
count (GObject    *object,
       GParamSpec *pspec,
       guint      *n)
{
  ++*n;
}

typedef struct
{
  ChatTestServer *server;
  ChatPerson     *anna;
  ChatPerson     *phone;    /* of anna too */
} Scene;

static void
scene_init (Scene *scene)
{
  g_autoptr (GError) error = NULL;
  const char *address;

  chat_test_keyring_empty ();
  scene->server = chat_test_server_new (NULL);
  address = chat_test_server_get_address (scene->server);
  scene->anna = chat_person_new ();
  scene->phone = chat_person_new ();
  chat_person_sign_up (scene->anna, address, "anna");
  chat_person_sign_in (scene->phone, address, TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (scene->phone->session)));
}

static void
scene_clear (Scene *scene)
{
  chat_person_free (scene->anna);
  chat_person_free (scene->phone);
  chat_test_server_free (scene->server);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
test_devices_agree (void)
{
  g_auto (Scene) scene = { NULL };
  guint n = 0, n_waiting = 0;
  gboolean waiting;

  scene_init (&scene);
  g_assert_cmpstr (settings (scene.anna), ==, "RTP");
  g_signal_connect (scene.anna->session, "notify::sends-receipts", G_CALLBACK (count), &n);
  g_signal_connect (scene.anna->session, "notify::settings-waiting", G_CALLBACK (count), &n_waiting);

  /* Shown at once; the server is told one after the other, the last choice last */
  chat_session_set_sends_receipts (scene.anna->session, FALSE);
  g_assert_cmpstr (settings (scene.anna), ==, "rTP");
  g_object_get (scene.anna->session, "settings-waiting", &waiting, NULL);
  g_assert_true (waiting);
  chat_session_set_sends_receipts (scene.anna->session, FALSE);
  g_assert_cmpuint (n, ==, 1);
  chat_session_set_sends_receipts (scene.anna->session, TRUE);
  chat_session_set_sends_presence (scene.anna->session, FALSE);
  chat_session_set_sends_receipts (scene.anna->session, FALSE);
  wait_for_settings (scene.anna, "rTp");
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (n_waiting, ==, 2);
  wait_for_settings (scene.phone, "rTp");

  chat_session_set_sends_typing (scene.phone->session, FALSE);
  chat_session_set_sends_receipts (scene.phone->session, TRUE);
  wait_for_settings (scene.anna, "Rtp");
  g_assert_cmpuint (n, ==, 4);
  g_signal_handlers_disconnect_by_data (scene.anna->session, &n);
  g_signal_handlers_disconnect_by_data (scene.anna->session, &n_waiting);

  /* Signed out: nothing of it is left for the next one */
  {
    g_auto (ChatAnswer) answer = { NULL };

    chat_session_sign_out_async (scene.anna->session, NULL, chat_answer_take, &answer);
    chat_session_sign_out_finish (scene.anna->session, chat_answer_wait (&answer), NULL);
    g_assert_cmpstr (settings (scene.anna), ==, "RTP");
    chat_session_set_sends_typing (scene.anna->session, FALSE);
    g_assert_cmpstr (settings (scene.anna), ==, "RTP");
  }
}

/* Chosen without a connection, and by another device while this one was away */
static void
test_offline (void)
{
  g_auto (Scene) scene = { NULL };

  scene_init (&scene);
  chat_session_set_sends_presence (scene.phone->session, FALSE);
  wait_for_settings (scene.anna, "RTp");
  chat_test_wait_until (chat_session_is_written (scene.anna->session));
  chat_session_close (scene.anna->session);
  chat_session_set_sends_presence (scene.phone->session, TRUE);
  chat_session_set_sends_typing (scene.phone->session, FALSE);
  wait_for_settings (scene.phone, "RtP");
  chat_test_server_stop (scene.server);

  /* What is kept shows, and can be changed; that is kept too */
  chat_person_restart (scene.anna);
  restore (scene.anna);
  g_assert_cmpstr (settings (scene.anna), ==, "RTp");
  g_assert_cmpuint (chat_session_get_abilities (scene.anna->session) & CHAT_SESSION_CAN_TELL_RECEIPTS, !=, 0);
  g_assert_cmpuint (chat_session_get_abilities (scene.anna->session) & CHAT_SESSION_CAN_REMEMBER, !=, 0);
  chat_session_set_sends_receipts (scene.anna->session, FALSE);
  chat_session_set_sends_typing (scene.anna->session, FALSE);
  chat_session_set_sends_typing (scene.anna->session, TRUE);
  g_assert_cmpstr (settings (scene.anna), ==, "rTp");
  chat_person_restart (scene.anna);
  restore (scene.anna);
  g_assert_cmpstr (settings (scene.anna), ==, "rTp");
  g_assert_true (chat_session_get_settings_waiting (scene.anna->session));

  /* Nobody here chose anything about presence: that is as the other device set it */
  chat_test_server_start (scene.server);
  wait_for_settings (scene.anna, "rTP");
  wait_for_settings (scene.phone, "rTP");
  g_assert_cmpuint (chat_session_get_n_refreshes (scene.anna->session), ==, 0);
  chat_test_wait_until (chat_session_is_written (scene.anna->session));
  chat_person_restart (scene.anna);
  g_assert_cmpstr (settings (scene.anna), ==, "RTP");
  chat_test_server_stop (scene.server);
  restore (scene.anna);
  g_assert_cmpstr (settings (scene.anna), ==, "rTP");
  g_assert_false (chat_session_get_settings_waiting (scene.anna->session));
  chat_test_server_start (scene.server);
}

/* A server that does with SET_ACCOUNT what the test wants */

typedef struct
{
  const char *features;
  const char *status;       /* of SET_ACCOUNT; NULL: hangs up instead */
  guint       n_asked;
  gboolean    receipts;
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
  else if (g_str_equal (type, "SET_ACCOUNT"))
    {
      script->n_asked++;
      if (script->status == NULL)
        chat_raw_hang_up (peer);
      else if (*script->status != '\0')
        chat_raw_say (peer, "{\"type\":\"SET_ACCOUNT\",\"status\":\"%s\",\"error\":\"no\",\"retry_after\":1%s}\n", script->status, number);
      else
        {
          if (json_object_has_member (request, "receipts"))
            script->receipts = json_object_get_boolean_member (request, "receipts");
          chat_raw_say (peer, "{\"type\":\"SET_ACCOUNT\",\"receipts\":%s,\"typing\":true,\"presence\":true%s}\n",
                        script->receipts ? "true" : "false", number);
        }
    }
}

static void
on_notice (ChatSession *session,
           const char  *words,
           guint       *n)
{
  ++*n;
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
test_refused (void)
{
  Script script = { .features = "\"request-id\",\"receipts\",\"typing\"", .status = "", .receipts = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  guint n_notices = 0, n_asked;

  sign_in (anna, server);
  g_signal_connect (anna->session, "notice", G_CALLBACK (on_notice), &n_notices);
  chat_test_wait_until (script.n_asked == 1);

  /* What the server can not do is not set */
  chat_session_set_sends_presence (anna->session, FALSE);
  g_assert_cmpstr (settings (anna), ==, "RTP");

  script.status = "FORBIDDEN";
  chat_session_set_sends_receipts (anna->session, FALSE);
  g_assert_cmpstr (settings (anna), ==, "rTP");
  wait_for_settings (anna, "RTP");
  g_assert_cmpuint (n_notices, ==, 1);

  /* Told again after the time that the server wants, and not as a failure */
  script.status = "RATE_LIMITED";
  n_asked = script.n_asked;
  chat_session_set_sends_receipts (anna->session, FALSE);
  chat_test_wait_until (script.n_asked == n_asked + 1);
  script.status = "";
  wait_for_settings (anna, "rTP");
  g_assert_false (script.receipts);
  g_assert_cmpuint (n_notices, ==, 1);

  /* The connection ends in the place of an answer */
  script.status = NULL;
  n_asked = script.n_asked;
  chat_session_set_sends_receipts (anna->session, TRUE);
  chat_test_wait_until (script.n_asked > n_asked);
  g_assert_true (chat_session_get_settings_waiting (anna->session));
  script.status = "";
  wait_for_settings (anna, "RTP");
  g_assert_true (script.receipts);
  g_signal_handlers_disconnect_by_data (anna->session, &n_notices);
}

/* A server that knows none of it is not asked */
static void
test_unsupported (void)
{
  Script script = { .features = "\"request-id\",\"token\"" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();

  sign_in (anna, server);
  chat_session_set_sends_receipts (anna->session, FALSE);
  chat_session_set_sends_typing (anna->session, FALSE);
  chat_session_set_sends_presence (anna->session, FALSE);
  g_assert_cmpstr (settings (anna), ==, "RTP");
  g_assert_false (chat_session_get_settings_waiting (anna->session));
  chat_test_settle ();
  g_assert_cmpuint (script.n_asked, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);
  g_test_add_func ("/settings/devices-agree", test_devices_agree);
  g_test_add_func ("/settings/offline", test_offline);
  g_test_add_func ("/settings/refused", test_refused);
  g_test_add_func ("/settings/unsupported", test_unsupported);
  return chat_session_test_run ();
}
