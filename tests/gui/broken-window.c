/* broken-window.c: a small window with one fault, for the test of what looks for faults
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   chat-broken-window good|nameless|unreachable|trap|lost
 */

#include <adwaita.h>
#include <string.h>

static const char *fault;

static gboolean
is (const char *name)
{
  return g_str_equal (fault, name);
}

static GtkWidget *
add_button (GtkWidget  *box,
            const char *label)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
activate_cb (GtkApplication *application)
{
  GtkWidget *window = gtk_application_window_new (application);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *text = gtk_text_view_new ();
  GtkWidget *button;

  gtk_window_set_title (GTK_WINDOW (window), "Window with a fault");
  gtk_window_set_child (GTK_WINDOW (window), box);
  add_button (box, "First");
  button = gtk_button_new_from_icon_name ("list-add-symbolic");
  gtk_box_append (GTK_BOX (box), button);
  if (!is ("nameless"))
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, "Second", -1);
  gtk_widget_set_focusable (add_button (box, "Third"), !is ("unreachable"));
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *words = g_strdup_printf ("Row %d", i + 1);
      GtkWidget *row = gtk_list_box_row_new ();

      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), gtk_label_new (words));
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
      if (is ("lost") && i == 1)
        gtk_widget_set_can_focus (row, FALSE);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, "Rows", -1);
  gtk_box_append (GTK_BOX (box), list);
  /* As it is by itself, it takes each Tab for its text */
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (text), is ("trap"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL, "Text", -1);
  gtk_widget_set_size_request (text, 200, 40);
  gtk_box_append (GTK_BOX (box), text);
  add_button (box, "Last");
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new (NULL, G_APPLICATION_NON_UNIQUE);

  if (argc != 2)
    return 2;
  fault = argv[1];
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
