/* chat-attachment-words.c: a file in words: its name made harmless, its kind, its state
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-attachment-words.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chat-message-text.h"

char *
chat_attachment_name (ChatAttachment *self)
{
  g_autofree char *line = chat_text_harmless_line (chat_attachment_get_name (self), CHAT_ATTACHMENT_MAX_NAME);
  GString *name = g_string_new (NULL);

  /* One space says as much as many, which only push the ending away */
  for (const char *p = line; *p != '\0'; p = g_utf8_next_char (p))
    if (*p != ' ' || (name->len > 0 && name->str[name->len - 1] != ' '))
      g_string_append_unichar (name, g_utf8_get_char (p));
  while (name->len > 0 && name->str[name->len - 1] == ' ')
    g_string_truncate (name, name->len - 1);
  if (name->len == 0)
    g_string_append (name, _("File"));

  return g_string_free (name, FALSE);
}

static char *
progress (ChatAttachment *self)
{
  g_autofree char *done = g_format_size (chat_attachment_get_done (self));
  g_autofree char *size = g_format_size (chat_attachment_get_size (self));

  /* Translators: how much of a file is transferred: "3.1 MB of 12.4 MB" */
  return g_strdup_printf (_("%s of %s"), done, size);
}

char *
chat_attachment_status (ChatAttachment *self)
{
  g_autofree char *size = g_format_size (chat_attachment_get_size (self));
  g_autofree char *part = NULL;
  const char *failure;

  switch (chat_attachment_get_state (self))
    {
    case CHAT_ATTACHMENT_QUEUED:
      /* Translators: %s is the size of a file that waits for its transfer */
      return g_strdup_printf (_("%s, waiting"), size);
    case CHAT_ATTACHMENT_TRANSFERRING:
      return progress (self);
    case CHAT_ATTACHMENT_PAUSED:
      part = progress (self);
      /* Translators: %s is "3.1 MB of 12.4 MB" */
      return g_strdup_printf (_("Paused, %s"), part);
    case CHAT_ATTACHMENT_FAILED:
      failure = chat_attachment_get_failure (self);
      return chat_text_harmless_line (failure != NULL ? failure : _("Not transferred"), 200);
    case CHAT_ATTACHMENT_REMOTE:
    case CHAT_ATTACHMENT_LOCAL:
    default:
      return g_steal_pointer (&size);
    }
}

static char *
state_in_words (ChatAttachment *self)
{
  gboolean outgoing = chat_attachment_get_outgoing (self);
  const char *failure;

  switch (chat_attachment_get_state (self))
    {
    case CHAT_ATTACHMENT_QUEUED:
      return g_strdup (_("waits for its transfer"));
    case CHAT_ATTACHMENT_TRANSFERRING:
      return g_strdup (outgoing ? _("is being uploaded") : _("is being downloaded"));
    case CHAT_ATTACHMENT_PAUSED:
      return g_strdup (_("paused"));
    case CHAT_ATTACHMENT_FAILED:
      failure = chat_attachment_get_failure (self);
      return chat_text_harmless_line (failure != NULL ? failure : _("Not transferred"), 200);
    case CHAT_ATTACHMENT_LOCAL:
      return g_strdup (_("on this computer"));
    case CHAT_ATTACHMENT_REMOTE:
    default:
      return g_strdup (_("not downloaded"));
    }
}

char *
chat_attachment_describe (ChatMessage *message)
{
  ChatAttachment *self = chat_message_get_attachment (message);
  g_autofree char *name = chat_attachment_name (self);
  g_autofree char *size = g_format_size (chat_attachment_get_size (self));
  g_autofree char *state = state_in_words (self);

  if (chat_message_get_content (message) == CHAT_MESSAGE_IMAGE)
    /* Translators: an image in a conversation for a screen reader: name, size, state ("not downloaded") */
    return g_strdup_printf (_("Image %s, %s, %s"), name, size, state);
  /* Translators: a file in a conversation for a screen reader: name, size, state ("not downloaded") */
  return g_strdup_printf (_("File %s, %s, %s"), name, size, state);
}

GIcon *
chat_attachment_icon_for (const char *content_type)
{
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (content_type);
  GIcon *symbolic = g_themed_icon_new ("text-x-generic-symbolic");
  const char *const *names = G_IS_THEMED_ICON (icon) ? g_themed_icon_get_names (G_THEMED_ICON (icon)) : NULL;
  guint n = names != NULL ? g_strv_length ((char **) names) : 0;

  /* Where there is none for the kind, the theme would give one that is painted in its own colours */
  for (guint i = n; i > 0; i--)
    if (g_str_has_suffix (names[i - 1], "-symbolic"))
      g_themed_icon_prepend_name (G_THEMED_ICON (symbolic), names[i - 1]);

  return symbolic;
}

GIcon *
chat_attachment_get_icon (ChatAttachment *self)
{
  g_autofree char *type = g_content_type_guess (chat_attachment_get_name (self), NULL, 0, NULL);

  return chat_attachment_icon_for (type);
}

gboolean
chat_attachment_is_here (ChatAttachment *self)
{
  return chat_attachment_get_path (self) != NULL
         && (chat_attachment_get_outgoing (self) || chat_attachment_get_state (self) == CHAT_ATTACHMENT_LOCAL);
}

gboolean
chat_attachment_can_start (ChatAttachment *self)
{
  ChatAttachmentState state = chat_attachment_get_state (self);

  return state == CHAT_ATTACHMENT_REMOTE || state == CHAT_ATTACHMENT_PAUSED || state == CHAT_ATTACHMENT_FAILED;
}

gboolean
chat_attachment_can_pause (ChatAttachment *self)
{
  ChatAttachmentState state = chat_attachment_get_state (self);

  return state == CHAT_ATTACHMENT_QUEUED || state == CHAT_ATTACHMENT_TRANSFERRING;
}

gboolean
chat_attachment_can_cancel (ChatAttachment *self)
{
  ChatAttachmentState state = chat_attachment_get_state (self);

  return !chat_attachment_get_outgoing (self) && state != CHAT_ATTACHMENT_REMOTE && state != CHAT_ATTACHMENT_LOCAL;
}

gboolean
chat_attachment_is_picture (ChatMessage *message)
{
  static const char *const types[] = { "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff", NULL };
  ChatAttachment *self = chat_message_get_attachment (message);

  return self != NULL && chat_message_get_content (message) == CHAT_MESSAGE_IMAGE
         && g_strv_contains (types, chat_attachment_get_media_type (self))
         && chat_attachment_get_dimensions (self, NULL, NULL);
}

gboolean
chat_attachment_can_run (const char *name,
                         const char *content_type)
{
  static const char *const endings[] = {
    "appimage", "apk", "app", "bat", "bin", "cmd", "com", "cpl", "deb", "desktop", "dll", "dmg", "elf", "exe", "flatpak", "flatpakref",
    "flatpakrepo", "hta", "jar", "js", "jse", "lnk", "mjs", "msi", "msp", "php", "pif", "pl", "ps1", "py", "pyc", "pyw", "rb", "reg", "rpm",
    "run", "scr", "sh", "snap", "url", "vbe", "vbs", "wsf", "wsh", NULL
  };
  static const char *const types[] = {
    "application/x-executable", "application/x-sharedlib", "application/x-shellscript", "application/x-desktop",
    "application/x-ms-dos-executable", "application/x-msdownload", "application/vnd.microsoft.portable-executable", "application/x-msi",
    "application/x-ms-shortcut", "application/x-java-archive", "application/java-archive", "application/vnd.appimage",
    "application/x-iso9660-appimage", "application/vnd.flatpak", "application/vnd.flatpak.ref", "application/vnd.flatpak.repo",
    "application/vnd.debian.binary-package", "application/x-rpm", "application/javascript", "text/javascript", "text/x-python",
    "application/x-perl", "application/x-ruby", "application/x-php", "application/x-pie-executable", "application/x-mach-binary"
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autofree char *guess = NULL;
  const char *dot;

  /* Windows drops dots and spaces at the end of a name */
  for (gsize length = strlen (lower); length > 0 && (lower[length - 1] == '.' || lower[length - 1] == ' '); length--)
    lower[length - 1] = '\0';
  dot = strrchr (lower, '.');
  if (dot != NULL && g_strv_contains (endings, dot + 1))
    return TRUE;

  guess = g_content_type_guess (lower, NULL, 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_content_type_is_a (guess, types[i]) || (content_type != NULL && g_content_type_is_a (content_type, types[i])))
      return TRUE;

  return FALSE;
}
