/* chat-store-search.c: messages that hold all of some words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-store-db.h"

#include <string.h>

/* How often the clock is looked at (rows) */
#define CLOCK_ROWS 64

char *
chat_store_fold (const char *text)
{
  g_autofree char *normal = NULL;

  if (g_str_is_ascii (text))
    return g_ascii_strdown (text, -1);
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  return normal != NULL ? g_utf8_casefold (normal, -1) : g_strdup ("");
}

gboolean
chat_store_holds (const char        *text,
                  const char *const *terms)
{
  g_autofree char *folded = NULL, *part = NULL;

  if (strnlen (text, CHAT_STORE_SEARCH_TEXT + 1) > CHAT_STORE_SEARCH_TEXT)
    {
      part = g_utf8_make_valid (text, CHAT_STORE_SEARCH_TEXT);
      text = part;
    }
  folded = chat_store_fold (text);
  for (guint i = 0; terms[i] != NULL; i++)
    if (strstr (folded, terms[i]) == NULL)
      return FALSE;
  return TRUE;
}

ChatStoreFound *
chat_store_read_matching (ChatStoreDb       *self,
                          const char *const *terms,
                          int                kind,
                          gint64             before,
                          guint              limit)
{
  g_autoptr (ChatStoreFound) found = g_new0 (ChatStoreFound, 1);
  gint64 end = g_get_monotonic_time () + CHAT_STORE_SEARCH_US;
  gsize n_bytes = 0;
  guint n = 0;
  gboolean ok = TRUE;

  found->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_store_message_free);
  bind_id (self, SQL_SEARCH, 1, before);
  bind_id (self, SQL_SEARCH, 2, kind);
  while (chat_store_db_step (self, SQL_SEARCH, &ok))
    {
      const char *text = (const char *) sqlite3_column_text (self->statements[SQL_SEARCH], 1);

      self->n_rows++;
      n++;
      found->next = get_id (self, SQL_SEARCH, 0);
      if (text != NULL && chat_store_holds (text, terms))
        {
          bind_id (self, SQL_FIND_MESSAGE, 1, found->next);
          if (chat_store_db_step (self, SQL_FIND_MESSAGE, &ok))
            {
              g_ptr_array_add (found->messages, chat_store_db_read_message (self, SQL_FIND_MESSAGE, 0));
              chat_store_db_reset (self, SQL_FIND_MESSAGE);
            }
        }
      n_bytes += text != NULL ? strlen (text) : 0;
      /* Others wait for this thread: whoever asks comes again with what is left */
      if (found->messages->len >= limit || n >= CHAT_STORE_SEARCH_ROWS || n_bytes > CHAT_STORE_SEARCH_BYTES
          || (n % CLOCK_ROWS == 0 && g_get_monotonic_time () > end))
        {
          chat_store_db_reset (self, SQL_SEARCH);
          return ok ? g_steal_pointer (&found) : NULL;
        }
    }
  found->next = 0;
  return ok ? g_steal_pointer (&found) : NULL;
}
