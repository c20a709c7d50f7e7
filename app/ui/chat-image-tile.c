/* chat-image-tile.c: an image of a room as a square of a grid
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-image-tile.h"

#include "chat-attachment-words.h"
#include "chat-compat.h"
#include "chat-picture.h"
#include "chat-transfer-mark.h"

/* Pixels */
#define MIN_SIDE  96
#define NAT_SIDE  150
#define KIND_SIZE 32

/* A side of an image that is very long is shown this many times the tile, at most: more is out of sight */
#define MAX_FACTOR 4

struct _ChatImageTile
{
  ChatFileItem  parent_instance;

  ChatPicture  *picture;      /* (nullable): there is nothing to see */
  gboolean      on_screen;
};

G_DEFINE_FINAL_TYPE (ChatImageTile, chat_image_tile, CHAT_TYPE_FILE_ITEM)

static void
update_size (ChatImageTile *self)
{
  int side = gtk_widget_get_width (GTK_WIDGET (self)) * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width, height, shorter;

  if (self->picture == NULL || side <= 0 ||
      !chat_attachment_get_dimensions (chat_file_item_get_attachment (CHAT_FILE_ITEM (self)), &width, &height))
    return;

  shorter = MIN (width, height);
  chat_picture_set_size (self->picture, MIN ((gint64) width * side / shorter + 1, MAX_FACTOR * side),
                         MIN ((gint64) height * side / shorter + 1, MAX_FACTOR * side));
}

static void
picture_changed_cb (ChatPicture *picture,
                    gpointer     user_data)
{
  gtk_widget_queue_draw (user_data);
}

static void
chat_image_tile_changed (ChatFileItem *item,
                         const char   *name)
{
  ChatImageTile *self = CHAT_IMAGE_TILE (item);
  ChatMessage *message = chat_file_item_get_message (item);

  if (name == NULL)
    {
      g_clear_pointer (&self->picture, chat_picture_free);
      if (message != NULL && chat_attachment_is_picture (message))
        {
          self->picture = chat_picture_new (chat_file_item_get_attachment (item), picture_changed_cb, self);
          chat_picture_set_motion (self->picture, CHAT_PICTURE_STILL);
          chat_picture_set_on_screen (self->picture, self->on_screen);
          update_size (self);
        }
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
chat_image_tile_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_SIDE;
      *natural = NAT_SIDE;
    }
  else
    {
      *minimum = *natural = for_size >= 0 ? MAX (for_size, MIN_SIDE) : NAT_SIDE;
    }
}

static void
chat_image_tile_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  GTK_WIDGET_CLASS (chat_image_tile_parent_class)->size_allocate (widget, width, height, baseline);

  update_size (CHAT_IMAGE_TILE (widget));
}

static void
append_texture (GtkSnapshot *snapshot,
                GdkTexture  *texture,
                double       side_x,
                double       side_y)
{
  double width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  double factor = MAX (side_x / width, side_y / height);

  width *= factor;
  height *= factor;
  gtk_snapshot_append_texture (snapshot, texture, &GRAPHENE_RECT_INIT ((side_x - width) / 2, (side_y - height) / 2, width, height));
}

static void
chat_image_tile_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  static const GdkRGBA white = { 1, 1, 1, 1 }, faint = { 1, 1, 1, .35f }, dark = { 0, 0, 0, .6f };
  ChatImageTile *self = CHAT_IMAGE_TILE (widget);
  ChatAttachment *attachment = chat_file_item_get_attachment (CHAT_FILE_ITEM (self));
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_point_t at = GRAPHENE_POINT_INIT ((width - CHAT_TRANSFER_MARK_SIZE) / 2, (height - CHAT_TRANSFER_MARK_SIZE) / 2);
  GdkTexture *texture = chat_image_tile_get_texture (self);
  GskRoundedRect disc;
  GdkRGBA color, back;

  if (attachment == NULL)
    return;

  chat_compat_get_color (widget, NULL, &color);
  back = color;
  back.alpha *= .1f;
  gtk_snapshot_append_color (snapshot, &back, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (texture != NULL)
    append_texture (snapshot, texture, width, height);
  if (!chat_attachment_is_here (attachment))
    {
      gsk_rounded_rect_init_from_rect (&disc, &GRAPHENE_RECT_INIT (at.x, at.y, CHAT_TRANSFER_MARK_SIZE, CHAT_TRANSFER_MARK_SIZE),
                                       CHAT_TRANSFER_MARK_SIZE / 2);
      gtk_snapshot_push_rounded_clip (snapshot, &disc);
      gtk_snapshot_append_color (snapshot, &dark, &disc.bounds);
      gtk_snapshot_pop (snapshot);
      chat_transfer_mark_snapshot (attachment, snapshot, &at, &white, &faint);
    }
  else if (self->picture == NULL || chat_picture_get_broken (self->picture))
    {
      g_autoptr (GIcon) icon = chat_attachment_get_icon (attachment);

      chat_transfer_mark_snapshot_symbol (widget, snapshot, icon, KIND_SIZE, &at, &color);
    }
}

static void
chat_image_tile_unmap (GtkWidget *widget)
{
  chat_image_tile_set_on_screen (CHAT_IMAGE_TILE (widget), FALSE);

  GTK_WIDGET_CLASS (chat_image_tile_parent_class)->unmap (widget);
}

static void
chat_image_tile_dispose (GObject *object)
{
  g_clear_pointer (&CHAT_IMAGE_TILE (object)->picture, chat_picture_free);

  G_OBJECT_CLASS (chat_image_tile_parent_class)->dispose (object);
}

static void
chat_image_tile_class_init (ChatImageTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_image_tile_dispose;
  widget_class->measure = chat_image_tile_measure;
  widget_class->size_allocate = chat_image_tile_size_allocate;
  widget_class->snapshot = chat_image_tile_snapshot;
  widget_class->unmap = chat_image_tile_unmap;
  CHAT_FILE_ITEM_CLASS (klass)->changed = chat_image_tile_changed;
  gtk_widget_class_set_css_name (widget_class, "imagetile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
chat_image_tile_init (ChatImageTile *self)
{
}

GtkWidget *
chat_image_tile_new (void)
{
  return g_object_new (CHAT_TYPE_IMAGE_TILE, NULL);
}

void
chat_image_tile_set_on_screen (ChatImageTile *self,
                               gboolean       on_screen)
{
  g_return_if_fail (CHAT_IS_IMAGE_TILE (self));

  self->on_screen = on_screen;
  if (self->picture != NULL)
    chat_picture_set_on_screen (self->picture, on_screen);
}

GdkTexture *
chat_image_tile_get_texture (ChatImageTile *self)
{
  g_return_val_if_fail (CHAT_IS_IMAGE_TILE (self), NULL);

  return self->picture != NULL ? chat_picture_get_texture (self->picture) : NULL;
}
