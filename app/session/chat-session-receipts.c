/* chat-session-receipts.c: how far others have got with what one wrote, and telling them how far one has got oneself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

/* Many messages are told of by one mark, and many marks do not come all at once: the server bounds how much one may ask of it */
#define DELIVERY_DELAY_MS 300
#define DELIVERY_ROOMS    20

/* Others' marks: kept, and shown */

gboolean
chat_session_is_member (ChatSession  *self,
                        ChatRoomInfo *info,
                        const char   *name)
{
  /* Rooms are of two, and have the name of the other one */
  return info != NULL && g_ascii_strcasecmp (chat_room_get_name (info->room), name) == 0;
}

/* Each message is looked at once for each mark that passes it: only what lies between the old marks and the new ones changes */
static void
show_marks (ChatSession  *self,
            ChatRoomInfo *info,
            gint64        old_delivered,
            gint64        old_seen)
{
  gint64 known = chat_room_get_seen_mark (info->room) != old_seen ? old_seen : old_delivered;
  ChatMessage *newest = chat_room_get_last_message (info->room);
  GListModel *model = G_LIST_MODEL (info->list);

  if (newest != NULL)
    chat_room_dress (info->room, newest);
  for (guint i = model != NULL ? g_list_model_get_n_items (model) : 0; i > 0; i--)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (model, i - 1);
      gint64 id = chat_message_get_id (message);

      if (id != 0 && id <= known)
        break;
      chat_room_dress (info->room, message);
    }
}

void
chat_session_show_mark (ChatSession  *self,
                        ChatRoomInfo *info,
                        const char   *name,
                        gint64        delivered,
                        gint64        seen)
{
  gint64 old_delivered = chat_room_get_delivered_mark (info->room), old_seen = chat_room_get_seen_mark (info->room);

  if (!chat_session_is_member (self, info, name))
    return;
  chat_room_raise_mark (info->room, name, delivered, seen);
  if (chat_room_get_delivered_mark (info->room) != old_delivered || chat_room_get_seen_mark (info->room) != old_seen)
    show_marks (self, info, old_delivered, old_seen);
}

void
chat_session_dress (ChatSession *self,
                    ChatMessage *message)
{
  ChatRoomInfo *info = chat_session_get_info (self, chat_message_get_room_id (message));

  if (info != NULL)
    chat_room_dress (info->room, message);
}

static void
build_receipt (ChatSession      *self,
               ChatSessionEvent *event,
               ChatStoreBatch   *batch)
{
  /* What is read is delivered */
  if (chat_session_is_member (self, chat_session_get_info (self, event->id), event->text))
    chat_store_batch_set_mark (batch, event->id, event->text, MAX (event->from, event->to), event->to);
}

static void
apply_receipt (ChatSession      *self,
               ChatSessionEvent *event,
               GPtrArray        *events)
{
  ChatRoomInfo *info = chat_session_get_info (self, event->id);

  if (info != NULL)
    chat_session_show_mark (self, info, event->text, event->from, event->to);
}

void
chat_session_feed_receipt (ChatSession            *self,
                           gint64                  room_id,
                           const char             *name,
                           gint64                  delivered,
                           gint64                  read,
                           const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  if (!chat_session_is_own (self, name))
    {
      event->build = build_receipt;
      event->apply = apply_receipt;
    }
  event->id = room_id;
  event->from = delivered;
  event->to = read;
  event->text = g_strdup (name);
  chat_session_feed (self, event);
}

void
chat_session_put_marks (ChatSession    *self,
                        ChatStoreBatch *batch,
                        gint64          room_id,
                        GPtrArray      *marks)
{
  for (guint i = 0; marks != NULL && i < marks->len; i++)
    {
      const ChatClientMark *mark = marks->pdata[i];

      if (mark->delivered > 0 && !chat_session_is_own (self, mark->name))
        chat_store_batch_set_mark (batch, room_id, mark->name, mark->delivered, mark->read);
    }
}

void
chat_session_put_implied_mark (ChatSession             *self,
                               ChatStoreBatch          *batch,
                               const ChatClientMessage *row)
{
  if ((self->abilities & CHAT_SESSION_CAN_TELL_RECEIPTS) != 0
      && chat_session_is_member (self, chat_session_get_info (self, row->room_id), row->sender))
    chat_store_batch_set_mark (batch, row->room_id, row->sender, row->id, row->id);
}

void
chat_session_show_implied_mark (ChatSession             *self,
                                ChatRoomInfo            *info,
                                const ChatClientMessage *row)
{
  if ((self->abilities & CHAT_SESSION_CAN_TELL_RECEIPTS) != 0)
    chat_session_show_mark (self, info, row->sender, row->id, row->id);
}

/* One's own */

void
chat_session_take_marks (ChatSession          *self,
                         ChatRoomInfo         *info,
                         const ChatClientRoom *row)
{
  GPtrArray *marks = row->marks;

  for (guint i = 0; marks != NULL && i < marks->len; i++)
    {
      const ChatClientMark *mark = marks->pdata[i];

      if (chat_session_is_own (self, mark->name))
        info->delivered_told = MAX (info->delivered_told, mark->delivered);
      else
        chat_session_show_mark (self, info, mark->name, mark->delivered, mark->read);
    }
  if (row->told && row->last_message != NULL && !chat_session_is_own (self, row->last_message->sender))
    chat_session_delivered (self, info, row->last_message->id);
}

static void
on_told (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GError) error = NULL;
  gboolean done = chat_client_finish (CHAT_CLIENT (source), result, &error);
  ChatRoomInfo *info;

  if (!done)
    g_debug ("Mark of delivery of room %" G_GINT64_FORMAT ": %s", call->id, error->message);
  if (self == NULL || !chat_session_call_is_current (call, self))
    return;
  info = chat_session_get_info (self, call->id);
  if (info == NULL)
    return;
  info->delivered_in_flight = FALSE;
  /* A server that refuses it is not asked for the same again */
  info->delivered_told = MAX (info->delivered_told, call->value);
  chat_session_delivered (self, info, info->delivered);
}

static gboolean
is_wanted (ChatRoomInfo *info)
{
  return info->delivered > MAX (info->delivered_told, chat_room_get_read_mark (info->room)) && !info->delivered_in_flight;
}

static void schedule (ChatSession *self);

static gboolean
on_due (gpointer user_data)
{
  ChatSession *self = user_data;
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  self->delivery_timer = 0;
  if (self->client == NULL)
    return G_SOURCE_REMOVE;
  g_hash_table_iter_init (&iter, self->infos);
  while (n <= DELIVERY_ROOMS && g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;
      gint64 room_id = chat_room_get_id (info->room);

      if (!is_wanted (info) || n++ == DELIVERY_ROOMS)
        continue;
      info->delivered_in_flight = TRUE;
      chat_client_mark_delivered_async (self->client, room_id, info->delivered, NULL, on_told,
                                        chat_session_call_new (self, self->client, room_id, info->delivered));
    }
  if (n > DELIVERY_ROOMS)
    schedule (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (ChatSession *self)
{
  if (self->delivery_timer == 0)
    self->delivery_timer = g_timeout_add (DELIVERY_DELAY_MS, on_due, self);
}

void
chat_session_delivery_stop (ChatSession *self)
{
  g_clear_handle_id (&self->delivery_timer, g_source_remove);
}

void
chat_session_delivered (ChatSession  *self,
                        ChatRoomInfo *info,
                        gint64        message_id)
{
  info->delivered = MAX (info->delivered, message_id);
  if (is_wanted (info) && self->client != NULL && self->store != NULL
      && (chat_client_get_features (self->client) & CHAT_CLIENT_RECEIPTS) != 0)
    schedule (self);
}
