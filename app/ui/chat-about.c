/* chat-about.c: who made the program, and under which terms
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-about.h"

#include <glib/gi18n.h>

GtkWidget *
chat_about_window_new (GtkWindow *parent)
{
  return g_object_new (ADW_TYPE_ABOUT_WINDOW,
                       "transient-for", parent,
                       "modal", TRUE,
                       "application-icon", APP_ID,
                       "application-name", _("Chat"),
                       "version", APP_VERSION,
                       "developer-name", _("The Chat developers"),
                       "comments", _("A messenger for a group that wants its own server."),
                       "copyright", "© 2026 The Chat developers",
                       "license-type", GTK_LICENSE_GPL_3_0,
                       /* Translators: your own names, one a line; they are shown in the about window */
                       "translator-credits", _("translator-credits"),
                       NULL);
}
