/* test-changes.c: what is changed again, and what is changed before it was sent: the newest words win, nothing comes twice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-test.h"
#include "chat-test-server.h"

static void
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL));
}

static void
edit (ChatPerson  *person,
      ChatMessage *message,
      const char  *text)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;

  chat_session_edit_message_async (person->session, message, text, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_edit_message_finish (person->session, chat_answer_wait (&answer), &error));
  g_assert_no_error (error);
}

static void
delete (ChatPerson  *person,
        ChatMessage *message)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;

  chat_session_delete_message_async (person->session, message, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_delete_message_finish (person->session, chat_answer_wait (&answer), &error));
  g_assert_no_error (error);
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

typedef struct
{
  ChatTestServer  *server;
  ChatPerson      *anna;
  ChatPerson      *boris;
  ChatMessageList *list;      /* Anna's */
  ChatMessageList *theirs;    /* what Boris sees */
} Scene;

static ChatRoom *
scene_init (Scene *scene)
{
  const char *address;
  ChatRoom *room;

  chat_test_keyring_empty ();
  scene->server = chat_test_server_new (NULL);
  address = chat_test_server_get_address (scene->server);
  scene->anna = chat_person_new ();
  scene->boris = chat_person_new ();
  chat_person_sign_up (scene->anna, address, "anna");
  chat_person_sign_up (scene->boris, address, "boris");
  room = chat_person_create_room (scene->anna, "boris");
  scene->list = chat_session_get_messages (scene->anna->session, room);
  scene->theirs = chat_session_get_messages (scene->boris->session, chat_person_get_room (scene->boris, "anna"));
  return room;
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->list);
  g_clear_object (&scene->theirs);
  chat_person_free (scene->anna);
  chat_person_free (scene->boris);
  chat_test_server_free (scene->server);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static ChatMessage *
send (Scene      *scene,
      ChatRoom   *room,
      const char *text)
{
  ChatMessage *message = chat_person_send (scene->anna, room, text);

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  return message;
}

static void
go_offline (Scene *scene)
{
  chat_test_server_stop (scene->server);
  chat_test_wait_until (chat_session_get_state (scene->anna->session) != CHAT_SESSION_ONLINE);
}

static ChatRoom *
start_again (Scene *scene)
{
  ChatRoom *room;

  g_clear_object (&scene->list);
  chat_person_restart (scene->anna);
  restore (scene->anna);
  room = chat_person_get_room (scene->anna, "boris");
  scene->list = chat_session_get_messages (scene->anna->session, room);
  chat_test_wait_until (chat_message_list_get_loaded (scene->list));
  return room;
}

static ChatMessage *
message_at (Scene *scene,
            guint  position)
{
  return g_list_model_get_item (G_LIST_MODEL (scene->list), position);
}

/* With a connection, while the one before is on its way */
static void
test_again_online (void)
{
  g_auto (Scene) scene = { NULL };
  ChatRoom *room = scene_init (&scene);
  g_autoptr (ChatMessage) first = send (&scene, room, "one");
  g_autoptr (ChatMessage) second = send (&scene, room, "two");
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) a = { NULL };
  g_auto (ChatAnswer) b = { NULL };
  g_auto (ChatAnswer) c = { NULL };
  g_auto (ChatAnswer) d = { NULL };
  g_auto (ChatAnswer) e = { NULL };
  g_auto (ChatAnswer) f = { NULL };
  ChatSession *session = scene.anna->session;

  chat_session_edit_message_async (session, first, "uno", NULL, chat_answer_take, &a);
  chat_session_edit_message_async (session, first, "eins", NULL, chat_answer_take, &b);
  chat_session_edit_message_async (session, first, "один", NULL, chat_answer_take, &c);
  chat_session_edit_message_async (session, second, "due", NULL, chat_answer_take, &d);
  chat_session_delete_message_async (session, second, NULL, chat_answer_take, &e);
  g_assert_true (chat_session_edit_message_finish (session, chat_answer_wait (&a), &error));
  g_assert_true (chat_session_edit_message_finish (session, chat_answer_wait (&b), &error));
  g_assert_true (chat_session_edit_message_finish (session, chat_answer_wait (&c), &error));
  g_assert_true (chat_session_edit_message_finish (session, chat_answer_wait (&d), &error));
  g_assert_true (chat_session_delete_message_finish (session, chat_answer_wait (&e), &error));
  g_assert_no_error (error);
  chat_test_wait_until (!chat_message_get_busy (first) && shows (scene.list, "один "));
  chat_test_wait_until (shows (scene.theirs, "один "));

  /* What is being deleted is not changed any more */
  chat_answer_clear (&a);
  chat_session_delete_message_async (session, first, NULL, chat_answer_take, &a);
  g_assert_true (chat_message_get_deleting (first));
  chat_session_edit_message_async (session, first, "late", NULL, chat_answer_take, &f);
  g_assert_false (chat_session_edit_message_finish (session, chat_answer_wait (&f), &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_MESSAGE);
  g_assert_true (chat_session_delete_message_finish (session, chat_answer_wait (&a), NULL));
  chat_test_wait_until (shows (scene.theirs, ""));
}

/* Without one, over a start of the program */
static void
test_again_offline (void)
{
  g_auto (Scene) scene = { NULL };
  ChatRoom *room = scene_init (&scene);
  g_autoptr (ChatMessage) first = send (&scene, room, "one");
  g_autoptr (ChatMessage) second = send (&scene, room, "two");
  g_autoptr (ChatMessage) third = send (&scene, room, "three");

  go_offline (&scene);
  edit (scene.anna, first, "uno");
  edit (scene.anna, second, "due");
  edit (scene.anna, first, "eins");
  g_assert_cmpstr (chat_message_get_text (first), ==, "eins");
  edit (scene.anna, third, "tre");
  g_clear_object (&first);
  g_clear_object (&second);
  g_clear_object (&third);
  start_again (&scene);
  g_assert_true (shows (scene.list, "eins due tre "));
  first = message_at (&scene, 0);
  second = message_at (&scene, 1);
  third = message_at (&scene, 2);
  edit (scene.anna, first, "один");
  delete (scene.anna, second);
  delete (scene.anna, second);
  g_assert_true (chat_message_get_deleting (second));
  g_assert_true (chat_message_get_busy (first) && !chat_message_get_deleting (first));
  g_clear_object (&first);
  g_clear_object (&second);
  g_clear_object (&third);
  start_again (&scene);
  /* (What is being deleted is shown as the server has it) */
  g_assert_true (shows (scene.list, "один two tre "));
  second = message_at (&scene, 1);
  g_assert_true (chat_message_get_deleting (second));

  chat_test_server_start (scene.server);
  chat_test_wait_until (shows (scene.list, "один tre "));
  first = message_at (&scene, 0);
  chat_test_wait_until (!chat_message_get_busy (first));
  chat_test_wait_until (shows (scene.theirs, "один tre "));
  /* Nothing of it is left */
  start_again (&scene);
  chat_test_wait_until (chat_session_get_state (scene.anna->session) == CHAT_SESSION_ONLINE);
  chat_test_settle ();
  g_assert_true (shows (scene.list, "один tre "));
}

/* What waits is changed where it waits, and what is discarded there nobody ever sees */
static void
test_unsent (void)
{
  g_auto (Scene) scene = { NULL };
  ChatRoom *room = scene_init (&scene);
  G_GNUC_UNUSED g_autoptr (ChatMessage) zero = send (&scene, room, "zero");
  g_autoptr (ChatMessage) first = NULL, second = NULL, third = NULL;

  chat_test_wait_until (shows (scene.theirs, "zero "));
  go_offline (&scene);
  first = chat_person_send (scene.anna, room, "one");
  second = chat_person_send (scene.anna, room, "two");
  third = chat_person_send (scene.anna, room, "three");
  edit (scene.anna, first, "uno");
  edit (scene.anna, first, "eins");
  delete (scene.anna, second);
  chat_test_wait_until (shows (scene.list, "zero eins three "));
  g_assert_cmpint (chat_message_get_state (first), ==, CHAT_MESSAGE_WAITING);
  g_assert_false (chat_message_get_busy (first));
  g_assert_cmpuint (chat_session_count_unsent (scene.anna->session), ==, 2);
  g_assert_cmpstr (chat_message_get_text (chat_room_get_last_message (room)), ==, "three");
  g_clear_object (&first);
  g_clear_object (&second);
  g_clear_object (&third);
  start_again (&scene);
  g_assert_true (shows (scene.list, "zero eins three "));
  third = message_at (&scene, 2);
  edit (scene.anna, third, "drei");

  chat_test_server_start (scene.server);
  chat_test_wait_until (chat_session_count_unsent (scene.anna->session) == 0);
  chat_test_wait_until (shows (scene.theirs, "zero eins drei "));
  g_assert_true (shows (scene.list, "zero eins drei "));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (scene.theirs), i);

      /* Nobody has seen other words */
      g_assert_false (chat_message_get_edited (message));
    }
}

/* A server that takes down what it is asked, and keeps its answers back */
typedef struct
{
  GString  *log;
  gboolean  hang_up;          /* instead of taking a message */
  gboolean  silent;           /* no answer to a message */
  gboolean  refuse;
  char     *withheld;         /* request_id of the message that has no answer */
  char     *ref;
  char     *text;             /* what it has */
} Notes;

static void
answer_send (Notes       *notes,
             ChatRawPeer *peer,
             const char  *number)
{
  g_free (notes->text);
  notes->text = g_strdup ("one");
  chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":5,"
                "\"date\":\"2026-01-31T12:34:56.789Z\"%s}", number);
}

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Notes *notes = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"t\","
                  "\"features\":[\"request-id\",\"client-ref\",\"paging\",\"token\"]}");
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[0]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    {
      if (notes->text != NULL)
        chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":5,\"msg_type\":\"TEXT\","
                      "\"message\":\"%s\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"anna\",\"client_ref\":\"%s\"%s}",
                      notes->text, notes->ref, number);
      chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":false%s}", number);
    }
  else if (g_str_equal (type, "SND_MSG"))
    {
      const char *ref = json_object_get_string_member_with_default (request, "client_ref", "none");

      g_string_append_printf (notes->log, "send %s, ", json_object_get_string_member (request, "message"));
      if (notes->ref == NULL)
        notes->ref = g_strdup (ref);
      g_assert_cmpstr (notes->ref, ==, ref);
      if (notes->hang_up)
        chat_raw_hang_up (peer);
      else if (notes->refuse)
        chat_raw_say (peer, "{\"type\":\"SND_MSG\",\"status\":\"FORBIDDEN\",\"error\":\"no\"%s}", number);
      else if (notes->silent)
        {
          g_free (notes->withheld);
          notes->withheld = g_steal_pointer (&number);
        }
      else
        answer_send (notes, peer, number);
    }
  else if (g_str_equal (type, "EDIT_MSG"))
    {
      g_free (notes->text);
      notes->text = g_strdup (json_object_get_string_member (request, "new_msg"));
      g_string_append_printf (notes->log, "edit %s, ", json_object_get_string_member (request, "new_msg"));
      chat_raw_say (peer, "{\"type\":\"EDIT_MSG\",\"id\":5,\"new_msg\":\"%s\"%s}", json_object_get_string_member (request, "new_msg"),
                    number);
    }
  else if (g_str_equal (type, "DELETE_MSG"))
    {
      g_clear_pointer (&notes->text, g_free);
      g_string_append (notes->log, "delete, ");
      chat_raw_say (peer, "{\"type\":\"DELETE_MSG\",\"id\":5%s}", number);
    }
}

static void
notes_clear (Notes *notes)
{
  g_string_free (notes->log, TRUE);
  g_free (notes->withheld);
  g_free (notes->ref);
  g_free (notes->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Notes, notes_clear)

static ChatRoom *
sign_in (ChatPerson    *person,
         ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_test_keyring_empty ();
  chat_person_sign_in (person, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  return chat_person_get_room (person, "boris");
}

/* What may have arrived keeps its words and its reference, so that it can not come twice: the change goes behind it */
static void
test_may_have_left (gconstpointer data)
{
  gboolean deleted = GPOINTER_TO_INT (data) & 1, restarted = GPOINTER_TO_INT (data) & 2;
  g_auto (Notes) notes = { .log = g_string_new (NULL), .hang_up = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &notes);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessageList) list = chat_session_get_messages (anna->session, room);
  g_autoptr (ChatMessage) message = NULL;

  chat_raw_server_set_accepting (server, FALSE);
  message = chat_person_send (anna, room, "one");
  chat_test_wait_until (notes.log->len > 0 && chat_message_get_state (message) == CHAT_MESSAGE_WAITING
                        && chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);
  notes.hang_up = FALSE;
  edit (anna, message, "two");
  edit (anna, message, "three");
  g_assert_cmpstr (chat_message_get_text (message), ==, "three");
  g_assert_true (chat_message_get_busy (message));
  if (deleted)
    delete (anna, message);
  if (restarted)
    {
      g_clear_object (&message);
      g_clear_object (&list);
      chat_person_restart (anna);
      restore (anna);
      room = chat_person_get_room (anna, "boris");
      list = chat_session_get_messages (anna->session, room);
      chat_test_wait_until (chat_message_list_get_loaded (list) && chat_list_length (list) == 1);
      message = g_list_model_get_item (G_LIST_MODEL (list), 0);
      g_assert_true (chat_message_get_busy (message));
      g_assert_true (chat_message_get_deleting (message) == deleted);
      if (!deleted)
        g_assert_cmpstr (chat_message_get_text (message), ==, "three");
    }
  chat_raw_server_set_accepting (server, TRUE);
  if (deleted)
    {
      chat_test_wait_until (chat_list_length (list) == 0 && chat_session_count_unsent (anna->session) == 0);
      g_assert_cmpstr (notes.log->str, ==, "send one, send one, delete, ");
      return;
    }
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT && !chat_message_get_busy (message));
  g_assert_cmpstr (notes.log->str, ==, "send one, send one, edit three, ");
  g_assert_true (shows (list, "three "));
  g_assert_true (chat_message_get_edited (message));
}

/* On its way at this moment */
static void
test_in_flight (void)
{
  g_auto (Notes) notes = { .log = g_string_new (NULL), .silent = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &notes);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessageList) list = chat_session_get_messages (anna->session, room);
  g_autoptr (ChatMessage) message = chat_person_send (anna, room, "one");

  chat_test_wait_until (notes.withheld != NULL);
  edit (anna, message, "two");
  g_assert_cmpstr (chat_message_get_text (message), ==, "two");
  g_assert_cmpint (chat_message_get_state (message), ==, CHAT_MESSAGE_SENDING);
  answer_send (&notes, chat_raw_server_get_peer (server), notes.withheld);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  chat_test_wait_until (!chat_message_get_busy (message));
  g_assert_cmpstr (notes.log->str, ==, "send one, edit two, ");
  g_assert_true (shows (list, "two "));
}

/* It is refused: it stands there with its newest words, for the person to decide */
static void
test_refused (void)
{
  g_auto (Notes) notes = { .log = g_string_new (NULL), .silent = TRUE };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &notes);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessageList) list = chat_session_get_messages (anna->session, room);
  g_autoptr (ChatMessage) message = chat_person_send (anna, room, "one");

  chat_test_wait_until (notes.withheld != NULL);
  edit (anna, message, "two");
  chat_raw_say (chat_raw_server_get_peer (server), "{\"type\":\"SND_MSG\",\"status\":\"FORBIDDEN\",\"error\":\"no\"%s}", notes.withheld);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_FAILED);
  g_assert_false (chat_message_get_busy (message));
  g_assert_true (shows (list, "two "));
  edit (anna, message, "three");
  notes.silent = FALSE;
  chat_session_retry_message (anna->session, message);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_cmpstr (notes.log->str, ==, "send one, send three, ");
  g_assert_true (shows (list, "three "));
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/changes/again-online", test_again_online);
  g_test_add_func ("/changes/again-offline", test_again_offline);
  g_test_add_func ("/changes/unsent", test_unsent);
  g_test_add_data_func ("/changes/may-have-left/edited", GINT_TO_POINTER (0), test_may_have_left);
  g_test_add_data_func ("/changes/may-have-left/deleted", GINT_TO_POINTER (1), test_may_have_left);
  g_test_add_data_func ("/changes/may-have-left/edited-restarted", GINT_TO_POINTER (2), test_may_have_left);
  g_test_add_data_func ("/changes/may-have-left/deleted-restarted", GINT_TO_POINTER (3), test_may_have_left);
  g_test_add_func ("/changes/in-flight", test_in_flight);
  g_test_add_func ("/changes/refused", test_refused);

  return chat_session_test_run ();
}
