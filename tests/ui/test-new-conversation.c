/* test-new-conversation.c: finding a person while typing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <string.h>

#include "chat-fake-session.h"
#include "chat-new-conversation-dialog.h"
#include "chat-test.h"

typedef struct
{
  ChatSession *session;
  GtkWidget *dialog;
  ChatRoom *chosen;
  gboolean gone;
} Fixture;

static void
on_room_chosen (Fixture  *f,
                ChatRoom *room)
{
  g_set_object (&f->chosen, room);
}

static void
on_destroy (Fixture *f)
{
  f->gone = TRUE;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  static const char *const people[] = { "olena", "oleksandr", "bob", NULL };

  f->session = chat_test_watch_object (chat_fake_session_new ());
  chat_fake_session_set_people (f->session, people);
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  f->dialog = chat_test_watch_object (chat_new_conversation_dialog_new (NULL, f->session, NULL));
  g_signal_connect_swapped (f->dialog, "room-chosen", G_CALLBACK (on_room_chosen), f);
  g_signal_connect_swapped (f->dialog, "destroy", G_CALLBACK (on_destroy), f);
  gtk_window_present (GTK_WINDOW (f->dialog));
  chat_test_wait_until (gtk_widget_get_mapped (f->dialog));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  if (!f->gone)
    gtk_window_destroy (GTK_WINDOW (f->dialog));
  g_clear_object (&f->chosen);
  g_clear_object (&f->session);
  chat_test_assert_finalized ();
}

static GtkWidget *
child_of (Fixture    *f,
          const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (f->dialog, CHAT_TYPE_NEW_CONVERSATION_DIALOG, name));
}

static const char *
get_page (Fixture *f)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (child_of (f, "stack")));
}

static void
type (Fixture    *f,
      const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (child_of (f, "search_entry")), text);
}

static void
press_enter (Fixture *f)
{
  g_signal_emit_by_name (child_of (f, "search_entry"), "activate");
}

static void
test_pages (Fixture       *f,
            gconstpointer  data)
{
  g_assert_cmpstr (get_page (f), ==, "hint");
  type (f, "ole");
  g_assert_cmpstr (get_page (f), ==, "searching");
  chat_test_wait_until (g_str_equal (get_page (f), "results"));
  g_assert_nonnull (gtk_list_box_get_row_at_index (GTK_LIST_BOX (child_of (f, "list_box")), 1));
  g_assert_null (gtk_list_box_get_row_at_index (GTK_LIST_BOX (child_of (f, "list_box")), 2));
  type (f, "zzz");
  chat_test_wait_until (g_str_equal (get_page (f), "nobody"));
  type (f, "  ");
  g_assert_cmpstr (get_page (f), ==, "hint");
}

static void
test_asks_once (Fixture       *f,
                gconstpointer  data)
{
  type (f, "o");
  type (f, "ol");
  type (f, "ole");
  chat_test_wait_until (g_str_equal (get_page (f), "results"));
  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "search ole\n");
}

static void
test_enter (Fixture       *f,
            gconstpointer  data)
{
  type (f, "bob");
  /* Before the results: taken when they come */
  press_enter (f);
  chat_test_wait_until (f->gone);
  g_assert_cmpstr (chat_room_get_name (f->chosen), ==, "bob");
  g_assert_cmpstr (chat_fake_session_get_calls (f->session), ==, "search bob\ncreate bob\n");
}

static void
test_row (Fixture       *f,
          gconstpointer  data)
{
  type (f, "ole");
  chat_test_wait_until (g_str_equal (get_page (f), "results"));
  /* As assistive technology does */
  gtk_widget_activate_action (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (child_of (f, "list_box")), 1)),
                              "row.open", NULL);
  chat_test_wait_until (f->gone);
  g_assert_cmpstr (chat_room_get_name (f->chosen), ==, "oleksandr");
}

static void
test_offline (Fixture       *f,
              gconstpointer  data)
{
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_OFFLINE);
  type (f, "bob");
  chat_test_wait_until (g_str_equal (get_page (f), "problem"));
  /* It looks again by itself when there is a connection. */
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);
  chat_test_wait_until (g_str_equal (get_page (f), "results"));
}

static void
test_creation_fails (Fixture       *f,
                     gconstpointer  data)
{
  type (f, "bob");
  chat_test_wait_until (g_str_equal (get_page (f), "results"));
  chat_fake_session_fail_next (f->session, CHAT_SESSION_ERROR_NO_USER);
  press_enter (f);
  chat_test_wait_until (g_str_equal (get_page (f), "problem"));
  g_assert_null (f->chosen);
  g_assert_false (f->gone);
  g_assert_true (gtk_widget_get_sensitive (child_of (f, "search_entry")));
}

static void
test_closed_while_searching (Fixture       *f,
                             gconstpointer  data)
{
  chat_fake_session_hang_next (f->session);
  type (f, "bob");
  chat_test_wait_until (strstr (chat_fake_session_get_calls (f->session), "search bob") != NULL);
  gtk_window_close (GTK_WINDOW (f->dialog));
  chat_test_wait_until (f->gone);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, function) g_test_add ("/ui/new-conversation/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("pages", test_pages);
  ADD ("asks-once", test_asks_once);
  ADD ("enter", test_enter);
  ADD ("row", test_row);
  ADD ("offline", test_offline);
  ADD ("creation-fails", test_creation_fails);
  ADD ("closed-while-searching", test_closed_while_searching);
#undef ADD
  return g_test_run ();
}
