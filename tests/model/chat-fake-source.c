/* chat-fake-source.c: a ChatMessageSource over a plain array, whose answers a test holds in its hand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-source.h"

typedef struct
{
  ChatPageKind     kind;
  gint64           anchor;
  guint            limit;
  ChatMessagePage *page;    /* (nullable): not written yet */
} Asked;

struct _ChatFakeSource
{
  GObject    parent_instance;

  GPtrArray *history;
  GPtrArray *pending;   /* (element-type GTask) */
  gint64     last_id;
  guint      n_asked;
  guint      idle;
  gboolean   automatic;
  gboolean   doubtful;
};

static void chat_fake_source_iface_init (ChatMessageSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatFakeSource, chat_fake_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_MESSAGE_SOURCE, chat_fake_source_iface_init))

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_clear_pointer (&asked->page, chat_message_page_free);
  g_free (asked);
}

static guint
place (ChatFakeSource *self,
       gint64          id)
{
  guint i = 0;

  while (i < self->history->len && chat_message_get_id (self->history->pdata[i]) < id)
    i++;

  return i;
}

static ChatMessagePage *
write_page (ChatFakeSource *self,
            const Asked    *asked)
{
  ChatMessagePage *page = chat_message_page_new ();
  guint n = self->history->len, from, to;

  switch (asked->kind)
    {
    case CHAT_PAGE_BEFORE:
      to = place (self, asked->anchor);
      from = to > asked->limit ? to - asked->limit : 0;
      break;
    case CHAT_PAGE_AFTER:
      from = place (self, asked->anchor + 1);
      to = MIN (from + asked->limit, n);
      break;
    case CHAT_PAGE_AROUND:
      to = MIN (place (self, asked->anchor) + asked->limit / 2, n);
      from = to > asked->limit ? to - asked->limit : 0;
      break;
    case CHAT_PAGE_NEWEST:
    default:
      to = n;
      from = to > asked->limit ? to - asked->limit : 0;
    }

  for (guint i = from; i < to; i++)
    g_ptr_array_add (page->messages, g_object_ref (self->history->pdata[i]));
  page->more_before = from > 0;
  page->more_after = to < n;
  page->doubtful = self->doubtful;

  return page;
}

static gboolean
answer_all_cb (gpointer user_data)
{
  ChatFakeSource *self = user_data;

  self->idle = 0;
  while (self->pending->len > 0)
    chat_fake_source_answer (self, 0);

  return G_SOURCE_REMOVE;
}

static void
chat_fake_source_load_async (ChatMessageSource   *source,
                             ChatPageKind         kind,
                             gint64               anchor,
                             guint                limit,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  ChatFakeSource *self = CHAT_FAKE_SOURCE (source);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Asked *asked = g_new0 (Asked, 1);

  g_assert_cmpuint (limit, >=, 1);
  g_assert_cmpuint (limit, <=, 200);

  asked->kind = kind;
  asked->anchor = anchor;
  asked->limit = limit;
  g_task_set_task_data (task, asked, asked_free);
  g_ptr_array_add (self->pending, task);
  self->n_asked++;
  if (self->automatic && self->idle == 0)
    self->idle = g_idle_add (answer_all_cb, self);
}

static ChatMessagePage *
chat_fake_source_load_finish (ChatMessageSource  *source,
                              GAsyncResult       *result,
                              GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
chat_fake_source_iface_init (ChatMessageSourceInterface *iface)
{
  iface->load_async = chat_fake_source_load_async;
  iface->load_finish = chat_fake_source_load_finish;
}

static void
chat_fake_source_finalize (GObject *object)
{
  ChatFakeSource *self = CHAT_FAKE_SOURCE (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->history);

  G_OBJECT_CLASS (chat_fake_source_parent_class)->finalize (object);
}

static void
chat_fake_source_class_init (ChatFakeSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_fake_source_finalize;
}

static void
chat_fake_source_init (ChatFakeSource *self)
{
  self->history = g_ptr_array_new_with_free_func (g_object_unref);
  self->pending = g_ptr_array_new_with_free_func (g_object_unref);
}

ChatFakeSource *
chat_fake_source_new (void)
{
  return g_object_new (CHAT_TYPE_FAKE_SOURCE, NULL);
}

void
chat_fake_source_set_auto (ChatFakeSource *self,
                           gboolean        automatic)
{
  self->automatic = automatic;
}

GPtrArray *
chat_fake_source_get_history (ChatFakeSource *self)
{
  return self->history;
}

gint64
chat_fake_source_take_id (ChatFakeSource *self)
{
  return ++self->last_id;
}

ChatMessage *
chat_fake_source_append (ChatFakeSource *self,
                         const char     *sender,
                         gboolean        outgoing,
                         gint64          date,
                         const char     *text)
{
  ChatMessage *message = chat_message_new (1, sender, outgoing, CHAT_MESSAGE_TEXT, NULL);

  chat_message_set_id (message, chat_fake_source_take_id (self));
  chat_message_set_date (message, date, NULL);
  chat_message_set_text (message, text);
  g_ptr_array_add (self->history, message);

  return message;
}

void
chat_fake_source_remove (ChatFakeSource *self,
                         ChatMessage    *message)
{
  g_assert_true (g_ptr_array_remove (self->history, message));
}

guint
chat_fake_source_get_pending (ChatFakeSource *self)
{
  return self->pending->len;
}

guint
chat_fake_source_get_asked (ChatFakeSource *self)
{
  return self->n_asked;
}

ChatPageKind
chat_fake_source_get_kind (ChatFakeSource *self,
                           guint           index)
{
  Asked *asked = g_task_get_task_data (self->pending->pdata[index]);

  return asked->kind;
}

void
chat_fake_source_prepare (ChatFakeSource *self,
                          guint           index)
{
  Asked *asked = g_task_get_task_data (self->pending->pdata[index]);

  if (asked->page == NULL)
    asked->page = write_page (self, asked);
}

void
chat_fake_source_set_doubtful (ChatFakeSource *self,
                               gboolean        doubtful)
{
  self->doubtful = doubtful;
}

void
chat_fake_source_answer (ChatFakeSource *self,
                         guint           index)
{
  g_autoptr (GTask) task = NULL;
  Asked *asked;

  g_assert_cmpuint (index, <, self->pending->len);
  chat_fake_source_prepare (self, index);
  task = g_ptr_array_steal_index (self->pending, index);
  asked = g_task_get_task_data (task);
  g_task_return_pointer (task, g_steal_pointer (&asked->page), (GDestroyNotify) chat_message_page_free);
}

void
chat_fake_source_fail (ChatFakeSource *self,
                       guint           index)
{
  g_autoptr (GTask) task = NULL;

  g_assert_cmpuint (index, <, self->pending->len);
  task = g_ptr_array_steal_index (self->pending, index);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "no connection");
}
