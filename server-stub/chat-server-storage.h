/* chat-server-storage.h: what the server keeps; an interface that any engine can stand behind
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "chat-packet.h"

G_BEGIN_DECLS

/**
 * ChatStorageMembers: who is in a room: an immutable, counted array of user ids. The engine may hand the same one out
 * again and again, so that a message to a large room copies nothing.
 */
typedef struct
{
  gatomicrefcount refs;
  guint           n_ids;
  gint64          ids[];
} ChatStorageMembers;
ChatStorageMembers *chat_storage_members_new   (const gint64       *ids,
                                                guint               n_ids);
ChatStorageMembers *chat_storage_members_ref   (ChatStorageMembers *members);
void                chat_storage_members_unref (ChatStorageMembers *members);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStorageMembers, chat_storage_members_unref)

/**
 * ChatStorageFile: a file that was sent, or one that is being uploaded
 */
typedef struct
{
  char    *address;       /* 32 hexadecimal digits: whoever has it may fetch the file, or go on with the upload */
  char    *name;
  char    *media_type;
  char    *sha256;        /* 64 hexadecimal digits, lower case */
  char    *preview;       /* nullable; base64 */
  gint64   size;          /* bytes */
  gint64   expires;       /* of an upload: µs since 1970, UTC */
  guint    width;         /* of an image; 0: not told */
  guint    height;
} ChatStorageFile;
ChatStorageFile *chat_storage_file_copy (const ChatStorageFile *file);
void             chat_storage_file_free (ChatStorageFile       *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatStorageFile, chat_storage_file_free)

typedef struct
{
  gint64           id;
  gint64           room_id;
  gint64           sender_id;
  char            *sender;        /* login name */
  char            *text;
  char            *client_ref;    /* nullable */
  gint64           date;          /* µs since 1970, UTC */
  gint64           edited;        /* the same; 0: never */
  ChatMessageKind  kind;
  ChatStorageFile *file;          /* nullable: of a FILE or an IMAGE whose address is one of ours */
} ChatStorageMessage;
void chat_storage_message_free (ChatStorageMessage *message);

typedef struct
{
  gint64              id;
  char               *name;             /* of the other person */
  char              **members;          /* login names, the asker's own included */
  gint64             *members_read;     /* for each of them, 0: none, or not told */
  gint64             *members_delivered;
  gint64              first_message_id; /* 0: none */
  ChatStorageMessage *last_message;     /* nullable; its text is cut after 256 characters */
  gint64              read_mark;        /* 0: none */
  guint               unread;           /* others' messages after the mark; counted up to 1,000 */
  gboolean            muted;
  gboolean            pinned;
} ChatStorageRoom;
void chat_storage_room_free (ChatStorageRoom *room);

/**
 * ChatStorageChangeKind: what a change is about. Which of the pushes in brackets tells of it is decided by the state in which it is
 * found: that is the newest.
 */
typedef enum
{
  CHAT_STORAGE_CHANGE_SENT,       /* READ_MSG: message; of those that are there */
  CHAT_STORAGE_CHANGE_MESSAGE,    /* EDIT_MSG: message; DELETE_MSG: message is NULL */
  CHAT_STORAGE_CHANGE_ROOM,       /* CREATE_ROOM: name; DELETE_ROOM: name is NULL */
  CHAT_STORAGE_CHANGE_SETTING,    /* SET_ROOM: muted, pinned */
  CHAT_STORAGE_CHANGE_READ,       /* MARK_READ of the asker's own: read_mark, unread */
  CHAT_STORAGE_CHANGE_RECEIPT,    /* MARK_READ and MARK_DELIVERED of another: name, read_mark, delivered_mark */
  CHAT_STORAGE_CHANGE_ACCOUNT,    /* SET_ACCOUNT: prefs */
} ChatStorageChangeKind;

/**
 * ChatStorageChange: one change, as a replay tells of it
 */
typedef struct
{
  gint64                 seq;
  ChatStorageChangeKind  kind;
  gint64                 room_id;
  gint64                 message_id;
  ChatStorageMessage    *message;
  char                  *name;
  gint64                 read_mark;
  gint64                 delivered_mark;
  guint                  unread;
  gboolean               muted;
  gboolean               pinned;
  guint                  prefs;
} ChatStorageChange;
void chat_storage_change_free (ChatStorageChange *change);

/** ChatStoragePrefs: what others may be told of a person. As they are kept: what is allowed without being said is 0 */
typedef enum
{
  CHAT_STORAGE_HIDE_RECEIPTS = 1 << 0,
  CHAT_STORAGE_HIDE_TYPING   = 1 << 1,
  CHAT_STORAGE_HIDE_PRESENCE = 1 << 2,
} ChatStoragePrefs;
#define CHAT_STORAGE_ALL_PREFS (CHAT_STORAGE_HIDE_RECEIPTS | CHAT_STORAGE_HIDE_TYPING | CHAT_STORAGE_HIDE_PRESENCE)

/**
 * ChatStorageContact: somebody who shares a room with the asker
 */
typedef struct
{
  gint64  id;
  char   *name;
  guint   prefs;
  gint64  last_seen;                    /* µs since 1970, UTC; 0: not known */
} ChatStorageContact;
void chat_storage_contact_free (ChatStorageContact *contact);

typedef struct
{
  gint64  id;
  char   *device;
  gint64  created;                      /* µs since 1970, UTC */
  gint64  last_used;
} ChatStorageToken;
void chat_storage_token_free (ChatStorageToken *token);

/**
 * ChatStorageOp: what can be asked, with what goes in, what comes out, and how it can fail (`status`; SUCCESS else; ERROR where
 * the disk or the database failed, any operation;
 * RATE_LIMITED where more jobs wait than the engine keeps). Whether the user may do it is decided in the same transaction
 * that does it.
 */
typedef enum
{
  /* changes: done in the order of their submission, together in one commit where they came together */
  CHAT_STORAGE_ADD_USER,        /* in: name, secret (password hash). out: user_id. SIGNUP_USER_EXIST */
  CHAT_STORAGE_SET_SECRET,      /* in: user_id, secret (a new password hash), text (nullable: only if the present one is this: else
                                   LOGIN_WRONG_PASS). USER_DOES_NOT_EXIST */
  CHAT_STORAGE_CHANGE_SECRET,   /* in: user_id, secret, text (as for SET_SECRET), token_id. The same, and removes all tokens of that user but
                                   token_id */
  CHAT_STORAGE_REMOVE_TOKENS,   /* in: user_id, token_id. Removes all others of that user */
  CHAT_STORAGE_SET_PREFS,       /* in: user_id, mask (which), prefs (to what). out: prefs (all), seq (0: nothing changed). USER_DOES_NOT_EXIST */
  CHAT_STORAGE_SET_LAST_SEEN,   /* in: user_id, date (0: now). out: date. Only rises */
  CHAT_STORAGE_ADD_TOKEN,       /* in: user_id, name (device), secret (token hash). out: token_id. Past 100 the one unused longest goes.
                                   USER_DOES_NOT_EXIST */
  CHAT_STORAGE_REMOVE_TOKEN,    /* in: user_id, token_id. FORBIDDEN where it is none of that user's */
  CHAT_STORAGE_USE_TOKEN,       /* in: secret (token hash). out: user_id, name (login), token_id, prefs. LOGIN_WRONG_PASS. Notes the use */
  CHAT_STORAGE_ADD_ROOM,        /* in: user_id, name (the other's login). out: room_id, name (as the other writes it), created, members, seq.
                                   USER_DOES_NOT_EXIST; FORBIDDEN with oneself. The same two people have one room */
  CHAT_STORAGE_REMOVE_ROOM,     /* in: user_id, room_id. out: members, seq. ROOM_DOES_NOT_EXIST; FORBIDDEN for no member */
  CHAT_STORAGE_ADD_MESSAGE,     /* in: user_id, room_id, kind, text, client_ref (nullable), date (0: now), address (nullable: of the file that it
                                   tells of), needs_file. out: message_id, date, created,
                                   members, seq, file. ROOM_DOES_NOT_EXIST, FORBIDDEN; BAD_REQUEST with needs_file where there is no such file:
                                   without, it has none. A client_ref that this user used before, in whatever room,
                                   also of a message that was deleted since, and of a room that was: the id and date of then, created
                                   FALSE, members may be NULL. Marks the room read by its sender up to it */
  CHAT_STORAGE_EDIT_MESSAGE,    /* in: user_id, message_id, text, date (0: now), address and needs_file (as for ADD_MESSAGE; a TEXT has no file).
                                   out: room_id, date (of the edit), members, seq, file, text taken as it is.
                                   MESSAGE_DOES_NOT_EXIST (also for no member: nobody learns of what is not theirs), FORBIDDEN for another's */
  CHAT_STORAGE_REMOVE_MESSAGE,  /* in: user_id, message_id. out: room_id, members, seq. As for EDIT_MESSAGE */
  CHAT_STORAGE_MARK_READ,       /* in: user_id, room_id, message_id. out: message_id (the mark, which only rises), unread, created (whether it rose),
                                   seq, members (whoever may be told; NULL: the person does not allow it).
                                   ROOM_DOES_NOT_EXIST, FORBIDDEN; an id past the newest counts as the newest */
  CHAT_STORAGE_MARK_DELIVERED,  /* the same with the other mark, which is never below the first; without unread */
  CHAT_STORAGE_SET_ROOM,        /* in: user_id, room_id, set_muted, set_pinned (-1: leave). out: muted, pinned in the same fields, seq. As above */
  CHAT_STORAGE_GET_MEMBERS,     /* in: user_id, room_id. out: members. Changes nothing, but keeps its place among the changes. ROOM_DOES_NOT_EXIST,
                                   FORBIDDEN */
  CHAT_STORAGE_ADD_UPLOAD,      /* in: user_id, file (with its address), date (0: now), quota (bytes of all files and uploads of that user). out: used
                                   (without this one). TOO_LARGE where the quota is full, RATE_LIMITED past CHAT_STORAGE_MAX_UPLOADS,
                                   USER_DOES_NOT_EXIST */
  CHAT_STORAGE_FINISH_UPLOAD,   /* in: address (of an upload whose bytes are on the disk and right), name (an address for the file), date (0: now).
                                   out: file; of an upload that was finished before: the file of then. MESSAGE_DOES_NOT_EXIST: no such
                                   upload, or too late */
  CHAT_STORAGE_EXPIRE_MEDIA,    /* in: date (0: now). out: more. Removes a portion of the uploads that are too old by then, and of the files that
                                   no message used within CHAT_STORAGE_UNUSED_TIME */
  CHAT_STORAGE_EXPIRE,          /* in: keep (µs), date (0: now), until (where the last one stopped; 0: begin). out: until, more. Deletes a portion of
                                   what is older than `keep` at that date, oldest first. A date that is more than a day past that of the
                                   last beginning is not believed at once: it moves on by a day with each */
  /* questions: answered from what was committed before; may run beside changes, and beside each other. Those that read as much as somebody
   * has (lists, SEARCH_USERS) take turns by user_id */
  CHAT_STORAGE_FIND_USER,       /* in: name. out: user_id, name as written, secret (password hash), prefs. USER_DOES_NOT_EXIST */
  CHAT_STORAGE_SEARCH_USERS,    /* in: user_id, name (text), limit. out: names: those that begin with it, then those that contain it, each group by folded name */
  CHAT_STORAGE_LIST_ROOMS,      /* in: user_id, limit (0: all), brief (members, marks, last_message and unread are not wanted). out: rooms, newest activity first; seq (all changes up to it are in there) */
  CHAT_STORAGE_LIST_CHANGES,    /* in: user_id, since, until (0: all there is), limit. out: changes, in the order of their seq; seq (up to which all is told
                                   that is not past `until`), until (if it was 0: the newest that the snapshot holds), more.
                                   RESET where it does not reach back to `since`, or `until` was 0 and they are more than 10,000;
                                   seq is then the newest */
  CHAT_STORAGE_LIST_CONTACTS,   /* in: user_id, limit. out: contacts */
  CHAT_STORAGE_LIST_TOKENS,     /* in: user_id. out: tokens, newest first */
  CHAT_STORAGE_FIND_UPLOAD,     /* in: address, date (0: now). out: file (its address that of the upload), name (nullable: the address of the
                                   finished file). MESSAGE_DOES_NOT_EXIST: no such upload, or too late */
  CHAT_STORAGE_FIND_FILE,       /* in: address. out: file. MESSAGE_DOES_NOT_EXIST */
  CHAT_STORAGE_READ,            /* in: user_id, room_id, page, message_id (anchor), until (no later id than that; 0: no bound), limit.
                                   out: messages in ascending order, more (BEFORE, NEWEST: older ones; AFTER, AROUND: newer ones than the last
                                   and not past `until`), until (the newest of the page), newest_id (newest in the room).
                                   ROOM_DOES_NOT_EXIST, FORBIDDEN. Of a page that is larger than CHAT_STORAGE_READ_BYTES only the
                                   oldest are handed out: the rest is read AFTER the last of them, with `until`. AFTER with `until`
                                   looks no further than that, and more and until tell nothing then */
  CHAT_N_STORAGE_OPS
} ChatStorageOp;
#define CHAT_STORAGE_LAST_CHANGE CHAT_STORAGE_EXPIRE

/* Texts that one READ hands out (bytes); one message is always told, however large */
#define CHAT_STORAGE_READ_BYTES (256 * 1024)

/* An upload, and a file that no message uses, live so long (µs) */
#define CHAT_STORAGE_UNUSED_TIME G_TIME_SPAN_DAY
/* Unfinished uploads of one user */
#define CHAT_STORAGE_MAX_UPLOADS 100

/**
 * ChatStorageInbox: (free-func chat_storage_inbox_free)
 *
 * Where the answers of a thread's own jobs come to, when it is another one than the storage's
 */
typedef struct _ChatStorageInbox ChatStorageInbox;
/** chat_storage_inbox_new: `done` of the jobs that name it runs in the thread-default main context of the caller */
ChatStorageInbox *chat_storage_inbox_new  (void);
/** chat_storage_inbox_free: none of its jobs may be outstanding */
void              chat_storage_inbox_free (ChatStorageInbox *self);

typedef enum
{
  CHAT_STORAGE_NEWEST,
  CHAT_STORAGE_BEFORE,
  CHAT_STORAGE_AFTER,
  CHAT_STORAGE_AROUND
} ChatStoragePage;

/**
 * ChatStorageJob: one question to a storage and, in the same place, its answer.
 *
 * Made by the asker with chat_storage_job_new(), given away with chat_server_storage_submit(), handed back to
 * @done in the main context in which the storage was made (or that of its inbox), and freed after it. Between submission and @done nobody but the engine
 * touches it.
 */
typedef struct _ChatStorageJob ChatStorageJob;
typedef void (*ChatStorageDone) (ChatStorageJob *job,
                                 gpointer        user_data);
struct _ChatStorageJob
{
  ChatStorageJob     *next;         /* for the engine's queues */
  ChatStorageInbox   *inbox;        /* nullable; unowned */
  ChatStorageDone     done;
  gpointer            user_data;

  ChatStorageOp       op;
  ChatStatus          status;
  ChatMessageKind     kind;
  ChatStoragePage     page;
  gint64              user_id;
  gint64              room_id;
  gint64              message_id;
  gint64              token_id;
  gint64              until;
  gint64              newest_id;
  gint64              seq;
  gint64              since;
  gint64              date;
  gint64              keep;
  guint               limit;
  guint               unread;
  guint               prefs;
  guint               mask;
  gint                set_muted;
  gint                set_pinned;
  gboolean            created;
  gboolean            more;
  gboolean            brief;
  gboolean            needs_file;
  gint64              quota;
  gint64              used;
  char               *address;
  ChatStorageFile    *file;
  char               *name;
  char               *secret;
  char               *text;
  char               *client_ref;
  ChatStorageMembers *members;
  char              **names;
  GPtrArray          *messages;     /* of ChatStorageMessage */
  GPtrArray          *rooms;        /* of ChatStorageRoom */
  GPtrArray          *tokens;       /* of ChatStorageToken */
  GPtrArray          *changes;      /* of ChatStorageChange */
  GPtrArray          *contacts;     /* of ChatStorageContact */
};
ChatStorageJob *chat_storage_job_new  (ChatStorageOp    op,
                                       ChatStorageDone  done,
                                       gpointer         user_data);
void            chat_storage_job_free (ChatStorageJob  *job);

#define CHAT_TYPE_SERVER_STORAGE (chat_server_storage_get_type ())
G_DECLARE_INTERFACE (ChatServerStorage, chat_server_storage, CHAT, SERVER_STORAGE, GObject)

struct _ChatServerStorageInterface
{
  GTypeInterface parent;

  void (*submit) (ChatServerStorage *self,
                  ChatStorageJob    *job);
  void (*close)  (ChatServerStorage *self);
};

/** chat_server_storage_submit: @job: (transfer full). Never blocks. From any thread; after chat_server_storage_close() it
 * is answered with ERROR. @done runs later, never from within. A change is on disk
 * (survives kill -9 and a power cut) before its @done runs */
void chat_server_storage_submit (ChatServerStorage *self,
                                 ChatStorageJob    *job);
/** chat_storage_inbox_push: for engines, from any thread: hands @jobs back, a list through `next` */
void chat_storage_inbox_push    (ChatStorageInbox  *self,
                                 ChatStorageJob    *jobs);
/** chat_server_storage_close: finishes every job that was submitted, runs their @done, and closes. Blocks. */
void chat_server_storage_close  (ChatServerStorage *self);

G_END_DECLS
