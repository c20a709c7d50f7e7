/* chat-test-server.c: a real server on a free port, in a thread of the test program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-test-server.h"

#include <glib/gstdio.h>

struct _ChatTestServer
{
  ChatServerOptions  options;
  char              *listen;
  char              *data_dir;
  char              *tls_cert;
  char              *tls_key;
  char              *media_listen;
  char              *media_url;
  gboolean           own_data_dir;
  char              *address;
  char              *fingerprint;
  guint16            port;
  guint16            media_port;

  GThread           *thread;
  GMainContext      *context;
  ChatServer        *server;

  /* guarded by mutex */
  GMutex             mutex;
  GCond              cond;
  gboolean           ready;
  gboolean           counted;
  guint              n_connections;
};

/* Functions of the server's thread */

static void
on_started (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  ChatTestServer *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!chat_server_start_finish (CHAT_SERVER (source), result, &error))
    g_error ("The test server does not start: %s", error->message);

  g_mutex_lock (&self->mutex);
  self->ready = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static void
on_stopped (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  gboolean *stopped = user_data;

  chat_server_stop_finish (CHAT_SERVER (source), result);
  *stopped = TRUE;
}

static gpointer
run (gpointer data)
{
  ChatTestServer *self = data;
  gboolean stopped = FALSE;
  gboolean wanted = TRUE;

  g_main_context_push_thread_default (self->context);
  self->server = chat_server_new (&self->options);
  chat_server_start_async (self->server, NULL, on_started, self);
  while (wanted)
    {
      g_main_context_iteration (self->context, TRUE);
      g_mutex_lock (&self->mutex);
      wanted = self->thread != NULL || !self->ready;
      g_mutex_unlock (&self->mutex);
    }

  chat_server_stop_async (self->server, on_stopped, &stopped);
  while (!stopped)
    g_main_context_iteration (self->context, TRUE);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_assert_finalize_object (self->server);
  self->server = NULL;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
count_connections (gpointer data)
{
  ChatTestServer *self = data;

  g_mutex_lock (&self->mutex);
  self->n_connections = chat_server_get_n_connections (self->server);
  self->counted = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  return G_SOURCE_REMOVE;
}

/* Functions of the test's thread */

void
chat_test_server_start (ChatTestServer *self)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  g_return_if_fail (self->thread == NULL);

  self->context = g_main_context_new ();
  g_mutex_lock (&self->mutex);
  self->ready = FALSE;
  self->thread = g_thread_new ("test-server", run, self);
  while (!self->ready)
    if (!g_cond_wait_until (&self->cond, &self->mutex, deadline))
      g_error ("The test server was not ready within 30 s");
  g_mutex_unlock (&self->mutex);

  /* Nothing but the thread's end changes these, and it has signalled */
  self->port = chat_server_get_port (self->server);
  /* (The old one stays where it is the same: whoever asked for it holds it still) */
  if (g_strcmp0 (self->address, chat_server_get_address (self->server)) != 0)
    {
      g_free (self->address);
      self->address = g_strdup (chat_server_get_address (self->server));
    }
  g_free (self->fingerprint);
  self->fingerprint = g_strdup (chat_server_get_fingerprint (self->server));
  g_free (self->listen);
  self->listen = g_strdup (self->address);
  self->options.listen = self->listen;
  /* Again at the same port: the next one may be another test's by then */
  self->media_port = chat_server_get_media_port (self->server);
  if (self->media_port != 0 && self->media_listen == NULL)
    {
      const char *colon = strrchr (self->address, ':');

      self->media_listen = g_strdup_printf ("%.*s:%u", (int) (colon - self->address), self->address, self->media_port);
      self->options.media_listen = self->media_listen;
    }
}

void
chat_test_server_stop (ChatTestServer *self)
{
  GThread *thread;

  g_return_if_fail (self->thread != NULL);

  g_mutex_lock (&self->mutex);
  thread = g_steal_pointer (&self->thread);
  g_mutex_unlock (&self->mutex);
  g_main_context_wakeup (self->context);
  g_thread_join (thread);
  g_clear_pointer (&self->context, g_main_context_unref);
}

ChatTestServer *
chat_test_server_new (const ChatServerOptions *options)
{
  ChatTestServer *self = g_new0 (ChatTestServer, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  if (options != NULL)
    self->options = *options;
  else
    self->options.insecure = TRUE;
  self->options.test_hash_cost = TRUE;

  self->listen = g_strdup (self->options.listen != NULL ? self->options.listen : "127.0.0.1:0");
  self->data_dir = g_strdup (self->options.data_dir);
  self->tls_cert = g_strdup (self->options.tls_cert);
  self->tls_key = g_strdup (self->options.tls_key);
  if (self->data_dir == NULL)
    {
      self->data_dir = g_dir_make_tmp ("chat-test-server-XXXXXX", &error);
      g_assert_no_error (error);
      self->own_data_dir = TRUE;
    }
  self->options.listen = self->listen;
  self->options.data_dir = self->data_dir;
  self->options.tls_cert = self->tls_cert;
  self->options.tls_key = self->tls_key;
  self->media_listen = g_strdup (self->options.media_listen);
  self->media_url = g_strdup (self->options.media_url);
  self->options.media_listen = self->media_listen;
  self->options.media_url = self->media_url;

  chat_test_server_start (self);
  return self;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
chat_test_server_free (ChatTestServer *self)
{
  if (self->thread != NULL)
    chat_test_server_stop (self);
  if (self->own_data_dir)
    remove_folder (self->data_dir);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->listen);
  g_free (self->data_dir);
  g_free (self->tls_cert);
  g_free (self->tls_key);
  g_free (self->media_listen);
  g_free (self->media_url);
  g_free (self->address);
  g_free (self->fingerprint);
  g_free (self);
}

guint16
chat_test_server_get_port (ChatTestServer *self)
{
  return self->port;
}

guint16
chat_test_server_get_media_port (ChatTestServer *self)
{
  return self->media_port;
}

const char *
chat_test_server_get_address (ChatTestServer *self)
{
  return self->address;
}

const char *
chat_test_server_get_fingerprint (ChatTestServer *self)
{
  return self->fingerprint;
}

const char *
chat_test_server_get_data_dir (ChatTestServer *self)
{
  return self->data_dir;
}

guint
chat_test_server_get_n_connections (ChatTestServer *self)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  GSource *source;
  guint n;

  g_return_val_if_fail (self->thread != NULL, 0);

  g_mutex_lock (&self->mutex);
  self->counted = FALSE;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, count_connections, self, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
  while (!self->counted)
    if (!g_cond_wait_until (&self->cond, &self->mutex, deadline))
      g_error ("The test server's thread does not answer");
  n = self->n_connections;
  g_mutex_unlock (&self->mutex);
  return n;
}
