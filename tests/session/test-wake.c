/* test-wake.c: the computer slept, or the network changed: what is dead is found at once, and what lives is left alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-session-test.h"

#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

/* A network that comes and goes as the test says */
#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject  parent_instance;
  gboolean available;
};

enum
{
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY
};

static void
test_monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

static gboolean
test_monitor_initable_init (GInitable     *initable,
                            GCancellable  *cancellable,
                            GError       **error)
{
  return TRUE;
}

static void
test_monitor_initable_iface_init (GInitableIface *iface)
{
  iface->init = test_monitor_initable_init;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMonitor, test_monitor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, test_monitor_initable_iface_init)
                               G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, test_monitor_iface_init))

static void
test_monitor_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  if (prop_id == PROP_AVAILABLE)
    g_value_set_boolean (value, TEST_MONITOR (object)->available);
  else if (prop_id == PROP_METERED)
    g_value_set_boolean (value, FALSE);
  else
    g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = test_monitor_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
test_monitor_init (TestMonitor *self)
{
  self->available = TRUE;
}

static void
set_network (TestMonitor *self,
             gboolean     available)
{
  self->available = available;
  g_signal_emit_by_name (self, "network-changed", available);
}

/* How long this computer has slept */
static gint64 asleep;

static gint64
get_asleep (void)
{
  return asleep;
}

/* A server that may fall silent, as one does at the other end of a link that is cut */
typedef struct
{
  const char *features;
  gboolean    silent;
  gboolean    limiting;     /* log-ins are put off, by an hour */
  guint       n_pings;
  guint       n_searches;
} Link;

static void
serve (ChatRawPeer *peer,
       const char  *type,
       JsonObject  *request,
       gpointer     user_data)
{
  Link *link = user_data;
  g_autofree char *number = request != NULL ? chat_raw_request_id (request) : g_strdup ("");

  link->n_pings += g_str_equal (type, "PING");
  link->n_searches += g_str_equal (type, "SEARCH_USER");
  /* (A new connection is another link) */
  if (link->silent && !g_str_equal (type, "REQUEST_LOGIN"))
    return;
  if (g_str_equal (type, "PING"))
    chat_raw_say (peer, "{\"type\":\"PONG\"}");
  else if (g_str_equal (type, "REQUEST_LOGIN") && link->limiting)
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"RATE_LIMITED\",\"error\":\"slowly\",\"retry_after\":3600}");
  else if (g_str_equal (type, "REQUEST_LOGIN"))
    chat_raw_say (peer, "{\"type\":\"RESPONSE_LOGIN\",\"status\":\"LOGIN_OK\",\"features\":[%s]}", link->features);
  else if (g_str_equal (type, "OLD_DIALOGS"))
    chat_raw_say (peer, "{\"type\":\"OLD_DIALOGS\",\"dialogs\":[],\"id\":[],\"first_massage_id\":[]%s}", number);
  else if (g_str_equal (type, "SEARCH_USER"))
    chat_raw_say (peer, "{\"type\":\"SEARCH_USER\",\"user\":[]%s}", number);
}

static void
sign_in (ChatPerson    *person,
         ChatRawServer *server,
         TestMonitor   *monitor)
{
  ChatSessionTimes *times = chat_session_get_times (person->session);
  g_autoptr (GError) error = NULL;

  chat_test_keyring_empty ();
  times->tick = 20;
  times->probe = 200;
  chat_session_set_clock (person->session, get_asleep);
  chat_session_set_monitor (person->session, G_NETWORK_MONITOR (monitor));
  chat_person_sign_in (person, chat_raw_server_get_address (server), TRUE, "anna", "secret-enough", FALSE, &error);
  g_assert_no_error (error);
  chat_test_wait_until (chat_room_list_get_loaded (chat_session_get_rooms (person->session)));
}

/* @data: what the server names. A connection that lives is asked and left as it is; a dead one is found within the time of a probe,
 * not within the minute that silence takes */
static void
test_sleep_online (gconstpointer data)
{
  Link link = { .features = data };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &link);
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  gboolean pings = strstr (data, "ping") != NULL;
  guint n_searches;
  gint64 started;

  sign_in (anna, server, monitor);
  n_searches = link.n_searches;
  asleep += HOUR;
  chat_test_wait_until (pings ? link.n_pings == 1 : link.n_searches > n_searches);
  /* A second one is asked for when the first is over */
  chat_test_settle ();
  g_assert_cmpuint (chat_raw_server_get_n_accepted (server), ==, 1);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_ONLINE);

  link.silent = TRUE;
  started = g_get_monotonic_time ();
  do
    {
      /* (Not one that falls into the time of the first) */
      asleep += HOUR;
      chat_test_settle ();
    }
  while (chat_raw_server_get_n_accepted (server) == 1 && g_get_monotonic_time () - started < 30 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 25 * G_USEC_PER_SEC);
  link.silent = FALSE;
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
}

/* Asleep while it waited: the hour is over */
static void
test_sleep_waiting (void)
{
  Link link = { .features = "\"ping\",\"request-id\"" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &link);
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  guint n;

  sign_in (anna, server, monitor);
  link.limiting = TRUE;
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_WAITING
                        && g_error_matches (chat_session_get_error (anna->session), CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_RATE_LIMITED));
  link.limiting = FALSE;
  n = chat_raw_server_get_n_accepted (server);
  /* Half an hour is not enough, and moves the end of the wait */
  asleep += HOUR / 2;
  chat_test_wait_until (chat_session_get_retry_at (anna->session) < g_get_monotonic_time () + HOUR * 2 / 3);
  set_network (monitor, FALSE);
  set_network (monitor, TRUE);
  chat_test_settle ();
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_WAITING);
  g_assert_cmpuint (chat_raw_server_get_n_accepted (server), ==, n);
  asleep += HOUR / 2;
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
}

/* The network comes back: at once, however long the wait is that was drawn */
static void
test_network (void)
{
  Link link = { .features = "\"ping\",\"request-id\"" };
  g_autoptr (ChatRawServer) server = chat_raw_server_new (serve, &link);
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  g_autoptr (ChatPerson) anna = chat_person_new ();
  ChatSessionTimes *times = chat_session_get_times (anna->session);

  sign_in (anna, server, monitor);
  times->backoff_base = times->backoff_max = 3600 * 1000;
  chat_raw_server_set_accepting (server, FALSE);
  set_network (monitor, FALSE);
  chat_raw_hang_up (chat_raw_server_get_peer (server));
  do
    {
      chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_WAITING);
      if (chat_session_get_retry_at (anna->session) >= g_get_monotonic_time () + 60 * G_USEC_PER_SEC)
        break;
      /* Drawn by chance: a short one is drawn again */
      chat_session_connect (anna->session);
    }
  while (TRUE);
  chat_raw_server_set_accepting (server, TRUE);
  set_network (monitor, TRUE);
  g_assert_cmpint (chat_session_get_state (anna->session), ==, CHAT_SESSION_CONNECTING);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);

  /* It becomes another one, over which the old connection leads nowhere */
  link.silent = TRUE;
  link.n_pings = 0;
  times->backoff_base = times->backoff_max = 10;
  set_network (monitor, TRUE);
  chat_test_wait_until (link.n_pings > 0 && chat_session_get_state (anna->session) != CHAT_SESSION_ONLINE);
  link.silent = FALSE;
  set_network (monitor, FALSE);
  set_network (monitor, TRUE);
  chat_test_wait_until (chat_session_get_state (anna->session) == CHAT_SESSION_ONLINE);
}

int
main (int    argc,
      char **argv)
{
  chat_session_test_init (&argc, &argv);

  g_test_add_data_func ("/wake/online-with-ping", "\"ping\",\"request-id\"", test_sleep_online);
  g_test_add_data_func ("/wake/online-without", "\"request-id\"", test_sleep_online);
  g_test_add_func ("/wake/waiting", test_sleep_waiting);
  g_test_add_func ("/wake/network", test_network);

  return chat_session_test_run ();
}
