/* chat-fake-account.c: what the session without a server says of the account
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-session-private.h"

void
chat_fake_session_set_settings (ChatSession *self,
                                gboolean     receipts,
                                gboolean     typing,
                                gboolean     presence,
                                gboolean     waiting)
{
  self->settings[0] = receipts;
  self->settings[1] = typing;
  self->settings[2] = presence;
  self->settings_waiting = waiting;
  for (guint i = PROP_SENDS_RECEIPTS; i <= PROP_SETTINGS_WAITING; i++)
    g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[i]);
}

void
chat_fake_session_add_device (ChatSession *self,
                              gint64       id,
                              const char  *name,
                              gboolean     current)
{
  ChatSessionDevice *device = g_new0 (ChatSessionDevice, 1);

  device->id = id;
  device->name = g_strdup (name);
  device->created = g_get_real_time () - G_TIME_SPAN_DAY;
  device->last_used = g_get_real_time ();
  device->current = current;
  g_ptr_array_insert (self->devices, 0, device);
}

gboolean
chat_session_get_sends_receipts (ChatSession *self)
{
  return self->settings[0];
}

gboolean
chat_session_get_sends_typing (ChatSession *self)
{
  return self->settings[1];
}

gboolean
chat_session_get_sends_presence (ChatSession *self)
{
  return self->settings[2];
}

gboolean
chat_session_get_settings_waiting (ChatSession *self)
{
  return self->settings_waiting;
}

static void
set_setting (ChatSession *self,
             guint        i,
             gboolean     value,
             const char  *name)
{
  if (self->settings[i] == value)
    return;
  chat_fake_record (self, "%s %s", name, value ? "on" : "off");
  self->settings[i] = value;
  g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[PROP_SENDS_RECEIPTS + i]);
}

void
chat_session_set_sends_receipts (ChatSession *self,
                                 gboolean     sends)
{
  set_setting (self, 0, sends, "receipts");
}

void
chat_session_set_sends_typing (ChatSession *self,
                               gboolean     sends)
{
  set_setting (self, 1, sends, "typing");
}

void
chat_session_set_sends_presence (ChatSession *self,
                                 gboolean     sends)
{
  set_setting (self, 2, sends, "presence");
}

void
chat_session_device_free (ChatSessionDevice *device)
{
  g_free (device->name);
  g_free (device);
}

void
chat_session_list_devices_async (ChatSession         *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);
  GPtrArray *devices;

  chat_fake_record (self, "devices");
  if (task == NULL)
    return;
  devices = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_session_device_free);
  for (guint i = 0; i < self->devices->len; i++)
    {
      ChatSessionDevice *copy = g_memdup2 (self->devices->pdata[i], sizeof *copy);

      copy->name = g_strdup (copy->name);
      g_ptr_array_add (devices, copy);
    }
  g_task_return_pointer (task, devices, (GDestroyNotify) g_ptr_array_unref);
}

GPtrArray *
chat_session_list_devices_finish (ChatSession   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_session_revoke_device_async (ChatSession         *self,
                                  gint64               device_id,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "revoke %" G_GINT64_FORMAT, device_id);
  if (task == NULL)
    return;
  for (guint i = self->devices->len; i > 0; i--)
    if (((ChatSessionDevice *) self->devices->pdata[i - 1])->id == device_id)
      g_ptr_array_remove_index (self->devices, i - 1);
  g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_revoke_device_finish (ChatSession   *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_revoke_others_async (ChatSession         *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "revoke others");
  if (task == NULL)
    return;
  for (guint i = self->devices->len; i > 0; i--)
    if (!((ChatSessionDevice *) self->devices->pdata[i - 1])->current)
      g_ptr_array_remove_index (self->devices, i - 1);
  g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_revoke_others_finish (ChatSession   *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_change_password_async (ChatSession         *self,
                                    const char          *password,
                                    const char          *new_password,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "password %s %s", password, new_password);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_change_password_finish (ChatSession   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
