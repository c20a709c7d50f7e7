/* chat-fault-proxy.h: stands between a client and a server and does to their bytes what networks do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The most that a DUPLICATE repeats, and that a direction holds of what its receiver does not take (bytes) */
#define CHAT_FAULT_MAX_DUPLICATE 4096
#define CHAT_FAULT_QUEUE         65536

typedef enum
{
  CHAT_FAULT_UP,            /* from who connected to the target */
  CHAT_FAULT_DOWN
} ChatFaultDirection;

typedef enum
{
  CHAT_FAULT_FIN,           /* both ends get the end of the stream */
  CHAT_FAULT_RESET,         /* both ends get a reset */
  CHAT_FAULT_SWALLOW,       /* a black hole: nothing passes in this direction any more, not even the end; the link stays */
  CHAT_FAULT_DELAY,         /* what comes then waits `ms`; the next `count` pieces (0: one) too */
  CHAT_FAULT_DRIBBLE,       /* the next `count` bytes go one by one, `ms` apart */
  CHAT_FAULT_DUPLICATE,     /* the last `count` bytes once more */
  CHAT_FAULT_DROP,          /* the next `count` bytes are lost, what follows is not */
  CHAT_FAULT_N_KINDS
} ChatFaultKind;

/**
 * ChatFault: one thing that goes wrong with one direction of one connection
 * @at: after so many bytes in that direction; 0: before the first
 * @count: bytes
 */
typedef struct
{
  ChatFaultKind      kind;
  ChatFaultDirection direction;
  guint64            at;
  guint              count;
  guint              ms;
} ChatFault;

/** ChatFaultDoor: what becomes of those who connect */
typedef enum
{
  CHAT_FAULT_OPEN,
  CHAT_FAULT_REFUSES,       /* reset at once */
  CHAT_FAULT_SILENT         /* taken, and never answered */
} ChatFaultDoor;

/**
 * ChatFaultProxy: knows bytes alone, of any protocol over TCP. It has a thread of its own: the caller may block. Calls return
 * when they have taken effect.
 */
typedef struct _ChatFaultProxy ChatFaultProxy;

/** chat_fault_proxy_new: @target: ADDRESS:PORT, of which nothing is asked before somebody connects */
ChatFaultProxy *chat_fault_proxy_new           (const char         *target);
/** chat_fault_proxy_free: resets what is open */
void            chat_fault_proxy_free          (ChatFaultProxy     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatFaultProxy, chat_fault_proxy_free)
/** chat_fault_proxy_get_address: Returns: (transfer none): 127.0.0.1:PORT, where it listens */
const char     *chat_fault_proxy_get_address   (ChatFaultProxy     *self);
/** chat_fault_proxy_set_target: for connections to come */
void            chat_fault_proxy_set_target    (ChatFaultProxy     *self,
                                                const char         *target);
void            chat_fault_proxy_set_door      (ChatFaultProxy     *self,
                                                ChatFaultDoor       door);
/** chat_fault_proxy_arm: @fault befalls the next connection; several may be armed, all for that one */
void            chat_fault_proxy_arm           (ChatFaultProxy     *self,
                                                const ChatFault    *fault);
/** chat_fault_proxy_strike: @fault befalls each connection that is open, @at counted from now on. Returns: how many there are */
guint           chat_fault_proxy_strike        (ChatFaultProxy     *self,
                                                const ChatFault    *fault);
/** chat_fault_proxy_set_random: each connection to come gets a fault of one of @kinds (bits: 1 << %ChatFaultKind), in a direction and at
 * a byte below @within that follow from @seed and the number of the connection alone; also printed, so that it can be had again.
 * @kinds: 0 ends it */
void            chat_fault_proxy_set_random    (ChatFaultProxy     *self,
                                                guint32             seed,
                                                guint               kinds,
                                                guint               within);
/** chat_fault_proxy_draw: Returns: (transfer none): @fault, as the @nth connection (from 1) gets it */
void            chat_fault_proxy_draw          (guint32             seed,
                                                guint               kinds,
                                                guint               within,
                                                guint               nth,
                                                ChatFault          *fault);
/** chat_fault_proxy_calm: nothing more goes wrong: the door is open, what was armed is forgotten, and so is what has not yet befallen
 * the connections that are open. Those that have a black hole are reset, as by a network that has come back */
void            chat_fault_proxy_calm          (ChatFaultProxy     *self);
/** chat_fault_proxy_get_n_links: Returns: connections that were taken since the beginning; @n_open: (out) (optional): those of now */
guint           chat_fault_proxy_get_n_links   (ChatFaultProxy     *self,
                                                guint              *n_open);
/** chat_fault_proxy_get_n_struck: Returns: how often a fault of @kind has befallen anybody */
guint           chat_fault_proxy_get_n_struck  (ChatFaultProxy     *self,
                                                ChatFaultKind       kind);
/** chat_fault_kind_from_name: "fin", "reset", "swallow" …; -1 if it is none */
int             chat_fault_kind_from_name      (const char         *name);
const char     *chat_fault_kind_get_name       (ChatFaultKind       kind);

G_END_DECLS
