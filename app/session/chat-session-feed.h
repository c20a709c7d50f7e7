/* chat-session-feed.h: the one way by which anything that the server told gets into the store and then into the model
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client.h"
#include "chat-session.h"
#include "chat-store.h"

G_BEGIN_DECLS

/* Changes that go into one commit at most: more wait for the next one, so that none of them holds up the window for long */
#define CHAT_SESSION_MAX_FEED 500
#define CHAT_SESSION_MAX_FEED_BYTES   (2 * 1024 * 1024)
/* What may wait for the store, that which is being committed counted too: above either of them nothing more is read from the server
 * until half of it is done. It is passed by as much as was read at once: an object of %CHAT_CLIENT_MAX_ROW_BYTES at most */
#define CHAT_SESSION_MAX_WAITING       2000
#define CHAT_SESSION_MAX_WAITING_BYTES (8 * 1024 * 1024)

/**
 * ChatSessionEvent: something that was told, on its way.
 *
 * Events stand in one queue, in the order in which they were told. What stands in it is committed in one batch while nothing else
 * is being committed: a single push is so at once, a burst in a few batches, each as large as the last one took long. Only when the
 * batch is committed is each of its events applied to the model, in order: the model never shows what a crash could take back.
 * Answers take the same way, so that an answer is never shown before a push that came before it. Without a store (it could not be
 * opened) each event is applied at once.
 *
 * A server that tells more than the disk takes has to wait: the queue is bounded, in events and in bytes.
 *
 * @build: (nullable): adds what it changes to the batch; may look at the model, which is as of the last commit
 * @apply: (nullable): changes the model; @events: (nullable) (element-type ChatStoreEvent): what the whole batch has changed
 * @drop: (nullable): called instead of @apply where the store was given up meanwhile (signed out)
 * @alone: it has a batch for itself: @build finds the model with all that came before it, @events are its own
 * @seq, @replayed: as the change was told
 * @position: where the sync position is once it is committed: it goes into the same transaction. 0: it does not move
 * @live: of a message: none of its room between the newest one known and this one was missed
 * @snapshot: all that was told before it and got lost is in it: the position may move again
 */
typedef struct _ChatSessionEvent ChatSessionEvent;
struct _ChatSessionEvent
{
  void               (*build) (ChatSession *session, ChatSessionEvent *event, ChatStoreBatch *batch);
  void               (*apply) (ChatSession *session, ChatSessionEvent *event, GPtrArray *events);
  void               (*drop)  (ChatSessionEvent *event);
  gboolean             alone;
  gboolean             replayed;
  gboolean             live;
  gboolean             snapshot;
  gint64               seq;
  gint64               position;

  gsize                size;        /* bytes, about: set as it is fed */

  gint64               id;          /* of a room or message */
  gint64               from, to;    /* of a page; a mark and a count */
  int                  numbers[2];
  gboolean             flag;
  char                *text;        /* owned */
  ChatClientMessage   *row;         /* owned */
  GPtrArray           *rows;        /* owned */
  gpointer             data;
  GDestroyNotify       free_data;
};
ChatSessionEvent *chat_session_event_new     (void);

/** chat_session_feed: @event: (transfer full) */
void              chat_session_feed          (ChatSession            *self,
                                              ChatSessionEvent       *event);
/** chat_session_feed_drop: forgets what waits, and what is on its way to the store is not applied */
void              chat_session_feed_drop     (ChatSession            *self);
/** chat_session_feed_hold: the store is being opened: nothing moves until it is called with %FALSE */
void              chat_session_feed_hold     (ChatSession            *self,
                                              gboolean                hold);
/** chat_session_feed_regulate: lets the server of the connection wait where too much waits here, and go on else */
void              chat_session_feed_regulate (ChatSession            *self);
/** chat_session_feed_flush: gives all that waits to the store, without applying it (the program ends) */
void              chat_session_feed_flush    (ChatSession            *self);

/* Rows of the wire and of the store */
/** chat_session_put_row: into @batch, with the end of the unsent message that it is, if it is one of ours */
void              chat_session_put_row       (ChatSession             *self,
                                              ChatStoreBatch          *batch,
                                              const ChatClientMessage *row,
                                              gboolean                 live);
/** chat_session_put_preview: the same for one whose text may be cut */
void              chat_session_put_preview   (ChatSession             *self,
                                              ChatStoreBatch          *batch,
                                              const ChatClientMessage *row);
/** chat_session_row_view: @row as the wire would tell it; borrows its strings */
ChatClientMessage chat_session_row_view      (const ChatStoreMessage  *row);

/* What is told; @change: (nullable) */
void              chat_session_feed_message  (ChatSession             *self,
                                              const ChatClientMessage *row,
                                              const ChatClientChange  *change);
void              chat_session_feed_edit     (ChatSession             *self,
                                              gint64                   message_id,
                                              const char              *text,
                                              const ChatClientChange  *change);
void              chat_session_feed_deletion (ChatSession             *self,
                                              gint64                   message_id,
                                              const ChatClientChange  *change);
void              chat_session_feed_room     (ChatSession             *self,
                                              gint64                   room_id,
                                              const char              *name,
                                              const ChatClientChange  *change);
void              chat_session_feed_room_end (ChatSession             *self,
                                              gint64                   room_id,
                                              const ChatClientChange  *change);
void              chat_session_feed_mark     (ChatSession             *self,
                                              gint64                   room_id,
                                              gint64                   message_id,
                                              int                      unread,
                                              const ChatClientChange  *change);
void              chat_session_feed_flags    (ChatSession             *self,
                                              gint64                   room_id,
                                              int                      muted,
                                              int                      pinned,
                                              const ChatClientChange  *change);
/** chat_session_event_of: Returns: (transfer full): for @change */
ChatSessionEvent *chat_session_event_of      (ChatSession             *self,
                                              const ChatClientChange  *change);
/** ChatSessionPageFunc: @rows: as they were given: committed now, or %NULL where the account is gone */
typedef void    (*ChatSessionPageFunc)       (ChatSession             *session,
                                              GPtrArray               *rows,
                                              gpointer                 user_data);
/** chat_session_feed_page: the server's answer about the messages of a room from @from to @to: see chat_store_batch_put_page(). @listed:
 * a list takes the page itself; else what is new in it goes into the window that is open on the room. @func is always called once. */
void              chat_session_feed_page     (ChatSession             *self,
                                              gint64                   room_id,
                                              gint64                   from,
                                              gint64                   to,
                                              GPtrArray               *rows,
                                              gboolean                 listed,
                                              ChatSessionPageFunc      func,
                                              gpointer                 user_data);
/** chat_session_feed_task: @task: (transfer full): ends with %TRUE when all that was told before this is shown */
void              chat_session_feed_task     (ChatSession             *self,
                                              GTask                   *task);

G_END_DECLS
