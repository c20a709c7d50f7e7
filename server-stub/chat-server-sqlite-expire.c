/* chat-server-sqlite-expire.c: keeping for a time only
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-sqlite-changes.h"

/* Which time it is, for what must not be undone. A clock can be wrong by years, for an hour: no jump of it may delete what is kept. So
 * the time moves on as the clock does, and by no more than a day at each look where that is further ahead (the server was not
 * running, or the clock is wrong), and not at all at the first look, which a server that is started again and again repeats. It is
 * never ahead of a clock that was set back. */
static gboolean
look_at_clock (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gint64 now = get_date (job), believed = now;
  gboolean failed = FALSE;

  self->expire_known = 0;
  if (chat_sqlite_writer_step_row (self, SQL_GET_EXPIRED, &failed))
    {
      believed = get_id (self, SQL_GET_EXPIRED, 0);
      self->expire_known = get_id (self, SQL_GET_EXPIRED, 1);
      sqlite3_reset (self->statements[SQL_GET_EXPIRED]);
    }
  if (failed)
    return FALSE;
  self->expire_clock = now;
  if (now - believed > G_TIME_SPAN_DAY)
    {
      if (!self->has_looked)
        g_message ("The clock is %" G_GINT64_FORMAT " days ahead of when old messages were last deleted: deleting goes on by a day each time",
                   (now - believed) / G_TIME_SPAN_DAY);
      self->expire_clock = believed + (self->has_looked ? G_TIME_SPAN_DAY : 0);
    }
  self->has_looked = TRUE;
  bind_id (self, SQL_SET_EXPIRE_CLOCK, 1, MAX (believed, self->expire_clock));
  return chat_sqlite_writer_run_statement (self, SQL_SET_EXPIRE_CLOCK);
}

/* A portion of the oldest messages goes, and with them what the log tells of that time and before: the ids say which that is. Messages
 * lie in the order of their ids, and nearly that of their dates: the first that is young enough ends it. One from the future,
 * sent while a clock was wrong, is no reason to keep what follows it; one that should have gone long ago was sent while the clock was
 * set back, and goes with the next one after it that is old. */
gboolean
chat_sqlite_expire (ChatSqliteWriter *self, ChatStorageJob *job)
{
  gint64 last = job->until, oldest = 0, before, now;
  gboolean failed = FALSE, ended = FALSE;
  guint n = 0;

  if (job->until == 0 && !look_at_clock (self, job))
    return FALSE;
  now = self->expire_clock;
  before = now - job->keep;
  job->more = FALSE;
  bind_id (self, SQL_LIST_OLDEST, 1, last);
  bind_id (self, SQL_LIST_OLDEST, 2, CHAT_SQLITE_SWEEP_SIZE);
  while (chat_sqlite_writer_step_row (self, SQL_LIST_OLDEST, &failed))
    {
      gint64 id = get_id (self, SQL_LIST_OLDEST, 0), date = get_id (self, SQL_LIST_OLDEST, 1);

      n++;
      if (date >= before && date <= now)
        {
          ended = TRUE;
          sqlite3_reset (self->statements[SQL_LIST_OLDEST]);
          break;
        }
      last = id;
      if (date < before && date >= self->expire_known)
        oldest = id;
    }
  if (failed)
    return FALSE;
  job->until = last;
  job->more = !ended && n == CHAT_SQLITE_SWEEP_SIZE;
  if (oldest > 0)
    {
      bind_id (self, SQL_REMOVE_OLDEST, 1, oldest);
      bind_id (self, SQL_REMOVE_OLDEST, 2, before);
      bind_id (self, SQL_REMOVE_OLDEST, 3, CHAT_SQLITE_EXPIRE_SIZE);
      bind_id (self, SQL_RAISE_LOG_START, 1, oldest);
      bind_id (self, SQL_TRIM_LOG, 1, oldest);
      if (!chat_sqlite_drop_messages (self, SQL_REMOVE_OLDEST, &n)
          || !chat_sqlite_writer_run_statement (self, SQL_RAISE_LOG_START)
          || !chat_sqlite_writer_run_statement (self, SQL_TRIM_LOG))
        return FALSE;
    }
  if (job->more)
    return TRUE;
  bind_id (self, SQL_SET_EXPIRED, 1, before);
  return chat_sqlite_writer_run_statement (self, SQL_SET_EXPIRED);
}
