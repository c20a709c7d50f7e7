/* chat-timeline-scroll.c: keeps the reading position of a timeline
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-timeline-scroll.h"

#include "chat-compat.h"

/* The frame clock repeats the layout up to four times before it paints: corrections take effect unseen. More than two of
 * ours, beside what others need, are left to the next frame. */
#define MAX_TRIES_IN_FRAME 2
#define MAX_TARGET_TRIES   40

typedef struct
{
  ChatMessage *message;   /* (owned) */
  double       y;         /* of the row's top, from the top of the view */
  double       height;
} Place;

struct _ChatTimelineScroll
{
  GtkListView            *view;         /* (not owned) */
  GtkAdjustment          *adjustment;
  ChatMessageList        *list;         /* (not owned) (nullable) */
  ChatTimelineScrollFunc  settled;
  gpointer                user_data;

  GdkFrameClock          *clock;        /* while the view is realized */
  gboolean                in_layout;
  guint                   tries;
  gboolean                goes_on;      /* in the next frame */
  gboolean                is_settled;   /* to be told after this frame */

  GArray                 *places;       /* (element-type Place): rows on screen when all was settled, from the top */
  double                  old_value;
  double                  moved;        /* how far the person has scrolled since then */
  gboolean                user_moves;
  gboolean                ours;         /* the value changes by our own doing */
  gboolean                stuck;
  gboolean                end_wanted;   /* the end was asked for and is not reached */
  int                     width;        /* of the view, when its rows were measured */

  ChatMessage            *target;       /* (nullable) */
  int                     target_offset;
  guint                   target_tries;
};

static void
place_clear (gpointer data)
{
  g_clear_object (&((Place *) data)->message);
}

static double
bottom (ChatTimelineScroll *self)
{
  return MAX (0, gtk_adjustment_get_upper (self->adjustment) - gtk_adjustment_get_page_size (self->adjustment));
}

static gboolean
at_bottom (ChatTimelineScroll *self)
{
  return gtk_adjustment_get_value (self->adjustment) >= bottom (self) - 1 &&
         (self->list == NULL || !chat_message_list_get_has_newer (self->list));
}

static void
set_value (ChatTimelineScroll *self,
           double              value)
{
  self->ours = TRUE;
  gtk_adjustment_set_value (self->adjustment, value);
  self->ours = FALSE;
}

static void
set_stuck (ChatTimelineScroll *self,
           gboolean            stuck)
{
  self->stuck = stuck;
  if (self->list != NULL)
    chat_message_list_set_following (self->list, stuck);
}

static ChatMessageRow *
row_of (GtkWidget *item)
{
  GtkWidget *child = gtk_widget_get_first_child (item);

  return CHAT_IS_MESSAGE_ROW (child) ? CHAT_MESSAGE_ROW (child) : NULL;
}

/* Where the row is in the view; %FALSE if it has no place there now */
static gboolean
row_bounds (ChatTimelineScroll *self,
            GtkWidget          *item,
            graphene_rect_t    *bounds)
{
  return gtk_widget_get_mapped (item) &&
         gtk_widget_compute_bounds (item, GTK_WIDGET (self->view), bounds) && bounds->size.height > 0;
}

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  double x = ((const Place *) a)->y, y = ((const Place *) b)->y;

  return (x > y) - (x < y);
}

static void
remember (ChatTimelineScroll *self)
{
  double page = gtk_adjustment_get_page_size (self->adjustment);

  g_array_set_size (self->places, 0);
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      ChatMessageRow *row = row_of (item);
      graphene_rect_t bounds;
      Place place;

      if (row == NULL || chat_message_row_get_message (row) == NULL || !row_bounds (self, item, &bounds) ||
          bounds.origin.y + bounds.size.height <= 0 || bounds.origin.y >= page)
        continue;
      place.message = g_object_ref (chat_message_row_get_message (row));
      place.y = bounds.origin.y;
      place.height = bounds.size.height;
      g_array_append_val (self->places, place);
    }
  g_array_sort (self->places, compare_places);
  self->moved = 0;
}

ChatMessageRow *
chat_timeline_scroll_find_row (ChatTimelineScroll *self,
                               ChatMessage        *message)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      ChatMessageRow *row = row_of (item);

      if (row != NULL && chat_message_row_get_message (row) == message)
        return row;
    }

  return NULL;
}

static gboolean
message_y (ChatTimelineScroll *self,
           ChatMessage        *message,
           double             *y,
           double             *height)
{
  ChatMessageRow *row = chat_timeline_scroll_find_row (self, message);
  GtkWidget *item = row != NULL ? gtk_widget_get_parent (GTK_WIDGET (row)) : NULL;
  graphene_rect_t bounds;

  if (item == NULL || !row_bounds (self, item, &bounds))
    return FALSE;

  *y = bounds.origin.y;
  if (height != NULL)
    *height = bounds.size.height;
  return TRUE;
}

/* The place to keep: the first row that is wholly on screen, else the one that fills it; where it was deleted the next */
static const Place *
first_place (ChatTimelineScroll *self,
             gboolean            present,
             double             *y)
{
  const Place *partly = NULL;

  for (guint i = 0; i < self->places->len; i++)
    {
      const Place *place = &g_array_index (self->places, Place, i);

      if (present && !message_y (self, place->message, y, NULL))
        continue;
      if (place->y - self->moved >= -.5)
        return place;
      partly = place;
    }
  if (partly != NULL && present)
    message_y (self, partly->message, y, NULL);

  return partly;
}

/* Returns: whether the layout must run again */
static gboolean
approach_target (ChatTimelineScroll *self)
{
  double y, height, wanted, value = gtk_adjustment_get_value (self->adjustment);
  guint position;

  if (self->list == NULL || !chat_message_list_find (self->list, self->target, &position) ||
      ++self->target_tries > MAX_TARGET_TRIES)
    {
      g_clear_object (&self->target);
      return FALSE;
    }

  if (!message_y (self, self->target, &y, &height))
    {
      self->ours = TRUE;
      chat_compat_scroll_to (self->view, position);
      self->ours = FALSE;
      return TRUE;
    }

  wanted = self->target_offset;
  if (self->target_offset == G_MAXINT)
    wanted = MAX (0, (gtk_adjustment_get_page_size (self->adjustment) - height) / 2);
  if (ABS (y - wanted) >= 1)
    {
      set_value (self, CLAMP (value + y - wanted, 0, bottom (self)));
      if (gtk_adjustment_get_value (self->adjustment) != value)
        return TRUE;
    }

  /* There, or as near as the ends of the list let it */
  g_clear_object (&self->target);
  set_stuck (self, at_bottom (self));
  return FALSE;
}

static gboolean
keep_place (ChatTimelineScroll *self)
{
  const Place *place;
  double y, error, value;

  /* After a leap there is nothing left to compare with */
  if (self->places->len == 0 || ABS (self->moved) > gtk_adjustment_get_page_size (self->adjustment))
    return FALSE;

  place = first_place (self, TRUE, &y);
  if (place == NULL)
    return FALSE;
  error = y - (place->y - self->moved);
  if (ABS (error) < .5)
    return FALSE;

  value = gtk_adjustment_get_value (self->adjustment);
  set_value (self, CLAMP (value + error, 0, bottom (self)));

  return gtk_adjustment_get_value (self->adjustment) != value;
}

/* The height of a short room depends on the width of the view, which the list does not know when it is asked for it */
static void
measure_again (ChatTimelineScroll *self)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    if (row_of (item) != NULL)
      gtk_widget_queue_resize (GTK_WIDGET (row_of (item)));
}

static void
layout_cb (ChatTimelineScroll *self)
{
  gboolean again = FALSE;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self->view)) || gtk_adjustment_get_page_size (self->adjustment) <= 0)
    return;

  if (self->width != gtk_widget_get_width (GTK_WIDGET (self->view)))
    {
      self->width = gtk_widget_get_width (GTK_WIDGET (self->view));
      measure_again (self);
    }

  if (self->tries >= MAX_TRIES_IN_FRAME && (self->target != NULL || (self->stuck && !at_bottom (self))))
    {
      self->goes_on = TRUE;
      return;
    }

  if (self->target != NULL)
    {
      again = approach_target (self);
    }
  else if (self->stuck && (!self->user_moves || self->end_wanted))
    {
      /* Here, and not when the size of the adjustment changes: then the list is in the midst of its layout, does not hear
       * of a new value, and places its rows by the old one */
      if (gtk_adjustment_get_value (self->adjustment) < bottom (self) - .5)
        {
          set_value (self, bottom (self));
          again = TRUE;
        }
    }
  else if (!self->user_moves)
    {
      again = self->tries < MAX_TRIES_IN_FRAME && keep_place (self);
    }
  else
    {
      set_stuck (self, at_bottom (self));
    }
  self->user_moves = FALSE;

  /* Setting the value has asked for another layout. Each measures rows that were only estimated before. */
  self->is_settled = FALSE;
  self->goes_on = again;
  if (again)
    {
      self->tries++;
      return;
    }

  self->end_wanted = FALSE;
  if (!self->stuck && at_bottom (self))
    set_stuck (self, TRUE);
  else if (self->stuck && self->list != NULL && chat_message_list_get_has_newer (self->list))
    set_stuck (self, FALSE);
  remember (self);
  /* Not now: what is shown or hidden by it would ask for a layout again and again */
  self->is_settled = TRUE;
}

/* Scrolling sets the value from events or in the "update" phase, the list itself while it is laid out */
static void
before_paint_cb (ChatTimelineScroll *self)
{
  self->in_layout = TRUE;
  self->tries = 0;
}

static void
update_cb (ChatTimelineScroll *self)
{
  self->in_layout = FALSE;
}

static void
update_after_cb (ChatTimelineScroll *self)
{
  self->in_layout = TRUE;
}

static void
paint_cb (ChatTimelineScroll *self)
{
  self->in_layout = FALSE;
}

static void
after_paint_cb (ChatTimelineScroll *self)
{
  /* A frame may end without anything to paint */
  self->in_layout = FALSE;
  if (self->goes_on)
    {
      self->goes_on = FALSE;
      gtk_widget_queue_allocate (GTK_WIDGET (self->view));
    }
  if (self->is_settled)
    {
      self->is_settled = FALSE;
      self->settled (self, self->user_data);
    }
}

static void
realize_cb (ChatTimelineScroll *self)
{
  self->clock = g_object_ref (gtk_widget_get_frame_clock (GTK_WIDGET (self->view)));
  g_signal_connect_swapped (self->clock, "before-paint", G_CALLBACK (before_paint_cb), self);
  g_signal_connect_swapped (self->clock, "update", G_CALLBACK (update_cb), self);
  g_signal_connect_data (self->clock, "update", G_CALLBACK (update_after_cb), self, NULL,
                         G_CONNECT_AFTER | G_CONNECT_SWAPPED);
  g_signal_connect_data (self->clock, "layout", G_CALLBACK (layout_cb), self, NULL, G_CONNECT_AFTER | G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->clock, "paint", G_CALLBACK (paint_cb), self);
  g_signal_connect_swapped (self->clock, "after-paint", G_CALLBACK (after_paint_cb), self);
}

static void
unrealize_cb (ChatTimelineScroll *self)
{
  if (self->clock == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_object (&self->clock);
  self->in_layout = FALSE;
}

static void
value_changed_cb (ChatTimelineScroll *self)
{
  double value = gtk_adjustment_get_value (self->adjustment);
  double delta = value - self->old_value;

  self->old_value = value;
  if (self->ours || self->in_layout)
    return;

  /* The person scrolls: whatever else was to be shown */
  g_clear_object (&self->target);
  self->end_wanted = FALSE;
  self->moved += delta;
  set_stuck (self, at_bottom (self));
}

ChatTimelineScroll *
chat_timeline_scroll_new (GtkListView            *view,
                          GtkAdjustment          *adjustment,
                          ChatTimelineScrollFunc  settled,
                          gpointer                user_data)
{
  ChatTimelineScroll *self = g_new0 (ChatTimelineScroll, 1);

  self->view = view;
  self->adjustment = g_object_ref (adjustment);
  self->settled = settled;
  self->user_data = user_data;
  self->stuck = TRUE;
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_array_set_clear_func (self->places, place_clear);

  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (value_changed_cb), self);
  g_signal_connect_swapped (view, "realize", G_CALLBACK (realize_cb), self);
  g_signal_connect_swapped (view, "unrealize", G_CALLBACK (unrealize_cb), self);
  if (gtk_widget_get_realized (GTK_WIDGET (view)))
    realize_cb (self);

  return self;
}

void
chat_timeline_scroll_free (ChatTimelineScroll *self)
{
  unrealize_cb (self);
  g_signal_handlers_disconnect_by_data (self->adjustment, self);
  g_signal_handlers_disconnect_by_data (self->view, self);
  g_object_unref (self->adjustment);
  g_array_unref (self->places);
  g_clear_object (&self->target);
  g_free (self);
}

void
chat_timeline_scroll_set_list (ChatTimelineScroll *self,
                               ChatMessageList    *list)
{
  self->list = list;
  g_array_set_size (self->places, 0);
  g_clear_object (&self->target);
  self->moved = 0;
  self->user_moves = FALSE;
  self->end_wanted = FALSE;
}

void
chat_timeline_scroll_user_moves (ChatTimelineScroll *self)
{
  self->user_moves = TRUE;
  g_clear_object (&self->target);
}

void
chat_timeline_scroll_go_to (ChatTimelineScroll *self,
                            ChatMessage        *message,
                            int                 offset)
{
  g_set_object (&self->target, message);
  self->end_wanted = FALSE;
  self->target_offset = offset;
  self->target_tries = 0;
  self->user_moves = FALSE;
  set_stuck (self, FALSE);
  gtk_widget_queue_allocate (GTK_WIDGET (self->view));
}

void
chat_timeline_scroll_go_to_end (ChatTimelineScroll *self)
{
  g_clear_object (&self->target);
  self->user_moves = FALSE;
  set_stuck (self, TRUE);
  /* A wheel that still turns at the other end of the list moves nothing, and is no change of mind */
  self->end_wanted = TRUE;
  /* The layout goes there, as often as its estimates change. The list itself must not be asked: it would take a row that
   * was added just now, and has no height yet, for being at the bottom. */
  gtk_widget_queue_allocate (GTK_WIDGET (self->view));
}

gboolean
chat_timeline_scroll_get_stuck (ChatTimelineScroll *self)
{
  return self->stuck;
}

gboolean
chat_timeline_scroll_is_settled (ChatTimelineScroll *self)
{
  return self->target == NULL;
}

ChatMessage *
chat_timeline_scroll_get_anchor (ChatTimelineScroll *self,
                                 int                *offset)
{
  const Place *place = first_place (self, FALSE, NULL);

  if (place == NULL)
    return NULL;

  *offset = place->y - self->moved;
  return place->message;
}

gboolean
chat_timeline_scroll_get_visible (ChatTimelineScroll *self,
                                  guint              *first,
                                  guint              *last,
                                  guint              *read)
{
  double page = gtk_adjustment_get_page_size (self->adjustment);
  gboolean any = FALSE;

  if (read != NULL)
    *read = GTK_INVALID_LIST_POSITION;
  for (guint i = 0; i < self->places->len; i++)
    {
      const Place *place = &g_array_index (self->places, Place, i);
      guint position;

      if (self->list == NULL || !chat_message_list_find (self->list, place->message, &position))
        continue;
      if (!any)
        *first = position;
      *last = position;
      any = TRUE;
      /* One that is taller than the view is read when its end is seen, too */
      if (read != NULL && place->y - self->moved + place->height <= page + 1)
        *read = position;
    }

  return any;
}

void
chat_timeline_scroll_foreach (ChatTimelineScroll  *self,
                              ChatTimelineRowFunc  func,
                              gpointer             user_data)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      ChatMessageRow *row = row_of (item);

      if (row != NULL && chat_message_row_get_message (row) != NULL)
        func (row, user_data);
    }
}
