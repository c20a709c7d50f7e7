/* chat-room-history.c: the pages of one room, from the store and from the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-room-history.h"

#include "chat-session-private.h"

struct _ChatRoomHistory
{
  GObject   parent_instance;

  GWeakRef  session;
  gint64    room_id;
  gboolean  shown;          /* the newest page was given once */
  gboolean  asking_whole;   /* ALL is on its way */
  GArray   *holes;          /* of Hole: where the window may lack messages, until the server can be asked */
  guint     n_doubts;       /* how often they were replaced */
  gboolean  filling;
};

/* Read on beyond without a connection, or shown as it was kept, which may be old: nobody knows what is after @low and before @high */
typedef struct
{
  gint64   low;
  gint64   high;
  guint    n_pages;         /* that were asked for to fill it */
  gboolean newest;          /* a newest page: where there are no pages it is asked for anyway, and no more than that */
} Hole;

/* More than so many are not looked for again, and not more pages asked for one of them: a window holds no more */
#define MAX_HOLES      16
#define MAX_HOLE_PAGES 20

/* The person reads on without a connection: so many gaps may be stepped over before the page is given up */
#define MAX_STEPS 2

typedef struct
{
  ChatPageKind kind;
  gint64       anchor;
  gint64       asked;       /* the anchor that the store was asked for: beyond a gap it is another */
  guint        limit;
  guint        n_steps;
  gboolean     whole;       /* ALL was asked for */
  gboolean     more;        /* as the server told it */
} Request;

static void chat_room_history_source_init (ChatMessageSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChatRoomHistory, chat_room_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CHAT_TYPE_MESSAGE_SOURCE, chat_room_history_source_init))

static void ask_store (ChatRoomHistory *self, ChatSession *session, GTask *task);
static void ask_server (ChatRoomHistory *self, ChatSession *session, GTask *task);

static void
add_rows (ChatSession     *session,
          ChatMessagePage *page,
          GPtrArray       *rows,
          gint64           room_id)
{
  for (guint i = 0; i < rows->len; i++)
    {
      ChatClientMessage *row = rows->pdata[i];

      if (row->room_id == room_id)
        g_ptr_array_add (page->messages, chat_session_take_message (session, row));
    }
}

static void
return_offline (GTask *task)
{
  g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "there is no connection");
}

static void
return_page (GTask           *task,
             ChatMessagePage *page)
{
  g_task_return_pointer (task, page, (GDestroyNotify) chat_message_page_free);
}

static void
return_slice (ChatRoomHistory *self,
              ChatSession     *session,
              GTask           *task)
{
  Request *request = g_task_get_task_data (task);
  ChatMessagePage *page = chat_message_page_new ();
  g_autoptr (GPtrArray) rows = NULL;

  rows = chat_memory_slice (session->memory, self->room_id, request->kind, request->anchor, request->limit,
                            &page->more_before, &page->more_after);
  add_rows (session, page, rows, self->room_id);
  return_page (task, page);
}

/* The server */

/* What the answer says about which ids: see chat_store_batch_put_page(). Where it says nothing, @from is beyond @to */
static void
get_range (ChatRoomHistory *self,
           ChatSession     *session,
           const Request   *request,
           GPtrArray       *rows,
           gint64          *from,
           gint64          *to)
{
  ChatRoomInfo *info = chat_session_get_info (session, self->room_id);
  gint64 first = rows->len > 0 ? ((ChatClientMessage *) rows->pdata[0])->id : 0;
  gint64 last = rows->len > 0 ? ((ChatClientMessage *) rows->pdata[rows->len - 1])->id : 0;
  gboolean more = request->more;

  *from = CHAT_STORE_BEGINNING;
  *to = CHAT_STORE_TO_NEWEST;
  if (request->whole)
    {
      if (more)
        *from = first;
      return;
    }
  /* How many RESENT brings is the server's choice: only the oldest id, as the list of rooms told it, shows whether this is all */
  if ((session->abilities & CHAT_SESSION_CAN_PAGE) == 0)
    more = first > 0 && (info == NULL || info->first_id != first);
  switch (request->kind)
    {
    case CHAT_PAGE_BEFORE:
      *to = request->anchor - 1;
      if (more)
        *from = first > 0 ? first : request->anchor;
      break;
    case CHAT_PAGE_AFTER:
      *from = request->anchor + 1;
      if (more)
        *to = last;
      break;
    case CHAT_PAGE_AROUND:
      *from = first;
      if (more || first == 0)
        *to = first > 0 ? last : -1;
      break;
    case CHAT_PAGE_NEWEST:
    default:
      if (more)
        *from = first;
      break;
    }
}

static void
on_rows_kept (ChatSession *session,
              GPtrArray   *rows,
              gpointer     user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatRoomHistory *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  ChatMessagePage *page;

  if (session == NULL)
    {
      return_offline (task);
      return;
    }
  if (request->kind == CHAT_PAGE_NEWEST)
    chat_session_newest_page_came (session, self->room_id, rows, FALSE);
  if (request->whole && session->store != NULL)
    {
      ask_store (self, session, task);
      return;
    }
  if (request->whole)
    {
      if (session->store == NULL)
        chat_memory_set_history (session->memory, self->room_id, rows);
      return_slice (self, session, task);
      return;
    }

  page = chat_message_page_new ();
  add_rows (session, page, rows, self->room_id);
  if ((session->abilities & CHAT_SESSION_CAN_PAGE) != 0)
    switch (request->kind)
      {
      case CHAT_PAGE_BEFORE:
        page->more_before = request->more;
        page->more_after = TRUE;
        break;
      case CHAT_PAGE_AFTER:
        page->more_before = TRUE;
        page->more_after = request->more;
        break;
      case CHAT_PAGE_AROUND:
        /* Only the newer side is told. An empty page will show it if there is nothing older */
        page->more_before = page->messages->len > 0;
        page->more_after = request->more;
        break;
      case CHAT_PAGE_NEWEST:
      default:
        page->more_before = request->more;
        break;
      }
  else
    {
      gint64 from, to;

      get_range (self, session, request, rows, &from, &to);
      page->more_before = from != CHAT_STORE_BEGINNING;
    }
  return_page (task, page);
}

static void
on_rows (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatRoomHistory *self = g_task_get_source_object (task);
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  Request *request = g_task_get_task_data (task);
  ChatClient *client = CHAT_CLIENT (source);
  gint64 from, to;

  rows = chat_client_read_finish (client, result, &request->more, &error);
  if (request->whole)
    self->asking_whole = FALSE;
  if (rows == NULL)
    {
      /* The connection broke: what is kept is better than nothing */
      if (session != NULL && session->client == NULL && session->store != NULL
          && g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_CLOSED))
        ask_store (self, session, task);
      else
        g_task_return_error (task, chat_session_error_from (error));
      return;
    }
  if (session == NULL || session->client != client)
    {
      g_task_return_new_error (task, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE, "the connection ended");
      return;
    }
  get_range (self, session, request, rows, &from, &to);
  chat_session_feed_page (session, self->room_id, from, to, rows, TRUE, on_rows_kept, g_steal_pointer (&task));
}

static void
ask_server (ChatRoomHistory *self,
            ChatSession     *session,
            GTask           *task)
{
  Request *request = g_task_get_task_data (task);
  ChatClientRead read = CHAT_CLIENT_READ_NEWEST;

  if (session->client == NULL)
    {
      return_offline (task);
      return;
    }
  if (request->kind != CHAT_PAGE_NEWEST && (session->abilities & CHAT_SESSION_CAN_PAGE) == 0)
    {
      request->whole = self->asking_whole = TRUE;
      read = CHAT_CLIENT_READ_ALL;
    }
  else if (request->kind == CHAT_PAGE_BEFORE)
    read = CHAT_CLIENT_READ_BEFORE;
  else if (request->kind == CHAT_PAGE_AFTER)
    read = CHAT_CLIENT_READ_AFTER;
  else if (request->kind == CHAT_PAGE_AROUND)
    read = CHAT_CLIENT_READ_AROUND;
  chat_client_read_async (session->client, read, self->room_id, request->anchor, request->limit, g_task_get_cancellable (task),
                          on_rows, g_object_ref (task));
}

/* The store */

static gboolean
reload_list (gpointer user_data)
{
  ChatRoomHistory *self = user_data;
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  ChatRoomInfo *info = session != NULL && !session->closed ? chat_session_get_info (session, self->room_id) : NULL;

  if (info != NULL && info->list != NULL && session->client != NULL)
    chat_message_list_reload (info->list);
  return G_SOURCE_REMOVE;
}

static gboolean
fill (gpointer user_data)
{
  chat_room_history_fill (user_data);
  return G_SOURCE_REMOVE;
}

static void
add_hole (ChatRoomHistory *self,
          Hole             hole)
{
  /* The first one may be on its way, from its upper end on */
  guint first = self->filling ? 1 : 0;

  for (guint i = first; i < self->holes->len; i++)
    {
      Hole *other = &g_array_index (self->holes, Hole, i);
      gboolean full = self->holes->len >= MAX_HOLES && i == self->holes->len - 1;

      if (!full && (hole.low > other->high || hole.high < other->low))
        continue;
      other->low = MIN (other->low, hole.low);
      other->high = MAX (other->high, hole.high);
      other->newest = other->newest && hole.newest;
      return;
    }
  g_array_append_val (self->holes, hole);
}

/* What was stepped over, and what is shown but may have changed, or lost its neighbours, since it was kept */
static void
note_hole (ChatRoomHistory     *self,
           const Request       *request,
           const ChatStorePage *stored)
{
  Hole hole = { .newest = request->kind == CHAT_PAGE_NEWEST };
  gboolean stepped = request->n_steps > 0 && request->asked != request->anchor;
  gint64 first, last;

  if (stored->messages->len == 0 || (stored->fresh && !stepped))
    return;
  first = ((ChatStoreMessage *) stored->messages->pdata[0])->id;
  last = ((ChatStoreMessage *) stored->messages->pdata[stored->messages->len - 1])->id;
  hole.low = stored->fresh ? last : first - 1;
  hole.high = stored->fresh ? first : last + 1;
  if (request->kind == CHAT_PAGE_BEFORE)
    hole.high = request->anchor;
  else if (request->kind == CHAT_PAGE_AFTER)
    hole.low = request->anchor;
  else if (stored->fresh)
    return;
  add_hole (self, hole);
}

static void
return_stored (ChatRoomHistory *self,
               ChatSession     *session,
               GTask           *task,
               ChatStorePage   *stored)
{
  Request *request = g_task_get_task_data (task);
  ChatMessagePage *page = chat_message_page_new ();

  for (guint i = 0; i < stored->messages->len; i++)
    {
      ChatClientMessage row = chat_session_row_view (stored->messages->pdata[i]);

      g_ptr_array_add (page->messages, chat_session_take_message (session, &row));
    }
  note_hole (self, request, stored);
  page->more_before = stored->more_before;
  /* The newest that is kept is the newest that there is, as long as nobody says otherwise */
  page->more_after = stored->more_after && request->kind != CHAT_PAGE_NEWEST
                     && (session->client != NULL || !stored->gap_after || stored->beyond_after > 0);
  page->doubtful = !stored->fresh || stored->gap_after;
  if (session->client != NULL && !request->whole)
    {
      if (request->kind == CHAT_PAGE_NEWEST && (!stored->fresh || stored->gap_after))
        g_idle_add_full (G_PRIORITY_DEFAULT, reload_list, g_object_ref (self), g_object_unref);
    }
  return_page (task, page);
  /* When the window has it: what is kept is shown, and what the server knows better comes by the changes of the store */
  if (session->client != NULL && self->holes->len > 0)
    g_idle_add_full (G_PRIORITY_DEFAULT, fill, g_object_ref (self), g_object_unref);
}

/* Without a connection: reads on beyond a gap. Returns: whether there is anything */
static gboolean
step_over (Request             *request,
           const ChatStorePage *stored)
{
  if (request->n_steps++ >= MAX_STEPS)
    return FALSE;
  if (request->kind != CHAT_PAGE_AFTER && stored->gap_before && stored->beyond_before > 0)
    request->asked = request->kind == CHAT_PAGE_BEFORE ? stored->beyond_before + 1 : stored->beyond_before;
  else if (request->kind != CHAT_PAGE_BEFORE && stored->gap_after && stored->beyond_after > 0)
    request->asked = request->kind == CHAT_PAGE_AFTER ? stored->beyond_after - 1 : stored->beyond_after;
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_enough (ChatRoomHistory     *self,
           ChatSession         *session,
           const Request       *request,
           const ChatStorePage *stored)
{
  if (request->kind == CHAT_PAGE_NEWEST)
    {
      /* The few that are known of since others were missed: a view that is placed by them is placed wrongly */
      if (stored->gap_before && stored->messages->len < request->limit / 2)
        return FALSE;
      if (stored->fresh && !stored->gap_after && (stored->messages->len > 0 || !stored->more_before))
        return TRUE;
      /* At first something is shown at once; after that the page is asked for because it may be another one */
      return stored->messages->len > 0 && !self->shown;
    }
  if (stored->messages->len > 0)
    return TRUE;
  return stored->fresh && (request->kind == CHAT_PAGE_BEFORE ? !stored->gap_before : !stored->gap_after);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ChatRoomHistory *self = g_task_get_source_object (task);
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (ChatStorePage) stored = NULL;
  g_autoptr (GError) error = NULL;
  Request *request = g_task_get_task_data (task);

  stored = chat_store_load_page_finish (CHAT_STORE (source), result, &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (session == NULL || session->closed || (G_OBJECT (session->store) != source && session->client == NULL))
    {
      return_offline (task);
      return;
    }
  if (stored == NULL)
    {
      g_message ("A page of the store: %s", error->message);
      ask_server (self, session, task);
    }
  else if (request->whole)
    return_stored (self, session, task, stored);
  else if (session->client != NULL)
    {
      if (is_enough (self, session, request, stored))
        return_stored (self, session, task, stored);
      else
        ask_server (self, session, task);
      self->shown = TRUE;
    }
  else if (stored->messages->len > 0 || !(request->kind == CHAT_PAGE_AFTER ? stored->gap_after : stored->gap_before))
    {
      self->shown = TRUE;
      return_stored (self, session, task, stored);
    }
  else if (step_over (request, stored))
    ask_store (self, session, task);
  else if (request->kind == CHAT_PAGE_AFTER)
    {
      stored->beyond_after = 0;
      return_stored (self, session, task, stored);
    }
  else
    return_offline (task);
}

static void
ask_store (ChatRoomHistory *self,
           ChatSession     *session,
           GTask           *task)
{
  static const ChatStorePageKind kinds[] = { CHAT_STORE_NEWEST, CHAT_STORE_BEFORE, CHAT_STORE_AFTER, CHAT_STORE_AROUND };
  Request *request = g_task_get_task_data (task);

  chat_store_load_page_async (session->store, self->room_id, kinds[request->kind], request->asked, request->limit,
                              CHAT_STORE_PAGE_DEFAULT, g_task_get_cancellable (task), on_stored, g_object_ref (task));
}

/* Filling what was stepped over */

static void fill_next (ChatRoomHistory *self, ChatSession *session);

/* The oldest and the newest that the server has of what the window of the room shows. Returns: whether there are any */
static gboolean
get_span (ChatRoomHistory *self,
          ChatSession     *session,
          gint64          *first,
          gint64          *last)
{
  ChatRoomInfo *info = chat_session_get_info (session, self->room_id);
  GListModel *model = info != NULL ? G_LIST_MODEL (info->list) : NULL;

  *first = *last = 0;
  for (guint i = model != NULL ? g_list_model_get_n_items (model) : 0; i > 0 && *last == 0; i--)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (model, i - 1);

      *last = chat_message_get_id (message);
    }
  if (*last > 0)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (model, 0);

      *first = chat_message_get_id (message);
    }
  return *first > 0;
}

/* Whether the window of the room reaches into it still: what was at its edges may have been deleted meanwhile */
static gboolean
is_open (ChatRoomHistory *self,
         ChatSession     *session,
         const Hole      *hole)
{
  gint64 first, last;

  return get_span (self, session, &first, &last) && first < hole->high && last > hole->low;
}

typedef struct
{
  ChatRoomHistory *history;
  gint64           high;        /* for what comes before it */
  guint            n_doubts;    /* when it was asked */
  gboolean         more;
} Filling;

static void
filling_free (Filling *filling)
{
  g_object_unref (filling->history);
  g_free (filling);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Filling, filling_free)

static void
on_filled (ChatSession *session,
           GPtrArray   *rows,
           gpointer     user_data)
{
  g_autoptr (Filling) filling = user_data;
  ChatRoomHistory *self = filling->history;
  gint64 first = rows != NULL && rows->len > 0 ? ((ChatClientMessage *) rows->pdata[0])->id : 0;
  Hole *hole;

  self->filling = FALSE;
  if (session == NULL || self->holes->len == 0)
    return;
  hole = &g_array_index (self->holes, Hole, 0);
  if (filling->n_doubts != self->n_doubts)
    {
      /* What has come is in doubt by now itself */
      fill_next (self, session);
      return;
    }
  if (first == 0 || first <= hole->low || first >= hole->high || !filling->more || ++hole->n_pages >= MAX_HOLE_PAGES)
    g_array_remove_index (self->holes, 0);
  else
    hole->high = first;
  fill_next (self, session);
}

static void
on_filling (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Filling) filling = user_data;
  ChatRoomHistory *self = filling->history;
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GPtrArray) rows = NULL;
  gint64 from = CHAT_STORE_BEGINNING, to = CHAT_STORE_TO_NEWEST;
  gboolean paged;

  rows = chat_client_read_finish (CHAT_CLIENT (source), result, &filling->more, NULL);
  /* What could not be asked now is asked over the next connection */
  if (rows == NULL || session == NULL || session->client != CHAT_CLIENT (source))
    {
      self->filling = FALSE;
      return;
    }
  paged = (session->abilities & CHAT_SESSION_CAN_PAGE) != 0;
  if (paged)
    to = filling->high - 1;
  if (filling->more)
    from = rows->len > 0 ? ((ChatClientMessage *) rows->pdata[0])->id : to + 1;
  if (!paged)
    /* That was all that there is */
    filling->more = FALSE;
  chat_session_feed_page (session, self->room_id, from, to, rows, FALSE, on_filled, g_steal_pointer (&filling));
}

static void
fill_next (ChatRoomHistory *self,
           ChatSession     *session)
{
  Filling *filling;
  gboolean paged = (session->abilities & CHAT_SESSION_CAN_PAGE) != 0;

  if (self->filling || session->client == NULL)
    return;
  while (self->holes->len > 0
         && ((!paged && g_array_index (self->holes, Hole, 0).newest) || !is_open (self, session, &g_array_index (self->holes, Hole, 0))))
    g_array_remove_index (self->holes, 0);
  if (self->holes->len == 0)
    return;
  self->filling = TRUE;
  filling = g_new0 (Filling, 1);
  filling->history = g_object_ref (self);
  filling->high = g_array_index (self->holes, Hole, 0).high;
  filling->n_doubts = self->n_doubts;
  chat_client_read_async (session->client, paged ? CHAT_CLIENT_READ_BEFORE : CHAT_CLIENT_READ_ALL, self->room_id,
                          filling->high, CHAT_CLIENT_MAX_PAGE, NULL, on_filling, filling);
}

void
chat_room_history_fill (ChatRoomHistory *self)
{
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);

  if (session != NULL && !session->closed)
    fill_next (self, session);
}

void
chat_room_history_doubt (ChatRoomHistory *self)
{
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  Hole all = { 0 };

  if (session == NULL || session->closed || !get_span (self, session, &all.low, &all.high))
    return;
  all.low--;
  all.high++;
  self->n_doubts++;
  g_array_set_size (self->holes, 0);
  g_array_append_val (self->holes, all);
}

static void
chat_room_history_load_async (ChatMessageSource   *source,
                              ChatPageKind         kind,
                              gint64               anchor,
                              guint                limit,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  ChatRoomHistory *self = CHAT_ROOM_HISTORY (source);
  g_autoptr (ChatSession) session = g_weak_ref_get (&self->session);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  g_task_set_source_tag (task, chat_room_history_load_async);
  g_task_set_task_data (task, request, g_free);
  request->kind = kind;
  request->anchor = request->asked = anchor;
  request->limit = CLAMP (limit, 1, CHAT_CLIENT_MAX_PAGE);
  if (session == NULL || session->closed)
    return_offline (task);
  else if (session->store != NULL)
    ask_store (self, session, task);
  else if (kind != CHAT_PAGE_NEWEST && (session->abilities & CHAT_SESSION_CAN_PAGE) == 0
           && chat_memory_has_history (session->memory, self->room_id))
    return_slice (self, session, task);
  else
    ask_server (self, session, task);
}

static ChatMessagePage *
chat_room_history_load_finish (ChatMessageSource  *source,
                               GAsyncResult       *result,
                               GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
chat_room_history_source_init (ChatMessageSourceInterface *iface)
{
  iface->load_async = chat_room_history_load_async;
  iface->load_finish = chat_room_history_load_finish;
}

static void
chat_room_history_finalize (GObject *object)
{
  g_weak_ref_clear (&CHAT_ROOM_HISTORY (object)->session);
  g_array_unref (CHAT_ROOM_HISTORY (object)->holes);
  G_OBJECT_CLASS (chat_room_history_parent_class)->finalize (object);
}

static void
chat_room_history_class_init (ChatRoomHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_room_history_finalize;
}

static void
chat_room_history_init (ChatRoomHistory *self)
{
  g_weak_ref_init (&self->session, NULL);
  self->holes = g_array_new (FALSE, FALSE, sizeof (Hole));
}

ChatRoomHistory *
chat_room_history_new (ChatSession *session,
                       gint64       room_id)
{
  ChatRoomHistory *self = g_object_new (CHAT_TYPE_ROOM_HISTORY, NULL);

  g_weak_ref_set (&self->session, session);
  self->room_id = room_id;
  return self;
}
