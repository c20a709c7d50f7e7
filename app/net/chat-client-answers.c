/* chat-client-answers.c: the messages of one READ_MSG answer, within limits and in order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-private.h"

#include <string.h>

/* How many go at once when the limit is met: taking from the front moves all the others */
#define DROP_SHARE 16

ChatClientRows *
chat_client_rows_new (void)
{
  ChatClientRows *rows = g_new0 (ChatClientRows, 1);

  rows->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_client_message_free);
  rows->ascending = TRUE;
  return rows;
}

void
chat_client_rows_free (ChatClientRows *rows)
{
  g_ptr_array_unref (rows->messages);
  g_free (rows);
}

static gsize
size_of (const ChatClientMessage *message)
{
  return sizeof *message + strlen (message->text) + strlen (message->sender) + (message->file != NULL ? strlen (message->file) : 0);
}

/* Within the limits: the oldest go */
static void
trim (ChatClientRows *rows)
{
  GPtrArray *messages = rows->messages;

  while (messages->len > CHAT_CLIENT_MAX_ROWS || rows->bytes > CHAT_CLIENT_MAX_ROW_BYTES)
    {
      guint n = MAX (messages->len / DROP_SHARE, 1);

      for (guint i = 0; i < n; i++)
        rows->bytes -= size_of (g_ptr_array_index (messages, i));
      g_ptr_array_remove_range (messages, 0, n);
      rows->dropped = TRUE;
    }
}

void
chat_client_rows_take (ChatClientRows    *rows,
                       ChatClientMessage *message)
{
  GPtrArray *messages = rows->messages;

  rows->n_seen++;
  if (messages->len > 0
      && ((ChatClientMessage *) g_ptr_array_index (messages, messages->len - 1))->id >= message->id)
    rows->ascending = FALSE;
  rows->bytes += size_of (message);
  g_ptr_array_add (messages, message);
  trim (rows);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  const ChatClientMessage *first = *(const ChatClientMessage *const *) a;
  const ChatClientMessage *second = *(const ChatClientMessage *const *) b;

  return first->id < second->id ? -1 : first->id > second->id;
}

void
chat_client_rows_close (ChatClientRows *rows)
{
  GPtrArray *messages = rows->messages;
  guint kept = 0;

  if (rows->ascending)
    return;
  /* Stable: of two with the same id the later one is the newer state */
  g_ptr_array_sort (messages, compare_ids);
  for (guint i = 0; i < messages->len; i++)
    {
      ChatClientMessage *message = g_ptr_array_index (messages, i);

      if (kept > 0 && ((ChatClientMessage *) messages->pdata[kept - 1])->id == message->id)
        {
          chat_client_message_free (messages->pdata[kept - 1]);
          messages->pdata[kept - 1] = message;
        }
      else
        messages->pdata[kept++] = message;
      if (kept <= i)
        messages->pdata[i] = NULL;
    }
  while (messages->len > kept)
    g_ptr_array_steal_index (messages, messages->len - 1);
  rows->ascending = TRUE;
}

void
chat_client_rows_change (ChatClientRows *rows,
                         gint64          message_id,
                         const char     *text)
{
  for (guint i = rows->messages->len; i > 0; i--)
    {
      ChatClientMessage *message = g_ptr_array_index (rows->messages, i - 1);

      if (message->id == message_id)
        {
          rows->bytes -= size_of (message);
          if (text == NULL)
            {
              g_ptr_array_remove_index (rows->messages, i - 1);
              continue;
            }
          g_free (message->text);
          message->text = g_strdup (text);
          message->edited = TRUE;
          rows->bytes += size_of (message);
        }
      else if (rows->ascending && message->id < message_id)
        break;
    }
  trim (rows);
}
