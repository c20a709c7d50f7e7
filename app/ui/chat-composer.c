/* chat-composer.c: where a message is written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-composer.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-format.h"
#include "chat-message-text.h"

/* Pixels: about eight lines; then it scrolls */
#define MAX_HEIGHT    176
/* From here on the bytes are counted: as many characters of the longest kind fill a message */
#define COUNTED_CHARS (CHAT_COMPOSER_MAX_BYTES / 4)
/* What is being written is told to the room so long after it began to change: the program may end in any way */
#define KEEP_DELAY_MS 1000

struct _ChatComposer
{
  GtkWidget      parent_instance;

  GtkWidget     *box;
  GtkWidget     *edit_bar;
  GtkWidget     *edit_label;
  GtkWidget     *notice;
  GtkWidget     *view;
  GtkWidget     *placeholder;
  GtkWidget     *attach;
  GtkWidget     *emoji;
  GtkWidget     *send;
  GtkTextBuffer *buffer;

  ChatRoom      *room;
  ChatMessage   *edited;      /* (nullable) */
  gboolean       composing;   /* the input method shows text that is not yet written */
  gboolean       sendable;
  gboolean       filling;     /* the text is set, not typed */
  gboolean       can_attach;
  gboolean       pasting;     /* text, whatever else is in the clipboard */
  guint          keep_source;
};

enum
{
  SEND,
  EDIT,
  EDIT_LAST,
  ATTACH,
  PASTE,
  TYPING,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatComposer, chat_composer, GTK_TYPE_WIDGET)

static char *
get_text (ChatComposer *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static void
set_text (ChatComposer *self,
          const char   *text)
{
  GtkTextIter end;

  self->filling = TRUE;
  gtk_text_buffer_set_text (self->buffer, text != NULL ? text : "", -1);
  self->filling = FALSE;
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_place_cursor (self->buffer, &end);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (self->buffer));
}

static gboolean
is_blank (ChatComposer *self)
{
  GtkTextIter iter;

  gtk_text_buffer_get_start_iter (self->buffer, &iter);
  while (!gtk_text_iter_is_end (&iter))
    {
      if (!g_unichar_isspace (gtk_text_iter_get_char (&iter)))
        return FALSE;
      gtk_text_iter_forward_char (&iter);
    }

  return TRUE;
}

static gboolean
is_empty (ChatComposer *self)
{
  return gtk_text_buffer_get_char_count (self->buffer) == 0;
}

static void
update_placeholder (ChatComposer *self)
{
  gtk_widget_set_visible (self->placeholder, is_empty (self) && !self->composing);
}

static gboolean
keep_cb (gpointer user_data)
{
  ChatComposer *self = user_data;

  self->keep_source = 0;
  chat_composer_save_draft (self);
  return G_SOURCE_REMOVE;
}

static void
update (ChatComposer *self)
{
  gboolean too_long = FALSE;

  if (self->keep_source == 0 && self->room != NULL && self->edited == NULL)
    self->keep_source = g_timeout_add (KEEP_DELAY_MS, keep_cb, self);

  update_placeholder (self);
  if (gtk_text_buffer_get_char_count (self->buffer) > COUNTED_CHARS)
    {
      g_autofree char *text = get_text (self);
      gsize length = strlen (text);

      if (length > CHAT_COMPOSER_MAX_BYTES)
        {
          g_autofree char *over = g_format_size (length - CHAT_COMPOSER_MAX_BYTES);
          /* Translators: %s is a size, such as "2.1 kB" */
          g_autofree char *words = g_strdup_printf (_("Too long for one message, by %s. Send it in parts."), over);

          too_long = TRUE;
          gtk_label_set_label (GTK_LABEL (self->notice), words);
        }
    }
  gtk_widget_set_visible (self->notice, too_long);
  self->sendable = self->room != NULL && !too_long && !is_blank (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", self->sendable);
}

static void
update_edit_bar (ChatComposer *self)
{
  gboolean editing = self->edited != NULL;
  const char *name = editing ? _("Save") : _("Send");

  if (editing)
    {
      g_autofree char *line = chat_text_harmless_line (chat_message_get_text (self->edited), 120);

      gtk_label_set_label (GTK_LABEL (self->edit_label), line);
    }
  gtk_widget_set_visible (self->edit_bar, editing);
  gtk_button_set_icon_name (GTK_BUTTON (self->send), editing ? "object-select-symbolic" : "chat-send-symbolic");
  gtk_widget_set_tooltip_text (self->send, name);
  chat_accessible_set_label (self->send, name);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.cancel-edit", editing);
  gtk_widget_set_visible (self->attach, self->can_attach && !editing);
}

static void
changed_cb (ChatComposer *self)
{
  update (self);
  /* Who takes everything away writes nothing */
  if (!self->filling && self->room != NULL && self->edited == NULL && !is_blank (self))
    g_signal_emit (self, signals[TYPING], 0);
}

static void
leave_edit (ChatComposer *self)
{
  g_clear_object (&self->edited);
  update_edit_bar (self);
  set_text (self, self->room != NULL ? chat_room_get_draft (self->room) : NULL);
}

static void
send_text (ChatComposer *self)
{
  g_autofree char *text = NULL;
  const char *begin;
  gboolean taken = FALSE;

  if (!self->sendable)
    return;

  /* White space around a message is seldom meant; that before the first word of its first line may be */
  text = g_strchomp (get_text (self));
  for (begin = text; *begin == '\n' || *begin == '\r'; begin++)
    ;

  if (self->edited != NULL)
    {
      g_autoptr (ChatMessage) message = g_object_ref (self->edited);

      leave_edit (self);
      if (g_strcmp0 (begin, chat_message_get_text (message)) != 0)
        g_signal_emit (self, signals[EDIT], 0, message, begin);
      return;
    }

  g_signal_emit (self, signals[SEND], 0, begin, &taken);
  if (taken)
    {
      set_text (self, NULL);
      chat_room_set_draft (self->room, NULL);
    }
}

static void
send_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  send_text (CHAT_COMPOSER (widget));
  chat_composer_focus (CHAT_COMPOSER (widget));
}

static void
cancel_edit_cb (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  chat_composer_cancel_edit (CHAT_COMPOSER (widget));
}

/* Keys */

/* The input method comes first: Enter may end a word of it, Escape may leave it */
static gboolean
input_method_takes (ChatComposer          *self,
                    GtkEventControllerKey *controller)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));

  return event != NULL && gtk_text_view_im_context_filter_keypress (GTK_TEXT_VIEW (self->view), event);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatComposer          *self)
{
  modifiers &= gtk_accelerator_get_default_mod_mask ();

  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (modifiers != 0 && modifiers != GDK_CONTROL_MASK)
        return GDK_EVENT_PROPAGATE;
      if (!input_method_takes (self, controller))
        send_text (self);
      return GDK_EVENT_STOP;

    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (modifiers != 0 || !is_empty (self) || self->edited != NULL)
        return GDK_EVENT_PROPAGATE;
      if (!input_method_takes (self, controller))
        g_signal_emit (self, signals[EDIT_LAST], 0);
      return GDK_EVENT_STOP;

    case GDK_KEY_Escape:
      if (modifiers != 0 || self->edited == NULL)
        return GDK_EVENT_PROPAGATE;
      if (!input_method_takes (self, controller))
        chat_composer_cancel_edit (self);
      return GDK_EVENT_STOP;

    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
preedit_changed_cb (ChatComposer *self,
                    const char   *preedit)
{
  self->composing = preedit != NULL && *preedit != '\0';
  update_placeholder (self);
  /* A word may take many keys before it is written */
  if (self->composing && self->room != NULL && self->edited == NULL)
    g_signal_emit (self, signals[TYPING], 0);
}

static void
paste_clipboard_cb (ChatComposer *self)
{
  gboolean taken = FALSE;

  if (self->pasting || !self->can_attach || self->edited != NULL)
    return;

  g_signal_emit (self, signals[PASTE], 0, &taken);
  if (taken)
    g_signal_stop_emission_by_name (self->view, "paste-clipboard");
}

static void
attach_cb (ChatComposer *self)
{
  g_signal_emit (self, signals[ATTACH], 0);
}

static void
emoji_picked_cb (ChatComposer *self,
                 const char   *emoji)
{
  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_delete_selection (self->buffer, TRUE, TRUE);
  gtk_text_buffer_insert_at_cursor (self->buffer, emoji, -1);
  gtk_text_buffer_end_user_action (self->buffer);
}

/* It knows some thousand emoji: made when it is first wanted */
static void
create_emoji_cb (GtkMenuButton *button,
                 gpointer       user_data)
{
  ChatComposer *self = user_data;
  GtkWidget *chooser;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;

  chooser = gtk_emoji_chooser_new ();
  g_signal_connect_object (chooser, "emoji-picked", G_CALLBACK (emoji_picked_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chooser, "closed", G_CALLBACK (chat_composer_focus), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (button, chooser);
}

static void
chat_composer_unmap (GtkWidget *widget)
{
  chat_composer_save_draft (CHAT_COMPOSER (widget));

  GTK_WIDGET_CLASS (chat_composer_parent_class)->unmap (widget);
}

static void
chat_composer_dispose (GObject *object)
{
  ChatComposer *self = CHAT_COMPOSER (object);

  g_clear_handle_id (&self->keep_source, g_source_remove);
  if (self->buffer != NULL)
    g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_clear_object (&self->buffer);
  g_clear_object (&self->edited);
  g_clear_object (&self->room);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (chat_composer_parent_class)->dispose (object);
}

static void
chat_composer_class_init (ChatComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_composer_dispose;
  widget_class->unmap = chat_composer_unmap;

  signals[SEND] = g_signal_new ("send", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
  signals[EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, CHAT_TYPE_MESSAGE, G_TYPE_STRING);
  signals[EDIT_LAST] = g_signal_new ("edit-last", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);

  signals[ATTACH] = g_signal_new ("attach", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[PASTE] = g_signal_new ("paste", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                                 G_TYPE_BOOLEAN, 0);
  signals[TYPING] = g_signal_new ("typing", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "composer.send", NULL, send_cb);
  gtk_widget_class_install_action (widget_class, "composer.cancel-edit", NULL, cancel_edit_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "composer");
}

static GtkWidget *
make_edit_bar (ChatComposer *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (_("Edit message"));
  GtkWidget *cancel = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_widget_add_css_class (bar, "edit-bar");
  gtk_box_append (GTK_BOX (bar), gtk_image_new_from_icon_name ("document-edit-symbolic"));
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "caption-heading");
  self->edit_label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->edit_label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->edit_label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->edit_label, "dim-label");
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), self->edit_label);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (bar), words);
  gtk_widget_add_css_class (cancel, "flat");
  gtk_widget_add_css_class (cancel, "circular");
  gtk_widget_set_valign (cancel, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (cancel, _("Cancel editing"));
  chat_accessible_set_label (cancel, _("Cancel editing"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "composer.cancel-edit");
  gtk_box_append (GTK_BOX (bar), cancel);
  gtk_widget_set_visible (bar, FALSE);
  chat_accessible_follow_map (bar);

  return bar;
}

static GtkWidget *
make_text (ChatComposer *self)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->view = gtk_text_view_new ();
  self->buffer = g_object_ref (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)));
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_text_view_set_input_hints (GTK_TEXT_VIEW (self->view), GTK_INPUT_HINT_EMOJI | GTK_INPUT_HINT_SPELLCHECK);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->view), 8);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (self->view), 8);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->view), 12);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (self->view), 12);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (self->view, key);
  g_signal_connect_object (self->view, "preedit-changed", G_CALLBACK (preedit_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "paste-clipboard", G_CALLBACK (paste_clipboard_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->buffer, "changed", G_CALLBACK (changed_cb), self);

  /* A scroll bar would be taller than one line; the text scrolls with the cursor and the wheel */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_EXTERNAL);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->view);

  self->placeholder = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->placeholder), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->placeholder), PANGO_ELLIPSIZE_END);
  gtk_widget_set_valign (self->placeholder, GTK_ALIGN_START);
  gtk_widget_set_margin_start (self->placeholder, 12);
  gtk_widget_set_margin_end (self->placeholder, 12);
  gtk_widget_set_margin_top (self->placeholder, 8);
  gtk_widget_set_can_target (self->placeholder, FALSE);
  gtk_widget_add_css_class (self->placeholder, "dim-label");
  chat_accessible_follow_map (self->placeholder);

  gtk_overlay_set_child (GTK_OVERLAY (overlay), scrolled);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->placeholder);
  gtk_widget_set_overflow (overlay, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (overlay, "composer-text");
  gtk_widget_set_hexpand (overlay, TRUE);

  return overlay;
}

static void
chat_composer_init (ChatComposer *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_add_css_class (self->box, "composer");

  self->edit_bar = make_edit_bar (self);
  gtk_box_append (GTK_BOX (self->box), self->edit_bar);

  self->notice = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->notice), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->notice), 0);
  gtk_widget_add_css_class (self->notice, "error");
  gtk_widget_set_visible (self->notice, FALSE);
  chat_accessible_follow_map (self->notice);
  gtk_box_append (GTK_BOX (self->box), self->notice);

  self->attach = gtk_button_new_from_icon_name ("mail-attachment-symbolic");
  gtk_widget_set_valign (self->attach, GTK_ALIGN_END);
  gtk_widget_add_css_class (self->attach, "flat");
  gtk_widget_add_css_class (self->attach, "circular");
  gtk_widget_set_tooltip_text (self->attach, _("Attach files"));
  chat_accessible_set_label (self->attach, _("Attach files"));
  g_signal_connect_object (self->attach, "clicked", G_CALLBACK (attach_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->attach, FALSE);
  chat_accessible_follow_map (self->attach);
  gtk_box_append (GTK_BOX (line), self->attach);

  gtk_box_append (GTK_BOX (line), make_text (self));

  self->emoji = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->emoji), "face-smile-symbolic");
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (self->emoji), GTK_ARROW_UP);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->emoji), create_emoji_cb, self, NULL);
  gtk_widget_set_valign (self->emoji, GTK_ALIGN_END);
  gtk_widget_add_css_class (self->emoji, "flat");
  gtk_widget_add_css_class (self->emoji, "circular");
  gtk_widget_set_tooltip_text (self->emoji, _("Insert emoji"));
  chat_accessible_set_label (self->emoji, _("Insert emoji"));
  gtk_box_append (GTK_BOX (line), self->emoji);

  self->send = gtk_button_new ();
  gtk_widget_set_valign (self->send, GTK_ALIGN_END);
  gtk_widget_add_css_class (self->send, "circular");
  gtk_widget_add_css_class (self->send, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->send), "composer.send");
  gtk_box_append (GTK_BOX (line), self->send);

  gtk_box_append (GTK_BOX (self->box), line);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  update_edit_bar (self);
  update (self);
}

GtkWidget *
chat_composer_new (void)
{
  return g_object_new (CHAT_TYPE_COMPOSER, NULL);
}

void
chat_composer_save_draft (ChatComposer *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (CHAT_IS_COMPOSER (self));

  g_clear_handle_id (&self->keep_source, g_source_remove);
  if (self->room == NULL || self->edited != NULL || self->buffer == NULL)
    return;

  text = is_blank (self) ? NULL : get_text (self);
  chat_room_set_draft (self->room, text);
}

void
chat_composer_set_room (ChatComposer *self,
                        ChatRoom     *room)
{
  g_autofree char *placeholder = NULL;
  g_autofree char *words = NULL;

  g_return_if_fail (CHAT_IS_COMPOSER (self));
  g_return_if_fail (room == NULL || CHAT_IS_ROOM (room));

  if (self->room == room)
    return;

  chat_composer_save_draft (self);
  g_set_object (&self->room, room);
  leave_edit (self);
  update (self);

  if (room != NULL)
    {
      g_autofree char *line = chat_text_harmless_line (chat_room_get_name (room), 64);
      g_autofree char *name = chat_format_isolate (line);

      /* Translators: %s is the name of a person or group */
      placeholder = g_strdup_printf (_("Message to %s"), name);
    }
  gtk_label_set_label (GTK_LABEL (self->placeholder), placeholder != NULL ? placeholder : "");
  words = chat_format_without_marks (placeholder != NULL ? placeholder : _("Message"));
  chat_accessible_set_label (self->view, words);
}

void
chat_composer_set_can_attach (ChatComposer *self,
                              gboolean      can_attach)
{
  g_return_if_fail (CHAT_IS_COMPOSER (self));

  self->can_attach = can_attach;
  update_edit_bar (self);
}

void
chat_composer_paste_text (ChatComposer *self)
{
  g_return_if_fail (CHAT_IS_COMPOSER (self));

  self->pasting = TRUE;
  g_signal_emit_by_name (self->view, "paste-clipboard");
  self->pasting = FALSE;
}

void
chat_composer_begin_edit (ChatComposer *self,
                          ChatMessage  *message,
                          const char   *text)
{
  g_return_if_fail (CHAT_IS_COMPOSER (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  /* What was begun waits until the edit is over */
  chat_composer_save_draft (self);
  g_set_object (&self->edited, message);
  update_edit_bar (self);
  set_text (self, text != NULL ? text : chat_message_get_text (message));
  chat_composer_focus (self);
}

void
chat_composer_cancel_edit (ChatComposer *self)
{
  g_return_if_fail (CHAT_IS_COMPOSER (self));

  if (self->edited == NULL)
    return;

  leave_edit (self);
  chat_composer_focus (self);
}

void
chat_composer_drop_edit (ChatComposer *self)
{
  g_autofree char *text = NULL;
  gboolean changed;

  g_return_if_fail (CHAT_IS_COMPOSER (self));

  if (self->edited == NULL)
    return;

  text = get_text (self);
  changed = strcmp (text, chat_message_get_text (self->edited)) != 0;
  leave_edit (self);
  if (changed && is_empty (self))
    set_text (self, text);
}

ChatMessage *
chat_composer_get_edited (ChatComposer *self)
{
  g_return_val_if_fail (CHAT_IS_COMPOSER (self), NULL);

  return self->edited;
}

gboolean
chat_composer_focus (ChatComposer *self)
{
  g_return_val_if_fail (CHAT_IS_COMPOSER (self), FALSE);

  return gtk_widget_grab_focus (self->view);
}

gboolean
chat_composer_take_key (ChatComposer          *self,
                        GtkEventControllerKey *controller)
{
  g_return_val_if_fail (CHAT_IS_COMPOSER (self), FALSE);

  return chat_composer_focus (self) && gtk_event_controller_key_forward (controller, self->view);
}
