/* chat-client-judge.c: what an object from a server says: yes, no, or nonsense
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-private.h"

gboolean
chat_client_answer_carries_success (ChatPacket *packet)
{
  switch (chat_packet_get_kind (packet))
    {
    case CHAT_PACKET_SND_MSG:
    case CHAT_PACKET_READ_MSG:
      return chat_packet_has (packet, CHAT_FIELD_MESSAGE_ID);
    case CHAT_PACKET_CREATE_ROOM:
    case CHAT_PACKET_DELETE_ROOM:
    case CHAT_PACKET_DELETE_MSG:
    case CHAT_PACKET_EDIT_MSG:
      return chat_packet_has (packet, CHAT_FIELD_ID);
    case CHAT_PACKET_SEARCH_USER:
      return chat_packet_has (packet, CHAT_FIELD_USERS);
    case CHAT_PACKET_OLD_DIALOGS:
      return chat_packet_has (packet, CHAT_FIELD_DIALOGS);
    default:
      return FALSE;
    }
}

gboolean
chat_client_answer_is_of_another (ChatPacket *packet)
{
  switch (chat_packet_get_kind (packet))
    {
    case CHAT_PACKET_MARK_READ:
    case CHAT_PACKET_MARK_DELIVERED:
    case CHAT_PACKET_TYPING:
    case CHAT_PACKET_PRESENCE:
      return chat_packet_has (packet, CHAT_FIELD_USER);
    default:
      return FALSE;
    }
}

/* A server that knows only api.md may have its own word for success: what carries the fields of one, is one */
gboolean
chat_client_answer_failed (ChatPacket *packet)
{
  ChatStatus status = chat_packet_get_status (packet);

  /* An end is the end of a page: nothing else that is asked ends so */
  if (status == CHAT_STATUS_END)
    return chat_packet_get_kind (packet) != CHAT_PACKET_READ_MSG;
  if (chat_status_is_success (status))
    return FALSE;
  return status != CHAT_STATUS_OTHER || !chat_client_answer_carries_success (packet);
}

gboolean
chat_client_answer_says_no (ChatPacket *packet)
{
  ChatStatus status = chat_packet_get_status (packet);

  return status != CHAT_STATUS_NONE && status != CHAT_STATUS_OTHER && status != CHAT_STATUS_END
         && !chat_status_is_success (status);
}

GError *
chat_client_answer_error (ChatPacket *packet)
{
  /* One that says no is a no, whatever else is wrong with it */
  const GError *problem = chat_client_answer_says_no (packet) ? NULL : chat_packet_get_problem (packet);
  const char *reason = chat_packet_get_string (packet, CHAT_FIELD_REASON);
  g_autoptr (GError) error = NULL;
  GError *result;
  ChatStatus status = chat_packet_get_status (packet);

  if (problem != NULL)
    return g_error_new (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED, "malformed answer: %s", problem->message);
  if (status == CHAT_STATUS_SIGNUP_FAIL && g_strcmp0 (reason, "NAME") == 0)
    return g_error_new_literal (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_UNACCEPTABLE_NAME, "unacceptable name");
  if ((status == CHAT_STATUS_SIGNUP_FAIL
       || (status == CHAT_STATUS_BAD_REQUEST && chat_packet_get_kind (packet) == CHAT_PACKET_CHANGE_PASSWORD))
      && g_strcmp0 (reason, "PASSWORD") == 0)
    return g_error_new_literal (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_UNACCEPTABLE_PASSWORD, "unacceptable password");
  if (status == CHAT_STATUS_BAD_REQUEST && g_strcmp0 (reason, "FILE") == 0)
    return g_error_new_literal (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_NO_FILE, "no file is there");
  error = chat_error_from_status (status, chat_packet_get_string (packet, CHAT_FIELD_ERROR));
  result = chat_client_error_from_wire (error, CLAMP (chat_packet_get_integer (packet, CHAT_FIELD_RETRY_AFTER, 0),
                                                      0, G_MAXINT32));
  if (chat_packet_has (packet, CHAT_FIELD_QUOTA))
    chat_client_error_set_limit (result, MAX (chat_packet_get_integer (packet, CHAT_FIELD_QUOTA, 0), 0), TRUE);
  else if (chat_packet_has (packet, CHAT_FIELD_FILE_LIMIT))
    chat_client_error_set_limit (result, MAX (chat_packet_get_integer (packet, CHAT_FIELD_FILE_LIMIT, 0), 0), FALSE);
  return result;
}

/* The id by which an object that is no failure can be told from another of its type; 0: by none */
gint64
chat_client_answer_subject (ChatPacket *packet)
{
  switch (chat_packet_get_kind (packet))
    {
    case CHAT_PACKET_SND_MSG:
    case CHAT_PACKET_READ_MSG:
    case CHAT_PACKET_MARK_READ:
    case CHAT_PACKET_MARK_DELIVERED:
    case CHAT_PACKET_SET_ROOM:
    case CHAT_PACKET_TYPING:
      return chat_packet_get_integer (packet, CHAT_FIELD_ROOM_ID, 0);
    case CHAT_PACKET_DELETE_ROOM:
    case CHAT_PACKET_DELETE_MSG:
    case CHAT_PACKET_EDIT_MSG:
    case CHAT_PACKET_REVOKE_TOKEN:
      return chat_packet_get_integer (packet, CHAT_FIELD_ID, 0);
    default:
      return 0;
    }
}

gboolean
chat_client_answer_may_be_push (ChatPacketType type)
{
  switch (type)
    {
    case CHAT_PACKET_READ_MSG:
    case CHAT_PACKET_EDIT_MSG:
    case CHAT_PACKET_DELETE_MSG:
    case CHAT_PACKET_CREATE_ROOM:
    case CHAT_PACKET_DELETE_ROOM:
    case CHAT_PACKET_MARK_READ:
    case CHAT_PACKET_MARK_DELIVERED:
    case CHAT_PACKET_SET_ROOM:
    case CHAT_PACKET_SET_ACCOUNT:
    case CHAT_PACKET_TYPING:
    case CHAT_PACKET_PRESENCE:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
chat_client_answer_tells_change (ChatPacket *packet)
{
  ChatPacketType type = chat_packet_get_kind (packet);
  gboolean mark = type == CHAT_PACKET_MARK_READ || type == CHAT_PACKET_SET_ROOM || type == CHAT_PACKET_MARK_DELIVERED
                  || type == CHAT_PACKET_SET_ACCOUNT || type == CHAT_PACKET_TYPING || type == CHAT_PACKET_PRESENCE;

  return chat_client_answer_may_be_push (type) && !chat_client_answer_failed (packet)
         && (mark || chat_client_answer_carries_success (packet));
}
