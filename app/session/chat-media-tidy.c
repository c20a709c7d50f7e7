/* chat-media-tidy.c: files of messages that are gone go too
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-media-manager-private.h"

void
chat_media_manager_stop_tidying (ChatMediaManager *self)
{
  g_clear_handle_id (&self->tidy_timer, g_source_remove);
}

static void
on_unused (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) session = chat_session_call_get (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) unused = chat_store_list_unused_finish (CHAT_STORE (source), result, &error);
  ChatMediaManager *self = session != NULL ? session->media : NULL;

  if (self == NULL || self->generation != call->id || self->folder == NULL)
    return;
  if (unused == NULL)
    {
      g_message ("Files that are of no use any more were not looked for: %s", error->message);
      return;
    }
  for (guint i = 0; i < unused->len; i++)
    {
      ChatMediaFile *file = g_hash_table_lookup (self->files, unused->pdata[i]);

      /* A message may have brought it while the store was looking */
      if (file != NULL && file->met < call->value && !chat_media_manager_is_wanted (self, file->sha256))
        chat_media_file_forget (file);
    }
}

static gboolean
on_time (gpointer user_data)
{
  ChatMediaManager *self = user_data;

  self->tidy_timer = 0;
  if (self->session->store != NULL)
    chat_store_list_unused_async (self->session->store, NULL, on_unused,
                                  chat_session_call_new (self->session, NULL, self->generation, ++self->n_tidied));
  return G_SOURCE_REMOVE;
}

void
chat_media_manager_tidy_soon (ChatMediaManager *self)
{
  if (self->tidy_timer == 0 && self->folder != NULL)
    self->tidy_timer = g_timeout_add (CHAT_MEDIA_TIDY_MS, on_time, self);
}
