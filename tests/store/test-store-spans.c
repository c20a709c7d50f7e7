/* test-store-spans.c: what is known without gaps, against a naive reference and a server that does not tell everything, at random
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-store-common.h"

#define N_IDS    160
#define N_ROOMS  2
#define N_ROUNDS 60
#define N_STEPS  220

typedef struct
{
  guint room;               /* 0: there is no such message */
  guint version;
} Truth;

typedef struct
{
  enum { ADDED, EDITED, DELETED } kind;
  gint64 id;
} Missed;

/* What happened, for a seed that failed: --verbose */
#define tell(...)                   \
  G_STMT_START                      \
  {                                 \
    if (g_test_verbose ())          \
      g_test_message (__VA_ARGS__); \
  }                                 \
  G_STMT_END

/* The whole reference: for each id of a room whether it is known to be kept, and up to date; in place of any cleverness */
typedef struct
{
  Truth    server[N_IDS + 1];
  gint64   newest_id;
  gint64   seq;
  gboolean online;
  GArray  *missed;

  gboolean kept[N_ROOMS + 1][N_IDS + 2];
  gboolean fresh[N_ROOMS + 1][N_IDS + 2];
  gboolean head[N_ROOMS + 1];
  gint64   newest[N_ROOMS + 1];
  gboolean has[N_IDS + 1];
} World;

static ChatStoreMessage *
server_message (World  *world,
                gint64  id)
{
  g_autofree char *text = g_strdup_printf ("version %u", world->server[id].version);
  ChatStoreMessage *one = message (world->server[id].room, id, text);

  one->edited = world->server[id].version > 0;
  return one;
}

static void
know (World  *world,
      guint   room,
      gint64  from,
      gint64  to)
{
  for (gint64 id = from; id <= to; id++)
    world->kept[room][id] = world->fresh[room][id] = TRUE;
}

static void
deliver (World          *world,
         ChatStoreBatch *batch,
         Missed          what)
{
  if (what.kind == ADDED)
    {
      /* Replayed after more has happened: it may be gone by now, or have another text */
      g_autoptr (ChatStoreMessage) one = NULL;
      guint room = world->server[what.id].room;
      gint64 from = what.id;

      if (room == 0)
        return;
      one = server_message (world, what.id);
      g_assert_true (chat_store_batch_put_message (batch, one, TRUE));
      if (world->head[room])
        while (from > 0 && !world->fresh[room][from - 1] && from > world->newest[room])
          from--;
      /* Only where it ends at what is fresh up to the newest one known */
      if (!(from > 0 && world->fresh[room][from - 1] && from - 1 >= world->newest[room]))
        from = what.id;
      know (world, room, from, what.id);
      world->has[what.id] = TRUE;
      world->newest[room] = MAX (world->newest[room], what.id);
    }
  else if (what.kind == EDITED)
    {
      g_autofree char *text = g_strdup_printf ("version %u", world->server[what.id].version);

      if (world->server[what.id].room != 0)
        g_assert_true (chat_store_batch_edit_message (batch, what.id, text, 0, 0));
    }
  else
    {
      g_assert_true (chat_store_batch_delete_message (batch, what.id, 0));
      world->has[what.id] = FALSE;
    }
}

static void
happen (World          *world,
        ChatStoreBatch *batch,
        Missed          what)
{
  tell ("%s %d of room %u, %s", what.kind == ADDED ? "added" : what.kind == EDITED ? "edited" : "deleted", (int) what.id,
        world->server[what.id].room, world->online ? "told" : "missed");
  if (world->online)
    deliver (world, batch, what);
  else
    g_array_append_val (world->missed, what);
}

static gint64
random_message (World *world)
{
  for (guint i = 0; i < 20 && world->newest_id > 0; i++)
    {
      gint64 id = g_test_rand_int_range (1, world->newest_id + 1);

      if (world->server[id].room != 0)
        return id;
    }
  return 0;
}

static void
server_acts (World          *world,
             ChatStoreBatch *batch)
{
  guint what = g_test_rand_int_range (0, 10);
  gint64 id;

  if (what < 7)
    {
      if (world->newest_id == N_IDS)
        return;
      id = ++world->newest_id;
      /* Some ids are rooms, tokens, or of rooms of others */
      if (g_test_rand_int_range (0, 4) == 0)
        return;
      world->server[id].room = g_test_rand_int_range (1, N_ROOMS + 1);
      happen (world, batch, (Missed){ ADDED, id });
      return;
    }
  id = random_message (world);
  if (id == 0)
    return;
  if (what < 9)
    world->server[id].version++;
  else
    world->server[id].room = 0;
  happen (world, batch, (Missed){ what < 9 ? EDITED : DELETED, id });
}

/* Asks the server for a page of it, as the session does */
static void
fetch (World          *world,
       ChatStoreBatch *batch,
       guint          *rooms)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);
  ChatStorePageKind kind = g_test_rand_int_range (0, 3);
  guint room = g_test_rand_int_range (1, N_ROOMS + 1), limit = g_test_rand_int_range (1, 12);
  gint64 anchor, from, to;
  gboolean more = FALSE;

  if (!world->online || world->newest_id == 0)
    return;
  /* An id that exists: the server says nothing of those that are yet to come */
  anchor = g_test_rand_int_range (1, world->newest_id + 1);
  if (kind == CHAT_STORE_AFTER)
    {
      for (gint64 id = anchor + 1; id <= N_IDS; id++)
        if (world->server[id].room == room)
          {
            more = rows->len == limit;
            if (more)
              break;
            g_ptr_array_add (rows, server_message (world, id));
          }
      from = anchor + 1;
      to = more ? ((ChatStoreMessage *) rows->pdata[rows->len - 1])->id : CHAT_STORE_TO_NEWEST;
      if (from > N_IDS)
        return;
    }
  else
    {
      for (gint64 id = kind == CHAT_STORE_BEFORE ? anchor - 1 : N_IDS; id > 0; id--)
        if (world->server[id].room == room)
          {
            more = rows->len == limit;
            if (more)
              break;
            g_ptr_array_insert (rows, 0, server_message (world, id));
          }
      from = more ? ((ChatStoreMessage *) rows->pdata[0])->id : CHAT_STORE_BEGINNING;
      to = kind == CHAT_STORE_BEFORE ? anchor - 1 : CHAT_STORE_TO_NEWEST;
    }
  g_assert_true (chat_store_batch_put_page (batch, room, from, to, rows, 0));
  tell ("page of room %u: %d to %d, %u messages", room, (int) from, to == CHAT_STORE_TO_NEWEST ? -1 : (int) to, rows->len);
  for (guint i = 0; i < rows->len; i++)
    world->newest[room] = MAX (world->newest[room], ((ChatStoreMessage *) rows->pdata[i])->id);
  if (to == CHAT_STORE_TO_NEWEST)
    {
      to = world->newest[room];
      world->head[room] = world->head[room] || from <= to || world->fresh[room][from - 1];
    }
  know (world, room, from, to);
  for (gint64 id = MAX (from, 1); id <= to; id++)
    if (world->server[id].room == room)
      world->has[id] = TRUE;
    else if (rooms[id] == room)
      world->has[id] = FALSE;
}

static void
connection_changes (World          *world,
                    ChatStoreBatch *batch)
{
  world->online = !world->online;
  if (!world->online)
    return;
  if (g_test_rand_bit ())
    {
      /* What was missed is replayed */
      for (guint i = 0; i < world->missed->len; i++)
        deliver (world, batch, g_array_index (world->missed, Missed, i));
    }
  else
    {
      g_assert_true (chat_store_batch_reset (batch, 0));
      memset (world->fresh, 0, sizeof world->fresh);
      memset (world->head, 0, sizeof world->head);
    }
  tell ("on line again, %s", world->fresh[1][0] || world->fresh[2][0] ? "in step" : "out of step");
  g_array_set_size (world->missed, 0);
}

/* Which room a kept message is in, whatever became of it at the server since */
static gboolean
is_kept (World  *world,
         guint  *rooms,
         guint   room,
         gint64  id)
{
  return id > 0 && id <= N_IDS && world->has[id] && rooms[id] == room;
}

static char *
reference_page (World            *world,
                guint            *rooms,
                guint             room,
                ChatStorePageKind kind,
                gint64            anchor,
                guint             limit)
{
  GString *text = g_string_new (NULL);
  gboolean *kept = world->kept[room], *fresh = world->fresh[room], is_fresh = TRUE, more = FALSE, gap = FALSE;
  gint64 id, at = anchor;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  if (kind == CHAT_STORE_AFTER)
    {
      if (!kept[anchor] && !kept[anchor + 1])
        {
          g_string_assign (text, "+~ stale");
          return g_string_free (text, FALSE);
        }
      for (id = anchor + 1; id <= N_IDS && kept[id]; id++)
        {
          if (is_kept (world, rooms, room, id))
            {
              more = found->len == limit;
              if (more)
                break;
              g_ptr_array_add (found, GINT_TO_POINTER (id));
              at = id;
            }
        }
      if (!more)
        {
          at = id - 1;
          gap = at < world->newest[room];
          at = MIN (at, MAX (world->newest[room], anchor + 1));
        }
      for (gint64 one = at > anchor ? anchor + 1 : anchor; one <= MAX (at, anchor); one++)
        is_fresh = is_fresh && fresh[one];
      if (!more && !gap)
        is_fresh = is_fresh && world->head[room];
      g_string_append_c (text, '+');
      for (guint i = 0; i < found->len; i++)
        g_string_append_printf (text, "%s%d", i > 0 ? " " : "", GPOINTER_TO_INT (found->pdata[i]));
      g_string_append_c (text, more ? '+' : gap ? '~' : ']');
    }
  else
    {
      gint64 first = anchor - 1;

      if (kind == CHAT_STORE_NEWEST)
        {
          for (first = N_IDS; first >= 0 && !kept[first]; first--)
            ;
          if (first < 0)
            {
              g_string_assign (text, "~~ stale");
              return g_string_free (text, FALSE);
            }
        }
      else if (!kept[anchor] && !kept[anchor - 1])
        {
          g_string_assign (text, "~+ stale");
          return g_string_free (text, FALSE);
        }
      at = first + 1;
      for (id = first; id >= 0 && kept[id]; id--)
        {
          if (is_kept (world, rooms, room, id))
            {
              more = found->len == limit;
              if (more)
                break;
              g_ptr_array_insert (found, 0, GINT_TO_POINTER (id));
              at = id;
            }
        }
      if (!more)
        at = id + 1;
      gap = !more && at > 0;
      for (gint64 one = at; one <= MAX (kind == CHAT_STORE_NEWEST ? MIN (first, world->newest[room]) : first, at); one++)
        is_fresh = is_fresh && fresh[one];
      g_string_append_c (text, more ? '+' : gap ? '~' : '[');
      for (guint i = 0; i < found->len; i++)
        g_string_append_printf (text, "%s%d", i > 0 ? " " : "", GPOINTER_TO_INT (found->pdata[i]));
      if (kind == CHAT_STORE_BEFORE)
        g_string_append_c (text, '+');
      else
        {
          g_string_append_c (text, first < world->newest[room] ? '~' : ']');
          if (first >= world->newest[room])
            is_fresh = is_fresh && world->head[room];
        }
    }
  if (!is_fresh)
    g_string_append (text, " stale");
  return g_string_free (text, FALSE);
}

/* What is said to be fresh is what the server has: texts, and nothing too few or too many */
static void
assert_true_page (World             *world,
                  guint              room,
                  ChatStorePageKind  kind,
                  gint64             anchor,
                  ChatStorePage     *page)
{
  gint64 first, last;
  guint at = 0;

  for (guint i = 0; i < page->messages->len && page->fresh; i++)
    {
      ChatStoreMessage *one = page->messages->pdata[i];
      g_autoptr (ChatStoreMessage) wanted = NULL;

      g_assert_cmpuint (world->server[one->id].room, ==, room);
      wanted = server_message (world, one->id);
      g_assert_cmpstr (one->text, ==, wanted->text);
    }
  if (!page->fresh || page->messages->len == 0)
    return;
  first = kind == CHAT_STORE_AFTER                   ? anchor + 1
          : !page->more_before                       ? 1
                                                     : ((ChatStoreMessage *) page->messages->pdata[0])->id;
  last = kind == CHAT_STORE_BEFORE  ? anchor - 1
         : !page->more_after        ? N_IDS
                                    : ((ChatStoreMessage *) page->messages->pdata[page->messages->len - 1])->id;
  for (gint64 id = first; id <= last; id++)
    if (world->server[id].room == room)
      {
        g_assert_cmpuint (at, <, page->messages->len);
        g_assert_cmpint (((ChatStoreMessage *) page->messages->pdata[at++])->id, ==, id);
      }
  g_assert_cmpuint (at, ==, page->messages->len);
}

static void
check (World     *world,
       guint     *rooms,
       ChatStore *store)
{
  for (guint i = 0; i < 4; i++)
    {
      guint room = g_test_rand_int_range (1, N_ROOMS + 1), limit = g_test_rand_int_range (1, 9);
      ChatStorePageKind kind = g_test_rand_int_range (0, 3);
      gint64 anchor = g_test_rand_int_range (1, N_IDS + 1);
      g_autoptr (ChatStorePage) page = store_page (store, room, kind, anchor, limit, CHAT_STORE_PAGE_DEFAULT);
      g_autofree char *ids = page_ids (page), *wanted = reference_page (world, rooms, room, kind, anchor, limit);

      if (g_strcmp0 (ids, wanted) != 0 || g_test_verbose ())
        g_test_message ("room %u, kind %d, anchor %d, limit %u: %s", room, kind, (int) anchor, limit, ids);
      g_assert_cmpstr (ids, ==, wanted);
      /* Only while in step is the server the same as what was told of it */
      if (world->online)
        assert_true_page (world, room, kind, anchor, page);
    }
}

static void
test_reference (void)
{
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Place *place = place_new ();
      g_autofree World *world = g_new0 (World, 1);
      guint rooms[N_IDS + 1] = { 0 };

      world->online = TRUE;
      world->missed = g_array_new (FALSE, FALSE, sizeof (Missed));
      {
        ChatStoreBatch *batch = chat_store_batch_new ();

        for (guint room = 1; room <= N_ROOMS; room++)
          put_room (batch, room, CHAT_STORE_UNTOLD);
        store_apply_quietly (place->store, batch);
      }
      for (guint step = 0; step < N_STEPS; step++)
        {
          ChatStoreBatch *batch = chat_store_batch_new ();
          guint n = g_test_rand_int_range (1, 4);

          while (n-- > 0)
            {
              guint what = g_test_rand_int_range (0, 20);

              if (what < 12)
                server_acts (world, batch);
              else if (what < 19)
                fetch (world, batch, rooms);
              else
                connection_changes (world, batch);
              for (gint64 id = 1; id <= N_IDS; id++)
                if (world->server[id].room != 0)
                  rooms[id] = world->server[id].room;
            }
          store_apply_quietly (place->store, batch);
          check (world, rooms, place->store);
          if (g_test_rand_int_range (0, 60) == 0)
            place_reopen (place);
        }
      g_array_unref (world->missed);
      place_free (place);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-spans/reference", test_reference);
  return g_test_run ();
}
