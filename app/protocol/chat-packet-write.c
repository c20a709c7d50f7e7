/* chat-packet-write.c: from a packet to a line of JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-packet-private.h"

/* What a trace shows of a text (characters) */
#define TRACE_TEXT_LENGTH 200

static void
write_string (GString    *out,
              const char *string,
              gsize       length)
{
  static const char hex[] = "0123456789abcdef";
  const char *end = string + length;
  const char *run = string;

  g_string_append_c (out, '"');
  for (const char *p = string; p < end; p++)
    {
      guint8 c = (guint8) *p;
      char escape[6] = { '\\', (char) c };
      gssize size = 2;

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;

      if (c < 0x20)
        {
          const char *letter = strchr ("\bb\ff\nn\rr\tt", c);

          if (c != '\0' && letter != NULL)
            escape[1] = letter[1];
          else
            {
              memcpy (escape, "\\u00", 4);
              escape[4] = hex[c >> 4];
              escape[5] = hex[c & 0xf];
              size = 6;
            }
        }
      g_string_append_len (out, run, p - run);
      g_string_append_len (out, escape, size);
      run = p + 1;
    }
  g_string_append_len (out, run, end - run);
  g_string_append_c (out, '"');
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
      g_string_append (out, "\"type\":");
      if (trace)
        write_string_cut (out, name, strlen (name));
      else
        write_string (out, name, strlen (name));
    }

  for (guint i = 0; i < packet->n_values; i++)
    {
      const ChatFieldInfo *info = &chat_field_infos[packet->fields[i]];

      if (name != NULL || i > 0)
        g_string_append_c (out, ',');
      g_string_append_c (out, '"');
      g_string_append (out, info->name);
      g_string_append (out, "\":");
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
