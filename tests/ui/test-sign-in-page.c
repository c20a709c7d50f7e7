/* test-sign-in-page.c: every error beside its own field
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <string.h>

#include "chat-certificate-dialog.h"
#include "chat-fake-session.h"
#include "chat-password-row.h"
#include "chat-sign-in-page.h"
#include "chat-test.h"

typedef struct
{
  ChatSession *session;
  GtkWidget *window;
  ChatSignInPage *page;
  guint n_signed_in;
} Fixture;

static void
on_signed_in (Fixture *f)
{
  f->n_signed_in++;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->session = chat_test_watch_object (chat_fake_session_new ());
  f->page = CHAT_SIGN_IN_PAGE (chat_test_watch_object (chat_sign_in_page_new ()));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 500, 700);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  chat_sign_in_page_set_session (f->page, f->session);
  g_signal_connect_swapped (f->page, "signed-in", G_CALLBACK (on_signed_in), f);
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (f->page)));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->session);
  chat_test_assert_finalized ();
}

/* What belongs to the password is in a row of its own kind */
static GtkWidget *
child_of (Fixture    *f,
          const char *name)
{
  static const struct
  {
    const char *name;
    const char *in_row;
  } names[] = {
    { "password_entry", "entry" },
    { "password_error", "error_box" },
    { "password_error_label", "error_label" },
    { "password_hint", "hint_label" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i].name))
      return GTK_WIDGET (gtk_widget_get_template_child (child_of (f, "password_row"), CHAT_TYPE_PASSWORD_ROW, names[i].in_row));
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (f->page), CHAT_TYPE_SIGN_IN_PAGE, name));
}

/* Returns: (nullable): the field that shows an error; fails where several do */
static const char *
get_field_in_error (Fixture *f)
{
  static const char *const names[] = { "server", "login", "password" };
  const char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *box = g_strconcat (names[i], "_error", NULL);
      g_autofree char *label = g_strconcat (names[i], "_error_label", NULL);

      if (!gtk_widget_get_visible (child_of (f, box)))
        continue;
      g_assert_null (found);
      g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (child_of (f, label))), !=, "");
      found = names[i];
    }
  return found;
}

static gboolean
is_focused (Fixture    *f,
            const char *field)
{
  g_autofree char *name = g_strconcat (field, "_entry", NULL);
  GtkWidget *entry = child_of (f, name);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (f->window));

  return focus != NULL && (focus == entry || gtk_widget_is_ancestor (focus, entry));
}

static void
try (Fixture *f)
{
  chat_sign_in_page_try (f->page, "chat.example.org", FALSE, "olena", "correct horse");
  chat_test_wait_until (!chat_sign_in_page_get_busy (f->page));
}

static void
test_succeeds (Fixture       *f,
               gconstpointer  data)
{
  try (f);
  g_assert_cmpuint (f->n_signed_in, ==, 1);
  g_assert_null (get_field_in_error (f));
  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "sign-in chat.example.org tls olena correct horse\n");
  /* The password does not stay. */
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child_of (f, "password_entry"))), ==, "");
}

static void
test_errors (Fixture       *f,
             gconstpointer  data)
{
  static const struct
  {
    ChatSessionError code;
    const char *field;
  } cases[] = {
    { CHAT_SESSION_ERROR_ADDRESS, "server" },
    { CHAT_SESSION_ERROR_NO_SUCH_HOST, "server" },
    { CHAT_SESSION_ERROR_UNREACHABLE, "server" },
    { CHAT_SESSION_ERROR_TIMED_OUT, "server" },
    { CHAT_SESSION_ERROR_NO_TLS, "server" },
    { CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER, "server" },
    { CHAT_SESSION_ERROR_WRONG_USER, "login" },
    { CHAT_SESSION_ERROR_USER_EXISTS, "login" },
    { CHAT_SESSION_ERROR_UNACCEPTABLE_NAME, "login" },
    { CHAT_SESSION_ERROR_WRONG_PASSWORD, "password" },
    { CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD, "password" },
  };
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *label = g_strconcat (cases[i].field, "_error_label", NULL);

      chat_fake_session_fail_next (f->session, cases[i].code);
      try (f);
      g_assert_cmpstr (get_field_in_error (f), ==, cases[i].field);
      chat_test_wait_until (is_focused (f, cases[i].field));
      /* Each has words of its own. */
      g_assert_true (g_hash_table_add (words, g_strdup (gtk_label_get_label (GTK_LABEL (child_of (f, label))))));
      g_assert_false (gtk_widget_get_visible (child_of (f, "problem_box")));
    }
  g_assert_cmpuint (f->n_signed_in, ==, 0);

  /* It goes when one begins to mend it. */
  gtk_editable_insert_text (GTK_EDITABLE (child_of (f, "password_entry")), "x", -1, &(int) { 0 });
  g_assert_null (get_field_in_error (f));
}

static void
test_other_errors (Fixture       *f,
                   gconstpointer  data)
{
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_SIGNUP_FAILED);
  try (f);
  g_assert_null (get_field_in_error (f));
  g_assert_true (gtk_widget_get_visible (child_of (f, "problem_box")));
  try (f);
  g_assert_false (gtk_widget_get_visible (child_of (f, "problem_box")));
  g_assert_cmpuint (f->n_signed_in, ==, 1);
}

static void
test_rate_limited (Fixture       *f,
                   gconstpointer  data)
{
  GtkWidget *button = child_of (f, "submit_button");

  chat_fake_session_set_state (f->session, CHAT_SESSION_SIGNED_OUT, -1, 1.5);
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_RATE_LIMITED);
  try (f);
  g_assert_true (gtk_widget_get_visible (child_of (f, "problem_box")));
  g_assert_false (gtk_widget_get_sensitive (button));
  chat_test_wait_until (gtk_widget_get_sensitive (button));
  g_assert_false (gtk_widget_get_visible (child_of (f, "problem_box")));
}

static void
test_empty_fields (Fixture       *f,
                   gconstpointer  data)
{
  chat_sign_in_page_try (f->page, NULL, FALSE, "olena", "correct horse");
  g_assert_cmpstr (get_field_in_error (f), ==, "server");
  gtk_editable_set_text (GTK_EDITABLE (child_of (f, "login_entry")), " ");
  chat_sign_in_page_try (f->page, "host", FALSE, "", "correct horse");
  g_assert_cmpstr (get_field_in_error (f), ==, "login");
  chat_sign_in_page_try (f->page, NULL, FALSE, "olena", "");
  g_assert_cmpstr (get_field_in_error (f), ==, "password");
  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "");
}

static void
test_sign_up (Fixture       *f,
              gconstpointer  data)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child_of (f, "sign_up_toggle")), TRUE);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (child_of (f, "submit_button"))), ==, "Create Account");
  g_assert_true (gtk_widget_get_visible (child_of (f, "password_hint")));

  /* What no server would take is not sent. */
  chat_sign_in_page_try (f->page, "host", FALSE, "olena", "seven77");
  g_assert_cmpstr (get_field_in_error (f), ==, "password");
  chat_sign_in_page_try (f->page, "host", FALSE, "Олена", "correct horse");
  g_assert_cmpstr (get_field_in_error (f), ==, "login");
  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "");

  chat_sign_in_page_try (f->page, "host", TRUE, "olena", "correct horse");
  chat_test_wait_until (f->n_signed_in == 1);
  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "sign-up host plain olena correct horse\n");
}

static void
test_cancel (Fixture       *f,
             gconstpointer  data)
{
  chat_fake_session_hang_next (f->session);
  chat_sign_in_page_try (f->page, "host", FALSE, "olena", "correct horse");
  g_assert_true (chat_sign_in_page_get_busy (f->page));
  g_assert_false (gtk_widget_get_sensitive (child_of (f, "form_box")));
  gtk_widget_activate_action (GTK_WIDGET (f->page), "sign-in.cancel", NULL);
  chat_test_wait_until (!chat_sign_in_page_get_busy (f->page));
  g_assert_true (gtk_widget_get_sensitive (child_of (f, "form_box")));
  g_assert_null (get_field_in_error (f));
  g_assert_cmpuint (f->n_signed_in, ==, 0);
}

static void
test_goes_while_busy (Fixture       *f,
                      gconstpointer  data)
{
  chat_fake_session_hang_next (f->session);
  chat_sign_in_page_try (f->page, "host", FALSE, "olena", "correct horse");
  gtk_window_set_child (GTK_WINDOW (f->window), NULL);
}

static GtkWindow *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GObject) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return GTK_WINDOW (window);
    }
  return NULL;
}

/* As its buttons do: the response, and the dialog goes */
static void
respond (const char *response)
{
  GtkWindow *dialog = find_dialog ();

  g_assert_nonnull (dialog);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (dialog);
}

static void
test_certificate (Fixture       *f,
                  gconstpointer  data)
{
  chat_fake_session_set_certificate (f->session, "AB:CD", NULL);
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN);
  try (f);
  g_assert_cmpstr (get_field_in_error (f), ==, "server");
  respond ("cancel");
  g_assert_null (strstr (chat_fake_session_get_calls (f->session), "accept"));
  g_assert_cmpuint (f->n_signed_in, ==, 0);

  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN);
  try (f);
  respond (CHAT_CERTIFICATE_ACCEPT);
  chat_test_wait_until (f->n_signed_in == 1);
  g_assert_nonnull (strstr (chat_fake_session_get_calls (f->session), "accept chat.example.org AB:CD\nsign-in"));
}

static void
test_certificate_changed (Fixture       *f,
                          gconstpointer  data)
{
  AdwMessageDialog *dialog;

  chat_fake_session_set_certificate (f->session, "AB:CD", "12:34");
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_CERTIFICATE_CHANGED);
  try (f);
  dialog = ADW_MESSAGE_DIALOG (find_dialog ());
  /* Neither Enter nor Escape takes it. */
  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "cancel");
  g_assert_cmpstr (adw_message_dialog_get_close_response (dialog), ==, "cancel");
  respond ("cancel");
  g_assert_null (strstr (chat_fake_session_get_calls (f->session), "accept"));
}

/* Tab leads on from field to field, and Shift+Tab back */
static void
test_tab (Fixture       *f,
          gconstpointer  data)
{
  gtk_widget_grab_focus (child_of (f, "password_entry"));
  g_assert_true (is_focused (f, "password"));
  g_assert_true (gtk_widget_child_focus (f->window, GTK_DIR_TAB_BACKWARD));
  g_assert_true (is_focused (f, "login"));
  g_assert_true (gtk_widget_child_focus (f->window, GTK_DIR_TAB_FORWARD));
  g_assert_true (is_focused (f, "password"));
  g_assert_true (gtk_widget_child_focus (f->window, GTK_DIR_TAB_FORWARD));
  g_assert_false (is_focused (f, "password"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, function) g_test_add ("/ui/sign-in-page/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("succeeds", test_succeeds);
  ADD ("errors", test_errors);
  ADD ("other-errors", test_other_errors);
  ADD ("rate-limited", test_rate_limited);
  ADD ("empty-fields", test_empty_fields);
  ADD ("sign-up", test_sign_up);
  ADD ("tab", test_tab);
  ADD ("cancel", test_cancel);
  ADD ("goes-while-busy", test_goes_while_busy);
  ADD ("certificate", test_certificate);
  ADD ("certificate-changed", test_certificate_changed);
#undef ADD
  return g_test_run ();
}
