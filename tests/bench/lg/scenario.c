/* scenario.c: what is done to the server, and what of it is measured
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every text begins with ~SENDER(8)TIME(16)NUMBER(8)~ in hex: the receiver tells from it how long the message took.
 */

#include "lg.h"

#include <stdlib.h>
#include <string.h>

#define HEAD 34
#define LOGIN_TIMEOUT_NS (240ull * 1000000000u)
#define ROOM_WINDOW 64
#define FILL_WINDOW 64

static Conn **conns;
static int n_conns, n_opened, n_ready, n_rooms, n_failures;
static uint64_t n_sent, n_delivered, n_answers;
static Histogram latency;       /* microseconds */
static uint32_t serial;
static int left[1 << 16];       /* by serial: receivers that have not got it yet */
static int receivers = 1;       /* of each message */
static bool measuring, stopping, page_done;

void
on_ready (Conn *conn)
{
  n_ready++;
  if (options.sign_up)
    net_close (conn);
}

void
on_room (Conn *conn)
{
  (void) conn;
  n_rooms++;
}

void
on_answer (Conn *conn)
{
  (void) conn;
  n_answers++;
}

void
on_page (Conn *conn)
{
  (void) conn;
  page_done = true;
}

void
on_failure (Conn *conn, const char *why)
{
  if (n_failures++ < 5)
    fprintf (stderr, "%s: connection %d: %s\n", options.label, conn->index, why);
  net_close (conn);
  if (n_failures > 200)
    exit (3);
}

static void
send_one (Conn *conn)
{
  char text[8192];
  int n;

  if (conn->state == CONN_DEAD)
    return;
  n = sprintf (text, "~%08x%016llx%08x~", conn->index, (unsigned long long) now_ns (), serial);
  memset (text + n, 'x', options.size - n);
  text[options.size] = '\0';
  left[serial++ & 0xffff] = receivers;
  n_sent++;
  wire_send (conn, text);
}

static uint64_t
hex (const char *text, int n)
{
  char digits[17];

  memcpy (digits, text, n);
  digits[n] = '\0';
  return strtoull (digits, NULL, 16);
}

void
on_message (Conn *conn, const char *text, size_t length)
{
  unsigned sender;
  uint64_t sent, now;

  (void) conn;
  if (length < HEAD || text[0] != '~' || text[HEAD - 1] != '~')
    return;
  sender = hex (text + 1, 8);
  sent = hex (text + 9, 16);
  now = now_ns ();
  if (sender >= (unsigned) n_conns || conns[sender] == NULL)
    return;
  if (measuring)
    {
      n_delivered++;
      histogram_add (&latency, now > sent ? (now - sent) / 1000 : 0);
    }
  if (--left[hex (text + 25, 8) & 0xffff] == 0 && !stopping)
    send_one (conns[sender]);
}

static void
run_for (double seconds)
{
  uint64_t end = now_ns () + (uint64_t) (seconds * 1e9), now;

  while ((now = now_ns ()) < end)
    net_poll ((end - now) / 1000000 + 1);
}

static bool
log_in (int n)
{
  uint64_t start = now_ns ();

  n_conns = n;
  conns = calloc (n, sizeof *conns);
  net_init (n);
  while (n_ready + n_failures < n)
    {
      while (n_opened < n && n_opened - n_ready - n_failures < options.inflight)
        {
          conns[n_opened] = net_open (n_opened);
          n_opened++;
        }
      net_poll (100);
      if (now_ns () - start > LOGIN_TIMEOUT_NS)
        {
          fprintf (stderr, "%s: only %d of %d logged in\n", options.label, n_ready, n);
          return false;
        }
    }
  return n_failures == 0;
}

/* Keeps the windows full for @warm and then @seconds, of which it reports */
static int
measure (const char *name, int warm, int seconds, const char *more)
{
  uint64_t start, end, now;
  double server, own, wall;

  run_for (warm);
  measuring = true;
  start = now_ns ();
  end = start + (uint64_t) seconds * 1000000000u;
  server = process_cpu (options.pid);
  own = process_cpu (0);
  while ((now = now_ns ()) < end && n_failures == 0)
    net_poll (50);
  measuring = false;
  stopping = true;
  server = process_cpu (options.pid) - server;
  own = process_cpu (0) - own;
  wall = (now - start) / 1e9;
  printf ("%s %s%s n=%llu per_s=%.0f cpu_us=%.3f server_cpu_pct=%.0f generator_cpu_pct=%.0f p50_ms=%.3f p99_ms=%.3f "
          "max_ms=%.1f pss_kb=%ld failures=%d %s\n", options.label, name, options.tls ? "tls" : "", (unsigned long long) n_delivered,
          n_delivered / wall, n_delivered > 0 ? server * 1e6 / n_delivered : 0, server * 100 / wall, own * 100 / wall,
          histogram_quantile (&latency, .5) / 1e3, histogram_quantile (&latency, .99) / 1e3, latency.max / 1e3,
          process_pss (options.pid), n_failures, more);
  return n_failures > 0 || n_delivered == 0;
}

int
scenario_sign_up (int n)
{
  double cpu = process_cpu (options.pid);
  bool ok;

  options.sign_up = true;
  ok = log_in (n);
  printf ("%s signup n=%d cpu_ms=%.3f failures=%d\n", options.label, n_ready,
          (process_cpu (options.pid) - cpu) * 1e3 / n, n_failures);
  return !ok;
}

int
scenario_idle (int n, int seconds)
{
  long before = process_pss (options.pid), after;
  double cpu = process_cpu (options.pid), logged_in, idle;

  if (!log_in (n))
    return 1;
  run_for (1);
  logged_in = process_cpu (options.pid);
  run_for (seconds);
  idle = process_cpu (options.pid);
  after = process_pss (options.pid);
  printf ("%s idle%s n=%d pss_before_kb=%ld pss_kb=%ld kib_each=%.3f login_cpu_ms=%.4f idle_cpu_pct=%.2f failures=%d\n",
          options.label, options.tls ? "tls" : "", n, before, after, (double) (after - before) / n, (logged_in - cpu) * 1e3 / n,
          seconds > 0 ? (idle - logged_in) * 100 / seconds : 0, n_failures);
  return n_failures > 0;
}

/* The senders are the first connections, their receivers the next, the idle ones come last */
int
scenario_pairs (int pairs, int window, int warm, int seconds, int idle)
{
  char more[64];

  if (!log_in (2 * pairs + idle))
    return 1;
  for (int i = 0; i < pairs && n_failures == 0; i++)
    {
      wire_create_room (conns[i], pairs + i);
      while (n_rooms < i + 1 - ROOM_WINDOW && n_failures == 0)
        net_poll (100);
    }
  while (n_rooms < pairs && n_failures == 0)
    net_poll (100);
  run_for (1);
  for (int i = 0; i < pairs; i++)
    for (int w = 0; w < window; w++)
      send_one (conns[i]);
  snprintf (more, sizeof more, "pairs=%d window=%d idle=%d", pairs, window, idle);
  return measure (idle > 0 ? "pairsidle" : "pairs", warm, seconds, more);
}

/* A room of two with many devices: connection i is a device of user i modulo 2; the first one sends */
int
scenario_fanout (int devices, int window, int warm, int seconds)
{
  char more[64];

  options.users = 2;
  receivers = devices - 1;
  if (!log_in (devices))
    return 1;
  wire_create_room (conns[0], 1);
  while (n_rooms < 1 && n_failures == 0)
    net_poll (100);
  run_for (1);
  for (int w = 0; w < window; w++)
    send_one (conns[0]);
  snprintf (more, sizeof more, "devices=%d window=%d", devices, window);
  return measure ("fanout", warm, seconds, more);
}

static int
read_pages (const char *name, int pages, int page, bool newest)
{
  Histogram times = { 0 };
  double cpu = process_cpu (options.pid);
  long items = 0;

  for (int i = 0; i < pages && n_failures == 0; i++)
    {
      uint64_t start = now_ns ();

      page_done = false;
      wire_read_page (conns[0], page, newest || i == 0);
      while (!page_done && n_failures == 0)
        net_poll (100);
      histogram_add (&times, (now_ns () - start) / 1000);
      items += conns[0]->items;
    }
  cpu = process_cpu (options.pid) - cpu;
  printf ("%s %s pages=%d items=%ld p50_ms=%.3f p99_ms=%.3f max_ms=%.3f cpu_ms=%.4f failures=%d\n", options.label, name,
          pages, items, histogram_quantile (&times, .5) / 1e3, histogram_quantile (&times, .99) / 1e3, times.max / 1e3,
          cpu * 1e3 / pages, n_failures);
  return n_failures > 0 || items != (long) pages * page;
}

/* One room that is filled; then its newest page again and again, then older and older ones */
int
scenario_history (long fill, int pages, int page)
{
  int rc;

  options.features = true;
  if (!log_in (2))
    return 1;
  wire_create_room (conns[0], 1);
  while (n_rooms < 1 && n_failures == 0)
    net_poll (100);
  measuring = true;
  for (int w = 0; w < FILL_WINDOW; w++)
    send_one (conns[0]);
  while (n_delivered < (uint64_t) fill && n_failures == 0)
    {
      net_poll (100);
      stopping = n_sent >= (uint64_t) fill;
    }
  stopping = true;
  run_for (1);
  rc = read_pages ("newest", pages, page, true);
  return read_pages ("older", pages, page, false) || rc;
}
