/* test-link-dialog.c: what is asked before a link is followed, and which links can not be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-fake-session.h"
#include "chat-format.h"
#include "chat-link-dialog.h"
#include "chat-test.h"

typedef struct
{
  ChatSession *session;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (ChatRoom) room = chat_room_new (17, "Boris");

  fixture->session = chat_test_watch_object (chat_fake_session_new ());
  chat_fake_session_set_account (fixture->session, "Chat.Example.com:7711", "anna");
  chat_fake_session_set_state (fixture->session, CHAT_SESSION_ONLINE, -1, 0);
  chat_room_list_add (chat_session_get_rooms (fixture->session), room);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_object (&fixture->session);
  chat_test_assert_finalized ();
}

/* @yes: (nullable): the response that there must be beside the one that does nothing */
static void
assert_asked (Fixture    *fixture,
              const char *link,
              const char *heading,
              const char *part,
              const char *yes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatUri) uri = chat_uri_parse (link, &error);
  g_autofree char *body = NULL;
  AdwMessageDialog *dialog;

  dialog = ADW_MESSAGE_DIALOG (uri != NULL ? chat_link_dialog_new (NULL, fixture->session, uri)
                                           : chat_link_dialog_new_problem (NULL, error));
  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, heading);
  body = chat_format_without_marks (adw_message_dialog_get_body (dialog));
  if (strstr (body, part) == NULL)
    g_error ("“%s” is not in “%s”", part, body);
  g_assert_false (adw_message_dialog_get_body_use_markup (dialog));
  /* Neither Enter nor Escape may mean yes */
  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "close");
  g_assert_cmpstr (adw_message_dialog_get_close_response (dialog), ==, "close");
  g_assert_cmpint (adw_message_dialog_has_response (dialog, CHAT_LINK_OPEN), ==, g_strcmp0 (yes, CHAT_LINK_OPEN) == 0);
  g_assert_cmpint (adw_message_dialog_has_response (dialog, CHAT_LINK_SIGN_IN), ==, g_strcmp0 (yes, CHAT_LINK_SIGN_IN) == 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_ours (Fixture       *fixture,
           gconstpointer  data)
{
  assert_asked (fixture, "chat://chat.example.com/person/BORIS", "Open the Conversation?", "“Boris” on chat.example.com", CHAT_LINK_OPEN);
  assert_asked (fixture, "chat://chat.example.com:7711/room/17", "Open the Conversation?", "“Boris”", CHAT_LINK_OPEN);
  assert_asked (fixture, "chat://chat.example.com/person/clara", "Begin a Conversation?", "“clara” on chat.example.com", CHAT_LINK_OPEN);
  assert_asked (fixture, "chat://chat.example.com/room/18", "No Such Conversation", "chat.example.com", NULL);
  assert_asked (fixture, "chat://chat.example.com/person/Anna", "That Is You", "“Anna”", NULL);
  /* Without a connection as well */
  chat_fake_session_set_state (fixture->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 60);
  assert_asked (fixture, "chat://chat.example.com/person/boris", "Open the Conversation?", "“Boris”", CHAT_LINK_OPEN);
}

static void
test_others (Fixture       *fixture,
             gconstpointer  data)
{
  assert_asked (fixture, "chat://chat.example.com:7712/person/boris", "Another Server", "chat.example.com:7712", NULL);
  assert_asked (fixture, "chat://evil.example/room/17", "Another Server", "signed in as “anna” on Chat.Example.com:7711", NULL);
  chat_fake_session_set_state (fixture->session, CHAT_SESSION_SIGNED_OUT, -1, 0);
  assert_asked (fixture, "chat://evil.example/person/boris", "You Are Not Signed In", "“boris” on the server evil.example",
                CHAT_LINK_SIGN_IN);
  assert_asked (fixture, "chat://evil.example/room/17", "You Are Not Signed In", "evil.example", CHAT_LINK_SIGN_IN);
}

static void
test_problems (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *name = g_strnfill (CHAT_URI_MAX_SIZE, 'a');
  g_autofree char *long_link = g_strconcat ("chat://h/person/", name, NULL);

  assert_asked (fixture, "https://example.com/", "This Link Can Not Be Opened", "no link", NULL);
  assert_asked (fixture, long_link, "This Link Can Not Be Opened", "longer", NULL);
  assert_asked (fixture, "chat://h:0/person/a", "This Link Can Not Be Opened", "address of the server", NULL);
  assert_asked (fixture, "chat://h/group/a", "This Link Can Not Be Opened", "newer version", NULL);
  assert_asked (fixture, "chat://h/person/<b>", "This Link Can Not Be Opened", "damaged", NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, function) g_test_add ("/ui/link-dialog/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("ours", test_ours);
  ADD ("others", test_others);
  ADD ("problems", test_problems);
  return g_test_run ();
}
