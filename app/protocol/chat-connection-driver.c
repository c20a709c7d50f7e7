/* chat-connection-driver.c: a connection in a main context
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-connection-private.h"

/* What a connection may take of the loop at once; from then on it rests as long as it has worked. Its sources come before those that
 * draw a window: a peer that never stops talking would else stop those for ever (µs) */
#define BURST 4000

struct _ChatConnectionDriver
{
  ChatConnection        *connection;
  GPollableInputStream  *input;
  GPollableOutputStream *output;
  GMainContext          *context;
  GSource               *timer;     /* due at once where something is to be done, else at the time of the next ping */
  GSource               *readable;
  GSource               *writable;
  gboolean               has_more;  /* to read, without waiting for readiness */
  gint64                 worked;    /* µs that it has not rested for yet */
  gint64                 ended;     /* when it worked last (µs, monotonic) */
  gint64                 rest_until;
};

static gboolean
timer_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = timer_dispatch };

void
chat_connection_driver_wake (ChatConnectionDriver *driver,
                             gboolean              read)
{
  driver->has_more |= read;
  g_source_set_ready_time (driver->timer, 0);
}

/* Returns: FALSE if the connection is closed: then the driver is gone */
static gboolean
dispatch (ChatConnectionDriver *driver,
          GIOCondition          condition)
{
  ChatConnection *connection = driver->connection;
  gint64 start = g_get_monotonic_time ();
  gboolean open, has_more;

  g_object_ref (connection);
  has_more = chat_connection_dispatch (connection, condition);
  open = !chat_connection_is_closed (connection);
  if (open)
    {
      gint64 now = g_get_monotonic_time ();

      driver->worked = MAX (driver->worked - (start - driver->ended), 0) + now - start;
      driver->ended = now;
      if (driver->worked > BURST)
        driver->rest_until = now + driver->worked;
      chat_connection_driver_wake (driver, has_more);
    }
  g_object_unref (connection);

  return open;
}

static gboolean
on_readable (GObject *stream,
             gpointer user_data)
{
  dispatch (user_data, G_IO_IN);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_writable (GObject *stream,
             gpointer user_data)
{
  dispatch (user_data, G_IO_OUT);

  return G_SOURCE_CONTINUE;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* A stream knows itself when it is ready: under TLS that is not when its socket is. */
static void
watch (ChatConnectionDriver *driver,
       gboolean              rests)
{
  GIOCondition interest = chat_connection_get_interest (driver->connection);

  if (!(interest & G_IO_IN) || rests)
    clear_source (&driver->readable);
  else if (driver->readable == NULL)
    {
      driver->readable = g_pollable_input_stream_create_source (driver->input, NULL);
      g_source_set_callback (driver->readable, G_SOURCE_FUNC (on_readable), driver, NULL);
      g_source_set_static_name (driver->readable, "ChatConnection readable");
      g_source_attach (driver->readable, driver->context);
    }

  if (!(interest & G_IO_OUT))
    clear_source (&driver->writable);
  else if (driver->writable == NULL)
    {
      driver->writable = g_pollable_output_stream_create_source (driver->output, NULL);
      g_source_set_callback (driver->writable, G_SOURCE_FUNC (on_writable), driver, NULL);
      g_source_set_static_name (driver->writable, "ChatConnection writable");
      g_source_attach (driver->writable, driver->context);
    }
}

/* The end of a turn. Returns: FALSE if the connection is closed */
static gboolean
run_turn (ChatConnectionDriver *driver)
{
  ChatConnection *connection = driver->connection;
  gboolean rests;
  gint64 next;

  g_source_set_ready_time (driver->timer, -1);

  if (driver->has_more && g_get_monotonic_time () >= driver->rest_until)
    {
      driver->has_more = FALSE;
      if (!dispatch (driver, G_IO_IN))
        return FALSE;
    }

  next = chat_connection_check_ping (connection, g_get_monotonic_time ());
  if (chat_connection_is_closed (connection) || !chat_connection_flush (connection))
    return FALSE;

  rests = g_get_monotonic_time () < driver->rest_until;
  watch (driver, rests);
  if (rests)
    g_source_set_ready_time (driver->timer, driver->rest_until);
  else if (driver->has_more)
    chat_connection_driver_wake (driver, TRUE);
  else if (g_source_get_ready_time (driver->timer) != 0 && next > 0)
    g_source_set_ready_time (driver->timer, next);

  return TRUE;
}

static gboolean
on_timer (gpointer user_data)
{
  ChatConnectionDriver *driver = user_data;
  ChatConnection *connection = driver->connection;
  gboolean open;

  g_object_ref (connection);
  open = run_turn (driver);
  g_object_unref (connection);

  return open;
}

ChatConnectionDriver *
chat_connection_driver_new (ChatConnection        *connection,
                            GPollableInputStream  *input,
                            GPollableOutputStream *output)
{
  ChatConnectionDriver *driver = g_new0 (ChatConnectionDriver, 1);

  driver->connection = connection;
  driver->input = input;
  driver->output = output;
  driver->context = g_main_context_ref_thread_default ();
  /* What was read before, and waited because nobody drove the connection, comes in the first turn. */
  driver->has_more = TRUE;

  driver->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (driver->timer, on_timer, driver, NULL);
  g_source_set_static_name (driver->timer, "ChatConnection");
  g_source_set_ready_time (driver->timer, 0);
  g_source_attach (driver->timer, driver->context);

  return driver;
}

void
chat_connection_driver_free (ChatConnectionDriver *driver)
{
  clear_source (&driver->readable);
  clear_source (&driver->writable);
  clear_source (&driver->timer);
  g_main_context_unref (driver->context);
  g_free (driver);
}
