/* chat-session-keep.c: the store of the account: opened, shown, given up
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-session-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "chat-host-address.h"
#include "chat-media-folder.h"

/* What the person does is written so long after it began to change (milliseconds): not each letter of a draft by itself */
#define KEEP_DELAY_MS 100
/* What could not be written is tried again so long after (milliseconds): there may be room again */
#define KEEP_AGAIN_MS 3000
/* A problem that was over is told again, but not within so long (µs): a disk that is nearly full comes and goes */
#define TELL_AGAIN_US (10 * G_TIME_SPAN_MINUTE)
/* How long the end of the program may wait for the disk (milliseconds) */
#define CLOSE_WAIT_MS 3000

typedef struct
{
  GTask               *task;
  ChatSessionKeepFunc  func;
} Waiter;

typedef struct
{
  GTask               *task;        /* of the session: who waits for it */
  ChatSessionKeepFunc  func;
  GArray              *others;      /* of Waiter: who came while it was on its way */
  guint                generation;
  ChatStore           *store;
  GPtrArray           *rooms;
  GPtrArray           *downloads;
  ChatStoreState       state;
  char                *path;
} Opening;

static void
waiter_clear (gpointer data)
{
  g_object_unref (((Waiter *) data)->task);
}

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->task);
  g_array_unref (opening->others);
  g_clear_object (&opening->store);
  g_clear_pointer (&opening->rooms, g_ptr_array_unref);
  g_clear_pointer (&opening->downloads, g_ptr_array_unref);
  g_free (opening->path);
  g_free (opening);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

/* The name says nothing about the person to who only sees the folder */
static char *
store_path (ChatSession *self)
{
  g_autoptr (ChatHostAddress) address = chat_host_address_parse (self->server);
  g_autofree char *server = address != NULL ? chat_host_address_to_key (address) : g_strdup (self->server);
  g_autofree char *login = g_ascii_strdown (self->login, -1);
  g_autofree char *key = g_strconcat (server, "\n", login, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *name = g_strdup_printf ("%.16s.db", digest);

  return g_build_filename (self->dir, "stores", name, NULL);
}

/* Where the files of the account lie whose store is @path */
static char *
media_folder (const char *path)
{
  g_autofree char *stores = g_path_get_dirname (path), *dir = g_path_get_dirname (stores), *name = g_path_get_basename (path);
  char *ending = strrchr (name, '.');

  if (ending != NULL)
    *ending = '\0';
  return g_build_filename (dir, "media", name, NULL);
}

/* Problems */

static gboolean on_keep_due (gpointer user_data);

static void
keep_after (ChatSession *self,
            guint        delay)
{
  if (self->store != NULL && self->keep_timer == 0 && !self->closed)
    self->keep_timer = g_timeout_add (delay, on_keep_due, self);
}

void
chat_session_keep_works (ChatSession *self)
{
  if (!self->keep_failing)
    return;
  self->keep_failing = FALSE;
  chat_outbox_keep_again (self->outbox);
  chat_session_settings_keep (self);
}

void
chat_session_keep_failed (ChatSession  *self,
                          const GError *error)
{
  const char *words;
  gboolean told;

  /* Again and again while it lasts */
  if (!self->keep_failing)
    g_message ("The store: %s", error->message);
  keep_after (self, KEEP_AGAIN_MS);
  if (g_error_matches (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_BEHIND)
      || g_error_matches (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_CLOSED))
    return;
  /* Once until it is over: each message would say it */
  told = self->problem_told != 0 && (self->keep_failing || g_get_monotonic_time () - self->problem_told < TELL_AGAIN_US);
  self->keep_failing = TRUE;
  if (told)
    return;
  self->problem_told = g_get_monotonic_time ();
  if (g_error_matches (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_NO_SPACE))
    words = _("The disk is full: messages can not be kept on this computer");
  else if (g_error_matches (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_IN_USE))
    words = _("Another program uses the messages that are kept on this computer. New ones are not kept here");
  else if (g_error_matches (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_READ_ONLY))
    words = _("Messages can not be kept on this computer: their folder is read-only");
  else if (g_error_matches (error, CHAT_STORE_ERROR, CHAT_STORE_ERROR_DAMAGED))
    words = _("What is kept of your messages on this computer is damaged. It will be fetched again when you start Chat the next time");
  else
    words = _("Messages can not be kept on this computer");
  chat_session_emit_notice (self, words);
}

static void
tell_origin (ChatSession *self)
{
  switch (chat_store_get_origin (self->store))
    {
    case CHAT_STORE_WAS_DAMAGED:
    case CHAT_STORE_WAS_FOREIGN:
      chat_session_emit_notice (self, _("What was kept of your messages on this computer was damaged. It was set aside; the messages are "
                                        "fetched again from the server"));
      break;
    case CHAT_STORE_WAS_NEWER:
      chat_session_emit_notice (self, _("What was kept of your messages on this computer is of a newer version of Chat. It was set aside; "
                                        "the messages are fetched again from the server"));
      break;
    case CHAT_STORE_WAS_NEW:
    case CHAT_STORE_WAS_THERE:
    default:
      break;
    }
}

/* What the person changes */

/* On its way to the store */
typedef struct
{
  gint64   room_id;
  gboolean draft;
  gboolean position;
  gboolean wish;
} Change;

typedef struct
{
  ChatSessionCall *call;
  GArray          *changes;       /* of Change */
} Keeping;

static void
keeping_free (Keeping *keeping)
{
  chat_session_call_free (keeping->call);
  g_array_unref (keeping->changes);
  g_free (keeping);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keeping, keeping_free)

static void
on_changes_kept (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Keeping) keeping = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (keeping->call);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  events = chat_store_apply_finish (CHAT_STORE (source), result, &error);
  if (events != NULL || self == NULL || CHAT_STORE (source) != self->store)
    return;
  for (guint i = 0; i < keeping->changes->len; i++)
    {
      const Change *change = &g_array_index (keeping->changes, Change, i);
      ChatRoomInfo *info = chat_session_get_info (self, change->room_id);

      if (info == NULL)
        continue;
      info->draft_changed = info->draft_changed || change->draft;
      info->position_changed = info->position_changed || change->position;
      info->wish_changed = info->wish_changed || change->wish;
    }
  chat_session_keep_failed (self, error);
}

static void
keep_changes (ChatSession    *self,
              ChatRoomInfo   *info,
              ChatStoreBatch *batch,
              GArray         *changes)
{
  gint64 id = chat_room_get_id (info->room);
  Change change = { id, info->draft_changed, info->position_changed, info->wish_changed };

  if (!change.draft && !change.position && !change.wish)
    return;
  g_array_append_val (changes, change);
  if (info->draft_changed)
    chat_store_batch_set_draft (batch, id, chat_room_get_draft (info->room), g_get_real_time ());
  if (info->position_changed)
    {
      ChatStorePosition position;

      chat_room_get_position (info->room, &position.message_id, &position.offset, &position.at_bottom);
      chat_store_batch_set_position (batch, id, &position);
    }
  if (info->wish_changed)
    chat_store_batch_set_wish (batch, id, info->pinned_wanted, info->muted_wanted);
  info->draft_changed = info->position_changed = info->wish_changed = FALSE;
}

static void
build_numbers (ChatSession      *self,
               ChatSessionEvent *event,
               ChatStoreBatch   *batch)
{
  GHashTableIter iter;
  gpointer value;

  self->numbers_kept = TRUE;
  /* What only the server can count is not known yet */
  self->numbers_untold = self->check_rooms;
  chat_store_batch_set_counted (batch, self->counted_seq);
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;
      gint64 id = chat_room_get_id (info->room);

      if (info->numbers_changed)
        {
          chat_store_batch_set_read (batch, id, chat_room_get_read_mark (info->room), chat_room_get_unread_count (info->room));
          chat_store_batch_set_flags (batch, id, chat_room_get_pinned (info->room), chat_room_get_muted (info->room),
                                      chat_room_get_marked_unread (info->room));
        }
      info->numbers_changed = FALSE;
      /* (Unless a later run has to tell the server) */
      if (chat_session_has_untold (info))
        self->numbers_untold = TRUE;
    }
}

static void
keep_now (ChatSession *self)
{
  g_autoptr (ChatStoreBatch) batch = NULL;
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
  ChatSessionEvent *event;
  GHashTableIter iter;
  gpointer value;

  g_clear_handle_id (&self->keep_timer, g_source_remove);
  if (self->store == NULL)
    return;
  /* A batch of their own: these are kept whatever happened to what the server told */
  batch = chat_store_batch_new ();
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    keep_changes (self, value, batch, changes);
  if (changes->len > 0)
    {
      Keeping *keeping = g_new0 (Keeping, 1);

      keeping->call = chat_session_call_new (self, NULL, 0, 0);
      keeping->changes = g_steal_pointer (&changes);
      chat_store_apply_async (self->store, g_steal_pointer (&batch), NULL, on_changes_kept, keeping);
    }
  event = chat_session_event_new ();
  event->build = build_numbers;
  event->alone = TRUE;
  chat_session_feed (self, event);
}

void
chat_session_keep_wish (ChatSession  *self,
                        ChatRoomInfo *info)
{
  info->wish_changed = TRUE;
  keep_now (self);
}

static gboolean
on_keep_due (gpointer user_data)
{
  ChatSession *self = user_data;

  self->keep_timer = 0;
  keep_now (self);
  return G_SOURCE_REMOVE;
}

void
chat_session_keep_soon (ChatSession *self)
{
  keep_after (self, KEEP_DELAY_MS);
}

static void
on_room_notify (ChatRoom   *room,
                GParamSpec *pspec,
                gpointer    user_data)
{
  ChatRoomInfo *info = user_data;
  ChatSession *self = info->session;

  if (g_str_equal (pspec->name, "draft"))
    info->draft_changed = TRUE;
  else if (g_str_equal (pspec->name, "position"))
    info->position_changed = TRUE;
  else if (g_str_equal (pspec->name, "unread-count") || g_str_equal (pspec->name, "read-mark") || g_str_equal (pspec->name, "pinned")
           || g_str_equal (pspec->name, "muted") || g_str_equal (pspec->name, "marked-unread"))
    info->numbers_changed = TRUE;
  else
    return;
  chat_session_keep_soon (self);
}

void
chat_session_keep_watch (ChatSession  *self,
                         ChatRoomInfo *info)
{
  info->notify_id = g_signal_connect (info->room, "notify", G_CALLBACK (on_room_notify), info);
}

/* Opening */

static void
show_room (ChatSession         *self,
           const ChatStoreRoom *row)
{
  ChatRoomInfo *info = chat_session_get_info (self, row->id);
  ChatRoom *room;

  if (info == NULL)
    info = chat_session_add_info (self, row->id, row->name);
  room = info->room;
  g_signal_handler_block (room, info->notify_id);
  info->first_id = row->first_id;
  info->newest_id = MAX (info->newest_id, row->newest_id);
  chat_room_set_activity (room, row->activity);
  chat_room_set_read_mark (room, row->read_mark);
  chat_room_set_unread_count (room, MIN (MAX (row->unread, 0), CHAT_SESSION_MAX_UNREAD));
  /* What was chosen, and the server does not know yet, goes before what it told */
  info->pinned_wanted = row->wished_pinned;
  info->muted_wanted = row->wished_muted;
  chat_room_set_pinned (room, (row->wished_pinned < 0 ? row->pinned : row->wished_pinned) > 0);
  chat_room_set_muted (room, (row->wished_muted < 0 ? row->muted : row->wished_muted) > 0);
  chat_room_set_marked_unread (room, row->marked_unread > 0);
  chat_room_set_draft (room, row->draft);
  chat_room_set_position (room, MAX (row->position.message_id, 0), row->position.offset, row->position.at_bottom);
  if (row->last_message != NULL)
    {
      ChatClientMessage view = chat_session_row_view (row->last_message);
      g_autoptr (ChatMessage) message = chat_session_take_message (self, &view);

      info->newest_id = MAX (info->newest_id, view.id);
      chat_session_show_newest (self, info, message);
    }
  for (guint i = 0; i < row->marks->len; i++)
    {
      const ChatStoreMark *mark = row->marks->pdata[i];

      chat_session_show_mark (self, info, mark->name, mark->delivered, mark->read);
    }
  g_signal_handler_unblock (room, info->notify_id);
}

static void
show_rooms (ChatSession *self,
            GPtrArray   *rows)
{
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < rows->len; i++)
    show_room (self, rows->pdata[i]);
  g_hash_table_iter_init (&iter, self->infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ChatRoomInfo *info = value;
      g_autoptr (GPtrArray) unsent = chat_outbox_list (self->outbox, chat_room_get_id (info->room));

      if (unsent->len > 0)
        chat_session_show_newest (self, info, unsent->pdata[unsent->len - 1]);
      g_ptr_array_add (rooms, g_object_ref (info->room));
    }
  chat_room_list_replace (self->rooms, rooms);
  /* An empty store may only be a new one */
  if (rooms->len > 0)
    chat_room_list_set_loaded (self->rooms, TRUE);
}

static void
end_opening (Opening *opening)
{
  ChatSession *self = g_task_get_source_object (opening->task);

  if (self->opening == opening)
    self->opening = NULL;
  if (opening->generation == self->feed_generation)
    chat_session_feed_hold (self, FALSE);
  opening->func (opening->task);
  for (guint i = 0; i < opening->others->len; i++)
    {
      const Waiter *waiter = &g_array_index (opening->others, Waiter, i);

      waiter->func (waiter->task);
    }
  opening_free (opening);
}

/* The files: where the store could not be opened, those that were kept are not known, and fetched again */
static void
open_media (ChatSession *self,
            Opening     *opening)
{
  g_autofree char *folder = media_folder (opening->path);

  chat_media_manager_open (self->media, folder, opening->downloads);
  chat_session_adopt_unsent (self);
}

static void
opening_failed (Opening      *opening,
                const GError *error)
{
  ChatSession *self = g_task_get_source_object (opening->task);

  if (opening->generation == self->feed_generation)
    {
      chat_session_keep_failed (self, error);
      /* Nor is what was read before the failure the whole */
      g_clear_pointer (&opening->downloads, g_ptr_array_unref);
      if (!self->closed)
        open_media (self, opening);
    }
  end_opening (opening);
}

static void
on_outbox (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Opening *opening = user_data;
  ChatSession *self = g_task_get_source_object (opening->task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = chat_store_load_outbox_finish (CHAT_STORE (source), result, &error);

  if (rows == NULL)
    {
      opening_failed (opening, error);
      return;
    }
  if (opening->generation == self->feed_generation && !self->closed)
    {
      self->store = g_steal_pointer (&opening->store);
      chat_outbox_set_store (self->outbox, self->store);
      chat_outbox_load (self->outbox, rows, self->login);
      open_media (self, opening);
      chat_session_settings_load (self, opening->state.account);
      self->position = opening->state.seq;
      self->counted_seq = opening->state.counted;
      self->unsure = self->check_rooms = (opening->state.abilities & CHAT_SESSION_KEEP_UNSURE) != 0;
      /* Without a position nothing that was kept is known to be as it is on the server. (An empty store knows nothing that could be
       * wrong) */
      self->reset_wanted = self->position == 0 && chat_store_get_origin (self->store) == CHAT_STORE_WAS_THERE;
      self->salvaged = chat_store_get_n_salvaged (self->store) > 0;
      self->verify_rooms = self->verify_rooms || self->salvaged;
      show_rooms (self, opening->rooms);
      tell_origin (self);
    }
  end_opening (opening);
}

static void
on_downloads (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Opening *opening = user_data;
  g_autoptr (GError) error = NULL;

  opening->downloads = chat_store_load_downloads_finish (CHAT_STORE (source), result, &error);
  if (opening->downloads == NULL)
    opening_failed (opening, error);
  else
    chat_store_load_outbox_async (opening->store, NULL, on_outbox, opening);
}

static void
on_state (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Opening *opening = user_data;
  g_autoptr (GError) error = NULL;

  if (!chat_store_load_state_finish (CHAT_STORE (source), result, &opening->state, &error))
    opening_failed (opening, error);
  else
    chat_store_load_downloads_async (opening->store, NULL, on_downloads, opening);
}

static void
on_rooms (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Opening *opening = user_data;
  g_autoptr (GError) error = NULL;

  opening->rooms = chat_store_load_rooms_finish (CHAT_STORE (source), result, &error);
  if (opening->rooms == NULL)
    opening_failed (opening, error);
  else
    chat_store_load_state_async (opening->store, NULL, on_state, opening);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Opening *opening = user_data;
  g_autoptr (GError) error = NULL;

  opening->store = chat_store_open_finish (result, &error);
  if (opening->store == NULL)
    opening_failed (opening, error);
  else
    chat_store_load_rooms_async (opening->store, NULL, on_rooms, opening);
}

/* The file with its companions, and what was set aside of it: nothing of the account stays */
static void
remove_files (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  g_autofree char *folder = g_path_get_dirname (task_data);
  g_autofree char *prefix = g_path_get_basename (task_data), *media = media_folder (task_data);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, prefix))
        g_unlink (file);
    }
  chat_media_remove_folder (media);
  g_task_return_boolean (task, TRUE);
}

static void
remove_store (const char          *path,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, remove_files);
}

static void
on_old_removed (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  Opening *opening = user_data;

  chat_store_open_async (opening->path, NULL, on_opened, opening);
}

/* Giving up */

typedef struct
{
  char               *path;
  GAsyncReadyCallback callback;
  gpointer            user_data;
} Removal;

static void
on_closed_for_removal (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  Removal *removal = user_data;

  remove_store (removal->path, removal->callback, removal->user_data);
  g_free (removal->path);
  g_free (removal);
}

void
chat_session_keep_drop (ChatSession *self)
{
  g_autoptr (ChatStore) store = NULL;

  keep_now (self);
  chat_session_feed_flush (self);
  store = g_steal_pointer (&self->store);
  chat_session_feed_drop (self);
  self->held = FALSE;
  chat_session_end_sending (self);
  chat_session_end_saving (self);
  chat_media_manager_close (self->media);
  chat_outbox_set_store (self->outbox, NULL);
  g_clear_handle_id (&self->keep_timer, g_source_remove);
  g_clear_pointer (&self->store_path, g_free);
  if (store != NULL)
    chat_store_close_async (store, NULL, NULL, NULL);
}

void
chat_session_keep_remove (ChatSession         *self,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (ChatStore) store = g_steal_pointer (&self->store);
  Removal *removal;

  chat_session_feed_drop (self);
  self->held = FALSE;
  chat_session_end_sending (self);
  chat_session_end_saving (self);
  chat_media_manager_close (self->media);
  chat_outbox_set_store (self->outbox, NULL);
  g_clear_handle_id (&self->keep_timer, g_source_remove);
  removal = g_new0 (Removal, 1);
  removal->callback = callback;
  removal->user_data = user_data;
  removal->path = self->store_path != NULL ? g_steal_pointer (&self->store_path)
                  : self->server != NULL && self->login != NULL ? store_path (self) : NULL;
  if (store != NULL)
    chat_store_close_async (store, NULL, on_closed_for_removal, removal);
  else if (removal->path != NULL)
    on_closed_for_removal (NULL, NULL, removal);
  else
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

      g_task_return_boolean (task, TRUE);
      g_free (removal);
    }
}

void
chat_session_keep_open (ChatSession         *self,
                        gboolean             anew,
                        GTask               *task,
                        ChatSessionKeepFunc  func)
{
  g_autofree char *path = store_path (self);
  Opening *opening = self->opening;

  if (opening != NULL && !anew && opening->generation == self->feed_generation && g_str_equal (path, opening->path))
    {
      Waiter waiter = { g_object_ref (task), func };

      g_array_append_val (opening->others, waiter);
      return;
    }
  if (self->store != NULL && !anew && g_strcmp0 (path, self->store_path) == 0)
    {
      func (task);
      return;
    }
  opening = g_new0 (Opening, 1);
  opening->task = g_object_ref (task);
  opening->func = func;
  opening->others = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_array_set_clear_func (opening->others, waiter_clear);
  opening->path = g_steal_pointer (&path);
  if (anew)
    chat_session_keep_remove (self, on_old_removed, opening);
  else
    {
      chat_session_keep_drop (self);
      chat_store_open_async (opening->path, NULL, on_opened, opening);
    }
  self->store_path = g_strdup (opening->path);
  opening->generation = self->feed_generation;
  self->opening = opening;
  chat_session_feed_hold (self, TRUE);
}

void
chat_session_keep_close (ChatSession *self)
{
  g_autoptr (ChatStore) store = NULL;

  keep_now (self);
  chat_session_feed_flush (self);
  store = g_steal_pointer (&self->store);
  chat_session_feed_drop (self);
  chat_session_end_sending (self);
  chat_session_end_saving (self);
  chat_media_manager_close (self->media);
  chat_outbox_set_store (self->outbox, NULL);
  /* What was applied just now may have wanted it again */
  g_clear_handle_id (&self->keep_timer, g_source_remove);
  if (store != NULL && !chat_store_close_and_wait (store, CLOSE_WAIT_MS))
    g_warning ("The store was not written in time");
}

/* Drafts that were saved from a damaged store come back when the server has told their rooms */

static void
on_salvaged (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GPtrArray) rows = chat_store_load_rooms_finish (CHAT_STORE (source), result, NULL);

  for (guint i = 0; self != NULL && rows != NULL && i < rows->len; i++)
    {
      const ChatStoreRoom *row = rows->pdata[i];
      ChatRoomInfo *info = chat_session_get_info (self, row->id);

      if (info != NULL && chat_room_get_draft (info->room) == NULL)
        chat_room_set_draft (info->room, row->draft);
      if (info != NULL && row->wished_pinned >= 0)
        chat_session_set_room_pinned (self, info->room, row->wished_pinned);
      if (info != NULL && row->wished_muted >= 0)
        chat_session_set_room_muted (self, info->room, row->wished_muted);
    }
}

void
chat_session_keep_rooms_told (ChatSession *self)
{
  if (!self->salvaged || self->store == NULL)
    return;
  self->salvaged = FALSE;
  chat_store_load_rooms_async (self->store, NULL, on_salvaged, chat_session_call_new (self, NULL, 0, 0));
}
