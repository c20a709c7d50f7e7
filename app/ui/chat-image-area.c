/* chat-image-area.c: an image that can be made larger and moved about
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-image-area.h"

struct _ChatImageArea
{
  GtkWidget   parent_instance;

  GdkTexture *texture;        /* (nullable) */
  int         full_width;     /* pixels of the image */
  int         full_height;
  double      zoom;           /* 1: all of it is seen */
  double      x;              /* of its middle from that of the widget, in pixels */
  double      y;
  double      begin_zoom;     /* when two fingers came, or a drag began */
  double      begin_x;
  double      begin_y;
  double      pointer_x;
  double      pointer_y;
};

enum
{
  SWIPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* Of a finger, in pixels a second: slower is no swipe */
#define MIN_VELOCITY 300

G_DEFINE_FINAL_TYPE (ChatImageArea, chat_image_area, GTK_TYPE_WIDGET)

/* The size at which all of it is seen, and no larger than it is */
static void
get_fitting (ChatImageArea *self,
             double        *width,
             double        *height)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double own_width = (double) self->full_width / scale;
  double own_height = (double) self->full_height / scale;
  double factor = MIN (gtk_widget_get_width (GTK_WIDGET (self)) / own_width, gtk_widget_get_height (GTK_WIDGET (self)) / own_height);

  factor = MIN (factor, 1);
  *width = own_width * factor;
  *height = own_height * factor;
}

/* It never leaves what it can fill */
static void
keep_inside (ChatImageArea *self)
{
  double width, height, free_x, free_y;

  if (self->texture == NULL)
    return;

  get_fitting (self, &width, &height);
  free_x = MAX (0, (width * self->zoom - gtk_widget_get_width (GTK_WIDGET (self))) / 2);
  free_y = MAX (0, (height * self->zoom - gtk_widget_get_height (GTK_WIDGET (self))) / 2);
  self->x = CLAMP (self->x, -free_x, free_x);
  self->y = CLAMP (self->y, -free_y, free_y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What is at @x, @y stays there */
static void
zoom_about (ChatImageArea *self,
            double         zoom,
            double         x,
            double         y)
{
  double dx = x - gtk_widget_get_width (GTK_WIDGET (self)) / 2., dy = y - gtk_widget_get_height (GTK_WIDGET (self)) / 2.;
  double factor;

  zoom = CLAMP (zoom, 1, CHAT_IMAGE_AREA_MAX_ZOOM);
  factor = zoom / self->zoom;
  self->x = dx + (self->x - dx) * factor;
  self->y = dy + (self->y - dy) * factor;
  self->zoom = zoom;
  keep_inside (self);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           ChatImageArea            *self)
{
  double step = 1 + (CHAT_IMAGE_AREA_STEP - 1) * MIN (ABS (dy), 4);

  zoom_about (self, dy < 0 ? self->zoom * step : self->zoom / step, self->pointer_x, self->pointer_y);
  return GDK_EVENT_STOP;
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           ChatImageArea            *self)
{
  self->pointer_x = x;
  self->pointer_y = y;
}

static void
zoom_begin_cb (GtkGesture       *gesture,
               GdkEventSequence *sequence,
               ChatImageArea    *self)
{
  self->begin_zoom = self->zoom;
}

static void
scale_changed_cb (GtkGestureZoom *gesture,
                  double          scale,
                  ChatImageArea  *self)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    zoom_about (self, self->begin_zoom * scale, x, y);
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               ChatImageArea  *self)
{
  self->begin_x = self->x;
  self->begin_y = self->y;
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                ChatImageArea  *self)
{
  self->x = self->begin_x + dx;
  self->y = self->begin_y + dy;
  keep_inside (self);
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            ChatImageArea   *self)
{
  double width, height;

  if (n_press != 2 || self->texture == NULL)
    return;

  get_fitting (self, &width, &height);
  if (self->zoom > 1)
    chat_image_area_fit (self);
  else
    zoom_about (self, MAX (2, self->full_width / (gtk_widget_get_scale_factor (GTK_WIDGET (self)) * width)), x, y);
}

static void
swipe_cb (GtkGestureSwipe *gesture,
          double           velocity_x,
          double           velocity_y,
          ChatImageArea   *self)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  if (self->zoom > 1 || ABS (velocity_x) < MIN_VELOCITY || ABS (velocity_x) < 2 * ABS (velocity_y))
    return;

  g_signal_emit (self, signals[SWIPED], 0, (velocity_x < 0) != rtl ? 1 : -1);
}

static void
chat_image_area_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  ChatImageArea *self = CHAT_IMAGE_AREA (widget);
  double width, height;

  if (self->texture == NULL)
    return;

  get_fitting (self, &width, &height);
  width *= self->zoom;
  height *= self->zoom;
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((gtk_widget_get_width (widget) - width) / 2 + self->x,
                                                    (gtk_widget_get_height (widget) - height) / 2 + self->y, width, height));
}

static void
chat_image_area_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  keep_inside (CHAT_IMAGE_AREA (widget));
}

static void
chat_image_area_dispose (GObject *object)
{
  g_clear_object (&CHAT_IMAGE_AREA (object)->texture);

  G_OBJECT_CLASS (chat_image_area_parent_class)->dispose (object);
}

static void
chat_image_area_class_init (ChatImageAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_image_area_dispose;
  widget_class->snapshot = chat_image_area_snapshot;
  widget_class->size_allocate = chat_image_area_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  signals[SWIPED] = g_signal_new ("swiped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_INT);
}

static void
chat_image_area_init (ChatImageArea *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *zoom = gtk_gesture_zoom_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *swipe = gtk_gesture_swipe_new ();

  self->zoom = 1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (zoom, "begin", G_CALLBACK (zoom_begin_cb), self);
  g_signal_connect (zoom, "scale-changed", G_CALLBACK (scale_changed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (zoom));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (swipe), TRUE);
  g_signal_connect (swipe, "swipe", G_CALLBACK (swipe_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (swipe));
  gtk_gesture_group (swipe, drag);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
chat_image_area_new (void)
{
  return g_object_new (CHAT_TYPE_IMAGE_AREA, NULL);
}

void
chat_image_area_set_texture (ChatImageArea *self,
                             GdkTexture    *texture,
                             int            width,
                             int            height)
{
  g_return_if_fail (CHAT_IS_IMAGE_AREA (self));

  if (texture != NULL && (width <= 0 || height <= 0))
    {
      width = gdk_texture_get_width (texture);
      height = gdk_texture_get_height (texture);
    }
  g_set_object (&self->texture, texture);
  self->full_width = width;
  self->full_height = height;
  keep_inside (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
chat_image_area_move (ChatImageArea *self,
                      double         dx,
                      double         dy)
{
  g_return_val_if_fail (CHAT_IS_IMAGE_AREA (self), FALSE);

  if (self->zoom <= 1)
    return FALSE;
  self->x += dx;
  self->y += dy;
  keep_inside (self);

  return TRUE;
}

void
chat_image_area_zoom (ChatImageArea *self,
                      double         factor)
{
  g_return_if_fail (CHAT_IS_IMAGE_AREA (self));

  zoom_about (self, self->zoom * factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2., gtk_widget_get_height (GTK_WIDGET (self)) / 2.);
}

void
chat_image_area_fit (ChatImageArea *self)
{
  g_return_if_fail (CHAT_IS_IMAGE_AREA (self));

  self->zoom = 1;
  self->x = self->y = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
chat_image_area_get_zoom (ChatImageArea *self)
{
  g_return_val_if_fail (CHAT_IS_IMAGE_AREA (self), 1);

  return self->zoom;
}
