/* test-gaps.c: a window that was read on beyond a gap, without a connection, is whole again with the next one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"

#define N_KNOWN 60
#define N_ALL   520     /* what came meanwhile is more than a page of any size */

/* A server of messages that are called as they are numbered */
typedef struct
{
  gint64   newest;
  guint    n_pages;
  gboolean changed;     /* 5 is another by now, and 7 is gone */
  gboolean disturb;     /* at the second page of those: 400, of the first, becomes another, and nothing that was told holds any more */
  gboolean disturbed;
} History;

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  History *history = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"t\","
                  "\"features\":[\"request-id\",\"paging\",\"token\"]}");
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[1]%s}", number);
  else if (g_str_equal (type, "SEARCH_USER"))
    chat_raw_say (peer, "{\"type\":\"SEARCH_USER\",\"user\":[]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    {
      gint64 limit = json_object_get_int_member_with_default (request, "limit", 50);
      gint64 before = json_object_get_int_member_with_default (request, "before", history->newest + 1);
      gint64 after = json_object_get_int_member_with_default (request, "after", -1);
      gint64 from = after >= 0 ? after + 1 : MAX (before - limit, 1);
      gint64 to = after >= 0 ? MIN (after + limit, history->newest) : before - 1;

      history->n_pages++;
      if (history->disturb && before < N_ALL - 100)
        {
          history->disturb = FALSE;
          history->disturbed = TRUE;
          chat_raw_say (peer, "{\"type\":\"CREATE_ROOM\",\"id\":7,\"customer\":\"carl\"}");
        }
      for (gint64 id = from; id <= to; id++)
        {
          g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, history->changed && id == 5        ? 5555
                                                                               : history->disturbed && id == 400 ? 4444
                                                                                                                 : id);

          if (history->changed && id == 7)
            continue;
          chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%" G_GINT64_FORMAT
                        ",\"msg_type\":\"TEXT\",\"message\":\"%s\",\"date\":\"2026-01-31T12:34:56.789Z\","
                        "\"sender\":\"boris\"%s}", id, text, number);
        }
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":%s%s}",
                    (after >= 0 ? to < history->newest : from > 1) ? "true" : "false", number);
    }
}

static void
load_older (ChatMessageList *list,
            guint            n)
{
  chat_test_wait_until (chat_message_list_get_loaded (list) && !chat_message_list_get_loading (list));
  while (chat_message_list_get_has_older (list) && chat_list_length (list) < n)
    {
      chat_message_list_load_older (list);
      chat_test_wait_until (!chat_message_list_get_loading_older (list));
      g_assert_no_error (chat_message_list_get_error (list));
    }
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  guint      *n_removed)
{
  *n_removed += removed;
}

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

static void
test_read_across (void)
{
  History history = { .newest = N_KNOWN };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &history);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) low = NULL, high = NULL;
  g_autoptr (GError) error = NULL;
  guint n_removed = 0, n;

  chat_test_keyring_empty ();
  chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  load_older (list, N_KNOWN);
  g_assert_cmpuint (chat_list_length (list), ==, N_KNOWN);
  g_clear_object (&list);

  /* A long time goes by; then only the newest page is met */
  history.newest = N_ALL;
  chat_person_restart (anna);
  restore (anna);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (g_strcmp0 (chat_list_text (list, -1), G_STRINGIFY (N_ALL)) == 0);
  g_clear_object (&list);
  chat_raw_server_set_accepting (server, FALSE);
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  chat_test_wait_until (chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);

  /* Read on without a connection, to what was known before */
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (chat_message_list_get_loaded (list) && !chat_message_list_get_loading (list));
  n = chat_list_length (list);
  g_assert_cmpuint (n, <, 100);
  load_older (list, n + N_KNOWN);
  g_assert_cmpuint (chat_list_length (list), ==, n + N_KNOWN);
  g_assert_cmpstr (chat_list_text (list, N_KNOWN - 1), ==, G_STRINGIFY (N_KNOWN));
  low = g_list_model_get_item (G_LIST_MODEL (list), N_KNOWN - 1);
  high = g_list_model_get_item (G_LIST_MODEL (list), N_KNOWN);
  chat_message_list_set_following (list, FALSE);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &n_removed);

  /* The connection is back: what is between comes, and what is read stays */
  history.n_pages = 0;
  chat_raw_server_set_accepting (server, TRUE);
  chat_test_wait_until (chat_list_length (list) == N_ALL);
  for (guint i = 0; i < N_ALL; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i + 1);

      g_assert_cmpstr (chat_list_text (list, i), ==, text);
    }
  g_assert_cmpuint (n_removed, ==, 0);
  g_assert_true (chat_message_list_lookup (list, chat_message_get_id (low)) == low);
  g_assert_true (chat_message_list_lookup (list, chat_message_get_id (high)) == high);
  chat_test_settle ();
  g_assert_cmpuint (history.n_pages, <, 8);
}

/* What is shown since before the connection was lost, and can not be told as changes: all of it is asked for again, not the newest page alone */
static void
test_shown_before (void)
{
  History history = { .newest = N_ALL };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &history);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (GError) error = NULL;
  guint n_removed = 0;

  chat_test_keyring_empty ();
  chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  load_older (list, N_ALL);
  g_assert_cmpuint (chat_list_length (list), ==, N_ALL);
  chat_message_list_set_following (list, FALSE);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &n_removed);

  history.changed = TRUE;
  history.n_pages = 0;
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  chat_test_wait_until (chat_list_length (list) == N_ALL - 1);
  chat_test_wait_until (g_strcmp0 (chat_list_text (list, 4), "5555") == 0);
  g_assert_cmpstr (chat_list_text (list, 6), ==, "8");
  g_assert_cmpuint (n_removed, ==, 1);
  chat_test_settle ();
  g_assert_cmpuint (history.n_pages, <, 8);
}

/* All is asked for once more while it is being asked for: what came of the first time is not taken for the second */
static void
test_in_the_midst (void)
{
  History history = { .newest = N_ALL };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &history);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (GError) error = NULL;

  chat_test_keyring_empty ();
  chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  load_older (list, N_ALL);
  chat_message_list_set_following (list, FALSE);

  history.disturb = TRUE;
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  chat_test_wait_until (history.disturbed);
  chat_test_wait_until (g_strcmp0 (chat_list_text (list, 399), "4444") == 0);
  g_assert_cmpuint (chat_list_length (list), ==, N_ALL);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/gaps/read-across", test_read_across);
  g_test_add_func ("/gaps/shown-before", test_shown_before);
  g_test_add_func ("/gaps/in-the-midst", test_in_the_midst);

  return chat_session_test_run ();
}
