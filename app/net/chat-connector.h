/* chat-connector.h: from the name of a server to a stream whose other end is known
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client-error.h"
#include "chat-host-address.h"

G_BEGIN_DECLS

/** CHAT_CONNECT_TIMEOUT_MS: for finding and reaching the server; the same again for its TLS handshake */
#define CHAT_CONNECT_TIMEOUT_MS 10000

/**
 * chat_connector_open_async:
 * @typed: what the person typed (see #ChatHostAddress)
 * @insecure: no TLS
 * @pinned: (nullable): the fingerprint of the certificate that the person accepted
 * @timeout_ms: for each of the two steps
 *
 * Service records are honoured where no port was typed; addresses are tried as GIO does (RFC 8305). With TLS nothing of
 * ours is sent before the certificate was found good: trusted by the system for that host, or the pinned one.
 */
void       chat_connector_open_async  (const char           *typed,
                                       gboolean              insecure,
                                       const char           *pinned,
                                       guint                 timeout_ms,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
/** chat_connector_open_finish: Returns: (transfer full): a #GSocketConnection, or a #GTlsClientConnection after its
 * handshake. Errors of %CHAT_CLIENT_ERROR, or %G_IO_ERROR_CANCELLED */
GIOStream *chat_connector_open_finish (GAsyncResult         *result,
                                       GError              **error);

/** chat_fingerprint_of: Returns: (transfer full): SHA-256 of the DER form, as AB:CD:... */
char      *chat_fingerprint_of        (GTlsCertificate      *certificate);

G_END_DECLS
