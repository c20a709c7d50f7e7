/* chat-sign-in-page.h: signs in to a server, or makes an account there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_SIGN_IN_PAGE (chat_sign_in_page_get_type ())
/**
 * ChatSignInPage: server, name and password, each with its own errors beside it.
 *
 * Properties: session  ChatSession  nullable
 *             busy     boolean      read-only: an attempt is on its way
 * Signal: signed-in: an attempt has succeeded
 */
G_DECLARE_FINAL_TYPE (ChatSignInPage, chat_sign_in_page, CHAT, SIGN_IN_PAGE, GtkWidget)

GtkWidget *chat_sign_in_page_new         (void);
/** chat_sign_in_page_set_session: @session: (nullable). An attempt on its way is cancelled. */
void       chat_sign_in_page_set_session (ChatSignInPage *self,
                                          ChatSession    *session);
/** chat_sign_in_page_fill: what is known beforehand; @login: (nullable); a %NULL or empty text leaves the field alone. The
 * password is emptied and errors are forgotten. */
void       chat_sign_in_page_fill        (ChatSignInPage *self,
                                          const char     *server,
                                          gboolean        insecure,
                                          const char     *login);
/** chat_sign_in_page_try: fills in everything and signs in */
void       chat_sign_in_page_try         (ChatSignInPage *self,
                                          const char     *server,
                                          gboolean        insecure,
                                          const char     *login,
                                          const char     *password);
/** chat_sign_in_page_focus: the keyboard goes to the first field that is empty */
void       chat_sign_in_page_focus       (ChatSignInPage *self);
gboolean   chat_sign_in_page_get_busy    (ChatSignInPage *self);
/** chat_sign_in_page_get_server, _get_insecure: as they stand in the fields */
const char *chat_sign_in_page_get_server (ChatSignInPage *self);
gboolean   chat_sign_in_page_get_insecure (ChatSignInPage *self);

G_END_DECLS
