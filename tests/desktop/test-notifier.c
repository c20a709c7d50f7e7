/* test-notifier.c: what the desktop shows of what comes, and when it goes again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-fake-desktop.h"
#include "chat-fake-session.h"
#include "chat-notifier.h"
#include "chat-notification-words.h"
#include "chat-test.h"

/* Short, but longer than what a test does in between */
#define PAUSE_MS 150

typedef struct
{
  ChatFakeDesktop *desktop;
  GApplication *application;
  GSettings *settings;
  ChatSession *session;
  ChatNotifier *notifier;
  ChatRoom *seen;         /* before the person's eyes */
  gboolean active;        /* the window is */
  GString *done;          /* what the notifications' actions asked for */
} Scene;

static gboolean
sees (ChatRoom *room,
      gpointer  user_data)
{
  Scene *s = user_data;

  return room != NULL ? room == s->seen : s->active;
}

static void
on_action (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  Scene *s = user_data;
  g_autofree char *words = parameter != NULL ? g_variant_print (parameter, FALSE) : NULL;

  g_string_append_printf (s->done, "%s%s\n", g_action_get_name (G_ACTION (action)), words != NULL ? words : "");
}

static void
begin (Scene *s)
{
  s->notifier = chat_test_watch_object (chat_notifier_new (s->application, s->session, s->settings, "test", sees, s));
  chat_notifier_set_pause (s->notifier, PAUSE_MS);
}

/* @service: "gtk", "portal", "freedesktop", "freedesktop body-markup" or "none" */
static void
scene_init (Scene      *s,
            const char *service)
{
  static const GActionEntry actions[] = {
    { "open-room", on_action, "(ssx)" },
    { "mark-room-read", on_action, "(ssxx)" },
    { "show", on_action },
  };
  g_auto (GStrv) words = g_strsplit (service, " ", 2);
  g_autoptr (GError) error = NULL;

  s->desktop = chat_fake_desktop_new ();
  if (!g_str_equal (service, "none"))
    chat_fake_desktop_own (s->desktop, words[0], words[1]);
  s->application = g_application_new ("com.example.Chat.Test", G_APPLICATION_DEFAULT_FLAGS);
  g_application_register (s->application, NULL, &error);
  g_assert_no_error (error);
  g_action_map_add_action_entries (G_ACTION_MAP (s->application), actions, G_N_ELEMENTS (actions), s);
  s->settings = g_settings_new_with_path ("com.example.Chat.Profile", "/com/example/Chat/profiles/test/");
  s->session = chat_test_watch_object (chat_fake_session_new ());
  s->done = g_string_new (NULL);
  chat_fake_session_set_account (s->session, "chat.example.org", "olena");
  chat_fake_session_set_state (s->session, CHAT_SESSION_ONLINE, -1, 0);
  begin (s);
}

static void
scene_clear (Scene *s)
{
  /* Signing out leaves nothing behind */
  chat_fake_session_set_state (s->session, CHAT_SESSION_SIGNED_OUT, -1, 0);
  chat_test_wait_until (chat_fake_desktop_get_n (s->desktop) == 0);
  chat_test_settle ();
  g_clear_object (&s->notifier);
  g_clear_object (&s->session);
  g_settings_reset (s->settings, "notifications");
  g_settings_reset (s->settings, "notification-text");
  g_settings_reset (s->settings, "notified-rooms");
  g_clear_object (&s->settings);
  chat_test_assert_finalized ();
  chat_test_assert_finalize_object (s->application);
  chat_fake_desktop_free (s->desktop);
  g_string_free (s->done, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static ChatRoom *
add_room (Scene      *s,
          gint64      id,
          const char *name)
{
  return chat_fake_session_add_room (s->session, id, name, NULL, FALSE, g_get_real_time ());
}

static const char *
body_of (Scene      *s,
         const char *title)
{
  ChatFakeNotification *one = chat_fake_desktop_find (s->desktop, title);

  return one != NULL ? one->body : NULL;
}

/* Where what was recorded of it tells that. Returns: whether it is shown with @priority: "high" calls the person, "low" does not */
static gboolean
has_priority (Scene      *s,
              const char *title,
              const char *priority)
{
  ChatFakeNotification *one = chat_fake_desktop_find (s->desktop, title);
  const char *found = priority;

  if (one != NULL && g_variant_is_of_type (one->data, G_VARIANT_TYPE_VARDICT))
    g_assert_true (g_variant_lookup (one->data, "priority", "&s", &found));
  return one != NULL && g_str_equal (found, priority);
}

#define shows(s, title, text) (g_strcmp0 (body_of ((s), (title)), (text)) == 0)

/* What was asked for has arrived at the desktop, and nothing waits for its time */
static void
let_pass (void)
{
  gint64 end = g_get_monotonic_time () + 2 * PAUSE_MS * G_TIME_SPAN_MILLISECOND;

  chat_test_wait_until (g_get_monotonic_time () >= end);
}

/* Returns: how often one notification may have been sent since @start: at first, once for each pause, and what waited last */
static guint
most_since (gint64 start)
{
  return 2 + (guint) ((g_get_monotonic_time () - start) / G_TIME_SPAN_MILLISECOND / PAUSE_MS);
}

/* One for a room: replaced, and withdrawn when it is read, in each way that there is */
static void
test_room (gconstpointer service)
{
  g_auto (Scene) s = { NULL };
  gint64 start = g_get_monotonic_time ();
  ChatRoom *room;
  g_autoptr (ChatMessage) second = NULL;
  g_autoptr (ChatMessage) third = NULL;

  scene_init (&s, service);
  room = add_room (&s, 7, "anna");
  chat_fake_session_say (s.session, room, "anna", "one", TRUE);
  chat_test_wait_until (shows (&s, "anna", "one"));
  g_set_object (&second, chat_fake_session_say (s.session, room, "anna", "two", TRUE));
  g_set_object (&third, chat_fake_session_say (s.session, room, "anna", "three", TRUE));
  chat_test_wait_until (shows (&s, "anna", "three\n3 new messages"));
  g_assert_true (has_priority (&s, "anna", "high"));
  g_assert_cmpuint (chat_fake_desktop_get_n (s.desktop), ==, 1);
  g_assert_cmpuint (chat_fake_desktop_get_n_sent (s.desktop), <=, most_since (start));

  chat_message_set_text (third, "drei");
  chat_test_wait_until (shows (&s, "anna", "drei\n3 new messages"));
  g_assert_true (has_priority (&s, "anna", "low"));
  chat_fake_session_delete_message (s.session, room, chat_message_get_id (third));
  chat_test_wait_until (shows (&s, "anna", "two\n2 new messages"));

  /* Another device reads a part, and then the rest */
  chat_room_set_unread_count (room, 1);
  chat_room_set_read_mark (room, chat_message_get_id (second) - 1);
  chat_test_wait_until (shows (&s, "anna", "two"));
  g_assert_true (has_priority (&s, "anna", "low"));
  chat_room_set_read_mark (room, chat_message_get_id (second));
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);

  chat_fake_session_say (s.session, room, "anna", "four", TRUE);
  chat_test_wait_until (shows (&s, "anna", "four"));
  chat_fake_session_delete_message (s.session, room, chat_message_get_id (chat_room_get_last_message (room)));
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);

  chat_fake_session_say (s.session, room, "anna", "five", TRUE);
  chat_test_wait_until (shows (&s, "anna", "five"));
  chat_room_set_muted (room, TRUE);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);
  chat_room_set_muted (room, FALSE);

  chat_fake_session_say (s.session, room, "anna", "six", TRUE);
  chat_test_wait_until (shows (&s, "anna", "six"));
  chat_fake_session_remove_room (s.session, room);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);
}

/* What needs none */
static void
test_quiet (void)
{
  g_auto (Scene) s = { NULL };
  g_autoptr (ChatMessage) own = chat_message_new (7, "olena", TRUE, CHAT_MESSAGE_TEXT, NULL);
  ChatRoom *room, *other;

  scene_init (&s, "gtk");
  room = add_room (&s, 7, "anna");
  other = add_room (&s, 8, "boris");
  s.seen = room;
  chat_fake_session_say (s.session, room, "anna", "before my eyes", TRUE);
  s.seen = NULL;
  chat_fake_session_push (s.session, room, own, TRUE);
  chat_room_set_muted (room, TRUE);
  chat_fake_session_say (s.session, room, "anna", "muted", TRUE);
  g_settings_set_boolean (s.settings, "notifications", FALSE);
  chat_fake_session_say (s.session, other, "boris", "switched off", TRUE);
  g_settings_set_boolean (s.settings, "notifications", TRUE);
  chat_fake_session_say (s.session, other, "boris", "told", TRUE);
  chat_test_wait_until (shows (&s, "boris", "told"));
  g_assert_cmpuint (chat_fake_desktop_get_n_sent (s.desktop), ==, 1);

  /* The words go at once, and come back; switching it off takes it away */
  g_settings_set_boolean (s.settings, "notification-text", FALSE);
  chat_test_wait_until (shows (&s, "boris", "New message"));
  chat_fake_session_say (s.session, other, "boris", "not told", TRUE);
  chat_test_wait_until (shows (&s, "boris", "2 new messages"));
  g_settings_set_boolean (s.settings, "notification-text", TRUE);
  chat_test_wait_until (shows (&s, "boris", "not told\n2 new messages"));
  g_settings_set_boolean (s.settings, "notifications", FALSE);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);
}

static void
test_words (void)
{
  g_auto (Scene) s = { NULL };
  ChatRoom *room;
  ChatAttachmentInfo info = { .name = "report\xe2\x80\xae" "fdp.exe", .size = 1000, .media_type = "application/pdf" };
  g_autoptr (ChatAttachment) attachment = chat_attachment_new (&info, FALSE);
  g_autoptr (ChatMessage) file = chat_message_new (7, "Anna", FALSE, CHAT_MESSAGE_FILE, NULL);
  g_autoptr (ChatMessage) image = chat_message_new (7, "boris", FALSE, CHAT_MESSAGE_IMAGE, NULL);

  scene_init (&s, "gtk");
  room = add_room (&s, 7, "anna");
  chat_message_set_attachment (file, attachment);
  chat_message_set_text (file, "https://chat.example.org/secret");
  chat_fake_session_push (s.session, room, file, TRUE);
  chat_test_wait_until (shows (&s, "anna", "File: reportfdp.exe"));
  chat_fake_session_push (s.session, room, image, TRUE);
  chat_test_wait_until (shows (&s, "anna", "\xe2\x81\xa8" "boris" "\xe2\x81\xa9: \xe2\x81\xa8" "Picture" "\xe2\x81\xa9\n2 new messages from several people"));
}

/* Texts that are traps stay text */
static void
test_hostile (gconstpointer service)
{
  g_auto (Scene) s = { NULL };
  g_autofree char *long_name = g_strnfill (5000, 'n');
  g_autofree char *long_text = g_strnfill (60000, 'x');
  g_autofree char *cut_name = NULL;
  gboolean markup = strstr (service, "markup") != NULL;
  ChatRoom *room;

  scene_init (&s, service);
  room = add_room (&s, 7, "<b>an\xe2\x80\xaena</b>");
  chat_fake_session_say (s.session, room, "<b>an\xe2\x80\xaena</b>", "<a href='file:///'>\xe2\x80\xae&\x01\r\n\tyou</a>", TRUE);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 1);
  g_assert_nonnull (chat_fake_desktop_find (s.desktop, "<b>anna</b>"));
  g_assert_cmpstr (body_of (&s, "<b>anna</b>"), ==,
                   markup ? "&lt;a href=&apos;file:///&apos;&gt;&amp; you&lt;/a&gt;" : "<a href='file:///'>& you</a>");
  chat_fake_session_say (s.session, room, "<b>an\xe2\x80\xaena</b>", "\xe2\x80\xae\x01 \n", TRUE);
  chat_test_wait_until (shows (&s, "<b>anna</b>", "2 new messages"));

  room = add_room (&s, 8, long_name);
  chat_fake_session_say (s.session, room, long_name, long_text, TRUE);
  cut_name = g_strdup_printf ("%.*s…", CHAT_NOTIFICATION_MAX_NAME, long_name);
  chat_test_wait_until (chat_fake_desktop_find (s.desktop, cut_name) != NULL);
  g_assert_cmpint (g_utf8_strlen (body_of (&s, cut_name), -1), ==, CHAT_NOTIFICATION_MAX_TEXT + 1);
  room = add_room (&s, 9, "\xe2\x80\xae");
  chat_fake_session_say (s.session, room, "\xe2\x80\xae", "I have no name", TRUE);
  chat_test_wait_until (shows (&s, "Chat", "I have no name"));
}

/* No flood, whatever comes */
static void
test_storm (gconstpointer service)
{
  g_auto (Scene) s = { NULL };
  ChatRoom *room;
  gint64 start = g_get_monotonic_time ();
  const guint n = 2 * CHAT_NOTIFIER_MAX_IDS;
  g_autofree char *many = g_strdup_printf ("last\n%u new messages", n + 1);

  scene_init (&s, service);
  room = add_room (&s, 1, "anna");
  for (guint i = 0; i < n; i++)
    chat_fake_session_say (s.session, room, "anna", "again", TRUE);
  chat_fake_session_say (s.session, room, "anna", "last", TRUE);
  chat_test_wait_until (shows (&s, "anna", many));
  g_assert_cmpuint (chat_fake_desktop_get_n_sent (s.desktop), <=, most_since (start));
  chat_session_mark_read (s.session, room, chat_message_get_id (chat_room_get_last_message (room)));
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("person %u", i);

      room = add_room (&s, 10 + i, name);
      chat_fake_session_say (s.session, room, name, "hello", TRUE);
      chat_fake_session_say (s.session, room, name, "there", TRUE);
    }
  chat_test_wait_until (shows (&s, "New Messages", "380 new messages in 190 conversations"));
  chat_test_wait_until (shows (&s, "person 9", "there\n2 new messages"));
  /* (They come in any order) */
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == CHAT_NOTIFIER_MAX_ROOMS + 1);
  g_assert_cmpuint (chat_fake_desktop_get_n_sent (s.desktop), <=, most_since (start) * (CHAT_NOTIFIER_MAX_ROOMS + 2));

  for (guint i = 1; i < 200; i++)
    chat_session_mark_read (s.session, chat_room_list_lookup (chat_session_get_rooms (s.session), 10 + i), G_MAXINT32);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 1);
  g_assert_nonnull (chat_fake_desktop_find (s.desktop, "person 0"));
  /* Signing out takes away what is left */
  chat_fake_session_set_state (s.session, CHAT_SESSION_SIGNED_OUT, -1, 0);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);
}

/* What came while there was no connection is told in sum, and once */
static void
test_caught_up (void)
{
  g_auto (Scene) s = { NULL };
  ChatRoom *anna, *boris, *clara;

  scene_init (&s, "gtk");
  anna = add_room (&s, 1, "anna");
  boris = add_room (&s, 2, "boris");
  clara = add_room (&s, 3, "clara");
  chat_room_list_set_loaded (chat_session_get_rooms (s.session), TRUE);
  chat_fake_session_say (s.session, clara, "clara", "unread, and known", FALSE);

  /* The first time, with the window before one's eyes */
  s.active = TRUE;
  chat_fake_session_set_state (s.session, CHAT_SESSION_CONNECTING, -1, 0);
  chat_fake_session_set_state (s.session, CHAT_SESSION_ONLINE, -1, 0);
  chat_fake_session_say (s.session, boris, "boris", "seen in the list", FALSE);
  chat_fake_session_catch_up (s.session);

  chat_fake_session_set_state (s.session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 30);
  chat_fake_session_set_state (s.session, CHAT_SESSION_CONNECTING, -1, 0);
  chat_fake_session_set_state (s.session, CHAT_SESSION_ONLINE, -1, 0);
  for (guint i = 0; i < 40; i++)
    chat_fake_session_say (s.session, anna, "anna", i < 39 ? "missed" : "last", FALSE);
  chat_fake_session_say (s.session, boris, "boris", "missed too", FALSE);
  g_assert_cmpuint (chat_fake_desktop_get_n_sent (s.desktop), ==, 0);
  chat_fake_session_catch_up (s.session);
  chat_test_wait_until (shows (&s, "anna", "last\n40 new messages"));
  chat_test_wait_until (shows (&s, "boris", "missed too"));
  let_pass ();
  g_assert_cmpuint (chat_fake_desktop_get_n (s.desktop), ==, 2);
  g_assert_cmpuint (chat_fake_desktop_get_n_sent (s.desktop), ==, 2);

  /* What comes live adds to it */
  chat_fake_session_say (s.session, anna, "anna", "live", TRUE);
  chat_test_wait_until (shows (&s, "anna", "live\n41 new messages"));
  chat_session_mark_read (s.session, anna, chat_message_get_id (chat_room_get_last_message (anna)));
  chat_session_mark_read (s.session, boris, chat_message_get_id (chat_room_get_last_message (boris)));
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);

  /* In many conversations it is one notification */
  chat_fake_session_set_state (s.session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 30);
  chat_fake_session_set_state (s.session, CHAT_SESSION_ONLINE, -1, 0);
  chat_fake_session_say (s.session, anna, "anna", "a", FALSE);
  chat_fake_session_say (s.session, boris, "boris", "b", FALSE);
  chat_fake_session_say (s.session, boris, "boris", "b", FALSE);
  chat_fake_session_say (s.session, clara, "clara", "c", FALSE);
  chat_fake_session_say (s.session, add_room (&s, 4, "dora"), "dora", "d", FALSE);
  chat_fake_session_catch_up (s.session);
  chat_test_wait_until (shows (&s, "New Messages", "5 new messages in 4 conversations"));
  g_assert_true (has_priority (&s, "New Messages", "high"));
  g_assert_cmpuint (chat_fake_desktop_get_n (s.desktop), ==, 1);
  chat_session_mark_read (s.session, boris, chat_message_get_id (chat_room_get_last_message (boris)));
  chat_test_wait_until (shows (&s, "New Messages", "3 new messages in 3 conversations"));
  g_assert_true (has_priority (&s, "New Messages", "low"));
}

/* What one run has shown the next one withdraws */
static void
test_restart (void)
{
  g_auto (Scene) s = { NULL };
  ChatRoom *anna, *boris, *clara;

  scene_init (&s, "gtk");
  anna = add_room (&s, 1, "anna");
  boris = add_room (&s, 2, "boris");
  clara = add_room (&s, 3, "clara");
  chat_fake_session_say (s.session, anna, "anna", "a", TRUE);
  chat_fake_session_say (s.session, boris, "boris", "b", TRUE);
  chat_fake_session_say (s.session, clara, "clara", "c", TRUE);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 3);
  chat_test_assert_finalize_object (g_steal_pointer (&s.notifier));
  let_pass ();
  g_assert_cmpuint (chat_fake_desktop_get_n (s.desktop), ==, 3);

  chat_session_mark_read (s.session, anna, chat_message_get_id (chat_room_get_last_message (anna)));
  chat_fake_session_remove_room (s.session, clara);
  chat_fake_session_set_state (s.session, CHAT_SESSION_SIGNED_OUT, -1, 0);
  begin (&s);
  chat_room_list_set_loaded (chat_session_get_rooms (s.session), TRUE);
  chat_fake_session_set_state (s.session, CHAT_SESSION_CONNECTING, -1, 0);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 1);
  chat_fake_session_set_state (s.session, CHAT_SESSION_ONLINE, -1, 0);
  chat_fake_session_catch_up (s.session);
  let_pass ();
  g_assert_true (shows (&s, "boris", "b"));
  g_assert_cmpuint (chat_fake_desktop_get_n_sent (s.desktop), ==, 3);
  chat_session_mark_read (s.session, boris, chat_message_get_id (chat_room_get_last_message (boris)));
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);
}

/* What a click does */
static void
test_actions (gconstpointer service)
{
  g_auto (Scene) s = { NULL };
  g_autofree const char **actions = NULL;
  g_autofree char *wanted = NULL;
  ChatFakeNotification *one;
  ChatRoom *room;
  gint64 id;

  scene_init (&s, service);
  room = add_room (&s, 7, "anna");
  id = chat_message_get_id (chat_fake_session_say (s.session, room, "anna", "hello", TRUE));
  chat_test_wait_until ((one = chat_fake_desktop_find (s.desktop, "anna")) != NULL);
  actions = g_variant_get_strv (one->data, NULL);
  g_assert_cmpuint (g_strv_length ((char **) actions), ==, 4);
  g_assert_cmpstr (actions[0], ==, "default");
  g_assert_cmpstr (actions[3], ==, "Mark as Read");
  chat_fake_desktop_invoke (s.desktop, one->id, "default");
  chat_test_wait_until (s.done->len > 0);
  g_assert_cmpstr (s.done->str, ==, "open-room('chat.example.org', 'olena', 7)\n");

  chat_session_mark_read (s.session, room, id);
  g_string_truncate (s.done, 0);
  id = chat_message_get_id (chat_fake_session_say (s.session, room, "anna", "again", TRUE));
  chat_test_wait_until (shows (&s, "anna", "again"));
  one = chat_fake_desktop_find (s.desktop, "anna");
  g_clear_pointer (&actions, g_free);
  actions = g_variant_get_strv (one->data, NULL);
  chat_fake_desktop_invoke (s.desktop, one->id, actions[2]);
  chat_test_wait_until (s.done->len > 0);
  wanted = g_strdup_printf ("mark-room-read('chat.example.org', 'olena', 7, %" G_GINT64_FORMAT ")\n", id);
  g_assert_cmpstr (s.done->str, ==, wanted);
}

/* It is read before the desktop has said by which number it knows it */
static void
test_slow (gconstpointer service)
{
  g_auto (Scene) s = { NULL };
  ChatRoom *room;

  scene_init (&s, service);
  room = add_room (&s, 7, "anna");
  chat_fake_session_say (s.session, room, "anna", "first", TRUE);
  chat_test_wait_until (shows (&s, "anna", "first"));
  let_pass ();
  chat_fake_desktop_set_slow (s.desktop, TRUE);
  chat_fake_session_say (s.session, room, "anna", "second", TRUE);
  chat_test_wait_until (shows (&s, "anna", "second\n2 new messages"));
  chat_session_mark_read (s.session, room, chat_message_get_id (chat_room_get_last_message (room)));
  chat_fake_session_say (s.session, room, "anna", "third", TRUE);
  chat_session_mark_read (s.session, room, chat_message_get_id (chat_room_get_last_message (room)));
  chat_fake_desktop_set_slow (s.desktop, FALSE);
  chat_fake_desktop_answer (s.desktop);
  chat_test_wait_until (chat_fake_desktop_get_n (s.desktop) == 0);
}

/* Nobody shows notifications: no warning, and nothing waits for ever */
static void
test_none (void)
{
  g_auto (Scene) s = { NULL };
  ChatRoom *room;

  scene_init (&s, "none");
  room = add_room (&s, 7, "anna");
  chat_fake_session_say (s.session, room, "anna", "to the wind", TRUE);
  let_pass ();
  chat_fake_session_say (s.session, room, "anna", "again", TRUE);
  let_pass ();
}

/* GLib chooses once which way notifications go: each has a process of its own */
int
main (int    argc,
      char **argv)
{
  const char *service;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  service = argv[1];
  if (g_str_equal (service, "portal"))
    g_setenv ("GTK_USE_PORTAL", "1", TRUE);
  else
    g_unsetenv ("GTK_USE_PORTAL");
  g_test_add_data_func ("/desktop/notifier/room", service, test_room);
  g_test_add_data_func ("/desktop/notifier/hostile", service, test_hostile);
  g_test_add_data_func ("/desktop/notifier/storm", service, test_storm);
  if (g_str_equal (service, "gtk"))
    {
      g_test_add_func ("/desktop/notifier/quiet", test_quiet);
      g_test_add_func ("/desktop/notifier/words", test_words);
      g_test_add_func ("/desktop/notifier/caught-up", test_caught_up);
      g_test_add_func ("/desktop/notifier/restart", test_restart);
    }
  else if (g_str_has_prefix (service, "freedesktop"))
    {
      g_test_add_data_func ("/desktop/notifier/actions", service, test_actions);
      g_test_add_data_func ("/desktop/notifier/slow", service, test_slow);
      g_test_add_func ("/desktop/notifier/none", test_none);
    }
  return g_test_run ();
}
