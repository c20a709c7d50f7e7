/* chat-server-media-watch.h: how much has gone over a connection, and how much room a disk has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** chat_server_count_bytes: Returns: what the other end of the TCP connection @fd has sent, and acknowledged, so far (bytes): what our kernel has taken
 * for a peer that does not read is not counted; 0 where the kernel can not tell */
guint64 chat_server_count_bytes (int         fd);
/** chat_server_count_free: Returns: how many bytes we may still write to the file system of @path; %G_MAXINT64 where it can not be told */
gint64  chat_server_count_free  (const char *path);

G_END_DECLS
