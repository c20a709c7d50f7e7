/* chat-transfer-mark.c: the round button of a transfer: how far it has got, and what a click does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-transfer-mark.h"

/* Pixels */
#define RING_RADIUS   17
#define RING_WIDTH    2.5

static void
add_arrow (cairo_t *cr,
           int      way)
{
  cairo_move_to (cr, 0, -6 * way);
  cairo_line_to (cr, 0, 6 * way);
  cairo_move_to (cr, -5, way);
  cairo_line_to (cr, 0, 6 * way);
  cairo_line_to (cr, 5, way);
  cairo_stroke (cr);
}

/* What the button does, by its shape: an arrow starts or goes on, two bars pause, an arc with a head tries again */
static void
append_glyph (ChatAttachment *attachment,
              cairo_t        *cr)
{
  int way = chat_attachment_get_outgoing (attachment) ? -1 : 1;

  switch (chat_attachment_get_state (attachment))
    {
    case CHAT_ATTACHMENT_QUEUED:
    case CHAT_ATTACHMENT_TRANSFERRING:
      cairo_move_to (cr, -3, -5);
      cairo_line_to (cr, -3, 5);
      cairo_move_to (cr, 3, -5);
      cairo_line_to (cr, 3, 5);
      cairo_stroke (cr);
      break;
    case CHAT_ATTACHMENT_FAILED:
      cairo_arc (cr, 0, 0, 6, -.2 * G_PI, 1.45 * G_PI);
      cairo_stroke (cr);
      cairo_move_to (cr, -1.5, -9.5);
      cairo_line_to (cr, 2.5, -6);
      cairo_line_to (cr, -2, -2.5);
      cairo_stroke (cr);
      break;
    case CHAT_ATTACHMENT_REMOTE:
    case CHAT_ATTACHMENT_PAUSED:
    case CHAT_ATTACHMENT_LOCAL:
    default:
      add_arrow (cr, way);
      break;
    }
}

void
chat_transfer_mark_snapshot (ChatAttachment         *attachment,
                             GtkSnapshot            *snapshot,
                             const graphene_point_t *at,
                             const GdkRGBA          *color,
                             const GdkRGBA          *track)
{
  ChatAttachmentState state = chat_attachment_get_state (attachment);
  gint64 size = chat_attachment_get_size (attachment);
  double part = size > 0 ? (double) chat_attachment_get_done (attachment) / size : 0;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (at->x, at->y, CHAT_TRANSFER_MARK_SIZE, CHAT_TRANSFER_MARK_SIZE));

  cairo_translate (cr, at->x + CHAT_TRANSFER_MARK_SIZE / 2., at->y + CHAT_TRANSFER_MARK_SIZE / 2.);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, RING_WIDTH);
  gdk_cairo_set_source_rgba (cr, track);
  cairo_arc (cr, 0, 0, RING_RADIUS, 0, 2 * G_PI);
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, color);
  if (state != CHAT_ATTACHMENT_REMOTE && part > 0)
    {
      cairo_arc (cr, 0, 0, RING_RADIUS, -G_PI / 2, -G_PI / 2 + 2 * G_PI * part);
      cairo_stroke (cr);
    }
  cairo_set_line_width (cr, 2);
  append_glyph (attachment, cr);
  cairo_destroy (cr);
}

void
chat_transfer_mark_snapshot_symbol (GtkWidget              *widget,
                                    GtkSnapshot            *snapshot,
                                    GIcon                  *gicon,
                                    int                     size,
                                    const graphene_point_t *at,
                                    const GdkRGBA          *color)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_by_gicon (theme, gicon, size,
                                                                       gtk_widget_get_scale_factor (widget),
                                                                       gtk_widget_get_direction (widget), 0);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (at->x + (CHAT_TRANSFER_MARK_SIZE - size) / 2,
                                                          at->y + (CHAT_TRANSFER_MARK_SIZE - size) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, color, 1);
  gtk_snapshot_restore (snapshot);
}
