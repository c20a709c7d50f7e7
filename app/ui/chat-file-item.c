/* chat-file-item.c: one image or file of a room, in a list of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-file-item.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-attachment-words.h"
#include "chat-compat.h"
#include "chat-file-acts.h"
#include "chat-format.h"

typedef struct
{
  ChatMessage    *message;
  ChatAttachment *attachment;
  gulong          attachment_id;
  GtkListItem    *item;         /* (not owned) */
  GtkWidget      *child;        /* (nullable) */
  GtkWidget      *menu;         /* (nullable) */
} ChatFileItemPrivate;

enum
{
  REQUESTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ChatFileItem, chat_file_item, GTK_TYPE_WIDGET)

static ChatFileItemPrivate *
get (ChatFileItem *self)
{
  return chat_file_item_get_instance_private (self);
}

static void
update_label (ChatFileItem *self)
{
  ChatFileItemPrivate *priv = get (self);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (chat_message_get_date (priv->message) / G_USEC_PER_SEC);
  g_autofree char *file = chat_attachment_describe (priv->message);
  g_autofree char *day = date != NULL ? g_date_time_format (date, "%x") : g_strdup ("");
  g_autofree char *sender = chat_format_line (chat_message_get_sender (priv->message), 60);
  /* Translators: a file for a screen reader: who sent it; name, size, state; the day */
  g_autofree char *label = g_strdup_printf (_("%s: %s, %s"), chat_message_get_outgoing (priv->message) ? _("You") : sender, file, day);

  if (priv->item == NULL)
    {
      chat_accessible_set_label (GTK_WIDGET (self), label);
      return;
    }
  chat_accessible_set_row_label (GTK_WIDGET (self), label);
  chat_compat_name_list_item (priv->item, label);
}

static void
attachment_notify_cb (ChatFileItem *self,
                      GParamSpec   *pspec)
{
  CHAT_FILE_ITEM_GET_CLASS (self)->changed (self, pspec->name);
  /* Nobody wants to hear each step */
  if (!g_str_equal (pspec->name, "done"))
    update_label (self);
}

static void
unparent_menu (GtkWidget *menu)
{
  if (gtk_widget_get_parent (menu) != NULL)
    gtk_widget_unparent (menu);
  g_object_unref (menu);
}

/* What the person chose is done after this */
static void
menu_closed_cb (ChatFileItem *self)
{
  GtkWidget *menu = g_steal_pointer (&get (self)->menu);

  if (menu != NULL)
    g_idle_add_once ((GSourceOnceFunc) unparent_menu, g_object_ref (menu));
}

static void
close_menu (ChatFileItem *self)
{
  if (get (self)->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (get (self)->menu));
}

void
chat_file_item_open_menu (ChatFileItem *self,
                          double        x,
                          double        y)
{
  ChatFileItemPrivate *priv = get (self);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) second = g_menu_new ();
  g_autoptr (GMenu) third = g_menu_new ();

  g_return_if_fail (CHAT_IS_FILE_ITEM (self));

  if (priv->message == NULL)
    return;

  close_menu (self);
  if (x < 0 || y < 0)
    {
      x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.;
      y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.;
    }
  chat_file_acts_add_items (priv->message, first, second);
  if (chat_message_get_id (priv->message) > 0)
    g_menu_append (third, _("Show in Con_versation"), "message.show-in-conversation");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (third));
  priv->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_popover_set_has_arrow (GTK_POPOVER (priv->menu), FALSE);
  gtk_popover_set_position (GTK_POPOVER (priv->menu), GTK_POS_BOTTOM);
  gtk_popover_set_pointing_to (GTK_POPOVER (priv->menu), &(GdkRectangle) { x, y, 1, 1 });
  gtk_widget_set_halign (priv->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (priv->menu, GTK_WIDGET (self));
  chat_accessible_set_label (priv->menu, _("File"));
  g_signal_connect_object (priv->menu, "closed", G_CALLBACK (menu_closed_cb), self, G_CONNECT_SWAPPED);
  gtk_popover_popup (GTK_POPOVER (priv->menu));
}

void
chat_file_item_activate (ChatFileItem *self)
{
  static const char *const actions[] = { "view", "open", "start-transfer" };
  ChatFileItemPrivate *priv = get (self);

  g_return_if_fail (CHAT_IS_FILE_ITEM (self));

  for (guint i = 0; priv->message != NULL && i < G_N_ELEMENTS (actions); i++)
    if (chat_file_acts_can (priv->message, actions[i]))
      {
        g_signal_emit (self, signals[REQUESTED], 0, actions[i]);
        return;
      }
}

static void
request_cb (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  ChatFileItem *self = CHAT_FILE_ITEM (widget);

  if (get (self)->message == NULL)
    return;
  if (g_str_equal (action_name, "message.menu"))
    chat_file_item_open_menu (self, -1, -1);
  else
    g_signal_emit (self, signals[REQUESTED], 0, action_name + strlen ("message."));
}

static void
pressed_cb (GtkGesture   *gesture,
            int           n_press,
            double        x,
            double        y,
            ChatFileItem *self)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  chat_file_item_open_menu (self, x, y);
}

static void
long_pressed_cb (GtkGesture   *gesture,
                 double        x,
                 double        y,
                 ChatFileItem *self)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  chat_file_item_open_menu (self, x, y);
}

static GtkSizeRequestMode
chat_file_item_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
chat_file_item_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  GtkWidget *child = get (CHAT_FILE_ITEM (widget))->child;

  if (child != NULL)
    gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
chat_file_item_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  ChatFileItemPrivate *priv = get (CHAT_FILE_ITEM (widget));

  if (priv->child != NULL)
    gtk_widget_allocate (priv->child, width, height, baseline, NULL);
  if (priv->menu != NULL)
    gtk_popover_present (GTK_POPOVER (priv->menu));
}

static void
nothing_changed (ChatFileItem *self,
                 const char   *name)
{
}

static void
chat_file_item_dispose (GObject *object)
{
  ChatFileItem *self = CHAT_FILE_ITEM (object);

  chat_file_item_set_message (self, NULL, NULL);
  /* Its child, and menus that are closing */
  get (self)->child = NULL;
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL;)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (chat_file_item_parent_class)->dispose (object);
}

static void
chat_file_item_class_init (ChatFileItemClass *klass)
{
  static const char *const actions[] = {
    "message.menu", "message.view", "message.open", "message.copy-image", "message.save-as", "message.show-in-folder",
    "message.start-transfer", "message.pause-transfer", "message.cancel-transfer", "message.show-in-conversation"
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_file_item_dispose;
  widget_class->get_request_mode = chat_file_item_get_request_mode;
  widget_class->measure = chat_file_item_measure;
  widget_class->size_allocate = chat_file_item_size_allocate;
  klass->changed = nothing_changed;

  signals[REQUESTED] = g_signal_new ("requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                     G_TYPE_STRING);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, request_cb);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
chat_file_item_init (ChatFileItem *self)
{
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  chat_accessible_follow_map (GTK_WIDGET (self));
}

void
chat_file_item_set_message (ChatFileItem *self,
                            ChatMessage  *message,
                            GtkListItem  *item)
{
  ChatFileItemPrivate *priv = get (self);
  ChatAttachment *attachment;

  g_return_if_fail (CHAT_IS_FILE_ITEM (self));
  g_return_if_fail (message == NULL || CHAT_IS_MESSAGE (message));

  /* One that was deleted just now has none any more, and is about to leave the list */
  attachment = message != NULL ? chat_message_get_attachment (message) : NULL;
  if (attachment == NULL)
    message = NULL;
  priv->item = item;
  if (!g_set_object (&priv->message, message))
    return;

  close_menu (self);
  if (priv->attachment != NULL)
    g_clear_signal_handler (&priv->attachment_id, priv->attachment);
  g_set_object (&priv->attachment, attachment);
  if (attachment != NULL)
    {
      priv->attachment_id = g_signal_connect_swapped (attachment, "notify", G_CALLBACK (attachment_notify_cb), self);
      update_label (self);
    }
  CHAT_FILE_ITEM_GET_CLASS (self)->changed (self, NULL);
}

ChatMessage *
chat_file_item_get_message (ChatFileItem *self)
{
  g_return_val_if_fail (CHAT_IS_FILE_ITEM (self), NULL);

  return get (self)->message;
}

ChatAttachment *
chat_file_item_get_attachment (ChatFileItem *self)
{
  g_return_val_if_fail (CHAT_IS_FILE_ITEM (self), NULL);

  return get (self)->attachment;
}

void
chat_file_item_set_child (ChatFileItem *self,
                          GtkWidget    *child)
{
  g_return_if_fail (CHAT_IS_FILE_ITEM (self));

  get (self)->child = child;
  gtk_widget_set_parent (child, GTK_WIDGET (self));
}
