/* chat-fake-source.h: a ChatMessageSource over a plain array, whose answers a test holds in its hand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message-source.h"

G_BEGIN_DECLS

#define CHAT_TYPE_FAKE_SOURCE (chat_fake_source_get_type ())
G_DECLARE_FINAL_TYPE (ChatFakeSource, chat_fake_source, CHAT, FAKE_SOURCE, GObject)

ChatFakeSource *chat_fake_source_new         (void);
/** chat_fake_source_set_auto: answers by itself when the main loop is idle; else the test calls _answer and _fail */
void            chat_fake_source_set_auto    (ChatFakeSource *self,
                                              gboolean        automatic);
/** chat_fake_source_get_history: Returns: (transfer none) (element-type ChatMessage): ascending; the test changes it at will */
GPtrArray      *chat_fake_source_get_history (ChatFakeSource *self);
/** chat_fake_source_append: Returns: (transfer none): a new message at the end of the history, with the next id */
ChatMessage    *chat_fake_source_append      (ChatFakeSource *self,
                                              const char     *sender,
                                              gboolean        outgoing,
                                              gint64          date,
                                              const char     *text);
void            chat_fake_source_remove      (ChatFakeSource *self,
                                              ChatMessage    *message);
/** chat_fake_source_take_id: Returns: an id that no other message gets */
gint64          chat_fake_source_take_id     (ChatFakeSource *self);

guint           chat_fake_source_get_pending (ChatFakeSource *self);
guint           chat_fake_source_get_asked   (ChatFakeSource *self);
/** chat_fake_source_prepare: writes the page of pending request @index now, as a server does some time before it arrives */
void            chat_fake_source_prepare     (ChatFakeSource *self,
                                              guint           index);
/** chat_fake_source_set_doubtful: whether pages are written as what was known last */
void            chat_fake_source_set_doubtful (ChatFakeSource *self,
                                              gboolean        doubtful);
void            chat_fake_source_answer      (ChatFakeSource *self,
                                              guint           index);
void            chat_fake_source_fail        (ChatFakeSource *self,
                                              guint           index);
ChatPageKind    chat_fake_source_get_kind    (ChatFakeSource *self,
                                              guint           index);

G_END_DECLS
