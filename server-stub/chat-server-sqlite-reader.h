/* chat-server-sqlite-reader.h: answers the questions, a batch of them from one snapshot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "chat-server-storage.h"

G_BEGIN_DECLS

/**
 * ChatSqliteReader: belongs to one thread at a time. @db is not owned.
 */
typedef struct _ChatSqliteReader ChatSqliteReader;

ChatSqliteReader *chat_sqlite_reader_new  (sqlite3           *db,
                                           GError           **error);
void              chat_sqlite_reader_free (ChatSqliteReader  *self);

/** chat_sqlite_reader_run: answers the list @jobs (linked by `next`) from one snapshot, which is taken now: it holds every change
 * that was committed before */
void              chat_sqlite_reader_run  (ChatSqliteReader  *self,
                                           ChatStorageJob    *jobs);

G_END_DECLS
