/* chat-store-rows.h: what the store keeps, as plain copied rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** What a number of a row is where nobody told it: what is kept stays as it is */
#define CHAT_STORE_UNTOLD (-1)

/**
 * ChatStoreMessage: a message as the server told it
 *
 * Which of two states of one message is the newer one: the one with the higher @seq, where both have one; else the one that was
 * edited later, where both have a date; else, where @tells_edits is set and @edited is not, any that is edited; else the one that
 * comes later. A deletion is newer than all.
 */
typedef struct
{
  gint64    id;             /* 1 to 2^53 - 1, unique in the whole server, rising, never used again */
  gint64    room_id;
  char     *sender;
  int       kind;           /* the caller's own numbers */
  char     *text;
  gint64    date;           /* µs since 1970, UTC; 0 where only date_text is known */
  char     *date_text;      /* nullable */
  gboolean  edited;
  gint64    edited_date;    /* µs; 0: not told */
  gboolean  tells_edits;    /* the server tells which messages were edited: one that is not marked has its first text. Not kept */
  char     *client_ref;     /* nullable */
  gint64    seq;            /* of the last change of this message; 0: not told. Never that of a whole page */
  char     *file;           /* nullable: what is told of the file that it carries; the caller's own words */
} ChatStoreMessage;
ChatStoreMessage *chat_store_message_new  (gint64                  id,
                                           gint64                  room_id,
                                           const char             *sender,
                                           const char             *text);
ChatStoreMessage *chat_store_message_copy (const ChatStoreMessage *message);
void              chat_store_message_free (ChatStoreMessage       *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreMessage, chat_store_message_free)

/** ChatStoreMark: how far somebody else has a room */
typedef struct
{
  char     *name;
  gint64    delivered;      /* message ids; 0: none. At least @read */
  gint64    read;
} ChatStoreMark;

/** ChatStorePosition: where the person was reading */
typedef struct
{
  gint64    message_id;     /* 0: nowhere yet */
  int       offset;         /* pixels from the top of the view to the top of its row */
  gboolean  at_bottom;
} ChatStorePosition;

/**
 * ChatStoreRoom: a room. What is told to the store may be %CHAT_STORE_UNTOLD where the comment says "untold", which is what
 * chat_store_room_new() sets; what is read from it never is.
 */
typedef struct
{
  gint64             id;
  char              *name;
  int                kind;          /* the caller's own numbers; untold */
  GStrv              members;       /* nullable: not told */
  gint64             first_id;      /* the oldest message that exists; 0: there is none; untold (read: 0 as well) */
  gint64             newest_id;     /* the newest message that was told of; only rises; 0: none */
  gint64             read_mark;     /* only rises; 0: none */
  int                unread;        /* untold */
  int                pinned;        /* 0, 1, untold */
  int                muted;         /* 0, 1, untold */
  int                marked_unread; /* 0, 1, untold */
  gint64             activity;      /* µs since 1970: when it was met; only rises; 0: not told */
  gint64             seq;           /* as of which the server told this; 0: not told. What is older than what is kept is passed over */

  /* Only read */
  char              *draft;         /* nullable */
  gint64             draft_date;    /* µs; 0 */
  ChatStorePosition  position;
  int                wished_pinned; /* 0, 1; untold: nothing that the server does not know. It goes before what the server told */
  int                wished_muted;
  GPtrArray         *marks;         /* (element-type ChatStoreMark): of others */
  ChatStoreMessage  *last_message;  /* nullable: the newest that is kept */
} ChatStoreRoom;
ChatStoreRoom    *chat_store_room_new     (gint64                  id,
                                           const char             *name);
ChatStoreRoom    *chat_store_room_copy    (const ChatStoreRoom    *room);
void              chat_store_room_free    (ChatStoreRoom          *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreRoom, chat_store_room_free)

typedef enum
{
  CHAT_STORE_NEWEST,        /* the newest page that is kept; the anchor is ignored */
  CHAT_STORE_BEFORE,        /* those next older than the anchor */
  CHAT_STORE_AFTER,         /* those next newer than the anchor */
  CHAT_STORE_AROUND         /* the anchor in the midst, or its neighbours where it is gone */
} ChatStorePageKind;

/**
 * ChatStorePage: messages in ascending order of id
 *
 * Without %CHAT_STORE_ACROSS_GAPS there is no gap between them, nor between them and the anchor: where one begins the page ends,
 * maybe empty, and says so.
 */
typedef struct
{
  GPtrArray *messages;      /* (element-type ChatStoreMessage) */
  gboolean   more_before;   /* there are, or may be, older ones than this page */
  gboolean   more_after;    /* the same for newer ones */
  gboolean   gap_before;    /* what is next older than this page is not kept: only the server can tell */
  gboolean   gap_after;
  gint64     beyond_before; /* beyond that gap: the newest message that is kept, 0: none. For reading on without a connection */
  gint64     beyond_after;  /* beyond that gap: the oldest message that is kept, 0: none */
  gboolean   fresh;         /* nothing in it, or missing from it, can have changed as of the sync position; else show it, and ask the
                             * server for the same page as soon as that is possible */
} ChatStorePage;
ChatStorePage    *chat_store_page_new     (void);
void              chat_store_page_free    (ChatStorePage          *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStorePage, chat_store_page_free)

typedef enum
{
  CHAT_STORE_SEND,
  CHAT_STORE_EDIT,
  CHAT_STORE_DELETE
} ChatStoreAction;

typedef enum
{
  CHAT_STORE_OUT_WAITING,
  CHAT_STORE_OUT_SENDING,   /* it may have reached the server */
  CHAT_STORE_OUT_FAILED
} ChatStoreOutState;

/**
 * ChatStoreOutRow: something of one's own that the server does not have yet
 */
typedef struct
{
  gint64             id;          /* of the row: given by the store, rising, never used again */
  gint64             room_id;
  ChatStoreAction    action;
  char              *client_ref;  /* of this row; unique */
  char              *text;        /* nullable: of a deletion */
  int                kind;        /* of a message; the caller's own numbers */
  gint64             target_id;   /* of an edit or deletion: the message; 0 while it has no id. Of a message: the one that it belongs to, if any */
  char              *target_ref;  /* nullable: then its client_ref. Settling that row sets target_id */
  ChatStoreOutState  state;
  gboolean           maybe_sent;  /* was SENDING when a connection broke or the program ended: the outcome is unknown */
  int                failure;     /* why it does not go: the caller's own numbers; 0: none */
  char              *failure_text; /* nullable */
  gint64             created;     /* µs since 1970 */
  char              *file;        /* nullable: of a message that carries a file: what is told of it; the caller's own words */
  char              *upload;      /* nullable: where that is being uploaded to */
} ChatStoreOutRow;
ChatStoreOutRow  *chat_store_out_row_new  (gint64                  room_id,
                                           ChatStoreAction         action,
                                           const char             *client_ref,
                                           const char             *text);
ChatStoreOutRow  *chat_store_out_row_copy (const ChatStoreOutRow  *row);
void              chat_store_out_row_free (ChatStoreOutRow        *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreOutRow, chat_store_out_row_free)

/** ChatStoreFiles: messages that carry files, and how far down that can be relied on */
typedef struct
{
  GPtrArray *messages;      /* (element-type ChatStoreMessage): the newest first, whatever is missing between them */
  gint64     sure;          /* from this id up to that which was asked about nothing is missing or out of date: 0: from the beginning; what was
                             * asked about where that is not so */
} ChatStoreFiles;
void              chat_store_files_free    (ChatStoreFiles        *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreFiles, chat_store_files_free)

/** ChatStoreFound: messages that a search has found, and where it has to go on */
typedef struct
{
  GPtrArray *messages;      /* (element-type ChatStoreMessage): the newest first */
  gint64     next;          /* what is older than this id was not looked at yet; 0: there is nothing older */
} ChatStoreFound;
void              chat_store_found_free    (ChatStoreFound        *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreFound, chat_store_found_free)

typedef enum
{
  CHAT_STORE_DOWNLOAD_NONE,     /* set: what is kept of it is forgotten */
  CHAT_STORE_DOWNLOAD_WANTED,
  CHAT_STORE_DOWNLOAD_PAUSED,   /* by the person */
  CHAT_STORE_DOWNLOAD_KEPT      /* whole, on this computer */
} ChatStoreDownloadState;

/** ChatStoreDownload: a file that was told of, on its way to this computer or there: one for each content */
typedef struct
{
  char                   *sha256;   /* of what is in it */
  gint64                  size;     /* bytes */
  char                   *address;  /* where it can be had */
  ChatStoreDownloadState  state;
} ChatStoreDownload;
void              chat_store_download_free (ChatStoreDownload     *download);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreDownload, chat_store_download_free)

/** ChatStoreEventKind: what a batch really changed, after the rules about older states and deletions */
typedef enum
{
  CHAT_STORE_ADDED,         /* @message was not kept before */
  CHAT_STORE_CHANGED,       /* @message has this state now */
  CHAT_STORE_REMOVED,       /* message @id of room @room_id is gone, or came although it is */
  CHAT_STORE_ROOM_REMOVED   /* room @room_id is gone with all that was in it */
} ChatStoreEventKind;

typedef struct
{
  ChatStoreEventKind  kind;
  gint64              id;
  gint64              room_id;
  ChatStoreMessage   *message;  /* nullable */
} ChatStoreEvent;
void              chat_store_event_free   (ChatStoreEvent         *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStoreEvent, chat_store_event_free)

/** ChatStoreState: where synchronisation stands */
typedef struct
{
  gint64  seq;              /* the sync position; 0: none yet */
  guint   abilities;        /* what was set last; the caller's own bits */
  gint64  counted;          /* see chat_store_batch_set_counted() */
  guint   account;          /* the same, of what is set for the account */
} ChatStoreState;

G_END_DECLS
