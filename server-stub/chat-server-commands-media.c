/* chat-server-commands-media.c: what comes before the bytes of a file, and what is told of it after
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-limits.h"
#include "chat-media.h"
#include "chat-server-media-files.h"
#include "chat-server-peer.h"

void
chat_server_packet_set_file (ChatPacket            *packet,
                             const ChatStorageFile *file,
                             gboolean               with_preview)
{
  const ChatFileInfo info = {
    .name = file->name,
    .media_type = file->media_type,
    .sha256 = file->sha256,
    .preview = with_preview ? file->preview : NULL,
    .size = file->size,
    .width = file->width,
    .height = file->height,
  };

  /* A database that somebody else has written to may hold anything */
  if (chat_file_info_is_valid (&info))
    chat_packet_set_file (packet, &info);
}

char *
chat_server_peer_dup_media_url (ChatServerPeer *peer)
{
  return peer->hub->media != NULL ? chat_server_media_dup_url (peer->hub->media, peer->watch.fd) : NULL;
}

char *
chat_server_peer_dup_file_address (ChatServerPeer *peer,
                                   const char     *text)
{
  g_autofree char *url = NULL;

  /* Most are none: their base is not made for nothing */
  if (text == NULL || peer->hub->media == NULL || strstr (text, "/m/") == NULL)
    return NULL;
  url = chat_server_peer_dup_media_url (peer);
  return chat_server_media_dup_address (url, text);
}

static void
fail_too_large (ChatServerRequest    *request,
                const ChatStorageJob *job)
{
  ChatPacket *failure = chat_server_request_new_answer (request);

  chat_packet_set_status (failure, CHAT_STATUS_TOO_LARGE);
  chat_packet_set_string (failure, CHAT_FIELD_ERROR, job != NULL ? "This person has no room for so many bytes"
                                                                 : "A file may not have so many bytes");
  if (job != NULL)
    {
      chat_packet_set_integer (failure, CHAT_FIELD_QUOTA, job->quota);
      chat_packet_set_integer (failure, CHAT_FIELD_USED, MIN (job->used, CHAT_MAX_ID));
    }
  else
    chat_packet_set_integer (failure, CHAT_FIELD_FILE_LIMIT, chat_server_media_get_limit (request->peer->hub->media));
  chat_server_request_answer (request, failure);
}

static void
on_upload_added (ChatStorageJob *job,
                 gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  g_autofree char *base = NULL, *url = NULL, *expires = NULL;
  ChatPacket *answer;

  if (chat_server_request_is_gone (request))
    return;
  if (job->status == CHAT_STATUS_TOO_LARGE)
    {
      fail_too_large (request, job);
      return;
    }
  if (job->status == CHAT_STATUS_RATE_LIMITED)
    {
      chat_server_request_limit (request, CHAT_SERVER_MEDIA_RETRY, "Too many uploads of this person are under way");
      return;
    }
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  base = chat_server_peer_dup_media_url (request->peer);
  url = chat_server_media_dup_upload_url (base, job->file->address);
  expires = chat_date_format (job->file->expires);
  answer = chat_server_request_new_answer (request);
  chat_packet_set_string (answer, CHAT_FIELD_URL, url);
  chat_packet_set_string (answer, CHAT_FIELD_EXPIRES, expires);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_media_upload (ChatServerRequest *request)
{
  ChatServerMedia *media = request->peer->hub->media;
  ChatPacket *packet = request->packet;
  const ChatFileInfo info = {
    .name = chat_packet_get_string (packet, CHAT_FIELD_NAME),
    .media_type = chat_packet_get_string (packet, CHAT_FIELD_MEDIA_TYPE),
    .sha256 = chat_packet_get_string (packet, CHAT_FIELD_SHA256),
    .preview = chat_packet_get_string (packet, CHAT_FIELD_PREVIEW),
    .size = chat_packet_get_integer (packet, CHAT_FIELD_SIZE, 0),
    .width = (guint) chat_packet_get_integer (packet, CHAT_FIELD_WIDTH, 0),
    .height = (guint) chat_packet_get_integer (packet, CHAT_FIELD_HEIGHT, 0),
  };
  ChatStorageJob *job;

  if (!chat_file_info_is_valid (&info))
    {
      chat_server_request_fail (request, CHAT_STATUS_BAD_REQUEST, "The name, the type, the hash or the preview breaks a rule");
      return;
    }
  if (info.size > chat_server_media_get_limit (media))
    {
      fail_too_large (request, NULL);
      return;
    }
  if (!chat_server_media_has_room (media, info.size))
    {
      chat_server_request_fail (request, CHAT_STATUS_ERROR, "The disk of the server is full");
      return;
    }
  job = chat_storage_job_new (CHAT_STORAGE_ADD_UPLOAD, on_upload_added, request);
  job->user_id = request->peer->user_id;
  job->quota = chat_server_media_get_quota (media);
  job->file = g_new0 (ChatStorageFile, 1);
  job->file->address = chat_server_media_address_new ();
  job->file->name = g_strdup (info.name);
  job->file->media_type = g_strdup (info.media_type);
  job->file->sha256 = g_strdup (info.sha256);
  job->file->preview = g_strdup (info.preview);
  job->file->size = info.size;
  job->file->width = info.width;
  job->file->height = info.height;
  chat_server_request_submit (request, job);
}
