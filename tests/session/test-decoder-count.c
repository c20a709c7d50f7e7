/* test-decoder-count.c: how many pictures a file says it has, and that no file makes the answer too large or endless
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-decoder-count.h"
#include "chat-decoder-format.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const guint8 gif_head[] = { 'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 0xff, 0, 0, 0, 0, 0xff };
static const guint8 gif_extension[] = { 0x21, 0xf9, 4, 0, 10, 0, 0, 0 };
/* With colours of its own, two of them, and pixels in two blocks */
static const guint8 gif_picture[] = { 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0x80, 0x2c, 0x2c, 0x2c, 0x2c, 0x2c, 0x2c, 2, 1, 0x4c, 1, 0x0a, 0 };
static const guint8 gif_end[] = { 0x3b };

static guint
count (GByteArray *file,
       guint       length)
{
  int fd = memfd_create ("test", MFD_CLOEXEC);
  guint n;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, file->data, length), ==, length);
  g_assert_cmpint (lseek (fd, 3, SEEK_SET), ==, 3);
  n = chat_decoder_count_frames (fd);
  /* Whoever reads it on is where they were */
  g_assert_cmpint (lseek (fd, 0, SEEK_CUR), ==, 3);
  close (fd);
  return n;
}

static GByteArray *
make_gif (guint n)
{
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, gif_head, sizeof gif_head);
  for (guint i = 0; i < n; i++)
    {
      g_byte_array_append (file, gif_extension, sizeof gif_extension);
      g_byte_array_append (file, gif_picture, sizeof gif_picture);
    }
  g_byte_array_append (file, gif_end, sizeof gif_end);
  return file;
}

static void
add_chunk (GByteArray *file,
           const char *name,
           guint32     size,
           guint       there)
{
  guint8 head[8] = { 0, 0, 0, 0, size, size >> 8, size >> 16, size >> 24 };
  g_autofree guint8 *body = g_malloc0 (MAX (there, 1));

  memcpy (head, name, 4);
  g_byte_array_append (file, head, sizeof head);
  g_byte_array_append (file, body, there);
}

static void
test_gif (void)
{
  static const guint numbers[] = { 0, 1, 3, 200, CHAT_DECODER_MAX_FRAMES + 100 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GByteArray) file = make_gif (numbers[i]);

      g_assert_cmpuint (count (file, file->len), ==, MIN (numbers[i], CHAT_DECODER_MAX_FRAMES));
    }
}

static void
test_webp (void)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) "RIFF\0\0\0\0WEBP", 12);
  add_chunk (file, "VP8X", 10, 10);
  add_chunk (file, "ANIM", 6, 6);
  /* An odd size has a byte after it */
  add_chunk (file, "ANMF", 33, 34);
  add_chunk (file, "ANMF", 40, 40);
  add_chunk (file, "EXIF", 3, 4);
  g_assert_cmpuint (count (file, file->len), ==, 2);
  /* One that says it is longer than there is, and than there can be */
  add_chunk (file, "ANMF", G_MAXUINT32, 0);
  g_assert_cmpuint (count (file, file->len), ==, 3);
}

static void
test_broken (void)
{
  g_autoptr (GByteArray) file = make_gif (3);
  g_autoptr (GByteArray) other = g_byte_array_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint length = 0; length < file->len; length++)
    g_assert_cmpuint (count (file, length), <=, 3);
  g_byte_array_append (other, (const guint8 *) "\x89PNG\r\n\x1a\n and so on", 19);
  g_assert_cmpuint (count (other, other->len), ==, 0);
  for (guint i = 0; i < 2000; i++)
    {
      guint at = g_rand_int_range (random, 6, file->len);
      guint8 kept = file->data[at];

      file->data[at] = g_rand_int (random);
      g_assert_cmpuint (count (file, file->len), <=, CHAT_DECODER_MAX_FRAMES);
      file->data[at] = kept;
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decoder/count/gif", test_gif);
  g_test_add_func ("/decoder/count/webp", test_webp);
  g_test_add_func ("/decoder/count/broken", test_broken);
  return g_test_run ();
}
