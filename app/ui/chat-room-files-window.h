/* chat-room-files-window.h: all images and files of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-file-list.h"
#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_ROOM_FILES_WINDOW (chat_room_files_window_get_type ())
/**
 * ChatRoomFilesWindow: a grid of the images and a list of the files of a room, each the newest first. A click or Enter shows an image and
 * opens a file, which comes first where it is not here; the menu of each has the rest. Escape closes.
 *
 * Signals:
 * view (ChatMessage)                   the person wants to see an image
 * show-in-conversation (ChatMessage)
 */
G_DECLARE_FINAL_TYPE (ChatRoomFilesWindow, chat_room_files_window, CHAT, ROOM_FILES_WINDOW, AdwWindow)

GtkWidget    *chat_room_files_window_new        (GtkWindow           *parent,
                                                 ChatSession         *session,
                                                 ChatRoom            *room);
/** chat_room_files_window_get_images: Returns: (transfer none) */
ChatFileList *chat_room_files_window_get_images (ChatRoomFilesWindow *self);

G_END_DECLS
