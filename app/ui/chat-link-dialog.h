/* chat-link-dialog.h: asks before a link is followed, or explains why it can not be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-session.h"
#include "chat-uri.h"

G_BEGIN_DECLS

/** CHAT_LINK_OPEN, CHAT_LINK_SIGN_IN: the responses that mean yes: to follow the link, to sign in to its server first. Any other means no */
#define CHAT_LINK_OPEN    "open"
#define CHAT_LINK_SIGN_IN "sign-in"

/** chat_link_dialog_new: for what the session knows now. Returns: an #AdwMessageDialog */
GtkWidget *chat_link_dialog_new         (GtkWindow     *parent,
                                         ChatSession   *session,
                                         const ChatUri *uri);
/** chat_link_dialog_new_problem: @problem: %CHAT_URI_ERROR: what is wrong with a link that is none */
GtkWidget *chat_link_dialog_new_problem (GtkWindow     *parent,
                                         const GError  *problem);

G_END_DECLS
