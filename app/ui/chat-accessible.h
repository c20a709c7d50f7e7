/* chat-accessible.h: names and states for screen readers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** chat_accessible_set_label: @label: the name of @widget in words */
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

G_END_DECLS
