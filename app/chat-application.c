/* chat-application.c: puts the layers together; what the keyboard and the menus ask for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-application-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "chat-about.h"
#include "chat-notification-service.h"
#include "chat-session-media.h"
#include "chat-style.h"

#define MAX_PROFILE_SIZE 64
#define MAX_PASSWORD_SIZE 1024

G_DEFINE_FINAL_TYPE (ChatApplication, chat_application, ADW_TYPE_APPLICATION)

GApplication *
chat_application_new (void)
{
  return g_object_new (CHAT_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/com/example/Chat",
                       "register-session", TRUE,
                       NULL);
}

char *
chat_application_encode_profile (const char *profile)
{
  GString *name;

  g_return_val_if_fail (profile != NULL, NULL);

  if (*profile == '\0' || strlen (profile) > MAX_PROFILE_SIZE || !g_utf8_validate (profile, -1, NULL))
    return NULL;
  name = g_string_new (NULL);
  for (const char *p = profile; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || *p == '-')
      g_string_append_c (name, *p);
    else
      g_string_append_printf (name, "_%02X", (guchar) *p);
  return g_string_free (name, FALSE);
}

/* Options */

/* Reads the first line. A password never stands on the command line, where every user of the computer can read it. */
static char *
read_password (const char  *path,
               GError     **error)
{
  gboolean is_stdin = g_str_equal (path, "-");
  int fd = is_stdin ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  char buffer[MAX_PASSWORD_SIZE + 2];
  gsize size = 0;
  gssize n = 0;
  int saved_errno;
  char *end;
  char *password = NULL;

  if (fd >= 0)
    {
      do
        {
          n = read (fd, buffer + size, sizeof buffer - size);
          if (n > 0)
            size += n;
        }
      while ((n > 0 && size < sizeof buffer && memchr (buffer, '\n', size) == NULL) || (n < 0 && errno == EINTR));
    }
  saved_errno = errno;
  if (fd >= 0 && !is_stdin)
    close (fd);

  if (fd < 0 || n < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno), "%s", g_strerror (saved_errno));
      return NULL;
    }
  end = memchr (buffer, '\n', size);
  if (end != NULL)
    size = end - buffer;
  if (size > 0 && buffer[size - 1] == '\r')
    size--;
  if (size == 0 || size > MAX_PASSWORD_SIZE || !g_utf8_validate (buffer, size, NULL))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 /* Translators: why a password could not be read from a file */
                 _("its first line is not a password"));
  else
    password = g_strndup (buffer, size);
  explicit_bzero (buffer, sizeof buffer);
  return password;
}

static void
free_password (ChatApplication *self)
{
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_clear_pointer (&self->password, g_free);
}

/* What nobody can mean is told here, to who wrote it. (What the desktop sends is told in the window.) */
static gboolean
check_arguments (GVariantDict *options)
{
  const char *server = NULL;
  g_autofree const char **links = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatUri) uri = NULL;

  if (g_variant_dict_lookup (options, "server", "&s", &server) && !chat_uri_server_is_valid (server))
    {
      g_printerr (_("“%s” is not the address of a server: HOST or HOST:PORT is one.\n"), server);
      return FALSE;
    }
  if (!g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &links) || links[0] == NULL)
    return TRUE;
  if (links[1] != NULL)
    {
      g_printerr (_("One link can be opened at a time.\n"));
      return FALSE;
    }
  uri = chat_uri_parse (links[0], &error);
  if (uri == NULL)
    g_printerr (_("“%s” is not a link that can be opened, such as %s.\n"), links[0], "chat://chat.example.com/person/anna");
  return uri != NULL;
}

/* Here, before the program is registered: the profile decides which instance it is, and only this process can read the
 * files that were named to it. */
static int
chat_application_handle_local_options (GApplication *application,
                                       GVariantDict *options)
{
  ChatApplication *self = CHAT_APPLICATION (application);
  const char *profile = NULL;
  const char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Chat %s\n", APP_VERSION);
      return 0;
    }
  if (!check_arguments (options))
    return 1;
  if (g_variant_dict_lookup (options, "profile", "&s", &profile) && !g_str_equal (profile, CHAT_DEFAULT_PROFILE))
    {
      g_autofree char *name = chat_application_encode_profile (profile);
      g_autofree char *id = NULL;

      if (name == NULL)
        {
          g_printerr (_("The name of a profile has 1 to %d bytes of UTF-8.\n"), MAX_PROFILE_SIZE);
          return 1;
        }
      g_free (self->profile);
      self->profile = g_steal_pointer (&name);
      id = g_strdup_printf ("%s.Profile_%s", APP_ID, self->profile);
      /* The shell of GNOME takes notifications by its own way only from programs that are installed by that very id. (A sandbox lets
       * nothing but the portal through) */
      if (!chat_desktop_uses_portal ())
        g_setenv ("GNOTIFICATION_BACKEND", "freedesktop", FALSE);
      g_application_set_application_id (application, id);
    }
  if (g_variant_dict_lookup (options, "password-file", "^&ay", &path))
    {
      if (!g_variant_dict_contains (options, "sign-in"))
        {
          g_printerr (_("--password-file is of use only with --sign-in.\n"));
          return 1;
        }
      self->password = read_password (path, &error);
      if (self->password == NULL)
        {
          g_printerr (_("No password could be read from “%s”: %s\n"), path, error->message);
          return 1;
        }
    }
  else if (g_variant_dict_contains (options, "sign-in"))
    {
      g_printerr (_("--sign-in needs --password-file.\n"));
      return 1;
    }
  return -1;
}

/* Starting */

static void
apply_color_scheme (ChatApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  int scheme = g_settings_get_enum (self->settings, "color-scheme");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[CLAMP (scheme, 0, 2)]);
}

static void
apply_auto_download (ChatApplication *self)
{
  chat_session_set_auto_download (self->session, g_settings_get_int64 (self->settings, "auto-download-images"),
                                  g_settings_get_int64 (self->settings, "auto-download-files"));
}

static void
set_enabled (ChatApplication *self,
             const char      *name,
             gboolean         enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), enabled);
}

static void
update_room_actions (ChatApplication *self)
{
  ChatRoom *room = self->window != NULL ? chat_window_get_room (CHAT_WINDOW (self->window)) : NULL;
  static const char *const names[] = { "search", "room-files", "delete-room", "pin-room", "mute-room", "mark-unread" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    set_enabled (self, names[i], room != NULL);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "pin-room")),
                             g_variant_new_boolean (room != NULL && chat_room_get_pinned (room)));
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "mute-room")),
                             g_variant_new_boolean (room != NULL && chat_room_get_muted (room)));
}

static void
follow_room (ChatApplication *self)
{
  g_signal_group_set_target (self->room_signals,
                             self->window != NULL ? chat_window_get_room (CHAT_WINDOW (self->window)) : NULL);
  update_room_actions (self);
}

static void
on_room_notify (ChatApplication *self)
{
  chat_application_errand_room_chosen (self);
  follow_room (self);
}

static void
on_window_destroy (ChatApplication *self)
{
  self->window = NULL;
  chat_application_window_gone (self);
  g_signal_group_set_target (self->room_signals, NULL);
  chat_application_drop_errand (self);
}

static void
on_state_notify (ChatApplication *self)
{
  ChatSessionState state = chat_session_get_state (self->session);
  gboolean signed_in = state != CHAT_SESSION_SIGNED_OUT;
  static const char *const names[] = { "new-conversation", "find-room", "next-room", "previous-room", "next-unread-room",
                                       "previous-unread-room", "sign-out" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    set_enabled (self, names[i], signed_in);
  set_enabled (self, "reconnect", state == CHAT_SESSION_WAITING || state == CHAT_SESSION_REFUSED);
  chat_application_try_errand (self);
}

static void
ensure_window (ChatApplication *self)
{
  if (self->window != NULL)
    return;
  /* From now on it is the window that keeps the program */
  g_application_set_inactivity_timeout (G_APPLICATION (self), 0);
  self->window = chat_window_new (GTK_APPLICATION (self), self->session, self->settings);
  g_signal_connect_object (self->window, "notify::room", G_CALLBACK (on_room_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "destroy", G_CALLBACK (on_window_destroy), self, G_CONNECT_SWAPPED);
  chat_window_set_loading (CHAT_WINDOW (self->window), self->restoring);
  chat_application_window_made (self);
  follow_room (self);
}

/* Returns: (transfer full) (nullable): why @server is not offered for signing in */
static char *
explain_other_server (ChatApplication *self,
                      const char      *server)
{
  const char *current = chat_session_get_server (self->session);

  if (chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT || current == NULL
      || g_ascii_strcasecmp (current, server) == 0)
    return NULL;
  return g_strdup_printf (/* Translators: a user name, and the addresses of two servers */
                          _("This profile is signed in as “%s” on %s: --server %s is of no use. Sign out first, or choose another "
                            "profile with --profile."),
                          chat_session_get_login (self->session), current, server);
}

static void
on_restored (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (ChatApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  /* Whatever was the matter, the sign-in page is the way on. */
  if (!chat_session_restore_finish (CHAT_SESSION (source), result, &error) && error != NULL)
    g_message ("The last session was not restored: %s", error->message);
  self->restoring = FALSE;
  if (self->server != NULL)
    {
      g_autofree char *words = explain_other_server (self, self->server);

      if (words != NULL)
        g_printerr ("%s\n", words);
      g_clear_pointer (&self->server, g_free);
    }
  if (self->window != NULL)
    chat_window_set_loading (CHAT_WINDOW (self->window), FALSE);
  chat_application_try_errand (self);
  chat_application_try_marks (self);
  g_application_release (G_APPLICATION (self));
}

void
chat_application_restore (ChatApplication *self)
{
  if (self->restored)
    return;
  self->restored = self->restoring = TRUE;
  if (self->window != NULL)
    chat_window_set_loading (CHAT_WINDOW (self->window), TRUE);
  g_application_hold (G_APPLICATION (self));
  chat_session_restore_async (self->session, NULL, on_restored, g_object_ref (self));
}

static void
start (ChatApplication *self,
       GVariantDict    *options,
       gboolean         is_remote)
{
  g_autofree char *server = g_settings_get_string (self->settings, "server");
  gboolean insecure = g_settings_get_boolean (self->settings, "insecure");
  gboolean signed_out = chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT;
  const char *value = NULL;

  if (options != NULL && g_variant_dict_lookup (options, "server", "&s", &value))
    {
      /* The choice for an unencrypted connection belongs to the server for which it was made. */
      if (!g_str_equal (value, server))
        insecure = FALSE;
      g_free (server);
      server = g_strdup (value);
    }
  if (options != NULL && g_variant_dict_contains (options, "insecure"))
    insecure = TRUE;
  value = NULL;
  if (options != NULL)
    g_variant_dict_lookup (options, "sign-in", "&s", &value);

  ensure_window (self);
  if (value != NULL && self->password != NULL && !is_remote)
    {
      self->restored = TRUE;
      chat_window_try_sign_in (CHAT_WINDOW (self->window), server, insecure, value, self->password);
      free_password (self);
    }
  else
    {
      gboolean given = options != NULL && g_variant_dict_contains (options, "server");

      /* The name that was signed in there last, where nothing else brings it back */
      if (signed_out && (!self->restored || given))
        chat_window_fill_sign_in (CHAT_WINDOW (self->window), server, insecure,
                                  g_strcmp0 (server, chat_session_get_server (self->session)) == 0
                                    ? chat_session_get_login (self->session) : NULL);
      if (given && !self->restored)
        {
          g_free (self->server);
          self->server = g_strdup (server);
        }
      chat_application_restore (self);
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
run_errand (ChatApplication *self,
            GVariantDict    *options)
{
  g_autofree const char **links = NULL;

  if (g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &links) && links[0] != NULL)
    chat_application_open_link (self, links[0]);
  else if (g_variant_dict_contains (options, "new-conversation"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "begin-conversation", NULL);
  else if (g_variant_dict_contains (options, "preferences"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "preferences", NULL);
}

static int
chat_application_command_line (GApplication            *application,
                               GApplicationCommandLine *command_line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  gboolean is_remote = g_application_command_line_get_is_remote (command_line);
  g_autofree char *words = NULL;
  const char *server;

  if (g_variant_dict_contains (options, "background"))
    {
      chat_application_restore (CHAT_APPLICATION (application));
      return 0;
    }
  start (CHAT_APPLICATION (application), options, is_remote);
  run_errand (CHAT_APPLICATION (application), options);
  if (is_remote && g_variant_dict_contains (options, "sign-in"))
    {
      g_application_command_line_printerr (command_line, "%s\n", _("This profile is running already: nobody was signed in."));
      return 1;
    }
  if (is_remote && g_variant_dict_lookup (options, "server", "&s", &server))
    {
      words = explain_other_server (CHAT_APPLICATION (application), server);
      if (words != NULL)
        {
          g_application_command_line_printerr (command_line, "%s\n", words);
          return 1;
        }
    }
  return 0;
}

void
chat_application_show (ChatApplication *self)
{
  start (self, NULL, TRUE);
}

static void
chat_application_activate (GApplication *application)
{
  chat_application_show (CHAT_APPLICATION (application));
}

/* Links, from the desktop */
static void
chat_application_open (GApplication  *application,
                       GFile        **files,
                       int            n_files,
                       const char    *hint)
{
  g_autofree char *uri = n_files > 0 ? g_file_get_uri (files[0]) : NULL;

  if (uri != NULL)
    chat_application_open_link (CHAT_APPLICATION (application), uri);
}

/* Actions */

/* A window that goes keeps its size; g_application_quit() alone would not tell it. */
static void
close_windows (ChatApplication *self)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    gtk_window_destroy (windows->data);
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  ChatApplication *self = user_data;

  close_windows (self);
  g_application_quit (G_APPLICATION (self));
}

static void
shortcuts_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  ChatApplication *self = user_data;
  g_autoptr (GtkBuilder) builder = NULL;
  GtkWindow *shortcuts;

  if (self->window == NULL)
    return;

  /* Made when it is asked for, and not as the window's help overlay: GTK 4.8 answers a screen reader that asks for a
   * window that has just closed with the last one there is, and fails if that was never shown. */
  builder = gtk_builder_new_from_resource ("/com/example/Chat/ui/chat-shortcuts.ui");
  shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));
  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (self->window));
  gtk_window_set_destroy_with_parent (shortcuts, TRUE);
  gtk_window_present (shortcuts);
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  ChatApplication *self = user_data;

  if (self->window != NULL)
    gtk_window_present (GTK_WINDOW (chat_about_window_new (GTK_WINDOW (self->window))));
}

static void
reconnect_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  ChatApplication *self = user_data;

  if (self->window != NULL)
    gtk_widget_activate_action (self->window, "win.resolve-connection", NULL);
}

/* Everything else is done by the window. */
static void
window_action (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  ChatApplication *self = user_data;
  const char *name = g_action_get_name (G_ACTION (action));
  ChatWindow *window;
  ChatRoom *room;

  if (self->window == NULL)
    return;
  window = CHAT_WINDOW (self->window);
  room = chat_window_get_room (window);

  if (g_str_equal (name, "new-conversation"))
    chat_window_new_conversation (window, NULL);
  else if (g_str_equal (name, "find-room"))
    chat_window_find_room (window, NULL);
  else if (g_str_equal (name, "search"))
    chat_window_search (window);
  else if (g_str_equal (name, "room-files"))
    chat_window_show_files (window);
  else if (g_str_equal (name, "next-room"))
    chat_window_step_room (window, 1, FALSE);
  else if (g_str_equal (name, "previous-room"))
    chat_window_step_room (window, -1, FALSE);
  else if (g_str_equal (name, "next-unread-room"))
    chat_window_step_room (window, 1, TRUE);
  else if (g_str_equal (name, "previous-unread-room"))
    chat_window_step_room (window, -1, TRUE);
  else if (g_str_equal (name, "next-pane"))
    chat_window_cycle_focus (window, 1);
  else if (g_str_equal (name, "previous-pane"))
    chat_window_cycle_focus (window, -1);
  else if (g_str_equal (name, "sign-out"))
    chat_window_sign_out (window);
  else if (room == NULL)
    return;
  else if (g_str_equal (name, "pin-room"))
    chat_session_set_room_pinned (self->session, room, !chat_room_get_pinned (room));
  else if (g_str_equal (name, "mute-room"))
    chat_session_set_room_muted (self->session, room, !chat_room_get_muted (room));
  else if (g_str_equal (name, "mark-unread"))
    chat_window_mark_unread (window, room);
  else if (g_str_equal (name, "delete-room"))
    chat_window_delete_room (window, room);
}

/* For a stateful action without parameter, "activate" alone would turn the state before the session has. */
static void
keep_state (GSimpleAction *action,
            GVariant      *state,
            gpointer       user_data)
{
}

static const GActionEntry actions[] = {
  { "quit", quit_action },
  { "shortcuts", shortcuts_action },
  { "about", about_action },
  { "reconnect", reconnect_action },
  { "new-conversation", window_action },
  { "find-room", window_action },
  { "search", window_action },
  { "room-files", window_action },
  { "next-room", window_action },
  { "previous-room", window_action },
  { "next-unread-room", window_action },
  { "previous-unread-room", window_action },
  { "next-pane", window_action },
  { "previous-pane", window_action },
  { "sign-out", window_action },
  { "pin-room", window_action, NULL, "false", keep_state },
  { "mute-room", window_action, NULL, "false", keep_state },
  { "mark-unread", window_action },
  { "delete-room", window_action },
};

static const struct
{
  const char *action;
  const char *accels[3];
} accels[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.shortcuts", { "<Control>question", "<Control>F1" } },
  { "app.reconnect", { "<Control>r" } },
  { "app.new-conversation", { "<Control>n" } },
  { "app.find-room", { "<Control>k" } },
  { "app.search", { "<Control>f" } },
  { "app.room-files", { "<Control>i" } },
  { "app.next-room", { "<Control>Page_Down" } },
  { "app.previous-room", { "<Control>Page_Up" } },
  { "app.next-unread-room", { "<Control><Shift>Page_Down" } },
  { "app.previous-unread-room", { "<Control><Shift>Page_Up" } },
  { "app.next-pane", { "F6" } },
  { "app.previous-pane", { "<Shift>F6" } },
  { "window.close", { "<Control>w" } },
};

static void
chat_application_startup (GApplication *application)
{
  ChatApplication *self = CHAT_APPLICATION (application);
  g_autofree char *path = g_strdup_printf ("/com/example/Chat/profiles/%s/", self->profile);
  g_autofree char *directory = g_build_filename (g_get_user_data_dir (), APP_ID, self->profile, NULL);

  G_APPLICATION_CLASS (chat_application_parent_class)->startup (application);

  self->settings = g_settings_new_with_path (APP_ID ".Profile", path);
  self->session = chat_session_new (directory, self->profile);
  g_signal_connect_object (self->settings, "changed::color-scheme", G_CALLBACK (apply_color_scheme), self,
                           G_CONNECT_SWAPPED);
  apply_color_scheme (self);
  g_signal_connect_object (self->settings, "changed::auto-download-images", G_CALLBACK (apply_auto_download), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::auto-download-files", G_CALLBACK (apply_auto_download), self,
                           G_CONNECT_SWAPPED);
  apply_auto_download (self);
  chat_style_follow_contrast ();
  gtk_window_set_default_icon_name (APP_ID);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  chat_application_add_errand_actions (self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           (const char *const *) accels[i].accels);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (on_state_notify), self, G_CONNECT_SWAPPED);
  on_state_notify (self);
  update_room_actions (self);
  chat_application_begin_desktop (self);
}

static void
chat_application_shutdown (GApplication *application)
{
  ChatApplication *self = CHAT_APPLICATION (application);

  chat_application_drop_errand (self);
  /* Where it was not Quit that ended the program */
  close_windows (self);
  chat_application_end_desktop (self);
  if (self->session != NULL)
    chat_session_close (self->session);
  g_settings_sync ();

  G_APPLICATION_CLASS (chat_application_parent_class)->shutdown (application);
}

static gboolean
chat_application_dbus_register (GApplication     *application,
                                GDBusConnection  *connection,
                                const char       *object_path,
                                GError          **error)
{
  ChatApplication *self = CHAT_APPLICATION (application);

  if (!G_APPLICATION_CLASS (chat_application_parent_class)->dbus_register (application, connection, object_path, error))
    return FALSE;
  return !g_str_equal (self->profile, CHAT_DEFAULT_PROFILE) || chat_application_export_search (self, connection, object_path, error);
}

static void
chat_application_dbus_unregister (GApplication    *application,
                                  GDBusConnection *connection,
                                  const char      *object_path)
{
  chat_application_unexport_search (CHAT_APPLICATION (application), connection);
  G_APPLICATION_CLASS (chat_application_parent_class)->dbus_unregister (application, connection, object_path);
}

static void
chat_application_finalize (GObject *object)
{
  ChatApplication *self = CHAT_APPLICATION (object);

  free_password (self);
  g_clear_weak_pointer (&self->link_dialog);
  g_free (self->server);
  g_clear_object (&self->room_signals);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_free (self->profile);

  G_OBJECT_CLASS (chat_application_parent_class)->finalize (object);
}

static void
chat_application_class_init (ChatApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = chat_application_finalize;
  application_class->handle_local_options = chat_application_handle_local_options;
  application_class->command_line = chat_application_command_line;
  application_class->activate = chat_application_activate;
  application_class->open = chat_application_open;
  application_class->startup = chat_application_startup;
  application_class->shutdown = chat_application_shutdown;
  application_class->dbus_register = chat_application_dbus_register;
  application_class->dbus_unregister = chat_application_dbus_unregister;
}

static void
chat_application_init (ChatApplication *self)
{
  /* Not static: the words are translated here, GApplication does it not. */
  const GOptionEntry options[] = {
    { "server", 's', 0, G_OPTION_ARG_STRING, NULL, _("The server to offer for signing in"), _("HOST[:PORT]") },
    { "insecure", 0, 0, G_OPTION_ARG_NONE, NULL, _("Connect to it without encryption"), NULL },
    { "profile", 'p', 0, G_OPTION_ARG_STRING, NULL, _("Use a profile of its own: account, settings and window"), _("NAME") },
    { "sign-in", 0, 0, G_OPTION_ARG_STRING, NULL, _("Sign in at once, for kiosks and tests"), _("USER") },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      _("Read the password for --sign-in from the first line of a file (“-” for the standard input)"), _("FILE") },
    { "new-conversation", 0, 0, G_OPTION_ARG_NONE, NULL, _("Find a person to begin a conversation with"), NULL },
    { "preferences", 0, 0, G_OPTION_ARG_NONE, NULL, _("Open the preferences"), NULL },
    { "background", 0, 0, G_OPTION_ARG_NONE, NULL, _("Start without a window, if running in the background is switched on"), NULL },
    { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, _("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, NULL },
    { NULL }
  };

  self->profile = g_strdup (CHAT_DEFAULT_PROFILE);
  self->room_signals = g_signal_group_new (CHAT_TYPE_ROOM);
  g_signal_group_connect_swapped (self->room_signals, "notify::pinned", G_CALLBACK (update_room_actions), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::muted", G_CALLBACK (update_room_actions), self);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  /* Translators: on the command line: a link to a person or a conversation, which may be left out */
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _("[LINK]"));
  g_application_set_option_context_summary (G_APPLICATION (self), _("A messenger for a group that wants its own server."));
}
