/* chat-image.h: pixels of a file that nobody vouches for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The limits of this layer */
#define CHAT_IMAGE_MAX_DECODERS  2        /* processes at once */
#define CHAT_IMAGE_MAX_WAITING   256      /* what waits for one of them; past it the ones that have waited longest are given up */
#define CHAT_IMAGE_TIMEOUT_MS    15000    /* for one file */
#define CHAT_IMAGE_MAX_SIDE      8192     /* pixels of what is asked for */

/**
 * CHAT_IMAGE_ERROR: what is shown as a file then
 */
#define CHAT_IMAGE_ERROR (chat_image_error_quark ())
GQuark chat_image_error_quark (void);
typedef enum
{
  CHAT_IMAGE_ERROR_FAILED,      /* the decoder died, took too long, or could not be started */
  CHAT_IMAGE_ERROR_NO_IMAGE,    /* of no kind that is shown here, or broken */
  CHAT_IMAGE_ERROR_TOO_LARGE,   /* more pixels or bytes than are decoded here */
  CHAT_IMAGE_ERROR_BUSY         /* too many others came after it */
} ChatImageError;

/**
 * ChatImage: immutable, counted
 */
typedef struct _ChatImage ChatImage;

#define CHAT_TYPE_IMAGE (chat_image_get_type ())
GType      chat_image_get_type            (void);
ChatImage *chat_image_ref                 (ChatImage            *self);
void       chat_image_unref               (ChatImage            *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatImage, chat_image_unref)

int        chat_image_get_width           (ChatImage            *self);
int        chat_image_get_height          (ChatImage            *self);
/** chat_image_get_full_size: @width, @height: (out) (optional): pixels that the file has, turned upright */
void       chat_image_get_full_size       (ChatImage            *self,
                                           int                  *width,
                                           int                  *height);
/** chat_image_get_n_frames: Returns: 1 of what does not move */
guint      chat_image_get_n_frames        (ChatImage            *self);
/** chat_image_get_frame: @delay: (out) (optional): how long it is shown, in ms; 0: for ever.
 * Returns: (transfer full): its pixels, row after row without a gap: R, G, B, A of a byte each, not premultiplied */
GBytes    *chat_image_get_frame           (ChatImage            *self,
                                           guint                 n,
                                           guint                *delay);

typedef enum
{
  CHAT_IMAGE_STILL,
  CHAT_IMAGE_ANIMATION    /* all frames, as far as they fit into what is bounded */
} ChatImageKind;

/**
 * chat_image_decode_async:
 * @path: a regular file
 * @width, @height: 1 to %CHAT_IMAGE_MAX_SIDE pixels: it is made to fit in, and never larger than it is
 *
 * Decodes in a process of its own, which has little memory, little time and no way to anything else: what an image does to its decoder
 * happens there. The kind of file goes by its first bytes: JPEG, PNG, GIF, BMP, TIFF and, where the system can, WebP. Cancelling kills the process.
 */
void       chat_image_decode_async        (const char           *path,
                                           ChatImageKind         kind,
                                           int                   width,
                                           int                   height,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/** chat_image_decode_bytes_async: the same, of something small that is in memory (a preview) */
void       chat_image_decode_bytes_async  (GBytes               *bytes,
                                           int                   width,
                                           int                   height,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/** chat_image_decode_finish: Returns: (transfer full) (nullable): %NULL with %CHAT_IMAGE_ERROR or %G_IO_ERROR_CANCELLED */
ChatImage *chat_image_decode_finish       (GAsyncResult         *result,
                                           GError              **error);

/** chat_image_preview_async: a very small JPEG of the image in @path, to be shown until all of it is there */
void       chat_image_preview_async       (const char           *path,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/** chat_image_preview_finish: @width, @height: (out): of the whole image, in pixels. Returns: (transfer full) (nullable) */
GBytes    *chat_image_preview_finish      (GAsyncResult         *result,
                                           int                  *width,
                                           int                  *height,
                                           GError              **error);

G_END_DECLS
