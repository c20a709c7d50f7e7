/* test-store.c: every operation of the store, and what late or reordered words may not do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-store-common.h"

static void
assert_events (GPtrArray  *events,
               const char *wanted)
{
  g_autofree char *text = events_text (events);

  g_assert_cmpstr (text, ==, wanted);
  g_ptr_array_unref (events);
}

static void
test_rooms (void)
{
  Place *place = place_new ();

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GPtrArray) rooms = NULL;
      g_autoptr (ChatStoreRoom) told = chat_store_room_new (7, "grace");
      const char *members[] = { "ada", "grace", NULL };
      ChatStorePosition position = { 12, -34, TRUE };
      ChatStoreBatch *batch = chat_store_batch_new ();
      ChatStoreRoom *room;
      ChatStoreMark *mark;

      told->kind = 1;
      told->members = g_strdupv ((char **) members);
      told->newest_id = 20;
      told->read_mark = 11;
      told->unread = 3;
      told->pinned = 1;
      told->activity = 5000;
      told->first_id = 10;
      g_assert_true (chat_store_batch_put_room (batch, told));
      put_room (batch, 8, 0);
      put (batch, 7, 12, "Привіт", FALSE);
      chat_store_batch_set_mark (batch, 7, "Grace", 15, 9);
      chat_store_batch_set_mark (batch, 7, "grace", 0, 12);
      chat_store_batch_set_draft (batch, 7, "чернетка", 99);
      chat_store_batch_set_draft (batch, 8, "gone", 99);
      chat_store_batch_set_draft (batch, 8, "", 99);
      chat_store_batch_set_position (batch, 7, &position);
      store_apply_quietly (place->store, batch);
      place_reopen (place);

      rooms = store_rooms (place->store);
      g_assert_cmpuint (rooms->len, ==, 2);
      room = rooms->pdata[0];
      g_assert_cmpint (room->id, ==, 7);
      g_assert_cmpstr (room->name, ==, "grace");
      g_assert_cmpint (room->kind, ==, 1);
      g_assert_cmpuint (g_strv_length (room->members), ==, 2);
      g_assert_cmpstr (room->members[1], ==, "grace");
      g_assert_cmpint (room->newest_id, ==, 20);
      g_assert_cmpint (room->first_id, ==, 10);
      g_assert_cmpint (room->read_mark, ==, 11);
      g_assert_cmpint (room->unread, ==, 3);
      g_assert_cmpint (room->pinned, ==, 1);
      g_assert_cmpint (room->muted, ==, 0);
      g_assert_cmpint (room->activity, ==, 5000);
      g_assert_cmpstr (room->draft, ==, "чернетка");
      g_assert_cmpint (room->draft_date, ==, 99);
      g_assert_cmpint (room->position.message_id, ==, 12);
      g_assert_cmpint (room->position.offset, ==, -34);
      g_assert_true (room->position.at_bottom);
      g_assert_cmpstr (room->last_message->text, ==, "Привіт");
      g_assert_cmpuint (room->marks->len, ==, 1);
      mark = room->marks->pdata[0];
      g_assert_cmpint (mark->delivered, ==, 15);
      g_assert_cmpint (mark->read, ==, 12);
      g_assert_null (((ChatStoreRoom *) rooms->pdata[1])->draft);
    }

  /* Marks only rise; what was not told stays; flags one by one */
  {
    ChatStoreBatch *batch = chat_store_batch_new ();
    g_autoptr (GPtrArray) rooms = NULL;
    ChatStoreRoom *room;

    put_room (batch, 7, CHAT_STORE_UNTOLD);
    chat_store_batch_set_read (batch, 7, 5, 77);
    chat_store_batch_set_flags (batch, 7, CHAT_STORE_UNTOLD, 1, 1);
    store_apply_quietly (place->store, batch);
    batch = chat_store_batch_new ();
    chat_store_batch_set_read (batch, 7, 13, 1);
    chat_store_batch_set_flags (batch, 7, 0, CHAT_STORE_UNTOLD, 0);
    store_apply_quietly (place->store, batch);
    rooms = store_rooms (place->store);
    room = rooms->pdata[0];
    g_assert_cmpstr (room->name, ==, "room 7");
    g_assert_cmpint (room->kind, ==, 1);
    g_assert_cmpint (room->read_mark, ==, 13);
    g_assert_cmpint (room->unread, ==, 1);
    g_assert_cmpint (room->pinned, ==, 0);
    g_assert_cmpint (room->muted, ==, 1);
    g_assert_cmpint (room->marked_unread, ==, 0);
    g_assert_cmpuint (g_strv_length (room->members), ==, 2);
  }
  place_free (place);
}

static void
test_room_goes (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();
  const gint64 rest[] = { 3, 1 };

  for (gint64 id = 1; id <= 3; id++)
    {
      put_room (batch, id, 0);
      put (batch, id, id * 10, "hello", TRUE);
      chat_store_batch_set_draft (batch, id, "draft", 1);
    }
  store_apply_quietly (place->store, batch);

  batch = chat_store_batch_new ();
  chat_store_batch_retain_rooms (batch, rest, G_N_ELEMENTS (rest), 0);
  chat_store_batch_remove_room (batch, 1, 50);
  chat_store_batch_remove_room (batch, 1, 50);
  /* Late words */
  put (batch, 1, 11, "late", TRUE);
  put_ids (batch, 2, 0, CHAT_STORE_TO_NEWEST, 20, 21, 0);
  assert_events (store_apply (place->store, batch), "-room 2 -room 1");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 10, "~~ stale");
  assert_page (place->store, 3, CHAT_STORE_NEWEST, 0, 10, "[30]");

  /* An older word does not bring it back, a newer one does; without the draft */
  {
    g_autoptr (ChatStoreRoom) room = chat_store_room_new (1, "again");
    g_autoptr (GPtrArray) rooms = NULL;

    room->seq = 49;
    batch = chat_store_batch_new ();
    chat_store_batch_put_room (batch, room);
    store_apply_quietly (place->store, batch);
    rooms = store_rooms (place->store);
    g_assert_cmpuint (rooms->len, ==, 1);
    g_ptr_array_unref (rooms);
    room->seq = 51;
    room->first_id = 0;
    batch = chat_store_batch_new ();
    chat_store_batch_put_room (batch, room);
    put (batch, 1, 60, "new", TRUE);
    assert_events (store_apply (place->store, batch), "+60");
    rooms = store_rooms (place->store);
    g_assert_cmpuint (rooms->len, ==, 2);
    for (guint i = 0; i < rooms->len; i++)
      if (((ChatStoreRoom *) rooms->pdata[i])->id == 1)
        g_assert_null (((ChatStoreRoom *) rooms->pdata[i])->draft);
    assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 10, "[60]");
  }
  place_free (place);
}

static void
test_pages (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();

  /* The newest page, one in the midst; the beginning is not known */
  put_room (batch, 1, CHAT_STORE_UNTOLD);
  put_ids (batch, 1, 80, CHAT_STORE_TO_NEWEST, 80, 85, 90, 95, 0);
  put_ids (batch, 1, 20, 40, 20, 30, 40, 0);
  store_apply_quietly (place->store, batch);

  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 2, "+90 95]");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 10, "~80 85 90 95]");
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 90, 1, "+85+");
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 90, 5, "~80 85+");
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 80, 5, "~+");
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 60, 5, "~+ stale");
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 41, 2, "+30 40+");
  assert_page (place->store, 1, CHAT_STORE_AFTER, 20, 1, "+30+");
  assert_page (place->store, 1, CHAT_STORE_AFTER, 20, 5, "+30 40~");
  assert_page (place->store, 1, CHAT_STORE_AFTER, 60, 5, "+~ stale");
  assert_page (place->store, 1, CHAT_STORE_AFTER, 80, 5, "+85 90 95]");
  assert_page (place->store, 1, CHAT_STORE_AFTER, 95, 5, "+]");
  assert_page (place->store, 1, CHAT_STORE_AROUND, 90, 3, "+85 90 95]");
  assert_page (place->store, 1, CHAT_STORE_AROUND, 95, 3, "+85 90 95]");
  assert_page (place->store, 1, CHAT_STORE_AROUND, 80, 3, "~80 85 90+");
  assert_page (place->store, 1, CHAT_STORE_AROUND, 35, 10, "~20 30 40~");
  assert_page (place->store, 1, CHAT_STORE_AROUND, 60, 10, "~~ stale");
  assert_page (place->store, 2, CHAT_STORE_NEWEST, 60, 10, "~~ stale");
  {
    g_autoptr (ChatStorePage) page = store_page (place->store, 1, CHAT_STORE_BEFORE, 80, 5, CHAT_STORE_PAGE_DEFAULT);
    g_autoptr (ChatStorePage) next = store_page (place->store, 1, CHAT_STORE_AFTER, 40, 5, CHAT_STORE_PAGE_DEFAULT);
    g_autoptr (ChatStorePage) all = store_page (place->store, 1, CHAT_STORE_BEFORE, 90, 3, CHAT_STORE_ACROSS_GAPS);
    g_autofree char *ids = page_ids (all);

    g_assert_cmpint (page->beyond_before, ==, 40);
    g_assert_cmpint (next->beyond_after, ==, 80);
    g_assert_cmpstr (ids, ==, "+40 80 85+ stale");
  }

  /* The pages connect; then the beginning is told */
  batch = chat_store_batch_new ();
  put_ids (batch, 1, 41, 79, 70, 0);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 80, 3, "+30 40 70+");
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 70, 10, "~20 30 40+");
  batch = chat_store_batch_new ();
  put_room (batch, 1, 20);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 70, 10, "[20 30 40+");

  /* Live ones follow; one that did not come in order stands alone until a page connects it */
  batch = chat_store_batch_new ();
  put (batch, 1, 100, "live", TRUE);
  put (batch, 1, 120, "not in order", FALSE);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_AFTER, 90, 10, "+95 100~");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 90, 10, "~120]");
  batch = chat_store_batch_new ();
  put (batch, 1, 130, "follows", TRUE);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 90, 10, "~120 130]");
  batch = chat_store_batch_new ();
  put_ids (batch, 1, 101, CHAT_STORE_TO_NEWEST, 110, 120, 130, 0);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 5, "+95 100 110 120 130]");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 50, "[20 30 40 70 80 85 90 95 100 110 120 130]");

  /* Changes may have been missed: all can be read, nothing is fresh; and a live one does not hide the gap */
  batch = chat_store_batch_new ();
  chat_store_batch_reset (batch, 0);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 2, "+120 130] stale");
  batch = chat_store_batch_new ();
  put (batch, 1, 150, "live", TRUE);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 2, "~150] stale");
  assert_page (place->store, 1, CHAT_STORE_AFTER, 120, 2, "+130~ stale");
  /* What the server's page does not hold any more is gone, what it brings is there, the rest is as old as it was */
  batch = chat_store_batch_new ();
  put_ids (batch, 1, 95, CHAT_STORE_TO_NEWEST, 95, 110, 130, 140, 150, 0);
  assert_events (store_apply (place->store, batch), "-100 -120 +140 ~150");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 50, "[20 30 40 70 80 85 90 95 110 130 140 150] stale");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 5, "+95 110 130 140 150]");
  assert_page (place->store, 1, CHAT_STORE_BEFORE, 95, 2, "+85 90+ stale");
  place_reopen (place);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 5, "+95 110 130 140 150]");
  place_free (place);
}

static void
test_empty_rooms (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();

  put_room (batch, 1, 0);
  put_room (batch, 2, CHAT_STORE_UNTOLD);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 5, "[]");
  assert_page (place->store, 2, CHAT_STORE_NEWEST, 0, 5, "~~ stale");
  batch = chat_store_batch_new ();
  put (batch, 1, 5, "first", TRUE);
  put (batch, 2, 6, "which one is not known", TRUE);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 5, "[5]");
  assert_page (place->store, 2, CHAT_STORE_NEWEST, 0, 5, "~6] stale");

  /* All of them deleted while nobody looked */
  batch = chat_store_batch_new ();
  put_ids (batch, 1, CHAT_STORE_BEGINNING, CHAT_STORE_TO_NEWEST, 0);
  assert_events (store_apply (place->store, batch), "-5");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 5, "[]");
  /* The newest one told is not kept; that it was deleted shows when the server is asked for what is newer */
  batch = chat_store_batch_new ();
  put_ids (batch, 2, CHAT_STORE_BEGINNING, CHAT_STORE_TO_NEWEST, 6, 0);
  {
    g_autoptr (ChatStoreRoom) room = chat_store_room_new (2, "two");

    room->newest_id = 9;
    chat_store_batch_put_room (batch, room);
  }
  chat_store_batch_delete_message (batch, 9, 0);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 2, CHAT_STORE_NEWEST, 0, 5, "[6~");
  batch = chat_store_batch_new ();
  put_ids (batch, 2, 7, CHAT_STORE_TO_NEWEST, 0);
  store_apply_quietly (place->store, batch);
  assert_page (place->store, 2, CHAT_STORE_NEWEST, 0, 5, "[6]");
  place_free (place);
}

static void
put_state (ChatStoreBatch *batch,
           gint64          id,
           const char     *text,
           gint64          edited_date,
           gboolean        tells_edits,
           gint64          seq)
{
  g_autoptr (ChatStoreMessage) one = message (1, id, text);

  one->edited = edited_date > 0;
  one->edited_date = edited_date;
  one->tells_edits = tells_edits;
  one->seq = seq;
  g_assert_true (chat_store_batch_put_message (batch, one, FALSE));
}

/* A replay tells of a message as it is now under the number that it had when it was new: an edit that came by a push, with a number of its own, is
 * not newer for that */
static void
test_replayed (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();
  g_autoptr (GPtrArray) events = NULL;

  put_state (batch, 30, "text", 0, TRUE, 30);
  chat_store_batch_edit_message (batch, 30, "first", 700, 41);
  put_state (batch, 30, "second", 800, TRUE, 30);
  put_state (batch, 31, "second", 800, TRUE, 31);
  chat_store_batch_edit_message (batch, 31, "first", 700, 41);
  chat_store_batch_edit_message (batch, 31, "third", 900, 43);
  put_state (batch, 32, "now", 800, TRUE, 32);
  put_state (batch, 32, "then", 0, TRUE, 32);
  events = store_apply (place->store, batch);
  assert_text (place->store, 1, 30, "*second");
  assert_text (place->store, 1, 31, "*third");
  assert_text (place->store, 1, 32, "*now");
  place_free (place);
}

static void
test_reordered (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();

  /* An edit before its message: known by seq, by date, by what the server tells, and not at all: then the later word counts */
  chat_store_batch_edit_message (batch, 1, "edit", 0, 10);
  put_state (batch, 1, "old", 0, FALSE, 9);
  chat_store_batch_edit_message (batch, 2, "edit", 0, 10);
  put_state (batch, 2, "newer", 0, FALSE, 11);
  chat_store_batch_edit_message (batch, 3, "edit", 500, 0);
  put_state (batch, 3, "older edit", 400, TRUE, 0);
  chat_store_batch_edit_message (batch, 4, "edit", 500, 0);
  put_state (batch, 4, "newer edit", 600, TRUE, 0);
  chat_store_batch_edit_message (batch, 5, "edit", 0, 0);
  put_state (batch, 5, "first text", 0, TRUE, 0);
  chat_store_batch_edit_message (batch, 6, "edit", 0, 0);
  put_state (batch, 6, "who knows", 0, FALSE, 0);
  /* Two edits, the older one later */
  chat_store_batch_edit_message (batch, 7, "second", 0, 21);
  chat_store_batch_edit_message (batch, 7, "first", 0, 20);
  put_state (batch, 7, "text", 0, FALSE, 19);
  assert_events (store_apply (place->store, batch), "+1 +2 +3 +4 +5 +6 +7");
  place_reopen (place);
  assert_text (place->store, 1, 1, "*edit");
  assert_text (place->store, 1, 2, "*newer");
  assert_text (place->store, 1, 3, "*edit");
  assert_text (place->store, 1, 4, "*newer edit");
  assert_text (place->store, 1, 5, "*edit");
  assert_text (place->store, 1, 6, "*who knows");
  assert_text (place->store, 1, 7, "*second");

  /* A page that is older than an edit, and one that is newer */
  batch = chat_store_batch_new ();
  put_state (batch, 11, "text", 0, TRUE, 30);
  chat_store_batch_edit_message (batch, 11, "edit", 700, 31);
  put_state (batch, 11, "text", 0, TRUE, 30);
  put_state (batch, 11, "text", 0, TRUE, 0);
  chat_store_batch_edit_message (batch, 11, "older edit", 650, 0);
  assert_events (store_apply (place->store, batch), "+11 ~11");
  assert_text (place->store, 1, 11, "*edit");
  batch = chat_store_batch_new ();
  put_state (batch, 11, "newest", 800, TRUE, 0);
  put_state (batch, 11, "newest", 800, TRUE, 0);
  assert_events (store_apply (place->store, batch), "~11");
  assert_text (place->store, 1, 11, "*newest");

  /* A deletion before its message, or before an edit; nothing brings it back, whatever it says of its age */
  batch = chat_store_batch_new ();
  chat_store_batch_delete_message (batch, 20, 0);
  put_state (batch, 20, "late", 0, FALSE, 1000);
  chat_store_batch_edit_message (batch, 20, "late", 900, 1001);
  put_ids (batch, 1, 20, 20, 20, 0);
  chat_store_batch_delete_message (batch, 20, 0);
  chat_store_batch_edit_message (batch, 21, "edit", 0, 0);
  chat_store_batch_delete_message (batch, 21, 0);
  put_state (batch, 21, "late", 0, FALSE, 0);
  put_state (batch, 22, "here", 0, FALSE, 0);
  chat_store_batch_delete_message (batch, 22, 0);
  /* Who brought it is told that it is gone */
  assert_events (store_apply (place->store, batch), "-20 -20 -21 +22 -22");
  place_reopen (place);
  batch = chat_store_batch_new ();
  put_state (batch, 20, "late", 0, FALSE, 1000);
  put_state (batch, 21, "late", 0, FALSE, 0);
  put_state (batch, 22, "late", 0, FALSE, 0);
  assert_events (store_apply (place->store, batch), "-20 -21 -22");

  /* A page does not take away what came after it was made, nor does a message change its room */
  batch = chat_store_batch_new ();
  put_state (batch, 40, "after the page", 0, FALSE, 60);
  put_state (batch, 41, "before the page", 0, FALSE, 40);
  {
    g_autoptr (GPtrArray) none = g_ptr_array_new ();

    chat_store_batch_put_page (batch, 1, 35, 45, none, 50);
  }
  put (batch, 2, 40, "elsewhere", FALSE);
  assert_events (store_apply (place->store, batch), "+40 +41 -41");
  assert_text (place->store, 1, 40, "after the page");

  /* The server counts from an earlier point again */
  batch = chat_store_batch_new ();
  chat_store_batch_set_seq (batch, 2000);
  put_state (batch, 50, "text", 0, FALSE, 1999);
  chat_store_batch_reset (batch, 5);
  put_state (batch, 50, "after", 0, FALSE, 6);
  assert_events (store_apply (place->store, batch), "+50 ~50");
  g_assert_cmpint (store_state (place->store).seq, ==, 5);
  place_free (place);
}

/* What may be the beginning of a text alone never takes the place of the whole, and is never taken for it */
static void
test_preview (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();
  g_autoptr (ChatStoreMessage) one = message (1, 5, "begin");
  g_autoptr (ChatStoreMessage) other = message (1, 6, "begin");
  g_autoptr (ChatStoreMessage) edited = message (1, 7, "new beg");
  g_autoptr (ChatStorePage) page = NULL;

  put_state (batch, 5, "beginning and end", 0, FALSE, 0);
  put_state (batch, 7, "old text", 0, FALSE, 3);
  g_assert_true (chat_store_batch_put_preview (batch, one));
  g_assert_true (chat_store_batch_put_preview (batch, other));
  g_assert_true (chat_store_batch_put_preview (batch, edited));
  store_apply_quietly (place->store, batch);
  page = store_page (place->store, 1, CHAT_STORE_NEWEST, 0, 10, CHAT_STORE_ACROSS_GAPS);
  g_assert_cmpuint (page->messages->len, ==, 3);
  g_assert_cmpstr (((ChatStoreMessage *) page->messages->pdata[0])->text, ==, "beginning and end");
  g_assert_cmpstr (((ChatStoreMessage *) page->messages->pdata[1])->text, ==, "begin");
  g_assert_cmpstr (((ChatStoreMessage *) page->messages->pdata[2])->text, ==, "new beg");
  g_clear_pointer (&page, chat_store_page_free);
  /* Six is to be asked for */
  page = store_page (place->store, 1, CHAT_STORE_AROUND, 6, 10, CHAT_STORE_PAGE_DEFAULT);
  g_assert_cmpuint (page->messages->len, ==, 0);
  place_free (place);
}

static void
test_state (void)
{
  Place *place = place_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();

  g_assert_cmpint (store_state (place->store).seq, ==, 0);
  g_assert_cmpuint (store_state (place->store).abilities, ==, 0);
  g_assert_cmpuint (store_state (place->store).account, ==, 0);
  chat_store_batch_set_seq (batch, 20);
  chat_store_batch_set_seq (batch, 10);
  chat_store_batch_set_abilities (batch, 0x80000005);
  chat_store_batch_set_account (batch, 3);
  chat_store_batch_set_account (batch, 0xc0000007);
  store_apply_quietly (place->store, batch);
  place_reopen (place);
  g_assert_cmpint (store_state (place->store).seq, ==, 20);
  g_assert_cmpuint (store_state (place->store).abilities, ==, 0x80000005);
  g_assert_cmpuint (store_state (place->store).account, ==, 0xc0000007);
  /* Changes that were missed are none of it */
  batch = chat_store_batch_new ();
  chat_store_batch_reset (batch, 0);
  store_apply_quietly (place->store, batch);
  g_assert_cmpuint (store_state (place->store).account, ==, 0xc0000007);
  place_free (place);
}

static void
test_refused_rows (void)
{
  Place *place = place_new ();
  g_autofree char *long_text = g_strnfill (CHAT_STORE_MAX_TEXT + 1, 'x'), *longest_text = g_strnfill (CHAT_STORE_MAX_TEXT, 'x');
  g_autoptr (ChatStoreMessage) bad = message (1, 5, "bad \xff"), far = message (1, CHAT_STORE_MAX_ID + 1, "far");
  g_autoptr (ChatStoreMessage) big = message (1, 6, long_text), nobody = message (1, 7, NULL);
  g_autoptr (ChatStoreRoom) room = chat_store_room_new (-1, "x");
  g_autoptr (GPtrArray) page = g_ptr_array_new ();
  ChatStoreBatch *batch = chat_store_batch_new ();

  g_assert_true (chat_store_batch_is_empty (batch));
  g_assert_false (chat_store_batch_put_message (batch, bad, TRUE));
  g_assert_false (chat_store_batch_put_message (batch, far, TRUE));
  g_assert_false (chat_store_batch_put_message (batch, big, TRUE));
  g_assert_false (chat_store_batch_put_message (batch, nobody, TRUE));
  g_assert_false (chat_store_batch_put_room (batch, room));
  g_assert_false (chat_store_batch_delete_message (batch, 0, 0));
  g_assert_false (chat_store_batch_edit_message (batch, 5, "\xc3", 0, 0));
  g_assert_false (chat_store_batch_set_seq (batch, -1));
  g_assert_false (chat_store_batch_put_page (batch, 1, 10, 9, NULL, 0));
  g_assert_true (chat_store_batch_is_empty (batch));

  /* A page of which something can not be kept says nothing about the others in its range; a message there stays */
  put (batch, 1, 4, longest_text, FALSE);
  g_ptr_array_add (page, bad);
  g_assert_false (chat_store_batch_put_page (batch, 1, 1, 9, page, 0));
  assert_events (store_apply (place->store, batch), "+4");
  assert_page (place->store, 1, CHAT_STORE_NEWEST, 0, 9, "~4] stale");
  place_free (place);
}

static gint64
add_out (ChatStore       *store,
         gint64           room_id,
         ChatStoreAction  action,
         const char      *client_ref,
         const char      *target_ref)
{
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (room_id, action, client_ref, action == CHAT_STORE_DELETE ? NULL : client_ref);
  g_autoptr (GError) error = NULL;
  gint64 id;

  row->target_ref = g_strdup (target_ref);
  row->created = 5;
  id = store_add_out (store, row, &error);
  g_assert_no_error (error);
  return id;
}

static void
test_outbox (void)
{
  Place *place = place_new ();
  gint64 a = add_out (place->store, 2, CHAT_STORE_SEND, "a", NULL), b = add_out (place->store, 2, CHAT_STORE_SEND, "b", NULL), last;
  g_autoptr (ChatStoreOutRow) row = NULL;
  g_autoptr (GError) error = NULL;
  ChatStoreBatch *batch;

  add_out (place->store, 1, CHAT_STORE_SEND, "c", NULL);
  add_out (place->store, 2, CHAT_STORE_EDIT, "d", "a");
  last = add_out (place->store, 2, CHAT_STORE_DELETE, "e", "b");
  place_reopen (place);
  assert_outbox (place->store, "1:c 2:a 2:b 2:d 2:e");

  /* The same reference can not be there twice */
  row = chat_store_out_row_new (2, CHAT_STORE_SEND, "a", "again");
  g_assert_cmpint (store_add_out (place->store, row, &error), ==, 0);
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_INVALID);
  g_clear_error (&error);

  /* Failed, by its reason; retried: it goes to the end */
  row->id = a;
  row->state = CHAT_STORE_OUT_FAILED;
  row->maybe_sent = TRUE;
  row->failure = 7;
  row->failure_text = g_strdup ("why");
  g_assert_true (store_update_out (place->store, row, FALSE, &error));
  place_reopen (place);
  {
    g_autoptr (GPtrArray) rows = store_outbox (place->store);
    ChatStoreOutRow *kept = rows->pdata[1];

    g_assert_cmpint (kept->id, ==, a);
    g_assert_cmpint (kept->state, ==, CHAT_STORE_OUT_FAILED);
    g_assert_true (kept->maybe_sent);
    g_assert_cmpint (kept->failure, ==, 7);
    g_assert_cmpstr (kept->failure_text, ==, "why");
    g_assert_cmpstr (kept->text, ==, "again");
    g_assert_cmpint (kept->created, ==, 5);
    g_assert_cmpint (((ChatStoreOutRow *) rows->pdata[3])->action, ==, CHAT_STORE_EDIT);
  }
  row->state = CHAT_STORE_OUT_WAITING;
  g_assert_true (store_update_out (place->store, row, TRUE, &error));
  assert_outbox (place->store, "1:c 2:b 2:d 2:e 2:a");

  /* Settled together with its message, and again: those that wait for its id have it */
  for (guint i = 0; i < 2; i++)
    {
      batch = chat_store_batch_new ();
      put_room (batch, 2, 0);
      put (batch, 2, 500, "b", TRUE);
      chat_store_batch_settle (batch, b, 500);
      store_apply_quietly (place->store, batch);
    }
  assert_outbox (place->store, "1:c 2:d 2:e 2:a");
  {
    g_autoptr (GPtrArray) rows = store_outbox (place->store);

    g_assert_cmpint (((ChatStoreOutRow *) rows->pdata[1])->target_id, ==, 0);
    g_assert_cmpint (((ChatStoreOutRow *) rows->pdata[2])->target_id, ==, 500);
  }

  /* The room goes; what the person wrote does not go by itself */
  batch = chat_store_batch_new ();
  chat_store_batch_remove_room (batch, 2, 0);
  store_apply_quietly (place->store, batch);
  assert_outbox (place->store, "1:c 2:d 2:e 2:a");
  g_assert_true (store_remove_out (place->store, last, &error));
  g_assert_false (store_remove_out (place->store, last, &error));
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  row->id = last;
  g_assert_false (store_update_out (place->store, row, TRUE, &error));
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_NOT_FOUND);
  /* Numbers of rows are never used again, also over a restart */
  place_reopen (place);
  g_assert_cmpint (add_out (place->store, 1, CHAT_STORE_SEND, "f", NULL), >, last);
  place_free (place);
}

static void
test_outbox_limits (void)
{
  Place *place = place_new ();
  g_autoptr (ChatStoreOutRow) row = chat_store_out_row_new (1, CHAT_STORE_SEND, "", "text");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (store_add_out (place->store, row, &error), ==, 0);
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_INVALID);
  g_clear_error (&error);
  for (guint i = 0; i < CHAT_STORE_MAX_OUTBOX; i++)
    {
      g_free (row->client_ref);
      row->client_ref = g_strdup_printf ("ref-%u", i);
      chat_store_outbox_add_async (place->store, row, NULL, NULL, NULL);
      if (i % 1000 == 999)
        store_state (place->store);
    }
  g_free (row->client_ref);
  row->client_ref = g_strdup ("one too many");
  g_assert_cmpint (store_add_out (place->store, row, &error), ==, 0);
  g_assert_error (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_FULL);
  {
    g_autoptr (GPtrArray) rows = store_outbox (place->store);

    g_assert_cmpuint (rows->len, ==, CHAT_STORE_MAX_OUTBOX);
    for (guint i = 0; i < rows->len; i++)
      {
        g_autofree char *ref = g_strdup_printf ("ref-%u", i);

        g_assert_cmpstr (((ChatStoreOutRow *) rows->pdata[i])->client_ref, ==, ref);
      }
  }
  place_free (place);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/rooms", test_rooms);
  g_test_add_func ("/store/room-goes", test_room_goes);
  g_test_add_func ("/store/pages", test_pages);
  g_test_add_func ("/store/empty-rooms", test_empty_rooms);
  g_test_add_func ("/store/reordered", test_reordered);
  g_test_add_func ("/store/replayed", test_replayed);
  g_test_add_func ("/store/preview", test_preview);
  g_test_add_func ("/store/state", test_state);
  g_test_add_func ("/store/refused-rows", test_refused_rows);
  g_test_add_func ("/store/outbox", test_outbox);
  g_test_add_func ("/store/outbox-limits", test_outbox_limits);
  return g_test_run ();
}
