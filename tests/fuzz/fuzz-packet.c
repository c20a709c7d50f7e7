/* fuzz-packet.c: whatever object the framer let pass, read as a packet of either direction
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "chat-framer.h"
#include "chat-limits.h"
#include "chat-packet.h"

static GBytes *
write_strictly (ChatPacket *packet)
{
  GBytes *bytes = chat_packet_to_bytes (packet);
  gsize length, object_length;
  const char *p = g_bytes_get_data (bytes, &length);
  const char *object;
  ChatFramer framer;

  fuzz_check (length > 2 && p[length - 1] == '\n', "no line: %.*s", (int) length, p);
  fuzz_check (memchr (p, '\n', length) == p + length - 1, "more than a line: %.*s", (int) length, p);
  /* What is written may be longer than what was read: escapes of what may not stand as it is, and what is read in other words */
  chat_framer_init (&framer, 8 * CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  fuzz_check (chat_framer_feed (&framer, &p, &length, &object, &object_length, NULL) == CHAT_FRAMER_OBJECT && length == 1,
              "it writes what it would not read: %s", (const char *) g_bytes_get_data (bytes, NULL));
  chat_framer_clear (&framer);
  return bytes;
}

/* What is wrong with a packet is said in answers and logs, whatever it is */
static void
use (ChatPacket *packet)
{
  g_autofree char *trace = chat_packet_to_trace (packet);
  g_autoptr (ChatPacket) answer = chat_packet_new_answer (packet);
  g_autoptr (ChatPacket) failure = chat_packet_new_failure (packet, CHAT_STATUS_BAD_REQUEST, "for a log");
  g_autoptr (GBytes) answer_line G_GNUC_UNUSED = write_strictly (answer);
  g_autoptr (GBytes) failure_line G_GNUC_UNUSED = write_strictly (failure);

  fuzz_check (g_utf8_validate (trace, -1, NULL), "%s", trace);
  fuzz_check (chat_packet_get_size (packet) > 0, "%s", trace);
}

static void
check_texts (ChatPacket *packet)
{
  for (guint field = 0; field < CHAT_N_FIELDS; field++)
    {
      static const ChatField texts[] = { CHAT_FIELD_MESSAGE, CHAT_FIELD_NEW_MSG, CHAT_FIELD_CLIENT_REF, CHAT_FIELD_DEVICE };

      for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        if (texts[i] == field && chat_packet_has (packet, field))
          fuzz_check (strlen (chat_packet_get_string (packet, field)) <= CHAT_MAX_TEXT_SIZE
                      && g_utf8_validate (chat_packet_get_string (packet, field), -1, NULL), "field %u", field);
    }
  fuzz_check (chat_packet_get_integer (packet, CHAT_FIELD_ROOM_ID, 1) >= 1
              && chat_packet_get_integer (packet, CHAT_FIELD_ROOM_ID, 1) <= CHAT_MAX_ID, "a room out of range");
  fuzz_check (chat_packet_get_integer (packet, CHAT_FIELD_MESSAGE_ID, 1) >= 0
              && chat_packet_get_integer (packet, CHAT_FIELD_MESSAGE_ID, 1) <= CHAT_MAX_ID, "a message out of range");
}

static void
try_direction (const char          *object,
               gsize                length,
               ChatPacketDirection  direction)
{
  g_autoptr (ChatPacket) packet = chat_packet_parse (object, length, direction);
  g_autoptr (ChatPacket) again = NULL;
  g_autoptr (GBytes) line = NULL;
  g_autoptr (GBytes) second = NULL;
  const char *text;
  gsize size;

  use (packet);
  check_texts (packet);
  if (chat_packet_get_problem (packet) != NULL)
    return;

  fuzz_check (chat_packet_get_kind (packet) > CHAT_PACKET_UNKNOWN, "no problem with %.*s", (int) length, object);
  line = write_strictly (packet);
  text = g_bytes_get_data (line, &size);
  again = chat_packet_parse (text, size - 1, direction);
  fuzz_check (chat_packet_get_problem (again) == NULL, "%s: %s", chat_packet_get_problem (again)->message, text);
  fuzz_check (chat_packet_get_kind (again) == chat_packet_get_kind (packet)
              && chat_packet_get_status (again) == chat_packet_get_status (packet)
              && chat_packet_get_features (again) == chat_packet_get_features (packet), "not the same: %s", text);
  for (guint field = 0; field < CHAT_N_FIELDS; field++)
    fuzz_check (chat_packet_has (packet, field) == chat_packet_has (again, field), "field %u of %s", field, text);
  second = write_strictly (again);
  fuzz_check (g_bytes_equal (line, second), "%s then %s", text, (const char *) g_bytes_get_data (second, NULL));

  if (chat_packet_has (packet, CHAT_FIELD_LAST_MESSAGES))
    {
      JsonArray *rows = json_node_get_array (chat_packet_get_node (packet, CHAT_FIELD_LAST_MESSAGES));

      for (guint i = 0; i < json_array_get_length (rows); i++)
        {
          g_autoptr (ChatPacket) row = chat_packet_new_from_node (json_array_get_element (rows, i), CHAT_PACKET_TO_CLIENT);

          if (row != NULL)
            use (row);
        }
    }
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
  const char *p = (const char *) data, *object;
  gsize length = size, object_length;
  ChatFramer framer;

  chat_framer_init (&framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  while (chat_framer_feed (&framer, &p, &length, &object, &object_length, NULL) == CHAT_FRAMER_OBJECT)
    {
      /* A copy of the very size: it need not end with a NUL */
      g_autofree char *exact = g_memdup2 (object, object_length);

      try_direction (exact, object_length, CHAT_PACKET_TO_SERVER);
      try_direction (exact, object_length, CHAT_PACKET_TO_CLIENT);
    }
  chat_framer_clear (&framer);
  return 0;
}
