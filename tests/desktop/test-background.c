/* test-background.c: running without a window: who is asked, what is written, how long the program stays
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "chat-autostart.h"
#include "chat-background.h"
#include "chat-fake-desktop.h"
#include "chat-fake-session.h"
#include "chat-test.h"

#define ID "com.example.Chat.Test"

typedef struct
{
  ChatFakeDesktop *desktop;
  GApplication *application;
  GSettings *settings;
  ChatSession *session;
  ChatBackground *background;
  GAsyncResult *result;
} Scene;

static void
scene_init (Scene    *s,
            gboolean  portal)
{
  g_autoptr (GError) error = NULL;

  s->desktop = chat_fake_desktop_new ();
  if (portal)
    chat_fake_desktop_own (s->desktop, "portal", NULL);
  s->application = g_application_new (ID, G_APPLICATION_DEFAULT_FLAGS);
  g_application_register (s->application, NULL, &error);
  g_assert_no_error (error);
  s->settings = g_settings_new_with_path ("com.example.Chat.Profile", "/com/example/Chat/profiles/test/");
  s->session = chat_test_watch_object (chat_fake_session_new ());
  chat_fake_session_set_state (s->session, CHAT_SESSION_ONLINE, -1, 0);
  s->background = chat_test_watch_object (chat_background_new (s->application, s->session, s->settings, "a second % one"));
}

static void
scene_clear (Scene *s)
{
  chat_background_end (s->background);
  g_clear_object (&s->background);
  g_clear_object (&s->result);
  g_clear_object (&s->session);
  g_settings_reset (s->settings, "run-in-background");
  g_settings_reset (s->settings, "start-at-login");
  g_clear_object (&s->settings);
  chat_test_assert_finalized ();
  g_clear_object (&s->application);
  chat_fake_desktop_free (s->desktop);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_set_object (&((Scene *) user_data)->result, result);
}

/* Returns: whether it was granted */
static gboolean
request (Scene    *s,
         gboolean  background,
         gboolean  autostart,
         GError  **error)
{
  g_clear_object (&s->result);
  chat_background_request_async (s->background, NULL, background, autostart, on_answer, s);
  chat_test_wait_until (s->result != NULL);
  return chat_background_request_finish (s->background, s->result, error);
}

#define assert_settings(s, background, autostart)                                                   \
  G_STMT_START                                                                                      \
  {                                                                                                 \
    g_assert_cmpint (g_settings_get_boolean ((s).settings, "run-in-background"), ==, (background)); \
    g_assert_cmpint (g_settings_get_boolean ((s).settings, "start-at-login"), ==, (autostart));     \
  }                                                                                                 \
  G_STMT_END

/* Without a sandbox nobody is asked, and a file starts the program */
static void
test_file (void)
{
  g_auto (Scene) s = { NULL };
  g_autofree char *path = chat_autostart_get_path (ID);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *command = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;

  g_unsetenv ("GTK_USE_PORTAL");
  scene_init (&s, FALSE);
  g_assert_true (request (&s, TRUE, FALSE, &error));
  assert_settings (s, TRUE, FALSE);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  g_assert_true (request (&s, TRUE, TRUE, &error));
  assert_settings (s, TRUE, TRUE);
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  command = g_key_file_get_string (file, "Desktop Entry", "Exec", NULL);
  g_strdelimit (strstr (command, "%%"), "%", ' ');
  g_shell_parse_argv (command, NULL, &words, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (words), ==, 4);
  g_assert_cmpstr (words[0], ==, program);
  g_assert_cmpstr (words[1], ==, "--profile");
  g_assert_cmpstr (words[2], ==, "a second    one");
  g_assert_cmpstr (words[3], ==, "--background");

  /* An update has put another file in the place of the one that runs */
  g_assert_true (chat_autostart_write (ID, "/nowhere/a program (deleted)", NULL, &error));
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  g_free (command);
  command = g_key_file_get_string (file, "Desktop Entry", "Exec", NULL);
  g_assert_cmpstr (command, ==, "\"/nowhere/a program\" --background");

  /* Switching off the one switches off the other; what is not there can be removed */
  g_assert_true (request (&s, FALSE, TRUE, &error));
  assert_settings (s, FALSE, FALSE);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (request (&s, FALSE, FALSE, &error));

  /* The disk says no */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  g_assert_false (request (&s, TRUE, TRUE, &error));
  g_assert_true (error != NULL && error->domain == G_FILE_ERROR);
  assert_settings (s, TRUE, FALSE);
  g_assert_cmpint (g_unlink (folder), ==, 0);
}

static void
test_removed_file (void)
{
  g_auto (Scene) s = { NULL };
  g_autofree char *path = chat_autostart_get_path (ID);

  g_unsetenv ("GTK_USE_PORTAL");
  scene_init (&s, FALSE);
  g_assert_true (request (&s, TRUE, TRUE, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  chat_background_end (s.background);
  g_clear_object (&s.background);
  s.background = chat_test_watch_object (chat_background_new (s.application, s.session, s.settings, NULL));
  assert_settings (s, TRUE, FALSE);
}

static void
test_portal (void)
{
  g_auto (Scene) s = { NULL };
  g_autofree const char **command = NULL;
  g_autofree char *path = chat_autostart_get_path (ID);
  g_autoptr (GError) error = NULL;
  const char *reason = NULL;
  gboolean autostart = FALSE;

#ifndef HAVE_LIBPORTAL
  g_test_skip ("built without libportal");
  return;
#endif
  g_setenv ("GTK_USE_PORTAL", "1", TRUE);
  scene_init (&s, TRUE);

  /* Refused: it stays as it was */
  g_assert_false (request (&s, TRUE, TRUE, &error));
  g_assert_error (error, CHAT_BACKGROUND_ERROR, CHAT_BACKGROUND_ERROR_REFUSED);
  assert_settings (s, FALSE, FALSE);
  g_clear_error (&error);

  chat_fake_desktop_grant (s.desktop, TRUE);
  g_assert_true (request (&s, TRUE, TRUE, &error));
  assert_settings (s, TRUE, TRUE);
  g_assert_true (g_variant_lookup (chat_fake_desktop_get_request (s.desktop), "reason", "&s", &reason));
  g_assert_cmpuint (strlen (reason), >, 0);
  g_assert_true (g_variant_lookup (chat_fake_desktop_get_request (s.desktop), "autostart", "b", &autostart) && autostart);
  g_assert_true (g_variant_lookup (chat_fake_desktop_get_request (s.desktop), "commandline", "^a&s", &command));
  g_assert_cmpstr (command[0], ==, "com.example.Chat");
  g_assert_cmpstr (command[2], ==, "a second % one");
  g_assert_cmpstr (command[3], ==, "--background");
  g_assert_null (command[4]);
  /* The portal does the starting */
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  g_assert_true (request (&s, FALSE, FALSE, &error));
  assert_settings (s, FALSE, FALSE);
  g_assert_true (!g_variant_lookup (chat_fake_desktop_get_request (s.desktop), "autostart", "b", &autostart) || !autostart);
}

static void
test_no_portal (void)
{
  g_auto (Scene) s = { NULL };
  g_autoptr (GError) error = NULL;

  g_setenv ("GTK_USE_PORTAL", "1", TRUE);
  scene_init (&s, FALSE);
  g_assert_true (request (&s, TRUE, FALSE, &error));
  assert_settings (s, TRUE, FALSE);
  g_assert_false (request (&s, TRUE, TRUE, &error));
  g_assert_error (error, CHAT_BACKGROUND_ERROR, CHAT_BACKGROUND_ERROR_NO_AUTOSTART);
  assert_settings (s, TRUE, FALSE);
}

/* The program stays while it is wanted, and while there is somebody to receive for */

static Scene *running;
static guint step;

static gboolean
on_step (gpointer user_data)
{
  Scene *s = running;

  switch (step++)
    {
    case 0:
      /* Nothing else keeps it */
      g_application_release (s->application);
      break;
    case 1:
      g_settings_set_boolean (s->settings, "run-in-background", FALSE);
      break;
    default:
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
on_activate (GApplication *application)
{
  g_application_hold (application);
  g_idle_add (on_step, NULL);
}

static void
test_hold (void)
{
  g_auto (Scene) s = { NULL };

  g_unsetenv ("GTK_USE_PORTAL");
  scene_init (&s, FALSE);
  g_settings_set_boolean (s.settings, "run-in-background", TRUE);
  running = &s;
  step = 0;
  g_signal_connect (s.application, "activate", G_CALLBACK (on_activate), NULL);
  g_assert_cmpint (g_application_run (s.application, 0, NULL), ==, 0);
  g_assert_cmpuint (step, >=, 2);
}

static gboolean
on_sign_out (gpointer user_data)
{
  step++;
  if (step == 1)
    g_application_release (running->application);
  else if (step == 2)
    chat_fake_session_set_state (running->session, CHAT_SESSION_SIGNED_OUT, -1, 0);
  return step < 3;
}

static void
on_activate_signed_in (GApplication *application)
{
  g_application_hold (application);
  g_idle_add (on_sign_out, NULL);
}

static void
test_sign_out (void)
{
  g_auto (Scene) s = { NULL };

  g_unsetenv ("GTK_USE_PORTAL");
  scene_init (&s, FALSE);
  g_settings_set_boolean (s.settings, "run-in-background", TRUE);
  running = &s;
  step = 0;
  g_signal_connect (s.application, "activate", G_CALLBACK (on_activate_signed_in), NULL);
  g_assert_cmpint (g_application_run (s.application, 0, NULL), ==, 0);
  g_assert_cmpuint (step, >=, 2);
}

int
main (int    argc,
      char **argv)
{
  char *config = chat_test_temp_dir_new ();
  int code;

  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop/background/file", test_file);
  g_test_add_func ("/desktop/background/removed-file", test_removed_file);
  g_test_add_func ("/desktop/background/portal", test_portal);
  g_test_add_func ("/desktop/background/no-portal", test_no_portal);
  g_test_add_func ("/desktop/background/hold", test_hold);
  g_test_add_func ("/desktop/background/sign-out", test_sign_out);
  code = g_test_run ();
  chat_test_temp_dir_remove (config);
  return code;
}
