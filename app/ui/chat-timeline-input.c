/* chat-timeline-input.c: what pointer, touch and keyboard do in a timeline
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-timeline-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "chat-accessible.h"
#include "chat-compat.h"
#include "chat-file-acts.h"
#include "chat-format.h"
#include "chat-uri.h"

/* Rows and places */

static ChatMessageRow *
row_at (ChatTimeline *self,
        double        x,
        double        y,
        double       *row_x,
        double       *row_y)
{
  GtkWidget *widget = gtk_widget_pick (self->view, x, y, GTK_PICK_DEFAULT);
  GtkWidget *row;

  if (widget == NULL)
    return NULL;
  row = gtk_widget_get_ancestor (widget, CHAT_TYPE_MESSAGE_ROW);
  /* The list's own row around it has no padding, but may have */
  if (row == NULL && CHAT_IS_MESSAGE_ROW (gtk_widget_get_first_child (widget)))
    row = gtk_widget_get_first_child (widget);
  if (row == NULL || !gtk_widget_translate_coordinates (self->view, row, x, y, row_x, row_y))
    return NULL;

  return CHAT_MESSAGE_ROW (row);
}

static ChatMessageRow *
focused_row (ChatTimeline *self)
{
  GtkWidget *focus = self->window != NULL ? gtk_window_get_focus (self->window) : NULL;

  if (!CHAT_IS_MESSAGE_ROW (focus) || !gtk_widget_is_ancestor (focus, self->view) ||
      chat_message_row_get_message (CHAT_MESSAGE_ROW (focus)) == NULL)
    return NULL;

  return CHAT_MESSAGE_ROW (focus);
}

static void
select_message (ChatTimeline *self,
                ChatMessage  *message)
{
  ChatMessageRow *row;

  if (self->selected == message)
    return;

  /* Text is selected in one message at a time */
  row = self->selected != NULL ? chat_timeline_scroll_find_row (self->scroll, self->selected) : NULL;
  if (row != NULL)
    chat_bubble_select (chat_message_row_get_bubble (row), 0, 0);
  g_set_object (&self->selected, message);
}

/* Opening addresses */

/* What is shown and opened are the same bytes: letters of other scripts as they are on the wire */
static char *
escape_uri (const char *uri)
{
  return g_uri_escape_string (uri, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH "?#[]%" , FALSE);
}

static void
show_uri (ChatTimeline *self,
          const char   *uri)
{
  g_autofree char *escaped = escape_uri (uri);

  chat_compat_show_uri (self->window, escaped);
}

static void
open_response_cb (AdwMessageDialog *dialog,
                  const char       *response,
                  ChatTimeline     *self)
{
  const char *uri = g_object_get_data (G_OBJECT (dialog), "uri");

  if (g_str_equal (response, "open"))
    show_uri (self, uri);
}

static void
open_uri (ChatTimeline *self,
          const char   *uri)
{
  g_autofree char *escaped = NULL;
  GtkWidget *dialog;

  if (!chat_text_is_openable (uri))
    return;
  /* One to a person or a room stays in this profile, and is asked about there */
  if (g_ascii_strncasecmp (uri, CHAT_URI_SCHEME ":", strlen (CHAT_URI_SCHEME ":")) == 0)
    {
      gtk_widget_activate_action (GTK_WIDGET (self->window), "app.open-link", "s", uri);
      return;
    }
  if (!chat_text_is_treacherous (uri))
    {
      show_uri (self, uri);
      return;
    }

  escaped = escape_uri (uri);
  dialog = chat_compat_message_dialog_new (self->window, _("Open This Address?"), NULL);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("It may not lead where it seems to. This is where it leads:\n\n%s"), escaped);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "open", _("_Open"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "uri", g_strdup (uri), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (open_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What the menu does */

static void
copy (ChatTimeline *self,
      const char   *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
show_details (ChatTimeline *self,
              ChatMessage  *message)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GtkWidget *dialog = chat_compat_message_dialog_new (self->window, _("Details"), NULL);
  gint64 usec = chat_message_get_date (message);
  g_autofree char *sender = NULL;
  g_autofree char *isolated = NULL;

  sender = chat_text_harmless_line (chat_message_get_sender (message), 64);
  isolated = chat_format_isolate (sender);
  g_string_append_printf (text, _("From: %s"), isolated);
  if (usec != 0)
    {
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (usec / G_USEC_PER_SEC);
      g_autofree char *day = date != NULL ? g_date_time_format (date, "%A, %x") : NULL;

      if (day != NULL)
        {
          g_autofree char *clock = chat_format_clock (date);
          g_autofree char *words = g_strdup_printf ("%s %s", day, clock);

          g_string_append_c (text, '\n');
          g_string_append_printf (text, _("Date: %s"), words);
        }
    }
  else if (chat_message_get_date_text (message) != NULL)
    {
      g_autofree char *words = chat_text_harmless_line (chat_message_get_date_text (message), 100);

      g_string_append_c (text, '\n');
      g_string_append_printf (text, _("Date: %s"), words);
    }
  g_string_append_c (text, '\n');
  g_string_append_printf (text, _("State: %s"), chat_message_row_state_in_words (message));
  if (chat_message_get_edited (message))
    g_string_append_printf (text, ", %s", _("edited"));
  if (chat_message_get_failure (message) != NULL)
    g_string_append_printf (text, "\n%s", chat_message_get_failure (message));
  if (chat_message_get_attachment (message) != NULL)
    chat_timeline_append_file_details (message, text);
  if (chat_message_get_id (message) != 0)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, chat_message_get_id (message));

      g_string_append_c (text, '\n');
      g_string_append_printf (text, _("Number: %s"), number);
    }

  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), text->str);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
unparent_menu (GtkWidget *menu)
{
  if (gtk_widget_get_parent (menu) != NULL)
    gtk_widget_unparent (menu);
  g_object_unref (menu);
}

static void
menu_closed_cb (ChatTimeline *self)
{
  GtkWidget *focus = self->menu_focus;

  g_clear_weak_pointer (&self->menu_focus);
  if (self->menu == NULL)
    return;

  /* GTK gives the keyboard to the row, but one that opened the menu by the pointer goes on where they wrote */
  if (focus != NULL && self->window != NULL && gtk_widget_get_root (focus) == GTK_ROOT (self->window) &&
      gtk_widget_get_mapped (focus))
    gtk_window_set_focus (self->window, focus);
  /* The chosen item acts after this, through the row that is its parent */
  g_set_weak_pointer (&self->closing_menu, self->menu);
  g_idle_add_once ((GSourceOnceFunc) unparent_menu, g_steal_pointer (&self->menu));
}

void
chat_timeline_close_menu (ChatTimeline   *self,
                          ChatMessageRow *row)
{
  GtkWidget *menu = self->menu;

  /* What the item did may take the row away at once; the menu itself still runs */
  if (self->closing_menu != NULL && (row == NULL || gtk_widget_get_parent (self->closing_menu) == GTK_WIDGET (row)))
    {
      if (gtk_widget_get_parent (self->closing_menu) != NULL)
        gtk_widget_unparent (self->closing_menu);
      g_clear_weak_pointer (&self->closing_menu);
    }
  if (menu == NULL || (row != NULL && gtk_widget_get_parent (menu) != GTK_WIDGET (row)))
    return;

  self->menu = NULL;
  g_clear_weak_pointer (&self->menu_focus);
  unparent_menu (menu);
}

static void
open_menu (ChatTimeline       *self,
           ChatMessageRow     *row,
           const GdkRectangle *at,
           const char         *uri)
{
  ChatMessage *message = chat_message_row_get_message (row);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) second = g_menu_new ();
  g_autoptr (GMenu) third = g_menu_new ();
  gboolean own = chat_message_get_outgoing (message);
  ChatMessageState state = chat_message_get_state (message);
  const ChatTextLink *link = chat_bubble_get_link (chat_message_row_get_bubble (row), 0);

  chat_timeline_close_menu (self, NULL);
  if (self->window != NULL)
    g_set_weak_pointer (&self->menu_focus, gtk_window_get_focus (self->window));
  g_free (self->menu_uri);
  self->menu_uri = g_strdup (uri != NULL ? uri : link != NULL ? link->uri : NULL);
  chat_message_row_update_actions (row);

  if (state == CHAT_MESSAGE_FAILED)
    g_menu_append (first, _("_Try Again"), "message.retry");
  if (chat_message_row_can_discard (row))
    g_menu_append (first, _("_Discard"), "message.discard");
  if (chat_message_get_attachment (message) != NULL)
    chat_file_acts_add_items (message, first, second);
  else
    g_menu_append (second, _("_Copy"), "message.copy");
  if (self->menu_uri != NULL)
    {
      g_menu_append (second, _("_Open Link"), "message.open-link");
      g_menu_append (second, _("Copy _Link Address"), "message.copy-link");
    }
  if (own && chat_message_get_content (message) == CHAT_MESSAGE_TEXT)
    g_menu_append (third, _("_Edit"), "message.edit");
  /* (What waits is discarded) */
  if (own && (state == CHAT_MESSAGE_SENT || state == CHAT_MESSAGE_SENDING))
    g_menu_append (third, _("D_elete…"), "message.delete");
  g_menu_append (third, _("De_tails"), "message.details");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (third));

  self->menu = g_object_ref_sink (gtk_popover_menu_new_from_model (G_MENU_MODEL (menu)));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->menu), GTK_POS_BOTTOM);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), at);
  gtk_widget_set_halign (self->menu, own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (row));
  chat_accessible_set_label (self->menu, _("Message"));
  chat_accessible_name_menu (GTK_POPOVER_MENU (self->menu));
  g_signal_connect_object (self->menu, "closed", G_CALLBACK (menu_closed_cb), self, G_CONNECT_SWAPPED);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
open_menu_on_row (ChatTimeline   *self,
                  ChatMessageRow *row)
{
  GdkRectangle area;

  chat_bubble_get_area (chat_message_row_get_bubble (row), &area);
  open_menu (self, row, &area, NULL);
}

void
chat_timeline_row_requested (ChatTimeline   *self,
                             const char     *action,
                             ChatMessageRow *row)
{
  g_autoptr (ChatMessage) message = NULL;
  const ChatTextLink *link;
  ChatMessageState state;
  gboolean own;
  const char *uri;

  if (chat_message_row_get_message (row) == NULL)
    return;

  message = g_object_ref (chat_message_row_get_message (row));
  state = chat_message_get_state (message);
  own = chat_message_get_outgoing (message) && !chat_message_get_deleting (message);
  link = chat_bubble_get_link (chat_message_row_get_bubble (row), 0);
  uri = self->menu != NULL && gtk_widget_get_parent (self->menu) == GTK_WIDGET (row) ? self->menu_uri : NULL;
  if (uri == NULL && link != NULL)
    uri = link->uri;

  if (g_str_equal (action, "menu"))
    open_menu_on_row (self, row);
  else if (chat_message_get_attachment (message) != NULL && chat_timeline_file_requested (self, message, action))
    return;
  else if (g_str_equal (action, "copy"))
    {
      if (self->selected != message || !chat_timeline_copy_selection (self))
        copy (self, chat_message_get_text (message));
    }
  else if (g_str_equal (action, "copy-link") && uri != NULL)
    copy (self, uri);
  else if (g_str_equal (action, "open-link") && uri != NULL)
    open_uri (self, uri);
  else if (g_str_equal (action, "details"))
    show_details (self, message);
  /* A screen reader offers all of them for every row */
  else if ((g_str_equal (action, "edit") && own && chat_message_get_content (message) == CHAT_MESSAGE_TEXT) ||
           (g_str_equal (action, "delete") && own && (state == CHAT_MESSAGE_SENT || state == CHAT_MESSAGE_SENDING)) ||
           (g_str_equal (action, "retry") && state == CHAT_MESSAGE_FAILED) ||
           (g_str_equal (action, "discard") && chat_message_row_can_discard (row)))
    g_signal_emit_by_name (self, "message-requested", message, action);
}

/* Gestures */

static void
click_pressed_cb (GtkGestureClick *gesture,
                  int              n_press,
                  double           x,
                  double           y,
                  ChatTimeline    *self)
{
  double row_x, row_y;
  ChatMessageRow *row = row_at (self, x, y, &row_x, &row_y);
  ChatBubble *bubble;

  g_clear_object (&self->pressed);
  self->dragged = FALSE;
  if (row == NULL || chat_message_row_get_message (row) == NULL)
    {
      select_message (self, NULL);
      return;
    }

  bubble = chat_message_row_get_bubble (row);
  self->pressed = g_object_ref (chat_message_row_get_message (row));
  if (chat_bubble_pick (bubble, row_x, row_y, NULL) == CHAT_BUBBLE_NOTHING)
    {
      select_message (self, NULL);
      return;
    }
  self->press_index = chat_bubble_index_at (bubble, row_x, row_y);
  select_message (self, self->pressed);
  if (n_press >= 2)
    {
      chat_bubble_select_around (bubble, self->press_index, n_press > 2);
      self->dragged = TRUE;
    }
  else
    {
      chat_bubble_select (bubble, self->press_index, self->press_index);
    }
}

static void
click_released_cb (GtkGestureClick *gesture,
                   int              n_press,
                   double           x,
                   double           y,
                   ChatTimeline    *self)
{
  double row_x, row_y;
  ChatMessageRow *row = row_at (self, x, y, &row_x, &row_y);
  const ChatTextLink *link;

  if (self->dragged || row == NULL || chat_message_row_get_message (row) != self->pressed || self->pressed == NULL ||
      n_press > 1)
    return;

  switch (chat_bubble_pick (chat_message_row_get_bubble (row), row_x, row_y, &link))
    {
    case CHAT_BUBBLE_LINK:
    case CHAT_BUBBLE_CARD:
      if (link != NULL)
        {
          /* The dialog may outlive the text */
          g_autofree char *uri = g_strdup (link->uri);

          open_uri (self, uri);
        }
      break;
    case CHAT_BUBBLE_FILE:
    case CHAT_BUBBLE_PICTURE:
    case CHAT_BUBBLE_TRANSFER:
      chat_timeline_file_clicked (self, self->pressed, chat_bubble_pick (chat_message_row_get_bubble (row), row_x, row_y, NULL));
      break;
    case CHAT_BUBBLE_MORE:
      chat_bubble_unfold (chat_message_row_get_bubble (row));
      break;
    case CHAT_BUBBLE_RETRY:
      chat_timeline_row_requested (self, "retry", row);
      break;
    case CHAT_BUBBLE_DISCARD:
      chat_timeline_row_requested (self, "discard", row);
      break;
    case CHAT_BUBBLE_TEXT:
    case CHAT_BUBBLE_NOTHING:
    default:
      break;
    }
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                ChatTimeline   *self)
{
  GdkDevice *device = gtk_event_controller_get_current_event_device (GTK_EVENT_CONTROLLER (gesture));
  double x, y, row_x, row_y;
  ChatMessageRow *row;

  /* A finger that moves scrolls */
  if (device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN)
    return;
  if (self->pressed == NULL || self->selected != self->pressed || (!self->dragged && ABS (dx) < 4 && ABS (dy) < 4))
    return;
  row = chat_timeline_scroll_find_row (self->scroll, self->pressed);
  if (row == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y) ||
      !gtk_widget_translate_coordinates (self->view, GTK_WIDGET (row), x + dx, y + dy, &row_x, &row_y))
    return;

  if (!self->dragged)
    {
      self->dragged = TRUE;
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    }
  chat_bubble_select (chat_message_row_get_bubble (row), self->press_index,
                      chat_bubble_index_at (chat_message_row_get_bubble (row), row_x, row_y));
}

static void
drag_end_cb (GtkGestureDrag *gesture,
             double          dx,
             double          dy,
             ChatTimeline   *self)
{
  ChatMessageRow *row = self->selected != NULL ? chat_timeline_scroll_find_row (self->scroll, self->selected) : NULL;
  g_autofree char *text = row != NULL ? chat_bubble_get_selected (chat_message_row_get_bubble (row)) : NULL;

  /* As everywhere on X11 and Wayland: what is selected can be pasted with the middle button */
  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_primary_clipboard (GTK_WIDGET (self)), text);
}

static void
open_menu_at (ChatTimeline *self,
              double        x,
              double        y)
{
  double row_x, row_y;
  ChatMessageRow *row = row_at (self, x, y, &row_x, &row_y);
  const ChatTextLink *link = NULL;

  if (row == NULL || chat_message_row_get_message (row) == NULL)
    return;

  chat_bubble_pick (chat_message_row_get_bubble (row), row_x, row_y, &link);
  open_menu (self, row, &(GdkRectangle) { row_x, row_y, 1, 1 }, link != NULL ? link->uri : NULL);
}

static void
secondary_pressed_cb (GtkGestureClick *gesture,
                      int              n_press,
                      double           x,
                      double           y,
                      ChatTimeline    *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu_at (self, x, y);
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 ChatTimeline        *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu_at (self, x, y);
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           ChatTimeline             *self)
{
  double row_x, row_y;
  ChatMessageRow *row = row_at (self, x, y, &row_x, &row_y);
  const ChatTextLink *link = NULL;
  const char *cursor = NULL;

  if (row != NULL)
    switch (chat_bubble_pick (chat_message_row_get_bubble (row), row_x, row_y, &link))
      {
      case CHAT_BUBBLE_LINK:
      case CHAT_BUBBLE_CARD:
      case CHAT_BUBBLE_FILE:
      case CHAT_BUBBLE_PICTURE:
      case CHAT_BUBBLE_TRANSFER:
      case CHAT_BUBBLE_MORE:
      case CHAT_BUBBLE_RETRY:
      case CHAT_BUBBLE_DISCARD:
        cursor = "pointer";
        break;
      case CHAT_BUBBLE_TEXT:
        cursor = "text";
        break;
      case CHAT_BUBBLE_NOTHING:
      default:
        break;
      }
  gtk_widget_set_cursor_from_name (self->view, cursor);
}

static gboolean
query_tooltip_cb (GtkWidget    *widget,
                  int           x,
                  int           y,
                  gboolean      keyboard,
                  GtkTooltip   *tooltip,
                  ChatTimeline *self)
{
  double row_x, row_y;
  ChatMessageRow *row = keyboard ? NULL : row_at (self, x, y, &row_x, &row_y);
  const ChatTextLink *link = NULL;
  ChatBubblePart part;
  g_autofree char *uri = NULL;
  g_autofree char *line = NULL;

  if (row == NULL)
    return FALSE;
  part = chat_bubble_pick (chat_message_row_get_bubble (row), row_x, row_y, &link);
  if (link == NULL)
    return chat_timeline_query_file_tooltip (chat_message_row_get_message (row), part, tooltip);

  uri = escape_uri (link->uri);
  line = chat_text_harmless_line (uri, 300);
  gtk_tooltip_set_text (tooltip, line);
  return TRUE;
}

/* Keys */

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatTimeline          *self)
{
  ChatMessageRow *row = focused_row (self);

  modifiers &= gtk_accelerator_get_default_mod_mask ();
  if (row == NULL)
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      chat_timeline_scroll_user_moves (self->scroll);
      return GDK_EVENT_PROPAGATE;

    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      if (modifiers != 0)
        return GDK_EVENT_PROPAGATE;
      /* The end of the room, not only of what is loaded */
      if (chat_message_list_get_has_newer (self->list))
        {
          chat_timeline_show_newest (self);
          return GDK_EVENT_STOP;
        }
      chat_timeline_scroll_user_moves (self->scroll);
      return GDK_EVENT_PROPAGATE;

    case GDK_KEY_c:
    case GDK_KEY_C:
    case GDK_KEY_Insert:
      if (modifiers != GDK_CONTROL_MASK)
        return GDK_EVENT_PROPAGATE;
      chat_timeline_row_requested (self, "copy", row);
      return GDK_EVENT_STOP;

    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_Menu:
      if (modifiers != 0)
        return GDK_EVENT_PROPAGATE;
      open_menu_on_row (self, row);
      return GDK_EVENT_STOP;

    case GDK_KEY_F10:
      if (modifiers != GDK_SHIFT_MASK)
        return GDK_EVENT_PROPAGATE;
      open_menu_on_row (self, row);
      return GDK_EVENT_STOP;

    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      if (modifiers != 0)
        return GDK_EVENT_PROPAGATE;
      chat_timeline_row_requested (self, chat_message_get_state (chat_message_row_get_message (row)) == CHAT_MESSAGE_SENT ?
                                   "delete" : "discard", row);
      return GDK_EVENT_STOP;

    default:
      return GDK_EVENT_PROPAGATE;
    }
}

void
chat_timeline_init_input (ChatTimeline *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "pressed", G_CALLBACK (click_pressed_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (click_released_cb), self);
  gtk_widget_add_controller (self->view, GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (self->view, GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_group (drag, click);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (secondary_pressed_cb), self);
  gtk_widget_add_controller (self->view, GTK_EVENT_CONTROLLER (secondary));

  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (self->view, GTK_EVENT_CONTROLLER (press));

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (self->view, motion);

  /* Before the list's own bindings, which have other meanings for some of them */
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (self->view, key);

  gtk_widget_set_has_tooltip (self->view, TRUE);
  g_signal_connect (self->view, "query-tooltip", G_CALLBACK (query_tooltip_cb), self);
}

void
chat_timeline_dispose_input (ChatTimeline *self)
{
  chat_timeline_close_menu (self, NULL);
  g_clear_pointer (&self->menu_uri, g_free);
}
