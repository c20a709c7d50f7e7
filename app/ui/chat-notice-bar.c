/* chat-notice-bar.c: says what the person should know of, until they have closed it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-notice-bar.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"

struct _ChatNoticeBar
{
  GtkWidget parent_instance;

  GQueue waiting;           /* of char * */

  GtkRevealer *revealer;
  GtkWidget *box;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (ChatNoticeBar, chat_notice_bar, GTK_TYPE_WIDGET)

GtkWidget *
chat_notice_bar_new (void)
{
  return g_object_new (CHAT_TYPE_NOTICE_BAR, NULL);
}

gboolean
chat_notice_bar_get_revealed (ChatNoticeBar *self)
{
  g_return_val_if_fail (CHAT_IS_NOTICE_BAR (self), FALSE);

  return gtk_revealer_get_reveal_child (self->revealer);
}

const char *
chat_notice_bar_get_text (ChatNoticeBar *self)
{
  g_return_val_if_fail (CHAT_IS_NOTICE_BAR (self), NULL);

  return gtk_label_get_label (self->label);
}

void
chat_notice_bar_say (ChatNoticeBar *self,
                     const char    *words)
{
  g_return_if_fail (CHAT_IS_NOTICE_BAR (self));
  g_return_if_fail (words != NULL);

  if (!chat_notice_bar_get_revealed (self))
    {
      gtk_label_set_label (self->label, words);
      gtk_revealer_set_reveal_child (self->revealer, TRUE);
      return;
    }
  if (g_str_equal (chat_notice_bar_get_text (self), words) || g_queue_get_length (&self->waiting) >= CHAT_NOTICE_BAR_MAX
      || g_queue_find_custom (&self->waiting, words, (GCompareFunc) g_strcmp0) != NULL)
    return;
  g_queue_push_tail (&self->waiting, g_strdup (words));
}

void
chat_notice_bar_close (ChatNoticeBar *self)
{
  g_autofree char *next = NULL;
  GtkRoot *root;

  g_return_if_fail (CHAT_IS_NOTICE_BAR (self));

  next = g_queue_pop_head (&self->waiting);
  if (next != NULL)
    {
      gtk_label_set_label (self->label, next);
      return;
    }
  /* What slides away does not keep the focus */
  root = gtk_widget_get_root (GTK_WIDGET (self));
  if (root != NULL && gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL)
    gtk_widget_child_focus (GTK_WIDGET (root), GTK_DIR_TAB_FORWARD);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static gboolean
on_escape (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  chat_notice_bar_close (CHAT_NOTICE_BAR (widget));
  return GDK_EVENT_STOP;
}

static void
chat_notice_bar_dispose (GObject *object)
{
  ChatNoticeBar *self = CHAT_NOTICE_BAR (object);
  GtkWidget *child;

  g_queue_clear_full (&self->waiting, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (chat_notice_bar_parent_class)->dispose (object);
}

static void
chat_notice_bar_class_init (ChatNoticeBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chat_notice_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-notice-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatNoticeBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, ChatNoticeBar, box);
  gtk_widget_class_bind_template_child (widget_class, ChatNoticeBar, label);
  gtk_widget_class_bind_template_callback (widget_class, chat_notice_bar_close);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
chat_notice_bar_init (ChatNoticeBar *self)
{
  g_queue_init (&self->waiting);
  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_complete (GTK_WIDGET (self));
  chat_accessible_follow_map (self->box);
}
