/* chat-server-tls.h: the server's end of TLS, driven by readiness from the first byte on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatServerTlsContext: a certificate with its key and the settings, shared by all connections
 */
typedef struct _ChatServerTlsContext ChatServerTlsContext;

/** chat_server_tls_context_new: @certificate must have a private key. Fails with %G_TLS_ERROR_BAD_CERTIFICATE */
ChatServerTlsContext *chat_server_tls_context_new   (GTlsCertificate       *certificate,
                                                     GError               **error);
ChatServerTlsContext *chat_server_tls_context_ref   (ChatServerTlsContext  *self);
void                  chat_server_tls_context_unref (ChatServerTlsContext  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatServerTlsContext, chat_server_tls_context_unref)

#define CHAT_TYPE_SERVER_TLS (chat_server_tls_get_type ())
G_DECLARE_FINAL_TYPE (ChatServerTls, chat_server_tls, CHAT, SERVER_TLS, GTlsConnection)

/**
 * chat_server_tls_new: a #GTlsConnection straight on GnuTLS, TLS 1.2 and 1.3, that asks for no client certificate.
 *
 * GIO's own connections hand every handshake, also the implicit one of a non-blocking read, to a thread of GTask's small
 * pool, where it blocks: a few dozen peers that stay silent then keep honest ones waiting for seconds (README.md, "TLS"). Here
 * a handshake is a step of a non-blocking read: a silent peer costs its memory and nothing else. Both streams are pollable;
 * blocking calls fail with %G_IO_ERROR_NOT_SUPPORTED.
 */
GIOStream            *chat_server_tls_new           (ChatServerTlsContext  *context,
                                                     GSocketConnection     *base);

G_END_DECLS
