/* chat-image-viewer.h: the images of a room, one at a time, as large as the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-message.h"

G_BEGIN_DECLS

/* Pixels of the longer side of what is shown, at most */
#define CHAT_IMAGE_VIEWER_SIDE 4096

#define CHAT_TYPE_IMAGE_VIEWER (chat_image_viewer_get_type ())
/**
 * ChatImageViewer: Left and Right go to the image before and after among those that are on this computer, plus, minus and 0 zoom, Escape
 * closes.
 *
 * Signal: save (ChatMessage)   the person wants to keep the image
 */
G_DECLARE_FINAL_TYPE (ChatImageViewer, chat_image_viewer, CHAT, IMAGE_VIEWER, AdwWindow)

/** chat_image_viewer_new: @messages: of #ChatMessage, oldest first; @message: the one to begin with, in it */
GtkWidget   *chat_image_viewer_new         (GtkWindow       *parent,
                                            GListModel      *messages,
                                            ChatMessage     *message);
ChatMessage *chat_image_viewer_get_message (ChatImageViewer *self);

G_END_DECLS
