/* chat-server.c: listens, owns the peers, the storage and the clockwork
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server.h"

#include "chat-limits.h"
#include "chat-server-certificate.h"
#include "chat-server-demo.h"
#include "chat-server-listener.h"
#include "chat-server-media.h"
#include "chat-server-peer.h"
#include "chat-server-sqlite.h"
#include "chat-server-tls.h"

#include <sys/resource.h>

#define DATA_DIR_NAME "com.example.Chat.Server"

struct _ChatServer
{
  GObject               parent_instance;

  ChatServerOptions     options;        /* its strings are these: */
  char                 *listen;
  char                 *data_dir;
  char                 *tls_cert;
  char                 *tls_key;
  char                 *media_listen;
  char                 *media_url;

  ChatServerHub         hub;
  ChatServerTlsContext *tls;
  GPtrArray            *listeners;
  char                 *host;
  guint16               port;
  char                 *address;
  char                 *fingerprint;
  char                 *media_host;

  GTask                *starting;
  GSocketAddressEnumerator *enumerator;
  GError               *listen_error;   /* why the last address could not be listened on */
  GTask                *stopping;
  ChatServerTimer       stop_timer;
  ChatServerTimer       expire_timer;
  GSource              *stop_check;
  gboolean              picks_port;     /* any free one will do */
  gboolean              is_started;
  gboolean              is_stopped;
};

G_DEFINE_FINAL_TYPE (ChatServer, chat_server, G_TYPE_OBJECT)

static void listen_next (ChatServer *self);

static gboolean
media_url_is_valid (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && (g_str_equal (g_uri_get_scheme (uri), "http") || g_str_equal (g_uri_get_scheme (uri), "https"))
         && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' && g_uri_get_userinfo (uri) == NULL
         && g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

gboolean
chat_server_options_check (const ChatServerOptions  *options,
                           GError                  **error)
{
  g_autofree char *host = NULL;
  guint16 port;

  if (options->listen != NULL)
    {
      if (!chat_server_address_parse (options->listen, &host, &port, error))
        return FALSE;
    }
  else
    {
      host = g_strdup ("localhost");
    }
  if (options->insecure && !options->allow_remote_insecure && !chat_server_address_is_loopback (host))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "Without TLS everybody on the way could read everything: --insecure on “%s”, which is not loopback, "
                   "needs --allow-remote-insecure too", host);
      return FALSE;
    }
  if (options->test_hash_cost && !chat_server_address_is_loopback (host))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--test-hash-cost makes passwords easy to guess: it goes with loopback alone, not with “%s”", host);
      return FALSE;
    }
  if (options->insecure && (options->tls_cert != NULL || options->tls_key != NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--insecure does without TLS: it does not go with a certificate");
      return FALSE;
    }
  if (options->insecure && options->media_listen != NULL && !options->allow_remote_insecure)
    {
      g_autofree char *media_host = NULL;

      if (!chat_server_address_parse (options->media_listen, &media_host, &port, error))
        return FALSE;
      if (!chat_server_address_is_loopback (media_host))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "Without TLS everybody on the way could read every file: --insecure with --media-listen on “%s”, which is "
                       "not loopback, needs --allow-remote-insecure too", media_host);
          return FALSE;
        }
    }
  if (options->no_media && (options->media_listen != NULL || options->media_url != NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--no-media does not go with --media-listen and --media-url");
      return FALSE;
    }
  if (options->media_url != NULL && !media_url_is_valid (options->media_url))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "“%s” is no address that others could begin with: http://HOST/ or https://HOST/, without a query", options->media_url);
      return FALSE;
    }
  if (options->tls_key != NULL && options->tls_cert == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--tls-key needs --tls-cert");
      return FALSE;
    }
  return TRUE;
}

/* Listening */

static void
on_accept (GSocket    *socket,
           const char *address,
           gpointer    user_data)
{
  ChatServer *self = user_data;
  g_autoptr (GSocketConnection) plain = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GIOStream) stream = NULL;

  if (self->tls != NULL)
    stream = chat_server_tls_new (self->tls, plain);
  else
    stream = g_object_ref (G_IO_STREAM (plain));
  chat_server_peer_accept (&self->hub, stream, socket, address);
}

static void
start_fail (ChatServer *self,
            GError     *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->starting);

  g_clear_object (&self->enumerator);
  g_task_return_error (task, error);
}

/* Keeping for a time only: a portion after the other, among the other changes */

static void
expire (ChatServer *self,
        gint64      until);

static void
on_expired (ChatStorageJob *job,
            gpointer        user_data)
{
  g_autoptr (ChatServer) self = user_data;

  if (self->stopping != NULL || self->is_stopped)
    return;
  if (job->status == CHAT_STATUS_SUCCESS && job->more)
    expire (self, job->until);
  else
    chat_server_timers_set (chat_server_poller_get_timers (self->hub.poller), &self->expire_timer,
                            g_get_monotonic_time () + CHAT_SERVER_EXPIRE_MS * G_GINT64_CONSTANT (1000));
}

static void
expire (ChatServer *self,
        gint64      until)
{
  ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_EXPIRE, on_expired, g_object_ref (self));

  job->keep = self->options.keep_days * G_TIME_SPAN_DAY;
  job->until = until;
  chat_server_storage_submit (self->hub.storage, job);
}

static void
on_expire_time (ChatServerTimer *timer)
{
  expire ((ChatServer *) ((char *) timer - G_STRUCT_OFFSET (ChatServer, expire_timer)), 0);
}

static void
start_succeed (ChatServer *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->starting);

  self->address = chat_server_address_format (self->host, self->port);
  self->is_started = TRUE;
  if (self->options.keep_days > 0)
    expire (self, 0);
  g_task_return_boolean (task, TRUE);
}

/* Files: the thread that serves them, when it is known where */

static gboolean
is_everywhere (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL && g_inet_address_get_is_any (address);
}

static gboolean
start_media (ChatServer  *self,
             GPtrArray   *addresses,
             guint16      port,
             GError     **error)
{
  g_autofree char *host = is_everywhere (self->media_host) ? NULL
                          : strchr (self->media_host, ':') != NULL ? g_strdup_printf ("[%s]", self->media_host)
                                                                   : g_strdup (self->media_host);
  const ChatServerMediaOptions options = {
    .addresses = addresses,
    .port = port,
    .may_move = self->media_listen == NULL,
    .url = self->media_url,
    .host = host,
    .data_dir = self->data_dir,
    .tls = self->tls,
    .storage = self->hub.storage,
    .limit = self->options.media_limit,
    .quota = self->options.media_quota,
    .silence_ms = self->options.media_silence_ms,
    .window_ms = self->options.media_window_ms,
  };

  self->hub.media = chat_server_media_new (&options, error);
  return self->hub.media != NULL;
}

static void
on_media_host_found (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (ChatServer) self = user_data;
  g_autoptr (GError) error = NULL;
  GList *found = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *host = NULL;
  guint16 port = 0;

  for (GList *l = found; l != NULL; l = l->next)
    g_ptr_array_add (addresses, g_object_ref (l->data));
  g_resolver_free_addresses (found);
  if (self->starting == NULL)
    return;
  if (self->media_listen != NULL)
    chat_server_address_parse (self->media_listen, &host, &port, NULL);
  else if (!self->picks_port)
    port = self->port < G_MAXUINT16 ? self->port + 1 : 0;
  if (error != NULL || !start_media (self, addresses, port, &error))
    start_fail (self, g_steal_pointer (&error));
  else
    start_succeed (self);
}

static void
finish_start (ChatServer *self)
{
  guint16 port;
  g_autoptr (GError) error = NULL;
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  g_clear_object (&self->enumerator);
  if (self->options.no_media)
    {
      start_succeed (self);
      return;
    }
  if (self->media_listen == NULL)
    self->media_host = g_strdup (self->host);
  else if (!chat_server_address_parse (self->media_listen, &self->media_host, &port, &error))
    {
      start_fail (self, g_steal_pointer (&error));
      return;
    }
  g_resolver_lookup_by_name_async (resolver, self->media_host, g_task_get_cancellable (self->starting), on_media_host_found,
                                   g_object_ref (self));
}

static void
on_next_address (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (ChatServer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) with_port = NULL;
  ChatServerListener *listener;

  address = g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (source), result, &error);
  if (self->starting == NULL)
    return;
  if (address == NULL)
    {
      if (self->listeners->len > 0)
        finish_start (self);
      else if (error != NULL)
        start_fail (self, g_steal_pointer (&error));
      else if (self->listen_error != NULL)
        start_fail (self, g_steal_pointer (&self->listen_error));
      else
        start_fail (self, g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "“%s” has no address", self->host));
      return;
    }

  /* A name may stand for several addresses ("localhost" for 127.0.0.1 and ::1): all of them, on one port */
  with_port = g_inet_socket_address_new (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)), self->port);
  listener = chat_server_listener_new (self->hub.poller, with_port, on_accept, self, &error);
  if (listener != NULL)
    {
      g_ptr_array_add (self->listeners, listener);
      self->port = chat_server_listener_get_port (listener);
    }
  else
    {
      g_clear_error (&self->listen_error);
      self->listen_error = g_steal_pointer (&error);
      /* A machine without IPv6 still has a localhost; a port that was asked for and is taken on one of the two is a mistake */
      if (!self->picks_port && g_error_matches (self->listen_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          start_fail (self, g_steal_pointer (&self->listen_error));
          return;
        }
    }
  listen_next (self);
}

static void
listen_next (ChatServer *self)
{
  g_socket_address_enumerator_next_async (self->enumerator, g_task_get_cancellable (self->starting), on_next_address,
                                          g_object_ref (self));
}

static void
start_listening (ChatServer *self)
{
  g_autoptr (GSocketConnectable) connectable = G_SOCKET_CONNECTABLE (g_network_address_new (self->host, self->port));

  self->enumerator = g_socket_connectable_enumerate (connectable);
  listen_next (self);
}

static void
on_demo_filled (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (ChatServer) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!chat_server_demo_fill_finish (CHAT_SERVER_STORAGE (source), result, &error) && self->starting != NULL)
    start_fail (self, g_steal_pointer (&error));
  else if (self->starting != NULL)
    start_listening (self);
}

static gboolean
load_certificate (ChatServer  *self,
                  GError     **error)
{
  const char *names[] = { self->host, NULL };
  g_autoptr (GTlsCertificate) certificate = NULL;
  gboolean created = FALSE;

  if (self->tls_cert != NULL)
    certificate = chat_server_certificate_load (self->tls_cert, self->tls_key, error);
  else
    certificate = chat_server_certificate_ensure (self->data_dir, names, &created, error);
  if (certificate == NULL)
    return FALSE;
  self->tls = chat_server_tls_context_new (certificate, error);
  if (self->tls == NULL)
    return FALSE;
  self->fingerprint = chat_server_certificate_get_fingerprint (certificate);
  return TRUE;
}

/* Each connection is a descriptor; the usual limit of 1,024 is for programs that use select() */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, CHAT_SERVER_MAX_FILES);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_message ("The number of open files stays limited");
}

void
chat_server_start_async (ChatServer          *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (CHAT_IS_SERVER (self));
  g_return_if_fail (self->hub.poller == NULL && self->starting == NULL);

  self->starting = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->starting, chat_server_start_async);
  if (!chat_server_options_check (&self->options, &error) ||
      !chat_server_address_parse (self->listen, &self->host, &self->port, &error))
    {
      start_fail (self, g_steal_pointer (&error));
      return;
    }
  self->picks_port = self->port == 0;
  raise_file_limit ();

  /* Nobody is connected yet: what blocks here keeps nobody waiting */
  self->hub.poller = chat_server_poller_new (&error);
  if (self->hub.poller != NULL)
    self->hub.storage = chat_server_sqlite_new (self->data_dir, &error);
  if (self->hub.storage == NULL || (!self->options.insecure && !load_certificate (self, &error)))
    {
      start_fail (self, g_steal_pointer (&error));
      return;
    }
  self->hub.hasher = chat_server_hasher_new (self->options.test_hash_cost ? CHAT_SERVER_HASH_COST_TEST
                                                                          : CHAT_SERVER_HASH_COST_NORMAL);
  if (self->options.demo)
    {
      chat_server_demo_fill_async (self->hub.storage, self->hub.hasher, cancellable, on_demo_filled, g_object_ref (self));
      return;
    }
  start_listening (self);
}

gboolean
chat_server_start_finish (ChatServer    *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Stopping: no new connections; those that are there read no more, get their answers and a goodbye; when the last is gone the
 * storage closes. */

static void
close_all (ChatServer *self)
{
  while (self->hub.peers != NULL)
    chat_server_peer_close (self->hub.peers, NULL);
}

static gboolean
check_stopped (gpointer user_data)
{
  g_autoptr (ChatServer) self = g_object_ref (CHAT_SERVER (user_data));
  g_autoptr (GTask) task = NULL;

  g_clear_pointer (&self->stop_check, g_source_unref);
  if (self->stopping == NULL || self->hub.n_peers > 0 || self->hub.n_hashing > 0)
    return G_SOURCE_REMOVE;
  chat_server_timer_unset (&self->stop_timer);
  g_clear_pointer (&self->hub.media, chat_server_media_free);
  if (self->hub.storage != NULL)
    chat_server_storage_close (self->hub.storage);
  self->is_stopped = TRUE;
  task = g_steal_pointer (&self->stopping);
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* From a source of its own: connections end in the midst of everything */
static void
on_hub_changed (gpointer user_data)
{
  ChatServer *self = user_data;

  if (self->stopping == NULL || self->stop_check != NULL)
    return;
  self->stop_check = g_idle_source_new ();
  g_source_set_priority (self->stop_check, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->stop_check, check_stopped, self, NULL);
  g_source_attach (self->stop_check, g_main_context_get_thread_default ());
}

static void
on_stop_deadline (ChatServerTimer *timer)
{
  ChatServer *self = (ChatServer *) ((char *) timer - G_STRUCT_OFFSET (ChatServer, stop_timer));

  g_message ("%u connections did not end in time", self->hub.n_peers);
  close_all (self);
}

void
chat_server_stop_async (ChatServer          *self,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_server_peer_unref);

  g_return_if_fail (CHAT_IS_SERVER (self));
  g_return_if_fail (self->stopping == NULL && !self->is_stopped);

  chat_server_timer_unset (&self->expire_timer);
  self->stopping = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stopping, chat_server_stop_async);
  if (self->starting != NULL)
    start_fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The server was stopped while it started"));
  g_ptr_array_set_size (self->listeners, 0);

  for (ChatServerPeer *peer = self->hub.peers; peer != NULL; peer = peer->next)
    g_ptr_array_add (peers, chat_server_peer_ref (peer));
  for (guint i = 0; i < peers->len; i++)
    chat_server_peer_stop (peers->pdata[i]);
  if (self->hub.poller != NULL)
    chat_server_timers_set (chat_server_poller_get_timers (self->hub.poller), &self->stop_timer,
                            g_get_monotonic_time () + CHAT_SERVER_STOP_MS * 1000);
  on_hub_changed (self);
}

void
chat_server_stop_finish (ChatServer   *self,
                         GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* The object */

guint16
chat_server_get_port (ChatServer *self)
{
  return self->is_started ? self->port : 0;
}

guint16
chat_server_get_media_port (ChatServer *self)
{
  return self->hub.media != NULL ? chat_server_media_get_port (self->hub.media) : 0;
}

const char *
chat_server_get_address (ChatServer *self)
{
  return self->address;
}

const char *
chat_server_get_fingerprint (ChatServer *self)
{
  return self->fingerprint;
}

guint
chat_server_get_n_connections (ChatServer *self)
{
  return self->hub.n_peers;
}

static void
chat_server_dispose (GObject *object)
{
  ChatServer *self = CHAT_SERVER (object);

  /* A server that was stopped has nothing left of this; one that is simply dropped ends here and now */
  g_ptr_array_set_size (self->listeners, 0);
  close_all (self);
  chat_server_timer_unset (&self->stop_timer);
  chat_server_timer_unset (&self->expire_timer);
  if (self->stop_check != NULL)
    g_source_destroy (self->stop_check);
  g_clear_pointer (&self->stop_check, g_source_unref);
  g_clear_pointer (&self->hub.media, chat_server_media_free);
  if (self->hub.storage != NULL && !self->is_stopped)
    chat_server_storage_close (self->hub.storage);
  self->is_stopped = TRUE;
  G_OBJECT_CLASS (chat_server_parent_class)->dispose (object);
}

static void
chat_server_finalize (GObject *object)
{
  ChatServer *self = CHAT_SERVER (object);

  chat_server_hub_clear (&self->hub);
  g_ptr_array_unref (self->listeners);
  g_clear_pointer (&self->tls, chat_server_tls_context_unref);
  g_clear_error (&self->listen_error);
  g_free (self->listen);
  g_free (self->data_dir);
  g_free (self->tls_cert);
  g_free (self->tls_key);
  g_free (self->media_listen);
  g_free (self->media_url);
  g_free (self->media_host);
  g_free (self->host);
  g_free (self->address);
  g_free (self->fingerprint);
  G_OBJECT_CLASS (chat_server_parent_class)->finalize (object);
}

static void
chat_server_class_init (ChatServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chat_server_dispose;
  G_OBJECT_CLASS (klass)->finalize = chat_server_finalize;
}

static void
chat_server_init (ChatServer *self)
{
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_server_listener_free);
  self->stop_timer.func = on_stop_deadline;
  self->expire_timer.func = on_expire_time;
  chat_server_hub_init (&self->hub);
  self->hub.changed = on_hub_changed;
  self->hub.user_data = self;
}

ChatServer *
chat_server_new (const ChatServerOptions *options)
{
  ChatServer *self = g_object_new (CHAT_TYPE_SERVER, NULL);

  self->options = *options;
  if (options->listen != NULL)
    self->listen = g_strdup (options->listen);
  else
    self->listen = chat_server_address_format ("localhost", CHAT_DEFAULT_PORT);
  if (options->data_dir != NULL)
    self->data_dir = g_strdup (options->data_dir);
  else
    self->data_dir = g_build_filename (g_get_user_data_dir (), DATA_DIR_NAME, NULL);
  self->tls_cert = g_strdup (options->tls_cert);
  self->tls_key = g_strdup (options->tls_key);
  self->options.listen = self->listen;
  self->options.data_dir = self->data_dir;
  self->options.tls_cert = self->tls_cert;
  self->options.tls_key = self->tls_key;
  self->media_listen = g_strdup (options->media_listen);
  if (options->media_url != NULL)
    self->media_url = g_str_has_suffix (options->media_url, "/") ? g_strdup (options->media_url)
                                                                 : g_strconcat (options->media_url, "/", NULL);
  self->options.media_listen = self->media_listen;
  self->options.media_url = self->media_url;

  self->hub.silence = (options->silence_ms > 0 ? options->silence_ms : CHAT_SERVER_SILENCE_MS) * G_GINT64_CONSTANT (1000);
  self->hub.anonymous_time = (options->anonymous_ms > 0 ? options->anonymous_ms : CHAT_SERVER_ANONYMOUS_MS) *
                             G_GINT64_CONSTANT (1000);
  self->hub.presence_delay = (options->presence_ms > 0 ? options->presence_ms : CHAT_PRESENCE_DELAY_MS) *
                             G_GINT64_CONSTANT (1000);
  self->hub.delay = options->delay_ms * G_GINT64_CONSTANT (1000);
  self->hub.drop_after = options->drop_after;
  self->hub.fail_sends = options->fail_sends;
  self->hub.trace = options->trace;
  self->hub.no_rate_limit = options->no_rate_limit;
  return self;
}
