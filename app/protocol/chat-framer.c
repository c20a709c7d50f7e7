/* chat-framer.c: a strict JSON automaton that stops at the end of each object
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-error.h"
#include "chat-framer.h"

/* One byte moves the automaton from state to state, so that the input may be cut anywhere. Strings make up the
 * bulk of what comes: their plain bytes are passed eight at a time. */
enum
{
  BETWEEN,        /* white space or the "{" of the next object */
  BROKEN,         /* `detail` holds the reason */
  VALUE,          /* after ":" or, in an array, "," */
  FIRST_VALUE,    /* after "[" */
  KEY,            /* after "," in an object */
  FIRST_KEY,      /* after "{" */
  COLON,          /* after a key */
  AFTER,          /* after a value */
  STRING,
  UTF8,           /* `detail` continuation bytes are to come */
  ESCAPE,         /* after a backslash */
  HEX,            /* `detail` hex digits of a \u escape are to come */
  LOW_BACKSLASH,  /* after a high surrogate */
  LOW_U,
  LOW_HEX,
  LITERAL,        /* true, false, null: see literals */
  MINUS,          /* numbers: RFC 8259, section 6 */
  ZERO,
  INTEGER,
  POINT,
  FRACTION,
  EXPONENT,
  EXPONENT_SIGN,
  EXPONENT_DIGITS,

  /* Set with the states from STRING to LOW_HEX: the string is a key */
  IN_KEY = 0x80
};

/* `detail` of LITERAL: the index here, times 8, plus the letter that comes next */
static const char literals[3][6] = { "true", "false", "null" };

enum
{
  REASON_NO_OBJECT,
  REASON_SYNTAX,
  REASON_STRING,
  REASON_CONTROL,
  REASON_ESCAPE,
  REASON_NUL,
  REASON_SURROGATE,
  REASON_UTF8,
  REASON_NUMBER,
  REASON_SIZE,
  REASON_DEPTH
};

static const struct
{
  ChatError   code;
  const char *sentence;
} reasons[] = {
  [REASON_NO_OBJECT] = { CHAT_ERROR_MALFORMED, "malformed JSON: an object must begin with {" },
  [REASON_SYNTAX] = { CHAT_ERROR_MALFORMED, "malformed JSON: unexpected character" },
  [REASON_STRING] = { CHAT_ERROR_MALFORMED, "malformed JSON: a key must be a string" },
  [REASON_CONTROL] = { CHAT_ERROR_MALFORMED, "malformed JSON: control character in a string" },
  [REASON_ESCAPE] = { CHAT_ERROR_MALFORMED, "malformed JSON: unknown escape in a string" },
  [REASON_NUL] = { CHAT_ERROR_MALFORMED, "malformed JSON: NUL in a string" },
  [REASON_SURROGATE] = { CHAT_ERROR_MALFORMED, "malformed JSON: unpaired surrogate in a string" },
  [REASON_UTF8] = { CHAT_ERROR_MALFORMED, "malformed JSON: invalid UTF-8" },
  [REASON_NUMBER] = { CHAT_ERROR_MALFORMED, "malformed JSON: malformed number" },
  [REASON_SIZE] = { CHAT_ERROR_TOO_LARGE, "the object is too large" },
  [REASON_DEPTH] = { CHAT_ERROR_TOO_LARGE, "the object is nested too deep" },
};

void
chat_framer_init (ChatFramer *framer,
                  guint32     max_size,
                  guint8      max_depth)
{
  g_return_if_fail (max_depth >= 1 && max_depth <= 32);

  memset (framer, 0, sizeof *framer);
  framer->max_size = max_size;
  framer->max_depth = max_depth;
}

void
chat_framer_clear (ChatFramer *framer)
{
  g_clear_pointer (&framer->partial, g_byte_array_unref);
}

gsize
chat_framer_get_held (const ChatFramer *self)
{
  return self->partial != NULL ? self->partial->len : 0;
}

gboolean
chat_framer_is_idle (const ChatFramer *framer)
{
  return framer->state == BETWEEN;
}

static inline gboolean
is_space (guint8 c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline gboolean
is_digit (guint8 c)
{
  return c >= '0' && c <= '9';
}

/* Bytes that may stand in a string as they are and need no further look: ASCII but controls, quote, backslash */
static inline gboolean
is_plain (guint8 c)
{
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static const guint8 *
skip_plain (const guint8 *p,
            const guint8 *end)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 highs = ones << 7;

  while (end - p >= 8)
    {
      guint64 word, quotes, backslashes;

      memcpy (&word, p, 8);
      quotes = word ^ (ones * '"');
      backslashes = word ^ (ones * '\\');
      /* A byte with its high bit, below 0x20, or that became zero borrows into its own high bit. A borrow from a lower byte
       * may name a byte too many, never too few: what is left is looked at one by one. */
      if (((word | (word - ones * 0x20) | (quotes - ones) | (backslashes - ones)) & highs) != 0)
        break;
      p += 8;
    }
  while (p < end && is_plain (*p))
    p++;

  return p;
}

/* RFC 3629, section 4: what may follow a first byte. Returns: FALSE if it is none */
static gboolean
begin_utf8 (ChatFramer *framer,
            guint8      c)
{
  framer->utf8_min = 0x80;
  framer->utf8_max = 0xbf;

  if (c >= 0xc2 && c <= 0xdf)
    framer->detail = 1;
  else if (c >= 0xe0 && c <= 0xef)
    {
      framer->detail = 2;
      if (c == 0xe0)
        framer->utf8_min = 0xa0;      /* overlong */
      else if (c == 0xed)
        framer->utf8_max = 0x9f;      /* surrogates */
    }
  else if (c >= 0xf0 && c <= 0xf4)
    {
      framer->detail = 3;
      if (c == 0xf0)
        framer->utf8_min = 0x90;      /* overlong */
      else if (c == 0xf4)
        framer->utf8_max = 0x8f;      /* above U+10FFFF */
    }
  else
    return FALSE;

  return TRUE;
}

/* The first byte of a value. Returns: the next state, or -1 - reason */
static int
begin_value (ChatFramer *framer,
             guint8      c)
{
  switch (c)
    {
    case '"':
      return STRING;

    case '{':
    case '[':
      if (framer->depth == framer->max_depth)
        return -1 - REASON_DEPTH;
      if (c == '{')
        framer->nesting |= 1u << framer->depth;
      else
        framer->nesting &= ~(1u << framer->depth);
      framer->depth++;
      return c == '{' ? FIRST_KEY : FIRST_VALUE;

    case 't':
    case 'f':
    case 'n':
      framer->detail = (c == 't' ? 0 : c == 'f' ? 8 : 16) + 1;
      return LITERAL;

    case '-':
      return MINUS;

    case '0':
      return ZERO;

    default:
      return is_digit (c) ? INTEGER : -1 - REASON_SYNTAX;
    }
}

/* What follows a value. Returns: the next state (BETWEEN: the object is complete), or -1 - reason */
static int
end_value (ChatFramer *framer,
           guint8      c)
{
  gboolean in_object = (framer->nesting >> (framer->depth - 1)) & 1;

  if (is_space (c))
    return AFTER;
  if (c == ',')
    return in_object ? KEY : VALUE;
  if (c != (in_object ? '}' : ']'))
    return -1 - REASON_SYNTAX;

  framer->depth--;
  return framer->depth == 0 ? BETWEEN : AFTER;
}

/* One hex digit of a \u escape. Returns: the next state, or -1 - reason */
static int
take_hex (ChatFramer *framer,
          guint8      c,
          gboolean    low)
{
  int digit = g_ascii_xdigit_value (c);
  guint16 high = framer->code_unit;

  if (digit < 0)
    return -1 - REASON_ESCAPE;

  if (low)
    {
      /* 0xDC00 to 0xDFFF: the first two digits say all */
      if ((framer->detail == 4 && digit != 0xd) || (framer->detail == 3 && digit < 0xc))
        return -1 - REASON_SURROGATE;
      return --framer->detail == 0 ? STRING : LOW_HEX;
    }

  framer->code_unit = high = (guint16) (high << 4 | digit);
  if (--framer->detail > 0)
    return HEX;
  if (high == 0)
    return -1 - REASON_NUL;
  if (high >= 0xdc00 && high <= 0xdfff)
    return -1 - REASON_SURROGATE;
  return high >= 0xd800 && high <= 0xdbff ? LOW_BACKSLASH : STRING;
}

/* A byte of a number. Returns: the next state; AFTER if the number ended before it; or -1 - reason */
static int
take_number (int    state,
             guint8 c)
{
  switch (state)
    {
    case MINUS:
      return c == '0' ? ZERO : is_digit (c) ? INTEGER : -1 - REASON_NUMBER;

    case ZERO:
    case INTEGER:
      if (is_digit (c))
        return state == INTEGER ? INTEGER : -1 - REASON_NUMBER;
      return c == '.' ? POINT : c == 'e' || c == 'E' ? EXPONENT : AFTER;

    case POINT:
      return is_digit (c) ? FRACTION : -1 - REASON_NUMBER;

    case FRACTION:
      return is_digit (c) ? FRACTION : c == 'e' || c == 'E' ? EXPONENT : AFTER;

    case EXPONENT:
      if (c == '+' || c == '-')
        return EXPONENT_SIGN;
      return is_digit (c) ? EXPONENT_DIGITS : -1 - REASON_NUMBER;

    case EXPONENT_SIGN:
      return is_digit (c) ? EXPONENT_DIGITS : -1 - REASON_NUMBER;

    default:
      return is_digit (c) ? EXPONENT_DIGITS : AFTER;
    }
}

/* Runs over the bytes from *@position up to @end. Returns: the state then: BETWEEN when the object is complete, else
 * some other when all is taken; or -1 - reason */
static int
scan (ChatFramer    *framer,
      const guint8 **position,
      const guint8  *end)
{
  const guint8 *p = *position;
  int in_key = framer->state & IN_KEY;
  int state = framer->state & ~IN_KEY;

  while (p < end && state >= VALUE)
    {
      guint8 c = *p++;

      switch (state)
        {
        case VALUE:
        case FIRST_VALUE:
          if (is_space (c))
            break;
          if (state == FIRST_VALUE && c == ']')
            state = end_value (framer, c);
          else
            state = begin_value (framer, c);
          in_key = 0;
          break;

        case KEY:
        case FIRST_KEY:
          if (is_space (c))
            break;
          if (c == '"')
            {
              state = STRING;
              in_key = IN_KEY;
            }
          else if (state == FIRST_KEY && c == '}')
            state = end_value (framer, c);
          else
            state = -1 - REASON_STRING;
          break;

        case COLON:
          if (c == ':')
            state = VALUE;
          else if (!is_space (c))
            state = -1 - REASON_SYNTAX;
          break;

        case AFTER:
          state = end_value (framer, c);
          break;

        case STRING:
          if (is_plain (c))
            p = skip_plain (p, end);
          else if (c == '"')
            state = in_key ? COLON : AFTER;
          else if (c == '\\')
            state = ESCAPE;
          else if (c < 0x20)
            state = -1 - REASON_CONTROL;
          else
            state = begin_utf8 (framer, c) ? UTF8 : -1 - REASON_UTF8;
          break;

        case UTF8:
          if (c < framer->utf8_min || c > framer->utf8_max)
            {
              state = -1 - REASON_UTF8;
              break;
            }
          framer->utf8_min = 0x80;
          framer->utf8_max = 0xbf;
          if (--framer->detail == 0)
            state = STRING;
          break;

        case ESCAPE:
          if (c == 'u')
            {
              state = HEX;
              framer->detail = 4;
              framer->code_unit = 0;
            }
          else if (c != '\0' && strchr ("\"\\/bfnrt", c) != NULL)
            state = STRING;
          else
            state = -1 - REASON_ESCAPE;
          break;

        case HEX:
          state = take_hex (framer, c, FALSE);
          break;

        case LOW_BACKSLASH:
          state = c == '\\' ? LOW_U : -1 - REASON_SURROGATE;
          break;

        case LOW_U:
          state = c == 'u' ? LOW_HEX : -1 - REASON_SURROGATE;
          framer->detail = 4;
          break;

        case LOW_HEX:
          state = take_hex (framer, c, TRUE);
          break;

        case LITERAL:
          {
            const char *literal = literals[framer->detail >> 3];
            guint at = framer->detail & 7;

            if (c != (guint8) literal[at])
              state = -1 - REASON_SYNTAX;
            else if (literal[at + 1] == '\0')
              state = AFTER;
            else
              framer->detail++;
          }
          break;

        default:
          state = take_number (state, c);
          if (state == AFTER)
            state = end_value (framer, c);
          break;
        }
    }

  *position = p;
  return state >= STRING && state <= LOW_HEX ? state | in_key : state;
}

static ChatFramerResult
set_broken (ChatFramer  *framer,
            guint        reason,
            GError     **error)
{
  chat_framer_clear (framer);
  framer->state = BROKEN;
  framer->detail = (guint8) reason;
  g_set_error_literal (error, CHAT_ERROR, reasons[reason].code, reasons[reason].sentence);

  return CHAT_FRAMER_BROKEN;
}

ChatFramerResult
chat_framer_feed (ChatFramer  *framer,
                  const char **data,
                  gsize       *length,
                  const char **object,
                  gsize       *object_length,
                  GError     **error)
{
  const guint8 *start, *end, *p, *bound;
  gsize buffered, room;
  int state;

  *object = NULL;
  *object_length = 0;

  if (framer->state == BROKEN)
    return set_broken (framer, framer->detail, error);

  if (framer->state == BETWEEN)
    chat_framer_clear (framer);
  if (*length == 0)
    return CHAT_FRAMER_NEED_MORE;

  start = (const guint8 *) *data;
  end = start + *length;
  if (framer->state == BETWEEN)
    {
      while (start < end && is_space (*start))
        start++;
      *data = (const char *) start;
      *length = (gsize) (end - start);
      if (start == end)
        return CHAT_FRAMER_NEED_MORE;
      if (*start != '{')
        return set_broken (framer, REASON_NO_OBJECT, error);
      framer->state = VALUE;
      framer->depth = 0;
    }

  buffered = framer->partial != NULL ? framer->partial->len : 0;
  room = framer->max_size - buffered;
  p = start;
  bound = (gsize) (end - start) > room ? start + room : end;

  state = scan (framer, &p, bound);
  *data = (const char *) p;
  *length = (gsize) (end - p);
  if (state < 0)
    return set_broken (framer, (guint) (-1 - state), error);
  framer->state = (guint8) state;

  if (state == BETWEEN)
    {
      if (buffered == 0)
        {
          *object = (const char *) start;
          *object_length = (gsize) (p - start);
        }
      else
        {
          g_byte_array_append (framer->partial, start, (guint) (p - start));
          *object = (const char *) framer->partial->data;
          *object_length = framer->partial->len;
        }
      return CHAT_FRAMER_OBJECT;
    }

  /* Not complete although it is as large as it may be: whatever comes, it can only grow. */
  if ((gsize) (p - start) == room)
    return set_broken (framer, REASON_SIZE, error);

  if (p > start)
    {
      if (framer->partial == NULL)
        framer->partial = g_byte_array_new ();
      g_byte_array_append (framer->partial, start, (guint) (p - start));
    }

  return CHAT_FRAMER_NEED_MORE;
}
