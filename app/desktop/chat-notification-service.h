/* chat-notification-service.h: what shows the notifications of this desktop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* So long nothing is sent after it was found that nobody shows notifications here (milliseconds) */
#define CHAT_NOTIFICATION_RETRY_MS   (30 * 1000)
/* How long an answer of the desktop is waited for (milliseconds) */
#define CHAT_NOTIFICATION_TIMEOUT_MS (5 * 1000)

/**
 * ChatNotificationContent: what one notification says and does. Title and body are plain text.
 */
typedef struct
{
  char                  *title;
  char                  *body;
  GNotificationPriority  priority;
  char                  *default_action;   /* detailed name without target, "app.open-room" */
  GVariant              *default_target;   /* (nullable) */
  char                  *button;           /* (nullable): its label */
  char                  *button_action;
  GVariant              *button_target;    /* (nullable) */
} ChatNotificationContent;
/** chat_notification_content_free: a #GVariant in it is owned, and not floating */
void chat_notification_content_free (ChatNotificationContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatNotificationContent, chat_notification_content_free)

#define CHAT_TYPE_NOTIFICATION_SERVICE (chat_notification_service_get_type ())
/**
 * ChatNotificationService: sends #GNotification s, by whichever way GLib has chosen: the shell of GNOME (org.gtk.Notifications), the portal,
 * or org.freedesktop.Notifications. It finds out first whether there is any, and whether it takes a body for markup, which what people
 * write never is. Where GLib needs an answer before the same notification can be replaced or withdrawn, it waits for that: of what was
 * asked meanwhile the newest counts.
 */
G_DECLARE_FINAL_TYPE (ChatNotificationService, chat_notification_service, CHAT, NOTIFICATION_SERVICE, GObject)

/** chat_notification_service_new: @application: (transfer none): registered by the time that something is shown */
ChatNotificationService *chat_notification_service_new      (GApplication            *application);
/** chat_notification_service_show: @content: (transfer full): takes the place of the one of the same @id */
void                     chat_notification_service_show     (ChatNotificationService *self,
                                                             const char              *id,
                                                             ChatNotificationContent *content);
/** chat_notification_service_withdraw: also one that an earlier run of the program has shown, where the desktop remembers it */
void                     chat_notification_service_withdraw (ChatNotificationService *self,
                                                             const char              *id);
/** chat_notification_service_stop: drops what waits, and sends nothing from here on; before the application goes */
void                     chat_notification_service_stop     (ChatNotificationService *self);

/** chat_desktop_uses_portal: whether the program has to ask portals: in a sandbox, or where GTK_USE_PORTAL is 1 */
gboolean                 chat_desktop_uses_portal           (void);

G_END_DECLS
