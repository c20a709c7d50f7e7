/* chat-server-commands-account.c: sign-up, log-in, tokens, finding people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-limits.h"
#include "chat-server-peer.h"

/* Log-in: the user; then the password, by the hasher, or the token, by the storage; then a new token, if one was asked for */

typedef struct
{
  gint64    user_id;
  char     *name;             /* as written */
  char     *folded;
  char     *secret;           /* the hash of the password */
  char     *token;            /* the new one */
  gint64    token_id;
  gint64    began;            /* the number of the last revocation then */
  guint     prefs;
  gboolean  by_account;       /* the attempt was counted by account too */
} Login;

static void
login_free (gpointer data)
{
  Login *login = data;

  g_free (login->name);
  g_free (login->folded);
  chat_server_secret_free (login->secret);
  chat_server_secret_free (login->token);
  g_free (login);
}

/* Everybody may fail a few times; who succeeds did not fail */
static guint
count_attempt (ChatServerRequest *request,
               Login             *login)
{
  ChatServerHub *hub = request->peer->hub;
  gint64 now = chat_server_poller_get_now (hub->poller);
  guint wait;

  if (hub->no_rate_limit)
    return 0;
  wait = chat_server_meter_take (hub->login_addresses, request->peer->address, 1, now);
  if (wait > 0 || !login->by_account)
    return wait;
  wait = chat_server_meter_take (hub->login_accounts, login->folded, 1, now);
  if (wait > 0)
    chat_server_meter_refund (hub->login_addresses, request->peer->address, 1);
  return wait;
}

static void
forgive_attempt (ChatServerRequest *request,
                 Login             *login)
{
  ChatServerHub *hub = request->peer->hub;

  if (hub->no_rate_limit)
    return;
  chat_server_meter_refund (hub->login_addresses, request->peer->address, 1);
  if (login->by_account)
    chat_server_meter_refund (hub->login_accounts, login->folded, 1);
}

static void
on_stillborn_removed (ChatStorageJob *job,
                      gpointer        user_data)
{
  if (job->status != CHAT_STATUS_SUCCESS && job->status != CHAT_STATUS_FORBIDDEN)
    g_warning ("A token that was never given out was not removed");
}

/* All log-ins were revoked while this one was under way: whatever it proved does not count any more */
static void
login_revoked (ChatServerRequest *request)
{
  Login *login = request->data;

  if (login->token != NULL)
    {
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_REMOVE_TOKEN, on_stillborn_removed, NULL);

      job->user_id = login->user_id;
      job->token_id = login->token_id;
      chat_server_storage_submit (request->peer->hub->storage, job);
    }
  chat_server_request_fail (request, CHAT_STATUS_ERROR, "All log-ins of this user were revoked meanwhile");
}

static void
login_succeed (ChatServerRequest *request)
{
  Login *login = request->data;
  ChatServerPeer *peer = request->peer;
  ChatFeatures features = 0;
  gboolean has_features = chat_packet_has (request->packet, CHAT_FIELD_FEATURES);
  ChatPacket *answer;

  forgive_attempt (request, login);
  if (chat_server_hub_is_revoked (peer->hub, login->user_id, login->began))
    {
      login_revoked (request);
      return;
    }
  if (has_features)
    features = chat_packet_get_features (request->packet) & CHAT_FEATURES_ALL;
  if (peer->hub->media == NULL)
    features &= ~CHAT_FEATURE_MEDIA;
  chat_server_peer_log_in (peer, login->user_id, login->name, login->prefs, features, login->token_id);
  if (chat_server_request_is_gone (request))
    return;

  answer = chat_server_request_new_answer (request);
  chat_packet_set_status (answer, CHAT_STATUS_LOGIN_OK);
  if (has_features)
    {
      chat_packet_set_string (answer, CHAT_FIELD_LOGIN, login->name);
      chat_packet_set_features (answer, features);
    }
  if (login->token != NULL)
    chat_packet_set_string (answer, CHAT_FIELD_TOKEN, login->token);
  if (features & CHAT_FEATURE_MEDIA)
    {
      g_autofree char *media_url = chat_server_peer_dup_media_url (peer);

      chat_packet_set_string (answer, CHAT_FIELD_MEDIA_URL, media_url);
      chat_packet_set_integer (answer, CHAT_FIELD_MEDIA_LIMIT, chat_server_media_get_limit (peer->hub->media));
    }
  chat_server_request_answer (request, answer);
}

static void
on_token_added (ChatStorageJob *job,
                gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  Login *login = request->data;

  if (chat_server_request_is_gone (request))
    return;
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  login->token_id = job->token_id;
  login_succeed (request);
}

static void
login_authenticated (ChatServerRequest *request)
{
  Login *login = request->data;
  const char *device = chat_packet_get_string (request->packet, CHAT_FIELD_DEVICE);
  ChatStorageJob *job;

  if (device == NULL)
    {
      login_succeed (request);
      return;
    }
  login->token = chat_server_token_new ();
  job = chat_storage_job_new (CHAT_STORAGE_ADD_TOKEN, on_token_added, request);
  job->user_id = login->user_id;
  job->name = g_strdup (device);
  job->secret = chat_server_token_hash (login->token);
  chat_server_request_submit (request, job);
}

static void
on_token_used (ChatStorageJob *job,
               gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  Login *login = request->data;

  if (chat_server_request_is_gone (request))
    return;
  if (job->status == CHAT_STATUS_SUCCESS && job->user_id == login->user_id)
    {
      login->token_id = job->token_id;
      login_authenticated (request);
    }
  else if (job->status == CHAT_STATUS_SUCCESS || job->status == CHAT_STATUS_LOGIN_WRONG_PASS)
    chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_PASS);
  else
    chat_server_request_fail_by_job (request, job);
}

/* A password that was hashed at another cost is hashed anew, beside everything else: nobody waits for it */

typedef struct
{
  ChatServerHub *hub;
  gint64         user_id;
  char          *secret;      /* what it was checked against */
} Rehash;

static void
rehash_free (Rehash *rehash)
{
  chat_server_secret_free (rehash->secret);
  g_free (rehash);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rehash, rehash_free)

static void
on_secret_set (ChatStorageJob *job,
               gpointer        user_data)
{
  /* LOGIN_WRONG_PASS: the password was changed meanwhile */
  if (job->status != CHAT_STATUS_SUCCESS && job->status != CHAT_STATUS_LOGIN_WRONG_PASS)
    g_warning ("The new hash of a password was not kept");
}

static void
on_rehashed (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Rehash) rehash = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = chat_server_hasher_hash_finish (CHAT_SERVER_HASHER (source), result, &error);

  if (secret != NULL)
    {
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_SET_SECRET, on_secret_set, NULL);

      job->user_id = rehash->user_id;
      job->secret = secret;
      job->text = g_strdup (rehash->secret);
      chat_server_storage_submit (rehash->hub->storage, job);
    }
  chat_server_hub_leave_hashing (rehash->hub, NULL);
}

static void
on_verified (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerHub *hub = request->peer->hub;
  ChatServerTicket *ticket = g_steal_pointer (&request->ticket);
  Login *login = request->data;
  g_autoptr (GError) error = NULL;
  gboolean matches = FALSE;
  gboolean needs_rehash = FALSE;
  gboolean done;

  done = chat_server_hasher_verify_finish (CHAT_SERVER_HASHER (source), result, &matches, &needs_rehash, &error);
  /* Never down to the cost of tests */
  if (done && needs_rehash && chat_server_hasher_get_cost (hub->hasher) == CHAT_SERVER_HASH_COST_NORMAL)
    {
      Rehash *rehash = g_new (Rehash, 1);

      rehash->hub = hub;
      rehash->user_id = login->user_id;
      rehash->secret = g_strdup (login->secret);
      hub->n_hashing++;
      chat_server_hasher_hash_async (hub->hasher, chat_packet_get_string (request->packet, CHAT_FIELD_PASS), NULL,
                                     on_rehashed, rehash);
    }
  if (!chat_server_request_is_gone (request))
    {
      if (!done)
        {
          g_warning ("A password was not checked: %s", error->message);
          chat_server_request_fail_by_status (request, CHAT_STATUS_ERROR);
        }
      else if (matches)
        login_authenticated (request);
      else
        chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_PASS);
    }
  chat_server_hub_leave_hashing (hub, ticket);
}

static void
verify_password (ChatServerRequest *request)
{
  ChatServerHub *hub = request->peer->hub;
  ChatServerTicket *ticket = request->ticket;
  Login *login = request->data;

  if (chat_server_request_is_gone (request))
    {
      chat_server_hub_leave_hashing (hub, ticket);
      return;
    }
  chat_server_hasher_verify_async (hub->hasher, chat_packet_get_string (request->packet, CHAT_FIELD_PASS),
                                   login->secret, NULL, on_verified, request);
}

static void
on_user_found (ChatStorageJob *job,
               gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  Login *login = request->data;
  const char *token = chat_packet_get_string (request->packet, CHAT_FIELD_TOKEN);
  const char *password = chat_packet_get_string (request->packet, CHAT_FIELD_PASS);
  ChatStorageJob *next;

  if (chat_server_request_is_gone (request))
    return;
  if (job->status == CHAT_STATUS_USER_DOES_NOT_EXIST)
    {
      chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_USER);
      return;
    }
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  login->user_id = job->user_id;
  login->name = g_steal_pointer (&job->name);
  login->prefs = job->prefs;
  login->secret = g_steal_pointer (&job->secret);

  if (token == NULL)
    {
      /* What can be nobody's password need not be hashed */
      if (!chat_password_is_valid (password))
        {
          chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_PASS);
        }
      else if (!chat_server_hub_enter_hashing (request->peer->hub, request, login->folded, verify_password))
        {
          forgive_attempt (request, login);
          chat_server_request_limit (request, CHAT_SERVER_HASHING_PAUSE_S, "Too many attempts to log in at once");
        }
      return;
    }
  if (*token == '\0' || strlen (token) > CHAT_MAX_TOKEN_SIZE)
    {
      chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_PASS);
      return;
    }
  next = chat_storage_job_new (CHAT_STORAGE_USE_TOKEN, on_token_used, request);
  next->secret = chat_server_token_hash (token);
  chat_server_request_submit (request, next);
}

void
chat_server_command_login (ChatServerRequest *request)
{
  ChatServerPeer *peer = request->peer;
  const char *name = chat_packet_get_string (request->packet, CHAT_FIELD_LOGIN);
  ChatStorageJob *job;
  Login *login;
  guint wait;

  if (!chat_login_is_valid (name))
    {
      chat_server_request_fail_by_status (request, CHAT_STATUS_LOGIN_WRONG_USER);
      return;
    }
  /* Whatever the password: a connection never changes hands */
  if (peer->user != NULL && g_ascii_strcasecmp (peer->name, name) != 0)
    {
      chat_server_request_fail (request, CHAT_STATUS_FORBIDDEN, "This connection is logged in as another user");
      return;
    }

  login = g_new0 (Login, 1);
  login->folded = chat_login_fold (name);
  login->began = peer->hub->n_revocations;
  login->by_account = !chat_packet_has (request->packet, CHAT_FIELD_TOKEN);
  request->data = login;
  request->free_data = login_free;
  wait = count_attempt (request, login);
  if (wait > 0)
    {
      chat_server_request_limit (request, wait, "Too many attempts to log in");
      return;
    }
  job = chat_storage_job_new (CHAT_STORAGE_FIND_USER, on_user_found, request);
  job->name = g_strdup (name);
  chat_server_request_submit (request, job);
}

/* Sign-up */

static void
on_user_added (ChatStorageJob *job,
               gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatPacket *answer;

  if (job->status == CHAT_STATUS_SIGNUP_USER_EXIST)
    {
      chat_server_request_fail_by_status (request, job->status);
      return;
    }
  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  answer = chat_server_request_new_answer (request);
  chat_packet_set_status (answer, CHAT_STATUS_SIGNUP_OK);
  chat_server_request_answer (request, answer);
}

static void
on_hashed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerHub *hub = request->peer->hub;
  ChatServerTicket *ticket = g_steal_pointer (&request->ticket);
  g_autoptr (GError) error = NULL;
  char *secret = chat_server_hasher_hash_finish (CHAT_SERVER_HASHER (source), result, &error);

  if (secret == NULL)
    {
      g_warning ("A password was not hashed: %s", error->message);
      chat_server_request_fail_by_status (request, CHAT_STATUS_ERROR);
    }
  else
    {
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_ADD_USER, on_user_added, request);

      job->name = g_strdup (chat_packet_get_string (request->packet, CHAT_FIELD_LOGIN));
      job->secret = secret;
      chat_server_request_submit (request, job);
    }
  chat_server_hub_leave_hashing (hub, ticket);
}

static void
hash_password (ChatServerRequest *request)
{
  ChatServerHub *hub = request->peer->hub;
  ChatServerTicket *ticket = request->ticket;

  if (chat_server_request_is_gone (request))
    {
      chat_server_hub_leave_hashing (hub, ticket);
      return;
    }
  chat_server_hasher_hash_async (hub->hasher, chat_packet_get_string (request->packet, CHAT_FIELD_PASS), NULL, on_hashed,
                                 request);
}

static void
on_name_looked_up (ChatStorageJob *job,
                   gpointer        user_data)
{
  ChatServerRequest *request = user_data;

  if (chat_server_request_is_gone (request))
    return;
  if (job->status == CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_status (request, CHAT_STATUS_SIGNUP_USER_EXIST);
    }
  else if (job->status == CHAT_STATUS_USER_DOES_NOT_EXIST)
    {
      g_autofree char *folded = chat_login_fold (chat_packet_get_string (request->packet, CHAT_FIELD_LOGIN));

      if (!chat_server_hub_enter_hashing (request->peer->hub, request, folded, hash_password))
        chat_server_request_limit (request, CHAT_SERVER_HASHING_PAUSE_S, "Too many sign-ups at once");
    }
  else
    {
      chat_server_request_fail_by_job (request, job);
    }
}

static void
signup_refuse (ChatServerRequest *request,
               const char        *reason,
               const char        *text)
{
  ChatPacket *answer = chat_server_request_new_answer (request);

  chat_packet_set_status (answer, CHAT_STATUS_SIGNUP_FAIL);
  chat_packet_set_string (answer, CHAT_FIELD_REASON, reason);
  chat_packet_set_string (answer, CHAT_FIELD_ERROR, text);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_signup (ChatServerRequest *request)
{
  ChatServerHub *hub = request->peer->hub;
  const char *name = chat_packet_get_string (request->packet, CHAT_FIELD_LOGIN);
  ChatStorageJob *job;
  guint wait = 0;

  if (!chat_login_is_valid (name))
    {
      signup_refuse (request, "NAME", "A name is 1 to 64 ASCII letters, digits, \".\", \"_\" or \"-\"");
      return;
    }
  if (!chat_password_is_valid (chat_packet_get_string (request->packet, CHAT_FIELD_PASS)))
    {
      signup_refuse (request, "PASSWORD", "A password is 8 to 1,024 bytes");
      return;
    }
  if (!hub->no_rate_limit)
    wait = chat_server_meter_take (hub->signups, request->peer->address, 1, chat_server_poller_get_now (hub->poller));
  if (wait > 0)
    {
      chat_server_request_limit (request, wait, "Too many sign-ups");
      return;
    }
  /* A name that is taken need not cost a hash; whether it still is free is decided by the storage in the end */
  job = chat_storage_job_new (CHAT_STORAGE_FIND_USER, on_name_looked_up, request);
  job->name = g_strdup (name);
  chat_server_request_submit (request, job);
}

/* Tokens */

static void
on_tokens_listed (ChatStorageJob *job,
                  gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  guint n = job->tokens != NULL ? job->tokens->len : 0;
  g_autofree gint64 *ids = g_new (gint64, n + 1);
  g_autoptr (GPtrArray) devices = g_ptr_array_new ();
  g_autoptr (GPtrArray) created = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) last_used = g_ptr_array_new_with_free_func (g_free);
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      const ChatStorageToken *token = job->tokens->pdata[i];

      ids[i] = token->id;
      g_ptr_array_add (devices, token->device);
      g_ptr_array_add (created, chat_date_format (token->created));
      g_ptr_array_add (last_used, chat_date_format (token->last_used));
    }
  answer = chat_server_request_new_answer (request);
  chat_packet_set_integers (answer, CHAT_FIELD_IDS, ids, n);
  chat_packet_set_strings (answer, CHAT_FIELD_DEVICES, (const char *const *) devices->pdata, n);
  chat_packet_set_strings (answer, CHAT_FIELD_CREATED, (const char *const *) created->pdata, n);
  chat_packet_set_strings (answer, CHAT_FIELD_LAST_USED, (const char *const *) last_used->pdata, n);
  chat_packet_set_integer (answer, CHAT_FIELD_CURRENT, request->peer->token_id);
  chat_server_request_answer (request, answer);
}

void
chat_server_command_tokens (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_LIST_TOKENS, on_tokens_listed, request);

  job->user_id = request->peer->user_id;
  chat_server_request_submit (request, job);
}

static void
on_token_removed (ChatStorageJob *job,
                  gpointer        user_data)
{
  ChatServerRequest *request = user_data;
  ChatServerPeer *peer = request->peer;
  ChatPacket *answer;

  if (job->status != CHAT_STATUS_SUCCESS)
    {
      chat_server_request_fail_by_job (request, job);
      return;
    }
  chat_server_end_connections (peer->hub, peer->user_id, job->token_id, peer);

  answer = chat_server_request_new_answer (request);
  chat_packet_set_integer (answer, CHAT_FIELD_ID, job->token_id);
  chat_server_peer_ref (peer);
  chat_server_request_answer (request, answer);
  if (peer->connection != NULL && peer->token_id == job->token_id)
    chat_server_peer_stop (peer);
  chat_server_peer_unref (peer);
}

void
chat_server_command_revoke_token (ChatServerRequest *request)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_REMOVE_TOKEN, on_token_removed, request);

  job->user_id = request->peer->user_id;
  job->token_id = chat_packet_get_integer (request->packet, CHAT_FIELD_ID, 0);
  chat_server_request_submit (request, job);
}

/* Finding people */

static void
answer_names (ChatServerRequest  *request,
              const char *const  *names)
{
  ChatPacket *answer = chat_server_request_new_answer (request);

  chat_packet_set_strings (answer, CHAT_FIELD_USERS, names, names != NULL ? g_strv_length ((char **) names) : 0);
  chat_server_request_answer (request, answer);
}

static void
on_users_found (ChatStorageJob *job,
                gpointer        user_data)
{
  if (job->status == CHAT_STATUS_SUCCESS)
    answer_names (user_data, (const char *const *) job->names);
  else
    chat_server_request_fail_by_job (user_data, job);
}

void
chat_server_command_search_user (ChatServerRequest *request)
{
  const char *text = chat_packet_get_string (request->packet, CHAT_FIELD_USER);
  ChatStorageJob *job;

  /* No name holds what is longer than any name */
  if (*text == '\0' || strlen (text) > CHAT_MAX_LOGIN_SIZE)
    {
      answer_names (request, NULL);
      return;
    }
  job = chat_storage_job_new (CHAT_STORAGE_SEARCH_USERS, on_users_found, request);
  job->name = g_strdup (text);
  job->user_id = request->peer->user_id;
  job->limit = CHAT_MAX_SEARCH_RESULTS;
  chat_server_request_submit (request, job);
}
