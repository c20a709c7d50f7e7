/* fuzz.c: what the fuzz targets share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define MEMORY_DIR "/dev/shm"

static char *temp_dir;

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
    return G_LOG_WRITER_HANDLED;
  g_log_writer_standard_streams (level, fields, n_fields, user_data);
  abort ();
}

static void
remove_temp_dir (void)
{
  g_autofree char *stores = g_build_filename (temp_dir, "stores", NULL);

  fuzz_empty_dir (stores);
  g_rmdir (stores);
  fuzz_empty_dir (temp_dir);
  g_rmdir (temp_dir);
  g_clear_pointer (&temp_dir, g_free);
}

void
fuzz_init (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}

void
fuzz_fail (const char *file,
           int         line,
           const char *condition,
           const char *format,
           ...)
{
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("FOUND: %s:%d: %s: %s\n", file, line, condition, words);
  abort ();
}

const char *
fuzz_temp_dir (void)
{
  if (temp_dir == NULL)
    {
      const char *top = g_access (MEMORY_DIR, W_OK) == 0 ? MEMORY_DIR : g_get_tmp_dir ();

      temp_dir = g_build_filename (top, "chat-fuzz-XXXXXX", NULL);
      if (g_mkdtemp (temp_dir) == NULL)
        g_error ("%s can not be made", temp_dir);
      atexit (remove_temp_dir);
    }
  return temp_dir;
}

void
fuzz_empty_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
}
