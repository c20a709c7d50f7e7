/* test-style.c: high contrast, asked for or not (ADW_DEBUG_HIGH_CONTRAST)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-style.h"
#include "chat-test.h"

static int
width_of_fingerprint (void)
{
  g_autoptr (GtkWidget) box = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  int minimum;

  gtk_widget_add_css_class (box, "fingerprint");
  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
test_contrast (void)
{
  gboolean wanted = g_strcmp0 (g_getenv ("ADW_DEBUG_HIGH_CONTRAST"), "1") == 0;

  g_assert_false (chat_style_get_high_contrast ());
  g_assert_cmpint (width_of_fingerprint (), ==, 0);
  chat_style_follow_contrast ();
  g_assert_true (chat_style_get_high_contrast () == wanted);
  /* A border of one pixel around what is a tone of grey else */
  g_assert_cmpint (width_of_fingerprint (), ==, wanted ? 2 : 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/style/contrast", test_contrast);
  return g_test_run ();
}
