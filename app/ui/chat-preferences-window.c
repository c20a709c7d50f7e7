/* chat-preferences-window.c: what a person can set, and their account
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-preferences-window.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-devices-group.h"
#include "chat-password-dialog.h"
#include "chat-toast.h"

struct _ChatPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  ChatSession *session;

  AdwComboRow *color_scheme_row;
  GtkSwitch *notifications_switch;
  AdwActionRow *notification_text_row;
  GtkSwitch *notification_text_switch;
  AdwPreferencesGroup *download_group;
  AdwComboRow *download_images_row;
  AdwComboRow *download_files_row;
  GtkWidget *search_group;
  GtkSwitch *search_switch;
  AdwPreferencesPage *general_page;
  AdwPreferencesPage *privacy_page;
  AdwPreferencesGroup *privacy_group;
  AdwActionRow *receipts_row;
  GtkSwitch *receipts_switch;
  AdwActionRow *typing_row;
  GtkSwitch *typing_switch;
  AdwActionRow *presence_row;
  GtkSwitch *presence_switch;
  AdwPreferencesPage *account_page;
  AdwActionRow *login_row;
  AdwActionRow *server_row;
  AdwActionRow *encryption_row;
  GtkImage *encryption_image;
  AdwActionRow *password_row;
  ChatDevicesGroup *devices_group;
};

G_DEFINE_FINAL_TYPE (ChatPreferencesWindow, chat_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

/* The order of the rows is that of the enumeration in the schema. */
static gboolean
color_scheme_from_setting (GValue   *value,
                           GVariant *variant,
                           gpointer  user_data)
{
  const char *scheme = g_variant_get_string (variant, NULL);

  g_value_set_uint (value, g_str_equal (scheme, "light") ? 1 : g_str_equal (scheme, "dark") ? 2 : 0);
  return TRUE;
}

static GVariant *
color_scheme_to_setting (const GValue       *value,
                         const GVariantType *type,
                         gpointer            user_data)
{
  guint selected = g_value_get_uint (value);

  return g_variant_new_string (selected == 1 ? "light" : selected == 2 ? "dark" : "follow");
}

/* Automatic download: the order of the rows */
static const gint64 download_limits[] = { 0, 1 << 20, 10 << 20, 100 << 20, -1 };

static gboolean
download_from_setting (GValue   *value,
                       GVariant *variant,
                       gpointer  user_data)
{
  gint64 limit = g_variant_get_int64 (variant);
  guint selected = limit < 0 ? G_N_ELEMENTS (download_limits) - 1 : 0;

  /* One that was set by other means is shown as the next lower */
  for (guint i = 0; limit >= 0 && i + 1 < G_N_ELEMENTS (download_limits); i++)
    if (limit >= download_limits[i])
      selected = i;
  g_value_set_uint (value, selected);
  return TRUE;
}

static GVariant *
download_to_setting (const GValue       *value,
                     const GVariantType *type,
                     gpointer            user_data)
{
  guint selected = g_value_get_uint (value);

  return selected < G_N_ELEMENTS (download_limits) ? g_variant_new_int64 (download_limits[selected]) : NULL;
}

/* Privacy */

/* @told: what others are told; @ability: of the server */
static void
update_switch (ChatPreferencesWindow *self,
               AdwActionRow          *row,
               GtkSwitch             *button,
               gboolean               value,
               guint                  ability,
               const char            *told)
{
  gboolean online = chat_session_get_state (self->session) == CHAT_SESSION_ONLINE;
  gboolean able = (chat_session_get_abilities (self->session) & ability) != 0;
  const char *words = able ? told : online ? _("This server does not tell it to anybody") : _("Shown when there is a connection");

  if (gtk_switch_get_active (button) != value)
    gtk_switch_set_active (button, value);
  gtk_widget_set_sensitive (GTK_WIDGET (row), able);
  adw_action_row_set_subtitle (row, words);
}

static void
update_privacy (ChatPreferencesWindow *self)
{
  gboolean online = chat_session_get_state (self->session) == CHAT_SESSION_ONLINE;

  update_switch (self, self->receipts_row, self->receipts_switch, chat_session_get_sends_receipts (self->session),
                 CHAT_SESSION_CAN_TELL_RECEIPTS, _("Others see whether their messages reached you, and how far you have read"));
  update_switch (self, self->typing_row, self->typing_switch, chat_session_get_sends_typing (self->session),
                 CHAT_SESSION_CAN_TELL_TYPING, _("Others see that you are writing to them"));
  update_switch (self, self->presence_row, self->presence_switch, chat_session_get_sends_presence (self->session),
                 CHAT_SESSION_CAN_TELL_PRESENCE, _("Others see whether you are online, and when you were last"));
  adw_preferences_group_set_description (self->privacy_group,
                                         !online && chat_session_get_settings_waiting (self->session)
                                           ? _("The server is told of your changes when there is a connection.")
                                           : _("These hold for all your devices."));
}

static void
on_receipts_notify (ChatPreferencesWindow *self)
{
  if (self->session != NULL)
    chat_session_set_sends_receipts (self->session, gtk_switch_get_active (self->receipts_switch));
}

static void
on_typing_notify (ChatPreferencesWindow *self)
{
  if (self->session != NULL)
    chat_session_set_sends_typing (self->session, gtk_switch_get_active (self->typing_switch));
}

static void
on_presence_notify (ChatPreferencesWindow *self)
{
  if (self->session != NULL)
    chat_session_set_sends_presence (self->session, gtk_switch_get_active (self->presence_switch));
}

/* Account */

static void
on_toast (ChatPreferencesWindow *self,
          const char            *words)
{
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), chat_toast_new (words));
}

static void
on_password_changed (ChatPreferencesWindow *self)
{
  on_toast (self, _("The password is changed"));
  chat_devices_group_refresh (self->devices_group);
}

static void
on_password_activated (ChatPreferencesWindow *self)
{
  GtkWidget *dialog = chat_password_dialog_new (GTK_WINDOW (self), self->session);

  g_signal_connect_object (dialog, "password-changed", G_CALLBACK (on_password_changed), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Closed first: the question belongs to the main window. */
static void
on_sign_out_clicked (ChatPreferencesWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  GtkApplication *application = parent != NULL ? gtk_window_get_application (parent) : NULL;

  gtk_window_close (GTK_WINDOW (self));
  if (application != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (application), "sign-out", NULL);
}

static void
update_account (ChatPreferencesWindow *self)
{
  const char *login = chat_session_get_login (self->session);
  const char *server = chat_session_get_server (self->session);
  gboolean insecure = chat_session_get_insecure (self->session);
  ChatSessionState state = chat_session_get_state (self->session);
  gboolean able = (chat_session_get_abilities (self->session) & CHAT_SESSION_CAN_REMEMBER) != 0;
  gboolean online = state == CHAT_SESSION_ONLINE;

  /* A page that cannot be reached is better than one that says nothing. */
  gtk_widget_set_visible (GTK_WIDGET (self->account_page), state != CHAT_SESSION_SIGNED_OUT);
  gtk_widget_set_visible (GTK_WIDGET (self->privacy_page), state != CHAT_SESSION_SIGNED_OUT);
  gtk_widget_set_visible (GTK_WIDGET (self->download_group),
                          state != CHAT_SESSION_SIGNED_OUT && (chat_session_get_abilities (self->session) & CHAT_SESSION_CAN_ATTACH) != 0);
  if (state == CHAT_SESSION_SIGNED_OUT)
    return;
  adw_action_row_set_subtitle (self->login_row, login != NULL ? login : "");
  adw_action_row_set_subtitle (self->server_row, server != NULL ? server : "");
  adw_action_row_set_subtitle (self->encryption_row, insecure ? _("Not encrypted") : _("Encrypted (TLS)"));
  gtk_image_set_from_icon_name (self->encryption_image,
                                insecure ? "channel-insecure-symbolic" : "channel-secure-symbolic");
  gtk_widget_set_sensitive (GTK_WIDGET (self->password_row), online && able);
  adw_action_row_set_subtitle (self->password_row, !online ? _("Needs a connection")
                                                   : !able ? _("This server can not do that.")
                                                           : _("Signs out all your other devices"));
  update_privacy (self);
}

GtkWidget *
chat_preferences_window_new (GtkWindow   *parent,
                             GSettings   *settings,
                             ChatSession *session)
{
  static const char *const account_signals[] = { "notify::state", "notify::abilities", "notify::sends-receipts",
                                                 "notify::sends-typing", "notify::sends-presence", "notify::settings-waiting" };
  ChatPreferencesWindow *self;
  g_autofree char *path = NULL;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);

  self = g_object_new (CHAT_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  g_settings_bind_with_mapping (settings, "color-scheme", self->color_scheme_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                color_scheme_from_setting, color_scheme_to_setting, NULL, NULL);
  g_settings_bind_with_mapping (settings, "auto-download-images", self->download_images_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                download_from_setting, download_to_setting, NULL, NULL);
  g_settings_bind_with_mapping (settings, "auto-download-files", self->download_files_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                download_from_setting, download_to_setting, NULL, NULL);
  g_settings_bind (settings, "search-messages", self->search_switch, "active", G_SETTINGS_BIND_DEFAULT);
  /* The desktop asks one profile alone: that which it can start */
  g_object_get (settings, "path", &path, NULL);
  gtk_widget_set_visible (self->search_group, g_str_has_suffix (path, "/default/"));
  g_settings_bind (settings, "notifications", self->notifications_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notification-text", self->notification_text_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notifications", self->notification_text_row, "sensitive", G_SETTINGS_BIND_GET);
  /* Running in the background has to be asked for: the application does, and its actions tell what is granted */
  if (parent != NULL && gtk_window_get_application (parent) != NULL)
    gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (gtk_window_get_application (parent)));
  chat_devices_group_set_session (self->devices_group, session);
  for (guint i = 0; i < G_N_ELEMENTS (account_signals); i++)
    g_signal_connect_object (session, account_signals[i], G_CALLBACK (update_account), self, G_CONNECT_SWAPPED);
  /* Said here too: the main window is behind this one. */
  g_signal_connect_object (session, "notice", G_CALLBACK (on_toast), self, G_CONNECT_SWAPPED);
  update_account (self);
  return GTK_WIDGET (self);
}

static void
chat_preferences_window_dispose (GObject *object)
{
  ChatPreferencesWindow *self = CHAT_PREFERENCES_WINDOW (object);

  /* libadwaita 1.2 keeps the pages of a window that has gone. */
  if (self->session != NULL)
    chat_devices_group_set_session (self->devices_group, NULL);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chat_preferences_window_parent_class)->dispose (object);
}

static void
chat_preferences_window_class_init (ChatPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_preferences_window_dispose;

  g_type_ensure (CHAT_TYPE_DEVICES_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, color_scheme_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, notifications_switch);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, notification_text_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, notification_text_switch);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, download_group);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, download_images_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, download_files_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, search_group);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, search_switch);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, general_page);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, privacy_page);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, privacy_group);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, receipts_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, receipts_switch);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, typing_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, typing_switch);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, presence_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, presence_switch);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, account_page);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, login_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, server_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, encryption_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, encryption_image);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, password_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, devices_group);
  gtk_widget_class_bind_template_callback (widget_class, on_receipts_notify);
  gtk_widget_class_bind_template_callback (widget_class, on_typing_notify);
  gtk_widget_class_bind_template_callback (widget_class, on_presence_notify);
  gtk_widget_class_bind_template_callback (widget_class, on_password_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_toast);
}

static void
chat_preferences_window_init (ChatPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_follow_map (GTK_WIDGET (self->general_page));
  chat_accessible_follow_map (GTK_WIDGET (self->privacy_page));
  chat_accessible_follow_map (GTK_WIDGET (self->account_page));
  chat_toast_watch (GTK_WIDGET (self));
}
