/* chat-server-switches.c: what the server does wrong where a test wants to see that this is noticed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-switches.h"

gboolean
chat_server_switch_is_on (const char *name)
{
  static GStrv words;
  static gsize read;

  if (g_once_init_enter (&read))
    {
      const char *text = g_getenv ("CHAT_TEST_SWITCHES");

      words = g_strsplit (text != NULL ? text : "", ",", -1);
      if (words[0] != NULL)
        g_message ("Switched for tests: %s", text);
      g_once_init_leave (&read, 1);
    }
  return g_strv_contains ((const char *const *) words, name);
}
