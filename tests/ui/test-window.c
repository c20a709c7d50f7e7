/* test-window.c: the page that each state asks for, and the room that is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <string.h>

#include "chat-fake-session.h"
#include "chat-room-list-view.h"
#include "chat-test.h"
#include "chat-window.h"

/* One for all: a second one of the same process can not be exported. */
static GtkApplication *application;

typedef struct
{
  GSettings *settings;
  ChatSession *session;
  ChatWindow *window;
} Fixture;

static void
make_window (Fixture *f)
{
  f->window = CHAT_WINDOW (chat_window_new (application, f->session, f->settings));
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (f->window)));
}

static void
make_window_again (Fixture *f,
                   int      width,
                   int      height)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_settings_set_int (f->settings, "window-width", width);
  g_settings_set_int (f->settings, "window-height", height);
  make_window (f);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->settings = g_settings_new_with_path ("com.example.Chat.Profile", "/com/example/Chat/profiles/test/");
  f->session = chat_test_watch_object (chat_fake_session_new ());
  make_window (f);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_settings_reset (f->settings, "last-room");
  g_settings_reset (f->settings, "window-width");
  g_settings_reset (f->settings, "window-height");
  g_settings_reset (f->settings, "window-maximized");
  g_clear_object (&f->settings);
  g_clear_object (&f->session);
  chat_test_assert_finalized ();
}

static GtkWidget *
child_of (Fixture    *f,
          const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (f->window), CHAT_TYPE_WINDOW, name));
}

static void
assert_page (Fixture    *f,
             const char *page)
{
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (child_of (f, "stack"))), ==, page);
}

static void
sign_in (Fixture *f)
{
  chat_window_try_sign_in (f->window, "chat.example.org", TRUE, "olena", "correct horse");
  chat_test_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (child_of (f, "stack"))), "main") == 0);
}

static void
test_pages (Fixture       *f,
            gconstpointer  data)
{
  assert_page (f, "sign-in");
  chat_window_set_loading (f->window, TRUE);
  assert_page (f, "loading");
  /* What comes while the last session is looked for shows when that is over. */
  chat_fake_session_set_state (f->session, CHAT_SESSION_CONNECTING, -1, 0);
  assert_page (f, "loading");
  chat_window_set_loading (f->window, FALSE);
  assert_page (f, "main");
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 30);
  assert_page (f, "main");
  chat_fake_session_set_state (f->session, CHAT_SESSION_SIGNED_OUT, -1, 0);
  assert_page (f, "sign-in");
}

static void
test_sign_in (Fixture       *f,
              gconstpointer  data)
{
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_WRONG_PASSWORD);
  chat_window_try_sign_in (f->window, "chat.example.org", TRUE, "olena", "wrong horse");
  chat_test_settle ();
  assert_page (f, "sign-in");
  sign_in (f);
  /* For the next time */
  {
    g_autofree char *server = g_settings_get_string (f->settings, "server");

    g_assert_cmpstr (server, ==, "chat.example.org");
    g_assert_true (g_settings_get_boolean (f->settings, "insecure"));
  }
}

static void
test_sign_in_again (Fixture       *f,
                    gconstpointer  data)
{
  sign_in (f);
  chat_fake_session_set_state (f->session, CHAT_SESSION_REFUSED, CHAT_SESSION_ERROR_SIGNED_OUT, 0);
  assert_page (f, "main");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.resolve-connection", NULL);
  assert_page (f, "sign-in");
  g_assert_true (gtk_widget_get_visible (child_of (f, "cancel_sign_in_button")));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.cancel-sign-in", NULL);
  assert_page (f, "main");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.resolve-connection", NULL);
  sign_in (f);
  assert_page (f, "main");
}

static void
test_resolve (Fixture       *f,
              gconstpointer  data)
{
  sign_in (f);
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 30);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.resolve-connection", NULL);
  g_assert_true (g_str_has_suffix (chat_fake_session_get_calls (f->session), "\nconnect\n"));
}

static void
test_rooms (Fixture       *f,
            gconstpointer  data)
{
  ChatRoom *bob;
  ChatRoom *carol;

  sign_in (f);
  bob = chat_fake_session_add_room (f->session, 1, "bob", "hello", FALSE, 1000);
  carol = chat_fake_session_add_room (f->session, 2, "carol", "hi", FALSE, 2000);
  g_assert_null (chat_window_get_room (f->window));
  chat_room_set_marked_unread (bob, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 1);
  g_assert_true (chat_window_get_room (f->window) == bob);
  g_assert_false (chat_room_get_marked_unread (bob));
  g_assert_cmpint (g_settings_get_int64 (f->settings, "last-room"), ==, 1);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (f->window)), ==, "bob – Chat");
  chat_room_set_name (bob, "robert");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (f->window)), ==, "robert – Chat");

  chat_window_step_room (f->window, -1, FALSE);
  g_assert_true (chat_window_get_room (f->window) == carol);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.mark-room-unread", "x", (gint64) 2);
  g_assert_null (chat_window_get_room (f->window));
  g_assert_true (chat_room_get_marked_unread (carol));

  /* One that is gone */
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 99);
  g_assert_null (chat_window_get_room (f->window));

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 1);
  chat_fake_session_remove_room (f->session, bob);
  g_assert_null (chat_window_get_room (f->window));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (f->window)), ==, "Chat");

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.pin-room", "x", (gint64) 2);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.mute-room", "x", (gint64) 2);
  g_assert_true (chat_room_get_pinned (carol));
  g_assert_true (chat_room_get_muted (carol));
}

static gboolean
has_keyboard (Fixture    *f,
              const char *name)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (f->window));

  return focus != NULL && gtk_widget_is_ancestor (focus, child_of (f, name));
}

static GtkWindow *
find_dialog (Fixture *f)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *l = toplevels; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data))
      return l->data;
  return NULL;
}

static void
test_removed_elsewhere (Fixture       *f,
                        gconstpointer  data)
{
  ChatRoom *bob;
  ChatRoom *carol;

  sign_in (f);
  bob = chat_fake_session_add_room (f->session, 1, "bob", "hello", FALSE, 1000);
  carol = chat_fake_session_add_room (f->session, 2, "carol", "hi", FALSE, 2000);
  chat_fake_session_add_room (f->session, 3, "dave", "hi", FALSE, 3000);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 1);
  chat_test_wait_until (has_keyboard (f, "conversation"));

  /* The question about another room stays, that about this one goes, and so does the keyboard to the list. */
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.delete-room", "x", (gint64) 1);
  g_assert_nonnull (find_dialog (f));
  chat_fake_session_remove_room (f->session, carol);
  g_assert_nonnull (find_dialog (f));
  chat_fake_session_remove_room (f->session, bob);
  chat_test_wait_until (find_dialog (f) == NULL);
  g_assert_null (chat_window_get_room (f->window));
  g_assert_null (strstr (chat_fake_session_get_calls (f->session), "delete-room"));
  chat_test_wait_until (has_keyboard (f, "room_list_view"));

  /* The same for an account that is gone */
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.delete-room", "x", (gint64) 3);
  g_assert_nonnull (find_dialog (f));
  chat_session_sign_out_async (f->session, NULL, NULL, NULL);
  chat_test_wait_until (find_dialog (f) == NULL);
}

static void
test_typing_while_loading (Fixture       *f,
                           gconstpointer  data)
{
  gint64 last_room = GPOINTER_TO_INT (data);

  g_settings_set_int64 (f->settings, "last-room", last_room);
  chat_fake_session_set_state (f->session, CHAT_SESSION_CONNECTING, -1, 0);
  chat_window_find_room (f->window, NULL);
  chat_test_wait_until (has_keyboard (f, "room_list_view"));
  chat_fake_session_add_room (f->session, 1, "bob", "hello", FALSE, 1000);
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  chat_room_list_set_loaded (chat_session_get_rooms (f->session), TRUE);
  chat_test_settle ();
  g_assert_true ((chat_window_get_room (f->window) != NULL) == (last_room == 1));
  g_assert_true (chat_room_list_view_get_searching (CHAT_ROOM_LIST_VIEW (child_of (f, "room_list_view"))));
}

static void
assert_subtitle (Fixture    *f,
                 const char *words)
{
  g_assert_cmpstr (adw_window_title_get_subtitle (ADW_WINDOW_TITLE (child_of (f, "room_title"))), ==, words);
}

/* What the other person does, as far as it is known; nothing of it moves anything */
static void
test_others (Fixture       *f,
             gconstpointer  data)
{
  GtkWidget *header;
  ChatRoom *bob;
  ChatRoom *carol;
  int height;

  sign_in (f);
  bob = chat_fake_session_add_room (f->session, 1, "bob", "hello", FALSE, 1000);
  carol = chat_fake_session_add_room (f->session, 2, "carol", "hi", FALSE, 2000);
  chat_room_set_typing (carol, "carol", TRUE);
  chat_room_set_presence (carol, CHAT_PRESENCE_ONLINE, 0);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 1);
  chat_test_wait_until (has_keyboard (f, "conversation"));
  assert_subtitle (f, "");
  header = gtk_widget_get_ancestor (child_of (f, "room_title"), ADW_TYPE_HEADER_BAR);
  chat_test_wait_until (gtk_widget_get_height (header) > 0);
  height = gtk_widget_get_height (header);

  chat_room_set_presence (bob, CHAT_PRESENCE_ONLINE, 0);
  assert_subtitle (f, "online");
  chat_room_set_typing (bob, "bob", TRUE);
  assert_subtitle (f, "typing…");
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 30);
  assert_subtitle (f, "Offline");
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  chat_room_set_typing (bob, "bob", FALSE);
  chat_room_set_presence (bob, CHAT_PRESENCE_AWAY, g_get_real_time () - 5 * 60 * G_USEC_PER_SEC);
  assert_subtitle (f, "last seen 5 minutes ago");
  chat_test_settle ();
  g_assert_cmpint (gtk_widget_get_height (header), ==, height);

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 2);
  assert_subtitle (f, "typing…");
  chat_room_set_presence (bob, CHAT_PRESENCE_ONLINE, 0);
  assert_subtitle (f, "typing…");
}

static void
test_last_room (Fixture       *f,
                gconstpointer  data)
{
  g_settings_set_int64 (f->settings, "last-room", 2);
  chat_fake_session_add_room (f->session, 1, "bob", "hello", FALSE, 1000);
  chat_fake_session_add_room (f->session, 2, "carol", "hi", FALSE, 2000);
  sign_in (f);
  g_assert_nonnull (chat_window_get_room (f->window));
  g_assert_cmpint (chat_room_get_id (chat_window_get_room (f->window)), ==, 2);
}

static void
test_signed_out (Fixture       *f,
                 gconstpointer  data)
{
  sign_in (f);
  chat_fake_session_add_room (f->session, 1, "bob", "hello", FALSE, 1000);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 1);
  chat_session_sign_out_async (f->session, NULL, NULL, NULL);
  assert_page (f, "sign-in");
  g_assert_null (chat_window_get_room (f->window));
}

static void
test_keeps_its_size (Fixture       *f,
                     gconstpointer  data)
{
  int width;
  int height;

  make_window_again (f, 700, 500);
  gtk_window_get_default_size (GTK_WINDOW (f->window), &width, &height);
  g_assert_cmpint (width, ==, 700);
  g_assert_cmpint (height, ==, 500);

  /* What it has when it goes is kept, within what the settings allow. */
  gtk_window_set_default_size (GTK_WINDOW (f->window), 640, 480);
  gtk_window_get_default_size (GTK_WINDOW (f->window), &width, &height);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_assert_cmpint (g_settings_get_int (f->settings, "window-width"), ==, width);
  g_assert_cmpint (g_settings_get_int (f->settings, "window-height"), ==, height);
  make_window (f);
}

static void
test_keeps_maximized (Fixture       *f,
                      gconstpointer  data)
{
  make_window_again (f, 700, 500);
  gtk_window_maximize (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_window_is_maximized (GTK_WINDOW (f->window)));
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_assert_true (g_settings_get_boolean (f->settings, "window-maximized"));
  /* And the size to which it goes back */
  g_assert_cmpint (g_settings_get_int (f->settings, "window-width"), ==, 700);
  g_assert_cmpint (g_settings_get_int (f->settings, "window-height"), ==, 500);

  make_window (f);
  chat_test_wait_until (gtk_window_is_maximized (GTK_WINDOW (f->window)));
  gtk_window_unmaximize (GTK_WINDOW (f->window));
  chat_test_wait_until (!gtk_window_is_maximized (GTK_WINDOW (f->window)));
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_assert_false (g_settings_get_boolean (f->settings, "window-maximized"));
  g_assert_cmpint (g_settings_get_int (f->settings, "window-width"), ==, 700);
  make_window (f);
}

static void
test_narrow (Fixture       *f,
             gconstpointer  data)
{
  AdwLeaflet *leaflet;
  int minimum;

  make_window_again (f, 360, 600);
  leaflet = ADW_LEAFLET (child_of (f, "leaflet"));

  chat_fake_session_add_room (f->session, 1, "a-name-that-is-so-long-that-it-does-not-fit-anywhere-at-all-12345",
                              "hello", FALSE, 1000);
  sign_in (f);
  chat_test_wait_until (adw_leaflet_get_folded (leaflet));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-room", "x", (gint64) 1);
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == child_of (f, "content"));
  chat_fake_session_set_state (f->session, CHAT_SESSION_REFUSED, CHAT_SESSION_ERROR_CERTIFICATE_CHANGED, 0);
  chat_test_settle ();
  gtk_widget_measure (GTK_WIDGET (f->window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  /* The shadow around the window counts with it. */
  g_assert_cmpint (minimum, <=, 372);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.back", NULL);
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == child_of (f, "sidebar"));
  chat_test_settle ();
  /* To the room that one came from, not to the filter */
  g_assert_true (has_keyboard (f, "room_list_view"));
  g_assert_false (chat_room_list_view_get_searching (CHAT_ROOM_LIST_VIEW (child_of (f, "room_list_view"))));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE, NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
#define ADD(name, function) g_test_add ("/ui/window/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("pages", test_pages);
  ADD ("sign-in", test_sign_in);
  ADD ("sign-in-again", test_sign_in_again);
  ADD ("resolve", test_resolve);
  ADD ("rooms", test_rooms);
  ADD ("removed-elsewhere", test_removed_elsewhere);
  g_test_add ("/ui/window/typing-while-loading/last-room", Fixture, GINT_TO_POINTER (1), set_up, test_typing_while_loading,
              tear_down);
  g_test_add ("/ui/window/typing-while-loading/no-room", Fixture, GINT_TO_POINTER (0), set_up, test_typing_while_loading,
              tear_down);
  ADD ("others", test_others);
  ADD ("last-room", test_last_room);
  ADD ("keeps-maximized", test_keeps_maximized);
  ADD ("signed-out", test_signed_out);
  ADD ("keeps-its-size", test_keeps_its_size);
  ADD ("narrow", test_narrow);
#undef ADD
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
