/* test-message-list-common.h: a window on a room, and what it told of itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-fake-source.h"
#include "chat-message-list.h"

#define NOON   (G_GINT64_CONSTANT (1767268800) * G_USEC_PER_SEC)    /* 2026-01-01 12:00 UTC */
#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

/* A list, its source, and a replica that knows nothing but items-changed */
typedef struct
{
  ChatFakeSource  *source;
  ChatMessageList *list;
  GPtrArray       *replica;
  GString         *told;      /* "position-removed+added " of each items-changed */
  GHashTable      *notified;  /* property name -> count */
} Fixture;

guint notified (Fixture *f, const char *name);
void fixture_init (Fixture *f, guint n_messages);
void fixture_clear (Fixture *f);
void spin (void);
void answer (Fixture *f);
void loaded (Fixture *f, guint n_messages);
ChatMessage *at (Fixture *f, guint position);
guint length (Fixture *f);
ChatMessage *unsent (Fixture *f, gint64 date);
void check_grouping (Fixture *f);
