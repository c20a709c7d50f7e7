/* chat-json-reader.h: the parts of an object that the framer has checked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Room for any key of ours, quotes included */
#define CHAT_JSON_KEY_SIZE 32

typedef struct
{
  const char *start;      /* a string's quotes and a container's brackets included */
  const char *end;
  char        kind;       /* the first byte: " { [ t f n; 0 for any number */
} ChatJsonToken;

/** chat_json_next: the next member of an object, or element of an array (@key %NULL). @p: past the opening bracket, or what was
 * returned before. Returns: past it; %NULL after the last */
const char          *chat_json_next            (const char          *p,
                                                const char          *end,
                                                ChatJsonToken       *key,
                                                ChatJsonToken       *value);
/** chat_json_unescape: writes the string of @token and a NUL to @out, which has room for as many bytes as the token has.
 * Returns: its length */
gsize                chat_json_unescape        (const ChatJsonToken *token,
                                                char                *out);
/** chat_json_read_integer: Returns: %FALSE if @token is no integer from @min to @max, or has a fraction or an exponent. Neither
 * bound may have more than 16 digits. */
gboolean             chat_json_read_integer    (const ChatJsonToken *token,
                                                gint64               min,
                                                gint64               max,
                                                gint64              *integer);
/** chat_json_has_long_number: whether a number of more than 16 digits is in it: json-glib wraps those that do not fit */
gboolean             chat_json_has_long_number (const ChatJsonToken *token);
/** chat_json_plain_key: Returns: @key itself, or, where it is written with escapes, @plain, which holds it without them in
 * @buffer. One that is too long for that is none of ours. */
const ChatJsonToken *chat_json_plain_key       (const ChatJsonToken *key,
                                                ChatJsonToken       *plain,
                                                char                 buffer[CHAT_JSON_KEY_SIZE]);
/** chat_json_key_equals: @key: without escapes; @name: (nullable) */
gboolean             chat_json_key_equals      (const ChatJsonToken *key,
                                                const char          *name);

G_END_DECLS
