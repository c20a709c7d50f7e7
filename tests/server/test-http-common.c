/* test-http-common.c: raw HTTP against the server of files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-http-common.h"

#include "chat-server-certificate.h"

#include <string.h>

void
reply_free (Reply *self)
{
  g_hash_table_unref (self->headers);
  g_free (self->body);
  g_free (self);
}

const char *
reply_get (Reply      *self,
           const char *name)
{
  return g_hash_table_lookup (self->headers, name);
}

static gboolean
on_accept_certificate (GTlsConnection       *connection,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  g_autofree char *fingerprint = chat_server_certificate_get_fingerprint (certificate);

  return g_strcmp0 (fingerprint, user_data) == 0;
}

GIOStream *
http_connect (ChatTestServer *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) socket = NULL;
  g_autoptr (GError) error = NULL;
  GIOStream *tls;

  g_socket_client_set_timeout (client, 2 * CHAT_TEST_WAIT_SECONDS);
  socket = g_socket_client_connect_to_host (client, "127.0.0.1", chat_test_server_get_media_port (server), NULL, &error);
  g_assert_no_error (error);
  if (chat_test_server_get_fingerprint (server) == NULL)
    return G_IO_STREAM (g_steal_pointer (&socket));
  tls = G_IO_STREAM (g_initable_new (g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()), NULL, &error,
                                     "base-io-stream", socket, "database", NULL, NULL));
  g_assert_no_error (error);
  g_signal_connect_data (tls, "accept-certificate", G_CALLBACK (on_accept_certificate),
                         g_strdup (chat_test_server_get_fingerprint (server)), (GClosureNotify) (GCallback) g_free, 0);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);
  return tls;
}

gboolean
http_try_write (GIOStream  *stream,
                const char *bytes,
                gsize       length)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, length, NULL, NULL, NULL);
}

void
http_write (GIOStream  *stream,
            const char *bytes,
            gssize      length)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, length < 0 ? strlen (bytes) : (gsize) length, NULL,
                             NULL, &error);
  g_assert_no_error (error);
}

/* Takes one head off the front of @all. Returns: FALSE if none is there */
static gboolean
take_head (Reply   *reply,
           GString *all)
{
  const char *end = strstr (all->str, "\r\n\r\n");
  g_autofree char *head = NULL;
  g_auto (GStrv) lines = NULL;

  if (end == NULL)
    return FALSE;
  head = g_strndup (all->str, end - all->str);
  g_string_erase (all, 0, end + 4 - all->str);
  lines = g_strsplit (head, "\r\n", -1);
  g_assert_true (g_str_has_prefix (lines[0], "HTTP/1.1 ") || g_str_has_prefix (lines[0], "HTTP/1.0 "));
  reply->status = (guint) g_ascii_strtoull (lines[0] + 9, NULL, 10);
  g_hash_table_remove_all (reply->headers);
  for (char **line = lines + 1; *line != NULL; line++)
    {
      char *colon = strstr (*line, ": ");

      g_assert_nonnull (colon);
      /* Each once: what was injected would be seen as a second, or as a line without a name */
      g_assert_true (g_hash_table_insert (reply->headers, g_ascii_strdown (*line, colon - *line), g_strdup (colon + 2)));
    }
  return TRUE;
}

Reply *
http_read (GIOStream *stream)
{
  Reply *reply = g_new0 (Reply, 1);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *buffer = g_malloc (65536);
  gssize n;

  reply->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while ((n = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, 65536, NULL, NULL)) > 0)
    g_string_append_len (all, buffer, n);
  while (take_head (reply, all) && reply->status == 100)
    reply->n_continue++;
  reply->length = all->len;
  reply->body = g_string_free (g_steal_pointer (&all), FALSE);
  return reply;
}

const char *
path_of (const char *url)
{
  const char *host = strstr (url, "://");
  const char *path;

  if (host == NULL)
    return url;
  path = strchr (host + 3, '/');
  g_assert_nonnull (path);
  return path;
}

Reply *
http_ask (ChatTestServer *server,
          const char     *method,
          const char     *path,
          const char     *headers,
          const char     *body,
          gsize           length)
{
  g_autoptr (GIOStream) stream = http_connect (server);
  g_autoptr (GString) head = g_string_new (NULL);
  Reply *reply;

  g_string_append_printf (head, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s", method, path_of (path), headers);
  if (body != NULL)
    g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
  g_string_append (head, "\r\n");
  http_write (stream, head->str, (gssize) head->len);
  if (body != NULL)
    http_try_write (stream, body, length);
  reply = http_read (stream);
  if (G_IS_TLS_CONNECTION (stream))
    g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  g_io_stream_close (stream, NULL, NULL);
  return reply;
}

char *
make_bytes (gsize   length,
            guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  char *bytes = g_malloc (length + 4);

  for (gsize i = 0; i < length; i += 4)
    {
      guint32 word = g_rand_int (rand);

      memcpy (bytes + i, &word, 4);
    }
  return bytes;
}

char *
ask_upload (Client     *client,
            const char *name,
            const char *media_type,
            const char *bytes,
            gsize       length)
{
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, length);
  g_autoptr (JsonObject) answer = NULL;

  client_send (client, "{'type':'MEDIA_UPLOAD','name':'%s','size':%" G_GSIZE_FORMAT ",'media_type':'%s','sha256':'%s'}", name, length,
               media_type, sha256);
  answer = client_read (client);
  if (!json_object_has_member (answer, "url"))
    g_error ("No address: %s", json_object_get_string_member_with_default (answer, "error", ""));
  return g_strdup (json_object_get_string_member (answer, "url"));
}

char *
upload (ChatTestServer *server,
        Client         *client,
        const char     *name,
        const char     *media_type,
        const char     *bytes,
        gsize           length)
{
  g_autofree char *url = ask_upload (client, name, media_type, bytes, length);
  g_autoptr (Reply) reply = http_ask (server, "PUT", url, "", bytes, length);

  g_assert_cmpuint (reply->status, ==, 201);
  g_assert_nonnull (reply_get (reply, "location"));
  return g_strdup (reply_get (reply, "location"));
}

Client *
log_in_media (ChatTestServer *server,
              const char     *login)
{
  Client *client = chat_test_server_get_fingerprint (server) != NULL ? client_new_tls (server) : client_new (server);
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *base = g_strdup_printf ("%s://127.0.0.1:%u/", chat_test_server_get_fingerprint (server) != NULL ? "https" : "http",
                                           chat_test_server_get_media_port (server));

  client_send (client, "{'type':'REQUEST_LOGIN','login':'%s','pass':'" PASSWORD "','features':[\"media\",\"client-ref\"]}", login);
  answer = client_read (client);
  g_assert_cmpstr (json_object_get_string_member (answer, "media_url"), ==, base);
  g_assert_cmpint (json_object_get_int_member (answer, "media_limit"), >, 0);
  return client;
}

void
expect_status (ChatTestServer *server,
               const char     *method,
               const char     *path,
               const char     *headers,
               guint           status)
{
  g_autoptr (Reply) reply = http_ask (server, method, path, headers, NULL, 0);

  if (reply->status != status)
    g_error ("%s %s: %u, not %u", method, path, reply->status, status);
}
