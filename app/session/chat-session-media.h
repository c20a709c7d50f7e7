/* chat-session-media.h: files, to the server and from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-file-list.h"
#include "chat-session.h"

G_BEGIN_DECLS

/* Files that come by themselves, where nothing else was set (bytes) */
#define CHAT_SESSION_AUTO_IMAGES (10 * 1024 * 1024)
#define CHAT_SESSION_AUTO_FILES  0

/** chat_session_get_media_limit: Returns: bytes that one file may have on this server; 0: not told */
gint64       chat_session_get_media_limit      (ChatSession                  *self);

/** ChatSessionFileOptions: how a file is sent; all zero is the usual way */
typedef struct
{
  const char *name;           /* nullable: other than that of the file */
  gboolean    as_image;       /* as an IMAGE, where it is one that can be shown; else as a FILE */
  gboolean    keep_metadata;  /* do not take out of an image where, when and with what it was made */
  const char *caption;        /* nullable: what is written about it: as chat_session_send_caption(), but never one without the other */
} ChatSessionFileOptions;

/**
 * chat_session_send_file_async:
 * @options: (nullable): copied
 *
 * Copies @file into the profile, so that it can be sent whatever becomes of the original, writes it to the outbox on the disk, and ends as
 * soon as its bubble is there. It goes out by itself, also after an end of the program: see "attachment" of the message. What is written
 * after it waits for it, texts no longer than a minute. chat_session_retry_message() and chat_session_discard_message() do as with a text.
 */
void         chat_session_send_file_async      (ChatSession                  *self,
                                                ChatRoom                     *room,
                                                GFile                        *file,
                                                const ChatSessionFileOptions *options,
                                                GCancellable                 *cancellable,
                                                GAsyncReadyCallback           callback,
                                                gpointer                      user_data);
/** chat_session_send_bytes_async: the same, of something in memory (an image that was pasted) */
void         chat_session_send_bytes_async     (ChatSession                  *self,
                                                ChatRoom                     *room,
                                                GBytes                       *bytes,
                                                const ChatSessionFileOptions *options,
                                                GCancellable                 *cancellable,
                                                GAsyncReadyCallback           callback,
                                                gpointer                      user_data);
/** chat_session_send_file_finish: of both. Returns: (transfer full) (nullable): %NULL with TOO_LARGE (its message names the limit), EMPTY,
 * UNSUPPORTED (a folder, something special, a server that takes no files), NO_SPACE, NO_ROOM, FAILED (it can not be read; what it
 * tells about its maker can not be taken out) or %G_IO_ERROR_CANCELLED: nothing of it is kept then */
ChatMessage *chat_session_send_file_finish     (ChatSession                  *self,
                                                GAsyncResult                 *result,
                                                GError                      **error);

/** chat_session_send_caption: as chat_session_send_text(), of what is written about @file, which was sent to @room: it comes after that, also where
 * that has to be sent again by hand. Where @file is discarded, it has failed, and the person decides. */
ChatMessage *chat_session_send_caption         (ChatSession                  *self,
                                                ChatRoom                     *room,
                                                ChatMessage                  *file,
                                                const char                   *text,
                                                GError                      **error);

/** chat_session_start_transfer: downloads the file of @message, or goes on after PAUSED or FAILED, in either direction */
void         chat_session_start_transfer       (ChatSession                  *self,
                                                ChatMessage                  *message);
/** chat_session_pause_transfer: what has come, or is at the server, stays there. It is paused over an end of the program, too */
void         chat_session_pause_transfer       (ChatSession                  *self,
                                                ChatMessage                  *message);
/** chat_session_cancel_transfer: a download: what has come is thrown away. (An upload: chat_session_discard_message()) */
void         chat_session_cancel_transfer      (ChatSession                  *self,
                                                ChatMessage                  *message);
/** chat_session_save_attachment_async: copies the file of @message to @destination, over what is there; one that is not on this computer is
 * downloaded first, see the "attachment" of the message for its progress, and stays with the message as well. That waits for a connection, and
 * while it is paused. Who cancels does not cancel the download: chat_session_cancel_transfer(), which ends this too */
void         chat_session_save_attachment_async (ChatSession                 *self,
                                                ChatMessage                  *message,
                                                GFile                        *destination,
                                                GCancellable                 *cancellable,
                                                GAsyncReadyCallback           callback,
                                                gpointer                      user_data);
/** chat_session_save_attachment_finish: Returns: %FALSE with NO_SPACE (at @destination), FAILED (why the file did not come, or can not be
 * written, in words for the person), OFFLINE (the session ended) or %G_IO_ERROR_CANCELLED: what was at @destination is still there
 * then, and nothing half */
gboolean     chat_session_save_attachment_finish (ChatSession                *self,
                                                GAsyncResult                 *result,
                                                GError                      **error);
/** chat_session_name_attachment_async: gives the file of @message, which is on this computer, a name by which other programs may be given it: that of
 * its sender made safe, in a folder of its own. It can not be run there, nor written to; it goes with the file, and when the program starts next */
void         chat_session_name_attachment_async (ChatSession                 *self,
                                                ChatMessage                  *message,
                                                GCancellable                 *cancellable,
                                                GAsyncReadyCallback           callback,
                                                gpointer                      user_data);
/** chat_session_name_attachment_finish: Returns: (transfer full) (nullable): the path with that name; the "path" of the attachment where it can have
 * none; %NULL with FAILED: it is not here */
char        *chat_session_name_attachment_finish (ChatSession                *self,
                                                GAsyncResult                 *result,
                                                GError                      **error);
/** chat_session_look_at: the person sees @message elsewhere than in the window of its room: its file may come by itself */
void         chat_session_look_at              (ChatSession                  *self,
                                                ChatMessage                  *message);
/** chat_session_set_auto_download: of messages in a room that somebody looks at: bytes up to which their files come by themselves; 0:
 * never; -1: always. What is looked at already comes as well, where it may now */
void         chat_session_set_auto_download    (ChatSession                  *self,
                                                gint64                        images,
                                                gint64                        files);
/** chat_session_get_room_files: Returns: (transfer full): the messages of @room that carry an image, or else another file, the newest
 * first; its first page is on its way. What is kept on this computer comes at once, then what only the server has. Listing them
 * downloads nothing: see chat_session_look_at(). Holds the session weakly */
ChatFileList *chat_session_get_room_files       (ChatSession                  *self,
                                                ChatRoom                     *room,
                                                gboolean                      images);

G_END_DECLS
