/* chat-packet-write.c: from a packet to a line of JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-packet-private.h"

/* What a trace shows of a text (characters) */
#define TRACE_TEXT_LENGTH 200

/* Room for @size bytes more at the end of @out. Returns: where they go */
static char *
extend (GString *out,
        gsize    size)
{
  gsize before = out->len;

  g_string_set_size (out, before + size);

  return out->str + before;
}

/* Returns: the first byte from @p on that can not stand in a string as it is, or @end. Most texts have none: eight at a time */
static const char *
find_special (const char *p,
              const char *end)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 highs = ones << 7;

  for (; p < end; p++)
    {
      guint64 word, quotes, backslashes;

      while (end - p >= 8)
        {
          memcpy (&word, p, 8);
          quotes = word ^ (ones * '"');
          backslashes = word ^ (ones * '\\');
          /* A byte below 0x20, or one that became zero, borrows into its own high bit; the next above it may seem to as well */
          if (((((word - ones * 0x20) & ~word) | ((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes)) & highs) != 0)
            break;
          p += 8;
        }
      if (p == end || (guint8) *p < 0x20 || *p == '"' || *p == '\\')
        break;
    }

  return p;
}

static void
write_escape (GString *out,
              guint8   c)
{
  static const char hex[] = "0123456789abcdef";
  const char *letter = c != '\0' ? strchr ("\"\"\\\\\bb\ff\nn\rr\tt", c) : NULL;
  char escape[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 0xf] };

  if (letter != NULL)
    escape[1] = letter[1];
  g_string_append_len (out, escape, letter != NULL ? 2 : 6);
}

static void
write_string (GString    *out,
              const char *string,
              gsize       length)
{
  const char *end = string + length;
  const char *special = find_special (string, end);
  char *p;

  if (special == end)
    {
      p = extend (out, length + 2);
      *p++ = '"';
      memcpy (p, string, length);
      p[length] = '"';
      return;
    }

  g_string_append_c (out, '"');
  for (; special < end; special = find_special (string, end))
    {
      g_string_append_len (out, string, special - string);
      write_escape (out, (guint8) *special);
      string = special + 1;
    }
  g_string_append_len (out, string, end - string);
  g_string_append_c (out, '"');
}

static void
write_key (GString    *out,
           const char *name,
           gboolean    is_first)
{
  gsize length = strlen (name);
  char *p = extend (out, length + (is_first ? 3 : 4));

  if (!is_first)
    *p++ = ',';
  *p++ = '"';
  memcpy (p, name, length);
  p += length;
  *p++ = '"';
  *p = ':';
}

static void
write_integer (GString *out,
               gint64   integer)
{
  char digits[24];
  char *p = digits + sizeof digits;
  guint64 rest = integer < 0 ? -(guint64) integer : (guint64) integer;

  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (integer < 0)
    *--p = '-';

  g_string_append_len (out, p, digits + sizeof digits - p);
}

/* In a trace: no more than a glance of a text that may be long */
static void
write_string_cut (GString    *out,
                  const char *string,
                  gsize       length)
{
  const char *end = string;

  for (guint i = 0; i < TRACE_TEXT_LENGTH && end < string + length; i++)
    end = g_utf8_next_char (end);

  write_string (out, string, (gsize) (end - string));
  if (end < string + length)
    g_string_append (out, "…");
}

static void
write_value (GString             *out,
             const ChatFieldInfo *info,
             const ChatValue     *value,
             gboolean             trace)
{
  g_autofree char *json = NULL;

  switch (info->kind)
    {
    case 's':
      if (trace && info->is_secret)
        g_string_append (out, "\"***\"");
      else if (trace)
        write_string_cut (out, value->string, value->length);
      else
        write_string (out, value->string, value->length);
      break;

    case 'i':
      write_integer (out, value->integer);
      break;

    case 'b':
      g_string_append (out, value->boolean ? "true" : "false");
      break;

    case 'n':
      json = json_to_string (value->node, FALSE);
      if (trace)
        write_string_cut (out, json, strlen (json));
      else
        g_string_append (out, json);
      break;

    default:
      g_string_append_c (out, '[');
      for (gsize i = 0; i < value->length; i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          if (trace && i == TRACE_TEXT_LENGTH)
            {
              g_string_append (out, "…");
              break;
            }
          if (info->kind == 'I')
            write_integer (out, value->integers[i]);
          else if (trace)
            write_string_cut (out, value->strings[i], strlen (value->strings[i]));
          else
            write_string (out, value->strings[i], strlen (value->strings[i]));
        }
      g_string_append_c (out, ']');
      break;
    }
}

static void
write_packet (ChatPacket *packet,
              GString    *out,
              gboolean    trace)
{
  const char *name = chat_packet_get_name (packet);

  g_string_append_c (out, '{');
  if (name != NULL)
    {
      write_key (out, "type", TRUE);
      if (trace)
        write_string_cut (out, name, strlen (name));
      else
        write_string (out, name, strlen (name));
    }

  for (guint i = 0; i < packet->n_values; i++)
    {
      const ChatFieldInfo *info = &chat_field_infos[packet->fields[i]];

      write_key (out, info->name, name == NULL && i == 0);
      write_value (out, info, &packet->values[i], trace);
    }
  g_string_append_c (out, '}');
}

void
chat_packet_write (ChatPacket *packet,
                   GString    *out)
{
  write_packet (packet, out, FALSE);
  g_string_append_c (out, '\n');
}

GBytes *
chat_packet_to_bytes (ChatPacket *packet)
{
  GString *line = g_string_sized_new (256);

  chat_packet_write (packet, line);

  return g_string_free_to_bytes (line);
}

char *
chat_packet_to_trace (ChatPacket *packet)
{
  GString *line = g_string_sized_new (256);

  write_packet (packet, line, TRUE);
  if (packet->problem != NULL)
    g_string_append_printf (line, " (%s)", packet->problem->message);

  return g_string_free (line, FALSE);
}

JsonNode *
chat_packet_to_node (ChatPacket *packet)
{
  g_autoptr (GString) line = g_string_sized_new (256);
  JsonNode *node;

  chat_packet_write (packet, line);
  node = json_from_string (line->str, NULL);
  g_assert (node != NULL);

  return node;
}
