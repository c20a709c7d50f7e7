/* chat-store-schema.h: the version of the tables, and saving what can be saved of a file that was set aside
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-store-db.h"

G_BEGIN_DECLS

/* "ChSt": tells our file from another program's (PRAGMA application_id) */
#define CHAT_STORE_APPLICATION_ID 0x43685374

/** chat_store_schema_get_version: the version that this program writes */
int   chat_store_schema_get_version (void);

/** chat_store_db_salvage: takes over what nobody else knows, drafts and the outbox, as far as @path can be read. Returns: how many rows */
guint chat_store_db_salvage         (ChatStoreDb *self,
                                     const char  *path);

G_END_DECLS
