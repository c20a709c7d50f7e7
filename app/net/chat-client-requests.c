/* chat-client-requests.c: the requests of the protocol as typed calls
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-private.h"

#include <string.h>

#include "chat-limits.h"

static GTask *
new_task (ChatClient          *self,
          gpointer             tag,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

static ChatPacket *
answer_of (GAsyncResult  *result,
           GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
chat_client_finish (ChatClient    *self,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_autoptr (ChatPacket) answer = answer_of (result, error);

  return answer != NULL;
}

void
chat_client_sign_up_async (ChatClient          *self,
                           const char          *login,
                           const char          *password,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_REQUEST_SIGNUP);

  chat_packet_set_string (packet, CHAT_FIELD_LOGIN, login);
  chat_packet_set_string (packet, CHAT_FIELD_PASS, password);
  chat_client_request (self, packet, 0, NULL,
                       new_task (self, chat_client_sign_up_async, cancellable, callback, user_data));
}

void
chat_client_log_in_async (ChatClient          *self,
                          const char          *login,
                          const char          *password,
                          const char          *token,
                          const char          *device,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_REQUEST_LOGIN);

  chat_packet_set_string (packet, CHAT_FIELD_LOGIN, login);
  if (token != NULL)
    chat_packet_set_string (packet, CHAT_FIELD_TOKEN, token);
  else
    chat_packet_set_string (packet, CHAT_FIELD_PASS, password);
  if (device != NULL && *device != '\0')
    {
      g_autofree char *name = g_strndup (device, CHAT_MAX_DEVICE_SIZE);
      g_autofree char *whole = g_utf8_make_valid (name, -1);

      if (strlen (whole) <= CHAT_MAX_DEVICE_SIZE)
        chat_packet_set_string (packet, CHAT_FIELD_DEVICE, whole);
    }
  chat_packet_set_features (packet, CHAT_FEATURE_PING | CHAT_FEATURE_REQUEST_ID | CHAT_FEATURE_CLIENT_REF
                                      | CHAT_FEATURE_PAGING | CHAT_FEATURE_ROOM_INFO | CHAT_FEATURE_TOKEN
                                      | CHAT_FEATURE_SYNC | CHAT_FEATURE_RECEIPTS
                                      | CHAT_FEATURE_TYPING | CHAT_FEATURE_PRESENCE | CHAT_FEATURE_MEDIA);
  chat_client_set_login (self, login);
  chat_client_request (self, packet, 0, NULL,
                       new_task (self, chat_client_log_in_async, cancellable, callback, user_data));
}

gboolean
chat_client_log_in_finish (ChatClient    *self,
                           GAsyncResult  *result,
                           char         **token,
                           GError       **error)
{
  g_autoptr (ChatPacket) answer = answer_of (result, error);
  const char *given;

  *token = NULL;
  if (answer == NULL)
    return FALSE;
  given = chat_packet_get_string (answer, CHAT_FIELD_TOKEN);
  if (given != NULL && *given != '\0' && strlen (given) <= CHAT_MAX_TOKEN_SIZE)
    *token = g_strdup (given);
  return TRUE;
}

static gint64
seq_of (ChatClient *self,
        ChatPacket *packet,
        gint64      untold)
{
  return (chat_client_get_features (self) & CHAT_CLIENT_SYNC) != 0 ? chat_packet_get_integer (packet, CHAT_FIELD_SEQ, untold)
                                                                   : untold;
}

void
chat_client_list_rooms_async (ChatClient          *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_OLD_DIALOGS);

  chat_packet_set_string (packet, CHAT_FIELD_USERNAME, chat_client_get_login (self));
  chat_client_request (self, packet, 0, NULL,
                       new_task (self, chat_client_list_rooms_async, cancellable, callback, user_data));
}

GPtrArray *
chat_client_list_rooms_finish (ChatClient    *self,
                               GAsyncResult  *result,
                               gint64        *seq,
                               GError       **error)
{
  g_autoptr (ChatPacket) answer = answer_of (result, error);

  *seq = -1;
  if (answer == NULL)
    return NULL;
  *seq = seq_of (self, answer, -1);
  return chat_client_rooms_from_packet (answer, chat_client_get_features (self), CHAT_CLIENT_MAX_ROOMS);
}

void
chat_client_read_async (ChatClient          *self,
                        ChatClientRead       kind,
                        gint64               room_id,
                        gint64               anchor,
                        guint                limit,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_READ_MSG);
  GTask *task = new_task (self, chat_client_read_async, cancellable, callback, user_data);
  gboolean pages = (chat_client_get_features (self) & CHAT_CLIENT_PAGING) != 0;

  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, room_id);
  switch (kind)
    {
    case CHAT_CLIENT_READ_NEWEST:
    case CHAT_CLIENT_READ_ALL:
      chat_packet_set_string (packet, CHAT_FIELD_READ, kind == CHAT_CLIENT_READ_ALL ? "ALL" : "RESENT");
      break;
    case CHAT_CLIENT_READ_BEFORE:
    case CHAT_CLIENT_READ_AFTER:
    case CHAT_CLIENT_READ_AROUND:
    default:
      if (!pages)
        {
          g_task_return_new_error (task, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_UNSUPPORTED, "the server has no pages");
          g_object_unref (task);
          return;
        }
      chat_packet_set_integer (packet, kind == CHAT_CLIENT_READ_BEFORE  ? CHAT_FIELD_BEFORE
                                       : kind == CHAT_CLIENT_READ_AFTER ? CHAT_FIELD_AFTER
                                                                        : CHAT_FIELD_AROUND,
                               anchor);
      break;
    }
  if (pages && kind != CHAT_CLIENT_READ_ALL)
    chat_packet_set_integer (packet, CHAT_FIELD_LIMIT, CLAMP (limit, 1, CHAT_MAX_PAGE_SIZE));
  chat_client_request (self, g_steal_pointer (&packet), room_id, NULL, task);
}

GPtrArray *
chat_client_read_finish (ChatClient    *self,
                         GAsyncResult  *result,
                         gboolean      *more,
                         GError       **error)
{
  ChatClientRows *rows = g_task_propagate_pointer (G_TASK (result), error);
  GPtrArray *messages;

  *more = FALSE;
  if (rows == NULL)
    return NULL;
  *more = rows->more || rows->dropped;
  messages = g_ptr_array_ref (rows->messages);
  chat_client_rows_free (rows);
  return messages;
}

void
chat_client_search_async (ChatClient          *self,
                          const char          *text,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_SEARCH_USER);

  chat_packet_set_string (packet, CHAT_FIELD_USER, text);
  chat_client_request (self, packet, 0, NULL,
                       new_task (self, chat_client_search_async, cancellable, callback, user_data));
}

GStrv
chat_client_search_finish (ChatClient    *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_autoptr (ChatPacket) answer = answer_of (result, error);
  g_autoptr (GStrvBuilder) found = NULL;
  const char *const *names;
  gsize n;

  if (answer == NULL)
    return NULL;
  /* A server may send any number */
  found = g_strv_builder_new ();
  names = chat_packet_get_strings (answer, CHAT_FIELD_USERS, &n);
  for (gsize i = 0; i < MIN (n, CHAT_MAX_SEARCH_RESULTS); i++)
    {
      g_autofree char *name = chat_client_take_name (names[i]);

      g_strv_builder_add (found, name);
    }
  return g_strv_builder_end (found);
}

void
chat_client_create_room_async (ChatClient          *self,
                               const char          *login,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_CREATE_ROOM);

  chat_packet_set_string (packet, CHAT_FIELD_USERNAME, chat_client_get_login (self));
  chat_packet_set_string (packet, CHAT_FIELD_CUSTOMER, login);
  chat_client_request (self, packet, 0, login,
                       new_task (self, chat_client_create_room_async, cancellable, callback, user_data));
}

gint64
chat_client_create_room_finish (ChatClient    *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_autoptr (ChatPacket) answer = answer_of (result, error);

  return answer != NULL ? chat_packet_get_integer (answer, CHAT_FIELD_ID, 0) : 0;
}

void
chat_client_send_async (ChatClient          *self,
                        gint64               room_id,
                        ChatClientContent    content,
                        const char          *text,
                        const char          *client_ref,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_SND_MSG);

  chat_packet_set_string (packet, CHAT_FIELD_USERNAME, chat_client_get_login (self));
  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, room_id);
  chat_packet_set_string (packet, CHAT_FIELD_MESSAGE, text);
  chat_packet_set_message_kind (packet, content == CHAT_CLIENT_FILE    ? CHAT_MESSAGE_KIND_FILE
                                        : content == CHAT_CLIENT_IMAGE ? CHAT_MESSAGE_KIND_IMAGE
                                                                       : CHAT_MESSAGE_KIND_TEXT);
  if (client_ref != NULL && (chat_client_get_features (self) & CHAT_CLIENT_CLIENT_REF) != 0)
    chat_packet_set_string (packet, CHAT_FIELD_CLIENT_REF, client_ref);
  chat_client_request (self, packet, room_id, NULL,
                       new_task (self, chat_client_send_async, cancellable, callback, user_data));
}

gint64
chat_client_send_finish (ChatClient    *self,
                         GAsyncResult  *result,
                         gint64        *date,
                         char         **date_text,
                         gint64        *seq,
                         GError       **error)
{
  g_autoptr (ChatPacket) answer = answer_of (result, error);
  gint64 id;

  *date = 0;
  *date_text = NULL;
  *seq = 0;
  if (answer == NULL)
    return 0;
  *seq = seq_of (self, answer, 0);
  id = chat_packet_get_integer (answer, CHAT_FIELD_MESSAGE_ID, 0);
  if (id <= 0)
    {
      g_set_error_literal (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED, "an answer without an id");
      return 0;
    }
  chat_client_take_date (chat_packet_get_string (answer, CHAT_FIELD_DATE), date, date_text);
  return id;
}

/* Those that name one room or message by "id" */
static ChatPacket *
packet_about (ChatPacketType type,
              gint64         id)
{
  ChatPacket *packet = chat_packet_new (type);

  chat_packet_set_integer (packet, CHAT_FIELD_ID, id);
  return packet;
}

void
chat_client_delete_room_async (ChatClient          *self,
                               gint64               room_id,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  chat_client_request (self, packet_about (CHAT_PACKET_DELETE_ROOM, room_id), room_id, NULL,
                       new_task (self, chat_client_delete_room_async, cancellable, callback, user_data));
}

void
chat_client_delete_async (ChatClient          *self,
                          gint64               message_id,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  chat_client_request (self, packet_about (CHAT_PACKET_DELETE_MSG, message_id), message_id, NULL,
                       new_task (self, chat_client_delete_async, cancellable, callback, user_data));
}

void
chat_client_edit_async (ChatClient          *self,
                        gint64               message_id,
                        const char          *text,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  ChatPacket *packet = packet_about (CHAT_PACKET_EDIT_MSG, message_id);

  chat_packet_set_string (packet, CHAT_FIELD_NEW_MSG, text);
  chat_client_request (self, packet, message_id, NULL,
                       new_task (self, chat_client_edit_async, cancellable, callback, user_data));
}

static void
mark (ChatClient     *self,
      ChatPacketType  type,
      gint64          room_id,
      gint64          message_id,
      GTask          *task)
{
  ChatPacket *packet = chat_packet_new (type);

  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, room_id);
  chat_packet_set_integer (packet, CHAT_FIELD_MESSAGE_ID, message_id);
  chat_client_request (self, packet, room_id, NULL, task);
}

void
chat_client_mark_read_async (ChatClient          *self,
                             gint64               room_id,
                             gint64               message_id,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  mark (self, CHAT_PACKET_MARK_READ, room_id, message_id,
        new_task (self, chat_client_mark_read_async, cancellable, callback, user_data));
}

void
chat_client_set_room_async (ChatClient          *self,
                            gint64               room_id,
                            int                  muted,
                            int                  pinned,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_SET_ROOM);

  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, room_id);
  if (muted >= 0)
    chat_packet_set_boolean (packet, CHAT_FIELD_MUTED, muted != 0);
  if (pinned >= 0)
    chat_packet_set_boolean (packet, CHAT_FIELD_PINNED, pinned != 0);
  chat_client_request (self, packet, room_id, NULL,
                       new_task (self, chat_client_set_room_async, cancellable, callback, user_data));
}

/* What has changed, and how far somebody has got */

void
chat_client_sync_async (ChatClient          *self,
                        gint64               since,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_SYNC);

  chat_packet_set_integer (packet, CHAT_FIELD_SINCE, since);
  chat_client_request (self, packet, 0, NULL, new_task (self, chat_client_sync_async, cancellable, callback, user_data));
}

gboolean
chat_client_sync_finish (ChatClient    *self,
                         GAsyncResult  *result,
                         gboolean      *reset,
                         gint64        *seq,
                         GError       **error)
{
  g_autoptr (ChatPacket) answer = answer_of (result, error);

  *reset = FALSE;
  *seq = 0;
  if (answer == NULL)
    return FALSE;
  *reset = chat_packet_get_status (answer) == CHAT_STATUS_RESET;
  *seq = chat_packet_get_integer (answer, CHAT_FIELD_SEQ, 0);
  return TRUE;
}

void
chat_client_mark_delivered_async (ChatClient          *self,
                                  gint64               room_id,
                                  gint64               message_id,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  mark (self, CHAT_PACKET_MARK_DELIVERED, room_id, message_id,
        new_task (self, chat_client_mark_delivered_async, cancellable, callback, user_data));
}

void
chat_client_set_account_async (ChatClient          *self,
                               int                  receipts,
                               int                  typing,
                               int                  presence,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_SET_ACCOUNT);

  if (receipts >= 0)
    chat_packet_set_boolean (packet, CHAT_FIELD_SEND_RECEIPTS, receipts != 0);
  if (typing >= 0)
    chat_packet_set_boolean (packet, CHAT_FIELD_SEND_TYPING, typing != 0);
  if (presence >= 0)
    chat_packet_set_boolean (packet, CHAT_FIELD_SEND_PRESENCE, presence != 0);
  chat_client_request (self, packet, 0, NULL, new_task (self, chat_client_set_account_async, cancellable, callback, user_data));
}

void
chat_client_tell_typing (ChatClient *self,
                         gint64      room_id)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_TYPING);

  chat_packet_set_integer (packet, CHAT_FIELD_ROOM_ID, room_id);
  chat_client_say (self, packet);
}
