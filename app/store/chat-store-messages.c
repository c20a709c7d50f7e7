/* chat-store-messages.c: messages come, change and go, in whatever order that is told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

/* One state of a message, as far as it tells its age */
typedef struct
{
  gint64   seq;
  gboolean exact;         /* seq is that of this state; else of the message when it was new: a later one than that, nobody knows which */
  gint64   edited_date;
  gboolean edited;
  gboolean tells_edits;
} Version;

/* Whether @next, which came later, is to replace @kept: see ChatStoreMessage */
static gboolean
replaces (Version next,
          Version kept)
{
  if (next.seq > 0 && kept.seq > 0 && next.seq != kept.seq && (next.seq > kept.seq ? kept.exact : next.exact))
    return next.seq > kept.seq;
  if (next.edited && kept.edited && next.edited_date > 0 && kept.edited_date > 0)
    return next.edited_date >= kept.edited_date;
  return !(kept.edited && !next.edited && next.tells_edits);
}

static Version
version_of (const ChatStoreMessage *row)
{
  /* A replay tells of an edited message as it is now, under the number that it had when it was new (PROTOCOL.md, "sync"), which is its id */
  return (Version){ row->seq, !row->edited || row->seq != row->id, row->edited_date, row->edited, row->tells_edits };
}

static void
add_event (GPtrArray              *events,
           ChatStoreEventKind      kind,
           gint64                  id,
           gint64                  room_id,
           const ChatStoreMessage *message)
{
  ChatStoreEvent *event;

  if (events == NULL)
    return;
  event = g_new0 (ChatStoreEvent, 1);
  event->kind = kind;
  event->id = id;
  event->room_id = room_id;
  event->message = message != NULL ? chat_store_message_copy (message) : NULL;
  g_ptr_array_add (events, event);
}

static gboolean
exists (ChatStoreDb  *self,
        ChatStoreSql  statement,
        gint64        id,
        gboolean     *ok)
{
  bind_id (self, statement, 1, id);
  if (!chat_store_db_step (self, statement, ok))
    return FALSE;
  chat_store_db_reset (self, statement);
  return TRUE;
}

static ChatStoreMessage *
find_message (ChatStoreDb *self,
              gint64       id,
              gboolean    *ok)
{
  ChatStoreMessage *message;

  bind_id (self, SQL_FIND_MESSAGE, 1, id);
  if (!chat_store_db_step (self, SQL_FIND_MESSAGE, ok))
    return NULL;
  message = chat_store_db_read_message (self, SQL_FIND_MESSAGE, 0);
  chat_store_db_reset (self, SQL_FIND_MESSAGE);
  return message;
}

static gboolean
write_message (ChatStoreDb            *self,
               ChatStoreSql            statement,
               const ChatStoreMessage *message)
{
  bind_id (self, statement, 1, message->id);
  bind_id (self, statement, 2, message->room_id);
  bind_text (self, statement, 3, message->sender);
  bind_id (self, statement, 4, message->kind);
  bind_text (self, statement, 5, message->text);
  bind_id (self, statement, 6, message->date);
  bind_text (self, statement, 7, message->date_text);
  bind_id (self, statement, 8, message->edited);
  bind_id (self, statement, 9, message->edited_date);
  bind_text (self, statement, 10, message->client_ref);
  bind_id (self, statement, 11, message->seq);
  bind_text (self, statement, 12, message->file);
  return chat_store_db_run (self, statement);
}

gint64
chat_store_get_newest (ChatStoreDb *self,
                       gint64       room_id,
                       gboolean    *ok)
{
  gint64 newest = 0;

  bind_id (self, SQL_GET_NEWEST, 1, room_id);
  if (chat_store_db_step (self, SQL_GET_NEWEST, ok))
    {
      newest = get_id (self, SQL_GET_NEWEST, 0);
      chat_store_db_reset (self, SQL_GET_NEWEST);
    }
  return newest;
}

/* A message that came live follows the newest one that is known, if what is kept fresh reaches that one, and that is the newest one
 * indeed: a page from the midst may end with what only looks so */
static gboolean
cover_message (ChatStoreDb            *self,
               const ChatStoreMessage *row,
               gboolean                live)
{
  gint64 from = row->id;
  gboolean ok = TRUE;

  if (live)
    {
      gint64 newest = chat_store_get_newest (self, row->room_id, &ok);
      ChatStoreSpan span, head;

      if (row->id > newest && chat_store_spans_get_last (self, row->room_id, CHAT_STORE_SPAN_FRESH, &span, &ok)
          && span.to >= newest && chat_store_spans_find (self, row->room_id, CHAT_STORE_SPAN_HEAD, 0, &head, &ok))
        from = MIN (span.to, row->id);
    }
  return ok && chat_store_spans_cover (self, row->room_id, from, row->id);
}

static gboolean
raise_newest (ChatStoreDb *self,
              gint64       room_id,
              gint64       id)
{
  bind_id (self, SQL_RAISE_NEWEST, 1, room_id);
  bind_id (self, SQL_RAISE_NEWEST, 2, id);
  return chat_store_db_run (self, SQL_RAISE_NEWEST);
}

/* An edit that came before its message */
static gboolean
take_early_edit (ChatStoreDb      *self,
                 ChatStoreMessage *message)
{
  gboolean ok = TRUE;
  Version edit = { 0, TRUE, 0, TRUE, TRUE };

  bind_id (self, SQL_FIND_EDIT, 1, message->id);
  if (!chat_store_db_step (self, SQL_FIND_EDIT, &ok))
    return ok;
  edit.edited_date = get_id (self, SQL_FIND_EDIT, 1);
  edit.seq = get_id (self, SQL_FIND_EDIT, 2);
  if (!replaces (version_of (message), edit))
    {
      g_free (message->text);
      message->text = dup_text (self, SQL_FIND_EDIT, 0);
      g_free (message->file);
      message->file = dup_text (self, SQL_FIND_EDIT, 3);
      message->edited_date = edit.edited_date;
      message->seq = MAX (message->seq, edit.seq);
    }
  /* Whatever its text: somebody did edit it */
  message->edited = TRUE;
  chat_store_db_reset (self, SQL_FIND_EDIT);
  bind_id (self, SQL_REMOVE_EDIT, 1, message->id);
  return chat_store_db_run (self, SQL_REMOVE_EDIT);
}

/* What @kept becomes by @row, which is newer. Returns: whether anybody can see the difference */
static gboolean
merge (ChatStoreMessage       *kept,
       const ChatStoreMessage *row)
{
  gboolean visible = FALSE;

  if (g_strcmp0 (kept->text, row->text) != 0)
    {
      visible = TRUE;
      g_free (kept->text);
      kept->text = g_strdup (row->text);
    }
  if (g_strcmp0 (kept->file, row->file) != 0)
    {
      visible = TRUE;
      g_free (kept->file);
      kept->file = g_strdup (row->file);
    }
  /* A server that knows only the user's API does not say it again */
  if (row->edited)
    {
      visible = visible || !kept->edited;
      kept->edited = TRUE;
      if (row->edited_date > 0)
        kept->edited_date = row->edited_date;
    }
  if (row->date != kept->date || g_strcmp0 (row->date_text, kept->date_text) != 0)
    {
      visible = TRUE;
      kept->date = row->date;
      g_free (kept->date_text);
      kept->date_text = g_strdup (row->date_text);
    }
  if (kept->client_ref == NULL)
    kept->client_ref = g_strdup (row->client_ref);
  kept->seq = MAX (kept->seq, row->seq);
  return visible;
}

static gboolean
put_row (ChatStoreDb            *self,
         const ChatStoreMessage *row,
         GPtrArray              *events)
{
  g_autoptr (ChatStoreMessage) kept = NULL;
  gboolean ok = TRUE;

  if (exists (self, SQL_FIND_TOMBSTONE, row->id, &ok))
    {
      /* Who is about to show it must hear that it is gone */
      add_event (events, CHAT_STORE_REMOVED, row->id, row->room_id, NULL);
      return ok;
    }
  kept = find_message (self, row->id, &ok);
  if (!ok)
    return FALSE;
  if (kept == NULL)
    {
      g_autoptr (ChatStoreMessage) message = chat_store_message_copy (row);

      if (!take_early_edit (self, message) || !write_message (self, SQL_ADD_MESSAGE, message))
        return FALSE;
      add_event (events, CHAT_STORE_ADDED, message->id, message->room_id, message);
      return TRUE;
    }
  /* An id has one room for ever: a server that says something else is not believed */
  if (kept->room_id != row->room_id || !replaces (version_of (row), version_of (kept)))
    return TRUE;
  if (merge (kept, row))
    add_event (events, CHAT_STORE_CHANGED, kept->id, kept->room_id, kept);
  return write_message (self, SQL_UPDATE_MESSAGE, kept);
}

gboolean
chat_store_put_message (ChatStoreDb            *self,
                        const ChatStoreMessage *row,
                        gboolean                live,
                        GPtrArray              *events)
{
  gboolean ok = TRUE;

  /* Late words about a room that is gone */
  if (exists (self, SQL_FIND_DEAD_ROOM, row->room_id, &ok) || !ok)
    return ok;
  return cover_message (self, row, live) && put_row (self, row, events) && raise_newest (self, row->room_id, row->id);
}

gboolean
chat_store_put_preview (ChatStoreDb            *self,
                        const ChatStoreMessage *row,
                        GPtrArray              *events)
{
  g_autoptr (ChatStoreMessage) kept = NULL;
  gboolean ok = TRUE;

  if (exists (self, SQL_FIND_DEAD_ROOM, row->room_id, &ok) || !ok)
    return ok;
  kept = find_message (self, row->id, &ok);
  if (!ok)
    return FALSE;
  /* The whole of what is told here. Where it is not, no span says that it is: what is kept otherwise under that id waits for the
   * change that it learns of by this, or was put out of date by a reset */
  if (kept == NULL || !g_str_has_prefix (kept->text, row->text))
    ok = put_row (self, row, events);
  return ok && raise_newest (self, row->room_id, row->id);
}

static gboolean
remove_message (ChatStoreDb *self,
                gint64       id,
                gint64       room_id,
                GPtrArray   *events)
{
  bind_id (self, SQL_REMOVE_MESSAGE, 1, id);
  if (!chat_store_db_run (self, SQL_REMOVE_MESSAGE))
    return FALSE;
  add_event (events, CHAT_STORE_REMOVED, id, room_id, NULL);
  return TRUE;
}

/* What is kept between @from and @to and is not among @messages does not exist any more. No tombstone: that is for what was told */
static gboolean
remove_others (ChatStoreDb *self,
               gint64       room_id,
               gint64       from,
               gint64       to,
               gint64       seq,
               GPtrArray   *messages,
               GPtrArray   *events)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean ok = TRUE;
  guint at = 0;

  bind_id (self, SQL_LIST_IDS, 1, room_id);
  bind_id (self, SQL_LIST_IDS, 2, from);
  bind_id (self, SQL_LIST_IDS, 3, to);
  while (chat_store_db_step (self, SQL_LIST_IDS, &ok))
    {
      gint64 id = get_id (self, SQL_LIST_IDS, 0), row_seq = get_id (self, SQL_LIST_IDS, 1);

      while (at < messages->len && ((ChatStoreMessage *) messages->pdata[at])->id < id)
        at++;
      if (at < messages->len && ((ChatStoreMessage *) messages->pdata[at])->id == id)
        continue;
      if (seq == 0 || row_seq <= seq)
        g_array_append_val (gone, id);
    }
  for (guint i = 0; ok && i < gone->len; i++)
    ok = remove_message (self, g_array_index (gone, gint64, i), room_id, events);
  return ok;
}

gboolean
chat_store_put_page (ChatStoreDb *self,
                     gint64       room_id,
                     gint64       from,
                     gint64       to,
                     gint64       seq,
                     GPtrArray   *messages,
                     GPtrArray   *events)
{
  ChatStoreSpan span;
  gboolean ok = TRUE;

  if (exists (self, SQL_FIND_DEAD_ROOM, room_id, &ok) || !ok)
    return ok;
  if (to == CHAT_STORE_TO_NEWEST)
    {
      to = chat_store_get_newest (self, room_id, &ok);
      if (messages->len > 0)
        to = MAX (to, ((ChatStoreMessage *) messages->pdata[messages->len - 1])->id);
      /* An answer that nothing is newer than @from says nothing of what is older: the head must hang together with what is fresh */
      if (ok && (from <= to || chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_FRESH, from - 1, &span, &ok)))
        ok = chat_store_spans_set_head (self, room_id);
    }
  if (ok && from <= to)
    ok = remove_others (self, room_id, from, to, seq, messages, events) && chat_store_spans_cover (self, room_id, from, to);
  for (guint i = 0; ok && i < messages->len; i++)
    ok = chat_store_put_message (self, messages->pdata[i], FALSE, events);
  return ok;
}

static gboolean
remember_edit (ChatStoreDb *self,
               gint64       id,
               const char  *text,
               const char  *file,
               Version      edit)
{
  gboolean ok = TRUE;
  Version kept = { 0, TRUE, 0, TRUE, TRUE };

  bind_id (self, SQL_FIND_EDIT, 1, id);
  if (chat_store_db_step (self, SQL_FIND_EDIT, &ok))
    {
      kept.edited_date = get_id (self, SQL_FIND_EDIT, 1);
      kept.seq = get_id (self, SQL_FIND_EDIT, 2);
      chat_store_db_reset (self, SQL_FIND_EDIT);
      if (!replaces (edit, kept))
        return TRUE;
    }
  if (!ok)
    return FALSE;
  bind_id (self, SQL_SET_EDIT, 1, id);
  bind_text (self, SQL_SET_EDIT, 2, text);
  bind_id (self, SQL_SET_EDIT, 3, edit.edited_date);
  bind_id (self, SQL_SET_EDIT, 4, MAX (edit.seq, kept.seq));
  bind_text (self, SQL_SET_EDIT, 5, file);
  return chat_store_db_run (self, SQL_SET_EDIT);
}

gboolean
chat_store_edit_message (ChatStoreDb *self,
                         gint64       id,
                         const char  *text,
                         const char  *file,
                         gint64       date,
                         gint64       seq,
                         GPtrArray   *events)
{
  g_autoptr (ChatStoreMessage) kept = NULL, next = NULL;
  Version edit = { seq, TRUE, date, TRUE, TRUE };
  gboolean ok = TRUE;

  if (exists (self, SQL_FIND_TOMBSTONE, id, &ok) || !ok)
    return ok;
  kept = find_message (self, id, &ok);
  if (!ok)
    return FALSE;
  if (kept == NULL)
    return remember_edit (self, id, text, file, edit);
  if (!replaces (edit, version_of (kept)))
    return TRUE;
  next = chat_store_message_copy (kept);
  g_free (next->text);
  next->text = g_strdup (text);
  g_free (next->file);
  next->file = g_strdup (file);
  next->edited = TRUE;
  next->edited_date = date;
  next->seq = seq;
  if (merge (kept, next))
    add_event (events, CHAT_STORE_CHANGED, id, kept->room_id, kept);
  return write_message (self, SQL_UPDATE_MESSAGE, kept);
}

gboolean
chat_store_delete_message (ChatStoreDb *self,
                           gint64       id,
                           gint64       seq,
                           GPtrArray   *events)
{
  g_autoptr (ChatStoreMessage) kept = NULL;
  gboolean ok = TRUE;

  kept = find_message (self, id, &ok);
  if (!ok || (kept != NULL && !remove_message (self, id, kept->room_id, events)))
    return FALSE;
  bind_id (self, SQL_REMOVE_EDIT, 1, id);
  bind_id (self, SQL_ADD_TOMBSTONE, 1, id);
  bind_id (self, SQL_ADD_TOMBSTONE, 2, seq);
  return chat_store_db_run (self, SQL_REMOVE_EDIT) && chat_store_db_run (self, SQL_ADD_TOMBSTONE);
}
