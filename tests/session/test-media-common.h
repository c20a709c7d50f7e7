/* test-media-common.h: two people who send each other files, and what can be asked of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-fault-proxy.h"
#include "chat-session-media.h"
#include "chat-session-test.h"
#include "chat-test-server.h"

G_BEGIN_DECLS

#define SMALL 100000    /* bytes */

/* Two people, a room, and a proxy before the files */
typedef struct
{
  ChatFaultProxy  *proxy;
  ChatTestServer  *server;
  ChatPerson      *anna;
  ChatPerson      *boris;
  ChatRoom        *room;      /* of anna */
  ChatMessageList *list;      /* the same */
  ChatMessageList *other;     /* of boris */
  char            *dir;
} Fixture;

Fixture     *fixture_new    (const ChatServerOptions      *given);
void         fixture_free   (Fixture                      *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)
/** make_file: Returns: (transfer full): the path of a file with bytes that no two places share */
char        *make_file      (Fixture                      *f,
                             const char                   *name,
                             gsize                         size,
                             guint32                       seed);
/** try_send: anna sends what is at @path */
ChatMessage *try_send       (Fixture                      *f,
                             const char                   *path,
                             const ChatSessionFileOptions *options,
                             GError                      **error);
ChatMessage *send_file      (Fixture                      *f,
                             const char                   *path,
                             const ChatSessionFileOptions *options);
/** message_at: Returns: (transfer none): of a list that holds it */
ChatMessage *message_at     (gpointer                      list,
                             guint                         position);
gboolean     is_state       (ChatMessage                  *message,
                             ChatAttachmentState           state);
void         assert_same    (const char                   *path,
                             const char                   *other);
/** count_files: Returns: the files that @person has */
guint        count_files    (ChatPerson                   *person);
/** assert_fetched: boris fetches the newest message, and has what is in @path */
void         assert_fetched (Fixture                      *f,
                             const char                   *path);

G_END_DECLS
