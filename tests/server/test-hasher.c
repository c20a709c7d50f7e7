/* test-hasher.c: passwords, tokens, the certificate and the sample people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "chat-error.h"
#include "chat-server-certificate.h"
#include "chat-server-demo.h"
#include "chat-server-hasher.h"

static void
got_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (result));
}

/* Watched and not asserted at once: a thread of the pool may let go of it a moment after the last answer */
static ChatServerHasher *
hasher_new (ChatServerHashCost cost)
{
  return chat_test_watch_object (chat_server_hasher_new (cost));
}

static char *
hash (ChatServerHasher *hasher, const char *password)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  char *hashed;

  chat_server_hasher_hash_async (hasher, password, NULL, got_result, results);
  g_assert_cmpuint (results->len, ==, 0);
  chat_test_wait_until (results->len == 1);
  hashed = chat_server_hasher_hash_finish (hasher, results->pdata[0], &error);
  g_assert_no_error (error);
  return hashed;
}

static gboolean
verify (ChatServerHasher *hasher, const char *password, const char *hashed, gboolean *needs_rehash)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  gboolean matches, ok;

  chat_server_hasher_verify_async (hasher, password, hashed, NULL, got_result, results);
  chat_test_wait_until (results->len == 1);
  ok = chat_server_hasher_verify_finish (hasher, results->pdata[0], &matches, needs_rehash, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return matches;
}

static void
test_passwords (void)
{
  ChatServerHasher *cheap = hasher_new (CHAT_SERVER_HASH_COST_TEST);
  ChatServerHasher *normal = hasher_new (CHAT_SERVER_HASH_COST_NORMAL);
  g_autofree char *one = hash (cheap, "пароль довгий"), *two = hash (cheap, "пароль довгий"), *strong = hash (normal, "long enough");
  gboolean needs_rehash;
  gint64 start, dear, none;

  g_assert_true (g_str_has_prefix (one, "$argon2id$"));
  g_assert_cmpstr (one, !=, two);
  g_assert_nonnull (strstr (strong, "m=65536,t=2,"));
  g_assert_true (verify (cheap, "пароль довгий", one, &needs_rehash));
  g_assert_false (needs_rehash);
  g_assert_false (verify (cheap, "пароль довгіий", one, &needs_rehash));
  g_assert_false (needs_rehash);
  /* Made at another cost: right, and to be made anew */
  g_assert_true (verify (normal, "пароль довгий", one, &needs_rehash));
  g_assert_true (needs_rehash);
  g_assert_false (verify (normal, "long enough!", one, &needs_rehash));
  g_assert_false (needs_rehash);
  g_assert_false (verify (cheap, "long enough", "no hash at all", NULL));

  /* Nobody's password takes as long as somebody's: within a wide margin, on machines that do other things too */
  start = g_get_monotonic_time ();
  g_assert_false (verify (normal, "not that one", strong, NULL));
  dear = g_get_monotonic_time () - start;
  start = g_get_monotonic_time ();
  g_assert_false (verify (normal, "not that one", NULL, NULL));
  none = g_get_monotonic_time () - start;
  g_test_message ("wrong password %d us, no such user %d us", (int) dear, (int) none);
  g_assert_cmpint (none, >, dear / 5);
  g_object_unref (cheap);
  g_object_unref (normal);
}

static void
test_bounds (void)
{
  ChatServerHasher *hasher = hasher_new (CHAT_SERVER_HASH_COST_NORMAL);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n = CHAT_SERVER_HASHER_MAX_WAITING * 2, n_limited = 0, n_cancelled = 0, n_done = 0;

  for (guint i = 0; i < n; i++)
    chat_server_hasher_hash_async (hasher, "long enough", cancellable, got_result, results);
  /* Two are being hashed at most; all that wait are given up, and those beyond the bound were never taken */
  g_cancellable_cancel (cancellable);
  g_object_unref (hasher);
  chat_test_wait_until (results->len == n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *hashed = NULL;
      GObject *source = g_async_result_get_source_object (results->pdata[i]);

      hashed = chat_server_hasher_hash_finish (CHAT_SERVER_HASHER (source), results->pdata[i], &error);
      g_object_unref (source);
      n_done += hashed != NULL;
      n_limited += g_error_matches (error, CHAT_ERROR, CHAT_ERROR_RATE_LIMITED);
      n_cancelled += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpuint (n_done + n_limited + n_cancelled, ==, n);
  g_assert_cmpuint (n_cancelled, >, 0);
  g_assert_cmpuint (n_cancelled + n_limited, >=, n - 4);
}

static void
test_full (void)
{
  ChatServerHasher *hasher = hasher_new (CHAT_SERVER_HASH_COST_NORMAL);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n_limited = 0;

  /* All but the last eight can be given up. Those come where nothing more may wait: two at most find a place, since two
   * threads may have begun in between */
  for (guint i = 0; i < CHAT_SERVER_HASHER_MAX_WAITING + 8; i++)
    chat_server_hasher_hash_async (hasher, "long enough", cancellable, got_result, results);
  for (guint i = 0; i < 8; i++)
    chat_server_hasher_hash_async (hasher, "long enough", NULL, got_result, results);
  g_cancellable_cancel (cancellable);
  chat_test_wait_until (results->len == CHAT_SERVER_HASHER_MAX_WAITING + 16);
  for (guint i = 0; i < results->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *hashed = chat_server_hasher_hash_finish (hasher, results->pdata[i], &error);

      if (g_task_get_cancellable (results->pdata[i]) == NULL && hashed == NULL)
        {
          g_assert_error (error, CHAT_ERROR, CHAT_ERROR_RATE_LIMITED);
          n_limited++;
        }
    }
  g_assert_cmpuint (n_limited, >=, 4);
  g_ptr_array_set_size (results, 0);

  /* And it works again */
  g_free (hash (hasher, "long enough"));
  g_object_unref (hasher);
}

static void
test_tokens (void)
{
  char *token = chat_server_token_new (), *other = chat_server_token_new ();
  g_autofree char *hashed = chat_server_token_hash ("abc");

  g_assert_cmpuint (strlen (token), ==, 43);
  g_assert_cmpuint (strspn (token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, 43);
  g_assert_cmpstr (token, !=, other);
  g_assert_cmpstr (hashed, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  chat_server_secret_free (token);
  chat_server_secret_free (other);
  chat_server_secret_free (NULL);
}

static void
assert_identity (GTlsCertificate *certificate, const char *name, gboolean valid)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new (name, 7711);
  GTlsCertificateFlags flags = g_tls_certificate_verify (certificate, identity, certificate);

  g_assert_cmpint (flags, ==, valid ? 0 : G_TLS_CERTIFICATE_BAD_IDENTITY);
}

static void
test_certificate (void)
{
  static const char *const names[] = { "chat.example.org", "192.0.2.7", "localhost", NULL };
  char *directory = chat_test_temp_dir_new ();
  g_autofree char *certificate_path = g_build_filename (directory, "tls-cert.pem", NULL);
  g_autofree char *key_path = g_build_filename (directory, "tls-key.pem", NULL);
  g_autofree char *first_print = NULL, *second_print = NULL;
  g_autoptr (GTlsCertificate) first = NULL, second = NULL, foreign = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc (), end = NULL;
  g_autoptr (GError) error = NULL;
  gboolean created;
  GStatBuf info;

  first = chat_server_certificate_ensure (directory, names, &created, &error);
  g_assert_no_error (error);
  g_assert_true (created);
  g_assert_cmpint (g_stat (key_path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (certificate_path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  assert_identity (first, "chat.example.org", TRUE);
  assert_identity (first, "192.0.2.7", TRUE);
  assert_identity (first, "localhost", TRUE);
  assert_identity (first, "127.0.0.1", TRUE);
  assert_identity (first, "::1", TRUE);
  assert_identity (first, "other.example.org", FALSE);
  end = g_tls_certificate_get_not_valid_after (first);
  g_assert_cmpint (g_date_time_difference (end, now) / G_TIME_SPAN_DAY, >, 3640);
  first_print = chat_server_certificate_get_fingerprint (first);
  g_assert_true (g_regex_match_simple ("^([0-9A-F]{2}:){31}[0-9A-F]{2}$", first_print, 0, 0));

  /* It stays the same, whatever is asked for: clients have pinned it */
  second = chat_server_certificate_ensure (directory, NULL, &created, &error);
  g_assert_no_error (error);
  g_assert_false (created);
  second_print = chat_server_certificate_get_fingerprint (second);
  g_assert_cmpstr (first_print, ==, second_print);

  /* Another's key; no key; no certificate */
  {
    char *other = chat_test_temp_dir_new ();
    g_autofree char *other_key = g_build_filename (other, "tls-key.pem", NULL);

    foreign = chat_server_certificate_ensure (other, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_null (chat_server_certificate_load (certificate_path, other_key, &error));
    g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
    g_clear_error (&error);
    chat_test_temp_dir_remove (other);
  }
  g_assert_null (chat_server_certificate_load (certificate_path, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (g_remove (key_path), ==, 0);
  g_assert_null (chat_server_certificate_ensure (directory, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (chat_server_certificate_load ("/nonexistent.pem", NULL, &error));
  g_assert_nonnull (error);
  chat_test_temp_dir_remove (directory);
}

static void
fill (Store *store, ChatServerHasher *hasher)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  chat_server_demo_fill_async (store->storage, hasher, NULL, got_result, results);
  chat_test_wait_until (results->len == 1);
  g_assert_true (chat_server_demo_fill_finish (store->storage, results->pdata[0], &error));
  g_assert_no_error (error);
}

static char *
describe (Store *store, gint64 ada, guint *n_unread)
{
  g_autoptr (ChatStorageJob) list = store_ask (store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));
  GString *text = g_string_new (NULL);

  *n_unread = 0;
  for (guint i = 0; i < list->rooms->len; i++)
    {
      ChatStorageRoom *room = list->rooms->pdata[i];
      g_autoptr (ChatStorageJob) read = job_new (CHAT_STORAGE_READ, ada, room->id, 0);

      read->limit = 200;
      read = store_ask (store, g_steal_pointer (&read));
      g_string_append_printf (text, "%s %u %u %d\n", room->name, room->unread, read->messages->len, read->more);
      *n_unread += room->unread;
      for (guint k = 1; k < read->messages->len; k++)
        {
          ChatStorageMessage *before = read->messages->pdata[k - 1], *message = read->messages->pdata[k];

          g_assert_true (g_utf8_validate (message->text, -1, NULL));
          g_assert_cmpint (before->date, <=, message->date);
          g_assert_cmpint (message->date, <, g_get_real_time ());
          g_assert_cmpint (before->date, >, g_get_real_time () - 10 * G_TIME_SPAN_DAY);
        }
    }
  return g_string_free (text, FALSE);
}

static void
test_demo (void)
{
  ChatServerHasher *hasher = hasher_new (CHAT_SERVER_HASH_COST_TEST);
  g_autofree char *first = NULL, *second = NULL;
  guint n_unread;
  Store store;
  gint64 ada = 0;

  store_open (&store);
  fill (&store, hasher);
  for (guint i = 0; chat_server_demo_get_logins ()[i] != NULL; i++)
    {
      g_autoptr (ChatStorageJob) find = job_new (CHAT_STORAGE_FIND_USER, 0, 0, 0);

      find->name = g_strdup (chat_server_demo_get_logins ()[i]);
      find = store_ask (&store, g_steal_pointer (&find));
      g_assert_cmpint (find->status, ==, CHAT_STATUS_SUCCESS);
      g_assert_true (verify (hasher, CHAT_SERVER_DEMO_PASSWORD, find->secret, NULL));
      if (i == 0)
        ada = find->user_id;
    }
  first = describe (&store, ada, &n_unread);
  g_test_message ("%s", first);
  /* The newest activity first; what came after Ada's last word in a room is unread */
  g_assert_cmpstr (first, ==, "grace 3 13 0\nmei 1 7 0\nlinus 1 200 1\noksana 1 7 0\nkhalid 0 7 0\njules 0 8 0\nsofia 0 7 0\n");
  /* Once more, and after a restart: the same */
  fill (&store, hasher);
  store_reopen (&store);
  fill (&store, hasher);
  second = describe (&store, ada, &n_unread);
  g_assert_cmpuint (n_unread, ==, 6);
  g_assert_cmpstr (first, ==, second);
  store_close (&store);
  g_object_unref (hasher);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hasher/passwords", test_passwords);
  g_test_add_func ("/hasher/bounds", test_bounds);
  g_test_add_func ("/hasher/full", test_full);
  g_test_add_func ("/hasher/tokens", test_tokens);
  g_test_add_func ("/hasher/certificate", test_certificate);
  g_test_add_func ("/hasher/demo", test_demo);
  result = g_test_run ();
  chat_test_assert_finalized ();
  return result;
}
