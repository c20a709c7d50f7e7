/* chat-secret.h: the token in the person's keyring
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CHAT_SECRET_TIMEOUT_MS: a keyring that is locked or not there may never answer. After that it counts as one that has nothing:
 * everything still works, only the next start asks for the password again.
 */
#define CHAT_SECRET_TIMEOUT_MS 4000

/** ChatSecretFunc: @secret: (nullable): what was found */
typedef void (*ChatSecretFunc) (const char *secret,
                                gpointer    user_data);

/* The password never comes here. @done is always called, exactly once, later than the call. */
void chat_secret_lookup (const char     *profile,
                         const char     *server,
                         const char     *login,
                         guint           timeout_ms,
                         ChatSecretFunc  done,
                         gpointer        user_data);
void chat_secret_store  (const char     *profile,
                         const char     *server,
                         const char     *login,
                         const char     *token,
                         guint           timeout_ms);
void chat_secret_clear  (const char     *profile,
                         const char     *server,
                         const char     *login,
                         guint           timeout_ms);

G_END_DECLS
