/* chat-room-files.c: the messages of a room that carry files, out of the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-files.h"

#include "chat-session-private.h"

struct _ChatRoomFiles
{
  GObject    parent_instance;

  GWeakRef   session;
  gint64     room_id;
  int        kind;
  GPtrArray *messages;
  gint64     oldest;    /* 0: nothing was read yet */
  gboolean   reading;
  gboolean   whole;
};

static void chat_room_files_iface_init (GListModelInterface *iface);
static void read_on (ChatRoomFiles *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatRoomFiles, chat_room_files, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, chat_room_files_iface_init))

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ChatRoomFiles) self = user_data;
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GPtrArray) rows = chat_store_load_files_finish (CHAT_STORE (source), result, NULL);
  guint before = self->messages->len;

  self->reading = FALSE;
  if (rows == NULL || session == NULL || session->store != CHAT_STORE (source))
    {
      self->whole = TRUE;
      return;
    }
  self->whole = rows->len < CHAT_ROOM_FILES_PAGE;
  for (guint i = 0; i < rows->len; i++)
    {
      ChatClientMessage row = chat_session_row_view (rows->pdata[i]);

      self->oldest = row.id;
      g_ptr_array_add (self->messages, chat_session_take_message (session, &row));
    }
  if (rows->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, rows->len);
}

static void
read_on (ChatRoomFiles *self)
{
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);

  if (self->reading || self->whole || session == NULL || session->store == NULL)
    return;
  self->reading = TRUE;
  chat_store_load_files_async (session->store, self->room_id, self->kind, self->oldest, CHAT_ROOM_FILES_PAGE, NULL, on_read,
                               g_object_ref (self));
}

static GType
get_item_type (GListModel *model)
{
  return CHAT_TYPE_MESSAGE;
}

static guint
get_n_items (GListModel *model)
{
  return CHAT_ROOM_FILES (model)->messages->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  ChatRoomFiles *self = CHAT_ROOM_FILES (model);

  if (position >= self->messages->len)
    return NULL;
  if (position + CHAT_ROOM_FILES_PAGE / 2 >= self->messages->len)
    read_on (self);
  return g_object_ref (self->messages->pdata[position]);
}

static void
chat_room_files_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
chat_room_files_finalize (GObject *object)
{
  ChatRoomFiles *self = CHAT_ROOM_FILES (object);

  g_weak_ref_clear (&self->session);
  g_ptr_array_unref (self->messages);
  G_OBJECT_CLASS (chat_room_files_parent_class)->finalize (object);
}

static void
chat_room_files_class_init (ChatRoomFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_room_files_finalize;
}

static void
chat_room_files_init (ChatRoomFiles *self)
{
  g_weak_ref_init (&self->session, NULL);
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
}

GListModel *
chat_room_files_new (ChatSession *session,
                     gint64       room_id,
                     gboolean     images)
{
  ChatRoomFiles *self = g_object_new (CHAT_TYPE_ROOM_FILES, NULL);

  g_weak_ref_set (&self->session, session);
  self->room_id = room_id;
  self->kind = images ? CHAT_CLIENT_IMAGE : CHAT_CLIENT_FILE;
  read_on (self);
  return G_LIST_MODEL (self);
}
