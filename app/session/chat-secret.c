/* chat-secret.c: the token in the person's keyring
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-secret.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <string.h>

static const SecretSchema schema = {
  .name = "com.example.Chat.Token",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "login", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* libsecret */

static void
keyring_lookup (const char          *profile,
                const char          *server,
                const char          *login,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  secret_password_lookup (&schema, cancellable, callback, user_data,
                          "profile", profile, "server", server, "login", login, NULL);
}

static char *
keyring_lookup_finish (GAsyncResult  *result,
                       GError       **error)
{
  char *secret = secret_password_lookup_finish (result, error);
  char *copy = g_strdup (secret);

  secret_password_free (secret);
  return copy;
}

static void
keyring_store (const char          *profile,
               const char          *server,
               const char          *login,
               const char          *token,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  /* Translators: the name of an entry in the keyring: user name, server */
  g_autofree char *label = g_strdup_printf (_("Chat: %s at %s"), login, server);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, token, cancellable, callback, user_data,
                         "profile", profile, "server", server, "login", login, NULL);
}

static gboolean
keyring_store_finish (GAsyncResult  *result,
                      GError       **error)
{
  return secret_password_store_finish (result, error);
}

static void
keyring_clear (const char          *profile,
               const char          *server,
               const char          *login,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  secret_password_clear (&schema, cancellable, callback, user_data,
                         "profile", profile, "server", server, "login", login, NULL);
}

/* That there was nothing to forget is no error */
static gboolean
keyring_clear_finish (GAsyncResult  *result,
                      GError       **error)
{
  g_autoptr (GError) failed = NULL;

  secret_password_clear_finish (result, &failed);
  if (failed != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  return TRUE;
}

static const ChatSecretBackend keyring = {
  .lookup = keyring_lookup,
  .lookup_finish = keyring_lookup_finish,
  .store = keyring_store,
  .store_finish = keyring_store_finish,
  .clear = keyring_clear,
  .clear_finish = keyring_clear_finish,
};
static const ChatSecretBackend *backend = &keyring;

void
chat_secret_set_backend (const ChatSecretBackend *other)
{
  backend = other != NULL ? other : &keyring;
}

/* The time limit */

typedef struct
{
  GCancellable   *cancellable;
  guint           timer;
  ChatSecretFunc  done;
  gpointer        user_data;
} Call;

static gboolean
on_too_long (gpointer user_data)
{
  Call *call = user_data;

  call->timer = 0;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static Call *
call_new (guint          timeout_ms,
          ChatSecretFunc done,
          gpointer       user_data)
{
  Call *call = g_new0 (Call, 1);

  call->cancellable = g_cancellable_new ();
  call->timer = g_timeout_add (timeout_ms, on_too_long, call);
  call->done = done;
  call->user_data = user_data;
  return call;
}

static void
call_free (Call *call)
{
  g_clear_handle_id (&call->timer, g_source_remove);
  g_object_unref (call->cancellable);
  g_free (call);
}

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Call *call = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = backend->lookup_finish (result, &error);

  if (error != NULL)
    g_info ("The keyring did not answer: %s", error->message);
  call->done (secret, call->user_data);
  g_free (secret);
  call_free (call);
}

void
chat_secret_lookup (const char     *profile,
                    const char     *server,
                    const char     *login,
                    guint           timeout_ms,
                    ChatSecretFunc  done,
                    gpointer        user_data)
{
  Call *call = call_new (timeout_ms, done, user_data);

  backend->lookup (profile, server, login, call->cancellable, on_looked_up, call);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!backend->store_finish (result, &error))
    g_info ("The keyring did not take the token: %s", error->message);
  call_free (user_data);
}

void
chat_secret_store (const char *profile,
                   const char *server,
                   const char *login,
                   const char *token,
                   guint       timeout_ms)
{
  Call *call = call_new (timeout_ms, NULL, NULL);

  backend->store (profile, server, login, token, call->cancellable, on_stored, call);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!backend->clear_finish (result, &error))
    g_info ("The keyring did not forget the token: %s", error->message);
  call_free (user_data);
}

void
chat_secret_clear (const char *profile,
                   const char *server,
                   const char *login,
                   guint       timeout_ms)
{
  Call *call = call_new (timeout_ms, NULL, NULL);

  backend->clear (profile, server, login, call->cancellable, on_cleared, call);
}

void
chat_secret_wipe (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
