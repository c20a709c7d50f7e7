/* chat-server-turns.h: who may hash a password next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** ChatServerTicket: a place in the line, and then a turn */
typedef struct _ChatServerTicket ChatServerTicket;
/** ChatServerTurn: the turn has come; ends, now or later, with chat_server_turns_leave() */
typedef void (*ChatServerTurn) (ChatServerTicket *ticket,
                                gpointer          user_data);

/**
 * ChatServerTurns: hands out a few turns at a time, to one address after the other, within an address to one account after the
 * other, and never two at once to one account: whoever asks for thousands waits behind oneself, and others go first.
 *
 * Belongs to one thread.
 */
typedef struct _ChatServerTurns ChatServerTurns;

ChatServerTurns *chat_server_turns_new           (guint             max_running);
/** chat_server_turns_free: nobody may be waiting or have a turn */
void             chat_server_turns_free          (ChatServerTurns  *self);
/** chat_server_turns_is_crowded: Returns: whether as many wait from @address, or there for @account, as may: one more is to be
 * refused */
gboolean         chat_server_turns_is_crowded    (ChatServerTurns  *self,
                                                  const char       *address,
                                                  const char       *account);
/** chat_server_turns_enter: calls @turn, from within or later */
void             chat_server_turns_enter         (ChatServerTurns  *self,
                                                  const char       *address,
                                                  const char       *account,
                                                  ChatServerTurn    turn,
                                                  gpointer          user_data);
/** chat_server_turns_leave: @ticket: (transfer full): gives the turn to the next, if anybody waits */
void             chat_server_turns_leave         (ChatServerTurns  *self,
                                                  ChatServerTicket *ticket);
/** chat_server_turns_is_idle: Returns: whether nobody has a turn; nobody waits then */
gboolean         chat_server_turns_is_idle       (ChatServerTurns  *self);

G_END_DECLS
