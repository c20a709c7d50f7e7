/* chat-secret.c: the token in the person's keyring
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-secret.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

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
  char *secret = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    g_info ("The keyring did not answer: %s", error->message);
  call->done (secret, call->user_data);
  secret_password_free (secret);
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

  secret_password_lookup (&schema, call->cancellable, on_looked_up, call,
                          "profile", profile, "server", server, "login", login, NULL);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!secret_password_store_finish (result, &error))
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
  /* Translators: the name of an entry in the keyring: user name, server */
  g_autofree char *label = g_strdup_printf (_("Chat: %s at %s"), login, server);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, token, call->cancellable, on_stored, call,
                         "profile", profile, "server", server, "login", login, NULL);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!secret_password_clear_finish (result, &error) && error != NULL)
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

  secret_password_clear (&schema, call->cancellable, on_cleared, call,
                         "profile", profile, "server", server, "login", login, NULL);
}
