/* chat-fault-proxy-private.h: the proxy and its links, all of its own thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-fault-proxy.h"

G_BEGIN_DECLS

typedef struct _ChatFaultLink ChatFaultLink;

/* One direction of a link */
typedef struct
{
  ChatFaultLink *link;
  GSocket       *from;
  GSocket       *to;
  GSource       *input;
  GSource       *output;
  GSource       *timer;
  GArray        *faults;      /* of ChatFault, by `at`; those that are over are gone */
  GByteArray    *waiting;     /* read, not let pass yet */
  GByteArray    *out;         /* let pass, not taken yet */
  GByteArray    *recent;      /* what passed last */
  guint64        position;    /* bytes of the sender that passed, or were lost */
  gint64         not_before;  /* µs, monotonic */
  guint          n_delays;
  guint          delay_ms;
  guint          dribble;     /* bytes that still go one by one */
  guint          dribble_ms;
  guint          drop;
  gboolean       swallows;
  gboolean       ended;       /* the sender has said all */
  gboolean       told;        /* and the receiver knows */
} ChatFaultPipe;

struct _ChatFaultLink
{
  ChatFaultProxy *proxy;
  GSocket        *client;
  GSocket        *server;
  GSource        *connecting;
  GSource        *farewell;
  ChatFaultPipe   pipes[2];
  gboolean        finishing;  /* both are told the end; what they still say is not heard */
};

struct _ChatFaultProxy
{
  GThread        *thread;
  GMainContext   *context;
  GMainLoop      *loop;
  char           *address;

  GSocket        *listener;  /* from here on the thread's */
  GSource        *incoming;
  GSocketAddress *target;
  GPtrArray      *links;
  GArray         *armed;
  ChatFaultDoor   door;
  guint32         seed;
  guint           kinds;
  guint           within;
  guint           n_links;
  guint           n_struck[CHAT_FAULT_N_KINDS];
};

/** chat_fault_link_new: @client: (transfer full) */
ChatFaultLink *chat_fault_link_new         (ChatFaultProxy  *proxy,
                                            GSocket         *client);
void           chat_fault_link_free        (gpointer         data);
/** chat_fault_link_connect: to the target; @link may be gone after it */
void           chat_fault_link_connect     (ChatFaultLink   *link);
void           chat_fault_link_stay_silent (ChatFaultLink   *link);
/** chat_fault_link_reset: @link is gone after it */
void           chat_fault_link_reset       (ChatFaultLink   *link);
void           chat_fault_link_add         (ChatFaultLink   *link,
                                            const ChatFault *fault);
void           chat_fault_pipe_add         (ChatFaultPipe   *pipe,
                                            const ChatFault *fault);
/** chat_fault_pipe_pump: does all that can be done now; the link may be gone after it */
void           chat_fault_pipe_pump        (ChatFaultPipe   *pipe);
void           chat_fault_reset_socket     (GSocket         *socket);
void           chat_fault_clear_source     (GSource        **source);

G_END_DECLS
