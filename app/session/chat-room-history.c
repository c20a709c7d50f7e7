/* chat-room-history.c: the pages of one room, from the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-history.h"

#include "chat-session-private.h"

struct _ChatRoomHistory
{
  GObject   parent_instance;

  GWeakRef  session;
  gint64    room_id;
};

typedef struct
{
  ChatPageKind kind;
  gint64       anchor;
  guint        limit;
  gboolean     whole;     /* ALL was asked for */
} Request;

static void chat_room_history_source_init (ChatMessageSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatRoomHistory, chat_room_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_MESSAGE_SOURCE, chat_room_history_source_init))

static void
add_rows (ChatSession     *session,
          ChatMessagePage *page,
          GPtrArray       *rows,
          gint64           room_id)
{
  for (guint i = 0; i < rows->len; i++)
    {
      ChatClientMessage *row = rows->pdata[i];

      if (row->room_id == room_id)
        g_ptr_array_add (page->messages, chat_session_take_message (session, row));
    }
}

static void
return_slice (ChatRoomHistory *self,
              ChatSession     *session,
              GTask           *task)
{
  Request *request = g_task_get_task_data (task);
  ChatMessagePage *page = chat_message_page_new ();
  g_autoptr (GPtrArray) rows = NULL;

  rows = chat_memory_slice (session->memory, self->room_id, request->kind, request->anchor, request->limit,
                            &page->more_before, &page->more_after);
  add_rows (session, page, rows, self->room_id);
  g_task_return_pointer (task, page, (GDestroyNotify) chat_message_page_free);
}

static void
on_rows (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatRoomHistory *self = g_task_get_source_object (task);
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  Request *request = g_task_get_task_data (task);
  ChatClient *client = CHAT_CLIENT (source);
  ChatMessagePage *page;
  gboolean more;

  rows = chat_client_read_finish (client, result, &more, &error);
  if (rows == NULL)
    {
      g_task_return_error (task, chat_session_error_from (error));
      return;
    }
  if (session == NULL || session->client != client)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the connection ended");
      return;
    }

  if (request->whole)
    {
      chat_memory_set_history (session->memory, self->room_id, rows);
      return_slice (self, session, task);
      return;
    }

  page = chat_message_page_new ();
  add_rows (session, page, rows, self->room_id);
  if ((session->abilities & CHAT_SESSION_CAN_PAGE) != 0)
    switch (request->kind)
      {
      case CHAT_PAGE_BEFORE:
        page->more_before = more;
        page->more_after = TRUE;
        break;
      case CHAT_PAGE_AFTER:
        page->more_before = TRUE;
        page->more_after = more;
        break;
      case CHAT_PAGE_AROUND:
        /* Only the newer side is told. An empty page will show it if there is nothing older */
        page->more_before = page->messages->len > 0;
        page->more_after = more;
        break;
      case CHAT_PAGE_NEWEST:
      default:
        page->more_before = more;
        break;
      }
  else
    {
      ChatRoomInfo *info = chat_session_get_info (session, self->room_id);
      gint64 first = rows->len > 0 ? ((ChatClientMessage *) rows->pdata[0])->id : 0;

      /* How many RESENT brings is the server's choice: only the oldest id, as the list of rooms told it, shows whether
       * this is all */
      page->more_before = first > 0 && (info == NULL || info->first_id != first);
    }
  if (request->kind == CHAT_PAGE_NEWEST)
    chat_session_newest_page_came (session, self->room_id, rows, FALSE);
  g_task_return_pointer (task, page, (GDestroyNotify) chat_message_page_free);
}

static void
chat_room_history_load_async (ChatMessageSource   *source,
                              ChatPageKind         kind,
                              gint64               anchor,
                              guint                limit,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  ChatRoomHistory *self = CHAT_ROOM_HISTORY (source);
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);
  ChatClientRead read = CHAT_CLIENT_READ_NEWEST;

  g_task_set_source_tag (task, chat_room_history_load_async);
  g_task_set_task_data (task, request, g_free);
  request->kind = kind;
  request->anchor = anchor;
  request->limit = CLAMP (limit, 1, CHAT_CLIENT_MAX_PAGE);
  if (session == NULL || session->client == NULL)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "there is no connection");
      return;
    }

  if (kind != CHAT_PAGE_NEWEST && (session->abilities & CHAT_SESSION_CAN_PAGE) == 0)
    {
      if (chat_memory_has_history (session->memory, self->room_id))
        {
          return_slice (self, session, task);
          return;
        }
      request->whole = TRUE;
      read = CHAT_CLIENT_READ_ALL;
    }
  else if (kind == CHAT_PAGE_BEFORE)
    read = CHAT_CLIENT_READ_BEFORE;
  else if (kind == CHAT_PAGE_AFTER)
    read = CHAT_CLIENT_READ_AFTER;
  else if (kind == CHAT_PAGE_AROUND)
    read = CHAT_CLIENT_READ_AROUND;
  chat_client_read_async (session->client, read, self->room_id, anchor, request->limit, cancellable, on_rows,
                          g_steal_pointer (&task));
}

static ChatMessagePage *
chat_room_history_load_finish (ChatMessageSource  *source,
                               GAsyncResult       *result,
                               GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
chat_room_history_source_init (ChatMessageSourceInterface *iface)
{
  iface->load_async = chat_room_history_load_async;
  iface->load_finish = chat_room_history_load_finish;
}

static void
chat_room_history_finalize (GObject *object)
{
  g_weak_ref_clear (&CHAT_ROOM_HISTORY (object)->session);
  G_OBJECT_CLASS (chat_room_history_parent_class)->finalize (object);
}

static void
chat_room_history_class_init (ChatRoomHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_room_history_finalize;
}

static void
chat_room_history_init (ChatRoomHistory *self)
{
  g_weak_ref_init (&self->session, NULL);
}

ChatRoomHistory *
chat_room_history_new (ChatSession *session,
                       gint64       room_id)
{
  ChatRoomHistory *self = g_object_new (CHAT_TYPE_ROOM_HISTORY, NULL);

  g_weak_ref_set (&self->session, session);
  self->room_id = room_id;
  return self;
}
