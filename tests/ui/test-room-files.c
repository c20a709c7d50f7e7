/* test-room-files.c: the window with all images and files of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-session.h"
#include "chat-file-row.h"
#include "chat-image-tile.h"
#include "chat-room-files-window.h"
#include "chat-test.h"

#define N_MANY 5000

static char *dir;

typedef struct
{
  ChatSession *session;
  ChatRoom    *room;
  GtkWidget   *window;
  gint64       last_id;
  ChatMessage *viewed;    /* not owned, as what follows */
  ChatMessage *shown;
} Fixture;

static void
viewed_cb (ChatRoomFilesWindow *window,
           ChatMessage         *message,
           Fixture             *f)
{
  f->viewed = message;
}

static void
shown_cb (ChatRoomFilesWindow *window,
          ChatMessage         *message,
          Fixture             *f)
{
  f->shown = message;
}

static void
fixture_init (Fixture *f)
{
  memset (f, 0, sizeof *f);
  f->session = chat_fake_session_new ();
  f->room = chat_fake_session_add_room (f->session, 1, "bob", "hello", FALSE, G_USEC_PER_SEC);
}

static void
present (Fixture *f)
{
  f->window = chat_room_files_window_new (NULL, f->session, f->room);
  g_signal_connect (f->window, "view", G_CALLBACK (viewed_cb), f);
  g_signal_connect (f->window, "show-in-conversation", G_CALLBACK (shown_cb), f);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 640, 480);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
fixture_clear (Fixture *f)
{
  chat_test_watch_object (f->window);
  gtk_window_destroy (GTK_WINDOW (f->window));
  chat_test_assert_finalized ();
  g_assert_finalize_object (f->session);
}

/* @path: (nullable): it is on the server alone. Returns: (transfer none) */
static ChatMessage *
add (Fixture            *f,
     ChatMessageContent  content,
     const char         *name,
     const char         *path)
{
  gboolean image = content == CHAT_MESSAGE_IMAGE;
  g_autoptr (ChatMessage) message = chat_message_new (1, "bob", FALSE, content, NULL);
  g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) {
      .name = name, .size = 2000000, .media_type = image ? "image/png" : "text/plain", .width = image ? 600 : 0,
      .height = image ? 300 : 0 }, FALSE);

  chat_message_set_id (message, ++f->last_id);
  chat_message_set_date (message, f->last_id * G_USEC_PER_SEC, NULL);
  chat_attachment_set_path (attachment, path);
  chat_attachment_set_state (attachment, path != NULL ? CHAT_ATTACHMENT_LOCAL : CHAT_ATTACHMENT_REMOTE, NULL);
  chat_message_set_attachment (message, attachment);
  chat_fake_session_add_file (f->session, message);
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

/* The mapped widgets of @type, in the order of the tree */
static void
collect (GtkWidget *widget,
         GType      type,
         GPtrArray *found)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static GPtrArray *
find_all (Fixture *f,
          GType    type)
{
  GPtrArray *found = g_ptr_array_new ();

  collect (f->window, type, found);
  return found;
}

static GtkWidget *
find_of (Fixture     *f,
         GType        type,
         ChatMessage *message)
{
  g_autoptr (GPtrArray) found = find_all (f, type);

  for (guint i = 0; i < found->len; i++)
    if (chat_file_item_get_message (found->pdata[i]) == message)
      return found->pdata[i];

  return NULL;
}

static gboolean
says (Fixture    *f,
      const char *words)
{
  g_autoptr (GPtrArray) labels = find_all (f, GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    if (strstr (gtk_label_get_label (labels->pdata[i]), words) != NULL)
      return TRUE;

  return FALSE;
}

static void
show_page (Fixture    *f,
           const char *name)
{
  g_autoptr (GPtrArray) stacks = find_all (f, ADW_TYPE_VIEW_STACK);

  adw_view_stack_set_visible_child_name (stacks->pdata[0], name);
}

static void
test_images (void)
{
  g_autofree char *path = put_image ("here.png");
  ChatMessage *here, *remote, *newest;
  GtkWidget *tile;
  Fixture f;

  fixture_init (&f);
  present (&f);
  chat_test_wait_until (says (&f, "No Images"));

  /* What is here shows itself, square */
  here = add (&f, CHAT_MESSAGE_IMAGE, "here.png", path);
  remote = add (&f, CHAT_MESSAGE_IMAGE, "remote.png", NULL);
  chat_test_wait_until ((tile = find_of (&f, CHAT_TYPE_IMAGE_TILE, here)) != NULL &&
                        chat_image_tile_get_texture (CHAT_IMAGE_TILE (tile)) != NULL);
  g_assert_cmpint (gtk_widget_get_width (tile), ==, gtk_widget_get_height (tile));
  g_assert_cmpint (gdk_texture_get_height (chat_image_tile_get_texture (CHAT_IMAGE_TILE (tile))), >=, gtk_widget_get_width (tile));
  g_assert_null (chat_image_tile_get_texture (CHAT_IMAGE_TILE (find_of (&f, CHAT_TYPE_IMAGE_TILE, remote))));

  /* The keyboard is in the grid */
  chat_test_wait_until (GTK_IS_WIDGET (gtk_window_get_focus (GTK_WINDOW (f.window))) &&
                        CHAT_IS_IMAGE_TILE (gtk_window_get_focus (GTK_WINDOW (f.window))));

  /* What it does, and what came of it */
  chat_file_item_activate (CHAT_FILE_ITEM (tile));
  g_assert_true (f.viewed == here);
  gtk_widget_activate_action (tile, "message.show-in-conversation", NULL);
  g_assert_true (f.shown == here);
  gtk_widget_activate_action (find_of (&f, CHAT_TYPE_IMAGE_TILE, remote), "message.start-transfer", NULL);
  gtk_widget_activate_action (tile, "message.start-transfer", NULL);
  gtk_widget_activate_action (tile, "message.cancel-transfer", NULL);
  g_assert_true (g_str_has_suffix (chat_fake_session_get_calls (f.session), "look at remote.png\nstart remote.png\n"));
  chat_file_item_open_menu (CHAT_FILE_ITEM (tile), -1, -1);
  chat_test_settle ();

  /* It is live: with the menu open the image goes */
  newest = add (&f, CHAT_MESSAGE_IMAGE, "newest.png", path);
  chat_test_wait_until (find_of (&f, CHAT_TYPE_IMAGE_TILE, newest) != NULL);
  chat_fake_session_remove_file (f.session, here);
  chat_fake_session_remove_file (f.session, remote);
  chat_fake_session_remove_file (f.session, newest);
  chat_test_wait_until (says (&f, "No Images"));
  fixture_clear (&f);
}

static void
test_files (void)
{
  g_autofree char *path = put_image ("file.txt");
  ChatMessage *here, *remote;
  ChatAttachment *attachment;
  GtkWidget *row;
  Fixture f;

  fixture_init (&f);
  present (&f);
  show_page (&f, "files");
  chat_test_wait_until (says (&f, "No Files"));

  here = add (&f, CHAT_MESSAGE_FILE, "here.txt", path);
  /* The ending stays the ending */
  remote = add (&f, CHAT_MESSAGE_FILE, "photo\xe2\x80\xaegnp.exe", NULL);
  chat_test_wait_until (find_of (&f, CHAT_TYPE_FILE_ROW, here) != NULL);
  g_assert_true (says (&f, "here.txt"));
  g_assert_true (says (&f, "bob"));
  g_assert_false (says (&f, "\xe2\x80\xae"));

  /* Each state in words; a click brings what is not here */
  row = find_of (&f, CHAT_TYPE_FILE_ROW, remote);
  chat_file_item_activate (CHAT_FILE_ITEM (row));
  attachment = chat_message_get_attachment (remote);
  chat_attachment_set_state (attachment, CHAT_ATTACHMENT_TRANSFERRING, NULL);
  chat_attachment_set_done (attachment, 1000000);
  g_assert_true (says (&f, "1.0\xc2\xa0MB of 2.0\xc2\xa0MB"));
  gtk_widget_activate_action (row, "message.pause-transfer", NULL);
  chat_attachment_set_state (attachment, CHAT_ATTACHMENT_PAUSED, NULL);
  g_assert_true (says (&f, "Paused"));
  chat_file_item_activate (CHAT_FILE_ITEM (row));
  chat_attachment_set_state (attachment, CHAT_ATTACHMENT_FAILED, "It is gone from the server.");
  g_assert_true (says (&f, "It is gone from the server."));
  g_assert_cmpstr (chat_fake_session_get_calls (f.session), ==, "room-files bob images\nroom-files bob\n"
                   "start photo\xe2\x80\xaegnp.exe\npause photo\xe2\x80\xaegnp.exe\nstart photo\xe2\x80\xaegnp.exe\n");
  g_assert_null (f.viewed);
  fixture_clear (&f);
}

/* As many widgets as a view needs, and pixels for those that can be seen, however many there are */
static void
test_many (void)
{
  g_autofree char *path = put_image ("many.png");
  g_autoptr (GPtrArray) tiles = NULL;
  GtkWidget *view;
  GtkAdjustment *adjustment;
  guint shown = 0;
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < N_MANY; i++)
    add (&f, CHAT_MESSAGE_IMAGE, "many.png", path);
  present (&f);
  chat_test_wait_until ((tiles = find_all (&f, CHAT_TYPE_IMAGE_TILE))->len > 0 || (g_ptr_array_unref (tiles), FALSE));
  chat_test_wait_until (chat_image_tile_get_texture (tiles->pdata[0]) != NULL);
  view = gtk_widget_get_parent (tiles->pdata[0]);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  for (guint i = 1; i <= 5; i++)
    {
      gtk_adjustment_set_value (adjustment, (gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment)) * i / 5);
      chat_test_settle ();
    }
  g_clear_pointer (&tiles, g_ptr_array_unref);
  tiles = find_all (&f, CHAT_TYPE_IMAGE_TILE);
  g_assert_cmpuint (tiles->len, <, 80);
  for (guint i = 0; i < tiles->len; i++)
    shown += chat_image_tile_get_texture (tiles->pdata[i]) != NULL;
  g_assert_cmpuint (shown, >, 0);
  g_assert_cmpuint (shown, <, 60);
  fixture_clear (&f);
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

  g_test_add_func ("/ui/room-files/images", test_images);
  g_test_add_func ("/ui/room-files/files", test_files);
  g_test_add_func ("/ui/room-files/many", test_many);

  rc = g_test_run ();
  chat_test_temp_dir_remove (dir);
  return rc;
}
