/* chat-clock.c: whether the time of day is told with 12 or 24 hours
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-clock.h"

#include <langinfo.h>
#include <string.h>

#define PORTAL_NAME      "org.freedesktop.portal.Desktop"
#define PORTAL_PATH      "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Settings"
#define NAMESPACE        "org.gnome.desktop.interface"
#define KEY              "clock-format"
#define ANSWER_MS        10000

struct _ChatClock
{
  GObject          parent_instance;
  GDBusConnection *connection;    /* nullable */
  GCancellable    *cancellable;
  guint            subscription;
  gboolean         twelve_hours;
};

G_DEFINE_FINAL_TYPE (ChatClock, chat_clock, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TWELVE_HOURS,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static gboolean
locale_has_12_hours (void)
{
  const char *format = nl_langinfo (T_FMT);

  return strstr (format, "%p") != NULL || strstr (format, "%P") != NULL || strstr (format, "%r") != NULL;
}

/* Anything but the two words that are known is as good as no answer. */
static void
take_value (ChatClock *self,
            GVariant  *value)
{
  const char *format;
  gboolean twelve_hours;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return;
  format = g_variant_get_string (value, NULL);
  if (strcmp (format, "12h") != 0 && strcmp (format, "24h") != 0)
    return;
  twelve_hours = *format == '1';
  if (self->twelve_hours == twelve_hours)
    return;
  self->twelve_hours = twelve_hours;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TWELVE_HOURS]);
}

static void
changed_cb (GDBusConnection *connection,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *signal,
            GVariant        *parameters,
            gpointer         user_data)
{
  const char *name, *key;
  g_autoptr (GVariant) value = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&sv)", &name, &key, &value);
  if (strcmp (name, NAMESPACE) == 0 && strcmp (key, KEY) == 0)
    take_value (user_data, value);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    {
      g_debug ("The desktop does not tell how it shows the time: %s", error->message);
      return;
    }
  g_variant_get (answer, "(v)", &value);
  /* "Read" of the portal puts it into one more variant than it needs */
  while (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *inner = g_variant_get_variant (value);

      g_variant_unref (value);
      value = inner;
    }
  take_value (user_data, value);
}

static void
ask (ChatClock       *self,
     GDBusConnection *connection)
{
  self->connection = g_object_ref (connection);
  self->subscription = g_dbus_connection_signal_subscribe (connection, PORTAL_NAME, PORTAL_INTERFACE, "SettingChanged", PORTAL_PATH,
                                                           NAMESPACE, G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, self, NULL);
  g_dbus_connection_call (connection, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "Read", g_variant_new ("(ss)", NAMESPACE, KEY),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, ANSWER_MS, self->cancellable, read_cb, self);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection != NULL)
    ask (user_data, connection);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("There is no bus: %s", error->message);
}

/* Others answer too, with what nobody has chosen there. */
static gboolean
is_gnome (void)
{
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
  g_auto (GStrv) names = g_strsplit (desktop != NULL ? desktop : "", ":", -1);

  return g_strv_contains ((const char *const *) names, "GNOME");
}

ChatClock *
chat_clock_get_default (void)
{
  static ChatClock *only;

  if (only == NULL)
    {
      only = chat_clock_new (NULL);
      if (is_gnome ())
        g_bus_get (G_BUS_TYPE_SESSION, only->cancellable, bus_cb, only);
    }
  return only;
}

ChatClock *
chat_clock_new (GDBusConnection *connection)
{
  ChatClock *self = g_object_new (CHAT_TYPE_CLOCK, NULL);

  g_return_val_if_fail (connection == NULL || G_IS_DBUS_CONNECTION (connection), self);

  if (connection != NULL)
    ask (self, connection);
  return self;
}

gboolean
chat_clock_get_twelve_hours (ChatClock *self)
{
  g_return_val_if_fail (CHAT_IS_CLOCK (self), FALSE);

  return self->twelve_hours;
}

static void
chat_clock_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_TWELVE_HOURS:
      g_value_set_boolean (value, CHAT_CLOCK (object)->twelve_hours);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
chat_clock_dispose (GObject *object)
{
  ChatClock *self = CHAT_CLOCK (object);

  g_cancellable_cancel (self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (chat_clock_parent_class)->dispose (object);
}

static void
chat_clock_class_init (ChatClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = chat_clock_get_property;
  object_class->dispose = chat_clock_dispose;

  properties[PROP_TWELVE_HOURS] = g_param_spec_boolean ("twelve-hours", NULL, NULL, FALSE,
                                                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_clock_init (ChatClock *self)
{
  self->cancellable = g_cancellable_new ();
  self->twelve_hours = locale_has_12_hours ();
}
