/* chat-room-files.h: the messages of a room that carry files, from the store and from the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client-rows.h"
#include "chat-file-list.h"
#include "chat-session.h"

G_BEGIN_DECLS

/* The limits of this layer */
#define CHAT_ROOM_FILES_PAGE      60    /* messages that are added at a time */
#define CHAT_ROOM_FILES_LARGE_PAGE 200  /* the same, where a message is to be reached */
#define CHAT_ROOM_FILES_MAX_PAGES 10    /* pages of the history that the server is asked for, for one of these */
#define CHAT_ROOM_FILES_MAX_REACH 50

/**
 * chat_room_files_new: Returns: (transfer full): of the messages of @room_id with content of that kind; it loads its first page. Holds
 * @session weakly.
 *
 * What is kept is listed first, whatever is missing in it; then the server is asked for what is missing, or may be out of date, down to
 * there, where it knows pages: that comes in between. The beginning of the history is reached by asking for it page by page: nothing else in the
 * protocol tells of files.
 */
ChatFileList *chat_room_files_new         (ChatSession        *session,
                                           gint64              room_id,
                                           ChatClientContent   kind);

/* For the session: of all lists that there are */
/** chat_room_files_free: lets go of what the session holds of a list */
void          chat_room_files_free        (gpointer            files);
/** chat_room_files_met: @message is known as it is now */
void          chat_room_files_met         (ChatSession        *session,
                                           ChatMessage        *message);
/** chat_room_files_gone: @ids: (element-type gint64): messages that are gone */
void          chat_room_files_gone        (ChatSession        *session,
                                           gint64              room_id,
                                           GArray             *ids);
/** chat_room_files_room_gone: @room_id: with all that was in it */
void          chat_room_files_room_gone   (ChatSession        *session,
                                           gint64              room_id);
/** chat_room_files_fill: there is a connection: what is missing is asked for */
void          chat_room_files_fill        (ChatSession        *session);
/** chat_room_files_doubt: what is listed may be old: chat_room_files_fill() asks for it again */
void          chat_room_files_doubt       (ChatSession        *session);

G_END_DECLS
