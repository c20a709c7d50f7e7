/* test-limits.c: a server that asks us to wait is obeyed, whatever was asked, and nobody is told of a failure
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"

#define WAIT_S 1
/* A clock that ticks in milliseconds may be early by one */
#define LEAST (WAIT_S * G_USEC_PER_SEC - 2000)

typedef struct
{
  GHashTable *met;            /* type -> gint64 *: when it was told to wait */
  GHashTable *too_soon;       /* set of types */
  guint       n_limited;
  guint       retry_after;
  gboolean    strict;         /* log-in too */
  gint64      login_limited;  /* µs, monotonic */
  gint64      login_again;
} Limits;

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Limits *limits = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");
  gint64 now = g_get_monotonic_time (), *met;

  if (g_str_equal (type, "REQUEST_LOGIN"))
    {
      if (limits->strict && limits->login_limited == 0)
        {
          limits->login_limited = now;
          chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"RATE_LIMITED\",\"error\":\"slowly\",\"retry_after\":%u}", WAIT_S);
          return;
        }
      limits->login_again = now;
      chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"t\","
                    "\"features\":[\"request-id\",\"client-ref\",\"paging\",\"room-info\",\"receipts\",\"sync\",\"token\"]}");
      return;
    }
  if (!g_str_equal (type, "REQUEST_SIGNUP") && number[0] != '\0')
    {
      met = g_hash_table_lookup (limits->met, type);
      if (met == NULL)
        {
          g_hash_table_insert (limits->met, g_strdup (type), g_memdup2 (&now, sizeof now));
          limits->n_limited++;
          chat_raw_say (peer, "{\"type\":\"%s\",\"status\":\"RATE_LIMITED\",\"error\":\"slowly\",\"retry_after\":%u%s}", type,
                        limits->retry_after, number);
          return;
        }
      /* (A page may have been asked for before the answer about another one came) */
      if (now - *met < LEAST && !(g_str_equal (type, "READ_MSG") && now - *met < LEAST / 4))
        g_hash_table_add (limits->too_soon, g_strdup (type));
    }
  if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[5],\"seq\":9,"
                  "\"kinds\":[\"direct\"],\"members\":[[\"anna\",\"boris\"]],\"unread\":[1],\"read_marks\":[5],"
                  "\"muted\":[false],\"pinned\":[false],\"last_messages\":[{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,"
                  "\"message_id\":6,\"msg_type\":\"TEXT\",\"message\":\"six\",\"date\":\"2026-01-31T12:34:56.789Z\","
                  "\"sender\":\"boris\"}]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    {
      for (int id = 5; id <= 6; id++)
        chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%d,\"msg_type\":\"TEXT\","
                      "\"message\":\"%s\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"%s\"%s}",
                      id, id == 5 ? "five" : "six", id == 5 ? "anna" : "boris", number);
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":false%s}", number);
    }
  else if (g_str_equal (type, "SEARCH_USER"))
    chat_raw_say (peer, "{\"type\":\"SEARCH_USER\",\"user\":[\"vera\"]%s}", number);
  else if (g_str_equal (type, "CREATE_ROOM"))
    chat_raw_say (peer, "{\"type\":\"CREATE_ROOM\",\"id\":8,\"customer\":\"vera\"%s}", number);
  else if (g_str_equal (type, "MARK_READ") || g_str_equal (type, "MARK_DELIVERED"))
    chat_raw_say (peer, "{\"type\":\"%s\",\"room_id\":7,\"message_id\":6,\"unread\":0%s}", type, number);
  else if (g_str_equal (type, "SET_ROOM"))
    chat_raw_say (peer, "{\"type\":\"SET_ROOM\",\"room_id\":7,\"muted\":true,\"pinned\":false%s}", number);
  else if (g_str_equal (type, "SND_MSG"))
    chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":10,"
                  "\"date\":\"2026-01-31T12:35:56.789Z\"%s}", number);
  else if (g_str_equal (type, "EDIT_MSG"))
    chat_raw_say (peer, "{\"type\":\"EDIT_MSG\",\"id\":5,\"new_msg\":\"FIVE\"%s}", number);
  else if (g_str_equal (type, "DELETE_MSG"))
    chat_raw_say (peer, "{\"type\":\"DELETE_MSG\",\"id\":5%s}", number);
}

static void
limits_init (Limits *limits)
{
  limits->retry_after = WAIT_S;
  limits->met = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  limits->too_soon = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
limits_clear (Limits *limits)
{
  g_clear_pointer (&limits->met, g_hash_table_unref);
  g_clear_pointer (&limits->too_soon, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Limits, limits_clear)

static void
sign_in (ChatPerson    *person,
         ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_person_sign_in (person, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
}

/* Each kind of request is put off once, and each is done all the same */
static void
test_each_kind (void)
{
  static const char *const types[] = { "OLD_DIALOGS", "READ_MSG", "SEARCH_USER", "CREATE_ROOM", "MARK_READ", "SET_ROOM", "SND_MSG",
                                       "EDIT_MSG", "DELETE_MSG" };
  g_auto (Limits) limits = { NULL };
  g_autoptr (ChatRawServer) server = NULL;
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) five = NULL, sent = NULL;
  g_autoptr (ChatRoom) created = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) search = { NULL };
  g_auto (ChatAnswer) create = { NULL };
  g_auto (ChatAnswer) edit = { NULL };
  g_auto (ChatAnswer) deletion = { NULL };
  g_auto (GStrv) people = NULL;
  ChatRoom *room;

  limits_init (&limits);
  server = chat_raw_server_new (serve, &limits);
  sign_in (anna, server);
  room = chat_person_get_room (anna, "boris");
  list = chat_session_get_messages (anna->session, room);
  chat_session_search_users_async (anna->session, "ver", NULL, chat_answer_take, &search);
  chat_session_create_room_async (anna->session, "vera", NULL, chat_answer_take, &create);
  chat_session_set_room_muted (anna->session, room, TRUE);
  chat_session_mark_read (anna->session, room, 6);

  people = chat_session_search_users_finish (anna->session, chat_answer_wait (&search), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (people[0], ==, "vera");
  created = chat_session_create_room_finish (anna->session, chat_answer_wait (&create), &error);
  g_assert_no_error (error);
  g_assert_nonnull (created);
  chat_test_wait_until (chat_list_length (list) == 2);
  g_assert_no_error (chat_message_list_get_error (list));

  five = g_list_model_get_item (G_LIST_MODEL (list), 0);
  chat_session_edit_message_async (anna->session, five, "FIVE", NULL, chat_answer_take, &edit);
  g_assert_true (chat_session_edit_message_finish (anna->session, chat_answer_wait (&edit), &error));
  g_assert_no_error (error);
  g_assert_cmpstr (chat_message_get_text (five), ==, "FIVE");
  sent = chat_person_send (anna, room, "more");
  chat_test_wait_until (chat_message_get_state (sent) == CHAT_MESSAGE_SENT);
  chat_session_delete_message_async (anna->session, five, NULL, chat_answer_take, &deletion);
  g_assert_true (chat_session_delete_message_finish (anna->session, chat_answer_wait (&deletion), &error));
  g_assert_no_error (error);
  chat_test_wait_until (chat_session_is_written (anna->session));

  g_assert_true (chat_room_get_muted (room));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (!g_hash_table_contains (limits.met, types[i]))
      g_error ("%s was never asked", types[i]);
  g_assert_cmpuint (g_hash_table_size (limits.too_soon), ==, 0);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);
  g_assert_cmpuint (chat_raw_server_get_n_accepted (server), ==, 1);
}

/* Too long for somebody who looks at it: told. And who does not wait any more is not kept waiting */
static void
test_too_long (void)
{
  g_auto (Limits) limits = { NULL };
  g_autoptr (ChatRawServer) server = NULL;
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) search = { NULL };
  g_auto (ChatAnswer) again = { NULL };
  g_auto (ChatAnswer) create = { NULL };

  limits_init (&limits);
  server = chat_raw_server_new (serve, &limits);
  sign_in (anna, server);
  chat_person_get_room (anna, "boris");
  limits.retry_after = 3600;
  chat_session_search_users_async (anna->session, "ver", NULL, chat_answer_take, &search);
  g_assert_null (chat_session_search_users_finish (anna->session, chat_answer_wait (&search), &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_RATE_LIMITED);
  g_clear_error (&error);

  limits.retry_after = 10;
  g_hash_table_remove_all (limits.met);
  limits.n_limited = 0;
  chat_session_search_users_async (anna->session, "ver", cancellable, chat_answer_take, &again);
  chat_session_create_room_async (anna->session, "vera", NULL, chat_answer_take, &create);
  chat_test_wait_until (limits.n_limited == 2);
  g_cancellable_cancel (cancellable);
  g_assert_null (chat_session_search_users_finish (anna->session, chat_answer_wait (&again), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* The connection ends: so does the wait */
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  g_assert_null (chat_session_create_room_finish (anna->session, chat_answer_wait (&create), &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);
}

/* A log-in that is put off: it is waited for, not refused, and not tried sooner by itself */
static void
test_log_in (void)
{
  g_auto (Limits) limits = { NULL };
  g_autoptr (ChatRawServer) server = NULL;
  g_autoptr (ChatPerson) anna = chat_person_new ();

  limits_init (&limits);
  server = chat_raw_server_new (serve, &limits);
  sign_in (anna, server);
  limits.strict = TRUE;
  limits.login_again = 0;
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  chat_test_wait_until (limits.login_limited > 0 && chat_session_get_state (anna->session) == CHAT_SESSION_WAITING);
  g_assert_error (chat_session_get_error (anna->session), CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_RATE_LIMITED);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  g_assert_cmpint (limits.login_again - limits.login_limited, >=, LEAST);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/limits/each-kind", test_each_kind);
  g_test_add_func ("/limits/too-long", test_too_long);
  g_test_add_func ("/limits/log-in", test_log_in);

  return chat_session_test_run ();
}
