/* chat-send-files-dialog.h: what is about to be sent, and how
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-session.h"

G_BEGIN_DECLS

/* Files that are sent at a time, at most */
#define CHAT_SEND_FILES_MAX 100

#define CHAT_TYPE_SEND_FILES_DIALOG (chat_send_files_dialog_get_type ())
/**
 * ChatSendFilesDialog: the files that the person has chosen, dropped or pasted, with what they are, a caption, and how images are sent. What can
 * not be sent says why. It stays until each is in the outbox; what failed stays in it, with the reason, and can be tried again.
 *
 * Signal: sent ()   all of it is in the room; it closes by itself
 */
G_DECLARE_FINAL_TYPE (ChatSendFilesDialog, chat_send_files_dialog, CHAT, SEND_FILES_DIALOG, AdwWindow)

GtkWidget *chat_send_files_dialog_new       (ChatSession         *session,
                                             ChatRoom            *room);
/** chat_send_files_dialog_add_file: past %CHAT_SEND_FILES_MAX, and what is there already, is left out */
void       chat_send_files_dialog_add_file  (ChatSendFilesDialog *self,
                                             GFile               *file);
/** chat_send_files_dialog_add_image: @bytes: of a file that is nowhere; @name: what it is called */
void       chat_send_files_dialog_add_image (ChatSendFilesDialog *self,
                                             GBytes              *bytes,
                                             const char          *name);

G_END_DECLS
