/* chat-test.c: bounded waits, proofs that nothing leaked, and what else the tests share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-test.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/socket.h>

/* By what the bounds of all waits are multiplied, where everything is slow: a number in the environment */
#define PATIENCE "CHAT_TEST_PATIENCE"
/* How often a condition is looked at that nothing in the main context announces (milliseconds) */
#define TICK_MS 5

struct _ChatTestWait
{
  GMainContext *context;
  GSource      *tick;
  gint64        deadline;
};

typedef struct
{
  gpointer    object;     /* NULL when it is gone */
  const char *type;
  const char *where;
} Watched;

static GMutex watched_lock;
static GPtrArray *watched;

static gint64
get_patience (void)
{
  const char *text = g_getenv (PATIENCE);

  return text != NULL ? CLAMP (g_ascii_strtoll (text, NULL, 10), 1, 100) : 1;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

ChatTestWait *
chat_test_wait_new (double seconds)
{
  ChatTestWait *wait = g_new0 (ChatTestWait, 1);

  wait->context = g_main_context_ref_thread_default ();
  wait->deadline = g_get_monotonic_time () + get_patience () * (gint64) (seconds * G_USEC_PER_SEC);
  wait->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (wait->tick, on_tick, NULL, NULL);
  g_source_attach (wait->tick, wait->context);

  return wait;
}

void
chat_test_wait_step (ChatTestWait *wait,
                     const char   *domain,
                     const char   *file,
                     int           line,
                     const char   *function,
                     const char   *condition)
{
  if (g_get_monotonic_time () >= wait->deadline)
    {
      g_autofree char *message = g_strdup_printf ("waited in vain for: %s", condition);

      g_assertion_message (domain, file, line, function, message);
    }

  g_main_context_iteration (wait->context, TRUE);
}

void
chat_test_wait_free (ChatTestWait *wait)
{
  g_source_destroy (wait->tick);
  g_source_unref (wait->tick);
  g_main_context_unref (wait->context);
  g_free (wait);
}

void
chat_test_settle (void)
{
  GMainContext *context = g_main_context_get_thread_default ();

  while (g_main_context_iteration (context, FALSE))
    continue;
}

static void
on_finalized (gpointer user_data,
              GObject *object)
{
  Watched *entry = user_data;

  g_mutex_lock (&watched_lock);
  entry->object = NULL;
  g_mutex_unlock (&watched_lock);
}

gpointer
chat_test_watch_object_at (gpointer    object,
                           const char *where)
{
  Watched *entry = g_new0 (Watched, 1);

  g_assert (G_IS_OBJECT (object));

  entry->object = object;
  entry->type = G_OBJECT_TYPE_NAME (object);
  entry->where = where;

  g_mutex_lock (&watched_lock);
  if (watched == NULL)
    watched = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (watched, entry);
  g_mutex_unlock (&watched_lock);
  g_object_weak_ref (object, on_finalized, entry);

  return object;
}

/* Returns: one that is still there */
static const Watched *
find_alive (void)
{
  const Watched *alive = NULL;

  g_mutex_lock (&watched_lock);
  for (guint i = 0; watched != NULL && alive == NULL && i < watched->len; i++)
    {
      const Watched *entry = watched->pdata[i];

      if (entry->object != NULL)
        alive = entry;
    }
  g_mutex_unlock (&watched_lock);

  return alive;
}

void
chat_test_assert_finalized (void)
{
  gint64 deadline = g_get_monotonic_time () + get_patience () * CHAT_TEST_WAIT_SECONDS * G_USEC_PER_SEC;
  ChatTestWait *wait = chat_test_wait_new (CHAT_TEST_WAIT_SECONDS);
  const Watched *alive;

  while ((alive = find_alive ()) != NULL)
    {
      if (g_get_monotonic_time () >= deadline)
        g_error ("leaked: the %s watched at %s has %u references", alive->type, alive->where,
                 G_OBJECT (alive->object)->ref_count);
      g_main_context_iteration (wait->context, TRUE);
    }
  chat_test_wait_free (wait);

  g_clear_pointer (&watched, g_ptr_array_unref);
}

void
chat_test_socket_pair (GIOStream **a,
                       GIOStream **b)
{
  GIOStream **streams[] = { a, b };
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[i], &error);

      g_assert_no_error (error);
      *streams[i] = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    }
}

GTlsCertificate *
chat_test_get_certificate (void)
{
  static GTlsCertificate *certificate;

  if (g_once_init_enter (&certificate))
    {
      g_autoptr (GError) error = NULL;
      GTlsCertificate *loaded = g_tls_certificate_new_from_file (CHAT_TEST_DATA_DIR "/chat-test-localhost.pem", &error);

      g_assert_no_error (error);
      g_once_init_leave (&certificate, loaded);
    }

  return certificate;
}

char *
chat_test_temp_dir_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("chat-test-XXXXXX", &error);

  g_assert_no_error (error);

  return path;
}

/* Returns: %FALSE where something came into a folder meanwhile */
static gboolean
remove_tree (const char *path)
{
  gboolean done = TRUE;

  /* A link is removed, never followed. */
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
      const char *name;

      g_assert_no_error (error);
      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          done = remove_tree (child) && done;
        }
    }

  if (g_remove (path) == 0 || errno == ENOENT)
    return done;
  if (errno != ENOTEMPTY)
    g_error ("%s: %s", path, g_strerror (errno));
  return FALSE;
}

void
chat_test_temp_dir_remove (char *path)
{
  guint tries = 100;

  /* A thread that is let go of may still be about to end */
  while (!remove_tree (path))
    {
      if (--tries == 0)
        g_error ("%s: something comes into it again and again", path);
      g_usleep (10 * 1000);
    }
  g_free (path);
}
