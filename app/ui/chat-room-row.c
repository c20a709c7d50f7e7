/* chat-room-row.c: one room in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-room-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-clock.h"
#include "chat-format.h"
#include "chat-message-row.h"

/* Past this a badge says "99+": more digits tell a person nothing, and push the preview away. */
#define MAX_BADGE 99

struct _ChatRoomRow
{
  GtkWidget parent_instance;

  ChatRoom *room;
  GSignalGroup *room_signals;
  GSignalGroup *message_signals;

  AdwAvatar *avatar;
  GtkWidget *online_image;
  GtkLabel *name_label;
  GtkLabel *time_label;
  GtkLabel *preview_label;
  GtkLabel *badge_label;
  GtkWidget *muted_image;
  GtkWidget *pinned_image;
  GtkImage *state_image;
};

enum
{
  PROP_0,
  PROP_ROOM,
  N_PROPS
};

enum
{
  MENU_REQUESTED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatRoomRow, chat_room_row, GTK_TYPE_WIDGET)

GtkWidget *
chat_room_row_new (void)
{
  return g_object_new (CHAT_TYPE_ROOM_ROW, NULL);
}

ChatRoom *
chat_room_row_get_room (ChatRoomRow *self)
{
  g_return_val_if_fail (CHAT_IS_ROOM_ROW (self), NULL);

  return self->room;
}

static gboolean
is_unread (ChatRoom *room)
{
  return chat_room_get_unread_count (room) > 0 || chat_room_get_marked_unread (room);
}

static gint64
room_time (ChatRoom *room)
{
  ChatMessage *message = chat_room_get_last_message (room);

  if (message != NULL && chat_message_get_date (message) != 0)
    return chat_message_get_date (message);
  return chat_room_get_activity (room);
}

char *
chat_room_row_describe (ChatRoomRow *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *preview = NULL;
  g_autofree char *typing = NULL;
  ChatMessage *message;
  const char *time;
  guint count;

  g_return_val_if_fail (CHAT_IS_ROOM_ROW (self), NULL);

  if (self->room == NULL)
    return g_strdup ("");

  message = chat_room_get_last_message (self->room);
  g_ptr_array_add (parts, g_strdup (chat_room_get_name (self->room)));
  count = chat_room_get_unread_count (self->room);
  if (count > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u unread message", "%u unread messages", count), count));
  else if (chat_room_get_marked_unread (self->room))
    g_ptr_array_add (parts, g_strdup (_("marked as unread")));
  if (chat_room_get_presence (self->room) == CHAT_PRESENCE_ONLINE)
    g_ptr_array_add (parts, g_strdup (_("online")));
  typing = chat_format_typing (self->room);
  if (*typing != '\0')
    g_ptr_array_add (parts, chat_format_without_marks (typing));
  preview = chat_format_preview (self->room);
  if (*preview != '\0')
    g_ptr_array_add (parts, chat_format_without_marks (preview));
  /* That it waits or has failed stands in the preview */
  if (message != NULL && chat_message_get_outgoing (message) && chat_room_get_draft (self->room) == NULL
      && chat_message_get_state (message) == CHAT_MESSAGE_SENT)
    g_ptr_array_add (parts, g_strdup (chat_message_row_state_in_words (message)));
  time = gtk_label_get_text (self->time_label);
  if (*time != '\0')
    g_ptr_array_add (parts, g_strdup (time));
  if (chat_room_get_pinned (self->room))
    g_ptr_array_add (parts, g_strdup (_("pinned")));
  if (chat_room_get_muted (self->room))
    g_ptr_array_add (parts, g_strdup (_("muted")));
  g_ptr_array_add (parts, NULL);
  /* Translators: stands between the parts of a room that a screen reader says: name, unread count, message, time */
  return g_strjoinv (_(", "), (char **) parts->pdata);
}

static void
update_accessible (ChatRoomRow *self)
{
  g_autofree char *words = chat_room_row_describe (self);

  chat_accessible_set_row_label (GTK_WIDGET (self), words);
}

static void
update_name (ChatRoomRow *self)
{
  const char *name = chat_room_get_name (self->room);

  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->name_label, name);
}

void
chat_room_row_refresh_time (ChatRoomRow *self)
{
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *text = NULL;
  ChatMessage *message;

  g_return_if_fail (CHAT_IS_ROOM_ROW (self));

  if (self->room == NULL)
    return;

  now = g_date_time_new_now_local ();
  message = chat_room_get_last_message (self->room);
  if (message != NULL)
    text = chat_format_short_date (room_time (self->room), now);
  if (g_strcmp0 (gtk_label_get_label (self->time_label), text != NULL ? text : "") == 0)
    return;
  gtk_label_set_label (self->time_label, text);
  update_accessible (self);
}

/* Each state has a shape of its own: those of the bubbles. Returns: the icon; @words: what it means */
static const char *
state_icon (ChatMessage  *message,
            const char  **words)
{
  *words = chat_message_row_state_in_words (message);
  switch (chat_message_get_state (message))
    {
    case CHAT_MESSAGE_FAILED:
      if (chat_message_get_failure (message) != NULL)
        *words = chat_message_get_failure (message);
      return "dialog-warning-symbolic";
    case CHAT_MESSAGE_WAITING:
      return "chat-waiting-symbolic";
    case CHAT_MESSAGE_SENDING:
      return "chat-sending-symbolic";
    case CHAT_MESSAGE_SENT:
    default:
      break;
    }
  switch (chat_message_get_receipt (message))
    {
    case CHAT_MESSAGE_READ:
      return "chat-read-symbolic";
    case CHAT_MESSAGE_DELIVERED:
      return "chat-delivered-symbolic";
    case CHAT_MESSAGE_NO_RECEIPT:
    default:
      return "chat-sent-symbolic";
    }
}

/* Who types now is more urgent than what was written before */
static void
update_message (ChatRoomRow *self)
{
  ChatMessage *message = chat_room_get_last_message (self->room);
  const char *draft = chat_room_get_draft (self->room);
  g_autofree char *typing = chat_format_typing (self->room);
  g_autofree char *preview = chat_format_preview (self->room);
  const char *icon = NULL;
  const char *words = NULL;

  if (*typing != '\0')
    {
      gtk_label_set_label (self->preview_label, typing);
      gtk_widget_add_css_class (GTK_WIDGET (self->preview_label), "typing");
    }
  else
    {
      gtk_label_set_label (self->preview_label, preview);
      gtk_widget_remove_css_class (GTK_WIDGET (self->preview_label), "typing");
      if (draft != NULL && *draft != '\0')
        icon = "document-edit-symbolic";
      else if (message != NULL && chat_message_get_outgoing (message))
        icon = state_icon (message, &words);
    }
  gtk_image_set_from_icon_name (self->state_image, icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state_image), words);
  gtk_widget_set_visible (GTK_WIDGET (self->state_image), icon != NULL);
}

static void
update_marks (ChatRoomRow *self)
{
  guint count = chat_room_get_unread_count (self->room);
  gboolean muted = chat_room_get_muted (self->room);
  gboolean unread = is_unread (self->room);
  g_autofree char *badge = NULL;

  if (count > MAX_BADGE)
    badge = g_strdup_printf ("%u+", (guint) MAX_BADGE);
  else if (count > 0)
    badge = g_strdup_printf ("%u", count);
  else
    badge = g_strdup ("•");
  gtk_label_set_label (self->badge_label, badge);
  gtk_widget_set_visible (GTK_WIDGET (self->badge_label), unread);
  gtk_widget_set_visible (self->muted_image, muted);
  gtk_widget_set_visible (self->online_image, chat_room_get_presence (self->room) == CHAT_PRESENCE_ONLINE);
  gtk_widget_set_visible (self->pinned_image, chat_room_get_pinned (self->room));
  if (muted)
    gtk_widget_add_css_class (GTK_WIDGET (self), "muted");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "muted");
  if (unread)
    gtk_widget_add_css_class (GTK_WIDGET (self), "unread");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unread");
}

static void
on_message_notify (ChatRoomRow *self)
{
  if (self->room == NULL)
    return;
  update_message (self);
  chat_room_row_refresh_time (self);
  update_accessible (self);
}

static void
on_last_message_notify (ChatRoomRow *self)
{
  if (self->room == NULL)
    return;
  g_signal_group_set_target (self->message_signals, chat_room_get_last_message (self->room));
  on_message_notify (self);
}

static void
on_name_notify (ChatRoomRow *self)
{
  if (self->room == NULL)
    return;
  update_name (self);
  on_message_notify (self);
}

static void
on_marks_notify (ChatRoomRow *self)
{
  if (self->room == NULL)
    return;
  update_marks (self);
  update_accessible (self);
}

void
chat_room_row_set_room (ChatRoomRow *self,
                        ChatRoom    *room)
{
  g_return_if_fail (CHAT_IS_ROOM_ROW (self));
  g_return_if_fail (room == NULL || CHAT_IS_ROOM (room));

  if (!g_set_object (&self->room, room))
    return;

  g_signal_group_set_target (self->room_signals, room);
  g_signal_group_set_target (self->message_signals, room != NULL ? chat_room_get_last_message (room) : NULL);
  if (room != NULL)
    {
      update_name (self);
      update_message (self);
      update_marks (self);
      chat_room_row_refresh_time (self);
      update_accessible (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

static void
row_open (GtkWidget  *widget,
          const char *action_name,
          GVariant   *parameter)
{
  ChatRoomRow *self = CHAT_ROOM_ROW (widget);

  if (self->room != NULL)
    gtk_widget_activate_action (widget, "win.open-room", "x", chat_room_get_id (self->room));
}

static void
row_menu (GtkWidget  *widget,
          const char *action_name,
          GVariant   *parameter)
{
  g_signal_emit (widget, signals[MENU_REQUESTED], 0);
}

static void
chat_room_row_dispose (GObject *object)
{
  ChatRoomRow *self = CHAT_ROOM_ROW (object);
  GtkWidget *child;

  if (self->room_signals != NULL)
    g_signal_group_set_target (self->room_signals, NULL);
  if (self->message_signals != NULL)
    g_signal_group_set_target (self->message_signals, NULL);
  g_clear_object (&self->room_signals);
  g_clear_object (&self->message_signals);
  g_clear_object (&self->room);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (chat_room_row_parent_class)->dispose (object);
}

static void
chat_room_row_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  ChatRoomRow *self = CHAT_ROOM_ROW (object);

  switch (prop_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_row_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  ChatRoomRow *self = CHAT_ROOM_ROW (object);

  switch (prop_id)
    {
    case PROP_ROOM:
      chat_room_row_set_room (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_room_row_class_init (ChatRoomRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_room_row_dispose;
  object_class->get_property = chat_room_row_get_property;
  object_class->set_property = chat_room_row_set_property;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CHAT_TYPE_ROOM,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[MENU_REQUESTED] = g_signal_new ("menu-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (ADW_TYPE_AVATAR);
  /* What is nothing in particular can have no name since GTK 4.10. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-room-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, online_image);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, preview_label);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, badge_label);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, muted_image);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, pinned_image);
  gtk_widget_class_bind_template_child (widget_class, ChatRoomRow, state_image);
  gtk_widget_class_install_action (widget_class, "row.open", NULL, row_open);
  gtk_widget_class_install_action (widget_class, "row.menu", NULL, row_menu);
}

static void
chat_room_row_init (ChatRoomRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->room_signals = g_signal_group_new (CHAT_TYPE_ROOM);
  g_signal_group_connect_swapped (self->room_signals, "notify::name", G_CALLBACK (on_name_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::last-message", G_CALLBACK (on_last_message_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::draft", G_CALLBACK (on_message_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::typing", G_CALLBACK (on_message_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::presence", G_CALLBACK (on_marks_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::unread-count", G_CALLBACK (on_marks_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::marked-unread", G_CALLBACK (on_marks_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::pinned", G_CALLBACK (on_marks_notify), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::muted", G_CALLBACK (on_marks_notify), self);
  g_signal_connect_object (chat_clock_get_default (), "notify", G_CALLBACK (chat_room_row_refresh_time), self, G_CONNECT_SWAPPED);
  self->message_signals = g_signal_group_new (CHAT_TYPE_MESSAGE);
  g_signal_group_connect_swapped (self->message_signals, "notify::text", G_CALLBACK (on_message_notify), self);
  g_signal_group_connect_swapped (self->message_signals, "notify::state", G_CALLBACK (on_message_notify), self);
  g_signal_group_connect_swapped (self->message_signals, "notify::receipt", G_CALLBACK (on_message_notify), self);
  g_signal_group_connect_swapped (self->message_signals, "notify::date", G_CALLBACK (on_message_notify), self);

  chat_accessible_follow_map (GTK_WIDGET (self));
}
