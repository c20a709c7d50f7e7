/* chat-store-reads.c: rooms and pages, as copied rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

/* The columns of SQL_LIST_ROOMS before those of the message */
#define ROOM_COLUMNS 19

static gboolean
step (ChatStoreDb  *self,
      ChatStoreSql  statement,
      gboolean     *ok)
{
  gboolean row = chat_store_db_step (self, statement, ok);

  self->n_rows += row;
  return row;
}

static void
count_steps (ChatStoreDb  *self,
             ChatStoreSql  statement)
{
  self->n_steps += sqlite3_stmt_status (self->statements[statement], SQLITE_STMTSTATUS_VM_STEP, TRUE);
}

static ChatStoreRoom *
read_room (ChatStoreDb *self)
{
  ChatStoreRoom *room = g_new0 (ChatStoreRoom, 1);

  room->id = get_id (self, SQL_LIST_ROOMS, 0);
  room->name = dup_text (self, SQL_LIST_ROOMS, 1);
  room->kind = get_id (self, SQL_LIST_ROOMS, 2);
  room->first_id = get_id (self, SQL_LIST_ROOMS, 3);
  room->newest_id = get_id (self, SQL_LIST_ROOMS, 4);
  room->read_mark = get_id (self, SQL_LIST_ROOMS, 5);
  room->unread = get_id (self, SQL_LIST_ROOMS, 6);
  room->pinned = get_id (self, SQL_LIST_ROOMS, 7);
  room->muted = get_id (self, SQL_LIST_ROOMS, 8);
  room->marked_unread = get_id (self, SQL_LIST_ROOMS, 9);
  room->activity = get_id (self, SQL_LIST_ROOMS, 10);
  room->seq = get_id (self, SQL_LIST_ROOMS, 11);
  room->draft = dup_text (self, SQL_LIST_ROOMS, 12);
  room->draft_date = get_id (self, SQL_LIST_ROOMS, 13);
  room->position.message_id = get_id (self, SQL_LIST_ROOMS, 14);
  room->position.offset = get_id (self, SQL_LIST_ROOMS, 15);
  room->position.at_bottom = get_id (self, SQL_LIST_ROOMS, 16) != 0;
  room->wished_pinned = get_id (self, SQL_LIST_ROOMS, 17);
  room->wished_muted = get_id (self, SQL_LIST_ROOMS, 18);
  if (get_id (self, SQL_LIST_ROOMS, ROOM_COLUMNS) > 0)
    room->last_message = chat_store_db_read_message (self, SQL_LIST_ROOMS, ROOM_COLUMNS);
  return room;
}

static void
read_people (ChatStoreDb   *self,
             ChatStoreRoom *room,
             gboolean      *ok)
{
  g_autoptr (GStrvBuilder) members = g_strv_builder_new ();

  bind_id (self, SQL_LIST_MEMBERS, 1, room->id);
  while (step (self, SQL_LIST_MEMBERS, ok))
    g_strv_builder_add (members, (const char *) sqlite3_column_text (self->statements[SQL_LIST_MEMBERS], 0));
  room->members = g_strv_builder_end (members);

  room->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_mark_free);
  bind_id (self, SQL_LIST_MARKS, 1, room->id);
  while (step (self, SQL_LIST_MARKS, ok))
    {
      ChatStoreMark *mark = g_new0 (ChatStoreMark, 1);

      mark->name = dup_text (self, SQL_LIST_MARKS, 0);
      mark->delivered = get_id (self, SQL_LIST_MARKS, 1);
      mark->read = get_id (self, SQL_LIST_MARKS, 2);
      g_ptr_array_add (room->marks, mark);
    }
}

GPtrArray *
chat_store_read_rooms (ChatStoreDb *self)
{
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_room_free);
  gboolean ok = TRUE;

  while (step (self, SQL_LIST_ROOMS, &ok))
    g_ptr_array_add (rooms, read_room (self));
  for (guint i = 0; i < rooms->len; i++)
    read_people (self, rooms->pdata[i], &ok);
  count_steps (self, SQL_LIST_ROOMS);
  count_steps (self, SQL_LIST_MEMBERS);
  count_steps (self, SQL_LIST_MARKS);
  return ok ? g_steal_pointer (&rooms) : NULL;
}

/* Returns: (transfer full): up to @limit messages, the nearest to the near end first */
static GPtrArray *
read_rows (ChatStoreDb  *self,
           ChatStoreSql  statement,
           gint64        room_id,
           gint64        from,
           gint64        to,
           guint         limit,
           gboolean     *ok)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);

  bind_id (self, statement, 1, room_id);
  bind_id (self, statement, 2, from);
  bind_id (self, statement, 3, to);
  bind_id (self, statement, 4, limit);
  while (step (self, statement, ok))
    g_ptr_array_add (rows, chat_store_db_read_message (self, statement, 0));
  count_steps (self, statement);
  return rows;
}

/* The nearest message from @from upwards, or from @to downwards; 0: none */
static gint64
nearest (ChatStoreDb  *self,
         ChatStoreSql  statement,
         gint64        room_id,
         gint64        from,
         gint64        to,
         gboolean     *ok)
{
  g_autoptr (GPtrArray) rows = read_rows (self, statement, room_id, from, to, 1, ok);

  return rows->len > 0 ? ((ChatStoreMessage *) rows->pdata[0])->id : 0;
}

static gboolean
find_span (ChatStoreDb       *self,
           gint64             room_id,
           ChatStorePageKind  kind,
           gint64             anchor,
           ChatStoreSpan     *span,
           gboolean          *ok)
{
  switch (kind)
    {
    case CHAT_STORE_BEFORE:
      return chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_KEPT, anchor, span, ok)
             || chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_KEPT, anchor - 1, span, ok);
    case CHAT_STORE_AFTER:
      return chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_KEPT, anchor, span, ok)
             || chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_KEPT, anchor + 1, span, ok);
    case CHAT_STORE_AROUND:
      return chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_KEPT, anchor, span, ok);
    case CHAT_STORE_NEWEST:
    default:
      return chat_store_spans_get_last (self, room_id, CHAT_STORE_SPAN_KEPT, span, ok);
    }
}

/* Nothing is known right beside the anchor */
static void
tell_unknown (ChatStoreDb       *self,
              gint64             room_id,
              ChatStorePageKind  kind,
              gint64             anchor,
              ChatStorePage     *page,
              gboolean          *ok)
{
  page->more_before = page->more_after = TRUE;
  page->gap_before = kind != CHAT_STORE_AFTER;
  page->gap_after = kind != CHAT_STORE_BEFORE;
  if (kind == CHAT_STORE_BEFORE || kind == CHAT_STORE_AROUND)
    page->beyond_before = nearest (self, SQL_READ_DOWN, room_id, 0, anchor - 1, ok);
  if (kind == CHAT_STORE_AFTER || kind == CHAT_STORE_AROUND)
    page->beyond_after = nearest (self, SQL_READ_UP, room_id, anchor + 1, G_MAXINT64, ok);
}

/* Fills @page from @down (newest first) and @up (oldest first), each of which may hold one more than was wanted: it shows that there
 * is more */
static void
fill (ChatStorePage *page,
      GPtrArray     *down,
      GPtrArray     *up,
      guint          limit)
{
  /* Half of it on each side; what one side can not fill the other one may */
  guint n_down = MIN (down->len, up->len >= limit - limit / 2 ? limit / 2 : limit - up->len);
  guint n_up = MIN (up->len, limit - n_down);

  page->more_before = down->len > n_down;
  page->more_after = up->len > n_up;
  for (guint i = n_down; i > 0; i--)
    g_ptr_array_add (page->messages, g_steal_pointer (&down->pdata[i - 1]));
  for (guint i = 0; i < n_up; i++)
    g_ptr_array_add (page->messages, g_steal_pointer (&up->pdata[i]));
}

static void
drop_stolen (GPtrArray *rows)
{
  g_ptr_array_set_free_func (rows, NULL);
  for (guint i = 0; i < rows->len; i++)
    if (rows->pdata[i] != NULL)
      chat_store_message_free (rows->pdata[i]);
  g_ptr_array_unref (rows);
}

static gint64
edge (ChatStorePage *page,
      gboolean       last)
{
  return ((ChatStoreMessage *) page->messages->pdata[last ? page->messages->len - 1 : 0])->id;
}

ChatStorePage *
chat_store_read_page (ChatStoreDb       *self,
                      gint64             room_id,
                      ChatStorePageKind  kind,
                      gint64             anchor,
                      guint              limit,
                      ChatStorePageFlags flags)
{
  g_autoptr (ChatStorePage) page = chat_store_page_new ();
  GPtrArray *down = NULL, *up = NULL;
  ChatStoreSpan span = { 0, G_MAXINT64 }, fresh;
  gboolean across = (flags & CHAT_STORE_ACROSS_GAPS) != 0, ok = TRUE;
  gint64 low, high, newest;

  newest = chat_store_get_newest (self, room_id, &ok);
  if (!across && !find_span (self, room_id, kind, anchor, &span, &ok))
    {
      tell_unknown (self, room_id, kind, anchor, page, &ok);
      return ok ? g_steal_pointer (&page) : NULL;
    }

  down = kind == CHAT_STORE_AFTER
             ? g_ptr_array_new ()
             : read_rows (self, SQL_READ_DOWN, room_id, span.from, kind == CHAT_STORE_NEWEST ? span.to : anchor - 1, limit + 1, &ok);
  up = kind == CHAT_STORE_BEFORE || kind == CHAT_STORE_NEWEST
           ? g_ptr_array_new ()
           : read_rows (self, SQL_READ_UP, room_id, kind == CHAT_STORE_AFTER ? anchor + 1 : anchor, span.to, limit + 1, &ok);
  fill (page, down, up, limit);
  drop_stolen (down);
  drop_stolen (up);

  /* What this page answers for, whether or not there is a message */
  low = kind == CHAT_STORE_AFTER ? anchor + 1 : page->more_before ? edge (page, FALSE) : span.from;
  high = kind == CHAT_STORE_BEFORE ? anchor - 1 : page->more_after ? edge (page, TRUE) : MIN (span.to, MAX (newest, low));
  if (low > high)
    low = high = kind == CHAT_STORE_NEWEST ? span.to : anchor;
  page->fresh = chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_FRESH, low, &fresh, &ok) && fresh.to >= high;

  if (kind == CHAT_STORE_AFTER)
    page->more_before = TRUE;
  else if (!page->more_before && span.from > 0)
    {
      page->more_before = page->gap_before = TRUE;
      page->beyond_before = nearest (self, SQL_READ_DOWN, room_id, 0, span.from - 1, &ok);
    }
  if (kind == CHAT_STORE_BEFORE)
    page->more_after = TRUE;
  else if (!page->more_after && span.to < newest)
    {
      page->more_after = page->gap_after = TRUE;
      page->beyond_after = nearest (self, SQL_READ_UP, room_id, span.to + 1, G_MAXINT64, &ok);
    }
  /* That there is nothing newer is known only where the server has said so */
  if (!page->more_after && !chat_store_spans_find (self, room_id, CHAT_STORE_SPAN_HEAD, 0, &fresh, &ok))
    page->fresh = FALSE;
  return ok ? g_steal_pointer (&page) : NULL;
}
