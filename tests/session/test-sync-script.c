/* test-sync-script.c: what is missed, cut off and told wrongly, by a server that says what the test tells it to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-test.h"

#define ID G_GINT64_FORMAT

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

static char *
texts (ChatMessageList *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < chat_list_length (list); i++)
    g_string_append_printf (text, "%s ", chat_list_text (list, i));
  return g_string_free (text, FALSE);
}

static gboolean
shows (ChatMessageList *list,
       const char      *expected)
{
  g_autofree char *text = texts (list);

  return g_str_equal (text, expected);
}

/* A server that does what a script says */
typedef enum
{
  HANG_UP_IN_REPLAY,
  ANSWER_RESET,
  ANSWER_ERROR,
  ANSWER_ENDLESS,
  ANSWER_OWN,
  ANSWER_MARK,
  ANSWER_DELETED,
  ANSWER_READ,
  CUT_AFTER_ROOMS,
  HOLD_PAGE
} Mood;

typedef struct
{
  Mood     mood;
  guint    n_logins;
  guint    n_sends;
  guint    n_marks;
  guint    n_deliveries;
  guint    n_sets;
  gboolean cuts;        /* the first of each is answered by nothing but the end of the connection */
  gint64   delivered;
  char    *held_page;   /* the number of a request for a page that is not answered yet */
  char    *held_send;
  GString *asked;
} Script;

static void
script_clear (Script *script)
{
  g_free (script->held_page);
  g_free (script->held_send);
  g_string_free (script->asked, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Script, script_clear)

#define MESSAGE "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%d,\"msg_type\":\"TEXT\"," \
                "\"message\":\"%d\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"boris\"%s}\n"

static void
say_message (ChatRawPeer *peer,
             int          id,
             int          seq,
             const char  *number)
{
  g_autofree char *rest = seq > 0 ? g_strdup_printf (",\"seq\":%d%s", seq, number) : g_strdup (number);

  chat_raw_say (peer, MESSAGE, id, id, rest);
}

static void
replay (ChatRawPeer *peer,
        Script      *script,
        int          since,
        const char  *number)
{
  switch (script->mood)
    {
    case ANSWER_DELETED:
      if (since < 31)
        chat_raw_say (peer, "{\"type\":\"DELETE_MSG\",\"id\":30,\"room_id\":7,\"seq\":31%s}\n", number);
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"SUCCESS\",\"seq\":31%s}\n", number);
      break;
    case HOLD_PAGE:
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"%s\",\"seq\":%d%s}\n", script->n_logins < 3 ? "SUCCESS" : "RESET",
                    script->n_logins < 3 ? 10 : 40, number);
      break;
    case CUT_AFTER_ROOMS:
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"%s\",\"seq\":40%s}\n", since < 40 ? "RESET" : "SUCCESS", number);
      break;
    case ANSWER_READ:
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"RESET\",\"seq\":40,\"error\":\"too many\"%s}\n", number);
      break;
    case ANSWER_RESET:
      say_message (peer, 11, 11, number);
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"RESET\",\"seq\":40,\"error\":\"too many\"%s}\n", number);
      break;
    case ANSWER_ERROR:
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"ERROR\",\"error\":\"not now\"%s}\n", number);
      break;
    case ANSWER_ENDLESS:
      for (guint i = 0; i < 100; i++)
        chat_raw_say (peer, "{\"type\":\"DELETE_MSG\",\"id\":\"nonsense\",\"seq\":%u%s}\n", i, number);
      break;
    case ANSWER_MARK:
      if (since < 40)
        {
          say_message (peer, 20, 20, number);
          say_message (peer, 38, 38, number);
          chat_raw_say (peer, "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":20,\"unread\":1,\"seq\":39%s}\n", number);
        }
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"SUCCESS\",\"seq\":41%s}\n", number);
      break;
    case ANSWER_OWN:
      if (since < 40)
        {
          say_message (peer, 40, 40, "");
          chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":20,\"msg_type\":\"TEXT\",\"message\":\"20\","
                        "\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"anna\",\"seq\":20%s}\n", number);
          say_message (peer, 40, 40, number);
        }
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"SUCCESS\",\"seq\":41%s}\n", number);
      break;
    case HANG_UP_IN_REPLAY:
    default:
      /* A push that is ahead of the replay, and a part of it each time */
      if (since < 16)
        say_message (peer, 20, 20, "");
      /* What ends a page, and what lacks all that a change would have, is none */
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":false%s}\n", number);
      chat_raw_say (peer, "{\"type\":\"CREATE_ROOM\",\"status\":\"END\"%s}\n", number);
      chat_raw_say (peer, "{\"type\":\"EDIT_MSG\",\"status\":\"END\"%s}\n", number);
      for (int i = since + 1; i <= (since < 16 ? since + 3 : 20); i++)
        say_message (peer, i, i, number);
      if (since < 16)
        chat_raw_hang_up (peer);
      else
        chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"SUCCESS\",\"seq\":22%s}\n", number);
      break;
    }
}

/* The answer to what was sent again comes when the rooms are told, and the page of the room is asked for but not told yet */
static void
hold_page (ChatRawPeer *peer,
           Script      *script)
{
  if (script->held_page == NULL || script->held_send == NULL || script->n_sends == 3)
    return;
  script->n_sends = 3;
  chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":30,"
                "\"date\":\"2026-01-31T12:34:56.789Z\"%s}\n", script->held_send);
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
    {
      script->n_logins++;
      chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"abcdefghijklmnop\",\"features\":"
                          "[\"request-id\",\"client-ref\",\"paging\",\"room-info\",\"token\",\"sync\",\"receipts\"]}\n");
    }
  else if (g_str_equal (type, "OLD_DIALOGS"))
    {
      int newest = script->n_logins == 1 ? 10 : 40;

      g_string_append (script->asked, "rooms ");
      if (script->mood == ANSWER_MARK && script->n_logins == 2)
        {
          chat_raw_hang_up (peer);
          return;
        }
      chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[10],\"unread\":[%d],"
                          "\"read_marks\":[%d],\"muted\":[false],\"pinned\":[false],\"last_messages\":[" MESSAGE "],\"seq\":%d%s}\n",
                    script->mood == ANSWER_MARK && newest == 40 ? 2 : 1,
                    (script->mood == ANSWER_MARK || script->mood == ANSWER_READ || script->mood == CUT_AFTER_ROOMS) && newest == 40 ? 20 : 0, newest, newest, "", script->mood == ANSWER_MARK && newest == 40 ? 45 : newest, number);
      if (script->mood == CUT_AFTER_ROOMS && script->n_logins == 2)
        chat_raw_hang_up (peer);
      if (script->mood == ANSWER_MARK && newest == 40)
        {
          /* These it knew when it answered */
          chat_raw_say (peer, "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":20,\"unread\":1,\"seq\":42}\n");
          say_message (peer, 40, 44, "");
          say_message (peer, 50, 50, "");
        }
    }
  else if (g_str_equal (type, "READ_MSG"))
    {
      gboolean is_old = script->n_logins == 1 || script->mood == ANSWER_DELETED;

      g_string_append (script->asked, "page ");
      if (script->mood == HOLD_PAGE && script->n_logins == 3 && script->held_page == NULL)
        {
          script->held_page = g_steal_pointer (&number);
          hold_page (peer, script);
          return;
        }
      say_message (peer, is_old ? 10 : 40, 0, number);
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":%s%s}\n", is_old ? "false" : "true", number);
    }
  else if (g_str_equal (type, "SND_MSG"))
    {
      if (script->n_sends++ == 0)
        chat_raw_hang_up (peer);
      else if (script->mood == HOLD_PAGE)
        {
          script->held_send = g_steal_pointer (&number);
          hold_page (peer, script);
        }
      else
        chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":30,"
                      "\"date\":\"2026-01-31T12:34:56.789Z\"%s}\n", number);
    }
  else if (g_str_equal (type, "MARK_READ"))
    {
      if (script->n_marks++ == 0 && script->cuts)
        chat_raw_hang_up (peer);
      else if (script->n_marks == 1)
        chat_raw_say (peer, "{\"type\":\"MARK_READ\",\"status\":\"RATE_LIMITED\",\"error\":\"not so fast\",\"retry_after\":1%s}\n", number);
      else
        chat_raw_say (peer, "{\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":%" ID ",\"unread\":0,\"seq\":42%s}\n",
                      json_object_get_int_member (request, "message_id"), number);
    }
  else if (g_str_equal (type, "MARK_DELIVERED"))
    {
      script->delivered = json_object_get_int_member (request, "message_id");
      if (script->n_deliveries++ == 0 && script->cuts)
        {
          chat_raw_hang_up (peer);
          return;
        }
      chat_raw_say (peer, "{\"type\":\"MARK_DELIVERED\",\"room_id\":7,\"message_id\":%" ID "%s}\n", script->delivered, number);
    }
  else if (g_str_equal (type, "SET_ROOM"))
    {
      if (script->n_sets++ == 0 && script->cuts)
        chat_raw_hang_up (peer);
      else
        chat_raw_say (peer, "{\"type\":\"SET_ROOM\",\"room_id\":7,\"muted\":false,\"pinned\":true,\"seq\":43%s}\n", number);
    }
  else if (g_str_equal (type, "SYNC"))
    {
      int since = json_object_get_int_member (request, "since");

      g_string_append_printf (script->asked, "%d ", since);
      replay (peer, script, since, number);
    }
}

static void
start_script (ChatPerson    *anna,
              ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_test_keyring_empty ();
  chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  chat_person_get_room (anna, "boris");
  chat_test_wait_until (chat_session_get_position (anna->session) == 10);
  chat_test_wait_until (chat_session_is_written (anna->session));
  chat_person_restart (anna);
}

static void
test_cut_in_replay (void)
{
  g_auto (Script) script = { .mood = HANG_UP_IN_REPLAY, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  ChatRoom *room;

  start_script (anna, server);
  g_string_truncate (script.asked, 0);
  restore (anna);
  g_assert_cmpint (chat_session_get_position (anna->session), ==, 10);
  chat_test_wait_until (chat_session_get_position (anna->session) == 22);
  /* Where it was cut off it went on; what was pushed in between never moved it. The numbers of the rooms were sure */
  g_assert_cmpstr (script.asked->str, ==, "10 13 16 ");
  room = chat_person_get_room (anna, "boris");
  chat_test_wait_until (chat_room_get_unread_count (room) == 1 + 10);
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (shows (list, "10 11 12 13 14 15 16 17 18 19 20 "));
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, "20");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (anna->session))), ==, 1);

  chat_test_wait_until (script.delivered == 20);

  /* From the disk too */
  g_clear_object (&list);
  chat_person_restart (anna);
  chat_raw_server_set_accepting (server, FALSE);
  restore (anna);
  g_assert_cmpint (chat_session_get_position (anna->session), ==, 22);
  room = chat_person_get_room (anna, "boris");
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 1 + 10);
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (shows (list, "10 11 12 13 14 15 16 17 18 19 20 "));
}

/* Another device of one's own has written, and so has read what was before. What came after it is counted once, though it is told by a push
 * before the replay as well */
static void
test_own_counts (void)
{
  g_auto (Script) script = { .mood = ANSWER_OWN, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  start_script (anna, server);
  g_string_truncate (script.asked, 0);
  restore (anna);
  chat_test_wait_until (chat_session_get_position (anna->session) == 41);
  room = chat_person_get_room (anna, "boris");
  chat_test_wait_until (chat_room_get_read_mark (room) == 20);
  chat_test_wait_until (chat_session_is_written (anna->session));
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 1);
  g_assert_cmpstr (script.asked->str, ==, "10 ");
}

/* Another device has read a part, and how many are left only the server knows: it is asked until it has answered, and what is pushed late,
 * but was known when it answered, changes nothing */
static void
test_asked_counts (void)
{
  g_auto (Script) script = { .mood = ANSWER_MARK, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  start_script (anna, server);
  g_string_truncate (script.asked, 0);
  restore (anna);
  chat_test_wait_until (g_str_has_prefix (script.asked->str, "10 rooms 41 rooms "));
  room = chat_person_get_room (anna, "boris");
  chat_test_wait_until (chat_session_get_position (anna->session) == 50);
  chat_test_wait_until (chat_session_is_written (anna->session));
  /* 38 and 40, as the rooms said, and 50 */
  g_assert_cmpint (chat_room_get_read_mark (room), ==, 20);
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 3);
}

/* What was sent had arrived, though nobody said so, and was deleted on another device, before it was sent again: it is gone */
static void
test_deleted_meanwhile (void)
{
  g_auto (Script) script = { .mood = ANSWER_DELETED, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room;

  start_script (anna, server);
  restore (anna);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  room = chat_person_get_room (anna, "boris");
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (shows (list, "10 "));
  message = chat_person_send (anna, room, "gone");
  chat_test_wait_until (chat_session_count_unsent (anna->session) == 0);
  chat_test_wait_until (shows (list, "10 "));
  g_assert_cmpuint (script.n_sends, ==, 2);
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, "10");
}

/* After a RESET the window of an open room may lack just what is the newest: that is not looked for in it */
static void
test_newest_in_doubt (void)
{
  g_auto (Script) script = { .mood = HOLD_PAGE, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room;

  start_script (anna, server);
  restore (anna);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  room = chat_person_get_room (anna, "boris");
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (shows (list, "10 "));
  /* It arrives, but the connection ends before the answer */
  message = chat_person_send (anna, room, "30");
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_cmpint (chat_message_get_id (message), ==, 30);
  say_message (chat_raw_server_get_peer (server), 40, 0, script.held_page);
  chat_raw_say (chat_raw_server_get_peer (server), "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":true%s}\n",
                script.held_page);
  chat_test_wait_until (g_strcmp0 (chat_list_text (list, -1), "40") == 0);
  chat_test_wait_until (g_strcmp0 (chat_message_get_text (chat_room_get_last_message (room)), "40") == 0);
}

/* What was read without a connection was read further elsewhere: there is nothing to tell, and nothing that waits for it */
static void
test_read_elsewhere (void)
{
  g_auto (Script) script = { .mood = ANSWER_READ, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  start_script (anna, server);
  chat_raw_server_set_accepting (server, FALSE);
  restore (anna);
  room = chat_person_get_room (anna, "boris");
  chat_session_mark_read (anna->session, room, 10);
  chat_raw_server_set_accepting (server, TRUE);
  chat_test_wait_until (chat_session_get_position (anna->session) == 40);
  chat_test_wait_until (chat_room_get_read_mark (room) == 20);
  chat_test_wait_until (chat_session_is_written (anna->session));
}

/* A server that wants to be told later is told later */
static void
test_mark_limited (void)
{
  g_auto (Script) script = { .mood = ANSWER_OWN, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  start_script (anna, server);
  restore (anna);
  chat_test_wait_until (chat_session_get_position (anna->session) == 41);
  room = chat_person_get_room (anna, "boris");
  chat_session_mark_read (anna->session, room, 40);
  chat_test_wait_until (script.n_marks == 2);
  chat_test_wait_until (chat_session_is_written (anna->session));
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 0);
}

/* The connection ends before the answer: nobody knows whether it was done, so it is told again */
static void
test_cut_untold (void)
{
  g_auto (Script) script = { .mood = ANSWER_OWN, .asked = g_string_new (NULL), .cuts = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  start_script (anna, server);
  restore (anna);
  chat_test_wait_until (chat_session_get_position (anna->session) == 41);
  chat_test_wait_until (script.n_deliveries >= 2);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  room = chat_person_get_room (anna, "boris");
  chat_session_set_room_pinned (anna->session, room, TRUE);
  chat_test_wait_until (script.n_sets == 2);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  chat_session_mark_read (anna->session, room, 40);
  chat_test_wait_until (script.n_marks == 2);
  chat_test_wait_until (chat_session_is_written (anna->session));
}

/* The rooms are told and kept, and the connection ends before they are shown: what is kept and what is shown must not stay two things */
static void
test_cut_after_rooms (void)
{
  g_auto (Script) script = { .mood = CUT_AFTER_ROOMS, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  start_script (anna, server);
  restore (anna);
  room = chat_person_get_room (anna, "boris");
  chat_test_wait_until (script.n_logins == 3);
  chat_test_wait_until (chat_room_get_read_mark (room) == 20);
  chat_test_wait_until (chat_session_is_written (anna->session));
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, 1);
}

/* The changes can not be told: rooms and newest pages, and the position is that of the rooms */
static void
test_reset (gconstpointer data)
{
  g_auto (Script) script = { .mood = GPOINTER_TO_INT (data), .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  ChatRoom *room;

  start_script (anna, server);
  g_string_truncate (script.asked, 0);
  restore (anna);
  chat_test_wait_until (chat_session_get_position (anna->session) == 40);
  chat_test_wait_until (strstr (script.asked->str, "page") != NULL);
  g_assert_true (g_str_has_prefix (script.asked->str, "10 rooms page "));
  room = chat_person_get_room (anna, "boris");
  chat_test_wait_until (chat_room_get_unread_count (room) == 1);
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (g_strcmp0 (chat_list_text (list, -1), "40") == 0);
  /* What lies between is not known to be all */
  chat_test_wait_until (!chat_message_list_get_loading (list));
  g_assert_true (chat_message_list_get_has_older (list));
  g_assert_cmpuint (chat_list_length (list), ==, 1);
}

/* A push gives the number of a room to another person: what is shown and what is kept stay as they are until the server has been asked */
static void
test_other_name (void)
{
  g_auto (Script) script = { .mood = ANSWER_RESET, .asked = g_string_new (NULL) };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &script);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room;

  start_script (anna, server);
  restore (anna);
  chat_test_wait_until (chat_session_get_position (anna->session) == 40);
  room = chat_person_get_room (anna, "boris");
  g_string_truncate (script.asked, 0);
  chat_raw_say (chat_raw_server_get_peer (server), "{\"type\":\"CREATE_ROOM\",\"id\":7,\"customer\":\"eve\",\"seq\":41}\n");
  chat_test_wait_until (strstr (script.asked->str, "rooms") != NULL);
  g_assert_true (chat_person_get_room (anna, "boris") == room);

  chat_person_restart (anna);
  chat_raw_server_set_accepting (server, FALSE);
  restore (anna);
  g_assert_cmpint (chat_room_get_id (chat_person_get_room (anna, "boris")), ==, 7);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/sync/cut-in-replay", test_cut_in_replay);
  g_test_add_func ("/sync/own-counts", test_own_counts);
  g_test_add_func ("/sync/mark-limited", test_mark_limited);
  g_test_add_func ("/sync/asked-counts", test_asked_counts);
  g_test_add_func ("/sync/deleted-meanwhile", test_deleted_meanwhile);
  g_test_add_func ("/sync/newest-in-doubt", test_newest_in_doubt);
  g_test_add_func ("/sync/read-elsewhere", test_read_elsewhere);
  g_test_add_func ("/sync/cut-untold", test_cut_untold);
  g_test_add_func ("/sync/cut-after-rooms", test_cut_after_rooms);
  g_test_add_data_func ("/sync/reset", GINT_TO_POINTER (ANSWER_RESET), test_reset);
  g_test_add_data_func ("/sync/refused", GINT_TO_POINTER (ANSWER_ERROR), test_reset);
  g_test_add_func ("/sync/other-name", test_other_name);
  g_test_add_data_func ("/sync/nonsense", GINT_TO_POINTER (ANSWER_ENDLESS), test_reset);

  return chat_session_test_run ();
}
