/* fuzz-session-server.h: the server of fuzz-session.c: says what the script says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "fuzz.h"

#include "chat-session.h"

G_BEGIN_DECLS

typedef struct _FuzzServer FuzzServer;

/** fuzz_server_new: listens on a free port of 127.0.0.1; takes one connection at a time */
FuzzServer *fuzz_server_new           (void);
const char *fuzz_server_get_address   (FuzzServer  *self);
/** fuzz_server_reset: nothing was asked, nothing said */
void        fuzz_server_reset         (FuzzServer  *self);
/** fuzz_server_set_accepting: %FALSE: who connects is thrown out */
void        fuzz_server_set_accepting (FuzzServer  *self,
                                       gboolean     accepting);
/** fuzz_server_listen: takes what came: every object must be a good request. A log-in is answered. Returns: whether anything came */
gboolean    fuzz_server_listen        (FuzzServer  *self);
/** fuzz_server_is_behind: whether the app has not yet read all that was said */
gboolean    fuzz_server_is_behind     (FuzzServer  *self);
void        fuzz_server_take_step     (FuzzServer  *self,
                                       const char  *step,
                                       gsize        length);
void        fuzz_server_hang_up       (FuzzServer  *self);

/** fuzz_session_is_busy: whether its store, or another thread, works for it */
gboolean    fuzz_session_is_busy      (ChatSession *session);
/** fuzz_session_wait: for a moment, or until something comes */
void        fuzz_session_wait         (void);

G_END_DECLS
