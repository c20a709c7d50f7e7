/* chat-server-sqlite-rooms.c: a bounded cache of rooms, the one unused longest goes first
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite-rooms.h"

struct _ChatSqliteRooms
{
  GHashTable *rooms;            /* gint64 -> ChatSqliteRoom */
  GQueue      used;             /* their links */
  gsize       n_members;
  guint       max_rooms;
  guint       max_members;
};

static void
room_free (ChatSqliteRoom *room)
{
  chat_storage_members_unref (room->members);
  g_free (room->marks);
  g_free (room);
}

ChatSqliteRooms *
chat_sqlite_rooms_new (guint max_rooms, guint max_members)
{
  ChatSqliteRooms *self = g_new0 (ChatSqliteRooms, 1);

  self->rooms = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) room_free);
  self->max_rooms = max_rooms;
  self->max_members = max_members;
  return self;
}

void
chat_sqlite_rooms_free (ChatSqliteRooms *self)
{
  g_hash_table_unref (self->rooms);
  g_free (self);
}

ChatSqliteRoom *
chat_sqlite_rooms_lookup (ChatSqliteRooms *self, gint64 room_id)
{
  ChatSqliteRoom *room = g_hash_table_lookup (self->rooms, &room_id);

  if (room != NULL && self->used.head != &room->link)
    {
      g_queue_unlink (&self->used, &room->link);
      g_queue_push_head_link (&self->used, &room->link);
    }
  return room;
}

ChatSqliteRoom *
chat_sqlite_rooms_insert (ChatSqliteRooms *self, gint64 room_id, ChatStorageMembers *members)
{
  ChatSqliteRoom *room = g_new0 (ChatSqliteRoom, 1);

  room->id = room_id;
  room->members = members;
  room->link.data = room;
  g_hash_table_insert (self->rooms, &room->id, room);
  g_queue_push_head_link (&self->used, &room->link);
  self->n_members += members->n_ids;
  return room;
}

void
chat_sqlite_rooms_remove (ChatSqliteRooms *self, gint64 room_id)
{
  ChatSqliteRoom *room = g_hash_table_lookup (self->rooms, &room_id);

  if (room == NULL)
    return;
  g_queue_unlink (&self->used, &room->link);
  self->n_members -= room->members->n_ids;
  g_hash_table_remove (self->rooms, &room_id);
}

void
chat_sqlite_rooms_trim (ChatSqliteRooms *self)
{
  while (self->used.length > 0 && (self->used.length > self->max_rooms || self->n_members > self->max_members))
    {
      ChatSqliteRoom *room = self->used.tail->data;

      chat_sqlite_rooms_remove (self, room->id);
    }
}

void
chat_sqlite_rooms_clear (ChatSqliteRooms *self)
{
  g_queue_init (&self->used);
  g_hash_table_remove_all (self->rooms);
  self->n_members = 0;
}

guint
chat_sqlite_rooms_get_n (ChatSqliteRooms *self)
{
  return self->used.length;
}

int
chat_sqlite_room_find (ChatSqliteRoom *room, gint64 user_id)
{
  guint low = 0, high = room->members->n_ids;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (room->members->ids[middle] < user_id)
        low = middle + 1;
      else
        high = middle;
    }
  return low < room->members->n_ids && room->members->ids[low] == user_id ? (int) low : -1;
}
