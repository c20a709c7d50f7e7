/* test-image.c: images, and what only pretends to be one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "chat-image.h"
#include "chat-test.h"

static char *dir;

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static ChatImage *
decode (const char     *path,
        ChatImageKind   kind,
        int             side,
        GError        **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  chat_image_decode_async (path, kind, side, side, NULL, on_done, &result);
  chat_test_wait_until (result != NULL);
  return chat_image_decode_finish (result, error);
}

static char *
put_file (const char    *name,
          gconstpointer  data,
          gssize         size)
{
  char *path = g_build_filename (dir, name, NULL);

  g_assert_true (g_file_set_contents (path, data, size, NULL));
  return path;
}

static GdkPixbuf *
make_pixbuf (int     width,
             int     height,
             guint32 rgba)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, width, height);

  gdk_pixbuf_fill (pixbuf, rgba);
  return pixbuf;
}

static void
assert_pixel (ChatImage *image,
              guint      frame,
              int        x,
              int        y,
              guint32    rgba)
{
  g_autoptr (GBytes) bytes = chat_image_get_frame (image, frame, NULL);
  const guint8 *p = (const guint8 *) g_bytes_get_data (bytes, NULL) + (y * chat_image_get_width (image) + x) * 4;

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, chat_image_get_width (image) * chat_image_get_height (image) * 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (ABS (p[i] - (int) ((rgba >> (24 - 8 * i)) & 0xff)), <=, 6);
}

static void
test_still (void)
{
  static const char *const types[] = { "png", "jpeg", "bmp", "tiff" };
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (300, 100, 0xff0000ff);
  g_autofree char *path = g_build_filename (dir, "still", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (ChatImage) small = NULL;
      g_autoptr (ChatImage) whole = NULL;
      g_autoptr (GError) error = NULL;
      int width, height;

      g_assert_true (gdk_pixbuf_save (pixbuf, path, types[i], NULL, NULL));
      small = decode (path, CHAT_IMAGE_STILL, 60, &error);
      g_assert_no_error (error);
      g_assert_cmpint (chat_image_get_width (small), ==, 60);
      g_assert_cmpint (chat_image_get_height (small), ==, 20);
      chat_image_get_full_size (small, &width, &height);
      g_assert_cmpint (width, ==, 300);
      g_assert_cmpint (height, ==, 100);
      assert_pixel (small, 0, 30, 10, 0xff0000ff);
      /* Never larger than it is */
      whole = decode (path, CHAT_IMAGE_ANIMATION, 4000, &error);
      g_assert_no_error (error);
      g_assert_cmpint (chat_image_get_width (whole), ==, 300);
      g_assert_cmpuint (chat_image_get_n_frames (whole), ==, 1);
    }
}

/* A camera that was held upright: 6 says that the picture is to be turned by a quarter */
static void
test_orientation (void)
{
  static const guint8 exif[] = { 0xff, 0xe1, 0x00, 0x22, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0,
                                 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0 };
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (300, 100, 0x00ff00ff);
  g_autoptr (GByteArray) turned = g_byte_array_new ();
  g_autoptr (ChatImage) image = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *path = NULL;
  int width, height;
  gsize n;

  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &n, "jpeg", NULL, NULL));
  g_byte_array_append (turned, (guint8 *) bytes, 2);
  g_byte_array_append (turned, exif, sizeof exif);
  g_byte_array_append (turned, (guint8 *) bytes + 2, n - 2);
  path = put_file ("turned", turned->data, turned->len);
  image = decode (path, CHAT_IMAGE_STILL, 60, &error);
  g_assert_no_error (error);
  g_assert_cmpint (chat_image_get_width (image), ==, 20);
  g_assert_cmpint (chat_image_get_height (image), ==, 60);
  chat_image_get_full_size (image, &width, &height);
  g_assert_cmpint (width, ==, 100);
  g_assert_cmpint (height, ==, 300);
}

/* Two frames of two pixels: red, then blue, a tenth of a second each */
static const guint8 gif[] = {
  'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 0xff, 0, 0, 0, 0, 0xff,
  0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x04, 0x0a, 0,
  0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x4c, 0x0a, 0, 0x3b
};

static void
test_animation (void)
{
  g_autofree char *path = put_file ("gif", gif, sizeof gif);
  g_autoptr (ChatImage) still = NULL;
  g_autoptr (ChatImage) film = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = NULL;
  guint delay;

  still = decode (path, CHAT_IMAGE_STILL, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (chat_image_get_n_frames (still), ==, 1);
  film = decode (path, CHAT_IMAGE_ANIMATION, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (chat_image_get_n_frames (film), ==, 2);
  first = chat_image_get_frame (film, 0, &delay);
  g_assert_cmpuint (delay, ==, 100);
  assert_pixel (film, 0, 0, 0, 0xff0000ff);
  assert_pixel (film, 1, 0, 0, 0x0000ffff);
}

static void
test_preview (void)
{
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (1000, 500, 0x00ff00ff);
  g_autofree char *path = g_build_filename (dir, "large", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GBytes) preview = NULL;
  g_autoptr (ChatImage) image = NULL;
  g_autoptr (GError) error = NULL;
  int width, height;

  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  chat_image_preview_async (path, NULL, on_done, &result);
  chat_test_wait_until (result != NULL);
  preview = chat_image_preview_finish (result, &width, &height, &error);
  g_assert_no_error (error);
  g_assert_cmpint (width, ==, 1000);
  g_assert_cmpint (height, ==, 500);
  g_assert_cmpuint (g_bytes_get_size (preview), <=, 3000);
  chat_image_decode_bytes_async (preview, 100, 100, NULL, on_done, &second);
  chat_test_wait_until (second != NULL);
  image = chat_image_decode_finish (second, &error);
  g_assert_no_error (error);
  g_assert_cmpint (chat_image_get_width (image), ==, 40);
  g_assert_cmpint (chat_image_get_height (image), ==, 20);
  assert_pixel (image, 0, 5, 5, 0x00ff00ff);
}

/* A PNG that claims to have so many pixels: a few bytes that would be gigabytes */
static char *
put_bomb (guint32 side)
{
  guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0,
                   0, 0, 0, 0, 0, 0, 0, 16, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0 };
  guint32 big = GUINT32_TO_BE (side);
  guint32 crc = 0xffffffff;

  memcpy (png + 16, &big, 4);
  memcpy (png + 20, &big, 4);
  for (guint i = 12; i < 29; i++)
    {
      crc ^= png[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320 : 0);
    }
  crc = GUINT32_TO_BE (~crc);
  memcpy (png + 29, &crc, 4);
  return put_file ("bomb", png, sizeof png);
}

static void
refuse (const char *path,
        int         code)
{
  g_autoptr (ChatImage) image = NULL;
  g_autoptr (GError) error = NULL;

  image = decode (path, CHAT_IMAGE_ANIMATION, 100, &error);
  g_assert_null (image);
  g_assert_error (error, CHAT_IMAGE_ERROR, code);
}

static void
test_refused (void)
{
  static const char svg[] = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
                            "<image href='file:///etc/passwd'/></svg>";
  g_autofree char *drawing = put_file ("drawing.png", svg, -1);
  g_autofree char *empty = put_file ("empty", "", 0);
  g_autofree char *start = put_file ("start", gif, 10), *words = put_file ("words", "BMs are what this text is about", -1);
  g_autofree char *tiff = put_file ("tiff", "II*\0\x08\0\0\0\xff\xff", 10), *bmp = put_file ("bmp", "BM\xff\xff\xff\x7f\0\0\0\0\x36\0\0\0\x28\0\0\0"
                                                                                                "\xff\xff\xff\x7f\xff\xff\xff\x7f\x01\0\x20\0", 30);
  g_autofree char *nowhere = g_build_filename (dir, "nowhere", NULL);
  g_autofree char *fifo = g_build_filename (dir, "fifo", NULL);
  g_autofree char *link = g_build_filename (dir, "link", NULL);
  g_autofree char *bomb = NULL;

  refuse (drawing, CHAT_IMAGE_ERROR_NO_IMAGE);
  refuse (empty, CHAT_IMAGE_ERROR_NO_IMAGE);
  refuse (start, CHAT_IMAGE_ERROR_NO_IMAGE);
  refuse (words, CHAT_IMAGE_ERROR_NO_IMAGE);
  refuse (tiff, CHAT_IMAGE_ERROR_NO_IMAGE);
  refuse (bmp, CHAT_IMAGE_ERROR_NO_IMAGE);
  refuse (nowhere, CHAT_IMAGE_ERROR_FAILED);
  refuse (dir, CHAT_IMAGE_ERROR_FAILED);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  refuse (fifo, CHAT_IMAGE_ERROR_FAILED);
  g_assert_cmpint (symlink ("gif", link), ==, 0);
  refuse (link, CHAT_IMAGE_ERROR_FAILED);
  bomb = put_bomb (100000);
  refuse (bomb, CHAT_IMAGE_ERROR_TOO_LARGE);
  g_free (bomb);
  bomb = put_bomb (0x7fffffff);
  refuse (bomb, CHAT_IMAGE_ERROR_NO_IMAGE);
  g_assert_cmpint (g_unlink (fifo), ==, 0);
}

/* What is cut off shows as far as it goes, or not at all, but the decoder ends */
static void
test_truncated (void)
{
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (200, 200, 0x123456ff);
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &n, "jpeg", NULL, NULL));
  for (gsize size = n - 1; size > 2; size = size * 2 / 3)
    {
      g_autofree char *path = put_file ("cut", bytes, size);
      g_autoptr (ChatImage) image = NULL;
      g_autoptr (GError) error = NULL;

      image = decode (path, CHAT_IMAGE_STILL, 100, &error);
      if (image == NULL)
        g_assert_error (error, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_NO_IMAGE);
    }
}

static void
use_decoder (const char *script)
{
  g_autofree char *text = g_strconcat ("#!/bin/sh\n", script, "\n", NULL);
  g_autofree char *path = put_file ("decoder.sh", text, -1);

  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  g_setenv ("CHAT_DECODER", path, TRUE);
}

/* A decoder that was taken over says and does what it likes */
static void
test_hostile_decoder (void)
{
  static const char *const scripts[] = {
    "kill -SEGV $$",
    "exit 77",
    "exit 0",
    "cat",
    "head -c 1000000 /dev/zero",
    /* the head of an answer, with fewer and more pixels than it tells, larger than what was asked for, none, and far too many */
    "printf 'CHID\\1\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0'; head -c 19 /dev/zero",
    "printf 'CHID\\1\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0'; head -c 21 /dev/zero",
    "printf 'CHID\\1\\0\\0\\0\\310\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0'; head -c 1604 /dev/zero",
    "printf 'CHID\\0\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0'",
    "printf 'CHID\\377\\377\\377\\377\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0'",
    "printf 'CHID\\1\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0'; head -c 20 /dev/zero",
  };
  g_autofree char *before = g_strdup (g_getenv ("CHAT_DECODER"));
  g_autofree char *path = put_file ("gif", gif, sizeof gif);

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      use_decoder (scripts[i]);
      refuse (path, CHAT_IMAGE_ERROR_FAILED);
    }
  /* And one that does as it should, as the others would without their fault */
  use_decoder ("printf 'CHID\\1\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0'; head -c 20 /dev/zero");
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (ChatImage) image = decode (path, CHAT_IMAGE_STILL, 100, &error);

    g_assert_no_error (error);
    assert_pixel (image, 0, 1, 1, 0);
  }
  g_setenv ("CHAT_DECODER", "/nonexistent", TRUE);
  refuse (path, CHAT_IMAGE_ERROR_FAILED);
  g_setenv ("CHAT_DECODER", before, TRUE);
}

/* Of very many the last come first, and the first are given up; those that are cancelled are killed */
static void
test_many (void)
{
  enum { N = CHAT_IMAGE_MAX_WAITING + 40 };
  g_autofree char *before = g_strdup (g_getenv ("CHAT_DECODER"));
  g_autofree char *path = put_file ("gif", gif, sizeof gif);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[N] = { NULL };
  guint n_busy = 0;

  use_decoder ("exec sleep 1000");
  for (guint i = 0; i < N; i++)
    chat_image_decode_async (path, CHAT_IMAGE_STILL, 10, 10, cancellable, on_done, &results[i]);
  chat_test_wait_until (results[N - CHAT_IMAGE_MAX_WAITING - 1] != NULL);
  chat_test_settle ();
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GError) error = NULL;

      if (results[i] == NULL)
        continue;
      g_assert_null (chat_image_decode_finish (results[i], &error));
      g_assert_error (error, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_BUSY);
      g_clear_object (&results[i]);
      n_busy++;
    }
  g_assert_cmpuint (n_busy, ==, N - CHAT_IMAGE_MAX_WAITING - CHAT_IMAGE_MAX_DECODERS);
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GError) error = NULL;

      /* The first have their process, then come those that were given up */
      if (i >= CHAT_IMAGE_MAX_DECODERS && i < CHAT_IMAGE_MAX_DECODERS + n_busy)
        continue;
      chat_test_wait_until (results[i] != NULL);
      g_assert_null (chat_image_decode_finish (results[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_object_unref (results[i]);
    }
  g_setenv ("CHAT_DECODER", before, TRUE);
  {
    g_autoptr (ChatImage) image = decode (path, CHAT_IMAGE_STILL, 10, NULL);

    g_assert_nonnull (image);
  }
}

int
main (int   argc,
      char *argv[])
{
  int rc;

  g_test_init (&argc, &argv, NULL);
  dir = chat_test_temp_dir_new ();

  g_test_add_func ("/image/still", test_still);
  g_test_add_func ("/image/orientation", test_orientation);
  g_test_add_func ("/image/animation", test_animation);
  g_test_add_func ("/image/preview", test_preview);
  g_test_add_func ("/image/refused", test_refused);
  g_test_add_func ("/image/truncated", test_truncated);
  g_test_add_func ("/image/hostile-decoder", test_hostile_decoder);
  g_test_add_func ("/image/many", test_many);

  rc = g_test_run ();
  chat_test_temp_dir_remove (dir);
  return rc;
}
