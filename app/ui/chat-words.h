/* chat-words.h: what went wrong, in words for the person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** chat_words_for_error: @error: of %CHAT_SESSION_ERROR; anything else is worded without its details, which are for
 * developers. Returns: (transfer none): a sentence */
const char *chat_words_for_error (const GError *error);

G_END_DECLS
