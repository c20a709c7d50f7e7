/* chat-session-feed.c: the queue from the wire to the store to the model
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-files.h"
#include "chat-session-private.h"

#include <string.h>

/* What is applied at once, before the window has its turn, for as long as it took (ms) */
#define APPLY_SLICE_MS 12

typedef struct _ChatSessionCommit Commit;
struct _ChatSessionCommit
{
  GWeakRef   session;
  guint      generation;
  GPtrArray *events;      /* of ChatSessionEvent */
  GPtrArray *changes;     /* (nullable): what they have changed in the store */
  guint      next;        /* the first that is not applied yet */
  gsize      bytes;
};

static void feed_next (ChatSession *self);

ChatSessionEvent *
chat_session_event_new (void)
{
  return g_new0 (ChatSessionEvent, 1);
}

static void
event_free (ChatSessionEvent *event)
{
  g_free (event->text);
  g_clear_pointer (&event->row, chat_client_message_free);
  g_clear_pointer (&event->rows, g_ptr_array_unref);
  if (event->free_data != NULL)
    event->free_data (event->data);
  g_free (event);
}

static void
event_drop (gpointer data)
{
  ChatSessionEvent *event = data;

  if (event->drop != NULL)
    event->drop (event);
  event_free (event);
}

static void
commit_free (Commit *commit)
{
  g_weak_ref_clear (&commit->session);
  g_ptr_array_unref (commit->events);
  g_clear_pointer (&commit->changes, g_ptr_array_unref);
  g_free (commit);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Commit, commit_free)

/* How much waits */

static gsize
row_size (const ChatClientMessage *row)
{
  return sizeof *row + strlen (row->sender) + strlen (row->text) + (row->file != NULL ? strlen (row->file) : 0);
}

static gsize
event_size (const ChatSessionEvent *event)
{
  gsize size = sizeof *event;

  if (event->text != NULL)
    size += strlen (event->text);
  if (event->row != NULL)
    size += row_size (event->row);
  return size;
}

guint
chat_session_get_waiting (ChatSession *self,
                          gsize       *bytes)
{
  *bytes = self->waiting_bytes;
  return self->n_waiting;
}

void
chat_session_feed_regulate (ChatSession *self)
{
  guint share = self->choked ? 2 : 1;

  self->choked = self->n_waiting > CHAT_SESSION_MAX_WAITING / share
                 || self->waiting_bytes > CHAT_SESSION_MAX_WAITING_BYTES / share;
  if (self->client != NULL)
    chat_client_set_paused (self->client, self->choked);
}

static void
count_done (ChatSession *self,
            Commit      *commit)
{
  self->n_waiting -= commit->events->len;
  self->waiting_bytes -= commit->bytes;
  if (self->choked)
    chat_session_feed_regulate (self);
}

/* Applies them for a while; what one of them does may end the session or give up the store. Returns: whether it has come to the end */
static gboolean
apply_some (ChatSession *self,
            Commit      *commit)
{
  gint64 end = g_get_monotonic_time () + APPLY_SLICE_MS * 1000;

  while (commit->next < commit->events->len && !self->closed && commit->generation == self->feed_generation)
    {
      ChatSessionEvent *event = commit->events->pdata[commit->next++];

      if (event->apply != NULL)
        event->apply (self, event, commit->changes);
      event->drop = NULL;
      if (commit->next < commit->events->len && g_get_monotonic_time () >= end)
        return self->closed || commit->generation != self->feed_generation;
    }
  return TRUE;
}

static void
end_commit (ChatSession *self,
            Commit      *commit)
{
  g_autoptr (Commit) ended = commit;

  if (ended->generation != self->feed_generation)
    return;
  count_done (self, ended);
  if (self->unsure && !self->numbers_untold)
    chat_session_keep_soon (self);
  self->committing = FALSE;
  feed_next (self);
}

static void apply_commit (ChatSession *self, Commit *commit);

static gboolean
on_apply_due (gpointer user_data)
{
  g_autoptr (ChatSession) self = g_object_ref (user_data);
  Commit *commit = g_steal_pointer (&self->applying);

  self->apply_timer = 0;
  apply_commit (self, commit);
  return G_SOURCE_REMOVE;
}

static void
apply_later (ChatSession *self,
             Commit      *commit)
{
  self->applying = commit;
  self->apply_timer = g_timeout_add (APPLY_SLICE_MS, on_apply_due, self);
}

/* What a page or the list of rooms tells to be gone nothing else may say */
static void
drop_gone_files (ChatSession *self,
                 Commit      *commit)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; commit->changes != NULL && i < commit->changes->len; i++)
    {
      const ChatStoreEvent *change = commit->changes->pdata[i];

      if (change->kind == CHAT_STORE_REMOVED)
        g_array_append_val (ids, change->id);
      if (change->kind != CHAT_STORE_ADDED && (change->message == NULL || change->message->kind != CHAT_CLIENT_TEXT))
        chat_media_manager_tidy_soon (self->media);
    }
  chat_room_files_gone (self, 0, ids);
}

/* @commit: (transfer full) */
static void
apply_commit (ChatSession *self,
              Commit      *commit)
{
  if (apply_some (self, commit))
    end_commit (self, commit);
  else
    apply_later (self, commit);
}

static void
on_committed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Commit) commit = user_data;
  g_autoptr (ChatSession) self = g_weak_ref_get (&commit->session);
  g_autoptr (GError) error = NULL;

  commit->changes = chat_store_apply_finish (CHAT_STORE (source), result, &error);
  if (self == NULL || commit->generation != self->feed_generation)
    return;
  if (commit->changes == NULL && !self->closed)
    {
      /* It is shown nevertheless: better told and not kept than not told. From here on nothing that is kept counts as whole, so
       * that the next look at each page asks the server */
      chat_session_keep_failed (self, error);
      self->reset_wanted = TRUE;
      chat_session_sync_lost (self);
      chat_store_load_state_async (CHAT_STORE (source), NULL, NULL, NULL);
    }
  else if (commit->changes != NULL)
    chat_session_keep_works (self);
  drop_gone_files (self, commit);
  apply_commit (self, g_steal_pointer (&commit));
}

static Commit *
take_events (ChatSession *self,
             gboolean     all)
{
  Commit *commit = g_new0 (Commit, 1);

  g_weak_ref_init (&commit->session, self);
  commit->generation = self->feed_generation;
  commit->events = g_ptr_array_new_with_free_func (event_drop);
  while (!g_queue_is_empty (&self->feed)
         && (all || (commit->events->len < CHAT_SESSION_MAX_FEED && commit->bytes < CHAT_SESSION_MAX_FEED_BYTES)))
    {
      ChatSessionEvent *event = g_queue_peek_head (&self->feed);

      if (event->alone && commit->events->len > 0 && !all)
        break;
      commit->bytes += event->size;
      g_ptr_array_add (commit->events, g_queue_pop_head (&self->feed));
      if (event->alone && !all)
        break;
    }
  return commit;
}

/* @uncounted: the next run is to ask how many are unread */
static ChatStoreBatch *
build (ChatSession *self,
       GPtrArray   *events,
       gboolean     uncounted)
{
  ChatStoreBatch *batch = chat_store_batch_new ();
  gboolean moved = FALSE;

  if (self->reset_wanted)
    chat_store_batch_reset (batch, 0);
  self->reset_wanted = self->numbers_kept = self->numbers_untold = FALSE;
  for (guint i = 0; i < events->len; i++)
    {
      ChatSessionEvent *event = events->pdata[i];

      if (event->build != NULL)
        event->build (self, event, batch);
      if (event->snapshot)
        self->astray = FALSE;
      if (event->position > 0 && !self->astray)
        {
          chat_store_batch_set_seq (batch, event->position);
          moved = TRUE;
        }
    }
  /* What the session counts it writes a moment later. Where the program ends before, the next one must ask */
  moved = moved || self->numbers_untold || uncounted;
  if (moved != self->unsure && (moved || self->numbers_kept))
    {
      chat_store_batch_set_abilities (batch, moved ? CHAT_SESSION_KEEP_UNSURE : 0);
      self->unsure = moved;
    }
  return batch;
}

static void
feed_next (ChatSession *self)
{
  g_autoptr (ChatSession) kept G_GNUC_UNUSED = g_object_ref (self);

  /* An event that is applied here may feed another: that one waits for its turn */
  if (self->committing || self->held || self->closed)
    return;
  self->committing = TRUE;
  while (!g_queue_is_empty (&self->feed))
    {
      g_autoptr (Commit) commit = take_events (self, FALSE);
      g_autoptr (ChatStoreBatch) batch = NULL;

      if (self->store != NULL)
        batch = build (self, commit->events, FALSE);
      if (batch != NULL && !chat_store_batch_is_empty (batch))
        {
          chat_store_apply_async (self->store, g_steal_pointer (&batch), NULL, on_committed, g_steal_pointer (&commit));
          return;
        }
      if (!apply_some (self, commit))
        {
          apply_later (self, g_steal_pointer (&commit));
          return;
        }
      /* The one that has taken over has begun anew */
      if (commit->generation != self->feed_generation)
        return;
      count_done (self, commit);
      if (self->closed || self->held)
        break;
    }
  self->committing = FALSE;
}

void
chat_session_feed (ChatSession      *self,
                   ChatSessionEvent *event)
{
  if (self->closed)
    {
      event_drop (event);
      return;
    }
  event->size += event_size (event);
  self->n_waiting++;
  self->waiting_bytes += event->size;
  g_queue_push_tail (&self->feed, event);
  if (!self->choked)
    chat_session_feed_regulate (self);
  feed_next (self);
}

void
chat_session_feed_drop (ChatSession *self)
{
  GQueue dropped = self->feed;
  Commit *applying = g_steal_pointer (&self->applying);

  self->feed_generation++;
  self->committing = FALSE;
  g_clear_handle_id (&self->apply_timer, g_source_remove);
  self->reset_wanted = FALSE;
  g_queue_init (&self->feed);
  self->n_waiting = 0;
  self->waiting_bytes = 0;
  chat_session_feed_regulate (self);
  g_clear_pointer (&applying, commit_free);
  g_queue_clear_full (&dropped, event_drop);
}

void
chat_session_feed_hold (ChatSession *self,
                        gboolean     hold)
{
  self->held = hold;
  if (!hold)
    feed_next (self);
}

void
chat_session_feed_flush (ChatSession *self)
{
  Commit *commit;
  gboolean uncounted;

  if (self->store == NULL || self->held || g_queue_is_empty (&self->feed))
    return;
  commit = take_events (self, TRUE);
  /* What is on its way to the store, or goes there with this, was not counted, and will not be: the numbers that are written are those
   * from before it */
  uncounted = self->committing || commit->events->len > 1;
  chat_store_apply_async (self->store, build (self, commit->events, uncounted), NULL, on_committed, commit);
}

/* Rows */

static ChatStoreMessage
store_view (ChatSession             *self,
            const ChatClientMessage *row)
{
  return (ChatStoreMessage) {
    .id = row->id, .room_id = row->room_id, .sender = row->sender, .kind = row->content, .text = row->text,
    .date = row->date, .date_text = row->date_text, .edited = row->edited, .edited_date = row->edited_date, .seq = row->seq,
    /* The feature that brings references back tells edits too */
    .tells_edits = (self->abilities & CHAT_SESSION_CAN_RESEND) != 0, .client_ref = row->client_ref,
    .file = row->file,
  };
}

static void
settle_row (ChatSession             *self,
            ChatStoreBatch          *batch,
            const ChatClientMessage *row)
{
  gint64 out;

  if (row->client_ref == NULL || !chat_session_is_own (self, row->sender))
    return;
  out = chat_outbox_get_row_id (self->outbox, row->client_ref);
  if (out > 0)
    chat_store_batch_settle (batch, out, row->id);
  /* The copy that was to be sent is now the file of a message */
  if (chat_outbox_get_file (self->outbox, row->client_ref) != NULL)
    chat_media_manager_put_sent (self->media, batch, chat_outbox_get_file (self->outbox, row->client_ref), row->text);
}

void
chat_session_put_row (ChatSession             *self,
                      ChatStoreBatch          *batch,
                      const ChatClientMessage *row,
                      gboolean                 live)
{
  ChatStoreMessage message = store_view (self, row);

  chat_store_batch_put_message (batch, &message, live);
  settle_row (self, batch, row);
}

void
chat_session_put_preview (ChatSession             *self,
                          ChatStoreBatch          *batch,
                          const ChatClientMessage *row)
{
  ChatStoreMessage message = store_view (self, row);
  ChatMessage *own = chat_session_is_own (self, row->sender) ? chat_outbox_find (self->outbox, row->client_ref) : NULL;

  if (own != NULL && g_str_has_prefix (chat_message_get_text (own), row->text))
    message.text = (char *) chat_message_get_text (own);
  chat_store_batch_put_preview (batch, &message);
  settle_row (self, batch, row);
}

ChatClientMessage
chat_session_row_view (const ChatStoreMessage *row)
{
  return (ChatClientMessage) {
    .id = row->id, .room_id = row->room_id, .sender = row->sender, .text = row->text, .client_ref = row->client_ref,
    .date = row->date, .date_text = row->date_text, .edited = row->edited, .file = row->file,
    .content = row->kind == CHAT_CLIENT_FILE || row->kind == CHAT_CLIENT_IMAGE ? (ChatClientContent) row->kind : CHAT_CLIENT_TEXT,
  };
}

/* Pages */

typedef struct
{
  ChatSessionPageFunc func;
  gpointer            user_data;
} PageEnd;

static void
build_page (ChatSession      *self,
            ChatSessionEvent *event,
            ChatStoreBatch   *batch)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autofree ChatStoreMessage *views = g_new0 (ChatStoreMessage, MAX (event->rows->len, 1));

  for (guint i = 0; i < event->rows->len; i++)
    {
      const ChatClientMessage *row = event->rows->pdata[i];

      if (row->room_id != event->id)
        continue;
      views[i] = store_view (self, row);
      g_ptr_array_add (messages, &views[i]);
      settle_row (self, batch, row);
    }
  if (event->from <= event->to)
    chat_store_batch_put_page (batch, event->id, event->from, event->to, messages, 0);
}

/* What became known of messages that somebody may hold */
static void
apply_change (ChatSession          *self,
              const ChatStoreEvent *change,
              gboolean              listed)
{
  ChatRoomInfo *info = chat_session_get_info (self, change->room_id);
  g_autoptr (ChatMessage) message = NULL;
  ChatClientMessage row;

  switch (change->kind)
    {
    case CHAT_STORE_REMOVED:
      break;
    case CHAT_STORE_CHANGED:
      message = chat_memory_lookup (self->memory, change->id);
      if (message == NULL)
        break;
      chat_session_show_text (self, message, change->message->text);
      chat_session_dress_file (self, message, change->message->file, change->message->text, FALSE);
      if (change->message->edited)
        chat_message_set_edited (message, TRUE);
      break;
    case CHAT_STORE_ADDED:
      /* A list asks for what it wants; what came between two of its messages it can not know of */
      if (listed || info == NULL || info->list == NULL)
        break;
      row = chat_session_row_view (change->message);
      message = chat_session_take_message (self, &row);
      chat_message_list_add (info->list, message);
      break;
    case CHAT_STORE_ROOM_REMOVED:
    default:
      break;
    }
}

static void
apply_page (ChatSession      *self,
            ChatSessionEvent *event,
            GPtrArray        *events)
{
  PageEnd *end = event->data;
  guint generation = self->feed_generation;
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; events != NULL && i < events->len; i++)
    {
      const ChatStoreEvent *change = events->pdata[i];

      if (change->kind == CHAT_STORE_REMOVED)
        g_array_append_val (gone, change->id);
    }
  chat_session_messages_gone (self, event->id, gone);
  for (guint i = 0; events != NULL && i < events->len && generation == self->feed_generation; i++)
    apply_change (self, events->pdata[i], event->flag);
  if (end->func != NULL)
    end->func (self, event->rows, end->user_data);
}

static void
drop_page (ChatSessionEvent *event)
{
  PageEnd *end = event->data;

  if (end->func != NULL)
    end->func (NULL, NULL, end->user_data);
}

void
chat_session_feed_page (ChatSession         *self,
                        gint64               room_id,
                        gint64               from,
                        gint64               to,
                        GPtrArray           *rows,
                        gboolean             listed,
                        ChatSessionPageFunc  func,
                        gpointer             user_data)
{
  ChatSessionEvent *event = chat_session_event_new ();
  PageEnd *end = g_new0 (PageEnd, 1);

  end->func = func;
  end->user_data = user_data;
  event->build = build_page;
  event->apply = apply_page;
  event->drop = drop_page;
  event->alone = TRUE;
  event->id = room_id;
  event->from = from;
  event->to = to;
  event->flag = listed;
  event->rows = g_ptr_array_ref (rows);
  for (guint i = 0; i < rows->len; i++)
    event->size += row_size (rows->pdata[i]);
  event->data = end;
  event->free_data = g_free;
  chat_session_feed (self, event);
}

/* Ends */

static void
apply_task (ChatSession      *self,
            ChatSessionEvent *event,
            GPtrArray        *events)
{
  g_task_return_boolean (event->data, TRUE);
}

static void
drop_task (ChatSessionEvent *event)
{
  g_task_return_new_error (event->data, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the session ended");
}

void
chat_session_feed_task (ChatSession *self,
                        GTask       *task)
{
  ChatSessionEvent *event = chat_session_event_new ();

  event->apply = apply_task;
  event->drop = drop_task;
  event->data = task;
  event->free_data = g_object_unref;
  chat_session_feed (self, event);
}
