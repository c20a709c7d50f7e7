/* chat-room-selection.c: the rooms of a list, of which one is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-selection.h"

struct _ChatRoomSelection
{
  GObject parent_instance;

  GListModel *model;
  gulong items_changed_id;
  ChatRoom *room;
  guint position;
};

enum
{
  PROP_0,
  PROP_MODEL,
  PROP_ROOM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatRoomSelection, chat_room_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

ChatRoomSelection *
chat_room_selection_new (GListModel *model)
{
  g_autoptr (GListModel) owned = model;

  return g_object_new (CHAT_TYPE_ROOM_SELECTION, "model", owned, NULL);
}

static guint
find_position (ChatRoomSelection *self,
               guint              from,
               guint              n)
{
  if (self->room != NULL)
    for (guint i = from; i < from + n; i++)
      {
        g_autoptr (GObject) item = g_list_model_get_item (self->model, i);

        if (item == (GObject *) self->room)
          return i;
      }
  return GTK_INVALID_LIST_POSITION;
}

static GType
get_item_type (GListModel *list)
{
  return CHAT_TYPE_ROOM;
}

static guint
get_n_items (GListModel *list)
{
  return g_list_model_get_n_items (CHAT_ROOM_SELECTION (list)->model);
}

static gpointer
get_item (GListModel *list,
          guint       position)
{
  return g_list_model_get_item (CHAT_ROOM_SELECTION (list)->model, position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
is_selected (GtkSelectionModel *model,
             guint              position)
{
  ChatRoomSelection *self = CHAT_ROOM_SELECTION (model);

  return self->position == position && position != GTK_INVALID_LIST_POSITION;
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model,
                        guint              position,
                        guint              n_items)
{
  ChatRoomSelection *self = CHAT_ROOM_SELECTION (model);
  GtkBitset *set = gtk_bitset_new_empty ();

  if (self->position != GTK_INVALID_LIST_POSITION)
    gtk_bitset_add (set, self->position);
  return set;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
}

static void
on_items_changed (ChatRoomSelection *self,
                  guint              position,
                  guint              removed,
                  guint              added)
{
  gboolean before = self->position != GTK_INVALID_LIST_POSITION && self->position < position;
  gboolean after = self->position != GTK_INVALID_LIST_POSITION && self->position >= position + removed;

  if (after)
    self->position += added - removed;
  else if (!before)
    self->position = find_position (self, position, added);

  /* The list asks anew about the rows that came: nobody has to be told of a changed selection beside it. */
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

ChatRoom *
chat_room_selection_get_room (ChatRoomSelection *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM_SELECTION (self), NULL);

  return self->room;
}

guint
chat_room_selection_get_position (ChatRoomSelection *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM_SELECTION (self), GTK_INVALID_LIST_POSITION);

  return self->position;
}

void
chat_room_selection_set_room (ChatRoomSelection *self,
                              ChatRoom          *room)
{
  guint old;

  g_return_if_fail (CHAT_IS_ROOM_SELECTION (self));
  g_return_if_fail (room == NULL || CHAT_IS_ROOM (room));

  if (!g_set_object (&self->room, room))
    return;

  old = self->position;
  self->position = find_position (self, 0, g_list_model_get_n_items (self->model));
  if (old != GTK_INVALID_LIST_POSITION && old < g_list_model_get_n_items (self->model))
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), old, 1);
  if (self->position != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), self->position, 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

static void
chat_room_selection_constructed (GObject *object)
{
  ChatRoomSelection *self = CHAT_ROOM_SELECTION (object);

  G_OBJECT_CLASS (chat_room_selection_parent_class)->constructed (object);

  self->items_changed_id = g_signal_connect_swapped (self->model, "items-changed", G_CALLBACK (on_items_changed), self);
}

static void
chat_room_selection_dispose (GObject *object)
{
  ChatRoomSelection *self = CHAT_ROOM_SELECTION (object);

  if (self->model != NULL)
    g_clear_signal_handler (&self->items_changed_id, self->model);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (chat_room_selection_parent_class)->dispose (object);
}

static void
chat_room_selection_finalize (GObject *object)
{
  /* Kept to the end: a list that still holds the model may ask it for its items. */
  g_clear_object (&CHAT_ROOM_SELECTION (object)->model);

  G_OBJECT_CLASS (chat_room_selection_parent_class)->finalize (object);
}

static void
chat_room_selection_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  ChatRoomSelection *self = CHAT_ROOM_SELECTION (object);

  switch (prop_id)
    {
    case PROP_MODEL:
      g_value_set_object (value, self->model);
      break;
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_selection_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  ChatRoomSelection *self = CHAT_ROOM_SELECTION (object);

  switch (prop_id)
    {
    case PROP_MODEL:
      self->model = g_value_dup_object (value);
      break;
    case PROP_ROOM:
      chat_room_selection_set_room (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_selection_class_init (ChatRoomSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = chat_room_selection_constructed;
  object_class->dispose = chat_room_selection_dispose;
  object_class->finalize = chat_room_selection_finalize;
  object_class->get_property = chat_room_selection_get_property;
  object_class->set_property = chat_room_selection_set_property;

  properties[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL,
                                                G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CHAT_TYPE_ROOM,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_room_selection_init (ChatRoomSelection *self)
{
  self->position = GTK_INVALID_LIST_POSITION;
}
