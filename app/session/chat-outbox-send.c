/* chat-outbox-send.c: how what waits goes out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-outbox-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  ChatOutbox *outbox;
  gint64      room_id;
  char       *client_ref;     /* a message: by that it is found again */
  gint64      id;             /* what the answer said, while it is looked up what that has become */
  gint64      date;
  char       *date_text;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *what = data;

  chat_outbox_unref (what->outbox);
  g_free (what->client_ref);
  g_free (what->date_text);
  g_free (what);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

static Sending *
sending_new (ChatOutbox      *self,
             ChatOutboxEntry *entry)
{
  Sending *what = g_new0 (Sending, 1);

  self->refs++;
  what->outbox = self;
  what->room_id = entry->row->room_id;
  what->client_ref = g_strdup (entry->row->client_ref);
  return what;
}

gboolean
chat_outbox_can_resend (ChatOutbox *self)
{
  return self->client != NULL && (chat_client_get_features (self->client) & CHAT_CLIENT_CLIENT_REF) != 0;
}

gboolean
chat_outbox_can_send (ChatOutbox *self)
{
  return self->client != NULL && self->pause == 0 && chat_client_is_open (self->client);
}

void
chat_outbox_write (ChatOutbox      *self,
                   ChatOutboxEntry *entry,
                   gboolean         to_end)
{
  if (self->store == NULL || entry->row->id == 0)
    return;
  entry->stored_state = entry->row->state;
  chat_store_outbox_update_async (self->store, entry->row, to_end, NULL, NULL, NULL);
}

static void
show_state (ChatOutboxEntry  *entry,
            ChatMessageState  state,
            const char       *words)
{
  if (entry->row->action == CHAT_STORE_SEND)
    chat_message_set_state (entry->message, state, words);
}

void
chat_outbox_fail (ChatOutbox      *self,
                  ChatOutboxEntry *entry,
                  const char      *words)
{
  entry->in_flight = FALSE;
  entry->row->state = CHAT_STORE_OUT_FAILED;
  g_free (entry->row->failure_text);
  entry->row->failure_text = g_strdup (words);
  if (entry->row->action == CHAT_STORE_SEND)
    chat_outbox_merge_changes (self, entry);
  chat_outbox_write (self, entry, FALSE);
  show_state (entry, CHAT_MESSAGE_FAILED, words);
}

static void
wait_again (ChatOutbox      *self,
            ChatOutboxEntry *entry)
{
  entry->in_flight = FALSE;
  entry->row->state = CHAT_STORE_OUT_WAITING;
  chat_outbox_write (self, entry, FALSE);
  show_state (entry, CHAT_MESSAGE_WAITING, NULL);
}

static const char *
words_for (const GError *error)
{
  switch (error->domain == CHAT_CLIENT_ERROR ? error->code : CHAT_CLIENT_ERROR_FAILED)
    {
    case CHAT_CLIENT_ERROR_NO_ROOM:
      return _("This conversation no longer exists");
    case CHAT_CLIENT_ERROR_FORBIDDEN:
      return _("You may not write in this conversation");
    case CHAT_CLIENT_ERROR_TOO_LARGE:
      return _("The message is too long for this server");
    default:
      return _("The server did not take the message");
    }
}

void
chat_outbox_pump_all (ChatOutbox *self)
{
  /* By their ids: a message that changes its state may change what is here */
  g_autoptr (GArray) ids = chat_outbox_get_rooms (self);

  for (guint i = 0; i < ids->len; i++)
    {
      ChatOutboxRoom *room = chat_outbox_get_room (self, g_array_index (ids, gint64, i));

      if (room != NULL)
        chat_outbox_pump (self, room);
    }
}

static gboolean
on_pause_over (gpointer user_data)
{
  ChatOutbox *self = user_data;

  self->pause = 0;
  chat_outbox_pump_all (self);
  return G_SOURCE_REMOVE;
}

/* Of everything: what is sent in another room counts as well */
static void
pause_all (ChatOutbox   *self,
           const GError *error)
{
  guint seconds = CLAMP (chat_client_error_get_retry_after (error), 1, CHAT_OUTBOX_MAX_PAUSE_S);

  g_clear_handle_id (&self->pause, g_source_remove);
  self->paused_until = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  self->pause = g_timeout_add (seconds * 1000, on_pause_over, self);
}

void
chat_outbox_woke (ChatOutbox *self,
                  gint64      slept)
{
  if (self->pause == 0)
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  self->paused_until -= slept;
  self->pause = g_timeout_add (CLAMP ((self->paused_until - g_get_monotonic_time ()) / 1000, 0, G_MAXINT32), on_pause_over, self);
}

static void
tell_answer (ChatOutbox       *self,
             ChatOutboxEntry  *entry,
             ChatOutboxAnswer *answer)
{
  g_autofree char *ref = g_strdup (entry->row->client_ref);

  answer->action = entry->row->action;
  answer->row_id = entry->row->id;
  answer->client_ref = ref;
  answer->room_id = entry->row->room_id;
  answer->target_id = entry->row->target_id;
  answer->text = entry->row->text;
  answer->file = entry->row->action == CHAT_STORE_SEND ? entry->row->file : NULL;
  answer->awaited = entry->task != NULL;
  if (self->events != NULL)
    self->events->answered (answer, self->user_data);
}

/* The connection broke, or what came was no answer */
static void
unknown_outcome (ChatOutbox      *self,
                 ChatOutboxEntry *entry,
                 ChatClient      *client,
                 const GError    *error)
{
  gboolean malformed = g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED) && self->client == client;

  entry->row->maybe_sent = TRUE;
  if (entry->row->action != CHAT_STORE_SEND)
    {
      g_autoptr (GTask) task = g_steal_pointer (&entry->task);

      if (malformed)
        {
          ChatOutboxAnswer answer = { .error = error };

          entry->task = g_steal_pointer (&task);
          tell_answer (self, entry, &answer);
          return;
        }
      wait_again (self, entry);
      if (task != NULL)
        g_task_return_boolean (task, TRUE);
    }
  else if ((chat_client_get_features (client) & CHAT_CLIENT_CLIENT_REF) == 0 || malformed)
    /* (Malformed: the same would come again at once) */
    chat_outbox_fail (self, entry, _("It is not known whether this message arrived"));
  else
    wait_again (self, entry);
}

/* Returns: whether the connection, and not the server, is why there is no answer, or the server is to be asked again later */
static gboolean
try_again (ChatOutbox      *self,
           ChatOutboxEntry *entry,
           ChatClient      *client,
           const GError    *error)
{
  if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_RATE_LIMITED))
    {
      wait_again (self, entry);
      pause_all (self, error);
    }
  else if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED)
           || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_TIMED_OUT)
           || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED))
    unknown_outcome (self, entry, client, error);
  else
    return FALSE;
  return TRUE;
}

static void
go_on (ChatOutbox *self,
       gint64      room_id)
{
  ChatOutboxRoom *room = chat_outbox_get_room (self, room_id);

  if (room != NULL)
    chat_outbox_pump (self, room);
}

/* What was sent again, and had arrived the first time, may have been edited or deleted since; where the changes of that time are not told
 * any more, only the message itself shows it */

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Sending) what = user_data;
  ChatOutbox *self = what->outbox;
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, what->client_ref);
  ChatOutboxAnswer answer = { .id = what->id, .date = what->date, .date_text = what->date_text };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more;

  rows = chat_client_read_finish (CHAT_CLIENT (source), result, &more, &error);
  if (entry == NULL || !entry->in_flight)
    return;
  if (rows != NULL || !try_again (self, entry, CHAT_CLIENT (source), error))
    {
      for (guint i = 0; rows != NULL && i < rows->len; i++)
        if (((ChatClientMessage *) rows->pdata[i])->id == what->id)
          answer.row = rows->pdata[i];
      answer.gone = answer.row == NULL && (rows != NULL || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_NO_ROOM));
      tell_answer (self, entry, &answer);
    }
  go_on (self, what->room_id);
}

/* PROTOCOL.md, "sync": only what changed something has a number */
static gboolean
was_there (ChatClient             *client,
           const ChatOutboxEntry  *entry,
           const ChatOutboxAnswer *answer)
{
  const guint needed = CHAT_CLIENT_SYNC | CHAT_CLIENT_PAGING;

  return entry->row->action == CHAT_STORE_SEND && answer->seq == 0 && (chat_client_get_features (client) & needed) == needed;
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Sending) what = user_data;
  ChatOutbox *self = what->outbox;
  ChatClient *client = CHAT_CLIENT (source);
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, what->client_ref);
  g_autoptr (GError) error = NULL;
  g_autofree char *date_text = NULL;
  ChatOutboxAnswer answer = { 0 };
  gboolean done;

  /* A change has no result but that it was done; any request can tell it */
  if (g_task_get_source_tag (G_TASK (result)) == chat_client_send_async)
    {
      answer.id = chat_client_send_finish (client, result, &answer.date, &date_text, &answer.seq, &error);
      answer.date_text = date_text;
      done = answer.id > 0;
    }
  else
    done = chat_client_finish (client, result, &error);
  /* Settled, discarded with its room, or the outbox is gone */
  if (entry == NULL || !entry->in_flight)
    return;

  if (!done && entry->row->action == CHAT_STORE_DELETE && g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_NO_MESSAGE))
    /* Is gone already */
    done = TRUE;
  if (done && was_there (client, entry, &answer))
    {
      what->id = answer.id;
      what->date = answer.date;
      what->date_text = g_steal_pointer (&date_text);
      chat_client_read_async (client, CHAT_CLIENT_READ_BEFORE, entry->row->room_id, answer.id + 1, 1, NULL, on_looked_up,
                              g_steal_pointer (&what));
      return;
    }
  if (done)
    tell_answer (self, entry, &answer);
  else if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_NO_FILE) && chat_outbox_lost_file (entry))
    wait_again (self, entry);
  else if (try_again (self, entry, client, error))
    ;
  else if (entry->row->action == CHAT_STORE_SEND)
    chat_outbox_fail (self, entry, words_for (error));
  else
    {
      answer.error = error;
      tell_answer (self, entry, &answer);
    }
  go_on (self, what->room_id);
}

static void
send_now (ChatOutbox      *self,
          ChatOutboxEntry *entry)
{
  const ChatStoreOutRow *row = entry->row;

  if (row->action == CHAT_STORE_SEND)
    chat_client_send_async (self->client, row->room_id, row->kind, row->text, row->client_ref, NULL, on_sent, sending_new (self, entry));
  else if (row->action == CHAT_STORE_EDIT)
    chat_client_edit_async (self->client, row->target_id, row->text, NULL, on_sent, sending_new (self, entry));
  else
    chat_client_delete_async (self->client, row->target_id, NULL, on_sent, sending_new (self, entry));
}

/* What is being sent is on the disk as that */
static void
on_updated (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Sending) what = user_data;
  ChatOutbox *self = what->outbox;
  ChatOutboxEntry *entry = chat_outbox_find_entry (self, what->client_ref);
  ChatOutboxRoom *room = chat_outbox_get_room (self, what->room_id);
  g_autoptr (GError) error = NULL;
  gboolean done = chat_store_outbox_update_finish (CHAT_STORE (source), result, &error);

  if (entry == NULL || !entry->updating || room == NULL)
    return;
  entry->updating = FALSE;
  if (!done && self->events != NULL && self->events->failed != NULL)
    self->events->failed (error, self->user_data);
  if (!done && entry->row->action == CHAT_STORE_SEND)
    chat_outbox_fail (self, entry, _("It could not be saved on this computer, so it was not sent"));
  else if (!chat_outbox_can_send (self))
    wait_again (self, entry);
  else
    {
      send_now (self, entry);
      return;
    }
  chat_outbox_pump (self, room);
}

void
chat_outbox_pump (ChatOutbox     *self,
                  ChatOutboxRoom *room)
{
  gint64 room_id = room->room_id;
  gboolean files_wait = FALSE, texts_wait = FALSE;

  if (!chat_outbox_can_send (self))
    return;
  chat_outbox_ask_uploads (self, room_id);
  room = chat_outbox_get_room (self, room_id);
  if (room == NULL || !chat_outbox_can_send (self))
    return;
  for (GList *l = room->entries.head; l != NULL; l = l->next)
    {
      ChatOutboxEntry *entry = l->data;
      gboolean stored;

      /* What is not on the disk yet holds up what comes after it: there is one order */
      if (entry->in_flight || !entry->kept || entry->rewriting > 0)
        return;
      /* A change of what is not sent yet goes after that */
      if (entry->row->state == CHAT_STORE_OUT_FAILED || (entry->row->action != CHAT_STORE_SEND && entry->row->target_id == 0))
        continue;
      /* What comes after a file waits until that is uploaded, unless the person holds it up; texts not for ever, captions for theirs */
      if (chat_outbox_lacks_file (entry))
        {
          files_wait = files_wait || !entry->held;
          texts_wait = texts_wait || (!entry->held && !entry->slow);
          continue;
        }
      if (chat_outbox_is_bound (entry))
        continue;
      if (files_wait && entry->row->action == CHAT_STORE_SEND && !entry->row->maybe_sent
          && (entry->row->file != NULL || (texts_wait && chat_outbox_block_texts (self, room, entry))))
        continue;
      /* The server is another than the one that may have it already */
      if (entry->row->maybe_sent && entry->row->action == CHAT_STORE_SEND && !chat_outbox_can_resend (self))
        {
          chat_outbox_fail (self, entry, _("It is not known whether this message arrived"));
          continue;
        }
      stored = self->store == NULL || entry->row->id == 0 || entry->stored_state == CHAT_STORE_OUT_SENDING;
      entry->in_flight = TRUE;
      entry->row->state = CHAT_STORE_OUT_SENDING;
      if (stored)
        send_now (self, entry);
      else
        {
          entry->updating = TRUE;
          entry->stored_state = CHAT_STORE_OUT_SENDING;
          chat_store_outbox_update_async (self->store, entry->row, FALSE, NULL, on_updated, sending_new (self, entry));
        }
      show_state (entry, CHAT_MESSAGE_SENDING, NULL);
      return;
    }
}

/* Without a connection what is kept is done for now: what comes of it is told otherwise. (What is in flight ends by itself) */
static void
end_waits (ChatOutbox *self,
           GArray     *ids)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < ids->len; i++)
    {
      ChatOutboxRoom *room = chat_outbox_get_room (self, g_array_index (ids, gint64, i));

      for (GList *l = room != NULL ? room->entries.head : NULL; l != NULL; l = l->next)
        {
          ChatOutboxEntry *entry = l->data;

          if (entry->task != NULL && entry->kept && !entry->in_flight)
            g_ptr_array_add (tasks, g_steal_pointer (&entry->task));
        }
    }
  /* Who is called back may change what is here */
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

void
chat_outbox_set_client (ChatOutbox *self,
                        ChatClient *client)
{
  g_autoptr (GArray) ids = NULL;

  if (!g_set_object (&self->client, client))
    return;
  chat_outbox_end_patience (self);
  /* By their ids: a message that changes its state may change what is here */
  ids = chat_outbox_get_rooms (self);
  for (guint i = 0; i < ids->len; i++)
    {
      ChatOutboxRoom *room = chat_outbox_get_room (self, g_array_index (ids, gint64, i));

      if (room == NULL)
        continue;
      if (client != NULL)
        chat_outbox_pump (self, room);
      else
        /* What was written as being sent, but never was, is as it is */
        for (GList *l = room->entries.head; l != NULL; l = l->next)
          {
            ChatOutboxEntry *entry = l->data;

            if (entry->kept && !entry->in_flight && entry->stored_state == CHAT_STORE_OUT_SENDING && !entry->row->maybe_sent)
              {
                entry->row->state = CHAT_STORE_OUT_WAITING;
                chat_outbox_write (self, entry, FALSE);
              }
          }
    }
  if (client == NULL)
    end_waits (self, ids);
}
