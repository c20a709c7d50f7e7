/* test-image-viewer.c: the images of a room, one at a time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-image-area.h"
#include "chat-image-viewer.h"
#include "chat-test.h"

static char *dir;

/* @path: (nullable): it is on the server alone */
static void
add (GListStore         *messages,
     ChatMessageContent  content,
     const char         *path)
{
  g_autoptr (ChatMessage) message = chat_message_new (1, "bob", FALSE, content, NULL);

  if (content == CHAT_MESSAGE_IMAGE)
    {
      g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = "a.png", .size = 1,
                                                                   .media_type = "image/png", .width = 600, .height = 300 }, FALSE);

      chat_attachment_set_path (attachment, path);
      chat_attachment_set_state (attachment, path != NULL ? CHAT_ATTACHMENT_LOCAL : CHAT_ATTACHMENT_REMOTE, NULL);
      chat_message_set_attachment (message, attachment);
    }
  g_list_store_append (messages, message);
}

static char *
put_image (const char *name)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 600, 300);
  char *path = g_build_filename (dir, name, NULL);

  gdk_pixbuf_fill (pixbuf, 0xff0000ff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  return path;
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The bounds of what it draws; %FALSE: nothing */
static gboolean
drawn (GtkWidget       *area,
       graphene_rect_t *bounds)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  GTK_WIDGET_GET_CLASS (area)->snapshot (area, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return FALSE;
  gsk_render_node_get_bounds (node, bounds);
  gsk_render_node_unref (node);
  return TRUE;
}

static void
saved_cb (ChatImageViewer  *viewer,
          ChatMessage      *message,
          ChatMessage     **saved)
{
  *saved = message;
}

static ChatMessage *
at (GListStore *messages,
    guint       position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (messages), position);

  return message;
}

static void
test_viewer (void)
{
  g_autoptr (GListStore) messages = g_list_store_new (CHAT_TYPE_MESSAGE);
  g_autofree char *first = put_image ("first.png");
  g_autofree char *last = put_image ("last.png");
  g_autofree char *broken = g_build_filename (dir, "broken.png", NULL);
  ChatMessage *saved = NULL;
  GtkWidget *viewer, *area;
  graphene_rect_t whole, bounds;

  g_assert_true (g_file_set_contents (broken, "no image", -1, NULL));
  add (messages, CHAT_MESSAGE_IMAGE, first);
  add (messages, CHAT_MESSAGE_TEXT, NULL);
  add (messages, CHAT_MESSAGE_IMAGE, NULL);
  add (messages, CHAT_MESSAGE_IMAGE, last);
  add (messages, CHAT_MESSAGE_IMAGE, broken);
  viewer = chat_image_viewer_new (NULL, G_LIST_MODEL (messages), at (messages, 0));
  g_signal_connect (viewer, "save", G_CALLBACK (saved_cb), &saved);
  gtk_window_set_default_size (GTK_WINDOW (viewer), 500, 500);
  gtk_window_present (GTK_WINDOW (viewer));
  area = find (viewer, CHAT_TYPE_IMAGE_AREA);
  chat_test_wait_until (gtk_widget_get_width (area) > 0 && drawn (area, &whole));
  g_assert_cmpfloat (whole.size.width, <=, gtk_widget_get_width (area));
  g_assert_cmpfloat_with_epsilon (whole.size.width, 2 * whole.size.height, 1);

  /* Zoom, within its bounds, and back */
  gtk_widget_activate_action (viewer, "viewer.zoom-in", NULL);
  g_assert_true (drawn (area, &bounds));
  g_assert_cmpfloat_with_epsilon (bounds.size.width, whole.size.width * CHAT_IMAGE_AREA_STEP, .5);
  for (guint i = 0; i < 50; i++)
    gtk_widget_activate_action (viewer, "viewer.zoom-in", NULL);
  g_assert_cmpfloat (chat_image_area_get_zoom (CHAT_IMAGE_AREA (area)), ==, CHAT_IMAGE_AREA_MAX_ZOOM);
  gtk_widget_activate_action (viewer, "viewer.fit", NULL);
  gtk_widget_activate_action (viewer, "viewer.zoom-out", NULL);
  g_assert_true (drawn (area, &bounds) && graphene_rect_equal (&bounds, &whole));

  /* Past a text, and past one that is not here */
  gtk_widget_activate_action (viewer, "viewer.previous", NULL);
  g_assert_true (chat_image_viewer_get_message (CHAT_IMAGE_VIEWER (viewer)) == at (messages, 0));
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (chat_image_viewer_get_message (CHAT_IMAGE_VIEWER (viewer)) == at (messages, 3));
  chat_test_wait_until (drawn (area, &bounds));
  gtk_widget_activate_action (viewer, "viewer.save", NULL);
  g_assert_true (saved == at (messages, 3));

  /* One that can not be shown says so */
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (chat_image_viewer_get_message (CHAT_IMAGE_VIEWER (viewer)) == at (messages, 4));
  chat_test_wait_until (!gtk_widget_get_visible (find (viewer, GTK_TYPE_SPINNER)));
  g_assert_false (drawn (area, &bounds));
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (chat_image_viewer_get_message (CHAT_IMAGE_VIEWER (viewer)) == at (messages, 4));

  /* What is deleted meanwhile, and a viewer that is closed while it loads */
  g_list_store_remove_all (messages);
  gtk_widget_activate_action (viewer, "viewer.previous", NULL);
  chat_test_watch_object (viewer);
  gtk_window_destroy (GTK_WINDOW (viewer));
  add (messages, CHAT_MESSAGE_IMAGE, first);
  viewer = chat_image_viewer_new (NULL, G_LIST_MODEL (messages), at (messages, 0));
  chat_test_watch_object (viewer);
  gtk_window_destroy (GTK_WINDOW (viewer));
  chat_test_assert_finalized ();
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

  g_test_add_func ("/ui/image-viewer", test_viewer);

  rc = g_test_run ();
  chat_test_temp_dir_remove (dir);
  return rc;
}
