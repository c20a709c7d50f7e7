/* fuzz-framer.c: any bytes through the framer: however they are cut, and against a second judge of what JSON is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "chat-error.h"
#include "chat-framer.h"

/* The first byte of the input chooses the limits, the second how it is cut; the rest is the stream */
#define HEAD 2

/* The judge: RFC 8259 by descent, without limits but that of its own stack. It knows nothing of how the framer works. Returns: how long
 * the value at @p is, or -1 */

typedef struct
{
  const guint8 *p;
  const guint8 *end;
  guint         depth;
  guint         deepest;
} Judge;

static gboolean judge_value (Judge *judge);

static void
judge_space (Judge *judge)
{
  while (judge->p < judge->end && memchr (" \t\r\n", *judge->p, 4) != NULL)
    judge->p++;
}

static gboolean
judge_takes (Judge *judge,
             char   c)
{
  if (judge->p == judge->end || *judge->p != (guint8) c)
    return FALSE;
  judge->p++;
  return TRUE;
}

static gboolean
judge_unit (Judge *judge,
            guint *unit)
{
  if (judge->end - judge->p < 4)
    return FALSE;
  *unit = 0;
  for (guint i = 0; i < 4; i++, judge->p++)
    {
      if (!g_ascii_isxdigit (*judge->p))
        return FALSE;
      *unit = *unit * 16 + (guint) g_ascii_xdigit_value (*judge->p);
    }
  return TRUE;
}

static gboolean
judge_string (Judge *judge)
{
  const guint8 *start;
  guint unit, low;

  if (!judge_takes (judge, '"'))
    return FALSE;
  for (start = judge->p; judge->p < judge->end && *judge->p != '"';)
    {
      if (*judge->p < 0x20)
        return FALSE;
      if (*judge->p++ != '\\')
        continue;
      if (judge->p == judge->end)
        return FALSE;
      if (*judge->p != 'u')
        {
          if (memchr ("\"\\/bfnrt", *judge->p++, 8) == NULL)
            return FALSE;
          continue;
        }
      judge->p++;
      if (!judge_unit (judge, &unit) || unit == 0)
        return FALSE;
      if (unit >= 0xdc00 && unit < 0xe000)
        return FALSE;
      if (unit >= 0xd800 && unit < 0xdc00
          && (!judge_takes (judge, '\\') || !judge_takes (judge, 'u') || !judge_unit (judge, &low) || low < 0xdc00 || low >= 0xe000))
        return FALSE;
    }
  /* GLib's own judgement of UTF-8: it takes no surrogates, nothing overlong and no NUL */
  return judge->p < judge->end && g_utf8_validate ((const char *) start, judge->p++ - start, NULL);
}

static gboolean
judge_digits (Judge *judge)
{
  const guint8 *start = judge->p;

  while (judge->p < judge->end && g_ascii_isdigit (*judge->p))
    judge->p++;
  return judge->p > start;
}

static gboolean
judge_number (Judge *judge)
{
  judge_takes (judge, '-');
  if (!judge_takes (judge, '0') && !judge_digits (judge))
    return FALSE;
  if (judge_takes (judge, '.') && !judge_digits (judge))
    return FALSE;
  if (judge_takes (judge, 'e') || judge_takes (judge, 'E'))
    {
      if (!judge_takes (judge, '+'))
        judge_takes (judge, '-');
      return judge_digits (judge);
    }
  return TRUE;
}

static gboolean
judge_container (Judge *judge,
                 char   close)
{
  judge->p++;
  judge->depth++;
  judge->deepest = MAX (judge->deepest, judge->depth);
  judge_space (judge);
  if (!judge_takes (judge, close))
    {
      do
        {
          judge_space (judge);
          if (close == '}')
            {
              if (!judge_string (judge))
                return FALSE;
              judge_space (judge);
              if (!judge_takes (judge, ':'))
                return FALSE;
            }
          if (!judge_value (judge))
            return FALSE;
        }
      while (judge_takes (judge, ','));
      if (!judge_takes (judge, close))
        return FALSE;
    }
  judge->depth--;
  return TRUE;
}

/* With the space around it */
static gboolean
judge_value (Judge *judge)
{
  static const char *const words[] = { "true", "false", "null" };
  gboolean good = FALSE;

  judge_space (judge);
  if (judge->p == judge->end || judge->depth > 64)
    return FALSE;
  switch (*judge->p)
    {
    case '{':
      good = judge_container (judge, '}');
      break;
    case '[':
      good = judge_container (judge, ']');
      break;
    case '"':
      good = judge_string (judge);
      break;
    case 't':
    case 'f':
    case 'n':
      for (guint i = 0; i < G_N_ELEMENTS (words) && !good; i++)
        if ((gsize) (judge->end - judge->p) >= strlen (words[i]) && memcmp (judge->p, words[i], strlen (words[i])) == 0)
          {
            judge->p += strlen (words[i]);
            good = TRUE;
          }
      break;
    default:
      good = judge_number (judge);
    }
  judge_space (judge);
  return good;
}

/* What a framer makes of a stream: the objects, each with a line, then how it ended */
static GString *
run (const guint8 *data,
     gsize         size,
     guint32       max_size,
     guint8        max_depth,
     guint         cut)
{
  GString *result = g_string_new (NULL);
  ChatFramer framer;
  gboolean broken = FALSE;
  gsize taken = 0;
  guint step = cut;

  chat_framer_init (&framer, max_size, max_depth);
  while (taken < size && !broken)
    {
      gsize chunk = cut == 0 ? size : cut == 1 ? 1 : 1 + (step = step * 1103515245 + 12345) % (cut * 4);
      gsize length = MIN (chunk, size - taken);
      /* A copy of the very size, so that a look past the end is seen */
      g_autofree char *copy = g_memdup2 (data + taken, length);
      const char *p = copy, *object;
      gsize left = length, object_length;
      ChatFramerResult outcome;
      g_autoptr (GError) error = NULL;

      while ((outcome = chat_framer_feed (&framer, &p, &left, &object, &object_length, &error)) == CHAT_FRAMER_OBJECT)
        {
          fuzz_check (object_length <= max_size, "an object of %" G_GSIZE_FORMAT " bytes passed", object_length);
          fuzz_check (chat_framer_is_idle (&framer), "not idle after an object");
          g_string_append_len (result, object, (gssize) object_length);
          g_string_append_c (result, '\n');
        }
      fuzz_check (framer.partial == NULL || framer.partial->len <= max_size, "it keeps %u bytes", framer.partial->len);
      if (outcome == CHAT_FRAMER_BROKEN)
        {
          g_autoptr (GError) again = NULL;

          fuzz_check (error->domain == CHAT_ERROR && (error->code == CHAT_ERROR_MALFORMED || error->code == CHAT_ERROR_TOO_LARGE),
                      "%s", error->message);
          fuzz_check (framer.partial == NULL, "a broken one keeps memory");
          g_string_append_printf (result, "broken: %s", error->message);
          p = "{}";
          left = 2;
          fuzz_check (chat_framer_feed (&framer, &p, &left, &object, &object_length, &again) == CHAT_FRAMER_BROKEN
                      && again->code == error->code, "it comes back to life");
          broken = TRUE;
        }
      else
        fuzz_check (left == 0 && p == copy + length, "%" G_GSIZE_FORMAT " bytes are left", left);
      taken += length;
    }
  if (!broken)
    g_string_append (result, chat_framer_is_idle (&framer) ? "idle" : "more");
  chat_framer_clear (&framer);
  return result;
}

/* The objects are found where the judge finds them; where the framer refuses what the judge takes, it is for a limit */
static void
judge_all (const GString *result,
           const guint8  *data,
           gsize          size,
           guint32        max_size,
           guint8         max_depth)
{
  const char *told = result->str;
  Judge judge = { .p = data, .end = data + size };

  for (judge_space (&judge); judge.p < judge.end; judge_space (&judge))
    {
      const guint8 *start = judge.p;
      gboolean good;

      judge.depth = judge.deepest = 0;
      good = *start == '{' && judge_container (&judge, '}');
      if (good && (gsize) (judge.p - start) <= max_size && judge.deepest <= max_depth)
        {
          gsize length = (gsize) (judge.p - start);
          g_autoptr (JsonParser) parser = json_parser_new ();

          fuzz_check ((gsize) (result->str + result->len - told) > length && memcmp (told, start, length) == 0 && told[length] == '\n',
                      "refused: %.*s", (int) length, (const char *) start);
          fuzz_check (json_parser_load_from_data (parser, told, (gssize) length, NULL), "json-glib can not read %.*s", (int) length,
                      (const char *) start);
          told += length + 1;
          continue;
        }
      fuzz_check (*told != '{', "passed: %s", told);
      if (good)
        fuzz_check (strstr (told, "too") != NULL, "over a limit, but: %s", told);
      return;
    }
  fuzz_check (g_str_equal (told, "idle"), "all was good, but: %s", told);
}

int
LLVMFuzzerInitialize (int    *argc,
                      char ***argv)
{
  fuzz_init ();
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GString) whole = NULL;
  guint8 max_depth;
  guint32 max_size;

  if (size < HEAD)
    return 0;
  max_depth = 1 + data[0] % 32;
  max_size = (data[0] & 0x80) != 0 ? 1 + data[0] % 64u : 1024 * 1024;
  whole = run (data + HEAD, size - HEAD, max_size, max_depth, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GString) cut = run (data + HEAD, size - HEAD, max_size, max_depth, i == 0 ? 1 : 2 + data[1]);

      fuzz_check (g_string_equal (whole, cut), "cut by %u: %s\nwhole: %s", data[1], cut->str, whole->str);
    }
  judge_all (whole, data + HEAD, size - HEAD, max_size, max_depth);
  return 0;
}
