/* test-model.c: messages and rooms: what notifies, and how often
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-file-list.h"
#include "chat-room-list.h"

static guint n_notified;
static GString *names;

static void
notify_cb (GObject    *object,
           GParamSpec *pspec,
           gpointer    user_data)
{
  n_notified++;
  g_string_append_printf (names, "%s ", pspec->name);
}

static void
expect (const char *what)
{
  g_assert_cmpstr (names->str, ==, what);
  g_string_truncate (names, 0);
}

static void
test_message (void)
{
  ChatMessage *message = chat_message_new (7, "bob", TRUE, CHAT_MESSAGE_FILE, "ref");
  g_autofree char *ref = NULL;
  g_autofree char *sender = NULL;
  gboolean outgoing;
  gint64 room_id;
  ChatMessageContent content;
  ChatAttachment *attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = "a" }, FALSE);

  names = g_string_new (NULL);
  g_object_get (message, "client-ref", &ref, "sender", &sender, "outgoing", &outgoing, "room-id", &room_id,
                "content", &content, NULL);
  g_assert_cmpstr (ref, ==, "ref");
  g_assert_cmpstr (sender, ==, "bob");
  g_assert_true (outgoing);
  g_assert_cmpint (room_id, ==, 7);
  g_assert_cmpint (content, ==, CHAT_MESSAGE_FILE);
  g_assert_cmpstr (chat_message_get_text (message), ==, "");
  g_assert_cmpint (chat_message_get_state (message), ==, CHAT_MESSAGE_SENT);

  g_signal_connect (message, "notify", G_CALLBACK (notify_cb), NULL);
  for (guint i = 0; i < 2; i++)
    chat_message_set_id (message, 5);
  expect ("id ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_text (message, "hello");
  expect ("text ");
  chat_message_set_text (message, chat_message_get_text (message) + 1);
  g_assert_cmpstr (chat_message_get_text (message), ==, "ello");
  expect ("text ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_date (message, 5, NULL);
  expect ("date ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_date (message, 0, "once");
  expect ("date-text date ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_edited (message, 4);
  expect ("edited ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_state (message, CHAT_MESSAGE_FAILED, "because");
  expect ("failure state ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_state (message, CHAT_MESSAGE_SENDING, "because");
  expect ("failure state ");
  g_assert_null (chat_message_get_failure (message));
  for (guint i = 0; i < 2; i++)
    chat_message_set_receipt (message, CHAT_MESSAGE_READ);
  expect ("receipt ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_busy (message, TRUE);
  expect ("busy ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_attachment (message, attachment);
  expect ("attachment ");
  for (guint i = 0; i < 2; i++)
    chat_message_set_grouping (message, TRUE, TRUE, FALSE);
  expect ("ends-group starts-day ");

  g_string_free (names, TRUE);
  g_assert_finalize_object (message);
  g_assert_finalize_object (attachment);
}

static void
test_attachment (void)
{
  g_autoptr (GBytes) preview = g_bytes_new ("x", 1);
  const ChatAttachmentInfo info = { .name = "a.png", .size = 100, .media_type = "image/png", .width = 3, .height = 2, .preview = preview };
  ChatAttachment *attachment = chat_attachment_new (&info, TRUE);
  int width, height;

  names = g_string_new (NULL);
  g_assert_cmpstr (chat_attachment_get_name (attachment), ==, "a.png");
  g_assert_cmpint (chat_attachment_get_size (attachment), ==, 100);
  g_assert_cmpstr (chat_attachment_get_media_type (attachment), ==, "image/png");
  g_assert_null (chat_attachment_get_sha256 (attachment));
  g_assert_true (chat_attachment_get_dimensions (attachment, &width, &height));
  g_assert_cmpint (width, ==, 3);
  g_assert_cmpint (height, ==, 2);
  g_assert_true (chat_attachment_get_preview (attachment) == preview);
  g_assert_true (chat_attachment_get_outgoing (attachment));
  g_assert_cmpint (chat_attachment_get_state (attachment), ==, CHAT_ATTACHMENT_REMOTE);

  g_signal_connect (attachment, "notify", G_CALLBACK (notify_cb), NULL);
  for (guint i = 0; i < 2; i++)
    chat_attachment_set_address (attachment, "https://a");
  expect ("address ");
  for (guint i = 0; i < 2; i++)
    chat_attachment_set_done (attachment, 150);
  expect ("done ");
  g_assert_cmpint (chat_attachment_get_done (attachment), ==, 100);
  for (guint i = 0; i < 2; i++)
    chat_attachment_set_state (attachment, CHAT_ATTACHMENT_FAILED, "because");
  expect ("state failure ");
  for (guint i = 0; i < 2; i++)
    chat_attachment_set_state (attachment, CHAT_ATTACHMENT_QUEUED, "because");
  expect ("state failure ");
  g_assert_null (chat_attachment_get_failure (attachment));
  for (guint i = 0; i < 2; i++)
    chat_attachment_set_path (attachment, "/tmp/a.png");
  expect ("path ");

  g_string_free (names, TRUE);
  g_assert_finalize_object (attachment);
}

static void
test_compare (void)
{
  g_autoptr (ChatMessage) a = chat_message_new (1, "a", FALSE, CHAT_MESSAGE_TEXT, NULL);
  g_autoptr (ChatMessage) b = chat_message_new (1, "a", FALSE, CHAT_MESSAGE_TEXT, NULL);

  chat_message_set_date (a, 1, NULL);
  chat_message_set_date (b, 2, NULL);
  g_assert_cmpint (chat_message_compare (a, b), <, 0);
  chat_message_set_id (b, 9);
  g_assert_cmpint (chat_message_compare (a, b), >, 0);
  chat_message_set_id (a, 10);
  g_assert_cmpint (chat_message_compare (a, b), >, 0);
  g_assert_cmpint (chat_message_compare (b, b), ==, 0);
}

static void
test_room (void)
{
  ChatRoom *room = chat_room_new (3, "bob");
  g_autoptr (ChatMessage) message = chat_message_new (3, "bob", FALSE, CHAT_MESSAGE_TEXT, NULL);

  names = g_string_new (NULL);
  g_signal_connect (room, "notify", G_CALLBACK (notify_cb), NULL);
  for (guint i = 0; i < 2; i++)
    {
      chat_room_set_name (room, "rob");
      chat_room_set_last_message (room, message);
      chat_room_set_activity (room, 9);
      chat_room_set_unread_count (room, 2);
      chat_room_set_read_mark (room, 8);
      chat_room_set_marked_unread (room, TRUE);
      chat_room_set_pinned (room, TRUE);
      chat_room_set_muted (room, TRUE);
      chat_room_set_draft (room, "dear");
    }
  expect ("name last-message activity unread-count read-mark marked-unread pinned muted draft ");

  /* The mark only rises; an empty draft is none */
  chat_room_set_read_mark (room, 7);
  g_assert_cmpint (chat_room_get_read_mark (room), ==, 8);
  chat_room_set_draft (room, "");
  g_assert_null (chat_room_get_draft (room));
  expect ("draft ");

  g_string_free (names, TRUE);
  g_assert_finalize_object (room);
}

static ChatMessage *
own_message (gint64 id)
{
  ChatMessage *message = chat_message_new (3, "anna", TRUE, CHAT_MESSAGE_TEXT, NULL);

  chat_message_set_id (message, id);
  return message;
}

/* A mark is one number for each of the others; what all of them have counts */
static void
test_marks (void)
{
  ChatRoom *room = chat_room_new (3, "bob");
  g_autoptr (ChatMessage) own = own_message (5);
  g_autoptr (ChatMessage) unsent = own_message (0);
  g_autoptr (ChatMessage) other = chat_message_new (3, "bob", FALSE, CHAT_MESSAGE_TEXT, NULL);

  chat_message_set_id (other, 4);
  names = g_string_new (NULL);
  g_signal_connect (room, "notify", G_CALLBACK (notify_cb), NULL);
  chat_room_dress (room, own);
  g_assert_cmpint (chat_message_get_receipt (own), ==, CHAT_MESSAGE_NO_RECEIPT);

  for (guint i = 0; i < 2; i++)
    chat_room_raise_mark (room, "bob", 5, 4);
  expect ("seen-mark delivered-mark ");
  chat_room_dress (room, own);
  chat_room_dress (room, other);
  chat_room_dress (room, unsent);
  g_assert_cmpint (chat_message_get_receipt (own), ==, CHAT_MESSAGE_DELIVERED);
  g_assert_cmpint (chat_message_get_receipt (other), ==, CHAT_MESSAGE_NO_RECEIPT);
  g_assert_cmpint (chat_message_get_receipt (unsent), ==, CHAT_MESSAGE_NO_RECEIPT);

  /* They only rise; what is read is delivered; a name is one in any case */
  chat_room_raise_mark (room, "BOB", 1, 1);
  expect ("");
  chat_room_raise_mark (room, "Bob", 0, 7);
  expect ("seen-mark delivered-mark ");
  g_assert_cmpint (chat_room_get_delivered_mark (room), ==, 7);
  chat_room_dress (room, own);
  g_assert_cmpint (chat_message_get_receipt (own), ==, CHAT_MESSAGE_READ);

  /* In a group the one who is furthest behind counts */
  chat_room_raise_mark (room, "eve", 6, 0);
  expect ("seen-mark delivered-mark ");
  g_assert_cmpint (chat_room_get_delivered_mark (room), ==, 6);
  g_assert_cmpint (chat_room_get_seen_mark (room), ==, 0);
  chat_room_raise_mark (room, "eve", 0, 9);
  g_assert_cmpint (chat_room_get_delivered_mark (room), ==, 7);
  g_assert_cmpint (chat_room_get_seen_mark (room), ==, 7);

  /* Bounded */
  for (guint i = 0; i < CHAT_ROOM_MAX_OTHERS + 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      chat_room_raise_mark (room, name, 9, 9);
    }
  g_assert_cmpint (chat_room_get_seen_mark (room), ==, 7);

  g_string_free (names, TRUE);
  g_assert_finalize_object (room);
}

static void
test_typing (void)
{
  ChatRoom *room = chat_room_new (3, "bob");
  g_auto (GStrv) value = NULL;

  names = g_string_new (NULL);
  g_signal_connect (room, "notify", G_CALLBACK (notify_cb), NULL);
  g_assert_null (chat_room_get_typing (room)[0]);
  chat_room_set_typing (room, "bob", FALSE);
  expect ("");
  for (guint i = 0; i < 2; i++)
    chat_room_set_typing (room, i == 0 ? "bob" : "Bob", TRUE);
  expect ("typing ");
  chat_room_set_typing (room, "eve", TRUE);
  g_assert_true (g_strv_equal (chat_room_get_typing (room), (const char *const[]) { "bob", "eve", NULL }));
  g_object_get (room, "typing", &value, NULL);
  g_assert_cmpuint (g_strv_length (value), ==, 2);
  chat_room_set_typing (room, "bob", FALSE);
  g_assert_true (g_strv_equal (chat_room_get_typing (room), (const char *const[]) { "eve", NULL }));
  expect ("typing typing ");
  for (guint i = 0; i < 2; i++)
    chat_room_set_typing (room, "eve", FALSE);
  expect ("typing ");
  g_assert_null (chat_room_get_typing (room)[0]);
  chat_room_set_typing (room, "eve", TRUE);

  g_string_free (names, TRUE);
  g_assert_finalize_object (room);
}

static void
test_presence (void)
{
  ChatRoom *room = chat_room_new (3, "bob");

  names = g_string_new (NULL);
  g_signal_connect (room, "notify", G_CALLBACK (notify_cb), NULL);
  g_assert_cmpint (chat_room_get_presence (room), ==, CHAT_PRESENCE_UNKNOWN);
  /* When somebody was seen last says nothing of one who is there */
  for (guint i = 0; i < 2; i++)
    chat_room_set_presence (room, CHAT_PRESENCE_ONLINE, 7);
  expect ("presence ");
  g_assert_cmpint (chat_room_get_last_seen (room), ==, 0);
  for (guint i = 0; i < 2; i++)
    chat_room_set_presence (room, CHAT_PRESENCE_AWAY, 7);
  expect ("last-seen presence ");
  chat_room_set_presence (room, CHAT_PRESENCE_AWAY, 8);
  expect ("last-seen ");
  chat_room_set_presence (room, CHAT_PRESENCE_UNKNOWN, 0);
  expect ("last-seen presence ");

  g_string_free (names, TRUE);
  g_assert_finalize_object (room);
}

typedef struct
{
  GString   *told;
  GPtrArray *replica;
} Watch;

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Watch      *watch)
{
  g_string_append_printf (watch->told, "%u-%u+%u ", position, removed, added);
  if (removed > 0)
    g_ptr_array_remove_range (watch->replica, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (watch->replica, position + i, g_list_model_get_item (model, position + i));
}

static void
told (Watch      *watch,
      const char *what)
{
  g_assert_cmpstr (watch->told->str, ==, what);
  g_string_truncate (watch->told, 0);
}

static ChatRoom *
add_room (ChatRoomList *list,
          gint64        id,
          const char   *name,
          gint64        activity)
{
  ChatRoom *room = chat_room_new (id, name);

  chat_room_set_activity (room, activity);
  if (list != NULL)
    chat_room_list_add (list, room);
  return room;
}

/* In a long list only what moves is told of */
static void
test_long_room_list (void)
{
  g_autoptr (ChatRoomList) list = chat_room_list_new ();
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_object_unref);
  Watch watch = { g_string_new (NULL), g_ptr_array_new_with_free_func (g_object_unref) };

  names = g_string_new (NULL);
  for (gint64 i = 0; i < 1000; i++)
    g_ptr_array_add (rooms, add_room (NULL, 1 + i, "somebody", 2000 - i));
  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), &watch);
  chat_room_list_replace (list, rooms);
  told (&watch, "0-0+1000 ");
  chat_room_set_activity (rooms->pdata[999], 3000);
  told (&watch, "999-1+0 0-0+1 ");
  chat_room_set_activity (rooms->pdata[999], 1);
  told (&watch, "0-1+0 999-0+1 ");
  chat_room_set_activity (rooms->pdata[10], 3000);
  told (&watch, "0-11+11 ");
  for (guint i = 0; i < watch.replica->len; i++)
    {
      g_autoptr (ChatRoom) room = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_assert_true (watch.replica->pdata[i] == room);
    }
  chat_room_set_unread_count (rooms->pdata[5], 7);
  chat_room_set_unread_count (rooms->pdata[6], 7);
  chat_room_set_muted (rooms->pdata[5], TRUE);
  g_assert_cmpuint (chat_room_list_get_unread (list), ==, 1);
  chat_room_list_clear (list);
  g_assert_cmpuint (chat_room_list_get_unread (list), ==, 0);
  g_string_free (watch.told, TRUE);
  g_ptr_array_unref (watch.replica);
  g_string_free (names, TRUE);
}

static void
test_room_list (void)
{
  ChatRoomList *list = chat_room_list_new ();
  Watch watch = { g_string_new (NULL), g_ptr_array_new_with_free_func (g_object_unref) };
  ChatRoom *a, *b, *c, *d;
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_object_unref);
  guint position;

  names = g_string_new (NULL);
  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), &watch);
  g_signal_connect (list, "notify", G_CALLBACK (notify_cb), NULL);
  a = add_room (list, 1, "Ann", 10);
  b = add_room (list, 2, "bob", 20);
  c = add_room (list, 3, "eve", 30);
  told (&watch, "0-0+1 0-0+1 0-0+1 ");
  chat_room_list_add (list, a);
  told (&watch, "");
  g_assert_true (chat_room_list_lookup (list, 2) == b);
  g_assert_true (chat_room_list_lookup_name (list, "ANN") == a);
  g_assert_null (chat_room_list_lookup_name (list, "annabel"));

  /* Activity and pins move rooms, once; what changes no order says nothing */
  chat_room_set_activity (c, 31);
  told (&watch, "");
  chat_room_set_activity (a, 40);
  told (&watch, "0-3+3 ");
  g_assert_true (watch.replica->pdata[0] == a);
  chat_room_set_pinned (b, TRUE);
  told (&watch, "0-3+3 ");
  g_assert_true (chat_room_list_find (list, b, &position));
  g_assert_cmpuint (position, ==, 0);
  chat_room_set_activity (c, 50);
  told (&watch, "1-2+2 ");

  /* Unread rooms */
  chat_room_set_unread_count (a, 4);
  chat_room_set_unread_count (a, 5);
  chat_room_set_marked_unread (b, TRUE);
  g_assert_cmpuint (chat_room_list_get_unread (list), ==, 2);
  chat_room_set_muted (a, TRUE);
  expect ("unread unread unread ");
  chat_room_list_set_loaded (list, TRUE);
  chat_room_list_set_loaded (list, TRUE);
  expect ("loaded ");

  /* Replaced: c goes, d comes, one is named twice */
  d = add_room (NULL, 4, "dan", 60);
  g_ptr_array_add (rooms, g_object_ref (a));
  g_ptr_array_add (rooms, g_object_ref (d));
  g_ptr_array_add (rooms, g_object_ref (b));
  g_ptr_array_add (rooms, g_object_ref (a));
  chat_room_list_replace (list, rooms);
  told (&watch, "1-1+1 ");
  g_assert_cmpuint (watch.replica->len, ==, 3);
  chat_room_list_replace (list, rooms);
  told (&watch, "");

  /* A room that left is no longer watched */
  chat_room_set_activity (c, 1000);
  chat_room_set_unread_count (c, 1);
  told (&watch, "");
  g_assert_cmpuint (chat_room_list_get_unread (list), ==, 1);
  g_assert_true (chat_room_list_remove (list, 2));
  g_assert_false (chat_room_list_remove (list, 2));
  told (&watch, "0-1+0 ");
  expect ("unread ");
  chat_room_list_clear (list);
  told (&watch, "0-2+0 ");

  g_string_free (names, TRUE);
  g_string_free (watch.told, TRUE);
  g_ptr_array_unref (watch.replica);
  g_ptr_array_set_size (rooms, 0);
  g_assert_finalize_object (list);
  g_assert_finalize_object (a);
  g_assert_finalize_object (b);
  g_assert_finalize_object (c);
  g_assert_finalize_object (d);
}

/* A name that a stranger chose, as a file of one's own may be called */
static void
test_safe_name (void)
{
  g_autofree char *dots = g_strnfill (300, 'x');
  g_autofree char *long_name = g_strconcat (dots, ".tar.gz", NULL);
  const struct { const char *name, *safe; } cases[] = {
    { "report.pdf", "report.pdf" },
    { "звіт за рік.odt", "звіт за рік.odt" },
    { "../../.bashrc", "_.._.bashrc" },
    { ".hidden", "hidden" },
    { "..", "file" },
    { "   ", "file" },
    { "", "file" },
    { "a\nb\tc\x01.txt", "a b c_.txt" },
    { "photo\xe2\x80\xaegpj.exe", "photogpj.exe" },
    { "photo.jpg                           .exe", "photo.jpg .exe" },
    { "file.exe. . ", "file.exe" },
    { "c:\\windows\\a.txt", "c__windows_a.txt" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = cases[i].name, .size = 1 }, FALSE);
      g_autofree char *safe = chat_attachment_dup_safe_name (attachment);

      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
  {
    g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = long_name, .size = 1 }, FALSE);
    g_autofree char *safe = chat_attachment_dup_safe_name (attachment);

    g_assert_cmpuint (strlen (safe), ==, CHAT_ATTACHMENT_MAX_SAFE_NAME);
    g_assert_true (g_str_has_suffix (safe, "x.gz"));
  }
}

/* Files */

static void
changed_cb (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            gpointer    user_data)
{
  g_string_append_printf (names, "%u-%u+%u ", position, removed, added);
}

static void
add_files (ChatFileList *list,
           const gint64 *ids,
           guint         n)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      ChatMessage *message = chat_message_new (7, "bob", FALSE, CHAT_MESSAGE_IMAGE, NULL);

      chat_message_set_id (message, ids[i]);
      g_ptr_array_add (messages, message);
    }
  chat_file_list_add (list, messages);
}

static void
expect_files (ChatFileList *list,
              const char   *what)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append_printf (ids, "%" G_GINT64_FORMAT " ", chat_message_get_id (message));
    }
  g_assert_cmpstr (ids->str, ==, what);
}

static void
load_cb (ChatFileList *list,
         gint64        down_to,
         gpointer      user_data)
{
  g_string_append_printf (names, "load %" G_GINT64_FORMAT " ", down_to);
}

static void
count_cb (gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_file_list (void)
{
  static const gint64 first[] = { 5, 9, 7 }, between[] = { 1, 8, 7, 6, 8, 10, 2 };
  gint64 gone[] = { 8, 7, 3, 2, 1 };
  guint n_freed = 0, position;
  ChatFileList *list = chat_file_list_new (load_cb, &n_freed, count_cb);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  names = g_string_new (NULL);
  g_signal_connect (list, "items-changed", G_CALLBACK (changed_cb), NULL);
  g_signal_connect (list, "notify", G_CALLBACK (notify_cb), NULL);
  g_assert_true (chat_file_list_get_has_more (list));
  chat_file_list_load_more (list);
  expect ("loading load 0 ");
  /* One at a time; where another message is to be reached meanwhile, it is asked for after it */
  chat_file_list_load_more (list);
  chat_file_list_load_to (list, 2);
  expect ("");
  add_files (list, first, G_N_ELEMENTS (first));
  expect ("0-0+3 ");
  expect_files (list, "9 7 5 ");
  chat_file_list_end_load (list, TRUE, FALSE);
  expect ("load 2 loading ");
  g_assert_true (chat_file_list_get_loading (list));
  /* In whatever order, each once, each run told at once */
  add_files (list, between, G_N_ELEMENTS (between));
  expect ("0-0+1 2-0+1 4-0+1 6-0+2 ");
  expect_files (list, "10 9 8 7 6 5 2 1 ");
  g_assert_true (chat_file_list_find (list, 6, &position));
  g_assert_cmpuint (position, ==, 4);
  g_assert_false (chat_file_list_find (list, 3, &position));
  g_assert_cmpuint (position, ==, 6);
  chat_file_list_end_load (list, FALSE, TRUE);
  g_assert_true (chat_file_list_get_failed (list));
  g_assert_false (chat_file_list_get_loading (list));
  g_string_truncate (names, 0);
  chat_file_list_load_more (list);
  expect ("");

  g_assert_true (chat_file_list_remove (list, 10));
  g_assert_false (chat_file_list_remove (list, 10));
  expect ("0-1+0 ");
  g_array_append_vals (ids, gone, G_N_ELEMENTS (gone));
  chat_file_list_remove_all (list, ids);
  expect ("1-2+0 3-2+0 ");
  expect_files (list, "9 6 5 ");
  chat_file_list_clear (list);
  expect ("0-3+0 ");
  g_assert_finalize_object (list);
  g_assert_cmpuint (n_freed, ==, 1);
  g_string_free (names, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/message/notify", test_message);
  g_test_add_func ("/model/attachment/notify", test_attachment);
  g_test_add_func ("/model/message/compare", test_compare);
  g_test_add_func ("/model/room/notify", test_room);
  g_test_add_func ("/model/room/marks", test_marks);
  g_test_add_func ("/model/room/typing", test_typing);
  g_test_add_func ("/model/room/presence", test_presence);
  g_test_add_func ("/model/room-list", test_room_list);
  g_test_add_func ("/model/long-room-list", test_long_room_list);
  g_test_add_func ("/model/attachment/safe-name", test_safe_name);

  g_test_add_func ("/model/file-list", test_file_list);
  return g_test_run ();
}
