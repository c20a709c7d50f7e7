/* chat-session-presence.c: who is there, and who types: nothing of it is kept
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

#include <string.h>

/* What the server told of one person. It comes before the rooms are told, and before new ones */
typedef struct
{
  gboolean online;
  gint64   last_seen;   /* µs since 1970; 0: not told */
} Person;

/* One who types in one room. All of them are shown for the same time: who began last ends last */
typedef struct
{
  gint64   room_id;
  char    *name;
  gint64   until;       /* µs, monotonic */
  gboolean sent;        /* what was typed has come, and shows in a moment */
} Typist;

/* Presence */

static void
show_presence (ChatRoomInfo *info,
               const Person *person)
{
  if (person == NULL || (!person->online && person->last_seen == 0))
    chat_room_set_presence (info->room, CHAT_PRESENCE_UNKNOWN, 0);
  else
    chat_room_set_presence (info->room, person->online ? CHAT_PRESENCE_ONLINE : CHAT_PRESENCE_AWAY, person->last_seen);
}

static void
set_teller (ChatSession *self,
            ChatClient  *client)
{
  if (self->people_client == client)
    return;
  g_set_weak_pointer (&self->people_client, client);
  if (self->people != NULL)
    g_hash_table_remove_all (self->people);
}

void
chat_session_presence_met (ChatSession  *self,
                           ChatRoomInfo *info)
{
  g_autofree char *key = NULL;

  if (self->client == NULL || self->people_client != self->client || self->people == NULL)
    return;
  key = g_ascii_strdown (chat_room_get_name (info->room), -1);
  show_presence (info, g_hash_table_lookup (self->people, key));
}

void
chat_session_presence_told (ChatSession *self,
                            ChatClient  *client,
                            const char  *name,
                            gboolean     online,
                            gint64       last_seen)
{
  g_autofree char *key = NULL;
  Person *person;
  ChatRoom *room;

  if (strlen (name) > CHAT_SESSION_MAX_NAME || chat_session_is_own (self, name))
    return;
  set_teller (self, client);
  if (self->people == NULL)
    self->people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  key = g_ascii_strdown (name, -1);
  person = g_hash_table_lookup (self->people, key);
  if (person == NULL)
    {
      if (g_hash_table_size (self->people) >= CHAT_SESSION_MAX_PEOPLE)
        return;
      person = g_new0 (Person, 1);
      g_hash_table_insert (self->people, g_steal_pointer (&key), person);
    }
  person->online = online;
  person->last_seen = last_seen;
  room = client == self->client ? chat_room_list_lookup_name (self->rooms, name) : NULL;
  if (room != NULL)
    chat_session_presence_met (self, chat_session_get_info (self, chat_room_get_id (room)));
}

void
chat_session_presence_start (ChatSession *self)
{
  GHashTableIter iter;
  gpointer value;

  set_teller (self, self->client);
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    chat_session_presence_met (self, value);
}

/* Typing */

static GList *
find_typist (ChatSession *self,
             gint64       room_id,
             const char  *name)
{
  for (GList *l = self->typists.head; l != NULL; l = l->next)
    {
      const Typist *typist = l->data;

      if (typist->room_id == room_id && g_ascii_strcasecmp (typist->name, name) == 0)
        return l;
    }
  return NULL;
}

static void
end_typing (ChatSession *self,
            GList       *link)
{
  Typist *typist = link->data;
  ChatRoomInfo *info = chat_session_get_info (self, typist->room_id);

  g_queue_delete_link (&self->typists, link);
  if (info != NULL)
    chat_room_set_typing (info->room, typist->name, FALSE);
  g_free (typist->name);
  g_free (typist);
}

static gboolean
on_typing_due (gpointer user_data)
{
  ChatSession *self = user_data;
  gint64 now = g_get_monotonic_time ();

  self->typing_timer = 0;
  while (self->typists.head != NULL && ((Typist *) self->typists.head->data)->until <= now)
    end_typing (self, self->typists.head);
  if (self->typists.head != NULL && self->typing_timer == 0)
    self->typing_timer = g_timeout_add ((((Typist *) self->typists.head->data)->until - now) / 1000 + 1, on_typing_due, self);
  return G_SOURCE_REMOVE;
}

void
chat_session_typing_told (ChatSession *self,
                          ChatClient  *client,
                          gint64       room_id,
                          const char  *name)
{
  ChatRoomInfo *info = chat_session_get_info (self, room_id);
  Typist *typist;
  GList *link;

  if (client != self->client || chat_session_is_own (self, name) || !chat_session_is_member (self, info, name))
    return;
  link = find_typist (self, room_id, name);
  if (link != NULL)
    {
      typist = link->data;
      g_queue_unlink (&self->typists, link);
      g_queue_push_tail_link (&self->typists, link);
    }
  else
    {
      if (self->typists.length >= CHAT_SESSION_MAX_TYPISTS)
        return;
      typist = g_new0 (Typist, 1);
      typist->room_id = room_id;
      typist->name = g_strdup (name);
      g_queue_push_tail (&self->typists, typist);
    }
  typist->sent = FALSE;
  typist->until = g_get_monotonic_time () + (gint64) self->times.typing * 1000;
  if (self->typing_timer == 0)
    self->typing_timer = g_timeout_add (self->times.typing, on_typing_due, self);
  chat_room_set_typing (info->room, typist->name, TRUE);
}

void
chat_session_typing_sent (ChatSession *self,
                          gint64       room_id,
                          const char  *name)
{
  GList *link = find_typist (self, room_id, name);

  if (link != NULL)
    ((Typist *) link->data)->sent = TRUE;
}

void
chat_session_typing_shown (ChatSession *self,
                           gint64       room_id,
                           const char  *name)
{
  GList *link = find_typist (self, room_id, name);

  if (link != NULL && ((Typist *) link->data)->sent)
    end_typing (self, link);
}

void
chat_session_tell_typing (ChatSession *self,
                          ChatRoom    *room)
{
  gint64 now = g_get_monotonic_time ();
  ChatRoomInfo *info;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  info = chat_session_get_info (self, chat_room_get_id (room));
  if (info == NULL || self->client == NULL || (self->abilities & CHAT_SESSION_CAN_TELL_TYPING) == 0
      || !chat_session_get_setting (self, CHAT_SESSION_SENDS_TYPING)
      || (info->typing_told != 0 && now - info->typing_told < (gint64) self->times.tell_typing * 1000))
    return;
  info->typing_told = now;
  chat_client_tell_typing (self->client, chat_room_get_id (room));
}

void
chat_session_presence_stop (ChatSession *self)
{
  GHashTableIter iter;
  gpointer value;

  g_clear_handle_id (&self->typing_timer, g_source_remove);
  while (self->typists.head != NULL)
    end_typing (self, self->typists.head);
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    show_presence (value, NULL);
}
