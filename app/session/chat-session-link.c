/* chat-session-link.c: the connection: made, lost, made again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-private.h"

static void schedule_retry (ChatSession *self, const GError *error, guint least_ms);

/* What the connection tells */

static void
on_message (ChatClient              *client,
            const ChatClientMessage *message,
            const ChatClientChange  *change,
            gpointer                 user_data)
{
  if (!change->replayed)
    chat_session_typing_sent (user_data, message->room_id, message->sender);
  chat_session_feed_message (user_data, message, change);
}

static void
on_edited (ChatClient *client,
           gint64      message_id,
           const char *text,
           const ChatClientChange *change,
           gpointer    user_data)
{
  chat_session_feed_edit (user_data, message_id, text, change);
}

static void
on_deleted (ChatClient *client,
            gint64      message_id,
            const ChatClientChange *change,
            gpointer    user_data)
{
  chat_session_feed_deletion (user_data, message_id, change);
}

static void
on_room_created (ChatClient *client,
                 gint64      room_id,
                 const char *name,
                 const ChatClientChange *change,
                 gpointer    user_data)
{
  chat_session_feed_room (user_data, room_id, name, change);
}

static void
on_room_deleted (ChatClient *client,
                 gint64      room_id,
                 const ChatClientChange *change,
                 gpointer    user_data)
{
  chat_session_feed_room_end (user_data, room_id, change);
}

static void
on_marked_read (ChatClient *client,
                gint64      room_id,
                gint64      message_id,
                int         unread,
                const ChatClientChange *change,
                gpointer    user_data)
{
  chat_session_feed_mark (user_data, room_id, message_id, unread, change);
}

static void
on_room_set (ChatClient *client,
             gint64      room_id,
             int         muted,
             int         pinned,
             const ChatClientChange *change,
             gpointer    user_data)
{
  chat_session_feed_flags (user_data, room_id, muted, pinned, change);
}

static void
on_marked (ChatClient             *client,
           gint64                  room_id,
           const char             *name,
           gint64                  delivered,
           gint64                  read,
           const ChatClientChange *change,
           gpointer                user_data)
{
  chat_session_feed_receipt (user_data, room_id, name, delivered, read, change);
}

static void
on_account_set (ChatClient             *client,
                gboolean                receipts,
                gboolean                typing,
                gboolean                presence,
                const ChatClientChange *change,
                gpointer                user_data)
{
  chat_session_feed_account (user_data, receipts, typing, presence, change);
}

static void
on_typing (ChatClient *client,
           gint64      room_id,
           const char *name,
           gpointer    user_data)
{
  chat_session_typing_told (user_data, client, room_id, name);
}

static void
on_presence (ChatClient *client,
             const char *name,
             gboolean    online,
             gint64      last_seen,
             gpointer    user_data)
{
  chat_session_presence_told (user_data, client, name, online, last_seen);
}

static void
on_closed (ChatClient   *client,
           const GError *reason,
           gpointer      user_data)
{
  g_autoptr (ChatSession) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;

  /* One that is still being logged in fails there */
  if (client != self->client)
    return;
  g_clear_object (&self->client);
  chat_outbox_set_client (self->outbox, NULL);
  chat_session_rooms_stop (self);
  chat_session_settings_stop (self);
  chat_session_presence_stop (self);
  if (g_get_monotonic_time () - self->online_since >= (gint64) self->times.steady * 1000)
    self->n_attempts = 0;
  error = chat_session_error_from (reason);
  schedule_retry (self, error, 0);
}

const ChatClientEvents chat_session_client_events = {
  .message = on_message,
  .edited = on_edited,
  .deleted = on_deleted,
  .room_created = on_room_created,
  .room_deleted = on_room_deleted,
  .marked_read = on_marked_read,
  .room_set = on_room_set,
  .marked = on_marked,
  .account_set = on_account_set,
  .typing = on_typing,
  .presence = on_presence,
  .closed = on_closed,
};

ChatClient *
chat_session_make_client (ChatSession *self)
{
  ChatClient *client = chat_client_new (&chat_session_client_events, self);

  chat_client_set_timeouts (client, self->times.connect, self->times.answer);
  return client;
}

char *
chat_session_device_name (void)
{
  return g_strdup (g_get_host_name ());
}

/* Trying again */

guint
chat_session_get_backoff_limit (ChatSession *self,
                                guint        attempt)
{
  guint limit = self->times.backoff_base;

  while (--attempt > 0 && limit < self->times.backoff_max)
    limit *= 2;
  return MIN (limit, self->times.backoff_max);
}

static gboolean
on_retry (gpointer user_data)
{
  ChatSession *self = user_data;

  self->retry_timer = 0;
  chat_session_link_start (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_retry (ChatSession  *self,
                const GError *error,
                guint         delay_ms)
{
  g_autoptr (GError) told = error != NULL ? g_error_copy (error) : NULL;

  g_clear_handle_id (&self->retry_timer, g_source_remove);
  self->retry_timer = g_timeout_add (delay_ms, on_retry, self);
  chat_session_set_state (self, CHAT_SESSION_WAITING, told, g_get_monotonic_time () + (gint64) delay_ms * 1000);
}

/* Evenly from zero to the limit: after a server comes back, its clients do not come back all at once */
static void
schedule_retry (ChatSession  *self,
                const GError *error,
                guint         least_ms)
{
  guint delay;

  self->n_attempts++;
  delay = g_random_int_range (0, chat_session_get_backoff_limit (self, self->n_attempts) + 1);
  wait_for_retry (self, error, MAX (delay, least_ms));
}

void
chat_session_try_now (ChatSession *self)
{
  if (g_get_monotonic_time () < self->not_before)
    return;
  self->n_attempts = 0;
  chat_session_link_start (self);
}

void
chat_session_link_woke (ChatSession *self,
                        gint64       slept)
{
  /* Nobody slept on the other side: its time went on */
  self->not_before -= slept;
  chat_outbox_woke (self->outbox, slept);
  if (self->client != NULL)
    chat_client_probe (self->client, self->times.probe);
  else if (self->attempt != NULL)
    {
      g_autoptr (ChatClient) attempt = g_steal_pointer (&self->attempt);

      chat_client_close (attempt);
      chat_session_link_start (self);
    }
  else if (self->state == CHAT_SESSION_WAITING && g_get_monotonic_time () >= self->not_before)
    chat_session_try_now (self);
  else if (self->state == CHAT_SESSION_WAITING)
    wait_for_retry (self, self->error, MAX ((self->not_before - g_get_monotonic_time ()) / 1000 + 1, 1));
}

/* One that came, or became another: what was connected over it may be gone */
static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         available,
                    gpointer         user_data)
{
  ChatSession *self = user_data;
  gboolean came = available && !self->available;

  self->available = available;
  if (came && self->state == CHAT_SESSION_WAITING)
    chat_session_try_now (self);
  else if (available && self->client != NULL)
    chat_client_probe (self->client, self->times.probe);
}

static void
watch_network (ChatSession *self)
{
  chat_session_wake_start (self);
  if (self->watching)
    return;
  if (self->monitor == NULL)
    self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->watching = TRUE;
  self->available = g_network_monitor_get_network_available (self->monitor);
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);
}

void
chat_session_set_monitor (ChatSession     *self,
                          GNetworkMonitor *monitor)
{
  g_set_object (&self->monitor, monitor);
}

/* The way up */

static void
attempt_failed (ChatSession  *self,
                const GError *error)
{
  g_autoptr (GError) told = chat_session_error_from (error);
  guint retry_after = chat_client_error_get_retry_after (error);

  if (self->attempt != NULL)
    {
      chat_client_close (self->attempt);
      g_clear_object (&self->attempt);
    }
  chat_session_set_refused_certificate (self, error, self->server);
  switch (told->code)
    {
    case CHAT_SESSION_ERROR_WRONG_USER:
    case CHAT_SESSION_ERROR_WRONG_PASSWORD:
      {
        g_autoptr (GError) dead = g_error_new_literal (CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_SIGNED_OUT, told->message);

        chat_session_drop_token (self);
        chat_session_set_state (self, CHAT_SESSION_REFUSED, dead, 0);
      }
      break;
    case CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN:
    case CHAT_SESSION_ERROR_CERTIFICATE_CHANGED:
    case CHAT_SESSION_ERROR_ADDRESS:
      chat_session_set_state (self, CHAT_SESSION_REFUSED, told, 0);
      break;
    default:
      retry_after = MIN (retry_after, CHAT_SESSION_MAX_PAUSE_S);
      if (retry_after > 0)
        self->not_before = g_get_monotonic_time () + (gint64) retry_after * G_USEC_PER_SEC;
      schedule_retry (self, told, retry_after * 1000);
      break;
    }
}

static void
on_logged_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (ChatClient) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  gboolean done = chat_client_log_in_finish (CHAT_CLIENT (source), result, &token, &error);

  if (self == NULL || G_OBJECT (self->attempt) != source)
    return;
  if (!done)
    {
      attempt_failed (self, error);
      return;
    }
  client = g_steal_pointer (&self->attempt);
  if (token != NULL)
    chat_session_keep_token (self, token);
  chat_session_link_up (self, client);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GError) error = NULL;
  gboolean done = chat_client_open_finish (CHAT_CLIENT (source), result, &error);

  if (self == NULL || G_OBJECT (self->attempt) != source)
    return;
  if (!done)
    {
      attempt_failed (self, error);
      return;
    }
  /* A password that is still here belongs to a server without tokens: none is asked for in vain */
  chat_client_log_in_async (self->attempt, self->login, self->password, self->token, NULL, NULL,
                            on_logged_in, g_steal_pointer (&call));
}

void
chat_session_link_start (ChatSession *self)
{
  g_autofree char *pin = NULL;

  if (self->closed || self->client != NULL || self->attempt != NULL)
    return;
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  if (self->server == NULL || self->login == NULL || (self->token == NULL && self->password == NULL))
    {
      g_autoptr (GError) error = g_error_new_literal (CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_SIGNED_OUT, "no token is known");

      if (self->server != NULL)
        chat_session_set_state (self, CHAT_SESSION_REFUSED, error, 0);
      return;
    }
  watch_network (self);
  chat_session_doubt_lists (self, FALSE);
  pin = chat_account_dup_pin (self->account, self->server);
  self->attempt = chat_session_make_client (self);
  chat_session_set_state (self, CHAT_SESSION_CONNECTING, NULL, 0);
  chat_client_open_async (self->attempt, self->server, self->insecure, pin, NULL, on_opened,
                          chat_session_call_new (self, self->attempt, 0, 0));
}

/* Where the server of @client keeps files; %NULL: nowhere that may be asked */
static ChatMediaEndpoint *
file_server (ChatSession *self,
             ChatClient  *client)
{
  g_autofree char *pin = self->server != NULL ? chat_account_dup_pin (self->account, self->server) : NULL;
  const char *base = chat_client_get_media_url (client);

  return base != NULL ? chat_media_endpoint_new (base, pin, self->insecure) : NULL;
}

void
chat_session_link_up (ChatSession *self,
                      ChatClient  *client)
{
  ChatClientFeatures features = chat_client_get_features (client);
  g_autoptr (ChatMediaEndpoint) files = NULL;

  chat_session_link_stop (self);
  chat_session_doubt_lists (self, FALSE);
  files = file_server (self, client);
  g_set_object (&self->client, client);
  chat_session_feed_regulate (self);
  watch_network (self);
  self->online_since = g_get_monotonic_time ();
  self->begun_anew = FALSE;
  chat_memory_drop_histories (self->memory, 0);
  chat_session_set_refused_certificate (self, NULL, NULL);
  chat_session_set_abilities (self,
                              ((features & CHAT_CLIENT_CLIENT_REF) != 0 ? CHAT_SESSION_CAN_RESEND : 0)
                              | ((features & CHAT_CLIENT_PAGING) != 0 ? CHAT_SESSION_CAN_PAGE : 0)
                              | ((features & CHAT_CLIENT_ROOM_INFO) != 0 ? CHAT_SESSION_CAN_TELL_ROOMS : 0)
                              | ((features & CHAT_CLIENT_TOKEN) != 0 ? CHAT_SESSION_CAN_REMEMBER : 0)
                              | ((features & CHAT_CLIENT_RECEIPTS) != 0 ? CHAT_SESSION_CAN_TELL_RECEIPTS : 0)
                              | ((features & CHAT_CLIENT_TYPING) != 0 ? CHAT_SESSION_CAN_TELL_TYPING : 0)
                              | ((features & CHAT_CLIENT_PRESENCE) != 0 ? CHAT_SESSION_CAN_TELL_PRESENCE : 0)
                              | (files != NULL ? CHAT_SESSION_CAN_ATTACH : 0));
  self->media_limit = files != NULL ? chat_client_get_media_limit (client) : 0;
  chat_session_presence_start (self);
  chat_session_set_state (self, CHAT_SESSION_ONLINE, NULL, 0);
  if (self->client == client)
    chat_media_manager_set_endpoint (self->media, files);
  /* What waited goes first: a message that was typed should not wait for a long list of rooms. But where the server may have lost
   * its data, the number of a room may now be that of another one */
  if (self->client == client && !self->verify_rooms)
    chat_outbox_set_client (self->outbox, client);
  if (self->client == client)
    chat_session_settings_start (self);
  if (self->client == client)
    chat_session_sync_start (self);
  if (self->client == client)
    chat_session_settings_tell (self);
}

void
chat_session_link_stop (ChatSession *self)
{
  self->not_before = 0;
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  if (self->attempt != NULL)
    {
      chat_client_close (self->attempt);
      g_clear_object (&self->attempt);
    }
  if (self->client != NULL)
    {
      g_autoptr (ChatClient) client = g_steal_pointer (&self->client);

      chat_client_close (client);
    }
  if (self->outbox != NULL)
    chat_outbox_set_client (self->outbox, NULL);
  chat_session_rooms_stop (self);
  chat_session_settings_stop (self);
  chat_session_presence_stop (self);
}

void
chat_session_link_give_up (ChatSession *self,
                           const char  *why)
{
  g_autoptr (GError) error = g_error_new_literal (CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER, why);

  g_message ("The server is left: %s", why);
  chat_session_link_stop (self);
  schedule_retry (self, error, 0);
}

void
chat_session_connect (ChatSession *self)
{
  g_return_if_fail (CHAT_IS_SESSION (self));

  if (self->state != CHAT_SESSION_WAITING && self->state != CHAT_SESSION_REFUSED)
    return;
  /* Whoever asks by hand may be told the same once more, and not for ever by one who is not to be trusted */
  self->not_before = 0;
  chat_session_try_now (self);
}
