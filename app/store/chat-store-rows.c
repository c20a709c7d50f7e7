/* chat-store-rows.c: what the store keeps, as plain copied rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-rows-private.h"

ChatStoreMessage *
chat_store_message_new (gint64      id,
                        gint64      room_id,
                        const char *sender,
                        const char *text)
{
  ChatStoreMessage *message = g_new0 (ChatStoreMessage, 1);

  message->id = id;
  message->room_id = room_id;
  message->sender = g_strdup (sender);
  message->text = g_strdup (text);
  return message;
}

ChatStoreMessage *
chat_store_message_copy (const ChatStoreMessage *message)
{
  ChatStoreMessage *copy = g_memdup2 (message, sizeof *message);

  copy->sender = g_strdup (message->sender);
  copy->text = g_strdup (message->text);
  copy->date_text = g_strdup (message->date_text);
  copy->client_ref = g_strdup (message->client_ref);
  copy->file = g_strdup (message->file);
  return copy;
}

void
chat_store_message_free (ChatStoreMessage *message)
{
  g_free (message->sender);
  g_free (message->text);
  g_free (message->date_text);
  g_free (message->client_ref);
  g_free (message->file);
  g_free (message);
}

void
chat_store_mark_free (ChatStoreMark *mark)
{
  g_free (mark->name);
  g_free (mark);
}

static gpointer
copy_mark (gconstpointer data,
           gpointer      user_data)
{
  ChatStoreMark *copy = g_memdup2 (data, sizeof *copy);

  copy->name = g_strdup (copy->name);
  return copy;
}

ChatStoreRoom *
chat_store_room_new (gint64      id,
                     const char *name)
{
  ChatStoreRoom *room = g_new0 (ChatStoreRoom, 1);

  room->id = id;
  room->name = g_strdup (name);
  room->kind = room->unread = room->pinned = room->muted = room->marked_unread = CHAT_STORE_UNTOLD;
  room->first_id = room->wished_pinned = room->wished_muted = CHAT_STORE_UNTOLD;
  return room;
}

ChatStoreRoom *
chat_store_room_copy (const ChatStoreRoom *room)
{
  ChatStoreRoom *copy = g_memdup2 (room, sizeof *room);

  copy->name = g_strdup (room->name);
  copy->members = g_strdupv (room->members);
  copy->draft = g_strdup (room->draft);
  copy->marks = room->marks != NULL ? g_ptr_array_copy (room->marks, copy_mark, NULL) : NULL;
  copy->last_message = room->last_message != NULL ? chat_store_message_copy (room->last_message) : NULL;
  return copy;
}

void
chat_store_room_free (ChatStoreRoom *room)
{
  g_free (room->name);
  g_strfreev (room->members);
  g_free (room->draft);
  g_clear_pointer (&room->marks, g_ptr_array_unref);
  g_clear_pointer (&room->last_message, chat_store_message_free);
  g_free (room);
}

ChatStorePage *
chat_store_page_new (void)
{
  ChatStorePage *page = g_new0 (ChatStorePage, 1);

  page->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);
  return page;
}

void
chat_store_page_free (ChatStorePage *page)
{
  g_ptr_array_unref (page->messages);
  g_free (page);
}

ChatStoreOutRow *
chat_store_out_row_new (gint64           room_id,
                        ChatStoreAction  action,
                        const char      *client_ref,
                        const char      *text)
{
  ChatStoreOutRow *row = g_new0 (ChatStoreOutRow, 1);

  row->room_id = room_id;
  row->action = action;
  row->client_ref = g_strdup (client_ref);
  row->text = g_strdup (text);
  return row;
}

ChatStoreOutRow *
chat_store_out_row_copy (const ChatStoreOutRow *row)
{
  ChatStoreOutRow *copy = g_memdup2 (row, sizeof *row);

  copy->client_ref = g_strdup (row->client_ref);
  copy->text = g_strdup (row->text);
  copy->target_ref = g_strdup (row->target_ref);
  copy->failure_text = g_strdup (row->failure_text);
  copy->file = g_strdup (row->file);
  copy->upload = g_strdup (row->upload);
  return copy;
}

void
chat_store_out_row_free (ChatStoreOutRow *row)
{
  g_free (row->client_ref);
  g_free (row->text);
  g_free (row->target_ref);
  g_free (row->failure_text);
  g_free (row->file);
  g_free (row->upload);
  g_free (row);
}

void
chat_store_found_free (ChatStoreFound *found)
{
  if (found == NULL)
    return;
  g_ptr_array_unref (found->messages);
  g_free (found);
}

void
chat_store_files_free (ChatStoreFiles *files)
{
  if (files == NULL)
    return;
  g_ptr_array_unref (files->messages);
  g_free (files);
}

void
chat_store_download_free (ChatStoreDownload *download)
{
  g_free (download->sha256);
  g_free (download->address);
  g_free (download);
}

void
chat_store_event_free (ChatStoreEvent *event)
{
  g_clear_pointer (&event->message, chat_store_message_free);
  g_free (event);
}

gboolean
chat_store_is_text (const char *text,
                    gsize       max)
{
  gsize length;

  if (text == NULL)
    return FALSE;
  length = strnlen (text, max + 1);
  return length <= max && g_utf8_validate_len (text, length, NULL);
}
