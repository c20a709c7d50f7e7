/* chat-client.c: one connection to a server; which answer belongs to which request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-client-state.h"

#include "chat-connector.h"
#include "chat-limits.h"

G_STATIC_ASSERT (CHAT_CLIENT_MAX_TEXT_SIZE == CHAT_MAX_TEXT_SIZE);
G_STATIC_ASSERT (CHAT_CLIENT_MAX_PAGE == CHAT_MAX_PAGE_SIZE);
G_STATIC_ASSERT (CHAT_CLIENT_RESENT_PAGE == CHAT_PAGE_SIZE);

/* One answer may be long, but not endless (objects) */
#define MAX_ANSWER_OBJECTS 10000000
/* A change may be told by two of them: delivered and read */
#define MAX_REPLAY_OBJECTS (2 * CHAT_MAX_SYNC)

G_DEFINE_FINAL_TYPE (ChatClient, chat_client, G_TYPE_OBJECT)

static void schedule_timer (ChatClient *self);

/* Without the time in which nobody listened: what came meanwhile is not late */
static gint64
get_time (ChatClient *self)
{
  return (self->paused_at != 0 ? self->paused_at : g_get_monotonic_time ()) - self->paused_for;
}

void
chat_client_request_free (ChatClientRequest *request)
{
  if (request->cancelled != NULL)
    {
      g_source_destroy (request->cancelled);
      g_source_unref (request->cancelled);
    }
  if (request->fences != NULL)
    request->fences->fence = NULL;
  if (request->fence != NULL)
    request->fence->fences = NULL;
  g_clear_pointer (&request->rows, chat_client_rows_free);
  g_clear_pointer (&request->packet, chat_packet_unref);
  g_clear_object (&request->task);
  g_free (request->name);
  g_free (request);
}

void
chat_client_unlink_request (ChatClient        *self,
                            ChatClientRequest *request)
{
  self->row_bytes -= request->row_bytes;
  g_queue_unlink (&self->pending, &request->link);
  if (request->number != 0)
    g_hash_table_remove (self->by_number, &request->number);
}

static void
fail_request (ChatClient        *self,
              ChatClientRequest *request,
              const GError      *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  chat_client_unlink_request (self, request);
  chat_client_request_free (request);
  if (task != NULL)
    g_task_return_error (task, g_error_copy (error));
}

static void
complete_request (ChatClient        *self,
                  ChatClientRequest *request,
                  ChatPacket        *packet)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);
  ChatClientRows *rows = g_steal_pointer (&request->rows);

  chat_client_unlink_request (self, request);
  chat_client_request_free (request);
  if (task == NULL)
    g_clear_pointer (&rows, chat_client_rows_free);
  else if (rows != NULL)
    {
      chat_client_rows_close (rows);
      g_task_return_pointer (task, rows, (GDestroyNotify) chat_client_rows_free);
    }
  else
    g_task_return_pointer (task, chat_packet_ref (packet), (GDestroyNotify) chat_packet_unref);
}

static void
fail_all (ChatClient   *self,
          const GError *error)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  while (self->pending.head != NULL)
    fail_request (self, self->pending.head->data, error);
  chat_client_drop_held (self, error);
  g_clear_handle_id (&self->probe_timer, g_source_remove);
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  ChatClientRequest *request = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  /* The answer will still come: what is left here keeps its place in the order */
  g_clear_pointer (&request->cancelled, g_source_unref);
  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* The answers */

static void
tell (ChatClient *self,
      ChatPacket *packet,
      gboolean    replayed)
{
  gint64 id = chat_client_answer_subject (packet);

  /* What was asked before the change may still be on its way to the caller */
  if (chat_packet_get_kind (packet) == CHAT_PACKET_EDIT_MSG || chat_packet_get_kind (packet) == CHAT_PACKET_DELETE_MSG)
    for (GList *l = self->pending.head; l != NULL; l = l->next)
      {
        ChatClientRequest *request = l->data;

        if (request->rows != NULL)
          chat_client_rows_change (request->rows, id,
                                   chat_packet_get_kind (packet) == CHAT_PACKET_EDIT_MSG
                                     ? chat_packet_get_string (packet, CHAT_FIELD_NEW_MSG) : NULL);
      }

  if (self->events != NULL && self->logged_in)
    chat_client_tell (self, self->events, self->user_data, packet, replayed);
}

static void give_up (ChatClient *self, int code, const char *message);

/* One that answers nothing and tells nothing. Unknown objects are to be ignored; an endless stream of them is an attack */
static void
pass_over (ChatClient *self)
{
  const gint64 each = G_USEC_PER_SEC / CHAT_CLIENT_UNEXPECTED_RATE;
  gint64 now = g_get_monotonic_time ();

  self->n_unexpected++;
  self->unexpected_until = MAX (self->unexpected_until, now) + each;
  if (self->unexpected_until - now > CHAT_CLIENT_MAX_UNEXPECTED * each)
    give_up (self, CHAT_CLIENT_ERROR_MALFORMED, "it tells what nobody asked for, without end");
}

static void
handle_read (ChatClient        *self,
             ChatClientRequest *request,
             ChatPacket        *packet)
{
  ChatStatus status = chat_packet_get_status (packet);

  if (chat_packet_has (packet, CHAT_FIELD_MESSAGE_ID))
    {
      if (request->rows->n_seen >= request->max_rows)
        {
          g_autoptr (GError) error = g_error_new_literal (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_MALFORMED, "an endless answer");

          fail_request (self, request, error);
          return;
        }
      chat_client_rows_take (request->rows, chat_client_message_from_packet (packet, self->features));
      self->row_bytes = self->row_bytes - request->row_bytes + request->rows->bytes;
      request->row_bytes = request->rows->bytes;
      if (self->row_bytes > CHAT_CLIENT_MAX_ALL_ROW_BYTES)
        give_up (self, CHAT_CLIENT_ERROR_MALFORMED, "more answers at once than there is room for");
    }
  else if (status == CHAT_STATUS_END || status == CHAT_STATUS_MESSAGE_DOES_NOT_EXIST)
    {
      request->rows->more = chat_packet_get_boolean (packet, CHAT_FIELD_MORE, FALSE);
      complete_request (self, request, packet);
    }
  else if (chat_client_answer_failed (packet))
    {
      g_autoptr (GError) error = chat_client_answer_error (packet);

      if (!chat_client_hold (self, request, error))
        fail_request (self, request, error);
    }
  /* else a bare success: the end of an answer comes otherwise */
}

/* One change of a replay */
static void
handle_replayed (ChatClient        *self,
                 ChatClientRequest *request,
                 ChatPacket        *packet)
{
  if (request->n_replayed++ >= MAX_REPLAY_OBJECTS)
    give_up (self, CHAT_CLIENT_ERROR_MALFORMED, "an endless replay");
  else if (chat_client_answer_tells_change (packet))
    tell (self, packet, TRUE);
}

static void
give_up (ChatClient *self,
         int         code,
         const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (CHAT_CLIENT_ERROR, code, message);

  if (self->connection != NULL)
    chat_connection_close (self->connection, error);
}

static void
handle (ChatClient *self,
        ChatPacket *packet)
{
  ChatPacketType type = chat_packet_get_kind (packet);
  ChatClientRequest *request;

  if (type == CHAT_PACKET_UNKNOWN && !chat_packet_has (packet, CHAT_FIELD_REQUEST_ID))
    {
      /* Of an extension that we do not know */
      pass_over (self);
      return;
    }
  request = chat_client_match (self, packet);
  if (chat_packet_get_problem (packet) != NULL)
    {
      gboolean refused = request != NULL && chat_client_answer_says_no (packet);

      self->n_unexpected++;
      if (request != NULL)
        {
          g_autoptr (GError) error = chat_client_answer_error (packet);

          fail_request (self, request, error);
        }
      if (refused)
        return;
      if (++self->n_problems > CHAT_CLIENT_MAX_PROBLEMS || !self->logged_in)
        give_up (self, CHAT_CLIENT_ERROR_MALFORMED, "what came is not of our protocol");
      return;
    }
  /* The rest of an answer that was not taken. A push has no number */
  if (request == NULL && chat_packet_has (packet, CHAT_FIELD_REQUEST_ID) && (self->features & CHAT_CLIENT_REQUEST_ID) != 0)
    {
      pass_over (self);
      return;
    }
  if (request == NULL)
    {
      if (chat_client_answer_tells_change (packet))
        tell (self, packet, FALSE);
      else
        pass_over (self);
      return;
    }

  self->last_progress = get_time (self);
  if (request->fences != NULL)
    {
      ChatClientRequest *fenced = request->fences;

      chat_client_unlink_request (self, request);
      chat_client_request_free (request);
      if (fenced->rows != NULL)
        complete_request (self, fenced, packet);
      else
        {
          g_autoptr (GError) error = g_error_new_literal (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_FAILED,
                                                          "the server passed over the request");

          fail_request (self, fenced, error);
        }
      return;
    }

  if (request->type == CHAT_PACKET_READ_MSG && type == CHAT_PACKET_READ_MSG)
    handle_read (self, request, packet);
  else if (request->type == CHAT_PACKET_SYNC && type != CHAT_PACKET_SYNC && type != CHAT_PACKET_ERROR)
    handle_replayed (self, request, packet);
  else if (type == CHAT_PACKET_SYNC && chat_packet_get_status (packet) == CHAT_STATUS_RESET)
    complete_request (self, request, packet);
  else if (chat_client_answer_failed (packet) || type == CHAT_PACKET_ERROR)
    {
      g_autoptr (GError) error = chat_client_answer_error (packet);

      if (!chat_client_hold (self, request, error))
        fail_request (self, request, error);
    }
  else
    {
      if (type == CHAT_PACKET_RESPONSE_LOGIN)
        {
          ChatFeatures features = chat_packet_get_features (packet);

          self->logged_in = TRUE;
          self->features = ((features & CHAT_FEATURE_REQUEST_ID) != 0 ? CHAT_CLIENT_REQUEST_ID : 0)
                           | ((features & CHAT_FEATURE_CLIENT_REF) != 0 ? CHAT_CLIENT_CLIENT_REF : 0)
                           | ((features & CHAT_FEATURE_PAGING) != 0 ? CHAT_CLIENT_PAGING : 0)
                           | ((features & CHAT_FEATURE_ROOM_INFO) != 0 ? CHAT_CLIENT_ROOM_INFO : 0)
                           | ((features & CHAT_FEATURE_TOKEN) != 0 ? CHAT_CLIENT_TOKEN : 0)
                           | ((features & CHAT_FEATURE_SYNC) != 0 ? CHAT_CLIENT_SYNC : 0)
                           | ((features & CHAT_FEATURE_RECEIPTS) != 0 ? CHAT_CLIENT_RECEIPTS : 0)
                           | ((features & CHAT_FEATURE_TYPING) != 0 ? CHAT_CLIENT_TYPING : 0)
                           | ((features & CHAT_FEATURE_PRESENCE) != 0 ? CHAT_CLIENT_PRESENCE : 0)
                           | ((features & CHAT_FEATURE_MEDIA) != 0 ? CHAT_CLIENT_MEDIA : 0);
          chat_client_take_media (self, packet);
          if (chat_packet_has (packet, CHAT_FIELD_LOGIN))
            chat_client_set_login (self, chat_packet_get_string (packet, CHAT_FIELD_LOGIN));
          if ((features & CHAT_FEATURE_PING) != 0)
            {
              chat_connection_set_ping (self->connection, TRUE);
              self->pings = TRUE;
            }
        }
      if (chat_client_answer_may_be_push (type))
        {
          g_autoptr (GTask) task = g_steal_pointer (&request->task);

          /* The event may close the client */
          chat_client_unlink_request (self, request);
          chat_client_request_free (request);
          tell (self, packet, FALSE);
          if (task != NULL)
            g_task_return_pointer (task, chat_packet_ref (packet), (GDestroyNotify) chat_packet_unref);
          return;
        }
      complete_request (self, request, packet);
    }
}

static void
on_packet (ChatConnection *connection,
           ChatPacket     *packet,
           gpointer        user_data)
{
  g_autoptr (ChatClient) self = g_object_ref (user_data);

  handle (self, packet);
}

static void
on_broken (ChatConnection *connection,
           const GError   *reason,
           gpointer        user_data)
{
  ChatClient *self = user_data;

  give_up (self, CHAT_CLIENT_ERROR_MALFORMED, reason->message);
}

static void
on_closed (ChatConnection *connection,
           const GError   *reason,
           gpointer        user_data)
{
  g_autoptr (ChatClient) self = g_object_ref (user_data);
  G_GNUC_UNUSED g_autoptr (ChatConnection) ended = g_steal_pointer (&self->connection);
  g_autoptr (GError) error = NULL;

  if (reason == NULL)
    error = g_error_new_literal (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED, "the server ended the connection");
  else if (reason->domain == CHAT_CLIENT_ERROR)
    error = g_error_copy (reason);
  else
    error = chat_client_error_from_wire (reason, 0);
  fail_all (self, error);
  if (self->events != NULL)
    self->events->closed (self, error, self->user_data);
}

static const ChatConnectionEvents connection_events = {
  .packet = on_packet,
  .broken = on_broken,
  .closed = on_closed,
};

/* Time */

static gboolean
on_timer (gpointer user_data)
{
  g_autoptr (ChatClient) self = g_object_ref (user_data);
  ChatClientRequest *oldest = g_queue_peek_head (&self->pending);

  self->timer = 0;
  if (oldest != NULL
      && get_time (self) - MAX (oldest->sent, self->last_progress) >= (gint64) self->answer_ms * 1000)
    give_up (self, CHAT_CLIENT_ERROR_TIMED_OUT, "no answer in time");
  else
    schedule_timer (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_timer (ChatClient *self)
{
  ChatClientRequest *oldest = g_queue_peek_head (&self->pending);
  gint64 left;

  if (oldest == NULL || self->timer != 0 || self->paused_at != 0)
    return;
  left = MAX (oldest->sent, self->last_progress) + (gint64) self->answer_ms * 1000 - get_time (self);
  self->timer = g_timeout_add (CLAMP (left / 1000 + 1, 1, G_MAXINT32), on_timer, self);
}

/* Requests */

static ChatClientRequest *
request_new (ChatPacketType  type,
             GTask          *task)
{
  ChatClientRequest *request = g_new0 (ChatClientRequest, 1);

  request->link.data = request;
  request->type = type;
  request->task = task;
  return request;
}

static void
push_request (ChatClient        *self,
              ChatClientRequest *request,
              ChatPacket        *packet)
{
  request->sent = get_time (self);
  if ((self->features & CHAT_CLIENT_REQUEST_ID) != 0)
    {
      request->number = ++self->last_number;
      chat_packet_set_integer (packet, CHAT_FIELD_REQUEST_ID, request->number);
      g_hash_table_insert (self->by_number, &request->number, request);
    }
  g_queue_push_tail_link (&self->pending, &request->link);
  chat_connection_send (self->connection, packet);
}

/* The objects of READ_MSG have no end where `paging` is not known. And a server that knows only api.md, where most answers have
 * no status, may have no way to say no, and say nothing. But it answers in order: the answer to the next request is the end of
 * the one before. The one that is sent for that is cheap: it finds little more than the asker. */
static gboolean
needs_fence (ChatClient     *self,
             ChatPacketType  type)
{
  switch (type)
    {
    case CHAT_PACKET_READ_MSG:
      return (self->features & CHAT_CLIENT_PAGING) == 0;
    case CHAT_PACKET_CREATE_ROOM:
    case CHAT_PACKET_DELETE_ROOM:
    case CHAT_PACKET_DELETE_MSG:
    case CHAT_PACKET_EDIT_MSG:
      return (self->features & CHAT_CLIENT_REQUEST_ID) == 0;
    default:
      return FALSE;
    }
}

void
chat_client_send_request (ChatClient        *self,
                          ChatClientRequest *request)
{
  push_request (self, request, request->packet);
  if (needs_fence (self, request->type))
    {
      g_autoptr (ChatPacket) fence = chat_packet_new (CHAT_PACKET_SEARCH_USER);
      ChatClientRequest *other = request_new (CHAT_PACKET_SEARCH_USER, NULL);

      chat_packet_set_string (fence, CHAT_FIELD_USER, self->login);
      other->fences = request;
      request->fence = other;
      push_request (self, other, fence);
    }
  /* Secrets are not kept longer than they are needed */
  if (!chat_client_is_repeatable (request->type))
    g_clear_pointer (&request->packet, chat_packet_unref);
  schedule_timer (self);
}

void
chat_client_request (ChatClient *self,
                     ChatPacket *packet,
                     gint64      subject,
                     const char *name,
                     GTask      *task)
{
  g_autoptr (ChatPacket) sent = packet;
  GCancellable *cancellable = g_task_get_cancellable (task);
  ChatPacketType type = chat_packet_get_kind (packet);
  ChatClientRequest *request;

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (self->connection == NULL || self->pending.length + self->held.length >= CHAT_CLIENT_MAX_PENDING)
    {
      g_task_return_new_error (task, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED,
                               self->connection == NULL ? "there is no connection" : "too many requests at once");
      g_object_unref (task);
      return;
    }
  if (type == CHAT_PACKET_REQUEST_LOGIN)
    type = CHAT_PACKET_RESPONSE_LOGIN;
  else if (type == CHAT_PACKET_REQUEST_SIGNUP)
    type = CHAT_PACKET_RESPONSE_SIGNUP;

  request = request_new (type, task);
  request->packet = g_steal_pointer (&sent);
  request->subject = subject;
  request->name = name != NULL ? chat_login_fold (name) : NULL;
  if (type == CHAT_PACKET_READ_MSG)
    {
      request->rows = chat_client_rows_new ();
      request->max_rows = chat_packet_has (packet, CHAT_FIELD_LIMIT) ? CHAT_CLIENT_MAX_PAGE : MAX_ANSWER_OBJECTS;
    }
  if (cancellable != NULL)
    {
      request->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (request->cancelled, G_SOURCE_FUNC (on_cancelled), request, NULL);
      g_source_attach (request->cancelled, g_main_context_get_thread_default ());
    }
  if (!chat_client_hold_new (self, request))
    chat_client_send_request (self, request);
}

static gboolean
on_probe_over (gpointer user_data)
{
  g_autoptr (ChatClient) self = g_object_ref (user_data);

  self->probe_timer = 0;
  /* Any byte is a sign of life. Who does not listen can not call the other silent */
  if (self->connection != NULL && self->paused_at == 0 && chat_connection_get_last_read (self->connection) < self->probed_at)
    give_up (self, CHAT_CLIENT_ERROR_TIMED_OUT, "the connection is dead");
  return G_SOURCE_REMOVE;
}

void
chat_client_probe (ChatClient *self,
                   guint       limit_ms)
{
  if (self->connection == NULL || self->probe_timer != 0)
    return;
  self->probed_at = g_get_monotonic_time ();
  self->probe_timer = g_timeout_add (limit_ms, on_probe_over, self);
  if (self->pings)
    chat_client_say (self, chat_packet_new (CHAT_PACKET_PING));
  else
    {
      g_autoptr (ChatPacket) question = chat_packet_new (CHAT_PACKET_SEARCH_USER);

      chat_packet_set_string (question, CHAT_FIELD_USER, self->login);
      push_request (self, request_new (CHAT_PACKET_SEARCH_USER, NULL), question);
      schedule_timer (self);
    }
}

void
chat_client_say (ChatClient *self,
                 ChatPacket *packet)
{
  if (self->connection != NULL)
    chat_connection_send (self->connection, packet);
  chat_packet_unref (packet);
}

/* Opening and closing */

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatClient *self = g_task_get_source_object (task);
  g_autoptr (GIOStream) stream = NULL;
  G_GNUC_UNUSED g_autoptr (GCancellable) opening = g_steal_pointer (&self->opening);
  GError *error = NULL;

  stream = chat_connector_open_finish (result, &error);
  if (stream == NULL)
    {
      if (g_task_return_error_if_cancelled (task))
        g_error_free (error);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_error_free (error);
          g_task_return_new_error (task, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED, "closed while connecting");
        }
      else
        g_task_return_error (task, error);
      return;
    }
  self->connection = chat_connection_new (stream, CHAT_CONNECTION_CLIENT, &connection_events, self);
  chat_connection_set_paused (self->connection, self->paused_at != 0);
  chat_connection_attach (self->connection);
  g_task_return_boolean (task, TRUE);
}

static void
on_open_cancelled (GCancellable *cancellable,
                   gpointer      user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

void
chat_client_open_async (ChatClient          *self,
                        const char          *server,
                        gboolean             insecure,
                        const char          *pinned,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (self->connection == NULL && self->opening == NULL);

  g_task_set_source_tag (task, chat_client_open_async);
  /* Its own, so that chat_client_close() can end it too */
  self->opening = g_cancellable_new ();
  if (cancellable != NULL)
    {
      gulong id = g_cancellable_connect (cancellable, G_CALLBACK (on_open_cancelled), g_object_ref (self->opening),
                                         g_object_unref);

      g_task_set_task_data (task, GSIZE_TO_POINTER (id), NULL);
    }
  chat_connector_open_async (server, insecure, pinned, self->connect_ms, self->opening, on_opened, task);
}

gboolean
chat_client_open_finish (ChatClient    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  GTask *task = G_TASK (result);
  gulong id = GPOINTER_TO_SIZE (g_task_get_task_data (task));

  if (id != 0)
    {
      g_cancellable_disconnect (g_task_get_cancellable (task), id);
      g_task_set_task_data (task, NULL, NULL);
    }
  return g_task_propagate_boolean (task, error);
}

void
chat_client_close (ChatClient *self)
{
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_autoptr (ChatClient) alive = g_object_ref (self);

  self->events = NULL;
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  if (self->connection == NULL)
    return;
  error = g_error_new_literal (CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED, "closed");
  chat_connection_close (self->connection, error);
}

void
chat_client_set_paused (ChatClient *self,
                        gboolean    paused)
{
  if ((self->paused_at != 0) == (paused != FALSE))
    return;

  if (paused)
    {
      self->paused_at = g_get_monotonic_time ();
      g_clear_handle_id (&self->timer, g_source_remove);
    }
  else
    {
      self->paused_for += g_get_monotonic_time () - self->paused_at;
      self->paused_at = 0;
      schedule_timer (self);
    }
  if (self->connection != NULL)
    chat_connection_set_paused (self->connection, paused);
}

gboolean
chat_client_is_open (ChatClient *self)
{
  return self->connection != NULL;
}

ChatClientFeatures
chat_client_get_features (ChatClient *self)
{
  return self->features;
}

const char *
chat_client_get_media_url (ChatClient *self)
{
  return self->media_url;
}

gint64
chat_client_get_media_limit (ChatClient *self)
{
  return self->media_limit;
}

guint
chat_client_get_unexpected (ChatClient *self)
{
  return self->n_unexpected;
}

const char *
chat_client_get_login (ChatClient *self)
{
  return self->login != NULL ? self->login : "";
}

void
chat_client_set_login (ChatClient *self,
                       const char *login)
{
  g_free (self->login);
  self->login = g_strdup (login);
}

void
chat_client_set_timeouts (ChatClient *self,
                          guint       connect_ms,
                          guint       answer_ms)
{
  self->connect_ms = connect_ms;
  self->answer_ms = answer_ms;
}

static void
chat_client_dispose (GObject *object)
{
  ChatClient *self = CHAT_CLIENT (object);

  chat_client_close (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->held_timer, g_source_remove);
  g_clear_handle_id (&self->probe_timer, g_source_remove);
  G_OBJECT_CLASS (chat_client_parent_class)->dispose (object);
}

static void
chat_client_finalize (GObject *object)
{
  ChatClient *self = CHAT_CLIENT (object);

  g_clear_pointer (&self->by_number, g_hash_table_unref);
  g_clear_pointer (&self->login, g_free);
  g_clear_pointer (&self->media_url, g_free);
  G_OBJECT_CLASS (chat_client_parent_class)->finalize (object);
}

static void
chat_client_class_init (ChatClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = chat_client_dispose;
  object_class->finalize = chat_client_finalize;
}

static void
chat_client_init (ChatClient *self)
{
  g_queue_init (&self->pending);
  g_queue_init (&self->held);
  self->by_number = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->connect_ms = CHAT_CONNECT_TIMEOUT_MS;
  self->answer_ms = CHAT_CLIENT_ANSWER_TIMEOUT_MS;
}

ChatClient *
chat_client_new (const ChatClientEvents *events,
                 gpointer                user_data)
{
  ChatClient *self = g_object_new (CHAT_TYPE_CLIENT, NULL);

  self->events = events;
  self->user_data = user_data;
  return self;
}
