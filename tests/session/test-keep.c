/* test-keep.c: what is kept on this computer: it is there before any network, and nothing of it is lost or doubled
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "chat-session-test.h"
#include "chat-test-server.h"

#define N_HISTORY 130

static gboolean
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  return chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL);
}

static void
assert_numbers (ChatMessageList *list,
                guint            from,
                guint            n)
{
  g_assert_cmpuint (chat_list_length (list), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", from + i);

      g_assert_cmpstr (chat_list_text (list, i), ==, text);
    }
}

static void
send_numbers (ChatPerson *person,
              ChatRoom   *room,
              guint       from,
              guint       n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", from + i);
      G_GNUC_UNUSED g_autoptr (ChatMessage) message = chat_person_send (person, room, text);
    }
  chat_test_wait_until_for (60, chat_session_count_unsent (person->session) == 0);
}

static void
load_all (ChatMessageList *list)
{
  chat_test_wait_until (chat_message_list_get_loaded (list) && !chat_message_list_get_loading (list));
  while (chat_message_list_get_has_older (list) && chat_message_list_get_error (list) == NULL)
    {
      chat_message_list_load_older (list);
      chat_test_wait_until (!chat_message_list_get_loading_older (list));
    }
}

/* A start without a server: rooms, pages, marks, drafts and positions are there, and one scrolls to the beginning */
static void
test_offline_start (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autofree char *path = NULL;
  GStatBuf info;
  ChatRoom *room;
  gint64 position, shown;
  int offset;
  gboolean at_bottom;

  chat_test_keyring_empty ();
  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  send_numbers (anna, room, 0, N_HISTORY);
  room = chat_person_get_room (boris, "anna");
  chat_test_wait_until (chat_room_get_unread_count (room) == N_HISTORY);
  list = chat_session_get_messages (boris->session, room);
  load_all (list);
  assert_numbers (list, 0, N_HISTORY);
  shown = chat_message_get_id (chat_room_get_last_message (room));
  chat_room_set_draft (room, "half a thought");
  chat_room_set_position (room, shown, -17, FALSE);
  chat_session_set_room_muted (boris->session, room, TRUE);
  path = chat_session_dup_store_path (boris->session);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_clear_object (&list);

  chat_test_server_stop (server);
  chat_person_restart (boris);
  g_assert_true (restore (boris));
  /* Nobody answers */
  g_assert_cmpint (chat_session_get_state (boris->session), !=, CHAT_SESSION_ONLINE);
  g_assert_true (chat_room_list_get_loaded (chat_session_get_rooms (boris->session)));
  room = chat_room_list_lookup_name (chat_session_get_rooms (boris->session), "anna");
  g_assert_nonnull (room);
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, "129");
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, N_HISTORY);
  g_assert_cmpstr (chat_room_get_draft (room), ==, "half a thought");
  g_assert_true (chat_room_get_muted (room));
  g_assert_true (chat_room_get_position (room, &position, &offset, &at_bottom));
  g_assert_cmpint (position, ==, shown);
  g_assert_cmpint (offset, ==, -17);
  g_assert_false (at_bottom);
  list = chat_session_get_messages (boris->session, room);
  load_all (list);
  g_assert_no_error (chat_message_list_get_error (list));
  assert_numbers (list, 0, N_HISTORY);
  g_assert_false (chat_message_list_get_has_newer (list));

  /* It comes back, and nothing changes but the state */
  chat_test_server_start (server);
  chat_test_wait_until (chat_session_get_state (boris->session) == CHAT_SESSION_ONLINE);
  chat_test_wait_until (!chat_message_list_get_loading (list));
  chat_test_settle ();
  assert_numbers (list, 0, N_HISTORY);
}

/* What happened while it was away: new, edited and deleted messages, more than a page of them, as the open window meets them */
static void
test_catch_up (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) own = NULL;
  g_autoptr (ChatMessage) edited = NULL;
  g_autoptr (ChatMessage) deleted = NULL;
  g_auto (ChatAnswer) edit = { NULL };
  g_auto (ChatAnswer) deletion = { NULL };
  ChatRoom *room, *theirs;

  chat_test_keyring_empty ();
  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  own = chat_session_get_messages (anna->session, room);
  send_numbers (anna, room, 0, 20);
  theirs = chat_person_get_room (boris, "anna");
  list = chat_session_get_messages (boris->session, theirs);
  chat_test_wait_until (chat_list_length (list) == 20);
  g_clear_object (&list);
  chat_session_close (boris->session);

  edited = g_list_model_get_item (G_LIST_MODEL (own), 3);
  deleted = g_list_model_get_item (G_LIST_MODEL (own), 5);
  chat_session_edit_message_async (anna->session, edited, "three", NULL, chat_answer_take, &edit);
  g_assert_true (chat_session_edit_message_finish (anna->session, chat_answer_wait (&edit), NULL));
  chat_session_delete_message_async (anna->session, deleted, NULL, chat_answer_take, &deletion);
  g_assert_true (chat_session_delete_message_finish (anna->session, chat_answer_wait (&deletion), NULL));
  send_numbers (anna, room, 20, 70);

  chat_person_restart (boris);
  g_assert_true (restore (boris));
  theirs = chat_person_get_room (boris, "anna");
  list = chat_session_get_messages (boris->session, theirs);
  chat_test_wait_until (chat_session_get_state (boris->session) == CHAT_SESSION_ONLINE);
  chat_test_wait_until (g_strcmp0 (chat_list_text (list, -1), "89") == 0);
  load_all (list);
  /* What is kept is shown first and corrected then */
  chat_test_wait_until (chat_list_length (list) == 89 && g_str_equal (chat_list_text (list, 3), "three"));
  for (guint i = 1; i < 89; i++)
    {
      g_autofree char *text = i == 3 ? g_strdup ("three") : g_strdup_printf ("%u", i < 5 ? i : i + 1);

      g_assert_cmpstr (chat_list_text (list, i), ==, text);
    }
  g_assert_cmpuint (chat_room_get_unread_count (theirs), ==, 89);
}

/* Written without a server, in an order, then the program ends; the next one sends it, once and in that order */
static void
test_outbox_restart (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) theirs = NULL;
  ChatRoom *room;

  chat_test_keyring_empty ();
  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  send_numbers (anna, room, 0, 3);
  chat_test_server_stop (server);
  chat_test_wait_until (chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);
  for (guint i = 3; i < 10; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (ChatMessage) message = chat_person_send (anna, room, text);

      g_assert_cmpint (chat_message_get_state (message), ==, CHAT_MESSAGE_WAITING);
    }

  chat_person_restart (anna);
  g_assert_true (restore (anna));
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 7);
  room = chat_person_get_room (anna, "boris");
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, "9");
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  assert_numbers (list, 0, 10);

  chat_test_server_start (server);
  chat_test_wait_until (chat_session_count_unsent (anna->session) == 0);
  assert_numbers (list, 0, 10);
  theirs = chat_session_get_messages (boris->session, chat_person_get_room (boris, "anna"));
  chat_test_wait_until (chat_list_length (theirs) == 10);
  assert_numbers (theirs, 0, 10);

  /* Nothing is left of it */
  chat_person_restart (anna);
  g_assert_true (restore (anna));
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 0);
}

/* Edits and deletions without a server: shown, kept over a restart, done with the next connection */
static void
test_changes_offline (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) theirs = NULL;
  g_autoptr (ChatMessage) first = NULL;
  g_autoptr (ChatMessage) second = NULL;
  g_auto (ChatAnswer) edit = { NULL };
  g_auto (ChatAnswer) deletion = { NULL };
  ChatRoom *room;

  chat_test_keyring_empty ();
  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  first = chat_person_send (anna, room, "first");
  second = chat_person_send (anna, room, "second");
  chat_test_wait_until (chat_message_get_state (second) == CHAT_MESSAGE_SENT);
  chat_test_server_stop (server);
  chat_test_wait_until (chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);

  chat_session_edit_message_async (anna->session, first, "changed", NULL, chat_answer_take, &edit);
  g_assert_true (chat_session_edit_message_finish (anna->session, chat_answer_wait (&edit), NULL));
  g_assert_true (chat_message_get_busy (first));
  g_assert_cmpstr (chat_message_get_text (first), ==, "changed");
  chat_session_delete_message_async (anna->session, second, NULL, chat_answer_take, &deletion);
  g_assert_true (chat_session_delete_message_finish (anna->session, chat_answer_wait (&deletion), NULL));
  g_assert_true (chat_message_get_busy (second));
  g_clear_object (&first);
  g_clear_object (&second);
  chat_answer_clear (&edit);
  chat_answer_clear (&deletion);

  chat_person_restart (anna);
  g_assert_true (restore (anna));
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (chat_message_list_get_loaded (list));
  g_assert_cmpuint (chat_list_length (list), ==, 2);
  first = g_list_model_get_item (G_LIST_MODEL (list), 0);
  second = g_list_model_get_item (G_LIST_MODEL (list), 1);
  g_assert_cmpstr (chat_message_get_text (first), ==, "changed");
  g_assert_true (chat_message_get_busy (first) && chat_message_get_busy (second));

  chat_test_server_start (server);
  chat_test_wait_until (!chat_message_get_busy (first));
  chat_test_wait_until (chat_list_length (list) == 1);
  g_assert_cmpstr (chat_message_get_text (first), ==, "changed");
  g_assert_true (chat_message_get_edited (first));
  chat_test_wait_until (chat_session_get_state (boris->session) == CHAT_SESSION_ONLINE);
  theirs = chat_session_get_messages (boris->session, chat_person_get_room (boris, "anna"));
  chat_test_wait_until (chat_list_length (theirs) == 1 && g_str_equal (chat_list_text (theirs, 0), "changed"));
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/keep/offline-start", test_offline_start);
  g_test_add_func ("/keep/catch-up", test_catch_up);
  g_test_add_func ("/keep/outbox-restart", test_outbox_restart);
  g_test_add_func ("/keep/changes-offline", test_changes_offline);

  return chat_session_test_run ();
}
