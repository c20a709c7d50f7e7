/* fuzz-session-server.c: the server of fuzz-session.c: says what the script says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz-session-server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "chat-framer.h"
#include "chat-limits.h"
#include "chat-packet.h"
#include "chat-session-private.h"
#include "fuzz-script.h"

#define DEFAULT_FEATURES "ping,request-id,client-ref,paging,room-info,token,sync,receipts,typing,presence"
/* Timers that are not longer than this are due at once (ms): no input waits for them */
#define SHORT_TIMER_MS 500
#define WAIT_MS 1

typedef struct
{
  ChatPacketType type;
  gint64         number;
} Asked;

struct _FuzzServer
{
  int        listener;
  int        fd;            /* -1: nobody is there */
  gboolean   accepting;
  char      *address;
  char      *features;
  char      *login_answer;
  ChatFramer framer;
  GArray    *asked;         /* of Asked: what has no answer yet */
};

guint __wrap_g_timeout_add (guint       interval,
                            GSourceFunc function,
                            gpointer    data);
guint __real_g_timeout_add (guint       interval,
                            GSourceFunc function,
                            gpointer    data);

guint
__wrap_g_timeout_add (guint       interval,
                      GSourceFunc function,
                      gpointer    data)
{
  return __real_g_timeout_add (interval <= SHORT_TIMER_MS ? 0 : interval, function, data);
}

FuzzServer *
fuzz_server_new (void)
{
  FuzzServer *self = g_new0 (FuzzServer, 1);
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof where;

  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (self->listener < 0 || bind (self->listener, (struct sockaddr *) &where, size) != 0 || listen (self->listener, 16) != 0
      || getsockname (self->listener, (struct sockaddr *) &where, &size) != 0)
    g_error ("no port: %s", g_strerror (errno));
  self->address = g_strdup_printf ("127.0.0.1:%u", ntohs (where.sin_port));
  self->fd = -1;
  self->asked = g_array_new (FALSE, FALSE, sizeof (Asked));
  fuzz_server_reset (self);
  return self;
}

const char *
fuzz_server_get_address (FuzzServer *self)
{
  return self->address;
}

void
fuzz_server_reset (FuzzServer *self)
{
  fuzz_server_hang_up (self);
  self->accepting = TRUE;
  g_free (self->features);
  self->features = g_strdup (DEFAULT_FEATURES);
  g_clear_pointer (&self->login_answer, g_free);
}

void
fuzz_server_set_accepting (FuzzServer *self,
                           gboolean    accepting)
{
  self->accepting = accepting;
}

void
fuzz_server_hang_up (FuzzServer *self)
{
  if (self->fd >= 0)
    {
      close (self->fd);
      chat_framer_clear (&self->framer);
    }
  self->fd = -1;
  g_array_set_size (self->asked, 0);
}

static void
say (FuzzServer *self,
     const char *data,
     gsize       length)
{
  while (length > 0 && self->fd >= 0)
    {
      gssize n = send (self->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n > 0)
        {
          data += n;
          length -= (gsize) n;
        }
      else if (errno != EAGAIN || !g_main_context_iteration (NULL, FALSE))
        break;
    }
}

static gint64
get_number (gpointer user_data)
{
  return *(gint64 *) user_data;
}

/* @number: of the request; 0: it has none, and none is given back */
static void
say_text (FuzzServer *self,
          const char *text,
          gsize       length,
          gint64      number)
{
  g_autoptr (GString) given = g_string_new_len (text, (gssize) length);
  g_autoptr (GString) line = NULL;

  if (number == 0)
    g_string_replace (given, ",\"request_id\":#", "", 0);
  line = fuzz_script_expand (given->str, given->len, 0, get_number, &number);
  g_string_append_c (line, '\n');
  say (self, line->str, line->len);
}

static void
answer_log_in (FuzzServer *self,
               ChatPacket *request)
{
  gint64 number = chat_packet_get_integer (request, CHAT_FIELD_REQUEST_ID, 0);
  g_autofree char *given = g_steal_pointer (&self->login_answer);
  g_auto (GStrv) names = g_strsplit (self->features, ",", -1);
  g_autofree char *features = g_strjoinv ("\",\"", names);
  g_autofree char *line = NULL;

  line = given != NULL ? g_strdup (given)
                       : g_strdup_printf ("{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"login\":\"me\",\"features\":[%s%s%s],"
                                          "\"request_id\":#}", *features != '\0' ? "\"" : "", features, *features != '\0' ? "\"" : "");
  say_text (self, line, strlen (line), number);
}

static void
hear (FuzzServer *self,
      const char *object,
      gsize       length)
{
  g_autoptr (ChatPacket) request = chat_packet_parse (object, length, CHAT_PACKET_TO_SERVER);
  Asked asked;

  fuzz_check (chat_packet_get_problem (request) == NULL, "the app asks: %.*s: %s", (int) length, object,
              chat_packet_get_problem (request)->message);
  asked.type = chat_packet_get_kind (request);
  asked.number = chat_packet_get_integer (request, CHAT_FIELD_REQUEST_ID, 0);
  if (asked.type == CHAT_PACKET_REQUEST_LOGIN)
    answer_log_in (self, request);
  else if (asked.type != CHAT_PACKET_PING && asked.type != CHAT_PACKET_PONG && asked.type != CHAT_PACKET_TYPING)
    g_array_append_val (self->asked, asked);
}

/* Connections are reset at the end: thousands of them would else linger in the kernel */
static gboolean
take_connection (FuzzServer *self)
{
  struct linger linger = { .l_onoff = 1 };
  int one = 1, fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    return FALSE;
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fuzz_server_hang_up (self);
  if (!self->accepting)
    {
      close (fd);
      return TRUE;
    }
  self->fd = fd;
  chat_framer_init (&self->framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  return TRUE;
}

gboolean
fuzz_server_listen (FuzzServer *self)
{
  gboolean heard = take_connection (self);
  char buffer[16384];

  while (self->fd >= 0)
    {
      const char *p = buffer, *object;
      gssize n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      gsize left, length;
      ChatFramerResult outcome;

      if (n < 0 && errno == EAGAIN)
        break;
      heard = TRUE;
      if (n <= 0)
        {
          fuzz_server_hang_up (self);
          break;
        }
      left = (gsize) n;
      while ((outcome = chat_framer_feed (&self->framer, &p, &left, &object, &length, NULL)) == CHAT_FRAMER_OBJECT)
        hear (self, object, length);
      fuzz_check (outcome == CHAT_FRAMER_NEED_MORE, "the app says what is no JSON: %.*s", (int) n, buffer);
    }
  return heard;
}

gboolean
fuzz_server_is_behind (FuzzServer *self)
{
  int unsent = 0;

  return self->fd >= 0 && ioctl (self->fd, SIOCOUTQ, &unsent) == 0 && unsent > 0;
}

/* Returns: which of what was asked the answer @text is to */
static guint
find_asked (FuzzServer *self,
            const char *text,
            gsize       length)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      g_autoptr (ChatPacket) kind = chat_packet_new (g_array_index (self->asked, Asked, i).type);
      g_autofree char *type = g_strdup_printf ("\"type\":\"%s\"", chat_packet_get_name (kind));

      if (g_strstr_len (text, (gssize) MIN (length, 64), type) != NULL)
        return i;
    }
  return 0;
}

/* A page and a replay go on until they are closed */
static gboolean
is_over (const Asked *asked,
         const char  *text,
         gsize        length)
{
  if (asked->type == CHAT_PACKET_READ_MSG)
    return g_strstr_len (text, (gssize) length, "\"message_id\"") == NULL;
  if (asked->type == CHAT_PACKET_SYNC)
    return g_strstr_len (text, (gssize) length, "SYNC") != NULL || g_strstr_len (text, (gssize) length, "ERROR") != NULL;
  return TRUE;
}

static void
answer (FuzzServer *self,
        const char *text,
        gsize       length)
{
  guint i = find_asked (self, text, length);
  Asked asked;

  if (self->asked->len == 0)
    {
      say_text (self, text, length, 0);
      return;
    }
  asked = g_array_index (self->asked, Asked, i);
  if (is_over (&asked, text, length))
    g_array_remove_index (self->asked, i);
  say_text (self, text, length, asked.number);
}

void
fuzz_server_take_step (FuzzServer *self,
                       const char *step,
                       gsize       length)
{
  const char *text = step + MIN (length, 2);
  gsize size = length - MIN (length, 2);

  switch (*step)
    {
    case '>':
      say_text (self, text, size, 0);
      break;
    case '=':
      answer (self, text, size);
      break;
    case '+':
      say (self, text, size);
      break;
    case 'L':
      g_free (self->login_answer);
      self->login_answer = g_strndup (text, size);
      break;
    case 'F':
      g_free (self->features);
      self->features = g_strndup (text, size);
      g_strdelimit (self->features, "\"\\", '_');
      break;
    case '<':
      fuzz_server_hang_up (self);
      break;
    case '|':
      if (self->fd >= 0)
        shutdown (self->fd, SHUT_WR);
      break;
    default:
      break;
    }
}

gboolean
fuzz_session_is_busy (ChatSession *session)
{
  ChatStoreStatistics statistics = { 0 };

  if (session == NULL)
    return FALSE;
  if (session->store != NULL)
    chat_store_get_statistics (session->store, &statistics);
  return session->held || statistics.n_waiting > 0;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

void
fuzz_session_wait (void)
{
  guint id = __real_g_timeout_add (WAIT_MS, on_tick, NULL);

  g_main_context_iteration (NULL, TRUE);
  /* Something else may have come first */
  if (g_main_context_find_source_by_id (NULL, id) != NULL)
    g_source_remove (id);
}
