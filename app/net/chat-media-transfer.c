/* chat-media-transfer.c: what both directions of a transfer share: the thread, the server's identity, the errors
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-media-transfer-private.h"

#include "chat-host-address.h"

#include <errno.h>

G_DEFINE_QUARK (chat-media-error-quark, chat_media_error)

ChatMediaTransfer *
chat_media_transfer_new (ChatMediaEndpoint    *endpoint,
                         ChatMediaRun          run,
                         ChatMediaAddressKind  kind,
                         const char           *address,
                         const char           *path,
                         goffset               size,
                         ChatMediaProgress     progress,
                         gpointer              progress_data)
{
  ChatMediaTransfer *self = g_new0 (ChatMediaTransfer, 1);

  self->endpoint = chat_media_endpoint_ref (endpoint);
  self->run = run;
  self->address = g_strdup (address);
  self->path = g_strdup (path);
  self->size = size;
  self->progress = progress;
  self->progress_data = progress_data;
  self->uri = chat_media_endpoint_parse (endpoint, kind, address);
  return self;
}

static void
chat_media_transfer_free (gpointer data)
{
  ChatMediaTransfer *self = data;

  chat_media_endpoint_unref (self->endpoint);
  g_free (self->address);
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->result);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_free (self);
}

/* Progress: to the caller's main context, and not more often than anybody can see */

typedef struct
{
  GTask   *task;
  goffset  done;
} Moved;

static void
moved_free (gpointer data)
{
  Moved *moved = data;

  g_object_unref (moved->task);
  g_free (moved);
}

static gboolean
on_moved (gpointer user_data)
{
  Moved *moved = user_data;
  ChatMediaTransfer *self = g_task_get_task_data (moved->task);

  if (!g_task_get_completed (moved->task))
    self->progress (moved->done, self->progress_data);
  return G_SOURCE_REMOVE;
}

void
chat_media_transfer_moved (ChatMediaTransfer *self,
                           goffset            done)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GSource) source = NULL;
  Moved *moved;

  self->done = done;
  if (self->progress == NULL || now - self->told_at < CHAT_MEDIA_PROGRESS_MS * 1000)
    return;
  self->told_at = now;
  moved = g_new (Moved, 1);
  moved->task = g_object_ref (self->task);
  moved->done = done;
  source = g_idle_source_new ();
  g_source_set_priority (source, g_task_get_priority (self->task));
  g_source_set_static_name (source, "chat-media-progress");
  g_source_set_callback (source, on_moved, moved, moved_free);
  g_source_attach (source, g_task_get_context (self->task));
}

/* Errors */

gboolean
chat_media_transfer_fail (GError     **error,
                          int          code,
                          const char  *what)
{
  gboolean full = code == ENOSPC || code == EDQUOT || code == EFBIG;

  g_set_error (error, CHAT_MEDIA_ERROR, full ? CHAT_MEDIA_ERROR_NO_SPACE : CHAT_MEDIA_ERROR_LOCAL,
               "%s: %s", what, g_strerror (code));
  return FALSE;
}

gboolean
chat_media_transfer_refuse (SoupMessage  *message,
                            GError      **error)
{
  guint status = soup_message_get_status (message);
  ChatMediaError code = CHAT_MEDIA_ERROR_FAILED;

  switch (status)
    {
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      code = CHAT_MEDIA_ERROR_GONE;
      break;
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
    case SOUP_STATUS_UNPROCESSABLE_ENTITY:
      code = CHAT_MEDIA_ERROR_WRONG_CONTENT;
      break;
    case SOUP_STATUS_INSUFFICIENT_STORAGE:
      code = CHAT_MEDIA_ERROR_SERVER_FULL;
      break;
    case SOUP_STATUS_CONFLICT:
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case SOUP_STATUS_BAD_GATEWAY:
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      code = CHAT_MEDIA_ERROR_BROKEN_OFF;
      break;
    default:
      break;
    }
  g_set_error (error, CHAT_MEDIA_ERROR, code, "the server answered with %u %s", status, soup_message_get_reason_phrase (message));
  return FALSE;
}

gint64
chat_media_header_number (SoupMessage *message,
                          const char  *name)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), name);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    return -1;
  return (gint64) number;
}

/* HTTP */

/* Asked only where the system does not trust the certificate */
static gboolean
on_accept_certificate (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  ChatMediaTransfer *self = user_data;

  return chat_media_endpoint_trusts (self->endpoint, certificate);
}

SoupMessage *
chat_media_transfer_new_message (ChatMediaTransfer *self,
                                 const char        *method)
{
  SoupMessage *message = soup_message_new_from_uri (method, self->uri);

  /* A connection of its own: over one that is used again the library repeats a request by itself, with a body from its beginning */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), self);
  return message;
}

GInputStream *
chat_media_transfer_send (ChatMediaTransfer  *self,
                          SoupMessage        *message,
                          GCancellable       *cancellable,
                          GError            **error)
{
  g_autoptr (GError) given = NULL;
  GInputStream *body = soup_session_send (self->http, message, cancellable, &given);

  if (body != NULL)
    return body;
  if (g_error_matches (given, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&given));
  else if (given->domain == CHAT_MEDIA_ERROR)
    g_propagate_error (error, g_steal_pointer (&given));
  else
    g_set_error (error, CHAT_MEDIA_ERROR,
                 g_error_matches (given, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE) ? CHAT_MEDIA_ERROR_CERTIFICATE
                                                                                  : CHAT_MEDIA_ERROR_BROKEN_OFF,
                 "%s", given->message);
  return NULL;
}

static SoupSession *
new_session (ChatMediaTransfer *self)
{
  g_autoptr (ChatHostAddress) host = chat_host_address_parse (g_uri_get_host (self->uri));
  SoupSession *session = soup_session_new_with_options ("timeout", CHAT_MEDIA_SILENCE_S,
                                                        "idle-timeout", 1,
                                                        "user-agent", "Chat",
                                                        NULL);

  /* Bytes are taken as they are: nothing that would unfold to something larger */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (host != NULL && host->loopback)
    soup_session_set_proxy_resolver (session, NULL);
  return session;
}

/* The thread */

static gpointer
transfer_thread (gpointer data)
{
  g_autoptr (GTask) task = data;
  ChatMediaTransfer *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  gboolean done;

  /* A session belongs to the context in which it was made, also where it is only asked to block */
  g_main_context_push_thread_default (context);
  self->task = task;
  self->http = new_session (self);
  done = self->run (self, cancellable, &error);
  soup_session_abort (self->http);
  g_clear_object (&self->http);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);

  if (done)
    g_task_return_boolean (task, TRUE);
  else if (g_cancellable_is_cancelled (cancellable))
    g_task_return_error_if_cancelled (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  return NULL;
}

void
chat_media_transfer_start (ChatMediaTransfer   *self,
                           gpointer             source_tag,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GThread) thread = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, self, chat_media_transfer_free);
  /* Of a file that is whole the caller learns even if it was cancelled in the last moment */
  g_task_set_check_cancellable (task, FALSE);
  if (self->uri == NULL)
    {
      g_task_return_new_error (task, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_ADDRESS, "no address of this server: %s", self->address);
      return;
    }
  /* Not GTask's pool: it is small, and a transfer may take hours */
  thread = g_thread_try_new ("chat-media", transfer_thread, g_object_ref (task), &error);
  if (thread == NULL)
    {
      g_object_unref (task);
      g_task_return_new_error (task, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_LOCAL, "%s", error->message);
      g_error_free (error);
    }
}
