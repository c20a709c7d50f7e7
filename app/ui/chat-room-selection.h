/* chat-room-selection.h: the rooms of a list, of which one is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-room.h"

G_BEGIN_DECLS

#define CHAT_TYPE_ROOM_SELECTION (chat_room_selection_get_type ())
/**
 * ChatRoomSelection: a #GtkSelectionModel whose selected item is the room that is open, wherever it moves, and none where
 * it is not in the model. The list's own ways to select (arrow keys, the pointer) do not change it: looking through the
 * list opens nothing, and so marks nothing as read.
 *
 * Properties: model  GListModel  construct-only
 *             room   ChatRoom    nullable
 */
G_DECLARE_FINAL_TYPE (ChatRoomSelection, chat_room_selection, CHAT, ROOM_SELECTION, GObject)

/** chat_room_selection_new: @model: (transfer full): of #ChatRoom */
ChatRoomSelection *chat_room_selection_new      (GListModel        *model);
ChatRoom          *chat_room_selection_get_room (ChatRoomSelection *self);
/** chat_room_selection_set_room: @room: (nullable) */
void               chat_room_selection_set_room (ChatRoomSelection *self,
                                                 ChatRoom          *room);
/** chat_room_selection_get_position: Returns: %GTK_INVALID_LIST_POSITION where the room is not in the model */
guint              chat_room_selection_get_position (ChatRoomSelection *self);

G_END_DECLS
