/* chat-room-history.h: the pages of one room, from the store and from the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_ROOM_HISTORY (chat_room_history_get_type ())
/**
 * ChatRoomHistory: a #ChatMessageSource.
 *
 * The store is asked first. What is kept is given at once, without a connection too, then also from beyond a gap; what is missing is
 * asked of the server, and kept. A page that is kept, but may have changed on the server since, is shown and asked for nevertheless:
 * what differs is then changed in the open window.
 *
 * Where the server knows pages, each page is asked for; where it knows only the user's API, the newest is what RESENT brings, and for
 * anything older ALL is asked for once.
 */
G_DECLARE_FINAL_TYPE (ChatRoomHistory, chat_room_history, CHAT, ROOM_HISTORY, GObject)

/** chat_room_history_new: does not keep @session alive */
ChatRoomHistory *chat_room_history_new (ChatSession *session,
                                        gint64       room_id);
/** chat_room_history_fill: there is a connection: what was passed over without one is asked for, and comes into the window where it
 * belongs: nothing that was in it moves away */
void             chat_room_history_fill (ChatRoomHistory *self);
/** chat_room_history_doubt: what the window shows may be old: chat_room_history_fill() asks for all of it again, and what differs is changed
 * in the window */
void             chat_room_history_doubt (ChatRoomHistory *self);

G_END_DECLS
