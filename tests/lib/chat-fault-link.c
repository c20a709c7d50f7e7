/* chat-fault-link.c: one connection through the proxy, and what befalls it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fault-proxy-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Who was told the end is given so long to go too (seconds) */
#define FAREWELL 10

void
chat_fault_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
chat_fault_reset_socket (GSocket *socket)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  if (socket == NULL || g_socket_is_closed (socket))
    return;
  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
}

void
chat_fault_link_free (gpointer data)
{
  ChatFaultLink *link = data;

  chat_fault_clear_source (&link->connecting);
  chat_fault_clear_source (&link->farewell);
  for (guint i = 0; i < 2; i++)
    {
      ChatFaultPipe *pipe = &link->pipes[i];

      chat_fault_clear_source (&pipe->input);
      chat_fault_clear_source (&pipe->output);
      chat_fault_clear_source (&pipe->timer);
      g_array_unref (pipe->faults);
      g_byte_array_unref (pipe->waiting);
      g_byte_array_unref (pipe->out);
      g_byte_array_unref (pipe->recent);
    }
  if (link->client != NULL)
    g_socket_close (link->client, NULL);
  if (link->server != NULL)
    g_socket_close (link->server, NULL);
  g_clear_object (&link->client);
  g_clear_object (&link->server);
  g_free (link);
}

static void
link_end (ChatFaultLink *link)
{
  g_ptr_array_remove_fast (link->proxy->links, link);
}

void
chat_fault_link_reset (ChatFaultLink *link)
{
  chat_fault_reset_socket (link->client);
  chat_fault_reset_socket (link->server);
  link_end (link);
}

static gboolean
on_farewell_over (gpointer user_data)
{
  link_end (user_data);
  return G_SOURCE_REMOVE;
}

/* Both get the end, behind what has passed already */
static void
link_finish (ChatFaultLink *link)
{
  link->finishing = TRUE;
  for (guint i = 0; i < 2; i++)
    {
      ChatFaultPipe *pipe = &link->pipes[i];

      g_byte_array_set_size (pipe->waiting, 0);
      g_array_set_size (pipe->faults, 0);
      pipe->not_before = 0;
      pipe->dribble = pipe->n_delays = 0;
    }
  link->farewell = g_timeout_source_new_seconds (FAREWELL);
  g_source_set_callback (link->farewell, on_farewell_over, link, NULL);
  g_source_attach (link->farewell, link->proxy->context);
}

/* Faults */

void
chat_fault_pipe_add (ChatFaultPipe   *pipe,
                     const ChatFault *fault)
{
  guint i = 0;

  while (i < pipe->faults->len && g_array_index (pipe->faults, ChatFault, i).at <= fault->at)
    i++;
  g_array_insert_val (pipe->faults, i, *fault);
}

void
chat_fault_link_add (ChatFaultLink   *link,
                     const ChatFault *fault)
{
  chat_fault_pipe_add (&link->pipes[fault->direction], fault);
}

static void
begin_delay (ChatFaultPipe *pipe)
{
  pipe->not_before = g_get_monotonic_time () + pipe->delay_ms * G_GINT64_CONSTANT (1000);
}

static void
remember (ChatFaultPipe *pipe,
          const guint8  *data,
          guint          length)
{
  guint over;

  g_byte_array_append (pipe->recent, data, length);
  over = pipe->recent->len > CHAT_FAULT_MAX_DUPLICATE ? pipe->recent->len - CHAT_FAULT_MAX_DUPLICATE : 0;
  if (over > 0)
    g_byte_array_remove_range (pipe->recent, 0, over);
}

typedef enum { GOES_ON, ENDS_NOW } Outcome;

static Outcome
befall (ChatFaultPipe   *pipe,
        const ChatFault *fault)
{
  pipe->link->proxy->n_struck[fault->kind]++;
  switch (fault->kind)
    {
    case CHAT_FAULT_FIN:
      link_finish (pipe->link);
      break;
    case CHAT_FAULT_RESET:
      return ENDS_NOW;
    case CHAT_FAULT_SWALLOW:
      pipe->swallows = TRUE;
      break;
    case CHAT_FAULT_DELAY:
      pipe->delay_ms = fault->ms;
      pipe->n_delays = MAX (fault->count, 1) - 1;
      begin_delay (pipe);
      break;
    case CHAT_FAULT_DRIBBLE:
      pipe->dribble = fault->count;
      pipe->dribble_ms = fault->ms;
      break;
    case CHAT_FAULT_DUPLICATE:
      {
        guint n = MIN (fault->count, pipe->recent->len);

        g_byte_array_append (pipe->out, pipe->recent->data + pipe->recent->len - n, n);
      }
      break;
    case CHAT_FAULT_DROP:
      pipe->drop += fault->count;
      break;
    case CHAT_FAULT_N_KINDS:
    default:
      g_assert_not_reached ();
    }
  return GOES_ON;
}

/* Lets pass what may */
static Outcome
let_pass (ChatFaultPipe *pipe)
{
  while (!pipe->link->finishing)
    {
      const ChatFault *fault = pipe->faults->len > 0 ? &g_array_index (pipe->faults, ChatFault, 0) : NULL;
      guint n = pipe->waiting->len;

      if (pipe->not_before > g_get_monotonic_time ())
        break;
      if (fault != NULL && fault->at <= pipe->position)
        {
          ChatFault now = *fault;

          g_array_remove_index (pipe->faults, 0);
          if (befall (pipe, &now) == ENDS_NOW)
            return ENDS_NOW;
          continue;
        }
      if (n == 0 || pipe->swallows)
        break;
      if (fault != NULL)
        n = MIN (n, fault->at - pipe->position);
      if (pipe->drop > 0)
        {
          n = MIN (n, pipe->drop);
          pipe->drop -= n;
        }
      else if (pipe->dribble > 0)
        {
          /* The next when this one is on its way */
          if (pipe->out->len > 0)
            break;
          n = 1;
          pipe->dribble--;
          pipe->not_before = g_get_monotonic_time () + pipe->dribble_ms * G_GINT64_CONSTANT (1000);
          g_byte_array_append (pipe->out, pipe->waiting->data, n);
          remember (pipe, pipe->waiting->data, n);
        }
      else
        {
          g_byte_array_append (pipe->out, pipe->waiting->data, n);
          remember (pipe, pipe->waiting->data, n);
          if (pipe->n_delays > 0)
            {
              pipe->n_delays--;
              begin_delay (pipe);
            }
        }
      g_byte_array_remove_range (pipe->waiting, 0, n);
      pipe->position += n;
    }
  return GOES_ON;
}

/* Sockets */

static gboolean
on_ready (GSocket     *socket,
          GIOCondition condition,
          gpointer     user_data)
{
  chat_fault_pipe_pump (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_due (gpointer user_data)
{
  chat_fault_pipe_pump (user_data);
  return G_SOURCE_REMOVE;
}

static void
watch (ChatFaultPipe *pipe,
       GSource      **source,
       GSocket       *socket,
       GIOCondition   condition,
       gboolean       wanted)
{
  chat_fault_clear_source (source);
  if (!wanted)
    return;
  *source = g_socket_create_source (socket, condition, NULL);
  g_source_set_callback (*source, G_SOURCE_FUNC (on_ready), pipe, NULL);
  g_source_attach (*source, pipe->link->proxy->context);
}

static gboolean
wants_more (ChatFaultPipe *pipe)
{
  return !pipe->ended && pipe->waiting->len + pipe->out->len < CHAT_FAULT_QUEUE;
}

/* Returns FALSE where the sender has reset the connection */
static gboolean
read_some (ChatFaultPipe *pipe)
{
  guint8 buffer[16384];

  while (wants_more (pipe))
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_receive (pipe->from, (char *) buffer, sizeof buffer, NULL, &error);

      if (n < 0)
        {
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            break;
          pipe->ended = TRUE;
          return pipe->swallows || pipe->link->finishing;
        }
      if (n == 0)
        pipe->ended = TRUE;
      else if (!pipe->swallows && !pipe->link->finishing)
        g_byte_array_append (pipe->waiting, buffer, n);
    }
  return TRUE;
}

/* Returns FALSE where the receiver has gone */
static gboolean
write_some (ChatFaultPipe *pipe)
{
  while (pipe->out->len > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_send (pipe->to, (const char *) pipe->out->data, pipe->out->len, NULL, &error);

      if (n < 0)
        return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      g_byte_array_remove_range (pipe->out, 0, n);
    }
  return TRUE;
}

static void
set_timer (ChatFaultPipe *pipe)
{
  chat_fault_clear_source (&pipe->timer);
  if (pipe->not_before <= g_get_monotonic_time () || (pipe->waiting->len == 0 && pipe->faults->len == 0))
    {
      /* One byte a turn */
      if (pipe->dribble == 0 || pipe->waiting->len == 0 || pipe->swallows)
        return;
    }
  pipe->timer = g_timeout_source_new (0);
  g_source_set_ready_time (pipe->timer, pipe->not_before);
  g_source_set_callback (pipe->timer, on_due, pipe, NULL);
  g_source_attach (pipe->timer, pipe->link->proxy->context);
}

void
chat_fault_pipe_pump (ChatFaultPipe *pipe)
{
  ChatFaultLink *link = pipe->link;
  gboolean was_finishing = link->finishing;

  if (!read_some (pipe) || let_pass (pipe) == ENDS_NOW)
    {
      /* What has passed is on its way already */
      write_some (pipe);
      chat_fault_link_reset (link);
      return;
    }
  if (!write_some (pipe))
    {
      if (!pipe->swallows && !link->finishing)
        {
          chat_fault_link_reset (link);
          return;
        }
      g_byte_array_set_size (pipe->out, 0);
    }
  if (((pipe->ended && pipe->waiting->len == 0 && !pipe->swallows) || link->finishing) && pipe->out->len == 0 && !pipe->told)
    {
      pipe->told = TRUE;
      g_socket_shutdown (pipe->to, FALSE, TRUE, NULL);
    }
  watch (pipe, &pipe->input, pipe->from, G_IO_IN, wants_more (pipe));
  watch (pipe, &pipe->output, pipe->to, G_IO_OUT, pipe->out->len > 0);
  set_timer (pipe);
  if (link->finishing && !was_finishing)
    {
      chat_fault_pipe_pump (&link->pipes[pipe == &link->pipes[0]]);
      return;
    }
  if (link->pipes[0].ended && link->pipes[1].ended && (link->finishing || link->pipes[0].told || link->pipes[0].swallows)
      && (link->finishing || link->pipes[1].told || link->pipes[1].swallows) && link->pipes[0].out->len == 0
      && link->pipes[1].out->len == 0)
    link_end (link);
}

static gboolean
on_connected (GSocket     *socket,
              GIOCondition condition,
              gpointer     user_data)
{
  ChatFaultLink *link = user_data;

  chat_fault_clear_source (&link->connecting);
  if (!g_socket_check_connect_result (socket, NULL))
    {
      chat_fault_link_reset (link);
      return G_SOURCE_REMOVE;
    }
  /* The first may be the end of the link, and of the second */
  link->pipes[1].timer = g_idle_source_new ();
  g_source_set_priority (link->pipes[1].timer, G_PRIORITY_DEFAULT);
  g_source_set_callback (link->pipes[1].timer, on_due, &link->pipes[1], NULL);
  g_source_attach (link->pipes[1].timer, link->proxy->context);
  chat_fault_pipe_pump (&link->pipes[0]);
  return G_SOURCE_REMOVE;
}

static void
make_quick (GSocket *socket)
{
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
}

static void
pipe_init (ChatFaultPipe *pipe,
           ChatFaultLink *link,
           GSocket       *from,
           GSocket       *to)
{
  pipe->link = link;
  pipe->from = from;
  pipe->to = to;
  pipe->faults = g_array_new (FALSE, FALSE, sizeof (ChatFault));
  pipe->waiting = g_byte_array_new ();
  pipe->out = g_byte_array_new ();
  pipe->recent = g_byte_array_new ();
}

ChatFaultLink *
chat_fault_link_new (ChatFaultProxy *proxy,
                     GSocket        *client)
{
  ChatFaultLink *link = g_new0 (ChatFaultLink, 1);
  g_autoptr (GError) error = NULL;

  link->proxy = proxy;
  link->client = client;
  link->server = g_socket_new (g_socket_address_get_family (proxy->target), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  make_quick (link->client);
  make_quick (link->server);
  pipe_init (&link->pipes[CHAT_FAULT_UP], link, link->client, link->server);
  pipe_init (&link->pipes[CHAT_FAULT_DOWN], link, link->server, link->client);
  return link;
}

void
chat_fault_link_connect (ChatFaultLink *link)
{
  g_autoptr (GError) error = NULL;

  if (!g_socket_connect (link->server, link->proxy->target, NULL, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      chat_fault_link_reset (link);
      return;
    }
  link->connecting = g_socket_create_source (link->server, G_IO_OUT, NULL);
  g_source_set_callback (link->connecting, G_SOURCE_FUNC (on_connected), link, NULL);
  g_source_attach (link->connecting, link->proxy->context);
}

void
chat_fault_link_stay_silent (ChatFaultLink *link)
{
  link->pipes[0].swallows = link->pipes[1].swallows = link->pipes[1].ended = TRUE;
  chat_fault_pipe_pump (&link->pipes[0]);
}
