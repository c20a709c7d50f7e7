/* chat-preferences-window.h: what a person can set, and their account
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_TYPE_PREFERENCES_WINDOW (chat_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (ChatPreferencesWindow, chat_preferences_window, CHAT, PREFERENCES_WINDOW, AdwPreferencesWindow)

/** chat_preferences_window_new: @settings: of the profile. Its account page activates "sign-out" of the application of @parent. */
GtkWidget *chat_preferences_window_new (GtkWindow   *parent,
                                        GSettings   *settings,
                                        ChatSession *session);

G_END_DECLS
