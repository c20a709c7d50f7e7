/* chat-accessible.c: names and states for screen readers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-accessible.h"

#include <glib/gi18n.h>

void
chat_accessible_set_label (GtkWidget  *widget,
                           const char *label)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  /* A button is labelled by the label in it, which would go first */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
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

/* An item is a widget of GTK's own, with its words as a property, and labelled by a label that is hidden from screen readers */
static void
name_items (GtkWidget *widget)
{
  GtkAccessibleRole role = gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget));
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (widget), "text");

  if (pspec != NULL && pspec->value_type == G_TYPE_STRING
      && (role == GTK_ACCESSIBLE_ROLE_MENU_ITEM || role == GTK_ACCESSIBLE_ROLE_MENU_ITEM_CHECKBOX
          || role == GTK_ACCESSIBLE_ROLE_MENU_ITEM_RADIO))
    {
      g_autofree char *words = NULL;

      g_object_get (widget, "text", &words, NULL);
      if (words != NULL && *words != '\0')
        chat_accessible_set_label (widget, words);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_items (child);
}

void
chat_accessible_name_menu (GtkPopoverMenu *menu)
{
  g_return_if_fail (GTK_IS_POPOVER_MENU (menu));

  g_signal_connect (menu, "show", G_CALLBACK (name_items), NULL);
}

static void
name_by_words (GtkLabel *label)
{
  chat_accessible_set_label (GTK_WIDGET (label), gtk_label_get_text (label));
}

void
chat_accessible_complete (GtkWidget *root)
{
  g_return_if_fail (GTK_IS_WIDGET (root));

  if (GTK_IS_LABEL (root))
    {
      GtkAccessibleRole role = gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (root));

      if (role != GTK_ACCESSIBLE_ROLE_STATUS && role != GTK_ACCESSIBLE_ROLE_ALERT)
        return;
      g_signal_connect (root, "notify::label", G_CALLBACK (name_by_words), NULL);
      name_by_words (GTK_LABEL (root));
      return;
    }
  /* Its sign to clear it is a button without a name */
  if (GTK_IS_IMAGE (root) && GTK_IS_SEARCH_ENTRY (gtk_widget_get_parent (root))
      && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (root)) == GTK_ACCESSIBLE_ROLE_BUTTON)
    {
      /* Translators: what empties the field for words to look for */
      chat_accessible_set_label (root, _("Clear"));
      return;
    }
  if (GTK_IS_MENU_BUTTON (root) && GTK_IS_POPOVER_MENU (gtk_menu_button_get_popover (GTK_MENU_BUTTON (root))))
    chat_accessible_name_menu (GTK_POPOVER_MENU (gtk_menu_button_get_popover (GTK_MENU_BUTTON (root))));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    chat_accessible_complete (child);
}
