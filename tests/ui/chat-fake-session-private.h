/* chat-fake-session-private.h: between the parts of the session without a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-fake-session.h"

#include "chat-file-list.h"

G_BEGIN_DECLS

struct _ChatSession
{
  GObject parent_instance;

  ChatSessionState state;
  char *server;
  char *login;
  gboolean insecure;
  GError *error;
  gint64 retry_at;
  ChatRoomList *rooms;
  int fail_next;            /* -1 for none */
  gboolean hang_next;
  char *fingerprint;
  char *accepted;
  GStrv people;
  guint abilities;
  gint64 media_limit;
  ChatFileList *images;
  ChatFileList *files;
  gboolean settings[3];     /* receipts, typing, presence */
  gboolean settings_waiting;
  GPtrArray *devices;       /* of ChatSessionDevice */
  GString *calls;
  gint64 next_id;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_SERVER,
  PROP_LOGIN,
  PROP_INSECURE,
  PROP_ERROR,
  PROP_RETRY_AT,
  PROP_ABILITIES,
  PROP_ROOMS,
  PROP_SENDS_RECEIPTS,
  PROP_SENDS_TYPING,
  PROP_SENDS_PRESENCE,
  PROP_SETTINGS_WAITING,
  N_PROPS
};

extern GParamSpec *chat_fake_properties[N_PROPS];

/** chat_fake_record: a call, for chat_fake_session_get_calls() */
void   chat_fake_record (ChatSession         *self,
                         const char          *format,
                         ...) G_GNUC_PRINTF (2, 3);
/** chat_fake_begin: Returns: (transfer full) (nullable): the task to go on with; %NULL where it has failed, or hangs until it is
 * cancelled */
GTask *chat_fake_begin  (ChatSession         *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data);

/** chat_fake_session_add_signals: chat-fake-pushes.c */
void chat_fake_session_add_signals (GType type);

G_END_DECLS
