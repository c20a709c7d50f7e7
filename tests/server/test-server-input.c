/* test-server-input.c: what no well-meaning client does, and the limits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-server-common.h"

#include "chat-limits.h"
#include "chat-server-limits.h"

#include <string.h>

#define ID G_GINT64_FORMAT

/* The stream is broken: what came before is answered first, then the reason comes, then the end, and no reset on the way */
static void
check_fatal (ChatTestServer *server,
             const char     *bytes,
             gssize          length,
             const char     *status)
{
  g_autoptr (Client) client = client_new (server);

  client_send_raw (client, "{\"type\":\"BEFORE\"}", -1);
  client_send_raw (client, bytes, length);
  client_expect (client, "{'type':'BEFORE','status':'UNSUPPORTED','error':'*'}");
  client_expect (client, "{'type':'ERROR','status':'%s','error':'*'}", status);
  client_expect_end (client);
}

static void
test_malformed (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  const char *inputs[] = {
    "hello\n", "[1]\n", "\"type\"", "null", "{]", "{\"type\":\"a\\u0000b\"}", "{\"type\":'a'}", "{\"type\":01}", "{\"a\":\"\\ud800\"}",
    "{\"a\":\"\xff\"}", "{,}", "GET / HTTP/1.1\r\nHost: chat\r\n\r\n", "{\"a\":1,}", "//{}\n", "}",
  };
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_test_message ("input %u", i);
      check_fatal (server, inputs[i], -1, "BAD_REQUEST");
    }
  check_fatal (server, "{\"a\0\":1}", 8, "BAD_REQUEST");
  for (guint i = 0; i < 32; i++)
    g_string_append_c (deep, '[');
  check_fatal (server, deep->str, (gssize) deep->len, "TOO_LARGE");
}

/* An object over the limit: the rest is not buffered, the reason arrives although the peer goes on writing for a while */
static void
test_too_large (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autofree char *large = g_strnfill (CHAT_MAX_OBJECT_SIZE + 1024 * 1024, 'x');

  memcpy (large, "{\"type\":\"", 9);
  check_fatal (server, large, -1, "TOO_LARGE");
}

/* The limit itself is allowed */
static void
test_largest (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);
  g_autoptr (GString) object = g_string_new ("{\"type\":\"BIG\",\"filler\":\"");

  while (object->len < CHAT_MAX_OBJECT_SIZE - 2)
    g_string_append_c (object, 'x');
  g_string_append (object, "\"}");
  g_assert_cmpuint (object->len, ==, CHAT_MAX_OBJECT_SIZE);
  client_send_raw (client, object->str, (gssize) object->len);
  client_expect (client, "{'type':'BIG','status':'UNSUPPORTED','error':'*'}");
}

static void
test_lives_on (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);

  client_send (client, "{}");
  client_expect (client, "{'type':'ERROR','status':'BAD_REQUEST','error':'*'}");
  client_send (client, "{'type':5}");
  client_expect (client, "{'type':'ERROR','status':'BAD_REQUEST','error':'*'}");
  client_send (client, "{'type':null,'request_id':1}");
  client_expect (client, "{'type':'ERROR','status':'BAD_REQUEST','error':'*','request_id':1}");
  client_send_raw (client, " \r\n\t{\n  \"type\" :\n \"X\"\n}  {\"type\":\"Y\"}{\"type\":\"Z\", \"more\": {\"a\": [1, 2.5e3, null]}}", -1);
  client_expect (client, "{'type':'X','status':'UNSUPPORTED','error':'*'}");
  client_expect (client, "{'type':'Y','status':'UNSUPPORTED','error':'*'}");
  client_expect (client, "{'type':'Z','status':'UNSUPPORTED','error':'*'}");
}

/* One byte at a time */
static void
test_bytes (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);
  const char *text = "{\"type\":\"\\u0057\xd0\x96\"}";

  for (const char *c = text; *c != '\0'; c++)
    client_send_raw (client, c, 1);
  client_expect (client, "{'type':'WЖ','status':'UNSUPPORTED','error':'*'}");
}

/* A peer that sent something broken and never closes its side: the server does not wait for it for ever */
static void
test_drain_is_bounded (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);

  client_send_raw (client, "nonsense", -1);
  client_expect (client, "{'type':'ERROR','status':'BAD_REQUEST','error':'*'}");
  client_expect_end (client);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 0);
}

/* A peer that does not read what it is sent */
static void
test_does_not_read (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) ann = NULL, deaf = NULL, bob = NULL;
  g_autofree char *text = g_strnfill (60000, 'x');
  gint64 room;

  sign_up (server, "ann");
  sign_up (server, "bob");
  ann = log_in (server, "ann", NULL);
  room = create_room (ann, "ann", "bob");
  deaf = log_in (server, "bob", NULL);
  bob = log_in (server, "bob", NULL);
  /* More than the queue and whatever the kernel takes on both sides; the others are served all the while */
  for (guint i = 0; i < 300; i++)
    {
      send_text (ann, "ann", room, text);
      client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','msg_type':'TEXT',"
                     "'message':'*','date':'*','sender':'ann'}", room);
    }
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 2);
}

/* A peer that asks and asks and never reads: it is not read from any more once its answers are stuck, and ends at the bound */
static void
test_asks_without_reading (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) client = client_new (server);
  g_autoptr (Client) other = client_new (server);
  g_autoptr (GString) lot = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint lots = 0;

  for (guint i = 0; i < 1000; i++)
    g_string_append (lot, "{\"type\":\"A_TYPE_THAT_IS_ANSWERED_WITH_SOMETHING_LONGER_THAN_THE_QUESTION\"}");
  while (lots < 1000 && g_output_stream_write_all (client_get_output (client), lot->str, lot->len, NULL, NULL, &error))
    {
      client_expect_quiet (other);
      lots++;
    }
  g_assert_nonnull (error);
  g_assert_cmpuint (lots, <, 1000);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 1);
  client_expect_quiet (other);
}

/* Silence and dribbling */

static void
test_silence (void)
{
  ChatServerOptions options = { .insecure = TRUE, .silence_ms = 300, .anonymous_ms = 60000 };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) silent = client_new (server);
  g_autoptr (Client) dribbling = client_new (server);
  g_autoptr (Client) speaking = client_new (server);
  gint64 begin = g_get_monotonic_time ();

  client_expect_quiet (speaking);
  client_send_raw (dribbling, "{\"type\":\"X\",", -1);
  client_expect_end (silent);
  client_expect_end (dribbling);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 250000);
  client_expect_quiet (speaking);
}

static void
test_anonymous (void)
{
  ChatServerOptions options = { .insecure = TRUE, .silence_ms = 60000, .anonymous_ms = 300 };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) anonymous = client_new (server);
  g_autoptr (Client) ann = NULL;

  sign_up (server, "ann");
  ann = log_in (server, "ann", NULL);
  client_expect_quiet (anonymous);
  client_expect_end (anonymous);
  client_expect_quiet (ann);
}

/* A PING is a whole object: who says nothing else has the time for a log-in, and no more than that */
static void
test_only_pings (void)
{
  ChatServerOptions options = { .insecure = TRUE, .silence_ms = 400, .anonymous_ms = 1000 };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) client = client_new (server);
  gint64 begin = g_get_monotonic_time ();

  client_send (client, "{'type':'PING'}");
  client_expect (client, "{'type':'PONG'}");
  client_expect_end (client);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 950000);
}

/* Limits */

/* Reads an answer that is a refusal with a time to wait */
static gboolean
is_limited (JsonObject *answer)
{
  if (g_strcmp0 (json_object_get_string_member_with_default (answer, "status", NULL), "RATE_LIMITED") != 0)
    return FALSE;
  g_assert_cmpint (json_object_get_int_member (answer, "retry_after"), >=, 1);
  g_assert_true (json_object_has_member (answer, "error"));
  return TRUE;
}

static void
test_log_in_limit (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);
  guint refused = 0;

  sign_up (server, "ann");
  sign_up (server, "bob");
  for (guint i = 0; i < 15; i++)
    {
      g_autoptr (JsonObject) answer = NULL;

      client_send (client, "{'type':'REQUEST_LOGIN','login':'%s','pass':'wrong-password'}", i % 2 == 0 ? "ann" : "ANN");
      answer = client_read (client);
      refused += is_limited (answer);
    }
  g_assert_cmpuint (refused, >=, 15 - CHAT_SERVER_LOGIN_ACCOUNT_BURST - 1);
  g_assert_cmpuint (refused, <=, 15 - CHAT_SERVER_LOGIN_ACCOUNT_BURST);
  /* The account is closed to guesses, from everywhere, the right one too; others are not */
  {
    g_autoptr (Client) elsewhere = client_new (server);
    g_autoptr (JsonObject) answer = NULL;

    client_send (elsewhere, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "'}");
    answer = client_read (elsewhere);
    g_assert_true (is_limited (answer));
  }
  client_send (client, "{'type':'REQUEST_LOGIN','login':'bob','pass':'" PASSWORD "'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
}

/* Guesses at many accounts from one address; who gets it right is not counted */
static void
test_address_limit (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);
  guint refused = 0;

  sign_up (server, "ann");
  for (guint i = 0; i < 100; i++)
    client_free (log_in (server, "ann", NULL));
  for (guint i = 0; i < CHAT_SERVER_LOGIN_ADDRESS_BURST + 20; i++)
    {
      g_autoptr (JsonObject) answer = NULL;

      client_send (client, "{'type':'REQUEST_LOGIN','login':'user%u','pass':'wrong-password'}", i);
      answer = client_read (client);
      refused += is_limited (answer);
    }
  g_assert_cmpuint (refused, >=, 10);
  g_assert_cmpuint (refused, <=, 20);
}

static void
test_request_limit (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) ann = NULL, ann2 = NULL;
  gint64 room;
  guint refused = 0;

  sign_up (server, "ann");
  sign_up (server, "bob");
  ann = log_in (server, "ann", NULL);
  ann2 = log_in (server, "ann", NULL);
  room = create_room (ann, "ann", "bob");
  client_expect (ann2, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'bob'}", room);
  /* A script of 100 in a burst meets no limit */
  for (guint i = 0; i < 100; i++)
    client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'x','msg_type':'TEXT'}", room);
  for (guint i = 0; i < 100; i++)
    client_expect (ann, "{'type':'SND_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','date':'*'}", room);
  /* A flood does, and it is the person's, not the connection's */
  for (guint i = 0; i < 600; i++)
    client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'x','msg_type':'TEXT'}", room);
  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (JsonObject) answer = client_read (ann);

      refused += is_limited (answer);
    }
  g_assert_cmpuint (refused, >=, 100);
  g_assert_cmpuint (refused, <=, 600 + 110 - CHAT_SERVER_REQUEST_BURST);
}

static void
test_connection_limit (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autoptr (Client) one_more = NULL, ann = NULL;

  sign_up (server, "ann");
  ann = log_in (server, "ann", NULL);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 1);
  for (guint i = 0; i < CHAT_SERVER_MAX_ANONYMOUS_ADDRESS; i++)
    g_ptr_array_add (clients, client_new (server));
  client_expect_quiet (clients->pdata[clients->len - 1]);
  one_more = client_new (server);
  client_expect_end (one_more);
  client_expect_quiet (ann);
  /* Each that goes makes room for another */
  g_ptr_array_remove_index_fast (clients, 0);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == CHAT_SERVER_MAX_ANONYMOUS_ADDRESS);
  g_clear_pointer (&one_more, client_free);
  one_more = client_new (server);
  client_expect_quiet (one_more);
}

/* TLS */

static void
test_tls (void)
{
  ChatServerOptions options = { NULL };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) ann = NULL, bob = NULL, plain = NULL;
  g_autofree char *text = g_strnfill (60000, 'x');
  gint64 room;

  sign_up (server, "ann");
  sign_up (server, "bob");
  ann = log_in (server, "ann", NULL);
  room = create_room (ann, "ann", "bob");
  bob = log_in (server, "bob", NULL);
  for (guint i = 0; i < 20; i++)
    send_text (ann, "ann", room, text);
  for (guint i = 0; i < 20; i++)
    client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','msg_type':'TEXT',"
                   "'message':'%s','date':'*','sender':'ann'}", room, text);
  client_send_raw (ann, "nonsense", -1);
  client_expect (ann, "{'type':'ERROR','status':'BAD_REQUEST','error':'*'}");
  client_expect_end (ann);

  /* One that does not speak TLS is told so, in TLS, and ends */
  plain = client_new (server);
  client_send_raw (plain, "{\"type\":\"PING\"}\n", -1);
  {
    char alert[16];

    while (g_input_stream_read (client_get_input (plain), alert, sizeof alert, NULL, NULL) > 0)
      ;
  }
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 1);
}

/* A history that fills the socket again and again: records that were taken in part go on where they stopped */
static void
test_tls_slow_reader (void)
{
  ChatServerOptions options = { .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (Client) ann = NULL, bob = NULL;
  g_autofree char *text = g_strnfill (60000, 'x');
  gint64 room;

  sign_up (server, "ann");
  sign_up (server, "bob");
  ann = log_in (server, "ann", NULL);
  room = create_room (ann, "ann", "bob");
  for (guint i = 0; i < 200; i++)
    send_text (ann, "ann", room, text);
  bob = log_in (server, "bob", NULL);
  client_send (bob, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL'}", room);
  /* Until nothing moves any more: 12 MB do not fit between here and there */
  for (guint i = 0; i < 50; i++)
    client_expect_quiet (ann);
  for (guint i = 0; i < 200; i++)
    client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','msg_type':'TEXT',"
                   "'message':'%s','date':'*','sender':'ann'}", room, text);
  client_expect_quiet (bob);
}

/* Peers that connect and say nothing, or begin a handshake and stop, cost others no time: in GIO's own pool of threads they
 * would hold every one of them */
static void
test_tls_silent (void)
{
  ChatServerOptions options = { NULL };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  Client *silent[200];
  gint64 alone, crowded;

  sign_up (server, "ann");
  alone = g_get_monotonic_time ();
  for (guint i = 0; i < 10; i++)
    client_free (log_in (server, "ann", NULL));
  alone = g_get_monotonic_time () - alone;

  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    {
      silent[i] = client_new (server);
      /* The head of a ClientHello of 512 bytes, and no more */
      if (i % 2 == 0)
        client_send_raw (silent[i], "\x16\x03\x01\x02\x00\x01", 6);
    }
  chat_test_wait_until (chat_test_server_get_n_connections (server) == G_N_ELEMENTS (silent));
  crowded = g_get_monotonic_time ();
  for (guint i = 0; i < 10; i++)
    client_free (log_in (server, "ann", NULL));
  crowded = g_get_monotonic_time () - crowded;
  g_test_message ("10 log-ins: %.1f ms alone, %.1f ms beside %u silent peers", (double) alone / 1e3, (double) crowded / 1e3,
                  (guint) G_N_ELEMENTS (silent));
  /* In the pool each would wait for seconds */
  g_assert_cmpint (crowded, <, 2 * G_TIME_SPAN_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    client_free (silent[i]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/input/malformed", test_malformed);
  g_test_add_func ("/server/input/too-large", test_too_large);
  g_test_add_func ("/server/input/largest", test_largest);
  g_test_add_func ("/server/input/lives-on", test_lives_on);
  g_test_add_func ("/server/input/bytes", test_bytes);
  g_test_add_func ("/server/input/drain-is-bounded", test_drain_is_bounded);
  g_test_add_func ("/server/input/does-not-read", test_does_not_read);
  g_test_add_func ("/server/input/asks-without-reading", test_asks_without_reading);
  g_test_add_func ("/server/input/silence", test_silence);
  g_test_add_func ("/server/input/anonymous", test_anonymous);
  g_test_add_func ("/server/input/only-pings", test_only_pings);
  g_test_add_func ("/server/limits/log-in", test_log_in_limit);
  g_test_add_func ("/server/limits/address", test_address_limit);
  g_test_add_func ("/server/limits/requests", test_request_limit);
  g_test_add_func ("/server/limits/connections", test_connection_limit);
  g_test_add_func ("/server/tls/talk", test_tls);
  g_test_add_func ("/server/tls/slow-reader", test_tls_slow_reader);
  g_test_add_func ("/server/tls/silent", test_tls_silent);
  return g_test_run ();
}
