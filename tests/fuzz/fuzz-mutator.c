/* fuzz-mutator.c: changes scripts step by step: most of what comes out is still a conversation
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz-script.h"

#include <string.h>

gsize LLVMFuzzerMutate          (guint8       *data,
                                 gsize         size,
                                 gsize         max_size);
gsize LLVMFuzzerCustomMutator   (guint8       *data,
                                 gsize         size,
                                 gsize         max_size,
                                 unsigned int  seed);
gsize LLVMFuzzerCustomCrossOver (const guint8 *a,
                                 gsize         a_size,
                                 const guint8 *b,
                                 gsize         b_size,
                                 guint8       *out,
                                 gsize         max_out,
                                 unsigned int  seed);

static guint32 state;

static guint
pick (guint n)
{
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return n > 0 ? state % n : 0;
}

static const char *
pick_of (const char *const *words)
{
  return words[pick (g_strv_length ((char **) words))];
}

static GString *
pick_step (GPtrArray *steps)
{
  if (steps->len == 0)
    g_ptr_array_add (steps, g_string_new (pick_of (fuzz_words.lines)));
  return steps->pdata[pick (steps->len)];
}

/* A piece of a step: of those that @is_start finds, any */
typedef gboolean (*FindPiece) (const char *text, gsize length, gsize at, gsize *end);

static gboolean
find_number (const char *text,
             gsize       length,
             gsize       at,
             gsize      *end)
{
  if (!g_ascii_isdigit (text[at]) || at == 0 || g_ascii_isalnum (text[at - 1]))
    return FALSE;
  for (*end = at; *end < length && g_ascii_isdigit (text[*end]);)
    ++*end;
  return TRUE;
}

static gboolean
find_string (const char *text,
             gsize       length,
             gsize       at,
             gsize      *end)
{
  const char *quote;

  if (text[at] != '"' || at == 0 || strchr (":[,", text[at - 1]) == NULL)
    return FALSE;
  quote = memchr (text + at + 1, '"', length - at - 1);
  if (quote == NULL)
    return FALSE;
  *end = (gsize) (quote + 1 - text);
  return *end == length || text[*end] != ':';
}

static gboolean
find_member (const char *text,
             gsize       length,
             gsize       at,
             gsize      *end)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  if (text[at] != ',' || at + 1 >= length || text[at + 1] != '"')
    return FALSE;
  for (*end = at + 1; *end < length; ++*end)
    {
      char c = text[*end];

      if (c == '"')
        quoted = !quoted;
      else if (!quoted && (c == '{' || c == '['))
        depth++;
      else if (!quoted && depth > 0 && (c == '}' || c == ']'))
        depth--;
      else if (!quoted && depth == 0 && (c == ',' || c == '}' || c == ']'))
        return TRUE;
    }
  return FALSE;
}

static gboolean
find_any (const GString *step,
          FindPiece      find,
          gsize         *start,
          gsize         *end)
{
  gsize at, found = 0, stop;

  for (at = 1; at < step->len; at++)
    if (find (step->str, step->len, at, &stop) && pick ((guint) ++found) == 0)
      {
        *start = at;
        *end = stop;
      }
  return found > 0;
}

static void
replace (GString    *step,
         gsize       start,
         gsize       end,
         const char *text,
         gsize       length)
{
  g_autofree char *copy = g_memdup2 (text, length);

  g_string_erase (step, (gssize) start, (gssize) (end - start));
  g_string_insert_len (step, (gssize) start, copy, (gssize) length);
}

static void
change_number (GString *step)
{
  static const char *const others[] = { "0", "-1", "2", "50", "200", "201", "1000", "65536", "2147483647", "2147483648", "4294967296",
                                        "9007199254740991", "9007199254740992", "9223372036854775807", "18446744073709551616", "1.0",
                                        "1e2", "null", "true", "\"1\"", "[]", "#" };
  gsize start, end;
  char text[8];

  if (!find_any (step, find_number, &start, &end))
    return;
  switch (pick (8))
    {
    case 0:
    case 1:
      {
        const char *other = others[pick (G_N_ELEMENTS (others))];

        replace (step, start, end, other, strlen (other));
      }
      break;
    case 2:
      g_snprintf (text, sizeof text, "@%u", pick (24));
      replace (step, start, end, text, strlen (text));
      break;
    default:
      g_snprintf (text, sizeof text, "%u", pick (pick (3) == 0 ? 40 : 12));
      replace (step, start, end, text, strlen (text));
    }
}

static void
mutate_raw (GString *step,
            gsize    max_size)
{
  gsize room = step->len + 32;
  g_autofree guint8 *bytes = NULL;
  gsize size;

  room = MIN (room, MAX (max_size, step->len));
  bytes = g_malloc (room + 1);
  memcpy (bytes, step->str, step->len);
  size = LLVMFuzzerMutate (bytes, step->len, room);
  g_string_truncate (step, 0);
  g_string_append_len (step, (const char *) bytes, (gssize) size);
}

static void
mutate (GPtrArray *steps,
        gsize      max_size)
{
  GString *step = pick_step (steps);
  gsize start, end;
  guint at = pick (steps->len + 1);

  switch (pick (16))
    {
    case 0:
    case 1:
    case 2:
      g_ptr_array_insert (steps, (int) at, g_string_new (pick_of (fuzz_words.lines)));
      break;
    case 3:
      if (steps->len > 1)
        g_ptr_array_remove_index (steps, pick (steps->len));
      break;
    case 4:
      g_ptr_array_insert (steps, (int) at, g_string_new_len (step->str, (gssize) step->len));
      break;
    case 5:
      {
        guint other = pick (steps->len), one = pick (steps->len);
        gpointer kept = steps->pdata[other];

        steps->pdata[other] = steps->pdata[one];
        steps->pdata[one] = kept;
      }
      break;
    case 6:
    case 7:
    case 8:
    case 9:
      change_number (step);
      break;
    case 10:
      {
        const char *head = pick_of (fuzz_words.heads);

        replace (step, 0, MIN (strlen (head), step->len), head, strlen (head));
      }
      break;
    case 11:
    case 12:
      if (find_any (step, find_string, &start, &end))
        {
          const char *string = pick_of (fuzz_words.strings);

          replace (step, start, end, string, strlen (string));
        }
      break;
    case 13:
      if (find_any (step, find_member, &start, &end))
        g_string_erase (step, (gssize) start, (gssize) (end - start));
      break;
    case 14:
      {
        GString *other = pick_step (steps);
        gsize where, unused;

        if (find_any (other, find_member, &start, &end) && find_any (step, find_member, &where, &unused))
          {
            g_autofree char *member = g_strndup (other->str + start, end - start);

            g_string_insert (step, (gssize) where, member);
          }
      }
      break;
    default:
      mutate_raw (step, max_size);
    }
}

static gsize
join (GPtrArray *steps,
      guint8    *data,
      gsize      max_size)
{
  gsize size = 0;

  for (guint i = 0; i < steps->len; i++)
    {
      const GString *step = steps->pdata[i];

      if (size + step->len + 1 > max_size)
        break;
      memcpy (data + size, step->str, step->len);
      size += step->len;
      data[size++] = '\n';
    }
  return size;
}

gsize
LLVMFuzzerCustomMutator (guint8       *data,
                         gsize         size,
                         gsize         max_size,
                         unsigned int  seed)
{
  g_autoptr (GPtrArray) steps = fuzz_script_split (data, size);
  guint n;

  state = seed | 1;
  for (n = 1 + pick (5); n > 0; n--)
    mutate (steps, max_size);
  return join (steps, data, max_size);
}

/* The beginning of one, the end of the other */
gsize
LLVMFuzzerCustomCrossOver (const guint8 *a,
                           gsize         a_size,
                           const guint8 *b,
                           gsize         b_size,
                           guint8       *out,
                           gsize         max_out,
                           unsigned int  seed)
{
  g_autoptr (GPtrArray) first = fuzz_script_split (a, a_size);
  g_autoptr (GPtrArray) second = fuzz_script_split (b, b_size);

  state = seed | 1;
  g_ptr_array_set_size (first, (int) pick (first->len + 1));
  for (guint i = pick (second->len + 1); i < second->len; i++)
    {
      const GString *step = second->pdata[i];

      g_ptr_array_add (first, g_string_new_len (step->str, (gssize) step->len));
    }
  return join (first, out, max_out);
}
