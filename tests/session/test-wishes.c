/* test-wishes.c: what a person chose for a room reaches the server, whatever happens before it can
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"
#include "chat-test-server.h"

typedef struct
{
  ChatTestServer *server;
  ChatPerson     *anna;
  ChatPerson     *boris;
  ChatPerson     *phone;    /* of boris too */
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
  chat_person_sign_up (scene->anna, address, "anna");
  chat_person_sign_up (scene->boris, address, "boris");
  chat_person_sign_in (scene->phone, address, TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  chat_person_create_room (scene->anna, "boris");
  chat_person_get_room (scene->boris, "anna");
  chat_person_get_room (scene->phone, "anna");
}

static void
scene_clear (Scene *scene)
{
  chat_person_free (scene->anna);
  chat_person_free (scene->boris);
  chat_person_free (scene->phone);
  chat_test_server_free (scene->server);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
go_offline (Scene *scene)
{
  chat_test_server_stop (scene->server);
  chat_test_wait_until (chat_session_get_state (scene->boris->session) != CHAT_SESSION_ONLINE
                        && chat_session_get_state (scene->phone->session) != CHAT_SESSION_ONLINE);
}

/* The program starts again, with what it kept */
static ChatRoom *
start_again (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_person_restart (person);
  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
  return chat_person_get_room (person, "anna");
}

static gboolean
is_set (ChatPerson *person,
        gboolean    muted,
        gboolean    pinned)
{
  ChatRoom *room = chat_person_get_room (person, "anna");

  return chat_room_get_muted (room) == muted && chat_room_get_pinned (room) == pinned;
}

/* Chosen without a connection, then the program ends: it is shown by the next start, told to the server, and known to the other
 * device */
static void
test_offline_restart (void)
{
  g_auto (Scene) scene = { NULL };
  ChatRoom *room;

  scene_init (&scene);
  go_offline (&scene);
  room = chat_person_get_room (scene.boris, "anna");
  chat_session_set_room_muted (scene.boris->session, room, TRUE);
  chat_session_set_room_pinned (scene.boris->session, room, TRUE);
  chat_room_set_marked_unread (room, TRUE);

  room = start_again (scene.boris);
  g_assert_true (is_set (scene.boris, TRUE, TRUE));
  g_assert_true (chat_room_get_marked_unread (room));
  chat_test_server_start (scene.server);
  chat_test_wait_until (is_set (scene.phone, TRUE, TRUE));
  chat_test_wait_until (chat_session_is_written (scene.boris->session));
  g_assert_true (is_set (scene.boris, TRUE, TRUE));

  /* It has been told: what comes later is newer, also after another start */
  room = chat_person_get_room (scene.phone, "anna");
  chat_session_set_room_muted (scene.phone->session, room, FALSE);
  chat_test_wait_until (is_set (scene.boris, FALSE, TRUE));
  room = start_again (scene.boris);
  chat_test_wait_until (chat_session_get_state (scene.boris->session) == CHAT_SESSION_ONLINE);
  chat_test_wait_until (chat_session_is_written (scene.boris->session));
  chat_test_settle ();
  g_assert_true (is_set (scene.boris, FALSE, TRUE));
  g_assert_true (is_set (scene.phone, FALSE, TRUE));
  g_assert_true (chat_room_get_marked_unread (room));
}

/* Two devices choose differently: the choice that reaches the server last is that of both */
static void
test_two_devices (void)
{
  g_auto (Scene) scene = { NULL };
  ChatRoom *room;

  scene_init (&scene);
  go_offline (&scene);
  room = chat_person_get_room (scene.boris, "anna");
  chat_session_set_room_muted (scene.boris->session, room, TRUE);
  chat_session_set_room_pinned (scene.boris->session, room, TRUE);
  chat_session_set_room_pinned (scene.boris->session, room, FALSE);
  chat_person_restart (scene.boris);      /* and is not there for a while */

  chat_test_server_start (scene.server);
  chat_test_wait_until (chat_session_get_state (scene.phone->session) == CHAT_SESSION_ONLINE);
  room = chat_person_get_room (scene.phone, "anna");
  chat_session_set_room_pinned (scene.phone->session, room, TRUE);
  chat_test_wait_until (chat_session_is_written (scene.phone->session));
  g_assert_true (is_set (scene.phone, FALSE, TRUE));

  start_again (scene.boris);
  chat_test_wait_until (is_set (scene.phone, TRUE, FALSE));
  chat_test_wait_until (is_set (scene.boris, TRUE, FALSE));
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/wishes/offline-restart", test_offline_restart);
  g_test_add_func ("/wishes/two-devices", test_two_devices);

  return chat_session_test_run ();
}
