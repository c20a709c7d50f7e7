/* chat-server-commands-message.c: sending, editing and deleting messages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-peer.h"

/* What happened, for the lines that are pushed */
typedef struct
{
  const ChatStorageJob *job;
  const char           *sender;
} MessageNews;

static void
push_to_members (ChatServerPeer *asker,
                 ChatStorageJob *job,
                 ChatFeatures    own_feature,
                 ChatServerLine  line)
{
  MessageNews news = { job, asker->name };

  /* Members are missing where nobody is left to tell */
  if (job->members != NULL)
    chat_server_hub_push (asker->hub, job->members->ids, job->members->n_ids, asker,
                          own_feature != 0 ? asker->user_id : 0, own_feature, 0, line, &news);
}

/* Sending */

static GBytes *
write_message (gconstpointer data,
               gboolean      is_own)
{
  const MessageNews *news = data;
  const ChatStorageJob *job = news->job;
  g_autofree char *date = chat_date_format (job->date);
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_READ_MSG);

  chat_packet_set_status (packet, CHAT_STATUS_SUCCESS);
  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, job->room_id);
  chat_packet_set_integer (packet, CHAT_FIELD_MESSAGE_ID, job->message_id);
  chat_packet_set_message_kind (packet, job->kind);
  chat_packet_set_string (packet, CHAT_FIELD_MESSAGE, job->text);
  chat_packet_set_string (packet, CHAT_FIELD_DATE, date);
  chat_packet_set_string (packet, CHAT_FIELD_SENDER, news->sender);
  if (is_own)
    chat_packet_set_string (packet, CHAT_FIELD_CLIENT_REF, job->client_ref);
  return chat_packet_to_bytes (packet);
}

static void
on_message_added (ChatStorageJob *job,
                  gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  g_autofree char *date = NULL;
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  if (job->created)
    push_to_members (request->peer, job, job->client_ref != NULL ? CHAT_FEATURE_CLIENT_REF : 0, write_message);

  date = chat_date_format (job->date);
  answer = chat_server_request_new_answer (request);
  chat_packet_set_status (answer, CHAT_STATUS_SUCCESS);
  chat_packet_set_integer (answer, CHAT_FIELD_ROOM_ID, job->room_id);
  chat_packet_set_integer (answer, CHAT_FIELD_MESSAGE_ID, job->message_id);
  chat_packet_set_string (answer, CHAT_FIELD_DATE, date);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_snd_msg (ChatServerRequest *request)
{
  ChatServerPeer *peer = request->peer;
  ChatPacket *packet = request->packet;
  ChatStorageJob *job;

  if (peer->hub->fail_sends > 0)
    {
      peer->hub->fail_sends--;
      chat_server_request_fail (request, CHAT_STATUS_ERROR, "The server was told to fail this (--fail-sends)");
      return;
    }
  job = chat_storage_job_new (CHAT_STORAGE_ADD_MESSAGE, on_message_added, request);
  job->user_id = peer->user_id;
  job->room_id = chat_packet_get_integer (packet, CHAT_FIELD_ROOM_ID, 0);
  job->kind = chat_packet_get_message_kind (packet);
  job->text = g_strdup (chat_packet_get_string (packet, CHAT_FIELD_MESSAGE));
  if (chat_server_peer_has_feature (peer, CHAT_FEATURE_CLIENT_REF))
    job->client_ref = g_strdup (chat_packet_get_string (packet, CHAT_FIELD_CLIENT_REF));
  chat_server_request_submit (request, job);
}

/* Editing and deleting: the same object for the asker and for all others */

static ChatPacket *
fill_edit (ChatPacket           *packet,
           const ChatStorageJob *job)
{
  chat_packet_set_integer (packet, CHAT_FIELD_ID, job->message_id);
  chat_packet_set_string (packet, CHAT_FIELD_NEW_MSG, job->text);
  return packet;
}

static ChatPacket *
fill_delete (ChatPacket           *packet,
             const ChatStorageJob *job)
{
  chat_packet_set_integer (packet, CHAT_FIELD_ID, job->message_id);
  return packet;
}

static GBytes *
write_edit (gconstpointer data,
            gboolean      is_own)
{
  const MessageNews *news = data;
  g_autoptr (ChatPacket) packet = fill_edit (chat_packet_new (CHAT_PACKET_EDIT_MSG), news->job);

  return chat_packet_to_bytes (packet);
}

static GBytes *
write_delete (gconstpointer data,
              gboolean      is_own)
{
  const MessageNews *news = data;
  g_autoptr (ChatPacket) packet = fill_delete (chat_packet_new (CHAT_PACKET_DELETE_MSG), news->job);

  return chat_packet_to_bytes (packet);
}

static void
on_message_edited (ChatStorageJob *job,
                   gpointer        user_data)
{
  ChatServerRequest *request = user_data;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  push_to_members (request->peer, job, 0, write_edit);
  chat_server_request_answer (request, fill_edit (chat_server_request_new_answer (request), job));
}

void
chat_server_command_edit_msg (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_EDIT_MESSAGE, on_message_edited, request);

  job->user_id = request->peer->user_id;
  job->message_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ID, 0);
  job->text = g_strdup (chat_packet_get_string (request->packet, CHAT_FIELD_NEW_MSG));
  chat_server_request_submit (request, job);
}

static void
on_message_removed (ChatStorageJob *job,
                    gpointer        user_data)
{
  ChatServerRequest *request = user_data;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  push_to_members (request->peer, job, 0, write_delete);
  chat_server_request_answer (request, fill_delete (chat_server_request_new_answer (request), job));
}

void
chat_server_command_delete_msg (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_REMOVE_MESSAGE, on_message_removed, request);

  job->user_id = request->peer->user_id;
  job->message_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ID, 0);
  chat_server_request_submit (request, job);
}
