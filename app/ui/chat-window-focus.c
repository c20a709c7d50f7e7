/* chat-window-focus.c: which part of the window has the keyboard
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-window-private.h"

#include "chat-composer.h"

typedef enum
{
  ZONE_LIST,
  ZONE_TIMELINE,
  ZONE_COMPOSER,
  N_ZONES
} Zone;

static Zone
get_focus_zone (ChatWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->conversation)))
    return ZONE_LIST;
  if (gtk_widget_get_ancestor (focus, CHAT_TYPE_COMPOSER) != NULL)
    return ZONE_COMPOSER;
  return ZONE_TIMELINE;
}

static gboolean
focus_zone (ChatWindow *self,
            Zone        zone)
{
  if (zone == ZONE_LIST)
    return chat_room_list_view_focus_list (self->room_list_view);
  if (zone == ZONE_TIMELINE)
    return chat_conversation_focus_timeline (self->conversation);
  return chat_conversation_focus_composer (self->conversation);
}

void
chat_window_cycle_focus (ChatWindow *self,
                         int         step)
{
  Zone zone;

  g_return_if_fail (CHAT_IS_WINDOW (self));

  if (!chat_window_is_main (self))
    return;
  zone = self->room != NULL ? (get_focus_zone (self) + N_ZONES + step) % N_ZONES : ZONE_LIST;
  adw_leaflet_set_visible_child (self->leaflet, zone == ZONE_LIST ? self->sidebar : self->content);
  focus_zone (self, zone);
}

static gboolean
on_focus_lost (gpointer user_data)
{
  ChatWindow *self = user_data;
  Zone zone = self->zone;

  self->focus_idle = 0;
  /* Whoever took it away may have given it to something else by now */
  if (gtk_root_get_focus (GTK_ROOT (self)) != NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE;

  if (!chat_window_is_main (self))
    {
      gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
      return G_SOURCE_REMOVE;
    }
  if (self->room == NULL || (adw_leaflet_get_folded (self->leaflet) && adw_leaflet_get_visible_child (self->leaflet) == self->sidebar))
    zone = ZONE_LIST;
  else if (adw_leaflet_get_folded (self->leaflet) && zone == ZONE_LIST)
    zone = ZONE_COMPOSER;
  if (!focus_zone (self, zone) && (zone != ZONE_TIMELINE || !focus_zone (self, ZONE_COMPOSER)))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}

static void
on_focus_notify (ChatWindow *self)
{
  if (gtk_root_get_focus (GTK_ROOT (self)) != NULL)
    self->zone = get_focus_zone (self);
  else if (self->focus_idle == 0)
    self->focus_idle = g_idle_add (on_focus_lost, self);
}

void
chat_window_watch_focus (ChatWindow *self)
{
  g_signal_connect (self, "notify::focus-widget", G_CALLBACK (on_focus_notify), NULL);
}
