/* test-file-opener.c: files given to other programs, in a sandbox and outside
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chat-fake-session.h"
#include "chat-file-acts.h"
#include "chat-file-opener.h"
#include "chat-test.h"

static const char interfaces[] =
  "<node>"
  "  <interface name='org.freedesktop.portal.OpenURI'>"
  "    <method name='OpenDirectory'>"
  "      <arg type='s' direction='in'/><arg type='h' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/>"
  "    </method>"
  "  </interface>"
  "  <interface name='org.freedesktop.FileManager1'>"
  "    <method name='ShowItems'><arg type='as' direction='in'/><arg type='s' direction='in'/></method>"
  "  </interface>"
  "</node>";

/* The portal and the file manager of a desktop */
typedef struct
{
  GDBusConnection *bus;
  GDBusNodeInfo   *info;
  guint            owner_ids[2];
  guint            object_ids[2];
  gboolean         refuses;       /* the portal knows no such method */
  gboolean         owned;
  ino_t            inode;         /* of the file that the portal was given */
  char            *uri;           /* that the file manager was given */
} Desktop;

static void
called_cb (GDBusConnection       *connection,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  Desktop *desktop = user_data;

  if (g_str_equal (method, "OpenDirectory"))
    {
      GUnixFDList *list = g_dbus_message_get_unix_fd_list (g_dbus_method_invocation_get_message (invocation));
      struct stat stat;
      int handle, fd;

      if (desktop->refuses)
        {
          g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD, "No such method");
          return;
        }
      g_variant_get_child (parameters, 1, "h", &handle);
      fd = g_unix_fd_list_get (list, handle, NULL);
      g_assert_cmpint (fd, >=, 0);
      g_assert_cmpint (fstat (fd, &stat), ==, 0);
      close (fd);
      desktop->inode = stat.st_ino;
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", "/org/freedesktop/portal/desktop/request/1"));
    }
  else
    {
      g_autofree const char **uris = NULL;

      g_variant_get_child (parameters, 0, "^a&s", &uris);
      desktop->uri = g_strdup (uris[0]);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
owned_cb (GDBusConnection *connection,
          const char      *name,
          gpointer         user_data)
{
  ((Desktop *) user_data)->owned = TRUE;
}

static void
desktop_init (Desktop *self)
{
  static const GDBusInterfaceVTable vtable = { .method_call = called_cb };
  static const char *const names[] = { "org.freedesktop.portal.Desktop", "org.freedesktop.FileManager1" };
  static const char *const paths[] = { "/org/freedesktop/portal/desktop", "/org/freedesktop/FileManager1" };
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  memset (self, 0, sizeof *self);
  self->bus = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                      G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);
  g_assert_nonnull (self->bus);
  self->info = g_dbus_node_info_new_for_xml (interfaces, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      self->owned = FALSE;
      self->object_ids[i] = g_dbus_connection_register_object (self->bus, paths[i], self->info->interfaces[i], &vtable, self, NULL, NULL);
      self->owner_ids[i] = g_bus_own_name_on_connection (self->bus, names[i], G_BUS_NAME_OWNER_FLAGS_NONE, owned_cb, NULL, self, NULL);
      chat_test_wait_until (self->owned);
    }
}

static void
desktop_clear (Desktop *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->owner_ids); i++)
    {
      g_bus_unown_name (self->owner_ids[i]);
      g_dbus_connection_unregister_object (self->bus, self->object_ids[i]);
    }
  g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_object_unref (self->bus);
  g_dbus_node_info_unref (self->info);
  g_free (self->uri);
}

/* In a sandbox the portal is given the file itself, since a path means nothing outside; else the file manager its address */
static void
test_folder (gconstpointer data)
{
  const char *mode = data;
  g_autofree char *dir = chat_test_temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "a file", NULL);
  GtkWidget *window = gtk_window_new ();
  struct stat stat_buffer;
  Desktop desktop;

  g_assert_true (g_file_set_contents (path, "words", -1, NULL));
  g_assert_cmpint (stat (path, &stat_buffer), ==, 0);
  desktop_init (&desktop);
  desktop.refuses = g_str_equal (mode, "old-portal");
  g_setenv ("GTK_USE_PORTAL", g_str_equal (mode, "outside") ? "0" : "1", TRUE);
  chat_file_opener_show_in_folder (GTK_WINDOW (window), path);
  if (g_str_equal (mode, "sandbox"))
    {
      chat_test_wait_until (desktop.inode != 0);
      g_assert_cmpuint (desktop.inode, ==, stat_buffer.st_ino);
      g_assert_null (desktop.uri);
    }
  else
    {
      g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

      chat_test_wait_until (desktop.uri != NULL);
      g_assert_cmpstr (desktop.uri, ==, uri);
      g_assert_cmpuint (desktop.inode, ==, 0);
    }
  g_setenv ("GTK_USE_PORTAL", "0", TRUE);
  chat_test_settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  desktop_clear (&desktop);
  chat_test_temp_dir_remove (g_steal_pointer (&dir));
}

/* The file manager shows the name that people know, not the one that the file has with us */
static void
test_name (void)
{
  const ChatAttachmentInfo info = { .name = "../a report.pdf", .size = 5 };
  g_autofree char *dir = chat_test_temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "kept", NULL);
  g_autofree char *named = g_build_filename (dir, "_a report.pdf", NULL);
  g_autofree char *uri = g_filename_to_uri (named, NULL, NULL);
  g_autoptr (ChatSession) session = chat_fake_session_new ();
  g_autoptr (ChatAttachment) attachment = chat_attachment_new (&info, FALSE);
  g_autoptr (ChatMessage) message = chat_message_new (1, "anna", FALSE, CHAT_MESSAGE_FILE, NULL);
  GtkWidget *window = gtk_window_new ();
  Desktop desktop;

  g_assert_true (g_file_set_contents (named, "words", -1, NULL));
  desktop_init (&desktop);
  g_setenv ("GTK_USE_PORTAL", "0", TRUE);
  chat_attachment_set_path (attachment, path);
  chat_attachment_set_state (attachment, CHAT_ATTACHMENT_LOCAL, NULL);
  chat_message_set_attachment (message, attachment);
  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new ("a row"));
  chat_file_acts_do (session, gtk_window_get_child (GTK_WINDOW (window)), message, "show-in-folder");
  /* The row is gone before the name is there */
  gtk_window_set_child (GTK_WINDOW (window), NULL);
  chat_test_wait_until (desktop.uri != NULL);
  g_assert_cmpstr (desktop.uri, ==, uri);
  chat_test_settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  desktop_clear (&desktop);
  chat_test_temp_dir_remove (g_steal_pointer (&dir));
}

int
main (int   argc,
      char *argv[])
{
  GTestDBus *bus;
  g_autoptr (GtkApplication) application = NULL;
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  int rc;

  g_test_init (&argc, &argv, NULL);
  if (display == NULL)
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 77;
    }
  /* A desktop of its own: the other tests have no portal. It forgets the display */
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_setenv ("DISPLAY", display, TRUE);
  g_setenv ("GTK_A11Y", "none", TRUE);
  gtk_init ();
  adw_init ();
  application = gtk_application_new ("com.example.Chat.Test", G_APPLICATION_DEFAULT_FLAGS);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_application_set_default (G_APPLICATION (application));

  g_test_add_data_func ("/ui/file-opener/folder/sandbox", "sandbox", test_folder);
  g_test_add_data_func ("/ui/file-opener/folder/old-portal", "old-portal", test_folder);
  g_test_add_data_func ("/ui/file-opener/folder/outside", "outside", test_folder);
  g_test_add_func ("/ui/file-opener/name", test_name);

  rc = g_test_run ();
  g_clear_object (&application);
  /* Not unreferenced: that would wait for whatever in GTK still holds the connection */
  g_test_dbus_stop (bus);
  return rc;
}
