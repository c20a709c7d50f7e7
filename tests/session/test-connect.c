/* test-connect.c: which host is asked for: service records, and names that nobody knows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-connector.h"
#include "chat-fault-proxy.h"
#include "chat-test.h"

/* A resolver that knows what the test lets it know */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)
struct _TestResolver
{
  GResolver parent_instance;

  guint16   port;         /* of the service record of example.test; 0: there is none */
  guint     n_services;
  guint     n_names;
  char     *last_name;
};
G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
lookup_name (GResolver           *resolver,
             const char          *name,
             GResolverNameLookupFlags flags,
             GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  self->n_names++;
  g_free (self->last_name);
  self->last_name = g_strdup (name);
  if (g_str_has_suffix (name, "example.test") && flags != G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    g_task_return_pointer (task, g_list_prepend (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)), NULL);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such host: %s", name);
}

static void
lookup_by_name_async (GResolver           *resolver,
                      const char          *name,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  lookup_name (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback, user_data);
}

static GList *
lookup_finish (GResolver     *resolver,
               GAsyncResult  *result,
               GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
lookup_service_async (GResolver           *resolver,
                      const char          *name,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  self->n_services++;
  if (self->port != 0 && g_str_equal (name, "_chat._tcp.example.test"))
    g_task_return_pointer (task, g_list_prepend (NULL, g_srv_target_new ("there.example.test", self->port, 0, 0)), NULL);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such service: %s", name);
}

static void
test_resolver_finalize (GObject *object)
{
  g_free (TEST_RESOLVER (object)->last_name);
  G_OBJECT_CLASS (test_resolver_parent_class)->finalize (object);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_resolver_finalize;
  resolver_class->lookup_by_name_async = lookup_by_name_async;
  resolver_class->lookup_by_name_finish = lookup_finish;
  resolver_class->lookup_by_name_with_flags_async = lookup_name;
  resolver_class->lookup_by_name_with_flags_finish = lookup_finish;
  resolver_class->lookup_service_async = lookup_service_async;
  resolver_class->lookup_service_finish = lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GIOStream *
open_some_stream (const char  *typed,
                  gboolean     insecure,
                  GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  chat_connector_open_async (typed, insecure, NULL, 5000, NULL, on_opened, &result);
  chat_test_wait_until (result != NULL);
  return chat_connector_open_finish (result, error);
}

static GIOStream *
open_stream (const char  *typed,
             GError     **error)
{
  return open_some_stream (typed, TRUE, error);
}

static guint16
port_of (GIOStream *stream)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (stream), NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
test_service (void)
{
  g_autoptr (TestResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_autoptr (GResolver) usual = g_resolver_get_default ();
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GIOStream) direct = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *typed = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  g_resolver_set_default (G_RESOLVER (resolver));

  /* The record says where */
  resolver->port = port;
  stream = open_stream ("example.test", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (port_of (stream), ==, port);
  g_assert_cmpuint (resolver->n_services, ==, 1);
  g_assert_cmpstr (resolver->last_name, ==, "there.example.test");

  /* A port that was typed is meant */
  typed = g_strdup_printf ("example.test:%u", port);
  direct = open_stream (typed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (resolver->n_services, ==, 1);
  g_assert_cmpstr (resolver->last_name, ==, "example.test");

  /* Nobody knows the name: no record, and then no host */
  g_assert_null (open_stream ("nowhere.test", &error));
  g_assert_error (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_NO_SUCH_HOST);
  g_assert_cmpuint (resolver->n_services, ==, 2);
  g_assert_cmpstr (resolver->last_name, ==, "nowhere.test");
  g_clear_error (&error);

  /* An address is asked of nobody */
  resolver->n_names = 0;
  g_assert_null (open_stream ("127.0.0.1:1", &error));
  g_assert_error (error, CHAT_CLIENT_ERROR, CHAT_CLIENT_ERROR_UNREACHABLE);
  g_assert_cmpuint (resolver->n_names, ==, 0);
  g_assert_cmpuint (resolver->n_services, ==, 2);
  g_resolver_set_default (usual);
}

/* Who is thrown out before TLS has begun is told so: no warning, and no other error now and then */
static void
test_reset (void)
{
  g_autoptr (ChatFaultProxy) proxy = chat_fault_proxy_new ("127.0.0.1:1");

  chat_fault_proxy_set_door (proxy, CHAT_FAULT_REFUSES);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (open_some_stream (chat_fault_proxy_get_address (proxy), FALSE, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == CHAT_CLIENT_ERROR);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connect/service", test_service);
  g_test_add_func ("/connect/reset", test_reset);

  return g_test_run ();
}
