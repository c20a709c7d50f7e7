/* chat-client-error.h: what can go wrong between the app and a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CHAT_CLIENT_ERROR (chat_client_error_quark ())
typedef enum
{
  CHAT_CLIENT_ERROR_FAILED,               /* the server said no, without a reason that we know */
  CHAT_CLIENT_ERROR_BAD_REQUEST,
  CHAT_CLIENT_ERROR_NOT_LOGGED_IN,
  CHAT_CLIENT_ERROR_FORBIDDEN,
  CHAT_CLIENT_ERROR_NO_ROOM,
  CHAT_CLIENT_ERROR_NO_MESSAGE,
  CHAT_CLIENT_ERROR_NO_USER,
  CHAT_CLIENT_ERROR_TOO_LARGE,
  CHAT_CLIENT_ERROR_RATE_LIMITED,         /* see chat_client_error_get_retry_after() */
  CHAT_CLIENT_ERROR_UNSUPPORTED,
  CHAT_CLIENT_ERROR_WRONG_USER,
  CHAT_CLIENT_ERROR_WRONG_PASSWORD,       /* or a dead token */
  CHAT_CLIENT_ERROR_USER_EXISTS,
  CHAT_CLIENT_ERROR_UNACCEPTABLE_NAME,
  CHAT_CLIENT_ERROR_UNACCEPTABLE_PASSWORD,
  CHAT_CLIENT_ERROR_SIGNUP_FAILED,
  CHAT_CLIENT_ERROR_NO_FILE,              /* the address is one of the server's, but no file is there (any more) */

  CHAT_CLIENT_ERROR_ADDRESS,              /* no host or host:port */
  CHAT_CLIENT_ERROR_NO_SUCH_HOST,
  CHAT_CLIENT_ERROR_UNREACHABLE,
  CHAT_CLIENT_ERROR_TIMED_OUT,
  CHAT_CLIENT_ERROR_NO_TLS,
  CHAT_CLIENT_ERROR_CERTIFICATE_UNKNOWN,  /* see chat_client_error_get_fingerprint() */
  CHAT_CLIENT_ERROR_CERTIFICATE_CHANGED,  /* the same */
  CHAT_CLIENT_ERROR_MALFORMED,            /* what came is no answer of our protocol */
  CHAT_CLIENT_ERROR_CLOSED                /* the connection ended before the answer: whether it was done is not known */
} ChatClientError;
GQuark      chat_client_error_quark           (void);

/** chat_client_error_get_retry_after: Returns: seconds to wait, as the server told; 0 if it did not */
guint       chat_client_error_get_retry_after (const GError *error);
/** chat_client_error_get_limit: what TOO_LARGE tells: Returns: bytes of one file, or, with @quota (out) %TRUE, of all files of the person
 * together; 0 if it did not tell */
gint64      chat_client_error_get_limit       (const GError *error,
                                               gboolean     *quota);
/** chat_client_error_get_fingerprint: Returns: (nullable): SHA-256 of the refused certificate, as AB:CD:... */
const char *chat_client_error_get_fingerprint (const GError *error);

/* For the layer itself */
/** chat_client_error_from_wire: Returns: (transfer full): an error of %CHAT_ERROR as one of this domain */
GError     *chat_client_error_from_wire       (const GError *error,
                                               guint         retry_after);
/** chat_client_error_set_limit: @bytes: 0: not told */
void        chat_client_error_set_limit       (GError       *error,
                                               gint64        bytes,
                                               gboolean      quota);
GError     *chat_client_error_certificate     (gboolean      changed,
                                               const char   *fingerprint);

G_END_DECLS
