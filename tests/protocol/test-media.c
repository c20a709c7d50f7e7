/* test-media.c: what may be told of a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-limits.h"
#include "chat-media.h"

#define SHA256 "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define MESSAGE "{\"type\":\"READ_MSG\",\"room_id\":1,\"message_id\":2,\"msg_type\":\"IMAGE\",\"message\":\"m\",\"date\":\"d\",\"sender\":\"s\""
#define REQUIRED "\"name\":\"a.png\",\"media_type\":\"image/png\",\"sha256\":\"" SHA256 "\""

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (CHAT_MAX_FILE_NAME_SIZE, 'x'), *too_long = g_strnfill (CHAT_MAX_FILE_NAME_SIZE + 1, 'x');
  const char *good[] = { "a", "photo.jpg", "фото на море.jpg", "…", "...", ".bashrc", "a\\b", "C:\\x", "a\"b", "a;b", "a%2Fb", longest };
  const char *bad[] = { "", ".", "..", "/", "a/b", "../a", "a\nb", "a\r\nSet-Cookie: x", "a\tb", "\x7f", "a\xc2\x85", "\xe2\x80\xa8",
                        "\xff", "\xc0\xaf", too_long };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (chat_file_name_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (chat_file_name_is_valid (bad[i]));
  g_assert_false (chat_file_name_is_valid (NULL));
}

static void
test_types (void)
{
  g_autofree char *subtype = g_strnfill (CHAT_MAX_MEDIA_TYPE_SIZE - 2, 'x');
  g_autofree char *longest = g_strconcat ("a/", subtype, NULL), *too_long = g_strconcat ("aa/", subtype, NULL);
  const char *good[] = { "a/b", "image/jpeg", "image/svg+xml", "application/vnd.a-b.c_d", longest };
  const char *bad[] = { "", "a", "/", "a/", "/b", "a/b/c", "a/b; c=d", "a b/c", "a/b\r\nX: y", "a/\xc3\xa9", too_long };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (chat_media_type_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (chat_media_type_is_valid (bad[i]));
  g_assert_false (chat_media_type_is_valid (NULL));
}

static void
test_digits (void)
{
  g_autofree char *longest = g_strnfill (CHAT_MAX_PREVIEW_SIZE, 'A'), *too_long = g_strnfill (CHAT_MAX_PREVIEW_SIZE + 4, 'A');

  g_assert_true (chat_sha256_is_valid (SHA256));
  g_assert_false (chat_sha256_is_valid ("9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08"));
  g_assert_false (chat_sha256_is_valid (SHA256 "0"));
  g_assert_false (chat_sha256_is_valid ("9f"));
  g_assert_false (chat_sha256_is_valid (NULL));

  g_assert_true (chat_preview_is_valid ("AAAA"));
  g_assert_true (chat_preview_is_valid ("AA+/AA=="));
  g_assert_true (chat_preview_is_valid ("AAA="));
  g_assert_true (chat_preview_is_valid (longest));
  g_assert_false (chat_preview_is_valid (""));
  g_assert_false (chat_preview_is_valid ("AAA"));
  g_assert_false (chat_preview_is_valid ("A==="));
  g_assert_false (chat_preview_is_valid ("AA=A"));
  g_assert_false (chat_preview_is_valid ("AA-_"));
  g_assert_false (chat_preview_is_valid ("AAA\n"));
  g_assert_false (chat_preview_is_valid (too_long));
  g_assert_false (chat_preview_is_valid (NULL));
}

static ChatPacket *
parse (const char *file)
{
  g_autofree char *json = file != NULL ? g_strconcat (MESSAGE ",\"file\":", file, "}", NULL) : g_strdup (MESSAGE "}");
  ChatPacket *packet = chat_packet_parse (json, strlen (json), CHAT_PACKET_TO_CLIENT);

  g_assert_no_error (chat_packet_get_problem (packet));

  return packet;
}

static void
test_file (void)
{
  /* Each is a message still, and none has an attachment */
  const char *bad[] = {
    NULL, "{}", "{" REQUIRED "}", "{" REQUIRED ",\"size\":0}", "{" REQUIRED ",\"size\":-1}", "{" REQUIRED ",\"size\":1.5}",
    "{" REQUIRED ",\"size\":\"1\"}", "{" REQUIRED ",\"size\":1,\"width\":-1}", "{" REQUIRED ",\"size\":1,\"width\":65536}",
    "{" REQUIRED ",\"size\":1,\"height\":4294967297}", "{" REQUIRED ",\"size\":1,\"width\":\"1\"}",
    "{" REQUIRED ",\"size\":1,\"preview\":1}", "{" REQUIRED ",\"size\":1,\"preview\":null}", "{" REQUIRED ",\"size\":1,\"preview\":\"?\"}",
    "{\"name\":\"../a\",\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\",\"size\":1}",
    "{\"name\":\"a\",\"media_type\":\"a\",\"sha256\":\"" SHA256 "\",\"size\":1}",
    "{\"name\":\"a\",\"media_type\":\"a/b\",\"sha256\":\"00\",\"size\":1}",
    "{\"name\":[\"a\"],\"media_type\":\"a/b\",\"sha256\":\"" SHA256 "\",\"size\":1}",
  };
  g_autoptr (ChatPacket) packet = parse ("{" REQUIRED ",\"size\":9007199254740991,\"width\":640,\"height\":480,\"preview\":\"AAAA\",\"more\":{}}");
  g_autoptr (ChatPacket) copy = chat_packet_new (CHAT_PACKET_READ_MSG), least = parse ("{" REQUIRED ",\"size\":1}");
  ChatFileInfo info, again;

  g_assert_true (chat_packet_get_file (packet, &info));
  g_assert_cmpstr (info.name, ==, "a.png");
  g_assert_cmpstr (info.media_type, ==, "image/png");
  g_assert_cmpstr (info.sha256, ==, SHA256);
  g_assert_cmpstr (info.preview, ==, "AAAA");
  g_assert_cmpint (info.size, ==, CHAT_MAX_ID);
  g_assert_cmpuint (info.width, ==, 640);
  g_assert_cmpuint (info.height, ==, 480);
  chat_packet_set_file (copy, &info);
  g_assert_true (chat_packet_get_file (copy, &again));
  g_assert_cmpstr (again.name, ==, info.name);
  g_assert_cmpint (again.size, ==, info.size);
  g_assert_cmpuint (again.height, ==, 480);

  g_assert_true (chat_packet_get_file (least, &info));
  g_assert_null (info.preview);
  g_assert_cmpuint (info.width, ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (ChatPacket) other = parse (bad[i]);

      if (chat_packet_get_file (other, &info))
        g_error ("taken for a file: %s", bad[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/media/names", test_names);
  g_test_add_func ("/media/types", test_types);
  g_test_add_func ("/media/digits", test_digits);
  g_test_add_func ("/media/file", test_file);

  return g_test_run ();
}
