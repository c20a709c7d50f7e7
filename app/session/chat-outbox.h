/* chat-outbox.h: messages of one's own that the server does not have yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client.h"
#include "chat-message-list.h"

G_BEGIN_DECLS

/** CHAT_OUTBOX_MAX: unsent messages at once, those that failed included */
#define CHAT_OUTBOX_MAX 1000
/** CHAT_OUTBOX_MAX_PAUSE_S: the longest that a server may ask us to wait */
#define CHAT_OUTBOX_MAX_PAUSE_S 3600

/**
 * ChatOutbox: keeps the order within each room: one message of a room is on its way at a time, and the next goes when that has
 * its answer.
 *
 * When the connection breaks before the answer, nobody knows whether the message arrived. Where the server knows `client-ref` it
 * is sent again under the same reference, which can not double it. Else it fails, and the person decides.
 */
typedef struct _ChatOutbox ChatOutbox;

typedef struct
{
  /** a message was sent; not called for one that was settled otherwise */
  void (*sent)   (ChatMessage *message, gint64 id, gint64 date, const char *date_text, gpointer user_data);
} ChatOutboxEvents;

ChatOutbox  *chat_outbox_new        (const ChatOutboxEvents *events,
                                     gpointer                user_data);
/** chat_outbox_free: answers that are still to come find nobody */
void         chat_outbox_free       (ChatOutbox             *self);
guint        chat_outbox_get_length (ChatOutbox             *self);
/** chat_outbox_set_client: @client: (nullable) (transfer none): logged in; what waits goes out */
void         chat_outbox_set_client (ChatOutbox             *self,
                                     ChatClient             *client);
/** chat_outbox_add: Returns: %FALSE if it is full */
gboolean     chat_outbox_add        (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_retry: for one that failed: it goes to the end of its room */
gboolean     chat_outbox_retry      (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_discard: for one that is not on its way. Returns: whether it was forgotten */
gboolean     chat_outbox_discard    (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_find: Returns: (nullable) (transfer none): the unsent message under that reference */
ChatMessage *chat_outbox_find       (ChatOutbox             *self,
                                     const char             *client_ref);
/** chat_outbox_settle: the server has it, as was learnt otherwise than by the answer. May be called for any message */
void         chat_outbox_settle     (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_list: Returns: (transfer full) (element-type ChatMessage): the unsent of a room, in order */
GPtrArray   *chat_outbox_list       (ChatOutbox             *self,
                                     gint64                  room_id);
/** chat_outbox_drop_room: the room is gone; @room_id: 0 for all */
void         chat_outbox_drop_room  (ChatOutbox             *self,
                                     gint64                  room_id);

G_END_DECLS
