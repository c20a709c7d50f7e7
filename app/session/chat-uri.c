/* chat-uri.c: links that lead to a person or a room of a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-uri.h"

#include <string.h>

#include "chat-host-address.h"

#define PREFIX      CHAT_URI_SCHEME "://"
#define PERSON      "person"
#define ROOM        "room"
/* PROTOCOL.md, "Values" */
#define MAX_LOGIN   64
#define MAX_ID      ((G_GINT64_CONSTANT (1) << 53) - 1)

G_DEFINE_QUARK (chat-uri-error-quark, chat_uri_error)

static gboolean
login_is_valid (const char *login)
{
  gsize size = strlen (login);

  if (size == 0 || size > MAX_LOGIN)
    return FALSE;
  for (const char *p = login; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._-", *p) == NULL)
      return FALSE;
  return TRUE;
}

/* Digits alone, without a zero before them: one number is written in one way */
static gboolean
parse_number (const char *text,
              guint64     max,
              guint64    *value)
{
  return *text != '0' && g_ascii_string_to_unsigned (text, 10, 1, max, value, NULL);
}

/* Returns: (transfer full) (nullable): "host" or "host:port", of which all ways to write the same give one */
static char *
canonical_server (const char *typed)
{
  g_autoptr (ChatHostAddress) address = chat_host_address_parse (typed);
  g_autofree char *ascii = NULL, *host = NULL;
  gboolean is_v6;

  /* A scope is a name that only this computer knows */
  if (address == NULL || strchr (address->host, '%') != NULL)
    return NULL;
  ascii = g_hostname_to_ascii (address->host);
  if (ascii == NULL || *ascii == '\0')
    return NULL;
  host = g_ascii_strdown (ascii, -1);
  is_v6 = strchr (host, ':') != NULL;
  if (address->port == 0)
    return g_strdup_printf (is_v6 ? "[%s]" : "%s", host);
  return g_strdup_printf (is_v6 ? "[%s]:%u" : "%s:%u", host, address->port);
}

/* RFC 3986, section 3.2, of which there is neither user nor password here */
static char *
parse_authority (const char *text)
{
  const char *host_end = strrchr (text, ']');
  const char *colon = strchr (host_end != NULL ? host_end : text, ':');
  guint64 port;

  /* (Without brackets one would not know where the port begins) */
  if (text[0] != '[' && host_end != NULL)
    return NULL;
  if (colon != NULL && !parse_number (colon + 1, G_MAXUINT16, &port))
    return NULL;
  return canonical_server (text);
}

ChatUri *
chat_uri_parse (const char  *text,
                GError     **error)
{
  g_autoptr (ChatUri) uri = g_new0 (ChatUri, 1);
  g_autofree char *authority = NULL;
  const char *path, *kind, *what;
  guint64 id;

  g_return_val_if_fail (text != NULL, NULL);

  if (strnlen (text, CHAT_URI_MAX_SIZE + 1) > CHAT_URI_MAX_SIZE)
    {
      g_set_error_literal (error, CHAT_URI_ERROR, CHAT_URI_ERROR_TOO_LONG, "too long");
      return NULL;
    }
  if (g_ascii_strncasecmp (text, CHAT_URI_SCHEME ":", strlen (CHAT_URI_SCHEME ":")) != 0)
    {
      g_set_error_literal (error, CHAT_URI_ERROR, CHAT_URI_ERROR_NOT_OURS, "no link to a chat");
      return NULL;
    }
  /* Nothing that needs an escape, and so no escapes, no questions and no fragments */
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (":/[]._-", *p) == NULL)
      {
        g_set_error_literal (error, CHAT_URI_ERROR, CHAT_URI_ERROR_MALFORMED, "a character that has no place in it");
        return NULL;
      }
  if (g_ascii_strncasecmp (text, PREFIX, strlen (PREFIX)) != 0)
    {
      g_set_error_literal (error, CHAT_URI_ERROR, CHAT_URI_ERROR_MALFORMED, "no server");
      return NULL;
    }
  text += strlen (PREFIX);
  path = strchrnul (text, '/');
  authority = g_strndup (text, path - text);
  uri->server = parse_authority (authority);
  if (uri->server == NULL)
    {
      g_set_error_literal (error, CHAT_URI_ERROR, CHAT_URI_ERROR_SERVER, "the server has no such address");
      return NULL;
    }
  kind = *path == '/' ? path + 1 : path;
  what = strchrnul (kind, '/');
  if (strncmp (kind, PERSON "/", strlen (PERSON "/")) == 0)
    {
      if (login_is_valid (what + 1))
        {
          uri->login = g_strdup (what + 1);
          return g_steal_pointer (&uri);
        }
    }
  else if (strncmp (kind, ROOM "/", strlen (ROOM "/")) == 0)
    {
      if (parse_number (what + 1, MAX_ID, &id))
        {
          uri->room_id = id;
          return g_steal_pointer (&uri);
        }
    }
  else
    {
      g_set_error_literal (error, CHAT_URI_ERROR, CHAT_URI_ERROR_KIND, "neither a person nor a room");
      return NULL;
    }
  g_set_error_literal (error, CHAT_URI_ERROR, CHAT_URI_ERROR_MALFORMED, "no name or number of one");
  return NULL;
}

ChatUri *
chat_uri_copy (const ChatUri *uri)
{
  ChatUri *copy = g_new0 (ChatUri, 1);

  copy->server = g_strdup (uri->server);
  copy->login = g_strdup (uri->login);
  copy->room_id = uri->room_id;
  return copy;
}

void
chat_uri_free (ChatUri *uri)
{
  g_free (uri->server);
  g_free (uri->login);
  g_free (uri);
}

char *
chat_uri_to_person (const char *server,
                    const char *login)
{
  g_autofree char *canonical = canonical_server (server);

  g_return_val_if_fail (login != NULL, NULL);

  if (canonical == NULL || !login_is_valid (login))
    return NULL;
  return g_strdup_printf (PREFIX "%s/" PERSON "/%s", canonical, login);
}

char *
chat_uri_to_room (const char *server,
                  gint64      room_id)
{
  g_autofree char *canonical = canonical_server (server);

  if (canonical == NULL || room_id < 1 || room_id > MAX_ID)
    return NULL;
  return g_strdup_printf (PREFIX "%s/" ROOM "/%" G_GINT64_FORMAT, canonical, room_id);
}

gboolean
chat_uri_is_at (const ChatUri *uri,
                const char    *server)
{
  g_autoptr (ChatHostAddress) ours = chat_host_address_parse (uri->server);
  g_autofree char *canonical = server != NULL ? canonical_server (server) : NULL;
  g_autoptr (ChatHostAddress) theirs = chat_host_address_parse (canonical);
  g_autofree char *a = NULL, *b = NULL;

  if (ours == NULL || theirs == NULL)
    return FALSE;
  a = chat_host_address_to_key (ours);
  b = chat_host_address_to_key (theirs);
  return g_str_equal (a, b);
}

gboolean
chat_uri_server_is_valid (const char *server)
{
  g_autoptr (ChatHostAddress) address = chat_host_address_parse (server);

  return address != NULL;
}
