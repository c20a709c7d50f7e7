/* chat-room.h: one room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message.h"

G_BEGIN_DECLS

#define CHAT_TYPE_ROOM (chat_room_get_type ())
/**
 * ChatRoom properties (each notifies explicitly, and only on change):
 * id              gint64   construct-only
 * name            string   the other person's login name, or the group's name
 * last-message    ChatMessage  nullable: the newest that is known
 * activity        gint64   µs since 1970 UTC of the newest message, else of when the room was met; rooms sort by it
 * unread-count    uint     others' messages after the read mark; 0 where the server can not tell
 * read-mark       gint64   message id; only rises
 * marked-unread   boolean  by the person, by hand
 * pinned, muted   boolean
 * draft           string   nullable: what the person has begun to write
 * position        gint64   (read-only) message id of the reading position; notified whenever any part of that changes
 */
G_DECLARE_FINAL_TYPE (ChatRoom, chat_room, CHAT, ROOM, GObject)

ChatRoom    *chat_room_new               (gint64       id,
                                          const char  *name);
gint64       chat_room_get_id            (ChatRoom    *self);
const char  *chat_room_get_name          (ChatRoom    *self);
void         chat_room_set_name          (ChatRoom    *self,
                                          const char  *name);
ChatMessage *chat_room_get_last_message  (ChatRoom    *self);
void         chat_room_set_last_message  (ChatRoom    *self,
                                          ChatMessage *message);
gint64       chat_room_get_activity      (ChatRoom    *self);
void         chat_room_set_activity      (ChatRoom    *self,
                                          gint64       usec);
guint        chat_room_get_unread_count  (ChatRoom    *self);
void         chat_room_set_unread_count  (ChatRoom    *self,
                                          guint        count);
gint64       chat_room_get_read_mark     (ChatRoom    *self);
void         chat_room_set_read_mark     (ChatRoom    *self,
                                          gint64       message_id);
gboolean     chat_room_get_marked_unread (ChatRoom    *self);
void         chat_room_set_marked_unread (ChatRoom    *self,
                                          gboolean     marked);
gboolean     chat_room_get_pinned        (ChatRoom    *self);
void         chat_room_set_pinned        (ChatRoom    *self,
                                          gboolean     pinned);
gboolean     chat_room_get_muted         (ChatRoom    *self);
void         chat_room_set_muted         (ChatRoom    *self,
                                          gboolean     muted);
const char  *chat_room_get_draft         (ChatRoom    *self);
void         chat_room_set_draft         (ChatRoom    *self,
                                          const char  *draft);
/** chat_room_get_position: where the person was reading: @message_id (0: nowhere) begins @offset pixels below the top of the view;
 * @at_bottom: they follow the newest instead. Each (out) (optional). Returns: whether there is a position */
gboolean     chat_room_get_position      (ChatRoom    *self,
                                          gint64      *message_id,
                                          int         *offset,
                                          gboolean    *at_bottom);
void         chat_room_set_position      (ChatRoom    *self,
                                          gint64       message_id,
                                          int          offset,
                                          gboolean     at_bottom);

G_END_DECLS
