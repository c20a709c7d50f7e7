/* chat-conversation.c: one room: its messages, and where one writes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-conversation-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "chat-compat.h"
#include "chat-find-bar.h"
#include "chat-frames.h"
#include "chat-toast.h"
#include "chat-words.h"

/* Rooms whose messages stay in memory after they were left, so that one comes back to them at once */
#define MAX_KEPT_LISTS 8
/* How long the message that one went to is marked (milliseconds) */
#define MARK_MS 3000

enum
{
  PROP_SESSION = 1,
  PROP_ROOM,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatConversation, chat_conversation, GTK_TYPE_WIDGET)

/* What an answer needs that may come after the conversation is gone, or shows another room */
typedef struct
{
  GWeakRef     conversation;
  ChatMessage *message;
  char        *text;
} Change;

static Change *
change_new (ChatConversation *self,
            ChatMessage      *message,
            const char       *text)
{
  Change *change = g_new0 (Change, 1);

  g_weak_ref_init (&change->conversation, self);
  change->message = g_object_ref (message);
  change->text = g_strdup (text);

  return change;
}

static void
change_free (Change *change)
{
  g_weak_ref_clear (&change->conversation);
  g_object_unref (change->message);
  g_free (change->text);
  g_free (change);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

void
chat_conversation_tell (ChatConversation *self,
                        const char       *what,
                        const GError     *error)
{
  g_autofree char *words = NULL;

  if (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  words = error != NULL ? g_strdup_printf ("%s %s", what, chat_words_for_error (error)) : g_strdup (what);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), chat_toast_new (words));
}

static void
tell_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  chat_conversation_tell (CHAT_CONVERSATION (widget), g_variant_get_string (parameter, NULL), NULL);
}

static gboolean
send_cb (ChatConversation *self,
         const char       *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatMessage) message = NULL;

  if (self->session == NULL || self->room == NULL)
    return FALSE;

  message = chat_session_send_text (self->session, self->room, text, &error);
  if (message == NULL)
    {
      chat_conversation_tell (self, _("The message was not sent."), error);
      return FALSE;
    }

  chat_timeline_show_newest (CHAT_TIMELINE (self->timeline));
  return TRUE;
}

static void
edited_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (ChatConversation) self = g_weak_ref_get (&change->conversation);
  g_autoptr (GError) error = NULL;

  if (chat_session_edit_message_finish (CHAT_SESSION (object), result, &error) || self == NULL)
    return;

  chat_conversation_tell (self, _("The change was not saved."), error);
  /* What was written is not lost, unless it would disturb */
  if (self->room != NULL && chat_room_get_id (self->room) == chat_message_get_room_id (change->message) &&
      chat_composer_get_edited (CHAT_COMPOSER (self->composer)) == NULL &&
      !g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_MESSAGE))
    chat_composer_begin_edit (CHAT_COMPOSER (self->composer), change->message, change->text);
}

static void
edit_cb (ChatConversation *self,
         ChatMessage      *message,
         const char       *text)
{
  if (self->session != NULL)
    chat_session_edit_message_async (self->session, message, text, self->cancellable, edited_cb,
                                     change_new (self, message, text));
}

static void
edit_last_cb (ChatConversation *self)
{
  ChatMessageList *list = chat_timeline_get_list (CHAT_TIMELINE (self->timeline));

  if (list == NULL)
    return;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (list)); i > 0; i--)
    {
      g_autoptr (ChatMessage) message = g_list_model_get_item (G_LIST_MODEL (list), i - 1);

      if (chat_message_get_outgoing (message) && chat_message_get_content (message) == CHAT_MESSAGE_TEXT &&
          !chat_message_get_deleting (message))
        {
          chat_composer_begin_edit (CHAT_COMPOSER (self->composer), message, NULL);
          return;
        }
    }
}

static gboolean
unmark_cb (gpointer user_data)
{
  ChatConversation *self = user_data;

  self->mark_source = 0;
  if (!chat_find_bar_is_active (CHAT_FIND_BAR (self->find_bar)))
    chat_timeline_show_message (CHAT_TIMELINE (self->timeline), NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* Its page came, or did not */
static void
find_wanted (ChatConversation *self)
{
  if (self->wanted == NULL || chat_message_list_get_loading (self->list))
    return;

  if (chat_message_list_find (self->list, self->wanted, NULL))
    {
      chat_find_bar_stop (CHAT_FIND_BAR (self->find_bar));
      chat_timeline_show_message (CHAT_TIMELINE (self->timeline), self->wanted, NULL);
      g_clear_handle_id (&self->mark_source, g_source_remove);
      self->mark_source = g_timeout_add (MARK_MS, unmark_cb, self);
    }
  else
    chat_conversation_tell (self, _("The message could not be loaded."), NULL);
  g_clear_object (&self->wanted);
}

/* Another device may delete what is being changed here */
static void
items_changed_cb (ChatConversation *self,
                  guint             position,
                  guint             removed,
                  guint             added,
                  GListModel       *model)
{
  ChatMessageList *list = CHAT_MESSAGE_LIST (model);
  g_autoptr (ChatMessage) message = NULL;
  g_autoptr (ChatMessage) first = NULL;
  g_autoptr (GError) error = NULL;

  g_set_object (&message, chat_composer_get_edited (CHAT_COMPOSER (self->composer)));
  if (removed == 0 || message == NULL || chat_message_list_find (list, message, NULL))
    return;
  /* One that the window only passed by is still there. An empty window is about to be filled again. */
  first = g_list_model_get_item (model, 0);
  if (first == NULL || chat_message_get_id (first) > chat_message_get_id (message) || chat_message_list_get_has_newer (list))
    return;

  error = g_error_new_literal (CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NO_MESSAGE, "Deleted");
  chat_conversation_tell (self, _("The change was not saved."), error);
  chat_composer_drop_edit (CHAT_COMPOSER (self->composer));
}

static void
deleted_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (ChatConversation) self = g_weak_ref_get (&change->conversation);
  g_autoptr (GError) error = NULL;

  if (!chat_session_delete_message_finish (CHAT_SESSION (object), result, &error) && self != NULL)
    chat_conversation_tell (self, _("The message was not deleted."), error);
}

static void
delete_response_cb (AdwMessageDialog *dialog,
                    const char       *response,
                    gpointer          user_data)
{
  Change *change = user_data;
  g_autoptr (ChatConversation) self = g_weak_ref_get (&change->conversation);

  if (self == NULL || self->session == NULL || !g_str_equal (response, "delete"))
    return;

  if (chat_composer_get_edited (CHAT_COMPOSER (self->composer)) == change->message)
    chat_composer_cancel_edit (CHAT_COMPOSER (self->composer));
  chat_session_delete_message_async (self->session, change->message, self->cancellable, deleted_cb,
                                     change_new (self, change->message, NULL));
}

static void
ask_to_delete (ChatConversation *self,
               ChatMessage      *message)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = chat_compat_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                      _("Delete This Message?"),
                                                      _("It will be gone for everybody in this conversation."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "delete", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (delete_response_cb), change_new (self, message, NULL),
                         (GClosureNotify) (void (*) (void)) change_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
message_requested_cb (ChatConversation *self,
                      ChatMessage      *message,
                      const char       *action)
{
  if (self->session == NULL)
    return;

  if (g_str_equal (action, "edit"))
    chat_composer_begin_edit (CHAT_COMPOSER (self->composer), message, NULL);
  else if (g_str_equal (action, "delete"))
    ask_to_delete (self, message);
  else if (g_str_equal (action, "retry"))
    chat_session_retry_message (self->session, message);
  else if (g_str_equal (action, "discard"))
    chat_session_discard_message (self->session, message);
  else
    chat_conversation_file_requested (self, message, action);
}

static void
typing_cb (ChatConversation *self)
{
  if (self->session != NULL && self->room != NULL)
    chat_session_tell_typing (self->session, self->room);
}

static void
seen_cb (ChatConversation *self,
         ChatRoom         *room,
         gint64            id)
{
  if (self->session != NULL)
    chat_session_mark_read (self->session, room, id);
}

/* Whether text is selected where the keyboard is */
static gboolean
focus_has_selection (ChatConversation *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (GTK_IS_TEXT_VIEW (focus))
    return gtk_text_buffer_get_has_selection (gtk_text_view_get_buffer (GTK_TEXT_VIEW (focus)));
  if (GTK_IS_EDITABLE (focus))
    return gtk_editable_get_selection_bounds (GTK_EDITABLE (focus), NULL, NULL);
  return FALSE;
}

/* Selecting text with the pointer does not take the keyboard from the composer; Ctrl+C copies it nevertheless */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                ChatConversation      *self)
{
  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != GDK_CONTROL_MASK ||
      (keyval != GDK_KEY_c && keyval != GDK_KEY_C && keyval != GDK_KEY_Insert) ||
      focus_has_selection (self))
    return GDK_EVENT_PROPAGATE;

  return chat_timeline_copy_selection (CHAT_TIMELINE (self->timeline));
}

/* One who begins to write while a message has the keyboard means the composer */
static gboolean
unused_key_cb (GtkEventControllerKey *controller,
               guint                  keyval,
               guint                  keycode,
               GdkModifierType        modifiers,
               ChatConversation      *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if ((modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)) != 0 ||
      !g_unichar_isgraph (gdk_keyval_to_unicode (keyval)) || focus == NULL ||
      !gtk_widget_is_ancestor (focus, self->timeline) || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
    return GDK_EVENT_PROPAGATE;

  return chat_composer_take_key (CHAT_COMPOSER (self->composer), controller);
}

static void
chat_conversation_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ChatConversation *self = CHAT_CONVERSATION (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_conversation_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  ChatConversation *self = CHAT_CONVERSATION (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      chat_conversation_set_session (self, g_value_get_object (value));
      break;
    case PROP_ROOM:
      chat_conversation_set_room (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_conversation_dispose (GObject *object)
{
  ChatConversation *self = CHAT_CONVERSATION (object);

  g_cancellable_cancel (self->cancellable);
  chat_conversation_dispose_files (self);
  if (self->toasts != NULL)
    chat_conversation_set_room (self, NULL);
  g_clear_pointer (&self->find_bar, gtk_widget_unparent);
  g_clear_pointer (&self->toasts, gtk_widget_unparent);
  g_clear_pointer (&self->composer, gtk_widget_unparent);
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  if (self->session != NULL)
    g_clear_signal_handler (&self->abilities_id, self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (chat_conversation_parent_class)->dispose (object);
}

static void
chat_conversation_class_init (ChatConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_conversation_get_property;
  object_class->set_property = chat_conversation_set_property;
  object_class->dispose = chat_conversation_dispose;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CHAT_TYPE_SESSION, rw);
  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CHAT_TYPE_ROOM, rw);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "file.tell", "s", tell_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "conversation");
}

static void
chat_conversation_init (ChatConversation *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *unused_key = gtk_event_controller_key_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  g_signal_connect (unused_key, "key-pressed", G_CALLBACK (unused_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), unused_key);
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();

  self->timeline = chat_timeline_new ();
  gtk_widget_set_vexpand (self->timeline, TRUE);
  g_signal_connect_object (self->timeline, "message-requested", G_CALLBACK (message_requested_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->timeline, "seen", G_CALLBACK (seen_cb), self, G_CONNECT_SWAPPED);

  self->find_bar = chat_find_bar_new (CHAT_TIMELINE (self->timeline));
  gtk_widget_set_parent (self->find_bar, GTK_WIDGET (self));

  self->toasts = adw_toast_overlay_new ();
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (self->toasts), self->timeline);
  gtk_widget_set_parent (self->toasts, GTK_WIDGET (self));
  chat_toast_watch (self->toasts);

  self->composer = chat_composer_new ();
  g_signal_connect_object (self->composer, "send", G_CALLBACK (send_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composer, "edit", G_CALLBACK (edit_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composer, "edit-last", G_CALLBACK (edit_last_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composer, "typing", G_CALLBACK (typing_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->composer, GTK_WIDGET (self));
  chat_conversation_init_files (self);
}

GtkWidget *
chat_conversation_new (void)
{
  return g_object_new (CHAT_TYPE_CONVERSATION, NULL);
}

void
chat_conversation_set_session (ChatConversation *self,
                               ChatSession      *session)
{
  g_return_if_fail (CHAT_IS_CONVERSATION (self));
  g_return_if_fail (session == NULL || CHAT_IS_SESSION (session));

  if (self->session == session)
    return;

  chat_conversation_set_room (self, NULL);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_ptr_array_set_size (self->kept, 0);
  if (self->session != NULL)
    g_clear_signal_handler (&self->abilities_id, self->session);
  g_set_object (&self->session, session);
  if (session != NULL)
    self->abilities_id = g_signal_connect_swapped (session, "notify::abilities", G_CALLBACK (chat_conversation_update_files), self);
  chat_conversation_update_files (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

void
chat_conversation_set_room (ChatConversation *self,
                            ChatRoom         *room)
{
  g_autoptr (ChatMessageList) list = NULL;

  g_return_if_fail (CHAT_IS_CONVERSATION (self));
  g_return_if_fail (room == NULL || CHAT_IS_ROOM (room));

  if (self->room == room)
    return;

  chat_conversation_close_windows (self);
  g_clear_object (&self->wanted);
  g_clear_handle_id (&self->mark_source, g_source_remove);
  g_set_object (&self->room, room);
  if (room != NULL && self->session != NULL)
    list = chat_session_get_messages (self->session, room);

  chat_composer_set_room (CHAT_COMPOSER (self->composer), room);
  chat_conversation_update_files (self);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (g_set_object (&self->list, list) && list != NULL)
    {
      g_signal_connect_data (list, "items-changed", G_CALLBACK (items_changed_cb), self, NULL,
                             G_CONNECT_AFTER | G_CONNECT_SWAPPED);
      g_signal_connect_data (list, "notify::loading", G_CALLBACK (find_wanted), self, NULL, G_CONNECT_AFTER | G_CONNECT_SWAPPED);
    }
  chat_timeline_set_room (CHAT_TIMELINE (self->timeline), list != NULL ? room : NULL, list);
  chat_find_bar_room_changed (CHAT_FIND_BAR (self->find_bar));

  if (list != NULL)
    {
      g_ptr_array_remove (self->kept, list);
      g_ptr_array_add (self->kept, g_object_ref (list));
      if (self->kept->len > MAX_KEPT_LISTS)
        g_ptr_array_remove_index (self->kept, 0);
    }
  else if (room == NULL)
    {
      /* A room that was deleted, or a person who left: nothing of them stays in memory without need */
      g_ptr_array_set_size (self->kept, 0);
      chat_frames_forget ();
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

ChatRoom *
chat_conversation_get_room (ChatConversation *self)
{
  g_return_val_if_fail (CHAT_IS_CONVERSATION (self), NULL);

  return self->room;
}

void
chat_conversation_show_message (ChatConversation *self,
                                ChatMessage      *message)
{
  g_return_if_fail (CHAT_IS_CONVERSATION (self));
  g_return_if_fail (CHAT_IS_MESSAGE (message));

  if (self->list == NULL)
    return;

  g_set_object (&self->wanted, message);
  if (!chat_message_list_find (self->list, message, NULL) && chat_message_get_id (message) > 0)
    chat_message_list_load_around (self->list, chat_message_get_id (message));
  find_wanted (self);
}

gboolean
chat_conversation_get_follows (ChatConversation *self)
{
  g_return_val_if_fail (CHAT_IS_CONVERSATION (self), FALSE);

  return self->room != NULL && chat_timeline_get_follows (CHAT_TIMELINE (self->timeline));
}

gboolean
chat_conversation_focus_composer (ChatConversation *self)
{
  g_return_val_if_fail (CHAT_IS_CONVERSATION (self), FALSE);

  return chat_composer_focus (CHAT_COMPOSER (self->composer));
}

gboolean
chat_conversation_focus_timeline (ChatConversation *self)
{
  g_return_val_if_fail (CHAT_IS_CONVERSATION (self), FALSE);

  return chat_timeline_focus (CHAT_TIMELINE (self->timeline));
}

void
chat_conversation_start_search (ChatConversation *self)
{
  g_return_if_fail (CHAT_IS_CONVERSATION (self));

  if (self->room != NULL)
    chat_find_bar_start (CHAT_FIND_BAR (self->find_bar));
}
