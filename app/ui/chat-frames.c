/* chat-frames.c: pixels of images that were shown lately, within a bound
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-frames.h"

struct _ChatFrames
{
  grefcount   refs;
  GPtrArray  *textures;   /* (element-type GdkTexture) */
  GArray     *delays;     /* (element-type guint) */
  gsize       bytes;
};

typedef struct
{
  char       *key;
  ChatFrames *frames;
  GList       link;       /* in the order of use */
} Kept;

static GHashTable *kept;  /* (element-type utf8 Kept) */
static GQueue      order; /* (element-type Kept), what was used last first */
static gsize       kept_bytes;

ChatFrames *
chat_frames_new (ChatImage *image)
{
  ChatFrames *self = g_new0 (ChatFrames, 1);
  guint n = image != NULL ? chat_image_get_n_frames (image) : 0;

  g_ref_count_init (&self->refs);
  self->textures = g_ptr_array_new_with_free_func (g_object_unref);
  self->delays = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < n; i++)
    {
      guint delay;
      g_autoptr (GBytes) pixels = chat_image_get_frame (image, i, &delay);
      int width = chat_image_get_width (image), height = chat_image_get_height (image);

      g_ptr_array_add (self->textures, gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8A8, pixels, (gsize) width * 4));
      g_array_append_val (self->delays, delay);
      self->bytes += g_bytes_get_size (pixels);
    }

  return self;
}

ChatFrames *
chat_frames_ref (ChatFrames *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

void
chat_frames_unref (ChatFrames *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  g_ptr_array_unref (self->textures);
  g_array_unref (self->delays);
  g_free (self);
}

guint
chat_frames_get_n (ChatFrames *self)
{
  return self->textures->len;
}

GdkTexture *
chat_frames_get (ChatFrames *self,
                 guint       n,
                 guint      *delay)
{
  g_return_val_if_fail (n < self->textures->len, NULL);

  if (delay != NULL)
    *delay = g_array_index (self->delays, guint, n);
  return self->textures->pdata[n];
}

static void
kept_free (gpointer data)
{
  Kept *one = data;

  g_queue_unlink (&order, &one->link);
  kept_bytes -= one->frames->bytes;
  chat_frames_unref (one->frames);
  g_free (one->key);
  g_free (one);
}

ChatFrames *
chat_frames_lookup (const char *key)
{
  Kept *one = kept != NULL ? g_hash_table_lookup (kept, key) : NULL;

  if (one == NULL)
    return NULL;

  g_queue_unlink (&order, &one->link);
  g_queue_push_head_link (&order, &one->link);
  return chat_frames_ref (one->frames);
}

void
chat_frames_keep (const char *key,
                  ChatFrames *self)
{
  Kept *one;

  /* One that would drive out all others is not worth it */
  if (self->bytes > CHAT_FRAMES_MAX_BYTES / 4)
    return;
  if (kept == NULL)
    kept = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, kept_free);

  g_hash_table_remove (kept, key);
  one = g_new0 (Kept, 1);
  one->key = g_strdup (key);
  one->frames = chat_frames_ref (self);
  one->link.data = one;
  kept_bytes += self->bytes;
  g_queue_push_head_link (&order, &one->link);
  g_hash_table_insert (kept, one->key, one);
  while (kept_bytes > CHAT_FRAMES_MAX_BYTES || order.length > CHAT_FRAMES_MAX_IMAGES)
    g_hash_table_remove (kept, ((Kept *) g_queue_peek_tail (&order))->key);
}

gsize
chat_frames_get_kept_bytes (void)
{
  return kept_bytes;
}

void
chat_frames_forget (void)
{
  g_clear_pointer (&kept, g_hash_table_unref);
}
