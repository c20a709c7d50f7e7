/* chat-server-presence.h: who came and who went, for those who share a room with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-hub.h"

G_BEGIN_DECLS

/* PROTOCOL.md, "presence" */

void chat_server_presence_init      (ChatServerHub            *hub);
void chat_server_presence_clear     (ChatServerHub            *hub);

/** chat_server_presence_came: @peer was just bound to its user. @greet: it named the extension now: it is told of all others */
void chat_server_presence_came      (ChatServerPeer           *peer,
                                     gboolean                  greet);
/** chat_server_presence_went: the last connection of @user ended, which is about to be freed */
void chat_server_presence_went      (ChatServerHub            *hub,
                                     const ChatServerUser     *user);
/** chat_server_presence_changed: what that person allows to be told of it is another now */
void chat_server_presence_changed   (ChatServerHub            *hub,
                                     gint64                    user_id);
/** chat_server_presence_introduce: @members share a room from now on */
void chat_server_presence_introduce (ChatServerHub            *hub,
                                     const ChatStorageMembers *members);

G_END_DECLS
