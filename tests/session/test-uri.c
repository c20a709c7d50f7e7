/* test-uri.c: links: what is one, what is none, and that nothing that anybody writes does harm
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-test.h"
#include "chat-uri.h"

#define N_RANDOM 20000
#define MAX_RANDOM 600

static void
assert_uri (const char *text,
            const char *server,
            const char *login,
            gint64      room_id,
            const char *canonical)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatUri) uri = chat_uri_parse (text, &error);
  g_autoptr (ChatUri) copy = NULL;
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  copy = chat_uri_copy (uri);
  g_assert_cmpstr (copy->server, ==, server);
  g_assert_cmpstr (copy->login, ==, login);
  g_assert_cmpint (copy->room_id, ==, room_id);
  g_assert_true (chat_uri_is_at (uri, server));
  again = login != NULL ? chat_uri_to_person (uri->server, login) : chat_uri_to_room (uri->server, room_id);
  g_assert_cmpstr (again, ==, canonical);
}

static void
test_good (void)
{
  assert_uri ("chat://chat.example.com/person/boris", "chat.example.com", "boris", 0, "chat://chat.example.com/person/boris");
  assert_uri ("CHAT://Chat.Example.COM:7711/room/17", "chat.example.com:7711", NULL, 17, "chat://chat.example.com:7711/room/17");
  assert_uri ("chat://[2001:DB8::1]:1/person/a.B_c-9", "[2001:db8::1]:1", "a.B_c-9", 0, "chat://[2001:db8::1]:1/person/a.B_c-9");
  assert_uri ("chat://[::1]/room/9007199254740991", "[::1]", NULL, G_GINT64_CONSTANT (9007199254740991),
              "chat://[::1]/room/9007199254740991");
  assert_uri ("chat://127.0.0.1:65535/room/1", "127.0.0.1:65535", NULL, 1, "chat://127.0.0.1:65535/room/1");
  assert_uri ("chat://xn--80a0bn.xn--j1amh/person/a", "xn--80a0bn.xn--j1amh", "a", 0, "chat://xn--80a0bn.xn--j1amh/person/a");
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    ChatUriError code;
  } bad[] = {
    { "", CHAT_URI_ERROR_NOT_OURS },
    { "chat", CHAT_URI_ERROR_NOT_OURS },
    { "https://chat.example.com/person/boris", CHAT_URI_ERROR_NOT_OURS },
    { "file:///etc/passwd", CHAT_URI_ERROR_NOT_OURS },
    { " chat://h/person/a", CHAT_URI_ERROR_NOT_OURS },
    { "chats://h/person/a", CHAT_URI_ERROR_NOT_OURS },
    { "chat:", CHAT_URI_ERROR_MALFORMED },
    { "chat:h/person/a", CHAT_URI_ERROR_MALFORMED },
    { "chat:/h/person/a", CHAT_URI_ERROR_MALFORMED },
    { "chat://", CHAT_URI_ERROR_SERVER },
    { "chat:///person/a", CHAT_URI_ERROR_SERVER },
    { "chat://:7711/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h:/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h:0/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h:07711/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h:65536/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h:99999999999999999999999/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h:-1/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h:1x/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://2001:db8::1/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://[::1/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://::1]/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://[::1]x/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://[h]/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://-h/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://a..b/person/a", CHAT_URI_ERROR_SERVER },
    { "chat://h", CHAT_URI_ERROR_KIND },
    { "chat://h/", CHAT_URI_ERROR_KIND },
    { "chat://h/person", CHAT_URI_ERROR_KIND },
    { "chat://h/Person/a", CHAT_URI_ERROR_KIND },
    { "chat://h/people/a", CHAT_URI_ERROR_KIND },
    { "chat://h//person/a", CHAT_URI_ERROR_KIND },
    { "chat://h/person/", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/a/b", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/a/", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/a:b", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/a?b", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/a#b", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/%61", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/a b", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/a\n", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/\x01", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/\xff\xfe", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/Анна", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/person/\xe2\x80\xae""a", CHAT_URI_ERROR_MALFORMED },
    { "chat://user@h/person/a", CHAT_URI_ERROR_MALFORMED },
    { "chat://user:pass@h/person/a", CHAT_URI_ERROR_MALFORMED },
    { "chat://[fe80::1%25eth0]/person/a", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/room/", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/room/0", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/room/017", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/room/-1", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/room/1x", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/room/9007199254740992", CHAT_URI_ERROR_MALFORMED },
    { "chat://h/room/18446744073709551617", CHAT_URI_ERROR_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ChatUri) uri = chat_uri_parse (bad[i].text, &error);

      if (uri != NULL || !g_error_matches (error, CHAT_URI_ERROR, (int) bad[i].code))
        g_error ("“%s” gave %s %d", bad[i].text, uri != NULL ? "a link" : "the error", error != NULL ? error->code : -1);
    }
}

static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new ("chat://h/person/");
  g_autofree char *label = g_strnfill (63, 'h'), *name = NULL, *host = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatUri) uri = NULL;

  /* The longest name on the longest host that there can be */
  name = g_strnfill (64, 'n');
  host = g_strdup_printf ("%s.%s.%s.%.61s", label, label, label, label);
  g_string_printf (text, "chat://%s:65535/person/%s", host, name);
  uri = chat_uri_parse (text->str, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (uri->login, ==, name);
  g_string_append_c (text, 'n');
  g_assert_null (chat_uri_parse (text->str, &error));
  g_assert_error (error, CHAT_URI_ERROR, CHAT_URI_ERROR_MALFORMED);
  g_clear_error (&error);
  while (text->len <= CHAT_URI_MAX_SIZE)
    g_string_append_c (text, 'n');
  g_assert_null (chat_uri_parse (text->str, &error));
  g_assert_error (error, CHAT_URI_ERROR, CHAT_URI_ERROR_TOO_LONG);
  g_clear_error (&error);
  /* Megabytes cost no more than the limit */
  g_string_set_size (text, 8 * 1024 * 1024);
  memset (text->str, 'c', text->len);
  g_assert_null (chat_uri_parse (text->str, &error));
  g_assert_error (error, CHAT_URI_ERROR, CHAT_URI_ERROR_TOO_LONG);
}

static void
test_server (void)
{
  g_autoptr (ChatUri) uri = chat_uri_parse ("chat://chat.example.com/person/boris", NULL);
  g_autoptr (ChatUri) port = chat_uri_parse ("chat://xn--80a0bn.xn--j1amh:7711/room/1", NULL);
  g_autofree char *made = NULL;

  g_assert_true (chat_uri_is_at (uri, " Chat.Example.com:7711"));
  g_assert_false (chat_uri_is_at (uri, "chat.example.com:7712"));
  g_assert_false (chat_uri_is_at (uri, "chat.example.com.evil.org"));
  g_assert_false (chat_uri_is_at (uri, "example.com"));
  g_assert_false (chat_uri_is_at (uri, NULL));
  g_assert_false (chat_uri_is_at (uri, "no server"));
  /* A name of another script is one with its ASCII form */
  made = chat_uri_to_person ("Чат.укр", "a");
  g_assert_cmpstr (made, ==, "chat://xn--80a0bn.xn--j1amh/person/a");
  g_assert_true (chat_uri_is_at (port, "чат.укр"));

  g_assert_null (chat_uri_to_person ("fe80::1%eth0", "a"));
  g_assert_null (chat_uri_to_person ("h/x", "a"));
  g_assert_null (chat_uri_to_person ("h", "a b"));
  g_assert_null (chat_uri_to_person ("h", ""));
  g_assert_null (chat_uri_to_room ("h", 0));
  g_assert_null (chat_uri_to_room ("h", -1));
  g_assert_true (chat_uri_server_is_valid ("h:1"));
  g_assert_false (chat_uri_server_is_valid ("h:0"));
  g_assert_false (chat_uri_server_is_valid (""));
}

/* What is taken is what this program would write; of all else only an error comes */
static void
check (const char *text,
       guint      *n_good)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatUri) uri = chat_uri_parse (text, &error);
  g_autoptr (ChatUri) again = NULL;
  g_autofree char *made = NULL;

  g_assert_true ((uri == NULL) == (error != NULL));
  if (uri == NULL)
    return;
  ++*n_good;
  g_assert_cmpuint (strlen (text), <=, CHAT_URI_MAX_SIZE);
  g_assert_true ((uri->login != NULL) != (uri->room_id != 0));
  g_assert_true (g_str_is_ascii (uri->server));
  g_assert_true (chat_uri_server_is_valid (uri->server));
  made = uri->login != NULL ? chat_uri_to_person (uri->server, uri->login) : chat_uri_to_room (uri->server, uri->room_id);
  g_assert_nonnull (made);
  /* The path as it stands; only letters of the host may change their case */
  g_assert_true (g_ascii_strcasecmp (made, text) == 0 || strchr (text, '[') != NULL);
  again = chat_uri_parse (made, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->server, ==, uri->server);
  g_assert_cmpstr (again->login, ==, uri->login);
  g_assert_cmpint (again->room_id, ==, uri->room_id);
}

static void
test_random (void)
{
  static const char *const pieces[] = {
    "chat:", "chat://", "CHAT://", "h", "chat.example.com", "[::1]", "[", "]", ":", "7711", ":1", ":65536", "/", "//", "person", "room",
    "/person/", "/room/", "boris", "17", "0", "9007199254740991", "%41", "%", "?", "#", "@", "\\", "\n", "\x7f", "\xff", "\xed\xa0\x80",
    "і", "\xe2\x80\xae", ".", "-", "_", " ", "xn--", "..",
  };
  static const char *const shape[] = { "chat://", "h", ":1", "/person/", "b" };
  guint n_good = 0;

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      switch (i % 3)
        {
        case 0:                 /* bytes */
          for (int left = g_test_rand_int_range (0, 40); left > 0; left--)
            g_string_append_c (text, (char) g_test_rand_int_range (1, 256));
          break;
        case 1:                 /* pieces of links */
          for (int left = g_test_rand_int_range (0, 12); left > 0 && text->len < MAX_RANDOM; left--)
            g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
          break;
        default:                /* a link, of which some part is another one */
          for (guint j = 0; j < G_N_ELEMENTS (shape); j++)
            g_string_append (text, g_test_rand_int_range (0, 5) == 0 ? pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))] : shape[j]);
          break;
        }
      check (text->str, &n_good);
    }
  g_assert_cmpuint (n_good, >, N_RANDOM / 20);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/uri/good", test_good);
  g_test_add_func ("/session/uri/bad", test_bad);
  g_test_add_func ("/session/uri/long", test_long);
  g_test_add_func ("/session/uri/server", test_server);
  g_test_add_func ("/session/uri/random", test_random);
  return g_test_run ();
}
