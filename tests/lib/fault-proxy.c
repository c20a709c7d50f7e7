/* fault-proxy.c: the proxy as a program, for tests that are not written in C
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   chat-fault-proxy TARGET [COUNT]
 *
 * Prints the addresses of COUNT proxies, "ready ADDRESS ...", and then does what each line of standard input says. A line begins with the
 * number of a proxy (from 0) or "*", for all; "ok" answers it, or "no" and why.
 *
 *   N arm KIND up|down AT [COUNT [MS]]       N strike KIND up|down AT [COUNT [MS]]
 *   N random SEED WITHIN KIND,...            N door open|refuses|silent
 *   N target ADDRESS:PORT                    N calm
 *   N count                                  answers "ok LINKS OPEN KIND=N ..."
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat-fault-proxy.h"

static gboolean
parse_fault (char      **words,
             ChatFault  *fault)
{
  guint n = g_strv_length (words);
  int kind = n >= 3 ? chat_fault_kind_from_name (words[0]) : -1;

  if (kind < 0)
    return FALSE;
  *fault = (ChatFault) {
    .kind = kind,
    .direction = g_str_equal (words[1], "down") ? CHAT_FAULT_DOWN : CHAT_FAULT_UP,
    .at = g_ascii_strtoull (words[2], NULL, 10),
    .count = n > 3 ? g_ascii_strtoull (words[3], NULL, 10) : 0,
    .ms = n > 4 ? g_ascii_strtoull (words[4], NULL, 10) : 0,
  };
  return TRUE;
}

static guint
parse_kinds (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint kinds = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      int kind = chat_fault_kind_from_name (parts[i]);

      if (kind >= 0)
        kinds |= 1u << kind;
    }
  return kinds;
}

/* Returns: (transfer full) (nullable): the answer; NULL: it was not understood */
static char *
obey (ChatFaultProxy  *proxy,
      const char      *verb,
      char           **words)
{
  guint n = g_strv_length (words);
  ChatFault fault;

  if (g_str_equal (verb, "arm") && parse_fault (words, &fault))
    chat_fault_proxy_arm (proxy, &fault);
  else if (g_str_equal (verb, "strike") && parse_fault (words, &fault))
    return g_strdup_printf (" %u", chat_fault_proxy_strike (proxy, &fault));
  else if (g_str_equal (verb, "random") && n == 3)
    chat_fault_proxy_set_random (proxy, g_ascii_strtoull (words[0], NULL, 10), parse_kinds (words[2]), g_ascii_strtoull (words[1], NULL, 10));
  else if (g_str_equal (verb, "door") && n == 1)
    chat_fault_proxy_set_door (proxy, g_str_equal (words[0], "open")      ? CHAT_FAULT_OPEN
                                      : g_str_equal (words[0], "refuses") ? CHAT_FAULT_REFUSES
                                                                          : CHAT_FAULT_SILENT);
  else if (g_str_equal (verb, "target") && n == 1)
    chat_fault_proxy_set_target (proxy, words[0]);
  else if (g_str_equal (verb, "calm") && n == 0)
    chat_fault_proxy_calm (proxy);
  else if (g_str_equal (verb, "count") && n == 0)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      guint n_open, n_links = chat_fault_proxy_get_n_links (proxy, &n_open);

      g_string_append_printf (text, " %u %u", n_links, n_open);
      for (guint i = 0; i < CHAT_FAULT_N_KINDS; i++)
        g_string_append_printf (text, " %s=%u", chat_fault_kind_get_name (i), chat_fault_proxy_get_n_struck (proxy, i));
      return g_string_free (g_steal_pointer (&text), FALSE);
    }
  else
    return NULL;
  return g_strdup ("");
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GPtrArray) proxies = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_fault_proxy_free);
  guint n_proxies = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 1;
  char line[4096];

  if (argc < 2 || n_proxies < 1 || n_proxies > 1000)
    {
      fputs ("usage: chat-fault-proxy TARGET [COUNT]\n", stderr);
      return 2;
    }
  printf ("ready");
  for (guint i = 0; i < n_proxies; i++)
    {
      g_ptr_array_add (proxies, chat_fault_proxy_new (argv[1]));
      printf (" %s", chat_fault_proxy_get_address (proxies->pdata[i]));
    }
  printf ("\n");
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strstrip (line), " ", -1);
      g_autofree char *answer = NULL;
      guint64 number;

      if (g_strv_length (words) >= 2 && g_str_equal (words[0], "*"))
        for (guint i = 0; i < proxies->len; i++)
          {
            g_free (answer);
            answer = obey (proxies->pdata[i], words[1], words + 2);
          }
      else if (g_strv_length (words) >= 2 && g_ascii_string_to_unsigned (words[0], 10, 0, proxies->len - 1, &number, NULL))
        answer = obey (proxies->pdata[number], words[1], words + 2);
      printf ("%s%s\n", answer != NULL ? "ok" : "no: not understood", answer != NULL ? answer : "");
      fflush (stdout);
    }
  return 0;
}
