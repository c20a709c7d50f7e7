/* chat-media-stage.h: how a file that is to be sent gets into the folder of those that are kept
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An image whose metadata are taken out is in memory for that (bytes): a larger one is not sent without its metadata */
#define CHAT_MEDIA_MAX_STRIP   (64 * 1024 * 1024)
/* What is left free of the disk (bytes) */
#define CHAT_MEDIA_SPARE_DISK  (64 * 1024 * 1024)

/**
 * ChatMediaStaged: a copy that is to be sent
 */
typedef struct
{
  char     *path;         /* where it lies; deleted with this, unless it was taken */
  char     *name;         /* as the protocol wants it */
  char     *media_type;
  char     *sha256;
  gint64    size;
  gboolean  image;        /* it says that it is one */
} ChatMediaStaged;
void             chat_media_staged_free   (ChatMediaStaged     *staged);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatMediaStaged, chat_media_staged_free)

/**
 * chat_media_stage_async:
 * @folder: made (0700) if it is not there
 * @file, @bytes: one of them
 * @name: (nullable): in place of the file's
 * @limit: bytes that it may have; 0: any
 * @strip: take out of an image what it tells about its maker
 *
 * Copies it in a thread, with memory that does not depend on its size (but for images that are stripped), and hashes it on the way. The copy is
 * on the disk when it ends.
 */
void             chat_media_stage_async   (const char          *folder,
                                           GFile               *file,
                                           GBytes              *bytes,
                                           const char          *name,
                                           gint64               limit,
                                           gboolean             strip,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
/** chat_media_stage_finish: Returns: (transfer full) (nullable): %NULL with %CHAT_SESSION_ERROR or %G_IO_ERROR_CANCELLED */
ChatMediaStaged *chat_media_stage_finish  (GAsyncResult        *result,
                                           GError             **error);

G_END_DECLS
