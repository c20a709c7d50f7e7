/* test-server-siege.c: many connections of one, floods, and who goes first
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-server-common.h"

#include "chat-server-limits.h"
#include "chat-server-turns.h"

#include <string.h>

#define ID G_GINT64_FORMAT

/* Turns */

typedef struct
{
  ChatServerTurns *turns;
  GString         *order;       /* one letter for each turn */
  GQueue           running;     /* of the tickets */
  gboolean         ends_at_once;
} Turns;

typedef struct
{
  Turns *turns;
  char   letter;
} Entry;

static void
on_turn (ChatServerTicket *ticket,
         gpointer          user_data)
{
  g_autofree Entry *entry = user_data;
  Turns *turns = entry->turns;

  g_string_append_c (turns->order, entry->letter);
  if (turns->ends_at_once)
    chat_server_turns_leave (turns->turns, ticket);
  else
    g_queue_push_tail (&turns->running, ticket);
}

static void
enter (Turns      *turns,
       const char *address,
       const char *account,
       char        letter)
{
  Entry *entry = g_new (Entry, 1);

  entry->turns = turns;
  entry->letter = letter;
  chat_server_turns_enter (turns->turns, address, account, on_turn, entry);
}

static void
leave_first (Turns *turns)
{
  chat_server_turns_leave (turns->turns, g_queue_pop_head (&turns->running));
}

static void
test_turns (void)
{
  Turns turns = { chat_server_turns_new (2), g_string_new (NULL), G_QUEUE_INIT, FALSE };

  /* One account asks ten times and has one turn, though two are free; another one at the same address has the other */
  for (guint i = 0; i < 10; i++)
    enter (&turns, "1", "mallory", 'm');
  g_assert_cmpstr (turns.order->str, ==, "m");
  enter (&turns, "1", "oscar", 'o');
  g_assert_cmpstr (turns.order->str, ==, "mo");
  /* It can not have more by coming from elsewhere */
  enter (&turns, "2", "mallory", 'M');
  enter (&turns, "1", "eve", 'e');
  enter (&turns, "1", "eve", 'e');
  enter (&turns, "3", "ann", 'a');
  leave_first (&turns);
  /* One address after the other, and in each one account after the other */
  g_assert_cmpstr (turns.order->str, ==, "mom");
  while (turns.running.length > 0)
    leave_first (&turns);
  g_assert_true (g_str_has_prefix (turns.order->str, "moma"));
  g_assert_cmpuint (turns.order->len, ==, 15);
  g_assert_true (strchr (turns.order->str, 'e') < turns.order->str + 6);
  g_assert_true (strchr (turns.order->str, 'M') < turns.order->str + 8);
  g_assert_true (chat_server_turns_is_idle (turns.turns));

  /* The bounds: of an account, and of an address; others are not concerned */
  enter (&turns, "1", "mallory", 'm');
  enter (&turns, "1", "oscar", 'o');
  for (guint i = 0; i < CHAT_SERVER_HASHING_ACCOUNT; i++)
    {
      g_assert_false (chat_server_turns_is_crowded (turns.turns, "1", "mallory"));
      enter (&turns, "1", "mallory", 'm');
    }
  g_assert_true (chat_server_turns_is_crowded (turns.turns, "1", "mallory"));
  g_assert_false (chat_server_turns_is_crowded (turns.turns, "1", "eve"));
  for (guint i = CHAT_SERVER_HASHING_ACCOUNT; i < CHAT_SERVER_HASHING_ADDRESS; i++)
    {
      g_autofree char *name = g_strdup_printf ("p%u", i);

      g_assert_false (chat_server_turns_is_crowded (turns.turns, "1", name));
      enter (&turns, "1", name, 'p');
    }
  g_assert_true (chat_server_turns_is_crowded (turns.turns, "1", "eve"));
  g_assert_false (chat_server_turns_is_crowded (turns.turns, "2", "eve"));
  /* Those who have gone meanwhile end their turn from within it */
  turns.ends_at_once = TRUE;
  while (turns.running.length > 0)
    leave_first (&turns);
  g_assert_cmpuint (turns.order->len, ==, 15 + 2 + CHAT_SERVER_HASHING_ADDRESS);
  chat_server_turns_free (turns.turns);
  g_string_free (turns.order, TRUE);
}

/* Connections of one person */

static void
test_user_connections (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autoptr (Client) bob = NULL, one_more = NULL, another = NULL;
  gint64 room;

  sign_up (server, "ann");
  sign_up (server, "bob");
  bob = log_in (server, "bob", NULL);
  room = create_room (bob, "bob", "ann");
  for (guint i = 0; i < CHAT_SERVER_MAX_USER_CONNECTIONS; i++)
    g_ptr_array_add (clients, log_in (server, "ann", NULL));
  /* The first one speaks: now the second was silent longest */
  client_expect_quiet (clients->pdata[0]);
  one_more = log_in (server, "ann", NULL);
  client_expect_end (clients->pdata[1]);
  client_expect_quiet (one_more);
  another = log_in (server, "ann", NULL);
  client_expect_end (clients->pdata[2]);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == CHAT_SERVER_MAX_USER_CONNECTIONS + 1);
  /* The others are there, and are told */
  send_text (bob, "bob", room, "hello");
  for (guint i = 0; i < clients->len; i++)
    if (i != 1 && i != 2)
      client_expect (clients->pdata[i], "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','msg_type':'TEXT',"
                     "'message':'hello','date':'*','sender':'bob'}", room);
}

/* Large objects of those who have not logged in: so many are kept, others are not concerned */
static void
test_large_anonymous (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autofree char *beginning = g_strnfill (2 * CHAT_SERVER_SMALL_OBJECT, 'x');
  g_autoptr (Client) one_more = NULL, small = NULL, ann = NULL, again = NULL;

  sign_up (server, "ann");
  ann = log_in (server, "ann", NULL);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 1);
  memcpy (beginning, "{\"type\":\"", 9);
  for (guint i = 0; i < CHAT_SERVER_MAX_LARGE_ANONYMOUS; i++)
    {
      Client *client = client_new (server);

      client_send_raw (client, "{\"type\":\"ONE\"}", -1);
      client_expect (client, "{'type':'ONE','status':'UNSUPPORTED','error':'*'}");
      client_send_raw (client, beginning, -1);
      g_ptr_array_add (clients, client);
    }
  client_send_raw (ann, beginning, -1);
  client_send_raw (ann, "\"}", -1);
  {
    g_autoptr (JsonObject) answer = client_read (ann);

    g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "UNSUPPORTED");
  }
  /* Until all of them have arrived */
  small = client_new (server);
  client_send_raw (small, "{\"type\":\"TWO\"}", -1);
  client_expect (small, "{'type':'TWO','status':'UNSUPPORTED','error':'*'}");
  one_more = client_new (server);
  client_send_raw (one_more, beginning, -1);
  client_expect_end (one_more);
  client_expect_quiet (small);
  /* One that is complete makes room */
  client_send_raw (clients->pdata[0], "\"}", -1);
  {
    g_autoptr (JsonObject) answer = client_read (clients->pdata[0]);

    g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "UNSUPPORTED");
  }
  again = client_new (server);
  client_send_raw (again, beginning, -1);
  client_send_raw (again, "\"}", -1);
  {
    g_autoptr (JsonObject) answer = client_read (again);

    g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "UNSUPPORTED");
  }
}

/* A device that does not read is cut off; when it is back it has missed nothing */
static void
deaf (ChatTestServer *server)
{
  const guint n_texts = 300;
  g_autoptr (Client) ann = NULL, deaf = NULL, back = NULL;
  g_autofree char *text = g_strnfill (60000, 'x');
  gint64 room, since;

  sign_up (server, "ann");
  sign_up (server, "bob");
  ann = log_in (server, "ann", NULL);
  room = create_room (ann, "ann", "bob");
  deaf = log_in (server, "bob", "[\"sync\",\"paging\",\"request-id\"]");
  client_send (deaf, "{'type':'SYNC','since':0}");
  for (;;)
    {
      g_autoptr (JsonObject) answer = client_read (deaf);

      since = json_object_get_int_member (answer, "seq");
      if (g_str_equal (json_object_get_string_member (answer, "type"), "SYNC"))
        break;
    }
  for (guint i = 0; i < n_texts / 2; i++)
    send_text (ann, "ann", room, text);
  /* It asks for all there is, too, and takes none of it */
  client_send (deaf, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL','request_id':1}", room);
  for (guint i = n_texts / 2; i < n_texts; i++)
    send_text (ann, "ann", room, text);
  chat_test_wait_until (chat_test_server_get_n_connections (server) == 1);

  back = log_in (server, "bob", "[\"sync\"]");
  client_send (back, "{'type':'SYNC','since':%" ID "}", since);
  for (guint i = 0; i < n_texts; i++)
    {
      g_autoptr (JsonObject) pushed = client_read (back);

      g_assert_cmpstr (json_object_get_string_member (pushed, "type"), ==, "READ_MSG");
      g_assert_cmpint (json_object_get_int_member (pushed, "seq"), >, since);
      since = json_object_get_int_member (pushed, "seq");
    }
  client_expect (back, "{'type':'SYNC','status':'SUCCESS','seq':%" ID "}", since);
}

static void
test_deaf (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);

  deaf (server);
}

static void
test_deaf_tls (void)
{
  ChatServerOptions options = { .no_rate_limit = TRUE };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);

  deaf (server);
}

/* Hundreds that stop in the midst of something end in time, and meanwhile delay nobody */
static void
test_dribbling (void)
{
  ChatServerOptions options = { .silence_ms = 1500 };
  g_autoptr (ChatTestServer) server = chat_test_server_new (&options);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autoptr (Client) ann = NULL;
  gint64 begin, longest = 0;
  gboolean ended = FALSE;

  sign_up (server, "ann");
  ann = log_in (server, "ann", NULL);
  for (guint i = 0; i < 300; i++)
    {
      Client *client = client_new (server);

      /* Nothing; the head of a record; half a ClientHello; a record that claims more than it brings */
      if (i % 4 == 1)
        client_send_raw (client, "\x16\x03", 2);
      else if (i % 4 == 2)
        client_send_raw (client, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
      else if (i % 4 == 3)
        client_send_raw (client, "\x16\x03\x01\x3f\xff\x01", 6);
      g_ptr_array_add (clients, client);
    }
  begin = g_get_monotonic_time ();
  while (!ended)
    {
      gint64 start = g_get_monotonic_time ();

      /* A byte now and then is no object */
      for (guint i = 2; i < clients->len; i += 4)
        g_output_stream_write (client_get_output (clients->pdata[i]), "", 1, NULL, NULL);
      client_expect_quiet (ann);
      longest = MAX (longest, g_get_monotonic_time () - start);
      ended = chat_test_server_get_n_connections (server) == 1;
      g_assert_cmpint (g_get_monotonic_time () - begin, <, CHAT_TEST_WAIT_SECONDS * G_TIME_SPAN_SECOND);
    }
  g_test_message ("ended after %.1f s; the longest answer took %.1f ms", (double) (g_get_monotonic_time () - begin) / 1e6,
                  (double) longest / 1e3);
  g_assert_cmpint (longest, <, 2 * G_TIME_SPAN_SECOND);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/siege/turns", test_turns);
  g_test_add_func ("/server/siege/user-connections", test_user_connections);
  g_test_add_func ("/server/siege/large-anonymous", test_large_anonymous);
  g_test_add_func ("/server/siege/deaf", test_deaf);
  g_test_add_func ("/server/siege/deaf-tls", test_deaf_tls);
  g_test_add_func ("/server/siege/dribbling", test_dribbling);
  return g_test_run ();
}
