/* test-message-row.c: one message: what its state looks like, and what is said of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-message-row.h"
#include "chat-test.h"

#define NOON (G_GINT64_CONSTANT (1767268800) * G_USEC_PER_SEC)

/* Another shape is drawn, and another word is said, in the same place: no row is laid out anew */
static void
test_receipts (void)
{
  static const ChatMessageReceipt receipts[] = { CHAT_MESSAGE_NO_RECEIPT, CHAT_MESSAGE_DELIVERED, CHAT_MESSAGE_READ };
  static const char *const words[] = { "Sent", "Delivered", "Read" };
  GtkWidget *window = gtk_window_new ();
  GtkWidget *row = chat_message_row_new ();
  g_autoptr (ChatMessage) message = chat_message_new (1, "ann", TRUE, CHAT_MESSAGE_TEXT, NULL);
  g_autoptr (GBytes) before = NULL;

  chat_message_set_text (message, "hello");
  chat_message_set_date (message, NOON, NULL);
  chat_message_row_set_message (CHAT_MESSAGE_ROW (row), message, FALSE, FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 200);
  gtk_window_set_child (GTK_WINDOW (window), row);
  gtk_window_present (GTK_WINDOW (window));
  chat_test_wait_until (gtk_widget_get_width (row) > 0);
  for (guint i = 0; i < G_N_ELEMENTS (receipts); i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      g_autofree char *description = NULL;
      g_autoptr (GBytes) drawn = NULL;
      GskRenderNode *node;

      chat_message_set_receipt (message, receipts[i]);
      g_assert_cmpstr (chat_message_row_state_in_words (message), ==, words[i]);
      description = chat_message_row_describe (message);
      g_assert_true (g_str_has_suffix (description, words[i]));
      chat_bubble_snapshot (chat_message_row_get_bubble (CHAT_MESSAGE_ROW (row)), snapshot, 400);
      node = gtk_snapshot_free_to_node (snapshot);
      drawn = gsk_render_node_serialize (node);
      gsk_render_node_unref (node);
      g_assert_true (before == NULL || !g_bytes_equal (before, drawn));
      g_clear_pointer (&before, g_bytes_unref);
      before = g_steal_pointer (&drawn);
    }
  gtk_window_destroy (GTK_WINDOW (window));
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

  g_test_add_func ("/ui/message-row/receipts", test_receipts);

  return g_test_run ();
}
