/* chat-server-media.c: the thread of the HTTP server, its listeners, and the addresses of files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-media-private.h"

#include "chat-server-listener.h"
#include "chat-server-media-files.h"
#include "chat-server-media-watch.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define WATCH_INTERVAL G_TIME_SPAN_SECOND
#define N_WORKERS      2

#define MEDIA_OF(member, pointer) ((ChatServerMedia *) ((char *) (pointer) - G_STRUCT_OFFSET (ChatServerMedia, member)))

/* Addresses */

/* The end of the connection that is ours, as the host of an address */
static char *
name_host (int fd)
{
  struct sockaddr_storage native;
  socklen_t size = sizeof native;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *host = NULL;
  GInetAddress *inet;

  if (getsockname (fd, (struct sockaddr *) &native, &size) != 0)
    return g_strdup ("localhost");
  address = g_socket_address_new_from_native (&native, size);
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("localhost");
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6)
    {
      const guint8 *bytes = g_inet_address_to_bytes (inet);

      if (IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) bytes))
        return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
      host = g_inet_address_to_string (inet);
      return g_strdup_printf ("[%s]", host);
    }
  return g_inet_address_to_string (inet);
}

char *
chat_server_media_dup_url (ChatServerMedia *self,
                           int              fd)
{
  g_autofree char *host = NULL;

  if (self->url != NULL)
    return g_strdup (self->url);
  host = self->host != NULL ? g_strdup (self->host) : name_host (fd);
  return g_strdup_printf ("%s://%s:%u/", self->tls != NULL ? "https" : "http", host, self->port);
}

char *
chat_server_media_dup_upload_url (const char *url,
                                  const char *address)
{
  return g_strconcat (url, "u/", address, NULL);
}

char *
chat_server_media_dup_file_url (const char            *url,
                                const ChatStorageFile *file)
{
  g_autofree char *name = g_uri_escape_string (file->name, NULL, FALSE);

  return g_strconcat (url, "m/", file->address, "/", name, NULL);
}

char *
chat_server_media_dup_address (const char *url,
                               const char *text)
{
  gsize length = strlen (url);

  if (strncmp (text, url, length) != 0 || strncmp (text + length, "m/", 2) != 0
      || !chat_server_media_address_is_valid (text + length + 2))
    return NULL;
  return g_strndup (text + length + 2, CHAT_SERVER_ADDRESS_SIZE);
}

guint16
chat_server_media_get_port (ChatServerMedia *self)
{
  return self->port;
}

gint64
chat_server_media_get_limit (ChatServerMedia *self)
{
  return self->limit;
}

gint64
chat_server_media_get_quota (ChatServerMedia *self)
{
  return self->quota;
}

/* A disk fills by megabytes a second, not by a look at it for each request */
static void
look_at_disk (ChatServerMedia *self)
{
  g_atomic_int_set (&self->free_mib, (gint) MIN (chat_server_count_free (self->folder) >> 20, G_MAXINT));
}

gboolean
chat_server_media_has_room (ChatServerMedia *self,
                            gint64           size)
{
  return size <= ((gint64) g_atomic_int_get (&self->free_mib) << 20) - CHAT_SERVER_MEDIA_RESERVE;
}

/* The thread */

static void
on_watch_time (ChatServerTimer *timer)
{
  ChatServerMedia *self = MEDIA_OF (watch_timer, timer);

  look_at_disk (self);
  chat_server_media_watch (self);
  chat_server_timers_set (self->timers, timer, g_get_monotonic_time () + WATCH_INTERVAL);
}

static void ask_to_expire (ChatServerMedia *self);

static void
on_expired (ChatStorageJob *job,
            gpointer        user_data)
{
  ChatServerMedia *self = user_data;

  self->n_jobs--;
  if (g_atomic_int_get (&self->is_stopping))
    return;
  if (job->status == CHAT_STATUS_SUCCESS && job->more)
    ask_to_expire (self);
  else
    chat_server_timers_set (self->timers, &self->expire_timer,
                            g_get_monotonic_time () + CHAT_SERVER_MEDIA_EXPIRE_MS * G_GINT64_CONSTANT (1000));
}

static void
ask_to_expire (ChatServerMedia *self)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_EXPIRE_MEDIA, on_expired, self);

  self->n_jobs++;
  job->inbox = self->inbox;
  chat_server_storage_submit (self->storage, job);
}

static void
on_expire_time (ChatServerTimer *timer)
{
  ask_to_expire (MEDIA_OF (expire_timer, timer));
}

static gpointer
run (gpointer data)
{
  ChatServerMedia *self = data;

  g_main_context_push_thread_default (self->context);
  on_watch_time (&self->watch_timer);
  ask_to_expire (self);
  while (!g_atomic_int_get (&self->is_stopping))
    g_main_context_iteration (self->context, TRUE);

  /* What is under way is cut off, and then what it has begun comes back */
  g_ptr_array_set_size (self->listeners, 0);
  chat_server_timer_unset (&self->watch_timer);
  chat_server_timer_unset (&self->expire_timer);
  for (MediaConnection *connection = self->connections; connection != NULL; connection = connection->next)
    media_connection_close (connection);
  while (self->connections != NULL || self->n_jobs > 0)
    g_main_context_iteration (self->context, TRUE);
  media_get_clear (self);
  g_clear_object (&self->server);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
listen_at (ChatServerMedia  *self,
           GPtrArray        *addresses,
           guint16           port,
           GError          **error)
{
  g_autoptr (GError) last = NULL;

  for (guint i = 0; i < addresses->len; i++)
    {
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new (addresses->pdata[i], port);
      ChatServerListener *listener;

      g_clear_error (&last);
      listener = chat_server_listener_new (self->poller, address, chat_server_media_accept, self, &last);
      if (listener == NULL)
        {
          /* A machine without IPv6 still has a localhost */
          if (g_error_matches (last, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
            break;
          continue;
        }
      g_ptr_array_add (self->listeners, listener);
      port = chat_server_listener_get_port (listener);
    }
  if (self->listeners->len > 0 && !g_error_matches (last, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      self->port = port;
      return TRUE;
    }
  g_ptr_array_set_size (self->listeners, 0);
  if (last == NULL)
    g_set_error_literal (&last, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no address to serve files at");
  g_propagate_error (error, g_steal_pointer (&last));
  return FALSE;
}

static gboolean
start_listening (ChatServerMedia               *self,
                 const ChatServerMediaOptions  *options,
                 GError                       **error)
{
  g_autoptr (GError) local_error = NULL;

  if (listen_at (self, options->addresses, options->port, &local_error))
    return TRUE;
  if (options->may_move && options->port != 0 && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)
      && listen_at (self, options->addresses, 0, NULL))
    {
      g_message ("Port %u is taken: files are served at port %u", options->port, self->port);
      return TRUE;
    }
  g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "Files can not be served at port %u: ", options->port);
  return FALSE;
}

static void
media_free (ChatServerMedia *self)
{
  g_thread_pool_free (self->workers, FALSE, TRUE);
  g_clear_object (&self->server);
  g_ptr_array_unref (self->listeners);
  g_clear_pointer (&self->inbox, chat_storage_inbox_free);
  g_clear_pointer (&self->poller, chat_server_poller_free);
  g_hash_table_unref (self->uploads);
  g_hash_table_unref (self->n_by_address);
  g_clear_object (&self->storage);
  g_clear_pointer (&self->tls, chat_server_tls_context_unref);
  g_main_context_unref (self->context);
  g_free (self->folder);
  g_free (self->url);
  g_free (self->host);
  g_free (self);
}

ChatServerMedia *
chat_server_media_new (const ChatServerMediaOptions  *options,
                       GError                       **error)
{
  ChatServerMedia *self = g_new0 (ChatServerMedia, 1);
  gboolean ok;

  self->context = g_main_context_new ();
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_server_listener_free);
  self->n_by_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->uploads = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) media_upload_free);
  self->storage = g_object_ref (options->storage);
  self->tls = options->tls != NULL ? chat_server_tls_context_ref (options->tls) : NULL;
  self->folder = chat_server_media_files_get_folder (options->data_dir);
  self->url = g_strdup (options->url);
  self->host = g_strdup (options->host);
  self->limit = options->limit > 0 ? options->limit : CHAT_SERVER_MEDIA_LIMIT;
  self->quota = options->quota > 0 ? options->quota : CHAT_SERVER_MEDIA_QUOTA;
  self->silence = (options->silence_ms > 0 ? options->silence_ms : CHAT_SERVER_MEDIA_SILENCE_MS) * G_GINT64_CONSTANT (1000);
  self->window = (options->window_ms > 0 ? options->window_ms : CHAT_SERVER_MEDIA_WINDOW_MS) * G_GINT64_CONSTANT (1000);
  self->watch_timer.func = on_watch_time;
  self->expire_timer.func = on_expire_time;
  self->workers = g_thread_pool_new (media_task_run, self, N_WORKERS, FALSE, NULL);
  look_at_disk (self);

  /* What is made here belongs to the thread that is about to start */
  g_main_context_push_thread_default (self->context);
  self->poller = chat_server_poller_new (error);
  ok = self->poller != NULL && start_listening (self, options, error);
  if (ok)
    {
      self->timers = chat_server_poller_get_timers (self->poller);
      self->inbox = chat_storage_inbox_new ();
      chat_server_media_http_init (self);
      media_get_init (self);
    }
  g_main_context_pop_thread_default (self->context);
  if (!ok)
    {
      media_free (self);
      return NULL;
    }
  self->thread = g_thread_new ("chat-media", run, self);
  return self;
}

void
chat_server_media_free (ChatServerMedia *self)
{
  g_atomic_int_set (&self->is_stopping, TRUE);
  g_main_context_wakeup (self->context);
  g_thread_join (self->thread);
  media_free (self);
}
