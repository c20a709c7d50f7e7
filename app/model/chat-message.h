/* chat-message.h: one message of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-attachment.h"

G_BEGIN_DECLS

/**
 * ChatMessageContent: what a message carries. FILE and IMAGE have an address as their text (PROTOCOL.md, "Messages").
 */
typedef enum
{
  CHAT_MESSAGE_TEXT,
  CHAT_MESSAGE_FILE,
  CHAT_MESSAGE_IMAGE
} ChatMessageContent;
#define CHAT_TYPE_MESSAGE_CONTENT (chat_message_content_get_type ())
GType chat_message_content_get_type (void);

/**
 * ChatMessageState: what became of a message. Those of others are always %CHAT_MESSAGE_SENT.
 */
typedef enum
{
  CHAT_MESSAGE_WAITING,     /* no connection: goes out by itself when there is one */
  CHAT_MESSAGE_SENDING,     /* on its way; no answer yet */
  CHAT_MESSAGE_SENT,        /* the server has it */
  CHAT_MESSAGE_FAILED,      /* the server refused it, or its fate is unknown and only the person may repeat it; see "failure" */
} ChatMessageState;
#define CHAT_TYPE_MESSAGE_STATE (chat_message_state_get_type ())
GType chat_message_state_get_type (void);

/**
 * ChatMessageReceipt: how far one's own message that was SENT has got. Those of others have none.
 */
typedef enum
{
  CHAT_MESSAGE_NO_RECEIPT,  /* nobody told */
  CHAT_MESSAGE_DELIVERED,   /* all others in the room have it */
  CHAT_MESSAGE_READ         /* all others have read it */
} ChatMessageReceipt;
#define CHAT_TYPE_MESSAGE_RECEIPT (chat_message_receipt_get_type ())
GType chat_message_receipt_get_type (void);

#define CHAT_TYPE_MESSAGE (chat_message_get_type ())
G_DECLARE_FINAL_TYPE (ChatMessage, chat_message, CHAT, MESSAGE, GObject)

/**
 * ChatMessage properties (each notifies explicitly, and only on change):
 * id            gint64   of the server; 0 while it has none
 * room-id       gint64   construct-only
 * client-ref    string   construct-only, nullable: how a message of ours is known before it has an id
 * sender        string   construct-only: login name
 * outgoing      boolean  construct-only: one's own
 * content       enum     construct-only
 * text          string   (changes by an edit)
 * date          gint64   µs since 1970 UTC; 0 where "date-text" is all there is
 * date-text     string   nullable: the server's date where it is no RFC 3339 date: shown as it is
 * edited        boolean
 * state         enum
 * failure       string   nullable: why it failed, in words for the person
 * receipt       enum     from the marks of its room: see chat_room_dress()
 * busy          boolean  an edit or deletion of it is on its way
 * deleting      boolean  it is a deletion: nothing else can be done with it
 * attachment    ChatAttachment  nullable: of FILE and IMAGE, where the server vouches for it; "text" is its address then
 *
 * Kept by the ChatMessageList that holds it, from its neighbours:
 * starts-day    boolean  its day differs from that of the one before it (never known of the first while there may be older)
 * starts-group  boolean  another sender, day, or more than five minutes after the one before it
 * ends-group    boolean  the same towards the one after it
 */
ChatMessage        *chat_message_new               (gint64              room_id,
                                                    const char         *sender,
                                                    gboolean            outgoing,
                                                    ChatMessageContent  content,
                                                    const char         *client_ref);

gint64              chat_message_get_id            (ChatMessage        *self);
void                chat_message_set_id            (ChatMessage        *self,
                                                    gint64              id);
gint64              chat_message_get_room_id       (ChatMessage        *self);
const char         *chat_message_get_client_ref    (ChatMessage        *self);
const char         *chat_message_get_sender        (ChatMessage        *self);
gboolean            chat_message_get_outgoing      (ChatMessage        *self);
ChatMessageContent  chat_message_get_content       (ChatMessage        *self);
const char         *chat_message_get_text          (ChatMessage        *self);
void                chat_message_set_text          (ChatMessage        *self,
                                                    const char         *text);
gint64              chat_message_get_date          (ChatMessage        *self);
const char         *chat_message_get_date_text     (ChatMessage        *self);
/** chat_message_set_date: @usec: 0 if unknown; @date_text: (nullable): shown instead, where @usec is 0 */
void                chat_message_set_date          (ChatMessage        *self,
                                                    gint64              usec,
                                                    const char         *date_text);
gboolean            chat_message_get_edited        (ChatMessage        *self);
void                chat_message_set_edited        (ChatMessage        *self,
                                                    gboolean            edited);
ChatMessageState    chat_message_get_state         (ChatMessage        *self);
const char         *chat_message_get_failure       (ChatMessage        *self);
/** chat_message_set_state: @failure: (nullable): only with %CHAT_MESSAGE_FAILED */
void                chat_message_set_state         (ChatMessage        *self,
                                                    ChatMessageState    state,
                                                    const char         *failure);
ChatMessageReceipt  chat_message_get_receipt       (ChatMessage        *self);
void                chat_message_set_receipt       (ChatMessage        *self,
                                                    ChatMessageReceipt  receipt);
gboolean            chat_message_get_busy          (ChatMessage        *self);
void                chat_message_set_busy          (ChatMessage        *self,
                                                    gboolean            busy);
gboolean            chat_message_get_deleting      (ChatMessage        *self);
void                chat_message_set_deleting      (ChatMessage        *self,
                                                    gboolean            deleting);
/** chat_message_get_attachment: Returns: (transfer none) (nullable) */
ChatAttachment     *chat_message_get_attachment    (ChatMessage        *self);
void                chat_message_set_attachment    (ChatMessage        *self,
                                                    ChatAttachment     *attachment);

gboolean            chat_message_get_starts_day    (ChatMessage        *self);
gboolean            chat_message_get_starts_group  (ChatMessage        *self);
gboolean            chat_message_get_ends_group    (ChatMessage        *self);
/** chat_message_set_grouping: for ChatMessageList alone */
void                chat_message_set_grouping      (ChatMessage        *self,
                                                    gboolean            starts_day,
                                                    gboolean            starts_group,
                                                    gboolean            ends_group);

/** chat_message_compare: the order of a room: by id; those without one last, in the order of their date */
int                 chat_message_compare           (ChatMessage        *a,
                                                    ChatMessage        *b);

G_END_DECLS
