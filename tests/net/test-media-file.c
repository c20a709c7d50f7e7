/* test-media-file.c: what is told of a file, as rows keep it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-client.h"

#define SHA256 "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static void
test_text (void)
{
  g_autoptr (GBytes) preview = g_bytes_new_static ("\xff\xd8\xff", 3);
  g_autofree char *long_name = g_strnfill (255, '"');
  ChatClientFile told = {
    .name = long_name, .size = G_GINT64_CONSTANT (1) << 40, .media_type = (char *) "image/jpeg", .sha256 = (char *) SHA256,
    .width = 1280, .height = 853, .preview = preview,
  };
  g_autofree char *text = NULL;
  g_autoptr (ChatClientFile) read = NULL;

  g_assert_true (chat_client_file_is_valid (&told));
  text = chat_client_file_to_text (&told);
  g_assert_cmpuint (strlen (text), <=, CHAT_CLIENT_MAX_FILE_TEXT);
  read = chat_client_file_parse (text);
  g_assert_nonnull (read);
  g_assert_cmpstr (read->name, ==, told.name);
  g_assert_cmpint (read->size, ==, told.size);
  g_assert_cmpstr (read->media_type, ==, told.media_type);
  g_assert_cmpstr (read->sha256, ==, told.sha256);
  g_assert_cmpuint (read->width, ==, 1280);
  g_assert_cmpuint (read->height, ==, 853);
  g_assert_true (g_bytes_equal (read->preview, preview));
}

/* What the protocol does not allow is as if it were not there */
static void
test_bad (void)
{
  static const char *const bad[] = {
    "", "null", "[]", "{}", "{", "{\"name\":\"a\"}",
    "{\"name\":\"a/b\",\"size\":1,\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\"}",
    "{\"name\":\"..\",\"size\":1,\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\"}",
    "{\"name\":\"a\",\"size\":0,\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\"}",
    "{\"name\":\"a\",\"size\":1,\"media_type\":\"a\",\"sha256\":\"" SHA256 "\"}",
    "{\"name\":\"a\",\"size\":1,\"media_type\":\"a/b\",\"sha256\":\"../../x\"}",
    "{\"name\":\"a\",\"size\":1,\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\",\"width\":65536}",
    "{\"name\":\"a\",\"size\":1,\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\",\"preview\":\"?\"}",
  };
  ChatClientFile file = { .name = (char *) "a\nb", .size = 1, .media_type = (char *) "a/b", .sha256 = (char *) SHA256 };
  g_autofree guchar *large = g_malloc0 (4000);
  g_autoptr (GBytes) preview = g_bytes_new_static (large, 4000);

  g_assert_null (chat_client_file_parse (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (chat_client_file_parse (bad[i]));
  g_assert_false (chat_client_file_is_valid (&file));
  file.name = (char *) "a";
  g_assert_true (chat_client_file_is_valid (&file));
  file.preview = preview;
  g_assert_false (chat_client_file_is_valid (&file));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net-media-file/text", test_text);
  g_test_add_func ("/net-media-file/bad", test_bad);
  return g_test_run ();
}
