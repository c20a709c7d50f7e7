/* chat-application-private.h: what the files of the application share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-application.h"

#include "chat-background.h"
#include "chat-notifier.h"
#include "chat-session.h"
#include "chat-uri.h"
#include "chat-window.h"

G_BEGIN_DECLS

#define CHAT_DEFAULT_PROFILE "default"

typedef enum
{
  CHAT_ERRAND_NONE,
  CHAT_ERRAND_ROOM,
  CHAT_ERRAND_NEW_CONVERSATION,
  CHAT_ERRAND_LINK,
  CHAT_ERRAND_FIND,
  CHAT_ERRAND_PREFERENCES
} ChatErrandKind;

/** ChatErrand: what somebody asked the application to show */
typedef struct
{
  ChatErrandKind  kind;
  char           *server;       /* ROOM: of which account it is */
  char           *login;
  gint64          room_id;
  gint64          message_id;   /* ROOM: where it is to be opened; 0: where one was reading */
  char           *text;         /* FIND: what is written into the filter of the rooms */
  ChatUri        *uri;          /* LINK */
  gboolean        told;         /* LINK: that one has to sign in for it */
  gboolean        late;         /* it has waited for the rooms as long as it may */
} ChatErrand;

struct _ChatApplication
{
  AdwApplication parent_instance;

  char *profile;                /* encoded */
  char *password;               /* from --password-file, until it is used */
  char *server;                 /* from --server, until it is known whether the profile is signed in to another one */
  GSettings *settings;
  ChatSession *session;
  GtkWidget *window;            /* not owned */
  GSignalGroup *room_signals;
  gboolean restored;            /* the last session was looked for */
  gboolean restoring;           /* it is being looked for */
  ChatErrand errand;            /* the one that waits: the newest takes the place of the one before */
  guint errand_timer;
  guint errand_idle;
  guint search_id;              /* the exported interface */
  GCancellable *search_cancellable; /* of the newest question */
  GHashTable *search_found;     /* char * -> char *: the messages that were found, by the ids of results: "SENDER\nTEXT" */
  GtkWidget *link_dialog;       /* weak: asks about a link */

  /* chat-application-desktop.c */
  ChatNotifier *notifier;
  ChatBackground *background;
  GPtrArray *marks;             /* (nullable): that wait for the account */
  guint linger_timer;
  guint trim_idle;
  guint signal_sources[3];
  gboolean asking;              /* whether it may run in the background */
  gboolean close_wanted;        /* if it may */
  char *notice;                 /* (nullable): the newest that nobody has seen, for there was no window */
};

/** chat_application_show: makes the window if there is none, and brings it to the front */
void chat_application_show               (ChatApplication *self);
/** chat_application_restore: looks for the last session, once; needs no window, and keeps the program until it is found */
void chat_application_restore            (ChatApplication *self);

/* chat-application-desktop.c */
void chat_application_begin_desktop      (ChatApplication *self);
void chat_application_end_desktop        (ChatApplication *self);
void chat_application_window_made        (ChatApplication *self);
void chat_application_window_gone        (ChatApplication *self);
/** chat_application_try_marks: the account is there: what was marked as read from notifications is */
void chat_application_try_marks          (ChatApplication *self);

/* chat-application-errand.c */
void chat_application_add_errand_actions (ChatApplication *self);
/** chat_application_begin_errand: brings the window, and does it now or as soon as it can be done. What @errand points to is taken */
void chat_application_begin_errand       (ChatApplication *self,
                                          ChatErrand       errand);
/** chat_application_try_errand: something has changed: can it be done now? */
void chat_application_try_errand         (ChatApplication *self);
void chat_application_drop_errand        (ChatApplication *self);
/** chat_application_errand_room_chosen: a room was opened: that of an errand that waits must not take its place any more */
void chat_application_errand_room_chosen (ChatApplication *self);

/* chat-application-link.c */
/** chat_application_open_link: @text: what anybody wrote. Asks, or explains what is wrong with it */
void chat_application_open_link          (ChatApplication *self,
                                          const char      *text);
void chat_application_ask_link           (ChatApplication *self,
                                          const ChatUri   *uri);

/* chat-application-search.c: where the desktop's search asks (of the profile that it can start alone) */
gboolean chat_application_export_search  (ChatApplication  *self,
                                          GDBusConnection  *connection,
                                          const char       *object_path,
                                          GError          **error);
void chat_application_unexport_search    (ChatApplication  *self,
                                          GDBusConnection  *connection);

G_END_DECLS
