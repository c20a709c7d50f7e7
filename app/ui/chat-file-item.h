/* chat-file-item.h: one image or file of a room, in a list of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-message.h"

G_BEGIN_DECLS

#define CHAT_TYPE_FILE_ITEM (chat_file_item_get_type ())
/**
 * ChatFileItem: what a tile of a grid (ChatImageTile) and a row of a list (ChatFileRow) have in common: the message, its menu, its
 * name for a screen reader, and what can be asked for. The keyboard and the list's own selection are those of the list.
 *
 * Signal: requested (const char *action)   as in chat-file-acts.h, view, menu or show-in-conversation
 */
G_DECLARE_DERIVABLE_TYPE (ChatFileItem, chat_file_item, CHAT, FILE_ITEM, GtkWidget)

/** ChatFileItemClass: changed: @message (nullable) or something of its attachment is another; @name: (nullable): of the one property of the
 * attachment that changed */
struct _ChatFileItemClass
{
  GtkWidgetClass parent_class;

  void (*changed) (ChatFileItem *self,
                   const char   *name);
};

/** chat_file_item_set_message: @message: (nullable), with an attachment; @item: (nullable): of a list view, which is named as well */
void         chat_file_item_set_message (ChatFileItem *self,
                                         ChatMessage  *message,
                                         GtkListItem  *item);
ChatMessage *chat_file_item_get_message (ChatFileItem *self);
/** chat_file_item_get_attachment: Returns: (nullable) (transfer none) */
ChatAttachment *chat_file_item_get_attachment (ChatFileItem *self);
/** chat_file_item_set_child: @child: (transfer full): all that it consists of, where it draws nothing by itself */
void         chat_file_item_set_child   (ChatFileItem *self,
                                         GtkWidget    *child);
/** chat_file_item_open_menu: @x, @y: where it points to; -1: its middle */
void         chat_file_item_open_menu   (ChatFileItem *self,
                                         double        x,
                                         double        y);
/** chat_file_item_activate: what a click or Enter does: shows, opens, or brings it here */
void         chat_file_item_activate    (ChatFileItem *self);

G_END_DECLS
