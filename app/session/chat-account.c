/* chat-account.c: which server and which name, and which certificates were accepted
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-account.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "chat-host-address.h"

#define GROUP_ACCOUNT      "account"
#define GROUP_CERTIFICATES "certificates"

/* What the writing thread works on; it may outlive the account */
typedef struct
{
  GMutex   mutex;
  char    *dir;
  char    *path;
  guint64  written;       /* the number of the newest state on disk */
} Place;

typedef struct
{
  Place   *place;
  char    *data;
  gsize    length;
  guint64  number;
} Write;

struct _ChatAccount
{
  GKeyFile *file;
  Place    *place;
  char     *server;
  char     *login;
  guint64   number;
  gboolean  insecure;
};

static void
place_clear (gpointer data)
{
  Place *place = data;

  g_mutex_clear (&place->mutex);
  g_free (place->dir);
  g_free (place->path);
}

static void
write_free (gpointer data)
{
  Write *job = data;

  g_atomic_rc_box_release_full (job->place, place_clear);
  g_free (job->data);
  g_free (job);
}

/* Threads of the pool may run in any order: an older state never replaces a newer one */
static void
write_now (Place      *place,
           const char *data,
           gsize       length,
           guint64     number)
{
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&place->mutex);
  if (number > place->written)
    {
      if (g_mkdir_with_parents (place->dir, 0700) != 0
          || !g_file_set_contents_full (place->path, data, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        g_message ("%s was not written: %s", place->path, error != NULL ? error->message : "no folder");
      else
        place->written = number;
    }
  g_mutex_unlock (&place->mutex);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Write *job = task_data;

  write_now (job->place, job->data, job->length, job->number);
  g_task_return_boolean (task, TRUE);
}

static void
save (ChatAccount *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  Write *job = g_new0 (Write, 1);

  job->place = g_atomic_rc_box_acquire (self->place);
  job->data = g_key_file_to_data (self->file, &job->length, NULL);
  job->number = ++self->number;
  g_task_set_task_data (task, job, write_free);
  g_task_run_in_thread (task, write_in_thread);
}

static void
load (ChatAccount *self)
{
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  if (g_stat (self->place->path, &info) != 0)
    return;
  if (!S_ISREG (info.st_mode) || info.st_size > CHAT_ACCOUNT_MAX_SIZE
      || !g_key_file_load_from_file (self->file, self->place->path, G_KEY_FILE_NONE, &error))
    {
      g_message ("%s can not be read: %s", self->place->path, error != NULL ? error->message : "no such file of ours");
      return;
    }
  self->server = g_key_file_get_string (self->file, GROUP_ACCOUNT, "server", NULL);
  self->login = g_key_file_get_string (self->file, GROUP_ACCOUNT, "login", NULL);
  self->insecure = g_key_file_get_boolean (self->file, GROUP_ACCOUNT, "insecure", NULL);
  /* Half an account is none */
  if (self->server == NULL || self->login == NULL || *self->server == '\0' || *self->login == '\0')
    {
      g_clear_pointer (&self->server, g_free);
      g_clear_pointer (&self->login, g_free);
      self->insecure = FALSE;
    }
}

ChatAccount *
chat_account_new (const char *dir)
{
  ChatAccount *self = g_new0 (ChatAccount, 1);

  self->place = g_atomic_rc_box_new0 (Place);
  g_mutex_init (&self->place->mutex);
  self->place->dir = g_strdup (dir);
  self->place->path = g_build_filename (dir, CHAT_ACCOUNT_FILE, NULL);
  self->file = g_key_file_new ();
  load (self);
  return self;
}

void
chat_account_free (ChatAccount *self)
{
  /* A thread may still have it before it; the program may end before that thread runs */
  if (self->number > 0)
    {
      gsize length;
      g_autofree char *data = g_key_file_to_data (self->file, &length, NULL);

      write_now (self->place, data, length, self->number);
    }
  g_key_file_unref (self->file);
  g_atomic_rc_box_release_full (self->place, place_clear);
  g_free (self->server);
  g_free (self->login);
  g_free (self);
}

const char *
chat_account_get_server (ChatAccount *self)
{
  return self->server;
}

const char *
chat_account_get_login (ChatAccount *self)
{
  return self->login;
}

gboolean
chat_account_get_insecure (ChatAccount *self)
{
  return self->insecure;
}

void
chat_account_set (ChatAccount *self,
                  const char  *server,
                  const char  *login,
                  gboolean     insecure)
{
  g_autofree char *new_server = g_strdup (server);
  g_autofree char *new_login = g_strdup (login);

  g_free (self->server);
  g_free (self->login);
  self->server = g_steal_pointer (&new_server);
  self->login = g_steal_pointer (&new_login);
  self->insecure = insecure;
  g_key_file_set_string (self->file, GROUP_ACCOUNT, "server", self->server);
  g_key_file_set_string (self->file, GROUP_ACCOUNT, "login", self->login);
  g_key_file_set_boolean (self->file, GROUP_ACCOUNT, "insecure", insecure);
  save (self);
}

void
chat_account_forget (ChatAccount *self)
{
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->login, g_free);
  self->insecure = FALSE;
  if (g_key_file_remove_group (self->file, GROUP_ACCOUNT, NULL))
    save (self);
}

/* Brackets and "=" have a meaning in key files */
static char *
pin_key (const char *server)
{
  g_autoptr (ChatHostAddress) address = chat_host_address_parse (server);
  g_autofree char *key = address != NULL ? chat_host_address_to_key (address) : g_strdup (server);

  return g_uri_escape_string (key, NULL, FALSE);
}

char *
chat_account_dup_pin (ChatAccount *self,
                      const char  *server)
{
  g_autofree char *key = pin_key (server);

  return g_key_file_get_string (self->file, GROUP_CERTIFICATES, key, NULL);
}

void
chat_account_set_pin (ChatAccount *self,
                      const char  *server,
                      const char  *fingerprint)
{
  g_autofree char *key = pin_key (server);

  g_key_file_set_string (self->file, GROUP_CERTIFICATES, key, fingerprint);
  save (self);
}
