/* test-message-list-common.c: a window on a room, and what it told of itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-message-list-common.h"

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Fixture    *f)
{
  g_string_append_printf (f->told, "%u-%u+%u ", position, removed, added);
  g_assert_cmpuint (position + removed, <=, f->replica->len);
  if (removed > 0)
    g_ptr_array_remove_range (f->replica, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (f->replica, position + i, g_list_model_get_item (model, position + i));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, f->replica->len);
}

static void
notify_cb (GObject    *object,
           GParamSpec *pspec,
           Fixture    *f)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (f->notified, pspec->name));

  g_hash_table_insert (f->notified, (gpointer) pspec->name, GUINT_TO_POINTER (n + 1));
}

guint
notified (Fixture    *f,
          const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (f->notified, name));
}

void
fixture_init (Fixture *f,
              guint    n_messages)
{
  f->source = chat_fake_source_new ();
  for (guint i = 0; i < n_messages; i++)
    chat_fake_source_append (f->source, "bob", FALSE, NOON + i * MINUTE, "text");
  f->list = chat_message_list_new (CHAT_MESSAGE_SOURCE (f->source));
  f->replica = g_ptr_array_new_with_free_func (g_object_unref);
  f->told = g_string_new (NULL);
  f->notified = g_hash_table_new (g_str_hash, g_str_equal);
  g_signal_connect (f->list, "items-changed", G_CALLBACK (items_changed_cb), f);
  g_signal_connect (f->list, "notify", G_CALLBACK (notify_cb), f);
}

void
fixture_clear (Fixture *f)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_signal_handlers_disconnect_by_data (f->list, f);
  g_ptr_array_unref (f->replica);
  g_string_free (f->told, TRUE);
  g_hash_table_unref (f->notified);
  g_assert_finalize_object (f->list);
  /* Each request that nobody wants any more holds the source */
  while (chat_fake_source_get_pending (f->source) > 0)
    chat_fake_source_fail (f->source, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->source);
}

/* An answer arrives in an idle; nothing else is ever pending in these tests */
void
spin (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
answer (Fixture *f)
{
  chat_fake_source_answer (f->source, 0);
  spin ();
}

void
loaded (Fixture *f,
        guint    n_messages)
{
  fixture_init (f, n_messages);
  chat_message_list_load (f->list);
  answer (f);
  g_string_truncate (f->told, 0);
  g_hash_table_remove_all (f->notified);
}

ChatMessage *
at (Fixture *f,
    guint    position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (f->list), position);

  g_assert_nonnull (message);
  return message;
}

guint
length (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->list));
}

ChatMessage *
unsent (Fixture *f,
        gint64   date)
{
  g_autoptr (ChatMessage) message = chat_message_new (1, "ann", TRUE, CHAT_MESSAGE_TEXT, "ref");

  chat_message_set_date (message, date, NULL);
  chat_message_set_state (message, CHAT_MESSAGE_SENDING, NULL);
  chat_message_list_add (f->list, message);
  return g_steal_pointer (&message);
}

/* The naive rule, as the header words it */
void
check_grouping (Fixture *f)
{
  guint n = length (f);

  for (guint i = 0; i < n; i++)
    {
      ChatMessage *message = at (f, i), *before = i > 0 ? at (f, i - 1) : NULL;
      gint64 date = chat_message_get_date (message);
      gboolean starts_day, starts_group;

      if (before == NULL)
        {
          starts_day = chat_message_list_get_loaded (f->list) && !chat_message_list_get_has_older (f->list);
          starts_group = TRUE;
        }
      else
        {
          gint64 previous = chat_message_get_date (before);

          /* The tests run in UTC */
          starts_day = date / (24 * 60 * MINUTE) != previous / (24 * 60 * MINUTE);
          starts_group = starts_day || ABS (date - previous) > 5 * MINUTE ||
                         g_strcmp0 (chat_message_get_sender (message), chat_message_get_sender (before)) != 0;
          g_assert_cmpint (chat_message_get_ends_group (before), ==, starts_group);
        }
      g_assert_cmpint (chat_message_get_starts_day (message), ==, starts_day);
      g_assert_cmpint (chat_message_get_starts_group (message), ==, starts_group);
    }
  if (n > 0)
    g_assert_true (chat_message_get_ends_group (at (f, n - 1)));
}
