/* chat-server-presence.c: who came and who went, for those who share a room with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-presence.h"

#include "chat-limits.h"
#include "chat-server-peer.h"

/* Somebody without a connection, who may be back in a moment: others do not yet know */
typedef struct
{
  ChatServerTimer timer;
  ChatServerHub  *hub;
  gint64          user_id;
  char           *name;
  guint           prefs;
  gint64          date;       /* when the last connection ended (µs since 1970) */
} Lingering;

/* What is told of one person */
typedef struct
{
  char     *name;
  gboolean  is_online;
  gint64    last_seen;        /* 0: not told */
} Presence;

/* A question for somebody's contacts, and what to do with them */
typedef struct
{
  ChatServerHub  *hub;
  gint64          user_id;
  ChatServerPeer *greeted;    /* (nullable): is told of all of them */
  Presence        presence;   /* name is NULL: nobody is told of anything; else of the person, if it is still so */
  gboolean        is_hiding;  /* told in any case */
} News;

static void
lingering_free (gpointer data)
{
  Lingering *self = data;

  chat_server_timer_unset (&self->timer);
  g_free (self->name);
  g_free (self);
}

void
chat_server_presence_init (ChatServerHub *hub)
{
  hub->lingering = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, lingering_free);
}

void
chat_server_presence_clear (ChatServerHub *hub)
{
  g_clear_pointer (&hub->lingering, g_hash_table_unref);
}

static GBytes *
write_presence (gconstpointer      data,
                ChatServerVariants variant)
{
  const Presence *presence = data;
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_PRESENCE);

  chat_packet_set_string (packet, CHAT_FIELD_USER, presence->name);
  chat_packet_set_boolean (packet, CHAT_FIELD_ONLINE, presence->is_online);
  if (!presence->is_online && presence->last_seen != 0)
    {
      g_autofree char *date = chat_date_format (presence->last_seen);

      chat_packet_set_string (packet, CHAT_FIELD_LAST_SEEN, date);
    }
  return chat_packet_to_bytes (packet);
}

static void
tell (ChatServerHub  *hub,
      const Presence *presence,
      const gint64   *user_ids,
      guint           n_user_ids,
      gint64          except_id)
{
  ChatServerPush push = {
    .user_ids = user_ids,
    .n_user_ids = n_user_ids,
    .except_id = except_id,
    .any_of = CHAT_FEATURE_PRESENCE,
    .line = write_presence,
    .data = presence,
  };

  chat_server_hub_push (hub, &push);
}

/* Questions */

static void
news_free (News *news)
{
  g_clear_pointer (&news->greeted, chat_server_peer_unref);
  g_free (news->presence.name);
  g_free (news);
}

static void
greet (ChatServerPeer *peer,
       GPtrArray      *contacts)
{
  ChatServerHub *hub = peer->hub;

  for (guint i = 0; i < contacts->len; i++)
    {
      const ChatStorageContact *contact = contacts->pdata[i];
      const ChatServerUser *user = g_hash_table_lookup (hub->users, &contact->id);
      const Lingering *lingering = g_hash_table_lookup (hub->lingering, &contact->id);
      guint prefs = user != NULL ? user->prefs : lingering != NULL ? lingering->prefs : contact->prefs;
      Presence presence = { contact->name, user != NULL || lingering != NULL, contact->last_seen };
      g_autoptr (GBytes) line = NULL;

      if ((prefs & CHAT_STORAGE_HIDE_PRESENCE) != 0 || (!presence.is_online && presence.last_seen == 0))
        continue;
      line = write_presence (&presence, 0);
      chat_server_peer_push (peer, line, 0, FALSE);
    }
}

static void
on_contacts (ChatStorageJob *job,
             gpointer        user_data)
{
  News *news = user_data;
  ChatServerHub *hub = news->hub;

  if (job->status == CHAT_STATUS_SUCCESS && news->greeted != NULL)
    greet (news->greeted, job->contacts);
  if (job->status == CHAT_STATUS_SUCCESS && news->presence.name != NULL)
    {
      const ChatServerUser *user = g_hash_table_lookup (hub->users, &news->user_id);
      gboolean is_online = user != NULL || g_hash_table_contains (hub->lingering, &news->user_id);

      /* Whatever became of it since the question, comes with a question of its own */
      if (news->is_hiding || (is_online == news->presence.is_online
                              && (user == NULL || (user->prefs & CHAT_STORAGE_HIDE_PRESENCE) == 0)))
        {
          g_autofree gint64 *ids = g_new (gint64, job->contacts->len + 1);

          for (guint i = 0; i < job->contacts->len; i++)
            ids[i] = ((ChatStorageContact *) job->contacts->pdata[i])->id;
          tell (hub, &news->presence, ids, job->contacts->len, 0);
        }
    }
  news_free (news);
}

/* Takes @news, with what it is to tell */
static void
ask (News *news)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_LIST_CONTACTS, on_contacts, news);

  job->user_id = news->user_id;
  job->limit = CHAT_MAX_CONTACTS;
  chat_server_storage_submit (news->hub->storage, job);
}

static News *
news_new (ChatServerHub *hub,
          gint64         user_id)
{
  News *news = g_new0 (News, 1);

  news->hub = hub;
  news->user_id = user_id;
  return news;
}

/* Coming and going */

void
chat_server_presence_came (ChatServerPeer *peer,
                           gboolean        do_greet)
{
  ChatServerHub *hub = peer->hub;
  ChatServerUser *user = peer->user;
  gboolean is_only = user->peers == peer && peer->user_next == NULL && !peer->was_present;
  gboolean was_known = is_only && g_hash_table_remove (hub->lingering, &user->id);
  gboolean is_news = is_only && !was_known && (user->prefs & CHAT_STORAGE_HIDE_PRESENCE) == 0;
  News *news;

  peer->was_present = TRUE;
  if (!is_news && !do_greet)
    return;
  news = news_new (hub, user->id);
  if (do_greet)
    news->greeted = chat_server_peer_ref (peer);
  if (is_news)
    news->presence = (Presence) { g_strdup (user->name), TRUE, 0 };
  ask (news);
}

static void
on_gone (ChatServerTimer *timer)
{
  Lingering *self = (Lingering *) ((char *) timer - G_STRUCT_OFFSET (Lingering, timer));
  News *news = news_new (self->hub, self->user_id);

  news->presence = (Presence) { g_steal_pointer (&self->name), FALSE, self->date };
  if ((self->prefs & CHAT_STORAGE_HIDE_PRESENCE) == 0)
    ask (news);
  else
    news_free (news);
  g_hash_table_remove (self->hub->lingering, &self->user_id);
}

static void
on_last_seen_set (ChatStorageJob *job,
                  gpointer        user_data)
{
  if (job->status != CHAT_STATUS_SUCCESS)
    g_debug ("When somebody was last seen was not kept");
}

void
chat_server_presence_went (ChatServerHub        *hub,
                           const ChatServerUser *user)
{
  Lingering *self = g_new0 (Lingering, 1);
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_SET_LAST_SEEN, on_last_seen_set, NULL);

  self->hub = hub;
  self->user_id = user->id;
  self->name = g_strdup (user->name);
  self->prefs = user->prefs;
  self->date = g_get_real_time ();
  self->timer.func = on_gone;
  g_hash_table_replace (hub->lingering, &self->user_id, self);
  chat_server_timers_set (chat_server_poller_get_timers (hub->poller), &self->timer,
                          g_get_monotonic_time () + hub->presence_delay);

  /* Now and not when it is told: the server may stop before that */
  job->user_id = user->id;
  job->date = self->date;
  chat_server_storage_submit (hub->storage, job);
}

void
chat_server_presence_changed (ChatServerHub *hub,
                              gint64         user_id)
{
  const ChatServerUser *user = g_hash_table_lookup (hub->users, &user_id);
  News *news;

  if (user == NULL)
    return;
  news = news_new (hub, user_id);
  news->is_hiding = (user->prefs & CHAT_STORAGE_HIDE_PRESENCE) != 0;
  news->presence = (Presence) { g_strdup (user->name), !news->is_hiding, 0 };
  ask (news);
}

void
chat_server_presence_introduce (ChatServerHub            *hub,
                                const ChatStorageMembers *members)
{
  for (guint i = 0; i < members->n_ids; i++)
    {
      const ChatServerUser *user = g_hash_table_lookup (hub->users, &members->ids[i]);

      if (user != NULL && (user->prefs & CHAT_STORAGE_HIDE_PRESENCE) == 0)
        {
          Presence presence = { user->name, TRUE, 0 };

          tell (hub, &presence, members->ids, members->n_ids, user->id);
        }
    }
}
