/* chat-accessible.c: names and states for screen readers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-accessible.h"

void
chat_accessible_set_label (GtkWidget  *widget,
                           const char *label)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
chat_accessible_set_row_label (GtkWidget  *child,
                               const char *label)
{
  GtkWidget *row = gtk_widget_get_parent (child);

  chat_accessible_set_label (child, label);
  if (row != NULL)
    chat_accessible_set_label (row, label);
}

void
chat_accessible_set_description (GtkWidget  *widget,
                                 const char *description)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (description != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

static void
update_hidden (GtkWidget *widget)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget),
                               GTK_ACCESSIBLE_STATE_HIDDEN, !gtk_widget_get_mapped (widget),
                               -1);
}

/* GTK 4.8 leaves what is not mapped in the accessible tree, with the place that it had last. */
void
chat_accessible_follow_map (GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  g_signal_connect_after (widget, "map", G_CALLBACK (update_hidden), NULL);
  g_signal_connect_after (widget, "unmap", G_CALLBACK (update_hidden), NULL);
  update_hidden (widget);
}

void
chat_accessible_follow_stack (GtkStack *stack)
{
  g_return_if_fail (GTK_IS_STACK (stack));

  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (stack)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    chat_accessible_follow_map (page);
}
