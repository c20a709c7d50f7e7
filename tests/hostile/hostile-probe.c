/* hostile-probe.c: a session that a hostile server has to deal with, and what it costs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   chat-hostile-probe --server HOST:PORT --login NAME --pass TEXT
 *
 * Signs in, opens the first room, and lives on as the app would: it looks for older messages where there are any and tells what is
 * read. Lines on its input drive it:
 *
 *   open        opens the rooms that are there, one after the other, twenty at most
 *   report      prints a line of JSON: how it stands, and what the person was told
 *   recover     connects again if it is not connected, and sends a message; prints "recovered" when that was sent and the
 *               message "all is well" has come, else "lost" with how it stands
 *   quit
 *
 * The longest stall is that of a timer which is as urgent as the drawing of a window: what stands in its way would stop a window.
 */

#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "chat-session-internal.h"
#include "chat-words.h"

#define TICK_MS         5
#define REDRAW_PRIORITY (G_PRIORITY_HIGH_IDLE + 20)   /* GDK_PRIORITY_REDRAW */
#define RECOVER_SECONDS 60
#define MAX_TOLD        50
#define WELL            "all is well"

typedef struct
{
  GMainLoop       *loop;
  ChatSession     *session;
  ChatMessageList *list;        /* of the first room */
  GPtrArray       *told;        /* of char *: words */
  GString         *input;
  ChatMessage     *sent;
  guint            recover_timer;
  guint            late_timer;
  gint64           tick;
  gint64           stall;
  guint            waiting;     /* the most */
  gsize            waiting_bytes;
  guint            n_notices;
  guint            n_received;
  char            *why;         /* the last error, in words for developers */
  gboolean         signed_in;
} Probe;

static void
tell (Probe      *probe,
      const char *kind,
      const char *words)
{
  g_autofree char *line = g_strdup_printf ("%s: %s", kind, words);

  for (guint i = 0; i < probe->told->len; i++)
    if (g_str_equal (probe->told->pdata[i], line))
      return;
  if (probe->told->len < MAX_TOLD)
    g_ptr_array_add (probe->told, g_steal_pointer (&line));
}

static gboolean
on_tick (gpointer user_data)
{
  Probe *probe = user_data;
  gint64 now = g_get_monotonic_time ();
  gsize bytes;

  probe->waiting = MAX (probe->waiting, chat_session_get_waiting (probe->session, &bytes));
  probe->waiting_bytes = MAX (probe->waiting_bytes, bytes);
  if (probe->tick != 0)
    probe->stall = MAX (probe->stall, now - probe->tick - TICK_MS * 1000);
  probe->tick = now;
  return G_SOURCE_CONTINUE;
}

static void
on_state (Probe *probe)
{
  const GError *error = chat_session_get_error (probe->session);

  if (error == NULL)
    return;
  tell (probe, "banner", chat_words_for_error (error));
  g_free (probe->why);
  probe->why = g_strdup (error->message);
}

static void
on_notice (Probe      *probe,
           const char *words)
{
  probe->n_notices++;
  tell (probe, "notice", words);
}

static void
on_received (Probe *probe)
{
  probe->n_received++;
}

/* As a person who scrolls up, and whose newest message is on the screen */
static void
look_on (Probe *probe)
{
  GListModel *rooms = G_LIST_MODEL (chat_session_get_rooms (probe->session));
  g_autoptr (ChatRoom) room = NULL;
  guint n;

  if (probe->list == NULL && g_list_model_get_n_items (rooms) > 0)
    {
      room = g_list_model_get_item (rooms, 0);
      probe->list = chat_session_get_messages (probe->session, room);
    }
  if (probe->list == NULL)
    return;
  if (chat_message_list_get_has_older (probe->list) && !chat_message_list_get_loading_older (probe->list)
      && g_list_model_get_n_items (G_LIST_MODEL (probe->list)) < 500)
    chat_message_list_load_older (probe->list);
  if (chat_message_list_get_error (probe->list) != NULL)
    tell (probe, "history", chat_words_for_error (chat_message_list_get_error (probe->list)));
  n = g_list_model_get_n_items (G_LIST_MODEL (probe->list));
  if (n > 0)
    {
      g_autoptr (ChatMessage) last = g_list_model_get_item (G_LIST_MODEL (probe->list), n - 1);
      ChatRoom *shown = chat_room_list_lookup (chat_session_get_rooms (probe->session), chat_message_get_room_id (last));

      if (shown != NULL)
        chat_session_mark_read (probe->session, shown, chat_message_get_id (last));
    }
}

static gboolean
on_look (gpointer user_data)
{
  look_on (user_data);
  return G_SOURCE_CONTINUE;
}

static void
open_rooms (Probe *probe)
{
  GListModel *rooms = G_LIST_MODEL (chat_session_get_rooms (probe->session));

  for (guint i = 0; i < MIN (g_list_model_get_n_items (rooms), 20); i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (rooms, i);

      g_clear_object (&probe->list);
      probe->list = chat_session_get_messages (probe->session, room);
    }
}

/* Kibibytes of /proc/self/status; 0: not to be had */
static guint64
read_status (const char *name)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL) || (line = strstr (status, name)) == NULL)
    return 0;
  return g_ascii_strtoull (line + strlen (name) + 1, NULL, 10);
}

static void
report (Probe *probe)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;
  GListModel *rooms = G_LIST_MODEL (chat_session_get_rooms (probe->session));
  gsize longest = 0;

  on_state (probe);
  for (guint i = 0; i < g_list_model_get_n_items (rooms); i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (rooms, i);

      longest = MAX (longest, strlen (chat_room_get_name (room)));
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "stall_ms");
  json_builder_add_double_value (builder, probe->stall / 1000.0);
  json_builder_set_member_name (builder, "peak_kib");
  json_builder_add_int_value (builder, read_status ("VmHWM:"));
  json_builder_set_member_name (builder, "now_kib");
  json_builder_add_int_value (builder, read_status ("VmRSS:"));
  json_builder_set_member_name (builder, "waiting");
  json_builder_add_int_value (builder, probe->waiting);
  json_builder_set_member_name (builder, "waiting_kib");
  json_builder_add_int_value (builder, probe->waiting_bytes / 1024);
  json_builder_set_member_name (builder, "state");
  json_builder_add_int_value (builder, chat_session_get_state (probe->session));
  json_builder_set_member_name (builder, "rooms");
  json_builder_add_int_value (builder, g_list_model_get_n_items (rooms));
  json_builder_set_member_name (builder, "longest_name");
  json_builder_add_int_value (builder, longest);
  json_builder_set_member_name (builder, "messages");
  json_builder_add_int_value (builder, probe->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (probe->list)) : 0);
  json_builder_set_member_name (builder, "notices");
  json_builder_add_int_value (builder, probe->n_notices);
  json_builder_set_member_name (builder, "received");
  json_builder_add_int_value (builder, probe->n_received);
  json_builder_set_member_name (builder, "why");
  json_builder_add_string_value (builder, probe->why != NULL ? probe->why : "");
  json_builder_set_member_name (builder, "told");
  json_builder_begin_array (builder);
  for (guint i = 0; i < probe->told->len; i++)
    json_builder_add_string_value (builder, probe->told->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json = json_to_string (root, FALSE);
  g_print ("%s\n", json);
}

/* Coming back */

static gboolean
is_well (Probe *probe)
{
  guint n = probe->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (probe->list)) : 0;

  /* Nor is there any other room than that of the honest server */
  if (chat_session_get_state (probe->session) != CHAT_SESSION_ONLINE || probe->sent == NULL
      || g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (probe->session))) != 1
      || chat_message_get_state (probe->sent) != CHAT_MESSAGE_SENT)
    return FALSE;
  for (guint i = n; i > 0; i--)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (probe->list), i - 1);

      if (g_str_equal (chat_message_get_text (message), WELL))
        return TRUE;
    }
  return FALSE;
}

static void
end_recovery (Probe      *probe,
              const char *word)
{
  guint n = probe->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (probe->list)) : 0;
  const GError *error = chat_session_get_error (probe->session);

  g_clear_handle_id (&probe->recover_timer, g_source_remove);
  g_clear_handle_id (&probe->late_timer, g_source_remove);
  g_print ("%s state=%d sent=%d messages=%u rooms=%u %s\n", word, chat_session_get_state (probe->session),
           probe->sent != NULL ? (int) chat_message_get_state (probe->sent) : -1, n,
           g_list_model_get_n_items (G_LIST_MODEL (chat_session_get_rooms (probe->session))),
           error != NULL ? error->message : "");
}

static gboolean
on_late (gpointer user_data)
{
  Probe *probe = user_data;

  probe->late_timer = 0;
  end_recovery (probe, "lost");
  return G_SOURCE_REMOVE;
}

static gboolean
on_recovering (gpointer user_data)
{
  Probe *probe = user_data;
  ChatRoom *room = chat_room_list_lookup (chat_session_get_rooms (probe->session), 1);

  if (chat_session_get_state (probe->session) == CHAT_SESSION_WAITING)
    chat_session_connect (probe->session);
  if (chat_session_get_state (probe->session) == CHAT_SESSION_ONLINE && probe->sent == NULL && room != NULL)
    {
      g_clear_object (&probe->list);
      probe->list = chat_session_get_messages (probe->session, room);
      probe->sent = chat_session_send_text (probe->session, room, "still here", NULL);
    }
  if (!is_well (probe))
    return G_SOURCE_CONTINUE;
  probe->recover_timer = 0;
  end_recovery (probe, "recovered");
  return G_SOURCE_REMOVE;
}

static void
recover (Probe *probe)
{
  if (probe->recover_timer != 0)
    return;
  chat_session_connect (probe->session);
  probe->recover_timer = g_timeout_add (20, on_recovering, probe);
  probe->late_timer = g_timeout_add_seconds (RECOVER_SECONDS, on_late, probe);
}

static gboolean
on_input (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  Probe *probe = user_data;
  char buffer[256], *end;
  gssize n = read (fd, buffer, sizeof buffer);

  if (n <= 0)
    {
      g_main_loop_quit (probe->loop);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (probe->input, buffer, n);
  while ((end = memchr (probe->input->str, '\n', probe->input->len)) != NULL)
    {
      g_autofree char *line = g_strndup (probe->input->str, end - probe->input->str);

      g_string_erase (probe->input, 0, end - probe->input->str + 1);
      if (g_str_equal (line, "open"))
        open_rooms (probe);
      else if (g_str_equal (line, "report"))
        report (probe);
      else if (g_str_equal (line, "recover"))
        recover (probe);
      else
        g_main_loop_quit (probe->loop);
    }
  fflush (stdout);
  return G_SOURCE_CONTINUE;
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Probe *probe = user_data;
  g_autoptr (GError) error = NULL;

  probe->signed_in = chat_session_sign_in_finish (probe->session, result, &error);
  if (probe->signed_in)
    g_print ("signed in\n");
  else
    {
      tell (probe, "sign-in", chat_words_for_error (error));
      g_print ("refused %s\n", error->message);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *server = NULL, *login = NULL, *password = NULL, *dir = NULL;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &server, "The server", "HOST:PORT" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &login, "The person", "NAME" },
    { "pass", 0, 0, G_OPTION_ARG_STRING, &password, "The password", "TEXT" },
    { "dir", 0, 0, G_OPTION_ARG_FILENAME, &dir, "Where it is kept", "FOLDER" },
    { NULL }
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Probe probe = { NULL };

  setlocale (LC_ALL, "");
  setvbuf (stdout, NULL, _IOLBF, 0);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || server == NULL || login == NULL || password == NULL || dir == NULL)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "--server, --login, --pass and --dir are needed");
      return 2;
    }
  probe.loop = g_main_loop_new (NULL, FALSE);
  probe.told = g_ptr_array_new_with_free_func (g_free);
  probe.input = g_string_new (NULL);
  probe.session = chat_session_new (dir, "hostile");
  chat_session_get_times (probe.session)->answer = 3000;
  chat_session_get_times (probe.session)->refresh = 300;
  chat_session_get_times (probe.session)->backoff_base = 100;
  chat_session_get_times (probe.session)->backoff_max = 1000;
  g_signal_connect_swapped (probe.session, "notify::error", G_CALLBACK (on_state), &probe);
  g_signal_connect_swapped (probe.session, "notify::state", G_CALLBACK (on_state), &probe);
  g_signal_connect_swapped (probe.session, "notice", G_CALLBACK (on_notice), &probe);
  g_signal_connect_swapped (probe.session, "message-received", G_CALLBACK (on_received), &probe);
  g_timeout_add_full (REDRAW_PRIORITY, TICK_MS, on_tick, &probe, NULL);
  g_timeout_add (50, on_look, &probe);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &probe);
  chat_session_sign_in_async (probe.session, server, TRUE, login, password, FALSE, NULL, on_signed_in, &probe);
  g_main_loop_run (probe.loop);

  g_signal_handlers_disconnect_by_data (probe.session, &probe);
  chat_session_close (probe.session);
  g_clear_object (&probe.sent);
  g_clear_object (&probe.list);
  g_clear_object (&probe.session);
  g_ptr_array_unref (probe.told);
  g_free (probe.why);
  g_string_free (probe.input, TRUE);
  g_main_loop_unref (probe.loop);
  return 0;
}
