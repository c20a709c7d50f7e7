/* chat-server-commands.h: one table: type, handler, who may call it, what it costs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-server-hub.h"

G_BEGIN_DECLS

typedef enum
{
  CHAT_SERVER_COMMAND_ANONYMOUS = 1 << 0,   /* may be asked without being logged in */
  CHAT_SERVER_COMMAND_QUESTION  = 1 << 1,   /* waits for all before it, and all after it wait; else a change */
  CHAT_SERVER_COMMAND_SILENT    = 1 << 2,   /* is answered by nothing, not even where it fails */
} ChatServerCommandFlags;

/**
 * ChatServerCommand:
 * @feature: one of these it belongs to; to a connection that named none of them, the type does not exist
 * @cost: what it takes from the allowance of requests
 * @run: begins the work. What @request->packet holds is checked as far as it needs no storage; ends, now or later, with
 *   chat_server_request_answer() or _fail()
 */
typedef struct
{
  ChatPacketType         type;
  ChatServerCommandFlags flags;
  ChatFeatures           feature;
  guint                  cost;
  void                 (*run) (ChatServerRequest *request);
} ChatServerCommand;

/** chat_server_command_find: Returns: (nullable): %NULL for a type that nobody may ask for */
const ChatServerCommand *chat_server_command_find (ChatPacketType     type);
/** chat_server_command_start: checks, in the order of PROTOCOL.md, and runs @request */
void                     chat_server_command_start (ChatServerRequest *request);

/** chat_server_status_text: Returns: the sentence of a failure that the storage reported */
const char              *chat_server_status_text   (ChatStatus         status);

/* The handlers, by file */
/* chat-server-commands-account.c */
void chat_server_command_login        (ChatServerRequest *request);
void chat_server_command_signup       (ChatServerRequest *request);
void chat_server_command_tokens       (ChatServerRequest *request);
void chat_server_command_revoke_token (ChatServerRequest *request);
void chat_server_command_search_user  (ChatServerRequest *request);
/* chat-server-commands-password.c */
void chat_server_command_change_password (ChatServerRequest *request);
void chat_server_command_revoke_others (ChatServerRequest *request);
/** chat_server_end_connections: ends those of that user (by that token, if it is not 0) at once, but not @asker's */
void chat_server_end_connections      (ChatServerHub     *hub,
                                       gint64             user_id,
                                       gint64             token_id,
                                       ChatServerPeer    *asker);
/* chat-server-commands-mark.c */
void chat_server_command_mark         (ChatServerRequest *request);
void chat_server_command_set_account  (ChatServerRequest *request);
void chat_server_command_typing       (ChatServerRequest *request);
/** chat_server_fill_account: @hidden: of ChatStoragePrefs. Returns: (transfer none): @packet */
ChatPacket *chat_server_fill_account  (ChatPacket        *packet,
                                       guint              hidden);
/* chat-server-commands-sync.c */
void chat_server_command_sync         (ChatServerRequest *request);
/* chat-server-commands-room.c */
void chat_server_command_create_room  (ChatServerRequest *request);
void chat_server_command_delete_room  (ChatServerRequest *request);
void chat_server_command_old_dialogs  (ChatServerRequest *request);
void chat_server_command_set_room     (ChatServerRequest *request);
/* chat-server-commands-message.c */
void chat_server_command_snd_msg      (ChatServerRequest *request);
void chat_server_command_edit_msg     (ChatServerRequest *request);
void chat_server_command_delete_msg   (ChatServerRequest *request);
/* chat-server-commands-media.c */
void chat_server_command_media_upload (ChatServerRequest *request);
/** chat_server_packet_set_file: "file" of @packet */
void chat_server_packet_set_file      (ChatPacket            *packet,
                                       const ChatStorageFile *file,
                                       gboolean               with_preview);
/** chat_server_peer_dup_media_url: Returns: (transfer full) (nullable): with what the addresses of files begin for @peer; %NULL: it has none */
char *chat_server_peer_dup_media_url  (ChatServerPeer    *peer);
/** chat_server_peer_dup_file_address: Returns: (transfer full) (nullable): the random part of @text (nullable), if it is the address of a
 * file as it is told to @peer */
char *chat_server_peer_dup_file_address (ChatServerPeer  *peer,
                                         const char      *text);
/* chat-server-commands-history.c */
void chat_server_command_read_msg     (ChatServerRequest *request);
/** chat_server_message_to_packet: @with_extensions: what a connection that named them may see of it */
ChatPacket *chat_server_message_to_packet (const ChatStorageMessage *message,
                                           ChatFeatures              features,
                                           gint64                    reader_id);

G_END_DECLS
