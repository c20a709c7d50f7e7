/* chat-uri.h: links that lead to a person or a room of a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CHAT_URI_SCHEME: without the colon */
#define CHAT_URI_SCHEME "chat"
/** CHAT_URI_MAX_SIZE: bytes of a link */
#define CHAT_URI_MAX_SIZE 512

#define CHAT_URI_ERROR (chat_uri_error_quark ())
typedef enum
{
  CHAT_URI_ERROR_NOT_OURS,      /* another scheme, or no URI at all */
  CHAT_URI_ERROR_TOO_LONG,
  CHAT_URI_ERROR_SERVER,        /* its host or its port is none */
  CHAT_URI_ERROR_KIND,          /* it leads neither to a person nor to a room: perhaps of a later version */
  CHAT_URI_ERROR_MALFORMED      /* characters that no link has; a name or a number that can not be */
} ChatUriError;
GQuark chat_uri_error_quark (void);

/**
 * ChatUri: "chat://HOST[:PORT]/person/LOGIN" or "chat://HOST[:PORT]/room/ID" (PROTOCOL.md, "Links")
 */
typedef struct
{
  char   *server;     /* host or host:port, as a person would type it; in lower case, ASCII */
  char   *login;      /* %NULL: it leads to a room */
  gint64  room_id;    /* 0: it leads to a person */
} ChatUri;

/** chat_uri_parse: @text: what anybody wrote. Returns: (transfer full) (nullable): %NULL with %CHAT_URI_ERROR */
ChatUri  *chat_uri_parse          (const char     *text,
                                   GError        **error);
ChatUri  *chat_uri_copy           (const ChatUri  *uri);
void      chat_uri_free           (ChatUri        *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatUri, chat_uri_free)
/** chat_uri_to_person, _to_room: @server: as it was typed. Returns: (transfer full) (nullable): %NULL where there can be no link: a server
 * that only this computer can reach in that way (a scope), a name that is none */
char     *chat_uri_to_person      (const char     *server,
                                   const char     *login);
char     *chat_uri_to_room        (const char     *server,
                                   gint64          room_id);
/** chat_uri_is_at: whether @uri leads to the server that was typed as @server */
gboolean  chat_uri_is_at          (const ChatUri  *uri,
                                   const char     *server);
/** chat_uri_server_is_valid: whether @server can be the address of a server, as a person types it */
gboolean  chat_uri_server_is_valid (const char    *server);

G_END_DECLS
