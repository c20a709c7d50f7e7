/* chat-client-account.c: the devices of the person, and the password (PROTOCOL.md, "token")
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-private.h"

#include "chat-limits.h"

/* A server that does not know of it may say nothing at all: it is not asked.
 * Returns: (transfer full) (nullable): %NULL after ending the task */
static GTask *
new_task (ChatClient          *self,
          gpointer             tag,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  if ((chat_client_get_features (self) & CHAT_CLIENT_TOKEN) != 0)
    return g_steal_pointer (&task);
  g_task_return_new_error (task, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_UNSUPPORTED, "the server has no tokens");
  return NULL;
}

void
chat_client_list_devices_async (ChatClient          *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = new_task (self, chat_client_list_devices_async, cancellable, callback, user_data);

  if (task != NULL)
    chat_client_request (self, chat_packet_new (CHAT_PACKET_TOKENS), 0, NULL, task);
}

GPtrArray *
chat_client_list_devices_finish (ChatClient    *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_autoptr (ChatPacket) answer = g_task_propagate_pointer (G_TASK (result), error);

  return answer != NULL ? chat_client_devices_from_packet (answer, CHAT_CLIENT_MAX_DEVICES) : NULL;
}

static void
revoke_one (ChatClient *self,
            gint64      id,
            GTask      *task)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_REVOKE_TOKEN);

  chat_packet_set_integer (packet, CHAT_FIELD_ID, id);
  chat_client_request (self, packet, id, NULL, task);
}

static void
on_tokens (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ChatClient *self = CHAT_CLIENT (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (ChatPacket) answer = NULL;
  GError *error = NULL;
  gint64 current;

  answer = g_task_propagate_pointer (G_TASK (result), &error);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  current = chat_packet_get_integer (answer, CHAT_FIELD_CURRENT, 0);
  if (current <= 0)
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) chat_packet_unref);
  else
    revoke_one (self, current, g_steal_pointer (&task));
}

void
chat_client_revoke_token_async (ChatClient          *self,
                                gint64               id,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = new_task (self, chat_client_revoke_token_async, cancellable, callback, user_data);

  if (task == NULL)
    return;
  if (id != 0)
    revoke_one (self, id, task);
  else
    chat_client_request (self, chat_packet_new (CHAT_PACKET_TOKENS), 0, NULL,
                         g_task_new (self, cancellable, on_tokens, task));
}

void
chat_client_revoke_others_async (ChatClient          *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = new_task (self, chat_client_revoke_others_async, cancellable, callback, user_data);

  if (task != NULL)
    chat_client_request (self, chat_packet_new (CHAT_PACKET_REVOKE_OTHERS), 0, NULL, task);
}

void
chat_client_change_password_async (ChatClient          *self,
                                   const char          *password,
                                   const char          *new_password,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GTask *task = new_task (self, chat_client_change_password_async, cancellable, callback, user_data);
  ChatPacket *packet;

  if (task == NULL)
    return;
  packet = chat_packet_new (CHAT_PACKET_CHANGE_PASSWORD);
  chat_packet_set_string (packet, CHAT_FIELD_PASS, password);
  chat_packet_set_string (packet, CHAT_FIELD_NEW_PASS, new_password);
  chat_client_request (self, packet, 0, NULL, task);
}
