/* chat-server-sqlite-rooms.h: who is in the rooms that were used last
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-storage.h"

G_BEGIN_DECLS

#define CHAT_SQLITE_MAX_CACHED_ROOMS   10000
#define CHAT_SQLITE_MAX_CACHED_MEMBERS 1000000

/**
 * ChatSqliteRoom: a room in the cache: its members, and the read marks that wait to be written. Valid until the cache is
 * trimmed, or the room removed from it.
 */
typedef struct
{
  gint64              id;
  ChatStorageMembers *members;  /* ids ascending */
  gint64             *marks;    /* (nullable): for each member the mark to be written, 0: none */
  GList               link;     /* of the queue, the one used last first */
} ChatSqliteRoom;

typedef struct _ChatSqliteRooms ChatSqliteRooms;

/** chat_sqlite_rooms_new: not thread-safe: it is its owner's, the writer thread's */
ChatSqliteRooms *chat_sqlite_rooms_new    (guint               max_rooms,
                                           guint               max_members);
void             chat_sqlite_rooms_free   (ChatSqliteRooms    *self);

/** chat_sqlite_rooms_lookup: Returns: (nullable) (transfer none) */
ChatSqliteRoom  *chat_sqlite_rooms_lookup (ChatSqliteRooms    *self,
                                           gint64              room_id);
/** chat_sqlite_rooms_insert: @room_id must not be there. @members: (transfer full): ids ascending. Nothing is thrown out to make room
 * before chat_sqlite_rooms_trim() */
ChatSqliteRoom  *chat_sqlite_rooms_insert (ChatSqliteRooms    *self,
                                           gint64              room_id,
                                           ChatStorageMembers *members);
void             chat_sqlite_rooms_remove (ChatSqliteRooms    *self,
                                           gint64              room_id);
/** chat_sqlite_rooms_trim: throws out the rooms unused longest until it is within its bounds */
void             chat_sqlite_rooms_trim   (ChatSqliteRooms    *self);
void             chat_sqlite_rooms_clear  (ChatSqliteRooms    *self);
guint            chat_sqlite_rooms_get_n  (ChatSqliteRooms    *self);

/** chat_sqlite_room_find: Returns: the place of @user_id among the members, or -1 */
int              chat_sqlite_room_find    (ChatSqliteRoom     *room,
                                           gint64              user_id);

G_END_DECLS
