/* chat-store-db.h: the database and its statements; the thread's alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "chat-store-batch-private.h"
#include "chat-store-rows-private.h"
#include "chat-store.h"

G_BEGIN_DECLS

/** The statements, prepared once: see their text in chat-store-db.c */
typedef enum
{
  SQL_BEGIN,
  SQL_COMMIT,
  SQL_ROLLBACK,
  SQL_SAVEPOINT,
  SQL_RELEASE,
  SQL_ROLLBACK_TO,
  SQL_GET_META,
  SQL_SET_META,
  SQL_RAISE_META,
  SQL_FORGET_ROOM_SEQS,
  SQL_FORGET_MESSAGE_SEQS,
  SQL_STEP_MESSAGES,
  SQL_FORGET_EDIT_SEQS,
  SQL_STEP_EDITS,
  SQL_FORGET_DEAD_SEQS,
  SQL_FIND_ROOM,
  SQL_PUT_ROOM,
  SQL_LIST_ROOMS,
  SQL_LIST_OTHER_ROOMS,
  SQL_REMOVE_ROOM,
  SQL_REMOVE_MEMBERS,
  SQL_REMOVE_MARKS,
  SQL_REMOVE_SPANS,
  SQL_REMOVE_DRAFT,
  SQL_REMOVE_POSITION,
  SQL_REMOVE_MESSAGES,
  SQL_FIND_DEAD_ROOM,
  SQL_ADD_DEAD_ROOM,
  SQL_REMOVE_DEAD_ROOM,
  SQL_ADD_MEMBER,
  SQL_LIST_MEMBERS,
  SQL_SET_READ,
  SQL_SET_FLAGS,
  SQL_RAISE_MARK,
  SQL_LIST_MARKS,
  SQL_GET_NEWEST,
  SQL_RAISE_NEWEST,
  SQL_FIND_MESSAGE,
  SQL_ADD_MESSAGE,
  SQL_UPDATE_MESSAGE,
  SQL_REMOVE_MESSAGE,
  SQL_LIST_IDS,
  SQL_FIND_TOMBSTONE,
  SQL_ADD_TOMBSTONE,
  SQL_FIND_EDIT,
  SQL_SET_EDIT,
  SQL_REMOVE_EDIT,
  SQL_SPAN_AT,
  SQL_GROW_SPAN,
  SQL_DROP_SPANS,
  SQL_ADD_SPAN,
  SQL_DROP_FRESH,
  SQL_READ_UP,
  SQL_READ_DOWN,
  SQL_SET_DRAFT,
  SQL_SET_POSITION,
  SQL_SET_WISH,
  SQL_REMOVE_WISH,
  SQL_LIST_OUT,
  SQL_COUNT_OUT,
  SQL_ADD_OUT,
  SQL_UPDATE_OUT,
  SQL_RETRY_OUT,
  SQL_REMOVE_OUT,
  SQL_GET_OUT_REF,
  SQL_LIST_DOWNLOADS,
  SQL_SET_DOWNLOAD,
  SQL_REMOVE_DOWNLOAD,
  SQL_LIST_FILES,
  SQL_SEARCH,
  SQL_LIST_FILE_WORDS,
  SQL_SET_TARGET,
  SQL_N_STATEMENTS
} ChatStoreSql;

typedef struct
{
  sqlite3      *db;
  sqlite3_stmt *statements[SQL_N_STATEMENTS];
  char         *path;
  int           lock_fd;
  gboolean      durable;        /* what `synchronous` is set to: FULL */

  guint64       n_commits;      /* since it was opened */
  guint64       n_rows;         /* that a read has stepped through */
  guint64       n_steps;        /* of SQLite's machine, in reads */
} ChatStoreDb;

/* chat-store-db.c */
gboolean chat_store_db_prepare    (ChatStoreDb   *self,
                                   GError       **error);
void     chat_store_db_finalize   (ChatStoreDb   *self);
/** chat_store_db_set_error: what the last call of SQLite failed with, as %CHAT_STORE_ERROR */
void     chat_store_db_set_error  (ChatStoreDb   *self,
                                   GError       **error);
/** chat_store_db_run: steps a statement that has no rows, or whose rows nobody wants. Returns: whether it succeeded */
gboolean chat_store_db_run        (ChatStoreDb   *self,
                                   ChatStoreSql   sql);
/** chat_store_db_step: Returns: whether there was a row; whoever gets %TRUE steps on or resets. @ok becomes %FALSE where the database
 * failed, and is never set %TRUE; nothing is done where it is %FALSE already */
gboolean chat_store_db_step       (ChatStoreDb   *self,
                                   ChatStoreSql   sql,
                                   gboolean      *ok);
void     chat_store_db_reset      (ChatStoreDb   *self,
                                   ChatStoreSql   sql);
/** chat_store_db_read_message: the columns of SQL_FIND_MESSAGE and its like. Returns: (transfer full) */
ChatStoreMessage *chat_store_db_read_message (ChatStoreDb   *self,
                                              ChatStoreSql   sql,
                                              int            first_column);
/** chat_store_db_get_meta: Returns: 0 where it was never set */
gint64   chat_store_db_get_meta   (ChatStoreDb   *self,
                                   const char    *key,
                                   gboolean      *ok);

static inline void
bind_id (ChatStoreDb *self, ChatStoreSql sql, int place, gint64 id)
{
  sqlite3_bind_int64 (self->statements[sql], place, id);
}

/* @text must stay until the statement is reset. What can not be bound (out of memory) fails in the step, by NOT NULL */
static inline void
bind_text (ChatStoreDb *self, ChatStoreSql sql, int place, const char *text)
{
  if (text == NULL || sqlite3_bind_text (self->statements[sql], place, text, -1, SQLITE_STATIC) != SQLITE_OK)
    sqlite3_bind_null (self->statements[sql], place);
}

static inline gint64
get_id (ChatStoreDb *self, ChatStoreSql sql, int column)
{
  return sqlite3_column_int64 (self->statements[sql], column);
}

static inline char *
dup_text (ChatStoreDb *self, ChatStoreSql sql, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (self->statements[sql], column));
}

/* chat-store-schema.c */
typedef struct
{
  ChatStoreOrigin  origin;
  char            *set_aside;   /* (nullable): where the file is that could not be used */
  guint            n_salvaged;
} ChatStoreOpened;
ChatStoreDb *chat_store_db_open   (const char       *path,
                                   ChatStoreOpened  *opened,
                                   GError          **error);
void         chat_store_db_close  (ChatStoreDb      *self);
/** chat_store_db_suspect: damage was met: the next opening looks at the whole file */
void         chat_store_db_suspect (ChatStoreDb     *self);

/* chat-store-spans.c: which ranges of ids are kept without gaps. A span is closed at both ends and never touches another one of its
 * room and kind; one from 0 reaches the beginning of the room. */
typedef enum
{
  CHAT_STORE_SPAN_KEPT,         /* nothing in it is missing; but it may be out of date */
  CHAT_STORE_SPAN_FRESH,        /* nothing in it is missing or out of date, as of the sync position. Within a kept one always */
  CHAT_STORE_SPAN_HEAD          /* from 0 to 0: the server has told the newest messages of the room since the last reset: what is newer
                                 * than the newest one known has come since, live */
} ChatStoreSpanKind;
typedef struct
{
  gint64 from, to;
} ChatStoreSpan;
/** chat_store_spans_cover: of both kinds */
gboolean chat_store_spans_cover   (ChatStoreDb       *self,
                                   gint64             room_id,
                                   gint64             from,
                                   gint64             to);
/** chat_store_spans_set_head: the newest messages of the room are told */
gboolean chat_store_spans_set_head (ChatStoreDb      *self,
                                   gint64             room_id);
/** chat_store_spans_find: Returns: whether @id is in one */
gboolean chat_store_spans_find    (ChatStoreDb       *self,
                                   gint64             room_id,
                                   ChatStoreSpanKind  kind,
                                   gint64             id,
                                   ChatStoreSpan     *span,
                                   gboolean          *ok);
/** chat_store_spans_get_last: Returns: whether there is one */
gboolean chat_store_spans_get_last (ChatStoreDb      *self,
                                   gint64             room_id,
                                   ChatStoreSpanKind  kind,
                                   ChatStoreSpan     *span,
                                   gboolean          *ok);

/* chat-store-messages.c, chat-store-changes.c. Each returns %FALSE only where the database failed. @events: (nullable) (element-type
 * ChatStoreEvent): what was really changed is added */
gboolean chat_store_put_message   (ChatStoreDb            *self,
                                   const ChatStoreMessage *row,
                                   gboolean                live,
                                   GPtrArray              *events);
gboolean chat_store_put_preview   (ChatStoreDb            *self,
                                   const ChatStoreMessage *row,
                                   GPtrArray              *events);
gboolean chat_store_put_page      (ChatStoreDb            *self,
                                   gint64                  room_id,
                                   gint64                  from,
                                   gint64                  to,
                                   gint64                  seq,
                                   GPtrArray              *messages,
                                   GPtrArray              *events);
gboolean chat_store_edit_message  (ChatStoreDb            *self,
                                   gint64                  id,
                                   const char             *text,
                                   const char             *file,
                                   gint64                  date,
                                   gint64                  seq,
                                   GPtrArray              *events);
gboolean chat_store_delete_message (ChatStoreDb           *self,
                                   gint64                  id,
                                   gint64                  seq,
                                   GPtrArray              *events);
/** chat_store_get_newest: the newest message of the room that was told of, or is kept */
gint64   chat_store_get_newest    (ChatStoreDb            *self,
                                   gint64                  room_id,
                                   gboolean               *ok);
gboolean chat_store_run_batch     (ChatStoreDb            *self,
                                   ChatStoreBatch         *batch,
                                   GPtrArray              *events);
gboolean chat_store_read_state    (ChatStoreDb            *self,
                                   ChatStoreState         *state);

/* chat-store-reads.c. Each returns %NULL only where the database failed */
GPtrArray     *chat_store_read_rooms  (ChatStoreDb        *self);
ChatStorePage *chat_store_read_page   (ChatStoreDb        *self,
                                       gint64              room_id,
                                       ChatStorePageKind   kind,
                                       gint64              anchor,
                                       guint               limit,
                                       ChatStorePageFlags  flags);

/* chat-store-files.c. Those that read return %NULL only where the database failed */
GPtrArray *chat_store_read_downloads (ChatStoreDb         *self);
gboolean   chat_store_set_download (ChatStoreDb           *self,
                                    const ChatStoreChange *change);
/** chat_store_read_unused: (element-type utf8): of downloads: those that are in the file of no message */
GPtrArray *chat_store_read_unused  (ChatStoreDb           *self);
/** chat_store_read_files: those with a file, of that kind and older than @before */
ChatStoreFiles *chat_store_read_files (ChatStoreDb        *self,
                                   gint64                  room_id,
                                   int                     kind,
                                   gint64                  before,
                                   guint                   limit,
                                   gint64                  sure);

/* chat-store-search.c */
/** chat_store_read_matching: messages of that kind, older than @before that hold all @terms, the newest first. Returns: %NULL only where the database failed */
ChatStoreFound *chat_store_read_matching (ChatStoreDb       *self,
                                          const char *const *terms,
                                          int                kind,
                                          gint64             before,
                                          guint              limit);

/* chat-store-outbox.c */
GPtrArray *chat_store_read_outbox (ChatStoreDb            *self);
/** chat_store_add_out: sets the id of @row. @full: (out): there are too many already */
gboolean   chat_store_add_out     (ChatStoreDb            *self,
                                   ChatStoreOutRow        *row,
                                   gboolean               *full);
/** @found: (out): whether there is such a row */
gboolean   chat_store_update_out  (ChatStoreDb            *self,
                                   const ChatStoreOutRow  *row,
                                   gboolean                to_end,
                                   gboolean               *found);
gboolean   chat_store_remove_out  (ChatStoreDb            *self,
                                   gint64                  id,
                                   gboolean               *found);
gboolean   chat_store_settle_out  (ChatStoreDb            *self,
                                   gint64                  id,
                                   gint64                  message_id);

G_END_DECLS
