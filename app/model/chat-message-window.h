/* chat-message-window.h: the ordered contents of a ChatMessageList, private to it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message.h"

G_BEGIN_DECLS

/**
 * ChatMessageWindow: messages in order with their grouping; tells @model's items-changed. Knows nothing of pages.
 */
typedef struct
{
  GListModel *model;        /* (not owned): whose contents these are */
  GPtrArray  *items;        /* (element-type ChatMessage): n_sent with an id, ascending, then the unsent if they show */
  guint       n_sent;
  GHashTable *by_id;        /* an id (owned) -> ChatMessage (borrowed): the n_sent ones */
  gsize       bytes;        /* of the texts of these, as they were when they came in */
  GPtrArray  *unsent;       /* (element-type ChatMessage) in order */
  gboolean    shows_unsent;
  gboolean    first_known;  /* nothing is older than the first message */
} ChatMessageWindow;

void         chat_message_window_init             (ChatMessageWindow *self,
                                                   GListModel        *model);
void         chat_message_window_clear            (ChatMessageWindow *self);

ChatMessage *chat_message_window_item             (ChatMessageWindow *self,
                                                   guint              position);
/** chat_message_window_first_id, _last_id: Returns: 0 if there is none */
gint64       chat_message_window_first_id         (ChatMessageWindow *self);
gint64       chat_message_window_last_id          (ChatMessageWindow *self);
ChatMessage *chat_message_window_lookup           (ChatMessageWindow *self,
                                                   gint64             id);
/** chat_message_window_place: Returns: where @id stands, or would stand, among those that have one */
guint        chat_message_window_place            (ChatMessageWindow *self,
                                                   gint64             id);
gboolean     chat_message_window_find             (ChatMessageWindow *self,
                                                   ChatMessage       *message,
                                                   guint             *position);

/** chat_message_window_apply: makes @wanted (array of #ChatMessage with ids, ascending) the part that has ids. What is in both
 * stays: each run of rows that come or go is told by itself. */
void         chat_message_window_apply            (ChatMessageWindow *self,
                                                   GPtrArray         *wanted);
/** chat_message_window_insert: @message has an id that is not there yet */
void         chat_message_window_insert           (ChatMessageWindow *self,
                                                   ChatMessage       *message);
/** chat_message_window_remove: takes away @n of those with an id */
void         chat_message_window_remove           (ChatMessageWindow *self,
                                                   guint              position,
                                                   guint              n);
/** chat_message_window_count_excess: Returns: how many of those with an id are to go at that end, so that no more than @most, with no
 * more than @most_bytes of text, are left, but @least anyway */
guint        chat_message_window_count_excess     (ChatMessageWindow *self,
                                                   gboolean           at_end,
                                                   guint              most,
                                                   gsize              most_bytes,
                                                   guint              least);
void         chat_message_window_set_shows_unsent (ChatMessageWindow *self,
                                                   gboolean           shows_unsent);
void         chat_message_window_set_first_known  (ChatMessageWindow *self,
                                                   gboolean           first_known);
/** chat_message_window_add_unsent: nothing if it is there */
void         chat_message_window_add_unsent       (ChatMessageWindow *self,
                                                   ChatMessage       *message);
/** chat_message_window_remove_unsent: Returns: whether it was among them */
gboolean     chat_message_window_remove_unsent    (ChatMessageWindow *self,
                                                   ChatMessage       *message);
/** chat_message_window_settle: an unsent message got its id and stands where it belongs: from now on it is a sent one.
 * Returns: whether that was so; else nothing was done */
gboolean     chat_message_window_settle           (ChatMessageWindow *self,
                                                   ChatMessage       *message);

G_END_DECLS
