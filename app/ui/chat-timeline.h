/* chat-timeline.h: the messages of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-message-list.h"
#include "chat-room.h"

G_BEGIN_DECLS

#define CHAT_TYPE_TIMELINE (chat_timeline_get_type ())
/**
 * ChatTimeline: a list view on a #ChatMessageList that keeps the reading position, loads what one scrolls to, and tells each
 * room where the person was. It changes no message by itself.
 *
 * Signals:
 * message-requested (ChatMessage, const char *action)  edit, delete, retry or discard, or what is done with its file
 *                                                      (chat-file-acts.h), by menu, keyboard or pointer
 * seen (ChatRoom, gint64 id)                           everything up to this message was on screen in an active window; told a
 *                                                      moment later, and before another room is shown
 */
G_DECLARE_FINAL_TYPE (ChatTimeline, chat_timeline, CHAT, TIMELINE, GtkWidget)

GtkWidget       *chat_timeline_new            (void);
/** chat_timeline_set_room: @room, @list: (nullable) (transfer none): what to show; at the place where the person left it, else
 * at the first unread message, else at the newest */
void             chat_timeline_set_room       (ChatTimeline    *self,
                                               ChatRoom        *room,
                                               ChatMessageList *list);
ChatMessageList *chat_timeline_get_list       (ChatTimeline    *self);
/** chat_timeline_show_newest: goes to the newest message and follows it */
void             chat_timeline_show_newest    (ChatTimeline    *self);
/** chat_timeline_show_message: brings @message, which is in the list, onto the screen and marks it as found; @words are marked
 * in all messages. Both (nullable): nothing is marked any more */
void             chat_timeline_show_message   (ChatTimeline    *self,
                                               ChatMessage     *message,
                                               const char      *words);
/** chat_timeline_focus: the keyboard goes to the last message on screen. Returns: whether there is one */
gboolean         chat_timeline_focus          (ChatTimeline    *self);
/** chat_timeline_copy_selection: Returns: whether text was selected, and is in the clipboard now */
gboolean         chat_timeline_copy_selection (ChatTimeline    *self);
/** chat_timeline_get_first_visible: Returns: (nullable) (transfer none): the message that is kept in its place, and how many
 * pixels below the top of the view it begins */
ChatMessage     *chat_timeline_get_first_visible (ChatTimeline *self,
                                                  int          *offset);
gboolean         chat_timeline_get_follows    (ChatTimeline    *self);

G_END_DECLS
