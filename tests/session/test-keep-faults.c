/* test-keep-faults.c: what is kept, when the program is killed, the file is damaged or the server is no longer what it was
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat-session-test.h"
#include "chat-test-server.h"

static gboolean
restore (ChatPerson *person)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_restore_async (person->session, NULL, chat_answer_take, &answer);
  return chat_session_restore_finish (person->session, chat_answer_wait (&answer), NULL);
}

/* Killed again and again, at whatever moment: each message arrives once, in the order in which it was written */
static void
test_killed (void)
{
  enum { N = 400, N_KILLS = 12 };
  const ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  const char *address = chat_test_server_get_address (server);
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "chat-session-writer", NULL);
  g_autofree char *dir = chat_test_temp_dir_new ();
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autofree char *count = g_strdup_printf ("%d", N);
  guint n_starts = 0;
  gboolean done = FALSE;
  int highest = -1;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  chat_person_create_room (anna, "boris");
  while (!done)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) writer = NULL;
      g_autoptr (GDataInputStream) output = NULL;
      guint lines = 0, kill_after = n_starts < N_KILLS ? (guint) g_test_rand_int_range (0, N / N_KILLS) : G_MAXUINT;
      char *line;

      g_assert_cmpuint (n_starts++, <=, N_KILLS + 1);
      writer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, dir, address, "anna", CHAT_TEST_PASSWORD,
                                 "boris", count, NULL);
      g_assert_no_error (error);
      output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (writer));
      while ((line = g_data_input_stream_read_line (output, NULL, NULL, NULL)) != NULL)
        {
          done = done || g_str_equal (line, "done");
          if (!done)
            {
              int number = atoi (line);

              /* What was said to be kept is kept: it goes on after it */
              g_assert_cmpint (number, >, highest);
              g_assert_cmpint (number, <=, highest + 2);
              highest = number;
            }
          g_free (line);
          if (lines++ == kill_after)
            g_subprocess_force_exit (writer);
        }
      g_assert_true (g_subprocess_wait (writer, NULL, NULL));
    }
  g_assert_cmpuint (n_starts, >, 2);

  list = chat_session_get_messages (boris->session, chat_person_get_room (boris, "anna"));
  chat_test_wait_until (chat_message_list_get_loaded (list) && !chat_message_list_get_loading (list));
  while (chat_message_list_get_has_older (list))
    {
      chat_message_list_load_older (list);
      chat_test_wait_until (!chat_message_list_get_loading_older (list));
    }
  chat_test_wait_until (chat_list_length (list) >= N);
  chat_test_settle ();
  g_assert_cmpuint (chat_list_length (list), ==, N);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_assert_cmpstr (chat_list_text (list, i), ==, text);
    }
  chat_test_temp_dir_remove (g_steal_pointer (&dir));
}

static void
on_notice (ChatSession *session,
           const char  *words,
           guint       *n)
{
  g_assert_true (g_utf8_validate (words, -1, NULL) && *words != '\0');
  (*n)++;
}

typedef enum
{
  SCRAP,      /* no database at all */
  TORN,       /* a hole in the middle of it */
  NEWER       /* of a later version */
} Damage;

static void
damage_file (const char *path,
             Damage      damage)
{
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (size, >, 8192);
  if (damage == SCRAP)
    memset (data, 'x', size);
  else if (damage == TORN)
    memset (data + 4096, 0xa5, size - 4096);
  else
    /* user_version, big-endian: https://www.sqlite.org/fileformat.html#user_version_number */
    data[62] = 0x7f;
  g_assert_true (g_file_set_contents_full (path, data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_damaged (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();

  chat_test_keyring_empty ();
  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  chat_person_create_room (anna, "boris");
  for (Damage damage = SCRAP; damage <= NEWER; damage++)
    {
      g_autofree char *path = chat_session_dup_store_path (anna->session);
      g_autofree char *folder = g_path_get_dirname (path);
      g_autoptr (ChatMessageList) list = NULL;
      g_autoptr (ChatMessage) message = NULL;
      guint n_notices = 0, n_files;
      ChatRoom *room = chat_person_get_room (anna, "boris");

      message = chat_person_send (anna, room, "still there");
      chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
      g_clear_object (&message);
      chat_session_close (anna->session);
      n_files = count_files (folder);
      damage_file (path, damage);
      chat_person_restart (anna);
      g_signal_connect (anna->session, "notice", G_CALLBACK (on_notice), &n_notices);
      g_assert_true (restore (anna));
      g_assert_cmpuint (n_notices, ==, 1);
      /* The file was set aside: nothing was thrown away */
      g_assert_cmpuint (count_files (folder), >, n_files);

      room = chat_person_get_room (anna, "boris");
      list = chat_session_get_messages (anna->session, room);
      chat_test_wait_until (chat_message_list_get_loaded (list) && chat_list_length (list) == damage + 1u);
      g_assert_cmpstr (chat_list_text (list, -1), ==, "still there");
    }
}

/* The server lost all, and another one has the number of the room now: nothing of what waited goes there */
static void
test_reset_server (void)
{
  ChatTestServer *server = chat_test_server_new (NULL);
  g_autofree char *address = g_strdup (chat_test_server_get_address (server));
  const ChatServerOptions again = { .insecure = TRUE, .listen = address };
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatPerson) carl = chat_person_new ();
  g_autoptr (ChatPerson) tablet = chat_person_new ();
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (GError) error = NULL;
  guint n_notices = 0;
  ChatRoom *room;
  gint64 id;

  chat_test_keyring_empty ();
  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  id = chat_room_get_id (room);
  message = chat_person_send (anna, room, "hello");
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  chat_session_close (boris->session);
  chat_test_server_free (server);
  chat_test_wait_until (chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);
  g_clear_object (&message);
  message = chat_person_send (anna, room, "for boris alone");
  g_clear_object (&message);

  server = chat_test_server_new (&again);
  chat_person_sign_up (tablet, address, "anna");
  chat_person_sign_up (carl, address, "carl");
  room = chat_person_create_room (tablet, "carl");
  g_assert_cmpint (chat_room_get_id (room), ==, id);
  message = chat_person_send (tablet, room, "other times");
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);

  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_REFUSED);
  g_signal_connect (anna->session, "notice", G_CALLBACK (on_notice), &n_notices);
  g_assert_true (chat_person_sign_in (anna, address, TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error));
  room = chat_person_get_room (anna, "carl");
  chat_test_wait_until (n_notices > 0);
  g_assert_null (chat_room_list_lookup_name (chat_session_get_rooms (anna->session), "boris"));
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 0);
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_message_list_get_loaded (list) && !chat_message_list_get_loading (list));
  g_assert_cmpuint (chat_list_length (list), ==, 1);
  g_assert_cmpstr (chat_list_text (list, 0), ==, "other times");
  g_clear_object (&list);

  /* And so after the next start */
  chat_person_restart (anna);
  g_assert_true (restore (anna));
  room = chat_person_get_room (anna, "carl");
  list = chat_session_get_messages (anna->session, room);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  chat_test_wait_until (chat_message_list_get_loaded (list) && !chat_message_list_get_loading (list));
  g_assert_cmpuint (chat_list_length (list), ==, 1);
  chat_session_close (anna->session);
  chat_session_close (carl->session);
  chat_session_close (tablet->session);
  chat_test_server_free (server);
}

static void
test_sign_out (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_auto (ChatAnswer) answer = { NULL };
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatRoom *room;

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  room = chat_person_create_room (anna, "boris");
  path = chat_session_dup_store_path (anna->session);
  folder = g_path_get_dirname (path);
  chat_test_server_stop (server);
  chat_test_wait_until (chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);
  message = chat_person_send (anna, room, "never sent");
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 1);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  chat_session_sign_out_async (anna->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_sign_out_finish (anna->session, chat_answer_wait (&answer), NULL));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (folder), ==, 0);
  g_assert_cmpuint (chat_session_count_unsent (anna->session), ==, 0);
}

/* No folder can be made where the stores are to be: everything works, and it is said */
static void
test_no_store (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autofree char *path = g_build_filename (anna->dir, "stores", NULL);
  g_autoptr (ChatMessage) message = NULL;
  guint n_notices = 0;
  ChatRoom *room;

  g_assert_true (g_file_set_contents (path, "in the way", -1, NULL));
  g_signal_connect (anna->session, "notice", G_CALLBACK (on_notice), &n_notices);
  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  g_assert_cmpuint (n_notices, ==, 1);
  room = chat_person_create_room (anna, "boris");
  message = chat_person_send (anna, room, "nevertheless");
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
}

/* The raw server: it never answers a message */
static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  const char *features = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"features\":[%s]}", features);
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"boris\"],\"id\":[7],\"first_massage_id\":[0]%s}", number);
  else if (g_str_equal (type, "READ_MSG"))
    chat_raw_say (peer, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":7,\"more\":false%s}", number);
}

static ChatRoom *
sign_in (ChatPerson    *person,
         ChatRawServer *server)
{
  g_autoptr (GError) error = NULL;

  chat_person_sign_in (person, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  return chat_person_get_room (person, "boris");
}

/* Whether a message of unknown fate may be sent again is known after a restart too */
static void
test_unknown_fate (void)
{
  static const char *const features[] = { "\"request-id\",\"paging\"", "\"request-id\",\"paging\",\"client-ref\"" };

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, (gpointer) features[i]);
      g_autoptr (ChatPerson) anna = chat_person_new ();
      ChatRoom *room = sign_in (anna, server);
      g_autoptr (ChatMessage) message = chat_person_send (anna, room, "0");
      ChatMessage *last;

      chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENDING);
      g_clear_object (&message);
      chat_person_restart (anna);
      room = sign_in (anna, server);
      last = chat_room_get_last_message (room);
      g_assert_nonnull (last);
      g_assert_cmpstr (chat_message_get_text (last), ==, "0");
      chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
      if (i == 0)
        {
          chat_test_wait_until (chat_message_get_state (last) == CHAT_MESSAGE_FAILED);
          g_assert_nonnull (chat_message_get_failure (last));
        }
      else
        chat_test_wait_until (chat_message_get_state (last) == CHAT_MESSAGE_SENDING);
    }
}

/* A burst makes few commits, and loses nothing */
static void
test_burst (void)
{
  enum { N = 1000 };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, (gpointer) "\"request-id\",\"paging\",\"client-ref\"");
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatRoom *room = sign_in (anna, server);
  g_autoptr (ChatMessageList) list = chat_session_get_messages (anna->session, room);
  g_autoptr (GString) burst = g_string_new (NULL);
  guint64 before, commits;
  gint64 begun;

  chat_test_wait_until (chat_message_list_get_loaded (list) && !chat_message_list_get_loading (list));
  chat_test_settle ();
  for (guint i = 1; i <= N; i++)
    g_string_append_printf (burst, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":7,\"message_id\":%u,\"msg_type\":\"TEXT\","
                            "\"message\":\"%u\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"boris\"}\n", i, i);
  before = chat_session_get_n_commits (anna->session);
  begun = g_get_monotonic_time ();
  chat_raw_say_bytes (chat_raw_server_get_peer (server), burst->str, burst->len);
  chat_test_wait_until (chat_list_length (list) == N);
  commits = chat_session_get_n_commits (anna->session) - before;
  g_test_message ("%d pushes: %" G_GUINT64_FORMAT " commits, shown after %.1f ms", N, commits,
                  (g_get_monotonic_time () - begun) / 1000.0);
  g_assert_cmpuint (commits, <, N / 10);
  for (guint i = 1; i <= N; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_assert_cmpstr (chat_list_text (list, i - 1), ==, text);
    }
  g_assert_cmpuint (chat_room_get_unread_count (room), ==, N);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_func ("/keep/killed", test_killed);
  g_test_add_func ("/keep/damaged", test_damaged);
  g_test_add_func ("/keep/reset-server", test_reset_server);
  g_test_add_func ("/keep/sign-out", test_sign_out);
  g_test_add_func ("/keep/no-store", test_no_store);
  g_test_add_func ("/keep/unknown-fate", test_unknown_fate);
  g_test_add_func ("/keep/burst", test_burst);

  return chat_session_test_run ();
}
