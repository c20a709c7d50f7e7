/* chat-outbox-change.c: what one changes that is not sent, or not changed, yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-outbox-private.h"

#include <glib/gi18n-lib.h>

#include "chat-session.h"

void
chat_outbox_show_change (ChatOutboxEntry *entry)
{
  if (entry->message == NULL)
    return;
  chat_message_set_busy (entry->message, TRUE);
  chat_message_set_deleting (entry->message, entry->row->action == CHAT_STORE_DELETE);
  if (entry->row->action == CHAT_STORE_EDIT && entry->kept && entry->rewriting == 0)
    chat_message_set_text (entry->message, entry->row->text);
}

/* Newer words for what stands in the store already */

typedef struct
{
  ChatOutbox      *outbox;
  ChatOutboxEntry *entry;
  ChatStoreOutRow *before;    /* what the store goes on having where it does not take the new */
  GTask           *task;      /* (nullable): of a message: who waits for it */
} Rewriting;

static void
rewriting_free (Rewriting *what)
{
  chat_store_out_row_free (what->before);
  chat_outbox_entry_unref (what->entry);
  chat_outbox_unref (what->outbox);
  g_clear_object (&what->task);
  g_free (what);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rewriting, rewriting_free)

static Rewriting *
rewriting_new (ChatOutbox      *self,
               ChatOutboxEntry *entry)
{
  Rewriting *what = g_new0 (Rewriting, 1);

  self->refs++;
  entry->refs++;
  what->outbox = self;
  what->entry = entry;
  what->before = chat_store_out_row_copy (entry->row);
  return what;
}

static void
set_words (ChatOutboxEntry *entry,
           ChatStoreAction  action,
           const char      *text)
{
  g_free (entry->row->text);
  entry->row->text = g_strdup (text);
  entry->row->action = action;
}

/* They are in the store, or there is none */
static void
show_words (ChatOutbox      *self,
            ChatOutboxEntry *entry)
{
  if (entry->row->action == CHAT_STORE_SEND)
    {
      /* A change that stands behind it is newer */
      if (!chat_message_get_busy (entry->message))
        chat_message_set_text (entry->message, entry->row->text);
    }
  else
    chat_outbox_show_change (entry);
}

static void
end_task (ChatOutbox      *self,
          ChatOutboxEntry *entry)
{
  g_autoptr (GTask) task = NULL;

  if (entry->task == NULL || (self->client != NULL && entry->row->action != CHAT_STORE_SEND && entry->row->target_id > 0))
    return;
  task = g_steal_pointer (&entry->task);
  g_task_return_boolean (task, TRUE);
}

static void
on_rewritten (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Rewriting) what = user_data;
  ChatOutbox *self = what->outbox;
  ChatOutboxEntry *entry = what->entry;
  ChatOutboxRoom *room;
  g_autoptr (GError) error = NULL;
  gboolean done = chat_store_outbox_update_finish (CHAT_STORE (source), result, &error);

  entry->rewriting--;
  if (entry->gone)
    return;
  if (!done && self->events != NULL && self->events->failed != NULL)
    self->events->failed (error, self->user_data);
  /* (Where something still newer is on its way to the store, that one ends it) */
  if (entry->rewriting == 0)
    {
      if (!done)
        {
          g_autoptr (GTask) task = g_steal_pointer (&entry->task);

          set_words (entry, what->before->action, what->before->text);
          if (task != NULL)
            g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "%s", error->message);
          /* (Else it would be uploaded again and again) */
          if (!entry->gone && entry->row->file != NULL)
            chat_outbox_fail (self, entry, _("It could not be saved on this computer, so it was not sent"));
        }
      if (!entry->gone)
        show_words (self, entry);
      end_task (self, entry);
    }
  room = chat_outbox_get_room (self, entry->row->room_id);
  if (room != NULL)
    chat_outbox_pump (self, room);
}

/* @before: (transfer full): with the words that the store has */
static void
rewrite (ChatOutbox      *self,
         ChatOutboxEntry *entry,
         Rewriting       *what)
{
  entry->rewriting++;
  entry->stored_state = entry->row->state;
  chat_store_outbox_update_async (self->store, entry->row, FALSE, NULL, on_rewritten, what);
}

void
chat_outbox_rewrite (ChatOutbox      *self,
                     ChatOutboxEntry *entry)
{
  entry->changed = FALSE;
  rewrite (self, entry, rewriting_new (self, entry));
}

/* Newer words in place of those that wait */
static void
replace_words (ChatOutbox      *self,
               ChatOutboxEntry *entry,
               const char      *text,
               GTask           *task)
{
  ChatStoreAction action = entry->row->action;
  g_autoptr (GTask) older = g_steal_pointer (&entry->task);
  Rewriting *what = rewriting_new (self, entry);

  if (action != CHAT_STORE_SEND)
    action = text != NULL ? CHAT_STORE_EDIT : CHAT_STORE_DELETE;
  set_words (entry, action, text);
  entry->task = task;
  if (older != NULL)
    g_task_return_boolean (older, TRUE);
  if (entry->gone)
    {
      rewriting_free (what);
      return;
    }
  if (entry->adding)
    {
      rewriting_free (what);
      entry->changed = TRUE;
      return;
    }
  if (self->store != NULL && entry->row->id > 0)
    {
      rewrite (self, entry, what);
      if (action == CHAT_STORE_DELETE)
        chat_outbox_show_change (entry);
      return;
    }
  rewriting_free (what);
  show_words (self, entry);
  end_task (self, entry);
}

/* The change of what is on its way stands behind that */
static void
add_change (ChatOutbox      *self,
            ChatMessage     *message,
            const char      *text,
            ChatOutboxEntry *before,
            GTask           *task)
{
  g_autofree char *ref = g_uuid_string_random ();
  gint64 id = chat_message_get_id (message);
  ChatStoreOutRow *row;
  ChatOutboxEntry *entry;

  row = chat_store_out_row_new (chat_message_get_room_id (message), text != NULL ? CHAT_STORE_EDIT : CHAT_STORE_DELETE, ref, text);
  row->target_id = id;
  if (id == 0)
    row->target_ref = g_strdup (chat_message_get_client_ref (message));
  row->created = g_get_real_time ();
  entry = chat_outbox_entry_new (row, message);
  if (before == NULL)
    entry->told = g_strdup (chat_message_get_text (message));
  else
    entry->told = g_strdup (before->row->action == CHAT_STORE_SEND ? before->row->text : before->told);
  entry->task = task;
  chat_outbox_insert (self, entry);
  chat_outbox_show_change (entry);
  chat_outbox_keep (self, entry);
}

/* Returns: (nullable): the newest change of a message that has no id */
static ChatOutboxEntry *
find_change (ChatOutbox  *self,
             gint64       room_id,
             const char  *client_ref)
{
  ChatOutboxRoom *room = chat_outbox_get_room (self, room_id);

  for (GList *l = room != NULL ? room->entries.tail : NULL; l != NULL; l = l->prev)
    {
      ChatOutboxEntry *entry = l->data;

      if (entry->row->action != CHAT_STORE_SEND && entry->row->target_id == 0
          && g_strcmp0 (entry->row->target_ref, client_ref) == 0)
        return entry;
    }
  return NULL;
}

gboolean
chat_outbox_change (ChatOutbox   *self,
                    ChatMessage  *message,
                    const char   *text,
                    GTask        *task,
                    GError      **error)
{
  gint64 id = chat_message_get_id (message);
  ChatOutboxEntry *unsent = chat_outbox_find_message (self, message);
  ChatOutboxEntry *last;

  if (unsent != NULL)
    last = find_change (self, chat_message_get_room_id (message), unsent->row->client_ref);
  else
    last = g_hash_table_lookup (self->changes, &id);
  if (unsent == NULL && id == 0)
    {
      g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_MESSAGE, "it was given up");
      return FALSE;
    }

  if (last != NULL && last->row->action == CHAT_STORE_DELETE)
    {
      if (text != NULL)
        {
          g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_MESSAGE, "it is being deleted");
          return FALSE;
        }
      /* The first one goes its way */
      if (task != NULL)
        g_task_return_boolean (task, TRUE);
      g_clear_object (&task);
      return TRUE;
    }
  if (last != NULL && !last->in_flight)
    {
      replace_words (self, last, text, task);
      return TRUE;
    }
  if (last == NULL && unsent != NULL && text != NULL && !unsent->in_flight && !unsent->row->maybe_sent)
    {
      replace_words (self, unsent, text, task);
      return TRUE;
    }
  if (g_hash_table_size (self->by_ref) >= CHAT_OUTBOX_MAX)
    {
      g_set_error_literal (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED, "too many changes are on their way");
      return FALSE;
    }
  add_change (self, message, text, last != NULL ? last : unsent, task);
  return TRUE;
}

/* Changes of messages that are shown */

void
chat_outbox_dress (ChatOutbox  *self,
                   ChatMessage *message)
{
  gint64 id = chat_message_get_id (message);
  ChatOutboxEntry *entry = g_hash_table_lookup (self->changes, &id);

  if (entry == NULL || entry->message == message)
    return;
  g_set_object (&entry->message, message);
  g_free (entry->told);
  entry->told = g_strdup (chat_message_get_text (message));
  chat_outbox_show_change (entry);
}

gboolean
chat_outbox_cover (ChatOutbox *self,
                   gint64      id,
                   const char *told)
{
  ChatOutboxEntry *entry = g_hash_table_lookup (self->changes, &id);

  if (entry == NULL)
    return FALSE;
  g_free (entry->told);
  entry->told = g_strdup (told);
  return entry->row->action == CHAT_STORE_EDIT && entry->kept;
}

/* What becomes of them */

void
chat_outbox_change_done (ChatOutbox      *self,
                         ChatOutboxEntry *entry,
                         const GError    *error)
{
  gboolean newest = entry->row->target_id == 0 || g_hash_table_lookup (self->changes, &entry->row->target_id) == entry;
  g_autoptr (ChatMessage) message = g_steal_pointer (&entry->message);
  g_autoptr (GTask) task = g_steal_pointer (&entry->task);

  if (message != NULL && newest)
    {
      chat_message_set_busy (message, FALSE);
      chat_message_set_deleting (message, FALSE);
      if (error != NULL && entry->told != NULL)
        chat_message_set_text (message, entry->told);
    }
  chat_outbox_remove_entry (self, entry);
  if (task != NULL && error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

void
chat_outbox_target_sent (ChatOutbox *self,
                         gint64      room_id,
                         const char *client_ref,
                         gint64      id)
{
  ChatOutboxEntry *entry;

  while ((entry = find_change (self, room_id, client_ref)) != NULL)
    {
      entry->row->target_id = id;
      /* They come from the newest to the oldest */
      if (!g_hash_table_contains (self->changes, &id))
        g_hash_table_replace (self->changes, &entry->row->target_id, entry);
      chat_outbox_write (self, entry, FALSE);
    }
  chat_outbox_free_captions (self, room_id, client_ref, id);
}

void
chat_outbox_drop_changes (ChatOutbox *self,
                          gint64      room_id,
                          const char *client_ref)
{
  ChatOutboxEntry *entry;

  while ((entry = find_change (self, room_id, client_ref)) != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&entry->task);

      chat_outbox_forget (self, entry);
      if (task != NULL)
        g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_MESSAGE, "the message was given up");
    }
}

void
chat_outbox_merge_changes (ChatOutbox      *self,
                           ChatOutboxEntry *entry)
{
  ChatOutboxEntry *change = find_change (self, entry->row->room_id, entry->row->client_ref);

  /* Where the server may have it, the same reference would bring the old words back */
  if (change == NULL || (change->row->action == CHAT_STORE_EDIT && entry->row->maybe_sent))
    return;
  if (change->row->action == CHAT_STORE_EDIT)
    set_words (entry, CHAT_STORE_SEND, change->row->text);
  chat_message_set_busy (entry->message, FALSE);
  chat_message_set_deleting (entry->message, FALSE);
  chat_outbox_drop_changes (self, entry->row->room_id, entry->row->client_ref);
}

void
chat_outbox_attach_changes (ChatOutbox *self)
{
  g_autoptr (GPtrArray) lost = g_ptr_array_new ();
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_ref);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatOutboxEntry *entry = value;
      ChatOutboxEntry *target;

      /* The file was given up, and the program ended just then */
      if (chat_outbox_is_bound (entry) && chat_outbox_find_entry (self, entry->row->target_ref) == NULL)
        g_ptr_array_add (alone, entry);
      if (entry->row->action == CHAT_STORE_SEND || entry->row->target_id > 0 || entry->message != NULL)
        continue;
      target = chat_outbox_find_entry (self, entry->row->target_ref);
      if (target == NULL || target->row->action != CHAT_STORE_SEND)
        {
          g_ptr_array_add (lost, entry);
          continue;
        }
      entry->message = g_object_ref (target->message);
      entry->told = g_strdup (target->row->text);
      chat_outbox_show_change (entry);
    }
  for (guint i = 0; i < lost->len; i++)
    chat_outbox_forget (self, lost->pdata[i]);
  for (guint i = 0; i < alone->len; i++)
    {
      ChatOutboxEntry *entry = alone->pdata[i];
      g_autofree char *ref = g_strdup (entry->row->target_ref);

      chat_outbox_free_captions (self, entry->row->room_id, ref, 0);
    }
}
