/* bench-frames.h: what the frames of a window cost
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  GtkAdjustment *adjustment;    /* of what is scrolled */
  GdkFrameClock *clock;
  gint64         frame_begin;   /* µs */
  guint          n_frames;
  GArray        *frames;        /* (element-type double): ms, before-paint to after-paint */
} BenchFrames;

/** bench_cpu_ms: of this process; its helpers, as far as they have ended, are counted apart */
double bench_cpu_ms          (void);
double bench_helpers_cpu_ms  (void);
double bench_rss_mb          (void);
/** bench_frames_init: @window: presented; @content: what has a GtkScrolledWindow in it */
void   bench_frames_init     (BenchFrames *self,
                              GtkWidget   *window,
                              GtkWidget   *content);
void   bench_frames_clear    (BenchFrames *self);
/** bench_frames_wait: draws one */
void   bench_frames_wait     (BenchFrames *self);
/** bench_frames_scroll: @n_steps times @step pixels, each a frame, and prints a line that begins with @label and has no end yet */
void   bench_frames_scroll   (BenchFrames *self,
                              const char  *label,
                              guint        n_steps,
                              double       step);

G_END_DECLS
