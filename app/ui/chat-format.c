/* chat-format.c: times and previews in the words of the locale
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-format.h"

#include "chat-clock.h"
#include "chat-message-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* A message may be 64 KiB; a row shows some fifty characters, and laying out the rest would only cost time. */
#define PREVIEW_CHARS 160
/* Of a name among words of ours */
#define NAME_CHARS 24

#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8"
#define POP_DIRECTIONAL_ISOLATE "\xe2\x81\xa9"

char *
chat_format_clock (GDateTime *time)
{
  char *text = NULL;

  if (chat_clock_get_twelve_hours (chat_clock_get_default ()))
    /* Translators: the time of day with 12 hours; see g_date_time_format() */
    text = g_date_time_format (time, _("%-l:%M %p"));
  else
    /* Translators: the time of day with 24 hours; see g_date_time_format() */
    text = g_date_time_format (time, _("%H:%M"));
  return text != NULL ? g_strstrip (text) : g_strdup ("");
}

static gint64
day_number (GDateTime *time)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, g_date_time_get_day_of_month (time), g_date_time_get_month (time), g_date_time_get_year (time));
  return g_date_get_julian (&date);
}

char *
chat_format_short_date (gint64     usec,
                        GDateTime *now)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) time = NULL;
  char *text;
  gint64 days;

  if (usec == 0)
    return g_strdup ("");
  utc = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  if (utc != NULL)
    time = g_date_time_to_timezone (utc, g_date_time_get_timezone (now));
  if (time == NULL)
    return g_strdup ("");

  days = day_number (now) - day_number (time);
  if (days == 0)
    return chat_format_clock (time);
  if (days > 0 && days < 7)
    /* Translators: the abbreviated weekday */
    text = g_date_time_format (time, _("%a"));
  else if (g_date_time_get_year (time) == g_date_time_get_year (now))
    /* Translators: day and abbreviated month of this year, as short as can be */
    text = g_date_time_format (time, _("%-d %b"));
  else
    text = g_date_time_format (time, "%x");
  return text != NULL ? text : g_strdup ("");
}

char *
chat_format_line (const char *text,
                  guint       max_chars)
{
  GString *line = g_string_new (NULL);
  gboolean space = FALSE;
  guint n_chars = 0, n_marks = 0;

  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c == 0x2028 || c == 0x2029)
        {
          space = line->len > 0;
          continue;
        }
      if (g_unichar_iscntrl (c) || chat_text_is_directional (c))
        continue;
      n_marks = g_unichar_ismark (c) ? n_marks + 1 : 0;
      if (n_marks > CHAT_TEXT_MAX_MARKS)
        continue;
      if (n_chars >= max_chars)
        {
          g_string_append (line, "…");
          break;
        }
      if (space)
        g_string_append_c (line, ' ');
      space = FALSE;
      g_string_append_unichar (line, c);
      n_chars++;
    }
  return g_string_free (line, FALSE);
}

char *
chat_format_isolate (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return g_strconcat (FIRST_STRONG_ISOLATE, text, POP_DIRECTIONAL_ISOLATE, NULL);
}

static char *
message_line (ChatMessage *message)
{
  g_autofree char *line = NULL;

  switch (chat_message_get_content (message))
    {
    case CHAT_MESSAGE_IMAGE:
      /* Translators: stands for a message that is a picture */
      return g_strdup (_("Picture"));
    case CHAT_MESSAGE_FILE:
      /* Translators: stands for a message that is a file */
      return g_strdup (_("File"));
    case CHAT_MESSAGE_TEXT:
    default:
      line = chat_format_line (chat_message_get_text (message), PREVIEW_CHARS);
      return chat_format_isolate (line);
    }
}

char *
chat_format_preview (ChatRoom *room)
{
  ChatMessage *message = chat_room_get_last_message (room);
  const char *draft = chat_room_get_draft (room);
  g_autofree char *line = NULL;
  g_autofree char *sender = NULL;

  if (draft != NULL && *draft != '\0')
    {
      line = chat_format_line (draft, PREVIEW_CHARS);
      if (*line != '\0')
        {
          g_autofree char *isolated = chat_format_isolate (line);

          /* Translators: the beginning of a text that was not sent yet */
          return g_strdup_printf (_("Draft: %s"), isolated);
        }
      g_clear_pointer (&line, g_free);
    }
  if (message == NULL)
    return g_strdup ("");

  line = message_line (message);
  if (chat_message_get_outgoing (message))
    switch (chat_message_get_state (message))
      {
      case CHAT_MESSAGE_FAILED:
        /* Translators: a message that could not be sent */
        return g_strdup_printf (_("Not sent: %s"), line);
      case CHAT_MESSAGE_WAITING:
        /* Translators: a message that waits for a connection */
        return g_strdup_printf (_("Waiting: %s"), line);
      case CHAT_MESSAGE_SENDING:
      case CHAT_MESSAGE_SENT:
      default:
        /* Translators: a message that the person at this computer wrote */
        return g_strdup_printf (_("You: %s"), line);
      }
  if (g_strcmp0 (chat_message_get_sender (message), chat_room_get_name (room)) == 0)
    return g_steal_pointer (&line);
  sender = chat_format_isolate (chat_message_get_sender (message));
  /* Translators: who wrote a message, and what */
  return g_strdup_printf (_("%s: %s"), sender, line);
}

/* The others in a room */

static char *
short_name (const char *name)
{
  g_autofree char *line = chat_format_line (name, NAME_CHARS);

  return chat_format_isolate (line);
}

char *
chat_format_typing (ChatRoom *room)
{
  const char *const *names = chat_room_get_typing (room);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  if (names[0] == NULL)
    return g_strdup ("");
  if (names[1] == NULL && g_ascii_strcasecmp (names[0], chat_room_get_name (room)) == 0)
    /* Translators: the other person of a conversation types a message at this moment */
    return g_strdup (_("typing…"));
  first = short_name (names[0]);
  if (names[1] == NULL)
    /* Translators: in a conversation of more than two people; %s is a name */
    return g_strdup_printf (_("%s is typing…"), first);
  if (names[2] != NULL)
    return g_strdup (_("several people are typing…"));
  second = short_name (names[1]);
  /* Translators: each %s is a name */
  return g_strdup_printf (_("%s and %s are typing…"), first, second);
}

static char *
format_last_seen (gint64     usec,
                  GDateTime *now)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  g_autoptr (GDateTime) time = utc != NULL ? g_date_time_to_timezone (utc, g_date_time_get_timezone (now)) : NULL;
  g_autofree char *clock = NULL;
  g_autofree char *day = NULL;
  gint64 minutes, days;

  if (time == NULL)
    return g_strdup ("");
  minutes = g_date_time_difference (now, time) / G_TIME_SPAN_MINUTE;
  /* The clocks of the server and of this computer need not agree */
  if (minutes < 1)
    /* Translators: when the other person of a conversation had a connection: less than a minute ago */
    return g_strdup (_("last seen just now"));
  if (minutes < 60)
    return g_strdup_printf (ngettext ("last seen %u minute ago", "last seen %u minutes ago", minutes), (guint) minutes);

  clock = chat_format_clock (time);
  days = day_number (now) - day_number (time);
  if (days == 0)
    /* Translators: %s is a time of day */
    return g_strdup_printf (_("last seen today at %s"), clock);
  if (days == 1)
    return g_strdup_printf (_("last seen yesterday at %s"), clock);
  if (g_date_time_get_year (time) == g_date_time_get_year (now) || days < 180)
    /* Translators: day and month; see g_date_time_format() */
    day = g_date_time_format (time, _("%-d %B"));
  else
    /* Translators: day, month and year; see g_date_time_format() */
    day = g_date_time_format (time, C_("last seen", "%-d %B %Y"));
  /* Translators: %s is a date */
  return g_strdup_printf (_("last seen on %s"), day != NULL ? day : "");
}

char *
chat_format_presence (ChatRoom  *room,
                      GDateTime *now)
{
  switch (chat_room_get_presence (room))
    {
    case CHAT_PRESENCE_ONLINE:
      /* Translators: the other person of a conversation has a connection now */
      return g_strdup (_("online"));
    case CHAT_PRESENCE_AWAY:
      return format_last_seen (chat_room_get_last_seen (room), now);
    case CHAT_PRESENCE_UNKNOWN:
    default:
      return g_strdup ("");
    }
}

char *
chat_format_without_marks (const char *text)
{
  GString *plain = g_string_new (text);

  g_string_replace (plain, FIRST_STRONG_ISOLATE, "", 0);
  g_string_replace (plain, POP_DIRECTIONAL_ISOLATE, "", 0);
  return g_string_free (plain, FALSE);
}

guint
chat_format_seconds_until (gint64 monotonic)
{
  gint64 left = monotonic - g_get_monotonic_time ();

  if (left <= 0)
    return 0;
  return (guint) MIN ((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, G_MAXINT);
}
