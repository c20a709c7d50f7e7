/* chat-room-files.c: the messages of a room that carry files, from the store and from the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-files.h"

#include "chat-session-private.h"

/* Of one list; counted: what is on its way holds it, but not the list */
typedef struct
{
  guint              refs;
  ChatFileList      *list;      /* (nullable): weakly */
  GWeakRef           session;
  gint64             room_id;
  ChatClientContent  kind;
  gint64             reach;     /* all that is kept from here on is in the list; CHAT_STORE_TO_NEWEST: nothing was read yet */
  gint64             sure;      /* from here on nothing is missing or out of date on this computer; CHAT_STORE_TO_NEWEST: nobody knows */
  guint              n_doubts;
  guint              asked_doubts; /* as it was when the server was asked */
  gboolean           busy;
  gboolean           more;      /* of the page that is on its way */
  gboolean           taking;    /* what becomes known just now is added together */

  /* What is wanted */
  guint              goal;      /* so many messages */
  gint64             down_to;   /* 0: wherever that is */
  guint              n_pages;   /* that the server was asked for */
} Files;

static void go_on (Files *self);

static Files *
files_ref (Files *self)
{
  self->refs++;
  return self;
}

void
chat_room_files_free (gpointer files)
{
  Files *self = files;

  if (--self->refs > 0)
    return;
  g_weak_ref_clear (&self->session);
  g_free (self);
}

static void
files_unref (Files *self)
{
  chat_room_files_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Files, files_unref)

static gboolean
can_ask (ChatSession *session)
{
  return session->client != NULL && (session->abilities & CHAT_SESSION_CAN_PAGE) != 0;
}

static void
end (Files       *self,
     ChatSession *session,
     gboolean     failed)
{
  self->busy = FALSE;
  if (self->list != NULL)
    chat_file_list_end_load (self->list, session != NULL && (self->reach > 0 || (self->sure > 0 && can_ask (session))), failed);
}

/* The server */

static void
on_page_kept (ChatSession *session,
              GPtrArray   *rows,
              gpointer     user_data)
{
  g_autoptr (Files) self = user_data;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 first;

  if (session == NULL || rows == NULL || self->list == NULL)
    {
      end (self, session, FALSE);
      return;
    }
  first = rows->len > 0 ? ((ChatClientMessage *) rows->pdata[0])->id : 0;
  self->taking = TRUE;
  for (guint i = 0; i < rows->len; i++)
    {
      const ChatClientMessage *row = rows->pdata[i];

      /* (What is further down is listed when its turn comes, with what else is there) */
      if (row->room_id == self->room_id && row->content == self->kind && row->file != NULL && row->id >= self->reach)
        g_ptr_array_add (messages, chat_session_take_quietly (session, row));
    }
  self->taking = FALSE;
  if (self->asked_doubts == self->n_doubts)
    self->sure = self->more && first > 0 ? MIN (first, self->sure) : 0;
  chat_file_list_add (self->list, messages);
  go_on (self);
}

static void
on_page (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Files) self = user_data;
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GPtrArray) rows = chat_client_read_finish (CHAT_CLIENT (source), result, &self->more, NULL);
  gint64 from = CHAT_STORE_BEGINNING, to = CHAT_STORE_TO_NEWEST, room_id = self->room_id;

  if (rows == NULL || session == NULL || session->closed || session->client != CHAT_CLIENT (source))
    {
      end (self, session != NULL && !session->closed ? session : NULL, TRUE);
      return;
    }
  if (self->sure < CHAT_STORE_TO_NEWEST)
    to = self->sure - 1;
  if (self->more)
    from = rows->len > 0 ? ((ChatClientMessage *) rows->pdata[0])->id : to;
  chat_session_feed_page (session, room_id, from, to, rows, FALSE, on_page_kept, g_steal_pointer (&self));
}

static void
ask_server (Files       *self,
            ChatSession *session)
{
  gboolean newest = self->sure == CHAT_STORE_TO_NEWEST;

  self->n_pages++;
  self->asked_doubts = self->n_doubts;
  chat_client_read_async (session->client, newest ? CHAT_CLIENT_READ_NEWEST : CHAT_CLIENT_READ_BEFORE, self->room_id,
                          newest ? 0 : self->sure, CHAT_CLIENT_MAX_PAGE, NULL, on_page, files_ref (self));
}

/* The store */

static gboolean
is_satisfied (Files *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->list)) >= self->goal && (self->down_to == 0 || self->reach <= self->down_to);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Files) self = user_data;
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatStoreFiles) stored = chat_store_load_files_finish (CHAT_STORE (source), result, &error);
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean reads = self->reach > 0 && self->list != NULL && !is_satisfied (self);

  if (session == NULL || session->closed || session->store != CHAT_STORE (source) || self->list == NULL)
    {
      end (self, NULL, FALSE);
      return;
    }
  if (stored == NULL)
    {
      g_message ("The files of a room were not read: %s", error->message);
      end (self, session, TRUE);
      return;
    }
  for (guint i = 0; i < stored->messages->len; i++)
    {
      ChatClientMessage row = chat_session_row_view (stored->messages->pdata[i]);

      g_ptr_array_add (messages, chat_session_take_quietly (session, &row));
      self->reach = row.id;
    }
  if (reads && stored->messages->len == 0)
    self->reach = 0;
  if (self->asked_doubts == self->n_doubts)
    self->sure = stored->sure;
  chat_file_list_add (self->list, messages);
  if (self->list == NULL)
    {
      end (self, NULL, FALSE);
      return;
    }
  if (self->reach > 0 && !is_satisfied (self))
    go_on (self);
  else if (can_ask (session) && self->sure > 0 && (self->sure > self->reach || !is_satisfied (self))
           && self->n_pages < (self->down_to > 0 ? CHAT_ROOM_FILES_MAX_REACH : CHAT_ROOM_FILES_MAX_PAGES))
    ask_server (self, session);
  else
    end (self, session, FALSE);
}

static void
go_on (Files *self)
{
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  guint limit;

  if (self->list == NULL || session == NULL || session->closed || chat_session_get_info (session, self->room_id) == NULL)
    {
      end (self, NULL, FALSE);
      return;
    }
  self->asked_doubts = self->n_doubts;
  if (session->store != NULL)
    {
      limit = self->reach == 0 || is_satisfied (self) ? 0 : self->down_to > 0 ? CHAT_ROOM_FILES_LARGE_PAGE : CHAT_ROOM_FILES_PAGE;
      chat_store_load_files_async (session->store, self->room_id, self->kind, self->reach, limit, self->sure, NULL, on_stored,
                                   files_ref (self));
      return;
    }
  self->reach = 0;
  if (can_ask (session) && self->sure > 0 && !is_satisfied (self) && self->n_pages < CHAT_ROOM_FILES_MAX_PAGES)
    ask_server (self, session);
  else
    end (self, session, FALSE);
}

static void
begin (Files  *self,
       guint   n,
       gint64  down_to)
{
  self->goal = g_list_model_get_n_items (G_LIST_MODEL (self->list)) + n;
  self->down_to = down_to;
  self->n_pages = 0;
  /* What is under way goes on to the new aim */
  if (self->busy)
    return;
  self->busy = TRUE;
  go_on (self);
}

static void
on_load (ChatFileList *list,
         gint64        down_to,
         gpointer      user_data)
{
  begin (user_data, down_to > 0 ? 0 : CHAT_ROOM_FILES_PAGE, down_to);
}

static void
on_list_gone (gpointer user_data)
{
  g_autoptr (Files) self = user_data;
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);

  self->list = NULL;
  if (session != NULL)
    g_ptr_array_remove_fast (session->room_files, self);
}

ChatFileList *
chat_room_files_new (ChatSession       *session,
                     gint64             room_id,
                     ChatClientContent  kind)
{
  Files *self = g_new0 (Files, 1);

  self->refs = 1;
  g_weak_ref_init (&self->session, session);
  self->room_id = room_id;
  self->kind = kind;
  self->reach = self->sure = CHAT_STORE_TO_NEWEST;
  self->list = chat_file_list_new (on_load, self, on_list_gone);
  g_ptr_array_add (session->room_files, files_ref (self));
  chat_file_list_load_more (self->list);
  return self->list;
}

/* What happens meanwhile. Who is told of it may make or drop lists */

static gpointer
copy_ref (gconstpointer files,
          gpointer      user_data)
{
  return files_ref ((Files *) files);
}

static GPtrArray *
list_files (ChatSession *session)
{
  GPtrArray *all = g_ptr_array_copy (session->room_files, copy_ref, NULL);

  g_ptr_array_set_free_func (all, chat_room_files_free);
  return all;
}

void
chat_room_files_met (ChatSession *session,
                     ChatMessage *message)
{
  g_autoptr (GPtrArray) all = NULL, messages = NULL;
  gint64 id = chat_message_get_id (message), room_id = chat_message_get_room_id (message);
  ChatClientContent kind = chat_message_get_content (message) == CHAT_MESSAGE_IMAGE ? CHAT_CLIENT_IMAGE : CHAT_CLIENT_FILE;

  if (session->room_files->len == 0 || id == 0 || chat_message_get_content (message) == CHAT_MESSAGE_TEXT)
    return;
  all = list_files (session);
  messages = g_ptr_array_new ();
  g_ptr_array_add (messages, message);
  for (guint i = 0; i < all->len; i++)
    {
      Files *self = all->pdata[i];

      if (self->list == NULL || self->room_id != room_id || self->kind != kind || self->taking)
        continue;
      if (chat_message_get_attachment (message) == NULL)
        chat_file_list_remove (self->list, id);
      /* (Where nothing was read yet, it will be) */
      else if (id >= self->reach)
        chat_file_list_add (self->list, messages);
    }
}

void
chat_room_files_gone (ChatSession *session,
                      gint64       room_id,
                      GArray      *ids)
{
  g_autoptr (GPtrArray) all = NULL;

  if (session->room_files->len == 0 || ids->len == 0)
    return;
  all = list_files (session);
  for (guint i = 0; i < all->len; i++)
    {
      Files *self = all->pdata[i];

      if (self->list != NULL && (room_id == 0 || self->room_id == room_id))
        chat_file_list_remove_all (self->list, ids);
    }
}

void
chat_room_files_room_gone (ChatSession *session,
                           gint64       room_id)
{
  g_autoptr (GPtrArray) all = list_files (session);

  for (guint i = 0; i < all->len; i++)
    {
      Files *self = all->pdata[i];

      if (self->list == NULL || self->room_id != room_id)
        continue;
      self->reach = self->sure = 0;
      chat_file_list_set_has_more (self->list, FALSE);
      if (self->list != NULL)
        chat_file_list_clear (self->list);
    }
}

void
chat_room_files_fill (ChatSession *session)
{
  g_autoptr (GPtrArray) all = list_files (session);

  for (guint i = 0; i < all->len; i++)
    {
      Files *self = all->pdata[i];

      if (self->list == NULL || chat_session_get_info (session, self->room_id) == NULL)
        continue;
      if (self->reach > 0 || (self->sure > 0 && can_ask (session)))
        chat_file_list_set_has_more (self->list, TRUE);
      if (self->list != NULL && !self->busy && self->sure > self->reach)
        begin (self, 0, 0);
    }
}

void
chat_room_files_doubt (ChatSession *session)
{
  for (guint i = 0; i < session->room_files->len; i++)
    {
      Files *self = session->room_files->pdata[i];

      self->sure = CHAT_STORE_TO_NEWEST;
      self->n_doubts++;
    }
}
