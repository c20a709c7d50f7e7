/* chat-timeline-file.c: what can be done with the file of a message
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-timeline-private.h"

#include <glib/gi18n.h>

#include "chat-attachment-words.h"
#include "chat-file-opener.h"
#include "chat-frames.h"

/* Pixels of the longer side of an image that is copied, at most */
#define COPY_SIDE 4096

static void
image_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GdkClipboard) clipboard = user_data;
  g_autoptr (ChatImage) image = chat_image_decode_finish (result, NULL);
  g_autoptr (ChatFrames) frames = image != NULL ? chat_frames_new (image) : NULL;

  /* What is no image is shown as a file by now */
  if (frames != NULL)
    gdk_clipboard_set_texture (clipboard, chat_frames_get (frames, 0, NULL));
}

static void
copy_image (ChatTimeline   *self,
            ChatAttachment *attachment)
{
  chat_image_decode_async (chat_attachment_get_path (attachment), CHAT_IMAGE_STILL, COPY_SIDE, COPY_SIDE, NULL, image_cb,
                           g_object_ref (gtk_widget_get_clipboard (GTK_WIDGET (self))));
}

void
chat_timeline_add_file_items (ChatTimeline *self,
                              ChatMessage  *message,
                              GMenu        *first,
                              GMenu        *second)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);
  ChatAttachmentState state = chat_attachment_get_state (attachment);

  if (chat_attachment_can_start (attachment))
    g_menu_append (first, state == CHAT_ATTACHMENT_REMOTE ? _("_Download") :
                          state == CHAT_ATTACHMENT_PAUSED ? _("_Resume") : _("_Retry"), "message.start-transfer");
  if (chat_attachment_can_pause (attachment))
    g_menu_append (first, _("_Pause"), "message.pause-transfer");
  if (chat_attachment_can_cancel (attachment))
    g_menu_append (first, _("Ca_ncel"), "message.cancel-transfer");
  if (chat_attachment_is_here (attachment))
    {
      if (chat_attachment_is_picture (message))
        g_menu_append (second, _("_View"), "message.view");
      g_menu_append (second, _("_Open"), "message.open");
      if (chat_attachment_is_picture (message))
        g_menu_append (second, _("_Copy Image"), "message.copy-image");
      g_menu_append (second, _("_Save As…"), "message.save-as");
      g_menu_append (second, _("Show in _Folder"), "message.show-in-folder");
    }
}

gboolean
chat_timeline_file_requested (ChatTimeline *self,
                              ChatMessage  *message,
                              const char   *action)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);

  /* A screen reader offers all of them for every row */
  if (g_str_equal (action, "open"))
    {
      if (chat_attachment_is_here (attachment))
        chat_file_opener_open (self->window, chat_attachment_get_path (attachment), chat_attachment_get_name (attachment));
    }
  else if (g_str_equal (action, "show-in-folder"))
    {
      if (chat_attachment_is_here (attachment))
        chat_file_opener_show_in_folder (self->window, chat_attachment_get_path (attachment));
    }
  else if (g_str_equal (action, "copy-image"))
    {
      if (chat_attachment_is_here (attachment) && chat_attachment_is_picture (message))
        copy_image (self, attachment);
    }
  else if ((g_str_equal (action, "view") && chat_attachment_is_here (attachment) && chat_attachment_is_picture (message)) ||
           (g_str_equal (action, "save-as") && chat_attachment_is_here (attachment)) ||
           (g_str_equal (action, "start-transfer") && chat_attachment_can_start (attachment)) ||
           (g_str_equal (action, "pause-transfer") && chat_attachment_can_pause (attachment)) ||
           (g_str_equal (action, "cancel-transfer") && chat_attachment_can_cancel (attachment)))
    {
      g_signal_emit_by_name (self, "message-requested", message, action);
    }
  else
    {
      /* Its address is nothing to copy or to follow */
      return g_str_has_suffix (action, "-transfer") || g_str_equal (action, "save-as") || g_str_equal (action, "view") ||
             g_str_has_prefix (action, "copy");
    }

  return TRUE;
}

void
chat_timeline_file_clicked (ChatTimeline   *self,
                            ChatMessage    *message,
                            ChatBubblePart  part)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);
  gboolean button = part == CHAT_BUBBLE_TRANSFER;

  if (attachment == NULL)
    return;

  /* The file itself opens where it can, and else comes; only its button stops it */
  if (!button && chat_attachment_is_here (attachment))
    chat_timeline_file_requested (self, message, part == CHAT_BUBBLE_PICTURE ? "view" : "open");
  else if (chat_attachment_can_start (attachment))
    chat_timeline_file_requested (self, message, "start-transfer");
  else if (button && chat_attachment_can_pause (attachment))
    chat_timeline_file_requested (self, message, "pause-transfer");
}
