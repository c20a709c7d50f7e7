/* chat-message-list-private.h: what the two files of ChatMessageList share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message-list.h"
#include "chat-message-window.h"

G_BEGIN_DECLS

/* A page that was asked for. Its callback owns it; the list only points to it, so that neither keeps the other alive. */
typedef struct
{
  ChatMessageList *list;          /* (nullable): gone, or wants it no more */
  GCancellable    *cancellable;
  ChatPageKind     kind;
  gint64           anchor;
  gint64           frontier;      /* the newest id of the window when it was asked: what is newer came later */
} ChatPageRequest;

/** ChatListDoubt: whether something may be missing between stale_after and what is newer in the window */
typedef enum
{
  CHAT_LIST_SURE,
  CHAT_LIST_WAITS,      /* until what happened meanwhile has been told in order */
  CHAT_LIST_GAP         /* until the newest page has been asked for */
} ChatListDoubt;

struct _ChatMessageList
{
  GObject            parent_instance;

  ChatMessageSource *source;
  ChatMessageWindow  window;

  ChatPageRequest   *whole;       /* replaces or renews the window */
  ChatPageRequest   *older;
  ChatPageRequest   *newer;

  /* What happens while a page is on its way: it may have been written before, and must neither bring back what was removed
   * nor hide what came since. Forgotten when no page is on its way. */
  GHashTable        *removed;     /* set of gint64 * (owned) */
  GPtrArray         *late;        /* (element-type ChatMessage) */
  gboolean           late_lost;   /* there were too many: the window does not reach the newest after all */

  /* After a reconnect, until the newest page came: messages may be missing after this id */
  ChatListDoubt      stale;
  gint64             stale_after;

  GError            *error;
  ChatPageKind       failed_kind;
  gint64             failed_anchor;

  gboolean           loaded;
  gboolean           has_older;
  gboolean           has_newer;
  gboolean           following;
};

void chat_message_list_set_has_older (ChatMessageList       *self,
                                      gboolean               has_older);
void chat_message_list_set_has_newer (ChatMessageList       *self,
                                      gboolean               has_newer);
/** chat_message_list_cut: gives up what is newer than stale_after: the window does not reach the newest any more */
void chat_message_list_cut           (ChatMessageList       *self);
/** chat_message_list_drop_request: cancels what @slot points to; its answer changes nothing any more */
void chat_message_list_drop_request  (ChatMessageList       *self,
                                      ChatPageRequest      **slot);

/** chat_message_list_count_excess: Returns: how many messages there are too many for the limits, if they go at that end */
guint chat_message_list_count_excess (ChatMessageList       *self,
                                      gboolean               at_end);

/* A page came: put it into the window */
void chat_message_list_take_whole    (ChatMessageList       *self,
                                      ChatMessagePage       *page,
                                      const ChatPageRequest *request);
void chat_message_list_take_older    (ChatMessageList       *self,
                                      ChatMessagePage       *page);
void chat_message_list_take_newer    (ChatMessageList       *self,
                                      ChatMessagePage       *page);

G_END_DECLS
