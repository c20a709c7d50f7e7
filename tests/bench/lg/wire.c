/* wire.c: the few objects of the protocol that the load is made of
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Objects are told apart by searching for keys, not by parsing: the generator shares two cores with the server that it
 * measures. That is safe here alone, where every text is its own and holds no quote.
 */

#include "lg.h"

#include <stdlib.h>
#include <string.h>

#define PASSWORD "secret-1234"

typedef struct
{
  const char *at;
  size_t      length;
} Span;

int
user_of (int index)
{
  return options.users > 0 ? index % options.users : index;
}

/* The first value of @key (with its quotes): a string without its quotes, or a number */
static Span
find (const char *object, size_t length, const char *key)
{
  const char *end = object + length, *p = memmem (object, length, key, strlen (key)), *q;

  if (p == NULL)
    return (Span) { NULL, 0 };
  for (p += strlen (key); p < end && (*p == ' ' || *p == ':'); p++)
    ;
  if (p < end && *p == '"')
    {
      p++;
      q = memchr (p, '"', end - p);
      return (Span) { p, q != NULL ? (size_t) (q - p) : 0 };
    }
  for (q = p; q < end && *q != ',' && *q != '}' && *q != ' '; q++)
    ;
  return (Span) { p, q - p };
}

static bool
is (Span span, const char *text)
{
  return span.at != NULL && span.length == strlen (text) && memcmp (span.at, text, span.length) == 0;
}

void
wire_start (Conn *conn)
{
  char line[256];
  int n;

  n = snprintf (line, sizeof line, "{\"type\":\"%s\",\"login\":\"u%d\",\"pass\":\"" PASSWORD "\"%s}\n",
                options.sign_up ? "REQUEST_SIGNUP" : "REQUEST_LOGIN", user_of (conn->index),
                options.features ? ",\"features\":[\"request-id\",\"paging\"]" : "");
  net_put (conn, line, n);
}

void
wire_create_room (Conn *conn, int with_user)
{
  char line[256];
  int n;

  conn->state = CONN_CREATING;
  n = snprintf (line, sizeof line, "{\"type\":\"CREATE_ROOM\",\"username\":\"u%d\",\"customer\":\"u%d\"}\n",
                user_of (conn->index), with_user);
  net_put (conn, line, n);
}

void
wire_send (Conn *conn, const char *text)
{
  char line[8192];
  int n;

  n = snprintf (line, sizeof line,
                "{\"type\":\"SND_MSG\",\"username\":\"u%d\",\"room_id\":%ld,\"message\":\"%s\",\"msg_type\":\"TEXT\"}\n",
                user_of (conn->index), conn->room, text);
  net_put (conn, line, n);
}

void
wire_read_page (Conn *conn, int limit, bool newest)
{
  char line[256], before[48] = "";
  int n;

  if (!newest)
    snprintf (before, sizeof before, ",\"before\":%ld", conn->oldest);
  conn->state = CONN_READING;
  conn->items = 0;
  n = snprintf (line, sizeof line,
                "{\"type\":\"READ_MSG\",\"read\":\"RESENT\",\"room_id\":%ld,\"limit\":%d,\"request_id\":1%s}\n",
                conn->room, limit, before);
  net_put (conn, line, n);
}

static void
fail (Conn *conn, const char *object, size_t length)
{
  char why[300];

  snprintf (why, sizeof why, "unexpected: %.*s", (int) (length < 250 ? length : 250), object);
  on_failure (conn, why);
}

static void
handle (Conn *conn, const char *object, size_t length)
{
  Span type = find (object, length, "\"type\""), status = find (object, length, "\"status\""), value;

  if (is (type, "READ_MSG"))
    {
      if (is (status, "END"))
        {
          conn->state = CONN_READY;
          on_page (conn);
          return;
        }
      value = find (object, length, "\"message\"");
      if (value.at == NULL)
        fail (conn, object, length);
      else if (conn->state == CONN_READING)
        {
          Span id = find (object, length, "\"message_id\"");

          if (conn->items++ == 0 && id.at != NULL)
            conn->oldest = strtol (id.at, NULL, 10);
        }
      else
        on_message (conn, value.at, value.length);
    }
  else if (is (type, "SND_MSG") && is (status, "SUCCESS"))
    on_answer (conn);
  else if (is (type, "RESPONSE_LOGIN") && is (status, "LOGIN_OK"))
    {
      conn->state = CONN_READY;
      on_ready (conn);
    }
  else if (is (type, "RESPONSE_SIGNUP") && (is (status, "SINGUP_OK") || is (status, "SIGNUP_USER_EXIST")))
    {
      conn->state = CONN_READY;
      on_ready (conn);
    }
  else if (is (type, "CREATE_ROOM") && (value = find (object, length, "\"id\"")).at != NULL)
    {
      bool ours = conn->state == CONN_CREATING;

      conn->room = strtol (value.at, NULL, 10);
      if (ours)
        {
          conn->state = CONN_READY;
          on_room (conn);
        }
    }
  else
    fail (conn, object, length);
}

size_t
wire_parse (Conn *conn, const char *bytes, size_t length)
{
  size_t at = 0;
  const char *end;

  while (at < length && conn->state != CONN_DEAD && (end = memchr (bytes + at, '\n', length - at)) != NULL)
    {
      handle (conn, bytes + at, end - (bytes + at));
      at = end + 1 - bytes;
    }
  return at;
}
