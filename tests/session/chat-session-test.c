/* chat-session-test.c: what the session's tests share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"

#include <string.h>

#include "chat-secret.h"

void
chat_answer_take (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  ChatAnswer *answer = user_data;

  g_assert_null (answer->result);
  answer->result = g_object_ref (result);
}

GAsyncResult *
chat_answer_wait (ChatAnswer *answer)
{
  chat_test_wait_until (answer->result != NULL);
  return answer->result;
}

void
chat_answer_clear (ChatAnswer *answer)
{
  g_clear_object (&answer->result);
}

/* People */

static void
start_session (ChatPerson *person)
{
  ChatSessionTimes *times;

  person->session = chat_test_watch_object (chat_session_new (person->dir, person->profile));
  times = chat_session_get_times (person->session);
  times->backoff_base = 10;
  times->backoff_max = 50;
  times->refresh = 20;
}

ChatPerson *
chat_person_new (void)
{
  static guint n_people;
  ChatPerson *person = g_new0 (ChatPerson, 1);
  g_autofree char *top = chat_test_temp_dir_new ();

  person->dir = g_steal_pointer (&top);
  person->profile = g_strdup_printf ("test-%u", ++n_people);
  start_session (person);
  return person;
}

static void
end_session (ChatPerson *person)
{
  chat_session_close (person->session);
  /* What was asked of it by others (g_task) holds it until they were answered */
  chat_test_settle ();
  g_assert_finalize_object (person->session);
  person->session = NULL;
}

void
chat_person_free (ChatPerson *person)
{
  end_session (person);
  chat_test_temp_dir_remove (person->dir);
  g_free (person->profile);
  g_free (person);
}

void
chat_person_restart (ChatPerson *person)
{
  end_session (person);
  start_session (person);
}

gboolean
chat_person_sign_in (ChatPerson  *person,
                     const char  *server,
                     gboolean     insecure,
                     const char  *login,
                     const char  *password,
                     gboolean     sign_up,
                     GError     **error)
{
  g_auto (ChatAnswer) answer = { NULL };

  chat_session_sign_in_async (person->session, server, insecure, login, password, sign_up, NULL, chat_answer_take, &answer);
  return chat_session_sign_in_finish (person->session, chat_answer_wait (&answer), error);
}

void
chat_person_sign_up (ChatPerson *person,
                     const char *server,
                     const char *login)
{
  g_autoptr (GError) error = NULL;

  chat_person_sign_in (person, server, TRUE, login, CHAT_TEST_PASSWORD, TRUE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (person->session)));
}

ChatRoom *
chat_person_create_room (ChatPerson *person,
                         const char *login)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (ChatRoom) room = NULL;
  g_autoptr (GError) error = NULL;

  chat_session_create_room_async (person->session, login, NULL, chat_answer_take, &answer);
  room = chat_session_create_room_finish (person->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  /* The list holds it */
  return room;
}

ChatRoom *
chat_person_get_room (ChatPerson *person,
                      const char *name)
{
  ChatRoomList *rooms = chat_session_get_rooms (person->session);

  chat_test_wait_until (chat_room_list_lookup_name (rooms, name) != NULL);
  return chat_room_list_lookup_name (rooms, name);
}

ChatMessage *
chat_person_send (ChatPerson *person,
                  ChatRoom   *room,
                  const char *text)
{
  g_autoptr (GError) error = NULL;
  ChatMessage *message = chat_session_send_text (person->session, room, text, &error);

  g_assert_no_error (error);
  chat_test_wait_until (chat_session_is_kept (person->session, message));
  return message;
}

const char *
chat_list_text (ChatMessageList *list,
                int              position)
{
  guint n = chat_list_length (list);
  g_autoptr (ChatMessage) message = NULL;

  message = g_list_model_get_item (G_LIST_MODEL (list), position < 0 ? n + position : (guint) position);
  return message != NULL ? chat_message_get_text (message) : NULL;
}

guint
chat_list_length (ChatMessageList *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

/* The raw server */

struct _ChatRawServer
{
  GSocketService *service;
  char           *address;
  ChatRawHandler  handler;
  gpointer        user_data;
  GPtrArray      *peers;
  guint           n_accepted;
  gboolean        accepting;
};

struct _ChatRawPeer
{
  guint              refs;
  ChatRawServer     *server;        /* NULL once it was hung up */
  GSocketConnection *connection;
  GDataInputStream  *input;
  GCancellable      *cancellable;
};

static void read_next (ChatRawPeer *peer);

static void
peer_unref (ChatRawPeer *peer)
{
  if (--peer->refs > 0)
    return;
  g_object_unref (peer->input);
  g_object_unref (peer->connection);
  g_object_unref (peer->cancellable);
  g_free (peer);
}

void
chat_raw_hang_up (ChatRawPeer *peer)
{
  ChatRawServer *server = peer->server;

  if (server == NULL)
    return;
  peer->server = NULL;
  g_cancellable_cancel (peer->cancellable);
  g_socket_shutdown (g_socket_connection_get_socket (peer->connection), TRUE, TRUE, NULL);
  g_ptr_array_remove (server->peers, peer);
}

static void
on_line (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  ChatRawPeer *peer = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (line == NULL)
    chat_raw_hang_up (peer);
  else if (peer->server != NULL)
    {
      JsonObject *request;

      g_assert_true (json_parser_load_from_data (parser, line, -1, NULL));
      request = json_node_get_object (json_parser_get_root (parser));
      peer->server->handler (peer, json_object_get_string_member (request, "type"), request, peer->server->user_data);
    }
  if (peer->server != NULL)
    read_next (peer);
  peer_unref (peer);
}

static void
read_next (ChatRawPeer *peer)
{
  peer->refs++;
  g_data_input_stream_read_line_async (peer->input, G_PRIORITY_DEFAULT, peer->cancellable, on_line, peer);
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  ChatRawServer *self = user_data;
  ChatRawPeer *peer;

  self->n_accepted++;
  if (!self->accepting)
    return TRUE;
  peer = g_new0 (ChatRawPeer, 1);
  peer->refs = 1;
  peer->server = self;
  peer->connection = g_object_ref (connection);
  peer->input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (peer->input), FALSE);
  peer->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->peers, peer);
  /* One that speaks without being asked */
  self->handler (peer, "CONNECTED", NULL, self->user_data);
  if (peer->server != NULL)
    read_next (peer);
  return TRUE;
}

ChatRawServer *
chat_raw_server_new (ChatRawHandler handler,
                     gpointer       user_data)
{
  ChatRawServer *self = g_new0 (ChatRawServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GError) error = NULL;

  self->handler = handler;
  self->user_data = user_data;
  self->accepting = TRUE;
  self->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_unref);
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &got, &error);
  g_assert_no_error (error);
  self->address = g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got)));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return self;
}

void
chat_raw_server_free (ChatRawServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  while (self->peers->len > 0)
    chat_raw_hang_up (self->peers->pdata[0]);
  g_signal_handlers_disconnect_by_data (self->service, self);
  chat_test_settle ();
  g_object_unref (self->service);
  g_ptr_array_unref (self->peers);
  g_free (self->address);
  g_free (self);
}

const char *
chat_raw_server_get_address (ChatRawServer *self)
{
  return self->address;
}

void
chat_raw_server_set_accepting (ChatRawServer *self,
                               gboolean       accepting)
{
  self->accepting = accepting;
}

guint
chat_raw_server_get_n_accepted (ChatRawServer *self)
{
  return self->n_accepted;
}

ChatRawPeer *
chat_raw_server_get_peer (ChatRawServer *self)
{
  return self->peers->len > 0 ? self->peers->pdata[self->peers->len - 1] : NULL;
}

/* It blocks when the other side does not read, which is this very thread: what is said at once must fit into the socket, so
 * that it waits for room by turning the loop */
void
chat_raw_say_bytes (ChatRawPeer *peer,
                    const char  *data,
                    gsize        length)
{
  GSocket *socket = g_socket_connection_get_socket (peer->connection);

  peer->refs++;
  g_socket_set_blocking (socket, FALSE);
  while (length > 0 && peer->server != NULL)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_send (socket, data, length, NULL, &error);

      if (n >= 0)
        {
          data += n;
          length -= n;
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        g_main_context_iteration (NULL, FALSE);
      else
        break;
    }
  peer_unref (peer);
}

void
chat_raw_say (ChatRawPeer *peer,
              const char  *format,
              ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  chat_raw_say_bytes (peer, text, strlen (text));
}

char *
chat_raw_request_id (JsonObject *request)
{
  if (!json_object_has_member (request, "request_id"))
    return g_strdup ("");
  return g_strdup_printf (",\"request_id\":%" G_GINT64_FORMAT, json_object_get_int_member (request, "request_id"));
}

/* The keyring */

static GHashTable *secrets;
static ChatKeyringMood mood;

static gboolean
on_keyring_cancelled (GCancellable *cancellable,
                      gpointer      user_data)
{
  g_task_return_error_if_cancelled (user_data);
  return G_SOURCE_REMOVE;
}

/* Returns: the task if it is to be answered */
static GTask *
keyring_task (const char          *profile,
              const char          *server,
              const char          *login,
              GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup_printf ("%s|%s|%s", profile, server, login), g_free);
  switch (mood)
    {
    case CHAT_KEYRING_LOCKED:
      {
        g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

        g_task_attach_source (task, source, G_SOURCE_FUNC (on_keyring_cancelled));
      }
      return NULL;
    case CHAT_KEYRING_MISSING:
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no keyring");
      return NULL;
    case CHAT_KEYRING_WORKS:
    default:
      return g_steal_pointer (&task);
    }
}

static void
keyring_lookup (const char          *profile,
                const char          *server,
                const char          *login,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  g_autoptr (GTask) task = keyring_task (profile, server, login, cancellable, callback, user_data);

  if (task != NULL)
    g_task_return_pointer (task, g_strdup (g_hash_table_lookup (secrets, g_task_get_task_data (task))), g_free);
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
  g_autoptr (GTask) task = keyring_task (profile, server, login, cancellable, callback, user_data);

  if (task == NULL)
    return;
  g_hash_table_insert (secrets, g_strdup (g_task_get_task_data (task)), g_strdup (token));
  g_task_return_boolean (task, TRUE);
}

static void
keyring_clear (const char          *profile,
               const char          *server,
               const char          *login,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  g_autoptr (GTask) task = keyring_task (profile, server, login, cancellable, callback, user_data);

  if (task == NULL)
    return;
  g_hash_table_remove (secrets, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

static gboolean
keyring_finish (GAsyncResult  *result,
                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static const ChatSecretBackend memory_keyring = {
  .lookup = keyring_lookup,
  .lookup_finish = keyring_lookup_finish,
  .store = keyring_store,
  .store_finish = keyring_finish,
  .clear = keyring_clear,
  .clear_finish = keyring_finish,
};

void
chat_test_keyring_set_mood (ChatKeyringMood other)
{
  mood = other;
}

void
chat_test_keyring_empty (void)
{
  g_hash_table_remove_all (secrets);
}

guint
chat_test_keyring_get_n (void)
{
  return g_hash_table_size (secrets);
}

gboolean
chat_test_keyring_holds (const char *secret)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, secrets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (g_str_equal (value, secret))
      return TRUE;
  return FALSE;
}

/* The program */

void
chat_session_test_init (int    *argc,
                        char ***argv)
{
  secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  chat_secret_set_backend (&memory_keyring);
  g_test_init (argc, argv, NULL);
}

int
chat_session_test_run (void)
{
  int result = g_test_run ();

  chat_test_settle ();
  chat_test_assert_finalized ();
  g_clear_pointer (&secrets, g_hash_table_unref);
  return result;
}
