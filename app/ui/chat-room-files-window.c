/* chat-room-files-window.c: all images and files of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-room-files-window.h"

#include "chat-accessible.h"
#include "chat-file-acts.h"
#include "chat-file-row.h"
#include "chat-format.h"
#include "chat-image-grid.h"
#include "chat-image-tile.h"
#include "chat-session-media.h"
#include "chat-toast.h"

#define MAX_NAME 60
/* How much more than what is seen is there below it (heights of the view) */
#define PAGES_AHEAD 3

struct _ChatRoomFilesWindow
{
  AdwWindow        parent_instance;

  ChatSession     *session;
  ChatFileList    *images;
  ChatFileList    *files;

  guint            fill_source;
  gboolean         focused;

  AdwToastOverlay *toasts;
  AdwViewSwitcherTitle *switcher;
  AdwViewStack    *pages;
  GtkStack        *images_stack;
  GtkWidget       *images_scrolled;
  ChatImageGrid   *images_view;
  GtkStack        *files_stack;
  GtkWidget       *files_scrolled;
  GtkWidget       *files_view;
};

enum
{
  VIEW,
  SHOW_IN_CONVERSATION,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatRoomFilesWindow, chat_room_files_window, ADW_TYPE_WINDOW)

/* Items */

static void
requested_cb (ChatRoomFilesWindow *self,
              const char          *action,
              ChatFileItem        *item)
{
  g_autoptr (ChatMessage) message = g_object_ref (chat_file_item_get_message (item));

  if (g_str_equal (action, "view"))
    {
      if (chat_file_acts_can (message, action))
        g_signal_emit (self, signals[VIEW], 0, message);
    }
  else if (g_str_equal (action, "show-in-conversation"))
    {
      if (chat_message_get_id (message) > 0)
        g_signal_emit (self, signals[SHOW_IN_CONVERSATION], 0, message);
    }
  else
    {
      chat_file_acts_do (self->session, GTK_WIDGET (self), message, action);
    }
}

static void
on_tile_made (ChatRoomFilesWindow *self,
              ChatImageTile       *tile)
{
  g_signal_connect_object (tile, "requested", G_CALLBACK (requested_cb), self, G_CONNECT_SWAPPED);
}

static void
on_seen (ChatRoomFilesWindow *self,
         ChatMessage         *message)
{
  if (chat_message_get_attachment (message) != NULL)
    chat_session_look_at (self->session, message);
}

static void
setup_cb (ChatRoomFilesWindow *self,
          GtkListItem         *item)
{
  GtkWidget *row = chat_file_row_new ();

  g_signal_connect_object (row, "requested", G_CALLBACK (requested_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (ChatRoomFilesWindow *self,
         GtkListItem         *item)
{
  chat_file_item_set_message (CHAT_FILE_ITEM (gtk_list_item_get_child (item)), gtk_list_item_get_item (item), item);
}

static void
unbind_cb (ChatRoomFilesWindow *self,
           GtkListItem         *item)
{
  chat_file_item_set_message (CHAT_FILE_ITEM (gtk_list_item_get_child (item)), NULL, NULL);
}

static ChatFileItem *
find_item (GtkWidget *view,
           gpointer   message)
{
  for (GtkWidget *cell = gtk_widget_get_first_child (view); cell != NULL; cell = gtk_widget_get_next_sibling (cell))
    {
      GtkWidget *child = gtk_widget_get_first_child (cell);

      if (CHAT_IS_FILE_ITEM (child) && chat_file_item_get_message (CHAT_FILE_ITEM (child)) == message)
        return CHAT_FILE_ITEM (child);
    }

  return NULL;
}

static void
on_activate (GtkWidget           *view,
             guint                position,
             ChatRoomFilesWindow *self)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (self->files), position);
  ChatFileItem *item = message != NULL ? find_item (view, message) : NULL;

  if (item != NULL)
    chat_file_item_activate (item);
}

/* Keys */

static ChatFileItem *
focused_item (ChatRoomFilesWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *child = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
    return NULL;

  return CHAT_IS_FILE_ITEM (child) ? CHAT_FILE_ITEM (child) :
         focus != NULL ? CHAT_FILE_ITEM (gtk_widget_get_ancestor (focus, CHAT_TYPE_FILE_ITEM)) : NULL;
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatRoomFilesWindow   *self)
{
  ChatFileItem *item = focused_item (self);

  modifiers &= gtk_accelerator_get_default_mod_mask ();
  if (keyval == GDK_KEY_Escape && modifiers == 0)
    {
      gtk_window_close (GTK_WINDOW (self));
      return GDK_EVENT_STOP;
    }
  if (item != NULL && ((keyval == GDK_KEY_Menu && modifiers == 0) || (keyval == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK)))
    {
      chat_file_item_open_menu (item, -1, -1);
      return GDK_EVENT_STOP;
    }
  if (item != NULL && keyval == GDK_KEY_s && modifiers == GDK_CONTROL_MASK)
    return gtk_widget_activate_action (GTK_WIDGET (item), "message.save-as", NULL);

  return GDK_EVENT_PROPAGATE;
}

/* Pages */

static void
update_page (GtkStack     *stack,
             ChatFileList *list)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (list)) > 0;

  gtk_stack_set_visible_child_name (stack, any ? "list" : chat_file_list_get_loading (list) ? "loading" :
                                           chat_file_list_get_failed (list) ? "failed" : "empty");
}

/* More where the end comes into sight */
static void
fill_page (GtkWidget    *scrolled,
           ChatFileList *list)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  double page = gtk_adjustment_get_page_size (adjustment);

  if (gtk_widget_get_mapped (scrolled) && page > 0 && chat_file_list_get_has_more (list) && !chat_file_list_get_loading (list) &&
      gtk_adjustment_get_value (adjustment) + PAGES_AHEAD * page >= gtk_adjustment_get_upper (adjustment))
    chat_file_list_load_more (list);
}

static gboolean
fill_cb (gpointer user_data)
{
  ChatRoomFilesWindow *self = user_data;

  self->fill_source = 0;
  /* Once: the keys are for the list, not for the switch above it */
  if (!self->focused && gtk_widget_get_mapped (self->images_scrolled))
    self->focused = gtk_widget_grab_focus (GTK_WIDGET (self->images_view));
  else if (!self->focused && gtk_widget_get_mapped (self->files_scrolled))
    self->focused = gtk_widget_grab_focus (self->files_view);
  fill_page (self->images_scrolled, self->images);
  fill_page (self->files_scrolled, self->files);
  return G_SOURCE_REMOVE;
}

/* After the layout that is to come */
static void
fill_soon (ChatRoomFilesWindow *self)
{
  if (self->images != NULL && self->fill_source == 0)
    self->fill_source = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, fill_cb, self, NULL);
}

static void
update_pages (ChatRoomFilesWindow *self)
{
  update_page (self->images_stack, self->images);
  update_page (self->files_stack, self->files);
  fill_soon (self);
}

static void
load_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  chat_file_list_load_more (CHAT_ROOM_FILES_WINDOW (widget)->images);
  chat_file_list_load_more (CHAT_ROOM_FILES_WINDOW (widget)->files);
}

static void
tell_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  adw_toast_overlay_add_toast (CHAT_ROOM_FILES_WINDOW (widget)->toasts, chat_toast_new (g_variant_get_string (parameter, NULL)));
}

static void
chat_room_files_window_dispose (GObject *object)
{
  ChatRoomFilesWindow *self = CHAT_ROOM_FILES_WINDOW (object);

  g_clear_handle_id (&self->fill_source, g_source_remove);
  g_clear_object (&self->images);
  g_clear_object (&self->files);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chat_room_files_window_parent_class)->dispose (object);
}

static void
chat_room_files_window_class_init (ChatRoomFilesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_room_files_window_dispose;

  signals[VIEW] = g_signal_new ("view", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                CHAT_TYPE_MESSAGE);
  signals[SHOW_IN_CONVERSATION] = g_signal_new ("show-in-conversation", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                NULL, G_TYPE_NONE, 1, CHAT_TYPE_MESSAGE);

  g_type_ensure (CHAT_TYPE_IMAGE_GRID);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-room-files-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, images_stack);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, images_scrolled);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, images_view);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, files_stack);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, files_scrolled);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomFilesWindow, files_view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_tile_made);
  gtk_widget_class_bind_template_callback (widget_class, on_seen);
  gtk_widget_class_install_action (widget_class, "file.tell", "s", tell_cb);
  gtk_widget_class_install_action (widget_class, "files.load", NULL, load_cb);
}

static void
chat_room_files_window_init (ChatRoomFilesWindow *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled[2];

  gtk_widget_init_template (GTK_WIDGET (self));
  scrolled[0] = self->images_scrolled;
  scrolled[1] = self->files_scrolled;
  chat_toast_watch (GTK_WIDGET (self->toasts));
  chat_accessible_follow_stack (self->images_stack);
  chat_accessible_follow_stack (self->files_stack);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->files_view), factory);
  for (guint i = 0; i < G_N_ELEMENTS (scrolled); i++)
    {
      GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled[i]));

      g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (fill_soon), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (adjustment, "changed", G_CALLBACK (fill_soon), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (scrolled[i], "map", G_CALLBACK (fill_soon), self, G_CONNECT_SWAPPED);
    }
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

GtkWidget *
chat_room_files_window_new (GtkWindow   *parent,
                            ChatSession *session,
                            ChatRoom    *room)
{
  ChatRoomFilesWindow *self;
  g_autofree char *name = NULL;

  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);
  g_return_val_if_fail (CHAT_IS_ROOM (room), NULL);

  self = g_object_new (CHAT_TYPE_ROOM_FILES_WINDOW, "transient-for", parent, NULL);
  name = chat_format_line (chat_room_get_name (room), MAX_NAME);
  adw_view_switcher_title_set_subtitle (self->switcher, name);
  self->session = g_object_ref (session);
  self->images = chat_session_get_room_files (session, room, TRUE);
  self->files = chat_session_get_room_files (session, room, FALSE);
  g_signal_connect_object (self->images, "items-changed", G_CALLBACK (update_pages), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "items-changed", G_CALLBACK (update_pages), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->images, "notify", G_CALLBACK (update_pages), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "notify", G_CALLBACK (update_pages), self, G_CONNECT_SWAPPED);
  chat_image_grid_set_model (self->images_view, G_LIST_MODEL (self->images));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->files_view),
                           GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->files)))));
  update_pages (self);

  return GTK_WIDGET (self);
}

ChatFileList *
chat_room_files_window_get_images (ChatRoomFilesWindow *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM_FILES_WINDOW (self), NULL);

  return self->images;
}
