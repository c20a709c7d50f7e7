/* test-tls.c: packets over TLS
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "end.h"

static gboolean
accept_certificate (GTlsConnection      *connection,
                    GTlsCertificate     *certificate,
                    GTlsCertificateFlags flags,
                    gpointer             user_data)
{
  return GPOINTER_TO_INT (user_data);
}

static void
tls_pair (End      *client,
          End      *server,
          gboolean  trust)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) a = NULL;
  g_autoptr (GIOStream) b = NULL;
  g_autoptr (GIOStream) client_tls = NULL;
  g_autoptr (GIOStream) server_tls = NULL;

  chat_test_socket_pair (&a, &b);
  client_tls = g_initable_new (g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()), NULL, &error,
                               "base-io-stream", a, "database", NULL, NULL);
  g_assert_no_error (error);
  g_signal_connect (client_tls, "accept-certificate", G_CALLBACK (accept_certificate), GINT_TO_POINTER (trust));
  server_tls = g_initable_new (g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()), NULL, &error,
                               "base-io-stream", b, "certificate", chat_test_get_certificate (), "database", NULL, NULL);
  g_assert_no_error (error);

  end_init (client, client_tls, CHAT_CONNECTION_CLIENT);
  end_init (server, server_tls, CHAT_CONNECTION_SERVER);
  g_assert_true (chat_connection_get_socket (client->connection)
                 == g_socket_connection_get_socket (G_SOCKET_CONNECTION (a)));
  chat_connection_attach (client->connection);
  chat_connection_attach (server->connection);
}

/* The handshake is done by the way; more goes both ways than the sockets hold. */
static void
test_tls (void)
{
  g_autofree char *text = g_strnfill (40000, 'w');
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_EDIT_MSG);
  End client, server;

  chat_packet_set_integer (packet, CHAT_FIELD_ID, 9);
  chat_packet_set_string (packet, CHAT_FIELD_NEW_MSG, text);
  tls_pair (&client, &server, TRUE);
  for (guint i = 1; i <= 50; i++)
    {
      end_send_delete (&client, i);
      chat_connection_send (client.connection, packet);
      chat_connection_send (server.connection, packet);
    }
  chat_test_wait_until (server.lines->len == 100 && client.lines->len == 50);
  g_assert_cmpuint (server.n_problems + client.n_problems, ==, 0);
  g_assert_cmpstr (end_line_of (&server, 98), ==, "{\"type\":\"DELETE_MSG\",\"id\":50}");
  g_assert_cmpuint (strlen (end_line_of (&server, 99)), >, 40000);

  /* paused under TLS too */
  server.on_packet = end_pause_at;
  server.stop_at = 110;
  for (guint i = 1; i <= 300; i++)
    end_send_delete (&client, i);
  chat_test_wait_until (server.lines->len == 110);
  chat_test_settle ();
  g_assert_cmpuint (server.lines->len, ==, 110);
  chat_connection_set_paused (server.connection, FALSE);
  chat_test_wait_until (server.lines->len == 400);

  /* an orderly end: the last word comes, then the end */
  end_send_delete (&server, 99);
  chat_connection_finish (server.connection);
  chat_test_wait_until (client.n_closed == 1);
  g_assert_cmpstr (end_line_of (&client, 50), ==, "{\"type\":\"DELETE_MSG\",\"id\":99}");
  g_assert_no_error (client.reason);
  chat_test_wait_until (server.n_closed == 1);
  g_assert_no_error (server.reason);
  end_clear (&client);
  end_clear (&server);
}

static void
test_tls_untrusted (void)
{
  End client, server;

  tls_pair (&client, &server, FALSE);
  end_send_delete (&client, 1);
  chat_test_wait_until (client.n_closed == 1 && server.n_closed == 1);
  g_assert_error (client.reason, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_nonnull (server.reason);
  g_assert_cmpuint (server.lines->len, ==, 0);
  end_clear (&client);
  end_clear (&server);
}

/* Closed in the midst of a handshake that never ends: at once */
static void
test_tls_silent (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) a = NULL;
  g_autoptr (GIOStream) b = NULL;
  g_autoptr (GIOStream) tls = NULL;
  End end;

  chat_test_socket_pair (&a, &b);
  tls = g_initable_new (g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()), NULL, &error,
                        "base-io-stream", a, "database", NULL, NULL);
  g_assert_no_error (error);
  end_init (&end, tls, CHAT_CONNECTION_CLIENT);
  g_clear_object (&tls);
  chat_connection_attach (end.connection);
  end_send_delete (&end, 1);
  /* its first flight has come: the handshake is under way */
  chat_test_wait_until (g_socket_condition_check (g_socket_connection_get_socket (G_SOCKET_CONNECTION (b)), G_IO_IN) & G_IO_IN);
  chat_test_settle ();
  chat_connection_close (end.connection, NULL);
  g_assert_cmpuint (end.n_closed, ==, 1);
  end_clear (&end);
}

static void
test_tls_garbage (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) a = NULL;
  g_autoptr (GIOStream) b = NULL;
  g_autoptr (GIOStream) tls = NULL;
  End end;

  chat_test_socket_pair (&a, &b);
  tls = g_initable_new (g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()), NULL, &error,
                        "base-io-stream", a, "certificate", chat_test_get_certificate (), "database", NULL, NULL);
  g_assert_no_error (error);
  end_init (&end, tls, CHAT_CONNECTION_SERVER);
  g_clear_object (&tls);
  chat_connection_attach (end.connection);
  g_output_stream_write_all (g_io_stream_get_output_stream (b), "{\"type\":\"PING\"}\n", 16, NULL, NULL, &error);
  g_assert_no_error (error);
  chat_test_wait_until (end.n_closed == 1);
  g_assert_true (end.reason != NULL && end.reason->domain == G_TLS_ERROR);
  end_clear (&end);
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tls/exchange", test_tls);
  g_test_add_func ("/tls/untrusted", test_tls_untrusted);
  g_test_add_func ("/tls/silent", test_tls_silent);
  g_test_add_func ("/tls/garbage", test_tls_garbage);

  result = g_test_run ();
  chat_test_assert_finalized ();

  return result;
}
