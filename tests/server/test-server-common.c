/* test-server-common.c: raw clients of a real server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-server-common.h"

#include "chat-server-certificate.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

struct _Client
{
  GSocketConnection *socket;
  GIOStream         *stream;
  GDataInputStream  *input;
  guint              n_quiet;
};

static gboolean
on_accept_certificate (GTlsConnection       *connection,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  g_autofree char *fingerprint = chat_server_certificate_get_fingerprint (certificate);

  return g_strcmp0 (fingerprint, user_data) == 0;
}

static Client *
client_connect (guint16     port,
                const char *fingerprint)
{
  Client *self = g_new0 (Client, 1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;

  g_socket_client_set_timeout (client, CHAT_TEST_WAIT_SECONDS);
  self->socket = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_option (client_get_socket (self), IPPROTO_TCP, TCP_NODELAY, 1, &error);
  g_assert_no_error (error);
  if (fingerprint != NULL)
    {
      self->stream = G_IO_STREAM (g_initable_new (g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()),
                                                  NULL, &error, "base-io-stream", self->socket, "database", NULL, NULL));
      g_assert_no_error (error);
      g_signal_connect_data (self->stream, "accept-certificate", G_CALLBACK (on_accept_certificate),
                             g_strdup (fingerprint), (GClosureNotify) (GCallback) g_free, 0);
      g_tls_connection_handshake (G_TLS_CONNECTION (self->stream), NULL, &error);
      g_assert_no_error (error);
    }
  else
    {
      self->stream = g_object_ref (G_IO_STREAM (self->socket));
    }
  self->input = g_data_input_stream_new (g_io_stream_get_input_stream (self->stream));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->input), FALSE);
  return self;
}

Client *
client_new (ChatTestServer *server)
{
  return client_connect (chat_test_server_get_port (server), NULL);
}

Client *
client_new_tls (ChatTestServer *server)
{
  return client_connect (chat_test_server_get_port (server), chat_test_server_get_fingerprint (server));
}

Client *
client_new_to (guint16 port)
{
  return client_connect (port, NULL);
}

void
client_free (Client *self)
{
  g_object_unref (self->input);
  /* Shut first: a TLS stream would wait for the peer's goodbye */
  g_socket_shutdown (g_socket_connection_get_socket (self->socket), TRUE, TRUE, NULL);
  g_io_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  g_object_unref (self->socket);
  g_free (self);
}

GSocket *
client_get_socket (Client *self)
{
  return g_socket_connection_get_socket (self->socket);
}

GInputStream *
client_get_input (Client *self)
{
  return g_io_stream_get_input_stream (self->stream);
}

GOutputStream *
client_get_output (Client *self)
{
  return g_io_stream_get_output_stream (self->stream);
}

void
client_send_raw (Client     *self,
                 const char *bytes,
                 gssize      length)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), bytes,
                             length >= 0 ? (gsize) length : strlen (bytes), NULL, NULL, &error);
  g_assert_no_error (error);
}

G_GNUC_PRINTF (1, 0)
static char *
format_object (const char *format,
               va_list     arguments)
{
  char *text = g_strdup_vprintf (format, arguments);

  return g_strdelimit (text, "'", '"');
}

void
client_send (Client     *self,
             const char *format,
             ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = format_object (format, arguments);
  va_end (arguments);
  line = g_strconcat (text, "\n", NULL);
  client_send_raw (self, line, -1);
}

char *
client_read_line (Client *self)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (self->input, NULL, NULL, &error);

  /* A connection that was dropped may end with a reset, or without the goodbye of TLS */
  if (error != NULL && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
                        g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF)))
    return NULL;
  g_assert_no_error (error);
  return line;
}

static JsonObject *
parse_object (const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)));
  return json_node_dup_object (json_parser_get_root (parser));
}

JsonObject *
client_read (Client *self)
{
  g_autofree char *line = client_read_line (self);

  g_assert_nonnull (line);
  return parse_object (line);
}

static gboolean matches (JsonNode *expected,
                         JsonNode *actual);

static gboolean
matches_object (JsonObject *expected,
                JsonObject *actual)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (json_object_get_size (expected) != json_object_get_size (actual))
    return FALSE;
  json_object_iter_init (&iter, expected);
  while (json_object_iter_next (&iter, &name, &value))
    if (!json_object_has_member (actual, name) || !matches (value, json_object_get_member (actual, name)))
      return FALSE;
  return TRUE;
}

static gboolean
matches_array (JsonArray *expected,
               JsonArray *actual)
{
  if (json_array_get_length (expected) != json_array_get_length (actual))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (expected); i++)
    if (!matches (json_array_get_element (expected, i), json_array_get_element (actual, i)))
      return FALSE;
  return TRUE;
}

static gboolean
matches (JsonNode *expected,
         JsonNode *actual)
{
  if (JSON_NODE_HOLDS_VALUE (expected) && g_strcmp0 (json_node_get_string (expected), "*") == 0)
    return TRUE;
  if (JSON_NODE_TYPE (expected) != JSON_NODE_TYPE (actual))
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (expected))
    return matches_object (json_node_get_object (expected), json_node_get_object (actual));
  if (JSON_NODE_HOLDS_ARRAY (expected))
    return matches_array (json_node_get_array (expected), json_node_get_array (actual));
  return json_node_equal (expected, actual);
}

void
client_expect (Client     *self,
               const char *format,
               ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_autoptr (JsonObject) expected = NULL;
  g_autoptr (JsonObject) actual = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = format_object (format, arguments);
  va_end (arguments);
  expected = parse_object (text);
  line = client_read_line (self);
  if (line == NULL)
    g_error ("The connection ended instead of %s", text);
  actual = parse_object (line);
  if (!matches_object (expected, actual))
    g_error ("Expected %s\n   and got %s", text, line);
}

void
client_expect_end (Client *self)
{
  g_autofree char *line = client_read_line (self);

  if (line != NULL)
    g_error ("The connection goes on with %s", line);
}

void
client_expect_quiet (Client *self)
{
  /* An answer that no push could be taken for */
  guint n = ++self->n_quiet;

  client_send (self, "{'type':'QUIET_%u'}", n);
  client_expect (self, "{'type':'QUIET_%u','status':'UNSUPPORTED','error':'*'}", n);
}

void
sign_up (ChatTestServer *server,
         const char     *login)
{
  g_autoptr (Client) client = chat_test_server_get_fingerprint (server) != NULL ? client_new_tls (server)
                                                                                : client_new (server);

  client_send (client, "{'type':'REQUEST_SIGNUP','login':'%s','pass':'" PASSWORD "'}", login);
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_OK'}");
}

Client *
log_in (ChatTestServer *server,
        const char     *login,
        const char     *features)
{
  Client *client = chat_test_server_get_fingerprint (server) != NULL ? client_new_tls (server) : client_new (server);

  if (features != NULL)
    {
      client_send (client, "{'type':'REQUEST_LOGIN','login':'%s','pass':'" PASSWORD "','features':%s}", login, features);
      client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK','login':'*','features':'*'}");
    }
  else
    {
      client_send (client, "{'type':'REQUEST_LOGIN','login':'%s','pass':'" PASSWORD "'}", login);
      client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
    }
  return client;
}

gint64
create_room (Client     *self,
             const char *login,
             const char *other)
{
  g_autoptr (JsonObject) answer = NULL;

  client_send (self, "{'type':'CREATE_ROOM','username':'%s','customer':'%s'}", login, other);
  answer = client_read (self);
  g_assert_cmpstr (json_object_get_string_member (answer, "type"), ==, "CREATE_ROOM");
  g_assert_cmpstr (json_object_get_string_member (answer, "customer"), ==, other);
  return json_object_get_int_member (answer, "id");
}

gint64
send_text (Client     *self,
           const char *login,
           gint64      room_id,
           const char *text)
{
  g_autoptr (JsonObject) answer = NULL;

  client_send (self, "{'type':'SND_MSG','username':'%s','room_id':%" G_GINT64_FORMAT ",'message':'%s','msg_type':'TEXT'}",
               login, room_id, text);
  answer = client_read (self);
  g_assert_cmpstr (json_object_get_string_member (answer, "type"), ==, "SND_MSG");
  g_assert_cmpstr (json_object_get_string_member_with_default (answer, "status", ""), ==, "SUCCESS");
  return json_object_get_int_member (answer, "message_id");
}
