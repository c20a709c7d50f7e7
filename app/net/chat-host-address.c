/* chat-host-address.c: what a person types as the server, taken apart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-host-address.h"

#include <string.h>

#include "chat-limits.h"

/* RFC 1035, section 2.3.4 */
#define MAX_HOST_SIZE 253

/* A host is what a resolver may be asked for: no separators of a URI, no spaces, nothing that could be taken for a
 * path. International names pass: GIO turns them into their ASCII form. */
static gboolean
host_is_valid (const char *host)
{
  if (*host == '\0' || strlen (host) > MAX_HOST_SIZE || !g_utf8_validate (host, -1, NULL))
    return FALSE;
  for (const char *p = host; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80 ? !g_ascii_isalnum (c) && c != '.' && c != '-' && c != '_' : !g_unichar_isalnum (c) && !g_unichar_ismark (c))
        return FALSE;
    }
  return host[0] != '.' && host[0] != '-' && strstr (host, "..") == NULL;
}

static gboolean
parse_port (const char *text,
            guint16    *port)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &value, NULL))
    return FALSE;
  *port = value;
  return TRUE;
}

ChatHostAddress *
chat_host_address_parse (const char *typed)
{
  g_autoptr (ChatHostAddress) address = g_new0 (ChatHostAddress, 1);
  g_autoptr (GInetAddress) inet = NULL;
  g_autofree char *text = NULL;
  const char *port = NULL;

  if (typed == NULL || !g_utf8_validate (typed, -1, NULL))
    return NULL;
  text = g_strstrip (g_strdup (typed));

  if (text[0] == '[')
    {
      char *end = strchr (text, ']');

      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return NULL;
      if (end[1] == ':')
        port = end + 2;
      *end = '\0';
      address->host = g_strdup (text + 1);
      if (strchr (address->host, ':') == NULL)
        return NULL;
    }
  else
    {
      char *colon = strchr (text, ':');

      /* Two colons without brackets can only be a bare IPv6 address */
      if (colon != NULL && strchr (colon + 1, ':') == NULL)
        {
          *colon = '\0';
          port = colon + 1;
        }
      address->host = g_strdup (text);
    }

  if (port != NULL && !parse_port (port, &address->port))
    return NULL;

  inet = g_inet_address_new_from_string (address->host);
  if (inet == NULL && !host_is_valid (address->host))
    {
      /* A scope ("fe80::1%eth0") is understood by the resolver, not by GInetAddress */
      char *scope = strchr (address->host, '%');
      g_autofree char *bare = scope != NULL ? g_strndup (address->host, scope - address->host) : NULL;

      if (bare == NULL || scope[1] == '\0' || !host_is_valid (scope + 1))
        return NULL;
      inet = g_inet_address_new_from_string (bare);
      if (inet == NULL || g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6)
        return NULL;
    }
  address->loopback = inet != NULL ? g_inet_address_get_is_loopback (inet)
                                   : g_ascii_strcasecmp (address->host, "localhost") == 0;
  address->literal = inet != NULL || address->loopback;
  return g_steal_pointer (&address);
}

void
chat_host_address_free (ChatHostAddress *address)
{
  g_free (address->host);
  g_free (address);
}

char *
chat_host_address_to_key (const ChatHostAddress *address)
{
  g_autofree char *host = g_utf8_strdown (address->host, -1);

  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host,
                          address->port != 0 ? address->port : CHAT_DEFAULT_PORT);
}
