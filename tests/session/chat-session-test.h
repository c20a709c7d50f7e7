/* chat-session-test.h: what the session's tests share: answers waited for, and a server that does what it is told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "chat-session-internal.h"
#include "chat-test.h"

G_BEGIN_DECLS

/* Waiting for the end of a call: ChatAnswer answer = { NULL }; x_async (..., chat_answer_take, &answer); chat_answer_wait (&answer) */
typedef struct
{
  GAsyncResult *result;
} ChatAnswer;
void            chat_answer_take          (GObject             *source,
                                           GAsyncResult        *result,
                                           gpointer             user_data);
GAsyncResult   *chat_answer_wait          (ChatAnswer          *answer);
void            chat_answer_clear         (ChatAnswer          *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ChatAnswer, chat_answer_clear)

/* One person at one machine: a session with a folder of its own, whose delays are short */
typedef struct
{
  ChatSession *session;
  char        *dir;
  char        *profile;
} ChatPerson;
ChatPerson     *chat_person_new           (void);
/** chat_person_free: closes the session and proves that it is gone at once */
void            chat_person_free          (ChatPerson          *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatPerson, chat_person_free)
/** chat_person_restart: the program ends and starts again: a new session on the same folder */
void            chat_person_restart       (ChatPerson          *person);
/** chat_person_sign_in: Returns: whether it was done; else @error */
gboolean        chat_person_sign_in       (ChatPerson          *person,
                                           const char          *server,
                                           gboolean             insecure,
                                           const char          *login,
                                           const char          *password,
                                           gboolean             sign_up,
                                           GError             **error);
/** chat_person_sign_up: with the usual password, over plain TCP; must succeed; the rooms are told */
void            chat_person_sign_up       (ChatPerson          *person,
                                           const char          *server,
                                           const char          *login);
#define CHAT_TEST_PASSWORD "correct horse battery"
ChatRoom       *chat_person_create_room   (ChatPerson          *person,
                                           const char          *login);
ChatRoom       *chat_person_get_room      (ChatPerson          *person,
                                           const char          *name);
/** chat_person_send: returns when it is in the outbox */
ChatMessage    *chat_person_send          (ChatPerson          *person,
                                           ChatRoom            *room,
                                           const char          *text);
/** chat_list_text: Returns: (nullable): the text of the message at @position; a negative one counts from the end */
const char     *chat_list_text            (ChatMessageList     *list,
                                           int                  position);
guint           chat_list_length          (ChatMessageList     *list);

/**
 * ChatRawServer: takes lines of JSON and does what its handler says: to be hostile, odd, or a server of the user's API alone.
 */
typedef struct _ChatRawServer ChatRawServer;
typedef struct _ChatRawPeer   ChatRawPeer;
typedef void (*ChatRawHandler)            (ChatRawPeer         *peer,
                                           const char          *type,
                                           JsonObject          *request,
                                           gpointer             user_data);
ChatRawServer  *chat_raw_server_new       (ChatRawHandler       handler,
                                           gpointer             user_data);
void            chat_raw_server_free      (ChatRawServer       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatRawServer, chat_raw_server_free)
const char     *chat_raw_server_get_address (ChatRawServer     *self);
/** chat_raw_server_set_accepting: %FALSE: who connects is thrown out at once */
void            chat_raw_server_set_accepting (ChatRawServer   *self,
                                           gboolean             accepting);
guint           chat_raw_server_get_n_accepted (ChatRawServer  *self);
/** chat_raw_server_get_peer: Returns: (nullable) (transfer none): who connected last and is still there */
ChatRawPeer    *chat_raw_server_get_peer  (ChatRawServer       *self);
/** chat_raw_say: sends @format as it is */
void            chat_raw_say              (ChatRawPeer         *peer,
                                           const char          *format,
                                           ...) G_GNUC_PRINTF (2, 3);
void            chat_raw_say_bytes        (ChatRawPeer         *peer,
                                           const char          *data,
                                           gsize                length);
void            chat_raw_hang_up          (ChatRawPeer         *peer);
/** chat_raw_get_request_id: Returns: (transfer full): the member for the answer, with its comma, or nothing */
char           *chat_raw_request_id       (JsonObject          *request);

/** chat_session_test_run: g_test_run(), then the proof that nothing of it all is left */
int             chat_session_test_run     (void);
/* The keyring of the tests is in memory, unless a test takes libsecret's */
typedef enum
{
  CHAT_KEYRING_WORKS,
  CHAT_KEYRING_LOCKED,    /* never answers */
  CHAT_KEYRING_MISSING    /* fails at once */
} ChatKeyringMood;
void            chat_test_keyring_set_mood (ChatKeyringMood     mood);
void            chat_test_keyring_empty   (void);
/** chat_test_keyring_get_n: Returns: how many secrets there are */
guint           chat_test_keyring_get_n   (void);
/** chat_test_keyring_holds: whether one of them is @secret */
gboolean        chat_test_keyring_holds   (const char          *secret);
/** chat_session_test_init: as g_test_init(), with a keyring of its own */
void            chat_session_test_init    (int                 *argc,
                                           char              ***argv);

G_END_DECLS
