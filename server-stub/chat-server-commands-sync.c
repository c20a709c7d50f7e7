/* chat-server-commands-sync.c: telling what has changed since, as fast as the reader takes it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-limits.h"
#include "chat-server-peer.h"
#include "chat-server-switches.h"

/* A SYNC that is under way.
 *
 * The first chunk settles what the replay holds: everything up to the newest change that its snapshot knows (`until`). The
 * connection has been among those that are pushed to since its log-in, and pushes are held up from before that snapshot until the
 * end. So a change is in the snapshot, and is told by the replay, or it is committed later, and its push, which is sent when the
 * commit is handed back, comes after the end. A push that was held and is in the snapshot too, or whose commit is in the snapshot
 * but was not yet handed back when the replay ended, has a number up to `until`: it is dropped (peer->synced). */
typedef struct
{
  gint64 since;
  gint64 cursor;        /* all up to this has been sent */
  gint64 until;         /* 0: not known yet */
} Replay;

static void ask (ChatServerRequest *request);

static void
end (ChatServerRequest *request,
     ChatPacket        *last)
{
  request->peer->drained = NULL;
  chat_server_request_answer_held (request, last);
}

#ifdef CHAT_TEST_SWITCHES
/* As a server would that begins to push when it has told what was there */
static gboolean
on_subscribed_late (gpointer user_data)
{
  ChatServerPeer *peer = user_data;

  peer->synced = 0;
  return G_SOURCE_REMOVE;
}

static void
subscribe_late (ChatServerPeer *peer)
{
  g_autoptr (GSource) source = g_timeout_source_new (CHAT_SERVER_SWITCH_DELAY_MS);

  peer->synced = G_MAXINT64;
  g_source_set_callback (source, on_subscribed_late, chat_server_peer_ref (peer), (GDestroyNotify) chat_server_peer_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}
#endif

static void
end_with (ChatServerRequest *request,
          ChatStatus         status,
          gint64             seq)
{
  ChatPacket *last = chat_server_request_new_answer (request);

  chat_packet_set_status (last, status);
  if (status == CHAT_STATUS_SUCCESS || status == CHAT_STATUS_RESET)
    chat_packet_set_integer (last, CHAT_FIELD_SEQ, seq);
  else
    chat_packet_set_string (last, CHAT_FIELD_ERROR, chat_server_status_text (status));
  if (status == CHAT_STATUS_RATE_LIMITED)
    chat_packet_set_integer (last, CHAT_FIELD_RETRY_AFTER, 1);
  if (status == CHAT_STATUS_SUCCESS)
    request->peer->synced = MAX (request->peer->synced, seq);
#ifdef CHAT_TEST_SWITCHES
  if (chat_server_switch_is_on (CHAT_SERVER_SWITCH_SNAPSHOT))
    subscribe_late (request->peer);
#endif
  end (request, last);
}

static void
on_drained (ChatServerPeer *peer)
{
  ChatServerRequest *request = peer->reading;

  peer->drained = NULL;
  if (peer->connection == NULL)
    end (request, NULL);
  else
    ask (request);
}

/* Takes @packet */
static void
send_change (ChatServerRequest *request,
             ChatPacket        *packet,
             gint64             seq)
{
  chat_packet_set_integer (packet, CHAT_FIELD_SEQ, seq);
  if (chat_server_request_echoes_id (request))
    chat_packet_set_integer (packet, CHAT_FIELD_REQUEST_ID, chat_packet_get_integer (request->packet, CHAT_FIELD_REQUEST_ID, 0));
  chat_connection_send (request->peer->connection, packet);
  chat_packet_unref (packet);
}

static ChatPacket *
message_packet (const ChatStorageChange *change,
                ChatFeatures             features)
{
  ChatPacket *packet = chat_packet_new (change->message != NULL ? CHAT_PACKET_EDIT_MSG : CHAT_PACKET_DELETE_MSG);

  chat_packet_set_integer (packet, CHAT_FIELD_ID, change->message_id);
  if (change->message != NULL)
    {
      g_autofree char *edited = chat_date_format (change->message->edited);

      chat_packet_set_string (packet, CHAT_FIELD_NEW_MSG, change->message->text);
      chat_packet_set_string (packet, CHAT_FIELD_EDITED, edited);
      if (change->message->file != NULL && (features & CHAT_FEATURE_MEDIA) != 0)
        chat_server_packet_set_file (packet, change->message->file, TRUE);
    }
  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, change->room_id);
  return packet;
}

static ChatPacket *
room_packet (const ChatStorageChange *change)
{
  ChatPacket *packet = chat_packet_new (change->name != NULL ? CHAT_PACKET_CREATE_ROOM : CHAT_PACKET_DELETE_ROOM);

  chat_packet_set_integer (packet, CHAT_FIELD_ID, change->room_id);
  if (change->name != NULL)
    chat_packet_set_string (packet, CHAT_FIELD_CUSTOMER, change->name);
  return packet;
}

static ChatPacket *
mark_packet (const ChatStorageChange *change,
             ChatPacketType           type,
             gint64                   mark)
{
  ChatPacket *packet = chat_packet_new (type);

  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, change->room_id);
  chat_packet_set_integer (packet, CHAT_FIELD_MESSAGE_ID, mark);
  if (change->name != NULL)
    chat_packet_set_string (packet, CHAT_FIELD_USER, change->name);
  else
    chat_packet_set_integer (packet, CHAT_FIELD_UNREAD_COUNT, MIN (change->unread, 1000));
  return packet;
}

static void
tell (ChatServerRequest       *request,
      const ChatStorageChange *change)
{
  ChatServerPeer *peer = request->peer;
  ChatFeatures features = peer->features;
  ChatPacket *packet;

  switch (change->kind)
    {
    case CHAT_STORAGE_CHANGE_SENT:
      send_change (request, chat_server_message_to_packet (change->message, features, peer->user_id), change->seq);
      break;

    case CHAT_STORAGE_CHANGE_MESSAGE:
      send_change (request, message_packet (change, features), change->seq);
      break;

    case CHAT_STORAGE_CHANGE_ROOM:
      send_change (request, room_packet (change), change->seq);
      break;

    case CHAT_STORAGE_CHANGE_SETTING:
      if ((features & CHAT_FEATURE_ROOM_INFO) == 0)
        break;
      packet = chat_packet_new (CHAT_PACKET_SET_ROOM);
      chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, change->room_id);
      chat_packet_set_boolean (packet, CHAT_FIELD_MUTED, change->muted);
      chat_packet_set_boolean (packet, CHAT_FIELD_PINNED, change->pinned);
      send_change (request, packet, change->seq);
      break;

    case CHAT_STORAGE_CHANGE_READ:
      if (features & (CHAT_FEATURE_ROOM_INFO | CHAT_FEATURE_RECEIPTS))
        send_change (request, mark_packet (change, CHAT_PACKET_MARK_READ, change->read_mark), change->seq);
      break;

    case CHAT_STORAGE_CHANGE_RECEIPT:
      if ((features & CHAT_FEATURE_RECEIPTS) == 0)
        break;
      if (change->delivered_mark > change->read_mark)
        send_change (request, mark_packet (change, CHAT_PACKET_MARK_DELIVERED, change->delivered_mark), change->seq);
      if (change->read_mark > 0)
        send_change (request, mark_packet (change, CHAT_PACKET_MARK_READ, change->read_mark), change->seq);
      break;

    case CHAT_STORAGE_CHANGE_ACCOUNT:
      if (features & (CHAT_FEATURE_RECEIPTS | CHAT_FEATURE_TYPING | CHAT_FEATURE_PRESENCE))
        send_change (request, chat_server_fill_account (chat_packet_new (CHAT_PACKET_SET_ACCOUNT), change->prefs), change->seq);
      break;

    default:
      break;
    }
}

static void
on_changes (ChatStorageJob *job,
            gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  Replay *replay = request->data;
  guint i;

  if (peer->connection == NULL)
    {
      end (request, NULL);
      return;
    }
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      end_with (request, job->status, job->seq);
      return;
    }
  replay->until = job->until;
  for (i = 0; i < job->changes->len; i++)
    {
      const ChatStorageChange *change = job->changes->pdata[i];

      /* What does not fit into the queue is asked for again */
      if (i > 0 && chat_connection_get_queued (peer->connection) >= CHAT_SERVER_READ_HIGH_WATER)
        break;
      tell (request, change);
      replay->cursor = change->seq;
    }
  if (i == job->changes->len)
    {
      replay->cursor = job->seq;
      if (!job->more)
        {
          end_with (request, CHAT_STATUS_SUCCESS, replay->until);
          return;
        }
    }
  peer->reading = request;
  peer->drained = on_drained;
  chat_server_watch_touch (&peer->watch);
}

static void
ask (ChatServerRequest *request)
{
  Replay *replay = request->data;
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_LIST_CHANGES, on_changes, request);

  job->user_id = request->peer->user_id;
  job->since = replay->since;
  job->message_id = replay->cursor;
  job->until = replay->until;
  job->limit = CHAT_SERVER_READ_CHUNK;
  chat_server_request_submit (request, job);
}

void
chat_server_command_sync (ChatServerRequest *request)
{
  Replay *replay = g_new0 (Replay, 1);

  replay->since = replay->cursor = chat_packet_get_integer (request->packet, CHAT_FIELD_SINCE, 0);
  request->data = replay;
  request->free_data = g_free;
  chat_server_peer_hold (request->peer, TRUE);
  ask (request);
}
