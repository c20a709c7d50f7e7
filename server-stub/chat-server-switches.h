/* chat-server-switches.h: what the server does wrong where a test wants to see that this is noticed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words of the environment variable CHAT_TEST_SWITCHES, apart by commas. A program that is built without tests (-Dtests=false) knows none
 * of them, and has no code for them */
#define CHAT_SERVER_SWITCH_REFS      "refs"       /* `client_ref` is not looked at: what is sent again is there twice */
#define CHAT_SERVER_SWITCH_SNAPSHOT  "snapshot"   /* the replay and what is pushed after it are not one step: what comes between is lost */
#define CHAT_SERVER_SWITCH_COMMIT    "commit"     /* changes are answered, and committed a moment later */
#define CHAT_SERVER_SWITCH_SHORT_LOG "short-log"  /* nothing wrong: RESET after so few changes that tests meet it */

#ifdef CHAT_TEST_SWITCHES
/** How late what the switches put off is done (ms) */
#define CHAT_SERVER_SWITCH_DELAY_MS  20
/** The most changes that are replayed with %CHAT_SERVER_SWITCH_SHORT_LOG */
#define CHAT_SERVER_SWITCH_LOG       12
gboolean chat_server_switch_is_on (const char *name);
#else
#define chat_server_switch_is_on(name) (FALSE)
#endif

G_END_DECLS
