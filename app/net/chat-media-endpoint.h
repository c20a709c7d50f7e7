/* chat-media-endpoint.h: where a server keeps files, and who may be trusted to be it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatMediaEndpoint: immutable, counted; may be used from any thread
 */
typedef struct _ChatMediaEndpoint ChatMediaEndpoint;

typedef enum
{
  CHAT_MEDIA_UPLOAD_ADDRESS,
  CHAT_MEDIA_DOWNLOAD_ADDRESS
} ChatMediaAddressKind;

/**
 * chat_media_endpoint_new:
 * @base: "media_url" of the answer to log-in (PROTOCOL.md, "media")
 * @pinned: (nullable): SHA-256, as AB:CD:..., of the certificate that was accepted for the server; one that the system trusts will do too
 * @insecure: the person chose an unencrypted connection: only then may @base be http
 *
 * Returns: (transfer full) (nullable): %NULL where @base is no address that may be used
 */
ChatMediaEndpoint *chat_media_endpoint_new      (const char            *base,
                                                 const char            *pinned,
                                                 gboolean               insecure);
ChatMediaEndpoint *chat_media_endpoint_ref      (ChatMediaEndpoint     *self);
void               chat_media_endpoint_unref    (ChatMediaEndpoint     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatMediaEndpoint, chat_media_endpoint_unref)

/** chat_media_endpoint_parse: Returns: (transfer full) (nullable): @address taken apart; %NULL where it is none of this server's of that kind. Nothing else
 * is ever asked for: what a stranger wrote does not make us talk to anybody */
GUri              *chat_media_endpoint_parse    (ChatMediaEndpoint     *self,
                                                 ChatMediaAddressKind   kind,
                                                 const char            *address);
/** chat_media_endpoint_trusts: whether @certificate is the one that was accepted for the server */
gboolean           chat_media_endpoint_trusts   (ChatMediaEndpoint     *self,
                                                 GTlsCertificate       *certificate);

G_END_DECLS
