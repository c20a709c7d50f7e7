/* chat-outbox-private.h: what the two files of ChatOutbox share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-outbox.h"

G_BEGIN_DECLS

/** ChatOutboxEntry: something that is to be sent; counted: calls that are on their way hold it */
typedef struct
{
  guint              refs;
  ChatStoreOutRow   *row;           /* its state here; what the store has may lag behind */
  ChatMessage       *message;       /* the one to be sent; of a change (nullable): the one that is changed, if anybody holds it */
  ChatStoreOutState  stored_state;
  gboolean           adding;        /* on its way to the store */
  gboolean           updating;      /* that it is being sent is on its way to the store */
  gboolean           kept;
  gboolean           in_flight;     /* on its way to the server, or answered and on its way to the store */
  gboolean           gone;
  char              *told;          /* (nullable): of an edit: the text that the server has */
  GTask             *task;          /* (nullable): who waits for the change */
} ChatOutboxEntry;

typedef struct
{
  gint64  room_id;
  GQueue  entries;                  /* of ChatOutboxEntry, in the order in which they are to go */
  guint   pause;                    /* timer: the server asked us to wait */
} ChatOutboxRoom;

struct _ChatOutbox
{
  guint                    refs;    /* answers that are still to come hold it */
  const ChatOutboxEvents  *events;
  gpointer                 user_data;
  ChatClient              *client;
  ChatStore               *store;
  GHashTable              *rooms;   /* room id -> ChatOutboxRoom */
  GHashTable              *by_ref;  /* client_ref -> ChatOutboxEntry */
  GHashTable              *changes; /* message id -> ChatOutboxEntry: edits and deletions */
};

void             chat_outbox_unref        (ChatOutbox      *self);
/** chat_outbox_find_entry: Returns: (nullable) */
ChatOutboxEntry *chat_outbox_find_entry   (ChatOutbox      *self,
                                           const char      *client_ref);
ChatOutboxRoom  *chat_outbox_get_room     (ChatOutbox      *self,
                                           gint64           room_id);

/* chat-outbox-send.c */
gboolean         chat_outbox_can_resend   (ChatOutbox      *self);
/** chat_outbox_can_send: whether something of @room may go now, as far as the connection is concerned */
gboolean         chat_outbox_can_send     (ChatOutbox      *self,
                                           ChatOutboxRoom  *room);
/** chat_outbox_pump: sends the first of @room that may go, if none is on its way */
void             chat_outbox_pump         (ChatOutbox      *self,
                                           ChatOutboxRoom  *room);
void             chat_outbox_fail         (ChatOutbox      *self,
                                           ChatOutboxEntry *entry,
                                           const char      *words);
/** chat_outbox_write: brings the row in the store to the state of @entry; nobody waits for it */
void             chat_outbox_write        (ChatOutbox      *self,
                                           ChatOutboxEntry *entry,
                                           gboolean         to_end);

G_END_DECLS
