/* chat-host-address.h: what a person types as the server, taken apart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatHostAddress: "host", "host:port", "[v6]", "[v6]:port" (PROTOCOL.md, "Transport")
 */
typedef struct
{
  char    *host;      /* without brackets */
  guint16  port;      /* 0 where none was typed */
  gboolean literal;   /* an IP address, or "localhost": no service record is asked for */
  gboolean loopback;  /* of this machine: never reached through a proxy */
} ChatHostAddress;

/** chat_host_address_parse: Returns: (transfer full) (nullable): %NULL if @typed is none of these forms */
ChatHostAddress *chat_host_address_parse     (const char              *typed);
void               chat_host_address_free      (ChatHostAddress       *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatHostAddress, chat_host_address_free)
/** chat_host_address_to_key: Returns: (transfer full): the same text for all ways to type the same server; by it its accepted
 * certificate is found again */
char              *chat_host_address_to_key    (const ChatHostAddress *address);

G_END_DECLS
