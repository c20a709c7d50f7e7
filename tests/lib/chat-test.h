/* chat-test.h: bounded waits, proofs that nothing leaked, and what else the tests share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How long a test waits for an effect before it fails (seconds). Far more than any takes: machines that test are slow. */
#define CHAT_TEST_WAIT_SECONDS 10

/**
 * chat_test_wait_until: iterates the thread-default main context until @condition (an expression that is evaluated again and
 * again) holds; the test fails if it does not within %CHAT_TEST_WAIT_SECONDS. What another thread does is seen within some
 * milliseconds, without a wake-up of the context.
 */
#define chat_test_wait_until(condition) chat_test_wait_until_for (CHAT_TEST_WAIT_SECONDS, condition)
#define chat_test_wait_until_for(seconds, condition)                                                        \
  G_STMT_START                                                                                              \
  {                                                                                                         \
    ChatTestWait *chat_test_wait_ = chat_test_wait_new (seconds);                                           \
                                                                                                            \
    while (!(condition))                                                                                    \
      chat_test_wait_step (chat_test_wait_, G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, #condition);       \
    chat_test_wait_free (chat_test_wait_);                                                                  \
  }                                                                                                         \
  G_STMT_END

typedef struct _ChatTestWait ChatTestWait;
ChatTestWait    *chat_test_wait_new             (double               seconds);
void             chat_test_wait_step            (ChatTestWait        *wait,
                                                 const char          *domain,
                                                 const char          *file,
                                                 int                  line,
                                                 const char          *function,
                                                 const char          *condition);
void             chat_test_wait_free            (ChatTestWait        *wait);

/** chat_test_settle: iterates the thread-default main context until nothing in it is ready (never a wait for an effect: only to
 * see that none came) */
void             chat_test_settle               (void);

/** chat_test_watch_object: @object (a GObject, returned again) must be gone when chat_test_assert_finalized() is called */
#define chat_test_watch_object(object) chat_test_watch_object_at ((object), G_STRLOC)
gpointer         chat_test_watch_object_at      (gpointer             object,
                                                 const char          *where);
/** chat_test_assert_finalized: fails, naming it, if an object that was watched is still there after a bounded wait. Call it at
 * the end of each suite. */
void             chat_test_assert_finalized     (void);
/** chat_test_assert_finalize_object: drops the last reference to @object and proves that it was the last */
#define chat_test_assert_finalize_object(object) g_assert_finalize_object (G_OBJECT (object))

/** chat_test_socket_pair: two connected #GSocketConnection s: (out) (transfer full) */
void             chat_test_socket_pair          (GIOStream          **a,
                                                 GIOStream          **b);
/** chat_test_get_certificate: Returns: (transfer none): one for localhost, with its key, that no system trusts */
GTlsCertificate *chat_test_get_certificate      (void);

/** chat_test_temp_dir_new: Returns: (transfer full): the path of an empty folder of our own */
char            *chat_test_temp_dir_new         (void);
/** chat_test_temp_dir_remove: @path: (transfer full): removes it with all that is in it */
void             chat_test_temp_dir_remove      (char                *path);

G_END_DECLS
