/* chat-client-rows.h: what a server told, as plain copied rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CHAT_CLIENT_TEXT,
  CHAT_CLIENT_FILE,
  CHAT_CLIENT_IMAGE
} ChatClientContent;

typedef struct
{
  gint64             id;            /* 1 to 2^53 - 1 */
  gint64             room_id;
  char              *sender;
  char              *text;
  char              *client_ref;    /* nullable */
  gint64             date;          /* µs since 1970, UTC; 0 where only date_text is known */
  char              *date_text;     /* nullable: the date as it came, where it is none of RFC 3339 */
  ChatClientContent  content;
  gboolean           edited;
  gint64             edited_date;   /* µs; 0: not told */
  gint64             seq;           /* of its last change, with `sync`; 0: not told */
  char              *file;          /* nullable: what the server, which named `media`, tells of the file under the address that is its text:
                                     * as chat_client_file_to_text() writes it */
} ChatClientMessage;
ChatClientMessage *chat_client_message_copy (const ChatClientMessage *message);
void               chat_client_message_free (ChatClientMessage       *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatClientMessage, chat_client_message_free)

/** ChatClientFile: what is told of a file (PROTOCOL.md, "media") */
typedef struct
{
  char              *name;
  gint64             size;          /* bytes */
  char              *media_type;
  char              *sha256;        /* 64 hexadecimal digits, lower case */
  guint              width;         /* pixels, of an image; 0: not told */
  guint              height;
  GBytes            *preview;       /* nullable: a very small JPEG or PNG */
} ChatClientFile;
void               chat_client_file_free     (ChatClientFile          *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatClientFile, chat_client_file_free)
/** chat_client_file_is_valid: whether it keeps all rules of the protocol */
gboolean           chat_client_file_is_valid (const ChatClientFile    *file);
/** chat_client_file_to_text: @file: valid. Returns: (transfer full): one line of at most %CHAT_CLIENT_MAX_FILE_TEXT bytes */
char              *chat_client_file_to_text  (const ChatClientFile    *file);
/** chat_client_file_parse: Returns: (transfer full) (nullable): %NULL where @text (nullable) is none that was written by the above */
ChatClientFile    *chat_client_file_parse    (const char              *text);
/** CHAT_CLIENT_MAX_FILE_TEXT: bytes: a preview, a name of which each byte is escaped, and the rest */
#define CHAT_CLIENT_MAX_FILE_TEXT 8192

/** ChatClientMark: how far a member of a room has got */
typedef struct
{
  char              *name;
  gint64             delivered;     /* message ids; 0: none, or not told */
  gint64             read;
} ChatClientMark;

typedef struct
{
  gint64             id;
  char              *name;
  gint64             first_id;      /* oldest message that exists; 0: none */
  gboolean           told;          /* the server knows `room-info`: what follows is true */
  ChatClientMessage *last_message;  /* nullable */
  gint64             read_mark;     /* 0: none */
  guint              unread;
  gboolean           muted;
  gboolean           pinned;
  GPtrArray         *marks;         /* nullable (element-type ChatClientMark): with `receipts`: of all members, one's own too */
} ChatClientRoom;
/** ChatClientDevice: where the person is signed in */
typedef struct
{
  gint64             id;            /* of its token */
  char              *name;          /* one line; may be empty */
  gint64             created;       /* µs since 1970, UTC; 0: not told */
  gint64             last_used;
  gboolean           current;       /* this connection */
} ChatClientDevice;
void               chat_client_device_free  (ChatClientDevice        *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatClientDevice, chat_client_device_free)

void               chat_client_room_free    (ChatClientRoom          *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatClientRoom, chat_client_room_free)

G_END_DECLS
