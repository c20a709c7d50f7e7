/* chat-stream.h: reading and writing that never waits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/uio.h>

G_BEGIN_DECLS

enum
{
  CHAT_STREAM_FAILED = -1,
  CHAT_STREAM_WOULD_BLOCK = -2    /* no error is made for it: it happens all the time */
};

/** chat_stream_find_socket: Returns: (nullable) (transfer full): the socket under @stream, of a TLS one too */
GSocket *chat_stream_find_socket (GIOStream              *stream);
/** chat_stream_read: from @input, or where that is %NULL from the socket @fd itself.
 * Returns: bytes read; 0 at the end; %CHAT_STREAM_FAILED; %CHAT_STREAM_WOULD_BLOCK */
gssize   chat_stream_read        (int                     fd,
                                  GPollableInputStream   *input,
                                  void                   *buffer,
                                  gsize                   size,
                                  GError                **error);
/** chat_stream_write: to @output (of the first part alone), or where that is %NULL to the socket @fd itself.
 * Returns: bytes written; %CHAT_STREAM_FAILED; %CHAT_STREAM_WOULD_BLOCK */
gssize   chat_stream_write       (int                     fd,
                                  GPollableOutputStream  *output,
                                  struct iovec           *parts,
                                  guint                   n_parts,
                                  GError                **error);

G_END_DECLS
