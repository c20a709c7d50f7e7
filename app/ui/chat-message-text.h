/* chat-message-text.h: what of a message's text is laid out, and the links in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is laid out at first, and how much more with each "Show more" (characters, lines) */
#define CHAT_TEXT_FOLD_CHARS     1500
#define CHAT_TEXT_FOLD_LINES     30
#define CHAT_TEXT_UNFOLD_FACTOR  8
/* Combining marks on one character that are kept: more are no writing */
#define CHAT_TEXT_MAX_MARKS      8
#define CHAT_TEXT_MAX_LINKS      100
#define CHAT_TEXT_MAX_LINK_CHARS 2000

typedef struct
{
  guint  start;     /* bytes in display */
  guint  end;
  char  *uri;
} ChatTextLink;

/**
 * ChatText: a text made harmless: no control characters but line breaks and tabs, no overrides of direction, no towers of
 * marks, no more than can be laid out at once.
 */
typedef struct
{
  char     *display;
  GArray   *links;      /* (element-type ChatTextLink), in order */
  gboolean  folded;     /* there is more */
} ChatText;

/** chat_text_new: @text: valid UTF-8; @level: how often the person asked for more */
ChatText *chat_text_new        (const char *text,
                                guint       level);
void      chat_text_free       (ChatText   *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatText, chat_text_free)
/** chat_text_link_at: Returns: (nullable): the link at byte @index of the display text */
const ChatTextLink *chat_text_link_at (const ChatText *text,
                                       guint           index);

/** chat_text_is_openable: whether @uri is one that is opened on a click: http, https or mailto, with something after it, and
 * without control characters */
gboolean  chat_text_is_openable (const char *uri);
/** chat_text_is_treacherous: whether a look at @uri does not tell where it leads: letters of other scripts in the host, or a
 * name before it */
gboolean  chat_text_is_treacherous (const char *uri);
/** chat_text_file_name: Returns: (transfer full): the last part of the path of @address, decoded and harmless; the host
 * where there is none */
char     *chat_text_file_name  (const char *address);
/** chat_text_is_directional: whether @c shows nothing, but turns what is beside it around, or may */
gboolean  chat_text_is_directional (gunichar c);
/** chat_text_harmless_line: Returns: (transfer full): @text on one line, without what could turn it around; at most
 * @max_chars characters */
char     *chat_text_harmless_line (const char *text,
                                   guint       max_chars);
/** chat_text_fold: Returns: (transfer full): @text as it is compared by one who searches: without case, and however its
 * letters are put together (a file from another system may have its accents apart). As long as @text where that has neither */
char     *chat_text_fold          (const char *text);

G_END_DECLS
