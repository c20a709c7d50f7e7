/* chat-room-row.h: one room in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-room.h"

G_BEGIN_DECLS

#define CHAT_TYPE_ROOM_ROW (chat_room_row_get_type ())
/**
 * ChatRoomRow: avatar, name, newest message or draft, time, unread count, marks.
 *
 * Property: room  ChatRoom  nullable; what it shows follows the room
 * Actions: row.open, row.menu (for assistive technology; the list does the same for pointer and keyboard)
 * Signal: menu-requested: the person asks for the row's menu through assistive technology
 */
G_DECLARE_FINAL_TYPE (ChatRoomRow, chat_room_row, CHAT, ROOM_ROW, GtkWidget)

GtkWidget  *chat_room_row_new         (void);
ChatRoom   *chat_room_row_get_room    (ChatRoomRow *self);
/** chat_room_row_set_room: @room: (nullable) */
void        chat_room_row_set_room    (ChatRoomRow *self,
                                       ChatRoom    *room);
/** chat_room_row_refresh_time: the day has changed */
void        chat_room_row_refresh_time (ChatRoomRow *self);
/** chat_room_row_describe: Returns: (transfer full): the whole row in words, as a screen reader says it */
char       *chat_room_row_describe    (ChatRoomRow *self);

G_END_DECLS
