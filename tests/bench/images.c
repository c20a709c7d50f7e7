/* images.c: what scrolling through a room of many images costs the app: in the conversation, and in the grid of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench-frames.h"
#include "chat-file-list.h"
#include "chat-frames.h"
#include "chat-image-grid.h"
#include "chat-message-source.h"
#include "chat-timeline.h"

#define N_IMAGES     5000
#define N_FILES      24         /* that differ: the others are links to them, each with its own path */
#define FILE_WIDTH   1600
#define FILE_HEIGHT  1200
#define STEP_PX      40
#define N_STEPS      400
#define N_QUARTERS   4
#define WIDTH        700
#define HEIGHT       640
#define PATIENCE_US  (600 * G_USEC_PER_SEC)
#define NEWEST_USEC  (G_GINT64_CONSTANT (1767268800) * G_USEC_PER_SEC)

/* A source of messages that are all there */
#define BENCH_TYPE_IMAGES (bench_images_get_type ())
G_DECLARE_FINAL_TYPE (BenchImages, bench_images, BENCH, IMAGES, GObject)

struct _BenchImages
{
  GObject    parent_instance;

  GPtrArray *messages;    /* oldest first; their ids are 1 and so on */
};

static void bench_images_iface_init (ChatMessageSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BenchImages, bench_images, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_MESSAGE_SOURCE, bench_images_iface_init))

static void
bench_images_load_async (ChatMessageSource   *source,
                         ChatPageKind         kind,
                         gint64               anchor,
                         guint                limit,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  BenchImages *self = BENCH_IMAGES (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  ChatMessagePage *page = chat_message_page_new ();
  gint64 n = self->messages->len;
  gint64 first = kind == CHAT_PAGE_NEWEST ? n - limit + 1 : kind == CHAT_PAGE_BEFORE ? anchor - limit :
                 kind == CHAT_PAGE_AFTER ? anchor + 1 : anchor - limit / 2;
  gint64 last = kind == CHAT_PAGE_BEFORE ? anchor - 1 : MIN (n, first + limit - 1);

  first = MAX (first, 1);
  for (gint64 id = first; id <= last; id++)
    g_ptr_array_add (page->messages, g_object_ref (self->messages->pdata[id - 1]));
  page->more_before = first > 1;
  page->more_after = last < n;
  g_task_return_pointer (task, page, (GDestroyNotify) chat_message_page_free);
}

static ChatMessagePage *
bench_images_load_finish (ChatMessageSource  *source,
                          GAsyncResult       *result,
                          GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bench_images_iface_init (ChatMessageSourceInterface *iface)
{
  iface->load_async = bench_images_load_async;
  iface->load_finish = bench_images_load_finish;
}

static void
bench_images_finalize (GObject *object)
{
  g_ptr_array_unref (BENCH_IMAGES (object)->messages);

  G_OBJECT_CLASS (bench_images_parent_class)->finalize (object);
}

static void
bench_images_class_init (BenchImagesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bench_images_finalize;
}

static void
bench_images_init (BenchImages *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
put_image (const char *path,
           guint       seed)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, FILE_WIDTH, FILE_HEIGHT);
  guchar *pixels = gdk_pixbuf_get_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf);

  for (int y = 0; y < FILE_HEIGHT; y++)
    for (int x = 0; x < FILE_WIDTH; x++)
      {
        guchar *pixel = pixels + (gsize) y * stride + x * 3;

        pixel[0] = (x * y / 64 + seed * 11) & 255;
        pixel[1] = (x + y + seed * 7) & 255;
        pixel[2] = ((x ^ y) + seed) & 255;
      }
  if (!gdk_pixbuf_save (pixbuf, path, "jpeg", NULL, "quality", "85", NULL))
    exit (1);
}

static void
make_room (BenchImages *self,
           const char  *folder)
{
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);
      g_autofree char *first = g_strdup_printf ("%s/%u", folder, i % N_FILES);
      ChatMessage *message = chat_message_new (1, "ada", FALSE, CHAT_MESSAGE_IMAGE, NULL);
      g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) {
          .name = "photo.jpg", .size = 500000, .media_type = "image/jpeg", .width = FILE_WIDTH, .height = FILE_HEIGHT }, FALSE);

      if (i < N_FILES)
        put_image (path, i);
      else if (link (first, path) != 0)
        exit (1);
      chat_attachment_set_path (attachment, path);
      chat_attachment_set_state (attachment, CHAT_ATTACHMENT_LOCAL, NULL);
      chat_message_set_id (message, i + 1);
      chat_message_set_text (message, "https://chat.example.com/m/00/photo.jpg");
      chat_message_set_date (message, NEWEST_USEC + (gint64) i * 60 * G_USEC_PER_SEC, NULL);
      chat_message_set_attachment (message, attachment);
      g_ptr_array_add (self->messages, message);
    }
}

static gboolean
on_patience_over (gpointer user_data)
{
  g_printerr ("images: waited in vain\n");
  exit (1);
}

/* A quarter of the way after the other: what is dear with what was seen before would grow */
static void
scroll (BenchFrames *frames,
        const char  *name,
        double       step)
{
  for (guint i = 1; i <= N_QUARTERS; i++)
    {
      g_autofree char *label = g_strdup_printf ("%s/%u", name, i);
      double helpers = bench_helpers_cpu_ms ();

      bench_frames_scroll (frames, label, N_STEPS, step);
      g_print (" kept_mb=%.1f decoders_cpu_ms=%.1f\n", chat_frames_get_kept_bytes () / 1048576., (bench_helpers_cpu_ms () - helpers) / N_STEPS);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("chat-bench-XXXXXX", NULL);
  g_autoptr (BenchImages) source = g_object_new (BENCH_TYPE_IMAGES, NULL);
  g_autoptr (ChatMessageList) list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  g_autoptr (ChatFileList) images = chat_file_list_new (NULL, NULL, NULL);
  g_autoptr (ChatRoom) room = chat_room_new (1, "ada");
  GtkWidget *window, *timeline, *scrolled, *grid;
  BenchFrames frames = { 0 };
  guint patience;

  adw_init ();
  make_room (source, folder);
  chat_room_set_read_mark (room, N_IMAGES);
  patience = g_timeout_add (PATIENCE_US / 1000, on_patience_over, NULL);
  g_print ("images room n=%u rss_mb=%.1f\n", N_IMAGES, bench_rss_mb ());

  window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  timeline = chat_timeline_new ();
  adw_window_set_content (ADW_WINDOW (window), timeline);
  gtk_window_present (GTK_WINDOW (window));
  bench_frames_init (&frames, window, timeline);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_message_list_load (list);
  for (guint i = 0; i < 30; i++)
    bench_frames_wait (&frames);
  scroll (&frames, "images/conversation", -STEP_PX);
  bench_frames_clear (&frames);
  gtk_window_destroy (GTK_WINDOW (window));
  chat_frames_forget ();

  window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  scrolled = gtk_scrolled_window_new ();
  grid = g_object_new (CHAT_TYPE_IMAGE_GRID, NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), grid);
  adw_window_set_content (ADW_WINDOW (window), scrolled);
  gtk_window_present (GTK_WINDOW (window));
  bench_frames_init (&frames, window, scrolled);
  chat_file_list_add (images, source->messages);
  chat_image_grid_set_model (CHAT_IMAGE_GRID (grid), G_LIST_MODEL (images));
  for (guint i = 0; i < 30; i++)
    bench_frames_wait (&frames);
  scroll (&frames, "images/grid", STEP_PX);
  bench_frames_clear (&frames);
  gtk_window_destroy (GTK_WINDOW (window));

  g_source_remove (patience);
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);

      g_unlink (path);
    }
  g_rmdir (folder);
  return 0;
}
