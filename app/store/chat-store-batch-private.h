/* chat-store-batch-private.h: a batch as the thread sees it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-store-batch.h"

G_BEGIN_DECLS

typedef enum
{
  CHAT_STORE_PUT_ROOM,
  CHAT_STORE_RETAIN_ROOMS,
  CHAT_STORE_REMOVE_ROOM,
  CHAT_STORE_SET_READ,
  CHAT_STORE_SET_FLAGS,
  CHAT_STORE_SET_MARK,
  CHAT_STORE_PUT_MESSAGE,
  CHAT_STORE_PUT_PREVIEW,
  CHAT_STORE_PUT_PAGE,
  CHAT_STORE_EDIT_MESSAGE,
  CHAT_STORE_DELETE_MESSAGE,
  CHAT_STORE_SET_SEQ,
  CHAT_STORE_RESET,
  CHAT_STORE_SET_ABILITIES,
  CHAT_STORE_SETTLE,
  CHAT_STORE_SET_ACCOUNT,
  CHAT_STORE_SET_COUNTED,
  CHAT_STORE_SET_DRAFT,
  CHAT_STORE_SET_POSITION,
  CHAT_STORE_SET_WISH,
  CHAT_STORE_SET_DOWNLOAD,
  CHAT_STORE_N_CHANGES
} ChatStoreChangeKind;

typedef struct
{
  ChatStoreChangeKind  kind;
  gint64               id;          /* of a room, message or row */
  gint64               a, b;        /* from and to; marks; a date */
  gint64               seq;
  int                  numbers[3];
  char                *text;        /* nullable */
  char                *file;        /* nullable: of an edit; the address of a download */
  ChatStoreRoom       *room;        /* nullable */
  ChatStoreMessage    *message;     /* nullable */
  GPtrArray           *messages;    /* (nullable) (element-type ChatStoreMessage): ascending, each id once */
  GArray              *ids;         /* nullable: of gint64, ascending */
} ChatStoreChange;

struct _ChatStoreBatch
{
  GPtrArray *changes;       /* of ChatStoreChange */
  gsize      n_bytes;       /* about what it holds */
  gboolean   told;          /* something of it comes from the server: its place in the order matters */
};

G_END_DECLS
