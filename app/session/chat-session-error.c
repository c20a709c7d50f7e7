/* chat-session-error.c: what went wrong, with the time for which the server does not want to hear of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-internal.h"

typedef struct
{
  guint retry_after;
} ChatSessionErrorPrivate;

static void
chat_session_error_private_init (ChatSessionErrorPrivate *priv)
{
}

static void
chat_session_error_private_copy (const ChatSessionErrorPrivate *from,
                                 ChatSessionErrorPrivate       *to)
{
  *to = *from;
}

static void
chat_session_error_private_clear (ChatSessionErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (ChatSessionError, chat_session_error)

guint
chat_session_error_get_retry_after (const GError *error)
{
  if (error == NULL || error->domain != CHAT_SESSION_ERROR)
    return 0;
  return chat_session_error_get_private (error)->retry_after;
}

GError *
chat_session_error_new (ChatSessionError  code,
                        guint             retry_after,
                        const char       *message)
{
  GError *error = g_error_new_literal (CHAT_SESSION_ERROR, code, message);

  chat_session_error_get_private (error)->retry_after = retry_after;
  return error;
}
