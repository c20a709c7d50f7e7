/* drag-source.c: a window from which files, or a text, can be dragged, as from a file manager
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   chat-test-drag-source files PATH...
 *   chat-test-drag-source text WORDS
 *
 * The window is called "Drag source". It says "taken" or "refused" when what is below the pointer has told whether it would take it, and
 * ends when what was dragged has been dropped, with 1 if nobody took it.
 */

#include <gtk/gtk.h>
#include <string.h>

#define SIDE 160    /* pixels */

static int status = -1;

static void
on_drag_end (GtkDragSource *source,
             GdkDrag       *drag,
             gboolean       delete_data,
             gpointer       user_data)
{
  if (status < 0)
    status = 0;
}

static gboolean
on_drag_cancel (GtkDragSource       *source,
                GdkDrag             *drag,
                GdkDragCancelReason  reason,
                gpointer             user_data)
{
  status = 1;
  return FALSE;
}

static void
on_action_notify (GdkDrag *drag)
{
  g_print (gdk_drag_get_selected_action (drag) != 0 ? "taken\n" : "refused\n");
}

static void
on_drag_begin (GtkDragSource *source,
               GdkDrag       *drag,
               gpointer       user_data)
{
  g_signal_connect (drag, "notify::selected-action", G_CALLBACK (on_action_notify), NULL);
  on_action_notify (drag);
}

static GdkContentProvider *
make_content (int    argc,
              char **argv)
{
  GSList *files = NULL;
  GdkContentProvider *content;
  GdkFileList *list;

  if (argc == 3 && strcmp (argv[1], "text") == 0)
    return gdk_content_provider_new_typed (G_TYPE_STRING, argv[2]);

  for (int i = argc; i > 2; i--)
    files = g_slist_prepend (files, g_file_new_for_commandline_arg (argv[i - 1]));
  list = gdk_file_list_new_from_list (files);
  g_slist_free_full (files, g_object_unref);
  content = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return content;
}

int
main (int   argc,
      char *argv[])
{
  GtkWidget *window, *label;
  GtkDragSource *source;
  GdkContentProvider *content;

  if (argc < 3 || (strcmp (argv[1], "files") != 0 && strcmp (argv[1], "text") != 0))
    {
      g_printerr ("usage: chat-test-drag-source files PATH... | text WORDS\n");
      return 2;
    }
  gtk_init ();
  window = gtk_window_new ();
  label = gtk_label_new ("Drag");
  content = make_content (argc, argv);
  source = gtk_drag_source_new ();
  gtk_drag_source_set_content (source, content);
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), NULL);
  g_signal_connect (source, "drag-cancel", G_CALLBACK (on_drag_cancel), NULL);
  g_signal_connect (source, "drag-end", G_CALLBACK (on_drag_end), NULL);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (source));
  gtk_widget_set_size_request (label, SIDE, SIDE);
  gtk_window_set_title (GTK_WINDOW (window), "Drag source");
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_present (GTK_WINDOW (window));
  while (status < 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (content);
  gtk_window_destroy (GTK_WINDOW (window));
  return status;
}
