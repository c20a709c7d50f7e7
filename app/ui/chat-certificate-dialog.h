/* chat-certificate-dialog.h: asks whether a certificate is the server's own, or explains why one is refused
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** CHAT_CERTIFICATE_ACCEPT: the response of one who accepts */
#define CHAT_CERTIFICATE_ACCEPT "accept"

/**
 * chat_certificate_dialog_new: @server: as the person typed it; @fingerprint: SHA-256 of what the server shows;
 * @accepted_fingerprint: (nullable): of what was accepted before: then the dialog explains, and nothing can be accepted by
 * its default response or by Escape.
 */
GtkWidget *chat_certificate_dialog_new (GtkWindow  *parent,
                                        const char *server,
                                        const char *fingerprint,
                                        const char *accepted_fingerprint);

G_END_DECLS
