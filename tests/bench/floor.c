/* floor.c: floor PORT [DATABASE]: the least that a server can do for the load, to measure a real one against
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thread, one epoll descriptor, rooms in memory, one commit for each round whose answers wait for it. It checks no
 * password, no name and no syntax, and finds fields by searching for their keys: no server that one could use.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_USERS (1 << 16)
#define MAX_ROOMS (1 << 16)
#define LIFETIME_S 1800

typedef struct Peer Peer;
struct Peer
{
  int    fd, user;
  bool   wants_out, dirty;
  char  *in, *out;
  size_t in_len, in_cap, out_off, out_len, out_cap;
  Peer  *next;                  /* another device of the same user */
};

static Peer *online[MAX_USERS];
static int rooms[MAX_ROOMS][2], n_rooms;
static Peer *dirty[1 << 16];
static int n_dirty, epoll_fd;
static char buffer[1 << 18], line_out[1 << 18];
static sqlite3 *db;
static sqlite3_stmt *insert, *page, *begin, *commit;
static bool in_transaction;
static long last_id;

static void
put (Peer *peer, const char *bytes, size_t length)
{
  if (peer->out_len + length > peer->out_cap)
    {
      peer->out_cap = (peer->out_len + length) * 2;
      peer->out = realloc (peer->out, peer->out_cap);
    }
  memcpy (peer->out + peer->out_len, bytes, length);
  peer->out_len += length;
  if (!peer->dirty)
    {
      peer->dirty = true;
      dirty[n_dirty++] = peer;
    }
}

static void
drop (Peer *peer)
{
  if (peer->fd < 0)
    return;
  close (peer->fd);
  peer->fd = -1;
  if (peer->user >= 0)
    for (Peer **p = &online[peer->user]; *p != NULL; p = &(*p)->next)
      if (*p == peer)
        {
          *p = peer->next;
          break;
        }
}

static void
watch (Peer *peer, int op, bool out)
{
  struct epoll_event event = { .events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = peer };

  epoll_ctl (epoll_fd, op, peer->fd, &event);
  peer->wants_out = out;
}

static void
flush (Peer *peer)
{
  while (peer->fd >= 0 && peer->out_off < peer->out_len)
    {
      ssize_t n = write (peer->fd, peer->out + peer->out_off, peer->out_len - peer->out_off);

      if (n < 0 && errno == EAGAIN)
        {
          if (!peer->wants_out)
            watch (peer, EPOLL_CTL_MOD, true);
          return;
        }
      if (n < 0)
        {
          drop (peer);
          return;
        }
      peer->out_off += n;
    }
  free (peer->out);
  peer->out = NULL;
  peer->out_cap = peer->out_len = peer->out_off = 0;
  if (peer->wants_out && peer->fd >= 0)
    watch (peer, EPOLL_CTL_MOD, false);
}

static const char *
find (const char *object, size_t length, const char *key, size_t *value_length)
{
  const char *end = object + length, *p = memmem (object, length, key, strlen (key)), *q;

  *value_length = 0;
  if (p == NULL)
    return "";
  for (p += strlen (key); p < end && (*p == ':' || *p == ' '); p++)
    ;
  if (p < end && *p == '"')
    {
      for (q = ++p; q < end && *q != '"'; q++)
        if (*q == '\\')
          q++;
    }
  else
    for (q = p; q < end && *q != ',' && *q != '}'; q++)
      ;
  *value_length = q - p;
  return p;
}

static long
find_number (const char *object, size_t length, const char *key)
{
  size_t n;
  const char *value = find (object, length, key, &n);

  return n > 0 ? atol (value) : 0;
}

/* The load names its users u0, u1, ... */
static int
find_user (const char *object, size_t length, const char *key)
{
  size_t n;
  const char *value = find (object, length, key, &n);

  return n > 1 && value[0] == 'u' ? atoi (value + 1) % MAX_USERS : 0;
}

static void
send_message (Peer *peer, const char *object, size_t length, long room)
{
  size_t text_length;
  const char *text = find (object, length, "\"message\"", &text_length);
  char date[40];
  time_t now = time (NULL);
  struct tm tm;
  int n;

  strftime (date, sizeof date, "%Y-%m-%dT%H:%M:%S.000Z", gmtime_r (&now, &tm));
  last_id++;
  if (insert != NULL)
    {
      if (!in_transaction)
        {
          sqlite3_step (begin);
          sqlite3_reset (begin);
          in_transaction = true;
        }
      sqlite3_bind_int64 (insert, 1, last_id);
      sqlite3_bind_int64 (insert, 2, room);
      sqlite3_bind_int64 (insert, 3, peer->user);
      sqlite3_bind_int64 (insert, 4, now);
      sqlite3_bind_text (insert, 5, text, text_length, SQLITE_STATIC);
      if (sqlite3_step (insert) != SQLITE_DONE)
        fprintf (stderr, "insert: %s\n", sqlite3_errmsg (db));
      sqlite3_reset (insert);
    }
  n = sprintf (line_out, "{\"type\":\"SND_MSG\",\"status\":\"SUCCESS\",\"room_id\":%ld,\"message_id\":%ld,\"date\":\"%s\"}\n",
               room, last_id, date);
  put (peer, line_out, n);
  n = sprintf (line_out, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":%ld,\"message_id\":%ld,\"msg_type\":\"TEXT\","
               "\"message\":\"%.*s\",\"date\":\"%s\",\"sender\":\"u%d\"}\n",
               room, last_id, (int) text_length, text, date, peer->user);
  for (int i = 0; i < 2; i++)
    for (Peer *p = online[rooms[room - 1][i]]; p != NULL; p = p->next)
      if (p != peer)
        put (p, line_out, n);
}

static void
send_page (Peer *peer, const char *object, size_t length, long room)
{
  long before = find_number (object, length, "\"before\"");
  int n;

  sqlite3_bind_int64 (page, 1, room);
  sqlite3_bind_int64 (page, 2, before > 0 ? before : 1L << 60);
  sqlite3_bind_int64 (page, 3, find_number (object, length, "\"limit\""));
  while (sqlite3_step (page) == SQLITE_ROW)
    {
      time_t date = sqlite3_column_int64 (page, 2);
      char text[40];
      struct tm tm;

      strftime (text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", gmtime_r (&date, &tm));
      n = sprintf (line_out, "{\"type\":\"READ_MSG\",\"status\":\"SUCCESS\",\"room_id\":%ld,\"message_id\":%lld,"
                   "\"msg_type\":\"TEXT\",\"message\":\"%s\",\"date\":\"%s\",\"sender\":\"u%d\",\"request_id\":1}\n",
                   room, sqlite3_column_int64 (page, 0), sqlite3_column_text (page, 3), text, sqlite3_column_int (page, 1));
      put (peer, line_out, n);
    }
  sqlite3_reset (page);
  n = sprintf (line_out, "{\"type\":\"READ_MSG\",\"status\":\"END\",\"room_id\":%ld,\"more\":true,\"request_id\":1}\n", room);
  put (peer, line_out, n);
}

static void
handle (Peer *peer, const char *object, size_t length)
{
  size_t type_length;
  const char *type = find (object, length, "\"type\"", &type_length);
  long room = find_number (object, length, "\"room_id\"");
  int n = 0;

#define IS(text) (type_length == sizeof text - 1 && memcmp (type, text, type_length) == 0)
  if (IS ("REQUEST_SIGNUP"))
    n = sprintf (line_out, "{\"type\":\"RESPONSE_SIGNUP\",\"status\":\"SINGUP_OK\"}\n");
  else if (IS ("REQUEST_LOGIN"))
    {
      peer->user = find_user (object, length, "\"login\"");
      peer->next = online[peer->user];
      online[peer->user] = peer;
      n = sprintf (line_out, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\"}\n");
    }
  else if (IS ("CREATE_ROOM") && peer->user >= 0 && n_rooms < MAX_ROOMS)
    {
      rooms[n_rooms][0] = peer->user;
      rooms[n_rooms][1] = find_user (object, length, "\"customer\"");
      n_rooms++;
      n = sprintf (line_out, "{\"type\":\"CREATE_ROOM\",\"id\":%d,\"customer\":\"u%d\"}\n", n_rooms, rooms[n_rooms - 1][1]);
    }
  else if (IS ("SND_MSG") && peer->user >= 0 && room > 0 && room <= n_rooms)
    send_message (peer, object, length, room);
  else if (IS ("READ_MSG") && page != NULL && room > 0 && room <= n_rooms)
    send_page (peer, object, length, room);
  else
    n = sprintf (line_out, "{\"type\":\"ERROR\",\"status\":\"BAD_REQUEST\"}\n");
  if (n > 0)
    put (peer, line_out, n);
}

static void
fill (Peer *peer)
{
  size_t at = 0, length = peer->in_len, left;
  const char *end;
  ssize_t n;

  if (length > 0)
    memcpy (buffer, peer->in, length);
  n = read (peer->fd, buffer + length, sizeof buffer - length);
  if (n < 0 && errno == EAGAIN)
    return;
  if (n <= 0)
    {
      drop (peer);
      return;
    }
  length += n;
  while (peer->fd >= 0 && (end = memchr (buffer + at, '\n', length - at)) != NULL)
    {
      handle (peer, buffer + at, end - (buffer + at));
      at = end + 1 - buffer;
    }
  left = length - at;
  if (left == sizeof buffer)
    {
      drop (peer);
      return;
    }
  if (left > peer->in_cap)
    {
      peer->in_cap = left;
      peer->in = realloc (peer->in, left);
    }
  else if (left == 0)
    {
      free (peer->in);
      peer->in = NULL;
      peer->in_cap = 0;
    }
  if (left > 0)
    memcpy (peer->in, buffer + at, left);
  peer->in_len = left;
}

static void
open_database (const char *path)
{
  if (sqlite3_open (path, &db) != SQLITE_OK)
    {
      fprintf (stderr, "%s: %s\n", path, sqlite3_errmsg (db));
      exit (1);
    }
  sqlite3_exec (db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "CREATE TABLE m (id INTEGER PRIMARY KEY, room INTEGER, sender INTEGER, date INTEGER, text TEXT);"
                    "CREATE INDEX by_room ON m (room, id)", NULL, NULL, NULL);
  sqlite3_prepare_v2 (db, "INSERT INTO m VALUES (?, ?, ?, ?, ?)", -1, &insert, NULL);
  sqlite3_prepare_v2 (db, "SELECT * FROM (SELECT id, sender, date, text FROM m WHERE room = ? AND id < ?"
                          " ORDER BY id DESC LIMIT ?) ORDER BY id", -1, &page, NULL);
  sqlite3_prepare_v2 (db, "BEGIN", -1, &begin, NULL);
  sqlite3_prepare_v2 (db, "COMMIT", -1, &commit, NULL);
}

static void
accept_all (int listener)
{
  int fd, one = 1;

  while ((fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
    {
      Peer *peer = calloc (1, sizeof *peer);

      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      peer->fd = fd;
      peer->user = -1;
      watch (peer, EPOLL_CTL_ADD, false);
    }
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t address_length = sizeof address;
  struct epoll_event events[512], event = { .events = EPOLLIN, .data.ptr = NULL };
  struct rlimit files;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

  address.sin_port = htons (argc > 1 ? atoi (argv[1]) : 0);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  signal (SIGPIPE, SIG_IGN);
  alarm (LIFETIME_S);
  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 || listen (listener, 4096) != 0)
    {
      perror ("listen");
      return 1;
    }
  if (argc > 2)
    open_database (argv[2]);
  epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listener, &event);
  getsockname (listener, (struct sockaddr *) &address, &address_length);
  printf ("ready 127.0.0.1:%d\n", ntohs (address.sin_port));
  fflush (stdout);

  while (true)
    {
      int n = epoll_wait (epoll_fd, events, 512, -1);

      for (int i = 0; i < n; i++)
        {
          Peer *peer = events[i].data.ptr;

          if (peer == NULL)
            {
              accept_all (listener);
              continue;
            }
          if (peer->fd >= 0 && events[i].events & EPOLLOUT)
            flush (peer);
          if (peer->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            fill (peer);
        }
      if (in_transaction)
        {
          sqlite3_step (commit);
          sqlite3_reset (commit);
          in_transaction = false;
        }
      for (int i = 0; i < n_dirty; i++)
        {
          dirty[i]->dirty = false;
          flush (dirty[i]);
        }
      n_dirty = 0;
    }
}
