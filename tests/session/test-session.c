/* test-session.c: every function of the session, against the real server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "chat-session-test.h"
#include "chat-test-server.h"

static void
assert_refused (ChatPerson *person,
                const char *server,
                gboolean    insecure,
                const char *login,
                const char *password,
                gboolean    sign_up,
                int         code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (chat_person_sign_in (person, server, insecure, login, password, sign_up, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, code);
  g_assert_cmpint (chat_session_get_state (person->session), ==, CHAT_SESSION_SIGNED_OUT);
}

static void
test_sign_in (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) other = chat_person_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_SIGNED_OUT);
  assert_refused (anna, address, TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, CHAT_SESSION_ERROR_WRONG_USER);
  assert_refused (anna, address, TRUE, "an na", CHAT_TEST_PASSWORD, TRUE, CHAT_SESSION_ERROR_UNACCEPTABLE_NAME);
  assert_refused (anna, address, TRUE, "anna", "short", TRUE, CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD);

  chat_person_sign_up (anna, address, "Anna");
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);
  g_assert_cmpstr (chat_session_get_server (anna->session), ==, address);
  g_assert_cmpstr (chat_session_get_login (anna->session), ==, "Anna");
  g_assert_true (chat_session_get_insecure (anna->session));
  g_assert_null (chat_session_get_error (anna->session));
  g_assert_cmpuint (chat_session_get_abilities (anna->session), ==,
                    CHAT_SESSION_CAN_RESEND | CHAT_SESSION_CAN_PAGE | CHAT_SESSION_CAN_TELL_ROOMS | CHAT_SESSION_CAN_REMEMBER
                      | CHAT_SESSION_CAN_TELL_RECEIPTS | CHAT_SESSION_CAN_TELL_TYPING | CHAT_SESSION_CAN_TELL_PRESENCE
                     | CHAT_SESSION_CAN_ATTACH);

  assert_refused (other, address, TRUE, "anna", CHAT_TEST_PASSWORD, TRUE, CHAT_SESSION_ERROR_USER_EXISTS);
  assert_refused (other, address, TRUE, "anna", "not the right one", FALSE, CHAT_SESSION_ERROR_WRONG_PASSWORD);
  /* The name is written as the account has it */
  g_assert_true (chat_person_sign_in (other, address, TRUE, "aNNA", CHAT_TEST_PASSWORD, FALSE, &error));
  g_assert_no_error (error);
}

static void
test_addresses (void)
{
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatTestServer) plain = chat_test_server_new (NULL);
  g_autofree char *nobody = NULL;

  chat_session_get_times (anna->session)->connect = 2000;
  assert_refused (anna, "not a host", FALSE, "a", "b", FALSE, CHAT_SESSION_ERROR_ADDRESS);
  assert_refused (anna, "host:99999", FALSE, "a", "b", FALSE, CHAT_SESSION_ERROR_ADDRESS);
  assert_refused (anna, "", FALSE, "a", "b", FALSE, CHAT_SESSION_ERROR_ADDRESS);
  /* A server without TLS, asked for TLS */
  assert_refused (anna, chat_test_server_get_address (plain), FALSE, "a", "b", FALSE, CHAT_SESSION_ERROR_NO_TLS);

  nobody = g_strdup (chat_test_server_get_address (plain));
  chat_test_server_stop (plain);
  assert_refused (anna, nobody, TRUE, "a", "b", FALSE, CHAT_SESSION_ERROR_UNREACHABLE);
}

static void
test_certificates (void)
{
  const ChatServerOptions options = { .insecure = FALSE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autofree char *address = g_strdup (chat_test_server_get_address (server));
  const char *wrong = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GError) error = NULL;
  const char *accepted;

  /* TLS, asked for nothing of it: it is no server that we can talk to */
  assert_refused (anna, address, TRUE, "anna", CHAT_TEST_PASSWORD, TRUE, CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER);

  assert_refused (anna, address, FALSE, "anna", CHAT_TEST_PASSWORD, TRUE, CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN);
  g_assert_cmpstr (chat_session_get_certificate_fingerprint (anna->session, &accepted), ==,
                   chat_test_server_get_fingerprint (server));
  g_assert_null (accepted);

  chat_session_accept_certificate (anna->session, address, wrong);
  assert_refused (anna, address, FALSE, "anna", CHAT_TEST_PASSWORD, TRUE, CHAT_SESSION_ERROR_CERTIFICATE_CHANGED);
  g_assert_cmpstr (chat_session_get_certificate_fingerprint (anna->session, &accepted), ==,
                   chat_test_server_get_fingerprint (server));
  g_assert_cmpstr (accepted, ==, wrong);

  chat_session_accept_certificate (anna->session, address, chat_test_server_get_fingerprint (server));
  chat_person_sign_in (anna, address, FALSE, "anna", CHAT_TEST_PASSWORD, TRUE, &error);
  g_assert_no_error (error);
  g_assert_null (chat_session_get_certificate_fingerprint (anna->session, NULL));
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (anna->session)));

  /* Another certificate when it comes back: nothing goes on without the person */
  chat_test_server_stop (server);
  chat_test_wait_until (chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);
  chat_session_accept_certificate (anna->session, address, wrong);
  chat_test_server_start (server);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_REFUSED);
  g_assert_error (chat_session_get_error (anna->session), CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_CERTIFICATE_CHANGED);
  chat_session_accept_certificate (anna->session, address, chat_test_server_get_fingerprint (server));
  chat_session_connect (anna->session);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
}

static gboolean
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean restored;

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  restored = chat_session_restore_finish (person->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  return restored;
}

static gboolean
file_holds (ChatPerson *person,
            const char *text)
{
  g_autofree char *path = g_build_filename (person->dir, "account.ini", NULL);
  g_autofree char *data = NULL;

  return g_file_get_contents (path, &data, NULL, NULL) && strstr (data, text) != NULL;
}

static void
test_restore (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_auto (ChatAnswer) answer = { NULL };
  GStatBuf info;
  g_autofree char *path = g_build_filename (anna->dir, "account.ini", NULL);

  chat_test_keyring_empty ();
  g_assert_false (restore (anna));
  chat_person_sign_up (anna, address, "anna");
  chat_test_wait_until (file_holds (anna, "login=anna"));
  g_assert_false (file_holds (anna, CHAT_TEST_PASSWORD));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);

  /* What is kept is the token, never the password */
  g_assert_cmpuint (chat_test_keyring_get_n (), ==, 1);
  g_assert_false (chat_test_keyring_holds (CHAT_TEST_PASSWORD));
  chat_person_restart (anna);
  g_assert_cmpstr (chat_session_get_login (anna->session), ==, "anna");
  g_assert_true (restore (anna));
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  g_assert_cmpstr (chat_session_get_server (anna->session), ==, address);

  /* Signed out: nothing comes back */
  chat_session_sign_out_async (anna->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_sign_out_finish (anna->session, chat_answer_wait (&answer), NULL));
  chat_answer_clear (&answer);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_SIGNED_OUT);
  g_assert_null (chat_session_get_login (anna->session));
  chat_test_wait_until (chat_test_keyring_get_n () == 0);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 0);
  chat_person_restart (anna);
  g_assert_null (chat_session_get_login (anna->session));
  g_assert_false (restore (anna));
}

/* No keyring answers: everything works, only the next start asks again */
static void
test_no_keyring (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);

  for (ChatKeyringMood mood = CHAT_KEYRING_LOCKED; mood <= CHAT_KEYRING_MISSING; mood++)
    {
      g_autoptr (ChatPerson) anna = chat_person_new ();
    
      chat_test_keyring_set_mood (mood);
      chat_session_get_times (anna->session)->secret = 50;
      chat_person_sign_up (anna, address, mood == CHAT_KEYRING_LOCKED ? "anna" : "boris");
      chat_person_restart (anna);
      chat_session_get_times (anna->session)->secret = 50;
      g_assert_false (restore (anna));
      g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_SIGNED_OUT);
      g_assert_cmpstr (chat_session_get_server (anna->session), ==, address);
      chat_test_keyring_set_mood (CHAT_KEYRING_WORKS);
    }
}

/* The token was revoked elsewhere: here, the server has forgotten everybody */
static void
test_dead_token (void)
{
  ChatTestServer *server = chat_test_server_new (NULL);
  g_autofree char *address = g_strdup (chat_test_server_get_address (server));
  const ChatServerOptions again = { .insecure = TRUE, .listen = address };
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GError) error = NULL;

  chat_person_sign_up (anna, address, "anna");
  chat_test_server_free (server);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_WAITING);
  g_assert_cmpint (chat_session_get_retry_at (anna->session), >, 0);
  g_assert_nonnull (chat_session_get_error (anna->session));

  server = chat_test_server_new (&again);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_REFUSED);
  g_assert_error (chat_session_get_error (anna->session), CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_SIGNED_OUT);
  g_assert_cmpstr (chat_session_get_login (anna->session), ==, "anna");
  g_assert_cmpstr (chat_session_get_server (anna->session), ==, address);
  /* Without a token it is in vain, and says so again */
  chat_session_connect (anna->session);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_REFUSED);
  chat_person_sign_in (anna, address, TRUE, "anna", CHAT_TEST_PASSWORD, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);
  chat_test_server_free (server);
}

typedef struct
{
  guint        n_received;
  guint        n_removed;
  char        *last;
} Heard;

static void
on_received (ChatSession *session,
             ChatRoom    *room,
             ChatMessage *message,
             Heard       *heard)
{
  heard->n_received++;
  g_free (heard->last);
  heard->last = g_strdup (chat_message_get_text (message));
}

static void
on_removed (ChatSession *session,
            ChatRoom    *room,
            Heard       *heard)
{
  heard->n_removed++;
}

static void
test_rooms (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatPerson) tablet = chat_person_new ();
  g_autoptr (ChatMessage) sent = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  g_auto (ChatAnswer) deleted = { NULL };
  g_auto (GStrv) found = NULL;
  Heard heard = { 0 };
  ChatRoom *room, *theirs, *on_tablet;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  g_assert_true (chat_person_sign_in (tablet, address, TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error));
  g_signal_connect (boris->session, "message-received", G_CALLBACK (on_received), &heard);
  g_signal_connect (boris->session, "room-removed", G_CALLBACK (on_removed), &heard);

  chat_session_search_users_async (anna->session, "OR", NULL, chat_answer_take, &answer);
  found = chat_session_search_users_finish (anna->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (found), ==, 1);
  g_assert_cmpstr (found[0], ==, "boris");

  room = chat_person_create_room (anna, "boris");
  g_assert_cmpstr (chat_room_get_name (room), ==, "boris");
  g_assert_true (room == chat_person_create_room (anna, "BORIS"));
  theirs = chat_person_get_room (boris, "anna");
  on_tablet = chat_person_get_room (tablet, "anna");
  g_assert_cmpint (chat_room_get_id (theirs), ==, chat_room_get_id (room));

  sent = chat_person_send (anna, room, "привіт");
  g_assert_cmpint (chat_message_get_state (sent), ==, CHAT_MESSAGE_SENDING);
  g_assert_true (chat_room_get_last_message (room) == sent);
  chat_test_wait_until (chat_message_get_state (sent) == CHAT_MESSAGE_SENT);
  g_assert_cmpint (chat_message_get_id (sent), >, 0);
  g_assert_cmpint (chat_room_get_activity (room), ==, chat_message_get_date (sent));
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 0);

  chat_test_wait_until (heard.n_received == 1);
  g_assert_cmpstr (heard.last, ==, "привіт");
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (theirs)), ==, "привіт");
  g_assert_cmpuint (chat_room_get_unread_count (theirs), ==, 1);
  g_assert_cmpuint (chat_room_list_get_unread (chat_session_get_rooms (boris->session)), ==, 1);
  chat_test_wait_until (chat_room_get_unread_count (on_tablet) == 1);

  /* Read on one device is read on the other */
  chat_session_mark_read (boris->session, theirs, chat_message_get_id (sent));
  g_assert_cmpuint (chat_room_get_unread_count (theirs), ==, 0);
  chat_test_wait_until (chat_room_get_unread_count (on_tablet) == 0);
  g_assert_cmpint (chat_room_get_read_mark (on_tablet), ==, chat_message_get_id (sent));

  chat_session_set_room_pinned (boris->session, theirs, TRUE);
  chat_session_set_room_muted (boris->session, theirs, TRUE);
  g_assert_true (chat_room_get_pinned (theirs) && chat_room_get_muted (theirs));
  chat_test_wait_until (chat_room_get_pinned (on_tablet) && chat_room_get_muted (on_tablet));

  /* All of it is there after a new start */
  chat_person_restart (tablet);
  g_assert_true (chat_person_sign_in (tablet, address, TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error));
  on_tablet = chat_person_get_room (tablet, "anna");
  chat_test_wait_until (chat_room_get_last_message (on_tablet) != NULL);
  g_assert_true (chat_room_get_pinned (on_tablet) && chat_room_get_muted (on_tablet));
  g_assert_cmpint (chat_room_get_read_mark (on_tablet), ==, chat_message_get_id (sent));
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (on_tablet)), ==, "привіт");

  chat_session_delete_room_async (anna->session, room, NULL, chat_answer_take, &deleted);
  g_assert_true (chat_session_delete_room_finish (anna->session, chat_answer_wait (&deleted), &error));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (anna->session))), ==, 0);
  chat_test_wait_until (heard.n_removed == 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (boris->session))), ==, 0);
  g_free (heard.last);
}

static void
test_messages (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) theirs_list = NULL;
  g_autoptr (ChatMessageList) same = NULL;
  g_autoptr (ChatMessage) first = NULL;
  g_autoptr (ChatMessage) second = NULL;
  g_autoptr (ChatMessage) seen = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *long_text = g_strnfill (65537, 'x');
  g_auto (ChatAnswer) edited = { NULL };
  g_auto (ChatAnswer) foreign = { NULL };
  g_auto (ChatAnswer) removed = { NULL };
  ChatRoom *room, *theirs;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  theirs = chat_person_get_room (boris, "anna");

  list = chat_session_get_messages (anna->session, room);
  same = chat_session_get_messages (anna->session, room);
  g_assert_true (list == same);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  g_assert_cmpuint (chat_list_length (list), ==, 0);

  g_assert_null (chat_session_send_text (anna->session, room, "", &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_null (chat_session_send_text (anna->session, room, long_text, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_cmpuint (chat_list_length (list), ==, 0);

  first = chat_person_send (anna, room, "one");
  second = chat_person_send (anna, room, "two");
  g_assert_cmpuint (chat_list_length (list), ==, 2);
  chat_test_wait_until (chat_message_get_state (second) == CHAT_MESSAGE_SENT);
  g_assert_cmpint (chat_message_get_id (first), <, chat_message_get_id (second));
  g_assert_cmpuint (chat_list_length (list), ==, 2);
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 0);

  /* The page gives the very objects that others hold */
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 2);
  seen = g_object_ref (chat_room_get_last_message (theirs));
  theirs_list = chat_session_get_messages (boris->session, theirs);
  chat_test_wait_until (chat_list_length (theirs_list) == 2);
  g_assert_true (chat_message_list_lookup (theirs_list, chat_message_get_id (second)) == seen);

  chat_session_edit_message_async (anna->session, second, "deux", NULL, chat_answer_take, &edited);
  g_assert_true (chat_message_get_busy (second));
  g_assert_cmpstr (chat_message_get_text (second), ==, "two");
  g_assert_true (chat_session_edit_message_finish (anna->session, chat_answer_wait (&edited), &error));
  g_assert_false (chat_message_get_busy (second));
  g_assert_cmpstr (chat_message_get_text (second), ==, "deux");
  chat_test_wait_until (g_str_equal (chat_message_get_text (seen), "deux"));
  g_assert_true (chat_message_get_edited (seen));

  chat_session_edit_message_async (boris->session, seen, "mine", NULL, chat_answer_take, &foreign);
  g_assert_false (chat_session_edit_message_finish (boris->session, chat_answer_wait (&foreign), &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FORBIDDEN);
  g_clear_error (&error);

  /* The newest goes: the one before it is the newest */
  chat_session_delete_message_async (anna->session, second, NULL, chat_answer_take, &removed);
  g_assert_true (chat_session_delete_message_finish (anna->session, chat_answer_wait (&removed), &error));
  chat_answer_clear (&removed);
  g_assert_cmpuint (chat_list_length (list), ==, 1);
  g_assert_true (chat_room_get_last_message (room) == first);
  chat_test_wait_until (chat_list_length (theirs_list) == 1);
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (theirs)), ==, "one");
  g_assert_cmpuint (chat_room_get_unread_count (theirs), ==, 1);

  /* Gone already counts as done */
  chat_session_delete_message_async (anna->session, second, NULL, chat_answer_take, &removed);
  g_assert_true (chat_session_delete_message_finish (anna->session, chat_answer_wait (&removed), &error));
  chat_answer_clear (&removed);

  /* The last one goes where no window is open: the server is asked what is newest now */
  g_clear_object (&theirs_list);
  chat_session_delete_message_async (anna->session, first, NULL, chat_answer_take, &removed);
  g_assert_true (chat_session_delete_message_finish (anna->session, chat_answer_wait (&removed), &error));
  chat_test_wait_until (chat_room_get_last_message (theirs) == NULL);
  g_assert_null (chat_room_get_last_message (room));
}

static void
test_history (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room, *theirs;
  ChatMessage *oldest;
  gint64 id;
  const guint n = 230;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_clear_object (&message);
      message = chat_person_send (anna, room, text);
    }
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  theirs = chat_person_get_room (boris, "anna");
  chat_test_wait_until (chat_room_get_unread_count (theirs) == n);

  list = chat_session_get_messages (boris->session, theirs);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  g_assert_cmpuint (chat_list_length (list), <, n);
  g_assert_true (chat_message_list_get_has_older (list));
  g_assert_cmpstr (chat_list_text (list, -1), ==, "229");
  while (chat_message_list_get_has_older (list))
    {
      chat_message_list_load_older (list);
      chat_test_wait_until (!chat_message_list_get_loading_older (list));
      g_assert_no_error (chat_message_list_get_error (list));
    }
  g_assert_cmpuint (chat_list_length (list), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_assert_cmpstr (chat_list_text (list, i), ==, text);
    }

  /* To the midst, and back */
  oldest = g_list_model_get_item (G_LIST_MODEL (list), 3);
  id = chat_message_get_id (oldest);
  g_object_unref (oldest);
  g_clear_object (&list);
  list = chat_session_get_messages (boris->session, theirs);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  chat_message_list_load_around (list, id);
  chat_test_wait_until (chat_message_list_lookup (list, id) != NULL);
  g_assert_true (chat_message_list_get_has_newer (list));
  while (chat_message_list_get_has_newer (list))
    {
      chat_message_list_load_newer (list);
      chat_test_wait_until (!chat_message_list_get_loading_newer (list));
      g_assert_no_error (chat_message_list_get_error (list));
    }
  g_assert_cmpstr (chat_list_text (list, -1), ==, "229");

  /* Read half of it: what is left is counted */
  oldest = g_list_model_get_item (G_LIST_MODEL (list), chat_list_length (list) - (n - 103));
  chat_session_mark_read (boris->session, theirs, chat_message_get_id (oldest));
  g_object_unref (oldest);
  chat_test_wait_until (chat_room_get_unread_count (theirs) == n - 1 - 103);
}

static void
test_cancel (void)
{
  g_autoptr (ChatTestServer) server = NULL;
  const ChatServerOptions slow = { .insecure = TRUE, .delay_ms = 300 };
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (ChatAnswer) cancelled = { NULL };
  g_auto (ChatAnswer) sign_in = { NULL };
  g_auto (ChatAnswer) offline = { NULL };
  g_auto (GStrv) none = NULL;
  g_autoptr (GError) error = NULL;

  server = chat_test_server_new (&slow);
  chat_person_sign_up (anna, chat_test_server_get_address (server), "anna");
  chat_session_search_users_async (anna->session, "x", cancellable, chat_answer_take, &cancelled);
  g_cancellable_cancel (cancellable);
  none = chat_session_search_users_finish (anna->session, chat_answer_wait (&cancelled), &error);
  g_assert_null (none);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* A sign-in that the person gave up leaves everything as it was */
  g_object_unref (cancellable);
  cancellable = g_cancellable_new ();
  chat_session_sign_in_async (anna->session, chat_test_server_get_address (server), TRUE, "boris", CHAT_TEST_PASSWORD, TRUE,
                              cancellable, chat_answer_take, &sign_in);
  g_cancellable_cancel (cancellable);
  g_assert_false (chat_session_sign_in_finish (anna->session, chat_answer_wait (&sign_in), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);
  g_assert_cmpstr (chat_session_get_login (anna->session), ==, "anna");

  /* Closing ends what is under way */
  chat_session_search_users_async (anna->session, "x", NULL, chat_answer_take, &offline);
  chat_session_close (anna->session);
  none = chat_session_search_users_finish (anna->session, chat_answer_wait (&offline), &error);
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);
}

/* Another account at the same machine: nothing of the first may be seen */
static void
test_other_account (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  Heard heard = { 0 };
  ChatRoom *room;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  message = chat_person_send (anna, room, "secret");
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_signal_connect (anna->session, "room-removed", G_CALLBACK (on_removed), &heard);
  chat_person_sign_in (anna, address, TRUE, "carol", CHAT_TEST_PASSWORD, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (chat_session_get_login (anna->session), ==, "carol");
  g_assert_cmpuint (heard.n_removed, ==, 1);
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (anna->session)));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (anna->session))), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/session/sign-in", test_sign_in);
  g_test_add_func ("/session/addresses", test_addresses);
  g_test_add_func ("/session/certificates", test_certificates);
  g_test_add_func ("/session/restore", test_restore);
  g_test_add_func ("/session/no-keyring", test_no_keyring);
  g_test_add_func ("/session/dead-token", test_dead_token);
  g_test_add_func ("/session/rooms", test_rooms);
  g_test_add_func ("/session/messages", test_messages);
  g_test_add_func ("/session/history", test_history);
  g_test_add_func ("/session/cancel", test_cancel);
  g_test_add_func ("/session/other-account", test_other_account);

  return chat_session_test_run ();
}
