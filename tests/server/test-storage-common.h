/* test-storage-common.h: a storage in a folder of its own, asked one question after another
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-sqlite.h"
#include "chat-test.h"

G_BEGIN_DECLS

typedef struct
{
  char              *directory;
  ChatServerStorage *storage;
} Store;

void            store_open      (Store           *store);
void            store_reopen    (Store           *store);
void            store_close     (Store           *store);

/* ask: submits @job (transfer full), waits for its answer, and gives it back */
ChatStorageJob *store_ask       (Store           *store,
                                 ChatStorageJob  *job);
/* gather: answers are collected here, in their order, while others are still awaited */
void            store_gather    (Store           *store,
                                 ChatStorageJob  *job,
                                 GPtrArray       *answers);
ChatStorageJob *job_new         (ChatStorageOp    op,
                                 gint64           user_id,
                                 gint64           room_id,
                                 gint64           message_id);
ChatStorageJob *job_new_named   (ChatStorageOp    op,
                                 gint64           user_id,
                                 const char      *name,
                                 const char      *secret);
/* A finished job that the storage gave back is copied out of it; freed by this */
void            answer_free     (ChatStorageJob  *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStorageJob, answer_free)

gint64          store_add_user    (Store         *store,
                                   const char    *name);
gint64          store_add_room    (Store         *store,
                                   gint64         user_id,
                                   const char    *other);
gint64          store_add_message (Store         *store,
                                   gint64         user_id,
                                   gint64         room_id,
                                   const char    *text);
ChatStorageJob *message_new       (gint64         user_id,
                                   gint64         room_id,
                                   const char    *text,
                                   const char    *client_ref);

#define assert_status(job, expected) g_assert_cmpint ((job)->status, ==, CHAT_STATUS_##expected)

G_END_DECLS
