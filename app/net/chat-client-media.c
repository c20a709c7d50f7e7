/* chat-client-media.c: what a server tells of files, and where it takes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-private.h"

#include <string.h>

#include "chat-client-state.h"
#include "chat-limits.h"
#include "chat-media.h"

void
chat_client_file_free (ChatClientFile *file)
{
  g_free (file->name);
  g_free (file->media_type);
  g_free (file->sha256);
  g_clear_pointer (&file->preview, g_bytes_unref);
  g_free (file);
}

/* @preview: (out): keeps the string of the result */
static ChatFileInfo
info_of (const ChatClientFile  *file,
         char                 **preview)
{
  gsize size = 0;
  const guchar *data = file->preview != NULL ? g_bytes_get_data (file->preview, &size) : NULL;

  *preview = file->preview != NULL ? g_base64_encode (data, size) : NULL;
  return (ChatFileInfo) {
    .name = file->name, .media_type = file->media_type, .sha256 = file->sha256, .preview = *preview,
    .size = file->size, .width = file->width, .height = file->height,
  };
}

gboolean
chat_client_file_is_valid (const ChatClientFile *file)
{
  g_autofree char *preview = NULL;
  ChatFileInfo info = info_of (file, &preview);

  return chat_file_info_is_valid (&info);
}

static char *
text_of (const ChatFileInfo *info)
{
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_READ_MSG);

  chat_packet_set_file (packet, info);
  return json_to_string (chat_packet_get_node (packet, CHAT_FIELD_FILE), FALSE);
}

char *
chat_client_file_to_text (const ChatClientFile *file)
{
  g_autofree char *preview = NULL;
  ChatFileInfo info = info_of (file, &preview);

  g_return_val_if_fail (chat_file_info_is_valid (&info), NULL);

  return text_of (&info);
}

char *
chat_client_file_from_packet (ChatPacket *packet)
{
  ChatFileInfo info;

  /* Written anew: with what we know of it, and nothing else */
  return chat_packet_get_file (packet, &info) ? text_of (&info) : NULL;
}

ChatClientFile *
chat_client_file_parse (const char *text)
{
  g_autoptr (ChatPacket) packet = NULL;
  g_autoptr (JsonNode) node = NULL;
  ChatClientFile *file;
  ChatFileInfo info;

  if (text == NULL || strlen (text) > CHAT_CLIENT_MAX_FILE_TEXT)
    return NULL;
  node = json_from_string (text, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  /* The same checks as for what comes from a server */
  packet = chat_packet_new (CHAT_PACKET_READ_MSG);
  chat_packet_take_node (packet, CHAT_FIELD_FILE, g_steal_pointer (&node));
  if (!chat_packet_get_file (packet, &info))
    return NULL;

  file = g_new0 (ChatClientFile, 1);
  file->name = g_strdup (info.name);
  file->media_type = g_strdup (info.media_type);
  file->sha256 = g_strdup (info.sha256);
  file->size = info.size;
  file->width = info.width;
  file->height = info.height;
  if (info.preview != NULL)
    {
      gsize size;
      guchar *data = g_base64_decode (info.preview, &size);

      file->preview = g_bytes_new_take (data, size);
    }
  return file;
}

void
chat_client_take_media (ChatClient *self,
                        ChatPacket *answer)
{
  g_clear_pointer (&self->media_url, g_free);
  self->media_limit = 0;
  if ((self->features & CHAT_CLIENT_MEDIA) == 0)
    return;
  self->media_url = g_strdup (chat_packet_get_string (answer, CHAT_FIELD_MEDIA_URL));
  self->media_limit = MAX (chat_packet_get_integer (answer, CHAT_FIELD_MEDIA_LIMIT, 0), 0);
  /* Nobody can use it without */
  if (self->media_url == NULL)
    self->features &= ~CHAT_CLIENT_MEDIA;
}

void
chat_client_request_upload_async (ChatClient           *self,
                                  const ChatClientFile *file,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data)
{
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_MEDIA_UPLOAD);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *preview = NULL;
  ChatFileInfo info = info_of (file, &preview);

  g_return_if_fail (chat_file_info_is_valid (&info));

  g_task_set_source_tag (task, chat_client_request_upload_async);
  if ((self->features & CHAT_CLIENT_MEDIA) == 0)
    {
      g_task_return_new_error (task, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_UNSUPPORTED, "the server takes no files");
      return;
    }
  chat_packet_set_string (packet, CHAT_FIELD_NAME, info.name);
  chat_packet_set_integer (packet, CHAT_FIELD_SIZE, info.size);
  chat_packet_set_string (packet, CHAT_FIELD_MEDIA_TYPE, info.media_type);
  chat_packet_set_string (packet, CHAT_FIELD_SHA256, info.sha256);
  if (info.width > 0)
    chat_packet_set_integer (packet, CHAT_FIELD_WIDTH, info.width);
  if (info.height > 0)
    chat_packet_set_integer (packet, CHAT_FIELD_HEIGHT, info.height);
  if (info.preview != NULL)
    chat_packet_set_string (packet, CHAT_FIELD_PREVIEW, info.preview);
  chat_client_request (self, g_steal_pointer (&packet), 0, NULL, g_steal_pointer (&task));
}

char *
chat_client_request_upload_finish (ChatClient    *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_autoptr (ChatPacket) answer = g_task_propagate_pointer (G_TASK (result), error);
  const char *url;

  if (answer == NULL)
    return NULL;
  url = chat_packet_get_string (answer, CHAT_FIELD_URL);
  if (url == NULL)
    g_set_error_literal (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED, "an answer without an address");
  return g_strdup (url);
}
