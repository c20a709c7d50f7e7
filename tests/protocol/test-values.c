/* test-values.c: statuses, names, passwords, dates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-limits.h"
#include "chat-packet.h"

static void
test_statuses (void)
{
  for (ChatStatus status = CHAT_STATUS_SUCCESS; status < CHAT_N_STATUSES; status++)
    {
      g_autoptr (GError) error = chat_error_from_status (status, NULL);
      g_autoptr (GError) detailed = chat_error_from_status (status, "detail");

      g_assert_cmpint (chat_status_from_string (chat_status_to_string (status)), ==, status);
      g_assert_cmpstr (detailed->message, ==, "detail");
      g_assert_cmpint (detailed->code, ==, error->code);
      g_assert_cmpuint (strlen (error->message), >, 0);
      if (!chat_status_is_success (status))
        g_assert_cmpint (chat_error_to_status (error), ==, status);
      else
        g_assert_error (error, CHAT_ERROR, CHAT_ERROR_FAILED);
    }

  g_assert_null (chat_status_to_string (CHAT_STATUS_NONE));
  g_assert_null (chat_status_to_string (CHAT_STATUS_OTHER));
  g_assert_true (chat_status_is_success (CHAT_STATUS_NONE));
  g_assert_false (chat_status_is_success (CHAT_STATUS_OTHER));
  g_assert_cmpint (chat_status_from_string ("success"), ==, CHAT_STATUS_OTHER);
  g_assert_cmpint (chat_status_from_string (""), ==, CHAT_STATUS_OTHER);

  /* Every error tells a peer something. */
  for (int code = CHAT_ERROR_FAILED; code <= CHAT_ERROR_CERTIFICATE_CHANGED; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (CHAT_ERROR, code, "x");

      g_assert_nonnull (chat_status_to_string (chat_error_to_status (error)));
      g_assert_false (chat_status_is_success (chat_error_to_status (error)));
    }
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");
  g_assert_cmpint (chat_error_to_status (foreign), ==, CHAT_STATUS_ERROR);
}

static void
test_values (void)
{
  g_autofree char *longest = g_strnfill (CHAT_MAX_LOGIN_SIZE, 'a');
  g_autofree char *too_long = g_strnfill (CHAT_MAX_LOGIN_SIZE + 1, 'a');
  g_autofree char *longest_pass = g_strnfill (CHAT_MAX_PASSWORD_SIZE, 'a');
  g_autofree char *too_long_pass = g_strnfill (CHAT_MAX_PASSWORD_SIZE + 1, 'a');
  g_autofree char *folded = chat_login_fold ("AnNa.B-1_z");

  g_assert_true (chat_login_is_valid ("a") && chat_login_is_valid ("Anna.B-1_z") && chat_login_is_valid (longest));
  g_assert_false (chat_login_is_valid (NULL) || chat_login_is_valid ("") || chat_login_is_valid (too_long));
  g_assert_false (chat_login_is_valid ("a b") || chat_login_is_valid ("é") || chat_login_is_valid ("a\n"));
  g_assert_cmpstr (folded, ==, "anna.b-1_z");
  g_assert_true (chat_password_is_valid ("12345678") && chat_password_is_valid ("éééé"));
  g_assert_true (chat_password_is_valid (longest_pass));
  g_assert_false (chat_password_is_valid (NULL) || chat_password_is_valid ("1234567"));
  g_assert_false (chat_password_is_valid (too_long_pass) || chat_password_is_valid ("1234567\xff"));
}

static void
test_dates (void)
{
  static const struct
  {
    const char *text;
    gint64      usec;
    gboolean    canonical;
  } dates[] = {
    { "1970-01-01T00:00:00.000Z", 0, TRUE },
    { "2026-01-31T12:34:56.789Z", G_GINT64_CONSTANT (1769862896789000), TRUE },
    { "2000-02-29T23:59:59.999Z", G_GINT64_CONSTANT (951868799999000), TRUE },
    { "1969-12-31T23:59:59.999Z", -1000, TRUE },
    { "0001-01-01T00:00:00.000Z", G_GINT64_CONSTANT (-62135596800000000), TRUE },
    { "9999-12-31T23:59:59.999Z", G_GINT64_CONSTANT (253402300799999000), TRUE },
    { "2026-01-31t12:34:56z", G_GINT64_CONSTANT (1769862896000000), FALSE },
    { "2026-01-31 12:34:56.7Z", G_GINT64_CONSTANT (1769862896700000), FALSE },
    { "2026-01-31T12:34:56.123456789Z", G_GINT64_CONSTANT (1769862896123456), FALSE },
    { "2026-01-31T14:34:56+02:00", G_GINT64_CONSTANT (1769862896000000), FALSE },
    { "2026-01-31T07:04:56-05:30", G_GINT64_CONSTANT (1769862896000000), FALSE },
    { "2016-12-31T23:59:60Z", G_GINT64_CONSTANT (1483228800000000), FALSE },
  };
  static const char *const none[] = {
    "", "yesterday", "2026-01-31", "2026-01-31T12:34:56", "2026-01-31T12:34Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
    "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:34:61Z", "2026-01-31T12:34:56.Z", "2026-01-31T12:34:56Z ",
    "2026-01-31T12:34:56+0200", "2026-01-31T12:34:56+24:00", " 2026-01-31T12:34:56Z", "20260131T123456Z", "2026-1-31T12:34:56Z",
    "0000-01-01T00:00:00Z",
  };
  gint64 usec;

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (chat_date_parse (dates[i].text, &usec));
      g_assert_cmpint (usec, ==, dates[i].usec);
      text = chat_date_format (dates[i].usec);
      if (dates[i].canonical)
        g_assert_cmpstr (text, ==, dates[i].text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_false (chat_date_parse (none[i], &usec));
  g_assert_false (chat_date_parse (NULL, &usec));

  /* Against GLib's calendar, from the year 1000 on */
  for (gint64 seconds = -30610224000; seconds < 253402300800; seconds += 86399 * 1009)
    {
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);
      g_autofree char *expected = g_date_time_format (date, "%Y-%m-%dT%H:%M:%S.000Z");
      g_autofree char *text = chat_date_format (seconds * G_USEC_PER_SEC);

      g_assert_cmpstr (text, ==, expected);
      g_assert_true (chat_date_parse (text, &usec));
      g_assert_cmpint (usec, ==, seconds * G_USEC_PER_SEC);
    }

  g_autofree char *early = chat_date_format (G_MININT64);
  g_autofree char *late = chat_date_format (G_MAXINT64);
  g_assert_cmpstr (early, ==, "0001-01-01T00:00:00.000Z");
  g_assert_cmpstr (late, ==, "9999-12-31T23:59:59.999Z");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/values/statuses", test_statuses);
  g_test_add_func ("/values/names", test_values);
  g_test_add_func ("/values/dates", test_dates);

  return g_test_run ();
}
