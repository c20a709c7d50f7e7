/* chat-session-previews.c: the newest page of rooms, where the server does not tell it: one room after the other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

static void
apply_end (ChatSession      *self,
           ChatSessionEvent *event,
           GPtrArray        *events)
{
  chat_session_look_caught_up (self);
}

static void
on_preview_kept (ChatSession *self,
                 GPtrArray   *rows,
                 gpointer     user_data)
{
  g_autofree gint64 *room_id = user_data;

  if (self != NULL)
    chat_session_newest_page_came (self, *room_id, rows, TRUE);
}

static void
on_preview (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 from = CHAT_STORE_BEGINNING;
  gboolean more;

  rows = chat_client_read_finish (CHAT_CLIENT (source), result, &more, &error);
  if (self == NULL || !chat_session_call_is_current (call, self))
    return;
  self->previewing = FALSE;
  if (rows != NULL)
    {
      ChatRoomInfo *info = chat_session_get_info (self, call->id);
      gint64 first = rows->len > 0 ? ((ChatClientMessage *) rows->pdata[0])->id : 0;

      if (first > 0 && (info == NULL || info->first_id != first))
        from = first;
      chat_session_feed_page (self, call->id, from, CHAT_STORE_TO_NEWEST, rows, FALSE, on_preview_kept,
                              g_memdup2 (&call->id, sizeof call->id));
    }
  chat_session_ask_previews (self);
}

void
chat_session_ask_previews (ChatSession *self)
{
  g_autofree gint64 *id = NULL;

  if (self->previewing || self->client == NULL)
    return;
  id = g_queue_pop_head (&self->previews);
  if (id == NULL)
    {
      ChatSessionEvent *event;

      if (!self->catching_up)
        return;
      /* After the pages that are on their way to the store */
      event = chat_session_event_new ();
      event->apply = apply_end;
      chat_session_feed (self, event);
      return;
    }
  self->previewing = TRUE;
  chat_client_read_async (self->client, CHAT_CLIENT_READ_NEWEST, *id, 0, CHAT_CLIENT_RESENT_PAGE, NULL, on_preview,
                          chat_session_call_new (self, self->client, *id, 0));
}
