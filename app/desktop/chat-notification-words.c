/* chat-notification-words.c: what a notification says of what came
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-notification-words.h"

#include <glib/gi18n.h>

#include "chat-attachment-words.h"
#include "chat-format.h"

#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8"
#define POP_DIRECTIONAL_ISOLATE "\xe2\x81\xa9"

char *
chat_notification_title (ChatRoom *room)
{
  char *title = chat_format_line (chat_room_get_name (room), CHAT_NOTIFICATION_MAX_NAME);

  if (*title != '\0')
    return title;
  g_free (title);
  return g_strdup (_("Chat"));
}

/* Returns: (transfer full): "" where nothing of it can be seen */
static char *
message_words (ChatMessage *message)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);
  g_autofree char *name = NULL;
  g_autofree char *line = NULL;

  switch (chat_message_get_content (message))
    {
    case CHAT_MESSAGE_IMAGE:
      return g_strdup (_("Picture"));
    case CHAT_MESSAGE_FILE:
      if (attachment == NULL)
        return g_strdup (_("File"));
      name = chat_attachment_name (attachment);
      line = chat_format_line (name, CHAT_NOTIFICATION_MAX_TEXT);
      /* Translators: a message that is a file; %s is its name */
      return g_strdup_printf (_("File: %s"), line);
    case CHAT_MESSAGE_TEXT:
    default:
      return chat_format_line (chat_message_get_text (message), CHAT_NOTIFICATION_MAX_TEXT);
    }
}

static gboolean
have_several_senders (GPtrArray *messages)
{
  for (guint i = 1; i < messages->len; i++)
    if (g_strcmp0 (chat_message_get_sender (messages->pdata[0]), chat_message_get_sender (messages->pdata[i])) != 0)
      return TRUE;
  return FALSE;
}

static char *
number_words (guint    count,
              gboolean several)
{
  if (count == 1)
    return g_strdup (_("New message"));
  if (several)
    return g_strdup_printf (ngettext ("%u new message from several people", "%u new messages from several people", count), count);
  return g_strdup_printf (ngettext ("%u new message", "%u new messages", count), count);
}

char *
chat_notification_body (ChatRoom  *room,
                        GPtrArray *messages,
                        guint      count,
                        gboolean   show_text)
{
  ChatMessage *last = messages->len > 0 ? messages->pdata[messages->len - 1] : NULL;
  g_autofree char *number = number_words (count, have_several_senders (messages));
  g_autofree char *words = show_text && last != NULL ? message_words (last) : NULL;

  if (words == NULL || *words == '\0')
    return g_steal_pointer (&number);
  /* In a conversation of two the title says who it is */
  if (g_ascii_strcasecmp (chat_message_get_sender (last), chat_room_get_name (room)) != 0)
    {
      g_autofree char *sender = chat_format_line (chat_message_get_sender (last), CHAT_NOTIFICATION_MAX_NAME);
      g_autofree char *isolated_sender = g_strconcat (FIRST_STRONG_ISOLATE, sender, POP_DIRECTIONAL_ISOLATE, NULL);
      g_autofree char *isolated = g_strconcat (FIRST_STRONG_ISOLATE, words, POP_DIRECTIONAL_ISOLATE, NULL);

      g_free (words);
      /* Translators: who wrote a message, and what */
      words = g_strdup_printf (_("%s: %s"), isolated_sender, isolated);
    }
  return count == 1 ? g_steal_pointer (&words) : g_strconcat (words, "\n", number, NULL);
}

char *
chat_notification_sum (guint count,
                       guint n_rooms)
{
  g_autofree char *messages = g_strdup_printf (ngettext ("%u new message", "%u new messages", count), count);
  g_autofree char *rooms = g_strdup_printf (ngettext ("in %u conversation", "in %u conversations", n_rooms), n_rooms);

  /* Translators: "5 new messages" "in 3 conversations" */
  return g_strdup_printf (_("%s %s"), messages, rooms);
}
