/* chat-server-turns.c: who may hash a password next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-turns.h"

#include "chat-server-limits.h"

/* Those who wait for one account, at one address */
typedef struct
{
  char   *account;
  GQueue  tickets;
} Place;

/* Those who wait at one address: one place for each account, the next one first */
typedef struct
{
  char       *address;
  GHashTable *by_account;       /* of the places */
  GQueue      places;
  guint       n_waiting;
} Line;

struct _ChatServerTicket
{
  char           *account;
  ChatServerTurn  turn;
  gpointer        user_data;
};

struct _ChatServerTurns
{
  GHashTable *by_address;       /* of the lines */
  GQueue      lines;            /* the next one first; each has somebody waiting */
  GHashTable *running;          /* the accounts that have a turn */
  guint       max_running;
  gboolean    is_handing_out;
};

static void
place_free (Place *place)
{
  g_free (place->account);
  g_free (place);
}

static void
line_free (Line *line)
{
  g_hash_table_unref (line->by_account);
  g_free (line->address);
  g_free (line);
}

static void
ticket_free (ChatServerTicket *ticket)
{
  g_free (ticket->account);
  g_free (ticket);
}

ChatServerTurns *
chat_server_turns_new (guint max_running)
{
  ChatServerTurns *self = g_new0 (ChatServerTurns, 1);

  self->by_address = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) line_free);
  self->running = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->lines);
  self->max_running = max_running;
  return self;
}

void
chat_server_turns_free (ChatServerTurns *self)
{
  g_return_if_fail (chat_server_turns_is_idle (self));

  g_hash_table_unref (self->by_address);
  g_hash_table_unref (self->running);
  g_free (self);
}

gboolean
chat_server_turns_is_idle (ChatServerTurns *self)
{
  return g_hash_table_size (self->running) == 0;
}

gboolean
chat_server_turns_is_crowded (ChatServerTurns *self,
                              const char      *address,
                              const char      *account)
{
  Line *line = g_hash_table_lookup (self->by_address, address);
  Place *place = line != NULL ? g_hash_table_lookup (line->by_account, account) : NULL;

  return (line != NULL && line->n_waiting >= CHAT_SERVER_HASHING_ADDRESS) ||
         (place != NULL && place->tickets.length >= CHAT_SERVER_HASHING_ACCOUNT);
}

/* Takes the next one whose account has no turn, and moves the account and the address behind the others. At most as many are
 * passed over as have a turn. */
static ChatServerTicket *
take_next (ChatServerTurns *self)
{
  for (GList *i = self->lines.head; i != NULL; i = i->next)
    {
      Line *line = i->data;

      for (GList *j = line->places.head; j != NULL; j = j->next)
        {
          Place *place = j->data;
          ChatServerTicket *ticket;

          if (g_hash_table_contains (self->running, place->account))
            continue;
          ticket = g_queue_pop_head (&place->tickets);
          g_queue_delete_link (&line->places, j);
          if (place->tickets.length > 0)
            g_queue_push_tail (&line->places, place);
          else
            g_hash_table_remove (line->by_account, place->account);
          g_queue_delete_link (&self->lines, i);
          if (--line->n_waiting > 0)
            g_queue_push_tail (&self->lines, line);
          else
            g_hash_table_remove (self->by_address, line->address);
          return ticket;
        }
    }
  return NULL;
}

static void
run_next (ChatServerTurns *self)
{
  ChatServerTicket *ticket;

  /* A turn may end at once; the loop below goes on then, and not deeper */
  if (self->is_handing_out)
    return;
  self->is_handing_out = TRUE;
  while (g_hash_table_size (self->running) < self->max_running && (ticket = take_next (self)) != NULL)
    {
      g_hash_table_add (self->running, ticket->account);
      ticket->turn (ticket, ticket->user_data);
    }
  self->is_handing_out = FALSE;
}

void
chat_server_turns_enter (ChatServerTurns *self,
                         const char      *address,
                         const char      *account,
                         ChatServerTurn   turn,
                         gpointer         user_data)
{
  ChatServerTicket *ticket = g_new (ChatServerTicket, 1);
  Line *line = g_hash_table_lookup (self->by_address, address);
  Place *place;

  ticket->account = g_strdup (account);
  ticket->turn = turn;
  ticket->user_data = user_data;
  if (line == NULL)
    {
      line = g_new0 (Line, 1);
      line->address = g_strdup (address);
      line->by_account = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) place_free);
      g_hash_table_insert (self->by_address, line->address, line);
      g_queue_push_tail (&self->lines, line);
    }
  place = g_hash_table_lookup (line->by_account, account);
  if (place == NULL)
    {
      place = g_new0 (Place, 1);
      place->account = g_strdup (account);
      g_hash_table_insert (line->by_account, place->account, place);
      g_queue_push_tail (&line->places, place);
    }
  g_queue_push_tail (&place->tickets, ticket);
  line->n_waiting++;
  run_next (self);
}

void
chat_server_turns_leave (ChatServerTurns  *self,
                         ChatServerTicket *ticket)
{
  g_hash_table_remove (self->running, ticket->account);
  ticket_free (ticket);
  run_next (self);
}
