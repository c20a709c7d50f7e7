/* chat-autostart.h: the file by which a desktop starts the program when the person logs in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** chat_autostart_get_path: Returns: (transfer full): XDG_CONFIG_HOME/autostart/APP-ID.desktop, of the profile */
char     *chat_autostart_get_path (const char  *application_id);
/** chat_autostart_write: @program: absolute path, as /proc/self/exe has it; @profile: (nullable): none for the default one. Replaces the file whole, or not at
 * all. It blocks. */
gboolean  chat_autostart_write    (const char  *application_id,
                                   const char  *program,
                                   const char  *profile,
                                   GError     **error);
/** chat_autostart_remove: that there is none counts as done */
gboolean  chat_autostart_remove   (const char  *application_id,
                                   GError     **error);

G_END_DECLS
