/* chat-fault-proxy.c: stands between a client and a server and does to their bytes what networks do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fault-proxy-private.h"

#include <string.h>

static const char *const names[CHAT_FAULT_N_KINDS] = { "fin", "reset", "swallow", "delay", "dribble", "duplicate", "drop" };

const char *
chat_fault_kind_get_name (ChatFaultKind kind)
{
  g_return_val_if_fail (kind < CHAT_FAULT_N_KINDS, NULL);

  return names[kind];
}

int
chat_fault_kind_from_name (const char *name)
{
  for (int i = 0; i < CHAT_FAULT_N_KINDS; i++)
    if (g_str_equal (names[i], name))
      return i;
  return -1;
}

static void
dress_link (ChatFaultLink *link)
{
  ChatFaultProxy *self = link->proxy;

  for (guint i = 0; i < self->armed->len; i++)
    chat_fault_link_add (link, &g_array_index (self->armed, ChatFault, i));
  g_array_set_size (self->armed, 0);
  if (self->kinds != 0)
    {
      ChatFault fault;

      chat_fault_proxy_draw (self->seed, self->kinds, self->within, self->n_links, &fault);
      chat_fault_link_add (link, &fault);
    }
}

static gboolean
on_incoming (GSocket     *listener,
             GIOCondition condition,
             gpointer     user_data)
{
  ChatFaultProxy *self = user_data;
  GSocket *client = g_socket_accept (listener, NULL, NULL);
  ChatFaultLink *link;

  if (client == NULL)
    return G_SOURCE_CONTINUE;
  if (self->door == CHAT_FAULT_REFUSES)
    {
      chat_fault_reset_socket (client);
      g_object_unref (client);
      return G_SOURCE_CONTINUE;
    }
  self->n_links++;
  link = chat_fault_link_new (self, client);
  g_ptr_array_add (self->links, link);
  if (self->door == CHAT_FAULT_SILENT)
    chat_fault_link_stay_silent (link);
  else
    {
      dress_link (link);
      chat_fault_link_connect (link);
    }
  return G_SOURCE_CONTINUE;
}

/* The thread, and calls into it */

static gpointer
run (gpointer data)
{
  ChatFaultProxy *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

typedef struct
{
  void         (*func) (ChatFaultProxy *self, gpointer data);
  ChatFaultProxy *self;
  gpointer        data;
  gboolean        done;
  GMutex          mutex;
  GCond           cond;
} Call;

static gboolean
on_call (gpointer user_data)
{
  Call *call = user_data;

  call->func (call->self, call->data);
  g_mutex_lock (&call->mutex);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->mutex);
  return G_SOURCE_REMOVE;
}

static void
call_in (ChatFaultProxy *self,
         void          (*func) (ChatFaultProxy *self, gpointer data),
         gpointer        data)
{
  Call call = { .func = func, .self = self, .data = data };
  g_autoptr (GSource) source = g_idle_source_new ();

  g_mutex_init (&call.mutex);
  g_cond_init (&call.cond);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, on_call, &call, NULL);
  g_source_attach (source, self->context);
  g_mutex_lock (&call.mutex);
  while (!call.done)
    g_cond_wait (&call.cond, &call.mutex);
  g_mutex_unlock (&call.mutex);
  g_mutex_clear (&call.mutex);
  g_cond_clear (&call.cond);
}

static GSocketAddress *
parse_target (const char *target)
{
  const char *colon = strrchr (target, ':');
  g_autofree char *host = NULL;
  GSocketAddress *address;

  g_assert_nonnull (colon);
  host = g_strndup (target, colon - target);
  if (host[0] == '[' && strlen (host) > 2)
    {
      host[strlen (host) - 1] = '\0';
      memmove (host, host + 1, strlen (host));
    }
  address = g_inet_socket_address_new_from_string (g_str_equal (host, "localhost") ? "127.0.0.1" : host,
                                                   g_ascii_strtoull (colon + 1, NULL, 10));
  g_assert_nonnull (address);
  return address;
}

ChatFaultProxy *
chat_fault_proxy_new (const char *target)
{
  ChatFaultProxy *self = g_new0 (ChatFaultProxy, 1);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GError) error = NULL;

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->links = g_ptr_array_new_with_free_func (chat_fault_link_free);
  self->armed = g_array_new (FALSE, FALSE, sizeof (ChatFault));
  self->target = parse_target (target);
  self->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (self->listener, FALSE);
  g_socket_bind (self->listener, wanted, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
  got = g_socket_get_local_address (self->listener, &error);
  g_assert_no_error (error);
  self->address = g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got)));
  self->incoming = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->incoming, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (self->incoming, self->context);
  self->thread = g_thread_new ("fault-proxy", run, self);
  return self;
}

static void
do_end (ChatFaultProxy *self,
        gpointer        data)
{
  while (self->links->len > 0)
    chat_fault_link_reset (self->links->pdata[0]);
  chat_fault_clear_source (&self->incoming);
  g_main_loop_quit (self->loop);
}

void
chat_fault_proxy_free (ChatFaultProxy *self)
{
  call_in (self, do_end, NULL);
  g_thread_join (self->thread);
  g_socket_close (self->listener, NULL);
  g_object_unref (self->listener);
  g_object_unref (self->target);
  g_ptr_array_unref (self->links);
  g_array_unref (self->armed);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->address);
  g_free (self);
}

const char *
chat_fault_proxy_get_address (ChatFaultProxy *self)
{
  return self->address;
}

static void
do_set_target (ChatFaultProxy *self,
               gpointer        data)
{
  g_object_unref (self->target);
  self->target = parse_target (data);
}

void
chat_fault_proxy_set_target (ChatFaultProxy *self,
                             const char     *target)
{
  call_in (self, do_set_target, (gpointer) target);
}

static void
do_set_door (ChatFaultProxy *self,
             gpointer        data)
{
  self->door = GPOINTER_TO_UINT (data);
}

void
chat_fault_proxy_set_door (ChatFaultProxy *self,
                           ChatFaultDoor   door)
{
  call_in (self, do_set_door, GUINT_TO_POINTER (door));
}

static void
do_arm (ChatFaultProxy *self,
        gpointer        data)
{
  g_array_append_vals (self->armed, data, 1);
}

void
chat_fault_proxy_arm (ChatFaultProxy  *self,
                      const ChatFault *fault)
{
  call_in (self, do_arm, (gpointer) fault);
}

typedef struct
{
  const ChatFault *fault;
  guint            n;
} Strike;

static void
do_strike (ChatFaultProxy *self,
           gpointer        data)
{
  Strike *strike = data;

  strike->n = self->links->len;
  /* From the end: one that is over takes itself out, and the last one its place */
  for (guint i = self->links->len; i > 0; i--)
    {
      ChatFaultLink *link = self->links->pdata[i - 1];
      ChatFaultPipe *pipe = &link->pipes[strike->fault->direction];
      ChatFault fault = *strike->fault;

      fault.at += pipe->position;
      if (link->finishing)
        continue;
      chat_fault_pipe_add (pipe, &fault);
      if (link->connecting == NULL)
        chat_fault_pipe_pump (pipe);
    }
}

guint
chat_fault_proxy_strike (ChatFaultProxy  *self,
                         const ChatFault *fault)
{
  Strike strike = { .fault = fault };

  call_in (self, do_strike, &strike);
  return strike.n;
}

typedef struct
{
  guint32 seed;
  guint   kinds;
  guint   within;
} Chance;

static void
do_set_random (ChatFaultProxy *self,
               gpointer        data)
{
  const Chance *chance = data;

  self->seed = chance->seed;
  self->kinds = chance->kinds;
  self->within = MAX (chance->within, 1);
}

void
chat_fault_proxy_set_random (ChatFaultProxy *self,
                             guint32         seed,
                             guint           kinds,
                             guint           within)
{
  Chance chance = { seed, kinds & ((1u << CHAT_FAULT_N_KINDS) - 1), within };

  if (chance.kinds != 0)
    g_message ("Faults at random on %s: seed %u, kinds 0x%x, within %u bytes", self->address, seed, chance.kinds, within);
  call_in (self, do_set_random, &chance);
}

void
chat_fault_proxy_draw (guint32    seed,
                       guint      kinds,
                       guint      within,
                       guint      nth,
                       ChatFault *fault)
{
  guint32 parts[] = { seed, nth };
  g_autoptr (GRand) rand = g_rand_new_with_seed_array (parts, G_N_ELEMENTS (parts));
  guint choice[CHAT_FAULT_N_KINDS], n = 0;

  g_return_if_fail (kinds != 0 && within > 0);

  for (guint i = 0; i < CHAT_FAULT_N_KINDS; i++)
    if (kinds & (1u << i))
      choice[n++] = i;
  fault->kind = choice[g_rand_int_range (rand, 0, n)];
  fault->direction = g_rand_boolean (rand) ? CHAT_FAULT_DOWN : CHAT_FAULT_UP;
  fault->at = g_rand_int_range (rand, 0, within);
  fault->count = 1 + g_rand_int_range (rand, 0, 200);
  fault->ms = fault->kind == CHAT_FAULT_DRIBBLE ? 0 : g_rand_int_range (rand, 1, 200);
}

static void
do_calm (ChatFaultProxy *self,
         gpointer        data)
{
  self->kinds = 0;
  self->door = CHAT_FAULT_OPEN;
  g_array_set_size (self->armed, 0);
  for (guint i = self->links->len; i > 0; i--)
    {
      ChatFaultLink *link = self->links->pdata[i - 1];
      gboolean swallows = link->pipes[0].swallows || link->pipes[1].swallows;

      if (swallows)
        {
          chat_fault_link_reset (link);
          continue;
        }
      for (guint j = 0; j < 2; j++)
        {
          ChatFaultPipe *pipe = &link->pipes[j];

          g_array_set_size (pipe->faults, 0);
          pipe->not_before = 0;
          pipe->dribble = pipe->n_delays = pipe->drop = 0;
        }
      /* Only when both are calm: the first may be the end of the link */
      for (guint j = 0; j < 2 && link->connecting == NULL; j++)
        if (i <= self->links->len && self->links->pdata[i - 1] == link)
          chat_fault_pipe_pump (&link->pipes[j]);
    }
}

void
chat_fault_proxy_calm (ChatFaultProxy *self)
{
  call_in (self, do_calm, NULL);
}

typedef struct
{
  guint n_links;
  guint n_open;
  guint n_struck[CHAT_FAULT_N_KINDS];
} Counts;

static void
do_count (ChatFaultProxy *self,
          gpointer        data)
{
  Counts *counts = data;

  counts->n_links = self->n_links;
  counts->n_open = self->links->len;
  memcpy (counts->n_struck, self->n_struck, sizeof counts->n_struck);
}

guint
chat_fault_proxy_get_n_links (ChatFaultProxy *self,
                              guint          *n_open)
{
  Counts counts;

  call_in (self, do_count, &counts);
  if (n_open != NULL)
    *n_open = counts.n_open;
  return counts.n_links;
}

guint
chat_fault_proxy_get_n_struck (ChatFaultProxy *self,
                               ChatFaultKind   kind)
{
  Counts counts;

  g_return_val_if_fail (kind < CHAT_FAULT_N_KINDS, 0);

  call_in (self, do_count, &counts);
  return counts.n_struck[kind];
}
