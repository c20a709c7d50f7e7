/* chat-notification-words.h: what a notification says of what came
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-room.h"

G_BEGIN_DECLS

/* Of a name and of a message (characters): what a shell shows of them is less */
#define CHAT_NOTIFICATION_MAX_NAME 60
#define CHAT_NOTIFICATION_MAX_TEXT 200

/** chat_notification_title: Returns: (transfer full): the name of @room on one line, made harmless; never empty */
char *chat_notification_title  (ChatRoom  *room);
/** chat_notification_body: @messages: (element-type ChatMessage): the newest of what came, newest last; may be empty; @count: of all that
 * came, at least 1; @show_text: else only how many they are. Returns: (transfer full): plain text, on two lines at most; never empty */
char *chat_notification_body   (ChatRoom  *room,
                                GPtrArray *messages,
                                guint      count,
                                gboolean   show_text);
/** chat_notification_sum: Returns: (transfer full): of @count messages in @n_rooms rooms, on one line */
char *chat_notification_sum    (guint      count,
                                guint      n_rooms);

G_END_DECLS
