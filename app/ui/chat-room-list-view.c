/* chat-room-list-view.c: the rooms in the sidebar, with their filter
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-room-list-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-room-row.h"
#include "chat-room-selection.h"

/* Rows say "14:05" today and "Mon" tomorrow. A computer that slept over midnight is caught within this time. */
#define MAX_REFRESH_SECONDS (15 * 60)

struct _ChatRoomListView
{
  GtkWidget parent_instance;

  ChatRoomList *rooms;
  GSignalGroup *rooms_signals;
  GtkStringFilter *filter;
  GtkFilterListModel *filter_model;
  ChatRoomSelection *selection;
  GPtrArray *rows;                /* (element-type ChatRoomRow), not owned: those that the list has made */
  GtkWidget *menu;
  GtkWidget *menu_focus;          /* weak: what had the keyboard when the menu opened */
  guint refresh_id;
  int day;
  gboolean offline;

  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkListView *list_view;
  GtkSpinner *loading_spinner;
  GtkLabel *loading_label;
};

enum
{
  PROP_0,
  PROP_ROOMS,
  PROP_ROOM,
  PROP_OFFLINE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatRoomListView, chat_room_list_view, GTK_TYPE_WIDGET)

GtkWidget *
chat_room_list_view_new (void)
{
  return g_object_new (CHAT_TYPE_ROOM_LIST_VIEW, NULL);
}

static void
update_page (ChatRoomListView *self)
{
  const char *page = "rooms";
  guint n_rooms = self->rooms != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->rooms)) : 0;

  if (n_rooms == 0 && (self->rooms == NULL || !chat_room_list_get_loaded (self->rooms)))
    page = "loading";
  else if (n_rooms == 0)
    page = "empty";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->filter_model)) == 0)
    page = "no-match";

  /* While the rooms are on their way, somebody may be typing already. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->search_entry),
                            !g_str_equal (page, "empty") || chat_room_list_view_get_searching (self));
  gtk_spinner_set_spinning (self->loading_spinner, g_str_equal (page, "loading") && !self->offline);
  gtk_widget_set_visible (GTK_WIDGET (self->loading_spinner), !self->offline);
  gtk_label_set_label (self->loading_label,
                       self->offline ? _("Your conversations show when there is a connection.")
                                     : _("Loading conversations…"));
  gtk_stack_set_visible_child_name (self->stack, page);
}

static char *
get_search_text (ChatRoomListView *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));
}

static void
on_search_changed (ChatRoomListView *self)
{
  g_autofree char *text = get_search_text (self);

  gtk_string_filter_set_search (self->filter, text);
  update_page (self);
}

static void
open_room (ChatRoomListView *self,
           ChatRoom         *room)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-room", "x", chat_room_get_id (room));
}

static void
on_search_activate (ChatRoomListView *self)
{
  g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (self->selection), 0);
  g_autofree char *text = get_search_text (self);

  if (room == NULL || *text == '\0')
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  open_room (self, room);
}

static void
on_search_stopped (ChatRoomListView *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  chat_room_list_view_focus_list (self);
}

static gboolean
on_search_key_pressed (ChatRoomListView *self,
                       guint             keyval,
                       guint             keycode,
                       GdkModifierType   modifiers)
{
  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  return chat_room_list_view_focus_list (self) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static void
on_find_person_clicked (ChatRoomListView *self)
{
  g_autofree char *text = get_search_text (self);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.find-person", "s", text);
}

static void
on_list_activate (ChatRoomListView *self,
                  guint             position)
{
  g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (room != NULL)
    open_room (self, room);
}

static void
append_item (GMenu      *menu,
             const char *label,
             const char *action,
             ChatRoom   *room)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "x", chat_room_get_id (room));
  g_menu_append_item (menu, item);
}

static GMenuModel *
create_menu (ChatRoom *room)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) open = g_menu_new ();
  g_autoptr (GMenu) marks = g_menu_new ();
  g_autoptr (GMenu) end = g_menu_new ();

  append_item (open, _("_Open"), "win.open-room", room);
  append_item (marks, chat_room_get_pinned (room) ? _("Un_pin") : _("_Pin"), "win.pin-room", room);
  append_item (marks, chat_room_get_muted (room) ? _("Un_mute") : _("_Mute"), "win.mute-room", room);
  if (chat_room_get_unread_count (room) > 0 || chat_room_get_marked_unread (room))
    append_item (marks, _("Mark as _Read"), "win.mark-room-read", room);
  else
    append_item (marks, _("Mark as _Unread"), "win.mark-room-unread", room);
  append_item (end, _("_Delete…"), "win.delete-room", room);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (open));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (marks));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  return G_MENU_MODEL (menu);
}

/* GTK gives the keyboard to whatever comes first in the window. What was chosen acts after this, and may move it again. */
static void
on_menu_closed (ChatRoomListView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->menu_focus != NULL && root != NULL && gtk_widget_get_root (self->menu_focus) == root
      && gtk_widget_get_mapped (self->menu_focus))
    gtk_root_set_focus (root, self->menu_focus);
  g_clear_weak_pointer (&self->menu_focus);
}

/* At @x, @y of @row, or below its beginning where they are negative (the keyboard). */
static void
show_menu (ChatRoomListView *self,
           ChatRoomRow      *row,
           double            x,
           double            y)
{
  ChatRoom *room = chat_room_row_get_room (row);
  g_autoptr (GMenuModel) menu = NULL;
  graphene_point_t point;
  GdkRectangle rect = { 0, 0, 1, 1 };

  if (room == NULL)
    return;
  if (x < 0 || y < 0)
    {
      x = gtk_widget_get_width (GTK_WIDGET (row)) / 2.0;
      y = gtk_widget_get_height (GTK_WIDGET (row)) * 3.0 / 4.0;
    }
  if (!gtk_widget_compute_point (GTK_WIDGET (row), GTK_WIDGET (self), &GRAPHENE_POINT_INIT (x, y), &point))
    return;

  menu = create_menu (room);
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (menu);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      chat_accessible_set_label (self->menu, _("Conversation menu"));
      chat_accessible_name_menu (GTK_POPOVER_MENU (self->menu));
      g_signal_connect_object (self->menu, "closed", G_CALLBACK (on_menu_closed), self, G_CONNECT_SWAPPED);
    }
  else
    gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), menu);
  rect.x = (int) point.x;
  rect.y = (int) point.y;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &rect);
  if (!gtk_widget_get_mapped (self->menu))
    g_set_weak_pointer (&self->menu_focus, gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))));
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_row_pressed (GtkGestureClick  *gesture,
                int               n_press,
                double            x,
                double            y,
                ChatRoomListView *self)
{
  GdkEventSequence *sequence = gtk_gesture_single_get_current_sequence (GTK_GESTURE_SINGLE (gesture));
  GdkEvent *event = gtk_gesture_get_last_event (GTK_GESTURE (gesture), sequence);

  if (event == NULL || !gdk_event_triggers_context_menu (event))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, CHAT_ROOM_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture))), x, y);
}

static void
on_row_long_pressed (GtkGestureLongPress *gesture,
                     double               x,
                     double               y,
                     ChatRoomListView    *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, CHAT_ROOM_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture))), x, y);
}

static void
on_row_menu_requested (ChatRoomRow      *row,
                       ChatRoomListView *self)
{
  show_menu (self, row, -1, -1);
}

/* The keyboard is on the list's own row, whose child is ours. */
static void
list_menu (GtkWidget  *widget,
           const char *action_name,
           GVariant   *parameter)
{
  ChatRoomListView *self = CHAT_ROOM_LIST_VIEW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (row != NULL && CHAT_IS_ROOM_ROW (row))
    show_menu (self, CHAT_ROOM_ROW (row), -1, -1);
}

/* Not in "teardown": the list may have taken the child off its item by then. */
static void
on_row_destroyed (ChatRoomListView *self,
                  GtkWidget        *row)
{
  g_ptr_array_remove_fast (self->rows, row);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          ChatRoomListView         *self)
{
  GtkWidget *row = chat_room_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_pressed), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_row_long_pressed), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (press));
  g_signal_connect (row, "menu-requested", G_CALLBACK (on_row_menu_requested), self);

  g_ptr_array_add (self->rows, row);
  g_signal_connect_object (row, "destroy", G_CALLBACK (on_row_destroyed), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         ChatRoomListView         *self)
{
  chat_room_row_set_room (CHAT_ROOM_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           ChatRoomListView         *self)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (row != NULL)
    chat_room_row_set_room (CHAT_ROOM_ROW (row), NULL);
}

static void schedule_refresh (ChatRoomListView *self);

static gboolean
on_refresh (gpointer user_data)
{
  ChatRoomListView *self = user_data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  self->refresh_id = 0;
  if (g_date_time_get_day_of_year (now) != self->day)
    for (guint i = 0; i < self->rows->len; i++)
      chat_room_row_refresh_time (g_ptr_array_index (self->rows, i));
  schedule_refresh (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_refresh (ChatRoomListView *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int second = (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now)) * 60 + g_date_time_get_second (now);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  self->day = g_date_time_get_day_of_year (now);
  self->refresh_id = g_timeout_add_seconds (MIN (24 * 60 * 60 - second + 1, MAX_REFRESH_SECONDS), on_refresh, self);
}

void
chat_room_list_view_set_rooms (ChatRoomListView *self,
                               ChatRoomList     *rooms)
{
  g_return_if_fail (CHAT_IS_ROOM_LIST_VIEW (self));
  g_return_if_fail (rooms == NULL || CHAT_IS_ROOM_LIST (rooms));

  if (!g_set_object (&self->rooms, rooms))
    return;
  g_signal_group_set_target (self->rooms_signals, rooms);
  gtk_filter_list_model_set_model (self->filter_model, G_LIST_MODEL (rooms));
  update_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOMS]);
}

ChatRoom *
chat_room_list_view_get_room (ChatRoomListView *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM_LIST_VIEW (self), NULL);

  return chat_room_selection_get_room (self->selection);
}

void
chat_room_list_view_set_room (ChatRoomListView *self,
                              ChatRoom         *room)
{
  guint position;

  g_return_if_fail (CHAT_IS_ROOM_LIST_VIEW (self));
  g_return_if_fail (room == NULL || CHAT_IS_ROOM (room));

  if (room == chat_room_selection_get_room (self->selection))
    return;
  chat_room_selection_set_room (self->selection, room);
  position = chat_room_selection_get_position (self->selection);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", position);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

void
chat_room_list_view_set_offline (ChatRoomListView *self,
                                 gboolean          offline)
{
  g_return_if_fail (CHAT_IS_ROOM_LIST_VIEW (self));

  offline = !!offline;
  if (self->offline == offline)
    return;
  self->offline = offline;
  update_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OFFLINE]);
}

void
chat_room_list_view_start_search (ChatRoomListView *self,
                                  const char       *text)
{
  g_return_if_fail (CHAT_IS_ROOM_LIST_VIEW (self));

  if (text != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  gtk_editable_select_region (GTK_EDITABLE (self->search_entry), text != NULL ? -1 : 0, -1);
}

gboolean
chat_room_list_view_get_searching (ChatRoomListView *self)
{
  GtkRoot *root;
  GtkWidget *focus;

  g_return_val_if_fail (CHAT_IS_ROOM_LIST_VIEW (self), FALSE);

  /* Not by the state flags: those of a window that is not active are clear. */
  root = gtk_widget_get_root (GTK_WIDGET (self));
  focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->search_entry));
}

static GtkWidget *
find_row_at (ChatRoomListView *self,
             guint             position)
{
  g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (room != NULL)
    for (guint i = 0; i < self->rows->len; i++)
      if (chat_room_row_get_room (g_ptr_array_index (self->rows, i)) == room)
        return g_ptr_array_index (self->rows, i);
  return NULL;
}

gboolean
chat_room_list_view_focus_list (ChatRoomListView *self)
{
  guint position;
  GtkWidget *row;

  g_return_val_if_fail (CHAT_IS_ROOM_LIST_VIEW (self), FALSE);

  position = chat_room_selection_get_position (self->selection);
  if (position == GTK_INVALID_LIST_POSITION)
    position = 0;
  gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", position);
  row = find_row_at (self, position);
  if (row != NULL && gtk_widget_get_parent (row) != NULL && gtk_widget_grab_focus (gtk_widget_get_parent (row)))
    return TRUE;
  /* Where no room is shown, the button that is there instead. Not the filter: who is in it is left there. */
  return gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_TAB_FORWARD);
}

ChatRoom *
chat_room_list_view_get_neighbour (ChatRoomListView *self,
                                   int               step,
                                   gboolean          unread)
{
  GListModel *model;
  guint n_rooms;
  guint position;

  g_return_val_if_fail (CHAT_IS_ROOM_LIST_VIEW (self), NULL);
  g_return_val_if_fail (step == 1 || step == -1, NULL);

  model = G_LIST_MODEL (self->selection);
  n_rooms = g_list_model_get_n_items (model);
  position = chat_room_selection_get_position (self->selection);
  for (guint i = 0; i < n_rooms; i++)
    {
      g_autoptr (ChatRoom) room = NULL;

      if (position == GTK_INVALID_LIST_POSITION)
        position = step > 0 ? 0 : n_rooms - 1;
      else if (unread)
        position = (position + n_rooms + step) % n_rooms;
      else if ((step > 0 && position + 1 < n_rooms) || (step < 0 && position > 0))
        position += step;
      else
        return NULL;

      room = g_list_model_get_item (model, position);
      if (room == chat_room_selection_get_room (self->selection))
        continue;
      /* The model holds it on. */
      if (!unread || chat_room_get_unread_count (room) > 0 || chat_room_get_marked_unread (room))
        return room;
    }
  return NULL;
}

static void
chat_room_list_view_dispose (GObject *object)
{
  ChatRoomListView *self = CHAT_ROOM_LIST_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_weak_pointer (&self->menu_focus);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  if (self->rooms_signals != NULL)
    g_signal_group_set_target (self->rooms_signals, NULL);
  g_clear_object (&self->rooms_signals);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->rooms);

  G_OBJECT_CLASS (chat_room_list_view_parent_class)->dispose (object);
}

static void
chat_room_list_view_finalize (GObject *object)
{
  g_clear_pointer (&CHAT_ROOM_LIST_VIEW (object)->rows, g_ptr_array_unref);

  G_OBJECT_CLASS (chat_room_list_view_parent_class)->finalize (object);
}

static void
chat_room_list_view_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  ChatRoomListView *self = CHAT_ROOM_LIST_VIEW (object);

  switch (prop_id)
    {
    case PROP_ROOMS:
      g_value_set_object (value, self->rooms);
      break;
    case PROP_ROOM:
      g_value_set_object (value, chat_room_selection_get_room (self->selection));
      break;
    case PROP_OFFLINE:
      g_value_set_boolean (value, self->offline);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_list_view_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  ChatRoomListView *self = CHAT_ROOM_LIST_VIEW (object);

  switch (prop_id)
    {
    case PROP_ROOMS:
      chat_room_list_view_set_rooms (self, g_value_get_object (value));
      break;
    case PROP_ROOM:
      chat_room_list_view_set_room (self, g_value_get_object (value));
      break;
    case PROP_OFFLINE:
      chat_room_list_view_set_offline (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_list_view_class_init (ChatRoomListViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = chat_room_list_view_dispose;
  object_class->finalize = chat_room_list_view_finalize;
  object_class->get_property = chat_room_list_view_get_property;
  object_class->set_property = chat_room_list_view_set_property;

  properties[PROP_ROOMS] = g_param_spec_object ("rooms", NULL, NULL, CHAT_TYPE_ROOM_LIST, flags);
  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CHAT_TYPE_ROOM, flags);
  properties[PROP_OFFLINE] = g_param_spec_boolean ("offline", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (ADW_TYPE_STATUS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-room-list-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatRoomListView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomListView, stack);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomListView, list_view);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomListView, loading_spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomListView, loading_label);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_search_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_list_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_find_person_clicked);

  gtk_widget_class_install_action (widget_class, "room-list.menu", NULL, list_menu);
}

static void
chat_room_list_view_init (ChatRoomListView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkExpression *name = gtk_property_expression_new (CHAT_TYPE_ROOM, NULL, "name");
  GtkEventController *shortcuts;

  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  self->rooms_signals = g_signal_group_new (CHAT_TYPE_ROOM_LIST);
  g_signal_group_connect_swapped (self->rooms_signals, "notify::loaded", G_CALLBACK (update_page), self);
  g_signal_group_connect_swapped (self->rooms_signals, "items-changed", G_CALLBACK (update_page), self);

  self->filter = gtk_string_filter_new (name);
  gtk_string_filter_set_ignore_case (self->filter, TRUE);
  gtk_string_filter_set_match_mode (self->filter, GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
  self->filter_model = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  self->selection = chat_room_selection_new (G_LIST_MODEL (self->filter_model));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->list_view, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));

  /* Typing over the list begins a search; but the keys for a menu, which the entry would take too, are the row's. */
  gtk_search_entry_set_key_capture_widget (self->search_entry, GTK_WIDGET (self->list_view));
  shortcuts = gtk_shortcut_controller_new ();
  gtk_event_controller_set_propagation_phase (shortcuts, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                                                          gtk_named_action_new ("room-list.menu")));
  gtk_widget_add_controller (GTK_WIDGET (self->list_view), shortcuts);
  chat_accessible_follow_stack (self->stack);
  update_page (self);
  schedule_refresh (self);
}
