/* bench-frames.c: what the frames of a window cost
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "bench-frames.h"

#include <sys/resource.h>

static double
cpu_ms (int who)
{
  struct rusage usage;

  getrusage (who, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

double
bench_cpu_ms (void)
{
  return cpu_ms (RUSAGE_SELF);
}

double
bench_helpers_cpu_ms (void)
{
  return cpu_ms (RUSAGE_CHILDREN);
}

double
bench_rss_mb (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) || (line = strstr (text, "VmRSS:")) == NULL)
    return 0;
  return g_ascii_strtod (line + strlen ("VmRSS:"), NULL) / 1024;
}

static void
on_before_paint (GdkFrameClock *clock,
                 BenchFrames   *self)
{
  self->frame_begin = g_get_monotonic_time ();
}

static void
on_after_paint (GdkFrameClock *clock,
                BenchFrames   *self)
{
  double ms = (g_get_monotonic_time () - self->frame_begin) / 1e3;

  self->n_frames++;
  g_array_append_val (self->frames, ms);
}

void
bench_frames_wait (BenchFrames *self)
{
  guint n_frames = self->n_frames;

  gdk_frame_clock_request_phase (self->clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (self->n_frames == n_frames)
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

void
bench_frames_init (BenchFrames *self,
                   GtkWidget   *window,
                   GtkWidget   *content)
{
  self->n_frames = 0;
  self->frames = g_array_new (FALSE, FALSE, sizeof (double));
  self->adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (find_scrolled_window (content)));
  self->clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (self->clock, "before-paint", G_CALLBACK (on_before_paint), self);
  g_signal_connect (self->clock, "after-paint", G_CALLBACK (on_after_paint), self);
  bench_frames_wait (self);
  bench_frames_wait (self);
}

void
bench_frames_clear (BenchFrames *self)
{
  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_pointer (&self->frames, g_array_unref);
}

void
bench_frames_scroll (BenchFrames *self,
                     const char  *label,
                     guint        n_steps,
                     double       step)
{
  guint n_moved = 0;
  double cpu = bench_cpu_ms ();

  g_array_set_size (self->frames, 0);
  for (guint i = 0; i < n_steps; i++)
    {
      double value = gtk_adjustment_get_value (self->adjustment);

      gtk_adjustment_set_value (self->adjustment, value + step);
      n_moved += gtk_adjustment_get_value (self->adjustment) != value;
      bench_frames_wait (self);
    }
  cpu = bench_cpu_ms () - cpu;
  g_array_sort (self->frames, compare_doubles);
  g_print ("%s scroll steps=%u cpu_ms=%.3f frame_p50_ms=%.2f frame_p99_ms=%.2f frame_max_ms=%.2f rss_mb=%.1f", label, n_moved,
           cpu / n_steps, quantile (self->frames, .5), quantile (self->frames, .99), quantile (self->frames, 1), bench_rss_mb ());
}
