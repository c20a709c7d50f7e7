/* test-image-viewer.c: the images of a room, one at a time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-session.h"
#include "chat-image-area.h"
#include "chat-image-viewer.h"
#include "chat-test.h"

static char *dir;
static gint64 last_id;

/* @path: (nullable): it is on the server alone */
static ChatMessage *
make (ChatMessageContent  content,
      const char         *path)
{
  ChatMessage *message = chat_message_new (1, "bob", FALSE, content, NULL);

  chat_message_set_id (message, ++last_id);
  chat_message_set_date (message, last_id * G_USEC_PER_SEC, NULL);

  if (content == CHAT_MESSAGE_IMAGE)
    {
      g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = "a.png", .size = 1,
                                                                   .media_type = "image/png", .width = 600, .height = 300 }, FALSE);

      chat_attachment_set_path (attachment, path);
      chat_attachment_set_state (attachment, path != NULL ? CHAT_ATTACHMENT_LOCAL : CHAT_ATTACHMENT_REMOTE, NULL);
      chat_message_set_attachment (message, attachment);
    }

  return message;
}

/* Returns: (transfer none): with an id */
static ChatMessage *
add (ChatFileList       *images,
     ChatMessageContent  content,
     const char         *path)
{
  g_autoptr (ChatMessage) message = make (content, path);
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();

  g_ptr_array_add (messages, message);
  chat_file_list_add (images, messages);
  return message;
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

static ChatMessage *
shown (GtkWidget *viewer)
{
  return chat_image_viewer_get_message (CHAT_IMAGE_VIEWER (viewer));
}

static void
test_viewer (void)
{
  ChatSession *session = chat_fake_session_new ();
  g_autoptr (ChatFileList) images = chat_file_list_new (NULL, NULL, NULL);
  g_autofree char *first = put_image ("first.png");
  g_autofree char *last = put_image ("last.png");
  g_autofree char *broken = g_build_filename (dir, "broken.png", NULL);
  ChatMessage *one, *remote, *four, *bad;
  GtkWidget *viewer, *area;
  graphene_rect_t whole, bounds;

  g_assert_true (g_file_set_contents (broken, "no image", -1, NULL));
  one = add (images, CHAT_MESSAGE_IMAGE, first);
  add (images, CHAT_MESSAGE_TEXT, NULL);
  remote = add (images, CHAT_MESSAGE_IMAGE, NULL);
  four = add (images, CHAT_MESSAGE_IMAGE, last);
  bad = add (images, CHAT_MESSAGE_IMAGE, broken);
  viewer = chat_image_viewer_new (NULL, session, images, one);
  gtk_window_set_default_size (GTK_WINDOW (viewer), 500, 500);
  gtk_window_present (GTK_WINDOW (viewer));
  area = find (viewer, CHAT_TYPE_IMAGE_AREA);
  chat_test_wait_until (gtk_widget_get_width (area) > 0 && drawn (area, &whole));
  g_assert_cmpfloat (whole.size.width, <=, gtk_widget_get_width (area));
  g_assert_cmpfloat_with_epsilon (whole.size.width, 2 * whole.size.height, 1);

  /* Zoom, within its bounds, and back */
  g_assert_false (chat_image_area_move (CHAT_IMAGE_AREA (area), 10, 0));
  gtk_widget_activate_action (viewer, "viewer.zoom-in", NULL);
  g_assert_true (drawn (area, &bounds));
  g_assert_cmpfloat_with_epsilon (bounds.size.width, whole.size.width * CHAT_IMAGE_AREA_STEP, .5);
  for (guint i = 0; i < 50; i++)
    gtk_widget_activate_action (viewer, "viewer.zoom-in", NULL);
  g_assert_cmpfloat (chat_image_area_get_zoom (CHAT_IMAGE_AREA (area)), ==, CHAT_IMAGE_AREA_MAX_ZOOM);
  /* It can be moved, as far as there is something to see */
  g_assert_true (drawn (area, &bounds));
  g_assert_true (chat_image_area_move (CHAT_IMAGE_AREA (area), 25, 0));
  {
    float x = bounds.origin.x;

    g_assert_true (drawn (area, &bounds));
    g_assert_cmpfloat_with_epsilon (bounds.origin.x, x + 25, .5);
    chat_image_area_move (CHAT_IMAGE_AREA (area), 1000000, 0);
    g_assert_true (drawn (area, &bounds));
    g_assert_cmpfloat_with_epsilon (bounds.origin.x, 0, .5);
  }
  gtk_widget_activate_action (viewer, "viewer.fit", NULL);
  gtk_widget_activate_action (viewer, "viewer.zoom-out", NULL);
  g_assert_true (drawn (area, &bounds) && graphene_rect_equal (&bounds, &whole));

  /* Past a text; one that is not here is asked for, and shown when it comes */
  gtk_widget_activate_action (viewer, "viewer.previous", NULL);
  g_assert_true (shown (viewer) == one);
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (shown (viewer) == remote);
  g_assert_cmpstr (chat_fake_session_get_calls (session), ==, "start a.png\n");
  g_assert_false (drawn (area, &bounds));
  chat_attachment_set_path (chat_message_get_attachment (remote), first);
  chat_attachment_set_state (chat_message_get_attachment (remote), CHAT_ATTACHMENT_LOCAL, NULL);
  chat_test_wait_until (drawn (area, &bounds));
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (shown (viewer) == four);
  chat_test_wait_until (drawn (area, &bounds));

  /* What comes and goes changes nothing but what the arrows lead to */
  add (images, CHAT_MESSAGE_IMAGE, last);
  g_assert_true (shown (viewer) == four);
  chat_file_list_remove (images, chat_message_get_id (remote));
  gtk_widget_activate_action (viewer, "viewer.previous", NULL);
  g_assert_true (shown (viewer) == one);
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (shown (viewer) == four);

  /* One that can not be shown says so */
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (shown (viewer) == bad);
  chat_test_wait_until (!gtk_widget_get_visible (find (viewer, GTK_TYPE_SPINNER)));
  g_assert_false (drawn (area, &bounds));

  /* One that is deleted makes room for the one before it; without any there is nothing to see */
  chat_file_list_remove (images, chat_message_get_id (bad));
  g_assert_true (shown (viewer) == four);
  chat_test_watch_object (viewer);
  chat_file_list_clear (images);
  chat_test_assert_finalized ();

  /* Closed while it loads */
  one = add (images, CHAT_MESSAGE_IMAGE, first);
  viewer = chat_image_viewer_new (NULL, session, images, one);
  chat_test_watch_object (viewer);
  gtk_window_destroy (GTK_WINDOW (viewer));
  chat_test_assert_finalized ();
  g_assert_finalize_object (session);
}

static void
load_cb (ChatFileList *images,
         gint64        down_to,
         gpointer      user_data)
{
  *(gint64 *) user_data = down_to;
}

/* The one that is shown may stand far behind what is known of the room at first */
static void
test_late (void)
{
  ChatSession *session = chat_fake_session_new ();
  gint64 asked = -1;
  g_autoptr (ChatFileList) images = chat_file_list_new (load_cb, &asked, NULL);
  g_autoptr (GPtrArray) late = g_ptr_array_new ();
  g_autofree char *path = put_image ("late.png");
  g_autoptr (ChatMessage) oldest = make (CHAT_MESSAGE_IMAGE, path);
  g_autoptr (ChatMessage) begun = make (CHAT_MESSAGE_IMAGE, path);
  ChatMessage *newer;
  GtkWidget *viewer;

  newer = add (images, CHAT_MESSAGE_IMAGE, path);
  add (images, CHAT_MESSAGE_IMAGE, path);
  viewer = chat_image_viewer_new (NULL, session, images, begun);
  g_assert_cmpint (asked, ==, chat_message_get_id (begun));
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  gtk_widget_activate_action (viewer, "viewer.previous", NULL);
  g_assert_true (shown (viewer) == begun);
  g_ptr_array_add (late, begun);
  g_ptr_array_add (late, oldest);
  chat_file_list_add (images, late);
  chat_file_list_end_load (images, FALSE, FALSE);
  gtk_widget_activate_action (viewer, "viewer.previous", NULL);
  g_assert_true (shown (viewer) == oldest);
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  gtk_widget_activate_action (viewer, "viewer.next", NULL);
  g_assert_true (shown (viewer) == newer);
  chat_test_watch_object (viewer);
  gtk_window_destroy (GTK_WINDOW (viewer));
  chat_test_assert_finalized ();
  g_assert_finalize_object (session);
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
  g_test_add_func ("/ui/image-viewer/late", test_late);

  rc = g_test_run ();
  chat_test_temp_dir_remove (dir);
  return rc;
}
