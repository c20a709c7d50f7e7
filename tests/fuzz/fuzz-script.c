/* fuzz-script.c: inputs that are scripts: lines of text, one step each
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz-script.h"

#include <string.h>

static void
free_string (gpointer data)
{
  g_string_free (data, TRUE);
}

GPtrArray *
fuzz_script_split (const guint8 *data,
                   gsize         size)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (free_string);
  const char *p = (const char *) data;
  const char *end = p + size;

  while (p < end && steps->len < FUZZ_MAX_STEPS)
    {
      const char *stop = memchr (p, '\n', (gsize) (end - p));

      if (stop == NULL)
        stop = end;
      if (stop > p)
        g_ptr_array_add (steps, g_string_new_len (p, stop - p));
      p = stop + 1;
    }
  return steps;
}

GString *
fuzz_script_expand (const char *line,
                    gsize       length,
                    gint64      base,
                    FuzzNumber  number,
                    gpointer    user_data)
{
  GString *out = g_string_sized_new (length + 64);

  for (gsize i = 0; i < length; i++)
    {
      if (line[i] == '#' && number != NULL)
        g_string_append_printf (out, "%" G_GINT64_FORMAT, number (user_data));
      else if (line[i] == '@' && i + 1 < length && g_ascii_isdigit (line[i + 1]))
        {
          gint64 n = g_ascii_digit_value (line[++i]);

          if (i + 1 < length && g_ascii_isdigit (line[i + 1]))
            n = n * 10 + g_ascii_digit_value (line[++i]);
          g_string_append_printf (out, "%" G_GINT64_FORMAT, base + n);
        }
      else
        g_string_append_c (out, line[i]);
    }
  return out;
}
