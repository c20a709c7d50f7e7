/* chat-image-grid.h: the images of a room as squares, as many as can be seen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAT_TYPE_IMAGE_GRID (chat_image_grid_get_type ())
/**
 * ChatImageGrid: a GtkScrollable of #ChatImageTile. All are as large as each other, so that the place of each of any number is known without
 * an estimate, and widgets and pixels are there for those alone that can be seen, or soon. (GtkGridView guesses the heights of rows that it has
 * not shown, keeps some hundred widgets, and GTK 4.8 loses count at the end of a long one.) The row that stands first stays when images come
 * or go before it.
 *
 * Keyboard: arrows, Home, End, Page Up, Page Down; Enter and Space do what a click does: chat_file_item_activate().
 *
 * Signals:
 * made (ChatImageTile)   a new tile, which is used for one image after another
 * seen (ChatMessage)     it came into sight, or nearly
 */
G_DECLARE_FINAL_TYPE (ChatImageGrid, chat_image_grid, CHAT, IMAGE_GRID, GtkWidget)

/** chat_image_grid_set_model: @model: (nullable): of #ChatMessage */
void chat_image_grid_set_model (ChatImageGrid *self,
                                GListModel    *model);

G_END_DECLS
