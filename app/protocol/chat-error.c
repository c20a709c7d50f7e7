/* chat-error.c: the names of the statuses and the errors that they become
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-error.h"

G_DEFINE_QUARK (chat-error-quark, chat_error)

typedef struct
{
  const char *name;       /* as it is written; NULL: has no name on the wire */
  const char *twin;       /* another spelling that is read as the same */
  int         error;      /* the ChatError; -1: a status that reports no failure */
  const char *sentence;   /* for a log, where the peer gave none */
} StatusInfo;

/* The names of the API as its users know them, misspelt ones included. */
static const StatusInfo infos[CHAT_N_STATUSES] = {
  [CHAT_STATUS_NONE] = { NULL, NULL, -1, NULL },
  [CHAT_STATUS_OTHER] = { NULL, NULL, CHAT_ERROR_FAILED, "the peer answered with an unknown status" },
  [CHAT_STATUS_SUCCESS] = { "SUCCESS", NULL, -1, NULL },
  [CHAT_STATUS_ERROR] = { "ERROR", NULL, CHAT_ERROR_FAILED, "the peer failed" },
  [CHAT_STATUS_BAD_REQUEST] = { "BAD_REQUEST", NULL, CHAT_ERROR_BAD_REQUEST, "a field is missing or wrong" },
  [CHAT_STATUS_NOT_LOGGED_IN] = { "NOT_LOGGED_IN", NULL, CHAT_ERROR_NOT_LOGGED_IN, "not logged in" },
  [CHAT_STATUS_FORBIDDEN] = { "FORBIDDEN", NULL, CHAT_ERROR_FORBIDDEN, "not allowed" },
  [CHAT_STATUS_ROOM_DOES_NOT_EXIST] = { "ROOM_DOES_NOT_EXIST", NULL, CHAT_ERROR_NO_ROOM, "there is no such room" },
  [CHAT_STATUS_MESSAGE_DOES_NOT_EXIST] = { "MESSAGE_DOES_NOT_EXIST", NULL, CHAT_ERROR_NO_MESSAGE,
                                           "there is no such message" },
  [CHAT_STATUS_USER_DOES_NOT_EXIST] = { "USER_DOES_NOT_EXIST", NULL, CHAT_ERROR_NO_USER, "there is no such user" },
  [CHAT_STATUS_TOO_LARGE] = { "TOO_LARGE", NULL, CHAT_ERROR_TOO_LARGE, "too large" },
  [CHAT_STATUS_RATE_LIMITED] = { "RATE_LIMITED", NULL, CHAT_ERROR_RATE_LIMITED, "too many requests" },
  [CHAT_STATUS_UNSUPPORTED] = { "UNSUPPORTED", NULL, CHAT_ERROR_UNSUPPORTED, "not supported" },
  [CHAT_STATUS_END] = { "END", NULL, -1, NULL },
  [CHAT_STATUS_RESET] = { "RESET", NULL, -1, NULL },
  [CHAT_STATUS_LOGIN_OK] = { "LOGIN_OK", NULL, -1, NULL },
  [CHAT_STATUS_LOGIN_WRONG_USER] = { "LOGIN_WRONG_USER", NULL, CHAT_ERROR_WRONG_USER, "there is no such user" },
  [CHAT_STATUS_LOGIN_WRONG_PASS] = { "LOGIN_WRONG_PASS", NULL, CHAT_ERROR_WRONG_PASSWORD,
                                     "the password or the token is wrong" },
  [CHAT_STATUS_SIGNUP_OK] = { "SINGUP_OK", "SIGNUP_OK", -1, NULL },
  [CHAT_STATUS_SIGNUP_USER_EXIST] = { "SIGNUP_USER_EXIST", "SINGUP_USER_EXIST", CHAT_ERROR_USER_EXISTS,
                                      "the name is taken" },
  [CHAT_STATUS_SIGNUP_FAIL] = { "SINGUP_FAIL", "SIGNUP_FAIL", CHAT_ERROR_SIGNUP_FAILED, "signing up failed" },
};

const char *
chat_status_to_string (ChatStatus status)
{
  g_return_val_if_fail ((guint) status < CHAT_N_STATUSES, NULL);

  return infos[status].name;
}

ChatStatus
chat_status_from_string (const char *name)
{
  g_return_val_if_fail (name != NULL, CHAT_STATUS_OTHER);

  for (guint i = CHAT_STATUS_SUCCESS; i < CHAT_N_STATUSES; i++)
    {
      if (g_str_equal (name, infos[i].name) || (infos[i].twin != NULL && g_str_equal (name, infos[i].twin)))
        return i;
    }

  return CHAT_STATUS_OTHER;
}

gboolean
chat_status_is_success (ChatStatus status)
{
  g_return_val_if_fail ((guint) status < CHAT_N_STATUSES, FALSE);

  return infos[status].error == -1;
}

GError *
chat_error_from_status (ChatStatus  status,
                        const char *detail)
{
  g_return_val_if_fail ((guint) status < CHAT_N_STATUSES, NULL);

  int code = infos[status].error;
  const char *sentence = infos[status].sentence;

  /* Who asks for the error of a success has met an answer that does not fit its request. */
  if (code == -1)
    {
      code = CHAT_ERROR_FAILED;
      sentence = "the answer was not what was asked for";
    }

  return g_error_new_literal (CHAT_ERROR, code, detail != NULL && *detail != '\0' ? detail : sentence);
}

ChatStatus
chat_error_to_status (const GError *error)
{
  g_return_val_if_fail (error != NULL, CHAT_STATUS_ERROR);

  if (error->domain != CHAT_ERROR)
    return CHAT_STATUS_ERROR;

  switch ((ChatError) error->code)
    {
    case CHAT_ERROR_MALFORMED:
      return CHAT_STATUS_BAD_REQUEST;

    case CHAT_ERROR_UNACCEPTABLE_NAME:
    case CHAT_ERROR_UNACCEPTABLE_PASSWORD:
      return CHAT_STATUS_SIGNUP_FAIL;

    case CHAT_ERROR_FAILED:
    case CHAT_ERROR_QUEUE_FULL:
    case CHAT_ERROR_TIMED_OUT:
    case CHAT_ERROR_CLOSED:
    case CHAT_ERROR_CERTIFICATE_UNKNOWN:
    case CHAT_ERROR_CERTIFICATE_CHANGED:
      return CHAT_STATUS_ERROR;

    case CHAT_ERROR_BAD_REQUEST:
    case CHAT_ERROR_NOT_LOGGED_IN:
    case CHAT_ERROR_FORBIDDEN:
    case CHAT_ERROR_NO_ROOM:
    case CHAT_ERROR_NO_MESSAGE:
    case CHAT_ERROR_NO_USER:
    case CHAT_ERROR_TOO_LARGE:
    case CHAT_ERROR_RATE_LIMITED:
    case CHAT_ERROR_UNSUPPORTED:
    case CHAT_ERROR_WRONG_USER:
    case CHAT_ERROR_WRONG_PASSWORD:
    case CHAT_ERROR_USER_EXISTS:
    case CHAT_ERROR_SIGNUP_FAILED:
    default:
      break;
    }

  for (guint i = CHAT_STATUS_SUCCESS; i < CHAT_N_STATUSES; i++)
    {
      if (infos[i].error == error->code)
        return i;
    }

  return CHAT_STATUS_ERROR;
}
