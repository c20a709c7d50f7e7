/* chat-session-people.c: finding people, making and deleting rooms
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) others = NULL;

  names = chat_client_search_finish (CHAT_CLIENT (source), result, &error);
  if (names == NULL)
    {
      g_task_return_error (task, chat_session_error_from (error));
      return;
    }
  others = g_strv_builder_new ();
  for (guint i = 0; names[i] != NULL; i++)
    if (!chat_session_is_own (self, names[i]) && *names[i] != '\0')
      g_strv_builder_add (others, names[i]);
  g_task_return_pointer (task, g_strv_builder_end (others), (GDestroyNotify) g_strfreev);
}

void
chat_session_search_users_async (ChatSession         *self,
                                 const char          *text,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *wanted = NULL;
  ChatClient *client;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (text != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_search_users_async);
  wanted = g_strstrip (g_strdup (text));
  if (*wanted == '\0')
    {
      g_task_return_pointer (task, g_new0 (char *, 1), (GDestroyNotify) g_strfreev);
      return;
    }
  client = chat_session_check_online (self, task);
  if (client != NULL)
    chat_client_search_async (client, wanted, cancellable, on_found, g_steal_pointer (&task));
}

GStrv
chat_session_search_users_finish (ChatSession   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
apply_created (ChatSession      *self,
               ChatSessionEvent *event,
               GPtrArray        *events)
{
  ChatRoomInfo *info = chat_session_get_info (self, event->id);

  /* The answer has made it known before this */
  if (info == NULL)
    g_task_return_new_error (event->data, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "the room is gone already");
  else
    g_task_return_pointer (event->data, g_object_ref (info->room), g_object_unref);
}

static void
drop_created (ChatSessionEvent *event)
{
  g_task_return_new_error (event->data, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session ended");
}

static void
on_created (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  gint64 id = chat_client_create_room_finish (CHAT_CLIENT (source), result, &error);
  ChatSessionEvent *event;

  if (error != NULL)
    {
      g_task_return_error (task, chat_session_error_from (error));
      return;
    }
  event = chat_session_event_new ();
  event->apply = apply_created;
  event->drop = drop_created;
  event->id = id;
  event->data = g_steal_pointer (&task);
  event->free_data = g_object_unref;
  chat_session_feed (self, event);
}

void
chat_session_create_room_async (ChatSession         *self,
                                const char          *login,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  ChatClient *client;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (login != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_create_room_async);
  client = chat_session_check_online (self, task);
  if (client != NULL)
    chat_client_create_room_async (client, login, cancellable, on_created, g_steal_pointer (&task));
}

ChatRoom *
chat_session_create_room_finish (ChatSession   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_room_deleted (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  ChatRoom *room = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (chat_client_finish (CHAT_CLIENT (source), result, &error))
    chat_session_feed_task (self, g_steal_pointer (&task));
  else if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_NO_ROOM))
    {
      /* It is gone already */
      chat_session_feed_room_end (self, chat_room_get_id (room), NULL);
      chat_session_feed_task (self, g_steal_pointer (&task));
    }
  else
    g_task_return_error (task, chat_session_error_from (error));
}

void
chat_session_delete_room_async (ChatSession         *self,
                                ChatRoom            *room,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  ChatClient *client;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_delete_room_async);
  g_task_set_task_data (task, g_object_ref (room), g_object_unref);
  client = chat_session_check_online (self, task);
  if (client != NULL)
    chat_client_delete_room_async (client, chat_room_get_id (room), cancellable, on_room_deleted, g_steal_pointer (&task));
}

gboolean
chat_session_delete_room_finish (ChatSession   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
