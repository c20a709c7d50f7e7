/* chat-message-window.c: the ordered contents of a ChatMessageList
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message-window.h"

#include <string.h>

/* Messages that are this far apart do not belong to one group (microseconds) */
#define GROUP_SPAN (5 * 60 * G_USEC_PER_SEC)

/* Grouping */

static int
day_of (ChatMessage *message)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (chat_message_get_date (message) / G_USEC_PER_SEC);

  /* A date that no calendar holds: a server may send it */
  return date != NULL ? g_date_time_get_year (date) * 512 + g_date_time_get_day_of_year (date) : -1;
}

static gboolean
same_day (ChatMessage *a,
          ChatMessage *b)
{
  /* A date that is only text has no day that could be told from another */
  if (chat_message_get_date (a) == 0 || chat_message_get_date (b) == 0)
    return TRUE;

  return day_of (a) == day_of (b);
}

static gboolean
same_group (ChatMessage *a,
            ChatMessage *b)
{
  gint64 x = chat_message_get_date (a), y = chat_message_get_date (b);

  if (chat_message_get_outgoing (a) != chat_message_get_outgoing (b) ||
      strcmp (chat_message_get_sender (a), chat_message_get_sender (b)) != 0)
    return FALSE;
  if (x != 0 && y != 0 && (y > x + GROUP_SPAN || x > y + GROUP_SPAN))
    return FALSE;

  return same_day (a, b);
}

/* Sets the flags of @n messages from @position on, whose neighbours changed */
static void
regroup (ChatMessageWindow *self,
         guint              position,
         guint              n)
{
  guint end = MIN ((guint64) position + n, self->items->len);

  for (guint i = position; i < end; i++)
    {
      ChatMessage *message = chat_message_window_item (self, i);
      ChatMessage *before = i > 0 ? chat_message_window_item (self, i - 1) : NULL;
      ChatMessage *after = i + 1 < self->items->len ? chat_message_window_item (self, i + 1) : NULL;
      gboolean starts_day;

      if (before != NULL)
        starts_day = !same_day (before, message);
      else
        /* Until it is known to be the first of all nothing is said: it would vanish when the older ones come */
        starts_day = self->first_known && chat_message_get_date (message) != 0;

      chat_message_set_grouping (message, starts_day,
                                 before == NULL || !same_group (before, message),
                                 after == NULL || !same_group (message, after));
    }
}

/* Puts @n_added (borrowed) in place of @n_removed at @position, and tells it */
static void
splice (ChatMessageWindow *self,
        guint              position,
        guint              n_removed,
        gpointer          *added,
        guint              n_added)
{
  g_autoptr (GPtrArray) gone = NULL;
  guint tail = self->items->len - position - n_removed;
  guint length = self->items->len - n_removed + n_added;

  if (n_removed == 0 && n_added == 0)
    return;

  gone = g_ptr_array_new_full (n_removed, g_object_unref);
  for (guint i = 0; i < n_removed; i++)
    g_ptr_array_add (gone, self->items->pdata[position + i]);

  /* No free function on the array: what moves is not unreferenced */
  if (length > self->items->len)
    g_ptr_array_set_size (self->items, length);
  memmove (self->items->pdata + position + n_added, self->items->pdata + position + n_removed,
           tail * sizeof (gpointer));
  g_ptr_array_set_size (self->items, length);
  for (guint i = 0; i < n_added; i++)
    self->items->pdata[position + i] = g_object_ref (added[i]);

  /* Before it is told, so that a row is bound to what it will show */
  if (position > 0)
    regroup (self, position - 1, n_added + 2);
  else
    regroup (self, position, n_added + 1);

  g_list_model_items_changed (self->model, position, n_removed, n_added);
}

/* A key of by_id: found by the id that it begins with */
typedef struct
{
  gint64 id;
  gsize  size;      /* as it was when the message came in */
} Key;

static void
index_add (ChatMessageWindow *self,
           ChatMessage       *message)
{
  Key *key = g_new (Key, 1);

  key->id = chat_message_get_id (message);
  key->size = strlen (chat_message_get_text (message));
  self->bytes += key->size;
  g_hash_table_insert (self->by_id, key, message);
}

static gsize
size_of (ChatMessageWindow *self,
         guint              position)
{
  gint64 id = chat_message_get_id (chat_message_window_item (self, position));
  gpointer key;

  return g_hash_table_lookup_extended (self->by_id, &id, &key, NULL) ? ((Key *) key)->size : 0;
}

static void
index_remove (ChatMessageWindow *self,
              guint              position,
              guint              n)
{
  for (guint i = position; i < position + n; i++)
    {
      gint64 id = chat_message_get_id (chat_message_window_item (self, i));

      self->bytes -= size_of (self, i);
      g_hash_table_remove (self->by_id, &id);
    }
}

void
chat_message_window_init (ChatMessageWindow *self,
                          GListModel        *model)
{
  self->model = model;
  self->items = g_ptr_array_new ();
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->unsent = g_ptr_array_new_with_free_func (g_object_unref);
  self->shows_unsent = TRUE;
}

void
chat_message_window_clear (ChatMessageWindow *self)
{
  for (guint i = 0; i < self->items->len; i++)
    g_object_unref (self->items->pdata[i]);
  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->unsent);
}

ChatMessage *
chat_message_window_item (ChatMessageWindow *self,
                          guint              position)
{
  return self->items->pdata[position];
}

gint64
chat_message_window_first_id (ChatMessageWindow *self)
{
  return self->n_sent > 0 ? chat_message_get_id (self->items->pdata[0]) : 0;
}

gint64
chat_message_window_last_id (ChatMessageWindow *self)
{
  return self->n_sent > 0 ? chat_message_get_id (self->items->pdata[self->n_sent - 1]) : 0;
}

ChatMessage *
chat_message_window_lookup (ChatMessageWindow *self,
                            gint64             id)
{
  return g_hash_table_lookup (self->by_id, &id);
}

guint
chat_message_window_place (ChatMessageWindow *self,
                           gint64             id)
{
  guint low = 0, high = self->n_sent;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (chat_message_get_id (chat_message_window_item (self, middle)) < id)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

gboolean
chat_message_window_find (ChatMessageWindow *self,
                          ChatMessage       *message,
                          guint             *position)
{
  gint64 id = chat_message_get_id (message);
  guint place = id != 0 ? chat_message_window_place (self, id) : self->n_sent;

  if (place >= self->n_sent || self->items->pdata[place] != message)
    {
      /* Among the unsent; one that just got its id still is */
      for (place = self->n_sent; place < self->items->len && self->items->pdata[place] != message; place++)
        ;
      if (place >= self->items->len)
        return FALSE;
    }
  if (position != NULL)
    *position = place;

  return TRUE;
}

void
chat_message_window_apply (ChatMessageWindow *self,
                           GPtrArray         *wanted)
{
  typedef struct { guint position, n_removed, from, n_added; } Run;
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  guint i = 0, j = 0;

  while (i < self->n_sent || j < wanted->len)
    {
      Run run = { i, 0, j, 0 };

      while (i < self->n_sent || j < wanted->len)
        {
          gint64 have = i < self->n_sent ? chat_message_get_id (chat_message_window_item (self, i)) : G_MAXINT64;
          gint64 want = j < wanted->len ? chat_message_get_id (wanted->pdata[j]) : G_MAXINT64;

          if (have == want)
            break;
          if (have < want)
            i++, run.n_removed++;
          else
            j++, run.n_added++;
        }
      if (run.n_removed > 0 || run.n_added > 0)
        g_array_append_val (runs, run);
      if (i < self->n_sent && j < wanted->len)
        i++, j++;
    }

  /* The last one first, so that the positions hold */
  for (guint r = runs->len; r > 0; r--)
    {
      const Run *run = &g_array_index (runs, Run, r - 1);

      index_remove (self, run->position, run->n_removed);
      for (guint k = 0; k < run->n_added; k++)
        index_add (self, wanted->pdata[run->from + k]);
      self->n_sent = self->n_sent - run->n_removed + run->n_added;
      /* An empty array has no place that could be moved on */
      splice (self, run->position, run->n_removed, run->n_added > 0 ? wanted->pdata + run->from : NULL, run->n_added);
    }
}

void
chat_message_window_insert (ChatMessageWindow *self,
                            ChatMessage       *message)
{
  guint position = chat_message_window_place (self, chat_message_get_id (message));

  index_add (self, message);
  self->n_sent++;
  splice (self, position, 0, (gpointer *) &message, 1);
}

void
chat_message_window_remove (ChatMessageWindow *self,
                            guint              position,
                            guint              n)
{
  index_remove (self, position, n);
  self->n_sent -= n;
  splice (self, position, n, NULL, 0);
}

guint
chat_message_window_count_excess (ChatMessageWindow *self,
                                  gboolean           at_end,
                                  guint              most,
                                  gsize              most_bytes,
                                  guint              least)
{
  gsize bytes = self->bytes;
  guint n = 0;

  while (self->n_sent - n > least && (self->n_sent - n > most || bytes > most_bytes))
    {
      bytes -= size_of (self, at_end ? self->n_sent - 1 - n : n);
      n++;
    }
  return n;
}

void
chat_message_window_set_shows_unsent (ChatMessageWindow *self,
                                      gboolean           shows_unsent)
{
  if (self->shows_unsent == shows_unsent)
    return;

  self->shows_unsent = shows_unsent;
  if (shows_unsent)
    splice (self, self->n_sent, 0, self->unsent->pdata, self->unsent->len);
  else
    splice (self, self->n_sent, self->items->len - self->n_sent, NULL, 0);
}

void
chat_message_window_set_first_known (ChatMessageWindow *self,
                                     gboolean           first_known)
{
  if (self->first_known == first_known)
    return;

  self->first_known = first_known;
  regroup (self, 0, 1);
}

void
chat_message_window_add_unsent (ChatMessageWindow *self,
                                ChatMessage       *message)
{
  guint position = self->unsent->len;

  if (g_ptr_array_find (self->unsent, message, NULL))
    return;

  while (position > 0 && chat_message_compare (self->unsent->pdata[position - 1], message) > 0)
    position--;
  g_ptr_array_insert (self->unsent, position, g_object_ref (message));
  if (self->shows_unsent)
    splice (self, self->n_sent + position, 0, (gpointer *) &message, 1);
}

gboolean
chat_message_window_remove_unsent (ChatMessageWindow *self,
                                   ChatMessage       *message)
{
  guint position;

  if (!g_ptr_array_find (self->unsent, message, &position))
    return FALSE;

  g_ptr_array_remove_index (self->unsent, position);
  if (self->shows_unsent)
    splice (self, self->n_sent + position, 1, NULL, 0);

  return TRUE;
}

gboolean
chat_message_window_settle (ChatMessageWindow *self,
                            ChatMessage       *message)
{
  gint64 id = chat_message_get_id (message);
  guint place = self->n_sent;

  if (!self->shows_unsent || self->unsent->len == 0 || self->unsent->pdata[0] != message ||
      id <= chat_message_window_last_id (self))
    return FALSE;

  g_ptr_array_remove_index (self->unsent, 0);
  index_add (self, message);
  self->n_sent++;
  /* Its date may be another now */
  regroup (self, place > 0 ? place - 1 : 0, 3);

  return TRUE;
}
