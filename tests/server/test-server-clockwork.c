/* test-server-clockwork.c: the timer wheel, the buckets, the poller, and addresses as text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-limits.h"
#include "chat-server-listener.h"
#include "chat-server-poller.h"
#include "chat-test.h"

#include <sys/socket.h>
#include <unistd.h>

#define MS G_GINT64_CONSTANT (1000)
#define TICK_MS 9     /* one tick, rounded up */

/* The wheel */

typedef struct
{
  ChatServerTimer   timer;
  ChatServerTimers *timers;
  gint64           *now;
  gint64            deadline;
  gint64            fired;
  guint             n_fired;
  gint64            again;        /* sets itself again, so long after it ran */
  ChatServerTimer  *unset;        /* takes this one with it */
} Probe;

static void
on_probe (ChatServerTimer *timer)
{
  Probe *probe = (Probe *) timer;

  probe->fired = *probe->now;
  probe->n_fired++;
  g_assert_false (chat_server_timer_is_set (timer));
  if (probe->again > 0)
    chat_server_timers_set (probe->timers, timer, *probe->now + probe->again);
  if (probe->unset != NULL)
    chat_server_timer_unset (probe->unset);
}

/* A thousand deadlines from none to a day: each runs once, never early, and at most two ticks after get_next() asked for it */
static void
test_wheel_deadlines (void)
{
  gint64 now = 12345 * MS;
  g_autoptr (ChatServerTimers) timers = chat_server_timers_new (now);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree Probe *probes = g_new0 (Probe, 1000);
  gint64 next;

  g_assert_cmpint (chat_server_timers_get_next (timers), ==, -1);
  for (guint i = 0; i < 1000; i++)
    {
      gint64 spans[] = { 100 * MS, 30000 * MS, 600000 * MS, 86400000 * MS };
      gint64 span = spans[i % 4];

      probes[i].timers = timers;
      probes[i].now = &now;
      probes[i].timer.func = on_probe;
      probes[i].deadline = now + (gint64) (g_rand_double (rand) * (double) span);
      chat_server_timers_set (timers, &probes[i].timer, probes[i].deadline);
    }
  while ((next = chat_server_timers_get_next (timers)) >= 0)
    {
      g_assert_cmpint (next, >, now);
      now = next;
      chat_server_timers_advance (timers, now);
    }
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_cmpuint (probes[i].n_fired, ==, 1);
      g_assert_cmpint (probes[i].fired, >=, probes[i].deadline);
      g_assert_cmpint (probes[i].fired, <=, probes[i].deadline + 2 * TICK_MS * MS);
    }
}

/* Long silence, then one call: everything due runs, what is not stays */
static void
test_wheel_jump (void)
{
  gint64 now = 1;
  g_autoptr (ChatServerTimers) timers = chat_server_timers_new (now);
  Probe soon = { .timers = timers, .now = &now, .timer.func = on_probe };
  Probe late = soon;
  Probe beyond = soon;

  chat_server_timers_set (timers, &soon.timer, 5000 * MS);
  chat_server_timers_set (timers, &late.timer, 7200000 * MS);
  chat_server_timers_set (timers, &beyond.timer, G_MAXINT64);
  now = 3600000 * MS;
  chat_server_timers_advance (timers, now);
  g_assert_cmpuint (soon.n_fired, ==, 1);
  g_assert_cmpuint (late.n_fired, ==, 0);
  now = 7300000 * MS;
  chat_server_timers_advance (timers, now);
  g_assert_cmpuint (late.n_fired, ==, 1);
  g_assert_cmpuint (beyond.n_fired, ==, 0);
  g_assert_true (chat_server_timer_is_set (&beyond.timer));
  chat_server_timer_unset (&beyond.timer);
  chat_server_timer_unset (&beyond.timer);
  g_assert_cmpint (chat_server_timers_get_next (timers), ==, -1);
}

/* From within a timer: setting itself again, and taking away one that is due in the same tick */
static void
test_wheel_reentrant (void)
{
  gint64 now = 1;
  g_autoptr (ChatServerTimers) timers = chat_server_timers_new (now);
  Probe pair[2] = {
    { .timers = timers, .now = &now, .timer.func = on_probe },
    { .timers = timers, .now = &now, .timer.func = on_probe },
  };
  Probe again = { .timers = timers, .now = &now, .timer.func = on_probe, .again = 100 * MS };

  pair[0].unset = &pair[1].timer;
  pair[1].unset = &pair[0].timer;
  chat_server_timers_set (timers, &pair[0].timer, 50 * MS);
  chat_server_timers_set (timers, &pair[1].timer, 50 * MS);
  chat_server_timers_set (timers, &again.timer, 50 * MS);
  for (; now < 1000 * MS; now += 10 * MS)
    chat_server_timers_advance (timers, now);
  g_assert_cmpuint (pair[0].n_fired + pair[1].n_fired, ==, 1);
  g_assert_cmpuint (again.n_fired, >=, 7);
  g_assert_cmpuint (again.n_fired, <=, 10);
  chat_server_timer_unset (&again.timer);

  /* Set again before it ran: the later deadline counts */
  again.again = 0;
  again.n_fired = 0;
  chat_server_timers_set (timers, &again.timer, now + 50 * MS);
  chat_server_timers_set (timers, &again.timer, now + 500 * MS);
  now += 300 * MS;
  chat_server_timers_advance (timers, now);
  g_assert_cmpuint (again.n_fired, ==, 0);
  now += 300 * MS;
  chat_server_timers_advance (timers, now);
  g_assert_cmpuint (again.n_fired, ==, 1);
}

/* The buckets */

static void
test_bucket (void)
{
  ChatServerBucket bucket = { 0 };
  gint64 now = 1000 * MS;

  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now), ==, 0);
  g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now), ==, 2);
  g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now + 1000 * MS), ==, 1);
  g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now + 2000 * MS), ==, 0);
  g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now + 2000 * MS), >, 0);
  /* A clock that stands still or goes back gives nothing */
  g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now), >, 0);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now + 3600000 * MS), ==, 0);
  g_assert_cmpuint (chat_server_bucket_take (&bucket, 5, 0.5, 1, now + 3600000 * MS), >, 0);
}

/* The limits of the server are such that no script of 100 messages in a burst and no 20 sign-ups a minute meet them */
static void
test_bucket_of_scripts (void)
{
  ChatServerBucket requests = { 0 };
  ChatServerBucket signups = { 0 };
  gint64 now = 1000 * MS;

  for (guint i = 0; i < 200; i++)
    g_assert_cmpuint (chat_server_bucket_take (&requests, CHAT_SERVER_REQUEST_BURST, CHAT_SERVER_REQUEST_RATE, 1, now), ==, 0);
  for (guint minute = 0; minute < 10; minute++)
    for (guint i = 0; i < 20; i++)
      g_assert_cmpuint (chat_server_bucket_take (&signups, CHAT_SERVER_SIGNUP_BURST, CHAT_SERVER_SIGNUP_RATE, 1,
                                                 now + minute * 60000 * MS), ==, 0);
}

static void
test_meter (void)
{
  g_autoptr (ChatServerMeter) meter = chat_server_meter_new (2, 1);
  gint64 now = 1000 * MS;

  g_assert_cmpuint (chat_server_meter_take (meter, "a", 1, now), ==, 0);
  g_assert_cmpuint (chat_server_meter_take (meter, "a", 1, now), ==, 0);
  g_assert_cmpuint (chat_server_meter_take (meter, "a", 1, now), ==, 1);
  g_assert_cmpuint (chat_server_meter_take (meter, "b", 1, now), ==, 0);
  chat_server_meter_refund (meter, "a", 1);
  chat_server_meter_refund (meter, "nobody", 1);
  g_assert_cmpuint (chat_server_meter_take (meter, "a", 1, now), ==, 0);

  /* A flood of names is bounded, and what was full again is forgotten first */
  for (guint i = 0; i < 200000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      chat_server_meter_take (meter, name, 1, now + i * 10);
      g_assert_cmpuint (chat_server_meter_get_n_names (meter), <=, 65536);
    }
  now += 3600000 * MS;
  for (guint i = 0; i < 70000; i++)
    {
      g_autofree char *name = g_strdup_printf ("later %u", i);

      chat_server_meter_take (meter, name, 1, now);
    }
  g_assert_cmpuint (chat_server_meter_get_n_names (meter), <=, 65536);
}

/* The poller */

typedef struct
{
  ChatServerWatch  watch;
  int              other;         /* the other end of the pair */
  guint            n_ready;
  guint            n_flushed;
  guint            more;          /* asks so often to be called again */
  ChatServerWatch *remove;
} End;

static gboolean
on_end_ready (ChatServerWatch *watch,
              GIOCondition     condition)
{
  End *end = (End *) watch;
  char byte;

  end->n_ready++;
  if (end->more > 0)
    return end->more-- > 0;
  if (read (watch->fd, &byte, 1) == 1)
    chat_server_watch_touch (watch);
  if (end->remove != NULL)
    chat_server_watch_remove (end->remove);
  return FALSE;
}

static void
on_end_flush (ChatServerWatch *watch)
{
  ((End *) watch)->n_flushed++;
}

static void
end_init (End              *end,
          ChatServerPoller *poller)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  *end = (End) { .watch = { .fd = fds[0], .ready = on_end_ready, .flush = on_end_flush }, .other = fds[1] };
  g_assert_true (chat_server_poller_add (poller, &end->watch, G_IO_IN));
}

static void
end_clear (End *end)
{
  chat_server_watch_remove (&end->watch);
  chat_server_watch_remove (&end->watch);
  close (end->watch.fd);
  close (end->other);
}

static void
end_write (End *end)
{
  g_assert_cmpint (write (end->other, "x", 1), ==, 1);
}

static void
test_poller (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatServerPoller) poller = chat_server_poller_new (&error);
  End a, b;

  g_assert_no_error (error);
  end_init (&a, poller);
  end_init (&b, poller);

  end_write (&a);
  chat_test_wait_until (a.n_flushed == 1);
  g_assert_cmpuint (a.n_ready, ==, 1);
  g_assert_cmpuint (b.n_ready, ==, 0);

  /* Touched many times, flushed once */
  chat_server_watch_touch (&b.watch);
  chat_server_watch_touch (&b.watch);
  chat_test_wait_until (b.n_flushed == 1);
  chat_test_settle ();
  g_assert_cmpuint (b.n_flushed, ==, 1);

  /* One that has more is called without anything new to read, and does not keep the other waiting */
  a.more = 100;
  a.n_ready = 0;
  b.n_flushed = 0;
  end_write (&a);
  end_write (&b);
  chat_test_wait_until (b.n_flushed == 1);
  g_assert_cmpuint (a.n_ready, <, 50);
  chat_test_wait_until (a.n_flushed == 2);
  g_assert_cmpuint (a.n_ready, ==, 101);

  /* No interest, no call */
  a.n_ready = 0;
  chat_server_watch_set_interest (&a.watch, 0);
  end_write (&a);
  chat_test_settle ();
  g_assert_cmpuint (a.n_ready, ==, 0);
  chat_server_watch_set_interest (&a.watch, G_IO_IN);
  chat_test_wait_until (a.n_ready == 1);

  /* Both are ready in one batch and each removes the other: one of them runs */
  a.n_ready = b.n_ready = 0;
  a.remove = &b.watch;
  b.remove = &a.watch;
  end_write (&a);
  end_write (&b);
  chat_test_wait_until (a.n_ready + b.n_ready > 0);
  chat_test_settle ();
  g_assert_cmpuint (a.n_ready + b.n_ready, ==, 1);

  end_clear (&a);
  end_clear (&b);
}

static void
on_poller_timer (ChatServerTimer *timer)
{
  ((Probe *) timer)->n_fired++;
}

static void
test_poller_timer (void)
{
  g_autoptr (ChatServerPoller) poller = chat_server_poller_new (NULL);
  Probe probe = { .timer.func = on_poller_timer };
  gint64 begin = g_get_monotonic_time ();

  chat_server_timers_set (chat_server_poller_get_timers (poller), &probe.timer, begin + 30 * MS);
  chat_test_wait_until (probe.n_fired == 1);
  g_assert_cmpint (g_get_monotonic_time (), >=, begin + 30 * MS);
}

/* Addresses */

static void
test_addresses (void)
{
  static const struct
  {
    const char *text;
    const char *host;     /* NULL: refused */
    guint       port;
    const char *formatted;
  } cases[] = {
    { "localhost", "localhost", 7711, "localhost:7711" },
    { "localhost:0", "localhost", 0, "localhost:0" },
    { "127.0.0.1:65535", "127.0.0.1", 65535, "127.0.0.1:65535" },
    { "[::1]:80", "::1", 80, "[::1]:80" },
    { "[::1]", "::1", 7711, "[::1]:7711" },
    { "::1", "::1", 7711, "[::1]:7711" },
    { "localhost:", NULL }, { "localhost:65536", NULL }, { "localhost:-1", NULL }, { "localhost:8x", NULL }, { "", NULL },
    { ":80", NULL }, { "[]:80", NULL }, { "a b:80", NULL }, { "[::1:80", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *host = NULL;
      g_autofree char *formatted = NULL;
      g_autoptr (GError) error = NULL;
      guint16 port = 0;

      g_test_message ("%s", cases[i].text);
      if (!chat_server_address_parse (cases[i].text, &host, &port, &error))
        {
          g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
          g_assert_null (cases[i].host);
          continue;
        }
      g_assert_cmpstr (host, ==, cases[i].host);
      g_assert_cmpuint (port, ==, cases[i].port);
      formatted = chat_server_address_format (host, port);
      g_assert_cmpstr (formatted, ==, cases[i].formatted);
    }

  g_assert_true (chat_server_address_is_loopback ("localhost"));
  g_assert_true (chat_server_address_is_loopback ("127.9.9.9"));
  g_assert_true (chat_server_address_is_loopback ("::1"));
  g_assert_false (chat_server_address_is_loopback ("0.0.0.0"));
  g_assert_false (chat_server_address_is_loopback ("::"));
  g_assert_false (chat_server_address_is_loopback ("localhost.example.com"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/clockwork/wheel/deadlines", test_wheel_deadlines);
  g_test_add_func ("/server/clockwork/wheel/jump", test_wheel_jump);
  g_test_add_func ("/server/clockwork/wheel/reentrant", test_wheel_reentrant);
  g_test_add_func ("/server/clockwork/bucket", test_bucket);
  g_test_add_func ("/server/clockwork/bucket/scripts", test_bucket_of_scripts);
  g_test_add_func ("/server/clockwork/meter", test_meter);
  g_test_add_func ("/server/clockwork/poller", test_poller);
  g_test_add_func ("/server/clockwork/poller/timer", test_poller_timer);
  g_test_add_func ("/server/clockwork/addresses", test_addresses);
  return g_test_run ();
}
