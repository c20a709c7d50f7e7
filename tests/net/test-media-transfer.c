/* test-media-transfer.c: files to and from a server that does what the test tells it to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <libsoup/soup.h>

#include <glib/gstdio.h>

#include "chat-connector.h"
#include "chat-media-transfer.h"
#include "chat-test.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define BITS     "0123456789abcdef0123456789abcdef"
#define BIG      (3 * 1024 * 1024 + 17)

typedef enum
{
  BEHAVE,
  CUT,            /* the connection ends in the midst */
  OTHER_BYTES,    /* as many as there should be, but others */
  TOO_MANY,
  NO_RANGES,      /* always all */
  WRONG_RANGE,    /* another part than was asked for */
  REDIRECT,
  NOT_FOUND,
  DISK_FULL,
  WRONG_OFFSET,   /* the first PUT is refused with 409 */
  NO_LOCATION,
  OTHER_LOCATION
} Manner;

/* A server in a thread of its own; what it is told to do is set while nothing is asked of it */
typedef struct
{
  GThread          *thread;
  GMainContext     *context;
  GMainLoop        *loop;
  SoupServer       *http;
  GTlsCertificate  *certificate;
  char             *base;
  gint              ready;

  Manner            manner;
  GBytes           *content;        /* to download */
  char             *tag;
  GByteArray       *received;
  gsize             expected;
  guint             n_requests;
  guint             n_elsewhere;    /* at an address to which we were redirected */
} Server;

typedef struct
{
  Server             server;
  char              *dir;
  char              *path;
  ChatMediaEndpoint *endpoint;
  GBytes            *bytes;
  char              *sha256;
} Fixture;

static void
cut_after (SoupServerMessage *message,
           const char        *head,
           gconstpointer      bytes,
           gsize              n)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  GOutputStream *out = g_io_stream_get_output_stream (stream);

  g_output_stream_write_all (out, head, strlen (head), NULL, NULL, NULL);
  g_output_stream_write_all (out, bytes, n, NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

static void
serve_download (Server            *self,
                SoupServerMessage *message)
{
  SoupMessageHeaders *in = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);
  gsize size = g_bytes_get_size (self->content);
  const guint8 *data = g_bytes_get_data (self->content, NULL);
  const char *range = soup_message_headers_get_one (in, "Range");
  gsize start = 0;

  if (range != NULL)
    g_assert_cmpstr (soup_message_headers_get_one (in, "If-Range"), ==, self->tag);
  g_assert_null (soup_message_headers_get_one (in, "Cookie"));
  g_assert_null (soup_message_headers_get_one (in, "Authorization"));
  g_assert_null (soup_message_headers_get_one (in, "Accept-Encoding"));
  switch (self->manner)
    {
    case REDIRECT:
      soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "/elsewhere");
      return;
    case NOT_FOUND:
      soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
      return;
    case CUT:
      {
        g_autofree char *head = NULL;

        if (range != NULL)
          start = g_ascii_strtoull (range + strlen ("bytes="), NULL, 10);
        head = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Length: %zu\r\nContent-Range: bytes %zu-%zu/%zu\r\n\r\n",
                                range != NULL ? "206 Partial Content" : "200 OK", size - start, start, size - 1, size);
        cut_after (message, head, data + start, (size - start) / 2);
      }
      return;
    case TOO_MANY:
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, data, size);
      soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, "!", 1);
      return;
    case OTHER_BYTES:
      {
        g_autofree char *other = g_malloc0 (size);

        soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
        soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, other, size);
      }
      return;
    default:
      break;
    }
  if (range != NULL && self->manner != NO_RANGES)
    {
      start = g_ascii_strtoull (range + strlen ("bytes="), NULL, 10);
      if (self->manner == WRONG_RANGE)
        start--;
      soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
      soup_message_headers_set_content_range (out, start, size - 1, size);
    }
  else
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  /* SoupServer would apply the range by itself */
  soup_message_headers_remove (in, "Range");
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, data + start, size - start);
}

static void
tell_upload (Server            *self,
             SoupServerMessage *message,
             guint              status)
{
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);
  g_autofree char *offset = g_strdup_printf ("%u", self->received->len);
  g_autofree char *location = g_strconcat (self->base, "m/" BITS "/name.bin", NULL);

  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (out, "Upload-Offset", offset);
  if (self->received->len < self->expected || self->manner == NO_LOCATION)
    return;
  soup_message_headers_replace (out, "Location", self->manner == OTHER_LOCATION ? "https://elsewhere.test/m/" BITS : location);
}

static void
serve_upload (Server            *self,
              SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = NULL;
  goffset start, end, total;

  if (soup_server_message_get_method (message) == SOUP_METHOD_HEAD)
    {
      tell_upload (self, message, self->manner == NOT_FOUND ? SOUP_STATUS_NOT_FOUND : SOUP_STATUS_OK);
      return;
    }
  g_assert_true (soup_message_headers_get_content_range (soup_server_message_get_request_headers (message), &start, &end, &total));
  g_assert_cmpint (total, ==, self->expected);
  g_assert_cmpint (end, ==, self->expected - 1);
  if (self->manner == DISK_FULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_INSUFFICIENT_STORAGE, NULL);
      return;
    }
  if (self->manner == WRONG_OFFSET)
    {
      self->manner = BEHAVE;
      /* Another connection has brought more meanwhile */
      g_byte_array_append (self->received, (const guint8 *) body->data, 1000);
      tell_upload (self, message, SOUP_STATUS_CONFLICT);
      return;
    }
  g_assert_cmpint (start, ==, self->received->len);
  bytes = soup_message_body_flatten (body);
  g_byte_array_append (self->received, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  tell_upload (self, message, SOUP_STATUS_CREATED);
}

static void
on_request (SoupServer        *http,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  Server *self = user_data;

  self->n_requests++;
  if (g_str_has_prefix (path, "/m/"))
    serve_download (self, message);
  else if (g_str_has_prefix (path, "/u/"))
    serve_upload (self, message);
  else
    {
      self->n_elsewhere++;
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    }
}

static gpointer
server_thread (gpointer data)
{
  Server *self = data;
  g_autoptr (GError) error = NULL;
  GSList *uris;

  /* What the server of the test has not ended when it stops is no leak of what is tested */
#ifdef __SANITIZE_ADDRESS__
  __lsan_disable ();
#endif
  g_main_context_push_thread_default (self->context);
  self->http = soup_server_new ("tls-certificate", self->certificate, NULL);
  soup_server_add_handler (self->http, NULL, on_request, self, NULL);
  soup_server_listen_local (self->http, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | (self->certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->http);
  self->base = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_atomic_int_set (&self->ready, 1);
  g_main_loop_run (self->loop);
  soup_server_disconnect (self->http);
  g_clear_object (&self->http);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
on_quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static GBytes *
make_bytes (gsize size)
{
  guint8 *data = g_malloc (size);
  guint32 x = 1;

  for (gsize i = 0; i < size; i++)
    {
      x = x * 1664525 + 1013904223;
      data[i] = x >> 24;
    }
  return g_bytes_new_take (data, size);
}

static void
set_up_with (Fixture         *f,
             GTlsCertificate *certificate,
             const char      *pin)
{
  f->dir = chat_test_temp_dir_new ();
  f->path = g_build_filename (f->dir, "file", NULL);
  f->bytes = make_bytes (BIG);
  f->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, f->bytes);
  f->server.certificate = certificate;
  f->server.content = g_bytes_ref (f->bytes);
  f->server.tag = g_strdup_printf ("\"%s\"", f->sha256);
  f->server.received = g_byte_array_new ();
  f->server.expected = BIG;
  f->server.context = g_main_context_new ();
  f->server.loop = g_main_loop_new (f->server.context, FALSE);
  f->server.thread = g_thread_new ("test-server", server_thread, &f->server);
  chat_test_wait_until (g_atomic_int_get (&f->server.ready));
  f->endpoint = chat_media_endpoint_new (f->server.base, pin, certificate == NULL);
  g_assert_nonnull (f->endpoint);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  set_up_with (f, NULL, NULL);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_main_context_invoke (f->server.context, on_quit, f->server.loop);
  g_thread_join (f->server.thread);
  g_main_loop_unref (f->server.loop);
  g_main_context_unref (f->server.context);
  g_assert_cmpuint (f->server.n_elsewhere, ==, 0);
  g_bytes_unref (f->server.content);
  g_byte_array_unref (f->server.received);
  g_free (f->server.base);
  g_free (f->server.tag);
  chat_media_endpoint_unref (f->endpoint);
  g_bytes_unref (f->bytes);
  g_free (f->sha256);
  g_free (f->path);
  chat_test_temp_dir_remove (f->dir);
}

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static void
on_progress (goffset  done,
             gpointer user_data)
{
  goffset *last = user_data;

  g_assert_cmpint (done, >=, 0);
  g_assert_cmpint (done, <=, BIG);
  *last = done;
}

static gboolean
download (Fixture       *f,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autofree char *address = g_strconcat (f->server.base, "m/" BITS "/a%20name.bin", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  goffset last = 0;

  chat_media_download_async (f->endpoint, address, f->path, BIG, f->sha256, on_progress, &last, cancellable, on_done, &result);
  chat_test_wait_until (result != NULL);
  return chat_media_download_finish (result, error);
}

static char *
upload (Fixture       *f,
        GError       **error)
{
  g_autofree char *address = g_strconcat (f->server.base, "u/" BITS, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  goffset last = 0;

  chat_media_upload_async (f->endpoint, address, f->path, BIG, on_progress, &last, NULL, on_done, &result);
  chat_test_wait_until (result != NULL);
  return chat_media_upload_finish (result, error);
}

static void
assert_file (Fixture *f)
{
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (f->path, &data, &size, NULL));
  g_assert_cmpmem (data, size, g_bytes_get_data (f->bytes, NULL), g_bytes_get_size (f->bytes));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
assert_part (Fixture *f,
             goffset  size)
{
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  GStatBuf info;

  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  if (size < 0)
    g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  else
    {
      g_assert_cmpint (g_stat (part, &info), ==, 0);
      g_assert_cmpint (info.st_size, ==, size);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
}

static void
test_download (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (download (f, NULL, &error));
  g_assert_no_error (error);
  assert_file (f);
  g_assert_cmpuint (f->server.n_requests, ==, 1);
}

/* Half of what is left comes each time: each goes on where the last one ended */
static void
test_download_cut (Fixture       *f,
                   gconstpointer  data)
{
  goffset have = 0;

  f->server.manner = CUT;
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (download (f, NULL, &error));
      g_assert_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_BROKEN_OFF);
      have += (BIG - have) / 2;
      assert_part (f, have);
    }
  f->server.manner = BEHAVE;
  g_assert_true (download (f, NULL, NULL));
  assert_file (f);
  g_assert_cmpuint (f->server.n_requests, ==, 5);
}

static void
leave_part (Fixture *f,
            gsize    size)
{
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);

  g_assert_true (g_file_set_contents (part, g_bytes_get_data (f->bytes, NULL), size, NULL));
}

static void
test_download_part (Fixture       *f,
                    gconstpointer  data)
{
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  const Manner manners[] = { NO_RANGES, WRONG_RANGE };

  /* A server that can not go on, and one that goes on elsewhere: begun anew */
  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      g_autoptr (GError) error = NULL;

      leave_part (f, 1000);
      f->server.manner = manners[i];
      g_assert_true (download (f, NULL, &error));
      g_assert_no_error (error);
      assert_file (f);
      g_assert_cmpint (g_unlink (f->path), ==, 0);
    }
  /* Whole already, but for its name: nobody is asked */
  f->server.n_requests = 0;
  leave_part (f, BIG);
  g_assert_true (download (f, NULL, NULL));
  assert_file (f);
  g_assert_cmpuint (f->server.n_requests, ==, 0);
  /* Too long: it is something else */
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  {
    g_autofree char *junk = g_malloc0 (BIG + 1);

    g_assert_true (g_file_set_contents (part, junk, BIG + 1, NULL));
  }
  f->server.manner = BEHAVE;
  g_assert_true (download (f, NULL, NULL));
  assert_file (f);
  /* Wrong at its beginning: found out at the end, and what is there is thrown away */
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (part, "junk", 4, NULL));
    g_assert_false (download (f, NULL, &error));
    g_assert_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_WRONG_CONTENT);
    assert_part (f, -1);
  }
  /* Not through a link that somebody laid there */
  g_assert_cmpint (symlink ("/dev/null", part), ==, 0);
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (download (f, NULL, &error));
    g_assert_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_LOCAL);
  }
}

static void
test_download_refused (Fixture       *f,
                       gconstpointer  data)
{
  static const struct
  {
    Manner manner;
    int    error;
  } cases[] = {
    { OTHER_BYTES, CHAT_MEDIA_ERROR_WRONG_CONTENT },
    { TOO_MANY, CHAT_MEDIA_ERROR_WRONG_CONTENT },
    { NOT_FOUND, CHAT_MEDIA_ERROR_GONE },
    { REDIRECT, CHAT_MEDIA_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      f->server.manner = cases[i].manner;
      g_assert_false (download (f, NULL, &error));
      g_assert_error (error, CHAT_MEDIA_ERROR, cases[i].error);
      g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
    }
}

static void
test_cancelled (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (download (f, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_upload (Fixture       *f,
             gconstpointer  data)
{
  g_autofree char *expected = g_strconcat (f->server.base, "m/" BITS "/name.bin", NULL);
  g_autofree char *again = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->path, g_bytes_get_data (f->bytes, NULL), BIG, NULL));
  address = upload (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (address, ==, expected);
  g_assert_cmpmem (f->server.received->data, f->server.received->len, g_bytes_get_data (f->bytes, NULL), BIG);
  /* The answer was lost: nothing is sent again */
  again = upload (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, expected);
  g_assert_cmpuint (f->server.n_requests, ==, 3);
}

/* Some is there already; then even more, which another connection brought */
static void
test_upload_goes_on (Fixture       *f,
                     gconstpointer  data)
{
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->path, g_bytes_get_data (f->bytes, NULL), BIG, NULL));
  g_byte_array_append (f->server.received, g_bytes_get_data (f->bytes, NULL), 100000);
  f->server.manner = WRONG_OFFSET;
  address = upload (f, &error);
  g_assert_no_error (error);
  g_assert_nonnull (address);
  g_assert_cmpmem (f->server.received->data, f->server.received->len, g_bytes_get_data (f->bytes, NULL), BIG);
}

static void
test_upload_refused (Fixture       *f,
                     gconstpointer  data)
{
  static const struct
  {
    Manner manner;
    int    error;
  } cases[] = {
    { NOT_FOUND, CHAT_MEDIA_ERROR_GONE },
    { DISK_FULL, CHAT_MEDIA_ERROR_SERVER_FULL },
    { NO_LOCATION, CHAT_MEDIA_ERROR_FAILED },
    { OTHER_LOCATION, CHAT_MEDIA_ERROR_ADDRESS },
  };

  g_assert_true (g_file_set_contents (f->path, g_bytes_get_data (f->bytes, NULL), BIG, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_byte_array_set_size (f->server.received, 0);
      f->server.manner = cases[i].manner;
      g_assert_null (upload (f, &error));
      g_assert_error (error, CHAT_MEDIA_ERROR, cases[i].error);
    }
  /* Changed since it was chosen */
  g_assert_true (g_file_set_contents (f->path, "shorter", -1, NULL));
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (upload (f, &error));
    g_assert_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_LOCAL);
  }
}

static void
test_certificate (void)
{
  g_autofree char *right = chat_fingerprint_of (chat_test_get_certificate ());
  const char *const pins[] = { right, NULL, "AB:CD" };

  for (guint i = 0; i < G_N_ELEMENTS (pins); i++)
    {
      Fixture f = { 0 };
      g_autoptr (GError) error = NULL;

      set_up_with (&f, chat_test_get_certificate (), pins[i]);
      if (i == 0)
        {
          g_assert_true (download (&f, NULL, &error));
          g_assert_no_error (error);
          assert_file (&f);
        }
      else
        {
          g_assert_false (download (&f, NULL, &error));
          g_assert_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_CERTIFICATE);
          g_assert_cmpuint (f.server.n_requests, ==, 0);
        }
      tear_down (&f, NULL);
    }
}

static void
test_unreachable (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (ChatMediaEndpoint) nobody = chat_media_endpoint_new ("http://127.0.0.1:1/", NULL, TRUE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  chat_media_download_async (nobody, "http://127.0.0.1:1/m/" BITS, f->path, BIG, f->sha256, NULL, NULL, NULL, on_done, &result);
  chat_test_wait_until (result != NULL);
  g_assert_false (chat_media_download_finish (result, &error));
  g_assert_error (error, CHAT_MEDIA_ERROR, CHAT_MEDIA_ERROR_BROKEN_OFF);
}

static void
test_addresses (void)
{
  static const char *const bases[] = { "", "chat.test", "ftp://chat.test/", "http://chat.test/", "https://chat.test/files", "https:///",
                                       "https://a:b@chat.test/", "https://chat.test/?q", "https://chat.test/#f", "javascript:1" };
  static const char *const good[] = { "https://chat.test:7712/files/m/" BITS, "https://CHAT.test:7712/files/m/" BITS "/a%2Fb%20c.png",
                                      "HTTPS://chat.test:7712/files/m/" BITS "/" };
  static const char *const bad[] = { "https://chat.test/files/m/" BITS, "http://chat.test:7712/files/m/" BITS, "https://chat.test:7712/m/" BITS,
                                     "https://evil.test:7712/files/m/" BITS, "https://chat.test:7712@evil.test/files/m/" BITS,
                                     "https://chat.test:7712/files/m/" BITS "0", "https://chat.test:7712/files/m/../u/" BITS,
                                     "https://chat.test:7712/files/m/" BITS "/a/b", "https://chat.test:7712/files/m/" BITS "?x",
                                     "https://chat.test:7712/files/u/" BITS, "https://chat.test:7712/files/m/0123", "file:///etc/passwd",
                                     "https://x@chat.test:7712/files/m/" BITS };
  g_autoptr (ChatMediaEndpoint) endpoint = chat_media_endpoint_new ("https://chat.test:7712/files/", NULL, FALSE);
  g_autofree char *long_one = NULL;
  g_autofree char *name = g_strnfill (4000, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    g_assert_null (chat_media_endpoint_new (bases[i], NULL, FALSE));
  g_assert_nonnull (endpoint);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GUri) uri = chat_media_endpoint_parse (endpoint, CHAT_MEDIA_DOWNLOAD_ADDRESS, good[i]);

      g_assert_nonnull (uri);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (chat_media_endpoint_parse (endpoint, CHAT_MEDIA_DOWNLOAD_ADDRESS, bad[i]));
  g_assert_null (chat_media_endpoint_parse (endpoint, CHAT_MEDIA_UPLOAD_ADDRESS, "https://chat.test:7712/files/u/" BITS "/name"));
  long_one = g_strconcat ("https://chat.test:7712/files/m/" BITS "/", name, NULL);
  g_assert_null (chat_media_endpoint_parse (endpoint, CHAT_MEDIA_DOWNLOAD_ADDRESS, long_one));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/media/addresses", test_addresses);
  g_test_add ("/media/download", Fixture, NULL, set_up, test_download, tear_down);
  g_test_add ("/media/download/cut", Fixture, NULL, set_up, test_download_cut, tear_down);
  g_test_add ("/media/download/part", Fixture, NULL, set_up, test_download_part, tear_down);
  g_test_add ("/media/download/refused", Fixture, NULL, set_up, test_download_refused, tear_down);
  g_test_add ("/media/download/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/media/download/unreachable", Fixture, NULL, set_up, test_unreachable, tear_down);
  g_test_add_func ("/media/certificate", test_certificate);
  g_test_add ("/media/upload", Fixture, NULL, set_up, test_upload, tear_down);
  g_test_add ("/media/upload/goes-on", Fixture, NULL, set_up, test_upload_goes_on, tear_down);
  g_test_add ("/media/upload/refused", Fixture, NULL, set_up, test_upload_refused, tear_down);

  return g_test_run ();
}
