/* chat-autostart.c: the file by which a desktop starts the program when the person logs in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-autostart.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* What Linux adds to the name of a program whose file an update has put another one in the place of */
#define REPLACED " (deleted)"

char *
chat_autostart_get_path (const char *application_id)
{
  g_autofree char *name = g_strconcat (application_id, ".desktop", NULL);

  return g_build_filename (g_get_user_config_dir (), "autostart", name, NULL);
}

/* An argument of Exec: quoted, and with what that file format and its expansion take for their own doubled.
 * Returns: (transfer full) */
static char *
quote (const char *argument)
{
  GString *quoted = g_string_new ("\"");

  for (const char *p = argument; *p != '\0'; p++)
    {
      if (strchr ("\"`$\\", *p) != NULL)
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *p);
      if (*p == '%')
        g_string_append_c (quoted, '%');
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

gboolean
chat_autostart_write (const char  *application_id,
                      const char  *program,
                      const char  *profile,
                      GError     **error)
{
  g_autofree char *path = chat_autostart_get_path (application_id);
  g_autofree char *folder = g_path_get_dirname (path);
  gboolean replaced = g_str_has_suffix (program, REPLACED) && !g_file_test (program, G_FILE_TEST_EXISTS);
  g_autofree char *name = g_strndup (program, strlen (program) - (replaced ? strlen (REPLACED) : 0));
  g_autofree char *quoted = quote (name);
  g_autofree char *quoted_profile = profile != NULL ? quote (profile) : NULL;
  g_autofree char *command = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (quoted_profile != NULL)
    command = g_strdup_printf ("%s --profile %s --background", quoted, quoted_profile);
  else
    command = g_strdup_printf ("%s --background", quoted);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, G_KEY_FILE_DESKTOP_TYPE_APPLICATION);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, _("Chat"));
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, APP_ID);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, command);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-UsesNotifications", TRUE);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  /* (By another name first) */
  return g_key_file_save_to_file (file, path, error);
}

gboolean
chat_autostart_remove (const char  *application_id,
                       GError     **error)
{
  g_autofree char *path = chat_autostart_get_path (application_id);

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
  return FALSE;
}
