/* chat-password-dialog.c: asks for the password in force and a new one, and changes it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-password-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chat-accessible.h"
#include "chat-format.h"
#include "chat-password-row.h"
#include "chat-words.h"

#define MIN_PASSWORD_SIZE 8       /* bytes; the server has the last word */

struct _ChatPasswordDialog
{
  AdwWindow parent_instance;

  ChatSession *session;
  gboolean busy;
  gint64 wait_until;
  guint wait_id;

  GtkWidget *change_button;
  GtkWidget *cancel_button;
  GtkSpinner *spinner;
  GtkWidget *form_box;
  ChatPasswordRow *current_row;
  ChatPasswordRow *new_row;
  ChatPasswordRow *repeat_row;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
};

enum
{
  PASSWORD_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatPasswordDialog, chat_password_dialog, ADW_TYPE_WINDOW)

static void
set_problem (ChatPasswordDialog *self,
             const char         *text)
{
  gtk_label_set_label (self->problem_label, text);
  gtk_widget_set_visible (self->problem_box, text != NULL);
}

static void
update (ChatPasswordDialog *self)
{
  gtk_spinner_set_spinning (self->spinner, self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "password.change", !self->busy && self->wait_id == 0);
  /* What was asked can not be taken back: the answer comes, or the end of the connection, within half a minute. */
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "password.cancel", !self->busy);
}

static void
set_busy (ChatPasswordDialog *self,
          gboolean            busy)
{
  self->busy = busy;
  /* The keyboard leaves a field before the field goes out of use: GTK warns of the other order. */
  if (busy)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_widget_set_sensitive (self->form_box, !busy);
  update (self);
}

static void
show_row_error (ChatPasswordRow *row,
                const char      *text)
{
  chat_password_row_set_error (row, text);
  chat_password_row_focus (row);
}

/* Too many attempts: the seconds that are left, and no button until they are over. */
static gboolean
on_wait (gpointer user_data)
{
  ChatPasswordDialog *self = user_data;
  guint seconds = chat_format_seconds_until (self->wait_until);
  g_autofree char *text = NULL;

  if (seconds == 0)
    {
      self->wait_id = 0;
      set_problem (self, NULL);
      update (self);
      return G_SOURCE_REMOVE;
    }
  text = g_strdup_printf (ngettext ("Too many attempts. Try again in %u second.",
                                    "Too many attempts. Try again in %u seconds.", seconds),
                          seconds);
  set_problem (self, text);
  return G_SOURCE_CONTINUE;
}

static void
start_wait (ChatPasswordDialog *self,
            guint               seconds)
{
  if (seconds == 0)
    {
      set_problem (self, _("Too many attempts. Please wait a little."));
      return;
    }
  self->wait_until = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  self->wait_id = g_timeout_add (1000, on_wait, self);
  update (self);
  on_wait (self);
}

static void
show_error (ChatPasswordDialog *self,
            const GError       *error)
{
  if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_PASSWORD))
    show_row_error (self->current_row, chat_words_for_error (error));
  else if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD))
    show_row_error (self->new_row, chat_words_for_error (error));
  else
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->current_row));
      if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_RATE_LIMITED))
        start_wait (self, chat_session_error_get_retry_after (error));
      else if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNCERTAIN))
        set_problem (self, _("The connection ended before the server answered. Your password may be the new one already."));
      else
        set_problem (self, chat_words_for_error (error));
    }
}

static void
on_changed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GWeakRef *dialog = user_data;
  g_autoptr (ChatPasswordDialog) self = g_weak_ref_get (dialog);
  g_autoptr (GError) error = NULL;
  gboolean done = chat_session_change_password_finish (CHAT_SESSION (source), result, &error);

  g_weak_ref_clear (dialog);
  g_free (dialog);
  /* It went, with the window behind it. */
  if (self == NULL)
    return;
  set_busy (self, FALSE);
  if (!done)
    {
      show_error (self, error);
      return;
    }
  g_signal_emit (self, signals[PASSWORD_CHANGED], 0);
  gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
check_rows (ChatPasswordDialog *self,
            const char         *current,
            const char         *new,
            const char         *repeated)
{
  if (*current == '\0')
    show_row_error (self->current_row, _("Write your current password."));
  else if (*new == '\0')
    show_row_error (self->new_row, _("Write a new password."));
  else if (strlen (new) < MIN_PASSWORD_SIZE)
    show_row_error (self->new_row, _("This password is too short. It needs at least 8 characters."));
  else if (strcmp (new, current) == 0)
    show_row_error (self->new_row, _("This is your current password. Choose another one."));
  else if (strcmp (new, repeated) != 0)
    show_row_error (self->repeat_row, _("This is not the same as the new password."));
  else
    return TRUE;
  return FALSE;
}

static void
submit (ChatPasswordDialog *self)
{
  const char *current = chat_password_row_get_text (self->current_row);
  const char *new = chat_password_row_get_text (self->new_row);
  GWeakRef *dialog;

  if (self->busy || self->wait_id != 0)
    return;
  set_problem (self, NULL);
  if (!check_rows (self, current, new, chat_password_row_get_text (self->repeat_row)))
    return;
  set_busy (self, TRUE);
  /* A window that is held would not go with the one behind it. */
  dialog = g_new0 (GWeakRef, 1);
  g_weak_ref_init (dialog, self);
  chat_session_change_password_async (self->session, current, new, NULL, on_changed, dialog);
}

static void
change_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  submit (CHAT_PASSWORD_DIALOG (widget));
}

static void
cancel_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static gboolean
chat_password_dialog_close_request (GtkWindow *window)
{
  if (CHAT_PASSWORD_DIALOG (window)->busy)
    return TRUE;
  return GTK_WINDOW_CLASS (chat_password_dialog_parent_class)->close_request (window);
}

static void
chat_password_dialog_dispose (GObject *object)
{
  ChatPasswordDialog *self = CHAT_PASSWORD_DIALOG (object);

  g_clear_handle_id (&self->wait_id, g_source_remove);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chat_password_dialog_parent_class)->dispose (object);
}

static void
chat_password_dialog_class_init (ChatPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_password_dialog_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = chat_password_dialog_close_request;

  signals[PASSWORD_CHANGED] = g_signal_new ("password-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);

  g_type_ensure (CHAT_TYPE_PASSWORD_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, change_button);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, form_box);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, current_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, new_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, repeat_row);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, problem_box);
  gtk_widget_class_bind_template_child (widget_class, ChatPasswordDialog, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, submit);

  gtk_widget_class_install_action (widget_class, "password.change", NULL, change_action);
  gtk_widget_class_install_action (widget_class, "password.cancel", NULL, cancel_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "password.cancel", NULL);
}

static void
chat_password_dialog_init (ChatPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_complete (GTK_WIDGET (self));
  chat_accessible_follow_map (self->problem_box);
  gtk_widget_grab_focus (GTK_WIDGET (self->current_row));
  update (self);
}

GtkWidget *
chat_password_dialog_new (GtkWindow   *parent,
                          ChatSession *session)
{
  ChatPasswordDialog *self;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);

  self = g_object_new (CHAT_TYPE_PASSWORD_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
