/* test-message-list.c: the window on a room, step by step, with what may go wrong
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-message-list-common.h"

static void
test_pages (void)
{
  Fixture f;

  fixture_init (&f, 120);
  g_assert_false (chat_message_list_get_loaded (f.list));
  chat_message_list_load_older (f.list);
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 0);

  chat_message_list_load (f.list);
  chat_message_list_load (f.list);
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 1);
  g_assert_true (chat_message_list_get_loading (f.list));
  answer (&f);
  g_assert_cmpstr (f.told->str, ==, "0-0+50 ");
  g_assert_true (chat_message_list_get_loaded (f.list));
  g_assert_true (chat_message_list_get_has_older (f.list));
  g_assert_false (chat_message_list_get_has_newer (f.list));
  g_assert_cmpint (chat_message_get_id (at (&f, 0)), ==, 71);
  g_assert_cmpuint (notified (&f, "loaded"), ==, 1);
  g_assert_cmpuint (notified (&f, "loading"), ==, 2);
  g_assert_cmpuint (notified (&f, "has-older"), ==, 1);
  g_assert_cmpuint (notified (&f, "has-newer"), ==, 0);
  g_assert_cmpuint (notified (&f, "error"), ==, 0);

  g_string_truncate (f.told, 0);
  chat_message_list_load_older (f.list);
  chat_message_list_load_older (f.list);
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 1);
  answer (&f);
  chat_message_list_load_older (f.list);
  answer (&f);
  g_assert_cmpstr (f.told->str, ==, "0-0+50 0-0+20 ");
  g_assert_false (chat_message_list_get_has_older (f.list));
  g_assert_cmpuint (notified (&f, "loading-older"), ==, 4);
  g_assert_cmpuint (notified (&f, "has-older"), ==, 2);
  chat_message_list_load_older (f.list);
  chat_message_list_load_newer (f.list);
  chat_message_list_load (f.list);
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 0);

  /* An edit is no change of the list */
  g_string_truncate (f.told, 0);
  chat_message_set_text (at (&f, 3), "other");
  g_assert_cmpstr (f.told->str, ==, "");

  fixture_clear (&f);
}

static void
test_around (void)
{
  Fixture f;
  g_autoptr (ChatMessage) mine = NULL;

  loaded (&f, 500);
  mine = unsent (&f, NOON);
  g_assert_true (at (&f, 50) == mine);
  chat_message_list_load_around (f.list, 480);
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 0);

  g_string_truncate (f.told, 0);
  chat_message_list_load_around (f.list, 100);
  answer (&f);
  g_assert_true (chat_message_list_get_has_newer (f.list));
  g_assert_nonnull (chat_message_list_lookup (f.list, 100));
  g_assert_cmpuint (length (&f), ==, 50);
  g_assert_false (chat_message_list_find (f.list, mine, NULL));
  /* The unsent one goes, then everything else in one step */
  g_assert_cmpstr (f.told->str, ==, "50-1+0 0-50+50 ");

  /* What is pushed meanwhile is met later */
  g_assert_false (chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "new")));
  g_string_truncate (f.told, 0);
  chat_message_list_load_newer (f.list);
  answer (&f);
  g_assert_cmpstr (f.told->str, ==, "50-0+50 ");

  /* And back: everything is replaced, the unsent one stands at the end again */
  chat_message_list_load (f.list);
  answer (&f);
  g_assert_false (chat_message_list_get_has_newer (f.list));
  g_assert_cmpuint (length (&f), ==, 51);
  g_assert_true (at (&f, 50) == mine);
  g_assert_cmpint (chat_message_get_id (at (&f, 49)), ==, 501);

  fixture_clear (&f);
}

static void
test_stale_answers (void)
{
  Fixture f;

  loaded (&f, 500);
  /* A page that was replaced changes nothing when it comes */
  chat_message_list_load_older (f.list);
  chat_message_list_load_around (f.list, 100);
  g_assert_false (chat_message_list_get_loading_older (f.list));
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 2);
  chat_fake_source_prepare (f.source, 1);
  chat_fake_source_answer (f.source, 0);
  spin ();
  g_assert_cmpstr (f.told->str, ==, "");
  answer (&f);
  g_assert_nonnull (chat_message_list_lookup (f.list, 100));

  /* One that comes after the list is gone neither */
  chat_message_list_load_older (f.list);
  chat_message_list_load_newer (f.list);
  g_signal_handlers_disconnect_by_data (f.list, &f);
  g_assert_finalize_object (f.list);
  chat_fake_source_answer (f.source, 1);
  chat_fake_source_fail (f.source, 0);
  spin ();
  g_ptr_array_unref (f.replica);
  g_string_free (f.told, TRUE);
  g_hash_table_unref (f.notified);
  g_assert_finalize_object (f.source);
}

static void
test_errors (void)
{
  Fixture f;

  fixture_init (&f, 200);
  chat_message_list_load (f.list);
  chat_fake_source_fail (f.source, 0);
  spin ();
  g_assert_error (chat_message_list_get_error (f.list), G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_false (chat_message_list_get_loaded (f.list));
  g_assert_cmpuint (notified (&f, "error"), ==, 1);

  chat_message_list_retry (f.list);
  g_assert_no_error (chat_message_list_get_error (f.list));
  answer (&f);
  g_assert_true (chat_message_list_get_loaded (f.list));
  chat_message_list_retry (f.list);
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 0);

  chat_message_list_load_older (f.list);
  chat_fake_source_fail (f.source, 0);
  spin ();
  g_assert_nonnull (chat_message_list_get_error (f.list));
  g_assert_false (chat_message_list_get_loading_older (f.list));
  chat_message_list_retry (f.list);
  g_assert_cmpint (chat_fake_source_get_kind (f.source, 0), ==, CHAT_PAGE_BEFORE);
  answer (&f);
  g_assert_cmpuint (length (&f), ==, 100);

  fixture_clear (&f);
}

static void
test_removed_and_late (void)
{
  Fixture f;
  ChatMessage *gone, *late;

  loaded (&f, 200);
  gone = chat_fake_source_get_history (f.source)->pdata[120];

  /* The page was written before the deletion: it does not come back */
  chat_message_list_load_older (f.list);
  chat_fake_source_prepare (f.source, 0);
  g_assert_false (chat_message_list_remove (f.list, gone));
  answer (&f);
  g_assert_cmpuint (length (&f), ==, 99);
  g_assert_null (chat_message_list_lookup (f.list, 121));

  /* Far from the newest; the page that reaches it was written before the push */
  chat_message_list_load_around (f.list, 20);
  answer (&f);
  chat_message_list_load (f.list);
  chat_fake_source_prepare (f.source, 0);
  late = chat_fake_source_append (f.source, "bob", FALSE, NOON, "late");
  g_assert_false (chat_message_list_add (f.list, late));
  answer (&f);
  g_assert_cmpuint (length (&f), ==, 51);
  g_assert_true (at (&f, 50) == late);

  fixture_clear (&f);
}

static void
test_reload (void)
{
  Fixture f;
  ChatMessage *pushed;

  /* Nothing happened: nothing is told */
  loaded (&f, 200);
  chat_message_list_reload (f.list);
  answer (&f);
  g_assert_cmpstr (f.told->str, ==, "");

  /* Two came and one went while there was no connection; one more came before the page */
  chat_fake_source_remove (f.source, at (&f, 48));
  chat_fake_source_append (f.source, "bob", FALSE, NOON, "missed 1");
  chat_fake_source_append (f.source, "bob", FALSE, NOON, "missed 2");
  chat_message_list_reload (f.list);
  pushed = chat_fake_source_append (f.source, "bob", FALSE, NOON, "pushed");
  g_assert_true (chat_message_list_add (f.list, pushed));
  g_string_truncate (f.told, 0);
  answer (&f);
  /* The page reaches down to 153 in 1..203, from which 199 is gone */
  g_assert_cmpstr (f.told->str, ==, "50-0+2 48-1+0 ");
  g_assert_cmpuint (length (&f), ==, 52);

  /* So many came that the page does not touch the window: it is replaced */
  for (guint i = 0; i < 80; i++)
    chat_fake_source_append (f.source, "bob", FALSE, NOON, "missed");
  chat_message_list_reload (f.list);
  g_assert_true (chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "pushed")));
  answer (&f);
  g_assert_cmpuint (length (&f), ==, 50);
  g_assert_true (chat_message_list_get_has_older (f.list));
  g_assert_false (chat_message_list_get_has_newer (f.list));

  /* Unless somebody reads: then the window stays and has a newer side */
  chat_message_list_set_following (f.list, FALSE);
  for (guint i = 0; i < 80; i++)
    chat_fake_source_append (f.source, "bob", FALSE, NOON, "missed");
  chat_message_list_reload (f.list);
  g_assert_true (chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "pushed")));
  g_string_truncate (f.told, 0);
  answer (&f);
  g_assert_cmpstr (f.told->str, ==, "50-1+0 ");
  g_assert_true (chat_message_list_get_has_newer (f.list));

  /* A reload that fails leaves no gap behind, however the next one ends */
  chat_message_list_load (f.list);
  answer (&f);
  for (guint i = 0; i < 80; i++)
    chat_fake_source_append (f.source, "bob", FALSE, NOON, "missed");
  chat_message_list_set_following (f.list, TRUE);
  chat_message_list_reload (f.list);
  chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "pushed"));
  chat_fake_source_fail (f.source, 0);
  spin ();
  chat_message_list_reload (f.list);
  answer (&f);
  for (guint i = 1; i < length (&f); i++)
    g_assert_cmpint (chat_message_get_id (at (&f, i)), ==, chat_message_get_id (at (&f, i - 1)) + 1);

  fixture_clear (&f);
}

/* A push is here before anybody knows what was missed: it must not pass for the newest of what is known without a gap */
static void
test_doubt (void)
{
  Fixture f;

  for (guint round = 0; round < 2; round++)
    {
      loaded (&f, 200);
      chat_message_list_doubt (f.list, round == 0);
      for (guint i = 0; i < 20; i++)
        chat_fake_source_append (f.source, "bob", FALSE, NOON, "missed");
      /* The last of the page, and far enough behind that the page is full without what is known */
      g_assert_true (chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "pushed")));
      for (guint i = 0; i < 49; i++)
        g_assert_true (chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "pushed")));
      /* A second try doubts no less than the first */
      chat_message_list_doubt (f.list, FALSE);
      chat_message_list_trust (f.list);
      chat_message_list_reload (f.list);
      answer (&f);
      if (round == 0)
        {
          g_assert_cmpuint (length (&f), ==, 50);
          g_assert_true (chat_message_list_get_has_older (f.list));
          g_assert_cmpint (chat_message_get_id (at (&f, 0)), ==, 221);
        }
      else
        /* It was told in between, and whoever says so answers for it */
        g_assert_cmpuint (length (&f), ==, 100);
      fixture_clear (&f);
    }
}

/* A page of what was known last ends no doubt: what is pushed after it may not join it */
static void
test_doubtful (void)
{
  Fixture f;

  for (guint round = 0; round < 2; round++)
    {
      if (round == 0)
        fixture_init (&f, 200);
      else
        {
          loaded (&f, 200);
          chat_message_list_doubt (f.list, TRUE);
        }
      chat_fake_source_set_doubtful (f.source, TRUE);
      if (round == 0)
        chat_message_list_load (f.list);
      else
        chat_message_list_reload (f.list);
      answer (&f);
      g_assert_cmpuint (length (&f), ==, 50);

      chat_fake_source_set_doubtful (f.source, FALSE);
      for (guint i = 0; i < 20; i++)
        chat_fake_source_append (f.source, "bob", FALSE, NOON, "missed");
      for (guint i = 0; i < 50; i++)
        g_assert_true (chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "pushed")));
      chat_message_list_trust (f.list);
      chat_message_list_reload (f.list);
      answer (&f);
      g_assert_cmpuint (length (&f), ==, 50);
      g_assert_true (chat_message_list_get_has_older (f.list));
      g_assert_cmpint (chat_message_get_id (at (&f, 0)), ==, 221);
      g_assert_false (chat_message_list_is_doubted (f.list));
      fixture_clear (&f);
    }
}

static void
test_unsent (void)
{
  Fixture f;
  g_autoptr (ChatMessage) one = NULL;
  g_autoptr (ChatMessage) two = NULL;
  g_autoptr (ChatMessage) three = NULL;
  guint position;

  loaded (&f, 10);
  one = unsent (&f, NOON + 100 * MINUTE);
  three = unsent (&f, NOON + 102 * MINUTE);
  two = unsent (&f, NOON + 101 * MINUTE);
  g_assert_cmpstr (f.told->str, ==, "10-0+1 11-0+1 11-0+1 ");
  g_assert_true (chat_message_list_add (f.list, two));
  g_assert_cmpuint (length (&f), ==, 13);

  /* Answered in order: no row moves */
  g_string_truncate (f.told, 0);
  chat_message_set_id (one, chat_fake_source_take_id (f.source));
  g_assert_true (chat_message_list_find (f.list, one, &position));
  g_assert_cmpuint (position, ==, 10);
  chat_message_list_resort (f.list, one);
  chat_message_list_resort (f.list, one);
  g_assert_cmpstr (f.told->str, ==, "");
  g_assert_true (chat_message_list_lookup (f.list, chat_message_get_id (one)) == one);

  /* A push of another comes in before those that wait */
  chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON + 103 * MINUTE, "push"));
  g_assert_cmpstr (f.told->str, ==, "11-0+1 ");

  /* Answered out of order: it goes to its place */
  g_string_truncate (f.told, 0);
  chat_message_set_id (three, chat_fake_source_take_id (f.source));
  chat_message_list_resort (f.list, three);
  g_assert_cmpstr (f.told->str, ==, "13-1+0 12-0+1 ");
  g_assert_true (chat_message_list_remove (f.list, two));
  g_assert_false (chat_message_list_remove (f.list, two));
  g_assert_true (at (&f, 12) == three);

  fixture_clear (&f);
}

static void
test_grouping (void)
{
  Fixture f;
  ChatMessage *middle;

  fixture_init (&f, 0);
  chat_fake_source_append (f.source, "bob", FALSE, NOON - 24 * 60 * MINUTE, "yesterday");
  chat_fake_source_append (f.source, "bob", FALSE, NOON, "1");
  middle = chat_fake_source_append (f.source, "ann", TRUE, NOON + MINUTE, "2");
  chat_fake_source_append (f.source, "bob", FALSE, NOON + 2 * MINUTE, "3");
  chat_fake_source_append (f.source, "bob", FALSE, NOON + 8 * MINUTE, "4");
  chat_message_list_load (f.list);
  answer (&f);
  check_grouping (&f);
  g_assert_true (chat_message_get_starts_day (at (&f, 0)));
  g_assert_true (chat_message_get_starts_group (at (&f, 3)));

  /* Neighbours meet */
  chat_message_list_remove (f.list, middle);
  check_grouping (&f);
  g_assert_false (chat_message_get_starts_group (at (&f, 2)));

  /* A date that is only text starts no day */
  chat_message_set_date (at (&f, 1), 0, "some time");
  chat_message_list_add (f.list, middle);
  chat_message_list_remove (f.list, middle);
  g_assert_false (chat_message_get_starts_day (at (&f, 1)));

  fixture_clear (&f);
}

static void
test_remove_all (void)
{
  static const guint wanted[] = { 49, 3, 0, 1, 2, 20, 22, 21, 40 };
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (ChatMessage) stranger = chat_message_new (7, "bob", FALSE, CHAT_MESSAGE_TEXT, NULL);
  Fixture f;

  loaded (&f, 50);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_ptr_array_add (gone, g_object_ref (at (&f, wanted[i])));
  chat_message_set_id (stranger, 1000000);
  g_ptr_array_add (gone, g_object_ref (stranger));

  /* Four runs, each told once */
  g_string_truncate (f.told, 0);
  chat_message_list_remove_all (f.list, gone);
  g_assert_cmpuint (length (&f), ==, 41);
  for (guint i = 0; i < gone->len; i++)
    g_assert_null (chat_message_list_lookup (f.list, chat_message_get_id (gone->pdata[i])));
  g_assert_cmpstr (f.told->str, ==, "49-1+0 40-1+0 20-3+0 0-4+0 ");
  check_grouping (&f);

  fixture_clear (&f);
}

static void
test_bounded (void)
{
  Fixture f;
  guint pages = 0;

  loaded (&f, 5000);
  while (chat_message_list_get_has_older (f.list))
    {
      chat_message_list_load_older (f.list);
      answer (&f);
      g_assert_cmpuint (length (&f), <=, CHAT_MESSAGE_LIST_MAX);
      pages++;
    }
  g_assert_cmpuint (pages, ==, 99);
  g_assert_true (chat_message_list_get_has_newer (f.list));
  g_assert_cmpint (chat_message_get_id (at (&f, 0)), ==, 1);
  while (chat_message_list_get_has_newer (f.list))
    {
      chat_message_list_load_newer (f.list);
      answer (&f);
      g_assert_cmpuint (length (&f), <=, CHAT_MESSAGE_LIST_MAX);
    }
  g_assert_cmpint (chat_message_get_id (at (&f, length (&f) - 1)), ==, 5000);
  g_assert_true (chat_message_list_get_has_older (f.list));

  /* Followed: the oldest go, a page at a time */
  for (guint i = 0; i < 200; i++)
    chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "push"));
  g_assert_cmpuint (length (&f), <=, CHAT_MESSAGE_LIST_MAX + CHAT_MESSAGE_LIST_PAGE);

  /* Read: nothing is taken away, the newer side opens */
  chat_message_list_set_following (f.list, FALSE);
  g_string_truncate (f.told, 0);
  for (guint i = 0; i < 200; i++)
    chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, "push"));
  g_assert_cmpstr (f.told->str, ==, "");
  g_assert_true (chat_message_list_get_has_newer (f.list));

  fixture_clear (&f);
}

static void
test_bounded_bytes (void)
{
  const guint at_most = CHAT_MESSAGE_LIST_MAX_BYTES / 65536;
  g_autofree char *long_text = g_strnfill (65536, 'x');
  Fixture f;

  loaded (&f, 10);
  for (guint i = 0; i < 3 * at_most; i++)
    {
      chat_message_list_add (f.list, chat_fake_source_append (f.source, "bob", FALSE, NOON, long_text));
      g_assert_cmpuint (length (&f), <=, at_most / 8 * 9 + 10);
    }
  g_assert_true (chat_message_list_get_has_older (f.list));
  g_assert_false (chat_message_list_get_has_newer (f.list));

  /* What was taken away comes back at the one end, as much goes at the other */
  chat_message_list_load_older (f.list);
  answer (&f);
  g_assert_cmpuint (length (&f), <=, at_most);
  g_assert_true (chat_message_list_get_has_newer (f.list));
  chat_message_list_load_newer (f.list);
  answer (&f);
  g_assert_cmpuint (length (&f), <=, at_most);

  fixture_clear (&f);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/message-list/pages", test_pages);
  g_test_add_func ("/model/message-list/around", test_around);
  g_test_add_func ("/model/message-list/stale-answers", test_stale_answers);
  g_test_add_func ("/model/message-list/errors", test_errors);
  g_test_add_func ("/model/message-list/removed-and-late", test_removed_and_late);
  g_test_add_func ("/model/message-list/reload", test_reload);
  g_test_add_func ("/model/message-list/doubt", test_doubt);
  g_test_add_func ("/model/message-list/doubtful", test_doubtful);
  g_test_add_func ("/model/message-list/unsent", test_unsent);
  g_test_add_func ("/model/message-list/grouping", test_grouping);
  g_test_add_func ("/model/message-list/remove-all", test_remove_all);
  g_test_add_func ("/model/message-list/bounded", test_bounded);
  g_test_add_func ("/model/message-list/bounded-bytes", test_bounded_bytes);

  return g_test_run ();
}
