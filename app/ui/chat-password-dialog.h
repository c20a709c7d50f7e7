/* chat-password-dialog.h: asks for the password in force and a new one, and changes it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_PASSWORD_DIALOG (chat_password_dialog_get_type ())
/**
 * ChatPasswordDialog signals:
 * password-changed  it is done; the dialog closes after it
 */
G_DECLARE_FINAL_TYPE (ChatPasswordDialog, chat_password_dialog, CHAT, PASSWORD_DIALOG, AdwWindow)

GtkWidget *chat_password_dialog_new (GtkWindow   *parent,
                                     ChatSession *session);

G_END_DECLS
