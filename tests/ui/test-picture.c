/* test-picture.c: images of attachments: when their pixels are made, how many are kept, and that nothing moves by them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-fake-source.h"
#include "chat-frames.h"
#include "chat-message-row.h"
#include "chat-picture.h"
#include "chat-test.h"
#include "chat-timeline.h"

#define NOON (G_GINT64_CONSTANT (1767268800) * G_USEC_PER_SEC)

/* Red, then blue, a tenth of a second each */
static const guint8 gif[] = {
  'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 0xff, 0, 0, 0, 0, 0xff,
  0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x04, 0x0a, 0,
  0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x4c, 0x0a, 0, 0x3b
};

static char *dir;

static char *
put_image (const char *name,
           int         width,
           int         height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  char *path = g_build_filename (dir, name, NULL);

  gdk_pixbuf_fill (pixbuf, 0xff0000ff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  return path;
}

static GBytes *
make_preview (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 40, 30);
  char *data;
  gsize size;

  gdk_pixbuf_fill (pixbuf, 0x00ff00ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, "jpeg", NULL, NULL));
  return g_bytes_new_take (data, size);
}

static ChatAttachment *
make_attachment (int     width,
                 int     height,
                 GBytes *preview)
{
  return chat_attachment_new (&(ChatAttachmentInfo) { .name = "a.png", .size = 100, .media_type = "image/png", .width = width,
                              .height = height, .preview = preview }, FALSE);
}

static void
arrives (ChatAttachment *attachment,
         const char     *path)
{
  chat_attachment_set_path (attachment, path);
  chat_attachment_set_state (attachment, CHAT_ATTACHMENT_LOCAL, NULL);
}

static void
count_cb (ChatPicture *picture,
          gpointer     user_data)
{
  ++*(guint *) user_data;
}

/* 'r', 'g' or 'b': its first pixel */
static char
color_of (GdkTexture *texture)
{
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  g_autofree guint8 *data = g_malloc ((gsize) width * height * 4);

  gdk_texture_download (texture, data, (gsize) width * 4);
  /* CAIRO_FORMAT_ARGB32 */
  return ((guint32 *) data)[0] & 0x800000 ? 'r' : ((guint32 *) data)[0] & 0x8000 ? 'g' : 'b';
}

static void
test_preview_first (void)
{
  g_autofree char *path = put_image ("first", 640, 480);
  g_autoptr (GBytes) preview = make_preview ();
  g_autoptr (ChatAttachment) attachment = make_attachment (640, 480, preview);
  guint changes = 0;
  ChatPicture *picture = chat_picture_new (attachment, count_cb, &changes);

  chat_picture_set_size (picture, 320, 240);
  chat_test_settle ();
  g_assert_null (chat_picture_get_texture (picture));
  chat_picture_set_on_screen (picture, TRUE);
  chat_test_wait_until (chat_picture_get_texture (picture) != NULL);
  g_assert_cmpint (color_of (chat_picture_get_texture (picture)), ==, 'g');
  arrives (attachment, path);
  chat_test_wait_until (color_of (chat_picture_get_texture (picture)) == 'r');
  /* In the size in which it is shown, not in its own */
  g_assert_cmpint (gdk_texture_get_width (chat_picture_get_texture (picture)), ==, 320);
  chat_picture_set_size (picture, 640, 480);
  chat_test_wait_until (gdk_texture_get_width (chat_picture_get_texture (picture)) == 640);

  /* It holds nothing while nobody sees it, and has it at once when it is seen again */
  chat_picture_set_on_screen (picture, FALSE);
  g_assert_null (chat_picture_get_texture (picture));
  chat_picture_set_on_screen (picture, TRUE);
  g_assert_nonnull (chat_picture_get_texture (picture));
  chat_picture_free (picture);

  /* One that is gone while its image is made */
  picture = chat_picture_new (attachment, count_cb, &changes);
  chat_picture_set_size (picture, 100, 75);
  chat_picture_set_on_screen (picture, TRUE);
  changes = 0;
  chat_picture_free (picture);
  chat_test_settle ();
  g_assert_cmpuint (changes, ==, 0);
}

static void
test_motion (void)
{
  g_autofree char *path = g_build_filename (dir, "gif", NULL);
  g_autoptr (ChatAttachment) attachment = make_attachment (2, 1, NULL);
  guint changes = 0;
  ChatPicture *picture = chat_picture_new (attachment, count_cb, &changes);

  g_assert_true (g_file_set_contents (path, (const char *) gif, sizeof gif, NULL));
  arrives (attachment, path);
  chat_picture_set_on_screen (picture, TRUE);
  chat_picture_set_size (picture, 20, 10);
  chat_test_wait_until (chat_picture_get_texture (picture) != NULL && color_of (chat_picture_get_texture (picture)) == 'r');
  chat_test_wait_until (color_of (chat_picture_get_texture (picture)) == 'b');
  /* Once: it rests, also when it is seen again */
  changes = 0;
  chat_picture_set_on_screen (picture, FALSE);
  chat_picture_set_on_screen (picture, TRUE);
  chat_test_wait_until (chat_picture_get_texture (picture) != NULL);
  g_assert_cmpint (color_of (chat_picture_get_texture (picture)), ==, 'b');
  chat_picture_free (picture);

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  picture = chat_picture_new (attachment, count_cb, &changes);
  changes = 0;
  chat_picture_set_on_screen (picture, TRUE);
  chat_picture_set_size (picture, 20, 10);
  chat_test_wait_until (chat_picture_get_texture (picture) != NULL);
  g_assert_cmpint (color_of (chat_picture_get_texture (picture)), ==, 'r');
  g_assert_cmpuint (changes, ==, 1);
  chat_picture_free (picture);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
}

static void
on_decoded (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_bound (void)
{
  g_autofree char *path = put_image ("large", 1024, 1024);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatImage) image = NULL;
  g_autoptr (ChatFrames) first = NULL;
  g_autoptr (ChatFrames) last = NULL;

  chat_image_decode_async (path, CHAT_IMAGE_STILL, 1024, 1024, NULL, on_decoded, &result);
  chat_test_wait_until (result != NULL);
  image = chat_image_decode_finish (result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("key %u", i);
      g_autoptr (ChatFrames) frames = chat_frames_new (image);
      g_autoptr (ChatFrames) used = NULL;

      chat_frames_keep (key, frames);
      g_assert_cmpuint (chat_frames_get_kept_bytes (), <=, CHAT_FRAMES_MAX_BYTES);
      /* What is used stays */
      used = chat_frames_lookup ("key 0");
      g_assert_nonnull (used);
    }
  g_assert_cmpuint (chat_frames_get_kept_bytes (), >, CHAT_FRAMES_MAX_BYTES / 2);
  first = chat_frames_lookup ("key 1");
  last = chat_frames_lookup ("key 99");
  g_assert_null (first);
  g_assert_nonnull (last);
  chat_frames_forget ();
  g_assert_cmpuint (chat_frames_get_kept_bytes (), ==, 0);
}

static ChatMessageRow *
find_row (GtkWidget   *widget,
          ChatMessage *message)
{
  if (CHAT_IS_MESSAGE_ROW (widget) && chat_message_row_get_message (CHAT_MESSAGE_ROW (widget)) == message)
    return CHAT_MESSAGE_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      ChatMessageRow *found = find_row (child, message);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
draws_texture (GskRenderNode *node)
{
  g_autoptr (GBytes) bytes = gsk_render_node_serialize (node);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  return strstr (text, "texture {") != NULL;
}

static gboolean
shows_image (ChatMessageRow *row)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  gboolean shows;

  chat_bubble_snapshot (chat_message_row_get_bubble (row), snapshot, gtk_widget_get_width (GTK_WIDGET (row)));
  node = gtk_snapshot_free_to_node (snapshot);
  shows = draws_texture (node);
  gsk_render_node_unref (node);
  return shows;
}

/* A room of many images: those on screen are made, and no others; as they come nothing moves; one that is broken is a file */
static void
test_timeline (void)
{
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  g_autofree char *broken = g_build_filename (dir, "broken", NULL);
  GPtrArray *history = chat_fake_source_get_history (source);
  GtkWidget *timeline = chat_timeline_new (), *window = gtk_window_new ();
  ChatMessageRow *last = NULL, *before = NULL;
  GdkRectangle area, after;
  graphene_rect_t place, moved;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("room %u", i);
      g_autofree char *path = put_image (name, 200, 200);
      ChatMessage *message = chat_message_new (1, "bob", FALSE, CHAT_MESSAGE_IMAGE, NULL);
      g_autoptr (ChatAttachment) attachment = make_attachment (200, 200, NULL);

      chat_message_set_id (message, chat_fake_source_take_id (source));
      chat_message_set_text (message, "https://chat.example.com/m/00/a.png");
      chat_message_set_date (message, NOON, NULL);
      chat_message_set_attachment (message, attachment);
      if (i < 58)
        arrives (attachment, path);
      g_ptr_array_add (history, message);
    }
  chat_fake_source_set_auto (source, TRUE);
  list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 700);
  gtk_window_set_child (GTK_WINDOW (window), timeline);
  gtk_window_present (GTK_WINDOW (window));
  chat_message_list_load (list);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_test_wait_until ((before = find_row (timeline, history->pdata[57])) != NULL && shows_image (before));
  chat_test_wait_until ((last = find_row (timeline, history->pdata[59])) != NULL && gtk_widget_get_height (GTK_WIDGET (last)) > 0);
  chat_test_settle ();
  g_assert_cmpuint (chat_frames_get_kept_bytes (), <=, 8 * 200 * 200 * 4);

  g_assert_false (shows_image (last));
  chat_bubble_get_area (chat_message_row_get_bubble (last), &area);
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (before), timeline, &place));
  {
    g_autofree char *path = g_build_filename (dir, "room 59", NULL);

    arrives (chat_message_get_attachment (history->pdata[59]), path);
  }
  chat_test_wait_until (shows_image (last));
  chat_bubble_get_area (chat_message_row_get_bubble (last), &after);
  g_assert_true (gdk_rectangle_equal (&area, &after));
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (before), timeline, &moved));
  g_assert_true (graphene_rect_equal (&place, &moved));

  g_assert_true (g_file_set_contents (broken, "no image", -1, NULL));
  arrives (chat_message_get_attachment (history->pdata[58]), broken);
  last = find_row (timeline, history->pdata[58]);
  g_assert_nonnull (last);
  chat_test_wait_until (gtk_widget_get_height (GTK_WIDGET (last)) < 100);

  chat_timeline_set_room (CHAT_TIMELINE (timeline), NULL, NULL);
  chat_test_watch_object (timeline);
  gtk_window_destroy (GTK_WINDOW (window));
  chat_test_assert_finalized ();
}

/* What is read stays to the pixel whatever becomes of images above, below and in the view: told, previewed, there, broken */
static void
test_still (void)
{
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  g_autoptr (GBytes) preview = make_preview ();
  g_autofree char *path = put_image ("still", 640, 480);
  g_autofree char *broken = g_build_filename (dir, "still broken", NULL);
  GPtrArray *history = chat_fake_source_get_history (source);
  GtkWidget *timeline = chat_timeline_new (), *window = gtk_window_new ();
  ChatMessage *read = NULL;
  graphene_rect_t was, place;
  int offset = 0, now = 0;

  g_assert_true (g_file_set_contents (broken, "no image", -1, NULL));
  /* Texts, and an image after every third */
  for (guint i = 0; i < 80; i++)
    {
      gboolean image = i % 3 == 2;
      ChatMessage *message = chat_message_new (1, "bob", FALSE, image ? CHAT_MESSAGE_IMAGE : CHAT_MESSAGE_TEXT, NULL);

      chat_message_set_id (message, chat_fake_source_take_id (source));
      chat_message_set_text (message, image ? "https://chat.example.com/m/00/a.png" : "Words that stay where they are");
      chat_message_set_date (message, NOON, NULL);
      if (image)
        {
          g_autoptr (ChatAttachment) attachment = make_attachment (640, i % 2 ? 480 : 900, preview);

          chat_message_set_attachment (message, attachment);
        }
      g_ptr_array_add (history, message);
    }
  chat_fake_source_set_auto (source, TRUE);
  list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 700);
  gtk_window_set_child (GTK_WINDOW (window), timeline);
  gtk_window_present (GTK_WINDOW (window));
  chat_message_list_load (list);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_test_wait_until (find_row (timeline, history->pdata[79]) != NULL);
  chat_timeline_show_message (CHAT_TIMELINE (timeline), history->pdata[51], NULL);
  chat_test_wait_until (!chat_timeline_get_follows (CHAT_TIMELINE (timeline)) && find_row (timeline, history->pdata[51]) != NULL &&
                        (read = chat_timeline_get_first_visible (CHAT_TIMELINE (timeline), &offset)) != NULL);
  chat_test_settle ();
  read = chat_timeline_get_first_visible (CHAT_TIMELINE (timeline), &offset);
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (find_row (timeline, read)), timeline, &was));

  for (guint step = 0; step < 4; step++)
    {
      /* From both ends to the middle, so that each step happens above, below and in the view */
      for (guint i = 0; i < 40; i++)
        for (guint side = 0; side < 2; side++)
          {
            ChatMessage *message = history->pdata[side == 0 ? i : 79 - i];
            ChatAttachment *attachment = chat_message_get_attachment (message);

            if (attachment == NULL)
              continue;
            if (step == 0)
              chat_attachment_set_state (attachment, CHAT_ATTACHMENT_QUEUED, NULL);
            else if (step == 1)
              chat_attachment_set_state (attachment, CHAT_ATTACHMENT_TRANSFERRING, NULL);
            else if (step == 2)
              arrives (attachment, path);
            /* What turns out to be none becomes a file, which is smaller */
            else if (message != read)
              arrives (attachment, broken);
            if (i % 8 == 7)
              chat_test_settle ();
          }
      chat_test_settle ();
      g_assert_true (chat_timeline_get_first_visible (CHAT_TIMELINE (timeline), &now) == read);
      g_assert_cmpint (now, ==, offset);
      g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (find_row (timeline, read)), timeline, &place));
      g_assert_true (graphene_rect_equal (&place, &was));
      /* A new one comes at the end as well */
      {
        g_autoptr (ChatMessage) message = chat_message_new (1, "bob", FALSE, CHAT_MESSAGE_IMAGE, NULL);
        g_autoptr (ChatAttachment) attachment = make_attachment (640, 480, preview);

        chat_message_set_id (message, chat_fake_source_take_id (source));
        chat_message_set_text (message, "https://chat.example.com/m/00/a.png");
        chat_message_set_date (message, NOON, NULL);
        chat_message_set_attachment (message, attachment);
        chat_message_list_add (list, message);
      }
    }

  chat_timeline_set_room (CHAT_TIMELINE (timeline), NULL, NULL);
  chat_test_watch_object (timeline);
  gtk_window_destroy (GTK_WINDOW (window));
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

  g_test_add_func ("/ui/picture/preview-first", test_preview_first);
  g_test_add_func ("/ui/picture/motion", test_motion);
  g_test_add_func ("/ui/picture/bound", test_bound);
  g_test_add_func ("/ui/picture/timeline", test_timeline);
  g_test_add_func ("/ui/picture/still", test_still);

  rc = g_test_run ();
  chat_test_temp_dir_remove (dir);
  return rc;
}
