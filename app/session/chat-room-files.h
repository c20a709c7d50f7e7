/* chat-room-files.h: the messages of a room that carry files, out of the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-session.h"

G_BEGIN_DECLS

/** CHAT_ROOM_FILES_PAGE: messages that are read at a time */
#define CHAT_ROOM_FILES_PAGE 60

#define CHAT_TYPE_ROOM_FILES (chat_room_files_get_type ())
G_DECLARE_FINAL_TYPE (ChatRoomFiles, chat_room_files, CHAT, ROOM_FILES, GObject)

/** chat_room_files_new: Returns: (transfer full): a #GListModel of #ChatMessage, the newest first. It reads on when something near its end
 * is asked for. Holds @session weakly */
GListModel *chat_room_files_new (ChatSession *session,
                                 gint64       room_id,
                                 gboolean     images);

G_END_DECLS
