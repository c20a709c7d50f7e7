/* test-server-sync.c: replays, receipts, typing, presence, and the change of the password
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-server-common.h"

#include <string.h>

#define ID G_GINT64_FORMAT
#define ALL "[\"ping\",\"request-id\",\"client-ref\",\"paging\",\"room-info\",\"token\",\"sync\",\"receipts\",\"typing\",\"presence\"]"
#define SYNC "[\"sync\",\"room-info\"]"
#define RECEIPTS "[\"receipts\",\"room-info\"]"

static gint64
get_int (JsonObject *object,
         const char *name)
{
  return json_object_get_int_member_with_default (object, name, -1);
}

static gboolean
is_type (JsonObject *object,
         const char *type)
{
  return g_str_equal (json_object_get_string_member (object, "type"), type);
}

/* Asks and takes the one answer */
G_GNUC_PRINTF (2, 3)
static JsonObject *
ask (Client     *client,
     const char *format,
     ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  client_send (client, "%s", text);
  return client_read (client);
}

static ChatTestServer *
new_server (guint presence_ms)
{
  ChatServerOptions options = { .insecure = TRUE, .no_rate_limit = TRUE, .test_hash_cost = TRUE, .presence_ms = presence_ms };
  ChatTestServer *server = chat_test_server_new (&options);

  sign_up (server, "ann");
  sign_up (server, "bob");
  sign_up (server, "eve");
  return server;
}

static void
test_replay (void)
{
  ChatTestServer *server = new_server (0);
  g_autoptr (Client) ann = log_in (server, "ann", SYNC);
  g_autoptr (Client) bob = log_in (server, "bob", ALL);
  g_autoptr (Client) core = log_in (server, "bob", NULL);
  g_autoptr (Client) again = NULL;
  g_autoptr (JsonObject) created = NULL, sent = NULL, edited = NULL, deleted = NULL, list = NULL, set = NULL;
  gint64 room, first, second, seq;

  created = ask (ann, "{'type':'CREATE_ROOM','username':'ann','customer':'bob'}");
  room = get_int (created, "id");
  g_assert_cmpint (get_int (created, "seq"), >, 0);
  client_expect (bob, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann','seq':%" ID "}", room, get_int (created, "seq"));
  client_expect (bob, "{'type':'PRESENCE','user':'ann','online':true}");
  client_expect (core, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);

  sent = ask (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'one','msg_type':'TEXT'}", room);
  first = get_int (sent, "message_id");
  g_assert_cmpint (get_int (sent, "seq"), >, get_int (created, "seq"));
  client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT','message':'one',"
                 "'date':'*','sender':'ann','seq':%" ID "}", room, first, get_int (sent, "seq"));
  client_expect (core, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT','message':'one',"
                 "'date':'*','sender':'ann'}", room, first);
  second = send_text (ann, "ann", room, "two");
  client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT','message':'two',"
                 "'date':'*','sender':'ann','seq':'*'}", room, second);

  edited = ask (ann, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'ONE'}", first);
  client_expect (bob, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'ONE','edited':'*','room_id':%" ID ",'seq':%" ID "}", first, room,
                 get_int (edited, "seq"));
  g_assert_false (json_object_has_member (edited, "room_id"));
  deleted = ask (ann, "{'type':'DELETE_MSG','id':%" ID "}", second);
  client_expect (bob, "{'type':'DELETE_MSG','id':%" ID ",'room_id':%" ID ",'seq':%" ID "}", second, room, get_int (deleted, "seq"));
  set = ask (ann, "{'type':'SET_ROOM','room_id':%" ID ",'muted':true}", room);
  g_assert_cmpint (get_int (set, "seq"), >, get_int (deleted, "seq"));
  list = ask (ann, "{'type':'OLD_DIALOGS','username':'ann'}");
  g_assert_cmpint (get_int (list, "seq"), ==, get_int (set, "seq"));
  g_assert_false (json_object_has_member (list, "members_read"));
  seq = get_int (list, "seq");

  /* Everything, and the rest of it; what one has named no extension for is left out */
  client_send (ann, "{'type':'SYNC','since':0,'request_id':5}");
  client_expect (ann, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'bob','seq':%" ID "}", room, get_int (created, "seq"));
  client_expect (ann, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT','message':'ONE',"
                 "'date':'*','sender':'ann','seq':%" ID "}", room, first, get_int (sent, "seq"));
  /* The message that told of the mark is gone: the mark is told by itself, also to the others */
  client_expect (ann, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':0,'seq':'*'}", room, second);
  client_expect (ann, "{'type':'DELETE_MSG','id':%" ID ",'room_id':%" ID ",'seq':%" ID "}", second, room, get_int (deleted, "seq"));
  client_expect (ann, "{'type':'SET_ROOM','room_id':%" ID ",'muted':true,'pinned':false,'seq':%" ID "}", room, seq);
  client_expect (ann, "{'type':'SYNC','status':'SUCCESS','seq':%" ID "}", seq);
  client_send (bob, "{'type':'SYNC','since':%" ID ",'request_id':6}", get_int (sent, "seq"));
  client_expect (bob, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'ONE','edited':'*','room_id':%" ID ",'seq':%" ID ",'request_id':6}", first,
                 room, get_int (edited, "seq"));
  client_expect (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'user':'ann','seq':'*','request_id':6}", room, second);
  client_expect (bob, "{'type':'DELETE_MSG','id':%" ID ",'room_id':%" ID ",'seq':'*','request_id':6}", second, room);
  client_expect (bob, "{'type':'SYNC','status':'SUCCESS','seq':%" ID ",'request_id':6}", seq);

  /* Nothing new; something that never was; a client that did not name it */
  client_send (ann, "{'type':'SYNC','since':%" ID "}", seq);
  client_expect (ann, "{'type':'SYNC','status':'SUCCESS','seq':%" ID "}", seq);
  client_send (ann, "{'type':'SYNC','since':%" ID "}", seq + 1);
  client_expect (ann, "{'type':'SYNC','status':'RESET','seq':%" ID "}", seq);
  client_send (ann, "{'type':'SYNC','since':'x'}");
  client_expect (ann, "{'type':'SYNC','status':'BAD_REQUEST','error':'*'}");
  again = log_in (server, "ann", "[\"room-info\"]");
  client_send (again, "{'type':'SYNC','since':0}");
  client_expect (again, "{'type':'SYNC','status':'UNSUPPORTED','error':'*'}");
  client_send (again, "{'type':'SET_ROOM','room_id':%" ID ",'pinned':true}", room);
  client_expect (again, "{'type':'SET_ROOM','room_id':%" ID ",'muted':true,'pinned':true}", room);
  client_expect (ann, "{'type':'SET_ROOM','room_id':%" ID ",'muted':true,'pinned':true,'seq':'*'}", room);

  /* A room that is gone, for one who was away */
  client_send (again, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_expect (again, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_expect (bob, "{'type':'DELETE_ROOM','id':%" ID ",'seq':'*'}", room);
  client_send (bob, "{'type':'SYNC','since':0}");
  client_expect (bob, "{'type':'DELETE_ROOM','id':%" ID ",'seq':'*'}", room);
  client_expect (bob, "{'type':'SYNC','status':'SUCCESS','seq':'*'}");
  client_expect_quiet (bob);
  chat_test_server_free (server);
}

/* Bob writes, edits and deletes without pause while ann comes and goes: from one position to the next she gets each message
 * exactly once, in order, whatever the replay and the pushes met at */
static void
test_joint (void)
{
  ChatTestServer *server = new_server (0);
  g_autoptr (Client) bob = log_in (server, "bob", SYNC);
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GHashTable) expected = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  gint64 room = create_room (bob, "bob", "ann"), position = 0, victim = 0;
  guint n_sent = 0, n_answered = 0, n_pushed = 0;

  for (guint round = 0; round < 40; round++)
    {
      g_autoptr (Client) ann = NULL;
      gint64 last = position;
      guint batch = 40;
      gboolean synced = FALSE;
      GHashTableIter iter;
      gpointer key, text;

      /* Before she comes, and while she does */
      for (guint i = 0; i < 2 * batch; i++)
        {
          if (i == batch)
            {
              ann = log_in (server, "ann", SYNC);
              client_send (ann, "{'type':'SYNC','since':%" ID "}", position);
            }
          if (i % 10 == 5 && victim != 0)
            client_send (bob, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'e%u'}", victim, n_sent);
          else
            client_send (bob, "{'type':'SND_MSG','username':'bob','room_id':%" ID ",'message':'m%u','msg_type':'TEXT'}", room, n_sent);
          n_sent++;
          /* Some answers at once, so that it is spread over many commits */
          if (i % 4 == 3)
            while (n_answered < n_sent)
              {
                g_autoptr (JsonObject) answer = client_read (bob);

                if (is_type (answer, "SND_MSG"))
                  {
                    gint64 id = get_int (answer, "message_id");

                    g_hash_table_insert (expected, g_memdup2 (&id, sizeof id), g_strdup_printf ("m%u", n_answered));
                    victim = id;
                  }
                else
                  {
                    gint64 id = get_int (answer, "id");

                    g_assert_true (is_type (answer, "EDIT_MSG"));
                    g_hash_table_insert (expected, g_memdup2 (&id, sizeof id),
                                         g_strdup (json_object_get_string_member (answer, "new_msg")));
                  }
                n_answered++;
              }
        }
      client_send (bob, "{'type':'SND_MSG','username':'bob','room_id':%" ID ",'message':'last %u','msg_type':'TEXT'}", room, round);
      {
        g_autoptr (JsonObject) answer = client_read (bob);
        gint64 id = get_int (answer, "message_id");

        g_hash_table_insert (expected, g_memdup2 (&id, sizeof id), g_strdup_printf ("last %u", round));
      }

      /* The round's last message may be in the replay already, where that was slow to begin */
      for (gboolean has_last = FALSE; !synced || !has_last;)
        {
          g_autoptr (JsonObject) object = client_read (ann);
          gint64 seq = get_int (object, "seq"), id;

          if (is_type (object, "SYNC"))
            {
              g_assert_cmpstr (json_object_get_string_member (object, "status"), ==, "SUCCESS");
              g_assert_cmpint (seq, >=, last);
              last = seq;
              synced = TRUE;
              continue;
            }
          if (is_type (object, "CREATE_ROOM"))
            {
              last = seq;
              continue;
            }
          /* Pushes before the question come again; the round's first replayed object is where the order begins */
          if (!synced && seq <= last)
            last = position;
          g_assert_cmpint (seq, >, last);
          last = seq;
          n_pushed += synced;
          id = get_int (object, is_type (object, "READ_MSG") ? "message_id" : "id");
          text = (gpointer) json_object_get_string_member (object, is_type (object, "READ_MSG") ? "message" : "new_msg");
          g_hash_table_insert (texts, g_memdup2 (&id, sizeof id), g_strdup (text));
          has_last = has_last || (g_str_has_prefix (text, "last") && g_ascii_strtoull ((char *) text + 5, NULL, 10) == round);
        }
      position = last;
      g_assert_cmpuint (g_hash_table_size (texts), ==, g_hash_table_size (expected));
      g_hash_table_iter_init (&iter, expected);
      while (g_hash_table_iter_next (&iter, &key, &text))
        g_assert_cmpstr (g_hash_table_lookup (texts, key), ==, text);
    }
  g_test_message ("%u of %u came after the replay", n_pushed, n_sent);
  g_assert_cmpuint (n_pushed, >, 40);
  chat_test_server_free (server);
}

/* Replay upon replay in the midst of a flood: what a replay held is not pushed after it, and what is pushed was in none */
static void
test_flood (void)
{
  ChatTestServer *server = new_server (0);
  g_autoptr (Client) bob = log_in (server, "bob", SYNC);
  g_autoptr (Client) ann = log_in (server, "ann", "[\"sync\",\"request-id\"]");
  gint64 room = create_room (bob, "bob", "ann"), since, closing = 0, pushed = 0;
  guint n_pushed = 0, n_replayed = 0;

  json_object_unref (client_read (ann));
  since = send_text (bob, "bob", room, "first");
  json_object_unref (client_read (ann));
  /* Which of the two tells of a message is a matter of chance; a test where one of them never does would prove nothing */
  for (guint round = 0; round < 40 || (n_replayed == 0 && round < 2000); round++)
    {
      g_autoptr (GString) lines = g_string_new (NULL);
      gint64 replayed = since, newest = 0;
      guint n_closed = 0, id = round * 100;

      for (guint i = 0; i < 40; i++)
        g_string_append_printf (lines, "{\"type\":\"SND_MSG\",\"username\":\"bob\",\"room_id\":%" ID ",\"message\":\"m\",\"msg_type\":\"TEXT\"}\n",
                                room);
      for (guint i = 0; i < 8; i++)
        {
          /* A few at a time, for many commits */
          client_send_raw (bob, lines->str + lines->len / 8 * i, (gssize) (lines->len / 8));
          client_send (ann, "{'type':'SYNC','since':%" ID ",'request_id':%u}", since, id + i);
        }
      for (guint i = 0; i < 40; i++)
        {
          g_autoptr (JsonObject) answer = client_read (bob);

          newest = get_int (answer, "seq");
        }
      while (n_closed < 8 || MAX (closing, pushed) < newest)
        {
          g_autoptr (JsonObject) object = client_read (ann);
          gint64 seq = get_int (object, "seq");

          if (!json_object_has_member (object, "request_id"))
            {
              g_assert_cmpint (seq, >, pushed);
              g_assert_cmpint (seq, >, closing);
              pushed = seq;
              n_pushed++;
              continue;
            }
          g_assert_cmpint (get_int (object, "request_id"), ==, id + n_closed);
          if (is_type (object, "SYNC"))
            {
              g_assert_cmpint (seq, >=, MAX (closing, pushed));
              g_assert_cmpint (seq, >=, replayed);
              closing = seq;
              replayed = since;
              n_closed++;
              continue;
            }
          g_assert_cmpint (seq, >, replayed);
          replayed = seq;
          n_replayed++;
        }
      since = newest;
    }
  g_test_message ("%u pushed, %u replayed", n_pushed, n_replayed);
  g_assert_cmpuint (n_replayed, >, 0);
  chat_test_server_free (server);
}

/* A long replay for a reader that takes its time, while more is written; past 10,000 there is none */
static void
test_long (void)
{
  ChatTestServer *server = new_server (0);
  g_autoptr (Client) bob = log_in (server, "bob", SYNC);
  g_autoptr (Client) ann = NULL;
  g_autofree char *filler = g_strnfill (4000, 'x');
  gint64 room = create_room (bob, "bob", "ann"), last = room, closing = 0;
  guint n = 0;

  for (guint i = 0; i < 3000; i++)
    {
      client_send (bob, "{'type':'SND_MSG','username':'bob','room_id':%" ID ",'message':'%s','msg_type':'TEXT'}", room, filler);
      if (i % 100 == 99)
        for (guint j = 0; j < 100; j++)
          json_object_unref (client_read (bob));
    }
  ann = log_in (server, "ann", SYNC);
  client_send (ann, "{'type':'SYNC','since':%" ID "}", room);
  for (guint i = 0; i < 100; i++)
    send_text (bob, "bob", room, "meanwhile");
  while (n < 3100)
    {
      g_autoptr (JsonObject) object = client_read (ann);

      g_assert_true (get_int (object, "seq") > last || (is_type (object, "SYNC") && get_int (object, "seq") == last));
      last = get_int (object, "seq");
      if (is_type (object, "SYNC"))
        closing = last;
      else
        n++;
    }
  g_assert_cmpint (closing, >, 0);
  client_expect_quiet (ann);

  for (guint i = 0; i < 7000; i++)
    {
      client_send (bob, "{'type':'SND_MSG','username':'bob','room_id':%" ID ",'message':'m','msg_type':'TEXT'}", room);
      if (i % 100 == 99)
        for (guint j = 0; j < 100; j++)
          json_object_unref (client_read (bob));
    }
  client_send (bob, "{'type':'SYNC','since':%" ID "}", room);
  client_expect (bob, "{'type':'SYNC','status':'RESET','seq':'*'}");
  client_expect_quiet (bob);
  chat_test_server_free (server);
}

static void
test_receipts (void)
{
  ChatTestServer *server = new_server (0);
  g_autoptr (Client) ann = log_in (server, "ann", RECEIPTS);
  g_autoptr (Client) bob = log_in (server, "bob", RECEIPTS);
  g_autoptr (Client) phone = log_in (server, "bob", "[\"room-info\"]");
  g_autoptr (Client) core = log_in (server, "ann", "[\"room-info\"]");
  gint64 room = create_room (ann, "ann", "bob"), first, second;

  client_expect (bob, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);
  client_expect (phone, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);
  client_expect (core, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'bob'}", room);
  first = send_text (ann, "ann", room, "one");
  second = send_text (ann, "ann", room, "two");
  for (guint i = 0; i < 2; i++)
    {
      json_object_unref (client_read (bob));
      json_object_unref (client_read (phone));
      json_object_unref (client_read (core));
    }

  client_send (bob, "{'type':'MARK_DELIVERED','room_id':%" ID ",'message_id':%" ID "}", room, second);
  client_expect (bob, "{'type':'MARK_DELIVERED','room_id':%" ID ",'message_id':%" ID "}", room, second);
  client_expect (ann, "{'type':'MARK_DELIVERED','room_id':%" ID ",'message_id':%" ID ",'user':'bob'}", room, second);
  client_send (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID "}", room, first);
  client_expect (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':1}", room, first);
  client_expect (ann, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'user':'bob'}", room, first);
  client_expect (phone, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':1}", room, first);
  client_send (bob, "{'type':'MARK_DELIVERED','room_id':%" ID ",'message_id':%" ID "}", room, first);
  client_expect (bob, "{'type':'MARK_DELIVERED','room_id':%" ID ",'message_id':%" ID "}", room, second);
  client_send (ann, "{'type':'OLD_DIALOGS','username':'ann'}");
  client_expect (ann, "{'type':'OLD_DIALOGS','dialogs':['bob'],'id':[%" ID "],'first_massage_id':[%" ID "],'kinds':['direct'],"
                 "'members':[['ann','bob']],'last_messages':'*','unread':[0],'read_marks':[%" ID "],'muted':[false],'pinned':[false],"
                 "'members_read':[[%" ID ",%" ID "]],'members_delivered':[[%" ID ",%" ID "]]}", room, first, second, second, first, second,
                 second);
  client_send (phone, "{'type':'MARK_DELIVERED','room_id':%" ID ",'message_id':1}", room);
  client_expect (phone, "{'type':'MARK_DELIVERED','status':'UNSUPPORTED','error':'*'}");

  /* Who does not allow it is told of to nobody else */
  client_send (bob, "{'type':'SET_ACCOUNT'}");
  client_expect (bob, "{'type':'SET_ACCOUNT','receipts':true,'typing':true,'presence':true}");
  client_send (bob, "{'type':'SET_ACCOUNT','receipts':false}");
  client_expect (bob, "{'type':'SET_ACCOUNT','receipts':false,'typing':true,'presence':true}");
  client_send (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID "}", room, second);
  client_expect (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':0}", room, second);
  client_expect (phone, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':0}", room, second);
  client_send (ann, "{'type':'OLD_DIALOGS','username':'ann'}");
  {
    g_autoptr (JsonObject) list = client_read (ann);
    JsonArray *read = json_array_get_array_element (json_object_get_array_member (list, "members_read"), 0);

    g_assert_cmpint (json_array_get_int_element (read, 0), ==, second);
    g_assert_cmpint (json_array_get_int_element (read, 1), ==, 0);
  }
  client_expect_quiet (ann);
  client_expect_quiet (core);
  client_expect_quiet (phone);
  client_send (core, "{'type':'SET_ACCOUNT'}");
  client_expect (core, "{'type':'SET_ACCOUNT','status':'UNSUPPORTED','error':'*'}");
  chat_test_server_free (server);
}

static void
test_typing (void)
{
  ChatTestServer *server = new_server (0);
  g_autoptr (Client) ann = log_in (server, "ann", "[\"typing\"]");
  g_autoptr (Client) own = log_in (server, "ann", "[\"typing\"]");
  g_autoptr (Client) bob = log_in (server, "bob", "[\"typing\"]");
  g_autoptr (Client) core = log_in (server, "bob", NULL);
  gint64 room = create_room (ann, "ann", "bob"), other = create_room (ann, "ann", "eve");

  client_expect (own, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'bob'}", room);
  client_expect (own, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'eve'}", other);
  client_expect (bob, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);
  client_expect (core, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);

  /* Once in 3 s, before the message that was typed, and answered by nothing, whatever is wrong with it */
  for (guint i = 0; i < 3; i++)
    client_send (ann, "{'type':'TYPING','room_id':%" ID ",'request_id':1}", room);
  client_send (ann, "{'type':'TYPING'}");
  client_send (ann, "{'type':'TYPING','room_id':'x'}");
  client_send (ann, "{'type':'TYPING','room_id':%" ID "}", other);
  client_send (bob, "{'type':'TYPING','room_id':%" ID "}", other);
  client_send (ann, "{'type':'TYPING','room_id':99999}");
  send_text (ann, "ann", room, "typed");
  client_expect (bob, "{'type':'TYPING','room_id':%" ID ",'user':'ann'}", room);
  client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':'*','msg_type':'TEXT','message':'typed','date':'*',"
                 "'sender':'ann'}", room);
  json_object_unref (client_read (own));
  json_object_unref (client_read (core));
  client_expect_quiet (bob);
  client_expect_quiet (own);
  client_expect_quiet (core);
  client_expect_quiet (ann);

  client_send (bob, "{'type':'SET_ACCOUNT','typing':false}");
  client_expect (bob, "{'type':'SET_ACCOUNT','receipts':true,'typing':false,'presence':true}");
  client_send (bob, "{'type':'TYPING','room_id':%" ID "}", room);
  client_expect_quiet (bob);
  client_expect_quiet (ann);
  client_send (core, "{'type':'TYPING','room_id':%" ID "}", room);
  client_expect (core, "{'type':'TYPING','status':'UNSUPPORTED','error':'*'}");
  chat_test_server_free (server);
}

static void
test_presence (void)
{
  ChatTestServer *server = new_server (200);
  Client *ann = log_in (server, "ann", "[\"presence\"]");
  g_autoptr (Client) bob = NULL;
  g_autoptr (Client) eve = log_in (server, "eve", "[\"presence\"]");
  gint64 room;
  gint64 since;

  create_room (ann, "ann", "bob");
  client_expect_quiet (ann);
  bob = log_in (server, "bob", "[\"presence\"]");
  client_expect (bob, "{'type':'PRESENCE','user':'ann','online':true}");
  client_expect (ann, "{'type':'PRESENCE','user':'bob','online':true}");
  room = create_room (bob, "bob", "eve");
  client_expect (bob, "{'type':'PRESENCE','user':'eve','online':true}");
  client_expect (eve, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'bob'}", room);
  client_expect (eve, "{'type':'PRESENCE','user':'bob','online':true}");

  /* Back in a moment: nobody is told. A second device changes nothing either */
  client_free (ann);
  ann = log_in (server, "ann", "[\"presence\"]");
  client_expect (ann, "{'type':'PRESENCE','user':'bob','online':true}");
  client_free (log_in (server, "ann", NULL));
  client_expect_quiet (bob);

  /* Gone for good: told a while later */
  since = g_get_monotonic_time ();
  client_free (ann);
  client_expect (bob, "{'type':'PRESENCE','user':'ann','online':false,'last_seen':'*'}");
  g_assert_cmpint (g_get_monotonic_time () - since, >=, 190000);
  {
    g_autoptr (Client) tablet = log_in (server, "bob", "[\"presence\"]");
    g_autoptr (JsonObject) a = client_read (tablet), b = client_read (tablet);
    JsonObject *gone = g_str_equal (json_object_get_string_member (a, "user"), "ann") ? a : b;

    g_assert_false (json_object_get_boolean_member (gone, "online"));
    g_assert_true (json_object_has_member (gone, "last_seen"));
    g_assert_true (json_object_get_boolean_member (gone == a ? b : a, "online"));
  }
  client_expect_quiet (eve);        /* shares no room with ann */

  /* Who does not want to be seen is not */
  client_send (bob, "{'type':'SET_ACCOUNT','presence':false}");
  client_expect (bob, "{'type':'SET_ACCOUNT','receipts':true,'typing':true,'presence':false}");
  client_expect (eve, "{'type':'PRESENCE','user':'bob','online':false}");
  client_free (g_steal_pointer (&bob));
  bob = log_in (server, "bob", NULL);
  ann = log_in (server, "ann", "[\"presence\"]");
  client_expect_quiet (ann);
  client_free (ann);
  client_free (g_steal_pointer (&bob));
  bob = log_in (server, "bob", "[\"presence\"]");
  {
    /* Ann lingers still, or went: either is told */
    g_autoptr (JsonObject) a = client_read (bob), b = client_read (bob);

    g_assert_true (is_type (a, "PRESENCE") && is_type (b, "PRESENCE"));
  }
  client_send (bob, "{'type':'SET_ACCOUNT','presence':true}");
  for (gboolean answered = FALSE; !answered;)
    {
      g_autoptr (JsonObject) object = client_read (bob);

      answered = is_type (object, "SET_ACCOUNT");
    }
  client_expect (eve, "{'type':'PRESENCE','user':'bob','online':true}");
  client_expect_quiet (eve);
  chat_test_server_free (server);
}

static Client *
log_in_device (ChatTestServer  *server,
               const char      *device,
               char           **token)
{
  Client *client = client_new (server);
  g_autoptr (JsonObject) answer = NULL;

  answer = ask (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "','device':'%s','features':['token']}", device);
  *token = g_strdup (json_object_get_string_member (answer, "token"));
  return client;
}

static void
expect_log_in (ChatTestServer *server,
               const char     *how,
               const char     *secret,
               const char     *status)
{
  g_autoptr (Client) client = client_new (server);
  g_autoptr (JsonObject) answer = ask (client, "{'type':'REQUEST_LOGIN','login':'ann','%s':'%s'}", how, secret);

  g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, status);
}

static void
test_password (void)
{
  ChatTestServer *server = new_server (0);
  g_autofree char *laptop_token = NULL, *phone_token = NULL, *third_token = NULL;
  g_autoptr (Client) laptop = log_in_device (server, "laptop", &laptop_token);
  g_autoptr (Client) phone = log_in_device (server, "phone", &phone_token);
  g_autoptr (Client) plain = log_in (server, "ann", NULL);
  g_autoptr (Client) third = NULL;
  g_autoptr (Client) bob = log_in (server, "bob", "[\"token\"]");

  client_send (laptop, "{'type':'CHANGE_PASSWORD','pass':'" PASSWORD "','new_pass':'short'}");
  client_expect (laptop, "{'type':'CHANGE_PASSWORD','status':'BAD_REQUEST','reason':'PASSWORD','error':'*'}");
  client_send (laptop, "{'type':'CHANGE_PASSWORD','pass':'wrong-wrong','new_pass':'battery staple'}");
  client_expect (laptop, "{'type':'CHANGE_PASSWORD','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (laptop, "{'type':'CHANGE_PASSWORD','pass':'','new_pass':'battery staple'}");
  client_expect (laptop, "{'type':'CHANGE_PASSWORD','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (plain, "{'type':'CHANGE_PASSWORD','pass':'" PASSWORD "','new_pass':'battery staple'}");
  client_expect (plain, "{'type':'CHANGE_PASSWORD','status':'UNSUPPORTED','error':'*'}");
  client_expect_quiet (phone);

  client_send (laptop, "{'type':'CHANGE_PASSWORD','pass':'" PASSWORD "','new_pass':'battery staple'}");
  client_expect (laptop, "{'type':'CHANGE_PASSWORD'}");
  client_expect_end (phone);
  client_expect_end (plain);
  client_expect_quiet (laptop);
  client_expect_quiet (bob);
  expect_log_in (server, "pass", PASSWORD, "LOGIN_WRONG_PASS");
  expect_log_in (server, "token", phone_token, "LOGIN_WRONG_PASS");
  expect_log_in (server, "pass", "battery staple", "LOGIN_OK");
  expect_log_in (server, "token", laptop_token, "LOGIN_OK");

  /* And back, so that the helpers work; then all others are logged out */
  client_send (laptop, "{'type':'CHANGE_PASSWORD','pass':'battery staple','new_pass':'" PASSWORD "'}");
  client_expect (laptop, "{'type':'CHANGE_PASSWORD'}");
  third = log_in_device (server, "third", &third_token);
  client_send (third, "{'type':'REVOKE_OTHERS'}");
  client_expect (third, "{'type':'REVOKE_OTHERS'}");
  client_expect_end (laptop);
  expect_log_in (server, "token", laptop_token, "LOGIN_WRONG_PASS");
  expect_log_in (server, "token", third_token, "LOGIN_OK");
  expect_log_in (server, "pass", PASSWORD, "LOGIN_OK");
  client_expect_quiet (bob);
  chat_test_server_free (server);
}

static guint
count_tokens (Client *client)
{
  g_autoptr (JsonObject) list = ask (client, "{'type':'TOKENS'}");

  return json_array_get_length (json_object_get_array_member (list, "id"));
}

/* Log-ins with the old password that are under way while it is changed: whoever is let in afterwards has the new one */
static void
test_password_race (void)
{
  ChatTestServer *server = new_server (0);

  for (guint round = 0; round < 10; round++)
    {
      g_autofree char *token = NULL;
      g_autoptr (Client) keeper = log_in_device (server, "keeper", &token);
      g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);

      for (guint i = 0; i < 8; i++)
        {
          Client *client = client_new (server);

          g_ptr_array_add (clients, client);
          if (i == 4)
            client_send (keeper, "{'type':'CHANGE_PASSWORD','pass':'" PASSWORD "','new_pass':'battery staple'}");
          client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "','device':'d','features':['token']}");
        }
      client_expect (keeper, "{'type':'CHANGE_PASSWORD'}");
      for (guint i = 0; i < clients->len; i++)
        {
          g_autofree char *line = client_read_line (clients->pdata[i]);

          /* Let in before, and then closed; or not let in */
          if (line != NULL && strstr (line, "LOGIN_OK") != NULL)
            client_expect_end (clients->pdata[i]);
        }
      /* One that was made for a log-in that was refused goes right after it */
      chat_test_wait_until (count_tokens (keeper) <= 1);
      client_send (keeper, "{'type':'CHANGE_PASSWORD','pass':'battery staple','new_pass':'" PASSWORD "'}");
      client_expect (keeper, "{'type':'CHANGE_PASSWORD'}");
    }
  chat_test_server_free (server);
}

static gboolean
is_any_room_empty (Client *client,
                   gint64 *seq)
{
  g_autoptr (JsonObject) list = ask (client, "{'type':'OLD_DIALOGS','username':'ada'}");
  JsonArray *firsts = json_object_get_array_member (list, "first_massage_id");

  *seq = MAX (*seq, get_int (list, "seq"));
  for (guint i = 0; i < json_array_get_length (firsts); i++)
    if (json_array_get_int_element (firsts, i) == 0)
      return TRUE;
  return FALSE;
}

/* What is kept for a time only: the sample people have talked for days */
static void
test_keep (void)
{
  ChatServerOptions options = { .insecure = TRUE, .demo = TRUE, .keep_days = 1, .no_rate_limit = TRUE };
  ChatTestServer *server = chat_test_server_new (&options);
  g_autoptr (Client) client = client_new (server);
  gint64 first = 0;

  client_send (client, "{'type':'REQUEST_LOGIN','login':'ada','pass':'chat-demo-1','features':['sync']}");
  json_object_unref (client_read (client));
  chat_test_wait_until (is_any_room_empty (client, &first));
  client_send (client, "{'type':'SYNC','since':1}");
  client_expect (client, "{'type':'SYNC','status':'RESET','seq':'*'}");
  g_assert_cmpint (first, >, 0);
  chat_test_server_free (server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/sync/replay", test_replay);
  g_test_add_func ("/server/sync/joint", test_joint);
  g_test_add_func ("/server/sync/flood", test_flood);
  g_test_add_func ("/server/sync/long", test_long);
  g_test_add_func ("/server/sync/keep", test_keep);
  g_test_add_func ("/server/receipts", test_receipts);
  g_test_add_func ("/server/typing", test_typing);
  g_test_add_func ("/server/presence", test_presence);
  g_test_add_func ("/server/password", test_password);
  g_test_add_func ("/server/password/race", test_password_race);
  return g_test_run ();
}
