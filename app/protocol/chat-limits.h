/* chat-limits.h: every limit of the wire, in one place
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* PROTOCOL.md, "Transport" */
#define CHAT_DEFAULT_PORT              7711
#define CHAT_SERVICE_NAME              "chat"   /* SRV _chat._tcp */

/* PROTOCOL.md, "Framing" */
#define CHAT_MAX_OBJECT_SIZE           (1024 * 1024)   /* bytes, braces included */
#define CHAT_MAX_OBJECT_DEPTH          32

/* PROTOCOL.md, "Values" */
#define CHAT_MAX_ID                    ((G_GINT64_CONSTANT (1) << 53) - 1)
#define CHAT_MAX_LOGIN_SIZE            64              /* bytes, ASCII */
#define CHAT_MIN_PASSWORD_SIZE         8               /* bytes */
#define CHAT_MAX_PASSWORD_SIZE         1024            /* bytes */
#define CHAT_MAX_TEXT_SIZE             (64 * 1024)     /* bytes of UTF-8 */
#define CHAT_MAX_CLIENT_REF_SIZE       64              /* bytes */
#define CHAT_MAX_DEVICE_SIZE           128             /* bytes */
#define CHAT_MAX_TOKEN_SIZE            128             /* bytes */
#define CHAT_MAX_FEATURES              64
#define CHAT_MAX_SEARCH_RESULTS        50
#define CHAT_PAGE_SIZE                 50              /* messages of RESENT */
#define CHAT_MAX_PAGE_SIZE             200             /* messages of one page of `paging` */
#define CHAT_MAX_SYNC                  10000           /* changes that SYNC replays */

/* PROTOCOL.md, "media" */
#define CHAT_MAX_FILE_NAME_SIZE        255             /* bytes of UTF-8 */
#define CHAT_MAX_MEDIA_TYPE_SIZE       127             /* bytes, ASCII */
#define CHAT_SHA256_SIZE               64              /* hexadecimal digits */
#define CHAT_MAX_PREVIEW_SIZE          4096            /* characters of base64 */
#define CHAT_MAX_IMAGE_SIDE            65535           /* pixels */

/* PROTOCOL.md, "Typing" and "Presence" (milliseconds) */
#define CHAT_TYPING_INTERVAL_MS        3000            /* between two that are sent or passed on */
#define CHAT_TYPING_TIMEOUT_MS         6000            /* until it is shown no more */
#define CHAT_PRESENCE_DELAY_MS         5000            /* before somebody who went is told of */
#define CHAT_MAX_CONTACTS              5000            /* whose presence is told */

/* PROTOCOL.md, "Ping" (milliseconds) */
#define CHAT_PING_INTERVAL_MS          30000
#define CHAT_PING_TIMEOUT_MS           60000

/* PROTOCOL.md, "Closing": what is still read, and for how long, after a fatal answer was written */
#define CHAT_DRAIN_MAX_BYTES           (4 * 1024 * 1024)
#define CHAT_DRAIN_TIMEOUT_MS          2000

/* A peer that does not read: what may wait for it before its connection is closed (bytes) */
#define CHAT_MAX_QUEUE_SIZE            (4 * 1024 * 1024)

/* One connection's share of one turn of the loop (bytes, and objects), so that a flood delays nobody else */
#define CHAT_READ_CHUNK_SIZE           (64 * 1024)
#define CHAT_MAX_OBJECTS_PER_TURN      128

G_END_DECLS
