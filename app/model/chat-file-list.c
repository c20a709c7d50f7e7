/* chat-file-list.c: the messages of a room that carry an image, or another file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-file-list.h"

struct _ChatFileList
{
  GObject           parent_instance;

  GPtrArray        *messages;   /* of ChatMessage, the newest first */
  ChatFileListLoad  load;
  gpointer          user_data;
  GDestroyNotify    destroy;
  gint64            wanted;     /* that chat_file_list_load_to() was called for while something else was on its way; 0: none */
  gboolean          loading;
  gboolean          has_more;
  gboolean          failed;
};

enum
{
  PROP_LOADING = 1,
  PROP_HAS_MORE,
  PROP_FAILED,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void chat_file_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatFileList, chat_file_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, chat_file_list_model_init))

static GType
get_item_type (GListModel *model)
{
  return CHAT_TYPE_MESSAGE;
}

static guint
get_n_items (GListModel *model)
{
  return CHAT_FILE_LIST (model)->messages->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  ChatFileList *self = CHAT_FILE_LIST (model);

  return position < self->messages->len ? g_object_ref (self->messages->pdata[position]) : NULL;
}

static void
chat_file_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
chat_file_list_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ChatFileList *self = CHAT_FILE_LIST (object);

  switch (prop_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_HAS_MORE:
      g_value_set_boolean (value, chat_file_list_get_has_more (self));
      break;
    case PROP_FAILED:
      g_value_set_boolean (value, self->failed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_file_list_dispose (GObject *object)
{
  ChatFileList *self = CHAT_FILE_LIST (object);

  self->load = NULL;
  if (self->destroy != NULL)
    g_steal_pointer (&self->destroy) (self->user_data);
  G_OBJECT_CLASS (chat_file_list_parent_class)->dispose (object);
}

static void
chat_file_list_finalize (GObject *object)
{
  g_ptr_array_unref (CHAT_FILE_LIST (object)->messages);
  G_OBJECT_CLASS (chat_file_list_parent_class)->finalize (object);
}

static void
chat_file_list_class_init (ChatFileListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_file_list_get_property;
  object_class->dispose = chat_file_list_dispose;
  object_class->finalize = chat_file_list_finalize;

  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, ro);
  properties[PROP_HAS_MORE] = g_param_spec_boolean ("has-more", NULL, NULL, FALSE, ro);
  properties[PROP_FAILED] = g_param_spec_boolean ("failed", NULL, NULL, FALSE, ro);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_file_list_init (ChatFileList *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
}

ChatFileList *
chat_file_list_new (ChatFileListLoad load,
                    gpointer         user_data,
                    GDestroyNotify   destroy)
{
  ChatFileList *self = g_object_new (CHAT_TYPE_FILE_LIST, NULL);

  self->load = load;
  self->user_data = user_data;
  self->destroy = destroy;
  self->has_more = load != NULL;
  return self;
}

/* Loading */

gboolean
chat_file_list_get_loading (ChatFileList *self)
{
  g_return_val_if_fail (CHAT_IS_FILE_LIST (self), FALSE);

  return self->loading;
}

gboolean
chat_file_list_get_has_more (ChatFileList *self)
{
  g_return_val_if_fail (CHAT_IS_FILE_LIST (self), FALSE);

  return self->has_more && self->messages->len < CHAT_FILE_LIST_MAX;
}

gboolean
chat_file_list_get_failed (ChatFileList *self)
{
  g_return_val_if_fail (CHAT_IS_FILE_LIST (self), FALSE);

  return self->failed;
}

static void
set_flag (ChatFileList *self,
          gboolean     *flag,
          gboolean      value,
          guint         prop)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static void
load (ChatFileList *self,
      gint64        down_to)
{
  if (self->loading || self->load == NULL || !chat_file_list_get_has_more (self))
    return;
  set_flag (self, &self->failed, FALSE, PROP_FAILED);
  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  self->load (self, down_to, self->user_data);
}

void
chat_file_list_load_more (ChatFileList *self)
{
  g_return_if_fail (CHAT_IS_FILE_LIST (self));

  load (self, 0);
}

void
chat_file_list_load_to (ChatFileList *self,
                        gint64        id)
{
  g_return_if_fail (CHAT_IS_FILE_LIST (self));

  if (chat_file_list_find (self, id, NULL))
    return;
  if (self->loading)
    self->wanted = id;
  else
    load (self, id);
}

void
chat_file_list_set_has_more (ChatFileList *self,
                             gboolean      has_more)
{
  g_return_if_fail (CHAT_IS_FILE_LIST (self));

  set_flag (self, &self->has_more, has_more, PROP_HAS_MORE);
}

void
chat_file_list_end_load (ChatFileList *self,
                         gboolean      has_more,
                         gboolean      failed)
{
  gint64 wanted = self->wanted;

  g_return_if_fail (CHAT_IS_FILE_LIST (self));

  g_object_freeze_notify (G_OBJECT (self));
  self->wanted = 0;
  set_flag (self, &self->has_more, has_more, PROP_HAS_MORE);
  set_flag (self, &self->failed, failed, PROP_FAILED);
  set_flag (self, &self->loading, FALSE, PROP_LOADING);
  if (wanted > 0 && !failed && !chat_file_list_find (self, wanted, NULL))
    load (self, wanted);
  g_object_thaw_notify (G_OBJECT (self));
}

/* What is in it */

gboolean
chat_file_list_find (ChatFileList *self,
                     gint64        id,
                     guint        *position)
{
  guint from = 0, to;

  g_return_val_if_fail (CHAT_IS_FILE_LIST (self), FALSE);

  to = self->messages->len;
  while (from < to)
    {
      guint middle = from + (to - from) / 2;

      if (chat_message_get_id (self->messages->pdata[middle]) > id)
        from = middle + 1;
      else
        to = middle;
    }
  if (position != NULL)
    *position = from;
  return from < self->messages->len && chat_message_get_id (self->messages->pdata[from]) == id;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  gint64 first = chat_message_get_id (*(ChatMessage *const *) a), second = chat_message_get_id (*(ChatMessage *const *) b);

  return first < second ? 1 : first > second ? -1 : 0;
}

void
chat_file_list_add (ChatFileList *self,
                    GPtrArray    *messages)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  guint at = 0;

  g_return_if_fail (CHAT_IS_FILE_LIST (self));

  for (guint i = 0; i < messages->len; i++)
    if (chat_message_get_id (messages->pdata[i]) > 0)
      g_ptr_array_add (sorted, messages->pdata[i]);
  g_ptr_array_sort (sorted, compare);
  /* Each run that belongs between the same two is told at once */
  while (at < sorted->len)
    {
      guint position, n = 0;
      gint64 next, last = 0;

      if (chat_file_list_find (self, chat_message_get_id (sorted->pdata[at]), &position))
        {
          at++;
          continue;
        }
      next = position < self->messages->len ? chat_message_get_id (self->messages->pdata[position]) : 0;
      for (; at < sorted->len && chat_message_get_id (sorted->pdata[at]) > next; at++)
        {
          if (chat_message_get_id (sorted->pdata[at]) == last)
            continue;
          last = chat_message_get_id (sorted->pdata[at]);
          g_ptr_array_insert (self->messages, position + n++, g_object_ref (sorted->pdata[at]));
        }
      g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n);
    }
}

gboolean
chat_file_list_remove (ChatFileList *self,
                       gint64        id)
{
  guint position;

  g_return_val_if_fail (CHAT_IS_FILE_LIST (self), FALSE);

  if (!chat_file_list_find (self, id, &position))
    return FALSE;
  g_ptr_array_remove_index (self->messages, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return TRUE;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return first < second ? 1 : first > second ? -1 : 0;
}

void
chat_file_list_remove_all (ChatFileList *self,
                           GArray       *ids)
{
  g_autoptr (GArray) sorted = NULL;

  g_return_if_fail (CHAT_IS_FILE_LIST (self));

  sorted = g_array_copy (ids);
  g_array_sort (sorted, compare_ids);
  for (guint i = 0; i < sorted->len;)
    {
      guint position, n = 0;

      if (!chat_file_list_find (self, g_array_index (sorted, gint64, i), &position))
        {
          i++;
          continue;
        }
      while (i < sorted->len && position + n < self->messages->len)
        {
          gint64 id = chat_message_get_id (self->messages->pdata[position + n]);

          if (id == g_array_index (sorted, gint64, i))
            n++;
          else if (g_array_index (sorted, gint64, i) < id)
            break;
          i++;
        }
      g_ptr_array_remove_range (self->messages, position, n);
      g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
    }
}

void
chat_file_list_clear (ChatFileList *self)
{
  guint n;

  g_return_if_fail (CHAT_IS_FILE_LIST (self));

  n = self->messages->len;
  g_ptr_array_set_size (self->messages, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}
