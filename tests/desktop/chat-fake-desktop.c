/* chat-fake-desktop.c: the services of a desktop, on a bus of the test's own, that keep a record instead of showing anything
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-fake-desktop.h"

#include <signal.h>
#include <sys/prctl.h>

#include "chat-test.h"

#define GTK_XML \
  "<node><interface name='org.gtk.Notifications'>" \
  "<method name='AddNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>" \
  "<method name='RemoveNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/></method>" \
  "</interface></node>"
#define PORTAL_XML \
  "<node><interface name='org.freedesktop.portal.Notification'>" \
  "<method name='AddNotification'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>" \
  "<method name='RemoveNotification'><arg type='s' direction='in'/></method>" \
  "</interface><interface name='org.freedesktop.portal.Background'>" \
  "<method name='RequestBackground'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>" \
  "<property name='version' type='u' access='read'/>" \
  "</interface></node>"
#define FREEDESKTOP_XML \
  "<node><interface name='org.freedesktop.Notifications'>" \
  "<method name='GetCapabilities'><arg type='as' direction='out'/></method>" \
  "<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>" \
  "<arg type='s' direction='out'/><arg type='s' direction='out'/></method>" \
  "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>" \
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>" \
  "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>" \
  "<method name='CloseNotification'><arg type='u' direction='in'/></method>" \
  "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>" \
  "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal>" \
  "</interface></node>"

struct _ChatFakeDesktop
{
  GDBusConnection *connection;  /* the desktop's own */
  GPtrArray *shown;
  GQueue owed;                  /* invocations, in order */
  gboolean slow;
  const char *name;             /* that it owns */
  guint registrations[2];
  gboolean granted;
  GVariant *request;
  char *capability;
  guint last;
  guint n_sent;
};

static void
notification_free (gpointer data)
{
  ChatFakeNotification *one = data;

  g_free (one->id);
  g_free (one->title);
  g_free (one->body);
  g_variant_unref (one->data);
  g_free (one);
}

static void
show (ChatFakeDesktop *self,
      const char      *id,
      const char      *title,
      const char      *body,
      GVariant        *data)
{
  ChatFakeNotification *one = NULL;

  for (guint i = 0; i < self->shown->len && one == NULL; i++)
    if (g_str_equal (((ChatFakeNotification *) self->shown->pdata[i])->id, id))
      one = self->shown->pdata[i];
  if (one == NULL)
    {
      one = g_new0 (ChatFakeNotification, 1);
      one->id = g_strdup (id);
      g_ptr_array_add (self->shown, one);
    }
  else
    g_variant_unref (one->data);
  g_free (one->title);
  g_free (one->body);
  one->title = g_strdup (title);
  one->body = g_strdup (body);
  one->data = g_variant_ref_sink (data);
  self->n_sent++;
}

static void
hide (ChatFakeDesktop *self,
      const char      *id)
{
  for (guint i = self->shown->len; i > 0; i--)
    if (g_str_equal (((ChatFakeNotification *) self->shown->pdata[i - 1])->id, id))
      {
        g_ptr_array_remove_index (self->shown, i - 1);
        return;
      }
}

static void
answer (ChatFakeDesktop       *self,
        GDBusMethodInvocation *invocation,
        GVariant              *value)
{
  if (value != NULL)
    g_object_set_data_full (G_OBJECT (invocation), "answer", g_variant_ref_sink (value), (GDestroyNotify) g_variant_unref);
  g_queue_push_tail (&self->owed, invocation);
  if (!self->slow)
    chat_fake_desktop_answer (self);
}

/* The answer comes as a signal of the request. Returns: (transfer none) */
static GVariant *
request_background (ChatFakeDesktop *self,
                    const char      *sender,
                    GVariant        *parameters)
{
  g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char *path = NULL;
  const char *token = "none";
  gboolean autostart = FALSE;
  GVariantDict results;

  g_clear_pointer (&self->request, g_variant_unref);
  self->request = g_variant_get_child_value (parameters, 1);
  g_variant_lookup (self->request, "handle_token", "&s", &token);
  g_variant_lookup (self->request, "autostart", "b", &autostart);
  path = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", name, token);
  g_variant_dict_init (&results, NULL);
  g_variant_dict_insert (&results, "background", "b", self->granted);
  g_variant_dict_insert (&results, "autostart", "b", self->granted && autostart);
  g_dbus_connection_emit_signal (self->connection, sender, path, "org.freedesktop.portal.Request", "Response",
                                 g_variant_new ("(u@a{sv})", self->granted ? 0 : 1, g_variant_dict_end (&results)), NULL);
  return g_variant_new ("(o)", path);
}

static GVariant *
on_get (GDBusConnection  *connection,
        const char       *sender,
        const char       *path,
        const char       *interface,
        const char       *property,
        GError          **error,
        gpointer          user_data)
{
  return g_variant_new_uint32 (1);
}

static void
on_call (GDBusConnection       *connection,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *parameters,
         GDBusMethodInvocation *invocation,
         gpointer               user_data)
{
  ChatFakeDesktop *self = user_data;
  GVariant *value = NULL;

  if (g_str_equal (method, "AddNotification"))
    {
      gsize at = g_variant_n_children (parameters) - 2;
      g_autoptr (GVariant) data = g_variant_get_child_value (parameters, at + 1);
      const char *id, *title = "", *body = "";

      g_variant_get_child (parameters, at, "&s", &id);
      g_variant_lookup (data, "title", "&s", &title);
      g_variant_lookup (data, "body", "&s", &body);
      show (self, id, title, body, data);
    }
  else if (g_str_equal (method, "RemoveNotification"))
    {
      const char *id;

      g_variant_get_child (parameters, g_variant_n_children (parameters) - 1, "&s", &id);
      hide (self, id);
    }
  else if (g_str_equal (method, "Notify"))
    {
      g_autoptr (GVariant) data = g_variant_get_child_value (parameters, 5);
      const char *title, *body;
      g_autofree char *id = NULL;
      guint number;

      g_variant_get_child (parameters, 1, "u", &number);
      g_variant_get_child (parameters, 3, "&s", &title);
      g_variant_get_child (parameters, 4, "&s", &body);
      if (number == 0)
        number = ++self->last;
      id = g_strdup_printf ("%u", number);
      show (self, id, title, body, data);
      value = g_variant_new ("(u)", number);
    }
  else if (g_str_equal (method, "CloseNotification"))
    {
      g_autofree char *id = NULL;
      guint number;

      g_variant_get (parameters, "(u)", &number);
      id = g_strdup_printf ("%u", number);
      hide (self, id);
    }
  else if (g_str_equal (method, "RequestBackground"))
    {
      value = request_background (self, sender, parameters);
    }
  else if (g_str_equal (method, "GetCapabilities"))
    {
      const char *capabilities[] = { "body", "actions", self->capability, NULL };

      value = g_variant_new ("(^as)", capabilities);
    }
  else
    value = g_variant_new ("(ssss)", "fake", "tests", "1", "1.2");
  answer (self, invocation, value);
}

static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* One for all: its address is the process's own */
static void
start_bus (void)
{
  static GSubprocess *bus;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  if (bus != NULL)
    return;
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  bus = g_subprocess_launcher_spawn (launcher, &error, "dbus-daemon", "--session", "--nofork", "--print-address", NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (bus));
  address = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
}

ChatFakeDesktop *
chat_fake_desktop_new (void)
{
  ChatFakeDesktop *self = g_new0 (ChatFakeDesktop, 1);
  g_autoptr (GError) error = NULL;

  start_bus ();
  self->shown = g_ptr_array_new_with_free_func (notification_free);
  g_queue_init (&self->owed);
  self->connection = g_dbus_connection_new_for_address_sync (g_getenv ("DBUS_SESSION_BUS_ADDRESS"),
                                                             G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                             | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  return self;
}

static void
ask_bus (ChatFakeDesktop *self,
         const char      *method,
         GVariant        *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answered G_GNUC_UNUSED = NULL;

  answered = g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
                                          parameters, NULL, G_DBUS_CALL_FLAGS_NONE, 1000 * CHAT_TEST_WAIT_SECONDS, NULL, &error);

  g_assert_no_error (error);
}

void
chat_fake_desktop_free (ChatFakeDesktop *self)
{
  if (self->name != NULL)
    {
      ask_bus (self, "ReleaseName", g_variant_new ("(s)", self->name));
      for (guint i = 0; i < G_N_ELEMENTS (self->registrations) && self->registrations[i] != 0; i++)
        g_dbus_connection_unregister_object (self->connection, self->registrations[i]);
      /* (A call may be on its way to us within the process) */
      chat_test_settle ();
    }
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_ptr_array_unref (self->shown);
  g_queue_clear_full (&self->owed, g_object_unref);
  g_clear_pointer (&self->request, g_variant_unref);
  g_free (self->capability);
  g_free (self);
}

void
chat_fake_desktop_own (ChatFakeDesktop *self,
                       const char      *service,
                       const char      *capability)
{
  static const struct { const char *service, *name, *path, *xml; } services[] = {
    { "gtk", "org.gtk.Notifications", "/org/gtk/Notifications", GTK_XML },
    { "freedesktop", "org.freedesktop.Notifications", "/org/freedesktop/Notifications", FREEDESKTOP_XML },
    { "portal", "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", PORTAL_XML },
  };
  static const GDBusInterfaceVTable vtable = { on_call, on_get };

  self->capability = g_strdup (capability);
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (g_str_equal (services[i].service, service))
      {
        g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (services[i].xml, NULL);

        for (guint j = 0; info->interfaces[j] != NULL; j++)
          self->registrations[j] = g_dbus_connection_register_object (self->connection, services[i].path, info->interfaces[j],
                                                                      &vtable, self, NULL, NULL);
        self->name = services[i].name;
        ask_bus (self, "RequestName", g_variant_new ("(su)", self->name, 0));
        return;
      }
  g_assert_not_reached ();
}

void
chat_fake_desktop_grant (ChatFakeDesktop *self,
                         gboolean         granted)
{
  self->granted = granted;
}

GVariant *
chat_fake_desktop_get_request (ChatFakeDesktop *self)
{
  return self->request;
}

void
chat_fake_desktop_set_slow (ChatFakeDesktop *self,
                            gboolean         slow)
{
  self->slow = slow;
}

void
chat_fake_desktop_answer (ChatFakeDesktop *self)
{
  GDBusMethodInvocation *invocation;

  while ((invocation = g_queue_pop_head (&self->owed)) != NULL)
    g_dbus_method_invocation_return_value (invocation, g_object_get_data (G_OBJECT (invocation), "answer"));
}

guint
chat_fake_desktop_get_n (ChatFakeDesktop *self)
{
  return self->shown->len;
}

guint
chat_fake_desktop_get_n_sent (ChatFakeDesktop *self)
{
  return self->n_sent;
}

ChatFakeNotification *
chat_fake_desktop_find (ChatFakeDesktop *self,
                        const char      *title)
{
  for (guint i = 0; i < self->shown->len; i++)
    {
      ChatFakeNotification *one = self->shown->pdata[i];

      if (g_str_equal (one->title, title))
        return one;
    }
  return NULL;
}

void
chat_fake_desktop_invoke (ChatFakeDesktop *self,
                          const char      *id,
                          const char      *action)
{
  g_autoptr (GVariant) chosen = g_variant_ref_sink (g_variant_new ("(us)", (guint) g_ascii_strtoull (id, NULL, 10), action));
  g_autoptr (GError) error = NULL;

  hide (self, id);
  g_dbus_connection_emit_signal (self->connection, NULL, "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
                                 "ActionInvoked", chosen, &error);
  g_assert_no_error (error);
}
