/* test-format.c: times and previews in words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <locale.h>
#include <string.h>

#include "chat-format.h"

#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"

static char *
short_date (const char *then,
            const char *now)
{
  g_autoptr (GDateTime) a = g_date_time_new_from_iso8601 (then, NULL);
  g_autoptr (GDateTime) b = g_date_time_new_from_iso8601 (now, NULL);

  return chat_format_short_date (g_date_time_to_unix (a) * G_USEC_PER_SEC, b);
}

static void
test_short_date (void)
{
  static const struct
  {
    const char *then;
    const char *now;
    const char *words;
  } cases[] = {
    { "2026-11-23T06:05:00Z", "2026-11-23T07:00:00Z", "06:05" },
    { "2026-11-23T00:00:00Z", "2026-11-23T23:59:59Z", "00:00" },
    { "2026-11-22T23:59:00Z", "2026-11-23T00:01:00Z", "Sun" },
    { "2026-11-17T12:00:00Z", "2026-11-23T07:00:00Z", "Tue" },
    { "2026-11-16T12:00:00Z", "2026-11-23T07:00:00Z", "16 Nov" },
    { "2026-01-05T12:00:00Z", "2026-11-23T07:00:00Z", "5 Jan" },
    { "2025-12-31T12:00:00Z", "2026-01-03T07:00:00Z", "Wed" },
    { "2025-11-23T12:00:00Z", "2026-11-23T07:00:00Z", "11/23/25" },
    /* The clock of the server is ahead: never a weekday that looks like the past */
    { "2026-11-24T12:00:00Z", "2026-11-23T07:00:00Z", "24 Nov" },
    /* The day is the reader's: 23:30 UTC is the next day in Kyiv */
    { "2026-11-22T23:30:00Z", "2026-11-23T09:00:00+02:00", "01:30" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = short_date (cases[i].then, cases[i].now);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_short_date_bounds (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 23, 7, 0, 0);
  static const gint64 times[] = { 0, G_MAXINT64, G_MININT64 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *words = chat_format_short_date (times[i], now);

      g_assert_cmpstr (words, ==, "");
    }
}

#define EIGHT_MARKS "\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"

static void
test_line (void)
{
  static const struct
  {
    const char *text;
    guint max;
    const char *line;
  } cases[] = {
    { NULL, 10, "" },
    { "", 10, "" },
    { "  \n ", 10, "" },
    { "one", 10, "one" },
    { "  one\n\n\ttwo  ", 10, "one two" },
    { "one\xe2\x80\xa8two\xe2\x80\xa9three", 20, "one two three" },
    { "a\x01" "b\x7f", 10, "ab" },
    { "abcdef", 3, "abc…" },
    { "abc", 3, "abc" },
    { "абв г", 3, "абв…" },
    { "abc   ", 3, "abc" },
    /* What would turn the words beside it around, or tower over them */
    { "a\xe2\x80\xae" "b\xe2\x81\xa9\xe2\x81\xa6" "c\xe2\x80\x8f", 10, "abc" },
    { "e" EIGHT_MARKS "\xcc\x80\xcc\x80" "f", 20, "e" EIGHT_MARKS "f" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = chat_format_line (cases[i].text, cases[i].max);

      g_assert_cmpstr (line, ==, cases[i].line);
    }
}

static ChatMessage *
add_message (ChatRoom           *room,
             const char         *sender,
             gboolean            outgoing,
             ChatMessageContent  content,
             const char         *text)
{
  ChatMessage *message = chat_message_new (1, sender, outgoing, content, NULL);

  chat_message_set_text (message, text);
  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
  chat_room_set_last_message (room, message);
  return message;
}

static void
assert_preview (ChatRoom   *room,
                const char *words)
{
  g_autofree char *preview = chat_format_preview (room);

  g_assert_cmpstr (preview, ==, words);
}

static void
test_preview (void)
{
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  g_autoptr (ChatMessage) his = NULL;
  g_autoptr (ChatMessage) hers = NULL;
  g_autoptr (ChatMessage) mine = NULL;
  g_autoptr (ChatMessage) picture = NULL;

  assert_preview (room, "");
  his = add_message (room, "bob", FALSE, CHAT_MESSAGE_TEXT, "good\nmorning");
  assert_preview (room, FSI "good morning" PDI);
  hers = add_message (room, "ann", FALSE, CHAT_MESSAGE_TEXT, "hello");
  assert_preview (room, FSI "ann" PDI ": " FSI "hello" PDI);
  mine = add_message (room, "me", TRUE, CHAT_MESSAGE_TEXT, "hello");
  assert_preview (room, "You: " FSI "hello" PDI);
  chat_message_set_state (mine, CHAT_MESSAGE_WAITING, NULL);
  assert_preview (room, "Waiting: " FSI "hello" PDI);
  chat_message_set_state (mine, CHAT_MESSAGE_FAILED, "no");
  assert_preview (room, "Not sent: " FSI "hello" PDI);
  /* Its text is an address: never shown */
  picture = add_message (room, "bob", FALSE, CHAT_MESSAGE_IMAGE, "https://example.org/secret");
  assert_preview (room, "Picture");

  chat_room_set_draft (room, "I was");
  assert_preview (room, "Draft: " FSI "I was" PDI);
  chat_room_set_draft (room, "  \n");
  assert_preview (room, "Picture");
}

static void
test_preview_is_bounded (void)
{
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  g_autofree char *long_text = g_strnfill (64 * 1024, 'x');
  G_GNUC_UNUSED g_autoptr (ChatMessage) message = add_message (room, "bob", FALSE, CHAT_MESSAGE_TEXT, long_text);
  g_autofree char *preview = chat_format_preview (room);

  g_assert_cmpuint (strlen (preview), <, 300);
}

static void
test_typing (void)
{
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  static const char *const names[] = { "bob", "ann", "eve" };
  static const char *const words[] = { "typing…", FSI "bob" PDI " and " FSI "ann" PDI " are typing…", "several people are typing…" };
  g_autofree char *nobody = chat_format_typing (room);
  g_autofree char *other = NULL;

  g_assert_cmpstr (nobody, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *typing = NULL;

      chat_room_set_typing (room, names[i], TRUE);
      typing = chat_format_typing (room);
      g_assert_cmpstr (typing, ==, words[i]);
    }
  chat_room_set_typing (room, "bob", FALSE);
  chat_room_set_typing (room, "ann", FALSE);
  other = chat_format_typing (room);
  g_assert_cmpstr (other, ==, FSI "eve" PDI " is typing…");
}

static void
test_presence (void)
{
  static const struct
  {
    const char *then;
    const char *words;
  } cases[] = {
    { "2026-11-23T14:59:30Z", "last seen just now" },
    { "2026-11-23T15:20:00Z", "last seen just now" },    /* the clock of the server is ahead */
    { "2026-11-23T14:58:30Z", "last seen 1 minute ago" },
    { "2026-11-23T14:00:30Z", "last seen 59 minutes ago" },
    { "2026-11-23T14:00:00Z", "last seen today at 14:00" },
    { "2026-11-22T23:59:00Z", "last seen yesterday at 23:59" },
    { "2026-11-21T23:59:00Z", "last seen on 21 November" },
    { "2025-12-31T12:00:00Z", "last seen on 31 December 2025" },
  };
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 23, 15, 0, 0);
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  g_autofree char *unknown = chat_format_presence (room, now);
  g_autofree char *online = NULL;
  g_autofree char *absurd = NULL;

  g_assert_cmpstr (unknown, ==, "");
  chat_room_set_presence (room, CHAT_PRESENCE_ONLINE, 0);
  online = chat_format_presence (room, now);
  g_assert_cmpstr (online, ==, "online");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GDateTime) then = g_date_time_new_from_iso8601 (cases[i].then, NULL);
      g_autofree char *words = NULL;

      chat_room_set_presence (room, CHAT_PRESENCE_AWAY, g_date_time_to_unix (then) * G_USEC_PER_SEC);
      words = chat_format_presence (room, now);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
  chat_room_set_presence (room, CHAT_PRESENCE_AWAY, G_MAXINT64);
  absurd = chat_format_presence (room, now);
  g_assert_cmpstr (absurd, ==, "");
}

static void
test_without_marks (void)
{
  g_autofree char *plain = chat_format_without_marks ("You: " FSI "hello" PDI);

  g_assert_cmpstr (plain, ==, "You: hello");
}

static void
test_seconds (void)
{
  gint64 now = g_get_monotonic_time ();

  g_assert_cmpuint (chat_format_seconds_until (0), ==, 0);
  g_assert_cmpuint (chat_format_seconds_until (now), ==, 0);
  g_assert_cmpuint (chat_format_seconds_until (now + G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC), ==, 3600);
  g_assert_cmpuint (chat_format_seconds_until (G_MAXINT64), ==, G_MAXINT);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/format/short-date", test_short_date);
  g_test_add_func ("/ui/format/short-date-bounds", test_short_date_bounds);
  g_test_add_func ("/ui/format/line", test_line);
  g_test_add_func ("/ui/format/preview", test_preview);
  g_test_add_func ("/ui/format/preview-is-bounded", test_preview_is_bounded);
  g_test_add_func ("/ui/format/typing", test_typing);
  g_test_add_func ("/ui/format/presence", test_presence);
  g_test_add_func ("/ui/format/without-marks", test_without_marks);
  g_test_add_func ("/ui/format/seconds", test_seconds);
  return g_test_run ();
}
