/* bench-source.c: a room of any number of messages that are made as they are asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "bench-source.h"

#define NEWEST_USEC (G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC)   /* 2026-01-01 */
#define INTERVAL_USEC (4 * 60 * G_USEC_PER_SEC)                           /* between two messages */

struct _BenchSource
{
  GObject parent_instance;

  guint       n_messages;
  GHashTable *alive;        /* gint64 * (owned) -> GWeakRef * (owned) */
};

static void bench_source_iface_init (ChatMessageSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BenchSource, bench_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_MESSAGE_SOURCE, bench_source_iface_init))

/* One in ten is long, as among people */
static char *
text_of (guint id)
{
  static const char *const words[] = {
    "and", "then", "we", "walked", "along", "the", "river", "until", "it", "was", "dark", "tomorrow", "perhaps", "bring",
    "your", "camera", "because", "lights", "over", "bridge", "are", "wonderful", "увечері", "зателефоную", "großartig"
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (id * 2654435761u);
  int n = g_rand_int_range (rand, 0, 10) == 0 ? g_rand_int_range (rand, 40, 160) : g_rand_int_range (rand, 1, 25);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u:", id);
  for (int i = 0; i < n; i++)
    {
      g_string_append_c (text, ' ');
      g_string_append (text, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
    }
  return g_string_free (text, FALSE);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static ChatMessage *
ref_message (BenchSource *self,
             gint64       id)
{
  GWeakRef *weak = g_hash_table_lookup (self->alive, &id);
  ChatMessage *message = weak != NULL ? g_weak_ref_get (weak) : NULL;
  g_autofree char *text = NULL;
  gboolean outgoing = (id / 3) % 2 == 0;

  if (message != NULL)
    return message;
  text = text_of ((guint) id);
  message = chat_message_new (1, outgoing ? "me" : "ada", outgoing, CHAT_MESSAGE_TEXT, NULL);
  chat_message_set_id (message, id);
  chat_message_set_text (message, text);
  chat_message_set_date (message, NEWEST_USEC - (self->n_messages - id) * INTERVAL_USEC, NULL);
  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
  if (weak == NULL)
    {
      gint64 *key = g_new (gint64, 1);

      *key = id;
      weak = g_new0 (GWeakRef, 1);
      g_weak_ref_init (weak, message);
      g_hash_table_insert (self->alive, key, weak);
    }
  else
    g_weak_ref_set (weak, message);
  return message;
}

static void
bench_source_load_async (ChatMessageSource   *source,
                         ChatPageKind         kind,
                         gint64               anchor,
                         guint                limit,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  BenchSource *self = BENCH_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  ChatMessagePage *page = chat_message_page_new ();
  gint64 first = 1, last = self->n_messages;

  switch (kind)
    {
    case CHAT_PAGE_NEWEST:
      first = last - limit + 1;
      break;
    case CHAT_PAGE_BEFORE:
      last = anchor - 1;
      first = last - limit + 1;
      break;
    case CHAT_PAGE_AFTER:
      first = anchor + 1;
      last = MIN (last, anchor + limit);
      break;
    case CHAT_PAGE_AROUND:
    default:
      first = anchor - limit / 2;
      last = MIN (last, first + limit - 1);
      break;
    }
  first = MAX (first, 1);
  for (gint64 id = first; id <= last; id++)
    g_ptr_array_add (page->messages, ref_message (self, id));
  page->more_before = first > 1;
  page->more_after = last < self->n_messages;
  g_task_return_pointer (task, page, (GDestroyNotify) chat_message_page_free);
}

static ChatMessagePage *
bench_source_load_finish (ChatMessageSource  *source,
                          GAsyncResult       *result,
                          GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bench_source_iface_init (ChatMessageSourceInterface *iface)
{
  iface->load_async = bench_source_load_async;
  iface->load_finish = bench_source_load_finish;
}

static void
bench_source_finalize (GObject *object)
{
  g_hash_table_unref (BENCH_SOURCE (object)->alive);

  G_OBJECT_CLASS (bench_source_parent_class)->finalize (object);
}

static void
bench_source_class_init (BenchSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bench_source_finalize;
}

static void
bench_source_init (BenchSource *self)
{
  self->alive = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, weak_ref_free);
}

BenchSource *
bench_source_new (guint n_messages)
{
  BenchSource *self = g_object_new (BENCH_TYPE_SOURCE, NULL);

  self->n_messages = n_messages;
  return self;
}
