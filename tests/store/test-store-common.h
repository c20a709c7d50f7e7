/* test-store-common.h: a store in a folder of its own, asked and waited for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-store.h"
#include "chat-test.h"

G_BEGIN_DECLS

typedef struct
{
  char      *folder;
  char      *path;
  ChatStore *store;
} Place;

/** place_new: an empty folder with a new store in it */
Place           *place_new        (void);
/** place_free: closes the store in good order, proves that it is gone, removes the folder */
void             place_free       (Place                   *place);
void             place_open       (Place                   *place);
void             place_close      (Place                   *place);
static inline void
place_reopen (Place *place)
{
  place_close (place);
  place_open (place);
}
/** place_try_open: Returns: (nullable): with @error */
ChatStore       *place_try_open   (Place                   *place,
                                   GError                 **error);

/* Each waits for its end. Those with an @error fail with it, the others fail the test */
GPtrArray       *store_try_apply  (ChatStore               *store,
                                   ChatStoreBatch          *batch,
                                   GError                 **error);
GPtrArray       *store_apply      (ChatStore               *store,
                                   ChatStoreBatch          *batch);
/** store_apply_quietly: where nobody looks at what it changed */
void             store_apply_quietly (ChatStore            *store,
                                   ChatStoreBatch          *batch);
ChatStorePage   *store_page       (ChatStore               *store,
                                   gint64                   room_id,
                                   ChatStorePageKind        kind,
                                   gint64                   anchor,
                                   guint                    limit,
                                   ChatStorePageFlags       flags);
GPtrArray       *store_rooms      (ChatStore               *store);
GPtrArray       *store_outbox     (ChatStore               *store);
GPtrArray       *store_downloads  (ChatStore               *store);
ChatStoreFiles  *store_files      (ChatStore               *store,
                                   gint64                   room_id,
                                   int                      kind,
                                   gint64                   before,
                                   guint                    limit,
                                   gint64                   sure);
GPtrArray       *store_unused     (ChatStore               *store);
ChatStoreState   store_state      (ChatStore               *store);
gint64           store_add_out    (ChatStore               *store,
                                   const ChatStoreOutRow   *row,
                                   GError                 **error);
gboolean         store_update_out (ChatStore               *store,
                                   const ChatStoreOutRow   *row,
                                   gboolean                 to_end,
                                   GError                 **error);
gboolean         store_remove_out (ChatStore               *store,
                                   gint64                   id,
                                   GError                 **error);

/** message: Returns: (transfer full): from "ada", with a date */
ChatStoreMessage *message         (gint64                   room_id,
                                   gint64                   id,
                                   const char              *text);
/** put: adds such a message to @batch */
void             put              (ChatStoreBatch          *batch,
                                   gint64                   room_id,
                                   gint64                   id,
                                   const char              *text,
                                   gboolean                 live);
/** put_room: a room with nothing in it, as a server tells it that tells the first id */
void             put_room         (ChatStoreBatch          *batch,
                                   gint64                   room_id,
                                   gint64                   first_id);
/** put_ids: a page of these messages, 0 at the end. Their texts are their ids */
void             put_ids          (ChatStoreBatch          *batch,
                                   gint64                   room_id,
                                   gint64                   from,
                                   gint64                   to,
                                   ...);
/** page_ids: Returns: (transfer full): the ids of the page and its edges: "[" the beginning or the end, "~" a gap, "+" more of it: as
 * in "[1 2 3~" */
char            *page_ids         (ChatStorePage           *page);
/** assert_page: reads it and compares it with page_ids() */
#define assert_page(store, room_id, kind, anchor, limit, ids)                                                              \
  G_STMT_START                                                                                                             \
  {                                                                                                                        \
    g_autoptr (ChatStorePage) page_ = store_page ((store), (room_id), (kind), (anchor), (limit), CHAT_STORE_PAGE_DEFAULT); \
    g_autofree char *ids_ = page_ids (page_);                                                                              \
    g_assert_cmpstr (ids_, ==, (ids));                                                                                     \
  }                                                                                                                        \
  G_STMT_END
/** store_text: Returns: (transfer full) (nullable): the text of a message, with "*" before it where it was edited */
char            *store_text       (ChatStore               *store,
                                   gint64                   room_id,
                                   gint64                   id);
#define assert_text(store, room_id, id, text)                             \
  G_STMT_START                                                            \
  {                                                                       \
    g_autofree char *text_ = store_text ((store), (room_id), (id));       \
    g_assert_cmpstr (text_, ==, (text));                                  \
  }                                                                       \
  G_STMT_END
/** events_text: Returns: (transfer full): as in "+5 ~5 -5 -room 1" */
char            *events_text      (GPtrArray               *events);
/** assert_outbox: its rows, as in "1:ref 1:other" */
void             assert_outbox    (ChatStore               *store,
                                   const char              *wanted);

G_END_DECLS
