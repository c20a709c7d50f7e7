/* chat-outbox.c: messages of one's own that the server does not have yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-outbox.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  ChatMessage *message;
  gboolean     in_flight;
  gboolean     maybe_sent;    /* it was on its way when a connection broke */
} Entry;

typedef struct
{
  gint64  room_id;
  GQueue  entries;            /* of Entry, in the order in which they are to go */
  guint   pause;              /* timer: the server asked us to wait */
} Room;

struct _ChatOutbox
{
  guint                    refs;    /* answers that are still to come hold it */
  const ChatOutboxEvents  *events;
  gpointer                 user_data;
  ChatClient              *client;
  GHashTable              *rooms;   /* room id -> Room */
  GHashTable              *by_ref;  /* client_ref -> Entry */
};

typedef struct
{
  ChatOutbox  *outbox;
  ChatMessage *message;
} Sending;

static void pump (ChatOutbox *self, Room *room);

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->message);
  g_free (entry);
}

static void
room_free (gpointer data)
{
  Room *room = data;

  g_clear_handle_id (&room->pause, g_source_remove);
  g_queue_clear_full (&room->entries, entry_free);
  g_free (room);
}

static void
outbox_unref (ChatOutbox *self)
{
  if (--self->refs > 0)
    return;
  g_hash_table_unref (self->by_ref);
  g_hash_table_unref (self->rooms);
  g_free (self);
}

ChatOutbox *
chat_outbox_new (const ChatOutboxEvents *events,
                 gpointer                user_data)
{
  ChatOutbox *self = g_new0 (ChatOutbox, 1);

  self->refs = 1;
  self->events = events;
  self->user_data = user_data;
  self->rooms = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, room_free);
  self->by_ref = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
chat_outbox_free (ChatOutbox *self)
{
  self->events = NULL;
  g_clear_object (&self->client);
  chat_outbox_drop_room (self, 0);
  outbox_unref (self);
}

guint
chat_outbox_get_length (ChatOutbox *self)
{
  return g_hash_table_size (self->by_ref);
}

static Entry *
find_entry (ChatOutbox  *self,
            ChatMessage *message)
{
  const char *ref = chat_message_get_client_ref (message);
  Entry *entry = ref != NULL ? g_hash_table_lookup (self->by_ref, ref) : NULL;

  return entry != NULL && entry->message == message ? entry : NULL;
}

static Room *
room_of (ChatOutbox  *self,
         ChatMessage *message)
{
  gint64 id = chat_message_get_room_id (message);

  return g_hash_table_lookup (self->rooms, &id);
}

/* Frees @entry; its message may go with it */
static void
remove_entry (ChatOutbox *self,
              Entry      *entry)
{
  Room *room = room_of (self, entry->message);

  g_hash_table_remove (self->by_ref, chat_message_get_client_ref (entry->message));
  g_queue_remove (&room->entries, entry);
  entry_free (entry);
  if (g_queue_is_empty (&room->entries))
    g_hash_table_remove (self->rooms, &room->room_id);
}

static void
fail (Entry      *entry,
      const char *words)
{
  entry->in_flight = FALSE;
  chat_message_set_state (entry->message, CHAT_MESSAGE_FAILED, words);
}

static gboolean
can_resend (ChatOutbox *self)
{
  return self->client != NULL && (chat_client_get_features (self->client) & CHAT_CLIENT_CLIENT_REF) != 0;
}

static const char *
words_for (const GError *error)
{
  switch (error->domain == CHAT_CLIENT_ERROR ? error->code : CHAT_CLIENT_ERROR_FAILED)
    {
    case CHAT_CLIENT_ERROR_NO_ROOM:
      return _("This conversation no longer exists");
    case CHAT_CLIENT_ERROR_FORBIDDEN:
      return _("You may not write in this conversation");
    case CHAT_CLIENT_ERROR_TOO_LARGE:
      return _("The message is too long for this server");
    default:
      return _("The server did not take the message");
    }
}

static gboolean
on_pause_over (gpointer user_data)
{
  Sending *what = user_data;
  Room *room = room_of (what->outbox, what->message);

  if (room != NULL)
    {
      room->pause = 0;
      pump (what->outbox, room);
    }
  return G_SOURCE_REMOVE;
}

static void
sending_free (gpointer data)
{
  Sending *what = data;

  outbox_unref (what->outbox);
  g_object_unref (what->message);
  g_free (what);
}

static Sending *
sending_new (ChatOutbox  *self,
             ChatMessage *message)
{
  Sending *what = g_new0 (Sending, 1);

  self->refs++;
  what->outbox = self;
  what->message = g_object_ref (message);
  return what;
}

static void
pause_room (ChatOutbox   *self,
            Room         *room,
            Entry        *entry,
            const GError *error)
{
  guint seconds = CLAMP (chat_client_error_get_retry_after (error), 1, CHAT_OUTBOX_MAX_PAUSE_S);

  if (room->pause == 0)
    room->pause = g_timeout_add_full (G_PRIORITY_DEFAULT, seconds * 1000, on_pause_over,
                                      sending_new (self, entry->message), sending_free);
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Sending *what = user_data;
  ChatOutbox *self = what->outbox;
  g_autoptr (GError) error = NULL;
  g_autofree char *date_text = NULL;
  gint64 date, id;
  Entry *entry;
  Room *room;

  id = chat_client_send_finish (CHAT_CLIENT (source), result, &date, &date_text, &error);
  entry = find_entry (self, what->message);
  /* Settled, discarded with its room, or the outbox is gone */
  if (entry == NULL || !entry->in_flight)
    {
      sending_free (what);
      return;
    }
  entry->in_flight = FALSE;
  room = room_of (self, what->message);

  if (id > 0)
    {
      gint64 room_id = room->room_id;

      remove_entry (self, entry);
      if (self->events != NULL)
        self->events->sent (what->message, id, date, date_text, self->user_data);
      room = g_hash_table_lookup (self->rooms, &room_id);
    }
  else if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_RATE_LIMITED))
    {
      chat_message_set_state (entry->message, CHAT_MESSAGE_WAITING, NULL);
      pause_room (self, room, entry, error);
    }
  else if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED)
           || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_TIMED_OUT)
           || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED))
    {
      entry->maybe_sent = TRUE;
      if ((chat_client_get_features (CHAT_CLIENT (source)) & CHAT_CLIENT_CLIENT_REF) == 0)
        fail (entry, _("It is not known whether this message arrived"));
      else if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED) && self->client != NULL
               && G_OBJECT (self->client) == source)
        /* The same would come again at once */
        fail (entry, _("It is not known whether this message arrived"));
      else
        chat_message_set_state (entry->message, CHAT_MESSAGE_WAITING, NULL);
    }
  else
    fail (entry, words_for (error));

  if (room != NULL)
    pump (self, room);
  sending_free (what);
}

/* Sends the first message of @room that may go, if none is on its way */
static void
pump (ChatOutbox *self,
      Room       *room)
{
  if (self->client == NULL || room->pause != 0 || !chat_client_is_open (self->client))
    return;
  for (GList *l = room->entries.head; l != NULL; l = l->next)
    {
      Entry *entry = l->data;

      if (entry->in_flight)
        return;
      if (chat_message_get_state (entry->message) == CHAT_MESSAGE_FAILED)
        continue;
      /* The server is another than the one that may have it already */
      if (entry->maybe_sent && !can_resend (self))
        {
          fail (entry, _("It is not known whether this message arrived"));
          continue;
        }
      entry->in_flight = TRUE;
      chat_client_send_async (self->client, room->room_id, chat_message_get_text (entry->message),
                              chat_message_get_client_ref (entry->message), NULL, on_sent,
                              sending_new (self, entry->message));
      chat_message_set_state (entry->message, CHAT_MESSAGE_SENDING, NULL);
      return;
    }
}

void
chat_outbox_set_client (ChatOutbox *self,
                        ChatClient *client)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer value;

  if (!g_set_object (&self->client, client) || client == NULL)
    return;
  /* By their ids: a message that changes its state may change what is here */
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_array_append_val (ids, ((Room *) value)->room_id);
  for (guint i = 0; i < ids->len; i++)
    {
      Room *room = g_hash_table_lookup (self->rooms, &g_array_index (ids, gint64, i));

      if (room != NULL)
        pump (self, room);
    }
}

static void
enqueue (ChatOutbox *self,
         Entry      *entry)
{
  Room *room = room_of (self, entry->message);

  if (room == NULL)
    {
      room = g_new0 (Room, 1);
      room->room_id = chat_message_get_room_id (entry->message);
      g_hash_table_insert (self->rooms, &room->room_id, room);
    }
  g_queue_push_tail (&room->entries, entry);
  chat_message_set_state (entry->message, CHAT_MESSAGE_WAITING, NULL);
  pump (self, room);
}

gboolean
chat_outbox_add (ChatOutbox  *self,
                 ChatMessage *message)
{
  Entry *entry;

  if (g_hash_table_size (self->by_ref) >= CHAT_OUTBOX_MAX)
    return FALSE;
  entry = g_new0 (Entry, 1);
  entry->message = g_object_ref (message);
  g_hash_table_insert (self->by_ref, (gpointer) chat_message_get_client_ref (message), entry);
  enqueue (self, entry);
  return TRUE;
}

gboolean
chat_outbox_retry (ChatOutbox  *self,
                   ChatMessage *message)
{
  Entry *entry = find_entry (self, message);

  if (entry == NULL || chat_message_get_state (message) != CHAT_MESSAGE_FAILED)
    return FALSE;
  /* The person has decided: a server without references may now have it twice */
  if (!can_resend (self))
    entry->maybe_sent = FALSE;
  g_queue_remove (&room_of (self, message)->entries, entry);
  enqueue (self, entry);
  return TRUE;
}

gboolean
chat_outbox_discard (ChatOutbox  *self,
                     ChatMessage *message)
{
  Entry *entry = find_entry (self, message);

  if (entry == NULL || entry->in_flight)
    return FALSE;
  remove_entry (self, entry);
  return TRUE;
}

ChatMessage *
chat_outbox_find (ChatOutbox *self,
                  const char *client_ref)
{
  Entry *entry = g_hash_table_lookup (self->by_ref, client_ref);

  return entry != NULL ? entry->message : NULL;
}

void
chat_outbox_settle (ChatOutbox  *self,
                    ChatMessage *message)
{
  Entry *entry = find_entry (self, message);
  gint64 room_id = chat_message_get_room_id (message);
  Room *room;

  if (entry == NULL)
    return;
  remove_entry (self, entry);
  room = g_hash_table_lookup (self->rooms, &room_id);
  if (room != NULL)
    pump (self, room);
}

GPtrArray *
chat_outbox_list (ChatOutbox *self,
                  gint64      room_id)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);
  Room *room = g_hash_table_lookup (self->rooms, &room_id);

  for (GList *l = room != NULL ? room->entries.head : NULL; l != NULL; l = l->next)
    g_ptr_array_add (messages, g_object_ref (((Entry *) l->data)->message));
  return messages;
}

void
chat_outbox_drop_room (ChatOutbox *self,
                       gint64      room_id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Room *room = value;

      if (room_id != 0 && room->room_id != room_id)
        continue;
      for (GList *l = room->entries.head; l != NULL; l = l->next)
        g_hash_table_remove (self->by_ref, chat_message_get_client_ref (((Entry *) l->data)->message));
      g_hash_table_iter_remove (&iter);
    }
}
