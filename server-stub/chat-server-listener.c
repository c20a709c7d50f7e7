/* chat-server-listener.c: listens on an address and hands over what connects
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-listener.h"

#include "chat-limits.h"
#include "chat-server-limits.h"

#include <netinet/in.h>
#include <string.h>

struct _ChatServerListener
{
  ChatServerWatch   watch;
  ChatServerTimer   pause;
  ChatServerPoller *poller;
  GSocket          *socket;
  ChatServerAccept  accept;
  gpointer          user_data;
  gint64            said_at;    /* that it pauses (µs, monotonic); 0: never */
};

#define LISTENER_OF(member, pointer) \
  ((ChatServerListener *) ((char *) (pointer) - G_STRUCT_OFFSET (ChatServerListener, member)))

/* Whoever has an IPv6 address has 2^64 of them: limits count the network. An IPv4 address in IPv6 clothes is itself. */
static char *
name_address (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);
  GInetAddress *inet;
  const guint8 *bytes;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4)
    return g_inet_address_to_string (inet);
  bytes = g_inet_address_to_bytes (inet);
  if (IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) bytes))
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
  if (g_inet_address_get_is_loopback (inet))
    return g_strdup ("::1");
  return g_strdup_printf ("%x:%x:%x:%x::/64", bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3], bytes[4] << 8 | bytes[5],
                          bytes[6] << 8 | bytes[7]);
}

static gboolean
on_ready (ChatServerWatch *watch,
          GIOCondition     condition)
{
  ChatServerListener *self = LISTENER_OF (watch, watch);

  for (guint i = 0; i < CHAT_SERVER_MAX_ACCEPTS_PER_TURN; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_accept (self->socket, NULL, &error);
      g_autofree char *address = NULL;
      gint64 now;

      if (socket != NULL)
        {
          address = name_address (socket);    /* NULL: it has gone again already */
          if (address != NULL)
            self->accept (socket, address, self->user_data);
          continue;
        }
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return FALSE;
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        continue;     /* it gave up while it waited in the backlog */
      now = g_get_monotonic_time ();
      /* Out of descriptors or memory: the kernel would tell us of the same peer again and again */
      if (self->said_at == 0 || now - self->said_at >= CHAT_SERVER_ACCEPT_SAY_MS * 1000)
        {
          g_message ("Accepting pauses for %u ms, and as often as it must: %s", CHAT_SERVER_ACCEPT_PAUSE_MS, error->message);
          self->said_at = now;
        }
      chat_server_watch_set_interest (watch, 0);
      chat_server_timers_set (chat_server_poller_get_timers (self->poller), &self->pause, now + CHAT_SERVER_ACCEPT_PAUSE_MS * 1000);
      return FALSE;
    }
  return TRUE;
}

static void
on_flush (ChatServerWatch *watch)
{
}

static void
on_pause_over (ChatServerTimer *timer)
{
  chat_server_watch_set_interest (&LISTENER_OF (pause, timer)->watch, G_IO_IN);
}

ChatServerListener *
chat_server_listener_new (ChatServerPoller  *poller,
                          GSocketAddress    *address,
                          ChatServerAccept   accept,
                          gpointer           user_data,
                          GError           **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, error);
  ChatServerListener *self;

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, CHAT_SERVER_BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;

  self = g_new0 (ChatServerListener, 1);
  self->poller = poller;
  self->accept = accept;
  self->user_data = user_data;
  self->watch.fd = g_socket_get_fd (socket);
  self->watch.ready = on_ready;
  self->watch.flush = on_flush;
  self->pause.func = on_pause_over;
  if (!chat_server_poller_add (poller, &self->watch, G_IO_IN))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The listening socket can not be watched");
      g_free (self);
      return NULL;
    }
  self->socket = g_steal_pointer (&socket);
  return self;
}

void
chat_server_listener_free (ChatServerListener *self)
{
  chat_server_timer_unset (&self->pause);
  chat_server_watch_remove (&self->watch);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_free (self);
}

guint16
chat_server_listener_get_port (ChatServerListener *self)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (self->socket, NULL);

  return G_IS_INET_SOCKET_ADDRESS (address) ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

/* Addresses as text */

gboolean
chat_server_address_parse (const char  *text,
                           char       **host,
                           guint16     *port,
                           GError     **error)
{
  const char *colon = strrchr (text, ':');
  const char *bracket = strrchr (text, ']');
  guint64 number = CHAT_DEFAULT_PORT;
  g_autofree char *name = NULL;

  if (colon != NULL && bracket != NULL && colon < bracket)
    colon = NULL;
  /* More than one colon outside brackets: an IPv6 address by itself */
  if (colon != NULL && bracket == NULL && strchr (text, ':') != colon)
    colon = NULL;
  if (colon != NULL && !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” does not end with a port from 0 to 65535", text);
      return FALSE;
    }
  name = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  if (*name == '[' && g_str_has_suffix (name, "]"))
    {
      name[strlen (name) - 1] = '\0';
      memmove (name, name + 1, strlen (name));
    }
  if (*name == '\0' || strpbrk (name, "[] /") != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is not HOST:PORT", text);
      return FALSE;
    }
  *host = g_steal_pointer (&name);
  *port = (guint16) number;
  return TRUE;
}

char *
chat_server_address_format (const char *host,
                            guint16     port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

gboolean
chat_server_address_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (host, "localhost") == 0;
}
