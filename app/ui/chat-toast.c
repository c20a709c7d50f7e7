/* chat-toast.c: toasts that say whole sentences, and can be closed by name
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-toast.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"

AdwToast *
chat_toast_new (const char *words)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  adw_toast_set_custom_title (toast, label);
  return toast;
}

static void
name_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "window-close-symbolic") == 0)
    chat_accessible_set_label (widget, _("Close this notice"));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_buttons (child);
}

static void
on_toasts_changed (GListModel *children,
                   guint       position,
                   guint       removed,
                   guint       added,
                   GtkWidget  *overlay)
{
  GtkWidget *content = adw_toast_overlay_get_child (ADW_TOAST_OVERLAY (overlay));

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

      if (child != content)
        name_buttons (child);
    }
}

static GtkWidget *
find_toast_overlay (GtkWidget *widget)
{
  GtkWidget *found = ADW_IS_TOAST_OVERLAY (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_toast_overlay (child);
  return found;
}

void
chat_toast_watch (GtkWidget *overlay)
{
  GtkWidget *toasts;
  GListModel *children;

  g_return_if_fail (GTK_IS_WIDGET (overlay));

  toasts = find_toast_overlay (overlay);
  if (toasts == NULL)
    return;
  /* The widget does not hold its list of children; it is let go with the widget */
  children = gtk_widget_observe_children (toasts);
  g_signal_connect_object (children, "items-changed", G_CALLBACK (on_toasts_changed), toasts, 0);
  g_object_set_data_full (G_OBJECT (toasts), "chat-toasts", children, g_object_unref);
}
