/* chat-image-viewer.c: the images of a room, one at a time, as large as the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-image-viewer.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-attachment-words.h"
#include "chat-frames.h"
#include "chat-image-area.h"

struct _ChatImageViewer
{
  AdwWindow     parent_instance;

  GListModel   *messages;
  ChatMessage  *message;
  GCancellable *cancellable;

  GtkWidget    *title;
  GtkWidget    *area;
  GtkWidget    *spinner;
  GtkWidget    *problem;
};

enum
{
  SAVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatImageViewer, chat_image_viewer, ADW_TYPE_WINDOW)

/* Returns: (transfer full) (nullable): the nearest image in direction @step that can be shown */
static ChatMessage *
find_next (ChatImageViewer *self,
           int              step)
{
  gint64 n = g_list_model_get_n_items (self->messages), at = -1;

  for (gint64 i = 0; i < n && at < 0; i++)
    {
      g_autoptr (ChatMessage) one = g_list_model_get_item (self->messages, i);

      if (one == self->message)
        at = i;
    }
  if (at < 0)
    return NULL;

  for (at += step; at >= 0 && at < n; at += step)
    {
      g_autoptr (ChatMessage) one = g_list_model_get_item (self->messages, at);

      if (chat_attachment_is_picture (one) && chat_attachment_is_here (chat_message_get_attachment (one)))
        return g_steal_pointer (&one);
    }

  return NULL;
}

static void
update_actions (ChatImageViewer *self)
{
  g_autoptr (ChatMessage) previous = find_next (self, -1);
  g_autoptr (ChatMessage) next = find_next (self, 1);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.previous", previous != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.next", next != NULL);
}

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (ChatImageViewer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatImage) image = chat_image_decode_finish (result, &error);
  g_autoptr (ChatFrames) frames = image != NULL ? chat_frames_new (image) : NULL;

  /* Another one is on its way, or nobody looks any more */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->area == NULL)
    return;

  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_spinner_stop (GTK_SPINNER (self->spinner));
  gtk_widget_set_visible (self->problem, frames == NULL);
  if (frames != NULL)
    chat_image_area_set_texture (CHAT_IMAGE_AREA (self->area), chat_frames_get (frames, 0, NULL));
}

static void
show_message (ChatImageViewer *self,
              ChatMessage     *message)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);
  g_autofree char *name = chat_attachment_name (attachment);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_set_object (&self->message, message);
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->title), name);
  gtk_window_set_title (GTK_WINDOW (self), name);
  chat_accessible_set_label (self->area, name);
  gtk_widget_set_visible (self->problem, FALSE);
  gtk_widget_set_visible (self->spinner, TRUE);
  gtk_spinner_start (GTK_SPINNER (self->spinner));
  chat_image_area_set_texture (CHAT_IMAGE_AREA (self->area), NULL);
  chat_image_decode_async (chat_attachment_get_path (attachment), CHAT_IMAGE_STILL, CHAT_IMAGE_VIEWER_SIDE, CHAT_IMAGE_VIEWER_SIDE,
                           self->cancellable, decoded_cb, g_object_ref (self));
  update_actions (self);
}

static void
go (ChatImageViewer *self,
    int              step)
{
  g_autoptr (ChatMessage) message = find_next (self, step);

  if (message != NULL)
    show_message (self, message);
}

static void
previous_cb (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  go (CHAT_IMAGE_VIEWER (widget), -1);
}

static void
next_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  go (CHAT_IMAGE_VIEWER (widget), 1);
}

static void
zoom_in_cb (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  chat_image_area_zoom (CHAT_IMAGE_AREA (CHAT_IMAGE_VIEWER (widget)->area), CHAT_IMAGE_AREA_STEP);
}

static void
zoom_out_cb (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  chat_image_area_zoom (CHAT_IMAGE_AREA (CHAT_IMAGE_VIEWER (widget)->area), 1 / CHAT_IMAGE_AREA_STEP);
}

static void
fit_cb (GtkWidget  *widget,
        const char *action_name,
        GVariant   *parameter)
{
  chat_image_area_fit (CHAT_IMAGE_AREA (CHAT_IMAGE_VIEWER (widget)->area));
}

static void
save_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  g_signal_emit (widget, signals[SAVE], 0, CHAT_IMAGE_VIEWER (widget)->message);
}

static void
chat_image_viewer_dispose (GObject *object)
{
  ChatImageViewer *self = CHAT_IMAGE_VIEWER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->messages != NULL)
    g_signal_handlers_disconnect_by_data (self->messages, self);
  g_clear_object (&self->messages);
  g_clear_object (&self->message);
  self->area = NULL;

  G_OBJECT_CLASS (chat_image_viewer_parent_class)->dispose (object);
}

static void
chat_image_viewer_class_init (ChatImageViewerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_image_viewer_dispose;

  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                CHAT_TYPE_MESSAGE);

  gtk_widget_class_install_action (widget_class, "viewer.previous", NULL, previous_cb);
  gtk_widget_class_install_action (widget_class, "viewer.next", NULL, next_cb);
  gtk_widget_class_install_action (widget_class, "viewer.zoom-in", NULL, zoom_in_cb);
  gtk_widget_class_install_action (widget_class, "viewer.zoom-out", NULL, zoom_out_cb);
  gtk_widget_class_install_action (widget_class, "viewer.fit", NULL, fit_cb);
  gtk_widget_class_install_action (widget_class, "viewer.save", NULL, save_cb);
}

/* Before the buttons, which would go to one another with the arrows */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatImageViewer       *self)
{
  static const struct { guint key; const char *action; } keys[] = {
    { GDK_KEY_Escape, "window.close" },
    { GDK_KEY_Left, "viewer.previous" }, { GDK_KEY_KP_Left, "viewer.previous" },
    { GDK_KEY_Right, "viewer.next" }, { GDK_KEY_KP_Right, "viewer.next" },
    { GDK_KEY_plus, "viewer.zoom-in" }, { GDK_KEY_equal, "viewer.zoom-in" }, { GDK_KEY_KP_Add, "viewer.zoom-in" },
    { GDK_KEY_minus, "viewer.zoom-out" }, { GDK_KEY_KP_Subtract, "viewer.zoom-out" },
    { GDK_KEY_0, "viewer.fit" }, { GDK_KEY_KP_0, "viewer.fit" }
  };

  /* The next one stands where one reads on */
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    keyval = keyval == GDK_KEY_Left ? GDK_KEY_Right : keyval == GDK_KEY_Right ? GDK_KEY_Left : keyval;
  modifiers &= GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK;
  if (modifiers == GDK_CONTROL_MASK && keyval == GDK_KEY_s)
    return gtk_widget_activate_action (GTK_WIDGET (self), "viewer.save", NULL);
  for (guint i = 0; modifiers == 0 && i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == keyval)
      {
        gtk_widget_activate_action (GTK_WIDGET (self), keys[i].action, NULL);
        return GDK_EVENT_STOP;
      }

  return GDK_EVENT_PROPAGATE;
}

static GtkWidget *
make_button (const char *icon,
             const char *action,
             const char *words)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, words);
  chat_accessible_set_label (button, words);

  return button;
}

static void
chat_image_viewer_init (ChatImageViewer *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *overlay = gtk_overlay_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  self->title = adw_window_title_new ("", "");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), self->title);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), make_button ("go-previous-symbolic", "viewer.previous", _("Previous image")));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), make_button ("go-next-symbolic", "viewer.next", _("Next image")));
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), make_button ("document-save-symbolic", "viewer.save", _("Save the image")));
  gtk_box_append (GTK_BOX (box), header);

  self->area = chat_image_area_new ();
  gtk_widget_set_focusable (self->area, TRUE);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), self->area);
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_size_request (self->spinner, 32, 32);
  gtk_widget_set_halign (self->spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->spinner, GTK_ALIGN_CENTER);
  chat_accessible_set_label (self->spinner, _("Loading the image"));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->spinner);
  self->problem = gtk_label_new (_("This image can not be shown."));
  gtk_widget_set_halign (self->problem, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->problem, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->problem, FALSE);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->problem);
  gtk_box_append (GTK_BOX (box), overlay);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_size (GTK_WINDOW (self), 900, 700);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (self), TRUE);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
}

GtkWidget *
chat_image_viewer_new (GtkWindow   *parent,
                       GListModel  *messages,
                       ChatMessage *message)
{
  ChatImageViewer *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (messages), NULL);
  g_return_val_if_fail (CHAT_IS_MESSAGE (message), NULL);

  self = g_object_new (CHAT_TYPE_IMAGE_VIEWER, "transient-for", parent, NULL);
  self->messages = g_object_ref (messages);
  g_signal_connect_swapped (messages, "items-changed", G_CALLBACK (update_actions), self);
  show_message (self, message);
  /* The keys are for the image, not for the first button */
  gtk_widget_grab_focus (self->area);

  return GTK_WIDGET (self);
}

ChatMessage *
chat_image_viewer_get_message (ChatImageViewer *self)
{
  g_return_val_if_fail (CHAT_IS_IMAGE_VIEWER (self), NULL);

  return self->message;
}
