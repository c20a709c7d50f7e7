/* chat-server-commands-room.c: making, removing, listing and setting rooms
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-limits.h"
#include "chat-server-peer.h"
#include "chat-server-presence.h"

/* What a push says of a room; each command fills in what it needs */
typedef struct
{
  ChatPacketType        type;
  gint64                id;
  const char           *customer;       /* for others */
  const char           *own_customer;   /* for the asker's own */
  gint64                seq;
} RoomNews;

static GBytes *
write_room_id (gconstpointer      data,
               ChatServerVariants variant)
{
  const RoomNews *news = data;
  const char *customer = (variant & CHAT_SERVER_VARIANT_OWN) != 0 ? news->own_customer : news->customer;
  g_autoptr (ChatPacket) packet = chat_packet_new (news->type);

  chat_packet_set_integer (packet, CHAT_FIELD_ID, news->id);
  if (customer != NULL)
    chat_packet_set_string (packet, CHAT_FIELD_CUSTOMER, customer);
  if (variant & CHAT_SERVER_VARIANT_SYNC)
    chat_packet_set_integer (packet, CHAT_FIELD_SEQ, news->seq);
  return chat_packet_to_bytes (packet);
}

static void
push_room (ChatServerPeer       *asker,
           const ChatStorageJob *job,
           const RoomNews       *news)
{
  ChatServerPush push = {
    .user_ids = job->members->ids,
    .n_user_ids = job->members->n_ids,
    .except = asker,
    .own_id = asker->user_id,
    .seq = news->seq,
    .line = write_room_id,
    .data = news,
  };

  chat_server_hub_push (asker->hub, &push);
}

/* Making */

static void
on_room_added (ChatStorageJob *job,
               gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  ChatServerHub *hub = peer->hub;
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  if (job->created && job->members != NULL)
    {
      RoomNews news = { CHAT_PACKET_CREATE_ROOM, job->room_id, peer->name, job->name, job->seq };

      push_room (peer, job, &news);
    }
  answer = chat_server_request_new_answer (request);
  chat_packet_set_integer (answer, CHAT_FIELD_ID, job->room_id);
  chat_packet_set_string (answer, CHAT_FIELD_CUSTOMER, job->name);
  chat_server_request_set_seq (request, answer, job->seq);
  chat_server_request_answer (request, answer);
  if (job->created && job->members != NULL)
    chat_server_presence_introduce (hub, job->members);
}

void
chat_server_command_create_room (ChatServerRequest *request)
{
  const char *customer = chat_packet_get_string (request->packet, CHAT_FIELD_CUSTOMER);
  ChatStorageJob *job;

  if (!chat_login_is_valid (customer))
    {
      chat_server_request_fail (request, CHAT_STATUS_USER_DOES_NOT_EXIST,
                                chat_server_status_text (CHAT_STATUS_USER_DOES_NOT_EXIST));
      return;
    }
  job = chat_storage_job_new (CHAT_STORAGE_ADD_ROOM, on_room_added, request);
  job->user_id = request->peer->user_id;
  job->name = g_strdup (customer);
  chat_server_request_submit (request, job);
}

/* Removing */

static void
on_room_removed (ChatStorageJob *job,
                 gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  RoomNews news = { CHAT_PACKET_DELETE_ROOM, job->room_id, NULL, NULL, job->seq };
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  if (job->members != NULL)
    push_room (peer, job, &news);
  answer = chat_server_request_new_answer (request);
  chat_packet_set_integer (answer, CHAT_FIELD_ID, job->room_id);
  chat_server_request_set_seq (request, answer, job->seq);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_delete_room (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_REMOVE_ROOM, on_room_removed, request);

  job->user_id = request->peer->user_id;
  job->room_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ID, 0);
  chat_server_request_submit (request, job);
}

/* Listing. The answer is one object, and an object has a limit: previews are cut, and past the limit the rooms that were
 * quiet the longest come without one, then not at all */

typedef struct
{
  GPtrArray *names;
  GArray    *ids;
  GArray    *first_ids;
  GPtrArray *kinds;
  GArray    *unread;
  GArray    *read_marks;
  JsonArray *members;
  JsonArray *last_messages;
  JsonArray *muted;
  JsonArray *pinned;
  JsonArray *members_read;
  JsonArray *members_delivered;
  gsize      size;          /* an estimate of what was written so far (bytes) */
} Dialogs;

static JsonNode *
take_array (JsonArray *array)
{
  JsonNode *node = json_node_alloc ();

  json_node_init_array (node, array);
  json_array_unref (array);
  return node;
}

static void
cut_preview (char *text)
{
  if (strlen (text) > CHAT_SERVER_MAX_PREVIEW_SIZE)
    *g_utf8_find_prev_char (text, text + CHAT_SERVER_MAX_PREVIEW_SIZE + 1) = '\0';
}

static void
add_info (Dialogs               *dialogs,
          const ChatStorageRoom *room,
          ChatServerPeer        *peer)
{
  JsonArray *members = json_array_new ();
  JsonArray *read = json_array_new ();
  JsonArray *delivered = json_array_new ();
  gint64 unread = MIN (room->unread, 1000);

  for (guint i = 0; room->members != NULL && room->members[i] != NULL; i++)
    {
      json_array_add_string_element (members, room->members[i]);
      json_array_add_int_element (read, room->members_read[i]);
      json_array_add_int_element (delivered, room->members_delivered[i]);
      dialogs->size += CHAT_MAX_LOGIN_SIZE + 3 + 2 * 17;
    }
  json_array_add_array_element (dialogs->members, members);
  json_array_add_array_element (dialogs->members_read, read);
  json_array_add_array_element (dialogs->members_delivered, delivered);
  g_ptr_array_add (dialogs->kinds, (gpointer) "direct");
  g_array_append_val (dialogs->unread, unread);
  g_array_append_val (dialogs->read_marks, room->read_mark);
  json_array_add_boolean_element (dialogs->muted, room->muted);
  json_array_add_boolean_element (dialogs->pinned, room->pinned);
  dialogs->size += 64;

  if (room->last_message != NULL && dialogs->size < CHAT_SERVER_MAX_DIALOGS_SIZE / 2)
    {
      g_autoptr (ChatPacket) packet = NULL;

      cut_preview (room->last_message->text);
      if (room->last_message->file != NULL)
        {
          g_clear_pointer (&room->last_message->file->preview, g_free);
          dialogs->size += 512 + 6 * strlen (room->last_message->file->name);
        }
      packet = chat_server_message_to_packet (room->last_message, peer->features, peer->user_id);
      json_array_add_element (dialogs->last_messages, chat_packet_to_node (packet));
      /* A control character takes six bytes */
      dialogs->size += 384 + 6 * strlen (room->last_message->text);
    }
  else
    json_array_add_null_element (dialogs->last_messages);
}

static void
on_rooms_listed (ChatStorageJob *job,
                 gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  gboolean with_info = chat_server_peer_has_feature (peer, CHAT_FEATURE_ROOM_INFO);
  ChatPacket *answer;
  Dialogs dialogs;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      /* Before the answer: whatever comes next may hold pushes up again */
      chat_server_peer_hold (peer, FALSE);
      chat_server_request_fail_by_job (request, job);
      return;
    }
  if (peer->user != NULL && job->rooms != NULL)
    chat_server_bucket_charge (&peer->user->requests, (double) job->rooms->len / CHAT_SERVER_ROOMS_PER_REQUEST);
  dialogs = (Dialogs) {
    g_ptr_array_new (), g_array_new (FALSE, FALSE, sizeof (gint64)), g_array_new (FALSE, FALSE, sizeof (gint64)),
    g_ptr_array_new (), g_array_new (FALSE, FALSE, sizeof (gint64)), g_array_new (FALSE, FALSE, sizeof (gint64)),
    json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new (), 256,
  };
  for (guint i = 0; job->rooms != NULL && i < job->rooms->len; i++)
    {
      const ChatStorageRoom *room = job->rooms->pdata[i];

      if (dialogs.size >= CHAT_SERVER_MAX_DIALOGS_SIZE)
        {
          g_debug ("%s: only the first %u of %u rooms fit into an object", peer->name, i, job->rooms->len);
          break;
        }
      g_ptr_array_add (dialogs.names, room->name);
      g_array_append_val (dialogs.ids, room->id);
      g_array_append_val (dialogs.first_ids, room->first_message_id);
      dialogs.size += strlen (room->name) + 40;
      if (with_info)
        add_info (&dialogs, room, peer);
    }

  answer = chat_server_request_new_answer (request);
  chat_packet_set_strings (answer, CHAT_FIELD_DIALOGS, (const char *const *) dialogs.names->pdata, dialogs.names->len);
  chat_packet_set_integers (answer, CHAT_FIELD_IDS, (const gint64 *) dialogs.ids->data, dialogs.ids->len);
  chat_packet_set_integers (answer, CHAT_FIELD_FIRST_IDS, (const gint64 *) dialogs.first_ids->data, dialogs.ids->len);
  if (with_info)
    {
      chat_packet_set_strings (answer, CHAT_FIELD_KINDS, (const char *const *) dialogs.kinds->pdata, dialogs.kinds->len);
      chat_packet_set_integers (answer, CHAT_FIELD_UNREAD, (const gint64 *) dialogs.unread->data, dialogs.unread->len);
      chat_packet_set_integers (answer, CHAT_FIELD_READ_MARKS, (const gint64 *) dialogs.read_marks->data,
                                dialogs.read_marks->len);
      chat_packet_take_node (answer, CHAT_FIELD_MEMBERS, take_array (json_array_ref (dialogs.members)));
      chat_packet_take_node (answer, CHAT_FIELD_LAST_MESSAGES, take_array (json_array_ref (dialogs.last_messages)));
      chat_packet_take_node (answer, CHAT_FIELD_MUTED_ROOMS, take_array (json_array_ref (dialogs.muted)));
      chat_packet_take_node (answer, CHAT_FIELD_PINNED_ROOMS, take_array (json_array_ref (dialogs.pinned)));
      if (chat_server_peer_has_feature (peer, CHAT_FEATURE_RECEIPTS))
        {
          chat_packet_take_node (answer, CHAT_FIELD_MEMBERS_READ, take_array (json_array_ref (dialogs.members_read)));
          chat_packet_take_node (answer, CHAT_FIELD_MEMBERS_DELIVERED, take_array (json_array_ref (dialogs.members_delivered)));
        }
    }
  if (chat_server_peer_has_feature (peer, CHAT_FEATURE_SYNC))
    chat_packet_set_integer (answer, CHAT_FIELD_SEQ, job->seq);
  g_ptr_array_unref (dialogs.names);
  g_array_unref (dialogs.ids);
  g_array_unref (dialogs.first_ids);
  g_ptr_array_unref (dialogs.kinds);
  g_array_unref (dialogs.unread);
  g_array_unref (dialogs.read_marks);
  json_array_unref (dialogs.members);
  json_array_unref (dialogs.last_messages);
  json_array_unref (dialogs.muted);
  json_array_unref (dialogs.pinned);
  json_array_unref (dialogs.members_read);
  json_array_unref (dialogs.members_delivered);
  chat_server_request_answer_held (request, answer);
}

void
chat_server_command_old_dialogs (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_LIST_ROOMS, on_rooms_listed, request);

  job->user_id = request->peer->user_id;
  job->brief = !chat_server_peer_has_feature (request->peer, CHAT_FEATURE_ROOM_INFO);
  job->limit = job->brief ? CHAT_SERVER_MAX_DIALOGS : CHAT_SERVER_MAX_INFO_DIALOGS;
  /* The list may be older than what is pushed meanwhile, and whoever takes it for the whole truth would forget that again */
  chat_server_peer_hold (request->peer, TRUE);
  chat_server_request_submit (request, job);
}

/* The person's own settings, which the person's other devices are told of */

static ChatPacket *
fill_setting (ChatPacket           *packet,
              const ChatStorageJob *job)
{
  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, job->room_id);
  chat_packet_set_boolean (packet, CHAT_FIELD_MUTED, job->set_muted > 0);
  chat_packet_set_boolean (packet, CHAT_FIELD_PINNED, job->set_pinned > 0);
  return packet;
}

static GBytes *
write_setting (gconstpointer      data,
               ChatServerVariants variant)
{
  const ChatStorageJob *job = data;
  g_autoptr (ChatPacket) packet = fill_setting (chat_packet_new (CHAT_PACKET_SET_ROOM), job);

  if (variant & CHAT_SERVER_VARIANT_SYNC)
    chat_packet_set_integer (packet, CHAT_FIELD_SEQ, job->seq);
  return chat_packet_to_bytes (packet);
}

static void
on_room_set (ChatStorageJob *job,
             gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  ChatServerPush push = {
    .user_ids = &peer->user_id,
    .n_user_ids = 1,
    .except = peer,
    .any_of = CHAT_FEATURE_ROOM_INFO,
    .seq = job->seq,
    .line = write_setting,
    .data = job,
  };
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  chat_server_hub_push (peer->hub, &push);
  answer = fill_setting (chat_server_request_new_answer (request), job);
  chat_server_request_set_seq (request, answer, job->seq);
  chat_server_request_answer (request, answer);
}

static int
get_setting (ChatPacket *packet,
             ChatField   field)
{
  return chat_packet_has (packet, field) ? chat_packet_get_boolean (packet, field, FALSE) : -1;
}

void
chat_server_command_set_room (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_SET_ROOM, on_room_set, request);

  job->user_id = request->peer->user_id;
  job->room_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ROOM_ID, 0);
  job->set_muted = get_setting (request->packet, CHAT_FIELD_MUTED);
  job->set_pinned = get_setting (request->packet, CHAT_FIELD_PINNED);
  chat_server_request_submit (request, job);
}
