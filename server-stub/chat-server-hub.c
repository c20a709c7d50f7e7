/* chat-server-hub.c: what all connections of a server share, and who is on line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-hub.h"

#include "chat-server-peer.h"

/* Passwords that are with the hasher, whose own queue is bounded; the others wait here, at most one a connection */
#define MAX_HASHING 16

typedef struct
{
  ChatServerRequest *request;
  ChatServerTurn     turn;
} Waiting;

void
chat_server_hub_init (ChatServerHub *self)
{
  self->users = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->anonymous = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->login_accounts = chat_server_meter_new (CHAT_SERVER_LOGIN_ACCOUNT_BURST, CHAT_SERVER_LOGIN_ACCOUNT_RATE);
  self->login_addresses = chat_server_meter_new (CHAT_SERVER_LOGIN_ADDRESS_BURST, CHAT_SERVER_LOGIN_ADDRESS_RATE);
  self->signups = chat_server_meter_new (CHAT_SERVER_SIGNUP_BURST, CHAT_SERVER_SIGNUP_RATE);
  g_queue_init (&self->waiting);
}

void
chat_server_hub_clear (ChatServerHub *self)
{
  g_return_if_fail (self->n_peers == 0 && self->n_hashing == 0);

  g_clear_pointer (&self->users, g_hash_table_unref);
  g_clear_pointer (&self->anonymous, g_hash_table_unref);
  g_clear_pointer (&self->login_accounts, chat_server_meter_free);
  g_clear_pointer (&self->login_addresses, chat_server_meter_free);
  g_clear_pointer (&self->signups, chat_server_meter_free);
  g_clear_object (&self->hasher);
  g_clear_object (&self->storage);
  g_clear_pointer (&self->poller, chat_server_poller_free);
}

/* Who is not logged in */

gboolean
chat_server_hub_count_anonymous (ChatServerHub *self,
                                 const char    *address)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->anonymous, address));

  if (!self->no_rate_limit &&
      (self->n_anonymous >= CHAT_SERVER_MAX_ANONYMOUS || n >= CHAT_SERVER_MAX_ANONYMOUS_ADDRESS))
    return FALSE;
  self->n_anonymous++;
  g_hash_table_insert (self->anonymous, g_strdup (address), GUINT_TO_POINTER (n + 1));
  return TRUE;
}

void
chat_server_hub_uncount_anonymous (ChatServerHub *self,
                                   const char    *address)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->anonymous, address));

  self->n_anonymous--;
  if (n > 1)
    g_hash_table_insert (self->anonymous, g_strdup (address), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->anonymous, address);
}

/* Who is */

void
chat_server_hub_bind (ChatServerHub  *self,
                      ChatServerPeer *peer,
                      gint64          user_id,
                      const char     *name)
{
  ChatServerUser *user = g_hash_table_lookup (self->users, &user_id);

  g_return_if_fail (peer->user == NULL);

  if (user == NULL)
    {
      user = g_new0 (ChatServerUser, 1);
      user->id = user_id;
      user->name = g_strdup (name);
      g_hash_table_insert (self->users, &user->id, user);
    }
  peer->user = user;
  peer->user_next = user->peers;
  peer->user_previous = NULL;
  if (user->peers != NULL)
    user->peers->user_previous = peer;
  user->peers = peer;
}

void
chat_server_hub_unbind (ChatServerHub  *self,
                        ChatServerPeer *peer)
{
  ChatServerUser *user = g_steal_pointer (&peer->user);

  if (user == NULL)
    return;
  if (peer->user_previous != NULL)
    peer->user_previous->user_next = peer->user_next;
  else
    user->peers = peer->user_next;
  if (peer->user_next != NULL)
    peer->user_next->user_previous = peer->user_previous;
  peer->user_next = NULL;
  peer->user_previous = NULL;
  if (user->peers == NULL)
    {
      g_hash_table_remove (self->users, &user->id);
      g_free (user->name);
      g_free (user);
    }
}

void
chat_server_hub_push (ChatServerHub   *self,
                      const gint64    *user_ids,
                      guint            n_user_ids,
                      ChatServerPeer  *except,
                      gint64           own_id,
                      ChatFeatures     own_feature,
                      ChatFeatures     needed,
                      ChatServerLine   line,
                      gconstpointer    data)
{
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) own = NULL;

  for (guint i = 0; i < n_user_ids; i++)
    {
      ChatServerUser *user = g_hash_table_lookup (self->users, &user_ids[i]);
      gboolean is_own = user_ids[i] == own_id;

      for (ChatServerPeer *peer = user != NULL ? user->peers : NULL; peer != NULL; peer = peer->user_next)
        {
          GBytes **variant = is_own && (peer->features & own_feature) == own_feature ? &own : &plain;

          if (peer == except || (peer->features & needed) != needed)
            continue;
          if (*variant == NULL)
            *variant = line (data, variant == &own);
          if (*variant != NULL)
            chat_server_peer_push (peer, *variant);
        }
    }
}

/* Passwords */

void
chat_server_hub_enter_hashing (ChatServerHub     *self,
                               ChatServerRequest *request,
                               ChatServerTurn     turn)
{
  Waiting *waiting;

  if (self->n_hashing < MAX_HASHING)
    {
      self->n_hashing++;
      turn (request);
      return;
    }
  waiting = g_new (Waiting, 1);
  waiting->request = request;
  waiting->turn = turn;
  g_queue_push_tail (&self->waiting, waiting);
}

void
chat_server_hub_leave_hashing (ChatServerHub *self)
{
  Waiting *waiting = g_queue_pop_head (&self->waiting);

  if (waiting != NULL)
    {
      ChatServerRequest *request = waiting->request;
      ChatServerTurn turn = waiting->turn;

      g_free (waiting);
      turn (request);
      return;
    }
  self->n_hashing--;
  if (self->changed != NULL)
    self->changed (self->user_data);
}
