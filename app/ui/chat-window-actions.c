/* chat-window-actions.c: what is done from the window's menus and bars, and what asks first
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-window-private.h"

#include <glib/gi18n.h>

#include "chat-certificate-dialog.h"
#include "chat-compat.h"
#include "chat-format.h"
#include "chat-uri.h"
#include "chat-words.h"

/* What a question names stays short. */
#define MAX_NAME 40

static void
on_room_deleted (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (ChatWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!chat_session_delete_room_finish (CHAT_SESSION (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      && self->session != NULL)
    chat_window_toast (self, chat_words_for_error (error));
}

static void
on_delete_response (ChatWindow *self,
                    const char *response)
{
  g_autoptr (ChatRoom) room = g_steal_pointer (&self->delete_room);

  g_clear_weak_pointer (&self->delete_dialog);
  if (g_strcmp0 (response, "delete") == 0 && room != NULL && self->session != NULL)
    chat_session_delete_room_async (self->session, room, NULL, on_room_deleted, g_object_ref (self));
}

void
chat_window_delete_room (ChatWindow *self,
                         ChatRoom   *room)
{
  AdwMessageDialog *dialog;
  g_autofree char *line = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (CHAT_IS_WINDOW (self));
  g_return_if_fail (CHAT_IS_ROOM (room));

  if (self->delete_dialog != NULL)
    return;
  line = chat_format_line (chat_room_get_name (room), MAX_NAME);
  name = chat_format_isolate (line);
  dialog = ADW_MESSAGE_DIALOG (chat_compat_message_dialog_new (GTK_WINDOW (self), _("Delete the Conversation?"), NULL));
  /* Translators: the name of a person or a group */
  adw_message_dialog_format_body (dialog, _("The conversation with “%s” and all its messages are deleted for everybody in it. "
                                            "They can not be brought back."),
                                  name);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "delete", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_set_weak_pointer (&self->delete_dialog, GTK_WIDGET (dialog));
  g_set_object (&self->delete_room, room);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_response), self, G_CONNECT_SWAPPED);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_signed_out (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (ChatWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  chat_session_sign_out_finish (CHAT_SESSION (source), result, &error);
  if (self->session == NULL)
    return;
  self->loading = FALSE;
  chat_window_update_page (self);
}

static void
on_sign_out_response (ChatWindow *self,
                      const char *response)
{
  if (g_strcmp0 (response, "sign-out") != 0 || self->session == NULL)
    return;
  chat_sign_in_page_fill (self->sign_in_page, chat_session_get_server (self->session),
                          chat_session_get_insecure (self->session), chat_session_get_login (self->session));
  g_settings_reset (self->settings, "last-room");
  chat_session_sign_out_async (self->session, NULL, on_signed_out, g_object_ref (self));
}

void
chat_window_sign_out (ChatWindow *self)
{
  AdwMessageDialog *dialog;
  g_autofree char *lost = NULL;
  g_autofree char *text = NULL;
  guint unsent;

  g_return_if_fail (CHAT_IS_WINDOW (self));

  if (chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT)
    return;
  unsent = chat_session_count_unsent (self->session);
  if (unsent > 0)
    lost = g_strdup_printf (ngettext ("%u message that was not sent yet is lost, and so are drafts.",
                                      "%u messages that were not sent yet are lost, and so are drafts.", unsent), unsent);
  text = g_strdup_printf ("%s %s", lost != NULL ? lost : _("Drafts are lost."),
                          _("What this computer keeps of your conversations is deleted; they stay on the server."));
  dialog = ADW_MESSAGE_DIALOG (chat_compat_message_dialog_new (GTK_WINDOW (self), _("Sign Out?"), text));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "sign-out", _("_Sign Out"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sign_out_response), self, G_CONNECT_SWAPPED);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Actions that name a room by its id: it may be gone when they come. */
static ChatRoom *
get_room_of (ChatWindow *self,
             GVariant   *parameter)
{
  return chat_room_list_lookup (chat_session_get_rooms (self->session), g_variant_get_int64 (parameter));
}

static void
open_room_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  ChatRoom *room = get_room_of (self, parameter);

  if (room != NULL)
    chat_window_open_room (self, room);
}

static void
pin_room_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  ChatRoom *room = get_room_of (self, parameter);

  if (room != NULL)
    chat_session_set_room_pinned (self->session, room, !chat_room_get_pinned (room));
}

static void
mute_room_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  ChatRoom *room = get_room_of (self, parameter);

  if (room != NULL)
    chat_session_set_room_muted (self->session, room, !chat_room_get_muted (room));
}

static void
mark_room_unread_action (GtkWidget  *widget,
                         const char *action_name,
                         GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  ChatRoom *room = get_room_of (self, parameter);

  if (room != NULL)
    chat_window_mark_unread (self, room);
}

static void
mark_room_read_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  ChatRoom *room = get_room_of (self, parameter);
  ChatMessage *message = room != NULL ? chat_room_get_last_message (room) : NULL;

  if (room == NULL)
    return;
  chat_room_set_marked_unread (room, FALSE);
  if (message != NULL)
    chat_session_mark_read (self->session, room, chat_message_get_id (message));
}

static void
delete_room_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  ChatRoom *room = get_room_of (self, parameter);

  if (room != NULL)
    chat_window_delete_room (self, room);
}

/* Anybody who is signed in to this server can open it. */
static void
copy_link_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  const char *server = chat_session_get_server (self->session);
  g_autofree char *link = NULL;

  if (self->room == NULL || server == NULL)
    return;
  link = chat_uri_to_person (server, chat_room_get_name (self->room));
  if (link == NULL)
    {
      /* An address that means something on this computer alone */
      chat_window_toast (self, _("There can be no link to this server"));
      return;
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), link);
  chat_window_toast (self, _("Link copied"));
}

static void
find_person_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  chat_window_new_conversation (CHAT_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
toast_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  chat_window_toast (CHAT_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
back_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
  chat_room_list_view_focus_list (self->room_list_view);
}

static void
cancel_sign_in_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);

  self->signing_in_again = FALSE;
  chat_window_update_page (self);
}

typedef struct
{
  ChatWindow *window;
  char *server;
  char *fingerprint;
} Certificate;

static void
certificate_free (gpointer  data,
                  GClosure *closure)
{
  Certificate *certificate = data;

  g_free (certificate->server);
  g_free (certificate->fingerprint);
  g_free (certificate);
}

static void
on_certificate_response (AdwMessageDialog *dialog,
                         const char       *response,
                         Certificate      *certificate)
{
  ChatWindow *self = certificate->window;

  if (g_strcmp0 (response, CHAT_CERTIFICATE_ACCEPT) != 0 || self->session == NULL)
    return;
  chat_session_accept_certificate (self->session, certificate->server, certificate->fingerprint);
  chat_session_connect (self->session);
}

static void
show_certificate (ChatWindow *self,
                  gboolean    changed)
{
  const char *accepted = NULL;
  const char *fingerprint = chat_session_get_certificate_fingerprint (self->session, &accepted);
  const char *server = chat_session_get_server (self->session);
  Certificate *certificate;
  GtkWidget *dialog;

  if (fingerprint == NULL || server == NULL)
    {
      chat_session_connect (self->session);
      return;
    }
  certificate = g_new0 (Certificate, 1);
  certificate->window = self;
  certificate->server = g_strdup (server);
  certificate->fingerprint = g_strdup (fingerprint);
  dialog = chat_certificate_dialog_new (GTK_WINDOW (self), server, fingerprint, changed ? accepted : NULL);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_certificate_response), certificate, certificate_free, 0);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
resolve_connection_action (GtkWidget  *widget,
                           const char *action_name,
                           GVariant   *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);
  const GError *error = chat_session_get_error (self->session);

  if (chat_session_get_state (self->session) != CHAT_SESSION_REFUSED || error == NULL
      || error->domain != CHAT_SESSION_ERROR)
    {
      chat_session_connect (self->session);
      return;
    }
  switch (error->code)
    {
    case CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN:
    case CHAT_SESSION_ERROR_CERTIFICATE_CHANGED:
      show_certificate (self, error->code == CHAT_SESSION_ERROR_CERTIFICATE_CHANGED);
      break;
    case CHAT_SESSION_ERROR_SIGNED_OUT:
    case CHAT_SESSION_ERROR_WRONG_PASSWORD:
    case CHAT_SESSION_ERROR_WRONG_USER:
      self->signing_in_again = TRUE;
      chat_sign_in_page_fill (self->sign_in_page, chat_session_get_server (self->session),
                              chat_session_get_insecure (self->session), chat_session_get_login (self->session));
      chat_window_update_page (self);
      break;
    default:
      chat_session_connect (self->session);
    }
}

void
chat_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open-room", "x", open_room_action);
  gtk_widget_class_install_action (widget_class, "win.pin-room", "x", pin_room_action);
  gtk_widget_class_install_action (widget_class, "win.mute-room", "x", mute_room_action);
  gtk_widget_class_install_action (widget_class, "win.mark-room-unread", "x", mark_room_unread_action);
  gtk_widget_class_install_action (widget_class, "win.mark-room-read", "x", mark_room_read_action);
  gtk_widget_class_install_action (widget_class, "win.delete-room", "x", delete_room_action);
  gtk_widget_class_install_action (widget_class, "win.copy-link", NULL, copy_link_action);
  gtk_widget_class_install_action (widget_class, "win.find-person", "s", find_person_action);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.cancel-sign-in", NULL, cancel_sign_in_action);
  gtk_widget_class_install_action (widget_class, "win.resolve-connection", NULL, resolve_connection_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Back, 0, "win.back", NULL);
}
