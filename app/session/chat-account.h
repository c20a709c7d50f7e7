/* chat-account.h: which server and which name, and which certificates were accepted
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CHAT_ACCOUNT_FILE: a key file in the folder of the profile. No secret is ever in it. */
#define CHAT_ACCOUNT_FILE "account.ini"
/** CHAT_ACCOUNT_MAX_SIZE: bytes; a longer file is not ours and not read */
#define CHAT_ACCOUNT_MAX_SIZE (1024 * 1024)

typedef struct _ChatAccount ChatAccount;

/** chat_account_new: reads the file, if there is one. A few hundred bytes, before any window is there: at once. */
ChatAccount *chat_account_new             (const char  *dir);
/** chat_account_free: what is not yet written is written first */
void         chat_account_free            (ChatAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatAccount, chat_account_free)

/** chat_account_get_server, _login: Returns: (nullable): %NULL if there is no account */
const char  *chat_account_get_server      (ChatAccount *self);
const char  *chat_account_get_login       (ChatAccount *self);
gboolean     chat_account_get_insecure    (ChatAccount *self);
/** chat_account_set: written in a thread, whole or not at all */
void         chat_account_set             (ChatAccount *self,
                                           const char  *server,
                                           const char  *login,
                                           gboolean     insecure);
/** chat_account_forget: the account; accepted certificates stay */
void         chat_account_forget          (ChatAccount *self);
/** chat_account_dup_pin: Returns: (transfer full) (nullable): the accepted fingerprint for what was typed as @server */
char        *chat_account_dup_pin         (ChatAccount *self,
                                           const char  *server);
void         chat_account_set_pin         (ChatAccount *self,
                                           const char  *server,
                                           const char  *fingerprint);

G_END_DECLS
