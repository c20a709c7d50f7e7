/* test-room-selection.c: the open room stays the selected one wherever it moves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-list.h"
#include "chat-room-selection.h"
#include "chat-test.h"

typedef struct
{
  ChatRoomList *rooms;
  ChatRoomSelection *selection;
  guint n_selection_changed;
} Fixture;

static void
on_selection_changed (Fixture *f)
{
  f->n_selection_changed++;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->rooms = chat_test_watch_object (chat_room_list_new ());
  for (int i = 1; i <= 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("room%d", i);
      g_autoptr (ChatRoom) room = chat_room_new (i, name);

      chat_room_set_activity (room, 1000 - i);
      chat_room_list_add (f->rooms, room);
    }
  f->selection = chat_test_watch_object (chat_room_selection_new (g_object_ref (G_LIST_MODEL (f->rooms))));
  g_signal_connect_swapped (f->selection, "selection-changed", G_CALLBACK (on_selection_changed), f);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_clear_object (&f->selection);
  g_clear_object (&f->rooms);
  chat_test_assert_finalized ();
}

static void
assert_selected (Fixture *f,
                 guint    position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (f->selection));

  g_assert_cmpuint (chat_room_selection_get_position (f->selection), ==, position);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkBitset) set = gtk_selection_model_get_selection_in_range (GTK_SELECTION_MODEL (f->selection), 0, n);

      g_assert_cmpint (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (f->selection), i), ==, i == position);
      g_assert_cmpint (gtk_bitset_contains (set, i), ==, i == position);
    }
}

static void
test_select (Fixture       *f,
             gconstpointer  data)
{
  assert_selected (f, GTK_INVALID_LIST_POSITION);
  chat_room_selection_set_room (f->selection, chat_room_list_lookup (f->rooms, 3));
  assert_selected (f, 2);
  g_assert_cmpuint (f->n_selection_changed, ==, 1);
  chat_room_selection_set_room (f->selection, chat_room_list_lookup (f->rooms, 3));
  g_assert_cmpuint (f->n_selection_changed, ==, 1);
  chat_room_selection_set_room (f->selection, NULL);
  assert_selected (f, GTK_INVALID_LIST_POSITION);
}

static void
test_keys_select_nothing (Fixture       *f,
                          gconstpointer  data)
{
  chat_room_selection_set_room (f->selection, chat_room_list_lookup (f->rooms, 3));
  g_assert_false (gtk_selection_model_select_item (GTK_SELECTION_MODEL (f->selection), 0, TRUE));
  g_assert_false (gtk_selection_model_unselect_item (GTK_SELECTION_MODEL (f->selection), 2));
  g_assert_false (gtk_selection_model_select_all (GTK_SELECTION_MODEL (f->selection)));
  assert_selected (f, 2);
}

static void
test_moves (Fixture       *f,
            gconstpointer  data)
{
  chat_room_selection_set_room (f->selection, chat_room_list_lookup (f->rooms, 3));
  /* The selected one to the top, then another over it, then one behind it to its place */
  chat_room_set_activity (chat_room_list_lookup (f->rooms, 3), 5000);
  assert_selected (f, 0);
  chat_room_set_activity (chat_room_list_lookup (f->rooms, 5), 6000);
  assert_selected (f, 1);
  chat_room_set_pinned (chat_room_list_lookup (f->rooms, 3), TRUE);
  assert_selected (f, 0);
  chat_room_set_pinned (chat_room_list_lookup (f->rooms, 4), TRUE);
  chat_room_set_activity (chat_room_list_lookup (f->rooms, 4), 9000);
  assert_selected (f, 1);
}

static void
test_comes_and_goes (Fixture       *f,
                     gconstpointer  data)
{
  g_autoptr (ChatRoom) room = g_object_ref (chat_room_list_lookup (f->rooms, 3));

  chat_room_selection_set_room (f->selection, room);
  chat_room_list_remove (f->rooms, 1);
  assert_selected (f, 1);
  chat_room_list_remove (f->rooms, 5);
  assert_selected (f, 1);
  chat_room_list_remove (f->rooms, 3);
  assert_selected (f, GTK_INVALID_LIST_POSITION);
  chat_room_list_add (f->rooms, room);
  assert_selected (f, 1);
  chat_room_list_clear (f->rooms);
  assert_selected (f, GTK_INVALID_LIST_POSITION);
}

static void
test_random (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  chat_room_selection_set_room (f->selection, chat_room_list_lookup (f->rooms, 3));
  for (guint i = 0; i < 2000; i++)
    {
      ChatRoom *room = chat_room_list_lookup (f->rooms, g_rand_int_range (random, 1, 6));
      guint position;

      if (g_rand_boolean (random))
        chat_room_set_activity (room, g_rand_int_range (random, 1, 1000));
      else
        chat_room_set_pinned (room, g_rand_boolean (random));
      g_assert_true (chat_room_list_find (f->rooms, chat_room_selection_get_room (f->selection), &position));
      g_assert_cmpuint (chat_room_selection_get_position (f->selection), ==, position);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/room-selection/select", Fixture, NULL, set_up, test_select, tear_down);
  g_test_add ("/ui/room-selection/keys-select-nothing", Fixture, NULL, set_up, test_keys_select_nothing, tear_down);
  g_test_add ("/ui/room-selection/moves", Fixture, NULL, set_up, test_moves, tear_down);
  g_test_add ("/ui/room-selection/comes-and-goes", Fixture, NULL, set_up, test_comes_and_goes, tear_down);
  g_test_add ("/ui/room-selection/random", Fixture, NULL, set_up, test_random, tear_down);
  return g_test_run ();
}
