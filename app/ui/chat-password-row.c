/* chat-password-row.c: a row of a form that takes a password, with its error below
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-password-row.h"

#include "chat-accessible.h"

struct _ChatPasswordRow
{
  GtkListBoxRow parent_instance;

  char *title;
  char *hint;
  GdkDevice *keyboard;

  GtkLabel *title_label;
  GtkWidget *entry;
  GtkWidget *caps_lock_image;
  GtkToggleButton *peek_button;
  GtkWidget *error_box;
  GtkLabel *error_label;
  GtkLabel *hint_label;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_HINT,
  N_PROPS
};

enum
{
  CHANGED,
  ACTIVATE,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatPasswordRow, chat_password_row, GTK_TYPE_LIST_BOX_ROW)

static void
update_hint (ChatPasswordRow *self)
{
  gtk_label_set_label (self->hint_label, self->hint);
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), self->hint != NULL && !gtk_widget_get_visible (self->error_box));
}

const char *
chat_password_row_get_error (ChatPasswordRow *self)
{
  g_return_val_if_fail (CHAT_IS_PASSWORD_ROW (self), NULL);

  return gtk_widget_get_visible (self->error_box) ? gtk_label_get_label (self->error_label) : NULL;
}

void
chat_password_row_set_error (ChatPasswordRow *self,
                             const char      *error)
{
  g_return_if_fail (CHAT_IS_PASSWORD_ROW (self));

  gtk_label_set_label (self->error_label, error);
  gtk_widget_set_visible (self->error_box, error != NULL);
  update_hint (self);
  chat_accessible_set_description (self->entry, error != NULL ? error : self->hint);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry),
                               GTK_ACCESSIBLE_STATE_INVALID,
                               error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "invalid");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "invalid");
}

const char *
chat_password_row_get_text (ChatPasswordRow *self)
{
  g_return_val_if_fail (CHAT_IS_PASSWORD_ROW (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

void
chat_password_row_set_text (ChatPasswordRow *self,
                            const char      *text)
{
  g_return_if_fail (CHAT_IS_PASSWORD_ROW (self));
  g_return_if_fail (text != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_toggle_button_set_active (self->peek_button, FALSE);
}

void
chat_password_row_focus (ChatPasswordRow *self)
{
  g_return_if_fail (CHAT_IS_PASSWORD_ROW (self));

  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

static void
on_changed (ChatPasswordRow *self)
{
  chat_password_row_set_error (self, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_activate (ChatPasswordRow *self)
{
  g_signal_emit (self, signals[ACTIVATE], 0);
}

static void
update_caps_lock (ChatPasswordRow *self)
{
  gtk_widget_set_visible (self->caps_lock_image,
                          self->keyboard != NULL
                          && gdk_device_get_caps_lock_state (self->keyboard)
                          && gtk_widget_has_focus (self->entry));
}

static void
chat_password_row_realize (GtkWidget *widget)
{
  ChatPasswordRow *self = CHAT_PASSWORD_ROW (widget);
  GdkSeat *seat;

  GTK_WIDGET_CLASS (chat_password_row_parent_class)->realize (widget);

  seat = gdk_display_get_default_seat (gtk_widget_get_display (widget));
  if (seat != NULL && gdk_seat_get_keyboard (seat) != NULL)
    self->keyboard = g_object_ref (gdk_seat_get_keyboard (seat));
  if (self->keyboard != NULL)
    g_signal_connect_swapped (self->keyboard, "notify::caps-lock-state", G_CALLBACK (update_caps_lock), self);
}

static void
chat_password_row_unrealize (GtkWidget *widget)
{
  ChatPasswordRow *self = CHAT_PASSWORD_ROW (widget);

  if (self->keyboard != NULL)
    g_signal_handlers_disconnect_by_func (self->keyboard, update_caps_lock, self);
  g_clear_object (&self->keyboard);

  GTK_WIDGET_CLASS (chat_password_row_parent_class)->unrealize (widget);
}

/* The row is for looking at; what is typed goes into the field. */
static gboolean
chat_password_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (CHAT_PASSWORD_ROW (widget)->entry);
}

/* A row takes the keyboard itself where Shift+Tab leaves what is in it; it would give it back to the field at once. */
static gboolean
chat_password_row_focus_child (GtkWidget        *widget,
                               GtkDirectionType  direction)
{
  return gtk_widget_child_focus (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (widget)), direction);
}

static void
chat_password_row_finalize (GObject *object)
{
  ChatPasswordRow *self = CHAT_PASSWORD_ROW (object);

  g_free (self->title);
  g_free (self->hint);

  G_OBJECT_CLASS (chat_password_row_parent_class)->finalize (object);
}

static void
chat_password_row_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ChatPasswordRow *self = CHAT_PASSWORD_ROW (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_HINT:
      g_value_set_string (value, self->hint);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_password_row_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  ChatPasswordRow *self = CHAT_PASSWORD_ROW (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      if (g_strcmp0 (self->title, g_value_get_string (value)) == 0)
        break;
      g_free (self->title);
      self->title = g_value_dup_string (value);
      gtk_label_set_label (self->title_label, self->title);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_HINT:
      if (g_strcmp0 (self->hint, g_value_get_string (value)) == 0)
        break;
      g_free (self->hint);
      self->hint = g_value_dup_string (value);
      update_hint (self);
      if (chat_password_row_get_error (self) == NULL)
        chat_accessible_set_description (self->entry, self->hint);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_password_row_class_init (ChatPasswordRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = chat_password_row_finalize;
  object_class->get_property = chat_password_row_get_property;
  object_class->set_property = chat_password_row_set_property;
  widget_class->realize = chat_password_row_realize;
  widget_class->unrealize = chat_password_row_unrealize;
  widget_class->grab_focus = chat_password_row_grab_focus;
  widget_class->focus = chat_password_row_focus_child;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_HINT] = g_param_spec_string ("hint", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATE] = g_signal_new ("entry-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-password-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordRow, entry);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordRow, caps_lock_image);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordRow, peek_button);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordRow, error_box);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordRow, error_label);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordRow, hint_label);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, update_caps_lock);
}

static void
chat_password_row_init (ChatPasswordRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_complete (GTK_WIDGET (self));
  chat_accessible_follow_map (self->error_box);
}
