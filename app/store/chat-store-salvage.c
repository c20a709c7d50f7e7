/* chat-store-salvage.c: what only the person knew, out of a file that can not be used
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-schema.h"

typedef enum
{
  OUT,
  OLD_OUT,      /* of a version that knew no files */
  DRAFT,
  WISH
} Kind;

static const char *const sql[] = {
  [OUT] = "SELECT room_id, action, client_ref, text, kind, target_id, target_ref, state, maybe_sent, failure, failure_text, created,"
          " file, upload FROM outbox ORDER BY room_id, place, id",
  [OLD_OUT] = "SELECT room_id, action, client_ref, text, kind, target_id, target_ref, state, maybe_sent, failure, failure_text, created,"
              " NULL, NULL FROM outbox ORDER BY room_id, place, id",
  [DRAFT] = "SELECT room_id, text, date FROM drafts",
  [WISH] = "SELECT room_id, pinned, muted FROM wishes",
};

static const char *
text_at (sqlite3_stmt *statement,
         int           column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

static gboolean
take_out (ChatStoreDb  *self,
          sqlite3_stmt *from)
{
  g_autoptr (ChatStoreOutRow) row = NULL;
  gint64 action = sqlite3_column_int64 (from, 1), state = sqlite3_column_int64 (from, 7);
  gboolean full = FALSE;

  row = chat_store_out_row_new (sqlite3_column_int64 (from, 0), action, text_at (from, 2), text_at (from, 3));
  if (!chat_store_is_id (row->room_id) || action < CHAT_STORE_SEND || action > CHAT_STORE_DELETE || state < CHAT_STORE_OUT_WAITING
      || state > CHAT_STORE_OUT_FAILED || !chat_store_is_text (row->client_ref, CHAT_STORE_MAX_NAME)
      || (text_at (from, 12) != NULL && !chat_store_is_text (text_at (from, 12), CHAT_STORE_MAX_FILE))
      || (row->text == NULL ? action != CHAT_STORE_DELETE : !chat_store_is_text (row->text, CHAT_STORE_MAX_TEXT)))
    return FALSE;
  row->kind = sqlite3_column_int (from, 4);
  row->target_id = sqlite3_column_int64 (from, 5);
  row->target_ref = g_strdup (text_at (from, 6));
  row->state = state;
  row->maybe_sent = sqlite3_column_int (from, 8) != 0;
  row->failure = sqlite3_column_int (from, 9);
  row->failure_text = g_strdup (text_at (from, 10));
  row->created = sqlite3_column_int64 (from, 11);
  row->file = g_strdup (text_at (from, 12));
  row->upload = g_strdup (text_at (from, 13));
  return chat_store_add_out (self, row, &full) && !full;
}

static gboolean
take_draft (ChatStoreDb  *self,
            sqlite3_stmt *from)
{
  const char *text = text_at (from, 1);
  gint64 room_id = sqlite3_column_int64 (from, 0);

  if (!chat_store_is_id (room_id) || !chat_store_is_text (text, CHAT_STORE_MAX_TEXT))
    return FALSE;
  bind_id (self, SQL_SET_DRAFT, 1, room_id);
  bind_text (self, SQL_SET_DRAFT, 2, text);
  bind_id (self, SQL_SET_DRAFT, 3, sqlite3_column_int64 (from, 2));
  return chat_store_db_run (self, SQL_SET_DRAFT);
}

static gboolean
take_wish (ChatStoreDb  *self,
           sqlite3_stmt *from)
{
  gint64 room_id = sqlite3_column_int64 (from, 0);

  if (!chat_store_is_id (room_id))
    return FALSE;
  bind_id (self, SQL_SET_WISH, 1, room_id);
  bind_id (self, SQL_SET_WISH, 2, CLAMP (sqlite3_column_int (from, 1), -1, 1));
  bind_id (self, SQL_SET_WISH, 3, CLAMP (sqlite3_column_int (from, 2), -1, 1));
  return chat_store_db_run (self, SQL_SET_WISH);
}

guint
chat_store_db_salvage (ChatStoreDb *self,
                       const char  *path)
{
  sqlite3 *db = NULL;
  guint n = 0;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
      && chat_store_db_run (self, SQL_BEGIN))
    {
      sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
      sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
      sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
      sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
      /* As long as there are rows; what comes after the damage is lost, and nobody can help that */
      for (Kind kind = OUT; kind <= WISH; kind++)
        {
          sqlite3_stmt *statement = NULL;

          if (sqlite3_prepare_v2 (db, sql[kind], -1, &statement, NULL) == SQLITE_OK)
            {
              while (n < 2 * CHAT_STORE_MAX_OUTBOX && sqlite3_step (statement) == SQLITE_ROW)
                n += kind <= OLD_OUT ? take_out (self, statement)
                     : kind == DRAFT ? take_draft (self, statement)
                                     : take_wish (self, statement);
              if (kind == OUT)
                kind = OLD_OUT;
            }
          sqlite3_finalize (statement);
        }
      if (!chat_store_db_run (self, SQL_COMMIT))
        {
          chat_store_db_run (self, SQL_ROLLBACK);
          n = 0;
        }
    }
  sqlite3_close (db);
  return n;
}
