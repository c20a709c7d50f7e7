/* chat-media.c: what is told of a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-limits.h"
#include "chat-media.h"

#define TOKEN_CHARACTERS "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

gboolean
chat_file_name_is_valid (const char *name)
{
  gsize length = name != NULL ? strlen (name) : 0;

  if (length < 1 || length > CHAT_MAX_FILE_NAME_SIZE || !g_utf8_validate (name, (gssize) length, NULL)
      || g_str_equal (name, ".") || g_str_equal (name, ".."))
    return FALSE;

  for (; *name != '\0'; name = g_utf8_next_char (name))
    {
      gunichar c = g_utf8_get_char (name);

      /* U+2028 and U+2029 break lines too */
      if (c == '/' || g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029)
        return FALSE;
    }

  return TRUE;
}

gboolean
chat_media_type_is_valid (const char *media_type)
{
  gsize type, subtype;

  if (media_type == NULL)
    return FALSE;
  type = strspn (media_type, TOKEN_CHARACTERS);
  if (type == 0 || media_type[type] != '/')
    return FALSE;
  subtype = strspn (media_type + type + 1, TOKEN_CHARACTERS);

  return subtype > 0 && media_type[type + 1 + subtype] == '\0' && type + 1 + subtype <= CHAT_MAX_MEDIA_TYPE_SIZE;
}

gboolean
chat_sha256_is_valid (const char *sha256)
{
  gsize length = sha256 != NULL ? strspn (sha256, "0123456789abcdef") : 0;

  return length == CHAT_SHA256_SIZE && sha256[length] == '\0';
}

gboolean
chat_preview_is_valid (const char *preview)
{
  gsize length = preview != NULL ? strlen (preview) : 0;
  gsize digits;

  if (length < 4 || length > CHAT_MAX_PREVIEW_SIZE || length % 4 != 0)
    return FALSE;
  digits = strspn (preview, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  return digits >= length - 2 && strspn (preview + digits, "=") == length - digits;
}

gboolean
chat_file_info_is_valid (const ChatFileInfo *info)
{
  return chat_file_name_is_valid (info->name) && chat_media_type_is_valid (info->media_type)
         && chat_sha256_is_valid (info->sha256) && (info->preview == NULL || chat_preview_is_valid (info->preview))
         && info->size >= 1 && info->size <= CHAT_MAX_ID
         && info->width <= CHAT_MAX_IMAGE_SIDE && info->height <= CHAT_MAX_IMAGE_SIDE;
}

static const char *
read_string (JsonObject *object,
             const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/* Returns: -1 where it is no integer */
static gint64
read_integer (JsonObject *object,
              const char *name,
              gint64      fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return fallback;
  return json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
}

gboolean
chat_packet_get_file (ChatPacket   *packet,
                      ChatFileInfo *info)
{
  JsonNode *node = chat_packet_get_node (packet, CHAT_FIELD_FILE);
  JsonObject *object;
  gint64 width, height;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;

  object = json_node_get_object (node);
  width = read_integer (object, "width", 0);
  height = read_integer (object, "height", 0);
  if (width < 0 || width > CHAT_MAX_IMAGE_SIDE || height < 0 || height > CHAT_MAX_IMAGE_SIDE)
    return FALSE;
  *info = (ChatFileInfo) {
    .name = read_string (object, "name"),
    .media_type = read_string (object, "media_type"),
    .sha256 = read_string (object, "sha256"),
    .preview = read_string (object, "preview"),
    .size = read_integer (object, "size", -1),
    .width = (guint) width,
    .height = (guint) height,
  };
  if (info->preview == NULL && json_object_has_member (object, "preview"))
    return FALSE;

  return chat_file_info_is_valid (info);
}

void
chat_packet_set_file (ChatPacket         *packet,
                      const ChatFileInfo *info)
{
  JsonObject *object;
  JsonNode *node;

  g_return_if_fail (chat_file_info_is_valid (info));

  object = json_object_new ();
  json_object_set_string_member (object, "name", info->name);
  json_object_set_int_member (object, "size", info->size);
  json_object_set_string_member (object, "media_type", info->media_type);
  json_object_set_string_member (object, "sha256", info->sha256);
  if (info->width > 0)
    json_object_set_int_member (object, "width", info->width);
  if (info->height > 0)
    json_object_set_int_member (object, "height", info->height);
  if (info->preview != NULL)
    json_object_set_string_member (object, "preview", info->preview);
  node = json_node_alloc ();
  json_node_init_object (node, object);
  json_object_unref (object);
  chat_packet_take_node (packet, CHAT_FIELD_FILE, node);
}
