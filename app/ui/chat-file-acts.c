/* chat-file-acts.c: what a person does with the file of a message, wherever it is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-file-acts.h"

#include <glib/gi18n.h>

#include "chat-attachment-words.h"
#include "chat-compat.h"
#include "chat-file-opener.h"
#include "chat-frames.h"
#include "chat-session-media.h"
#include "chat-words.h"

/* Pixels of the longer side of an image that is copied, at most */
#define COPY_SIDE 4096

/* What an answer needs that may come after the widget is gone */
typedef struct
{
  GWeakRef     from;
  ChatSession *session;
  ChatMessage *message;
} Act;

static Act *
act_new (ChatSession *session,
         GtkWidget   *from,
         ChatMessage *message)
{
  Act *act = g_new0 (Act, 1);

  g_weak_ref_init (&act->from, from);
  act->session = g_object_ref (session);
  act->message = g_object_ref (message);

  return act;
}

static void
act_free (Act *act)
{
  g_weak_ref_clear (&act->from);
  g_object_unref (act->session);
  g_object_unref (act->message);
  g_free (act);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Act, act_free)

/* Returns: (nullable) */
static GtkWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* Where the person asked, or in the window that they look at since */
static void
tell (Act          *act,
      const char   *what,
      const GError *error)
{
  g_autoptr (GtkWidget) from = g_weak_ref_get (&act->from);
  GApplication *application = g_application_get_default ();
  GtkWindow *window = GTK_IS_APPLICATION (application) ? gtk_application_get_active_window (GTK_APPLICATION (application)) : NULL;
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  words = error != NULL ? g_strdup_printf ("%s %s", what, chat_words_for_error (error)) : g_strdup (what);
  if ((from == NULL || !gtk_widget_activate_action (from, "file.tell", "s", words)) && window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s", words);
}

static void
copied_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Act) act = user_data;
  g_autoptr (GtkWidget) from = g_weak_ref_get (&act->from);
  g_autoptr (ChatImage) image = chat_image_decode_finish (result, NULL);
  g_autoptr (ChatFrames) frames = image != NULL ? chat_frames_new (image) : NULL;

  if (frames != NULL && from != NULL)
    gdk_clipboard_set_texture (gtk_widget_get_clipboard (from), chat_frames_get (frames, 0, NULL));
  else if (frames == NULL)
    tell (act, _("The image could not be copied."), NULL);
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Act) act = user_data;
  g_autoptr (GError) error = NULL;

  if (chat_session_save_attachment_finish (CHAT_SESSION (object), result, &error))
    tell (act, _("The file was saved."), NULL);
  else
    tell (act, _("The file was not saved."), error);
}

static void
destination_cb (GSList   *files,
                gpointer  user_data)
{
  Act *act = user_data;
  g_autoptr (GtkWidget) from = g_weak_ref_get (&act->from);

  if (files == NULL)
    return;

  if (!chat_attachment_is_here (chat_message_get_attachment (act->message)))
    tell (act, _("The file is saved as soon as all of it has come."), NULL);
  chat_session_save_attachment_async (act->session, act->message, files->data, NULL, saved_cb,
                                      act_new (act->session, from, act->message));
}

static void
save_as (ChatSession *session,
         GtkWidget   *from,
         GtkWindow   *window,
         ChatMessage *message)
{
  g_autofree char *name = chat_attachment_dup_safe_name (chat_message_get_attachment (message));

  chat_compat_choose_destination (window, _("Save File"), name, destination_cb, act_new (session, from, message),
                                  (GDestroyNotify) act_free);
}

/* What another program is given has its name. (The row that was clicked may show something else by now: the window was given) */
static void
named_to_open_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (Act) act = user_data;
  g_autoptr (GtkWidget) from = g_weak_ref_get (&act->from);
  g_autofree char *path = chat_session_name_attachment_finish (CHAT_SESSION (object), result, NULL);

  ChatAttachment *attachment = chat_message_get_attachment (act->message);

  /* (It may have been deleted meanwhile) */
  if (path != NULL && from != NULL && attachment != NULL && chat_attachment_get_path (attachment) != NULL)
    chat_file_opener_open (GTK_WINDOW (from), path, chat_attachment_get_path (attachment), chat_attachment_get_name (attachment));
}

static void
named_to_show_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (Act) act = user_data;
  g_autoptr (GtkWidget) from = g_weak_ref_get (&act->from);
  g_autofree char *path = chat_session_name_attachment_finish (CHAT_SESSION (object), result, NULL);

  if (path != NULL && from != NULL)
    chat_file_opener_show_in_folder (GTK_WINDOW (from), path);
}

void
chat_file_acts_add_items (ChatMessage *message,
                          GMenu       *first,
                          GMenu       *second)
{
  ChatAttachmentState state = chat_attachment_get_state (chat_message_get_attachment (message));

  if (chat_file_acts_can (message, "start-transfer"))
    g_menu_append (first, state == CHAT_ATTACHMENT_REMOTE ? _("_Download") :
                          state == CHAT_ATTACHMENT_PAUSED ? _("_Resume") : _("_Retry"), "message.start-transfer");
  if (chat_file_acts_can (message, "pause-transfer"))
    g_menu_append (first, _("_Pause"), "message.pause-transfer");
  if (chat_file_acts_can (message, "cancel-transfer"))
    g_menu_append (first, _("Ca_ncel"), "message.cancel-transfer");
  if (chat_file_acts_can (message, "view"))
    g_menu_append (second, _("_View"), "message.view");
  if (chat_file_acts_can (message, "open"))
    g_menu_append (second, _("_Open"), "message.open");
  if (chat_file_acts_can (message, "copy-image"))
    g_menu_append (second, _("_Copy Image"), "message.copy-image");
  if (chat_file_acts_can (message, "save-as"))
    g_menu_append (second, _("_Save As…"), "message.save-as");
  if (chat_file_acts_can (message, "show-in-folder"))
    g_menu_append (second, _("Show in _Folder"), "message.show-in-folder");
}

gboolean
chat_file_acts_can (ChatMessage *message,
                    const char  *action)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);

  if (attachment == NULL)
    return FALSE;
  if (g_str_equal (action, "start-transfer"))
    return chat_attachment_can_start (attachment);
  if (g_str_equal (action, "pause-transfer"))
    return chat_attachment_can_pause (attachment);
  if (g_str_equal (action, "cancel-transfer"))
    return chat_attachment_can_cancel (attachment);
  /* What is not here comes first */
  if (g_str_equal (action, "save-as"))
    return TRUE;
  if (g_str_equal (action, "view"))
    return chat_attachment_is_picture (message);
  if (g_str_equal (action, "open") || g_str_equal (action, "show-in-folder"))
    return chat_attachment_is_here (attachment);
  if (g_str_equal (action, "copy-image"))
    return chat_attachment_is_here (attachment) && chat_attachment_is_picture (message);

  return FALSE;
}

void
chat_file_acts_do (ChatSession *session,
                   GtkWidget   *from,
                   ChatMessage *message,
                   const char  *action)
{
  GtkWidget *window = GTK_WIDGET (window_of (from));
  ChatAttachment *attachment = chat_message_get_attachment (message);

  g_return_if_fail (CHAT_IS_SESSION (session));
  g_return_if_fail (GTK_IS_WIDGET (from));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  /* A screen reader offers all of them for every row */
  if (!chat_file_acts_can (message, action))
    return;

  if (g_str_equal (action, "start-transfer"))
    chat_session_start_transfer (session, message);
  else if (g_str_equal (action, "pause-transfer"))
    chat_session_pause_transfer (session, message);
  else if (g_str_equal (action, "cancel-transfer"))
    chat_session_cancel_transfer (session, message);
  else if (g_str_equal (action, "save-as"))
    save_as (session, from, window_of (from), message);
  else if (g_str_equal (action, "open"))
    chat_session_name_attachment_async (session, message, NULL, named_to_open_cb,
                                        act_new (session, window, message));
  else if (g_str_equal (action, "show-in-folder"))
    chat_session_name_attachment_async (session, message, NULL, named_to_show_cb,
                                        act_new (session, window, message));
  else if (g_str_equal (action, "copy-image"))
    chat_image_decode_async (chat_attachment_get_path (attachment), CHAT_IMAGE_STILL, COPY_SIDE, COPY_SIDE, NULL, copied_cb,
                             act_new (session, from, message));
}
