/* chat-server-peer.c: one connection: its requests in order, its answers in the same order, its pushes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-peer.h"

#include "chat-limits.h"
#include "chat-server-presence.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define PEER_OF(member, pointer) ((ChatServerPeer *) ((char *) (pointer) - G_STRUCT_OFFSET (ChatServerPeer, member)))

static void peer_run (ChatServerPeer *self);

ChatServerPeer *
chat_server_peer_ref (ChatServerPeer *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
chat_server_peer_unref (ChatServerPeer *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_assert (self->connection == NULL && self->user == NULL);
  g_free (self->address);
  g_free (self->name);
  g_free (self);
}

/* Requests */

static void
request_free (ChatServerRequest *request)
{
  if (request->free_data != NULL)
    request->free_data (request->data);
  g_clear_pointer (&request->packet, chat_packet_unref);
  g_clear_pointer (&request->answer, chat_packet_unref);
  g_clear_error (&request->fatal);
  chat_server_peer_unref (request->peer);
  g_free (request);
}

static gboolean
request_is_question (const ChatServerRequest *request)
{
  return request->packet == NULL ||
         (request->command != NULL && (request->command->flags & CHAT_SERVER_COMMAND_QUESTION) != 0);
}

static void
peer_enqueue (ChatServerPeer *self,
              ChatPacket     *packet,
              const GError   *fatal)
{
  ChatServerRequest *request = g_new0 (ChatServerRequest, 1);

  request->peer = chat_server_peer_ref (self);
  if (packet != NULL)
    {
      request->packet = chat_packet_ref (packet);
      request->command = chat_server_command_find (chat_packet_get_kind (packet));
      request->size = sizeof *request + chat_packet_get_size (packet);
    }
  else
    {
      request->fatal = g_error_copy (fatal);
      request->size = sizeof *request;
    }
  request->due = self->hub->delay > 0 ? g_get_monotonic_time () + self->hub->delay : 0;

  if (self->last != NULL)
    self->last->next = request;
  else
    self->first = request;
  self->last = request;
  if (self->waiting == NULL)
    self->waiting = request;
  self->n_requests++;
  self->request_bytes += request->size;
}

static gboolean
peer_must_wait (ChatServerPeer    *self,
                ChatServerRequest *request)
{
  if (request->due == 0 || request->due <= g_get_monotonic_time ())
    return FALSE;
  if (!chat_server_timer_is_set (&self->delay_timer))
    chat_server_timers_set (chat_server_poller_get_timers (self->hub->poller), &self->delay_timer, request->due);
  return TRUE;
}

static gboolean
peer_start_next (ChatServerPeer *self)
{
  ChatServerRequest *request = self->waiting;

  if (self->connection == NULL || request == NULL || self->is_barred)
    return FALSE;
  if (request_is_question (request))
    {
      if (request != self->first || peer_must_wait (self, request))
        return FALSE;
      self->is_barred = TRUE;
    }
  self->waiting = request->next;
  request->state = CHAT_SERVER_REQUEST_RUNNING;
  if (request->packet != NULL)
    {
      chat_server_command_start (request);
    }
  else
    {
      request->answer = chat_packet_new (CHAT_PACKET_ERROR);
      chat_packet_set_status (request->answer, chat_error_to_status (request->fatal));
      chat_packet_set_string (request->answer, CHAT_FIELD_ERROR, request->fatal->message);
      request->state = CHAT_SERVER_REQUEST_DONE;
    }
  return TRUE;
}

static void
peer_finish (ChatServerPeer *self)
{
  if (self->is_finishing || self->connection == NULL)
    return;
  self->is_finishing = TRUE;
  self->is_paused = FALSE;
  self->finish_until = g_get_monotonic_time () + (self->is_stopping ? CHAT_SERVER_STOP_MS : CHAT_DRAIN_TIMEOUT_MS) * 1000;
  chat_server_timers_set (chat_server_poller_get_timers (self->hub->poller), &self->timer,
                          self->is_stopping ? g_get_monotonic_time () + CHAT_SERVER_STOP_DRAIN_MS * 1000 : self->finish_until);
  chat_connection_set_paused (self->connection, FALSE);
  chat_connection_finish (self->connection);
  chat_server_watch_touch (&self->watch);
}

static gboolean
peer_answer_next (ChatServerPeer *self)
{
  ChatServerRequest *request = self->first;
  gboolean is_last_word;

  if (self->connection == NULL || request == NULL || request->state != CHAT_SERVER_REQUEST_DONE)
    return FALSE;
  if (request_is_question (request))
    self->is_barred = FALSE;
  else if (peer_must_wait (self, request))
    return FALSE;
  self->first = request->next;
  if (self->first == NULL)
    self->last = NULL;
  self->n_requests--;
  self->request_bytes -= request->size;
  is_last_word = request->packet == NULL;
  if (request->answer != NULL)
    chat_connection_send (self->connection, request->answer);
  request_free (request);
  if (is_last_word)
    peer_finish (self);
  return TRUE;
}

/* Back-pressure: what can not be worked on yet stays in the kernel, but for a bounded rest */
static void
peer_update_pause (ChatServerPeer *self)
{
  gboolean pause = self->is_dropped || self->is_stopping ||
                   (self->is_barred && self->waiting != NULL) ||
                   self->n_requests >= CHAT_SERVER_MAX_REQUESTS ||
                   self->request_bytes >= CHAT_SERVER_MAX_REQUEST_BYTES;

  if (self->connection == NULL || self->is_finishing || self->is_paused == pause)
    return;
  self->is_paused = pause;
  chat_connection_set_paused (self->connection, pause);
  if (!pause)
    chat_server_watch_come_back (&self->watch);   /* objects that were read already may wait inside */
}

static void
peer_run (ChatServerPeer *self)
{
  if (self->is_running)
    return;
  self->is_running = TRUE;
  chat_server_peer_ref (self);
  while (peer_start_next (self) || peer_answer_next (self))
    ;
  self->is_running = FALSE;
  peer_update_pause (self);
  /* A client may end its own side when it has asked all that it wants: it gets its answers */
  if (self->connection != NULL && self->is_idle != (self->first == NULL))
    {
      self->is_idle = self->first == NULL;
      if (chat_connection_set_busy (self->connection, !self->is_idle) && self->is_idle)
        peer_finish (self);
    }
  if (self->is_stopping && self->first == NULL)
    peer_finish (self);
  chat_server_peer_unref (self);
}

static void
on_delay_over (ChatServerTimer *timer)
{
  peer_run (PEER_OF (delay_timer, timer));
}

ChatPacket *
chat_server_request_new_answer (ChatServerRequest *self)
{
  ChatPacket *answer = chat_packet_new_answer (self->packet);

  /* Who has not logged in could not yet say what it understands: it gets back what it sent */
  if (self->peer->user != NULL && !chat_server_peer_has_feature (self->peer, CHAT_FEATURE_REQUEST_ID))
    chat_packet_clear (answer, CHAT_FIELD_REQUEST_ID);
  return answer;
}

void
chat_server_request_answer (ChatServerRequest *self,
                            ChatPacket        *answer)
{
  ChatServerPeer *peer = self->peer;

  g_return_if_fail (self->state == CHAT_SERVER_REQUEST_RUNNING);

  self->state = CHAT_SERVER_REQUEST_DONE;
  self->answer = answer;
  if (peer->connection == NULL)
    request_free (self);    /* its queue is gone */
  else
    peer_run (peer);
}

void
chat_server_request_answer_held (ChatServerRequest *self,
                                 ChatPacket        *answer)
{
  ChatServerPeer *peer = self->peer;

  /* Here and not by its turn, which it has: with the turn the next request may begin to hold pushes up */
  if (peer->connection != NULL && answer != NULL)
    chat_connection_send (peer->connection, answer);
  g_clear_pointer (&answer, chat_packet_unref);
  chat_server_peer_hold (peer, FALSE);
  chat_server_request_answer (self, NULL);
}

gboolean
chat_server_request_echoes_id (ChatServerRequest *self)
{
  return chat_packet_has (self->packet, CHAT_FIELD_REQUEST_ID) &&
         chat_server_peer_has_feature (self->peer, CHAT_FEATURE_REQUEST_ID);
}

void
chat_server_request_set_seq (ChatServerRequest *self,
                             ChatPacket        *answer,
                             gint64             seq)
{
  if (seq != 0 && chat_server_peer_has_feature (self->peer, CHAT_FEATURE_SYNC))
    chat_packet_set_integer (answer, CHAT_FIELD_SEQ, seq);
}

void
chat_server_request_fail (ChatServerRequest *self,
                          ChatStatus         status,
                          const char        *text)
{
  ChatPacket *answer = chat_server_request_new_answer (self);

  chat_packet_set_status (answer, status);
  chat_packet_set_string (answer, CHAT_FIELD_ERROR, text);
  chat_server_request_answer (self, answer);
}

void
chat_server_request_limit (ChatServerRequest *self,
                           guint              retry_after,
                           const char        *text)
{
  ChatPacket *answer = chat_server_request_new_answer (self);

  chat_packet_set_status (answer, CHAT_STATUS_RATE_LIMITED);
  chat_packet_set_string (answer, CHAT_FIELD_ERROR, text);
  chat_packet_set_integer (answer, CHAT_FIELD_RETRY_AFTER, retry_after);
  chat_server_request_answer (self, answer);
}

void
chat_server_request_submit (ChatServerRequest *self,
                            ChatStorageJob    *job)
{
  chat_server_storage_submit (self->peer->hub->storage, job);
}

/* Pushes */

typedef struct
{
  GBytes *line;
  gint64  seq;
} Held;

static gboolean
on_held_full (gpointer user_data)
{
  ChatServerPeer *self = user_data;
  g_autoptr (GError) error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_QUEUE_FULL, "The peer does not read");

  chat_server_peer_close (self, error);
  return G_SOURCE_REMOVE;
}

void
chat_server_peer_push (ChatServerPeer *self,
                       GBytes         *line,
                       gint64          seq,
                       gboolean        is_fleeting)
{
  Held *held;

  if (self->connection == NULL || self->is_finishing || self->is_overfull)
    return;
  /* On disk before the replay was read, and told by it */
  if (seq != 0 && seq <= self->synced)
    return;
  if (!self->is_holding)
    {
      chat_connection_send_bytes (self->connection, line);
      return;
    }
  if (is_fleeting)
    return;
  self->held_bytes += g_bytes_get_size (line);
  held = g_new (Held, 1);
  held->line = g_bytes_ref (line);
  held->seq = seq;
  g_queue_push_tail (&self->held, held);
  if (self->held_bytes > CHAT_MAX_QUEUE_SIZE)
    {
      GSource *source = g_idle_source_new ();

      /* Not from here: somebody walks over all connections of the user */
      self->is_overfull = TRUE;
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, on_held_full, chat_server_peer_ref (self), (GDestroyNotify) chat_server_peer_unref);
      g_source_attach (source, g_main_context_get_thread_default ());
      g_source_unref (source);
    }
}

void
chat_server_peer_hold (ChatServerPeer *self,
                       gboolean        hold)
{
  Held *held;

  self->is_holding = hold;
  while (!hold && (held = g_queue_pop_head (&self->held)) != NULL)
    {
      if (self->connection != NULL && (held->seq == 0 || held->seq > self->synced))
        chat_connection_send_bytes (self->connection, held->line);
      g_bytes_unref (held->line);
      g_free (held);
    }
  if (!hold)
    self->held_bytes = 0;
}

gboolean
chat_server_peer_has_feature (ChatServerPeer *self,
                              ChatFeatures    feature)
{
  return (self->features & feature) == feature;
}

/* The life of a connection */

static void
peer_end_anonymity (ChatServerPeer *self)
{
  if (!self->is_anonymous)
    return;
  self->is_anonymous = FALSE;
  chat_server_hub_count_large (self->hub, self, FALSE);
  chat_server_hub_uncount_anonymous (self->hub, self->address);
}

static void
peer_end (ChatServerPeer *self)
{
  ChatServerHub *hub = self->hub;
  ChatConnection *connection = g_steal_pointer (&self->connection);
  ChatServerRequest *request = self->first;

  if (connection == NULL)
    return;
  chat_server_watch_remove (&self->watch);
  chat_server_timer_unset (&self->timer);
  chat_server_timer_unset (&self->delay_timer);
  chat_server_hub_unbind (hub, self);
  peer_end_anonymity (self);
  chat_server_peer_hold (self, FALSE);

  /* What runs is with somebody who will hand it back; it then finds no connection */
  self->first = NULL;
  self->last = NULL;
  self->waiting = NULL;
  while (request != NULL)
    {
      ChatServerRequest *next = g_steal_pointer (&request->next);

      if (request->state != CHAT_SERVER_REQUEST_RUNNING)
        request_free (request);
      request = next;
    }
  if (self->drained != NULL)
    self->drained (self);

  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    hub->peers = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  hub->n_peers--;
  g_object_unref (connection);
  chat_server_peer_unref (self);
  if (hub->changed != NULL)
    hub->changed (hub->user_data);
}

static void
on_packet (ChatConnection *connection,
           ChatPacket     *packet,
           gpointer        user_data)
{
  ChatServerPeer *self = user_data;

  if (self->is_dropped || self->is_finishing || self->connection == NULL)
    return;
  self->n_objects++;
  if (self->n_objects == 1 && self->user == NULL)
    chat_server_timers_set (chat_server_poller_get_timers (self->hub->poller), &self->timer,
                            g_get_monotonic_time () + self->hub->anonymous_time);
  peer_enqueue (self, packet, NULL);
  if (self->hub->drop_after > 0 && self->n_objects >= self->hub->drop_after)
    self->is_dropped = TRUE;
  peer_run (self);
}

static void
on_broken (ChatConnection *connection,
           const GError   *reason,
           gpointer        user_data)
{
  ChatServerPeer *self = user_data;

  if (self->is_finishing || self->connection == NULL)
    return;
  peer_enqueue (self, NULL, reason);
  peer_run (self);
}

static void
on_closed (ChatConnection *connection,
           const GError   *reason,
           gpointer        user_data)
{
  ChatServerPeer *self = user_data;

  if (reason != NULL)
    g_debug ("%s: %s", self->address, reason->message);
  peer_end (self);
}

static void
on_changed (ChatConnection *connection,
            gpointer        user_data)
{
  ChatServerPeer *self = user_data;

  chat_server_watch_touch (&self->watch);
}

static const ChatConnectionEvents events = { on_packet, on_broken, on_closed, on_changed };

static void
on_trace (ChatConnection *connection,
          gboolean        incoming,
          const char     *line,
          gpointer        user_data)
{
  ChatServerPeer *self = user_data;

  g_printerr ("%s#%d %s %s\n", self->address, self->watch.fd, incoming ? "<-" : "->", line);
}

static gboolean
on_ready (ChatServerWatch *watch,
          GIOCondition     condition)
{
  ChatServerPeer *self = PEER_OF (watch, watch);
  gboolean more;

  if (self->is_paused)
    {
      /* The kernel goes on telling of what we do not want to hear: ask it not to. An end that has come, with nobody there to
       * answer, it tells of in any case. */
      if (condition & (G_IO_ERR | G_IO_HUP))
        {
          chat_connection_close (self->connection, NULL);
          return FALSE;
        }
      chat_server_watch_set_interest (watch, chat_connection_get_interest (self->connection));
      if ((condition & G_IO_OUT) == 0)
        return FALSE;
    }

  chat_server_peer_ref (self);
  more = chat_connection_dispatch (self->connection, condition);
  if (self->connection != NULL && self->is_dropped && chat_connection_flush (self->connection))
    chat_connection_close (self->connection, NULL);
  if (self->is_anonymous &&
      !chat_server_hub_count_large (self->hub, self, chat_connection_get_held (self->connection) > CHAT_SERVER_SMALL_OBJECT))
    {
      g_autoptr (GError) error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_RATE_LIMITED, "Too many large objects without a log-in");

      chat_connection_close (self->connection, error);
    }
  more = more && self->connection != NULL && !self->is_paused;
  if (self->connection != NULL)
    chat_server_watch_touch (watch);
  chat_server_peer_unref (self);
  return more;
}

static void
on_flush (ChatServerWatch *watch)
{
  ChatServerPeer *self = PEER_OF (watch, watch);
  GIOCondition interest;

  chat_server_peer_ref (self);
  if (chat_connection_flush (self->connection) && self->connection != NULL)
    {
      if (self->drained != NULL && chat_connection_get_queued (self->connection) < CHAT_SERVER_READ_LOW_WATER)
        self->drained (self);
      if (self->connection != NULL)
        {
          interest = chat_connection_get_interest (self->connection);
          if (self->is_paused)
            interest |= watch->interest & G_IO_IN;    /* most pauses end before anything comes */
          chat_server_watch_set_interest (watch, interest);
        }
    }
  chat_server_peer_unref (self);
}

static void
on_deadline (ChatServerTimer *timer)
{
  ChatServerPeer *self = PEER_OF (timer, timer);
  ChatServerTimers *timers = chat_server_poller_get_timers (self->hub->poller);
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_monotonic_time ();
  gint64 next;

  if (self->is_finishing)
    {
      /* Whoever still reads what is queued may go on for a while */
      if (now < self->finish_until && chat_connection_get_queued (self->connection) > 0)
        chat_server_timers_set (timers, timer, MIN (now + CHAT_SERVER_STOP_DRAIN_MS * 1000, self->finish_until));
      else
        chat_connection_close (self->connection, NULL);
    }
  else if (self->user == NULL)
    {
      /* A PING, which the connection answers by itself, is an object too */
      gint64 last = chat_connection_get_last_object (self->connection);

      next = last + self->hub->anonymous_time;
      if (last > 0 && next > now)
        {
          chat_server_timers_set (timers, timer, next);
          return;
        }
      error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_TIMED_OUT, last > 0 ? "No log-in in time" : "No object in time");
      chat_connection_close (self->connection, error);
    }
  else
    {
      chat_server_peer_ref (self);
      next = chat_connection_check_ping (self->connection, now);
      if (next > 0 && self->connection != NULL)
        chat_server_timers_set (timers, timer, next);
      chat_server_peer_unref (self);
    }
}

void
chat_server_peer_log_in (ChatServerPeer *self,
                         gint64          user_id,
                         const char     *name,
                         guint           prefs,
                         ChatFeatures    features,
                         gint64          token_id)
{
  ChatFeatures before = self->features;
  gint64 next;

  g_return_if_fail (self->connection != NULL);
  g_return_if_fail (self->user == NULL || self->user_id == user_id);

  if (self->user == NULL)
    {
      self->user_id = user_id;
      self->name = g_strdup (name);
      chat_server_hub_bind (self->hub, self, user_id, name, prefs);
      peer_end_anonymity (self);
    }
  self->features = features;
  chat_server_presence_came (self, (features & ~before & CHAT_FEATURE_PRESENCE) != 0);
  if (token_id != 0)
    self->token_id = token_id;
  if (self->is_finishing)
    return;
  chat_server_timer_unset (&self->timer);
  chat_connection_set_ping (self->connection, chat_server_peer_has_feature (self, CHAT_FEATURE_PING));
  next = chat_connection_check_ping (self->connection, g_get_monotonic_time ());
  if (next > 0 && self->connection != NULL)
    chat_server_timers_set (chat_server_poller_get_timers (self->hub->poller), &self->timer, next);
}

void
chat_server_peer_close (ChatServerPeer *self,
                        const GError   *reason)
{
  if (self->connection != NULL)
    chat_connection_close (self->connection, reason);
}

void
chat_server_peer_stop (ChatServerPeer *self)
{
  self->is_stopping = TRUE;
  peer_run (self);
}

static void
set_socket_options (GSocket *socket)
{
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_keepalive (socket, TRUE);
  /* Each turn writes once: nothing is gained by waiting for more. A peer whose host vanished is found within two minutes.
   * What a kernel refuses of this is a comfort less, not an error. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, 60, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, 15, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, 4, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, CHAT_SERVER_TCP_TIMEOUT_MS, NULL);
}

void
chat_server_peer_accept (ChatServerHub *hub,
                         GIOStream     *stream,
                         GSocket       *socket,
                         const char    *address)
{
  ChatServerPeer *self;

  if (!chat_server_hub_count_anonymous (hub, address))
    {
      g_debug ("%s: too many connections that are not logged in", address);
      return;
    }
  self = g_new0 (ChatServerPeer, 1);
  g_atomic_ref_count_init (&self->refs);
  self->hub = hub;
  self->address = g_strdup (address);
  self->is_anonymous = TRUE;
  self->is_idle = TRUE;
  g_queue_init (&self->held);
  self->watch.fd = g_socket_get_fd (socket);
  self->watch.ready = on_ready;
  self->watch.flush = on_flush;
  self->timer.func = on_deadline;
  self->delay_timer.func = on_delay_over;

  set_socket_options (socket);
  self->connection = chat_connection_new (stream, CHAT_CONNECTION_SERVER, &events, self);
  if (hub->trace)
    chat_connection_set_trace (self->connection, on_trace, self);
  self->next = hub->peers;
  if (self->next != NULL)
    self->next->previous = self;
  hub->peers = self;
  hub->n_peers++;
  chat_server_timers_set (chat_server_poller_get_timers (hub->poller), &self->timer,
                          g_get_monotonic_time () + hub->silence);
  if (!chat_server_poller_add (hub->poller, &self->watch, G_IO_IN))
    chat_connection_close (self->connection, NULL);
}
