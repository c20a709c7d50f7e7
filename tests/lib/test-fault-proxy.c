/* test-fault-proxy.c: each fault befalls as it was told, and nothing else does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-fault-proxy.h"
#include "chat-test.h"

/* That nothing comes is waited for so long (seconds) */
#define QUIET 1

/* A proxy between two sockets of the test, which block, with a time limit */
typedef struct
{
  GSocket        *listener;
  ChatFaultProxy *proxy;
  GSocket        *client;
  GSocket        *server;
} Line;

static GSocket *
new_socket (void)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_set_timeout (socket, CHAT_TEST_WAIT_SECONDS);
  return socket;
}

static void
set_up (Line          *line,
        gconstpointer  data)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0), got = NULL;
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;

  line->listener = new_socket ();
  g_socket_bind (line->listener, wanted, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (line->listener, &error);
  g_assert_no_error (error);
  got = g_socket_get_local_address (line->listener, &error);
  g_assert_no_error (error);
  target = g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got)));
  line->proxy = chat_fault_proxy_new (target);
}

static void
hang_up (Line *line)
{
  if (line->client != NULL)
    g_socket_close (line->client, NULL);
  if (line->server != NULL)
    g_socket_close (line->server, NULL);
  g_clear_object (&line->client);
  g_clear_object (&line->server);
}

static void
tear_down (Line          *line,
           gconstpointer  data)
{
  hang_up (line);
  chat_fault_proxy_free (line->proxy);
  g_socket_close (line->listener, NULL);
  g_object_unref (line->listener);
}

static GSocket *
try_to_reach (Line    *line,
              GError **error)
{
  const char *address = chat_fault_proxy_get_address (line->proxy);
  g_autoptr (GSocketAddress) where = NULL;
  GSocket *socket = new_socket ();

  g_assert_true (g_str_has_prefix (address, "127.0.0.1:"));
  where = g_inet_socket_address_new_from_string ("127.0.0.1", g_ascii_strtoull (strchr (address, ':') + 1, NULL, 10));
  g_socket_connect (socket, where, NULL, error);
  return socket;
}

static GSocket *
reach (Line *line)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = try_to_reach (line, &error);

  g_assert_no_error (error);
  return socket;
}

static void
connect_line (Line *line)
{
  g_autoptr (GError) error = NULL;

  line->client = reach (line);
  line->server = g_socket_accept (line->listener, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (line->server, CHAT_TEST_WAIT_SECONDS);
}

static void
say (GSocket    *socket,
     const char *text)
{
  while (*text != '\0')
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_send (socket, text, strlen (text), NULL, &error);

      g_assert_no_error (error);
      text += n;
    }
}

/* What comes until there are @length bytes, or the end */
static char *
hear (GSocket  *socket,
      gsize     length,
      GError  **error)
{
  g_autofree char *text = g_malloc0 (length + 1);
  gsize got = 0;

  while (got < length)
    {
      gssize n = g_socket_receive (socket, text + got, length - got, NULL, error);

      if (n <= 0)
        break;
      got += n;
    }
  return g_steal_pointer (&text);
}

static void
assert_hears (GSocket    *socket,
              const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *got = hear (socket, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (got, ==, text);
}

static void
assert_ends (GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *got = hear (socket, 1, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (got, ==, "");
}

static void
assert_is_reset (GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *got = hear (socket, 1000, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  (void) got;
}

/* The reset may come before or after the system has told that there is a connection */
static void
assert_is_refused (Line *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = try_to_reach (line, &error);

  if (error == NULL)
    assert_is_reset (socket);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static void
assert_hears_nothing (GSocket *socket)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (g_socket_condition_timed_wait (socket, G_IO_IN, QUIET * G_USEC_PER_SEC, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
arm (Line               *line,
     ChatFaultKind       kind,
     ChatFaultDirection  direction,
     guint64             at,
     guint               count,
     guint               ms)
{
  ChatFault fault = { kind, direction, at, count, ms };

  chat_fault_proxy_arm (line->proxy, &fault);
}

static void
test_nothing (Line          *line,
              gconstpointer  data)
{
  guint n_open;

  connect_line (line);
  say (line->client, "to the server");
  assert_hears (line->server, "to the server");
  say (line->server, "to the client");
  assert_hears (line->client, "to the client");
  say (line->client, "a");
  say (line->client, "b");
  assert_hears (line->server, "ab");
  g_assert_cmpuint (chat_fault_proxy_get_n_links (line->proxy, &n_open), ==, 1);
  g_assert_cmpuint (n_open, ==, 1);

  /* An end in one direction leaves the other */
  g_socket_shutdown (line->client, FALSE, TRUE, NULL);
  assert_ends (line->server);
  say (line->server, "still");
  assert_hears (line->client, "still");
  g_socket_shutdown (line->server, FALSE, TRUE, NULL);
  assert_ends (line->client);
  chat_test_wait_until (chat_fault_proxy_get_n_links (line->proxy, &n_open) == 1 && n_open == 0);
  for (guint i = 0; i < CHAT_FAULT_N_KINDS; i++)
    g_assert_cmpuint (chat_fault_proxy_get_n_struck (line->proxy, i), ==, 0);
}

static gpointer
say_much (gpointer data)
{
  Line *line = data;
  g_autofree char *much = g_strnfill (1000, 'x');

  for (guint i = 0; i < 4000; i++)
    say (line->client, much);
  return NULL;
}

/* A slow receiver holds its sender up; nothing of it is lost */
static void
test_much (Line          *line,
           gconstpointer  data)
{
  GThread *thread;
  g_autofree char *got = NULL;
  g_autoptr (GError) error = NULL;

  connect_line (line);
  thread = g_thread_new ("sender", say_much, line);
  got = hear (line->server, 4000 * 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strspn (got, "x"), ==, 4000 * 1000);
  g_thread_join (thread);
}

static void
test_fin (Line          *line,
          gconstpointer  data)
{
  for (ChatFaultDirection direction = CHAT_FAULT_UP; direction <= CHAT_FAULT_DOWN; direction++)
    {
      arm (line, CHAT_FAULT_FIN, direction, 5, 0, 0);
      connect_line (line);
      say (direction == CHAT_FAULT_UP ? line->client : line->server, "0123456789");
      assert_hears (direction == CHAT_FAULT_UP ? line->server : line->client, "01234");
      assert_ends (line->client);
      assert_ends (line->server);
      hang_up (line);
    }
  g_assert_cmpuint (chat_fault_proxy_get_n_struck (line->proxy, CHAT_FAULT_FIN), ==, 2);
  /* The next is none the worse */
  connect_line (line);
  say (line->client, "0123456789");
  assert_hears (line->server, "0123456789");
}

static void
test_reset (Line          *line,
            gconstpointer  data)
{
  arm (line, CHAT_FAULT_RESET, CHAT_FAULT_DOWN, 3, 0, 0);
  connect_line (line);
  say (line->client, "0123456789");
  assert_hears (line->server, "0123456789");
  say (line->server, "012");
  assert_is_reset (line->client);
  assert_is_reset (line->server);
}

static void
test_swallow (Line          *line,
              gconstpointer  data)
{
  guint n_open;

  arm (line, CHAT_FAULT_SWALLOW, CHAT_FAULT_UP, 4, 0, 0);
  connect_line (line);
  say (line->client, "0123456789");
  assert_hears (line->server, "0123");
  say (line->server, "the other way is open");
  assert_hears (line->client, "the other way is open");
  say (line->client, "more");
  g_socket_shutdown (line->client, FALSE, TRUE, NULL);
  assert_hears_nothing (line->server);
  g_assert_cmpuint (chat_fault_proxy_get_n_links (line->proxy, &n_open), ==, 1);
  g_assert_cmpuint (n_open, ==, 1);
  chat_fault_proxy_calm (line->proxy);
  assert_is_reset (line->server);
}

static void
test_swallow_both (Line          *line,
                   gconstpointer  data)
{
  ChatFault fault = { .kind = CHAT_FAULT_SWALLOW };

  connect_line (line);
  say (line->client, "before");
  assert_hears (line->server, "before");
  g_assert_cmpuint (chat_fault_proxy_strike (line->proxy, &fault), ==, 1);
  fault.direction = CHAT_FAULT_DOWN;
  g_assert_cmpuint (chat_fault_proxy_strike (line->proxy, &fault), ==, 1);
  say (line->client, "after");
  say (line->server, "after");
  g_socket_close (line->server, NULL);
  assert_hears_nothing (line->client);
}

static void
test_delay (Line          *line,
            gconstpointer  data)
{
  gint64 start;

  arm (line, CHAT_FAULT_DELAY, CHAT_FAULT_UP, 2, 0, 300);
  connect_line (line);
  start = g_get_monotonic_time ();
  say (line->client, "0123456789");
  assert_hears (line->server, "01");
  assert_hears (line->server, "23456789");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 300 * 1000);
  say (line->client, "on");
  assert_hears (line->server, "on");
}

static void
test_dribble (Line          *line,
              gconstpointer  data)
{
  guint n_reads = 0;
  char byte[64];

  arm (line, CHAT_FAULT_DRIBBLE, CHAT_FAULT_DOWN, 2, 20, 20);
  connect_line (line);
  say (line->server, "0123456789012345678901234567");
  for (gsize got = 0; got < 28; n_reads++)
    {
      gssize n = g_socket_receive (line->client, byte + got, sizeof byte - got, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      got += n;
    }
  g_assert_cmpmem (byte, 28, "0123456789012345678901234567", 28);
  /* (On a busy machine some come together) */
  g_assert_cmpuint (n_reads, >, 5);

  hang_up (line);
  arm (line, CHAT_FAULT_DRIBBLE, CHAT_FAULT_UP, 0, 1000, 0);
  connect_line (line);
  say (line->client, "at once, but one by one");
  assert_hears (line->server, "at once, but one by one");
}

static void
test_duplicate (Line          *line,
                gconstpointer  data)
{
  arm (line, CHAT_FAULT_DUPLICATE, CHAT_FAULT_UP, 6, 4, 0);
  connect_line (line);
  say (line->client, "0123456789");
  assert_hears (line->server, "012345" "2345" "6789");
}

static void
test_drop (Line          *line,
           gconstpointer  data)
{
  arm (line, CHAT_FAULT_DROP, CHAT_FAULT_DOWN, 3, 4, 0);
  connect_line (line);
  say (line->server, "01234");
  say (line->server, "56789");
  assert_hears (line->client, "012" "789");
}

static void
test_several (Line          *line,
              gconstpointer  data)
{
  arm (line, CHAT_FAULT_DROP, CHAT_FAULT_UP, 8, 1, 0);
  arm (line, CHAT_FAULT_DUPLICATE, CHAT_FAULT_UP, 2, 2, 0);
  arm (line, CHAT_FAULT_FIN, CHAT_FAULT_UP, 10, 0, 0);
  connect_line (line);
  say (line->client, "0123456789012345");
  assert_hears (line->server, "01" "01" "234567" "9");
  assert_ends (line->server);
  assert_ends (line->client);
}

static void
test_door (Line          *line,
           gconstpointer  data)
{
  g_autoptr (GSocket) silent = NULL;
  guint n_open;

  chat_fault_proxy_set_door (line->proxy, CHAT_FAULT_REFUSES);
  assert_is_refused (line);
  g_assert_cmpuint (chat_fault_proxy_get_n_links (line->proxy, NULL), ==, 0);

  chat_fault_proxy_set_door (line->proxy, CHAT_FAULT_SILENT);
  silent = reach (line);
  say (silent, "is there anybody?");
  assert_hears_nothing (silent);
  g_socket_close (silent, NULL);
  chat_test_wait_until (chat_fault_proxy_get_n_links (line->proxy, &n_open) == 1 && n_open == 0);

  chat_fault_proxy_calm (line->proxy);
  connect_line (line);
  say (line->client, "hello");
  assert_hears (line->server, "hello");
}

static void
test_target_gone (Line          *line,
                  gconstpointer  data)
{
  g_socket_close (line->listener, NULL);
  assert_is_refused (line);
}

static void
test_calm (Line          *line,
           gconstpointer  data)
{
  arm (line, CHAT_FAULT_FIN, CHAT_FAULT_UP, 5, 0, 0);
  arm (line, CHAT_FAULT_DELAY, CHAT_FAULT_DOWN, 1, 0, 3600 * 1000);
  connect_line (line);
  say (line->server, "012");
  assert_hears (line->client, "0");
  chat_fault_proxy_calm (line->proxy);
  assert_hears (line->client, "12");
  say (line->client, "0123456789");
  assert_hears (line->server, "0123456789");
}

/* The same seed is the same fault, and it befalls as it was drawn */
static void
test_random (Line          *line,
             gconstpointer  data)
{
  guint kinds = (1u << CHAT_FAULT_FIN) | (1u << CHAT_FAULT_DROP) | (1u << CHAT_FAULT_DUPLICATE);
  g_autofree char *sent = g_malloc (300);
  guint n_seen[CHAT_FAULT_N_KINDS] = { 0 };

  for (guint i = 0; i < 299; i++)
    sent[i] = 'a' + i % 26;
  sent[299] = '\0';
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "*seed 7*");
  chat_fault_proxy_set_random (line->proxy, 7, kinds, 50);
  g_test_assert_expected_messages ();
  for (guint i = 1; i <= 12; i++)
    {
      g_autoptr (GString) wanted = g_string_new (sent);
      g_autoptr (GError) error = NULL;
      g_autofree char *got = NULL;
      ChatFault fault, again;
      GSocket *from, *to;

      chat_fault_proxy_draw (7, kinds, 50, i, &fault);
      chat_fault_proxy_draw (7, kinds, 50, i, &again);
      g_assert_cmpmem (&fault, sizeof fault, &again, sizeof again);
      g_assert_cmpuint (fault.at, <, 50);
      n_seen[fault.kind]++;
      connect_line (line);
      from = fault.direction == CHAT_FAULT_UP ? line->client : line->server;
      to = fault.direction == CHAT_FAULT_UP ? line->server : line->client;
      if (fault.kind == CHAT_FAULT_FIN)
        g_string_truncate (wanted, fault.at);
      else if (fault.kind == CHAT_FAULT_DROP)
        g_string_erase (wanted, fault.at, fault.count);
      else
        {
          guint n = MIN (fault.count, fault.at);
          g_autofree char *part = g_strndup (sent + fault.at - n, n);

          g_string_insert (wanted, fault.at, part);
        }
      g_socket_send (from, sent, strlen (sent), NULL, NULL);
      g_socket_shutdown (from, FALSE, TRUE, NULL);
      got = hear (to, 1000, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (got, ==, wanted->str);
      hang_up (line);
    }
  g_assert_cmpuint (n_seen[CHAT_FAULT_FIN], >, 0);
  g_assert_cmpuint (n_seen[CHAT_FAULT_DROP], >, 0);
  g_assert_cmpuint (n_seen[CHAT_FAULT_DUPLICATE], >, 0);
}

static void
test_names (void)
{
  for (guint i = 0; i < CHAT_FAULT_N_KINDS; i++)
    g_assert_cmpint (chat_fault_kind_from_name (chat_fault_kind_get_name (i)), ==, i);
  g_assert_cmpint (chat_fault_kind_from_name ("flood"), ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define LINE(name, test) g_test_add ("/fault-proxy/" name, Line, NULL, set_up, test, tear_down)
  LINE ("nothing", test_nothing);
  LINE ("much", test_much);
  LINE ("fin", test_fin);
  LINE ("reset", test_reset);
  LINE ("swallow", test_swallow);
  LINE ("swallow-both", test_swallow_both);
  LINE ("delay", test_delay);
  LINE ("dribble", test_dribble);
  LINE ("duplicate", test_duplicate);
  LINE ("drop", test_drop);
  LINE ("several", test_several);
  LINE ("door", test_door);
  LINE ("target-gone", test_target_gone);
  LINE ("calm", test_calm);
  LINE ("random", test_random);
  g_test_add_func ("/fault-proxy/names", test_names);

  return g_test_run ();
}
