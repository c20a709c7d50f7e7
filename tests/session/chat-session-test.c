/* chat-session-test.c: what the session's tests share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-test.h"

#include <glib/gstdio.h>
#include <string.h>

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

/* The program */

static char *keyring_dir;

void
chat_session_test_init (int    *argc,
                        char ***argv)
{
  g_autofree char *path = NULL;

  keyring_dir = chat_test_temp_dir_new ();
  path = g_build_filename (keyring_dir, "secrets.keyring", NULL);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "for the tests", TRUE);
  g_test_init (argc, argv, NULL);
}

int
chat_session_test_run (void)
{
  int result = g_test_run ();

  chat_test_settle ();
  chat_test_assert_finalized ();
  chat_test_temp_dir_remove (g_steal_pointer (&keyring_dir));
  return result;
}
