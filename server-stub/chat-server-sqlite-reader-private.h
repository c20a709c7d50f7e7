/* chat-server-sqlite-reader-private.h: what the files of the reader share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-sqlite-reader.h"

G_BEGIN_DECLS

/** The statements of the reader, prepared once: see their text in chat-server-sqlite-reader.c */
enum
{
  SQL_BEGIN,
  SQL_END,
  SQL_FIND_USER,
  SQL_GET_LOGIN,
  SQL_SEARCH_PREFIX,
  SQL_SEARCH_INSIDE,
  SQL_LIST_TOKENS,
  SQL_HAS_ROOM,
  SQL_HAS_MEMBER,
  SQL_LIST_ROOMS,
  SQL_LIST_MEMBERS,
  SQL_COUNT_UNREAD,
  SQL_GET_MESSAGE,
  SQL_GET_PREVIEW,
  SQL_GET_NEWEST,
  SQL_READ_DOWN,
  SQL_READ_UP,
  SQL_GET_SEQ,
  SQL_COUNT_CHANGES,
  SQL_LIST_CHANGES,
  SQL_GET_MEMBER,
  SQL_GET_OTHER,
  SQL_GET_PREFS,
  SQL_LIST_CONTACTS,
  SQL_GET_FILE,
  SQL_FIND_FILE,
  SQL_FIND_UPLOAD,
  N_STATEMENTS
};

struct _ChatSqliteReader
{
  sqlite3      *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  GHashTable   *logins;         /* gint64 -> char *: who sent what was read from this snapshot */
  gint64        said_at;        /* when it was last said that a question failed (µs, monotonic); 0: never */
};

/** chat_sqlite_reader_step_row: Returns whether there was a row; whoever gets TRUE resets the statement, or steps on until FALSE. @failed is
 * never cleared */
gboolean            chat_sqlite_reader_step_row     (ChatSqliteReader         *self,
                                                     int                       statement,
                                                     gboolean                 *failed);
/** chat_sqlite_reader_get_text: Returns: (transfer full): UTF-8, whatever the file holds */
char               *chat_sqlite_reader_get_text     (ChatSqliteReader         *self,
                                                     int                       statement,
                                                     int                       column);
/** chat_sqlite_reader_get_message: Returns: (transfer full): the one in the row of @statement */
ChatStorageMessage *chat_sqlite_reader_get_message  (ChatSqliteReader         *self,
                                                     int                       statement,
                                                     gboolean                 *failed);
/** chat_sqlite_reader_get_size: Returns: what it takes, about, on its way to a reader (bytes) */
gsize               chat_sqlite_reader_get_size     (const ChatStorageMessage *message);
/** chat_sqlite_reader_get_seq: what this snapshot holds, and how far it reaches back */
gboolean            chat_sqlite_reader_get_seq      (ChatSqliteReader         *self,
                                                     gint64                   *seq,
                                                     gint64                   *log_start);
/** chat_sqlite_reader_get_other: @name: (out) (transfer full): of the other one in a room of two; "": the account is gone */
gboolean            chat_sqlite_reader_get_other    (ChatSqliteReader         *self,
                                                     ChatStorageJob           *job,
                                                     gint64                    room_id,
                                                     char                    **name);
/* chat-server-sqlite-replay.c */
gboolean            chat_sqlite_reader_list_changes (ChatSqliteReader         *self,
                                                     ChatStorageJob           *job);

static inline gboolean
answer (ChatStorageJob *job, ChatStatus status)
{
  job->status = status;
  return TRUE;
}

static inline void
bind_id (ChatSqliteReader *self, int statement, int place, gint64 id)
{
  sqlite3_bind_int64 (self->statements[statement], place, id);
}

static inline gint64
get_id (ChatSqliteReader *self, int statement, int column)
{
  return sqlite3_column_int64 (self->statements[statement], column);
}

G_END_DECLS
