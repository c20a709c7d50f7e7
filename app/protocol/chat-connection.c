/* chat-connection.c: bytes to packets and packets to bytes, without ever blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-connection-private.h"
#include "chat-framer.h"
#include "chat-limits.h"
#include "chat-send-queue.h"
#include "chat-stream.h"

/* A server holds ten thousand of these, most of them idle: between two objects a connection owns no buffer. What is read goes
 * through one chunk for the whole thread, of which only an object that is not yet complete is kept, by the framer; what is
 * written is freed as soon as the socket has it. A plain socket is read and written directly, so that GIO's streams need not
 * even be made. */

struct _ChatConnection
{
  GObject                     parent_instance;
  GIOStream                  *stream;
  GSocket                    *socket;       /* nullable */
  GPollableInputStream       *input;        /* NULL for a plain socket, like output */
  GPollableOutputStream      *output;
  const ChatConnectionEvents *events;
  gpointer                    user_data;
  ChatConnectionDriver       *driver;       /* nullable: nobody has attached it */
  ChatFramer                  framer;
  GBytes                     *pending;      /* nullable: read, but not yet handed out */
  ChatSendQueue               queue;
  gsize                       drained;
  gint64                      last_read;
  gint64                      last_object;      /* 0: none yet */
  gint64                      last_paused;      /* when it was paused or went on last */
  gint64                      last_ping;        /* that was sent while it was paused */
  ChatConnectionTrace         trace;
  gpointer                    trace_data;
  GSource                    *overflow;         /* nullable: closes it, the queue having passed its bound */
  int                         fd;               /* the socket's; -1 where there is none, and after the end */
  guint                       role : 1;
  guint                       established : 1;  /* bytes have passed: a TLS handshake is behind us */
  guint                       dispatching : 1;
  guint                       paused : 1;
  guint                       broken : 1;       /* what comes is no stream of objects */
  guint                       blocked : 1;      /* the last write was short */
  guint                       finishing : 1;    /* no more is sent, and what comes is dropped */
  guint                       shut : 1;         /* our side has ended */
  guint                       ended : 1;        /* the peer's side has ended */
  guint                       busy : 1;         /* what the peer asked is still being answered */
  guint                       closed : 1;
  guint                       ping : 1;
  guint                       pinged : 1;       /* since the last byte came */
};

G_DEFINE_FINAL_TYPE (ChatConnection, chat_connection, G_TYPE_OBJECT)

/* The chunk of this thread; taken out while somebody reads */
static GPrivate shared_chunk = G_PRIVATE_INIT (g_free);

/* The owner's list, and our own */
static void
changed (ChatConnection *self)
{
  if (self->closed)
    return;

  if (self->driver != NULL)
    chat_connection_driver_wake (self->driver, FALSE);
  if (self->events->changed != NULL)
    self->events->changed (self, self->user_data);
}

static void
release (ChatConnection *self)
{
  g_clear_pointer (&self->driver, chat_connection_driver_free);
  if (self->overflow != NULL)
    g_source_destroy (self->overflow);
  g_clear_pointer (&self->overflow, g_source_unref);
  chat_send_queue_clear (&self->queue);
  chat_framer_clear (&self->framer);
  g_clear_pointer (&self->pending, g_bytes_unref);
}

/* Nothing of it may block, under TLS neither: GIO's close of a TLS stream waits for the peer, unless the socket is shut. */
static void
close_stream (ChatConnection *self)
{
  if (self->output != NULL && self->socket != NULL)
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  g_io_stream_close (self->stream, NULL, NULL);
  self->fd = -1;
}

void
chat_connection_close (ChatConnection *self,
                       const GError   *reason)
{
  g_return_if_fail (CHAT_IS_CONNECTION (self));

  if (self->closed)
    return;

  self->closed = TRUE;
  g_object_ref (self);
  release (self);
  /* The owner takes the descriptor out of its loop while there is one. */
  if (self->events->closed != NULL)
    self->events->closed (self, reason, self->user_data);
  close_stream (self);
  g_object_unref (self);
}

static void
chat_connection_dispose (GObject *object)
{
  ChatConnection *self = CHAT_CONNECTION (object);

  /* The owner has gone without a word: it is not called any more. */
  if (!self->closed && self->stream != NULL)
    {
      self->closed = TRUE;
      release (self);
      close_stream (self);
    }
  g_clear_object (&self->socket);
  g_clear_object (&self->stream);

  G_OBJECT_CLASS (chat_connection_parent_class)->dispose (object);
}

static void
chat_connection_class_init (ChatConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chat_connection_dispose;
}

static void
chat_connection_init (ChatConnection *self)
{
  chat_framer_init (&self->framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  self->last_read = g_get_monotonic_time ();
}

ChatConnection *
chat_connection_new (GIOStream                  *stream,
                     ChatConnectionRole          role,
                     const ChatConnectionEvents *events,
                     gpointer                    user_data)
{
  ChatConnection *self = g_object_new (CHAT_TYPE_CONNECTION, NULL);

  self->stream = g_object_ref (stream);
  self->socket = chat_stream_find_socket (stream);
  self->fd = self->socket != NULL ? g_socket_get_fd (self->socket) : -1;
  self->role = role;
  self->events = events;
  self->user_data = user_data;

  if (G_IS_SOCKET_CONNECTION (stream) && !G_IS_TCP_WRAPPER_CONNECTION (stream))
    self->established = TRUE;
  else
    {
      self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
      self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
      self->established = !G_IS_TLS_CONNECTION (stream);
    }

  return self;
}

void
chat_connection_attach (ChatConnection *self)
{
  g_return_if_fail (CHAT_IS_CONNECTION (self) && self->driver == NULL);

  if (self->closed)
    return;

  self->driver = chat_connection_driver_new (
      self, G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream)),
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream)));
}

GIOStream *
chat_connection_get_stream (ChatConnection *self)
{
  return self->stream;
}

GSocket *
chat_connection_get_socket (ChatConnection *self)
{
  return self->socket;
}

gboolean
chat_connection_is_closed (ChatConnection *self)
{
  return self->closed;
}

gint64
chat_connection_get_last_read (ChatConnection *self)
{
  return self->last_read;
}

gint64
chat_connection_get_last_object (ChatConnection *self)
{
  return self->last_object;
}

GIOCondition
chat_connection_get_interest (ChatConnection *self)
{
  GIOCondition interest = 0;

  if (self->closed || self->overflow != NULL)
    return 0;
  if (!self->ended && (self->finishing || (!self->paused && !self->broken)))
    interest |= G_IO_IN;
  /* Before the end of a TLS handshake a write waits for the peer to speak, while the socket is writable all the time: an owner's
   * loop would spin. A driver asks the stream, which knows better. */
  if (self->blocked && (self->established || self->driver != NULL))
    interest |= G_IO_OUT;

  return interest;
}

/* Writing */

gsize
chat_connection_get_held (ChatConnection *self)
{
  return chat_framer_get_held (&self->framer);
}

gsize
chat_connection_get_queued (ChatConnection *self)
{
  return chat_send_queue_get_size (&self->queue);
}

static gboolean
can_send (ChatConnection *self)
{
  return !self->closed && self->overflow == NULL && !self->finishing;
}

static gboolean
close_overflowed (gpointer user_data)
{
  ChatConnection *self = user_data;
  g_autoptr (GError) error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_QUEUE_FULL, "the peer does not read");

  chat_connection_close (self, error);

  return G_SOURCE_REMOVE;
}

/* Something was put at the end of the queue, which was @queued bytes long. */
static void
queue_grew (ChatConnection *self,
            gsize           queued)
{
  if (chat_connection_get_queued (self) > CHAT_MAX_QUEUE_SIZE)
    {
      g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

      chat_send_queue_clear (&self->queue);
      self->overflow = g_idle_source_new ();
      g_source_set_priority (self->overflow, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->overflow, close_overflowed, self, NULL);
      g_source_set_static_name (self->overflow, "ChatConnection queue full");
      g_source_attach (self->overflow, context);
      changed (self);
    }
  else if (queued == 0)
    changed (self);
}

static void
trace_line (ChatConnection *self,
            gboolean        incoming,
            ChatPacket     *packet)
{
  g_autofree char *line = chat_packet_to_trace (packet);

  self->trace (self, incoming, line, self->trace_data);
}

void
chat_connection_send (ChatConnection *self,
                      ChatPacket     *packet)
{
  gsize queued;

  if (!can_send (self))
    return;

  queued = chat_connection_get_queued (self);
  chat_packet_write (packet, chat_send_queue_get_tail (&self->queue));
  if (self->trace != NULL)
    trace_line (self, FALSE, packet);
  queue_grew (self, queued);
}

void
chat_connection_send_bytes (ChatConnection *self,
                            GBytes         *line)
{
  gsize queued, size;
  const char *data = g_bytes_get_data (line, &size);

  if (!can_send (self) || size == 0)
    return;

  queued = chat_connection_get_queued (self);
  chat_send_queue_push (&self->queue, line);
  if (self->trace != NULL)
    {
      g_autoptr (ChatPacket) packet = chat_packet_parse (
          data, data[size - 1] == '\n' ? size - 1 : size,
          self->role == CHAT_CONNECTION_SERVER ? CHAT_PACKET_TO_CLIENT : CHAT_PACKET_TO_SERVER);

      trace_line (self, FALSE, packet);
    }
  queue_grew (self, queued);
}

/* Ends the writing side. Under TLS that is a record of a few bytes, written by a call that would wait for room: a socket that
 * is writable has it. Returns: FALSE if the connection ended */
static gboolean
end_writing (ChatConnection *self)
{
  if (self->shut)
    return TRUE;

  if (!self->established || self->ended)
    {
      chat_connection_close (self, NULL);
      return FALSE;
    }

  if (self->output != NULL)
    {
      if (self->socket != NULL && !(g_socket_condition_check (self->socket, G_IO_OUT) & G_IO_OUT))
        {
          self->blocked = TRUE;
          changed (self);
          return TRUE;
        }
      g_output_stream_close (G_OUTPUT_STREAM (self->output), NULL, NULL);
    }
  if (self->socket != NULL)
    g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  self->shut = TRUE;

  return TRUE;
}

/* Returns: FALSE if the connection ended */
static gboolean
write_queue (ChatConnection *self)
{
  g_autoptr (GError) error = NULL;
  gboolean was_blocked = self->blocked;

  self->blocked = FALSE;
  for (gsize queued; (queued = chat_connection_get_queued (self)) > 0;)
    {
      struct iovec parts[2];
      guint n_parts = chat_send_queue_peek (&self->queue, parts);
      gssize n = chat_stream_write (self->fd, self->output, parts, n_parts, &error);

      if (n == CHAT_STREAM_FAILED)
        {
          chat_connection_close (self, error);
          return FALSE;
        }
      if (n == CHAT_STREAM_WOULD_BLOCK)
        {
          self->blocked = TRUE;
          break;
        }
      self->established = TRUE;
      chat_send_queue_advance (&self->queue, (gsize) n);
      if (self->output == NULL && (gsize) n < queued)
        {
          self->blocked = TRUE;
          break;
        }
    }

  if (self->blocked != was_blocked)
    changed (self);
  if (self->finishing && !self->blocked)
    return end_writing (self);

  return TRUE;
}

gboolean
chat_connection_flush (ChatConnection *self)
{
  if (self->closed)
    return FALSE;

  /* A full socket says itself when it has room. */
  if (self->overflow != NULL || (self->blocked && self->established))
    return TRUE;

  return write_queue (self);
}

/* Reading */

/* Returns: whether the packet was the connection's own business */
static gboolean
take_ping (ChatConnection *self,
           ChatPacket     *packet)
{
  if (chat_packet_get_kind (packet) == CHAT_PACKET_PING)
    {
      g_autoptr (ChatPacket) pong = chat_packet_new_answer (packet);

      chat_connection_send (self, pong);
      return TRUE;
    }

  return chat_packet_get_kind (packet) == CHAT_PACKET_PONG;
}

/* Hands out the objects in @bytes (@data if it has no owner) as far as @budget and the owner let it; keeps the rest. */
static void
take_bytes (ChatConnection *self,
            const char     *data,
            gsize           length,
            GBytes         *bytes,
            guint          *budget)
{
  const char *start = data;

  while (length > 0 && !self->closed && !self->broken && !self->finishing && self->overflow == NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ChatPacket) packet = NULL;
      const char *object;
      gsize size;

      if (self->paused || *budget == 0)
        {
          self->pending = bytes != NULL ? g_bytes_new_from_bytes (bytes, (gsize) (data - start), length)
                                        : g_bytes_new (data, length);
          return;
        }

      switch (chat_framer_feed (&self->framer, &data, &length, &object, &size, &error))
        {
        case CHAT_FRAMER_NEED_MORE:
          return;

        case CHAT_FRAMER_BROKEN:
          self->broken = TRUE;
          if (self->events->broken != NULL)
            self->events->broken (self, error, self->user_data);
          changed (self);
          return;

        case CHAT_FRAMER_OBJECT:
        default:
          break;
        }

      (*budget)--;
      self->last_object = self->last_read;
      packet = chat_packet_parse (object, size,
                                  self->role == CHAT_CONNECTION_SERVER ? CHAT_PACKET_TO_SERVER : CHAT_PACKET_TO_CLIENT);
      /* What lay in pieces is in the packet now. */
      chat_framer_clear (&self->framer);
      if (self->trace != NULL)
        trace_line (self, TRUE, packet);
      if (!take_ping (self, packet) && !self->closed)
        self->events->packet (self, packet, self->user_data);
    }
}

static void
take_end (ChatConnection *self)
{
  g_autoptr (GError) error = NULL;

  self->ended = TRUE;

  /* A peer that has ended its own side may still read: its answers come first, and the owner finishes after them. */
  if (self->busy && !self->finishing)
    {
      changed (self);
      return;
    }

  /* Our own last word may still wait to be written. */
  if (self->finishing && !self->shut && chat_connection_get_queued (self) > 0)
    {
      changed (self);
      return;
    }

  if (!self->finishing && !self->broken && !chat_framer_is_idle (&self->framer))
    error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_CLOSED, "the connection ended in the midst of an object");
  /* What was answered already leaves, if it can at once: a peer that has ended its own side may still read. */
  else if (!self->finishing && !chat_connection_flush (self))
    return;
  chat_connection_close (self, error);
}

/* Returns: whether there may be more to read at once */
static gboolean
read_chunks (ChatConnection *self,
             guint8         *chunk)
{
  guint budget = CHAT_MAX_OBJECTS_PER_TURN;
  gsize total = 0;

  if (self->pending != NULL && !self->finishing)
    {
      g_autoptr (GBytes) bytes = g_steal_pointer (&self->pending);
      gsize length;
      const char *data = g_bytes_get_data (bytes, &length);

      take_bytes (self, data, length, bytes, &budget);
    }

  while (!self->closed && self->overflow == NULL && self->pending == NULL
         && (self->finishing || (!self->paused && !self->broken)))
    {
      g_autoptr (GError) error = NULL;
      gssize n;

      if (total >= CHAT_READ_CHUNK_SIZE || budget == 0)
        return TRUE;

      n = chat_stream_read (self->fd, self->input, chunk, CHAT_READ_CHUNK_SIZE, &error);
      if (n == CHAT_STREAM_WOULD_BLOCK)
        return FALSE;
      if (n == CHAT_STREAM_FAILED)
        {
          chat_connection_close (self, self->finishing ? NULL : error);
          return FALSE;
        }
      if (n == 0)
        {
          take_end (self);
          return FALSE;
        }

      self->established = TRUE;
      self->last_read = g_get_monotonic_time ();
      self->pinged = FALSE;
      total += (gsize) n;

      if (self->finishing)
        {
          self->drained += (gsize) n;
          if (self->drained > CHAT_DRAIN_MAX_BYTES)
            {
              chat_connection_close (self, NULL);
              return FALSE;
            }
        }
      else
        take_bytes (self, (const char *) chunk, (gsize) n, NULL, &budget);

      /* Less than there was room for: the socket is empty, and says itself when it is not any more. */
      if (self->input == NULL && n < CHAT_READ_CHUNK_SIZE && self->pending == NULL)
        return FALSE;
    }

  return !self->closed && self->pending != NULL && !self->paused;
}

static gboolean
read_turn (ChatConnection *self)
{
  g_autofree guint8 *chunk = g_private_get (&shared_chunk);
  gboolean has_more;

  /* Not there: this is the first, or we are within another connection's owner, whose chunk it is. */
  if (chunk == NULL)
    chunk = g_malloc (CHAT_READ_CHUNK_SIZE);
  g_private_set (&shared_chunk, NULL);
  has_more = read_chunks (self, chunk);
  if (g_private_get (&shared_chunk) == NULL)
    g_private_set (&shared_chunk, g_steal_pointer (&chunk));

  return has_more;
}

gboolean
chat_connection_dispatch (ChatConnection *self,
                          GIOCondition    condition)
{
  gboolean has_more = FALSE;

  if (self->closed || self->dispatching)
    return FALSE;

  g_object_ref (self);
  self->dispatching = TRUE;

  if ((condition & G_IO_OUT) && self->overflow == NULL)
    write_queue (self);

  if (!self->closed && (self->finishing || (!self->paused && !self->broken)) && !self->ended)
    {
      /* Before the end of a handshake each side waits for the other, whatever the socket is ready for. */
      if (condition != G_IO_OUT || !self->established)
        has_more = read_turn (self);
    }
  else if (!self->closed && (condition & (G_IO_HUP | G_IO_ERR)))
    {
      g_autoptr (GError) error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_CLOSED, "the connection was reset");

      chat_connection_close (self, self->finishing ? NULL : error);
    }

  /* A write that waited for the handshake */
  if (!self->closed && self->blocked && !(condition & G_IO_OUT) && self->output != NULL)
    changed (self);

  self->dispatching = FALSE;
  has_more = has_more && !self->closed;
  g_object_unref (self);

  return has_more;
}

/* The end, and what keeps it away */

void
chat_connection_set_paused (ChatConnection *self,
                            gboolean        paused)
{
  if (self->paused == (paused != FALSE))
    return;

  self->paused = paused != FALSE;
  self->last_paused = self->last_ping = g_get_monotonic_time ();
  self->pinged = FALSE;
  if (!self->paused && self->driver != NULL)
    chat_connection_driver_wake (self->driver, TRUE);
  changed (self);
}

gboolean
chat_connection_set_busy (ChatConnection *self,
                          gboolean        busy)
{
  self->busy = busy != FALSE;

  return self->ended && !self->closed;
}

void
chat_connection_finish (ChatConnection *self)
{
  if (self->closed || self->finishing)
    return;

  self->finishing = TRUE;
  g_clear_pointer (&self->pending, g_bytes_unref);
  chat_framer_clear (&self->framer);
  changed (self);
}

void
chat_connection_set_ping (ChatConnection *self,
                          gboolean        enabled)
{
  if (self->ping == (enabled != FALSE))
    return;

  self->ping = enabled != FALSE;
  if (self->driver != NULL)
    chat_connection_driver_wake (self->driver, FALSE);
}

gint64
chat_connection_check_ping (ChatConnection *self,
                            gint64          now)
{
  const gint64 interval = CHAT_PING_INTERVAL_MS * G_GINT64_CONSTANT (1000);
  const gint64 timeout = CHAT_PING_TIMEOUT_MS * G_GINT64_CONSTANT (1000);

  gint64 last = MAX (self->last_read, self->last_paused);

  if (!self->ping || self->closed || self->finishing)
    return 0;
  /* Who does not listen can not call the other silent, and does not answer: so that the other does not do that either, it hears
   * from us unasked. */
  if (self->paused)
    {
      if (now - self->last_ping >= interval)
        {
          g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_PING);

          self->last_ping = now;
          chat_connection_send (self, packet);
        }
      return self->last_ping + interval;
    }

  if (now - last >= timeout)
    {
      g_autoptr (GError) error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_TIMED_OUT, "the peer has fallen silent");

      chat_connection_close (self, error);
      return 0;
    }
  if (now - last < interval)
    return last + interval;

  if (!self->pinged)
    {
      g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_PING);

      self->pinged = TRUE;
      chat_connection_send (self, packet);
    }

  return last + timeout;
}

void
chat_connection_set_trace (ChatConnection     *self,
                           ChatConnectionTrace trace,
                           gpointer            user_data)
{
  self->trace = trace;
  self->trace_data = user_data;
}
