/* chat-message-bubble-private.h: what the places and the drawing of a bubble share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message-bubble.h"
#include "chat-picture.h"
#include "chat-transfer-mark.h"

G_BEGIN_DECLS

/* Pixels */
#define BUBBLE_WIDTH  580
#define SIDE          12      /* beside the bubbles */
#define OTHER_SIDE    40      /* free on the side of the other person, where there is room */
#define PAD_X         12
#define PAD_Y         7
#define RADIUS        14
#define CORNER        4       /* of corners that touch a bubble of the same group */
#define FOCUS_WIDTH   2       /* of the line in the edge of the one that has the keyboard: outside there is no room */
#define GROUP_GAP     10
#define GAP           2
#define META_GAP      10
#define STATE_SIZE    14      /* at the usual size of text; grows with it */
#define STATE_WIDTH   18      /* of the widest one: all have its room, so that nothing moves when a state changes */
#define ICON_SIZE     CHAT_TRANSFER_MARK_SIZE
#define CARD_WIDTH    300     /* of a file: it does not change with the words in it */
#define CARD_GAP      4       /* between an image and the time below it */
#define PICTURE_SIDE  320     /* an image is no larger, neither way */
#define LABEL_PAD     14      /* above and below day and "new messages" */

typedef struct
{
  GdkRGBA  fg, dim, accent, own, other, select, error, mark;
  gboolean high_contrast;
} Palette;

typedef struct
{
  int            start;
  int            end;
  ChatBubblePart part;
} Range;

struct _ChatBubble
{
  GtkWidget      *widget;
  ChatMessage    *message;
  ChatText       *text;
  char           *highlight;
  guint           level;
  gboolean        on_screen;
  gboolean        starts_unread;
  gboolean        shows_sender;
  gboolean        found;

  PangoLayout    *day;          /* each nullable */
  PangoLayout    *unread;
  PangoLayout    *sender;
  PangoLayout    *title;        /* of a file or image: name, and kind where that is all that is known */
  PangoLayout    *status;       /* of an attachment: size and state */
  ChatPicture    *picture;      /* of an attachment that is one */
  PangoLayout    *body;
  PangoLayout    *footer;
  PangoLayout    *meta;
  Range           ranges[2];    /* in the footer */
  guint           n_ranges;

  int             width;        /* what the rectangles are for; -1: nothing */
  int             height;
  gboolean        rtl;
  GdkRectangle    area;         /* the bubble */
  GdkRectangle    day_area;
  GdkRectangle    unread_area;
  GdkRectangle    card;         /* of an attachment, without the time */
  graphene_point_t sender_at, title_at, status_at, icon_at, body_at, footer_at, meta_at, state_at;
  int             state_width;
  int             state_size;

  int             selection_start;
  int             selection_end;

  Palette         palette;      /* what the layouts were made with */
  guint           font_serial;
};

void chat_bubble_get_palette (ChatBubble *self,
                              Palette    *palette);
/** chat_bubble_lay_out: sets all places for @width, unless they are for it */
void chat_bubble_lay_out     (ChatBubble *self,
                              int         width);

PangoLayout *chat_bubble_make_layout (ChatBubble *self,
                                      const char *text,
                                      double      scale,
                                      gboolean    bold);
/** chat_bubble_place: where @layout is drawn in the @room beside @x */
graphene_point_t chat_bubble_place (ChatBubble  *self,
                                    PangoLayout *layout,
                                    int          x,
                                    int          y,
                                    int          room);

/* An attachment (chat-message-bubble-card) */
void chat_bubble_make_card     (ChatBubble    *self);
/** chat_bubble_shows_picture: it is drawn instead of the card */
gboolean chat_bubble_shows_picture (ChatBubble *self);
/** chat_bubble_update_card: the words of its state, in the room that they have */
void chat_bubble_update_card   (ChatBubble    *self);
/** chat_bubble_measure_card: @meta_width: of the time, which stands beside the status; sets the size of "card" */
void chat_bubble_measure_card  (ChatBubble    *self,
                                int            max_width,
                                int            meta_width);
void chat_bubble_place_card    (ChatBubble    *self,
                                int            x,
                                int            y);
void chat_bubble_snapshot_card (ChatBubble    *self,
                                GtkSnapshot   *snapshot,
                                const Palette *palette);
/** chat_bubble_pick_card: the point lies in the bubble */
ChatBubblePart chat_bubble_pick_card (ChatBubble *self,
                                      double      x,
                                      double      y);

G_END_DECLS
