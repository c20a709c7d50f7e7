/* test-renewed.c: what is shown after all was asked for anew is what the server has, not what was kept
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-test.h"

#define ID G_GINT64_FORMAT
#define MAX_MESSAGES 8

/* One room of messages, in the order of their ids. At the first log-in the changes are told; where @forgetful the server knows none at the
 * next ones, until it has told its rooms */
typedef struct
{
  struct
  {
    int         id;
    const char *text;
    const char *sender;
    const char *ref;        /* (nullable) */
  } messages[MAX_MESSAGES];
  guint    n_messages;
  int      seq;
  guint    n_logins;
  guint    n_rooms;
  gboolean forgetful;
  gboolean cut_rooms;       /* the connection ends after the rooms, once */
  gboolean cut_send;        /* the first message arrives, and nobody hears of it */
  int      sent_id;         /* what a message that is sent is called */
  guint    n_sends;
  gboolean send_is_new;     /* the answer has a seq */
  guint    n_newest;
} Scene;

static void
put (Scene      *scene,
     int         id,
     const char *text,
     const char *sender,
     const char *ref)
{
  guint at = scene->n_messages++;

  g_assert_cmpuint (scene->n_messages, <=, MAX_MESSAGES);
  scene->messages[at].id = id;
  scene->messages[at].text = text;
  scene->messages[at].sender = sender;
  scene->messages[at].ref = ref;
}

static char *
row (Scene *scene,
     guint  at)
{
  g_autofree char *ref = scene->messages[at].ref != NULL ? g_strdup_printf (",\"client_ref\":\"%s\"", scene->messages[at].ref) : g_strdup ("");

  return g_strdup_printf ("{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%d,\"msg_type\":\"TEXT\",\"message\":\"%s\","
                          "\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"%s\"%s", scene->messages[at].id, scene->messages[at].text,
                          scene->messages[at].sender, ref);
}

static void
say_rooms (ChatRawPeer *peer,
           Scene       *scene,
           const char  *number)
{
  g_autofree char *last = row (scene, scene->n_messages - 1);

  scene->n_rooms++;
  chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[%d],\"unread\":[0],"
                      "\"read_marks\":[%d],\"muted\":[false],\"pinned\":[false],\"last_messages\":[%s}],\"seq\":%d%s}\n",
                scene->messages[0].id, scene->messages[scene->n_messages - 1].id, last, scene->seq, number);
  if (scene->cut_rooms)
    {
      scene->cut_rooms = FALSE;
      chat_raw_hang_up (peer);
    }
}

/* The newest page is the newest message alone */
static void
say_page (ChatRawPeer *peer,
          Scene       *scene,
          JsonObject  *request,
          const char  *number)
{
  gint64 before = json_object_get_int_member_with_default (request, "before", 0);
  gint64 limit = before == 0 ? 1 : json_object_get_int_member_with_default (request, "limit", 50);
  guint to = scene->n_messages, from;

  scene->n_newest += before == 0;
  while (before > 0 && to > 0 && scene->messages[to - 1].id >= before)
    to--;
  from = to > limit ? to - (guint) limit : 0;
  for (guint i = from; i < to; i++)
    {
      g_autofree char *one = row (scene, i);

      chat_raw_say (peer, "%s%s}\n", one, number);
    }
  chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":%s%s}\n", from > 0 ? "true" : "false", number);
}

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Scene *scene = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  if (g_str_equal (type, "REQUEST_LOGIN"))
    {
      scene->n_logins++;
      chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"abcdefghijklmnop\",\"features\":"
                          "[\"request-id\",\"client-ref\",\"paging\",\"room-info\",\"token\",\"sync\"]}\n");
    }
  else if (g_str_equal (type, "OLD_DIALOGS"))
    say_rooms (peer, scene, number);
  else if (g_str_equal (type, "READ_MSG"))
    say_page (peer, scene, request, number);
  else if (g_str_equal (type, "SYNC"))
    {
      chat_raw_say (peer, "{\"type\":\"SYNC\",\"status\":\"%s\",\"seq\":%d%s}\n", scene->forgetful ? "RESET" : "SUCCESS", scene->seq, number);
      scene->forgetful = FALSE;
    }
  else if (g_str_equal (type, "SND_MSG"))
    {
      g_autofree char *seq = scene->send_is_new ? g_strdup_printf (",\"seq\":%d", scene->sent_id) : g_strdup ("");

      if (scene->n_sends++ == 0 && scene->cut_send)
        chat_raw_hang_up (peer);
      else
        chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%d,"
                            "\"date\":\"2026-01-31T12:34:56.789Z\"%s%s}\n", scene->sent_id, seq, number);
    }
}

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

static gboolean
shows (ChatMessageList *list,
       const char      *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < chat_list_length (list); i++)
    g_string_append_printf (text, "%s ", chat_list_text (list, i));
  return g_str_equal (text->str, expected);
}

/* 10, 11 and 12 are kept, and known to be all; the program has ended */
static void
start (Scene         *scene,
       ChatPerson    *anna,
       ChatRawServer *server)
{
  g_autoptr (ChatMessageList) list = NULL;

  put (scene, 10, "ten", "boris", NULL);
  put (scene, 11, "eleven", "boris", NULL);
  put (scene, 12, "twelve", "boris", NULL);
  scene->seq = 20;
  chat_test_keyring_empty ();
  chat_person_sign_in (anna, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, NULL);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (chat_list_length (list) == 1);
  chat_message_list_load_older (list);
  chat_test_wait_until (shows (list, "ten eleven twelve "));
  chat_test_wait_until (chat_session_is_written (anna->session));
  g_clear_object (&list);
  chat_person_restart (anna);
}

static ChatMessageList *
open_offline (ChatPerson    *anna,
              ChatRawServer *server)
{
  ChatMessageList *list;

  chat_raw_server_set_accepting (server, FALSE);
  restore (anna);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until (shows (list, "ten eleven twelve "));
  return list;
}

static void
remove_message (Scene *scene,
                guint  at)
{
  memmove (&scene->messages[at], &scene->messages[at + 1], (scene->n_messages - at - 1) * sizeof scene->messages[0]);
  scene->n_messages--;
}

/* The first message was deleted, and nobody tells it but the number of the first that is there */
static void
test_begins_later (void)
{
  Scene scene = { 0 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &scene);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;

  start (&scene, anna, server);
  list = open_offline (anna, server);
  remove_message (&scene, 0);
  scene.seq = 40;
  scene.forgetful = TRUE;
  chat_raw_server_set_accepting (server, TRUE);
  chat_test_wait_until (shows (list, "eleven twelve "));
}

/* What is kept is in doubt since the last connection, which ended before it could be read again: what is opened without one is read again
 * over the next, though that tells all that has changed since */
static void
test_opened_in_doubt (void)
{
  Scene scene = { 0 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &scene);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;

  start (&scene, anna, server);
  remove_message (&scene, 1);
  scene.messages[0].text = "TEN";
  scene.seq = 40;
  scene.forgetful = scene.cut_rooms = TRUE;
  restore (anna);
  chat_test_wait_until (scene.n_rooms == 2);
  chat_raw_server_set_accepting (server, FALSE);
  chat_test_wait_until (chat_session_get_position (anna->session) == 40);
  chat_person_restart (anna);
  list = open_offline (anna, server);
  chat_raw_server_set_accepting (server, TRUE);
  chat_test_wait_until (shows (list, "TEN twelve "));
}

/* A message arrived, nobody heard of it, and another device deleted or changed it; the server does not know its changes any more. When it is sent
 * again, the answer gives its number alone */
static void
test_sent_again (gconstpointer data)
{
  const char *text = data;
  Scene scene = { .cut_send = TRUE, .sent_id = 30 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &scene);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room;
  g_autofree char *expected = text != NULL ? g_strdup_printf ("ten eleven twelve %s forty ", text) : g_strdup ("ten eleven twelve forty ");

  start (&scene, anna, server);
  list = open_offline (anna, server);
  chat_raw_server_set_accepting (server, TRUE);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  message = chat_person_send (anna, chat_person_get_room (anna, "boris"), "mine");
  chat_test_wait_until (scene.n_sends == 1);
  if (text != NULL)
    put (&scene, 30, text, "anna", chat_message_get_client_ref (message));
  put (&scene, 40, "forty", "boris", NULL);
  scene.seq = 50;
  scene.forgetful = TRUE;
  chat_test_wait_until (chat_session_count_unsent (anna->session) == 0);
  g_assert_cmpuint (scene.n_sends, ==, 2);
  room = chat_person_get_room (anna, "boris");
  chat_test_wait_until (chat_room_get_last_message (room) != NULL
                        && g_str_equal (chat_message_get_text (chat_room_get_last_message (room)), "forty"));

  chat_test_wait_until (chat_session_is_written (anna->session));
  g_clear_object (&list);
  chat_person_restart (anna);
  chat_raw_server_set_accepting (server, FALSE);
  restore (anna);
  list = chat_session_get_messages (anna->session, chat_person_get_room (anna, "boris"));
  chat_test_wait_until ((chat_message_list_load_older (list), shows (list, expected)));
}

/* What waited gets a number below that of what others wrote meanwhile: theirs is the newest of the room */
static void
test_others_were_faster (void)
{
  Scene scene = { .sent_id = 30, .send_is_new = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &scene);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room;

  start (&scene, anna, server);
  list = open_offline (anna, server);
  room = chat_person_get_room (anna, "boris");
  message = chat_person_send (anna, room, "mine");
  g_assert_true (chat_room_get_last_message (room) == message);
  put (&scene, 40, "forty", "boris", NULL);
  scene.seq = 50;
  scene.forgetful = TRUE;
  chat_raw_server_set_accepting (server, TRUE);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  chat_test_wait_until (g_strcmp0 (chat_message_get_text (chat_room_get_last_message (room)), "forty") == 0);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/renewed/begins-later", test_begins_later);
  g_test_add_func ("/renewed/opened-in-doubt", test_opened_in_doubt);
  g_test_add_data_func ("/renewed/sent-again/deleted", NULL, test_sent_again);
  g_test_add_data_func ("/renewed/sent-again/changed", "other", test_sent_again);
  g_test_add_func ("/renewed/others-were-faster", test_others_were_faster);

  return chat_session_test_run ();
}
