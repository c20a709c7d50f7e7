/* chat-attachment-words.h: a file in words: its name made harmless, its kind, its state
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message.h"

G_BEGIN_DECLS

/* Of a name that is shown or proposed (bytes of UTF-8): what file systems take */
#define CHAT_ATTACHMENT_MAX_NAME 255

/** chat_attachment_name: Returns: (transfer full): the name as it is shown: one line, without what can turn it around or push its ending
 * out of sight; never empty */
char       *chat_attachment_name          (ChatAttachment *self);
/** chat_attachment_status: Returns: (transfer full): size and state in short, on one line */
char       *chat_attachment_status        (ChatAttachment *self);
/** chat_attachment_describe: Returns: (transfer full): kind, name, size and state, for who can not see it. The numbers of a transfer, which
 * change all the time, are not among them. */
char       *chat_attachment_describe      (ChatMessage    *message);
/** chat_attachment_get_icon: Returns: (transfer full): for the kind that the ending of the name tells */
GIcon      *chat_attachment_get_icon      (ChatAttachment *self);
/** chat_attachment_icon_for: Returns: (transfer full): a symbolic one, for any kind */
GIcon      *chat_attachment_icon_for      (const char     *content_type);
/* What can be done with it now */
/** chat_attachment_is_here: all of it is on this computer, and can be opened */
gboolean    chat_attachment_is_here       (ChatAttachment *self);
gboolean    chat_attachment_can_start     (ChatAttachment *self);
gboolean    chat_attachment_can_pause     (ChatAttachment *self);
/** chat_attachment_can_cancel: a download that has begun (what is sent is discarded with its message) */
gboolean    chat_attachment_can_cancel    (ChatAttachment *self);
/** chat_attachment_is_picture: whether @message is to be shown as an image, as far as its sender's words go: the kind is one that is decoded
 * here, and its size was told */
gboolean    chat_attachment_is_picture    (ChatMessage    *message);
/** chat_attachment_can_run: @name: of a file; @content_type: (nullable): what its bytes look like. Whether opening it may run what is in it:
 * programs, scripts, launchers, packages */
gboolean    chat_attachment_can_run       (const char     *name,
                                           const char     *content_type);

G_END_DECLS
