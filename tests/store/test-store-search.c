/* test-store-search.c: messages are found by their words, in shares that keep nobody waiting
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-store-common.h"

/* In "perf" mode the number that the figures of the README are of */
#define N_MESSAGES      (g_test_perf () ? 100000 : 10000)
#define BATCH           500

static void
take (GObject      *source,
      GAsyncResult *result,
      gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static ChatStoreFound *
search (ChatStore  *store,
        const char *words,
        gint64      before,
        guint       limit)
{
  g_auto (GStrv) terms = g_strsplit (words, " ", -1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ChatStoreFound *found;

  for (guint i = 0; terms[i] != NULL; i++)
    {
      char *folded = chat_store_fold (terms[i]);

      g_free (terms[i]);
      terms[i] = folded;
    }
  chat_store_search_async (store, (const char *const *) terms, 0, before, limit, NULL, take, &result);
  chat_test_wait_until (result != NULL);
  found = chat_store_search_finish (store, result, &error);
  g_assert_no_error (error);
  return found;
}

/* The ids of all that is found, the newest first */
static char *
search_text (ChatStore  *store,
             const char *words)
{
  GString *text = g_string_new (NULL);
  gint64 before = G_MAXINT64;

  while (before != 0)
    {
      g_autoptr (ChatStoreFound) found = search (store, words, before, 2);

      for (guint i = 0; i < found->messages->len; i++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, text->len > 0 ? " " : "",
                                ((ChatStoreMessage *) found->messages->pdata[i])->id);
      g_assert_true (found->next < before);
      before = found->next;
    }
  return g_string_free (text, FALSE);
}

#define assert_found(store, words, wanted)                     \
  G_STMT_START                                                 \
  {                                                            \
    g_autofree char *text_ = search_text ((store), (words));   \
    g_assert_cmpstr (text_, ==, (wanted));                     \
  }                                                            \
  G_STMT_END

static void
test_words (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();
  g_autoptr (ChatStoreMessage) file = message (1, 20, "https://example.com/kyiv");
  g_autoptr (GString) text = g_string_new (NULL);

  put_room (batch, 1, 5);
  put (batch, 1, 5, "Meet me in Kyiv on Monday", TRUE);
  put (batch, 2, 6, "Зустріч у КИЄВІ", TRUE);
  put (batch, 1, 7, "Straße, Café", TRUE);
  put (batch, 1, 8, "Cafe\xcc\x81 crème, monday", TRUE);
  put (batch, 1, 9, "100 % of _all_ 'quotes' \"and\" \\ marks", TRUE);
  /* What is beyond the share of one message is not looked at */
  g_string_set_size (text, CHAT_STORE_SEARCH_TEXT);
  memset (text->str, 'x', text->len);
  g_string_append (text, "hidden");
  put (batch, 1, 10, text->str, TRUE);
  file->kind = 1;
  g_assert_true (chat_store_batch_put_message (batch, file, TRUE));
  store_apply_quietly (place->store, batch);

  assert_found (place->store, "kyiv", "5");
  assert_found (place->store, "MONDAY", "8 5");
  assert_found (place->store, "monday kyiv", "5");
  assert_found (place->store, "києві", "6");
  assert_found (place->store, "КИЄВІ зуст", "6");
  assert_found (place->store, "strasse", "7");
  assert_found (place->store, "café", "8 7");
  assert_found (place->store, "cafe", "8 7");
  /* No wildcards and no quotes */
  assert_found (place->store, "%", "9");
  assert_found (place->store, "_", "9");
  assert_found (place->store, "'quotes'", "9");
  assert_found (place->store, "*", "");
  assert_found (place->store, "hidden", "");
  assert_found (place->store, "xxxx", "10");
  place_free (place);
}

static void
test_many (void)
{
  Place *place = place_new ();
  ChatStoreStatistics before, after;
  gint64 next = G_MAXINT64, start, longest = 0, total = 0;
  guint n_calls = 0, n_found = 0;
  ChatStoreBatch *batch = NULL;

  for (int i = 1; i <= N_MESSAGES; i++)
    {
      g_autofree char *text = g_strdup_printf (i % 3 == 0 ? "%d Повідомлення звичайної довжини, у якому не йдеться ні про що особливе"
                                                          : "%d A message of the usual length in which nobody says anything in particular", i);

      if (batch == NULL)
        batch = chat_store_batch_new ();
      put (batch, i % 20 + 1, i, i == 1 ? "Der Schlüssel liegt unter dem Blumentopf" : text, TRUE);
      if (i % BATCH == 0)
        store_apply_quietly (place->store, g_steal_pointer (&batch));
    }

  /* The oldest of all: all of it is gone through, each time a share */
  chat_store_get_statistics (place->store, &before);
  while (next != 0)
    {
      g_autoptr (ChatStoreFound) found = NULL;
      guint64 n_rows;

      start = g_get_monotonic_time ();
      found = search (place->store, "schlüssel", next, 10);
      longest = MAX (longest, g_get_monotonic_time () - start);
      total += g_get_monotonic_time () - start;
      chat_store_get_statistics (place->store, &after);
      n_rows = after.n_rows_stepped - before.n_rows_stepped;
      g_assert_cmpuint (n_rows, >, 0);
      g_assert_cmpuint (n_rows, <=, CHAT_STORE_SEARCH_ROWS);
      before = after;
      n_found += found->messages->len;
      n_calls++;
      next = found->next;
    }
  g_assert_cmpuint (n_found, ==, 1);
  g_assert_cmpuint (n_calls, >=, N_MESSAGES / CHAT_STORE_SEARCH_ROWS);
  g_test_message ("%d messages: %.1f ms in %u calls, the longest %.1f ms", N_MESSAGES, total / 1000., n_calls, longest / 1000.);

  /* What is frequent takes no more than what is wanted */
  start = g_get_monotonic_time ();
  {
    g_autoptr (ChatStoreFound) found = search (place->store, "message", G_MAXINT64, 10);

    g_assert_cmpuint (found->messages->len, ==, 10);
    chat_store_get_statistics (place->store, &after);
    g_assert_cmpuint (after.n_rows_stepped - before.n_rows_stepped, <, 30);
  }
  g_test_message ("ten of the newest: %.1f ms", (g_get_monotonic_time () - start) / 1000.);
  place_free (place);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/search/words", test_words);
  g_test_add_func ("/store/search/many", test_many);
  status = g_test_run ();
  chat_test_assert_finalized ();
  return status;
}
