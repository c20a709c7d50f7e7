/* test-server-order.c: the order of answers and pushes, history for slow readers, pages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-server-common.h"

#include <string.h>

#define ID G_GINT64_FORMAT

typedef struct
{
  ChatTestServer *server;
  Client         *ann;
  Client         *bob;
  gint64          room;
} Pair;

static void
pair_init (Pair                    *pair,
           const ChatServerOptions *options,
           const char              *features)
{
  pair->server = chat_test_server_new (options);
  sign_up (pair->server, "ann");
  sign_up (pair->server, "bob");
  pair->ann = log_in (pair->server, "ann", features);
  pair->room = create_room (pair->ann, "ann", "bob");
  pair->bob = log_in (pair->server, "bob", features);
}

static void
pair_clear (Pair *pair)
{
  client_free (pair->ann);
  client_free (pair->bob);
  chat_test_server_free (pair->server);
}

static void
send_many (Pair  *pair,
           guint  n,
           gsize  size)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *filler = g_strnfill (size, 'x');

  for (guint i = 0; i < n; i++)
    g_string_append_printf (lines, "{\"type\":\"SND_MSG\",\"username\":\"ann\",\"room_id\":%" ID ",\"message\":\"%u %s\","
                            "\"msg_type\":\"TEXT\"}\n", pair->room, i, filler);
  client_send_raw (pair->ann, lines->str, (gssize) lines->len);
}

static gint64
take_answer (Client *client)
{
  g_autoptr (JsonObject) answer = client_read (client);

  g_assert_cmpstr (json_object_get_string_member (answer, "type"), ==, "SND_MSG");
  g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "SUCCESS");
  return json_object_get_int_member (answer, "message_id");
}

static gint64
take_message (Client     *client,
              const char *begins_with)
{
  g_autoptr (JsonObject) message = client_read (client);

  g_assert_cmpstr (json_object_get_string_member (message, "type"), ==, "READ_MSG");
  g_assert_cmpstr (json_object_get_string_member (message, "status"), ==, "SUCCESS");
  g_assert_true (g_str_has_prefix (json_object_get_string_member (message, "message"), begins_with));
  return json_object_get_int_member (message, "message_id");
}

/* A hundred requests of all kinds without waiting for one answer: they come in their order, immediate failures too, and what
 * was asked after a change sees it */
static void
test_pipeline (void)
{
  Pair pair;

  pair_init (&pair, NULL, FEATURES);
  for (guint round = 0; round < 20; round++)
    {
      client_send (pair.ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'m','msg_type':'TEXT','request_id':%u}",
                   pair.room, round * 10);
      client_send (pair.ann, "{'type':'NONSENSE','request_id':%u}", round * 10 + 1);
      client_send (pair.ann, "{'type':'SND_MSG','username':'ann','room_id':'no','request_id':%u}", round * 10 + 2);
      client_send (pair.ann, "{'type':'OLD_DIALOGS','username':'ann','request_id':%u}", round * 10 + 3);
      client_send (pair.ann, "{'type':'READ_MSG','read':'ALL','room_id':%" ID ",'request_id':%u}", pair.room, round * 10 + 4);
      client_send (pair.ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'m','msg_type':'TEXT','request_id':%u}",
                   pair.room, round * 10 + 5);
      client_send (pair.ann, "{'request_id':%u}", round * 10 + 6);
    }
  for (guint round = 0; round < 20; round++)
    {
      client_expect (pair.ann, "{'type':'SND_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','date':'*','request_id':%u}",
                     pair.room, round * 10);
      client_expect (pair.ann, "{'type':'NONSENSE','status':'UNSUPPORTED','error':'*','request_id':%u}", round * 10 + 1);
      client_expect (pair.ann, "{'type':'SND_MSG','status':'BAD_REQUEST','error':'*','request_id':%u}", round * 10 + 2);
      {
        g_autoptr (JsonObject) dialogs = client_read (pair.ann);

        g_assert_cmpint (json_object_get_int_member (dialogs, "request_id"), ==, round * 10 + 3);
      }
      for (guint i = 0; i < 2 * round + 1; i++)
        {
          g_autoptr (JsonObject) message = client_read (pair.ann);

          g_assert_cmpint (json_object_get_int_member (message, "request_id"), ==, round * 10 + 4);
          g_assert_cmpstr (json_object_get_string_member (message, "status"), ==, "SUCCESS");
        }
      client_expect (pair.ann, "{'type':'READ_MSG','status':'END','room_id':%" ID ",'more':false,'request_id':%u}", pair.room,
                     round * 10 + 4);
      client_expect (pair.ann, "{'type':'SND_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','date':'*','request_id':%u}",
                     pair.room, round * 10 + 5);
      client_expect (pair.ann, "{'type':'ERROR','status':'BAD_REQUEST','error':'*','request_id':%u}", round * 10 + 6);
    }
  pair_clear (&pair);
}

/* Log-in and what follows it in one write */
static void
test_pipelined_log_in (void)
{
  Pair pair;
  g_autoptr (Client) client = NULL;

  pair_init (&pair, NULL, NULL);
  client = client_new (pair.server);
  client_send (client, "{'type':'REQUEST_SIGNUP','login':'eve','pass':'" PASSWORD "'}"
               "{'type':'REQUEST_LOGIN','login':'eve','pass':'" PASSWORD "'}{'type':'CREATE_ROOM','username':'eve','customer':'ann'}"
               "{'type':'OLD_DIALOGS','username':'eve'}");
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_OK'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  client_expect (client, "{'type':'CREATE_ROOM','id':'*','customer':'ann'}");
  client_expect (client, "{'type':'OLD_DIALOGS','dialogs':['ann'],'id':['*'],'first_massage_id':[0]}");
  pair_clear (&pair);
}

/* Several devices: every connection of every member gets each message once, in one order */
static void
test_devices (void)
{
  Pair pair;
  Client *devices[20];
  gint64 last = 0;

  pair_init (&pair, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    devices[i] = log_in (pair.server, i % 2 == 0 ? "ann" : "bob", NULL);
  send_many (&pair, 50, 10);
  for (guint i = 0; i < 50; i++)
    {
      gint64 id = take_answer (pair.ann);

      g_assert_cmpint (id, >, last);
      g_assert_cmpint (take_message (pair.bob, ""), ==, id);
      for (guint j = 0; j < G_N_ELEMENTS (devices); j++)
        g_assert_cmpint (take_message (devices[j], ""), ==, id);
      last = id;
    }
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      client_expect_quiet (devices[i]);
      client_free (devices[i]);
    }
  pair_clear (&pair);
}

/* A history of several times what a queue may hold, for a reader that does not read while others write: nothing is lost, no
 * push comes between, the reader's connection lives, and what was written meanwhile follows */
static void
test_long_history (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  Pair pair;
  gint64 ids[500], later[20];

  pair_init (&pair, &options, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i += 50)
    {
      send_many (&pair, 50, 30000);
      for (guint j = 0; j < 50; j++)
        {
          ids[i + j] = take_answer (pair.ann);
          g_assert_cmpint (take_message (pair.bob, ""), ==, ids[i + j]);
        }
    }

  client_send (pair.bob, "{'type':'READ_MSG','read':'ALL','room_id':%" ID "}", pair.room);
  /* The first object has come, so that the reading has begun; the rest cannot fit into any buffer on the way */
  g_assert_cmpint (take_message (pair.bob, "0 "), ==, ids[0]);
  send_many (&pair, 20, 100);
  for (guint i = 0; i < 20; i++)
    later[i] = take_answer (pair.ann);
  for (guint i = 1; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpint (take_message (pair.bob, ""), ==, ids[i]);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (take_message (pair.bob, ""), ==, later[i]);
  client_expect_quiet (pair.bob);
  pair_clear (&pair);
}

/* Pushes that arrive while a peer reads its history are held back in a bounded queue: a peer that never reads is closed */
static void
test_held_too_much (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  Pair pair;

  pair_init (&pair, &options, NULL);
  for (guint lot = 0; lot < 10; lot++)
    {
      send_many (&pair, 20, 60000);
      for (guint i = 0; i < 20; i++)
        {
          take_answer (pair.ann);
          take_message (pair.bob, "");
        }
    }
  client_send (pair.bob, "{'type':'READ_MSG','read':'ALL','room_id':%" ID "}", pair.room);
  take_message (pair.bob, "0 ");
  g_assert_cmpuint (chat_test_server_get_n_connections (pair.server), ==, 2);
  send_many (&pair, 100, 60000);
  for (guint i = 0; i < 100; i++)
    take_answer (pair.ann);
  chat_test_wait_until (chat_test_server_get_n_connections (pair.server) == 1);
  pair_clear (&pair);
}

static void
expect_page (Pair         *pair,
             const char   *question,
             const gint64 *ids,
             guint         first,
             guint         n,
             gboolean      more)
{
  static int request_id;

  request_id++;
  client_send (pair->ann, "{'type':'READ_MSG','room_id':%" ID ",%s,'request_id':%d}", pair->room, question, request_id);
  for (guint i = first; i < first + n; i++)
    {
      g_autoptr (JsonObject) message = client_read (pair->ann);

      g_assert_cmpint (json_object_get_int_member_with_default (message, "message_id", 0), ==, ids[i]);
      g_assert_cmpint (json_object_get_int_member (message, "request_id"), ==, request_id);
    }
  client_expect (pair->ann, "{'type':'READ_MSG','status':'END','room_id':%" ID ",'more':%s,'request_id':%d}", pair->room,
                 more ? "true" : "false", request_id);
}

static void
test_pages (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  Pair pair;
  gint64 ids[300];
  g_autofree char *before = NULL, *after = NULL, *around = NULL, *first = NULL, *wide = NULL;
  g_autoptr (Client) plain = NULL;

  pair_init (&pair, &options, FEATURES);
  expect_page (&pair, "'read':'ALL'", NULL, 0, 0, FALSE);
  send_many (&pair, G_N_ELEMENTS (ids), 2000);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = take_answer (pair.ann);

  expect_page (&pair, "'read':'ALL'", ids, 0, 300, FALSE);
  expect_page (&pair, "'read':'RESENT'", ids, 250, 50, TRUE);
  expect_page (&pair, "'read':'RECENT'", ids, 250, 50, TRUE);
  expect_page (&pair, "'after':0,'limit':1", ids, 0, 1, TRUE);
  before = g_strdup_printf ("'before':%" ID ",'limit':30", ids[100]);
  expect_page (&pair, before, ids, 70, 30, TRUE);
  after = g_strdup_printf ("'after':%" ID ",'limit':200", ids[99]);
  expect_page (&pair, after, ids, 100, 200, FALSE);
  first = g_strdup_printf ("'before':%" ID, ids[0]);
  expect_page (&pair, first, ids, 0, 0, FALSE);
  around = g_strdup_printf ("'around':%" ID ",'limit':300", ids[5]);
  client_send (pair.ann, "{'type':'READ_MSG','room_id':%" ID ",%s}", pair.room, around);
  client_expect (pair.ann, "{'type':'READ_MSG','status':'BAD_REQUEST','error':'*'}");
  g_free (around);
  around = g_strdup_printf ("'around':%" ID ",'limit':200", ids[299]);
  client_send (pair.ann, "{'type':'READ_MSG','room_id':%" ID ",%s,'request_id':7}", pair.room, around);
  {
    g_autofree char *line = NULL;
    gboolean met = FALSE;
    guint n = 0;

    for (line = client_read_line (pair.ann); strstr (line, "\"END\"") == NULL; line = client_read_line (pair.ann))
      {
        g_autofree char *id = g_strdup_printf ("\"message_id\":%" ID ",", ids[299]);

        met |= strstr (line, id) != NULL;
        n++;
        g_free (line);
      }
    g_assert_true (met);
    g_assert_cmpuint (n, >=, 100);
    g_assert_cmpuint (n, <=, 200);
    g_assert_nonnull (strstr (line, "\"more\":false"));
  }
  /* More than the queue takes at once: sent in parts, told as one page */
  wide = g_strdup_printf ("'before':%" ID ",'limit':200", ids[250]);
  expect_page (&pair, wide, ids, 50, 200, TRUE);

  client_send (pair.ann, "{'type':'READ_MSG','room_id':%" ID ",'before':5,'after':5}", pair.room);
  client_expect (pair.ann, "{'type':'READ_MSG','status':'BAD_REQUEST','error':'*'}");
  client_send (pair.ann, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL','limit':201}", pair.room);
  client_expect (pair.ann, "{'type':'READ_MSG','status':'BAD_REQUEST','error':'*'}");
  client_send (pair.ann, "{'type':'READ_MSG','room_id':%" ID ",'read':'SOME'}", pair.room);
  client_expect (pair.ann, "{'type':'READ_MSG','status':'BAD_REQUEST','error':'*'}");
  client_send (pair.ann, "{'type':'READ_MSG','room_id':4711,'read':'ALL','request_id':1}");
  client_expect (pair.ann, "{'type':'READ_MSG','status':'ROOM_DOES_NOT_EXIST','error':'*','request_id':1}");

  /* Without the features: no END, no request_id, and one object where there is nothing */
  sign_up (pair.server, "eve");
  plain = log_in (pair.server, "eve", NULL);
  client_send (plain, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL'}", pair.room);
  client_expect (plain, "{'type':'READ_MSG','status':'FORBIDDEN','error':'*'}");
  {
    gint64 room = create_room (plain, "eve", "ann");

    client_send (plain, "{'type':'READ_MSG','room_id':%" ID ",'read':'RESENT','request_id':5}", room);
    client_expect (plain, "{'type':'READ_MSG','status':'MESSAGE_DOES_NOT_EXIST','room_id':%" ID ",'error':'*'}", room);
    client_send (plain, "{'type':'READ_MSG','room_id':%" ID ",'before':5}", room);
    client_expect (plain, "{'type':'READ_MSG','status':'BAD_REQUEST','error':'*'}");
  }
  pair_clear (&pair);
}

/* "edited" and "client_ref" in a history, for those who know of them */
static void
test_history_extensions (void)
{
  Pair pair;
  g_autoptr (Client) plain = NULL;
  gint64 id;

  pair_init (&pair, NULL, FEATURES);
  client_send (pair.ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'a','msg_type':'TEXT','client_ref':'r'}",
               pair.room);
  id = take_answer (pair.ann);
  client_send (pair.ann, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'b'}", id);
  client_expect (pair.ann, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'b'}", id);
  take_message (pair.bob, "a");
  client_expect (pair.bob, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'b'}", id);
  client_send (pair.ann, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL'}", pair.room);
  client_expect (pair.ann, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'b','date':'*','sender':'ann','edited':'*','client_ref':'r'}", pair.room, id);
  client_send (pair.bob, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL'}", pair.room);
  client_expect (pair.bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'b','date':'*','sender':'ann','edited':'*'}", pair.room, id);
  plain = log_in (pair.server, "ann", NULL);
  client_send (plain, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL'}", pair.room);
  client_expect (plain, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'b','date':'*','sender':'ann'}", pair.room, id);
  pair_clear (&pair);
}

/* A connection that ends before its answer: what it sent is done all the same, and others hear of it */
static void
test_sender_gone (void)
{
  Pair pair;

  pair_init (&pair, NULL, NULL);
  send_many (&pair, 20, 10);
  g_socket_shutdown (client_get_socket (pair.ann), TRUE, TRUE, NULL);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u ", i);

      take_message (pair.bob, text);
    }
  chat_test_wait_until (chat_test_server_get_n_connections (pair.server) == 1);
  pair_clear (&pair);
}

/* A client that ends its own side when it has asked all: it gets every answer, long histories too, and then the end */
static void
test_half_closed (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  Pair pair;
  g_autoptr (Client) client = NULL;

  pair_init (&pair, &options, NULL);
  send_many (&pair, 100, 30000);
  for (guint i = 0; i < 100; i++)
    take_answer (pair.ann);
  client = client_new (pair.server);
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "'}"
               "{'type':'READ_MSG','read':'ALL','room_id':%" ID "}"
               "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'last','msg_type':'TEXT'}", pair.room, pair.room);
  g_assert_true (g_socket_shutdown (client_get_socket (client), FALSE, TRUE, NULL));
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  for (guint i = 0; i < 100; i++)
    take_message (client, "");
  take_answer (client);
  client_expect_end (client);
  chat_test_wait_until (chat_test_server_get_n_connections (pair.server) == 2);
  pair_clear (&pair);
}

/* The stop: what was accepted is done and answered, and is there after the next start on the same port */
static void
test_stop (void)
{
  Pair pair;
  g_autoptr (Client) again = NULL;
  guint answered = 0;
  g_autofree char *line = NULL;

  pair_init (&pair, NULL, NULL);
  send_many (&pair, 200, 100);
  take_answer (pair.ann);
  answered = 1;
  chat_test_server_stop (pair.server);
  while ((line = client_read_line (pair.ann)) != NULL)
    {
      g_assert_nonnull (strstr (line, "\"SUCCESS\""));
      answered++;
      g_clear_pointer (&line, g_free);
    }
  chat_test_server_start (pair.server);
  again = log_in (pair.server, "ann", "[\"request-id\",\"paging\"]");
  client_send (again, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL','request_id':1}", pair.room);
  for (guint i = 0; i < answered; i++)
    take_message (again, "");
  pair_clear (&pair);
}

static gboolean
lists_room (JsonObject *dialogs,
            gint64      room)
{
  JsonArray *ids = json_object_get_array_member (dialogs, "id");

  for (guint i = 0; i < json_array_get_length (ids); i++)
    if (json_array_get_int_element (ids, i) == room)
      return TRUE;
  return FALSE;
}

/* A list of rooms is read beside the changes, and may be older than one that was made meanwhile: whoever takes it as the whole
 * truth must be told of that change after it, not before */
static void
test_list_beside_changes (void)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE };
  g_autoptr (Client) crowd = NULL;
  gint64 room;
  Pair pair;

  pair_init (&pair, &options, FEATURES);
  room = pair.room;
  crowd = client_new (pair.server);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%u", i);

      client_send (crowd, "{'type':'REQUEST_SIGNUP','login':'%s','pass':'" PASSWORD "'}", name);
      client_expect (crowd, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_OK'}");
      create_room (pair.ann, "ann", name);
    }

  /* Bob makes and removes the room that the two have, while ann asks */
  for (guint round = 0; round < 100; round++)
    {
      gboolean makes = room == 0;
      gint64 changed = 0;
      guint n_lists = 0;

      /* Two at once: the answer of the first must not let go what the second holds */
      client_send (pair.ann, "{'type':'OLD_DIALOGS','username':'ann'}{'type':'OLD_DIALOGS','username':'ann'}");
      if (makes)
        client_send (pair.bob, "{'type':'CREATE_ROOM','username':'bob','customer':'ann'}");
      else
        client_send (pair.bob, "{'type':'DELETE_ROOM','id':%" ID "}", room);
      while (n_lists < 2 || changed == 0)
        {
          g_autoptr (JsonObject) object = client_read (pair.ann);

          if (g_str_equal (json_object_get_string_member (object, "type"), "OLD_DIALOGS"))
            {
              n_lists++;
              g_assert_true (changed == 0 || lists_room (object, changed) == makes);
            }
          else
            changed = json_object_get_int_member (object, "id");
        }
      json_object_unref (client_read (pair.bob));
      room = makes ? changed : 0;
    }
  pair_clear (&pair);
}

/* --delay, --fail-sends, --drop-after */
static void
test_faults (void)
{
  ChatServerOptions slow = { .insecure = TRUE, .delay_ms = 200 };
  ChatServerOptions failing = { .insecure = TRUE, .fail_sends = 2 };
  ChatServerOptions dropping = { .insecure = TRUE, .drop_after = 3 };
  g_autoptr (ChatTestServer) server = NULL;
  g_autoptr (Client) client = NULL;
  Pair pair;
  gint64 begin;

  pair_init (&pair, &slow, NULL);
  begin = g_get_monotonic_time ();
  send_many (&pair, 3, 10);
  client_send (pair.ann, "{'type':'READ_MSG','room_id':%" ID ",'read':'ALL'}", pair.room);
  for (guint i = 0; i < 3; i++)
    take_answer (pair.ann);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 200000);
  for (guint i = 0; i < 3; i++)
    take_message (pair.ann, "");
  pair_clear (&pair);

  pair_init (&pair, &failing, NULL);
  send_many (&pair, 3, 10);
  client_expect (pair.ann, "{'type':'SND_MSG','status':'ERROR','error':'*'}");
  client_expect (pair.ann, "{'type':'SND_MSG','status':'ERROR','error':'*'}");
  take_answer (pair.ann);
  take_message (pair.bob, "2 ");
  pair_clear (&pair);

  server = chat_test_server_new (&dropping);
  client = client_new (server);
  client_send (client, "{'type':'A'}{'type':'B'}{'type':'C'}{'type':'D'}");
  client_expect (client, "{'type':'A','status':'UNSUPPORTED','error':'*'}");
  client_expect (client, "{'type':'B','status':'UNSUPPORTED','error':'*'}");
  client_expect (client, "{'type':'C','status':'UNSUPPORTED','error':'*'}");
  client_expect_end (client);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/order/pipeline", test_pipeline);
  g_test_add_func ("/server/order/pipelined-log-in", test_pipelined_log_in);
  g_test_add_func ("/server/order/devices", test_devices);
  g_test_add_func ("/server/order/long-history", test_long_history);
  g_test_add_func ("/server/order/held-too-much", test_held_too_much);
  g_test_add_func ("/server/order/pages", test_pages);
  g_test_add_func ("/server/order/history-extensions", test_history_extensions);
  g_test_add_func ("/server/order/sender-gone", test_sender_gone);
  g_test_add_func ("/server/order/list-beside-changes", test_list_beside_changes);
  g_test_add_func ("/server/order/half-closed", test_half_closed);
  g_test_add_func ("/server/order/stop", test_stop);
  g_test_add_func ("/server/order/faults", test_faults);
  return g_test_run ();
}
