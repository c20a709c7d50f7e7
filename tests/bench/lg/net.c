/* net.c: connections and the epoll loop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "lg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BUFFER (1 << 20)

static int epoll_fd;
static char *read_buffer;       /* shared: an idle connection holds none */
static Conn **dirty;            /* those with something to write, once each */
static int n_dirty;
static uint32_t source_base;

uint64_t
now_ns (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return (uint64_t) ts.tv_sec * 1000000000u + ts.tv_nsec;
}

void
net_init (int max_conns)
{
  epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  read_buffer = malloc (READ_BUFFER);
  dirty = calloc (2 * max_conns + 1, sizeof *dirty);    /* one may be flushed and filled again within a round */
  /* Loopback addresses of our own: sockets in TIME_WAIT of an earlier run then never run us out of ports */
  source_base = (127u << 24) | ((1 + getpid () % 250) << 16) | (((getpid () / 250) % 250) << 8) | 1;
}

static void
watch (Conn *conn, int op, bool out)
{
  struct epoll_event event = { .events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = conn };

  epoll_ctl (epoll_fd, op, conn->fd, &event);
  conn->wants_out = out;
}

Conn *
net_open (int index)
{
  Conn *conn = calloc (1, sizeof *conn);
  struct sockaddr_in address = { .sin_family = AF_INET };
  int one = 1;

  conn->index = index;
  conn->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (conn->fd < 0)
    {
      perror ("socket");
      exit (2);
    }
  setsockopt (conn->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  setsockopt (conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  address.sin_addr.s_addr = htonl (source_base + index / 4000);
  if (bind (conn->fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      perror ("bind");
      exit (2);
    }
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  address.sin_port = htons (options.port);
  if (connect (conn->fd, (struct sockaddr *) &address, sizeof address) != 0 && errno != EINPROGRESS)
    {
      perror ("connect");
      exit (2);
    }
  watch (conn, EPOLL_CTL_ADD, true);
  return conn;
}

void
net_put (Conn *conn, const char *bytes, size_t length)
{
  if (conn->state == CONN_DEAD)
    return;
  if (conn->out_off == conn->out_len)
    {
      conn->out_off = conn->out_len = 0;
      dirty[n_dirty++] = conn;
    }
  if (conn->out_len + length > conn->out_cap)
    {
      conn->out_cap = (conn->out_len + length) * 2;
      conn->out = realloc (conn->out, conn->out_cap);
    }
  memcpy (conn->out + conn->out_len, bytes, length);
  conn->out_len += length;
}

static void
flush (Conn *conn)
{
  while (conn->state > CONN_CONNECTING && conn->state != CONN_DEAD && conn->out_off < conn->out_len)
    {
      ssize_t n = write (conn->fd, conn->out + conn->out_off, conn->out_len - conn->out_off);

      if (n < 0 && errno == EAGAIN)
        {
          if (!conn->wants_out)
            watch (conn, EPOLL_CTL_MOD, true);
          return;
        }
      if (n < 0)
        {
          on_failure (conn, "write");
          return;
        }
      conn->out_off += n;
    }
  if (conn->state != CONN_DEAD && conn->wants_out && conn->state > CONN_CONNECTING)
    watch (conn, EPOLL_CTL_MOD, false);
}

void
net_close (Conn *conn)
{
  if (conn->state != CONN_DEAD)
    close (conn->fd);
  conn->state = CONN_DEAD;
  free (conn->in);
  conn->in = NULL;
  conn->in_len = conn->in_cap = 0;
}

static void
fill (Conn *conn)
{
  size_t length = conn->in_len, left;
  ssize_t n;

  if (length >= READ_BUFFER / 2)
    {
      on_failure (conn, "an oversized object");
      return;
    }
  if (length > 0)
    memcpy (read_buffer, conn->in, length);
  n = read (conn->fd, read_buffer + length, READ_BUFFER - length);
  if (n < 0 && errno == EAGAIN)
    return;
  if (n <= 0)
    {
      on_failure (conn, n == 0 ? "closed by the server" : strerror (errno));
      return;
    }
  length += n;
  left = length - wire_parse (conn, read_buffer, length);
  if (conn->state == CONN_DEAD)
    return;
  if (left > conn->in_cap)
    {
      conn->in_cap = left + 1024;
      conn->in = realloc (conn->in, conn->in_cap);
    }
  else if (left == 0 && conn->in_cap > 0)
    {
      free (conn->in);
      conn->in = NULL;
      conn->in_cap = 0;
    }
  if (left > 0)
    memcpy (conn->in, read_buffer + length - left, left);
  conn->in_len = left;
}

static void
connected (Conn *conn)
{
  int error = 0;
  socklen_t length = sizeof error;

  getsockopt (conn->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0)
    {
      on_failure (conn, strerror (error));
      return;
    }
  conn->state = CONN_SIGNING;
  wire_start (conn);
}

static void
flush_all (void)
{
  for (int i = 0; i < n_dirty; i++)
    flush (dirty[i]);
  n_dirty = 0;
}

void
net_poll (int ms)
{
  struct epoll_event events[512];
  int n;

  flush_all ();
  n = epoll_wait (epoll_fd, events, 512, ms);
  for (int i = 0; i < n; i++)
    {
      Conn *conn = events[i].data.ptr;

      if (conn->state == CONN_CONNECTING)
        {
          if (events[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
            connected (conn);
          continue;
        }
      if (conn->state != CONN_DEAD && events[i].events & EPOLLOUT)
        flush (conn);
      if (conn->state != CONN_DEAD && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        fill (conn);
    }
  flush_all ();
}
