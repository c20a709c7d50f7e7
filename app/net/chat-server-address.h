/* chat-server-address.h: what a person types as the server, taken apart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatServerAddress: "host", "host:port", "[v6]", "[v6]:port" (PROTOCOL.md, "Transport")
 */
typedef struct
{
  char    *host;      /* without brackets */
  guint16  port;      /* 0 where none was typed */
  gboolean literal;   /* an IP address, or "localhost": no service record is asked for */
  gboolean loopback;  /* of this machine: never reached through a proxy */
} ChatServerAddress;

/** chat_server_address_parse: Returns: (transfer full) (nullable): %NULL if @typed is none of these forms */
ChatServerAddress *chat_server_address_parse     (const char              *typed);
void               chat_server_address_free      (ChatServerAddress       *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatServerAddress, chat_server_address_free)
/** chat_server_address_to_key: Returns: (transfer full): the same text for all ways to type the same server; by it its accepted
 * certificate is found again */
char              *chat_server_address_to_key    (const ChatServerAddress *address);

G_END_DECLS
