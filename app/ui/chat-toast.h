/* chat-toast.h: toasts that say whole sentences, and can be closed by name
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** chat_toast_new: Returns: (transfer full): one that says all of @words, which are no markup: a title is one line, which a narrow
 * window cuts before the reason */
AdwToast *chat_toast_new   (const char *words);
/** chat_toast_watch: names the button that closes a toast of @overlay, an AdwToastOverlay or what has one inside it: libadwaita 1.2
 * gives it no name */
void      chat_toast_watch (GtkWidget  *overlay);

G_END_DECLS
