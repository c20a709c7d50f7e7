/* chat-error.h: the statuses of the wire and the error domain that they become
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatStatus:
 *
 * Every value of "status" (PROTOCOL.md, "Statuses"), log-in and sign-up included. The names that go over
 * the wire are those of the user's API, with its spelling (SINGUP_OK).
 * %CHAT_STATUS_NONE stands for an object without "status"; %CHAT_STATUS_OTHER for one we do not know.
 */
typedef enum
{
  CHAT_STATUS_NONE,
  CHAT_STATUS_OTHER,
  CHAT_STATUS_SUCCESS,
  CHAT_STATUS_ERROR,
  CHAT_STATUS_BAD_REQUEST,
  CHAT_STATUS_NOT_LOGGED_IN,
  CHAT_STATUS_FORBIDDEN,
  CHAT_STATUS_ROOM_DOES_NOT_EXIST,
  CHAT_STATUS_MESSAGE_DOES_NOT_EXIST,
  CHAT_STATUS_USER_DOES_NOT_EXIST,
  CHAT_STATUS_TOO_LARGE,
  CHAT_STATUS_RATE_LIMITED,
  CHAT_STATUS_UNSUPPORTED,
  CHAT_STATUS_END,
  CHAT_STATUS_RESET,
  CHAT_STATUS_LOGIN_OK,
  CHAT_STATUS_LOGIN_WRONG_USER,
  CHAT_STATUS_LOGIN_WRONG_PASS,
  CHAT_STATUS_SIGNUP_OK,          /* written SINGUP_OK; SIGNUP_OK is read too */
  CHAT_STATUS_SIGNUP_USER_EXIST,
  CHAT_STATUS_SIGNUP_FAIL,        /* written SINGUP_FAIL; SIGNUP_FAIL is read too */
  CHAT_N_STATUSES
} ChatStatus;

/**
 * CHAT_ERROR:
 *
 * What can go wrong between two ends, as GErrors. The first group are the failing statuses of the wire, one to
 * one; the second is what only the end that meets it knows.
 */
#define CHAT_ERROR (chat_error_quark ())
typedef enum
{
  CHAT_ERROR_FAILED,                  /* ERROR, and any status we do not know */
  CHAT_ERROR_BAD_REQUEST,
  CHAT_ERROR_NOT_LOGGED_IN,
  CHAT_ERROR_FORBIDDEN,
  CHAT_ERROR_NO_ROOM,
  CHAT_ERROR_NO_MESSAGE,
  CHAT_ERROR_NO_USER,
  CHAT_ERROR_TOO_LARGE,
  CHAT_ERROR_RATE_LIMITED,
  CHAT_ERROR_UNSUPPORTED,
  CHAT_ERROR_WRONG_USER,              /* LOGIN_WRONG_USER */
  CHAT_ERROR_WRONG_PASSWORD,          /* LOGIN_WRONG_PASS: the password, or a dead token */
  CHAT_ERROR_USER_EXISTS,             /* SIGNUP_USER_EXIST */
  CHAT_ERROR_UNACCEPTABLE_NAME,       /* SINGUP_FAIL, reason NAME */
  CHAT_ERROR_UNACCEPTABLE_PASSWORD,   /* SINGUP_FAIL, reason PASSWORD */
  CHAT_ERROR_SIGNUP_FAILED,           /* SINGUP_FAIL without a reason */

  CHAT_ERROR_MALFORMED,               /* the peer sent what is no object of the protocol */
  CHAT_ERROR_QUEUE_FULL,              /* the peer does not read */
  CHAT_ERROR_TIMED_OUT,               /* no PONG, no answer, or no object in time */
  CHAT_ERROR_CLOSED,                  /* the connection ended before the answer came */
  CHAT_ERROR_CERTIFICATE_UNKNOWN,     /* not trusted by the system and not yet accepted */
  CHAT_ERROR_CERTIFICATE_CHANGED      /* another than the one that was accepted */
} ChatError;

GQuark       chat_error_quark          (void);

/** chat_status_to_string: Returns: (nullable): the name on the wire; %NULL for NONE and OTHER */
const char  *chat_status_to_string     (ChatStatus   status);
/** chat_status_from_string: Returns: the status of that name, tolerant spellings included; else %CHAT_STATUS_OTHER */
ChatStatus   chat_status_from_string   (const char  *name);
/** chat_status_is_success: whether an answer with @status did what was asked (NONE counts: PROTOCOL.md, "Statuses") */
gboolean     chat_status_is_success    (ChatStatus   status);

/** chat_error_from_status: Returns: (transfer full): @status as an error of %CHAT_ERROR, @detail being the
 * developer's sentence of the wire ("error"), or %NULL */
GError      *chat_error_from_status    (ChatStatus   status,
                                        const char  *detail);
/** chat_error_to_status: Returns: the status that tells a peer of @error; %CHAT_STATUS_ERROR for foreign domains */
ChatStatus   chat_error_to_status      (const GError *error);

G_END_DECLS
