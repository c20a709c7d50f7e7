/* chat-server-sqlite-file.h: the columns of a file, the same for reader and writer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "chat-server-storage.h"

G_BEGIN_DECLS

/** From `files` as f and `contents` as c */
#define CHAT_SQLITE_FILE_COLUMNS   "f.id, f.address, f.name, f.media_type, c.sha256, f.size, f.width, f.height, f.preview, 0"
#define CHAT_SQLITE_FILE_TABLES    "files f JOIN contents c ON c.id = f.content_id"
/** From `uploads` */
#define CHAT_SQLITE_UPLOAD_COLUMNS "id, address, name, media_type, sha256, size, width, height, preview, expires"
/** How many columns each of them is */
#define CHAT_SQLITE_N_FILE_COLUMNS 10

/** chat_sqlite_read_file: Returns: (transfer full): the file in the row of @statement, whose columns begin with one of these */
ChatStorageFile *chat_sqlite_read_file (sqlite3_stmt *statement);

G_END_DECLS
