/* chat-conversation-private.h: what the files of ChatConversation share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-composer.h"
#include "chat-conversation.h"
#include "chat-timeline.h"

G_BEGIN_DECLS

struct _ChatConversation
{
  GtkWidget     parent_instance;

  GtkWidget    *toasts;
  GtkWidget    *find_bar;
  GtkWidget    *timeline;
  GtkWidget    *composer;

  ChatSession  *session;
  ChatRoom     *room;
  ChatMessageList *list;      /* (nullable): its messages */
  GPtrArray    *kept;         /* (element-type ChatMessageList), the latest last */
  GCancellable *cancellable;
  gulong        abilities_id;
  GtkEventController *drop;   /* (not owned) */
  GtkNativeDialog *chooser;   /* (nullable) */
  GtkWidget    *viewer;       /* (nullable) (weak): of images */
  GtkWidget    *files;        /* (nullable) (weak): the window with all of the room's */
  ChatMessage  *wanted;       /* (nullable): to be shown as soon as its page is there */
  guint         mark_source;  /* while the one that was wanted is marked */
};

/** chat_conversation_tell: @what: what did not work; @error: (nullable): why */
void chat_conversation_tell           (ChatConversation *self,
                                       const char       *what,
                                       const GError     *error);

/* Files (chat-conversation-files) */
void chat_conversation_init_files     (ChatConversation *self);
void chat_conversation_dispose_files  (ChatConversation *self);
/** chat_conversation_update_files: the room, or what the server can do, is another */
void chat_conversation_update_files   (ChatConversation *self);
void chat_conversation_close_viewer   (ChatConversation *self);
/** chat_conversation_close_windows: all that show something of the room */
void chat_conversation_close_windows  (ChatConversation *self);
/** chat_conversation_file_requested: the person asks for @action on the file of @message */
void chat_conversation_file_requested (ChatConversation *self,
                                       ChatMessage      *message,
                                       const char       *action);

G_END_DECLS
