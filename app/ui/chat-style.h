/* chat-style.h: the parts of the style that the system's settings turn on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** chat_style_follow_contrast: from now on, high-contrast.css lies over style.css wherever the system asks for high contrast.
 * To be called once, after libadwaita was initialized. */
void     chat_style_follow_contrast       (void);
/** chat_style_get_high_contrast: whether it lies there now */
gboolean chat_style_get_high_contrast     (void);

G_END_DECLS
