/* chat-server-listener.h: listens on an address and hands over what connects
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "chat-server-poller.h"

G_BEGIN_DECLS

typedef struct _ChatServerListener ChatServerListener;

/** ChatServerAccept: @address: of the other end, for limits (IPv6: its /64 network) */
typedef void (*ChatServerAccept) (GSocket    *socket,
                                  const char *address,
                                  gpointer    user_data);

/** chat_server_listener_new: listens on @address, with a backlog of %CHAT_SERVER_BACKLOG. When the process runs out of
 * descriptors it pauses for a moment instead of spinning. Returns: (nullable): %NULL with %G_IO_ERROR */
ChatServerListener *chat_server_listener_new      (ChatServerPoller    *poller,
                                                   GSocketAddress      *address,
                                                   ChatServerAccept     accept,
                                                   gpointer             user_data,
                                                   GError             **error);
void                chat_server_listener_free     (ChatServerListener  *self);
guint16             chat_server_listener_get_port (ChatServerListener  *self);

/** chat_server_address_parse: takes HOST:PORT apart; an IPv6 address stands in brackets; without ":PORT" it is the default one.
 * @host: (out) (transfer full): without brackets. Returns: %FALSE with %G_OPTION_ERROR_BAD_VALUE */
gboolean            chat_server_address_parse     (const char          *text,
                                                   char               **host,
                                                   guint16             *port,
                                                   GError             **error);
/** chat_server_address_format: Returns: (transfer full): HOST:PORT, an IPv6 address in brackets */
char               *chat_server_address_format    (const char          *host,
                                                   guint16              port);
/** chat_server_address_is_loopback: nothing is looked up: see chat_server_options_check() */
gboolean            chat_server_address_is_loopback (const char        *host);

G_END_DECLS
