/* chat-server-media-files.h: where the bytes of files lie
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An address in the form in which it is kept: 32 lower-case hexadecimal digits, 128 random bits */
#define CHAT_SERVER_ADDRESS_SIZE 32

/** chat_server_media_address_new: Returns: (transfer full): one that nobody can guess */
char     *chat_server_media_address_new            (void);
/** chat_server_media_address_is_valid: whether @text begins with an address, and then ends or goes on with "/" */
gboolean  chat_server_media_address_is_valid       (const char  *text);

/**
 * The folder DIR/media: a content, which is whole and has been checked, under the first two digits of its SHA-256; what is being
 * uploaded under unfinished/, by its address. Folders are made with mode 0700, files with 0600. Names come from our own
 * hexadecimal digits alone, never from what a person wrote.
 */
/** chat_server_media_files_get_folder: Returns: (transfer full) */
char     *chat_server_media_files_get_folder       (const char  *data_dir);
/** chat_server_media_files_prepare: makes the folders. Returns: %FALSE with %G_IO_ERROR */
gboolean  chat_server_media_files_prepare          (const char  *folder,
                                                    GError     **error);
/** chat_server_media_files_get_content: Returns: (transfer full): the path of the content of that SHA-256 (64 hexadecimal digits) */
char     *chat_server_media_files_get_content      (const char  *folder,
                                                    const char  *sha256);
char     *chat_server_media_files_get_unfinished   (const char  *folder,
                                                    const char  *address);
/**
 * chat_server_media_files_place: the upload at @address, all on the disk, becomes the content of @sha256 too
 * @replace: what lies there is of unknown origin
 *
 * When it returns the name is on the disk. The unfinished file stays, so that an upload whose rows could not be committed is not lost,
 * unless the file system knows no second name of a file. Returns: %FALSE with %G_IO_ERROR
 */
gboolean  chat_server_media_files_place            (const char  *folder,
                                                    const char  *address,
                                                    const char  *sha256,
                                                    gboolean     replace,
                                                    GError     **error);
/* Of what is not there nothing is said */
void      chat_server_media_files_remove_content   (const char  *folder,
                                                    const char  *sha256);
void      chat_server_media_files_remove_unfinished (const char *folder,
                                                    const char  *address);

G_END_DECLS
