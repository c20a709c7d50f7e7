/* chat-packet-private.h: what the files of chat-packet share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-packet.h"

G_BEGIN_DECLS

/* No type has as many fields as that in one direction: see chat-packet-schema.c */
#define CHAT_PACKET_MAX_VALUES 20
/* A field is a byte wherever packets hold it */
G_STATIC_ASSERT (CHAT_N_FIELDS <= G_MAXUINT8);
/* Room for the strings of a small answer within the packet's own allocation (bytes) */
#define CHAT_PACKET_ARENA_SIZE 160

typedef struct
{
  const char *name;
  const char *twin;       /* (nullable): another spelling that is read as the same */
  char        kind;       /* s i b S I n: see ChatField */
  gboolean    is_text;    /* a person's text: longer is TOO_LARGE, and a receiver of the server's takes an empty one */
  gboolean    is_secret;  /* never shown in a trace */
  gint64      min;        /* i, I: the value; s: bytes; S: how many */
  gint64      max;
} ChatFieldInfo;

/* The fields of a type in one direction, the required ones first; a set of them is a bit for each place in it */
typedef guint32 ChatFieldSet;
typedef struct
{
  guint8 n_required;
  guint8 n_fields;
  guint8 fields[CHAT_PACKET_MAX_VALUES];
} ChatPacketShape;
G_STATIC_ASSERT (CHAT_PACKET_MAX_VALUES < 32);

typedef struct
{
  union
  {
    const char  *string;
    gint64       integer;
    gboolean     boolean;
    const char **strings;
    gint64      *integers;
    JsonNode    *node;
  };
  gsize length;           /* s: bytes; S, I: how many */
} ChatValue;

struct _ChatPacket
{
  gatomicrefcount refs;
  guint8          type;
  guint8          status;
  guint8          n_values;
  guint32         owned;      /* a bit for each value: its string stands outside the arena and is freed with it */
  GError         *problem;
  char           *name;       /* of an UNKNOWN one; NULL else */
  guint32         arena_size;
  guint32         arena_used;
  guint8          fields[CHAT_PACKET_MAX_VALUES];
  ChatValue       values[CHAT_PACKET_MAX_VALUES];
  char            arena[];
};

/* chat-packet-schema.c */
extern const ChatFieldInfo chat_field_infos[CHAT_N_FIELDS];
const char            *chat_packet_type_to_string   (ChatPacketType       type);
ChatPacketType         chat_packet_type_from_string (const char          *name,
                                                     gsize                length,
                                                     ChatPacketDirection  direction);
const ChatPacketShape *chat_packet_shape            (ChatPacketType       type,
                                                     ChatPacketDirection  direction);
/* Whether an answer of @type that fails may have @field */
gboolean               chat_packet_is_failure_field (ChatPacketType       type,
                                                     ChatField            field);

/* chat-packet.c */
ChatPacket            *chat_packet_alloc            (ChatPacketType       type,
                                                     gsize                arena_size);
/* Returns: a new value for @field, which must not be there */
ChatValue             *chat_packet_add              (ChatPacket          *packet,
                                                     ChatField            field);
const ChatValue       *chat_packet_peek             (ChatPacket          *packet,
                                                     ChatField            field);

G_END_DECLS
