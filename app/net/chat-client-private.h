/* chat-client-private.h: between the two halves of the client: matching, and the typed calls
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client.h"
#include "chat-client-rows-private.h"
#include "chat-connection.h"

G_BEGIN_DECLS

/**
 * ChatClientRows: the messages of one READ_MSG answer as they come; it keeps the newest within the limits
 */
typedef struct
{
  GPtrArray *messages;    /* of ChatClientMessage */
  gsize      bytes;
  guint64    n_seen;
  gboolean   ascending;
  gboolean   dropped;     /* older ones had to go */
  gboolean   more;        /* of the END */
} ChatClientRows;
ChatClientRows *chat_client_rows_new    (void);
void            chat_client_rows_free   (ChatClientRows    *rows);
void            chat_client_rows_take   (ChatClientRows    *rows,
                                         ChatClientMessage *message);
/** chat_client_rows_close: in ascending order, each id once (what came last stays) */
void            chat_client_rows_close  (ChatClientRows    *rows);
/** chat_client_rows_change: a change that came after the rows: @text: (nullable): %NULL takes it out */
void            chat_client_rows_change (ChatClientRows    *rows,
                                         gint64             message_id,
                                         const char        *text);

/** chat_client_answer_carries_success: whether the fields of a success are there */
gboolean        chat_client_answer_carries_success (ChatPacket *packet);
gboolean        chat_client_answer_failed   (ChatPacket        *packet);
/** chat_client_answer_says_no: whether it has a status that we know as a failure */
gboolean        chat_client_answer_says_no  (ChatPacket        *packet);
/** chat_client_answer_error: Returns: (transfer full): why it failed, or what is wrong with it */
GError         *chat_client_answer_error    (ChatPacket        *packet);
/** chat_client_answer_subject: Returns: the id of the room or message that it is about; 0 for none */
gint64          chat_client_answer_subject  (ChatPacket        *packet);
/** chat_client_answer_is_of_another: whether it is about another person's doing: never an answer */
gboolean        chat_client_answer_is_of_another (ChatPacket   *packet);
/** chat_client_answer_may_be_push: whether objects of that type also come unasked */
gboolean        chat_client_answer_may_be_push (ChatPacketType  type);
/** chat_client_answer_tells_change: whether @packet, a push or an object of a replay, has all that an event needs */
gboolean        chat_client_answer_tells_change (ChatPacket *packet);

/** chat_client_request: sends @packet and ends @task with the answer (a #ChatPacket; for READ_MSG the #ChatClientRows)
 * @packet: (transfer full)
 * @subject: the id that the answer has to carry, 0 for none
 * @name: (nullable): the name that it has to carry
 * @task: (transfer full) */
void            chat_client_request     (ChatClient        *self,
                                         ChatPacket        *packet,
                                         gint64             subject,
                                         const char        *name,
                                         GTask             *task);
/** chat_client_tell: calls the event that @packet, which is no failure, stands for */
void            chat_client_tell        (ChatClient        *self,
                                         const ChatClientEvents *events,
                                         gpointer           user_data,
                                         ChatPacket        *packet,
                                         gboolean           replayed);
/** chat_client_say: sends @packet, which nothing answers
 * @packet: (transfer full) */
void            chat_client_say         (ChatClient        *self,
                                         ChatPacket        *packet);
void            chat_client_set_login   (ChatClient        *self,
                                         const char        *login);

G_END_DECLS
