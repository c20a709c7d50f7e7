/* chat-image-strip.h: takes out of an image what it says about its maker: where, when, with what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CHAT_IMAGE_STRIP_DONE,      /* what is left is in the array */
  CHAT_IMAGE_STRIP_UNKNOWN,   /* no kind of image that is known here: nobody can tell what is in it */
  CHAT_IMAGE_STRIP_BROKEN     /* one that is known, but not as it should be */
} ChatImageStripResult;

/**
 * chat_image_strip:
 * @data: a JPEG (ITU T.81), PNG (W3C PNG), GIF (GIF89a), WebP (RFC 9649) or BMP, which has nothing of it. (A TIFF is UNKNOWN: what it tells stands
 *   among what it is made of)
 * @out: (out caller-allocates): empty; gets @data without Exif, XMP, IPTC, comments and texts, and without whatever stands behind the image. Its pixels,
 *   its colours, and, of a JPEG, the way it is held are as they were.
 *
 * Pure, and linear in @size; reads nothing beyond it, whatever it holds.
 */
ChatImageStripResult chat_image_strip (const guint8 *data,
                                       gsize         size,
                                       GByteArray   *out);

G_END_DECLS
