/* chat-background.h: running without a window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-session.h"

G_BEGIN_DECLS

#define CHAT_BACKGROUND_ERROR (chat_background_error_quark ())
GQuark chat_background_error_quark (void);
typedef enum
{
  CHAT_BACKGROUND_ERROR_REFUSED,      /* the system, or the person through it, does not want it */
  CHAT_BACKGROUND_ERROR_NO_AUTOSTART  /* it may run in the background, but nothing here starts it */
} ChatBackgroundError;

/* How long it takes at most to find out whether there is a portal (milliseconds). The question to the person takes as long as they like */
#define CHAT_BACKGROUND_TIMEOUT_MS (5 * 1000)

#define CHAT_TYPE_BACKGROUND (chat_background_get_type ())
/**
 * ChatBackground: keeps the application running without a window while the person wants it and is signed in. In a sandbox the Background
 * portal is asked, by libportal; elsewhere nobody needs to be, and starting with the desktop is a file in XDG_CONFIG_HOME/autostart.
 *
 * Settings of the profile: run-in-background, start-at-login: what is granted.
 */
G_DECLARE_FINAL_TYPE (ChatBackground, chat_background, CHAT, BACKGROUND, GObject)

/** chat_background_new: @application: (transfer none): it owns this; @profile: encoded; (nullable): the default one */
ChatBackground *chat_background_new            (GApplication        *application,
                                                ChatSession         *session,
                                                GSettings           *settings,
                                                const char          *profile);
/** chat_background_request_async: asks whatever is to be asked; the settings then say what is granted. @parent: (nullable): before which the
 * system asks; @autostart: only together with @background. Switching off never fails but for the disk.
 * Errors: %CHAT_BACKGROUND_ERROR, or those of files */
void            chat_background_request_async  (ChatBackground      *self,
                                                GtkWindow           *parent,
                                                gboolean             background,
                                                gboolean             autostart,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
gboolean        chat_background_request_finish (ChatBackground      *self,
                                                GAsyncResult        *result,
                                                GError             **error);
/** chat_background_end: it does not keep the application any more: the program quits */
void            chat_background_end            (ChatBackground      *self);

G_END_DECLS
