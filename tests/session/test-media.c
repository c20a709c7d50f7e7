/* test-media.c: files between two people: whatever breaks, each arrives once, whole, or is shown as what it is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "test-media-common.h"

#define LARGE_MIB 200

static void
test_file (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "a “report”.pdf", SMALL, 1), *saved = g_build_filename (f->dir, "saved", NULL);
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GFile) destination = g_file_new_for_path (saved);
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatFileList) files = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  ChatAttachment *got;

  g_assert_true ((chat_session_get_abilities (f->anna->session) & CHAT_SESSION_CAN_ATTACH) != 0);
  g_assert_cmpint (chat_session_get_media_limit (f->anna->session), >, 0);
  message = send_file (f, path, NULL);
  g_assert_true (message_at (f->list, 0) == message);
  g_assert_cmpint (chat_message_get_content (message), ==, CHAT_MESSAGE_FILE);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_true (is_state (message, CHAT_ATTACHMENT_LOCAL));
  assert_same (chat_attachment_get_path (chat_message_get_attachment (message)), path);

  chat_test_wait_until (chat_list_length (f->other) == 1);
  got = chat_message_get_attachment (message_at (f->other, 0));
  g_assert_nonnull (got);
  g_assert_cmpstr (chat_attachment_get_name (got), ==, "a “report”.pdf");
  g_assert_cmpint (chat_attachment_get_size (got), ==, SMALL);
  g_assert_cmpstr (chat_attachment_get_media_type (got), ==, "application/pdf");
  /* Nothing comes by itself that was not asked for */
  g_assert_cmpint (chat_attachment_get_state (got), ==, CHAT_ATTACHMENT_REMOTE);
  assert_fetched (f, path);
  chat_session_save_attachment_async (f->boris->session, message_at (f->other, 0), destination, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_save_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error));
  g_assert_no_error (error);
  assert_same (saved, path);

  files = chat_session_get_room_files (f->boris->session, chat_person_get_room (f->boris, "anna"), FALSE);
  chat_test_wait_until (g_list_model_get_n_items (G_LIST_MODEL (files)) == 1);

  /* The next start knows that it is here */
  chat_answer_clear (&answer);
  g_clear_object (&files);
  g_clear_object (&f->other);
  chat_person_restart (f->boris);
  chat_person_sign_in (f->boris, chat_test_server_get_address (f->server), TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  f->other = chat_session_get_messages (f->boris->session, chat_person_get_room (f->boris, "anna"));
  chat_test_wait_until (chat_list_length (f->other) == 1);
  chat_test_wait_until (is_state (message_at (f->other, 0), CHAT_ATTACHMENT_LOCAL));
}

/* A PNG of one pixel with a comment in it */
static GBytes *
make_png (void)
{
  static const char base64[] = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  gsize size;
  guchar *data = g_base64_decode (base64, &size);

  return g_bytes_new_take (data, size);
}

static void
test_image (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autoptr (GBytes) png = make_png ();
  g_autoptr (ChatMessage) message = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  ChatSessionFileOptions options = { .as_image = TRUE };
  ChatAttachment *got;
  int width, height;

  chat_session_send_bytes_async (f->anna->session, f->room, png, &options, NULL, chat_answer_take, &answer);
  message = chat_session_send_file_finish (f->anna->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  g_assert_cmpint (chat_message_get_content (message), ==, CHAT_MESSAGE_IMAGE);
  chat_test_wait_until (chat_list_length (f->other) == 1);
  got = chat_message_get_attachment (message_at (f->other, 0));
  g_assert_nonnull (got);
  g_assert_cmpstr (chat_attachment_get_name (got), ==, "image.png");
  g_assert_true (chat_attachment_get_dimensions (got, &width, &height));
  g_assert_cmpint (width, ==, 1);
  g_assert_nonnull (chat_attachment_get_preview (got));
  /* Images come by themselves, where somebody looks */
  chat_test_wait_until (is_state (message_at (f->other, 0), CHAT_ATTACHMENT_LOCAL));
}

/* What can not be sent is refused with a word, and leaves nothing behind */
static void
test_refused (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE, .media_limit = SMALL };
  g_autoptr (Fixture) f = fixture_new (&options);
  g_autofree char *large = make_file (f, "large", SMALL + 1, 1), *empty = make_file (f, "empty", 0, 1);
  g_autofree char *broken = g_build_filename (f->dir, "broken.jpg", NULL), *missing = g_build_filename (f->dir, "missing", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (broken, "\xff\xd8\xff\xe1\xff\xffxx", 8, NULL));
  g_assert_null (try_send (f, large, NULL, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "kB"));
  g_clear_error (&error);
  g_assert_null (try_send (f, empty, NULL, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_null (try_send (f, f->dir, NULL, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (try_send (f, "/dev/zero", NULL, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (try_send (f, missing, NULL, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (try_send (f, broken, NULL, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED);
  g_assert_cmpuint (chat_session_count_unsent (f->anna->session), ==, 0);
  g_assert_cmpuint (chat_list_length (f->list), ==, 0);
}

/* Written without a connection, kept over an end of the program, sent once with the next one, whatever became of the original */
static void
test_offline (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 1), *copy = make_file (f, "copy", SMALL, 1), *other = make_file (f, "other", 500, 2);
  g_autofree char *target = NULL;
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (ChatMessage) unwanted = NULL;
  g_autoptr (ChatMessage) text = NULL;
  g_autoptr (GError) error = NULL;

  chat_test_server_stop (f->server);
  chat_test_wait_until (chat_session_get_state (f->anna->session) != CHAT_SESSION_ONLINE);
  message = send_file (f, path, NULL);
  unwanted = send_file (f, other, NULL);
  text = chat_person_send (f->anna, f->room, "after it");
  g_assert_cmpuint (count_files (f->anna), ==, 2);
  chat_session_discard_message (f->anna->session, unwanted);
  chat_test_wait_until (count_files (f->anna) == 1);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_clear_object (&message);
  g_clear_object (&unwanted);
  g_clear_object (&text);
  g_clear_object (&f->list);
  chat_person_restart (f->anna);
  chat_test_server_start (f->server);
  target = g_strdup_printf ("127.0.0.1:%u", chat_test_server_get_media_port (f->server));
  chat_fault_proxy_set_target (f->proxy, target);
  chat_person_sign_in (f->anna, chat_test_server_get_address (f->server), TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_session_count_unsent (f->anna->session) == 0);
  chat_test_wait_until (chat_list_length (f->other) == 2);
  for (guint i = 0; i < 2; i++)
    if (chat_message_get_content (message_at (f->other, i)) == CHAT_MESSAGE_FILE)
      {
        chat_session_start_transfer (f->boris->session, message_at (f->other, i));
        chat_test_wait_until (is_state (message_at (f->other, i), CHAT_ATTACHMENT_LOCAL));
        assert_same (chat_attachment_get_path (chat_message_get_attachment (message_at (f->other, i))), copy);
      }
  g_assert_cmpuint (count_files (f->anna), ==, 1);
}

/* Another program on the same profile, which can not have the store, leaves alone what it does not know */
static void
test_in_use (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 80), *target = NULL;
  g_autoptr (ChatMessage) message = NULL;
  ChatSession *second;
  ChatAnswer answer = { NULL };

  chat_test_server_stop (f->server);
  chat_test_wait_until (chat_session_get_state (f->anna->session) != CHAT_SESSION_ONLINE);
  message = send_file (f, path, NULL);
  second = chat_session_new (f->anna->dir, f->anna->profile);
  chat_session_restore_async (second, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_restore_finish (second, chat_answer_wait (&answer), NULL));
  chat_answer_clear (&answer);
  chat_session_close (second);
  chat_test_settle ();
  g_assert_finalize_object (second);

  chat_test_server_start (f->server);
  target = g_strdup_printf ("127.0.0.1:%u", chat_test_server_get_media_port (f->server));
  chat_fault_proxy_set_target (f->proxy, target);
  chat_test_wait_until (chat_message_get_state (message) != CHAT_MESSAGE_WAITING && chat_message_get_state (message) != CHAT_MESSAGE_SENDING);
  g_assert_cmpint (chat_message_get_state (message), ==, CHAT_MESSAGE_SENT);
}

/* Every connection for a file breaks at a byte that nobody chose */
static void
test_breaks (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);

  chat_fault_proxy_set_random (f->proxy, 4711, 1 << CHAT_FAULT_FIN | 1 << CHAT_FAULT_RESET, 8 * SMALL);
  for (guint n = 0; n < 4; n++)
    {
      g_autofree char *path = make_file (f, "file", 20 * SMALL, 30 + n);
      g_autoptr (ChatMessage) message = send_file (f, path, NULL);
      ChatMessage *got;

      for (guint i = 0; i < 60 && chat_message_get_state (message) != CHAT_MESSAGE_SENT; i++)
        {
          /* (Where too many in a row brought nothing) */
          if (chat_message_get_state (message) == CHAT_MESSAGE_FAILED)
            chat_session_start_transfer (f->anna->session, message);
          chat_test_wait_until_for (30, chat_message_get_state (message) == CHAT_MESSAGE_SENT
                                          || chat_message_get_state (message) == CHAT_MESSAGE_FAILED);
        }
      g_assert_cmpint (chat_message_get_state (message), ==, CHAT_MESSAGE_SENT);
      chat_test_wait_until (chat_list_length (f->other) == n + 1);
      got = message_at (f->other, n);
      for (guint i = 0; i < 60 && !is_state (got, CHAT_ATTACHMENT_LOCAL); i++)
        {
          chat_session_start_transfer (f->boris->session, got);
          chat_test_wait_until_for (30, is_state (got, CHAT_ATTACHMENT_LOCAL) || is_state (got, CHAT_ATTACHMENT_FAILED));
        }
      assert_same (chat_attachment_get_path (chat_message_get_attachment (got)), path);
    }
  chat_test_settle ();
  g_assert_cmpuint (chat_list_length (f->other), ==, 4);
  g_assert_cmpuint (chat_fault_proxy_get_n_struck (f->proxy, CHAT_FAULT_FIN) + chat_fault_proxy_get_n_struck (f->proxy, CHAT_FAULT_RESET), >, 0);
}

/* A transfer that was paused goes on when it is told to, in either direction; a download over the end of the program */
static void
test_pause (void)
{
  const ChatFault slow = { .kind = CHAT_FAULT_DRIBBLE, .direction = CHAT_FAULT_DOWN, .at = 40000, .count = 10000, .ms = 50 };
  const ChatFault slow_up = { .kind = CHAT_FAULT_DRIBBLE, .direction = CHAT_FAULT_UP, .at = 100, .count = 10000, .ms = 50 };
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 5);
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  chat_fault_proxy_arm (f->proxy, &slow_up);
  message = send_file (f, path, NULL);
  chat_test_wait_until (is_state (message, CHAT_ATTACHMENT_TRANSFERRING));
  chat_session_pause_transfer (f->anna->session, message);
  g_assert_true (is_state (message, CHAT_ATTACHMENT_PAUSED));
  chat_fault_proxy_calm (f->proxy);
  /* Nothing waits for it */
  {
    g_autofree char *other = make_file (f, "other", 100, 55);
    g_autoptr (ChatMessage) second = send_file (f, other, NULL);

    chat_test_wait_until (chat_message_get_state (second) == CHAT_MESSAGE_SENT);
    g_assert_cmpint (chat_message_get_state (message), ==, CHAT_MESSAGE_WAITING);
  }
  chat_session_start_transfer (f->anna->session, message);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  chat_test_wait_until (chat_list_length (f->other) == 2);

  chat_fault_proxy_arm (f->proxy, &slow);
  chat_session_start_transfer (f->boris->session, message_at (f->other, 1));
  chat_test_wait_until (is_state (message_at (f->other, 1), CHAT_ATTACHMENT_TRANSFERRING));
  chat_session_pause_transfer (f->boris->session, message_at (f->other, 1));
  g_assert_true (is_state (message_at (f->other, 1), CHAT_ATTACHMENT_PAUSED));
  g_clear_object (&f->other);
  chat_person_restart (f->boris);
  chat_fault_proxy_calm (f->proxy);
  chat_person_sign_in (f->boris, chat_test_server_get_address (f->server), TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  f->other = chat_session_get_messages (f->boris->session, chat_person_get_room (f->boris, "anna"));
  chat_test_wait_until (chat_list_length (f->other) == 2);
  chat_test_wait_until (is_state (message_at (f->other, 1), CHAT_ATTACHMENT_PAUSED));
  assert_fetched (f, path);

  /* And one that is thrown away */
  chat_session_cancel_transfer (f->boris->session, message_at (f->other, 1));
  g_assert_true (is_state (message_at (f->other, 1), CHAT_ATTACHMENT_LOCAL));
}

/* The program ends in the midst of an upload, and the server forgets where it was: it begins anew, and the message comes once */
static void
test_expired (void)
{
  const ChatFault slow = { .kind = CHAT_FAULT_DRIBBLE, .direction = CHAT_FAULT_UP, .at = 1000, .count = 10000, .ms = 50 };
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 9), *database = NULL, *target = NULL;
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  chat_fault_proxy_arm (f->proxy, &slow);
  chat_fault_proxy_arm (f->proxy, &slow);
  message = send_file (f, path, NULL);
  chat_test_wait_until (chat_fault_proxy_get_n_links (f->proxy, NULL) > 0);
  g_clear_object (&message);
  g_clear_object (&f->list);
  chat_session_close (f->anna->session);
  chat_test_server_stop (f->server);
  database = g_build_filename (chat_test_server_get_data_dir (f->server), "chat.db", NULL);
  g_assert_cmpint (sqlite3_open (database, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "DELETE FROM uploads", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  chat_fault_proxy_calm (f->proxy);
  chat_test_server_start (f->server);
  target = g_strdup_printf ("127.0.0.1:%u", chat_test_server_get_media_port (f->server));
  chat_fault_proxy_set_target (f->proxy, target);
  chat_person_restart (f->anna);
  chat_person_sign_in (f->anna, chat_test_server_get_address (f->server), TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_session_count_unsent (f->anna->session) == 0);
  chat_test_wait_until (chat_list_length (f->other) == 1);
  assert_fetched (f, path);
  chat_test_settle ();
  g_assert_cmpuint (chat_list_length (f->other), ==, 1);
}

static void
copy_folder (const char *from,
             const char *to)
{
  g_autofree char *inside = g_strconcat (from, "/.", NULL);
  const char *const argv[] = { "cp", "-a", inside, to, NULL };
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* What is on the disk while it is being sent is what kill -9 leaves. Whoever goes on from there sends it once more, and it is there once */
static void
test_killed (void)
{
  static const ChatMessageState moments[] = { CHAT_MESSAGE_WAITING, CHAT_MESSAGE_SENDING, CHAT_MESSAGE_SENT };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autoptr (Fixture) f = fixture_new (NULL);
      g_autofree char *path = make_file (f, "file", SMALL, 70 + i), *snapshot = g_build_filename (f->dir, "snapshot", NULL);
      g_autoptr (ChatMessage) message = send_file (f, path, NULL);
      g_autoptr (GError) error = NULL;

      chat_test_wait_until (chat_message_get_state (message) == moments[i] || chat_message_get_state (message) == CHAT_MESSAGE_SENT);
      g_assert_cmpint (g_mkdir (snapshot, 0700), ==, 0);
      copy_folder (f->anna->dir, snapshot);
      chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
      g_clear_object (&message);
      g_clear_object (&f->list);
      chat_session_close (f->anna->session);
      chat_test_temp_dir_remove (g_strdup (f->anna->dir));
      g_assert_cmpint (g_mkdir (f->anna->dir, 0700), ==, 0);
      copy_folder (snapshot, f->anna->dir);
      chat_person_restart (f->anna);
      g_assert_true (chat_person_sign_in (f->anna, chat_test_server_get_address (f->server), TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error));
      chat_test_wait_until (chat_session_count_unsent (f->anna->session) == 0);
      f->list = chat_session_get_messages (f->anna->session, chat_person_get_room (f->anna, "boris"));
      chat_test_wait_until (chat_list_length (f->list) == 1 && is_state (message_at (f->list, 0), CHAT_ATTACHMENT_LOCAL));
      chat_test_wait_until (chat_list_length (f->other) == 1);
      assert_fetched (f, path);
      g_assert_cmpuint (chat_list_length (f->other), ==, 1);
    }
}

/* The connection breaks again and again, wherever that is: each message comes once */
static void
test_drops (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE, .drop_after = 6 };
  g_autofree char *data = chat_test_temp_dir_new ();
  ChatServerOptions whole = { .insecure = TRUE, .no_rate_limit = TRUE };
  Fixture *f;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *address = NULL, *url = NULL, *target = NULL;

  whole.data_dir = options.data_dir = data;
  f = fixture_new (&whole);
  address = g_strdup (chat_test_server_get_address (f->server));
  chat_test_server_free (f->server);
  url = g_strdup_printf ("http://%s/", chat_fault_proxy_get_address (f->proxy));
  options.listen = address;
  options.media_url = url;
  f->server = chat_test_server_new (&options);
  target = g_strdup_printf ("127.0.0.1:%u", chat_test_server_get_media_port (f->server));
  chat_fault_proxy_set_target (f->proxy, target);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("file %u", i), *path = make_file (f, name, 1000, 50 + i);

      g_ptr_array_add (messages, send_file (f, path, NULL));
    }
  for (guint i = 0; i < messages->len; i++)
    chat_test_wait_until_for (60, chat_message_get_state (messages->pdata[i]) == CHAT_MESSAGE_SENT);
  chat_test_wait_until_for (60, chat_list_length (f->other) == 6);
  chat_test_settle ();
  g_assert_cmpuint (chat_list_length (f->other), ==, 6);
  g_assert_cmpuint (chat_list_length (f->list), ==, 6);
  /* In the order in which they were sent, however many go at once */
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("file %u", i);

      g_assert_cmpstr (chat_attachment_get_name (chat_message_get_attachment (message_at (f->other, i))), ==, name);
    }
  fixture_free (f);
  chat_test_temp_dir_remove (g_steal_pointer (&data));
}

/* A server that takes no files: nothing is offered, and what waits for it fails with a word */
static void
test_without (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autofree char *data = chat_test_temp_dir_new ();
  Fixture *f;
  g_autofree char *address = NULL, *path = NULL;
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  options.data_dir = data;
  f = fixture_new (&options);
  path = make_file (f, "file", 1000, 1);
  address = g_strdup (chat_test_server_get_address (f->server));
  chat_test_server_free (f->server);
  chat_test_wait_until (chat_session_get_state (f->anna->session) != CHAT_SESSION_ONLINE);
  message = send_file (f, path, NULL);
  options.listen = address;
  options.no_media = TRUE;
  f->server = chat_test_server_new (&options);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_FAILED);
  g_assert_true (is_state (message, CHAT_ATTACHMENT_FAILED));
  g_assert_true ((chat_session_get_abilities (f->anna->session) & CHAT_SESSION_CAN_ATTACH) == 0);
  g_assert_null (try_send (f, path, NULL, &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED);
  fixture_free (f);
  chat_test_temp_dir_remove (g_steal_pointer (&data));
}

/* With TLS: the certificate that was accepted for the server is that of its files */
static void
test_tls (void)
{
  const ChatServerOptions options = { .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("text", 4);
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  ChatAttachment *attachment;

  chat_session_accept_certificate (anna->session, address, chat_test_server_get_fingerprint (server));
  chat_session_accept_certificate (boris->session, address, chat_test_server_get_fingerprint (server));
  g_assert_true (chat_person_sign_in (anna, address, FALSE, "anna", CHAT_TEST_PASSWORD, TRUE, &error));
  g_assert_true (chat_person_sign_in (boris, address, FALSE, "boris", CHAT_TEST_PASSWORD, TRUE, &error));
  chat_session_send_bytes_async (anna->session, chat_person_create_room (anna, "boris"), bytes, NULL, NULL, chat_answer_take, &answer);
  message = chat_session_send_file_finish (anna->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  attachment = chat_message_get_attachment (message);
  g_assert_true (g_str_has_prefix (chat_attachment_get_address (attachment), "https://"));
  /* Its copy is gone: it is fetched again */
  g_assert_cmpint (g_unlink (chat_attachment_get_path (attachment)), ==, 0);
  chat_session_start_transfer (anna->session, message);
  chat_test_wait_until (is_state (message, CHAT_ATTACHMENT_LOCAL));
  g_assert_true (g_file_test (chat_attachment_get_path (attachment), G_FILE_TEST_IS_REGULAR));
}

/* A file that the server does not have any more, and one that it has changed */
static void
test_gone (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 6), *media = g_build_filename (chat_test_server_get_data_dir (f->server), "media", NULL);
  g_autoptr (ChatMessage) message = send_file (f, path, NULL);
  const char *sha256 = chat_attachment_get_sha256 (chat_message_get_attachment (message));
  g_autofree char *two = g_strndup (sha256, 2), *content = g_build_filename (media, two, sha256, NULL), *bytes = NULL;
  gsize size;

  chat_test_wait_until (chat_list_length (f->other) == 1);
  g_assert_true (g_file_get_contents (content, &bytes, &size, NULL));
  bytes[SMALL / 2]++;
  g_assert_true (g_file_set_contents (content, bytes, size, NULL));
  chat_session_start_transfer (f->boris->session, message_at (f->other, 0));
  chat_test_wait_until (is_state (message_at (f->other, 0), CHAT_ATTACHMENT_FAILED));
  g_assert_nonnull (chat_attachment_get_failure (chat_message_get_attachment (message_at (f->other, 0))));
  g_assert_null (chat_attachment_get_path (chat_message_get_attachment (message_at (f->other, 0))));
  chat_test_wait_until (count_files (f->boris) == 0);

  g_assert_cmpint (g_unlink (content), ==, 0);
  chat_session_start_transfer (f->boris->session, message_at (f->other, 0));
  chat_test_wait_until (is_state (message_at (f->other, 0), CHAT_ATTACHMENT_FAILED));
}

static void
test_sign_out (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 7);
  g_autoptr (ChatMessage) message = send_file (f, path, NULL);
  g_auto (ChatAnswer) answer = { NULL };

  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  g_assert_cmpuint (count_files (f->anna), ==, 1);
  chat_session_sign_out_async (f->anna->session, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_sign_out_finish (f->anna->session, chat_answer_wait (&answer), NULL));
  g_assert_cmpuint (count_files (f->anna), ==, 0);
}

/* Returns: the memory that this program has (KiB) */
static gint64
get_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmRSS:");
  g_assert_nonnull (line);
  return g_ascii_strtoll (line + strlen ("VmRSS:"), NULL, 10);
}

/* A file of any size needs no more memory than a small one; both people and the server are in this program. CHAT_TEST_LARGE_MIB=N: a file of
 * another size, for measuring */
static G_GNUC_UNUSED void
test_memory (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = g_build_filename (f->dir, "large", NULL), *small = make_file (f, "small", SMALL, 8);
  g_autoptr (ChatMessage) first = NULL;
  g_autoptr (ChatMessage) message = NULL;
  const char *given = g_getenv ("CHAT_TEST_LARGE_MIB");
  gint64 mib = given != NULL ? g_ascii_strtoll (given, NULL, 10) : LARGE_MIB, before;
  guint seconds = 120 + mib / 4;

  first = send_file (f, small, NULL);
  chat_test_wait_until (chat_list_length (f->other) == 1);
  assert_fetched (f, small);
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  g_assert_cmpint (truncate (path, mib * 1024 * 1024), ==, 0);
  before = get_memory ();
  message = send_file (f, path, NULL);
  chat_test_wait_until_for (seconds, chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  chat_test_wait_until (chat_list_length (f->other) == 2);
  chat_session_start_transfer (f->boris->session, message_at (f->other, 1));
  chat_test_wait_until_for (seconds, is_state (message_at (f->other, 1), CHAT_ATTACHMENT_LOCAL));
  g_test_message ("%" G_GINT64_FORMAT " KiB before, %" G_GINT64_FORMAT " after", before, get_memory ());
#ifndef __SANITIZE_ADDRESS__
  /* (The sanitizer keeps what was freed) */
  g_assert_cmpint (get_memory () - before, <, 32 * 1024);
#endif
}

int
main (int   argc,
      char *argv[])
{
  chat_session_test_init (&argc, &argv);
  g_test_add_func ("/media/file", test_file);
  g_test_add_func ("/media/image", test_image);
  g_test_add_func ("/media/refused", test_refused);
  g_test_add_func ("/media/offline", test_offline);
  g_test_add_func ("/media/in-use", test_in_use);
  g_test_add_func ("/media/breaks", test_breaks);
  g_test_add_func ("/media/pause", test_pause);
  g_test_add_func ("/media/expired", test_expired);
  g_test_add_func ("/media/killed", test_killed);
  g_test_add_func ("/media/drops", test_drops);
  g_test_add_func ("/media/without", test_without);
  g_test_add_func ("/media/tls", test_tls);
  g_test_add_func ("/media/gone", test_gone);
  g_test_add_func ("/media/sign-out", test_sign_out);
  /* (The address sanitizer keeps what was freed for a while) */
#ifndef __SANITIZE_ADDRESS__
  g_test_add_func ("/media/memory", test_memory);
#endif
  return chat_session_test_run ();
}
