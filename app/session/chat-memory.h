/* chat-memory.h: what the server told of messages, kept in memory
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client-rows.h"
#include "chat-message-source.h"

G_BEGIN_DECLS

/**
 * ChatMemory: the place that a store on disk takes later.
 *
 * It knows every message object that anybody holds, by its id (unique in the whole server), and holds none itself.
 * Of the rooms of a server without pages it keeps the whole history of the few that were scrolled last.
 */
typedef struct _ChatMemory ChatMemory;

/** CHAT_MEMORY_MAX_HISTORIES: rooms whose whole history is kept; each within the limits of one answer */
#define CHAT_MEMORY_MAX_HISTORIES 2

ChatMemory  *chat_memory_new            (void);
void         chat_memory_free           (ChatMemory              *self);
/** chat_memory_clear: forgets everything; the objects live on with those who hold them */
void         chat_memory_clear          (ChatMemory              *self);

/** chat_memory_lookup: Returns: (transfer full) (nullable) */
ChatMessage *chat_memory_lookup         (ChatMemory              *self,
                                         gint64                   id);
/** chat_memory_add: @message, which has an id, is from now on the object of that id */
void         chat_memory_add            (ChatMemory              *self,
                                         ChatMessage             *message);
void         chat_memory_remove         (ChatMemory              *self,
                                         gint64                   id);

/* Whole histories */
/** chat_memory_set_history: @rows: (transfer none): ascending */
void         chat_memory_set_history    (ChatMemory              *self,
                                         gint64                   room_id,
                                         GPtrArray               *rows);
gboolean     chat_memory_has_history    (ChatMemory              *self,
                                         gint64                   room_id);
/** chat_memory_drop_histories: after a break they may have gaps. @room_id: 0 for all */
void         chat_memory_drop_histories (ChatMemory              *self,
                                         gint64                   room_id);
/** chat_memory_slice: Returns: (transfer full) (element-type ChatClientMessage): a page of a history that is kept; the rows
 * stay valid as long as the history is */
GPtrArray   *chat_memory_slice          (ChatMemory              *self,
                                         gint64                   room_id,
                                         ChatPageKind             kind,
                                         gint64                   anchor,
                                         guint                    limit,
                                         gboolean                *more_before,
                                         gboolean                *more_after);
void         chat_memory_message_came   (ChatMemory              *self,
                                         const ChatClientMessage *row);
/** chat_memory_message_changed: @text: (nullable): %NULL if it was deleted */
void         chat_memory_message_changed (ChatMemory             *self,
                                         gint64                   id,
                                         const char              *text);

G_END_DECLS
