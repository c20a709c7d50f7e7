/* chat-fake-session.h: a session without a server, which says what a test wants
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-session.h"

G_BEGIN_DECLS

/* It implements chat-session.h; it is linked in place of the real one. */

ChatSession *chat_fake_session_new             (void);
/** chat_fake_session_set_state: @error_code: of %CHAT_SESSION_ERROR, or -1 for none; @seconds: until the next try */
void         chat_fake_session_set_state       (ChatSession      *self,
                                                ChatSessionState  state,
                                                int               error_code,
                                                double            seconds);
/** chat_fake_session_set_account: what login and server say */
void         chat_fake_session_set_account     (ChatSession      *self,
                                                const char       *server,
                                                const char       *login);
/** chat_fake_session_set_abilities: %CHAT_SESSION_CAN_REMEMBER and the like; all of them at first */
void         chat_fake_session_set_abilities   (ChatSession      *self,
                                                guint             abilities);
/** chat_fake_session_set_media_limit: bytes of one file; 0, not told, at first */
void         chat_fake_session_set_media_limit (ChatSession      *self,
                                                gint64            limit);
/** chat_fake_session_add_file, _remove_file: @message: with an attachment: the newest of all rooms */
void         chat_fake_session_add_file        (ChatSession      *self,
                                                ChatMessage      *message);
void         chat_fake_session_remove_file     (ChatSession      *self,
                                                ChatMessage      *message);
/** chat_fake_session_set_settings: what others are told, as another device set it */
void         chat_fake_session_set_settings    (ChatSession      *self,
                                                gboolean          receipts,
                                                gboolean          typing,
                                                gboolean          presence,
                                                gboolean          waiting);
/** chat_fake_session_add_device: the newest one, signed in yesterday and used now */
void         chat_fake_session_add_device      (ChatSession      *self,
                                                gint64            id,
                                                const char       *name,
                                                gboolean          current);
/** chat_fake_session_fail_next: the next call that can fail does so; -1 for %G_IO_ERROR_CANCELLED on cancellation alone:
 * it never ends otherwise */
void         chat_fake_session_fail_next       (ChatSession      *self,
                                                int               error_code);
void         chat_fake_session_hang_next       (ChatSession      *self);
void         chat_fake_session_set_certificate (ChatSession      *self,
                                                const char       *fingerprint,
                                                const char       *accepted);
/** chat_fake_session_set_people: who can be found */
void         chat_fake_session_set_people      (ChatSession      *self,
                                                const char *const *people);
/** chat_fake_session_get_calls: what was asked of it, one call a line, oldest first */
const char  *chat_fake_session_get_calls       (ChatSession      *self);
/** chat_fake_session_add_room: a room with one message; @text: (nullable): none */
ChatRoom    *chat_fake_session_add_room        (ChatSession      *self,
                                                gint64            id,
                                                const char       *name,
                                                const char       *text,
                                                gboolean          outgoing,
                                                gint64            date);
void         chat_fake_session_remove_room     (ChatSession      *self,
                                                ChatRoom         *room);
/** chat_fake_session_say: @sender writes in @room; @live: it is told by "message-received". Returns: (transfer none) */
ChatMessage *chat_fake_session_say             (ChatSession      *self,
                                                ChatRoom         *room,
                                                const char       *sender,
                                                const char       *text,
                                                gboolean          live);
/** chat_fake_session_push: the same with any message; it gets an id if it has none */
void         chat_fake_session_push            (ChatSession      *self,
                                                ChatRoom         *room,
                                                ChatMessage      *message,
                                                gboolean          live);
void         chat_fake_session_delete_message  (ChatSession      *self,
                                                ChatRoom         *room,
                                                gint64            message_id);
/** chat_fake_session_catch_up: what came before the connection is told */
void         chat_fake_session_catch_up        (ChatSession      *self);

G_END_DECLS
