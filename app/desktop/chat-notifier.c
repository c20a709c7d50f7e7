/* chat-notifier.c: tells the desktop what came, while nobody looks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-notifier.h"

#include <glib/gi18n.h>

#include "chat-notification-service.h"
#include "chat-notification-words.h"

/* In the list of rooms that have a notification: the one for several rooms */
#define SUM 0

/* What is new in a room, as long as nobody has seen it */
typedef struct
{
  ChatNotifier *notifier;
  ChatRoom *room;
  GArray *ids;            /* gint64, of messages, in the order in which they came */
  GPtrArray *held;        /* ChatMessage: the newest of them, newest last */
  guint untold;           /* further messages, of which only the number is known */
  gint64 newest;          /* id of the newest that a notification would tell of */
  gboolean apart;         /* it has a notification of its own; else it is in the sum */
  gboolean shown;         /* by this run of the program or by the one before */
  gboolean loud;          /* something came since */
  gint64 shown_at;        /* µs, monotonic */
  guint timer;
} News;

/* How far a room was known when the connection ended */
typedef struct
{
  gint64 newest;
  guint unread;
} Known;

struct _ChatNotifier
{
  GObject parent_instance;

  ChatSession *session;
  GSettings *settings;
  char *profile;
  ChatNotifierSeesFunc sees;
  gpointer sees_data;
  ChatNotificationService *service;

  GHashTable *news;       /* room id: News */
  guint n_apart;
  gboolean sum_shown;
  gint64 sum_at;          /* µs, monotonic */
  guint sum_timer;
  guint pause;            /* milliseconds */

  GHashTable *known;      /* room id: Known; of this account since it is known */
  gboolean started;       /* rooms were there before the server told */
  gboolean caught_up;     /* once at least */
  gboolean adopted;       /* what the last run has shown was looked through */
};

G_DEFINE_FINAL_TYPE (ChatNotifier, chat_notifier, G_TYPE_OBJECT)

static void drop_news (ChatNotifier *self, gint64 room_id);

/* Which rooms have one, for the next start */

static void
remember (ChatNotifier *self)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("ax"));
  g_hash_table_iter_init (&iter, self->news);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((News *) value)->apart && ((News *) value)->shown)
      g_variant_builder_add (&builder, "x", chat_room_get_id (((News *) value)->room));
  if (self->sum_shown)
    g_variant_builder_add (&builder, "x", (gint64) SUM);
  g_settings_set_value (self->settings, "notified-rooms", g_variant_builder_end (&builder));
}

static char *
make_id (ChatNotifier *self,
         gint64        room_id)
{
  return room_id == SUM ? g_strdup_printf ("more-%s", self->profile)
                        : g_strdup_printf ("room-%s-%" G_GINT64_FORMAT, self->profile, room_id);
}

static void
withdraw (ChatNotifier *self,
          gint64        room_id)
{
  g_autofree char *id = make_id (self, room_id);

  chat_notification_service_withdraw (self->service, id);
}

/* Showing */

static guint
count_of (News *news)
{
  return news->ids->len + news->untold;
}

/* What only became less, or other words, calls nobody again */
static GNotificationPriority
priority_of (gboolean loud)
{
  return loud ? G_NOTIFICATION_PRIORITY_HIGH : G_NOTIFICATION_PRIORITY_LOW;
}

static void
show_room (News *news)
{
  ChatNotifier *self = news->notifier;
  const char *server = chat_session_get_server (self->session);
  const char *login = chat_session_get_login (self->session);
  gint64 room_id = chat_room_get_id (news->room);
  g_autofree char *id = make_id (self, room_id);
  ChatNotificationContent *content = g_new0 (ChatNotificationContent, 1);

  content->title = chat_notification_title (news->room);
  content->body = chat_notification_body (news->room, news->held, count_of (news),
                                          g_settings_get_boolean (self->settings, "notification-text"));
  content->priority = priority_of (news->loud);
  content->default_action = g_strdup ("app.open-room");
  content->default_target = g_variant_ref_sink (g_variant_new ("(ssx)", server != NULL ? server : "", login != NULL ? login : "",
                                                               room_id));
  content->button = g_strdup (_("Mark as Read"));
  content->button_action = g_strdup ("app.mark-room-read");
  content->button_target = g_variant_ref_sink (g_variant_new ("(ssxx)", server != NULL ? server : "", login != NULL ? login : "",
                                                              room_id, news->newest));
  chat_notification_service_show (self->service, id, content);
  news->loud = FALSE;
  news->shown_at = g_get_monotonic_time ();
  if (!news->shown)
    {
      news->shown = TRUE;
      remember (self);
    }
}

/* Returns: milliseconds until what was shown at @shown_at may be replaced */
static guint
wait_for (ChatNotifier *self,
          gboolean      shown,
          gint64        shown_at)
{
  gint64 since = (g_get_monotonic_time () - shown_at) / G_TIME_SPAN_MILLISECOND;

  return !shown || shown_at == 0 || since >= self->pause ? 0 : self->pause - (guint) MAX (since, 0);
}

static gboolean
on_show_due (gpointer user_data)
{
  News *news = user_data;

  news->timer = 0;
  show_room (news);
  return G_SOURCE_REMOVE;
}

static void
show_sum (ChatNotifier *self)
{
  ChatNotificationContent *content;
  GHashTableIter iter;
  gpointer value;
  guint count = 0, n_rooms = 0;
  gboolean loud = FALSE;
  g_autofree char *id = make_id (self, SUM);

  g_hash_table_iter_init (&iter, self->news);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((News *) value)->apart)
      {
        count += count_of (value);
        n_rooms++;
        loud = loud || ((News *) value)->loud;
        ((News *) value)->loud = FALSE;
      }
  if (n_rooms == 0)
    {
      if (self->sum_shown)
        chat_notification_service_withdraw (self->service, id);
      self->sum_shown = FALSE;
      remember (self);
      return;
    }
  content = g_new0 (ChatNotificationContent, 1);
  content->title = g_strdup (_("New Messages"));
  content->body = chat_notification_sum (count, n_rooms);
  content->priority = priority_of (loud);
  content->default_action = g_strdup ("app.show");
  chat_notification_service_show (self->service, id, content);
  self->sum_at = g_get_monotonic_time ();
  if (!self->sum_shown)
    {
      self->sum_shown = TRUE;
      remember (self);
    }
}

static gboolean
on_sum_due (gpointer user_data)
{
  ChatNotifier *self = user_data;

  self->sum_timer = 0;
  show_sum (self);
  return G_SOURCE_REMOVE;
}

static void
show_sum_soon (ChatNotifier *self)
{
  guint wait = wait_for (self, self->sum_shown, self->sum_at);

  if (self->sum_timer != 0)
    return;
  if (wait == 0)
    show_sum (self);
  else
    self->sum_timer = g_timeout_add (wait, on_sum_due, self);
}

static void
show_soon (News *news)
{
  guint wait = wait_for (news->notifier, news->shown, news->shown_at);

  if (!news->apart)
    show_sum_soon (news->notifier);
  else if (news->timer == 0 && wait == 0)
    show_room (news);
  else if (news->timer == 0)
    news->timer = g_timeout_add (wait, on_show_due, news);
}

/* What is new in a room */

static void
on_text_notify (News *news)
{
  show_soon (news);
}

static void
release (News *news,
         guint index)
{
  g_signal_handlers_disconnect_by_data (news->held->pdata[index], news);
  g_ptr_array_remove_index (news->held, index);
}

static void
hold (News        *news,
      ChatMessage *message)
{
  if (news->held->len >= CHAT_NOTIFIER_MAX_HELD)
    release (news, 0);
  g_ptr_array_add (news->held, g_object_ref (message));
  g_signal_connect_swapped (message, "notify::text", G_CALLBACK (on_text_notify), news);
  g_signal_connect_swapped (message, "notify::attachment", G_CALLBACK (on_text_notify), news);
}

/* Something of it was read or deleted. May free @news */
static void
look_what_is_left (News *news)
{
  ChatNotifier *self = news->notifier;
  gint64 mark = chat_room_get_read_mark (news->room);
  guint unread = chat_room_get_unread_count (news->room);
  guint before = count_of (news);

  for (guint i = news->ids->len; i > 0; i--)
    if (g_array_index (news->ids, gint64, i - 1) <= mark)
      g_array_remove_index (news->ids, i - 1);
  for (guint i = news->held->len; i > 0; i--)
    if (chat_message_get_id (news->held->pdata[i - 1]) <= mark)
      release (news, i - 1);
  news->untold = MIN (news->untold, unread > news->ids->len ? unread - news->ids->len : 0);

  if (unread == 0 || count_of (news) == 0)
    drop_news (self, chat_room_get_id (news->room));
  else if (count_of (news) != before)
    show_soon (news);
}

static void
on_muted_notify (News *news)
{
  if (chat_room_get_muted (news->room))
    drop_news (news->notifier, chat_room_get_id (news->room));
}

static void
on_name_notify (News *news)
{
  show_soon (news);
}

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_handle_id (&news->timer, g_source_remove);
  while (news->held->len > 0)
    release (news, news->held->len - 1);
  g_signal_handlers_disconnect_by_data (news->room, news);
  g_ptr_array_unref (news->held);
  g_array_unref (news->ids);
  g_object_unref (news->room);
  g_free (news);
}

/* @apart: if there is a place for it */
static News *
ensure_news (ChatNotifier *self,
             ChatRoom     *room,
             gboolean      apart)
{
  gint64 room_id = chat_room_get_id (room);
  News *news = g_hash_table_lookup (self->news, &room_id);
  gint64 *key;

  if (news != NULL)
    return news;
  news = g_new0 (News, 1);
  news->notifier = self;
  news->room = g_object_ref (room);
  news->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  news->held = g_ptr_array_new_with_free_func (g_object_unref);
  news->apart = apart && self->n_apart < CHAT_NOTIFIER_MAX_ROOMS;
  self->n_apart += news->apart;
  g_signal_connect_swapped (room, "notify::read-mark", G_CALLBACK (look_what_is_left), news);
  g_signal_connect_swapped (room, "notify::unread-count", G_CALLBACK (look_what_is_left), news);
  g_signal_connect_swapped (room, "notify::muted", G_CALLBACK (on_muted_notify), news);
  g_signal_connect_swapped (room, "notify::name", G_CALLBACK (on_name_notify), news);
  key = g_new (gint64, 1);
  *key = room_id;
  g_hash_table_insert (self->news, key, news);
  return news;
}

static void
drop_news (ChatNotifier *self,
           gint64        room_id)
{
  News *news = g_hash_table_lookup (self->news, &room_id);
  gboolean apart, shown;

  if (news == NULL)
    return;
  apart = news->apart;
  shown = news->shown;
  self->n_apart -= apart;
  g_hash_table_remove (self->news, &room_id);
  if (!apart)
    show_sum_soon (self);
  else if (shown)
    {
      withdraw (self, room_id);
      remember (self);
    }
}

static void
add (News        *news,
     ChatMessage *message)
{
  gint64 id = chat_message_get_id (message);

  if (news->ids->len < CHAT_NOTIFIER_MAX_IDS)
    g_array_append_val (news->ids, id);
  else
    news->untold++;
  news->loud = TRUE;
  news->newest = MAX (news->newest, id);
  hold (news, message);
}

/* What the session tells */

static gboolean
wants (ChatNotifier *self,
       ChatRoom     *room)
{
  return g_settings_get_boolean (self->settings, "notifications") && !chat_room_get_muted (room)
         && !self->sees (room, self->sees_data);
}

static void
on_message_received (ChatNotifier *self,
                     ChatRoom     *room,
                     ChatMessage  *message)
{
  News *news;

  if (chat_message_get_outgoing (message) || chat_message_get_id (message) <= chat_room_get_read_mark (room) || !wants (self, room))
    return;
  news = ensure_news (self, room, TRUE);
  add (news, message);
  show_soon (news);
}

static void
forget_message (News  *news,
                gint64 message_id)
{
  for (guint i = news->held->len; i > 0; i--)
    if (chat_message_get_id (news->held->pdata[i - 1]) == message_id)
      release (news, i - 1);
  for (guint i = 0; i < news->ids->len; i++)
    if (g_array_index (news->ids, gint64, i) == message_id)
      {
        g_array_remove_index (news->ids, i);
        if (count_of (news) == 0)
          drop_news (news->notifier, chat_room_get_id (news->room));
        else
          show_soon (news);
        return;
      }
}

static void
on_message_deleted (ChatNotifier *self,
                    gint64        room_id,
                    gint64        message_id)
{
  g_autofree gpointer *all = NULL;
  guint n;
  News *news = g_hash_table_lookup (self->news, &room_id);

  if (news != NULL)
    {
      forget_message (news, message_id);
      return;
    }
  if (room_id != 0)
    return;
  all = g_hash_table_get_keys_as_array (self->news, &n);
  for (guint i = 0; i < n; i++)
    forget_message (g_hash_table_lookup (self->news, all[i]), message_id);
}

static void
on_room_removed (ChatNotifier *self,
                 ChatRoom     *room)
{
  gint64 room_id = chat_room_get_id (room);

  drop_news (self, room_id);
  g_hash_table_remove (self->known, &room_id);
}

static void
drop_all (ChatNotifier *self)
{
  g_autoptr (GVariant) shown = g_settings_get_value (self->settings, "notified-rooms");

  g_hash_table_remove_all (self->news);
  self->n_apart = 0;
  self->sum_shown = FALSE;
  g_clear_handle_id (&self->sum_timer, g_source_remove);
  for (gsize i = 0; i < g_variant_n_children (shown); i++)
    {
      gint64 room_id;

      g_variant_get_child (shown, i, "x", &room_id);
      withdraw (self, room_id);
    }
  g_settings_reset (self->settings, "notified-rooms");
}

/* Before the connection */

static void
learn (ChatNotifier *self)
{
  GListModel *rooms = G_LIST_MODEL (chat_session_get_rooms (self->session));
  guint n = g_list_model_get_n_items (rooms);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (rooms, i);
      ChatMessage *last = chat_room_get_last_message (room);
      gint64 room_id = chat_room_get_id (room);
      Known *known = g_hash_table_lookup (self->known, &room_id);

      if (known == NULL)
        {
          gint64 *key = g_new (gint64, 1);

          *key = room_id;
          known = g_new0 (Known, 1);
          g_hash_table_insert (self->known, key, known);
        }
      known->newest = MAX (known->newest, MAX (chat_room_get_read_mark (room), last != NULL ? chat_message_get_id (last) : 0));
      known->unread = chat_room_get_unread_count (room);
    }
}

/* The desktop still shows what an earlier run has told, unless the person has removed it */
static void
adopt (ChatNotifier *self)
{
  g_autoptr (GVariant) shown = g_settings_get_value (self->settings, "notified-rooms");
  ChatRoomList *rooms = chat_session_get_rooms (self->session);

  self->adopted = TRUE;
  for (gsize i = 0; i < g_variant_n_children (shown); i++)
    {
      ChatRoom *room = NULL;
      gint64 room_id;

      g_variant_get_child (shown, i, "x", &room_id);
      if (room_id != SUM)
        room = chat_room_list_lookup (rooms, room_id);
      if (room != NULL && !chat_room_get_muted (room) && chat_room_get_unread_count (room) > 0
          && g_settings_get_boolean (self->settings, "notifications"))
        {
          News *news = ensure_news (self, room, TRUE);
          ChatMessage *last = chat_room_get_last_message (room);

          news->shown = TRUE;
          news->untold = chat_room_get_unread_count (room);
          news->newest = last != NULL ? chat_message_get_id (last) : 0;
        }
      else
        withdraw (self, room_id);
    }
  if (g_variant_n_children (shown) > 0)
    remember (self);
}

static void
on_state_notify (ChatNotifier *self)
{
  switch (chat_session_get_state (self->session))
    {
    case CHAT_SESSION_SIGNED_OUT:
      drop_all (self);
      g_hash_table_remove_all (self->known);
      self->started = self->caught_up = FALSE;
      break;
    case CHAT_SESSION_ONLINE:
      break;
    case CHAT_SESSION_CONNECTING:
    case CHAT_SESSION_WAITING:
    case CHAT_SESSION_REFUSED:
    default:
      if (!chat_room_list_get_loaded (chat_session_get_rooms (self->session)))
        break;
      self->started = TRUE;
      learn (self);
      if (!self->adopted)
        adopt (self);
    }
}

/* Returns: (transfer full) (element-type ChatRoom): those in which something came that was not known */
static GPtrArray *
list_news (ChatNotifier *self)
{
  GListModel *rooms = G_LIST_MODEL (chat_session_get_rooms (self->session));
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (rooms);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (rooms, i);
      gint64 room_id = chat_room_get_id (room);
      Known *known = g_hash_table_lookup (self->known, &room_id);
      ChatMessage *last = chat_room_get_last_message (room);
      guint unread = chat_room_get_unread_count (room);

      if (unread > 0 && wants (self, room)
          && (known == NULL || unread > known->unread || (last != NULL && chat_message_get_id (last) > known->newest)))
        g_ptr_array_add (found, g_steal_pointer (&room));
    }
  return found;
}

static void
tell_room (ChatNotifier *self,
           ChatRoom     *room,
           gboolean      apart)
{
  gint64 room_id = chat_room_get_id (room);
  Known *known = g_hash_table_lookup (self->known, &room_id);
  ChatMessage *last = chat_room_get_last_message (room);
  guint unread = chat_room_get_unread_count (room);
  /* What was unread before was told before, unless it has been read since */
  guint old = known != NULL && known->newest > chat_room_get_read_mark (room) ? MIN (known->unread, unread - 1) : 0;
  News *news = ensure_news (self, room, apart);
  gint64 id = last != NULL && !chat_message_get_outgoing (last) ? chat_message_get_id (last) : 0;

  if (id > news->newest)
    add (news, last);
  /* (Some of it may have come live) */
  if (count_of (news) < unread - old)
    {
      news->untold = unread - old - news->ids->len;
      news->loud = TRUE;
    }
  show_soon (news);
}

static void
on_caught_up (ChatNotifier *self)
{
  /* At the first sign-in nothing was missed, and who has just opened the window sees it in the list */
  gboolean tell = self->started && (self->caught_up || !self->sees (NULL, self->sees_data));

  if (!self->adopted)
    adopt (self);
  if (tell)
    {
      g_autoptr (GPtrArray) found = list_news (self);

      for (guint i = 0; i < found->len; i++)
        tell_room (self, found->pdata[i], found->len <= CHAT_NOTIFIER_MAX_CAUGHT_UP);
    }
  self->started = self->caught_up = TRUE;
  learn (self);
}

/* What the person sets */

static void
on_notifications_changed (ChatNotifier *self)
{
  if (!g_settings_get_boolean (self->settings, "notifications"))
    drop_all (self);
}

static void
on_text_changed (ChatNotifier *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->news);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      News *news = value;

      /* At once: somebody may be looking over one's shoulder */
      if (!news->apart || !news->shown)
        continue;
      g_clear_handle_id (&news->timer, g_source_remove);
      show_room (news);
    }
}

static void
chat_notifier_dispose (GObject *object)
{
  ChatNotifier *self = CHAT_NOTIFIER (object);

  /* They stay where they are: a click on one starts the program again */
  g_clear_handle_id (&self->sum_timer, g_source_remove);
  g_hash_table_remove_all (self->news);
  if (self->service != NULL)
    chat_notification_service_stop (self->service);
  g_clear_object (&self->service);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (chat_notifier_parent_class)->dispose (object);
}

static void
chat_notifier_finalize (GObject *object)
{
  ChatNotifier *self = CHAT_NOTIFIER (object);

  g_hash_table_unref (self->news);
  g_hash_table_unref (self->known);
  g_free (self->profile);

  G_OBJECT_CLASS (chat_notifier_parent_class)->finalize (object);
}

static void
chat_notifier_class_init (ChatNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chat_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = chat_notifier_finalize;
}

static void
chat_notifier_init (ChatNotifier *self)
{
  self->news = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, news_free);
  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->pause = CHAT_NOTIFIER_REPLACE_MS;
}

void
chat_notifier_set_pause (ChatNotifier *self,
                         guint         pause_ms)
{
  g_return_if_fail (CHAT_IS_NOTIFIER (self));

  self->pause = pause_ms;
}

ChatNotifier *
chat_notifier_new (GApplication         *application,
                   ChatSession          *session,
                   GSettings            *settings,
                   const char           *profile,
                   ChatNotifierSeesFunc  sees,
                   gpointer              user_data)
{
  ChatNotifier *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (profile != NULL && sees != NULL, NULL);

  self = g_object_new (CHAT_TYPE_NOTIFIER, NULL);
  self->service = chat_notification_service_new (application);
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  self->profile = g_strdup (profile);
  self->sees = sees;
  self->sees_data = user_data;
  g_signal_connect_object (session, "message-received", G_CALLBACK (on_message_received), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "message-deleted", G_CALLBACK (on_message_deleted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "room-removed", G_CALLBACK (on_room_removed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "caught-up", G_CALLBACK (on_caught_up), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_state_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::notifications", G_CALLBACK (on_notifications_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::notification-text", G_CALLBACK (on_text_changed), self, G_CONNECT_SWAPPED);
  /* (A change is told only of keys that were read once) */
  g_settings_get_boolean (settings, "notifications");
  g_settings_get_boolean (settings, "notification-text");
  return self;
}
