/* chat-message-bubble-card.c: the file in a bubble: what it is, how far it has got, and the button for that
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-message-bubble-private.h"

#include "chat-attachment-words.h"
#include "chat-transfer-mark.h"

/* Pixels */
#define KIND_SIZE     20
#define PICTURE_MIN_WIDTH  160    /* the button and some words find room on the smallest one */
#define PICTURE_MIN_HEIGHT 104
#define PICTURE_RADIUS     8
#define PILL_GAP      6           /* around the words on an image, and within what they stand on */

static ChatAttachment *
attachment_of (ChatBubble *self)
{
  return chat_message_get_attachment (self->message);
}

/* An isolate: a number at its beginning stays there in a language that goes from right to left */
static char *
status_of (ChatBubble *self)
{
  g_autofree char *status = chat_attachment_status (attachment_of (self));

  return g_strdup_printf ("\xe2\x81\xa8%s\xe2\x81\xa9", status);
}

static void
picture_changed_cb (ChatPicture *picture,
                    gpointer     user_data)
{
  ChatBubble *self = user_data;

  /* What is no image is shown as the file that it is */
  if (chat_picture_get_broken (picture))
    chat_bubble_invalidate (self);
  else
    gtk_widget_queue_draw (self->widget);
}

gboolean
chat_bubble_shows_picture (ChatBubble *self)
{
  return self->picture != NULL && !chat_picture_get_broken (self->picture);
}

void
chat_bubble_make_card (ChatBubble *self)
{
  g_autofree char *name = chat_attachment_name (attachment_of (self));
  /* From left to right whatever its letters are: its ending is then what stands at its right end */
  g_autofree char *title = g_strdup_printf ("\xe2\x81\xa6%s\xe2\x81\xa9", name);
  g_autofree char *status = status_of (self);

  if (self->picture == NULL && chat_attachment_is_picture (self->message))
    {
      self->picture = chat_picture_new (attachment_of (self), picture_changed_cb, self);
      chat_picture_set_on_screen (self->picture, self->on_screen);
    }
  self->title = chat_bubble_make_layout (self, title, 1, TRUE);
  pango_layout_set_single_paragraph_mode (self->title, TRUE);
  pango_layout_set_ellipsize (self->title, PANGO_ELLIPSIZE_MIDDLE);
  self->status = chat_bubble_make_layout (self, status, .83, FALSE);
  pango_layout_set_single_paragraph_mode (self->status, TRUE);
  pango_layout_set_ellipsize (self->status, PANGO_ELLIPSIZE_END);
}

/* The words stand beside the button, and the time at their other end; on an image in its first corner */
static int
status_x (ChatBubble *self)
{
  int room = pango_layout_get_width (self->status) / PANGO_SCALE;

  if (chat_bubble_shows_picture (self))
    return self->card.x + 2 * PILL_GAP;
  return self->rtl ? self->card.x + self->card.width - ICON_SIZE - PAD_X - room : self->card.x + ICON_SIZE + PAD_X;
}

void
chat_bubble_update_card (ChatBubble *self)
{
  g_autofree char *status = status_of (self);
  int room = pango_layout_get_width (self->status) / PANGO_SCALE;

  pango_layout_set_text (self->status, status, -1);
  /* Those that end at the right begin elsewhere now */
  if (self->width >= 0)
    self->status_at = chat_bubble_place (self, self->status, status_x (self), self->status_at.y, room);
}

/* From what its sender told of it, before any of it is there */
static void
measure_picture (ChatBubble *self,
                 int         max_width)
{
  int width, height, scale = gtk_widget_get_scale_factor (self->widget);
  double factor;

  chat_attachment_get_dimensions (attachment_of (self), &width, &height);
  factor = MIN (1, MIN ((double) MIN (max_width, PICTURE_SIDE) / width, (double) PICTURE_SIDE / height));
  self->card.width = CLAMP ((int) (width * factor + .5), MIN (PICTURE_MIN_WIDTH, max_width), max_width);
  self->card.height = MAX ((int) (height * factor + .5), PICTURE_MIN_HEIGHT);
  pango_layout_set_width (self->status, MAX (self->card.width - 4 * PILL_GAP, 1) * PANGO_SCALE);
  chat_picture_set_size (self->picture, self->card.width * scale, self->card.height * scale);
}

void
chat_bubble_measure_card (ChatBubble *self,
                          int         max_width,
                          int         meta_width)
{
  int width = MIN (max_width, CARD_WIDTH), room = MAX (width - ICON_SIZE - PAD_X, 1), title, status;

  if (chat_bubble_shows_picture (self))
    {
      measure_picture (self, max_width);
      return;
    }

  pango_layout_set_width (self->title, room * PANGO_SCALE);
  pango_layout_set_width (self->status, MAX (room - (meta_width > 0 ? meta_width + META_GAP : 0), 1) * PANGO_SCALE);
  pango_layout_get_pixel_size (self->title, NULL, &title);
  pango_layout_get_pixel_size (self->status, NULL, &status);
  self->card.width = width;
  self->card.height = MAX (ICON_SIZE, title + status);
}

void
chat_bubble_place_card (ChatBubble *self,
                        int         x,
                        int         y)
{
  int width = self->card.width, room = width - ICON_SIZE - PAD_X, title, status, top;

  pango_layout_get_pixel_size (self->title, NULL, &title);
  pango_layout_get_pixel_size (self->status, NULL, &status);
  self->card.x = x;
  self->card.y = y;
  if (chat_bubble_shows_picture (self))
    {
      self->icon_at = GRAPHENE_POINT_INIT (x + (width - ICON_SIZE) / 2, y + (self->card.height - ICON_SIZE) / 2);
      self->status_at = chat_bubble_place (self, self->status, status_x (self), y + 2 * PILL_GAP - 2, width - 4 * PILL_GAP);
      return;
    }
  self->icon_at = GRAPHENE_POINT_INIT (self->rtl ? x + width - ICON_SIZE : x, y + (self->card.height - ICON_SIZE) / 2);
  top = y + (self->card.height - title - status) / 2;
  self->title_at = chat_bubble_place (self, self->title, self->rtl ? x : x + ICON_SIZE + PAD_X, top, room);
  self->status_at = chat_bubble_place (self, self->status, status_x (self), top + title,
                                       pango_layout_get_width (self->status) / PANGO_SCALE);
}

ChatBubblePart
chat_bubble_pick_card (ChatBubble *self,
                       double      x,
                       double      y)
{
  if (chat_attachment_get_state (attachment_of (self)) != CHAT_ATTACHMENT_LOCAL &&
      x >= self->icon_at.x && x < self->icon_at.x + ICON_SIZE && y >= self->icon_at.y && y < self->icon_at.y + ICON_SIZE)
    return CHAT_BUBBLE_TRANSFER;
  if (x >= self->card.x && x < self->card.x + self->card.width && y >= self->card.y && y < self->card.y + self->card.height)
    return chat_bubble_shows_picture (self) ? CHAT_BUBBLE_PICTURE : CHAT_BUBBLE_FILE;

  return CHAT_BUBBLE_TEXT;
}

/* Drawing */

static void
append_text (GtkSnapshot            *snapshot,
             PangoLayout            *layout,
             const graphene_point_t *at,
             const GdkRGBA          *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, at);
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
append_back (GtkSnapshot           *snapshot,
             const graphene_rect_t *bounds,
             float                  radius,
             const GdkRGBA         *color)
{
  GskRoundedRect rect;

  gsk_rounded_rect_init_from_rect (&rect, bounds, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, color, bounds);
  gtk_snapshot_pop (snapshot);
}

/* All of it is shown, in its proportions, whatever its sender said of them; its preview is as large as it will be */
static void
append_texture (ChatBubble  *self,
                GtkSnapshot *snapshot,
                GdkTexture  *texture)
{
  double width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture), factor;
  int told_width, told_height;

  chat_attachment_get_dimensions (attachment_of (self), &told_width, &told_height);
  factor = MIN (self->card.width / width, self->card.height / height);
  factor = MIN (factor, MAX (told_width / width, told_height / height));
  width *= factor;
  height *= factor;
  gtk_snapshot_append_texture (snapshot, texture,
                               &GRAPHENE_RECT_INIT (self->card.x + (self->card.width - width) / 2,
                                                    self->card.y + (self->card.height - height) / 2, width, height));
}

/* What stands on an image is legible on any: white on something dark */
static void
snapshot_picture (ChatBubble    *self,
                  GtkSnapshot   *snapshot,
                  const Palette *palette)
{
  static const GdkRGBA white = { 1, 1, 1, 1 }, faint = { 1, 1, 1, .35f }, dark = { 0, 0, 0, .6f };
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (self->card.x, self->card.y, self->card.width, self->card.height);
  GdkTexture *texture = chat_picture_get_texture (self->picture);
  PangoRectangle words;
  GskRoundedRect rect;
  GdkRGBA back = palette->fg;

  back.alpha *= .1f;
  gsk_rounded_rect_init_from_rect (&rect, &bounds, PICTURE_RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, &back, &bounds);
  if (texture != NULL)
    append_texture (self, snapshot, texture);
  gtk_snapshot_pop (snapshot);
  if (chat_attachment_get_state (attachment_of (self)) == CHAT_ATTACHMENT_LOCAL)
    return;

  append_back (snapshot, &GRAPHENE_RECT_INIT (self->icon_at.x, self->icon_at.y, ICON_SIZE, ICON_SIZE), ICON_SIZE / 2, &dark);
  chat_transfer_mark_snapshot (attachment_of (self), snapshot, &self->icon_at, &white, &faint);
  pango_layout_get_pixel_extents (self->status, NULL, &words);
  append_back (snapshot, &GRAPHENE_RECT_INIT (self->status_at.x + words.x - PILL_GAP, self->status_at.y - 2, words.width + 2 * PILL_GAP,
                                              words.height + 4), PILL_GAP, &dark);
  append_text (snapshot, self->status, &self->status_at, &white);
}

void
chat_bubble_snapshot_card (ChatBubble    *self,
                           GtkSnapshot   *snapshot,
                           const Palette *palette)
{
  ChatAttachment *attachment = attachment_of (self);
  ChatAttachmentState state = chat_attachment_get_state (attachment);
  GdkRGBA back = palette->fg;

  if (chat_bubble_shows_picture (self))
    {
      snapshot_picture (self, snapshot, palette);
      return;
    }

  back.alpha *= .1f;
  append_back (snapshot, &GRAPHENE_RECT_INIT (self->icon_at.x, self->icon_at.y, ICON_SIZE, ICON_SIZE),
               state == CHAT_ATTACHMENT_LOCAL ? 10 : ICON_SIZE / 2, &back);
  if (state == CHAT_ATTACHMENT_LOCAL)
    {
      g_autoptr (GIcon) icon = chat_attachment_get_icon (attachment);

      chat_transfer_mark_snapshot_symbol (self->widget, snapshot, icon, KIND_SIZE, &self->icon_at, &palette->fg);
    }
  else
    {
      chat_transfer_mark_snapshot (attachment, snapshot, &self->icon_at, state == CHAT_ATTACHMENT_FAILED ? &palette->error : &palette->accent,
                                   &back);
    }
  append_text (snapshot, self->title, &self->title_at, &palette->fg);
  append_text (snapshot, self->status, &self->status_at, state == CHAT_ATTACHMENT_FAILED ? &palette->error : &palette->dim);
}
