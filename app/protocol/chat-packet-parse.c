/* chat-packet-parse.c: from an object to a packet, or to what is wrong with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-framer.h"
#include "chat-json-reader.h"
#include "chat-limits.h"
#include "chat-packet-private.h"

/* Nested values of free form go to json-glib; all others are read from their tokens, since a tree of nodes costs several times
 * more than the packet. */

typedef enum
{
  FITS,
  WRONG,
  TOO_LARGE
} Verdict;

static const char *
read_string (ChatPacket          *packet,
             const ChatJsonToken *token,
             gsize               *length)
{
  char *string = packet->arena + packet->arena_used;

  *length = chat_json_unescape (token, string);
  packet->arena_used += (guint32) *length + 1;

  return string;
}

static Verdict
read_array (ChatPacket          *packet,
            ChatField            field,
            const ChatFieldInfo *info,
            const ChatJsonToken *token)
{
  g_autofree gpointer elements = NULL;
  const char *p = token->start + 1;
  ChatValue *value;
  ChatJsonToken element;
  gsize length = 0, i = 0;

  while ((p = chat_json_next (p, token->end, NULL, &element)) != NULL)
    {
      if (element.kind != (info->kind == 'S' ? '"' : '0') || (info->kind == 'S' && (gint64) length >= info->max))
        return WRONG;
      length++;
    }

  elements = g_malloc ((length + 1) * MAX (sizeof (char *), sizeof (gint64)));
  p = token->start + 1;
  while ((p = chat_json_next (p, token->end, NULL, &element)) != NULL)
    {
      gsize size;

      if (info->kind == 'S')
        ((const char **) elements)[i++] = read_string (packet, &element, &size);
      else if (!chat_json_read_integer (&element, info->min, info->max, (gint64 *) elements + i++))
        return WRONG;
    }

  value = chat_packet_add (packet, field);
  value->length = length;
  if (info->kind == 'S')
    {
      value->strings = g_steal_pointer (&elements);
      value->strings[length] = NULL;
    }
  else if (length > 0)
    value->integers = g_steal_pointer (&elements);

  return FITS;
}

static Verdict
read_node (ChatPacket          *packet,
           ChatField            field,
           const ChatJsonToken *token)
{
  g_autoptr (JsonParser) parser = NULL;

  if (token->kind != (field == CHAT_FIELD_FILE ? '{' : '[') || chat_json_has_long_number (token))
    return WRONG;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, token->start, token->end - token->start, NULL))
    return WRONG;
  chat_packet_add (packet, field)->node = json_parser_steal_root (parser);

  return FITS;
}

static Verdict
read_value (ChatPacket          *packet,
            ChatField            field,
            ChatPacketDirection  direction,
            const ChatJsonToken *token)
{
  const ChatFieldInfo *info = &chat_field_infos[field];
  gsize before = packet->arena_used;
  gint64 min = info->min, integer;
  const char *string;
  ChatValue *value;
  gsize length;

  switch (info->kind)
    {
    case 's':
      if (token->kind != '"')
        return WRONG;
      string = read_string (packet, token, &length);
      /* Another server may allow empty messages: they are worth showing. */
      if (info->is_text && direction == CHAT_PACKET_TO_CLIENT)
        min = 0;
      if ((gint64) length < min || (gint64) length > info->max)
        {
          packet->arena_used = (guint32) before;
          return info->is_text && (gint64) length > info->max ? TOO_LARGE : WRONG;
        }
      value = chat_packet_add (packet, field);
      value->string = string;
      value->length = length;
      return FITS;

    case 'i':
      /* The mark of a room that has no messages */
      if (field == CHAT_FIELD_MESSAGE_ID
          && (packet->type == CHAT_PACKET_MARK_READ || packet->type == CHAT_PACKET_MARK_DELIVERED))
        min = 0;
      if (!chat_json_read_integer (token, min, info->max, &integer))
        return WRONG;
      chat_packet_add (packet, field)->integer = integer;
      return FITS;

    case 'b':
      if (token->kind != 't' && token->kind != 'f')
        return WRONG;
      chat_packet_add (packet, field)->boolean = token->kind == 't';
      return FITS;

    case 'n':
      return read_node (packet, field, token);

    default:
      return token->kind == '[' ? read_array (packet, field, info, token) : WRONG;
    }
}

/* Words with a meaning of their own: one spelling each. Returns: FALSE if it is none that we know */
static gboolean
normalize_word (ChatPacket *packet,
                ChatField   field)
{
  ChatValue *value = (ChatValue *) chat_packet_peek (packet, field);

  if (field == CHAT_FIELD_STATUS)
    {
      packet->status = (guint8) chat_status_from_string (value->string);
      if (packet->status != CHAT_STATUS_OTHER)
        value->string = chat_status_to_string (packet->status);
    }
  else if (field == CHAT_FIELD_MSG_TYPE)
    return g_str_equal (value->string, "TEXT") || g_str_equal (value->string, "FILE")
           || g_str_equal (value->string, "IMAGE");
  else if (field == CHAT_FIELD_READ)
    {
      if (g_str_equal (value->string, "RECENT"))
        value->string = "RESENT";
      else if (!g_str_equal (value->string, "RESENT") && !g_str_equal (value->string, "ALL"))
        return FALSE;
    }
  value->length = strlen (value->string);

  return TRUE;
}

/* Returns: the place in @shape of the field of @set with the name of @key, or -1 */
static int
find_field (const ChatPacketShape *shape,
            ChatFieldSet           set,
            const ChatJsonToken   *key)
{
  for (; set != 0; set &= set - 1)
    {
      int place = __builtin_ctz (set);
      const ChatFieldInfo *info = &chat_field_infos[shape->fields[place]];

      if (chat_json_key_equals (key, info->name) || chat_json_key_equals (key, info->twin))
        return place;
    }

  return -1;
}

/* Returns: the place of @field, which @shape has, as a set */
static ChatFieldSet
field_bit (const ChatPacketShape *shape,
           ChatField              field)
{
  for (guint i = 0; i < shape->n_fields; i++)
    {
      if (shape->fields[i] == field)
        return 1u << i;
    }

  g_return_val_if_reached (0);
}

static void
set_problem (ChatPacket *packet,
             ChatError   code,
             ChatField   field,
             const char *what)
{
  if (packet->problem == NULL)
    packet->problem = g_error_new (CHAT_ERROR, code, "\"%s\" %s", chat_field_infos[field].name, what);
}

static ChatField
first_field (const ChatPacketShape *shape,
             ChatFieldSet           set)
{
  return shape->fields[__builtin_ctz (set)];
}

static gsize
count_elements (ChatPacket *packet,
                ChatField   field)
{
  const ChatValue *value = chat_packet_peek (packet, field);

  if (chat_field_infos[field].kind == 'n')
    return value != NULL ? json_array_get_length (json_node_get_array (value->node)) : 0;

  return value != NULL ? value->length : 0;
}

/* Whether each element of the array @node is what @field holds */
static gboolean
has_right_elements (ChatField field,
                    JsonNode *node)
{
  JsonArray *array = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      JsonArray *inner;

      if (field == CHAT_FIELD_LAST_MESSAGES)
        {
          if (!JSON_NODE_HOLDS_OBJECT (element) && !JSON_NODE_HOLDS_NULL (element))
            return FALSE;
        }
      else if (field == CHAT_FIELD_MEMBERS || field == CHAT_FIELD_MEMBERS_READ || field == CHAT_FIELD_MEMBERS_DELIVERED)
        {
          if (!JSON_NODE_HOLDS_ARRAY (element))
            return FALSE;
          inner = json_node_get_array (element);
          for (guint j = 0; j < json_array_get_length (inner); j++)
            {
              JsonNode *value = json_array_get_element (inner, j);

              if (json_node_get_value_type (value) != (field == CHAT_FIELD_MEMBERS ? G_TYPE_STRING : G_TYPE_INT64))
                return FALSE;
              if (field != CHAT_FIELD_MEMBERS
                  && (json_node_get_int (value) < 0 || json_node_get_int (value) > CHAT_MAX_ID))
                return FALSE;
            }
        }
      else if (json_node_get_value_type (element) != G_TYPE_BOOLEAN)
        return FALSE;
    }

  return TRUE;
}

/* Arrays that belong together are of one length; of an extension, what does not fit is as if it were not there. */
static void
check_lengths (ChatPacket *packet)
{
  static const ChatField room_info[] = { CHAT_FIELD_KINDS,  CHAT_FIELD_MEMBERS,    CHAT_FIELD_LAST_MESSAGES,
                                         CHAT_FIELD_UNREAD, CHAT_FIELD_READ_MARKS, CHAT_FIELD_MUTED_ROOMS,
                                         CHAT_FIELD_PINNED_ROOMS, CHAT_FIELD_MEMBERS_READ,
                                         CHAT_FIELD_MEMBERS_DELIVERED };
  static const ChatField rooms[] = { CHAT_FIELD_DIALOGS, CHAT_FIELD_FIRST_IDS };
  static const ChatField tokens[] = { CHAT_FIELD_DEVICES, CHAT_FIELD_CREATED, CHAT_FIELD_LAST_USED };
  gboolean is_rooms = packet->type == CHAT_PACKET_OLD_DIALOGS;
  const ChatField *fields = is_rooms ? rooms : tokens;
  gsize length = count_elements (packet, CHAT_FIELD_IDS);

  for (guint i = 0; i < (is_rooms ? G_N_ELEMENTS (rooms) : G_N_ELEMENTS (tokens)); i++)
    {
      if (count_elements (packet, fields[i]) != length)
        set_problem (packet, CHAT_ERROR_BAD_REQUEST, fields[i], "is not of the length of \"id\"");
    }

  for (guint i = 0; is_rooms && i < G_N_ELEMENTS (room_info); i++)
    {
      const ChatValue *value = chat_packet_peek (packet, room_info[i]);

      if (value != NULL
          && (count_elements (packet, room_info[i]) != length
              || (chat_field_infos[room_info[i]].kind == 'n' && !has_right_elements (room_info[i], value->node))))
        chat_packet_clear (packet, room_info[i]);
    }
}

#define HAS(f) chat_packet_has (packet, CHAT_FIELD_##f)

/* Rules between the fields of a request. Returns: the fields that are required because of others */
static ChatFieldSet
check_request (ChatPacket            *packet,
               const ChatPacketShape *shape)
{
  switch ((ChatPacketType) packet->type)
    {
    case CHAT_PACKET_REQUEST_LOGIN:
      return HAS (TOKEN) ? 0 : field_bit (shape, CHAT_FIELD_PASS);

    case CHAT_PACKET_READ_MSG:
      if (HAS (BEFORE) + HAS (AFTER) + HAS (AROUND) > 1)
        set_problem (packet, CHAT_ERROR_BAD_REQUEST, HAS (BEFORE) ? CHAT_FIELD_BEFORE : CHAT_FIELD_AFTER,
                     "excludes another anchor");
      return HAS (BEFORE) || HAS (AFTER) || HAS (AROUND) ? 0 : field_bit (shape, CHAT_FIELD_READ);

    case CHAT_PACKET_SET_ROOM:
      return HAS (PINNED) ? 0 : field_bit (shape, CHAT_FIELD_MUTED);

    default:
      return 0;
    }
}

static void
read_fields (ChatPacket         *packet,
             const char         *json,
             const char         *end,
             ChatPacketDirection direction)
{
  const ChatPacketShape *shape = chat_packet_shape (packet->type, direction);
  const ChatFieldSet required = (1u << shape->n_required) - 1;
  ChatFieldSet open = (1u << shape->n_fields) - 1, present = 0, wrong = 0, too_large = 0, missing;
  gboolean failed;
  const char *p = json + 1;
  char buffer[CHAT_JSON_KEY_SIZE];
  ChatJsonToken key, plain, value;

  while ((p = chat_json_next (p, end, &key, &value)) != NULL)
    {
      /* The first of two keys of one name counts. */
      int place = find_field (shape, open, chat_json_plain_key (&key, &plain, buffer));
      ChatFieldSet bit;
      ChatField field;
      Verdict verdict;

      if (place < 0)
        continue;
      field = shape->fields[place];
      bit = 1u << place;
      open &= ~bit;
      verdict = read_value (packet, field, direction, &value);
      if (verdict == FITS && (field == CHAT_FIELD_STATUS || field == CHAT_FIELD_MSG_TYPE || field == CHAT_FIELD_READ)
          && !normalize_word (packet, field))
        {
          chat_packet_clear (packet, field);
          verdict = WRONG;
        }
      if (verdict == FITS)
        present |= bit;
      else if (verdict == WRONG)
        wrong |= bit;
      else
        too_large |= bit;
    }

  if (packet->type <= CHAT_PACKET_ERROR)
    return;

  /* Of an answer that fails, and of one that closes a page, only what tells of that is looked at. The API leaves open what
   * STATUS may be: beside one that we do not know may stand a success of another server's, if all of it is there. */
  failed = packet->status == CHAT_STATUS_END || packet->status == CHAT_STATUS_RESET
           || !chat_status_is_success (packet->status);
  if (failed)
    {
      ChatFieldSet kept = 0;

      for (guint i = 0; i < shape->n_fields; i++)
        {
          if (chat_packet_is_failure_field (packet->type, shape->fields[i]))
            kept |= 1u << i;
        }
      if (packet->status != CHAT_STATUS_OTHER || (packet->type != CHAT_PACKET_SND_MSG && packet->type != CHAT_PACKET_READ_MSG)
          || (required & ~present) != 0)
        {
          for (ChatFieldSet rest = present & ~kept; rest != 0; rest &= rest - 1)
            chat_packet_clear (packet, first_field (shape, rest));
        }
      wrong &= kept;
      too_large = missing = 0;
    }
  else
    {
      missing = required;
      if (direction == CHAT_PACKET_TO_SERVER)
        missing |= check_request (packet, shape);
      missing &= ~(present | wrong | too_large);
    }

  if (wrong != 0)
    set_problem (packet, CHAT_ERROR_BAD_REQUEST, first_field (shape, wrong), "is of the wrong kind or out of range");
  else if (missing != 0)
    set_problem (packet, CHAT_ERROR_BAD_REQUEST, first_field (shape, missing), "is missing");
  else if (too_large != 0)
    set_problem (packet, CHAT_ERROR_TOO_LARGE, first_field (shape, too_large), "is too large");
  else if (!failed && direction == CHAT_PACKET_TO_CLIENT
           && (packet->type == CHAT_PACKET_OLD_DIALOGS || packet->type == CHAT_PACKET_TOKENS))
    check_lengths (packet);
}

ChatPacket *
chat_packet_parse (const char         *json,
                   gsize               length,
                   ChatPacketDirection direction)
{
  ChatPacket *packet = chat_packet_alloc (CHAT_PACKET_INVALID, length + 1);
  const char *end = json + length;
  const char *p = length > 0 ? json + 1 : NULL;
  char buffer[CHAT_JSON_KEY_SIZE];
  ChatJsonToken key, plain, value;

  /* What the fields mean depends on the type, which nearly always comes first. */
  while (p != NULL && (p = chat_json_next (p, end, &key, &value)) != NULL)
    {
      const ChatJsonToken *name = chat_json_plain_key (&key, &plain, buffer);

      if (!chat_json_key_equals (name, "type"))
        continue;
      if (value.kind == '"')
        {
          gsize size;
          const char *type = read_string (packet, &value, &size);

          packet->type = (guint8) chat_packet_type_from_string (type, size, direction);
          if (packet->type == CHAT_PACKET_UNKNOWN)
            {
              packet->name = g_strdup (type);
              g_set_error_literal (&packet->problem, CHAT_ERROR, CHAT_ERROR_UNSUPPORTED, "unknown \"type\"");
            }
        }
      break;
    }

  if (packet->type == CHAT_PACKET_INVALID)
    g_set_error_literal (&packet->problem, CHAT_ERROR, CHAT_ERROR_BAD_REQUEST, "\"type\" is missing or no string");
  if (length > 0)
    read_fields (packet, json, end, direction);

  return packet;
}

ChatPacket *
chat_packet_new_from_node (JsonNode           *node,
                           ChatPacketDirection direction)
{
  g_autofree char *text = NULL;
  const char *p, *object;
  gsize length, object_length;
  ChatFramer framer;
  ChatPacket *packet = NULL;

  g_return_val_if_fail (node != NULL, NULL);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;

  /* json-glib is no validator when it writes either. */
  p = text = json_to_string (node, FALSE);
  length = strlen (text);
  chat_framer_init (&framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  if (chat_framer_feed (&framer, &p, &length, &object, &object_length, NULL) == CHAT_FRAMER_OBJECT)
    packet = chat_packet_parse (object, object_length, direction);
  chat_framer_clear (&framer);

  return packet;
}
