/* chat-server-media-watch.c: how much has gone over a connection, and how much room a disk has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-media-watch.h"

#include <linux/tcp.h>        /* more of it than <netinet/tcp.h> has */
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/statvfs.h>

guint64
chat_server_count_bytes (int fd)
{
  struct tcp_info info;
  socklen_t size = sizeof info;

  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0
      || size < offsetof (struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
    return 0;
  return info.tcpi_bytes_acked + info.tcpi_bytes_received;
}

gint64
chat_server_count_free (const char *path)
{
  struct statvfs info;

  if (statvfs (path, &info) != 0)
    return G_MAXINT64;
  return (gint64) MIN ((guint64) info.f_bavail * info.f_frsize, (guint64) G_MAXINT64);
}
