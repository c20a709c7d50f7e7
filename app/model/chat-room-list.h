/* chat-room-list.h: the rooms, pinned first, then by newest activity
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-room.h"

G_BEGIN_DECLS

#define CHAT_TYPE_ROOM_LIST (chat_room_list_get_type ())
/**
 * ChatRoomList: a #GListModel of #ChatRoom: pinned ones first, then newest activity first, then by id. It watches its
 * rooms and moves one that changes its place: one items-changed that spans the old and the new place, with the same
 * objects, so that a selection survives.
 *
 * Properties: loaded  boolean  the rooms were told at least once
 *             unread  uint     rooms with something unread that are not muted
 */
G_DECLARE_FINAL_TYPE (ChatRoomList, chat_room_list, CHAT, ROOM_LIST, GObject)

ChatRoomList *chat_room_list_new        (void);
/** chat_room_list_add: no effect if a room of that id is there */
void          chat_room_list_add        (ChatRoomList *self,
                                         ChatRoom     *room);
gboolean      chat_room_list_remove     (ChatRoomList *self,
                                         gint64        id);
/** chat_room_list_replace: makes @rooms (array of #ChatRoom, any order) the contents; those with an id that is there are
 * the same objects: the caller has looked them up. Emits one items-changed at most. */
void          chat_room_list_replace    (ChatRoomList *self,
                                         GPtrArray    *rooms);
void          chat_room_list_clear      (ChatRoomList *self);
/** chat_room_list_lookup: Returns: (nullable) (transfer none) */
ChatRoom     *chat_room_list_lookup     (ChatRoomList *self,
                                         gint64        id);
ChatRoom     *chat_room_list_lookup_name (ChatRoomList *self,
                                          const char   *name);
gboolean      chat_room_list_find       (ChatRoomList *self,
                                         ChatRoom     *room,
                                         guint        *position);
gboolean      chat_room_list_get_loaded (ChatRoomList *self);
void          chat_room_list_set_loaded (ChatRoomList *self,
                                         gboolean      loaded);
guint         chat_room_list_get_unread (ChatRoomList *self);

G_END_DECLS
