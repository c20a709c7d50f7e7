/* chat-room-others.c: what is known of the others in a room: how far they have got, who types, who is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-private.h"

typedef struct
{
  char   *name;
  gint64  delivered;
  gint64  seen;
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_free (mark->name);
  g_free (mark);
}

static Mark *
find_mark (ChatRoom   *self,
           const char *name)
{
  for (guint i = 0; i < self->marks->len; i++)
    {
      Mark *mark = self->marks->pdata[i];

      if (g_ascii_strcasecmp (mark->name, name) == 0)
        return mark;
    }
  return NULL;
}

void
chat_room_raise_mark (ChatRoom   *self,
                      const char *name,
                      gint64      delivered,
                      gint64      seen)
{
  gint64 least_delivered = G_MAXINT64, least_seen = G_MAXINT64;
  Mark *mark;

  g_return_if_fail (CHAT_IS_ROOM (self));
  g_return_if_fail (name != NULL);

  if (self->marks == NULL)
    self->marks = g_ptr_array_new_with_free_func (mark_free);
  mark = find_mark (self, name);
  if (mark == NULL)
    {
      /* Past the limit nobody can tell any more what all have: the marks stay as they are */
      if (self->marks->len >= CHAT_ROOM_MAX_OTHERS)
        return;
      mark = g_new0 (Mark, 1);
      mark->name = g_strdup (name);
      g_ptr_array_add (self->marks, mark);
    }
  mark->seen = MAX (mark->seen, seen);
  /* What is read is delivered */
  mark->delivered = MAX (MAX (mark->delivered, delivered), mark->seen);

  for (guint i = 0; i < self->marks->len; i++)
    {
      const Mark *other = self->marks->pdata[i];

      least_delivered = MIN (least_delivered, other->delivered);
      least_seen = MIN (least_seen, other->seen);
    }
  g_object_freeze_notify (G_OBJECT (self));
  if (self->delivered != least_delivered)
    {
      self->delivered = least_delivered;
      g_object_notify (G_OBJECT (self), "delivered-mark");
    }
  if (self->seen != least_seen)
    {
      self->seen = least_seen;
      g_object_notify (G_OBJECT (self), "seen-mark");
    }
  g_object_thaw_notify (G_OBJECT (self));
}

gint64
chat_room_get_delivered_mark (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), 0);

  return self->delivered;
}

gint64
chat_room_get_seen_mark (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), 0);

  return self->seen;
}

void
chat_room_dress (ChatRoom    *self,
                 ChatMessage *message)
{
  gint64 id;

  g_return_if_fail (CHAT_IS_ROOM (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  if (!chat_message_get_outgoing (message))
    return;
  id = chat_message_get_id (message);
  chat_message_set_receipt (message, id == 0 || id > self->delivered ? CHAT_MESSAGE_NO_RECEIPT
                                     : id > self->seen               ? CHAT_MESSAGE_DELIVERED
                                                                     : CHAT_MESSAGE_READ);
}

/* Who types */

const char *const *
chat_room_get_typing (ChatRoom *self)
{
  static const char *const nobody[] = { NULL };

  g_return_val_if_fail (CHAT_IS_ROOM (self), nobody);

  return self->typing != NULL ? (const char *const *) self->typing->pdata : nobody;
}

void
chat_room_set_typing (ChatRoom   *self,
                      const char *name,
                      gboolean    typing)
{
  guint n, i;

  g_return_if_fail (CHAT_IS_ROOM (self));
  g_return_if_fail (name != NULL);

  n = self->typing != NULL ? self->typing->len - 1 : 0;
  for (i = 0; i < n; i++)
    if (g_ascii_strcasecmp (self->typing->pdata[i], name) == 0)
      break;
  if (typing == (i < n) || (typing && n >= CHAT_ROOM_MAX_OTHERS))
    return;

  if (!typing && n == 1)
    g_clear_pointer (&self->typing, g_ptr_array_unref);
  else if (!typing)
    g_ptr_array_remove_index (self->typing, i);
  else
    {
      if (self->typing == NULL)
        {
          self->typing = g_ptr_array_new_with_free_func (g_free);
          g_ptr_array_add (self->typing, NULL);
        }
      g_ptr_array_insert (self->typing, n, g_strdup (name));
    }
  g_object_notify (G_OBJECT (self), "typing");
}

/* Who is there */

ChatPresence
chat_room_get_presence (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), CHAT_PRESENCE_UNKNOWN);

  return self->presence;
}

gint64
chat_room_get_last_seen (ChatRoom *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM (self), 0);

  return self->last_seen;
}

void
chat_room_set_presence (ChatRoom     *self,
                        ChatPresence  presence,
                        gint64        last_seen)
{
  g_return_if_fail (CHAT_IS_ROOM (self));

  if (presence != CHAT_PRESENCE_AWAY)
    last_seen = 0;
  g_object_freeze_notify (G_OBJECT (self));
  if (self->presence != presence)
    {
      self->presence = presence;
      g_object_notify (G_OBJECT (self), "presence");
    }
  if (self->last_seen != last_seen)
    {
      self->last_seen = last_seen;
      g_object_notify (G_OBJECT (self), "last-seen");
    }
  g_object_thaw_notify (G_OBJECT (self));
}
