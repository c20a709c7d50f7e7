/* test-media-common.c: two people who send each other files, and what can be asked of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-media-common.h"

static void
open_rooms (Fixture *f)
{
  f->room = chat_person_get_room (f->anna, "boris");
  f->list = chat_session_get_messages (f->anna->session, f->room);
  f->other = chat_session_get_messages (f->boris->session, chat_person_get_room (f->boris, "anna"));
  chat_test_wait_until (chat_message_list_get_loaded (f->list) && chat_message_list_get_loaded (f->other));
}

Fixture *
fixture_new (const ChatServerOptions *given)
{
  Fixture *f = g_new0 (Fixture, 1);
  ChatServerOptions options = given != NULL ? *given : (ChatServerOptions) { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autofree char *url = NULL, *target = NULL;

  f->dir = chat_test_temp_dir_new ();
  f->proxy = chat_fault_proxy_new ("127.0.0.1:1");
  url = g_strdup_printf ("http://%s/", chat_fault_proxy_get_address (f->proxy));
  options.media_url = url;
  f->server = chat_test_server_new (&options);
  target = g_strdup_printf ("127.0.0.1:%u", chat_test_server_get_media_port (f->server));
  chat_fault_proxy_set_target (f->proxy, target);
  f->anna = chat_person_new ();
  f->boris = chat_person_new ();
  chat_person_sign_up (f->anna, chat_test_server_get_address (f->server), "anna");
  chat_person_sign_up (f->boris, chat_test_server_get_address (f->server), "boris");
  chat_person_create_room (f->anna, "boris");
  open_rooms (f);
  return f;
}

void
fixture_free (Fixture *f)
{
  g_clear_object (&f->list);
  g_clear_object (&f->other);
  chat_person_free (f->anna);
  chat_person_free (f->boris);
  chat_test_server_free (f->server);
  chat_fault_proxy_free (f->proxy);
  chat_test_temp_dir_remove (f->dir);
  g_free (f);
}

/* Bytes that no two places share */
char *
make_file (Fixture    *f,
           const char *name,
           gsize       size,
           guint32     seed)
{
  char *path = g_build_filename (f->dir, name, NULL);
  g_autofree guint32 *data = g_malloc (size + 4);
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (gsize i = 0; i * 4 < size; i++)
    data[i] = g_rand_int (rand);
  g_assert_true (g_file_set_contents (path, (char *) data, size, NULL));
  return path;
}

ChatMessage *
try_send (Fixture                      *f,
          const char                   *path,
          const ChatSessionFileOptions *options,
          GError                      **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_send_file_async (f->anna->session, f->room, file, options, NULL, chat_answer_take, &answer);
  /* A large one is copied first, and the disk may be slow */
  chat_test_wait_until_for (600, answer.result != NULL);
  return chat_session_send_file_finish (f->anna->session, chat_answer_wait (&answer), error);
}

ChatMessage *
send_file (Fixture                      *f,
           const char                   *path,
           const ChatSessionFileOptions *options)
{
  g_autoptr (GError) error = NULL;
  ChatMessage *message = try_send (f, path, options, &error);

  g_assert_no_error (error);
  g_assert_nonnull (chat_message_get_attachment (message));
  return message;
}

ChatMessage *
message_at (gpointer list,
            guint    position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), position);

  return message;
}

gboolean
is_state (ChatMessage         *message,
          ChatAttachmentState  state)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);

  return attachment != NULL && chat_attachment_get_state (attachment) == state;
}

void
assert_same (const char *path,
             const char *other)
{
  g_autoptr (GMappedFile) a = g_mapped_file_new (path, FALSE, NULL), b = g_mapped_file_new (other, FALSE, NULL);

  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_cmpmem (g_mapped_file_get_contents (a), g_mapped_file_get_length (a), g_mapped_file_get_contents (b), g_mapped_file_get_length (b));
}

/* Returns: the files that @person has */
guint
count_files (ChatPerson *person)
{
  g_autofree char *media = g_build_filename (person->dir, "media", NULL);
  g_autoptr (GDir) dir = g_dir_open (media, 0, NULL);
  const char *account;
  guint n = 0;

  while (dir != NULL && (account = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (media, account, NULL);
      g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);

      while (files != NULL && g_dir_read_name (files) != NULL)
        n++;
    }
  return n;
}

/* Boris fetches the newest message, and has what is in @path */
void
assert_fetched (Fixture    *f,
                const char *path)
{
  ChatMessage *message = message_at (f->other, chat_list_length (f->other) - 1);

  chat_session_start_transfer (f->boris->session, message);
  chat_test_wait_until_for (60, is_state (message, CHAT_ATTACHMENT_LOCAL));
  assert_same (chat_attachment_get_path (chat_message_get_attachment (message)), path);
}
