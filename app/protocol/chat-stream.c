/* chat-stream.c: reading and writing that never waits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-stream.h"

#include <errno.h>
#include <sys/socket.h>

#include "chat-error.h"

GSocket *
chat_stream_find_socket (GIOStream *stream)
{
  g_autoptr (GIOStream) base = NULL;

  if (G_IS_SOCKET_CONNECTION (stream))
    return g_object_ref (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));
  if (!G_IS_TLS_CONNECTION (stream))
    return NULL;

  g_object_get (stream, "base-io-stream", &base, NULL);
  return base != NULL ? chat_stream_find_socket (base) : NULL;
}

static gssize
set_socket_error (int          number,
                  const char  *what,
                  GError     **error)
{
  if (number == EAGAIN || number == EWOULDBLOCK || number == EINTR)
    return CHAT_STREAM_WOULD_BLOCK;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", what, g_strerror (number));
  return CHAT_STREAM_FAILED;
}

static gssize
take_stream_error (GError  *error,
                   GError **out)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_error_free (error);
      return CHAT_STREAM_WOULD_BLOCK;
    }
  /* An end without the farewell of TLS. Objects tell their own end: nothing can be cut off unseen. */
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    {
      g_error_free (error);
      return 0;
    }

  g_propagate_error (out, error);
  return CHAT_STREAM_FAILED;
}

gssize
chat_stream_read (int                    fd,
                  GPollableInputStream  *input,
                  void                  *buffer,
                  gsize                  size,
                  GError               **error)
{
  GError *stream_error = NULL;
  gssize n;

  if (input == NULL)
    {
      do
        n = recv (fd, buffer, size, MSG_DONTWAIT);
      while (n < 0 && errno == EINTR);
      return n >= 0 ? n : set_socket_error (errno, "Reading failed", error);
    }

  n = g_pollable_input_stream_read_nonblocking (input, buffer, size, NULL, &stream_error);
  return n >= 0 ? n : take_stream_error (stream_error, error);
}

gssize
chat_stream_write (int                     fd,
                   GPollableOutputStream  *output,
                   struct iovec           *parts,
                   guint                   n_parts,
                   GError                **error)
{
  GError *stream_error = NULL;
  gssize n;

  if (output == NULL)
    {
      struct msghdr message = { .msg_iov = parts, .msg_iovlen = n_parts };

      do
        n = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      while (n < 0 && errno == EINTR);
      return n >= 0 ? n : set_socket_error (errno, "Writing failed", error);
    }

  n = g_pollable_output_stream_write_nonblocking (output, parts[0].iov_base, parts[0].iov_len, NULL, &stream_error);
  if (n >= 0)
    return n;

  n = take_stream_error (stream_error, error);
  if (n == 0)
    {
      g_set_error_literal (error, CHAT_ERROR, CHAT_ERROR_CLOSED, "the connection ended");
      n = CHAT_STREAM_FAILED;
    }

  return n;
}
