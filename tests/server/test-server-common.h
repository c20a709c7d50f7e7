/* test-server-common.h: raw clients of a real server: what goes over the wire stands in the tests as it is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-test-server.h"
#include "chat-test.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PASSWORD "secret-1234"
/* The features that leave the order and the form of pushes as they are, as a log-in names them; test-server-sync has the others */
#define FEATURES "[\"ping\",\"request-id\",\"client-ref\",\"paging\",\"room-info\",\"token\"]"

/**
 * Client: a blocking socket. Nothing waits for longer than CHAT_TEST_WAIT_SECONDS.
 *
 * Objects are written with ' for ", to be read without a forest of backslashes.
 */
typedef struct _Client Client;

Client     *client_new            (ChatTestServer  *server);
/* the same on TLS; the certificate must be the server's own */
Client     *client_new_tls        (ChatTestServer  *server);
Client     *client_new_to         (guint16          port);
void        client_free           (Client          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

GSocket    *client_get_socket     (Client          *self);
/* the streams below the lines, for tests of what is no line */
GInputStream  *client_get_input   (Client          *self);
GOutputStream *client_get_output  (Client          *self);
/* bytes as they are */
void        client_send_raw       (Client          *self,
                                   const char      *bytes,
                                   gssize           length);
/* one object, ' for " */
void        client_send           (Client          *self,
                                   const char      *format,
                                   ...) G_GNUC_PRINTF (2, 3);
/* Returns: (transfer full): the next line; NULL at the end of the stream */
char       *client_read_line      (Client          *self);
JsonObject *client_read           (Client          *self);
/* the next object is this, with neither more nor fewer members; the string '*' stands for any value */
void        client_expect         (Client          *self,
                                   const char      *format,
                                   ...) G_GNUC_PRINTF (2, 3);
/* the stream ends here, without another object */
void        client_expect_end     (Client          *self);
/* nothing has come for this client: it asks something of its own and gets the answer first */
void        client_expect_quiet   (Client          *self);

/* sign up (where needed) and log in, on a new connection; @features: (nullable): a JSON array */
void        sign_up               (ChatTestServer  *server,
                                   const char      *login);
Client     *log_in                (ChatTestServer  *server,
                                   const char      *login,
                                   const char      *features);
gint64      create_room           (Client          *self,
                                   const char      *login,
                                   const char      *other);
/* sends and takes the answer; Returns: the message's id */
gint64      send_text             (Client          *self,
                                   const char      *login,
                                   gint64           room_id,
                                   const char      *text);

G_END_DECLS
