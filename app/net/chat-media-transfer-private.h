/* chat-media-transfer-private.h: between the two directions of a transfer and what they share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "chat-media-transfer.h"

G_BEGIN_DECLS

/** CHAT_MEDIA_CHUNK: bytes that are handled at a time */
#define CHAT_MEDIA_CHUNK (64 * 1024)
/** CHAT_MEDIA_MAX_TRIES: how often it is tried again at once, where the two sides do not agree on how far they are */
#define CHAT_MEDIA_MAX_TRIES 3

typedef struct _ChatMediaTransfer ChatMediaTransfer;

/** ChatMediaRun: does it all, in the thread of the transfer. Returns: %FALSE with an error */
typedef gboolean (*ChatMediaRun) (ChatMediaTransfer  *self,
                                  GCancellable       *cancellable,
                                  GError            **error);

/**
 * ChatMediaTransfer: what a transfer works on. The strings do not change while its thread runs.
 */
struct _ChatMediaTransfer
{
  ChatMediaEndpoint *endpoint;
  ChatMediaRun       run;
  char              *address;
  char              *path;
  char              *sha256;        /* of a download */
  goffset            size;
  char              *result;        /* of an upload: the address to download from */

  /* For the thread alone */
  SoupSession       *http;
  GUri              *uri;
  goffset            done;
  gint64             told_at;       /* µs, monotonic */
  GTask             *task;          /* borrowed */

  ChatMediaProgress  progress;
  gpointer           progress_data;
};

/** chat_media_transfer_new: Returns: (transfer full): for the file at @path, of @size bytes, and what @kind says of @address */
ChatMediaTransfer *chat_media_transfer_new (ChatMediaEndpoint    *endpoint,
                                           ChatMediaRun          run,
                                           ChatMediaAddressKind  kind,
                                           const char           *address,
                                           const char           *path,
                                           goffset               size,
                                           ChatMediaProgress     progress,
                                           gpointer              progress_data);
/** chat_media_transfer_start: @self: (transfer full): runs it in a thread of its own and ends the task, which returns %TRUE */
void          chat_media_transfer_start   (ChatMediaTransfer    *self,
                                           gpointer              source_tag,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/** chat_media_transfer_moved: so much of the file is through now */
void          chat_media_transfer_moved   (ChatMediaTransfer    *self,
                                           goffset               done);
/** chat_media_transfer_new_message: Returns: (transfer full): follows nothing, and is sent to nobody whom the endpoint does not trust */
SoupMessage  *chat_media_transfer_new_message (ChatMediaTransfer *self,
                                           const char           *method);
/** chat_media_transfer_send: Returns: (transfer full) (nullable): the body of the answer, whatever its status */
GInputStream *chat_media_transfer_send    (ChatMediaTransfer    *self,
                                           SoupMessage          *message,
                                           GCancellable         *cancellable,
                                           GError              **error);
/** chat_media_transfer_refuse: sets the error that the status of the answer means. Returns: %FALSE */
gboolean      chat_media_transfer_refuse  (SoupMessage          *message,
                                           GError              **error);
/** chat_media_transfer_fail: sets an error with the words of @code, an errno. Returns: %FALSE */
gboolean      chat_media_transfer_fail    (GError              **error,
                                           int                   code,
                                           const char           *what);
/** chat_media_header_number: Returns: the decimal number in the header @name of the answer, or -1 */
gint64        chat_media_header_number    (SoupMessage          *message,
                                           const char           *name);

G_END_DECLS
