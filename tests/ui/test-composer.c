/* test-composer.c: the composer: sending, editing, drafts, and what is too long
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "chat-composer.h"
#include "chat-test.h"

typedef struct
{
  GtkWidget   *window;
  GtkWidget   *composer;
  GtkWidget   *view;
  ChatRoom    *room;
  ChatRoom    *other;
  ChatMessage *message;
  char        *sent;
  char        *edited;
  gboolean     taken;
  guint        n_typing;
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

static gboolean
send_cb (Fixture    *f,
         const char *text)
{
  g_free (f->sent);
  f->sent = g_strdup (text);
  return f->taken;
}

static void
edit_cb (Fixture     *f,
         ChatMessage *message,
         const char  *text)
{
  g_assert_true (message == f->message);
  g_free (f->edited);
  f->edited = g_strdup (text);
}

static void
typing_cb (Fixture *f)
{
  f->n_typing++;
}

static void
fixture_init (Fixture *f)
{
  memset (f, 0, sizeof *f);
  f->taken = TRUE;
  f->room = chat_room_new (1, "bob");
  f->other = chat_room_new (2, "eve");
  f->message = chat_message_new (1, "ann", TRUE, CHAT_MESSAGE_TEXT, NULL);
  chat_message_set_id (f->message, 9);
  chat_message_set_text (f->message, "as it was");
  f->composer = chat_composer_new ();
  f->view = find_widget (f->composer, GTK_TYPE_TEXT_VIEW);
  g_signal_connect_swapped (f->composer, "send", G_CALLBACK (send_cb), f);
  g_signal_connect_swapped (f->composer, "edit", G_CALLBACK (edit_cb), f);
  g_signal_connect_swapped (f->composer, "typing", G_CALLBACK (typing_cb), f);
  f->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (f->window), f->composer);
  gtk_window_present (GTK_WINDOW (f->window));
  chat_test_wait_until (gtk_widget_get_mapped (f->view));
  chat_composer_set_room (CHAT_COMPOSER (f->composer), f->room);
}

static void
fixture_clear (Fixture *f)
{
  chat_test_watch_object (f->composer);
  gtk_window_destroy (GTK_WINDOW (f->window));
  chat_test_assert_finalized ();
  g_assert_finalize_object (f->room);
  g_assert_finalize_object (f->other);
  g_assert_finalize_object (f->message);
  g_free (f->sent);
  g_free (f->edited);
}

static void
type (Fixture    *f,
      const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (f->view)), text, -1);
}

static void
stands (Fixture    *f,
        const char *expected)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (f->view));
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  g_assert_cmpstr (text, ==, expected);
}

static void
press_send (Fixture *f)
{
  gtk_widget_activate_action (f->composer, "composer.send", NULL);
}

static void
test_send (void)
{
  Fixture f;

  fixture_init (&f);
  press_send (&f);
  type (&f, " \n ");
  press_send (&f);
  g_assert_null (f.sent);

  type (&f, "\n  hello\nyou \n\n");
  press_send (&f);
  g_assert_cmpstr (f.sent, ==, "  hello\nyou");
  stands (&f, "");

  /* What was not taken is still there */
  f.taken = FALSE;
  type (&f, "again");
  press_send (&f);
  stands (&f, "again");
  fixture_clear (&f);
}

static void
test_too_long (void)
{
  g_autofree char *fits = g_strnfill (CHAT_COMPOSER_MAX_BYTES, 'x');
  g_autofree char *over = g_strconcat (fits, "y", NULL);
  Fixture f;

  fixture_init (&f);
  type (&f, over);
  press_send (&f);
  g_assert_null (f.sent);
  type (&f, fits);
  press_send (&f);
  g_assert_cmpuint (strlen (f.sent), ==, CHAT_COMPOSER_MAX_BYTES);
  fixture_clear (&f);
}

static void
test_drafts (void)
{
  Fixture f;

  fixture_init (&f);
  type (&f, "begun");
  chat_composer_set_room (CHAT_COMPOSER (f.composer), f.other);
  g_assert_cmpstr (chat_room_get_draft (f.room), ==, "begun");
  stands (&f, "");
  chat_composer_set_room (CHAT_COMPOSER (f.composer), f.room);
  stands (&f, "begun");

  /* An edit leaves it alone, whichever way it ends */
  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  stands (&f, "as it was");
  type (&f, "half changed");
  chat_composer_set_room (CHAT_COMPOSER (f.composer), f.other);
  g_assert_cmpstr (chat_room_get_draft (f.room), ==, "begun");
  chat_composer_set_room (CHAT_COMPOSER (f.composer), f.room);
  g_assert_null (chat_composer_get_edited (CHAT_COMPOSER (f.composer)));
  stands (&f, "begun");

  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  chat_composer_cancel_edit (CHAT_COMPOSER (f.composer));
  stands (&f, "begun");
  g_assert_null (f.edited);

  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  press_send (&f);
  g_assert_null (f.edited);
  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  type (&f, "as it is");
  press_send (&f);
  g_assert_cmpstr (f.edited, ==, "as it is");
  g_assert_null (f.sent);
  stands (&f, "begun");

  /* Sent is no draft any more */
  press_send (&f);
  g_assert_cmpstr (f.sent, ==, "begun");
  g_assert_null (chat_room_get_draft (f.room));
  fixture_clear (&f);
}

/* Another device deletes the message that is being changed */
static void
test_edited_is_gone (void)
{
  Fixture f;

  fixture_init (&f);
  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  chat_composer_drop_edit (CHAT_COMPOSER (f.composer));
  g_assert_null (chat_composer_get_edited (CHAT_COMPOSER (f.composer)));
  stands (&f, "");

  /* What was written is not lost */
  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  type (&f, "much changed");
  chat_composer_drop_edit (CHAT_COMPOSER (f.composer));
  stands (&f, "much changed");
  press_send (&f);
  g_assert_null (f.edited);
  g_assert_cmpstr (f.sent, ==, "much changed");

  /* Unless something stood there before */
  type (&f, "begun");
  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  type (&f, "much changed");
  chat_composer_drop_edit (CHAT_COMPOSER (f.composer));
  stands (&f, "begun");
  fixture_clear (&f);
}

/* What the person types, and nothing else, is told */
static void
test_typing (void)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;
  Fixture f;

  fixture_init (&f);
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (f.view));
  gtk_text_buffer_insert_at_cursor (buffer, "h", 1);
  g_assert_cmpuint (f.n_typing, ==, 1);
  gtk_text_buffer_insert_at_cursor (buffer, "i", 1);
  g_assert_cmpuint (f.n_typing, ==, 2);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert_at_cursor (buffer, " \n", 2);
  g_assert_cmpuint (f.n_typing, ==, 2);

  /* A draft that comes back, a message that is sent, one that is changed */
  chat_room_set_draft (f.other, "begun");
  chat_composer_set_room (CHAT_COMPOSER (f.composer), f.other);
  stands (&f, "begun");
  press_send (&f);
  g_assert_cmpstr (f.sent, ==, "begun");
  chat_composer_begin_edit (CHAT_COMPOSER (f.composer), f.message, NULL);
  gtk_text_buffer_insert_at_cursor (buffer, "!", 1);
  chat_composer_cancel_edit (CHAT_COMPOSER (f.composer));
  g_assert_cmpuint (f.n_typing, ==, 2);
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

  g_test_add_func ("/ui/composer/send", test_send);
  g_test_add_func ("/ui/composer/too-long", test_too_long);
  g_test_add_func ("/ui/composer/drafts", test_drafts);
  g_test_add_func ("/ui/composer/edited-is-gone", test_edited_is_gone);
  g_test_add_func ("/ui/composer/typing", test_typing);

  return g_test_run ();
}
