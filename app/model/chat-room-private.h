/* chat-room-private.h: what the two halves of a room share: what is one's own, and what is known of the others
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-room.h"

G_BEGIN_DECLS

struct _ChatRoom
{
  GObject      parent_instance;

  gint64       id;
  char        *name;
  ChatMessage *last_message;
  gint64       activity;
  gint64       read_mark;
  guint        unread_count;
  char        *draft;
  gint64       position;
  int          position_offset;
  gboolean     at_bottom;
  gboolean     marked_unread;
  gboolean     pinned;
  gboolean     muted;

  /* chat-room-others.c */
  GPtrArray   *marks;       /* (nullable) of a Mark for each of the others that is known of */
  gint64       delivered;   /* the least of them */
  gint64       seen;
  GPtrArray   *typing;      /* (nullable) of names, then NULL */
  ChatPresence presence;
  gint64       last_seen;
};

G_END_DECLS
