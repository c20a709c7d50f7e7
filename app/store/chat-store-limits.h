/* chat-store-limits.h: every limit of the store, in one place
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CHAT_STORE_MAX_ID            ((G_GINT64_CONSTANT (1) << 53) - 1)
/* What one row may hold (bytes); a row that holds more is not taken. A message of the wire is smaller than this */
#define CHAT_STORE_MAX_TEXT          (1024 * 1024)
#define CHAT_STORE_MAX_NAME          4096
/* What is told of one file (bytes) */
#define CHAT_STORE_MAX_FILE          16384
/* Files on this computer, or on their way to it: of more nothing is noted */
#define CHAT_STORE_MAX_DOWNLOADS     100000
/* People of one room whose names are kept */
#define CHAT_STORE_MAX_MEMBERS       10000
/* Messages of one page that is read */
#define CHAT_STORE_MAX_PAGE          200
/* What a person has not sent, over all rooms */
#define CHAT_STORE_MAX_OUTBOX        10000
/* Marks that outlive what they are about: the newest are kept (trimmed when the store is opened) */
#define CHAT_STORE_MAX_TOMBSTONES    1000000
#define CHAT_STORE_MAX_EARLY_EDITS   10000
#define CHAT_STORE_MAX_DEAD_ROOMS    100000

/* What one call of a search goes through at most, whichever comes first: rows, bytes of text, microseconds. Of one message so many bytes
 * are looked at */
#define CHAT_STORE_SEARCH_ROWS       4096
#define CHAT_STORE_SEARCH_BYTES      (1024 * 1024)
#define CHAT_STORE_SEARCH_US         10000
#define CHAT_STORE_SEARCH_TEXT       65536

/* What may wait for the thread; more is refused with CHAT_STORE_ERROR_BUSY. A single call is always taken where nothing waits */
#define CHAT_STORE_MAX_QUEUE_CALLS   8192
#define CHAT_STORE_MAX_QUEUE_BYTES   (128 * 1024 * 1024)
/* Calls that share one commit: no answer waits for more than so many others */
#define CHAT_STORE_MAX_GROUP         512

/* The page cache of SQLite (KiB), and what of the write-ahead log stays as a file when it starts anew (bytes) */
#define CHAT_STORE_CACHE_KIB         4096
#define CHAT_STORE_JOURNAL_LIMIT     (8 * 1024 * 1024)
/* Up to this size the whole file is checked when it is opened; a larger one only after damage was met (bytes) */
#define CHAT_STORE_CHECK_SIZE        (32 * 1024 * 1024)
/* How long opening waits for another program that is just closing the file (milliseconds) */
#define CHAT_STORE_LOCK_WAIT_MS      3000
/* Files set aside on one day under one name */
#define CHAT_STORE_MAX_SET_ASIDE     100

G_END_DECLS
