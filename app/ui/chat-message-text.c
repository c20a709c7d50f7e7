/* chat-message-text.c: what of a message's text is laid out, and the links in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message-text.h"

#include <string.h>

#include "chat-uri.h"

static void
link_clear (gpointer data)
{
  g_free (((ChatTextLink *) data)->uri);
}

/* Characters that turn the order of what follows around, beyond the end of the word. Marks and isolates, which writers of
 * two directions need, stay: each paragraph ends them. */
static gboolean
overrides_direction (gunichar c)
{
  return c >= 0x202a && c <= 0x202e;
}

static gboolean
is_control (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

gboolean
chat_text_is_directional (gunichar c)
{
  return overrides_direction (c) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

static char *
make_display (const char *text,
              guint       max_chars,
              guint       max_lines,
              gboolean   *folded)
{
  GString *result = g_string_sized_new (MIN (strlen (text), max_chars) + 1);
  guint n_chars = 0, n_lines = 1, n_marks = 0;
  const char *p;

  *folded = FALSE;
  for (p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\r')
        {
          if (p[1] == '\n')
            continue;
          c = '\n';
        }
      else if (c == 0x2028 || c == 0x2029 || c == 0x0b || c == 0x0c || c == 0x85)
        {
          c = '\n';
        }

      if (overrides_direction (c))
        continue;
      if (g_unichar_ismark (c))
        {
          if (++n_marks > CHAT_TEXT_MAX_MARKS)
            continue;
        }
      else
        {
          n_marks = 0;
        }

      /* What was left out costs nothing; what is laid out is counted */
      if (++n_chars > max_chars || (c == '\n' && ++n_lines > max_lines))
        {
          *folded = TRUE;
          break;
        }
      g_string_append_unichar (result, is_control (c) && c != '\n' && c != '\t' ? 0xfffd : c);
    }

  /* Lines without anything at the end would only make the bubble taller */
  while (result->len > 1 && result->str[result->len - 1] == '\n')
    g_string_truncate (result, result->len - 1);

  return g_string_free (result, FALSE);
}

static gboolean
ends_link (gunichar c)
{
  return c <= ' ' || g_unichar_isspace (c) || is_control (c) || chat_text_is_directional (c) || c == '<' || c == '>' || c == '"' ||
         c == '`' || c == '|' || c == '\\' || c == '^' || c == '{' || c == '}' || c == 0xfffd;
}

/* Punctuation at the end belongs to the sentence, a closing bracket only where it was not opened within */
static const char *
trim_link (const char *start,
           const char *end)
{
  while (end > start)
    {
      const char *last = g_utf8_prev_char (end);
      gunichar c = g_utf8_get_char (last);
      gboolean drop = strchr (".,;:!?'*_~", c < 128 ? (int) c : ' ') != NULL && c != '\0';

      if (c == ')' || c == ']')
        {
          int balance = 0;
          gunichar open = c == ')' ? '(' : '[';

          for (const char *p = start; p < end; p = g_utf8_next_char (p))
            {
              gunichar d = g_utf8_get_char (p);

              balance += d == open ? 1 : d == c ? -1 : 0;
            }
          drop = balance < 0;
        }
      /* Quotes and stops of other scripts */
      if (c == 0x2019 || c == 0x201d || c == 0xbb || c == 0x3002 || c == 0xff0c || c == 0x2026)
        drop = TRUE;
      if (!drop)
        break;
      end = last;
    }

  return end;
}

static guint
scheme_length (const char *p)
{
  static const char *schemes[] = { "https://", "http://", "mailto:", CHAT_URI_SCHEME "://" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (p, schemes[i], strlen (schemes[i])) == 0)
      return strlen (schemes[i]);

  return 0;
}

static GArray *
find_links (const char *display,
            gboolean    folded)
{
  GArray *links = g_array_new (FALSE, FALSE, sizeof (ChatTextLink));
  gunichar before = ' ';
  const char *p = display;

  g_array_set_clear_func (links, link_clear);
  while (*p != '\0' && links->len < CHAT_TEXT_MAX_LINKS)
    {
      guint scheme = strchr ("hHmMcC", *p) != NULL && !g_unichar_isalnum (before) ? scheme_length (p) : 0;

      if (scheme > 0)
        {
          const char *end = p + scheme;
          guint n_chars = 0;
          ChatTextLink found = { p - display };

          while (*end != '\0' && !ends_link (g_utf8_get_char (end)) && n_chars++ < CHAT_TEXT_MAX_LINK_CHARS)
            end = g_utf8_next_char (end);
          /* One that was cut would lead elsewhere */
          if (n_chars <= CHAT_TEXT_MAX_LINK_CHARS && !(folded && *end == '\0'))
            {
              end = trim_link (p + scheme, end);
              found.end = end - display;
              found.uri = g_strndup (p, end - p);
              if (end > p + scheme && chat_text_is_openable (found.uri))
                g_array_append_val (links, found);
              else
                g_free (found.uri);
            }
          if (end > p)
            {
              p = end;
              before = ' ';
              continue;
            }
        }
      before = g_utf8_get_char (p);
      p = g_utf8_next_char (p);
    }

  return links;
}

ChatText *
chat_text_new (const char *text,
               guint       level)
{
  ChatText *self = g_new0 (ChatText, 1);
  g_autofree char *valid = NULL;
  guint64 max_chars = CHAT_TEXT_FOLD_CHARS, max_lines = CHAT_TEXT_FOLD_LINES;

  /* Laying out invalid text is undefined; what comes over the wire was checked, this is for what does not */
  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);

  for (guint i = 0; i < level && max_chars < G_MAXUINT / CHAT_TEXT_UNFOLD_FACTOR; i++)
    {
      max_chars *= CHAT_TEXT_UNFOLD_FACTOR;
      max_lines *= CHAT_TEXT_UNFOLD_FACTOR;
    }
  self->display = make_display (text, max_chars, max_lines, &self->folded);
  self->links = find_links (self->display, self->folded);

  return self;
}

void
chat_text_free (ChatText *self)
{
  if (self == NULL)
    return;

  g_free (self->display);
  g_array_unref (self->links);
  g_free (self);
}

const ChatTextLink *
chat_text_link_at (const ChatText *self,
                   guint           index)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      const ChatTextLink *found = &g_array_index (self->links, ChatTextLink, i);

      if (index >= found->start && index < found->end)
        return found;
    }

  return NULL;
}

gboolean
chat_text_is_openable (const char *uri)
{
  guint scheme = scheme_length (uri);

  if (scheme == 0 || uri[scheme] == '\0' || strlen (uri) > CHAT_TEXT_MAX_LINK_CHARS * 6 || !g_utf8_validate (uri, -1, NULL))
    return FALSE;
  for (const char *p = uri; *p != '\0'; p = g_utf8_next_char (p))
    if (ends_link (g_utf8_get_char (p)))
      return FALSE;
  if (g_ascii_strncasecmp (uri, "mailto:", 7) == 0)
    return strchr (uri, '@') != NULL;

  /* A host begins with a letter, a digit or a bracket */
  return g_unichar_isalnum (g_utf8_get_char (uri + scheme)) || uri[scheme] == '[';
}

gboolean
chat_text_is_treacherous (const char *uri)
{
  guint scheme = scheme_length (uri);
  gsize host;

  if (scheme == 0 || g_ascii_strncasecmp (uri, "mailto:", 7) == 0)
    return FALSE;
  host = strcspn (uri + scheme, "/?#");
  for (gsize i = 0; i < host; i++)
    if (uri[scheme + i] == '@' || (guchar) uri[scheme + i] >= 0x80)
      return TRUE;
  return g_strstr_len (uri + scheme, host, "xn--") != NULL;
}

char *
chat_text_harmless_line (const char *text,
                         guint       max_chars)
{
  GString *result = g_string_new (NULL);
  guint n_chars = 0, n_marks = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char_validated (p, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        break;
      /* Most are: nothing to look up (a row is named anew for each that comes into sight) */
      if (c >= ' ' && c < 0x7f && n_chars < max_chars)
        {
          g_string_append_c (result, c);
          n_chars++;
          n_marks = 0;
          continue;
        }
      if (chat_text_is_directional (c))
        continue;
      n_marks = g_unichar_ismark (c) ? n_marks + 1 : 0;
      if (n_marks > CHAT_TEXT_MAX_MARKS)
        continue;
      if (n_chars++ >= max_chars)
        {
          g_string_append (result, "…");
          break;
        }
      if (g_unichar_isspace (c))
        g_string_append_c (result, ' ');
      else
        g_string_append_unichar (result, is_control (c) ? 0xfffd : c);
    }

  return g_string_free (result, FALSE);
}

char *
chat_text_file_name (const char *address)
{
  g_autofree char *path = NULL;
  g_autofree char *part = NULL;
  g_autofree char *decoded = NULL;
  g_autofree char *name = NULL;
  guint scheme = scheme_length (address);
  const char *slash;
  char *line;

  path = g_strndup (address + scheme, strcspn (address + scheme, "?#"));
  while (strlen (path) > 1 && g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  slash = strrchr (path, '/');
  part = g_strdup (slash != NULL && slash[1] != '\0' ? slash + 1 : path);

  /* A decoded slash would look like a folder: then it stays as it is written */
  decoded = g_uri_unescape_string (part, "/\\");
  name = decoded != NULL && g_utf8_validate (decoded, -1, NULL) ? g_strdup (decoded) : g_utf8_make_valid (part, -1);
  line = chat_text_harmless_line (name, 120);
  g_strstrip (line);

  return line;
}

char *
chat_text_fold (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  char *composed = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL_COMPOSE);

  /* What is no UTF-8 has no letters to put together */
  return composed != NULL ? composed : g_steal_pointer (&folded);
}
