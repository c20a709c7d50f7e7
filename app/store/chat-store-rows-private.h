/* chat-store-rows-private.h: what the parts of the store share about rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <string.h>

#include "chat-store-limits.h"
#include "chat-store-rows.h"

G_BEGIN_DECLS

void     chat_store_mark_free (ChatStoreMark *mark);

/** chat_store_is_text: Returns: whether @text is valid UTF-8 of at most @max bytes */
gboolean chat_store_is_text   (const char    *text,
                               gsize          max);

static inline gboolean
chat_store_is_id (gint64 id)
{
  return id > 0 && id <= CHAT_STORE_MAX_ID;
}

G_END_DECLS
