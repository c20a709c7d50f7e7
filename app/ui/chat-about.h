/* chat-about.h: who made the program, and under which terms
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *chat_about_window_new (GtkWindow *parent);

G_END_DECLS
