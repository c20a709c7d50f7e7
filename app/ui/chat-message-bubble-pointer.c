/* chat-message-bubble-pointer.c: what of a bubble is under the pointer, and its selected text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-message-bubble-private.h"

static int
index_in (PangoLayout            *layout,
          const graphene_point_t *at,
          double                  x,
          double                  y,
          gboolean               *inside)
{
  int index = 0, trailing = 0;
  const char *text = pango_layout_get_text (layout);
  const char *p;

  *inside = pango_layout_xy_to_index (layout, (x - at->x) * PANGO_SCALE, (y - at->y) * PANGO_SCALE, &index, &trailing);
  p = text + index;
  while (trailing-- > 0 && *p != '\0')
    p = g_utf8_next_char (p);

  return *inside ? index : (int) (p - text);
}

ChatBubblePart
chat_bubble_pick (ChatBubble          *self,
                  double               x,
                  double               y,
                  const ChatTextLink **link)
{
  gboolean inside;
  int index;

  if (link != NULL)
    *link = NULL;
  if (self->message == NULL || self->body == NULL || self->width < 0 ||
      x < self->area.x || x >= self->area.x + self->area.width || y < self->area.y || y >= self->area.y + self->area.height)
    return CHAT_BUBBLE_NOTHING;

  if (self->footer != NULL)
    {
      index = index_in (self->footer, &self->footer_at, x, y, &inside);
      for (guint i = 0; inside && i < self->n_ranges; i++)
        if (index >= self->ranges[i].start && index < self->ranges[i].end)
          return self->ranges[i].part;
    }

  if (self->status != NULL)
    return chat_bubble_pick_card (self, x, y);

  index = index_in (self->body, &self->body_at, x, y, &inside);
  if (inside)
    {
      const ChatTextLink *found = chat_text_link_at (self->text, index);

      if (found != NULL)
        {
          if (link != NULL)
            *link = found;
          return CHAT_BUBBLE_LINK;
        }
    }
  if (self->title != NULL && y < self->body_at.y && self->text->links->len > 0)
    {
      if (link != NULL)
        *link = &g_array_index (self->text->links, ChatTextLink, 0);
      return CHAT_BUBBLE_CARD;
    }

  return CHAT_BUBBLE_TEXT;
}

int
chat_bubble_index_at (ChatBubble *self,
                      double      x,
                      double      y)
{
  int index = 0, trailing = 0;
  const char *p;

  if (self->body == NULL)
    return 0;

  pango_layout_xy_to_index (self->body, (x - self->body_at.x) * PANGO_SCALE, (y - self->body_at.y) * PANGO_SCALE,
                            &index, &trailing);
  p = pango_layout_get_text (self->body) + index;
  while (trailing-- > 0 && *p != '\0')
    p = g_utf8_next_char (p);

  return p - pango_layout_get_text (self->body);
}

void
chat_bubble_select (ChatBubble *self,
                    int         start,
                    int         end)
{
  if (self->selection_start == start && self->selection_end == end)
    return;

  self->selection_start = start;
  self->selection_end = end;
  gtk_widget_queue_draw (self->widget);
}

void
chat_bubble_select_around (ChatBubble *self,
                           int         index,
                           gboolean    line)
{
  const char *text;
  int start, end;

  if (self->body == NULL)
    return;

  text = pango_layout_get_text (self->body);
  if (line)
    {
      for (start = index; start > 0 && text[start - 1] != '\n'; start--)
        ;
      for (end = index; text[end] != '\0' && text[end] != '\n'; end++)
        ;
    }
  else
    {
      int n_attrs;
      const PangoLogAttr *attrs = pango_layout_get_log_attrs_readonly (self->body, &n_attrs);
      int at = g_utf8_pointer_to_offset (text, text + index), from = MIN (at, n_attrs - 1), to = at;

      while (from > 0 && !attrs[from].is_word_start && !attrs[from].is_white)
        from--;
      while (to < n_attrs - 1 && !attrs[to].is_word_end && !attrs[to].is_white)
        to++;
      start = g_utf8_offset_to_pointer (text, from) - text;
      end = g_utf8_offset_to_pointer (text, to) - text;
    }
  chat_bubble_select (self, start, end);
}

char *
chat_bubble_get_selected (ChatBubble *self)
{
  int start = MIN (self->selection_start, self->selection_end), end = MAX (self->selection_start, self->selection_end);
  const char *text;

  if (self->body == NULL || start == end)
    return NULL;

  text = pango_layout_get_text (self->body);
  if (end > (int) strlen (text))
    return NULL;
  return g_strndup (text + start, end - start);
}
