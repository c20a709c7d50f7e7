/* test-media-room.c: the files of a room: listed, saved, in their order, and gone with their messages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-media-common.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static guint
count (ChatFileList *files)
{
  return g_list_model_get_n_items (G_LIST_MODEL (files));
}

static ChatMessage *
send_named (Fixture    *f,
            const char *name)
{
  g_autoptr (GBytes) bytes = g_bytes_new (name, strlen (name));
  ChatSessionFileOptions options = { .name = name };
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  ChatMessage *message;

  chat_session_send_bytes_async (f->anna->session, f->room, bytes, &options, NULL, chat_answer_take, &answer);
  message = chat_session_send_file_finish (f->anna->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  return message;
}

/* The names of the files in a list, the newest first */
static char *
names_of (ChatFileList *files)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < count (files); i++)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (files), i);

      g_string_append_printf (names, "%s ", chat_attachment_get_name (chat_message_get_attachment (message)));
    }
  return g_string_free (names, FALSE);
}

#define wait_for_names(files, wanted)                                    \
  G_STMT_START                                                           \
  {                                                                      \
    g_autofree char *names_ = names_of ((files));                        \
    chat_test_wait_until ((g_free (names_), names_ = names_of ((files)), \
                           g_strcmp0 (names_, (wanted)) == 0));          \
  }                                                                      \
  G_STMT_END

/* The files of a room: those that only the server has too, as they come and go */
static void
test_room_files (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autoptr (ChatPerson) again = chat_person_new ();
  g_autoptr (ChatFileList) files = NULL, images = NULL, own = NULL;
  g_autoptr (ChatMessage) first G_GNUC_UNUSED = send_named (f, "a");
  g_autoptr (ChatMessage) middle = NULL, last = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  g_autofree char *saved = g_build_filename (f->dir, "saved", NULL), *content = NULL;
  g_autoptr (GFile) destination = g_file_new_for_path (saved);
  ChatRoom *room;

  own = chat_session_get_room_files (f->anna->session, f->room, FALSE);
  wait_for_names (own, "a ");
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (ChatMessage) message G_GNUC_UNUSED = chat_person_send (f->anna, f->room, text);

      if (i == 5)
        middle = send_named (f, "b");
    }
  last = send_named (f, "c");
  wait_for_names (own, "c b a ");

  /* A device that has just the newest page */
  g_assert_true (chat_person_sign_in (again, chat_test_server_get_address (f->server), TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error));
  chat_test_wait_until ((room = chat_person_get_room (again, "anna")) != NULL);
  files = chat_session_get_room_files (again->session, room, FALSE);
  images = chat_session_get_room_files (again->session, room, TRUE);
  wait_for_names (files, "c b a ");
  chat_test_wait_until (!chat_file_list_get_loading (files) && !chat_file_list_get_loading (images));
  g_assert_false (chat_file_list_get_has_more (files));
  g_assert_cmpuint (count (images), ==, 0);
  g_assert_true (is_state (message_at (files, 0), CHAT_ATTACHMENT_REMOTE));

  /* One that is not here is fetched, and then saved */
  chat_session_save_attachment_async (again->session, message_at (files, 1), destination, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_save_attachment_finish (again->session, chat_answer_wait (&answer), &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (saved, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "b");

  /* They come and go by themselves */
  g_object_unref (send_named (f, "d"));
  wait_for_names (files, "d c b a ");
  chat_answer_clear (&answer);
  chat_session_delete_message_async (f->anna->session, middle, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_delete_message_finish (f->anna->session, chat_answer_wait (&answer), &error));
  wait_for_names (files, "d c a ");
  wait_for_names (own, "d c a ");

  /* The next start has them without a connection */
  g_clear_object (&files);
  g_clear_object (&images);
  chat_test_server_stop (f->server);
  chat_person_restart (again);
  chat_session_restore_async (again->session, NULL, NULL, NULL);
  chat_test_wait_until ((room = chat_person_get_room (again, "anna")) != NULL);
  files = chat_session_get_room_files (again->session, room, FALSE);
  wait_for_names (files, "d c a ");
  chat_test_server_start (f->server);
  chat_test_wait_until (chat_session_get_state (again->session) == CHAT_SESSION_ONLINE);
  chat_answer_clear (&answer);
  chat_session_delete_room_async (again->session, room, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_delete_room_finish (again->session, chat_answer_wait (&answer), &error));
  wait_for_names (files, "");
  wait_for_names (own, "");
  g_assert_false (chat_file_list_get_has_more (files));
}

/* Files that come by themselves: what is in a window when the limits change is looked at again */
static void
test_auto (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autoptr (ChatMessage) message G_GNUC_UNUSED = send_named (f, "a");

  chat_test_wait_until (chat_list_length (f->other) == 1);
  g_assert_true (is_state (message_at (f->other, 0), CHAT_ATTACHMENT_REMOTE));
  chat_session_set_auto_download (f->boris->session, -1, -1);
  chat_test_wait_until (is_state (message_at (f->other, 0), CHAT_ATTACHMENT_LOCAL));
}

/* No file may grow beyond so many bytes; 0: beyond what is usual */
static void
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes > 0 ? bytes : limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* The disk is full in the midst of it: that is said, nothing half is left, and when there is room it can be had */
static void
test_full (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", 4 * 1024 * 1024, 67), *more = make_file (f, "more", 4 * 1024 * 1024, 68);
  g_autofree char *saved = g_build_filename (f->dir, "saved", NULL), *fresh = g_build_filename (f->dir, "fresh", NULL), *content = NULL;
  g_autoptr (GFile) destination = g_file_new_for_path (saved), new_place = g_file_new_for_path (fresh);
  g_autoptr (ChatMessage) message = send_file (f, path, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  ChatMessage *got;

  g_assert_true (g_file_set_contents (saved, "before", -1, NULL));
  chat_test_wait_until (chat_list_length (f->other) == 1);
  chat_test_wait_until (chat_message_get_state (message) == CHAT_MESSAGE_SENT);
  got = message_at (f->other, 0);
  limit_files (2 * 1024 * 1024);
  chat_session_start_transfer (f->boris->session, got);
  chat_test_wait_until (is_state (got, CHAT_ATTACHMENT_FAILED));
  g_assert_nonnull (strstr (chat_attachment_get_failure (chat_message_get_attachment (got)), "space"));
  chat_test_wait_until (count_files (f->boris) == 0);
  /* What is to be sent has no room for its copy */
  g_assert_null (try_send (f, more, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  chat_test_wait_until (count_files (f->anna) == 1);
  g_assert_cmpuint (chat_list_length (f->list), ==, 1);

  limit_files (0);
  assert_fetched (f, path);

  /* There is none where it is to be saved */
  limit_files (2 * 1024 * 1024);
  chat_session_save_attachment_async (f->boris->session, got, destination, NULL, chat_answer_take, &answer);
  g_assert_false (chat_session_save_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error));
  g_assert_true (error->domain == CHAT_SESSION_ERROR);
  g_clear_error (&error);
  chat_answer_clear (&answer);
  chat_session_save_attachment_async (f->boris->session, got, new_place, NULL, chat_answer_take, &answer);
  g_assert_false (chat_session_save_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error));
  limit_files (0);
  g_assert_true (g_file_get_contents (saved, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "before");
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
}

/* What is saved before it is here, and does not come, says why, and leaves what was there */
static void
test_save_fails (void)
{
  const ChatFault slow = { .kind = CHAT_FAULT_DRIBBLE, .direction = CHAT_FAULT_DOWN, .at = 1000, .count = 10000, .ms = 50 };
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 61), *saved = g_build_filename (f->dir, "saved", NULL), *content = NULL;
  g_autofree char *nowhere = g_build_filename (f->dir, "missing", "saved", NULL);
  g_autoptr (GFile) destination = g_file_new_for_path (saved), bad = g_file_new_for_path (nowhere);
  g_autoptr (ChatMessage) message = send_file (f, path, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  ChatMessage *got;

  g_assert_true (g_file_set_contents (saved, "before", -1, NULL));
  chat_test_wait_until (chat_list_length (f->other) == 1);
  got = message_at (f->other, 0);

  /* The download is cancelled */
  chat_fault_proxy_arm (f->proxy, &slow);
  chat_session_save_attachment_async (f->boris->session, got, destination, NULL, chat_answer_take, &answer);
  chat_test_wait_until (is_state (got, CHAT_ATTACHMENT_TRANSFERRING) && chat_attachment_get_done (chat_message_get_attachment (got)) > 0);
  chat_session_cancel_transfer (f->boris->session, got);
  g_assert_false (chat_session_save_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  chat_answer_clear (&answer);
  chat_test_wait_until (count_files (f->boris) == 0);
  g_assert_true (is_state (got, CHAT_ATTACHMENT_REMOTE));

  /* Nobody waits any more: the download goes on */
  chat_fault_proxy_arm (f->proxy, &slow);
  chat_session_save_attachment_async (f->boris->session, got, destination, cancellable, chat_answer_take, &answer);
  g_cancellable_cancel (cancellable);
  g_assert_false (chat_session_save_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  chat_answer_clear (&answer);

  /* The session ends */
  chat_session_save_attachment_async (f->boris->session, got, destination, NULL, chat_answer_take, &answer);
  g_clear_object (&f->other);
  chat_session_close (f->boris->session);
  g_assert_false (chat_session_save_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);
  g_clear_error (&error);
  chat_answer_clear (&answer);

  /* It can not be written there */
  chat_session_save_attachment_async (f->anna->session, message, bad, NULL, chat_answer_take, &answer);
  g_assert_false (chat_session_save_attachment_finish (f->anna->session, chat_answer_wait (&answer), &error));
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED);
  g_assert_true (g_file_get_contents (saved, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "before");
}

/* What boris has, the oldest first: names of files, and texts */
static char *
told (Fixture *f)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < chat_list_length (f->other); i++)
    {
      ChatMessage *message = message_at (f->other, i);
      ChatAttachment *attachment = chat_message_get_attachment (message);

      g_string_append_printf (text, "%s ", attachment != NULL ? chat_attachment_get_name (attachment) : chat_message_get_text (message));
    }
  return g_string_free (text, FALSE);
}

#define wait_for_told(f, wanted)                                                                                \
  G_STMT_START                                                                                                  \
  {                                                                                                             \
    g_autofree char *told_ = told ((f));                                                                        \
    chat_test_wait_until ((g_free (told_), told_ = told ((f)), strlen (told_) >= strlen ((wanted))));           \
    g_assert_cmpstr (told_, ==, (wanted));                                                                      \
  }                                                                                                             \
  G_STMT_END

static ChatMessage *
send_caption (Fixture     *f,
              ChatMessage *file,
              const char  *text)
{
  g_autoptr (GError) error = NULL;
  ChatMessage *message = chat_session_send_caption (f->anna->session, f->room, file, text, &error);

  g_assert_no_error (error);
  chat_test_wait_until (chat_session_is_kept (f->anna->session, message));
  return message;
}

static void
send_with_caption (Fixture     *f,
                   const char  *name,
                   const char  *caption,
                   GError     **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (name, strlen (name));
  ChatSessionFileOptions options = { .name = name, .caption = caption };
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (ChatMessage) message = NULL;

  chat_session_send_bytes_async (f->anna->session, f->room, bytes, &options, NULL, chat_answer_take, &answer);
  message = chat_session_send_file_finish (f->anna->session, chat_answer_wait (&answer), error);
  g_assert_true ((message != NULL) == (*caption != '\0'));
}

/* A file that failed, until the person tries it again: its caption waits for that, and what else is written does not */
static void
test_failed (void)
{
  const ChatFault hole = { .kind = CHAT_FAULT_SWALLOW, .direction = CHAT_FAULT_UP, .at = 10 };
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatMessage) file = NULL, caption = NULL, text = NULL;
  g_autofree char *copy = NULL, *away = g_build_filename (f->dir, "away", NULL);

  send_with_caption (f, "first", "", &error);
  g_assert_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_EMPTY);
  g_clear_error (&error);
  chat_fault_proxy_arm (f->proxy, &hole);
  send_with_caption (f, "first", "about it", &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_list_length (f->list) == 2);
  file = g_object_ref (message_at (f->list, 0));
  caption = g_object_ref (message_at (f->list, 1));
  g_assert_cmpstr (chat_message_get_text (caption), ==, "about it");
  copy = g_strdup (chat_attachment_get_path (chat_message_get_attachment (file)));
  chat_test_wait_until (chat_fault_proxy_get_n_links (f->proxy, NULL) == 1);
  chat_session_pause_transfer (f->anna->session, file);
  g_assert_cmpint (g_rename (copy, away), ==, 0);
  chat_fault_proxy_calm (f->proxy);
  chat_session_start_transfer (f->anna->session, file);
  chat_test_wait_until (chat_message_get_state (file) == CHAT_MESSAGE_FAILED);
  text = chat_person_send (f->anna, f->room, "text");
  wait_for_told (f, "text ");
  g_assert_cmpint (chat_message_get_state (caption), ==, CHAT_MESSAGE_WAITING);
  g_assert_cmpint (g_rename (away, copy), ==, 0);
  chat_session_retry_message (f->anna->session, file);
  wait_for_told (f, "text first about it ");
  chat_test_wait_until (chat_session_count_unsent (f->anna->session) == 0);
}

/* A slow line: what is written after a file comes after it, and no text waits for ever */
static void
test_order (void)
{
  const ChatFault hole = { .kind = CHAT_FAULT_SWALLOW, .direction = CHAT_FAULT_UP, .at = 100 };
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 62), *next = make_file (f, "next", 100, 63);
  g_autoptr (ChatMessage) file = NULL, caption = NULL, text = NULL, second = NULL;
  g_autoptr (ChatMessage) other G_GNUC_UNUSED = NULL;

  chat_fault_proxy_arm (f->proxy, &hole);
  file = send_file (f, path, NULL);
  caption = send_caption (f, file, "caption");
  text = chat_person_send (f->anna, f->room, "text");
  second = send_file (f, next, NULL);
  chat_test_settle ();
  g_assert_cmpuint (chat_list_length (f->other), ==, 0);
  chat_fault_proxy_calm (f->proxy);
  wait_for_told (f, "file caption text next ");

  /* Patience ends; not that of the caption, nor of the other file */
  chat_session_set_patience (f->anna->session, 1);
  chat_fault_proxy_arm (f->proxy, &hole);
  g_clear_object (&file);
  g_clear_object (&caption);
  g_clear_object (&text);
  g_clear_object (&second);
  g_free (path);
  path = make_file (f, "large", SMALL, 64);
  file = send_file (f, path, NULL);
  caption = send_caption (f, file, "2");
  second = send_file (f, next, NULL);
  text = chat_person_send (f->anna, f->room, "1");
  wait_for_told (f, "file caption text next 1 ");
  chat_fault_proxy_calm (f->proxy);
  wait_for_told (f, "file caption text next 1 large 2 next ");
}

/* A file that is held up, or fails, holds up its caption alone, also over an end of the program */
static void
test_held (void)
{
  const ChatFault hole = { .kind = CHAT_FAULT_SWALLOW, .direction = CHAT_FAULT_UP, .at = 100 };
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autofree char *path = make_file (f, "file", SMALL, 65), *gone = make_file (f, "gone", SMALL, 66);
  g_autoptr (ChatMessage) file = NULL, caption = NULL, text = NULL, unwanted = NULL, alone = NULL;
  g_autoptr (GError) error = NULL;

  chat_fault_proxy_arm (f->proxy, &hole);
  file = send_file (f, path, NULL);
  caption = send_caption (f, file, "caption");
  chat_test_wait_until (chat_fault_proxy_get_n_links (f->proxy, NULL) == 1);
  chat_fault_proxy_arm (f->proxy, &hole);
  unwanted = send_file (f, gone, NULL);
  chat_test_wait_until (chat_fault_proxy_get_n_links (f->proxy, NULL) == 2);
  alone = send_caption (f, unwanted, "alone");
  text = chat_person_send (f->anna, f->room, "text");
  chat_session_pause_transfer (f->anna->session, file);
  chat_session_pause_transfer (f->anna->session, unwanted);
  wait_for_told (f, "text ");
  g_assert_true (is_state (file, CHAT_ATTACHMENT_PAUSED));
  g_clear_object (&file);
  g_clear_object (&caption);
  g_clear_object (&unwanted);
  g_clear_object (&alone);
  g_clear_object (&f->list);
  chat_person_restart (f->anna);
  chat_fault_proxy_calm (f->proxy);
  chat_person_sign_in (f->anna, chat_test_server_get_address (f->server), TRUE, "anna", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
  f->room = chat_person_get_room (f->anna, "boris");
  f->list = chat_session_get_messages (f->anna->session, f->room);
  chat_test_wait_until (chat_list_length (f->list) == 5 && chat_session_get_state (f->anna->session) == CHAT_SESSION_ONLINE);
  g_clear_object (&text);
  text = chat_person_send (f->anna, f->room, "more");
  wait_for_told (f, "text more ");
  chat_test_wait_until (chat_message_get_state (text) == CHAT_MESSAGE_SENT);
  g_assert_true (message_at (f->list, 1) == text);
  for (guint i = 0; i < chat_list_length (f->list); i++)
    {
      ChatMessage *message = message_at (f->list, i);
      ChatAttachment *attachment = chat_message_get_attachment (message);

      if (attachment == NULL)
        continue;
      g_assert_cmpint (chat_attachment_get_state (attachment), ==, CHAT_ATTACHMENT_PAUSED);
      if (strcmp (chat_attachment_get_name (attachment), "file") == 0)
        file = g_object_ref (message);
      else
        unwanted = g_object_ref (message);
    }
  caption = g_object_ref (message_at (f->list, 3));
  alone = g_object_ref (message_at (f->list, 5));
  g_assert_cmpstr (chat_message_get_text (alone), ==, "alone");

  /* Its file is given up: the caption says so, and goes as a text if the person wants it */
  chat_session_discard_message (f->anna->session, unwanted);
  chat_test_wait_until (chat_message_get_state (alone) == CHAT_MESSAGE_FAILED);
  g_assert_nonnull (chat_message_get_failure (alone));
  g_assert_cmpint (chat_message_get_state (caption), ==, CHAT_MESSAGE_WAITING);
  chat_session_start_transfer (f->anna->session, file);
  wait_for_told (f, "text more file caption ");
  chat_session_retry_message (f->anna->session, alone);
  wait_for_told (f, "text more file caption alone ");
  chat_test_wait_until (chat_session_count_unsent (f->anna->session) == 0);
}

static void
delete_message (Fixture     *f,
                ChatMessage *message)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;

  chat_session_delete_message_async (f->anna->session, message, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_delete_message_finish (f->anna->session, chat_answer_wait (&answer), &error));
  g_assert_no_error (error);
}

static void
fetch (Fixture *f,
       guint    position)
{
  chat_test_wait_until (chat_list_length (f->other) > position);
  chat_session_start_transfer (f->boris->session, message_at (f->other, position));
  chat_test_wait_until (is_state (message_at (f->other, position), CHAT_ATTACHMENT_LOCAL));
}

static void
start_boris (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->other);
  chat_person_restart (f->boris);
  chat_person_sign_in (f->boris, chat_test_server_get_address (f->server), TRUE, "boris", CHAT_TEST_PASSWORD, FALSE, &error);
  g_assert_no_error (error);
}

/* The file of a message that is gone goes from the disk, here and there; what somebody has saved is theirs */
static void
test_deleted (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autoptr (ChatMessage) first = send_named (f, "a"), same = send_named (f, "a"), other = send_named (f, "b"), last = NULL;
  g_autofree char *saved = g_build_filename (f->dir, "saved", NULL);
  g_autoptr (GFile) destination = g_file_new_for_path (saved);
  g_autoptr (GError) error = NULL;
  g_auto (ChatAnswer) answer = { NULL };
  ChatRoom *room;

  fetch (f, 0);
  fetch (f, 2);
  g_assert_cmpuint (count_files (f->boris), ==, 2);
  g_assert_cmpuint (count_files (f->anna), ==, 2);
  chat_session_save_attachment_async (f->boris->session, message_at (f->other, 0), destination, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_save_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error));

  chat_answer_clear (&answer);

  /* The content of the first one is that of another, too */
  delete_message (f, first);
  delete_message (f, other);
  chat_test_wait_until (count_files (f->anna) == 1 && count_files (f->boris) == 1);
  g_assert_true (is_state (message_at (f->other, 0), CHAT_ATTACHMENT_LOCAL));
  delete_message (f, same);
  chat_test_wait_until (count_files (f->anna) == 0 && count_files (f->boris) == 0);
  g_assert_true (g_file_test (saved, G_FILE_TEST_IS_REGULAR));

  /* The program ends right after it was told */
  last = send_named (f, "c");
  fetch (f, 0);
  delete_message (f, last);
  chat_test_wait_until (chat_list_length (f->other) == 0);
  chat_session_close (f->boris->session);
  g_assert_cmpuint (count_files (f->boris), ==, 1);
  start_boris (f);
  chat_test_wait_until (count_files (f->boris) == 0);

  /* It does not run at all */
  f->other = chat_session_get_messages (f->boris->session, chat_person_get_room (f->boris, "anna"));
  g_clear_object (&last);
  last = send_named (f, "d");
  fetch (f, 0);
  chat_session_close (f->boris->session);
  delete_message (f, last);
  start_boris (f);
  chat_test_wait_until (count_files (f->boris) == 0);

  /* The room goes */
  f->other = chat_session_get_messages (f->boris->session, chat_person_get_room (f->boris, "anna"));
  g_clear_object (&last);
  last = send_named (f, "e");
  fetch (f, 0);
  room = f->room;
  chat_session_delete_room_async (f->anna->session, room, NULL, chat_answer_take, &answer);
  g_assert_true (chat_session_delete_room_finish (f->anna->session, chat_answer_wait (&answer), &error));
  chat_test_wait_until (count_files (f->anna) == 0 && count_files (f->boris) == 0);
}

/* Returns: (transfer full): the path that other programs are given */
static char *
name_of (Fixture     *f,
         ChatMessage *message)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  char *path;

  chat_session_name_attachment_async (f->boris->session, message, NULL, chat_answer_take, &answer);
  path = chat_session_name_attachment_finish (f->boris->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  return path;
}

#define assert_called(path, wanted)                               \
  G_STMT_START                                                    \
  {                                                               \
    g_autofree char *called_ = g_path_get_basename (path);        \
    g_assert_cmpstr (called_, ==, (wanted));                      \
  }                                                               \
  G_STMT_END

/* Other programs see the name of a file, made safe; it can neither be run nor overwritten there, and goes with the file and the next start */
static void
test_named (void)
{
  g_autoptr (Fixture) f = fixture_new (NULL);
  g_autoptr (ChatMessage) first G_GNUC_UNUSED = send_named (f, "a report.pdf");
  g_autoptr (ChatMessage) hidden = send_named (f, "b\xe2\x80\xaegpj.exe"), same = NULL;
  g_autofree char *path = NULL, *again = NULL, *other = NULL, *last = NULL, *beside = NULL, *content = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a report.pdf", 12);
  ChatSessionFileOptions options = { .name = "another.txt" };
  g_auto (ChatAnswer) answer = { NULL };
  GStatBuf info;

  chat_session_send_bytes_async (f->anna->session, f->room, bytes, &options, NULL, chat_answer_take, &answer);
  same = chat_session_send_file_finish (f->anna->session, chat_answer_wait (&answer), NULL);
  fetch (f, 0);
  fetch (f, 1);
  fetch (f, 2);
  path = name_of (f, message_at (f->other, 0));
  assert_called (path, "a report.pdf");
  assert_same (path, chat_attachment_get_path (chat_message_get_attachment (message_at (f->other, 0))));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0400);
  /* It takes no room of its own */
  g_assert_cmpint (info.st_nlink, ==, 2);
  beside = g_path_get_dirname (path);
  again = name_of (f, message_at (f->other, 0));
  g_assert_cmpstr (again, ==, path);
  other = name_of (f, message_at (f->other, 2));
  assert_called (other, "another.txt");
  assert_same (other, path);
  g_clear_pointer (&other, g_free);
  other = name_of (f, message_at (f->other, 1));
  assert_called (other, "bgpj.exe");

  /* With its message, and when the program starts next */
  delete_message (f, hidden);
  chat_test_wait_until (!g_file_test (other, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  start_boris (f);
  chat_test_wait_until (!g_file_test (beside, G_FILE_TEST_EXISTS));
  f->other = chat_session_get_messages (f->boris->session, chat_person_get_room (f->boris, "anna"));
  chat_test_wait_until (chat_list_length (f->other) == 2 && is_state (message_at (f->other, 0), CHAT_ATTACHMENT_LOCAL));
  g_assert_true (g_file_get_contents (chat_attachment_get_path (chat_message_get_attachment (message_at (f->other, 0))), &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "a report.pdf");

  /* And with the account */
  last = name_of (f, message_at (f->other, 0));
  g_assert_true (g_file_test (last, G_FILE_TEST_EXISTS));
  chat_answer_clear (&answer);
  chat_session_sign_out_async (f->boris->session, NULL, chat_answer_take, &answer);
  chat_session_sign_out_finish (f->boris->session, chat_answer_wait (&answer), NULL);
  chat_test_wait_until (!g_file_test (beside, G_FILE_TEST_EXISTS) && count_files (f->boris) == 0);
}

int
main (int   argc,
      char *argv[])
{
  chat_session_test_init (&argc, &argv);
  g_test_add_func ("/media-room/files", test_room_files);
  g_test_add_func ("/media-room/save-fails", test_save_fails);
  g_test_add_func ("/media-room/auto", test_auto);
  g_test_add_func ("/media-room/full", test_full);
  g_test_add_func ("/media-room/order", test_order);
  g_test_add_func ("/media-room/held", test_held);
  g_test_add_func ("/media-room/failed", test_failed);
  g_test_add_func ("/media-room/deleted", test_deleted);
  g_test_add_func ("/media-room/named", test_named);
  return chat_session_test_run ();
}
