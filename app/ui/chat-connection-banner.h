/* chat-connection-banner.h: says that there is no connection, and what to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_CONNECTION_BANNER (chat_connection_banner_get_type ())
/**
 * ChatConnectionBanner: shows itself while the session is not on line: connecting (only when that takes a while), waiting
 * with the seconds that are left, or refused with the reason. Its button activates win.resolve-connection.
 *
 * Property: session  ChatSession  nullable
 */
G_DECLARE_FINAL_TYPE (ChatConnectionBanner, chat_connection_banner, CHAT, CONNECTION_BANNER, GtkWidget)

GtkWidget  *chat_connection_banner_new         (void);
/** chat_connection_banner_set_session: @session: (nullable) */
void        chat_connection_banner_set_session (ChatConnectionBanner *self,
                                                ChatSession          *session);
/** chat_connection_banner_get_revealed: Returns: whether there is something to say */
gboolean    chat_connection_banner_get_revealed (ChatConnectionBanner *self);
/** chat_connection_banner_get_text: Returns: (transfer none): what it says now */
const char *chat_connection_banner_get_text    (ChatConnectionBanner *self);

G_END_DECLS
