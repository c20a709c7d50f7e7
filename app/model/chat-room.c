/* chat-room.c: one room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-private.h"

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_LAST_MESSAGE,
  PROP_ACTIVITY,
  PROP_UNREAD_COUNT,
  PROP_READ_MARK,
  PROP_MARKED_UNREAD,
  PROP_PINNED,
  PROP_MUTED,
  PROP_DRAFT,
  PROP_POSITION,
  PROP_DELIVERED_MARK,
  PROP_SEEN_MARK,
  PROP_TYPING,
  PROP_PRESENCE,
  PROP_LAST_SEEN,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatRoom, chat_room, G_TYPE_OBJECT)
G_DEFINE_ENUM_TYPE (ChatPresence, chat_presence,
                    G_DEFINE_ENUM_VALUE (CHAT_PRESENCE_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (CHAT_PRESENCE_ONLINE, "online"),
                    G_DEFINE_ENUM_VALUE (CHAT_PRESENCE_AWAY, "away"))

static void
chat_room_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  ChatRoom *self = CHAT_ROOM (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_LAST_MESSAGE:
      g_value_set_object (value, self->last_message);
      break;
    case PROP_ACTIVITY:
      g_value_set_int64 (value, self->activity);
      break;
    case PROP_UNREAD_COUNT:
      g_value_set_uint (value, self->unread_count);
      break;
    case PROP_READ_MARK:
      g_value_set_int64 (value, self->read_mark);
      break;
    case PROP_MARKED_UNREAD:
      g_value_set_boolean (value, self->marked_unread);
      break;
    case PROP_PINNED:
      g_value_set_boolean (value, self->pinned);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_DRAFT:
      g_value_set_string (value, self->draft);
      break;
    case PROP_POSITION:
      g_value_set_int64 (value, self->position);
      break;
    case PROP_DELIVERED_MARK:
      g_value_set_int64 (value, chat_room_get_delivered_mark (self));
      break;
    case PROP_SEEN_MARK:
      g_value_set_int64 (value, chat_room_get_seen_mark (self));
      break;
    case PROP_TYPING:
      g_value_set_boxed (value, chat_room_get_typing (self));
      break;
    case PROP_PRESENCE:
      g_value_set_enum (value, self->presence);
      break;
    case PROP_LAST_SEEN:
      g_value_set_int64 (value, self->last_seen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  ChatRoom *self = CHAT_ROOM (object);

  switch (prop_id)
    {
    case PROP_ID:
      self->id = g_value_get_int64 (value);
      break;
    case PROP_NAME:
      chat_room_set_name (self, g_value_get_string (value));
      break;
    case PROP_LAST_MESSAGE:
      chat_room_set_last_message (self, g_value_get_object (value));
      break;
    case PROP_ACTIVITY:
      chat_room_set_activity (self, g_value_get_int64 (value));
      break;
    case PROP_UNREAD_COUNT:
      chat_room_set_unread_count (self, g_value_get_uint (value));
      break;
    case PROP_READ_MARK:
      chat_room_set_read_mark (self, g_value_get_int64 (value));
      break;
    case PROP_MARKED_UNREAD:
      chat_room_set_marked_unread (self, g_value_get_boolean (value));
      break;
    case PROP_PINNED:
      chat_room_set_pinned (self, g_value_get_boolean (value));
      break;
    case PROP_MUTED:
      chat_room_set_muted (self, g_value_get_boolean (value));
      break;
    case PROP_DRAFT:
      chat_room_set_draft (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_dispose (GObject *object)
{
  ChatRoom *self = CHAT_ROOM (object);

  g_clear_object (&self->last_message);

  G_OBJECT_CLASS (chat_room_parent_class)->dispose (object);
}

static void
chat_room_finalize (GObject *object)
{
  ChatRoom *self = CHAT_ROOM (object);

  g_free (self->name);
  g_free (self->draft);
  g_clear_pointer (&self->marks, g_ptr_array_unref);
  g_clear_pointer (&self->typing, g_ptr_array_unref);

  G_OBJECT_CLASS (chat_room_parent_class)->finalize (object);
}

static void
chat_room_class_init (ChatRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_room_get_property;
  object_class->set_property = chat_room_set_property;
  object_class->dispose = chat_room_dispose;
  object_class->finalize = chat_room_finalize;

  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, once);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", rw);
  properties[PROP_LAST_MESSAGE] = g_param_spec_object ("last-message", NULL, NULL, CHAT_TYPE_MESSAGE, rw);
  properties[PROP_ACTIVITY] = g_param_spec_int64 ("activity", NULL, NULL, G_MININT64, G_MAXINT64, 0, rw);
  properties[PROP_UNREAD_COUNT] = g_param_spec_uint ("unread-count", NULL, NULL, 0, G_MAXUINT, 0, rw);
  properties[PROP_READ_MARK] = g_param_spec_int64 ("read-mark", NULL, NULL, 0, G_MAXINT64, 0, rw);
  properties[PROP_MARKED_UNREAD] = g_param_spec_boolean ("marked-unread", NULL, NULL, FALSE, rw);
  properties[PROP_PINNED] = g_param_spec_boolean ("pinned", NULL, NULL, FALSE, rw);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, rw);
  properties[PROP_DRAFT] = g_param_spec_string ("draft", NULL, NULL, NULL, rw);
  properties[PROP_POSITION] = g_param_spec_int64 ("position", NULL, NULL, 0, G_MAXINT64, 0, ro);
  properties[PROP_DELIVERED_MARK] = g_param_spec_int64 ("delivered-mark", NULL, NULL, 0, G_MAXINT64, 0, ro);
  properties[PROP_SEEN_MARK] = g_param_spec_int64 ("seen-mark", NULL, NULL, 0, G_MAXINT64, 0, ro);
  properties[PROP_TYPING] = g_param_spec_boxed ("typing", NULL, NULL, G_TYPE_STRV, ro);
  properties[PROP_PRESENCE] = g_param_spec_enum ("presence", NULL, NULL, CHAT_TYPE_PRESENCE, CHAT_PRESENCE_UNKNOWN, ro);
  properties[PROP_LAST_SEEN] = g_param_spec_int64 ("last-seen", NULL, NULL, G_MININT64, G_MAXINT64, 0, ro);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_room_init (ChatRoom *self)
{
  self->name = g_strdup ("");
}

ChatRoom *
chat_room_new (gint64      id,
               const char *name)
{
  return g_object_new (CHAT_TYPE_ROOM, "id", id, "name", name, NULL);
}

gint64
chat_room_get_id (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), 0);

  return self->id;
}

const char *
chat_room_get_name (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), NULL);

  return self->name;
}

void
chat_room_set_name (ChatRoom   *self,
                    const char *name)
{
  char *copy;

  g_return_if_fail (CHAT_IS_ROOM (self));

  if (name == NULL)
    name = "";
  if (strcmp (self->name, name) == 0)
    return;

  copy = g_strdup (name);
  g_free (self->name);
  self->name = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

ChatMessage *
chat_room_get_last_message (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), NULL);

  return self->last_message;
}

void
chat_room_set_last_message (ChatRoom    *self,
                            ChatMessage *message)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  if (g_set_object (&self->last_message, message))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_MESSAGE]);
}

gint64
chat_room_get_activity (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), 0);

  return self->activity;
}

void
chat_room_set_activity (ChatRoom *self,
                        gint64    usec)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  if (self->activity == usec)
    return;

  self->activity = usec;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVITY]);
}

guint
chat_room_get_unread_count (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), 0);

  return self->unread_count;
}

void
chat_room_set_unread_count (ChatRoom *self,
                            guint     count)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  if (self->unread_count == count)
    return;

  self->unread_count = count;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD_COUNT]);
}

gint64
chat_room_get_read_mark (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), 0);

  return self->read_mark;
}

void
chat_room_set_read_mark (ChatRoom *self,
                         gint64    message_id)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  if (self->read_mark >= message_id)
    return;

  self->read_mark = message_id;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READ_MARK]);
}

gboolean
chat_room_get_marked_unread (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), FALSE);

  return self->marked_unread;
}

void
chat_room_set_marked_unread (ChatRoom *self,
                             gboolean  marked)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  marked = !!marked;
  if (self->marked_unread == marked)
    return;

  self->marked_unread = marked;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MARKED_UNREAD]);
}

gboolean
chat_room_get_pinned (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), FALSE);

  return self->pinned;
}

void
chat_room_set_pinned (ChatRoom *self,
                      gboolean  pinned)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  pinned = !!pinned;
  if (self->pinned == pinned)
    return;

  self->pinned = pinned;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PINNED]);
}

gboolean
chat_room_get_muted (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), FALSE);

  return self->muted;
}

void
chat_room_set_muted (ChatRoom *self,
                     gboolean  muted)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  muted = !!muted;
  if (self->muted == muted)
    return;

  self->muted = muted;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

const char *
chat_room_get_draft (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), NULL);

  return self->draft;
}

void
chat_room_set_draft (ChatRoom   *self,
                     const char *draft)
{
  char *copy;

  g_return_if_fail (CHAT_IS_ROOM (self));

  /* An empty draft is none: the room list shows that there is one */
  if (draft != NULL && *draft == '\0')
    draft = NULL;
  if (g_strcmp0 (self->draft, draft) == 0)
    return;

  copy = g_strdup (draft);
  g_free (self->draft);
  self->draft = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT]);
}

gboolean
chat_room_get_position (ChatRoom *self,
                        gint64   *message_id,
                        int      *offset,
                        gboolean *at_bottom)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), FALSE);

  if (message_id != NULL)
    *message_id = self->position;
  if (offset != NULL)
    *offset = self->position_offset;
  if (at_bottom != NULL)
    *at_bottom = self->at_bottom;
  return self->position > 0 || self->at_bottom;
}

void
chat_room_set_position (ChatRoom *self,
                        gint64    message_id,
                        int       offset,
                        gboolean  at_bottom)
{
  g_return_if_fail (CHAT_IS_ROOM (self));
  g_return_if_fail (message_id >= 0);

  at_bottom = !!at_bottom;
  if (self->position == message_id && self->position_offset == offset && self->at_bottom == at_bottom)
    return;

  self->position = message_id;
  self->position_offset = offset;
  self->at_bottom = at_bottom;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POSITION]);
}
