/* chat-image-viewer.c: the images of a room, one at a time, as large as the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-image-viewer.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-attachment-words.h"
#include "chat-compat.h"
#include "chat-file-acts.h"
#include "chat-format.h"
#include "chat-image-area.h"
#include "chat-picture.h"
#include "chat-session-media.h"
#include "chat-toast.h"

/* Of a key that moves the image (pixels) */
#define MOVE 60
/* Images that are known before the one that is shown */
#define AHEAD 8

struct _ChatImageViewer
{
  AdwWindow       parent_instance;

  ChatSession    *session;
  ChatFileList   *images;
  gboolean        listed;       /* the message is, or was, among them */
  ChatMessage    *message;
  ChatAttachment *attachment;   /* what it carried when it was shown */
  ChatPicture    *picture;
  gulong          attachment_id;

  AdwToastOverlay *toasts;
  GtkLabel       *title;
  GtkLabel       *subtitle;
  GtkWidget      *area;
  GtkWidget      *status;
  GtkSpinner     *spinner;
  GtkLabel       *words;
  GtkButton      *again;
};

enum
{
  SHOW_IN_CONVERSATION,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatImageViewer, chat_image_viewer, ADW_TYPE_WINDOW)

/* @step: 1: to what is newer. Returns: (transfer full) (nullable): the nearest one that can be shown */
static ChatMessage *
find_next (ChatImageViewer *self,
           int              step)
{
  gint64 id = chat_message_get_id (self->message), n = g_list_model_get_n_items (G_LIST_MODEL (self->images));
  guint position;
  gboolean found;

  /* What is not sent yet has no place */
  if (id <= 0)
    return NULL;
  found = chat_file_list_find (self->images, id, &position);
  if (!found && position >= n && chat_file_list_get_has_more (self->images))
    return NULL;

  for (gint64 at = step > 0 ? (gint64) position - 1 : (gint64) position + (found ? 1 : 0); at >= 0 && at < n; at -= step)
    {
      g_autoptr (ChatMessage) one = g_list_model_get_item (G_LIST_MODEL (self->images), at);

      if (chat_attachment_is_picture (one))
        return g_steal_pointer (&one);
    }

  return NULL;
}

/* So that the next step back waits for nothing */
static void
load_ahead (ChatImageViewer *self)
{
  guint position;

  if (chat_message_get_id (self->message) <= 0)
    return;
  if (!chat_file_list_find (self->images, chat_message_get_id (self->message), &position))
    chat_file_list_load_to (self->images, chat_message_get_id (self->message));
  else if (position + AHEAD >= g_list_model_get_n_items (G_LIST_MODEL (self->images)))
    chat_file_list_load_more (self->images);
}

static void
update_actions (ChatImageViewer *self)
{
  static const char *const acts[] = { "open", "copy-image", "show-in-folder", "save-as", "start-transfer" };
  g_autoptr (ChatMessage) previous = find_next (self, -1);
  g_autoptr (ChatMessage) next = find_next (self, 1);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.previous", previous != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.next", next != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.show-in-conversation", chat_message_get_id (self->message) > 0);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      g_autofree char *name = g_strconcat ("viewer.", acts[i], NULL);

      gtk_widget_action_set_enabled (GTK_WIDGET (self), name, chat_file_acts_can (self->message, acts[i]));
    }
}

static void
update_status (ChatImageViewer *self)
{
  ChatAttachment *attachment = self->attachment;
  ChatAttachmentState state = chat_attachment_get_state (attachment);
  gboolean here = chat_attachment_is_here (attachment), broken = chat_picture_get_broken (self->picture);
  gboolean busy = here ? !broken && !chat_picture_get_complete (self->picture) : chat_attachment_can_pause (attachment);
  g_autofree char *words = broken ? g_strdup (_("This image can not be shown.")) : here ? g_strdup ("") :
                           chat_attachment_status (attachment);

  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), *words != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_button_set_label (self->again, state == CHAT_ATTACHMENT_PAUSED ? _("_Resume") :
                                     state == CHAT_ATTACHMENT_FAILED ? _("_Retry") : _("_Download"));
  gtk_widget_set_visible (GTK_WIDGET (self->again), !here && chat_attachment_can_start (attachment));
  gtk_widget_set_visible (self->status, busy || broken || !here);
}

static void
picture_changed_cb (ChatPicture *picture,
                    gpointer     user_data)
{
  ChatImageViewer *self = user_data;
  GdkTexture *texture = chat_picture_get_texture (picture);
  int width = 0, height = 0;

  /* What the sender told counts until the image itself is there */
  if (!chat_picture_get_complete (picture))
    chat_attachment_get_dimensions (self->attachment, &width, &height);
  chat_image_area_set_texture (CHAT_IMAGE_AREA (self->area), texture, width, height);
  update_status (self);
}

static void
attachment_notify_cb (ChatImageViewer *self,
                      GParamSpec      *pspec)
{
  update_status (self);
  if (!g_str_equal (pspec->name, "done"))
    update_actions (self);
}

static void
drop_picture (ChatImageViewer *self)
{
  if (self->attachment != NULL)
    g_clear_signal_handler (&self->attachment_id, self->attachment);
  g_clear_object (&self->attachment);
  g_clear_pointer (&self->picture, chat_picture_free);
}

static void
update_title (ChatImageViewer *self,
              const char      *name)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (chat_message_get_date (self->message) / G_USEC_PER_SEC);
  g_autofree char *day = date != NULL ? g_date_time_format (date, "%x") : g_strdup ("");
  g_autofree char *clock = date != NULL ? chat_format_clock (date) : g_strdup ("");
  g_autofree char *line = chat_format_line (chat_message_get_sender (self->message), 60);
  g_autofree char *sender = chat_format_isolate (line);
  /* Translators: of an image: who sent it, the day, the time */
  g_autofree char *words = g_strdup_printf (_("%s, %s, %s"), chat_message_get_outgoing (self->message) ? _("You") : sender, day, clock);

  /* From left to right: its ending stands at its end, and is never what is left out */
  g_autofree char *title = g_strdup_printf ("\xe2\x81\xa6%s\xe2\x81\xa9", name);

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, words);
  /* A narrow window cuts it */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle), words);
  gtk_window_set_title (GTK_WINDOW (self), name);
}

static void
show_message (ChatImageViewer *self,
              ChatMessage     *message)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);
  g_autofree char *name = chat_attachment_name (attachment);

  drop_picture (self);
  g_set_object (&self->message, message);
  self->attachment = g_object_ref (attachment);
  update_title (self, name);
  chat_accessible_set_label (self->area, name);
  chat_image_area_set_texture (CHAT_IMAGE_AREA (self->area), NULL, 0, 0);
  chat_image_area_fit (CHAT_IMAGE_AREA (self->area));
  self->picture = chat_picture_new (attachment, picture_changed_cb, self);
  self->attachment_id = g_signal_connect_swapped (attachment, "notify", G_CALLBACK (attachment_notify_cb), self);
  chat_picture_set_motion (self->picture, CHAT_PICTURE_REPEATED);
  chat_picture_set_size (self->picture, CHAT_IMAGE_VIEWER_SIDE, CHAT_IMAGE_VIEWER_SIDE);
  chat_picture_set_on_screen (self->picture, TRUE);
  /* Who wants to see it wants it to come; one that was held up, or failed, is not asked for in secret */
  if (chat_attachment_get_state (attachment) == CHAT_ATTACHMENT_REMOTE)
    chat_session_start_transfer (self->session, message);
  picture_changed_cb (self->picture, self);
  self->listed = chat_file_list_find (self->images, chat_message_get_id (message), NULL);
  update_actions (self);
  load_ahead (self);
  chat_compat_announce (self->area, name);
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
images_changed_cb (ChatImageViewer *self)
{
  gboolean found = chat_file_list_find (self->images, chat_message_get_id (self->message), NULL);
  g_autoptr (ChatMessage) message = NULL;

  /* All of them go where the server is to be asked anew: they come again */
  if (self->listed && !found && g_list_model_get_n_items (G_LIST_MODEL (self->images)) == 0 &&
      (chat_file_list_get_loading (self->images) || chat_file_list_get_has_more (self->images)))
    return;

  if (self->listed && !found)
    {
      /* It was deleted */
      message = find_next (self, -1);
      if (message == NULL)
        message = find_next (self, 1);
      if (message == NULL)
        {
          gtk_window_close (GTK_WINDOW (self));
          return;
        }
      show_message (self, message);
      return;
    }
  self->listed = found;
  update_actions (self);
}

static void
on_swiped (ChatImageViewer *self,
           int              step)
{
  go (self, step);
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
act_cb (GtkWidget  *widget,
        const char *action_name,
        GVariant   *parameter)
{
  ChatImageViewer *self = CHAT_IMAGE_VIEWER (widget);

  chat_file_acts_do (self->session, widget, self->message, action_name + strlen ("viewer."));
}

static void
show_in_conversation_cb (GtkWidget  *widget,
                         const char *action_name,
                         GVariant   *parameter)
{
  g_signal_emit (widget, signals[SHOW_IN_CONVERSATION], 0, CHAT_IMAGE_VIEWER (widget)->message);
}

static void
tell_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  adw_toast_overlay_add_toast (CHAT_IMAGE_VIEWER (widget)->toasts, chat_toast_new (g_variant_get_string (parameter, NULL)));
}

/* Before the buttons, which would go to one another with the arrows */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatImageViewer       *self)
{
  static const struct { guint key; GdkModifierType modifiers; const char *action; int dx, dy; } keys[] = {
    { GDK_KEY_Escape, 0, "window.close", 0, 0 },
    { GDK_KEY_Left, 0, "viewer.previous", 1, 0 }, { GDK_KEY_KP_Left, 0, "viewer.previous", 1, 0 },
    { GDK_KEY_Right, 0, "viewer.next", -1, 0 }, { GDK_KEY_KP_Right, 0, "viewer.next", -1, 0 },
    { GDK_KEY_Up, 0, NULL, 0, 1 }, { GDK_KEY_KP_Up, 0, NULL, 0, 1 }, { GDK_KEY_Down, 0, NULL, 0, -1 }, { GDK_KEY_KP_Down, 0, NULL, 0, -1 },
    { GDK_KEY_Page_Up, 0, "viewer.previous", 0, 0 }, { GDK_KEY_Page_Down, 0, "viewer.next", 0, 0 },
    { GDK_KEY_plus, 0, "viewer.zoom-in", 0, 0 }, { GDK_KEY_equal, 0, "viewer.zoom-in", 0, 0 },
    { GDK_KEY_KP_Add, 0, "viewer.zoom-in", 0, 0 },
    { GDK_KEY_minus, 0, "viewer.zoom-out", 0, 0 }, { GDK_KEY_KP_Subtract, 0, "viewer.zoom-out", 0, 0 },
    { GDK_KEY_0, 0, "viewer.fit", 0, 0 }, { GDK_KEY_KP_0, 0, "viewer.fit", 0, 0 },
    { GDK_KEY_c, GDK_CONTROL_MASK, "viewer.copy-image", 0, 0 }, { GDK_KEY_s, GDK_CONTROL_MASK, "viewer.save-as", 0, 0 }
  };
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  /* The menu has its own */
  if (focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
    return GDK_EVENT_PROPAGATE;

  modifiers &= GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *action = keys[i].action;

      if (keys[i].key != keyval || keys[i].modifiers != modifiers)
        continue;
      if ((keys[i].dx != 0 || keys[i].dy != 0) &&
          chat_image_area_move (CHAT_IMAGE_AREA (self->area), keys[i].dx * MOVE, keys[i].dy * MOVE))
        return GDK_EVENT_STOP;
      if (action == NULL)
        return GDK_EVENT_PROPAGATE;
      /* The next one stands where one reads on */
      if (keys[i].dx != 0 && gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
        action = keys[i].dx > 0 ? "viewer.next" : "viewer.previous";
      gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
      return GDK_EVENT_STOP;
    }

  return GDK_EVENT_PROPAGATE;
}

static void
chat_image_viewer_dispose (GObject *object)
{
  ChatImageViewer *self = CHAT_IMAGE_VIEWER (object);

  drop_picture (self);
  if (self->images != NULL)
    g_signal_handlers_disconnect_by_data (self->images, self);
  g_clear_object (&self->images);
  g_clear_object (&self->message);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chat_image_viewer_parent_class)->dispose (object);
}

static void
chat_image_viewer_class_init (ChatImageViewerClass *klass)
{
  static const char *const acts[] = {
    "viewer.open", "viewer.copy-image", "viewer.show-in-folder", "viewer.save-as", "viewer.start-transfer"
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_image_viewer_dispose;

  signals[SHOW_IN_CONVERSATION] = g_signal_new ("show-in-conversation", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 1, CHAT_TYPE_MESSAGE);

  g_type_ensure (CHAT_TYPE_IMAGE_AREA);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-image-viewer.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, toasts);
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, title);
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, subtitle);
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, area);
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, status);
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, words);
  gtk_widget_class_bind_template_child (widget_class, ChatImageViewer, again);
  gtk_widget_class_bind_template_callback (widget_class, on_swiped);

  gtk_widget_class_install_action (widget_class, "viewer.previous", NULL, previous_cb);
  gtk_widget_class_install_action (widget_class, "viewer.next", NULL, next_cb);
  gtk_widget_class_install_action (widget_class, "viewer.zoom-in", NULL, zoom_in_cb);
  gtk_widget_class_install_action (widget_class, "viewer.zoom-out", NULL, zoom_out_cb);
  gtk_widget_class_install_action (widget_class, "viewer.fit", NULL, fit_cb);
  gtk_widget_class_install_action (widget_class, "viewer.show-in-conversation", NULL, show_in_conversation_cb);
  gtk_widget_class_install_action (widget_class, "file.tell", "s", tell_cb);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    gtk_widget_class_install_action (widget_class, acts[i], NULL, act_cb);
}

static void
chat_image_viewer_init (ChatImageViewer *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  chat_toast_watch (GTK_WIDGET (self->toasts));
  chat_accessible_follow_map (self->status);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

GtkWidget *
chat_image_viewer_new (GtkWindow    *parent,
                       ChatSession  *session,
                       ChatFileList *images,
                       ChatMessage  *message)
{
  ChatImageViewer *self;

  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);
  g_return_val_if_fail (CHAT_IS_FILE_LIST (images), NULL);
  g_return_val_if_fail (CHAT_IS_MESSAGE (message) && chat_attachment_is_picture (message), NULL);

  self = g_object_new (CHAT_TYPE_IMAGE_VIEWER, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  self->images = g_object_ref (images);
  g_signal_connect_swapped (images, "items-changed", G_CALLBACK (images_changed_cb), self);
  g_signal_connect_swapped (images, "notify", G_CALLBACK (update_actions), self);
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
