/* session-probe.c: drives a session through the whole user's API against any server that knows it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   chat-session-probe --server HOST:PORT [--insecure] --login NAME --pass TEXT --peer NAME
 *
 * Makes the two people where they do not exist (both with the same password), lets them talk, and prints a line of TAP for each
 * step. Ends with 0 if all went well. It needs nothing of the server but what api.md names.
 */

#include <locale.h>

#include <glib/gstdio.h>

#include "chat-session-internal.h"

#define STEP_SECONDS 15

static guint n_steps;
static guint n_failed;

typedef struct
{
  GAsyncResult *result;
} Answer;

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ((Answer *) user_data)->result = g_object_ref (result);
}

static gboolean
on_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Iterates until @done says so, or for too long */
static gboolean
wait_for (gboolean (*done) (gpointer data),
          gpointer   data)
{
  gboolean late = FALSE;
  guint timer = g_timeout_add_seconds (STEP_SECONDS, on_late, &late);

  while (!done (data) && !late)
    g_main_context_iteration (NULL, TRUE);
  if (!late)
    g_source_remove (timer);
  return done (data);
}

static gboolean
is_answered (gpointer data)
{
  return ((Answer *) data)->result != NULL;
}

static GAsyncResult *
wait_answer (Answer *answer)
{
  /* Every call of a session ends; that it does in time is what is tested here */
  if (!wait_for (is_answered, answer))
    {
      g_print ("Bail out! no answer in %d s\n", STEP_SECONDS);
      exit (2);
    }
  return answer->result;
}

static gboolean
step (const char   *name,
      gboolean      good,
      const GError *error)
{
  n_steps++;
  if (good)
    g_print ("ok %u %s\n", n_steps, name);
  else
    {
      n_failed++;
      g_print ("not ok %u %s %s\n", n_steps, name, error != NULL ? error->message : "");
    }
  return good;
}

static gboolean
sign_in (ChatSession *session,
         const char  *server,
         gboolean     insecure,
         const char  *login,
         const char  *password,
         gboolean     sign_up,
         GError     **error)
{
  Answer answer = { NULL };
  gboolean done;

  chat_session_sign_in_async (session, server, insecure, login, password, sign_up, NULL, on_answer, &answer);
  done = chat_session_sign_in_finish (session, wait_answer (&answer), error);
  g_object_unref (answer.result);
  return done;
}

typedef struct
{
  ChatSession     *session;
  ChatRoom        *room;
  ChatMessageList *list;
  ChatMessage     *message;
  const char      *text;
  gint64           id;
  guint            n;
} What;

static ChatMessage *
find_text (ChatMessageList *list,
           const char      *text)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (list)); i > 0; i--)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), i - 1);

      if (g_strcmp0 (chat_message_get_text (message), text) == 0)
        return message;
    }
  return NULL;
}

static gboolean
has_text (gpointer data)
{
  What *what = data;

  return find_text (what->list, what->text) != NULL;
}

static gboolean
lacks_text (gpointer data)
{
  return !has_text (data);
}

static gboolean
is_sent (gpointer data)
{
  return chat_message_get_state (((What *) data)->message) == CHAT_MESSAGE_SENT;
}

static gboolean
is_loaded (gpointer data)
{
  return chat_message_list_get_loaded (((What *) data)->list);
}

static gboolean
rooms_loaded (gpointer data)
{
  return chat_room_list_get_loaded (chat_session_get_rooms (((What *) data)->session));
}

static gboolean
has_room (gpointer data)
{
  What *what = data;

  return chat_room_list_lookup (chat_session_get_rooms (what->session), what->id) != NULL;
}

static gboolean
lacks_room (gpointer data)
{
  return !has_room (data);
}

static gboolean
has_all (gpointer data)
{
  What *what = data;

  if (g_list_model_get_n_items (G_LIST_MODEL (what->list)) >= what->n)
    return TRUE;
  if (chat_message_list_get_has_older (what->list) && !chat_message_list_get_loading_older (what->list))
    chat_message_list_load_older (what->list);
  return FALSE;
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *server = NULL, *login = NULL, *password = NULL, *peer = NULL;
  gboolean insecure = FALSE;
  int n_messages = 60;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &server, "The server", "HOST:PORT" },
    { "insecure", 0, 0, G_OPTION_ARG_NONE, &insecure, "No TLS", NULL },
    { "login", 0, 0, G_OPTION_ARG_STRING, &login, "The first person", "NAME" },
    { "pass", 0, 0, G_OPTION_ARG_STRING, &password, "The password of both", "TEXT" },
    { "peer", 0, 0, G_OPTION_ARG_STRING, &peer, "The second person", "NAME" },
    { "messages", 0, 0, G_OPTION_ARG_INT, &n_messages, "How long the history is to be", "N" },
    { NULL }
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = NULL, *other_dir = NULL, *account = NULL, *other_account = NULL;
  g_autoptr (ChatSession) session = NULL;
  g_autoptr (ChatSession) other = NULL;
  g_autoptr (ChatRoom) room = NULL;
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (ChatMessageList) list = NULL;
  g_autoptr (ChatMessageList) other_list = NULL;
  ChatRoom *other_room;
  Answer answer = { NULL };
  What what = { NULL };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || server == NULL || login == NULL || password == NULL
      || peer == NULL)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "--server, --login, --pass and --peer are needed");
      return 2;
    }
  dir = g_dir_make_tmp ("chat-probe-XXXXXX", NULL);
  other_dir = g_dir_make_tmp ("chat-probe-XXXXXX", NULL);
  account = g_build_filename (dir, "account.ini", NULL);
  other_account = g_build_filename (other_dir, "account.ini", NULL);
  session = chat_session_new (dir, "probe");
  other = chat_session_new (other_dir, "probe-peer");

  /* People */
  if (!sign_in (session, server, insecure, login, password, TRUE, &error)
      && g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_USER_EXISTS))
    {
      g_clear_error (&error);
      sign_in (session, server, insecure, login, password, FALSE, &error);
    }
  if (!step ("sign-up", error == NULL && chat_session_get_state (session) == CHAT_SESSION_ONLINE, error))
    goto end;
  g_clear_error (&error);
  if (!sign_in (other, server, insecure, peer, password, TRUE, &error)
      && g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_USER_EXISTS))
    {
      g_clear_error (&error);
      sign_in (other, server, insecure, peer, password, FALSE, &error);
    }
  if (!step ("sign-up-peer", error == NULL && chat_session_get_state (other) == CHAT_SESSION_ONLINE, error))
    goto end;
  {
    g_autofree char *third_dir = g_dir_make_tmp ("chat-probe-XXXXXX", NULL);
    g_autoptr (ChatSession) third = chat_session_new (third_dir, "probe-third");
    g_autoptr (GError) refused = NULL;

    sign_in (third, server, insecure, login, password, TRUE, &refused);
    step ("sign-up-taken", g_error_matches (refused, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_USER_EXISTS), refused);
    g_clear_error (&refused);
    sign_in (third, server, insecure, login, "certainly not this one", FALSE, &refused);
    step ("wrong-password", g_error_matches (refused, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_PASSWORD), refused);
    g_clear_error (&refused);
    sign_in (third, server, insecure, "nobody-has-this-name", password, FALSE, &refused);
    step ("wrong-user", g_error_matches (refused, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_USER), refused);
    step ("state-after-refusal", chat_session_get_state (third) == CHAT_SESSION_SIGNED_OUT, NULL);
    chat_session_close (third);
    g_rmdir (third_dir);
  }

  /* Finding each other */
  {
    g_auto (GStrv) found = NULL;
    g_autofree char *part = g_strndup (peer, 3);

    chat_session_search_users_async (session, part, NULL, on_answer, &answer);
    found = chat_session_search_users_finish (session, wait_answer (&answer), &error);
    g_clear_object (&answer.result);
    step ("search", found != NULL && g_strv_contains ((const char *const *) found, peer), error);
    g_clear_error (&error);
  }
  chat_session_create_room_async (session, peer, NULL, on_answer, &answer);
  room = chat_session_create_room_finish (session, wait_answer (&answer), &error);
  g_clear_object (&answer.result);
  if (!step ("create-room", room != NULL && g_strcmp0 (chat_room_get_name (room), peer) == 0, error))
    goto end;
  {
    g_autoptr (ChatRoom) none = NULL;
    g_autoptr (GError) refused = NULL;

    chat_session_create_room_async (session, "nobody-has-this-name", NULL, on_answer, &answer);
    none = chat_session_create_room_finish (session, wait_answer (&answer), &refused);
    g_clear_object (&answer.result);
    step ("create-room-with-nobody", none == NULL && refused != NULL, refused);
  }
  what = (What) { .session = other, .id = chat_room_get_id (room) };
  if (!step ("room-pushed", wait_for (has_room, &what), NULL))
    goto end;
  other_room = chat_room_list_lookup (chat_session_get_rooms (other), what.id);
  step ("room-name-of-peer", g_strcmp0 (chat_room_get_name (other_room), login) == 0, NULL);

  /* Talking */
  list = chat_session_get_messages (session, room);
  other_list = chat_session_get_messages (other, other_room);
  what = (What) { .list = list };
  step ("read-empty", wait_for (is_loaded, &what) && g_list_model_get_n_items (G_LIST_MODEL (list)) == 0, NULL);
  message = chat_session_send_text (session, room, "Доброго ранку! \"\\ 🦊", &error);
  what = (What) { .message = message };
  if (!step ("send", message != NULL && wait_for (is_sent, &what) && chat_message_get_id (message) > 0, error))
    goto end;
  what = (What) { .list = other_list, .text = "Доброго ранку! \"\\ 🦊" };
  step ("receive", wait_for (has_text, &what), NULL);
  step ("sender", find_text (other_list, what.text) != NULL
                  && g_strcmp0 (chat_message_get_sender (find_text (other_list, what.text)), login) == 0
                  && !chat_message_get_outgoing (find_text (other_list, what.text)), NULL);

  /* Editing */
  chat_session_edit_message_async (session, message, "Good morning!", NULL, on_answer, &answer);
  step ("edit", chat_session_edit_message_finish (session, wait_answer (&answer), &error)
                && g_strcmp0 (chat_message_get_text (message), "Good morning!") == 0, error);
  g_clear_object (&answer.result);
  g_clear_error (&error);
  what.text = "Good morning!";
  step ("edit-received", wait_for (has_text, &what), NULL);

  /* Deleting */
  chat_session_delete_message_async (session, message, NULL, on_answer, &answer);
  what = (What) { .list = list, .text = "Good morning!" };
  step ("delete", chat_session_delete_message_finish (session, wait_answer (&answer), &error)
                  && wait_for (lacks_text, &what), error);
  g_clear_object (&answer.result);
  g_clear_error (&error);
  what.list = other_list;
  step ("delete-received", wait_for (lacks_text, &what), NULL);
  g_clear_object (&message);

  /* A history longer than a page */
  for (int i = 0; i < n_messages; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %d", i);

      g_clear_object (&message);
      message = chat_session_send_text (i % 3 == 0 ? other : session, i % 3 == 0 ? other_room : room, text, &error);
      what = (What) { .message = message };
      if (message == NULL || !wait_for (is_sent, &what))
        break;
    }
  step ("send-many", error == NULL && chat_message_get_state (message) == CHAT_MESSAGE_SENT, error);
  g_clear_object (&list);
  list = chat_session_get_messages (session, room);
  what = (What) { .list = list, .n = n_messages };
  step ("read-all", wait_for (has_all, &what), NULL);

  /* Coming back: another session of the same person sees the same */
  {
    g_autofree char *third_dir = g_dir_make_tmp ("chat-probe-XXXXXX", NULL);
    g_autofree char *third_account = g_build_filename (third_dir, "account.ini", NULL);
    g_autoptr (ChatSession) third = chat_session_new (third_dir, "probe-third");

    sign_in (third, server, insecure, login, password, FALSE, &error);
    what = (What) { .session = third, .id = chat_room_get_id (room) };
    step ("sign-in", error == NULL && wait_for (rooms_loaded, &what), error);
    step ("old-dialogs", has_room (&what), NULL);
    if (has_room (&what))
      {
        g_autoptr (ChatMessageList) third_list = NULL;
        guint n;

        third_list = chat_session_get_messages (third, chat_room_list_lookup (chat_session_get_rooms (third), what.id));
        what = (What) { .list = third_list, .n = n_messages };
        wait_for (is_loaded, &what);
        step ("read-recent", g_list_model_get_n_items (G_LIST_MODEL (third_list)) > 0, NULL);
        step ("read-older", wait_for (has_all, &what), NULL);
        n = g_list_model_get_n_items (G_LIST_MODEL (third_list));
        for (guint i = 1; i < n; i++)
          {
            g_autoptr (ChatMessage) a = g_list_model_get_item (G_LIST_MODEL (third_list), i - 1);
            g_autoptr (ChatMessage) b = g_list_model_get_item (G_LIST_MODEL (third_list), i);

            if (chat_message_get_id (a) >= chat_message_get_id (b))
              n = 0;
          }
        step ("order", n > 0, NULL);
      }
    chat_session_close (third);
    g_clear_object (&third);
    g_remove (third_account);
    g_rmdir (third_dir);
  }

  /* The end of the room */
  what = (What) { .session = other, .id = chat_room_get_id (room) };
  chat_session_delete_room_async (session, room, NULL, on_answer, &answer);
  step ("delete-room", chat_session_delete_room_finish (session, wait_answer (&answer), &error), error);
  g_clear_object (&answer.result);
  step ("delete-room-received", wait_for (lacks_room, &what), NULL);
  chat_session_sign_out_async (session, NULL, on_answer, &answer);
  step ("sign-out", chat_session_sign_out_finish (session, wait_answer (&answer), NULL)
                    && chat_session_get_state (session) == CHAT_SESSION_SIGNED_OUT, NULL);
  g_clear_object (&answer.result);

end:
  g_print ("1..%u\n", n_steps);
  chat_session_close (session);
  chat_session_close (other);
  g_clear_object (&list);
  g_clear_object (&other_list);
  g_clear_object (&session);
  g_clear_object (&other);
  g_remove (account);
  g_remove (other_account);
  g_rmdir (dir);
  g_rmdir (other_dir);
  return n_failed > 0 ? 1 : 0;
}
