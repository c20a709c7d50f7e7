/* chat-devices-group.h: where the person is signed in, with buttons that sign out there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_DEVICES_GROUP (chat_devices_group_get_type ())
/**
 * ChatDevicesGroup: asks the server when it is shown, and whenever there is a connection again
 *
 * Signals:
 * toast (const char *words)  something was done, or failed
 */
G_DECLARE_FINAL_TYPE (ChatDevicesGroup, chat_devices_group, CHAT, DEVICES_GROUP, AdwPreferencesGroup)

/** chat_devices_group_set_session: @session: (nullable) */
void chat_devices_group_set_session (ChatDevicesGroup *self,
                                     ChatSession      *session);
/** chat_devices_group_refresh: something has changed; asks again, if it is shown */
void chat_devices_group_refresh     (ChatDevicesGroup *self);

G_END_DECLS
