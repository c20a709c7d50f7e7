/* chat-message-bubble.c: what a message looks like: where its parts are, and their drawing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-message-bubble-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "chat-compat.h"
#include "chat-format.h"

static GdkRGBA
look_up (ChatBubble *self,
         const char *name)
{
  GdkRGBA color;

  chat_compat_get_color (self->widget, name, &color);
  return color;
}

static GdkRGBA
faded (GdkRGBA color,
       float   alpha)
{
  color.alpha *= alpha;
  return color;
}

/* Nearer to the colour of text: the accent alone is too faint on a tinted bubble, and no colour at all in high contrast */
static GdkRGBA
toward (GdkRGBA        color,
        const GdkRGBA *text,
        float          amount)
{
  color.red += (text->red - color.red) * amount;
  color.green += (text->green - color.green) * amount;
  color.blue += (text->blue - color.blue) * amount;
  return color;
}

/* The colours of the theme. One's own bubbles are tinted, not filled, so that text and links keep their contrast. */
void
chat_bubble_get_palette (ChatBubble *self,
                         Palette    *palette)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gboolean dark = adw_style_manager_get_dark (manager);
  GdkRGBA accent_bg;

  palette->fg = look_up (self, NULL);
  palette->high_contrast = adw_style_manager_get_high_contrast (manager);
  palette->dim = faded (palette->fg, palette->high_contrast ? 1 : .76f);
  palette->accent = toward (look_up (self, "accent_color"), &palette->fg, palette->high_contrast ? 1 : .4f);
  accent_bg = look_up (self, "accent_bg_color");
  palette->error = toward (look_up (self, "error_color"), &palette->fg, .3f);
  palette->own = faded (accent_bg, dark ? .42f : .20f);
  palette->other = faded (palette->fg, dark ? .10f : .07f);
  palette->select = faded (accent_bg, dark ? .20f : .25f);
  palette->mark = look_up (self, "warning_bg_color");
  palette->mark.alpha = .45f;
}

ChatBubble *
chat_bubble_new (GtkWidget *widget)
{
  ChatBubble *self = g_new0 (ChatBubble, 1);

  self->widget = widget;
  self->width = -1;

  return self;
}

static void
clear_layouts (ChatBubble *self)
{
  g_clear_object (&self->day);
  g_clear_object (&self->unread);
  g_clear_object (&self->sender);
  g_clear_object (&self->title);
  g_clear_object (&self->status);
  g_clear_object (&self->body);
  g_clear_object (&self->footer);
  g_clear_object (&self->meta);
  g_clear_pointer (&self->text, chat_text_free);
  self->n_ranges = 0;
  self->width = -1;
}

void
chat_bubble_free (ChatBubble *self)
{
  clear_layouts (self);
  g_clear_pointer (&self->picture, chat_picture_free);
  g_free (self->highlight);
  g_free (self);
}

void
chat_bubble_set_message (ChatBubble  *self,
                         ChatMessage *message)
{
  if (self->message == message)
    return;

  self->message = message;
  g_clear_pointer (&self->picture, chat_picture_free);
  self->on_screen = FALSE;
  self->level = 0;
  self->selection_start = self->selection_end = 0;
  self->starts_unread = FALSE;
  self->found = FALSE;
  chat_bubble_invalidate (self);
}

void
chat_bubble_set_context (ChatBubble *self,
                         gboolean    starts_unread,
                         gboolean    shows_sender)
{
  if (self->starts_unread == starts_unread && self->shows_sender == shows_sender)
    return;

  self->starts_unread = starts_unread;
  self->shows_sender = shows_sender;
  chat_bubble_invalidate (self);
}

void
chat_bubble_set_highlight (ChatBubble *self,
                           const char *words,
                           gboolean    current)
{
  if (g_strcmp0 (self->highlight, words) == 0 && self->found == current)
    return;

  g_free (self->highlight);
  self->highlight = g_strdup (words);
  self->found = current;
  chat_bubble_invalidate (self);
}

void
chat_bubble_unfold (ChatBubble *self)
{
  self->level++;
  chat_bubble_invalidate (self);
}

void
chat_bubble_invalidate (ChatBubble *self)
{
  clear_layouts (self);
  gtk_widget_queue_resize (self->widget);
}

void
chat_bubble_attachment_changed (ChatBubble *self)
{
  if (self->message == NULL || self->status == NULL)
    return;

  chat_bubble_update_card (self);
  gtk_widget_queue_draw (self->widget);
}

void
chat_bubble_set_on_screen (ChatBubble *self,
                           gboolean    on_screen)
{
  self->on_screen = on_screen;
  if (self->picture != NULL)
    chat_picture_set_on_screen (self->picture, on_screen);
}

void
chat_bubble_style_changed (ChatBubble *self)
{
  Palette palette = { 0 };

  if (self->body == NULL)
    return;

  chat_bubble_get_palette (self, &palette);
  if (memcmp (&palette, &self->palette, sizeof palette) != 0 ||
      self->font_serial != pango_context_get_serial (gtk_widget_get_pango_context (self->widget)))
    chat_bubble_invalidate (self);
}

/* Words */

static GDateTime *
local_date (ChatMessage *message)
{
  gint64 usec = chat_message_get_date (message);

  return usec != 0 ? g_date_time_new_from_unix_local (usec / G_USEC_PER_SEC) : NULL;
}

char *
chat_bubble_format_time (ChatMessage *message)
{
  g_autoptr (GDateTime) date = local_date (message);

  if (date != NULL)
    return chat_format_clock (date);
  if (chat_message_get_date_text (message) != NULL)
    return chat_text_harmless_line (chat_message_get_date_text (message), 40);
  return g_strdup ("");
}

char *
chat_bubble_format_day (ChatMessage *message)
{
  g_autoptr (GDateTime) date = local_date (message);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);
  char *text;

  if (date == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (date) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (date) == g_date_time_get_day_of_year (now))
    return g_strdup (_("Today"));
  if (g_date_time_get_year (date) == g_date_time_get_year (yesterday) &&
      g_date_time_get_day_of_year (date) == g_date_time_get_day_of_year (yesterday))
    return g_strdup (_("Yesterday"));
  if (g_date_time_get_year (date) == g_date_time_get_year (now))
    /* Translators: weekday, day and month, above the messages of a day of this year; see g_date_time_format() */
    text = g_date_time_format (date, _("%A, %-d %B"));
  else
    /* Translators: day, month and year, above the messages of a day; see g_date_time_format() */
    text = g_date_time_format (date, _("%-d %B %Y"));

  return text != NULL ? text : g_strdup ("");
}

/* Layouts */

static void
add_attr (PangoAttrList  *list,
          PangoAttribute *attr,
          guint           start,
          guint           end)
{
  attr->start_index = start;
  attr->end_index = end;
  pango_attr_list_insert (list, attr);
}

static void
add_color (PangoAttrList *list,
           const GdkRGBA *color,
           guint          start,
           guint          end)
{
  add_attr (list, pango_attr_foreground_new (color->red * 65535, color->green * 65535, color->blue * 65535), start, end);
}

PangoLayout *
chat_bubble_make_layout (ChatBubble *self,
                         const char *text,
                         double      scale,
                         gboolean    bold)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (self->widget, text);
  PangoAttrList *attrs = pango_attr_list_new ();

  if (scale != 1)
    add_attr (attrs, pango_attr_scale_new (scale), 0, G_MAXUINT);
  if (bold)
    add_attr (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD), 0, G_MAXUINT);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_auto_dir (layout, FALSE);
  if (gtk_widget_get_direction (self->widget) == GTK_TEXT_DIR_RTL)
    pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);

  return layout;
}

static void
make_body (ChatBubble    *self,
           const Palette *palette)
{
  PangoAttrList *attrs;
  gboolean card = self->title != NULL;

  /* What an attachment is stands in its card: its address is nothing to read */
  self->body = chat_bubble_make_layout (self, self->status != NULL ? "" : self->text->display, card ? .83 : 1, FALSE);
  if (self->status != NULL)
    return;

  pango_layout_set_auto_dir (self->body, TRUE);
  attrs = pango_layout_get_attributes (self->body);
  for (guint i = 0; i < self->text->links->len; i++)
    {
      const ChatTextLink *found = &g_array_index (self->text->links, ChatTextLink, i);

      add_attr (attrs, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), found->start, found->end);
      add_color (attrs, &palette->accent, found->start, found->end);
    }
  /* Each line of an address is cut, at most three are shown */
  if (card)
    {
      pango_layout_set_ellipsize (self->body, PANGO_ELLIPSIZE_END);
      pango_layout_set_height (self->body, -3);
    }

  if (self->highlight != NULL && *self->highlight != '\0')
    {
      g_autofree char *folded = chat_text_fold (self->text->display);
      g_autofree char *words = chat_text_fold (self->highlight);

      /* Folding may change the length of a character; then the places are not those of the text, and none is marked */
      if (strlen (folded) == strlen (self->text->display))
        for (const char *p = strstr (folded, words); p != NULL; p = strstr (p + strlen (words), words))
          {
            PangoAttribute *attr = pango_attr_background_new (palette->mark.red * 65535, palette->mark.green * 65535,
                                                              palette->mark.blue * 65535);

            add_attr (attrs, attr, p - folded, p - folded + strlen (words));
            add_attr (attrs, pango_attr_background_alpha_new (self->found ? 62000 : 48000),
                      p - folded, p - folded + strlen (words));
            /* In each style, and over the colour of a link */
            add_attr (attrs, pango_attr_foreground_new (0, 0, 0), p - folded, p - folded + strlen (words));
          }
    }
  pango_layout_set_attributes (self->body, attrs);
}

static void
add_range (ChatBubble     *self,
           GString        *text,
           const char     *words,
           ChatBubblePart  part)
{
  Range *range = &self->ranges[self->n_ranges++];

  range->start = text->len;
  g_string_append (text, words);
  range->end = text->len;
  range->part = part;
}

static void
make_footer (ChatBubble    *self,
             const Palette *palette)
{
  g_autoptr (GString) text = g_string_new (NULL);
  PangoAttrList *attrs;
  guint reason = 0;

  if (self->text->folded && self->status == NULL)
    {
      add_range (self, text, _("Show More"), CHAT_BUBBLE_MORE);
    }
  if (chat_message_get_state (self->message) == CHAT_MESSAGE_FAILED)
    {
      const char *failure = chat_message_get_failure (self->message);
      g_autofree char *words = chat_text_harmless_line (failure != NULL ? failure : _("Not sent"), 200);

      self->n_ranges = 0;
      g_string_truncate (text, 0);
      g_string_append_printf (text, "%s\n", words);
      reason = text->len;
      add_range (self, text, _("Try Again"), CHAT_BUBBLE_RETRY);
      g_string_append (text, "    ");
      add_range (self, text, _("Discard"), CHAT_BUBBLE_DISCARD);
    }
  if (text->len == 0)
    return;

  self->footer = chat_bubble_make_layout (self, text->str, .9, FALSE);
  pango_layout_set_auto_dir (self->footer, TRUE);
  attrs = pango_layout_get_attributes (self->footer);
  if (reason > 0)
    add_color (attrs, &palette->error, 0, reason);
  for (guint i = 0; i < self->n_ranges; i++)
    {
      add_attr (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD), self->ranges[i].start, self->ranges[i].end);
      add_color (attrs, &palette->accent, self->ranges[i].start, self->ranges[i].end);
    }
  pango_layout_set_attributes (self->footer, attrs);
}

static void
make_layouts (ChatBubble *self)
{
  ChatMessage *message = self->message;
  Palette palette = { 0 };

  if (self->body != NULL)
    return;

  chat_bubble_get_palette (self, &palette);
  self->palette = palette;
  self->font_serial = pango_context_get_serial (gtk_widget_get_pango_context (self->widget));
  self->text = chat_text_new (chat_message_get_text (message), self->level);

  if (chat_message_get_starts_day (message))
    {
      g_autofree char *day = chat_bubble_format_day (message);

      self->day = chat_bubble_make_layout (self, day, .85, TRUE);
    }
  if (self->starts_unread)
    self->unread = chat_bubble_make_layout (self, _("New messages"), .85, TRUE);
  if (self->shows_sender && chat_message_get_starts_group (message) && !chat_message_get_outgoing (message))
    {
      g_autofree char *sender = chat_text_harmless_line (chat_message_get_sender (message), 64);

      self->sender = chat_bubble_make_layout (self, sender, .9, TRUE);
      pango_layout_set_ellipsize (self->sender, PANGO_ELLIPSIZE_END);
    }
  if (chat_message_get_attachment (message) != NULL)
    {
      chat_bubble_make_card (self);
    }
  else if (chat_message_get_content (message) != CHAT_MESSAGE_TEXT)
    {
      gboolean image = chat_message_get_content (message) == CHAT_MESSAGE_IMAGE;
      g_autofree char *name = chat_text_file_name (chat_message_get_text (message));
      const char *kind = image ? _("Image") : _("File");
      /* An isolate, so that a name of another direction does not carry the kind with it */
      g_autofree char *title = g_strdup_printf ("\xe2\x81\xa8%s\xe2\x81\xa9\n%s", *name != '\0' ? name : kind, kind);
      PangoAttrList *attrs;

      self->title = chat_bubble_make_layout (self, title, 1, FALSE);
      attrs = pango_layout_get_attributes (self->title);
      add_attr (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD), 0, strcspn (title, "\n"));
      add_attr (attrs, pango_attr_scale_new (.83), strcspn (title, "\n"), G_MAXUINT);
      pango_layout_set_attributes (self->title, attrs);
      pango_layout_set_ellipsize (self->title, PANGO_ELLIPSIZE_MIDDLE);
    }
  make_body (self, &palette);
  make_footer (self, &palette);
  {
    g_autofree char *time = chat_bubble_format_time (message);
    g_autofree char *meta = NULL;

    if (chat_message_get_edited (message))
      /* Translators: before the time of a message that was changed; %s is the time */
      meta = g_strdup_printf (_("edited %s"), time);
    self->meta = chat_bubble_make_layout (self, meta != NULL ? meta : time, .8, FALSE);
    pango_layout_set_single_paragraph_mode (self->meta, TRUE);
  }
}

/* Places */

static void
size_of (PangoLayout *layout,
         int          max_width,
         int         *width,
         int         *height)
{
  pango_layout_set_width (layout, MAX (max_width, 1) * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, width, height);
}

/* Words of ours begin where the language does, text of each direction at its own side */
graphene_point_t
chat_bubble_place (ChatBubble  *self,
                   PangoLayout *layout,
                   int          x,
                   int          y,
                   int          room)
{
  gboolean rtl = self->rtl;
  PangoRectangle logical;

  /* Of the paragraph: a number at its beginning goes its own way */
  if (pango_layout_get_auto_dir (layout))
    rtl = pango_layout_get_line_readonly (layout, 0)->resolved_dir == PANGO_DIRECTION_RTL;

  pango_layout_get_pixel_extents (layout, NULL, &logical);
  return GRAPHENE_POINT_INIT (rtl ? x + room - logical.width - logical.x : x - logical.x, y);
}

static int
place_centered (PangoLayout  *layout,
                int           width,
                int           y,
                GdkRectangle *area)
{
  int w, h;

  size_of (layout, width - 2 * SIDE, &w, &h);
  pango_layout_set_width (layout, -1);
  pango_layout_get_pixel_size (layout, &w, &h);
  *area = (GdkRectangle) { (width - w) / 2, y + LABEL_PAD, w, h };

  return h + 2 * LABEL_PAD;
}

/* How wide a text is whose lines stand at both sides of it; -1 where all stand at one */
static int
mixed_width (PangoLayout *layout)
{
  gboolean ltr = FALSE, rtl = FALSE;
  int widest = 0;

  for (GSList *l = pango_layout_get_lines_readonly (layout); l != NULL; l = l->next)
    {
      PangoLayoutLine *line = l->data;
      PangoRectangle extents;

      if (line->resolved_dir == PANGO_DIRECTION_RTL)
        rtl = TRUE;
      else
        ltr = TRUE;
      pango_layout_line_get_extents (line, NULL, &extents);
      widest = MAX (widest, PANGO_PIXELS_CEIL (extents.width));
    }

  return ltr && rtl ? widest : -1;
}

/* The end of the last line of the text, where the time may stand beside it; -1 where it may not */
static int
last_line_end (ChatBubble *self)
{
  int n = pango_layout_get_line_count (self->body);
  PangoLayoutLine *line = pango_layout_get_line_readonly (self->body, n - 1);
  PangoRectangle extents;

  if ((line->resolved_dir == PANGO_DIRECTION_RTL) != self->rtl)
    return -1;
  pango_layout_line_get_pixel_extents (line, NULL, &extents);

  return extents.width;
}

void
chat_bubble_lay_out (ChatBubble *self,
                     int         width)
{
  ChatMessage *message = self->message;
  int column, left, text_width, inner = 0, y, h, w, meta_w, meta_h, body_w, body_h, last_w, state, mixed;
  gboolean own = chat_message_get_outgoing (message);
  gboolean at_end;

  make_layouts (self);
  if (self->width == width)
    return;

  self->width = width;
  self->rtl = gtk_widget_get_direction (self->widget) == GTK_TEXT_DIR_RTL;
  column = MIN (width, CHAT_BUBBLE_COLUMN);
  left = (width - column) / 2;
  text_width = MIN (column - 2 * SIDE - (column > 300 ? OTHER_SIDE : 0), BUBBLE_WIDTH) - 2 * PAD_X;
  text_width = MAX (text_width, 40);

  y = 0;
  if (self->day != NULL)
    y += place_centered (self->day, width, y, &self->day_area);
  if (self->unread != NULL)
    y += place_centered (self->unread, width, y, &self->unread_area);
  if (y == 0)
    y = chat_message_get_starts_group (message) ? GROUP_GAP : GAP;
  self->area.y = y;
  y += PAD_Y;

  /* How wide is the widest part? */
  if (self->sender != NULL)
    {
      size_of (self->sender, text_width, &w, &h);
      inner = MAX (inner, w);
    }
  if (self->title != NULL && self->status == NULL)
    {
      size_of (self->title, text_width - ICON_SIZE - PAD_X, &w, &h);
      inner = MAX (inner, w + ICON_SIZE + PAD_X);
    }
  size_of (self->body, text_width, &body_w, &body_h);
  mixed = mixed_width (self->body);
  inner = MAX (inner, mixed >= 0 ? mixed : body_w);
  if (self->footer != NULL)
    {
      size_of (self->footer, text_width, &w, &h);
      inner = MAX (inner, w);
    }
  size_of (self->meta, text_width - STATE_WIDTH, &meta_w, &meta_h);
  self->state_size = CLAMP (meta_h, STATE_SIZE, 3 * STATE_SIZE);
  self->state_width = self->state_size * STATE_WIDTH / STATE_SIZE;
  state = own ? self->state_width + 4 : 0;
  meta_w += state;
  last_w = last_line_end (self);
  at_end = self->footer == NULL && last_w >= 0 && last_w + META_GAP + meta_w <= text_width;
  if (self->status != NULL)
    {
      at_end = self->footer == NULL && !chat_bubble_shows_picture (self);
      chat_bubble_measure_card (self, text_width, at_end ? meta_w : 0);
      inner = MAX (inner, self->card.width);
      last_w = body_h = 0;
    }
  inner = MAX (inner, at_end ? last_w + META_GAP + meta_w : meta_w);
  inner = MIN (inner, text_width);
  /* No line changes: each is as wide as before, or narrower than this */
  if (mixed >= 0)
    pango_layout_set_width (self->body, inner * PANGO_SCALE);

  self->area.width = inner + 2 * PAD_X;
  self->area.x = own != self->rtl ? left + column - SIDE - self->area.width : left + SIDE;
  left = self->area.x + PAD_X;

  if (self->sender != NULL)
    {
      pango_layout_get_pixel_size (self->sender, NULL, &h);
      self->sender_at = chat_bubble_place (self, self->sender, left, y, inner);
      y += h + 1;
    }
  if (self->status != NULL)
    {
      chat_bubble_place_card (self, self->rtl ? left + inner - self->card.width : left, y);
      y += self->card.height + (chat_bubble_shows_picture (self) ? CARD_GAP : 0);
    }
  else if (self->title != NULL)
    {
      pango_layout_get_pixel_size (self->title, NULL, &h);
      self->icon_at = GRAPHENE_POINT_INIT (self->rtl ? left + inner - ICON_SIZE : left, y + MAX (0, (h - ICON_SIZE) / 2));
      self->title_at = chat_bubble_place (self, self->title, self->rtl ? left : left + ICON_SIZE + PAD_X,
                                          y + MAX (0, (ICON_SIZE - h) / 2), inner - ICON_SIZE - PAD_X);
      y += MAX (h, ICON_SIZE) + 4;
    }
  self->body_at = chat_bubble_place (self, self->body, left, y, inner);
  y += body_h;
  if (self->footer != NULL)
    {
      pango_layout_get_pixel_size (self->footer, NULL, &h);
      self->footer_at = chat_bubble_place (self, self->footer, left, y + 4, inner);
      y += h + 4;
    }
  if (!at_end)
    y += meta_h + 1;

  /* The time stands at the far end of the bubble; the state of one's own after it */
  h = y - meta_h;
  if (self->status != NULL && at_end)
    {
      pango_layout_get_pixel_size (self->status, NULL, &w);
      h = self->status_at.y + w - meta_h;
    }
  self->meta_at = chat_bubble_place (self, self->meta, self->rtl ? left + state : left + inner - meta_w, h, meta_w - state);
  self->state_at = GRAPHENE_POINT_INIT (self->rtl ? left : left + inner - self->state_width, h + (meta_h - self->state_size) / 2);

  self->area.height = y + PAD_Y - self->area.y;
  self->height = self->area.y + self->area.height + (chat_message_get_ends_group (message) ? 1 : 0);
}

int
chat_bubble_measure (ChatBubble *self,
                     int         width)
{
  if (self->message == NULL)
    return 0;

  chat_bubble_lay_out (self, width);
  return self->height;
}

void
chat_bubble_get_area (ChatBubble   *self,
                      GdkRectangle *area)
{
  *area = self->area;
}

const ChatTextLink *
chat_bubble_get_link (ChatBubble *self,
                      guint       index)
{
  if (self->message == NULL)
    return NULL;

  make_layouts (self);
  /* The address of an attachment is no link to follow */
  return self->status == NULL && index < self->text->links->len ? &g_array_index (self->text->links, ChatTextLink, index) : NULL;
}
