/* test-account.c: what is kept of an account: the file, the keyring, and how a server is written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "chat-account.h"
#include "chat-host-address.h"
#include "chat-secret.h"
#include "chat-test.h"

static void
assert_address (const char *typed,
                const char *host,
                guint       port,
                gboolean    literal,
                const char *key)
{
  g_autoptr (ChatHostAddress) address = chat_host_address_parse (typed);
  g_autofree char *got = NULL;

  g_assert_nonnull (address);
  g_assert_cmpstr (address->host, ==, host);
  g_assert_cmpuint (address->port, ==, port);
  g_assert_cmpint (address->literal, ==, literal);
  got = chat_host_address_to_key (address);
  g_assert_cmpstr (got, ==, key);
}

static void
test_address (void)
{
  static const char *const bad[] = {
    "", " ", ":", ":7711", "host:", "host:0", "host:65536", "host:-1", "host:1x", "host: 1", "a b", "http://host", "host/path",
    "user@host", "[::1", "::1]", "[::1]x", "[::1]:", "[host]:1", "[]", "-host", ".host", "a..b", "a:b:c", "\xff", "host?x",
    "fe80::1%", "host%eth0",
  };

  assert_address ("example.org", "example.org", 0, FALSE, "example.org:7711");
  assert_address (" Example.ORG:7711\n", "Example.ORG", 7711, FALSE, "example.org:7711");
  assert_address ("host:1", "host", 1, FALSE, "host:1");
  assert_address ("localhost", "localhost", 0, TRUE, "localhost:7711");
  assert_address ("127.0.0.1:65535", "127.0.0.1", 65535, TRUE, "127.0.0.1:65535");
  assert_address ("::1", "::1", 0, TRUE, "[::1]:7711");
  assert_address ("[::1]", "::1", 0, TRUE, "[::1]:7711");
  assert_address ("[FE80::1]:80", "FE80::1", 80, TRUE, "[fe80::1]:80");
  assert_address ("[fe80::1%eth0]:80", "fe80::1%eth0", 80, TRUE, "[fe80::1%eth0]:80");
  assert_address ("чат.укр", "чат.укр", 0, FALSE, "чат.укр:7711");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (chat_host_address_parse (bad[i]));
  g_assert_null (chat_host_address_parse (NULL));
}

static void
test_file (void)
{
  g_autofree char *top = chat_test_temp_dir_new ();
  g_autofree char *dir = g_build_filename (top, "deep", "er", NULL);
  g_autofree char *path = g_build_filename (dir, CHAT_ACCOUNT_FILE, NULL);
  ChatAccount *account = chat_account_new (dir);
  g_autofree char *none = NULL;
  g_autofree char *pin = NULL;
  g_autofree char *other = NULL;
  GStatBuf info;

  g_assert_null (chat_account_get_server (account));
  none = chat_account_dup_pin (account, "host");
  g_assert_null (none);
  /* Many states in a row: the last one stands, whichever thread writes last */
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *login = g_strdup_printf ("user%u", i);

      chat_account_set (account, "[::1]:7711", login, i % 2 == 0);
    }
  chat_account_set_pin (account, "[::1]:7711", "AA:BB");
  chat_account_set_pin (account, "чат=[x]", "CC:DD");
  chat_account_free (account);

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (dir, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  account = chat_account_new (dir);
  g_assert_cmpstr (chat_account_get_server (account), ==, "[::1]:7711");
  g_assert_cmpstr (chat_account_get_login (account), ==, "user49");
  g_assert_false (chat_account_get_insecure (account));
  /* The same server, typed in another way */
  pin = chat_account_dup_pin (account, "::1");
  g_assert_cmpstr (pin, ==, "AA:BB");
  other = chat_account_dup_pin (account, "чат=[x]");
  g_assert_cmpstr (other, ==, "CC:DD");
  chat_account_forget (account);
  chat_account_free (account);

  account = chat_account_new (dir);
  g_assert_null (chat_account_get_server (account));
  g_clear_pointer (&pin, g_free);
  pin = chat_account_dup_pin (account, "[::1]");
  g_assert_cmpstr (pin, ==, "AA:BB");
  chat_account_free (account);
  chat_test_settle ();
  chat_test_temp_dir_remove (g_steal_pointer (&top));
}

/* What others may have put in its place */
static void
test_bad_file (void)
{
  static const char *const bad[] = { "", "[account", "[account]\nserver=x\n", "[account]\nserver=\nlogin=\n", "\0\0\0", "\xff\xfe",
                                     "[account]\nlogin=x\ninsecure=perhaps\n" };
  g_autofree char *dir = chat_test_temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, CHAT_ACCOUNT_FILE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (ChatAccount) account = NULL;

      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      account = chat_account_new (dir);
      g_assert_null (chat_account_get_server (account));
      g_assert_null (chat_account_get_login (account));
    }
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  {
    g_autoptr (ChatAccount) account = chat_account_new (dir);

    g_assert_null (chat_account_get_server (account));
  }
  chat_test_temp_dir_remove (g_steal_pointer (&dir));
}

static void
on_secret (const char *secret,
           gpointer    user_data)
{
  char **found = user_data;

  g_assert_null (*found);
  *found = g_strdup (secret != NULL ? secret : "");
}

/* libsecret itself, with the backend of its own that needs no service */
static void
test_keyring (void)
{
  g_autofree char *dir = chat_test_temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "secrets.keyring", NULL);
  g_autofree char *nothing = NULL;
  g_autofree char *found = NULL;
  g_autofree char *of_another = NULL;

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "for the tests", TRUE);
  chat_secret_lookup ("default", "host:1", "anna", 5000, on_secret, &nothing);
  g_assert_null (nothing);
  chat_test_wait_until (nothing != NULL);
  g_assert_cmpstr (nothing, ==, "");
  chat_secret_store ("default", "host:1", "anna", "a token", 5000);
  chat_test_wait_until (g_file_test (path, G_FILE_TEST_EXISTS));
  chat_secret_lookup ("default", "host:1", "anna", 5000, on_secret, &found);
  chat_test_wait_until (found != NULL);
  g_assert_cmpstr (found, ==, "a token");
  chat_secret_lookup ("other", "host:1", "anna", 5000, on_secret, &of_another);
  chat_test_wait_until (of_another != NULL);
  g_assert_cmpstr (of_another, ==, "");
  chat_test_temp_dir_remove (g_steal_pointer (&dir));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/account/address", test_address);
  g_test_add_func ("/account/file", test_file);
  g_test_add_func ("/account/bad-file", test_bad_file);
  g_test_add_func ("/account/keyring", test_keyring);

  return g_test_run ();
}
