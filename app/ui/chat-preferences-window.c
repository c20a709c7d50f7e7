/* chat-preferences-window.c: what a person can set, and their account
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-preferences-window.h"

#include <glib/gi18n.h>

struct _ChatPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  ChatSession *session;

  AdwComboRow *color_scheme_row;
  AdwPreferencesPage *account_page;
  AdwActionRow *login_row;
  AdwActionRow *server_row;
  AdwActionRow *encryption_row;
  GtkImage *encryption_image;
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

static void
update_account (ChatPreferencesWindow *self)
{
  const char *login = chat_session_get_login (self->session);
  const char *server = chat_session_get_server (self->session);
  gboolean insecure = chat_session_get_insecure (self->session);

  if (chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT)
    {
      /* A page that cannot be reached is better than one that says nothing. */
      gtk_widget_set_visible (GTK_WIDGET (self->account_page), FALSE);
      return;
    }
  adw_action_row_set_subtitle (self->login_row, login != NULL ? login : "");
  adw_action_row_set_subtitle (self->server_row, server != NULL ? server : "");
  adw_action_row_set_subtitle (self->encryption_row, insecure ? _("Not encrypted") : _("Encrypted (TLS)"));
  gtk_image_set_from_icon_name (self->encryption_image,
                                insecure ? "channel-insecure-symbolic" : "channel-secure-symbolic");
}

GtkWidget *
chat_preferences_window_new (GtkWindow   *parent,
                             GSettings   *settings,
                             ChatSession *session)
{
  ChatPreferencesWindow *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);

  self = g_object_new (CHAT_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  g_settings_bind_with_mapping (settings, "color-scheme", self->color_scheme_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                color_scheme_from_setting, color_scheme_to_setting, NULL, NULL);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (update_account), self, G_CONNECT_SWAPPED);
  update_account (self);
  return GTK_WIDGET (self);
}

static void
chat_preferences_window_dispose (GObject *object)
{
  g_clear_object (&CHAT_PREFERENCES_WINDOW (object)->session);

  G_OBJECT_CLASS (chat_preferences_window_parent_class)->dispose (object);
}

static void
chat_preferences_window_class_init (ChatPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_preferences_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, color_scheme_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, account_page);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, login_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, server_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, encryption_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPreferencesWindow, encryption_image);
}

static void
chat_preferences_window_init (ChatPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
