/* chat-session-devices.c: where the person is signed in, and the password
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

#include "chat-secret.h"

void
chat_session_device_free (ChatSessionDevice *device)
{
  g_free (device->name);
  g_free (device);
}

/* Returns: (transfer full) (nullable): %NULL after ending it without a connection */
static GTask *
new_task (ChatSession         *self,
          gpointer             tag,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return chat_session_check_online (self, task) != NULL ? g_steal_pointer (&task) : NULL;
}

/* Devices */

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GError) error = NULL;

  rows = chat_client_list_devices_finish (CHAT_CLIENT (source), result, &error);
  if (rows == NULL)
    {
      g_task_return_error (task, chat_session_error_from (error));
      return;
    }
  devices = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_session_device_free);
  for (guint i = 0; i < rows->len; i++)
    {
      const ChatClientDevice *row = rows->pdata[i];
      ChatSessionDevice *device = g_new0 (ChatSessionDevice, 1);

      device->id = row->id;
      device->name = g_strdup (row->name);
      device->created = row->created;
      device->last_used = row->last_used;
      device->current = row->current;
      g_ptr_array_add (devices, device);
    }
  g_task_return_pointer (task, g_steal_pointer (&devices), (GDestroyNotify) g_ptr_array_unref);
}

void
chat_session_list_devices_async (ChatSession         *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));

  task = new_task (self, chat_session_list_devices_async, cancellable, callback, user_data);
  if (task != NULL)
    chat_client_list_devices_async (self->client, cancellable, on_listed, task);
}

GPtrArray *
chat_session_list_devices_finish (ChatSession   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_revoked (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  /* One that is none of the person's any more is what was wanted */
  if (chat_client_finish (CHAT_CLIENT (source), result, &error)
      || (g_task_get_source_tag (task) == chat_session_revoke_device_async
          && g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_FORBIDDEN)))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, chat_session_error_from (error));
}

void
chat_session_revoke_device_async (ChatSession         *self,
                                  gint64               device_id,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (device_id > 0);

  task = new_task (self, chat_session_revoke_device_async, cancellable, callback, user_data);
  if (task != NULL)
    chat_client_revoke_token_async (self->client, device_id, cancellable, on_revoked, task);
}

gboolean
chat_session_revoke_device_finish (ChatSession   *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_revoke_others_async (ChatSession         *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));

  task = new_task (self, chat_session_revoke_others_async, cancellable, callback, user_data);
  if (task != NULL)
    chat_client_revoke_others_async (self->client, cancellable, on_revoked, task);
}

gboolean
chat_session_revoke_others_finish (ChatSession   *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The password */

static void
on_changed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!chat_client_finish (CHAT_CLIENT (source), result, &error))
    {
      /* It was asked, and whether it was done is not known */
      if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED)
          || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_TIMED_OUT))
        g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNCERTAIN, "%s", error->message);
      else
        g_task_return_error (task, chat_session_error_from (error));
      return;
    }
  /* Where it is the only thing that brings the connection back */
  if (self->password != NULL && CHAT_CLIENT (source) == self->client)
    {
      chat_secret_wipe (self->password);
      self->password = g_strdup (g_task_get_task_data (task));
    }
  g_task_return_boolean (task, TRUE);
}

void
chat_session_change_password_async (ChatSession         *self,
                                    const char          *password,
                                    const char          *new_password,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (password != NULL && new_password != NULL);

  task = new_task (self, chat_session_change_password_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  g_task_set_task_data (task, g_strdup (new_password), (GDestroyNotify) chat_secret_wipe);
  chat_client_change_password_async (self->client, password, new_password, cancellable, on_changed, task);
}

gboolean
chat_session_change_password_finish (ChatSession   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
