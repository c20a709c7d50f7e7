/* main.c: starts the app
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "chat-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (GApplication) application = NULL;
  /* Where it is run from where it was built */
  const char *languages = g_getenv ("CHAT_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, languages != NULL ? languages : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = chat_application_new ();
  return g_application_run (application, argc, argv);
}
