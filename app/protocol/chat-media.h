/* chat-media.h: what is told of a file (PROTOCOL.md, "media")
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-packet.h"

G_BEGIN_DECLS

/**
 * ChatFileInfo: the value of "file". Strings belong to whoever filled it in.
 */
typedef struct
{
  const char *name;
  const char *media_type;
  const char *sha256;
  const char *preview;        /* nullable; base64 of a small JPEG or PNG */
  gint64      size;           /* bytes */
  guint       width;          /* 0: not told */
  guint       height;
} ChatFileInfo;

/* The rules, for those who check before they send, and for what others sent */
/** chat_file_name_is_valid: 1 to 255 bytes of UTF-8 without "/" and control characters; neither "." nor "..". That is what may be on the
 * wire: to be the name of a file on a disk it needs more than that */
gboolean chat_file_name_is_valid  (const char         *name);
/** chat_media_type_is_valid: "type/subtype", each of token characters (RFC 9110, section 5.6.2), 127 bytes at most, no parameters */
gboolean chat_media_type_is_valid (const char         *media_type);
/** chat_sha256_is_valid: 64 hexadecimal digits, lower case */
gboolean chat_sha256_is_valid     (const char         *sha256);
/** chat_preview_is_valid: base64 (RFC 4648, section 4) of at most 4,096 characters; what it holds is not looked at */
gboolean chat_preview_is_valid    (const char         *preview);
/** chat_file_info_is_valid: all of them, and the ranges */
gboolean chat_file_info_is_valid  (const ChatFileInfo *info);

/**
 * chat_packet_get_file: reads %CHAT_FIELD_FILE
 * @info: (out): belongs to @packet
 *
 * Returns: %FALSE where there is none, or where it breaks a rule: then it is as if it were not there
 */
gboolean chat_packet_get_file     (ChatPacket         *packet,
                                   ChatFileInfo       *info);
/** chat_packet_set_file: sets %CHAT_FIELD_FILE, whose @info must be valid */
void     chat_packet_set_file     (ChatPacket         *packet,
                                   const ChatFileInfo *info);

G_END_DECLS
