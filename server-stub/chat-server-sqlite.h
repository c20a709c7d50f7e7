/* chat-server-sqlite.h: the storage engine on SQLite: one writer with group commit, one reader
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-storage.h"

G_BEGIN_DECLS

#define CHAT_TYPE_SERVER_SQLITE (chat_server_sqlite_get_type ())
G_DECLARE_FINAL_TYPE (ChatServerSqlite, chat_server_sqlite, CHAT, SERVER_SQLITE, GObject)

/**
 * CHAT_SERVER_SQLITE_ERROR: why a folder can not be served from
 */
#define CHAT_SERVER_SQLITE_ERROR (chat_server_sqlite_error_quark ())
typedef enum
{
  CHAT_SERVER_SQLITE_ERROR_FAILED,        /* the system or the disk refused something */
  CHAT_SERVER_SQLITE_ERROR_IN_USE,        /* another server has the folder open */
  CHAT_SERVER_SQLITE_ERROR_NOT_OURS,      /* the file is no database, or that of another program */
  CHAT_SERVER_SQLITE_ERROR_TOO_NEW,       /* written by a later version; it was left as it is */
  CHAT_SERVER_SQLITE_ERROR_DAMAGED        /* the database is damaged */
} ChatServerSqliteError;
GQuark             chat_server_sqlite_error_quark  (void);

/**
 * chat_server_sqlite_new:
 * @directory: where the data lies; created with mode 0700 if it is not there, its files with 0600
 *
 * Opens the database, brings an older one up to the present schema, and starts the threads. Blocks, so it is called before
 * the server serves. Every `done` runs in the thread-default main context of the caller, and the object must be closed or
 * released from there.
 *
 * Returns: (transfer full) (nullable): %NULL with %CHAT_SERVER_SQLITE_ERROR
 */
ChatServerStorage *chat_server_sqlite_new          (const char        *directory,
                                                    GError           **error);

/** chat_server_sqlite_get_n_commits: Returns: how many transactions with changes were committed since it was opened */
guint64            chat_server_sqlite_get_n_commits (ChatServerSqlite *self);
/** chat_server_sqlite_set_max_log: changes are refused while the write-ahead log is that long and can not be begun anew (1 GiB without
 * this; for tests) */
void               chat_server_sqlite_set_max_log   (ChatServerSqlite *self,
                                                     int               n_pages);

G_END_DECLS
