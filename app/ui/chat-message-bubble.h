/* chat-message-bubble.h: what a message looks like: where its parts are, and their drawing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-message.h"
#include "chat-message-text.h"

G_BEGIN_DECLS

/* The conversation is no wider, whatever the window (pixels) */
#define CHAT_BUBBLE_COLUMN 900

/** ChatBubblePart: what is under the pointer, and can be clicked */
typedef enum
{
  CHAT_BUBBLE_NOTHING,
  CHAT_BUBBLE_TEXT,
  CHAT_BUBBLE_LINK,
  CHAT_BUBBLE_CARD,
  CHAT_BUBBLE_FILE,       /* an attachment */
  CHAT_BUBBLE_PICTURE,    /* the same, drawn as an image */
  CHAT_BUBBLE_TRANSFER,   /* its button: starts, pauses, or goes on */
  CHAT_BUBBLE_MORE,
  CHAT_BUBBLE_RETRY,
  CHAT_BUBBLE_DISCARD
} ChatBubblePart;

/**
 * ChatBubble: the drawing of one message in one widget. It has layouts of its own: labels in boxes would cost many times the
 * time of a scroll step. Private to #ChatMessageRow.
 */
typedef struct _ChatBubble ChatBubble;

ChatBubble     *chat_bubble_new             (GtkWidget      *widget);
void            chat_bubble_free            (ChatBubble     *self);

/** chat_bubble_set_message: @message: (nullable) (transfer none): must outlive it, or be replaced */
void            chat_bubble_set_message     (ChatBubble     *self,
                                             ChatMessage    *message);
/** chat_bubble_set_context: @starts_unread: the "new messages" line stands above it; @shows_sender: more than two people
 * write here */
void            chat_bubble_set_context     (ChatBubble     *self,
                                             gboolean        starts_unread,
                                             gboolean        shows_sender);
/** chat_bubble_set_highlight: @words: (nullable): marked where they occur in the text; @current: it is the one that was found */
void            chat_bubble_set_highlight   (ChatBubble     *self,
                                             const char     *words,
                                             gboolean        current);
/** chat_bubble_unfold: shows more of a text that is folded */
void            chat_bubble_unfold          (ChatBubble     *self);
/** chat_bubble_invalidate: something that it shows has changed: message, fonts or colours */
void            chat_bubble_invalidate      (ChatBubble     *self);

/** chat_bubble_attachment_changed: state or progress of its attachment: no place changes */
void            chat_bubble_attachment_changed (ChatBubble  *self);

/** chat_bubble_set_on_screen: whether the person can see it: only then an image is made */
void            chat_bubble_set_on_screen   (ChatBubble     *self,
                                             gboolean        on_screen);

/** chat_bubble_style_changed: the style of the widget is another: invalidates it if that changes fonts or colours */
void            chat_bubble_style_changed   (ChatBubble     *self);

/** chat_bubble_measure: Returns: the height for @width, in pixels */
int             chat_bubble_measure         (ChatBubble     *self,
                                             int             width);
void            chat_bubble_snapshot        (ChatBubble     *self,
                                             GtkSnapshot    *snapshot,
                                             int             width);
/** chat_bubble_get_area: the bubble itself within the row */
void            chat_bubble_get_area        (ChatBubble     *self,
                                             GdkRectangle   *area);

/** chat_bubble_pick: @link: (out) (nullable) (transfer none) */
ChatBubblePart  chat_bubble_pick            (ChatBubble     *self,
                                             double          x,
                                             double          y,
                                             const ChatTextLink **link);
/** chat_bubble_index_at: Returns: the byte of the text between which and the one before the point lies; the nearest one where
 * it lies outside */
int             chat_bubble_index_at        (ChatBubble     *self,
                                             double          x,
                                             double          y);
void            chat_bubble_select          (ChatBubble     *self,
                                             int             start,
                                             int             end);
/** chat_bubble_select_around: the word, or the line (paragraph), that holds @index */
void            chat_bubble_select_around   (ChatBubble     *self,
                                             int             index,
                                             gboolean        line);
/** chat_bubble_get_selected: Returns: (transfer full) (nullable): the selected text */
char           *chat_bubble_get_selected    (ChatBubble     *self);
/** chat_bubble_get_link: Returns: (nullable): the @index'th link */
const ChatTextLink *chat_bubble_get_link    (ChatBubble     *self,
                                             guint           index);

/** chat_bubble_format_time: Returns: (transfer full): the time of @message in short, or the date as the server wrote it */
char           *chat_bubble_format_time     (ChatMessage    *message);
/** chat_bubble_format_day: Returns: (transfer full): the day of @message in words */
char           *chat_bubble_format_day      (ChatMessage    *message);

G_END_DECLS
