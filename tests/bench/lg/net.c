/* net.c: connections and the epoll loop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "lg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BUFFER (1 << 20)
#define MAX_RECORD  16384

static int epoll_fd;
static char *read_buffer;       /* shared: an idle connection holds none */
static Conn **dirty;            /* those with something to write, once each */
static int n_dirty;
static uint32_t source_base;
static gnutls_certificate_credentials_t credentials;

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
  if (options.tls)
    gnutls_certificate_allocate_credentials (&credentials);       /* any certificate will do here */
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

/* As write () and read (), with EAGAIN in errno. What GnuTLS was to send and could not it must be given again */
static ssize_t
conn_write (Conn *conn, const char *bytes, size_t length)
{
  ssize_t n;

  if (conn->tls == NULL)
    return write (conn->fd, bytes, length);
  length = conn->tls_unsent > 0 ? conn->tls_unsent : length < MAX_RECORD ? length : MAX_RECORD;
  n = gnutls_record_send (conn->tls, bytes, length);
  conn->tls_unsent = n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED ? length : 0;
  errno = conn->tls_unsent > 0 ? EAGAIN : EIO;
  return n < 0 ? -1 : n;
}

static ssize_t
conn_read (Conn *conn, char *bytes, size_t length)
{
  size_t got = 0;
  ssize_t n;

  if (conn->tls == NULL)
    return read (conn->fd, bytes, length);
  /* Whole records, of which epoll tells nothing any more, wait inside */
  do
    {
      n = gnutls_record_recv (conn->tls, bytes + got, length - got);
      if (n > 0)
        got += n;
    }
  while (n > 0 && got < length && gnutls_record_check_pending (conn->tls) > 0);
  if (got > 0)
    return got;
  errno = n < 0 && !gnutls_error_is_fatal (n) ? EAGAIN : EIO;
  return n < 0 ? -1 : 0;
}

static void
flush (Conn *conn)
{
  while (conn->state > CONN_SHAKING && conn->state != CONN_DEAD && conn->out_off < conn->out_len)
    {
      ssize_t n = conn_write (conn, conn->out + conn->out_off, conn->out_len - conn->out_off);

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
  if (conn->state != CONN_DEAD && conn->wants_out && conn->state > CONN_SHAKING)
    watch (conn, EPOLL_CTL_MOD, false);
}

void
net_close (Conn *conn)
{
  if (conn->state != CONN_DEAD)
    close (conn->fd);
  if (conn->tls != NULL)
    gnutls_deinit (conn->tls);
  conn->tls = NULL;
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
  n = conn_read (conn, read_buffer + length, READ_BUFFER - length);
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
shake (Conn *conn)
{
  int code = gnutls_handshake (conn->tls);

  if (code == GNUTLS_E_SUCCESS)
    {
      conn->state = CONN_SIGNING;
      wire_start (conn);
    }
  else if (gnutls_error_is_fatal (code))
    on_failure (conn, gnutls_strerror (code));
  else if (conn->wants_out != (gnutls_record_get_direction (conn->tls) == 1))
    watch (conn, EPOLL_CTL_MOD, !conn->wants_out);
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
  if (options.tls)
    {
      conn->state = CONN_SHAKING;
      gnutls_init (&conn->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS);
      gnutls_set_default_priority (conn->tls);
      gnutls_credentials_set (conn->tls, GNUTLS_CRD_CERTIFICATE, credentials);
      gnutls_transport_set_int (conn->tls, conn->fd);
      shake (conn);
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
      if (conn->state == CONN_SHAKING)
        {
          shake (conn);
          continue;
        }
      if (conn->state != CONN_DEAD && events[i].events & EPOLLOUT)
        flush (conn);
      if (conn->state != CONN_DEAD && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        fill (conn);
    }
  flush_all ();
}
