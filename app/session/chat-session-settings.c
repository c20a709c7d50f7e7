/* chat-session-settings.c: what others are told of the person: kept, told to the server, and heard from other devices
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-session-private.h"

#include <glib/gi18n-lib.h>

/* A server that failed is told again after so long (seconds); one that names a time, then, but not after more than that */
#define RETRY_SECONDS     60
#define MAX_RETRY_SECONDS 3600

#define ALL_FEATURES (CHAT_CLIENT_RECEIPTS | CHAT_CLIENT_TYPING | CHAT_CLIENT_PRESENCE)

/* What is kept: bits. A server told what it has; it hides a thing; a thing was set here and not told yet; to this; and from 16 on the
 * abilities, so that it is known without a connection what can be set */
#define KEEP_KNOWN         (1u << 0)
#define KEEP_HIDDEN(i)     (1u << (1 + (i)))
#define KEEP_WANTED(i)     (1u << (4 + (i)))
#define KEEP_WANTED_ON(i)  (1u << (7 + (i)))
#define KEEP_ABILITY_SHIFT 16
#define KEPT_ABILITIES \
  (CHAT_SESSION_CAN_REMEMBER | CHAT_SESSION_CAN_TELL_RECEIPTS | CHAT_SESSION_CAN_TELL_TYPING | CHAT_SESSION_CAN_TELL_PRESENCE \
   | CHAT_SESSION_CAN_ATTACH)

static const guint abilities[CHAT_SESSION_N_SETTINGS] = {
  [CHAT_SESSION_SENDS_RECEIPTS] = CHAT_SESSION_CAN_TELL_RECEIPTS,
  [CHAT_SESSION_SENDS_TYPING] = CHAT_SESSION_CAN_TELL_TYPING,
  [CHAT_SESSION_SENDS_PRESENCE] = CHAT_SESSION_CAN_TELL_PRESENCE,
};

/* What is shown */

gboolean
chat_session_get_setting (ChatSession        *self,
                          ChatSessionSetting  setting)
{
  int wanted = self->settings.wanted[setting];

  return wanted >= 0 ? wanted : self->settings.told[setting];
}

gboolean
chat_session_get_settings_waiting (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), FALSE);

  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    if (self->settings.wanted[i] >= 0)
      return TRUE;
  return FALSE;
}

typedef struct
{
  gboolean values[CHAT_SESSION_N_SETTINGS];
  gboolean waiting;
} Shown;

static Shown
look (ChatSession *self)
{
  Shown shown;

  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    shown.values[i] = chat_session_get_setting (self, i);
  shown.waiting = chat_session_get_settings_waiting (self);
  return shown;
}

static void
notify_changes (ChatSession *self,
                Shown        before)
{
  Shown now = look (self);

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    if (now.values[i] != before.values[i])
      chat_session_notify_setting (self, i);
  if (now.waiting != before.waiting)
    chat_session_notify_setting (self, CHAT_SESSION_N_SETTINGS);
  g_object_thaw_notify (G_OBJECT (self));
}

/* What is kept */

static guint
encode (ChatSession *self,
        const int   *wanted)
{
  const ChatSessionSettings *settings = &self->settings;
  guint bits = (settings->kept_known ? KEEP_KNOWN : 0) | ((self->abilities & KEPT_ABILITIES) << KEEP_ABILITY_SHIFT);

  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    bits |= (settings->kept[i] ? 0 : KEEP_HIDDEN (i)) | (wanted[i] >= 0 ? KEEP_WANTED (i) : 0)
            | (wanted[i] > 0 ? KEEP_WANTED_ON (i) : 0);
  return bits;
}

static void
put (ChatSession    *self,
     ChatStoreBatch *batch,
     const int      *wanted)
{
  self->settings.bits = encode (self, wanted);
  chat_store_batch_set_account (batch, self->settings.bits);
}

static void
on_kept (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  events = chat_store_apply_finish (CHAT_STORE (source), result, &error);
  if (events != NULL || self == NULL || CHAT_STORE (source) != self->store)
    return;
  /* The next time it is written, whether something has changed or not */
  self->settings.bits = ~self->settings.bits;
  chat_session_keep_failed (self, error);
}

/* A batch of its own: what the person does is kept whatever happened to what the server told */
void
chat_session_settings_keep (ChatSession *self)
{
  g_autoptr (ChatStoreBatch) batch = NULL;

  if (self->store == NULL || encode (self, self->settings.wanted) == self->settings.bits)
    return;
  batch = chat_store_batch_new ();
  put (self, batch, self->settings.wanted);
  chat_store_apply_async (self->store, g_steal_pointer (&batch), NULL, on_kept, chat_session_call_new (self, NULL, 0, 0));
}

void
chat_session_settings_load (ChatSession *self,
                            guint        bits)
{
  ChatSessionSettings *settings = &self->settings;
  Shown before = look (self);

  settings->bits = bits;
  settings->kept_known = settings->known = (bits & KEEP_KNOWN) != 0;
  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    {
      settings->kept[i] = settings->told[i] = (bits & KEEP_HIDDEN (i)) == 0;
      /* What was chosen while the store was being opened is newer */
      if (settings->wanted[i] < 0 && (bits & KEEP_WANTED (i)) != 0)
        settings->wanted[i] = (bits & KEEP_WANTED_ON (i)) != 0;
    }
  if (self->client == NULL)
    chat_session_set_abilities (self, (bits >> KEEP_ABILITY_SHIFT) & KEPT_ABILITIES);
  chat_session_settings_keep (self);
  notify_changes (self, before);
}

void
chat_session_settings_clear (ChatSession *self)
{
  Shown before = look (self);

  chat_session_settings_stop (self);
  self->settings = (ChatSessionSettings) { 0 };
  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    {
      self->settings.told[i] = self->settings.kept[i] = TRUE;
      self->settings.wanted[i] = -1;
    }
  notify_changes (self, before);
}

/* What the server says: by an answer, or as another device set it */

static void
build_account (ChatSession      *self,
               ChatSessionEvent *event,
               ChatStoreBatch   *batch)
{
  self->settings.kept_known = TRUE;
  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    self->settings.kept[i] = (event->id >> i) & 1;
  put (self, batch, self->settings.wanted);
}

static void
apply_account (ChatSession      *self,
               ChatSessionEvent *event,
               GPtrArray        *events)
{
  Shown before = look (self);

  self->settings.known = TRUE;
  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    self->settings.told[i] = (event->id >> i) & 1;
  notify_changes (self, before);
}

void
chat_session_feed_account (ChatSession            *self,
                           gboolean                receipts,
                           gboolean                typing,
                           gboolean                presence,
                           const ChatClientChange *change)
{
  ChatSessionEvent *event = chat_session_event_of (self, change);

  event->build = build_account;
  event->apply = apply_account;
  event->id = ((receipts != 0) << CHAT_SESSION_SENDS_RECEIPTS) | ((typing != 0) << CHAT_SESSION_SENDS_TYPING)
              | ((presence != 0) << CHAT_SESSION_SENDS_PRESENCE);
  chat_session_feed (self, event);
}

/* What was asked is over: what was not chosen anew meanwhile waits no longer */

static int
asked_of (gint64 asked,
          guint  i)
{
  return (int) ((asked >> (2 * i)) & 3) - 1;
}

static void
settle (ChatSession *self,
        gint64       asked,
        int         *wanted)
{
  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    wanted[i] = self->settings.wanted[i] == asked_of (asked, i) ? -1 : self->settings.wanted[i];
}

static void
build_end (ChatSession      *self,
           ChatSessionEvent *event,
           ChatStoreBatch   *batch)
{
  ChatSessionCall *call = event->data;
  int wanted[CHAT_SESSION_N_SETTINGS];

  settle (self, call->value, wanted);
  put (self, batch, wanted);
}

static void
apply_end (ChatSession      *self,
           ChatSessionEvent *event,
           GPtrArray        *events)
{
  ChatSessionCall *call = event->data;
  Shown before = look (self);

  settle (self, call->value, self->settings.wanted);
  /* Something else may have been chosen between the two */
  chat_session_settings_keep (self);
  notify_changes (self, before);
  if (!chat_session_call_is_current (call, self))
    return;
  self->settings.in_flight = FALSE;
  chat_session_settings_tell (self);
}

static gboolean
on_retry (gpointer user_data)
{
  ChatSession *self = user_data;

  self->settings.timer = 0;
  self->settings.in_flight = FALSE;
  chat_session_settings_tell (self);
  return G_SOURCE_REMOVE;
}

static void
on_told (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ChatSessionCall) call = user_data;
  g_autoptr (ChatSession) self = chat_session_call_get (call);
  g_autoptr (GError) error = NULL;
  gboolean done = chat_client_finish (CHAT_CLIENT (source), result, &error);
  ChatSessionEvent *event;

  if (self == NULL || !chat_session_call_is_current (call, self))
    return;
  if (!done && (g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_FAILED)
                || g_error_matches (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_RATE_LIMITED)))
    {
      guint seconds = chat_client_error_get_retry_after (error);

      g_message ("What others are told was not set: %s", error->message);
      self->settings.ask = self->settings.ask || call->id != 0;
      self->settings.timer = g_timeout_add_seconds (seconds > 0 ? MIN (seconds, MAX_RETRY_SECONDS) : RETRY_SECONDS, on_retry, self);
      return;
    }
  /* Not known whether it was done: the next connection tells it again */
  if (!done && !chat_client_is_open (CHAT_CLIENT (source)))
    return;
  if (!done)
    {
      g_message ("The server refuses to set what others are told: %s", error->message);
      if (call->value != 0)
        chat_session_emit_notice (self, _("The server did not take what you set for your privacy"));
    }
  event = chat_session_event_new ();
  event->build = build_end;
  event->apply = apply_end;
  event->data = g_steal_pointer (&call);
  event->free_data = (GDestroyNotify) chat_session_call_free;
  chat_session_feed (self, event);
}

/* One at a time, so that the last word is the last one that was chosen */
void
chat_session_settings_tell (ChatSession *self)
{
  ChatSessionSettings *settings = &self->settings;
  gint64 asked = 0;

  if (self->client == NULL || settings->in_flight || (chat_client_get_features (self->client) & ALL_FEATURES) == 0)
    return;
  for (guint i = 0; i < CHAT_SESSION_N_SETTINGS; i++)
    asked |= (gint64) (settings->wanted[i] + 1) << (2 * i);
  if (asked == 0 && !settings->ask)
    return;
  settings->in_flight = TRUE;
  chat_client_set_account_async (self->client, settings->wanted[CHAT_SESSION_SENDS_RECEIPTS],
                                 settings->wanted[CHAT_SESSION_SENDS_TYPING], settings->wanted[CHAT_SESSION_SENDS_PRESENCE], NULL,
                                 on_told, chat_session_call_new (self, self->client, settings->ask, asked));
  settings->ask = FALSE;
}

void
chat_session_settings_ask (ChatSession *self)
{
  self->settings.ask = TRUE;
  chat_session_settings_tell (self);
}

void
chat_session_settings_start (ChatSession *self)
{
  chat_session_settings_stop (self);
  chat_session_settings_keep (self);
  self->settings.ask = self->settings.ask || !self->settings.known;
}

void
chat_session_settings_stop (ChatSession *self)
{
  g_clear_handle_id (&self->settings.timer, g_source_remove);
  self->settings.in_flight = FALSE;
}

/* What the person sets */

static void
set (ChatSession        *self,
     ChatSessionSetting  setting,
     gboolean            value)
{
  Shown before;

  if (self->closed || self->login == NULL || (self->abilities & abilities[setting]) == 0
      || chat_session_get_setting (self, setting) == value)
    return;
  before = look (self);
  self->settings.wanted[setting] = value;
  chat_session_settings_keep (self);
  notify_changes (self, before);
  chat_session_settings_tell (self);
}

gboolean
chat_session_get_sends_receipts (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), TRUE);

  return chat_session_get_setting (self, CHAT_SESSION_SENDS_RECEIPTS);
}

gboolean
chat_session_get_sends_typing (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), TRUE);

  return chat_session_get_setting (self, CHAT_SESSION_SENDS_TYPING);
}

gboolean
chat_session_get_sends_presence (ChatSession *self)
{
  g_return_val_if_fail (CHAT_IS_SESSION (self), TRUE);

  return chat_session_get_setting (self, CHAT_SESSION_SENDS_PRESENCE);
}

void
chat_session_set_sends_receipts (ChatSession *self,
                                 gboolean     sends)
{
  g_return_if_fail (CHAT_IS_SESSION (self));

  set (self, CHAT_SESSION_SENDS_RECEIPTS, sends != FALSE);
}

void
chat_session_set_sends_typing (ChatSession *self,
                               gboolean     sends)
{
  g_return_if_fail (CHAT_IS_SESSION (self));

  set (self, CHAT_SESSION_SENDS_TYPING, sends != FALSE);
}

void
chat_session_set_sends_presence (ChatSession *self,
                                 gboolean     sends)
{
  g_return_if_fail (CHAT_IS_SESSION (self));

  set (self, CHAT_SESSION_SENDS_PRESENCE, sends != FALSE);
}
