/* chat-send-files-dialog.c: what is about to be sent, and how
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-send-files-dialog.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-attachment-words.h"
#include "chat-frames.h"
#include "chat-message-text.h"
#include "chat-session-media.h"
#include "chat-words.h"

/* Pixels of a preview's side */
#define PREVIEW_SIZE 40

/* One file; counted, for what is asked about it may be answered after it is gone from the dialog */
typedef struct
{
  ChatSendFilesDialog *dialog;    /* (nullable): it is gone from there */
  GFile               *file;      /* (nullable): what is in memory has none */
  GBytes              *bytes;
  char                *name;
  GtkWidget           *row;
  GtkWidget           *icon;
  gboolean             known;     /* what it is has been looked at */
  gboolean             sendable;
  gboolean             image;
} Item;

struct _ChatSendFilesDialog
{
  AdwWindow            parent_instance;

  ChatSession         *session;
  ChatRoom            *room;
  GPtrArray           *items;     /* (element-type Item) */
  GCancellable        *cancellable;
  gboolean             sending;
  gboolean             sent_any;
  gboolean             captioned;   /* the caption goes with the one that is being sent, or went */
  gboolean             failed_any;  /* this time */
  ChatMessage         *last;        /* that was sent */
  guint                next;      /* of the items, while it is sending */

  GtkWidget           *send_button;
  GtkWidget           *spinner;
  GtkWidget           *page;
  AdwPreferencesGroup *files;
  GtkWidget           *images;
  GtkWidget           *caption;
  GtkWidget           *as_file;
  GtkWidget           *strip;
};

enum
{
  SENT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatSendFilesDialog, chat_send_files_dialog, ADW_TYPE_WINDOW)

static void
item_clear (gpointer data)
{
  Item *item = data;

  g_clear_object (&item->file);
  g_clear_pointer (&item->bytes, g_bytes_unref);
  g_free (item->name);
}

static void
item_unref (gpointer item)
{
  g_rc_box_release_full (item, item_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Item, item_unref)

static void
update (ChatSendFilesDialog *self)
{
  gboolean known = TRUE, sendable = FALSE, image = FALSE;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = self->items->pdata[i];

      known &= item->known;
      sendable |= item->sendable;
      image |= item->image && item->sendable;
    }
  gtk_widget_set_visible (self->images, image);
  gtk_widget_set_sensitive (self->page, !self->sending);
  /* Where all has gone but the caption, that is sent again */
  gtk_widget_set_sensitive (self->send_button, known && !self->sending && (sendable || (self->sent_any && self->items->len == 0)));
  gtk_widget_set_visible (self->spinner, self->sending);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), self->sending);
}

static void
set_words (Item       *item,
           const char *words,
           gboolean    problem)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (item->row), words);
  if (problem)
    gtk_widget_add_css_class (item->row, "error");
  else
    gtk_widget_remove_css_class (item->row, "error");
}

static void
set_too_large (Item *item)
{
  gint64 limit = chat_session_get_media_limit (item->dialog->session);
  g_autofree char *size = g_format_size (limit);
  /* Translators: %s is a size, such as "2.1 GB" */
  g_autofree char *words = g_strdup_printf (_("Too large: this server takes files of up to %s."), size);

  set_words (item, limit > 0 ? words : _("Too large for this server."), TRUE);
}

static void
set_problem (Item         *item,
             const GError *error)
{
  if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_TOO_LARGE))
    set_too_large (item);
  else if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_EMPTY))
    set_words (item, _("It is empty."), TRUE);
  else if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_UNSUPPORTED))
    set_words (item, _("This can not be sent."), TRUE);
  else if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_FAILED))
    set_words (item, _("It could not be read, or not be cleaned of what it tells."), TRUE);
  else
    set_words (item, chat_words_for_error (error), TRUE);
}

/* What each file is */

static void
preview_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Item) item = user_data;
  g_autoptr (ChatImage) image = chat_image_decode_finish (result, NULL);
  g_autoptr (ChatFrames) frames = image != NULL ? chat_frames_new (image) : NULL;

  if (item->dialog != NULL && frames != NULL)
    gtk_image_set_from_paintable (GTK_IMAGE (item->icon), GDK_PAINTABLE (chat_frames_get (frames, 0, NULL)));
}

static void
show_preview (Item *item)
{
  ChatSendFilesDialog *self = item->dialog;
  int size = PREVIEW_SIZE * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  g_autofree char *path = item->file != NULL ? g_file_get_path (item->file) : NULL;

  if (path != NULL)
    chat_image_decode_async (path, CHAT_IMAGE_STILL, size, size, self->cancellable, preview_cb, g_rc_box_acquire (item));
  else if (item->bytes != NULL)
    chat_image_decode_bytes_async (item->bytes, size, size, self->cancellable, preview_cb, g_rc_box_acquire (item));
}

static void
item_known (Item       *item,
            gint64      size,
            const char *content_type)
{
  static const char *const images[] = { "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff" };
  gint64 limit = chat_session_get_media_limit (item->dialog->session);
  g_autofree char *words = g_format_size (size);
  g_autoptr (GIcon) icon = chat_attachment_icon_for (content_type);

  item->known = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    item->image |= g_content_type_is_mime_type (content_type, images[i]);
  gtk_image_set_from_gicon (GTK_IMAGE (item->icon), icon);
  if (size == 0)
    set_words (item, _("It is empty."), TRUE);
  else if (limit > 0 && size > limit)
    set_too_large (item);
  else
    {
      item->sendable = TRUE;
      set_words (item, words, FALSE);
      if (item->image)
        show_preview (item);
    }
  update (item->dialog);
}

static void
queried_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Item) item = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, NULL);

  if (item->dialog == NULL)
    return;

  if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    {
      const char *type = g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE);

      item_known (item, g_file_info_get_size (info), type != NULL ? type : "application/octet-stream");
      return;
    }

  item->known = TRUE;
  if (info == NULL)
    set_words (item, _("It can not be read."), TRUE);
  else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    set_words (item, _("Folders can not be sent. Send the files in it, or an archive."), TRUE);
  else
    set_words (item, _("This can not be sent."), TRUE);
  update (item->dialog);
}

static void
drop_item (ChatSendFilesDialog *self,
           guint                index)
{
  Item *item = self->items->pdata[index];

  item->dialog = NULL;
  adw_preferences_group_remove (self->files, item->row);
  g_ptr_array_remove_index (self->items, index);
}

static void
remove_cb (ChatSendFilesDialog *self,
           GtkWidget           *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);

  for (guint i = 0; i < self->items->len; i++)
    if (((Item *) self->items->pdata[i])->row == row)
      {
        drop_item (self, i);
        break;
      }
  if (self->items->len == 0)
    gtk_window_close (GTK_WINDOW (self));
  else
    update (self);
}

static Item *
add_item (ChatSendFilesDialog *self,
          const char          *name)
{
  g_autofree char *line = chat_text_harmless_line (name, 255);
  /* Translators: %s is the name of a file */
  g_autofree char *words = g_strdup_printf (_("Do not send %s"), line);
  GtkWidget *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");
  Item *item = g_rc_box_new0 (Item);

  item->dialog = self;
  item->name = g_strdup (name);
  item->row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (item->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (item->row), line);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (item->row), 0);
  item->icon = gtk_image_new_from_icon_name ("text-x-generic-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (item->icon), PREVIEW_SIZE);
  adw_action_row_add_prefix (ADW_ACTION_ROW (item->row), item->icon);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  gtk_widget_set_tooltip_text (remove, words);
  chat_accessible_set_label (remove, words);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (item->row), remove);
  adw_preferences_group_add (self->files, item->row);
  g_ptr_array_add (self->items, item);

  return item;
}

/* Sending: one after the other, so that they come in their order */

static void send_next (ChatSendFilesDialog *self);

/* Returns: (transfer full) (nullable) */
static char *
dup_caption (ChatSendFilesDialog *self)
{
  g_autofree char *caption = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->caption))));

  return *caption != '\0' ? g_steal_pointer (&caption) : NULL;
}

static void
finish (ChatSendFilesDialog *self)
{
  g_autofree char *caption = dup_caption (self);
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  self->sending = FALSE;
  for (guint i = 0; i < self->items->len; i++)
    if (((Item *) self->items->pdata[i])->sendable)
      {
        update (self);
        return;
      }

  /* What could not be sent from the beginning was told, and is left out */
  if (self->sent_any && caption != NULL && !self->captioned)
    message = chat_session_send_caption (self->session, self->room, self->last, caption, &error);
  if (error != NULL)
    {
      gtk_widget_add_css_class (self->caption, "error");
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->caption), chat_words_for_error (error));
      update (self);
      return;
    }
  if (self->sent_any)
    g_signal_emit (self, signals[SENT], 0);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Item) item = user_data;
  g_autoptr (ChatSendFilesDialog) self = item->dialog != NULL ? g_object_ref (item->dialog) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatMessage) message = chat_session_send_file_finish (CHAT_SESSION (object), result, &error);

  if (self == NULL)
    return;

  if (message != NULL)
    {
      self->sent_any = TRUE;
      g_set_object (&self->last, message);
      drop_item (self, self->next);
    }
  else
    {
      set_problem (item, error);
      self->captioned = FALSE;
      self->failed_any = TRUE;
      self->next++;
    }
  send_next (self);
}

/* Whether the item whose turn it is is all that has not gone */
static gboolean
is_last (ChatSendFilesDialog *self)
{
  for (guint i = self->next + 1; i < self->items->len; i++)
    if (((Item *) self->items->pdata[i])->sendable)
      return FALSE;
  return !self->failed_any;
}

static void
send_next (ChatSendFilesDialog *self)
{
  ChatSessionFileOptions options = { 0 };
  g_autofree char *caption = NULL;
  Item *item;

  while (self->next < self->items->len && !((Item *) self->items->pdata[self->next])->sendable)
    self->next++;
  if (self->next >= self->items->len)
    {
      finish (self);
      return;
    }

  item = self->items->pdata[self->next];
  options.as_image = item->image && !gtk_switch_get_active (GTK_SWITCH (self->as_file));
  options.keep_metadata = !gtk_switch_get_active (GTK_SWITCH (self->strip));
  options.name = item->file == NULL ? item->name : NULL;
  if (is_last (self))
    options.caption = caption = dup_caption (self);
  self->captioned = caption != NULL;
  if (item->file != NULL)
    chat_session_send_file_async (self->session, self->room, item->file, &options, self->cancellable, sent_cb,
                                  g_rc_box_acquire (item));
  else
    chat_session_send_bytes_async (self->session, self->room, item->bytes, &options, self->cancellable, sent_cb,
                                   g_rc_box_acquire (item));
}

static void
on_send (ChatSendFilesDialog *self)
{
  if (!gtk_widget_get_sensitive (self->send_button))
    return;

  self->sending = TRUE;
  self->failed_any = FALSE;
  self->next = 0;
  update (self);
  send_next (self);
}

static void
chat_send_files_dialog_dispose (GObject *object)
{
  ChatSendFilesDialog *self = CHAT_SEND_FILES_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; self->items != NULL && i < self->items->len; i++)
    ((Item *) self->items->pdata[i])->dialog = NULL;
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_object (&self->room);
  g_clear_object (&self->last);

  G_OBJECT_CLASS (chat_send_files_dialog_parent_class)->dispose (object);
}

static void
chat_send_files_dialog_class_init (ChatSendFilesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_send_files_dialog_dispose;

  signals[SENT] = g_signal_new ("sent", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-send-files-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, send_button);
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, page);
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, files);
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, images);
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, caption);
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, as_file);
  gtk_widget_class_bind_template_child (widget_class, ChatSendFilesDialog, strip);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
}

static void
chat_send_files_dialog_init (ChatSendFilesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_ptr_array_new_with_free_func (item_unref);
  self->cancellable = g_cancellable_new ();
  chat_accessible_follow_map (self->images);
}

GtkWidget *
chat_send_files_dialog_new (ChatSession *session,
                            ChatRoom    *room)
{
  ChatSendFilesDialog *self = g_object_new (CHAT_TYPE_SEND_FILES_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->room = g_object_ref (room);
  return GTK_WIDGET (self);
}

void
chat_send_files_dialog_add_file (ChatSendFilesDialog *self,
                                 GFile               *file)
{
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;
  Item *item;

  g_return_if_fail (CHAT_IS_SEND_FILES_DIALOG (self));
  g_return_if_fail (G_IS_FILE (file));

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *other = self->items->pdata[i];

      if (other->file != NULL && g_file_equal (other->file, file))
        return;
    }
  if (self->items->len >= CHAT_SEND_FILES_MAX)
    return;

  base = g_file_get_basename (file);
  name = g_filename_display_name (base != NULL ? base : "");
  item = add_item (self, name);
  item->file = g_object_ref (file);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE ","
                           G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable,
                           queried_cb, g_rc_box_acquire (item));
  update (self);
}

void
chat_send_files_dialog_add_image (ChatSendFilesDialog *self,
                                  GBytes              *bytes,
                                  const char          *name)
{
  g_autofree char *type = NULL;
  Item *item;

  g_return_if_fail (CHAT_IS_SEND_FILES_DIALOG (self));

  item = add_item (self, name);
  item->bytes = g_bytes_ref (bytes);
  type = g_content_type_guess (name, NULL, 0, NULL);
  item_known (item, g_bytes_get_size (bytes), type);
}
