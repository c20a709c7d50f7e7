/* chat-server-hasher.c: a small pool of threads for Argon2id, and tokens
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-hasher.h"

#include <sodium.h>

#include "chat-error.h"

/* Two at a time: with 64 MiB each that bounds the memory to 128 MiB, and leaves the other cores to the chats */
#define N_THREADS 2

/* libsodium's INTERACTIVE: two passes over 64 MiB, some 60 to 100 ms of one core. The memory is that of the second choice of
 * RFC 9106 (section 4), far above OWASP's least (19 MiB and two passes). Reconnecting clients come with a token, so that
 * only people who type a password cost this. */
#define NORMAL_OPS crypto_pwhash_OPSLIMIT_INTERACTIVE
#define NORMAL_MEM crypto_pwhash_MEMLIMIT_INTERACTIVE
#define TEST_OPS   crypto_pwhash_OPSLIMIT_MIN
#define TEST_MEM   crypto_pwhash_MEMLIMIT_MIN

#define TOKEN_BYTES 32

struct _ChatServerHasher
{
  GObject             parent;

  ChatServerHashCost  cost;
  GThreadPool        *pool;
  gint                n_waiting;        /* atomic; those whose hashing has not begun */
};

enum
{
  PROP_0,
  PROP_COST,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatServerHasher, chat_server_hasher, G_TYPE_OBJECT)

typedef struct
{
  char     *password;
  char     *hash;               /* what to compare with; NULL: none */
  gboolean  verify;
  gboolean  needs_rehash;
} Work;

GType
chat_server_hash_cost_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CHAT_SERVER_HASH_COST_NORMAL, "CHAT_SERVER_HASH_COST_NORMAL", "normal" },
    { CHAT_SERVER_HASH_COST_TEST, "CHAT_SERVER_HASH_COST_TEST", "test" },
    { 0, NULL, NULL }
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("ChatServerHashCost", values));
  return type;
}

static void
work_free (Work *work)
{
  chat_server_secret_free (work->password);
  chat_server_secret_free (work->hash);
  g_free (work);
}

static void
ensure_sodium (void)
{
  /* Returns 1 when it was done before; fails only where the system gives no randomness, where nothing can be safe */
  if (sodium_init () < 0)
    g_error ("The system has no source of randomness");
}

static void
work_in_thread (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  ChatServerHasher *self = g_task_get_source_object (task);
  Work *work = g_task_get_task_data (task);
  gsize ops = self->cost == CHAT_SERVER_HASH_COST_TEST ? TEST_OPS : NORMAL_OPS;
  gsize mem = self->cost == CHAT_SERVER_HASH_COST_TEST ? TEST_MEM : NORMAL_MEM;
  char out[crypto_pwhash_STRBYTES];

  g_atomic_int_add (&self->n_waiting, -1);
  if (g_task_return_error_if_cancelled (task))
    return;

  if (work->verify && work->hash != NULL)
    {
      gboolean matches = crypto_pwhash_str_verify (work->hash, work->password, strlen (work->password)) == 0;

      work->needs_rehash = matches && crypto_pwhash_str_needs_rehash (work->hash, ops, mem) != 0;
      g_task_return_boolean (task, matches);
      return;
    }

  /* For nobody's password the same work is done and thrown away: the time tells nothing of who exists */
  if (crypto_pwhash_str_alg (out, work->password, strlen (work->password), ops, mem, crypto_pwhash_ALG_ARGON2ID13) != 0)
    g_task_return_new_error (task, CHAT_ERROR, CHAT_ERROR_FAILED, "There is not enough memory to hash a password");
  else if (work->verify)
    g_task_return_boolean (task, FALSE);
  else
    g_task_return_pointer (task, g_strdup (out), (GDestroyNotify) chat_server_secret_free);
  sodium_memzero (out, sizeof out);
}

static void
push (ChatServerHasher *self, const char *password, const char *hash, gboolean verify, gpointer tag,
      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->password = g_strdup (password);
  work->hash = g_strdup (hash);
  work->verify = verify;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);

  if (g_atomic_int_add (&self->n_waiting, 1) >= CHAT_SERVER_HASHER_MAX_WAITING)
    {
      g_atomic_int_add (&self->n_waiting, -1);
      g_task_return_new_error (task, CHAT_ERROR, CHAT_ERROR_RATE_LIMITED, "Too many passwords wait to be checked");
      return;
    }
  g_thread_pool_push (self->pool, g_steal_pointer (&task), NULL);
}

ChatServerHasher *
chat_server_hasher_new (ChatServerHashCost cost)
{
  return g_object_new (CHAT_TYPE_SERVER_HASHER, "cost", cost, NULL);
}

ChatServerHashCost
chat_server_hasher_get_cost (ChatServerHasher *self)
{
  g_return_val_if_fail (CHAT_IS_SERVER_HASHER (self), CHAT_SERVER_HASH_COST_NORMAL);

  return self->cost;
}

void
chat_server_hasher_hash_async (ChatServerHasher *self, const char *password, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CHAT_IS_SERVER_HASHER (self));
  g_return_if_fail (password != NULL);

  push (self, password, NULL, FALSE, chat_server_hasher_hash_async, cancellable, callback, user_data);
}

char *
chat_server_hasher_hash_finish (ChatServerHasher *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, chat_server_hasher_hash_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
chat_server_hasher_verify_async (ChatServerHasher *self, const char *password, const char *hash, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CHAT_IS_SERVER_HASHER (self));
  g_return_if_fail (password != NULL);

  push (self, password, hash, TRUE, chat_server_hasher_verify_async, cancellable, callback, user_data);
}

gboolean
chat_server_hasher_verify_finish (ChatServerHasher *self, GAsyncResult *result, gboolean *matches, gboolean *needs_rehash,
                                  GError **error)
{
  g_autoptr (GError) failure = NULL;
  Work *work;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, chat_server_hasher_verify_async), FALSE);

  work = g_task_get_task_data (G_TASK (result));
  *matches = g_task_propagate_boolean (G_TASK (result), &failure);
  if (needs_rehash != NULL)
    *needs_rehash = *matches && work->needs_rehash;
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return TRUE;
}

char *
chat_server_token_new (void)
{
  guint8 bytes[TOKEN_BYTES];
  char text[sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  char *token;

  ensure_sodium ();
  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  token = g_strdup (text);
  sodium_memzero (bytes, sizeof bytes);
  sodium_memzero (text, sizeof text);
  return token;
}

char *
chat_server_token_hash (const char *token)
{
  guint8 bytes[crypto_hash_sha256_BYTES];
  char text[crypto_hash_sha256_BYTES * 2 + 1];

  g_return_val_if_fail (token != NULL, NULL);

  crypto_hash_sha256 (bytes, (const guint8 *) token, strlen (token));
  return g_strdup (sodium_bin2hex (text, sizeof text, bytes, sizeof bytes));
}

void
chat_server_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  sodium_memzero (secret, strlen (secret));
  g_free (secret);
}

static void
chat_server_hasher_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChatServerHasher *self = CHAT_SERVER_HASHER (object);

  switch (prop_id)
    {
    case PROP_COST:
      g_value_set_enum (value, self->cost);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_server_hasher_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ChatServerHasher *self = CHAT_SERVER_HASHER (object);

  switch (prop_id)
    {
    case PROP_COST:
      self->cost = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_server_hasher_finalize (GObject *object)
{
  ChatServerHasher *self = CHAT_SERVER_HASHER (object);

  /* Every task holds the hasher, so that nothing waits any more. The last reference may be dropped by a thread of the
   * pool itself, when it lets go of its task: waiting for the threads here would then wait for itself. */
  g_thread_pool_free (self->pool, FALSE, FALSE);

  G_OBJECT_CLASS (chat_server_hasher_parent_class)->finalize (object);
}

static void
chat_server_hasher_class_init (ChatServerHasherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = chat_server_hasher_get_property;
  object_class->set_property = chat_server_hasher_set_property;
  object_class->finalize = chat_server_hasher_finalize;

  props[PROP_COST] = g_param_spec_enum ("cost", NULL, NULL, CHAT_TYPE_SERVER_HASH_COST, CHAT_SERVER_HASH_COST_NORMAL,
                                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
chat_server_hasher_init (ChatServerHasher *self)
{
  ensure_sodium ();
  /* Not exclusive: threads end after some idle time and cost nothing while nobody logs in */
  self->pool = g_thread_pool_new (work_in_thread, NULL, N_THREADS, FALSE, NULL);
}
