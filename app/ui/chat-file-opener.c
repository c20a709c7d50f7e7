/* chat-file-opener.c: gives a file to another program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-file-opener.h"

#include <adwaita.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

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

  shown = chat_compat_show_uri_finish (parent, result, &error);
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

  chat_compat_show_uri_async (parent, uri, shown_cb, self);
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
  g_autofree char *called = g_file_get_basename (self->file);
  const char *type;

  if (parent == NULL)
    return;
  if (info == NULL)
    {
      tell_failure (parent);
      return;
    }

  type = g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE);
  /* The other program knows it by the name that it has here, which may end otherwise than what was sent */
  if (chat_attachment_can_run (self->name, type) || chat_attachment_can_run (called, type))
    ask (g_steal_pointer (&self));
  else
    {
      GFile *file = self->file;

      show (g_steal_pointer (&self), file);
    }
}

void
chat_file_opener_open (GtkWindow  *parent,
                       const char *path,
                       const char *kept,
                       const char *name)
{
  g_autoptr (GFile) file = NULL;
  Opening *self;

  g_return_if_fail (path != NULL && kept != NULL && name != NULL);

  self = opening_new (parent, path, name);
  file = g_file_new_for_path (kept);
  /* What it is its bytes tell, too, whatever it is called */
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                           queried_cb, self);
}

/* The folder, by whatever shows folders. @self: (transfer full) */
static void
show_parent (Opening *self)
{
  g_autoptr (GFile) folder = g_file_get_parent (self->file);

  if (folder != NULL)
    show (self, folder);
  else
    opening_free (self);
}

static void
show_items_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  /* No such file manager, or one that the sandbox does not let us reach */
  if (answer == NULL)
    show_parent (g_steal_pointer (&self));
}

static void
show_items (GDBusConnection *bus,
            Opening         *self)
{
  g_autofree char *uri = g_file_get_uri (self->file);
  const char *uris[2] = { uri, NULL };

  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1",
                          "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, SHOW_TIMEOUT_MS, NULL,
                          show_items_cb, self);
}

static void
open_directory_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (object), NULL, result, NULL);

  if (answer == NULL)
    show_items (G_DBUS_CONNECTION (object), g_steal_pointer (&self));
}

/* What a path means in a sandbox is known there alone: the portal is given the file itself. Returns: whether it was asked */
static gboolean
open_directory (GDBusConnection *bus,
                Opening         *self)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autofree char *path = g_file_get_path (self->file);
  GVariantBuilder options;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0), handle;

  if (fd < 0)
    return FALSE;
  handle = g_unix_fd_list_append (list, fd, NULL);
  g_close (fd, NULL);
  if (handle < 0)
    return FALSE;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_dbus_connection_call_with_unix_fd_list (bus, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                                            "org.freedesktop.portal.OpenURI", "OpenDirectory",
                                            g_variant_new ("(sha{sv})", "", handle, &options), NULL, G_DBUS_CALL_FLAGS_NONE,
                                            SHOW_TIMEOUT_MS, list, NULL, open_directory_cb, self);
  return TRUE;
}

void
chat_file_opener_show_in_folder (GtkWindow  *parent,
                                 const char *path)
{
  GDBusConnection *bus = g_application_get_default () != NULL ?
                         g_application_get_dbus_connection (g_application_get_default ()) : NULL;
  Opening *self;

  g_return_if_fail (path != NULL);

  self = opening_new (parent, path, NULL);
  if (bus == NULL)
    show_parent (self);
  else if (!chat_compat_is_sandboxed () || !open_directory (bus, self))
    show_items (bus, self);
}
