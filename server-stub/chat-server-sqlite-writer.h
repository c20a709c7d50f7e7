/* chat-server-sqlite-writer.h: carries out the changes, a batch of them in one transaction
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "chat-server-sqlite-rooms.h"
#include "chat-server-storage.h"

G_BEGIN_DECLS

/** How many tokens a user may have */
#define CHAT_SQLITE_MAX_TOKENS   100
/** How far the unread messages of a room are counted */
#define CHAT_SQLITE_MAX_UNREAD   1000
/** How many ids are set aside at once; those of them that a crash leaves unused are never used */
#define CHAT_SQLITE_ID_BLOCK     4096
/** How many messages of a removed room, and how many files, are deleted at once */
#define CHAT_SQLITE_SWEEP_SIZE   500
/** How many old messages are deleted at once */
#define CHAT_SQLITE_EXPIRE_SIZE  5000
/** After how long it is said again that changes can not be kept (µs) */
#define CHAT_SQLITE_SAY_AGAIN    (30 * G_TIME_SPAN_SECOND)

/**
 * ChatSqliteWriter: belongs to one thread at a time. @db is not owned. @directory: beside the database lie the contents of files
 */
typedef struct _ChatSqliteWriter ChatSqliteWriter;

ChatSqliteWriter *chat_sqlite_writer_new          (sqlite3           *db,
                                                   ChatSqliteRooms   *rooms,
                                                   const char        *directory,
                                                   GError           **error);
void              chat_sqlite_writer_free         (ChatSqliteWriter  *self);

/**
 * chat_sqlite_writer_run: carries out the list @jobs (linked by `next`) in its order, in one transaction, and sets what each
 * answers. Where the transaction fails every one of them has %CHAT_STATUS_ERROR, and nothing of them is there; but USE_TOKEN and
 * GET_MEMBERS are answered all the same, the use of the token unnoted.
 *
 * Returns: whether something was written and committed
 */
gboolean          chat_sqlite_writer_run          (ChatSqliteWriter  *self,
                                                   ChatStorageJob    *jobs);
#ifdef CHAT_TEST_SWITCHES
/** chat_sqlite_writer_commit_late: what %CHAT_SERVER_SWITCH_COMMIT has put off */
void              chat_sqlite_writer_commit_late  (ChatSqliteWriter  *self);
#endif
/** chat_sqlite_writer_refuse: as where the transaction fails, without trying it */
void              chat_sqlite_writer_refuse       (ChatSqliteWriter  *self,
                                                   ChatStorageJob    *jobs);
/** chat_sqlite_writer_set_patience: how long statements of its connection wait for another program, after somebody else set that */
void              chat_sqlite_writer_set_patience (ChatSqliteWriter  *self);
/** chat_sqlite_writer_sweep: deletes a portion of what removed rooms left, or of the contents that no file has any more. Returns: whether
 * there is more to delete
 * @failed: (out): set where it could not, and is to be tried again later; else left */
gboolean          chat_sqlite_writer_sweep        (ChatSqliteWriter  *self,
                                                   gboolean          *failed);
/** chat_sqlite_writer_has_dead_contents: Returns: whether the last run left work for chat_sqlite_writer_sweep() of the second kind */
gboolean          chat_sqlite_writer_has_dead_contents (ChatSqliteWriter *self);
/** chat_sqlite_writer_close: gives back the ids that were set aside and not used */
void              chat_sqlite_writer_close        (ChatSqliteWriter  *self);

G_END_DECLS
