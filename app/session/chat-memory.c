/* chat-memory.c: what the server told of messages, kept in memory
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-memory.h"

#include <string.h>

#include "chat-client.h"

typedef struct
{
  gint64     room_id;
  GPtrArray *rows;      /* of ChatClientMessage, ascending */
  gsize      bytes;
} History;

/* One object that somebody else holds */
typedef struct
{
  gint64       id;
  ChatMemory  *memory;
  ChatMessage *message;
} Known;

struct _ChatMemory
{
  GHashTable *known;      /* id -> Known */
  GQueue      histories;  /* of History, the last used first */
};

static gsize
size_of (const ChatClientMessage *row)
{
  return sizeof *row + strlen (row->sender) + strlen (row->text) + (row->file != NULL ? strlen (row->file) : 0);
}

/* Within the limits of one answer, whatever came after it: the oldest go */
static void
history_trim (History *history)
{
  GPtrArray *rows = history->rows;

  while (rows->len > CHAT_CLIENT_MAX_ROWS || history->bytes > CHAT_CLIENT_MAX_ROW_BYTES)
    {
      guint n = MAX (rows->len / 16, 1);

      for (guint i = 0; i < n; i++)
        history->bytes -= size_of (rows->pdata[i]);
      g_ptr_array_remove_range (rows, 0, n);
    }
}

static void
history_free (gpointer data)
{
  History *history = data;

  g_ptr_array_unref (history->rows);
  g_free (history);
}

static void
on_message_gone (gpointer  data,
                 GObject  *where_the_object_was)
{
  Known *known = data;

  known->message = NULL;
  g_hash_table_remove (known->memory->known, &known->id);
}

static void
known_free (gpointer data)
{
  Known *known = data;

  if (known->message != NULL)
    g_object_weak_unref (G_OBJECT (known->message), on_message_gone, known);
  g_free (known);
}

ChatMemory *
chat_memory_new (void)
{
  ChatMemory *self = g_new0 (ChatMemory, 1);

  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, known_free);
  g_queue_init (&self->histories);
  return self;
}

void
chat_memory_clear (ChatMemory *self)
{
  g_hash_table_remove_all (self->known);
  chat_memory_drop_histories (self, 0);
}

void
chat_memory_free (ChatMemory *self)
{
  chat_memory_clear (self);
  g_hash_table_unref (self->known);
  g_free (self);
}

ChatMessage *
chat_memory_lookup (ChatMemory *self,
                    gint64      id)
{
  Known *known = g_hash_table_lookup (self->known, &id);

  return known != NULL ? g_object_ref (known->message) : NULL;
}

void
chat_memory_add (ChatMemory  *self,
                 ChatMessage *message)
{
  Known *known = g_new0 (Known, 1);

  known->id = chat_message_get_id (message);
  known->memory = self;
  known->message = message;
  g_object_weak_ref (G_OBJECT (message), on_message_gone, known);
  g_hash_table_replace (self->known, &known->id, known);
}

void
chat_memory_remove (ChatMemory *self,
                    gint64      id)
{
  g_hash_table_remove (self->known, &id);
}

static History *
find_history (ChatMemory *self,
              gint64      room_id)
{
  for (GList *l = self->histories.head; l != NULL; l = l->next)
    if (((History *) l->data)->room_id == room_id)
      {
        g_queue_unlink (&self->histories, l);
        g_queue_push_head_link (&self->histories, l);
        return l->data;
      }
  return NULL;
}

void
chat_memory_set_history (ChatMemory *self,
                         gint64      room_id,
                         GPtrArray  *rows)
{
  History *history = find_history (self, room_id);

  if (history == NULL)
    {
      history = g_new0 (History, 1);
      history->room_id = room_id;
      g_queue_push_head (&self->histories, history);
    }
  else
    g_ptr_array_unref (history->rows);
  history->rows = g_ptr_array_ref (rows);
  history->bytes = 0;
  for (guint i = 0; i < rows->len; i++)
    history->bytes += size_of (rows->pdata[i]);
  while (self->histories.length > CHAT_MEMORY_MAX_HISTORIES)
    history_free (g_queue_pop_tail (&self->histories));
}

gboolean
chat_memory_has_history (ChatMemory *self,
                         gint64      room_id)
{
  return find_history (self, room_id) != NULL;
}

void
chat_memory_drop_histories (ChatMemory *self,
                            gint64      room_id)
{
  GList *next;

  for (GList *l = self->histories.head; l != NULL; l = next)
    {
      next = l->next;
      if (room_id != 0 && ((History *) l->data)->room_id != room_id)
        continue;
      history_free (l->data);
      g_queue_delete_link (&self->histories, l);
    }
}

/* Returns: the first row with an id of @id or more */
static guint
place_of (GPtrArray *rows,
          gint64     id)
{
  guint low = 0, high = rows->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (((ChatClientMessage *) rows->pdata[middle])->id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

GPtrArray *
chat_memory_slice (ChatMemory   *self,
                   gint64        room_id,
                   ChatPageKind  kind,
                   gint64        anchor,
                   guint         limit,
                   gboolean     *more_before,
                   gboolean     *more_after)
{
  History *history = find_history (self, room_id);
  GPtrArray *slice = g_ptr_array_new ();
  guint from, to, n;

  *more_before = *more_after = FALSE;
  if (history == NULL)
    return slice;
  n = history->rows->len;
  switch (kind)
    {
    case CHAT_PAGE_BEFORE:
      to = place_of (history->rows, anchor);
      from = to > limit ? to - limit : 0;
      break;
    case CHAT_PAGE_AFTER:
      from = place_of (history->rows, anchor + 1);
      to = n - from > limit ? from + limit : n;
      break;
    case CHAT_PAGE_AROUND:
      from = place_of (history->rows, anchor);
      from = from > limit / 2 ? from - limit / 2 : 0;
      to = n - from > limit ? from + limit : n;
      break;
    case CHAT_PAGE_NEWEST:
    default:
      to = n;
      from = n > limit ? n - limit : 0;
      break;
    }
  for (guint i = from; i < to; i++)
    g_ptr_array_add (slice, history->rows->pdata[i]);
  *more_before = from > 0;
  *more_after = to < n;
  return slice;
}

void
chat_memory_message_came (ChatMemory              *self,
                          const ChatClientMessage *row)
{
  for (GList *l = self->histories.head; l != NULL; l = l->next)
    {
      History *history = l->data;
      guint place;

      if (history->room_id != row->room_id)
        continue;
      place = place_of (history->rows, row->id);
      if (place < history->rows->len && ((ChatClientMessage *) history->rows->pdata[place])->id == row->id)
        {
          history->bytes -= size_of (history->rows->pdata[place]);
          chat_client_message_free (history->rows->pdata[place]);
          history->rows->pdata[place] = chat_client_message_copy (row);
        }
      else
        g_ptr_array_insert (history->rows, place, chat_client_message_copy (row));
      history->bytes += size_of (row);
      history_trim (history);
    }
}

void
chat_memory_message_changed (ChatMemory *self,
                             gint64      id,
                             const char *text)
{
  for (GList *l = self->histories.head; l != NULL; l = l->next)
    {
      History *history = l->data;
      GPtrArray *rows = history->rows;
      guint place = place_of (rows, id);
      ChatClientMessage *row = place < rows->len ? rows->pdata[place] : NULL;

      if (row == NULL || row->id != id)
        continue;
      history->bytes -= size_of (row);
      if (text == NULL)
        {
          g_ptr_array_remove_index (rows, place);
          continue;
        }
      g_free (row->text);
      row->text = g_strdup (text);
      row->edited = TRUE;
      history->bytes += size_of (row);
      history_trim (history);
    }
}
