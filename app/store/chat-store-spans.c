/* chat-store-spans.c: which ranges of ids are kept without gaps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

/* The last span that begins at @id or before it */
static gboolean
span_at (ChatStoreDb       *self,
         gint64             room_id,
         ChatStoreSpanKind  kind,
         gint64             id,
         ChatStoreSpan     *span,
         gboolean          *ok)
{
  bind_id (self, SQL_SPAN_AT, 1, room_id);
  bind_id (self, SQL_SPAN_AT, 2, kind);
  bind_id (self, SQL_SPAN_AT, 3, id);
  if (!chat_store_db_step (self, SQL_SPAN_AT, ok))
    return FALSE;
  span->from = get_id (self, SQL_SPAN_AT, 0);
  span->to = get_id (self, SQL_SPAN_AT, 1);
  chat_store_db_reset (self, SQL_SPAN_AT);
  return TRUE;
}

static gboolean
change (ChatStoreDb       *self,
        ChatStoreSql       statement,
        gint64             room_id,
        ChatStoreSpanKind  kind,
        gint64             from,
        gint64             to)
{
  bind_id (self, statement, 1, room_id);
  bind_id (self, statement, 2, kind);
  bind_id (self, statement, 3, from);
  bind_id (self, statement, 4, to);
  return chat_store_db_run (self, statement);
}

static gboolean
cover (ChatStoreDb       *self,
       gint64             room_id,
       ChatStoreSpanKind  kind,
       gint64             from,
       gint64             to)
{
  ChatStoreSpan before, last;
  gboolean ok = TRUE, joins, grows;

  joins = span_at (self, room_id, kind, from, &before, &ok) && before.to >= from - 1;
  if (joins && before.to >= to)
    return ok;
  if (joins)
    from = before.from;
  /* Spans are in order and apart: the last one that begins within reach ends last. Ids that follow each other leave no room for a
   * gap, so one that begins right after this is within reach */
  grows = joins;
  if (span_at (self, room_id, kind, to + 1, &last, &ok) && last.from >= from)
    {
      grows = grows && last.from == from;
      to = MAX (to, last.to);
    }
  if (!ok)
    return FALSE;
  /* What comes live makes the last one longer: the common case */
  if (grows)
    return change (self, SQL_GROW_SPAN, room_id, kind, from, to);
  return change (self, SQL_DROP_SPANS, room_id, kind, from, to) && change (self, SQL_ADD_SPAN, room_id, kind, from, to);
}

gboolean
chat_store_spans_cover (ChatStoreDb *self,
                        gint64       room_id,
                        gint64       from,
                        gint64       to)
{
  return cover (self, room_id, CHAT_STORE_SPAN_KEPT, from, to) && cover (self, room_id, CHAT_STORE_SPAN_FRESH, from, to);
}

gboolean
chat_store_spans_set_head (ChatStoreDb *self,
                           gint64       room_id)
{
  return cover (self, room_id, CHAT_STORE_SPAN_HEAD, 0, 0);
}

gboolean
chat_store_spans_find (ChatStoreDb       *self,
                       gint64             room_id,
                       ChatStoreSpanKind  kind,
                       gint64             id,
                       ChatStoreSpan     *span,
                       gboolean          *ok)
{
  return span_at (self, room_id, kind, id, span, ok) && span->to >= id;
}

gboolean
chat_store_spans_get_last (ChatStoreDb       *self,
                           gint64             room_id,
                           ChatStoreSpanKind  kind,
                           ChatStoreSpan     *span,
                           gboolean          *ok)
{
  return span_at (self, room_id, kind, G_MAXINT64, span, ok);
}
