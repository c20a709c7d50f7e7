/* chat-server-media.h: the bytes of files over HTTP, in a thread of their own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-storage.h"
#include "chat-server-tls.h"

G_BEGIN_DECLS

/**
 * ChatServerMediaOptions:
 * @addresses: (element-type GInetAddress): where to listen
 * @port: 0: any free one
 * @may_move: if @port is taken, any free one will do
 * @url: (nullable): with which every address begins, ending with "/"; %NULL: made of the end of each connection
 * @host: (nullable): for addresses that are made, instead of that of the connection
 * @data_dir: where the storage keeps its data
 * @tls: (nullable): %NULL: plain HTTP
 * @limit: bytes of one file
 * @quota: bytes of all files of a person
 * @silence_ms: 0: %CHAT_SERVER_MEDIA_SILENCE_MS
 * @window_ms: 0: %CHAT_SERVER_MEDIA_WINDOW_MS
 *
 * What it points to is copied or referenced.
 */
typedef struct
{
  GPtrArray            *addresses;
  guint16               port;
  gboolean              may_move;
  const char           *url;
  const char           *host;
  const char           *data_dir;
  ChatServerTlsContext *tls;
  ChatServerStorage    *storage;
  gint64                limit;
  gint64                quota;
  guint                 silence_ms;
  guint                 window_ms;
} ChatServerMediaOptions;

/**
 * ChatServerMedia: PROTOCOL.md, "media". An HTTP server (libsoup) that runs in a thread of its own: nothing that it does is done by the thread
 * that serves the chat. All functions here may be called from any thread, but _free().
 */
typedef struct _ChatServerMedia ChatServerMedia;

/** chat_server_media_new: listens and starts the thread. Returns: (nullable): %NULL with %G_IO_ERROR */
ChatServerMedia *chat_server_media_new       (const ChatServerMediaOptions *options,
                                              GError                      **error);
/** chat_server_media_free: ends all transfers (an upload goes on later where it was), and the thread. Blocks; before the storage is closed */
void             chat_server_media_free      (ChatServerMedia              *self);

guint16          chat_server_media_get_port  (ChatServerMedia              *self);
gint64           chat_server_media_get_limit (ChatServerMedia              *self);
gint64           chat_server_media_get_quota (ChatServerMedia              *self);
/** chat_server_media_has_room: Returns: whether there was room for @size bytes beside the reserve, a moment ago */
gboolean         chat_server_media_has_room  (ChatServerMedia              *self,
                                              gint64                        size);
/** chat_server_media_dup_url: Returns: (transfer full): with what the addresses begin, for the one at the other end of @fd */
char            *chat_server_media_dup_url   (ChatServerMedia              *self,
                                              int                           fd);
/** chat_server_media_dup_upload_url: Returns: (transfer full): the address to upload to */
char            *chat_server_media_dup_upload_url (const char              *url,
                                              const char                   *address);
/** chat_server_media_dup_file_url: Returns: (transfer full): the download address of @file */
char            *chat_server_media_dup_file_url (const char                *url,
                                              const ChatStorageFile        *file);
/** chat_server_media_dup_address: Returns: (transfer full) (nullable): the random part of @text, if it is a download address of ours */
char            *chat_server_media_dup_address (const char                 *url,
                                              const char                   *text);

G_END_DECLS
