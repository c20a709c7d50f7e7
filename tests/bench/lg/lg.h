/* lg.h: a load generator for the protocol: one thread, one epoll descriptor, thousands of connections
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum
{
  CONN_CONNECTING,
  CONN_SHAKING,             /* the TLS handshake is under way */
  CONN_SIGNING,             /* REQUEST_SIGNUP or REQUEST_LOGIN is on its way */
  CONN_READY,
  CONN_CREATING,            /* CREATE_ROOM is on its way */
  CONN_READING,             /* READ_MSG is on its way */
  CONN_DEAD
} ConnState;

struct gnutls_session_int;

typedef struct
{
  int       fd;
  int       index;          /* of the connection; its user follows from it: see user_of() */
  ConnState state;
  struct gnutls_session_int *tls; /* NULL: plain */
  size_t    tls_unsent;     /* of a record that was cut short: to be given again as it was */
  bool      wants_out;      /* EPOLLOUT is armed */
  char     *in;
  size_t    in_len, in_cap;
  char     *out;
  size_t    out_off, out_len, out_cap;
  long      room;
  long      oldest;         /* of the last page: where the next older one ends */
  int       items;          /* of the page that is coming */
} Conn;

typedef struct
{
  int         port;
  int         pid;          /* of the server, for /proc */
  int         size;         /* bytes of text in a message */
  int         inflight;     /* log-ins at once */
  int         users;        /* connection i is user i modulo this; 0: each its own */
  bool        sign_up;      /* sign up instead of logging in */
  bool        tls;
  bool        features;     /* name the extensions that paging needs */
  const char *label;
} Options;
extern Options options;

/* net.c */
void     net_init  (int max_conns);
Conn    *net_open  (int index);
void     net_put   (Conn *conn, const char *bytes, size_t length);
void     net_close (Conn *conn);
/** net_poll: one round: what is ready is read and told by the events below, what was put is written; waits @ms at most */
void     net_poll  (int ms);
uint64_t now_ns    (void);

/* wire.c */
int      user_of           (int index);
void     wire_start        (Conn *conn);
size_t   wire_parse        (Conn *conn, const char *bytes, size_t length);
void     wire_create_room  (Conn *conn, int with_user);
void     wire_send         (Conn *conn, const char *text);
void     wire_read_page    (Conn *conn, int limit, bool newest);

/* Events, told by net.c and wire.c, heard by scenario.c */
void     on_ready   (Conn *conn);
void     on_room    (Conn *conn);
void     on_message (Conn *conn, const char *text, size_t length);
void     on_answer  (Conn *conn);
void     on_page    (Conn *conn);
void     on_failure (Conn *conn, const char *why);

/* stat.c */
typedef struct
{
  uint64_t n, max, buckets[64 * 32];
} Histogram;
void     histogram_add      (Histogram *histogram, uint64_t value);
/** histogram_quantile: within 3 % */
uint64_t histogram_quantile (const Histogram *histogram, double q);
/** process_cpu: seconds, user and system, all threads; @pid 0: our own */
double   process_cpu        (int pid);
/** process_memory: proportional set size, KiB */
long     process_pss        (int pid);

/* scenario.c */
int      scenario_sign_up (int n);
int      scenario_idle    (int n, int seconds);
int      scenario_pairs   (int pairs, int window, int warm, int seconds, int idle);
int      scenario_fanout  (int devices, int window, int warm, int seconds);
int      scenario_history (long fill, int pages, int page);
