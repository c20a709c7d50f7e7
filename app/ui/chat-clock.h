/* chat-clock.h: whether the time of day is told with 12 or 24 hours
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CHAT_TYPE_CLOCK (chat_clock_get_type ())
G_DECLARE_FINAL_TYPE (ChatClock, chat_clock, CHAT, CLOCK, GObject)

/* The desktop knows, where it has a setting for it (GNOME's clock-format, through the Settings portal, which works in a sandbox
 * too; version 1 of org.freedesktop.portal.Settings). Else the locale does, also until the desktop has answered.
 *
 * Property "twelve-hours": notifies when the person changes it. */

/** chat_clock_get_default: asks the desktop when it is called first. Returns: (transfer none): one for the whole program */
ChatClock *chat_clock_get_default      (void);
/** chat_clock_new: @connection: (nullable): the bus with the portal; %NULL: the locale alone. Returns: (transfer full) */
ChatClock *chat_clock_new              (GDBusConnection *connection);
gboolean   chat_clock_get_twelve_hours (ChatClock       *self);

G_END_DECLS
