/* chat-picture.h: the image of an attachment: its preview first, then its pixels in the size in which it is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk/gdk.h>

#include "chat-attachment.h"

G_BEGIN_DECLS

/**
 * ChatPicture: asks for pixels only while it is on screen, and holds them only then: what was shown lately is kept for all
 * (chat-frames.h).
 */
typedef struct _ChatPicture ChatPicture;

/** ChatPictureMotion: what one does that moves; nothing of it where the person wants no motion */
typedef enum
{
  CHAT_PICTURE_ONCE,      /* at first */
  CHAT_PICTURE_REPEATED,
  CHAT_PICTURE_STILL
} ChatPictureMotion;

/** ChatPictureFunc: what it shows is another now, or it turned out not to be an image */
typedef void (*ChatPictureFunc) (ChatPicture *picture, gpointer user_data);

ChatPicture *chat_picture_new           (ChatAttachment  *attachment,
                                         ChatPictureFunc  changed,
                                         gpointer         user_data);
void         chat_picture_free          (ChatPicture     *self);
/** chat_picture_set_motion: before it has a size */
void         chat_picture_set_motion    (ChatPicture       *self,
                                         ChatPictureMotion  motion);
/** chat_picture_set_size: @width, @height: pixels of the device that it has */
void         chat_picture_set_size      (ChatPicture     *self,
                                         int              width,
                                         int              height);
void         chat_picture_set_on_screen (ChatPicture     *self,
                                         gboolean         on_screen);
/** chat_picture_get_texture: Returns: (transfer none) (nullable): what is to be drawn now */
GdkTexture  *chat_picture_get_texture   (ChatPicture     *self);
/** chat_picture_get_complete: whether that is the image itself, and not its preview */
gboolean     chat_picture_get_complete  (ChatPicture     *self);
/** chat_picture_get_broken: whether its file is no image that can be shown */
gboolean     chat_picture_get_broken    (ChatPicture     *self);

G_END_DECLS
