/* chat-decoder-count.h: how many pictures an animation has, as its file tells
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** chat_decoder_count_frames: @fd: a file that can be read anywhere; its place stays. Returns: 0 where it can not be told, never more than
 * %CHAT_DECODER_MAX_FRAMES. Knows GIF and WebP (RFC 9649, section 2.7). */
guint chat_decoder_count_frames (int fd);

G_END_DECLS
