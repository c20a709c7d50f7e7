/* chat-fake-session.c: a session without a server, which says what a test wants
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-session-private.h"

#include <string.h>

#include "chat-session-internal.h"

enum
{
  ROOM_REMOVED,
  NOTICE,
  N_SIGNALS
};

GParamSpec *chat_fake_properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatSession, chat_session, G_TYPE_OBJECT)

GType
chat_session_state_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { CHAT_SESSION_SIGNED_OUT, "CHAT_SESSION_SIGNED_OUT", "signed-out" },
    { CHAT_SESSION_CONNECTING, "CHAT_SESSION_CONNECTING", "connecting" },
    { CHAT_SESSION_ONLINE, "CHAT_SESSION_ONLINE", "online" },
    { CHAT_SESSION_WAITING, "CHAT_SESSION_WAITING", "waiting" },
    { CHAT_SESSION_REFUSED, "CHAT_SESSION_REFUSED", "refused" },
    { 0, NULL, NULL }
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("ChatSessionState", values));
  return type;
}

void
chat_fake_record (ChatSession *self,
                  const char  *format,
                  ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->calls, format, args);
  va_end (args);
  g_string_append_c (self->calls, '\n');
}

static void
on_cancelled (GCancellable *cancellable,
              GTask        *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  g_object_unref (task);
}

GTask *
chat_fake_begin (ChatSession         *self,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  int code = self->fail_next;

  self->fail_next = -1;
  if (self->hang_next)
    {
      self->hang_next = FALSE;
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
      return NULL;
    }
  if (code >= 0)
    {
      g_task_return_error (task, chat_session_error_new (code, code == CHAT_SESSION_ERROR_RATE_LIMITED ? 1 : 0, "As the test wants it"));
      g_object_unref (task);
      return NULL;
    }
  return task;
}

ChatSession *
chat_session_new (const char *profile_dir,
                  const char *profile)
{
  return g_object_new (CHAT_TYPE_SESSION, NULL);
}

ChatSession *
chat_fake_session_new (void)
{
  return chat_session_new (NULL, NULL);
}

ChatSessionState
chat_session_get_state (ChatSession *self)
{
  return self->state;
}

const char *
chat_session_get_server (ChatSession *self)
{
  return self->server;
}

const char *
chat_session_get_login (ChatSession *self)
{
  return self->login;
}

gboolean
chat_session_get_insecure (ChatSession *self)
{
  return self->insecure;
}

const GError *
chat_session_get_error (ChatSession *self)
{
  return self->error;
}

gint64
chat_session_get_retry_at (ChatSession *self)
{
  return self->retry_at;
}

guint
chat_session_get_abilities (ChatSession *self)
{
  return self->abilities;
}

guint
chat_session_count_unsent (ChatSession *self)
{
  return 0;
}

ChatRoomList *
chat_session_get_rooms (ChatSession *self)
{
  return self->rooms;
}

void
chat_fake_session_set_state (ChatSession      *self,
                             ChatSessionState  state,
                             int               error_code,
                             double            seconds)
{
  g_clear_error (&self->error);
  if (error_code >= 0)
    self->error = g_error_new (CHAT_SESSION_ERROR, error_code, "As the test wants it");
  self->retry_at = seconds > 0 ? g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC) : 0;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[PROP_ERROR]);
  g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[PROP_RETRY_AT]);
  g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[PROP_STATE]);
}

void
chat_fake_session_set_account (ChatSession *self,
                               const char  *server,
                               const char  *login)
{
  g_free (self->server);
  g_free (self->login);
  self->server = g_strdup (server);
  self->login = g_strdup (login);
  g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[PROP_SERVER]);
  g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[PROP_LOGIN]);
}

void
chat_fake_session_set_abilities (ChatSession *self,
                                 guint        abilities)
{
  self->abilities = abilities;
  g_object_notify_by_pspec (G_OBJECT (self), chat_fake_properties[PROP_ABILITIES]);
}

void
chat_fake_session_fail_next (ChatSession *self,
                             int          error_code)
{
  self->fail_next = error_code;
}

void
chat_fake_session_hang_next (ChatSession *self)
{
  self->hang_next = TRUE;
}

void
chat_fake_session_set_certificate (ChatSession *self,
                                   const char  *fingerprint,
                                   const char  *accepted)
{
  g_free (self->fingerprint);
  g_free (self->accepted);
  self->fingerprint = g_strdup (fingerprint);
  self->accepted = g_strdup (accepted);
}

void
chat_fake_session_set_people (ChatSession       *self,
                              const char *const *people)
{
  g_strfreev (self->people);
  self->people = g_strdupv ((char **) people);
}

const char *
chat_fake_session_get_calls (ChatSession *self)
{
  return self->calls->str;
}

ChatRoom *
chat_fake_session_add_room (ChatSession *self,
                            gint64       id,
                            const char  *name,
                            const char  *text,
                            gboolean     outgoing,
                            gint64       date)
{
  g_autoptr (ChatRoom) room = chat_room_new (id, name);

  if (text != NULL)
    {
      g_autoptr (ChatMessage) message = chat_message_new (id, outgoing ? "me" : name, outgoing, CHAT_MESSAGE_TEXT, NULL);

      chat_message_set_id (message, ++self->next_id);
      chat_message_set_text (message, text);
      chat_message_set_date (message, date, NULL);
      chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
      chat_room_set_last_message (room, message);
    }
  chat_room_set_activity (room, date);
  chat_room_list_add (self->rooms, room);
  return chat_room_list_lookup (self->rooms, id);
}

void
chat_fake_session_remove_room (ChatSession *self,
                               ChatRoom    *room)
{
  g_autoptr (ChatRoom) kept = g_object_ref (room);

  chat_room_list_remove (self->rooms, chat_room_get_id (kept));
  g_signal_emit (self, signals[ROOM_REMOVED], 0, kept);
}

void
chat_session_restore_async (ChatSession         *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "restore");
  if (task != NULL)
    g_task_return_boolean (task, FALSE);
}

gboolean
chat_session_restore_finish (ChatSession   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_sign_in_async (ChatSession         *self,
                            const char          *server,
                            gboolean             insecure,
                            const char          *login,
                            const char          *password,
                            gboolean             sign_up,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "%s %s %s %s %s", sign_up ? "sign-up" : "sign-in", server, insecure ? "plain" : "tls", login, password);
  if (task == NULL)
    return;
  self->insecure = insecure;
  chat_fake_session_set_account (self, server, login);
  chat_room_list_set_loaded (self->rooms, TRUE);
  chat_fake_session_set_state (self, CHAT_SESSION_ONLINE, -1, 0);
  g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_sign_in_finish (ChatSession   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_sign_out_async (ChatSession         *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  chat_fake_record (self, "sign-out");
  chat_room_list_clear (self->rooms);
  chat_room_list_set_loaded (self->rooms, FALSE);
  chat_fake_session_set_account (self, NULL, NULL);
  chat_fake_session_set_state (self, CHAT_SESSION_SIGNED_OUT, -1, 0);
  g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_sign_out_finish (ChatSession   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
chat_session_get_certificate_fingerprint (ChatSession  *self,
                                          const char  **accepted_fingerprint)
{
  if (accepted_fingerprint != NULL)
    *accepted_fingerprint = self->accepted;
  return self->fingerprint;
}

void
chat_session_accept_certificate (ChatSession *self,
                                 const char  *server,
                                 const char  *fingerprint)
{
  chat_fake_record (self, "accept %s %s", server, fingerprint);
}

void
chat_session_connect (ChatSession *self)
{
  chat_fake_record (self, "connect");
}

void
chat_session_close (ChatSession *self)
{
  chat_fake_record (self, "close");
}

void
chat_session_search_users_async (ChatSession         *self,
                                 const char          *text,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);
  GPtrArray *found;

  chat_fake_record (self, "search %s", text);
  if (task == NULL)
    return;
  found = g_ptr_array_new ();
  for (guint i = 0; self->people != NULL && self->people[i] != NULL; i++)
    if (strstr (self->people[i], text) != NULL)
      g_ptr_array_add (found, g_strdup (self->people[i]));
  g_ptr_array_add (found, NULL);
  g_task_return_pointer (task, g_ptr_array_free (found, FALSE), (GDestroyNotify) g_strfreev);
}

GStrv
chat_session_search_users_finish (ChatSession   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_session_create_room_async (ChatSession         *self,
                                const char          *login,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);
  ChatRoom *room;

  chat_fake_record (self, "create %s", login);
  if (task == NULL)
    return;
  room = chat_room_list_lookup_name (self->rooms, login);
  if (room == NULL)
    room = chat_fake_session_add_room (self, 1000 + ++self->next_id, login, NULL, FALSE, g_get_real_time ());
  g_task_return_pointer (task, g_object_ref (room), g_object_unref);
}

ChatRoom *
chat_session_create_room_finish (ChatSession   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_session_delete_room_async (ChatSession         *self,
                                ChatRoom            *room,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "delete %" G_GINT64_FORMAT, chat_room_get_id (room));
  if (task == NULL)
    return;
  chat_fake_session_remove_room (self, room);
  g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_delete_room_finish (ChatSession   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_mark_read (ChatSession *self,
                        ChatRoom    *room,
                        gint64       message_id)
{
  chat_fake_record (self, "read %" G_GINT64_FORMAT, message_id);
  chat_room_set_read_mark (room, message_id);
  chat_room_set_unread_count (room, 0);
}

void
chat_session_tell_typing (ChatSession *self,
                          ChatRoom    *room)
{
  chat_fake_record (self, "typing %" G_GINT64_FORMAT, chat_room_get_id (room));
}

void
chat_session_set_room_pinned (ChatSession *self,
                              ChatRoom    *room,
                              gboolean     pinned)
{
  chat_room_set_pinned (room, pinned);
}

void
chat_session_set_room_muted (ChatSession *self,
                             ChatRoom    *room,
                             gboolean     muted)
{
  chat_room_set_muted (room, muted);
}

/* Messages: a room of the fake has its newest one alone. */

#define FAKE_TYPE_SOURCE (fake_source_get_type ())
G_DECLARE_FINAL_TYPE (FakeSource, fake_source, FAKE, SOURCE, GObject)

struct _FakeSource
{
  GObject parent_instance;

  ChatRoom *room;
};

static void
fake_source_load_async (ChatMessageSource   *source,
                        ChatPageKind         kind,
                        gint64               anchor,
                        guint                limit,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  FakeSource *self = FAKE_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  ChatMessagePage *page = chat_message_page_new ();
  ChatMessage *message = chat_room_get_last_message (self->room);

  if (message != NULL && (kind == CHAT_PAGE_NEWEST || kind == CHAT_PAGE_AROUND))
    g_ptr_array_add (page->messages, g_object_ref (message));
  g_task_return_pointer (task, page, (GDestroyNotify) chat_message_page_free);
}

static ChatMessagePage *
fake_source_load_finish (ChatMessageSource  *source,
                         GAsyncResult       *result,
                         GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_source_iface_init (ChatMessageSourceInterface *iface)
{
  iface->load_async = fake_source_load_async;
  iface->load_finish = fake_source_load_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeSource, fake_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_MESSAGE_SOURCE, fake_source_iface_init))

static void
fake_source_finalize (GObject *object)
{
  g_clear_object (&FAKE_SOURCE (object)->room);
  G_OBJECT_CLASS (fake_source_parent_class)->finalize (object);
}

static void
fake_source_class_init (FakeSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_source_finalize;
}

static void
fake_source_init (FakeSource *self)
{
}

ChatMessageList *
chat_session_get_messages (ChatSession *self,
                           ChatRoom    *room)
{
  g_autoptr (FakeSource) source = g_object_new (FAKE_TYPE_SOURCE, NULL);
  ChatMessageList *list;

  source->room = g_object_ref (room);
  list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  chat_message_list_load (list);
  return list;
}

ChatMessage *
chat_session_send_text (ChatSession  *self,
                        ChatRoom     *room,
                        const char   *text,
                        GError      **error)
{
  ChatMessage *message;

  chat_fake_record (self, "send %s", text);
  if (*text == '\0')
    {
      g_set_error (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_EMPTY, "Empty");
      return NULL;
    }
  message = chat_message_new (chat_room_get_id (room), "me", TRUE, CHAT_MESSAGE_TEXT, NULL);
  chat_message_set_id (message, ++self->next_id);
  chat_message_set_text (message, text);
  chat_message_set_date (message, g_get_real_time (), NULL);
  chat_message_set_state (message, CHAT_MESSAGE_SENT, NULL);
  chat_room_set_last_message (room, message);
  return message;
}

void
chat_session_retry_message (ChatSession *self,
                            ChatMessage *message)
{
  chat_fake_record (self, "retry");
}

void
chat_session_discard_message (ChatSession *self,
                              ChatMessage *message)
{
  chat_fake_record (self, "discard");
}

void
chat_session_edit_message_async (ChatSession         *self,
                                 ChatMessage         *message,
                                 const char          *text,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "edit %s", text);
  if (task == NULL)
    return;
  chat_message_set_text (message, text);
  g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_edit_message_finish (ChatSession   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
chat_session_delete_message_async (ChatSession         *self,
                                   ChatMessage         *message,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr (GTask) task = chat_fake_begin (self, cancellable, callback, user_data);

  chat_fake_record (self, "delete-message");
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

gboolean
chat_session_delete_message_finish (ChatSession   *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
chat_session_finalize (GObject *object)
{
  ChatSession *self = CHAT_SESSION (object);

  g_clear_error (&self->error);
  g_clear_object (&self->rooms);
  g_clear_object (&self->images);
  g_clear_object (&self->files);
  g_free (self->server);
  g_free (self->login);
  g_free (self->fingerprint);
  g_free (self->accepted);
  g_strfreev (self->people);
  g_ptr_array_unref (self->devices);
  g_string_free (self->calls, TRUE);

  G_OBJECT_CLASS (chat_session_parent_class)->finalize (object);
}

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
      g_value_set_uint (value, chat_session_get_abilities (self));
      break;
    case PROP_ROOMS:
      g_value_set_object (value, self->rooms);
      break;
    case PROP_SENDS_RECEIPTS:
    case PROP_SENDS_TYPING:
    case PROP_SENDS_PRESENCE:
      g_value_set_boolean (value, self->settings[prop_id - PROP_SENDS_RECEIPTS]);
      break;
    case PROP_SETTINGS_WAITING:
      g_value_set_boolean (value, self->settings_waiting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_session_class_init (ChatSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = chat_session_finalize;
  object_class->get_property = chat_session_get_property;

  chat_fake_properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, CHAT_TYPE_SESSION_STATE, CHAT_SESSION_SIGNED_OUT, flags);
  chat_fake_properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);
  chat_fake_properties[PROP_LOGIN] = g_param_spec_string ("login", NULL, NULL, NULL, flags);
  chat_fake_properties[PROP_INSECURE] = g_param_spec_boolean ("insecure", NULL, NULL, FALSE, flags);
  chat_fake_properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  chat_fake_properties[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  chat_fake_properties[PROP_ABILITIES] = g_param_spec_uint ("abilities", NULL, NULL, 0, G_MAXUINT, 0, flags);
  chat_fake_properties[PROP_ROOMS] = g_param_spec_object ("rooms", NULL, NULL, CHAT_TYPE_ROOM_LIST, flags);
  chat_fake_properties[PROP_SENDS_RECEIPTS] = g_param_spec_boolean ("sends-receipts", NULL, NULL, TRUE, flags);
  chat_fake_properties[PROP_SENDS_TYPING] = g_param_spec_boolean ("sends-typing", NULL, NULL, TRUE, flags);
  chat_fake_properties[PROP_SENDS_PRESENCE] = g_param_spec_boolean ("sends-presence", NULL, NULL, TRUE, flags);
  chat_fake_properties[PROP_SETTINGS_WAITING] = g_param_spec_boolean ("settings-waiting", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, chat_fake_properties);
  chat_fake_session_add_signals (G_TYPE_FROM_CLASS (klass));
  signals[ROOM_REMOVED] = g_signal_new ("room-removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, CHAT_TYPE_ROOM);
  signals[NOTICE] = g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
chat_session_init (ChatSession *self)
{
  self->images = chat_file_list_new (NULL, NULL, NULL);
  self->files = chat_file_list_new (NULL, NULL, NULL);
  self->rooms = chat_room_list_new ();
  self->calls = g_string_new (NULL);
  self->fail_next = -1;
  self->abilities = CHAT_SESSION_CAN_RESEND | CHAT_SESSION_CAN_PAGE | CHAT_SESSION_CAN_TELL_ROOMS | CHAT_SESSION_CAN_REMEMBER
                    | CHAT_SESSION_CAN_TELL_RECEIPTS | CHAT_SESSION_CAN_TELL_TYPING | CHAT_SESSION_CAN_TELL_PRESENCE;
  self->settings[0] = self->settings[1] = self->settings[2] = TRUE;
  self->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_session_device_free);
}
