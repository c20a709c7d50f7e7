/* chat-words.c: what went wrong, in words for the person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-words.h"

#include <glib/gi18n.h>

#include "chat-session.h"

const char *
chat_words_for_error (const GError *error)
{
  if (error == NULL || error->domain != CHAT_SESSION_ERROR)
    return _("Something went wrong. Please try again.");

  switch ((ChatSessionError) error->code)
    {
    case CHAT_SESSION_ERROR_ADDRESS:
      return _("This is not the address of a server. Write it as “host” or “host:port”.");
    case CHAT_SESSION_ERROR_NO_SUCH_HOST:
      return _("There is no server of this name. Check the spelling.");
    case CHAT_SESSION_ERROR_UNREACHABLE:
      return _("The server can not be reached. Check the address and your network.");
    case CHAT_SESSION_ERROR_TIMED_OUT:
      return _("The server did not answer in time.");
    case CHAT_SESSION_ERROR_NO_TLS:
      return _("This server does not offer an encrypted connection.");
    case CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN:
      return _("The identity of the server could not be confirmed.");
    case CHAT_SESSION_ERROR_CERTIFICATE_CHANGED:
      return _("The server shows another certificate than before. No connection was made.");
    case CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER:
      return _("What answers at this address is not a Chat server.");
    case CHAT_SESSION_ERROR_WRONG_USER:
      return _("This server knows nobody of this name.");
    case CHAT_SESSION_ERROR_WRONG_PASSWORD:
      return _("The password is not right.");
    case CHAT_SESSION_ERROR_USER_EXISTS:
      return _("This name is taken. Choose another one.");
    case CHAT_SESSION_ERROR_UNACCEPTABLE_NAME:
      return _("A name has 1 to 64 letters (a to z), digits, “.”, “_” or “-”.");
    case CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD:
      return _("The server does not accept this password. Choose a longer one.");
    case CHAT_SESSION_ERROR_SIGNUP_FAILED:
      return _("The server did not create the account.");
    case CHAT_SESSION_ERROR_RATE_LIMITED:
      return _("Too many attempts. Please wait a little.");
    case CHAT_SESSION_ERROR_OFFLINE:
      return _("There is no connection to the server.");
    case CHAT_SESSION_ERROR_FORBIDDEN:
      return _("The server does not allow this.");
    case CHAT_SESSION_ERROR_NO_ROOM:
      return _("This conversation does not exist any more.");
    case CHAT_SESSION_ERROR_NO_MESSAGE:
      return _("This message does not exist any more.");
    case CHAT_SESSION_ERROR_NO_USER:
      return _("This person is not known to the server any more.");
    case CHAT_SESSION_ERROR_TOO_LARGE:
      return _("This is too long for the server.");
    case CHAT_SESSION_ERROR_EMPTY:
      return _("There is nothing to send.");
    case CHAT_SESSION_ERROR_UNSUPPORTED:
      return _("This server can not do that.");
    case CHAT_SESSION_ERROR_SIGNED_OUT:
      return _("You were signed out: by another device, a new password, or the server.");
    case CHAT_SESSION_ERROR_NO_SPACE:
      return _("There is too little room on the disk of this computer.");
    case CHAT_SESSION_ERROR_UNCERTAIN:
      return _("The connection ended before the server answered. Please look whether it was done.");
    case CHAT_SESSION_ERROR_FAILED:
    default:
      return _("The server said no, without a reason. Please try again.");
    }
}
