/* chat-application-desktop.c: notifications, and running without a window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-application-private.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <malloc.h>

#include "chat-compat.h"
#include "chat-preferences-window.h"
#include "chat-toast.h"

/* So long a program that was started for a mark stays, so that the server hears of it (seconds); else it does with the next start */
#define MARK_LINGER_S 15
/* Marks that wait for the account */
#define MAX_MARKS 100

typedef struct
{
  char *server;
  char *login;
  gint64 room_id;
  gint64 message_id;
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_free (mark->server);
  g_free (mark->login);
  g_free (mark);
}

/* Read marks from notifications */

void
chat_application_try_marks (ChatApplication *self)
{
  g_autoptr (GPtrArray) marks = NULL;

  if (self->marks == NULL || self->restoring)
    return;
  marks = g_steal_pointer (&self->marks);
  for (guint i = 0; i < marks->len; i++)
    {
      const Mark *mark = marks->pdata[i];
      ChatRoom *room = NULL;

      if (chat_session_get_state (self->session) != CHAT_SESSION_SIGNED_OUT
          && g_ascii_strcasecmp (chat_session_get_server (self->session), mark->server) == 0
          && g_ascii_strcasecmp (chat_session_get_login (self->session), mark->login) == 0)
        room = chat_room_list_lookup (chat_session_get_rooms (self->session), mark->room_id);
      if (room == NULL)
        continue;
      chat_room_set_marked_unread (room, FALSE);
      chat_session_mark_read (self->session, room, mark->message_id);
    }
}

static gboolean
on_linger_over (gpointer user_data)
{
  ChatApplication *self = user_data;

  self->linger_timer = 0;
  g_application_release (G_APPLICATION (self));
  return G_SOURCE_REMOVE;
}

static void
linger (ChatApplication *self)
{
  if (self->linger_timer == 0)
    g_application_hold (G_APPLICATION (self));
  g_clear_handle_id (&self->linger_timer, g_source_remove);
  self->linger_timer = g_timeout_add_seconds (MARK_LINGER_S, on_linger_over, self);
}

static void
mark_room_read_action (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       user_data)
{
  ChatApplication *self = user_data;
  Mark *mark;

  linger (self);
  chat_application_restore (self);
  if (self->marks == NULL)
    self->marks = g_ptr_array_new_with_free_func (mark_free);
  if (self->marks->len >= MAX_MARKS)
    return;
  mark = g_new0 (Mark, 1);
  g_variant_get (parameter, "(ssxx)", &mark->server, &mark->login, &mark->room_id, &mark->message_id);
  g_ptr_array_add (self->marks, mark);
  chat_application_try_marks (self);
}

static void
show_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  chat_application_show (user_data);
}

static gboolean
sees (ChatRoom *room,
      gpointer  user_data)
{
  ChatApplication *self = user_data;

  return self->window != NULL && chat_window_sees (CHAT_WINDOW (self->window), room);
}

/* The background */

/* In the window that the person has before them */
static void
say (ChatApplication *self,
     const char      *words)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *one = toplevels; one != NULL; one = one->next)
    if (CHAT_IS_PREFERENCES_WINDOW (one->data) && gtk_widget_get_visible (one->data))
      {
        adw_preferences_window_add_toast (one->data, chat_toast_new (words));
        return;
      }
  if (self->window != NULL)
    chat_window_toast (CHAT_WINDOW (self->window), words);
}

static void
update_background_actions (ChatApplication *self)
{
  GAction *run = g_action_map_lookup_action (G_ACTION_MAP (self), "run-in-background");
  GAction *start = g_action_map_lookup_action (G_ACTION_MAP (self), "start-at-login");
  gboolean runs = g_settings_get_boolean (self->settings, "run-in-background");

  g_simple_action_set_state (G_SIMPLE_ACTION (run), g_variant_new_boolean (runs));
  g_simple_action_set_state (G_SIMPLE_ACTION (start),
                             g_variant_new_boolean (runs && g_settings_get_boolean (self->settings, "start-at-login")));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (run), !self->asking);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (start), runs && !self->asking);
}

static void
on_background_answered (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr (ChatApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean close = self->close_wanted;

  self->asking = self->close_wanted = FALSE;
  chat_background_request_finish (CHAT_BACKGROUND (source), result, &error);
  update_background_actions (self);
  if (g_error_matches (error, CHAT_BACKGROUND_ERROR, CHAT_BACKGROUND_ERROR_REFUSED))
    say (self, _("The system does not allow Chat to run in the background"));
  else if (g_error_matches (error, CHAT_BACKGROUND_ERROR, CHAT_BACKGROUND_ERROR_NO_AUTOSTART))
    say (self, _("The system can not start Chat at login"));
  else if (error != NULL)
    {
      g_message ("The file that starts the program at login: %s", error->message);
      say (self, _("Starting at login could not be changed"));
    }
  if (close && self->window != NULL && g_settings_get_boolean (self->settings, "run-in-background"))
    gtk_window_close (GTK_WINDOW (self->window));
}

static void
ask_background (ChatApplication *self,
                gboolean         background,
                gboolean         autostart)
{
  if (self->asking)
    return;
  self->asking = TRUE;
  update_background_actions (self);
  chat_background_request_async (self->background, self->window != NULL ? GTK_WINDOW (self->window) : NULL, background, autostart,
                                 on_background_answered, g_object_ref (self));
}

/* The state follows what is granted */
static void
change_run (GSimpleAction *action,
            GVariant      *value,
            gpointer       user_data)
{
  ChatApplication *self = user_data;

  ask_background (self, g_variant_get_boolean (value), g_settings_get_boolean (self->settings, "start-at-login"));
}

static void
change_start (GSimpleAction *action,
              GVariant      *value,
              gpointer       user_data)
{
  ask_background (user_data, TRUE, g_variant_get_boolean (value));
}

static void
on_close_response (ChatApplication *self,
                   const char      *response)
{
  if (self->window == NULL)
    return;
  if (g_str_equal (response, "background"))
    {
      self->close_wanted = TRUE;
      ask_background (self, TRUE, g_settings_get_boolean (self->settings, "start-at-login"));
    }
  else if (g_str_equal (response, "quit"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "quit", NULL);
}

/* Said once: with the first window that is closed while there is something to receive */
static gboolean
on_close_request (ChatApplication *self)
{
  GtkWidget *dialog;

  if (chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT
      || g_settings_get_boolean (self->settings, "run-in-background")
      || g_settings_get_boolean (self->settings, "background-explained"))
    return GDK_EVENT_PROPAGATE;

  g_settings_set_boolean (self->settings, "background-explained", TRUE);
  dialog = chat_compat_message_dialog_new (GTK_WINDOW (self->window), _("Keep Receiving Messages?"),
                                           _("Without a window, Chat can go on in the background and tell you of new messages. "
                                             "Quit (Ctrl+Q) always ends it. You can change this in the preferences."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "quit", _("_Quit"),
                                    "background", _("_Run in Background"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "background", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "background");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), self, G_CONNECT_SWAPPED);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
  return GDK_EVENT_STOP;
}

/* What the window had is free, but only the allocator knows of it */
static gboolean
on_window_gone (gpointer user_data)
{
  ChatApplication *self = user_data;

  self->trim_idle = 0;
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

static void
on_notice (ChatApplication *self,
           const char      *words)
{
  if (self->window != NULL)
    return;
  g_free (self->notice);
  self->notice = g_strdup (words);
}

void
chat_application_window_made (ChatApplication *self)
{
  g_autofree char *notice = g_steal_pointer (&self->notice);

  if (notice != NULL)
    chat_window_say_notice (CHAT_WINDOW (self->window), notice);
  g_signal_connect_object (self->window, "close-request", G_CALLBACK (on_close_request), self, G_CONNECT_SWAPPED);
}

void
chat_application_window_gone (ChatApplication *self)
{
  if (self->trim_idle == 0)
    self->trim_idle = g_idle_add (on_window_gone, self);
}

static gboolean
on_signal (gpointer user_data)
{
  g_action_group_activate_action (G_ACTION_GROUP (user_data), "quit", NULL);
  return G_SOURCE_CONTINUE;
}

void
chat_application_begin_desktop (ChatApplication *self)
{
  static const GActionEntry actions[] = {
    { "mark-room-read", mark_room_read_action, "(ssxx)" },
    { "show", show_action },
    { "run-in-background", NULL, NULL, "false", change_run },
    { "start-at-login", NULL, NULL, "false", change_start },
  };
  static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
  g_autofree char *escaped = g_strdelimit (g_strdup (self->profile), "_", '%');
  g_autofree char *profile = g_uri_unescape_string (escaped, NULL);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->notifier = chat_notifier_new (G_APPLICATION (self), self->session, self->settings, self->profile, sees, self);
  self->background = chat_background_new (G_APPLICATION (self), self->session, self->settings,
                                          g_str_equal (self->profile, CHAT_DEFAULT_PROFILE) ? NULL : profile);
  g_signal_connect_object (self->settings, "changed::run-in-background", G_CALLBACK (update_background_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::start-at-login", G_CALLBACK (update_background_actions), self,
                           G_CONNECT_SWAPPED);
  update_background_actions (self);
  g_signal_connect_object (self->session, "notice", G_CALLBACK (on_notice), self, G_CONNECT_SWAPPED);
  /* The session of the desktop ends: what waits is written as by Quit */
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    self->signal_sources[i] = g_unix_signal_add (signals[i], on_signal, self);
  /* Started as a service, by a notification or a search, it may as well stay */
  if ((g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_IS_SERVICE) != 0
      && g_settings_get_boolean (self->settings, "run-in-background"))
    chat_application_restore (self);
}

void
chat_application_end_desktop (ChatApplication *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  g_clear_handle_id (&self->linger_timer, g_source_remove);
  g_clear_handle_id (&self->trim_idle, g_source_remove);
  g_clear_pointer (&self->marks, g_ptr_array_unref);
  g_clear_pointer (&self->notice, g_free);
  if (self->background != NULL)
    chat_background_end (self->background);
  g_clear_object (&self->background);
  g_clear_object (&self->notifier);
}
