/* chat-file-list.h: the messages of a room that carry an image, or another file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message.h"

G_BEGIN_DECLS

/** CHAT_FILE_LIST_MAX: messages that are held; what is older is not loaded */
#define CHAT_FILE_LIST_MAX 20000

#define CHAT_TYPE_FILE_LIST (chat_file_list_get_type ())
/**
 * ChatFileList: a #GListModel of #ChatMessage, newest first, which grows at its end as it is asked to. New ones appear in it and deleted ones
 * go by themselves, wherever that is; what was missed between two of them may come in between.
 *
 * Nothing is loaded by looking: ask for more where its end comes into sight, and again when "loading" has become %FALSE, if there is still room.
 *
 * Properties (read-only, notified on change):
 * loading     boolean  more is on its way
 * has-more    boolean  there may be older ones, and they can be had now (without a connection: what is on this computer)
 * failed      boolean  the last try ended with an error: chat_file_list_load_more() tries again
 */
G_DECLARE_FINAL_TYPE (ChatFileList, chat_file_list, CHAT, FILE_LIST, GObject)

/** ChatFileListLoad: is to load more, down to message @down_to at least (0: a page more), and to call chat_file_list_end_load() later */
typedef void (*ChatFileListLoad)           (ChatFileList     *self,
                                            gint64            down_to,
                                            gpointer          user_data);
/** chat_file_list_new: empty. @load: (nullable): %NULL: it has no more than what is put into it */
ChatFileList *chat_file_list_new           (ChatFileListLoad  load,
                                            gpointer          user_data,
                                            GDestroyNotify    destroy);

gboolean      chat_file_list_get_loading   (ChatFileList     *self);
gboolean      chat_file_list_get_has_more  (ChatFileList     *self);
gboolean      chat_file_list_get_failed    (ChatFileList     *self);
/** chat_file_list_load_more: the next page; nothing while one is on its way, or where there is no more */
void          chat_file_list_load_more     (ChatFileList     *self);
/** chat_file_list_load_to: as many pages as it takes until message @id has its place. (It may not be there even then) */
void          chat_file_list_load_to       (ChatFileList     *self,
                                            gint64            id);
/** chat_file_list_find: Returns: whether message @id is in it. @position: (out) (optional): where, or where the next older one is */
gboolean      chat_file_list_find          (ChatFileList     *self,
                                            gint64            id,
                                            guint            *position);

/* For the session */
/** chat_file_list_add: @messages: (element-type ChatMessage): with ids, in any order; what is in it already is left alone */
void          chat_file_list_add           (ChatFileList     *self,
                                            GPtrArray        *messages);
gboolean      chat_file_list_remove        (ChatFileList     *self,
                                            gint64            id);
/** chat_file_list_remove_all: @ids: (element-type gint64) */
void          chat_file_list_remove_all    (ChatFileList     *self,
                                            GArray           *ids);
void          chat_file_list_clear         (ChatFileList     *self);
void          chat_file_list_set_has_more  (ChatFileList     *self,
                                            gboolean          has_more);
void          chat_file_list_end_load      (ChatFileList     *self,
                                            gboolean          has_more,
                                            gboolean          failed);

G_END_DECLS
