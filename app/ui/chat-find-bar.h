/* chat-find-bar.h: finds words in the messages of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-timeline.h"

G_BEGIN_DECLS

#define CHAT_TYPE_FIND_BAR (chat_find_bar_get_type ())
/**
 * ChatFindBar: an entry, how many were found, and a way from one to the next. It begins at the newest and loads older messages
 * as it goes; Enter and Up go to the one before, Shift+Enter and Down to the one after, Escape ends it.
 */
G_DECLARE_FINAL_TYPE (ChatFindBar, chat_find_bar, CHAT, FIND_BAR, GtkWidget)

/** chat_find_bar_new: @timeline: (transfer none): where it searches; outlives it */
GtkWidget *chat_find_bar_new   (ChatTimeline *timeline);
void       chat_find_bar_start (ChatFindBar  *self);
void       chat_find_bar_stop  (ChatFindBar  *self);
gboolean   chat_find_bar_is_active (ChatFindBar *self);
/** chat_find_bar_room_changed: the timeline shows another room */
void       chat_find_bar_room_changed (ChatFindBar *self);

G_END_DECLS
