/* stall-meter.c: how long a program's main loop stands still, measured within it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To be preloaded (LD_PRELOAD) into the app, which knows nothing of it. A timer that is as urgent as the drawing of the window
 * should run each 10 ms; by how much it is late at most stands, in milliseconds, in the file that CHAT_STALL_FILE names. Who wants it to
 * begin anew removes the file.
 */

#include <stdio.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#define TICK_MS         10
#define REDRAW_PRIORITY (G_PRIORITY_HIGH_IDLE + 20)   /* GDK_PRIORITY_REDRAW */

static const char *path;
static gint64 last, longest;

static void
tell (void)
{
  g_autofree char *words = g_strdup_printf ("%.1f\n", longest / 1000.0);

  g_file_set_contents_full (path, words, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static gboolean
on_tick (gpointer user_data)
{
  gint64 now = g_get_monotonic_time ();
  gint64 late = last != 0 ? now - last - TICK_MS * 1000 : 0;

  if (access (path, F_OK) != 0)
    {
      longest = 0;
      tell ();
    }
  else if (late > longest)
    {
      longest = late;
      tell ();
    }
  last = g_get_monotonic_time ();
  return G_SOURCE_CONTINUE;
}

/* It waits in the default context until somebody runs that */
__attribute__ ((constructor)) static void
start (void)
{
  path = g_getenv ("CHAT_STALL_FILE");
  if (path != NULL)
    g_timeout_add_full (REDRAW_PRIORITY, TICK_MS, on_tick, NULL, NULL);
}
