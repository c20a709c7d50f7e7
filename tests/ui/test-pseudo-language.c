/* test-pseudo-language.c: every screen in a language that nobody speaks: is all of it translated, and does it find room?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "chat-certificate-dialog.h"
#include "chat-fake-session.h"
#include "chat-fake-source.h"
#include "chat-image-viewer.h"
#include "chat-link-dialog.h"
#include "chat-message-bubble-private.h"
#include "chat-message-row.h"
#include "chat-new-conversation-dialog.h"
#include "chat-password-dialog.h"
#include "chat-preferences-window.h"
#include "chat-room-files-window.h"
#include "chat-session-media.h"
#include "chat-send-files-dialog.h"
#include "chat-sign-in-page.h"
#include "chat-test.h"
#include "chat-timeline.h"
#include "chat-window.h"

/* pseudo.py makes the language and starts this program. No letter of it is plain: what is written in plain letters comes from the
 * program itself. People and what they write are Cyrillic here, so that they are told apart from both. */
#define OPENING "⟦"
#define ISOLATE "\xe2\x81\xa8"    /* around what people have written, which may be of any length */
#define SERVER  "чат.укр"
#define NARROW  360
#define WIDE    1100
#define DESKTOP 1280
#define MAX_TEXT 100

/* Plain words that are right: units of GLib, names of the locale, keys, and what libadwaita's own widgets say */
static const char *const plain[] = {
  "bytes", "kB", "MB", "GB", "SHA", "TLS", "png", "pdf", "jpg", "sh", "chat", "example", "com", "Shortcuts",
  "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "January", "February", "March", "April",
  "June", "July", "August", "September", "October", "November", "December",
  NULL
};

/* What is looked at */

typedef struct
{
  const char *screen;
  int width;
  GtkWidget *root;
  GPtrArray *problems;
} Look;

static GtkApplication *application;

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
complain (Look       *look,
          GtkWidget  *widget,
          const char *what,
          const char *text)
{
  g_ptr_array_add (look->problems, g_strdup_printf ("%s, %d px, %s: %s: %s", look->screen, look->width, G_OBJECT_TYPE_NAME (widget),
                                                    what, text));
}

static void
check_text (Look       *look,
            GtkWidget  *widget,
            const char *text)
{
  static GRegex *words;
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *line = NULL;

  if (words == NULL)
    words = g_regex_new ("[A-Za-z]{2,}", 0, 0, NULL);
  if (text == NULL)
    return;
  line = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_TEXT));
  for (g_regex_match (words, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *word = g_match_info_fetch (match, 0);

      if (!g_strv_contains (plain, word))
        {
          complain (look, widget, "is not translated", line);
          return;
        }
    }
}

static gboolean
has_tooltip (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (gtk_widget_get_has_tooltip (widget))
      return TRUE;
  return FALSE;
}

/* In the surface on which it stands: a popover has one of its own */
static gboolean
is_outside (GtkWidget *widget)
{
  GtkWidget *native = GTK_WIDGET (gtk_widget_get_native (widget));
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (widget, native, &bounds))
    return FALSE;
  return bounds.origin.x < -1 || bounds.origin.x + bounds.size.width > gtk_widget_get_width (native) + 1;
}

/* Of a window, whose title the desktop tells as well; or of a choice, whose list shows it whole */
static gboolean
may_be_cut (GtkWidget *widget)
{
  return (gtk_widget_has_css_class (widget, "title") && gtk_widget_get_ancestor (widget, ADW_TYPE_HEADER_BAR) != NULL) ||
         gtk_widget_get_ancestor (widget, ADW_TYPE_COMBO_ROW) != NULL;
}

static void
check_label (Look     *look,
             GtkLabel *label)
{
  const char *text = gtk_label_get_text (label);

  check_text (look, GTK_WIDGET (label), text);
  if (strstr (text, OPENING) == NULL)
    return;
  if (pango_layout_is_ellipsized (gtk_label_get_layout (label)) && strstr (text, ISOLATE) == NULL &&
      !may_be_cut (GTK_WIDGET (label)) && !has_tooltip (GTK_WIDGET (label)))
    complain (look, GTK_WIDGET (label), "is cut, and no tooltip tells the rest", text);
  if (is_outside (GTK_WIDGET (label)))
    complain (look, GTK_WIDGET (label), "is beyond the edge", text);
}

static void
check_bubble (Look       *look,
              GtkWidget  *row,
              ChatBubble *bubble)
{
  PangoLayout *layouts[] = { bubble->day, bubble->unread, bubble->sender, bubble->title, bubble->status, bubble->body, bubble->footer,
                             bubble->meta };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      const char *text = layouts[i] != NULL ? pango_layout_get_text (layouts[i]) : "";

      check_text (look, row, text);
      if (strstr (text, OPENING) != NULL && pango_layout_is_ellipsized (layouts[i]) && !has_tooltip (row))
        complain (look, row, "is cut, and no tooltip tells the rest", text);
    }
  if (bubble->area.x < 0 || bubble->area.x + bubble->area.width > gtk_widget_get_width (row))
    complain (look, row, "is beyond the edge", "a bubble");
}

static void
check_menu (Look       *look,
            GtkWidget  *widget,
            GMenuModel *menu)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autofree char *label = NULL;
      static const char *const links[] = { G_MENU_LINK_SECTION, G_MENU_LINK_SUBMENU };

      if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label))
        check_text (look, widget, label);
      for (guint j = 0; j < G_N_ELEMENTS (links); j++)
        {
          g_autoptr (GMenuModel) inner = g_menu_model_get_item_link (menu, i, links[j]);

          if (inner != NULL)
            check_menu (look, widget, inner);
        }
    }
}

static void
check_accessible (Look      *look,
                  GtkWidget *widget)
{
  static const GtkAccessibleProperty properties[] = { GTK_ACCESSIBLE_PROPERTY_LABEL, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    if (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), properties[i]))
      {
        /* What it is instead, if it is not "" */
        g_autofree char *text = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), properties[i], "", NULL);

        check_text (look, widget, text);
      }
}

/* The sign that closes a toast, and the one that searches the shortcuts; newer libadwaita and GTK give them tooltips */
static gboolean
is_sign_of_toolkit (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (!GTK_IS_BUTTON (widget) || gtk_button_get_icon_name (GTK_BUTTON (widget)) == NULL)
    return FALSE;
  return GTK_IS_SHORTCUTS_WINDOW (gtk_widget_get_root (widget)) ||
         (parent != NULL && g_str_equal (G_OBJECT_TYPE_NAME (parent), "AdwToastWidget"));
}

static void
check (Look      *look,
       GtkWidget *widget)
{
  /* GTK names its own parts in its own language */
  if (!gtk_widget_get_mapped (widget) || GTK_IS_WINDOW_CONTROLS (widget) || GTK_IS_SHORTCUT_LABEL (widget) || ADW_IS_AVATAR (widget) ||
      (GTK_IS_IMAGE (widget) && GTK_IS_EDITABLE (gtk_widget_get_parent (widget))) || is_sign_of_toolkit (widget))
    return;

  check_text (look, widget, gtk_widget_get_tooltip_text (widget));
  check_accessible (look, widget);
  if (GTK_IS_LABEL (widget))
    check_label (look, GTK_LABEL (widget));
  else if (GTK_IS_TEXT (widget))
    check_text (look, widget, gtk_text_get_placeholder_text (GTK_TEXT (widget)));
  else if (CHAT_IS_MESSAGE_ROW (widget))
    check_bubble (look, widget, chat_message_row_get_bubble (CHAT_MESSAGE_ROW (widget)));
  else if (GTK_IS_MENU_BUTTON (widget) && gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)) != NULL)
    check_menu (look, widget, gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    check (look, child);
}

/* The innermost of those that need more than the window may have */
static gboolean
blame (Look      *look,
       GtkWidget *widget,
       int        width)
{
  gboolean found = FALSE;
  int minimum;

  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    found = blame (look, child, width) || found;
  if (!found && minimum > width / 2)
    {
      GtkWidget *label = find (widget, GTK_TYPE_LABEL);
      g_autofree char *words = g_strdup_printf ("%d px, %s", minimum, label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : "");

      complain (look, widget, "is wide", words);
      return TRUE;
    }
  return found;
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static GPtrArray *
look_at (GtkWidget  *window,
         const char *screen,
         int         width)
{
  Look look = { screen, width, window, g_ptr_array_new_with_free_func (g_free) };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  guint n_frames = 0;
  gulong id = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (count_cb), &n_frames);
  int minimum;

  /* A frame in which all has its place */
  chat_test_settle ();
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_LAYOUT | GDK_FRAME_CLOCK_PHASE_PAINT);
  chat_test_wait_until (n_frames > 0);
  g_signal_handler_disconnect (clock, id);
  check (&look, window);
  /* What needs more room than there is makes the window wider than it may be; a shadow stands around it */
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  if (minimum > width + 12)
    {
      g_autofree char *words = g_strdup_printf ("needs %d px", minimum);

      complain (&look, window, "does not find room", words);
      blame (&look, window, width);
    }
  return look.problems;
}

static void
judge (GtkWidget  *window,
       const char *screen,
       int         width)
{
  g_autoptr (GPtrArray) problems = look_at (window, screen, width);

  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (const char *) problems->pdata[i]);
  if (problems->len > 0)
    g_test_fail_printf ("%s: %u texts", screen, problems->len);
}

/* The screens */

typedef struct
{
  GSettings *settings;
  ChatSession *session;
  GtkWidget *window;
  int width;
} Fixture;

static void
show (GtkWidget *window)
{
  gtk_window_present (GTK_WINDOW (window));
  chat_test_wait_until (gtk_widget_get_mapped (window) && gtk_widget_get_width (window) > 0);
}

static void
set_up (Fixture       *f,
        gconstpointer  width)
{
  f->width = GPOINTER_TO_INT (width);
  f->settings = g_settings_new_with_path (APP_ID ".Profile", "/com/example/Chat/profiles/pseudo/");
  g_settings_set_int (f->settings, "window-width", f->width);
  g_settings_set_int (f->settings, "window-height", 700);
  f->session = chat_test_watch_object (chat_fake_session_new ());
  chat_fake_session_set_media_limit (f->session, 1000 * 1000);
  f->window = chat_window_new (application, f->session, f->settings);
  show (f->window);
}

static void
tear_down (Fixture       *f,
           gconstpointer  width)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->settings);
  g_clear_object (&f->session);
  chat_test_assert_finalized ();
}

static void
expand_all (GtkWidget *widget)
{
  if (ADW_IS_EXPANDER_ROW (widget))
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (widget), TRUE);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    expand_all (child);
}

/* The newest window that is not the one of the fixture */
static GtkWidget *
find_dialog (Fixture *f)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (l->data != f->window && gtk_widget_get_visible (l->data))
      return l->data;
  return NULL;
}

static void
judge_dialog (Fixture    *f,
              const char *screen,
              int         width)
{
  GtkWidget *dialog;

  chat_test_wait_until ((dialog = find_dialog (f)) != NULL && gtk_widget_get_mapped (dialog));
  judge (dialog, screen, width);
  gtk_window_destroy (GTK_WINDOW (dialog));
  chat_test_settle ();
}

static void
sign_in (Fixture *f)
{
  chat_window_try_sign_in (CHAT_WINDOW (f->window), SERVER, TRUE, "олена", "Таємниця");
  chat_test_wait_until (chat_session_get_state (f->session) == CHAT_SESSION_ONLINE);
  chat_test_settle ();
}

static void
test_sign_in (Fixture       *f,
              gconstpointer  width)
{
  GtkWidget *page = find (f->window, CHAT_TYPE_SIGN_IN_PAGE);

  expand_all (page);
  judge (f->window, "sign in", f->width);
  /* Each thing that can go wrong is said beside its field */
  for (int code = 0; code <= (f->width == NARROW ? CHAT_SESSION_ERROR_NO_SPACE : 0); code++)
    {
      if (code == CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN || code == CHAT_SESSION_ERROR_CERTIFICATE_CHANGED)
        continue;
      chat_fake_session_fail_next (f->session, code);
      chat_sign_in_page_try (CHAT_SIGN_IN_PAGE (page), SERVER, TRUE, "олена", "Таємниця");
      chat_test_wait_until (!chat_sign_in_page_get_busy (CHAT_SIGN_IN_PAGE (page)));
      judge (f->window, "sign in that failed", f->width);
    }
}

static void
test_rooms (Fixture       *f,
            gconstpointer  width)
{
  static const char *const names[] = { "Богдан", "Катерина з бухгалтерії, другий поверх", "Гурт", "Дарка" };
  ChatRoom *rooms[G_N_ELEMENTS (names)];

  sign_in (f);
  judge (f->window, "no rooms", f->width);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    rooms[i] = chat_fake_session_add_room (f->session, i + 1, names[i], "Привіт усім, як справи сьогодні?", i % 2,
                                           g_get_real_time () - (gint64) i * i * 40 * G_TIME_SPAN_DAY);
  chat_room_set_unread_count (rooms[0], 12);
  chat_room_set_muted (rooms[1], TRUE);
  chat_room_set_pinned (rooms[2], TRUE);
  chat_room_set_draft (rooms[3], "Чернетка");
  chat_room_set_marked_unread (rooms[3], TRUE);
  judge (f->window, "rooms", f->width);

  gtk_widget_activate_action (f->window, "win.open-room", "x", (gint64) 1);
  judge (f->window, "conversation", f->width);
  chat_window_search (CHAT_WINDOW (f->window));
  judge (f->window, "find in conversation", f->width);
  for (int code = 0; code <= (f->width == NARROW ? CHAT_SESSION_ERROR_NO_SPACE : 0); code++)
    {
      chat_fake_session_set_state (f->session, CHAT_SESSION_REFUSED, code, 0);
      judge (f->window, "refused", f->width);
    }
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_RATE_LIMITED, 42);
  judge (f->window, "asked to wait", f->width);
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 42);
  judge (f->window, "offline", f->width);
  chat_fake_session_set_state (f->session, CHAT_SESSION_ONLINE, -1, 0);

  chat_window_delete_room (CHAT_WINDOW (f->window), rooms[0]);
  judge_dialog (f, "delete a room", f->width);
  chat_window_sign_out (CHAT_WINDOW (f->window));
  judge_dialog (f, "sign out", f->width);
  chat_fake_session_remove_room (f->session, rooms[0]);
  judge (f->window, "a room that went", f->width);
}

static void
test_dialogs (Fixture       *f,
              gconstpointer  width)
{
  static const char *const people[] = { "Богдан", "Борис", NULL };
  GtkWindow *parent = GTK_WINDOW (f->window);
  g_autoptr (ChatRoom) room = chat_room_new (1, "Богдан");
  g_autofree char *path = g_dir_make_tmp ("XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (path, "Тека", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (inner);
  g_autoptr (GtkBuilder) builder = NULL;
  GtkWidget *dialog;

  sign_in (f);
  chat_fake_session_set_people (f->session, people);
  gtk_window_present (GTK_WINDOW (chat_new_conversation_dialog_new (parent, f->session, NULL)));
  judge_dialog (f, "new conversation", NARROW);
  gtk_window_present (GTK_WINDOW (chat_new_conversation_dialog_new (parent, f->session, "Бо")));
  judge_dialog (f, "people found", NARROW);

  gtk_window_present (GTK_WINDOW (chat_certificate_dialog_new (parent, SERVER, "11:22", NULL)));
  judge_dialog (f, "certificate", f->width);
  gtk_window_present (GTK_WINDOW (chat_certificate_dialog_new (parent, SERVER, "11:22", "33:44")));
  judge_dialog (f, "another certificate", f->width);

  gtk_window_present (GTK_WINDOW (chat_password_dialog_new (parent, f->session)));
  judge_dialog (f, "password", NARROW);

  g_assert_true (g_file_make_directory (folder, NULL, NULL));
  dialog = chat_send_files_dialog_new (f->session, room);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), parent);
  chat_send_files_dialog_add_file (CHAT_SEND_FILES_DIALOG (dialog), folder);
  gtk_window_present (GTK_WINDOW (dialog));
  judge_dialog (f, "send files", NARROW);
  /* GTK's own window, as wide as it wants to be */
  builder = gtk_builder_new_from_resource ("/com/example/Chat/ui/chat-shortcuts.ui");
  gtk_window_present (GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
  judge_dialog (f, "shortcuts", DESKTOP);
  g_rmdir (inner);
  g_rmdir (path);
}

static void
test_preferences (Fixture       *f,
                  gconstpointer  width)
{
  static const char *const pages[] = { NULL, "privacy_page", "account_page" };

  sign_in (f);
  chat_fake_session_add_device (f->session, 7, "Ноутбук", TRUE);
  chat_fake_session_add_device (f->session, 8, "Телефон", FALSE);
  chat_fake_session_add_device (f->session, 9, "", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *window = chat_preferences_window_new (GTK_WINDOW (f->window), f->settings, f->session);

      gtk_window_set_default_size (GTK_WINDOW (window), f->width, 700);
      show (window);
      if (pages[i] != NULL)
        {
          GObject *page = gtk_widget_get_template_child (window, CHAT_TYPE_PREFERENCES_WINDOW, pages[i]);

          adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
          chat_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (page)));
        }
      judge_dialog (f, pages[i] != NULL ? pages[i] : "preferences", f->width);
    }
}

static ChatMessage *
add_message (ChatMessageList  *list,
             gboolean          outgoing,
             ChatMessageState  state,
             const char       *text)
{
  ChatMessage *message = chat_message_new (1, outgoing ? "Олена" : "Богдан", outgoing, CHAT_MESSAGE_TEXT, text);

  chat_message_set_text (message, text);
  chat_message_set_date (message, g_get_real_time () - G_TIME_SPAN_DAY, NULL);
  chat_message_set_state (message, state, state == CHAT_MESSAGE_FAILED ? _("The server did not take the message") : NULL);
  chat_message_list_add (list, message);
  g_object_unref (message);
  return message;
}

static ChatMessage *
add_file (Fixture             *f,
          ChatMessageContent   content,
          ChatAttachmentState  state)
{
  gboolean image = content == CHAT_MESSAGE_IMAGE;
  ChatMessage *message = chat_message_new (1, "Богдан", FALSE, content, NULL);
  g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) {
      .name = image ? "Фото.png" : "звіт.pdf", .size = 3000000, .media_type = image ? "image/png" : "application/pdf",
      .width = image ? 600 : 0, .height = image ? 300 : 0 }, FALSE);
  static gint64 last_id;

  chat_message_set_id (message, ++last_id);
  chat_message_set_date (message, g_get_real_time () - G_TIME_SPAN_DAY, NULL);
  chat_attachment_set_state (attachment, state, state == CHAT_ATTACHMENT_FAILED ? _("The file was damaged on its way") : NULL);
  chat_message_set_attachment (message, attachment);
  chat_fake_session_add_file (f->session, message);
  g_object_unref (message);
  return message;
}

static void
judge_files (Fixture    *f,
             ChatRoom   *room,
             const char *screen)
{
  static const char *const pages[] = { "images", "files" };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *window = chat_room_files_window_new (GTK_WINDOW (f->window), f->session, room);
      AdwViewSwitcherTitle *title;
      AdwSqueezer *squeezer;

      gtk_window_set_default_size (GTK_WINDOW (window), f->width, 600);
      show (window);
      adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (find (window, ADW_TYPE_VIEW_STACK)), pages[i]);
      /* It looks how wide the window is after that has its place, and changes its form then */
      title = ADW_VIEW_SWITCHER_TITLE (find (window, ADW_TYPE_VIEW_SWITCHER_TITLE));
      squeezer = ADW_SQUEEZER (find (window, ADW_TYPE_SQUEEZER));
      chat_test_wait_until (adw_view_switcher_title_get_title_visible (title) == (f->width == NARROW) &&
                            !adw_squeezer_get_transition_running (squeezer));
      judge_dialog (f, screen, f->width);
    }
}

static void
test_files (Fixture       *f,
            gconstpointer  width)
{
  static const ChatAttachmentState states[] = { CHAT_ATTACHMENT_REMOTE, CHAT_ATTACHMENT_QUEUED, CHAT_ATTACHMENT_PAUSED,
                                                CHAT_ATTACHMENT_FAILED };
  ChatRoom *room;
  ChatMessage *image = NULL;
  GtkWidget *window;

  /* AdwViewSwitcherBar of libadwaita 1.2 warns when it comes in all at once */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  sign_in (f);
  room = chat_fake_session_add_room (f->session, 1, "Богдан", "Привіт", FALSE, G_USEC_PER_SEC);
  judge_files (f, room, "no files");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      add_file (f, CHAT_MESSAGE_FILE, states[i]);
      image = add_file (f, CHAT_MESSAGE_IMAGE, states[i]);
    }
  judge_files (f, room, "files");
  {
    g_autoptr (ChatFileList) images = chat_session_get_room_files (f->session, room, TRUE);

    window = chat_image_viewer_new (GTK_WINDOW (f->window), f->session, images, image);
    gtk_window_set_default_size (GTK_WINDOW (window), f->width, 600);
    gtk_window_present (GTK_WINDOW (window));
    judge_dialog (f, "an image", f->width);
  }
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static void
test_links (Fixture       *f,
            gconstpointer  width)
{
  static const char *const links[] = { "chat://1.2.3.4/person/7", "chat://1.2.3.4/room/7", "chat://1.2.3.4/person/8", "chat://5.6.7.8/room/7",
                                       "chat:", "chat://1.2.3.4/thing/1", "chat:///room/1", "mailto:7" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (links); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ChatUri) uri = chat_uri_parse (links[i / 2], &error);

      /* Each without an account, and with one */
      chat_fake_session_set_account (f->session, "1.2.3.4", "7");
      chat_fake_session_set_state (f->session, i % 2 ? CHAT_SESSION_ONLINE : CHAT_SESSION_SIGNED_OUT, -1, 0);
      gtk_window_present (GTK_WINDOW (uri != NULL ? chat_link_dialog_new (GTK_WINDOW (f->window), f->session, uri)
                                                  : chat_link_dialog_new_problem (GTK_WINDOW (f->window), error)));
      judge_dialog (f, links[i / 2], f->width);
    }
}

static GtkWidget *
find_row (GtkWidget   *widget,
          ChatMessage *message)
{
  GtkWidget *found = NULL;

  if (CHAT_IS_MESSAGE_ROW (widget) && gtk_widget_get_mapped (widget))
    return chat_message_row_get_message (CHAT_MESSAGE_ROW (widget)) == message ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_row (child, message);
  return found;
}

static void
test_timeline (Fixture       *f,
               gconstpointer  width)
{
  static const ChatMessageState states[] = { CHAT_MESSAGE_SENT, CHAT_MESSAGE_SENDING, CHAT_MESSAGE_WAITING, CHAT_MESSAGE_FAILED };
  static const ChatAttachmentState transfers[] = { CHAT_ATTACHMENT_REMOTE, CHAT_ATTACHMENT_QUEUED, CHAT_ATTACHMENT_TRANSFERRING,
                                                   CHAT_ATTACHMENT_PAUSED, CHAT_ATTACHMENT_FAILED, CHAT_ATTACHMENT_LOCAL };
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  g_autoptr (ChatRoom) room = chat_room_new (1, "Богдан");
  GtkWidget *timeline = chat_timeline_new (), *window = gtk_window_new ();
  ChatMessage *message = NULL;

  chat_fake_source_append (source, "Богдан", FALSE, 1000 * G_USEC_PER_SEC, "Перше");
  chat_fake_source_set_auto (source, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), f->width, 2000);
  gtk_window_set_child (GTK_WINDOW (window), timeline);
  gtk_window_present (GTK_WINDOW (window));
  chat_message_list_load (list);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
    {
      g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = "звіт.pdf", .size = 3000000,
                                                                   .media_type = "application/pdf" }, FALSE);

      message = chat_message_new (1, "Богдан", FALSE, CHAT_MESSAGE_FILE, NULL);
      chat_message_set_date (message, g_get_real_time () - G_TIME_SPAN_DAY, NULL);
      chat_message_set_attachment (message, attachment);
      chat_attachment_set_state (attachment, transfers[i],
                                 transfers[i] == CHAT_ATTACHMENT_FAILED ? _("The file was damaged on its way") : NULL);
      chat_message_list_add (list, message);
      g_object_unref (message);
    }
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    message = add_message (list, TRUE, states[i], "Доброго дня");
  chat_message_set_edited (message, TRUE);
  chat_test_wait_until (find_row (timeline, message) != NULL);
  judge (window, "timeline", f->width);
  g_assert_true (gtk_widget_activate_action (find_row (timeline, message), "message.menu", NULL));
  chat_test_settle ();
  judge (window, "menu of a message", f->width);
  gtk_window_destroy (GTK_WINDOW (window));
  chat_test_settle ();
}

/* Each kind of fault is seen */
static void
test_can_fail (void)
{
  static const char *const words[] = { "is not translated", "is not translated", "is not translated", "is cut", "is beyond the edge" };
  GtkWidget *window = gtk_window_new (), *box = gtk_fixed_new (), *labels[3], *button = gtk_button_new ();
  g_autoptr (GPtrArray) problems = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      labels[i] = gtk_label_new (i == 0 ? "Forgotten" : _("The message was not sent."));
      gtk_fixed_put (GTK_FIXED (box), labels[i], 0, i * 30);
    }
  gtk_label_set_ellipsize (GTK_LABEL (labels[1]), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (button, "Forgotten");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, "Forgotten", -1);
  gtk_fixed_put (GTK_FIXED (box), button, 0, 100);
  gtk_fixed_move (GTK_FIXED (box), labels[2], 300, 60);
  gtk_widget_set_size_request (box, 10, 10);
  gtk_widget_set_overflow (box, GTK_OVERFLOW_HIDDEN);
  {
    GtkWidget *scrolled = gtk_scrolled_window_new ();

    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
    gtk_window_set_child (GTK_WINDOW (window), scrolled);
  }
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 200);
  show (window);
  problems = look_at (window, "faults", 360);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (const char *) problems->pdata[i]);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      guint found = 0;

      for (guint j = 0; j < problems->len; j++)
        found += strstr (problems->pdata[j], words[i]) != NULL;
      g_assert_cmpuint (found, >=, i < 3 ? 3 : 1);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("CHAT_LOCALE_DIR"));
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("CHAT_LOCALE_DIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  if (!g_str_has_prefix (_("Chat"), OPENING))
    {
      g_print ("1..0 # SKIP no locale here has translations: install locales\n");
      return 77;
    }
  gtk_init ();
  /* Each state is there at once */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE, NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

  g_test_add_func ("/ui/pseudo-language/can-fail", test_can_fail);
#define ADD(name, function)                                                                                               \
  g_test_add ("/ui/pseudo-language/" name "/narrow", Fixture, GINT_TO_POINTER (NARROW), set_up, function, tear_down);     \
  g_test_add ("/ui/pseudo-language/" name "/wide", Fixture, GINT_TO_POINTER (WIDE), set_up, function, tear_down)
  ADD ("sign-in", test_sign_in);
  ADD ("rooms", test_rooms);
  ADD ("dialogs", test_dialogs);
  ADD ("preferences", test_preferences);
  ADD ("timeline", test_timeline);
  ADD ("files", test_files);
  ADD ("links", test_links);
#undef ADD
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
