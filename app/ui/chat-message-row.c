/* chat-message-row.c: one message in the timeline
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-message-row.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-attachment-words.h"
#include "chat-clock.h"
#include "chat-compat.h"
#include "chat-format.h"

/* What a screen reader says of a long message before one asks for more (characters) */
#define SPOKEN_CHARS 1000

/* Pixels */
#define MIN_WIDTH    160
#define NAT_WIDTH    420

struct _ChatMessageRow
{
  GtkWidget    parent_instance;

  ChatBubble  *bubble;
  ChatMessage *message;
  GtkListItem *item;      /* (not owned) */
  gulong       notify_id;

  ChatAttachment *attachment;     /* (nullable): that of the message */
  gulong          attachment_id;
};

enum
{
  REQUESTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatMessageRow, chat_message_row, GTK_TYPE_WIDGET)

const char *
chat_message_row_state_in_words (ChatMessage *message)
{
  switch (chat_message_get_state (message))
    {
    case CHAT_MESSAGE_WAITING:
      return _("Waiting for a connection");
    case CHAT_MESSAGE_SENDING:
      return _("Being sent");
    case CHAT_MESSAGE_FAILED:
      return _("Not sent");
    case CHAT_MESSAGE_SENT:
    default:
      if (!chat_message_get_outgoing (message))
        return _("Received");
      break;
    }
  switch (chat_message_get_receipt (message))
    {
    case CHAT_MESSAGE_READ:
      /* Translators: what became of a message that one has sent */
      return C_("state of a message", "Read");
    case CHAT_MESSAGE_DELIVERED:
      return C_("state of a message", "Delivered");
    case CHAT_MESSAGE_NO_RECEIPT:
    default:
      return _("Sent");
    }
}

char *
chat_message_row_describe (ChatMessage *message)
{
  GString *text = g_string_new (NULL);
  g_autofree char *time = chat_bubble_format_time (message);
  g_autofree char *body = NULL;

  if (chat_message_get_starts_day (message))
    {
      g_autofree char *day = chat_bubble_format_day (message);

      g_string_append_printf (text, "%s. ", day);
    }
  g_string_append_printf (text, "%s: ", chat_message_get_outgoing (message) ? _("You") : chat_message_get_sender (message));
  if (chat_message_get_content (message) == CHAT_MESSAGE_TEXT)
    {
      body = chat_text_harmless_line (chat_message_get_text (message), SPOKEN_CHARS);
      g_string_append (text, body);
    }
  else if (chat_message_get_attachment (message) != NULL)
    {
      body = chat_attachment_describe (message);
      g_string_append (text, body);
    }
  else
    {
      body = chat_text_file_name (chat_message_get_text (message));
      g_string_append_printf (text, chat_message_get_content (message) == CHAT_MESSAGE_IMAGE ? _("Image %s") : _("File %s"),
                              body);
    }
  g_string_append_printf (text, ", %s", time);
  if (chat_message_get_edited (message))
    g_string_append_printf (text, ", %s", _("edited"));
  if (chat_message_get_outgoing (message))
    g_string_append_printf (text, ", %s", chat_message_row_state_in_words (message));
  if (chat_message_get_failure (message) != NULL)
    g_string_append_printf (text, ": %s", chat_message_get_failure (message));

  return g_string_free (text, FALSE);
}

static void
update_label (ChatMessageRow *self)
{
  g_autofree char *label = NULL;

  if (self->message == NULL)
    return;

  label = chat_message_row_describe (self->message);
  chat_accessible_set_row_label (GTK_WIDGET (self), label);
  if (self->item != NULL)
    chat_compat_name_list_item (self->item, label);
}

static void
attachment_notify_cb (ChatMessageRow *self,
                      GParamSpec     *pspec)
{
  chat_bubble_attachment_changed (self->bubble);
  /* Nobody wants to hear each step */
  if (!g_str_equal (g_param_spec_get_name (pspec), "done"))
    update_label (self);
}

static void
follow_attachment (ChatMessageRow *self)
{
  ChatAttachment *attachment = self->message != NULL ? chat_message_get_attachment (self->message) : NULL;

  if (self->attachment == attachment)
    return;

  if (self->attachment != NULL)
    g_clear_signal_handler (&self->attachment_id, self->attachment);
  g_set_object (&self->attachment, attachment);
  if (attachment != NULL)
    self->attachment_id = g_signal_connect_swapped (attachment, "notify", G_CALLBACK (attachment_notify_cb), self);
}

static void
message_notify_cb (ChatMessageRow *self,
                   GParamSpec     *pspec)
{
  const char *name = g_param_spec_get_name (pspec);

  if (g_str_equal (name, "id"))
    return;
  if (g_str_equal (name, "text"))
    chat_bubble_select (self->bubble, 0, 0);
  if (g_str_equal (name, "attachment"))
    follow_attachment (self);

  /* Its places stay: there is room for each shape */
  if (g_str_equal (name, "receipt"))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  else
    chat_bubble_invalidate (self->bubble);
  update_label (self);
  if (g_str_equal (name, "state") && chat_message_get_state (self->message) == CHAT_MESSAGE_FAILED && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      g_autofree char *words = chat_message_row_describe (self->message);

      chat_compat_announce (GTK_WIDGET (self), words);
    }
}

static void
request_cb (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  g_signal_emit (widget, signals[REQUESTED], 0, action_name + strlen ("message."));
}

static GtkSizeRequestMode
chat_message_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* A list that need not fill its view is asked for its height without a width: that of the view is meant */
static int
view_width (ChatMessageRow *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW);
  int width = view != NULL ? gtk_widget_get_width (view) : 0;

  return width > 0 ? width : NAT_WIDTH;
}

static void
chat_message_row_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  ChatMessageRow *self = CHAT_MESSAGE_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NAT_WIDTH;
    }
  else
    {
      *minimum = *natural = chat_bubble_measure (self->bubble, MAX (for_size < 0 ? view_width (self) : for_size, MIN_WIDTH));
    }
}

static void
chat_message_row_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  chat_bubble_snapshot (CHAT_MESSAGE_ROW (widget)->bubble, snapshot, gtk_widget_get_width (widget));
}

static void
chat_message_row_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  /* Its menu is the only child that it may have */
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_present (GTK_POPOVER (child));
}

static void
chat_message_row_css_changed (GtkWidget         *widget,
                              GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (chat_message_row_parent_class)->css_changed (widget, change);

  /* Fonts and colours are in the layouts */
  if (CHAT_MESSAGE_ROW (widget)->message != NULL)
    chat_bubble_style_changed (CHAT_MESSAGE_ROW (widget)->bubble);
}

static void
chat_message_row_state_flags_changed (GtkWidget     *widget,
                                      GtkStateFlags  previous)
{
  const GtkStateFlags drawn = GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_FOCUS_VISIBLE;

  GTK_WIDGET_CLASS (chat_message_row_parent_class)->state_flags_changed (widget, previous);

  if (((gtk_widget_get_state_flags (widget) ^ previous) & drawn) != 0)
    gtk_widget_queue_draw (widget);
}

static void
chat_message_row_direction_changed (GtkWidget        *widget,
                                    GtkTextDirection  previous)
{
  GTK_WIDGET_CLASS (chat_message_row_parent_class)->direction_changed (widget, previous);

  chat_bubble_invalidate (CHAT_MESSAGE_ROW (widget)->bubble);
}

static void
chat_message_row_unmap (GtkWidget *widget)
{
  chat_bubble_set_on_screen (CHAT_MESSAGE_ROW (widget)->bubble, FALSE);

  GTK_WIDGET_CLASS (chat_message_row_parent_class)->unmap (widget);
}

static void
chat_message_row_dispose (GObject *object)
{
  ChatMessageRow *self = CHAT_MESSAGE_ROW (object);

  chat_message_row_set_message (self, NULL, FALSE, FALSE);
  self->item = NULL;

  G_OBJECT_CLASS (chat_message_row_parent_class)->dispose (object);
}

static void
chat_message_row_finalize (GObject *object)
{
  chat_bubble_free (CHAT_MESSAGE_ROW (object)->bubble);

  G_OBJECT_CLASS (chat_message_row_parent_class)->finalize (object);
}

static void
chat_message_row_class_init (ChatMessageRowClass *klass)
{
  static const char *actions[] = {
    "message.menu", "message.copy", "message.copy-link", "message.open-link", "message.edit", "message.delete",
    "message.retry", "message.discard", "message.details", "message.view", "message.open", "message.save-as", "message.show-in-folder", "message.copy-image",
    "message.start-transfer", "message.pause-transfer", "message.cancel-transfer"
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_message_row_dispose;
  object_class->finalize = chat_message_row_finalize;
  widget_class->get_request_mode = chat_message_row_get_request_mode;
  widget_class->measure = chat_message_row_measure;
  widget_class->size_allocate = chat_message_row_size_allocate;
  widget_class->snapshot = chat_message_row_snapshot;
  widget_class->unmap = chat_message_row_unmap;
  widget_class->css_changed = chat_message_row_css_changed;
  widget_class->state_flags_changed = chat_message_row_state_flags_changed;
  widget_class->direction_changed = chat_message_row_direction_changed;

  signals[REQUESTED] = g_signal_new ("requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_STRING);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, request_cb);
  gtk_widget_class_set_css_name (widget_class, "message");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
chat_message_row_init (ChatMessageRow *self)
{
  self->bubble = chat_bubble_new (GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  /* The keyboard goes to the row, a click does not: the list would scroll to a row that is partly out of sight */
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  chat_accessible_follow_map (GTK_WIDGET (self));
  g_signal_connect_object (chat_clock_get_default (), "notify", G_CALLBACK (chat_message_row_refresh), self, G_CONNECT_SWAPPED);
}

GtkWidget *
chat_message_row_new (void)
{
  return g_object_new (CHAT_TYPE_MESSAGE_ROW, NULL);
}

void
chat_message_row_set_item (ChatMessageRow *self,
                           GtkListItem    *item)
{
  g_return_if_fail (CHAT_IS_MESSAGE_ROW (self));

  self->item = item;
}

GtkListItem *
chat_message_row_get_item (ChatMessageRow *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_ROW (self), NULL);

  return self->item;
}

ChatMessage *
chat_message_row_get_message (ChatMessageRow *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_ROW (self), NULL);

  return self->message;
}

ChatBubble *
chat_message_row_get_bubble (ChatMessageRow *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_ROW (self), NULL);

  return self->bubble;
}

void
chat_message_row_set_message (ChatMessageRow *self,
                              ChatMessage    *message,
                              gboolean        starts_unread,
                              gboolean        shows_sender)
{
  g_return_if_fail (CHAT_IS_MESSAGE_ROW (self));
  g_return_if_fail (message == NULL || CHAT_IS_MESSAGE (message));

  if (self->message != message)
    {
      if (self->message != NULL)
        g_clear_signal_handler (&self->notify_id, self->message);
      /* The bubble holds none of its own */
      chat_bubble_set_message (self->bubble, message);
      g_set_object (&self->message, message);
      if (message != NULL)
        self->notify_id = g_signal_connect_swapped (message, "notify", G_CALLBACK (message_notify_cb), self);
      follow_attachment (self);
      update_label (self);
    }
  if (message != NULL)
    chat_bubble_set_context (self->bubble, starts_unread, shows_sender);
}

void
chat_message_row_set_context (ChatMessageRow *self,
                              gboolean        starts_unread,
                              gboolean        shows_sender)
{
  g_return_if_fail (CHAT_IS_MESSAGE_ROW (self));

  chat_bubble_set_context (self->bubble, starts_unread, shows_sender);
}

void
chat_message_row_refresh (ChatMessageRow *self)
{
  g_return_if_fail (CHAT_IS_MESSAGE_ROW (self));

  chat_bubble_invalidate (self->bubble);
  update_label (self);
}

gboolean
chat_message_row_can_discard (ChatMessageRow *self)
{
  ChatMessageState state;

  g_return_val_if_fail (CHAT_IS_MESSAGE_ROW (self), FALSE);

  if (self->message == NULL)
    return FALSE;

  state = chat_message_get_state (self->message);
  /* While its file goes up nothing of it has been said yet */
  return state == CHAT_MESSAGE_FAILED || state == CHAT_MESSAGE_WAITING
         || (state == CHAT_MESSAGE_SENDING && self->attachment != NULL && chat_attachment_get_state (self->attachment) != CHAT_ATTACHMENT_LOCAL);
}

void
chat_message_row_update_actions (ChatMessageRow *self)
{
  ChatAttachment *attachment;
  gboolean own, left, failed, link, here;

  g_return_if_fail (CHAT_IS_MESSAGE_ROW (self));

  if (self->message == NULL)
    return;

  own = chat_message_get_outgoing (self->message) && !chat_message_get_deleting (self->message);
  left = chat_message_get_state (self->message) == CHAT_MESSAGE_SENT
         || chat_message_get_state (self->message) == CHAT_MESSAGE_SENDING;
  failed = chat_message_get_state (self->message) == CHAT_MESSAGE_FAILED;
  link = chat_bubble_get_link (self->bubble, 0) != NULL;
  attachment = chat_message_get_attachment (self->message);
  here = attachment != NULL && chat_attachment_is_here (attachment);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.copy", attachment == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.view", here && chat_attachment_is_picture (self->message));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.open", here);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.save-as", here);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.show-in-folder", here);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.copy-image", here && chat_attachment_is_picture (self->message));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.start-transfer",
                                 attachment != NULL && chat_attachment_can_start (attachment));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.pause-transfer",
                                 attachment != NULL && chat_attachment_can_pause (attachment));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.cancel-transfer",
                                 attachment != NULL && chat_attachment_can_cancel (attachment));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.copy-link", link);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.open-link", link);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.edit",
                                 own && chat_message_get_content (self->message) == CHAT_MESSAGE_TEXT);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.delete", own && left);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.retry", failed);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.discard", chat_message_row_can_discard (self));
}
