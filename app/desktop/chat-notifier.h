/* chat-notifier.h: tells the desktop what came, while nobody looks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-session.h"

G_BEGIN_DECLS

/* How soon the notification of a room is replaced at the earliest: what comes meanwhile is summed up (milliseconds) */
#define CHAT_NOTIFIER_REPLACE_MS    3000
/* Rooms that have a notification of their own at a time; what comes in others is summed up in one */
#define CHAT_NOTIFIER_MAX_ROOMS     10
/* The same of what came before the connection */
#define CHAT_NOTIFIER_MAX_CAUGHT_UP 3
/* Messages of a room that are known one by one; further ones are counted */
#define CHAT_NOTIFIER_MAX_IDS       1000
/* Messages of a room that are kept for their words */
#define CHAT_NOTIFIER_MAX_HELD      4

/** ChatNotifierSeesFunc: Returns: whether the person has @room (nullable: the list of rooms) before their eyes, so that what comes there needs no
 * notification: the measure is that of read marks */
typedef gboolean (*ChatNotifierSeesFunc) (ChatRoom *room,
                                          gpointer  user_data);

#define CHAT_TYPE_NOTIFIER (chat_notifier_get_type ())
/**
 * ChatNotifier: one notification for each room with something new that nobody has seen, as long as that is so. It is replaced when more comes
 * or when its words change, and withdrawn when they are read, here or on another device, deleted, or the room is muted or goes. What
 * came while there was no connection is told when all of it is there, in sum. Only what has come calls the person (high priority): where
 * one was replaced because it is less, or has other words, it stays where it is (low).
 *
 * Settings of the profile: notifications, notification-text, and notified-rooms (those that have one, for the next start).
 *
 * The notifications' actions: app.open-room (ssx: server, login, room) and app.mark-room-read (ssxx: and the newest message that it tells
 * of); app.show, for what is in several rooms.
 */
G_DECLARE_FINAL_TYPE (ChatNotifier, chat_notifier, CHAT, NOTIFIER, GObject)

/** chat_notifier_new: @application: (transfer none): it owns the notifier; @profile: for the ids */
ChatNotifier *chat_notifier_new (GApplication         *application,
                                 ChatSession          *session,
                                 GSettings            *settings,
                                 const char           *profile,
                                 ChatNotifierSeesFunc  sees,
                                 gpointer              user_data);
/** chat_notifier_set_pause: for tests: instead of %CHAT_NOTIFIER_REPLACE_MS */
void          chat_notifier_set_pause (ChatNotifier   *self,
                                 guint                 pause_ms);

G_END_DECLS
