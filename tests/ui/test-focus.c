/* test-focus.c: the keyboard is never nowhere; and what a screen reader is told of, once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "chat-composer.h"
#include "chat-connection-banner.h"
#include "chat-conversation.h"
#include "chat-fake-session.h"
#include "chat-fake-source.h"
#include "chat-find-bar.h"
#include "chat-message-row.h"
#include "chat-room-list-view.h"
#include "chat-room-row.h"
#include "chat-sign-in-page.h"
#include "chat-test.h"
#include "chat-timeline.h"
#include "chat-window.h"

#define N_MESSAGES 40

/* In the place of GTK's own (4.14), which chat-compat looks up while running: this program exports it, under a name that newer headers declare */
void announce (GtkAccessible *accessible,
               const char    *message,
               int            priority) __asm__ ("gtk_accessible_announce");

static GString *said;

void
announce (GtkAccessible *accessible,
          const char    *message,
          int            priority)
{
  g_assert_true (GTK_IS_ACCESSIBLE (accessible));
  g_string_append_printf (said, "%s\n", message);
}

static void
assert_said (const char *words)
{
  chat_test_settle ();
  g_assert_cmpstr (said->str, ==, words);
  g_string_truncate (said, 0);
}

typedef struct
{
  GSettings *settings;
  ChatSession *session;
  GtkWidget *window;
  ChatRoom *rooms[3];
} Fixture;

static GtkApplication *application;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  static const char *const names[] = { "boris", "clara", "dora" };

  f->settings = g_settings_new_with_path (APP_ID ".Profile", "/com/example/Chat/profiles/focus/");
  g_settings_set_int (f->settings, "window-width", 900);
  f->session = chat_test_watch_object (chat_fake_session_new ());
  f->window = chat_window_new (application, f->session, f->settings);
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (f->window) && gtk_widget_get_width (f->window) > 0);
  chat_window_try_sign_in (CHAT_WINDOW (f->window), "chat.example", TRUE, "anna", "correct horse");
  chat_test_wait_until (chat_session_get_state (f->session) == CHAT_SESSION_ONLINE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    f->rooms[i] = chat_fake_session_add_room (f->session, i + 1, names[i], "Good morning", FALSE, g_get_real_time ());
  chat_test_settle ();
  g_string_truncate (said, 0);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->settings);
  g_clear_object (&f->session);
  chat_test_assert_finalized ();
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

static GtkWidget *
focus_of (Fixture *f)
{
  return gtk_root_get_focus (GTK_ROOT (f->window));
}

static gboolean
focus_in (Fixture *f,
          GType    type)
{
  GtkWidget *focus = focus_of (f);

  return focus != NULL && gtk_widget_get_mapped (focus) && gtk_widget_get_ancestor (focus, type) != NULL;
}

static void
test_deleted_room (Fixture       *f,
                   gconstpointer  data)
{
  /* While one writes in it */
  gtk_widget_activate_action (f->window, "win.open-room", "x", (gint64) 2);
  chat_test_wait_until (focus_in (f, CHAT_TYPE_COMPOSER));
  chat_fake_session_remove_room (f->session, f->rooms[1]);
  chat_test_wait_until (focus_of (f) != NULL && find (focus_of (f), CHAT_TYPE_ROOM_ROW) != NULL);
  /* While its row has the keyboard, down to the last one */
  chat_fake_session_remove_room (f->session, chat_room_row_get_room (CHAT_ROOM_ROW (find (focus_of (f), CHAT_TYPE_ROOM_ROW))));
  chat_test_wait_until (focus_of (f) != NULL && find (focus_of (f), CHAT_TYPE_ROOM_ROW) != NULL);
  chat_fake_session_remove_room (f->session, chat_room_row_get_room (CHAT_ROOM_ROW (find (focus_of (f), CHAT_TYPE_ROOM_ROW))));
  chat_test_wait_until (focus_of (f) != NULL && GTK_IS_BUTTON (focus_of (f)) && gtk_widget_get_mapped (focus_of (f)));
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (focus_of (f))), ==, "app.new-conversation");
}

/* The button of a banner goes while it is pressed */
static void
test_banner (Fixture       *f,
             gconstpointer  data)
{
  GtkWidget *banner, *button;

  gtk_widget_activate_action (f->window, "win.open-room", "x", (gint64) 1);
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 42);
  chat_test_wait_until ((banner = find (f->window, CHAT_TYPE_CONNECTION_BANNER)) != NULL && (button = find (banner, GTK_TYPE_BUTTON)) != NULL);
  g_assert_true (gtk_widget_grab_focus (button));
  chat_fake_session_set_state (f->session, CHAT_SESSION_CONNECTING, -1, 0);
  chat_test_wait_until (!gtk_widget_get_mapped (button) && focus_of (f) != NULL && focus_of (f) != button && gtk_widget_get_mapped (focus_of (f)));
  assert_said ("Offline\n");
  /* It does not say each try */
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 42);
  chat_fake_session_set_state (f->session, CHAT_SESSION_CONNECTING, -1, 0);
  assert_said ("");
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  assert_said ("Connected again\n");
}

/* What closes leaves the keyboard in the conversation */
static void
test_search (Fixture       *f,
             gconstpointer  data)
{
  gtk_widget_activate_action (f->window, "win.open-room", "x", (gint64) 1);
  chat_test_wait_until (focus_in (f, CHAT_TYPE_COMPOSER));
  chat_window_search (CHAT_WINDOW (f->window));
  chat_test_wait_until (focus_in (f, CHAT_TYPE_FIND_BAR));
  chat_find_bar_stop (CHAT_FIND_BAR (find (f->window, CHAT_TYPE_FIND_BAR)));
  chat_test_wait_until (focus_in (f, CHAT_TYPE_CONVERSATION) && !focus_in (f, CHAT_TYPE_FIND_BAR));
  /* One that is found nowhere */
  chat_window_find_room (CHAT_WINDOW (f->window), NULL);
  gtk_editable_set_text (GTK_EDITABLE (gtk_widget_get_ancestor (focus_of (f), GTK_TYPE_SEARCH_ENTRY)), "nobody");
  chat_window_cycle_focus (CHAT_WINDOW (f->window), 1);
  chat_window_cycle_focus (CHAT_WINDOW (f->window), -1);
  g_assert_true (focus_in (f, CHAT_TYPE_ROOM_LIST_VIEW));
}

static void
test_sign_in_errors (Fixture       *f,
                     gconstpointer  data)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *page = chat_sign_in_page_new ();
  g_autoptr (ChatSession) session = chat_fake_session_new ();

  gtk_window_set_child (GTK_WINDOW (window), page);
  chat_sign_in_page_set_session (CHAT_SIGN_IN_PAGE (page), session);
  gtk_window_present (GTK_WINDOW (window));
  chat_test_wait_until (gtk_widget_get_mapped (page));
  chat_fake_session_fail_next (session, CHAT_SESSION_ERROR_WRONG_PASSWORD);
  chat_sign_in_page_try (CHAT_SIGN_IN_PAGE (page), "chat.example", TRUE, "anna", "not the one");
  chat_test_wait_until (!chat_sign_in_page_get_busy (CHAT_SIGN_IN_PAGE (page)));
  assert_said ("The password is not right.\n");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Messages */

static GtkWidget *
find_row (GtkWidget   *widget,
          ChatMessage *message)
{
  GtkWidget *found = NULL;

  if (CHAT_IS_MESSAGE_ROW (widget))
    return gtk_widget_get_mapped (widget) && chat_message_row_get_message (CHAT_MESSAGE_ROW (widget)) == message ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_row (child, message);
  return found;
}

static ChatMessage *
message_at (ChatMessageList *list,
            guint            position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), position);

  return message;
}

static void
test_messages (void)
{
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  g_autoptr (ChatRoom) room = chat_room_new (1, "boris");
  GtkWidget *window = gtk_window_new (), *timeline = chat_timeline_new (), *focus;
  g_autoptr (ChatMessage) own = NULL;

  for (guint i = 0; i < N_MESSAGES; i++)
    chat_fake_source_append (source, "boris", FALSE, (1000 + i) * G_USEC_PER_SEC, "Good morning");
  chat_fake_source_set_auto (source, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 500);
  gtk_window_set_child (GTK_WINDOW (window), timeline);
  gtk_window_present (GTK_WINDOW (window));
  chat_message_list_load (list);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_test_wait_until (chat_message_list_get_loaded (list) && gtk_window_is_active (GTK_WINDOW (window)));
  chat_test_wait_until (find_row (timeline, message_at (list, N_MESSAGES - 1)) != NULL);

  /* One that has the keyboard is deleted: the one beside it has it */
  for (guint left = N_MESSAGES; left > N_MESSAGES - 3; left--)
    {
      ChatMessage *gone = message_at (list, left == N_MESSAGES - 1 ? left - 1 : left - 3);

      g_assert_true (gtk_widget_grab_focus (find_row (timeline, gone)));
      chat_fake_source_remove (source, gone);
      chat_message_list_remove (list, gone);
      /* As soon as it has its place */
      chat_test_wait_until ((focus = gtk_window_get_focus (GTK_WINDOW (window))) != NULL && CHAT_IS_MESSAGE_ROW (focus)
                            && gtk_widget_get_mapped (focus) && chat_message_row_get_message (CHAT_MESSAGE_ROW (focus)) != NULL);
      g_assert_true (chat_timeline_get_follows (CHAT_TIMELINE (timeline)));
    }

  /* What comes is said, and that one's own was not sent */
  g_string_truncate (said, 0);
  own = chat_message_new (0, "anna", TRUE, CHAT_MESSAGE_TEXT, "ref");
  chat_message_set_text (own, "Good night");
  chat_message_set_state (own, CHAT_MESSAGE_SENDING, NULL);
  chat_message_list_add (list, own);
  chat_test_wait_until (find_row (timeline, own) != NULL);
  assert_said ("");
  chat_message_set_state (own, CHAT_MESSAGE_FAILED, "The server said no");
  chat_test_settle ();
  g_assert_nonnull (strstr (said->str, "Good night"));
  g_assert_nonnull (strstr (said->str, "Not sent: The server said no\n"));
  g_assert_true (strchr (said->str, '\n') == said->str + said->len - 1);
  gtk_window_destroy (GTK_WINDOW (window));
  chat_test_settle ();
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GSimpleAction) action = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  said = g_string_new (NULL);
  gtk_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE, NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  /* What its button is for */
  action = g_simple_action_new ("new-conversation", NULL);
  g_action_map_add_action (G_ACTION_MAP (application), G_ACTION (action));
#define ADD(name, function) g_test_add ("/ui/focus/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("deleted-room", test_deleted_room);
  ADD ("banner", test_banner);
  ADD ("search", test_search);
  ADD ("sign-in-errors", test_sign_in_errors);
#undef ADD
  g_test_add_func ("/ui/focus/messages", test_messages);
  status = g_test_run ();
  g_object_unref (application);
  g_string_free (said, TRUE);
  return status;
}
