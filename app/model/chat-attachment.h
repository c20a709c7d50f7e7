/* chat-attachment.h: the file that a message carries
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What file systems take (bytes of UTF-8) */
#define CHAT_ATTACHMENT_MAX_SAFE_NAME 255

/**
 * ChatAttachmentState: where the bytes are
 */
typedef enum
{
  CHAT_ATTACHMENT_REMOTE,       /* on the server alone */
  CHAT_ATTACHMENT_QUEUED,       /* will be transferred when others are done, or when there is a connection */
  CHAT_ATTACHMENT_TRANSFERRING,
  CHAT_ATTACHMENT_PAUSED,       /* by the person */
  CHAT_ATTACHMENT_FAILED,       /* see "failure" */
  CHAT_ATTACHMENT_LOCAL         /* whole, on this computer: see "path". One's own are that on the way up, too, after which they are sent */
} ChatAttachmentState;
#define CHAT_TYPE_ATTACHMENT_STATE (chat_attachment_state_get_type ())
GType chat_attachment_state_get_type (void);

/**
 * ChatAttachmentInfo: what a file is, as its sender told. Nothing of it is to be relied on but "size" and "sha256", which are verified
 */
typedef struct
{
  const char *name;         /* no path: without "/", and neither "." nor ".." */
  gint64      size;         /* bytes */
  const char *media_type;   /* type/subtype */
  const char *sha256;       /* (nullable): 64 hexadecimal digits */
  int         width;        /* pixels, of an image; 0: not told */
  int         height;
  GBytes     *preview;      /* (nullable): a very small JPEG or PNG, not decoded */
} ChatAttachmentInfo;

#define CHAT_TYPE_ATTACHMENT (chat_attachment_get_type ())
/**
 * ChatAttachment properties (those that change notify explicitly, and only on change):
 * name, size, media-type, sha256, width, height, preview   as in #ChatAttachmentInfo; they never change
 * address     string   nullable: where it can be downloaded
 * outgoing    boolean  never changes: the transfer that is meant is to the server
 * state       enum
 * done        gint64   bytes that are transferred, while it is not LOCAL (of what is outgoing: until it is sent)
 * failure     string   nullable: why it failed, in words for the person
 * path        string   nullable: of the whole file on this computer
 */
G_DECLARE_FINAL_TYPE (ChatAttachment, chat_attachment, CHAT, ATTACHMENT, GObject)

ChatAttachment      *chat_attachment_new            (const ChatAttachmentInfo *info,
                                                     gboolean                  outgoing);

const char          *chat_attachment_get_name       (ChatAttachment           *self);
/** chat_attachment_dup_safe_name: Returns: (transfer full): what a file may be called that the person saves: the name without a path, control
 * characters, marks that turn its letters around, a dot at its beginning and what is cut off silently at its end. Its ending, by which
 * the system knows its kind, is that of the name. At most %CHAT_ATTACHMENT_MAX_SAFE_NAME bytes, never empty. */
char                *chat_attachment_dup_safe_name  (ChatAttachment           *self);
gint64               chat_attachment_get_size       (ChatAttachment           *self);
const char          *chat_attachment_get_media_type (ChatAttachment           *self);
const char          *chat_attachment_get_sha256     (ChatAttachment           *self);
/** chat_attachment_get_dimensions: Returns: whether they were told; @width, @height: (out) (optional): pixels */
gboolean             chat_attachment_get_dimensions (ChatAttachment           *self,
                                                     int                      *width,
                                                     int                      *height);
/** chat_attachment_get_preview: Returns: (transfer none) (nullable) */
GBytes              *chat_attachment_get_preview    (ChatAttachment           *self);
gboolean             chat_attachment_get_outgoing   (ChatAttachment           *self);
const char          *chat_attachment_get_address    (ChatAttachment           *self);
void                 chat_attachment_set_address    (ChatAttachment           *self,
                                                     const char               *address);
ChatAttachmentState  chat_attachment_get_state      (ChatAttachment           *self);
const char          *chat_attachment_get_failure    (ChatAttachment           *self);
/** chat_attachment_set_state: @failure: (nullable): only with %CHAT_ATTACHMENT_FAILED */
void                 chat_attachment_set_state      (ChatAttachment           *self,
                                                     ChatAttachmentState       state,
                                                     const char               *failure);
gint64               chat_attachment_get_done       (ChatAttachment           *self);
void                 chat_attachment_set_done       (ChatAttachment           *self,
                                                     gint64                    bytes);
const char          *chat_attachment_get_path       (ChatAttachment           *self);
void                 chat_attachment_set_path       (ChatAttachment           *self,
                                                     const char               *path);

G_END_DECLS
