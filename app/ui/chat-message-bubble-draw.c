/* chat-message-bubble-draw.c: the drawing of a bubble
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-message-bubble-private.h"

static GdkRGBA
faded (GdkRGBA color,
       float   alpha)
{
  color.alpha *= alpha;
  return color;
}

static void
append_layout (GtkSnapshot            *snapshot,
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
add_check (cairo_t *cr,
           double   x)
{
  cairo_move_to (cr, x, 7.5);
  cairo_line_to (cr, x + 3.2, 10.7);
  cairo_line_to (cr, x + 9.3, 3.8);
}

/* By its shape alone it must be clear what became of the message: a clock, an arrow, a check mark, two of them where it was
 * delivered, one cut out of a disc where it was read, an exclamation mark */
static void
append_state (ChatBubble    *self,
              GtkSnapshot   *snapshot,
              const Palette *palette)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (self->state_at.x, self->state_at.y, self->state_width, self->state_size);
  ChatMessageState state = chat_message_get_state (self->message);
  ChatMessageReceipt receipt;
  const GdkRGBA *color = state == CHAT_MESSAGE_FAILED ? &palette->error : &palette->dim;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

  gdk_cairo_set_source_rgba (cr, color);
  cairo_translate (cr, bounds.origin.x, bounds.origin.y);
  cairo_scale (cr, (double) self->state_size / STATE_SIZE, (double) self->state_size / STATE_SIZE);
  cairo_set_line_width (cr, 1.4);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (chat_message_get_busy (self->message))
    state = CHAT_MESSAGE_SENDING;
  receipt = state == CHAT_MESSAGE_SENT ? chat_message_get_receipt (self->message) : CHAT_MESSAGE_NO_RECEIPT;
  /* The narrow ones end where the bubble does */
  if (receipt != CHAT_MESSAGE_DELIVERED && !self->rtl)
    cairo_translate (cr, STATE_WIDTH - STATE_SIZE, 0);
  switch (state)
    {
    case CHAT_MESSAGE_WAITING:
      cairo_arc (cr, 7, 7, 5, 0, 2 * G_PI);
      cairo_move_to (cr, 7, 4);
      cairo_line_to (cr, 7, 7);
      cairo_line_to (cr, 9.2, 8.2);
      cairo_stroke (cr);
      break;
    case CHAT_MESSAGE_SENDING:
      cairo_move_to (cr, 7, 11.5);
      cairo_line_to (cr, 7, 3);
      cairo_move_to (cr, 3.5, 6.5);
      cairo_line_to (cr, 7, 3);
      cairo_line_to (cr, 10.5, 6.5);
      cairo_stroke (cr);
      break;
    case CHAT_MESSAGE_FAILED:
      cairo_arc (cr, 7, 7, 6, 0, 2 * G_PI);
      cairo_stroke (cr);
      cairo_set_line_width (cr, 1.8);
      cairo_move_to (cr, 7, 3.8);
      cairo_line_to (cr, 7, 7.4);
      cairo_move_to (cr, 7, 10.1);
      cairo_line_to (cr, 7, 10.11);
      cairo_stroke (cr);
      break;
    case CHAT_MESSAGE_SENT:
    default:
      cairo_set_line_width (cr, 1.6);
      switch (receipt)
        {
        case CHAT_MESSAGE_READ:
          cairo_arc (cr, 7, 7, 6.5, 0, 2 * G_PI);
          cairo_fill (cr);
          cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
          cairo_move_to (cr, 3.9, 7.3);
          cairo_line_to (cr, 6.1, 9.5);
          cairo_line_to (cr, 10.2, 4.8);
          break;
        case CHAT_MESSAGE_DELIVERED:
          add_check (cr, 1.2);
          cairo_move_to (cr, 8.6, 8.9);
          cairo_line_to (cr, 10.4, 10.7);
          cairo_line_to (cr, 16.5, 3.8);
          break;
        case CHAT_MESSAGE_NO_RECEIPT:
        default:
          add_check (cr, 2.5);
          break;
        }
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
}

static void
append_icon (ChatBubble    *self,
             GtkSnapshot   *snapshot,
             const Palette *palette)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (self->widget));
  gboolean image = chat_message_get_content (self->message) == CHAT_MESSAGE_IMAGE;
  g_autoptr (GtkIconPaintable) icon = NULL;
  GskRoundedRect rect;
  GdkRGBA back = faded (palette->fg, .1f);
  const int size = 20;

  gsk_rounded_rect_init_from_rect (&rect, &GRAPHENE_RECT_INIT (self->icon_at.x, self->icon_at.y, ICON_SIZE, ICON_SIZE), 10);
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, &back, &rect.bounds);
  gtk_snapshot_pop (snapshot);

  icon = gtk_icon_theme_lookup_icon (theme, image ? "image-x-generic-symbolic" : "text-x-generic-symbolic", NULL, size,
                                     gtk_widget_get_scale_factor (self->widget),
                                     gtk_widget_get_direction (self->widget), 0);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (self->icon_at.x + (ICON_SIZE - size) / 2,
                                                          self->icon_at.y + (ICON_SIZE - size) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, &palette->fg, 1);
  gtk_snapshot_restore (snapshot);
}

static void
append_selection (ChatBubble    *self,
                  GtkSnapshot   *snapshot,
                  const Palette *palette)
{
  int range[2] = { MIN (self->selection_start, self->selection_end), MAX (self->selection_start, self->selection_end) };
  cairo_region_t *region;

  if (range[0] == range[1])
    return;

  region = gdk_pango_layout_get_clip_region (self->body, self->body_at.x, self->body_at.y, range, 1);
  for (int i = 0; i < cairo_region_num_rectangles (region); i++)
    {
      cairo_rectangle_int_t r;

      cairo_region_get_rectangle (region, i, &r);
      gtk_snapshot_append_color (snapshot, &palette->select, &GRAPHENE_RECT_INIT (r.x, r.y, r.width, r.height));
    }
  cairo_region_destroy (region);
}

static void
append_line (GtkSnapshot   *snapshot,
             const GdkRGBA *color,
             int            x,
             int            y,
             int            width)
{
  if (width > 0)
    gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x, y, width, 1));
}

static void
append_labels (ChatBubble    *self,
               GtkSnapshot   *snapshot,
               const Palette *palette)
{
  if (self->day != NULL)
    append_layout (snapshot, self->day, &GRAPHENE_POINT_INIT (self->day_area.x, self->day_area.y), &palette->dim);

  if (self->unread != NULL)
    {
      const GdkRectangle *area = &self->unread_area;
      int column = MIN (self->width, CHAT_BUBBLE_COLUMN), left = (self->width - column) / 2;
      int y = area->y + area->height / 2;

      append_layout (snapshot, self->unread, &GRAPHENE_POINT_INIT (area->x, area->y), &palette->accent);
      append_line (snapshot, &palette->accent, left + SIDE, y, area->x - 12 - left - SIDE);
      append_line (snapshot, &palette->accent, area->x + area->width + 12, y,
                   left + column - SIDE - (area->x + area->width + 12));
    }
}

void
chat_bubble_snapshot (ChatBubble  *self,
                      GtkSnapshot *snapshot,
                      int          width)
{
  Palette palette;
  GskRoundedRect shape;
  gboolean own, near_left;
  float head, foot;

  if (self->message == NULL)
    return;

  chat_bubble_lay_out (self, width);
  chat_bubble_get_palette (self, &palette);
  append_labels (self, snapshot, &palette);

  /* The corners on the person's own side are small where bubbles of a group meet */
  own = chat_message_get_outgoing (self->message);
  near_left = own == self->rtl;
  head = chat_message_get_starts_group (self->message) ? RADIUS : CORNER;
  foot = chat_message_get_ends_group (self->message) ? RADIUS : CORNER;
  gsk_rounded_rect_init (&shape,
                         &GRAPHENE_RECT_INIT (self->area.x, self->area.y, self->area.width, self->area.height),
                         &GRAPHENE_SIZE_INIT (near_left ? head : RADIUS, near_left ? head : RADIUS),
                         &GRAPHENE_SIZE_INIT (near_left ? RADIUS : head, near_left ? RADIUS : head),
                         &GRAPHENE_SIZE_INIT (near_left ? RADIUS : foot, near_left ? RADIUS : foot),
                         &GRAPHENE_SIZE_INIT (near_left ? foot : RADIUS, near_left ? foot : RADIUS));

  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, own ? &palette.own : &palette.other, &shape.bounds);
  gtk_snapshot_pop (snapshot);

  /* Nothing that a text holds may be drawn outside of its bubble: by a rectangle, which is cheaper to draw within than round
   * corners, that the padding keeps the text away from anyhow */
  gtk_snapshot_push_clip (snapshot, &shape.bounds);
  if (self->sender != NULL)
    append_layout (snapshot, self->sender, &self->sender_at, &palette.accent);
  if (self->status != NULL)
    {
      chat_bubble_snapshot_card (self, snapshot, &palette);
    }
  else if (self->title != NULL)
    {
      append_icon (self, snapshot, &palette);
      append_layout (snapshot, self->title, &self->title_at, &palette.fg);
    }
  append_selection (self, snapshot, &palette);
  append_layout (snapshot, self->body, &self->body_at, &palette.fg);
  if (self->footer != NULL)
    append_layout (snapshot, self->footer, &self->footer_at, &palette.fg);
  append_layout (snapshot, self->meta, &self->meta_at, &palette.dim);
  if (own)
    append_state (self, snapshot, &palette);
  gtk_snapshot_pop (snapshot);

  if (palette.high_contrast || self->found)
    {
      const float line = self->found ? 2 : 1;
      const float widths[4] = { line, line, line, line };
      const GdkRGBA color = self->found ? palette.accent : palette.fg;
      const GdkRGBA colors[4] = { color, color, color, color };

      gtk_snapshot_append_border (snapshot, &shape, widths, colors);
    }

  /* Around the bubble: the row itself is as wide as the window */
  if (gtk_widget_has_visible_focus (self->widget))
    {
      /* Thicker than the line that is around each in high contrast, and around the one that was found */
      const float line = palette.high_contrast || self->found ? 2 * FOCUS_WIDTH : FOCUS_WIDTH;
      const float widths[4] = { line, line, line, line };
      const GdkRGBA colors[4] = { palette.accent, palette.accent, palette.accent, palette.accent };

      gtk_snapshot_append_border (snapshot, &shape, widths, colors);
    }
}
