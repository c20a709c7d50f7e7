/* chat-devices-group.c: where the person is signed in, with buttons that sign out there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-devices-group.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-compat.h"
#include "chat-format.h"
#include "chat-words.h"

/* What a row and a question name stays short. */
#define MAX_NAME 60

struct _ChatDevicesGroup
{
  AdwPreferencesGroup parent_instance;

  ChatSession *session;
  GSignalGroup *session_signals;
  GtkRoot *root;                  /* borrowed, while it is in it */
  GCancellable *cancellable;      /* of the list that is on its way */
  gboolean again;                 /* it is to be asked for once more */
  GPtrArray *devices;             /* (nullable) (element-type ChatSessionDevice): as told last; the one in use first */
  GPtrArray *rows;                /* of GtkWidget, borrowed: those of the devices, in the same order, and what stands below them */
  GtkWidget *dialog;              /* weak */
};

enum
{
  TOAST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatDevicesGroup, chat_devices_group, ADW_TYPE_PREFERENCES_GROUP)

static void
toast (ChatDevicesGroup *self,
       const char       *words)
{
  g_signal_emit (self, signals[TOAST], 0, words);
}

static char *
get_name (const ChatSessionDevice *device)
{
  g_autofree char *name = chat_format_line (device->name, MAX_NAME);

  /* Translators: a device whose name is not known */
  return *name != '\0' ? g_steal_pointer (&name) : g_strdup (_("Unnamed Device"));
}

/* Asking first */

typedef struct
{
  ChatDevicesGroup *self;       /* weak */
  gint64 id;                    /* of the device; 0: all others */
} Question;

static void
question_free (gpointer  data,
               GClosure *closure)
{
  Question *question = data;

  g_clear_weak_pointer (&question->self);
  g_free (question);
}

static void
on_revoked (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (ChatDevicesGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    return;
  if (chat_session_revoke_device_finish (CHAT_SESSION (source), result, &error))
    toast (self, _("The device is signed out"));
  else
    toast (self, chat_words_for_error (error));
  chat_devices_group_refresh (self);
}

static void
on_others_revoked (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (ChatDevicesGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    return;
  if (chat_session_revoke_others_finish (CHAT_SESSION (source), result, &error))
    toast (self, _("All other devices are signed out"));
  else
    toast (self, chat_words_for_error (error));
  chat_devices_group_refresh (self);
}

static void
on_response (AdwMessageDialog *dialog,
             const char       *response,
             Question         *question)
{
  ChatDevicesGroup *self = question->self;

  if (self == NULL || self->session == NULL || g_strcmp0 (response, "sign-out") != 0)
    return;
  if (question->id != 0)
    chat_session_revoke_device_async (self->session, question->id, NULL, on_revoked, g_object_ref (self));
  else
    chat_session_revoke_others_async (self->session, NULL, on_others_revoked, g_object_ref (self));
}

static void
ask (ChatDevicesGroup *self,
     const char       *heading,
     const char       *text,
     gint64            id)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  AdwMessageDialog *dialog;
  Question *question;

  if (self->dialog != NULL)
    return;
  dialog = ADW_MESSAGE_DIALOG (chat_compat_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, text));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "sign-out", _("_Sign Out"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  question = g_new0 (Question, 1);
  g_set_weak_pointer (&question->self, self);
  question->id = id;
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  g_set_weak_pointer (&self->dialog, GTK_WIDGET (dialog));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_sign_out_clicked (GtkButton        *button,
                     ChatDevicesGroup *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW);
  const ChatSessionDevice *device;
  g_autofree char *line = NULL;
  g_autofree char *name = NULL;
  g_autofree char *heading = NULL;
  guint i;

  if (self->devices == NULL || !g_ptr_array_find (self->rows, row, &i) || i >= self->devices->len)
    return;
  device = self->devices->pdata[i];
  line = get_name (device);
  name = chat_format_isolate (line);
  /* Translators: the name of a device */
  heading = g_strdup_printf (_("Sign Out “%s”?"), name);
  ask (self, heading, _("It needs the password to sign in again. What was not sent there yet waits there until then."), device->id);
}

static void
on_others_activated (ChatDevicesGroup *self)
{
  ask (self, _("Sign Out All Other Devices?"),
       _("They need the password to sign in again. What was not sent there yet waits there until then."), 0);
}

/* The rows */

static void
add_row (ChatDevicesGroup *self,
         GtkWidget        *row)
{
  g_ptr_array_add (self->rows, row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
}

static char *
describe (const ChatSessionDevice *device,
          GDateTime               *now)
{
  g_autofree char *created = chat_format_short_date (device->created, now);
  g_autofree char *used = chat_format_short_date (device->last_used, now);

  if (device->current)
    return *created != '\0' ? /* Translators: a day or a time of day */
                              g_strdup_printf (_("This device, signed in: %s"), created)
                            : g_strdup (_("This device"));
  if (*created != '\0' && *used != '\0')
    /* Translators: days or times of day */
    return g_strdup_printf (_("Signed in: %s. Last used: %s"), created, used);
  return g_strdup (created);
}

static void
add_device (ChatDevicesGroup        *self,
            const ChatSessionDevice *device,
            GDateTime               *now)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = get_name (device);
  g_autofree char *about = describe (device, now);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  if (!device->current)
    {
      GtkWidget *button = gtk_button_new_with_label (_("Sign Out"));
      g_autofree char *what = NULL;

      /* Translators: the name of a device */
      what = g_strdup_printf (_("Sign Out “%s”"), name);
      chat_accessible_set_label (button, what);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_signal_connect (button, "clicked", G_CALLBACK (on_sign_out_clicked), self);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  add_row (self, row);
}

static void
add_others (ChatDevicesGroup *self)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Sign Out All Other Devices…"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "destructive-row");
  g_signal_connect_swapped (row, "activated", G_CALLBACK (on_others_activated), self);
  add_row (self, row);
}

/* One row with words: of what is to come, or why nothing does */
static void
add_words (ChatDevicesGroup *self,
           const char       *words,
           gboolean          busy,
           gboolean          retry)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), words);
  if (busy)
    {
      GtkWidget *spinner = gtk_spinner_new ();

      gtk_spinner_start (GTK_SPINNER (spinner));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), spinner);
    }
  if (retry)
    {
      GtkWidget *button = gtk_button_new_with_label (_("Try Again"));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (chat_devices_group_refresh), self);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  add_row (self, row);
}

static void
clear_rows (ChatDevicesGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

/* Which row has the keyboard; -1: none of them. @inside: not the row itself, but its button */
static int
find_focus (ChatDevicesGroup *self,
            gboolean         *inside)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  for (guint i = 0; focus != NULL && i < self->rows->len; i++)
    if (focus == self->rows->pdata[i] || gtk_widget_is_ancestor (focus, self->rows->pdata[i]))
      {
        *inside = focus != self->rows->pdata[i];
        return i;
      }
  *inside = FALSE;
  return -1;
}

static void
show_devices (ChatDevicesGroup *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean inside;
  int focused = find_focus (self, &inside);

  clear_rows (self);
  for (guint i = 0; i < self->devices->len; i++)
    add_device (self, self->devices->pdata[i], now);
  if (self->devices->len > 1)
    add_others (self);
  /* The keyboard stays in its place, or goes to what has come into it. */
  if (focused >= 0 && self->rows->len > 0)
    {
      GtkWidget *row = self->rows->pdata[MIN ((guint) focused, self->rows->len - 1)];

      if (!gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD))
        gtk_widget_grab_focus (row);
      /* From the row on to its button, where it has one */
      if (inside)
        gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD);
    }
}

static void
show_words (ChatDevicesGroup *self,
            const char       *words,
            gboolean          busy,
            gboolean          retry)
{
  gboolean inside;
  int focused = find_focus (self, &inside);

  g_clear_pointer (&self->devices, g_ptr_array_unref);
  clear_rows (self);
  add_words (self, words, busy, retry);
  if (focused >= 0)
    gtk_widget_child_focus (self->rows->pdata[0], GTK_DIR_TAB_FORWARD);
}

/* Asking the server */

static int
compare_devices (gconstpointer a,
                 gconstpointer b)
{
  const ChatSessionDevice *first = *(const ChatSessionDevice *const *) a;
  const ChatSessionDevice *second = *(const ChatSessionDevice *const *) b;

  return first->current != second->current ? (first->current ? -1 : 1)
         : first->last_used != second->last_used ? (first->last_used > second->last_used ? -1 : 1)
         : first->id > second->id ? -1 : first->id < second->id;
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (ChatDevicesGroup) self = user_data;
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GError) error = NULL;

  devices = chat_session_list_devices_finish (CHAT_SESSION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (self->again)
    {
      chat_devices_group_refresh (self);
      return;
    }
  if (devices == NULL)
    {
      show_words (self, chat_words_for_error (error), FALSE, TRUE);
      return;
    }
  g_ptr_array_sort (devices, compare_devices);
  g_clear_pointer (&self->devices, g_ptr_array_unref);
  self->devices = g_steal_pointer (&devices);
  show_devices (self);
}

static void
cancel (ChatDevicesGroup *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

void
chat_devices_group_refresh (ChatDevicesGroup *self)
{
  gboolean online;

  g_return_if_fail (CHAT_IS_DEVICES_GROUP (self));

  self->again = FALSE;
  if (self->session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  online = chat_session_get_state (self->session) == CHAT_SESSION_ONLINE;
  if (!online)
    {
      cancel (self);
      show_words (self, _("Shown when there is a connection"), FALSE, FALSE);
      return;
    }
  if ((chat_session_get_abilities (self->session) & CHAT_SESSION_CAN_REMEMBER) == 0)
    {
      cancel (self);
      show_words (self, _("This server does not remember devices: each of them asks for the password"), FALSE, FALSE);
      return;
    }
  if (self->cancellable != NULL)
    {
      self->again = TRUE;
      return;
    }
  if (self->devices == NULL)
    show_words (self, _("Loading…"), TRUE, FALSE);
  self->cancellable = g_cancellable_new ();
  chat_session_list_devices_async (self->session, self->cancellable, on_listed, g_object_ref (self));
}

void
chat_devices_group_set_session (ChatDevicesGroup *self,
                                ChatSession      *session)
{
  g_return_if_fail (CHAT_IS_DEVICES_GROUP (self));
  g_return_if_fail (session == NULL || CHAT_IS_SESSION (session));

  if (self->session == session)
    return;
  cancel (self);
  g_set_object (&self->session, session);
  g_signal_group_set_target (self->session_signals, session);
  chat_devices_group_refresh (self);
}

static void
chat_devices_group_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (chat_devices_group_parent_class)->map (widget);
  chat_devices_group_refresh (CHAT_DEVICES_GROUP (widget));
}

/* No push tells that another device has come: who comes back to the window wants to see it. */
static void
on_active_notify (ChatDevicesGroup *self)
{
  if (self->devices != NULL && gtk_window_is_active (GTK_WINDOW (self->root)))
    chat_devices_group_refresh (self);
}

static void
chat_devices_group_root (GtkWidget *widget)
{
  ChatDevicesGroup *self = CHAT_DEVICES_GROUP (widget);

  GTK_WIDGET_CLASS (chat_devices_group_parent_class)->root (widget);
  self->root = gtk_widget_get_root (widget);
  if (GTK_IS_WINDOW (self->root))
    g_signal_connect_swapped (self->root, "notify::is-active", G_CALLBACK (on_active_notify), self);
}

/* What is on its way holds the group: one that leaves its window gives up first. */
static void
chat_devices_group_unroot (GtkWidget *widget)
{
  ChatDevicesGroup *self = CHAT_DEVICES_GROUP (widget);

  cancel (self);
  g_signal_handlers_disconnect_by_func (self->root, on_active_notify, self);
  self->root = NULL;
  GTK_WIDGET_CLASS (chat_devices_group_parent_class)->unroot (widget);
}

static void
chat_devices_group_dispose (GObject *object)
{
  ChatDevicesGroup *self = CHAT_DEVICES_GROUP (object);

  cancel (self);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->session);
  g_clear_pointer (&self->devices, g_ptr_array_unref);
  g_clear_weak_pointer (&self->dialog);

  G_OBJECT_CLASS (chat_devices_group_parent_class)->dispose (object);
}

static void
chat_devices_group_finalize (GObject *object)
{
  g_ptr_array_unref (CHAT_DEVICES_GROUP (object)->rows);

  G_OBJECT_CLASS (chat_devices_group_parent_class)->finalize (object);
}

static void
chat_devices_group_class_init (ChatDevicesGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_devices_group_dispose;
  object_class->finalize = chat_devices_group_finalize;
  widget_class->map = chat_devices_group_map;
  widget_class->root = chat_devices_group_root;
  widget_class->unroot = chat_devices_group_unroot;

  signals[TOAST] = g_signal_new ("toast", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
chat_devices_group_init (ChatDevicesGroup *self)
{
  self->rows = g_ptr_array_new ();
  self->session_signals = g_signal_group_new (CHAT_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::state", G_CALLBACK (chat_devices_group_refresh), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::abilities", G_CALLBACK (chat_devices_group_refresh), self);
}
