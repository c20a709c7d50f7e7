/* chat-server.h: listens, owns the peers, the storage and the clockwork
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ChatServerOptions:
 * @listen: HOST:PORT; an IPv6 address in brackets; port 0 picks a free one. %NULL: localhost and the default port
 * @data_dir: where everything is kept; created with mode 0700. %NULL: com.example.Chat.Server in the user's data folder
 * @tls_cert: PEM; %NULL: the one in @data_dir, made at the first start
 * @tls_key: PEM; may be %NULL where @tls_cert holds the key too
 * @insecure: no TLS; refused off loopback, unless @allow_remote_insecure
 * @demo: sample people with a known password, and rooms with a history
 * @trace: each object on standard error, passwords and tokens blotted out
 * @no_rate_limit: for load tests
 * @test_hash_cost: passwords are hashed at the least cost there is; refused off loopback
 * @delay_ms: each answer waits that long (for testing clients)
 * @drop_after: each connection is closed after that many objects were received; 0: never
 * @fail_sends: so many SND_MSG, from now on, are answered with ERROR
 * @keep_days: messages older than that are deleted; 0: never
 * @silence_ms: a connection that has not sent one complete object by then is closed; 0: the default (30 s)
 * @anonymous_ms: a connection that is not logged in is closed so long after its last object; 0: the default (10 min)
 * @no_media: no files
 * @media_listen: HOST:PORT for files; %NULL: the host of @listen and the port after its own, or any free one if that one was to be any
 * @media_url: with what the addresses of files begin: the base that a proxy serves, or the name of a machine that listens everywhere; %NULL:
 *   made of the host of @media_listen, or, where that is everywhere, of the address that each client has connected to
 * @media_limit: bytes of one file; 0: the default (2 GiB)
 * @media_quota: bytes of all files of a person; 0: the default (10 GiB)
 * @media_silence_ms: an HTTP request must be there by then; 0: the default (20 s)
 * @media_window_ms: in such a time something must go to or fro; 0: the default (30 s)
 * @presence_ms: that somebody went is told so long after the last connection ended; 0: the default (5 s)
 *
 * All zero is a good start. What it points to is copied.
 */
typedef struct
{
  const char *listen;
  const char *data_dir;
  const char *tls_cert;
  const char *tls_key;
  gboolean    insecure;
  gboolean    allow_remote_insecure;
  gboolean    demo;
  gboolean    trace;
  gboolean    no_rate_limit;
  gboolean    test_hash_cost;
  guint       delay_ms;
  guint       drop_after;
  guint       fail_sends;
  guint       keep_days;
  guint       silence_ms;
  guint       anonymous_ms;
  guint       presence_ms;
  gboolean    no_media;
  const char *media_listen;
  const char *media_url;
  gint64      media_limit;
  gint64      media_quota;
  guint       media_silence_ms;
  guint       media_window_ms;
} ChatServerOptions;

#define CHAT_TYPE_SERVER (chat_server_get_type ())
G_DECLARE_FINAL_TYPE (ChatServer, chat_server, CHAT, SERVER, GObject)

/** chat_server_new: it lives in the thread-default main context of the caller, and only there may it be called */
ChatServer *chat_server_new             (const ChatServerOptions *options);

/** chat_server_start_async: opens the storage, loads or makes the certificate, fills in the demo data, listens. When it ends
 * with %TRUE, connections are accepted. Once only. */
void        chat_server_start_async     (ChatServer              *self,
                                         GCancellable            *cancellable,
                                         GAsyncReadyCallback      callback,
                                         gpointer                 user_data);
/** chat_server_start_finish: fails with %G_OPTION_ERROR_BAD_VALUE where the options contradict each other or are refused */
gboolean    chat_server_start_finish    (ChatServer              *self,
                                         GAsyncResult            *result,
                                         GError                 **error);

/** chat_server_stop_async: accepts and reads no more, finishes what was accepted, flushes the answers (5 s at most), closes
 * connections and storage. Never fails. Also after a start that failed. */
void        chat_server_stop_async      (ChatServer              *self,
                                         GAsyncReadyCallback      callback,
                                         gpointer                 user_data);
void        chat_server_stop_finish     (ChatServer              *self,
                                         GAsyncResult            *result);

/** chat_server_get_port: Returns: the TCP port; 0 before it listens */
guint16     chat_server_get_port        (ChatServer              *self);
/** chat_server_get_media_port: Returns: the TCP port of files; 0 before it listens, or without them */
guint16     chat_server_get_media_port  (ChatServer              *self);
/** chat_server_get_address: Returns: (nullable): HOST:PORT that it listens on, HOST as it was given */
const char *chat_server_get_address     (ChatServer              *self);
/** chat_server_get_fingerprint: Returns: (nullable): SHA-256 of the certificate, as AB:CD:...; %NULL without TLS */
const char *chat_server_get_fingerprint (ChatServer              *self);
/** chat_server_get_n_connections: Returns: how many are open */
guint       chat_server_get_n_connections (ChatServer            *self);

/** chat_server_options_check: Returns: whether @options may be used together (see @insecure, @test_hash_cost). Looks nothing up:
 * "localhost" and the addresses 127.0.0.0/8 and ::1 are loopback, any other name is not. */
gboolean    chat_server_options_check   (const ChatServerOptions *options,
                                         GError                 **error);

G_END_DECLS
