/* chat-client-rows.c: what a server told, as plain copied rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-rows-private.h"

#include <string.h>

#include "chat-client.h"
#include "chat-limits.h"

/* Of one room: more are not kept */
#define CHAT_CLIENT_MAX_MARKS 100

/* A date that is none of RFC 3339 is shown as it is, and needs no more room than that (characters) */
#define MAX_FOREIGN_DATE 64

/* Marks on one letter of a name */
#define MAX_NAME_MARKS 4

/* Controls, those of direction among them, and what has no width, or only looks like space */
static gboolean
is_hidden (gunichar c)
{
  return g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT || c == 0x115f || c == 0x1160 || c == 0x3164
         || c == 0xffa0 || c == 0x2800;
}

char *
chat_client_take_name (const char *name)
{
  GString *taken;
  guint n_marks = 0;

  if (name == NULL)
    return g_strdup ("");
  taken = g_string_sized_new (MIN (strlen (name), CHAT_CLIENT_MAX_NAME_SIZE));
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_hidden (c))
        continue;
      n_marks = g_unichar_ismark (c) ? n_marks + 1 : 0;
      if (n_marks > MAX_NAME_MARKS)
        continue;
      if (g_unichar_isspace (c))
        c = ' ';
      if (taken->len + g_unichar_to_utf8 (c, NULL) > CHAT_CLIENT_MAX_NAME_SIZE)
        break;
      g_string_append_unichar (taken, c);
    }
  /* Something has to stand there */
  if (*name != '\0' && strspn (taken->str, " ") == taken->len)
    g_string_append_unichar (taken, 0xfffd);
  return g_string_free (taken, FALSE);
}

ChatClientMessage *
chat_client_message_copy (const ChatClientMessage *message)
{
  ChatClientMessage *copy = g_new (ChatClientMessage, 1);

  *copy = *message;
  copy->sender = g_strdup (message->sender);
  copy->text = g_strdup (message->text);
  copy->client_ref = g_strdup (message->client_ref);
  copy->date_text = g_strdup (message->date_text);
  copy->file = g_strdup (message->file);
  return copy;
}

void
chat_client_message_free (ChatClientMessage *message)
{
  g_free (message->sender);
  g_free (message->text);
  g_free (message->client_ref);
  g_free (message->date_text);
  g_free (message->file);
  g_free (message);
}

void
chat_client_room_free (ChatClientRoom *room)
{
  g_free (room->name);
  g_clear_pointer (&room->marks, g_ptr_array_unref);
  g_clear_pointer (&room->last_message, chat_client_message_free);
  g_free (room);
}

void
chat_client_take_date (const char  *text,
                       gint64      *date,
                       char       **date_text)
{
  *date = 0;
  *date_text = NULL;
  if (text != NULL && !chat_date_parse (text, date))
    {
      *date = 0;
      *date_text = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_FOREIGN_DATE));
    }
}

gint64
chat_client_get_moment (ChatPacket *packet,
                        ChatField   field)
{
  const char *text = chat_packet_get_string (packet, field);
  gint64 moment;

  return text != NULL && chat_date_parse (text, &moment) ? moment : 0;
}

ChatClientMessage *
chat_client_message_from_packet (ChatPacket         *packet,
                                 ChatClientFeatures  features)
{
  ChatClientMessage *message = g_new0 (ChatClientMessage, 1);
  const char *sender = chat_packet_get_string (packet, CHAT_FIELD_SENDER);
  const char *text = chat_packet_get_string (packet, CHAT_FIELD_MESSAGE);

  message->id = chat_packet_get_integer (packet, CHAT_FIELD_MESSAGE_ID, 0);
  message->room_id = chat_packet_get_integer (packet, CHAT_FIELD_ROOM_ID, 0);
  message->sender = chat_client_take_name (sender);
  message->text = g_strdup (text != NULL ? text : "");
  message->client_ref = g_strdup (chat_packet_get_string (packet, CHAT_FIELD_CLIENT_REF));
  message->edited = chat_packet_has (packet, CHAT_FIELD_EDITED);
  message->edited_date = chat_client_get_moment (packet, CHAT_FIELD_EDITED);
  message->seq = chat_packet_get_integer (packet, CHAT_FIELD_SEQ, 0);
  chat_client_take_date (chat_packet_get_string (packet, CHAT_FIELD_DATE), &message->date, &message->date_text);
  switch (chat_packet_get_message_kind (packet))
    {
    case CHAT_MESSAGE_KIND_FILE:
      message->content = CHAT_CLIENT_FILE;
      break;
    case CHAT_MESSAGE_KIND_IMAGE:
      message->content = CHAT_CLIENT_IMAGE;
      break;
    case CHAT_MESSAGE_KIND_TEXT:
    default:
      message->content = CHAT_CLIENT_TEXT;
      break;
    }
  /* Who has not named the feature has told nothing that could be relied on */
  if ((features & CHAT_CLIENT_MEDIA) != 0 && message->content != CHAT_CLIENT_TEXT)
    message->file = chat_client_file_from_packet (packet);
  return message;
}

/* A READ_MSG object that came inside another object: it passes the same checks as one that came alone */
static ChatClientMessage *
message_from_node (JsonNode           *node,
                   gint64              room_id,
                   ChatClientFeatures  features)
{
  g_autoptr (ChatPacket) packet = NULL;
  g_autofree char *json = NULL;
  ChatClientMessage *message;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  json = json_to_string (node, FALSE);
  packet = chat_packet_parse (json, strlen (json), CHAT_PACKET_TO_CLIENT);
  if (chat_packet_get_kind (packet) != CHAT_PACKET_READ_MSG || chat_packet_get_problem (packet) != NULL
      || chat_packet_get_integer (packet, CHAT_FIELD_MESSAGE_ID, 0) <= 0)
    return NULL;
  message = chat_client_message_from_packet (packet, features);
  if (message->room_id != room_id)
    g_clear_pointer (&message, chat_client_message_free);
  return message;
}

static JsonNode *
element_of (ChatPacket *packet,
            ChatField   field,
            gsize       i)
{
  JsonNode *node = chat_packet_get_node (packet, field);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) || i >= json_array_get_length (json_node_get_array (node)))
    return NULL;
  return json_array_get_element (json_node_get_array (node), i);
}

static gboolean
boolean_of (ChatPacket *packet,
            ChatField   field,
            gsize       i)
{
  JsonNode *node = element_of (packet, field, i);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

static void
mark_free (gpointer data)
{
  ChatClientMark *mark = data;

  g_free (mark->name);
  g_free (mark);
}

static gint64
inner_id (JsonNode *node,
          guint     i)
{
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return array != NULL && i < json_array_get_length (array) ? json_array_get_int_element (array, i) : 0;
}

/* Kinds and ranges were checked when it was parsed; lengths were not */
static GPtrArray *
marks_of (ChatPacket *packet,
          gsize       i)
{
  JsonNode *names = element_of (packet, CHAT_FIELD_MEMBERS, i);
  JsonNode *read = element_of (packet, CHAT_FIELD_MEMBERS_READ, i);
  JsonNode *delivered = element_of (packet, CHAT_FIELD_MEMBERS_DELIVERED, i);
  g_autoptr (GPtrArray) marks = NULL;
  JsonArray *array;

  if (names == NULL || !JSON_NODE_HOLDS_ARRAY (names) || (read == NULL && delivered == NULL))
    return NULL;
  array = json_node_get_array (names);
  marks = g_ptr_array_new_with_free_func (mark_free);
  for (guint j = 0; j < MIN (json_array_get_length (array), CHAT_CLIENT_MAX_MARKS); j++)
    {
      ChatClientMark *mark = g_new0 (ChatClientMark, 1);

      mark->name = chat_client_take_name (json_array_get_string_element (array, j));
      mark->read = inner_id (read, j);
      mark->delivered = MAX (inner_id (delivered, j), mark->read);
      g_ptr_array_add (marks, mark);
    }
  return g_steal_pointer (&marks);
}

GPtrArray *
chat_client_rooms_from_packet (ChatPacket         *packet,
                               ChatClientFeatures  features,
                               guint               max)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_client_room_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  gsize n_names, n_ids, n_first, n_unread, n_marks;
  const char *const *names = chat_packet_get_strings (packet, CHAT_FIELD_DIALOGS, &n_names);
  const gint64 *ids = chat_packet_get_integers (packet, CHAT_FIELD_IDS, &n_ids);
  const gint64 *first = chat_packet_get_integers (packet, CHAT_FIELD_FIRST_IDS, &n_first);
  const gint64 *unread = chat_packet_get_integers (packet, CHAT_FIELD_UNREAD, &n_unread);
  const gint64 *marks = chat_packet_get_integers (packet, CHAT_FIELD_READ_MARKS, &n_marks);

  for (gsize i = 0; i < MIN (n_names, n_ids) && rooms->len < max; i++)
    {
      ChatClientRoom *room;

      if (ids[i] <= 0 || ids[i] > CHAT_MAX_ID || !g_hash_table_add (seen, (gpointer) &ids[i]))
        continue;
      room = g_new0 (ChatClientRoom, 1);
      room->id = ids[i];
      room->name = chat_client_take_name (names[i]);
      room->first_id = i < n_first ? CLAMP (first[i], 0, CHAT_MAX_ID) : 0;
      /* The server may name the feature and yet leave the arrays out: then it has not told */
      room->marks = marks_of (packet, i);
      room->told = (features & CHAT_CLIENT_ROOM_INFO) != 0 && unread != NULL && marks != NULL;
      if (room->told)
        {
          room->unread = i < n_unread ? CLAMP (unread[i], 0, 1000) : 0;
          room->read_mark = i < n_marks ? CLAMP (marks[i], 0, CHAT_MAX_ID) : 0;
          room->muted = boolean_of (packet, CHAT_FIELD_MUTED_ROOMS, i);
          room->pinned = boolean_of (packet, CHAT_FIELD_PINNED_ROOMS, i);
          room->last_message = message_from_node (element_of (packet, CHAT_FIELD_LAST_MESSAGES, i), room->id, features);
        }
      g_ptr_array_add (rooms, room);
    }
  return rooms;
}

void
chat_client_device_free (ChatClientDevice *device)
{
  g_free (device->name);
  g_free (device);
}

/* As long as our own server lets one be, and on one line */
static char *
device_name (const char *told)
{
  gsize length = strnlen (told, CHAT_MAX_DEVICE_SIZE);
  const char *end = told + length;
  char *name;

  /* Not in the midst of a character */
  if (told[length] != '\0')
    g_utf8_validate (told, length, &end);
  name = g_strndup (told, end - told);
  for (char *p = name; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return name;
}

static gint64
moment_of (const char *const *dates,
           gsize              n,
           gsize              i)
{
  gint64 moment;

  return i < n && chat_date_parse (dates[i], &moment) ? moment : 0;
}

GPtrArray *
chat_client_devices_from_packet (ChatPacket *packet,
                                 guint       max)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_client_device_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  gsize n_ids, n_names, n_created, n_used;
  const gint64 *ids = chat_packet_get_integers (packet, CHAT_FIELD_IDS, &n_ids);
  const char *const *names = chat_packet_get_strings (packet, CHAT_FIELD_DEVICES, &n_names);
  const char *const *created = chat_packet_get_strings (packet, CHAT_FIELD_CREATED, &n_created);
  const char *const *used = chat_packet_get_strings (packet, CHAT_FIELD_LAST_USED, &n_used);
  gint64 current = chat_packet_get_integer (packet, CHAT_FIELD_CURRENT, 0);

  for (gsize i = 0; i < n_ids && devices->len < max; i++)
    {
      ChatClientDevice *device;

      if (ids[i] <= 0 || ids[i] > CHAT_MAX_ID || !g_hash_table_add (seen, (gpointer) &ids[i]))
        continue;
      device = g_new0 (ChatClientDevice, 1);
      device->id = ids[i];
      device->name = i < n_names ? device_name (names[i]) : g_strdup ("");
      device->created = moment_of (created, n_created, i);
      device->last_used = moment_of (used, n_used, i);
      device->current = ids[i] == current;
      g_ptr_array_add (devices, device);
    }
  return devices;
}
