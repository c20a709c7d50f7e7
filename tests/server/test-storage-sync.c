/* test-storage-sync.c: the log of what has changed, marks of others, what people allow, keeping for a time only
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

#include <sqlite3.h>

#include "chat-limits.h"

#define DAY (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)

/* Kinds in the words of the pushes, to be read at a glance */
static char *
describe (const ChatStorageChange *change)
{
  switch (change->kind)
    {
    case CHAT_STORAGE_CHANGE_SENT:
      return g_strdup_printf ("sent:%s", change->message->text);
    case CHAT_STORAGE_CHANGE_MESSAGE:
      return change->message != NULL ? g_strdup_printf ("edited:%s", change->message->text) : g_strdup ("deleted");
    case CHAT_STORAGE_CHANGE_ROOM:
      return change->name != NULL ? g_strdup_printf ("room:%s", change->name) : g_strdup ("no-room");
    case CHAT_STORAGE_CHANGE_SETTING:
      return g_strdup_printf ("set:%d%d", change->muted, change->pinned);
    case CHAT_STORAGE_CHANGE_READ:
      return g_strdup_printf ("read:%u", change->unread);
    case CHAT_STORAGE_CHANGE_RECEIPT:
      return g_strdup_printf ("receipt:%s", change->name);
    default:
      return g_strdup_printf ("account:%u", change->prefs);
    }
}

/* Asks for all changes since @since, @limit at a time, and puts them into words. Returns: the closing seq, or -1 for RESET */
static gint64
replay (Store *store, gint64 user, gint64 since, guint limit, const char *expected)
{
  g_autoptr (GString) words = g_string_new (NULL);
  gint64 cursor = since, until = 0, last = since;
  gboolean more = TRUE;

  while (more)
    {
      g_autoptr (ChatStorageJob) job = job_new (CHAT_STORAGE_LIST_CHANGES, user, 0, cursor);

      job->since = since;
      job->until = until;
      job->limit = limit;
      job = store_ask (store, g_steal_pointer (&job));
      if (job->status == CHAT_STATUS_RESET)
        {
          g_assert_null (expected);
          return -1;
        }
      assert_status (job, SUCCESS);
      for (guint i = 0; i < job->changes->len; i++)
        {
          ChatStorageChange *change = job->changes->pdata[i];
          g_autofree char *word = describe (change);

          g_assert_cmpint (change->seq, >, last);
          last = change->seq;
          g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", word);
        }
      g_assert_cmpint (last, <=, job->seq);
      cursor = job->seq;
      until = job->until;
      more = job->more;
    }
  g_assert_cmpint (cursor, ==, until);
  if (expected != NULL)
    g_assert_cmpstr (words->str, ==, expected);
  return cursor;
}

static gint64
change (Store *store, ChatStorageOp op, gint64 user, gint64 room, gint64 message, const char *text)
{
  g_autoptr (ChatStorageJob) job = job_new (op, user, room, message);

  job->text = g_strdup (text);
  job->set_muted = op == CHAT_STORAGE_SET_ROOM ? 1 : -1;
  job = store_ask (store, g_steal_pointer (&job));
  assert_status (job, SUCCESS);
  return job->seq;
}

static void
test_log (void)
{
  static const guint limits[] = { 1, 2, 3, 200 };
  gint64 ada, grace, eve, room, other, first, second, seq, before, edit;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "Grace");
  eve = store_add_user (&store, "eve");
  g_assert_cmpint (replay (&store, ada, 0, 200, ""), ==, 0);
  room = store_add_room (&store, ada, "grace");
  first = store_add_message (&store, ada, room, "one");
  second = store_add_message (&store, grace, room, "two");
  other = store_add_room (&store, eve, "grace");
  store_add_message (&store, eve, other, "not ada's");

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      replay (&store, ada, 0, limits[i], "room:Grace sent:one sent:two");
      replay (&store, grace, 0, limits[i], "room:ada sent:one sent:two room:eve sent:not ada's");
      replay (&store, ada, room, limits[i], "sent:one sent:two");
    }
  before = replay (&store, ada, first, 200, "sent:two");
  g_assert_cmpint (before, >=, second);

  /* Each thing once, in its newest state, where it changed last */
  change (&store, CHAT_STORAGE_EDIT_MESSAGE, ada, 0, first, "one!");
  seq = change (&store, CHAT_STORAGE_SET_ROOM, ada, room, 0, NULL);
  edit = change (&store, CHAT_STORAGE_EDIT_MESSAGE, ada, 0, first, "one!!");
  g_assert_cmpint (edit, >, seq);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      replay (&store, ada, before, limits[i], "set:10 edited:one!!");
      replay (&store, grace, before, limits[i], "edited:one!!");
      replay (&store, ada, seq, limits[i], "edited:one!!");
      replay (&store, ada, room, limits[i], "sent:one!! sent:two set:10");
      replay (&store, eve, before, limits[i], "");
    }
  change (&store, CHAT_STORAGE_REMOVE_MESSAGE, ada, 0, first, NULL);
  /* (With the message its mark would have gone) */
  replay (&store, grace, before, 200, "receipt:ada deleted");
  replay (&store, grace, edit, 200, "receipt:ada deleted");
  replay (&store, grace, 0, 2, "room:ada sent:two room:eve sent:not ada's receipt:ada deleted");

  /* A restart changes nothing of it, and numbers go on */
  store_reopen (&store);
  replay (&store, grace, before, 200, "receipt:ada deleted");
  seq = change (&store, CHAT_STORAGE_REMOVE_ROOM, grace, room, 0, NULL);
  replay (&store, ada, before, 1, "no-room");
  replay (&store, ada, 0, 200, "no-room");
  g_assert_cmpint (replay (&store, grace, seq, 200, ""), ==, seq);
  g_assert_cmpint (replay (&store, grace, seq + 1, 200, NULL), ==, -1);
  g_assert_cmpint (store_add_room (&store, ada, "grace"), >, seq);
  replay (&store, ada, before, 200, "no-room room:Grace");

  /* Nothing of a removed room stays in the log but that it was removed */
  {
    g_autofree char *path = g_build_filename (store.directory, "chat.db", NULL);
    sqlite3 *beside = NULL;
    sqlite3_stmt *count = NULL;
    gboolean empty = FALSE;

    g_assert_cmpint (sqlite3_open (path, &beside), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_prepare_v2 (beside, "SELECT (SELECT count(*) FROM changes WHERE audience = ?1 OR (ref = ?1 AND kind <> ?2))"
                                         " + (SELECT count(*) FROM dead_rooms)", -1, &count, NULL), ==, SQLITE_OK);
    sqlite3_bind_int64 (count, 1, room);
    sqlite3_bind_int64 (count, 2, CHAT_STORAGE_CHANGE_ROOM);
    chat_test_wait_until ((sqlite3_reset (count), sqlite3_step (count) == SQLITE_ROW
                           && (empty = sqlite3_column_int (count, 0) == 0)) || empty);
    sqlite3_finalize (count);
    sqlite3_close (beside);
  }
  store_close (&store);
}

static void
test_limit (void)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  Store store;
  gint64 ada, room;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < CHAT_MAX_SYNC; i++)
    store_gather (&store, message_new (ada, room, "text", NULL), answers);
  chat_test_wait_until (answers->len == CHAT_MAX_SYNC);
  g_assert_cmpint (replay (&store, ada, 0, 200, NULL), ==, -1);
  g_assert_cmpint (replay (&store, ada, room, 200, NULL), >, room);
  store_close (&store);
}

/* What changes between two chunks of a replay comes with the pushes that follow it, or is told as it is now */
static void
test_moving (void)
{
  g_autoptr (ChatStorageJob) begin = NULL, rest = NULL;
  gint64 ada, room, ids[4];
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < 4; i++)
    ids[i] = store_add_message (&store, ada, room, "text");
  begin = job_new (CHAT_STORAGE_LIST_CHANGES, ada, 0, room);
  begin->since = room;
  begin->limit = 1;
  begin = store_ask (&store, g_steal_pointer (&begin));
  g_assert_cmpint (begin->until, ==, ids[3]);
  g_assert_true (begin->more);

  store_add_message (&store, ada, room, "later");
  change (&store, CHAT_STORAGE_REMOVE_MESSAGE, ada, 0, ids[2], NULL);
  change (&store, CHAT_STORAGE_EDIT_MESSAGE, ada, 0, ids[3], "edited");
  rest = job_new (CHAT_STORAGE_LIST_CHANGES, ada, 0, begin->seq);
  rest->since = room;
  rest->until = begin->until;
  rest->limit = 200;
  rest = store_ask (&store, g_steal_pointer (&rest));
  g_assert_cmpuint (rest->changes->len, ==, 2);
  g_assert_cmpint (((ChatStorageChange *) rest->changes->pdata[0])->seq, ==, ids[1]);
  g_assert_cmpstr (((ChatStorageChange *) rest->changes->pdata[1])->message->text, ==, "edited");
  g_assert_cmpint (rest->seq, ==, begin->until);
  g_assert_false (rest->more);
  store_close (&store);
}

static ChatStorageJob *
set_prefs (Store *store, gint64 user, guint mask, guint prefs)
{
  ChatStorageJob *job = job_new (CHAT_STORAGE_SET_PREFS, user, 0, 0);

  job->mask = mask;
  job->prefs = prefs;
  return store_ask (store, job);
}

static void
test_marks (void)
{
  gint64 ada, grace, eve, room, first, second, seq;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "grace");
  eve = store_add_user (&store, "eve");
  room = store_add_room (&store, ada, "grace");
  first = store_add_message (&store, ada, room, "one");
  second = store_add_message (&store, ada, room, "two");
  {
    g_autoptr (ChatStorageJob) delivered = store_ask (&store, job_new (CHAT_STORAGE_MARK_DELIVERED, grace, room, CHAT_MAX_ID));
    g_autoptr (ChatStorageJob) again = store_ask (&store, job_new (CHAT_STORAGE_MARK_DELIVERED, grace, room, first));
    g_autoptr (ChatStorageJob) read = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, grace, room, first));
    g_autoptr (ChatStorageJob) stranger = store_ask (&store, job_new (CHAT_STORAGE_MARK_DELIVERED, eve, room, first));
    g_autoptr (ChatStorageJob) list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));
    ChatStorageRoom *found = list->rooms->pdata[0];

    g_assert_cmpint (delivered->message_id, ==, second);
    g_assert_true (delivered->created && delivered->seq > second);
    g_assert_cmpuint (delivered->members->n_ids, ==, 2);
    g_assert_cmpint (again->message_id, ==, second);
    g_assert_false (again->created);
    g_assert_cmpint (again->seq, ==, 0);
    g_assert_true (read->created && read->seq > delivered->seq);
    g_assert_cmpuint (read->unread, ==, 1);
    assert_status (stranger, FORBIDDEN);
    g_assert_cmpint (found->members_read[0], ==, second);       /* of the sender, by sending */
    g_assert_cmpint (found->members_delivered[0], ==, second);
    g_assert_cmpint (found->members_read[1], ==, first);
    g_assert_cmpint (found->members_delivered[1], ==, second);
    g_assert_cmpint (list->seq, ==, read->seq);
    seq = read->seq;
  }
  replay (&store, ada, second, 200, "receipt:grace");
  replay (&store, grace, second, 200, "read:1");

  /* Who does not allow it: marks rise untold, the own devices are told */
  {
    g_autoptr (ChatStorageJob) hide = set_prefs (&store, grace, CHAT_STORAGE_HIDE_RECEIPTS, CHAT_STORAGE_ALL_PREFS);
    g_autoptr (ChatStorageJob) again = set_prefs (&store, grace, CHAT_STORAGE_ALL_PREFS, CHAT_STORAGE_HIDE_RECEIPTS);
    g_autoptr (ChatStorageJob) nobody = set_prefs (&store, 999, 1, 1);
    g_autoptr (ChatStorageJob) read = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, grace, room, second));
    g_autoptr (ChatStorageJob) list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));
    g_autoptr (ChatStorageJob) own = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, grace, 0, 0));

    g_assert_cmpuint (hide->prefs, ==, CHAT_STORAGE_HIDE_RECEIPTS);
    g_assert_cmpint (hide->seq, >, seq);
    g_assert_cmpint (again->seq, ==, 0);
    assert_status (nobody, USER_DOES_NOT_EXIST);
    g_assert_true (read->created);
    g_assert_null (read->members);
    g_assert_cmpint (((ChatStorageRoom *) list->rooms->pdata[0])->members_read[1], ==, 0);
    g_assert_cmpint (((ChatStorageRoom *) list->rooms->pdata[0])->members_delivered[1], ==, 0);
    g_assert_cmpint (((ChatStorageRoom *) own->rooms->pdata[0])->members_read[1], ==, second);
  }
  replay (&store, ada, seq, 200, "");
  replay (&store, ada, second, 200, "");
  replay (&store, grace, seq, 200, "account:1 read:0");
  {
    g_autoptr (ChatStorageJob) seen = job_new (CHAT_STORAGE_SET_LAST_SEEN, grace, 0, 0);
    g_autoptr (ChatStorageJob) contacts = job_new (CHAT_STORAGE_LIST_CONTACTS, ada, 0, 0);
    ChatStorageContact *contact;

    seen->date = 1000;
    seen = store_ask (&store, g_steal_pointer (&seen));
    contacts->limit = 10;
    contacts = store_ask (&store, g_steal_pointer (&contacts));
    g_assert_cmpuint (contacts->contacts->len, ==, 1);
    contact = contacts->contacts->pdata[0];
    g_assert_cmpint (contact->id, ==, grace);
    g_assert_cmpstr (contact->name, ==, "grace");
    g_assert_cmpint (contact->last_seen, ==, 1000);
    g_assert_cmpuint (contact->prefs, ==, CHAT_STORAGE_HIDE_RECEIPTS);
  }
  store_close (&store);
}

static void
add_token (Store *store, gint64 user, const char *hash, gint64 *id)
{
  g_autoptr (ChatStorageJob) job = job_new (CHAT_STORAGE_ADD_TOKEN, user, 0, 0);

  job->name = g_strdup ("device");
  job->secret = g_strdup (hash);
  job = store_ask (store, g_steal_pointer (&job));
  assert_status (job, SUCCESS);
  *id = job->token_id;
}

static void
test_secrets (void)
{
  gint64 ada, grace, tokens[3], kept;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "grace");
  add_token (&store, ada, "a", &tokens[0]);
  add_token (&store, ada, "b", &tokens[1]);
  add_token (&store, ada, "c", &tokens[2]);
  add_token (&store, grace, "d", &kept);
  {
    g_autoptr (ChatStorageJob) wrong = job_new (CHAT_STORAGE_CHANGE_SECRET, ada, 0, 0);
    g_autoptr (ChatStorageJob) right = job_new (CHAT_STORAGE_CHANGE_SECRET, ada, 0, 0);
    g_autoptr (ChatStorageJob) late = job_new (CHAT_STORAGE_SET_SECRET, ada, 0, 0);
    g_autoptr (ChatStorageJob) list = NULL, others = NULL, find = NULL;

    wrong->secret = g_strdup ("new");
    wrong->text = g_strdup ("no such hash");
    wrong = store_ask (&store, g_steal_pointer (&wrong));
    assert_status (wrong, LOGIN_WRONG_PASS);
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_TOKENS, ada, 0, 0));
    g_assert_cmpuint (list->tokens->len, ==, 3);

    right->secret = g_strdup ("new");
    right->text = g_strdup ("hash of ada");
    right->token_id = tokens[1];
    right = store_ask (&store, g_steal_pointer (&right));
    assert_status (right, SUCCESS);
    /* What was hashed anew meanwhile does not bring the old password back */
    late->secret = g_strdup ("old one, hashed anew");
    late->text = g_strdup ("hash of ada");
    late = store_ask (&store, g_steal_pointer (&late));
    assert_status (late, LOGIN_WRONG_PASS);
    find = job_new (CHAT_STORAGE_FIND_USER, 0, 0, 0);
    find->name = g_strdup ("ada");
    find = store_ask (&store, g_steal_pointer (&find));
    g_assert_cmpstr (find->secret, ==, "new");

    answer_free (g_steal_pointer (&list));
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_TOKENS, ada, 0, 0));
    g_assert_cmpuint (list->tokens->len, ==, 1);
    g_assert_cmpint (((ChatStorageToken *) list->tokens->pdata[0])->id, ==, tokens[1]);
    others = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_TOKENS, ada, 0, 0));
    assert_status (others, SUCCESS);
    answer_free (g_steal_pointer (&list));
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_TOKENS, ada, 0, 0));
    g_assert_cmpuint (list->tokens->len, ==, 0);
    answer_free (g_steal_pointer (&list));
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_TOKENS, grace, 0, 0));
    g_assert_cmpuint (list->tokens->len, ==, 1);
  }
  store_close (&store);
}

static void
test_expire (void)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  gint64 now = g_get_real_time (), until = 0, ada, room, young, seq, last_old = 0;
  gboolean more = TRUE;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < 1100; i++)
    {
      ChatStorageJob *job = message_new (ada, room, "old", NULL);

      /* One of them was sent while the clock was wrong */
      job->date = i == 3 ? now + 1000 * DAY : now - 31 * DAY + i;
      store_gather (&store, job, answers);
    }
  chat_test_wait_until (answers->len == 1100);
  last_old = ((ChatStorageJob *) answers->pdata[1099])->message_id;
  change (&store, CHAT_STORAGE_EDIT_MESSAGE, ada, 0, last_old, "edited");
  young = store_add_message (&store, ada, room, "young");
  seq = change (&store, CHAT_STORAGE_EDIT_MESSAGE, ada, 0, young, "young!");

  while (more)
    {
      g_autoptr (ChatStorageJob) job = job_new (CHAT_STORAGE_EXPIRE, 0, 0, 0);

      job->date = now;
      job->keep = 30 * DAY;
      job->until = until;
      job = store_ask (&store, g_steal_pointer (&job));
      assert_status (job, SUCCESS);
      g_assert_true (!job->more || job->until > until);
      until = job->until;
      more = job->more;
    }
  {
    g_autoptr (ChatStorageJob) list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));
    g_autoptr (ChatStorageJob) read = job_new (CHAT_STORAGE_READ, ada, room, 0);

    read->page = CHAT_STORAGE_AFTER;
    read->limit = 100;
    read = store_ask (&store, g_steal_pointer (&read));
    g_assert_cmpuint (read->messages->len, ==, 2);
    g_assert_cmpint (((ChatStorageMessage *) read->messages->pdata[1])->id, ==, young);
    g_assert_cmpint (list->seq, ==, seq);
  }
  /* Who was away for longer than that begins anew; others miss nothing */
  g_assert_cmpint (replay (&store, ada, room, 200, NULL), ==, -1);
  g_assert_cmpint (replay (&store, ada, last_old - 1, 200, NULL), ==, -1);
  replay (&store, ada, last_old, 200, "deleted sent:young!");
  store_close (&store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storage-sync/log", test_log);
  g_test_add_func ("/storage-sync/limit", test_limit);
  g_test_add_func ("/storage-sync/moving", test_moving);
  g_test_add_func ("/storage-sync/marks", test_marks);
  g_test_add_func ("/storage-sync/secrets", test_secrets);
  g_test_add_func ("/storage-sync/expire", test_expire);
  return g_test_run ();
}
