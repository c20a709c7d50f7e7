/* chat-server-commands-mark.c: how far somebody has got, what others may know of a person, who is typing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-limits.h"
#include "chat-server-peer.h"
#include "chat-server-presence.h"

/* Marks: of reading, of delivery */

typedef struct
{
  const ChatStorageJob *job;
  const char           *user;         /* NULL: told to the person's own devices */
} MarkNews;

static ChatPacketType
get_type (const ChatStorageJob *job)
{
  return job->op == CHAT_STORAGE_MARK_READ ? CHAT_PACKET_MARK_READ : CHAT_PACKET_MARK_DELIVERED;
}

static ChatPacket *
fill_mark (ChatPacket           *packet,
           const ChatStorageJob *job,
           const char           *user)
{
  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, job->room_id);
  chat_packet_set_integer (packet, CHAT_FIELD_MESSAGE_ID, job->message_id);
  if (user != NULL)
    chat_packet_set_string (packet, CHAT_FIELD_USER, user);
  else if (job->op == CHAT_STORAGE_MARK_READ)
    chat_packet_set_integer (packet, CHAT_FIELD_UNREAD_COUNT, MIN (job->unread, 1000));
  return packet;
}

static GBytes *
write_mark (gconstpointer      data,
            ChatServerVariants variant)
{
  const MarkNews *news = data;
  g_autoptr (ChatPacket) packet = fill_mark (chat_packet_new (get_type (news->job)), news->job, news->user);

  if (variant & CHAT_SERVER_VARIANT_SYNC)
    chat_packet_set_integer (packet, CHAT_FIELD_SEQ, news->job->seq);
  return chat_packet_to_bytes (packet);
}

static void
push_mark (ChatServerPeer       *asker,
           const ChatStorageJob *job)
{
  MarkNews news = { job, NULL };
  ChatServerPush own = {
    .user_ids = &asker->user_id,
    .n_user_ids = 1,
    .except = asker,
    .any_of = CHAT_FEATURE_ROOM_INFO | CHAT_FEATURE_RECEIPTS,
    .seq = job->seq,
    .line = write_mark,
    .data = &news,
  };

  if (job->op == CHAT_STORAGE_MARK_READ)
    chat_server_hub_push (asker->hub, &own);
  /* Without members the person does not allow others to be told */
  if (job->members != NULL)
    {
      MarkNews others_news = { job, asker->name };
      ChatServerPush others = own;

      others.user_ids = job->members->ids;
      others.n_user_ids = job->members->n_ids;
      others.except_id = asker->user_id;
      others.any_of = CHAT_FEATURE_RECEIPTS;
      others.data = &others_news;
      chat_server_hub_push (asker->hub, &others);
    }
}

static void
on_marked (ChatStorageJob *job,
           gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  if (job->created)
    push_mark (request->peer, job);
  answer = fill_mark (chat_server_request_new_answer (request), job, NULL);
  chat_server_request_set_seq (request, answer, job->seq);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_mark (ChatServerRequest *request)
{
  gboolean is_read = chat_packet_get_kind (request->packet) == CHAT_PACKET_MARK_READ;
  ChatStorageJob *job = chat_storage_job_new (is_read ? CHAT_STORAGE_MARK_READ : CHAT_STORAGE_MARK_DELIVERED, on_marked, request);

  job->user_id = request->peer->user_id;
  job->room_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ROOM_ID, 0);
  job->message_id = chat_packet_get_integer (request->packet, CHAT_FIELD_MESSAGE_ID, 0);
  chat_server_request_submit (request, job);
}

/* What others may know */

static const struct
{
  ChatField        field;
  ChatStoragePrefs hidden;
} prefs[] = {
  { CHAT_FIELD_SEND_RECEIPTS, CHAT_STORAGE_HIDE_RECEIPTS },
  { CHAT_FIELD_SEND_TYPING, CHAT_STORAGE_HIDE_TYPING },
  { CHAT_FIELD_SEND_PRESENCE, CHAT_STORAGE_HIDE_PRESENCE },
};

ChatPacket *
chat_server_fill_account (ChatPacket *packet,
                          guint       hidden)
{
  for (guint i = 0; i < G_N_ELEMENTS (prefs); i++)
    chat_packet_set_boolean (packet, prefs[i].field, (hidden & prefs[i].hidden) == 0);
  return packet;
}

static GBytes *
write_account (gconstpointer      data,
               ChatServerVariants variant)
{
  const ChatStorageJob *job = data;
  g_autoptr (ChatPacket) packet = chat_server_fill_account (chat_packet_new (CHAT_PACKET_SET_ACCOUNT), job->prefs);

  if (variant & CHAT_SERVER_VARIANT_SYNC)
    chat_packet_set_integer (packet, CHAT_FIELD_SEQ, job->seq);
  return chat_packet_to_bytes (packet);
}

static void
on_account_set (ChatStorageJob *job,
                gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  ChatServerUser *user = g_hash_table_lookup (peer->hub->users, &peer->user_id);
  ChatServerPush push = {
    .user_ids = &peer->user_id,
    .n_user_ids = 1,
    .except = peer,
    .any_of = CHAT_FEATURE_RECEIPTS | CHAT_FEATURE_TYPING | CHAT_FEATURE_PRESENCE,
    .seq = job->seq,
    .line = write_account,
    .data = job,
  };
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  if (user != NULL)
    {
      guint changed = user->prefs ^ job->prefs;

      user->prefs = job->prefs;
      if (changed & CHAT_STORAGE_HIDE_PRESENCE)
        chat_server_presence_changed (peer->hub, user->id);
    }
  if (job->seq != 0)
    chat_server_hub_push (peer->hub, &push);
  answer = chat_server_fill_account (chat_server_request_new_answer (request), job->prefs);
  chat_server_request_set_seq (request, answer, job->seq);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_set_account (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_SET_PREFS, on_account_set, request);

  job->user_id = request->peer->user_id;
  for (guint i = 0; i < G_N_ELEMENTS (prefs); i++)
    if (chat_packet_has (request->packet, prefs[i].field))
      {
        job->mask |= prefs[i].hidden;
        if (!chat_packet_get_boolean (request->packet, prefs[i].field, TRUE))
          job->prefs |= prefs[i].hidden;
      }
  chat_server_request_submit (request, job);
}

/* Typing */

/* How many rooms somebody may be typing in before all are forgotten */
#define MAX_TYPING_ROOMS 256

typedef struct
{
  gint64 room_id;
  gint64 when;          /* µs */
} Typed;

typedef struct
{
  gint64      room_id;
  const char *user;
} TypingNews;

static GBytes *
write_typing (gconstpointer      data,
              ChatServerVariants variant)
{
  const TypingNews *news = data;
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_TYPING);

  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, news->room_id);
  chat_packet_set_string (packet, CHAT_FIELD_USER, news->user);
  return chat_packet_to_bytes (packet);
}

static void
on_typing_members (ChatStorageJob *job,
                   gpointer        user_data)
{
  ChatServerPeer *peer = user_data;

  if (job->status == CHAT_STATUS_SUCCESS && job->members != NULL)
    {
      TypingNews news = { job->room_id, peer->name };
      ChatServerPush push = {
        .user_ids = job->members->ids,
        .n_user_ids = job->members->n_ids,
        .except_id = peer->user_id,
        .any_of = CHAT_FEATURE_TYPING,
        .is_fleeting = TRUE,
        .line = write_typing,
        .data = &news,
      };

      chat_server_hub_push (peer->hub, &push);
    }
  chat_server_peer_unref (peer);
}

/* Returns: whether it is time to tell again */
static gboolean
note_typing (ChatServerUser *user,
             gint64          room_id,
             gint64          now)
{
  Typed *typed;

  if (user->typing == NULL)
    user->typing = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  typed = g_hash_table_lookup (user->typing, &room_id);
  if (typed != NULL && now - typed->when < CHAT_TYPING_INTERVAL_MS * G_GINT64_CONSTANT (1000))
    return FALSE;
  if (typed == NULL)
    {
      if (g_hash_table_size (user->typing) >= MAX_TYPING_ROOMS)
        g_hash_table_remove_all (user->typing);
      typed = g_new (Typed, 1);
      typed->room_id = room_id;
      g_hash_table_add (user->typing, typed);
    }
  typed->when = now;
  return TRUE;
}

void
chat_server_command_typing (ChatServerRequest *request)
{
  ChatServerPeer *peer = request->peer;
  gint64 room_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ROOM_ID, 0);

  if ((peer->user->prefs & CHAT_STORAGE_HIDE_TYPING) == 0 && note_typing (peer->user, room_id, g_get_monotonic_time ()))
    {
      /* By the way of the changes, so that it does not come behind the message that was typed */
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_GET_MEMBERS, on_typing_members, chat_server_peer_ref (peer));

      job->user_id = peer->user_id;
      job->room_id = room_id;
      chat_server_storage_submit (peer->hub->storage, job);
    }
  chat_server_request_answer (request, NULL);
}
