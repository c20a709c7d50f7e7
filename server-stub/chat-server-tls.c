/* chat-server-tls.c: the server's end of TLS, driven by readiness from the first byte on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-tls.h"

#include <gnutls/gnutls.h>
#include <sys/socket.h>

/* TLS 1.2 and 1.3 with what GnuTLS thinks well of; no renegotiation in either */
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* Alerts that are passed over in one turn */
#define MAX_WARNINGS 16

/* The shared context */

struct _ChatServerTlsContext
{
  gatomicrefcount                  refs;
  gnutls_certificate_credentials_t credentials;
  gnutls_priority_t                priority;
};

ChatServerTlsContext *
chat_server_tls_context_ref (ChatServerTlsContext *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
chat_server_tls_context_unref (ChatServerTlsContext *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->credentials, gnutls_certificate_free_credentials);
  g_clear_pointer (&self->priority, gnutls_priority_deinit);
  g_free (self);
}

/* The certificate and those that lead to its root, as one PEM text */
static char *
dup_chain (GTlsCertificate *certificate)
{
  GString *chain = g_string_new (NULL);

  for (; certificate != NULL; certificate = g_tls_certificate_get_issuer (certificate))
    {
      g_autofree char *pem = NULL;

      g_object_get (certificate, "certificate-pem", &pem, NULL);
      g_string_append (chain, pem != NULL ? pem : "");
    }
  return g_string_free (chain, FALSE);
}

ChatServerTlsContext *
chat_server_tls_context_new (GTlsCertificate  *certificate,
                             GError          **error)
{
  g_autoptr (ChatServerTlsContext) self = g_new0 (ChatServerTlsContext, 1);
  g_autofree char *chain = dup_chain (certificate);
  g_autofree char *key = NULL;
  gnutls_datum_t chain_datum = { (unsigned char *) chain, strlen (chain) };
  gnutls_datum_t key_datum = { NULL, 0 };
  int result;

  g_atomic_ref_count_init (&self->refs);
  g_object_get (certificate, "private-key-pem", &key, NULL);
  if (key == NULL)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "The certificate comes without a private key");
      return NULL;
    }
  key_datum.data = (unsigned char *) key;
  key_datum.size = strlen (key);

  result = gnutls_certificate_allocate_credentials (&self->credentials);
  if (result == GNUTLS_E_SUCCESS)
    result = gnutls_certificate_set_x509_key_mem (self->credentials, &chain_datum, &key_datum, GNUTLS_X509_FMT_PEM);
  if (result >= 0)
    result = gnutls_priority_init (&self->priority, PRIORITY, NULL);
  explicit_bzero (key, key_datum.size);
  if (result < 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "The certificate can not be used: %s",
                   gnutls_strerror (result));
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* The two streams: thin, and kept alive by the connection as long as it is */

#define CHAT_TYPE_SERVER_TLS_INPUT (chat_server_tls_input_get_type ())
G_DECLARE_FINAL_TYPE (ChatServerTlsInput, chat_server_tls_input, CHAT, SERVER_TLS_INPUT, GInputStream)
#define CHAT_TYPE_SERVER_TLS_OUTPUT (chat_server_tls_output_get_type ())
G_DECLARE_FINAL_TYPE (ChatServerTlsOutput, chat_server_tls_output, CHAT, SERVER_TLS_OUTPUT, GOutputStream)

struct _ChatServerTlsInput
{
  GInputStream   parent_instance;
  ChatServerTls *tls;             /* unowned; NULL when it is gone */
};

struct _ChatServerTlsOutput
{
  GOutputStream  parent_instance;
  ChatServerTls *tls;
};

struct _ChatServerTls
{
  GTlsConnection        parent_instance;
  ChatServerTlsContext *context;
  GSocketConnection    *base;
  GSocket              *socket;
  ChatServerTlsInput   *input;
  ChatServerTlsOutput  *output;
  gnutls_session_t      session;
  gsize                 unsent;         /* bytes of a record that GnuTLS holds, sealed, because the socket was full */
  gboolean              shaken;         /* the handshake is done */
  gboolean              broken;
  gboolean              said_bye;
};

enum
{
  PROP_0,
  PROP_BASE_IO_STREAM,
  PROP_USE_SYSTEM_CERTDB,
  PROP_REQUIRE_CLOSE_NOTIFY,
  PROP_REHANDSHAKE_MODE
};

static void input_pollable_init  (GPollableInputStreamInterface  *iface);
static void output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE (ChatServerTls, chat_server_tls, G_TYPE_TLS_CONNECTION)
G_DEFINE_FINAL_TYPE_WITH_CODE (ChatServerTlsInput, chat_server_tls_input, G_TYPE_INPUT_STREAM,
  G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, input_pollable_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (ChatServerTlsOutput, chat_server_tls_output, G_TYPE_OUTPUT_STREAM,
  G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, output_pollable_init))

static gssize
fail (ChatServerTls  *self,
      int             result,
      GError        **error)
{
  if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Operation would block");
      return -1;
    }
  if (!self->broken)
    {
      self->broken = TRUE;
      gnutls_alert_send_appropriate (self->session, result);    /* at best: what the socket takes at once */
    }
  g_set_error (error, G_TLS_ERROR, self->shaken ? G_TLS_ERROR_MISC : G_TLS_ERROR_HANDSHAKE,
               "TLS: %s", gnutls_strerror (result));
  return -1;
}

/* One step of the handshake. Returns: FALSE with WOULD_BLOCK, or an error */
static gboolean
shake (ChatServerTls  *self,
       GError        **error)
{
  int result;

  if (self->shaken)
    return TRUE;
  if (self->broken)
    return fail (self, GNUTLS_E_SESSION_EOF, error) == 0;
  do
    result = gnutls_handshake (self->session);
  while (result < 0 && result != GNUTLS_E_AGAIN && !gnutls_error_is_fatal (result));
  if (result < 0)
    return fail (self, result, error) == 0;
  self->shaken = TRUE;
  return TRUE;
}

static void
say_bye (ChatServerTls *self)
{
  if (self->said_bye || !self->shaken || self->broken)
    return;
  self->said_bye = TRUE;
  gnutls_bye (self->session, GNUTLS_SHUT_WR);   /* at best: the socket may be full, and the end is seen without it */
}

/* The input */

static gssize
input_read_nonblocking (GPollableInputStream  *stream,
                        void                  *buffer,
                        gsize                  count,
                        GError               **error)
{
  ChatServerTls *self = CHAT_SERVER_TLS_INPUT (stream)->tls;
  gssize result;
  guint n = 0;

  if (self == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The stream is closed");
      return -1;
    }
  if (!shake (self, error))
    return -1;
  /* A peer that asks for another handshake is none of ours. One that sends a warning after the other must not keep us: the socket says
   * itself that there is more */
  do
    result = gnutls_record_recv (self->session, buffer, count);
  while (result < 0 && result != GNUTLS_E_AGAIN && result != GNUTLS_E_REHANDSHAKE && !gnutls_error_is_fatal (result)
         && ++n < MAX_WARNINGS);
  if (n == MAX_WARNINGS)
    result = GNUTLS_E_AGAIN;
  /* Objects tell their own end, so that nothing is lost by a peer that leaves without a word */
  if (result == GNUTLS_E_PREMATURE_TERMINATION)
    return 0;
  return result >= 0 ? result : fail (self, result, error);
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  ChatServerTls *self = CHAT_SERVER_TLS_INPUT (stream)->tls;

  return self == NULL || gnutls_record_check_pending (self->session) > 0 ||
         (g_socket_condition_check (self->socket, G_IO_IN) & G_IO_IN) != 0;
}

static GSource *
input_create_source (GPollableInputStream *stream,
                     GCancellable         *cancellable)
{
  ChatServerTls *self = CHAT_SERVER_TLS_INPUT (stream)->tls;
  g_autoptr (GSource) child = NULL;

  if (self == NULL || gnutls_record_check_pending (self->session) > 0)
    child = g_timeout_source_new (0);
  else
    child = g_socket_create_source (self->socket, G_IO_IN, NULL);
  return g_pollable_source_new_full (stream, child, cancellable);
}

static gssize
input_read (GInputStream  *stream,
            void          *buffer,
            gsize          count,
            GCancellable  *cancellable,
            GError       **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "This stream does not block");
  return -1;
}

static gboolean
input_close (GInputStream  *stream,
             GCancellable  *cancellable,
             GError       **error)
{
  return TRUE;
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = input_read_nonblocking;
  iface->is_readable = input_is_readable;
  iface->create_source = input_create_source;
}

static void
chat_server_tls_input_class_init (ChatServerTlsInputClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  stream_class->read_fn = input_read;
  stream_class->close_fn = input_close;
}

static void
chat_server_tls_input_init (ChatServerTlsInput *self)
{
}

/* The output */

static gssize
output_write_nonblocking (GPollableOutputStream  *stream,
                          const void             *buffer,
                          gsize                   count,
                          GError                **error)
{
  ChatServerTls *self = CHAT_SERVER_TLS_OUTPUT (stream)->tls;
  gssize result;

  if (self == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The stream is closed");
      return -1;
    }
  if (!shake (self, error))
    return -1;

  /* A record that the socket did not take is sealed: it must leave before anything else, and it is the beginning of
   * what the caller, who was told that nothing was taken, has at the head of its queue */
  do
    if (self->unsent > 0)
      result = gnutls_record_send (self->session, NULL, 0);
    else
      result = gnutls_record_send (self->session, buffer, count);
  while (result == GNUTLS_E_INTERRUPTED);
  if (result == GNUTLS_E_AGAIN && self->unsent == 0)
    self->unsent = MIN (count, gnutls_record_get_max_size (self->session));
  else if (result >= 0)
    self->unsent = 0;
  if (result > 0 && (gsize) result > count)
    return fail (self, GNUTLS_E_INVALID_REQUEST, error);
  return result >= 0 ? result : fail (self, result, error);
}

static gboolean
output_is_writable (GPollableOutputStream *stream)
{
  ChatServerTls *self = CHAT_SERVER_TLS_OUTPUT (stream)->tls;

  return self == NULL || (g_socket_condition_check (self->socket, G_IO_OUT) & G_IO_OUT) != 0;
}

static GSource *
output_create_source (GPollableOutputStream *stream,
                      GCancellable          *cancellable)
{
  ChatServerTls *self = CHAT_SERVER_TLS_OUTPUT (stream)->tls;
  g_autoptr (GSource) child = NULL;

  if (self == NULL)
    child = g_timeout_source_new (0);
  else
    child = g_socket_create_source (self->socket, G_IO_OUT, NULL);
  return g_pollable_source_new_full (stream, child, cancellable);
}

static gssize
output_write (GOutputStream  *stream,
              const void     *buffer,
              gsize           count,
              GCancellable   *cancellable,
              GError        **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "This stream does not block");
  return -1;
}

static gboolean
output_close (GOutputStream  *stream,
              GCancellable   *cancellable,
              GError        **error)
{
  ChatServerTls *self = CHAT_SERVER_TLS_OUTPUT (stream)->tls;

  if (self == NULL)
    return TRUE;
  say_bye (self);
  return g_socket_shutdown (self->socket, FALSE, TRUE, error);
}

static void
output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = output_write_nonblocking;
  iface->is_writable = output_is_writable;
  iface->create_source = output_create_source;
}

static void
chat_server_tls_output_class_init (ChatServerTlsOutputClass *klass)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  stream_class->write_fn = output_write;
  stream_class->close_fn = output_close;
}

static void
chat_server_tls_output_init (ChatServerTlsOutput *self)
{
}

/* The connection */

static GInputStream *
chat_server_tls_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (CHAT_SERVER_TLS (stream)->input);
}

static GOutputStream *
chat_server_tls_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (CHAT_SERVER_TLS (stream)->output);
}

static gboolean
chat_server_tls_close (GIOStream     *stream,
                       GCancellable  *cancellable,
                       GError       **error)
{
  ChatServerTls *self = CHAT_SERVER_TLS (stream);

  say_bye (self);
  return g_io_stream_close (G_IO_STREAM (self->base), cancellable, error);
}

static gboolean
chat_server_tls_handshake (GTlsConnection  *connection,
                           GCancellable    *cancellable,
                           GError         **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "This stream does not block");
  return FALSE;
}

static void
chat_server_tls_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  ChatServerTls *self = CHAT_SERVER_TLS (object);

  switch (id)
    {
    case PROP_BASE_IO_STREAM:
      g_value_set_object (value, self->base);
      break;
    case PROP_USE_SYSTEM_CERTDB:
    case PROP_REQUIRE_CLOSE_NOTIFY:
      g_value_set_boolean (value, FALSE);
      break;
    case PROP_REHANDSHAKE_MODE:
      g_value_set_enum (value, 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
chat_server_tls_set_property (GObject      *object,
                              guint         id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  ChatServerTls *self = CHAT_SERVER_TLS (object);

  switch (id)
    {
    case PROP_BASE_IO_STREAM:
      self->base = g_value_dup_object (value);
      break;
    case PROP_USE_SYSTEM_CERTDB:      /* no client is asked for a certificate */
    case PROP_REQUIRE_CLOSE_NOTIFY:   /* objects tell their own end */
    case PROP_REHANDSHAKE_MODE:       /* never */
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
chat_server_tls_finalize (GObject *object)
{
  ChatServerTls *self = CHAT_SERVER_TLS (object);

  self->input->tls = NULL;
  self->output->tls = NULL;
  g_object_unref (self->input);
  g_object_unref (self->output);
  g_clear_pointer (&self->session, gnutls_deinit);
  g_clear_pointer (&self->context, chat_server_tls_context_unref);
  g_clear_object (&self->base);
  G_OBJECT_CLASS (chat_server_tls_parent_class)->finalize (object);
}

static void
chat_server_tls_class_init (ChatServerTlsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);
  GTlsConnectionClass *tls_class = G_TLS_CONNECTION_CLASS (klass);

  object_class->get_property = chat_server_tls_get_property;
  object_class->set_property = chat_server_tls_set_property;
  object_class->finalize = chat_server_tls_finalize;
  stream_class->get_input_stream = chat_server_tls_get_input_stream;
  stream_class->get_output_stream = chat_server_tls_get_output_stream;
  stream_class->close_fn = chat_server_tls_close;
  tls_class->handshake = chat_server_tls_handshake;
  g_object_class_override_property (object_class, PROP_BASE_IO_STREAM, "base-io-stream");
  g_object_class_override_property (object_class, PROP_USE_SYSTEM_CERTDB, "use-system-certdb");
  g_object_class_override_property (object_class, PROP_REQUIRE_CLOSE_NOTIFY, "require-close-notify");
  g_object_class_override_property (object_class, PROP_REHANDSHAKE_MODE, "rehandshake-mode");
}

static void
chat_server_tls_init (ChatServerTls *self)
{
  self->input = g_object_new (CHAT_TYPE_SERVER_TLS_INPUT, NULL);
  self->output = g_object_new (CHAT_TYPE_SERVER_TLS_OUTPUT, NULL);
  self->input->tls = self;
  self->output->tls = self;
}

GIOStream *
chat_server_tls_new (ChatServerTlsContext *context,
                     GSocketConnection    *base)
{
  ChatServerTls *self = g_object_new (CHAT_TYPE_SERVER_TLS, "base-io-stream", base, NULL);

  self->context = chat_server_tls_context_ref (context);
  self->socket = g_socket_connection_get_socket (base);
  if (gnutls_init (&self->session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS) < 0)
    g_error ("GnuTLS has no memory for a session");
  gnutls_priority_set (self->session, context->priority);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, context->credentials);
  gnutls_certificate_server_set_request (self->session, GNUTLS_CERT_IGNORE);
  gnutls_transport_set_int (self->session, g_socket_get_fd (self->socket));
  return G_IO_STREAM (self);
}
