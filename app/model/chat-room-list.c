/* chat-room-list.c: the rooms, pinned first, then by newest activity
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-list.h"

/* A room that moves within so many is told of as a change of all between: its row, and what has the focus in it, stays. One that moves
 * farther goes and comes again: to look at thousands for each message would take too long */
#define MAX_SPAN 200

struct _ChatRoomList
{
  GObject     parent_instance;

  GPtrArray  *rooms;      /* (element-type ChatRoom), always in order */
  GHashTable *by_id;      /* gint64 * (owned) -> ChatRoom (borrowed) */
  GHashTable *with_unread; /* set of ChatRoom (borrowed): there may be too many rooms to look at each for a change of one */
  guint       unread;     /* how many these were when it was told */
  gboolean    loaded;
};

enum
{
  PROP_LOADED = 1,
  PROP_UNREAD,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void chat_room_list_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatRoomList, chat_room_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, chat_room_list_list_model_init))

static int
compare_rooms (ChatRoom *a,
               ChatRoom *b)
{
  gint64 x, y;

  if (chat_room_get_pinned (a) != chat_room_get_pinned (b))
    return chat_room_get_pinned (a) ? -1 : 1;

  x = chat_room_get_activity (a);
  y = chat_room_get_activity (b);
  if (x != y)
    return x > y ? -1 : 1;

  x = chat_room_get_id (a);
  y = chat_room_get_id (b);
  return (x > y) - (x < y);
}

static int
compare_room_pointers (gconstpointer a,
                       gconstpointer b)
{
  return compare_rooms (*(ChatRoom **) a, *(ChatRoom **) b);
}

static void
update_unread (ChatRoomList *self)
{
  guint unread = g_hash_table_size (self->with_unread);

  if (self->unread == unread)
    return;

  self->unread = unread;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
}

static void
count_room (ChatRoomList *self,
            ChatRoom     *room)
{
  if (!chat_room_get_muted (room) && (chat_room_get_unread_count (room) > 0 || chat_room_get_marked_unread (room)))
    g_hash_table_add (self->with_unread, room);
  else
    g_hash_table_remove (self->with_unread, room);
}

static void
room_unread_changed_cb (ChatRoomList *self,
                        GParamSpec   *pspec,
                        ChatRoom     *room)
{
  count_room (self, room);
  update_unread (self);
}

/* Where @room belongs among the others: it is not looked at itself, since it may stand at the wrong place */
static guint
place_for (ChatRoomList *self,
           ChatRoom     *room,
           guint         n_rooms)
{
  guint low = 0, high = n_rooms;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare_rooms (self->rooms->pdata[middle], room) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
room_order_changed_cb (ChatRoomList *self,
                       GParamSpec   *pspec,
                       ChatRoom     *room)
{
  guint from, to, first, span;

  if (!g_ptr_array_find (self->rooms, room, &from))
    return;

  /* Already right? Then nothing moved, and nothing is said */
  if ((from == 0 || compare_rooms (self->rooms->pdata[from - 1], room) < 0) &&
      (from + 1 == self->rooms->len || compare_rooms (room, self->rooms->pdata[from + 1]) < 0))
    return;

  g_ptr_array_steal_index (self->rooms, from);
  to = place_for (self, room, self->rooms->len);
  first = MIN (from, to);
  span = MAX (from, to) - first + 1;
  if (span > MAX_SPAN)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), from, 1, 0);
      g_ptr_array_insert (self->rooms, to, room);
      g_list_model_items_changed (G_LIST_MODEL (self), to, 0, 1);
      return;
    }
  g_ptr_array_insert (self->rooms, to, room);
  g_list_model_items_changed (G_LIST_MODEL (self), first, span, span);
}

static void
watch (ChatRoomList *self,
       ChatRoom     *room)
{
  gint64 *key = g_new (gint64, 1);

  *key = chat_room_get_id (room);
  g_hash_table_insert (self->by_id, key, room);
  count_room (self, room);

  /* Not g_signal_connect_object(): taking one of many such away again is a search through all of them */
  g_signal_connect_swapped (room, "notify::activity", G_CALLBACK (room_order_changed_cb), self);
  g_signal_connect_swapped (room, "notify::pinned", G_CALLBACK (room_order_changed_cb), self);
  g_signal_connect_swapped (room, "notify::unread-count", G_CALLBACK (room_unread_changed_cb), self);
  g_signal_connect_swapped (room, "notify::marked-unread", G_CALLBACK (room_unread_changed_cb), self);
  g_signal_connect_swapped (room, "notify::muted", G_CALLBACK (room_unread_changed_cb), self);
}

static void
unwatch (ChatRoomList *self,
         ChatRoom     *room)
{
  gint64 id = chat_room_get_id (room);

  g_hash_table_remove (self->by_id, &id);
  g_hash_table_remove (self->with_unread, room);
  g_signal_handlers_disconnect_by_data (room, self);
}

static GType
chat_room_list_get_item_type (GListModel *model)
{
  return CHAT_TYPE_ROOM;
}

static guint
chat_room_list_get_n_items (GListModel *model)
{
  return CHAT_ROOM_LIST (model)->rooms->len;
}

static gpointer
chat_room_list_get_item (GListModel *model,
                         guint       position)
{
  ChatRoomList *self = CHAT_ROOM_LIST (model);

  return position < self->rooms->len ? g_object_ref (self->rooms->pdata[position]) : NULL;
}

static void
chat_room_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = chat_room_list_get_item_type;
  iface->get_n_items = chat_room_list_get_n_items;
  iface->get_item = chat_room_list_get_item;
}

static void
chat_room_list_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ChatRoomList *self = CHAT_ROOM_LIST (object);

  switch (prop_id)
    {
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_list_finalize (GObject *object)
{
  ChatRoomList *self = CHAT_ROOM_LIST (object);

  for (guint i = 0; i < self->rooms->len; i++)
    g_signal_handlers_disconnect_by_data (self->rooms->pdata[i], self);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->with_unread);
  g_ptr_array_unref (self->rooms);

  G_OBJECT_CLASS (chat_room_list_parent_class)->finalize (object);
}

static void
chat_room_list_class_init (ChatRoomListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_room_list_get_property;
  object_class->finalize = chat_room_list_finalize;

  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, ro);
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, ro);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_room_list_init (ChatRoomList *self)
{
  self->rooms = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->with_unread = g_hash_table_new (NULL, NULL);
}

ChatRoomList *
chat_room_list_new (void)
{
  return g_object_new (CHAT_TYPE_ROOM_LIST, NULL);
}

void
chat_room_list_add (ChatRoomList *self,
                    ChatRoom     *room)
{
  guint position;

  g_return_if_fail (CHAT_IS_ROOM_LIST (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  if (chat_room_list_lookup (self, chat_room_get_id (room)) != NULL)
    return;

  position = place_for (self, room, self->rooms->len);
  g_ptr_array_insert (self->rooms, position, g_object_ref (room));
  watch (self, room);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  update_unread (self);
}

gboolean
chat_room_list_remove (ChatRoomList *self,
                       gint64        id)
{
  g_autoptr (ChatRoom) kept = NULL;
  ChatRoom *room;
  guint position;

  g_return_val_if_fail (CHAT_IS_ROOM_LIST (self), FALSE);

  room = chat_room_list_lookup (self, id);
  if (room == NULL || !g_ptr_array_find (self->rooms, room, &position))
    return FALSE;

  kept = g_object_ref (room);
  unwatch (self, room);
  g_ptr_array_remove_index (self->rooms, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  update_unread (self);

  return TRUE;
}

void
chat_room_list_replace (ChatRoomList *self,
                        GPtrArray    *rooms)
{
  g_autoptr (GPtrArray) old = NULL;
  guint head = 0, tail = 0;

  g_return_if_fail (CHAT_IS_ROOM_LIST (self));
  g_return_if_fail (rooms != NULL);

  old = g_steal_pointer (&self->rooms);
  for (guint i = 0; i < old->len; i++)
    unwatch (self, old->pdata[i]);

  self->rooms = g_ptr_array_new_full (rooms->len, g_object_unref);
  for (guint i = 0; i < rooms->len; i++)
    {
      ChatRoom *room = rooms->pdata[i];
      gint64 id = chat_room_get_id (room);

      /* A server may name a room twice */
      if (g_hash_table_contains (self->by_id, &id))
        continue;
      g_ptr_array_add (self->rooms, g_object_ref (room));
      watch (self, room);
    }
  g_ptr_array_sort (self->rooms, compare_room_pointers);

  /* What stayed at both ends is not mentioned: usually that is all */
  while (head < old->len && head < self->rooms->len && old->pdata[head] == self->rooms->pdata[head])
    head++;
  while (tail < old->len - head && tail < self->rooms->len - head &&
         old->pdata[old->len - 1 - tail] == self->rooms->pdata[self->rooms->len - 1 - tail])
    tail++;
  if (old->len - head - tail > 0 || self->rooms->len - head - tail > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), head, old->len - head - tail, self->rooms->len - head - tail);

  update_unread (self);
}

void
chat_room_list_clear (ChatRoomList *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  g_return_if_fail (CHAT_IS_ROOM_LIST (self));

  chat_room_list_replace (self, none);
}

ChatRoom *
chat_room_list_lookup (ChatRoomList *self,
                       gint64        id)
{
  g_return_val_if_fail (CHAT_IS_ROOM_LIST (self), NULL);

  return g_hash_table_lookup (self->by_id, &id);
}

ChatRoom *
chat_room_list_lookup_name (ChatRoomList *self,
                            const char   *name)
{
  g_return_val_if_fail (CHAT_IS_ROOM_LIST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  /* Login names are ASCII and compared without case (PROTOCOL.md, "Values") */
  for (guint i = 0; i < self->rooms->len; i++)
    if (g_ascii_strcasecmp (chat_room_get_name (self->rooms->pdata[i]), name) == 0)
      return self->rooms->pdata[i];

  return NULL;
}

gboolean
chat_room_list_find (ChatRoomList *self,
                     ChatRoom     *room,
                     guint        *position)
{
  g_return_val_if_fail (CHAT_IS_ROOM_LIST (self), FALSE);

  return g_ptr_array_find (self->rooms, room, position);
}

gboolean
chat_room_list_get_loaded (ChatRoomList *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM_LIST (self), FALSE);

  return self->loaded;
}

void
chat_room_list_set_loaded (ChatRoomList *self,
                           gboolean      loaded)
{
  g_return_if_fail (CHAT_IS_ROOM_LIST (self));

  loaded = !!loaded;
  if (self->loaded == loaded)
    return;

  self->loaded = loaded;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

guint
chat_room_list_get_unread (ChatRoomList *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM_LIST (self), 0);

  return self->unread;
}
