/* test-connection.c: packets over real sockets, and against raw peers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-limits.h"
#include "end.h"

/* A connection, attached if asked, and the raw socket at its other end */
static GSocket *
raw_pair (End                *end,
          ChatConnectionRole  role,
          gboolean            attach)
{
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GIOStream) peer = NULL;
  GSocket *raw;

  chat_test_socket_pair (&stream, &peer);
  end_init (end, stream, role);
  if (attach)
    chat_connection_attach (end->connection);
  raw = g_object_ref (g_socket_connection_get_socket (G_SOCKET_CONNECTION (peer)));
  g_socket_set_blocking (raw, FALSE);

  /* The stream would close its socket when it goes. */
  g_object_set_data_full (G_OBJECT (raw), "stream", g_steal_pointer (&peer), NULL);

  return raw;
}

static void
raw_free (GSocket *raw)
{
  GIOStream *stream = g_object_steal_data (G_OBJECT (raw), "stream");

  g_object_unref (stream);
  g_object_unref (raw);
}

static void
raw_write (GSocket    *raw,
           const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      gssize n = g_socket_send (raw, text, length, NULL, NULL);

      if (n < 0)
        {
          n = 0;
          chat_test_wait_until (g_socket_condition_check (raw, G_IO_OUT | G_IO_HUP | G_IO_ERR) != 0);
        }
      text += n;
      length -= (gsize) n;
    }
}

/* Reads until the other side ends, with the main context running. */
static char *
raw_read_all (GSocket *raw)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gssize n = -1;

  while (n != 0)
    {
      char buffer[4096];

      chat_test_wait_until ((n = g_socket_receive (raw, buffer, sizeof buffer, NULL, NULL)) >= 0);
      g_string_append_len (text, buffer, n);
    }

  return g_strdup (text->str);
}

static char *
make_deletes (guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 1; i <= n; i++)
    g_string_append_printf (text, "{\"type\":\"DELETE_MSG\",\"id\":%u}\n", i);

  return g_string_free (text, FALSE);
}

static void
test_exchange (void)
{
  g_autoptr (GIOStream) a = NULL;
  g_autoptr (GIOStream) b = NULL;
  End client, server;

  chat_test_socket_pair (&a, &b);
  end_init (&client, a, CHAT_CONNECTION_CLIENT);
  end_init (&server, b, CHAT_CONNECTION_SERVER);
  g_assert_true (chat_connection_get_stream (client.connection) == a);
  g_assert_true (chat_connection_get_socket (client.connection)
                 == g_socket_connection_get_socket (G_SOCKET_CONNECTION (a)));
  end_send_delete (&client, 1);
  chat_connection_attach (client.connection);
  chat_connection_attach (server.connection);
  end_send_delete (&client, 2);
  end_send_delete (&server, 3);
  g_assert_cmpuint (chat_connection_get_queued (client.connection), >, 0);

  chat_test_wait_until (server.lines->len == 2 && client.lines->len == 1);
  g_assert_cmpstr (end_line_of (&server, 0), ==, "{\"type\":\"DELETE_MSG\",\"id\":1}");
  g_assert_cmpstr (end_line_of (&server, 1), ==, "{\"type\":\"DELETE_MSG\",\"id\":2}");
  g_assert_cmpstr (end_line_of (&client, 0), ==, "{\"type\":\"DELETE_MSG\",\"id\":3}");
  g_assert_cmpuint (chat_connection_get_queued (client.connection), ==, 0);

  chat_connection_close (client.connection, NULL);
  g_assert_cmpuint (client.n_closed, ==, 1);
  chat_connection_close (client.connection, NULL);
  end_send_delete (&client, 4);
  g_assert_cmpuint (chat_connection_get_queued (client.connection), ==, 0);
  g_assert_false (chat_connection_flush (client.connection));
  g_assert_false (chat_connection_dispatch (client.connection, G_IO_IN));
  g_assert_cmpint (chat_connection_get_interest (client.connection), ==, 0);
  chat_test_wait_until (server.n_closed == 1);
  g_assert_no_error (server.reason);

  g_clear_object (&a);
  g_clear_object (&b);
  end_clear (&client);
  end_clear (&server);
}

static void
test_byte_by_byte (void)
{
  const char *text = " {\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"\xd0\xb6\\u20ac\"}{ }\n{\"type\":\"DANCE\"}\n";
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);

  for (const char *p = text; *p != '\0'; p++)
    {
      char byte[2] = { *p, '\0' };

      raw_write (raw, byte);
      chat_test_settle ();
    }
  chat_test_wait_until (end.lines->len == 3);
  g_assert_cmpstr (end_line_of (&end, 0), ==, "{\"type\":\"EDIT_MSG\",\"id\":1,\"new_msg\":\"ж€\"}");
  g_assert_cmpstr (end_line_of (&end, 1), ==, "{}");
  g_assert_cmpstr (end_line_of (&end, 2), ==, "{\"type\":\"DANCE\"}");
  g_assert_cmpuint (end.n_problems, ==, 2);

  raw_free (raw);
  chat_test_wait_until (end.n_closed == 1);
  g_assert_no_error (end.reason);
  end_clear (&end);
}

static void
test_ends_within (void)
{
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);

  raw_write (raw, "{\"type\":\"DELETE_MSG\",\"id\":1}{\"type\":");
  g_socket_close (raw, NULL);
  chat_test_wait_until (end.n_closed == 1);
  g_assert_cmpuint (end.lines->len, ==, 1);
  g_assert_error (end.reason, CHAT_ERROR, CHAT_ERROR_CLOSED);
  raw_free (raw);
  end_clear (&end);
}

static void
say_error_and_finish (End *end)
{
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_ERROR);

  chat_packet_set_status (packet, chat_error_to_status (end->broken));
  chat_packet_set_string (packet, CHAT_FIELD_ERROR, end->broken->message);
  chat_connection_send (end->connection, packet);
  chat_connection_finish (end->connection);
  /* No word after the last */
  chat_connection_send (end->connection, packet);
}

/* The peer reads the reason although it had more to say. */
static void
test_malformed (void)
{
  g_autofree char *answer = NULL;
  g_autofree char *rest = g_strnfill (500000, 'x');
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);

  end.on_broken = say_error_and_finish;
  raw_write (raw, "{\"type\":\"DELETE_MSG\",\"id\":1}{\"type\":\"PING\",\"request_id\":7}{oops}{\"type\":\"DELETE_MSG\",\"id\":2}");
  chat_test_wait_until (end.n_broken == 1);
  g_assert_error (end.broken, CHAT_ERROR, CHAT_ERROR_MALFORMED);
  raw_write (raw, rest);
  answer = raw_read_all (raw);
  g_assert_cmpstr (answer, ==,
                   "{\"type\":\"PONG\",\"request_id\":7}\n"
                   "{\"type\":\"ERROR\",\"status\":\"BAD_REQUEST\",\"error\":\"malformed JSON: a key must be a string\"}\n");
  g_assert_cmpuint (end.lines->len, ==, 1);
  g_assert_cmpuint (end.n_closed, ==, 0);

  raw_free (raw);
  chat_test_wait_until (end.n_closed == 1);
  g_assert_no_error (end.reason);
  end_clear (&end);
}

static void
test_too_large (void)
{
  g_autofree char *fill = g_strnfill (CHAT_MAX_OBJECT_SIZE, 'x');
  g_autofree char *answer = NULL;
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);

  end.on_broken = say_error_and_finish;
  raw_write (raw, "{\"a\":\"");
  raw_write (raw, fill);
  chat_test_wait_until (end.n_broken == 1);
  g_assert_error (end.broken, CHAT_ERROR, CHAT_ERROR_TOO_LARGE);
  answer = raw_read_all (raw);
  g_assert_nonnull (strstr (answer, "\"TOO_LARGE\""));

  /* What is drained has a bound, however long the peer goes on. */
  for (guint i = 0; i < 2 * CHAT_DRAIN_MAX_BYTES / CHAT_MAX_OBJECT_SIZE && end.n_closed == 0; i++)
    {
      const char *p = fill;

      while (p < fill + CHAT_MAX_OBJECT_SIZE && end.n_closed == 0)
        {
          gssize n = g_socket_send (raw, p, (gsize) (fill + CHAT_MAX_OBJECT_SIZE - p), NULL, NULL);

          p += MAX (n, 0);
          g_main_context_iteration (NULL, FALSE);
        }
    }
  chat_test_wait_until (end.n_closed == 1);
  g_assert_no_error (end.reason);
  raw_free (raw);
  end_clear (&end);
}

/* The peer reads nothing: what waits for it is bounded, and the owner is told later, not within its loop. */
static void
test_queue_full (void)
{
  g_autofree char *text = g_strnfill (CHAT_MAX_TEXT_SIZE, 'x');
  g_autoptr (ChatPacket) packet = chat_packet_new (CHAT_PACKET_EDIT_MSG);
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);
  guint n = 0;

  chat_packet_set_integer (packet, CHAT_FIELD_ID, 1);
  chat_packet_set_string (packet, CHAT_FIELD_NEW_MSG, text);
  end.in_send = TRUE;
  for (gsize before = 0; n < 1000; n++)
    {
      before = chat_connection_get_queued (end.connection);
      chat_connection_send (end.connection, packet);
      g_assert_cmpuint (chat_connection_get_queued (end.connection), <=, CHAT_MAX_QUEUE_SIZE);
      if (chat_connection_get_queued (end.connection) < before)
        break;
    }
  g_assert_cmpuint (n, ==, CHAT_MAX_QUEUE_SIZE / (CHAT_MAX_TEXT_SIZE + 40));
  end.in_send = FALSE;
  g_assert_cmpuint (end.n_closed, ==, 0);
  g_assert_false (chat_connection_is_closed (end.connection));

  chat_test_wait_until (end.n_closed == 1);
  g_assert_error (end.reason, CHAT_ERROR, CHAT_ERROR_QUEUE_FULL);
  raw_free (raw);
  end_clear (&end);
}

/* An owner that goes meanwhile is not called. */
static void
test_queue_full_unref (void)
{
  g_autofree char *text = g_strnfill (CHAT_MAX_QUEUE_SIZE, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&text), CHAT_MAX_QUEUE_SIZE);
  g_autoptr (GBytes) one = g_bytes_new_static ("x", 1);
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, FALSE);

  chat_connection_send_bytes (end.connection, bytes);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, CHAT_MAX_QUEUE_SIZE);
  chat_connection_send_bytes (end.connection, one);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, 0);
  g_assert_finalize_object (g_steal_pointer (&end.connection));
  chat_test_settle ();
  g_assert_cmpuint (end.n_closed, ==, 0);
  raw_free (raw);
  end_clear (&end);
}

static void
check_in_order (End   *end,
                guint  n)
{
  g_assert_cmpuint (end->lines->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *expected = g_strdup_printf ("{\"type\":\"DELETE_MSG\",\"id\":%u}", i + 1);

      g_assert_cmpstr (end_line_of (end, i), ==, expected);
    }
}

static void
test_pause (void)
{
  g_autofree char *text = make_deletes (1000);
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);

  end.on_packet = end_pause_at;
  end.stop_at = 1;
  raw_write (raw, text);
  for (guint i = 0; i < 5; i++)
    {
      static const guint stops[] = { 1, 2, 100, 500, 999 };

      end.stop_at = stops[i];
      chat_connection_set_paused (end.connection, FALSE);
      chat_test_wait_until (end.lines->len == stops[i]);
      chat_test_settle ();
      g_assert_cmpuint (end.lines->len, ==, stops[i]);
      g_assert_cmpint (chat_connection_get_interest (end.connection) & G_IO_IN, ==, 0);
    }
  chat_connection_set_paused (end.connection, FALSE);
  chat_test_wait_until (end.lines->len == 1000);
  check_in_order (&end, 1000);

  raw_free (raw);
  chat_test_wait_until (end.n_closed == 1);
  end_clear (&end);
}

/* Without a main context: a share of each turn, and the rest when it is asked for */
static void
test_own_loop (void)
{
  g_autofree char *text = make_deletes (500);
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, FALSE);
  guint turns = 1;

  g_assert_cmpint (chat_connection_get_interest (end.connection), ==, G_IO_IN);
  raw_write (raw, text);
  while (chat_connection_dispatch (end.connection, G_IO_IN))
    {
      g_assert_cmpuint (end.lines->len, ==, turns * CHAT_MAX_OBJECTS_PER_TURN);
      turns++;
    }
  g_assert_cmpuint (turns, ==, 4);
  check_in_order (&end, 500);
  g_assert_false (chat_connection_dispatch (end.connection, G_IO_IN));

  /* What waits inside comes without readiness when it may go on. */
  end.on_packet = end_pause_at;
  end.stop_at = 510;
  raw_write (raw, text);
  g_assert_false (chat_connection_dispatch (end.connection, G_IO_IN));
  g_assert_cmpuint (end.lines->len, ==, 510);
  g_assert_cmpint (chat_connection_get_interest (end.connection), ==, 0);
  g_assert_false (chat_connection_dispatch (end.connection, G_IO_IN));
  end.n_changed = 0;
  chat_connection_set_paused (end.connection, FALSE);
  g_assert_cmpuint (end.n_changed, ==, 1);
  while (chat_connection_dispatch (end.connection, G_IO_IN))
    continue;
  g_assert_cmpuint (end.lines->len, ==, 1000);

  /* Something to flush is told once. */
  end.n_changed = 0;
  end_send_delete (&end, 1);
  end_send_delete (&end, 2);
  g_assert_cmpuint (end.n_changed, ==, 1);
  g_assert_true (chat_connection_flush (end.connection));
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, 0);
  g_assert_cmpuint (end.n_changed, ==, 1);

  g_socket_close (raw, NULL);
  g_assert_false (chat_connection_dispatch (end.connection, G_IO_IN | G_IO_HUP));
  g_assert_cmpuint (end.n_closed, ==, 1);
  raw_free (raw);
  end_clear (&end);
}

/* A short write is gone on with when there is room, and every byte comes, in order. */
static void
test_short_writes (void)
{
  g_autofree char *fill = g_strnfill (50000, 'y');
  g_autofree char *shared_line = g_strdup_printf ("{\"type\":\"DANCE\",\"x\":\"%s\"}\n", fill);
  g_autoptr (GBytes) shared = g_bytes_new (shared_line, strlen (shared_line));
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) got = g_string_new (NULL);
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, FALSE);

  for (guint i = 1; i <= 40; i++)
    {
      g_autoptr (ChatPacket) packet = end_make_delete (i);

      chat_connection_send_bytes (end.connection, shared);
      g_string_append (expected, shared_line);
      chat_connection_send (end.connection, packet);
      chat_packet_write (packet, expected);
    }
  end.n_changed = 0;
  g_assert_true (chat_connection_flush (end.connection));
  g_assert_cmpint (chat_connection_get_interest (end.connection), ==, G_IO_IN | G_IO_OUT);
  g_assert_cmpuint (end.n_changed, ==, 1);

  while (got->len < expected->len)
    {
      char buffer[10000];
      gssize n = g_socket_receive (raw, buffer, sizeof buffer, NULL, NULL);

      if (n > 0)
        g_string_append_len (got, buffer, n);
      chat_connection_dispatch (end.connection, G_IO_OUT);
    }
  g_assert_true (g_string_equal (got, expected));
  g_assert_cmpint (chat_connection_get_interest (end.connection), ==, G_IO_IN);
  g_assert_cmpuint (end.n_changed, ==, 2);

  raw_free (raw);
  end_clear (&end);
}

static void
close_in_packet (End        *end,
                 ChatPacket *packet)
{
  if (end->lines->len == end->stop_at)
    chat_connection_close (end->connection, NULL);
}

static void
drop_in_packet (End        *end,
                ChatPacket *packet)
{
  if (end->lines->len == end->stop_at)
    {
      chat_connection_close (end->connection, NULL);
      g_clear_object (&end->connection);
    }
}

static void
finish_in_packet (End        *end,
                  ChatPacket *packet)
{
  end_send_delete (end, 77);
  if (end->lines->len == end->stop_at)
    chat_connection_finish (end->connection);
}

static void
dispatch_in_packet (End        *end,
                    ChatPacket *packet)
{
  g_assert_false (chat_connection_dispatch (end->connection, G_IO_IN));
  end_send_delete (end, (gint64) end->lines->len);
  g_assert_true (chat_connection_flush (end->connection));
}

/* The owner may do anything from within, attached or not. */
static void
test_reentrancy (void)
{
  static void (*const actions[]) (End *end, ChatPacket *packet) = { close_in_packet, drop_in_packet, finish_in_packet };
  g_autofree char *text = make_deletes (300);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      for (guint attached = 0; attached <= 1; attached++)
        {
          for (guint stop_at = 1; stop_at <= 129; stop_at += 64)
            {
              End end;
              GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, attached != 0);

              end.on_packet = actions[i];
              end.stop_at = stop_at;
              raw_write (raw, text);
              if (attached)
                chat_test_wait_until (end.lines->len == stop_at);
              else
                while (end.lines->len < stop_at)
                  chat_connection_dispatch (end.connection, G_IO_IN);
              chat_test_settle ();
              g_assert_cmpuint (end.lines->len, ==, stop_at);
              g_assert_cmpuint (end.n_closed, ==, actions[i] == finish_in_packet ? 0 : 1);
              g_assert_true (actions[i] != drop_in_packet || end.connection == NULL);
              raw_free (raw);
              end_clear (&end);
            }
        }
    }

  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);
  end.on_packet = dispatch_in_packet;
  raw_write (raw, text);
  chat_test_wait_until (end.lines->len == 300);
  raw_free (raw);
  chat_test_wait_until (end.n_closed == 1);
  end_clear (&end);
}

static End *other;

static void
drive_other (End        *end,
             ChatPacket *packet)
{
  while (chat_connection_dispatch (other->connection, G_IO_IN))
    continue;
}

/* Connections share what they read into: one that is driven from within another must not overwrite it. */
static void
test_nested_reads (void)
{
  g_autofree char *text = make_deletes (100);
  End outer, inner;
  GSocket *raw_outer = raw_pair (&outer, CHAT_CONNECTION_SERVER, FALSE);
  GSocket *raw_inner = raw_pair (&inner, CHAT_CONNECTION_SERVER, FALSE);

  other = &inner;
  outer.on_packet = drive_other;
  raw_write (raw_outer, text);
  raw_write (raw_inner, "  {\"type\":\"DANCE\"}   {\"type\":\"DANCE\"}    ");
  chat_connection_dispatch (outer.connection, G_IO_IN);
  check_in_order (&outer, 100);
  g_assert_cmpuint (inner.lines->len, ==, 2);
  raw_free (raw_outer);
  raw_free (raw_inner);
  end_clear (&outer);
  end_clear (&inner);
}

static void
test_finish (void)
{
  g_autofree char *fill = g_strnfill (CHAT_MAX_TEXT_SIZE, 'z');
  g_autofree char *line = g_strdup_printf ("{\"type\":\"DANCE\",\"x\":\"%s\"}\n", fill);
  g_autoptr (GBytes) bytes = g_bytes_new (line, strlen (line));
  g_autofree char *got = NULL;
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);

  /* More than the socket takes at once: all of it leaves before the end. */
  for (guint i = 0; i < 30; i++)
    chat_connection_send_bytes (end.connection, bytes);
  chat_connection_set_paused (end.connection, TRUE);
  chat_connection_finish (end.connection);
  chat_connection_finish (end.connection);
  raw_write (raw, "{\"type\":\"DELETE_MSG\",\"id\":1}");
  got = raw_read_all (raw);
  g_assert_cmpuint (strlen (got), ==, 30 * strlen (line));
  g_assert_cmpuint (end.n_closed, ==, 0);
  g_assert_cmpuint (end.lines->len, ==, 0);

  g_socket_shutdown (raw, FALSE, TRUE, NULL);
  chat_test_wait_until (end.n_closed == 1);
  g_assert_no_error (end.reason);
  raw_free (raw);
  end_clear (&end);
}

static void
test_ping (void)
{
  const gint64 second = G_USEC_PER_SEC;
  char buffer[100];
  gint64 start;
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_CLIENT, FALSE);

  start = chat_connection_get_last_read (end.connection);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 1000 * second), ==, 0);
  chat_connection_set_ping (end.connection, TRUE);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start), ==, start + 30 * second);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 30 * second - 1), ==, start + 30 * second);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, 0);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 30 * second), ==, start + 60 * second);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, strlen ("{\"type\":\"PING\"}\n"));
  /* one for each silence */
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 45 * second), ==, start + 60 * second);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, strlen ("{\"type\":\"PING\"}\n"));
  g_assert_true (chat_connection_flush (end.connection));
  g_assert_cmpint (g_socket_receive (raw, buffer, sizeof buffer, NULL, NULL), ==, (gssize) strlen ("{\"type\":\"PING\"}\n"));

  /* Any byte is a sign of life; PING and PONG are no business of the owner's. */
  raw_write (raw, "{\"type\":\"PONG\"} {\"type\":\"PING\",\"request_id\":5}");
  chat_connection_dispatch (end.connection, G_IO_IN);
  g_assert_cmpuint (end.lines->len, ==, 0);
  g_assert_true (chat_connection_flush (end.connection));
  g_assert_cmpint (g_socket_receive (raw, buffer, sizeof buffer, NULL, NULL), ==,
                   (gssize) strlen ("{\"type\":\"PONG\",\"request_id\":5}\n"));
  g_assert_true (g_str_has_prefix (buffer, "{\"type\":\"PONG\",\"request_id\":5}\n"));
  g_assert_cmpint (chat_connection_get_last_read (end.connection), >=, start);
  start = chat_connection_get_last_read (end.connection);

  /* Who does not listen can not call the other silent. So that it is not called silent itself it speaks unasked: each time
   * that it would ask else. */
  chat_connection_set_paused (end.connection, TRUE);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 20 * second), >=, start + 30 * second);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, 0);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 100 * second), ==, start + 130 * second);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 129 * second), ==, start + 130 * second);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, strlen ("{\"type\":\"PING\"}\n"));
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 130 * second), ==, start + 160 * second);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, 2 * strlen ("{\"type\":\"PING\"}\n"));
  g_assert_cmpuint (end.n_closed, ==, 0);

  /* The silence counts from when it listens again */
  start = g_get_monotonic_time ();
  chat_connection_set_paused (end.connection, FALSE);
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 30 * second - 1), >=, start + 30 * second);
  g_assert_cmpuint (chat_connection_get_queued (end.connection), ==, 2 * strlen ("{\"type\":\"PING\"}\n"));
  g_assert_cmpint (chat_connection_check_ping (end.connection, start + 60 * second - 1), >=, start + 60 * second);
  g_assert_cmpuint (end.n_closed, ==, 0);
  g_assert_cmpint (chat_connection_check_ping (end.connection, g_get_monotonic_time () + 60 * second), ==, 0);
  g_assert_cmpuint (end.n_closed, ==, 1);
  g_assert_error (end.reason, CHAT_ERROR, CHAT_ERROR_TIMED_OUT);
  raw_free (raw);
  end_clear (&end);
}

static void
on_trace (ChatConnection *connection,
          gboolean        incoming,
          const char     *line,
          gpointer        user_data)
{
  g_string_append_printf (user_data, "%c %s\n", incoming ? '<' : '>', line);
}

static void
test_trace (void)
{
  g_autoptr (GString) trace = g_string_new (NULL);
  const char *answer = "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"s3cret\"}\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (answer, strlen (answer));
  End end;
  GSocket *raw = raw_pair (&end, CHAT_CONNECTION_SERVER, TRUE);

  chat_connection_set_trace (end.connection, on_trace, trace);
  raw_write (raw, "{\"type\":\"REQUEST_LOGIN\",\"login\":\"anna\",\"pass\":\"s3cret\"}{\"type\":\"PING\"}");
  chat_test_wait_until (end.lines->len == 1);
  chat_connection_send_bytes (end.connection, bytes);
  g_assert_cmpstr (trace->str, ==,
                   "< {\"type\":\"REQUEST_LOGIN\",\"login\":\"anna\",\"pass\":\"***\"}\n"
                   "< {\"type\":\"PING\"}\n"
                   "> {\"type\":\"PONG\"}\n"
                   "> {\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"token\":\"***\"}\n");
  raw_free (raw);
  end_clear (&end);
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/exchange", test_exchange);
  g_test_add_func ("/connection/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/connection/ends-within", test_ends_within);
  g_test_add_func ("/connection/malformed", test_malformed);
  g_test_add_func ("/connection/too-large", test_too_large);
  g_test_add_func ("/connection/queue-full", test_queue_full);
  g_test_add_func ("/connection/queue-full-unref", test_queue_full_unref);
  g_test_add_func ("/connection/pause", test_pause);
  g_test_add_func ("/connection/own-loop", test_own_loop);
  g_test_add_func ("/connection/short-writes", test_short_writes);
  g_test_add_func ("/connection/reentrancy", test_reentrancy);
  g_test_add_func ("/connection/nested-reads", test_nested_reads);
  g_test_add_func ("/connection/finish", test_finish);
  g_test_add_func ("/connection/ping", test_ping);
  g_test_add_func ("/connection/trace", test_trace);

  result = g_test_run ();
  chat_test_assert_finalized ();

  return result;
}
