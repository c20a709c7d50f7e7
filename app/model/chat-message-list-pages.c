/* chat-message-list-pages.c: how a page comes into the window of a ChatMessageList
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message-list-private.h"

/* What of a page can be used: in order, each once, none that was removed since it was written. A message of the list
 * that has the same id stays; an unsent one that the page knows is no longer unsent. */
static GPtrArray *
usable (ChatMessageList *self,
        ChatMessagePage *page,
        gint64           above,
        gint64           below)
{
  GPtrArray *result = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 last = above;

  for (guint i = 0; i < page->messages->len; i++)
    {
      ChatMessage *message = page->messages->pdata[i];
      gint64 id = chat_message_get_id (message);
      ChatMessage *known = chat_message_window_lookup (&self->window, id);

      if (id <= last || id >= below || g_hash_table_contains (self->removed, &id))
        continue;
      if (known == NULL)
        chat_message_window_remove_unsent (&self->window, message);

      g_ptr_array_add (result, g_object_ref (known != NULL ? known : message));
      last = id;
    }

  return result;
}

/* Appends what came by itself while a page was on its way and is newer than all that it holds */
static void
add_late (ChatMessageList *self,
          GPtrArray       *wanted)
{
  for (guint i = 0; i < self->late->len; i++)
    {
      ChatMessage *message = self->late->pdata[i];
      gint64 id = chat_message_get_id (message);
      gint64 last = wanted->len > 0 ? chat_message_get_id (wanted->pdata[wanted->len - 1]) : 0;

      if (id > last && !g_hash_table_contains (self->removed, &id))
        g_ptr_array_add (wanted, g_object_ref (message));
    }
}

static void
add_range (ChatMessageList *self,
           GPtrArray       *wanted,
           guint            from,
           guint            to)
{
  for (guint i = from; i < to; i++)
    g_ptr_array_add (wanted, g_object_ref (chat_message_window_item (&self->window, i)));
}

/* The window ends with @page, and what comes later may not join it until somebody knows */
static void
doubt_end (ChatMessageList *self,
           ChatMessagePage *page)
{
  GPtrArray *messages = page->messages;
  gint64 last = messages->len > 0 ? chat_message_get_id (messages->pdata[messages->len - 1]) : 0;

  self->stale_after = self->stale == CHAT_LIST_SURE ? last : MAX (self->stale_after, last);
  self->stale = CHAT_LIST_GAP;
}

/* A page that is itself the window, or its newest part */
void
chat_message_list_take_whole (ChatMessageList       *self,
                              ChatMessagePage       *page,
                              const ChatPageRequest *request)
{
  g_autoptr (GPtrArray) fresh = usable (self, page, 0, G_MAXINT64);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 first = fresh->len > 0 ? chat_message_get_id (fresh->pdata[0]) : 0;
  gboolean newest = !page->more_after;
  gboolean lost = self->late_lost;
  gboolean older;

  if (request->kind == CHAT_PAGE_NEWEST && page->more_before && first > request->frontier &&
      self->loaded && !self->following && self->window.n_sent > 0 && !self->has_newer)
    {
      /* It does not touch what the person reads: that stays, and no longer reaches the newest */
      self->stale_after = request->frontier;
      chat_message_list_cut (self);
      return;
    }

  /* What is older than the page stays where the page continues it; all in between is as the page says */
  older = page->more_before;
  if (request->kind == CHAT_PAGE_NEWEST && page->more_before && self->loaded && first > 0 && first <= request->frontier)
    {
      add_range (self, wanted, 0, chat_message_window_place (&self->window, first));
      older = wanted->len > 0 ? self->has_older : page->more_before;
    }
  for (guint i = 0; i < fresh->len; i++)
    g_ptr_array_add (wanted, g_object_ref (fresh->pdata[i]));

  /* What came while the page was on its way is newer than the page */
  if (newest)
    {
      if (!self->has_newer)
        {
          gint64 last = wanted->len > 0 ? chat_message_get_id (wanted->pdata[wanted->len - 1]) : 0;

          add_range (self, wanted, chat_message_window_place (&self->window, MAX (last, request->frontier) + 1),
                     self->window.n_sent);
        }
      add_late (self, wanted);
    }

  /* A page that is asked for at an end that is no longer one would not fit */
  if (self->older != NULL && (wanted->len == 0 || self->older->anchor != chat_message_get_id (wanted->pdata[0])))
    chat_message_list_drop_request (self, &self->older);
  chat_message_list_drop_request (self, &self->newer);

  if (newest && !lost && page->doubtful)
    doubt_end (self, page);
  else
    self->stale = CHAT_LIST_SURE;
  if (!newest || lost)
    chat_message_list_set_has_newer (self, TRUE);
  chat_message_window_apply (&self->window, wanted);
  if (newest && !lost)
    chat_message_list_set_has_newer (self, FALSE);
  chat_message_list_set_has_older (self, older);
}

guint
chat_message_list_count_excess (ChatMessageList *self,
                                gboolean         at_end)
{
  return chat_message_window_count_excess (&self->window, at_end, CHAT_MESSAGE_LIST_MAX, CHAT_MESSAGE_LIST_MAX_BYTES,
                                           2 * CHAT_MESSAGE_LIST_PAGE);
}

void
chat_message_list_take_older (ChatMessageList *self,
                              ChatMessagePage *page)
{
  gint64 below = self->window.n_sent > 0 ? chat_message_window_first_id (&self->window) : G_MAXINT64;
  g_autoptr (GPtrArray) wanted = usable (self, page, 0, below);
  guint n_new = wanted->len, n_over;

  add_range (self, wanted, 0, self->window.n_sent);
  chat_message_window_apply (&self->window, wanted);
  /* A page that brings nothing and promises more would be asked for again for ever */
  chat_message_list_set_has_older (self, page->more_before && n_new > 0);

  n_over = chat_message_list_count_excess (self, TRUE);
  if (n_over > 0)
    {
      chat_message_list_drop_request (self, &self->newer);
      chat_message_list_set_has_newer (self, TRUE);
      chat_message_window_remove (&self->window, self->window.n_sent - n_over, n_over);
    }
}

void
chat_message_list_take_newer (ChatMessageList *self,
                              ChatMessagePage *page)
{
  g_autoptr (GPtrArray) fresh = usable (self, page, chat_message_window_last_id (&self->window), G_MAXINT64);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean newer = page->more_after && fresh->len > 0;
  gboolean lost = self->late_lost;
  guint n_over;

  add_range (self, wanted, 0, self->window.n_sent);
  for (guint i = 0; i < fresh->len; i++)
    g_ptr_array_add (wanted, g_object_ref (fresh->pdata[i]));
  if (!newer)
    add_late (self, wanted);
  chat_message_window_apply (&self->window, wanted);
  chat_message_list_set_has_newer (self, newer || lost);
  if (!self->has_newer && page->doubtful)
    doubt_end (self, page);

  n_over = chat_message_list_count_excess (self, FALSE);
  if (n_over > 0)
    {
      chat_message_list_drop_request (self, &self->older);
      chat_message_window_remove (&self->window, 0, n_over);
      chat_message_list_set_has_older (self, TRUE);
    }
}
