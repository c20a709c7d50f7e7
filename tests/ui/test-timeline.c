/* test-timeline.c: the reading position never moves by itself, and the newest is followed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-fake-source.h"
#include "chat-message-row.h"
#include "chat-test.h"
#include "chat-timeline.h"

/* Pixels that the first visible row may move (scrolled up), and that the end may be away (at the bottom) */
#define BOUND 1.0

#define NOON   (G_GINT64_CONSTANT (1767268800) * G_USEC_PER_SEC)
#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

typedef struct
{
  GtkWidget       *window;
  GtkWidget       *timeline;
  GtkWidget       *view;
  GtkAdjustment   *adjustment;
  GdkFrameClock   *clock;
  ChatFakeSource  *source;
  ChatMessageList *list;
  ChatRoom        *room;
  guint            frames;
  gint64           date;

  /* What must not move, looked at in every frame that is painted */
  ChatMessage     *kept;
  double           kept_y;
  double           moved;     /* the most in any frame */
  gboolean         lost;      /* it was not on screen at all */
} Fixture;

static GtkWidget *
find_widget (GtkWidget *widget,
             GType      type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The test looks at the widgets themselves, not at what the timeline remembers of them */
static gboolean
row_place (Fixture     *f,
           GtkWidget   *item,
           ChatMessage **message,
           double      *y,
           double      *height)
{
  GtkWidget *row = gtk_widget_get_first_child (item);
  graphene_rect_t bounds;

  if (!CHAT_IS_MESSAGE_ROW (row) || !gtk_widget_get_mapped (item) ||
      chat_message_row_get_message (CHAT_MESSAGE_ROW (row)) == NULL ||
      !gtk_widget_compute_bounds (item, f->view, &bounds) || bounds.size.height <= 0)
    return FALSE;

  *message = chat_message_row_get_message (CHAT_MESSAGE_ROW (row));
  *y = bounds.origin.y;
  *height = bounds.size.height;
  return TRUE;
}

static gboolean
message_place (Fixture     *f,
               ChatMessage *message,
               double      *y)
{
  for (GtkWidget *item = gtk_widget_get_first_child (f->view); item != NULL; item = gtk_widget_get_next_sibling (item))
    {
      ChatMessage *other;
      double height;

      if (row_place (f, item, &other, y, &height) && other == message)
        return TRUE;
    }

  return FALSE;
}

/* The first row that is wholly on screen */
static ChatMessage *
first_visible (Fixture *f,
               double  *y)
{
  ChatMessage *found = NULL;

  *y = G_MAXDOUBLE;
  for (GtkWidget *item = gtk_widget_get_first_child (f->view); item != NULL; item = gtk_widget_get_next_sibling (item))
    {
      ChatMessage *message;
      double row_y, height;

      if (row_place (f, item, &message, &row_y, &height) && row_y >= 0 && row_y < *y &&
          row_y < gtk_adjustment_get_page_size (f->adjustment))
        {
          found = message;
          *y = row_y;
        }
    }

  return found;
}

static double
from_bottom (Fixture *f)
{
  return gtk_adjustment_get_upper (f->adjustment) - gtk_adjustment_get_page_size (f->adjustment) -
         gtk_adjustment_get_value (f->adjustment);
}

static void
paint_cb (GdkFrameClock *clock,
          Fixture       *f)
{
  double y;

  f->frames++;
  if (f->kept == NULL)
    return;
  if (!message_place (f, f->kept, &y))
    f->lost = TRUE;
  else
    f->moved = MAX (f->moved, ABS (y - f->kept_y));
}

/* Some frames go by, each painted */
static void
frames (Fixture *f,
        guint    n)
{
  guint end = f->frames + n;

  while (f->frames < end)
    {
      guint now = f->frames;

      gtk_widget_queue_draw (f->timeline);
      chat_test_wait_until (f->frames > now);
    }
  chat_test_settle ();
}

static char *
some_text (GRand *rand,
           guint  n_words)
{
  static const char *words[] = {
    "tea", "window", "привіт", "boat", "garden", "שלום", "evening", "مرحبا", "train", "你好", "🙂", "letter", "nobody", "green"
  };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_words; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);

  return g_string_free (text, FALSE);
}

static ChatMessage *
say (Fixture *f,
     GRand   *rand)
{
  guint n_words = g_rand_int_range (rand, 0, 8) == 0 ? g_rand_int_range (rand, 30, 150) : g_rand_int_range (rand, 1, 25);
  g_autofree char *text = some_text (rand, n_words);
  gboolean own = g_rand_boolean (rand);

  f->date += g_rand_int_range (rand, 0, 12) * MINUTE;
  return chat_fake_source_append (f->source, own ? "ann" : "bob", own, f->date, text);
}

static void
fixture_init (Fixture *f,
              guint    n_messages,
              GRand   *rand)
{
  memset (f, 0, sizeof *f);
  f->date = NOON;
  f->source = chat_fake_source_new ();
  for (guint i = 0; i < n_messages; i++)
    say (f, rand);
  chat_fake_source_set_auto (f->source, TRUE);
  f->list = chat_message_list_new (CHAT_MESSAGE_SOURCE (f->source));
  f->room = chat_room_new (1, "bob");

  f->timeline = chat_timeline_new ();
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 720, 560);
  gtk_window_set_child (GTK_WINDOW (f->window), f->timeline);
  f->view = find_widget (f->timeline, GTK_TYPE_LIST_VIEW);
  f->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (f->view));
  gtk_window_present (GTK_WINDOW (f->window));
  f->clock = g_object_ref (gtk_widget_get_frame_clock (f->window));
  g_signal_connect (f->clock, "paint", G_CALLBACK (paint_cb), f);
  frames (f, 2);
}

static void
open_room (Fixture *f)
{
  chat_message_list_load (f->list);
  chat_timeline_set_room (CHAT_TIMELINE (f->timeline), f->room, f->list);
  chat_test_wait_until (chat_message_list_get_loaded (f->list));
  frames (f, 4);
}

static void
fixture_clear (Fixture *f)
{
  f->kept = NULL;
  g_signal_handlers_disconnect_by_data (f->clock, f);
  g_object_unref (f->clock);
  chat_test_watch_object (f->timeline);
  chat_timeline_set_room (CHAT_TIMELINE (f->timeline), NULL, NULL);
  gtk_window_destroy (GTK_WINDOW (f->window));
  chat_test_settle ();
  chat_test_watch_object (f->list);
  g_object_unref (f->list);
  chat_test_settle ();
  chat_test_watch_object (f->source);
  g_object_unref (f->source);
  chat_test_watch_object (f->room);
  g_object_unref (f->room);
  chat_test_assert_finalized ();
}

static void
scroll_by (Fixture *f,
           double   pixels)
{
  f->kept = NULL;
  gtk_adjustment_set_value (f->adjustment, gtk_adjustment_get_value (f->adjustment) + pixels);
  frames (f, 2);
}

static void
keep (Fixture *f)
{
  f->kept = first_visible (f, &f->kept_y);
  f->moved = 0;
  f->lost = FALSE;
  g_assert_nonnull (f->kept);
}

static void
report (Fixture    *f,
        const char *what)
{
  frames (f, 4);
  g_test_message ("moved %.1f px%s: %s", f->moved, f->lost ? " (out of sight)" : "", what);
  g_assert_false (f->lost);
  g_assert_cmpfloat (f->moved, <=, BOUND);
  f->kept = NULL;
}

/* The list must not only say that it is at its end: its last row must be there */
static void
last_is_shown (Fixture *f)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (f->list));
  g_autoptr (ChatMessage) last = g_list_model_get_item (G_LIST_MODEL (f->list), n - 1);
  double y;

  g_assert_true (message_place (f, last, &y));
  g_assert_cmpfloat (y, <, gtk_adjustment_get_page_size (f->adjustment));
}

static void
report_stuck (Fixture    *f,
              const char *what)
{
  frames (f, 4);
  g_test_message ("%.1f px from the end: %s", from_bottom (f), what);
  g_assert_cmpfloat (from_bottom (f), <=, BOUND);
  g_assert_true (chat_timeline_get_follows (CHAT_TIMELINE (f->timeline)));
  last_is_shown (f);
}

static ChatMessage *
at (Fixture *f,
    guint    position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (f->list), position);

  g_assert_nonnull (message);
  return message;
}

static guint
length (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->list));
}

static void
remove_message (Fixture     *f,
                ChatMessage *message)
{
  g_autoptr (ChatMessage) gone = g_object_ref (message);

  chat_fake_source_remove (f->source, gone);
  chat_message_list_remove (f->list, gone);
}

static void
resize (Fixture *f,
        int      width,
        int      height)
{
  int before = gtk_widget_get_width (f->timeline), high = gtk_widget_get_height (f->timeline);

  gtk_window_set_default_size (GTK_WINDOW (f->window), width, height);
  chat_test_wait_until (gtk_widget_get_width (f->timeline) != before || gtk_widget_get_height (f->timeline) != high ||
                        (width == before && height == high));
}

static void
test_keeps_position (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree char *long_text = some_text (rand, 200);
  Fixture f;
  guint position;
  double y;

  fixture_init (&f, 400, rand);
  open_room (&f);
  report_stuck (&f, "opened");

  scroll_by (&f, -2200);
  g_assert_false (chat_timeline_get_follows (CHAT_TIMELINE (f.timeline)));

  keep (&f);
  chat_message_list_load_older (f.list);
  chat_test_wait_until (!chat_message_list_get_loading_older (f.list));
  report (&f, "a page of older messages comes");

  keep (&f);
  for (guint i = 0; i < 5; i++)
    chat_message_list_add (f.list, say (&f, rand));
  report (&f, "five messages arrive");

  keep (&f);
  g_assert_true (chat_message_list_find (f.list, f.kept, &position));
  chat_message_set_text (at (&f, position - 2), long_text);
  chat_message_set_edited (at (&f, position - 2), TRUE);
  report (&f, "an edit just above the view");

  keep (&f);
  chat_message_set_text (at (&f, position - 2), "short");
  report (&f, "an edit above the view makes it short again");

  keep (&f);
  chat_message_set_text (at (&f, position - 1), long_text);
  report (&f, "an edit of the row that is cut by the top of the view");

  keep (&f);
  remove_message (&f, at (&f, position - 3));
  report (&f, "a deletion above the view");

  keep (&f);
  remove_message (&f, at (&f, position - 20));
  chat_message_set_text (at (&f, position - 15), long_text);
  report (&f, "a deletion and an edit far above the view");

  keep (&f);
  g_assert_true (chat_message_list_find (f.list, f.kept, &position));
  remove_message (&f, at (&f, position + 1));
  report (&f, "a deletion within the view");

  keep (&f);
  remove_message (&f, at (&f, length (&f) - 1));
  report (&f, "a deletion below the view");

  keep (&f);
  resize (&f, 480, 560);
  report (&f, "the window becomes narrow");

  keep (&f);
  resize (&f, 1000, 640);
  report (&f, "the window becomes wide and high");

  keep (&f);
  resize (&f, 380, 420);
  report (&f, "the window becomes small");

  /* The first of what is loaded is on screen, or nearly: all of the history is fetched as one scrolls */
  chat_fake_source_set_auto (f.source, FALSE);
  while (chat_fake_source_get_pending (f.source) > 0)
    chat_fake_source_answer (f.source, 0);
  frames (&f, 2);
  gtk_adjustment_set_value (f.adjustment, 10);
  frames (&f, 4);
  keep (&f);
  g_assert_cmpuint (chat_fake_source_get_pending (f.source), ==, 1);
  chat_fake_source_answer (f.source, 0);
  report (&f, "a page of older messages comes near the very top");
  while (chat_fake_source_get_pending (f.source) > 0)
    chat_fake_source_answer (f.source, 0);
  frames (&f, 2);
  chat_fake_source_set_auto (f.source, TRUE);

  /* All the way up */
  f.kept = NULL;
  for (guint i = 0; i < 100 && (chat_message_list_get_has_older (f.list) || first_visible (&f, &y) != chat_fake_source_get_history (f.source)->pdata[0]); i++)
    {
      gtk_adjustment_set_value (f.adjustment, 0);
      frames (&f, 3);
    }
  g_assert_true (first_visible (&f, &y) == chat_fake_source_get_history (f.source)->pdata[0]);
  keep (&f);
  chat_message_list_add (f.list, say (&f, rand));
  report (&f, "a message arrives at the very top");

  fixture_clear (&f);
}

static void
test_follows (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  g_autofree char *long_text = some_text (rand, 200);
  Fixture f;
  g_autoptr (ChatMessage) mine = NULL;
  double y;

  fixture_init (&f, 200, rand);
  open_room (&f);
  report_stuck (&f, "opened");

  chat_message_list_add (f.list, say (&f, rand));
  report_stuck (&f, "a message arrives");
  for (guint i = 0; i < 20; i++)
    chat_message_list_add (f.list, say (&f, rand));
  report_stuck (&f, "twenty messages arrive");
  mine = chat_message_new (1, "ann", TRUE, CHAT_MESSAGE_TEXT, "ref");
  chat_message_set_text (mine, long_text);
  chat_message_set_state (mine, CHAT_MESSAGE_SENDING, NULL);
  chat_message_list_add (f.list, mine);
  chat_timeline_show_newest (CHAT_TIMELINE (f.timeline));
  report_stuck (&f, "one's own is being sent");
  g_assert_true (message_place (&f, mine, &y));
  chat_message_set_state (mine, CHAT_MESSAGE_FAILED, "There is no connection to the server.");
  report_stuck (&f, "it fails, and says why");
  chat_message_list_remove (f.list, mine);
  report_stuck (&f, "it is discarded");
  chat_message_set_text (at (&f, length (&f) - 1), long_text);
  report_stuck (&f, "the last grows");
  chat_message_set_text (at (&f, length (&f) - 3), long_text);
  report_stuck (&f, "one above the last grows");
  remove_message (&f, at (&f, length (&f) - 1));
  report_stuck (&f, "the last is deleted");
  chat_message_list_load_older (f.list);
  chat_test_wait_until (!chat_message_list_get_loading_older (f.list));
  report_stuck (&f, "a page of older messages comes");
  resize (&f, 420, 560);
  report_stuck (&f, "the window becomes narrow");
  resize (&f, 900, 400);
  report_stuck (&f, "the window becomes wide and low");

  /* One who scrolls up, and comes back */
  scroll_by (&f, -300);
  g_assert_false (chat_timeline_get_follows (CHAT_TIMELINE (f.timeline)));
  scroll_by (&f, 1000);
  report_stuck (&f, "scrolled back");
  scroll_by (&f, -3000);
  chat_timeline_show_newest (CHAT_TIMELINE (f.timeline));
  report_stuck (&f, "jumped to the newest");
  scroll_by (&f, -3000);
  chat_message_list_add (f.list, say (&f, rand));
  chat_timeline_show_newest (CHAT_TIMELINE (f.timeline));
  report_stuck (&f, "sent one from far above");
  g_assert_true (message_place (&f, at (&f, length (&f) - 1), &y));

  fixture_clear (&f);
}

static void
test_rooms (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  Fixture f;
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) other = NULL;
  g_autoptr (ChatRoom) room = chat_room_new (2, "eve");
  double y, was;
  ChatMessage *first;

  fixture_init (&f, 300, rand);
  for (guint i = 0; i < 120; i++)
    chat_fake_source_append (source, "eve", FALSE, NOON + i * 10 * MINUTE, "one of many");
  chat_fake_source_set_auto (source, TRUE);
  other = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  chat_room_set_read_mark (room, 90);
  chat_room_set_unread_count (room, 30);
  open_room (&f);
  scroll_by (&f, -1234);
  first = first_visible (&f, &was);

  /* The first unread one is on screen, below what was read */
  chat_message_list_load (other);
  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), room, other);
  chat_test_wait_until (chat_message_list_get_loaded (other));
  frames (&f, 6);
  g_assert_true (message_place (&f, chat_message_list_lookup (other, 91), &y));
  g_test_message ("the first unread message stands at %.0f px", y);
  g_assert_cmpfloat (y, >=, 0);
  g_assert_cmpfloat (y, <, gtk_adjustment_get_page_size (f.adjustment) / 2);

  /* Back: where it was left, and at the same pixel */
  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), f.room, f.list);
  frames (&f, 6);
  g_assert_true (message_place (&f, first, &y));
  g_test_message ("moved %.1f px: back in a room", ABS (y - was));
  g_assert_cmpfloat (ABS (y - was), <=, BOUND);

  /* At the bottom is at the bottom, however much came meanwhile */
  chat_timeline_show_newest (CHAT_TIMELINE (f.timeline));
  frames (&f, 4);
  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), room, other);
  frames (&f, 4);
  for (guint i = 0; i < 30; i++)
    chat_message_list_add (f.list, say (&f, rand));
  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), f.room, f.list);
  report_stuck (&f, "back in a room that was followed");

  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), NULL, NULL);
  frames (&f, 2);
  g_assert_finalize_object (g_steal_pointer (&other));
  fixture_clear (&f);
}

/* How far the end of the last message is above the end of the view */
static double
below_the_last (Fixture *f)
{
  for (GtkWidget *item = gtk_widget_get_first_child (f->view); item != NULL; item = gtk_widget_get_next_sibling (item))
    {
      ChatMessage *message;
      graphene_rect_t bounds;
      double y, height;

      if (row_place (f, item, &message, &y, &height) && message == at (f, length (f) - 1) &&
          gtk_widget_compute_bounds (item, f->timeline, &bounds))
        return gtk_widget_get_height (f->timeline) - bounds.origin.y - bounds.size.height;
    }

  return G_MAXDOUBLE;
}

static void
test_short (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  double y;
  Fixture f;

  fixture_init (&f, 0, rand);
  f.date += MINUTE;
  chat_fake_source_append (f.source, "bob", FALSE, f.date, "the first");
  open_room (&f);
  g_assert_cmpfloat (below_the_last (&f), <=, 16);
  g_assert_cmpfloat (gtk_widget_get_height (f.view), <, gtk_widget_get_height (f.timeline) / 2);

  /* Few, more, and more than the view holds: the last is always at the end */
  for (guint i = 0; i < 40; i++)
    {
      chat_message_list_add (f.list, say (&f, rand));
      if (i % 3 == 1)
        resize (&f, i % 6 == 1 ? 400 : 1000, 560);
      report_stuck (&f, "one more");
      g_assert_true (message_place (&f, at (&f, 0), &y) == FALSE || y >= 0 ||
                     gtk_widget_get_height (f.view) == gtk_widget_get_height (f.timeline));
      g_assert_cmpfloat (below_the_last (&f), <=, 16);
    }
  g_assert_cmpfloat (gtk_adjustment_get_upper (f.adjustment), >, gtk_adjustment_get_page_size (f.adjustment));
  g_assert_cmpint (gtk_widget_get_height (f.view), ==, gtk_widget_get_height (f.timeline));
  while (length (&f) > 1)
    remove_message (&f, at (&f, 0));
  report_stuck (&f, "all but one deleted");
  g_assert_cmpfloat (below_the_last (&f), <=, 16);

  fixture_clear (&f);
}

static void
seen_cb (ChatTimeline *timeline,
         ChatRoom     *room,
         gint64        id,
         gint64       *seen)
{
  seen[chat_room_get_id (room)] = id;
}

/* Far more is unread than a page: the room opens at the first, and only what was on screen is read. @data: with a mark */
static void
test_unread (gconstpointer data)
{
  guint read = GPOINTER_TO_UINT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) other = NULL;
  g_autoptr (ChatRoom) room = chat_room_new (2, "eve");
  gint64 seen[3] = { 0 };
  Fixture f;
  double y;

  fixture_init (&f, 10, rand);
  g_signal_connect (f.timeline, "seen", G_CALLBACK (seen_cb), seen);
  for (guint i = 0; i < read + 300; i++)
    chat_fake_source_append (source, "eve", FALSE, NOON + i * 10 * MINUTE, "one of many");
  chat_fake_source_set_auto (source, TRUE);
  other = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  chat_room_set_read_mark (room, read);
  chat_room_set_unread_count (room, 300);
  chat_message_list_load (other);
  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), room, other);
  chat_test_wait_until (chat_message_list_lookup (other, read + 1) != NULL);
  chat_test_wait_until (message_place (&f, chat_message_list_lookup (other, read + 1), &y) && y >= 0
                        && y < gtk_adjustment_get_page_size (f.adjustment) / 2);
  chat_test_wait_until (seen[2] > 0);
  frames (&f, 6);
  g_assert_cmpint (seen[2], >, read);
  g_assert_cmpint (seen[2], <, read + 100);

  chat_timeline_show_newest (CHAT_TIMELINE (f.timeline));
  chat_test_wait_until (seen[2] == read + 300);
  g_assert_true (chat_timeline_get_follows (CHAT_TIMELINE (f.timeline)));

  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), NULL, NULL);
  fixture_clear (&f);
}

static void
test_seen (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  gint64 seen[3] = { 0 };
  double y;
  Fixture f;

  fixture_init (&f, 20, rand);
  g_signal_connect (f.timeline, "seen", G_CALLBACK (seen_cb), seen);
  chat_test_wait_until (gtk_window_is_active (GTK_WINDOW (f.window)));
  open_room (&f);
  chat_test_wait_until (seen[1] == chat_message_get_id (at (&f, length (&f) - 1)));

  /* Leaving the room as soon as it was on screen loses nothing, and tells it of this room */
  chat_message_list_add (f.list, say (&f, rand));
  for (guint i = 0; i < 60 && !(message_place (&f, at (&f, length (&f) - 1), &y) && y < gtk_adjustment_get_page_size (f.adjustment)); i++)
    frames (&f, 1);
  frames (&f, 4);
  chat_timeline_set_room (CHAT_TIMELINE (f.timeline), NULL, NULL);
  g_assert_cmpint (seen[1], ==, chat_message_get_id (at (&f, length (&f) - 1)));
  g_assert_cmpint (seen[2], ==, 0);
  fixture_clear (&f);
}

static void
test_random (void)
{
  const char *forced = g_getenv ("CHAT_TEST_SEED");
  guint32 seed = forced != NULL ? (guint32) g_ascii_strtoull (forced, NULL, 10) : (guint32) g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint n_kept = 0, n_stuck = 0;
  double worst = 0;
  Fixture f;

  g_test_message ("CHAT_TEST_SEED=%u", seed);
  fixture_init (&f, 500, rand);
  open_room (&f);
  for (guint step = 0; step < 250; step++)
    {
      static const char *names[] = { "append", "append many", "older", "edit", "delete", "resize", "up", "down", "end", "state" };
      guint what = g_rand_int_range (rand, 0, G_N_ELEMENTS (names));
      guint any = g_rand_int_range (rand, 0, length (&f)), position = 0;
      gboolean stuck = chat_timeline_get_follows (CHAT_TIMELINE (f.timeline));
      g_autofree char *text = some_text (rand, g_rand_int_range (rand, 1, 120));

      f.kept = NULL;
      if (!stuck)
        {
          keep (&f);
          g_assert_true (chat_message_list_find (f.list, f.kept, &position));
          /* Near the view more often than not */
          if (g_rand_boolean (rand))
            any = CLAMP ((int) position + g_rand_int_range (rand, -8, 8), 0, (int) length (&f) - 1);
          if (any == position)
            any = position > 0 ? position - 1 : position + 1;
        }
      switch (what)
        {
        case 0:
          chat_message_list_add (f.list, say (&f, rand));
          break;
        case 1:
          for (guint i = 0; i < 9; i++)
            chat_message_list_add (f.list, say (&f, rand));
          break;
        case 2:
          chat_message_list_load_older (f.list);
          break;
        case 3:
          chat_message_set_text (at (&f, any), text);
          break;
        case 4:
          if (length (&f) > 50)
            remove_message (&f, at (&f, any));
          break;
        case 5:
          resize (&f, g_rand_int_range (rand, 360, 1000), g_rand_int_range (rand, 380, 700));
          break;
        case 6:
          f.kept = NULL;
          scroll_by (&f, -g_rand_int_range (rand, 20, 1500));
          stuck = FALSE;
          break;
        case 7:
          f.kept = NULL;
          scroll_by (&f, g_rand_int_range (rand, 20, 700));
          break;
        case 8:
          f.kept = NULL;
          if (g_rand_int_range (rand, 0, 3) == 0)
            {
              chat_timeline_show_newest (CHAT_TIMELINE (f.timeline));
              stuck = TRUE;
            }
          break;
        case 9:
          chat_message_set_edited (at (&f, any), !chat_message_get_edited (at (&f, any)));
          chat_message_set_receipt (at (&f, any), g_rand_int_range (rand, CHAT_MESSAGE_NO_RECEIPT, CHAT_MESSAGE_READ + 1));
          break;
        default:
          g_assert_not_reached ();
        }
      frames (&f, 3);
      if (stuck && !(what == 6))
        {
          n_stuck++;
          if (from_bottom (&f) > BOUND)
            g_test_message ("step %u, %s: %.1f px from the end", step, names[what], from_bottom (&f));
          g_assert_cmpfloat (from_bottom (&f), <=, BOUND);
          last_is_shown (&f);
        }
      else if (f.kept != NULL)
        {
          if (f.lost || f.moved > BOUND)
            g_test_message ("step %u, %s: moved %.1f px%s", step, names[what], f.moved, f.lost ? ", out of sight" : "");
          /* At either end of the room there may be nothing to scroll into: a deletion there moves what is left */
          if (gtk_adjustment_get_value (f.adjustment) > 0 && from_bottom (&f) > 0)
            {
              g_assert_false (f.lost);
              g_assert_cmpfloat (f.moved, <=, BOUND);
              n_kept++;
              worst = MAX (worst, f.moved);
            }
        }
    }
  g_test_message ("kept in place %u times, at most %.1f px away; followed the newest %u times", n_kept, worst, n_stuck);

  fixture_clear (&f);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 77;
    }
  adw_init ();

  g_test_add_func ("/ui/timeline/keeps-position", test_keeps_position);
  g_test_add_func ("/ui/timeline/follows", test_follows);
  g_test_add_func ("/ui/timeline/rooms", test_rooms);
  g_test_add_func ("/ui/timeline/short", test_short);
  g_test_add_func ("/ui/timeline/seen", test_seen);
  g_test_add_data_func ("/ui/timeline/unread/marked", GUINT_TO_POINTER (60), test_unread);
  g_test_add_data_func ("/ui/timeline/unread/never-read", GUINT_TO_POINTER (0), test_unread);
  g_test_add_func ("/ui/timeline/random", test_random);

  return g_test_run ();
}
