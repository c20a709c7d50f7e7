/* test-clock.c: 12 or 24 hours, as a desktop says that stands in for GNOME's
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "chat-clock.h"
#include "chat-format.h"
#include "chat-test.h"

static const char introspection[] =
  "<node><interface name='org.freedesktop.portal.Settings'>"
  "<method name='Read'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='out'/></method>"
  "<signal name='SettingChanged'><arg type='s'/><arg type='s'/><arg type='v'/></signal>"
  "</interface></node>";

typedef struct
{
  GTestDBus *daemon;
  GDBusConnection *desktop;
  GDBusConnection *app;
  GVariant *answer;     /* NULL: an error */
  guint n_asked;
} Fixture;

static void
call_cb (GDBusConnection       *connection,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *parameters,
         GDBusMethodInvocation *invocation,
         gpointer               data)
{
  Fixture *f = data;
  const char *name, *key;

  g_variant_get (parameters, "(&s&s)", &name, &key);
  g_assert_cmpstr (name, ==, "org.gnome.desktop.interface");
  g_assert_cmpstr (key, ==, "clock-format");
  f->n_asked++;
  if (f->answer == NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.portal.Error.NotFound", "no such setting");
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(v)", f->answer));
}

static GDBusConnection *
connect_to (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection =
    g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (f->daemon),
                                            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                            NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  static const GDBusInterfaceVTable vtable = { .method_call = call_cb };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, &error);
  g_autoptr (GVariant) answer = NULL;

  g_assert_no_error (error);
  f->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->daemon);
  f->desktop = connect_to (f);
  f->app = connect_to (f);
  g_dbus_connection_register_object (f->desktop, "/org/freedesktop/portal/desktop", node->interfaces[0], &vtable, f, NULL, &error);
  g_assert_no_error (error);
  answer = g_dbus_connection_call_sync (f->desktop, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new ("(su)", "org.freedesktop.portal.Desktop", 0), NULL, 0, -1,
                                        NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_clear_pointer (&f->answer, g_variant_unref);
  g_dbus_connection_close_sync (f->desktop, NULL, NULL);
  g_dbus_connection_close_sync (f->app, NULL, NULL);
  g_clear_object (&f->desktop);
  g_clear_object (&f->app);
  g_test_dbus_down (f->daemon);
  g_clear_object (&f->daemon);
}

static void
answer_with (Fixture  *f,
             GVariant *value)
{
  g_clear_pointer (&f->answer, g_variant_unref);
  if (value != NULL)
    f->answer = g_variant_ref_sink (value);
}

static void
change (Fixture    *f,
        const char *name,
        const char *key,
        GVariant   *value)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (f->desktop, NULL, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings",
                                 "SettingChanged", g_variant_new ("(ssv)", name, key, value), &error);
  g_assert_no_error (error);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_follows (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (ChatClock) self = NULL;
  guint n = 0;

  /* As "Read" of the portal does it: a variant in a variant */
  answer_with (f, g_variant_new_variant (g_variant_new_string ("12h")));
  self = chat_clock_new (f->app);
  g_signal_connect_swapped (self, "notify::twelve-hours", G_CALLBACK (count_cb), &n);
  g_assert_false (chat_clock_get_twelve_hours (self));
  chat_test_wait_until (chat_clock_get_twelve_hours (self));
  g_assert_cmpuint (n, ==, 1);

  change (f, "org.gnome.desktop.interface", "clock-format", g_variant_new_string ("24h"));
  chat_test_wait_until (!chat_clock_get_twelve_hours (self));
  g_assert_cmpuint (n, ==, 2);

  /* What is not meant, not known or no word at all changes nothing; the last one is awaited */
  change (f, "org.gnome.desktop.interface", "clock-format", g_variant_new_string ("13h"));
  change (f, "org.gnome.desktop.interface", "clock-format", g_variant_new_int32 (12));
  change (f, "org.gnome.desktop.interface", "clock-show-date", g_variant_new_string ("12h"));
  change (f, "com.example.interface", "clock-format", g_variant_new_string ("12h"));
  change (f, "org.gnome.desktop.interface", "clock-format", g_variant_new_string ("24h"));
  change (f, "org.gnome.desktop.interface", "clock-format", g_variant_new_string ("12h"));
  chat_test_wait_until (chat_clock_get_twelve_hours (self));
  g_assert_cmpuint (n, ==, 3);
}

static void
test_no_answer (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (ChatClock) self = NULL;

  answer_with (f, NULL);
  self = chat_clock_new (f->app);
  chat_test_wait_until (f->n_asked == 1);
  chat_test_settle ();
  g_assert_false (chat_clock_get_twelve_hours (self));
  /* It is heard when the person changes it later */
  change (f, "org.gnome.desktop.interface", "clock-format", g_variant_new_string ("12h"));
  chat_test_wait_until (chat_clock_get_twelve_hours (self));
}

/* One that is gone before the answer comes */
static void
test_gone (Fixture       *f,
           gconstpointer  data)
{
  ChatClock *self = chat_test_watch_object (chat_clock_new (f->app));

  answer_with (f, g_variant_new_string ("12h"));
  g_object_unref (self);
  chat_test_assert_finalized ();
  chat_test_wait_until (f->n_asked == 1);
  chat_test_settle ();
}

static void
test_locale (void)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 11, 23, 15, 5, 0);
  g_autofree char *words = chat_format_clock (time);

  /* Of the locale C */
  g_assert_cmpstr (words, ==, "15:05");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/ui/clock/follows", Fixture, NULL, set_up, test_follows, tear_down);
  g_test_add ("/ui/clock/no-answer", Fixture, NULL, set_up, test_no_answer, tear_down);
  g_test_add ("/ui/clock/gone", Fixture, NULL, set_up, test_gone, tear_down);
  g_test_add_func ("/ui/clock/locale", test_locale);

  return g_test_run ();
}
