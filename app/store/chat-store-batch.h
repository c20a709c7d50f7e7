/* chat-store-batch.h: changes that are made together or not at all
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-store-rows.h"

G_BEGIN_DECLS

/**
 * ChatStoreBatch: what the server told, in the order in which it told it, and where the sync position is after that
 *
 * Everything is copied. What no store can keep (an id out of range, a text that is too long or no UTF-8) is left out, and the
 * function says %FALSE; the rest of the batch is good.
 */
typedef struct _ChatStoreBatch ChatStoreBatch;

ChatStoreBatch *chat_store_batch_new            (void);
void            chat_store_batch_free           (ChatStoreBatch         *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreBatch, chat_store_batch_free)
gboolean        chat_store_batch_is_empty       (ChatStoreBatch         *self);

/* Rooms */
/** chat_store_batch_put_room: a room as the server tells it. @room->first_id says what is older than any message, or that there is
 * none: what is kept in spite of that is removed. A room that was removed is there again, unless this is known to be older. */
gboolean        chat_store_batch_put_room       (ChatStoreBatch         *self,
                                                 const ChatStoreRoom    *room);
/** chat_store_batch_retain_rooms: the server has told all rooms: others are removed. @seq: as of which; 0: not told */
void            chat_store_batch_retain_rooms   (ChatStoreBatch         *self,
                                                 const gint64           *ids,
                                                 gsize                   n_ids,
                                                 gint64                  seq);
/** chat_store_batch_remove_room: with its messages, draft and position. Its rows of the outbox stay: nothing that a person wrote
 * goes without the caller's say */
gboolean        chat_store_batch_remove_room    (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 gint64                  seq);
/** chat_store_batch_set_read: one's own mark; one lower than what is kept changes nothing. @unread: others' messages after it, or
 * %CHAT_STORE_UNTOLD */
gboolean        chat_store_batch_set_read       (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 gint64                  read_mark,
                                                 int                     unread);
/** chat_store_batch_set_flags: each 0, 1 or %CHAT_STORE_UNTOLD */
gboolean        chat_store_batch_set_flags      (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 int                     pinned,
                                                 int                     muted,
                                                 int                     marked_unread);
/** chat_store_batch_set_mark: somebody else's; they only rise. @delivered, @read: 0 where not told */
gboolean        chat_store_batch_set_mark       (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 const char             *name,
                                                 gint64                  delivered,
                                                 gint64                  read);

/* Messages */
/** chat_store_batch_put_message: @live: it came in order on a connection that is in step (pushed, replayed by SYNC, or the answer to
 * one's own): no message of the room between the newest one known and this one was missed. Then it joins what is known without
 * gaps, if the newest page of the room was put since the last reset; else it stands alone. */
gboolean        chat_store_batch_put_message    (ChatStoreBatch         *self,
                                                 const ChatStoreMessage *message,
                                                 gboolean                live);
/** chat_store_batch_put_preview: @message: the newest of its room, its text possibly cut (PROTOCOL.md, "room-info"): what is kept whole stays
 * so, and where nothing is, or something else, this is kept as what must still be asked for */
gboolean        chat_store_batch_put_preview    (ChatStoreBatch         *self,
                                                 const ChatStoreMessage *message);

#define CHAT_STORE_BEGINNING 0                          /* @from_id: there is nothing older */
#define CHAT_STORE_TO_NEWEST G_MAXINT64                 /* @to_id: there is nothing newer */
/**
 * chat_store_batch_put_page: the server's answer about the messages from @from_id to @to_id, both included: those of @messages
 * exist, no others do. What is kept of others there is removed.
 *
 * For the pages of the wire (`more` as END told it, `first` and `last` the ids of the page):
 * | page      | @from_id                           | @to_id                             |
 * | newest    | more ? first : CHAT_STORE_BEGINNING | CHAT_STORE_TO_NEWEST              |
 * | before A  | more ? first : CHAT_STORE_BEGINNING | A - 1                             |
 * | after A   | A + 1                              | more ? last : CHAT_STORE_TO_NEWEST |
 * | around A  | first                              | more ? last : CHAT_STORE_TO_NEWEST |
 * | ALL       | CHAT_STORE_BEGINNING               | CHAT_STORE_TO_NEWEST               |
 * An empty page around A, or one before A with `more`, tells nothing. A is a message that was met: about ids that are yet to come
 * nobody can say anything.
 *
 * Batches must be submitted in the order in which the answers and pushes came. @seq: as of which the page is, where that is known:
 * what has a higher one is not touched. 0: not known.
 */
gboolean        chat_store_batch_put_page       (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 gint64                  from_id,
                                                 gint64                  to_id,
                                                 GPtrArray              *messages,
                                                 gint64                  seq);
/** chat_store_batch_edit_message: also of a message that was never met: remembered until it comes. @date: µs, 0: not told; @seq: 0:
 * not told */
gboolean        chat_store_batch_edit_message   (ChatStoreBatch         *self,
                                                 gint64                  id,
                                                 const char             *text,
                                                 gint64                  date,
                                                 gint64                  seq);
/** chat_store_batch_edit_file: the same, of one that carries a file: @file: (nullable): what is told of it now */
gboolean        chat_store_batch_edit_file      (ChatStoreBatch         *self,
                                                 gint64                  id,
                                                 const char             *text,
                                                 const char             *file,
                                                 gint64                  date,
                                                 gint64                  seq);
/** chat_store_batch_delete_message: also of one that was never met: it can never come back */
gboolean        chat_store_batch_delete_message (ChatStoreBatch         *self,
                                                 gint64                  id,
                                                 gint64                  seq);

/* Synchronisation */
/** chat_store_batch_set_seq: only rises */
gboolean        chat_store_batch_set_seq        (ChatStoreBatch         *self,
                                                 gint64                  seq);
/**
 * chat_store_batch_reset: changes may have been missed (SYNC answered RESET, or the server has no `sync` and the connection is a new
 * one): nothing that is kept is fresh any more, though all of it can still be read. @seq: the sync position from now on, also a
 * lower one; 0: none
 */
gboolean        chat_store_batch_reset          (ChatStoreBatch         *self,
                                                 gint64                  seq);
void            chat_store_batch_set_abilities  (ChatStoreBatch         *self,
                                                 guint                   abilities);
/** chat_store_batch_settle: row @row_id of the outbox has its answer and is removed; @message_id: the id that its message got, which
 * edits and deletions that wait for it get as their target; 0: none. Put the message into the same batch. */
gboolean        chat_store_batch_settle         (ChatStoreBatch         *self,
                                                 gint64                  row_id,
                                                 gint64                  message_id);

/* What the person did: a batch with nothing but these is kept also after an earlier batch failed */
/** chat_store_batch_set_download: of the content @download->sha256, whatever was kept of it */
gboolean        chat_store_batch_set_download   (ChatStoreBatch          *self,
                                                 const ChatStoreDownload *download);
/** chat_store_batch_set_draft: @text: (nullable): %NULL or empty removes it. @date: µs since 1970 */
gboolean        chat_store_batch_set_draft      (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 const char             *text,
                                                 gint64                  date);
gboolean        chat_store_batch_set_position   (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 const ChatStorePosition *position);
/** chat_store_batch_set_wish: what was chosen for the room and the server does not know yet: each 0, 1, or %CHAT_STORE_UNTOLD where
 * there is nothing to tell it */
gboolean        chat_store_batch_set_wish       (ChatStoreBatch         *self,
                                                 gint64                  room_id,
                                                 int                     pinned,
                                                 int                     muted);
/** chat_store_batch_set_counted: the last change that is contained in the counts of unread messages, as the server told them */
void            chat_store_batch_set_counted    (ChatStoreBatch         *self,
                                                 gint64                  seq);
/** chat_store_batch_set_account: what is set for the whole account; the caller's own bits */
void            chat_store_batch_set_account    (ChatStoreBatch         *self,
                                                 guint                   account);

G_END_DECLS
