/* test-server-program.c: the real program: its options, its signals, and what a kill leaves behind
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-server-common.h"

#include "chat-server-demo.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID G_GINT64_FORMAT

/* The program, run from where it was built; the path comes from meson */
typedef struct
{
  GSubprocess      *process;
  GDataInputStream *output;
  guint16           port;
} Program;

static char *data_dir;

static void
program_start (Program    *program,
               const char *first_argument,
               ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  const char *argument;
  va_list rest;

  g_ptr_array_add (arguments, (gpointer) g_getenv ("CHAT_SERVER_PROGRAM"));
  g_ptr_array_add (arguments, (gpointer) "--data");
  g_ptr_array_add (arguments, data_dir);
  va_start (rest, first_argument);
  for (argument = first_argument; argument != NULL; argument = va_arg (rest, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (rest);
  g_ptr_array_add (arguments, NULL);

  program->process = g_subprocess_newv ((const char *const *) arguments->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  program->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (program->process));
  line = g_data_input_stream_read_line (program->output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  words = g_strsplit (line, " ", -1);
  g_assert_cmpuint (g_strv_length (words), ==, 2);
  g_assert_cmpstr (words[0], ==, "ready");
  program->port = (guint16) atoi (strrchr (words[1], ':') + 1);
  g_assert_cmpuint (program->port, >, 0);
}

static void
program_end (Program *program,
             int      signal_number)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  if (signal_number != 0)
    g_subprocess_send_signal (program->process, signal_number);
  /* One line on standard output, and no more until the end */
  line = g_data_input_stream_read_line (program->output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (line);
  g_subprocess_wait (program->process, NULL, &error);
  g_assert_no_error (error);
  if (signal_number == SIGKILL)
    {
      g_assert_true (g_subprocess_get_if_signaled (program->process));
    }
  else
    {
      g_assert_true (g_subprocess_get_if_exited (program->process));
      g_assert_cmpint (g_subprocess_get_exit_status (program->process), ==, 0);
    }
  g_object_unref (program->output);
  g_object_unref (program->process);
}

static Client *
program_log_in (Program    *program,
                const char *login,
                const char *password,
                const char *features)
{
  Client *client = client_new_to (program->port);
  g_autoptr (JsonObject) answer = NULL;

  client_send (client, "{'type':'REQUEST_LOGIN','login':'%s','pass':'%s','features':%s}", login, password, features);
  answer = client_read (client);
  g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "LOGIN_OK");
  return client;
}

static void
program_sign_up (Program    *program,
                 const char *login)
{
  g_autoptr (Client) client = client_new_to (program->port);

  client_send (client, "{'type':'REQUEST_SIGNUP','login':'%s','pass':'" PASSWORD "'}", login);
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_OK'}");
}

/* Arguments that are refused: a sentence on standard error, nothing on standard output, and an exit status */
static void
check_refused (const char *arguments)
{
  g_autofree char *command = g_strdup_printf ("%s --data %s %s", g_getenv ("CHAT_SERVER_PROGRAM"), data_dir, arguments);
  g_auto (GStrv) argv = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_test_message ("%s", arguments);
  g_shell_parse_argv (command, NULL, &argv, &error);
  g_assert_no_error (error);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), !=, 0);
  g_assert_cmpstr (output, ==, "");
  g_assert_cmpuint (strlen (errors), >, 10);
}

static void
test_refused (void)
{
  check_refused ("--insecure --listen 0.0.0.0:0");
  check_refused ("--insecure --listen [::]:0");
  check_refused ("--insecure --listen example.com:0");
  check_refused ("--test-hash-cost --listen 0.0.0.0:0");
  check_refused ("--insecure --allow-remote-insecure --test-hash-cost --listen 0.0.0.0:0");
  check_refused ("--insecure --tls-cert x.pem");
  check_refused ("--tls-key x.pem");
  check_refused ("--listen 127.0.0.1:0 --tls-cert /nonexistent/x.pem");
  check_refused ("--listen 127.0.0.1:70000");
  check_refused ("--listen no.such.host.invalid:0");
  check_refused ("--delay -1");
  check_refused ("--drop-after x");
  check_refused ("--no-such-option");
  check_refused ("surplus");
}

static void
test_help (void)
{
  const char *argv[] = { g_getenv ("CHAT_SERVER_PROGRAM"), "--help", NULL };
  const char *options[] = {
    "--listen", "--data", "--insecure", "--allow-remote-insecure", "--tls-cert", "--tls-key", "--demo", "--trace", "--delay",
    "--drop-after", "--fail-sends", "--no-rate-limit", "--test-hash-cost", CHAT_SERVER_DEMO_PASSWORD,
  };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (strstr (output, options[i]) == NULL)
      g_error ("--help does not tell of %s", options[i]);
}

/* A second server on the same port or on the same data is refused; the first goes on */
static void
test_twice (void)
{
  Program program;
  g_autofree char *other_data = chat_test_temp_dir_new ();
  g_autofree char *arguments = NULL;

  program_start (&program, "--insecure", "--listen", "127.0.0.1:0", NULL);
  check_refused ("--insecure --listen 127.0.0.1:0");
  arguments = g_strdup_printf ("--insecure --listen 127.0.0.1:%u --data %s", program.port, other_data);
  check_refused (arguments);
  {
    g_autoptr (Client) client = client_new_to (program.port);

    client_expect_quiet (client);
  }
  program_end (&program, SIGTERM);
  chat_test_temp_dir_remove (g_steal_pointer (&other_data));
}

/* IPv6, and the folder that it makes */
static void
test_ipv6_and_data (void)
{
  Program program;
  GStatBuf status;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *saved = data_dir;
  g_autoptr (GError) error = NULL;

  data_dir = g_build_filename (saved, "made", NULL);
  program_start (&program, "--insecure", "--listen", "[::1]:0", NULL);
  connection = g_socket_client_connect_to_host (client, "::1", program.port, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (data_dir, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  program_end (&program, SIGINT);
  g_free (data_dir);
  data_dir = g_steal_pointer (&saved);
}

/* SIGTERM in the midst of work: what was answered is there, what is there was asked for once, and the end is orderly */
static void
check_survival (int signal_number)
{
  Program program;
  g_autoptr (Client) client = NULL;
  g_autoptr (GHashTable) kept = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GArray) answered = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GString) lines = g_string_new (NULL);
  gint64 room;
  gboolean ended = FALSE;

  program_start (&program, "--insecure", "--listen", "127.0.0.1:0", "--test-hash-cost", "--no-rate-limit", NULL);
  program_sign_up (&program, "ann");
  program_sign_up (&program, "bob");
  client = program_log_in (&program, "ann", PASSWORD, "[\"client-ref\"]");
  room = create_room (client, "ann", "bob");

  /* More than are done when the signal comes. A reader of its own would be simpler; but 600 requests fit into the buffers. */
  for (guint i = 0; i < 600; i++)
    g_string_append_printf (lines, "{\"type\":\"SND_MSG\",\"username\":\"ann\",\"room_id\":%" ID ",\"message\":\"m\","
                            "\"msg_type\":\"TEXT\",\"client_ref\":\"%u\"}\n", room, i);
  client_send_raw (client, lines->str, (gssize) lines->len);
  for (;;)
    {
      g_autofree char *line = client_read_line (client);
      g_autoptr (JsonParser) parser = json_parser_new ();
      gint64 id;

      /* The last line may have been cut off by the kill */
      if (line == NULL || !json_parser_load_from_data (parser, line, -1, NULL))
        break;
      id = json_object_get_int_member (json_node_get_object (json_parser_get_root (parser)), "message_id");
      g_array_append_val (answered, id);
      if (answered->len == 30)
        g_subprocess_send_signal (program.process, signal_number);
    }
  program_end (&program, signal_number == SIGKILL ? SIGKILL : 0);
  g_test_message ("%u of 600 were answered", answered->len);
  g_assert_cmpuint (answered->len, >=, 30);
  g_clear_pointer (&client, client_free);

  program_start (&program, "--insecure", "--listen", "127.0.0.1:0", "--test-hash-cost", "--no-rate-limit", NULL);
  client = program_log_in (&program, "ann", PASSWORD, "[\"request-id\",\"paging\",\"client-ref\"]");
  client_send (client, "{'type':'READ_MSG','read':'ALL','room_id':%" ID ",'request_id':1}", room);
  while (!ended)
    {
      g_autoptr (JsonObject) message = client_read (client);

      ended = g_str_equal (json_object_get_string_member (message, "status"), "END");
      if (!ended)
        {
          gint64 *id = g_new (gint64, 1);

          *id = json_object_get_int_member (message, "message_id");
          g_assert_true (g_hash_table_add (kept, id));
        }
    }
  for (guint i = 0; i < answered->len; i++)
    g_assert_true (g_hash_table_contains (kept, &g_array_index (answered, gint64, i)));

  /* The client repeats all that it does not know the fate of: nothing is there twice */
  for (guint i = 0; i < 600; i++)
    client_send (client, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'m','msg_type':'TEXT','client_ref':'%u'}",
                 room, i);
  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (JsonObject) answer = client_read (client);

      g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "SUCCESS");
      if (i < answered->len)
        g_assert_cmpint (json_object_get_int_member (answer, "message_id"), ==, g_array_index (answered, gint64, i));
    }
  client_send (client, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL','request_id':2}", room);
  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (JsonObject) message = client_read (client);

      g_assert_cmpstr (json_object_get_string_member (message, "status"), ==, "SUCCESS");
    }
  client_expect (client, "{'type':'READ_MSG','status':'END','room_id':%" ID ",'more':false,'request_id':2}", room);
  program_end (&program, SIGTERM);
  {
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init (&iter, kept);
    while (g_hash_table_iter_next (&iter, &id, NULL))
      g_free (id);
  }
}

static void
test_kill (void)
{
  check_survival (SIGKILL);
}

static void
test_term (void)
{
  check_survival (SIGTERM);
}

/* Out of descriptors: those that are connected are served, and when some go others get their turn */
static void
test_out_of_files (void)
{
  g_autofree char *command = g_strdup_printf ("ulimit -n 56 && exec '%s' --data '%s' --insecure --listen 127.0.0.1:0",
                                              g_getenv ("CHAT_SERVER_PROGRAM"), data_dir);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  Program program;

  program.process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  program.output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (program.process));
  line = g_data_input_stream_read_line (program.output, NULL, NULL, &error);
  g_assert_no_error (error);
  program.port = (guint16) atoi (strrchr (line, ':') + 1);

  for (guint i = 0; i < 60; i++)
    g_ptr_array_add (clients, client_new_to (program.port));
  for (guint i = 0; i < 10; i++)
    client_expect_quiet (clients->pdata[i]);
  g_ptr_array_remove_range (clients, 0, 30);
  for (guint i = 0; i < clients->len; i++)
    client_expect_quiet (clients->pdata[i]);
  program_end (&program, SIGTERM);
}

/* The sample people can log in, and have rooms; a second start makes nothing twice */
static void
test_demo (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Program program;
      g_autoptr (Client) client = NULL;
      g_autoptr (JsonObject) dialogs = NULL;
      static guint n_rooms;
      guint n;

      program_start (&program, "--insecure", "--listen", "127.0.0.1:0", "--test-hash-cost", "--demo", NULL);
      client = program_log_in (&program, CHAT_SERVER_DEMO_LOGIN, CHAT_SERVER_DEMO_PASSWORD, "[]");
      client_send (client, "{'type':'OLD_DIALOGS','username':'" CHAT_SERVER_DEMO_LOGIN "'}");
      dialogs = client_read (client);
      n = json_array_get_length (json_object_get_array_member (dialogs, "id"));
      g_assert_cmpuint (n, >=, 3);
      if (i > 0)
        g_assert_cmpuint (n, ==, n_rooms);
      n_rooms = n;
      program_end (&program, SIGTERM);
    }
}

/* Secrets never reach the trace */
static void
test_trace (void)
{
  const char *argv[] = {
    g_getenv ("CHAT_SERVER_PROGRAM"), "--data", data_dir, "--insecure", "--listen", "127.0.0.1:0", "--test-hash-cost", "--trace", NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GDataInputStream) errors = NULL;
  g_autoptr (Client) client = NULL;
  g_autoptr (GString) trace = g_string_new (NULL);
  g_autofree char *ready = NULL;
  g_autofree char *token = NULL;
  char *line;

  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  errors = g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  ready = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  client = client_new_to ((guint16) atoi (strrchr (ready, ':') + 1));
  client_send (client, "{'type':'REQUEST_SIGNUP','login':'ann','pass':'" PASSWORD "'}");
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_OK'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "','device':'d'}");
  {
    g_autoptr (JsonObject) answer = client_read (client);

    token = g_strdup (json_object_get_string_member (answer, "token"));
  }
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','token':'%s'}", token);
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  g_subprocess_send_signal (process, SIGTERM);
  while ((line = g_data_input_stream_read_line (errors, NULL, NULL, NULL)) != NULL)
    {
      g_string_append_printf (trace, "%s\n", line);
      g_free (line);
    }
  g_assert_nonnull (strstr (trace->str, "REQUEST_SIGNUP"));
  g_assert_nonnull (strstr (trace->str, "LOGIN_OK"));
  g_assert_null (strstr (trace->str, PASSWORD));
  g_assert_null (strstr (trace->str, token));
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
}

/* Each test has a data folder of its own */
static void
run_with_data (gconstpointer data)
{
  void (*test) (void) = (void (*) (void)) data;

  data_dir = chat_test_temp_dir_new ();
  test ();
  chat_test_temp_dir_remove (g_steal_pointer (&data_dir));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/server/program/refused", (gconstpointer) test_refused, run_with_data);
  g_test_add_data_func ("/server/program/help", (gconstpointer) test_help, run_with_data);
  g_test_add_data_func ("/server/program/twice", (gconstpointer) test_twice, run_with_data);
  g_test_add_data_func ("/server/program/ipv6-and-data", (gconstpointer) test_ipv6_and_data, run_with_data);
  g_test_add_data_func ("/server/program/kill", (gconstpointer) test_kill, run_with_data);
  g_test_add_data_func ("/server/program/term", (gconstpointer) test_term, run_with_data);
  g_test_add_data_func ("/server/program/out-of-files", (gconstpointer) test_out_of_files, run_with_data);
  g_test_add_data_func ("/server/program/demo", (gconstpointer) test_demo, run_with_data);
  g_test_add_data_func ("/server/program/trace", (gconstpointer) test_trace, run_with_data);
  return g_test_run ();
}
