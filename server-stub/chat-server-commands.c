/* chat-server-commands.c: one table: type, handler, who may call it, what it costs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-commands.h"

#include "chat-server-peer.h"

#define ANONYMOUS CHAT_SERVER_COMMAND_ANONYMOUS
#define QUESTION  CHAT_SERVER_COMMAND_QUESTION
#define SILENT    CHAT_SERVER_COMMAND_SILENT
#define MARKS     (CHAT_FEATURE_ROOM_INFO | CHAT_FEATURE_RECEIPTS)
#define PREFS     (CHAT_FEATURE_RECEIPTS | CHAT_FEATURE_TYPING | CHAT_FEATURE_PRESENCE)

static const ChatServerCommand commands[] = {
  { CHAT_PACKET_REQUEST_LOGIN,  ANONYMOUS | QUESTION, 0,                      2, chat_server_command_login },
  { CHAT_PACKET_REQUEST_SIGNUP, ANONYMOUS | QUESTION, 0,                      2, chat_server_command_signup },
  { CHAT_PACKET_CREATE_ROOM,    0,                    0,                      2, chat_server_command_create_room },
  { CHAT_PACKET_SND_MSG,        0,                    0,                      1, chat_server_command_snd_msg },
  { CHAT_PACKET_READ_MSG,       QUESTION,             0,                      2, chat_server_command_read_msg },
  { CHAT_PACKET_SEARCH_USER,    QUESTION,             0,                      2, chat_server_command_search_user },
  { CHAT_PACKET_DELETE_ROOM,    0,                    0,                      2, chat_server_command_delete_room },
  { CHAT_PACKET_DELETE_MSG,     0,                    0,                      1, chat_server_command_delete_msg },
  { CHAT_PACKET_EDIT_MSG,       0,                    0,                      1, chat_server_command_edit_msg },
  { CHAT_PACKET_OLD_DIALOGS,    QUESTION,             0,                      4, chat_server_command_old_dialogs },
  { CHAT_PACKET_TOKENS,         QUESTION,             CHAT_FEATURE_TOKEN,     2, chat_server_command_tokens },
  { CHAT_PACKET_REVOKE_TOKEN,   0,                    CHAT_FEATURE_TOKEN,     2, chat_server_command_revoke_token },
  { CHAT_PACKET_REVOKE_OTHERS,  0,                    CHAT_FEATURE_TOKEN,     2, chat_server_command_revoke_others },
  { CHAT_PACKET_CHANGE_PASSWORD, QUESTION,            CHAT_FEATURE_TOKEN,     4, chat_server_command_change_password },
  { CHAT_PACKET_MARK_READ,      0,                    MARKS,                  1, chat_server_command_mark },
  { CHAT_PACKET_MARK_DELIVERED, 0,                    CHAT_FEATURE_RECEIPTS,  1, chat_server_command_mark },
  { CHAT_PACKET_SYNC,           QUESTION,             CHAT_FEATURE_SYNC,      4, chat_server_command_sync },
  { CHAT_PACKET_SET_ACCOUNT,    0,                    PREFS,                  1, chat_server_command_set_account },
  { CHAT_PACKET_TYPING,         SILENT,               CHAT_FEATURE_TYPING,    1, chat_server_command_typing },
  { CHAT_PACKET_SET_ROOM,       0,                    CHAT_FEATURE_ROOM_INFO, 1, chat_server_command_set_room },
  { CHAT_PACKET_MEDIA_UPLOAD,   0,                    CHAT_FEATURE_MEDIA,     2, chat_server_command_media_upload },
};

const ChatServerCommand *
chat_server_command_find (ChatPacketType type)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].type == type)
      return &commands[i];
  return NULL;
}

static guint
take_allowance (ChatServerRequest *request)
{
  ChatServerPeer *peer = request->peer;
  ChatServerBucket *bucket = peer->user != NULL ? &peer->user->requests : &peer->requests;
  guint cost = request->command != NULL ? request->command->cost : 1;

  if (peer->hub->no_rate_limit)
    return 0;
  return chat_server_bucket_take (bucket, CHAT_SERVER_REQUEST_BURST, CHAT_SERVER_REQUEST_RATE, cost,
                                  chat_server_poller_get_now (peer->hub->poller));
}

void
chat_server_command_start (ChatServerRequest *request)
{
  ChatServerPeer *peer = request->peer;
  const ChatServerCommand *command = request->command;
  const GError *problem = chat_packet_get_problem (request->packet);
  const char *username;
  guint wait = take_allowance (request);

  if (chat_packet_get_kind (request->packet) == CHAT_PACKET_INVALID)
    {
      chat_server_request_fail (request, CHAT_STATUS_BAD_REQUEST,
                                problem != NULL ? problem->message : "There is no type");
      return;
    }
  if (command == NULL)
    {
      chat_server_request_fail (request, CHAT_STATUS_UNSUPPORTED, "This type of request is not known here");
      return;
    }
  if (peer->user == NULL && (command->flags & ANONYMOUS) == 0)
    {
      chat_server_request_fail (request, CHAT_STATUS_NOT_LOGGED_IN, "Log in first");
      return;
    }
  if ((command->flags & SILENT) != 0 && (peer->features & command->feature) != 0 && (wait > 0 || problem != NULL))
    {
      chat_server_request_answer (request, NULL);
      return;
    }
  if (wait > 0)
    {
      chat_server_request_limit (request, wait, "Too many requests");
      return;
    }
  if (command->feature != 0 && (peer->features & command->feature) == 0)
    {
      chat_server_request_fail (request, CHAT_STATUS_UNSUPPORTED, "The log-in did not name the feature that this belongs to");
      return;
    }
  if (problem != NULL)
    {
      chat_server_request_fail (request, chat_error_to_status (problem), problem->message);
      return;
    }
  username = chat_packet_get_string (request->packet, CHAT_FIELD_USERNAME);
  if (username != NULL && g_ascii_strcasecmp (username, peer->name) != 0)
    {
      chat_server_request_fail (request, CHAT_STATUS_FORBIDDEN, "This connection belongs to another user than \"username\"");
      return;
    }
  command->run (request);
}

const char *
chat_server_status_text (ChatStatus status)
{
  switch (status)
    {
    case CHAT_STATUS_FORBIDDEN:
      return "This is not for this user to do";
    case CHAT_STATUS_ROOM_DOES_NOT_EXIST:
      return "There is no such room";
    case CHAT_STATUS_MESSAGE_DOES_NOT_EXIST:
      return "There is no such message";
    case CHAT_STATUS_USER_DOES_NOT_EXIST:
    case CHAT_STATUS_LOGIN_WRONG_USER:
      return "There is no such user";
    case CHAT_STATUS_LOGIN_WRONG_PASS:
      return "Wrong password or token";
    case CHAT_STATUS_SIGNUP_USER_EXIST:
      return "There is a user of that name already";
    case CHAT_STATUS_RATE_LIMITED:
      return "The server is busy";
    default:
      return "The server failed to do this";
    }
}

void
chat_server_request_fail_by_job (ChatServerRequest    *request,
                                 const ChatStorageJob *job)
{
  if (job->status == CHAT_STATUS_RATE_LIMITED)
    chat_server_request_limit (request, 1, chat_server_status_text (job->status));
  else
    chat_server_request_fail_by_status (request, job->status);
}

void
chat_server_request_fail_by_status (ChatServerRequest *request,
                                    ChatStatus         status)
{
  chat_server_request_fail (request, status, chat_server_status_text (status));
}

gboolean
chat_server_request_is_gone (ChatServerRequest *request)
{
  if (request->peer->connection != NULL)
    return FALSE;

  chat_server_request_answer (request, NULL);
  return TRUE;
}
