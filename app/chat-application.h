/* chat-application.h: puts the layers together; what the keyboard and the menus ask for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAT_TYPE_APPLICATION (chat_application_get_type ())
/**
 * ChatApplication: one instance for each profile, which has its own settings (/com/example/Chat/profiles/NAME/), its own
 * data (XDG_DATA_HOME/com.example.Chat/NAME) and its own application id (com.example.Chat, or com.example.Chat.Profile_NAME).
 *
 * Actions that the desktop may ask for at any time, also of a program that it has to start for it. They bring a window, and what can not be
 * done yet is remembered until the account is there (chat-application-errand.c):
 * app.open-room (ssx)      server, login (of #ChatSession) and the id of a room: nothing is opened for another account than that
 * app.begin-conversation   the dialog that finds a person
 * app.preferences
 * app.open-link (s)        a link to a person or a room (chat-uri.h), from anybody: the person is asked first
 */
G_DECLARE_FINAL_TYPE (ChatApplication, chat_application, CHAT, APPLICATION, AdwApplication)

GApplication *chat_application_new          (void);

/** chat_application_encode_profile: Returns: (transfer full) (nullable): @profile with each byte that is no ASCII letter,
 * digit or "-" as "_" and two hexadecimal digits: fit for application ids, settings paths and file names, and different for
 * different names. %NULL if @profile is empty, longer than 64 bytes or not UTF-8. */
char         *chat_application_encode_profile (const char *profile);

G_END_DECLS
