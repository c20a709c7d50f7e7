/* test-direction.c: texts of both directions in bubbles of both directions
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-message-bubble-private.h"
#include "chat-message-row.h"
#include "chat-test.h"

#define NOON (G_GINT64_CONSTANT (1767268800) * G_USEC_PER_SEC)

static const char *const texts[] = {
  "hello",
  "مرحبًا",
  "123 456",
  "12:30 الاجتماع",
  "12:30 the meeting",
  "👍",
  "...",
  "سطر عربي أول\nAn English line\nسطر ثالث",
  "An English line\nسطر عربي ثان",
  "First\n42\nLast",
  "See https://example.com/مسار?q=1 (today)",
  "السعر 1,250.50 EUR (شامل) ثم C++ و #hashtag، وبعده كلام طويل لا يسعه سطر واحد في نافذة ضيقة مهما كان",
  "Enough words of English that they do not find room in one line of a narrow window, whatever it is",
};

static GtkWidget *
make_row (const char *text,
          gboolean    outgoing)
{
  g_autoptr (ChatMessage) message = chat_message_new (1, "ann", outgoing, CHAT_MESSAGE_TEXT, NULL);
  GtkWidget *row = chat_message_row_new ();

  chat_message_set_text (message, text);
  chat_message_set_date (message, NOON, NULL);
  chat_message_row_set_message (CHAT_MESSAGE_ROW (row), message, FALSE, FALSE);
  return row;
}

/* Where the letters of line @line are, in the row */
static GdkRectangle
line_area (ChatBubble *bubble,
           int         index)
{
  PangoLayoutIter *iter = pango_layout_get_iter (bubble->body);
  PangoRectangle extents;

  while (index-- > 0)
    g_assert_true (pango_layout_iter_next_line (iter));
  pango_layout_iter_get_line_extents (iter, NULL, &extents);
  pango_extents_to_pixels (&extents, NULL);
  pango_layout_iter_free (iter);
  return (GdkRectangle) { bubble->body_at.x + extents.x, bubble->body_at.y + extents.y, extents.width, extents.height };
}

static void
assert_places (GtkWidget *row,
               int        width)
{
  ChatBubble *bubble = chat_message_row_get_bubble (CHAT_MESSAGE_ROW (row));
  gboolean rtl = gtk_widget_get_direction (row) == GTK_TEXT_DIR_RTL;
  gboolean own = chat_message_get_outgoing (bubble->message);
  PangoRectangle logical;
  GdkRectangle meta;
  int n;

  chat_bubble_measure (bubble, width);
  n = pango_layout_get_line_count (bubble->body);
  pango_layout_get_pixel_extents (bubble->meta, NULL, &logical);
  meta = (GdkRectangle) { bubble->meta_at.x + logical.x, bubble->meta_at.y + logical.y, logical.width, logical.height };

  /* One's own at the end of a line, the others' at its beginning */
  if (own == rtl)
    g_assert_cmpint (bubble->area.x, ==, SIDE);
  else
    g_assert_cmpint (bubble->area.x + bubble->area.width, ==, width - SIDE);
  g_assert_cmpint (meta.x, >=, bubble->area.x + PAD_X);
  g_assert_cmpint (meta.x + meta.width, <=, bubble->area.x + bubble->area.width - PAD_X);

  for (int i = 0; i < n; i++)
    {
      GdkRectangle line = line_area (bubble, i);
      gboolean rtl_line = pango_layout_get_line_readonly (bubble->body, i)->resolved_dir == PANGO_DIRECTION_RTL;

      /* In the bubble, each at the side where its direction begins; a pixel is lost in rounding */
      g_assert_cmpint (line.x, >=, bubble->area.x + PAD_X - 1);
      g_assert_cmpint (line.x + line.width, <=, bubble->area.x + bubble->area.width - PAD_X + 1);
      if (rtl_line)
        g_assert_cmpint (line.x + line.width, >=, bubble->area.x + bubble->area.width - PAD_X - 1);
      else
        g_assert_cmpint (line.x, <=, bubble->area.x + PAD_X + 1);
      g_assert_false (gdk_rectangle_intersect (&line, &meta, NULL));
    }
}

static void
test_places (void)
{
  static const int widths[] = { 360, 700 };

  for (guint rtl = 0; rtl < 2; rtl++)
    {
      gtk_widget_set_default_direction (rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        for (guint own = 0; own < 2; own++)
          for (guint j = 0; j < G_N_ELEMENTS (widths); j++)
            {
              GtkWidget *row = g_object_ref_sink (make_row (texts[i], own));

              g_test_message ("%s, %s, %s, %d", rtl ? "rtl" : "ltr", texts[i], own ? "own" : "other", widths[j]);
              assert_places (row, widths[j]);
              g_object_unref (row);
            }
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* Lines of both directions do not make a bubble wider than the longest of them needs */
static void
test_mixed_is_no_wider (void)
{
  GtkWidget *mixed = g_object_ref_sink (make_row ("Good\nجيد", FALSE));
  GtkWidget *plain = g_object_ref_sink (make_row ("Good\nGoodness", FALSE));
  GdkRectangle mixed_area, plain_area;

  chat_bubble_measure (chat_message_row_get_bubble (CHAT_MESSAGE_ROW (mixed)), 700);
  chat_bubble_measure (chat_message_row_get_bubble (CHAT_MESSAGE_ROW (plain)), 700);
  chat_bubble_get_area (chat_message_row_get_bubble (CHAT_MESSAGE_ROW (mixed)), &mixed_area);
  chat_bubble_get_area (chat_message_row_get_bubble (CHAT_MESSAGE_ROW (plain)), &plain_area);
  g_assert_cmpint (mixed_area.width, <=, plain_area.width + 40);
  g_object_unref (mixed);
  g_object_unref (plain);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 77;
    }
  adw_init ();

  g_test_add_func ("/ui/direction/places", test_places);
  g_test_add_func ("/ui/direction/mixed-is-no-wider", test_mixed_is_no_wider);

  return g_test_run ();
}
