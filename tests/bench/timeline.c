/* timeline.c: what opening a room of many messages and scrolling in it cost the app
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "bench-source.h"
#include "chat-timeline.h"

#define N_MESSAGES  100000
#define STEP_PX     40          /* about one notch of a wheel */
#define N_STEPS     400
#define WIDTH       700
#define HEIGHT      640
#define PATIENCE_US (120 * G_USEC_PER_SEC)

typedef struct
{
  GtkWidget     *timeline;
  GtkAdjustment *adjustment;
  GdkFrameClock *clock;
  gint64         frame_begin;   /* µs */
  guint          n_frames;
  GArray        *frames;        /* (element-type double): ms, before-paint to after-paint */
} Bench;

static double
cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static double
rss_mb (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) || (line = strstr (text, "VmRSS:")) == NULL)
    return 0;
  return g_ascii_strtod (line + strlen ("VmRSS:"), NULL) / 1024;
}

static void
on_before_paint (GdkFrameClock *clock,
                 Bench         *bench)
{
  bench->frame_begin = g_get_monotonic_time ();
}

static void
on_after_paint (GdkFrameClock *clock,
                Bench         *bench)
{
  double ms = (g_get_monotonic_time () - bench->frame_begin) / 1e3;

  bench->n_frames++;
  g_array_append_val (bench->frames, ms);
}

static gboolean
on_patience_over (gpointer user_data)
{
  g_printerr ("timeline: waited in vain\n");
  exit (1);
}

static void
wait_frame (Bench *bench)
{
  guint n_frames = bench->n_frames;

  gdk_frame_clock_request_phase (bench->clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (bench->n_frames == n_frames)
    g_main_context_iteration (NULL, TRUE);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
quantile (GArray *sorted,
          double  q)
{
  return g_array_index (sorted, double, MIN (sorted->len - 1, (guint) (q * sorted->len)));
}

static GtkWidget *
find_scrolled_window (GtkWidget *widget)
{
  if (GTK_IS_SCROLLED_WINDOW (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_scrolled_window (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
scroll (Bench           *bench,
        ChatMessageList *list,
        const char      *label)
{
  guint n_steps = 0;
  double cpu;

  g_array_set_size (bench->frames, 0);
  cpu = cpu_ms ();
  for (guint i = 0; i < N_STEPS; i++)
    {
      double value = gtk_adjustment_get_value (bench->adjustment);

      if (value >= STEP_PX)
        n_steps++;
      gtk_adjustment_set_value (bench->adjustment, MAX (0, value - STEP_PX));
      wait_frame (bench);
    }
  cpu = cpu_ms () - cpu;
  g_array_sort (bench->frames, compare_doubles);
  g_print ("%s scroll steps=%u cpu_ms=%.3f frame_p50_ms=%.2f frame_p99_ms=%.2f frame_max_ms=%.2f loaded=%u rss_mb=%.1f\n",
           label, n_steps, cpu / N_STEPS, quantile (bench->frames, .5), quantile (bench->frames, .99),
           quantile (bench->frames, 1), g_list_model_get_n_items (G_LIST_MODEL (list)), rss_mb ());
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (BenchSource) source = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatRoom) room = NULL;
  Bench bench = { 0 };
  GtkWidget *window;
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
  bench.timeline = chat_timeline_new ();
  adw_window_set_content (ADW_WINDOW (window), bench.timeline);
  gtk_window_present (GTK_WINDOW (window));

  patience = g_timeout_add (PATIENCE_US / 1000, on_patience_over, NULL);
  bench.frames = g_array_new (FALSE, FALSE, sizeof (double));
  bench.adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (find_scrolled_window (bench.timeline)));
  bench.clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (bench.clock, "before-paint", G_CALLBACK (on_before_paint), &bench);
  g_signal_connect (bench.clock, "after-paint", G_CALLBACK (on_after_paint), &bench);
  wait_frame (&bench);
  wait_frame (&bench);

  /* What a click on a room does: the window is there, the first page is asked for */
  begin = g_get_monotonic_time ();
  cpu = cpu_ms ();
  chat_timeline_set_room (CHAT_TIMELINE (bench.timeline), room, list);
  chat_message_list_load (list);
  while (!chat_message_list_get_loaded (list))
    g_main_context_iteration (NULL, TRUE);
  wait_frame (&bench);
  g_print ("chat open first_frame_ms=%.1f cpu_ms=%.1f loaded=%u rss_mb=%.1f\n", (g_get_monotonic_time () - begin) / 1e3,
           cpu_ms () - cpu, g_list_model_get_n_items (G_LIST_MODEL (list)), rss_mb ());

  for (guint i = 0; i < 30; i++)
    wait_frame (&bench);
  scroll (&bench, list, "chat");

  /* As if the person had scrolled up to the first message: the list keeps as much of the way as it keeps */
  while (chat_message_list_get_has_older (list))
    {
      chat_message_list_load_older (list);
      g_main_context_iteration (NULL, TRUE);
    }
  wait_frame (&bench);
  scroll (&bench, list, "chat/after-the-way-up");

  g_source_remove (patience);
  gtk_window_destroy (GTK_WINDOW (window));
  g_array_unref (bench.frames);
  return 0;
}
