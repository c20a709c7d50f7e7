/* chat-image-tile.h: an image of a room as a square of a grid
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-file-item.h"

G_BEGIN_DECLS

#define CHAT_TYPE_IMAGE_TILE (chat_image_tile_get_type ())
/** ChatImageTile: the middle of the image fills the square; what is not here has its preview and how far it has got */
G_DECLARE_FINAL_TYPE (ChatImageTile, chat_image_tile, CHAT, IMAGE_TILE, ChatFileItem)

GtkWidget *chat_image_tile_new           (void);
/** chat_image_tile_set_on_screen: whether it can be seen, or soon: only then it holds pixels */
void       chat_image_tile_set_on_screen (ChatImageTile *self,
                                          gboolean       on_screen);
/** chat_image_tile_get_texture: Returns: (nullable) (transfer none): what it shows now */
GdkTexture *chat_image_tile_get_texture  (ChatImageTile *self);

G_END_DECLS
