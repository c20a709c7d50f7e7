/* chat-media-folder.c: the folder in which the files of an account lie
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-media-folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is younger than a sweep is none of its business (seconds) */
#define SWEEP_AGE_S 2

/* The names of one file, and their folder */
static void
remove_names_of_one (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static void
remove_names (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  struct stat info;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      /* (What a link leads to is not ours) */
      if (lstat (path, &info) == 0 && S_ISDIR (info.st_mode))
        remove_names_of_one (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

/* Returns: (transfer full): where the names of what is at @path lie */
static char *
dup_names_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path), *file = g_path_get_basename (path);

  return g_build_filename (folder, CHAT_MEDIA_NAMES, file, NULL);
}

/* Sweeping */

typedef struct
{
  char       *folder;
  GHashTable *keep;       /* nullable */
  GPtrArray  *whole;
} Sweep;

static void
sweep_free (gpointer data)
{
  Sweep *self = data;

  g_free (self->folder);
  g_clear_pointer (&self->keep, g_hash_table_unref);
  g_ptr_array_unref (self->whole);
  g_free (self);
}

static void
sweep_thread (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  Sweep *self = task_data;
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);
  time_t young = time (NULL) - SWEEP_AGE_S;
  g_autofree char *names = g_build_filename (self->folder, CHAT_MEDIA_NAMES, NULL);
  g_autoptr (GDir) dir = NULL;
  const char *name;
  struct stat info;

  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    g_message ("“%s” can not be made: %s", self->folder, g_strerror (errno));
  if (self->keep != NULL)
    {
      /* None was given in this run yet */
      remove_names (names);
      dir = g_dir_open (self->folder, 0, NULL);
    }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      /* What has come since the names were noted may be wanted */
      if (!g_hash_table_contains (self->keep, name) && lstat (path, &info) == 0 && info.st_ctime < young)
        g_unlink (path);
    }
  for (guint i = 0; i < self->whole->len; i++)
    {
      g_autofree char *path = g_build_filename (self->folder, self->whole->pdata[i], NULL);

      if (lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
        g_ptr_array_add (missing, g_strdup (self->whole->pdata[i]));
    }
  g_task_return_pointer (task, missing, (GDestroyNotify) g_ptr_array_unref);
}

void
chat_media_sweep_async (const char          *folder,
                        GHashTable          *keep,
                        GPtrArray           *whole,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Sweep *self = g_new0 (Sweep, 1);

  self->folder = g_strdup (folder);
  self->keep = keep != NULL ? g_hash_table_ref (keep) : NULL;
  self->whole = g_ptr_array_ref (whole);
  g_task_set_task_data (task, self, sweep_free);
  g_task_run_in_thread (task, sweep_thread);
}

GPtrArray *
chat_media_sweep_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* Names */

typedef struct
{
  char *path;
  char *name;
} Naming;

static void
naming_free (gpointer data)
{
  Naming *self = data;

  g_free (self->path);
  g_free (self->name);
  g_free (self);
}

static gboolean
fail_errno (GError     **error,
            const char  *path)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* Beside @named first: what has the name is whole */
static gboolean
copy (const char    *path,
      const char    *named,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autofree char *folder = g_path_get_dirname (named), *part = g_build_filename (folder, ".part", NULL);
  g_autoptr (GFile) source = g_file_new_for_path (path), destination = g_file_new_for_path (part);

  if (g_file_copy (source, destination, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, error)
      && (g_rename (part, named) == 0 || fail_errno (error, named)))
    return TRUE;
  g_unlink (part);
  return FALSE;
}

static gboolean
put_name (const char    *path,
          const char    *named,
          GCancellable  *cancellable,
          GError       **error)
{
  struct stat file, there;

  if (lstat (path, &file) != 0)
    return fail_errno (error, path);
  if (!S_ISREG (file.st_mode))
    {
      errno = EINVAL;
      return fail_errno (error, path);
    }
  if (lstat (named, &there) == 0)
    {
      if (there.st_dev == file.st_dev && there.st_ino == file.st_ino)
        return TRUE;
      g_unlink (named);
    }
  /* One file with two names: what is written to one is in the other */
  g_chmod (path, 0400);
  if (link (path, named) == 0)
    return TRUE;
  return errno != ENOENT ? copy (path, named, cancellable, error) : fail_errno (error, path);
}

static void
name_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  static GMutex mutex;
  Naming *self = task_data;
  g_autofree char *folder = dup_names_folder (self->path), *named = g_build_filename (folder, self->name, NULL);
  GError *error = NULL;

  g_mutex_lock (&mutex);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    fail_errno (&error, folder);
  else
    put_name (self->path, named, cancellable, &error);
  if (error != NULL)
    g_rmdir (folder);
  g_mutex_unlock (&mutex);

  if (error == NULL)
    g_task_return_pointer (task, g_steal_pointer (&named), g_free);
  else
    g_task_return_error (task, error);
}

void
chat_media_name_async (const char          *path,
                       const char          *name,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Naming *self;

  g_return_if_fail (path != NULL);
  g_return_if_fail (name != NULL && *name != '\0' && *name != '.' && strchr (name, '/') == NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  self = g_new0 (Naming, 1);
  self->path = g_strdup (path);
  self->name = g_strdup (name);
  g_task_set_source_tag (task, chat_media_name_async);
  g_task_set_task_data (task, self, naming_free);
  g_task_run_in_thread (task, name_thread);
}

char *
chat_media_name_finish (GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Removing */

typedef struct
{
  char *file;
  char *names;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *self = data;

  g_free (self->file);
  g_free (self->names);
  g_free (self);
}

static void
remove_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Removal *self = task_data;

  g_unlink (self->file);
  remove_names_of_one (self->names);
  g_task_return_boolean (task, TRUE);
}

void
chat_media_remove (const char *path)
{
  static int n_removed;
  g_autoptr (GTask) task = NULL;
  g_autofree char *names = dup_names_folder (path);
  Removal *self = g_new0 (Removal, 1);
  int n = g_atomic_int_add (&n_removed, 1);
  gboolean had_file, had_names;

  self->file = g_strdup_printf ("%s.gone-%d", path, n);
  self->names = g_strdup_printf ("%s.gone-%d", names, n);
  /* The same may come again at once, and must not go with what was there. (What is left of it, the next start deletes) */
  had_file = g_rename (path, self->file) == 0;
  had_names = g_rename (names, self->names) == 0;
  if (!had_file && !had_names)
    {
      removal_free (self);
      return;
    }
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, self, removal_free);
  g_task_run_in_thread (task, remove_thread);
}

void
chat_media_remove_folder (const char *folder)
{
  g_autofree char *names = g_build_filename (folder, CHAT_MEDIA_NAMES, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  remove_names (names);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}
