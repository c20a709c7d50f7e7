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
  guint              rewriting;     /* newer words of it are on their way to the store: so many times */
  gboolean           changed;       /* while it was on its way to the store */
  gboolean           updating;      /* that it is being sent is on its way to the store */
  gboolean           kept;
  gboolean           in_flight;     /* on its way to the server, or answered and on its way to the store */
  gboolean           gone;
  gboolean           uploading;     /* its file is on its way, or waits for that */
  gboolean           held;          /* by the person: what comes after it does not wait for its file. See CHAT_OUTBOX_HELD */
  gint64             blocks_since;  /* µs, monotonic: since when a text waits for its file; 0: none does */
  gboolean           slow;          /* texts have waited for its file long enough */
  guint              n_lost;        /* how often the server did not find what was uploaded */
  char              *told;          /* (nullable): of a change: the text that the server has */
  GTask             *task;          /* (nullable): who waits for the change */
} ChatOutboxEntry;

/** CHAT_OUTBOX_HELD: the failure of a row whose file the person holds up */
#define CHAT_OUTBOX_HELD 1

typedef struct
{
  gint64  room_id;
  GQueue  entries;                  /* of ChatOutboxEntry, in the order in which they are to go */
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
  GHashTable              *changes; /* message id -> ChatOutboxEntry: the newest edit or deletion of it */
  guint                    n_messages;
  gboolean                 asking;  /* for uploads: what is told meanwhile is looked at afterwards */
  guint                    patience; /* ms: how long a text waits for a file */
  guint                    patience_timer;
  gint64                   patience_until; /* µs, monotonic: when that is due */
  guint                    pause;   /* timer: the server asked us to wait */
  gint64                   paused_until; /* µs, monotonic */
};

void             chat_outbox_unref        (ChatOutbox      *self);
/** chat_outbox_find_entry: Returns: (nullable) */
ChatOutboxEntry *chat_outbox_find_entry   (ChatOutbox      *self,
                                           const char      *client_ref);
ChatOutboxRoom  *chat_outbox_get_room     (ChatOutbox      *self,
                                           gint64           room_id);
/** chat_outbox_find_message: Returns: (nullable): the entry of @message, which is unsent */
ChatOutboxEntry *chat_outbox_find_message (ChatOutbox      *self,
                                           ChatMessage     *message);
/** chat_outbox_entry_new: @row: (transfer full); @message: (nullable) */
ChatOutboxEntry *chat_outbox_entry_new    (ChatStoreOutRow *row,
                                           ChatMessage     *message);
void             chat_outbox_entry_unref  (gpointer         entry);
/** chat_outbox_insert: takes @entry over: in the tables and at the end of its room */
void             chat_outbox_insert       (ChatOutbox      *self,
                                           ChatOutboxEntry *entry);
/** chat_outbox_remove_entry: drops @entry; its message may go with it */
void             chat_outbox_remove_entry (ChatOutbox      *self,
                                           ChatOutboxEntry *entry);
/** chat_outbox_forget: as above, and its row in the store goes too: nobody wants it any more */
void             chat_outbox_forget       (ChatOutbox      *self,
                                           ChatOutboxEntry *entry);
/** chat_outbox_keep: writes @entry to the store; it may be sent after that */
void             chat_outbox_keep         (ChatOutbox      *self,
                                           ChatOutboxEntry *entry);

/* chat-outbox-change.c: what one changes that is not sent, or not changed, yet */
/** chat_outbox_show_change: its message shows the change that @entry is */
void             chat_outbox_show_change  (ChatOutboxEntry *entry);
/** chat_outbox_rewrite: newer words of @entry, which is in the store, go there too; it is not sent before they are there */
void             chat_outbox_rewrite      (ChatOutbox      *self,
                                           ChatOutboxEntry *entry);
/** chat_outbox_change_done: the server agreed to @entry, or, with @error, did not */
void             chat_outbox_change_done  (ChatOutbox      *self,
                                           ChatOutboxEntry *entry,
                                           const GError    *error);
/** chat_outbox_target_sent: message @client_ref of @room_id has become @id: its changes may go */
void             chat_outbox_target_sent  (ChatOutbox      *self,
                                           gint64           room_id,
                                           const char      *client_ref,
                                           gint64           id);
/** chat_outbox_drop_changes: message @client_ref is given up, and with it what was to be changed of it */
void             chat_outbox_drop_changes (ChatOutbox      *self,
                                           gint64           room_id,
                                           const char      *client_ref);
/** chat_outbox_merge_changes: message @entry failed: its changes do not wait for it */
void             chat_outbox_merge_changes (ChatOutbox     *self,
                                           ChatOutboxEntry *entry);
/** chat_outbox_attach_changes: after loading: changes of what is unsent find their message */
void             chat_outbox_attach_changes (ChatOutbox    *self);

/* chat-outbox-files.c: messages that carry a file */
/** CHAT_OUTBOX_MAX_LOST: how often a file is uploaded again that the server does not find any more */
#define CHAT_OUTBOX_MAX_LOST 3
/** chat_outbox_lacks_file: whether its file is not at the server yet */
gboolean         chat_outbox_lacks_file   (ChatOutboxEntry *entry);
/** chat_outbox_ask_uploads: what waits in that room is uploaded */
void             chat_outbox_ask_uploads  (ChatOutbox      *self,
                                           gint64           room_id);
/** chat_outbox_is_bound: whether it belongs to a file that is not sent yet: it comes after that, whatever becomes of it */
gboolean         chat_outbox_is_bound     (ChatOutboxEntry *entry);
/** chat_outbox_free_captions: the file of message @client_ref is sent as @id: what belongs to it may go. @id: 0: it is given up: that has failed */
void             chat_outbox_free_captions (ChatOutbox     *self,
                                           gint64           room_id,
                                           const char      *client_ref,
                                           gint64           id);
/** chat_outbox_block_texts: @text waits for the files before it in @room. Returns: %FALSE if it does not have to any longer */
gboolean         chat_outbox_block_texts  (ChatOutbox      *self,
                                           ChatOutboxRoom  *room,
                                           ChatOutboxEntry *text);
/** chat_outbox_end_patience: the time that texts have waited begins anew */
void             chat_outbox_end_patience (ChatOutbox      *self);
/** chat_outbox_lost_file: the server does not find the file of @entry. Returns: whether it is uploaded again */
gboolean         chat_outbox_lost_file    (ChatOutboxEntry *entry);

/* chat-outbox-send.c */
gboolean         chat_outbox_can_resend   (ChatOutbox      *self);
/** chat_outbox_can_send: whether anything may go now */
gboolean         chat_outbox_can_send     (ChatOutbox      *self);
void             chat_outbox_pump_all     (ChatOutbox      *self);
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
