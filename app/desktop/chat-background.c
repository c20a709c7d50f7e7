/* chat-background.c: running without a window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-background.h"

#include <glib/gi18n.h>
#ifdef HAVE_LIBPORTAL
#include <libportal-gtk4/portal-gtk4.h>
#endif

#include "chat-autostart.h"
#include "chat-notification-service.h"

G_DEFINE_QUARK (chat-background-error-quark, chat_background_error)

struct _ChatBackground
{
  GObject parent_instance;

  GApplication *application;    /* not owned */
  ChatSession *session;
  GSettings *settings;
  char *id;                     /* of the application */
  char *profile;                /* (nullable) */
  gboolean holding;
  gboolean ended;
};

G_DEFINE_FINAL_TYPE (ChatBackground, chat_background, G_TYPE_OBJECT)

typedef struct
{
  GtkWindow *parent;      /* (nullable) */
  gboolean background;
  gboolean autostart;
  char *id;               /* for the thread */
  char *profile;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_object (&request->parent);
  g_free (request->id);
  g_free (request->profile);
  g_free (request);
}

static void
update_hold (ChatBackground *self)
{
  gboolean hold = !self->ended && g_settings_get_boolean (self->settings, "run-in-background")
                  && chat_session_get_state (self->session) != CHAT_SESSION_SIGNED_OUT;

  if (hold == self->holding)
    return;
  self->holding = hold;
  if (hold)
    g_application_hold (self->application);
  else
    g_application_release (self->application);
}

static void
end_request (GTask  *task,
             GError *error)
{
  ChatBackground *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  gboolean background = request->background;
  gboolean autostart = request->autostart;

  if (error != NULL)
    {
      background = background && g_error_matches (error, CHAT_BACKGROUND_ERROR, CHAT_BACKGROUND_ERROR_NO_AUTOSTART);
      /* What could not be removed is still there */
      autostart = error->domain == G_FILE_ERROR && !autostart && g_settings_get_boolean (self->settings, "start-at-login");
      if (error->domain == G_FILE_ERROR)
        background = request->background;
    }
  g_settings_set_boolean (self->settings, "run-in-background", background);
  g_settings_set_boolean (self->settings, "start-at-login", autostart);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* The autostart file */

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Request *request = data;
  g_autofree char *program = NULL;
  GError *error = NULL;
  gboolean done;

  if (!request->autostart)
    done = chat_autostart_remove (request->id, &error);
  else
    {
      program = g_file_read_link ("/proc/self/exe", &error);
      done = program != NULL && chat_autostart_write (request->id, program, request->profile, &error);
    }
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  end_request (task, error);
}

static void
write_file (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (GTask) writing = g_task_new (g_task_get_source_object (task), NULL, on_written, g_object_ref (task));
  Request *copy = g_new0 (Request, 1);

  copy->autostart = request->autostart;
  copy->id = g_strdup (request->id);
  copy->profile = g_strdup (request->profile);
  g_task_set_task_data (writing, copy, request_free);
  g_task_run_in_thread (writing, write_in_thread);
}

/* The portal */

#ifdef HAVE_LIBPORTAL
static void
on_portal_answer (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (xdp_portal_request_background_finish (XDP_PORTAL (source), result, &error) || !request->background)
    end_request (task, NULL);
  else
    {
      g_message ("The portal does not allow to run in the background: %s", error != NULL ? error->message : "no reason");
      end_request (task, g_error_new_literal (CHAT_BACKGROUND_ERROR, CHAT_BACKGROUND_ERROR_REFUSED, "Refused"));
    }
}

static void
ask_portal (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (XdpPortal) portal = xdp_portal_new ();
  XdpParent *parent = request->parent != NULL ? xdp_parent_new_gtk (request->parent) : NULL;
  g_autoptr (GPtrArray) command = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (command, g_strdup (APP_ID));
  if (request->profile != NULL)
    {
      g_ptr_array_add (command, g_strdup ("--profile"));
      g_ptr_array_add (command, g_strdup (request->profile));
    }
  g_ptr_array_add (command, g_strdup ("--background"));
  xdp_portal_request_background (portal, parent,
                                 /* Translators: why the app asks the system to be allowed to run without a window */
                                 (char *) _("Chat stays connected while its window is closed, and tells you of new messages."),
                                 command, request->autostart ? XDP_BACKGROUND_FLAG_AUTOSTART : XDP_BACKGROUND_FLAG_NONE,
                                 NULL, on_portal_answer, g_object_ref (task));
  g_clear_pointer (&parent, xdp_parent_free);
}
#endif

/* Nobody forbids it then; but nobody starts it either */
static void
do_without_portal (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  end_request (task, request->autostart ? g_error_new_literal (CHAT_BACKGROUND_ERROR, CHAT_BACKGROUND_ERROR_NO_AUTOSTART,
                                                               "No portal")
                                        : NULL);
}

#ifdef HAVE_LIBPORTAL
/* (libportal would wait for ever where there is none) */
static void
on_portal_version (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL)
    {
      ask_portal (task);
      return;
    }
  g_message ("There is no portal for running in the background: %s", error->message);
  do_without_portal (task);
}
#endif

static void
find_portal (GTask *task)
{
#ifdef HAVE_LIBPORTAL
  ChatBackground *self = g_task_get_source_object (task);
  GDBusConnection *connection = g_application_get_dbus_connection (self->application);

  if (connection != NULL)
    {
      g_dbus_connection_call (connection, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                              "org.freedesktop.DBus.Properties", "Get",
                              g_variant_new ("(ss)", "org.freedesktop.portal.Background", "version"), G_VARIANT_TYPE ("(v)"),
                              G_DBUS_CALL_FLAGS_NONE, CHAT_BACKGROUND_TIMEOUT_MS, NULL, on_portal_version, g_object_ref (task));
      return;
    }
#endif
  do_without_portal (task);
}

void
chat_background_request_async (ChatBackground      *self,
                               GtkWindow           *parent,
                               gboolean             background,
                               gboolean             autostart,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (CHAT_IS_BACKGROUND (self));
  g_return_if_fail (parent == NULL || GTK_IS_WINDOW (parent));

  task = g_task_new (self, NULL, callback, user_data);
  request = g_new0 (Request, 1);
  g_set_object (&request->parent, parent);
  request->background = background;
  request->autostart = background && autostart;
  request->id = g_strdup (self->id);
  request->profile = g_strdup (self->profile);
  g_task_set_task_data (task, request, request_free);

  if (!chat_desktop_uses_portal ())
    write_file (task);
  else if (background || g_settings_get_boolean (self->settings, "start-at-login"))
    find_portal (task);
  else
    end_request (task, NULL);
}

gboolean
chat_background_request_finish (ChatBackground  *self,
                                GAsyncResult    *result,
                                GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_background_end (ChatBackground *self)
{
  g_return_if_fail (CHAT_IS_BACKGROUND (self));

  self->ended = TRUE;
  update_hold (self);
}

static void
chat_background_finalize (GObject *object)
{
  ChatBackground *self = CHAT_BACKGROUND (object);

  g_object_unref (self->session);
  g_object_unref (self->settings);
  g_free (self->id);
  g_free (self->profile);

  G_OBJECT_CLASS (chat_background_parent_class)->finalize (object);
}

static void
chat_background_class_init (ChatBackgroundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_background_finalize;
}

static void
chat_background_init (ChatBackground *self)
{
}

ChatBackground *
chat_background_new (GApplication *application,
                     ChatSession  *session,
                     GSettings    *settings,
                     const char   *profile)
{
  ChatBackground *self;
  g_autofree char *path = NULL;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (CHAT_TYPE_BACKGROUND, NULL);
  self->application = application;
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  self->id = g_strdup (g_application_get_application_id (application));
  self->profile = g_strdup (profile);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (update_hold), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::run-in-background", G_CALLBACK (update_hold), self, G_CONNECT_SWAPPED);
  /* The person may have removed the file by other means */
  path = chat_autostart_get_path (self->id);
  if (!chat_desktop_uses_portal () && g_settings_get_boolean (settings, "start-at-login") && !g_file_test (path, G_FILE_TEST_EXISTS))
    g_settings_set_boolean (settings, "start-at-login", FALSE);
  update_hold (self);
  return self;
}
