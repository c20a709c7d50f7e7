/* end.h: one end of a connection, and what it was told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-connection.h"
#include "chat-test.h"

typedef struct _End End;
struct _End
{
  ChatConnection *connection;
  GPtrArray      *lines;        /* what came, as it would be written */
  guint           n_problems;
  GError         *broken;
  GError         *reason;
  guint           n_broken;
  guint           n_closed;
  guint           n_changed;
  gboolean        in_send;
  void          (*on_packet) (End *end, ChatPacket *packet);
  void          (*on_broken) (End *end);
  guint           stop_at;
};

/* Every connection and stream must be gone when chat_test_assert_finalized() is called. */
void        end_init        (End                *end,
                             GIOStream          *stream,
                             ChatConnectionRole  role);
/* Proves that the connection, if it is still there, goes with the last reference */
void        end_clear       (End                *end);
/* The line that came as number @i */
const char *end_line_of     (End                *end,
                             guint               i);
ChatPacket *end_make_delete (gint64              id);
/* DELETE_MSG, as the smallest of packets */
void        end_send_delete (End                *end,
                             gint64              id);
/* For on_packet: pauses when stop_at lines have come */
void        end_pause_at    (End                *end,
                             ChatPacket         *packet);
