/* chat-server-certificate.h: the server's TLS certificate: loaded, or made for development
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * chat_server_certificate_load:
 * @certificate_path: a PEM file, the server's own certificate first, then those that lead to its root
 * @key_path: (nullable): its private key; %NULL where it is in the same file
 *
 * Returns: (transfer full) (nullable): %NULL with @error, also where the two do not belong together
 */
GTlsCertificate *chat_server_certificate_load            (const char          *certificate_path,
                                                          const char          *key_path,
                                                          GError             **error);
/**
 * chat_server_certificate_ensure:
 * @directory: holds `tls-cert.pem` and `tls-key.pem`, or will; must exist
 * @names: (nullable) (array zero-terminated=1): host names and addresses that the certificate is for, besides localhost,
 *   127.0.0.1 and ::1
 * @created: (out) (optional): whether it was made now
 *
 * Loads the certificate of @directory, or makes one that signs itself (ECDSA P-256, ten years) and keeps it there, with mode
 * 0600. One that is there is never replaced, since clients have pinned it. Blocks.
 */
GTlsCertificate *chat_server_certificate_ensure          (const char          *directory,
                                                          const char *const   *names,
                                                          gboolean            *created,
                                                          GError             **error);
/** chat_server_certificate_get_fingerprint: Returns: (transfer full): SHA-256 over the DER form, as "AB:CD:…" */
char            *chat_server_certificate_get_fingerprint (GTlsCertificate     *certificate);

G_END_DECLS
