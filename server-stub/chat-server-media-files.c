/* chat-server-media-files.c: where the bytes of files lie
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-media-files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_NAME     "media"
#define UNFINISHED_NAME "unfinished"
#define MODE            0700

char *
chat_server_media_address_new (void)
{
  guint8 bytes[CHAT_SERVER_ADDRESS_SIZE / 2];
  char *address = g_malloc (CHAT_SERVER_ADDRESS_SIZE + 1);

  if (gnutls_rnd (GNUTLS_RND_KEY, bytes, sizeof bytes) != 0)
    g_error ("There is no randomness to be had");
  for (guint i = 0; i < sizeof bytes; i++)
    g_snprintf (address + 2 * i, 3, "%02x", bytes[i]);
  return address;
}

gboolean
chat_server_media_address_is_valid (const char *text)
{
  gsize length = strspn (text, "0123456789abcdef");

  return length == CHAT_SERVER_ADDRESS_SIZE && (text[length] == '\0' || text[length] == '/');
}

static gboolean
fail (GError    **error,
      const char *what,
      const char *path)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "“%s” can not be %s: %s", path, what, g_strerror (code));
  return FALSE;
}

char *
chat_server_media_files_get_folder (const char *data_dir)
{
  return g_build_filename (data_dir, FOLDER_NAME, NULL);
}

gboolean
chat_server_media_files_prepare (const char  *folder,
                                 GError     **error)
{
  g_autofree char *unfinished = g_build_filename (folder, UNFINISHED_NAME, NULL);

  return g_mkdir_with_parents (unfinished, MODE) == 0 ? TRUE : fail (error, "made", unfinished);
}

/* A damaged database may hold anything */
static const char *
check_sha256 (const char *sha256)
{
  gsize length = sha256 != NULL ? strspn (sha256, "0123456789abcdef") : 0;

  return length == 64 && sha256[length] == '\0' ? sha256 : "00-damaged";
}

static char *
get_content_folder (const char *folder,
                    const char *sha256)
{
  const char *digits = check_sha256 (sha256);
  const char name[] = { digits[0], digits[1], '\0' };

  return g_build_filename (folder, name, NULL);
}

char *
chat_server_media_files_get_content (const char *folder,
                                     const char *sha256)
{
  g_autofree char *parent = get_content_folder (folder, sha256);

  return g_build_filename (parent, check_sha256 (sha256), NULL);
}

char *
chat_server_media_files_get_unfinished (const char *folder,
                                        const char *address)
{
  return g_build_filename (folder, UNFINISHED_NAME, address, NULL);
}

/* What a folder has in it is on the disk only when the folder is */
static gboolean
sync_folder (const char  *path,
             GError     **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    fail (error, "written", path);
  if (fd >= 0)
    close (fd);
  return ok;
}

gboolean
chat_server_media_files_place (const char  *folder,
                               const char  *address,
                               const char  *sha256,
                               gboolean     replace,
                               GError     **error)
{
  g_autofree char *parent = get_content_folder (folder, sha256);
  g_autofree char *content = chat_server_media_files_get_content (folder, sha256);
  g_autofree char *unfinished = chat_server_media_files_get_unfinished (folder, address);

  if (g_mkdir (parent, MODE) == 0)
    {
      if (!sync_folder (folder, error))
        return FALSE;
    }
  else if (errno != EEXIST)
    return fail (error, "made", parent);
  if (replace)
    g_unlink (content);
  if (link (unfinished, content) != 0 && errno != EEXIST && g_rename (unfinished, content) != 0)
    return fail (error, "put in its place", unfinished);
  return sync_folder (parent, error);
}

static void
remove_file (const char *path)
{
  if (g_unlink (path) != 0 && errno != ENOENT)
    g_message ("“%s” can not be removed: %s", path, g_strerror (errno));
}

void
chat_server_media_files_remove_content (const char *folder,
                                        const char *sha256)
{
  g_autofree char *path = chat_server_media_files_get_content (folder, sha256);

  remove_file (path);
}

void
chat_server_media_files_remove_unfinished (const char *folder,
                                           const char *address)
{
  g_autofree char *path = chat_server_media_files_get_unfinished (folder, address);

  remove_file (path);
}
