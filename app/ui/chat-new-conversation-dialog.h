/* chat-new-conversation-dialog.h: finds a person and opens the conversation with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_NEW_CONVERSATION_DIALOG (chat_new_conversation_dialog_get_type ())
/**
 * ChatNewConversationDialog: searches while one types; a person that is chosen gives a room, new or not, and the dialog
 * closes.
 *
 * Signal: room-chosen (ChatRoom)
 */
G_DECLARE_FINAL_TYPE (ChatNewConversationDialog, chat_new_conversation_dialog, CHAT, NEW_CONVERSATION_DIALOG, AdwWindow)

/** chat_new_conversation_dialog_new: @text: (nullable): what to search for at once */
GtkWidget *chat_new_conversation_dialog_new (GtkWindow   *parent,
                                             ChatSession *session,
                                             const char  *text);

G_END_DECLS
