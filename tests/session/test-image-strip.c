/* test-image-strip.c: what an image says of its maker is gone, what it shows is not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-image-strip.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#define SECRET "50.4501N 30.5234E"

static const guint8 exif_turned[] = { 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2,
                                      0x01, 0x0f, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0,
                                      0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0,
                                      0, 0, 0, 0, '5', '0', '.', '4', '5', '0', '1', 'N', ' ', '3', '0', '.', '5', '2', '3', '4', 'E' };

static GByteArray *
make_image (const char *type)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 48);
  GByteArray *image = g_byte_array_new ();
  g_autofree char *bytes = NULL;
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  gsize n;

  for (gsize i = 0; i < gdk_pixbuf_get_byte_length (pixbuf); i++)
    pixels[i] = (i * 2654435761u) >> 24;
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &n, type, NULL, NULL));
  g_byte_array_append (image, (guint8 *) bytes, n);
  return image;
}

static void
insert (GByteArray   *image,
        guint         at,
        gconstpointer bytes,
        guint         n)
{
  guint8 *rest = g_memdup2 (image->data + at, image->len - at);
  guint size = image->len - at;

  g_byte_array_set_size (image, at);
  g_byte_array_append (image, bytes, n);
  g_byte_array_append (image, rest, size);
  g_free (rest);
}

static void
insert_segment (GByteArray    *image,
                guint          at,
                guint8         marker,
                gconstpointer  body,
                guint          n)
{
  guint8 head[] = { 0xff, marker, (n + 2) >> 8, (n + 2) & 0xff };

  insert (image, at, body, n);
  insert (image, at, head, sizeof head);
}

static void
insert_chunk (GByteArray *image,
              guint       at,
              const char *type,
              const char *body)
{
  guint n = strlen (body);
  guint8 head[] = { 0, 0, n >> 8, n & 0xff, type[0], type[1], type[2], type[3] };

  /* (Its sum is wrong; nobody should read it) */
  insert (image, at, "\0\0\0\0", 4);
  insert (image, at, body, n);
  insert (image, at, head, sizeof head);
}

static GdkPixbuf *
load (GByteArray *image)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (gdk_pixbuf_loader_write (loader, image->data, image->len, &error));
  g_assert_true (gdk_pixbuf_loader_close (loader, &error));
  g_assert_no_error (error);
  return g_object_ref (gdk_pixbuf_loader_get_pixbuf (loader));
}

/* Strips @dirty (taken) and compares with what the clean one shows */
static GdkPixbuf *
expect_stripped (GByteArray *dirty,
                 GByteArray *clean)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GdkPixbuf) expected = load (clean);
  g_autoptr (GdkPixbuf) shown = NULL;

  g_assert_nonnull (memmem (dirty->data, dirty->len, SECRET, strlen (SECRET)));
  g_assert_cmpint (chat_image_strip (dirty->data, dirty->len, out), ==, CHAT_IMAGE_STRIP_DONE);
  g_assert_null (memmem (out->data, out->len, SECRET, strlen (SECRET)));
  shown = load (out);
  g_assert_cmpint (gdk_pixbuf_get_width (shown), ==, gdk_pixbuf_get_width (expected));
  g_assert_cmpmem (gdk_pixbuf_read_pixels (shown), gdk_pixbuf_get_byte_length (shown),
                   gdk_pixbuf_read_pixels (expected), gdk_pixbuf_get_byte_length (expected));
  g_byte_array_unref (dirty);
  return g_steal_pointer (&shown);
}

static GByteArray *
copy (GByteArray *image)
{
  GByteArray *other = g_byte_array_new ();

  return g_byte_array_append (other, image->data, image->len);
}

static void
test_jpeg (void)
{
  g_autoptr (GByteArray) clean = make_image ("jpeg");
  GByteArray *dirty = copy (clean);
  g_autoptr (GdkPixbuf) shown = NULL;
  g_autofree char *xmp = g_strconcat ("http://ns.adobe.com/xap/1.0/", "<x>" SECRET "</x>", NULL);
  guint jfif = 4 + dirty->data[5];

  g_assert_cmpint (dirty->data[3], ==, 0xe0);
  insert_segment (dirty, jfif, 0xe1, exif_turned, sizeof exif_turned);
  insert_segment (dirty, jfif, 0xe1, xmp, strlen (xmp));
  insert_segment (dirty, jfif, 0xed, "Photoshop 3.0" SECRET, strlen ("Photoshop 3.0" SECRET));
  insert_segment (dirty, jfif, 0xfe, SECRET, strlen (SECRET));
  insert_segment (dirty, jfif, 0xe2, "MPF" SECRET, strlen ("MPF" SECRET));
  /* A film behind the picture, as telephones like to make them */
  g_byte_array_append (dirty, (const guint8 *) "ftypmp42" SECRET, strlen ("ftypmp42" SECRET));
  shown = expect_stripped (dirty, clean);
  g_assert_cmpstr (gdk_pixbuf_get_option (shown, "orientation"), ==, "6");

  /* One without any such thing stays as it is, to the byte */
  {
    g_autoptr (GByteArray) out = g_byte_array_new ();

    g_assert_cmpint (chat_image_strip (clean->data, clean->len, out), ==, CHAT_IMAGE_STRIP_DONE);
    g_assert_cmpmem (out->data, out->len, clean->data, clean->len);
  }
}

static void
test_png (void)
{
  g_autoptr (GByteArray) clean = make_image ("png");
  GByteArray *dirty = copy (clean);
  g_autoptr (GdkPixbuf) shown = NULL;

  insert_chunk (dirty, 33, "tEXt", "Location" SECRET);
  insert_chunk (dirty, 33, "eXIf", SECRET);
  insert_chunk (dirty, 33, "prVt", SECRET);
  g_byte_array_append (dirty, (const guint8 *) SECRET, strlen (SECRET));
  shown = expect_stripped (dirty, clean);
}

static void
test_gif (void)
{
  static const guint8 head[] = { 'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 0xff, 0, 0, 0, 0, 0xff };
  static const guint8 loop[] = { 0x21, 0xff, 11, 'N', 'E', 'T', 'S', 'C', 'A', 'P', 'E', '2', '.', '0', 3, 1, 0, 0, 0 };
  static const guint8 frame[] = { 0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x4c, 0x0a, 0, 0x3b };
  static const char comment[] = "\x21\xfe\x11" SECRET;
  static const char xmp[] = "\x21\xff\x0bXMP DataXMP\x11" SECRET;
  g_autoptr (GByteArray) clean = g_byte_array_new ();
  GByteArray *dirty = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GdkPixbuf) shown = NULL;

  g_byte_array_append (clean, head, sizeof head);
  g_byte_array_append (clean, loop, sizeof loop);
  g_byte_array_append (clean, frame, sizeof frame);
  g_byte_array_append (dirty, head, sizeof head);
  g_byte_array_append (dirty, (const guint8 *) comment, sizeof comment);
  g_byte_array_append (dirty, loop, sizeof loop);
  g_byte_array_append (dirty, (const guint8 *) xmp, sizeof xmp);
  g_byte_array_append (dirty, frame, sizeof frame);
  g_byte_array_append (dirty, (const guint8 *) SECRET, strlen (SECRET));
  g_assert_cmpint (chat_image_strip (dirty->data, dirty->len, out), ==, CHAT_IMAGE_STRIP_DONE);
  g_assert_cmpmem (out->data, out->len, clean->data, clean->len);
  shown = expect_stripped (dirty, clean);
}

static void
test_webp (void)
{
  static const guint8 webp[] = "RIFF\x4a\0\0\0WEBP"
                               "VP8X\x0a\0\0\0\x0c\0\0\0\0\0\0\0\0\0"
                               "VP8L\x06\0\0\0\x2f\0\0\0\0\0"
                               "EXIF\x11\0\0\0" SECRET "\0"
                               "XMP \x02\0\0\0<>";
  static const guint8 expected[] = "RIFF\x24\0\0\0WEBP"
                                   "VP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                   "VP8L\x06\0\0\0\x2f\0\0\0\0\0";
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 *dirty = g_memdup2 (webp, sizeof webp - 1);

  dirty[4] = sizeof webp - 1 - 8;
  g_assert_cmpint (chat_image_strip (dirty, sizeof webp - 1, out), ==, CHAT_IMAGE_STRIP_DONE);
  g_assert_cmpmem (out->data, out->len, expected, sizeof expected - 1);
  g_free (dirty);
}

/* Whatever is cut off or changed, nothing is read that is not there (a copy of just that size, for the sanitizers), and it ends */
static void
test_broken (void)
{
  static const char *const types[] = { "jpeg", "png" };
  g_autoptr (GByteArray) none = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GByteArray) image = make_image (types[i]);
      guint n_done = 0;

      if (i == 0)
        insert_segment (image, 4 + image->data[5], 0xe1, exif_turned, sizeof exif_turned);
      for (guint size = 0; size < image->len; size++)
        {
          g_autofree guint8 *part = g_memdup2 (image->data, size);
          g_autoptr (GByteArray) out = g_byte_array_new ();

          g_assert_cmpint (chat_image_strip (part, size, out), !=, CHAT_IMAGE_STRIP_DONE);
        }
      for (guint round = 0; round < 20000; round++)
        {
          g_autofree guint8 *part = g_memdup2 (image->data, image->len);
          g_autoptr (GByteArray) out = g_byte_array_new ();

          for (guint n = 0; n < 4; n++)
            part[g_test_rand_int_range (3, MIN (image->len, round % 2 ? 200 : image->len))] = g_test_rand_int ();
          n_done += chat_image_strip (part, image->len, out) == CHAT_IMAGE_STRIP_DONE;
          g_assert_cmpuint (out->len, <=, image->len + 64);
        }
      g_assert_cmpuint (n_done, >, 0);
    }
  g_assert_cmpint (chat_image_strip ((const guint8 *) "<svg/>", 6, none), ==, CHAT_IMAGE_STRIP_UNKNOWN);
  g_assert_cmpint (chat_image_strip (NULL, 0, none), ==, CHAT_IMAGE_STRIP_UNKNOWN);
  /* What tells stands among what a TIFF is made of */
  g_assert_cmpint (chat_image_strip ((const guint8 *) "II*\0\x08\0\0\0", 8, none), ==, CHAT_IMAGE_STRIP_UNKNOWN);
}

/* It has no place for words; what stands behind it goes */
static void
test_bmp (void)
{
  static const guint8 image[] = "BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\xff\0\0\0where it was made";
  guint8 broken[sizeof image];
  g_autoptr (GByteArray) out = g_byte_array_new ();

  g_assert_cmpint (chat_image_strip (image, sizeof image - 1, out), ==, CHAT_IMAGE_STRIP_DONE);
  g_assert_cmpmem (out->data, out->len, image, 30);
  memcpy (broken, image, sizeof image);
  broken[3] = 1;
  g_assert_cmpint (chat_image_strip (broken, sizeof image - 1, out), ==, CHAT_IMAGE_STRIP_BROKEN);
  broken[2] = 1;
  broken[3] = 0;
  g_assert_cmpint (chat_image_strip (broken, sizeof image - 1, out), ==, CHAT_IMAGE_STRIP_BROKEN);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/image-strip/jpeg", test_jpeg);
  g_test_add_func ("/image-strip/png", test_png);
  g_test_add_func ("/image-strip/gif", test_gif);
  g_test_add_func ("/image-strip/webp", test_webp);
  g_test_add_func ("/image-strip/broken", test_broken);

  g_test_add_func ("/image-strip/bmp", test_bmp);
  return g_test_run ();
}
