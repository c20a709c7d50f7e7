/* chat-send-queue.h: what waits to be written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/**
 * ChatSendQueue: bytes in order. The first line may be shared with other queues, so that a push that finds it empty is not
 * copied; all others stand in one buffer. An empty queue holds no memory. Zeroed memory is an empty queue.
 */
typedef struct
{
  GBytes  *head;      /* nullable */
  GString *tail;      /* nullable */
  gsize    written;   /* bytes of the head, or else of the tail, that are gone */
} ChatSendQueue;

void      chat_send_queue_clear    (ChatSendQueue       *queue);
gsize     chat_send_queue_get_size (const ChatSendQueue *queue);
void      chat_send_queue_push     (ChatSendQueue       *queue,
                                    GBytes              *line);
/** chat_send_queue_get_tail: Returns: (transfer none): what one more line is to be appended to */
GString  *chat_send_queue_get_tail (ChatSendQueue       *queue);
/** chat_send_queue_peek: Returns: how many of @parts say what is to be written next; 0 if the queue is empty */
guint     chat_send_queue_peek     (const ChatSendQueue *queue,
                                    struct iovec         parts[2]);
/** chat_send_queue_advance: @size bytes were written */
void      chat_send_queue_advance  (ChatSendQueue       *queue,
                                    gsize                size);

G_END_DECLS
