/* test-search.c: what is kept is found without a connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-search.h"
#include "chat-session-test.h"
#include "chat-test-server.h"

static GPtrArray *
search (ChatPerson        *person,
        const char *const *terms,
        gboolean           messages)
{
  g_auto (ChatAnswer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  GPtrArray *hits;

  chat_session_search_async (person->session, terms, messages, NULL, chat_answer_take, &answer);
  hits = chat_session_search_finish (person->session, chat_answer_wait (&answer), &error);
  g_assert_no_error (error);
  return hits;
}

/* As in "boris clara boris:Some words" */
static char *
search_text (ChatPerson *person,
             const char *words,
             gboolean    messages)
{
  g_auto (GStrv) terms = g_strsplit (words, " ", -1);
  g_autoptr (GPtrArray) hits = search (person, (const char *const *) terms, messages);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < hits->len; i++)
    {
      ChatSearchHit *hit = hits->pdata[i];

      g_assert_true ((hit->message_id > 0) == (hit->text != NULL));
      g_string_append_printf (text, "%s%s%s%s", i > 0 ? "|" : "", chat_room_get_name (hit->room), hit->text != NULL ? ":" : "",
                              hit->text != NULL ? hit->text : "");
    }
  return g_string_free (text, FALSE);
}

#define assert_found(person, words, messages, wanted)                          \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *text_ = search_text ((person), (words), (messages));      \
    g_assert_cmpstr (text_, ==, (wanted));                                     \
  }                                                                            \
  G_STMT_END

static void
send (ChatPerson *person,
      const char *name,
      const char *text)
{
  G_GNUC_UNUSED g_autoptr (ChatMessage) message = chat_person_send (person, chat_person_get_room (person, name), text);

  chat_test_wait_until (chat_session_count_unsent (person->session) == 0);
}

static void
test_search (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *address = chat_test_server_get_address (server);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  g_autoptr (ChatPerson) clara = chat_person_new ();
  g_autoptr (ChatPerson) other = chat_person_new ();
  g_autofree char *long_text = g_strnfill (3000, 'x'), *very_long = NULL, *found = NULL;
  const char *const nothing[] = { "", "  ", NULL };
  const char *many[200];
  g_auto (ChatAnswer) first = { NULL }, second = { NULL }, restored = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) hits = NULL;
  g_autoptr (GError) error = NULL;

  chat_test_keyring_empty ();
  /* Nobody has ever signed in */
  assert_found (anna, "boris", TRUE, "");

  chat_person_sign_up (anna, address, "anna");
  chat_person_sign_up (boris, address, "boris");
  chat_person_sign_up (clara, address, "clara");
  chat_person_sign_up (other, address, "liboris");
  chat_person_create_room (anna, "boris");
  chat_person_create_room (anna, "clara");
  chat_person_create_room (anna, "liboris");
  send (anna, "boris", "Зустріч у Києві");
  send (anna, "clara", "The first words of this message are of no interest, since nobody looks for them: four five six Kyiv eight nine");
  send (anna, "clara", "The Boris of another name");
  very_long = g_strconcat ("Kyiv first ", long_text, NULL);
  send (anna, "clara", very_long);

  /* Rooms alone, or messages too; all words in any order; without regard to case */
  assert_found (anna, "bor", FALSE, "boris|liboris");
  assert_found (anna, "ORI bo", FALSE, "boris|liboris");
  assert_found (anna, "bor cla", FALSE, "");
  assert_found (anna, "BORIS", TRUE, "boris|liboris|clara:The Boris of another name");
  assert_found (anna, "києв", TRUE, "boris:Зустріч у Києві");
  assert_found (anna, "nothing like it", TRUE, "");
  /* A long message is cut, and the word is in what is shown */
  found = search_text (anna, "kyiv", TRUE);
  g_assert_true (g_str_has_prefix (found, "clara:Kyiv first xxx"));
  g_assert_true (g_str_has_suffix (found, "|clara:…four five six Kyiv eight nine"));
  g_assert_cmpuint (strlen (found), <, CHAT_SEARCH_MAX_EXCERPT + 100);

  /* What nobody types */
  g_clear_pointer (&hits, g_ptr_array_unref);
  hits = search (anna, nothing, TRUE);
  g_assert_cmpuint (hits->len, ==, 0);
  for (guint i = 0; i + 1 < G_N_ELEMENTS (many); i++)
    many[i] = i < CHAT_SEARCH_MAX_TERMS ? "o" : "there is no such thing";
  many[G_N_ELEMENTS (many) - 1] = NULL;
  g_clear_pointer (&hits, g_ptr_array_unref);
  hits = search (anna, many, FALSE);
  g_assert_cmpuint (hits->len, ==, 2);
  many[0] = very_long;
  g_clear_pointer (&hits, g_ptr_array_unref);
  hits = search (anna, many, TRUE);
  g_assert_cmpuint (hits->len, ==, 0);

  /* A program that was started for the question: no connection, and nobody is signed in */
  chat_person_restart (anna);
  assert_found (anna, "boris", TRUE, "boris|liboris|clara:The Boris of another name");
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_SIGNED_OUT);
  /* It goes on from there */
  chat_session_restore_async (anna->session, NULL, chat_answer_take, &restored);
  g_assert_true (chat_session_restore_finish (anna->session, chat_answer_wait (&restored), NULL));
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  send (anna, "boris", "After that");
  assert_found (anna, "after", TRUE, "boris:After that");

  /* The window opens while somebody searches: what is kept is opened once, for both */
  chat_answer_clear (&restored);
  chat_person_restart (anna);
  chat_session_search_async (anna->session, (const char *const[]){ "boris", NULL }, FALSE, NULL, chat_answer_take, &first);
  chat_session_restore_async (anna->session, NULL, chat_answer_take, &restored);
  chat_session_search_async (anna->session, (const char *const[]){ "after", NULL }, TRUE, NULL, chat_answer_take, &second);
  g_clear_pointer (&hits, g_ptr_array_unref);
  hits = chat_session_search_finish (anna->session, chat_answer_wait (&first), NULL);
  g_assert_cmpuint (hits->len, ==, 2);
  g_clear_pointer (&hits, g_ptr_array_unref);
  hits = chat_session_search_finish (anna->session, chat_answer_wait (&second), NULL);
  g_assert_cmpuint (hits->len, ==, 1);
  g_assert_true (chat_session_restore_finish (anna->session, chat_answer_wait (&restored), NULL));
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
  send (anna, "boris", "Once more");

  /* Another letter was typed: that question has no answer any more */
  chat_answer_clear (&first);
  chat_session_search_async (anna->session, (const char *const[]){ "after", NULL }, TRUE, cancellable, chat_answer_take, &first);
  g_cancellable_cancel (cancellable);
  g_assert_null (chat_session_search_finish (anna->session, chat_answer_wait (&first), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  chat_answer_clear (&first);
  chat_answer_clear (&second);
  chat_answer_clear (&restored);

  /* Signed out: nothing of it is found, in this program or the next */
  {
    g_auto (ChatAnswer) answer = { NULL };

    chat_session_sign_out_async (anna->session, NULL, chat_answer_take, &answer);
    g_assert_true (chat_session_sign_out_finish (anna->session, chat_answer_wait (&answer), NULL));
  }
  assert_found (anna, "boris", TRUE, "");
  chat_person_restart (anna);
  assert_found (anna, "boris", TRUE, "");
}

/* Without a server, and with one that never answers */
static void
test_offline (void)
{
  g_autoptr (ChatPerson) anna = chat_person_new ();
  g_autoptr (ChatPerson) boris = chat_person_new ();
  ChatTestServer *server = chat_test_server_new (NULL);

  chat_test_keyring_empty ();
  chat_person_sign_up (anna, chat_test_server_get_address (server), "anna");
  chat_person_sign_up (boris, chat_test_server_get_address (server), "boris");
  chat_person_create_room (anna, "boris");
  send (anna, "boris", "What is kept");
  chat_test_server_free (server);
  chat_person_restart (anna);
  /* The keyring is not asked */
  chat_test_keyring_set_mood (CHAT_KEYRING_LOCKED);
  assert_found (anna, "kept", TRUE, "boris:What is kept");
  assert_found (anna, "bo", FALSE, "boris");
  chat_test_keyring_set_mood (CHAT_KEYRING_WORKS);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);
  g_test_add_func ("/session/search/search", test_search);
  g_test_add_func ("/session/search/offline", test_offline);
  return chat_session_test_run ();
}
