/* chat-timeline-scroll.h: keeps the reading position of a timeline
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message-list.h"
#include "chat-message-row.h"

G_BEGIN_DECLS

/**
 * ChatTimelineScroll: the view moves when the person moves it, and never else.
 *
 * At the end of each layout it looks where the rows on screen are. What moved without the person is put back before it is
 * painted; at the bottom of the newest ("stuck") the bottom is kept instead. It remembers messages and their offsets in
 * pixels from the top of the view, never the value of the adjustment, which drifts with the estimates of heights that the
 * list has not seen.
 */
typedef struct _ChatTimelineScroll ChatTimelineScroll;

/** ChatTimelineScrollFunc: the layout has ended and everything is at its place */
typedef void (*ChatTimelineScrollFunc) (ChatTimelineScroll *scroll, gpointer user_data);
typedef void (*ChatTimelineRowFunc)    (ChatMessageRow *row, gpointer user_data);

ChatTimelineScroll *chat_timeline_scroll_new          (GtkListView            *view,
                                                       GtkAdjustment          *adjustment,
                                                       ChatTimelineScrollFunc  settled,
                                                       gpointer                user_data);
void                chat_timeline_scroll_free         (ChatTimelineScroll     *self);

/** chat_timeline_scroll_set_list: @list: (nullable) (transfer none): what the view shows now; forgets all positions */
void                chat_timeline_scroll_set_list     (ChatTimelineScroll     *self,
                                                       ChatMessageList        *list);
/** chat_timeline_scroll_user_moves: what moves in the next layout is the person's doing (the keyboard) */
void                chat_timeline_scroll_user_moves   (ChatTimelineScroll     *self);
/** chat_timeline_scroll_go_to: brings @message, which is in the list, to @offset pixels below the top of the view; to its
 * middle where @offset is %G_MAXINT */
void                chat_timeline_scroll_go_to        (ChatTimelineScroll     *self,
                                                       ChatMessage            *message,
                                                       int                     offset);
void                chat_timeline_scroll_go_to_end    (ChatTimelineScroll     *self);
/** chat_timeline_scroll_get_stuck: whether the newest message is shown and followed */
gboolean            chat_timeline_scroll_get_stuck    (ChatTimelineScroll     *self);
/** chat_timeline_scroll_is_settled: nothing is on its way to a place */
gboolean            chat_timeline_scroll_is_settled   (ChatTimelineScroll     *self);
/** chat_timeline_scroll_get_anchor: Returns: (nullable) (transfer none): the message that is kept in place */
ChatMessage        *chat_timeline_scroll_get_anchor   (ChatTimelineScroll     *self,
                                                       int                    *offset);
/** chat_timeline_scroll_get_visible: Returns: whether anything is on screen; @first, @last: positions in the list; @read:
 * (nullable): the last position whose bottom is on screen */
gboolean            chat_timeline_scroll_get_visible  (ChatTimelineScroll     *self,
                                                       guint                  *first,
                                                       guint                  *last,
                                                       guint                  *read);
/** chat_timeline_scroll_foreach: calls @func for each row that shows a message, on screen or near it */
void                chat_timeline_scroll_foreach      (ChatTimelineScroll     *self,
                                                       ChatTimelineRowFunc     func,
                                                       gpointer                user_data);
/** chat_timeline_scroll_find_row: Returns: (nullable) (transfer none) */
ChatMessageRow     *chat_timeline_scroll_find_row     (ChatTimelineScroll     *self,
                                                       ChatMessage            *message);

G_END_DECLS
