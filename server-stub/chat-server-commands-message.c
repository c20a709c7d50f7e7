/* chat-server-commands-message.c: sending, editing and deleting messages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-peer.h"
#include "chat-server-switches.h"

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
  ChatServerPush push = {
    .except = asker,
    .own_id = own_feature != 0 ? asker->user_id : 0,
    .own_feature = own_feature,
    .seq = job->seq,
    .has_file = job->file != NULL,
    .line = line,
    .data = &news,
  };

  /* Members are missing where nobody is left to tell */
  if (job->members == NULL)
    return;
  push.user_ids = job->members->ids;
  push.n_user_ids = job->members->n_ids;
  chat_server_hub_push (asker->hub, &push);
}

/* What those who named "sync" are told beside the core */
static void
set_sync_fields (ChatPacket           *packet,
                 const ChatStorageJob *job,
                 ChatServerVariants    variant)
{
  if ((variant & CHAT_SERVER_VARIANT_SYNC) == 0)
    return;
  if (job->op == CHAT_STORAGE_EDIT_MESSAGE)
    {
      g_autofree char *edited = chat_date_format (job->date);

      chat_packet_set_string (packet, CHAT_FIELD_EDITED, edited);
    }
  if (job->op != CHAT_STORAGE_ADD_MESSAGE)
    chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, job->room_id);
  chat_packet_set_integer (packet, CHAT_FIELD_SEQ, job->seq);
}

/* The address of one of our files, if @text is that; who knows of files must not tell of one that is gone */
static void
look_for_file (ChatServerPeer *peer,
               ChatStorageJob *job)
{
  job->address = chat_server_peer_dup_file_address (peer, job->text);
  job->needs_file = job->address != NULL && chat_server_peer_has_feature (peer, CHAT_FEATURE_MEDIA);
}

static void
fail_by_job (ChatServerRequest    *request,
             const ChatStorageJob *job)
{
  ChatPacket *failure;

  if (job->status != CHAT_STATUS_BAD_REQUEST || !job->needs_file)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  failure = chat_server_request_new_answer (request);
  chat_packet_set_status (failure, job->status);
  chat_packet_set_string (failure, CHAT_FIELD_REASON, "FILE");
  chat_packet_set_string (failure, CHAT_FIELD_ERROR, "There is no such file any more: it must be uploaded again");
  chat_server_request_answer (request, failure);
}

/* Sending */

static GBytes *
write_message (gconstpointer      data,
               ChatServerVariants variant)
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
  if (variant & CHAT_SERVER_VARIANT_OWN)
    chat_packet_set_string (packet, CHAT_FIELD_CLIENT_REF, job->client_ref);
  set_sync_fields (packet, job, variant);
  if (variant & CHAT_SERVER_VARIANT_MEDIA)
    chat_server_packet_set_file (packet, job->file, TRUE);
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
      fail_by_job (request, job);
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
  chat_server_request_set_seq (request, answer, job->seq);
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
  if (job->kind != CHAT_MESSAGE_KIND_TEXT)
    look_for_file (peer, job);
  if (chat_server_peer_has_feature (peer, CHAT_FEATURE_CLIENT_REF) && !chat_server_switch_is_on (CHAT_SERVER_SWITCH_REFS))
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
write_edit (gconstpointer      data,
            ChatServerVariants variant)
{
  const MessageNews *news = data;
  g_autoptr (ChatPacket) packet = fill_edit (chat_packet_new (CHAT_PACKET_EDIT_MSG), news->job);

  set_sync_fields (packet, news->job, variant);
  if (variant & CHAT_SERVER_VARIANT_MEDIA)
    chat_server_packet_set_file (packet, news->job->file, TRUE);
  return chat_packet_to_bytes (packet);
}

static GBytes *
write_delete (gconstpointer      data,
              ChatServerVariants variant)
{
  const MessageNews *news = data;
  g_autoptr (ChatPacket) packet = fill_delete (chat_packet_new (CHAT_PACKET_DELETE_MSG), news->job);

  set_sync_fields (packet, news->job, variant);
  return chat_packet_to_bytes (packet);
}

static void
on_message_edited (ChatStorageJob *job,
                   gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      fail_by_job (request, job);
      return;
    }
  push_to_members (request->peer, job, 0, write_edit);
  answer = fill_edit (chat_server_request_new_answer (request), job);
  chat_server_request_set_seq (request, answer, job->seq);
  if (job->file != NULL && chat_server_peer_has_feature (request->peer, CHAT_FEATURE_MEDIA))
    chat_server_packet_set_file (answer, job->file, TRUE);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_edit_msg (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_EDIT_MESSAGE, on_message_edited, request);

  job->user_id = request->peer->user_id;
  job->message_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ID, 0);
  job->text = g_strdup (chat_packet_get_string (request->packet, CHAT_FIELD_NEW_MSG));
  look_for_file (request->peer, job);
  chat_server_request_submit (request, job);
}

static void
on_message_removed (ChatStorageJob *job,
                    gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  push_to_members (request->peer, job, 0, write_delete);
  answer = fill_delete (chat_server_request_new_answer (request), job);
  chat_server_request_set_seq (request, answer, job->seq);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_delete_msg (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_REMOVE_MESSAGE, on_message_removed, request);

  job->user_id = request->peer->user_id;
  job->message_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ID, 0);
  chat_server_request_submit (request, job);
}
