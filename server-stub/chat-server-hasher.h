/* chat-server-hasher.h: passwords and tokens: hashed, checked, made
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatServerHashCost:
 * @CHAT_SERVER_HASH_COST_NORMAL: Argon2id with libsodium's interactive limits (two passes over 64 MiB)
 * @CHAT_SERVER_HASH_COST_TEST: the least that libsodium takes; for tests and load tests alone
 */
typedef enum
{
  CHAT_SERVER_HASH_COST_NORMAL,
  CHAT_SERVER_HASH_COST_TEST
} ChatServerHashCost;

#define CHAT_TYPE_SERVER_HASH_COST (chat_server_hash_cost_get_type ())
GType             chat_server_hash_cost_get_type    (void);

#define CHAT_TYPE_SERVER_HASHER (chat_server_hasher_get_type ())
G_DECLARE_FINAL_TYPE (ChatServerHasher, chat_server_hasher, CHAT, SERVER_HASHER, GObject)

/** CHAT_SERVER_HASHER_MAX_WAITING: how many may wait for a free thread; one more fails with %CHAT_ERROR_RATE_LIMITED */
#define CHAT_SERVER_HASHER_MAX_WAITING 64

/**
 * chat_server_hasher_new: a pool of two threads that hash passwords (Argon2id), so that no other thread does. Callbacks run in
 * the thread-default main context of the caller of the `_async` function. What is under way keeps the hasher alive.
 *
 * Returns: (transfer full)
 */
ChatServerHasher *chat_server_hasher_new            (ChatServerHashCost    cost);
ChatServerHashCost chat_server_hasher_get_cost      (ChatServerHasher     *self);

/** chat_server_hasher_hash_async: @password: copied, wiped after use. Fails with %CHAT_ERROR_RATE_LIMITED when the queue is full,
 * %G_IO_ERROR_CANCELLED, %CHAT_ERROR_FAILED for want of memory */
void              chat_server_hasher_hash_async     (ChatServerHasher     *self,
                                                     const char           *password,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
/** chat_server_hasher_hash_finish: Returns: (transfer full) (nullable): what the storage keeps (`secret` of ADD_USER) */
char             *chat_server_hasher_hash_finish    (ChatServerHasher     *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);

/**
 * chat_server_hasher_verify_async:
 * @hash: (nullable): what the storage keeps; %NULL for a user who does not exist: it then takes as long, and the answer
 *   is %FALSE
 */
void              chat_server_hasher_verify_async   (ChatServerHasher     *self,
                                                     const char           *password,
                                                     const char           *hash,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
/**
 * chat_server_hasher_verify_finish:
 * @matches: (out): whether it is the password
 * @needs_rehash: (out) (optional): whether the hash was made at another cost than this hasher's, so that it should be made anew
 *   while the password is at hand (CHAT_STORAGE_SET_SECRET); never where @matches is %FALSE
 *
 * Returns: %FALSE with @error where the question was not answered
 */
gboolean          chat_server_hasher_verify_finish  (ChatServerHasher     *self,
                                                     GAsyncResult         *result,
                                                     gboolean             *matches,
                                                     gboolean             *needs_rehash,
                                                     GError              **error);

/** chat_server_token_new: Returns: (transfer full): 32 random bytes as 43 letters of base64url; free with
 * chat_server_secret_free() */
char             *chat_server_token_new             (void);
/** chat_server_token_hash: Returns: (transfer full): what the storage keeps of @token: its SHA-256 in hexadecimal. A token is
 * random through and through, so that a quick hash without salt suffices */
char             *chat_server_token_hash            (const char           *token);
/** chat_server_secret_free: overwrites @secret (nullable) before it frees it */
void              chat_server_secret_free           (char                 *secret);

G_END_DECLS
