/* chat-connector.c: from the name of a server to a stream whose other end is known
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-connector.h"

#include <gio/gnetworking.h>
#include <netinet/tcp.h>

#include "chat-limits.h"

/* A dead peer is found after about two minutes of silence, where the server does not know `ping` */
/* A server without `ping` that is gone is found within a minute, too */
#define KEEPALIVE_IDLE_S     30
#define KEEPALIVE_INTERVAL_S 10
#define KEEPALIVE_PROBES     3

typedef struct
{
  ChatHostAddress  *address;
  char               *pinned;
  char               *fingerprint;
  GSocketClient      *client;
  GIOStream          *stream;
  GTlsCertificate    *certificate;
  GCancellable       *step;         /* ends the step that runs: by the caller's cancellable, or by time */
  GCancellable       *outer;
  gulong              outer_id;
  guint               timeout_ms;
  guint               timer;
  gboolean            timed_out;
  gboolean            insecure;
} Opening;

static void on_connected (GObject *source, GAsyncResult *result, gpointer user_data);

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_handle_id (&opening->timer, g_source_remove);
  if (opening->outer_id != 0)
    g_cancellable_disconnect (opening->outer, opening->outer_id);
  g_clear_object (&opening->outer);
  g_clear_object (&opening->step);
  g_clear_object (&opening->client);
  g_clear_object (&opening->stream);
  g_clear_object (&opening->certificate);
  g_clear_pointer (&opening->address, chat_host_address_free);
  g_free (opening->pinned);
  g_free (opening->fingerprint);
  g_free (opening);
}

static gboolean
on_step_too_long (gpointer user_data)
{
  Opening *opening = user_data;

  opening->timer = 0;
  opening->timed_out = TRUE;
  g_cancellable_cancel (opening->step);
  return G_SOURCE_REMOVE;
}

static void
start_step (Opening *opening)
{
  g_clear_handle_id (&opening->timer, g_source_remove);
  opening->timer = g_timeout_add (opening->timeout_ms, on_step_too_long, opening);
}

static void
on_outer_cancelled (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

/* Words @error, which GIO gave, as one of ours, and ends the task with it */
static void
fail (GTask  *task,
      GError *error,
      int     code)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) given = error;

  g_clear_handle_id (&opening->timer, g_source_remove);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (opening->timed_out || g_error_matches (given, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = CHAT_CLIENT_ERROR_TIMED_OUT;
  else if (g_error_matches (given, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    code = CHAT_CLIENT_ERROR_NO_SUCH_HOST;
  g_task_return_new_error (task, CHAT_CLIENT_ERROR, code, "%s", given->message);
}

static void
succeed (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);

  g_clear_handle_id (&opening->timer, g_source_remove);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_object_ref (opening->stream), g_object_unref);
}

char *
chat_fingerprint_of (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  GString *text = g_string_sized_new (96);
  guint8 digest[32];
  gsize length = sizeof digest;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der != NULL)
    g_checksum_update (checksum, der->data, der->len);
  g_checksum_get_digest (checksum, digest, &length);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, i == 0 ? "%02X" : ":%02X", digest[i]);
  return g_string_free (text, FALSE);
}

/* What the verifying thread works on: its own copies, since it may let go of them after the caller went on */
typedef struct
{
  GTlsCertificate    *certificate;
  GSocketConnectable *identity;
} Verification;

static void
verification_free (gpointer data)
{
  Verification *verification = data;

  g_object_unref (verification->certificate);
  g_object_unref (verification->identity);
  g_free (verification);
}

/* Reads the system's certificates, which takes milliseconds and megabytes: in a thread, and only where the pin does not
 * settle it. */
static void
verify_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  Verification *verification = task_data;
  g_autoptr (GTlsDatabase) database = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  GTlsCertificateFlags flags = G_TLS_CERTIFICATE_UNKNOWN_CA;

  if (database != NULL)
    flags = g_tls_database_verify_chain (database, verification->certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                         verification->identity, NULL, G_TLS_DATABASE_VERIFY_NONE, cancellable, NULL);
  g_task_return_boolean (task, flags == G_TLS_CERTIFICATE_NO_FLAGS);
}

static void
on_verified (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);

  if (g_task_propagate_boolean (G_TASK (result), NULL))
    {
      succeed (task);
      return;
    }
  g_clear_handle_id (&opening->timer, g_source_remove);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_error (task, chat_client_error_certificate (opening->pinned != NULL, opening->fingerprint));
}

/* Lets every certificate pass: it is judged after the handshake, before anything of ours is sent */
static gboolean
on_accept_certificate (GTlsConnection       *tls,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  return TRUE;
}

static void
on_handshake (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GTask) verify = NULL;
  Opening *opening = g_task_get_task_data (task);
  Verification *verification;
  GError *error = NULL;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    {
      /* GnuTLS has its own words for each kind of nonsense that a server without TLS may say; before the server has shown a
       * certificate all of them mean the same to the person */
      gboolean no_tls = g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS)
                        || (error->domain == G_TLS_ERROR
                            && g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (source)) == NULL);

      fail (task, error, no_tls ? CHAT_CLIENT_ERROR_NO_TLS : CHAT_CLIENT_ERROR_UNREACHABLE);
      return;
    }
  g_set_object (&opening->certificate, g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (source)));
  if (opening->certificate == NULL)
    {
      fail (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "the server has no certificate"), CHAT_CLIENT_ERROR_NO_TLS);
      return;
    }
  opening->fingerprint = chat_fingerprint_of (opening->certificate);
  if (opening->pinned != NULL && g_ascii_strcasecmp (opening->pinned, opening->fingerprint) == 0)
    {
      succeed (task);
      return;
    }
  verify = g_task_new (NULL, opening->step, on_verified, g_object_ref (task));
  verification = g_new0 (Verification, 1);
  verification->certificate = g_object_ref (opening->certificate);
  verification->identity = g_network_address_new (opening->address->host, CHAT_DEFAULT_PORT);
  g_task_set_task_data (verify, verification, verification_free);
  g_task_run_in_thread (verify, verify_in_thread);
}

static void
prepare_socket (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  /* The client's timeout would stay on the socket and end an idle connection */
  g_socket_set_timeout (socket, 0);
  g_socket_set_keepalive (socket, TRUE);
  if (g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV4 || g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6)
    {
      g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
      g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S, NULL);
      g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S, NULL);
      g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES, NULL);
    }
}

static void
start_tls (GTask             *task,
           GSocketConnection *connection)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) identity = g_network_address_new (opening->address->host, CHAT_DEFAULT_PORT);
  GError *error = NULL;
  GIOStream *tls;

  /* Without a database of its own: one costs megabytes, and who is trusted is settled by verify_in_thread() */
  tls = g_initable_new (g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()), opening->step, &error,
                        "base-io-stream", connection,
                        "server-identity", identity,
                        "database", NULL,
                        NULL);
  if (tls == NULL)
    {
      fail (task, error, CHAT_CLIENT_ERROR_NO_TLS);
      return;
    }
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  g_set_object (&opening->stream, tls);
  start_step (opening);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, opening->step, on_handshake,
                                    g_object_ref (task));
  g_object_unref (tls);
}

static void
connect_directly (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) where = g_network_address_new (opening->address->host,
                                                                opening->address->port != 0 ? opening->address->port
                                                                                            : CHAT_DEFAULT_PORT);

  g_socket_client_connect_async (opening->client, where, opening->step, on_connected, g_object_ref (task));
}

static void
got_connection (GTask             *task,
                GSocketConnection *connection)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GSocketAddress) peer = NULL;
  GError *error = NULL;

  /* One that was reset already has none. glib-networking 2.74 takes for granted that there is; asked once, the socket knows it */
  peer = g_socket_connection_get_remote_address (connection, &error);
  if (peer == NULL)
    {
      fail (task, error, CHAT_CLIENT_ERROR_UNREACHABLE);
      return;
    }
  prepare_socket (connection);
  if (opening->insecure)
    {
      g_set_object (&opening->stream, G_IO_STREAM (connection));
      succeed (task);
      return;
    }
  start_tls (task, connection);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GSocketConnection) connection = NULL;
  GError *error = NULL;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connection == NULL)
    fail (task, error, CHAT_CLIENT_ERROR_UNREACHABLE);
  else
    got_connection (task, connection);
}

static void
on_service_connected (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GSocketConnection) connection = NULL;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connection != NULL)
    {
      got_connection (task, connection);
      return;
    }
  /* No such record, or nobody who could tell: the host itself on the usual port */
  if (error->domain == G_RESOLVER_ERROR && !opening->timed_out)
    {
      g_error_free (error);
      connect_directly (task);
      return;
    }
  fail (task, error, CHAT_CLIENT_ERROR_UNREACHABLE);
}

void
chat_connector_open_async (const char          *typed,
                           gboolean             insecure,
                           const char          *pinned,
                           guint                timeout_ms,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_source_tag (task, chat_connector_open_async);
  g_task_set_task_data (task, opening, opening_free);
  opening->insecure = insecure;
  opening->pinned = g_strdup (pinned);
  opening->timeout_ms = timeout_ms;
  opening->step = g_cancellable_new ();
  opening->address = chat_host_address_parse (typed);
  if (opening->address == NULL)
    {
      g_task_return_new_error (task, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_ADDRESS, "not a server: %s", typed);
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    return;
  if (cancellable != NULL)
    {
      opening->outer = g_object_ref (cancellable);
      opening->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled), g_object_ref (opening->step),
                                                 g_object_unref);
    }

  opening->client = g_socket_client_new ();
  if (opening->address->loopback)
    g_socket_client_set_enable_proxy (opening->client, FALSE);
  start_step (opening);
  if (opening->address->port == 0 && !opening->address->literal)
    {
      g_autoptr (GSocketConnectable) service = g_network_service_new (CHAT_SERVICE_NAME, "tcp", opening->address->host);

      g_socket_client_connect_async (opening->client, service, opening->step, on_service_connected, g_object_ref (task));
    }
  else
    connect_directly (task);
}

GIOStream *
chat_connector_open_finish (GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
