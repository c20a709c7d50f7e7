/* chat-window.c: the window: sign in, rooms, conversation
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-window-private.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-format.h"
#include "chat-new-conversation-dialog.h"
#include "chat-toast.h"

/* What the schema allows */
#define MIN_WIDTH 360
#define MIN_HEIGHT 200
#define MAX_SIZE 16384

/* A toast names what it speaks of, but stays short. */
#define MAX_TOAST_NAME 40

enum
{
  PROP_0,
  PROP_ROOM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatWindow, chat_window, ADW_TYPE_APPLICATION_WINDOW)

void
chat_window_toast (ChatWindow *self,
                   const char *text)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));
  g_return_if_fail (text != NULL);

  adw_toast_overlay_add_toast (self->toast_overlay, chat_toast_new (text));
}

static void
set_page (ChatWindow *self,
          const char *page)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), page) == 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_spinner_set_spinning (self->loading_spinner, g_str_equal (page, "loading"));
  if (g_str_equal (page, "sign-in"))
    chat_sign_in_page_focus (self->sign_in_page);
  else if (g_str_equal (page, "main") && self->room == NULL)
    chat_room_list_view_focus_list (self->room_list_view);
}

static void
set_room (ChatWindow *self,
          ChatRoom   *room)
{
  if (!g_set_object (&self->room, room))
    return;

  g_signal_group_set_target (self->room_signals, room);
  chat_room_list_view_set_room (self->room_list_view, room);
  chat_conversation_set_room (self->conversation, room);
  gtk_stack_set_visible_child_name (self->content_stack, room != NULL ? "conversation" : "none");
  gtk_widget_set_visible (self->room_menu_button, room != NULL);
  if (room != NULL)
    g_settings_set_int64 (self->settings, "last-room", chat_room_get_id (room));
  chat_window_update_titles (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

static gboolean
has_keyboard_in (ChatWindow *self,
                 GtkWidget  *widget)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

void
chat_window_close_room (ChatWindow *self)
{
  gboolean was_inside = has_keyboard_in (self, self->content);

  set_room (self, NULL);
  adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
  if (was_inside)
    chat_room_list_view_focus_list (self->room_list_view);
}

static void
show_room (ChatWindow *self,
           ChatRoom   *room,
           gboolean    take_keyboard)
{
  set_room (self, room);
  if (room == NULL)
    return;
  chat_room_set_marked_unread (room, FALSE);
  if (!take_keyboard)
    return;
  /* This takes the keyboard, too */
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  chat_conversation_focus_composer (self->conversation);
}

/* The room of the last time, once, when the rooms are known; folded, the list comes first. Somebody who is typing into the
 * filter by then goes on doing so: what is meant for it must not be sent to anybody. */
static void
restore_room (ChatWindow *self)
{
  ChatRoomList *rooms = chat_session_get_rooms (self->session);
  ChatRoom *room;
  gboolean searching;

  if (self->room_restored || !chat_room_list_get_loaded (rooms))
    return;
  self->room_restored = TRUE;
  if (self->room != NULL)
    return;
  searching = chat_room_list_view_get_searching (self->room_list_view);
  room = chat_room_list_lookup (rooms, g_settings_get_int64 (self->settings, "last-room"));
  if (room != NULL && !adw_leaflet_get_folded (self->leaflet))
    show_room (self, room, !searching);
  else if (room == NULL && !searching)
    chat_room_list_view_focus_list (self->room_list_view);
}

void
chat_window_update_page (ChatWindow *self)
{
  ChatSessionState state = chat_session_get_state (self->session);

  if (state == CHAT_SESSION_ONLINE)
    self->signing_in_again = FALSE;

  if (self->loading)
    set_page (self, "loading");
  else if (state == CHAT_SESSION_SIGNED_OUT || self->signing_in_again || chat_sign_in_page_get_busy (self->sign_in_page))
    set_page (self, "sign-in");
  else
    set_page (self, "main");
  gtk_widget_set_visible (self->cancel_sign_in_button,
                          self->signing_in_again && !chat_sign_in_page_get_busy (self->sign_in_page));
}

/* The question whether to delete a room that is gone already goes with it. */
static void
close_delete_dialog (ChatWindow *self,
                     ChatRoom   *room)
{
  if (self->delete_dialog != NULL && (room == NULL || room == self->delete_room))
    gtk_window_close (GTK_WINDOW (self->delete_dialog));
}

static void
on_state_notify (ChatWindow *self)
{
  ChatSessionState state = chat_session_get_state (self->session);

  if (state == CHAT_SESSION_SIGNED_OUT)
    {
      close_delete_dialog (self, NULL);
      chat_window_close_room (self);
      self->room_restored = FALSE;
      self->signing_in_again = FALSE;
    }
  chat_room_list_view_set_offline (self->room_list_view,
                                   state == CHAT_SESSION_WAITING || state == CHAT_SESSION_REFUSED);
  chat_window_update_titles (self);
  chat_window_update_page (self);
}

static void
on_sign_in_busy (ChatWindow *self)
{
  if (self->session != NULL)
    chat_window_update_page (self);
}

static void
on_signed_in (ChatWindow *self)
{
  self->signing_in_again = FALSE;
  g_settings_set_string (self->settings, "server", chat_sign_in_page_get_server (self->sign_in_page));
  g_settings_set_boolean (self->settings, "insecure", chat_sign_in_page_get_insecure (self->sign_in_page));
  chat_window_update_page (self);
  restore_room (self);
}

static void
on_rooms_loaded (ChatWindow *self)
{
  restore_room (self);
}

/* One toast for all that go at once: toasts stand in a queue, and a server may take away thousands */
static void
tell_removed (ChatWindow *self,
              ChatRoom   *room)
{
  g_autofree char *text = NULL;
  g_autofree char *markup = NULL;
  AdwToast *toast;

  if (self->removed_toast != NULL)
    {
      self->n_removed++;
      text = g_strdup_printf (ngettext ("%u conversation was deleted", "%u conversations were deleted", self->n_removed),
                              self->n_removed);
      adw_toast_set_title (self->removed_toast, text);
      return;
    }
  else
    {
      g_autofree char *line = chat_format_line (chat_room_get_name (room), MAX_TOAST_NAME);
      g_autofree char *name = chat_format_isolate (line);

      /* Translators: the name of a person or a group */
      text = g_strdup_printf (_("The conversation with “%s” was deleted"), name);
    }
  markup = g_markup_escape_text (text, -1);
  toast = adw_toast_new (markup);
  self->n_removed = 1;
  g_set_weak_pointer (&self->removed_toast, toast);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static void
on_room_removed (ChatWindow *self,
                 ChatRoom   *room)
{
  close_delete_dialog (self, room);
  if (room == self->room)
    chat_window_close_room (self);
  tell_removed (self, room);
}

void
chat_window_say_notice (ChatWindow *self,
                        const char *words)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));
  g_return_if_fail (words != NULL);

  chat_notice_bar_say (self->notice_bar, words);
}

ChatRoom *
chat_window_get_room (ChatWindow *self)
{
  g_return_val_if_fail (CHAT_IS_WINDOW (self), NULL);

  return self->room;
}

void
chat_window_open_room (ChatWindow *self,
                       ChatRoom   *room)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));
  g_return_if_fail (room == NULL || CHAT_IS_ROOM (room));

  show_room (self, room, TRUE);
}

void
chat_window_open_message (ChatWindow *self,
                          ChatRoom   *room,
                          gint64      message_id)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  /* Whoever leaves a room keeps the place: so it is left first */
  if (room == self->room)
    set_room (self, NULL);
  chat_room_set_position (room, message_id, 0, FALSE);
  show_room (self, room, TRUE);
}

void
chat_window_expect_room (ChatWindow *self)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));

  self->room_restored = TRUE;
}

static void
on_room_chosen (ChatWindow *self,
                ChatRoom   *room)
{
  chat_window_open_room (self, room);
}

void
chat_window_new_conversation (ChatWindow *self,
                              const char *text)
{
  GtkWidget *dialog;

  g_return_if_fail (CHAT_IS_WINDOW (self));

  if (chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT)
    return;
  dialog = chat_new_conversation_dialog_new (GTK_WINDOW (self), self->session, text);
  g_signal_connect_object (dialog, "room-chosen", G_CALLBACK (on_room_chosen), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

gboolean
chat_window_is_main (ChatWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "main") == 0;
}

gboolean
chat_window_sees (ChatWindow *self,
                  ChatRoom   *room)
{
  g_return_val_if_fail (CHAT_IS_WINDOW (self), FALSE);

  if (!gtk_window_is_active (GTK_WINDOW (self)) || !chat_window_is_main (self))
    return FALSE;
  return room == NULL || (room == self->room && gtk_widget_get_mapped (GTK_WIDGET (self->conversation))
                          && chat_conversation_get_follows (self->conversation));
}

void
chat_window_find_room (ChatWindow *self,
                       const char *text)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));

  if (!chat_window_is_main (self))
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
  chat_room_list_view_start_search (self->room_list_view, text);
}

void
chat_window_search (ChatWindow *self)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));

  if (!chat_window_is_main (self) || self->room == NULL)
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  chat_conversation_start_search (self->conversation);
}

void
chat_window_show_files (ChatWindow *self)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));

  if (chat_window_is_main (self) && self->room != NULL)
    chat_conversation_show_files (self->conversation);
}

void
chat_window_step_room (ChatWindow *self,
                       int         step,
                       gboolean    unread)
{
  ChatRoom *room;

  g_return_if_fail (CHAT_IS_WINDOW (self));

  if (!chat_window_is_main (self))
    return;
  room = chat_room_list_view_get_neighbour (self->room_list_view, step, unread);
  if (room != NULL)
    chat_window_open_room (self, room);
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

void
chat_window_mark_unread (ChatWindow *self,
                         ChatRoom   *room)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  if (room == self->room)
    {
      chat_window_close_room (self);
      chat_room_list_view_focus_list (self->room_list_view);
    }
  chat_room_set_marked_unread (room, TRUE);
}

void
chat_window_set_loading (ChatWindow *self,
                         gboolean    loading)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));

  self->loading = loading;
  chat_window_update_page (self);
}

void
chat_window_fill_sign_in (ChatWindow *self,
                          const char *server,
                          gboolean    insecure,
                          const char *login)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));

  chat_sign_in_page_fill (self->sign_in_page, server, insecure, login);
  if (!self->loading && !chat_window_is_main (self))
    chat_sign_in_page_focus (self->sign_in_page);
}

void
chat_window_try_sign_in (ChatWindow *self,
                         const char *server,
                         gboolean    insecure,
                         const char *login,
                         const char *password)
{
  g_return_if_fail (CHAT_IS_WINDOW (self));

  chat_sign_in_page_try (self->sign_in_page, server, insecure, login, password);
}

gboolean
chat_window_get_signing_in (ChatWindow *self)
{
  g_return_val_if_fail (CHAT_IS_WINDOW (self), FALSE);

  return chat_sign_in_page_get_busy (self->sign_in_page);
}

static void
on_leaflet_notify (ChatWindow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back",
                                 adw_leaflet_get_folded (self->leaflet)
                                 && adw_leaflet_get_visible_child (self->leaflet) == self->content);
}

static void
chat_window_unmap (GtkWidget *widget)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  int width;
  int height;

  /* GTK keeps the size of a window that is not maximized as its default size. */
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (self->settings, "window-maximized", maximized);
  if (width > 0 && height > 0)
    {
      g_settings_set_int (self->settings, "window-width", CLAMP (width, MIN_WIDTH, MAX_SIZE));
      g_settings_set_int (self->settings, "window-height", CLAMP (height, MIN_HEIGHT, MAX_SIZE));
    }

  GTK_WIDGET_CLASS (chat_window_parent_class)->unmap (widget);
}

GtkWidget *
chat_window_new (GtkApplication *application,
                 ChatSession    *session,
                 GSettings      *settings)
{
  ChatWindow *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (CHAT_TYPE_WINDOW, "application", application, NULL);
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));

  chat_sign_in_page_set_session (self->sign_in_page, session);
  chat_connection_banner_set_session (self->sidebar_banner, session);
  chat_connection_banner_set_session (self->content_banner, session);
  chat_room_list_view_set_rooms (self->room_list_view, chat_session_get_rooms (session));
  chat_conversation_set_session (self->conversation, session);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_state_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::login", G_CALLBACK (chat_window_update_titles), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::server", G_CALLBACK (chat_window_update_titles), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "room-removed", G_CALLBACK (on_room_removed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notice", G_CALLBACK (chat_window_say_notice), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chat_session_get_rooms (session), "notify::loaded", G_CALLBACK (on_rooms_loaded), self,
                           G_CONNECT_SWAPPED);
  on_state_notify (self);
  if (chat_session_get_state (session) != CHAT_SESSION_SIGNED_OUT)
    restore_room (self);
  return GTK_WIDGET (self);
}

static void
chat_window_dispose (GObject *object)
{
  ChatWindow *self = CHAT_WINDOW (object);

  g_clear_handle_id (&self->title_timer, g_source_remove);
  g_clear_handle_id (&self->focus_idle, g_source_remove);
  if (self->room_signals != NULL)
    g_signal_group_set_target (self->room_signals, NULL);
  g_clear_object (&self->room_signals);
  g_clear_object (&self->room);
  g_clear_weak_pointer (&self->delete_dialog);
  g_clear_weak_pointer (&self->removed_toast);
  g_clear_object (&self->delete_room);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chat_window_parent_class)->dispose (object);
}

static void
chat_window_finalize (GObject *object)
{
  g_clear_object (&CHAT_WINDOW (object)->settings);

  G_OBJECT_CLASS (chat_window_parent_class)->finalize (object);
}

static void
chat_window_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ChatWindow *self = CHAT_WINDOW (object);

  switch (prop_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_window_class_init (ChatWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_window_dispose;
  object_class->finalize = chat_window_finalize;
  object_class->get_property = chat_window_get_property;
  widget_class->unmap = chat_window_unmap;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CHAT_TYPE_ROOM,
                                               G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CHAT_TYPE_CONNECTION_BANNER);
  g_type_ensure (CHAT_TYPE_CONVERSATION);
  g_type_ensure (CHAT_TYPE_NOTICE_BAR);
  g_type_ensure (CHAT_TYPE_ROOM_LIST_VIEW);
  g_type_ensure (CHAT_TYPE_SIGN_IN_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, notice_bar);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, loading_spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, cancel_sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, sign_in_page);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, account_title);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, sidebar_banner);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, room_list_view);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, content);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, room_title);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, room_menu_button);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, content_banner);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, content_stack);
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, conversation);
  gtk_widget_class_bind_template_callback (widget_class, on_signed_in);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_busy);
  gtk_widget_class_bind_template_callback (widget_class, on_leaflet_notify);

  chat_window_install_actions (widget_class);
}

static void
chat_window_init (ChatWindow *self)
{
  static const char *const shown[] = { "notify::name", "notify::typing", "notify::presence", "notify::last-seen" };

  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_complete (GTK_WIDGET (self));
  chat_window_watch_focus (self);

  self->room_signals = g_signal_group_new (CHAT_TYPE_ROOM);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    g_signal_group_connect_swapped (self->room_signals, shown[i], G_CALLBACK (chat_window_update_titles), self);
  chat_accessible_follow_stack (self->stack);
  chat_toast_watch (GTK_WIDGET (self->toast_overlay));
  chat_accessible_follow_stack (self->content_stack);
  chat_accessible_follow_map (self->sidebar);
  chat_accessible_follow_map (self->content);
  gtk_window_set_icon_name (GTK_WINDOW (self), APP_ID);
  on_leaflet_notify (self);
}
