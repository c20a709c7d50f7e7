/* chat-find-bar.c: finds words in the messages of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-find-bar.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-message-text.h"

struct _ChatFindBar
{
  GtkWidget        parent_instance;

  GtkWidget       *bar;
  GtkWidget       *entry;
  GtkWidget       *count;
  GtkWidget       *previous;
  GtkWidget       *next;

  ChatTimeline    *timeline;      /* (not owned) */
  ChatMessageList *list;          /* (nullable): watched */
  ChatMessage     *current;       /* (nullable): the one that is shown */
  char            *words;         /* (nullable): folded */
  gboolean         wants_older;   /* the next one is in a page that is on its way */
};

G_DEFINE_FINAL_TYPE (ChatFindBar, chat_find_bar, GTK_TYPE_WIDGET)

static gboolean
matches (ChatFindBar *self,
         ChatMessage *message)
{
  ChatAttachment *attachment = chat_message_get_attachment (message);
  /* The address of a file is not shown: its name is what one looks for */
  g_autofree char *folded = chat_text_fold (attachment != NULL ? chat_attachment_get_name (attachment)
                                                               : chat_message_get_text (message));

  return strstr (folded, self->words) != NULL;
}

static ChatMessage *
message_at (ChatFindBar *self,
            guint        position)
{
  g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  /* The list holds it */
  return message;
}

/* The window holds two thousand messages at most: all are looked at anew */
static void
update_count (ChatFindBar *self)
{
  g_autofree char *words = NULL;
  guint n = 0, which = 0;
  gboolean more = self->list != NULL &&
                  (chat_message_list_get_has_older (self->list) || chat_message_list_get_has_newer (self->list));

  if (self->words != NULL && self->list != NULL)
    for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->list)); i > 0; i--)
      {
        ChatMessage *message = message_at (self, i - 1);

        if (!matches (self, message))
          continue;
        n++;
        if (message == self->current)
          which = n;
      }

  if (self->words == NULL)
    words = g_strdup ("");
  else if (self->wants_older)
    words = g_strdup (_("Searching…"));
  else if (n == 0)
    words = g_strdup (_("Not found"));
  else
    /* Translators: which of the messages that were found is shown, and how many there are; the plus sign says that
     * there may be more, which are not loaded */
    words = g_strdup_printf (more ? _("%u of %u+") : _("%u of %u"), which, n);
  gtk_label_set_label (GTK_LABEL (self->count), words);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "find.previous", self->words != NULL && (n > 0 || more));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "find.next", which > 1);
}

static void
show (ChatFindBar *self,
      ChatMessage *message)
{
  g_set_object (&self->current, message);
  self->wants_older = FALSE;
  chat_timeline_show_message (self->timeline, message, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  update_count (self);
}

/* The next one above @from; where there is none, in older pages */
static void
go_up (ChatFindBar *self,
       guint        from)
{
  for (guint i = from; i > 0; i--)
    if (matches (self, message_at (self, i - 1)))
      {
        show (self, message_at (self, i - 1));
        return;
      }

  self->wants_older = FALSE;
  if (chat_message_list_get_has_older (self->list))
    {
      chat_message_list_load_older (self->list);
      self->wants_older = chat_message_list_get_loading_older (self->list);
    }
  update_count (self);
}

static guint
current_position (ChatFindBar *self)
{
  guint position;

  if (self->current == NULL || !chat_message_list_find (self->list, self->current, &position))
    return g_list_model_get_n_items (G_LIST_MODEL (self->list));

  return position;
}

static void
previous_cb (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  ChatFindBar *self = CHAT_FIND_BAR (widget);

  if (self->list != NULL && self->words != NULL && !self->wants_older)
    go_up (self, current_position (self));
}

static void
next_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  ChatFindBar *self = CHAT_FIND_BAR (widget);

  if (self->list == NULL || self->words == NULL)
    return;

  for (guint i = current_position (self) + 1; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    if (matches (self, message_at (self, i)))
      {
        show (self, message_at (self, i));
        return;
      }
}

static void
search_changed_cb (ChatFindBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  g_clear_pointer (&self->words, g_free);
  self->wants_older = FALSE;
  if (*text != '\0')
    self->words = chat_text_fold (text);
  if (self->list == NULL || self->words == NULL)
    {
      g_clear_object (&self->current);
      chat_timeline_show_message (self->timeline, NULL, NULL);
      update_count (self);
      return;
    }

  /* The one that is shown may hold the longer words, too */
  if (self->current != NULL && matches (self, self->current))
    show (self, self->current);
  else
    {
      guint from = current_position (self);

      g_clear_object (&self->current);
      chat_timeline_show_message (self->timeline, NULL, text);
      go_up (self, from);
    }
}

static void
list_changed_cb (ChatFindBar *self)
{
  if (!gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (self->bar)))
    return;
  if (self->wants_older && !chat_message_list_get_loading_older (self->list))
    go_up (self, current_position (self));
  else
    update_count (self);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatFindBar           *self)
{
  gboolean shift = (modifiers & GDK_SHIFT_MASK) != 0;

  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      gtk_widget_activate_action (GTK_WIDGET (self), shift ? "find.next" : "find.previous", NULL);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      gtk_widget_activate_action (GTK_WIDGET (self), "find.previous", NULL);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      gtk_widget_activate_action (GTK_WIDGET (self), "find.next", NULL);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      chat_find_bar_stop (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
mode_cb (ChatFindBar *self)
{
  if (gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (self->bar)))
    return;

  g_clear_object (&self->current);
  g_clear_pointer (&self->words, g_free);
  self->wants_older = FALSE;
  chat_timeline_show_message (self->timeline, NULL, NULL);
}

static void
chat_find_bar_dispose (GObject *object)
{
  ChatFindBar *self = CHAT_FIND_BAR (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->bar != NULL)
    g_signal_handlers_disconnect_by_data (self->bar, self);
  g_clear_object (&self->list);
  g_clear_object (&self->current);
  g_clear_pointer (&self->words, g_free);
  g_clear_pointer (&self->bar, gtk_widget_unparent);

  G_OBJECT_CLASS (chat_find_bar_parent_class)->dispose (object);
}

static void
chat_find_bar_class_init (ChatFindBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_find_bar_dispose;
  gtk_widget_class_install_action (widget_class, "find.previous", NULL, previous_cb);
  gtk_widget_class_install_action (widget_class, "find.next", NULL, next_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_button (const char *icon,
             const char *name,
             const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, name);
  chat_accessible_set_label (button, name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);

  return button;
}

/* GTK's own button has none */
static void
name_close_button (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "window-close-symbolic") == 0)
    {
      chat_accessible_set_label (widget, _("Close the search"));
      gtk_widget_set_tooltip_text (widget, _("Close the search"));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_close_button (child);
}

static void
chat_find_bar_init (ChatFindBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkEventController *key = gtk_event_controller_key_new ();

  self->entry = gtk_search_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  chat_accessible_set_label (self->entry, _("Find in conversation"));
  g_object_set (self->entry, "placeholder-text", _("Find in conversation"), NULL);
  /* A narrow window cuts it */
  gtk_widget_set_tooltip_text (self->entry, _("Find in conversation"));
  g_signal_connect_object (self->entry, "search-changed", G_CALLBACK (search_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (self->entry, key);

  self->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_widget_add_css_class (self->count, "numeric");
  self->previous = make_button ("go-up-symbolic", _("Previous match"), "find.previous");
  self->next = make_button ("go-down-symbolic", _("Next match"), "find.next");

  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->count);
  gtk_box_append (GTK_BOX (box), self->previous);
  gtk_box_append (GTK_BOX (box), self->next);

  self->bar = gtk_search_bar_new ();
  gtk_search_bar_set_child (GTK_SEARCH_BAR (self->bar), box);
  gtk_search_bar_set_show_close_button (GTK_SEARCH_BAR (self->bar), TRUE);
  name_close_button (self->bar);
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->bar), GTK_EDITABLE (self->entry));
  g_signal_connect_swapped (self->bar, "notify::search-mode-enabled", G_CALLBACK (mode_cb), self);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_parent (self->bar, GTK_WIDGET (self));
}

GtkWidget *
chat_find_bar_new (ChatTimeline *timeline)
{
  ChatFindBar *self = g_object_new (CHAT_TYPE_FIND_BAR, NULL);

  self->timeline = timeline;

  return GTK_WIDGET (self);
}

void
chat_find_bar_room_changed (ChatFindBar *self)
{
  ChatMessageList *list = chat_timeline_get_list (self->timeline);

  g_return_if_fail (CHAT_IS_FIND_BAR (self));

  if (self->list == list)
    return;

  chat_find_bar_stop (self);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_set_object (&self->list, list);
  if (list != NULL)
    {
      g_signal_connect_swapped (list, "items-changed", G_CALLBACK (list_changed_cb), self);
      g_signal_connect_swapped (list, "notify", G_CALLBACK (list_changed_cb), self);
    }
}

void
chat_find_bar_start (ChatFindBar *self)
{
  g_return_if_fail (CHAT_IS_FIND_BAR (self));

  if (self->list == NULL)
    return;

  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->bar), TRUE);
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  update_count (self);
}

void
chat_find_bar_stop (ChatFindBar *self)
{
  g_return_if_fail (CHAT_IS_FIND_BAR (self));

  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->bar), FALSE);
}

gboolean
chat_find_bar_is_active (ChatFindBar *self)
{
  g_return_val_if_fail (CHAT_IS_FIND_BAR (self), FALSE);

  return gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (self->bar));
}
