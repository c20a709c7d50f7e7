/* chat-session-search.h: finds rooms and messages in what is kept of the account, without a connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-session.h"

G_BEGIN_DECLS

/* Words of one question, and bytes of one of them: what is beyond is not looked at */
#define CHAT_SEARCH_MAX_TERMS     8
#define CHAT_SEARCH_MAX_TERM      128
/* What is found at most */
#define CHAT_SEARCH_MAX_ROOMS     20
#define CHAT_SEARCH_MAX_MESSAGES  10
/* So long messages are not looked for: somebody types, and the next question takes the place of this one (milliseconds) */
#define CHAT_SEARCH_DELAY_MS      60
/* So long they are looked for, from the newest on (milliseconds): what is not found by then is not worth waiting for */
#define CHAT_SEARCH_TIME_MS       1500
/* Bytes of the text of a message that is found */
#define CHAT_SEARCH_MAX_EXCERPT   400

/** ChatSearchHit: a room whose name holds all the words, or a message whose text does */
typedef struct
{
  ChatRoom *room;         /* owned */
  gint64    message_id;   /* 0: the room itself */
  char     *sender;       /* of the message; else %NULL */
  char     *text;         /* a part of the message in which one of the words stands; else %NULL */
} ChatSearchHit;
void       chat_search_hit_free              (ChatSearchHit        *hit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatSearchHit, chat_search_hit_free)

/** chat_session_open_kept_async: opens what is kept of the account of the last time, so that its rooms are in the list: without a connection,
 * and without the keyring. The state stays what it is; restoring the session later goes on from there. At once, where it is open already. */
void       chat_session_open_kept_async      (ChatSession          *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
/** chat_session_open_kept_finish: Returns: whether there is an account */
gboolean   chat_session_open_kept_finish     (ChatSession          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
/**
 * chat_session_search_async: @terms: words that must all be there, in any order and within others: compared as the filter of the rooms does,
 * normalized and without regard to case. @messages: whether to look into messages too, as far as they are kept
 *
 * Opens what is kept, if it is not open. Nobody else who needs the store waits longer than for a page.
 */
void       chat_session_search_async         (ChatSession          *self,
                                              const char *const    *terms,
                                              gboolean              messages,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
/** chat_session_search_finish: Returns: (transfer full) (element-type ChatSearchHit): rooms, those first whose name begins with one of the words, then
 * messages, the newest first. None without an account. %NULL where it was cancelled */
GPtrArray *chat_session_search_finish        (ChatSession          *self,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
