/* chat-client-hold.c: RATE_LIMITED: the server asks us to come again later, and nobody but us is to mind
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-state.h"

/* How long a request is held back (seconds), before who asked is told that it is too much. 0: who asked knows better */
static guint
longest_hold (ChatPacketType type)
{
  switch (type)
    {
    /* Somebody looks at it */
    case CHAT_PACKET_SEARCH_USER:
    case CHAT_PACKET_CREATE_ROOM:
    case CHAT_PACKET_DELETE_ROOM:
    case CHAT_PACKET_TOKENS:
    case CHAT_PACKET_REVOKE_TOKEN:
    case CHAT_PACKET_REVOKE_OTHERS:
      return CHAT_CLIENT_MAX_HOLD_S;
    case CHAT_PACKET_READ_MSG:
    case CHAT_PACKET_OLD_DIALOGS:
    case CHAT_PACKET_SYNC:
    case CHAT_PACKET_MARK_READ:
    case CHAT_PACKET_MARK_DELIVERED:
    case CHAT_PACKET_SET_ROOM:
    case CHAT_PACKET_SET_ACCOUNT:
    case CHAT_PACKET_MEDIA_UPLOAD:
      return CHAT_CLIENT_MAX_PAUSE_S;
    /* Passwords are not tried again, and what is sent has an order of its own */
    default:
      return 0;
    }
}

gboolean
chat_client_is_repeatable (ChatPacketType type)
{
  return longest_hold (type) > 0;
}

static gboolean
on_hold_over (gpointer user_data)
{
  g_autoptr (ChatClient) self = g_object_ref (user_data);
  GQueue held = self->held;

  self->held_timer = 0;
  g_queue_init (&self->held);
  for (GList *link; (link = held.head) != NULL;)
    {
      ChatClientRequest *request = link->data;

      g_queue_unlink (&held, link);
      if (request->task == NULL)
        chat_client_request_free (request);
      else
        chat_client_send_request (self, request);
    }
  return G_SOURCE_REMOVE;
}

static void
hold (ChatClient        *self,
      ChatClientRequest *request)
{
  gint64 left = self->held_until - g_get_monotonic_time ();

  g_queue_push_tail_link (&self->held, &request->link);
  if (self->held_timer == 0)
    self->held_timer = g_timeout_add (CLAMP (left / 1000 + 1, 1, G_MAXINT32), on_hold_over, self);
}

gboolean
chat_client_hold (ChatClient        *self,
                  ChatClientRequest *request,
                  const GError      *error)
{
  guint seconds = MAX (chat_client_error_get_retry_after (error), 1);

  if (!g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_RATE_LIMITED) || request->packet == NULL
      || request->task == NULL || seconds > longest_hold (request->type))
    return FALSE;
  chat_client_unlink_request (self, request);
  request->number = 0;
  request->n_replayed = 0;
  request->row_bytes = 0;
  if (request->fence != NULL)
    {
      request->fence->fences = NULL;
      request->fence = NULL;
    }
  if (request->rows != NULL)
    {
      chat_client_rows_free (request->rows);
      request->rows = chat_client_rows_new ();
    }
  self->held_until = MAX (self->held_until, g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC);
  g_clear_handle_id (&self->held_timer, g_source_remove);
  hold (self, request);
  return TRUE;
}

gboolean
chat_client_hold_new (ChatClient        *self,
                      ChatClientRequest *request)
{
  for (GList *l = self->held.head; l != NULL; l = l->next)
    if (((ChatClientRequest *) l->data)->type == request->type)
      {
        hold (self, request);
        return TRUE;
      }
  return FALSE;
}

void
chat_client_drop_held (ChatClient   *self,
                       const GError *error)
{
  g_clear_handle_id (&self->held_timer, g_source_remove);
  while (self->held.head != NULL)
    {
      ChatClientRequest *request = self->held.head->data;
      g_autoptr (GTask) task = g_steal_pointer (&request->task);

      g_queue_unlink (&self->held, &request->link);
      chat_client_request_free (request);
      if (task != NULL)
        g_task_return_error (task, g_error_copy (error));
    }
}
