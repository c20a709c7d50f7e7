/* test-connection-banner.c: what the bar says in each state of the connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-connection-banner.h"
#include "chat-fake-session.h"
#include "chat-test.h"

typedef struct
{
  ChatSession *session;
  GtkWidget *window;
  ChatConnectionBanner *banner;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->session = chat_test_watch_object (chat_fake_session_new ());
  f->banner = CHAT_CONNECTION_BANNER (chat_test_watch_object (chat_connection_banner_new ()));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 280, 200);       /* the narrowest sidebar */
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->banner));
  chat_connection_banner_set_session (f->banner, f->session);
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (f->banner)));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->session);
  chat_test_assert_finalized ();
}

static GtkWidget *
find_button (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *button = find_button (child);

      if (button != NULL)
        return button;
    }
  return NULL;
}

static void
assert_says (Fixture    *f,
             const char *text,
             const char *button_label)
{
  GtkWidget *button = find_button (GTK_WIDGET (f->banner));

  g_assert_true (chat_connection_banner_get_revealed (f->banner));
  g_assert_cmpstr (chat_connection_banner_get_text (f->banner), ==, text);
  g_assert_cmpint (gtk_widget_get_visible (button), ==, button_label != NULL);
  if (button_label != NULL)
    g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, button_label);
}

static void
test_hidden (Fixture       *f,
             gconstpointer  data)
{
  g_assert_false (chat_connection_banner_get_revealed (f->banner));
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 30);
  g_assert_true (chat_connection_banner_get_revealed (f->banner));
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  g_assert_false (chat_connection_banner_get_revealed (f->banner));
}

static void
test_counts_down (Fixture       *f,
                  gconstpointer  data)
{
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 2.5);
  assert_says (f, "Offline. Trying again in 3 seconds", "_Try Now");
  chat_test_wait_until (g_strcmp0 (chat_connection_banner_get_text (f->banner), "Offline. Trying again in 2 seconds") == 0);
  chat_test_wait_until (g_strcmp0 (chat_connection_banner_get_text (f->banner), "Offline. Trying again in 1 second") == 0);
  chat_test_wait_until (g_strcmp0 (chat_connection_banner_get_text (f->banner), "Offline. Trying again…") == 0);
}

static void
test_waiting_for_a_reason (Fixture       *f,
                           gconstpointer  data)
{
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER, 9.5);
  assert_says (f, "The server sends what Chat does not understand. Trying again in 10 seconds", "_Try Now");
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_RATE_LIMITED, 0.9);
  assert_says (f, "The server asks to wait. Trying again in 1 second", "_Try Now");
}

static void
test_connecting (Fixture       *f,
                 gconstpointer  data)
{
  /* A connection that comes soon shows no bar... */
  chat_fake_session_set_state (f->session, CHAT_SESSION_CONNECTING, -1, 0);
  chat_test_settle ();
  g_assert_false (chat_connection_banner_get_revealed (f->banner));
  /* ... one that takes long does... */
  chat_test_wait_until (chat_connection_banner_get_revealed (f->banner));
  assert_says (f, "Connecting…", NULL);
  /* ... and so does one after a bar that is there already: nothing slides in and out. */
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 30);
  chat_fake_session_set_state (f->session, CHAT_SESSION_CONNECTING, -1, 0);
  assert_says (f, "Connecting…", NULL);
}

static void
test_refused (Fixture       *f,
              gconstpointer  data)
{
  static const struct
  {
    ChatSessionError code;
    const char *button;
  } cases[] = {
    { CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN, "_Details" },
    { CHAT_SESSION_ERROR_CERTIFICATE_CHANGED, "_Details" },
    { CHAT_SESSION_ERROR_SIGNED_OUT, "_Sign In" },
    { CHAT_SESSION_ERROR_WRONG_PASSWORD, "_Sign In" },
    { CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER, "_Try Now" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *before = g_strdup (chat_connection_banner_get_text (f->banner));

      chat_fake_session_set_state (f->session, CHAT_SESSION_REFUSED, cases[i].code, 0);
      g_assert_cmpstr (chat_connection_banner_get_text (f->banner), !=, "");
      if (cases[i].code != CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN)
        g_assert_cmpstr (chat_connection_banner_get_text (f->banner), !=, before);
      assert_says (f, chat_connection_banner_get_text (f->banner), cases[i].button);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/connection-banner/hidden", Fixture, NULL, set_up, test_hidden, tear_down);
  g_test_add ("/ui/connection-banner/counts-down", Fixture, NULL, set_up, test_counts_down, tear_down);
  g_test_add ("/ui/connection-banner/waiting-for-a-reason", Fixture, NULL, set_up, test_waiting_for_a_reason, tear_down);
  g_test_add ("/ui/connection-banner/connecting", Fixture, NULL, set_up, test_connecting, tear_down);
  g_test_add ("/ui/connection-banner/refused", Fixture, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
