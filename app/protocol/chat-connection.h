/* chat-connection.h: a stream and the packets on it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "chat-packet.h"

G_BEGIN_DECLS

typedef enum
{
  CHAT_CONNECTION_CLIENT,
  CHAT_CONNECTION_SERVER
} ChatConnectionRole;

#define CHAT_TYPE_CONNECTION (chat_connection_get_type ())
G_DECLARE_FINAL_TYPE (ChatConnection, chat_connection, CHAT, CONNECTION, GObject)

/**
 * ChatConnectionEvents:
 * @packet: an object came. It may have a problem (chat_packet_get_problem()): answering is the owner's
 * @broken: the stream is no stream of objects any more (%CHAT_ERROR_MALFORMED, %CHAT_ERROR_TOO_LARGE). Nothing is read any
 *   more; the owner sends its last word and calls chat_connection_finish(), or closes
 * @closed: the connection has ended; @reason is %NULL after an orderly end. Called once, never from within
 *   chat_connection_send() (which may run in the midst of a loop over many connections)
 * @changed: what chat_connection_get_interest() returns is another now, or there is something to flush; an owner that
 *   drives the connection itself puts it on its list. May be %NULL
 *
 * The owner's functions; a plain table and not signals, since they run for every object of every connection.
 * They may send, pause, finish and close: the connection keeps itself alive while it calls. An owner that drops its last
 * reference from within one of them closes first; from anywhere else it need not (@closed is then not called).
 */
typedef struct
{
  void (*packet)  (ChatConnection *connection, ChatPacket *packet, gpointer user_data);
  void (*broken)  (ChatConnection *connection, const GError *reason, gpointer user_data);
  void (*closed)  (ChatConnection *connection, const GError *reason, gpointer user_data);
  void (*changed) (ChatConnection *connection, gpointer user_data);
} ChatConnectionEvents;

/**
 * chat_connection_new:
 * @stream: (transfer none): a #GSocketConnection or a #GTlsConnection over one; its TLS handshake may be still to come: it
 *   is then done, without blocking, by the first reads. Must be pollable
 * @events: (transfer none): must outlive the connection
 *
 * Role-neutral but for @role (what is parsed, and who may be asked what). Nothing happens until the connection is
 * driven: by chat_connection_attach(), or by an owner with its own readiness loop that calls
 * chat_connection_dispatch() and chat_connection_flush().
 */
ChatConnection *chat_connection_new            (GIOStream                  *stream,
                                                ChatConnectionRole          role,
                                                const ChatConnectionEvents *events,
                                                gpointer                    user_data);
/** chat_connection_attach: lets the thread-default main context of the caller drive it (for a program with few) */
void            chat_connection_attach         (ChatConnection             *connection);

GIOStream      *chat_connection_get_stream     (ChatConnection             *connection);
/** chat_connection_get_socket: Returns: (nullable) (transfer none): the socket under the stream (of a TLS one too) */
GSocket        *chat_connection_get_socket     (ChatConnection             *connection);
/** chat_connection_get_interest: what an owner's loop (level-triggered) waits for: %G_IO_IN unless paused or broken, and again
 * while what comes after chat_connection_finish() is dropped; %G_IO_OUT after a short write */
GIOCondition    chat_connection_get_interest   (ChatConnection             *connection);
/** chat_connection_dispatch: reads until it would block or its share of the turn is used up, and hands out packets.
 * Returns: %TRUE if there may be more to read at once (the share was used up, or TLS holds decrypted bytes): the caller comes
 * back without waiting for readiness. */
gboolean        chat_connection_dispatch       (ChatConnection             *connection,
                                                GIOCondition                condition);

/** chat_connection_send: queues @packet; nothing is written before chat_connection_flush(), which an attached
 * connection does by itself at the end of the turn. Past %CHAT_MAX_QUEUE_SIZE the connection closes with
 * %CHAT_ERROR_QUEUE_FULL (in an idle, not from within the call). After the end it does nothing. */
void            chat_connection_send           (ChatConnection             *connection,
                                                ChatPacket                 *packet);
/** chat_connection_send_bytes: the same with a line that was written before (a push that goes to many) */
void            chat_connection_send_bytes     (ChatConnection             *connection,
                                                GBytes                     *line);
/** chat_connection_get_queued: Returns: bytes that wait to be written */
gsize           chat_connection_get_queued     (ChatConnection             *connection);
/** chat_connection_get_held: Returns: how much of an object whose end has not come is kept (bytes) */
gsize           chat_connection_get_held       (ChatConnection             *connection);
/** chat_connection_flush: writes what is queued until it would block. Returns: %FALSE if the connection ended by it
 * (@closed has then been called) */
gboolean        chat_connection_flush          (ChatConnection             *connection);

/** chat_connection_set_paused: while %TRUE nothing more is read (back-pressure); objects that were read already wait
 * inside, within the size of one chunk, and come first when it goes on. No readiness tells of those: an owner that drives the
 * connection itself calls chat_connection_dispatch() with %G_IO_IN after it has let it go on (outside of @packet) */
void            chat_connection_set_paused     (ChatConnection             *connection,
                                                gboolean                    paused);

/** chat_connection_set_busy: while %TRUE, the end of the peer's side does not end the connection: what it asked before is
 * still being answered. Returns: whether the peer's side has ended: who has nothing more to answer calls
 * chat_connection_finish() then */
gboolean        chat_connection_set_busy       (ChatConnection             *connection,
                                                gboolean                    busy);
/** chat_connection_finish: writes what is queued, ends the writing side, then reads and drops what still comes,
 * %CHAT_DRAIN_MAX_BYTES at most, and closes (PROTOCOL.md, "Closing": a plain close would reset the peer before it has
 * read the reason). The owner bounds the time by chat_connection_close(). */
void            chat_connection_finish         (ChatConnection             *connection);
/** chat_connection_close: at once; @closed follows with @reason (nullable) before it returns */
void            chat_connection_close          (ChatConnection             *connection,
                                                const GError               *reason);
gboolean        chat_connection_is_closed      (ChatConnection             *connection);

/** chat_connection_get_last_read: Returns: g_get_monotonic_time() of the last byte that came (µs) */
gint64          chat_connection_get_last_read  (ChatConnection             *connection);
/** chat_connection_get_last_object: Returns: the same of the last bytes that completed an object, PING and PONG too; 0: none has
 * come yet */
gint64          chat_connection_get_last_object (ChatConnection            *connection);
/** chat_connection_set_ping: both sides named "ping": an attached connection sends PING after %CHAT_PING_INTERVAL_MS of
 * silence and closes with %CHAT_ERROR_TIMED_OUT after %CHAT_PING_TIMEOUT_MS. An owner with its own loop does the same by
 * chat_connection_check_ping(). An incoming PING is always answered here, and neither PING nor PONG reaches @packet. */
void            chat_connection_set_ping       (ChatConnection             *connection,
                                                gboolean                    enabled);
/** chat_connection_check_ping: does what is due at @now (µs, monotonic). Returns: when to look again (µs); 0 if never */
gint64          chat_connection_check_ping     (ChatConnection             *connection,
                                                gint64                      now);

/** chat_connection_set_trace: @trace is called with each line either way, secrets blotted out; %NULL ends it */
typedef void  (*ChatConnectionTrace)           (ChatConnection             *connection,
                                                gboolean                    incoming,
                                                const char                 *line,
                                                gpointer                    user_data);
void            chat_connection_set_trace      (ChatConnection             *connection,
                                                ChatConnectionTrace         trace,
                                                gpointer                    user_data);

G_END_DECLS
