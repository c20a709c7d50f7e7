/* chat-picture.c: the image of an attachment: its preview first, then its pixels in the size in which it is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-picture.h"

#include <gtk/gtk.h>

#include "chat-frames.h"

/* Pixels of the longer side that are asked for of a preview: it has no more */
#define PREVIEW_SIDE    64
/* A frame stands at least so long: files that say 0 mean "as fast as you can" (milliseconds) */
#define MIN_DELAY_MS    20

/* What is on its way; it may come after the picture is gone */
typedef struct
{
  ChatPicture  *picture;      /* (nullable): gone */
  GCancellable *cancellable;
  char         *key;
} Wish;

struct _ChatPicture
{
  ChatAttachment  *attachment;
  ChatPictureFunc  changed;
  gpointer         user_data;
  gulong           notify_id;
  ChatPictureMotion motion;
  int              width;
  int              height;
  gboolean         on_screen;
  gboolean         broken;
  ChatFrames      *preview;     /* each nullable */
  ChatFrames      *frames;
  Wish            *preview_wish;
  Wish            *wish;
  guint            frame;
  gboolean         played;
  guint            play_source;
  guint            update_source;
};

static Wish *
wish_new (ChatPicture *picture,
          const char  *key)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->picture = picture;
  wish->cancellable = g_cancellable_new ();
  wish->key = g_strdup (key);

  return wish;
}

static void
wish_free (Wish *wish)
{
  g_object_unref (wish->cancellable);
  g_free (wish->key);
  g_free (wish);
}

/* Its answer frees it */
static void
drop_wish (Wish **place)
{
  Wish *wish = g_steal_pointer (place);

  if (wish == NULL)
    return;
  wish->picture = NULL;
  g_cancellable_cancel (wish->cancellable);
}

static gboolean
wants_motion (ChatPicture *self)
{
  GtkSettings *settings = gtk_settings_get_default ();
  gboolean enabled = TRUE;

  if (self->motion == CHAT_PICTURE_STILL)
    return FALSE;
  if (settings != NULL)
    g_object_get (settings, "gtk-enable-animations", &enabled, NULL);
  return enabled;
}

static gboolean
play_cb (gpointer user_data)
{
  ChatPicture *self = user_data;
  guint delay;

  self->play_source = 0;
  self->frame++;
  if (self->motion == CHAT_PICTURE_REPEATED)
    self->frame %= chat_frames_get_n (self->frames);
  if (self->frame + 1 < chat_frames_get_n (self->frames) || self->motion == CHAT_PICTURE_REPEATED)
    {
      chat_frames_get (self->frames, self->frame, &delay);
      self->play_source = g_timeout_add (MAX (delay, MIN_DELAY_MS), play_cb, self);
    }
  else
    {
      self->played = TRUE;
    }
  self->changed (self, self->user_data);

  return G_SOURCE_REMOVE;
}

static void
show_frames (ChatPicture *self)
{
  guint n = chat_frames_get_n (self->frames), delay;

  if (n == 0)
    {
      self->broken = TRUE;
      g_clear_pointer (&self->frames, chat_frames_unref);
    }
  else if (n > 1 && !self->played && wants_motion (self))
    {
      self->frame = 0;
      chat_frames_get (self->frames, 0, &delay);
      self->play_source = g_timeout_add (MAX (delay, MIN_DELAY_MS), play_cb, self);
    }
  else
    {
      /* One that has played rests where it ended */
      self->frame = self->played ? n - 1 : 0;
    }
}

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Wish *wish = user_data;
  ChatPicture *self = wish->picture;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatImage) image = chat_image_decode_finish (result, &error);
  g_autoptr (ChatFrames) frames = NULL;
  gboolean preview = self != NULL && self->preview_wish == wish;

  if (image != NULL)
    frames = chat_frames_new (image);
  else if (g_error_matches (error, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_NO_IMAGE) ||
           g_error_matches (error, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_TOO_LARGE))
    frames = chat_frames_new (NULL);
  /* What was made is of use even where nobody waits for it any more, and so is that a file is none */
  if (frames != NULL)
    chat_frames_keep (wish->key, frames);

  if (self != NULL)
    {
      if (preview)
        {
          self->preview_wish = NULL;
          if (frames != NULL && chat_frames_get_n (frames) > 0)
            self->preview = g_steal_pointer (&frames);
        }
      else
        {
          self->wish = NULL;
          if (frames != NULL)
            {
              self->frames = g_steal_pointer (&frames);
              show_frames (self);
            }
          else if (g_error_matches (error, CHAT_IMAGE_ERROR, CHAT_IMAGE_ERROR_FAILED))
            {
              self->broken = TRUE;
            }
        }
      self->changed (self, self->user_data);
    }
  wish_free (wish);
}

static char *
key_of (ChatPicture *self,
        const char  *path)
{
  return g_strdup_printf ("%s %dx%d %s", wants_motion (self) ? "moving" : "still", self->width, self->height, path);
}

static void
ask_for_preview (ChatPicture *self)
{
  GBytes *bytes = chat_attachment_get_preview (self->attachment);
  g_autofree char *key = NULL;

  if (bytes == NULL || self->preview != NULL || self->preview_wish != NULL)
    return;

  key = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  self->preview = chat_frames_lookup (key);
  if (self->preview != NULL)
    return;
  self->preview_wish = wish_new (self, key);
  chat_image_decode_bytes_async (bytes, PREVIEW_SIDE, PREVIEW_SIDE, self->preview_wish->cancellable, decoded_cb, self->preview_wish);
}

static void
ask_for_frames (ChatPicture *self,
                const char  *path)
{
  g_autofree char *key = key_of (self, path);

  self->frames = chat_frames_lookup (key);
  if (self->frames != NULL)
    {
      show_frames (self);
      self->changed (self, self->user_data);
      return;
    }

  ask_for_preview (self);
  self->wish = wish_new (self, key);
  chat_image_decode_async (path, wants_motion (self) ? CHAT_IMAGE_ANIMATION : CHAT_IMAGE_STILL,
                           MIN (self->width, CHAT_IMAGE_MAX_SIDE), MIN (self->height, CHAT_IMAGE_MAX_SIDE),
                           self->wish->cancellable, decoded_cb, self->wish);
}

static void
update (ChatPicture *self)
{
  const char *path = chat_attachment_get_path (self->attachment);

  if (!self->on_screen || self->width <= 0 || self->broken || self->frames != NULL || self->wish != NULL)
    return;

  if (path != NULL && (chat_attachment_get_outgoing (self->attachment) ||
                       chat_attachment_get_state (self->attachment) == CHAT_ATTACHMENT_LOCAL))
    ask_for_frames (self, path);
  else
    ask_for_preview (self);
}

static gboolean
update_cb (gpointer user_data)
{
  ChatPicture *self = user_data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
notify_cb (ChatPicture *self,
           GParamSpec  *pspec)
{
  /* Another file may be an image where this one was none */
  if (g_str_equal (pspec->name, "path"))
    self->broken = FALSE;
  if (!g_str_equal (pspec->name, "done"))
    update (self);
}

ChatPicture *
chat_picture_new (ChatAttachment  *attachment,
                  ChatPictureFunc  changed,
                  gpointer         user_data)
{
  ChatPicture *self = g_new0 (ChatPicture, 1);

  self->attachment = g_object_ref (attachment);
  self->changed = changed;
  self->user_data = user_data;
  self->notify_id = g_signal_connect_swapped (attachment, "notify", G_CALLBACK (notify_cb), self);

  return self;
}

static void
drop_pixels (ChatPicture *self)
{
  drop_wish (&self->wish);
  drop_wish (&self->preview_wish);
  g_clear_handle_id (&self->play_source, g_source_remove);
  g_clear_pointer (&self->frames, chat_frames_unref);
  g_clear_pointer (&self->preview, chat_frames_unref);
  self->frame = 0;
}

void
chat_picture_free (ChatPicture *self)
{
  drop_pixels (self);
  g_clear_handle_id (&self->update_source, g_source_remove);
  g_clear_signal_handler (&self->notify_id, self->attachment);
  g_object_unref (self->attachment);
  g_free (self);
}

void
chat_picture_set_motion (ChatPicture       *self,
                         ChatPictureMotion  motion)
{
  self->motion = motion;
}

void
chat_picture_set_size (ChatPicture *self,
                       int          width,
                       int          height)
{
  if (self->width == width && self->height == height)
    return;

  self->width = width;
  self->height = height;
  drop_wish (&self->wish);
  g_clear_handle_id (&self->play_source, g_source_remove);
  g_clear_pointer (&self->frames, chat_frames_unref);
  /* Not in the midst of a layout, which what comes of it may change */
  if (self->update_source == 0)
    self->update_source = g_idle_add (update_cb, self);
}

void
chat_picture_set_on_screen (ChatPicture *self,
                            gboolean     on_screen)
{
  if (self->on_screen == on_screen)
    return;

  self->on_screen = on_screen;
  if (on_screen)
    update (self);
  else
    drop_pixels (self);
}

GdkTexture *
chat_picture_get_texture (ChatPicture *self)
{
  if (self->frames != NULL)
    return chat_frames_get (self->frames, self->frame, NULL);
  if (self->preview != NULL)
    return chat_frames_get (self->preview, 0, NULL);

  return NULL;
}

gboolean
chat_picture_get_complete (ChatPicture *self)
{
  return self->frames != NULL;
}

gboolean
chat_picture_get_broken (ChatPicture *self)
{
  return self->broken;
}
