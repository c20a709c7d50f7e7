/* chat-media-manager.h: the files of an account: which are here, which are on their way, in which order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-client.h"
#include "chat-media-transfer.h"
#include "chat-session.h"
#include "chat-store.h"

G_BEGIN_DECLS

/* The limits of this layer */
#define CHAT_MEDIA_MAX_RUNNING 3      /* transfers at once, in both directions together */
#define CHAT_MEDIA_MAX_QUEUED  1000   /* that wait: more do not come by themselves */
#define CHAT_MEDIA_MAX_FAILED  8      /* tries in a row that brought nothing, with a connection, before it counts as failed */
#define CHAT_MEDIA_TIDY_MS     500    /* before it is looked for files of messages that are gone */
#define CHAT_MEDIA_MAX_ANEW    3      /* how often an upload begins anew, where the server has forgotten it or found it wrong */

/**
 * ChatMediaManager: one file for each content, by its SHA-256, however many messages carry it. The whole ones lie in the folder
 * of the account under that; what is on its way lies beside, with ".part" at its end. What is wanted, paused and whole is kept in the store,
 * and so goes on after the next start.
 */
typedef struct _ChatMediaManager ChatMediaManager;

/** chat_media_manager_new: @session: borrowed */
ChatMediaManager *chat_media_manager_new          (ChatSession      *session);
void              chat_media_manager_free         (ChatMediaManager *self);
/** chat_media_manager_open: the account is there: @downloads (element-type ChatStoreDownload): what is kept of it; %NULL: there is no store.
 * What nobody knows of in @folder is deleted, if there is one. (The outbox is loaded already) */
void              chat_media_manager_open         (ChatMediaManager *self,
                                                   const char       *folder,
                                                   GPtrArray        *downloads);
/** chat_media_manager_close: every transfer ends, and all is forgotten; the files stay */
void              chat_media_manager_close        (ChatMediaManager *self);
/** chat_media_manager_get_folder: Returns: (nullable): %NULL while it is closed */
const char       *chat_media_manager_get_folder   (ChatMediaManager *self);
/** chat_media_manager_is_ready: Returns: whether what is left of the last time is deleted: files can be named from now on */
gboolean          chat_media_manager_is_ready     (ChatMediaManager *self);
/** chat_media_manager_set_endpoint: there is a connection: @endpoint (nullable): where its server keeps files; %NULL: it takes none: what is
 * to be uploaded fails */
void              chat_media_manager_set_endpoint (ChatMediaManager *self,
                                                   ChatMediaEndpoint *endpoint);
/** chat_media_manager_set_auto: Returns: whether that is something else than before */
gboolean          chat_media_manager_set_auto     (ChatMediaManager *self,
                                                   gint64            images,
                                                   gint64            files);

/** chat_media_manager_meet: @attachment, of a message that the server has, shows from now on how its file is. @looked_at: it may come by
 * itself */
void              chat_media_manager_meet         (ChatMediaManager *self,
                                                   ChatAttachment   *attachment,
                                                   gboolean          image,
                                                   gboolean          looked_at);
void              chat_media_manager_start        (ChatMediaManager *self,
                                                   ChatAttachment   *attachment);
void              chat_media_manager_pause        (ChatMediaManager *self,
                                                   ChatAttachment   *attachment);
void              chat_media_manager_cancel       (ChatMediaManager *self,
                                                   ChatAttachment   *attachment);

/** chat_media_manager_tidy_soon: messages are gone: files that no other message has are deleted in a moment. Where the program ends before, the
 * next start does it */
void              chat_media_manager_tidy_soon    (ChatMediaManager *self);

/* What is sent. @client_ref: of the message */
/** chat_media_manager_hold, _release: a copy with that content is about to be sent: it is not deleted meanwhile */
void              chat_media_manager_hold         (ChatMediaManager *self,
                                                   const char       *sha256);
void              chat_media_manager_release      (ChatMediaManager *self,
                                                   const char       *sha256);
/** chat_media_manager_upload: @message of the outbox carries @file; @address: (nullable): where it was being uploaded to. How it ends is
 * told to the outbox */
void              chat_media_manager_upload       (ChatMediaManager *self,
                                                   ChatMessage      *message,
                                                   const char       *file,
                                                   const char       *address,
                                                   gboolean          paused);
/** chat_media_manager_start_upload, _pause_upload: Returns: whether there is one */
gboolean          chat_media_manager_start_upload (ChatMediaManager *self,
                                                   const char       *client_ref);
gboolean          chat_media_manager_pause_upload (ChatMediaManager *self,
                                                   const char       *client_ref);
/** chat_media_manager_dropped: the message is given up: its upload ends, and its copy is deleted, where nothing else needs it */
void              chat_media_manager_dropped      (ChatMediaManager *self,
                                                   const char       *client_ref,
                                                   const char       *file);
/** chat_media_manager_put_sent: the server has a message with @file, at @address: into @batch, that its copy is a whole file */
void              chat_media_manager_put_sent     (ChatMediaManager *self,
                                                   ChatStoreBatch   *batch,
                                                   const char       *file,
                                                   const char       *address);
/** chat_media_manager_sent: the same, as it is shown */
void              chat_media_manager_sent         (ChatMediaManager *self,
                                                   ChatAttachment   *attachment);

/** chat_media_attachment_new: Returns: (transfer full) (nullable): of @file, as in #ChatClientMessage */
ChatAttachment   *chat_media_attachment_new       (const char       *file,
                                                   gboolean          outgoing);

G_END_DECLS
