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

typedef struct
{
  guint n_caught_up;
  guint n_received;
  guint n_before;       /* of those that were caught up, before that was told */
  guint n_deleted;
} Told;

static void
on_caught_up (Told *told)
{
  told->n_caught_up++;
  told->n_before = told->n_received;
}

static void
on_received (Told *told)
{
  told->n_received++;
}

static void
on_deleted (Told *told)
{
  told->n_deleted++;
}

static void
listen (ChatPerson *person,
        Told       *told)
{
  g_signal_connect_swapped (person->session, "caught-up", G_CALLBACK (on_caught_up), told);
  g_signal_connect_swapped (person->session, "message-received", G_CALLBACK (on_received), told);
  g_signal_connect_swapped (person->session, "message-deleted", G_CALLBACK (on_deleted), told);
}

/* Everything that can happen while one is away, told without asking for a page, and for the rooms once at most */
static void
test_absence (void)
{
  g_auto (Scene) scene = { NULL };
  g_autoptr (ChatMessageList) own = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) other = NULL;
  ChatRoom *room, *theirs;
  Told told = { 0 };
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
  listen (scene.boris, &told);
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
  /* None of it came live; that it is all there is told once, when also the numbers are right */
  chat_test_wait_until (told.n_caught_up == 1);
  g_assert_cmpuint (told.n_before, ==, 0);
  g_assert_cmpuint (told.n_deleted, >=, 1);
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
  chat_test_wait_until (told.n_caught_up == 2);
  g_assert_cmpuint (told.n_received, <=, 1);
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
  g_test_add_func ("/sync/closed-amid", test_closed_amid);
  g_test_add_func ("/sync/long-text", test_long_text);

  return chat_session_test_run ();
}
