/* test-sync.c: what was missed comes in order, once, from where it ended; devices agree
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-test.h"
#include "chat-test-server.h"

#define ID G_GINT64_FORMAT

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

static void
send (ChatPerson *person,
      ChatRoom   *room,
      const char *text)
{
  g_autoptr (ChatMessage) message = chat_person_send (person, room, text);

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
}

static void
edit (ChatPerson      *person,
      ChatMessageList *list,
      guint            position,
      const char      *text)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), position);
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_edit_message_async (person->session, message, text, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_edit_message_finish (person->session, chat_answer_wait (&answer), NULL));
}

static void
delete (ChatPerson      *person,
        ChatMessageList *list,
        guint            position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), position);
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_delete_message_async (person->session, message, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_delete_message_finish (person->session, chat_answer_wait (&answer), NULL));
}

static void
delete_room (ChatPerson *person,
             const char *name)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_delete_room_async (person->session, chat_person_get_room (person, name), NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_delete_room_finish (person->session, chat_answer_wait (&answer), NULL));
}

static gint64
id_at (ChatMessageList *list,
       guint            position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), position);

  return chat_message_get_id (message);
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

typedef struct
{
  ChatTestServer *server;
  ChatPerson     *anna;
  ChatPerson     *boris;
  ChatPerson     *phone;    /* of boris too */
  ChatPerson     *eve;
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
  scene->boris = chat_person_new ();
  scene->phone = chat_person_new ();
  scene->eve = chat_person_new ();
  chat_person_sign_up (scene->anna, address, "anna");
  chat_person_sign_up (scene->boris, address, "boris");
  chat_person_sign_up (scene->eve, address, "eve");
  chat_person_sign_in (scene->phone, address, TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
}

static void
scene_clear (Scene *scene)
{
  chat_person_free (scene->anna);
  chat_person_free (scene->boris);
  chat_person_free (scene->phone);
  chat_person_free (scene->eve);
  chat_test_server_free (scene->server);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* Everything that can happen while one is away, told without asking for a page, and for the rooms once at most */
static void
test_absence (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (ChatMessageList) own = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) other = NULL;
  ChatRoom *room, *theirs;
  gint64 position;

  scene_init (&scene);
  room = chat_person_create_room (scene.anna, "boris");
  chat_person_create_room (scene.eve, "boris");
  own = chat_session_get_messages (scene.anna->session, room);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      send (scene.anna, room, text);
    }
  theirs = chat_person_get_room (scene.boris, "anna");
  list = chat_session_get_messages (scene.boris->session, theirs);
  chat_test_wait_until (shows (list, "0 1 2 3 4 5 "));
  chat_session_mark_read (scene.boris->session, theirs, id_at (list, 3));
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 2);
  chat_person_get_room (scene.boris, "eve");
  theirs = chat_person_get_room (scene.phone, "anna");
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 2);
  chat_test_wait_until (chat_session_is_written (scene.boris->session));
  g_clear_object (&list);
  chat_session_close (scene.boris->session);

  edit (scene.anna, own, 1, "one");
  delete (scene.anna, own, 2);
  send (scene.anna, room, "6");
  send (scene.anna, room, "7");
  edit (scene.anna, own, 5, "six");
  send (scene.anna, room, "8");
  delete (scene.anna, own, 6);
  delete_room (scene.eve, "boris");
  chat_person_create_room (scene.phone, "eve");
  chat_session_set_room_muted (scene.phone->session, theirs, TRUE);
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 4);
  send (scene.phone, chat_person_get_room (scene.phone, "eve"), "hello");

  chat_person_restart (scene.boris);
  restore (scene.boris);
  position = chat_session_get_position (scene.boris->session);
  g_assert_cmpint (position, >, 0);
  theirs = chat_person_get_room (scene.boris, "anna");
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 4);
  chat_test_wait_until (chat_room_get_muted (theirs));
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (theirs)), ==, "8");
  chat_test_wait_until (chat_room_get_last_message (chat_person_get_room (scene.boris, "eve")) != NULL);
  g_assert_cmpuint (chat_room_get_unread_count (chat_person_get_room (scene.boris, "eve")), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (scene.boris->session))), ==, 2);
  list = chat_session_get_messages (scene.boris->session, theirs);
  chat_test_wait_until (shows (list, "0 one 3 4 5 six 8 "));
  g_assert_cmpint (chat_session_get_position (scene.boris->session), >, position);
  /* Whether what was deleted before it was met had been counted as unread only the server knows: that alone is asked */
  chat_test_wait_until (chat_session_get_n_refreshes (scene.boris->session) == 1);
  chat_test_wait_until (chat_session_is_written (scene.boris->session));

  /* Another connection of the same run; nothing is told twice */
  position = chat_session_get_position (scene.boris->session);
  chat_test_server_stop (scene.server);
  chat_test_wait_until (chat_session_get_state (scene.boris->session) != CHAT_SESSION_ONLINE);
  chat_test_server_start (scene.server);
  chat_test_wait_until (chat_session_get_state (scene.boris->session) == CHAT_SESSION_ONLINE);
  chat_test_wait_until (chat_session_get_state (scene.anna->session) == CHAT_SESSION_ONLINE);
  send (scene.anna, room, "9");
  chat_test_wait_until (shows (list, "0 one 3 4 5 six 8 9 "));
  g_assert_cmpuint (chat_room_get_unread_count (theirs), ==, 5);
  g_assert_cmpuint (chat_session_get_n_refreshes (scene.boris->session), ==, 1);
  g_assert_cmpint (chat_session_get_position (scene.boris->session), >, position);
  other = chat_session_get_messages (scene.phone->session, chat_person_get_room (scene.phone, "anna"));
  chat_test_wait_until (shows (other, "0 one 3 4 5 six 8 9 "));
}

/* One device reads a part while the other is away, and something unread is deleted: both count the same in the end */
static void
test_devices_agree (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (ChatMessageList) own = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  ChatRoom *room, *theirs, *same;

  scene_init (&scene);
  room = chat_person_create_room (scene.anna, "boris");
  own = chat_session_get_messages (scene.anna->session, room);
  send (scene.anna, room, "0");
  same = chat_person_get_room (scene.boris, "anna");
  chat_test_wait_until (chat_room_get_unread_count (same) == 1);
  chat_session_close (scene.boris->session);

  for (guint i = 1; i < 8; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      send (scene.anna, room, text);
    }
  theirs = chat_person_get_room (scene.phone, "anna");
  list = chat_session_get_messages (scene.phone->session, theirs);
  chat_test_wait_until (chat_list_length (list) == 8);
  chat_session_mark_read (scene.phone->session, theirs, id_at (list, 3));
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 4);
  send (scene.anna, room, "8");
  delete (scene.anna, own, 5);
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 4 && chat_list_length (list) == 8);

  chat_person_restart (scene.boris);
  restore (scene.boris);
  same = chat_person_get_room (scene.boris, "anna");
  chat_test_wait_until (chat_room_get_read_mark (same) == chat_room_get_read_mark (theirs));
  chat_test_wait_until (chat_room_get_unread_count (same) == 4);

  /* And the other way round, with both there */
  chat_session_mark_read (scene.boris->session, same, id_at (list, 6));
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 1 && chat_room_get_unread_count (same) == 1);
  g_assert_cmpint (chat_room_get_read_mark (theirs), ==, chat_room_get_read_mark (same));

  /* Read without a connection: the server is told with the next one */
  chat_test_server_stop (scene.server);
  chat_test_wait_until (chat_session_get_state (scene.boris->session) != CHAT_SESSION_ONLINE);
  chat_session_mark_read (scene.boris->session, same, id_at (list, 7));
  chat_person_restart (scene.boris);
  restore (scene.boris);
  chat_test_server_start (scene.server);
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 0);
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
  ANSWER_READ
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
  GString *asked;
} Script;

static void
script_clear (Script *script)
{
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
                    (script->mood == ANSWER_MARK || script->mood == ANSWER_READ) && newest == 40 ? 20 : 0, newest, newest, "", script->mood == ANSWER_MARK && newest == 40 ? 45 : newest, number);
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
      g_string_append (script->asked, "page ");
      say_message (peer, script->n_logins == 1 ? 10 : 40, 0, number);
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":%s%s}\n",
                    script->n_logins == 1 ? "false" : "true", number);
    }
  else if (g_str_equal (type, "SND_MSG"))
    {
      if (script->n_sends++ == 0)
        chat_raw_hang_up (peer);
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

/* The program ends when a message is on its way into the store: what is unread was not counted, and the next run counts it */
static void
test_closed_amid (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room, *theirs;
  gint64 position;

  scene_init (&scene);
  room = chat_person_create_room (scene.anna, "boris");
  theirs = chat_person_get_room (scene.boris, "anna");
  send (scene.anna, room, "0");
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 1);
  chat_test_wait_until (chat_session_is_written (scene.boris->session));
  position = chat_session_get_position (scene.boris->session);
  message = chat_person_send (scene.anna, room, "1");
  chat_test_wait_until (chat_session_get_position (scene.boris->session) > position);
  chat_person_restart (scene.boris);
  restore (scene.boris);
  theirs = chat_person_get_room (scene.boris, "anna");
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 2);
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

/* The list of rooms tells the beginning of a long message: that must not take the place of the whole one */
static void
test_long_text (void)
{
  g_auto (Scene) scene = { NULL };
  g_autofree char *text = g_strnfill (2000, 'x');
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) own = NULL;
  ChatRoom *room, *theirs;
  guint64 n_refreshes;

  scene_init (&scene);
  room = chat_person_create_room (scene.anna, "boris");
  own = chat_session_get_messages (scene.anna->session, room);
  theirs = chat_person_get_room (scene.boris, "anna");
  send (scene.anna, room, "0");
  send (scene.anna, room, "1");
  send (scene.anna, room, text);
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 3);
  n_refreshes = chat_session_get_n_refreshes (scene.boris->session);

  /* Whether that was unread nobody knows who does not look at it: the rooms are asked for */
  delete (scene.anna, own, 1);
  chat_test_wait_until (chat_session_get_n_refreshes (scene.boris->session) > n_refreshes);
  chat_test_wait_until (chat_room_get_unread_count (theirs) == 2);
  chat_test_wait_until (chat_session_is_written (scene.boris->session));
  /* Of what nobody looks at only the beginning is held */
  g_assert_true (g_str_has_prefix (text, chat_message_get_text (chat_room_get_last_message (theirs))));
  list = chat_session_get_messages (scene.boris->session, theirs);
  chat_test_wait_until (chat_list_length (list) == 2);
  g_assert_true (g_str_equal (chat_list_text (list, 1), text));
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/sync/absence", test_absence);
  g_test_add_func ("/sync/devices-agree", test_devices_agree);
  g_test_add_func ("/sync/long-text", test_long_text);
  g_test_add_func ("/sync/cut-in-replay", test_cut_in_replay);
  g_test_add_func ("/sync/own-counts", test_own_counts);
  g_test_add_func ("/sync/mark-limited", test_mark_limited);
  g_test_add_func ("/sync/closed-amid", test_closed_amid);
  g_test_add_func ("/sync/asked-counts", test_asked_counts);
  g_test_add_func ("/sync/deleted-meanwhile", test_deleted_meanwhile);
  g_test_add_func ("/sync/read-elsewhere", test_read_elsewhere);
  g_test_add_func ("/sync/cut-untold", test_cut_untold);
  g_test_add_data_func ("/sync/reset", GINT_TO_POINTER (ANSWER_RESET), test_reset);
  g_test_add_data_func ("/sync/refused", GINT_TO_POINTER (ANSWER_ERROR), test_reset);
  g_test_add_func ("/sync/other-name", test_other_name);
  g_test_add_data_func ("/sync/nonsense", GINT_TO_POINTER (ANSWER_ENDLESS), test_reset);

  return chat_session_test_run ();
}
