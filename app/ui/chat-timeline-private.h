/* chat-timeline-private.h: what the files of ChatTimeline share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-timeline.h"
#include "chat-timeline-scroll.h"

G_BEGIN_DECLS

struct _ChatTimeline
{
  GtkWidget           parent_instance;

  GtkWidget          *overlay;
  GtkWidget          *scrolled;
  GtkWidget          *view;
  GtkNoSelection     *model;
  ChatTimelineScroll *scroll;

  GtkWidget          *state;          /* in the middle, while there is no message to show */
  GtkWidget          *state_spinner;
  GtkWidget          *state_title;
  GtkWidget          *state_text;
  GtkWidget          *state_retry;
  GtkWidget          *top;            /* above the messages: a page is on its way, or did not come */
  GtkWidget          *top_spinner;
  GtkWidget          *top_error;
  GtkWidget          *jump;
  GtkWidget          *jump_count;

  ChatRoom           *room;
  ChatMessageList    *list;
  gboolean            placed;         /* the view of this room is where it is to begin */
  gboolean            newest_wanted;  /* when the page comes that is on its way */
  gboolean            searched_unread;
  gboolean            searched_place;
  gint64              unread_after;   /* the read mark when the room was opened */
  guint               unread_count;
  ChatMessage        *unread_first;   /* the "new messages" line stands above it */

  char               *words;          /* marked in the messages */
  ChatMessage        *found;

  gint64              seen;           /* what was told last */
  gint64              seen_next;
  guint               seen_source;
  guint               day_source;
  guint               keep_source;    /* the reading position is told to the room soon */
  GtkWindow          *window;         /* whose activity is watched */

  /* Input */
  ChatMessage        *focused;        /* (nullable): the one whose row has, or had at last, the keyboard */
  ChatMessage        *heir;           /* (nullable): the one that gets it, as soon as it has its place */
  ChatMessage        *selected;       /* text of it is */
  ChatMessage        *pressed;
  int                 press_index;
  gboolean            dragged;
  GtkWidget          *menu;
  char               *menu_uri;
  GtkWidget          *menu_focus;     /* (nullable) (weak): had the keyboard before */
  GtkWidget          *closing_menu;   /* (nullable) (weak): closed, and let go in a moment */
};

guint        chat_timeline_n_messages       (ChatTimeline   *self);
/** chat_timeline_message_at: Returns: (transfer none) */
ChatMessage *chat_timeline_message_at       (ChatTimeline   *self,
                                             guint           position);
/** chat_timeline_update_row: a #ChatTimelineRowFunc: what the row shows beside its message */
void         chat_timeline_update_row       (ChatMessageRow *row,
                                             gpointer        user_data);

/** chat_timeline_set_unread_first: @message: (nullable): above it stands the "new messages" line */
void         chat_timeline_set_unread_first (ChatTimeline   *self,
                                             ChatMessage    *message);
/** chat_timeline_place_view: goes to where the room is to be opened, as soon as that is known */
void         chat_timeline_place_view       (ChatTimeline   *self);
/** chat_timeline_keep_position: tells the room where the person is */
void         chat_timeline_keep_position    (ChatTimeline   *self);

/** chat_timeline_init_input: gestures and keys, for all rows at once */
void chat_timeline_init_input    (ChatTimeline   *self);
void chat_timeline_dispose_input (ChatTimeline   *self);
/** chat_timeline_row_requested: what a row's action asks for */
void chat_timeline_row_requested (ChatTimeline   *self,
                                  const char     *action,
                                  ChatMessageRow *row);
/* Attachments (chat-timeline-file) */
/** chat_timeline_file_requested: Returns: whether @action is one of a file; asked for if it can be done now */
gboolean chat_timeline_file_requested  (ChatTimeline   *self,
                                        ChatMessage    *message,
                                        const char     *action);
/** chat_timeline_file_clicked: @part: its button, which starts or pauses, or anywhere else on the file or image */
void     chat_timeline_file_clicked    (ChatTimeline   *self,
                                        ChatMessage    *message,
                                        ChatBubblePart  part);
/** chat_timeline_query_file_tooltip: Returns: whether something stands on @part of @message that may be cut there: its name, why it failed */
gboolean chat_timeline_query_file_tooltip (ChatMessage    *message,
                                           ChatBubblePart  part,
                                           GtkTooltip     *tooltip);
/** chat_timeline_append_file_details: lines on the attachment of @message */
void     chat_timeline_append_file_details (ChatMessage    *message,
                                            GString        *text);
/** chat_timeline_close_menu: @row: (nullable): only if it is that of @row */
void chat_timeline_close_menu    (ChatTimeline   *self,
                                  ChatMessageRow *row);

/** chat_timeline_choose_heir: rows went at @position: if the one with the keyboard was among them, who gets it */
void            chat_timeline_choose_heir   (ChatTimeline *self,
                                             guint         position);
/** chat_timeline_pass_focus_on: gives it to that one, which has its place by now */
void            chat_timeline_pass_focus_on (ChatTimeline *self);

G_END_DECLS
