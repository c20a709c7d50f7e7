/* chat-window-private.h: what the files of the window share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-window.h"

#include "chat-connection-banner.h"
#include "chat-conversation.h"
#include "chat-notice-bar.h"
#include "chat-room-list-view.h"
#include "chat-sign-in-page.h"

G_BEGIN_DECLS

struct _ChatWindow
{
  AdwApplicationWindow parent_instance;

  ChatSession *session;
  GSettings *settings;
  ChatRoom *room;
  GSignalGroup *room_signals;
  guint title_timer;              /* while the title tells how long ago something was */
  GtkWidget *delete_dialog;       /* weak: asks whether to delete delete_room */
  ChatRoom *delete_room;
  gboolean loading;
  gboolean signing_in_again;      /* the server has forgotten us; the rooms are still here */
  gboolean room_restored;
  AdwToast *removed_toast;        /* weak: tells of the n_removed rooms that went while it waits or shows */
  guint n_removed;
  int zone;                       /* the part that had the keyboard last */
  guint focus_idle;

  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  ChatNoticeBar *notice_bar;
  GtkSpinner *loading_spinner;
  GtkWidget *cancel_sign_in_button;
  ChatSignInPage *sign_in_page;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  AdwWindowTitle *account_title;
  ChatConnectionBanner *sidebar_banner;
  ChatRoomListView *room_list_view;
  GtkWidget *content;
  AdwWindowTitle *room_title;
  GtkWidget *room_menu_button;
  ChatConnectionBanner *content_banner;
  GtkStack *content_stack;
  ChatConversation *conversation;
};

/** chat_window_update_page: shows the page that the state asks for */
void chat_window_update_page     (ChatWindow      *self);
/** chat_window_is_main: the conversations are shown, not the page to sign in */
gboolean chat_window_is_main     (ChatWindow      *self);
/** chat_window_watch_focus: where what had the keyboard goes away, it is given to what is nearest */
void chat_window_watch_focus     (ChatWindow      *self);
/** chat_window_close_room: no room is open; folded, the list shows */
void chat_window_close_room      (ChatWindow      *self);
/** chat_window_update_titles: the titles say who, where, and what the other person does */
void chat_window_update_titles   (ChatWindow      *self);
/** chat_window_install_actions: the actions of chat-window.h, and their keys */
void chat_window_install_actions (GtkWidgetClass  *widget_class);

G_END_DECLS
