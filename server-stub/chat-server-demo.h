/* chat-server-demo.h: sample people, rooms and a history, for trying the application out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-hasher.h"
#include "chat-server-storage.h"

G_BEGIN_DECLS

/** The password of every sample person, for the help and the README; the first of them, who knows all the others */
#define CHAT_SERVER_DEMO_PASSWORD "chat-demo-1"
#define CHAT_SERVER_DEMO_LOGIN    "ada"

/** chat_server_demo_get_logins: Returns: (array zero-terminated=1) (transfer none): the sample people */
const char *const *chat_server_demo_get_logins (void);

/**
 * chat_server_demo_fill_async: makes the sample people and their rooms, with messages over several days up to shortly before
 * now. Done again it changes nothing: people and rooms are found, and messages are known by their client_ref. The callback runs
 * in the main context of @storage.
 */
void     chat_server_demo_fill_async  (ChatServerStorage    *storage,
                                       ChatServerHasher     *hasher,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean chat_server_demo_fill_finish (ChatServerStorage    *storage,
                                       GAsyncResult         *result,
                                       GError              **error);

G_END_DECLS
