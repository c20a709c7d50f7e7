/* chat-values.c: names, passwords and dates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-limits.h"
#include "chat-packet.h"

#define USEC_PER_DAY (G_USEC_PER_SEC * G_GINT64_CONSTANT (86400))

gboolean
chat_login_is_valid (const char *login)
{
  gsize length = login != NULL ? strlen (login) : 0;

  if (length < 1 || length > CHAT_MAX_LOGIN_SIZE)
    return FALSE;

  for (; *login != '\0'; login++)
    {
      if (!g_ascii_isalnum (*login) && *login != '.' && *login != '_' && *login != '-')
        return FALSE;
    }

  return TRUE;
}

char *
chat_login_fold (const char *login)
{
  return g_ascii_strdown (login, -1);
}

gboolean
chat_password_is_valid (const char *password)
{
  gsize length = password != NULL ? strlen (password) : 0;

  return length >= CHAT_MIN_PASSWORD_SIZE && length <= CHAT_MAX_PASSWORD_SIZE
         && g_utf8_validate (password, (gssize) length, NULL);
}

/* Days between 1970-01-01 and a day of the Gregorian calendar. Years are counted from March, so that the leap day is a
 * year's last. */
static gint64
days_from_date (int year,
                int month,
                int day)
{
  gint64 y = month > 2 ? year : year - 1;
  gint64 era = y / 400;
  gint64 year_of_era = y % 400;
  gint64 day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static inline void
write_digits (char *at,
              guint count,
              guint number)
{
  for (char *p = at + count; p > at; number /= 10)
    *--p = (char) ('0' + number % 10);
}

char *
chat_date_format (gint64 usec)
{
  /* 0000-03-01 is day 0 here; what RFC 3339 can write are the years 0 to 9999. */
  const gint64 first = days_from_date (1, 1, 1) * USEC_PER_DAY;
  const gint64 last = days_from_date (10000, 1, 1) * USEC_PER_DAY - 1;
  gint64 days, rest, era, day_of_era, year_of_era, day_of_year, month, day, year;

  usec = CLAMP (usec, first, last);
  days = (usec - first) / USEC_PER_DAY + first / USEC_PER_DAY;
  rest = (usec - first) % USEC_PER_DAY / 1000;

  days += 719468;
  era = days / 146097;
  day_of_era = days % 146097;
  year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  month = (5 * day_of_year + 2) / 153;
  day = day_of_year - (153 * month + 2) / 5 + 1;
  month = month < 10 ? month + 3 : month - 9;
  year = year_of_era + era * 400 + (month <= 2);

  char text[] = "0000-00-00T00:00:00.000Z";
  guint ms = (guint) rest;

  write_digits (text, 4, (guint) year);
  write_digits (text + 5, 2, (guint) month);
  write_digits (text + 8, 2, (guint) day);
  write_digits (text + 11, 2, ms / 3600000);
  write_digits (text + 14, 2, ms / 60000 % 60);
  write_digits (text + 17, 2, ms / 1000 % 60);
  write_digits (text + 20, 3, ms % 1000);

  return g_strdup (text);
}

static gboolean
read_digits (const char **p,
             guint        count,
             char         before,
             int         *number)
{
  if (before != '\0' && *(*p)++ != before)
    return FALSE;

  *number = 0;
  for (guint i = 0; i < count; i++, (*p)++)
    {
      if (!g_ascii_isdigit (**p))
        return FALSE;
      *number = *number * 10 + (**p - '0');
    }

  return TRUE;
}

/* RFC 3339, section 5.6 */
gboolean
chat_date_parse (const char *date,
                 gint64     *usec)
{
  const char *p = date;
  int year, month, day, hour, minute, second, offset = 0;
  gint64 fraction = 0;

  if (date == NULL
      || !read_digits (&p, 4, '\0', &year) || !read_digits (&p, 2, '-', &month) || !read_digits (&p, 2, '-', &day)
      || (*p != 'T' && *p != 't' && *p != ' ')
      || !read_digits (&p, 2, *p, &hour) || !read_digits (&p, 2, ':', &minute) || !read_digits (&p, 2, ':', &second))
    return FALSE;

  if (!g_date_valid_dmy ((GDateDay) day, month, (GDateYear) year) || hour > 23 || minute > 59 || second > 60)
    return FALSE;

  if (*p == '.')
    {
      gint64 unit = G_USEC_PER_SEC;

      if (!g_ascii_isdigit (*++p))
        return FALSE;
      for (; g_ascii_isdigit (*p); p++)
        {
          unit /= 10;
          fraction += (*p - '0') * unit;
        }
    }

  if (*p == 'Z' || *p == 'z')
    p++;
  else if (*p == '+' || *p == '-')
    {
      int sign = *p == '-' ? -1 : 1;
      int hours, minutes;

      if (!read_digits (&p, 2, *p, &hours) || !read_digits (&p, 2, ':', &minutes) || hours > 23 || minutes > 59)
        return FALSE;
      offset = sign * (hours * 60 + minutes);
    }
  else
    return FALSE;

  if (*p != '\0')
    return FALSE;

  *usec = days_from_date (year, month, day) * USEC_PER_DAY
          + ((gint64) (hour * 60 + minute - offset) * 60 + second) * G_USEC_PER_SEC + fraction;

  return TRUE;
}
