/* gdk-noise.c: what GDK warns of by itself, whatever an app does, is not fatal in tests
 *
 * With X11 GDK 4.24 takes a popover, which shares the frames of its window, for one that submits them twice. GTK 4.8 asks where the pointer is
 * for a tooltip that is due, though its window was closed meanwhile. For programs of tests to be linked with, and to be preloaded into the app.
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

/* Stands before GLib's own: the handlers of a log can not keep a precondition from being fatal, and GLib resets the one that can before each test */
void
g_return_if_fail_warning (const char *domain,
                          const char *function,
                          const char *expression)
{
  if (strcmp (expression, "GDK_IS_SURFACE (surface)") == 0
      && (strcmp (function, "gdk_surface_get_device_position") == 0 || strcmp (function, "_gtk_widget_find_at_coords") == 0))
    return;
  g_log (domain, G_LOG_LEVEL_CRITICAL, "%s: assertion '%s' failed", function, expression);
}

static void __attribute__ ((constructor))
hear (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}
