/* test-room-list-view.c: the rooms in the sidebar, their filter and their words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <locale.h>
#include <string.h>

#include "chat-room-list-view.h"
#include "chat-room-row.h"
#include "chat-test.h"

typedef struct
{
  ChatRoomList *rooms;
  GtkWidget *window;
  ChatRoomListView *view;
  GtkWidget *menu;
  gint64 opened;
} Fixture;

static void
on_open_room (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  Fixture *f = user_data;

  f->opened = g_variant_get_int64 (parameter);
}

static ChatRoom *
add_room (Fixture    *f,
          gint64      id,
          const char *name,
          gint64      activity)
{
  g_autoptr (ChatRoom) room = chat_room_new (id, name);

  chat_room_set_activity (room, activity);
  chat_room_list_add (f->rooms, room);
  return chat_room_list_lookup (f->rooms, id);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  static const GActionEntry actions[] = { { "open-room", on_open_room, "x" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->rooms = chat_test_watch_object (chat_room_list_new ());
  f->view = CHAT_ROOM_LIST_VIEW (chat_test_watch_object (chat_room_list_view_new ()));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->view));
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), f);
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (group));
  chat_room_list_view_set_rooms (f->view, f->rooms);
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (f->view)));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->rooms);
  chat_test_assert_finalized ();
}

static void
fill (Fixture *f)
{
  add_room (f, 1, "Olena", 500);
  add_room (f, 2, "bob", 400);
  add_room (f, 3, "oleksandr", 300);
  add_room (f, 4, "carol", 200);
  chat_room_list_set_loaded (f->rooms, TRUE);
}

static GtkWidget *
child_of (Fixture    *f,
          const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (f->view), CHAT_TYPE_ROOM_LIST_VIEW, name));
}

static void
assert_page (Fixture    *f,
             const char *page)
{
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (child_of (f, "stack"))), ==, page);
}

static void
filter (Fixture    *f,
        const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (child_of (f, "search_entry")), text);
}

static void
test_pages (Fixture       *f,
            gconstpointer  data)
{
  assert_page (f, "loading");
  chat_room_list_set_loaded (f->rooms, TRUE);
  assert_page (f, "empty");
  add_room (f, 1, "bob", 1);
  assert_page (f, "rooms");
  filter (f, "x");
  assert_page (f, "no-match");
  add_room (f, 2, "xenia", 2);
  assert_page (f, "rooms");
  chat_room_list_remove (f->rooms, 2);
  assert_page (f, "no-match");
  filter (f, "");
  assert_page (f, "rooms");
  chat_room_list_clear (f->rooms);
  assert_page (f, "empty");
}

static GListModel *
get_shown (Fixture *f)
{
  return G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (child_of (f, "list_view"))));
}

static void
test_filter (Fixture       *f,
             gconstpointer  data)
{
  fill (f);
  g_assert_cmpuint (g_list_model_get_n_items (get_shown (f)), ==, 4);
  filter (f, "OLE");
  g_assert_cmpuint (g_list_model_get_n_items (get_shown (f)), ==, 2);
  filter (f, " ole ");
  g_assert_cmpuint (g_list_model_get_n_items (get_shown (f)), ==, 2);
  /* Enter opens the first, and the filter has done its work. */
  g_signal_emit_by_name (child_of (f, "search_entry"), "activate");
  g_assert_cmpint (f->opened, ==, 1);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child_of (f, "search_entry"))), ==, "");
  g_assert_cmpuint (g_list_model_get_n_items (get_shown (f)), ==, 4);
  /* Enter on nothing opens nothing. */
  f->opened = 0;
  g_signal_emit_by_name (child_of (f, "search_entry"), "activate");
  g_assert_cmpint (f->opened, ==, 0);
  filter (f, "bob");
  g_signal_emit_by_name (child_of (f, "search_entry"), "stop-search");
  g_assert_cmpuint (g_list_model_get_n_items (get_shown (f)), ==, 4);
}

static void
test_activate (Fixture       *f,
               gconstpointer  data)
{
  fill (f);
  gtk_widget_activate_action (child_of (f, "list_view"), "list.activate-item", "u", 1);
  g_assert_cmpint (f->opened, ==, 2);
}

static ChatRoomRow *
find_row (GtkWidget *widget,
          gint64     id)
{
  if (CHAT_IS_ROOM_ROW (widget))
    {
      ChatRoom *room = chat_room_row_get_room (CHAT_ROOM_ROW (widget));

      return room != NULL && chat_room_get_id (room) == id ? CHAT_ROOM_ROW (widget) : NULL;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      ChatRoomRow *row = find_row (child, id);

      if (row != NULL)
        return row;
    }
  return NULL;
}

static gboolean
is_marked (Fixture *f,
           gint64   id)
{
  ChatRoomRow *row = find_row (child_of (f, "list_view"), id);

  return (gtk_widget_get_state_flags (gtk_widget_get_parent (GTK_WIDGET (row))) & GTK_STATE_FLAG_SELECTED) != 0;
}

static void
test_open_room_is_marked (Fixture       *f,
                          gconstpointer  data)
{
  fill (f);
  chat_test_wait_until (find_row (child_of (f, "list_view"), 3) != NULL);
  chat_room_list_view_set_room (f->view, chat_room_list_lookup (f->rooms, 3));
  g_assert_true (is_marked (f, 3));
  g_assert_false (is_marked (f, 1));

  /* To the top, and away from it */
  chat_room_set_activity (chat_room_list_lookup (f->rooms, 3), 1000);
  g_assert_true (is_marked (f, 3));
  chat_room_set_activity (chat_room_list_lookup (f->rooms, 4), 2000);
  g_assert_true (is_marked (f, 3));
  g_assert_false (is_marked (f, 4));

  /* The row keeps its widget and the keyboard while it moves. */
  g_assert_true (chat_room_list_view_focus_list (f->view));
  chat_room_set_pinned (chat_room_list_lookup (f->rooms, 3), TRUE);
  chat_test_settle ();
  g_assert_true (gtk_root_get_focus (GTK_ROOT (f->window))
                 == gtk_widget_get_parent (GTK_WIDGET (find_row (child_of (f, "list_view"), 3))));
}

static GMenuModel *
open_menu (Fixture *f,
           gint64   id)
{
  ChatRoomRow *row = find_row (child_of (f, "list_view"), id);

  gtk_widget_activate_action (GTK_WIDGET (row), "row.menu", NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (f->view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER_MENU (child) && gtk_widget_get_mapped (child))
      {
        f->menu = child;
        return gtk_popover_menu_get_menu_model (GTK_POPOVER_MENU (child));
      }
  g_assert_not_reached ();
}

static gboolean
menu_has (GMenuModel *menu,
          const char *action)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autofree char *own = NULL;

      if (section != NULL && menu_has (section, action))
        return TRUE;
      if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &own) && g_str_equal (own, action))
        return TRUE;
    }
  return FALSE;
}

static void
test_menu (Fixture       *f,
           gconstpointer  data)
{
  GMenuModel *menu;
  GtkWidget *row;

  fill (f);
  chat_test_wait_until (find_row (child_of (f, "list_view"), 3) != NULL);
  chat_room_list_view_set_room (f->view, chat_room_list_lookup (f->rooms, 3));
  g_assert_true (chat_room_list_view_focus_list (f->view));
  row = gtk_widget_get_parent (GTK_WIDGET (find_row (child_of (f, "list_view"), 3)));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (f->window)) == row);

  menu = open_menu (f, 3);
  g_assert_true (menu_has (menu, "win.mark-room-unread"));
  g_assert_false (menu_has (menu, "win.mark-room-read"));
  chat_test_wait_until (gtk_root_get_focus (GTK_ROOT (f->window)) != row);

  /* The keyboard is back where it was. */
  gtk_popover_popdown (GTK_POPOVER (f->menu));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (f->window)) == row);
  chat_test_settle ();
  g_assert_true (gtk_root_get_focus (GTK_ROOT (f->window)) == row);

  chat_room_set_marked_unread (chat_room_list_lookup (f->rooms, 3), TRUE);
  menu = open_menu (f, 3);
  g_assert_true (menu_has (menu, "win.mark-room-read"));
  g_assert_false (menu_has (menu, "win.mark-room-unread"));
  gtk_popover_popdown (GTK_POPOVER (f->menu));

  chat_room_set_unread_count (chat_room_list_lookup (f->rooms, 2), 1);
  menu = open_menu (f, 2);
  g_assert_true (menu_has (menu, "win.mark-room-read"));
  /* The row is gone while its menu is open: it closes without harm. */
  chat_room_list_remove (f->rooms, 2);
  chat_test_settle ();
  gtk_popover_popdown (GTK_POPOVER (f->menu));
}

static void
assert_neighbour (Fixture  *f,
                  int       step,
                  gboolean  unread,
                  gint64    id)
{
  ChatRoom *room = chat_room_list_view_get_neighbour (f->view, step, unread);

  g_assert_cmpint (room != NULL ? chat_room_get_id (room) : 0, ==, id);
}

static void
test_neighbours (Fixture       *f,
                 gconstpointer  data)
{
  assert_neighbour (f, 1, FALSE, 0);
  fill (f);
  assert_neighbour (f, 1, FALSE, 1);
  assert_neighbour (f, -1, FALSE, 4);
  chat_room_list_view_set_room (f->view, chat_room_list_lookup (f->rooms, 1));
  assert_neighbour (f, -1, FALSE, 0);
  assert_neighbour (f, 1, FALSE, 2);
  assert_neighbour (f, 1, TRUE, 0);
  chat_room_set_unread_count (chat_room_list_lookup (f->rooms, 3), 1);
  chat_room_set_marked_unread (chat_room_list_lookup (f->rooms, 4), TRUE);
  assert_neighbour (f, 1, TRUE, 3);
  assert_neighbour (f, -1, TRUE, 4);
  chat_room_list_view_set_room (f->view, chat_room_list_lookup (f->rooms, 4));
  assert_neighbour (f, 1, FALSE, 0);
  /* Around the end */
  assert_neighbour (f, 1, TRUE, 3);
}

static GtkWidget *
find_child (ChatRoomRow *row,
            const char  *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (row), CHAT_TYPE_ROOM_ROW, name));
}

/* @icon: (nullable): none is shown; @preview: (nullable): not looked at */
static void
assert_row_says (ChatRoomRow *row,
                 const char  *words,
                 const char  *icon,
                 const char  *preview)
{
  g_autofree char *said = chat_room_row_describe (row);
  GtkWidget *image = find_child (row, "state_image");

  g_assert_cmpstr (said, ==, words);
  g_assert_true (gtk_widget_get_visible (image) == (icon != NULL));
  if (icon != NULL)
    {
      g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (image)), ==, icon);
      g_assert_true (gtk_icon_theme_has_icon (gtk_icon_theme_get_for_display (gdk_display_get_default ()), icon));
    }
  if (preview != NULL)
    g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (find_child (row, "preview_label"))), ==, preview);
  g_assert_true (gtk_widget_get_visible (find_child (row, "online_image"))
                 == (chat_room_get_presence (chat_room_row_get_room (row)) == CHAT_PRESENCE_ONLINE));
}

static void
test_row_words (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (ChatRoom) room = chat_room_new (1, "bob");
  g_autoptr (ChatMessage) message = chat_message_new (1, "me", TRUE, CHAT_MESSAGE_TEXT, NULL);
  g_autoptr (GtkWidget) widget = g_object_ref_sink (chat_room_row_new ());
  ChatRoomRow *row = CHAT_ROOM_ROW (widget);
  g_autofree char *name_alone = NULL;
  g_autofree char *unread = NULL;
  g_autofree char *failed = NULL;
  g_autofree char *all = NULL;

  chat_room_row_set_room (row, room);
  name_alone = chat_room_row_describe (row);
  g_assert_cmpstr (name_alone, ==, "bob");
  chat_room_set_unread_count (room, 1);
  unread = chat_room_row_describe (row);
  g_assert_cmpstr (unread, ==, "bob, 1 unread message");

  chat_room_set_unread_count (room, 0);
  chat_message_set_text (message, "hello");
  chat_message_set_state (message, CHAT_MESSAGE_SENDING, NULL);
  chat_room_set_last_message (room, message);
  chat_message_set_state (message, CHAT_MESSAGE_FAILED, "no");
  failed = chat_room_row_describe (row);
  g_assert_cmpstr (failed, ==, "bob, Not sent: hello");

  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
  chat_message_set_text (message, "hello all");
  chat_room_set_marked_unread (room, TRUE);
  chat_room_set_pinned (room, TRUE);
  chat_room_set_muted (room, TRUE);
  all = chat_room_row_describe (row);
  g_assert_cmpstr (all, ==, "bob, marked as unread, You: hello all, Sent, pinned, muted");

  assert_row_says (row, "bob, marked as unread, You: hello all, Sent, pinned, muted", "chat-sent-symbolic", NULL);

  /* How far it has got, and what the other one does */
  chat_room_set_marked_unread (room, FALSE);
  chat_room_set_pinned (room, FALSE);
  chat_room_set_muted (room, FALSE);
  chat_message_set_receipt (message, CHAT_MESSAGE_DELIVERED);
  assert_row_says (row, "bob, You: hello all, Delivered", "chat-delivered-symbolic", NULL);
  chat_message_set_receipt (message, CHAT_MESSAGE_READ);
  chat_room_set_presence (room, CHAT_PRESENCE_ONLINE, 0);
  assert_row_says (row, "bob, online, You: hello all, Read", "chat-read-symbolic", NULL);
  chat_room_set_draft (room, "well");
  assert_row_says (row, "bob, online, Draft: well", "document-edit-symbolic", NULL);
  chat_room_set_typing (room, "bob", TRUE);
  assert_row_says (row, "bob, online, typing…, Draft: well", NULL, "typing…");
  chat_room_set_typing (room, "bob", FALSE);
  chat_room_set_draft (room, NULL);
  chat_room_set_presence (room, CHAT_PRESENCE_AWAY, 5);
  assert_row_says (row, "bob, You: hello all, Read", "chat-read-symbolic", NULL);

  /* A row that was used for another room is deaf to the first. */
  chat_room_row_set_room (row, NULL);
  chat_message_set_text (message, "more");
  chat_room_set_muted (room, FALSE);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  /* As GtkApplication does */
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()), "/com/example/Chat/icons");
#define ADD(name, function) g_test_add ("/ui/room-list-view/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("pages", test_pages);
  ADD ("filter", test_filter);
  ADD ("activate", test_activate);
  ADD ("open-room-is-marked", test_open_room_is_marked);
  ADD ("menu", test_menu);
  ADD ("neighbours", test_neighbours);
  ADD ("row-words", test_row_words);
#undef ADD
  return g_test_run ();
}
