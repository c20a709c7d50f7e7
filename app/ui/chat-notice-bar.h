/* chat-notice-bar.h: says what the person should know of, until they have closed it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** CHAT_NOTICE_BAR_MAX: notices that wait behind the one that is shown; what comes beyond is not said */
#define CHAT_NOTICE_BAR_MAX 8

#define CHAT_TYPE_NOTICE_BAR (chat_notice_bar_get_type ())
/**
 * ChatNoticeBar: shows whole sentences, one after the other, each until it is closed. (A toast has one line, goes away by itself or
 * covers where one writes.)
 */
G_DECLARE_FINAL_TYPE (ChatNoticeBar, chat_notice_bar, CHAT, NOTICE_BAR, GtkWidget)

GtkWidget  *chat_notice_bar_new          (void);
/** chat_notice_bar_say: @words, unless they are said or wait already */
void        chat_notice_bar_say          (ChatNoticeBar *self,
                                          const char    *words);
/** chat_notice_bar_get_revealed: Returns: whether something is said */
gboolean    chat_notice_bar_get_revealed (ChatNoticeBar *self);
/** chat_notice_bar_get_text: Returns: (transfer none): what is said, or was last */
const char *chat_notice_bar_get_text     (ChatNoticeBar *self);
/** chat_notice_bar_close: as its button: what comes next is said */
void        chat_notice_bar_close        (ChatNoticeBar *self);

G_END_DECLS
