/* chat-server-sqlite-schema.h: opens the database and brings it to the present schema
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "chat-server-sqlite.h"

G_BEGIN_DECLS

/* "Chat": tells our database from another program's (PRAGMA application_id) */
#define CHAT_SQLITE_APPLICATION_ID 0x43686174
#define CHAT_SQLITE_FILE_NAME      "chat.db"
#define CHAT_SQLITE_LOCK_NAME      "lock"

/** How long a statement waits for a lock that another program holds (ms); our own threads never wait for each other */
#define CHAT_SQLITE_BUSY_TIMEOUT   5000
/** And while it is known to be held, so that whoever asks meanwhile is answered soon */
#define CHAT_SQLITE_BUSY_AGAIN     250
/** Each connection's page cache (KiB) */
#define CHAT_SQLITE_CACHE_SIZE     16384
/** What of the write-ahead log is kept as a file when it starts anew (bytes) */
#define CHAT_SQLITE_JOURNAL_LIMIT  (64 * 1024 * 1024)
/** Up to this size the whole file is checked when it is opened (bytes); a larger one would delay the start */
#define CHAT_SQLITE_CHECK_SIZE     (32 * 1024 * 1024)

/** chat_sqlite_schema_get_version: the version that this program writes */
int      chat_sqlite_schema_get_version (void);

/**
 * chat_sqlite_schema_open: opens @path for the writer: made if it is not there, checked, migrated, in WAL mode
 *
 * What is no database of ours, damaged, or newer than this program is left exactly as it was.
 * Returns: (nullable): %NULL with %CHAT_SERVER_SQLITE_ERROR
 */
sqlite3 *chat_sqlite_schema_open        (const char  *path,
                                         GError     **error);
/** chat_sqlite_schema_open_again: a further connection to an opened database; @read_only: it refuses to change anything */
sqlite3 *chat_sqlite_schema_open_again  (const char  *path,
                                         gboolean     read_only,
                                         GError     **error);

/** chat_sqlite_prepare: prepares @n statements of @sql into @statements, to be kept */
gboolean chat_sqlite_prepare            (sqlite3           *db,
                                         const char *const *sql,
                                         guint              n,
                                         sqlite3_stmt     **statements,
                                         GError           **error);
void     chat_sqlite_finalize           (sqlite3_stmt     **statements,
                                         guint              n);

G_END_DECLS
