/* chat-timeline-file.c: what can be done with the file of a message
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-timeline-private.h"

#include <glib/gi18n.h>

#include "chat-attachment-words.h"
#include "chat-file-acts.h"

gboolean
chat_timeline_file_requested (ChatTimeline *self,
                              ChatMessage  *message,
                              const char   *action)
{
  if (chat_file_acts_can (message, action))
    g_signal_emit_by_name (self, "message-requested", message, action);

  /* Its address is nothing to copy or to follow */
  return g_str_has_suffix (action, "-transfer") || g_str_has_prefix (action, "copy") || g_str_equal (action, "open") ||
         g_str_equal (action, "view") || g_str_equal (action, "save-as") || g_str_equal (action, "show-in-folder");
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

gboolean
chat_timeline_query_file_tooltip (ChatMessage    *message,
                                  ChatBubblePart  part,
                                  GtkTooltip     *tooltip)
{
  ChatAttachment *attachment = message != NULL ? chat_message_get_attachment (message) : NULL;
  g_autofree char *name = NULL;
  g_autofree char *status = NULL;
  g_autofree char *words = NULL;

  if (attachment == NULL || (part != CHAT_BUBBLE_FILE && part != CHAT_BUBBLE_PICTURE && part != CHAT_BUBBLE_TRANSFER))
    return FALSE;
  /* An image that is there speaks for itself */
  if (part == CHAT_BUBBLE_PICTURE && chat_attachment_is_here (attachment))
    return FALSE;

  name = chat_attachment_name (attachment);
  status = chat_attachment_status (attachment);
  words = g_strdup_printf ("\xe2\x81\xa6%s\xe2\x81\xa9\n%s", name, status);
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

void
chat_timeline_append_file_details (ChatMessage *message,
                                   GString     *text)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);
  g_autofree char *line = chat_attachment_name (attachment);
  g_autofree char *name = g_strdup_printf ("\xe2\x81\xa6%s\xe2\x81\xa9", line);
  g_autofree char *size = g_format_size_full (chat_attachment_get_size (attachment), G_FORMAT_SIZE_LONG_FORMAT);

  g_string_append_c (text, '\n');
  /* Translators: the name of a file */
  g_string_append_printf (text, _("File: %s"), name);
  g_string_append_c (text, '\n');
  /* Translators: of a file: "1.2 MB (1,234,567 bytes)" */
  g_string_append_printf (text, _("Size: %s"), size);
  if (chat_attachment_get_state (attachment) == CHAT_ATTACHMENT_FAILED)
    {
      g_autofree char *status = chat_attachment_status (attachment);

      g_string_append_printf (text, "\n%s", status);
    }
}
