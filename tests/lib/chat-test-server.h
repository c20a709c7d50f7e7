/* chat-test-server.h: a real server on a free port, in a thread of the test program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server.h"

G_BEGIN_DECLS

typedef struct _ChatTestServer ChatTestServer;

/**
 * chat_test_server_new:
 * @options: (nullable): what differs from the usual; `listen` %NULL means 127.0.0.1:0, `data_dir` %NULL a folder of its own that
 *   goes with it; `test_hash_cost` is always on. %NULL: plain TCP on 127.0.0.1
 *
 * Blocks until connections are accepted; a failure ends the test.
 */
ChatTestServer *chat_test_server_new             (const ChatServerOptions *options);
/** chat_test_server_free: stops it, proves that nothing of it is left, and removes its own data folder */
void            chat_test_server_free            (ChatTestServer          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatTestServer, chat_test_server_free)

guint16         chat_test_server_get_port        (ChatTestServer          *self);
/** chat_test_server_get_media_port: Returns: 0 without files */
guint16         chat_test_server_get_media_port  (ChatTestServer          *self);
/** chat_test_server_get_address: Returns: HOST:PORT, also while it is stopped */
const char     *chat_test_server_get_address     (ChatTestServer          *self);
/** chat_test_server_get_fingerprint: Returns: (nullable): of the certificate; %NULL without TLS */
const char     *chat_test_server_get_fingerprint (ChatTestServer          *self);
const char     *chat_test_server_get_data_dir    (ChatTestServer          *self);
/** chat_test_server_get_n_connections: Returns: how many are open now (asked in its thread) */
guint           chat_test_server_get_n_connections (ChatTestServer        *self);

/** chat_test_server_stop: as SIGTERM does; data and port are kept. Blocks */
void            chat_test_server_stop            (ChatTestServer          *self);
/** chat_test_server_start: again, with the same data on the same port, after chat_test_server_stop() */
void            chat_test_server_start           (ChatTestServer          *self);

G_END_DECLS
