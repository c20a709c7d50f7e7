/* main.c: makes pixels of a file that a stranger sent
 *
 * A process of its own, for one file: whatever a broken or hostile image does to a decoder ends here, with the little that the process may
 * have. It opens nothing (the file is its standard input, the answer its standard output), and what it writes is checked by its reader.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "chat-decoder-count.h"
#include "chat-decoder-format.h"

#define CHUNK         (64 * 1024)
#define MIN_DELAY_MS  20      /* what is faster is shown as browsers do: at 10 frames a second */
#define SLOW_DELAY_MS 100

/* What is asked for, and what is known of the file */
typedef struct
{
  int      max_width;
  int      max_height;
  int      full_width;
  int      full_height;
  gboolean too_large;
} Request;

static void
set_limit (int    which,
           rlim_t most)
{
  struct rlimit limit;

  if (getrlimit (which, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max = limit.rlim_max == RLIM_INFINITY ? most : MIN (most, limit.rlim_max);
  setrlimit (which, &limit);
}

static void
confine (void)
{
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  set_limit (RLIMIT_CORE, 0);
  set_limit (RLIMIT_FSIZE, CHAT_DECODER_MAX_ANSWER);
  set_limit (RLIMIT_CPU, CHAT_DECODER_MAX_CPU_S);
  /* Address sanitizer reserves terabytes that it never uses */
#ifndef __SANITIZE_ADDRESS__
  set_limit (RLIMIT_AS, CHAT_DECODER_MAX_MEMORY);
#endif
}

static gssize
read_some (guint8 *buffer,
           gsize   n)
{
  gssize got;

  do
    got = read (STDIN_FILENO, buffer, n);
  while (got < 0 && errno == EINTR);
  return got;
}

static gboolean
write_all (gconstpointer data,
           gsize         n)
{
  const guint8 *bytes = data;

  while (n > 0)
    {
      gssize written = write (STDOUT_FILENO, bytes, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      bytes += written;
      n -= written;
    }
  return TRUE;
}

/* "BM" alone is the beginning of many a text: the size of the header that follows has few values */
static gboolean
is_bmp (const guint8 *bytes,
        gsize         n)
{
  static const guint8 sizes[] = { 12, 40, 52, 56, 64, 108, 124 };

  if (n < 18 || memcmp (bytes, "BM", 2) != 0 || bytes[15] != 0 || bytes[16] != 0 || bytes[17] != 0)
    return FALSE;
  return memchr (sizes, bytes[14], sizeof sizes) != NULL;
}

/* What a file is goes by its first bytes. The list is short, and without formats that can name other files (SVG) */
static const char *
sniff (const guint8 *bytes,
       gsize         n)
{
  if (n >= 3 && memcmp (bytes, "\xff\xd8\xff", 3) == 0)
    return "jpeg";
  if (n >= 8 && memcmp (bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "png";
  if (n >= 6 && (memcmp (bytes, "GIF87a", 6) == 0 || memcmp (bytes, "GIF89a", 6) == 0))
    return "gif";
  if (n >= 12 && memcmp (bytes, "RIFF", 4) == 0 && memcmp (bytes + 8, "WEBP", 4) == 0)
    return "webp";
  if (is_bmp (bytes, n))
    return "bmp";
  /* (Of many pictures the first: it is read whole before it is decoded) */
  if (n >= 4 && (memcmp (bytes, "II*\0", 4) == 0 || memcmp (bytes, "MM\0*", 4) == 0))
    return "tiff";
  return NULL;
}

static gboolean
fit (const Request *request,
     int           *width,
     int           *height)
{
  double scale = MIN ((double) request->max_width / *width, (double) request->max_height / *height);

  if (scale >= 1)
    return FALSE;
  *width = CLAMP ((int) (*width * scale + 0.5), 1, request->max_width);
  *height = CLAMP ((int) (*height * scale + 0.5), 1, request->max_height);
  return TRUE;
}

static void
on_size_prepared (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  Request *request = user_data;

  request->full_width = width;
  request->full_height = height;
  request->too_large = width < 1 || height < 1 || width > CHAT_DECODER_MAX_SIDE || height > CHAT_DECODER_MAX_SIDE
                       || (gint64) width * height > CHAT_DECODER_MAX_PIXELS;
  /* One that lies on its side is turned later, and may then be too large still: it is made to fit both ways */
  if (request->too_large)
    gdk_pixbuf_loader_set_size (loader, 1, 1);
  else if (MAX (width, height) > MAX (request->max_width, request->max_height))
    {
      double scale = (double) MAX (request->max_width, request->max_height) / MAX (width, height);

      gdk_pixbuf_loader_set_size (loader, MAX ((int) (width * scale + 0.5), 1), MAX ((int) (height * scale + 0.5), 1));
    }
}

static int
load (Request          *request,
      GdkPixbufLoader **loader)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK);
  gsize total = 0;
  gssize n;

  while ((n = read_some (buffer, CHUNK)) > 0)
    {
      total += n;
      if (total > CHAT_DECODER_MAX_FILE_SIZE)
        return CHAT_DECODER_TOO_LARGE;
      if (*loader == NULL)
        {
          const char *type = sniff (buffer, n);

          if (type != NULL)
            *loader = gdk_pixbuf_loader_new_with_type (type, NULL);
          if (*loader == NULL)
            return CHAT_DECODER_NO_IMAGE;
          g_signal_connect (*loader, "size-prepared", G_CALLBACK (on_size_prepared), request);
        }
      /* What is broken further on shows as far as it goes, if anything of it does */
      if (!gdk_pixbuf_loader_write (*loader, buffer, n, NULL) || request->too_large)
        break;
    }
  if (*loader == NULL)
    return CHAT_DECODER_NO_IMAGE;
  gdk_pixbuf_loader_close (*loader, NULL);
  return request->too_large ? CHAT_DECODER_TOO_LARGE : CHAT_DECODER_DONE;
}

/* Upright, of the size that was asked for, with an alpha channel. Returns: (transfer full) (nullable) */
static GdkPixbuf *
finish (GdkPixbuf *source,
        Request   *request)
{
  g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (source);
  g_autoptr (GdkPixbuf) scaled = NULL;
  int width, height;

  if (upright == NULL)
    return NULL;
  width = gdk_pixbuf_get_width (upright);
  height = gdk_pixbuf_get_height (upright);
  if (fit (request, &width, &height))
    scaled = gdk_pixbuf_scale_simple (upright, width, height, GDK_INTERP_BILINEAR);
  else
    scaled = g_object_ref (upright);
  if (scaled == NULL)
    return NULL;
  return gdk_pixbuf_get_has_alpha (scaled) ? g_object_ref (scaled) : gdk_pixbuf_add_alpha (scaled, FALSE, 0, 0, 0);
}

/* Images are told with their sides changed where they lie on their side */
static void
note_full_size (GdkPixbuf *source,
                Request   *request)
{
  const char *orientation = gdk_pixbuf_get_option (source, "orientation");

  if (orientation != NULL && *orientation >= '5' && *orientation <= '8')
    {
      int width = request->full_width;

      request->full_width = request->full_height;
      request->full_height = width;
    }
}

static gboolean
write_frame (GdkPixbuf *pixbuf,
             guint32    delay)
{
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  gsize row = (gsize) gdk_pixbuf_get_width (pixbuf) * 4;
  gsize stride = gdk_pixbuf_get_rowstride (pixbuf);

  if (!write_all (&delay, sizeof delay))
    return FALSE;
  if (row == stride)
    return write_all (pixels, row * gdk_pixbuf_get_height (pixbuf));
  for (int y = 0; y < gdk_pixbuf_get_height (pixbuf); y++)
    if (!write_all (pixels + y * stride, row))
      return FALSE;
  return TRUE;
}

static int
write_still (GdkPixbuf *source,
             Request   *request)
{
  g_autoptr (GdkPixbuf) pixbuf = finish (source, request);
  ChatDecoderHeader header = { .magic = CHAT_DECODER_MAGIC, .n_frames = 1 };

  if (pixbuf == NULL)
    return CHAT_DECODER_NO_IMAGE;
  note_full_size (source, request);
  header.width = gdk_pixbuf_get_width (pixbuf);
  header.height = gdk_pixbuf_get_height (pixbuf);
  header.full_width = request->full_width;
  header.full_height = request->full_height;
  return write_all (&header, sizeof header) && write_frame (pixbuf, 0) ? CHAT_DECODER_DONE : CHAT_DECODER_NO_IMAGE;
}

typedef struct
{
  GPtrArray *frames;
  GArray    *delays;
} Film;

static void
film_clear (Film *film)
{
  g_ptr_array_unref (film->frames);
  g_array_unref (film->delays);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Film, film_clear)

/* The library's clock is one that we turn ourselves: from the end of each frame to the next */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS
static void
take_frames (GdkPixbufAnimation *animation,
             Request            *request,
             Film               *film)
{
  GTimeVal now = { 0, 0 };
  g_autoptr (GdkPixbufAnimationIter) iter = gdk_pixbuf_animation_get_iter (animation, &now);
  gsize total = sizeof (ChatDecoderHeader);
  guint count = chat_decoder_count_frames (STDIN_FILENO);

  while (film->frames->len < (count > 0 ? count : CHAT_DECODER_MAX_FRAMES))
    {
      GdkPixbuf *source = gdk_pixbuf_animation_iter_get_pixbuf (iter);
      int told = gdk_pixbuf_animation_iter_get_delay_time (iter);
      guint32 delay = told < 0 ? 0 : told < MIN_DELAY_MS ? SLOW_DELAY_MS : told;
      GdkPixbuf *frame = source != NULL ? finish (source, request) : NULL;

      if (frame == NULL)
        break;
      /* The library draws the next one over it */
      if (frame == source)
        {
          g_object_unref (frame);
          frame = gdk_pixbuf_copy (source);
          if (frame == NULL)
            break;
        }
      total += sizeof delay + (gsize) gdk_pixbuf_get_width (frame) * gdk_pixbuf_get_height (frame) * 4;
      if (total > CHAT_DECODER_MAX_ANSWER)
        {
          g_object_unref (frame);
          break;
        }
      g_ptr_array_add (film->frames, frame);
      g_array_append_val (film->delays, delay);
      if (told < 0 || gdk_pixbuf_animation_iter_on_currently_loading_frame (iter))
        break;
      g_time_val_add (&now, (glong) MAX (told, 1) * 1000);
      if (!gdk_pixbuf_animation_iter_advance (iter, &now))
        break;
    }
}
G_GNUC_END_IGNORE_DEPRECATIONS

static int
write_animation (GdkPixbufAnimation *animation,
                 Request            *request)
{
  ChatDecoderHeader header = { .magic = CHAT_DECODER_MAGIC };
  g_auto (Film) film = { g_ptr_array_new_with_free_func (g_object_unref), g_array_new (FALSE, FALSE, sizeof (guint32)) };

  take_frames (animation, request, &film);
  if (film.frames->len == 0)
    return CHAT_DECODER_NO_IMAGE;
  header.n_frames = film.frames->len;
  header.width = gdk_pixbuf_get_width (film.frames->pdata[0]);
  header.height = gdk_pixbuf_get_height (film.frames->pdata[0]);
  header.full_width = request->full_width;
  header.full_height = request->full_height;
  if (!write_all (&header, sizeof header))
    return CHAT_DECODER_NO_IMAGE;
  for (guint i = 0; i < film.frames->len; i++)
    if (!write_frame (film.frames->pdata[i], g_array_index (film.delays, guint32, i)))
      return CHAT_DECODER_NO_IMAGE;
  return CHAT_DECODER_DONE;
}

/* JPEG knows no alpha: on white */
static int
write_preview (GdkPixbuf *source,
               Request   *request)
{
  g_autoptr (GdkPixbuf) pixbuf = finish (source, request);
  g_autoptr (GdkPixbuf) flat = NULL;
  ChatDecoderHeader header = { .magic = CHAT_DECODER_MAGIC };

  if (pixbuf == NULL)
    return CHAT_DECODER_NO_IMAGE;
  note_full_size (source, request);
  flat = gdk_pixbuf_composite_color_simple (pixbuf, gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf), GDK_INTERP_NEAREST,
                                            255, 8, 0xffffff, 0xffffff);
  if (flat == NULL)
    return CHAT_DECODER_NO_IMAGE;
  for (int quality = 70; quality >= 10; quality -= 20)
    {
      g_autofree char *text = g_strdup_printf ("%d", quality);
      g_autofree char *bytes = NULL;
      gsize n;

      if (!gdk_pixbuf_save_to_buffer (flat, &bytes, &n, "jpeg", NULL, "quality", text, NULL))
        return CHAT_DECODER_NO_IMAGE;
      if (n > CHAT_DECODER_MAX_PREVIEW)
        continue;
      header.width = gdk_pixbuf_get_width (flat);
      header.height = gdk_pixbuf_get_height (flat);
      header.full_width = request->full_width;
      header.full_height = request->full_height;
      header.n_bytes = n;
      return write_all (&header, sizeof header) && write_all (bytes, n) ? CHAT_DECODER_DONE : CHAT_DECODER_NO_IMAGE;
    }
  return CHAT_DECODER_TOO_LARGE;
}

static gboolean
parse_side (const char *text,
            int        *side)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, CHAT_DECODER_MAX_REQUEST, &number, NULL))
    return FALSE;
  *side = number;
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  Request request = { 0 };
  g_autoptr (GdkPixbufLoader) loader = NULL;
  GdkPixbufAnimation *animation;
  GdkPixbuf *source;
  int status;

  confine ();
  if (argc != 4 || !parse_side (argv[2], &request.max_width) || !parse_side (argv[3], &request.max_height))
    return CHAT_DECODER_USAGE;
  status = load (&request, &loader);
  if (status != CHAT_DECODER_DONE)
    return status;
  animation = gdk_pixbuf_loader_get_animation (loader);
  source = gdk_pixbuf_loader_get_pixbuf (loader);
  if (source == NULL)
    return CHAT_DECODER_NO_IMAGE;
  if (strcmp (argv[1], CHAT_DECODER_PREVIEW) == 0)
    return write_preview (source, &request);
  if (strcmp (argv[1], CHAT_DECODER_ANIMATION) == 0 && animation != NULL && !gdk_pixbuf_animation_is_static_image (animation))
    return write_animation (animation, &request);
  if (strcmp (argv[1], CHAT_DECODER_STILL) == 0 || strcmp (argv[1], CHAT_DECODER_ANIMATION) == 0)
    return write_still (source, &request);
  return CHAT_DECODER_USAGE;
}
