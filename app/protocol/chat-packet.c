/* chat-packet.c: one request, answer or push, as typed fields
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-packet-private.h"

/* A packet lives for a moment and there are very many: its values stand in order in the packet itself, and its
 * strings behind them in the same allocation as far as they fit. */

G_DEFINE_BOXED_TYPE (ChatPacket, chat_packet, chat_packet_ref, chat_packet_unref)

static const char *const empty_strings[] = { NULL };

static const struct
{
  ChatFeatures feature;
  const char  *name;
} features[] = {
  { CHAT_FEATURE_PING, "ping" },
  { CHAT_FEATURE_REQUEST_ID, "request-id" },
  { CHAT_FEATURE_CLIENT_REF, "client-ref" },
  { CHAT_FEATURE_PAGING, "paging" },
  { CHAT_FEATURE_ROOM_INFO, "room-info" },
  { CHAT_FEATURE_TOKEN, "token" },
  { CHAT_FEATURE_SYNC, "sync" },
  { CHAT_FEATURE_RECEIPTS, "receipts" },
  { CHAT_FEATURE_TYPING, "typing" },
  { CHAT_FEATURE_PRESENCE, "presence" },
  { CHAT_FEATURE_MEDIA, "media" },
};

static const char *const message_kinds[] = {
  [CHAT_MESSAGE_KIND_TEXT] = "TEXT",
  [CHAT_MESSAGE_KIND_FILE] = "FILE",
  [CHAT_MESSAGE_KIND_IMAGE] = "IMAGE",
};

ChatPacket *
chat_packet_alloc (ChatPacketType type,
                   gsize          arena_size)
{
  ChatPacket *packet = g_malloc (sizeof *packet + arena_size);

  memset (packet, 0, sizeof *packet);
  g_atomic_ref_count_init (&packet->refs);
  packet->type = (guint8) type;
  packet->arena_size = (guint32) arena_size;

  return packet;
}

ChatPacket *
chat_packet_new (ChatPacketType type)
{
  g_return_val_if_fail (type > CHAT_PACKET_UNKNOWN && type < CHAT_N_PACKET_TYPES, NULL);

  return chat_packet_alloc (type, CHAT_PACKET_ARENA_SIZE);
}

ChatPacket *
chat_packet_ref (ChatPacket *packet)
{
  g_atomic_ref_count_inc (&packet->refs);

  return packet;
}

static void
clear_value (ChatPacket *packet,
             guint       slot)
{
  ChatValue *value;

  g_assert (slot < CHAT_PACKET_MAX_VALUES);

  value = &packet->values[slot];
  switch (chat_field_infos[packet->fields[slot]].kind)
    {
    case 's':
      if ((packet->owned >> slot) & 1)
        g_free ((char *) value->string);
      break;

    case 'S':
      g_free (value->strings);
      break;

    case 'I':
      g_free (value->integers);
      break;

    case 'n':
      json_node_unref (value->node);
      break;

    default:
      break;
    }

  packet->owned &= ~(1u << slot);
  memset (value, 0, sizeof *value);
}

void
chat_packet_unref (ChatPacket *packet)
{
  if (!g_atomic_ref_count_dec (&packet->refs))
    return;

  while (packet->n_values > 0)
    clear_value (packet, --packet->n_values);
  g_clear_error (&packet->problem);
  g_free (packet->name);
  g_free (packet);
}

ChatPacket *
chat_packet_new_answer (ChatPacket *request)
{
  ChatPacketType type = request->type;
  ChatPacket *answer;

  if (type == CHAT_PACKET_INVALID)
    type = CHAT_PACKET_ERROR;
  else if (type == CHAT_PACKET_REQUEST_LOGIN)
    type = CHAT_PACKET_RESPONSE_LOGIN;
  else if (type == CHAT_PACKET_REQUEST_SIGNUP)
    type = CHAT_PACKET_RESPONSE_SIGNUP;
  else if (type == CHAT_PACKET_PING)
    type = CHAT_PACKET_PONG;

  answer = chat_packet_alloc (type, CHAT_PACKET_ARENA_SIZE);
  if (type == CHAT_PACKET_UNKNOWN)
    answer->name = g_strdup (request->name);
  if (chat_packet_has (request, CHAT_FIELD_REQUEST_ID))
    chat_packet_set_integer (answer, CHAT_FIELD_REQUEST_ID,
                             chat_packet_get_integer (request, CHAT_FIELD_REQUEST_ID, 0));

  return answer;
}

ChatPacket *
chat_packet_new_failure (ChatPacket *request,
                         ChatStatus  status,
                         const char *error)
{
  ChatPacket *answer = chat_packet_new_answer (request);

  chat_packet_set_status (answer, status);
  chat_packet_set_string (answer, CHAT_FIELD_ERROR, error);

  return answer;
}

const GError *
chat_packet_get_problem (ChatPacket *packet)
{
  return packet->problem;
}

ChatPacketType
chat_packet_get_kind (ChatPacket *packet)
{
  return packet->type;
}

gsize
chat_packet_get_size (ChatPacket *packet)
{
  return sizeof *packet + packet->arena_size;
}

const char *
chat_packet_get_name (ChatPacket *packet)
{
  return packet->name != NULL ? packet->name : chat_packet_type_to_string (packet->type);
}

/* Values */

static int
find_slot (ChatPacket *packet,
           ChatField   field)
{
  for (guint i = 0; i < packet->n_values; i++)
    {
      if (packet->fields[i] == field)
        return (int) i;
    }

  return -1;
}

const ChatValue *
chat_packet_peek (ChatPacket *packet,
                  ChatField   field)
{
  int slot = find_slot (packet, field);

  return slot < 0 ? NULL : &packet->values[slot];
}

ChatValue *
chat_packet_add (ChatPacket *packet,
                 ChatField   field)
{
  guint slot = packet->n_values;

  g_assert (slot < CHAT_PACKET_MAX_VALUES);

  packet->n_values++;
  packet->fields[slot] = (guint8) field;

  return &packet->values[slot];
}

/* The place for a new value of @field, instead of one that is there; NULL if @field is of another kind */
static ChatValue *
replace_value (ChatPacket *packet,
               ChatField   field,
               char        kind)
{
  int slot;

  g_return_val_if_fail ((guint) field < CHAT_N_FIELDS && chat_field_infos[field].kind == kind, NULL);

  slot = find_slot (packet, field);
  if (slot < 0)
    return chat_packet_add (packet, field);
  clear_value (packet, (guint) slot);

  return &packet->values[slot];
}

void
chat_packet_clear (ChatPacket *packet,
                   ChatField   field)
{
  int found = find_slot (packet, field);
  guint slot = (guint) found;
  guint32 below;

  if (found < 0)
    return;

  clear_value (packet, slot);
  packet->n_values--;
  if (field == CHAT_FIELD_STATUS)
    packet->status = CHAT_STATUS_NONE;

  memmove (&packet->fields[slot], &packet->fields[slot + 1], packet->n_values - slot);
  memmove (&packet->values[slot], &packet->values[slot + 1], (packet->n_values - slot) * sizeof (ChatValue));
  below = (1u << slot) - 1;
  packet->owned = (packet->owned & below) | ((packet->owned >> 1) & ~below);
}

gboolean
chat_packet_has (ChatPacket *packet,
                 ChatField   field)
{
  return find_slot (packet, field) >= 0;
}

static const ChatValue *
peek_kind (ChatPacket *packet,
           ChatField   field,
           char        kind)
{
  g_return_val_if_fail ((guint) field < CHAT_N_FIELDS && chat_field_infos[field].kind == kind, NULL);

  return chat_packet_peek (packet, field);
}

const char *
chat_packet_get_string (ChatPacket *packet,
                        ChatField   field)
{
  const ChatValue *value = peek_kind (packet, field, 's');

  return value != NULL ? value->string : NULL;
}

gint64
chat_packet_get_integer (ChatPacket *packet,
                         ChatField   field,
                         gint64      fallback)
{
  const ChatValue *value = peek_kind (packet, field, 'i');

  return value != NULL ? value->integer : fallback;
}

gboolean
chat_packet_get_boolean (ChatPacket *packet,
                         ChatField   field,
                         gboolean    fallback)
{
  const ChatValue *value = peek_kind (packet, field, 'b');

  return value != NULL ? value->boolean : fallback;
}

const char *const *
chat_packet_get_strings (ChatPacket *packet,
                         ChatField   field,
                         gsize      *length)
{
  const ChatValue *value = peek_kind (packet, field, 'S');

  if (length != NULL)
    *length = value != NULL ? value->length : 0;

  return value != NULL ? (const char *const *) value->strings : empty_strings;
}

const gint64 *
chat_packet_get_integers (ChatPacket *packet,
                          ChatField   field,
                          gsize      *length)
{
  const ChatValue *value = peek_kind (packet, field, 'I');

  if (length != NULL)
    *length = value != NULL ? value->length : 0;

  return value != NULL ? value->integers : NULL;
}

JsonNode *
chat_packet_get_node (ChatPacket *packet,
                      ChatField   field)
{
  const ChatValue *value = peek_kind (packet, field, 'n');

  return value != NULL ? value->node : NULL;
}

ChatStatus
chat_packet_get_status (ChatPacket *packet)
{
  return packet->status;
}

ChatMessageKind
chat_packet_get_message_kind (ChatPacket *packet)
{
  const char *name = chat_packet_get_string (packet, CHAT_FIELD_MSG_TYPE);

  for (guint i = CHAT_MESSAGE_KIND_FILE; name != NULL && i < G_N_ELEMENTS (message_kinds); i++)
    {
      if (g_str_equal (name, message_kinds[i]))
        return i;
    }

  return CHAT_MESSAGE_KIND_TEXT;
}

ChatFeatures
chat_packet_get_features (ChatPacket *packet)
{
  const char *const *names = chat_packet_get_strings (packet, CHAT_FIELD_FEATURES, NULL);
  ChatFeatures set = CHAT_FEATURE_NONE;

  for (; *names != NULL; names++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (features); i++)
        {
          if (g_str_equal (*names, features[i].name))
            set |= features[i].feature;
        }
    }

  return set;
}

/* Nearly all names, dates and words, and many texts: eight bytes at a time, where g_utf8_validate() takes one */
static gboolean
is_ascii (const char *string,
          gsize       length)
{
  guint64 word, all = 0;

  for (; length >= 8; string += 8, length -= 8)
    {
      memcpy (&word, string, 8);
      all |= word;
    }
  for (; length > 0; string++, length--)
    all |= (guint8) *string;

  return (all & G_GUINT64_CONSTANT (0x8080808080808080)) == 0;
}

void
chat_packet_set_string (ChatPacket *packet,
                        ChatField   field,
                        const char *string)
{
  g_autofree char *repaired = NULL;
  ChatValue *value;
  gsize length;

  if (string == NULL)
    {
      chat_packet_clear (packet, field);
      return;
    }

  length = strlen (string);
  if (!is_ascii (string, length) && !g_utf8_validate (string, (gssize) length, NULL))
    {
      string = repaired = g_utf8_make_valid (string, (gssize) length);
      length = strlen (string);
    }

  value = replace_value (packet, field, 's');
  if (value == NULL)
    return;

  if (packet->arena_size - packet->arena_used > length)
    {
      value->string = memcpy (packet->arena + packet->arena_used, string, length + 1);
      packet->arena_used += (guint32) length + 1;
    }
  else
    {
      value->string = g_strndup (string, length);
      packet->owned |= 1u << (value - packet->values);
    }
  value->length = length;

  if (field == CHAT_FIELD_STATUS)
    packet->status = (guint8) chat_status_from_string (value->string);
}

/* @string stays: it is one of our own tables' */
static void
set_static_string (ChatPacket *packet,
                   ChatField   field,
                   const char *string)
{
  ChatValue *value = replace_value (packet, field, 's');

  value->string = string;
  value->length = strlen (string);
}

void
chat_packet_set_integer (ChatPacket *packet,
                         ChatField   field,
                         gint64      integer)
{
  ChatValue *value = replace_value (packet, field, 'i');

  if (value != NULL)
    value->integer = integer;
}

void
chat_packet_set_boolean (ChatPacket *packet,
                         ChatField   field,
                         gboolean    boolean)
{
  ChatValue *value = replace_value (packet, field, 'b');

  if (value != NULL)
    value->boolean = boolean != FALSE;
}

void
chat_packet_set_strings (ChatPacket        *packet,
                         ChatField          field,
                         const char *const *strings,
                         gsize              length)
{
  g_autoptr (GPtrArray) valid = g_ptr_array_new_full ((guint) length, g_free);
  ChatValue *value = replace_value (packet, field, 'S');
  gsize size = (length + 1) * sizeof (char *);
  char *at;

  if (value == NULL)
    return;

  for (gsize i = 0; i < length; i++)
    {
      char *copy = g_utf8_make_valid (strings[i], -1);

      g_ptr_array_add (valid, copy);
      size += strlen (copy) + 1;
    }

  /* One block: the pointers, then what they point at */
  value->strings = g_malloc (size);
  value->length = length;
  at = (char *) (value->strings + length + 1);
  for (gsize i = 0; i < length; i++)
    {
      value->strings[i] = at;
      at = g_stpcpy (at, valid->pdata[i]) + 1;
    }
  value->strings[length] = NULL;
}

void
chat_packet_set_integers (ChatPacket   *packet,
                          ChatField     field,
                          const gint64 *integers,
                          gsize         length)
{
  ChatValue *value = replace_value (packet, field, 'I');

  if (value == NULL)
    return;

  value->integers = length > 0 ? g_memdup2 (integers, length * sizeof *integers) : NULL;
  value->length = length;
}

void
chat_packet_take_node (ChatPacket *packet,
                       ChatField   field,
                       JsonNode   *node)
{
  ChatValue *value = replace_value (packet, field, 'n');

  if (value != NULL)
    value->node = node;
}

void
chat_packet_set_status (ChatPacket *packet,
                        ChatStatus  status)
{
  const char *name = chat_status_to_string (status);

  g_return_if_fail (name != NULL || status == CHAT_STATUS_NONE);

  if (name == NULL)
    chat_packet_clear (packet, CHAT_FIELD_STATUS);
  else
    set_static_string (packet, CHAT_FIELD_STATUS, name);
  packet->status = (guint8) status;
}

void
chat_packet_set_message_kind (ChatPacket      *packet,
                              ChatMessageKind  kind)
{
  g_return_if_fail ((guint) kind < G_N_ELEMENTS (message_kinds));

  set_static_string (packet, CHAT_FIELD_MSG_TYPE, message_kinds[kind]);
}

void
chat_packet_set_features (ChatPacket   *packet,
                          ChatFeatures  set)
{
  const char *names[G_N_ELEMENTS (features)];
  gsize length = 0;

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      if (set & features[i].feature)
        names[length++] = features[i].name;
    }

  chat_packet_set_strings (packet, CHAT_FIELD_FEATURES, names, length);
}
