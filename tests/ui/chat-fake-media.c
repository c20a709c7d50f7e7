/* chat-fake-media.c: what the session without a server does with files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-session-private.h"

#include "chat-session-media.h"

void
chat_fake_session_set_media_limit (ChatSession *self,
                                   gint64       limit)
{
  self->media_limit = limit;
}

gint64
chat_session_get_media_limit (ChatSession *self)
{
  return self->media_limit;
}

static void
send (ChatSession                  *self,
      ChatRoom                     *room,
      const char                   *name,
      const ChatSessionFileOptions *options,
      GCancellable                 *cancellable,
      GAsyncReadyCallback           callback,
      gpointer                      user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "send-file %s %s%s%s", chat_room_get_name (room), name, options->as_image ? " image" : "",
                    options->keep_metadata ? " as-it-is" : "");
  if (options->caption != NULL)
    chat_fake_record (self, "with %s", options->caption);
  if (task != NULL)
    g_task_return_pointer (task, chat_message_new (chat_room_get_id (room), "me", TRUE, CHAT_MESSAGE_FILE, NULL), g_object_unref);
}

void
chat_session_send_file_async (ChatSession                  *self,
                              ChatRoom                     *room,
                              GFile                        *file,
                              const ChatSessionFileOptions *options,
                              GCancellable                 *cancellable,
                              GAsyncReadyCallback           callback,
                              gpointer                      user_data)
{
  g_autofree char *name = g_file_get_basename (file);

  send (self, room, name, options, cancellable, callback, user_data);
}

void
chat_session_send_bytes_async (ChatSession                  *self,
                               ChatRoom                     *room,
                               GBytes                       *bytes,
                               const ChatSessionFileOptions *options,
                               GCancellable                 *cancellable,
                               GAsyncReadyCallback           callback,
                               gpointer                      user_data)
{
  send (self, room, options->name, options, cancellable, callback, user_data);
}

ChatMessage *
chat_session_send_file_finish (ChatSession   *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_session_start_transfer (ChatSession *self,
                             ChatMessage *message)
{
  chat_fake_record (self, "start %s", chat_attachment_get_name (chat_message_get_attachment (message)));
}

void
chat_session_pause_transfer (ChatSession *self,
                             ChatMessage *message)
{
  chat_fake_record (self, "pause %s", chat_attachment_get_name (chat_message_get_attachment (message)));
}

void
chat_session_cancel_transfer (ChatSession *self,
                              ChatMessage *message)
{
  chat_fake_record (self, "cancel %s", chat_attachment_get_name (chat_message_get_attachment (message)));
}

void
chat_session_save_attachment_async (ChatSession         *self,
                                    ChatMessage         *message,
                                    GFile               *destination,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);
  g_autofree char *name = g_file_get_basename (destination);

  chat_fake_record (self, "save %s", name);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

ChatMessage *
chat_session_send_caption (ChatSession  *self,
                           ChatRoom     *room,
                           ChatMessage  *file,
                           const char   *text,
                           GError      **error)
{
  g_assert_cmpint (chat_message_get_content (file), ==, CHAT_MESSAGE_FILE);
  return chat_session_send_text (self, room, text, error);
}

ChatFileList *
chat_session_get_room_files (ChatSession *self,
                             ChatRoom    *room,
                             gboolean     images)
{
  chat_fake_record (self, "room-files %s%s", chat_room_get_name (room), images ? " images" : "");
  return g_object_ref (images ? self->images : self->files);
}

void
chat_session_look_at (ChatSession *self,
                      ChatMessage *message)
{
  chat_fake_record (self, "look at %s", chat_attachment_get_name (chat_message_get_attachment (message)));
}

gboolean
chat_session_save_attachment_finish (ChatSession   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* As if it were there */
void
chat_session_name_attachment_async (ChatSession         *self,
                                    ChatMessage         *message,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);
  ChatAttachment *attachment = chat_message_get_attachment (message);
  g_autofree char *folder = g_path_get_dirname (chat_attachment_get_path (attachment));
  g_autofree char *name = chat_attachment_dup_safe_name (attachment);

  if (task != NULL)
    g_task_return_pointer (task, g_build_filename (folder, name, NULL), g_free);
}

char *
chat_session_name_attachment_finish (ChatSession   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static ChatFileList *
list_of (ChatSession *self,
         ChatMessage *message)
{
  return chat_message_get_content (message) == CHAT_MESSAGE_IMAGE ? self->images : self->files;
}

void
chat_fake_session_add_file (ChatSession *self,
                            ChatMessage *message)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();

  g_ptr_array_add (messages, message);
  chat_file_list_add (list_of (self, message), messages);
}

void
chat_fake_session_remove_file (ChatSession *self,
                               ChatMessage *message)
{
  chat_file_list_remove (list_of (self, message), chat_message_get_id (message));
}
