/* fuzz-server.c: a hostile client: a script of what several connections send to the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz-server-storage.h"
#include "fuzz-script.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chat-framer.h"
#include "chat-limits.h"
#include "chat-server-peer.h"

/* The steps. N is the connection, 0 to 3; it is made by the first step that names it.
 *
 *   N {...}    an object, its line break added      N+...   bytes as they are
 *   N@a        logs in as a, with all extensions    N&a     the same, with none
 *   N<         closes                               N|      ends its writing side
 *   N~         reads nothing from now on            N.      everybody comes to rest
 *   !          the disk refuses the next commit
 *
 * "#" is the next request_id of that connection, and "@7" the eighth number that the server gives in this script. There are the
 * users a (1), b (2) and c (3), with the password "password" and the tokens 4 to 6; the rooms 7 (a, b) and 8 (a, c); messages 9 to 13
 * in room 7. */
#define N_CONNECTIONS 4
/* Numbers that no script has by itself */
#define FIRST_NUMBER G_GINT64_CONSTANT (4503599627370496)
#define MAX_NUMBERS  100000
/* A loop that turns more often than this for one step is busy with itself */
#define MAX_TURNS 200000
#define SMALL_BUFFER 4096

typedef struct
{
  int        fd;              /* ours; -1: there is none */
  gboolean   deaf;
  gboolean   ended;           /* the server's side has */
  ChatFramer framer;
  gint64     n_asked;
  gint64     answered;        /* the last number that came back */
  gboolean   complete;        /* nothing more may come for it */
} Connection;

static Connection connections[N_CONNECTIONS];
static FuzzStorage *storage;
static ChatServerHasher *hasher;
static ChatServerHub hub;

#define FEATURES "\"features\":[\"ping\",\"request-id\",\"client-ref\",\"paging\",\"room-info\",\"token\",\"sync\",\"receipts\",\"typing\",\"presence\"]"

static const char *const heads[] = { "0 ", "1 ", "2 ", "3 ", "0+", "1+", "0.", "1.", "0<", "1|", "3~", "!", NULL };
static const char *const lines[] = {
  "0@a", "1@b", "2@c", "0@b", "1@a", "3@a", "3@b", "1&a", "2&b", "0.", "1<", "0|", "3~", "!",
  "0 {\"type\":\"REQUEST_SIGNUP\",\"login\":\"d\",\"pass\":\"password\",\"request_id\":#}",
  "0 {\"type\":\"REQUEST_LOGIN\",\"login\":\"a\",\"pass\":\"password\"}",
  "0 {\"type\":\"REQUEST_LOGIN\",\"login\":\"d\",\"pass\":\"password\",\"device\":\"x\",\"request_id\":#," FEATURES "}",
  "0 {\"type\":\"CREATE_ROOM\",\"username\":\"a\",\"customer\":\"b\",\"request_id\":#}",
  "1 {\"type\":\"CREATE_ROOM\",\"username\":\"b\",\"customer\":\"c\",\"request_id\":#}",
  "0 {\"type\":\"SND_MSG\",\"username\":\"a\",\"room_id\":7,\"message\":\"m\",\"msg_type\":\"TEXT\",\"client_ref\":\"r1\",\"request_id\":#}",
  "1 {\"type\":\"SND_MSG\",\"username\":\"b\",\"room_id\":7,\"message\":\"n\",\"msg_type\":\"FILE\",\"request_id\":#}",
  "0 {\"type\":\"READ_MSG\",\"read\":\"RESENT\",\"room_id\":7,\"request_id\":#}",
  "0 {\"type\":\"READ_MSG\",\"read\":\"ALL\",\"room_id\":7}",
  "0 {\"type\":\"READ_MSG\",\"room_id\":7,\"before\":12,\"limit\":2,\"request_id\":#}",
  "0 {\"type\":\"READ_MSG\",\"room_id\":7,\"after\":0,\"limit\":3,\"request_id\":#}",
  "0 {\"type\":\"READ_MSG\",\"room_id\":7,\"around\":11,\"limit\":3,\"request_id\":#}",
  "0 {\"type\":\"SEARCH_USER\",\"user\":\"a\",\"request_id\":#}",
  "0 {\"type\":\"DELETE_ROOM\",\"id\":7,\"request_id\":#}",
  "0 {\"type\":\"DELETE_MSG\",\"id\":9,\"request_id\":#}",
  "0 {\"type\":\"EDIT_MSG\",\"id\":9,\"new_msg\":\"e\",\"request_id\":#}",
  "0 {\"type\":\"OLD_DIALOGS\",\"username\":\"a\",\"request_id\":#}",
  "0 {\"type\":\"PING\",\"request_id\":1}",
  "0 {\"type\":\"PONG\"}",
  "0 {\"type\":\"TOKENS\",\"request_id\":#}",
  "0 {\"type\":\"REVOKE_TOKEN\",\"id\":4,\"request_id\":#}",
  "0 {\"type\":\"REVOKE_OTHERS\",\"request_id\":#}",
  "0 {\"type\":\"CHANGE_PASSWORD\",\"pass\":\"password\",\"new_pass\":\"password2\",\"request_id\":#}",
  "0 {\"type\":\"MARK_READ\",\"room_id\":7,\"message_id\":12,\"request_id\":#}",
  "0 {\"type\":\"MARK_DELIVERED\",\"room_id\":7,\"message_id\":11,\"request_id\":#}",
  "0 {\"type\":\"SET_ROOM\",\"room_id\":7,\"muted\":true,\"pinned\":false,\"request_id\":#}",
  "0 {\"type\":\"SET_ACCOUNT\",\"receipts\":false,\"typing\":true,\"presence\":false,\"request_id\":#}",
  "0 {\"type\":\"TYPING\",\"room_id\":7}",
  "0 {\"type\":\"SYNC\",\"since\":0,\"request_id\":#}",
  "0 {\"type\":\"SYNC\",\"since\":@1,\"request_id\":#}",
  "0 {\"type\":\"NONSENSE\",\"request_id\":#}",
  "0 {\"request_id\":#}",
  NULL
};
static const char *const strings[] = {
  "\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"A\"", "\"\"", "\"x y\"", "\"password\"", "\"password2\"", "\"r1\"", "\"r2\"", "\"TEXT\"", "\"IMAGE\"", "\"ALL\"",
  "\"RESENT\"", "\"RECENT\"", "\"request-id\"", "\"sync\"", "\"presence\"", "\"token-of-a\"", "\"token-of-b\"", "\"%_\\\\\"", "\"\\u202e\\u0301\\u0001\"",
  "\"\xd0\x96\xd0\xb6\"", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "1", "null", "true", "[]", "{}", NULL
};
const FuzzWords fuzz_words = { heads, lines, strings };

/* What the server says */

/* Nothing may come for the same request after it. A replay tells by objects that would be answers elsewhere, so that of them only those
 * are known that never stand in one */
static gboolean
closes (ChatPacket *packet)
{
  ChatStatus status = chat_packet_get_status (packet);

  if (chat_packet_has (packet, CHAT_FIELD_STATUS) && !chat_status_is_success (status))
    return TRUE;
  switch ((int) chat_packet_get_kind (packet))
    {
    case CHAT_PACKET_RESPONSE_LOGIN:
    case CHAT_PACKET_RESPONSE_SIGNUP:
    case CHAT_PACKET_SND_MSG:
    case CHAT_PACKET_SEARCH_USER:
    case CHAT_PACKET_OLD_DIALOGS:
    case CHAT_PACKET_TOKENS:
    case CHAT_PACKET_REVOKE_TOKEN:
    case CHAT_PACKET_REVOKE_OTHERS:
    case CHAT_PACKET_CHANGE_PASSWORD:
    case CHAT_PACKET_SYNC:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
hear (Connection *connection,
      const char *object,
      gsize       length)
{
  g_autoptr (ChatPacket) packet = chat_packet_parse (object, length, CHAT_PACKET_TO_CLIENT);
  gint64 number = chat_packet_get_integer (packet, CHAT_FIELD_REQUEST_ID, 0);

  /* To an unknown type the answer is of the same one */
  if (chat_packet_get_kind (packet) == CHAT_PACKET_UNKNOWN)
    fuzz_check (strstr (object, "\"UNSUPPORTED\"") != NULL, "%.*s", (int) length, object);
  else
    fuzz_check (chat_packet_get_problem (packet) == NULL, "%s: %.*s", chat_packet_get_problem (packet)->message, (int) length, object);
  if (number < FIRST_NUMBER || number > FIRST_NUMBER + MAX_NUMBERS || chat_packet_get_kind (packet) == CHAT_PACKET_PONG)
    return;

  number -= FIRST_NUMBER;
  fuzz_check (number > 0 && number <= connection->n_asked, "an answer to nothing: %.*s", (int) length, object);
  fuzz_check (number >= connection->answered, "an answer out of order: %.*s", (int) length, object);
  fuzz_check (number > connection->answered || !connection->complete, "a second answer: %.*s", (int) length, object);
  connection->answered = number;
  connection->complete = closes (packet);
}

/* Returns: whether anything came */
static gboolean
listen_to (Connection *connection)
{
  char buffer[16384];
  gboolean heard = FALSE;
  gssize n;

  while (connection->fd >= 0 && !connection->deaf && !connection->ended)
    {
      const char *p = buffer, *object;
      gsize left, length;
      ChatFramerResult outcome;

      n = recv (connection->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n < 0)
        {
          /* It was reset: bytes that nobody read were thrown away */
          connection->ended = errno != EAGAIN;
          break;
        }
      heard = TRUE;
      if (n == 0)
        {
          connection->ended = TRUE;
          break;
        }
      left = (gsize) n;
      while ((outcome = chat_framer_feed (&connection->framer, &p, &left, &object, &length, NULL)) == CHAT_FRAMER_OBJECT)
        hear (connection, object, length);
      fuzz_check (outcome == CHAT_FRAMER_NEED_MORE, "the server says what is no JSON: %.*s", (int) n, buffer);
    }
  return heard;
}

static gboolean
listen_to_all (void)
{
  gboolean heard = FALSE;

  for (guint i = 0; i < N_CONNECTIONS; i++)
    heard |= listen_to (&connections[i]);
  return heard;
}

/* Until nobody has anything left to do */
static void
settle (void)
{
  for (guint turns = 0;; turns++)
    {
      fuzz_check (turns < MAX_TURNS, "the server does not come to rest");
      if (g_main_context_iteration (NULL, FALSE) || listen_to_all ())
        continue;
      if (hub.n_hashing > 0)
        g_main_context_iteration (NULL, TRUE);
      else if (!fuzz_storage_is_busy (storage))
        break;
    }
}

/* At rest every question is answered, unless somebody does not read */
static void
check_peers (void)
{
  guint n = 0;

  for (ChatServerPeer *peer = hub.peers; peer != NULL; peer = peer->next)
    {
      n++;
      fuzz_check (peer->connection != NULL, "an ended connection is in the list");
      if (peer->is_finishing || chat_connection_get_queued (peer->connection) > 0)
        continue;
      fuzz_check (peer->first == NULL && peer->waiting == NULL && peer->n_requests == 0 && peer->request_bytes == 0,
                  "%u requests are not answered", peer->n_requests);
      fuzz_check (!peer->is_barred && !peer->is_holding && g_queue_is_empty (&peer->held), "pushes are held up for nothing");
      fuzz_check (!peer->is_paused, "it is not read from");
    }
  fuzz_check (n == hub.n_peers, "%u of %u connections are in the list", n, hub.n_peers);
  for (guint i = 0; i < N_CONNECTIONS; i++)
    if (connections[i].fd >= 0 && !connections[i].ended && !connections[i].deaf)
      fuzz_check (chat_framer_is_idle (&connections[i].framer), "half an object came");
}

/* What the client does */

static void
hang_up (Connection *connection)
{
  if (connection->fd < 0)
    return;
  close (connection->fd);
  chat_framer_clear (&connection->framer);
  memset (connection, 0, sizeof *connection);
  connection->fd = -1;
}

static void
call (Connection *connection,
      gboolean    small)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  int fds[2], size = SMALL_BUFFER;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    g_error ("socketpair: %s", g_strerror (errno));
  if (small)
    setsockopt (fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  connection->fd = fds[0];
  chat_framer_init (&connection->framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  socket = g_socket_new_from_fd (fds[1], NULL);
  stream = g_socket_connection_factory_create_connection (socket);
  chat_server_peer_accept (&hub, G_IO_STREAM (stream), socket, "192.0.2.1");
}

static void
say (Connection *connection,
     const char *data,
     gsize       length)
{
  for (guint turns = 0; length > 0 && connection->fd >= 0 && !connection->ended; turns++)
    {
      gssize n = send (connection->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);

      fuzz_check (turns < MAX_TURNS, "the server reads nothing and goes on");
      if (n > 0)
        {
          data += n;
          length -= (gsize) n;
        }
      else if (errno != EAGAIN)
        break;
      else if (!g_main_context_iteration (NULL, FALSE) && !listen_to_all () && !fuzz_storage_is_busy (storage) && hub.n_hashing == 0)
        break;      /* It has stopped reading, as it may */
    }
}

static gint64
next_number (gpointer user_data)
{
  Connection *connection = user_data;

  return FIRST_NUMBER + ++connection->n_asked;
}

static void
log_in (Connection *connection,
        char        who,
        gboolean    plain)
{
  g_autofree char *line = NULL;

  connection->n_asked++;
  line = g_strdup_printf ("{\"type\":\"REQUEST_LOGIN\",\"login\":\"%c\",\"token\":\"token-of-%c\",\"request_id\":%" G_GINT64_FORMAT "%s}\n",
                          who, who, FIRST_NUMBER + connection->n_asked, plain ? "" : "," FEATURES);
  say (connection, line, strlen (line));
}

static void
take_step (const GString *step)
{
  Connection *connection;
  char what = step->len > 1 ? step->str[1] : '\0';
  g_autoptr (GString) text = NULL;

  if (step->str[0] == '!')
    {
      fuzz_storage_fail_next (storage);
      return;
    }
  if (step->str[0] < '0' || step->str[0] >= '0' + N_CONNECTIONS)
    return;
  connection = &connections[step->str[0] - '0'];
  if (connection->fd < 0 && what != '<' && what != '.')
    call (connection, connection == &connections[N_CONNECTIONS - 1]);
  switch (what)
    {
    case '@':
    case '&':
      log_in (connection, step->len > 2 && g_ascii_isalnum (step->str[2]) ? step->str[2] : 'a', what == '&');
      break;
    case '<':
      hang_up (connection);
      break;
    case '|':
      shutdown (connection->fd, SHUT_WR);
      break;
    case '~':
      connection->deaf = TRUE;
      break;
    case '.':
      settle ();
      check_peers ();
      break;
    case ' ':
    case '+':
      text = fuzz_script_expand (step->str + 2, step->len - 2, fuzz_storage_get_base (storage), next_number, connection);
      if (what == ' ')
        g_string_append_c (text, '\n');
      say (connection, text->str, text->len);
      break;
    default:
      break;
    }
  /* Some of the steps come in one turn of the loop, others in turns of their own: the script says which, by its bytes */
  if (step->len % 2 == 0)
    g_main_context_iteration (NULL, FALSE);
}

int
LLVMFuzzerInitialize (int    *argc,
                      char ***argv)
{
  fuzz_init ();
  for (guint i = 0; i < N_CONNECTIONS; i++)
    connections[i].fd = -1;
  hasher = chat_server_hasher_new (CHAT_SERVER_HASH_COST_TEST);
  storage = fuzz_storage_new (hasher);
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GPtrArray) steps = fuzz_script_split (data, size);

  fuzz_storage_reset (storage);
  chat_server_hub_init (&hub);
  hub.poller = chat_server_poller_new (NULL);
  hub.storage = CHAT_SERVER_STORAGE (g_object_ref (storage));
  hub.hasher = g_object_ref (hasher);
  hub.silence = hub.anonymous_time = 3600 * G_TIME_SPAN_SECOND;
  hub.no_rate_limit = TRUE;

  for (guint i = 0; i < steps->len; i++)
    take_step (steps->pdata[i]);
  settle ();
  check_peers ();
  fuzz_storage_check (storage);

  for (guint i = 0; i < N_CONNECTIONS; i++)
    hang_up (&connections[i]);
  settle ();
  fuzz_check (hub.n_peers == 0, "%u connections did not end", hub.n_peers);
  fuzz_check (hub.n_anonymous == 0 && g_hash_table_size (hub.anonymous) == 0, "%u are still counted", hub.n_anonymous);
  fuzz_check (g_hash_table_size (hub.users) == 0, "somebody is still on line");
  fuzz_check (hub.n_hashing == 0, "somebody still waits for the hasher");
  chat_server_hub_clear (&hub);
  memset (&hub, 0, sizeof hub);
  return 0;
}
