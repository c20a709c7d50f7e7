/* chat-image-grid.c: the images of a room as squares, as many as can be seen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-image-grid.h"

#include "chat-image-tile.h"

/* Pixels */
#define NAT_SIDE    112
#define MIN_SIDE    96
#define GAP         4
#define MIN_COLUMNS 2

#define NOWHERE GTK_INVALID_LIST_POSITION

struct _ChatImageGrid
{
  GtkWidget      parent_instance;

  GListModel    *model;
  GtkAdjustment *adjustments[2];    /* horizontal, vertical */
  guint          policies[2];
  gulong         value_id;

  GHashTable    *tiles;             /* (element-type guint ChatImageTile): by position; not owned: children */
  GPtrArray     *unused;            /* (element-type ChatImageTile) */
  int            columns;
  int            side;              /* with the gap */
  guint          cursor;            /* where the keyboard is, or was last */
  gboolean       configuring;
};

enum
{
  PROP_0,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY
};

enum
{
  MADE,
  SEEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatImageGrid, chat_image_grid, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static guint
count (ChatImageGrid *self)
{
  return self->model != NULL ? g_list_model_get_n_items (self->model) : 0;
}

static int
get_top (ChatImageGrid *self)
{
  return self->adjustments[1] != NULL ? (int) gtk_adjustment_get_value (self->adjustments[1]) : 0;
}

/* Tiles */

static void
released_cb (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             ChatImageGrid   *self)
{
  GtkWidget *tile = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  if (n_press != 1 || !gtk_widget_contains (tile, x, y))
    return;
  gtk_widget_grab_focus (tile);
  chat_file_item_activate (CHAT_FILE_ITEM (tile));
}

static guint
position_of (ChatImageGrid *self,
             GtkWidget     *tile)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (tile), "position"));
}

static void
focused_cb (ChatImageGrid *self,
            GParamSpec    *pspec,
            GtkWidget     *tile)
{
  if (gtk_widget_has_focus (tile))
    self->cursor = position_of (self, tile);
}

static GtkWidget *
make_tile (ChatImageGrid *self)
{
  GtkWidget *tile = chat_image_tile_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_set_focusable (tile, TRUE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (tile, GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (tile, "notify::has-focus", G_CALLBACK (focused_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (tile, GTK_WIDGET (self));
  g_signal_emit (self, signals[MADE], 0, tile);

  return tile;
}

static void
put_tile (ChatImageGrid *self,
          GtkWidget     *tile,
          guint          position)
{
  g_object_set_data (G_OBJECT (tile), "position", GUINT_TO_POINTER (position));
  g_hash_table_insert (self->tiles, GUINT_TO_POINTER (position), tile);
}

static void
let_go (ChatImageGrid *self,
        GtkWidget     *tile)
{
  chat_image_tile_set_on_screen (CHAT_IMAGE_TILE (tile), FALSE);
  chat_file_item_set_message (CHAT_FILE_ITEM (tile), NULL, NULL);
  gtk_widget_set_child_visible (tile, FALSE);
  g_ptr_array_add (self->unused, tile);
}

/* The positions that are to have a tile: what can be seen, and half a view more either way. Returns: whether there are any */
static gboolean
get_range (ChatImageGrid *self,
           guint         *first,
           guint         *last)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self)), top = get_top (self);
  guint n = count (self);

  if (n == 0 || self->side <= 0 || height <= 0)
    return FALSE;

  *first = (guint) (MAX (top - height / 2, 0) / self->side) * self->columns;
  *first = MIN (*first, n - 1);
  *last = (guint) ((top + height + height / 2) / self->side + 1) * self->columns - 1;
  *last = MIN (*last, n - 1);

  return TRUE;
}

static void
ensure_tiles (ChatImageGrid *self)
{
  guint first = 1, last = 0;
  GHashTableIter iter;
  gpointer key, tile;
  gboolean any = get_range (self, &first, &last);

  g_hash_table_iter_init (&iter, self->tiles);
  while (g_hash_table_iter_next (&iter, &key, &tile))
    {
      guint position = GPOINTER_TO_UINT (key);

      /* The one that has the keyboard stays, wherever it is */
      if ((any && position >= first && position <= last) || gtk_widget_get_focus_child (GTK_WIDGET (self)) == tile)
        continue;
      g_hash_table_iter_remove (&iter);
      let_go (self, tile);
    }

  /* What is asked for last comes first: that is to be what stands first */
  for (guint i = last + 1; any && i > first; i--)
    {
      g_autoptr (ChatMessage) message = NULL;

      if (g_hash_table_contains (self->tiles, GUINT_TO_POINTER (i - 1)))
        continue;
      message = g_list_model_get_item (self->model, i - 1);
      if (self->unused->len > 0)
        tile = g_ptr_array_steal_index (self->unused, self->unused->len - 1);
      else
        tile = make_tile (self);
      put_tile (self, tile, i - 1);
      gtk_widget_set_child_visible (tile, TRUE);
      chat_file_item_set_message (tile, message, NULL);
      chat_image_tile_set_on_screen (tile, TRUE);
      g_signal_emit (self, signals[SEEN], 0, message);
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
clear_tiles (ChatImageGrid *self)
{
  GtkWidget *child;

  g_hash_table_remove_all (self->tiles);
  g_ptr_array_set_size (self->unused, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

/* @value: pixels at the top */
static void
configure (ChatImageGrid *self,
           double         value)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double upper = self->columns > 0 ? (double) ((count (self) + self->columns - 1) / self->columns) * self->side + GAP : 0;

  self->configuring = TRUE;
  if (self->adjustments[0] != NULL)
    gtk_adjustment_configure (self->adjustments[0], 0, 0, width, 0, 0, width);
  if (self->adjustments[1] != NULL)
    gtk_adjustment_configure (self->adjustments[1], CLAMP (value, 0, MAX (upper - height, 0)), 0, MAX (upper, height), self->side * .5,
                              height * .9, height);
  self->configuring = FALSE;
}

static void
value_changed_cb (ChatImageGrid *self)
{
  if (!self->configuring)
    ensure_tiles (self);
}

static void
items_changed_cb (ChatImageGrid *self,
                  guint          position,
                  guint          removed,
                  guint          added)
{
  g_autoptr (GHashTable) were = g_steal_pointer (&self->tiles);
  guint anchor = self->side > 0 ? (guint) (get_top (self) / self->side) * self->columns : 0;
  gboolean had_keyboard = gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL;
  double value = get_top (self);
  GHashTableIter iter;
  gpointer key, tile;

  self->tiles = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, were);
  while (g_hash_table_iter_next (&iter, &key, &tile))
    {
      guint was = GPOINTER_TO_UINT (key);

      if (was < position)
        put_tile (self, tile, was);
      else if (was >= position + removed)
        put_tile (self, tile, was + added - removed);
      else
        let_go (self, tile);
    }

  if (self->cursor != NOWHERE && self->cursor >= position + removed)
    self->cursor += added - removed;
  else if (self->cursor != NOWHERE && self->cursor >= position)
    self->cursor = MIN (position, MAX (count (self), 1) - 1);

  /* What came or went before the first row; at the top one sees what comes */
  if (value > 0 && position + removed <= anchor)
    value += (double) ((int) ((anchor + added - removed) / self->columns) - (int) (anchor / self->columns)) * self->side;
  configure (self, value);
  ensure_tiles (self);
  if (had_keyboard && gtk_widget_get_focus_child (GTK_WIDGET (self)) == NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* Keys */

static gboolean
focus_position (ChatImageGrid *self,
                guint          position)
{
  int top = get_top (self), height = gtk_widget_get_height (GTK_WIDGET (self)), y;
  GtkWidget *tile;

  if (position >= count (self) || self->side <= 0)
    return FALSE;

  y = position / self->columns * self->side;
  if (self->adjustments[1] != NULL && (y < top || y + self->side + GAP > top + height))
    gtk_adjustment_set_value (self->adjustments[1], y < top ? y : y + self->side + GAP - height);
  ensure_tiles (self);
  tile = g_hash_table_lookup (self->tiles, GUINT_TO_POINTER (position));

  return tile != NULL && gtk_widget_grab_focus (tile);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatImageGrid         *self)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gint64 at = self->cursor, last = (gint64) count (self) - 1, step;
  int rows = self->side > 0 ? MAX (gtk_widget_get_height (GTK_WIDGET (self)) / self->side, 1) : 1;

  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != 0 || self->cursor == NOWHERE ||
      gtk_widget_get_focus_child (GTK_WIDGET (self)) == NULL)
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      step = rtl ? 1 : -1;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      step = rtl ? -1 : 1;
      break;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      step = -self->columns;
      break;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      step = self->columns;
      break;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      step = MAX (-at / self->columns, -rows) * self->columns;
      break;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      step = MIN ((last - at) / self->columns, rows) * self->columns;
      break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      step = -at;
      break;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      step = last - at;
      break;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      chat_file_item_activate (CHAT_FILE_ITEM (gtk_widget_get_focus_child (GTK_WIDGET (self))));
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }

  if (at + step < 0 || at + step > last || step == 0)
    gtk_widget_error_bell (GTK_WIDGET (self));
  else
    focus_position (self, at + step);
  return GDK_EVENT_STOP;
}

static gboolean
chat_image_grid_grab_focus (GtkWidget *widget)
{
  ChatImageGrid *self = CHAT_IMAGE_GRID (widget);
  guint first = self->side > 0 ? (guint) (get_top (self) / self->side) * self->columns : 0;

  return focus_position (self, self->cursor != NOWHERE ? self->cursor : first);
}

/* One stop on the way of Tab */
static gboolean
chat_image_grid_focus (GtkWidget        *widget,
                       GtkDirectionType  direction)
{
  if (gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;

  return chat_image_grid_grab_focus (widget);
}

/* Layout */

static GtkSizeRequestMode
chat_image_grid_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
chat_image_grid_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_COLUMNS * (MIN_SIDE + GAP) + GAP : MIN_SIDE;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 4 * (NAT_SIDE + GAP) + GAP : 3 * (NAT_SIDE + GAP);
}

static void
chat_image_grid_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  ChatImageGrid *self = CHAT_IMAGE_GRID (widget);
  int columns = MAX ((width - GAP) / (NAT_SIDE + GAP), MIN_COLUMNS), side = (width - GAP) / columns, top;
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double value = get_top (self);
  GHashTableIter iter;
  gpointer key, tile;

  /* The row that stands first goes on doing so */
  if (self->side > 0 && (columns != self->columns || side != self->side))
    value = (double) ((int) value / self->side * self->columns / columns) * side;
  self->columns = columns;
  self->side = side;
  configure (self, value);
  ensure_tiles (self);

  top = get_top (self);
  g_hash_table_iter_init (&iter, self->tiles);
  while (g_hash_table_iter_next (&iter, &key, &tile))
    {
      guint position = GPOINTER_TO_UINT (key);
      int x = GAP + (int) (position % columns) * side;
      GtkAllocation area = { rtl ? width - x - (side - GAP) : x, GAP + (int) (position / columns) * side - top, side - GAP, side - GAP };

      gtk_widget_measure (tile, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
      gtk_widget_size_allocate (tile, &area, -1);
    }
}

static void
set_adjustment (ChatImageGrid *self,
                guint          which,
                GtkAdjustment *adjustment)
{
  if (which == 1 && self->adjustments[1] != NULL)
    g_clear_signal_handler (&self->value_id, self->adjustments[1]);
  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  g_object_ref_sink (adjustment);
  g_set_object (&self->adjustments[which], adjustment);
  g_object_unref (adjustment);
  if (which == 1)
    self->value_id = g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (value_changed_cb), self);
  configure (self, get_top (self));
}

static void
chat_image_grid_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  ChatImageGrid *self = CHAT_IMAGE_GRID (object);

  switch (prop_id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[prop_id - PROP_HADJUSTMENT]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[prop_id - PROP_HSCROLL_POLICY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_image_grid_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  ChatImageGrid *self = CHAT_IMAGE_GRID (object);

  switch (prop_id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      set_adjustment (self, prop_id - PROP_HADJUSTMENT, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      self->policies[prop_id - PROP_HSCROLL_POLICY] = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_image_grid_dispose (GObject *object)
{
  ChatImageGrid *self = CHAT_IMAGE_GRID (object);

  chat_image_grid_set_model (self, NULL);
  if (self->tiles != NULL)
    clear_tiles (self);
  if (self->adjustments[1] != NULL)
    g_clear_signal_handler (&self->value_id, self->adjustments[1]);
  g_clear_object (&self->adjustments[0]);
  g_clear_object (&self->adjustments[1]);
  g_clear_pointer (&self->tiles, g_hash_table_unref);
  g_clear_pointer (&self->unused, g_ptr_array_unref);

  G_OBJECT_CLASS (chat_image_grid_parent_class)->dispose (object);
}

static void
chat_image_grid_class_init (ChatImageGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = chat_image_grid_get_property;
  object_class->set_property = chat_image_grid_set_property;
  object_class->dispose = chat_image_grid_dispose;
  widget_class->get_request_mode = chat_image_grid_get_request_mode;
  widget_class->measure = chat_image_grid_measure;
  widget_class->size_allocate = chat_image_grid_size_allocate;
  widget_class->focus = chat_image_grid_focus;
  widget_class->grab_focus = chat_image_grid_grab_focus;

  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  signals[MADE] = g_signal_new ("made", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                CHAT_TYPE_IMAGE_TILE);
  signals[SEEN] = g_signal_new ("seen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                CHAT_TYPE_MESSAGE);

  gtk_widget_class_set_css_name (widget_class, "imagegrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
chat_image_grid_init (ChatImageGrid *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  self->tiles = g_hash_table_new (NULL, NULL);
  self->unused = g_ptr_array_new ();
  self->cursor = NOWHERE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

void
chat_image_grid_set_model (ChatImageGrid *self,
                           GListModel    *model)
{
  guint before;

  g_return_if_fail (CHAT_IS_IMAGE_GRID (self));
  g_return_if_fail (model == NULL || G_IS_LIST_MODEL (model));

  if (self->model == model)
    return;

  before = count (self);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_set_object (&self->model, model);
  if (model != NULL)
    g_signal_connect_swapped (model, "items-changed", G_CALLBACK (items_changed_cb), self);
  if (self->tiles != NULL)
    items_changed_cb (self, 0, before, count (self));
}
