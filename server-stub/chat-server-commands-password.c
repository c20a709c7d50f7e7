/* chat-server-commands-password.c: the change of the password, and the end of other log-ins
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-limits.h"
#include "chat-server-peer.h"

void
chat_server_end_connections (ChatServerHub  *hub,
                             gint64          user_id,
                             gint64          token_id,
                             ChatServerPeer *asker)
{
  ChatServerUser *user = g_hash_table_lookup (hub->users, &user_id);
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_server_peer_unref);

  for (ChatServerPeer *peer = user != NULL ? user->peers : NULL; peer != NULL; peer = peer->user_next)
    if (peer != asker && (token_id == 0 || peer->token_id == token_id))
      g_ptr_array_add (ended, chat_server_peer_ref (peer));
  for (guint i = 0; i < ended->len; i++)
    chat_server_peer_close (ended->pdata[i], NULL);
}

/* Both commands end so: only this connection is left, and log-ins that are under way are not to succeed */
static void
on_others_ended (ChatStorageJob *job,
                 gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  chat_server_hub_revoke (peer->hub, peer->user_id);
  chat_server_end_connections (peer->hub, peer->user_id, 0, peer);
  chat_server_request_answer (request, chat_server_request_new_answer (request));
}

void
chat_server_command_revoke_others (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_REMOVE_TOKENS, on_others_ended, request);

  job->user_id = request->peer->user_id;
  job->token_id = request->peer->token_id;
  chat_server_request_submit (request, job);
}

/* The user as it is kept; then the old password and the new one, by the hasher; then both changes in one */

typedef struct
{
  char *secret;         /* the hash that the old one was checked against */
  char *folded;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  chat_server_secret_free (change->secret);
  g_free (change->folded);
  g_free (change);
}

static void
on_hashed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  ChatServerHub *hub = peer->hub;
  ChatServerTicket *ticket = g_steal_pointer (&request->ticket);
  Change *change = request->data;
  g_autoptr (GError) error = NULL;
  char *secret = chat_server_hasher_hash_finish (CHAT_SERVER_HASHER (source), result, &error);

  if (secret == NULL)
    {
      g_warning ("A password was not hashed: %s", error->message);
      chat_server_request_fail_by_status (request, CHAT_STATUS_ERROR);
    }
  else
    {
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_CHANGE_SECRET, on_others_ended, request);

      job->user_id = peer->user_id;
      job->secret = secret;
      job->text = g_strdup (change->secret);
      job->token_id = peer->token_id;
      chat_server_request_submit (request, job);
    }
  chat_server_hub_leave_hashing (hub, ticket);
}

static void
on_verified (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerHub *hub = request->peer->hub;
  ChatServerTicket *ticket = request->ticket;
  Change *change = request->data;
  g_autoptr (GError) error = NULL;
  gboolean matches = FALSE;

  if (!chat_server_hasher_verify_finish (CHAT_SERVER_HASHER (source), result, &matches, NULL, &error))
    {
      g_warning ("A password was not checked: %s", error->message);
      if (!chat_server_request_is_gone (request))
        chat_server_request_fail_by_status (request, CHAT_STATUS_ERROR);
    }
  else if (!chat_server_request_is_gone (request))
    {
      if (matches)
        {
          if (!hub->no_rate_limit)
            chat_server_meter_refund (hub->login_accounts, change->folded, 1);
          /* In the same turn: it goes on hashing */
          chat_server_hasher_hash_async (hub->hasher, chat_packet_get_string (request->packet, CHAT_FIELD_NEW_PASS), NULL,
                                         on_hashed, request);
          return;
        }
      chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_PASS);
    }
  chat_server_hub_leave_hashing (hub, ticket);
}

static void
verify_password (ChatServerRequest *request)
{
  ChatServerHub *hub = request->peer->hub;
  ChatServerTicket *ticket = request->ticket;
  Change *change = request->data;

  if (chat_server_request_is_gone (request))
    {
      chat_server_hub_leave_hashing (hub, ticket);
      return;
    }
  chat_server_hasher_verify_async (hub->hasher, chat_packet_get_string (request->packet, CHAT_FIELD_PASS), change->secret, NULL,
                                   on_verified, request);
}

static void
on_user_found (ChatStorageJob *job,
               gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerHub *hub = request->peer->hub;
  Change *change = request->data;

  if (chat_server_request_is_gone (request))
    return;
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  change->secret = g_steal_pointer (&job->secret);
  if (chat_server_hub_enter_hashing (hub, request, change->folded, verify_password))
    return;
  if (!hub->no_rate_limit)
    chat_server_meter_refund (hub->login_accounts, change->folded, 1);
  chat_server_request_limit (request, CHAT_SERVER_HASHING_PAUSE_S, "Too many attempts with a password at once");
}

void
chat_server_command_change_password (ChatServerRequest *request)
{
  ChatServerPeer *peer = request->peer;
  ChatServerHub *hub = peer->hub;
  Change *change;
  ChatStorageJob *job;
  guint wait = 0;

  if (!chat_password_is_valid (chat_packet_get_string (request->packet, CHAT_FIELD_NEW_PASS)))
    {
      ChatPacket *answer = chat_server_request_new_answer (request);

      chat_packet_set_status (answer, CHAT_STATUS_BAD_REQUEST);
      chat_packet_set_string (answer, CHAT_FIELD_REASON, "PASSWORD");
      chat_packet_set_string (answer, CHAT_FIELD_ERROR, "A password is 8 to 1,024 bytes");
      chat_server_request_answer (request, answer);
      return;
    }
  change = g_new0 (Change, 1);
  change->folded = chat_login_fold (peer->name);
  request->data = change;
  request->free_data = change_free;
  if (!hub->no_rate_limit)
    wait = chat_server_meter_take (hub->login_accounts, change->folded, 1, chat_server_poller_get_now (hub->poller));
  if (wait > 0)
    {
      chat_server_request_limit (request, wait, "Too many attempts with a password");
      return;
    }
  /* What can be nobody's password need not be hashed */
  if (!chat_password_is_valid (chat_packet_get_string (request->packet, CHAT_FIELD_PASS)))
    {
      chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_PASS);
      return;
    }
  job = chat_storage_job_new (CHAT_STORAGE_FIND_USER, on_user_found, request);
  job->name = g_strdup (peer->name);
  chat_server_request_submit (request, job);
}
