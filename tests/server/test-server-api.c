/* test-server-api.c: every request of the protocol, with every status that it can get
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-server-common.h"

#include <string.h>

#define ID G_GINT64_FORMAT

static void
test_sign_up (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);
  g_autofree char *long_name = g_strnfill (65, 'a');
  g_autofree char *long_password = g_strnfill (1025, 'a');
  const char *bad_names[] = { "", "a b", "ann!", "ä", long_name };
  const char *bad_passwords[] = { "", "1234567", long_password };

  client_send (client, "{'type':'REQUEST_SIGNUP','login':'Ann','pass':'12345678'}");
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_OK'}");
  client_send (client, "{'type':'REQUEST_SIGNUP','login':'aNN','pass':'12345678'}");
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SIGNUP_USER_EXIST','error':'*'}");
  for (guint i = 0; i < G_N_ELEMENTS (bad_names); i++)
    {
      client_send (client, "{'type':'REQUEST_SIGNUP','login':'%s','pass':'12345678'}", bad_names[i]);
      client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_FAIL','reason':'NAME','error':'*'}");
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_passwords); i++)
    {
      client_send (client, "{'type':'REQUEST_SIGNUP','login':'bob','pass':'%s'}", bad_passwords[i]);
      client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'SINGUP_FAIL','reason':'PASSWORD','error':'*'}");
    }
  client_send (client, "{'type':'REQUEST_SIGNUP','login':5,'pass':'12345678'}");
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'BAD_REQUEST','error':'*'}");
  client_send (client, "{'type':'REQUEST_SIGNUP','login':'bob'}");
  client_expect (client, "{'type':'RESPONSE_SIGNUP','status':'BAD_REQUEST','error':'*'}");
  /* It does not log in */
  client_send (client, "{'type':'OLD_DIALOGS','username':'Ann'}");
  client_expect (client, "{'type':'OLD_DIALOGS','status':'NOT_LOGGED_IN','error':'*'}");
}

static void
test_log_in (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);

  sign_up (server, "Ann");
  sign_up (server, "bob");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'nobody','pass':'" PASSWORD "'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_USER','error':'*'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'a n n','pass':'" PASSWORD "'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_USER','error':'*'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'wrong-password'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'short'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'BAD_REQUEST','error':'*'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':true}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'BAD_REQUEST','error':'*'}");

  /* Names are compared without case; an API client sees nothing but the API */
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ANN','pass':'" PASSWORD "'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  client_send (client, "{'type':'OLD_DIALOGS','username':'aNn'}");
  client_expect (client, "{'type':'OLD_DIALOGS','dialogs':[],'id':[],'first_massage_id':[]}");
  client_send (client, "{'type':'OLD_DIALOGS','username':'bob'}");
  client_expect (client, "{'type':'OLD_DIALOGS','status':'FORBIDDEN','error':'*'}");

  /* The connection is bound: again as the same user, never as another */
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'wrong-password'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'bob','pass':'" PASSWORD "'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'FORBIDDEN','error':'*'}");
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "','features':['paging','nonsense']}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK','login':'Ann','features':['paging']}");
  client_send (client, "{'type':'READ_MSG','room_id':4711,'before':5}");
  client_expect (client, "{'type':'READ_MSG','status':'ROOM_DOES_NOT_EXIST','error':'*'}");
  /* The features are those of the last log-in */
  client_send (client, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  client_send (client, "{'type':'READ_MSG','room_id':4711,'before':5}");
  client_expect (client, "{'type':'READ_MSG','status':'BAD_REQUEST','error':'*'}");
}

/* Before the log-in nothing else is answered, whatever its fields; an unknown type is unknown to everybody */
static void
test_not_logged_in (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = client_new (server);
  const char *types[] = {
    "CREATE_ROOM", "SND_MSG", "READ_MSG", "SEARCH_USER", "DELETE_ROOM", "DELETE_MSG", "EDIT_MSG", "OLD_DIALOGS", "TOKENS",
    "REVOKE_TOKEN", "MARK_READ", "SET_ROOM",
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      client_send (client, "{'type':'%s','request_id':%u}", types[i], i);
      client_expect (client, "{'type':'%s','status':'NOT_LOGGED_IN','error':'*','request_id':%u}", types[i], i);
    }
  client_send (client, "{'type':'NO_SUCH_TYPE'}");
  client_expect (client, "{'type':'NO_SUCH_TYPE','status':'UNSUPPORTED','error':'*'}");
  client_send (client, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  client_expect (client, "{'type':'RESPONSE_LOGIN','status':'UNSUPPORTED','error':'*'}");
  client_send (client, "{'type':'PING'}");
  client_expect (client, "{'type':'PONG'}");
}

static void
test_rooms (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) ann = NULL, ann2 = NULL, bob = NULL, eve = NULL;
  gint64 room, second;

  sign_up (server, "ann");
  sign_up (server, "Bob");
  sign_up (server, "eve");
  ann = log_in (server, "ann", NULL);
  ann2 = log_in (server, "ann", NULL);
  bob = log_in (server, "bob", NULL);
  eve = log_in (server, "eve", NULL);

  /* A new room: the asker's answer, and each other device of both is told once, of the other side */
  client_send (ann, "{'type':'CREATE_ROOM','username':'ann','customer':'bOB'}");
  {
    g_autoptr (JsonObject) answer = client_read (ann);

    g_assert_cmpstr (json_object_get_string_member (answer, "customer"), ==, "Bob");
    room = json_object_get_int_member (answer, "id");
  }
  client_expect (ann2, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'Bob'}", room);
  client_expect (bob, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);

  /* An old one: the asker alone, from either side */
  client_send (bob, "{'type':'CREATE_ROOM','username':'BOB','customer':'ann'}");
  client_expect (bob, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);
  client_expect_quiet (ann);
  client_expect_quiet (ann2);
  client_expect_quiet (eve);

  client_send (ann, "{'type':'CREATE_ROOM','username':'ann','customer':'nobody'}");
  client_expect (ann, "{'type':'CREATE_ROOM','status':'USER_DOES_NOT_EXIST','error':'*'}");
  client_send (ann, "{'type':'CREATE_ROOM','username':'ann','customer':'no body'}");
  client_expect (ann, "{'type':'CREATE_ROOM','status':'USER_DOES_NOT_EXIST','error':'*'}");
  client_send (ann, "{'type':'CREATE_ROOM','username':'ann','customer':'ANN'}");
  client_expect (ann, "{'type':'CREATE_ROOM','status':'FORBIDDEN','error':'*'}");
  client_send (ann, "{'type':'CREATE_ROOM','username':'eve','customer':'bob'}");
  client_expect (ann, "{'type':'CREATE_ROOM','status':'FORBIDDEN','error':'*'}");
  client_send (ann, "{'type':'CREATE_ROOM','username':'ann'}");
  client_expect (ann, "{'type':'CREATE_ROOM','status':'BAD_REQUEST','error':'*'}");

  /* Newest activity first */
  second = create_room (ann, "ann", "eve");
  client_expect (ann2, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'eve'}", second);
  client_expect (eve, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", second);
  {
    gint64 message = send_text (ann, "ann", room, "hello");

    client_send (ann, "{'type':'OLD_DIALOGS','username':'ann'}");
    client_expect (ann, "{'type':'OLD_DIALOGS','dialogs':['Bob','eve'],'id':[%" ID ",%" ID "],'first_massage_id':[%" ID ",0]}",
                   room, second, message);
    client_expect (ann2, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                   "'message':'hello','date':'*','sender':'ann'}", room, message);
    client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                   "'message':'hello','date':'*','sender':'ann'}", room, message);
  }

  /* Removing: a member may, and every connection of every member hears of it once */
  client_send (eve, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_expect (eve, "{'type':'DELETE_ROOM','status':'FORBIDDEN','error':'*'}");
  client_send (bob, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_expect (bob, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_expect (ann, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_expect (ann2, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_send (bob, "{'type':'DELETE_ROOM','id':%" ID "}", room);
  client_expect (bob, "{'type':'DELETE_ROOM','status':'ROOM_DOES_NOT_EXIST','error':'*'}");
  client_send (bob, "{'type':'DELETE_ROOM','id':0}");
  client_expect (bob, "{'type':'DELETE_ROOM','status':'BAD_REQUEST','error':'*'}");
  client_send (bob, "{'type':'DELETE_ROOM','id':'1'}");
  client_expect (bob, "{'type':'DELETE_ROOM','status':'BAD_REQUEST','error':'*'}");
  client_expect_quiet (ann);
  client_expect_quiet (ann2);
  client_expect_quiet (bob);
  client_expect_quiet (eve);
}

static void
test_messages (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) ann = NULL, ann2 = NULL, bob = NULL, eve = NULL;
  g_autofree char *longest = g_strnfill (64 * 1024, 'x');
  gint64 room, id, big;

  sign_up (server, "ann");
  sign_up (server, "bob");
  sign_up (server, "eve");
  ann = log_in (server, "ann", NULL);
  bob = log_in (server, "bob", NULL);
  eve = log_in (server, "eve", NULL);
  room = create_room (ann, "ann", "bob");
  client_expect (bob, "{'type':'CREATE_ROOM','id':%" ID ",'customer':'ann'}", room);
  ann2 = log_in (server, "ann", NULL);

  client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'Привіт \\ud83d\\ude00','msg_type':'IMAGE'}",
               room);
  {
    g_autoptr (JsonObject) answer = client_read (ann);

    g_assert_cmpuint (json_object_get_size (answer), ==, 5);
    g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "SUCCESS");
    g_assert_cmpint (json_object_get_int_member (answer, "room_id"), ==, room);
    g_assert_cmpuint (strlen (json_object_get_string_member (answer, "date")), ==, strlen ("2026-01-31T12:34:56.789Z"));
    id = json_object_get_int_member (answer, "message_id");
  }
  client_expect (ann2, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'IMAGE',"
                 "'message':'Привіт 😀','date':'*','sender':'ann'}", room, id);
  client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'IMAGE',"
                 "'message':'Привіт 😀','date':'*','sender':'ann'}", room, id);

  /* The largest text, and one byte more */
  big = send_text (ann, "ann", room, longest);
  client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'%s','date':'*','sender':'ann'}", room, big, longest);
  client_expect (ann2, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'*','date':'*','sender':'ann'}", room, big);
  client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'%sx','msg_type':'TEXT'}", room, longest);
  client_expect (ann, "{'type':'SND_MSG','status':'TOO_LARGE','error':'*'}");
  client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'','msg_type':'TEXT'}", room);
  client_expect (ann, "{'type':'SND_MSG','status':'BAD_REQUEST','error':'*'}");
  client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'x','msg_type':'SOUND'}", room);
  client_expect (ann, "{'type':'SND_MSG','status':'BAD_REQUEST','error':'*'}");
  client_send (ann, "{'type':'SND_MSG','username':'bob','room_id':%" ID ",'message':'x','msg_type':'TEXT'}", room);
  client_expect (ann, "{'type':'SND_MSG','status':'FORBIDDEN','error':'*'}");
  client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':4711,'message':'x','msg_type':'TEXT'}");
  client_expect (ann, "{'type':'SND_MSG','status':'ROOM_DOES_NOT_EXIST','error':'*'}");
  client_send (eve, "{'type':'SND_MSG','username':'eve','room_id':%" ID ",'message':'x','msg_type':'TEXT'}", room);
  client_expect (eve, "{'type':'SND_MSG','status':'FORBIDDEN','error':'*'}");

  /* Only its sender may change a message; others do not even learn that it is there */
  client_send (bob, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'mine'}", id);
  client_expect (bob, "{'type':'EDIT_MSG','status':'FORBIDDEN','error':'*'}");
  client_send (eve, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'mine'}", id);
  client_expect (eve, "{'type':'EDIT_MSG','status':'MESSAGE_DOES_NOT_EXIST','error':'*'}");
  client_send (bob, "{'type':'DELETE_MSG','id':%" ID "}", id);
  client_expect (bob, "{'type':'DELETE_MSG','status':'FORBIDDEN','error':'*'}");
  client_send (eve, "{'type':'DELETE_MSG','id':%" ID "}", id);
  client_expect (eve, "{'type':'DELETE_MSG','status':'MESSAGE_DOES_NOT_EXIST','error':'*'}");
  client_send (ann, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':''}", id);
  client_expect (ann, "{'type':'EDIT_MSG','status':'BAD_REQUEST','error':'*'}");
  client_send (ann, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'%sx'}", id, longest);
  client_expect (ann, "{'type':'EDIT_MSG','status':'TOO_LARGE','error':'*'}");

  /* The same object reaches everybody once, the asker as its answer */
  client_send (ann2, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'better'}", id);
  client_expect (ann2, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'better'}", id);
  client_expect (ann, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'better'}", id);
  client_expect (bob, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'better'}", id);
  client_send (ann, "{'type':'DELETE_MSG','id':%" ID "}", id);
  client_expect (ann, "{'type':'DELETE_MSG','id':%" ID "}", id);
  client_expect (ann2, "{'type':'DELETE_MSG','id':%" ID "}", id);
  client_expect (bob, "{'type':'DELETE_MSG','id':%" ID "}", id);
  client_send (ann, "{'type':'DELETE_MSG','id':%" ID "}", id);
  client_expect (ann, "{'type':'DELETE_MSG','status':'MESSAGE_DOES_NOT_EXIST','error':'*'}");
  client_send (ann, "{'type':'EDIT_MSG','id':%" ID ",'new_msg':'x'}", id);
  client_expect (ann, "{'type':'EDIT_MSG','status':'MESSAGE_DOES_NOT_EXIST','error':'*'}");
  client_expect_quiet (ann);
  client_expect_quiet (ann2);
  client_expect_quiet (bob);
  client_expect_quiet (eve);
}

static void
test_search (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) client = NULL;

  sign_up (server, "Joanna");
  sign_up (server, "anton");
  sign_up (server, "Ann");
  sign_up (server, "bob");
  client = log_in (server, "bob", NULL);
  client_send (client, "{'type':'SEARCH_USER','user':'AN'}");
  client_expect (client, "{'type':'SEARCH_USER','user':['Ann','anton','Joanna']}");
  client_send (client, "{'type':'SEARCH_USER','user':''}");
  client_expect (client, "{'type':'SEARCH_USER','user':[]}");
  client_send (client, "{'type':'SEARCH_USER','user':'%%'}");
  client_expect (client, "{'type':'SEARCH_USER','user':[]}");
  client_send (client, "{'type':'SEARCH_USER','user':'%s'}", "0123456789012345678901234567890123456789012345678901234567890123456789");
  client_expect (client, "{'type':'SEARCH_USER','user':[]}");
  client_send (client, "{'type':'SEARCH_USER','user':['ann']}");
  client_expect (client, "{'type':'SEARCH_USER','status':'BAD_REQUEST','error':'*'}");
}

static void
test_tokens (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) phone = client_new (server);
  g_autoptr (Client) laptop = client_new (server);
  g_autoptr (Client) other = client_new (server);
  g_autofree char *token = NULL;
  gint64 phone_id, laptop_id;

  sign_up (server, "ann");
  sign_up (server, "bob");
  client_send (phone, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "','device':'Phone','features':['token']}");
  {
    g_autoptr (JsonObject) answer = client_read (phone);

    g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "LOGIN_OK");
    token = g_strdup (json_object_get_string_member (answer, "token"));
    g_assert_cmpuint (strlen (token), >=, 22);
  }
  client_send (laptop, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "','device':'Laptop','features':['token']}");
  client_expect (laptop, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK','login':'ann','features':['token'],'token':'*'}");

  /* The token of one person does not serve another, and a guess serves nobody */
  client_send (other, "{'type':'REQUEST_LOGIN','login':'bob','token':'%s'}", token);
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (other, "{'type':'REQUEST_LOGIN','login':'nobody','token':'%s'}", token);
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_USER','error':'*'}");
  client_send (other, "{'type':'REQUEST_LOGIN','login':'ann','token':'%s'}", "guess");
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (other, "{'type':'REQUEST_LOGIN','login':'ann','token':''}");
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");
  /* Where both are there, the token counts */
  client_send (other, "{'type':'REQUEST_LOGIN','login':'ann','token':'guess','pass':'" PASSWORD "'}");
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");
  client_send (other, "{'type':'REQUEST_LOGIN','login':'ann','token':'%s','pass':'wrong-wrong'}", token);
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  client_send (other, "{'type':'REQUEST_LOGIN','login':'ann','token':'%s','features':['token']}", token);
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK','login':'ann','features':['token']}");

  client_send (laptop, "{'type':'TOKENS'}");
  {
    g_autoptr (JsonObject) answer = client_read (laptop);
    JsonArray *ids = json_object_get_array_member (answer, "id");

    g_assert_cmpuint (json_array_get_length (ids), ==, 2);
    laptop_id = json_array_get_int_element (ids, 0);
    phone_id = json_array_get_int_element (ids, 1);
    g_assert_cmpint (json_object_get_int_member (answer, "current"), ==, laptop_id);
    g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (answer, "devices"), 1), ==, "Phone");
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "created")), ==, 2);
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "last_used")), ==, 2);
  }

  /* What was logged in by it ends; it serves no more; others are not touched */
  client_send (laptop, "{'type':'REVOKE_TOKEN','id':%" ID "}", phone_id);
  client_expect (laptop, "{'type':'REVOKE_TOKEN','id':%" ID "}", phone_id);
  client_expect_end (phone);
  client_expect_end (other);
  client_send (laptop, "{'type':'REVOKE_TOKEN','id':%" ID "}", phone_id);
  client_expect (laptop, "{'type':'REVOKE_TOKEN','status':'FORBIDDEN','error':'*'}");
  g_clear_pointer (&other, client_free);
  other = client_new (server);
  client_send (other, "{'type':'REQUEST_LOGIN','login':'ann','token':'%s'}", token);
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_WRONG_PASS','error':'*'}");

  /* One's own: first the answer, then the end */
  client_send (laptop, "{'type':'REVOKE_TOKEN','id':%" ID "}", laptop_id);
  client_expect (laptop, "{'type':'REVOKE_TOKEN','id':%" ID "}", laptop_id);
  client_expect_end (laptop);

  /* Who did not name the feature does not have it */
  client_send (other, "{'type':'REQUEST_LOGIN','login':'ann','pass':'" PASSWORD "'}");
  client_expect (other, "{'type':'RESPONSE_LOGIN','status':'LOGIN_OK'}");
  client_send (other, "{'type':'TOKENS'}");
  client_expect (other, "{'type':'TOKENS','status':'UNSUPPORTED','error':'*'}");
}

static void
test_room_info (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) ann = NULL, bob = NULL, bob2 = NULL, plain = NULL;
  g_autofree char *long_text = g_strnfill (2000, 'x');
  gint64 room, last;

  sign_up (server, "ann");
  sign_up (server, "bob");
  ann = log_in (server, "ann", NULL);
  room = create_room (ann, "ann", "bob");
  send_text (ann, "ann", room, "one");
  last = send_text (ann, "ann", room, long_text);
  bob = log_in (server, "bob", FEATURES);
  bob2 = log_in (server, "bob", FEATURES);
  plain = log_in (server, "bob", NULL);

  client_send (bob, "{'type':'OLD_DIALOGS','username':'bob','request_id':-9}");
  {
    g_autoptr (JsonObject) answer = client_read (bob);
    JsonObject *message = json_array_get_object_element (json_object_get_array_member (answer, "last_messages"), 0);

    g_assert_cmpint (json_object_get_int_member (answer, "request_id"), ==, -9);
    g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (answer, "kinds"), 0), ==, "direct");
    g_assert_cmpuint (json_array_get_length (json_array_get_array_element (json_object_get_array_member (answer, "members"), 0)),
                      ==, 2);
    g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (answer, "unread"), 0), ==, 2);
    g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (answer, "read_marks"), 0), ==, 0);
    g_assert_false (json_array_get_boolean_element (json_object_get_array_member (answer, "muted"), 0));
    g_assert_false (json_array_get_boolean_element (json_object_get_array_member (answer, "pinned"), 0));
    g_assert_cmpint (json_object_get_int_member (message, "message_id"), ==, last);
    /* A preview, not the message */
    g_assert_cmpuint (strlen (json_object_get_string_member (message, "message")), ==, 256);
  }

  /* Marks rise only, and one's own other devices hear of it */
  client_send (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID "}", room, last);
  client_expect (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':0}", room, last);
  client_expect (bob2, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':0}", room, last);
  client_send (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':1}", room);
  client_expect (bob, "{'type':'MARK_READ','room_id':%" ID ",'message_id':%" ID ",'unread':0}", room, last);
  client_send (bob, "{'type':'MARK_READ','room_id':4711,'message_id':1}");
  client_expect (bob, "{'type':'MARK_READ','status':'ROOM_DOES_NOT_EXIST','error':'*'}");

  client_send (bob, "{'type':'SET_ROOM','room_id':%" ID ",'pinned':true}", room);
  client_expect (bob, "{'type':'SET_ROOM','room_id':%" ID ",'muted':false,'pinned':true}", room);
  client_expect (bob2, "{'type':'SET_ROOM','room_id':%" ID ",'muted':false,'pinned':true}", room);
  client_send (bob, "{'type':'SET_ROOM','room_id':4711,'muted':true}");
  client_expect (bob, "{'type':'SET_ROOM','status':'ROOM_DOES_NOT_EXIST','error':'*'}");

  client_send (plain, "{'type':'MARK_READ','room_id':%" ID ",'message_id':1}", room);
  client_expect (plain, "{'type':'MARK_READ','status':'UNSUPPORTED','error':'*'}");
  client_send (plain, "{'type':'SET_ROOM','room_id':%" ID ",'muted':true}", room);
  client_expect (plain, "{'type':'SET_ROOM','status':'UNSUPPORTED','error':'*'}");
  client_send (plain, "{'type':'OLD_DIALOGS','username':'bob','request_id':1}");
  client_expect (plain, "{'type':'OLD_DIALOGS','dialogs':['ann'],'id':[%" ID "],'first_massage_id':['*']}", room);
  client_expect_quiet (ann);
  client_expect_quiet (bob2);
}

static void
test_client_ref (void)
{
  g_autoptr (ChatTestServer) server = chat_test_server_new (NULL);
  g_autoptr (Client) ann = NULL, ann2 = NULL, ann3 = NULL, bob = NULL;
  gint64 room, id;

  sign_up (server, "ann");
  sign_up (server, "bob");
  ann = log_in (server, "ann", FEATURES);
  room = create_room (ann, "ann", "bob");
  ann2 = log_in (server, "ann", FEATURES);
  ann3 = log_in (server, "ann", NULL);
  bob = log_in (server, "bob", FEATURES);

  /* Only the sender's own devices, and only those that know of it, see the client_ref */
  client_send (ann, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'x','msg_type':'TEXT','client_ref':'r1',"
               "'request_id':3}", room);
  {
    g_autoptr (JsonObject) answer = client_read (ann);

    g_assert_cmpint (json_object_get_int_member (answer, "request_id"), ==, 3);
    id = json_object_get_int_member (answer, "message_id");
  }
  client_expect (ann2, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'x','date':'*','sender':'ann','client_ref':'r1'}", room, id);
  client_expect (ann3, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'x','date':'*','sender':'ann'}", room, id);
  client_expect (bob, "{'type':'READ_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'msg_type':'TEXT',"
                 "'message':'x','date':'*','sender':'ann'}", room, id);

  /* Sent again, from another device: the same id, and nobody hears of it */
  client_send (ann2, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'x','msg_type':'TEXT','client_ref':'r1'}", room);
  client_expect (ann2, "{'type':'SND_MSG','status':'SUCCESS','room_id':%" ID ",'message_id':%" ID ",'date':'*'}", room, id);
  client_expect_quiet (ann);
  client_expect_quiet (bob);

  /* To one that did not name the feature the field is an unknown one */
  client_send (ann3, "{'type':'SND_MSG','username':'ann','room_id':%" ID ",'message':'y','msg_type':'TEXT','client_ref':'r1'}", room);
  {
    g_autoptr (JsonObject) answer = client_read (ann3);

    g_assert_cmpint (json_object_get_int_member (answer, "message_id"), >, id);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/api/sign-up", test_sign_up);
  g_test_add_func ("/server/api/log-in", test_log_in);
  g_test_add_func ("/server/api/not-logged-in", test_not_logged_in);
  g_test_add_func ("/server/api/rooms", test_rooms);
  g_test_add_func ("/server/api/messages", test_messages);
  g_test_add_func ("/server/api/search", test_search);
  g_test_add_func ("/server/api/tokens", test_tokens);
  g_test_add_func ("/server/api/room-info", test_room_info);
  g_test_add_func ("/server/api/client-ref", test_client_ref);
  return g_test_run ();
}
