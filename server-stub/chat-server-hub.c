/* chat-server-hub.c: what all connections of a server share, and who is on line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-hub.h"

#include "chat-server-peer.h"
#include "chat-server-presence.h"

void
chat_server_hub_init (ChatServerHub *self)
{
  self->users = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->anonymous = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->login_accounts = chat_server_meter_new (CHAT_SERVER_LOGIN_ACCOUNT_BURST, CHAT_SERVER_LOGIN_ACCOUNT_RATE);
  self->login_addresses = chat_server_meter_new (CHAT_SERVER_LOGIN_ADDRESS_BURST, CHAT_SERVER_LOGIN_ADDRESS_RATE);
  self->signups = chat_server_meter_new (CHAT_SERVER_SIGNUP_BURST, CHAT_SERVER_SIGNUP_RATE);
  self->revoked = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  chat_server_presence_init (self);
  self->turns = chat_server_turns_new (CHAT_SERVER_HASHING);
}

void
chat_server_hub_clear (ChatServerHub *self)
{
  g_return_if_fail (self->n_peers == 0 && self->n_hashing == 0);

  chat_server_presence_clear (self);
  g_clear_pointer (&self->turns, chat_server_turns_free);
  g_clear_pointer (&self->revoked, g_hash_table_unref);
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

gboolean
chat_server_hub_count_large (ChatServerHub  *self,
                             ChatServerPeer *peer,
                             gboolean        is_large)
{
  if (peer->is_large == is_large)
    return TRUE;
  peer->is_large = is_large;
  if (is_large)
    self->n_large++;
  else
    self->n_large--;
  return !is_large || self->no_rate_limit || self->n_large <= CHAT_SERVER_MAX_LARGE_ANONYMOUS;
}

/* Who is */

/* Not the newcomer, who may be the owner of the account, locked out by what others or a broken program left open */
static void
end_most_silent (ChatServerUser *user,
                 ChatServerPeer *newcomer)
{
  g_autoptr (GError) error = g_error_new_literal (CHAT_ERROR, CHAT_ERROR_RATE_LIMITED, "Too many connections of one user");
  ChatServerPeer *silent = NULL;
  gint64 since = G_MAXINT64;

  for (ChatServerPeer *peer = user->peers; peer != NULL; peer = peer->user_next)
    {
      gint64 last = peer != newcomer ? chat_connection_get_last_object (peer->connection) : G_MAXINT64;

      if (last < since)
        {
          since = last;
          silent = peer;
        }
    }
  if (silent != NULL)
    chat_server_peer_close (silent, error);
}

void
chat_server_hub_bind (ChatServerHub  *self,
                      ChatServerPeer *peer,
                      gint64          user_id,
                      const char     *name,
                      guint           prefs)
{
  ChatServerUser *user = g_hash_table_lookup (self->users, &user_id);

  g_return_if_fail (peer->user == NULL);

  if (user == NULL)
    {
      user = g_new0 (ChatServerUser, 1);
      user->id = user_id;
      user->name = g_strdup (name);
      user->prefs = prefs;      /* what is known of who is here already is never older */
      g_hash_table_insert (self->users, &user->id, user);
    }
  peer->user = user;
  peer->user_next = user->peers;
  peer->user_previous = NULL;
  if (user->peers != NULL)
    user->peers->user_previous = peer;
  user->peers = peer;
  user->n_peers++;
  if (!self->no_rate_limit && user->n_peers > CHAT_SERVER_MAX_USER_CONNECTIONS)
    end_most_silent (user, peer);
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
  user->n_peers--;
  if (user->peers == NULL)
    {
      g_hash_table_remove (self->users, &user->id);
      chat_server_presence_went (self, user);
      g_clear_pointer (&user->typing, g_hash_table_unref);
      g_free (user->name);
      g_free (user);
    }
}

typedef struct
{
  gint64 user_id;
  gint64 number;
} Revoked;

void
chat_server_hub_revoke (ChatServerHub *self,
                        gint64         user_id)
{
  Revoked *revoked = g_new (Revoked, 1);

  revoked->user_id = user_id;
  revoked->number = ++self->n_revocations;
  g_hash_table_replace (self->revoked, &revoked->user_id, revoked);
}

gboolean
chat_server_hub_is_revoked (ChatServerHub *self,
                            gint64         user_id,
                            gint64         since)
{
  const Revoked *revoked = g_hash_table_lookup (self->revoked, &user_id);

  return revoked != NULL && revoked->number > since;
}

void
chat_server_hub_push (ChatServerHub        *self,
                      const ChatServerPush *push)
{
  GBytes *lines[CHAT_SERVER_N_VARIANTS] = { NULL };

  for (guint i = 0; i < push->n_user_ids; i++)
    {
      gint64 user_id = push->user_ids[i];
      ChatServerUser *user = user_id != push->except_id ? g_hash_table_lookup (self->users, &user_id) : NULL;
      gboolean is_own = user_id == push->own_id;

      for (ChatServerPeer *peer = user != NULL ? user->peers : NULL; peer != NULL; peer = peer->user_next)
        {
          ChatServerVariants variant = 0;

          if (peer == push->except || (push->any_of != 0 && (peer->features & push->any_of) == 0))
            continue;
          if (is_own && (peer->features & push->own_feature) == push->own_feature)
            variant |= CHAT_SERVER_VARIANT_OWN;
          if (push->seq != 0 && (peer->features & CHAT_FEATURE_SYNC) != 0)
            variant |= CHAT_SERVER_VARIANT_SYNC;
          if (push->has_file && (peer->features & CHAT_FEATURE_MEDIA) != 0)
            variant |= CHAT_SERVER_VARIANT_MEDIA;
          if (lines[variant] == NULL)
            lines[variant] = push->line (push->data, variant);
          if (lines[variant] != NULL)
            chat_server_peer_push (peer, lines[variant], push->seq, push->is_fleeting);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_clear_pointer (&lines[i], g_bytes_unref);
}

/* Passwords */

static void
on_turn (ChatServerTicket *ticket,
         gpointer          user_data)
{
  ChatServerRequest *request = user_data;

  request->ticket = ticket;
  request->peer->hub->n_hashing++;
  request->hash (request);
}

gboolean
chat_server_hub_enter_hashing (ChatServerHub     *self,
                               ChatServerRequest *request,
                               const char        *account,
                               ChatServerHash     hash)
{
  if (!self->no_rate_limit && chat_server_turns_is_crowded (self->turns, request->peer->address, account))
    return FALSE;
  request->hash = hash;
  chat_server_turns_enter (self->turns, request->peer->address, account, on_turn, request);
  return TRUE;
}

void
chat_server_hub_leave_hashing (ChatServerHub    *self,
                               ChatServerTicket *ticket)
{
  self->n_hashing--;
  if (ticket != NULL)
    chat_server_turns_leave (self->turns, ticket);
  if (self->changed != NULL)
    self->changed (self->user_data);
}
