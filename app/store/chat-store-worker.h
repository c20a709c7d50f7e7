/* chat-store-worker.h: the thread, and the calls on their way to it and back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-store-db.h"

G_BEGIN_DECLS

typedef enum
{
  CHAT_STORE_CALL_OPEN,
  CHAT_STORE_CALL_APPLY,
  CHAT_STORE_CALL_ADD_OUT,
  CHAT_STORE_CALL_UPDATE_OUT,
  CHAT_STORE_CALL_REMOVE_OUT,
  CHAT_STORE_CALL_STATE,
  CHAT_STORE_CALL_ROOMS,
  CHAT_STORE_CALL_PAGE,
  CHAT_STORE_CALL_OUTBOX,
  CHAT_STORE_CALL_DOWNLOADS,
  CHAT_STORE_CALL_FILES,
  CHAT_STORE_CALL_SEARCH,
  CHAT_STORE_CALL_UNUSED,
  CHAT_STORE_CALL_BREAK,        /* the worker's own */
  CHAT_STORE_CALL_CLOSE
} ChatStoreCallKind;

typedef struct _ChatStoreCall ChatStoreCall;
struct _ChatStoreCall
{
  ChatStoreCall     *next;
  ChatStoreCallKind  kind;
  GTask             *task;          /* (nullable): the asker's; the thread does not touch it */
  gsize              n_bytes;
  gboolean           joined;        /* with the one before it: never in another commit, while nothing goes wrong */

  /* What is asked */
  ChatStoreBatch    *batch;
  ChatStoreOutRow   *row;
  gint64             id;            /* of a room or row */
  gint64             anchor;
  gint64             sure;
  guint              limit;
  char             **terms;
  int                number;        /* page kind; to_end */
  ChatStorePageFlags flags;

  /* What comes back */
  GError            *error;
  GPtrArray         *rows;          /* rooms, outbox, events */
  ChatStorePage     *page;
  ChatStoreFiles    *files;
  ChatStoreFound    *found;
  ChatStoreState     state;
  ChatStoreOpened    opened;
};
ChatStoreCall   *chat_store_call_new                 (ChatStoreCallKind     kind,
                                                      GTask                *task);
void             chat_store_call_free                (ChatStoreCall        *call);

/**
 * ChatStoreWorker: the thread with its database. Counted: the thread holds one, whoever submits another.
 */
typedef struct _ChatStoreWorker ChatStoreWorker;
/** ChatStoreDone: @call: (transfer full): in the context that was the thread's default at chat_store_worker_new() */
typedef void   (*ChatStoreDone)                      (ChatStoreWorker      *worker,
                                                      ChatStoreCall        *call);

ChatStoreWorker *chat_store_worker_new               (const char           *path,
                                                      ChatStoreDone         done);
/** chat_store_worker_release: drops what the submitter holds; the thread does what is queued, closes the file and ends by itself */
void             chat_store_worker_release           (ChatStoreWorker      *self);
/** chat_store_worker_submit: @call: (transfer full): comes back by @done, always */
void             chat_store_worker_submit            (ChatStoreWorker      *self,
                                                      ChatStoreCall        *call);
/** chat_store_worker_hold: changes that are submitted from %TRUE to %FALSE are in one commit */
void             chat_store_worker_hold              (ChatStoreWorker      *self,
                                                      gboolean              hold);
/** chat_store_worker_break: an APPLY will never come: those that follow must not be carried out before the state was asked for */
void             chat_store_worker_break             (ChatStoreWorker      *self);
/** chat_store_worker_wait: Returns: whether the thread has closed the file within @timeout_ms. Nothing is handed back meanwhile */
gboolean         chat_store_worker_wait              (ChatStoreWorker      *self,
                                                      guint                 timeout_ms);
/** chat_store_worker_join: after CLOSE came back */
void             chat_store_worker_join              (ChatStoreWorker      *self);
void             chat_store_worker_get_statistics    (ChatStoreWorker      *self,
                                                      ChatStoreStatistics  *statistics);

/* chat-store-calls.c: on the thread */
/** chat_store_calls_write: carries out the @calls (changes, linked by `next`) in their order, in one transaction, or each in its own where
 * that fails */
void             chat_store_calls_write              (ChatStoreDb          *db,
                                                      ChatStoreCall        *calls);
void             chat_store_calls_read               (ChatStoreDb          *db,
                                                      ChatStoreCall        *call);

static inline gboolean
chat_store_call_is_write (const ChatStoreCall *call)
{
  return call->kind >= CHAT_STORE_CALL_APPLY && call->kind <= CHAT_STORE_CALL_REMOVE_OUT;
}

G_END_DECLS
