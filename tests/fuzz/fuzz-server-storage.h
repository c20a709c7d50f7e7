/* fuzz-server-storage.h: the server's storage without its threads: the same SQL, a turn of the loop at a time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "fuzz.h"

#include "chat-server-hasher.h"
#include "chat-server-storage.h"

G_BEGIN_DECLS

/**
 * FuzzStorage: the writer and the reader of chat-server-sqlite, driven by the main context, so that the same input always does the
 * same. Made once; what an input left is taken out again before the next.
 */
#define FUZZ_TYPE_STORAGE (fuzz_storage_get_type ())
G_DECLARE_FINAL_TYPE (FuzzStorage, fuzz_storage, FUZZ, STORAGE, GObject)

/** fuzz_storage_new: with a few people, rooms and messages: see fuzz-server.c */
FuzzStorage *fuzz_storage_new        (ChatServerHasher *hasher);
/** fuzz_storage_reset: as it was made, but that no number is given again */
void         fuzz_storage_reset      (FuzzStorage      *self);
/** fuzz_storage_get_base: Returns: the first number that is given after the reset */
gint64       fuzz_storage_get_base   (FuzzStorage      *self);
gboolean     fuzz_storage_is_busy    (FuzzStorage      *self);
/** fuzz_storage_fail_next: the next commit does not come about, as on a full disk */
void         fuzz_storage_fail_next  (FuzzStorage      *self);
/** fuzz_storage_check: that what is kept agrees with itself, and that a replay from the beginning tells all of it */
void         fuzz_storage_check      (FuzzStorage      *self);

G_END_DECLS
