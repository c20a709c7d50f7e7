/* chat-session-outgoing.c: what one writes, changes and deletes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "chat-session-media.h"

/* What the outbox tells */

static void
on_kept (ChatMessage *message,
         gpointer     user_data)
{
  chat_session_message_kept (user_data, message);
  chat_session_file_kept (user_data, message);
}

static void
on_upload (ChatMessage *message,
           const char  *file,
           const char  *address,
           gboolean     held,
           gpointer     user_data)
{
  ChatSession *self = user_data;

  chat_media_manager_upload (self->media, message, file, address, held);
}

static void
on_dropped (ChatMessage *message,
            const char  *file,
            gpointer     user_data)
{
  ChatSession *self = user_data;

  chat_session_file_dropped (self, message);
  chat_media_manager_dropped (self->media, chat_message_get_client_ref (message), file);
}

static void
on_failed (const GError *error,
           gpointer      user_data)
{
  chat_session_keep_failed (user_data, error);
}

/* The answer, on its way into the store: the event holds it as a row */
typedef struct
{
  ChatOutboxAnswer answer;
  ChatMessage     *message;     /* (nullable) */
  ChatClientMessage *row;       /* (nullable): as the server had it already */
  char            *text;        /* (nullable): what was sent */
  char            *file;        /* (nullable): what it carries */
  char            *date_text;
  GError          *error;       /* of the session */
} Answered;

static void
answered_free (gpointer data)
{
  Answered *answered = data;

  g_clear_object (&answered->message);
  g_clear_pointer (&answered->row, chat_client_message_free);
  g_free (answered->answer.client_ref);
  g_free (answered->text);
  g_free (answered->file);
  g_free (answered->date_text);
  g_clear_error (&answered->error);
  g_free (answered);
}

static ChatClientContent
content_of (ChatMessage *message)
{
  switch (chat_message_get_content (message))
    {
    case CHAT_MESSAGE_FILE:
      return CHAT_CLIENT_FILE;
    case CHAT_MESSAGE_IMAGE:
      return CHAT_CLIENT_IMAGE;
    case CHAT_MESSAGE_TEXT:
    default:
      return CHAT_CLIENT_TEXT;
    }
}

static void
build_answer (ChatSession      *self,
              ChatSessionEvent *event,
              ChatStoreBatch   *batch)
{
  Answered *answered = event->data;
  const ChatOutboxAnswer *answer = &answered->answer;

  if (answered->answer.gone)
    chat_store_batch_delete_message (batch, answer->id, 0);
  else if (answered->row != NULL)
    chat_session_put_row (self, batch, answered->row, FALSE);
  else if (answered->message != NULL)
    {
      ChatClientMessage row = {
        .id = answer->id, .room_id = answer->room_id, .sender = (char *) chat_message_get_sender (answered->message),
        .text = answered->text, .client_ref = answer->client_ref,
        .date = answer->date, .date_text = answered->date_text, .seq = answer->seq, .file = answered->file,
        .content = content_of (answered->message),
      };

      chat_session_put_row (self, batch, &row, event->live);
    }
  else if (answer->action == CHAT_STORE_DELETE && answered->error == NULL)
    chat_store_batch_delete_message (batch, answer->target_id, 0);
  if (answer->row_id > 0)
    chat_store_batch_settle (batch, answer->row_id, answer->id);
}

static void
apply_answer (ChatSession      *self,
              ChatSessionEvent *event,
              GPtrArray        *events)
{
  Answered *answered = event->data;
  const ChatOutboxAnswer *answer = &answered->answer;

  if (answered->message != NULL)
    {
      /* First what it is, then what comes after it. (It may have been settled by a push before this) */
      if (chat_outbox_find (self->outbox, answer->client_ref) == answered->message)
        chat_session_message_sent (self, answered->message, answered->text, answer->id, answer->date, answered->date_text,
                                   !self->syncs || (event->seq > 0 && chat_session_event_counts (self, event)));
    }
  else if (answered->error == NULL && answer->action == CHAT_STORE_DELETE)
    chat_session_message_deleted (self, answer->target_id, answer->room_id, FALSE);
  chat_outbox_end (self->outbox, answer->client_ref, answered->error);
  /* What was sent again may have arrived the first time, and been changed or deleted on another device since */
  if (answered->message != NULL && (answered->answer.gone || chat_session_was_gone (events, answer->id)))
    chat_session_message_gone (self, answered->message);
  else if (answered->message != NULL && answered->row != NULL)
    {
      chat_session_show_text (self, answered->message, answered->row->text);
      if (answered->row->edited)
        chat_message_set_edited (answered->message, TRUE);
    }
  if (answered->error != NULL && !answer->awaited)
    chat_session_emit_notice (self, answer->action == CHAT_STORE_EDIT ? _("The server did not accept a change of a message")
                                                                      : _("The server did not delete a message"));
}

static void
on_answered (const ChatOutboxAnswer *answer,
             gpointer                user_data)
{
  ChatSession *self = user_data;
  Answered *answered = g_new0 (Answered, 1);
  ChatSessionEvent *event = chat_session_event_new ();
  ChatMessage *message = chat_outbox_find (self->outbox, answer->client_ref);

  answered->answer = *answer;
  answered->answer.client_ref = g_strdup (answer->client_ref);
  answered->row = answer->row != NULL && answer->row->room_id == answer->room_id ? chat_client_message_copy (answer->row) : NULL;
  answered->answer.row = NULL;
  answered->text = g_strdup (answer->text);
  answered->file = g_strdup (answer->file);
  answered->date_text = g_strdup (answer->date_text);
  answered->error = answer->error != NULL ? chat_session_error_from (answer->error) : NULL;
  if (message != NULL)
    answered->message = g_object_ref (message);
  event->build = build_answer;
  event->apply = apply_answer;
  event->data = answered;
  event->free_data = answered_free;
  event->live = !self->syncs || self->in_step;
  event->seq = answer->seq;
  chat_session_sync_move (self, event, answer->seq);
  chat_session_feed (self, event);
}

const ChatOutboxEvents chat_session_outbox_events = {
  .kept = on_kept,
  .answered = on_answered,
  .failed = on_failed,
  .upload = on_upload,
  .dropped = on_dropped,
};

/* Sending */

void
chat_session_set_patience (ChatSession *self,
                           guint        ms)
{
  chat_outbox_set_patience (self->outbox, ms);
}

gboolean
chat_session_check_text (const char  *text,
                         GError     **error)
{
  if (*text == '\0')
    {
      g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_EMPTY, "nothing to send");
      return FALSE;
    }
  if (strlen (text) > CHAT_CLIENT_MAX_TEXT_SIZE)
    {
      g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_TOO_LARGE, "too long a text");
      return FALSE;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "not UTF-8");
      return FALSE;
    }
  return TRUE;
}

ChatMessage *
chat_session_new_text (ChatSession *self,
                       gint64       room_id,
                       const char  *text)
{
  g_autofree char *ref = g_uuid_string_random ();
  ChatMessage *message = chat_message_new (room_id, self->login != NULL ? self->login : "", TRUE, CHAT_MESSAGE_TEXT, ref);

  chat_message_set_text (message, text);
  chat_message_set_date (message, g_get_real_time (), NULL);
  chat_message_set_state (message, CHAT_MESSAGE_WAITING, NULL);
  return message;
}

static ChatMessage *
send_text (ChatSession  *self,
           ChatRoom     *room,
           const char   *text,
           const char   *caption_of,
           GError      **error)
{
  g_autoptr (ChatMessage) message = NULL;
  ChatRoomInfo *info;

  if (!chat_session_check_text (text, error))
    return NULL;
  info = chat_session_get_info (self, chat_room_get_id (room));
  if (info == NULL)
    {
      g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_ROOM, "the room is gone");
      return NULL;
    }
  message = chat_session_new_text (self, chat_room_get_id (room), text);
  if (!chat_outbox_add (self->outbox, message, NULL, caption_of))
    {
      g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "too many unsent messages");
      return NULL;
    }
  return g_steal_pointer (&message);
}

ChatMessage *
chat_session_send_text (ChatSession  *self,
                        ChatRoom     *room,
                        const char   *text,
                        GError      **error)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);
  g_return_val_if_fail (CHAT_IS_ROOM (room), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  return send_text (self, room, text, NULL, error);
}

ChatMessage *
chat_session_send_caption (ChatSession  *self,
                           ChatRoom     *room,
                           ChatMessage  *file,
                           const char   *text,
                           GError      **error)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);
  g_return_val_if_fail (CHAT_IS_ROOM (room), NULL);
  g_return_val_if_fail (CHAT_IS_MESSAGE (file), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  return send_text (self, room, text, chat_message_get_client_ref (file), error);
}

void
chat_session_message_kept (ChatSession *self,
                           ChatMessage *message)
{
  ChatRoomInfo *info = chat_session_get_info (self, chat_message_get_room_id (message));

  if (info == NULL)
    return;
  if (info->list != NULL)
    chat_message_list_add (info->list, message);
  chat_session_show_newest (self, info, message);
}

void
chat_session_message_sent (ChatSession *self,
                           ChatMessage *message,
                           const char  *sent,
                           gint64       id,
                           gint64       date,
                           const char  *date_text,
                           gboolean     counts)
{
  ChatRoomInfo *info = chat_session_get_info (self, chat_message_get_room_id (message));
  g_autofree char *text = g_strdup (sent);
  g_autofree char *sender = g_strdup (chat_message_get_sender (message));
  ChatClientMessage row = {
    .id = id, .room_id = chat_message_get_room_id (message), .sender = sender, .text = text,
    .date = date, .date_text = (char *) date_text, .content = content_of (message),
    .file = (char *) chat_outbox_get_file (self->outbox, chat_message_get_client_ref (message)),
  };

  chat_session_take_id (self, message, id);
  chat_message_set_date (message, date, date_text);
  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
  chat_session_file_sent (self, message, text);
  chat_memory_message_came (self->memory, &row);
  if (info == NULL)
    return;
  if (info->list != NULL)
    chat_message_list_resort (info->list, message);
  info->newest_id = MAX (info->newest_id, id);
  if (counts)
    chat_session_wrote (self, info, id);
  chat_session_place_newest (self, info, message);
}

void
chat_session_retry_message (ChatSession *self,
                            ChatMessage *message)
{
  ChatRoomInfo *info;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  if (chat_message_get_state (message) != CHAT_MESSAGE_FAILED)
    return;
  /* It goes last now, and stands there */
  chat_message_set_date (message, g_get_real_time (), NULL);
  if (!chat_outbox_retry (self->outbox, message))
    return;
  info = chat_session_get_info (self, chat_message_get_room_id (message));
  if (info == NULL)
    return;
  if (info->list != NULL)
    chat_message_list_resort (info->list, message);
  chat_session_show_newest (self, info, message);
}

void
chat_session_discard_message (ChatSession *self,
                              ChatMessage *message)
{
  g_autoptr (ChatMessage) kept = NULL;
  ChatRoomInfo *info;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  kept = g_object_ref (message);
  /* Where the server may have it, it would come back from there */
  if (chat_message_get_state (message) == CHAT_MESSAGE_WAITING && chat_outbox_may_have_left (self->outbox, message))
    {
      chat_session_delete_message_async (self, message, NULL, NULL, NULL);
      return;
    }
  if (!chat_outbox_discard (self->outbox, message))
    return;
  info = chat_session_get_info (self, chat_message_get_room_id (message));
  if (info == NULL)
    return;
  if (info->list != NULL)
    chat_message_list_remove (info->list, message);
  if (chat_room_get_last_message (info->room) == message)
    chat_session_find_newest (self, info);
}

/* Editing and deleting */

static gboolean
check_own (ChatMessage *message,
           GTask       *task)
{
  if (chat_message_get_outgoing (message))
    return TRUE;
  g_task_return_new_error (task, CHAT_SESSION_ERROR,
                           CHAT_SESSION_ERROR_FORBIDDEN, "not a message of one's own");
  return FALSE;
}

static void
change (ChatSession         *self,
        ChatMessage         *message,
        const char          *text,
        GTask               *given)
{
  g_autoptr (GTask) task = given;
  GError *error = NULL;

  if (text != NULL && !chat_session_check_text (text, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!check_own (message, task))
    return;
  /* The text of a file is its address */
  if (text != NULL && chat_message_get_attachment (message) != NULL)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED, "a file is not edited");
      return;
    }
  /* What has not left is nobody else's matter */
  if (text == NULL && chat_message_get_id (message) == 0 && !chat_outbox_may_have_left (self->outbox, message))
    {
      chat_session_discard_message (self, message);
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* Cancelling ends the wait alone: what is in the outbox goes its way */
  if (!chat_outbox_change (self->outbox, message, text, task, &error))
    g_task_return_error (task, error);
  else
    g_steal_pointer (&task);
}

void
chat_session_edit_message_async (ChatSession         *self,
                                 ChatMessage         *message,
                                 const char          *text,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));
  g_return_if_fail (text != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_edit_message_async);
  change (self, message, text, task);
}

gboolean
chat_session_edit_message_finish (ChatSession   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_delete_message_async (ChatSession         *self,
                                   ChatMessage         *message,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_delete_message_async);
  change (self, message, NULL, task);
}

gboolean
chat_session_delete_message_finish (ChatSession   *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
