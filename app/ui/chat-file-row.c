/* chat-file-row.c: a file of a room as a row of a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-file-row.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-attachment-words.h"
#include "chat-compat.h"
#include "chat-format.h"
#include "chat-transfer-mark.h"

/* Pixels */
#define KIND_SIZE   20
#define KIND_RADIUS 10

#define MAX_SENDER    60
#define FAILURE_LINES 3

struct _ChatFileRow
{
  ChatFileItem  parent_instance;

  GtkWidget    *place;      /* empty: here the mark is drawn */
  GtkWidget    *name;
  GtkWidget    *info;
};

G_DEFINE_FINAL_TYPE (ChatFileRow, chat_file_row, CHAT_TYPE_FILE_ITEM)

/* Isolates: each part keeps its own direction */
static char *
make_info (ChatMessage    *message,
           ChatAttachment *attachment)
{
  g_autofree char *status = chat_attachment_status (attachment);
  g_autofree char *sender = chat_format_line (chat_message_get_sender (message), MAX_SENDER);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (chat_message_get_date (message) / G_USEC_PER_SEC);
  g_autofree char *day = date != NULL ? g_date_time_format (date, "%x") : g_strdup ("");

  return g_strdup_printf ("\xe2\x81\xa8%s\xe2\x81\xa9 · \xe2\x81\xa8%s\xe2\x81\xa9 · \xe2\x81\xa8%s\xe2\x81\xa9", status,
                          chat_message_get_outgoing (message) ? _("You") : sender, day);
}

static void
chat_file_row_changed (ChatFileItem *item,
                       const char   *name)
{
  ChatFileRow *self = CHAT_FILE_ROW (item);
  ChatAttachment *attachment = chat_file_item_get_attachment (item);
  g_autofree char *title = NULL;
  g_autofree char *info = NULL;
  gboolean failed;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (attachment == NULL)
    return;

  if (name == NULL)
    {
      g_autofree char *line = chat_attachment_name (attachment);

      /* From left to right: its ending stands at its end */
      title = g_strdup_printf ("\xe2\x81\xa6%s\xe2\x81\xa9", line);
      gtk_label_set_label (GTK_LABEL (self->name), title);
    }
  info = make_info (chat_file_item_get_message (item), attachment);
  gtk_label_set_label (GTK_LABEL (self->info), info);
  failed = chat_attachment_get_state (attachment) == CHAT_ATTACHMENT_FAILED;
  /* A reason is read as a whole; wrapping costs too much for all of them */
  gtk_label_set_single_line_mode (GTK_LABEL (self->info), !failed);
  gtk_label_set_wrap (GTK_LABEL (self->info), failed);
  gtk_label_set_lines (GTK_LABEL (self->info), failed ? FAILURE_LINES : -1);
  if (failed)
    {
      gtk_widget_add_css_class (self->info, "error");
      gtk_widget_remove_css_class (self->info, "dim-label");
    }
  else
    {
      gtk_widget_remove_css_class (self->info, "error");
      gtk_widget_add_css_class (self->info, "dim-label");
    }
}

static void
mark_pressed_cb (GtkGesture  *gesture,
                 int          n_press,
                 double       x,
                 double       y,
                 ChatFileRow *self)
{
  ChatAttachment *attachment = chat_file_item_get_attachment (CHAT_FILE_ITEM (self));

  /* Of what is here it is only a sign: the row is meant */
  if (attachment == NULL || chat_attachment_get_state (attachment) == CHAT_ATTACHMENT_LOCAL)
    return;

  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_activate_action (GTK_WIDGET (self), chat_attachment_can_pause (attachment) ? "message.pause-transfer" :
                                                                                          "message.start-transfer", NULL);
}

static void
chat_file_row_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  ChatFileRow *self = CHAT_FILE_ROW (widget);
  ChatAttachment *attachment = chat_file_item_get_attachment (CHAT_FILE_ITEM (self));
  GdkRGBA color, back, sign;
  GskRoundedRect rect;
  graphene_rect_t bounds;
  gboolean here;

  GTK_WIDGET_CLASS (chat_file_row_parent_class)->snapshot (widget, snapshot);
  if (attachment == NULL || !gtk_widget_compute_bounds (self->place, widget, &bounds))
    return;

  here = chat_attachment_get_state (attachment) == CHAT_ATTACHMENT_LOCAL;
  bounds.origin.y += (int) (bounds.size.height - CHAT_TRANSFER_MARK_SIZE) / 2;
  graphene_size_init (&bounds.size, CHAT_TRANSFER_MARK_SIZE, CHAT_TRANSFER_MARK_SIZE);
  chat_compat_get_color (widget, NULL, &color);
  chat_compat_get_color (widget, chat_attachment_get_state (attachment) == CHAT_ATTACHMENT_FAILED ? "error_color" : "accent_color", &sign);
  back = color;
  back.alpha *= .1f;
  gsk_rounded_rect_init_from_rect (&rect, &bounds, here ? KIND_RADIUS : CHAT_TRANSFER_MARK_SIZE / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, &back, &bounds);
  gtk_snapshot_pop (snapshot);
  if (here)
    {
      g_autoptr (GIcon) icon = chat_attachment_get_icon (attachment);

      chat_transfer_mark_snapshot_symbol (widget, snapshot, icon, KIND_SIZE, &bounds.origin, &color);
    }
  else
    {
      chat_transfer_mark_snapshot (attachment, snapshot, &bounds.origin, &sign, &back);
    }
}

static void
chat_file_row_class_init (ChatFileRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = chat_file_row_snapshot;
  CHAT_FILE_ITEM_CLASS (klass)->changed = chat_file_row_changed;
  gtk_widget_class_set_css_name (widget_class, "filerow");
}

static GtkWidget *
make_label (PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);

  return label;
}

static void
chat_file_row_init (ChatFileRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *more = gtk_button_new_from_icon_name ("view-more-symbolic");
  GtkGesture *click = gtk_gesture_click_new ();

  self->place = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_size_request (self->place, CHAT_TRANSFER_MARK_SIZE, CHAT_TRANSFER_MARK_SIZE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "pressed", G_CALLBACK (mark_pressed_cb), self);
  gtk_widget_add_controller (self->place, GTK_EVENT_CONTROLLER (click));
  gtk_box_append (GTK_BOX (box), self->place);
  self->name = make_label (PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (GTK_BOX (words), self->name);
  self->info = make_label (PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->info, "caption");
  gtk_widget_add_css_class (self->info, "dim-label");
  gtk_box_append (GTK_BOX (words), self->info);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (more, "flat");
  gtk_widget_set_valign (more, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (more, _("File menu"));
  chat_accessible_set_label (more, _("File menu"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (more), "message.menu");
  gtk_box_append (GTK_BOX (box), more);
  gtk_widget_add_css_class (box, "file-row");
  chat_file_item_set_child (CHAT_FILE_ITEM (self), box);
}

GtkWidget *
chat_file_row_new (void)
{
  return g_object_new (CHAT_TYPE_FILE_ROW, NULL);
}
