/* chat-conversation-files.c: files: chosen, dropped or pasted, and what is asked for those that are in the room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-conversation-private.h"

#include <glib/gi18n.h>

#include "chat-compat.h"
#include "chat-file-acts.h"
#include "chat-image-viewer.h"
#include "chat-room-files-window.h"
#include "chat-send-files-dialog.h"
#include "chat-session-media.h"

/* Of an image that is pasted (bytes) */
#define MAX_PASTED   (64 * 1024 * 1024)
#define PASTE_CHUNK  (256 * 1024)

static gboolean
can_attach (ChatConversation *self)
{
  return self->session != NULL && self->room != NULL &&
         (chat_session_get_abilities (self->session) & CHAT_SESSION_CAN_ATTACH) != 0;
}

static GtkWindow *
window_of (ChatConversation *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* To the room that is shown when the files are chosen, whatever is shown when they are sent */
static ChatSendFilesDialog *
make_dialog (ChatConversation *self)
{
  GtkWidget *dialog = chat_send_files_dialog_new (self->session, self->room);

  gtk_window_set_transient_for (GTK_WINDOW (dialog), window_of (self));
  g_signal_connect_object (dialog, "sent", G_CALLBACK (chat_timeline_show_newest), self->timeline, G_CONNECT_SWAPPED);

  return CHAT_SEND_FILES_DIALOG (dialog);
}

/* Returns: (transfer none) (nullable): the dialog, which is still to be presented */
static GtkWindow *
add_files (ChatConversation *self,
           const GSList     *files)
{
  ChatSendFilesDialog *dialog;

  if (files == NULL || !can_attach (self))
    return NULL;

  dialog = make_dialog (self);
  for (const GSList *l = files; l != NULL; l = l->next)
    chat_send_files_dialog_add_file (dialog, l->data);
  return GTK_WINDOW (dialog);
}

static void
ask_about_files (ChatConversation *self,
                 const GSList     *files)
{
  GtkWindow *dialog = add_files (self, files);

  if (dialog != NULL)
    gtk_window_present (dialog);
}

/* Chosen */

static void
chosen_cb (GSList   *files,
           gpointer  user_data)
{
  ChatConversation *self = user_data;

  ask_about_files (self, files);
  g_clear_object (&self->chooser);
}

static void
attach_cb (ChatConversation *self)
{
  if (can_attach (self) && self->chooser == NULL)
    self->chooser = chat_compat_choose_files (window_of (self), _("Choose Files"), chosen_cb, self, NULL);
}

/* Dropped */

static void
present_cb (GWeakRef *ref)
{
  g_autoptr (GtkWindow) dialog = g_weak_ref_get (ref);

  if (dialog != NULL)
    gtk_window_present (dialog);
  g_weak_ref_clear (ref);
  g_free (ref);
}

static gboolean
drop_cb (GtkDropTarget    *target,
         const GValue     *value,
         double            x,
         double            y,
         ChatConversation *self)
{
  GtkWindow *dialog;
  GWeakRef *ref;

  if (!can_attach (self) || !G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;

  dialog = add_files (self, g_value_get_boxed (value));
  if (dialog == NULL)
    return FALSE;

  /* The drop has to end first: with GTK 4.24 a window that comes within it makes it one that failed, for whoever dragged */
  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, dialog);
  g_idle_add_once ((GSourceOnceFunc) present_cb, ref);
  return TRUE;
}

/* Pasted */

typedef struct
{
  GWeakRef      conversation;
  ChatRoom     *room;
  GCancellable *cancellable;
  GByteArray   *bytes;
  char         *name;
} Pasting;

static Pasting *
pasting_new (ChatConversation *self)
{
  Pasting *pasting = g_new0 (Pasting, 1);

  g_weak_ref_init (&pasting->conversation, self);
  pasting->room = g_object_ref (self->room);
  pasting->cancellable = g_object_ref (self->cancellable);
  pasting->bytes = g_byte_array_new ();

  return pasting;
}

static void
pasting_free (Pasting *pasting)
{
  g_weak_ref_clear (&pasting->conversation);
  g_object_unref (pasting->room);
  g_object_unref (pasting->cancellable);
  g_byte_array_unref (pasting->bytes);
  g_free (pasting->name);
  g_free (pasting);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pasting, pasting_free)

/* Returns: (transfer full) (nullable): the conversation, if it still shows the room where the person pasted */
static ChatConversation *
pasting_get (Pasting *pasting)
{
  g_autoptr (ChatConversation) self = g_weak_ref_get (&pasting->conversation);

  return self != NULL && self->room == pasting->room && can_attach (self) ? g_steal_pointer (&self) : NULL;
}

static void
files_pasted_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Pasting) pasting = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (object), result, NULL);
  g_autoptr (ChatConversation) self = pasting_get (pasting);
  const GSList *files = value != NULL && G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) ? g_value_get_boxed (value) : NULL;

  if (self == NULL)
    return;

  /* Addresses of pages come the same way: they are text */
  if (files != NULL && g_file_is_native (files->data))
    ask_about_files (self, files);
  else
    chat_composer_paste_text (CHAT_COMPOSER (self->composer));
}

static void
image_read_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  GInputStream *stream = G_INPUT_STREAM (object);
  g_autoptr (Pasting) pasting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (stream, result, &error);
  g_autoptr (ChatConversation) self = pasting_get (pasting);
  GCancellable *cancellable = pasting->cancellable;

  if (self == NULL)
    return;
  if (chunk == NULL || pasting->bytes->len + g_bytes_get_size (chunk) > MAX_PASTED)
    {
      chat_conversation_tell (self, chunk == NULL ? _("The image could not be pasted.") :
                                                    _("The image is too large to be pasted. Send it as a file."), NULL);
      return;
    }

  if (g_bytes_get_size (chunk) > 0)
    {
      g_byte_array_append (pasting->bytes, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
      g_input_stream_read_bytes_async (stream, PASTE_CHUNK, G_PRIORITY_DEFAULT, cancellable, image_read_cb,
                                       g_steal_pointer (&pasting));
    }
  else if (pasting->bytes->len > 0)
    {
      g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&pasting->bytes));
      ChatSendFilesDialog *dialog;

      pasting->bytes = g_byte_array_new ();
      dialog = make_dialog (self);
      chat_send_files_dialog_add_image (dialog, bytes, pasting->name);
      gtk_window_present (GTK_WINDOW (dialog));
    }
}

static void
image_pasted_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Pasting) pasting = user_data;
  g_autoptr (ChatConversation) self = pasting_get (pasting);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d %H-%M-%S");
  GCancellable *cancellable = pasting->cancellable;
  const char *type = NULL;

  stream = gdk_clipboard_read_finish (GDK_CLIPBOARD (object), result, &type, NULL);
  if (self == NULL)
    return;
  if (stream == NULL)
    {
      chat_conversation_tell (self, _("The image could not be pasted."), NULL);
      return;
    }

  /* Translators: the name of a file that is made of an image in the clipboard; %s is date and time */
  pasting->name = g_strdup_printf (_("Image %s"), date);
  date = g_strconcat (pasting->name, ".", strchr (type, '/') + 1, NULL);
  g_free (pasting->name);
  pasting->name = g_steal_pointer (&date);
  g_input_stream_read_bytes_async (stream, PASTE_CHUNK, G_PRIORITY_DEFAULT, cancellable, image_read_cb, g_steal_pointer (&pasting));
}

static gboolean
paste_cb (ChatConversation *self)
{
  static const char *images[] = { "image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff", NULL };
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  /* What can be made of what is there: files come by addresses, or through the portal */
  g_autoptr (GdkContentFormats) formats = gdk_content_formats_union_deserialize_gtypes (
      gdk_content_formats_ref (gdk_clipboard_get_formats (clipboard)));
  gboolean text = gdk_content_formats_contain_gtype (formats, G_TYPE_STRING) ||
                  gdk_content_formats_contain_mime_type (formats, "UTF8_STRING");
  gboolean image = FALSE;

  if (!can_attach (self))
    return FALSE;

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    {
      gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, self->cancellable, files_pasted_cb,
                                      pasting_new (self));
      return TRUE;
    }

  for (guint i = 0; images[i] != NULL; i++)
    image |= gdk_content_formats_contain_mime_type (formats, images[i]);
  /* A table or a formula comes as text and as its picture: then text is meant */
  if (!image || text)
    return FALSE;

  gdk_clipboard_read_async (clipboard, images, G_PRIORITY_DEFAULT, self->cancellable, image_pasted_cb, pasting_new (self));
  return TRUE;
}

/* Of a message that is there */

/* The windows would lie over it */
static void
show_in_conversation_cb (ChatConversation *self,
                         ChatMessage      *message)
{
  g_autoptr (ChatMessage) kept = g_object_ref (message);

  chat_conversation_close_windows (self);
  chat_conversation_show_message (self, kept);
}

static void
view (ChatConversation *self,
      GtkWindow        *parent,
      ChatFileList     *images,
      ChatMessage      *message)
{
  chat_conversation_close_viewer (self);
  g_set_weak_pointer (&self->viewer, chat_image_viewer_new (parent, self->session, images, message));
  g_signal_connect_object (self->viewer, "show-in-conversation", G_CALLBACK (show_in_conversation_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->viewer));
}

static void
view_listed_cb (ChatConversation    *self,
                ChatMessage         *message,
                ChatRoomFilesWindow *window)
{
  view (self, GTK_WINDOW (window), chat_room_files_window_get_images (window), message);
}

void
chat_conversation_show_files (ChatConversation *self)
{
  g_return_if_fail (CHAT_IS_CONVERSATION (self));

  if (self->session == NULL || self->room == NULL || self->files != NULL)
    return;

  g_set_weak_pointer (&self->files, chat_room_files_window_new (window_of (self), self->session, self->room));
  g_signal_connect_object (self->files, "view", G_CALLBACK (view_listed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "show-in-conversation", G_CALLBACK (show_in_conversation_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->files));
}

static void
close_window (GtkWidget **place)
{
  GtkWidget *window = *place;

  g_clear_weak_pointer (place);
  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
}

void
chat_conversation_close_viewer (ChatConversation *self)
{
  close_window (&self->viewer);
}

void
chat_conversation_close_windows (ChatConversation *self)
{
  chat_conversation_close_viewer (self);
  close_window (&self->files);
}

void
chat_conversation_file_requested (ChatConversation *self,
                                  ChatMessage      *message,
                                  const char       *action)
{
  g_autoptr (ChatFileList) images = NULL;

  if (!g_str_equal (action, "view"))
    {
      chat_file_acts_do (self->session, GTK_WIDGET (self), message, action);
      return;
    }
  if (self->room == NULL || !chat_file_acts_can (message, action))
    return;

  images = chat_session_get_room_files (self->session, self->room, TRUE);
  view (self, window_of (self), images, message);
}

/* Parts of the conversation */

void
chat_conversation_update_files (ChatConversation *self)
{
  gboolean able = can_attach (self);

  chat_composer_set_can_attach (CHAT_COMPOSER (self->composer), able);
  /* Before the text view, which would take the names of files for text */
  gtk_event_controller_set_propagation_phase (self->drop, able ? GTK_PHASE_CAPTURE : GTK_PHASE_NONE);
}

void
chat_conversation_init_files (ChatConversation *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (drop, "drop", G_CALLBACK (drop_cb), self);
  self->drop = GTK_EVENT_CONTROLLER (drop);
  gtk_widget_add_controller (GTK_WIDGET (self), self->drop);
  g_signal_connect_object (self->composer, "attach", G_CALLBACK (attach_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composer, "paste", G_CALLBACK (paste_cb), self, G_CONNECT_SWAPPED);
  chat_conversation_update_files (self);
}

void
chat_conversation_dispose_files (ChatConversation *self)
{
  chat_conversation_close_windows (self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
}
