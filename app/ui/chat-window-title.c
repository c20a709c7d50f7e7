/* chat-window-title.c: what stands in the header bars
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-window-private.h"

#include <glib/gi18n.h>

#include "chat-format.h"

/* "5 minutes ago" is never further off than this */
#define REFRESH_SECONDS 30

static gboolean
on_refresh (gpointer user_data)
{
  chat_window_update_titles (user_data);
  return G_SOURCE_CONTINUE;
}

/* What keeps one from talking is more important than what the other person does */
static char *
format_subtitle (ChatWindow *self)
{
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *typing = NULL;

  if (self->room == NULL)
    return g_strdup ("");
  switch (chat_session_get_state (self->session))
    {
    case CHAT_SESSION_CONNECTING:
      return g_strdup (_("Connecting…"));
    case CHAT_SESSION_WAITING:
      return g_strdup (_("Offline"));
    case CHAT_SESSION_REFUSED:
      return g_strdup (_("Not connected"));
    case CHAT_SESSION_SIGNED_OUT:
    case CHAT_SESSION_ONLINE:
    default:
      break;
    }
  typing = chat_format_typing (self->room);
  if (*typing != '\0')
    return g_steal_pointer (&typing);
  now = g_date_time_new_now_local ();
  return chat_format_presence (self->room, now);
}

void
chat_window_update_titles (ChatWindow *self)
{
  const char *login = chat_session_get_login (self->session);
  const char *server = chat_session_get_server (self->session);
  g_autofree char *subtitle = format_subtitle (self);
  gboolean ages = self->room != NULL && chat_room_get_presence (self->room) == CHAT_PRESENCE_AWAY;

  adw_window_title_set_title (self->account_title, login != NULL ? login : _("Chat"));
  adw_window_title_set_subtitle (self->account_title, server != NULL ? server : "");
  adw_window_title_set_title (self->room_title, self->room != NULL ? chat_room_get_name (self->room) : "");
  adw_window_title_set_subtitle (self->room_title, subtitle);
  /* A narrow window cuts it */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->room_title), *subtitle != '\0' ? subtitle : NULL);
  if (ages && self->title_timer == 0)
    self->title_timer = g_timeout_add_seconds (REFRESH_SECONDS, on_refresh, self);
  else if (!ages)
    g_clear_handle_id (&self->title_timer, g_source_remove);

  if (self->room != NULL)
    {
      /* Translators: the title of the window: the name of a room */
      g_autofree char *title = g_strdup_printf (_("%s – Chat"), chat_room_get_name (self->room));

      gtk_window_set_title (GTK_WINDOW (self), title);
    }
  else
    gtk_window_set_title (GTK_WINDOW (self), _("Chat"));
}
