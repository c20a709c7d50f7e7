/* test-timeline-menu.c: the menu of a message, and what its items do to the row on which it stands
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-fake-source.h"
#include "chat-message-row.h"
#include "chat-test.h"
#include "chat-timeline.h"

static GtkWidget *
find_row (GtkWidget   *widget,
          ChatMessage *message)
{
  GtkWidget *found = NULL;

  if (CHAT_IS_MESSAGE_ROW (widget) && gtk_widget_get_mapped (widget))
    return chat_message_row_get_message (CHAT_MESSAGE_ROW (widget)) == message ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_row (child, message);
  return found;
}

static GtkWidget *
find_popover (GtkWidget *row)
{
  for (GtkWidget *child = gtk_widget_get_first_child (row); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      return child;
  return NULL;
}

static void
discard_cb (ChatTimeline    *timeline,
            ChatMessage     *message,
            const char      *action,
            ChatMessageList *list)
{
  g_assert_cmpstr (action, ==, "discard");
  g_assert_true (chat_message_list_remove (list, message));
}

static void
test_row_goes (void)
{
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  GtkWidget *timeline = chat_timeline_new (), *window = gtk_window_new ();

  chat_fake_source_append (source, "bob", FALSE, G_USEC_PER_SEC, "hello");
  chat_fake_source_set_auto (source, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 720, 560);
  gtk_window_set_child (GTK_WINDOW (window), timeline);
  gtk_window_present (GTK_WINDOW (window));
  chat_message_list_load (list);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  g_signal_connect (timeline, "message-requested", G_CALLBACK (discard_cb), list);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (ChatMessage) message = chat_message_new (1, "ann", TRUE, CHAT_MESSAGE_TEXT, "ref");
      GtkWidget *row, *menu;

      chat_message_set_text (message, "not sent");
      chat_message_set_date (message, 2 * G_USEC_PER_SEC, NULL);
      chat_message_set_state (message, CHAT_MESSAGE_FAILED, "for some reason");
      chat_message_list_add (list, message);
      chat_test_wait_until ((row = find_row (timeline, message)) != NULL);
      g_assert_true (gtk_widget_activate_action (row, "message.menu", NULL));
      menu = find_popover (row);
      g_assert_nonnull (menu);
      chat_test_wait_until (gtk_widget_get_mapped (menu));
      /* As GTK does it: first it closes, then the item acts. A row that goes while something stands on it is a warning */
      gtk_popover_popdown (GTK_POPOVER (menu));
      g_assert_true (gtk_widget_activate_action (row, "message.discard", NULL));
      chat_test_wait_until (find_row (timeline, message) == NULL);
      chat_test_settle ();
    }
  chat_test_watch_object (timeline);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), NULL, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  chat_test_assert_finalized ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/timeline-menu/row-goes", test_row_goes);
  return g_test_run ();
}
