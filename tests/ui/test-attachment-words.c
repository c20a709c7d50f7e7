/* test-attachment-words.c: what is said of a file that a stranger has named
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-attachment-words.h"

static ChatAttachment *
attachment (const char *name)
{
  return chat_attachment_new (&(ChatAttachmentInfo) { .name = name, .size = 12000000, .media_type = "text/plain" }, FALSE);
}

static void
test_name (void)
{
  static const struct { const char *name, *shown; } cases[] = {
    { "report.pdf", "report.pdf" },
    { "photo.jpg                                                        .exe", "photo.jpg .exe" },
    { "  notes.txt  ", "notes.txt" },
    { "a\xc2\xa0\xe2\x80\x83 b.txt", "a b.txt" },
    { "\xe2\x80\x89", "File" },
    { "звіт.odt", "звіт.odt" },
  };
  g_autoptr (ChatAttachment) turned = attachment ("photo\xe2\x80\xaegpj.exe");
  g_autofree char *shown = chat_attachment_name (turned);

  /* The letters stay in the order in which the system reads them */
  g_assert_null (strstr (shown, "\xe2\x80\xae"));
  g_assert_true (g_str_has_suffix (shown, "gpj.exe"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ChatAttachment) one = attachment (cases[i].name);
      g_autofree char *name = chat_attachment_name (one);

      g_assert_cmpstr (name, ==, cases[i].shown);
    }
}

static void
test_can_run (void)
{
  static const char *const run[] = { "a.exe", "A.EXE", "a.pdf.scr", "a.sh", "a.desktop", "a.jar", "a.exe. ", "a.AppImage", "a.py", "a.lnk" };
  static const char *const harmless[] = { "a.pdf", "a.jpg", "exe", "sh", "a.txt", "звіт.odt", "a.tar.gz", ".exe.png" };

  for (guint i = 0; i < G_N_ELEMENTS (run); i++)
    if (!chat_attachment_can_run (run[i], NULL))
      g_error ("%s", run[i]);
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (chat_attachment_can_run (harmless[i], "image/png"))
      g_error ("%s", harmless[i]);
  /* Its name is one thing, its bytes another */
  g_assert_true (chat_attachment_can_run ("photo.jpg", "application/x-executable"));
  g_assert_true (chat_attachment_can_run ("photo.jpg", "application/x-shellscript"));
  g_assert_true (chat_attachment_can_run ("photo.jpg", "application/x-desktop"));
}

static void
test_states (void)
{
  static const struct { ChatAttachmentState state; const char *status, *words; } cases[] = {
    { CHAT_ATTACHMENT_REMOTE, "12.0\xc2\xa0""MB", "not downloaded" },
    { CHAT_ATTACHMENT_QUEUED, "12.0\xc2\xa0""MB, waiting", "waits for its transfer" },
    { CHAT_ATTACHMENT_TRANSFERRING, "3.0\xc2\xa0""MB of 12.0\xc2\xa0""MB", "is being downloaded" },
    { CHAT_ATTACHMENT_PAUSED, "Paused, 3.0\xc2\xa0""MB of 12.0\xc2\xa0""MB", "paused" },
    { CHAT_ATTACHMENT_FAILED, "The disk is full.", "The disk is full." },
    { CHAT_ATTACHMENT_LOCAL, "12.0\xc2\xa0""MB", "on this computer" },
  };
  g_autoptr (ChatMessage) message = chat_message_new (1, "bob", FALSE, CHAT_MESSAGE_FILE, NULL);
  g_autoptr (ChatAttachment) one = attachment ("film.mkv");

  chat_message_set_attachment (message, one);
  chat_attachment_set_done (one, 3000000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *status = NULL;
      g_autofree char *words = NULL;

      chat_attachment_set_state (one, cases[i].state, "The disk is full.");
      status = chat_attachment_status (one);
      words = chat_attachment_describe (message);
      g_assert_cmpstr (status, ==, cases[i].status);
      g_assert_true (g_str_has_prefix (words, "File film.mkv, "));
      g_assert_true (g_str_has_suffix (words, cases[i].words));
    }
}

static void
test_what_can_be_done (void)
{
  g_autoptr (ChatAttachment) one = attachment ("film.mkv");

  g_assert_true (chat_attachment_can_start (one) && !chat_attachment_can_pause (one) && !chat_attachment_can_cancel (one));
  chat_attachment_set_state (one, CHAT_ATTACHMENT_TRANSFERRING, NULL);
  g_assert_true (!chat_attachment_can_start (one) && chat_attachment_can_pause (one) && chat_attachment_can_cancel (one));
  chat_attachment_set_state (one, CHAT_ATTACHMENT_PAUSED, NULL);
  g_assert_true (chat_attachment_can_start (one) && !chat_attachment_can_pause (one) && chat_attachment_can_cancel (one));
  chat_attachment_set_path (one, "/tmp/x");
  g_assert_false (chat_attachment_is_here (one));
  chat_attachment_set_state (one, CHAT_ATTACHMENT_LOCAL, NULL);
  g_assert_true (chat_attachment_is_here (one));
  g_assert_true (!chat_attachment_can_start (one) && !chat_attachment_can_pause (one) && !chat_attachment_can_cancel (one));
}

static void
test_picture (void)
{
  static const struct { const char *type; int width; gboolean picture; } cases[] = {
    { "image/png", 100, TRUE }, { "image/jpeg", 100, TRUE }, { "image/svg+xml", 100, FALSE }, { "image/png", 0, FALSE },
    { "text/html", 100, FALSE }
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ChatMessage) message = chat_message_new (1, "bob", FALSE, CHAT_MESSAGE_IMAGE, NULL);
      g_autoptr (ChatAttachment) one = chat_attachment_new (&(ChatAttachmentInfo) { .name = "a", .size = 1, .media_type = cases[i].type,
                                                            .width = cases[i].width, .height = cases[i].width }, FALSE);

      chat_message_set_attachment (message, one);
      g_assert_cmpint (chat_attachment_is_picture (message), ==, cases[i].picture);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/attachment-words/name", test_name);
  g_test_add_func ("/ui/attachment-words/can-run", test_can_run);
  g_test_add_func ("/ui/attachment-words/states", test_states);
  g_test_add_func ("/ui/attachment-words/what-can-be-done", test_what_can_be_done);
  g_test_add_func ("/ui/attachment-words/picture", test_picture);

  return g_test_run ();
}
