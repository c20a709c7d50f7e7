/* chat-timeline-place.c: where a room is opened, and what is new in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-timeline-private.h"

/* Where the first unread message stands after opening a room (pixels) */
#define UNREAD_OFFSET   48

void
chat_timeline_set_unread_first (ChatTimeline *self,
                                ChatMessage  *message)
{
  if (g_set_object (&self->unread_first, message))
    chat_timeline_scroll_foreach (self->scroll, chat_timeline_update_row, self);
}

/* How many of others' messages there are in the window after @id */
static guint
count_after (ChatTimeline  *self,
             gint64         id,
             ChatMessage  **first)
{
  guint n = chat_timeline_n_messages (self), count = 0;

  *first = NULL;
  for (guint i = 0; i < n; i++)
    {
      ChatMessage *message = chat_timeline_message_at (self, i);

      if (chat_message_get_outgoing (message) || chat_message_get_id (message) <= id)
        continue;
      if (count++ == 0)
        *first = message;
    }
  return count;
}

/* Whether the first unread message may be older than the window. Without a mark nothing was ever read: as many as are counted */
static gboolean
is_before_window (ChatTimeline *self,
                  guint         count)
{
  guint n = chat_timeline_n_messages (self);

  if (n == 0 || !chat_message_list_get_has_older (self->list))
    return FALSE;
  return self->unread_after > 0 ? chat_message_get_id (chat_timeline_message_at (self, 0)) > self->unread_after
                                : count < self->unread_count;
}

/* @ask: pages may be asked for. Returns: whether it is known; else a page that holds it is on its way */
static gboolean
find_first_unread (ChatTimeline *self,
                   gboolean      ask)
{
  guint n = chat_timeline_n_messages (self), left = self->unread_count, count;
  ChatMessage *found = NULL;

  if (self->unread_count == 0)
    return TRUE;

  count = count_after (self, self->unread_after, &found);
  if (ask && !self->searched_unread && is_before_window (self, count))
    {
      self->searched_unread = TRUE;
      chat_message_list_load_around (self->list, MAX (self->unread_after, 1));
      if (chat_message_list_get_loading (self->list))
        return FALSE;
    }
  /* What is kept may end just where one has read */
  if (found == NULL && ask && self->searched_unread && chat_message_list_get_error (self->list) == NULL)
    {
      chat_message_list_load_newer (self->list);
      if (chat_message_list_get_loading_newer (self->list))
        return FALSE;
    }
  if (self->unread_after == 0 && !self->searched_unread)
    {
      /* No mark: as many as are counted, from the end */
      found = NULL;
      for (guint i = n; i > 0 && left > 0; i--)
        if (!chat_message_get_outgoing (chat_timeline_message_at (self, i - 1)))
          {
            found = chat_timeline_message_at (self, i - 1);
            left--;
          }
    }
  chat_timeline_set_unread_first (self, found);

  return TRUE;
}

void
chat_timeline_place_view (ChatTimeline *self)
{
  gint64 id;
  int offset;
  gboolean at_bottom;
  ChatMessage *message;

  if (self->placed || self->list == NULL || !chat_message_list_get_loaded (self->list) ||
      chat_message_list_get_loading (self->list))
    return;

  if (chat_room_get_position (self->room, &id, &offset, &at_bottom) && !at_bottom)
    {
      message = chat_message_list_lookup (self->list, id);
      if (message == NULL && !self->searched_place)
        {
          self->searched_place = TRUE;
          chat_message_list_load_around (self->list, id);
          if (chat_message_list_get_loading (self->list))
            return;
        }
      if (message != NULL)
        {
          /* The line stands where it can be seen */
          find_first_unread (self, FALSE);
          self->placed = TRUE;
          chat_timeline_scroll_go_to (self->scroll, message, offset);
          return;
        }
    }

  if (!find_first_unread (self, TRUE))
    return;
  self->placed = TRUE;
  if (self->unread_first != NULL)
    chat_timeline_scroll_go_to (self->scroll, self->unread_first, UNREAD_OFFSET);
  else if (chat_message_list_get_has_newer (self->list))
    chat_timeline_show_newest (self);
  else
    chat_timeline_scroll_go_to_end (self->scroll);
}

void
chat_timeline_keep_position (ChatTimeline *self)
{
  ChatMessage *message;
  gint64 id;
  int offset = 0;

  g_clear_handle_id (&self->keep_source, g_source_remove);
  if (self->room == NULL || !self->placed || chat_timeline_n_messages (self) == 0)
    return;

  message = chat_timeline_scroll_get_anchor (self->scroll, &offset);
  id = message != NULL ? chat_message_get_id (message) : 0;
  chat_room_set_position (self->room, id, offset, id == 0 || chat_timeline_scroll_get_stuck (self->scroll));
}

/* The row that had the keyboard is gone: the one that stands in its place gets it */
void
chat_timeline_pass_focus_on (ChatTimeline *self)
{
  g_autoptr (ChatMessage) heir = g_steal_pointer (&self->heir);
  GtkWidget *focus = self->window != NULL ? gtk_window_get_focus (self->window) : NULL;
  ChatMessageRow *row;

  if (heir == NULL || (focus != NULL && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self))))
    return;

  row = chat_timeline_scroll_find_row (self->scroll, heir);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

void
chat_timeline_choose_heir (ChatTimeline *self,
                           guint         position)
{
  guint n = chat_timeline_n_messages (self);

  /* The list holds on to the row that has the keyboard, wherever it is scrolled to */
  if (self->focused == NULL || n == 0 || chat_timeline_scroll_find_row (self->scroll, self->focused) != NULL)
    return;

  g_clear_object (&self->focused);
  g_set_object (&self->heir, chat_timeline_message_at (self, MIN (position, n - 1)));
  gtk_widget_queue_allocate (self->view);
}
