/* chat-room.h: one room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message.h"

G_BEGIN_DECLS

/* Others of whom a room knows how far they have got, and that they type */
#define CHAT_ROOM_MAX_OTHERS 1000

/** ChatPresence: whether the other person of a room of two is there */
typedef enum
{
  CHAT_PRESENCE_UNKNOWN,    /* not told: no connection, a server that does not tell, a person who does not want it told */
  CHAT_PRESENCE_ONLINE,
  CHAT_PRESENCE_AWAY        /* was there at "last-seen" */
} ChatPresence;
#define CHAT_TYPE_PRESENCE (chat_presence_get_type ())
GType chat_presence_get_type (void);

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
 *
 * Of the others (read-only):
 * delivered-mark  gint64   message id: up to here all of them have received what was written; 0: not known
 * seen-mark       gint64   the same of what they have read; never past delivered-mark
 * typing          GStrv    names of who types now, in the order in which they began; empty: nobody
 * presence        ChatPresence  of the other person
 * last-seen       gint64   µs since 1970 UTC, where presence is AWAY; else 0
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

/* The others: chat-room-others.c */
/** chat_room_raise_mark: @name has received everything up to @delivered, and read everything up to @seen; both only rise. One who is
 * named for the first time counts from then on */
void         chat_room_raise_mark        (ChatRoom    *self,
                                          const char  *name,
                                          gint64       delivered,
                                          gint64       seen);
gint64       chat_room_get_delivered_mark (ChatRoom   *self);
gint64       chat_room_get_seen_mark     (ChatRoom    *self);
/** chat_room_dress: gives @message, if it is one's own, the receipt that the marks of its room ask for */
void         chat_room_dress             (ChatRoom    *self,
                                          ChatMessage *message);
/** chat_room_get_typing: Returns: (transfer none) (array zero-terminated=1) */
const char *const *chat_room_get_typing  (ChatRoom    *self);
void         chat_room_set_typing        (ChatRoom    *self,
                                          const char  *name,
                                          gboolean     typing);
ChatPresence chat_room_get_presence      (ChatRoom    *self);
gint64       chat_room_get_last_seen     (ChatRoom    *self);
/** chat_room_set_presence: @last_seen: only with %CHAT_PRESENCE_AWAY */
void         chat_room_set_presence      (ChatRoom    *self,
                                          ChatPresence presence,
                                          gint64       last_seen);

G_END_DECLS
