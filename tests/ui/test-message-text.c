/* test-message-text.c: what of a hostile text is shown, and what is a link
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message-text.h"

#include <string.h>

static void
links_are (const char *text,
           const char *expected)
{
  g_autoptr (ChatText) parsed = chat_text_new (text, 0);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < parsed->links->len; i++)
    {
      const ChatTextLink *link = &g_array_index (parsed->links, ChatTextLink, i);

      g_string_append_printf (found, "%s ", link->uri);
      /* What is underlined is what is opened */
      g_assert_cmpint (strncmp (parsed->display + link->start, link->uri, link->end - link->start), ==, 0);
      g_assert_true (chat_text_link_at (parsed, link->start) == link);
      g_assert_true (chat_text_link_at (parsed, link->end) != link);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_links (void)
{
  links_are ("see https://example.org/a_(b), or (http://example.org/c).", "https://example.org/a_(b) http://example.org/c ");
  links_are ("Look at chat://chat.example.com:7711/person/anna.", "chat://chat.example.com:7711/person/anna ");
  links_are ("chat: chat:/ chat:// Chat:anna archat://x", "");
  links_are ("mailto:ann@example.org! HTTPS://EXAMPLE.ORG", "mailto:ann@example.org HTTPS://EXAMPLE.ORG ");
  links_are ("«https://example.org/привіт»…", "https://example.org/привіт ");
  links_are ("javascript:alert(1) file:///etc/passwd ftp://example.org xhttp://example.org www.example.org", "");
  links_are ("http:// https://. mailto: http://- mailto:nobody", "");
  links_are ("<http://example.org/\"x", "http://example.org/ ");
  links_are ("http://exam\xe2\x80\xaeple.org", "http://example.org ");
  links_are ("http://example.org/\xe2\x81\xa6x", "http://example.org/ ");
}

static void
test_hostile (void)
{
  g_autoptr (GString) tower = g_string_new ("a");
  g_autofree char *wide = g_strnfill (200000, 'W');
  g_autofree char *lines = g_strnfill (5000, '\n');

  for (guint i = 0; i < 5000; i++)
    g_string_append (tower, "\xcc\x81");
  {
    g_autoptr (ChatText) text = chat_text_new (tower->str, 0);

    g_assert_cmpint (g_utf8_strlen (text->display, -1), ==, 1 + CHAT_TEXT_MAX_MARKS);
    g_assert_false (text->folded);
  }
  {
    g_autoptr (ChatText) text = chat_text_new (wide, 0);
    g_autoptr (ChatText) more = chat_text_new (wide, 1);
    g_autoptr (ChatText) all = chat_text_new (wide, 40);

    g_assert_cmpuint (strlen (text->display), ==, CHAT_TEXT_FOLD_CHARS);
    g_assert_true (text->folded);
    g_assert_cmpuint (strlen (more->display), ==, CHAT_TEXT_FOLD_CHARS * CHAT_TEXT_UNFOLD_FACTOR);
    g_assert_cmpuint (strlen (all->display), ==, 200000);
    g_assert_false (all->folded);
  }
  {
    g_autoptr (ChatText) text = chat_text_new (lines, 0);

    g_assert_true (text->folded);
    g_assert_cmpuint (strlen (text->display), <=, CHAT_TEXT_FOLD_LINES);
  }
  {
    g_autoptr (ChatText) text = chat_text_new ("a\x01\x1b[31m\x7f\r\nb\tc\xe2\x80\xae" "d", 0);

    g_assert_cmpstr (text->display, ==, "a\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd\nb\tcd");
  }
  {
    g_autoptr (ChatText) text = chat_text_new ("not \xff valid", 0);

    g_assert_true (g_utf8_validate (text->display, -1, NULL));
  }
}

static void
test_file_name (void)
{
  static const struct { const char *address, *name; } cases[] = {
    { "https://example.org/a/b%20c.pdf?x=1#y", "b c.pdf" },
    { "https://example.org/", "example.org" },
    { "https://example.org/dir/", "dir" },
    { "https://example.org/a%2Fb.txt", "a%2Fb.txt" },
    { "https://example.org/%E2%80%AEfdp.exe", "fdp.exe" },
    { "https://example.org/%ff.txt", "%ff.txt" },
    { "https://example.org/a%00b%0A.txt", "a%00b%0A.txt" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = chat_text_file_name (cases[i].address);

      g_test_message ("%s", cases[i].address);
      if (strstr (cases[i].address, "%0A") != NULL)
        /* However it is shown, it is one line */
        g_assert_null (strpbrk (name, "\n\r"));
      else
        g_assert_cmpstr (name, ==, cases[i].name);
    }
}

static void
test_treacherous (void)
{
  g_assert_false (chat_text_is_treacherous ("https://example.org/привіт@x"));
  g_assert_true (chat_text_is_treacherous ("https://g\xd0\xbe" "ogle.com/"));
  g_assert_true (chat_text_is_treacherous ("https://bank.example@evil.example/"));
  g_assert_true (chat_text_is_treacherous ("https://xn--e1awd7f.com"));
  g_assert_false (chat_text_is_openable ("javascript:alert(1)"));
  g_assert_false (chat_text_is_openable ("https://example.org/\nx"));
  g_assert_true (chat_text_is_openable ("https://example.org/x"));
}

/* By one who searches: as keyboards and other systems write them */
static void
test_fold (void)
{
  static const char *const alike[][2] = {
    { "Straße", "STRASSE" },
    { "Caf\xc3\xa9", "cafe\xcc\x81" },
    { "Й", "и\xcc\x86" },
    { "ﬁlm", "FILM" },
    { "plain", "Plain" },
    { "", "" },
  };
  g_autofree char *a = chat_text_fold ("résumé"), *b = chat_text_fold ("resume");

  for (guint i = 0; i < G_N_ELEMENTS (alike); i++)
    {
      g_autofree char *one = chat_text_fold (alike[i][0]), *other = chat_text_fold (alike[i][1]);

      g_assert_cmpstr (one, ==, other);
    }
  g_assert_cmpstr (a, !=, b);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/message-text/links", test_links);
  g_test_add_func ("/ui/message-text/hostile", test_hostile);
  g_test_add_func ("/ui/message-text/file-name", test_file_name);
  g_test_add_func ("/ui/message-text/treacherous", test_treacherous);
  g_test_add_func ("/ui/message-text/fold", test_fold);

  return g_test_run ();
}
