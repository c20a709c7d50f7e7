/* chat-client-rows-private.h: packets into rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client.h"
#include "chat-packet.h"

G_BEGIN_DECLS

/** chat_client_message_from_packet: @packet: a READ_MSG without a problem that carries a message */
ChatClientMessage *chat_client_message_from_packet (ChatPacket *packet,
                                                    ChatClientFeatures features);
/** chat_client_file_from_packet: Returns: (transfer full) (nullable): what is told of a file, as in #ChatClientMessage */
char              *chat_client_file_from_packet    (ChatPacket *packet);
/** chat_client_rooms_from_packet: Returns: (transfer full) (element-type ChatClientRoom): the rooms of an OLD_DIALOGS, those
 * with an impossible or repeated id left out, at most @max */
GPtrArray         *chat_client_rooms_from_packet   (ChatPacket *packet,
                                                    ChatClientFeatures features,
                                                    guint       max);
/** chat_client_devices_from_packet: Returns: (transfer full) (element-type ChatClientDevice): those of a TOKENS, with the same left out */
GPtrArray         *chat_client_devices_from_packet (ChatPacket *packet,
                                                    guint       max);
/** chat_client_take_name: Returns: (transfer full): @name (nullable) as it is kept and shown: at most %CHAT_CLIENT_MAX_NAME_SIZE bytes on
 * one line, without what has no width, turns the words beside it around, or towers over them. A login of PROTOCOL.md is taken as it is. */
char              *chat_client_take_name           (const char *name);
/** chat_client_get_moment: Returns: µs; 0 where there is none, or none of RFC 3339 */
gint64             chat_client_get_moment          (ChatPacket *packet,
                                                    ChatField   field);
/** chat_client_take_date: reads @text into the pair in which rows keep dates */
void               chat_client_take_date           (const char *text,
                                                    gint64     *date,
                                                    char      **date_text);

G_END_DECLS
