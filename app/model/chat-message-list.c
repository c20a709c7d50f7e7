/* chat-message-list.c: a window on the messages of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message-list.h"

/* Messages that are this far apart do not belong to one group (microseconds) */
#define GROUP_SPAN (5 * 60 * G_USEC_PER_SEC)

/* A page that was asked for. Its callback owns it; the list only points to it, so that neither keeps the other alive. */
typedef struct
{
  ChatMessageList *list;          /* (nullable): gone, or wants it no more */
  GCancellable    *cancellable;
  ChatPageKind     kind;
  gint64           anchor;
  gint64           frontier;      /* the newest id of the window when it was asked: what is newer came later */
} Request;

struct _ChatMessageList
{
  GObject            parent_instance;

  ChatMessageSource *source;
  GPtrArray         *items;       /* (element-type ChatMessage): n_sent with an id, ascending, then the unsent */
  guint              n_sent;
  GHashTable        *by_id;       /* gint64 * (owned) -> ChatMessage (borrowed): the n_sent ones */
  GPtrArray         *unsent;      /* (element-type ChatMessage): also while the window does not reach the newest */

  Request           *whole;       /* replaces or renews the window */
  Request           *older;
  Request           *newer;

  /* What happens while a page is on its way: it may have been written before, and must neither bring back what was removed
   * nor hide what came since. Forgotten when no page is on its way. */
  GHashTable        *removed;     /* set of gint64 * (owned) */
  GPtrArray         *late;        /* (element-type ChatMessage) */
  gboolean           late_lost;   /* there were too many: the window does not reach the newest after all */

  GError            *error;
  ChatPageKind       failed_kind;
  gint64             failed_anchor;

  gboolean           loaded;
  gboolean           has_older;
  gboolean           has_newer;
  gboolean           following;
};

enum
{
  PROP_LOADING = 1,
  PROP_LOADING_OLDER,
  PROP_LOADING_NEWER,
  PROP_HAS_OLDER,
  PROP_HAS_NEWER,
  PROP_LOADED,
  PROP_ERROR,
  PROP_FOLLOWING,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void chat_message_list_list_model_init (GListModelInterface *iface);
static void ask                               (ChatMessageList *self, ChatPageKind kind, gint64 anchor);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatMessageList, chat_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, chat_message_list_list_model_init))

/* Small things */

static gint64 *
copy_id (gint64 id)
{
  gint64 *copy = g_new (gint64, 1);

  *copy = id;
  return copy;
}

static ChatMessage *
item (ChatMessageList *self,
      guint            position)
{
  return self->items->pdata[position];
}

static gint64
first_id (ChatMessageList *self)
{
  return self->n_sent > 0 ? chat_message_get_id (item (self, 0)) : 0;
}

static gint64
last_id (ChatMessageList *self)
{
  return self->n_sent > 0 ? chat_message_get_id (item (self, self->n_sent - 1)) : 0;
}

/* Where @id stands, or would stand, among those that have one */
static guint
place_for_id (ChatMessageList *self,
              gint64           id)
{
  guint low = 0, high = self->n_sent;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (chat_message_get_id (item (self, middle)) < id)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
set_flag (ChatMessageList *self,
          gboolean        *flag,
          gboolean         value,
          guint            prop)
{
  if (*flag == value)
    return;

  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

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
regroup (ChatMessageList *self,
         guint            position,
         guint            n)
{
  guint end = MIN ((guint64) position + n, self->items->len);

  for (guint i = position; i < end; i++)
    {
      ChatMessage *message = item (self, i);
      ChatMessage *before = i > 0 ? item (self, i - 1) : NULL;
      ChatMessage *after = i + 1 < self->items->len ? item (self, i + 1) : NULL;
      gboolean starts_day;

      if (before != NULL)
        starts_day = !same_day (before, message);
      else
        /* Until it is known to be the first of all nothing is said: it would vanish when the older ones come */
        starts_day = self->loaded && !self->has_older && chat_message_get_date (message) != 0;

      chat_message_set_grouping (message, starts_day,
                                 before == NULL || !same_group (before, message),
                                 after == NULL || !same_group (message, after));
    }
}

/* Changing the contents */

/* Puts @n_added (borrowed) in place of @n_removed at @position, and tells it */
static void
splice (ChatMessageList *self,
        guint            position,
        guint            n_removed,
        gpointer        *added,
        guint            n_added)
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
  memmove (self->items->pdata + position + n_added, self->items->pdata + position + n_removed, tail * sizeof (gpointer));
  g_ptr_array_set_size (self->items, length);
  for (guint i = 0; i < n_added; i++)
    self->items->pdata[position + i] = g_object_ref (added[i]);

  /* Before it is told, so that a row is bound to what it will show */
  if (position > 0)
    regroup (self, position - 1, n_added + 2);
  else
    regroup (self, position, n_added + 1);

  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

static void
index_add (ChatMessageList *self,
           ChatMessage     *message)
{
  g_hash_table_insert (self->by_id, copy_id (chat_message_get_id (message)), message);
}

/* Takes away @n of those with an id */
static void
drop_sent (ChatMessageList *self,
           guint            position,
           guint            n)
{
  for (guint i = 0; i < n; i++)
    {
      gint64 id = chat_message_get_id (item (self, position + i));

      g_hash_table_remove (self->by_id, &id);
    }
  self->n_sent -= n;
  splice (self, position, n, NULL, 0);
}

/* The unsent stand at the end only while that is the newest */
static void
set_has_newer (ChatMessageList *self,
               gboolean         has_newer)
{
  if (self->has_newer == has_newer)
    return;

  self->has_newer = has_newer;
  if (has_newer)
    splice (self, self->n_sent, self->items->len - self->n_sent, NULL, 0);
  else
    splice (self, self->n_sent, 0, self->unsent->pdata, self->unsent->len);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_NEWER]);
}

static void
set_has_older (ChatMessageList *self,
               gboolean         has_older)
{
  if (self->has_older == has_older)
    return;

  self->has_older = has_older;
  regroup (self, 0, 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_OLDER]);
}

/* Makes @wanted (array of borrowed ChatMessage with ids, ascending) the part of the window that has ids. What is in both
 * stays where it is: each run of rows that come or go is told by itself, the last one first so that the positions hold. */
static void
apply (ChatMessageList *self,
       GPtrArray       *wanted)
{
  typedef struct { guint position, n_removed, from, n_added; } Run;
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  guint i = 0, j = 0;

  while (i < self->n_sent || j < wanted->len)
    {
      Run run = { i, 0, j, 0 };

      while (i < self->n_sent || j < wanted->len)
        {
          gint64 have = i < self->n_sent ? chat_message_get_id (item (self, i)) : G_MAXINT64;
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

  for (guint r = runs->len; r > 0; r--)
    {
      const Run *run = &g_array_index (runs, Run, r - 1);

      for (guint k = 0; k < run->n_removed; k++)
        {
          gint64 id = chat_message_get_id (item (self, run->position + k));

          g_hash_table_remove (self->by_id, &id);
        }
      for (guint k = 0; k < run->n_added; k++)
        index_add (self, wanted->pdata[run->from + k]);
      self->n_sent = self->n_sent - run->n_removed + run->n_added;
      splice (self, run->position, run->n_removed, wanted->pdata + run->from, run->n_added);
    }
}

/* Pages */

static void
request_free (Request *request)
{
  g_object_unref (request->cancellable);
  g_free (request);
}

static Request **
request_slot (ChatMessageList *self,
              ChatPageKind     kind)
{
  switch (kind)
    {
    case CHAT_PAGE_BEFORE:
      return &self->older;
    case CHAT_PAGE_AFTER:
      return &self->newer;
    case CHAT_PAGE_NEWEST:
    case CHAT_PAGE_AROUND:
    default:
      return &self->whole;
    }
}

static void
notify_loading (ChatMessageList *self,
                ChatPageKind     kind)
{
  g_object_notify_by_pspec (G_OBJECT (self),
                            properties[kind == CHAT_PAGE_BEFORE ? PROP_LOADING_OLDER :
                                       kind == CHAT_PAGE_AFTER ? PROP_LOADING_NEWER : PROP_LOADING]);
}

static void
forget_what_happened (ChatMessageList *self)
{
  if (self->whole != NULL || self->older != NULL || self->newer != NULL)
    return;

  g_hash_table_remove_all (self->removed);
  g_ptr_array_set_size (self->late, 0);
  self->late_lost = FALSE;
}

static void
drop_request (ChatMessageList *self,
              Request        **slot)
{
  Request *request = g_steal_pointer (slot);
  g_autoptr (GCancellable) cancellable = NULL;
  ChatPageKind kind;

  if (request == NULL)
    return;

  /* Cancelling may answer at once, which ends the request */
  cancellable = g_object_ref (request->cancellable);
  kind = request->kind;
  request->list = NULL;
  g_cancellable_cancel (cancellable);
  notify_loading (self, kind);
  forget_what_happened (self);
}

static void
set_error (ChatMessageList *self,
           GError          *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* What of a page can be used: in order, each once, none that was removed since it was written. A message of the list that
 * has the same id stays; an unsent one that the page knows is no longer unsent. */
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
      ChatMessage *known = g_hash_table_lookup (self->by_id, &id);
      guint position;

      if (id <= last || id >= below || g_hash_table_contains (self->removed, &id))
        continue;
      if (known == NULL && g_ptr_array_find (self->unsent, message, &position))
        {
          g_ptr_array_remove_index (self->unsent, position);
          if (!self->has_newer)
            splice (self, self->n_sent + position, 1, NULL, 0);
        }

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
    g_ptr_array_add (wanted, g_object_ref (item (self, i)));
}

/* A page that is itself the window, or its newest part */
static void
take_whole (ChatMessageList *self,
            ChatMessagePage *page,
            const Request   *request)
{
  g_autoptr (GPtrArray) fresh = usable (self, page, 0, G_MAXINT64);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 first = fresh->len > 0 ? chat_message_get_id (fresh->pdata[0]) : 0;
  gboolean newest = !page->more_after;
  gboolean lost = self->late_lost;
  gboolean older;

  if (request->kind == CHAT_PAGE_NEWEST && page->more_before && first > request->frontier &&
      self->loaded && !self->following && self->n_sent > 0 && !self->has_newer)
    {
      /* It does not touch what the person reads: that stays, and no longer reaches the newest */
      wanted->len = 0;
      add_range (self, wanted, 0, place_for_id (self, request->frontier + 1));
      set_has_newer (self, TRUE);
      apply (self, wanted);
      return;
    }

  /* What is older than the page stays where the page continues it; all in between is as the page says */
  older = page->more_before;
  if (request->kind == CHAT_PAGE_NEWEST && page->more_before && self->loaded && first > 0 && first <= request->frontier)
    {
      add_range (self, wanted, 0, place_for_id (self, first));
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

          add_range (self, wanted, place_for_id (self, MAX (last, request->frontier) + 1), self->n_sent);
        }
      add_late (self, wanted);
    }

  /* A page that is asked for at an end that is no longer one would not fit */
  if (self->older != NULL && (wanted->len == 0 || self->older->anchor != chat_message_get_id (wanted->pdata[0])))
    drop_request (self, &self->older);
  drop_request (self, &self->newer);

  if (!newest || lost)
    set_has_newer (self, TRUE);
  apply (self, wanted);
  if (newest && !lost)
    set_has_newer (self, FALSE);
  set_has_older (self, older);
}

static void
take_older (ChatMessageList *self,
            ChatMessagePage *page)
{
  gint64 below = self->n_sent > 0 ? first_id (self) : G_MAXINT64;
  g_autoptr (GPtrArray) wanted = usable (self, page, 0, below);
  guint n_new = wanted->len;

  add_range (self, wanted, 0, self->n_sent);
  apply (self, wanted);
  /* A page that brings nothing and promises more would be asked for again for ever */
  set_has_older (self, page->more_before && n_new > 0);

  if (self->n_sent > CHAT_MESSAGE_LIST_MAX)
    {
      drop_request (self, &self->newer);
      set_has_newer (self, TRUE);
      drop_sent (self, CHAT_MESSAGE_LIST_MAX, self->n_sent - CHAT_MESSAGE_LIST_MAX);
    }
}

static void
take_newer (ChatMessageList *self,
            ChatMessagePage *page)
{
  g_autoptr (GPtrArray) fresh = usable (self, page, last_id (self), G_MAXINT64);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean newer = page->more_after && fresh->len > 0;
  gboolean lost = self->late_lost;

  add_range (self, wanted, 0, self->n_sent);
  for (guint i = 0; i < fresh->len; i++)
    g_ptr_array_add (wanted, g_object_ref (fresh->pdata[i]));
  if (!newer)
    add_late (self, wanted);
  apply (self, wanted);
  set_has_newer (self, newer || lost);

  if (self->n_sent > CHAT_MESSAGE_LIST_MAX)
    {
      drop_request (self, &self->older);
      drop_sent (self, 0, self->n_sent - CHAT_MESSAGE_LIST_MAX);
      set_has_older (self, TRUE);
    }
}

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Request *request = user_data;
  g_autoptr (ChatMessageList) self = request->list != NULL ? g_object_ref (request->list) : NULL;
  g_autoptr (ChatMessagePage) page = NULL;
  g_autoptr (GError) error = NULL;

  page = chat_message_source_load_finish (CHAT_MESSAGE_SOURCE (object), result, &error);
  if (self == NULL)
    {
      request_free (request);
      return;
    }

  g_object_freeze_notify (G_OBJECT (self));
  *request_slot (self, request->kind) = NULL;
  request->list = NULL;

  if (page == NULL)
    {
      self->failed_kind = request->kind;
      self->failed_anchor = request->anchor;
      if (error == NULL)
        error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "No page");
      set_error (self, g_steal_pointer (&error));
    }
  else
    {
      if (request->kind == CHAT_PAGE_BEFORE)
        take_older (self, page);
      else if (request->kind == CHAT_PAGE_AFTER)
        take_newer (self, page);
      else
        take_whole (self, page, request);

      if (!self->loaded)
        {
          set_flag (self, &self->loaded, TRUE, PROP_LOADED);
          regroup (self, 0, 1);
        }
    }

  notify_loading (self, request->kind);
  forget_what_happened (self);
  g_object_thaw_notify (G_OBJECT (self));
  request_free (request);
}

static void
ask (ChatMessageList *self,
     ChatPageKind     kind,
     gint64           anchor)
{
  Request **slot = request_slot (self, kind);
  Request *request;

  g_return_if_fail (*slot == NULL);

  request = g_new0 (Request, 1);
  request->list = self;
  request->cancellable = g_cancellable_new ();
  request->kind = kind;
  request->anchor = anchor;
  request->frontier = self->loaded ? last_id (self) : 0;
  *slot = request;

  set_error (self, NULL);
  notify_loading (self, kind);
  chat_message_source_load_async (self->source, kind, anchor, CHAT_MESSAGE_LIST_PAGE, request->cancellable, page_cb, request);
}

/* A page that replaces the window: those that would continue it are no longer wanted */
static void
ask_whole (ChatMessageList *self,
           ChatPageKind     kind,
           gint64           anchor)
{
  drop_request (self, &self->whole);
  drop_request (self, &self->older);
  drop_request (self, &self->newer);
  ask (self, kind, anchor);
}

/* The object */

static GType
chat_message_list_get_item_type (GListModel *model)
{
  return CHAT_TYPE_MESSAGE;
}

static guint
chat_message_list_get_n_items (GListModel *model)
{
  return CHAT_MESSAGE_LIST (model)->items->len;
}

static gpointer
chat_message_list_get_item (GListModel *model,
                            guint       position)
{
  ChatMessageList *self = CHAT_MESSAGE_LIST (model);

  return position < self->items->len ? g_object_ref (item (self, position)) : NULL;
}

static void
chat_message_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = chat_message_list_get_item_type;
  iface->get_n_items = chat_message_list_get_n_items;
  iface->get_item = chat_message_list_get_item;
}

static void
chat_message_list_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ChatMessageList *self = CHAT_MESSAGE_LIST (object);

  switch (prop_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, self->whole != NULL);
      break;
    case PROP_LOADING_OLDER:
      g_value_set_boolean (value, self->older != NULL);
      break;
    case PROP_LOADING_NEWER:
      g_value_set_boolean (value, self->newer != NULL);
      break;
    case PROP_HAS_OLDER:
      g_value_set_boolean (value, self->has_older);
      break;
    case PROP_HAS_NEWER:
      g_value_set_boolean (value, self->has_newer);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->following);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_message_list_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_FOLLOWING:
      chat_message_list_set_following (CHAT_MESSAGE_LIST (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_message_list_dispose (GObject *object)
{
  ChatMessageList *self = CHAT_MESSAGE_LIST (object);

  drop_request (self, &self->whole);
  drop_request (self, &self->older);
  drop_request (self, &self->newer);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (chat_message_list_parent_class)->dispose (object);
}

static void
chat_message_list_finalize (GObject *object)
{
  ChatMessageList *self = CHAT_MESSAGE_LIST (object);

  for (guint i = 0; i < self->items->len; i++)
    g_object_unref (self->items->pdata[i]);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->unsent);
  g_ptr_array_unref (self->late);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->removed);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (chat_message_list_parent_class)->finalize (object);
}

static void
chat_message_list_class_init (ChatMessageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_message_list_get_property;
  object_class->set_property = chat_message_list_set_property;
  object_class->dispose = chat_message_list_dispose;
  object_class->finalize = chat_message_list_finalize;

  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, ro);
  properties[PROP_LOADING_OLDER] = g_param_spec_boolean ("loading-older", NULL, NULL, FALSE, ro);
  properties[PROP_LOADING_NEWER] = g_param_spec_boolean ("loading-newer", NULL, NULL, FALSE, ro);
  properties[PROP_HAS_OLDER] = g_param_spec_boolean ("has-older", NULL, NULL, FALSE, ro);
  properties[PROP_HAS_NEWER] = g_param_spec_boolean ("has-newer", NULL, NULL, FALSE, ro);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, ro);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, ro);
  properties[PROP_FOLLOWING] = g_param_spec_boolean ("following", NULL, NULL, TRUE, rw);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_message_list_init (ChatMessageList *self)
{
  self->items = g_ptr_array_new ();
  self->unsent = g_ptr_array_new_with_free_func (g_object_unref);
  self->late = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->removed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->following = TRUE;
}

ChatMessageList *
chat_message_list_new (ChatMessageSource *source)
{
  ChatMessageList *self;

  g_return_val_if_fail (CHAT_IS_MESSAGE_SOURCE (source), NULL);

  self = g_object_new (CHAT_TYPE_MESSAGE_LIST, NULL);
  self->source = g_object_ref (source);

  return self;
}

void
chat_message_list_load (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  if (self->loaded && !self->has_newer)
    {
      /* A jump to elsewhere that is on its way is no longer wanted */
      if (self->whole != NULL && self->whole->kind == CHAT_PAGE_AROUND)
        drop_request (self, &self->whole);
      return;
    }
  if (self->whole != NULL && self->whole->kind == CHAT_PAGE_NEWEST)
    return;

  ask_whole (self, CHAT_PAGE_NEWEST, 0);
}

void
chat_message_list_load_older (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  if (!self->loaded || !self->has_older || self->older != NULL || self->n_sent == 0)
    return;
  /* The window is about to be another */
  if (self->whole != NULL && (self->whole->kind == CHAT_PAGE_AROUND || self->has_newer))
    return;

  ask (self, CHAT_PAGE_BEFORE, first_id (self));
}

void
chat_message_list_load_newer (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  if (!self->loaded || !self->has_newer || self->newer != NULL || self->whole != NULL)
    return;
  /* Everything in the window was deleted: there is nothing to go on from */
  if (self->n_sent == 0)
    {
      chat_message_list_load (self);
      return;
    }

  ask (self, CHAT_PAGE_AFTER, last_id (self));
}

void
chat_message_list_load_around (ChatMessageList *self,
                               gint64           id)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));
  g_return_if_fail (id > 0);

  if (g_hash_table_contains (self->by_id, &id))
    return;
  if (self->whole != NULL && self->whole->kind == CHAT_PAGE_AROUND && self->whole->anchor == id)
    return;

  ask_whole (self, CHAT_PAGE_AROUND, id);
}

void
chat_message_list_reload (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  /* One that was asked for over the old connection may never come, or may be old: ask anew */
  if (self->whole != NULL)
    {
      ChatPageKind kind = self->whole->kind;
      gint64 anchor = self->whole->anchor;

      ask_whole (self, kind, anchor);
      return;
    }
  if (self->loaded && self->has_newer)
    {
      chat_message_list_retry (self);
      return;
    }

  ask (self, CHAT_PAGE_NEWEST, 0);
}

void
chat_message_list_retry (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  if (self->error == NULL)
    return;

  set_error (self, NULL);
  switch (self->failed_kind)
    {
    case CHAT_PAGE_BEFORE:
      chat_message_list_load_older (self);
      break;
    case CHAT_PAGE_AFTER:
      chat_message_list_load_newer (self);
      break;
    case CHAT_PAGE_AROUND:
      chat_message_list_load_around (self, self->failed_anchor);
      break;
    case CHAT_PAGE_NEWEST:
    default:
      if (self->whole == NULL)
        ask (self, CHAT_PAGE_NEWEST, 0);
    }
}

gboolean
chat_message_list_get_following (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->following;
}

void
chat_message_list_set_following (ChatMessageList *self,
                                 gboolean         following)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  set_flag (self, &self->following, !!following, PROP_FOLLOWING);
}

gboolean
chat_message_list_get_loaded (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->loaded;
}

gboolean
chat_message_list_get_loading (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->whole != NULL;
}

gboolean
chat_message_list_get_loading_older (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->older != NULL;
}

gboolean
chat_message_list_get_loading_newer (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->newer != NULL;
}

gboolean
chat_message_list_get_has_older (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->has_older;
}

gboolean
chat_message_list_get_has_newer (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->has_newer;
}

const GError *
chat_message_list_get_error (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), NULL);

  return self->error;
}

static gboolean
add_unsent (ChatMessageList *self,
            ChatMessage     *message)
{
  guint position = self->unsent->len;

  if (g_ptr_array_find (self->unsent, message, NULL))
    return !self->has_newer;

  while (position > 0 && chat_message_compare (self->unsent->pdata[position - 1], message) > 0)
    position--;
  g_ptr_array_insert (self->unsent, position, g_object_ref (message));
  if (self->has_newer)
    return FALSE;

  splice (self, self->n_sent + position, 0, (gpointer *) &message, 1);
  return TRUE;
}

gboolean
chat_message_list_add (ChatMessageList *self,
                       ChatMessage     *message)
{
  gint64 id;
  guint position;

  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);
  g_return_val_if_fail (CHAT_IS_MESSAGE (message), FALSE);

  id = chat_message_get_id (message);
  if (id == 0)
    return add_unsent (self, message);
  if (g_hash_table_contains (self->by_id, &id))
    return TRUE;
  if (g_ptr_array_find (self->unsent, message, NULL))
    {
      chat_message_list_resort (self, message);
      return g_hash_table_contains (self->by_id, &id);
    }

  position = place_for_id (self, id);
  if (position == 0 && self->has_older)
    return FALSE;
  if (position == self->n_sent && self->loaded && !self->has_newer && !self->following &&
      self->n_sent >= CHAT_MESSAGE_LIST_MAX)
    {
      /* Full, and the oldest may be just what is being read */
      set_has_newer (self, TRUE);
    }
  if (position == self->n_sent && self->has_newer)
    {
      /* A page that reaches the newest may be on its way, written before this one came */
      if (self->whole != NULL || self->newer != NULL)
        {
          if (self->late->len < CHAT_MESSAGE_LIST_PAGE)
            g_ptr_array_add (self->late, g_object_ref (message));
          else
            self->late_lost = TRUE;
        }
      return FALSE;
    }

  self->n_sent++;
  index_add (self, message);
  splice (self, position, 0, (gpointer *) &message, 1);

  /* A page at a time, not a row for a row */
  if (self->following && self->n_sent > CHAT_MESSAGE_LIST_MAX + CHAT_MESSAGE_LIST_PAGE)
    {
      drop_request (self, &self->older);
      drop_sent (self, 0, self->n_sent - CHAT_MESSAGE_LIST_MAX);
      set_has_older (self, TRUE);
    }

  return TRUE;
}

gboolean
chat_message_list_remove (ChatMessageList *self,
                          ChatMessage     *message)
{
  g_autoptr (ChatMessage) kept = NULL;
  gint64 id;
  guint position;

  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);
  g_return_val_if_fail (CHAT_IS_MESSAGE (message), FALSE);

  kept = g_object_ref (message);
  id = chat_message_get_id (message);
  if (id != 0 && (self->whole != NULL || self->older != NULL || self->newer != NULL))
    g_hash_table_add (self->removed, copy_id (id));

  if (g_ptr_array_find (self->unsent, message, &position))
    {
      g_ptr_array_remove_index (self->unsent, position);
      if (!self->has_newer)
        splice (self, self->n_sent + position, 1, NULL, 0);
      return !self->has_newer;
    }
  if (!chat_message_list_find (self, message, &position))
    return FALSE;

  drop_sent (self, position, 1);
  return TRUE;
}

void
chat_message_list_resort (ChatMessageList *self,
                          ChatMessage     *message)
{
  guint from, to;
  gint64 id;

  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  id = chat_message_get_id (message);
  if (id == 0 || !g_ptr_array_find (self->unsent, message, &from))
    return;

  /* The window may not reach the newest: then it is met when that is loaded */
  if (self->has_newer)
    {
      g_ptr_array_remove_index (self->unsent, from);
      chat_message_list_add (self, message);
      return;
    }

  to = place_for_id (self, id);
  if (from == 0 && to == self->n_sent && !g_hash_table_contains (self->by_id, &id))
    {
      /* By far the most: it stands where it belongs. The server's date may be another than ours. */
      g_ptr_array_remove_index (self->unsent, 0);
      index_add (self, message);
      self->n_sent++;
      regroup (self, to > 0 ? to - 1 : 0, 3);
      return;
    }

  splice (self, self->n_sent + from, 1, NULL, 0);
  g_ptr_array_remove_index (self->unsent, from);
  chat_message_list_add (self, message);
}

ChatMessage *
chat_message_list_lookup (ChatMessageList *self,
                          gint64           id)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), NULL);

  return g_hash_table_lookup (self->by_id, &id);
}

gboolean
chat_message_list_find (ChatMessageList *self,
                        ChatMessage     *message,
                        guint           *position)
{
  gint64 id;
  guint place;

  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);
  g_return_val_if_fail (CHAT_IS_MESSAGE (message), FALSE);

  id = chat_message_get_id (message);
  place = id != 0 ? place_for_id (self, id) : self->n_sent;
  if (place >= self->n_sent || item (self, place) != message)
    {
      /* Among the unsent; one that just got its id still is */
      for (place = self->n_sent; place < self->items->len && item (self, place) != message; place++)
        ;
      if (place >= self->items->len)
        return FALSE;
    }
  if (position != NULL)
    *position = place;

  return TRUE;
}
