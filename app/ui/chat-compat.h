/* chat-compat.h: what newer versions of GTK have, used where it is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** chat_compat_scroll_to: brings row @position of @view onto the screen, no further than needed (GTK 4.12 has a function for
 * it, older ones an action) */
void chat_compat_scroll_to          (GtkListView *view,
                                     guint        position);
/** chat_compat_name_list_item: @label: the name of the whole row (GTK 4.12; older ones are named through their widget) */
void chat_compat_name_list_item     (GtkListItem *item,
                                     const char  *label);
/** chat_compat_announce: lets a screen reader say @text (GTK 4.14; nothing in older ones) */
void chat_compat_announce           (GtkWidget   *widget,
                                     const char  *text);
/** chat_compat_message_dialog_new: as adw_message_dialog_new(), for every question; @heading does not wait for as much width as it
 * has words (libadwaita 1.7 measures it for less than it asks for, and GTK 4.18 warns of that). Returns: (transfer floating) */
GtkWidget *chat_compat_message_dialog_new (GtkWindow  *parent,
                                           const char *heading,
                                           const char *body);

G_END_DECLS
