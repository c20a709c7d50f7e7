/* timeline.c: what opening a room of many messages and scrolling in it cost the app
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <stdlib.h>

#include "bench-frames.h"
#include "bench-source.h"
#include "chat-timeline.h"

#define N_MESSAGES  100000
#define STEP_PX     40          /* about one notch of a wheel */
#define N_STEPS     400
#define WIDTH       700
#define HEIGHT      640
#define PATIENCE_US (120 * G_USEC_PER_SEC)

static gboolean
on_patience_over (gpointer user_data)
{
  g_printerr ("timeline: waited in vain\n");
  exit (1);
}

static void
scroll (BenchFrames     *frames,
        ChatMessageList *list,
        const char      *label)
{
  bench_frames_scroll (frames, label, N_STEPS, -STEP_PX);
  g_print (" loaded=%u\n", g_list_model_get_n_items (G_LIST_MODEL (list)));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (BenchSource) source = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatRoom) room = NULL;
  BenchFrames bench = { 0 };
  GtkWidget *window, *timeline;
  gint64 begin;
  double cpu;
  guint patience;

  adw_init ();
  source = bench_source_new (N_MESSAGES);
  list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  room = chat_room_new (1, "ada");
  chat_room_set_read_mark (room, N_MESSAGES);

  window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  timeline = chat_timeline_new ();
  adw_window_set_content (ADW_WINDOW (window), timeline);
  gtk_window_present (GTK_WINDOW (window));

  patience = g_timeout_add (PATIENCE_US / 1000, on_patience_over, NULL);
  bench_frames_init (&bench, window, timeline);

  /* What a click on a room does: the window is there, the first page is asked for */
  begin = g_get_monotonic_time ();
  cpu = bench_cpu_ms ();
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_message_list_load (list);
  while (!chat_message_list_get_loaded (list))
    g_main_context_iteration (NULL, TRUE);
  bench_frames_wait (&bench);
  g_print ("chat open first_frame_ms=%.1f cpu_ms=%.1f loaded=%u rss_mb=%.1f\n", (g_get_monotonic_time () - begin) / 1e3,
           bench_cpu_ms () - cpu, g_list_model_get_n_items (G_LIST_MODEL (list)), bench_rss_mb ());

  for (guint i = 0; i < 30; i++)
    bench_frames_wait (&bench);
  scroll (&bench, list, "chat");

  /* As if the person had scrolled up to the first message: the list keeps as much of the way as it keeps */
  while (chat_message_list_get_has_older (list))
    {
      chat_message_list_load_older (list);
      g_main_context_iteration (NULL, TRUE);
    }
  bench_frames_wait (&bench);
  scroll (&bench, list, "chat/after-the-way-up");

  g_source_remove (patience);
  bench_frames_clear (&bench);
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
