/* chat-compat.h: what newer versions of GTK have, used where it is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** ChatCompatFilesFunc: @files: (element-type GFile) (nullable): what was chosen; %NULL: nothing */
typedef void (*ChatCompatFilesFunc) (GSList *files, gpointer user_data);

/** chat_compat_scroll_to: brings row @position of @view onto the screen, no further than needed (GTK 4.12 has a function for
 * it, older ones an action) */
void chat_compat_scroll_to          (GtkListView *view,
                                     guint        position);
/** chat_compat_name_list_item: @label: the name of the whole row (GTK 4.12; older ones are named through their widget) */
void chat_compat_name_list_item     (GtkListItem *item,
                                     const char  *label);
/** chat_compat_announce: lets a screen reader say @text (GTK 4.14; nothing in older ones) */
void chat_compat_announce           (GtkWidget   *widget,
                                     const char  *text);
/** chat_compat_message_dialog_new: as adw_message_dialog_new(), for every question; @heading does not wait for as much width as it
 * has words (libadwaita before 1.8 measures it for less than it asks for, and GTK 4.18 warns of that). Returns: (transfer floating) */
GtkWidget *chat_compat_message_dialog_new (GtkWindow  *parent,
                                           const char *heading,
                                           const char *body);

/** chat_compat_get_color: @name: (nullable): of a colour of the style; %NULL, and where there is none: that of text */
void       chat_compat_get_color          (GtkWidget   *widget,
                                           const char  *name,
                                           GdkRGBA     *color);
/** chat_compat_is_sandboxed: whether the paths of this program mean nothing to others */
gboolean   chat_compat_is_sandboxed       (void);

/* What GTK 4.10 has other words for. The dialogs are those of the portal where the app runs in a sandbox: it is then let into
 * what was chosen there, and nowhere else. */
/** chat_compat_choose_files: @parent: (nullable); asks for one or several files that are there. @callback is called once, unless what is returned is
 * destroyed before by gtk_native_dialog_destroy(); @destroy always. Returns: (transfer full) */
GtkNativeDialog *chat_compat_choose_files (GtkWindow           *parent,
                                           const char          *title,
                                           ChatCompatFilesFunc  callback,
                                           gpointer             user_data,
                                           GDestroyNotify       destroy);
/** chat_compat_choose_destination: the same for one that is to be written; @name: what it is to be called. The dialog holds itself */
void             chat_compat_choose_destination (GtkWindow           *parent,
                                                 const char          *title,
                                                 const char          *name,
                                                 ChatCompatFilesFunc  callback,
                                                 gpointer             user_data,
                                                 GDestroyNotify       destroy);
/** chat_compat_show_uri: the same as the next one, for whom GTK itself may tell that it failed */
void             chat_compat_show_uri        (GtkWindow           *parent,
                                              const char          *uri);
/** chat_compat_show_uri_async: by the program that the person has chosen for it, through the portal in a sandbox */
void             chat_compat_show_uri_async  (GtkWindow           *parent,
                                              const char          *uri,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean         chat_compat_show_uri_finish (GtkWindow           *parent,
                                              GAsyncResult        *result,
                                              GError             **error);

G_END_DECLS
