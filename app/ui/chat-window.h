/* chat-window.h: the window: sign in, rooms, conversation
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_WINDOW (chat_window_get_type ())
/**
 * ChatWindow: shows what the session's state asks for: a page for loading, for signing in, or the rooms.
 *
 * Property: room  ChatRoom  nullable, read-only: the one that is open
 * Actions: win.open-room, win.pin-room, win.mute-room, win.mark-room-unread, win.mark-room-read, win.delete-room
 * (x: the room's id), win.copy-link (to the person of the open room), win.find-person (s: what to search for), win.resolve-connection, win.back, win.cancel-sign-in, win.toast (s)
 */
G_DECLARE_FINAL_TYPE (ChatWindow, chat_window, CHAT, WINDOW, AdwApplicationWindow)

/** chat_window_new: @settings: of the profile */
GtkWidget *chat_window_new              (GtkApplication *application,
                                         ChatSession    *session,
                                         GSettings      *settings);
/** chat_window_set_loading: while the last session is being restored, neither rooms nor the sign-in page show */
void       chat_window_set_loading      (ChatWindow     *self,
                                         gboolean        loading);
/** chat_window_fill_sign_in, _try_sign_in: see ChatSignInPage */
void       chat_window_fill_sign_in     (ChatWindow     *self,
                                         const char     *server,
                                         gboolean        insecure,
                                         const char     *login);
void       chat_window_try_sign_in      (ChatWindow     *self,
                                         const char     *server,
                                         gboolean        insecure,
                                         const char     *login,
                                         const char     *password);
/** chat_window_get_signing_in: an attempt is on its way */
gboolean   chat_window_get_signing_in   (ChatWindow     *self);
ChatRoom  *chat_window_get_room         (ChatWindow     *self);
/** chat_window_open_room: @room: (nullable): shows it, and the keyboard goes to its composer */
void       chat_window_open_room        (ChatWindow     *self,
                                         ChatRoom       *room);
/** chat_window_open_message: shows @room with the message at the top, as if one had been reading there */
void       chat_window_open_message     (ChatWindow     *self,
                                         ChatRoom       *room,
                                         gint64          message_id);
/** chat_window_expect_room: a room is about to be opened: the one of the last time is not */
void       chat_window_expect_room      (ChatWindow     *self);
/** chat_window_sees: Returns: whether the person has @room before their eyes, at its newest message, as for a read mark. (nullable): the list
 * of rooms */
gboolean   chat_window_sees             (ChatWindow     *self,
                                         ChatRoom       *room);
/** chat_window_new_conversation: @text: (nullable): what to search for */
void       chat_window_new_conversation (ChatWindow     *self,
                                         const char     *text);
/** chat_window_find_room: @text: (nullable): what the filter is to hold; %NULL: what it holds */
void       chat_window_find_room        (ChatWindow     *self,
                                         const char     *text);
/** chat_window_search: within the open room */
void       chat_window_search           (ChatWindow     *self);
/** chat_window_show_files: all images and files of the open room */
void       chat_window_show_files       (ChatWindow     *self);
/** chat_window_step_room: see chat_room_list_view_get_neighbour() */
void       chat_window_step_room        (ChatWindow     *self,
                                         int             step,
                                         gboolean        unread);
/** chat_window_cycle_focus: list, timeline, composer (@step 1), or the other way round (-1) */
void       chat_window_cycle_focus      (ChatWindow     *self,
                                         int             step);
/** chat_window_delete_room, _sign_out: ask first */
void       chat_window_delete_room      (ChatWindow     *self,
                                         ChatRoom       *room);
void       chat_window_sign_out         (ChatWindow     *self);
/** chat_window_mark_unread: and leaves it, if it is open: what one sees is read */
void       chat_window_mark_unread      (ChatWindow     *self,
                                         ChatRoom       *room);
/** chat_window_say_notice: @words: what the person should know, and stays until they have closed it */
void       chat_window_say_notice       (ChatWindow     *self,
                                         const char     *words);
/** chat_window_toast: @text: a few words that go away by themselves */
void       chat_window_toast            (ChatWindow     *self,
                                         const char     *text);

G_END_DECLS
