/* chat-server-commands-history.c: reading a room's messages, as fast as the reader takes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-limits.h"
#include "chat-server-peer.h"

/* A READ_MSG that is under way.
 *
 * The storage is asked for one chunk, the chunk is queued for the peer, and the next is asked for when the peer has taken most of
 * it, so that a history of any length holds little memory however slow its reader. What of a chunk does not fit into the
 * queue is dropped and asked for again. Until the end no push goes out on this connection: pushes tell of what happened after
 * the question, and belong after its answer. */
typedef struct
{
  ChatStoragePage page;         /* what to ask next */
  gint64          anchor;
  guint           limit;
  gint64          until;        /* the newest id that belongs to the answer; 0: not known yet */
  gboolean        is_all;
  gboolean        has_begun;    /* the first chunk has come */
  gboolean        has_sent;
  gboolean        more;         /* of the first chunk, for END */
} History;

static void ask (ChatServerRequest *request);

ChatPacket *
chat_server_message_to_packet (const ChatStorageMessage *message,
                               ChatFeatures              features,
                               gint64                    reader_id)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_READ_MSG);
  g_autofree char *date = chat_date_format (message->date);

  chat_packet_set_status (packet, CHAT_STATUS_SUCCESS);
  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, message->room_id);
  chat_packet_set_integer (packet, CHAT_FIELD_MESSAGE_ID, message->id);
  chat_packet_set_message_kind (packet, message->kind);
  chat_packet_set_string (packet, CHAT_FIELD_MESSAGE, message->text);
  chat_packet_set_string (packet, CHAT_FIELD_DATE, date);
  chat_packet_set_string (packet, CHAT_FIELD_SENDER, message->sender);
  if (message->file != NULL && (features & CHAT_FEATURE_MEDIA) != 0)
    chat_server_packet_set_file (packet, message->file, TRUE);
  if ((features & CHAT_FEATURE_CLIENT_REF) == 0)
    return packet;
  if (message->edited != 0)
    {
      g_autofree char *edited = chat_date_format (message->edited);

      chat_packet_set_string (packet, CHAT_FIELD_EDITED, edited);
    }
  if (message->client_ref != NULL && message->sender_id == reader_id)
    chat_packet_set_string (packet, CHAT_FIELD_CLIENT_REF, message->client_ref);
  return packet;
}

/* Ends the request: the last object, if there is one to send, then the pushes that waited */
static void
end (ChatServerRequest *request,
     ChatPacket        *last)
{
  request->peer->drained = NULL;
  chat_server_request_answer_held (request, last);
}

static void
end_well (ChatServerRequest *request)
{
  History *history = request->data;
  gint64 room_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ROOM_ID, 0);
  ChatPacket *last = NULL;

  if (chat_server_request_echoes_id (request) && chat_server_peer_has_feature (request->peer, CHAT_FEATURE_PAGING))
    {
      last = chat_server_request_new_answer (request);
      chat_packet_set_status (last, CHAT_STATUS_END);
      chat_packet_set_integer (last, CHAT_FIELD_ROOM_ID, room_id);
      chat_packet_set_boolean (last, CHAT_FIELD_MORE, history->more);
    }
  else if (!history->has_sent)
    {
      last = chat_server_request_new_answer (request);
      chat_packet_set_status (last, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
      chat_packet_set_integer (last, CHAT_FIELD_ROOM_ID, room_id);
      chat_packet_set_string (last, CHAT_FIELD_ERROR, "There are no messages to read");
    }
  end (request, last);
}

static void
on_drained (ChatServerPeer *peer)
{
  /* Nothing else runs on this connection, so that the request is its first; or the connection has ended */
  ChatServerRequest *request = peer->reading;

  peer->drained = NULL;
  if (peer->connection == NULL)
    end (request, NULL);
  else
    ask (request);
}

static void
send_chunk (ChatServerRequest *request,
            GPtrArray         *messages)
{
  ChatServerPeer *peer = request->peer;
  History *history = request->data;
  gboolean with_id = chat_server_request_echoes_id (request);
  guint i;

  for (i = 0; i < messages->len; i++)
    {
      const ChatStorageMessage *message = messages->pdata[i];
      g_autoptr (ChatPacket) packet = NULL;

      if (i > 0 && chat_connection_get_queued (peer->connection) >= CHAT_SERVER_READ_HIGH_WATER)
        break;
      packet = chat_server_message_to_packet (message, peer->features, peer->user_id);
      if (with_id)
        chat_packet_set_integer (packet, CHAT_FIELD_REQUEST_ID,
                                 chat_packet_get_integer (request->packet, CHAT_FIELD_REQUEST_ID, 0));
      chat_connection_send (peer->connection, packet);
      history->has_sent = TRUE;
      history->anchor = message->id;
    }
}

static void
on_chunk (ChatStorageJob *job,
          gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  History *history = request->data;
  guint n = job->messages != NULL ? job->messages->len : 0;

  if (peer->connection == NULL)
    {
      end (request, NULL);
      return;
    }
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      /* The room may have been removed in the midst of it: the reader is told */
      ChatPacket *failure = chat_server_request_new_answer (request);

      chat_packet_set_status (failure, job->status);
      chat_packet_set_string (failure, CHAT_FIELD_ERROR, chat_server_status_text (job->status));
      if (job->status == CHAT_STATUS_RATE_LIMITED)
        chat_packet_set_integer (failure, CHAT_FIELD_RETRY_AFTER, 1);
      end (request, failure);
      return;
    }
  if (!history->has_begun)
    {
      history->has_begun = TRUE;
      history->more = job->more && !history->is_all;
      if (n > 0)
        history->until = history->is_all ? job->newest_id : job->until;
    }
  if (n == 0)
    {
      end_well (request);
      return;
    }

  send_chunk (request, job->messages);
  if (history->anchor >= history->until)
    {
      end_well (request);
      return;
    }
  history->page = CHAT_STORAGE_AFTER;
  history->limit = CHAT_SERVER_READ_CHUNK;
  peer->reading = request;
  peer->drained = on_drained;
  chat_server_watch_touch (&peer->watch);
}

static void
ask (ChatServerRequest *request)
{
  History *history = request->data;
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_READ, on_chunk, request);

  job->user_id = request->peer->user_id;
  job->room_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ROOM_ID, 0);
  job->page = history->page;
  job->message_id = history->anchor;
  job->limit = history->limit;
  job->until = history->until;
  chat_server_request_submit (request, job);
}

static gboolean
choose_page (ChatServerRequest *request,
             History           *history)
{
  static const struct
  {
    ChatField       field;
    ChatStoragePage page;
  } anchors[] = {
    { CHAT_FIELD_BEFORE, CHAT_STORAGE_BEFORE },
    { CHAT_FIELD_AFTER, CHAT_STORAGE_AFTER },
    { CHAT_FIELD_AROUND, CHAT_STORAGE_AROUND },
  };
  ChatPacket *packet = request->packet;
  const char *read = chat_packet_get_string (packet, CHAT_FIELD_READ);
  gboolean paging = chat_server_peer_has_feature (request->peer, CHAT_FEATURE_PAGING);

  history->limit = paging ? (guint) chat_packet_get_integer (packet, CHAT_FIELD_LIMIT, CHAT_PAGE_SIZE) : CHAT_PAGE_SIZE;
  for (guint i = 0; paging && i < G_N_ELEMENTS (anchors); i++)
    if (chat_packet_has (packet, anchors[i].field))
      {
        history->page = anchors[i].page;
        history->anchor = chat_packet_get_integer (packet, anchors[i].field, 0);
        return TRUE;
      }
  if (g_strcmp0 (read, "ALL") == 0)
    {
      history->is_all = TRUE;
      history->page = CHAT_STORAGE_AFTER;
      history->until = CHAT_MAX_ID;
      history->limit = CHAT_SERVER_READ_CHUNK;
      return TRUE;
    }
  history->page = CHAT_STORAGE_NEWEST;
  return read != NULL;
}

void
chat_server_command_read_msg (ChatServerRequest *request)
{
  History *history = g_new0 (History, 1);

  request->data = history;
  request->free_data = g_free;
  if (!choose_page (request, history))
    {
      chat_server_request_fail (request, CHAT_STATUS_BAD_REQUEST, "\"read\" is missing, or a log-in that names \"paging\"");
      return;
    }
  chat_server_peer_hold (request->peer, TRUE);
  ask (request);
}
