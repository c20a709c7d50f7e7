/* chat-compat.c: what newer versions of GTK have, used where it is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-compat.h"

#include <dlfcn.h>

/* Looked up while running: the build keeps to the floor (GDK_VERSION_MAX_ALLOWED), so that what it must do without can not
 * slip in elsewhere, and one build uses what the system at hand offers. */
static gpointer
look_up (const char *name,
         gsize      *slot)
{
  if (g_once_init_enter (slot))
    {
      gpointer symbol = dlsym (RTLD_DEFAULT, name);

      /* 1: looked for and not there */
      g_once_init_leave (slot, symbol != NULL ? (gsize) symbol : 1);
    }

  return *slot != 1 ? (gpointer) *slot : NULL;
}

void
chat_compat_scroll_to (GtkListView *view,
                       guint        position)
{
  static gsize slot;
  void (*scroll_to) (GtkListView *, guint, guint, gpointer) = look_up ("gtk_list_view_scroll_to", &slot);

  g_return_if_fail (GTK_IS_LIST_VIEW (view));

  if (scroll_to != NULL)
    scroll_to (view, position, 0, NULL);
  else
    gtk_widget_activate_action (GTK_WIDGET (view), "list.scroll-to-item", "u", position);
}

void
chat_compat_name_list_item (GtkListItem *item,
                            const char  *label)
{
  static gsize slot;
  void (*set_label) (GtkListItem *, const char *) = look_up ("gtk_list_item_set_accessible_label", &slot);

  g_return_if_fail (GTK_IS_LIST_ITEM (item));

  if (set_label != NULL)
    set_label (item, label);
}

void
chat_compat_announce (GtkWidget  *widget,
                      const char *text)
{
  static gsize slot;
  void (*announce) (GtkAccessible *, const char *, int) = look_up ("gtk_accessible_announce", &slot);

  g_return_if_fail (GTK_IS_WIDGET (widget));

  /* Priority medium: after what is being said */
  if (announce != NULL)
    announce (GTK_ACCESSIBLE (widget), text, 1);
}

/* pixels that a heading asks for at least; a question has 300 */
#define MIN_HEADING_WIDTH 100

/* The heading is two labels, of which one is shown: a large one that does not wrap, and a smaller one that does. The width that is asked
 * for is that of the smaller one, and both are measured for it. */
static void
tame_heading (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget))
    return;
  if (GTK_IS_LABEL (widget) && !gtk_label_get_wrap (GTK_LABEL (widget)))
    {
      gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (widget), PANGO_WRAP_WORD_CHAR);
      gtk_widget_set_size_request (gtk_widget_get_parent (widget), MIN_HEADING_WIDTH, -1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    tame_heading (child);
}

GtkWidget *
chat_compat_message_dialog_new (GtkWindow  *parent,
                                const char *heading,
                                const char *body)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, heading, body);

  tame_heading (dialog);
  return dialog;
}
