/* chat-store-changes.c: carries out a batch
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

#define META_SEQ "seq"
#define META_ABILITIES "abilities"
#define META_ACCOUNT "account"
#define META_COUNTED "counted"

/* Rows that one statement changes at most, where each may be large */
#define FORGET_STEP 100

static gboolean
run_on_room (ChatStoreDb  *self,
             ChatStoreSql  statement,
             gint64        room_id)
{
  bind_id (self, statement, 1, room_id);
  return chat_store_db_run (self, statement);
}

/* @seq: (out): as of which it was told. Returns: whether the room is in the table */
static gboolean
find (ChatStoreDb  *self,
      ChatStoreSql  statement,
      gint64        room_id,
      gint64       *seq,
      gboolean     *ok)
{
  *seq = 0;
  bind_id (self, statement, 1, room_id);
  if (!chat_store_db_step (self, statement, ok))
    return FALSE;
  *seq = get_id (self, statement, 0);
  chat_store_db_reset (self, statement);
  return TRUE;
}

static gboolean
write_room (ChatStoreDb         *self,
            const ChatStoreRoom *room)
{
  const gint64 numbers[] = { room->kind, room->first_id, room->newest_id, room->read_mark, room->unread, room->pinned, room->muted,
                             room->marked_unread, room->activity, room->seq };

  bind_id (self, SQL_PUT_ROOM, 1, room->id);
  bind_text (self, SQL_PUT_ROOM, 2, room->name);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    bind_id (self, SQL_PUT_ROOM, i + 3, numbers[i]);
  if (!chat_store_db_run (self, SQL_PUT_ROOM))
    return FALSE;
  if (room->members == NULL)
    return TRUE;
  if (!run_on_room (self, SQL_REMOVE_MEMBERS, room->id))
    return FALSE;
  for (guint i = 0; room->members[i] != NULL; i++)
    {
      bind_id (self, SQL_ADD_MEMBER, 1, room->id);
      bind_id (self, SQL_ADD_MEMBER, 2, i);
      bind_text (self, SQL_ADD_MEMBER, 3, room->members[i]);
      if (!chat_store_db_run (self, SQL_ADD_MEMBER))
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_room (ChatStoreDb           *self,
          const ChatStoreChange *change,
          GPtrArray             *events)
{
  const ChatStoreRoom *room = change->room;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  gboolean ok = TRUE, dead;
  gint64 known, seq = change->seq;

  dead = find (self, SQL_FIND_DEAD_ROOM, room->id, &known, &ok);
  if (!ok || (dead && seq > 0 && known > 0 && seq <= known))
    return ok;
  if (dead && !run_on_room (self, SQL_REMOVE_DEAD_ROOM, room->id))
    return FALSE;
  if (find (self, SQL_FIND_ROOM, room->id, &known, &ok) && seq > 0 && known > seq)
    return TRUE;
  if (!ok || !write_room (self, room))
    return FALSE;
  if (room->first_id == 0)
    return chat_store_put_page (self, room->id, CHAT_STORE_BEGINNING, CHAT_STORE_TO_NEWEST, seq, none, events);
  if (room->first_id > 0)
    return chat_store_put_page (self, room->id, CHAT_STORE_BEGINNING, room->first_id - 1, seq, none, events);
  return TRUE;
}

static gboolean
remove_room (ChatStoreDb *self,
             gint64       room_id,
             gint64       seq,
             GPtrArray   *events)
{
  static const ChatStoreSql statements[] = { SQL_REMOVE_MEMBERS, SQL_REMOVE_MARKS, SQL_REMOVE_SPANS, SQL_REMOVE_DRAFT,
                                             SQL_REMOVE_POSITION, SQL_REMOVE_WISH, SQL_REMOVE_MESSAGES, SQL_REMOVE_ROOM };
  gint64 before = sqlite3_total_changes64 (self->db);

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    if (!run_on_room (self, statements[i], room_id))
      return FALSE;
  if (events != NULL && sqlite3_total_changes64 (self->db) != before)
    {
      ChatStoreEvent *event = g_new0 (ChatStoreEvent, 1);

      event->kind = CHAT_STORE_ROOM_REMOVED;
      event->room_id = room_id;
      g_ptr_array_add (events, event);
    }
  bind_id (self, SQL_ADD_DEAD_ROOM, 2, seq);
  return run_on_room (self, SQL_ADD_DEAD_ROOM, room_id);
}

static gboolean
retain_rooms (ChatStoreDb           *self,
              const ChatStoreChange *change,
              GPtrArray             *events)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean ok = TRUE;
  guint at = 0;

  bind_id (self, SQL_LIST_OTHER_ROOMS, 1, change->seq);
  while (chat_store_db_step (self, SQL_LIST_OTHER_ROOMS, &ok))
    {
      gint64 id = get_id (self, SQL_LIST_OTHER_ROOMS, 0);

      while (at < change->ids->len && g_array_index (change->ids, gint64, at) < id)
        at++;
      if (at == change->ids->len || g_array_index (change->ids, gint64, at) != id)
        g_array_append_val (gone, id);
    }
  for (guint i = 0; ok && i < gone->len; i++)
    ok = remove_room (self, g_array_index (gone, gint64, i), change->seq, events);
  return ok;
}

static gboolean
set_numbers (ChatStoreDb           *self,
             ChatStoreSql           statement,
             const ChatStoreChange *change)
{
  for (int i = 0; i < 3; i++)
    bind_id (self, statement, i + 2, change->numbers[i]);
  return run_on_room (self, statement, change->id);
}

static gboolean
set_read (ChatStoreDb           *self,
          const ChatStoreChange *change)
{
  bind_id (self, SQL_SET_READ, 2, change->a);
  bind_id (self, SQL_SET_READ, 3, change->numbers[0]);
  return run_on_room (self, SQL_SET_READ, change->id);
}

static gboolean
set_mark (ChatStoreDb           *self,
          const ChatStoreChange *change)
{
  bind_text (self, SQL_RAISE_MARK, 2, change->text);
  bind_id (self, SQL_RAISE_MARK, 3, change->a);
  bind_id (self, SQL_RAISE_MARK, 4, change->b);
  return run_on_room (self, SQL_RAISE_MARK, change->id);
}

static gboolean
set_meta (ChatStoreDb  *self,
          ChatStoreSql  statement,
          const char   *key,
          gint64        value)
{
  bind_text (self, statement, 1, key);
  bind_id (self, statement, 2, value);
  return chat_store_db_run (self, statement);
}

/* A few at a time: what a statement changes SQLite keeps in memory until its end */
static gboolean
forget_seqs (ChatStoreDb  *self,
             ChatStoreSql  step,
             ChatStoreSql  forget)
{
  gint64 from = 0, to;
  gboolean ok = TRUE;

  do
    {
      to = CHAT_STORE_MAX_ID;
      bind_id (self, step, 1, from);
      bind_id (self, step, 2, FORGET_STEP - 1);
      if (chat_store_db_step (self, step, &ok))
        {
          to = get_id (self, step, 0);
          chat_store_db_reset (self, step);
        }
      bind_id (self, forget, 1, from);
      bind_id (self, forget, 2, to);
      ok = ok && chat_store_db_run (self, forget);
      from = to;
    }
  while (ok && to < CHAT_STORE_MAX_ID);
  return ok;
}

static gboolean
reset (ChatStoreDb *self,
       gint64       seq)
{
  gboolean ok = TRUE;
  gint64 kept = chat_store_db_get_meta (self, META_SEQ, &ok);

  if (!ok)
    return FALSE;
  /* The server counts from an earlier point again (it was restored from a copy): what we noted by its old count says nothing about
   * age any more */
  if (seq < kept
      && (!chat_store_db_run (self, SQL_FORGET_ROOM_SEQS) || !forget_seqs (self, SQL_STEP_MESSAGES, SQL_FORGET_MESSAGE_SEQS)
          || !forget_seqs (self, SQL_STEP_EDITS, SQL_FORGET_EDIT_SEQS) || !chat_store_db_run (self, SQL_FORGET_DEAD_SEQS)))
    return FALSE;
  return chat_store_db_run (self, SQL_DROP_FRESH) && set_meta (self, SQL_SET_META, META_SEQ, seq);
}

static gboolean
set_draft (ChatStoreDb           *self,
           const ChatStoreChange *change)
{
  if (change->text == NULL)
    return run_on_room (self, SQL_REMOVE_DRAFT, change->id);
  bind_text (self, SQL_SET_DRAFT, 2, change->text);
  bind_id (self, SQL_SET_DRAFT, 3, change->a);
  return run_on_room (self, SQL_SET_DRAFT, change->id);
}

static gboolean
set_position (ChatStoreDb           *self,
              const ChatStoreChange *change)
{
  bind_id (self, SQL_SET_POSITION, 2, change->a);
  bind_id (self, SQL_SET_POSITION, 3, change->numbers[0]);
  bind_id (self, SQL_SET_POSITION, 4, change->numbers[1]);
  return run_on_room (self, SQL_SET_POSITION, change->id);
}

static gboolean
set_wish (ChatStoreDb           *self,
          const ChatStoreChange *change)
{
  if (change->numbers[0] < 0 && change->numbers[1] < 0)
    return run_on_room (self, SQL_REMOVE_WISH, change->id);
  bind_id (self, SQL_SET_WISH, 2, change->numbers[0]);
  bind_id (self, SQL_SET_WISH, 3, change->numbers[1]);
  return run_on_room (self, SQL_SET_WISH, change->id);
}

static gboolean
run_change (ChatStoreDb           *self,
            const ChatStoreChange *change,
            GPtrArray             *events)
{
  switch (change->kind)
    {
    case CHAT_STORE_PUT_ROOM:
      return put_room (self, change, events);
    case CHAT_STORE_RETAIN_ROOMS:
      return retain_rooms (self, change, events);
    case CHAT_STORE_REMOVE_ROOM:
      return remove_room (self, change->id, change->seq, events);
    case CHAT_STORE_SET_READ:
      return set_read (self, change);
    case CHAT_STORE_SET_FLAGS:
      return set_numbers (self, SQL_SET_FLAGS, change);
    case CHAT_STORE_SET_MARK:
      return set_mark (self, change);
    case CHAT_STORE_PUT_MESSAGE:
      return chat_store_put_message (self, change->message, change->numbers[0], events);
    case CHAT_STORE_PUT_PREVIEW:
      return chat_store_put_preview (self, change->message, events);
    case CHAT_STORE_PUT_PAGE:
      /* Where something of it could not be kept, it says nothing about the range: from > to */
      return chat_store_put_page (self, change->id, change->numbers[0] ? change->a : 1, change->numbers[0] ? change->b : 0,
                                  change->seq, change->messages, events);
    case CHAT_STORE_EDIT_MESSAGE:
      return chat_store_edit_message (self, change->id, change->text, change->file, change->a, change->seq, events);
    case CHAT_STORE_DELETE_MESSAGE:
      return chat_store_delete_message (self, change->id, change->seq, events);
    case CHAT_STORE_SET_SEQ:
      return set_meta (self, SQL_RAISE_META, META_SEQ, change->seq);
    case CHAT_STORE_RESET:
      return reset (self, change->seq);
    case CHAT_STORE_SET_ABILITIES:
      return set_meta (self, SQL_SET_META, META_ABILITIES, change->a);
    case CHAT_STORE_SET_COUNTED:
      return set_meta (self, SQL_SET_META, META_COUNTED, change->a);
    case CHAT_STORE_SET_ACCOUNT:
      return set_meta (self, SQL_SET_META, META_ACCOUNT, change->a);
    case CHAT_STORE_SETTLE:
      return chat_store_settle_out (self, change->id, change->a);
    case CHAT_STORE_SET_DRAFT:
      return set_draft (self, change);
    case CHAT_STORE_SET_POSITION:
      return set_position (self, change);
    case CHAT_STORE_SET_WISH:
      return set_wish (self, change);
    case CHAT_STORE_SET_DOWNLOAD:
      return chat_store_set_download (self, change);
    case CHAT_STORE_N_CHANGES:
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
chat_store_run_batch (ChatStoreDb    *self,
                      ChatStoreBatch *batch,
                      GPtrArray      *events)
{
  for (guint i = 0; i < batch->changes->len; i++)
    if (!run_change (self, batch->changes->pdata[i], events))
      return FALSE;
  return TRUE;
}

gboolean
chat_store_read_state (ChatStoreDb    *self,
                       ChatStoreState *state)
{
  gboolean ok = TRUE;

  state->seq = chat_store_db_get_meta (self, META_SEQ, &ok);
  state->abilities = chat_store_db_get_meta (self, META_ABILITIES, &ok);
  state->counted = chat_store_db_get_meta (self, META_COUNTED, &ok);
  state->account = chat_store_db_get_meta (self, META_ACCOUNT, &ok);
  return ok;
}
