/* test-preferences.c: privacy, devices and the password
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "chat-fake-session.h"
#include "chat-password-dialog.h"
#include "chat-password-row.h"
#include "chat-preferences-window.h"
#include "chat-test.h"

typedef struct
{
  ChatSession *session;
  GSettings *settings;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->session = chat_test_watch_object (chat_fake_session_new ());
  chat_fake_session_set_account (f->session, "chat.example.org", "olena");
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  chat_fake_session_add_device (f->session, 7, "laptop", TRUE);
  chat_fake_session_add_device (f->session, 8, "phone", FALSE);
  chat_fake_session_add_device (f->session, 9, "", FALSE);
  f->settings = g_settings_new_with_path (APP_ID ".Profile", "/com/example/Chat/profiles/test/");
  f->window = chat_test_watch_object (chat_preferences_window_new (NULL, f->settings, f->session));
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (f->window));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->session);
  g_clear_object (&f->settings);
  chat_test_assert_finalized ();
}

static gpointer
child_of (Fixture    *f,
          const char *name)
{
  return gtk_widget_get_template_child (f->window, CHAT_TYPE_PREFERENCES_WINDOW, name);
}

static void
show_page (Fixture    *f,
           const char *name)
{
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (f->window), child_of (f, name));
  chat_test_wait_until (gtk_widget_get_mapped (child_of (f, name)));
}

static gboolean
was_called (Fixture    *f,
            const char *call)
{
  g_autofree char *line = g_strconcat (call, "\n", NULL);

  return strstr (chat_fake_session_get_calls (f->session), line) != NULL;
}

/* Returns: (nullable): the first that is mapped, depth first */
static GtkWidget *
find (GtkWidget  *widget,
      GType       type,
      const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found;

      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type) && gtk_widget_get_mapped (child)
          && (GTK_IS_BUTTON (child) ? g_strcmp0 (gtk_button_get_label (GTK_BUTTON (child)), label) == 0
                                    : g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (child)), label) == 0))
        return child;
      found = find (child, type, label);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_row (Fixture    *f,
          const char *title)
{
  return find (child_of (f, "devices_group"), ADW_TYPE_ACTION_ROW, title);
}

static GtkWidget *
find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
        return window;
    }
  return NULL;
}

static void
answer (const char *response)
{
  GtkWidget *dialog;

  chat_test_wait_until ((dialog = find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* What comes by itself: the setting and its row follow each other; where the server has no files there is nothing to set */
static void
test_download (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *group = child_of (f, "download_group");
  AdwComboRow *images = ADW_COMBO_ROW (child_of (f, "download_images_row"));
  AdwComboRow *files = ADW_COMBO_ROW (child_of (f, "download_files_row"));

  chat_fake_session_set_abilities (f->session, CHAT_SESSION_CAN_REMEMBER);
  g_assert_false (gtk_widget_get_visible (group));
  chat_fake_session_set_abilities (f->session, CHAT_SESSION_CAN_REMEMBER | CHAT_SESSION_CAN_ATTACH);
  g_assert_true (gtk_widget_get_visible (group));

  g_assert_cmpuint (adw_combo_row_get_selected (images), ==, 2);
  g_assert_cmpuint (adw_combo_row_get_selected (files), ==, 0);
  adw_combo_row_set_selected (files, 4);
  g_assert_cmpint (g_settings_get_int64 (f->settings, "auto-download-files"), ==, -1);
  adw_combo_row_set_selected (images, 0);
  g_assert_cmpint (g_settings_get_int64 (f->settings, "auto-download-images"), ==, 0);
  g_settings_set_int64 (f->settings, "auto-download-images", 5000000);
  g_assert_cmpuint (adw_combo_row_get_selected (images), ==, 1);
  g_assert_cmpint (g_settings_get_int64 (f->settings, "auto-download-images"), ==, 5000000);
  g_settings_reset (f->settings, "auto-download-images");
  g_settings_reset (f->settings, "auto-download-files");
}

static void
test_privacy (Fixture       *f,
              gconstpointer  data)
{
  GtkSwitch *receipts = GTK_SWITCH (child_of (f, "receipts_switch"));
  GtkSwitch *typing = GTK_SWITCH (child_of (f, "typing_switch"));
  GtkSwitch *presence = GTK_SWITCH (child_of (f, "presence_switch"));
  GtkWidget *row = child_of (f, "presence_row");
  g_autofree char *told = g_strdup (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)));
  g_autofree char *all = g_strdup (adw_preferences_group_get_description (child_of (f, "privacy_group")));
  g_autofree char *unable = NULL;

  show_page (f, "privacy_page");
  g_assert_true (gtk_switch_get_active (receipts) && gtk_switch_get_active (typing) && gtk_switch_get_active (presence));
  gtk_switch_set_active (receipts, FALSE);
  gtk_switch_set_active (typing, FALSE);
  gtk_switch_set_active (receipts, TRUE);
  gtk_switch_set_active (presence, FALSE);
  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "receipts off\ntyping off\nreceipts on\npresence off\n");

  /* Another device */
  chat_fake_session_set_settings (f->session, FALSE, TRUE, TRUE, FALSE);
  g_assert_true (!gtk_switch_get_active (receipts) && gtk_switch_get_active (typing) && gtk_switch_get_active (presence));
  g_assert_false (was_called (f, "typing on"));

  /* Without a connection it can be set; it is said that it waits */
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, -1, 30);
  g_assert_cmpstr (adw_preferences_group_get_description (child_of (f, "privacy_group")), ==, all);
  chat_fake_session_set_settings (f->session, FALSE, TRUE, FALSE, TRUE);
  g_assert_true (gtk_widget_get_sensitive (row));
  g_assert_cmpstr (adw_preferences_group_get_description (child_of (f, "privacy_group")), !=, all);
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  chat_fake_session_set_settings (f->session, FALSE, TRUE, FALSE, FALSE);
  g_assert_cmpstr (adw_preferences_group_get_description (child_of (f, "privacy_group")), ==, all);

  /* A server that knows of receipts alone, with words for the rest; and one that was never met */
  chat_fake_session_set_abilities (f->session, CHAT_SESSION_CAN_TELL_RECEIPTS);
  g_assert_true (gtk_widget_get_sensitive (child_of (f, "receipts_row")));
  g_assert_false (gtk_widget_get_sensitive (child_of (f, "typing_row")));
  g_assert_false (gtk_widget_get_sensitive (row));
  unable = g_strdup (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)));
  g_assert_cmpstr (unable, !=, told);
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, -1, 30);
  g_assert_false (gtk_widget_get_sensitive (row));
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), !=, unable);

  chat_fake_session_set_state (f->session, CHAT_SESSION_SIGNED_OUT, -1, 0);
  g_assert_false (gtk_widget_get_visible (child_of (f, "privacy_page")));
  g_assert_false (gtk_widget_get_visible (child_of (f, "account_page")));
}

static void
test_devices (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *row;

  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "");
  show_page (f, "account_page");
  chat_test_wait_until (find_row (f, "phone") != NULL);
  row = find_row (f, "laptop");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "This device"));
  g_assert_null (find (row, GTK_TYPE_BUTTON, "Sign Out"));
  g_assert_nonnull (find_row (f, "Unnamed Device"));
  g_assert_nonnull (find_row (f, "Sign Out All Other Devices…"));

  /* It asks first */
  g_signal_emit_by_name (find (find_row (f, "phone"), GTK_TYPE_BUTTON, "Sign Out"), "clicked");
  answer ("cancel");
  g_assert_false (was_called (f, "revoke 8"));
  gtk_widget_grab_focus (find (find_row (f, "phone"), GTK_TYPE_BUTTON, "Sign Out"));
  g_signal_emit_by_name (find (find_row (f, "phone"), GTK_TYPE_BUTTON, "Sign Out"), "clicked");
  answer ("sign-out");
  chat_test_wait_until (find_row (f, "phone") == NULL && find_row (f, "laptop") != NULL);
  g_assert_true (was_called (f, "revoke 8"));

  /* What fails is shown as it is */
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_FAILED);
  g_signal_emit_by_name (find (find_row (f, "Unnamed Device"), GTK_TYPE_BUTTON, "Sign Out"), "clicked");
  answer ("sign-out");
  chat_test_wait_until (was_called (f, "revoke 9"));
  chat_test_settle ();
  g_assert_nonnull (find_row (f, "Unnamed Device"));

  g_signal_emit_by_name (find_row (f, "Sign Out All Other Devices…"), "activated");
  answer ("cancel");
  g_assert_false (was_called (f, "revoke others"));
  g_signal_emit_by_name (find_row (f, "Sign Out All Other Devices…"), "activated");
  answer ("sign-out");
  chat_test_wait_until (find_row (f, "Unnamed Device") == NULL && find_row (f, "laptop") != NULL);
  g_assert_true (was_called (f, "revoke others"));
  g_assert_null (find_row (f, "Sign Out All Other Devices…"));
}

static void
test_devices_not_there (Fixture       *f,
                        gconstpointer  data)
{
  GtkWidget *password_row = child_of (f, "password_row");

  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, -1, 30);
  show_page (f, "account_page");
  chat_test_wait_until (find_row (f, "Shown when there is a connection") != NULL);
  g_assert_false (gtk_widget_get_sensitive (password_row));

  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_FAILED);
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  g_assert_true (gtk_widget_get_sensitive (password_row));
  chat_test_wait_until (find (child_of (f, "devices_group"), GTK_TYPE_BUTTON, "Try Again") != NULL);
  g_signal_emit_by_name (find (child_of (f, "devices_group"), GTK_TYPE_BUTTON, "Try Again"), "clicked");
  chat_test_wait_until (find_row (f, "phone") != NULL);

  chat_fake_session_set_abilities (f->session, 0);
  g_assert_null (find_row (f, "phone"));
  g_assert_null (find_row (f, "Sign Out All Other Devices…"));
  g_assert_false (gtk_widget_get_sensitive (password_row));

  /* The window goes while the list is on its way */
  chat_fake_session_hang_next (f->session);
  chat_fake_session_set_abilities (f->session, CHAT_SESSION_CAN_REMEMBER);
  chat_test_wait_until (find_row (f, "Loading…") != NULL);
}

/* The password */

static ChatPasswordRow *
row_of (GtkWidget  *dialog,
        const char *name)
{
  return CHAT_PASSWORD_ROW (gtk_widget_get_template_child (dialog, CHAT_TYPE_PASSWORD_DIALOG, name));
}

static void
fill (GtkWidget  *dialog,
      const char *current,
      const char *new,
      const char *repeated)
{
  chat_password_row_set_text (row_of (dialog, "current_row"), current);
  chat_password_row_set_text (row_of (dialog, "new_row"), new);
  chat_password_row_set_text (row_of (dialog, "repeat_row"), repeated);
  gtk_widget_activate_action (dialog, "password.change", NULL);
}

/* Returns: (nullable): the name of the row that shows an error; fails where several do, or where the keyboard is not there */
static const char *
row_in_error (GtkWidget *dialog)
{
  static const char *const names[] = { "current_row", "new_row", "repeat_row" };
  const char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (chat_password_row_get_error (row_of (dialog, names[i])) != NULL)
      {
        GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (dialog));

        g_assert_null (found);
        found = names[i];
        g_assert_true (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (row_of (dialog, found))));
      }
  return found;
}

static gboolean
shows_problem (GtkWidget *dialog)
{
  return gtk_widget_get_visible (GTK_WIDGET (gtk_widget_get_template_child (dialog, CHAT_TYPE_PASSWORD_DIALOG, "problem_box")));
}

static gboolean
is_free (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (GTK_WIDGET (gtk_widget_get_template_child (dialog, CHAT_TYPE_PASSWORD_DIALOG, "form_box")));
}

static gboolean
can_change (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (GTK_WIDGET (gtk_widget_get_template_child (dialog, CHAT_TYPE_PASSWORD_DIALOG, "change_button")));
}

static void
test_password (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *dialog;

  show_page (f, "account_page");
  chat_test_wait_until (find_row (f, "phone") != NULL);
  g_signal_emit_by_name (child_of (f, "password_row"), "activated");
  dialog = chat_test_watch_object (find_window (CHAT_TYPE_PASSWORD_DIALOG));
  chat_test_wait_until (gtk_widget_get_mapped (dialog));

  fill (dialog, "", "battery staple", "battery staple");
  g_assert_cmpstr (row_in_error (dialog), ==, "current_row");
  fill (dialog, "correct horse", "", "");
  g_assert_cmpstr (row_in_error (dialog), ==, "new_row");
  fill (dialog, "correct horse", "staple", "staple");
  g_assert_cmpstr (row_in_error (dialog), ==, "new_row");
  fill (dialog, "correct horse", "correct horse", "correct horse");
  g_assert_cmpstr (row_in_error (dialog), ==, "new_row");
  fill (dialog, "correct horse", "battery staple", "battery stable");
  g_assert_cmpstr (row_in_error (dialog), ==, "repeat_row");
  g_assert_null (strstr (chat_fake_session_get_calls (f->session), "password"));

  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_WRONG_PASSWORD);
  fill (dialog, "correct hose", "battery staple", "battery staple");
  /* What was asked can not be taken back */
  g_assert_false (is_free (dialog));
  g_assert_false (can_change (dialog));
  gtk_window_close (GTK_WINDOW (dialog));
  chat_test_wait_until (is_free (dialog));
  g_assert_cmpstr (row_in_error (dialog), ==, "current_row");
  g_assert_true (was_called (f, "password correct hose battery staple"));
  /* It goes when one begins to mend it */
  chat_password_row_set_text (row_of (dialog, "current_row"), "correct horse");
  g_assert_null (row_in_error (dialog));

  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD);
  fill (dialog, "correct horse", "battery staple", "battery staple");
  chat_test_wait_until (is_free (dialog));
  g_assert_cmpstr (row_in_error (dialog), ==, "new_row");
  g_assert_false (shows_problem (dialog));

  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_UNCERTAIN);
  fill (dialog, "correct horse", "battery staple", "battery staple");
  chat_test_wait_until (is_free (dialog));
  g_assert_null (row_in_error (dialog));
  g_assert_true (shows_problem (dialog));

  /* Too many: said for as long as it is true */
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_RATE_LIMITED);
  fill (dialog, "correct horse", "battery staple", "battery staple");
  chat_test_wait_until (is_free (dialog));
  g_assert_true (shows_problem (dialog));
  g_assert_false (can_change (dialog));
  chat_test_wait_until (can_change (dialog));
  g_assert_false (shows_problem (dialog));

  chat_fake_session_add_device (f->session, 20, "new", FALSE);
  fill (dialog, "correct horse", "battery staple", "battery staple");
  chat_test_wait_until (find_window (CHAT_TYPE_PASSWORD_DIALOG) == NULL);
  /* The list is asked for again */
  chat_test_wait_until (find_row (f, "new") != NULL);
}

/* It ends with the window behind it, whatever is on its way */
static void
test_password_gone (Fixture       *f,
                    gconstpointer  data)
{
  GtkWidget *dialog;

  show_page (f, "account_page");
  g_signal_emit_by_name (child_of (f, "password_row"), "activated");
  dialog = chat_test_watch_object (find_window (CHAT_TYPE_PASSWORD_DIALOG));
  chat_test_wait_until (gtk_widget_get_mapped (dialog));
  fill (dialog, "correct horse", "battery staple", "battery staple");
  g_assert_false (is_free (dialog));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, func) g_test_add ("/ui/preferences/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("download", test_download);
  ADD ("privacy", test_privacy);
  ADD ("devices", test_devices);
  ADD ("devices-not-there", test_devices_not_there);
  ADD ("password", test_password);
  ADD ("password-gone", test_password_gone);
#undef ADD
  return g_test_run ();
}
