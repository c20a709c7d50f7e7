/* chat-fake-desktop.h: the services of a desktop, on a bus of the test's own, that keep a record instead of showing anything
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** ChatFakeNotification: one that shows */
typedef struct
{
  char     *id;         /* what the program calls it; of org.freedesktop.Notifications the number */
  char     *title;
  char     *body;
  GVariant *data;       /* "a{sv}" of the shell and the portal; "as", the actions, of org.freedesktop.Notifications */
} ChatFakeNotification;

typedef struct _ChatFakeDesktop ChatFakeDesktop;

/** chat_fake_desktop_new: the first one begins a bus, which becomes that of this process */
ChatFakeDesktop      *chat_fake_desktop_new            (void);
void                  chat_fake_desktop_free           (ChatFakeDesktop *self);
/** chat_fake_desktop_own: @service: "gtk", "freedesktop" or "portal"; @capability: (nullable): that org.freedesktop.Notifications has besides
 * "body" and "actions" */
void                  chat_fake_desktop_own            (ChatFakeDesktop *self,
                                                        const char      *service,
                                                        const char      *capability);
/** chat_fake_desktop_grant: what the Background portal answers; of @autostart: where it is asked for. Refused at first */
void                  chat_fake_desktop_grant          (ChatFakeDesktop *self,
                                                        gboolean         granted);
/** chat_fake_desktop_get_request: Returns: (nullable): what the Background portal was asked for last, a{sv} */
GVariant             *chat_fake_desktop_get_request    (ChatFakeDesktop *self);
/** chat_fake_desktop_set_slow: answers to "Notify" come only with chat_fake_desktop_answer() */
void                  chat_fake_desktop_set_slow       (ChatFakeDesktop *self,
                                                        gboolean         slow);
void                  chat_fake_desktop_answer         (ChatFakeDesktop *self);
/** chat_fake_desktop_get_n: how many show */
guint                 chat_fake_desktop_get_n          (ChatFakeDesktop *self);
/** chat_fake_desktop_get_n_sent: how often one was shown or replaced */
guint                 chat_fake_desktop_get_n_sent     (ChatFakeDesktop *self);
/** chat_fake_desktop_find: Returns: (nullable): the one with @title */
ChatFakeNotification *chat_fake_desktop_find           (ChatFakeDesktop *self,
                                                        const char      *title);
/** chat_fake_desktop_invoke: the person chooses @action of a notification of org.freedesktop.Notifications, which goes by that */
void                  chat_fake_desktop_invoke         (ChatFakeDesktop *self,
                                                        const char      *id,
                                                        const char      *action);

G_END_DECLS
