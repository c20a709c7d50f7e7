/* chat-json-reader.c: the parts of an object that the framer has checked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-json-reader.h"

#include <string.h>

/* No check of the grammar is made again. Each function stays within its end nevertheless, whatever it is given. */

static const char *
skip_space (const char *p,
            const char *end)
{
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;

  return p;
}

/* @p: at the opening quote. Returns: past the closing one */
static const char *
skip_string (const char *p,
             const char *end)
{
  for (const char *from = p + 1; from < end;)
    {
      const char *quote = memchr (from, '"', (gsize) (end - from));
      const char *before = quote;

      if (quote == NULL)
        return end;
      while (before > from && before[-1] == '\\')
        before--;
      if ((quote - before) % 2 == 0)
        return quote + 1;
      from = quote + 1;
    }

  return end;
}

/* @p: at the first byte of a value. Returns: past it */
static const char *
read_token (const char    *p,
            const char    *end,
            ChatJsonToken *token)
{
  guint depth = 0;

  *token = (ChatJsonToken) { .start = p, .end = p, .kind = p < end ? *p : 'n' };

  if (token->kind == '"')
    p = skip_string (p, end);
  else if (token->kind == '{' || token->kind == '[')
    {
      do
        {
          if (*p == '"')
            {
              p = skip_string (p, end);
              continue;
            }
          if (*p == '{' || *p == '[')
            depth++;
          else if (*p == '}' || *p == ']')
            depth--;
          p++;
        }
      while (p < end && depth > 0);
    }
  else
    {
      if (token->kind == '-' || g_ascii_isdigit (token->kind))
        token->kind = '0';
      while (p < end && *p != ',' && *p != '}' && *p != ']' && skip_space (p, end) == p)
        p++;
    }

  token->end = p;
  return p;
}

const char *
chat_json_next (const char    *p,
                const char    *end,
                ChatJsonToken *key,
                ChatJsonToken *value)
{
  p = skip_space (p, end);
  if (p < end && *p == ',')
    p = skip_space (p + 1, end);
  if (p >= end || *p == '}' || *p == ']')
    return NULL;

  if (key != NULL)
    {
      p = skip_space (read_token (p, end, key), end);
      if (p < end && *p == ':')
        p = skip_space (p + 1, end);
    }

  return read_token (p, end, value);
}

static guint
read_hex (const char *p)
{
  guint unit = 0;

  for (guint i = 0; i < 4; i++)
    unit = unit << 4 | (guint) (g_ascii_xdigit_value (p[i]) & 0xf);

  return unit;
}

gsize
chat_json_unescape (const ChatJsonToken *token,
                    char                *out)
{
  const char *p = token->start + 1;
  const char *end = token->end - 1;
  char *at = out;

  while (p < end)
    {
      const char *backslash = memchr (p, '\\', (gsize) (end - p));
      gsize run = (gsize) ((backslash != NULL ? backslash : end) - p);

      memcpy (at, p, run);
      at += run;
      p += run;
      if (end - p < 2)
        break;

      p++;
      switch (*p++)
        {
        case 'b':
          *at++ = '\b';
          break;
        case 'f':
          *at++ = '\f';
          break;
        case 'n':
          *at++ = '\n';
          break;
        case 'r':
          *at++ = '\r';
          break;
        case 't':
          *at++ = '\t';
          break;
        case 'u':
          if (end - p >= 4)
            {
              guint unit = read_hex (p);

              p += 4;
              if (unit >= 0xd800 && unit <= 0xdbff && end - p >= 6)
                {
                  unit = 0x10000 + ((unit & 0x3ff) << 10 | (read_hex (p + 2) & 0x3ff));
                  p += 6;
                }
              at += g_unichar_to_utf8 (unit, at);
            }
          break;
        default:
          *at++ = p[-1];
          break;
        }
    }

  *at = '\0';
  return (gsize) (at - out);
}

/* Integers only without fraction or exponent: 1.0 and 1e3 are of the wrong kind */
gboolean
chat_json_read_integer (const ChatJsonToken *token,
                        gint64               min,
                        gint64               max,
                        gint64              *integer)
{
  const char *p = token->start;
  gboolean negative = *p == '-';
  gint64 number = 0;

  p += negative;
  if (token->kind != '0' || token->end - p < 1 || token->end - p > 16)
    return FALSE;
  for (; p < token->end; p++)
    {
      if (!g_ascii_isdigit (*p))
        return FALSE;
      number = number * 10 + (*p - '0');
    }
  *integer = negative ? -number : number;

  return *integer >= min && *integer <= max;
}

/* json-glib wraps integers that do not fit; no value of ours has more than 16 digits in a row. */
gboolean
chat_json_has_long_number (const ChatJsonToken *token)
{
  guint digits = 0;

  for (const char *p = token->start; p < token->end; p++)
    {
      if (*p == '"')
        {
          p = skip_string (p, token->end) - 1;
          digits = 0;
        }
      else if (!g_ascii_isdigit (*p))
        digits = 0;
      else if (++digits > 16)
        return TRUE;
    }

  return FALSE;
}

gboolean
chat_json_key_equals (const ChatJsonToken *key,
                      const char          *name)
{
  gssize length = key->end - key->start - 2;

  return name != NULL && length > 0 && strncmp (name, key->start + 1, (gsize) length) == 0 && name[length] == '\0';
}

/* A key may be written with escapes. Returns: @key itself, or @plain, which then holds it without them */
const ChatJsonToken *
chat_json_plain_key (const ChatJsonToken *key,
                     ChatJsonToken       *plain,
                     char                 buffer[CHAT_JSON_KEY_SIZE])
{
  gsize length;

  if (memchr (key->start, '\\', (gsize) (key->end - key->start)) == NULL)
    return key;

  /* Six bytes for one is the most that escapes can swell a name; a longer key is none of ours. */
  if (key->end - key->start > (CHAT_JSON_KEY_SIZE - 2) * 6)
    return key;

  char unescaped[(CHAT_JSON_KEY_SIZE - 2) * 6 + 1];
  length = chat_json_unescape (key, unescaped);
  if (length > CHAT_JSON_KEY_SIZE - 3)
    return key;
  memcpy (buffer + 1, unescaped, length);
  *plain = (ChatJsonToken) { .start = buffer, .end = buffer + length + 2, .kind = '"' };

  return plain;
}
