/* chat-message-list.h: a window on the messages of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message-source.h"

G_BEGIN_DECLS

#define CHAT_TYPE_MESSAGE_LIST (chat_message_list_get_type ())
/**
 * ChatMessageList: a #GListModel of #ChatMessage, oldest first.
 *
 * A contiguous window on a room's history that grows at both ends from a #ChatMessageSource, page by page. Unsent
 * messages of one's own stand at its end whenever it reaches the newest. An edit, a new state or an id changes the
 * object in place (notify); items-changed is emitted only where rows come or go, and once for each page.
 *
 * It holds %CHAT_MESSAGE_LIST_MAX messages and a page at most: what grows at one end loses as much at the other, which is
 * then loaded again when it is wanted. Do not add or remove from within its items-changed.
 *
 * Properties (read-only, notified on change, but for "following"):
 * loading                       boolean  a page that replaces or renews the window is on its way
 * loading-older, loading-newer  boolean  a page is on its way
 * has-older, has-newer          boolean  the window does not reach that end of the history
 * loaded                        boolean  the first page came
 * error                         GError   (nullable) why the last page did not come; cleared by the next try
 * following                     boolean  (writable) the newest message is what the person looks at; %TRUE at first. While it is
 *                                        %FALSE nothing is taken away from under their eyes: where a renewed newest page does not
 *                                        touch the window, or the window is full, has-newer becomes %TRUE instead
 */
#define CHAT_MESSAGE_LIST_PAGE  50      /* messages asked for at once */
#define CHAT_MESSAGE_LIST_MAX   2000    /* messages kept */
#define CHAT_MESSAGE_LIST_MAX_BYTES (16 * 1024 * 1024)    /* of text in them; two pages are kept anyway */

G_DECLARE_FINAL_TYPE (ChatMessageList, chat_message_list, CHAT, MESSAGE_LIST, GObject)

/** chat_message_list_new: @source: (transfer none). Loads nothing by itself. */
ChatMessageList *chat_message_list_new              (ChatMessageSource *source);

/** chat_message_list_load: the first page, or the newest one in place of what is there if the window does not reach it */
void             chat_message_list_load             (ChatMessageList   *self);
/** chat_message_list_load_older, _newer: the next page on that side; nothing if it is on its way or there is none */
void             chat_message_list_load_older       (ChatMessageList   *self);
void             chat_message_list_load_newer       (ChatMessageList   *self);
/** chat_message_list_load_around: a window around message @id in place of this one, unless it is in it */
void             chat_message_list_load_around      (ChatMessageList   *self,
                                                     gint64             id);
/** chat_message_list_doubt: from now on something may be missing between what is in the window and what is added to it: call it before the
 * first push of a new connection is added. @gap: it will not be told by itself either */
void             chat_message_list_doubt            (ChatMessageList   *self,
                                                     gboolean           gap);
/** chat_message_list_trust: all that happened since has been told and added, if it was not a gap: the doubt is over */
void             chat_message_list_trust            (ChatMessageList   *self);
gboolean         chat_message_list_is_doubted       (ChatMessageList   *self);
/** chat_message_list_reload: fetches the newest page again and merges it; where it does not touch the window, it replaces it ("following" says when not) and older
 * pages are then loaded as one scrolls. A window that does not reach the newest stays as it is. */
void             chat_message_list_reload           (ChatMessageList   *self);
/** chat_message_list_retry: asks again for what "error" is about; nothing if there is no error */
void             chat_message_list_retry            (ChatMessageList   *self);

gboolean         chat_message_list_get_following    (ChatMessageList   *self);
void             chat_message_list_set_following    (ChatMessageList   *self,
                                                     gboolean           following);
gboolean         chat_message_list_get_loaded       (ChatMessageList   *self);
gboolean         chat_message_list_get_loading      (ChatMessageList   *self);
gboolean         chat_message_list_get_loading_older (ChatMessageList  *self);
gboolean         chat_message_list_get_loading_newer (ChatMessageList  *self);
gboolean         chat_message_list_get_has_older    (ChatMessageList   *self);
gboolean         chat_message_list_get_has_newer    (ChatMessageList   *self);
const GError    *chat_message_list_get_error        (ChatMessageList   *self);

/* For the session: what comes from elsewhere than the source */
/** chat_message_list_add: @message: (transfer none): a push or an unsent one; put at its place if it belongs into the window
 * (the newest side is open only where has-newer is %FALSE). Known ids are left alone. Returns: whether it is in the list */
gboolean         chat_message_list_add              (ChatMessageList   *self,
                                                     ChatMessage       *message);
/** chat_message_list_remove: Returns: whether it was there */
gboolean         chat_message_list_remove           (ChatMessageList   *self,
                                                     ChatMessage       *message);
/** chat_message_list_remove_all: @messages: (element-type ChatMessage), each once: as chat_message_list_remove(), each run of them told at
 * once */
void             chat_message_list_remove_all       (ChatMessageList   *self,
                                                     GPtrArray         *messages);
/** chat_message_list_resort: call it when an unsent message of the list got its id and date: moves it to its place */
void             chat_message_list_resort           (ChatMessageList   *self,
                                                     ChatMessage       *message);
/** chat_message_list_lookup: Returns: (nullable) (transfer none) */
ChatMessage     *chat_message_list_lookup           (ChatMessageList   *self,
                                                     gint64             id);
/** chat_message_list_find: Returns: whether @message is in the list, and at which position */
gboolean         chat_message_list_find             (ChatMessageList   *self,
                                                     ChatMessage       *message,
                                                     guint             *position);

G_END_DECLS
