/* chat-message-list.c: a window on the messages of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message-list-private.h"

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

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatMessageList, chat_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, chat_message_list_list_model_init))

static gint64 *
copy_id (gint64 id)
{
  gint64 *copy = g_new (gint64, 1);

  *copy = id;
  return copy;
}

/* The unsent stand at the end only while that is the newest */
void
chat_message_list_set_has_newer (ChatMessageList *self,
                                 gboolean         has_newer)
{
  if (self->has_newer == has_newer)
    return;

  self->has_newer = has_newer;
  chat_message_window_set_shows_unsent (&self->window, !has_newer);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_NEWER]);
}

void
chat_message_list_set_has_older (ChatMessageList *self,
                                 gboolean         has_older)
{
  chat_message_window_set_first_known (&self->window, self->loaded && !has_older);
  if (self->has_older == has_older)
    return;

  self->has_older = has_older;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_OLDER]);
}

/* Gives up what may follow a gap: the window no longer reaches the newest */
void
chat_message_list_cut (ChatMessageList *self)
{
  guint from = chat_message_window_place (&self->window, self->stale_after + 1);

  chat_message_list_set_has_newer (self, TRUE);
  chat_message_window_remove (&self->window, from, self->window.n_sent - from);
  self->stale = CHAT_LIST_SURE;
}

/* Pages */

static void
request_free (ChatPageRequest *request)
{
  g_object_unref (request->cancellable);
  g_free (request);
}

static ChatPageRequest **
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

void
chat_message_list_drop_request (ChatMessageList  *self,
                                ChatPageRequest **slot)
{
  ChatPageRequest *request = g_steal_pointer (slot);
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

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  ChatPageRequest *request = user_data;
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
        chat_message_list_take_older (self, page);
      else if (request->kind == CHAT_PAGE_AFTER)
        chat_message_list_take_newer (self, page);
      else
        chat_message_list_take_whole (self, page, request);

      if (!self->loaded)
        {
          self->loaded = TRUE;
          chat_message_list_set_has_older (self, self->has_older);
          g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
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
  ChatPageRequest **slot = request_slot (self, kind);
  ChatPageRequest *request;

  g_return_if_fail (*slot == NULL);

  request = g_new0 (ChatPageRequest, 1);
  request->list = self;
  request->cancellable = g_cancellable_new ();
  request->kind = kind;
  request->anchor = anchor;
  if (self->stale != CHAT_LIST_SURE)
    request->frontier = self->stale_after;
  else
    request->frontier = self->loaded ? chat_message_window_last_id (&self->window) : 0;
  *slot = request;

  set_error (self, NULL);
  notify_loading (self, kind);
  chat_message_source_load_async (self->source, kind, anchor, CHAT_MESSAGE_LIST_PAGE, request->cancellable,
                                  page_cb, request);
}

/* A page that replaces the window: those that would continue it are no longer wanted */
static void
ask_whole (ChatMessageList *self,
           ChatPageKind     kind,
           gint64           anchor)
{
  chat_message_list_drop_request (self, &self->whole);
  chat_message_list_drop_request (self, &self->older);
  chat_message_list_drop_request (self, &self->newer);
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
  return CHAT_MESSAGE_LIST (model)->window.items->len;
}

static gpointer
chat_message_list_get_item (GListModel *model,
                            guint       position)
{
  ChatMessageList *self = CHAT_MESSAGE_LIST (model);

  return position < self->window.items->len ? g_object_ref (chat_message_window_item (&self->window, position)) : NULL;
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

  chat_message_list_drop_request (self, &self->whole);
  chat_message_list_drop_request (self, &self->older);
  chat_message_list_drop_request (self, &self->newer);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (chat_message_list_parent_class)->dispose (object);
}

static void
chat_message_list_finalize (GObject *object)
{
  ChatMessageList *self = CHAT_MESSAGE_LIST (object);

  chat_message_window_clear (&self->window);
  g_ptr_array_unref (self->late);
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
  chat_message_window_init (&self->window, G_LIST_MODEL (self));
  self->late = g_ptr_array_new_with_free_func (g_object_unref);
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
        chat_message_list_drop_request (self, &self->whole);
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

  if (!self->loaded || !self->has_older || self->older != NULL)
    return;
  /* The window is about to be another */
  if (self->whole != NULL && (self->whole->kind == CHAT_PAGE_AROUND || self->has_newer))
    return;

  if (self->window.n_sent > 0)
    ask (self, CHAT_PAGE_BEFORE, chat_message_window_first_id (&self->window));
  else if (self->whole == NULL)
    /* Everything in the window was deleted: there is nothing to go on from */
    ask (self, CHAT_PAGE_NEWEST, 0);
}

void
chat_message_list_load_newer (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  if (!self->loaded || !self->has_newer || self->newer != NULL || self->whole != NULL)
    return;
  /* Everything in the window was deleted: there is nothing to go on from */
  if (self->window.n_sent == 0)
    {
      chat_message_list_load (self);
      return;
    }

  ask (self, CHAT_PAGE_AFTER, chat_message_window_last_id (&self->window));
}

void
chat_message_list_load_around (ChatMessageList *self,
                               gint64           id)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));
  g_return_if_fail (id > 0);

  if (chat_message_window_lookup (&self->window, id) != NULL)
    return;
  if (self->whole != NULL && self->whole->kind == CHAT_PAGE_AROUND && self->whole->anchor == id)
    return;

  /* Where it fails nobody closes the gap that there may be */
  if (self->stale != CHAT_LIST_SURE)
    chat_message_list_cut (self);
  ask_whole (self, CHAT_PAGE_AROUND, id);
}

void
chat_message_list_doubt (ChatMessageList *self,
                         gboolean         gap)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  if (!self->loaded || self->has_newer)
    return;
  /* What came since the first doubt is in doubt itself */
  if (self->stale == CHAT_LIST_SURE)
    self->stale_after = chat_message_window_last_id (&self->window);
  self->stale = MAX (self->stale, gap ? CHAT_LIST_GAP : CHAT_LIST_WAITS);
}

void
chat_message_list_trust (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  if (self->stale == CHAT_LIST_WAITS)
    self->stale = CHAT_LIST_SURE;
}

gboolean
chat_message_list_is_doubted (ChatMessageList *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);

  return self->stale != CHAT_LIST_SURE;
}

void
chat_message_list_reload (ChatMessageList *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  chat_message_list_doubt (self, FALSE);

  /* One that was asked for over the old connection may never come, or may be old: ask anew */
  if (self->whole != NULL)
    {
      ChatPageKind kind = self->whole->kind;
      gint64 anchor = self->whole->anchor;

      ask_whole (self, kind, anchor);
      return;
    }
  if (self->loaded && self->has_newer && self->stale == CHAT_LIST_SURE)
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

  following = !!following;
  if (self->following == following)
    return;

  self->following = following;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
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

gboolean
chat_message_list_add (ChatMessageList *self,
                       ChatMessage     *message)
{
  gint64 id;
  guint position, n_over;

  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);
  g_return_val_if_fail (CHAT_IS_MESSAGE (message), FALSE);

  id = chat_message_get_id (message);
  if (id == 0)
    {
      chat_message_window_add_unsent (&self->window, message);
      return !self->has_newer;
    }
  if (chat_message_window_lookup (&self->window, id) != NULL)
    return TRUE;
  if (chat_message_window_settle (&self->window, message))
    return TRUE;
  chat_message_window_remove_unsent (&self->window, message);

  position = chat_message_window_place (&self->window, id);
  if (position == 0 && self->has_older && self->window.n_sent > 0)
    return FALSE;
  if (position == self->window.n_sent && self->loaded && !self->has_newer && !self->following &&
      (self->window.n_sent >= CHAT_MESSAGE_LIST_MAX || self->window.bytes >= CHAT_MESSAGE_LIST_MAX_BYTES))
    {
      /* Full, and the oldest may be just what is being read */
      chat_message_list_set_has_newer (self, TRUE);
    }
  if (position == self->window.n_sent && self->has_newer)
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

  chat_message_window_insert (&self->window, message);

  /* A page at a time, not a row for a row */
  if (self->following && (self->window.n_sent > CHAT_MESSAGE_LIST_MAX + CHAT_MESSAGE_LIST_PAGE ||
                          self->window.bytes > CHAT_MESSAGE_LIST_MAX_BYTES / 8 * 9) &&
      (n_over = chat_message_list_count_excess (self, FALSE)) > 0)
    {
      chat_message_list_drop_request (self, &self->older);
      chat_message_window_remove (&self->window, 0, n_over);
      chat_message_list_set_has_older (self, TRUE);
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

  if (chat_message_window_remove_unsent (&self->window, message))
    return !self->has_newer;
  if (!chat_message_window_find (&self->window, message, &position))
    return FALSE;

  chat_message_window_remove (&self->window, position, 1);
  return TRUE;
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return x < y ? -1 : x > y;
}

void
chat_message_list_remove_all (ChatMessageList *self,
                              GPtrArray       *messages)
{
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));

  for (guint i = 0; i < messages->len; i++)
    {
      gint64 id = chat_message_get_id (messages->pdata[i]);
      guint position;

      if (id != 0 && (self->whole != NULL || self->older != NULL || self->newer != NULL))
        g_hash_table_add (self->removed, copy_id (id));
      if (!chat_message_window_remove_unsent (&self->window, messages->pdata[i])
          && chat_message_window_find (&self->window, messages->pdata[i], &position))
        g_array_append_val (positions, position);
    }

  /* Each run at once; the last one first, so that the positions hold */
  g_array_sort (positions, compare_positions);
  for (guint end = positions->len; end > 0;)
    {
      guint start = end - 1;

      while (start > 0 && g_array_index (positions, guint, start - 1) + 1 == g_array_index (positions, guint, start))
        start--;
      chat_message_window_remove (&self->window, g_array_index (positions, guint, start), end - start);
      end = start;
    }
}

void
chat_message_list_resort (ChatMessageList *self,
                          ChatMessage     *message)
{
  g_return_if_fail (CHAT_IS_MESSAGE_LIST (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  if (chat_message_get_id (message) == 0 || !g_ptr_array_find (self->window.unsent, message, NULL))
    return;

  /* By far the most stand where they belong, and no row moves. A window that does not reach the newest meets the
   * message when that is loaded. */
  if (!chat_message_window_settle (&self->window, message))
    {
      g_autoptr (ChatMessage) kept G_GNUC_UNUSED = g_object_ref (message);

      chat_message_window_remove_unsent (&self->window, message);
      chat_message_list_add (self, message);
    }
}

ChatMessage *
chat_message_list_lookup (ChatMessageList *self,
                          gint64           id)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), NULL);

  return chat_message_window_lookup (&self->window, id);
}

gboolean
chat_message_list_find (ChatMessageList *self,
                        ChatMessage     *message,
                        guint           *position)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_LIST (self), FALSE);
  g_return_val_if_fail (CHAT_IS_MESSAGE (message), FALSE);

  return chat_message_window_find (&self->window, message, position);
}
