/* chat-session-search.c: finds rooms and messages in what is kept of the account, without a connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-session-search.h"

#include <string.h>

#include "chat-session-private.h"

/* A word that its excerpt shall show is looked for so far into a message; where it stands near the beginning, the excerpt begins there
 * (bytes), else so many words before it */
#define EXCERPT_REACH  8192
#define EXCERPT_NEAR   80
#define EXCERPT_BEFORE 3

typedef struct
{
  char      **terms;        /* folded */
  gboolean    messages;
  GPtrArray  *hits;
  guint       n_messages;
  gint64      before;       /* messages that are older are still to be looked at */
  gint64      end;          /* monotonic µs */
  guint       timer;
} Search;

void
chat_search_hit_free (ChatSearchHit *hit)
{
  g_object_unref (hit->room);
  g_free (hit->sender);
  g_free (hit->text);
  g_free (hit);
}

static void
search_free (gpointer data)
{
  Search *search = data;

  g_clear_handle_id (&search->timer, g_source_remove);
  g_strfreev (search->terms);
  g_clear_pointer (&search->hits, g_ptr_array_unref);
  g_free (search);
}

/* Opening */

static void
on_kept_open (GTask *task)
{
  ChatSession *self = g_task_get_source_object (task);

  g_task_return_boolean (task, !self->closed && self->store != NULL);
}

void
chat_session_open_kept_async (ChatSession         *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CHAT_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_open_kept_async);
  /* Where somebody signs in, or is signed in, it is open or about to be */
  if (self->closed || self->server == NULL || self->login == NULL || self->signing_in != NULL
      || self->state != CHAT_SESSION_SIGNED_OUT)
    {
      g_task_return_boolean (task, !self->closed && self->store != NULL);
      return;
    }
  chat_session_keep_open (self, FALSE, task, on_kept_open);
}

gboolean
chat_session_open_kept_finish (ChatSession   *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Words */

/* Returns: (transfer full): what is to be found; empty: nothing */
static char **
fold_terms (const char *const *terms)
{
  g_autoptr (GStrvBuilder) folded = g_strv_builder_new ();

  for (guint i = 0, n = 0; terms[i] != NULL && n < CHAT_SEARCH_MAX_TERMS; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (terms[i], strnlen (terms[i], CHAT_SEARCH_MAX_TERM));
      g_autofree char *term = chat_store_fold (g_strstrip (valid));

      if (*term == '\0')
        continue;
      g_strv_builder_add (folded, term);
      n++;
    }
  return g_strv_builder_end (folded);
}

static const char *
skip_word (const char *p)
{
  while (*p != '\0' && !g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

static const char *
skip_space (const char *p)
{
  while (*p != '\0' && g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

/* A part of @text with the first word that holds the first of what was looked for */
static char *
make_excerpt (const char        *text,
              const char *const *terms)
{
  const char *only[] = { terms[0], NULL };
  const char *starts[EXCERPT_BEFORE + 1];
  const char *beginning = skip_space (text), *p = beginning, *start = p;

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    starts[i] = p;
  while (*p != '\0' && p - text < EXCERPT_REACH)
    {
      const char *end = skip_word (p);
      g_autofree char *word = g_strndup (p, MIN (end - p, CHAT_SEARCH_MAX_EXCERPT));
      g_autofree char *valid = g_utf8_make_valid (word, -1);

      memmove (starts, starts + 1, sizeof starts - sizeof *starts);
      starts[EXCERPT_BEFORE] = p;
      if (chat_store_holds (valid, only))
        {
          start = p - beginning > EXCERPT_NEAR ? starts[0] : beginning;
          break;
        }
      p = skip_space (end);
    }
  /* Not within a letter */
  for (p = start; *p != '\0' && g_utf8_next_char (p) - start <= CHAT_SEARCH_MAX_EXCERPT;)
    p = g_utf8_next_char (p);
  return start > beginning ? g_strdup_printf ("…%.*s", (int) (p - start), start) : g_strndup (start, p - start);
}

/* Looking */

static void
search_rooms (ChatSession *self,
              Search      *search)
{
  GListModel *rooms = G_LIST_MODEL (self->rooms);
  guint n = g_list_model_get_n_items (rooms), n_first = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (rooms, i);
      const char *name = chat_room_get_name (room);
      g_autofree char *folded = NULL;
      ChatSearchHit *hit;
      gboolean first = FALSE;

      if (!chat_store_holds (name, (const char *const *) search->terms))
        continue;
      folded = chat_store_fold (name);
      for (guint j = 0; search->terms[j] != NULL; j++)
        first = first || g_str_has_prefix (folded, search->terms[j]);
      if (!first && search->hits->len >= CHAT_SEARCH_MAX_ROOMS)
        continue;
      hit = g_new0 (ChatSearchHit, 1);
      hit->room = g_steal_pointer (&room);
      g_ptr_array_insert (search->hits, first ? (int) n_first : -1, hit);
      n_first += first;
      if (search->hits->len > CHAT_SEARCH_MAX_ROOMS)
        g_ptr_array_set_size (search->hits, CHAT_SEARCH_MAX_ROOMS);
      if (n_first >= CHAT_SEARCH_MAX_ROOMS)
        break;
    }
}

static void look_on (GTask *task);

static void
finish (GTask *task)
{
  Search *search = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&search->hits), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = g_task_get_source_object (task);
  Search *search = g_task_get_task_data (task);
  g_autoptr (ChatStoreFound) found = chat_store_search_finish (CHAT_STORE (source), result, NULL);

  if (g_task_return_error_if_cancelled (task))
    return;
  for (guint i = 0; found != NULL && i < found->messages->len; i++)
    {
      const ChatStoreMessage *row = found->messages->pdata[i];
      ChatRoom *room = chat_room_list_lookup (self->rooms, row->room_id);
      ChatSearchHit *hit;

      if (room == NULL)
        continue;
      hit = g_new0 (ChatSearchHit, 1);
      hit->room = g_object_ref (room);
      hit->message_id = row->id;
      hit->sender = g_strdup (row->sender);
      hit->text = make_excerpt (row->text, (const char *const *) search->terms);
      g_ptr_array_add (search->hits, hit);
      search->n_messages++;
    }
  search->before = found != NULL ? found->next : 0;
  look_on (task);
}

static void
look_on (GTask *task)
{
  ChatSession *self = g_task_get_source_object (task);
  Search *search = g_task_get_task_data (task);

  if (self->store == NULL || search->before == 0 || search->n_messages >= CHAT_SEARCH_MAX_MESSAGES
      || g_get_monotonic_time () > search->end)
    finish (task);
  else
    chat_store_search_async (self->store, (const char *const *) search->terms, CHAT_CLIENT_TEXT, search->before,
                             CHAT_SEARCH_MAX_MESSAGES - search->n_messages, g_task_get_cancellable (task), on_found,
                             g_object_ref (task));
}

static gboolean
on_delay_over (gpointer user_data)
{
  GTask *task = user_data;
  Search *search = g_task_get_task_data (task);

  search->timer = 0;
  search->end = g_get_monotonic_time () + CHAT_SEARCH_TIME_MS * 1000;
  if (!g_task_return_error_if_cancelled (task))
    look_on (task);
  return G_SOURCE_REMOVE;
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatSession *self = CHAT_SESSION (source);
  Search *search = g_task_get_task_data (task);
  gboolean kept = chat_session_open_kept_finish (self, result, NULL);

  if (g_task_return_error_if_cancelled (task))
    return;
  search_rooms (self, search);
  if (!kept || !search->messages)
    {
      finish (task);
      return;
    }
  search->timer = g_timeout_add_full (G_PRIORITY_DEFAULT, CHAT_SEARCH_DELAY_MS, on_delay_over, g_object_ref (task), g_object_unref);
}

void
chat_session_search_async (ChatSession         *self,
                           const char *const   *terms,
                           gboolean             messages,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Search *search;

  g_return_if_fail (CHAT_IS_SESSION (self));
  g_return_if_fail (terms != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, chat_session_search_async);
  search = g_new0 (Search, 1);
  search->terms = fold_terms (terms);
  search->messages = messages;
  search->before = CHAT_STORE_MAX_ID + 1;
  search->hits = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_search_hit_free);
  g_task_set_task_data (task, search, search_free);
  if (search->terms[0] == NULL)
    finish (task);
  else
    chat_session_open_kept_async (self, NULL, on_opened, g_steal_pointer (&task));
}

GPtrArray *
chat_session_search_finish (ChatSession   *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
