/* test-notice-bar.c: what the person should know of, one after the other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-notice-bar.h"
#include "chat-test.h"
#include "chat-toast.h"

typedef struct
{
  GtkWidget *window;
  GtkWidget *entry;
  ChatNoticeBar *bar;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  f->entry = gtk_entry_new ();
  f->bar = CHAT_NOTICE_BAR (chat_test_watch_object (chat_notice_bar_new ()));
  gtk_box_append (GTK_BOX (box), f->entry);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->bar));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 300);
  gtk_window_set_child (GTK_WINDOW (f->window), box);
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (f->entry));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  chat_test_assert_finalized ();
}

static GtkWidget *
find_button (GtkWidget *widget)
{
  /* (A toast has another button, which is hidden) */
  GtkWidget *found = GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_button (child);
  return found;
}

static void
test_one_after_the_other (Fixture       *f,
                          gconstpointer  data)
{
  g_assert_false (chat_notice_bar_get_revealed (f->bar));
  chat_notice_bar_say (f->bar, "First <of> all & whole");
  g_assert_true (chat_notice_bar_get_revealed (f->bar));
  chat_notice_bar_say (f->bar, "Second");
  /* Said once, however often it happens */
  chat_notice_bar_say (f->bar, "Second");
  chat_notice_bar_say (f->bar, "First <of> all & whole");
  g_assert_cmpstr (chat_notice_bar_get_text (f->bar), ==, "First <of> all & whole");
  chat_notice_bar_close (f->bar);
  g_assert_cmpstr (chat_notice_bar_get_text (f->bar), ==, "Second");
  chat_notice_bar_close (f->bar);
  g_assert_false (chat_notice_bar_get_revealed (f->bar));
  /* What was said may be said again */
  chat_notice_bar_say (f->bar, "Second");
  g_assert_true (chat_notice_bar_get_revealed (f->bar));
}

static void
test_limit (Fixture       *f,
            gconstpointer  data)
{
  for (guint i = 0; i < 10 * CHAT_NOTICE_BAR_MAX; i++)
    {
      g_autofree char *words = g_strdup_printf ("Notice %u", i);

      chat_notice_bar_say (f->bar, words);
    }
  for (guint i = 0; i < CHAT_NOTICE_BAR_MAX; i++)
    chat_notice_bar_close (f->bar);
  g_assert_true (chat_notice_bar_get_revealed (f->bar));
  chat_notice_bar_close (f->bar);
  g_assert_false (chat_notice_bar_get_revealed (f->bar));
}

static void
test_whole_and_beside (Fixture       *f,
                       gconstpointer  data)
{
  graphene_rect_t bar, entry;
  GtkWidget *button;

  chat_notice_bar_say (f->bar, "What was kept of your messages on this computer was damaged. It was set aside; the messages are fetched "
                               "again from the server");
  button = find_button (GTK_WIDGET (f->bar));
  chat_test_wait_until (gtk_widget_get_height (GTK_WIDGET (f->bar)) > 50 && gtk_widget_get_mapped (button));
  /* More than one line of it, and it covers nothing */
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (f->bar), f->window, &bar));
  g_assert_true (gtk_widget_compute_bounds (f->entry, f->window, &entry));
  g_assert_false (graphene_rect_intersection (&bar, &entry, NULL));
  g_assert_cmpint (gtk_widget_get_width (f->window), <=, 360);
}

static void
test_focus (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *button = find_button (GTK_WIDGET (f->bar)), *focus;

  chat_notice_bar_say (f->bar, "Something");
  chat_test_wait_until (gtk_widget_get_mapped (button));
  /* It takes the focus from nobody */
  gtk_widget_grab_focus (f->entry);
  chat_notice_bar_say (f->bar, "Something else");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (f->window)), f->entry));
  gtk_widget_grab_focus (button);
  g_signal_emit_by_name (button, "clicked");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (f->window)) == button);
  g_signal_emit_by_name (button, "clicked");
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_nonnull (focus);
  g_assert_false (gtk_widget_is_ancestor (focus, GTK_WIDGET (f->bar)));
}

static void
test_toasts (void)
{
  GtkWidget *overlay = adw_toast_overlay_new (), *window = gtk_window_new (), *button;

  gtk_window_set_child (GTK_WINDOW (window), overlay);
  chat_toast_watch (overlay);
  chat_test_watch_object (overlay);
  gtk_window_present (GTK_WINDOW (window));
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), chat_toast_new ("No <markup> & all of it"));
  button = find_button (overlay);
  g_assert_nonnull (button);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Close this notice");
  gtk_window_destroy (GTK_WINDOW (window));
  chat_test_assert_finalized ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, func) g_test_add ("/ui/notice-bar/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("one-after-the-other", test_one_after_the_other);
  ADD ("limit", test_limit);
  ADD ("whole-and-beside", test_whole_and_beside);
  ADD ("focus", test_focus);
#undef ADD
  g_test_add_func ("/ui/notice-bar/toasts", test_toasts);
  return g_test_run ();
}
