/* chat-decoder-format.h: what the decoder process writes, and what it is asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* com.example.Chat.Decoder MODE WIDTH HEIGHT < file > answer
 *
 * still:     the (first) picture, made to fit into WIDTH by HEIGHT pixels, but never larger than it is
 * animation: the same of all pictures, with their times
 * preview:   a JPEG of at most CHAT_DECODER_MAX_PREVIEW bytes
 *
 * The answer is one ChatDecoderHeader, then what it announces. It exits with 0, or says nothing and exits with one of ChatDecoderExit. Numbers are
 * those of the machine: both ends are one build on one machine. */
#define CHAT_DECODER_STILL     "still"
#define CHAT_DECODER_ANIMATION "animation"
#define CHAT_DECODER_PREVIEW   "preview"

#define CHAT_DECODER_MAGIC 0x44494843u

/* The limits of this layer */
#define CHAT_DECODER_MAX_FILE_SIZE  (256 * 1024 * 1024)   /* bytes that are read */
#define CHAT_DECODER_MAX_SIDE       32767                 /* pixels of what is in the file */
#define CHAT_DECODER_MAX_PIXELS     (256 * 1000 * 1000)   /* the same, in all */
#define CHAT_DECODER_MAX_REQUEST    8192                  /* pixels of a side of what is asked for */
#define CHAT_DECODER_MAX_FRAMES     512
#define CHAT_DECODER_MAX_ANSWER     (192 * 1024 * 1024)   /* bytes; of an animation no more frames than fit are told */
#define CHAT_DECODER_MAX_PREVIEW    3000
#define CHAT_DECODER_MAX_MEMORY     (1536u * 1024 * 1024) /* bytes of address space that the process may have */
#define CHAT_DECODER_MAX_CPU_S      10

typedef struct
{
  guint32 magic;
  guint32 n_frames;       /* each a guint32, how long it is shown in ms (0: for ever), and height * width * 4 bytes: R, G, B, A, not premultiplied */
  guint32 width;          /* of a frame, in pixels */
  guint32 height;
  guint32 full_width;     /* of what is in the file, turned upright */
  guint32 full_height;
  guint32 n_bytes;        /* of a preview; else 0 */
} ChatDecoderHeader;

typedef enum
{
  CHAT_DECODER_DONE = 0,
  CHAT_DECODER_USAGE = 2,
  CHAT_DECODER_NO_IMAGE = 3,    /* nothing that is shown as an image here, or broken */
  CHAT_DECODER_TOO_LARGE = 4
} ChatDecoderExit;

G_END_DECLS
