/* chat-file-opener.h: gives a file to another program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** chat_file_opener_open: @parent: (nullable); @path: of a file on this computer; @kept: the same one, under a name without an ending, which hides
 * nothing of what its bytes are; @name: what its sender called it. By the program that the person has chosen for its kind, through the portal where
 * there is one. The person is asked first where the file could run, by any of its names or by its bytes. Tells them by itself if it fails. */
void chat_file_opener_open           (GtkWindow  *parent,
                                      const char *path,
                                      const char *kept,
                                      const char *name);
/** chat_file_opener_show_in_folder: in the file manager, or its folder at least */
void chat_file_opener_show_in_folder (GtkWindow  *parent,
                                      const char *path);

G_END_DECLS
