/* chat-image-viewer.h: the images of a room, one at a time, as large as the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-file-list.h"
#include "chat-session.h"

G_BEGIN_DECLS

/* Pixels of the longer side of what is shown, at most */
#define CHAT_IMAGE_VIEWER_SIDE 4096

#define CHAT_TYPE_IMAGE_VIEWER (chat_image_viewer_get_type ())
/**
 * ChatImageViewer: Left and Right go to the image before and after, plus, minus and 0 zoom, and the arrows move what is larger than the
 * window; Escape closes. One that is not on this computer comes when it is shown. One that is deleted makes room for the one before it; when none
 * is left the viewer closes.
 *
 * Signal: show-in-conversation (ChatMessage)   the person wants to see where it was said
 */
G_DECLARE_FINAL_TYPE (ChatImageViewer, chat_image_viewer, CHAT, IMAGE_VIEWER, AdwWindow)

/** chat_image_viewer_new: @images: (transfer none): those of a room; @message: the one to begin with, which need not be in it yet */
GtkWidget   *chat_image_viewer_new         (GtkWindow       *parent,
                                            ChatSession     *session,
                                            ChatFileList    *images,
                                            ChatMessage     *message);
ChatMessage *chat_image_viewer_get_message (ChatImageViewer *self);

G_END_DECLS
