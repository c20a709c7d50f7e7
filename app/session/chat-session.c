/* chat-session.c: one person signed in to one server: what is told of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-files.h"
#include "chat-session-private.h"

#include "chat-connector.h"
#include "chat-secret.h"

enum
{
  PROP_STATE = 1,
  PROP_SERVER,
  PROP_LOGIN,
  PROP_INSECURE,
  PROP_ERROR,
  PROP_RETRY_AT,
  PROP_ABILITIES,
  PROP_ROOMS,
  PROP_SENDS_RECEIPTS,
  PROP_SENDS_TYPING,
  PROP_SENDS_PRESENCE,
  PROP_SETTINGS_WAITING,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  MESSAGE_RECEIVED,
  MESSAGE_DELETED,
  CAUGHT_UP,
  ROOM_REMOVED,
  NOTICE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatSession, chat_session, G_TYPE_OBJECT)
G_DEFINE_ENUM_TYPE (ChatSessionState, chat_session_state,
                    G_DEFINE_ENUM_VALUE (CHAT_SESSION_SIGNED_OUT, "signed-out"),
                    G_DEFINE_ENUM_VALUE (CHAT_SESSION_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (CHAT_SESSION_ONLINE, "online"),
                    G_DEFINE_ENUM_VALUE (CHAT_SESSION_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (CHAT_SESSION_REFUSED, "refused"))

/* Errors */

static int
code_from (const GError *error)
{
  if (error->domain != CHAT_CLIENT_ERROR)
    return CHAT_SESSION_ERROR_FAILED;
  switch ((ChatClientError) error->code)
    {
    case CHAT_CLIENT_ERROR_FORBIDDEN: return CHAT_SESSION_ERROR_FORBIDDEN;
    case CHAT_CLIENT_ERROR_NO_ROOM: return CHAT_SESSION_ERROR_NO_ROOM;
    case CHAT_CLIENT_ERROR_NO_MESSAGE: return CHAT_SESSION_ERROR_NO_MESSAGE;
    case CHAT_CLIENT_ERROR_NO_USER: return CHAT_SESSION_ERROR_NO_USER;
    case CHAT_CLIENT_ERROR_TOO_LARGE: return CHAT_SESSION_ERROR_TOO_LARGE;
    case CHAT_CLIENT_ERROR_RATE_LIMITED: return CHAT_SESSION_ERROR_RATE_LIMITED;
    case CHAT_CLIENT_ERROR_UNSUPPORTED: return CHAT_SESSION_ERROR_UNSUPPORTED;
    case CHAT_CLIENT_ERROR_WRONG_USER: return CHAT_SESSION_ERROR_WRONG_USER;
    case CHAT_CLIENT_ERROR_WRONG_PASSWORD: return CHAT_SESSION_ERROR_WRONG_PASSWORD;
    case CHAT_CLIENT_ERROR_USER_EXISTS: return CHAT_SESSION_ERROR_USER_EXISTS;
    case CHAT_CLIENT_ERROR_UNACCEPTABLE_NAME: return CHAT_SESSION_ERROR_UNACCEPTABLE_NAME;
    case CHAT_CLIENT_ERROR_UNACCEPTABLE_PASSWORD: return CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD;
    case CHAT_CLIENT_ERROR_SIGNUP_FAILED: return CHAT_SESSION_ERROR_SIGNUP_FAILED;
    case CHAT_CLIENT_ERROR_ADDRESS: return CHAT_SESSION_ERROR_ADDRESS;
    case CHAT_CLIENT_ERROR_NO_SUCH_HOST: return CHAT_SESSION_ERROR_NO_SUCH_HOST;
    case CHAT_CLIENT_ERROR_UNREACHABLE: return CHAT_SESSION_ERROR_UNREACHABLE;
    case CHAT_CLIENT_ERROR_TIMED_OUT: return CHAT_SESSION_ERROR_TIMED_OUT;
    case CHAT_CLIENT_ERROR_NO_TLS: return CHAT_SESSION_ERROR_NO_TLS;
    case CHAT_CLIENT_ERROR_CERTIFICATE_UNKNOWN: return CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN;
    case CHAT_CLIENT_ERROR_CERTIFICATE_CHANGED: return CHAT_SESSION_ERROR_CERTIFICATE_CHANGED;
    case CHAT_CLIENT_ERROR_MALFORMED: return CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER;
    case CHAT_CLIENT_ERROR_CLOSED: return CHAT_SESSION_ERROR_OFFLINE;
    case CHAT_CLIENT_ERROR_FAILED:
    case CHAT_CLIENT_ERROR_BAD_REQUEST:
    case CHAT_CLIENT_ERROR_NOT_LOGGED_IN:
    default:
      return CHAT_SESSION_ERROR_FAILED;
    }
}

GError *
chat_session_error_from (const GError *error)
{
  if (error->domain == CHAT_SESSION_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  return chat_session_error_new (code_from (error), chat_client_error_get_retry_after (error), error->message);
}

/* What is told */

void
chat_session_set_state (ChatSession      *self,
                        ChatSessionState  state,
                        const GError     *error,
                        gint64            retry_at)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->error != error
      && (self->error == NULL || error == NULL || !g_error_matches (self->error, error->domain, error->code)))
    {
      g_clear_error (&self->error);
      self->error = error != NULL ? g_error_copy (error) : NULL;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
    }
  if (self->retry_at != retry_at)
    {
      self->retry_at = retry_at;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_AT]);
    }
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
chat_session_set_identity (ChatSession *self,
                           const char  *server,
                           const char  *login,
                           gboolean     insecure)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (self->server, server) != 0)
    {
      g_free (self->server);
      self->server = g_strdup (server);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVER]);
    }
  if (g_strcmp0 (self->login, login) != 0)
    {
      g_free (self->login);
      self->login = g_strdup (login);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOGIN]);
    }
  if (self->insecure != insecure)
    {
      self->insecure = insecure;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INSECURE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
chat_session_set_abilities (ChatSession *self,
                            guint        abilities)
{
  if (self->abilities == abilities)
    return;
  self->abilities = abilities;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ABILITIES]);
}

void
chat_session_set_refused_certificate (ChatSession  *self,
                                      const GError *error,
                                      const char   *server)
{
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->accepted_fingerprint, g_free);
  if (error == NULL || chat_client_error_get_fingerprint (error) == NULL)
    return;
  self->fingerprint = g_strdup (chat_client_error_get_fingerprint (error));
  if (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CERTIFICATE_CHANGED))
    self->accepted_fingerprint = chat_account_dup_pin (self->account, server);
}

void
chat_session_notify_setting (ChatSession        *self,
                             ChatSessionSetting  setting)
{
  static const guint props[] = { PROP_SENDS_RECEIPTS, PROP_SENDS_TYPING, PROP_SENDS_PRESENCE, PROP_SETTINGS_WAITING };

  g_object_notify_by_pspec (G_OBJECT (self), properties[props[setting]]);
}

void
chat_session_emit_received (ChatSession *self,
                            ChatRoom    *room,
                            ChatMessage *message)
{
  g_signal_emit (self, signals[MESSAGE_RECEIVED], 0, room, message);
}

void
chat_session_emit_deleted (ChatSession *self,
                           gint64       room_id,
                           gint64       message_id)
{
  g_signal_emit (self, signals[MESSAGE_DELETED], 0, room_id, message_id);
}

void
chat_session_emit_caught_up (ChatSession *self)
{
  g_signal_emit (self, signals[CAUGHT_UP], 0);
}

void
chat_session_emit_notice (ChatSession *self,
                          const char  *words)
{
  g_signal_emit (self, signals[NOTICE], 0, words);
}

void
chat_session_emit_removed (ChatSession *self,
                           ChatRoom    *room)
{
  g_signal_emit (self, signals[ROOM_REMOVED], 0, room);
}

ChatClient *
chat_session_check_online (ChatSession *self,
                           GTask       *task)
{
  if (self->client != NULL)
    return self->client;
  g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "there is no connection");
  return NULL;
}

gboolean
chat_session_is_own (ChatSession *self,
                     const char  *login)
{
  return self->login != NULL && login != NULL && g_ascii_strcasecmp (self->login, login) == 0;
}

/* Calls that keep nothing alive */

ChatSessionCall *
chat_session_call_new (ChatSession *self,
                       ChatClient  *client,
                       gint64       id,
                       gint64       value)
{
  ChatSessionCall *call = g_new0 (ChatSessionCall, 1);

  g_weak_ref_init (&call->session, self);
  g_weak_ref_init (&call->client, client);
  call->id = id;
  call->value = value;
  return call;
}

void
chat_session_call_free (ChatSessionCall *call)
{
  g_weak_ref_clear (&call->session);
  g_weak_ref_clear (&call->client);
  g_free (call);
}

ChatSession *
chat_session_call_get (ChatSessionCall *call)
{
  ChatSession *self = g_weak_ref_get (&call->session);

  if (self != NULL && self->closed)
    g_clear_object (&self);
  return self;
}

gboolean
chat_session_call_is_current (ChatSessionCall *call,
                              ChatSession     *self)
{
  g_autoptr (ChatClient) client = g_weak_ref_get (&call->client);

  /* One that has just ended fails its requests before it says so: that is the answer to none of them */
  return client != NULL && client == self->client && chat_client_is_open (client);
}

/* The object */

static void
chat_session_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ChatSession *self = CHAT_SESSION (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_SERVER:
      g_value_set_string (value, self->server);
      break;
    case PROP_LOGIN:
      g_value_set_string (value, self->login);
      break;
    case PROP_INSECURE:
      g_value_set_boolean (value, self->insecure);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at);
      break;
    case PROP_ABILITIES:
      g_value_set_uint (value, self->abilities);
      break;
    case PROP_ROOMS:
      g_value_set_object (value, self->rooms);
      break;
    case PROP_SENDS_RECEIPTS:
      g_value_set_boolean (value, chat_session_get_sends_receipts (self));
      break;
    case PROP_SENDS_TYPING:
      g_value_set_boolean (value, chat_session_get_sends_typing (self));
      break;
    case PROP_SENDS_PRESENCE:
      g_value_set_boolean (value, chat_session_get_sends_presence (self));
      break;
    case PROP_SETTINGS_WAITING:
      g_value_set_boolean (value, chat_session_get_settings_waiting (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
chat_session_close (ChatSession *self)
{
  g_return_if_fail (CHAT_IS_SESSION (self));

  if (self->closed)
    return;
  chat_session_cancel_sign_in (self);
  chat_session_link_stop (self);
  chat_session_keep_close (self);
  self->closed = TRUE;
  chat_session_wake_stop (self);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
}

static void
chat_session_dispose (GObject *object)
{
  ChatSession *self = CHAT_SESSION (object);

  chat_session_close (self);
  g_clear_pointer (&self->outbox, chat_outbox_free);
  g_clear_pointer (&self->media, chat_media_manager_free);
  if (self->infos != NULL)
    g_hash_table_remove_all (self->infos);
  g_clear_object (&self->rooms);
  G_OBJECT_CLASS (chat_session_parent_class)->dispose (object);
}

static void
chat_session_finalize (GObject *object)
{
  ChatSession *self = CHAT_SESSION (object);

  g_clear_pointer (&self->infos, g_hash_table_unref);
  g_clear_pointer (&self->gone, g_hash_table_unref);
  g_clear_pointer (&self->sending_files, g_hash_table_unref);
  g_clear_pointer (&self->saving, g_ptr_array_unref);
  g_clear_pointer (&self->room_files, g_ptr_array_unref);
  g_clear_pointer (&self->people, g_hash_table_unref);
  g_clear_weak_pointer (&self->people_client);
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  g_queue_clear_full (&self->previews, g_free);
  g_clear_pointer (&self->memory, chat_memory_free);
  g_clear_pointer (&self->account, chat_account_free);
  g_clear_pointer (&self->token, chat_secret_wipe);
  g_clear_pointer (&self->password, chat_secret_wipe);
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->login, g_free);
  g_clear_pointer (&self->profile, g_free);
  g_clear_pointer (&self->dir, g_free);
  g_clear_pointer (&self->store_path, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->accepted_fingerprint, g_free);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (chat_session_parent_class)->finalize (object);
}

static void
chat_session_class_init (ChatSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_session_get_property;
  object_class->dispose = chat_session_dispose;
  object_class->finalize = chat_session_finalize;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, CHAT_TYPE_SESSION_STATE, CHAT_SESSION_SIGNED_OUT, flags);
  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);
  properties[PROP_LOGIN] = g_param_spec_string ("login", NULL, NULL, NULL, flags);
  properties[PROP_INSECURE] = g_param_spec_boolean ("insecure", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_ABILITIES] = g_param_spec_uint ("abilities", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_ROOMS] = g_param_spec_object ("rooms", NULL, NULL, CHAT_TYPE_ROOM_LIST, flags);
  properties[PROP_SENDS_RECEIPTS] = g_param_spec_boolean ("sends-receipts", NULL, NULL, TRUE, flags);
  properties[PROP_SENDS_TYPING] = g_param_spec_boolean ("sends-typing", NULL, NULL, TRUE, flags);
  properties[PROP_SENDS_PRESENCE] = g_param_spec_boolean ("sends-presence", NULL, NULL, TRUE, flags);
  properties[PROP_SETTINGS_WAITING] = g_param_spec_boolean ("settings-waiting", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[MESSAGE_RECEIVED] = g_signal_new ("message-received", CHAT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 2, CHAT_TYPE_ROOM, CHAT_TYPE_MESSAGE);
  signals[MESSAGE_DELETED] = g_signal_new ("message-deleted", CHAT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  signals[CAUGHT_UP] = g_signal_new ("caught-up", CHAT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ROOM_REMOVED] = g_signal_new ("room-removed", CHAT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, CHAT_TYPE_ROOM);
  signals[NOTICE] = g_signal_new ("notice", CHAT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
chat_session_init (ChatSession *self)
{
  self->rooms = chat_room_list_new ();
  self->infos = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, chat_session_info_free);
  self->gone = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->orphans = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_client_message_free);
  self->saving = g_ptr_array_new_with_free_func (g_object_unref);
  self->room_files = g_ptr_array_new_with_free_func (chat_room_files_free);
  g_queue_init (&self->previews);
  g_queue_init (&self->typists);
  g_queue_init (&self->feed);
  self->memory = chat_memory_new ();
  self->outbox = chat_outbox_new (&chat_session_outbox_events, self);
  self->media = chat_media_manager_new (self);
  self->sending_files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  chat_session_settings_clear (self);
  self->available = TRUE;
  self->times = (ChatSessionTimes) {
    .backoff_base = 1000,
    .backoff_max = 60000,
    .steady = 10000,
    .connect = CHAT_CONNECT_TIMEOUT_MS,
    .answer = CHAT_CLIENT_ANSWER_TIMEOUT_MS,
    .refresh = 2000,
    .secret = CHAT_SECRET_TIMEOUT_MS,
    .typing = 6000,
    .tell_typing = 3000,
    .farewell = 3000,
    .tick = 4000,
    .probe = 5000,
  };
}

ChatSession *
chat_session_new (const char *profile_dir,
                  const char *profile)
{
  ChatSession *self;

  g_return_val_if_fail (profile_dir != NULL && profile != NULL, NULL);

  self = g_object_new (CHAT_TYPE_SESSION, NULL);
  self->profile = g_strdup (profile);
  self->dir = g_strdup (profile_dir);
  self->account = chat_account_new (profile_dir);
  /* Told before anything is tried, so that a sign-in page can be filled in with it */
  self->server = g_strdup (chat_account_get_server (self->account));
  self->login = g_strdup (chat_account_get_login (self->account));
  self->insecure = chat_account_get_insecure (self->account);
  return self;
}

ChatSessionState
chat_session_get_state (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), CHAT_SESSION_SIGNED_OUT);

  return self->state;
}

const char *
chat_session_get_server (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);

  return self->server;
}

const char *
chat_session_get_login (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);

  return self->login;
}

gboolean
chat_session_get_insecure (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), FALSE);

  return self->insecure;
}

const GError *
chat_session_get_error (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);

  return self->error;
}

gint64
chat_session_get_retry_at (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), 0);

  return self->retry_at;
}

guint
chat_session_get_abilities (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), 0);

  return self->abilities;
}

ChatRoomList *
chat_session_get_rooms (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);

  return self->rooms;
}

const char *
chat_session_get_certificate_fingerprint (ChatSession  *self,
                                          const char  **accepted_fingerprint)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), NULL);

  if (accepted_fingerprint != NULL)
    *accepted_fingerprint = self->accepted_fingerprint;
  return self->fingerprint;
}

ChatSessionTimes *
chat_session_get_times (ChatSession *self)
{
  return &self->times;
}

guint
chat_session_count_unsent (ChatSession *self)
{
  return chat_outbox_get_length (self->outbox);
}

gboolean
chat_session_is_kept (ChatSession *self,
                      ChatMessage *message)
{
  return chat_outbox_is_kept (self->outbox, message);
}

guint64
chat_session_get_n_commits (ChatSession *self)
{
  ChatStoreStatistics statistics = { 0 };

  if (self->store != NULL)
    chat_store_get_statistics (self->store, &statistics);
  return statistics.n_commits;
}

char *
chat_session_dup_store_path (ChatSession *self)
{
  return g_strdup (self->store_path);
}
