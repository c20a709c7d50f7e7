/* chat-client-tell.c: what came without being an answer, as events
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-private.h"

static void
tell_mark (ChatClient             *self,
           const ChatClientEvents *events,
           gpointer                user_data,
           ChatPacket             *packet,
           const ChatClientChange *change)
{
  gint64 room_id = chat_packet_get_integer (packet, CHAT_FIELD_ROOM_ID, 0);
  gint64 message_id = chat_packet_get_integer (packet, CHAT_FIELD_MESSAGE_ID, 0);
  gboolean read = chat_packet_get_kind (packet) == CHAT_PACKET_MARK_READ;

  if (chat_packet_has (packet, CHAT_FIELD_USER))
    {
      g_autofree char *name = chat_client_take_name (chat_packet_get_string (packet, CHAT_FIELD_USER));

      events->marked (self, room_id, name, read ? 0 : message_id, read ? message_id : 0, change, user_data);
    }
  else if (read)
    events->marked_read (self, room_id, message_id,
                         CLAMP (chat_packet_get_integer (packet, CHAT_FIELD_UNREAD_COUNT, -1), -1, G_MAXINT32), change,
                         user_data);
}

void
chat_client_tell (ChatClient             *self,
                  const ChatClientEvents *events,
                  gpointer                user_data,
                  ChatPacket             *packet,
                  gboolean                replayed)
{
  gint64 id = chat_client_answer_subject (packet);
  g_autofree char *name = NULL, *file = NULL;
  ChatClientChange change = { .replayed = replayed };

  if ((chat_client_get_features (self) & CHAT_CLIENT_SYNC) != 0)
    {
      change.seq = chat_packet_get_integer (packet, CHAT_FIELD_SEQ, 0);
      change.room_id = chat_packet_get_integer (packet, CHAT_FIELD_ROOM_ID, 0);
      change.date = chat_client_get_moment (packet, CHAT_FIELD_EDITED);
    }
  switch (chat_packet_get_kind (packet))
    {
    case CHAT_PACKET_READ_MSG:
      {
        g_autoptr (ChatClientMessage) message = chat_client_message_from_packet (packet, chat_client_get_features (self));

        message->seq = change.seq;
        events->message (self, message, &change, user_data);
      }
      break;
    case CHAT_PACKET_EDIT_MSG:
      if ((chat_client_get_features (self) & CHAT_CLIENT_MEDIA) != 0)
        change.file = file = chat_client_file_from_packet (packet);
      events->edited (self, id, chat_packet_get_string (packet, CHAT_FIELD_NEW_MSG), &change, user_data);
      break;
    case CHAT_PACKET_DELETE_MSG:
      events->deleted (self, id, &change, user_data);
      break;
    case CHAT_PACKET_CREATE_ROOM:
      name = chat_client_take_name (chat_packet_get_string (packet, CHAT_FIELD_CUSTOMER));
      events->room_created (self, chat_packet_get_integer (packet, CHAT_FIELD_ID, 0), name, &change, user_data);
      break;
    case CHAT_PACKET_DELETE_ROOM:
      events->room_deleted (self, id, &change, user_data);
      break;
    case CHAT_PACKET_MARK_READ:
    case CHAT_PACKET_MARK_DELIVERED:
      tell_mark (self, events, user_data, packet, &change);
      break;
    case CHAT_PACKET_SET_ACCOUNT:
      events->account_set (self, chat_packet_get_boolean (packet, CHAT_FIELD_SEND_RECEIPTS, TRUE),
                           chat_packet_get_boolean (packet, CHAT_FIELD_SEND_TYPING, TRUE),
                           chat_packet_get_boolean (packet, CHAT_FIELD_SEND_PRESENCE, TRUE), &change, user_data);
      break;
    case CHAT_PACKET_TYPING:
      name = chat_client_take_name (chat_packet_get_string (packet, CHAT_FIELD_USER));
      events->typing (self, id, name, user_data);
      break;
    case CHAT_PACKET_PRESENCE:
      name = chat_client_take_name (chat_packet_get_string (packet, CHAT_FIELD_USER));
      events->presence (self, name, chat_packet_get_boolean (packet, CHAT_FIELD_ONLINE, FALSE),
                        chat_client_get_moment (packet, CHAT_FIELD_LAST_SEEN), user_data);
      break;
    case CHAT_PACKET_SET_ROOM:
      events->room_set (self, id,
                        chat_packet_has (packet, CHAT_FIELD_MUTED)
                          ? chat_packet_get_boolean (packet, CHAT_FIELD_MUTED, FALSE) : -1,
                        chat_packet_has (packet, CHAT_FIELD_PINNED)
                          ? chat_packet_get_boolean (packet, CHAT_FIELD_PINNED, FALSE) : -1,
                        &change, user_data);
      break;
    default:
      break;
    }
}
