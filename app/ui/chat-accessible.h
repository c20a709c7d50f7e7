/* chat-accessible.h: names and states for screen readers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** chat_accessible_set_label: @label: the name of @widget in words, whatever stands in it */
void chat_accessible_set_label       (GtkWidget  *widget,
                                      const char *label);
/** chat_accessible_set_row_label: names @child and the list's own row around it, which a screen reader meets first */
void chat_accessible_set_row_label   (GtkWidget  *child,
                                      const char *label);
/** chat_accessible_set_description: @description: (nullable): %NULL takes it away */
void chat_accessible_set_description (GtkWidget  *widget,
                                      const char *description);
/** chat_accessible_follow_map: hides @widget from screen readers while it is not mapped: pages of a stack, rows of a list */
void chat_accessible_follow_map      (GtkWidget  *widget);
/** chat_accessible_follow_stack: the same for every page of @stack */
void chat_accessible_follow_stack    (GtkStack   *stack);
/** chat_accessible_name_menu: names the items of @menu, each time it opens (GTK 4.18 leaves them without a name) */
void chat_accessible_name_menu       (GtkPopoverMenu *menu);
/** chat_accessible_complete: names what GTK leaves without a name in @root, as it is built now: the sign that clears a field for words to
 * look for, and for GTK 4.18 labels that are a status or an alert, by their words from now on, and the items of the menus of its buttons */
void chat_accessible_complete        (GtkWidget  *root);

G_END_DECLS
