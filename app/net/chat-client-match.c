/* chat-client-match.c: which request an object answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-state.h"

/* Without request ids: the first request of that type that the object can belong to. That a push may be taken for the answer
 * of an equal one does no harm: both say the same, and the other is then taken for the push. */
static ChatClientRequest *
match_by_order (ChatClient *self,
                ChatPacket *packet)
{
  ChatPacketType type = chat_packet_get_kind (packet);
  gint64 subject = chat_client_answer_subject (packet);
  g_autofree char *name = NULL;
  ChatClientRequest *only = NULL;
  guint n = 0;

  if (type == CHAT_PACKET_CREATE_ROOM && chat_packet_get_string (packet, CHAT_FIELD_CUSTOMER) != NULL)
    name = chat_login_fold (chat_packet_get_string (packet, CHAT_FIELD_CUSTOMER));
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    {
      ChatClientRequest *request = l->data;

      if (request->type != type)
        continue;
      if ((subject == 0 || request->subject == 0 || request->subject == subject)
          && (name == NULL || request->name == NULL || g_strcmp0 (name, request->name) == 0))
        return request;
      only = request;
      n++;
    }
  /* The answer to SND_MSG is no push; a wrong room in it must not leave the request open */
  return n > 0 && type == CHAT_PACKET_SND_MSG ? only : NULL;
}

ChatClientRequest *
chat_client_match (ChatClient *self,
                   ChatPacket *packet)
{
  if (chat_packet_has (packet, CHAT_FIELD_REQUEST_ID))
    {
      gint64 number = chat_packet_get_integer (packet, CHAT_FIELD_REQUEST_ID, 0);
      ChatClientRequest *request = g_hash_table_lookup (self->by_number, &number);

      if (request != NULL
          && (request->type == chat_packet_get_kind (packet) || chat_packet_get_kind (packet) == CHAT_PACKET_ERROR
              || (request->type == CHAT_PACKET_SYNC && chat_client_answer_may_be_push (chat_packet_get_kind (packet)))))
        return request;
      return NULL;
    }
  if (chat_client_answer_is_of_another (packet))
    return NULL;
  /* A server that gives back the numbers gives them back in every answer: the rest are pushes */
  if ((self->features & CHAT_CLIENT_REQUEST_ID) != 0 && !chat_client_answer_failed (packet))
    return NULL;
  return match_by_order (self, packet);
}
