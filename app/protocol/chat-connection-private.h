/* chat-connection-private.h: between a connection and what attaches it to a main context
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-connection.h"

G_BEGIN_DECLS

/**
 * ChatConnectionDriver: drives a connection from a main context: its readiness, the flush at the end of a turn, and the
 * time of the next ping. Holds no reference to the connection, which ends it when it ends.
 */
typedef struct _ChatConnectionDriver ChatConnectionDriver;

ChatConnectionDriver *chat_connection_driver_new   (ChatConnection        *connection,
                                                    GPollableInputStream  *input,
                                                    GPollableOutputStream *output);
void                  chat_connection_driver_free  (ChatConnectionDriver  *driver);
/** chat_connection_driver_wake: there is something to do at the end of the turn; @read: objects may wait inside */
void                  chat_connection_driver_wake  (ChatConnectionDriver  *driver,
                                                    gboolean               read);

G_END_DECLS
