/* chat-application-errand.c: what the desktop asks to be shown, remembered until the account is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-application-private.h"

#include <glib/gi18n.h>

#include "chat-new-conversation-dialog.h"
#include "chat-preferences-window.h"

/* So long a room that is not in the list yet, or the list itself, is waited for, once the account is there (milliseconds) */
#define ROOM_WAIT_MS (10 * 1000)

void
chat_application_drop_errand (ChatApplication *self)
{
  g_clear_handle_id (&self->errand_timer, g_source_remove);
  g_clear_handle_id (&self->errand_idle, g_source_remove);
  g_clear_pointer (&self->errand.server, g_free);
  g_clear_pointer (&self->errand.login, g_free);
  g_clear_pointer (&self->errand.text, g_free);
  g_clear_pointer (&self->errand.uri, chat_uri_free);
  self->errand = (ChatErrand) { CHAT_ERRAND_NONE };
}

void
chat_application_errand_room_chosen (ChatApplication *self)
{
  if (self->errand.kind == CHAT_ERRAND_ROOM && self->window != NULL && chat_window_get_room (CHAT_WINDOW (self->window)) != NULL)
    chat_application_drop_errand (self);
}

/* Asked for twice, it is one window */
static gboolean
present_if_open (GType type)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *one = toplevels; one != NULL; one = one->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (one->data, type) && gtk_widget_get_visible (one->data))
      {
        gtk_window_present (one->data);
        return TRUE;
      }
  return FALSE;
}

static gboolean
on_room_wait_over (gpointer user_data)
{
  ChatApplication *self = user_data;

  self->errand_timer = 0;
  self->errand.late = TRUE;
  chat_application_try_errand (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_rooms (ChatApplication *self)
{
  if (self->errand_timer == 0)
    self->errand_timer = g_timeout_add (ROOM_WAIT_MS, on_room_wait_over, self);
}

static void
try_room (ChatApplication *self)
{
  ChatWindow *window = CHAT_WINDOW (self->window);
  ChatRoom *room;

  if (g_ascii_strcasecmp (chat_session_get_server (self->session), self->errand.server) != 0
      || g_ascii_strcasecmp (chat_session_get_login (self->session), self->errand.login) != 0)
    {
      chat_application_drop_errand (self);
      chat_window_toast (window, _("That conversation belongs to another account"));
      return;
    }
  room = chat_room_list_lookup (chat_session_get_rooms (self->session), self->errand.room_id);
  if (room != NULL)
    {
      gint64 message_id = self->errand.message_id;

      chat_application_drop_errand (self);
      if (message_id > 0)
        chat_window_open_message (window, room, message_id);
      else
        chat_window_open_room (window, room);
    }
  else if (self->errand.late)
    {
      chat_application_drop_errand (self);
      chat_window_toast (window, _("That conversation is not there any more"));
    }
  else
    wait_for_rooms (self);
}

/* Whether somebody is met there already is asked when that is known */
static void
try_link (ChatApplication *self)
{
  g_autoptr (ChatUri) uri = NULL;

  if (chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT)
    {
      if (self->errand.told || chat_window_get_signing_in (CHAT_WINDOW (self->window)))
        return;
    }
  else if (!chat_room_list_get_loaded (chat_session_get_rooms (self->session)) && !self->errand.late
           && chat_uri_is_at (self->errand.uri, chat_session_get_server (self->session)))
    {
      wait_for_rooms (self);
      return;
    }
  uri = g_steal_pointer (&self->errand.uri);
  chat_application_drop_errand (self);
  chat_application_ask_link (self, uri);
}

void
chat_application_try_errand (ChatApplication *self)
{
  if (self->errand.kind == CHAT_ERRAND_NONE || self->window == NULL || self->restoring)
    return;
  if (self->errand.kind == CHAT_ERRAND_PREFERENCES)
    {
      chat_application_drop_errand (self);
      if (!present_if_open (CHAT_TYPE_PREFERENCES_WINDOW))
        gtk_window_present (GTK_WINDOW (chat_preferences_window_new (GTK_WINDOW (self->window), self->settings, self->session)));
      return;
    }
  if (self->errand.kind == CHAT_ERRAND_LINK)
    {
      try_link (self);
      return;
    }
  /* The window shows where to sign in, and the rest comes after that */
  if (chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT)
    return;
  if (self->errand.kind == CHAT_ERRAND_ROOM)
    try_room (self);
  else if (self->errand.kind == CHAT_ERRAND_FIND)
    {
      g_autofree char *text = g_steal_pointer (&self->errand.text);

      chat_application_drop_errand (self);
      chat_window_find_room (CHAT_WINDOW (self->window), text);
    }
  else
    {
      chat_application_drop_errand (self);
      if (!present_if_open (CHAT_TYPE_NEW_CONVERSATION_DIALOG))
        chat_window_new_conversation (CHAT_WINDOW (self->window), NULL);
    }
}

static gboolean
on_rooms_idle (gpointer user_data)
{
  ChatApplication *self = user_data;

  self->errand_idle = 0;
  chat_application_try_errand (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: others that follow the list may not have heard of the change */
static void
on_rooms_changed (ChatApplication *self)
{
  if (self->errand.kind != CHAT_ERRAND_NONE && self->errand_idle == 0)
    self->errand_idle = g_idle_add (on_rooms_idle, self);
}

void
chat_application_begin_errand (ChatApplication *self,
                               ChatErrand       errand)
{
  chat_application_drop_errand (self);
  self->errand = errand;
  chat_application_show (self);
  if (errand.kind == CHAT_ERRAND_ROOM)
    chat_window_expect_room (CHAT_WINDOW (self->window));
  chat_application_try_errand (self);
}

static void
open_room_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  ChatErrand errand = { CHAT_ERRAND_ROOM };

  g_variant_get (parameter, "(ssx)", &errand.server, &errand.login, &errand.room_id);
  chat_application_begin_errand (user_data, errand);
}

static void
begin_conversation_action (GSimpleAction *action,
                           GVariant      *parameter,
                           gpointer       user_data)
{
  chat_application_begin_errand (user_data, (ChatErrand) { CHAT_ERRAND_NEW_CONVERSATION });
}

static void
preferences_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  chat_application_begin_errand (user_data, (ChatErrand) { CHAT_ERRAND_PREFERENCES });
}

static void
open_link_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  chat_application_open_link (user_data, g_variant_get_string (parameter, NULL));
}

void
chat_application_add_errand_actions (ChatApplication *self)
{
  static const GActionEntry actions[] = {
    { "open-room", open_room_action, "(ssx)" },
    { "begin-conversation", begin_conversation_action },
    { "preferences", preferences_action },
    { "open-link", open_link_action, "s" },
  };
  ChatRoomList *rooms = chat_session_get_rooms (self->session);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (rooms, "items-changed", G_CALLBACK (on_rooms_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rooms, "notify::loaded", G_CALLBACK (on_rooms_changed), self, G_CONNECT_SWAPPED);
}
