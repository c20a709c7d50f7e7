/* device.c: one device of one person, which does what it is told and may be killed at any moment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   chat-random-device FOLDER SERVER LOGIN PASSWORD [FINGERPRINT]
 *
 * A real session over a real store in FOLDER, where it goes on from; without a fingerprint it is unencrypted. Orders come on standard
 * input, one a line, words apart by tabs; what the person would see is told on standard output in the same way. A room is named by the
 * other person, a message by its number in the room's list, from the end.
 */

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat-secret.h"
#include "chat-session-internal.h"

typedef struct
{
  ChatSession *session;
  const char  *folder;
  const char  *server;
  const char  *login;
  const char  *password;
  const char  *fingerprint;
  GMainLoop   *loop;
  GHashTable  *lists;         /* the other person -> ChatMessageList that is on the screen */
  GHashTable  *watched;       /* ChatMessage, held: what of one's own was on the screen */
  gboolean     signing_in;
  gboolean     paging;
} Device;

static void sign_in (Device *device);

/* One write a line, so that a kill leaves none in halves */
static void G_GNUC_PRINTF (1, 2)
tell (const char *format,
      ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;
  gsize length, done = 0;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat (text, "\n", NULL);
  length = strlen (line);
  while (done < length)
    {
      gssize n = write (STDOUT_FILENO, line + done, length - done);

      if (n < 0 && errno != EINTR)
        _exit (4);
      done += MAX (n, 0);
    }
}

/* The keyring: a file beside the store, which outlives a kill as the real one does */

static char *
secret_path (const char *profile)
{
  return g_build_filename (profile, "token", NULL);
}

static GTask *
secret_task (GAsyncReadyCallback callback,
             gpointer            user_data)
{
  return g_task_new (NULL, NULL, callback, user_data);
}

static const char *keyring_folder;

static void
keyring_lookup (const char          *profile,
                const char          *server,
                const char          *login,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  g_autoptr (GTask) task = secret_task (callback, user_data);
  g_autofree char *path = secret_path (keyring_folder);
  char *token = NULL;

  g_file_get_contents (path, &token, NULL, NULL);
  g_task_return_pointer (task, token, g_free);
}

static char *
keyring_lookup_finish (GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keyring_store (const char          *profile,
               const char          *server,
               const char          *login,
               const char          *token,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  g_autoptr (GTask) task = secret_task (callback, user_data);
  g_autofree char *path = secret_path (keyring_folder);

  g_task_return_boolean (task, g_file_set_contents (path, token, -1, NULL));
}

static void
keyring_clear (const char          *profile,
               const char          *server,
               const char          *login,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  g_autoptr (GTask) task = secret_task (callback, user_data);
  g_autofree char *path = secret_path (keyring_folder);

  unlink (path);
  g_task_return_boolean (task, TRUE);
}

static gboolean
keyring_finish (GAsyncResult  *result,
                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static const ChatSecretBackend file_keyring = {
  .lookup = keyring_lookup,
  .lookup_finish = keyring_lookup_finish,
  .store = keyring_store,
  .store_finish = keyring_finish,
  .clear = keyring_clear,
  .clear_finish = keyring_finish,
};

/* What the person sees of one's own messages */

static void
tell_state (ChatMessage *message)
{
  const char *ref = chat_message_get_client_ref (message);

  switch (chat_message_get_state (message))
    {
    case CHAT_MESSAGE_SENT:
      tell ("sent\t%s\t%" G_GINT64_FORMAT "\t%s", ref != NULL ? ref : "", chat_message_get_id (message), chat_message_get_text (message));
      break;
    case CHAT_MESSAGE_FAILED:
      tell ("failed\t%s\t%s\t%s", ref != NULL ? ref : "", chat_message_get_text (message), chat_message_get_failure (message));
      break;
    case CHAT_MESSAGE_WAITING:
    case CHAT_MESSAGE_SENDING:
    default:
      break;
    }
}

static void
on_state (ChatMessage *message,
          GParamSpec  *pspec,
          gpointer     user_data)
{
  tell_state (message);
}

static void
watch (Device      *device,
       ChatMessage *message)
{
  if (!chat_message_get_outgoing (message) || g_hash_table_contains (device->watched, message))
    return;
  g_hash_table_add (device->watched, g_object_ref (message));
  g_signal_connect (message, "notify::state", G_CALLBACK (on_state), NULL);
  tell_state (message);
}

static void
on_items (GListModel *list,
          guint       position,
          guint       removed,
          guint       added,
          gpointer    user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (list, i);

      watch (user_data, message);
    }
}

/* What the list of rooms shows: for who looks for the reason of a failure */

static void
on_numbers (ChatRoom   *room,
            GParamSpec *pspec,
            gpointer    user_data)
{
  ChatMessage *newest = chat_room_get_last_message (room);

  tell ("numbers\t%s\t%s\t%u unread after %" G_GINT64_FORMAT ", newest %" G_GINT64_FORMAT, chat_room_get_name (room), pspec->name,
        chat_room_get_unread_count (room), chat_room_get_read_mark (room), newest != NULL ? chat_message_get_id (newest) : 0);
}

static void
on_rooms (GListModel *rooms,
          guint       position,
          guint       removed,
          guint       added,
          gpointer    user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (rooms, i);

      if (g_signal_handler_find (room, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_numbers, NULL) != 0)
        continue;
      g_signal_connect (room, "notify::unread-count", G_CALLBACK (on_numbers), NULL);
      g_signal_connect (room, "notify::read-mark", G_CALLBACK (on_numbers), NULL);
      g_signal_connect (room, "notify::last-message", G_CALLBACK (on_numbers), NULL);
    }
}

/* Rooms and messages by name and number */

static ChatRoom *
find_room (Device     *device,
           const char *name)
{
  return chat_room_list_lookup_name (chat_session_get_rooms (device->session), name);
}

static ChatMessageList *
open_list (Device     *device,
           const char *name)
{
  ChatMessageList *list = g_hash_table_lookup (device->lists, name);
  ChatRoom *room = find_room (device, name);

  if (list != NULL || room == NULL)
    return list;
  list = chat_session_get_messages (device->session, room);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items), device);
  g_hash_table_insert (device->lists, g_strdup (name), list);
  on_items (G_LIST_MODEL (list), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (list)), device);
  return list;
}

static void
close_list (gpointer data)
{
  g_signal_handlers_disconnect_matched (data, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_items, NULL);
  g_object_unref (data);
}

/* Returns: (transfer full) (nullable): the @nth from the end of those that are the server's already */
static ChatMessage *
pick (Device     *device,
      const char *name,
      guint       nth,
      gboolean    own)
{
  ChatMessageList *list = open_list (device, name);
  guint n = list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (list)) : 0;

  while (n-- > 0)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), n);

      if (chat_message_get_id (message) == 0 || chat_message_get_busy (message) || (own && !chat_message_get_outgoing (message)))
        continue;
      if (nth-- == 0)
        return g_steal_pointer (&message);
    }
  return NULL;
}

/* Orders */

static void
on_sent_kept (Device      *device,
              ChatMessage *message)
{
  tell ("kept\t%s\t%s", chat_message_get_client_ref (message), chat_message_get_text (message));
  watch (device, message);
}

typedef struct
{
  Device      *device;
  ChatMessage *message;
} Keeping;

static gboolean
check_kept (gpointer user_data)
{
  Keeping *keeping = user_data;

  if (keeping->device->session == NULL || !chat_session_is_kept (keeping->device->session, keeping->message))
    return keeping->device->session != NULL;
  on_sent_kept (keeping->device, keeping->message);
  return G_SOURCE_REMOVE;
}

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  g_object_unref (keeping->message);
  g_free (keeping);
}

static void
do_send (Device      *device,
         const char  *name,
         const char  *text)
{
  ChatRoom *room = find_room (device, name);
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  Keeping *keeping;

  if (room != NULL)
    message = chat_session_send_text (device->session, room, text, &error);
  if (message == NULL)
    {
      tell ("refused\t%s\t%s", text, error != NULL ? error->message : "no such room");
      return;
    }
  keeping = g_new0 (Keeping, 1);
  keeping->device = device;
  keeping->message = g_object_ref (message);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 1, check_kept, keeping, keeping_free);
}

typedef struct
{
  gint64 id;
  char  *text;      /* NULL: a deletion */
} Change;

static void
on_changed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Change *change = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = change->text != NULL ? chat_session_edit_message_finish (CHAT_SESSION (source), result, &error)
                                       : chat_session_delete_message_finish (CHAT_SESSION (source), result, &error);

  if (done)
    tell ("changed\t%" G_GINT64_FORMAT "\t%s", change->id, change->text != NULL ? change->text : "");
  else
    tell ("unchanged\t%" G_GINT64_FORMAT "\t%s\t%s", change->id, change->text != NULL ? change->text : "", error->message);
  g_free (change->text);
  g_free (change);
}

static void
do_change (Device     *device,
           const char *name,
           guint       nth,
           const char *suffix)
{
  g_autoptr (ChatMessage) message = pick (device, name, nth, TRUE);
  Change *change;

  if (message == NULL)
    return;
  change = g_new0 (Change, 1);
  change->id = chat_message_get_id (message);
  if (suffix != NULL)
    {
      const char *text = chat_message_get_text (message);
      g_autofree char *first = g_strndup (text, strcspn (text, " "));

      /* The first word goes on naming it */
      change->text = g_strconcat (first, " ", suffix, NULL);
    }
  tell ("changing\t%" G_GINT64_FORMAT "\t%s", change->id, change->text != NULL ? change->text : "");
  if (suffix != NULL)
    chat_session_edit_message_async (device->session, message, change->text, NULL, on_changed, change);
  else
    chat_session_delete_message_async (device->session, message, NULL, on_changed, change);
}

static void
do_retry (Device *device)
{
  GHashTableIter iter;
  gpointer key;
  g_autoptr (GPtrArray) failed = g_ptr_array_new_with_free_func (g_object_unref);

  g_hash_table_iter_init (&iter, device->watched);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (chat_message_get_state (key) == CHAT_MESSAGE_FAILED)
      g_ptr_array_add (failed, g_object_ref (key));
  for (guint i = 0; i < failed->len; i++)
    {
      tell ("retried\t%s", chat_message_get_client_ref (failed->pdata[i]));
      chat_session_retry_message (device->session, failed->pdata[i]);
    }
}

/* Looks at everything: every room, back to its first message */
static gboolean
page_on (gpointer user_data)
{
  Device *device = user_data;
  ChatRoomList *rooms = chat_session_get_rooms (device->session);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (rooms));
  gboolean done = chat_room_list_get_loaded (rooms);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (rooms), i);
      ChatMessageList *list = open_list (device, chat_room_get_name (room));

      if (chat_message_list_get_error (list) != NULL)
        chat_message_list_retry (list);
      else if (chat_message_list_get_has_newer (list))
        chat_message_list_load_newer (list);
      else
        chat_message_list_load_older (list);
      if (chat_message_list_get_has_older (list) || chat_message_list_get_has_newer (list) || !chat_message_list_get_loaded (list)
          || chat_message_list_get_loading (list))
        done = FALSE;
    }
  if (!done)
    return G_SOURCE_CONTINUE;
  device->paging = FALSE;
  tell ("paged");
  return G_SOURCE_REMOVE;
}

static void
do_dump (Device *device)
{
  ChatRoomList *rooms = chat_session_get_rooms (device->session);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (rooms));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (rooms), i);
      ChatMessage *newest = chat_room_get_last_message (room);
      ChatMessageList *list = g_hash_table_lookup (device->lists, chat_room_get_name (room));

      tell ("room\t%" G_GINT64_FORMAT "\t%s\t%" G_GINT64_FORMAT "\t%u\t%" G_GINT64_FORMAT, chat_room_get_id (room),
            chat_room_get_name (room), chat_room_get_read_mark (room), chat_room_get_unread_count (room),
            newest != NULL ? chat_message_get_id (newest) : 0);
      for (guint j = 0; list != NULL && j < g_list_model_get_n_items (G_LIST_MODEL (list)); j++)
        {
          g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), j);

          tell ("message\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\t%d\t%s", chat_room_get_id (room), chat_message_get_id (message),
                chat_message_get_sender (message), chat_message_get_state (message), chat_message_get_text (message));
        }
    }
  tell ("dumped");
}

static void
do_status (Device *device)
{
  tell ("status\t%d\t%u\t%d\t%" G_GINT64_FORMAT, chat_session_get_state (device->session), chat_session_count_unsent (device->session),
        chat_session_is_written (device->session), chat_session_get_position (device->session));
}

static void
obey (Device  *device,
      char   **words)
{
  guint n = g_strv_length (words);
  const char *verb = words[0];

  if (g_str_equal (verb, "send") && n == 3)
    do_send (device, words[1], words[2]);
  else if (g_str_equal (verb, "edit") && n == 4)
    do_change (device, words[1], atoi (words[2]), words[3]);
  else if (g_str_equal (verb, "delete") && n == 3)
    do_change (device, words[1], atoi (words[2]), NULL);
  else if (g_str_equal (verb, "read") && n == 3)
    {
      g_autoptr (ChatMessage) message = pick (device, words[1], atoi (words[2]), FALSE);

      if (message != NULL)
        {
          tell ("reading\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT, chat_message_get_room_id (message), chat_message_get_id (message));
          chat_session_mark_read (device->session, find_room (device, words[1]), chat_message_get_id (message));
        }
    }
  else if (g_str_equal (verb, "open") && n == 2)
    open_list (device, words[1]);
  else if (g_str_equal (verb, "close") && n == 2)
    g_hash_table_remove (device->lists, words[1]);
  else if (g_str_equal (verb, "older") && n == 2)
    {
      ChatMessageList *list = open_list (device, words[1]);

      if (list != NULL)
        chat_message_list_load_older (list);
    }
  else if (g_str_equal (verb, "connect"))
    chat_session_connect (device->session);
  else if (g_str_equal (verb, "retry"))
    do_retry (device);
  else if (g_str_equal (verb, "page") && !device->paging)
    {
      device->paging = TRUE;
      g_timeout_add (10, page_on, device);
    }
  else if (g_str_equal (verb, "dump"))
    do_dump (device);
  else if (g_str_equal (verb, "status"))
    do_status (device);
  else if (g_str_equal (verb, "quit"))
    g_main_loop_quit (device->loop);
  else
    tell ("what\t%s", verb);
}

static void read_order (GDataInputStream *input, Device *device);

static void
on_order (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Device *device = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, "\t", -1) : NULL;

  if (words == NULL || words[0] == NULL)
    {
      g_main_loop_quit (device->loop);
      return;
    }
  obey (device, words);
  read_order (G_DATA_INPUT_STREAM (source), device);
}

static void
read_order (GDataInputStream *input,
            Device           *device)
{
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_order, device);
}

/* Signing in: by the token where there is one, else as a person who is asked for the password */

static gboolean
on_sign_in_again (gpointer user_data)
{
  sign_in (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Device *device = user_data;
  g_autoptr (GError) error = NULL;

  device->signing_in = FALSE;
  if (chat_session_sign_in_finish (CHAT_SESSION (source), result, &error))
    tell ("signed-in\tpassword");
  else if (device->session != NULL)
    g_timeout_add (50, on_sign_in_again, device);
}

static void
sign_in (Device *device)
{
  if (device->signing_in || device->session == NULL)
    return;
  device->signing_in = TRUE;
  chat_session_sign_in_async (device->session, device->server, device->fingerprint == NULL, device->login, device->password, FALSE, NULL,
                              on_signed_in, device);
}

static void
on_restored (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Device *device = user_data;

  if (chat_session_restore_finish (CHAT_SESSION (source), result, NULL))
    tell ("signed-in\ttoken");
  else
    sign_in (device);
}

static void
on_session_state (ChatSession *session,
                  GParamSpec  *pspec,
                  gpointer     user_data)
{
  const GError *error = chat_session_get_error (session);
  static const char *const words[] = { "signed-out", "connecting", "online", "waiting", "refused" };

  tell ("state\t%s\t%s", words[chat_session_get_state (session)], error != NULL ? error->message : "");
  if (chat_session_get_state (session) == CHAT_SESSION_REFUSED)
    g_timeout_add (50, on_sign_in_again, user_data);
}

static void
on_notice (ChatSession *session,
           const char  *words,
           gpointer     user_data)
{
  tell ("notice\t%s", words);
}

int
main (int    argc,
      char **argv)
{
  Device device = { NULL };
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) orders = g_data_input_stream_new (input);
  g_autofree char *profile = NULL;
  ChatSessionTimes *times;

  if (argc < 5)
    return 2;
  device.folder = keyring_folder = argv[1];
  device.server = argv[2];
  device.login = argv[3];
  device.password = argv[4];
  device.fingerprint = argv[5];
  device.loop = g_main_loop_new (NULL, FALSE);
  device.lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, close_list);
  device.watched = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  chat_secret_set_backend (&file_keyring);
  profile = g_path_get_basename (device.folder);
  device.session = chat_session_new (device.folder, profile);
  times = chat_session_get_times (device.session);
  times->backoff_base = 20;
  times->backoff_max = 300;
  times->connect = 1500;
  times->answer = 1500;
  times->refresh = 20;
  g_signal_connect (device.session, "notify::state", G_CALLBACK (on_session_state), &device);
  g_signal_connect (chat_session_get_rooms (device.session), "items-changed", G_CALLBACK (on_rooms), NULL);
  g_signal_connect (device.session, "notice", G_CALLBACK (on_notice), NULL);
  if (device.fingerprint != NULL)
    chat_session_accept_certificate (device.session, device.server, device.fingerprint);
  chat_session_restore_async (device.session, NULL, on_restored, &device);
  read_order (orders, &device);
  tell ("started");
  g_main_loop_run (device.loop);

  g_hash_table_remove_all (device.lists);
  g_hash_table_remove_all (device.watched);
  chat_session_close (device.session);
  tell ("closed");
  /* What still waits for an answer goes with the process, and is no leak */
  _exit (0);
}
