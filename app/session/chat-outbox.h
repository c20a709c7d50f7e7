/* chat-outbox.h: what one wrote, changed and deleted, and the server does not know of yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client.h"
#include "chat-message-list.h"
#include "chat-store.h"

G_BEGIN_DECLS

/** CHAT_OUTBOX_MAX: what may wait at once, failed messages included */
#define CHAT_OUTBOX_MAX 1000
/** CHAT_OUTBOX_MAX_PAUSE_S: the longest that a server may ask us to wait */
#define CHAT_OUTBOX_MAX_PAUSE_S 3600
/** CHAT_OUTBOX_PATIENCE_MS: how long a text waits for the files that were sent before it in its room, while there is a connection */
#define CHAT_OUTBOX_PATIENCE_MS 60000

/**
 * ChatOutbox: keeps the order within each room: one thing of a room is on its way at a time, and the next goes when that has
 * its answer. Texts wait for a file before them while that is uploaded, for %CHAT_OUTBOX_PATIENCE_MS; for one that has failed, or that the person
 * holds up, they do not. The caption of a file waits for it, whatever that takes.
 *
 * With a store, everything is first written to the disk, then told (@kept), and only then sent; that it is being sent is on the disk
 * before it is. So it goes out after the next start, whatever ended the program.
 *
 * When the connection breaks, or the program ends, before the answer, nobody knows whether a message arrived. Where the server knows
 * `client-ref` it is sent again under the same reference, which can not double it. Else it fails, and the person decides. Changes and
 * deletions are repeated anywhere: twice is as good as once.
 */
typedef struct _ChatOutbox ChatOutbox;

/** ChatOutboxAnswer: what became of something that was sent; the strings are only there during the call */
typedef struct
{
  ChatStoreAction  action;
  gint64           row_id;      /* in the store; 0: it is in none */
  char            *client_ref;  /* its own */
  gint64           room_id;
  gint64           target_id;   /* of a change or deletion */
  const char      *text;        /* nullable: what was sent */
  gint64           id;          /* of a message that was sent: what the server calls it */
  gint64           date;
  const char      *date_text;   /* nullable */
  gint64           seq;         /* of the change that it was; 0: not told */
  const ChatClientMessage *row; /* nullable: a message that the server had already, as it is now */
  gboolean         gone;        /* it had it already, and it was deleted since */
  const char      *file;        /* nullable: what is told of the file of a message that was sent */
  const GError    *error;       /* nullable: a change or deletion was refused, in the words of the client */
  gboolean         awaited;     /* a task is told the error; else nobody is */
} ChatOutboxAnswer;

/**
 * ChatOutboxEvents:
 * @kept: @message is in the outbox from now on; FAILED where it could not be written
 * @answered: the server answered for good. The receiver puts it into the store and then calls chat_outbox_end(); until then nothing
 *   else of that room is sent
 * @failed: (nullable): the store did not take something
 * @upload: (nullable): the file of @message, which is kept, is to be uploaded: then chat_outbox_uploaded(), or chat_outbox_upload_failed().
 *   @address: (nullable): where it was being uploaded to. @held: the person holds it up
 * @dropped: (nullable): @message with a file was given up
 */
typedef struct
{
  void (*kept)     (ChatMessage *message, gpointer user_data);
  void (*answered) (const ChatOutboxAnswer *answer, gpointer user_data);
  void (*failed)   (const GError *error, gpointer user_data);
  void (*upload)   (ChatMessage *message, const char *file, const char *address, gboolean held, gpointer user_data);
  void (*dropped)  (ChatMessage *message, const char *file, gpointer user_data);
} ChatOutboxEvents;

ChatOutbox  *chat_outbox_new        (const ChatOutboxEvents *events,
                                     gpointer                user_data);
/** chat_outbox_free: answers that are still to come find nobody */
void         chat_outbox_free       (ChatOutbox             *self);
/** chat_outbox_get_length: Returns: unsent messages, those that failed included */
guint        chat_outbox_get_length (ChatOutbox             *self);
/** chat_outbox_set_store: @store: (nullable) (transfer none) */
void         chat_outbox_set_store  (ChatOutbox             *self,
                                     ChatStore              *store);
/** chat_outbox_load: @rows: (element-type ChatStoreOutRow): what the last run left; nothing of it is told */
void         chat_outbox_load       (ChatOutbox             *self,
                                     GPtrArray              *rows,
                                     const char             *login);
/** chat_outbox_set_client: @client: (nullable) (transfer none): logged in; what waits goes out */
void         chat_outbox_set_client (ChatOutbox             *self,
                                     ChatClient             *client);
/** chat_outbox_woke: the computer was asleep for @slept µs: a wait that the server asked for may be over */
void         chat_outbox_woke       (ChatOutbox             *self,
                                     gint64                  slept);
/** chat_outbox_add: @file: (nullable): what is told of the file that @message carries: it is uploaded first. @caption_of: (nullable): the
 * client_ref of the message with a file that it belongs to. Returns: %FALSE if it is full */
gboolean     chat_outbox_add        (ChatOutbox             *self,
                                     ChatMessage            *message,
                                     const char             *file,
                                     const char             *caption_of);
/** chat_outbox_add_file: the same, with its @caption (nullable): both are on the disk, or neither. Returns: %FALSE if there is no room for both */
gboolean     chat_outbox_add_file   (ChatOutbox             *self,
                                     ChatMessage            *message,
                                     const char             *file,
                                     ChatMessage            *caption);
/** chat_outbox_set_patience: in place of %CHAT_OUTBOX_PATIENCE_MS */
void         chat_outbox_set_patience (ChatOutbox           *self,
                                     guint                   ms);
/** chat_outbox_set_upload: where the file of the message under that reference is being uploaded to; %NULL: nowhere any more */
void         chat_outbox_set_upload (ChatOutbox             *self,
                                     const char             *client_ref,
                                     const char             *address);
/** chat_outbox_uploaded: it is whole, and at @address from now on: the message may go */
void         chat_outbox_uploaded   (ChatOutbox             *self,
                                     const char             *client_ref,
                                     const char             *address);
void         chat_outbox_upload_failed (ChatOutbox          *self,
                                     const char             *client_ref,
                                     const char             *words);
/** chat_outbox_hold_upload: whether the person holds it up: also after another start. Returns: %FALSE where no such file waits */
gboolean     chat_outbox_hold_upload (ChatOutbox            *self,
                                     const char             *client_ref,
                                     gboolean                hold);
/** chat_outbox_is_held: whether the person holds up the file of the message under that reference */
gboolean     chat_outbox_is_held    (ChatOutbox             *self,
                                     const char             *client_ref);
/** chat_outbox_get_file: Returns: (nullable): of the unsent message under that reference */
const char  *chat_outbox_get_file   (ChatOutbox             *self,
                                     const char             *client_ref);
/** chat_outbox_list_files: Returns: (transfer full) (element-type utf8): of all unsent messages */
GPtrArray   *chat_outbox_list_files (ChatOutbox             *self);
/** chat_outbox_change: @message, one's own: its new @text, or %NULL to delete it; shown as soon as that is kept.
 *
 * What has not left yet is changed where it waits: the words of an unsent message, or a change that is not on its way. Of what may
 * have left nobody knows whether the server has it: the change stands behind it, and goes when it has its answer. So the newest words
 * win, each thing is sent in its order, and nothing twice. (An unsent message that can not have left is not deleted here: see
 * chat_outbox_discard().)
 *
 * @task: (transfer full) (nullable): ends with %TRUE when the server has agreed; when it is kept, if there is no connection or it goes
 * with its message; or when something newer takes its place. Returns: %FALSE if that can not be taken, with @error; @task is untouched
 * then */
gboolean     chat_outbox_change     (ChatOutbox             *self,
                                     ChatMessage            *message,
                                     const char             *text,
                                     GTask                  *task,
                                     GError                **error);
/** chat_outbox_dress: @message was made anew, with what the server has: shows the change of it that waits */
void         chat_outbox_dress      (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_cover: Returns: whether a change of message @id waits, which goes on being shown; @told is what is shown if it fails */
gboolean     chat_outbox_cover      (ChatOutbox             *self,
                                     gint64                  id,
                                     const char             *told);
/** chat_outbox_retry: for one that failed: it goes to the end of its room */
gboolean     chat_outbox_retry      (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_may_have_left: whether the server may have it */
gboolean     chat_outbox_may_have_left (ChatOutbox          *self,
                                     ChatMessage            *message);
/** chat_outbox_discard: for one that is not on its way. Returns: whether it was forgotten */
gboolean     chat_outbox_discard    (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_keep_again: there is room again: what failed since it could not be kept is kept, so that another start still has it */
void         chat_outbox_keep_again (ChatOutbox             *self);
/** chat_outbox_find: Returns: (nullable) (transfer none): the unsent message under that reference */
ChatMessage *chat_outbox_find       (ChatOutbox             *self,
                                     const char             *client_ref);
/** chat_outbox_get_row_id: Returns: the row of the store for what has that reference; 0 if there is none */
gint64       chat_outbox_get_row_id (ChatOutbox             *self,
                                     const char             *client_ref);
/** chat_outbox_is_kept: whether @message is on the disk, or in no need of it */
gboolean     chat_outbox_is_kept    (ChatOutbox             *self,
                                     ChatMessage            *message);
/** chat_outbox_settle: the server has it as @id, as was learnt otherwise than by the answer; the caller ends its row in the store. May
 * be called for any message */
void         chat_outbox_settle     (ChatOutbox             *self,
                                     ChatMessage            *message,
                                     gint64                  id);
/** chat_outbox_end: what was answered is in the store: forgets it and goes on. @error: (nullable): a change was refused */
void         chat_outbox_end        (ChatOutbox             *self,
                                     const char             *client_ref,
                                     const GError           *error);
/** chat_outbox_list: Returns: (transfer full) (element-type ChatMessage): the unsent of a room, in order, that are kept */
GPtrArray   *chat_outbox_list       (ChatOutbox             *self,
                                     gint64                  room_id);
/** chat_outbox_get_rooms: Returns: (transfer full) (element-type gint64): where anything waits */
GArray      *chat_outbox_get_rooms  (ChatOutbox             *self);
/** chat_outbox_drop_room: the room is gone, also from the store; @room_id: 0 for all, which the store keeps.
 * Returns: how many messages that were */
guint        chat_outbox_drop_room  (ChatOutbox             *self,
                                     gint64                  room_id);

G_END_DECLS
