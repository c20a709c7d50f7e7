/* chat-compat.c: what newer versions of GTK have, used where it is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-compat.h"

#include <dlfcn.h>
#include <glib/gi18n.h>

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

/* The libadwaita 1 from which on headings are measured for what they ask for */
#define MEASURED_HEADINGS_MINOR 8

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

  if (adw_get_major_version () == 1 && adw_get_minor_version () < MEASURED_HEADINGS_MINOR)
    tame_heading (dialog);
  return dialog;
}

gboolean
chat_compat_is_sandboxed (void)
{
  /* As GTK itself asks; the variable is its own, too */
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_strcmp0 (g_getenv ("GTK_USE_PORTAL"), "1") == 0;
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

typedef struct
{
  ChatCompatFilesFunc callback;
  gpointer            user_data;
  GDestroyNotify      destroy;
} Choosing;

static void
choosing_free (Choosing *choosing)
{
  if (choosing->destroy != NULL)
    choosing->destroy (choosing->user_data);
  g_free (choosing);
}

static void
chosen_cb (GtkNativeDialog *dialog,
           int              response,
           Choosing        *choosing)
{
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;
  GSList *list = NULL;

  for (guint i = files != NULL ? g_list_model_get_n_items (files) : 0; i > 0; i--)
    list = g_slist_prepend (list, g_list_model_get_item (files, i - 1));
  choosing->callback (list, choosing->user_data);
  g_slist_free_full (list, g_object_unref);
}

void
chat_compat_get_color (GtkWidget  *widget,
                       const char *name,
                       GdkRGBA    *color)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);

  if (name == NULL || !gtk_style_context_lookup_color (context, name, color))
    gtk_style_context_get_color (context, color);
}

static GtkNativeDialog *
choose (GtkWindow            *parent,
        const char           *title,
        GtkFileChooserAction  action,
        const char           *accept,
        ChatCompatFilesFunc   callback,
        gpointer              user_data,
        GDestroyNotify        destroy)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, parent, action, accept, _("_Cancel"));
  Choosing *choosing = g_new0 (Choosing, 1);

  choosing->callback = callback;
  choosing->user_data = user_data;
  choosing->destroy = destroy;
  g_signal_connect_data (dialog, "response", G_CALLBACK (chosen_cb), choosing, (GClosureNotify) (void (*) (void)) choosing_free, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);

  return GTK_NATIVE_DIALOG (dialog);
}

GtkNativeDialog *
chat_compat_choose_files (GtkWindow           *parent,
                          const char          *title,
                          ChatCompatFilesFunc  callback,
                          gpointer             user_data,
                          GDestroyNotify       destroy)
{
  GtkNativeDialog *dialog = choose (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, _("_Choose"), callback, user_data, destroy);

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  gtk_native_dialog_show (dialog);

  return dialog;
}

void
chat_compat_choose_destination (GtkWindow           *parent,
                                const char          *title,
                                const char          *name,
                                ChatCompatFilesFunc  callback,
                                gpointer             user_data,
                                GDestroyNotify       destroy)
{
  GtkNativeDialog *dialog = choose (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), callback, user_data, destroy);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  /* After the answer was taken */
  g_signal_connect_after (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (dialog);
}

void
chat_compat_show_uri (GtkWindow  *parent,
                      const char *uri)
{
  gtk_show_uri (parent, uri, GDK_CURRENT_TIME);
}

void
chat_compat_show_uri_async (GtkWindow           *parent,
                            const char          *uri,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  gtk_show_uri_full (parent, uri, GDK_CURRENT_TIME, NULL, callback, user_data);
}

gboolean
chat_compat_show_uri_finish (GtkWindow     *parent,
                             GAsyncResult  *result,
                             GError       **error)
{
  return gtk_show_uri_full_finish (parent, result, error);
}

G_GNUC_END_IGNORE_DEPRECATIONS
