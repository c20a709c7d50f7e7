/* chat-framer.h: bytes in; one JSON object, "need more", or an error out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatFramer:
 *
 * Finds the end of each JSON object in a stream, whatever way the bytes are split, and checks strict RFC 8259
 * in the same pass (UTF-8, escapes, surrogate pairs, numbers, no NUL, no comments, the depth and the size
 * limits of PROTOCOL.md, "Framing"). Pure: no I/O, no main context.
 *
 * It buffers only the part of an object whose end has not come, and never past the limit; between objects
 * it holds no memory beyond this struct, so that it can stand inside each of 10,000 idle connections.
 */
typedef struct
{
  GByteArray *partial;        /* the beginning of an object whose end has not come; NULL between objects */
  guint32     max_size;       /* bytes */
  guint32     nesting;        /* one bit for each open container: 1 object, 0 array; 32 levels at most */
  guint16     code_unit;      /* of a \u escape, or the high surrogate that waits for its low one */
  guint8      max_depth;
  guint8      depth;
  guint8      state;
  guint8      detail;         /* of the state: hex digits to come, UTF-8 bytes to come, letter of a literal */
  guint8      utf8_min;       /* the range that the next continuation byte must be in (RFC 3629, section 4) */
  guint8      utf8_max;
} ChatFramer;

typedef enum
{
  CHAT_FRAMER_NEED_MORE,      /* all input was taken, no object is complete */
  CHAT_FRAMER_OBJECT,         /* one object is complete */
  CHAT_FRAMER_BROKEN          /* the stream is no stream of objects, or passed a limit; it can not be resumed */
} ChatFramerResult;

/** chat_framer_init: @max_size in bytes, @max_depth 1 to 32 */
void             chat_framer_init   (ChatFramer   *framer,
                                     guint32       max_size,
                                     guint8        max_depth);
/** chat_framer_clear: frees what is buffered */
void             chat_framer_clear  (ChatFramer   *framer);
/** chat_framer_is_idle: whether the last byte taken ended an object (or was white space after one) */
gboolean         chat_framer_is_idle (const ChatFramer *framer);
/** chat_framer_get_held: Returns: how much of an object whose end has not come is kept (bytes) */
gsize            chat_framer_get_held (const ChatFramer *framer);

/**
 * chat_framer_feed:
 * @data: (inout): the input; moved past what was taken
 * @length: (inout): bytes at @data; lessened by what was taken
 * @object: (out) (transfer none): on %CHAT_FRAMER_OBJECT the object, from its opening to its closing brace. It
 *   lies in the input or in the framer and is valid until the next call or until the input goes
 * @object_length: (out): its size in bytes
 *
 * Call it again with what is left until it returns %CHAT_FRAMER_NEED_MORE.
 *
 * On %CHAT_FRAMER_BROKEN @error is %CHAT_ERROR_MALFORMED or %CHAT_ERROR_TOO_LARGE with an English sentence that
 * may go to the peer; further calls return the same.
 */
ChatFramerResult chat_framer_feed   (ChatFramer   *framer,
                                     const char  **data,
                                     gsize        *length,
                                     const char  **object,
                                     gsize        *object_length,
                                     GError      **error);

G_END_DECLS
