/* gdk-noise.c: what GDK warns of by itself, whatever an app does, is not fatal in tests
 *
 * With X11 GDK 4.24 takes a popover, which shares the frames of its window, for one that submits them twice. For programs of tests to be
 * linked with, and to be preloaded into the app.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include <glib.h>

#define NOISE "gdk_frame_timings_submitted() called on submitted frame"

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && fields[i].length < 0 && g_str_has_prefix (fields[i].value, NOISE))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void __attribute__ ((constructor))
hear (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}
