/* chat-notification-service.c: what shows the notifications of this desktop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-notification-service.h"

#define BUS_NAME  "org.freedesktop.Notifications"
#define BUS_PATH  "/org/freedesktop/Notifications"

typedef enum
{
  SERVICE_UNKNOWN,
  SERVICE_ASKED,      /* what it is */
  SERVICE_NONE,
  SERVICE_KEEPS,      /* knows notifications by the id that we give: the shell of GNOME, the portal */
  SERVICE_NUMBERS     /* gives each a number: GLib can replace or withdraw it only when it has that */
} ServiceKind;

struct _ChatNotificationService
{
  GObject parent_instance;

  GApplication *application;    /* not owned */
  GCancellable *cancellable;
  ServiceKind kind;
  gboolean markup;              /* it takes bodies for markup */
  gboolean busy;                /* it owes us the number of what was shown last */
  gint64 asked_at;              /* µs, monotonic */
  GHashTable *waiting;          /* id: ChatNotificationContent, or NULL to withdraw */
};

G_DEFINE_FINAL_TYPE (ChatNotificationService, chat_notification_service, G_TYPE_OBJECT)

void
chat_notification_content_free (ChatNotificationContent *content)
{
  if (content == NULL)
    return;
  g_free (content->title);
  g_free (content->body);
  g_free (content->default_action);
  g_clear_pointer (&content->default_target, g_variant_unref);
  g_free (content->button);
  g_free (content->button_action);
  g_clear_pointer (&content->button_target, g_variant_unref);
  g_free (content);
}

gboolean
chat_desktop_uses_portal (void)
{
  const char *wanted = g_getenv ("GTK_USE_PORTAL");

  return g_strcmp0 (wanted, "1") == 0 || g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_getenv ("SNAP_NAME") != NULL;
}

static void
flush (ChatNotificationService *self);

/* The answer to what was sent before comes before this one */
static void
on_numbered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (ChatNotificationService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  self->busy = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  /* It has gone: perhaps there is another one */
  if (answer == NULL)
    self->kind = SERVICE_UNKNOWN;
  flush (self);
}

static void
send (ChatNotificationService *self,
      const char              *id,
      ChatNotificationContent *content)
{
  g_autoptr (GNotification) notification = g_notification_new (content->title);
  g_autofree char *escaped = self->markup ? g_markup_escape_text (content->body, -1) : NULL;

  g_notification_set_body (notification, escaped != NULL ? escaped : content->body);
  g_notification_set_priority (notification, content->priority);
  g_notification_set_category (notification, "im.received");
  g_notification_set_default_action_and_target_value (notification, content->default_action, content->default_target);
  if (content->button != NULL)
    g_notification_add_button_with_target_value (notification, content->button, content->button_action, content->button_target);
  g_application_send_notification (self->application, id, notification);

  if (self->kind == SERVICE_NUMBERS)
    {
      self->busy = TRUE;
      g_dbus_connection_call (g_application_get_dbus_connection (self->application), BUS_NAME, BUS_PATH, BUS_NAME,
                              "GetServerInformation", NULL, G_VARIANT_TYPE ("(ssss)"), G_DBUS_CALL_FLAGS_NONE,
                              CHAT_NOTIFICATION_TIMEOUT_MS, self->cancellable, on_numbered, g_object_ref (self));
    }
}

static void
found (ChatNotificationService *self,
       ServiceKind              kind,
       gboolean                 markup)
{
  self->kind = kind;
  self->markup = markup;
  flush (self);
}

static void
on_capabilities (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (ChatNotificationService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree const char **capabilities = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer == NULL)
    {
      g_message ("Nobody shows notifications here: %s", error->message);
      found (self, SERVICE_NONE, FALSE);
      return;
    }
  g_variant_get (answer, "(^a&s)", &capabilities);
  found (self, SERVICE_NUMBERS, g_strv_contains (capabilities, "body-markup"));
}

static void
ask_capabilities (ChatNotificationService *self,
                  GDBusConnection         *connection)
{
  g_dbus_connection_call (connection, BUS_NAME, BUS_PATH, BUS_NAME, "GetCapabilities", NULL, G_VARIANT_TYPE ("(as)"),
                          G_DBUS_CALL_FLAGS_NONE, CHAT_NOTIFICATION_TIMEOUT_MS, self->cancellable, on_capabilities,
                          g_object_ref (self));
}

static void
on_has_owner (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (ChatNotificationService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean has_owner = FALSE;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer != NULL)
    g_variant_get (answer, "(b)", &has_owner);
  if (has_owner)
    found (self, SERVICE_KEEPS, FALSE);
  else
    ask_capabilities (self, G_DBUS_CONNECTION (source));
}

/* GLib does not tell which way it goes: it is asked for in the same manner, and of the same */
static void
ask (ChatNotificationService *self)
{
  GDBusConnection *connection = g_application_get_dbus_connection (self->application);
  const char *forced = g_getenv ("GNOTIFICATION_BACKEND");

  self->kind = SERVICE_ASKED;
  self->asked_at = g_get_monotonic_time ();
  if (connection == NULL)
    found (self, SERVICE_NONE, FALSE);
  else if (forced != NULL && g_str_equal (forced, "freedesktop"))
    ask_capabilities (self, connection);
  else if (forced != NULL || chat_desktop_uses_portal ())
    found (self, SERVICE_KEEPS, FALSE);
  else
    g_dbus_connection_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                            g_variant_new ("(s)", "org.gtk.Notifications"), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE,
                            CHAT_NOTIFICATION_TIMEOUT_MS, self->cancellable, on_has_owner, g_object_ref (self));
}

static void
flush (ChatNotificationService *self)
{
  GHashTableIter iter;
  gpointer id, content;

  if (g_cancellable_is_cancelled (self->cancellable) || g_hash_table_size (self->waiting) == 0 || self->kind == SERVICE_ASKED || self->busy)
    return;
  if (self->kind == SERVICE_NONE && g_get_monotonic_time () - self->asked_at < CHAT_NOTIFICATION_RETRY_MS * G_TIME_SPAN_MILLISECOND)
    {
      /* Shown later they would be old */
      g_hash_table_remove_all (self->waiting);
      return;
    }
  if (self->kind == SERVICE_NONE || self->kind == SERVICE_UNKNOWN)
    {
      ask (self);
      return;
    }
  g_hash_table_iter_init (&iter, self->waiting);
  while (!self->busy && g_hash_table_iter_next (&iter, &id, &content))
    {
      if (content != NULL)
        send (self, id, content);
      else
        g_application_withdraw_notification (self->application, id);
      g_hash_table_iter_remove (&iter);
    }
}

void
chat_notification_service_show (ChatNotificationService *self,
                                const char              *id,
                                ChatNotificationContent *content)
{
  g_return_if_fail (CHAT_IS_NOTIFICATION_SERVICE (self));
  g_return_if_fail (id != NULL && content != NULL);

  g_hash_table_insert (self->waiting, g_strdup (id), content);
  flush (self);
}

void
chat_notification_service_withdraw (ChatNotificationService *self,
                                    const char              *id)
{
  g_return_if_fail (CHAT_IS_NOTIFICATION_SERVICE (self));
  g_return_if_fail (id != NULL);

  g_hash_table_insert (self->waiting, g_strdup (id), NULL);
  flush (self);
}

void
chat_notification_service_stop (ChatNotificationService *self)
{
  g_return_if_fail (CHAT_IS_NOTIFICATION_SERVICE (self));

  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->waiting);
}

static void
chat_notification_service_finalize (GObject *object)
{
  ChatNotificationService *self = CHAT_NOTIFICATION_SERVICE (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->waiting);

  G_OBJECT_CLASS (chat_notification_service_parent_class)->finalize (object);
}

static void
chat_notification_service_class_init (ChatNotificationServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_notification_service_finalize;
}

static void
chat_notification_service_init (ChatNotificationService *self)
{
  self->cancellable = g_cancellable_new ();
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) chat_notification_content_free);
}

ChatNotificationService *
chat_notification_service_new (GApplication *application)
{
  ChatNotificationService *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);

  self = g_object_new (CHAT_TYPE_NOTIFICATION_SERVICE, NULL);
  self->application = application;
  return self;
}
