/* chat-new-conversation-dialog.c: finds a person and opens the conversation with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-new-conversation-dialog.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-person-row.h"
#include "chat-words.h"

/* So long nobody types before the server is asked. */
#define SEARCH_DELAY_MS 200

/* No server sends more (PROTOCOL.md, SEARCH_USER); one that does fills no memory with rows. */
#define MAX_RESULTS 50

struct _ChatNewConversationDialog
{
  AdwWindow parent_instance;

  ChatSession *session;
  GCancellable *cancellable;      /* of the search or the creation on its way */
  guint delay_id;
  gboolean open_first;            /* Enter was pressed before the results came */
  char *chosen;                   /* who to try again with, after a creation that failed */

  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *searching_label;
  GtkListBox *list_box;
  AdwStatusPage *problem_page;
};

enum
{
  ROOM_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatNewConversationDialog, chat_new_conversation_dialog, ADW_TYPE_WINDOW)

static void
show_page (ChatNewConversationDialog *self,
           const char                *page)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (page, "searching"));
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
show_problem (ChatNewConversationDialog *self,
              const GError              *error)
{
  gboolean offline = g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_OFFLINE);

  adw_status_page_set_icon_name (self->problem_page, offline ? "network-offline-symbolic" : "dialog-warning-symbolic");
  adw_status_page_set_title (self->problem_page, offline ? _("Offline") : _("That Did Not Work"));
  adw_status_page_set_description (self->problem_page, chat_words_for_error (error));
  show_page (self, "problem");
}

static void
give_up (ChatNewConversationDialog *self)
{
  g_clear_handle_id (&self->delay_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
on_room_created (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (ChatNewConversationDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatRoom) room = chat_session_create_room_finish (CHAT_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL || self->chosen == NULL)
    return;
  g_clear_object (&self->cancellable);
  gtk_editable_set_editable (GTK_EDITABLE (self->search_entry), TRUE);
  if (room == NULL)
    {
      show_problem (self, error);
      return;
    }
  g_signal_emit (self, signals[ROOM_CHOSEN], 0, room);
  gtk_window_close (GTK_WINDOW (self));
}

static void
choose (ChatNewConversationDialog *self,
        const char                *login)
{
  g_autofree char *name = g_strdup (login);

  give_up (self);
  g_free (self->chosen);
  self->chosen = g_steal_pointer (&name);
  gtk_editable_set_editable (GTK_EDITABLE (self->search_entry), FALSE);
  gtk_label_set_label (self->searching_label, _("Opening the conversation…"));
  show_page (self, "searching");
  self->cancellable = g_cancellable_new ();
  chat_session_create_room_async (self->session, self->chosen, self->cancellable, on_room_created, g_object_ref (self));
}

static void
clear_results (ChatNewConversationDialog *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list_box, 0)) != NULL)
    gtk_list_box_remove (self->list_box, GTK_WIDGET (row));
}

static void
show_results (ChatNewConversationDialog *self,
              char                     **names)
{
  clear_results (self);
  for (guint i = 0; names[i] != NULL && i < MAX_RESULTS; i++)
    gtk_list_box_append (self->list_box, chat_person_row_new (names[i]));
  show_page (self, names[0] != NULL ? "results" : "nobody");
  if (self->open_first && names[0] != NULL)
    choose (self, names[0]);
}

static void
on_search_done (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (ChatNewConversationDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = chat_session_search_users_finish (CHAT_SESSION (source), result, &error);

  /* Another text was typed since, or the dialog is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (names != NULL)
    show_results (self, names);
  else
    show_problem (self, error);
}

static gboolean
start_search (gpointer user_data)
{
  ChatNewConversationDialog *self = user_data;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));

  self->delay_id = 0;
  self->cancellable = g_cancellable_new ();
  chat_session_search_users_async (self->session, text, self->cancellable, on_search_done, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_search_changed (ChatNewConversationDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));

  if (self->session == NULL)
    return;

  give_up (self);
  g_clear_pointer (&self->chosen, g_free);
  self->open_first = FALSE;
  if (*text == '\0')
    {
      clear_results (self);
      show_page (self, "hint");
      return;
    }
  self->delay_id = g_timeout_add (SEARCH_DELAY_MS, start_search, self);
  gtk_label_set_label (self->searching_label, _("Searching…"));
  /* Old results stay until the new ones come: nothing flickers between two letters. But Enter does not take them. */
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "results") != 0)
    show_page (self, "searching");
}

static void
on_search_activate (ChatNewConversationDialog *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list_box, 0);

  if (self->delay_id != 0 || self->cancellable != NULL)
    self->open_first = TRUE;
  else if (row != NULL && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "results") == 0)
    choose (self, chat_person_row_get_login (CHAT_PERSON_ROW (row)));
}

static void
on_row_activated (ChatNewConversationDialog *self,
                  ChatPersonRow             *row)
{
  choose (self, chat_person_row_get_login (row));
}

static void
on_search_stopped (ChatNewConversationDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_retry_clicked (ChatNewConversationDialog *self)
{
  g_autofree char *chosen = g_strdup (self->chosen);

  if (chosen != NULL)
    choose (self, chosen);
  else
    on_search_changed (self);
}

static gboolean
on_search_key_pressed (ChatNewConversationDialog *self,
                       guint                      keyval,
                       guint                      keycode,
                       GdkModifierType            modifiers)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list_box, 0);

  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != 0
      || (keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down)
      || row == NULL || !gtk_widget_get_mapped (GTK_WIDGET (row)))
    return GDK_EVENT_PROPAGATE;
  return gtk_widget_grab_focus (GTK_WIDGET (row)) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

/* Found nothing because there was no connection: look again when there is one. */
static void
on_state_notify (ChatNewConversationDialog *self)
{
  if (chat_session_get_state (self->session) == CHAT_SESSION_ONLINE && self->chosen == NULL
      && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "problem") == 0)
    on_search_changed (self);
}

GtkWidget *
chat_new_conversation_dialog_new (GtkWindow   *parent,
                                  ChatSession *session,
                                  const char  *text)
{
  ChatNewConversationDialog *self;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);

  self = g_object_new (CHAT_TYPE_NEW_CONVERSATION_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_state_notify), self, G_CONNECT_SWAPPED);
  if (text != NULL && *text != '\0')
    {
      gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
      gtk_editable_set_position (GTK_EDITABLE (self->search_entry), -1);
    }
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->search_entry));
  return GTK_WIDGET (self);
}

/* What is on its way holds the dialog: one that closes gives up first. */
static void
chat_new_conversation_dialog_unmap (GtkWidget *widget)
{
  give_up (CHAT_NEW_CONVERSATION_DIALOG (widget));

  GTK_WIDGET_CLASS (chat_new_conversation_dialog_parent_class)->unmap (widget);
}

static void
chat_new_conversation_dialog_dispose (GObject *object)
{
  ChatNewConversationDialog *self = CHAT_NEW_CONVERSATION_DIALOG (object);

  give_up (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chat_new_conversation_dialog_parent_class)->dispose (object);
}

static void
chat_new_conversation_dialog_finalize (GObject *object)
{
  g_free (CHAT_NEW_CONVERSATION_DIALOG (object)->chosen);

  G_OBJECT_CLASS (chat_new_conversation_dialog_parent_class)->finalize (object);
}

static void
chat_new_conversation_dialog_class_init (ChatNewConversationDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_new_conversation_dialog_dispose;
  object_class->finalize = chat_new_conversation_dialog_finalize;
  widget_class->unmap = chat_new_conversation_dialog_unmap;

  signals[ROOM_CHOSEN] = g_signal_new ("room-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 1, CHAT_TYPE_ROOM);

  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-new-conversation-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatNewConversationDialog, search_entry);
  gtk_widget_class_bind_template_child (widget_class, ChatNewConversationDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, ChatNewConversationDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatNewConversationDialog, searching_label);
  gtk_widget_class_bind_template_child (widget_class, ChatNewConversationDialog, list_box);
  gtk_widget_class_bind_template_child (widget_class, ChatNewConversationDialog, problem_page);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_search_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
chat_new_conversation_dialog_init (ChatNewConversationDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_complete (GTK_WIDGET (self));
  chat_accessible_follow_stack (self->stack);
}
