/* chat-image-area.h: an image that can be made larger and moved about
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAT_IMAGE_AREA_MAX_ZOOM 16.0
#define CHAT_IMAGE_AREA_STEP     1.25   /* of a key, a button, a notch of the wheel */

#define CHAT_TYPE_IMAGE_AREA (chat_image_area_get_type ())
/**
 * ChatImageArea: shows a texture, wholly at first. The wheel and two fingers zoom, about the place where they are; dragging moves it; a double click
 * goes between all of it and its own size.
 *
 * Signal: swiped (int step)   a finger went over an image of which all is seen: 1 to the next one, -1 to the one before
 */
G_DECLARE_FINAL_TYPE (ChatImageArea, chat_image_area, CHAT, IMAGE_AREA, GtkWidget)

GtkWidget *chat_image_area_new         (void);
/** chat_image_area_set_texture: @texture: (nullable): in place of the one that was shown, which is the same image: it stays where it is,
 * and as large. @width, @height: pixels that the image has, which its preview has not; 0: those of @texture */
void       chat_image_area_set_texture (ChatImageArea *self,
                                        GdkTexture    *texture,
                                        int            width,
                                        int            height);
/** chat_image_area_zoom: @factor: of what it is now, about the middle */
void       chat_image_area_zoom        (ChatImageArea *self,
                                        double         factor);
/** chat_image_area_move: by pixels, as far as there is something to see. Returns: whether more of it is there than can be seen */
gboolean   chat_image_area_move        (ChatImageArea *self,
                                        double         dx,
                                        double         dy);
/** chat_image_area_fit: all of it is seen */
void       chat_image_area_fit         (ChatImageArea *self);
/** chat_image_area_get_zoom: Returns: 1 where all of it is seen, up to %CHAT_IMAGE_AREA_MAX_ZOOM */
double     chat_image_area_get_zoom    (ChatImageArea *self);

G_END_DECLS
