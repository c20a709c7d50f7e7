/* chat-file-opener.c: gives a file to another program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-file-opener.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "chat-attachment-words.h"
#include "chat-compat.h"
#include "chat-message-text.h"

/* Of an answer of the file manager, which may have to start (milliseconds) */
#define SHOW_TIMEOUT_MS 10000

typedef struct
{
  GWeakRef  parent;
  GFile    *file;
  char     *name;
} Opening;

static Opening *
opening_new (GtkWindow  *parent,
             const char *path,
             const char *name)
{
  Opening *self = g_new0 (Opening, 1);

  g_weak_ref_init (&self->parent, parent);
  self->file = g_file_new_for_path (path);
  self->name = g_strdup (name);

  return self;
}

static void
opening_free (Opening *self)
{
  g_weak_ref_clear (&self->parent);
  g_object_unref (self->file);
  g_free (self->name);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
tell_failure (GtkWindow *parent)
{
  GtkWidget *dialog = chat_compat_message_dialog_new (parent, _("The File Could Not Be Opened"),
                                                      _("There may be no program for files of this kind. Save it, and open it from there."));

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
shown_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GtkWindow) parent = g_weak_ref_get (&self->parent);
  g_autoptr (GError) error = NULL;
  gboolean shown;

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  shown = gtk_show_uri_full_finish (parent, result, &error);
  G_GNUC_END_IGNORE_DEPRECATIONS
  if (!shown && parent != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell_failure (parent);
}

/* @self: (transfer full) */
static void
show (Opening *self,
      GFile   *file)
{
  g_autoptr (GtkWindow) parent = g_weak_ref_get (&self->parent);
  g_autofree char *uri = g_file_get_uri (file);

  /* Without the window nobody waits for it any more */
  if (parent == NULL)
    {
      opening_free (self);
      return;
    }

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  gtk_show_uri_full (parent, uri, GDK_CURRENT_TIME, NULL, shown_cb, self);
  G_GNUC_END_IGNORE_DEPRECATIONS
}

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          user_data)
{
  Opening *self = user_data;
  g_autoptr (GtkWindow) parent = g_weak_ref_get (&self->parent);

  if (g_str_equal (response, "open") && parent != NULL)
    {
      g_autofree char *path = g_file_get_path (self->file);

      show (opening_new (parent, path, self->name), self->file);
    }
}

/* @self: (transfer full) */
static void
ask (Opening *self)
{
  g_autoptr (GtkWindow) parent = g_weak_ref_get (&self->parent);
  g_autofree char *line = chat_text_harmless_line (self->name, CHAT_ATTACHMENT_MAX_NAME);
  /* From left to right: its ending stands at its end */
  g_autofree char *name = g_strdup_printf ("\xe2\x81\xa6%s\xe2\x81\xa9", line);
  GtkWidget *dialog;

  if (parent == NULL)
    {
      opening_free (self);
      return;
    }

  dialog = chat_compat_message_dialog_new (parent, _("Open This File?"), NULL);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("“%s” is of a kind that can run, and do harm to this computer. Open it only if you expected it from a "
                                    "person whom you trust."), name);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "open", _("_Open"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "open", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), self, (GClosureNotify) (void (*) (void)) opening_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
queried_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GtkWindow) parent = g_weak_ref_get (&self->parent);
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, NULL);
  const char *type;

  if (parent == NULL)
    return;
  if (info == NULL)
    {
      tell_failure (parent);
      return;
    }

  type = g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE);
  if (chat_attachment_can_run (self->name, type))
    ask (g_steal_pointer (&self));
  else
    show (g_steal_pointer (&self), G_FILE (object));
}

void
chat_file_opener_open (GtkWindow  *parent,
                       const char *path,
                       const char *name)
{
  Opening *self;

  g_return_if_fail (path != NULL && name != NULL);

  self = opening_new (parent, path, name);
  /* What it is its bytes tell, too, whatever it is called */
  g_file_query_info_async (self->file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                           queried_cb, self);
}

static void
show_items_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  g_autoptr (GFile) folder = NULL;

  if (answer != NULL)
    return;

  /* No such file manager, or one that the sandbox does not let us reach: the folder, by whatever shows folders */
  folder = g_file_get_parent (self->file);
  if (folder != NULL)
    show (g_steal_pointer (&self), folder);
}

void
chat_file_opener_show_in_folder (GtkWindow  *parent,
                                 const char *path)
{
  GDBusConnection *bus = g_application_get_default () != NULL ?
                         g_application_get_dbus_connection (g_application_get_default ()) : NULL;
  Opening *self;
  g_autofree char *uri = NULL;
  const char *uris[2] = { NULL, NULL };

  g_return_if_fail (path != NULL);

  self = opening_new (parent, path, NULL);
  if (bus == NULL)
    {
      g_autoptr (GFile) folder = g_file_get_parent (self->file);

      show (self, folder);
      return;
    }

  uris[0] = uri = g_file_get_uri (self->file);
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1",
                          "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, SHOW_TIMEOUT_MS, NULL,
                          show_items_cb, self);
}
