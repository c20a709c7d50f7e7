/* chat-store.h: what the app keeps of one account on one server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-store-batch.h"
#include "chat-store-limits.h"

G_BEGIN_DECLS

#define CHAT_STORE_ERROR (chat_store_error_quark ())
typedef enum
{
  CHAT_STORE_ERROR_FAILED,      /* the system refused something */
  CHAT_STORE_ERROR_IN_USE,      /* another program has the file open */
  CHAT_STORE_ERROR_NO_SPACE,    /* the disk is full: nothing of this call was kept */
  CHAT_STORE_ERROR_READ_ONLY,   /* the file or its folder may not be written */
  CHAT_STORE_ERROR_DAMAGED,     /* damage was met: the next opening sets the file aside */
  CHAT_STORE_ERROR_BUSY,        /* more is waiting than may */
  CHAT_STORE_ERROR_BEHIND,      /* an earlier batch was not kept: see chat_store_apply_async() */
  CHAT_STORE_ERROR_INVALID,     /* what was given can not be kept */
  CHAT_STORE_ERROR_NOT_FOUND,   /* there is no such row */
  CHAT_STORE_ERROR_FULL,        /* the outbox holds as many as it may */
  CHAT_STORE_ERROR_CLOSED
} ChatStoreError;
GQuark chat_store_error_quark (void);

/** ChatStoreOrigin: what opening found */
typedef enum
{
  CHAT_STORE_WAS_NEW,           /* nothing */
  CHAT_STORE_WAS_THERE,         /* a store, of this version or an older one, which was brought up to this one */
  CHAT_STORE_WAS_DAMAGED,       /* set aside as NAME.damaged-DATE, and a new one begun */
  CHAT_STORE_WAS_NEWER,         /* set aside as NAME.newer-DATE: a later version of the program wrote it */
  CHAT_STORE_WAS_FOREIGN        /* set aside as NAME.foreign-DATE: no store at all */
} ChatStoreOrigin;

/** ChatStorePageFlags: %CHAT_STORE_ACROSS_GAPS: what is kept, whatever may be missing in between: for reading without a connection */
typedef enum
{
  CHAT_STORE_PAGE_DEFAULT = 0,
  CHAT_STORE_ACROSS_GAPS = 1 << 0
} ChatStorePageFlags;

#define CHAT_TYPE_STORE (chat_store_get_type ())
/**
 * ChatStore: one file of SQLite, on a thread of its own.
 *
 * All calls are made from the thread whose main context was the default when it was opened; callbacks run there. Calls take effect
 * in the order in which they are made: a read sees all that was submitted before it. Nothing blocks.
 *
 * Durability. Everything survives the end of the program, also by kill -9, as soon as its call has ended. The outbox alone is also
 * flushed to the disk (synchronous = FULL) before its call ends: nobody else knows what a person wrote. The rest can be asked of the
 * server again, so a loss of power may take the last of it (synchronous = NORMAL): always a whole number of commits from the end, and
 * with them the sync position that they brought, so that what is left is in itself right and SYNC brings the rest.
 *
 * Cancelling a read ends it with %G_IO_ERROR_CANCELLED. A write that is cancelled before it is submitted does nothing; after that it
 * is carried out and ends with its own result: nobody is left to guess.
 *
 * chat_store_close_async() ends it in good order. Where the last reference is dropped before, the thread closes the file by itself.
 */
G_DECLARE_FINAL_TYPE (ChatStore, chat_store, CHAT, STORE, GObject)

/** chat_store_open_async: @path: the file. Its folder is made (0700) if it is not there; the file and its companions have the mode
 * 0600. A file that can not be used is set aside and a new one begun: see chat_store_get_origin(). */
void             chat_store_open_async           (const char              *path,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_open_finish: Returns: (transfer full) (nullable) */
ChatStore       *chat_store_open_finish          (GAsyncResult            *result,
                                                  GError                 **error);
ChatStoreOrigin  chat_store_get_origin           (ChatStore               *self);
/** chat_store_get_set_aside: Returns: (nullable): the path of the file that could not be used */
const char      *chat_store_get_set_aside        (ChatStore               *self);
/** chat_store_get_n_salvaged: how many drafts and rows of the outbox were saved from it */
guint            chat_store_get_n_salvaged       (ChatStore               *self);
/** chat_store_close_async: everything that was submitted is done first. Later calls end with %CHAT_STORE_ERROR_CLOSED. */
void             chat_store_close_async          (ChatStore               *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
gboolean         chat_store_close_finish         (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
/** chat_store_close_and_wait: the program ends, and no main context will run any more: closes it and blocks until everything that was
 * submitted is done and the file is closed, or @timeout_ms have passed. Returns: whether it was done */
gboolean         chat_store_close_and_wait       (ChatStore               *self,
                                                  guint                    timeout_ms);

/**
 * chat_store_apply_async: @batch: (transfer full): all of it is kept, or nothing
 *
 * Where a batch that holds something of the server's is not kept, for whatever reason, every later such batch ends with
 * %CHAT_STORE_ERROR_BEHIND, so that the sync position never passes over what was lost. Then drop the connection, ask for
 * chat_store_load_state_async(), which ends this, and synchronise from there.
 */
void             chat_store_apply_async          (ChatStore               *self,
                                                  ChatStoreBatch          *batch,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_apply_finish: Returns: (transfer full) (element-type ChatStoreEvent): what was really changed, in order: what the
 * models are to show. %NULL on failure */
GPtrArray       *chat_store_apply_finish         (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);

void             chat_store_load_state_async     (ChatStore               *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
gboolean         chat_store_load_state_finish    (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  ChatStoreState          *state,
                                                  GError                 **error);
void             chat_store_load_rooms_async     (ChatStore               *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_load_rooms_finish: Returns: (transfer full) (element-type ChatStoreRoom): newest activity first, with drafts, positions,
 * marks and the newest message */
GPtrArray       *chat_store_load_rooms_finish    (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
/** chat_store_load_page_async: @limit: 1 to %CHAT_STORE_MAX_PAGE */
void             chat_store_load_page_async      (ChatStore               *self,
                                                  gint64                   room_id,
                                                  ChatStorePageKind        kind,
                                                  gint64                   anchor,
                                                  guint                    limit,
                                                  ChatStorePageFlags       flags,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_load_page_finish: Returns: (transfer full) */
ChatStorePage   *chat_store_load_page_finish     (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);

void             chat_store_load_downloads_async (ChatStore              *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_load_downloads_finish: Returns: (transfer full) (element-type ChatStoreDownload) */
GPtrArray       *chat_store_load_downloads_finish (ChatStore             *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
/** chat_store_load_files_async: @before: %CHAT_STORE_TO_NEWEST: from the newest on; @limit: 0 to %CHAT_STORE_MAX_PAGE; @sure: up to which it is
 * to be told what can be relied on: as @before */
void             chat_store_load_files_async     (ChatStore               *self,
                                                  gint64                   room_id,
                                                  int                      kind,
                                                  gint64                   before,
                                                  guint                    limit,
                                                  gint64                   sure,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_load_files_finish: Returns: (transfer full): what is kept of the messages of that kind that carry a file and are older than
 * @before */
ChatStoreFiles  *chat_store_load_files_finish    (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);

/** chat_store_fold: Returns: (transfer full): @text as texts are compared in a search: normalized (all, NFKD), and without case */
char            *chat_store_fold                 (const char              *text);
/** chat_store_holds: whether all @terms, which are folded, stand somewhere in @text, which is not */
gboolean         chat_store_holds                (const char              *text,
                                                  const char *const       *terms);
/** chat_store_search_async: @terms: folded; @kind: of messages; @before: an id: what is older is looked at, from the newest on; @limit: 1 to
 * %CHAT_STORE_MAX_PAGE. One call goes through a share of what is kept (%CHAT_STORE_SEARCH_ROWS, _BYTES, _US), so that nobody else waits long:
 * go on with `next` */
void             chat_store_search_async         (ChatStore               *self,
                                                  const char *const       *terms,
                                                  int                      kind,
                                                  gint64                   before,
                                                  guint                    limit,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_search_finish: Returns: (transfer full) */
ChatStoreFound  *chat_store_search_finish        (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
void             chat_store_list_unused_async    (ChatStore               *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_list_unused_finish: Returns: (transfer full) (element-type utf8): the contents of #ChatStoreDownload that are not named in what is told
 * of the file of any message, sent or unsent */
GPtrArray       *chat_store_list_unused_finish   (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);

void             chat_store_load_outbox_async    (ChatStore               *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_load_outbox_finish: Returns: (transfer full) (element-type ChatStoreOutRow): by room, and in each in their order. What was
 * SENDING when the program ended is so still: it may have arrived */
GPtrArray       *chat_store_load_outbox_finish   (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
/** chat_store_hold, _release: rows that are added from one to the other are on the disk together or, where the program ends, none of them. Nothing
 * is done meanwhile: it is not for long */
void             chat_store_hold                 (ChatStore               *self);
void             chat_store_release              (ChatStore               *self);
/** chat_store_outbox_add_async: @row: copied; its id is ignored. Ends when the row is on the disk */
void             chat_store_outbox_add_async     (ChatStore               *self,
                                                  const ChatStoreOutRow   *row,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
/** chat_store_outbox_add_finish: Returns: the id of the row, 0 on failure: then nothing was kept */
gint64           chat_store_outbox_add_finish    (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
/** chat_store_outbox_update_async: @row: copied: everything of row @row->id but its room, client_ref and date of creation is
 * set. @to_end: it goes to the end of its room (a retry by hand). Before something is sent, wait for the end of the update to SENDING:
 * after a crash nothing else tells that it may have arrived. */
void             chat_store_outbox_update_async  (ChatStore               *self,
                                                  const ChatStoreOutRow   *row,
                                                  gboolean                 to_end,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
gboolean         chat_store_outbox_update_finish (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);
/** chat_store_outbox_remove_async: the person gave it up. (What was answered is settled: chat_store_batch_settle()) */
void             chat_store_outbox_remove_async  (ChatStore               *self,
                                                  gint64                   row_id,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
gboolean         chat_store_outbox_remove_finish (ChatStore               *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);

/** ChatStoreStatistics: since it was opened, as of the last call that has ended; for tests and measurements */
typedef struct
{
  guint64 n_commits;        /* transactions with changes */
  guint64 n_rows_stepped;   /* rows that reads went through */
  guint64 n_steps;          /* steps of SQLite's machine in reads */
  guint   n_waiting;        /* calls that have not ended */
  gsize   n_waiting_bytes;
} ChatStoreStatistics;
void             chat_store_get_statistics       (ChatStore               *self,
                                                  ChatStoreStatistics     *statistics);

G_END_DECLS
