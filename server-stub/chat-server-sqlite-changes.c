/* chat-server-sqlite-changes.c: every change that the storage knows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite-changes.h"

static gboolean
answer (ChatStorageJob *job, ChatStatus status)
{
  job->status = status;
  return TRUE;
}

/* @room: NULL where there is no such room */
static gboolean
find_room (ChatSqliteWriter *self, gint64 room_id, ChatSqliteRoom **room)
{
  g_autoptr (GArray) ids = NULL;
  gboolean failed = FALSE, exists;

  *room = chat_sqlite_rooms_lookup (self->rooms, room_id);
  if (*room != NULL)
    return TRUE;

  bind_id (self, SQL_HAS_ROOM, 1, room_id);
  exists = chat_sqlite_writer_step_row (self, SQL_HAS_ROOM, &failed);
  sqlite3_reset (self->statements[SQL_HAS_ROOM]);
  if (failed || !exists)
    return !failed;

  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  bind_id (self, SQL_GET_MEMBERS, 1, room_id);
  while (chat_sqlite_writer_step_row (self, SQL_GET_MEMBERS, &failed))
    {
      gint64 id = get_id (self, SQL_GET_MEMBERS, 0);

      g_array_append_val (ids, id);
    }
  if (failed)
    return FALSE;
  *room = chat_sqlite_rooms_insert (self->rooms, room_id, chat_storage_members_new ((gint64 *) ids->data, ids->len));
  return TRUE;
}

/* Sets the job's status and leaves @room NULL where the user has no business in it */
static gboolean
enter_room (ChatSqliteWriter *self, ChatStorageJob *job, ChatSqliteRoom **room, int *place)
{
  if (!find_room (self, job->room_id, room))
    return FALSE;
  if (*room == NULL)
    return answer (job, CHAT_STATUS_ROOM_DOES_NOT_EXIST);
  *place = chat_sqlite_room_find (*room, job->user_id);
  if (*place < 0)
    {
      *room = NULL;
      return answer (job, CHAT_STATUS_FORBIDDEN);
    }
  return TRUE;
}

static gboolean
has_user (ChatSqliteWriter *self, gint64 user_id, gboolean *exists)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_HAS_USER, 1, user_id);
  *exists = chat_sqlite_writer_step_row (self, SQL_HAS_USER, &failed);
  sqlite3_reset (self->statements[SQL_HAS_USER]);
  return !failed;
}

/* People and tokens */

static gboolean
add_user (ChatSqliteWriter *self, ChatStorageJob *job)
{
  g_autofree char *folded = NULL;
  gint64 id;

  if (job->name == NULL || job->secret == NULL || !chat_login_is_valid (job->name))
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  if (!chat_sqlite_writer_take_id (self, &id))
    return FALSE;
  folded = chat_login_fold (job->name);
  bind_id (self, SQL_ADD_USER, 1, id);
  bind_text (self, SQL_ADD_USER, 2, job->name);
  bind_text (self, SQL_ADD_USER, 3, folded);
  bind_text (self, SQL_ADD_USER, 4, job->secret);
  bind_id (self, SQL_ADD_USER, 5, get_date (job));
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_USER))
    return FALSE;
  if (sqlite3_changes (self->db) == 0)
    return answer (job, CHAT_STATUS_SIGNUP_USER_EXIST);
  job->user_id = id;
  return TRUE;
}

/* What a slow check of a password was made against may be another by now */
static gboolean
check_secret (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gboolean failed = FALSE;

  if (job->text == NULL)
    return TRUE;
  bind_id (self, SQL_GET_SECRET, 1, job->user_id);
  if (!chat_sqlite_writer_step_row (self, SQL_GET_SECRET, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);
  if (g_strcmp0 ((const char *) sqlite3_column_text (self->statements[SQL_GET_SECRET], 0), job->text) != 0)
    job->status = CHAT_STATUS_LOGIN_WRONG_PASS;
  sqlite3_reset (self->statements[SQL_GET_SECRET]);
  return TRUE;
}

static gboolean
set_secret (ChatSqliteWriter *self, ChatStorageJob *job)
{
  if (job->secret == NULL)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  if (!check_secret (self, job))
    return FALSE;
  if (job->status != CHAT_STATUS_SUCCESS)
    return TRUE;
  bind_id (self, SQL_SET_SECRET, 1, job->user_id);
  bind_text (self, SQL_SET_SECRET, 2, job->secret);
  if (!chat_sqlite_writer_run_statement (self, SQL_SET_SECRET))
    return FALSE;
  return sqlite3_changes (self->db) > 0 ? TRUE : answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);
}

static gboolean
add_token (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gboolean exists;
  gint64 id;

  if (job->name == NULL || job->secret == NULL)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  if (!has_user (self, job->user_id, &exists))
    return FALSE;
  if (!exists)
    return answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);
  if (!chat_sqlite_writer_take_id (self, &id))
    return FALSE;
  bind_id (self, SQL_ADD_TOKEN, 1, id);
  bind_id (self, SQL_ADD_TOKEN, 2, job->user_id);
  bind_text (self, SQL_ADD_TOKEN, 3, job->secret);
  bind_text (self, SQL_ADD_TOKEN, 4, job->name);
  bind_id (self, SQL_ADD_TOKEN, 5, get_date (job));
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_TOKEN))
    return FALSE;
  bind_id (self, SQL_TRIM_TOKENS, 1, job->user_id);
  bind_id (self, SQL_TRIM_TOKENS, 2, id);
  bind_id (self, SQL_TRIM_TOKENS, 3, CHAT_SQLITE_MAX_TOKENS - 1);
  if (!chat_sqlite_writer_run_statement (self, SQL_TRIM_TOKENS))
    return FALSE;
  job->token_id = id;
  return TRUE;
}

static gboolean
remove_token (ChatSqliteWriter *self, ChatStorageJob *job)
{
  bind_id (self, SQL_REMOVE_TOKEN, 1, job->token_id);
  bind_id (self, SQL_REMOVE_TOKEN, 2, job->user_id);
  if (!chat_sqlite_writer_run_statement (self, SQL_REMOVE_TOKEN))
    return FALSE;
  return sqlite3_changes (self->db) > 0 ? TRUE : answer (job, CHAT_STATUS_FORBIDDEN);
}

static gboolean
remove_tokens (ChatSqliteWriter *self, ChatStorageJob *job)
{
  bind_id (self, SQL_REMOVE_TOKENS, 1, job->user_id);
  bind_id (self, SQL_REMOVE_TOKENS, 2, job->token_id);
  return chat_sqlite_writer_run_statement (self, SQL_REMOVE_TOKENS);
}

static gboolean
change_secret (ChatSqliteWriter *self, ChatStorageJob *job)
{
  return set_secret (self, job) && (job->status != CHAT_STATUS_SUCCESS || remove_tokens (self, job));
}

static gboolean
get_prefs (ChatSqliteWriter *self, gint64 user_id, gboolean *exists, guint *prefs)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_GET_PREFS, 1, user_id);
  *exists = chat_sqlite_writer_step_row (self, SQL_GET_PREFS, &failed);
  if (*exists)
    *prefs = get_id (self, SQL_GET_PREFS, 0) & CHAT_STORAGE_ALL_PREFS;
  sqlite3_reset (self->statements[SQL_GET_PREFS]);
  return !failed;
}

static gboolean
set_prefs (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gboolean exists;
  guint old = 0;

  if (!get_prefs (self, job->user_id, &exists, &old))
    return FALSE;
  if (!exists)
    return answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);
  job->prefs = (old & ~job->mask) | (job->prefs & job->mask & CHAT_STORAGE_ALL_PREFS);
  if (job->prefs == old)
    return TRUE;
  if (!chat_sqlite_writer_take_id (self, &job->seq))
    return FALSE;
  bind_id (self, SQL_SET_PREFS, 1, job->user_id);
  bind_id (self, SQL_SET_PREFS, 2, job->prefs);
  return chat_sqlite_writer_run_statement (self, SQL_SET_PREFS)
         && chat_sqlite_writer_note (self, job->user_id, CHAT_STORAGE_CHANGE_ACCOUNT, job->user_id, job->seq);
}

static gboolean
set_last_seen (ChatSqliteWriter *self, ChatStorageJob *job)
{
  job->date = get_date (job);
  bind_id (self, SQL_SET_LAST_SEEN, 1, job->user_id);
  bind_id (self, SQL_SET_LAST_SEEN, 2, job->date);
  return chat_sqlite_writer_run_statement (self, SQL_SET_LAST_SEEN);
}

static gboolean
use_token (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gboolean failed = FALSE;

  if (job->secret == NULL)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  bind_text (self, SQL_FIND_TOKEN, 1, job->secret);
  if (!chat_sqlite_writer_step_row (self, SQL_FIND_TOKEN, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_LOGIN_WRONG_PASS);
  job->token_id = get_id (self, SQL_FIND_TOKEN, 0);
  job->user_id = get_id (self, SQL_FIND_TOKEN, 1);
  g_free (job->name);
  job->name = g_strdup ((const char *) sqlite3_column_text (self->statements[SQL_FIND_TOKEN], 2));
  job->prefs = get_id (self, SQL_FIND_TOKEN, 3) & CHAT_STORAGE_ALL_PREFS;
  sqlite3_reset (self->statements[SQL_FIND_TOKEN]);

  if (self->only_reads)
    return TRUE;
  bind_id (self, SQL_TOUCH_TOKEN, 1, job->token_id);
  bind_id (self, SQL_TOUCH_TOKEN, 2, get_date (job));
  return chat_sqlite_writer_run_statement (self, SQL_TOUCH_TOKEN);
}

/* Rooms */

static gboolean
make_room (ChatSqliteWriter *self, ChatStorageJob *job, gint64 low, gint64 high)
{
  const gint64 ids[] = { low, high };
  gint64 id;

  if (!chat_sqlite_writer_take_id (self, &id))
    return FALSE;
  bind_id (self, SQL_ADD_ROOM, 1, id);
  bind_id (self, SQL_ADD_ROOM, 2, get_date (job));
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_ROOM))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      bind_id (self, SQL_ADD_MEMBER, 1, id);
      bind_id (self, SQL_ADD_MEMBER, 2, ids[i]);
      if (!chat_sqlite_writer_run_statement (self, SQL_ADD_MEMBER)
          || !chat_sqlite_writer_note (self, ids[i], CHAT_STORAGE_CHANGE_ROOM, id, id))
        return FALSE;
    }
  bind_id (self, SQL_ADD_DIRECT, 1, low);
  bind_id (self, SQL_ADD_DIRECT, 2, high);
  bind_id (self, SQL_ADD_DIRECT, 3, id);
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_DIRECT))
    return FALSE;
  /* The last step: what is in the cache is in the database */
  job->members = chat_storage_members_new (ids, G_N_ELEMENTS (ids));
  chat_sqlite_rooms_insert (self->rooms, id, chat_storage_members_ref (job->members));
  job->room_id = id;
  job->seq = id;
  job->created = TRUE;
  return TRUE;
}

static gboolean
add_room (ChatSqliteWriter *self, ChatStorageJob *job)
{
  g_autofree char *folded = NULL;
  ChatSqliteRoom *room;
  gboolean failed = FALSE, exists;
  gint64 other, low, high;

  if (job->name == NULL)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  if (!has_user (self, job->user_id, &exists))
    return FALSE;
  if (!exists)
    return answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);

  folded = chat_login_fold (job->name);
  bind_text (self, SQL_FIND_USER, 1, folded);
  if (!chat_sqlite_writer_step_row (self, SQL_FIND_USER, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);
  other = get_id (self, SQL_FIND_USER, 0);
  g_free (job->name);
  job->name = g_strdup ((const char *) sqlite3_column_text (self->statements[SQL_FIND_USER], 1));
  sqlite3_reset (self->statements[SQL_FIND_USER]);
  if (other == job->user_id)
    return answer (job, CHAT_STATUS_FORBIDDEN);

  low = MIN (other, job->user_id);
  high = MAX (other, job->user_id);
  bind_id (self, SQL_FIND_DIRECT, 1, low);
  bind_id (self, SQL_FIND_DIRECT, 2, high);
  if (!chat_sqlite_writer_step_row (self, SQL_FIND_DIRECT, &failed))
    return failed ? FALSE : make_room (self, job, low, high);
  job->room_id = get_id (self, SQL_FIND_DIRECT, 0);
  sqlite3_reset (self->statements[SQL_FIND_DIRECT]);
  if (!find_room (self, job->room_id, &room) || room == NULL)
    return FALSE;
  job->members = chat_storage_members_ref (room->members);
  return TRUE;
}

static gboolean
remove_room (ChatSqliteWriter *self, ChatStorageJob *job)
{
  g_autoptr (ChatStorageMembers) members = NULL;
  ChatSqliteRoom *room;
  int place;

  if (!enter_room (self, job, &room, &place))
    return FALSE;
  if (room == NULL)
    return TRUE;
  members = chat_storage_members_ref (room->members);
  chat_sqlite_rooms_remove (self->rooms, job->room_id);

  if (!chat_sqlite_writer_take_id (self, &job->seq))
    return FALSE;
  for (guint i = 0; i < members->n_ids; i++)
    {
      bind_id (self, SQL_FORGET_ROOM, 1, members->ids[i]);
      bind_id (self, SQL_FORGET_ROOM, 2, CHAT_STORAGE_CHANGE_SETTING);
      bind_id (self, SQL_FORGET_ROOM, 3, CHAT_STORAGE_CHANGE_READ);
      bind_id (self, SQL_FORGET_ROOM, 4, job->room_id);
      if (!chat_sqlite_writer_run_statement (self, SQL_FORGET_ROOM)
          || !chat_sqlite_writer_note (self, members->ids[i], CHAT_STORAGE_CHANGE_ROOM, job->room_id, job->seq))
        return FALSE;
    }
  bind_id (self, SQL_ADD_DEAD_ROOM, 1, job->room_id);
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_DEAD_ROOM))
    return FALSE;
  bind_id (self, SQL_REMOVE_ROOM, 1, job->room_id);
  if (!chat_sqlite_writer_run_statement (self, SQL_REMOVE_ROOM))
    return FALSE;
  job->members = g_steal_pointer (&members);
  return TRUE;
}

static gboolean
set_room (ChatSqliteWriter *self, ChatStorageJob *job)
{
  ChatSqliteRoom *room;
  gboolean failed = FALSE;
  int place;

  if (!enter_room (self, job, &room, &place))
    return FALSE;
  if (room == NULL)
    return TRUE;
  bind_id (self, SQL_SET_ROOM, 1, job->room_id);
  bind_id (self, SQL_SET_ROOM, 2, job->user_id);
  bind_id (self, SQL_SET_ROOM, 3, job->set_muted);
  bind_id (self, SQL_SET_ROOM, 4, job->set_pinned);
  if (!chat_sqlite_writer_step_row (self, SQL_SET_ROOM, &failed))
    return FALSE;
  job->set_muted = get_id (self, SQL_SET_ROOM, 0) != 0;
  job->set_pinned = get_id (self, SQL_SET_ROOM, 1) != 0;
  sqlite3_reset (self->statements[SQL_SET_ROOM]);
  return chat_sqlite_writer_take_id (self, &job->seq)
         && chat_sqlite_writer_note (self, job->user_id, CHAT_STORAGE_CHANGE_SETTING, job->room_id, job->seq);
}

static gboolean
get_members (ChatSqliteWriter *self, ChatStorageJob *job)
{
  ChatSqliteRoom *room;
  int place;

  if (!enter_room (self, job, &room, &place))
    return FALSE;
  if (room != NULL)
    job->members = chat_storage_members_ref (room->members);
  return TRUE;
}

/* Messages */

static gboolean
find_ref (ChatSqliteWriter *self, ChatStorageJob *job, gboolean *found)
{
  ChatSqliteRoom *room;
  gboolean failed = FALSE;

  bind_id (self, SQL_FIND_REF, 1, job->user_id);
  bind_text (self, SQL_FIND_REF, 2, job->client_ref);
  *found = chat_sqlite_writer_step_row (self, SQL_FIND_REF, &failed);
  if (!*found)
    return !failed;
  job->message_id = get_id (self, SQL_FIND_REF, 0);
  job->date = get_id (self, SQL_FIND_REF, 1);
  sqlite3_reset (self->statements[SQL_FIND_REF]);
  if (!find_room (self, job->room_id, &room))
    return FALSE;
  if (room != NULL && chat_sqlite_room_find (room, job->user_id) >= 0)
    job->members = chat_storage_members_ref (room->members);
  return TRUE;
}

static void
raise_mark (ChatSqliteWriter *self, ChatSqliteRoom *room, guint place, gint64 message_id)
{
  if (room->marks == NULL)
    room->marks = g_new0 (gint64, room->members->n_ids);
  if (room->marks[place] == 0)
    {
      DirtyMark dirty = { room, place };

      g_array_append_val (self->dirty, dirty);
    }
  room->marks[place] = message_id;
}

static gboolean
add_message (ChatSqliteWriter *self, ChatStorageJob *job)
{
  ChatSqliteRoom *room;
  gboolean found = FALSE;
  gint64 id, date, file_id;
  int place;

  if (job->text == NULL || job->kind > CHAT_MESSAGE_KIND_IMAGE)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  if (job->client_ref != NULL && !find_ref (self, job, &found))
    return FALSE;
  if (found)
    return TRUE;
  if (!enter_room (self, job, &room, &place))
    return FALSE;
  if (room == NULL)
    return TRUE;
  if (!chat_sqlite_find_file (self, job, job->kind, &file_id))
    return FALSE;
  if (job->status != CHAT_STATUS_SUCCESS)
    return TRUE;
  if (!chat_sqlite_writer_take_id (self, &id))
    return FALSE;
  date = get_date (job);
  bind_id (self, SQL_ADD_MESSAGE, 1, id);
  bind_id (self, SQL_ADD_MESSAGE, 2, job->room_id);
  bind_id (self, SQL_ADD_MESSAGE, 3, job->user_id);
  bind_id (self, SQL_ADD_MESSAGE, 4, job->kind);
  bind_id (self, SQL_ADD_MESSAGE, 5, date);
  bind_text (self, SQL_ADD_MESSAGE, 6, job->client_ref);
  bind_text (self, SQL_ADD_MESSAGE, 7, job->text);
  chat_sqlite_bind_file (self, SQL_ADD_MESSAGE, 8, file_id);
  if (!chat_sqlite_writer_run_statement (self, SQL_ADD_MESSAGE) || !chat_sqlite_use_file (self, file_id))
    return FALSE;
  if (job->client_ref != NULL)
    {
      bind_id (self, SQL_ADD_REF, 1, job->user_id);
      bind_text (self, SQL_ADD_REF, 2, job->client_ref);
      bind_id (self, SQL_ADD_REF, 3, id);
      bind_id (self, SQL_ADD_REF, 4, date);
      if (!chat_sqlite_writer_run_statement (self, SQL_ADD_REF))
        return FALSE;
    }
  raise_mark (self, room, place, id);
  job->message_id = id;
  job->seq = id;
  job->date = date;
  job->created = TRUE;
  job->members = chat_storage_members_ref (room->members);
  return TRUE;
}

/* The message must be there, in a room of the user's, and the user's own. @room is NULL where it is not, and the status set. */
static gboolean
find_own_message (ChatSqliteWriter *self, ChatStorageJob *job, ChatSqliteRoom **room, gint64 *kind, gint64 *file_id)
{
  gboolean failed = FALSE;
  gint64 room_id, sender_id;

  *room = NULL;
  bind_id (self, SQL_FIND_MESSAGE, 1, job->message_id);
  if (!chat_sqlite_writer_step_row (self, SQL_FIND_MESSAGE, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  room_id = get_id (self, SQL_FIND_MESSAGE, 0);
  sender_id = get_id (self, SQL_FIND_MESSAGE, 1);
  *kind = get_id (self, SQL_FIND_MESSAGE, 2);
  *file_id = get_id (self, SQL_FIND_MESSAGE, 3);
  sqlite3_reset (self->statements[SQL_FIND_MESSAGE]);
  if (!find_room (self, room_id, room))
    return FALSE;
  if (*room == NULL || chat_sqlite_room_find (*room, job->user_id) < 0)
    {
      *room = NULL;
      return answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
    }
  if (sender_id != job->user_id)
    {
      *room = NULL;
      return answer (job, CHAT_STATUS_FORBIDDEN);
    }
  return TRUE;
}

static gboolean
note_message (ChatSqliteWriter *self, ChatStorageJob *job, gint64 room_id)
{
  return chat_sqlite_writer_take_id (self, &job->seq)
         && chat_sqlite_writer_note (self, room_id, CHAT_STORAGE_CHANGE_MESSAGE, job->message_id, job->seq);
}

static gboolean
edit_message (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gint64 kind, file_id, old_file_id;
  ChatSqliteRoom *room;

  if (job->text == NULL)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  if (!find_own_message (self, job, &room, &kind, &old_file_id))
    return FALSE;
  if (room == NULL)
    return TRUE;
  if (!chat_sqlite_find_file (self, job, kind, &file_id))
    return FALSE;
  if (job->status != CHAT_STATUS_SUCCESS)
    return TRUE;
  job->date = get_date (job);
  bind_id (self, SQL_EDIT_MESSAGE, 1, job->message_id);
  bind_text (self, SQL_EDIT_MESSAGE, 2, job->text);
  bind_id (self, SQL_EDIT_MESSAGE, 3, job->date);
  chat_sqlite_bind_file (self, SQL_EDIT_MESSAGE, 4, file_id);
  if (!chat_sqlite_writer_run_statement (self, SQL_EDIT_MESSAGE) || !note_message (self, job, room->id))
    return FALSE;
  if (file_id != old_file_id
      && (!chat_sqlite_use_file (self, file_id) || !chat_sqlite_release_file (self, old_file_id)))
    return FALSE;
  job->room_id = room->id;
  job->members = chat_storage_members_ref (room->members);
  return TRUE;
}

/* A mark that rose because its owner sent a message is told by that message. One that is deleted tells nothing: whoever was away would never
 * learn of the mark, which is therefore a change by itself from now on */
static gboolean
note_mark_of_removed (ChatSqliteWriter *self, ChatStorageJob *job, gint64 room_id)
{
  gboolean exists, failed = FALSE;
  guint prefs = 0;
  gint64 read, seq;

  if (!chat_sqlite_writer_flush_marks (self))
    return FALSE;
  bind_id (self, SQL_GET_MARK, 1, room_id);
  bind_id (self, SQL_GET_MARK, 2, job->user_id);
  if (!chat_sqlite_writer_step_row (self, SQL_GET_MARK, &failed))
    return !failed;
  read = get_id (self, SQL_GET_MARK, 0);
  sqlite3_reset (self->statements[SQL_GET_MARK]);
  if (read != job->message_id)
    return TRUE;
  if (!get_prefs (self, job->user_id, &exists, &prefs) || !chat_sqlite_writer_take_id (self, &seq)
      || !chat_sqlite_writer_note (self, job->user_id, CHAT_STORAGE_CHANGE_READ, room_id, seq))
    return FALSE;
  return (prefs & CHAT_STORAGE_HIDE_RECEIPTS) != 0
         || chat_sqlite_writer_note (self, room_id, CHAT_STORAGE_CHANGE_RECEIPT, job->user_id, seq);
}

static gboolean
remove_message (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gint64 kind, file_id;
  ChatSqliteRoom *room;
  guint n;

  if (!find_own_message (self, job, &room, &kind, &file_id))
    return FALSE;
  if (room == NULL)
    return TRUE;
  bind_id (self, SQL_REMOVE_MESSAGE, 1, job->message_id);
  if (!note_mark_of_removed (self, job, room->id) || !chat_sqlite_drop_messages (self, SQL_REMOVE_MESSAGE, &n)
      || !note_message (self, job, room->id))
    return FALSE;
  job->room_id = room->id;
  job->members = chat_storage_members_ref (room->members);
  return TRUE;
}

/* Whom a mark that rose may be told, and that it did. @kind: what the person's own devices are told by */
static gboolean
note_mark (ChatSqliteWriter *self, ChatStorageJob *job, ChatSqliteRoom *room)
{
  gboolean exists;
  guint prefs = 0;

  job->created = TRUE;
  if (!get_prefs (self, job->user_id, &exists, &prefs) || !chat_sqlite_writer_take_id (self, &job->seq))
    return FALSE;
  if (job->op == CHAT_STORAGE_MARK_READ
      && !chat_sqlite_writer_note (self, job->user_id, CHAT_STORAGE_CHANGE_READ, job->room_id, job->seq))
    return FALSE;
  if (prefs & CHAT_STORAGE_HIDE_RECEIPTS)
    return TRUE;
  job->members = chat_storage_members_ref (room->members);
  return chat_sqlite_writer_note (self, job->room_id, CHAT_STORAGE_CHANGE_RECEIPT, job->user_id, job->seq);
}

static gboolean
raise_to (ChatSqliteWriter *self, ChatStorageJob *job, int statement, gint64 mark)
{
  bind_id (self, statement, 1, job->room_id);
  bind_id (self, statement, 2, job->user_id);
  bind_id (self, statement, 3, mark);
  return chat_sqlite_writer_run_statement (self, statement);
}

/* Both marks */
static gboolean
mark (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gboolean is_read = job->op == CHAT_STORAGE_MARK_READ, failed = FALSE;
  gint64 read = 0, delivered = 0, newest = 0, wanted, old;
  ChatSqliteRoom *room;
  int place;

  if (!enter_room (self, job, &room, &place))
    return FALSE;
  if (room == NULL)
    return TRUE;
  if (!chat_sqlite_writer_flush_marks (self))
    return FALSE;
  bind_id (self, SQL_GET_MARK, 1, job->room_id);
  bind_id (self, SQL_GET_MARK, 2, job->user_id);
  if (!chat_sqlite_writer_step_row (self, SQL_GET_MARK, &failed))
    return FALSE;
  read = get_id (self, SQL_GET_MARK, 0);
  delivered = MAX (read, get_id (self, SQL_GET_MARK, 1));
  sqlite3_reset (self->statements[SQL_GET_MARK]);
  bind_id (self, SQL_GET_NEWEST, 1, job->room_id);
  if (chat_sqlite_writer_step_row (self, SQL_GET_NEWEST, &failed))
    {
      newest = get_id (self, SQL_GET_NEWEST, 0);
      sqlite3_reset (self->statements[SQL_GET_NEWEST]);
    }
  if (failed)
    return FALSE;

  wanted = MIN (job->message_id, newest);
  old = is_read ? read : delivered;
  job->message_id = MAX (wanted, old);
  if (wanted > old
      && (!raise_to (self, job, is_read ? SQL_RAISE_MARK : SQL_RAISE_DELIVERED, wanted) || !note_mark (self, job, room)))
    return FALSE;
  if (!is_read)
    return TRUE;
  /* Whoever sends has read what came before: no message after a mark is of the marker's own */
  bind_id (self, SQL_COUNT_UNREAD, 1, job->room_id);
  bind_id (self, SQL_COUNT_UNREAD, 2, job->message_id);
  bind_id (self, SQL_COUNT_UNREAD, 3, CHAT_SQLITE_MAX_UNREAD);
  if (!chat_sqlite_writer_step_row (self, SQL_COUNT_UNREAD, &failed))
    return FALSE;
  job->unread = get_id (self, SQL_COUNT_UNREAD, 0);
  sqlite3_reset (self->statements[SQL_COUNT_UNREAD]);
  return TRUE;
}

/* A savepoint for those that write more than once: one that fails half way takes nobody else with it. A message has none: that
 * its second statement fails is so rare that the batch may go with it. */
const ChatSqliteChangeInfo chat_sqlite_changes[CHAT_STORAGE_LAST_CHANGE + 1] = {
  [CHAT_STORAGE_ADD_USER] = { add_user, FALSE },
  [CHAT_STORAGE_SET_SECRET] = { set_secret, FALSE },
  [CHAT_STORAGE_ADD_TOKEN] = { add_token, TRUE },
  [CHAT_STORAGE_REMOVE_TOKEN] = { remove_token, FALSE },
  [CHAT_STORAGE_USE_TOKEN] = { use_token, FALSE },
  [CHAT_STORAGE_ADD_ROOM] = { add_room, TRUE },
  [CHAT_STORAGE_REMOVE_ROOM] = { remove_room, TRUE },
  [CHAT_STORAGE_ADD_MESSAGE] = { add_message, FALSE },
  [CHAT_STORAGE_EDIT_MESSAGE] = { edit_message, TRUE },
  [CHAT_STORAGE_REMOVE_MESSAGE] = { remove_message, TRUE },
  [CHAT_STORAGE_MARK_READ] = { mark, TRUE },
  [CHAT_STORAGE_MARK_DELIVERED] = { mark, TRUE },
  [CHAT_STORAGE_SET_ROOM] = { set_room, TRUE },
  [CHAT_STORAGE_CHANGE_SECRET] = { change_secret, TRUE },
  [CHAT_STORAGE_REMOVE_TOKENS] = { remove_tokens, FALSE },
  [CHAT_STORAGE_SET_PREFS] = { set_prefs, TRUE },
  [CHAT_STORAGE_SET_LAST_SEEN] = { set_last_seen, FALSE },
  [CHAT_STORAGE_GET_MEMBERS] = { get_members, FALSE },
  [CHAT_STORAGE_EXPIRE] = { chat_sqlite_expire, TRUE },
  [CHAT_STORAGE_ADD_UPLOAD] = { chat_sqlite_add_upload, FALSE },
  [CHAT_STORAGE_FINISH_UPLOAD] = { chat_sqlite_finish_upload, TRUE },
  [CHAT_STORAGE_EXPIRE_MEDIA] = { chat_sqlite_expire_media, TRUE },
};
