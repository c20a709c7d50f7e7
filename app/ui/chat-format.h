/* chat-format.h: times and previews in the words of the locale
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-room.h"

G_BEGIN_DECLS

/** chat_format_clock: Returns: (transfer full): the time of day of @time, with 12 or 24 hours as the desktop or the locale has it
 * (#ChatClock) */
char *chat_format_clock       (GDateTime   *time);
/** chat_format_short_date: @usec: µs since 1970 UTC; @now: local time.
 * Returns: (transfer full): the shortest that tells when it was: the time today, the weekday within six days, else the date;
 * "" where @usec is 0 or out of range */
char *chat_format_short_date  (gint64       usec,
                               GDateTime   *now);
/** chat_format_line: Returns: (transfer full): the beginning of @text on one line: white space of any kind is one space, what
 * can not be seen is left out. At most @max_chars characters, with an ellipsis where something is missing. */
char *chat_format_line        (const char  *text,
                               guint        max_chars);
/** chat_format_isolate: Returns: (transfer full): @text between marks (FSI, PDI) that keep its direction to itself: so a name does not
 * turn the sentence around it. @text has no such marks of its own (chat_format_line() takes them away) */
char *chat_format_isolate     (const char  *text);
/** chat_format_without_marks: Returns: (transfer full): @text without the marks of chat_format_isolate(): a screen reader would spell
 * them */
char *chat_format_without_marks (const char *text);
/** chat_format_preview: what a room's row says about its newest message.
 * Returns: (transfer full): "" where there is none */
char *chat_format_preview     (ChatRoom    *room);
/** chat_format_typing: who types in @room. Returns: (transfer full): "" where nobody does; names are isolated */
char *chat_format_typing      (ChatRoom    *room);
/** chat_format_presence: whether the other person of @room is there, else when they were there last. @now: local time.
 * Returns: (transfer full): "" where that is not known */
char *chat_format_presence    (ChatRoom    *room,
                               GDateTime   *now);
/** chat_format_seconds_until: @monotonic: of g_get_monotonic_time(). Returns: whole seconds, rounded up; 0 if it is past */
guint chat_format_seconds_until (gint64     monotonic);

G_END_DECLS
