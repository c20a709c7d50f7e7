/* chat-server-sqlite-changes.h: the changes one by one, and what they share with the writer that batches them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-sqlite-writer.h"

G_BEGIN_DECLS

/** The statements of the writer, prepared once: see their text in chat-server-sqlite-writer.c */
enum
{
  SQL_BEGIN,
  SQL_COMMIT,
  SQL_ROLLBACK,
  SQL_SAVEPOINT,
  SQL_RELEASE,
  SQL_ROLLBACK_TO,
  SQL_GET_IDS_END,
  SQL_SET_IDS_END,
  SQL_HAS_USER,
  SQL_ADD_USER,
  SQL_SET_SECRET,
  SQL_GET_SECRET,
  SQL_GET_PREFS,
  SQL_SET_PREFS,
  SQL_SET_LAST_SEEN,
  SQL_FIND_USER,
  SQL_ADD_TOKEN,
  SQL_TRIM_TOKENS,
  SQL_REMOVE_TOKEN,
  SQL_REMOVE_TOKENS,
  SQL_FIND_TOKEN,
  SQL_TOUCH_TOKEN,
  SQL_FIND_DIRECT,
  SQL_ADD_ROOM,
  SQL_ADD_MEMBER,
  SQL_ADD_DIRECT,
  SQL_HAS_ROOM,
  SQL_GET_MEMBERS,
  SQL_REMOVE_ROOM,
  SQL_ADD_DEAD_ROOM,
  SQL_FIND_REF,
  SQL_ADD_REF,
  SQL_ADD_MESSAGE,
  SQL_FIND_MESSAGE,
  SQL_EDIT_MESSAGE,
  SQL_REMOVE_MESSAGE,
  SQL_RAISE_MARK,
  SQL_GET_MARK,
  SQL_RAISE_DELIVERED,
  SQL_NOTE_CHANGE,
  SQL_FORGET_ROOM,
  SQL_SWEEP_CHANGES,
  SQL_GET_EXPIRED,
  SQL_SET_EXPIRE_CLOCK,
  SQL_SET_EXPIRED,
  SQL_LIST_OLDEST,
  SQL_REMOVE_OLDEST,
  SQL_RAISE_LOG_START,
  SQL_TRIM_LOG,
  SQL_GET_NEWEST,
  SQL_COUNT_UNREAD,
  SQL_SET_ROOM,
  SQL_FIND_DEAD_ROOM,
  SQL_SWEEP_DEAD_ROOM,
  SQL_REMOVE_DEAD_ROOM,
  SQL_FIND_FILE,
  SQL_GET_FILE,
  SQL_ADD_FILE,
  SQL_USE_FILE,
  SQL_IS_FILE_USED,
  SQL_REMOVE_FILE,
  SQL_LIST_UNUSED_FILES,
  SQL_FIND_CONTENT,
  SQL_ADD_CONTENT,
  SQL_REVIVE_CONTENT,
  SQL_BURY_CONTENT,
  SQL_LIST_DEAD_CONTENTS,
  SQL_REMOVE_CONTENT,
  SQL_COUNT_UPLOADS,
  SQL_SUM_FILES,
  SQL_ADD_UPLOAD,
  SQL_FIND_UPLOAD,
  SQL_FINISH_UPLOAD,
  SQL_LIST_OLD_UPLOADS,
  SQL_REMOVE_UPLOAD,
  SQL_N_STATEMENTS
};

/* A read mark that waits for the end of the batch: ten messages of one person in one room write it once */
typedef struct
{
  ChatSqliteRoom *room;
  guint           place;
} DirtyMark;

struct _ChatSqliteWriter
{
  sqlite3         *db;
  sqlite3_stmt    *statements[SQL_N_STATEMENTS];
  ChatSqliteRooms *rooms;
  GArray          *dirty;       /* of DirtyMark */
  char            *media_folder;
  gboolean         has_dead_contents;
  gint64           next_id;
  gint64           ids_end;     /* what is on disk: below it ids may be in use */
  gint64           expire_clock; /* of the EXPIRE that is under way: which time it is (µs since 1970) */
  gint64           expire_known; /* and what was sent before that had all gone by the last one */
  gboolean         has_looked;  /* there was an EXPIRE since the start */
  gboolean         only_reads;  /* nothing can be written now */
  gboolean         is_failing;  /* the last batch failed, */
  gboolean         is_busy;     /* for another program holds the database */
  guint            n_failed;    /* batches since that was last said */
  gint64           said_at;     /* when (µs, monotonic) */
};

/**
 * ChatSqliteChange: carries out one job within the transaction. Returns: %FALSE only where the database failed; what the user did
 * wrong is in the status of the job, which is SUCCESS when it comes
 */
typedef gboolean (*ChatSqliteChange) (ChatSqliteWriter *self, ChatStorageJob *job);

typedef struct
{
  ChatSqliteChange run;
  gboolean         savepoint;   /* whether it may fail half way */
} ChatSqliteChangeInfo;
extern const ChatSqliteChangeInfo chat_sqlite_changes[CHAT_STORAGE_LAST_CHANGE + 1];

/** chat_sqlite_writer_run_statement: steps a statement that has no rows, or whose rows nobody wants. Returns: whether it succeeded */
gboolean chat_sqlite_writer_run_statement (ChatSqliteWriter *self,
                                           int               statement);
/** chat_sqlite_writer_step_row: Returns: whether there was a row; whoever gets %TRUE resets the statement. @failed is set where the
 * database failed, and never cleared */
gboolean chat_sqlite_writer_step_row      (ChatSqliteWriter *self,
                                           int               statement,
                                           gboolean         *failed);
/** chat_sqlite_writer_take_id: an id that was never used. Returns: %FALSE when there are no more */
gboolean chat_sqlite_writer_take_id       (ChatSqliteWriter *self,
                                           gint64           *id);
/** chat_sqlite_writer_note: notes for @audience that @ref has changed, as number @seq */
gboolean chat_sqlite_writer_note          (ChatSqliteWriter      *self,
                                           gint64                 audience,
                                           ChatStorageChangeKind  kind,
                                           gint64                 ref,
                                           gint64                 seq);
/** chat_sqlite_writer_flush_marks: writes the read marks that wait */
gboolean chat_sqlite_writer_flush_marks   (ChatSqliteWriter *self);

/* chat-server-sqlite-media.c */
/** chat_sqlite_find_file: the file of @job->address, for a message of @kind; @file_id: 0: it has none. Sets the status of @job where it needs
 * one. Returns: %FALSE where the database failed */
gboolean chat_sqlite_find_file            (ChatSqliteWriter *self,
                                           ChatStorageJob   *job,
                                           gint64            kind,
                                           gint64           *file_id);
void     chat_sqlite_bind_file            (ChatSqliteWriter *self,
                                           int               statement,
                                           int               place,
                                           gint64            file_id);
/** chat_sqlite_use_file: a message has it now; @file_id: 0: none */
gboolean chat_sqlite_use_file             (ChatSqliteWriter *self,
                                           gint64            file_id);
/** chat_sqlite_release_file: a message has it no more: with the last one it goes; @file_id: 0: none */
gboolean chat_sqlite_release_file         (ChatSqliteWriter *self,
                                           gint64            file_id);
/** chat_sqlite_drop_messages: steps @statement, a DELETE of messages that returns their file_id, bound, and releases the files.
 * @n: (out): how many messages */
gboolean chat_sqlite_drop_messages        (ChatSqliteWriter *self,
                                           int               statement,
                                           guint            *n);
/** chat_sqlite_expire: a portion of what is too old */
gboolean chat_sqlite_expire               (ChatSqliteWriter *self,
                                           ChatStorageJob   *job);
gboolean chat_sqlite_add_upload           (ChatSqliteWriter *self,
                                           ChatStorageJob   *job);
gboolean chat_sqlite_finish_upload        (ChatSqliteWriter *self,
                                           ChatStorageJob   *job);
gboolean chat_sqlite_expire_media         (ChatSqliteWriter *self,
                                           ChatStorageJob   *job);
/** chat_sqlite_list_dead_contents: Returns: (transfer full) (element-type gint64): a portion of those that no file has; empty, too, where
 * the database failed */
GArray  *chat_sqlite_list_dead_contents   (ChatSqliteWriter *self);
/** chat_sqlite_remove_contents: within a transaction; their files are unlinked already */
gboolean chat_sqlite_remove_contents      (ChatSqliteWriter *self,
                                           GArray           *ids);
/** chat_sqlite_clean_unfinished: at the start: what lies there and belongs to no upload is removed */
gboolean chat_sqlite_clean_unfinished     (ChatSqliteWriter *self);

static inline void
bind_id (ChatSqliteWriter *self, int statement, int place, gint64 id)
{
  sqlite3_bind_int64 (self->statements[statement], place, id);
}

/* @text must stay until the statement is reset. What can not be bound (out of memory) fails in the step, by NOT NULL */
static inline void
bind_text (ChatSqliteWriter *self, int statement, int place, const char *text)
{
  if (text == NULL || sqlite3_bind_text (self->statements[statement], place, text, -1, SQLITE_STATIC) != SQLITE_OK)
    sqlite3_bind_null (self->statements[statement], place);
}

static inline gint64
get_id (ChatSqliteWriter *self, int statement, int column)
{
  return sqlite3_column_int64 (self->statements[statement], column);
}

static inline gint64
get_date (const ChatStorageJob *job)
{
  return job->date > 0 ? job->date : g_get_real_time ();
}

G_END_DECLS
