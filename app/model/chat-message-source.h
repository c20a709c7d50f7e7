/* chat-message-source.h: where a ChatMessageList gets its pages from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message.h"

G_BEGIN_DECLS

typedef enum
{
  CHAT_PAGE_NEWEST,         /* the newest page; the anchor is ignored */
  CHAT_PAGE_BEFORE,         /* those next older than the anchor */
  CHAT_PAGE_AFTER,          /* those next newer than the anchor */
  CHAT_PAGE_AROUND          /* the anchor in the midst, or its neighbours where it is gone */
} ChatPageKind;

/**
 * ChatMessagePage: messages in ascending order of id, with no gap between them
 */
typedef struct
{
  GPtrArray *messages;      /* (element-type ChatMessage) */
  gboolean   more_before;   /* there are older ones than the first */
  gboolean   more_after;    /* there are newer ones than the last */
  gboolean   doubtful;      /* that there are none is what was known last: messages may be missing after it */
} ChatMessagePage;
ChatMessagePage *chat_message_page_new  (void);
void             chat_message_page_free (ChatMessagePage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatMessagePage, chat_message_page_free)

#define CHAT_TYPE_MESSAGE_SOURCE (chat_message_source_get_type ())
G_DECLARE_INTERFACE (ChatMessageSource, chat_message_source, CHAT, MESSAGE_SOURCE, GObject)

/**
 * ChatMessageSourceInterface: implemented by the session (and by tests). A source gives the same object for the same
 * message as long as anybody holds it.
 */
struct _ChatMessageSourceInterface
{
  GTypeInterface parent;

  void             (*load_async)  (ChatMessageSource    *self,
                                   ChatPageKind          kind,
                                   gint64                anchor,
                                   guint                 limit,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
  ChatMessagePage *(*load_finish) (ChatMessageSource    *self,
                                   GAsyncResult         *result,
                                   GError              **error);
};

/** chat_message_source_load_async: @anchor: a message id; @limit: 1 to 200 */
void             chat_message_source_load_async  (ChatMessageSource    *self,
                                                  ChatPageKind          kind,
                                                  gint64                anchor,
                                                  guint                 limit,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
/** chat_message_source_load_finish: Returns: (transfer full) */
ChatMessagePage *chat_message_source_load_finish (ChatMessageSource    *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);

G_END_DECLS
