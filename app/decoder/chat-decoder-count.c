/* chat-decoder-count.c: how many pictures an animation has, as its file tells
 *
 * gdk-pixbuf before 2.44 stops at the last picture of an animation, later ones begin it again and do not say so.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-decoder-count.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "chat-decoder-format.h"

typedef struct
{
  int     fd;
  goffset at;
  goffset start;        /* of what is in the buffer */
  gsize   n;
  guint8  buffer[16 * 1024];
} Reader;

/* Returns: -1 at the end */
static int
take_byte (Reader *self)
{
  if (self->at < self->start || self->at >= self->start + (goffset) self->n)
    {
      gssize got;

      do
        got = pread (self->fd, self->buffer, sizeof self->buffer, self->at);
      while (got < 0 && errno == EINTR);
      if (got <= 0)
        return -1;
      self->start = self->at;
      self->n = got;
    }
  return self->buffer[self->at++ - self->start];
}

static gboolean
take (Reader *self,
      guint8 *bytes,
      guint   n)
{
  for (guint i = 0; i < n; i++)
    {
      int byte = take_byte (self);

      if (byte < 0)
        return FALSE;
      bytes[i] = byte;
    }
  return TRUE;
}

static void
skip_colors (Reader *self,
             guint8  flags)
{
  if (flags & 0x80)
    self->at += 3 << ((flags & 7) + 1);
}

static void
skip_blocks (Reader *self)
{
  int size;

  while ((size = take_byte (self)) > 0)
    self->at += size;
}

static guint
count_gif (Reader *self)
{
  guint8 head[9];
  guint n = 0;

  self->at = 6;
  if (!take (self, head, 7))
    return 0;
  skip_colors (self, head[4]);
  while (n < CHAT_DECODER_MAX_FRAMES)
    switch (take_byte (self))
      {
      case 0x2c:
        if (!take (self, head, 9))
          return n;
        n++;
        skip_colors (self, head[8]);
        self->at++;
        skip_blocks (self);
        break;
      case 0x21:
        self->at++;
        skip_blocks (self);
        break;
      default:
        return n;
      }
  return n;
}

static guint
count_webp (Reader *self)
{
  guint8 head[8];
  guint n = 0;

  self->at = 12;
  while (n < CHAT_DECODER_MAX_FRAMES && take (self, head, sizeof head))
    {
      guint32 size = head[4] | head[5] << 8 | head[6] << 16 | (guint32) head[7] << 24;

      if (memcmp (head, "ANMF", 4) == 0)
        n++;
      self->at += (goffset) size + (size & 1);
    }
  return n;
}

guint
chat_decoder_count_frames (int fd)
{
  Reader reader = { .fd = fd };
  guint8 head[12];

  if (!take (&reader, head, sizeof head))
    return 0;
  if (memcmp (head, "GIF8", 4) == 0)
    return count_gif (&reader);
  if (memcmp (head, "RIFF", 4) == 0 && memcmp (head + 8, "WEBP", 4) == 0)
    return count_webp (&reader);
  return 0;
}
