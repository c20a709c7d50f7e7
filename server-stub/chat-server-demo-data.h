/* chat-server-demo-data.h: what the sample people have said
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-packet.h"

G_BEGIN_DECLS

/**
 * ChatDemoLine:
 * @room: whose room with the first of the people it is in
 * @own: whether the first of the people says it, else the other one
 * @minutes: how long ago, counted from the filling
 * @edited: (nullable): what the text becomes two minutes later
 */
typedef struct
{
  const char      *room;
  gboolean         own;
  guint            minutes;
  const char      *text;
  const char      *edited;
  ChatMessageKind  kind;
} ChatDemoLine;

extern const ChatDemoLine  chat_demo_lines[];
extern const guint         chat_demo_n_lines;

/** The room with several hundred messages, for scrolling: who it is with, and what is said there in turn */
#define CHAT_DEMO_LONG_ROOM  "linus"
#define CHAT_DEMO_LONG_LINES 420
extern const char *const   chat_demo_long_texts[];
extern const guint         chat_demo_n_long_texts;

G_END_DECLS
