/* chat-frames.h: pixels of images that were shown lately, within a bound
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk/gdk.h>

#include "chat-image.h"

G_BEGIN_DECLS

/* Bytes of pixels that stay when nothing shows them any more: all windows and rooms share them */
#define CHAT_FRAMES_MAX_BYTES   (64 * 1024 * 1024)
/* Images that are remembered, those that could not be shown included */
#define CHAT_FRAMES_MAX_IMAGES  4096

/** ChatFrames: the textures of one image at one size: immutable, counted */
typedef struct _ChatFrames ChatFrames;

/** chat_frames_new: @image: (nullable): %NULL for a file that can not be shown as an image */
ChatFrames *chat_frames_new            (ChatImage  *image);
ChatFrames *chat_frames_ref            (ChatFrames *self);
void        chat_frames_unref          (ChatFrames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatFrames, chat_frames_unref)

/** chat_frames_get_n: Returns: 0 of what can not be shown */
guint       chat_frames_get_n          (ChatFrames *self);
/** chat_frames_get: @delay: (out) (optional): milliseconds; 0: for ever. Returns: (transfer none) */
GdkTexture *chat_frames_get            (ChatFrames *self,
                                        guint       n,
                                        guint      *delay);

/* Those that were used last are kept */
/** chat_frames_lookup: Returns: (transfer full) (nullable) */
ChatFrames *chat_frames_lookup         (const char *key);
void        chat_frames_keep           (const char *key,
                                        ChatFrames *self);
/** chat_frames_get_kept_bytes: Returns: what is kept now: never more than %CHAT_FRAMES_MAX_BYTES */
gsize       chat_frames_get_kept_bytes (void);
/** chat_frames_forget: keeps nothing any more: the person has left */
void        chat_frames_forget         (void);

G_END_DECLS
