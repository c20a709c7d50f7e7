/* main.c: lg -p PORT -P SERVER_PID [-l LABEL] [-t] SCENARIO ARGS; see ../README.md
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "lg.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

Options options = { .size = 100, .inflight = 32, .label = "server" };

static int
usage (void)
{
  fputs ("usage: lg -p PORT -P SERVER_PID [-l LABEL] [-s TEXT_BYTES] [-T LIMIT_SECONDS] [-t (TLS)] SCENARIO\n"
         "  signup N\n"
         "  idle N SECONDS\n"
         "  pairs PAIRS WINDOW WARM SECONDS IDLE\n"
         "  fanout DEVICES WINDOW WARM SECONDS\n"
         "  history MESSAGES PAGES PAGE_SIZE\n", stderr);
  return 2;
}

int
main (int argc, char **argv)
{
  struct rlimit files;
  int opt, limit = 300;
  const char *name;
  long args[5] = { 0 };

  while ((opt = getopt (argc, argv, "+p:P:l:s:T:t")) != -1)
    switch (opt)
      {
      case 'p': options.port = atoi (optarg); break;
      case 'P': options.pid = atoi (optarg); break;
      case 'l': options.label = optarg; break;
      case 's': options.size = atoi (optarg); break;
      case 'T': limit = atoi (optarg); break;
      case 't': options.tls = true; break;
      default: return usage ();
      }
  if (optind >= argc || options.port <= 0 || options.pid <= 0 || options.size < 40 || options.size > 4000)
    return usage ();
  name = argv[optind++];
  for (int i = 0; i < 5 && optind < argc; i++)
    args[i] = atol (argv[optind++]);

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  signal (SIGPIPE, SIG_IGN);
  alarm (limit);                /* the load stops by itself, whatever the server does */
  setvbuf (stdout, NULL, _IOLBF, 0);

  if (strcmp (name, "signup") == 0 && args[0] > 0)
    return scenario_sign_up (args[0]);
  if (strcmp (name, "idle") == 0 && args[0] > 0)
    return scenario_idle (args[0], args[1]);
  if (strcmp (name, "pairs") == 0 && args[0] > 0 && args[1] > 0 && args[3] > 0)
    return scenario_pairs (args[0], args[1], args[2], args[3], args[4]);
  if (strcmp (name, "fanout") == 0 && args[0] > 2 && args[1] > 0 && args[3] > 0)
    return scenario_fanout (args[0], args[1], args[2], args[3]);
  if (strcmp (name, "history") == 0 && args[0] > 0 && args[1] > 0 && args[2] > 0)
    return scenario_history (args[0], args[1], args[2]);
  return usage ();
}
