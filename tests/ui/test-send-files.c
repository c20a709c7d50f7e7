/* test-send-files.c: the ways in for files, and the dialog before they are sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <glib/gstdio.h>

#include "chat-conversation.h"
#include "chat-fake-session.h"
#include "chat-send-files-dialog.h"
#include "chat-test.h"

#define ALL (CHAT_SESSION_CAN_RESEND | CHAT_SESSION_CAN_PAGE | CHAT_SESSION_CAN_TELL_ROOMS | CHAT_SESSION_CAN_REMEMBER)

static char *dir;

static GFile *
put (const char *name,
     gsize       size)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *content = g_malloc (size + 1);

  memset (content, 'x', size);
  g_assert_true (g_file_set_contents (path, content, size, NULL));
  return g_file_new_for_path (path);
}

static GtkWidget *
find (GtkWidget  *widget,
      GType       type,
      const char *title)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) &&
      (title == NULL || (ADW_IS_PREFERENCES_ROW (widget) &&
                         g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, title);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkWidget *
find_icon_button (GtkWidget  *widget,
                  const char *icon)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), icon) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_icon_button (child, icon);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkWidget *
find_dialog (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (CHAT_IS_SEND_FILES_DIALOG (l->data))
      return l->data;

  return NULL;
}

static GtkWidget *
template_child (GtkWidget  *dialog,
                const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (dialog, CHAT_TYPE_SEND_FILES_DIALOG, name));
}

static const char *
subtitle (GtkWidget  *dialog,
          const char *name)
{
  GtkWidget *row = find (dialog, ADW_TYPE_ACTION_ROW, name);

  return row != NULL ? adw_action_row_get_subtitle (ADW_ACTION_ROW (row)) : "no row";
}

static gboolean
can_send (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (template_child (dialog, "send_button"));
}

static void
count_cb (gpointer instance,
          guint   *count)
{
  ++*count;
}

/* What can not be sent says why, and the rest goes in its order, the caption last */
static void
test_dialog (void)
{
  g_autoptr (ChatSession) session = chat_fake_session_new ();
  ChatRoom *room = chat_fake_session_add_room (session, 1, "bob", NULL, FALSE, 0);
  g_autoptr (GFile) report = put ("report.pdf", 100);
  g_autoptr (GFile) photo = put ("photo.png", 100);
  g_autoptr (GFile) empty = put ("empty.txt", 0);
  g_autoptr (GFile) film = put ("film.mkv", 2000);
  g_autoptr (GFile) folder = g_file_new_build_filename (dir, "folder", NULL);
  g_autoptr (GFile) gone = g_file_new_build_filename (dir, "gone", NULL);
  GtkWidget *dialog = chat_send_files_dialog_new (session, room);
  guint sent = 0;

  g_assert_cmpint (g_mkdir (g_file_peek_path (folder), 0700), ==, 0);
  chat_fake_session_set_media_limit (session, 1000);
  g_signal_connect (dialog, "sent", G_CALLBACK (count_cb), &sent);
  gtk_window_present (GTK_WINDOW (dialog));
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), folder);
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), report);
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), report);
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), empty);
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), film);
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), gone);
  chat_test_wait_until (can_send (dialog));
  g_assert_nonnull (strstr (subtitle (dialog, "folder"), "Folders can not be sent"));
  g_assert_nonnull (strstr (subtitle (dialog, "empty.txt"), "empty"));
  g_assert_nonnull (strstr (subtitle (dialog, "film.mkv"), "Too large"));
  g_assert_nonnull (strstr (subtitle (dialog, "gone"), "can not be read"));
  g_assert_nonnull (strstr (subtitle (dialog, "report.pdf"), "100"));
  g_assert_false (gtk_widget_get_visible (template_child (dialog, "images")));
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), photo);
  chat_test_wait_until (can_send (dialog));
  g_assert_true (gtk_widget_get_visible (template_child (dialog, "images")));

  gtk_editable_set_text (GTK_EDITABLE (template_child (dialog, "caption")), " as we said ");
  g_assert_cmpstr (chat_fake_session_get_calls (session), ==, "");
  g_signal_emit_by_name (template_child (dialog, "send_button"), "clicked");
  chat_test_wait_until (sent == 1);
  g_assert_cmpstr (chat_fake_session_get_calls (session), ==,
                   "send-file bob report.pdf\nsend-file bob photo.png image\nwith as we said\n");
  chat_test_wait_until (find_dialog () == NULL);
}

/* Images as they are, if the person wants that; what failed stays and can be tried again, and the caption waits for it */
static void
test_failure (void)
{
  g_autoptr (ChatSession) session = chat_fake_session_new ();
  ChatRoom *room = chat_fake_session_add_room (session, 1, "bob", NULL, FALSE, 0);
  g_autoptr (GFile) photo = put ("photo.png", 100);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("xyz", 3);
  GtkWidget *dialog = chat_send_files_dialog_new (session, room);
  guint sent = 0;

  g_signal_connect (dialog, "sent", G_CALLBACK (count_cb), &sent);
  gtk_window_present (GTK_WINDOW (dialog));
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), photo);
  chat_send_files_dialog_add_image (CHAT_SEND_FILES_DIALOG (dialog), bytes, "pasted.png");
  chat_test_wait_until (can_send (dialog));
  gtk_switch_set_active (GTK_SWITCH (template_child (dialog, "as_file")), TRUE);
  gtk_switch_set_active (GTK_SWITCH (template_child (dialog, "strip")), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (template_child (dialog, "caption")), "look");
  chat_fake_session_fail_next (session, CHAT_SESSION_ERROR_FAILED);
  g_signal_emit_by_name (template_child (dialog, "send_button"), "clicked");
  chat_test_wait_until (find (dialog, ADW_TYPE_ACTION_ROW, "pasted.png") == NULL && can_send (dialog));
  g_assert_cmpuint (sent, ==, 0);
  g_assert_nonnull (strstr (subtitle (dialog, "photo.png"), "could not be read"));
  g_signal_emit_by_name (template_child (dialog, "send_button"), "clicked");
  chat_test_wait_until (sent == 1);
  g_assert_cmpstr (chat_fake_session_get_calls (session), ==,
                   "send-file bob photo.png as-it-is\nsend-file bob pasted.png as-it-is\n"
                   "send-file bob photo.png as-it-is\nwith look\n");
  chat_test_wait_until (find_dialog () == NULL);

  /* One that is closed while it looks at files, or sends them */
  dialog = chat_send_files_dialog_new (session, room);
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), photo);
  chat_test_watch_object (dialog);
  gtk_window_destroy (GTK_WINDOW (dialog));
  chat_test_assert_finalized ();
}

static void
paste (GtkWidget          *conversation,
       GdkContentProvider *content)
{
  GtkWidget *view = find (conversation, GTK_TYPE_TEXT_VIEW, NULL);

  gdk_clipboard_set_content (gtk_widget_get_clipboard (conversation), content);
  g_object_unref (content);
  g_signal_emit_by_name (view, "paste-clipboard");
}

/* As the window system would, at the end of a drag */
static gboolean
drop (GtkWidget   *conversation,
      GdkFileList *list)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (conversation);
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, list);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller) && gtk_event_controller_get_propagation_phase (controller) != GTK_PHASE_NONE)
        g_signal_emit_by_name (controller, "drop", &value, 1., 1., &taken);
    }
  g_value_unset (&value);

  return taken;
}

static void
close_dialog (void)
{
  gtk_window_destroy (GTK_WINDOW (find_dialog ()));
  chat_test_wait_until (find_dialog () == NULL);
}

/* Files and images that are pasted open the dialog, text is text; where the server takes no files there is no way in */
static void
test_conversation (void)
{
  g_autoptr (ChatSession) session = chat_fake_session_new ();
  ChatRoom *room = chat_fake_session_add_room (session, 1, "bob", NULL, FALSE, 0);
  g_autoptr (GFile) report = put ("report.pdf", 100);
  static const char *const images[] = { "image/png", "image/bmp", "image/tiff" };
  GtkWidget *window = gtk_window_new (), *conversation = chat_conversation_new (), *attach;
  GtkTextBuffer *buffer;
  GSList files = { report, NULL };
  GdkFileList *list;
  g_autoptr (GBytes) png = g_bytes_new_static ("\x89PNG", 4);

  gtk_window_set_default_size (GTK_WINDOW (window), 400, 400);
  gtk_window_set_child (GTK_WINDOW (window), conversation);
  chat_conversation_set_session (CHAT_CONVERSATION (conversation), session);
  chat_conversation_set_room (CHAT_CONVERSATION (conversation), room);
  gtk_window_present (GTK_WINDOW (window));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (find (conversation, GTK_TYPE_TEXT_VIEW, NULL)));
  attach = find_icon_button (conversation, "mail-attachment-symbolic");
  chat_fake_session_set_abilities (session, ALL);
  g_assert_false (gtk_widget_get_visible (attach));
  chat_fake_session_set_abilities (session, ALL | CHAT_SESSION_CAN_ATTACH);
  g_assert_true (gtk_widget_get_visible (attach));

  list = g_boxed_copy (GDK_TYPE_FILE_LIST, &files);
  g_assert_true (drop (conversation, list));
  /* Not within the drop, which would fail for the one who dragged */
  g_assert_true (find_dialog () == NULL || !gtk_widget_get_visible (find_dialog ()));
  chat_test_wait_until (find_dialog () != NULL && gtk_widget_get_visible (find_dialog ()) &&
                        find (find_dialog (), ADW_TYPE_ACTION_ROW, "report.pdf") != NULL);
  close_dialog ();
  chat_fake_session_set_abilities (session, ALL);
  g_assert_false (drop (conversation, list));
  chat_fake_session_set_abilities (session, ALL | CHAT_SESSION_CAN_ATTACH);
  paste (conversation, gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list));
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  chat_test_wait_until (find_dialog () != NULL && find (find_dialog (), ADW_TYPE_ACTION_ROW, "report.pdf") != NULL);
  close_dialog ();
  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      paste (conversation, gdk_content_provider_new_for_bytes (images[i], png));
      chat_test_wait_until (find_dialog () != NULL && can_send (find_dialog ()));
      close_dialog ();
    }
  paste (conversation, gdk_content_provider_new_typed (G_TYPE_STRING, "words"));
  chat_test_wait_until (gtk_text_buffer_get_char_count (buffer) == 5);
  g_assert_null (find_dialog ());

  chat_conversation_set_room (CHAT_CONVERSATION (conversation), NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  int rc;

  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 77;
    }
  adw_init ();
  dir = chat_test_temp_dir_new ();

  g_test_add_func ("/ui/send-files/dialog", test_dialog);
  g_test_add_func ("/ui/send-files/failure", test_failure);
  g_test_add_func ("/ui/send-files/conversation", test_conversation);

  rc = g_test_run ();
  chat_test_temp_dir_remove (dir);
  return rc;
}
