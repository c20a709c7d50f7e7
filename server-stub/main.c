/* main.c: the options of the server and its signals
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-limits.h"
#include "chat-server.h"
#include "chat-server-demo.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  GMainLoop  *loop;
  ChatServer *server;
  int         status;
  gboolean    demo;
  gboolean    is_stopping;
} Program;

static void
on_stopped (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Program *program = user_data;

  chat_server_stop_finish (program->server, result);
  g_main_loop_quit (program->loop);
}

static void
stop (Program *program)
{
  if (program->is_stopping)
    return;
  program->is_stopping = TRUE;
  chat_server_stop_async (program->server, on_stopped, program);
}

static gboolean
on_signal (gpointer user_data)
{
  stop (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_started (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Program *program = user_data;
  g_autoptr (GError) error = NULL;

  if (!chat_server_start_finish (program->server, result, &error))
    {
      if (!program->is_stopping)
        {
          g_printerr ("%s\n", error->message);
          program->status = EXIT_FAILURE;
        }
      stop (program);
      return;
    }
  if (chat_server_get_fingerprint (program->server) != NULL)
    g_printerr ("SHA-256 fingerprint of the certificate: %s\n", chat_server_get_fingerprint (program->server));
  if (program->demo)
    {
      g_autofree char *people = g_strjoinv (", ", (char **) chat_server_demo_get_logins ());

      g_printerr ("Sample people: %s. The password of each: %s\n", people, CHAT_SERVER_DEMO_PASSWORD);
    }
  /* Whoever started the program waits for this line, and may have closed the pipe since */
  g_print ("ready %s\n", chat_server_get_address (program->server));
  fflush (stdout);
}

/* Returns: FALSE where @text (nullable) is no size */
static gboolean
parse_size (const char  *option,
            const char  *text,
            gint64      *size,
            GError     **error)
{
  static const char units[] = "KMGT";
  g_autofree char *number = NULL;
  const char *unit;
  gsize length;
  guint64 value;
  int shift = 0;

  if (text == NULL)
    return TRUE;
  length = strlen (text);
  unit = length > 1 ? strchr (units, g_ascii_toupper (text[length - 1])) : NULL;
  if (unit != NULL && *unit != '\0')
    shift = 10 * (int) (unit - units + 1);
  number = g_strndup (text, shift > 0 ? length - 1 : length);
  if (!g_ascii_string_to_unsigned (number, 10, 1, CHAT_MAX_ID >> shift, &value, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s takes a size, as 1000000, 500M or 2G, not “%s”", option, text);
      return FALSE;
    }
  *size = (gint64) value << shift;
  return TRUE;
}

static gboolean
parse_options (int                 *argc,
               char              ***argv,
               ChatServerOptions   *options,
               GError             **error)
{
  g_autofree char *summary = NULL;
  int delay_ms = 0;
  int drop_after = 0;
  int fail_sends = 0;
  int keep_days = 0;
  g_autofree char *media_limit = NULL;
  g_autofree char *media_quota = NULL;
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &options->listen,
      "Where to listen; IPv6 in brackets, port 0 picks a free one (localhost:7711)", "HOST:PORT" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options->data_dir,
      "Where everything is kept; made if it is not there", "DIR" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_cert,
      "The certificate, PEM; without it one is made in DIR at the first start", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_key,
      "Its private key, if it is not in the same file", "FILE" },
    { "insecure", 0, 0, G_OPTION_ARG_NONE, &options->insecure, "No TLS; on loopback only", NULL },
    { "allow-remote-insecure", 0, 0, G_OPTION_ARG_NONE, &options->allow_remote_insecure,
      "With --insecure: anywhere; everybody on the way can read everything", NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &options->demo, "Sample people and rooms with a history", NULL },
    { "keep", 0, 0, G_OPTION_ARG_INT, &keep_days, "Delete messages that are older; without it they are kept for ever", "DAYS" },
    { "media-listen", 0, 0, G_OPTION_ARG_STRING, &options->media_listen,
      "Where files are served over HTTP (the host of --listen, at the port after its own)", "HOST:PORT" },
    { "media-url", 0, 0, G_OPTION_ARG_STRING, &options->media_url,
      "With what the addresses of files begin, where a proxy serves them or several names lead here", "URL" },
    { "media-limit", 0, 0, G_OPTION_ARG_STRING, &media_limit, "Bytes of one file; also as 500M or 2G (2G)", "SIZE" },
    { "media-quota", 0, 0, G_OPTION_ARG_STRING, &media_quota, "Bytes of all files of a person (10G)", "SIZE" },
    { "no-media", 0, 0, G_OPTION_ARG_NONE, &options->no_media, "No files", NULL },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &options->trace,
      "Each object on standard error, passwords and tokens blotted out", NULL },
    { "delay", 0, 0, G_OPTION_ARG_INT, &delay_ms, "For testing clients: each answer waits so long", "MS" },
    { "drop-after", 0, 0, G_OPTION_ARG_INT, &drop_after,
      "For testing clients: each connection ends after N objects", "N" },
    { "fail-sends", 0, 0, G_OPTION_ARG_INT, &fail_sends,
      "For testing clients: the next N messages are answered with ERROR", "N" },
    { "no-rate-limit", 0, 0, G_OPTION_ARG_NONE, &options->no_rate_limit,
      "For load tests: requests, log-ins and connections are not limited", NULL },
    { "test-hash-cost", 0, 0, G_OPTION_ARG_NONE, &options->test_hash_cost,
      "For load tests: passwords are hashed cheaply; on loopback only", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("— the server of Chat");

  summary = g_strdup_printf ("Prints one line, “ready HOST:PORT”, when it accepts connections; everything else goes to standard\n"
                             "error. SIGTERM and SIGINT finish what was accepted, then end the program.\n\n"
                             "The people of --demo are “%s” and others; the password of each is “%s”.",
                             CHAT_SERVER_DEMO_LOGIN, CHAT_SERVER_DEMO_PASSWORD);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "“%s” is not understood; see --help", (*argv)[1]);
      return FALSE;
    }
  if (keep_days < 0 || keep_days > 36500)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--keep takes 0 (for ever) to 36500 days");
      return FALSE;
    }
  if (!parse_size ("--media-limit", media_limit, &options->media_limit, error)
      || !parse_size ("--media-quota", media_quota, &options->media_quota, error))
    return FALSE;
  if (delay_ms < 0 || drop_after < 0 || fail_sends < 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--delay, --drop-after and --fail-sends take no less than 0");
      return FALSE;
    }
  options->keep_days = keep_days;
  options->delay_ms = delay_ms;
  options->drop_after = drop_after;
  options->fail_sends = fail_sends;
  return chat_server_options_check (options, error);
}

int
main (int    argc,
      char **argv)
{
  ChatServerOptions options = { NULL };
  Program program = { NULL };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_set_prgname (APP_ID ".Server");
  g_log_writer_default_set_use_stderr (TRUE);
  signal (SIGPIPE, SIG_IGN);
  if (!parse_options (&argc, &argv, &options, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }

  program.loop = g_main_loop_new (NULL, FALSE);
  program.server = chat_server_new (&options);
  program.demo = options.demo;
  g_unix_signal_add (SIGTERM, on_signal, &program);
  g_unix_signal_add (SIGINT, on_signal, &program);
  chat_server_start_async (program.server, NULL, on_started, &program);
  g_main_loop_run (program.loop);

  g_clear_object (&program.server);
  g_main_loop_unref (program.loop);
  g_free ((char *) options.listen);
  g_free ((char *) options.data_dir);
  g_free ((char *) options.tls_cert);
  g_free ((char *) options.tls_key);
  g_free ((char *) options.media_listen);
  g_free ((char *) options.media_url);
  return program.status;
}
