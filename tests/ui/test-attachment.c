/* test-attachment.c: the file in a bubble: what it shows, and what can be done with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-fake-source.h"
#include "chat-file-opener.h"
#include "chat-find-bar.h"
#include "chat-message-row.h"
#include "chat-test.h"
#include "chat-timeline.h"

#define NOON (G_GINT64_CONSTANT (1767268800) * G_USEC_PER_SEC)

typedef struct
{
  GtkWidget       *window;
  GtkWidget       *timeline;
  ChatFakeSource  *source;
  ChatMessageList *list;
  ChatRoom        *room;
  ChatMessage     *message;
  ChatAttachment  *attachment;
  GString         *requested;
} Fixture;

static void
requested_cb (ChatTimeline *timeline,
              ChatMessage  *message,
              const char   *action,
              Fixture      *f)
{
  g_assert_true (message == f->message);
  g_string_append_printf (f->requested, "%s\n", action);
}

static ChatMessageRow *
find_row (GtkWidget   *widget,
          ChatMessage *message)
{
  if (CHAT_IS_MESSAGE_ROW (widget) && chat_message_row_get_message (CHAT_MESSAGE_ROW (widget)) == message)
    return CHAT_MESSAGE_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      ChatMessageRow *found = find_row (child, message);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static ChatMessageRow *
row_of (Fixture *f)
{
  ChatMessageRow *row = NULL;

  chat_test_wait_until ((row = find_row (f->timeline, f->message)) != NULL && gtk_widget_get_height (GTK_WIDGET (row)) > 0);
  return row;
}

static void
fixture_init (Fixture    *f,
              const char *name,
              int         width)
{
  memset (f, 0, sizeof *f);
  f->requested = g_string_new (NULL);
  f->source = chat_fake_source_new ();
  f->attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = name, .size = 12000000, .media_type = "text/plain" }, FALSE);
  f->message = chat_message_new (1, "bob", FALSE, CHAT_MESSAGE_FILE, NULL);
  chat_message_set_id (f->message, chat_fake_source_take_id (f->source));
  chat_message_set_text (f->message, "https://chat.example.com/m/00/film.mkv");
  chat_message_set_date (f->message, NOON, NULL);
  chat_message_set_attachment (f->message, f->attachment);
  g_ptr_array_add (chat_fake_source_get_history (f->source), g_object_ref (f->message));
  chat_fake_source_append (f->source, "bob", FALSE, NOON, "what do you say?");
  chat_fake_source_set_auto (f->source, TRUE);
  f->list = chat_message_list_new (CHAT_MESSAGE_SOURCE (f->source));
  f->room = chat_room_new (1, "bob");

  f->timeline = chat_timeline_new ();
  g_signal_connect (f->timeline, "message-requested", G_CALLBACK (requested_cb), f);
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), width, 400);
  gtk_window_set_child (GTK_WINDOW (f->window), f->timeline);
  gtk_window_present (GTK_WINDOW (f->window));
  chat_message_list_load (f->list);
  chat_timeline_set_room (CHAT_TIMELINE (f->timeline), f->room, f->list);
  row_of (f);
}

static void
fixture_clear (Fixture *f)
{
  chat_timeline_set_room (CHAT_TIMELINE (f->timeline), NULL, NULL);
  chat_test_watch_object (f->timeline);
  gtk_window_destroy (GTK_WINDOW (f->window));
  chat_test_settle ();
  g_object_unref (f->list);
  chat_test_settle ();
  g_object_unref (f->source);
  g_object_unref (f->room);
  chat_test_watch_object (f->message);
  g_object_unref (f->message);
  chat_test_watch_object (f->attachment);
  g_object_unref (f->attachment);
  chat_test_assert_finalized ();
  g_string_free (f->requested, TRUE);
}

static GBytes *
picture_of (ChatMessageRow *row)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  GBytes *bytes;

  chat_bubble_snapshot (chat_message_row_get_bubble (row), snapshot, gtk_widget_get_width (GTK_WIDGET (row)));
  node = gtk_snapshot_free_to_node (snapshot);
  bytes = gsk_render_node_serialize (node);
  gsk_render_node_unref (node);
  return bytes;
}

/* Each state looks different, and none has another size than the others, in a narrow window neither */
static void
test_size (void)
{
  static const int widths[] = { 720, 300 };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      g_autoptr (GBytes) before = NULL;
      GdkRectangle first;
      ChatMessageRow *row;
      Fixture f;
      int height;

      fixture_init (&f, "a film with a very long name that does not fit into any card.mkv", widths[i]);
      row = row_of (&f);
      height = gtk_widget_get_height (GTK_WIDGET (row));
      chat_bubble_get_area (chat_message_row_get_bubble (row), &first);
      g_assert_cmpint (first.x + first.width, <=, widths[i]);
      for (int state = CHAT_ATTACHMENT_REMOTE; state <= CHAT_ATTACHMENT_LOCAL; state++)
        {
          g_autoptr (GBytes) drawn = NULL;
          GdkRectangle area;
          int minimum;

          chat_attachment_set_done (f.attachment, 1000 + 2000000 * state);
          chat_attachment_set_state (f.attachment, state, "A reason of many words, which would take more than one line if it had it");
          drawn = picture_of (row);
          g_assert_true (before == NULL || !g_bytes_equal (before, drawn));
          g_clear_pointer (&before, g_bytes_unref);
          before = g_steal_pointer (&drawn);
          gtk_widget_measure (GTK_WIDGET (row), GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (GTK_WIDGET (row)), &minimum, NULL, NULL, NULL);
          g_assert_cmpint (minimum, ==, height);
          chat_bubble_get_area (chat_message_row_get_bubble (row), &area);
          g_assert_true (gdk_rectangle_equal (&area, &first));
        }
      fixture_clear (&f);
    }
}

static void
act (Fixture    *f,
     const char *action)
{
  g_autofree char *name = g_strconcat ("message.", action, NULL);
  ChatMessageRow *row = row_of (f);

  gtk_widget_activate_action (GTK_WIDGET (row), name, NULL);
}

/* The session is asked for what the state allows, and for nothing else, whatever a screen reader offers */
static void
test_actions (void)
{
  static const struct { ChatAttachmentState state; const char *requested; } cases[] = {
    { CHAT_ATTACHMENT_REMOTE, "start-transfer\nsave-as\n" },
    { CHAT_ATTACHMENT_QUEUED, "pause-transfer\ncancel-transfer\nsave-as\n" },
    { CHAT_ATTACHMENT_TRANSFERRING, "pause-transfer\ncancel-transfer\nsave-as\n" },
    { CHAT_ATTACHMENT_PAUSED, "start-transfer\ncancel-transfer\nsave-as\n" },
    { CHAT_ATTACHMENT_FAILED, "start-transfer\ncancel-transfer\nsave-as\n" },
    { CHAT_ATTACHMENT_LOCAL, "save-as\nopen\nshow-in-folder\n" },
  };
  Fixture f;

  fixture_init (&f, "film.mkv", 720);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      chat_attachment_set_state (f.attachment, cases[i].state, NULL);
      chat_attachment_set_path (f.attachment, cases[i].state == CHAT_ATTACHMENT_LOCAL ? "/nonexistent" : NULL);
      g_string_truncate (f.requested, 0);
      act (&f, "start-transfer");
      act (&f, "pause-transfer");
      act (&f, "cancel-transfer");
      act (&f, "save-as");
      act (&f, "copy");
      act (&f, "copy-link");
      act (&f, "open-link");
      act (&f, "open");
      act (&f, "show-in-folder");
      act (&f, "view");
      g_assert_cmpstr (f.requested->str, ==, cases[i].requested);
    }
  fixture_clear (&f);
}

/* The button at the beginning of the card, the card itself, and what is beside it */
static void
test_places (void)
{
  GtkTextDirection directions[] = { GTK_TEXT_DIR_LTR, GTK_TEXT_DIR_RTL };

  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      ChatMessageRow *row;
      ChatBubble *bubble;
      GdkRectangle area;
      double near_x, far_x, y;
      Fixture f;

      gtk_widget_set_default_direction (directions[i]);
      fixture_init (&f, "film.mkv", 720);
      row = row_of (&f);
      bubble = chat_message_row_get_bubble (row);
      picture_of (row);
      chat_bubble_get_area (bubble, &area);
      y = area.y + area.height / 2.;
      near_x = directions[i] == GTK_TEXT_DIR_LTR ? area.x + 30 : area.x + area.width - 30;
      far_x = directions[i] == GTK_TEXT_DIR_LTR ? area.x + 150 : area.x + area.width - 150;
      g_assert_cmpint (chat_bubble_pick (bubble, near_x, y, NULL), ==, CHAT_BUBBLE_TRANSFER);
      g_assert_cmpint (chat_bubble_pick (bubble, far_x, y, NULL), ==, CHAT_BUBBLE_FILE);
      g_assert_cmpint (chat_bubble_pick (bubble, area.x - 5, y, NULL), ==, CHAT_BUBBLE_NOTHING);
      chat_attachment_set_state (f.attachment, CHAT_ATTACHMENT_LOCAL, NULL);
      g_assert_cmpint (chat_bubble_pick (bubble, near_x, y, NULL), ==, CHAT_BUBBLE_FILE);
      fixture_clear (&f);
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static GtkWindow *
find_dialog (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data))
      return l->data;

  return NULL;
}

/* A script asks first, whatever its name says; and a file that is gone is told */
static void
test_open (void)
{
  static const struct { const char *name, *content, *heading; } cases[] = {
    { "photo.jpg", "#!/bin/sh\necho\n", "Open This File?" },
    { "film.exe", "harmless", "Open This File?" },
    { "film.mkv", NULL, "The File Could Not Be Opened" },
  };
  g_autofree char *dir = chat_test_temp_dir_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", dir, i);
      Fixture f;

      if (cases[i].content != NULL)
        g_assert_true (g_file_set_contents (path, cases[i].content, -1, NULL));
      fixture_init (&f, cases[i].name, 720);
      chat_attachment_set_path (f.attachment, path);
      chat_attachment_set_state (f.attachment, CHAT_ATTACHMENT_LOCAL, NULL);
      chat_file_opener_open (GTK_WINDOW (f.window), path, path, cases[i].name);
      chat_test_wait_until (find_dialog () != NULL);
      g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (find_dialog ())), ==, cases[i].heading);
      gtk_window_destroy (find_dialog ());
      chat_test_settle ();
      g_assert_cmpstr (f.requested->str, ==, "");
      fixture_clear (&f);
    }
  chat_test_temp_dir_remove (g_steal_pointer (&dir));
}

/* What a screen reader hears follows the state */
static void
test_words (void)
{
  Fixture f;
  g_autofree char *remote = NULL;
  g_autofree char *failed = NULL;

  fixture_init (&f, "film.mkv", 720);
  remote = chat_message_row_describe (f.message);
  g_assert_nonnull (strstr (remote, "File film.mkv"));
  g_assert_nonnull (strstr (remote, "not downloaded"));
  g_assert_null (strstr (remote, "https"));
  chat_attachment_set_state (f.attachment, CHAT_ATTACHMENT_FAILED, "It is gone from the server.");
  failed = chat_message_row_describe (f.message);
  g_assert_nonnull (strstr (failed, "It is gone from the server."));
  fixture_clear (&f);
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
says (GtkWidget  *widget,
      const char *words)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_label (GTK_LABEL (widget)), words))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (says (child, words))
      return TRUE;

  return FALSE;
}

/* A file is found by its name, not by an address that nobody sees */
static void
test_find (void)
{
  GtkWidget *window = gtk_window_new (), *bar;
  Fixture f;

  fixture_init (&f, "film.mkv", 720);
  bar = chat_find_bar_new (CHAT_TIMELINE (f.timeline));
  gtk_window_set_child (GTK_WINDOW (window), bar);
  gtk_window_present (GTK_WINDOW (window));
  chat_find_bar_room_changed (CHAT_FIND_BAR (bar));
  chat_find_bar_start (CHAT_FIND_BAR (bar));
  gtk_editable_set_text (GTK_EDITABLE (find (bar, GTK_TYPE_SEARCH_ENTRY)), "FILM");
  chat_test_wait_until (says (bar, "1 of 1"));
  gtk_editable_set_text (GTK_EDITABLE (find (bar, GTK_TYPE_SEARCH_ENTRY)), "https");
  chat_test_wait_until (says (bar, "Not found"));
  gtk_window_destroy (GTK_WINDOW (window));
  fixture_clear (&f);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 77;
    }
  adw_init ();

  g_test_add_func ("/ui/attachment/size", test_size);
  g_test_add_func ("/ui/attachment/actions", test_actions);
  g_test_add_func ("/ui/attachment/places", test_places);
  g_test_add_func ("/ui/attachment/open", test_open);
  g_test_add_func ("/ui/attachment/words", test_words);
  g_test_add_func ("/ui/attachment/find", test_find);

  return g_test_run ();
}
