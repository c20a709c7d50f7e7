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

/** chat_secret_wipe: @secret: (transfer full) (nullable): overwritten before it is freed */
void chat_secret_wipe   (char           *secret);

/**
 * ChatSecretBackend: who keeps the secrets: libsecret; in tests, whoever they choose. Each of the three ends by its callback.
 */
typedef struct
{
  void     (*lookup)        (const char *profile, const char *server, const char *login, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
  char    *(*lookup_finish) (GAsyncResult *result, GError **error);
  void     (*store)         (const char *profile, const char *server, const char *login, const char *token,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*store_finish)  (GAsyncResult *result, GError **error);
  void     (*clear)         (const char *profile, const char *server, const char *login, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*clear_finish)  (GAsyncResult *result, GError **error);
} ChatSecretBackend;
/** chat_secret_set_backend: for tests; @backend: (nullable): %NULL for libsecret again */
void chat_secret_set_backend (const ChatSecretBackend *backend);

G_END_DECLS
