/* test-server-media-siege.c: what is wrong, what is too much, who is too slow, and a disk that is full, at the server of files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-http-common.h"

#include "chat-server-limits.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

/* A sanitizer that sees whole stacks can tell the leaks of libraries (tests/lib/leaks.supp) from ours; it is slow, and for this program alone */
#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}
#endif

static void
test_wrong (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (MIB, 5), *other = make_bytes (MIB, 6), *url = NULL, *chunked = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (Reply) hash = NULL, shorter = NULL, longer = NULL, stream_longer = NULL, right = NULL, none = NULL;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = ask_upload (ada, "a.bin", "a/b", bytes, MIB);

  hash = http_ask (server, "PUT", url, "", other, MIB);
  g_assert_cmpuint (hash->status, ==, 422);
  g_assert_cmpstr (reply_get (hash, "upload-offset"), ==, "0");
  shorter = http_ask (server, "PUT", url, "", bytes, MIB - 1);
  g_assert_cmpuint (shorter->status, ==, 422);
  none = http_ask (server, "PUT", url, "", "", 0);
  g_assert_cmpuint (none->status, ==, 422);
  longer = http_ask (server, "PUT", url, "", bytes, MIB + 1);
  g_assert_cmpuint (longer->status, ==, 413);

  /* More than told, without having said so */
  {
    g_autoptr (GIOStream) stream = http_connect (server);
    g_autofree char *head = g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n", path_of (url));

    http_write (stream, head, -1);
    http_write (stream, bytes, MIB);
    http_try_write (stream, "x\r\n0\r\n\r\n", 8);
    stream_longer = http_read (stream);
    g_assert_cmpuint (stream_longer->status, ==, 413);
  }

  /* It is as if nothing had happened */
  right = http_ask (server, "PUT", url, "", bytes, MIB);
  g_assert_cmpuint (right->status, ==, 201);

  /* In chunks, as curl sends what it reads from a pipe */
  chunked = ask_upload (ada, "a.bin", "a/b", bytes, 1000);
  {
    g_autoptr (GIOStream) stream = http_connect (server);
    g_autofree char *head = g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n", path_of (chunked));
    g_autoptr (Reply) reply = NULL;

    http_write (stream, head, -1);
    http_write (stream, bytes, 500);
    http_write (stream, "\r\n1f4\r\n", -1);
    http_write (stream, bytes + 500, 500);
    http_write (stream, "\r\n0\r\n\r\n", -1);
    reply = http_read (stream);
    g_assert_cmpuint (reply->status, ==, 201);
  }
}

static void
test_addresses (void)
{
  static const char *const paths[] = {
    "/", "/m", "/m/", "/u/", "/x", "/m/0123456789abcdef0123456789abcdef", "/m/0123456789abcdef0123456789abcdef/a",
    "/u/0123456789abcdef0123456789abcdef", "/m/0123456789ABCDEF0123456789ABCDEF", "/m/../chat.db", "/m/..%2f..%2fchat.db", "/../chat.db",
    "//etc/passwd", "/m/%2e%2e/%2e%2e/chat.db", "/media/unfinished/", "/unfinished/", "/m/..\\..\\chat.db", "/m/\xff\xfe",
    "/m/0123456789abcdef0123456789abcde", "/m/0123456789abcdef0123456789abcdef0", "/m/%30123456789abcdef0123456789abcdef",
    "/m/0123456789abcdef0123456789abcdef%00", "/.well-known/x",
  };
  static const char *const methods[] = { "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND" };
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (100, 7), *url = NULL, *file = NULL, *short_file = NULL, *with_name = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (Reply) other_name = NULL, no_name = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    for (guint j = 0; j < G_N_ELEMENTS (methods); j++)
      {
        g_autoptr (Reply) reply = http_ask (server, methods[j], paths[i], "", NULL, 0);

        /* libsoup itself refuses what is no address at all */
        if (reply->status != 404 && reply->status != 400)
          g_error ("%s %s: %u", methods[j], paths[i], reply->status);
        g_assert_true (reply->length == 0 || reply->status == 400);
      }

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = ask_upload (ada, "a", "a/b", bytes, 100);
  expect_status (server, "GET", url, "", 404);
  expect_status (server, "DELETE", url, "", 404);
  file = upload (server, ada, "a", "text/html", bytes, 100);
  expect_status (server, "PUT", file, "", 404);
  expect_status (server, "DELETE", file, "", 404);
  /* An address of one kind is none of the other */
  with_name = g_strdup_printf ("/m/%s", strrchr (url, '/') + 1);
  expect_status (server, "GET", with_name, "", 404);

  /* The name is for people; what a browser could run comes as mere bytes */
  short_file = g_strndup (path_of (file), strlen ("/m/") + 32);
  no_name = http_ask (server, "GET", short_file, "", NULL, 0);
  g_assert_cmpuint (no_name->status, ==, 200);
  g_assert_cmpstr (reply_get (no_name, "content-type"), ==, "application/octet-stream");
  g_free (with_name);
  with_name = g_strdup_printf ("%s/..%%2f..%%2fetc/passwd?x=y", short_file);
  other_name = http_ask (server, "GET", with_name, "", NULL, 0);
  g_assert_cmpuint (other_name->status, ==, 200);
  g_assert_cmpmem (other_name->body, other_name->length, bytes, 100);
}

/* What a person writes as the name or the type of a file is told to others as that, and nothing else */
static void
test_names (void)
{
  static const char *const good[] = { "a\\u0022; filename=\\u0022b.exe", "a%0d%0aX: y", "';alert(1)--", "<script>", "..\\\\..\\\\x", "…🙂", "%2e%2e%2fa",
                                      "a;b=c", "=?UTF-8?B?eA==?=" };
  static const char *const bad[] = { "", ".", "..", "a/b", "../a", "a\\r\\nX: y", "a\\nb", "a\\tb", "\\u0085", "\\u2028", "\\u007f" };
  static const char *const bad_types[] = { "a", "text/html; charset=x", "a/b\\r\\nX: y", "a b/c", "/", "é/x" };
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) ada = NULL;
  const char *sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"type\":\"MEDIA_UPLOAD\",\"name\":\"%s\",\"size\":4,\"media_type\":\"image/svg+xml\","
                                               "\"sha256\":\"%s\"}\n", good[i], sha256);
      g_autoptr (JsonObject) answer = NULL;
      g_autoptr (Reply) put = NULL, get = NULL;
      const char *disposition;

      client_send_raw (ada, json, -1);
      answer = client_read (ada);
      if (!json_object_has_member (answer, "url"))
        g_error ("%s: %s", json, json_object_get_string_member_with_default (answer, "error", ""));
      put = http_ask (server, "PUT", json_object_get_string_member (answer, "url"), "", "test", 4);
      g_assert_cmpuint (put->status, ==, 201);
      for (const char *c = reply_get (put, "location"); *c != '\0'; c++)
        g_assert_true (*c > ' ' && *c < 0x7f && strchr ("\"<>\\", *c) == NULL);
      get = http_ask (server, "GET", reply_get (put, "location"), "", NULL, 0);
      g_assert_cmpuint (get->status, ==, 200);
      g_assert_cmpstr (reply_get (get, "content-type"), ==, "application/octet-stream");
      g_assert_null (reply_get (get, "x"));
      disposition = reply_get (get, "content-disposition");
      g_assert_true (g_str_has_prefix (disposition, "attachment; filename=\""));
      /* The two quotes are ours */
      g_assert_true (strchr (strchr (strchr (disposition, '"') + 1, '"') + 1, '"') == NULL);
      g_assert_nonnull (strstr (disposition, "\"; filename*=UTF-8''"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad) + G_N_ELEMENTS (bad_types); i++)
    {
      const char *name = i < G_N_ELEMENTS (bad) ? bad[i] : "a", *type = i < G_N_ELEMENTS (bad) ? "a/b" : bad_types[i - G_N_ELEMENTS (bad)];
      g_autofree char *json = g_strdup_printf ("{\"type\":\"MEDIA_UPLOAD\",\"name\":\"%s\",\"size\":4,\"media_type\":\"%s\",\"sha256\":\"%s\"}\n",
                                               name, type, sha256);

      client_send_raw (ada, json, -1);
      client_expect (ada, "{'type':'MEDIA_UPLOAD','status':'BAD_REQUEST','error':'*'}");
    }
}

static void
test_limits (void)
{
  const ChatServerOptions options = { .insecure = TRUE, .media_limit = 1000, .media_quota = 1500 };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) ada = NULL, plain = NULL;
  g_autofree char *bytes = make_bytes (1001, 8), *file = NULL, *sha256 = NULL;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, 1001);
  client_send (ada, "{'type':'MEDIA_UPLOAD','name':'a','size':1001,'media_type':'a/b','sha256':'%s'}", sha256);
  client_expect (ada, "{'type':'MEDIA_UPLOAD','status':'TOO_LARGE','error':'*','limit':1000}");
  file = upload (server, ada, "a", "a/b", bytes, 1000);
  client_send (ada, "{'type':'MEDIA_UPLOAD','name':'a','size':501,'media_type':'a/b','sha256':'%s'}", sha256);
  client_expect (ada, "{'type':'MEDIA_UPLOAD','status':'TOO_LARGE','error':'*','quota':1500,'used':1000}");
  client_send (ada, "{'type':'MEDIA_UPLOAD','name':'a','size':500,'media_type':'a/b','sha256':'%s'}", sha256);
  client_expect (ada, "{'type':'MEDIA_UPLOAD','url':'*','expires':'*'}");

  plain = log_in (server, "ada", NULL);
  client_send (plain, "{'type':'MEDIA_UPLOAD','name':'a','size':500,'media_type':'a/b','sha256':'%s'}", sha256);
  client_expect (plain, "{'type':'MEDIA_UPLOAD','status':'UNSUPPORTED','error':'*'}");
}

typedef struct
{
  ChatTestServer *server;
  const char     *url;
  const char     *bytes;
  gsize           length;
} Transfer;

static gpointer
put_in_thread (gpointer data)
{
  Transfer *transfer = data;
  g_autoptr (Reply) put = http_ask (transfer->server, "PUT", transfer->url, "", transfer->bytes, transfer->length), get = NULL;

  g_assert_cmpuint (put->status, ==, 201);
  get = http_ask (transfer->server, "GET", reply_get (put, "location"), "", NULL, 0);
  g_assert_cmpuint (get->status, ==, 200);
  g_assert_cmpmem (get->body, get->length, transfer->bytes, transfer->length);
  return NULL;
}

/* Many at once, half of them the same bytes */
static void
test_parallel (void)
{
  const gsize length = 8 * MIB + 17;        /* so that the disk is still being asked for the first 8 MiB when all is there */
  const ChatServerOptions options = { .insecure = FALSE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autofree char *same = make_bytes (length, 11);
  g_autoptr (Client) ada = NULL;
  Transfer transfers[12];
  GThread *threads[G_N_ELEMENTS (transfers)];

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
    {
      const char *bytes = i % 2 == 0 ? same : make_bytes (length, 100 + i);

      transfers[i] = (Transfer) { server, ask_upload (ada, "a", "a/b", bytes, length), bytes, length };
      threads[i] = g_thread_new ("transfer", put_in_thread, &transfers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
    {
      g_thread_join (threads[i]);
      g_free ((char *) transfers[i].url);
      if (i % 2 != 0)
        g_free ((char *) transfers[i].bytes);
    }
}

/* One upload, two who send it: the second has it */
static void
test_taken_over (void)
{
  const gsize length = 3 * MIB;
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (length, 12), *url = NULL, *head = NULL, *header = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (GIOStream) stalled = NULL;
  g_autoptr (Reply) reply = NULL;
  gint64 offset = 0;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = ask_upload (ada, "a", "a/b", bytes, length);
  stalled = http_connect (server);
  head = g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: a\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", path_of (url), length);
  http_write (stalled, head, -1);
  http_write (stalled, bytes, MIB);
  while (offset < MIB)
    {
      g_autoptr (Reply) asked = http_ask (server, "HEAD", url, "", NULL, 0);

      offset = g_ascii_strtoll (reply_get (asked, "upload-offset"), NULL, 10);
    }
  header = g_strdup_printf ("Content-Range: bytes %u-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT "\r\n", MIB, length - 1, length);
  reply = http_ask (server, "PUT", url, header, bytes + MIB, length - MIB);
  g_assert_cmpuint (reply->status, ==, 201);
  /* The first is cut off */
  reply_free (http_read (stalled));
}

/* With a question first nothing is sent in vain; without one the answer comes long before the end */
static void
test_refused_early (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (MIB, 13), *url = NULL, *ask = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (GIOStream) first = http_connect (server), second = http_connect (server), third = NULL;
  g_autoptr (Reply) refused = NULL, told = NULL, taken = NULL;
  guint n_written = 0;

  http_write (first, "PUT /u/0123456789abcdef0123456789abcdef HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2147483648\r\n\r\n", -1);
  refused = http_read (first);
  g_assert_cmpuint (refused->n_continue, ==, 0);
  g_assert_cmpuint (refused->status, ==, 404);

  http_write (second, "PUT /u/0123456789abcdef0123456789abcdef HTTP/1.1\r\nHost: a\r\nContent-Length: 2147483648\r\n\r\n", -1);
  while (n_written < 100 && http_try_write (second, bytes, MIB))
    n_written++;
  g_assert_cmpuint (n_written, <, 100);
  told = http_read (second);
  g_assert_true (told->status == 404 || told->status == 0);

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = ask_upload (ada, "a", "a/b", bytes, MIB);
  third = http_connect (server);
  ask = g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: %u\r\n\r\n", path_of (url), MIB);
  http_write (third, ask, -1);
  http_write (third, bytes, MIB);
  taken = http_read (third);
  g_assert_cmpuint (taken->n_continue, ==, 1);
  g_assert_cmpuint (taken->status, ==, 201);
}

/* Silent, slow, endless and rude peers are closed in time, and keep nobody waiting */
static void
test_slow (void)
{
  const ChatServerOptions options = { .insecure = FALSE, .media_silence_ms = 300, .media_window_ms = 600 };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autofree char *bytes = make_bytes (16 * MIB, 14), *url = NULL, *file = NULL, *head = NULL, *get = NULL, *long_line = g_strnfill (200000, 'x');
  g_autoptr (Client) ada = NULL;
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GIOStream) idle = NULL, half = NULL, stalled = NULL, deaf = NULL, endless = NULL;
  g_autoptr (Reply) honest = NULL, idle_end = NULL, half_end = NULL, stalled_end = NULL, deaf_end = NULL, endless_end = NULL;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  file = upload (server, ada, "a", "a/b", bytes, 16 * MIB);
  url = ask_upload (ada, "a", "a/b", bytes, MIB);

  /* Connections without a handshake, as many as one address may have */
  for (guint i = 0; i < CHAT_SERVER_MEDIA_CONNECTIONS_ADDRESS - 10; i++)
    {
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      GSocketConnection *connection = g_socket_client_connect_to_host (client, "127.0.0.1", chat_test_server_get_media_port (server), NULL, NULL);

      if (connection != NULL)
        g_ptr_array_add (silent, connection);
    }
  idle = http_connect (server);
  half = http_connect (server);
  http_write (half, "GET /m/0123", -1);
  endless = http_connect (server);
  http_write (endless, "GET /m/", -1);
  while (http_try_write (endless, long_line, 200000))
    ;
  endless_end = http_read (endless);

  stalled = http_connect (server);
  head = g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: a\r\nContent-Length: %u\r\n\r\n", path_of (url), MIB);
  http_write (stalled, head, -1);
  http_write (stalled, bytes, 1000);
  deaf = http_connect (server);
  get = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path_of (file));
  http_write (deaf, get, -1);

  idle_end = http_read (idle);
  g_assert_cmpuint (idle_end->status, ==, 0);
  half_end = http_read (half);
  g_assert_true (half_end->status == 0 || half_end->status == 400 || half_end->status == 500);
  stalled_end = http_read (stalled);
  g_assert_true (stalled_end->status == 0 || stalled_end->status == 500);
  honest = http_ask (server, "GET", file, "", NULL, 0);
  g_assert_cmpmem (honest->body, honest->length, bytes, 16 * MIB);
  /* One that does not read gets what is in the buffers of both kernels */
  g_usleep (0);
  deaf_end = http_read (deaf);
  g_assert_cmpuint (deaf_end->length, <=, 16 * MIB);

  /* What the stalled one had brought is there */
  {
    g_autoptr (Reply) asked = http_ask (server, "HEAD", url, "", NULL, 0);

    g_assert_cmpstr (reply_get (asked, "upload-offset"), ==, "1000");
  }
}

/* The disk is full in the midst of it (files may not grow beyond): said so, kept, and gone on with when there is room */
static void
test_full_disk (void)
{
  const gsize length = 6 * MIB;
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (length, 15), *url = NULL, *header = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (Reply) full = NULL, asked = NULL, rest = NULL;
  struct rlimit limit, small;
  gint64 offset;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = ask_upload (ada, "a", "a/b", bytes, length);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = (struct rlimit) { 3 * MIB, limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  full = http_ask (server, "PUT", url, "", bytes, length);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_true (full->status == 507 || full->status == 0);     /* 0: the answer was too late for one who sends on */

  asked = http_ask (server, "HEAD", url, "", NULL, 0);
  g_assert_cmpuint (asked->status, ==, 200);
  offset = g_ascii_strtoll (reply_get (asked, "upload-offset"), NULL, 10);
  g_assert_cmpint (offset, >, 0);
  g_assert_cmpint (offset, <=, 3 * MIB);
  header = g_strdup_printf ("Content-Range: bytes %" G_GINT64_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT "\r\n", offset, length - 1, length);
  rest = http_ask (server, "PUT", url, header, bytes + offset, length - (gsize) offset);
  g_assert_cmpuint (rest->status, ==, 201);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/media/wrong", test_wrong);
  g_test_add_func ("/server/media/addresses", test_addresses);
  g_test_add_func ("/server/media/names", test_names);
  g_test_add_func ("/server/media/limits", test_limits);
  g_test_add_func ("/server/media/parallel", test_parallel);
  g_test_add_func ("/server/media/taken-over", test_taken_over);
  g_test_add_func ("/server/media/refused-early", test_refused_early);
  g_test_add_func ("/server/media/slow", test_slow);
  g_test_add_func ("/server/media/full-disk", test_full_disk);

  return g_test_run ();
}
