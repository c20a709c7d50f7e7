/* chat-client-error.c: what can go wrong between the app and a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-error.h"

#include "chat-error.h"

typedef struct
{
  guint     retry_after;
  char     *fingerprint;
  gint64    limit;
  gboolean  quota;
} ChatClientErrorPrivate;

static void
chat_client_error_private_init (ChatClientErrorPrivate *priv)
{
}

static void
chat_client_error_private_copy (const ChatClientErrorPrivate *from,
                                ChatClientErrorPrivate       *to)
{
  to->retry_after = from->retry_after;
  to->limit = from->limit;
  to->quota = from->quota;
  to->fingerprint = g_strdup (from->fingerprint);
}

static void
chat_client_error_private_clear (ChatClientErrorPrivate *priv)
{
  g_free (priv->fingerprint);
}

G_DEFINE_EXTENDED_ERROR (ChatClientError, chat_client_error)

guint
chat_client_error_get_retry_after (const GError *error)
{
  if (error == NULL || error->domain != CHAT_CLIENT_ERROR)
    return 0;
  return chat_client_error_get_private (error)->retry_after;
}

gint64
chat_client_error_get_limit (const GError *error,
                             gboolean     *quota)
{
  *quota = FALSE;
  if (error == NULL || error->domain != CHAT_CLIENT_ERROR)
    return 0;
  *quota = chat_client_error_get_private (error)->quota;
  return chat_client_error_get_private (error)->limit;
}

void
chat_client_error_set_limit (GError   *error,
                             gint64    bytes,
                             gboolean  quota)
{
  chat_client_error_get_private (error)->limit = bytes;
  chat_client_error_get_private (error)->quota = quota;
}

const char *
chat_client_error_get_fingerprint (const GError *error)
{
  if (error == NULL || error->domain != CHAT_CLIENT_ERROR)
    return NULL;
  return chat_client_error_get_private (error)->fingerprint;
}

static ChatClientError
code_from_wire (const GError *error)
{
  if (error->domain != CHAT_ERROR)
    return CHAT_CLIENT_ERROR_CLOSED;
  switch ((ChatError) error->code)
    {
    case CHAT_ERROR_FAILED: return CHAT_CLIENT_ERROR_FAILED;
    case CHAT_ERROR_BAD_REQUEST: return CHAT_CLIENT_ERROR_BAD_REQUEST;
    case CHAT_ERROR_NOT_LOGGED_IN: return CHAT_CLIENT_ERROR_NOT_LOGGED_IN;
    case CHAT_ERROR_FORBIDDEN: return CHAT_CLIENT_ERROR_FORBIDDEN;
    case CHAT_ERROR_NO_ROOM: return CHAT_CLIENT_ERROR_NO_ROOM;
    case CHAT_ERROR_NO_MESSAGE: return CHAT_CLIENT_ERROR_NO_MESSAGE;
    case CHAT_ERROR_NO_USER: return CHAT_CLIENT_ERROR_NO_USER;
    case CHAT_ERROR_TOO_LARGE: return CHAT_CLIENT_ERROR_TOO_LARGE;
    case CHAT_ERROR_RATE_LIMITED: return CHAT_CLIENT_ERROR_RATE_LIMITED;
    case CHAT_ERROR_UNSUPPORTED: return CHAT_CLIENT_ERROR_UNSUPPORTED;
    case CHAT_ERROR_WRONG_USER: return CHAT_CLIENT_ERROR_WRONG_USER;
    case CHAT_ERROR_WRONG_PASSWORD: return CHAT_CLIENT_ERROR_WRONG_PASSWORD;
    case CHAT_ERROR_USER_EXISTS: return CHAT_CLIENT_ERROR_USER_EXISTS;
    case CHAT_ERROR_UNACCEPTABLE_NAME: return CHAT_CLIENT_ERROR_UNACCEPTABLE_NAME;
    case CHAT_ERROR_UNACCEPTABLE_PASSWORD: return CHAT_CLIENT_ERROR_UNACCEPTABLE_PASSWORD;
    case CHAT_ERROR_SIGNUP_FAILED: return CHAT_CLIENT_ERROR_SIGNUP_FAILED;
    case CHAT_ERROR_MALFORMED: return CHAT_CLIENT_ERROR_MALFORMED;
    case CHAT_ERROR_TIMED_OUT: return CHAT_CLIENT_ERROR_TIMED_OUT;
    case CHAT_ERROR_CERTIFICATE_UNKNOWN: return CHAT_CLIENT_ERROR_CERTIFICATE_UNKNOWN;
    case CHAT_ERROR_CERTIFICATE_CHANGED: return CHAT_CLIENT_ERROR_CERTIFICATE_CHANGED;
    case CHAT_ERROR_QUEUE_FULL:
    case CHAT_ERROR_CLOSED:
    default:
      return CHAT_CLIENT_ERROR_CLOSED;
    }
}

GError *
chat_client_error_from_wire (const GError *error,
                             guint         retry_after)
{
  GError *result = g_error_new_literal (CHAT_CLIENT_ERROR, code_from_wire (error), error->message);

  chat_client_error_get_private (result)->retry_after = retry_after;
  return result;
}

GError *
chat_client_error_certificate (gboolean    changed,
                               const char *fingerprint)
{
  GError *result = g_error_new (CHAT_CLIENT_ERROR,
                                changed ? CHAT_CLIENT_ERROR_CERTIFICATE_CHANGED : CHAT_CLIENT_ERROR_CERTIFICATE_UNKNOWN,
                                "the certificate %s is %s", fingerprint,
                                changed ? "another than the accepted one" : "not trusted");

  chat_client_error_get_private (result)->fingerprint = g_strdup (fingerprint);
  return result;
}
