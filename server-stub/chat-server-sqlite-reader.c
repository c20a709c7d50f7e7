/* chat-server-sqlite-reader.c: every question that the storage answers, on a connection that only reads
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite-reader-private.h"

#include "chat-limits.h"
#include "chat-server-sqlite-file.h"
#include "chat-server-sqlite-schema.h"
#include "chat-server-sqlite-writer.h"

#define MESSAGE_COLUMNS "id, room_id, sender_id, kind, date, edited, client_ref, text, file_id"
/* Somebody may have a great many rooms, each with a message of 64 KiB at its end */
#define PREVIEW_COLUMNS "id, room_id, sender_id, kind, date, edited, client_ref, substr (text, 1, 256), file_id"

static const char *const sql[N_STATEMENTS] = {
  [SQL_BEGIN] = "BEGIN",
  [SQL_END] = "COMMIT",
  [SQL_FIND_USER] = "SELECT id, login, hash, prefs FROM users WHERE folded = ?1",
  [SQL_GET_LOGIN] = "SELECT login FROM users WHERE id = ?1",
  [SQL_SEARCH_PREFIX] = "SELECT login FROM users WHERE folded >= ?1 AND folded < ?2 ORDER BY folded LIMIT ?3",
  /* instr () takes the text as it is: there are no wildcards to escape */
  [SQL_SEARCH_INSIDE] = "SELECT login FROM users WHERE instr (folded, ?1) > 1 ORDER BY folded LIMIT ?2",
  [SQL_LIST_TOKENS] = "SELECT id, device, created, last_used FROM tokens WHERE user_id = ?1 ORDER BY id DESC",
  [SQL_HAS_ROOM] = "SELECT 1 FROM rooms WHERE id = ?1",
  [SQL_HAS_MEMBER] = "SELECT 1 FROM members WHERE room_id = ?1 AND user_id = ?2",
  /* Rooms and messages draw their ids from one counter: a room without messages is as recent as its own id */
  [SQL_LIST_ROOMS] = "SELECT room_id, read_mark, muted, pinned,"
                     " ifnull((SELECT m.id FROM messages m WHERE m.room_id = members.room_id ORDER BY m.id LIMIT 1), 0),"
                     " ifnull((SELECT m.id FROM messages m WHERE m.room_id = members.room_id ORDER BY m.id DESC LIMIT 1), 0)"
                     "   AS newest"
                     " FROM members WHERE user_id = ?1 ORDER BY max(newest, room_id) DESC LIMIT ?2",
  [SQL_LIST_MEMBERS] = "SELECT u.id, u.login, u.prefs, m.read_mark, m.delivered_mark FROM members m JOIN users u ON u.id = m.user_id"
                       " WHERE m.room_id = ?1"
                       " ORDER BY m.user_id",
  [SQL_COUNT_UNREAD] = "SELECT count(*) FROM (SELECT 1 FROM messages WHERE room_id = ?1 AND id > ?2 LIMIT ?3)",
  [SQL_GET_MESSAGE] = "SELECT " MESSAGE_COLUMNS " FROM messages WHERE id = ?1",
  [SQL_GET_PREVIEW] = "SELECT " PREVIEW_COLUMNS " FROM messages WHERE id = ?1",
  [SQL_GET_NEWEST] = "SELECT id FROM messages WHERE room_id = ?1 ORDER BY id DESC LIMIT 1",
  [SQL_READ_DOWN] = "SELECT " MESSAGE_COLUMNS " FROM messages WHERE room_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
  [SQL_READ_UP] = "SELECT " MESSAGE_COLUMNS " FROM messages WHERE room_id = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ?4",
  /* What this snapshot holds, and how far it reaches back */
  [SQL_GET_SEQ] = "SELECT max(value, ifnull((SELECT max(id) FROM messages), 0), ifnull((SELECT max(seq) FROM changes), 0)), value"
                  " FROM meta WHERE key = 'log-start'",
  /* The joins are CROSS ones so that the user's own rooms, which are few, lead. ?4: CHAT_STORAGE_CHANGE_RECEIPT: one's own is told by READ,
   * so that no two rows of one user have one number */
  [SQL_COUNT_CHANGES] = "SELECT count(*) FROM ("
                        " SELECT 1 FROM members m CROSS JOIN messages x ON x.room_id = m.room_id AND x.id > ?2 WHERE m.user_id = ?1"
                        " UNION ALL"
                        " SELECT 1 FROM members m CROSS JOIN changes c ON c.audience = m.room_id AND c.seq > ?2"
                        "   WHERE m.user_id = ?1 AND NOT (c.kind = ?4 AND c.ref = ?1)"
                        " UNION ALL"
                        " SELECT 1 FROM changes WHERE audience = ?1 AND seq > ?2"
                        " LIMIT ?3)",
  [SQL_LIST_CHANGES] = "SELECT seq, kind, room_id, ref FROM ("
                       " SELECT x.id AS seq, ?6 AS kind, x.room_id AS room_id, x.id AS ref FROM members m"
                       "   CROSS JOIN messages x ON x.room_id = m.room_id AND x.id > ?2 AND x.id <= ?3 WHERE m.user_id = ?1"
                       " UNION ALL"
                       " SELECT c.seq, c.kind, c.audience, c.ref FROM members m"
                       "   CROSS JOIN changes c ON c.audience = m.room_id AND c.seq > ?2 AND c.seq <= ?3"
                       "   WHERE m.user_id = ?1 AND NOT (c.kind = ?5 AND c.ref = ?1)"
                       " UNION ALL"
                       " SELECT seq, kind, ref, ref FROM changes WHERE audience = ?1 AND seq > ?2 AND seq <= ?3"
                       ") ORDER BY seq LIMIT ?4",
  [SQL_GET_MEMBER] = "SELECT m.read_mark, m.delivered_mark, m.muted, m.pinned, u.prefs, u.login FROM members m"
                     " JOIN users u ON u.id = m.user_id WHERE m.room_id = ?1 AND m.user_id = ?2",
  [SQL_GET_OTHER] = "SELECT u.login FROM members m JOIN users u ON u.id = m.user_id WHERE m.room_id = ?1 AND m.user_id <> ?2"
                    " ORDER BY m.user_id LIMIT 1",
  [SQL_GET_PREFS] = "SELECT prefs FROM users WHERE id = ?1",
  [SQL_LIST_CONTACTS] = "SELECT DISTINCT u.id, u.login, u.prefs, u.last_seen FROM members a"
                        " JOIN members b ON b.room_id = a.room_id AND b.user_id <> ?1 JOIN users u ON u.id = b.user_id"
                        " WHERE a.user_id = ?1 LIMIT ?2",
  [SQL_GET_FILE] = "SELECT " CHAT_SQLITE_FILE_COLUMNS " FROM " CHAT_SQLITE_FILE_TABLES " WHERE f.id = ?1",
  [SQL_FIND_FILE] = "SELECT " CHAT_SQLITE_FILE_COLUMNS " FROM " CHAT_SQLITE_FILE_TABLES " WHERE f.address = ?1",
  [SQL_FIND_UPLOAD] = "SELECT " CHAT_SQLITE_UPLOAD_COLUMNS ", (SELECT f.address FROM files f WHERE f.id = u.file_id)"
                      " FROM uploads u WHERE address = ?1",
};

/* Each returns FALSE only where the database failed */
typedef gboolean (*Question) (ChatSqliteReader *self, ChatStorageJob *job);

/* Returns whether there was a row; whoever gets TRUE resets the statement, or steps on until FALSE. @failed is never cleared. */
gboolean
chat_sqlite_reader_step_row (ChatSqliteReader *self, int statement, gboolean *failed)
{
  int code = sqlite3_step (self->statements[statement]);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    *failed = TRUE;
  sqlite3_reset (self->statements[statement]);
  return FALSE;
}

static void
bind_text (ChatSqliteReader *self, int statement, int place, const char *text)
{
  sqlite3_bind_text (self->statements[statement], place, text, -1, SQLITE_STATIC);
}

char *
chat_sqlite_reader_get_text (ChatSqliteReader *self, int statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (self->statements[statement], column);
  gsize length = sqlite3_column_bytes (self->statements[statement], column);

  /* A damaged file may hold anything; what leaves here is UTF-8 */
  if (text == NULL)
    return g_strdup ("");
  return g_utf8_validate_len (text, length, NULL) ? g_strndup (text, length) : g_utf8_make_valid (text, length);
}

static const char *
get_login (ChatSqliteReader *self, gint64 user_id, gboolean *failed)
{
  const char *known = g_hash_table_lookup (self->logins, &user_id);
  char *login;

  if (known != NULL)
    return known;
  bind_id (self, SQL_GET_LOGIN, 1, user_id);
  if (chat_sqlite_reader_step_row (self, SQL_GET_LOGIN, failed))
    {
      login = chat_sqlite_reader_get_text (self, SQL_GET_LOGIN, 0);
      sqlite3_reset (self->statements[SQL_GET_LOGIN]);
    }
  else
    login = g_strdup ("");
  g_hash_table_insert (self->logins, g_memdup2 (&user_id, sizeof user_id), login);
  return login;
}

static ChatStorageFile *
get_file (ChatSqliteReader *self, gint64 file_id, gboolean *failed)
{
  ChatStorageFile *file = NULL;

  bind_id (self, SQL_GET_FILE, 1, file_id);
  if (chat_sqlite_reader_step_row (self, SQL_GET_FILE, failed))
    {
      file = chat_sqlite_read_file (self->statements[SQL_GET_FILE]);
      sqlite3_reset (self->statements[SQL_GET_FILE]);
    }
  return file;
}

/* What it takes, about, on its way to a reader (bytes) */
gsize
chat_sqlite_reader_get_size (const ChatStorageMessage *message)
{
  gsize size = strlen (message->text);

  if (message->file != NULL && message->file->preview != NULL)
    size += strlen (message->file->preview);
  return size;
}

ChatStorageMessage *
chat_sqlite_reader_get_message (ChatSqliteReader *self, int statement, gboolean *failed)
{
  ChatStorageMessage *message = g_new0 (ChatStorageMessage, 1);
  gint64 kind = get_id (self, statement, 3);

  message->id = get_id (self, statement, 0);
  message->room_id = get_id (self, statement, 1);
  message->sender_id = get_id (self, statement, 2);
  message->kind = kind >= 0 && kind <= CHAT_MESSAGE_KIND_IMAGE ? (ChatMessageKind) kind : CHAT_MESSAGE_KIND_TEXT;
  message->date = get_id (self, statement, 4);
  message->edited = get_id (self, statement, 5);
  if (sqlite3_column_type (self->statements[statement], 6) != SQLITE_NULL)
    message->client_ref = chat_sqlite_reader_get_text (self, statement, 6);
  message->text = chat_sqlite_reader_get_text (self, statement, 7);
  if (sqlite3_column_type (self->statements[statement], 8) != SQLITE_NULL)
    message->file = get_file (self, get_id (self, statement, 8), failed);
  message->sender = g_strdup (get_login (self, message->sender_id, failed));
  return message;
}

/* People and tokens */

static gboolean
find_user (ChatSqliteReader *self, ChatStorageJob *job)
{
  g_autofree char *folded = NULL;
  gboolean failed = FALSE;

  if (job->name == NULL)
    return answer (job, CHAT_STATUS_BAD_REQUEST);
  folded = chat_login_fold (job->name);
  bind_text (self, SQL_FIND_USER, 1, folded);
  if (!chat_sqlite_reader_step_row (self, SQL_FIND_USER, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_USER_DOES_NOT_EXIST);
  job->user_id = get_id (self, SQL_FIND_USER, 0);
  g_free (job->name);
  job->name = chat_sqlite_reader_get_text (self, SQL_FIND_USER, 1);
  g_free (job->secret);
  job->secret = chat_sqlite_reader_get_text (self, SQL_FIND_USER, 2);
  job->prefs = get_id (self, SQL_FIND_USER, 3) & CHAT_STORAGE_ALL_PREFS;
  sqlite3_reset (self->statements[SQL_FIND_USER]);
  return TRUE;
}

static gboolean
search_users (ChatSqliteReader *self, ChatStorageJob *job)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folded = NULL, *end = NULL;
  guint limit = CLAMP (job->limit, 1, CHAT_MAX_SEARCH_RESULTS);
  gboolean failed = FALSE;

  /* What is no possible name is no part of one either; nothing is asked then, and folding need not know of it */
  if (job->name != NULL && chat_login_is_valid (job->name))
    {
      folded = chat_login_fold (job->name);
      end = g_strdup (folded);
      end[strlen (end) - 1]++;          /* the first text after all that begin with it: names are ASCII */
      bind_text (self, SQL_SEARCH_PREFIX, 1, folded);
      bind_text (self, SQL_SEARCH_PREFIX, 2, end);
      bind_id (self, SQL_SEARCH_PREFIX, 3, limit);
      while (chat_sqlite_reader_step_row (self, SQL_SEARCH_PREFIX, &failed))
        g_ptr_array_add (names, chat_sqlite_reader_get_text (self, SQL_SEARCH_PREFIX, 0));
      if (names->len < limit && !failed)
        {
          bind_text (self, SQL_SEARCH_INSIDE, 1, folded);
          bind_id (self, SQL_SEARCH_INSIDE, 2, limit - names->len);
          while (chat_sqlite_reader_step_row (self, SQL_SEARCH_INSIDE, &failed))
            g_ptr_array_add (names, chat_sqlite_reader_get_text (self, SQL_SEARCH_INSIDE, 0));
        }
    }
  g_ptr_array_add (names, NULL);
  job->names = (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
  return !failed;
}

static gboolean
list_tokens (ChatSqliteReader *self, ChatStorageJob *job)
{
  gboolean failed = FALSE;

  job->tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_storage_token_free);
  bind_id (self, SQL_LIST_TOKENS, 1, job->user_id);
  while (chat_sqlite_reader_step_row (self, SQL_LIST_TOKENS, &failed))
    {
      ChatStorageToken *token = g_new0 (ChatStorageToken, 1);

      token->id = get_id (self, SQL_LIST_TOKENS, 0);
      token->device = chat_sqlite_reader_get_text (self, SQL_LIST_TOKENS, 1);
      token->created = get_id (self, SQL_LIST_TOKENS, 2);
      token->last_used = get_id (self, SQL_LIST_TOKENS, 3);
      g_ptr_array_add (job->tokens, token);
    }
  return !failed;
}

/* Rooms */

static gboolean
fill_room (ChatSqliteReader *self, ChatStorageJob *job, ChatStorageRoom *room, gint64 last_id)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) read = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) delivered = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean failed = FALSE;

  bind_id (self, SQL_LIST_MEMBERS, 1, room->id);
  while (chat_sqlite_reader_step_row (self, SQL_LIST_MEMBERS, &failed))
    {
      char *login = chat_sqlite_reader_get_text (self, SQL_LIST_MEMBERS, 1);
      gboolean hidden = get_id (self, SQL_LIST_MEMBERS, 0) != job->user_id
                        && (get_id (self, SQL_LIST_MEMBERS, 2) & CHAT_STORAGE_HIDE_RECEIPTS) != 0;
      gint64 read_mark = hidden ? 0 : get_id (self, SQL_LIST_MEMBERS, 3);
      gint64 delivered_mark = hidden ? 0 : MAX (read_mark, get_id (self, SQL_LIST_MEMBERS, 4));

      g_ptr_array_add (members, login);
      g_array_append_val (read, read_mark);
      g_array_append_val (delivered, delivered_mark);
      if (room->name == NULL && get_id (self, SQL_LIST_MEMBERS, 0) != job->user_id)
        room->name = g_strdup (login);
    }
  g_ptr_array_add (members, NULL);
  room->members = (char **) g_ptr_array_free (g_steal_pointer (&members), FALSE);
  room->members_read = (gint64 *) g_array_free (g_steal_pointer (&read), FALSE);
  room->members_delivered = (gint64 *) g_array_free (g_steal_pointer (&delivered), FALSE);
  if (room->name == NULL)
    room->name = g_strdup ("");         /* the other one's account is gone */
  if (last_id == 0 || failed)
    return !failed;

  bind_id (self, SQL_GET_PREVIEW, 1, last_id);
  if (chat_sqlite_reader_step_row (self, SQL_GET_PREVIEW, &failed))
    {
      room->last_message = chat_sqlite_reader_get_message (self, SQL_GET_PREVIEW, &failed);
      sqlite3_reset (self->statements[SQL_GET_PREVIEW]);
    }
  if (last_id <= room->read_mark)
    return !failed;
  /* Whoever sends has read what came before: no message after a person's mark is that person's own */
  bind_id (self, SQL_COUNT_UNREAD, 1, room->id);
  bind_id (self, SQL_COUNT_UNREAD, 2, room->read_mark);
  bind_id (self, SQL_COUNT_UNREAD, 3, CHAT_SQLITE_MAX_UNREAD);
  if (chat_sqlite_reader_step_row (self, SQL_COUNT_UNREAD, &failed))
    {
      room->unread = get_id (self, SQL_COUNT_UNREAD, 0);
      sqlite3_reset (self->statements[SQL_COUNT_UNREAD]);
    }
  return !failed;
}

gboolean
chat_sqlite_reader_get_other (ChatSqliteReader *self, ChatStorageJob *job, gint64 room_id, char **name)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_GET_OTHER, 1, room_id);
  bind_id (self, SQL_GET_OTHER, 2, job->user_id);
  *name = chat_sqlite_reader_step_row (self, SQL_GET_OTHER, &failed) ? chat_sqlite_reader_get_text (self, SQL_GET_OTHER, 0)
                                                                     : g_strdup ("");
  sqlite3_reset (self->statements[SQL_GET_OTHER]);
  return !failed;
}

gboolean
chat_sqlite_reader_get_seq (ChatSqliteReader *self, gint64 *seq, gint64 *log_start)
{
  gboolean failed = FALSE;

  if (!chat_sqlite_reader_step_row (self, SQL_GET_SEQ, &failed))
    return FALSE;
  *seq = get_id (self, SQL_GET_SEQ, 0);
  *log_start = get_id (self, SQL_GET_SEQ, 1);
  sqlite3_reset (self->statements[SQL_GET_SEQ]);
  return TRUE;
}

static gboolean
list_rooms (ChatSqliteReader *self, ChatStorageJob *job)
{
  gboolean failed = FALSE;
  gint64 log_start;

  if (!chat_sqlite_reader_get_seq (self, &job->seq, &log_start))
    return FALSE;
  job->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_storage_room_free);
  bind_id (self, SQL_LIST_ROOMS, 1, job->user_id);
  bind_id (self, SQL_LIST_ROOMS, 2, job->limit > 0 ? (gint64) job->limit : -1);
  while (!failed && chat_sqlite_reader_step_row (self, SQL_LIST_ROOMS, &failed))
    {
      ChatStorageRoom *room = g_new0 (ChatStorageRoom, 1);

      g_ptr_array_add (job->rooms, room);
      room->id = get_id (self, SQL_LIST_ROOMS, 0);
      room->read_mark = get_id (self, SQL_LIST_ROOMS, 1);
      room->muted = get_id (self, SQL_LIST_ROOMS, 2) != 0;
      room->pinned = get_id (self, SQL_LIST_ROOMS, 3) != 0;
      room->first_message_id = get_id (self, SQL_LIST_ROOMS, 4);
      failed = job->brief ? !chat_sqlite_reader_get_other (self, job, room->id, &room->name)
                          : !fill_room (self, job, room, get_id (self, SQL_LIST_ROOMS, 5));
    }
  sqlite3_reset (self->statements[SQL_LIST_ROOMS]);
  return !failed;
}

/* History */

/* Those before @before, the newest of them first */
static gboolean
read_down (ChatSqliteReader *self, gint64 room_id, gint64 before, guint limit, GPtrArray *messages)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_READ_DOWN, 1, room_id);
  bind_id (self, SQL_READ_DOWN, 2, before);
  bind_id (self, SQL_READ_DOWN, 3, limit);
  while (chat_sqlite_reader_step_row (self, SQL_READ_DOWN, &failed))
    g_ptr_array_add (messages, chat_sqlite_reader_get_message (self, SQL_READ_DOWN, &failed));
  return !failed;
}

/* Those after @after, up to @until, the oldest of them first; no more of them when they are @max_bytes large */
static gboolean
read_up (ChatSqliteReader *self, gint64 room_id, gint64 after, gint64 until, guint limit, gsize max_bytes, GPtrArray *messages)
{
  gboolean failed = FALSE;
  gsize n_bytes = 0;

  bind_id (self, SQL_READ_UP, 1, room_id);
  bind_id (self, SQL_READ_UP, 2, after);
  bind_id (self, SQL_READ_UP, 3, until);
  bind_id (self, SQL_READ_UP, 4, limit);
  while (n_bytes < max_bytes && chat_sqlite_reader_step_row (self, SQL_READ_UP, &failed))
    {
      ChatStorageMessage *message = chat_sqlite_reader_get_message (self, SQL_READ_UP, &failed);

      g_ptr_array_add (messages, message);
      n_bytes += chat_sqlite_reader_get_size (message);
    }
  sqlite3_reset (self->statements[SQL_READ_UP]);
  return !failed;
}

static gboolean
check_member (ChatSqliteReader *self, ChatStorageJob *job, gboolean *may)
{
  gboolean failed = FALSE;

  bind_id (self, SQL_HAS_MEMBER, 1, job->room_id);
  bind_id (self, SQL_HAS_MEMBER, 2, job->user_id);
  *may = chat_sqlite_reader_step_row (self, SQL_HAS_MEMBER, &failed);
  sqlite3_reset (self->statements[SQL_HAS_MEMBER]);
  if (*may || failed)
    return !failed;
  bind_id (self, SQL_HAS_ROOM, 1, job->room_id);
  job->status = chat_sqlite_reader_step_row (self, SQL_HAS_ROOM, &failed) ? CHAT_STATUS_FORBIDDEN : CHAT_STATUS_ROOM_DOES_NOT_EXIST;
  sqlite3_reset (self->statements[SQL_HAS_ROOM]);
  return !failed;
}

/* Many may ask for large pages at once, and each would wait in memory for its reader */
static void
cut_page (ChatStorageJob *job)
{
  guint n = job->messages->len;
  gsize n_bytes = 0;

  if (n > 0)
    job->until = ((ChatStorageMessage *) job->messages->pdata[n - 1])->id;
  for (guint i = 0; i < n; i++)
    {
      n_bytes += chat_sqlite_reader_get_size (job->messages->pdata[i]);
      if (n_bytes >= CHAT_STORAGE_READ_BYTES)
        {
          g_ptr_array_set_size (job->messages, (int) i + 1);
          return;
        }
    }
}

static gboolean
read_messages (ChatSqliteReader *self, ChatStorageJob *job)
{
  g_autoptr (GPtrArray) older = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_storage_message_free);
  g_autoptr (GPtrArray) newer = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_storage_message_free);
  /* One more of each than is wanted tells whether there are more */
  guint limit = CLAMP (job->limit, 1, CHAT_MAX_PAGE_SIZE), n_older = 0, n_newer = 0;
  gint64 until = job->until > 0 ? MIN (job->until, CHAT_MAX_ID) : CHAT_MAX_ID;
  gint64 anchor = CLAMP (job->message_id, 0, CHAT_MAX_ID);
  gboolean failed = FALSE, may, ok = TRUE;

  if (!check_member (self, job, &may))
    return FALSE;
  if (!may)
    return TRUE;
  bind_id (self, SQL_GET_NEWEST, 1, job->room_id);
  if (chat_sqlite_reader_step_row (self, SQL_GET_NEWEST, &failed))
    {
      job->newest_id = get_id (self, SQL_GET_NEWEST, 0);
      sqlite3_reset (self->statements[SQL_GET_NEWEST]);
    }

  switch (job->page)
    {
    case CHAT_STORAGE_NEWEST:
      ok = read_down (self, job->room_id, until + 1, limit + 1, older);
      break;
    case CHAT_STORAGE_BEFORE:
      ok = read_down (self, job->room_id, MIN (anchor, until + 1), limit + 1, older);
      break;
    case CHAT_STORAGE_AFTER:
      ok = read_up (self, job->room_id, anchor, until, limit + 1, job->until > 0 ? CHAT_STORAGE_READ_BYTES : G_MAXSIZE, newer);
      break;
    case CHAT_STORAGE_AROUND:
      /* The anchor belongs to the newer half. Where one half is short, at an end of the history, the other is longer */
      ok = read_up (self, job->room_id, anchor - 1, until, limit + 1, G_MAXSIZE, newer)
           && read_down (self, job->room_id, MIN (anchor, until + 1), limit, older);
      break;
    default:
      return answer (job, CHAT_STATUS_BAD_REQUEST);
    }
  if (!ok || failed)
    return FALSE;

  if (job->page == CHAT_STORAGE_AROUND)
    {
      n_newer = MIN (newer->len, limit - MIN (older->len, limit / 2));
      n_older = MIN (older->len, limit - n_newer);
    }
  else
    {
      n_newer = MIN (newer->len, limit);
      n_older = MIN (older->len, limit);
    }
  job->more = job->page == CHAT_STORAGE_AFTER || job->page == CHAT_STORAGE_AROUND ? newer->len > n_newer
                                                                                   : older->len > n_older;
  job->messages = g_ptr_array_new_full (n_older + n_newer, (GDestroyNotify) chat_storage_message_free);
  for (guint i = n_older; i > 0; i--)
    g_ptr_array_add (job->messages, g_steal_pointer (&older->pdata[i - 1]));
  for (guint i = 0; i < n_newer; i++)
    g_ptr_array_add (job->messages, g_steal_pointer (&newer->pdata[i]));
  cut_page (job);
  return TRUE;
}

static gboolean
list_contacts (ChatSqliteReader *self, ChatStorageJob *job)
{
  gboolean failed = FALSE;

  job->contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_storage_contact_free);
  bind_id (self, SQL_LIST_CONTACTS, 1, job->user_id);
  bind_id (self, SQL_LIST_CONTACTS, 2, job->limit);
  while (chat_sqlite_reader_step_row (self, SQL_LIST_CONTACTS, &failed))
    {
      ChatStorageContact *contact = g_new0 (ChatStorageContact, 1);

      contact->id = get_id (self, SQL_LIST_CONTACTS, 0);
      contact->name = chat_sqlite_reader_get_text (self, SQL_LIST_CONTACTS, 1);
      contact->prefs = get_id (self, SQL_LIST_CONTACTS, 2) & CHAT_STORAGE_ALL_PREFS;
      contact->last_seen = get_id (self, SQL_LIST_CONTACTS, 3);
      g_ptr_array_add (job->contacts, contact);
    }
  return !failed;
}

/* Files */

static gboolean
find_file (ChatSqliteReader *self, ChatStorageJob *job)
{
  gboolean failed = FALSE;

  bind_text (self, SQL_FIND_FILE, 1, job->address);
  if (!chat_sqlite_reader_step_row (self, SQL_FIND_FILE, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  job->file = chat_sqlite_read_file (self->statements[SQL_FIND_FILE]);
  sqlite3_reset (self->statements[SQL_FIND_FILE]);
  return TRUE;
}

static gboolean
find_upload (ChatSqliteReader *self, ChatStorageJob *job)
{
  gint64 now = job->date > 0 ? job->date : g_get_real_time ();
  gboolean failed = FALSE;

  bind_text (self, SQL_FIND_UPLOAD, 1, job->address);
  if (!chat_sqlite_reader_step_row (self, SQL_FIND_UPLOAD, &failed))
    return failed ? FALSE : answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
  job->file = chat_sqlite_read_file (self->statements[SQL_FIND_UPLOAD]);
  if (sqlite3_column_type (self->statements[SQL_FIND_UPLOAD], CHAT_SQLITE_N_FILE_COLUMNS) != SQLITE_NULL)
    job->name = chat_sqlite_reader_get_text (self, SQL_FIND_UPLOAD, CHAT_SQLITE_N_FILE_COLUMNS);
  sqlite3_reset (self->statements[SQL_FIND_UPLOAD]);
  return job->file->expires > now ? TRUE : answer (job, CHAT_STATUS_MESSAGE_DOES_NOT_EXIST);
}

static const Question questions[CHAT_N_STORAGE_OPS] = {
  [CHAT_STORAGE_FIND_USER] = find_user,
  [CHAT_STORAGE_SEARCH_USERS] = search_users,
  [CHAT_STORAGE_LIST_ROOMS] = list_rooms,
  [CHAT_STORAGE_LIST_TOKENS] = list_tokens,
  [CHAT_STORAGE_READ] = read_messages,
  [CHAT_STORAGE_LIST_CHANGES] = chat_sqlite_reader_list_changes,
  [CHAT_STORAGE_LIST_CONTACTS] = list_contacts,
  [CHAT_STORAGE_FIND_FILE] = find_file,
  [CHAT_STORAGE_FIND_UPLOAD] = find_upload,
};

static void
fail (ChatStorageJob *job)
{
  job->status = CHAT_STATUS_ERROR;
  g_clear_pointer (&job->names, g_strfreev);
  g_clear_pointer (&job->messages, g_ptr_array_unref);
  g_clear_pointer (&job->rooms, g_ptr_array_unref);
  g_clear_pointer (&job->tokens, g_ptr_array_unref);
  g_clear_pointer (&job->changes, g_ptr_array_unref);
  g_clear_pointer (&job->contacts, g_ptr_array_unref);
  g_clear_pointer (&job->file, chat_storage_file_free);
}

static void
say_failure (ChatSqliteReader *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->said_at != 0 && now - self->said_at < CHAT_SQLITE_SAY_AGAIN)
    return;
  g_warning ("A question failed: %s", sqlite3_errmsg (self->db));
  self->said_at = now;
}

void
chat_sqlite_reader_run (ChatSqliteReader *self, ChatStorageJob *jobs)
{
  gboolean began;

  /* The snapshot is taken by the first statement that reads */
  began = sqlite3_step (self->statements[SQL_BEGIN]) == SQLITE_DONE;
  sqlite3_reset (self->statements[SQL_BEGIN]);
  for (ChatStorageJob *job = jobs; job != NULL; job = job->next)
    {
      job->status = CHAT_STATUS_SUCCESS;
      if (!began || !questions[job->op](self, job))
        {
          say_failure (self);
          fail (job);
        }
    }
  sqlite3_step (self->statements[SQL_END]);
  sqlite3_reset (self->statements[SQL_END]);
  g_hash_table_remove_all (self->logins);
}

ChatSqliteReader *
chat_sqlite_reader_new (sqlite3 *db, GError **error)
{
  ChatSqliteReader *self = g_new0 (ChatSqliteReader, 1);

  self->db = db;
  self->logins = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  if (!chat_sqlite_prepare (db, sql, N_STATEMENTS, self->statements, error))
    {
      chat_sqlite_reader_free (self);
      return NULL;
    }
  return self;
}

void
chat_sqlite_reader_free (ChatSqliteReader *self)
{
  chat_sqlite_finalize (self->statements, N_STATEMENTS);
  g_hash_table_unref (self->logins);
  g_free (self);
}
