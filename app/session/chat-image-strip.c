/* chat-image-strip.c: takes out of an image what it says about its maker: where, when, with what
 *
 * What is kept is on a list, what is taken out is all the rest: there are more places for a location than anybody knows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-image-strip.h"

#include <string.h>

static guint
get_be16 (const guint8 *p)
{
  return (guint) p[0] << 8 | p[1];
}

static guint
get_le16 (const guint8 *p)
{
  return (guint) p[1] << 8 | p[0];
}

static guint32
get_be32 (const guint8 *p)
{
  return (guint32) get_be16 (p) << 16 | get_be16 (p + 2);
}

static guint32
get_le32 (const guint8 *p)
{
  return (guint32) get_le16 (p + 2) << 16 | get_le16 (p);
}

static void
put_le32 (guint8  *p,
          guint32  number)
{
  number = GUINT32_TO_LE (number);
  memcpy (p, &number, sizeof number);
}

static gboolean
begins_with (const guint8 *data,
             gsize         size,
             const char   *bytes,
             gsize         n)
{
  return size >= n && memcmp (data, bytes, n) == 0;
}

/* JPEG */

#define JPEG_TEM   0x01
#define JPEG_RST0  0xd0
#define JPEG_RST7  0xd7
#define JPEG_SOI   0xd8
#define JPEG_EOI   0xd9
#define JPEG_SOS   0xda
#define JPEG_APP0  0xe0
#define JPEG_APP1  0xe1
#define JPEG_APP2  0xe2
#define JPEG_APP14 0xee
#define JPEG_APP15 0xef
#define JPEG_COM   0xfe

#define TAG_ORIENTATION 0x0112

/* How the camera was held, of the TIFF structure in an Exif segment. Returns: 1 to 8; 0 where it is not told */
static guint
get_orientation (const guint8 *tiff,
                 gsize         size)
{
  guint (*get16) (const guint8 *);
  gsize ifd;
  guint n;

  if (size < 8)
    return 0;
  if (memcmp (tiff, "II*\0", 4) == 0)
    get16 = get_le16;
  else if (memcmp (tiff, "MM\0*", 4) == 0)
    get16 = get_be16;
  else
    return 0;
  ifd = get16 == get_le16 ? get_le32 (tiff + 4) : get_be32 (tiff + 4);
  if (ifd > size || size - ifd < 2)
    return 0;
  n = get16 (tiff + ifd);
  for (gsize entry = ifd + 2; n > 0 && size - entry >= 12; n--, entry += 12)
    if (get16 (tiff + entry) == TAG_ORIENTATION)
      {
        guint value = get16 (tiff + entry + 8);

        return value <= 8 ? value : 0;
      }
  return 0;
}

/* An Exif segment that tells nothing else (CIPA DC-008) */
static void
put_orientation (GByteArray *out,
                 guint       orientation)
{
  guint8 segment[] = { 0xff, JPEG_APP1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0,
                       0x12, 0x01, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

  segment[28] = orientation;
  g_byte_array_append (out, segment, sizeof segment);
}

static gboolean
is_kept_segment (guint         marker,
                 const guint8 *body,
                 gsize         size)
{
  if (marker == JPEG_COM)
    return FALSE;
  if (marker < JPEG_APP0 || marker > JPEG_APP15)
    return TRUE;
  /* The pixels' shape and their colours are not the same without these */
  return (marker == JPEG_APP0 && begins_with (body, size, "JFIF", 5))
         || (marker == JPEG_APP2 && begins_with (body, size, "ICC_PROFILE", 12))
         || (marker == JPEG_APP14 && begins_with (body, size, "Adobe", 5));
}

/* What follows a start of scan: goes on to the next marker that is none of a scan's own */
static gsize
skip_scan (const guint8 *data,
           gsize         size,
           gsize         at)
{
  while (at + 1 < size)
    {
      const guint8 *mark = memchr (data + at, 0xff, size - at - 1);

      if (mark == NULL)
        return size;
      at = mark - data;
      /* A byte that is stuffed, a restart, or one of several fillers */
      if (mark[1] != 0x00 && mark[1] != 0xff && (mark[1] < JPEG_RST0 || mark[1] > JPEG_RST7))
        return at;
      at += mark[1] == 0xff ? 1 : 2;
    }
  return size;
}

static ChatImageStripResult
strip_jpeg (const guint8 *data,
            gsize         size,
            GByteArray   *out)
{
  gsize at = 2;
  guint orientation = 0;
  guint place;

  g_byte_array_append (out, data, 2);
  place = out->len;
  while (at + 1 < size)
    {
      guint marker = data[at + 1];
      gsize length, end;

      if (data[at] != 0xff)
        return CHAT_IMAGE_STRIP_BROKEN;
      if (marker == 0xff)
        {
          at++;
          continue;
        }
      if (marker == JPEG_EOI)
        {
          /* Whatever stands behind it is no part of the image */
          g_byte_array_append (out, data + at, 2);
          if (orientation > 1)
            {
              g_autoptr (GByteArray) rest = g_byte_array_new ();

              g_byte_array_append (rest, out->data + place, out->len - place);
              g_byte_array_set_size (out, place);
              put_orientation (out, orientation);
              g_byte_array_append (out, rest->data, rest->len);
            }
          return CHAT_IMAGE_STRIP_DONE;
        }
      if (marker == JPEG_TEM || marker == JPEG_SOI || marker == 0 || (marker >= JPEG_RST0 && marker <= JPEG_RST7) || size - at < 4)
        return CHAT_IMAGE_STRIP_BROKEN;
      length = get_be16 (data + at + 2);
      if (length < 2 || length > size - at - 2)
        return CHAT_IMAGE_STRIP_BROKEN;
      end = at + 2 + length;
      if (marker == JPEG_APP1 && orientation == 0 && begins_with (data + at + 4, length - 2, "Exif\0", 6))
        orientation = get_orientation (data + at + 10, length - 8);
      if (marker == JPEG_SOS)
        end = skip_scan (data, size, end);
      if (is_kept_segment (marker, data + at + 4, length - 2))
        g_byte_array_append (out, data + at, end - at);
      /* JFIF wants to be the first segment */
      if (marker == JPEG_APP0 && place == 2)
        place = out->len;
      at = end;
    }
  return CHAT_IMAGE_STRIP_BROKEN;
}

/* PNG */

static gboolean
is_kept_chunk (const guint8 *type)
{
  static const char *const kept[] = { "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV",
                                      "cLLI", "bKGD", "hIST", "pHYs", "sPLT", "acTL", "fcTL", "fdAT" };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (memcmp (type, kept[i], 4) == 0)
      return TRUE;
  return FALSE;
}

static ChatImageStripResult
strip_png (const guint8 *data,
           gsize         size,
           GByteArray   *out)
{
  gsize at = 8;

  g_byte_array_append (out, data, 8);
  while (size - at >= 12)
    {
      guint32 length = get_be32 (data + at);

      if (length > size - at - 12)
        return CHAT_IMAGE_STRIP_BROKEN;
      if (is_kept_chunk (data + at + 4))
        g_byte_array_append (out, data + at, (gsize) length + 12);
      if (memcmp (data + at + 4, "IEND", 4) == 0)
        return CHAT_IMAGE_STRIP_DONE;
      at += (gsize) length + 12;
    }
  return CHAT_IMAGE_STRIP_BROKEN;
}

/* GIF */

#define GIF_EXTENSION   0x21
#define GIF_IMAGE       0x2c
#define GIF_TRAILER     0x3b
#define GIF_CONTROL     0xf9
#define GIF_APPLICATION 0xff

/* The end of blocks of at most 255 bytes, the last of which is empty. Returns: 0 where they do not end */
static gsize
skip_blocks (const guint8 *data,
             gsize         size,
             gsize         at)
{
  while (at < size)
    {
      guint length = data[at];

      at += 1 + length;
      if (length == 0)
        return at;
    }
  return 0;
}

/* How often a film is repeated is told by an extension of two programs, which all understand */
static gboolean
is_kept_extension (const guint8 *data,
                   gsize         size)
{
  if (data[1] == GIF_CONTROL)
    return TRUE;
  return data[1] == GIF_APPLICATION
         && (begins_with (data + 2, size - 2, "\x0bNETSCAPE2.0", 12) || begins_with (data + 2, size - 2, "\x0b" "ANIMEXTS1.0", 12));
}

static gsize
get_color_table_size (guint flags)
{
  return (flags & 0x80) != 0 ? 3u << ((flags & 7) + 1) : 0;
}

static ChatImageStripResult
strip_gif (const guint8 *data,
           gsize         size,
           GByteArray   *out)
{
  gsize at;

  if (size < 13)
    return CHAT_IMAGE_STRIP_BROKEN;
  at = 13 + get_color_table_size (data[10]);
  if (at > size)
    return CHAT_IMAGE_STRIP_BROKEN;
  g_byte_array_append (out, data, at);
  while (at < size)
    {
      gboolean kept = TRUE;
      gsize end;

      switch (data[at])
        {
        case GIF_TRAILER:
          g_byte_array_append (out, data + at, 1);
          return CHAT_IMAGE_STRIP_DONE;
        case GIF_EXTENSION:
          if (size - at < 2)
            return CHAT_IMAGE_STRIP_BROKEN;
          kept = is_kept_extension (data + at, size - at);
          end = skip_blocks (data, size, at + 2);
          break;
        case GIF_IMAGE:
          if (size - at < 11)
            return CHAT_IMAGE_STRIP_BROKEN;
          end = at + 10 + get_color_table_size (data[at + 9]) + 1;
          end = skip_blocks (data, size, end);
          break;
        default:
          return CHAT_IMAGE_STRIP_BROKEN;
        }
      if (end == 0 || end > size)
        return CHAT_IMAGE_STRIP_BROKEN;
      if (kept)
        g_byte_array_append (out, data + at, end - at);
      at = end;
    }
  return CHAT_IMAGE_STRIP_BROKEN;
}

/* WebP */

#define BMP_HEADERS 26      /* the least that both of them have (bytes) */
#define WEBP_HAS_EXIF 0x08
#define WEBP_HAS_XMP  0x04

static gboolean
is_kept_webp_chunk (const guint8 *type)
{
  static const char *const kept[] = { "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP" };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (memcmp (type, kept[i], 4) == 0)
      return TRUE;
  return FALSE;
}

static ChatImageStripResult
strip_webp (const guint8 *data,
            gsize         size,
            GByteArray   *out)
{
  gsize end = get_le32 (data + 4) + (gsize) 8;
  gsize at = 12;

  if (end < 12 || end > size)
    return CHAT_IMAGE_STRIP_BROKEN;
  g_byte_array_append (out, data, 12);
  while (end - at >= 8)
    {
      guint32 length = get_le32 (data + at + 4);
      gsize whole = (gsize) 8 + length + (length & 1);

      /* The last byte of filling may be missing */
      if (length > end - at - 8)
        return CHAT_IMAGE_STRIP_BROKEN;
      whole = MIN (whole, end - at);
      if (is_kept_webp_chunk (data + at))
        {
          guint start = out->len;

          g_byte_array_append (out, data + at, whole);
          if (memcmp (data + at, "VP8X", 4) == 0 && length >= 1)
            out->data[start + 8] &= ~(WEBP_HAS_EXIF | WEBP_HAS_XMP);
        }
      at += whole;
    }
  put_le32 (out->data + 4, out->len - 8);
  return out->len > 12 ? CHAT_IMAGE_STRIP_DONE : CHAT_IMAGE_STRIP_BROKEN;
}

/* It has its size in it (0: its maker was lazy), and no place for words; what stands behind it goes */
static ChatImageStripResult
strip_bmp (const guint8 *data,
           gsize         size,
           GByteArray   *out)
{
  gsize told = get_le32 (data + 2);

  if (told > size || (told > 0 && told < BMP_HEADERS))
    return CHAT_IMAGE_STRIP_BROKEN;
  g_byte_array_append (out, data, told > 0 ? told : size);
  return CHAT_IMAGE_STRIP_DONE;
}

ChatImageStripResult
chat_image_strip (const guint8 *data,
                  gsize         size,
                  GByteArray   *out)
{
  if (begins_with (data, size, "\xff\xd8\xff", 3))
    return strip_jpeg (data, size, out);
  if (begins_with (data, size, "\x89PNG\r\n\x1a\n", 8))
    return strip_png (data, size, out);
  if (begins_with (data, size, "GIF87a", 6) || begins_with (data, size, "GIF89a", 6))
    return strip_gif (data, size, out);
  if (size >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return strip_webp (data, size, out);
  if (size >= BMP_HEADERS && memcmp (data, "BM", 2) == 0)
    return strip_bmp (data, size, out);
  return CHAT_IMAGE_STRIP_UNKNOWN;
}
