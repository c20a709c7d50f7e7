/* test-message-list-random.c: the window on a room, against a naive reference
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-message-list-common.h"

/* What must hold after every step of the random test */
static void
check_window (Fixture *f)
{
  GPtrArray *history = chat_fake_source_get_history (f->source);
  guint n = length (f), sent = 0, from = 0;

  g_assert_cmpuint (n, ==, f->replica->len);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (at (f, i) == f->replica->pdata[i]);
      if (chat_message_get_id (at (f, i)) != 0)
        {
          g_assert_cmpuint (sent, ==, i);
          g_assert_true (chat_message_list_lookup (f->list, chat_message_get_id (at (f, i))) == at (f, i));
          sent++;
        }
    }
  if (chat_message_list_get_has_newer (f->list))
    g_assert_cmpuint (sent, ==, n);
  check_grouping (f);

  /* One run of the history, without a gap; before the first page only what was pushed */
  if (sent > 0)
    {
      while (from < history->len && history->pdata[from] != at (f, 0))
        from++;
      g_assert_cmpuint (from + sent, <=, history->len);
      for (guint i = 0; i < sent; i++)
        g_assert_true (history->pdata[from + i] == at (f, i));
    }
  if (!chat_message_list_get_loaded (f->list))
    return;
  if (!chat_message_list_get_has_older (f->list) && sent > 0)
    g_assert_cmpuint (from, ==, 0);
  if (!chat_message_list_get_has_newer (f->list))
    g_assert_cmpuint (sent > 0 ? from + sent : history->len, ==, history->len);
}

static void
test_random (void)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr (GRand) rand = NULL;
  const char *forced = g_getenv ("CHAT_TEST_SEED");
  Fixture f;
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 date = NOON;

  if (forced != NULL)
    seed = g_ascii_strtoull (forced, NULL, 10);
  g_test_message ("CHAT_TEST_SEED=%u", seed);
  rand = g_rand_new_with_seed (seed);

  fixture_init (&f, 300);
  chat_message_list_load (f.list);
  for (guint step = 0; step < 3000; step++)
    {
      GPtrArray *history = chat_fake_source_get_history (f.source);
      guint pending = chat_fake_source_get_pending (f.source);

      date += g_rand_int_range (rand, 0, 8) * MINUTE + (g_rand_int_range (rand, 0, 60) == 0 ? 24 * 60 * MINUTE : 0);
      switch (g_rand_int_range (rand, 0, 14))
        {
        case 0:
        case 1:
          chat_message_list_add (f.list, chat_fake_source_append (f.source, g_rand_boolean (rand) ? "bob" : "eve",
                                                                  FALSE, date, "push"));
          break;
        case 2:
          if (history->len > 0)
            {
              g_autoptr (ChatMessage) gone = g_object_ref (history->pdata[g_rand_int_range (rand, 0, history->len)]);

              chat_fake_source_remove (f.source, gone);
              chat_message_list_remove (f.list, gone);
            }
          break;
        case 3:
          g_ptr_array_add (waiting, unsent (&f, date));
          break;
        case 4:
          if (waiting->len > 0)
            {
              guint which = g_rand_int_range (rand, 0, waiting->len);
              ChatMessage *message = waiting->pdata[which];

              if (g_rand_boolean (rand))
                {
                  /* The server has it */
                  chat_message_set_id (message, chat_fake_source_take_id (f.source));
                  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
                  g_ptr_array_add (history, g_object_ref (message));
                  chat_message_list_resort (f.list, message);
                }
              else
                {
                  chat_message_list_remove (f.list, message);
                }
              g_ptr_array_remove_index (waiting, which);
            }
          break;
        case 5:
          chat_message_list_load_older (f.list);
          break;
        case 6:
          chat_message_list_load_newer (f.list);
          break;
        case 7:
          if (g_rand_int_range (rand, 0, 3) == 0)
            chat_message_list_load_around (f.list, g_rand_int_range (rand, 1, 400));
          break;
        case 8:
          chat_message_list_load (f.list);
          break;
        case 9:
          if (pending > 0)
            chat_fake_source_prepare (f.source, g_rand_int_range (rand, 0, pending));
          break;
        case 10:
        case 11:
          if (pending > 0)
            {
              chat_fake_source_answer (f.source, g_rand_int_range (rand, 0, pending));
              spin ();
            }
          break;
        case 12:
          if (pending > 0)
            {
              chat_fake_source_fail (f.source, g_rand_int_range (rand, 0, pending));
              spin ();
              chat_message_list_retry (f.list);
            }
          break;
        case 13:
          /* No connection for a while: what comes is missed, what was asked fails, then the newest page is asked for.
           * What is pushed before it comes stands after a gap until then: answered at once here. */
          if (g_rand_int_range (rand, 0, 6) == 0)
            {
              gboolean push = g_rand_boolean (rand);

              chat_message_list_set_following (f.list, g_rand_boolean (rand));
              while (chat_fake_source_get_pending (f.source) > 0)
                {
                  chat_fake_source_fail (f.source, 0);
                  spin ();
                }
              for (int i = g_rand_int_range (rand, 0, 100); i > 0; i--)
                chat_fake_source_append (f.source, "bob", FALSE, date, "missed");
              chat_message_list_reload (f.list);
              if (push)
                chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, date, "push"));
              if (g_rand_boolean (rand))
                {
                  while (chat_fake_source_get_pending (f.source) > 0)
                    {
                      chat_fake_source_fail (f.source, 0);
                      spin ();
                    }
                  chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, date, "push"));
                  chat_message_list_reload (f.list);
                }
              while (chat_fake_source_get_pending (f.source) > 0)
                {
                  chat_fake_source_answer (f.source, 0);
                  spin ();
                }
            }
          break;
        default:
          g_assert_not_reached ();
        }
      check_window (&f);
    }

  g_ptr_array_set_size (waiting, 0);
  fixture_clear (&f);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/message-list/random", test_random);

  return g_test_run ();
}
