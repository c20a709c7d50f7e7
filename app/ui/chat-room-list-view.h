/* chat-room-list-view.h: the rooms in the sidebar, with their filter
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-room-list.h"

G_BEGIN_DECLS

#define CHAT_TYPE_ROOM_LIST_VIEW (chat_room_list_view_get_type ())
/**
 * ChatRoomListView: a search entry over the rooms whose names contain what is typed.
 *
 * It changes nothing by itself: it activates win.open-room, win.pin-room, win.mute-room, win.mark-room-unread,
 * win.mark-room-read and win.delete-room with the id of the room (x), and app.new-conversation.
 *
 * Properties: rooms  ChatRoomList  nullable
 *             room   ChatRoom      nullable: the one that is open; marked wherever it moves
 *             offline boolean      whether to say, while no room was told yet, that there is no connection
 */
G_DECLARE_FINAL_TYPE (ChatRoomListView, chat_room_list_view, CHAT, ROOM_LIST_VIEW, GtkWidget)

GtkWidget *chat_room_list_view_new          (void);
/** chat_room_list_view_set_rooms: @rooms: (nullable) */
void       chat_room_list_view_set_rooms    (ChatRoomListView *self,
                                             ChatRoomList     *rooms);
/** chat_room_list_view_set_room: @room: (nullable) */
void       chat_room_list_view_set_room     (ChatRoomListView *self,
                                             ChatRoom         *room);
ChatRoom  *chat_room_list_view_get_room     (ChatRoomListView *self);
void       chat_room_list_view_set_offline  (ChatRoomListView *self,
                                             gboolean          offline);
/** chat_room_list_view_start_search: the keyboard goes to the filter. @text: (nullable): what it is to hold; %NULL: what it holds */
void       chat_room_list_view_start_search (ChatRoomListView *self,
                                             const char       *text);
/** chat_room_list_view_get_searching: whether the keyboard is in the filter */
gboolean   chat_room_list_view_get_searching (ChatRoomListView *self);
/** chat_room_list_view_focus_list: the keyboard goes to the open room's row, else to the first. Returns: whether it could */
gboolean   chat_room_list_view_focus_list   (ChatRoomListView *self);
/** chat_room_list_view_get_neighbour: the room @step rows below (1) or above (-1) the open one, as they are shown; with
 * @unread the next that has something unread, around the ends of the list.
 * Returns: (nullable) (transfer none) */
ChatRoom  *chat_room_list_view_get_neighbour (ChatRoomListView *self,
                                              int               step,
                                              gboolean          unread);

G_END_DECLS
