/* chat-composer.h: where a message is written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-room.h"

G_BEGIN_DECLS

/* What a server takes as one message (bytes); the session refuses more */
#define CHAT_COMPOSER_MAX_BYTES (64 * 1024)

#define CHAT_TYPE_COMPOSER (chat_composer_get_type ())
/**
 * ChatComposer: a text that grows with what is written, emoji, and a button that sends.
 *
 * Enter sends, Shift+Enter breaks the line, Up in an empty one edits the last message, Escape leaves an edit, Tab goes on. What
 * is not sent is the room's draft; an edit leaves it alone.
 *
 * Signals:
 * send (const char *text) -> gboolean    whether it was taken; then the composer is empty
 * edit (ChatMessage, const char *text)   the person has changed the message
 * edit-last ()                           the person asks for their last message
 * attach ()                              the person wants to send files
 * paste () -> gboolean                   the person pastes; whether that was taken for files, else it is for text
 * typing ()                              the person types a message, with each letter; not a change of one, not a text that is set
 */
G_DECLARE_FINAL_TYPE (ChatComposer, chat_composer, CHAT, COMPOSER, GtkWidget)

GtkWidget   *chat_composer_new         (void);
/** chat_composer_set_room: @room: (nullable): whose draft it shows; that of the one before is kept */
void         chat_composer_set_room    (ChatComposer *self,
                                        ChatRoom     *room);
/** chat_composer_set_can_attach: whether files can be sent */
void         chat_composer_set_can_attach (ChatComposer *self,
                                        gboolean      can_attach);
/** chat_composer_paste_text: what a text view does by itself; "paste" is not emitted */
void         chat_composer_paste_text  (ChatComposer *self);
/** chat_composer_begin_edit: @text: (nullable): what stands in the composer; %NULL: the text of @message */
void         chat_composer_begin_edit  (ChatComposer *self,
                                        ChatMessage  *message,
                                        const char   *text);
void         chat_composer_cancel_edit (ChatComposer *self);
/** chat_composer_drop_edit: the message is gone: what was changed of it stays as the draft, unless there is one */
void         chat_composer_drop_edit   (ChatComposer *self);
/** chat_composer_get_edited: Returns: (nullable) (transfer none): the message that is being changed */
ChatMessage *chat_composer_get_edited  (ChatComposer *self);
gboolean     chat_composer_focus       (ChatComposer *self);
/** chat_composer_save_draft: gives the room what stands there now */
void         chat_composer_save_draft  (ChatComposer *self);
/** chat_composer_take_key: @controller: one that has just got a key: the composer takes the keyboard, and that key. Returns:
 * whether it did */
gboolean     chat_composer_take_key    (ChatComposer          *self,
                                        GtkEventControllerKey *controller);

G_END_DECLS
