/* chat-server-media-http.c: connections, and what request goes where
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-media-private.h"

#include "chat-server-media-files.h"
#include "chat-server-media-watch.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* libsoup reads from a connection as soon as it has it, and tells of it only when the headers of a request are there. That a connection
 * has ended is told by nothing but the end of its stream. All that takes a time of its own is ours: see chat_server_media_watch(). */

/* Connections */

static gboolean
count (ChatServerMedia *self,
       const char      *address)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_address, address));

  if (self->n_connections >= CHAT_SERVER_MEDIA_CONNECTIONS || n >= CHAT_SERVER_MEDIA_CONNECTIONS_ADDRESS)
    return FALSE;
  self->n_connections++;
  g_hash_table_replace (self->n_by_address, g_strdup (address), GUINT_TO_POINTER (n + 1));
  return TRUE;
}

static void
uncount (ChatServerMedia *self,
         const char      *address)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_address, address));

  self->n_connections--;
  if (n > 1)
    g_hash_table_replace (self->n_by_address, g_strdup (address), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->n_by_address, address);
}

static void
on_stream_gone (gpointer  user_data,
                GObject  *stream)
{
  MediaConnection *self = user_data;
  ChatServerMedia *media = self->media;

  if (self->request != NULL)
    self->request->connection = NULL;
  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    media->connections = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  uncount (media, self->address);
  g_object_unref (self->socket);
  g_free (self->address);
  g_free (self);
}

void
media_connection_close (MediaConnection *self)
{
  const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

  /* The socket is libsoup's, which polls it: it can not be closed under it. Shut down it would still hand out what a peer goes on
   * sending. So it is parted from its peer; libsoup sees that, whatever it is about, and lets go of the stream. */
  if (connect (g_socket_get_fd (self->socket), &nobody, sizeof nobody) != 0)
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

void
chat_server_media_accept (GSocket    *socket,
                          const char *address,
                          gpointer    user_data)
{
  ChatServerMedia *self = user_data;
  g_autoptr (GSocketConnection) plain = NULL;
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GIOStream) stream = NULL;
  MediaConnection *connection;

  if (local == NULL || remote == NULL || !count (self, address))
    return;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, CHAT_SERVER_TCP_TIMEOUT_MS, NULL);
  plain = g_socket_connection_factory_create_connection (socket);
  if (self->tls != NULL)
    stream = chat_server_tls_new (self->tls, plain);
  else
    stream = g_object_ref (G_IO_STREAM (plain));

  connection = g_new0 (MediaConnection, 1);
  connection->media = self;
  connection->socket = g_object_ref (socket);
  connection->stream = stream;
  connection->address = g_strdup (address);
  connection->deadline = g_get_monotonic_time () + self->silence;
  connection->next = self->connections;
  if (connection->next != NULL)
    connection->next->previous = connection;
  self->connections = connection;
  g_object_weak_ref (G_OBJECT (stream), on_stream_gone, connection);

  self->accepting = connection;
  soup_server_accept_iostream (self->server, stream, local, remote, NULL);
  self->accepting = NULL;
}

void
chat_server_media_watch (ChatServerMedia *self)
{
  gint64 now = g_get_monotonic_time ();

  for (MediaConnection *connection = self->connections; connection != NULL; connection = connection->next)
    {
      MediaRequest *request = connection->request;
      guint64 n_bytes;

      if (connection->deadline == 0 || now < connection->deadline)
        continue;
      n_bytes = chat_server_count_bytes (g_socket_get_fd (connection->socket));
      /* It is we who keep it waiting, or it has been quick enough */
      if (request != NULL && !connection->is_draining
          && (request->is_paused || n_bytes - connection->window_bytes >= CHAT_SERVER_MEDIA_WINDOW_BYTES))
        {
          connection->window_bytes = n_bytes;
          connection->deadline = now + self->window;
          continue;
        }
      connection->deadline = 0;
      media_connection_close (connection);
    }
}

/* Requests */

static void
request_free (MediaRequest *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->address);
  g_free (self->location);
  g_free (self);
}

/* The message is done with, by an answer or by the end of the connection */
static void
on_finished (SoupServerMessage *message,
             MediaRequest      *self)
{
  g_signal_handlers_disconnect_by_data (message, self);
  media_get_end (self);
  media_put_end (self);
  if (self->connection != NULL)
    self->connection->request = NULL;
  self->connection = NULL;
  g_clear_object (&self->message);
  if (self->n_jobs == 0)
    request_free (self);
}

void
media_request_pause (MediaRequest *self)
{
  if (self->is_paused || self->message == NULL)
    return;
  self->is_paused = TRUE;
  soup_server_message_pause (self->message);
}

void
media_request_resume (MediaRequest *self)
{
  if (!self->is_paused || self->message == NULL)
    return;
  self->is_paused = FALSE;
  soup_server_message_unpause (self->message);
}

void
media_request_enter (MediaRequest *self)
{
  self->n_jobs++;
  self->media->n_jobs++;
}

gboolean
media_request_leave (MediaRequest *self)
{
  self->n_jobs--;
  self->media->n_jobs--;
  if (self->message != NULL)
    return TRUE;
  if (self->n_jobs == 0)
    request_free (self);
  return FALSE;
}

void
media_request_submit (MediaRequest   *self,
                      ChatStorageJob *job)
{
  media_request_enter (self);
  job->inbox = self->media->inbox;
  chat_server_storage_submit (self->media->storage, job);
}

void
media_request_set_header (MediaRequest *self,
                          const char   *name,
                          const char   *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), name, value);
}

void
media_request_answer (MediaRequest *self,
                      guint         status)
{
  static const char *const headers[][2] = {
    { "Connection", "close" },
    { "X-Content-Type-Options", "nosniff" },
    { "Content-Security-Policy", "sandbox; default-src 'none'" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Resource-Policy", "same-site" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    media_request_set_header (self, headers[i][0], headers[i][1]);
  if (!SOUP_STATUS_IS_SUCCESSFUL (status) && status != SOUP_STATUS_NOT_MODIFIED)
    media_request_set_header (self, "Cache-Control", "no-store");
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    media_request_set_header (self, "Retry-After", "1");
  if (self->location != NULL)
    media_request_set_header (self, "Location", self->location);
  soup_server_message_set_status (self->message, status, NULL);
  media_request_resume (self);
}

void
media_request_refuse (MediaRequest *self,
                      guint         status)
{
  self->status = status;
  media_request_answer (self, status);
}

/* libsoup answers when it has read the whole body. Of a long one that nobody wants it is told at once, by us: then the connection is
 * read on for a moment, as a plain close would take the answer away before it is read. */
static void
say_and_drain (MediaRequest *self)
{
  MediaConnection *connection = self->connection;
  GOutputStream *output = g_io_stream_get_output_stream (connection->stream);
  SoupMessageHeadersIter iter;
  const char *name, *value;
  g_autoptr (GString) answer = g_string_new (NULL);

  g_string_append_printf (answer, "HTTP/1.1 %u %s\r\n", self->status, soup_status_get_phrase (self->status));
  soup_message_headers_iter_init (&iter, soup_server_message_get_response_headers (self->message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    g_string_append_printf (answer, "%s: %s\r\n", name, value);
  g_string_append (answer, "Content-Length: 0\r\n\r\n");
  /* It is small, and nothing was written before: a socket that has no room for it belongs to nobody who listens */
  g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), answer->str, answer->len, NULL, NULL);
  g_socket_shutdown (connection->socket, FALSE, TRUE, NULL);
  connection->is_draining = TRUE;
  connection->deadline = g_get_monotonic_time () + CHAT_SERVER_MEDIA_DRAIN_MS * G_GINT64_CONSTANT (1000);
}

static void
on_got_chunk (SoupServerMessage *message,
              GBytes            *chunk,
              MediaRequest      *self)
{
  if (self->status == 0 && self->upload != NULL)
    {
      media_put_chunk (self, chunk);
      return;
    }
  self->n_refused += (gint64) g_bytes_get_size (chunk);
  if (self->connection == NULL)
    return;
  if (self->n_refused > CHAT_SERVER_MEDIA_DRAIN_SIZE)
    media_connection_close (self->connection);
  else if (self->n_refused > CHAT_SERVER_MEDIA_REFUSED_SIZE && self->status != 0 && !self->connection->is_draining)
    say_and_drain (self);
}

static void
on_got_body (SoupServerMessage *message,
             MediaRequest      *self)
{
  if (self->status == 0 && self->upload != NULL)
    media_put_body (self);
}

/* "/m/<32 digits>" or "/u/<32 digits>", and for a download whatever name stands behind it */
static gboolean
parse_path (MediaRequest *self,
            const char   *path)
{
  if (path == NULL || (!g_str_has_prefix (path, "/m/") && !g_str_has_prefix (path, "/u/"))
      || !chat_server_media_address_is_valid (path + 3))
    return FALSE;
  self->is_upload = path[1] == 'u';
  if (self->is_upload && path[3 + CHAT_SERVER_ADDRESS_SIZE] != '\0')
    return FALSE;
  self->address = g_strndup (path + 3, CHAT_SERVER_ADDRESS_SIZE);
  return TRUE;
}

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  MediaConnection *connection = g_object_get_data (G_OBJECT (message), "chat-media-connection");
  const char *method = soup_server_message_get_method (message);
  MediaRequest *self = g_new0 (MediaRequest, 1);

  self->media = user_data;
  self->connection = connection;
  self->message = g_object_ref (message);
  self->fd = -1;
  connection->request = self;
  connection->window_bytes = chat_server_count_bytes (g_socket_get_fd (connection->socket));
  connection->deadline = g_get_monotonic_time () + self->media->window;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), self);
  g_signal_connect (message, "got-body", G_CALLBACK (on_got_body), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), self);

  self->is_head = g_str_equal (method, SOUP_METHOD_HEAD);
  if (g_atomic_int_get (&self->media->is_stopping))
    media_request_refuse (self, SOUP_STATUS_SERVICE_UNAVAILABLE);
  else if (!parse_path (self, path))
    media_request_refuse (self, SOUP_STATUS_NOT_FOUND);
  else if (self->is_upload && (self->is_head || g_str_equal (method, SOUP_METHOD_PUT)))
    media_put_start (self);
  else if (!self->is_upload && (self->is_head || g_str_equal (method, SOUP_METHOD_GET)))
    media_get_start (self);
  else
    media_request_refuse (self, SOUP_STATUS_NOT_FOUND);
}

/* Within soup_server_accept_iostream(): the first and only message of the connection */
static void
on_request_started (SoupServer        *server,
                    SoupServerMessage *message,
                    ChatServerMedia   *self)
{
  if (self->accepting != NULL)
    g_object_set_data (G_OBJECT (message), "chat-media-connection", self->accepting);
}

void
chat_server_media_http_init (ChatServerMedia *self)
{
  self->server = soup_server_new ("raw-paths", TRUE, NULL);
  soup_server_add_early_handler (self->server, NULL, on_request, self, NULL);
  g_signal_connect (self->server, "request-started", G_CALLBACK (on_request_started), self);
}
