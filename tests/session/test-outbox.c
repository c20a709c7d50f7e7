/* test-outbox.c: whatever breaks, a message arrives once, in order, or is shown as what it is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"
#include "chat-test-server.h"

#define N_MESSAGES 30

static void
add_text (GPtrArray  *messages,
          ChatPerson *person,
          ChatRoom   *room,
          guint       number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  g_ptr_array_add (messages, chat_person_send (person, room, text));
}

static gboolean
all_are (GPtrArray        *messages,
         ChatMessageState  state)
{
  for (guint i = 0; i < messages->len; i++)
    if (chat_message_get_state (messages->pdata[i]) != state)
      return FALSE;
  return TRUE;
}

/* What the other person has is each message once, in order */
static void
assert_arrived (ChatPerson *other,
                const char *from,
                guint       n)
{
  g_autoptr (ChatMessageList) list = chat_session_get_messages (other->session, chat_person_get_room (other, from));

  chat_test_wait_until (chat_message_list_get_loaded (list));
  chat_test_wait_until (chat_list_length (list) >= n);
  chat_test_settle ();
  g_assert_cmpuint (chat_list_length (list), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_assert_cmpstr (chat_list_text (list, i), ==, text);
    }
}

static void
test_offline (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *address = g_strdup (chat_test_server_get_address (server));
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) reopened = NULL;
  g_autoptr (ChatMessage) unwanted = NULL;
  ChatRoom *room;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_message_list_get_loaded (list));

  chat_test_server_stop (server);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_WAITING
                        || chat_session_get_state (anna->session) == CHAT_SESSION_CONNECTING);
  for (guint i = 0; i < N_MESSAGES; i++)
    add_text (messages, anna, room, i);
  unwanted = chat_person_send (anna, room, "never mind");
  g_assert_true (all_are (messages, CHAT_MESSAGE_WAITING));
  g_assert_cmpuint (chat_list_length (list), ==, N_MESSAGES + 1);
  g_assert_true (chat_room_get_last_message (room) == unwanted);
  chat_session_discard_message (anna->session, unwanted);
  g_assert_cmpuint (chat_list_length (list), ==, N_MESSAGES);
  g_assert_true (chat_room_get_last_message (room) == messages->pdata[N_MESSAGES - 1]);
  /* A window that is opened now shows them too */
  g_clear_object (&list);
  reopened = chat_session_get_messages (anna->session, room);
  g_assert_cmpuint (chat_list_length (reopened), ==, N_MESSAGES);

  chat_test_server_start (server);
  chat_test_wait_until (all_are (messages, CHAT_MESSAGE_SENT));
  for (guint i = 1; i < messages->len; i++)
    g_assert_cmpint (chat_message_get_id (messages->pdata[i - 1]), <, chat_message_get_id (messages->pdata[i]));
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 0);
  g_assert_cmpuint (chat_list_length (reopened), ==, N_MESSAGES);
  chat_test_wait_until (chat_session_get_state (boris->session) == CHAT_SESSION_ONLINE);
  assert_arrived (boris, "anna", N_MESSAGES);
  /* It catches up, and nothing of that is doubled */
  chat_test_wait_until (chat_message_list_get_loaded (reopened) && !chat_message_list_get_has_newer (reopened));
  g_assert_cmpuint (chat_list_length (reopened), ==, N_MESSAGES);
}

/* Each connection breaks after some objects, wherever that is */
static void
test_breaks (void)
{
  for (guint drop_after = 4; drop_after < 9; drop_after++)
    {
      const ChatServerOptions breaking = { .insecure = TRUE, .drop_after = drop_after, .no_rate_limit = TRUE };
      ChatServerOptions whole = { .insecure = TRUE };
      ChatTestServer *server = chat_test_server_new (&whole);
      g_autofree char *address = g_strdup (chat_test_server_get_address (server));
      g_autofree char *data = chat_test_temp_dir_new ();
      g_autoptr (ChatPerson) anna = chat_person_new ();
      g_autoptr (ChatPerson) boris = chat_person_new ();
      g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
      ChatServerOptions again = breaking;
      g_autoptr (GError) error = NULL;
      ChatRoom *room;

      chat_test_server_free (server);
      whole.data_dir = again.data_dir = data;
      whole.listen = again.listen = address;
      whole.no_rate_limit = TRUE;
      server = chat_test_server_new (&whole);
      chat_person_sign_up (anna, address, "anna");
      chat_person_sign_up (boris, address, "boris");
      chat_person_create_room (anna, "boris");
      /* The server takes leave of those who are there, and they live in this very thread */
      chat_session_close (anna->session);
      chat_session_close (boris->session);
      chat_test_server_free (server);

      server = chat_test_server_new (&again);
      chat_person_restart (anna);
      chat_person_sign_in (anna, address, TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
      g_assert_no_error (error);
      room = chat_person_get_room (anna, "boris");
      for (guint i = 0; i < N_MESSAGES; i++)
        add_text (messages, anna, room, i);
      chat_test_wait_until_for (60, all_are (messages, CHAT_MESSAGE_SENT));
      chat_session_close (anna->session);
      chat_test_server_free (server);

      server = chat_test_server_new (&whole);
      chat_person_restart (boris);
      chat_person_sign_in (boris, address, TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error);
      g_assert_no_error (error);
      assert_arrived (boris, "anna", N_MESSAGES);
      chat_session_close (boris->session);
      chat_test_server_free (server);
      chat_test_temp_dir_remove (g_steal_pointer (&data));
    }
}

static void
test_refused (void)
{
  const ChatServerOptions options = { .insecure = TRUE, .fail_sends = 1 };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) first = NULL;
  g_autoptr (ChatMessage) second = NULL;
  ChatRoom *room;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  list = chat_session_get_messages (anna->session, room);
  first = chat_person_send (anna, room, "1");
  second = chat_person_send (anna, room, "0");
  chat_test_wait_until (chat_message_get_state (first) == CHAT_MESSAGE_FAILED);
  g_assert_nonnull (chat_message_get_failure (first));
  /* It does not hold up the others */
  chat_test_wait_until (chat_message_get_state (second) == CHAT_MESSAGE_SENT);
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 1);

  chat_session_retry_message (anna->session, first);
  chat_test_wait_until (chat_message_get_state (first) == CHAT_MESSAGE_SENT);
  g_assert_null (chat_message_get_failure (first));
  g_assert_cmpint (chat_message_get_id (first), >, chat_message_get_id (second));
  g_assert_cmpstr (chat_list_text (list, -1), ==, "1");
  assert_arrived (boris, "anna", 2);
  /* Nothing of it is left to be thrown away */
  chat_session_discard_message (anna->session, first);
  g_assert_cmpuint (chat_list_length (list), ==, 2);
}

/* The raw server: the fate of a message is not known */
typedef struct
{
  const char *features;
  guint       n_sends;
  guint       n_hang_ups;         /* so many sends get no answer but the end */
  guint       silent_from;        /* sends from this one on have no answer; 0: all have */
  guint       retry_after;        /* so many seconds the first one is asked to wait */
  gboolean    page_has_it;        /* the page that is read after the reconnect holds the message */
  char       *refs[8];
  gint64      times[8];
} Fate;

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Fate *fate = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"features\":[%s]}", fate->features);
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[0]%s}", number);
  else if (g_str_equal (type, "SEARCH_USER"))
    chat_raw_say (peer, "{\"type\":\"SEARCH_USER\",\"user\":[]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    {
      if (fate->page_has_it && fate->n_sends > 0)
        chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":5,\"msg_type\":\"TEXT\","
                      "\"message\":\"0\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"anna\",\"client_ref\":\"%s\"%s}",
                      fate->refs[0], number);
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":false%s}", number);
    }
  else if (g_str_equal (type, "SND_MSG"))
    {
      guint n = fate->n_sends++;

      g_assert_cmpuint (n, <, G_N_ELEMENTS (fate->refs));
      fate->refs[n] = g_strdup (json_object_get_string_member_with_default (request, "client_ref", "none"));
      fate->times[n] = g_get_monotonic_time ();
      if (n < fate->n_hang_ups)
        chat_raw_hang_up (peer);
      else if (n == 0 && fate->retry_after > 0)
        chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"RATE_LIMITED\",\"retry_after\":%u%s}", fate->retry_after, number);
      else if (!fate->page_has_it && (fate->silent_from == 0 || n < fate->silent_from))
        chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":5,"
                      "\"date\":\"2026-01-31T12:34:56.789Z\"%s}", number);
    }
}

static void
fate_clear (Fate *fate)
{
  for (guint i = 0; i < G_N_ELEMENTS (fate->refs); i++)
    g_free (fate->refs[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fate, fate_clear)

static ChatRoom *
sign_in (ChatPerson    *person,
         ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_person_sign_in (person, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  return chat_person_get_room (person, "boris");
}

static void
test_unknown_with_ref (void)
{
  g_auto (Fate) fate = { .features = "\"request-id\",\"client-ref\",\"paging\"", .n_hang_ups = 2 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &fate);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessage) message = chat_person_send (anna, room, "0");

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_cmpuint (fate.n_sends, ==, 3);
  g_assert_cmpstr (fate.refs[0], ==, chat_message_get_client_ref (message));
  g_assert_cmpstr (fate.refs[1], ==, fate.refs[0]);
  g_assert_cmpstr (fate.refs[2], ==, fate.refs[0]);
  g_assert_cmpint (chat_message_get_id (message), ==, 5);
}

/* The page after the reconnect shows that it had arrived, before the answer to the second try */
static void
test_settled_by_page (void)
{
  g_auto (Fate) fate = { .features = "\"request-id\",\"client-ref\",\"paging\"", .n_hang_ups = 1, .page_has_it = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &fate);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessageList) list = chat_session_get_messages (anna->session, room);
  g_autoptr (ChatMessage) message = NULL;

  chat_test_wait_until (chat_message_list_get_loaded (list));
  message = chat_person_send (anna, room, "0");
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_cmpint (chat_message_get_id (message), ==, 5);
  chat_test_wait_until (chat_list_length (list) == 1);
  g_assert_true (chat_message_list_lookup (list, 5) == message);
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 0);
}

/* Somebody else was faster, but what one wrote came after it on the server: that is the newest. Or it was the other way round */
static void
serve_race (ChatRawPeer *peer,
            const char  *type,
            JsonObject  *request,
            gpointer     user_data)
{
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");
  int own = GPOINTER_TO_INT (user_data);

  if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"features\":[\"request-id\",\"client-ref\"]}");
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[0]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"MESSAGE_DOES_NOT_EXIST\",\"room_id\":7%s}", number);
  else if (g_str_equal (type, "SEARCH_USER"))
    chat_raw_say (peer, "{\"type\":\"SEARCH_USER\",\"user\":[]%s}", number);
  else if (g_str_equal (type, "SND_MSG"))
    chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":5,\"msg_type\":\"TEXT\","
                  "\"message\":\"theirs\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"boris\"}"
                  "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%d,"
                  "\"date\":\"2026-01-31T12:34:56.790Z\"%s}", own, number);
}

static void
test_newest (gconstpointer data)
{
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve_race, (gpointer) data);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessage) message = chat_person_send (anna, room, "ours");

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  chat_test_wait_until (chat_room_get_last_message (room) != NULL);
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, GPOINTER_TO_INT (data) == 6 ? "ours" : "theirs");
}

static void
test_unknown_without_ref (void)
{
  g_auto (Fate) fate = { .features = "\"request-id\",\"paging\"", .n_hang_ups = 1 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &fate);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessage) message = chat_person_send (anna, room, "0");

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_FAILED);
  g_assert_nonnull (chat_message_get_failure (message));
  chat_test_wait_until (chat_raw_server_get_n_accepted (server) == 2
                        && chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  /* Nobody but the person sends it again */
  chat_test_settle ();
  g_assert_cmpuint (fate.n_sends, ==, 1);
  chat_session_retry_message (anna->session, message);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_cmpuint (fate.n_sends, ==, 2);
  g_assert_cmpstr (fate.refs[1], ==, "none");
}

/* A change that stands behind what has no answer: who waits for it is told when the connection ends, as it is kept by then. (Else the
 * session would wait for ever, also when it is closed) */
static void
test_change_behind (void)
{
  g_auto (Fate) fate = { .features = "\"request-id\",\"client-ref\",\"paging\"", .silent_from = 1 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &fate);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_auto (ChatAnswer) answer = { NULL };
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessage) message = chat_person_send (anna, room, "0");
  g_autoptr (ChatMessage) next = NULL;
  g_autoptr (GError) error = NULL;

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  next = chat_person_send (anna, room, "1");
  chat_test_wait_until (fate.n_sends == 2);
  chat_session_edit_message_async (anna->session, message, "2", NULL, chat_answer_take, &answer);
  chat_test_wait_until (g_str_equal (chat_message_get_text (message), "2"));
  g_assert_null (answer.result);

  chat_raw_server_set_accepting (server, FALSE);
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  g_assert_true (chat_session_edit_message_finish (anna->session, chat_answer_wait (&answer), &error));
  g_assert_no_error (error);
  g_assert_true (chat_message_get_busy (message));
}

static void
test_rate_limited (void)
{
  g_auto (Fate) fate = { .features = "\"request-id\",\"client-ref\",\"paging\"", .retry_after = 1 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &fate);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessage) first = chat_person_send (anna, room, "0");
  g_autoptr (ChatMessage) second = chat_person_send (anna, room, "1");

  chat_test_wait_until (chat_message_get_state (second) == CHAT_MESSAGE_SENT);
  g_assert_cmpint (chat_message_get_state (first), ==, CHAT_MESSAGE_SENT);
  g_assert_cmpuint (fate.n_sends, ==, 3);
  g_assert_cmpint (fate.times[1] - fate.times[0], >=, G_USEC_PER_SEC * 9 / 10);
  g_assert_cmpstr (fate.refs[1], ==, chat_message_get_client_ref (first));
}

/* Bounds of the waits between tries, and that a person need not wait for them */
static void
test_backoff (void)
{
  g_auto (Fate) fate = { .features = "" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &fate);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatSessionTimes *times = chat_session_get_times (anna->session);
  guint n;

  times->backoff_base = 1000;
  times->backoff_max = 60000;
  g_assert_cmpuint (chat_session_get_backoff_limit (anna->session, 1), ==, 1000);
  g_assert_cmpuint (chat_session_get_backoff_limit (anna->session, 2), ==, 2000);
  g_assert_cmpuint (chat_session_get_backoff_limit (anna->session, 6), ==, 32000);
  g_assert_cmpuint (chat_session_get_backoff_limit (anna->session, 7), ==, 60000);
  g_assert_cmpuint (chat_session_get_backoff_limit (anna->session, G_MAXUINT), ==, 60000);

  sign_in (anna, server);
  times->backoff_base = 2;
  times->backoff_max = 8;
  chat_raw_server_set_accepting (server, FALSE);
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  /* Each one fails, and the next is tried */
  n = chat_raw_server_get_n_accepted (server);
  chat_test_wait_until (chat_raw_server_get_n_accepted (server) >= n + 6);
  /* Now none but the person would end the wait within the time of this test */
  times->backoff_base = times->backoff_max = 3600 * 1000;
  do
    {
      /* Drawn by chance: a short one is drawn again */
      chat_session_connect (anna->session);
      chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_WAITING);
    }
  while (chat_session_get_retry_at (anna->session) < g_get_monotonic_time () + 60 * G_USEC_PER_SEC);
  chat_raw_server_set_accepting (server, TRUE);
  chat_session_connect (anna->session);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_CONNECTING);
  g_assert_cmpint (chat_session_get_retry_at (anna->session), ==, 0);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/outbox/offline", test_offline);
  g_test_add_func ("/outbox/breaks", test_breaks);
  g_test_add_func ("/outbox/refused", test_refused);
  g_test_add_func ("/outbox/unknown-with-ref", test_unknown_with_ref);
  g_test_add_func ("/outbox/settled-by-page", test_settled_by_page);
  g_test_add_data_func ("/outbox/newest", GINT_TO_POINTER (6), test_newest);
  g_test_add_data_func ("/outbox/not-newest", GINT_TO_POINTER (4), test_newest);
  g_test_add_func ("/outbox/unknown-without-ref", test_unknown_without_ref);
  g_test_add_func ("/outbox/change-behind", test_change_behind);
  g_test_add_func ("/outbox/rate-limited", test_rate_limited);
  g_test_add_func ("/outbox/backoff", test_backoff);

  return chat_session_test_run ();
}
