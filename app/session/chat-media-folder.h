/* chat-media-folder.h: the folder in which the files of an account lie
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* In it each file is called by its SHA-256. Beside them lies a folder of names, in which those that were given to other programs have one that
 * people know: NAMES/SHA-256/NAME is a link to the file (a copy where the disk knows no links). */
#define CHAT_MEDIA_NAMES "names"

/** chat_media_sweep_async: makes @folder and deletes what is in it and not in @keep, and all names (%NULL: nothing); @whole: files that must
 * be there */
void             chat_media_sweep_async   (const char          *folder,
                                           GHashTable          *keep,
                                           GPtrArray           *whole,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
/** chat_media_sweep_finish: Returns: (transfer full) (element-type utf8): those of @whole that are missing */
GPtrArray       *chat_media_sweep_finish  (GAsyncResult        *result);
/** chat_media_name_async: @path: of a whole file in the folder; @name: without a folder, see chat_attachment_dup_safe_name(). Gives the file this
 * name as well. From now on nobody may write to it by mistake: another program that wants to is told to save elsewhere. The names go with
 * the file, and with the next chat_media_sweep_async() */
void             chat_media_name_async    (const char          *path,
                                           const char          *name,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
/** chat_media_name_finish: Returns: (transfer full) (nullable): the path with the name; %NULL with %G_FILE_ERROR */
char            *chat_media_name_finish   (GAsyncResult        *result,
                                           GError             **error);
/** chat_media_remove: @path is free, and its names are gone, at once; what was there is deleted in a thread */
void             chat_media_remove        (const char          *path);
/** chat_media_remove_folder: deletes @folder and all that is in it; blocks */
void             chat_media_remove_folder (const char          *folder);

G_END_DECLS
