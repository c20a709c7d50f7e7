/* fuzz-session.c: a hostile server: a script of what it says, and of what the person does meanwhile
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz-script.h"
#include "fuzz-session-server.h"

#include <glib/gstdio.h>
#include <string.h>

#include "chat-account.h"
#include "chat-limits.h"
#include "chat-secret.h"
#include "chat-session-internal.h"

/* The steps. What the server does:
 *
 *   > {...}   says it                          + ...   says these bytes as they are
 *   = {...}   answers the oldest request of that type, or else the oldest at all, whose number stands for "#"
 *   L {...}   answers the next log-in so       F a,b   has these extensions from the next log-in on
 *   <         hangs up                         |       ends its writing side
 *
 * What the person does, N being a room:
 *
 *   o N   opens it     c N   leaves it    l N   looks further back    n N   forward    a N I   looks at message I
 *   s N T sends T      e I T edits        d I   deletes               y I   tries again, or discards (z I)
 *   r N I has read     p N / m N pins, mutes   x N deletes the room   i N T  types a draft
 *   w T   a room with T    u T  looks for T    v  connects again      k  ends the program and starts it again
 *   .     everything comes to rest */
#define LOGIN "me"
#define TOKEN "token"
#define PROFILE "fuzz"
#define MAX_LISTS 8
#define MAX_TURNS 100000
#define MAX_WAIT_S 20

#define FEATURES "\"features\":[\"ping\",\"request-id\",\"client-ref\",\"paging\",\"room-info\",\"token\",\"sync\",\"receipts\",\"typing\",\"presence\"]"
#define ROW(id, room, text) \
  "\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":" #room ",\"message_id\":" #id ",\"msg_type\":\"TEXT\",\"message\":\"" text \
  "\",\"date\":\"2026-01-31T12:34:56.789Z\",\"sender\":\"b\""
#define ROOMS \
  "= {\"type\":\"OLD_DIALOGS\",\"dialogs\":[\"b\",\"c\"],\"id\":[1,2],\"first_massage_id\":[10,0],\"kinds\":[\"direct\",\"direct\"]," \
  "\"members\":[[\"me\",\"b\"],[\"me\",\"c\"]],\"last_messages\":[{" ROW (12, 1, "x") "},null],\"unread\":[2,0],\"read_marks\":[10,0]," \
  "\"muted\":[false,true],\"pinned\":[true,false],\"members_read\":[[10,11],[0,0]],\"members_delivered\":[[12,12],[0,0]],\"seq\":20,\"request_id\":#}"

static const char *const heads[] = { "> ", "= ", "+ ", "L ", NULL };
static const char *const lines[] = {
  ".", "<", "|", "v", "k", "o 1", "o 2", "o 3", "c 1", "l 1", "n 1", "a 1 11", "s 1 hello", "s 2 hi", "s 1 again", "e 11 other", "e 30 more", "d 11", "d 30",
  "y 0", "z 0", "r 1 12", "r 1 11", "p 1", "m 1", "x 1", "i 1 draft", "w d", "u b", "t 1",
  "F request-id,paging,sync", "F request-id,client-ref,paging,room-info,token,sync,receipts", "F",
  "L {\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"login\":\"me\",\"request_id\":#," FEATURES "}",
  "L {\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_WRONG_PASS\",\"error\":\"x\",\"request_id\":#}",
  "L {\"type\":\"RESPONSE_LOGIN\",\"status\":\"RATE_LIMITED\",\"retry_after\":3,\"error\":\"x\",\"request_id\":#}",
  ROOMS,
  "= {\"type\":\"OLD_DIALOGS\",\"dialogs\":[],\"id\":[],\"first_massage_id\":[],\"seq\":1,\"request_id\":#}",
  "= {\"type\":\"SYNC\",\"status\":\"SUCCESS\",\"seq\":25,\"request_id\":#}",
  "= {\"type\":\"SYNC\",\"status\":\"RESET\",\"seq\":9,\"request_id\":#}",
  "= {" ROW (10, 1, "y") ",\"request_id\":#}",
  "= {" ROW (11, 1, "y") ",\"sender\":\"me\",\"client_ref\":\"r\",\"edited\":\"2026-02-31T12:34:56.789Z\",\"request_id\":#}",
  "= {\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":1,\"more\":true,\"request_id\":#}",
  "= {\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":1,\"more\":false,\"request_id\":#}",
  "= {\"type\":\"READ_MSG\",\"status\":\"MESSAGE_DOES_NOT_EXIST\",\"room_id\":1,\"error\":\"x\",\"request_id\":#}",
  "= {\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":1,\"message_id\":30,\"date\":\"2026-01-31T12:34:57.000Z\",\"seq\":30,\"request_id\":#}",
  "= {\"type\":\"SND_MSG\",\"status\":\"ROOM_DOES_NOT_EXIST\",\"error\":\"x\",\"request_id\":#}",
  "= {\"type\":\"SND_MSG\",\"status\":\"RATE_LIMITED\",\"retry_after\":1,\"error\":\"x\",\"request_id\":#}",
  "= {\"type\":\"EDIT_MSG\",\"id\":11,\"new_msg\":\"other\",\"seq\":31,\"request_id\":#}",
  "= {\"type\":\"EDIT_MSG\",\"status\":\"FORBIDDEN\",\"error\":\"x\",\"request_id\":#}",
  "= {\"type\":\"DELETE_MSG\",\"id\":11,\"seq\":32,\"request_id\":#}",
  "= {\"type\":\"DELETE_ROOM\",\"id\":1,\"seq\":33,\"request_id\":#}",
  "= {\"type\":\"CREATE_ROOM\",\"id\":3,\"customer\":\"d\",\"seq\":34,\"request_id\":#}",
  "= {\"type\":\"SEARCH_USER\",\"user\":[\"b\",\"bb\"],\"request_id\":#}",
  "= {\"type\":\"MARK_READ\",\"room_id\":1,\"message_id\":12,\"unread\":0,\"seq\":35,\"request_id\":#}",
  "= {\"type\":\"MARK_DELIVERED\",\"room_id\":1,\"message_id\":12,\"seq\":36,\"request_id\":#}",
  "= {\"type\":\"SET_ROOM\",\"room_id\":1,\"muted\":true,\"pinned\":false,\"seq\":37,\"request_id\":#}",
  "= {\"type\":\"SET_ACCOUNT\",\"receipts\":true,\"typing\":true,\"presence\":false,\"seq\":38,\"request_id\":#}",
  "= {\"type\":\"ERROR\",\"status\":\"BAD_REQUEST\",\"error\":\"x\",\"request_id\":#}",
  "= {\"type\":\"SYNC\",\"status\":\"ERROR\",\"error\":\"x\",\"request_id\":#}",
  "> {" ROW (13, 1, "z") ",\"seq\":26}",
  "> {" ROW (14, 2, "\\u202e\\u0301") ",\"seq\":27}",
  "> {" ROW (15, 4, "of no room") ",\"seq\":28}",
  "> {\"type\":\"CREATE_ROOM\",\"id\":4,\"customer\":\"e\",\"seq\":28}",
  "> {\"type\":\"DELETE_ROOM\",\"id\":2,\"seq\":29}",
  "> {\"type\":\"EDIT_MSG\",\"id\":12,\"new_msg\":\"edited\",\"edited\":\"2026-01-31T12:35:00.000Z\",\"room_id\":1,\"seq\":40}",
  "> {\"type\":\"DELETE_MSG\",\"id\":12,\"room_id\":1,\"seq\":41}",
  "> {\"type\":\"MARK_READ\",\"room_id\":1,\"message_id\":12,\"unread\":1,\"seq\":42}",
  "> {\"type\":\"MARK_READ\",\"room_id\":1,\"message_id\":11,\"user\":\"b\",\"seq\":43}",
  "> {\"type\":\"MARK_DELIVERED\",\"room_id\":1,\"message_id\":12,\"user\":\"b\",\"seq\":44}",
  "> {\"type\":\"SET_ROOM\",\"room_id\":1,\"muted\":true,\"pinned\":true,\"seq\":45}",
  "> {\"type\":\"SET_ACCOUNT\",\"receipts\":false,\"typing\":false,\"presence\":false,\"seq\":46}",
  "> {\"type\":\"TYPING\",\"room_id\":1,\"user\":\"b\"}",
  "> {\"type\":\"PRESENCE\",\"user\":\"b\",\"online\":true}",
  "> {\"type\":\"PRESENCE\",\"user\":\"b\",\"online\":false,\"last_seen\":\"2026-01-31T12:34:56.789Z\"}",
  "> {\"type\":\"PING\"}",
  "> {\"type\":\"NONSENSE\"}",
  NULL
};
static const char *const strings[] = {
  "\"me\"", "\"b\"", "\"c\"", "\"d\"", "\"ME\"", "\"\"", "\"r\"", "\"SUCCESS\"", "\"END\"", "\"RESET\"", "\"ERROR\"", "\"FORBIDDEN\"", "\"RATE_LIMITED\"",
  "\"NOT_LOGGED_IN\"", "\"UNSUPPORTED\"", "\"TOO_LARGE\"", "\"ROOM_DOES_NOT_EXIST\"", "\"MESSAGE_DOES_NOT_EXIST\"", "\"TEXT\"", "\"FILE\"", "\"IMAGE\"",
  "\"group\"", "\"2026-01-31T12:34:56.789Z\"", "\"9999-12-31T23:59:59.999Z\"", "\"0001-01-01T00:00:00Z\"", "\"yesterday\"", "\"\\u202e\\u0301\\u0001\"",
  "\"\xd0\x96\xd0\xb6\"", "1", "null", "true", "[]", "{}", NULL
};
const FuzzWords fuzz_words = { heads, lines, strings };

static FuzzServer *server;
static ChatSession *session;
static ChatMessageList *lists[MAX_LISTS];
static char *store_template;
static gsize store_template_size;
static char *store_path;
static guint n_calls;             /* that have not ended */

/* A keyring that has one secret */

static void
secret_call (const char          *profile,
             const char          *address,
             const char          *login,
             GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static void
secret_store (const char          *profile,
              const char          *address,
              const char          *login,
              const char          *token,
              GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  secret_call (profile, address, login, cancellable, callback, user_data);
}

static char *
secret_lookup_finish (GAsyncResult  *result,
                      GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error) ? g_strdup (TOKEN) : NULL;
}

static gboolean
secret_finish (GAsyncResult  *result,
               GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static const ChatSecretBackend keyring = {
  .lookup = secret_call,
  .lookup_finish = secret_lookup_finish,
  .store = secret_store,
  .store_finish = secret_finish,
  .clear = secret_call,
  .clear_finish = secret_finish,
};

/* The program */

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  n_calls--;
}

static void
settle (void)
{
  gint64 deadline = g_get_monotonic_time () + MAX_WAIT_S * G_USEC_PER_SEC;

  for (guint turns = 0;; turns++)
    {
      fuzz_check (turns < MAX_TURNS, "the app does not come to rest");
      if (g_main_context_iteration (NULL, FALSE) || fuzz_server_listen (server))
        continue;
      if (!fuzz_session_is_busy (session) && !fuzz_server_is_behind (server))
        break;
      /* A thread of GIO's may be at work */
      fuzz_check (g_get_monotonic_time () < deadline, "the app waits for nothing");
      fuzz_session_wait ();
    }
}

static void
start (void)
{
  ChatSessionTimes *times;

  session = chat_session_new (fuzz_temp_dir (), PROFILE);
  times = chat_session_get_times (session);
  /* Nobody comes back by himself: the script says when */
  times->backoff_base = times->backoff_max = 3600 * 1000;
  times->refresh = 0;
  n_calls++;
  chat_session_restore_async (session, NULL, on_ended, NULL);
  settle ();
}

static void
check_list (ChatMessageList *list,
            gint64           room_id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));
  gint64 last = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), i);
      gint64 id = chat_message_get_id (message);

      fuzz_check (chat_message_get_room_id (message) == room_id, "message %" G_GINT64_FORMAT " is of another room", id);
      fuzz_check (g_utf8_validate (chat_message_get_text (message), -1, NULL), "message %" G_GINT64_FORMAT " is no text", id);
      if (id == 0)
        {
          fuzz_check (chat_message_get_outgoing (message) && chat_message_get_state (message) != CHAT_MESSAGE_SENT,
                      "a message without a number that is not to be sent");
          last = G_MAXINT64;
          continue;
        }
      fuzz_check (last != G_MAXINT64, "message %" G_GINT64_FORMAT " stands after the unsent ones", id);
      fuzz_check (id > last, "message %" G_GINT64_FORMAT " stands after %" G_GINT64_FORMAT, id, last);
      fuzz_check (chat_message_list_lookup (list, id) == message, "message %" G_GINT64_FORMAT " is not found", id);
      last = id;
    }
}

static void
check_shown (void)
{
  ChatRoomList *rooms = chat_session_get_rooms (session);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (rooms));
  gboolean unpinned = FALSE;
  gint64 activity = G_MAXINT64;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (rooms), i);
      gint64 id = chat_room_get_id (room);

      fuzz_check (id > 0 && chat_room_list_lookup (rooms, id) == room, "room %" G_GINT64_FORMAT " is not found, or twice there", id);
      fuzz_check (chat_room_get_unread_count (room) <= 1000, "%u unread", chat_room_get_unread_count (room));
      if (!chat_room_get_pinned (room) && !unpinned)
        {
          unpinned = TRUE;
          activity = G_MAXINT64;
        }
      fuzz_check (!unpinned || !chat_room_get_pinned (room), "a pinned room stands below others");
      fuzz_check (chat_room_get_activity (room) <= activity, "room %" G_GINT64_FORMAT " stands too low", id);
      activity = chat_room_get_activity (room);
    }
  for (guint i = 0; i < MAX_LISTS; i++)
    if (lists[i] != NULL)
      check_list (lists[i], i);
}

static void
drop_lists (void)
{
  for (guint i = 0; i < MAX_LISTS; i++)
    g_clear_object (&lists[i]);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What a person sees of the rooms must be there again after the program was ended and started */
static GString *
note_rooms (void)
{
  ChatRoomList *rooms = chat_session_get_rooms (session);
  GString *text = g_string_new (NULL);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rooms)); i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (rooms), i);
      const char *draft = chat_room_get_draft (room);

      g_ptr_array_add (rows, g_strdup_printf ("%" G_GINT64_FORMAT " %s pinned=%d muted=%d mark=%" G_GINT64_FORMAT " draft=%s\n",
                                              chat_room_get_id (room), chat_room_get_name (room), chat_room_get_pinned (room),
                                              chat_room_get_muted (room), chat_room_get_read_mark (room), draft != NULL ? draft : ""));
    }
  g_ptr_array_sort (rows, compare_rows);
  for (guint i = 0; i < rows->len; i++)
    g_string_append (text, rows->pdata[i]);
  return text;
}

static void
finish (void)
{
  drop_lists ();
  chat_session_close (session);
  fuzz_server_hang_up (server);
  for (guint turns = 0; n_calls > 0 || g_main_context_pending (NULL); turns++)
    {
      fuzz_check (turns < MAX_TURNS, "%u calls do not end", n_calls);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_finalize_object (session);
  session = NULL;
}

static void
restart (void)
{
  g_autoptr (GString) before = NULL;
  g_autoptr (GString) after = NULL;
  gboolean told;

  settle ();
  check_shown ();
  told = chat_room_list_get_loaded (chat_session_get_rooms (session));
  before = note_rooms ();
  finish ();
  fuzz_server_set_accepting (server, FALSE);
  start ();
  after = note_rooms ();
  if (told)
    fuzz_check (g_string_equal (before, after), "after a restart:\n%sbefore it:\n%s", after->str, before->str);
  fuzz_server_set_accepting (server, TRUE);
  chat_session_connect (session);
}

/* What the person does */

static ChatMessage *
find_message (gint64 id)
{
  for (guint i = 0; i < MAX_LISTS; i++)
    {
      guint n = lists[i] != NULL ? g_list_model_get_n_items (G_LIST_MODEL (lists[i])) : 0;
      g_autoptr (ChatMessage) last = NULL;

      if (n == 0)
        continue;
      if (id != 0)
        {
          if (chat_message_list_lookup (lists[i], id) != NULL)
            return chat_message_list_lookup (lists[i], id);
          continue;
        }
      last = g_list_model_get_item (G_LIST_MODEL (lists[i]), n - 1);
      /* The list holds it */
      if (chat_message_get_id (last) == 0)
        return last;
    }
  return NULL;
}

static void
act_on_room (char        what,
             ChatRoom   *room,
             gint64      id,
             const char *text)
{
  ChatMessageList **list = chat_room_get_id (room) < MAX_LISTS ? &lists[chat_room_get_id (room)] : NULL;

  switch (what)
    {
    case 'o':
      if (list != NULL && *list == NULL)
        *list = chat_session_get_messages (session, room);
      break;
    case 'l':
      if (list != NULL && *list != NULL)
        chat_message_list_load_older (*list);
      break;
    case 'n':
      if (list != NULL && *list != NULL)
        chat_message_list_load_newer (*list);
      break;
    case 'a':
      if (list != NULL && *list != NULL && id > 0 && id <= CHAT_MAX_ID)
        chat_message_list_load_around (*list, id);
      break;
    case 's':
      {
        g_autoptr (ChatMessage) message G_GNUC_UNUSED = chat_session_send_text (session, room, text, NULL);
      }
      break;
    case 'r':
      if (id > 0 && id <= CHAT_MAX_ID)
        chat_session_mark_read (session, room, id);
      break;
    case 'p':
      chat_session_set_room_pinned (session, room, !chat_room_get_pinned (room));
      break;
    case 'm':
      chat_session_set_room_muted (session, room, !chat_room_get_muted (room));
      break;
    case 'i':
      chat_room_set_draft (room, text);
      break;
    case 'x':
      n_calls++;
      chat_session_delete_room_async (session, room, NULL, on_ended, NULL);
      break;
    default:
      break;
    }
}

static void
act_on_message (char         what,
                ChatMessage *message,
                const char  *text)
{
  switch (what)
    {
    case 'e':
      n_calls++;
      chat_session_edit_message_async (session, message, text, NULL, on_ended, NULL);
      break;
    case 'd':
      n_calls++;
      chat_session_delete_message_async (session, message, NULL, on_ended, NULL);
      break;
    case 'y':
      chat_session_retry_message (session, message);
      break;
    case 'z':
      chat_session_discard_message (session, message);
      break;
    default:
      break;
    }
}

static void
act (const GString *step)
{
  char what = step->str[0];
  const char *rest = step->len > 2 ? step->str + 2 : "";
  char *end;
  gint64 number = g_ascii_strtoll (rest, &end, 10);
  gint64 id = g_ascii_strtoll (end, NULL, 10);
  ChatRoom *room = chat_room_list_lookup (chat_session_get_rooms (session), number);
  g_autoptr (ChatMessage) message = NULL;
  g_autofree char *text = g_utf8_make_valid (*end == ' ' ? end + 1 : end, -1);

  switch (what)
    {
    case 'c':
      if (number >= 0 && number < MAX_LISTS)
        g_clear_object (&lists[number]);
      break;
    case 'w':
      n_calls++;
      chat_session_create_room_async (session, text, NULL, on_ended, NULL);
      break;
    case 'u':
      n_calls++;
      chat_session_search_users_async (session, text, NULL, on_ended, NULL);
      break;
    case 'v':
      chat_session_connect (session);
      break;
    case 'k':
      restart ();
      break;
    case '.':
      settle ();
      check_shown ();
      break;
    case 'e':
    case 'd':
    case 'y':
    case 'z':
      if (find_message (number) != NULL)
        {
          message = g_object_ref (find_message (number));
          act_on_message (what, message, text);
        }
      break;
    default:
      if (room != NULL)
        act_on_room (what, room, id, text);
    }
}

static void
take_step (const GString *step)
{
  if (strchr (">=+LF<|", step->str[0]) != NULL && step->str[0] != '\0')
    {
      /* An answer is to something */
      if (step->str[0] == '=' || step->str[0] == 'L')
        settle ();
      fuzz_server_take_step (server, step->str, step->len);
    }
  else
    act (step);
}

static void
prepare_files (void)
{
  g_autofree char *stores = g_build_filename (fuzz_temp_dir (), "stores", NULL);

  fuzz_empty_dir (stores);
  if (store_template != NULL && !g_file_set_contents_full (store_path, store_template, (gssize) store_template_size,
                                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL))
    g_error ("%s can not be written", store_path);
}

int
LLVMFuzzerInitialize (int    *argc,
                      char ***argv)
{
  ChatAccount *account;

  fuzz_init ();
  chat_secret_set_backend (&keyring);
  server = fuzz_server_new ();
  account = chat_account_new (fuzz_temp_dir ());
  chat_account_set (account, fuzz_server_get_address (server), LOGIN, TRUE);
  chat_account_free (account);

  /* An empty store is made once, and copied for each input: that takes a tenth of the time */
  start ();
  store_path = chat_session_dup_store_path (session);
  finish ();
  if (store_path == NULL || !g_file_get_contents (store_path, &store_template, &store_template_size, NULL))
    g_error ("there is no store");
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GPtrArray) steps = fuzz_script_split (data, size);

  prepare_files ();
  fuzz_server_reset (server);
  start ();
  for (guint i = 0; i < steps->len; i++)
    take_step (steps->pdata[i]);
  settle ();
  check_shown ();
  finish ();
  return 0;
}
