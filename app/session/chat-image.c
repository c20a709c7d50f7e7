/* chat-image.c: pixels of a file that nobody vouches for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chat-decoder-format.h"

/* Pixels of the longer side of a preview */
#define PREVIEW_SIDE 40

struct _ChatImage
{
  gatomicrefcount   refs;
  ChatDecoderHeader header;
  GBytes           *answer;     /* all that the decoder wrote */
};

G_DEFINE_QUARK (chat-image-error-quark, chat_image_error)
G_DEFINE_BOXED_TYPE (ChatImage, chat_image, chat_image_ref, chat_image_unref)

ChatImage *
chat_image_ref (ChatImage *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
chat_image_unref (ChatImage *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_bytes_unref (self->answer);
  g_free (self);
}

int
chat_image_get_width (ChatImage *self)
{
  return self->header.width;
}

int
chat_image_get_height (ChatImage *self)
{
  return self->header.height;
}

void
chat_image_get_full_size (ChatImage *self,
                          int       *width,
                          int       *height)
{
  if (width != NULL)
    *width = self->header.full_width;
  if (height != NULL)
    *height = self->header.full_height;
}

guint
chat_image_get_n_frames (ChatImage *self)
{
  return self->header.n_frames;
}

static gsize
get_frame_size (const ChatDecoderHeader *header)
{
  return (gsize) header->width * header->height * 4;
}

GBytes *
chat_image_get_frame (ChatImage *self,
                      guint      n,
                      guint     *delay)
{
  gsize size = get_frame_size (&self->header);
  gsize start = sizeof (ChatDecoderHeader) + n * (sizeof (guint32) + size);
  guint32 told;

  g_return_val_if_fail (n < self->header.n_frames, NULL);

  memcpy (&told, (const guint8 *) g_bytes_get_data (self->answer, NULL) + start, sizeof told);
  if (delay != NULL)
    *delay = told;
  return g_bytes_new_from_bytes (self->answer, start + sizeof told, size);
}

/* A decoding: what waits for its turn, then a process, then its answer */

typedef struct
{
  const char   *mode;
  int           width;
  int           height;
  int           input;          /* -1: gone to the process */
  int           output;
  GSubprocess  *process;
  GCancellable *cancellable;
  gulong        cancelled_id;
  guint         timer;
} Decoding;

/* Of the whole program: what is bounded are the processes that it has */
static GQueue waiting = G_QUEUE_INIT;     /* of GTask, owned */
static guint n_decoding;

static void start_next (void);

static void
decoding_free (gpointer data)
{
  Decoding *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->input >= 0)
    close (self->input);
  if (self->output >= 0)
    close (self->output);
  g_clear_object (&self->process);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* Checks each number that the process told, and that all is there. Returns: (transfer full) (nullable) */
static ChatImage *
take_answer (Decoding *self)
{
  gboolean preview = strcmp (self->mode, CHAT_DECODER_PREVIEW) == 0;
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GBytes) answer = NULL;
  ChatDecoderHeader header;
  ChatImage *image;
  gsize expected;

  /* Whoever may still have it can not change it under our eyes */
  if (fcntl (self->output, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return NULL;
  mapped = g_mapped_file_new_from_fd (self->output, FALSE, NULL);
  if (mapped == NULL || g_mapped_file_get_length (mapped) < sizeof header || g_mapped_file_get_length (mapped) > CHAT_DECODER_MAX_ANSWER)
    return NULL;
  answer = g_mapped_file_get_bytes (mapped);
  memcpy (&header, g_bytes_get_data (answer, NULL), sizeof header);
  if (header.magic != CHAT_DECODER_MAGIC || header.width < 1 || header.height < 1 || header.width > (guint) self->width
      || header.height > (guint) self->height || header.full_width < 1 || header.full_height < 1
      || header.full_width > CHAT_DECODER_MAX_SIDE || header.full_height > CHAT_DECODER_MAX_SIDE
      || header.n_frames > CHAT_DECODER_MAX_FRAMES || header.n_bytes > CHAT_DECODER_MAX_PREVIEW
      || (preview ? header.n_frames != 0 || header.n_bytes == 0 : header.n_frames == 0 || header.n_bytes != 0))
    return NULL;
  /* At most 512 times 8192 * 8192 * 4: far from the end of 64 bits */
  expected = sizeof header + header.n_bytes + (guint64) header.n_frames * (sizeof (guint32) + get_frame_size (&header));
  if (g_bytes_get_size (answer) != expected)
    return NULL;
  image = g_new0 (ChatImage, 1);
  g_atomic_ref_count_init (&image->refs);
  image->header = header;
  image->answer = g_steal_pointer (&answer);
  return image;
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Decoding *self = g_task_get_task_data (task);
  ChatImage *image = NULL;
  int status = -1;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_disconnect (self->cancellable, self->cancelled_id);
  self->cancelled_id = 0;
  if (g_subprocess_wait_finish (self->process, result, NULL) && g_subprocess_get_if_exited (self->process))
    status = g_subprocess_get_exit_status (self->process);
  n_decoding--;
  start_next ();
  if (g_task_return_error_if_cancelled (task))
    return;
  if (status == CHAT_DECODER_DONE)
    image = take_answer (self);
  if (image != NULL)
    g_task_return_pointer (task, image, (GDestroyNotify) chat_image_unref);
  else if (status == CHAT_DECODER_NO_IMAGE)
    g_task_return_new_error (task, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_NO_IMAGE, "no image that can be shown here");
  else if (status == CHAT_DECODER_TOO_LARGE)
    g_task_return_new_error (task, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_TOO_LARGE, "more than is decoded here");
  else
    g_task_return_new_error (task, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_FAILED, "the decoder ended with %d", status);
}

static gboolean
on_too_long (gpointer user_data)
{
  Decoding *self = g_task_get_task_data (user_data);

  self->timer = 0;
  g_subprocess_force_exit (self->process);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      process)
{
  g_subprocess_force_exit (process);
}

static gboolean
spawn (Decoding  *self,
       GError   **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *width = g_strdup_printf ("%d", self->width);
  g_autofree char *height = g_strdup_printf ("%d", self->height);
  const char *path = g_getenv ("CHAT_DECODER");
  int answer;

  self->output = memfd_create ("chat-image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  answer = self->output >= 0 ? fcntl (self->output, F_DUPFD_CLOEXEC, 3) : -1;
  if (answer < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      return FALSE;
    }
  g_subprocess_launcher_take_stdin_fd (launcher, g_steal_fd (&self->input));
  g_subprocess_launcher_take_stdout_fd (launcher, answer);
  self->process = g_subprocess_launcher_spawn (launcher, error, path != NULL ? path : DECODER_PATH, self->mode, width, height, NULL);
  return self->process != NULL;
}

static void
start (GTask *task)
{
  Decoding *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (!spawn (self, &error))
    {
      g_task_return_new_error (task, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_FAILED, "%s", error->message);
      return;
    }
  n_decoding++;
  self->timer = g_timeout_add (CHAT_IMAGE_TIMEOUT_MS, on_too_long, task);
  self->cancelled_id = g_cancellable_connect (self->cancellable, G_CALLBACK (on_cancelled), self->process, NULL);
  g_subprocess_wait_async (self->process, NULL, on_ended, g_object_ref (task));
}

/* The last that asked goes first: it is what the person looks at */
static void
start_next (void)
{
  while (n_decoding < CHAT_IMAGE_MAX_DECODERS && !g_queue_is_empty (&waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_tail (&waiting);

      start (task);
    }
}

static void
enqueue (GTask *task)
{
  g_queue_push_tail (&waiting, task);
  while (waiting.length > CHAT_IMAGE_MAX_WAITING)
    {
      g_autoptr (GTask) old = g_queue_pop_head (&waiting);

      g_task_return_new_error (old, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_BUSY, "too many others came after it");
    }
  start_next ();
}

/* Returns: (transfer full) */
static GTask *
make_task (gpointer             tag,
           const char          *mode,
           int                  width,
           int                  height,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Decoding *self = g_new0 (Decoding, 1);

  self->mode = mode;
  self->width = CLAMP (width, 1, CHAT_IMAGE_MAX_SIDE);
  self->height = CLAMP (height, 1, CHAT_IMAGE_MAX_SIDE);
  self->input = self->output = -1;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, self, decoding_free);
  return task;
}

static void
decode_file (GTask      *task,
             const char *path)
{
  g_autoptr (GTask) owned = task;
  Decoding *self = g_task_get_task_data (task);
  struct stat info;

  self->input = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (self->input < 0 || fstat (self->input, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_task_return_new_error (task, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_FAILED, "the file can not be read");
      return;
    }
  enqueue (g_steal_pointer (&owned));
}

void
chat_image_decode_async (const char          *path,
                         ChatImageKind        kind,
                         int                  width,
                         int                  height,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  decode_file (make_task (chat_image_decode_async, kind == CHAT_IMAGE_ANIMATION ? CHAT_DECODER_ANIMATION : CHAT_DECODER_STILL,
                          width, height, cancellable, callback, user_data),
               path);
}

void
chat_image_decode_bytes_async (GBytes              *bytes,
                               int                  width,
                               int                  height,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = make_task (chat_image_decode_async, CHAT_DECODER_STILL, width, height, cancellable, callback, user_data);
  Decoding *self = g_task_get_task_data (task);
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  self->input = memfd_create ("chat-preview", MFD_CLOEXEC);
  if (self->input < 0 || pwrite (self->input, data, size, 0) != (gssize) size)
    {
      g_task_return_new_error (task, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_FAILED, "%s", g_strerror (errno));
      return;
    }
  enqueue (g_steal_pointer (&task));
}

ChatImage *
chat_image_decode_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, chat_image_decode_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_image_preview_async (const char          *path,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  decode_file (make_task (chat_image_preview_async, CHAT_DECODER_PREVIEW, PREVIEW_SIDE, PREVIEW_SIDE, cancellable, callback, user_data),
               path);
}

GBytes *
chat_image_preview_finish (GAsyncResult  *result,
                           int           *width,
                           int           *height,
                           GError       **error)
{
  g_autoptr (ChatImage) image = NULL;

  g_return_val_if_fail (g_async_result_is_tagged (result, chat_image_preview_async), NULL);

  image = g_task_propagate_pointer (G_TASK (result), error);
  if (image == NULL)
    return NULL;
  chat_image_get_full_size (image, width, height);
  return g_bytes_new_from_bytes (image->answer, sizeof (ChatDecoderHeader), image->header.n_bytes);
}
