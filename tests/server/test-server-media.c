/* test-server-media.c: files: uploads, downloads, and the messages that tell of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-http-common.h"

#include <string.h>

static void
send_file (Client     *client,
           const char *login,
           gint64      room_id,
           const char *kind,
           const char *url)
{
  client_send (client, "{'type':'SND_MSG','username':'%s','room_id':%" G_GINT64_FORMAT ",'message':'%s','msg_type':'%s'}", login,
               room_id, url, kind);
}

static gint64
send_well (Client     *client,
           const char *login,
           gint64      room_id,
           const char *kind,
           const char *url)
{
  g_autoptr (JsonObject) answer = NULL;

  send_file (client, login, room_id, kind, url);
  answer = client_read (client);
  g_assert_cmpstr (json_object_get_string_member_with_default (answer, "status", ""), ==, "SUCCESS");
  return json_object_get_int_member (answer, "message_id");
}

static void
go_through (ChatTestServer *server)
{
  g_autofree char *bytes = make_bytes (300 * 1000, 1), *sha256 = NULL, *url = NULL, *tag = NULL;
  g_autoptr (Client) ada = NULL, grace = NULL, plain = NULL;
  g_autoptr (Reply) head = NULL, get = NULL, same = NULL, again = NULL, put = NULL;
  const char *location;
  gint64 room, id;

  sign_up (server, "ada");
  sign_up (server, "grace");
  sign_up (server, "old");
  ada = log_in_media (server, "ada");
  grace = log_in_media (server, "grace");
  room = create_room (ada, "ada", "grace");
  client_expect (grace, "{'type':'CREATE_ROOM','id':%" G_GINT64_FORMAT ",'customer':'ada'}", room);
  plain = log_in (server, "grace", NULL);

  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, 300 * 1000);
  client_send (ada, "{'type':'MEDIA_UPLOAD','name':'море \\'1\\'.png','size':300000,'media_type':'image/png','sha256':'%s','width':640,"
                    "'height':480,'preview':'AAAA'}", sha256);
  {
    g_autoptr (JsonObject) answer = client_read (ada);

    url = g_strdup (json_object_get_string_member (answer, "url"));
    g_assert_true (g_str_has_prefix (json_object_get_string_member (answer, "expires"), "20"));
  }
  put = http_ask (server, "PUT", url, "", bytes, 300 * 1000);
  g_assert_cmpuint (put->status, ==, 201);
  location = reply_get (put, "location");

  /* The upload was answered; its answer was lost */
  again = http_ask (server, "HEAD", url, "", NULL, 0);
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_cmpstr (reply_get (again, "location"), ==, location);
  g_assert_cmpstr (reply_get (again, "upload-offset"), ==, "300000");
  g_assert_cmpstr (reply_get (again, "upload-length"), ==, "300000");
  reply_free (g_steal_pointer (&again));
  again = http_ask (server, "PUT", url, "", bytes, 300 * 1000);
  g_assert_cmpuint (again->status, ==, 201);
  g_assert_cmpstr (reply_get (again, "location"), ==, location);

  /* Told to whom knows of files, and as a plain address to whom does not */
  id = send_well (ada, "ada", room, "IMAGE", location);
  client_expect (grace, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':%" G_GINT64_FORMAT
                 ",'msg_type':'IMAGE','message':'%s','date':'*','sender':'ada','file':{'name':'море \\'1\\'.png','size':300000,"
                 "'media_type':'image/png','sha256':'%s','width':640,'height':480,'preview':'AAAA'}}", room, id, location, sha256);
  client_expect (plain, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':%" G_GINT64_FORMAT
                 ",'msg_type':'IMAGE','message':'%s','date':'*','sender':'ada'}", room, id, location);
  client_send (plain, "{'type':'READ_MSG','read':'ALL','room_id':%" G_GINT64_FORMAT "}", room);
  client_expect (plain, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':%" G_GINT64_FORMAT
                 ",'msg_type':'IMAGE','message':'%s','date':'*','sender':'ada'}", room, id, location);
  client_send (grace, "{'type':'READ_MSG','read':'ALL','room_id':%" G_GINT64_FORMAT "}", room);
  client_expect (grace, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':%" G_GINT64_FORMAT
                 ",'msg_type':'IMAGE','message':'%s','date':'*','sender':'ada','file':'*'}", room, id, location);

  get = http_ask (server, "GET", location, "", NULL, 0);
  g_assert_cmpuint (get->status, ==, 200);
  g_assert_cmpmem (get->body, get->length, bytes, 300 * 1000);
  g_assert_cmpstr (reply_get (get, "content-length"), ==, "300000");
  g_assert_cmpstr (reply_get (get, "content-type"), ==, "image/png");
  g_assert_cmpstr (reply_get (get, "content-disposition"), ==,
                   "attachment; filename=\"____ _1_.png\"; filename*=UTF-8''%D0%BC%D0%BE%D1%80%D0%B5%20%221%22.png");
  g_assert_cmpstr (reply_get (get, "x-content-type-options"), ==, "nosniff");
  g_assert_cmpstr (reply_get (get, "content-security-policy"), ==, "sandbox; default-src 'none'");
  g_assert_cmpstr (reply_get (get, "referrer-policy"), ==, "no-referrer");
  g_assert_cmpstr (reply_get (get, "accept-ranges"), ==, "bytes");
  tag = g_strdup_printf ("\"%s\"", sha256);
  g_assert_cmpstr (reply_get (get, "etag"), ==, tag);

  head = http_ask (server, "HEAD", location, "", NULL, 0);
  g_assert_cmpuint (head->status, ==, 200);
  g_assert_cmpuint (head->length, ==, 0);
  g_assert_cmpstr (reply_get (head, "content-length"), ==, "300000");
  same = http_ask (server, "GET", location, "If-None-Match: \"x\", W/\"y\"\r\n", NULL, 0);
  g_assert_cmpuint (same->status, ==, 200);
  reply_free (g_steal_pointer (&same));
  {
    g_autofree char *header = g_strdup_printf ("If-None-Match: \"x\", %s\r\n", tag);

    same = http_ask (server, "GET", location, header, NULL, 0);
    g_assert_cmpuint (same->status, ==, 304);
    g_assert_cmpuint (same->length, ==, 0);
  }
}

static void
test_plain (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);

  go_through (server);
}

static void
test_tls (void)
{
  const ChatServerOptions options = { .insecure = FALSE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);

  go_through (server);
}

static void
test_ranges (void)
{
  static const struct
  {
    const char *range;
    guint       status;
    int         first;
    int         length;
    const char *content_range;
  } cases[] = {
    { "bytes=0-0", 206, 0, 1, "bytes 0-0/1000" },
    { "bytes=10-19", 206, 10, 10, "bytes 10-19/1000" },
    { "bytes=990-", 206, 990, 10, "bytes 990-999/1000" },
    { "bytes=990-5000", 206, 990, 10, "bytes 990-999/1000" },
    { "bytes=-10", 206, 990, 10, "bytes 990-999/1000" },
    { "bytes=-5000", 206, 0, 1000, "bytes 0-999/1000" },
    { "bytes=0-", 206, 0, 1000, "bytes 0-999/1000" },
    { "bytes=1000-", 416, 0, 0, "bytes */1000" },
    { "bytes=-0", 416, 0, 0, "bytes */1000" },
    { "bytes=99999999999999999999-", 200, 0, 1000, NULL },
    { "bytes=20-10", 200, 0, 1000, NULL },
    { "bytes=0-1,5-6", 200, 0, 1000, NULL },
    { "bytes=a-b", 200, 0, 1000, NULL },
    { "bytes=", 200, 0, 1000, NULL },
    { "lines=1-2", 200, 0, 1000, NULL },
  };
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (1000, 2), *url = NULL, *sha256 = NULL;
  g_autoptr (Client) ada = NULL;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = upload (server, ada, "a.bin", "application/octet-stream", bytes, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *header = g_strdup_printf ("Range: %s\r\n", cases[i].range);
      g_autoptr (Reply) reply = http_ask (server, "GET", url, header, NULL, 0);

      g_assert_cmpuint (reply->status, ==, cases[i].status);
      g_assert_cmpmem (reply->body, reply->length, bytes + cases[i].first, cases[i].length);
      g_assert_cmpstr (reply_get (reply, "content-range"), ==, cases[i].content_range);
    }

  /* The same content: the range; another one, or a date: the whole */
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, 1000);
  {
    g_autofree char *good = g_strdup_printf ("Range: bytes=5-9\r\nIf-Range: \"%s\"\r\n", sha256);
    g_autofree char *weak = g_strdup_printf ("Range: bytes=5-9\r\nIf-Range: W/\"%s\"\r\n", sha256);
    g_autoptr (Reply) part = http_ask (server, "GET", url, good, NULL, 0), whole = http_ask (server, "GET", url, weak, NULL, 0);
    g_autoptr (Reply) date = http_ask (server, "GET", url, "Range: bytes=5-9\r\nIf-Range: Sat, 29 Oct 2050 19:43:31 GMT\r\n", NULL, 0);
    g_autoptr (Reply) head = http_ask (server, "HEAD", url, "Range: bytes=5-9\r\n", NULL, 0);

    g_assert_cmpuint (part->status, ==, 206);
    g_assert_cmpmem (part->body, part->length, bytes + 5, 5);
    g_assert_cmpuint (whole->status, ==, 200);
    g_assert_cmpuint (whole->length, ==, 1000);
    g_assert_cmpuint (date->status, ==, 200);
    g_assert_cmpuint (head->length, ==, 0);
  }
}

/* A part, a break in the midst of the next, a restart, the rest */
static void
test_resume (void)
{
  const gsize length = 5 * MIB;
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (length, 3), *url = NULL, *header = NULL, *location = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (Reply) part = NULL, wrong = NULL, whole = NULL, get = NULL, bad = NULL;
  gint64 offset = 0;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = ask_upload (ada, "a.bin", "application/x-a", bytes, length);
  header = g_strdup_printf ("Content-Range: bytes 0-%u/%" G_GSIZE_FORMAT "\r\n", MIB - 1, length);
  part = http_ask (server, "PUT", url, header, bytes, MIB);
  g_assert_cmpuint (part->status, ==, 202);
  g_assert_cmpstr (reply_get (part, "upload-offset"), ==, "1048576");

  /* From another place than it is at */
  wrong = http_ask (server, "PUT", url, header, bytes, MIB);
  g_assert_cmpuint (wrong->status, ==, 409);
  g_assert_cmpstr (reply_get (wrong, "upload-offset"), ==, "1048576");
  bad = http_ask (server, "PUT", url, "Content-Range: bytes 1048576-1048577/77\r\n", bytes, 2);
  g_assert_cmpuint (bad->status, ==, 400);
  reply_free (g_steal_pointer (&bad));
  bad = http_ask (server, "PUT", url, "Content-Range: 5\r\n", bytes, 2);
  g_assert_cmpuint (bad->status, ==, 400);

  {
    g_autoptr (GIOStream) stream = http_connect (server);
    g_autofree char *head = g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: a\r\nContent-Range: bytes %u-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT
                                             "\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", path_of (url), MIB, length - 1, length,
                                             length - MIB);

    http_write (stream, head, -1);
    http_write (stream, bytes + MIB, MIB + MIB / 2);
    g_io_stream_close (stream, NULL, NULL);
  }
  while (offset < 2 * MIB + MIB / 2)
    {
      g_autoptr (Reply) asked = http_ask (server, "HEAD", url, "", NULL, 0);

      g_assert_cmpuint (asked->status, ==, 200);
      offset = g_ascii_strtoll (reply_get (asked, "upload-offset"), NULL, 10);
      g_assert_null (reply_get (asked, "location"));
    }
  g_assert_cmpint (offset, ==, 2 * MIB + MIB / 2);

  client_free (g_steal_pointer (&ada));
  chat_test_server_stop (server);
  chat_test_server_start (server);
  g_free (header);
  header = g_strdup_printf ("Content-Range: bytes %" G_GINT64_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT "\r\n", offset, length - 1,
                            length);
  whole = http_ask (server, "PUT", url, header, bytes + offset, length - (gsize) offset);
  g_assert_cmpuint (whole->status, ==, 201);
  location = g_strdup (reply_get (whole, "location"));
  get = http_ask (server, "GET", location, "", NULL, 0);
  g_assert_cmpmem (get->body, get->length, bytes, length);
}

/* All is there and the server was stopped before it could say so: whoever asks finds it finished */
static void
test_finished_late (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (1000, 4), *url = NULL, *wrong_url = NULL, *path = NULL, *wrong_path = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (Reply) head = NULL, wrong = NULL;

  sign_up (server, "ada");
  ada = log_in_media (server, "ada");
  url = ask_upload (ada, "a", "a/b", bytes, 1000);
  wrong_url = ask_upload (ada, "a", "a/b", bytes, 1000);
  path = g_build_filename (chat_test_server_get_data_dir (server), "media", "unfinished", strrchr (url, '/') + 1, NULL);
  wrong_path = g_build_filename (chat_test_server_get_data_dir (server), "media", "unfinished", strrchr (wrong_url, '/') + 1, NULL);
  g_assert_true (g_file_set_contents (path, bytes, 1000, NULL));
  bytes[500] ^= 1;
  g_assert_true (g_file_set_contents (wrong_path, bytes, 1000, NULL));
  head = http_ask (server, "HEAD", url, "", NULL, 0);
  g_assert_cmpuint (head->status, ==, 200);
  g_assert_nonnull (reply_get (head, "location"));
  wrong = http_ask (server, "HEAD", wrong_url, "", NULL, 0);
  g_assert_cmpuint (wrong->status, ==, 422);
  g_assert_cmpstr (reply_get (wrong, "upload-offset"), ==, "0");
}

static void
test_none (void)
{
  const ChatServerOptions options = { .insecure = TRUE, .no_media = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) ada = NULL;

  sign_up (server, "ada");
  ada = client_new (server);
  g_assert_cmpuint (chat_test_server_get_media_port (server), ==, 0);
  client_send (ada, "{'type':'REQUEST_LOGIN','login':'ada','pass':'" PASSWORD "','features':[\"media\",\"ping\"]}");
  client_expect (ada, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK','login':'ada','features':[\"ping\"]}");
  client_send (ada, "{'type':'MEDIA_UPLOAD','name':'a','size':500,'media_type':'a/b','sha256':'x'}");
  client_expect (ada, "{'type':'MEDIA_UPLOAD','status':'UNSUPPORTED','error':'*'}");
}

/* Which message has which file, and when it is gone */
static void
test_life (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (1000, 9), *hers = NULL, *theirs = NULL, *third = NULL, *foreign = NULL;
  g_autoptr (Client) ada = NULL, grace = NULL, plain = NULL;
  gint64 room, other_room, first, second;

  sign_up (server, "ada");
  sign_up (server, "grace");
  sign_up (server, "eve");
  ada = log_in_media (server, "ada");
  room = create_room (ada, "ada", "grace");
  other_room = create_room (ada, "ada", "eve");
  grace = log_in_media (server, "grace");
  plain = log_in (server, "eve", NULL);

  /* Two people with the same bytes: each has an address */
  hers = upload (server, ada, "a", "a/b", bytes, 1000);
  theirs = upload (server, grace, "b", "a/b", bytes, 1000);
  g_assert_cmpstr (hers, !=, theirs);

  /* Forwarded into another room; the first use deleted, then the second */
  first = send_well (ada, "ada", room, "FILE", hers);
  json_object_unref (client_read (grace));
  second = send_well (ada, "ada", other_room, "FILE", hers);
  client_expect (plain, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':%" G_GINT64_FORMAT
                 ",'msg_type':'FILE','message':'%s','date':'*','sender':'ada'}", other_room, second, hers);
  client_send (ada, "{'type':'DELETE_MSG','id':%" G_GINT64_FORMAT "}", first);
  json_object_unref (client_read (ada));
  json_object_unref (client_read (grace));
  expect_status (server, "GET", hers, "", 200);
  client_send (ada, "{'type':'DELETE_MSG','id':%" G_GINT64_FORMAT "}", second);
  json_object_unref (client_read (ada));
  expect_status (server, "GET", hers, "", 404);
  expect_status (server, "HEAD", hers, "", 404);
  expect_status (server, "GET", theirs, "", 200);

  /* Sent again when it is gone: who knows of files is told, who does not has a text */
  send_file (ada, "ada", room, "FILE", hers);
  client_expect (ada, "{'type':'SND_MSG','status':'BAD_REQUEST','error':'*','reason':'FILE'}");
  json_object_unref (client_read (plain));
  send_well (plain, "eve", other_room, "FILE", hers);
  client_expect (ada, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':'*','msg_type':'FILE','message':'%s',"
                 "'date':'*','sender':'eve'}", other_room, hers);

  /* An address of somebody else, and one of ours as a text, have no file */
  foreign = g_strdup_printf ("http://example.com%s", path_of (theirs));
  send_well (grace, "grace", room, "FILE", foreign);
  client_expect (ada, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':'*','msg_type':'FILE','message':'%s',"
                 "'date':'*','sender':'grace'}", room, foreign);
  send_well (grace, "grace", room, "TEXT", theirs);
  client_expect (ada, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" G_GINT64_FORMAT ",'message_id':'*','msg_type':'TEXT','message':'%s',"
                 "'date':'*','sender':'grace'}", room, theirs);

  /* Edited to another file, and to none */
  first = send_well (grace, "grace", room, "FILE", theirs);
  json_object_unref (client_read (ada));
  third = upload (server, grace, "c", "a/b", "third", 5);
  client_send (grace, "{'type':'EDIT_MSG','id':%" G_GINT64_FORMAT ",'new_msg':'%s'}", first, third);
  client_expect (grace, "{'type':'EDIT_MSG','id':%" G_GINT64_FORMAT ",'new_msg':'%s','file':{'name':'c','size':5,'media_type':'a/b','sha256':'*'}}",
                 first, third);
  client_expect (ada, "{'type':'EDIT_MSG','id':%" G_GINT64_FORMAT ",'new_msg':'%s','file':{'name':'c','size':5,'media_type':'a/b','sha256':'*'}}",
                 first, third);
  expect_status (server, "GET", theirs, "", 404);
  client_send (grace, "{'type':'EDIT_MSG','id':%" G_GINT64_FORMAT ",'new_msg':'%s'}", first, theirs);
  client_expect (grace, "{'type':'EDIT_MSG','status':'BAD_REQUEST','error':'*','reason':'FILE'}");
  client_send (grace, "{'type':'EDIT_MSG','id':%" G_GINT64_FORMAT ",'new_msg':'nothing'}", first);
  client_expect (grace, "{'type':'EDIT_MSG','id':%" G_GINT64_FORMAT ",'new_msg':'nothing'}", first);
  expect_status (server, "GET", third, "", 404);
}

/* A download goes on to its end, whatever becomes of the message meanwhile */
static void
test_deleted_meanwhile (void)
{
  const gsize length = 8 * MIB;
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *bytes = make_bytes (length, 10), *url = NULL, *head = NULL;
  g_autoptr (Client) ada = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (Reply) reply = NULL;
  gint64 room, id;

  sign_up (server, "ada");
  sign_up (server, "grace");
  ada = log_in_media (server, "ada");
  room = create_room (ada, "ada", "grace");
  url = upload (server, ada, "a", "a/b", bytes, length);
  id = send_well (ada, "ada", room, "FILE", url);
  stream = http_connect (server);
  head = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path_of (url));
  http_write (stream, head, -1);
  {
    /* It has begun */
    g_autoptr (GPollableInputStream) input = g_object_ref (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)));

    chat_test_wait_until (g_pollable_input_stream_is_readable (input));
  }
  client_send (ada, "{'type':'DELETE_ROOM','id':%" G_GINT64_FORMAT "}", room);
  json_object_unref (client_read (ada));
  for (guint status = 200; status == 200;)
    {
      g_autoptr (Reply) asked = http_ask (server, "HEAD", url, "", NULL, 0);

      status = asked->status;
      g_assert_true (status == 200 || status == 404);
    }
  reply = http_read (stream);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpmem (reply->body, reply->length, bytes, length);
  g_assert_cmpint (id, >, 0);
}

/* Behind a proxy, or by a name */
static void
test_url (void)
{
  const ChatServerOptions options = { .insecure = TRUE, .media_url = "https://files.example.com/chat" };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) ada = NULL, grace = NULL;
  g_autofree char *url = NULL, *path = NULL;
  g_autoptr (Reply) put = NULL;
  gint64 room;

  sign_up (server, "ada");
  sign_up (server, "grace");
  ada = client_new (server);
  client_send (ada, "{'type':'REQUEST_LOGIN','login':'ada','pass':'" PASSWORD "','features':[\"media\"]}");
  client_expect (ada, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK','login':'ada','features':[\"media\"],"
                 "'media_url':'https://files.example.com/chat/','media_limit':2147483648}");
  room = create_room (ada, "ada", "grace");
  grace = log_in (server, "grace", NULL);
  url = ask_upload (ada, "a", "a/b", "x", 1);
  g_assert_true (g_str_has_prefix (url, "https://files.example.com/chat/u/"));
  path = g_strdup (strstr (url, "/u/"));
  put = http_ask (server, "PUT", path, "", "x", 1);
  g_assert_cmpuint (put->status, ==, 201);
  g_assert_true (g_str_has_prefix (reply_get (put, "location"), "https://files.example.com/chat/m/"));
  send_well (ada, "ada", room, "FILE", reply_get (put, "location"));
  json_object_unref (client_read (grace));
  client_send (ada, "{'type':'READ_MSG','read':'ALL','room_id':%" G_GINT64_FORMAT "}", room);
  client_expect (ada, "{'type':'READ_MSG','status':'SUCCESS','room_id':'*','message_id':'*','msg_type':'FILE','message':'*','date':'*',"
                 "'sender':'ada','file':'*'}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/media/plain", test_plain);
  g_test_add_func ("/server/media/tls", test_tls);
  g_test_add_func ("/server/media/ranges", test_ranges);
  g_test_add_func ("/server/media/resume", test_resume);
  g_test_add_func ("/server/media/finished-late", test_finished_late);
  g_test_add_func ("/server/media/none", test_none);
  g_test_add_func ("/server/media/life", test_life);
  g_test_add_func ("/server/media/deleted-meanwhile", test_deleted_meanwhile);
  g_test_add_func ("/server/media/url", test_url);

  return g_test_run ();
}
