/* test-contrast.c: the contrast of what is written, measured from the pixels of each screen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "chat-certificate-dialog.h"
#include "chat-fake-session.h"
#include "chat-fake-source.h"
#include "chat-message-bubble-private.h"
#include "chat-message-row.h"
#include "chat-new-conversation-dialog.h"
#include "chat-password-dialog.h"
#include "chat-preferences-window.h"
#include "chat-sign-in-page.h"
#include "chat-style.h"
#include "chat-test.h"
#include "chat-timeline.h"
#include "chat-window.h"

/* WCAG 2.1, 1.4.3 and 1.4.11, level AA: words, large words, and signs that mean something. Drawn three times as large, so that the middle of
 * a stroke has its whole colour. Program arguments: none; high contrast is asked for by ADW_DEBUG_HIGH_CONTRAST. */
#define WORDS     4.5
#define LARGE     3.0
#define SIGNS     3.0
#define SCALE     3
#define TOLERANCE 0.05      /* eight bits a channel */
#define FRAMES    3         /* after which a screen is as it stays */
#define LARGE_PT      18
#define LARGE_BOLD_PT 14

typedef struct
{
  const char *screen;
  GtkWidget *window;
  guint8 *pixels;
  int width, height;        /* of the pixels */
  guint n_measured;
  double least;
  GPtrArray *problems;
} Look;

/* Measuring */

static double
luminance (guint32 pixel)
{
  double value[3];

  for (int i = 0; i < 3; i++)
    {
      double c = ((pixel >> (8 * i)) & 0xff) / 255.;

      value[i] = c <= .03928 ? c / 12.92 : pow ((c + .055) / 1.055, 2.4);
    }
  /* In memory B, G, R */
  return .0722 * value[0] + .7152 * value[1] + .2126 * value[2];
}

static double
contrast (double a,
          double b)
{
  return (MAX (a, b) + .05) / (MIN (a, b) + .05);
}

/* Between the colour that most of it has and the one that is farthest from that */
static double
measure (Look *look,
         int   x,
         int   y,
         int   width,
         int   height)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  int left = MAX (x * SCALE, 0), right = MIN ((x + width) * SCALE, look->width);
  int top = MAX (y * SCALE, 0), bottom = MIN ((y + height) * SCALE, look->height);
  guint32 most = 0;
  guint n_most = 0;
  double back, found = 1;
  GHashTableIter iter;
  gpointer key;

  for (int j = top; j < bottom; j++)
    for (int i = left; i < right;)
      {
        const guint8 *row = look->pixels + (gsize) j * look->width * 4;
        guint32 pixel, next;
        guint n = 0;

        /* Most of them are like the one before */
        memcpy (&pixel, row + i * 4, 4);
        do
          {
            n++;
            if (++i < right)
              memcpy (&next, row + i * 4, 4);
          }
        while (i < right && next == pixel);
        pixel &= 0xffffff;
        n += GPOINTER_TO_UINT (g_hash_table_lookup (counts, GUINT_TO_POINTER (pixel + 1)));
        g_hash_table_insert (counts, GUINT_TO_POINTER (pixel + 1), GUINT_TO_POINTER (n));
        if (n > n_most)
          {
            n_most = n;
            most = pixel;
          }
      }
  back = luminance (most);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    found = MAX (found, contrast (back, luminance (GPOINTER_TO_UINT (key) - 1)));
  return found;
}

static void
judge (Look       *look,
       GtkWidget  *widget,
       const char *what,
       double      wanted,
       double      found)
{
  look->n_measured++;
  look->least = MIN (look->least, found / wanted);
  if (found < wanted - TOLERANCE)
    g_ptr_array_add (look->problems, g_strdup_printf ("%s: %s.%s: “%s” has %.2f:1, wants %.1f:1", look->screen, gtk_widget_get_css_name (widget),
                                                      gtk_widget_get_css_name (gtk_widget_get_parent (widget)), what, found, wanted));
}

/* Where it can be seen whole */
static gboolean
get_place (Look            *look,
           GtkWidget       *widget,
           graphene_rect_t *bounds)
{
  graphene_rect_t inner;

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_compute_bounds (widget, look->window, bounds) || bounds->size.width < 1 || bounds->size.height < 1)
    return FALSE;
  graphene_rect_inset_r (bounds, 1, 1, &inner);
  for (GtkWidget *outer = gtk_widget_get_parent (widget); outer != NULL; outer = gtk_widget_get_parent (outer))
    {
      graphene_rect_t area;

      if ((gtk_widget_get_overflow (outer) == GTK_OVERFLOW_HIDDEN || outer == look->window)
          && (!gtk_widget_compute_bounds (outer, look->window, &area) || !graphene_rect_contains_rect (&area, &inner)))
        return FALSE;
    }
  return TRUE;
}

static double
wanted_of (PangoLayout *layout)
{
  const PangoFontDescription *font = pango_layout_get_font_description (layout);
  double size;

  if (font == NULL)
    font = pango_context_get_font_description (pango_layout_get_context (layout));
  size = (double) pango_font_description_get_size (font) / PANGO_SCALE;
  if (pango_font_description_get_size_is_absolute (font))
    size *= .75;
  return size >= LARGE_PT || (size >= LARGE_BOLD_PT && pango_font_description_get_weight (font) >= PANGO_WEIGHT_BOLD) ? LARGE : WORDS;
}

static void
measure_layout (Look             *look,
                GtkWidget        *row,
                PangoLayout      *layout,
                graphene_point_t  at)
{
  graphene_rect_t bounds;
  PangoRectangle words;

  if (layout == NULL || *pango_layout_get_text (layout) == '\0')
    return;
  g_assert_true (gtk_widget_compute_bounds (row, look->window, &bounds));
  pango_layout_get_pixel_extents (layout, NULL, &words);
  judge (look, row, pango_layout_get_text (layout), WORDS,
         measure (look, bounds.origin.x + at.x + words.x, bounds.origin.y + at.y + words.y, words.width, words.height));
}

static void
measure_bubble (Look      *look,
                GtkWidget *row)
{
  ChatBubble *bubble = chat_message_row_get_bubble (CHAT_MESSAGE_ROW (row));
  graphene_rect_t bounds;

  measure_layout (look, row, bubble->day, GRAPHENE_POINT_INIT (bubble->day_area.x, bubble->day_area.y));
  measure_layout (look, row, bubble->unread, GRAPHENE_POINT_INIT (bubble->unread_area.x, bubble->unread_area.y));
  measure_layout (look, row, bubble->sender, bubble->sender_at);
  measure_layout (look, row, bubble->title, bubble->title_at);
  measure_layout (look, row, bubble->status, bubble->status_at);
  measure_layout (look, row, bubble->body, bubble->body_at);
  measure_layout (look, row, bubble->footer, bubble->footer_at);
  measure_layout (look, row, bubble->meta, bubble->meta_at);
  if (!chat_message_get_outgoing (bubble->message))
    return;
  g_assert_true (gtk_widget_compute_bounds (row, look->window, &bounds));
  judge (look, row, chat_message_row_state_in_words (bubble->message), SIGNS,
         measure (look, bounds.origin.x + bubble->state_at.x, bounds.origin.y + bubble->state_at.y, bubble->state_width, bubble->state_size));
}

static void
walk (Look      *look,
      GtkWidget *widget)
{
  graphene_rect_t bounds;

  /* Initials on colours decorate a name that stands beside them, as signs do a switch that tells by its place; what is out of use may be
   * faint */
  if (!gtk_widget_get_mapped (widget) || ADW_IS_AVATAR (widget) || GTK_IS_SWITCH (widget) || !gtk_widget_is_sensitive (widget))
    return;
  /* A tooltip, which the pointer brings by chance, is not drawn with its window */
  if (GTK_IS_NATIVE (widget) && widget != look->window)
    return;
  if (CHAT_IS_MESSAGE_ROW (widget))
    {
      if (get_place (look, widget, &bounds))
        measure_bubble (look, widget);
      return;
    }
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    {
      if (get_place (look, widget, &bounds))
        {
          PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (widget));
          PangoRectangle words;
          graphene_point_t at;
          int x, y;

          /* Without what may be drawn beside the words */
          gtk_label_get_layout_offsets (GTK_LABEL (widget), &x, &y);
          pango_layout_get_pixel_extents (layout, NULL, &words);
          g_assert_true (gtk_widget_compute_point (widget, look->window, &GRAPHENE_POINT_INIT (x + words.x, y + words.y), &at));
          judge (look, widget, gtk_label_get_text (GTK_LABEL (widget)), wanted_of (layout),
                 measure (look, at.x, at.y, words.width, words.height));
        }
    }
  else if (GTK_IS_IMAGE (widget) && gtk_image_get_storage_type (GTK_IMAGE (widget)) == GTK_IMAGE_ICON_NAME
           && !gtk_widget_has_css_class (widget, "online-dot"))
    {
      if (get_place (look, widget, &bounds))
        judge (look, widget, gtk_image_get_icon_name (GTK_IMAGE (widget)), SIGNS,
               measure (look, bounds.origin.x, bounds.origin.y, bounds.size.width, bounds.size.height));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    walk (look, child);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
wait_for_frame (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  guint n_frames = 0;
  gulong id = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (count_cb), &n_frames);

  /* What has its place in the first one may make others want another */
  for (guint i = 0; i < FRAMES; i++)
    {
      chat_test_settle ();
      gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_LAYOUT | GDK_FRAME_CLOCK_PHASE_PAINT);
      chat_test_wait_until (n_frames > i);
    }
  g_signal_handler_disconnect (clock, id);
}

/* Returns: (transfer full) (nullable): what is drawn, where there is something by now */
static GskRenderNode *
draw (GdkPaintable *paintable,
      GtkWidget    *window)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gtk_snapshot_scale (snapshot, SCALE, SCALE);
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window), gtk_widget_get_height (window));
  return gtk_snapshot_free_to_node (snapshot);
}

static void
look_at (GtkWidget  *window,
         const char *screen,
         GPtrArray  *problems)
{
  Look look = { .screen = screen, .window = window, .least = G_MAXDOUBLE, .problems = problems };
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  /* One that is not in use is paler, and may be */
  gtk_widget_unset_state_flags (window, GTK_STATE_FLAG_BACKDROP);
  wait_for_frame (window);
  paintable = gtk_widget_paintable_new (window);
  chat_test_wait_until ((node = draw (paintable, window)) != NULL);
  look.width = gtk_widget_get_width (window) * SCALE;
  look.height = gtk_widget_get_height (window) * SCALE;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, look.width, look.height));
  look.pixels = g_malloc ((gsize) look.width * look.height * 4);
  gdk_texture_download (texture, look.pixels, (gsize) look.width * 4);
  walk (&look, window);
  g_free (look.pixels);
  g_test_message ("%s: %u measured, the least has %.2f of what it wants", screen, look.n_measured, look.least);
}

static gboolean
tell (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (const char *) problems->pdata[i]);
  return problems->len == 0;
}

/* The screens */

typedef struct
{
  GSettings *settings;
  ChatSession *session;
  GtkWidget *window;
  GPtrArray *problems;
} Fixture;

static GtkApplication *application;

static void
show (GtkWidget *window)
{
  gtk_window_present (GTK_WINDOW (window));
  chat_test_wait_until (gtk_widget_get_mapped (window) && gtk_widget_get_width (window) > 0);
}

static void
set_up (Fixture       *f,
        gconstpointer  dark)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), dark != NULL ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  f->problems = g_ptr_array_new_with_free_func (g_free);
  f->settings = g_settings_new_with_path (APP_ID ".Profile", "/com/example/Chat/profiles/contrast/");
  g_settings_set_int (f->settings, "window-width", 900);
  g_settings_set_int (f->settings, "window-height", 640);
  f->session = chat_test_watch_object (chat_fake_session_new ());
  f->window = chat_window_new (application, f->session, f->settings);
  show (f->window);
}

static void
tear_down (Fixture       *f,
           gconstpointer  dark)
{
  if (!tell (f->problems))
    g_test_fail ();
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_pointer (&f->problems, g_ptr_array_unref);
  g_clear_object (&f->settings);
  g_clear_object (&f->session);
  chat_test_assert_finalized ();
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

static void
look_at_dialog (Fixture    *f,
                const char *screen,
                GtkWidget  *dialog)
{
  show (dialog);
  look_at (dialog, screen, f->problems);
  gtk_window_destroy (GTK_WINDOW (dialog));
  chat_test_settle ();
}

static void
sign_in (Fixture *f)
{
  chat_window_try_sign_in (CHAT_WINDOW (f->window), "chat.example", TRUE, "anna", "correct horse");
  chat_test_wait_until (chat_session_get_state (f->session) == CHAT_SESSION_ONLINE);
  chat_test_settle ();
}

static void
test_sign_in (Fixture       *f,
              gconstpointer  dark)
{
  static const int codes[] = { CHAT_SESSION_ERROR_UNREACHABLE, CHAT_SESSION_ERROR_WRONG_USER, CHAT_SESSION_ERROR_WRONG_PASSWORD, CHAT_SESSION_ERROR_FAILED };
  GtkWidget *page = find (f->window, CHAT_TYPE_SIGN_IN_PAGE);

  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (find (page, ADW_TYPE_EXPANDER_ROW)), TRUE);
  look_at (f->window, "sign in", f->problems);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      chat_fake_session_fail_next (f->session, codes[i]);
      chat_sign_in_page_try (CHAT_SIGN_IN_PAGE (page), "chat.example", TRUE, "anna", "correct horse");
      chat_test_wait_until (!chat_sign_in_page_get_busy (CHAT_SIGN_IN_PAGE (page)));
      look_at (f->window, "sign in that failed", f->problems);
    }
}

static void
hover (GtkWidget *widget)
{
  if (g_str_equal (gtk_widget_get_css_name (widget), "row"))
    gtk_widget_set_state_flags (widget, GTK_STATE_FLAG_PRELIGHT, FALSE);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    hover (child);
}

static void
test_rooms (Fixture       *f,
            gconstpointer  dark)
{
  static const char *const names[] = { "boris", "clara", "dora", "emil", "frida" };
  ChatRoom *rooms[G_N_ELEMENTS (names)];

  sign_in (f);
  look_at (f->window, "no rooms", f->problems);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    rooms[i] = chat_fake_session_add_room (f->session, i + 1, names[i], "Good morning", i % 2, g_get_real_time () - (gint64) i * G_TIME_SPAN_DAY);
  chat_room_set_unread_count (rooms[0], 12);
  chat_room_set_unread_count (rooms[1], 3);
  chat_room_set_muted (rooms[1], TRUE);
  chat_room_set_pinned (rooms[2], TRUE);
  chat_room_set_draft (rooms[3], "A draft");
  chat_room_set_typing (rooms[4], names[4], TRUE);
  look_at (f->window, "rooms", f->problems);
  hover (f->window);
  look_at (f->window, "rooms under the pointer", f->problems);
  gtk_widget_activate_action (f->window, "win.open-room", "x", (gint64) 1);
  look_at (f->window, "conversation", f->problems);
  chat_window_search (CHAT_WINDOW (f->window));
  look_at (f->window, "find in conversation", f->problems);
  chat_fake_session_set_state (f->session, CHAT_SESSION_WAITING, CHAT_SESSION_ERROR_UNREACHABLE, 42);
  g_signal_emit_by_name (f->session, "notice", "The disk is full. What you write can not be kept.");
  look_at (f->window, "offline, with a notice", f->problems);
  chat_fake_session_set_state (f->session, CHAT_SESSION_CONNECTING, -1, 0);
  look_at (f->window, "connecting", f->problems);
}

static void
test_dialogs (Fixture       *f,
              gconstpointer  dark)
{
  static const char *const people[] = { "boris", "bertha", NULL };
  static const char *const pages[] = { "general_page", "privacy_page", "account_page" };
  GtkWindow *parent = GTK_WINDOW (f->window);
  GtkWidget *dialog;

  sign_in (f);
  chat_fake_session_set_people (f->session, people);
  chat_fake_session_add_device (f->session, 7, "Laptop", TRUE);
  chat_fake_session_add_device (f->session, 8, "Telephone", FALSE);
  look_at_dialog (f, "new conversation", chat_new_conversation_dialog_new (parent, f->session, NULL));
  look_at_dialog (f, "people found", chat_new_conversation_dialog_new (parent, f->session, "bo"));
  look_at_dialog (f, "certificate", chat_certificate_dialog_new (parent, "chat.example", "11:22", "33:44"));
  look_at_dialog (f, "password", chat_password_dialog_new (parent, f->session));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GObject *page;

      dialog = chat_preferences_window_new (parent, f->settings, f->session);
      page = i > 0 ? gtk_widget_get_template_child (dialog, CHAT_TYPE_PREFERENCES_WINDOW, pages[i]) : NULL;
      show (dialog);
      if (page != NULL)
        adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (dialog), ADW_PREFERENCES_PAGE (page));
      chat_test_settle ();
      look_at_dialog (f, pages[i], dialog);
    }
}

static ChatMessage *
add_message (ChatMessageList  *list,
             gint64            id,
             gboolean          outgoing,
             ChatMessageState  state,
             const char       *text)
{
  g_autoptr (ChatMessage) message = chat_message_new (id, outgoing ? "anna" : "boris", outgoing, CHAT_MESSAGE_TEXT, NULL);

  chat_message_set_text (message, text);
  chat_message_set_date (message, g_get_real_time () - G_TIME_SPAN_DAY, NULL);
  chat_message_set_state (message, state, state == CHAT_MESSAGE_FAILED ? "The server did not take the message" : NULL);
  chat_message_list_add (list, message);
  return message;
}

static GtkWidget *
find_row (GtkWidget   *widget,
          ChatMessage *message)
{
  GtkWidget *found = NULL;

  if (CHAT_IS_MESSAGE_ROW (widget))
    return gtk_widget_get_mapped (widget) && chat_message_row_get_message (CHAT_MESSAGE_ROW (widget)) == message ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_row (child, message);
  return found;
}

static void
test_timeline (Fixture       *f,
               gconstpointer  dark)
{
  static const ChatMessageState states[] = { CHAT_MESSAGE_SENT, CHAT_MESSAGE_SENDING, CHAT_MESSAGE_WAITING, CHAT_MESSAGE_FAILED };
  static const ChatAttachmentState transfers[] = { CHAT_ATTACHMENT_REMOTE, CHAT_ATTACHMENT_TRANSFERRING, CHAT_ATTACHMENT_PAUSED,
                                                   CHAT_ATTACHMENT_FAILED, CHAT_ATTACHMENT_LOCAL };
  g_autoptr (ChatFakeSource) source = chat_fake_source_new ();
  g_autoptr (ChatMessageList) list = chat_message_list_new (CHAT_MESSAGE_SOURCE (source));
  g_autoptr (ChatRoom) room = chat_room_new (1, "a group");
  GtkWidget *timeline = chat_timeline_new (), *window = adw_window_new ();
  ChatMessage *last = NULL, *link[2];

  chat_fake_source_append (source, "boris", FALSE, 1000 * G_USEC_PER_SEC, "the first one");
  chat_fake_source_set_auto (source, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 1500);
  adw_window_set_content (ADW_WINDOW (window), timeline);
  show (window);
  chat_message_list_load (list);
  chat_timeline_set_room (CHAT_TIMELINE (timeline), room, list);
  chat_test_wait_until (chat_message_list_get_loaded (list));
  for (int own = 0; own < 2; own++)
    for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
      {
        g_autoptr (ChatAttachment) attachment = chat_attachment_new (&(ChatAttachmentInfo) { .name = "report.pdf", .size = 3000000,
                                                                     .media_type = "application/pdf" }, own);
        g_autoptr (ChatMessage) message = chat_message_new (100 + 10 * own + i, own ? "anna" : "boris", own, CHAT_MESSAGE_FILE, NULL);

        chat_message_set_date (message, g_get_real_time () - G_TIME_SPAN_DAY, NULL);
        chat_message_set_attachment (message, attachment);
        chat_attachment_set_state (attachment, transfers[i], transfers[i] == CHAT_ATTACHMENT_FAILED ? "The file was damaged on its way" : NULL);
        chat_message_list_add (list, message);
      }
  for (int own = 0; own < 2; own++)
    {
      link[own] = add_message (list, 200 + own, own, CHAT_MESSAGE_SENT, "https://example.org/a/link");
      add_message (list, 210 + own, own, CHAT_MESSAGE_SENT, "Good morning");
    }
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    last = add_message (list, states[i] == CHAT_MESSAGE_SENT ? 220 : 0, TRUE, states[i], "Good night");
  chat_message_set_edited (link[0], TRUE);
  chat_message_set_receipt (link[1], CHAT_MESSAGE_READ);
  chat_test_wait_until (find_row (timeline, last) != NULL && find_row (timeline, link[0]) != NULL && find_row (timeline, link[1]) != NULL);
  look_at (window, "timeline", f->problems);
  for (int own = 0; own < 2; own++)
    {
      ChatBubble *bubble = chat_message_row_get_bubble (CHAT_MESSAGE_ROW (find_row (timeline, link[own])));

      chat_message_row_set_context (CHAT_MESSAGE_ROW (find_row (timeline, link[own])), TRUE, TRUE);
      chat_bubble_select (bubble, 0, strlen ("https://example.org/a/link"));
    }
  look_at (window, "selected", f->problems);
  for (int own = 0; own < 2; own++)
    {
      ChatBubble *bubble = chat_message_row_get_bubble (CHAT_MESSAGE_ROW (find_row (timeline, link[own])));

      chat_bubble_select (bubble, 0, 0);
      chat_bubble_set_highlight (bubble, "https://example.org/a/link", own);
    }
  look_at (window, "found", f->problems);
  gtk_window_destroy (GTK_WINDOW (window));
  chat_test_settle ();
}

/* Too faint words are seen, and good ones are not complained of */
static void
test_can_fail (Fixture       *f,
               gconstpointer  dark)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *faint = gtk_label_new ("faint");

  gtk_box_append (GTK_BOX (box), gtk_label_new ("good"));
  gtk_box_append (GTK_BOX (box), faint);
  gtk_widget_set_opacity (faint, .4);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 300, 200);
  show (window);
  look_at (window, "faults", problems);
  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_nonnull (strstr (problems->pdata[0], "faint"));
  gtk_window_destroy (GTK_WINDOW (window));
  chat_test_settle ();
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", APP_ID, "resource-base-path", "/com/example/Chat",
                              "flags", G_APPLICATION_NON_UNIQUE, NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  chat_style_follow_contrast ();

#define ADD(name, function)                                                                                \
  g_test_add ("/ui/contrast/" name "/light", Fixture, NULL, set_up, function, tear_down);                  \
  g_test_add ("/ui/contrast/" name "/dark", Fixture, GINT_TO_POINTER (TRUE), set_up, function, tear_down)
  ADD ("can-fail", test_can_fail);
  ADD ("sign-in", test_sign_in);
  ADD ("rooms", test_rooms);
  ADD ("dialogs", test_dialogs);
  ADD ("timeline", test_timeline);
#undef ADD
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
