/* chat-send-queue.c: what waits to be written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-send-queue.h"

/* Enough for the answers of most turns (bytes) */
#define FIRST_SIZE 512
/* What is gone is kept at the front of the buffer up to this (bytes): moving the rest costs more */
#define COMPACT_SIZE (64 * 1024)

void
chat_send_queue_clear (ChatSendQueue *queue)
{
  g_clear_pointer (&queue->head, g_bytes_unref);
  if (queue->tail != NULL)
    g_string_free (g_steal_pointer (&queue->tail), TRUE);
  queue->written = 0;
}

gsize
chat_send_queue_get_size (const ChatSendQueue *queue)
{
  gsize size = 0;

  if (queue->head != NULL)
    size += g_bytes_get_size (queue->head);
  if (queue->tail != NULL)
    size += queue->tail->len;

  return size - queue->written;
}

GString *
chat_send_queue_get_tail (ChatSendQueue *queue)
{
  if (queue->tail == NULL)
    queue->tail = g_string_sized_new (FIRST_SIZE);

  return queue->tail;
}

void
chat_send_queue_push (ChatSendQueue *queue,
                      GBytes        *line)
{
  gsize size;
  const char *data = g_bytes_get_data (line, &size);

  if (size == 0)
    return;
  if (queue->head == NULL && queue->tail == NULL)
    queue->head = g_bytes_ref (line);
  else
    g_string_append_len (chat_send_queue_get_tail (queue), data, (gssize) size);
}

guint
chat_send_queue_peek (const ChatSendQueue *queue,
                      struct iovec         parts[2])
{
  gsize from = queue->written;
  guint n = 0;

  if (queue->head != NULL)
    {
      gsize size;
      const char *data = g_bytes_get_data (queue->head, &size);

      parts[n++] = (struct iovec) { (char *) data + from, size - from };
      from = 0;
    }
  if (queue->tail != NULL)
    parts[n++] = (struct iovec) { queue->tail->str + from, queue->tail->len - from };

  return n;
}

void
chat_send_queue_advance (ChatSendQueue *queue,
                         gsize          size)
{
  queue->written += size;

  if (queue->head != NULL)
    {
      gsize head_size = g_bytes_get_size (queue->head);

      if (queue->written < head_size)
        return;
      queue->written -= head_size;
      g_clear_pointer (&queue->head, g_bytes_unref);
    }

  if (queue->tail == NULL)
    return;
  if (queue->written == queue->tail->len)
    chat_send_queue_clear (queue);
  else if (queue->written >= COMPACT_SIZE && queue->written >= queue->tail->len / 2)
    {
      g_string_erase (queue->tail, 0, (gssize) queue->written);
      queue->written = 0;
    }
}
