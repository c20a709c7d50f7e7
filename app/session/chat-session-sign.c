/* chat-session-sign.c: signing in and out, and coming back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

#include "chat-secret.h"
#include "chat-host-address.h"

typedef struct
{
  ChatClient *client;
  char       *server;
  char       *login;
  char       *password;
  gboolean    insecure;
  gboolean    sign_up;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  if (sign_in->client != NULL)
    chat_client_close (sign_in->client);
  g_clear_object (&sign_in->client);
  g_free (sign_in->server);
  g_free (sign_in->login);
  chat_secret_wipe (sign_in->password);
  g_free (sign_in);
}

/* Secrets */

static char *
secret_server (ChatSession *self)
{
  g_autoptr (ChatHostAddress) address = self->server != NULL ? chat_host_address_parse (self->server) : NULL;

  return address != NULL ? chat_host_address_to_key (address) : g_strdup ("");
}

void
chat_session_keep_token (ChatSession *self,
                         const char  *token)
{
  g_autofree char *server = secret_server (self);
  g_autofree char *kept = g_strdup (token);

  chat_secret_wipe (self->token);
  self->token = g_steal_pointer (&kept);
  g_clear_pointer (&self->password, chat_secret_wipe);
  chat_secret_store (self->profile, server, self->login, token, self->times.secret);
}

void
chat_session_drop_token (ChatSession *self)
{
  g_autofree char *server = secret_server (self);

  g_clear_pointer (&self->password, chat_secret_wipe);
  if (self->token == NULL)
    return;
  g_clear_pointer (&self->token, chat_secret_wipe);
  chat_secret_clear (self->profile, server, self->login, self->times.secret);
}

void
chat_session_forget_told (ChatSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rooms));
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rooms, g_list_model_get_item (G_LIST_MODEL (self->rooms), i));
  chat_outbox_drop_room (self->outbox, 0);
  g_hash_table_remove_all (self->infos);
  g_hash_table_remove_all (self->gone);
  g_ptr_array_set_size (self->orphans, 0);
  chat_memory_clear (self->memory);
  chat_room_list_clear (self->rooms);
  chat_room_list_set_loaded (self->rooms, FALSE);
  self->position = 0;
  self->in_step = self->astray = self->unsure = self->check_rooms = FALSE;
  chat_session_settings_clear (self);
  for (guint i = 0; i < rooms->len; i++)
    chat_session_emit_removed (self, rooms->pdata[i]);
}

/* Signing in */

static void
sign_in_failed (GTask  *task,
                GError *given)
{
  ChatSession *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (GError) error = given;
  guint retry_after = chat_client_error_get_retry_after (error);

  if (self->signing_in == task)
    {
      self->signing_in = NULL;
      chat_session_set_refused_certificate (self, error, sign_in->server);
      if (retry_after > 0)
        chat_session_set_state (self, self->state, self->error,
                                g_get_monotonic_time () + (gint64) MIN (retry_after, 86400) * G_USEC_PER_SEC);
    }
  chat_client_close (sign_in->client);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_error (task, chat_session_error_from (error));
}

/* What is kept is shown now, as far as there is anything */
static void
on_kept (GTask *task)
{
  ChatSession *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (ChatClient) client = g_steal_pointer (&sign_in->client);

  if (self->closed)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session is closed");
      return;
    }
  if (chat_client_is_open (client))
    chat_session_link_up (self, client);
  else
    chat_session_link_start (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_logged_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (ChatClient) client = NULL;
  g_autofree char *token = NULL;
  GError *error = NULL;
  gboolean other;
  const char *login;

  if (!chat_client_log_in_finish (sign_in->client, result, &token, &error))
    {
      sign_in_failed (task, error);
      return;
    }
  if (self->signing_in != task)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "another sign-in came");
      return;
    }
  self->signing_in = NULL;
  client = g_steal_pointer (&sign_in->client);
  login = chat_client_get_login (client);

  /* Another account: nothing of the last one may be shown. An account that was made just now has none of what is kept under its
   * name: that was of another life of this server */
  chat_session_link_stop (self);
  other = self->login != NULL && (!chat_session_is_own (self, login) || g_strcmp0 (self->server, sign_in->server) != 0);
  if (other)
    chat_session_drop_token (self);
  if (other || sign_in->sign_up)
    {
      chat_session_keep_drop (self);
      chat_session_forget_told (self);
    }
  g_clear_pointer (&self->token, chat_secret_wipe);
  g_clear_pointer (&self->password, chat_secret_wipe);
  chat_session_set_identity (self, sign_in->server, login, sign_in->insecure);
  chat_account_set (self->account, sign_in->server, login, sign_in->insecure);
  if (token != NULL)
    chat_session_keep_token (self, token);
  else
    /* Nothing else can bring the connection back in this run */
    self->password = g_steal_pointer (&sign_in->password);
  self->n_attempts = 0;
  /* A token proves that the server still is what it was; a password does not */
  self->verify_rooms = TRUE;
  sign_in->client = g_steal_pointer (&client);
  /* Nothing moves until the store is open: the server has to wait for that too */
  chat_client_set_paused (sign_in->client, TRUE);
  chat_session_keep_open (self, sign_in->sign_up, task, on_kept);
}

static void
log_in (GTask *task)
{
  SignIn *sign_in = g_task_get_task_data (task);
  g_autofree char *device = chat_session_device_name ();

  chat_client_log_in_async (sign_in->client, sign_in->login, sign_in->password, NULL, device, g_task_get_cancellable (task),
                            on_logged_in, g_object_ref (task));
}

static void
on_signed_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;

  if (!chat_client_finish (sign_in->client, result, &error))
    sign_in_failed (task, error);
  else
    log_in (task);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;

  if (!chat_client_open_finish (sign_in->client, result, &error))
    sign_in_failed (task, error);
  else if (sign_in->sign_up)
    chat_client_sign_up_async (sign_in->client, sign_in->login, sign_in->password, g_task_get_cancellable (task),
                               on_signed_up, g_object_ref (task));
  else
    log_in (task);
}

void
chat_session_cancel_sign_in (ChatSession *self)
{
  GTask *task = g_steal_pointer (&self->signing_in);
  SignIn *sign_in = task != NULL ? g_task_get_task_data (task) : NULL;

  /* Its step fails by that, and the task with it */
  if (sign_in != NULL && sign_in->client != NULL)
    chat_client_close (sign_in->client);
}

void
chat_session_sign_in_async (ChatSession         *self,
                            const char          *server,
                            gboolean             insecure,
                            const char          *login,
                            const char          *password,
                            gboolean             sign_up,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *pin = NULL;
  SignIn *sign_in;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (server != NULL && login != NULL && password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_sign_in_async);
  if (self->closed)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session is closed");
      return;
    }
  chat_session_cancel_sign_in (self);
  sign_in = g_new0 (SignIn, 1);
  sign_in->server = g_strdup (server);
  sign_in->login = g_strdup (login);
  sign_in->password = g_strdup (password);
  sign_in->insecure = insecure;
  sign_in->sign_up = sign_up;
  sign_in->client = chat_session_make_client (self);
  g_task_set_task_data (task, sign_in, sign_in_free);
  self->signing_in = task;
  pin = chat_account_dup_pin (self->account, server);
  chat_client_open_async (sign_in->client, server, insecure, pin, cancellable, on_opened, g_object_ref (task));
}

gboolean
chat_session_sign_in_finish (ChatSession   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_accept_certificate (ChatSession *self,
                                 const char  *server,
                                 const char  *fingerprint)
{
  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (server != NULL && fingerprint != NULL);

  chat_account_set_pin (self->account, server, fingerprint);
}

/* Coming back */

static void
on_restored (GTask *task)
{
  ChatSession *self = g_task_get_source_object (task);

  /* The rooms are there; somebody may be faster, at the sign-in page */
  if (!self->closed && self->state == CHAT_SESSION_SIGNED_OUT && self->signing_in == NULL && self->token != NULL)
    chat_session_link_start (self);
  g_task_return_boolean (task, self->state != CHAT_SESSION_SIGNED_OUT);
}

static void
on_secret (const char *secret,
           gpointer    user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  /* Somebody was faster, at the sign-in page */
  if (self->closed || self->state != CHAT_SESSION_SIGNED_OUT || self->signing_in != NULL)
    {
      g_task_return_boolean (task, self->state != CHAT_SESSION_SIGNED_OUT);
      return;
    }
  if (secret == NULL || *secret == '\0')
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  self->token = g_strdup (secret);
  chat_session_keep_open (self, FALSE, task, on_restored);
}

void
chat_session_restore_async (ChatSession         *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *server = NULL;

  g_return_if_fail (CHAT_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_restore_async);
  if (self->closed || chat_account_get_server (self->account) == NULL || self->state != CHAT_SESSION_SIGNED_OUT)
    {
      g_task_return_boolean (task, self->state != CHAT_SESSION_SIGNED_OUT);
      return;
    }
  server = secret_server (self);
  chat_secret_lookup (self->profile, server, self->login, self->times.secret, on_secret, g_steal_pointer (&task));
}

gboolean
chat_session_restore_finish (ChatSession   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Signing out */

typedef struct
{
  GCancellable *cancellable;    /* of the farewell: by time, or by the caller */
  GCancellable *outer;
  gulong        outer_id;
  guint         timer;
} SignOut;

static void
sign_out_free (gpointer data)
{
  SignOut *sign_out = data;

  g_clear_handle_id (&sign_out->timer, g_source_remove);
  if (sign_out->outer_id != 0)
    g_cancellable_disconnect (sign_out->outer, sign_out->outer_id);
  g_clear_object (&sign_out->outer);
  g_object_unref (sign_out->cancellable);
  g_free (sign_out);
}

static void
on_store_removed (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_boolean (task, TRUE);
}

static void
forget_account (GTask *task)
{
  ChatSession *self = g_task_get_source_object (task);
  SignOut *sign_out = g_task_get_task_data (task);

  g_clear_handle_id (&sign_out->timer, g_source_remove);
  chat_session_link_stop (self);
  chat_session_drop_token (self);
  chat_account_forget (self->account);
  chat_session_set_state (self, CHAT_SESSION_SIGNED_OUT, NULL, 0);
  /* Before the names of server and account go, by which the file is found */
  chat_session_keep_remove (self, on_store_removed, g_object_ref (task));
  chat_session_forget_told (self);
  chat_session_set_abilities (self, 0);
  chat_session_set_identity (self, NULL, NULL, FALSE);
  chat_session_set_refused_certificate (self, NULL, NULL);
}

static void
on_revoked (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!chat_client_finish (CHAT_CLIENT (source), result, &error))
    g_info ("The token was not revoked: %s", error->message);
  forget_account (task);
}

static void
on_outer_cancelled (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

static gboolean
on_farewell_too_long (gpointer user_data)
{
  SignOut *sign_out = user_data;

  sign_out->timer = 0;
  g_cancellable_cancel (sign_out->cancellable);
  return G_SOURCE_REMOVE;
}

void
chat_session_sign_out_async (ChatSession         *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  SignOut *sign_out;

  g_return_if_fail (CHAT_IS_SESSION (self));

  /* Signing out can not be half done: @cancellable only ends the wait for the server */
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, chat_session_sign_out_async);
  sign_out = g_new0 (SignOut, 1);
  sign_out->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, sign_out, sign_out_free);
  chat_session_cancel_sign_in (self);
  if (self->client == NULL || self->token == NULL)
    {
      forget_account (task);
      return;
    }
  if (cancellable != NULL)
    {
      sign_out->outer = g_object_ref (cancellable);
      sign_out->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                                  g_object_ref (sign_out->cancellable), g_object_unref);
    }
  sign_out->timer = g_timeout_add (self->times.farewell, on_farewell_too_long, sign_out);
  chat_client_revoke_token_async (self->client, 0, sign_out->cancellable, on_revoked, g_steal_pointer (&task));
}

gboolean
chat_session_sign_out_finish (ChatSession   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
