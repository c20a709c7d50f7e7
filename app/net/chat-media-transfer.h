/* chat-media-transfer.h: one file to a server or from it, over HTTP (PROTOCOL.md, "media")
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-media-endpoint.h"

G_BEGIN_DECLS

/* The limits of a transfer */
#define CHAT_MEDIA_SILENCE_S     30                   /* without a byte from or to the server it has broken off */
#define CHAT_MEDIA_PROGRESS_MS   100                  /* between two calls of #ChatMediaProgress */
#define CHAT_MEDIA_SPARE_SPACE   (16 * 1024 * 1024)   /* bytes of the disk that a download leaves free */

#define CHAT_MEDIA_ERROR (chat_media_error_quark ())
typedef enum
{
  CHAT_MEDIA_ERROR_FAILED,          /* the server said no, without a reason that we know */
  CHAT_MEDIA_ERROR_ADDRESS,         /* no address of this server */
  CHAT_MEDIA_ERROR_BROKEN_OFF,      /* not reached, or not to the end: to be gone on with */
  CHAT_MEDIA_ERROR_CERTIFICATE,     /* somebody else answers in the place of the server */
  CHAT_MEDIA_ERROR_GONE,            /* the server does not have it, or not any more */
  CHAT_MEDIA_ERROR_WRONG_CONTENT,   /* what was transferred has not the size or the SHA-256 that it should */
  CHAT_MEDIA_ERROR_SERVER_FULL,     /* no room left on the server's disk */
  CHAT_MEDIA_ERROR_NO_SPACE,        /* nor on that of this computer */
  CHAT_MEDIA_ERROR_LOCAL            /* the file on this computer can not be read or written, or is another by now */
} ChatMediaError;
GQuark chat_media_error_quark (void);

/** ChatMediaProgress: @done: bytes of the whole file, what was transferred earlier included. In the main context of the caller, never after
 * the end of the transfer */
typedef void (*ChatMediaProgress) (goffset  done,
                                   gpointer user_data);

/**
 * chat_media_upload_async:
 * @address: as MEDIA_UPLOAD gave it
 * @path: a regular file of @size bytes
 * @progress: (nullable): with @progress_data, which must live until the end
 *
 * Goes on where the server says that it stands. Runs in a thread of its own, with memory that does not depend on @size. Cancelling it leaves what the server
 * has, so that the next one goes on from there.
 */
void     chat_media_upload_async     (ChatMediaEndpoint    *endpoint,
                                      const char           *address,
                                      const char           *path,
                                      goffset               size,
                                      ChatMediaProgress     progress,
                                      gpointer              progress_data,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
/** chat_media_upload_finish: Returns: (transfer full): the address from which it can be downloaded; %NULL with %CHAT_MEDIA_ERROR or
 * %G_IO_ERROR_CANCELLED */
char    *chat_media_upload_finish    (GAsyncResult         *result,
                                      GError              **error);

/**
 * chat_media_download_async:
 * @path: where it will be when it is whole; until then what has come lies beside it, with ".part" at its end, and the next one goes on
 *   with that
 * @size: bytes, as the server told; not one more is taken
 * @sha256: 64 hexadecimal digits, as the server told
 */
void     chat_media_download_async   (ChatMediaEndpoint    *endpoint,
                                      const char           *address,
                                      const char           *path,
                                      goffset               size,
                                      const char           *sha256,
                                      ChatMediaProgress     progress,
                                      gpointer              progress_data,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean chat_media_download_finish  (GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
