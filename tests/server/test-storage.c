/* test-storage.c: every operation of the storage with each way in which it can fail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-storage-common.h"

#include "chat-limits.h"

static void
assert_members (ChatStorageJob *job, guint n, gint64 a, gint64 b)
{
  g_assert_nonnull (job->members);
  g_assert_cmpuint (job->members->n_ids, ==, n);
  g_assert_cmpint (job->members->ids[0], ==, MIN (a, b));
  g_assert_cmpint (job->members->ids[1], ==, MAX (a, b));
}

static ChatStorageJob *
page (gint64 user_id, gint64 room_id, ChatStoragePage kind, gint64 anchor, gint64 until, guint limit)
{
  ChatStorageJob *job = job_new (CHAT_STORAGE_READ, user_id, room_id, anchor);

  job->page = kind;
  job->until = until;
  job->limit = limit;
  return job;
}

static void
test_users (void)
{
  Store store;
  gint64 ada;

  store_open (&store);
  ada = store_add_user (&store, "Ada");
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_USER, 0, "aDA", "x"));

    assert_status (job, SIGNUP_USER_EXIST);
  }
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_USER, 0, "no such name", "x"));

    assert_status (job, BAD_REQUEST);
  }
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new_named (CHAT_STORAGE_FIND_USER, 0, "ADA", NULL));

    assert_status (job, SUCCESS);
    g_assert_cmpint (job->user_id, ==, ada);
    g_assert_cmpstr (job->name, ==, "Ada");
    g_assert_cmpstr (job->secret, ==, "hash of Ada");
  }
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new_named (CHAT_STORAGE_FIND_USER, 0, "grace", NULL));

    assert_status (job, USER_DOES_NOT_EXIST);
  }
  {
    g_autoptr (ChatStorageJob) set = store_ask (&store, job_new_named (CHAT_STORAGE_SET_SECRET, ada, NULL, "another"));
    g_autoptr (ChatStorageJob) none = store_ask (&store, job_new_named (CHAT_STORAGE_SET_SECRET, ada + 1, NULL, "another"));
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new_named (CHAT_STORAGE_FIND_USER, 0, "ada", NULL));

    assert_status (set, SUCCESS);
    assert_status (none, USER_DOES_NOT_EXIST);
    g_assert_cmpstr (job->secret, ==, "another");
  }
  store_close (&store);
}

static void
assert_found (Store *store, const char *text, guint limit, const char *expected)
{
  g_autoptr (ChatStorageJob) job = job_new_named (CHAT_STORAGE_SEARCH_USERS, 0, text, NULL);
  g_autofree char *found = NULL;

  job->limit = limit;
  job = store_ask (store, g_steal_pointer (&job));
  assert_status (job, SUCCESS);
  found = g_strjoinv (" ", job->names);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_search (void)
{
  static const char *const logins[] = { "linus", "Ann", "joanna", "anton", "hannah", "a_n", "x.an", "zed", "an-an", "annA2" };
  Store store;

  store_open (&store);
  for (guint i = 0; i < G_N_ELEMENTS (logins); i++)
    store_add_user (&store, logins[i]);
  assert_found (&store, "AN", 50, "an-an Ann annA2 anton hannah joanna x.an");
  assert_found (&store, "an", 5, "an-an Ann annA2 anton hannah");
  assert_found (&store, "an", 2, "an-an Ann");
  assert_found (&store, "_", 50, "a_n");
  assert_found (&store, "%", 50, "");
  assert_found (&store, "a%n", 50, "");
  assert_found (&store, "", 50, "");
  assert_found (&store, "z", 50, "zed");
  assert_found (&store, "Ада", 50, "");
  store_close (&store);
}

static void
test_tokens (void)
{
  Store store;
  gint64 ada, grace, first = 0, kept = 0;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "grace");
  for (guint i = 0; i < 101; i++)
    {
      g_autofree char *hash = g_strdup_printf ("hash %u", i);
      g_autoptr (ChatStorageJob) job = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_TOKEN, ada, "Desktop", hash));

      assert_status (job, SUCCESS);
      if (i == 0)
        first = job->token_id;
      if (i == 1)
        kept = job->token_id;
      if (i == 50)
        {
          /* The oldest is used once more: another one is now unused longest */
          g_autoptr (ChatStorageJob) use = store_ask (&store, job_new_named (CHAT_STORAGE_USE_TOKEN, 0, NULL, "hash 0"));

          assert_status (use, SUCCESS);
          g_assert_cmpint (use->user_id, ==, ada);
          g_assert_cmpint (use->token_id, ==, first);
          g_assert_cmpstr (use->name, ==, "ada");
        }
    }
  {
    g_autoptr (ChatStorageJob) gone = store_ask (&store, job_new_named (CHAT_STORAGE_USE_TOKEN, 0, NULL, "hash 1"));
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new (CHAT_STORAGE_LIST_TOKENS, ada, 0, 0));
    ChatStorageToken *newest, *oldest;

    assert_status (gone, LOGIN_WRONG_PASS);
    assert_status (job, SUCCESS);
    g_assert_cmpuint (job->tokens->len, ==, 100);
    newest = job->tokens->pdata[0];
    oldest = job->tokens->pdata[99];
    g_assert_cmpint (newest->id, >, oldest->id);
    g_assert_cmpint (oldest->id, ==, first);
    g_assert_cmpint (oldest->last_used, >, oldest->created);
    g_assert_cmpstr (newest->device, ==, "Desktop");
  }
  {
    g_autoptr (ChatStorageJob) foreign = job_new (CHAT_STORAGE_REMOVE_TOKEN, grace, 0, 0);
    g_autoptr (ChatStorageJob) own = job_new (CHAT_STORAGE_REMOVE_TOKEN, ada, 0, 0);
    g_autoptr (ChatStorageJob) again = job_new (CHAT_STORAGE_REMOVE_TOKEN, ada, 0, 0);
    g_autoptr (ChatStorageJob) use = NULL, nobody = NULL, old = NULL;

    foreign->token_id = own->token_id = again->token_id = first;
    foreign = store_ask (&store, g_steal_pointer (&foreign));
    own = store_ask (&store, g_steal_pointer (&own));
    again = store_ask (&store, g_steal_pointer (&again));
    use = store_ask (&store, job_new_named (CHAT_STORAGE_USE_TOKEN, 0, NULL, "hash 0"));
    nobody = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_TOKEN, 9999, "Desktop", "h"));
    assert_status (foreign, FORBIDDEN);
    assert_status (own, SUCCESS);
    assert_status (again, FORBIDDEN);
    assert_status (use, LOGIN_WRONG_PASS);
    assert_status (nobody, USER_DOES_NOT_EXIST);
    old = job_new (CHAT_STORAGE_REMOVE_TOKEN, ada, 0, 0);
    old->token_id = kept;
    old = store_ask (&store, g_steal_pointer (&old));
    assert_status (old, FORBIDDEN);
  }
  store_close (&store);
}

static void
test_rooms (void)
{
  Store store;
  gint64 ada, grace, linus, room;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "Grace");
  linus = store_add_user (&store, "linus");
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_ROOM, ada, "gRACE", NULL));
    g_autoptr (ChatStorageJob) back = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_ROOM, grace, "ada", NULL));
    g_autoptr (ChatStorageJob) self = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_ROOM, ada, "ADA", NULL));
    g_autoptr (ChatStorageJob) nobody = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_ROOM, ada, "nobody", NULL));
    g_autoptr (ChatStorageJob) ghost = store_ask (&store, job_new_named (CHAT_STORAGE_ADD_ROOM, 9999, "ada", NULL));

    assert_status (job, SUCCESS);
    g_assert_true (job->created);
    g_assert_cmpstr (job->name, ==, "Grace");
    assert_members (job, 2, ada, grace);
    room = job->room_id;
    assert_status (back, SUCCESS);
    g_assert_false (back->created);
    g_assert_cmpint (back->room_id, ==, room);
    assert_members (back, 2, ada, grace);
    assert_status (self, FORBIDDEN);
    assert_status (nobody, USER_DOES_NOT_EXIST);
    assert_status (ghost, USER_DOES_NOT_EXIST);
  }
  {
    g_autoptr (ChatStorageJob) set = job_new (CHAT_STORAGE_SET_ROOM, ada, room, 0);
    g_autoptr (ChatStorageJob) more = job_new (CHAT_STORAGE_SET_ROOM, ada, room, 0);
    g_autoptr (ChatStorageJob) other = store_ask (&store, job_new (CHAT_STORAGE_SET_ROOM, linus, room, 0));
    g_autoptr (ChatStorageJob) none = store_ask (&store, job_new (CHAT_STORAGE_SET_ROOM, ada, 9999, 0));

    set->set_muted = 1;
    more->set_pinned = 1;
    set = store_ask (&store, g_steal_pointer (&set));
    more = store_ask (&store, g_steal_pointer (&more));
    assert_status (set, SUCCESS);
    g_assert_cmpint (set->set_muted, ==, 1);
    g_assert_cmpint (set->set_pinned, ==, 0);
    g_assert_cmpint (more->set_muted, ==, 1);
    g_assert_cmpint (more->set_pinned, ==, 1);
    assert_status (other, FORBIDDEN);
    assert_status (none, ROOM_DOES_NOT_EXIST);
  }
  {
    g_autoptr (ChatStorageJob) other = NULL, own = NULL, again = NULL, send = NULL, read = NULL, list = NULL;
    gint64 message = store_add_message (&store, ada, room, "one"), next;

    other = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_ROOM, linus, room, 0));
    own = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_ROOM, grace, room, 0));
    again = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_ROOM, grace, room, 0));
    send = store_ask (&store, message_new (ada, room, "late", NULL));
    read = store_ask (&store, page (ada, room, CHAT_STORAGE_NEWEST, 0, 0, 50));
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));
    assert_status (other, FORBIDDEN);
    assert_status (own, SUCCESS);
    assert_members (own, 2, ada, grace);
    assert_status (again, ROOM_DOES_NOT_EXIST);
    assert_status (send, ROOM_DOES_NOT_EXIST);
    assert_status (read, ROOM_DOES_NOT_EXIST);
    g_assert_cmpuint (list->rooms->len, ==, 0);
    g_clear_pointer (&again, answer_free);
    again = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_MESSAGE, ada, 0, message));
    assert_status (again, MESSAGE_DOES_NOT_EXIST);
    next = store_add_room (&store, ada, "grace");
    g_assert_cmpint (next, >, message);
  }
  store_close (&store);
}

static void
test_messages (void)
{
  Store store;
  gint64 ada, grace, linus, room, other_room, one;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "grace");
  linus = store_add_user (&store, "linus");
  room = store_add_room (&store, ada, "grace");
  other_room = store_add_room (&store, ada, "linus");
  one = store_add_message (&store, ada, room, "one");
  {
    g_autoptr (ChatStorageJob) other = store_ask (&store, message_new (linus, room, "x", NULL));
    g_autoptr (ChatStorageJob) none = store_ask (&store, message_new (ada, 9999, "x", NULL));
    g_autoptr (ChatStorageJob) empty = store_ask (&store, message_new (ada, room, NULL, NULL));

    assert_status (other, FORBIDDEN);
    assert_status (none, ROOM_DOES_NOT_EXIST);
    assert_status (empty, BAD_REQUEST);
  }
  /* A client_ref gives the same message again: in another room, after the message is gone, after the room is gone */
  {
    g_autoptr (ChatStorageJob) first = store_ask (&store, message_new (ada, room, "with ref", "r1"));
    g_autoptr (ChatStorageJob) again = store_ask (&store, message_new (ada, other_room, "with ref", "r1"));
    g_autoptr (ChatStorageJob) others = store_ask (&store, message_new (grace, room, "with ref", "r1"));
    g_autoptr (ChatStorageJob) removed = NULL, late = NULL, gone = NULL, after = NULL;

    g_assert_true (first->created);
    assert_members (first, 2, ada, grace);
    g_assert_cmpint (first->date, >, 0);
    assert_status (again, SUCCESS);
    g_assert_false (again->created);
    g_assert_cmpint (again->message_id, ==, first->message_id);
    g_assert_cmpint (again->date, ==, first->date);
    g_assert_true (others->created);
    g_assert_cmpint (others->message_id, >, first->message_id);
    removed = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_MESSAGE, ada, 0, first->message_id));
    assert_status (removed, SUCCESS);
    g_assert_cmpint (removed->room_id, ==, room);
    assert_members (removed, 2, ada, grace);
    late = store_ask (&store, message_new (ada, room, "with ref", "r1"));
    g_assert_false (late->created);
    g_assert_cmpint (late->message_id, ==, first->message_id);
    gone = store_ask (&store, message_new (ada, other_room, "with ref", "r2"));
    after = store_ask (&store, job_new (CHAT_STORAGE_REMOVE_ROOM, ada, other_room, 0));
    assert_status (after, SUCCESS);
    g_clear_pointer (&after, answer_free);
    after = store_ask (&store, message_new (ada, other_room, "with ref", "r2"));
    assert_status (after, SUCCESS);
    g_assert_cmpint (after->message_id, ==, gone->message_id);
    g_assert_null (after->members);
  }
  /* Edits and deletions: the sender's alone, and nobody learns of what is not theirs */
  for (guint i = 0; i < 2; i++)
    {
      ChatStorageOp op = i == 0 ? CHAT_STORAGE_EDIT_MESSAGE : CHAT_STORAGE_REMOVE_MESSAGE;
      g_autoptr (ChatStorageJob) member = job_new (op, grace, 0, one), stranger = job_new (op, linus, 0, one);
      g_autoptr (ChatStorageJob) none = job_new (op, ada, 0, 9999), own = job_new (op, ada, 0, one);

      member->text = g_strdup ("x");
      stranger->text = g_strdup ("x");
      none->text = g_strdup ("x");
      own->text = g_strdup ("edited");
      member = store_ask (&store, g_steal_pointer (&member));
      stranger = store_ask (&store, g_steal_pointer (&stranger));
      none = store_ask (&store, g_steal_pointer (&none));
      own = store_ask (&store, g_steal_pointer (&own));
      assert_status (member, FORBIDDEN);
      assert_status (stranger, MESSAGE_DOES_NOT_EXIST);
      assert_status (none, MESSAGE_DOES_NOT_EXIST);
      assert_status (own, SUCCESS);
      g_assert_cmpint (own->room_id, ==, room);
      assert_members (own, 2, ada, grace);
      if (op == CHAT_STORAGE_EDIT_MESSAGE)
        {
          g_autoptr (ChatStorageJob) read = store_ask (&store, page (grace, room, CHAT_STORAGE_NEWEST, 0, 0, 50));
          ChatStorageMessage *message = read->messages->pdata[0];

          g_assert_cmpint (message->id, ==, one);
          g_assert_cmpstr (message->text, ==, "edited");
          g_assert_cmpint (message->edited, ==, own->date);
          g_assert_cmpstr (message->sender, ==, "ada");
          g_assert_cmpint (message->sender_id, ==, ada);
        }
    }
  {
    g_autoptr (ChatStorageJob) again = job_new (CHAT_STORAGE_REMOVE_MESSAGE, ada, 0, one);

    again = store_ask (&store, g_steal_pointer (&again));
    assert_status (again, MESSAGE_DOES_NOT_EXIST);
  }
  store_close (&store);
}

static void
test_read_marks (void)
{
  Store store;
  gint64 ada, grace, linus, room, ids[5];

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "grace");
  linus = store_add_user (&store, "linus");
  room = store_add_room (&store, ada, "grace");
  {
    g_autoptr (ChatStorageJob) job = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, ada, room, 99));

    assert_status (job, SUCCESS);
    g_assert_cmpint (job->message_id, ==, 0);
    g_assert_false (job->created);
  }
  for (guint i = 0; i < 5; i++)
    ids[i] = store_add_message (&store, grace, room, "hello");
  {
    g_autoptr (ChatStorageJob) list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, grace, 0, 0));
    ChatStorageRoom *entry = list->rooms->pdata[0];

    /* Sending is reading */
    g_assert_cmpint (entry->read_mark, ==, ids[4]);
    g_assert_cmpuint (entry->unread, ==, 0);
  }
  {
    g_autoptr (ChatStorageJob) some = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, ada, room, ids[1]));
    g_autoptr (ChatStorageJob) back = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, ada, room, ids[0]));
    g_autoptr (ChatStorageJob) past = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, ada, room, CHAT_MAX_ID));
    g_autoptr (ChatStorageJob) other = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, linus, room, ids[0]));
    g_autoptr (ChatStorageJob) none = store_ask (&store, job_new (CHAT_STORAGE_MARK_READ, ada, 9999, ids[0]));

    g_assert_true (some->created);
    g_assert_cmpuint (some->unread, ==, 3);
    g_assert_cmpint (some->message_id, ==, ids[1]);
    g_assert_false (back->created);
    g_assert_cmpint (back->message_id, ==, ids[1]);
    g_assert_true (past->created);
    g_assert_cmpint (past->message_id, ==, ids[4]);
    g_assert_cmpuint (past->unread, ==, 0);
    assert_status (other, FORBIDDEN);
    assert_status (none, ROOM_DOES_NOT_EXIST);
  }
  {
    g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
    g_autoptr (ChatStorageJob) list = NULL;
    ChatStorageRoom *entry;

    for (guint i = 0; i < 1200; i++)
      store_gather (&store, message_new (grace, room, "many", NULL), answers);
    chat_test_wait_until (answers->len == 1200);
    list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));
    entry = list->rooms->pdata[0];
    g_assert_cmpuint (entry->unread, ==, 1000);
    g_assert_cmpstr (entry->name, ==, "grace");
    g_assert_cmpint (entry->first_message_id, ==, ids[0]);
    g_assert_cmpstr (entry->last_message->text, ==, "many");
    g_assert_cmpuint (g_strv_length (entry->members), ==, 2);
  }
  store_close (&store);
}

static void
test_list_order (void)
{
  Store store;
  gint64 ada, grace, first, second, third;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  grace = store_add_user (&store, "grace");
  store_add_user (&store, "linus");
  store_add_user (&store, "mei");
  first = store_add_room (&store, ada, "grace");
  second = store_add_room (&store, ada, "linus");
  store_add_message (&store, grace, first, "newest activity");
  third = store_add_room (&store, ada, "mei");
  {
    g_autoptr (ChatStorageJob) list = store_ask (&store, job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0));

    g_assert_cmpuint (list->rooms->len, ==, 3);
    g_assert_cmpint (((ChatStorageRoom *) list->rooms->pdata[0])->id, ==, third);
    g_assert_cmpint (((ChatStorageRoom *) list->rooms->pdata[1])->id, ==, first);
    g_assert_cmpint (((ChatStorageRoom *) list->rooms->pdata[2])->id, ==, second);
    g_assert_null (((ChatStorageRoom *) list->rooms->pdata[2])->last_message);
    g_assert_cmpint (((ChatStorageRoom *) list->rooms->pdata[2])->first_message_id, ==, 0);
  }
  store_close (&store);
}

/* Every kind of page against a naive reckoning over all ids, for every anchor, bound and size */
static void
assert_page (Store *store, gint64 user, gint64 room, GArray *ids, ChatStoragePage kind, gint64 anchor, gint64 until, guint limit)
{
  g_autoptr (ChatStorageJob) job = store_ask (store, page (user, room, kind, anchor, until, limit));
  guint first = 0, end = 0, n = 0, at;
  gboolean more;

  while (n < ids->len && (until == 0 || g_array_index (ids, gint64, n) <= until))
    n++;
  for (at = 0; at < n && g_array_index (ids, gint64, at) < anchor;)
    at++;
  if (kind == CHAT_STORAGE_NEWEST || kind == CHAT_STORAGE_BEFORE)
    {
      end = kind == CHAT_STORAGE_NEWEST ? n : at;
      first = end > limit ? end - limit : 0;
      more = first > 0;
    }
  else if (kind == CHAT_STORAGE_AFTER)
    {
      first = at < n && g_array_index (ids, gint64, at) == anchor ? at + 1 : at;
      end = MIN (n, first + limit);
      more = end < n;
    }
  else
    {
      guint newer = MIN (n - at, limit - MIN (at, limit / 2));

      end = at + newer;
      first = at - MIN (at, limit - newer);
      more = end < n;
    }
  assert_status (job, SUCCESS);
  g_assert_cmpuint (job->messages->len, ==, end - first);
  for (guint i = first; i < end; i++)
    g_assert_cmpint (((ChatStorageMessage *) job->messages->pdata[i - first])->id, ==, g_array_index (ids, gint64, i));
  g_assert_cmpint (job->more, ==, more);
  g_assert_cmpint (job->newest_id, ==, g_array_index (ids, gint64, ids->len - 1));
}

static void
test_pages (void)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  Store store;
  gint64 ada, linus, room, empty;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  linus = store_add_user (&store, "linus");
  room = store_add_room (&store, ada, "grace");
  empty = store_add_room (&store, ada, "linus");
  for (guint i = 0; i < 9; i++)
    {
      gint64 id = store_add_message (&store, ada, room, "text");

      g_array_append_val (ids, id);
      if (i == 4)
        store_add_message (&store, linus, empty, "elsewhere");
    }
  for (guint kind = CHAT_STORAGE_NEWEST; kind <= CHAT_STORAGE_AROUND; kind++)
    for (gint64 anchor = g_array_index (ids, gint64, 0) - 1; anchor <= g_array_index (ids, gint64, 8) + 1; anchor++)
      for (guint limit = 1; limit <= 11; limit += 2)
        for (guint u = 0; u < 3; u++)
          {
            gint64 until = u == 0 ? 0 : g_array_index (ids, gint64, u * 4 - 1);

            /* A bound below the anchor means nothing around it */
            if (kind == CHAT_STORAGE_AROUND && until != 0 && until < anchor)
              continue;
            assert_page (&store, ada, room, ids, kind, anchor, until, limit);
          }
  {
    g_autoptr (ChatStorageJob) other = store_ask (&store, page (linus, room, CHAT_STORAGE_NEWEST, 0, 0, 50));
    g_autoptr (ChatStorageJob) none = store_ask (&store, page (ada, 9999, CHAT_STORAGE_NEWEST, 0, 0, 50));
    g_autoptr (ChatStorageJob) huge = store_ask (&store, page (ada, room, CHAT_STORAGE_AROUND, G_MAXINT64, G_MAXINT64, G_MAXUINT));
    g_autoptr (ChatStorageJob) negative = store_ask (&store, page (ada, room, CHAT_STORAGE_BEFORE, G_MININT64, -1, 0));

    assert_status (other, FORBIDDEN);
    assert_status (none, ROOM_DOES_NOT_EXIST);
    assert_status (huge, SUCCESS);
    g_assert_cmpuint (huge->messages->len, ==, 9);
    assert_status (negative, SUCCESS);
    g_assert_cmpuint (negative->messages->len, ==, 0);
  }
  store_close (&store);
}

/* Of a page of large messages only so much is handed out as somebody can pass on; the rest is asked for. No list of rooms
 * carries whole messages, nor more rooms than were asked for */
static void
test_large (void)
{
  static const struct
  {
    ChatStoragePage page;
    guint           anchor;
    guint           first;
  } pages[] = { { CHAT_STORAGE_NEWEST, 0, 10 }, { CHAT_STORAGE_BEFORE, 35, 5 }, { CHAT_STORAGE_AFTER, 3, 4 } };
  g_autofree char *text = g_strnfill (CHAT_MAX_TEXT_SIZE, 'x');
  gint64 ids[40], ada, room;
  Store store;

  store_open (&store);
  ada = store_add_user (&store, "ada");
  store_add_user (&store, "grace");
  store_add_user (&store, "linus");
  store_add_room (&store, ada, "linus");
  room = store_add_room (&store, ada, "grace");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = store_add_message (&store, ada, room, text);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gint64 until = 0, anchor = ids[pages[i].anchor];
      ChatStoragePage kind = pages[i].page;
      guint n = 0, n_jobs = 0;

      while (n < 30)
        {
          g_autoptr (ChatStorageJob) job = store_ask (&store, page (ada, room, kind, anchor, until, 30));

          assert_status (job, SUCCESS);
          g_assert_cmpuint (job->messages->len, >, 0);
          g_assert_cmpuint (job->messages->len, <=, CHAT_STORAGE_READ_BYTES / CHAT_MAX_TEXT_SIZE + 1);
          if (n_jobs++ == 0)
            {
              until = job->until;
              g_assert_cmpint (until, ==, ids[pages[i].first + 29]);
              g_assert_true (job->more);
            }
          for (guint j = 0; j < job->messages->len; j++, n++)
            g_assert_cmpint (((ChatStorageMessage *) job->messages->pdata[j])->id, ==, ids[pages[i].first + n]);
          kind = CHAT_STORAGE_AFTER;
          anchor = ids[pages[i].first + n - 1];
        }
      g_assert_cmpuint (n, ==, 30);
    }
  {
    ChatStorageJob *question = job_new (CHAT_STORAGE_LIST_ROOMS, ada, 0, 0);
    g_autoptr (ChatStorageJob) list = NULL;
    const ChatStorageRoom *first;

    question->limit = 1;
    list = store_ask (&store, question);
    assert_status (list, SUCCESS);
    g_assert_cmpuint (list->rooms->len, ==, 1);
    first = list->rooms->pdata[0];
    g_assert_cmpint (first->id, ==, room);
    g_assert_cmpuint (strlen (first->last_message->text), ==, 256);
  }
  store_close (&store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storage/users", test_users);
  g_test_add_func ("/storage/search", test_search);
  g_test_add_func ("/storage/tokens", test_tokens);
  g_test_add_func ("/storage/rooms", test_rooms);
  g_test_add_func ("/storage/messages", test_messages);
  g_test_add_func ("/storage/read-marks", test_read_marks);
  g_test_add_func ("/storage/list-order", test_list_order);
  g_test_add_func ("/storage/pages", test_pages);
  g_test_add_func ("/storage/large", test_large);
  return g_test_run ();
}
