/* chat-timeline.c: the messages of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-timeline-private.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-compat.h"
#include "chat-words.h"

/* So many messages before an end of the window is reached its next page is asked for */
#define PREFETCH        25
#define SEEN_DELAY_MS   200
#define KEEP_DELAY_MS   1000

enum
{
  MESSAGE_REQUESTED,
  SEEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatTimeline, chat_timeline, GTK_TYPE_WIDGET)

guint
chat_timeline_n_messages (ChatTimeline *self)
{
  return self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
}

ChatMessage *
chat_timeline_message_at (ChatTimeline *self,
                          guint         position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  /* The list holds it */
  return message;
}

/* Rows */

/* In a room of two everybody knows who writes; the room has the other's name */
static gboolean
shows_sender (ChatTimeline *self,
              ChatMessage  *message)
{
  return self->room != NULL &&
         g_ascii_strcasecmp (chat_message_get_sender (message), chat_room_get_name (self->room)) != 0;
}

void
chat_timeline_update_row (ChatMessageRow *row,
                          gpointer        user_data)
{
  ChatTimeline *self = user_data;
  ChatMessage *message = chat_message_row_get_message (row);

  chat_message_row_set_context (row, message == self->unread_first, shows_sender (self, message));
  chat_bubble_set_highlight (chat_message_row_get_bubble (row), self->words, message == self->found);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          ChatTimeline             *self)
{
  GtkWidget *row = chat_message_row_new ();

  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
  chat_message_row_set_item (CHAT_MESSAGE_ROW (row), item);
  g_signal_connect_object (row, "requested", G_CALLBACK (chat_timeline_row_requested), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         ChatTimeline             *self)
{
  ChatMessageRow *row = CHAT_MESSAGE_ROW (gtk_list_item_get_child (item));
  ChatMessage *message = gtk_list_item_get_item (item);

  chat_message_row_set_message (row, message, message == self->unread_first, shows_sender (self, message));
  chat_bubble_set_highlight (chat_message_row_get_bubble (row), self->words, message == self->found);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           ChatTimeline             *self)
{
  ChatMessageRow *row = CHAT_MESSAGE_ROW (gtk_list_item_get_child (item));

  chat_timeline_close_menu (self, row);
  chat_message_row_set_message (row, NULL, FALSE, FALSE);
}

static void
teardown_cb (GtkSignalListItemFactory *factory,
             GtkListItem              *item,
             ChatTimeline             *self)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (row != NULL)
    chat_message_row_set_item (CHAT_MESSAGE_ROW (row), NULL);
}

/* What is shown beside the messages */

static void
update_state (ChatTimeline *self)
{
  const GError *error = self->list != NULL ? chat_message_list_get_error (self->list) : NULL;
  gboolean loaded = self->list != NULL && chat_message_list_get_loaded (self->list);
  gboolean empty = self->list != NULL && chat_timeline_n_messages (self) == 0;
  gboolean failed = error != NULL && empty;
  gboolean busy = empty && !failed && (!loaded || chat_message_list_get_loading (self->list));

  gtk_widget_set_visible (self->state, empty);
  gtk_widget_set_visible (self->state_spinner, busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->state_spinner), busy);
  gtk_widget_set_visible (self->state_retry, failed);
  gtk_widget_set_visible (self->state_title, failed || !busy);
  gtk_widget_set_visible (self->state_text, failed || !busy);
  if (failed)
    {
      gtk_label_set_label (GTK_LABEL (self->state_title), _("Messages could not be loaded"));
      gtk_label_set_label (GTK_LABEL (self->state_text), chat_words_for_error (error));
    }
  else
    {
      gtk_label_set_label (GTK_LABEL (self->state_title), _("No messages yet"));
      gtk_label_set_label (GTK_LABEL (self->state_text), _("Write the first one below."));
    }

  busy = !empty && self->list != NULL &&
         (chat_message_list_get_loading_older (self->list) || chat_message_list_get_loading (self->list));
  failed = !empty && error != NULL;
  gtk_widget_set_visible (self->top, busy || failed);
  gtk_widget_set_visible (self->top_spinner, busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->top_spinner), busy);
  gtk_widget_set_visible (self->top_error, failed);
}

static void
update_jump (ChatTimeline *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));
  double below = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) -
                 gtk_adjustment_get_value (adjustment);
  guint unread = self->room != NULL ? chat_room_get_unread_count (self->room) : 0;
  gboolean visible = self->list != NULL && chat_timeline_n_messages (self) > 0 && !chat_timeline_scroll_get_stuck (self->scroll) &&
                     (below > 60 || chat_message_list_get_has_newer (self->list));
  g_autofree char *count = g_strdup_printf (unread > 999 ? "999+" : "%u", unread);
  g_autofree char *label = NULL;

  gtk_widget_set_visible (self->jump, visible);
  gtk_widget_set_visible (self->jump_count, unread > 0);
  gtk_label_set_label (GTK_LABEL (self->jump_count), count);
  if (unread > 0)
    label = g_strdup_printf (ngettext ("Go to the newest message, %u unread", "Go to the newest message, %u unread", unread),
                             unread);
  chat_accessible_set_label (self->jump, label != NULL ? label : _("Go to the newest message"));
}

/* Read means seen */

static gboolean
window_is_active (ChatTimeline *self)
{
  return self->window != NULL && gtk_window_is_active (self->window);
}

static void
tell_what_is_seen (ChatTimeline *self)
{
  g_clear_handle_id (&self->seen_source, g_source_remove);
  if (self->room == NULL || self->seen_next == 0)
    return;

  self->seen = self->seen_next;
  self->seen_next = 0;
  g_signal_emit (self, signals[SEEN], 0, self->room, self->seen);
}

static gboolean
seen_cb (gpointer user_data)
{
  ChatTimeline *self = user_data;

  self->seen_source = 0;
  tell_what_is_seen (self);

  return G_SOURCE_REMOVE;
}

static void
look_what_is_seen (ChatTimeline *self)
{
  guint first, last, read;
  gint64 id = 0;

  if (self->room == NULL || self->list == NULL || !self->placed || !window_is_active (self) ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      !chat_timeline_scroll_get_visible (self->scroll, &first, &last, &read) || read == GTK_INVALID_LIST_POSITION)
    return;

  /* Unsent ones at the end have no id */
  for (guint i = read + 1; i > 0 && id == 0; i--)
    id = chat_message_get_id (chat_timeline_message_at (self, i - 1));
  if (id <= MAX (self->seen, self->seen_next) ||
      (id <= chat_room_get_read_mark (self->room) && !chat_room_get_marked_unread (self->room)))
    return;

  self->seen_next = id;
  if (self->seen_source == 0)
    self->seen_source = g_timeout_add (SEEN_DELAY_MS, seen_cb, self);
}

/* Events */

static gboolean
keep_cb (gpointer user_data)
{
  ChatTimeline *self = user_data;

  self->keep_source = 0;
  chat_timeline_keep_position (self);
  return G_SOURCE_REMOVE;
}

static void
look_what_is_on_screen (ChatMessageRow *row,
                        gpointer        user_data)
{
  ChatTimeline *self = user_data;
  graphene_rect_t bounds;

  if (chat_message_get_attachment (chat_message_row_get_message (row)) == NULL)
    return;

  chat_bubble_set_on_screen (chat_message_row_get_bubble (row),
                             gtk_widget_get_mapped (GTK_WIDGET (row)) &&
                             gtk_widget_compute_bounds (GTK_WIDGET (row), self->scrolled, &bounds) &&
                             bounds.origin.y + bounds.size.height > 0 &&
                             bounds.origin.y < gtk_widget_get_height (self->scrolled));
}

static void
settled_cb (ChatTimelineScroll *scroll,
            gpointer            user_data)
{
  ChatTimeline *self = user_data;
  guint first, last;

  update_jump (self);
  chat_timeline_pass_focus_on (self);
  look_what_is_seen (self);
  chat_timeline_scroll_foreach (scroll, look_what_is_on_screen, self);

  if (self->list == NULL || !self->placed || chat_message_list_get_error (self->list) != NULL ||
      !chat_timeline_scroll_is_settled (scroll) ||
      !chat_timeline_scroll_get_visible (scroll, &first, &last, NULL))
    return;
  /* Now and then while one reads, not only at the end: the program may end in any way */
  if (self->keep_source == 0)
    self->keep_source = g_timeout_add (KEEP_DELAY_MS, keep_cb, self);
  if (first < PREFETCH && chat_message_list_get_has_older (self->list))
    chat_message_list_load_older (self->list);
  if (last + PREFETCH >= chat_timeline_n_messages (self) && chat_message_list_get_has_newer (self->list))
    chat_message_list_load_newer (self->list);
}

static void
items_changed_cb (ChatTimeline *self,
                  guint         position,
                  guint         removed,
                  guint         added,
                  GListModel   *model)
{
  guint n = chat_timeline_n_messages (self);
  ChatMessage *last;

  update_state (self);
  if (removed > 0)
    chat_timeline_choose_heir (self, position);

  /* One that came just now, not a page of older ones */
  if (!self->placed || removed != 0 || added != 1 || position + 1 != n || chat_message_list_get_has_newer (self->list))
    return;
  last = chat_timeline_message_at (self, position);
  if (chat_message_get_outgoing (last) || chat_message_get_id (last) == 0)
    return;
  if (!window_is_active (self))
    {
      /* The first that comes while nobody looks begins what is new */
      if (self->unread_first == NULL || chat_message_get_id (self->unread_first) <= self->seen)
        chat_timeline_set_unread_first (self, last);
    }
  else if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      g_autofree char *words = chat_message_row_describe (last);

      chat_compat_announce (GTK_WIDGET (self), words);
    }
}

static void
list_notify_cb (ChatTimeline *self,
                GParamSpec   *pspec)
{
  if (g_str_equal (pspec->name, "following"))
    return;

  update_state (self);
  if (!self->placed)
    chat_timeline_place_view (self);
  if (self->newest_wanted && !chat_message_list_get_loading (self->list))
    {
      self->newest_wanted = FALSE;
      if (!chat_message_list_get_has_newer (self->list))
        chat_timeline_scroll_go_to_end (self->scroll);
    }
  /* What the layout could not ask for while a page was on its way */
  gtk_widget_queue_allocate (self->view);
}

static void
room_notify_cb (ChatTimeline *self)
{
  update_jump (self);
}

static void
retry_cb (ChatTimeline *self)
{
  if (self->list != NULL)
    chat_message_list_retry (self->list);
}

static void
refresh_row (ChatMessageRow *row,
             gpointer        user_data)
{
  chat_message_row_refresh (row);
}

static gboolean
day_cb (gpointer user_data)
{
  ChatTimeline *self = user_data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  guint left = 24 * 3600 - (g_date_time_get_hour (now) * 3600 + g_date_time_get_minute (now) * 60 +
                            g_date_time_get_second (now));

  /* "Today" is yesterday now. The clock may be set meanwhile: looked at again every hour. */
  if (self->day_source != 0)
    chat_timeline_scroll_foreach (self->scroll, refresh_row, NULL);
  self->day_source = g_timeout_add_seconds (MIN (left + 1, 3600), day_cb, self);

  return G_SOURCE_REMOVE;
}

static void
active_cb (ChatTimeline *self)
{
  look_what_is_seen (self);
}

static void
focus_cb (ChatTimeline *self)
{
  GtkWidget *focus = gtk_window_get_focus (self->window);

  if (CHAT_IS_MESSAGE_ROW (focus) && gtk_widget_is_ancestor (focus, self->view))
    {
      g_set_object (&self->focused, chat_message_row_get_message (CHAT_MESSAGE_ROW (focus)));
      /* The list scrolls to a row that gets the keyboard */
      chat_timeline_scroll_user_moves (self->scroll);
    }
  else if (focus != NULL)
    {
      g_clear_object (&self->focused);
    }
}

static void
chat_timeline_root (GtkWidget *widget)
{
  ChatTimeline *self = CHAT_TIMELINE (widget);
  GtkRoot *root;

  GTK_WIDGET_CLASS (chat_timeline_parent_class)->root (widget);

  root = gtk_widget_get_root (widget);
  if (GTK_IS_WINDOW (root))
    {
      self->window = GTK_WINDOW (root);
      g_signal_connect_swapped (root, "notify::is-active", G_CALLBACK (active_cb), self);
      g_signal_connect_swapped (root, "notify::focus-widget", G_CALLBACK (focus_cb), self);
    }
}

static void
chat_timeline_unroot (GtkWidget *widget)
{
  ChatTimeline *self = CHAT_TIMELINE (widget);

  if (self->window != NULL)
    g_signal_handlers_disconnect_by_data (self->window, self);
  self->window = NULL;

  GTK_WIDGET_CLASS (chat_timeline_parent_class)->unroot (widget);
}

static gboolean
chat_timeline_focus_vfunc (GtkWidget        *widget,
                           GtkDirectionType  direction)
{
  ChatTimeline *self = CHAT_TIMELINE (widget);
  GtkWidget *focus = self->window != NULL ? gtk_window_get_focus (self->window) : NULL;
  gboolean inside = focus != NULL && gtk_widget_is_ancestor (focus, self->view);

  /* The list would take the row that had the keyboard last, however far away */
  if (!inside && (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD) &&
      !(focus != NULL && gtk_widget_is_ancestor (focus, widget)) && chat_timeline_focus (self))
    return TRUE;

  return GTK_WIDGET_CLASS (chat_timeline_parent_class)->focus (widget, direction);
}

static void
forget_room (ChatTimeline *self)
{
  chat_timeline_close_menu (self, NULL);
  if (self->room != NULL)
    g_signal_handlers_disconnect_by_data (self->room, self);
  /* What was on screen was seen, however soon the room is left */
  tell_what_is_seen (self);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  self->seen = self->seen_next = 0;
  self->placed = self->newest_wanted = self->searched_unread = self->searched_place = FALSE;
  g_clear_object (&self->unread_first);
  g_clear_object (&self->focused);
  g_clear_object (&self->heir);
  g_clear_object (&self->found);
  g_clear_object (&self->selected);
  g_clear_object (&self->pressed);
  g_clear_pointer (&self->words, g_free);
}

static void
chat_timeline_dispose (GObject *object)
{
  ChatTimeline *self = CHAT_TIMELINE (object);

  forget_room (self);
  g_clear_handle_id (&self->day_source, g_source_remove);
  g_clear_handle_id (&self->keep_source, g_source_remove);
  if (self->scroll != NULL)
    {
      chat_timeline_dispose_input (self);
      chat_timeline_scroll_set_list (self->scroll, NULL);
      gtk_no_selection_set_model (self->model, NULL);
    }
  g_clear_pointer (&self->scroll, chat_timeline_scroll_free);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_object (&self->room);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (chat_timeline_parent_class)->dispose (object);
}

static void
chat_timeline_class_init (ChatTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_timeline_dispose;
  widget_class->root = chat_timeline_root;
  widget_class->unroot = chat_timeline_unroot;
  widget_class->focus = chat_timeline_focus_vfunc;

  signals[MESSAGE_REQUESTED] = g_signal_new ("message-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 2, CHAT_TYPE_MESSAGE, G_TYPE_STRING);
  signals[SEEN] = g_signal_new ("seen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, CHAT_TYPE_ROOM, G_TYPE_INT64);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, css_class);

  return label;
}

static void
init_state (ChatTimeline *self)
{
  self->state = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_halign (self->state, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->state, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (self->state, 24);
  gtk_widget_set_margin_end (self->state, 24);
  self->state_spinner = gtk_spinner_new ();
  gtk_widget_set_size_request (self->state_spinner, 32, 32);
  chat_accessible_set_label (self->state_spinner, _("Loading messages"));
  self->state_title = make_label ("title-2");
  self->state_text = make_label ("dim-label");
  self->state_retry = gtk_button_new_with_label (_("Try Again"));
  gtk_widget_set_halign (self->state_retry, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->state_retry, "pill");
  g_signal_connect_object (self->state_retry, "clicked", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->state), self->state_spinner);
  gtk_box_append (GTK_BOX (self->state), self->state_title);
  gtk_box_append (GTK_BOX (self->state), self->state_text);
  gtk_box_append (GTK_BOX (self->state), self->state_retry);
  gtk_widget_set_visible (self->state, FALSE);
  chat_accessible_follow_map (self->state);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->state);
}

static void
init_top (ChatTimeline *self)
{
  GtkWidget *label = gtk_label_new (_("Messages could not be loaded"));
  GtkWidget *retry = gtk_button_new_with_label (_("Try Again"));

  self->top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_halign (self->top, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->top, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->top, "timeline-pill");
  self->top_spinner = gtk_spinner_new ();
  chat_accessible_set_label (self->top_spinner, _("Loading messages"));
  self->top_error = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (retry, "flat");
  g_signal_connect_object (retry, "clicked", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->top_error), label);
  gtk_box_append (GTK_BOX (self->top_error), retry);
  gtk_box_append (GTK_BOX (self->top), self->top_spinner);
  gtk_box_append (GTK_BOX (self->top), self->top_error);
  gtk_widget_set_visible (self->top, FALSE);
  chat_accessible_follow_map (self->top);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->top);
}

static void
init_jump (ChatTimeline *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->jump = gtk_button_new ();
  gtk_widget_set_halign (self->jump, GTK_ALIGN_END);
  gtk_widget_set_valign (self->jump, GTK_ALIGN_END);
  gtk_widget_add_css_class (self->jump, "osd");
  gtk_widget_add_css_class (self->jump, "timeline-jump");
  self->jump_count = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->jump_count, "numeric");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), self->jump_count);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("go-down-symbolic"));
  gtk_button_set_child (GTK_BUTTON (self->jump), box);
  gtk_widget_set_tooltip_text (self->jump, _("Go to the newest message"));
  g_signal_connect_object (self->jump, "clicked", G_CALLBACK (chat_timeline_show_newest), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->jump, FALSE);
  chat_accessible_follow_map (self->jump);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->jump);
}

static void
chat_timeline_init (ChatTimeline *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), self);
  g_signal_connect (factory, "teardown", G_CALLBACK (teardown_cb), self);

  /* The view owns the model */
  self->model = gtk_no_selection_new (NULL);
  self->view = gtk_list_view_new (GTK_SELECTION_MODEL (self->model), factory);
  gtk_widget_add_css_class (self->view, "timeline");
  /* The few messages of a new room stand where one writes; a view that is full takes all the height that there is */
  gtk_widget_set_valign (self->view, GTK_ALIGN_END);
  chat_accessible_set_label (self->view, _("Messages"));

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->view);
  gtk_widget_set_vexpand (self->scrolled, TRUE);

  self->overlay = gtk_overlay_new ();
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), self->scrolled);
  init_state (self);
  init_top (self);
  init_jump (self);
  gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));

  self->scroll = chat_timeline_scroll_new (GTK_LIST_VIEW (self->view),
                                           gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)),
                                           settled_cb, self);
  chat_timeline_init_input (self);
  day_cb (self);
}

GtkWidget *
chat_timeline_new (void)
{
  return g_object_new (CHAT_TYPE_TIMELINE, NULL);
}

void
chat_timeline_set_room (ChatTimeline    *self,
                        ChatRoom        *room,
                        ChatMessageList *list)
{
  g_return_if_fail (CHAT_IS_TIMELINE (self));
  g_return_if_fail (room == NULL || CHAT_IS_ROOM (room));
  g_return_if_fail (list == NULL || CHAT_IS_MESSAGE_LIST (list));

  if (self->room == room && self->list == list)
    return;

  chat_timeline_keep_position (self);
  forget_room (self);
  /* The view forgets all rows before it sees others: none of the old ones is taken for the place to keep */
  chat_timeline_scroll_set_list (self->scroll, list);
  gtk_no_selection_set_model (self->model, NULL);
  g_set_object (&self->room, room);
  g_set_object (&self->list, list);
  gtk_no_selection_set_model (self->model, G_LIST_MODEL (list));

  if (room != NULL)
    {
      self->unread_after = chat_room_get_read_mark (room);
      self->unread_count = chat_room_get_unread_count (room);
      g_signal_connect_swapped (room, "notify::unread-count", G_CALLBACK (room_notify_cb), self);
    }
  if (list != NULL)
    {
      g_signal_connect_data (list, "items-changed", G_CALLBACK (items_changed_cb), self, NULL,
                             G_CONNECT_AFTER | G_CONNECT_SWAPPED);
      g_signal_connect_swapped (list, "notify", G_CALLBACK (list_notify_cb), self);
    }
  update_state (self);
  update_jump (self);
  chat_timeline_place_view (self);
}

ChatMessageList *
chat_timeline_get_list (ChatTimeline *self)
{
  g_return_val_if_fail (CHAT_IS_TIMELINE (self), NULL);

  return self->list;
}

void
chat_timeline_show_newest (ChatTimeline *self)
{
  g_return_if_fail (CHAT_IS_TIMELINE (self));

  if (self->list == NULL)
    return;

  self->placed = TRUE;
  chat_message_list_load (self->list);
  if (chat_message_list_get_has_newer (self->list))
    self->newest_wanted = TRUE;
  else
    chat_timeline_scroll_go_to_end (self->scroll);
}

void
chat_timeline_show_message (ChatTimeline *self,
                            ChatMessage  *message,
                            const char   *words)
{
  g_return_if_fail (CHAT_IS_TIMELINE (self));
  g_return_if_fail (message == NULL || CHAT_IS_MESSAGE (message));

  if (words != self->words)
    {
      g_free (self->words);
      self->words = g_strdup (words);
    }
  g_set_object (&self->found, message);
  chat_timeline_scroll_foreach (self->scroll, chat_timeline_update_row, self);
  if (message != NULL)
    chat_timeline_scroll_go_to (self->scroll, message, G_MAXINT);
}

gboolean
chat_timeline_focus (ChatTimeline *self)
{
  guint first, last, read;
  ChatMessageRow *row;

  g_return_val_if_fail (CHAT_IS_TIMELINE (self), FALSE);

  if (self->list == NULL || !chat_timeline_scroll_get_visible (self->scroll, &first, &last, &read))
    return FALSE;

  /* One that is wholly on screen: the view does not move */
  row = chat_timeline_scroll_find_row (self->scroll, chat_timeline_message_at (self, read != GTK_INVALID_LIST_POSITION ? read : last));
  return row != NULL && gtk_widget_grab_focus (GTK_WIDGET (row));
}

gboolean
chat_timeline_copy_selection (ChatTimeline *self)
{
  ChatMessageRow *row;
  g_autofree char *text = NULL;

  g_return_val_if_fail (CHAT_IS_TIMELINE (self), FALSE);

  row = self->selected != NULL ? chat_timeline_scroll_find_row (self->scroll, self->selected) : NULL;
  if (row != NULL)
    text = chat_bubble_get_selected (chat_message_row_get_bubble (row));
  if (text == NULL)
    return FALSE;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  return TRUE;
}

ChatMessage *
chat_timeline_get_first_visible (ChatTimeline *self,
                                 int          *offset)
{
  g_return_val_if_fail (CHAT_IS_TIMELINE (self), NULL);

  return chat_timeline_scroll_get_anchor (self->scroll, offset);
}

gboolean
chat_timeline_get_follows (ChatTimeline *self)
{
  g_return_val_if_fail (CHAT_IS_TIMELINE (self), FALSE);

  return chat_timeline_scroll_get_stuck (self->scroll);
}
