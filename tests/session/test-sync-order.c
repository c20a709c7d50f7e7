/* test-sync-order.c: in which order what is told gets into the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

#include "chat-session-test.h"
#include "chat-test-server.h"

/* What the last connection told, and is not written yet when all is doubted, does not count as fresh after it */
static void
test_doubt (void)
{
  const ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  g_autoptr (ChatStorePage) page = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  ChatClientMessage row = { .id = 1000, .sender = (char *) "boris", .text = (char *) "x", .content = CHAT_CLIENT_TEXT };
  ChatSession *session;
  ChatRoom *room;

  chat_person_sign_up (anna, chat_test_server_get_address (server), "anna");
  chat_person_sign_up (boris, chat_test_server_get_address (server), "boris");
  room = chat_person_create_room (anna, "boris");
  session = anna->session;
  row.room_id = chat_room_get_id (room);
  g_ptr_array_add (rows, &row);
  chat_test_server_stop (server);
  chat_test_wait_until (chat_session_get_state (session) != CHAT_SESSION_ONLINE && chat_session_is_written (session));

  chat_session_feed_hold (session, TRUE);
  chat_session_feed_page (session, row.room_id, CHAT_STORE_BEGINNING, CHAT_STORE_TO_NEWEST, rows, FALSE, NULL, NULL);
  chat_session_sync_anew (session);
  chat_session_feed_hold (session, FALSE);
  chat_test_wait_until (!session->committing && g_queue_is_empty (&session->feed));
  chat_store_load_page_async (session->store, row.room_id, CHAT_STORE_NEWEST, 0, 10, CHAT_STORE_PAGE_DEFAULT, NULL, chat_answer_take, &answer);
  page = chat_store_load_page_finish (session->store, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->messages->len, ==, 1);
  g_assert_false (page->fresh);
}

int
main (int   argc,
      char *argv[])
{
  chat_session_test_init (&argc, &argv);
  g_test_add_func ("/sync-order/doubt", test_doubt);
  return chat_session_test_run ();
}
